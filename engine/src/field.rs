//! A smooth companion of a picture: some numbers per pixel, averaged down, blurred, and read back at full size row by row.
//!
//! The one rule: a wide blur is made at a size where it is narrow, so its cost and memory do not grow with its radius
//! (at most 4 bytes per channel and pixel, at full size only for blurs of a few pixels).
//! Used by every operation that looks at more than one pixel.

use rayon::prelude::*;

use crate::color::Rgb;
use crate::raster::Raster;
use crate::render::RenderError;
use crate::rows::{BLOCK, Space, read_with_alpha};
use crate::watch::Run;

/// `N` smooth numbers per pixel of a picture, kept at 1/`factor` of its size.
pub(crate) struct Field<const N: usize> {
    width: usize,
    height: usize,
    factor: usize,
    data: Vec<[f32; N]>,
    /// The vertical half of a blur at full size, left for the reader to do, since a second copy would cost too much.
    pending: Vec<f32>,
}

impl<const N: usize> Field<N> {
    /// `what(colour, alpha)` of every pixel, averaged over squares of `factor` pixels.
    pub(crate) fn gather<F>(
        raster: &Raster,
        factor: usize,
        space: Space,
        run: &Run<'_>,
        what: F,
    ) -> Result<Self, RenderError>
    where
        F: Fn(Rgb, f32) -> [f32; N] + Sync,
    {
        Self::gather_at(raster, factor, space, run, |_, _, c, a| what(c, a))
    }

    /// [`Field::gather`] of `what(x, y, colour, alpha)`, for what is known by place.
    pub(crate) fn gather_at<F>(
        raster: &Raster,
        factor: usize,
        space: Space,
        run: &Run<'_>,
        what: F,
    ) -> Result<Self, RenderError>
    where
        F: Fn(usize, usize, Rgb, f32) -> [f32; N] + Sync,
    {
        Self::gather_some(raster, (factor, 1), space, run, what)
    }

    /// [`Field::gather_at`] that looks at every `stride`th pixel of every `stride`th row only, a little farther on in each,
    /// so that columns and rows of a fine pattern are met alike. For squares of so many pixels that some of them tell as much.
    pub(crate) fn gather_some<F>(
        raster: &Raster,
        (factor, stride): (usize, usize),
        space: Space,
        run: &Run<'_>,
        what: F,
    ) -> Result<Self, RenderError>
    where
        F: Fn(usize, usize, Rgb, f32) -> [f32; N] + Sync,
    {
        let (full_width, full_height) = (raster.width() as usize, raster.height() as usize);
        let (width, height) = (full_width.div_ceil(factor), full_height.div_ceil(factor));
        let mut data = vec![[0.0; N]; width * height];
        run.begin_pass(height);
        let block = (BLOCK / factor).max(1);
        data.par_chunks_mut(width * block).enumerate().try_for_each_init(
            || (vec![[0.0; 3]; full_width], vec![0.0; full_width]),
            |(colours, alpha), (at, rows)| {
                run.check()?;
                for (i, out) in rows.chunks_exact_mut(width).enumerate() {
                    let first = (at * block + i) * factor;
                    let last = (first + factor).min(full_height);
                    for (k, y) in (first..last).step_by(stride).enumerate() {
                        read_with_alpha(raster, y, space, colours, alpha);
                        for (square, cell) in out.iter_mut().enumerate() {
                            let (from, to) = (square * factor, (square * factor + factor).min(full_width));
                            // A square at the rim may be too narrow to begin farther on.
                            let from = (from + k % stride).min(to - 1);
                            let mut sum = [0.0; N];
                            for x in (from..to).step_by(stride) {
                                let value = what(x, y, colours[x], alpha[x]);
                                (0..N).for_each(|n| sum[n] += value[n]);
                            }
                            let scale = 1.0 / ((last - first).div_ceil(stride) * (to - from).div_ceil(stride)) as f32;
                            (0..N).for_each(|n| cell[n] += sum[n] * scale);
                        }
                    }
                }
                run.advance(rows.len() / width);
                Ok(())
            },
        )?;
        Ok(Self {
            width,
            height,
            factor,
            data,
            pending: Vec::new(),
        })
    }

    /// By how much to shrink so that a blur of `sigma` pixels stays narrow but smooth.
    pub(crate) fn factor_for(sigma: f32) -> usize {
        let mut factor = 1;
        while sigma / factor as f32 > 4.0 {
            factor *= 2;
        }
        factor
    }

    /// Gathers and blurs by `sigma` (pixels of the picture).
    pub(crate) fn blurred<F>(
        raster: &Raster,
        sigma: f32,
        space: Space,
        run: &Run<'_>,
        what: F,
    ) -> Result<Self, RenderError>
    where
        F: Fn(Rgb, f32) -> [f32; N] + Sync,
    {
        let mut field = Self::gather(raster, Self::factor_for(sigma), space, run, what)?;
        field.blur(sigma, run)?;
        Ok(field)
    }

    /// Blurs by `sigma` pixels of the picture.
    pub(crate) fn blur(&mut self, sigma: f32, run: &Run<'_>) -> Result<(), RenderError> {
        let f = self.factor as f32;
        // Averaging down and reading back linearly have already blurred a little; the kernel does the rest.
        let already = if self.factor == 1 {
            0.0
        } else {
            (f * f - 1.0) / 12.0 + f * f / 6.0
        };
        let rest = (sigma * sigma - already).max(0.04 * f * f).sqrt() / f;
        let kernel = gaussian(rest);
        self.blur_rows(&kernel, run)?;
        if self.factor == 1 {
            self.pending = kernel;
            return Ok(());
        }
        self.blur_columns(&kernel, run)
    }

    fn blur_rows(&mut self, kernel: &[f32], run: &Run<'_>) -> Result<(), RenderError> {
        let (width, reach) = (self.width, kernel.len() / 2);
        run.begin_pass(self.height);
        self.data.par_chunks_mut(width * BLOCK).try_for_each_init(
            || vec![[0.0; N]; width + 2 * reach],
            |padded, rows| {
                run.check()?;
                for row in rows.chunks_exact_mut(width) {
                    padded[..reach].fill(row[0]);
                    padded[reach..reach + width].copy_from_slice(row);
                    padded[reach + width..].fill(row[width - 1]);
                    row.fill([0.0; N]);
                    for (k, &weight) in kernel.iter().enumerate() {
                        for (out, value) in row.iter_mut().zip(&padded[k..]) {
                            (0..N).for_each(|n| out[n] += value[n] * weight);
                        }
                    }
                }
                run.advance(rows.len() / width);
                Ok(())
            },
        )
    }

    fn blur_columns(&mut self, kernel: &[f32], run: &Run<'_>) -> Result<(), RenderError> {
        let width = self.width;
        let mut out = vec![[0.0; N]; self.data.len()];
        run.begin_pass(self.height);
        out.par_chunks_mut(width * BLOCK)
            .enumerate()
            .try_for_each(|(at, rows)| {
                run.check()?;
                for (i, row) in rows.chunks_exact_mut(width).enumerate() {
                    self.column_sum(at * BLOCK + i, kernel, row);
                }
                run.advance(rows.len() / width);
                Ok(())
            })?;
        self.data = out;
        Ok(())
    }

    fn column_sum(&self, y: usize, kernel: &[f32], out: &mut [[f32; N]]) {
        let reach = kernel.len() / 2;
        out.fill([0.0; N]);
        for (k, &weight) in kernel.iter().enumerate() {
            let from = (y + k).saturating_sub(reach).min(self.height - 1) * self.width;
            for (out, value) in out.iter_mut().zip(&self.data[from..from + self.width]) {
                (0..N).for_each(|n| out[n] += value[n] * weight);
            }
        }
    }

    /// Changes every cell at its own size, for sums that are made between two blurs. Not while a blur is pending.
    pub(crate) fn map<const M: usize>(
        mut self,
        change: impl Fn([f32; N]) -> [f32; M] + Sync,
        run: &Run<'_>,
    ) -> Result<Field<M>, RenderError> {
        if !self.pending.is_empty() {
            let kernel = std::mem::take(&mut self.pending);
            self.blur_columns(&kernel, run)?;
        }
        let data = self.data.par_iter().map(|&v| change(v)).collect();
        Ok(Field {
            width: self.width,
            height: self.height,
            factor: self.factor,
            data,
            pending: Vec::new(),
        })
    }

    /// The cells (row by row) with their width and height, for statistics.
    pub(crate) fn cells(&self) -> (usize, usize, &[[f32; N]]) {
        (self.width, self.height, &self.data)
    }

    /// A field of the same shape with other numbers, made from all the cells of this one at once.
    pub(crate) fn remade<const M: usize>(
        self,
        make: impl FnOnce(usize, usize, Vec<[f32; N]>) -> Result<Vec<[f32; M]>, RenderError>,
    ) -> Result<Field<M>, RenderError> {
        debug_assert!(self.pending.is_empty(), "a blur is still pending");
        let data = make(self.width, self.height, self.data)?;
        debug_assert_eq!(data.len(), self.width * self.height);
        Ok(Field {
            width: self.width,
            height: self.height,
            factor: self.factor,
            data,
            pending: Vec::new(),
        })
    }

    /// Opens the first number: the smallest within `reach` cells to every side, then the largest of those, so that small
    /// bright spots go and edges stay where they are; the other numbers stay.
    pub(crate) fn open_first(mut self, reach: usize) -> Self {
        self.spread_first(reach, f32::min);
        self.spread_first(reach, f32::max);
        self
    }

    fn spread_first(&mut self, reach: usize, better: fn(f32, f32) -> f32) {
        let (width, height) = (self.width, self.height);
        let best = |values: &[f32], i: usize| {
            let near = &values[i.saturating_sub(reach)..(i + reach + 1).min(values.len())];
            near.iter().copied().fold(values[i], better)
        };
        for y in 0..height {
            let row: Vec<f32> = self.data[y * width..(y + 1) * width].iter().map(|c| c[0]).collect();
            (0..width).for_each(|x| self.data[y * width + x][0] = best(&row, x));
        }
        for x in 0..width {
            let column: Vec<f32> = (0..height).map(|y| self.data[y * width + x][0]).collect();
            (0..height).for_each(|y| self.data[y * width + x][0] = best(&column, y));
        }
    }

    /// The numbers of one pixel of the picture, for operations that look at a few only. Not while a blur is pending.
    pub(crate) fn at(&self, x: usize, y: usize) -> [f32; N] {
        let place = |at: usize, len: usize| {
            let at = ((at as f32 + 0.5) / self.factor as f32 - 0.5).clamp(0.0, (len - 1) as f32);
            let low = at as usize;
            (low, (low + 1).min(len - 1), at - low as f32)
        };
        let ((x0, x1, tx), (y0, y1, ty)) = (place(x, self.width), place(y, self.height));
        let cell = |x: usize, y: usize| self.data[y * self.width + x];
        let (a, b, c, d) = (cell(x0, y0), cell(x1, y0), cell(x0, y1), cell(x1, y1));
        std::array::from_fn(|n| {
            let (top, bottom) = (a[n] + (b[n] - a[n]) * tx, c[n] + (d[n] - c[n]) * tx);
            top + (bottom - top) * ty
        })
    }

    /// The numbers of row `y` of the picture; `out` is as long as the picture is wide. `room` is scratch, kept by the caller.
    pub(crate) fn row(&self, y: usize, room: &mut Vec<[f32; N]>, out: &mut [[f32; N]]) {
        if self.factor == 1 {
            if self.pending.is_empty() {
                out.copy_from_slice(&self.data[y * self.width..(y + 1) * self.width]);
            } else {
                self.column_sum(y, &self.pending, out);
            }
            return;
        }
        let f = self.factor as f32;
        let at = ((y as f32 + 0.5) / f - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (low, t) = (at as usize, at.fract());
        let high = (low + 1).min(self.height - 1);
        let (top, bottom) = (
            &self.data[low * self.width..][..self.width],
            &self.data[high * self.width..][..self.width],
        );
        room.clear();
        room.extend(
            top.iter()
                .zip(bottom)
                .map(|(a, b)| std::array::from_fn(|n| a[n] + (b[n] - a[n]) * t)),
        );
        // `factor` is a power of two mostly; where not, a digit is lost that nobody sees.
        let (last, share) = ((self.width - 1) as f32, 1.0 / f);
        for (x, out) in out.iter_mut().enumerate() {
            let at = ((x as f32 + 0.5) * share - 0.5).clamp(0.0, last);
            let low = at as usize;
            let t = at - low as f32;
            let (a, b) = (room[low], room[(low + 1).min(self.width - 1)]);
            *out = std::array::from_fn(|n| a[n] + (b[n] - a[n]) * t);
        }
    }
}

/// The base of a picture's lightness: what is left when fine detail goes and strong edges stay (a guided filter by itself).
/// [`Base::row`] gives, per pixel, the slope and offset that make the base from the sRGB luma.
pub(crate) struct Base(Field<2>);

impl Base {
    /// `sigma` in pixels says what counts as detail; `edge` (luma, 0…1) how strong an edge must be to stay.
    pub(crate) fn of(raster: &Raster, sigma: f32, edge: f32, run: &Run<'_>) -> Result<Self, RenderError> {
        let factor = Field::<2>::factor_for(sigma).max(2);
        let some = (factor, (factor / 8).max(1));
        let mut sums = Field::gather_some(raster, some, Space::Encoded, run, |_, _, c, _| {
            let y = luma(c);
            [y, y * y]
        })?;
        sums.blur(sigma, run)?;
        let mut lines = sums.map(
            |[mean, square]| {
                let spread = (square - mean * mean).max(0.0);
                let slope = spread / (spread + edge * edge);
                [slope, mean * (1.0 - slope)]
            },
            run,
        )?;
        lines.blur(sigma, run)?;
        Ok(Self(lines))
    }

    /// Slope and offset per pixel of row `y`.
    pub(crate) fn row(&self, y: usize, room: &mut Vec<[f32; 2]>, out: &mut [[f32; 2]]) {
        self.0.row(y, room, out);
    }
}

/// The brightness of an sRGB colour as the eye orders it, from the encoded values.
#[inline]
pub(crate) fn luma(c: Rgb) -> f32 {
    0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]
}

/// A normalised Gaussian of odd length.
fn gaussian(sigma: f32) -> Vec<f32> {
    let reach = (sigma * 3.0).ceil().max(1.0) as i32;
    let raw: Vec<f32> = (-reach..=reach)
        .map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp())
        .collect();
    let sum: f32 = raw.iter().sum();
    raw.into_iter().map(|v| v / sum).collect()
}
