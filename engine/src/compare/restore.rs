//! The guarded picture: the base bit for bit where nothing changed, the result, brought back to its place and colours, where
//! something did.
//!
//! The one rule: a pixel whose mask is 0 keeps its very bytes. Reads the result once, at full size, by Catmull and Rom's
//! cubic, so nothing is resampled twice. Called by the server after a model's turn and by the command line.

use rayon::prelude::*;

use crate::raster::{Channels, Raster, Samples};
use crate::rows::Sample;
use crate::watch::Watch;

use super::affine::Affine;
use super::pace::{CompareError, Pace};
use super::plane::{BLOCK, cubic};
use super::{Comparison, Verdict};

/// The result with everything outside of the comparison's mask given back; the result as it is when the verdict is not
/// [`Verdict::Local`]. Has the base's size and depth, and its channels (a grey base under a coloured result becomes
/// coloured, an opaque one under a result that can be seen through gets an alpha). `comparison` must be that of the same two pictures. Fails when the watcher cancels.
pub fn restore(
    base: &Raster,
    result: &Raster,
    comparison: &Comparison,
    watch: &dyn Watch,
) -> Result<Raster, CompareError> {
    let pace = Pace::new(watch);
    pace.at(0.0, "Restoring")?;
    if comparison.verdict != Verdict::Local {
        return Ok(result.clone());
    }
    let mut restored = base.clone();
    if !result.channels().is_gray() {
        restored.make_rgb();
    }
    if is_see_through(result) {
        restored.make_alpha();
    }
    let job = Job {
        width: base.width() as usize,
        channels: restored.channels(),
        source: Source::new(result, &comparison.matrix, 8),
        comparison,
        pace: &pace,
    };
    match restored.samples_mut() {
        Samples::U8(v) => job.run(v)?,
        Samples::U16(v) => job.run(v)?,
    }
    pace.at(1.0, "Restoring")?;
    Ok(restored)
}

/// Whether some pixel is not opaque.
fn is_see_through(raster: &Raster) -> bool {
    let count = raster.channels().count();
    raster.channels().has_alpha()
        && match raster.samples() {
            Samples::U8(v) => v.chunks_exact(count).any(|pixel| pixel[count - 1] != u8::MAX),
            Samples::U16(v) => v.chunks_exact(count).any(|pixel| pixel[count - 1] != u16::MAX),
        }
}

struct Job<'a> {
    width: usize,
    channels: Channels,
    source: Source<'a>,
    comparison: &'a Comparison,
    pace: &'a Pace<'a>,
}

impl Job<'_> {
    fn run<S: Sample>(&self, samples: &mut [S]) -> Result<(), CompareError> {
        let row_len = self.width * self.channels.count();
        let tasks = samples.par_chunks_mut(row_len * BLOCK).enumerate();
        tasks.try_for_each(|(block, rows)| {
            self.pace.check()?;
            for (i, row) in rows.chunks_exact_mut(row_len).enumerate() {
                self.row(block * BLOCK + i, row);
            }
            Ok(())
        })
    }

    fn row<S: Sample>(&self, y: usize, row: &mut [S]) {
        let mask = self.comparison.mask.row(y);
        for (x, pixel) in row.chunks_exact_mut(self.channels.count()).enumerate() {
            if mask[x] == 0 {
                continue;
            }
            let [r, g, b, alpha] = self.source.at(x, y);
            let [r, g, b] = self.comparison.colour.apply([r, g, b]);
            let told = match self.channels {
                Channels::Gray => [r, 0.0, 0.0, 0.0],
                Channels::GrayAlpha => [r, alpha, 0.0, 0.0],
                Channels::Rgb | Channels::Rgba => [r, g, b, alpha],
            };
            let share = f32::from(mask[x]) / 255.0;
            if self.channels.has_alpha() && self.source.raster.channels().has_alpha() {
                blend(pixel, told, share);
                continue;
            }
            // A result without transparency leaves the base's as it is.
            let keeps_alpha = self.channels.has_alpha() && !self.source.raster.channels().has_alpha();
            let count = self.channels.count() - usize::from(keeps_alpha);
            for (sample, value) in pixel[..count].iter_mut().zip(told) {
                *sample = if mask[x] == 255 {
                    S::from_unit(value)
                } else {
                    let old = sample.to_unit();
                    S::from_unit(old + (value.clamp(0.0, 1.0) - old) * share)
                };
            }
        }
    }
}

/// Mixes two pixels with alpha, as far as each can be seen: what is transparent has no colour to give, and keeps none.
fn blend<S: Sample>(pixel: &mut [S], told: [f32; 4], share: f32) {
    let last = pixel.len() - 1;
    let (old, new) = (pixel[last].to_unit(), told[last].clamp(0.0, 1.0));
    let (old, new) = (old * (1.0 - share), new * share);
    let alpha = old + new;
    for (sample, value) in pixel[..last].iter_mut().zip(told) {
        let mixed = sample.to_unit() * old + value.clamp(0.0, 1.0) * new;
        *sample = S::from_unit(mixed / alpha.max(1e-6));
    }
    pixel[last] = S::from_unit(alpha);
    if pixel[last].to_unit() == 0.0 {
        pixel.fill(S::from_unit(0.0));
    }
}

/// Reads the result at the places of the base's pixels.
pub(super) struct Source<'a> {
    raster: &'a Raster,
    map: Affine,
    /// Readings per pixel and direction: more than one where the result is the larger picture.
    readings: usize,
}

impl<'a> Source<'a> {
    /// Reads at most `most` times per pixel and direction.
    pub(super) fn new(raster: &'a Raster, map: &Affine, most: usize) -> Self {
        let scale = map.area().sqrt();
        let readings = if scale < 1.5 {
            1
        } else {
            (scale.round() as usize).min(most)
        };
        Self {
            raster,
            map: *map,
            readings,
        }
    }

    /// Colour and alpha, 0 to 1.
    pub(super) fn at(&self, x: usize, y: usize) -> [f32; 4] {
        let n = self.readings;
        let mut sum = [0.0; 4];
        for j in 0..n {
            for i in 0..n {
                let off = |k: usize| (k as f64 + 0.5) / n as f64 - 0.5;
                let (px, py) = self.map.apply(x as f64 + off(i), y as f64 + off(j));
                let value = self.read(px, py);
                (0..4).for_each(|c| sum[c] += value[c]);
            }
        }
        let [r, g, b, alpha] = sum.map(|v| v / (n * n) as f32);
        if !self.raster.channels().has_alpha() {
            return [r, g, b, alpha];
        }
        let seen = alpha.max(1e-6);
        [r / seen, g / seen, b / seen, alpha]
    }

    fn read(&self, px: f64, py: f64) -> [f32; 4] {
        match self.raster.samples() {
            Samples::U8(v) => self.cubic(v, px, py),
            Samples::U16(v) => self.cubic(v, px, py),
        }
    }

    fn cubic<S: Sample>(&self, samples: &[S], px: f64, py: f64) -> [f32; 4] {
        let (width, height) = (self.raster.width() as usize, self.raster.height() as usize);
        let channels = self.raster.channels();
        let (x0, y0) = (px.floor(), py.floor());
        let (wx, wy) = (cubic((px - x0) as f32), cubic((py - y0) as f32));
        let columns: [usize; 4] = std::array::from_fn(|i| reflected(x0 + i as f64 - 1.0, width));
        let mut sum = [0.0; 4];
        for (j, wy) in wy.iter().enumerate() {
            let row = reflected(y0 + j as f64 - 1.0, height) * width;
            for (column, wx) in columns.iter().zip(wx) {
                let at = (row + column) * channels.count();
                let pixel = spread(&samples[at..at + channels.count()], channels);
                (0..4).for_each(|c| sum[c] += pixel[c] * (wx * wy));
            }
        }
        sum
    }
}

/// Colours count as far as they can be seen.
fn spread<S: Sample>(pixel: &[S], channels: Channels) -> [f32; 4] {
    let v = |i: usize| pixel[i].to_unit();
    match channels {
        Channels::Gray => [v(0), v(0), v(0), 1.0],
        Channels::GrayAlpha => [v(0) * v(1), v(0) * v(1), v(0) * v(1), v(1)],
        Channels::Rgb => [v(0), v(1), v(2), 1.0],
        Channels::Rgba => [v(0) * v(3), v(1) * v(3), v(2) * v(3), v(3)],
    }
}

/// The cell at `at`; beyond the border the picture is mirrored, which hides better than a smear.
fn reflected(at: f64, len: usize) -> usize {
    let last = (len - 1) as f64;
    let folded = if at < 0.0 { -1.0 - at } else { at };
    let folded = if folded > last {
        2.0 * last + 1.0 - folded
    } else {
        folded
    };
    folded.clamp(0.0, last) as usize
}
