//! What a JPEG encoder's quantiser does to luma, without writing a file.
//!
//! The one rule: the usual table and the usual scaling of it, so that `embed.rs` learns what a common encoder would
//! leave of a mark.

use std::f32::consts::PI;

use crate::plane::Plane;

/// The luma table of ITU-T T.81, annex K.
const TABLE: [f32; 64] = [
    16., 11., 10., 16., 24., 40., 51., 61., 12., 12., 14., 19., 26., 58., 60., 55., 14., 13., 16., 24., 40., 57., 69.,
    56., 14., 17., 22., 29., 51., 87., 80., 62., 18., 22., 37., 56., 68., 109., 103., 77., 24., 35., 55., 64., 81.,
    104., 113., 92., 49., 64., 78., 87., 103., 121., 120., 101., 72., 92., 95., 98., 112., 100., 103., 99.,
];

type Block = [[f32; 8]; 8];

/// The plane as it would come out of a JPEG of `quality` (1 to 99), in whole steps.
pub(crate) fn recompressed(luma: &Plane, quality: u16) -> Plane {
    let quality = f32::from(quality);
    let scale = if quality < 50.0 {
        5000.0 / quality
    } else {
        200.0 - 2.0 * quality
    };
    let table = TABLE.map(|v| ((v * scale + 50.0) / 100.0).floor().clamp(1.0, 255.0));
    let (basis, turned) = bases();
    let mut out = Plane::new(luma.width, luma.height);
    for top in (0..luma.height).step_by(8) {
        for left in (0..luma.width).step_by(8) {
            let mut block = product(&product(&basis, &block_at(luma, left, top)), &turned);
            for (value, step) in block.as_flattened_mut().iter_mut().zip(&table) {
                *value = nearest(*value / step) * step;
            }
            put(&mut out, left, top, &product(&product(&turned, &block), &basis));
        }
    }
    out
}

/// The orthonormal cosine basis and its transpose.
fn bases() -> (Block, Block) {
    let mut basis = [[0.0; 8]; 8];
    let mut turned = basis;
    for (k, row) in basis.iter_mut().enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            let scale = if k == 0 { 0.125f32.sqrt() } else { 0.5 };
            *value = scale * ((2 * x + 1) as f32 * k as f32 * PI / 16.0).cos();
            turned[x][k] = *value;
        }
    }
    (basis, turned)
}

/// Eight by eight values around 0; the last column and row repeat beyond the border.
fn block_at(luma: &Plane, left: usize, top: usize) -> Block {
    let mut block = [[0.0; 8]; 8];
    for (y, line) in block.iter_mut().enumerate() {
        let row = luma.row((top + y).min(luma.height - 1));
        for (x, value) in line.iter_mut().enumerate() {
            *value = row[(left + x).min(luma.width - 1)] - 128.0;
        }
    }
    block
}

fn put(out: &mut Plane, left: usize, top: usize, block: &Block) {
    for (y, line) in block.iter().enumerate().take(out.height - top) {
        for (target, value) in out.row_mut(top + y)[left..].iter_mut().zip(line) {
            *target = nearest(value + 128.0).clamp(0.0, 255.0);
        }
    }
}

fn product(a: &Block, b: &Block) -> Block {
    let mut out = [[0.0; 8]; 8];
    for (line, row) in out.iter_mut().zip(a) {
        for (weight, other) in row.iter().zip(b) {
            for (value, o) in line.iter_mut().zip(other) {
                *value += weight * o;
            }
        }
    }
    out
}

/// To the nearest whole number; cheaper than `round`, whose rule for ties doesn't matter here.
fn nearest(value: f32) -> f32 {
    ((value + 65536.5) as i32 - 65536) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_stays_flat_and_detail_is_lost_with_quality() {
        let mut noisy = Plane::new(45, 37);
        let mut noise = 1u32;
        for v in &mut noisy.data {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *v = (noise >> 24) as f32;
        }
        let error = |quality| -> f32 {
            let out = recompressed(&noisy, quality);
            out.zip(&noisy, |a, b| (a - b).powi(2)).data.iter().sum::<f32>() / noisy.data.len() as f32
        };
        assert!(error(98) < 3.0 && error(98) < error(75) && error(75) < error(30));
        let flat = recompressed(&noisy.map(|_| 128.0), 30);
        assert!(flat.data.iter().all(|v| *v == 128.0));
    }
}
