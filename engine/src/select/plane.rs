//! Small pictures of numbers: what nets and cuts look at ([`Small`]) and what they answer ([`Plane`]).
//!
//! The one rule: positions are shares of the picture (0…1), so a small picture and the full one speak of the same place.
//! Used by everything in `select` and by the operations that show pictures to nets.

use rayon::prelude::*;

use crate::color::Rgb;
use crate::raster::Raster;
use crate::render::RenderError;
use crate::rows::{Space, read_with_alpha};
use crate::watch::Run;

/// A part of a picture, in shares of its width and height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Part {
    pub(crate) const WHOLE: Self = Self {
        left: 0.0,
        top: 0.0,
        width: 1.0,
        height: 1.0,
    };

    /// The same with `share` of its sides more on each side, within the picture.
    pub(crate) fn wider(self, share: f32) -> Self {
        let (dx, dy) = (self.width * share, self.height * share);
        let (left, top) = ((self.left - dx).max(0.0), (self.top - dy).max(0.0));
        Self {
            left,
            top,
            width: (self.left + self.width + dx).min(1.0) - left,
            height: (self.top + self.height + dy).min(1.0) - top,
        }
    }

    pub(crate) fn area(self) -> f32 {
        self.width * self.height
    }
}

/// One number per cell of a part of a picture.
#[derive(Debug, Clone)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) part: Part,
    pub(crate) data: Vec<f32>,
}

impl Plane {
    /// The number at a place of the picture, between cells by a straight line; 0 outside the part.
    pub(crate) fn at(&self, u: f32, v: f32) -> f32 {
        let (u, v) = (
            (u - self.part.left) / self.part.width,
            (v - self.part.top) / self.part.height,
        );
        if !(0.0..=1.0).contains(&u) || !(0.0..=1.0).contains(&v) {
            return 0.0;
        }
        let x = (u * self.width as f32 - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (v * self.height as f32 - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (tx, ty) = (x - x0 as f32, y - y0 as f32);
        let row = |y: usize| self.data[y * self.width + x0] * (1.0 - tx) + self.data[y * self.width + x1] * tx;
        row(y0) * (1.0 - ty) + row(y1) * ty
    }

    /// The smallest part that holds every cell of at least `level`.
    pub(crate) fn bounds(&self, level: f32) -> Option<Part> {
        let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
        for (i, _) in self.data.iter().enumerate().filter(|(_, v)| **v >= level) {
            let (x, y) = (i % self.width, i / self.width);
            (left, right) = (left.min(x), right.max(x + 1));
            (top, bottom) = (top.min(y), bottom.max(y + 1));
        }
        let (w, h) = (
            self.part.width / self.width as f32,
            self.part.height / self.height as f32,
        );
        (left < right).then(|| Part {
            left: self.part.left + left as f32 * w,
            top: self.part.top + top as f32 * h,
            width: (right - left) as f32 * w,
            height: (bottom - top) as f32 * h,
        })
    }
}

/// A part of a picture made small (or larger), sRGB values, transparent pixels on grey.
#[derive(Debug, Clone)]
pub(crate) struct Small {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) data: Vec<Rgb>,
}

impl Small {
    /// Shows `part` at this size; weighs every pixel in when it shrinks, lies between two when it grows.
    pub(crate) fn of(
        raster: &Raster,
        part: Part,
        (width, height): (usize, usize),
        run: &Run<'_>,
    ) -> Result<Self, RenderError> {
        let full = (raster.width() as usize, raster.height() as usize);
        let columns: Vec<_> = (0..width)
            .map(|x| weights(x, width, part.left, part.width, full.0))
            .collect();
        let mut data = vec![[0.0; 3]; width * height];
        run.begin_pass(height);
        data.par_chunks_mut(width).enumerate().try_for_each_init(
            || (vec![[0.0; 3]; full.0], vec![0.0; full.0], vec![[0.0; 3]; full.0]),
            |(colours, alpha, sums), (y, out)| {
                run.check()?;
                sums.fill([0.0; 3]);
                let (first, shares) = weights(y, height, part.top, part.height, full.1);
                for (row, share) in (first..).zip(shares) {
                    read_with_alpha(raster, row, Space::Encoded, colours, alpha);
                    for (sum, (c, a)) in sums.iter_mut().zip(colours.iter().zip(alpha.iter())) {
                        (0..3).for_each(|i| sum[i] += (0.5 + (c[i] - 0.5) * a) * share);
                    }
                }
                for (out, (first, shares)) in out.iter_mut().zip(&columns) {
                    for (sum, share) in sums[*first..].iter().zip(shares) {
                        (0..3).for_each(|i| out[i] += sum[i] * share);
                    }
                }
                run.advance(1);
                Ok(())
            },
        )?;
        Ok(Self { width, height, data })
    }

    /// The size with a long side of `long` at most, in the picture's shape.
    pub(crate) fn size_within(raster: &Raster, long: usize) -> (usize, usize) {
        let (w, h) = (raster.width() as usize, raster.height() as usize);
        let scale = (long as f32 / w.max(h) as f32).min(1.0);
        let side = |s: usize| ((s as f32 * scale).round() as usize).max(1);
        (side(w), side(h))
    }
}

/// Which pixels lend to cell `at` of `len`, and how much: the first of them and their shares, which sum up to 1.
fn weights(at: usize, len: usize, start: f32, share: f32, full: usize) -> (usize, Vec<f32>) {
    let step = share * full as f32 / len as f32;
    let center = start * full as f32 + (at as f32 + 0.5) * step;
    let reach = step.max(1.0);
    let first = ((center - reach).ceil().max(0.0) as usize).min(full - 1);
    let last = ((center + reach).floor().max(0.0) as usize).min(full - 1);
    let mut shares: Vec<f32> = (first..=last)
        .map(|p| (1.0 - ((p as f32 + 0.5 - center) / reach).abs()).max(0.0))
        .collect();
    let sum: f32 = shares.iter().sum();
    if sum <= 0.0 {
        let even = 1.0 / shares.len() as f32;
        shares.fill(even);
    } else {
        shares.iter_mut().for_each(|s| *s /= sum);
    }
    (first, shares)
}
