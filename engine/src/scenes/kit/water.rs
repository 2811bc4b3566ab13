//! Water that lies flat: what stands over it mirrored in ripples, its own depth below, the sun's path on it.

use rayon::prelude::*;

use super::light::{Palette, Rgb3};
use super::noise::{Dice, Noise};
use super::sheet::{Sheet, mixed, plus, scaled};
use crate::color::smoothstep;

/// What the water is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Water {
    /// Where it begins and ends, in rows.
    pub(crate) from: f32,
    pub(crate) to: f32,
    /// The colour of its depth far away and near by.
    pub(crate) far: Rgb3,
    pub(crate) near: Rgb3,
    /// How rough it is, 0…1.
    pub(crate) rough: f32,
    /// How large its waves are.
    pub(crate) size: f32,
}

/// Paints water between two rows from what is above its first.
pub(crate) fn water(sheet: &mut Sheet, light: &Palette, look: Water, dice: &mut Dice) {
    let (noise, width, step, aspect) = (dice.noise(), sheet.width, sheet.pixel(), sheet.aspect());
    let first = (look.from * sheet.height as f32) as usize;
    let last = ((look.to * sheet.height as f32).ceil() as usize).min(sheet.height);
    if first >= last {
        return;
    }
    let above = sheet.clone();
    let sun = light.sun_at.map(|(x, _)| x * aspect);
    let rows = &mut sheet.data[first * width..last * width];
    rows.par_chunks_mut(width).enumerate().for_each(|(row, pixels)| {
        let y = ((first + row) as f32 + 0.5) * step;
        let below = (y - look.from).max(step);
        let depth = 0.12 / (below + 0.012);
        for (column, pixel) in pixels.iter_mut().enumerate() {
            let x = (column as f32 + 0.5) * step;
            let (wave, slope) = waves(noise, (x - aspect * 0.5) * depth / look.size, depth * 7.0 / look.size);
            let bend = look.rough * below.powf(0.7);
            let mirrored = above.at(
                x + slope * bend * 0.22,
                (look.from - below * (1.0 + look.rough) - (wave * 0.5 + slope.abs()) * bend * 0.4).max(0.0),
            );
            let deep = mixed(look.far, look.near, smoothstep(0.0, 0.45, below));
            let clear = (0.72 - below * 0.75 - wave * look.rough * 0.5).clamp(0.12, 0.92);
            let mut paint = mixed(deep, mirrored, clear);
            if let Some(sun) = sun {
                let path = (-((x - sun) / (0.05 + below * 0.35)).powi(2)).exp();
                let spark = smoothstep(0.12, 0.5, wave + slope * 0.4 + 0.12);
                paint = plus(paint, scaled(light.sun, path * spark * 0.85));
            }
            *pixel = paint;
        }
    });
}

/// The height of the waves at a place of the water, and how they lean.
fn waves(noise: Noise, u: f32, v: f32) -> (f32, f32) {
    let wave = |u: f32, v: f32| {
        noise.at(u * 2.2, v * 1.5) * 0.5 + noise.at(u * 5.1 + v, v * 4.0) * 0.3 + noise.at(u * 12.0 - v, v * 9.0) * 0.2
    };
    let here = wave(u, v);
    (here, (wave(u + 0.04, v) - here) * 6.0)
}
