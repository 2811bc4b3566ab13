//! No step at the rim: what the copied pixels lack there is spread smoothly over the hole.
//!
//! The one rule: only the hole is written; the known stays to the bit. The spreading is a membrane (Pérez, Gangnet and Blake,
//! "Poisson Image Editing", 2003), solved from a small size to the full one. Called by `fill::complete`.

use rayon::prelude::*;

use super::Window;
use super::level::Level;
use super::voting::Made;
use crate::raster::{Raster, Samples};
use crate::render::RenderError;
use crate::rows::Sample;
use crate::watch::Run;

/// A rim that differs by more than this is an edge that was not continued, not a shade: it is no guide.
const SHADE: f32 = 0.08;
/// The same for its hue: light falls off without changing colour much.
const HUE: f32 = 0.045;

/// A hole of so many pixels is smoothed a little less often.
const LARGE: usize = 1_000_000;

/// Puts the made pixels into the picture.
pub(super) fn put(
    raster: &mut Raster,
    window: Window,
    level: &Level,
    mut made: Made,
    run: &Run<'_>,
) -> Result<(), RenderError> {
    let lack = match raster.samples() {
        Samples::U8(v) => lack(v, raster, window, level, &made),
        Samples::U16(v) => lack(v, raster, window, level, &made),
    };
    let lack = lack.spread(run)?;
    made.pixels.par_iter().zip(&mut made.samples).for_each(|(&i, sample)| {
        (0..4).for_each(|c| sample[c] += lack.values[i as usize][c]);
    });
    write(raster, window, level, &made);
    Ok(())
}

/// A hole with nothing to copy from: the rim's colours run into it.
pub(super) fn fade_in(raster: &mut Raster, window: Window, level: &Level, run: &Run<'_>) -> Result<(), RenderError> {
    let pixels: Vec<u32> = (0..level.depth.len() as u32).collect();
    let made = Made {
        samples: vec![[0.0; 4]; pixels.len()],
        pixels,
    };
    let mut sheet = match raster.samples() {
        Samples::U8(v) => lack(v, raster, window, level, &made),
        Samples::U16(v) => lack(v, raster, window, level, &made),
    };
    for (kind, depth) in sheet.kinds.iter_mut().zip(&level.depth) {
        *kind = if *depth == 0.0 { Kind::Held } else { Kind::Free };
    }
    match raster.samples() {
        Samples::U8(v) => hold(&mut sheet, v, raster, window),
        Samples::U16(v) => hold(&mut sheet, v, raster, window),
    }
    if sheet.kinds.iter().all(|k| *k == Kind::Free) {
        return Ok(());
    }
    let sheet = sheet.spread(run)?;
    let made = Made {
        samples: made.pixels.iter().map(|&i| sheet.values[i as usize]).collect(),
        pixels: made.pixels,
    };
    write(raster, window, level, &made);
    Ok(())
}

fn hold<S: Sample>(sheet: &mut Sheet, from: &[S], raster: &Raster, window: Window) {
    for i in 0..sheet.values.len() {
        if sheet.kinds[i] == Kind::Held {
            sheet.values[i] = sample_at(from, raster, window, i);
        }
    }
}

fn write(raster: &mut Raster, window: Window, level: &Level, made: &Made) {
    fn each<S: Sample>(out: &mut [S], at: impl Fn(u32) -> usize, count: usize, level: &Level, made: &Made) {
        for (&i, sample) in made.pixels.iter().zip(&made.samples) {
            if level.depth[i as usize] > 0.0 {
                let from = at(i);
                for (o, v) in out[from..from + count].iter_mut().zip(sample) {
                    *o = S::from_unit(*v);
                }
            }
        }
    }
    let (count, row_len) = (raster.channels().count(), raster.row_len());
    let at = |i: u32| {
        let (x, y) = (
            window.left + i as usize % window.width,
            window.top + i as usize / window.width,
        );
        y * row_len + x * count
    };
    match raster.samples_mut() {
        Samples::U8(v) => each(v, at, count, level, made),
        Samples::U16(v) => each(v, at, count, level, made),
    }
}

fn sample_at<S: Sample>(from: &[S], raster: &Raster, window: Window, i: usize) -> [f32; 4] {
    let count = raster.channels().count();
    let (x, y) = (window.left + i % window.width, window.top + i / window.width);
    let mut out = [0.0; 4];
    let samples = &from[y * raster.row_len() + x * count..][..count];
    out.iter_mut().zip(samples).for_each(|(o, s)| *o = s.to_unit());
    out
}

/// What the made rim lacks to be the known one.
fn lack<S: Sample>(from: &[S], raster: &Raster, window: Window, level: &Level, made: &Made) -> Sheet {
    let mut sheet = Sheet {
        width: level.width,
        height: level.height,
        values: vec![[0.0; 4]; level.depth.len()],
        kinds: vec![Kind::Outside; level.depth.len()],
    };
    for (&i, sample) in made.pixels.iter().zip(&made.samples) {
        let i = i as usize;
        if level.depth[i] > 0.0 {
            sheet.kinds[i] = Kind::Free;
            continue;
        }
        let is = sample_at(from, raster, window, i);
        let lack: [f32; 4] = std::array::from_fn(|c| is[c] - sample[c]);
        let is_shade = lack.iter().all(|v| v.abs() < SHADE);
        let is_grey = raster.channels().is_gray() || lack[..3].iter().all(|v| (v - lack[1]).abs() < HUE);
        if is_shade && is_grey {
            (sheet.kinds[i], sheet.values[i]) = (Kind::Held, lack);
        }
    }
    sheet
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Outside,
    Held,
    Free,
}

/// A skin held at some places and free at others.
struct Sheet {
    width: usize,
    height: usize,
    values: Vec<[f32; 4]>,
    kinds: Vec<Kind>,
}

impl Sheet {
    /// The same with the free places as smooth as the held ones allow.
    fn spread(mut self, run: &Run<'_>) -> Result<Self, RenderError> {
        run.check()?;
        if self.width.min(self.height) > 2 {
            let coarse = self.halved().spread(run)?;
            for i in 0..self.values.len() {
                if self.kinds[i] == Kind::Free {
                    let (x, y) = (i % self.width, i / self.width);
                    self.values[i] =
                        coarse.values[(y / 2).min(coarse.height - 1) * coarse.width + (x / 2).min(coarse.width - 1)];
                }
            }
        }
        let free: Vec<u32> = (0..self.kinds.len() as u32)
            .filter(|&i| self.kinds[i as usize] == Kind::Free)
            .collect();
        // What comes from the smaller size is nearly right; in a large hole the eye does not see the rest.
        for _ in 0..if free.len() > LARGE { 4 } else { 10 } {
            run.check()?;
            let next: Vec<[f32; 4]> = free.par_iter().map(|&i| self.mean_around(i as usize)).collect();
            for (&i, v) in free.iter().zip(next) {
                self.values[i as usize] = v;
            }
        }
        Ok(self)
    }

    fn mean_around(&self, i: usize) -> [f32; 4] {
        let (x, y) = (i % self.width, i / self.width);
        let (mut sum, mut n) = ([0.0; 4], 0.0);
        let mut add = |j: usize| {
            if self.kinds[j] != Kind::Outside {
                n += 1.0;
                (0..4).for_each(|c| sum[c] += self.values[j][c]);
            }
        };
        if x > 0 {
            add(i - 1);
        }
        if x + 1 < self.width {
            add(i + 1);
        }
        if y > 0 {
            add(i - self.width);
        }
        if y + 1 < self.height {
            add(i + self.width);
        }
        if n > 0.0 { sum.map(|v| v / n) } else { self.values[i] }
    }

    /// Half the size: held where any of four is, with their mean.
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut out = Self {
            width,
            height,
            values: vec![[0.0; 4]; width * height],
            kinds: vec![Kind::Outside; width * height],
        };
        let mut counts = vec![0.0f32; width * height];
        for (i, (kind, value)) in self.kinds.iter().zip(&self.values).enumerate() {
            let at = i / self.width / 2 * width + i % self.width / 2;
            match kind {
                Kind::Outside => {}
                Kind::Free if out.kinds[at] == Kind::Outside => out.kinds[at] = Kind::Free,
                Kind::Free => {}
                Kind::Held => {
                    out.kinds[at] = Kind::Held;
                    counts[at] += 1.0;
                    (0..4).for_each(|c| out.values[at][c] += value[c]);
                }
            }
        }
        for (value, count) in out.values.iter_mut().zip(counts) {
            if count > 0.0 {
                value.iter_mut().for_each(|v| *v /= count);
            }
        }
        out
    }
}
