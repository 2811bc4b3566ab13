//! Where the power of a frame lies, measured against its surroundings: the map in which the lattice is looked for.
//!
//! The one rule: every point is worth at most [`CAP`], so that no few strong waves of the picture look like a lattice.

use std::f64::consts::PI;

use crate::plane::Plane;
use crate::transform::{LowSpectrum, Transforms, fast_length};

/// The most a point of the map counts.
const CAP: f32 = 5.0;
/// Highest frequency of the map, in cycles per pixel.
const REACH: f64 = 0.30;
/// Steps of the coarse map in one unit.
const COARSE: f32 = 51.0;

/// The map: power over local mean, zero frequency in the middle.
pub(crate) struct SpectrumMap {
    /// Points per cycle per pixel.
    pub(crate) scale: f64,
    reach: i32,
    fine: Plane,
    /// The same in 255 steps: small enough for the processor's cache.
    coarse: Vec<u8>,
}

impl SpectrumMap {
    pub(crate) fn new(heard: &Plane, transforms: &mut Transforms) -> Self {
        let (width, height) = (heard.width, heard.height);
        let n = fast_length((width.max(height) as f64 * 1.5) as usize);
        let reach = (REACH * n as f64) as usize;
        let mut spectrum = LowSpectrum::new(transforms, n, n, reach + 1);
        let across = window(width);
        for (y, gain) in window(height).into_iter().enumerate() {
            let row = heard.row(y).iter().zip(&across);
            spectrum.take(y, row.map(|(v, w)| v * w * gain));
        }
        let power = centred(&spectrum.power(), reach, n);
        let size = ((n as f64 / 1024.0 * 21.0) as usize | 1).max(9);
        let around = power.box_mean(size);
        let floor = power.clone().zip(&around, |p, a| p.min(4.0 * a)).box_mean(size);
        let fine = power.zip(&floor, |p, f| (p / (f + 1e-6)).min(CAP));
        Self {
            scale: n as f64,
            reach: reach as i32,
            coarse: fine.data.iter().map(|v| (v * COARSE) as u8).collect(),
            fine,
        }
    }

    /// Mean of the map at the whole-number `waves`, taken through `to_cycles` (wave numbers to cycles per pixel);
    /// nearest points.
    pub(crate) fn coarse_mean(&self, waves: &[(i32, i32)], to_cycles: [[f64; 2]; 2]) -> f32 {
        // 16 binary places: the whole loop is whole numbers.
        let fixed = |v: f64| (v * self.scale * 65536.0).round() as i32;
        let [[a, b], [c, d]] = to_cycles.map(|row| row.map(fixed));
        let (middle, side) = ((self.reach << 16) + 32768, 2 * self.reach + 1);
        let sum: u32 = waves
            .iter()
            .map(|&(u, v)| {
                let x = (a * u + b * v + middle) >> 16;
                let y = (c * u + d * v + middle) >> 16;
                // What lies outside counts as its surroundings do: 1.
                let value = self.coarse.get((y * side + x) as usize);
                value.map_or(COARSE as u32, |v| u32::from(*v))
            })
            .sum();
        sum as f32 / (COARSE * waves.len() as f32)
    }

    /// The same between the points.
    pub(crate) fn fine_mean(&self, waves: &[(i32, i32)], to_cycles: [[f64; 2]; 2]) -> f64 {
        let [[a, b], [c, d]] = to_cycles.map(|row| row.map(|v| v * self.scale));
        let sum: f64 = waves
            .iter()
            .map(|&(u, v)| {
                let (u, v) = (f64::from(u), f64::from(v));
                self.between(
                    a * u + b * v + f64::from(self.reach),
                    c * u + d * v + f64::from(self.reach),
                )
            })
            .sum();
        sum / waves.len() as f64
    }

    fn between(&self, x: f64, y: f64) -> f64 {
        let last = (self.fine.width - 1) as f64;
        if !(0.0..last).contains(&x) || !(0.0..last).contains(&y) {
            return 1.0;
        }
        let (left, top) = (x as usize, y as usize);
        let (right_share, low_share) = (x - left as f64, y - top as f64);
        let at = |y: usize| {
            let row = &self.fine.row(y)[left..left + 2];
            f64::from(row[0]) * (1.0 - right_share) + f64::from(row[1]) * right_share
        };
        at(top) * (1.0 - low_share) + at(top + 1) * low_share
    }
}

/// Root of a Hann window that isn't 0 at its ends.
fn window(n: usize) -> Vec<f32> {
    (1..=n).map(|i| (PI * i as f64 / (n + 1) as f64).sin() as f32).collect()
}

/// The half of the spectrum that was computed, and its mirror image, with zero in the middle.
fn centred(columns: &[Vec<f32>], reach: usize, n: usize) -> Plane {
    let mut out = Plane::new(2 * reach + 1, 2 * reach + 1);
    for y in 0..=2 * reach {
        let here = (y + n - reach) % n;
        let mirrored = (n - here) % n;
        let row = out.row_mut(y);
        for (x, column) in columns.iter().enumerate() {
            row[reach + x] = column[here];
            row[reach - x] = column[mirrored];
        }
    }
    out
}
