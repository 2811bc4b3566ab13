//! The front end: what embedder and reader listen to instead of the picture.
//!
//! The one rule: band-pass, then division by the local deviation, so that smooth and busy regions speak equally loud
//! and no single edge drowns the rest.

use crate::plane::Plane;

/// Band-passed and locally normalised luma, within +-2.5.
pub(crate) fn listen(frame: &Plane) -> Plane {
    let band = frame
        .gaussian(0.8)
        .zip(&frame.gaussian(6.0), |fine, coarse| fine - coarse);
    let power = band.clone().map(|v| v * v).box_mean(17);
    band.zip(&power, |v, p| (v / (p.max(0.0).sqrt() + 1.0)).clamp(-2.5, 2.5))
}
