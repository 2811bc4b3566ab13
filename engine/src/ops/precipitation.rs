//! What falls: streaks and flakes at several depths, near ones large and few, far ones small and many.
//!
//! The one rule: every drop has its place by a hash of its cell and the seed, so the same seed gives the same weather at
//! any size and on any number of threads. Called by `rain` and `snow`.

use super::grain::hash;
use crate::color::smoothstep;

/// One layer of falling things, in cells of the plane that slants with the wind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer {
    /// A cell's width and height in pixels; each holds at most one thing.
    pub(super) cell: (f32, f32),
    /// Half the thing's width and height, in pixels.
    pub(super) half: (f32, f32),
    /// The share of cells that hold one.
    pub(super) share: f32,
    /// How opaque it is in its middle.
    pub(super) opacity: f32,
    /// How far it leans: sine and cosine of the angle from the vertical.
    pub(super) lean: (f32, f32),
    pub(super) salt: u64,
}

/// How much of what falls covers a pixel, 0…1, all layers together.
#[inline]
pub(super) fn cover(layers: &[Layer], seed: u64, x: usize, y: usize) -> f32 {
    let (x, y) = (x as f32, y as f32);
    layers
        .iter()
        .fold(0.0, |sum: f32, layer| sum + layer.cover(seed, x, y) * (1.0 - sum))
}

impl Layer {
    #[inline]
    fn cover(&self, seed: u64, x: f32, y: f32) -> f32 {
        let (sin, cos) = self.lean;
        let (u, v) = (x * cos - y * sin, x * sin + y * cos);
        let (column, line) = ((u / self.cell.0).floor(), (v / self.cell.1).floor());
        let mut most: f32 = 0.0;
        // Things reach over their cell's borders only upwards and downwards, and little sideways.
        for dy in -1..=1 {
            for dx in -1..=1 {
                most = most.max(self.thing(seed, column as i32 + dx, line as i32 + dy, u, v));
            }
        }
        most
    }

    #[inline]
    fn thing(&self, seed: u64, column: i32, line: i32, u: f32, v: f32) -> f32 {
        let at = |n: u64| {
            0.5 + 0.5
                * hash(
                    seed ^ self.salt.wrapping_mul(131).wrapping_add(n),
                    column as u32,
                    line as u32,
                )
                .clamp(-1.0, 1.0)
        };
        if at(0) > self.share {
            return 0.0;
        }
        let (cu, cv) = (
            (column as f32 + at(1)) * self.cell.0,
            (line as f32 + at(2)) * self.cell.1,
        );
        let size = 0.6 + 0.7 * at(3);
        let (du, dv) = ((u - cu) / (self.half.0 * size), (v - cv) / (self.half.1 * size));
        let away = du * du + dv * dv;
        if away >= 1.0 {
            return 0.0;
        }
        self.opacity * (0.55 + 0.45 * at(4)) * (1.0 - smoothstep(0.15, 1.0, away))
    }
}
