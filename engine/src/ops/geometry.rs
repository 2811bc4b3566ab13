//! Moving pixels about: cutting, quarter turns, mirroring, free turns, resampling. Shared by the geometry operations.
//!
//! The one rule: what can be exact is exact (cuts, quarter turns and mirrors copy samples); what must be resampled is
//! resampled in linear light with alpha weighed in, by a kernel that neither blurs nor rings much.

use rayon::prelude::*;

use super::resample::{draw, is_deep};
use crate::color::{Tables, floor, tables};
use crate::raster::{Channels, Raster, Samples};
use crate::render::RenderError;
use crate::rows::{BLOCK, Sample};
use crate::watch::Run;

/// A rectangle of pixels: left, top, width, height.
pub(super) type Rectangle = (u32, u32, u32, u32);

/// Cuts out a rectangle that lies within the picture, in place.
pub(super) fn cut(mut raster: Raster, (x, y, width, height): Rectangle) -> Raster {
    let (row_len, count) = (raster.row_len(), raster.channels().count());
    fn within<S: Copy>(v: &mut Vec<S>, row_len: usize, left: usize, top: usize, len: usize, rows: usize) {
        for row in 0..rows {
            let from = (top + row) * row_len + left;
            v.copy_within(from..from + len, row * len);
        }
        v.truncate(len * rows);
        v.shrink_to_fit();
    }
    let (left, len) = (x as usize * count, width as usize * count);
    match raster.samples_mut() {
        Samples::U8(v) => within(v, row_len, left, y as usize, len, height as usize),
        Samples::U16(v) => within(v, row_len, left, y as usize, len, height as usize),
    }
    let samples = std::mem::replace(raster.samples_mut(), Samples::U8(Vec::new()));
    raster.replace(width, height, samples);
    raster
}

/// Mirrors left to right, in place.
pub(super) fn mirror(mut raster: Raster, run: &Run<'_>) -> Result<Raster, RenderError> {
    fn rows<S: Sample>(v: &mut [S], row_len: usize, count: usize, run: &Run<'_>) -> Result<(), RenderError> {
        v.par_chunks_mut(row_len * BLOCK).try_for_each(|block| {
            run.check()?;
            for row in block.chunks_exact_mut(row_len) {
                // Reversing samples and then each pixel's own samples mirrors the pixels.
                row.reverse();
                row.chunks_exact_mut(count).for_each(<[S]>::reverse);
            }
            run.advance(block.len() / row_len);
            Ok(())
        })
    }
    let (row_len, count) = (raster.row_len(), raster.channels().count());
    run.begin_pass(raster.height() as usize);
    match raster.samples_mut() {
        Samples::U8(v) => rows(v, row_len, count, run)?,
        Samples::U16(v) => rows(v, row_len, count, run)?,
    }
    Ok(raster)
}

/// Turns by `quarters` times 90 degrees clockwise (0 to 3).
pub(super) fn quarter_turns(raster: Raster, quarters: u32, run: &Run<'_>) -> Result<Raster, RenderError> {
    fn turn<S: Sample>(
        from: &[S],
        size: (usize, usize),
        count: usize,
        quarters: u32,
        run: &Run<'_>,
    ) -> Result<Vec<S>, RenderError> {
        let (width, height) = size;
        let new_width = if quarters == 2 { width } else { height };
        let mut out = vec![S::default(); from.len()];
        out.par_chunks_mut(new_width * count * BLOCK)
            .enumerate()
            .try_for_each(|(at, block)| {
                run.check()?;
                for (i, row) in block.chunks_exact_mut(new_width * count).enumerate() {
                    let y = at * BLOCK + i;
                    for (x, pixel) in row.chunks_exact_mut(count).enumerate() {
                        let (sx, sy) = match quarters {
                            1 => (y, height - 1 - x),
                            2 => (width - 1 - x, height - 1 - y),
                            _ => (width - 1 - y, x),
                        };
                        let source = (sy * width + sx) * count;
                        pixel.copy_from_slice(&from[source..source + count]);
                    }
                }
                run.advance(block.len() / (new_width * count));
                Ok(())
            })?;
        Ok(out)
    }
    if quarters == 0 {
        return Ok(raster);
    }
    let (width, height, channels) = (raster.width(), raster.height(), raster.channels());
    run.begin_pass(width.max(height) as usize);
    let size = (width as usize, height as usize);
    let samples = match raster.samples() {
        Samples::U8(v) => Samples::U8(turn(v, size, channels.count(), quarters, run)?),
        Samples::U16(v) => Samples::U16(turn(v, size, channels.count(), quarters, run)?),
    };
    let (w, h) = if quarters == 2 {
        (width, height)
    } else {
        (height, width)
    };
    let mut turned = raster;
    turned.replace(w, h, samples);
    Ok(turned)
}

/// The size of the largest upright rectangle of the picture's own proportions that a turn by `degrees` leaves covered.
pub(super) fn inner_size(width: u32, height: u32, degrees: f32) -> (u32, u32) {
    let (w, h) = (f64::from(width), f64::from(height));
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let (sin, cos) = (sin.abs(), cos.abs());
    let scale = (w / (w * cos + h * sin)).min(h / (w * sin + h * cos));
    (((w * scale) as u32).max(1), ((h * scale) as u32).max(1))
}

/// Turns by any angle, clockwise, and cuts to the largest rectangle without empty corners.
pub(super) fn free_turn(raster: &Raster, degrees: f32, run: &Run<'_>) -> Result<Raster, RenderError> {
    match raster.samples() {
        Samples::U8(v) => turn_samples(raster, v, degrees, run),
        Samples::U16(v) => turn_samples(raster, v, degrees, run),
    }
}

fn turn_samples<S: Sample>(raster: &Raster, samples: &[S], degrees: f32, run: &Run<'_>) -> Result<Raster, RenderError> {
    let (width, height) = inner_size(raster.width(), raster.height(), degrees);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = (raster.width() as f32 / 2.0, raster.height() as f32 / 2.0);
    let source = Source {
        samples,
        width: raster.width(),
        height: raster.height(),
        channels: raster.channels(),
        tables: tables(),
    };
    draw(
        raster.channels(),
        is_deep(raster),
        (width, height),
        run,
        || (),
        |(), y, out| {
            let dy = y as f32 + 0.5 - height as f32 / 2.0;
            for (x, pixel) in out.iter_mut().enumerate() {
                let dx = x as f32 + 0.5 - width as f32 / 2.0;
                *pixel = source.between(
                    middle.0 + dx * cos + dy * sin - 0.5,
                    middle.1 - dx * sin + dy * cos - 0.5,
                );
            }
        },
    )
}

/// A picture to be read between its pixels.
struct Source<'a, S> {
    samples: &'a [S],
    width: u32,
    height: u32,
    channels: Channels,
    tables: Tables,
}

impl<S: Sample> Source<'_, S> {
    /// Premultiplied linear colour, by Catmull-Rom over 4 × 4 pixels.
    #[inline]
    fn between(&self, x: f32, y: f32) -> [f32; 4] {
        let (left, top) = (floor(x), floor(y));
        let (wx, wy) = (catmull_rom(x - left), catmull_rom(y - top));
        let (left, top) = (left as i32 - 1, top as i32 - 1);
        let (width, height) = (self.width as i32, self.height as i32);
        let is_inside = left >= 0 && top >= 0 && left + 4 <= width && top + 4 <= height;
        if is_inside && self.channels == Channels::Rgb {
            return self.inside(left as usize, top as usize, wx, wy);
        }
        let mut sum = [0.0; 4];
        for (row, wy) in (top..top + 4).zip(wy) {
            let row = row.clamp(0, height - 1) * width;
            for (column, wx) in (left..left + 4).zip(wx) {
                let pixel = self.pixel((row + column.clamp(0, width - 1)) as usize);
                sum = [0, 1, 2, 3].map(|n| sum[n] + pixel[n] * wx * wy);
            }
        }
        sum
    }

    /// The same for by far the most pixels of by far the most pictures: nothing to clamp, and alpha is 1.
    #[inline]
    fn inside(&self, left: usize, top: usize, wx: [f32; 4], wy: [f32; 4]) -> [f32; 4] {
        let mut sum = [0.0, 0.0, 0.0, 1.0];
        for (row, wy) in (top..top + 4).zip(wy) {
            let from = (row * self.width as usize + left) * 3;
            let taps = &self.samples[from..from + 12];
            for n in 0..3 {
                let line: f32 = (0..4).map(|i| taps[i * 3 + n].to_linear(self.tables) * wx[i]).sum();
                sum[n] += line * wy;
            }
        }
        sum
    }

    #[inline]
    fn pixel(&self, at: usize) -> [f32; 4] {
        let t = self.tables;
        let count = self.channels.count();
        let p = &self.samples[at * count..(at + 1) * count];
        let a = if self.channels.has_alpha() {
            p[count - 1].to_unit()
        } else {
            1.0
        };
        if self.channels.is_gray() {
            let v = p[0].to_linear(t) * a;
            return [v, v, v, a];
        }
        [p[0].to_linear(t) * a, p[1].to_linear(t) * a, p[2].to_linear(t) * a, a]
    }
}

fn catmull_rom(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        0.5 * (-t + 2.0 * t2 - t3),
        0.5 * (2.0 - 5.0 * t2 + 3.0 * t3),
        0.5 * (t + 4.0 * t2 - 3.0 * t3),
        0.5 * (t3 - t2),
    ]
}
