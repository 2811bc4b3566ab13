//! Where the structure of two pictures agrees: local correlation, which light, tint and contrast leave alone.
//!
//! The one rule: what is plain in either picture agrees with nothing. Called by `align`, `changed` and `likeness`.

use super::plane::Plane;

/// Structure that fits, per pixel of the base: correlation around the pixel and the smaller of both deviations.
pub(super) fn agreement(base: &Plane<1>, warped: &Plane<1>, sigma: f32) -> Plane<2> {
    let pairs: Plane<5> = Plane::by_rows(base.width, base.height, |y, out| {
        for ((o, [a]), [b]) in out.iter_mut().zip(base.row(y)).zip(warped.row(y)) {
            *o = [*a, *b, a * a, b * b, a * b];
        }
    });
    pairs.blurred(sigma).map(|[a, b, aa, bb, ab]| {
        let (va, vb) = ((aa - a * a).max(0.0), (bb - b * b).max(0.0));
        let correlation = (ab - a * b) / (va * vb).sqrt().max(1e-3);
        [correlation, va.min(vb).sqrt()]
    })
}

/// Whether the structure around a pixel is the same in both.
pub(super) fn trusted([correlation, deviation]: [f32; 2]) -> bool {
    correlation > 0.8 && deviation > 2.0
}
