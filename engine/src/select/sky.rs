//! The sky: what reaches down from the top, is smooth, and is bright or blue.
//!
//! The one rule: a picture without such a part has no sky, and that is said rather than guessed.
//! Classical, no net. Called by `select::find`.

use super::guided::{self, Guide};
use super::plane::{Part, Plane, Small};
use crate::color::Rgb;
use crate::plan::Target;
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::watch::Run;

/// The longer side of the copy that is looked at.
const SIDE: usize = 320;
/// Less of the picture than this is no sky.
const LEAST: f32 = 0.02;
/// The share of the top row that a sky without blue must fill.
const WHITE_TOP: f32 = 0.75;
/// How different neighbours in a sky may be (0…1).
const SMOOTH: f32 = 0.045;

/// Finds the sky.
pub(super) fn find(raster: &Raster, run: &Run<'_>) -> Result<Mask, RenderError> {
    let size = Small::size_within(raster, SIDE);
    let small = Small::of(raster, Part::WHOLE, size, run)?;
    let rough = roughness(&small);
    let mut inside = spread_from_top(&small, &rough);
    let share = inside.iter().filter(|&&i| i).count() as f32 / inside.len() as f32;
    let top = inside[..small.width].iter().filter(|&&i| i).count() as f32 / small.width as f32;
    let blue = is_blue(&small, &inside);
    // A white wall looks like a white sky, but seldom fills the whole top of a picture.
    if !(LEAST..=0.97).contains(&share) || (!blue && top < WHITE_TOP) {
        return Err(RenderError::NoSuchTarget(Target::Sky));
    }
    if blue {
        take_clouds(&small, &rough, &mut inside);
    }
    let rough = Plane {
        width: small.width,
        height: small.height,
        part: Part::WHOLE,
        data: inside.into_iter().map(|i| f32::from(u8::from(i))).collect(),
    };
    let cell = raster.width() as f32 / small.width as f32;
    let guide = Guide {
        sigma: (cell * 2.0).max(1.5),
        noise: 0.03,
        clear: (0.12, 0.88),
    };
    guided::refine(raster, &rough, guide, run)
}

/// Flows from the top row over everything that looks like sky and changes slowly.
fn spread_from_top(small: &Small, rough: &[f32]) -> Vec<bool> {
    let (w, h) = (small.width, small.height);
    let looks = |i: usize| rough[i] < SMOOTH && looks_like_sky(small.data[i], (i / w) as f32 / h as f32);
    let mut inside = vec![false; w * h];
    let mut open: Vec<usize> = (0..w).filter(|&x| looks(x)).collect();
    open.iter().for_each(|&i| inside[i] = true);
    while let Some(i) = open.pop() {
        let (x, y) = (i % w, i / w);
        let near = [
            (x > 0).then(|| i - 1),
            (x + 1 < w).then(|| i + 1),
            (y > 0).then(|| i - w),
            (y + 1 < h).then(|| i + w),
        ];
        for j in near.into_iter().flatten() {
            let step: f32 = (0..3)
                .map(|c| (small.data[i][c] - small.data[j][c]).abs())
                .fold(0.0, f32::max);
            if !inside[j] && step < SMOOTH && looks(j) {
                inside[j] = true;
                open.push(j);
            }
        }
    }
    // The rim of roughness around every edge belongs to the sky as far as its colour does; the guided filter decides.
    inside
}

/// Whether what is inside is blue on the whole.
fn is_blue(small: &Small, inside: &[bool]) -> bool {
    let cells = || small.data.iter().zip(inside).filter(|(_, i)| **i).map(|(c, _)| c);
    let count = cells().count().max(1) as f32;
    cells().map(|c| c[2] - c[0]).sum::<f32>() / count > 0.06
}

/// How rough a cloud may be.
const CLOUDY: f32 = 0.14;

/// Clouds are rougher than the sky that they hang in: what is white and touches it belongs to it.
fn take_clouds(small: &Small, rough: &[f32], inside: &mut [bool]) {
    let (w, h) = (small.width, small.height);
    let is_cloud = |i: usize| {
        let [r, g, b] = small.data[i];
        let (high, low) = (r.max(g).max(b), r.min(g).min(b));
        rough[i] < CLOUDY && low > 0.55 && high - low < 0.16 && b + 0.03 > r
    };
    let mut open: Vec<usize> = (0..w * h).filter(|&i| inside[i]).collect();
    while let Some(i) = open.pop() {
        let (x, y) = (i % w, i / w);
        let near = [
            (x > 0).then(|| i - 1),
            (x + 1 < w).then(|| i + 1),
            (y > 0).then(|| i - w),
            (y + 1 < h).then(|| i + w),
        ];
        for j in near.into_iter().flatten() {
            if !inside[j] && is_cloud(j) {
                inside[j] = true;
                open.push(j);
            }
        }
    }
}

/// Bright, or bluer than red; the lower, the surer it must be.
fn looks_like_sky([r, g, b]: Rgb, down: f32) -> bool {
    let bright = 0.3 * r + 0.55 * g + 0.15 * b;
    let blue = b - 0.5 * (r + g) * 0.98;
    let is_blue = blue > 0.03 + 0.05 * down && b > 0.22 && g > 0.6 * r;
    let is_bright = bright > 0.62 + 0.2 * down && r.max(g).max(b) - r.min(g).min(b) < 0.3 && b + 0.08 > r;
    let is_glowing = bright > 0.5 + 0.2 * down && r > b && r - b < 0.5 && g > b * 0.9;
    is_blue || is_bright || is_glowing
}

/// How much the neighbourhood of each cell varies: the spread of brightness in 5×5 cells.
fn roughness(small: &Small) -> Vec<f32> {
    let (w, h) = (small.width, small.height);
    let light: Vec<f32> = small.data.iter().map(|&c| crate::field::luma(c)).collect();
    let mut out = vec![0.0; w * h];
    for y in 0..h {
        for x in 0..w {
            let (mut sum, mut square, mut count) = (0.0, 0.0, 0.0f32);
            for v in y.saturating_sub(2)..(y + 3).min(h) {
                for u in x.saturating_sub(2)..(x + 3).min(w) {
                    let l = light[v * w + u];
                    (sum, square, count) = (sum + l, square + l * l, count + 1.0);
                }
            }
            out[y * w + x] = (square / count - (sum / count).powi(2)).max(0.0).sqrt();
        }
    }
    out
}
