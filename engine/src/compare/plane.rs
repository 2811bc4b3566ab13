//! Working pictures of the comparison: [`Plane`], `N` floats per pixel, with blur, halving, warp; and [`Affine`].
//!
//! The one rule: every loop writes rows that depend on their input alone, in a fixed order, so the same pictures give the
//! same figures on any number of threads. Levels run from 0 to 255 whatever the depth. Called by all of `compare`.

use rayon::prelude::*;

use crate::raster::{Channels, Raster};
use crate::rows::{Space, read_with_alpha};

use super::affine::Affine;
use super::pace::{CompareError, Pace};

/// Rows handed to a thread at a time.
pub(super) const BLOCK: usize = 16;

/// `N` numbers per pixel, row by row.
#[derive(Debug, Clone)]
pub(super) struct Plane<const N: usize> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<[f32; N]>,
}

impl<const N: usize> Plane<N> {
    /// A plane from a function of row number and row.
    pub(super) fn by_rows(width: usize, height: usize, each: impl Fn(usize, &mut [[f32; N]]) + Sync) -> Self {
        let mut data = vec![[0.0; N]; width * height];
        data.par_chunks_mut(width * BLOCK)
            .enumerate()
            .for_each(|(block, rows)| {
                for (i, row) in rows.chunks_exact_mut(width).enumerate() {
                    each(block * BLOCK + i, row);
                }
            });
        Self { width, height, data }
    }

    /// Each pixel changed by itself.
    pub(super) fn map<const M: usize>(&self, change: impl Fn([f32; N]) -> [f32; M] + Sync) -> Plane<M> {
        Plane::by_rows(self.width, self.height, |y, out| {
            out.iter_mut().zip(self.row(y)).for_each(|(o, &v)| *o = change(v));
        })
    }

    pub(super) fn row(&self, y: usize) -> &[[f32; N]] {
        &self.data[y * self.width..(y + 1) * self.width]
    }

    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Blurred by a Gaussian; edges are repeated.
    pub(super) fn blurred(&self, sigma: f32) -> Self {
        let kernel = gaussian(sigma);
        let (width, reach) = (self.width, kernel.len() / 2);
        let mut across = vec![[0.0; N]; self.data.len()];
        across
            .par_chunks_mut(width * BLOCK)
            .zip(self.data.par_chunks(width * BLOCK))
            .for_each_init(
                || vec![[0.0; N]; width + 2 * reach],
                |padded, (out, rows)| {
                    for (out, row) in out.chunks_exact_mut(width).zip(rows.chunks_exact(width)) {
                        padded[..reach].fill(row[0]);
                        padded[reach..reach + width].copy_from_slice(row);
                        padded[reach + width..].fill(row[width - 1]);
                        for (k, &weight) in kernel.iter().enumerate() {
                            add_scaled(out.as_flattened_mut(), padded[k..k + width].as_flattened(), weight);
                        }
                    }
                },
            );
        let last = self.height - 1;
        Self::by_rows(width, self.height, |y, out| {
            for (k, &weight) in kernel.iter().enumerate() {
                let from = (y + k).saturating_sub(reach).min(last) * width;
                add_scaled(
                    out.as_flattened_mut(),
                    across[from..from + width].as_flattened(),
                    weight,
                );
            }
        })
    }

    /// Half the size by the binomial 1 3 3 1, so that cell `x` lies at `2x + ½`.
    pub(super) fn halved(&self) -> Self {
        const KERNEL: [f32; 4] = [0.125, 0.375, 0.375, 0.125];
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let at = |v: usize, k: usize, len: usize| (2 * v + k).saturating_sub(1).min(len - 1);
        let narrow: Plane<N> = Plane::by_rows(width, self.height, |y, out| {
            let row = self.row(y);
            for (x, o) in out.iter_mut().enumerate() {
                for (k, weight) in KERNEL.iter().enumerate() {
                    let v = row[at(x, k, self.width)];
                    (0..N).for_each(|n| o[n] += v[n] * weight);
                }
            }
        });
        Self::by_rows(width, height, |y, out| {
            for (k, &weight) in KERNEL.iter().enumerate() {
                let row = narrow.row(at(y, k, self.height));
                add_scaled(out.as_flattened_mut(), row.as_flattened(), weight);
            }
        })
    }

    /// Twice the size, linear, cut to `size`; undoes the placing of [`Plane::halved`].
    pub(super) fn doubled(&self, size: (usize, usize)) -> Self {
        let double = Affine::scale_about_corner(0.5, 0.5);
        self.warped(&double, size)
    }

    /// Read at `map(x, y)` for every pixel of `size`, linear, edges repeated.
    pub(super) fn warped(&self, map: &Affine, size: (usize, usize)) -> Self {
        let (right, bottom) = ((self.width - 1) as f32, (self.height - 1) as f32);
        Self::by_rows(size.0, size.1, |y, out| {
            let line = map.line(y);
            for (x, o) in out.iter_mut().enumerate() {
                let (px, py) = line.at(x);
                let (px, py) = (px.clamp(0.0, right), py.clamp(0.0, bottom));
                let (x0, y0) = (px as usize, py as usize);
                let (tx, ty) = (px - x0 as f32, py - y0 as f32);
                let x1 = (x0 + 1).min(self.width - 1);
                let top = y0 * self.width;
                let low = (y0 + 1).min(self.height - 1) * self.width;
                let (a, b, c, d) = (
                    self.data[top + x0],
                    self.data[top + x1],
                    self.data[low + x0],
                    self.data[low + x1],
                );
                for n in 0..N {
                    let upper = a[n] + (b[n] - a[n]) * tx;
                    let lower = c[n] + (d[n] - c[n]) * tx;
                    o[n] = upper + (lower - upper) * ty;
                }
            }
        })
    }

    /// As [`Plane::warped`] with Catmull and Rom's cubic, which keeps detail where a linear reading blurs.
    pub(super) fn warped_finely(&self, map: &Affine, size: (usize, usize)) -> Self {
        let (right, bottom) = (self.width as isize - 1, self.height as isize - 1);
        Self::by_rows(size.0, size.1, |y, out| {
            let line = map.line(y);
            for (x, o) in out.iter_mut().enumerate() {
                let (px, py) = line.at(x);
                let (px, py) = (px.clamp(0.0, right as f32), py.clamp(0.0, bottom as f32));
                let (x0, y0) = (px as usize, py as usize);
                let (wx, wy) = (cubic(px - x0 as f32), cubic(py - y0 as f32));
                for (j, wy) in wy.iter().enumerate() {
                    let row = (y0 as isize + j as isize - 1).clamp(0, bottom) as usize * self.width;
                    for (i, wx) in wx.iter().enumerate() {
                        let v = self.data[row + (x0 as isize + i as isize - 1).clamp(0, right) as usize];
                        (0..N).for_each(|n| o[n] += v[n] * (wx * wy));
                    }
                }
            }
        })
    }
}

impl Plane<1> {
    /// Slopes to the right and down by central differences.
    pub(super) fn slopes(&self) -> Plane<2> {
        let (right, bottom) = (self.width - 1, self.height - 1);
        Plane::by_rows(self.width, self.height, |y, out| {
            let (row, above, below) = (
                self.row(y),
                self.row(y.saturating_sub(1)),
                self.row((y + 1).min(bottom)),
            );
            for (x, o) in out.iter_mut().enumerate() {
                let across = row[(x + 1).min(right)][0] - row[x.saturating_sub(1)][0];
                *o = [0.5 * across, 0.5 * (below[x][0] - above[x][0])];
            }
        })
    }

    /// `(y − mean) / (deviation + 6)` with both taken around each pixel (Gauss, 6 pixels): what is left is blind to
    /// brightness, contrast and tint. Mean and deviation are smooth, so they are made at half size.
    pub(super) fn contrast_normalised(&self) -> Self {
        const SIGMA: f32 = 6.0;
        let moments = self.map(|[v]| [v, v * v]).halved().blurred(SIGMA / 2.0);
        let moments = moments.doubled(self.size());
        Self::by_rows(self.width, self.height, |y, out| {
            for ((o, [v]), [mean, square]) in out.iter_mut().zip(self.row(y)).zip(moments.row(y)) {
                let deviation = (square - mean * mean).max(0.0).sqrt();
                *o = [(v - mean) / (deviation + 6.0)];
            }
        })
    }
}

/// The brightness of colours as the eye orders them, less the middle grey so that squares stay exact.
pub(super) fn luma(colours: &Plane<3>) -> Plane<1> {
    colours.map(|c| [crate::field::luma(c) - 128.0])
}

/// A picture at `size` (never larger than it is), 0 to 255, what is seen through laid on the middle grey. Shrinking
/// weighs with a tent twice as wide as a cell, so that a shifted picture shrinks to a shifted picture.
pub(super) fn shrunk(raster: &Raster, size: (usize, usize), pace: &Pace<'_>) -> Result<Plane<3>, CompareError> {
    let (full_width, full_height) = (raster.width() as usize, raster.height() as usize);
    let (columns, rows) = (tents(full_width, size.0), tents(full_height, size.1));
    let mut data = vec![[0.0; 3]; size.0 * size.1];
    data.par_chunks_mut(size.0 * BLOCK).enumerate().try_for_each_init(
        || Reader::new(full_width),
        |reader, (block, out)| {
            pace.check()?;
            let mine = &rows[block * BLOCK..block * BLOCK + out.len() / size.0];
            let last = &mine[mine.len() - 1];
            for y in mine[0].0..last.0 + last.1.len() {
                reader.read(raster, y);
                for ((from, weights), out) in mine.iter().zip(out.chunks_exact_mut(size.0)) {
                    if y >= *from && y - from < weights.len() {
                        reader.add(&columns, weights[y - from], out);
                    }
                }
            }
            Ok(())
        },
    )?;
    Ok(Plane {
        width: size.0,
        height: size.1,
        data,
    })
}

struct Reader {
    colours: Vec<[f32; 3]>,
    alpha: Vec<f32>,
}

impl Reader {
    fn new(width: usize) -> Self {
        Self {
            colours: vec![[0.0; 3]; width],
            alpha: vec![0.0; width],
        }
    }

    fn read(&mut self, raster: &Raster, y: usize) {
        read_with_alpha(raster, y, Space::Encoded, &mut self.colours, &mut self.alpha);
        if matches!(raster.channels(), Channels::GrayAlpha | Channels::Rgba) {
            for (c, a) in self.colours.iter_mut().zip(&self.alpha) {
                *c = c.map(|v| (v - 128.0 / 255.0) * a + 128.0 / 255.0);
            }
        }
    }

    fn add(&self, columns: &[(usize, Vec<f32>)], weight: f32, out: &mut [[f32; 3]]) {
        let weight = weight * 255.0;
        for ((from, weights), o) in columns.iter().zip(out) {
            for (c, w) in self.colours[*from..].iter().zip(weights) {
                (0..3).for_each(|n| o[n] += c[n] * (w * weight));
            }
        }
    }
}

/// For each of `to` cells the first of `from` pixels that it takes in, and the weights from there.
fn tents(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let step = from as f64 / to as f64;
    if from == to {
        return (0..to).map(|i| (i, vec![1.0])).collect();
    }
    (0..to)
        .map(|i| {
            let middle = (i as f64 + 0.5) * step - 0.5;
            let first = (middle - step).floor().max(0.0) as usize;
            let last = ((middle + step).ceil() as usize).min(from - 1);
            let raw: Vec<f64> = (first..=last)
                .map(|p| (1.0 - (p as f64 - middle).abs() / step).max(0.0))
                .collect();
            let sum: f64 = raw.iter().sum();
            (first, raw.iter().map(|w| (w / sum) as f32).collect())
        })
        .collect()
}

/// Weights of the four neighbours for a place `t` between the middle two.
pub(super) fn cubic(t: f32) -> [f32; 4] {
    [
        t * (-0.5 + t * (1.0 - 0.5 * t)),
        1.0 + t * t * (-2.5 + 1.5 * t),
        t * (0.5 + t * (2.0 - 1.5 * t)),
        t * t * (-0.5 + 0.5 * t),
    ]
}

fn add_scaled(out: &mut [f32], values: &[f32], weight: f32) {
    out.iter_mut().zip(values).for_each(|(o, v)| *o += v * weight);
}

/// A normalised Gaussian of odd length.
fn gaussian(sigma: f32) -> Vec<f32> {
    let reach = (sigma * 2.7).ceil().max(1.0) as i32;
    let raw: Vec<f32> = (-reach..=reach)
        .map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp())
        .collect();
    let sum: f32 = raw.iter().sum();
    raw.into_iter().map(|v| v / sum).collect()
}
