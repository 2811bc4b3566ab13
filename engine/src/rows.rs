//! The row runner: takes a picture through `f32` a block of rows at a time, on all threads, in place.
//!
//! The one rule: what comes out depends on the pixels and the row number alone, never on the thread or the block,
//! so the same plan gives the same bytes on any machine. Called by the operations through [`crate::ops::Canvas`].

use rayon::prelude::*;

use crate::color::{Rgb, Tables, into_range, tables};
use crate::raster::{Channels, Mask, Raster, Samples};
use crate::render::RenderError;
use crate::watch::Run;

/// Rows handled between two looks at the cancel flag.
pub(crate) const BLOCK: usize = 16;

/// Which numbers an operation wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// Linear light; what comes back is brought into range with its hue kept.
    Linear,
    /// The sRGB values themselves; what comes back is clamped.
    Encoded,
}

/// A sample of 8 or 16 bits.
pub(crate) trait Sample: Copy + Send + Sync + Default + 'static {
    fn to_unit(self) -> f32;
    fn from_unit(value: f32) -> Self;
    fn to_linear(self, t: Tables) -> f32;
}

impl Sample for u8 {
    #[inline]
    fn to_unit(self) -> f32 {
        f32::from(self) * (1.0 / 255.0)
    }
    #[inline]
    fn from_unit(value: f32) -> Self {
        (value.clamp(0.0, 1.0) * 255.0 + 0.5) as Self
    }
    #[inline]
    fn to_linear(self, t: Tables) -> f32 {
        t.decode_8[usize::from(self)]
    }
}

impl Sample for u16 {
    #[inline]
    fn to_unit(self) -> f32 {
        f32::from(self) * (1.0 / 65535.0)
    }
    #[inline]
    fn from_unit(value: f32) -> Self {
        (value.clamp(0.0, 1.0) * 65535.0 + 0.5) as Self
    }
    #[inline]
    fn to_linear(self, t: Tables) -> f32 {
        t.decode_16[usize::from(self)]
    }
}

/// Runs `each(y, colours)` over every row in place. Alpha stays; where `mask` is given, the result is blended by it and
/// rows and pixels where it is 0 keep their very bytes.
pub(crate) fn change_rows<F>(
    raster: &mut Raster,
    mask: Option<&Mask>,
    space: Space,
    run: &Run<'_>,
    each: F,
) -> Result<(), RenderError>
where
    F: Fn(usize, &mut [Rgb]) + Sync,
{
    let (width, row_len, channels) = (raster.width() as usize, raster.row_len(), raster.channels());
    run.begin_pass(raster.height() as usize);
    let work = Work {
        width,
        row_len,
        channels,
        mask,
        space,
        run,
    };
    match raster.samples_mut() {
        Samples::U8(v) => work.run(v, each),
        Samples::U16(v) => work.run(v, each),
    }
}

struct Work<'a, 'r> {
    width: usize,
    row_len: usize,
    channels: Channels,
    mask: Option<&'a Mask>,
    space: Space,
    run: &'a Run<'r>,
}

impl Work<'_, '_> {
    fn run<S: Sample, F: Fn(usize, &mut [Rgb]) + Sync>(&self, samples: &mut [S], each: F) -> Result<(), RenderError> {
        samples
            .par_chunks_mut(self.row_len * BLOCK)
            .enumerate()
            .try_for_each_init(
                || vec![[0.0; 3]; self.width],
                |colours, (block, rows)| {
                    self.run.check()?;
                    for (i, row) in rows.chunks_exact_mut(self.row_len).enumerate() {
                        let y = block * BLOCK + i;
                        let mask = self.mask.map(|m| m.row(y));
                        if mask.is_some_and(|m| m.iter().all(|&v| v == 0)) {
                            continue;
                        }
                        read_row(row, self.channels, self.space, colours);
                        each(y, colours);
                        self.write(row, mask, colours);
                    }
                    self.run.advance(rows.len() / self.row_len);
                    Ok(())
                },
            )
    }

    fn write<S: Sample>(&self, row: &mut [S], mask: Option<&[u8]>, colours: &[Rgb]) {
        let t = tables();
        let (count, gray) = (self.channels.count(), self.channels.is_gray());
        for (x, (pixel, &colour)) in row.chunks_exact_mut(count).zip(colours).enumerate() {
            let share = mask.map_or(255, |m| m[x]);
            if share == 0 {
                continue;
            }
            let encoded = match self.space {
                Space::Linear => into_range(colour).map(|v| t.encode(v)),
                Space::Encoded => colour,
            };
            let shown = if gray { 1 } else { 3 };
            for (sample, value) in pixel[..shown].iter_mut().zip(encoded) {
                *sample = if share == 255 {
                    S::from_unit(value)
                } else {
                    let old = sample.to_unit();
                    S::from_unit(old + (value.clamp(0.0, 1.0) - old) * f32::from(share) / 255.0)
                };
            }
        }
    }
}

/// Reads one row of samples as colours; grey is spread over the three.
pub(crate) fn read_row<S: Sample>(row: &[S], channels: Channels, space: Space, colours: &mut [Rgb]) {
    let t = tables();
    let value = |s: S| {
        if space == Space::Linear {
            s.to_linear(t)
        } else {
            s.to_unit()
        }
    };
    let pixels = row.chunks_exact(channels.count()).zip(colours);
    if channels.is_gray() {
        pixels.for_each(|(p, c)| *c = [value(p[0]); 3]);
    } else {
        pixels.for_each(|(p, c)| *c = [value(p[0]), value(p[1]), value(p[2])]);
    }
}

/// Reads the alpha of one row, 0…1; all 1 where there is none.
pub(crate) fn read_alpha<S: Sample>(row: &[S], channels: Channels, alpha: &mut [f32]) {
    if channels.has_alpha() {
        let count = channels.count();
        row.chunks_exact(count)
            .zip(alpha)
            .for_each(|(p, a)| *a = p[count - 1].to_unit());
    } else {
        alpha.fill(1.0);
    }
}

/// Reads row `y` of a raster of either depth.
pub(crate) fn read(raster: &Raster, y: usize, space: Space, colours: &mut [Rgb]) {
    let range = y * raster.row_len()..(y + 1) * raster.row_len();
    match raster.samples() {
        Samples::U8(v) => read_row(&v[range], raster.channels(), space, colours),
        Samples::U16(v) => read_row(&v[range], raster.channels(), space, colours),
    }
}

/// Reads row `y` of colours and alpha of a raster of either depth.
pub(crate) fn read_with_alpha(raster: &Raster, y: usize, space: Space, colours: &mut [Rgb], alpha: &mut [f32]) {
    read(raster, y, space, colours);
    let range = y * raster.row_len()..(y + 1) * raster.row_len();
    match raster.samples() {
        Samples::U8(v) => read_alpha(&v[range], raster.channels(), alpha),
        Samples::U16(v) => read_alpha(&v[range], raster.channels(), alpha),
    }
}
