//! The last touch over a whole scene: light that spills over from what is very bright, and a curve that keeps it in range.

use rayon::prelude::*;

use super::light::Rgb3;
use super::noise::Noise;
use super::sheet::{Sheet, plus, scaled};
use crate::color::{luminance, mix};

impl Sheet {
    /// Spills the light over `level` around itself, near and far; by `amount`.
    pub(crate) fn bloom(&mut self, level: f32, amount: f32) {
        for (part, share) in [(4usize, 0.55), (16, 0.45)] {
            let small = self.bright(part, level);
            let radius = (self.height as f32 * if part == 4 { 0.012 } else { 0.055 } / part as f32).max(1.0);
            let small = small.smeared(radius);
            let step = 1.0 / self.height as f32;
            let width = self.width;
            let (across, down) = (self.aspect() / small.aspect(), 1.0);
            self.data.par_chunks_mut(width).enumerate().for_each(|(row, pixels)| {
                let y = (row as f32 + 0.5) * step * down;
                for (column, pixel) in pixels.iter_mut().enumerate() {
                    let spilt = small.at((column as f32 + 0.5) * step / across, y);
                    *pixel = plus(*pixel, scaled(spilt, amount * share));
                }
            });
        }
    }

    /// What is brighter than `level`, averaged over squares.
    fn bright(&self, part: usize, level: f32) -> Self {
        let (w, h) = (self.width.div_ceil(part), self.height.div_ceil(part));
        let mut small = Self::new(w, h);
        small.data.par_chunks_mut(w).enumerate().for_each(|(row, cells)| {
            let rows = row * part..((row + 1) * part).min(self.height);
            for (column, cell) in cells.iter_mut().enumerate() {
                let columns = column * part..((column + 1) * part).min(self.width);
                let count = (rows.len() * columns.len()) as f32;
                for y in rows.clone() {
                    for colour in &self.data[y * self.width + columns.start..y * self.width + columns.end] {
                        let light = luminance(*colour).max(colour[0].max(colour[1]).max(colour[2]) * 0.6);
                        let over = ((light - level) / light.max(1e-4)).clamp(0.0, 1.0);
                        *cell = plus(*cell, scaled(*colour, over.min(1.0) / count));
                    }
                }
            }
        });
        small
    }

    /// Blurred by three boxes each way.
    pub(crate) fn smeared(mut self, radius: f32) -> Self {
        let reach = radius.round().max(1.0) as usize;
        for _ in 0..3 {
            let width = self.width;
            self.data.par_chunks_mut(width).for_each(|row| box_blur(row, reach));
            let mut turned = self.turned();
            let height = turned.width;
            turned.data.par_chunks_mut(height).for_each(|row| box_blur(row, reach));
            self = turned.turned();
        }
        self
    }

    fn turned(&self) -> Self {
        let mut out = Self::new(self.height, self.width);
        for y in 0..self.height {
            for x in 0..self.width {
                out.data[x * self.height + y] = self.data[y * self.width + x];
            }
        }
        out
    }

    /// Brings the light into range as film does, darkens the corners a little, and adds a grain that hides steps.
    pub(crate) fn finished(mut self, seed: u64, corners: f32) -> Self {
        let (aspect, noise) = (self.aspect(), Noise(seed as u32 ^ 0x51ed));
        let scale = self.height as f32;
        self.wash(|x, y, colour| {
            let (dx, dy) = ((x / aspect - 0.5) * 2.0, (y - 0.5) * 2.0);
            let dim = 1.0 - corners * (dx * dx + dy * dy).min(2.0).powf(1.2) * 0.35;
            let grain = noise.cell((x * scale) as i32, (y * scale) as i32) - 0.5;
            colour.map(|v| {
                let v = shoulder(v.max(0.0) * dim);
                (v.sqrt() + grain * 0.012).max(0.0).powi(2)
            })
        });
        self
    }
}

/// Straight below, bending toward 1 above.
fn shoulder(v: f32) -> f32 {
    const BEND: f32 = 0.55;
    if v <= BEND {
        return v;
    }
    let over = (v - BEND) / (1.0 - BEND);
    mix(BEND, 1.0, 1.0 - (-over).exp())
}

fn box_blur(row: &mut [Rgb3], reach: usize) {
    let copy = row.to_vec();
    let last = copy.len() - 1;
    let mut sum = [0.0; 3];
    for i in 0..=2 * reach {
        sum = plus(sum, copy[i.saturating_sub(reach).min(last)]);
    }
    let share = 1.0 / (2 * reach + 1) as f32;
    for (at, out) in row.iter_mut().enumerate() {
        *out = scaled(sum, share).map(|v| v.max(0.0));
        let (gone, come) = (copy[at.saturating_sub(reach)], copy[(at + reach + 1).min(last)]);
        sum = std::array::from_fn(|i| sum[i] - gone[i] + come[i]);
    }
}
