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

/// How much of what falls covers each pixel of row `y`, 0…1, all layers together.
pub(super) fn cover(layers: &[Layer], seed: u64, y: usize, width: usize) -> Vec<f32> {
    let (mut all, mut own) = (vec![0.0f32; width], vec![0.0f32; width]);
    for layer in layers {
        own.fill(0.0);
        layer.draw(seed, y as f32, &mut own);
        all.iter_mut()
            .zip(&own)
            .for_each(|(all, own)| *all += own * (1.0 - *all));
    }
    all
}

impl Layer {
    /// Draws what of the layer lies on a row: the cells that the row passes are looked through, not the pixels.
    fn draw(&self, seed: u64, y: f32, row: &mut [f32]) {
        let ((sin, cos), (width, height)) = (self.lean, self.cell);
        let end = row.len() as f32;
        let column = |x: f32| ((x * cos - y * sin) / width).floor() as i32;
        for column in column(0.0) - 1..=column(end) + 1 {
            // Things reach over their cell's borders by less than a cell.
            let x = |column: i32| ((column as f32 * width + y * sin) / cos).clamp(0.0, end);
            let line = |x: f32| ((x * sin + y * cos) / height).floor() as i32;
            for line in line(x(column - 1)) - 1..=line(x(column + 2)) + 1 {
                self.draw_thing(seed, (column, line), y, row);
            }
        }
    }

    fn draw_thing(&self, seed: u64, (column, line): (i32, i32), y: f32, row: &mut [f32]) {
        let at = |n: u64| {
            let salted = seed ^ self.salt.wrapping_mul(131).wrapping_add(n);
            0.5 + 0.5 * hash(salted, column as u32, line as u32).clamp(-1.0, 1.0)
        };
        if at(0) > self.share {
            return;
        }
        let (cu, cv) = (
            (column as f32 + at(1)) * self.cell.0,
            (line as f32 + at(2)) * self.cell.1,
        );
        let ((sin, cos), size) = (self.lean, 0.6 + 0.7 * at(3));
        let half = (self.half.0 * size, self.half.1 * size);
        // Where the row passes it, from the whole pixel nearest to its axis on, so that no digits are lost.
        let near = ((cu + y * sin) / cos).round();
        let (du, dv) = (
            (near * cos - y * sin - cu) / half.0,
            (near * sin + y * cos - cv) / half.1,
        );
        let (pu, pv) = (cos / half.0, sin / half.1);
        let (a, b, c) = (pu * pu + pv * pv, pu * du + pv * dv, du * du + dv * dv - 1.0);
        let root = b * b - a * c;
        if root <= 0.0 {
            return;
        }
        let (from, to) = (near + (-b - root.sqrt()) / a, near + (root.sqrt() - b) / a);
        let opacity = self.opacity * (0.55 + 0.45 * at(4));
        let (first, last) = (from.ceil().max(0.0) as usize, (to.floor() + 1.0).max(0.0) as usize);
        for x in first..last.min(row.len()) {
            let step = x as f32 - near;
            let away = (du + step * pu).powi(2) + (dv + step * pv).powi(2);
            row[x] = row[x].max(opacity * (1.0 - smoothstep(0.15, 1.0, away)));
        }
    }
}
