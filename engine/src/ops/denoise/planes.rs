//! Planes of one number per pixel with a rim around each row, and the mean of what looks alike at half size.
//!
//! The one rule: every row has `REACH` repeated places on both sides and is filled up to whole blocks of `LANES`, so the inner
//! loops have no edges to look at and run on several pixels at once. Called by `denoise`.

use rayon::prelude::*;

use super::split;
use crate::raster::Raster;
use crate::render::RenderError;
use crate::rows::{BLOCK, Space, read};
use crate::watch::Run;

/// Places to each side that are compared.
pub(super) const REACH: usize = 2;
/// Pixels that are handled at once.
pub(super) const LANES: usize = 8;

/// What is compared around a place, itself among it: rows and columns from the corner of 5 × 5, without the corners.
pub(super) const TAPS: [(usize, usize); 21] = {
    let mut taps = [(0, 0); 21];
    let (mut i, mut n) = (0, 0);
    while i < 25 {
        let (y, x) = (i / 5, i % 5);
        if !((y == 0 || y == 4) && (x == 0 || x == 4)) {
            taps[n] = (y, x);
            n += 1;
        }
        i += 1;
    }
    taps
};

/// The block of a row that begins at a place.
#[inline]
pub(super) fn at(row: &[f32], x: usize) -> &[f32; LANES] {
    row[x..].first_chunk().expect("rows are filled up to whole blocks")
}

/// How much a difference counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alike(f32);

impl Alike {
    pub(super) fn within(tolerance: f32) -> Self {
        Self(1.0 / (2.2 * tolerance * tolerance))
    }

    /// Tukey's bell by the squared difference: strangers count nothing at all.
    #[inline]
    pub(super) fn weight(self, squared: f32) -> f32 {
        let near = 1.0 - squared * self.0;
        let near = if near > 0.0 { near } else { 0.0 };
        near * near
    }
}

/// One number per pixel.
pub(super) struct Plane {
    width: usize,
    height: usize,
    stride: usize,
    data: Vec<f32>,
}

impl Plane {
    fn new(width: usize, height: usize) -> Self {
        let stride = width.next_multiple_of(LANES) + 2 * REACH;
        Self {
            width,
            height,
            stride,
            data: vec![0.0; stride * height],
        }
    }

    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// How many blocks of pixels a row has.
    pub(super) fn blocks(&self) -> usize {
        self.width.div_ceil(LANES)
    }

    /// A row with its rim: the first pixel stands at `REACH`.
    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.data[y * self.stride..][..self.stride]
    }

    /// The rows that are compared with one; beyond the picture its last ones again.
    pub(super) fn around(&self, y: usize) -> [&[f32]; 2 * REACH + 1] {
        std::array::from_fn(|k| self.row((y + k).saturating_sub(REACH).min(self.height - 1)))
    }

    /// A plane of half the size read at row `y` of the full one, between its places by a straight line.
    pub(super) fn risen(&self, y: usize, width: usize) -> Vec<f32> {
        let near = (y / 2).min(self.height - 1);
        let far = match y % 2 {
            0 => near.saturating_sub(1),
            _ => (near + 1).min(self.height - 1),
        };
        let mixed: Vec<f32> = self
            .row(near)
            .iter()
            .zip(self.row(far))
            .map(|(n, f)| 0.75 * n + 0.25 * f)
            .collect();
        let mut out = vec![0.0; width + width % 2];
        for (pair, near) in out.chunks_exact_mut(2).zip(mixed[REACH - 1..].windows(3)) {
            pair[0] = 0.25 * near[0] + 0.75 * near[1];
            pair[1] = 0.75 * near[1] + 0.25 * near[2];
        }
        out
    }

    /// Adds what became of the same plane at half size.
    pub(super) fn take_over(&mut self, before: &Self, after: &Self, run: &Run<'_>) -> Result<(), RenderError> {
        let (width, stride) = (self.width, self.stride);
        run.begin_pass(self.height);
        self.data
            .par_chunks_mut(stride * BLOCK)
            .enumerate()
            .try_for_each(|(block, rows)| {
                run.check()?;
                for (i, row) in rows.chunks_exact_mut(stride).enumerate() {
                    let y = block * BLOCK + i;
                    let (before, after) = (before.risen(y, width), after.risen(y, width));
                    for (v, (b, a)) in row[REACH..][..width].iter_mut().zip(before.iter().zip(&after)) {
                        *v += a - b;
                    }
                    rim(row, width);
                }
                run.advance(rows.len() / stride);
                Ok(())
            })
    }
}

/// Repeats the first and the last pixel beyond them.
fn rim(row: &mut [f32], width: usize) {
    let (first, last) = (row[REACH], row[REACH + width - 1]);
    row[..REACH].fill(first);
    row[REACH + width..].fill(last);
}

/// What a picture is taken apart into.
pub(super) struct Planes {
    /// Its lightness, at full size.
    pub(super) light: Plane,
    /// Lightness and two differences of colour at half the size.
    pub(super) half: [Plane; 3],
}

impl Planes {
    pub(super) fn of(raster: &Raster, run: &Run<'_>) -> Result<Self, RenderError> {
        let (width, height) = (raster.width() as usize, raster.height() as usize);
        let mut light = Plane::new(width, height);
        let small = || Plane::new(width.div_ceil(2), height.div_ceil(2));
        let mut half = [small(), small(), small()];
        let (stride, half_stride) = (light.stride, half[0].stride);
        run.begin_pass(height);
        let [a, b, c] = &mut half;
        let thirds = a
            .data
            .par_chunks_mut(half_stride * BLOCK)
            .zip(b.data.par_chunks_mut(half_stride * BLOCK))
            .zip(c.data.par_chunks_mut(half_stride * BLOCK));
        light
            .data
            .par_chunks_mut(stride * BLOCK * 2)
            .zip(thirds)
            .enumerate()
            .try_for_each_init(
                || vec![[0.0; 3]; width],
                |colours, (block, (rows, ((a, b), c)))| {
                    run.check()?;
                    for (i, row) in rows.chunks_exact_mut(stride).enumerate() {
                        let y = block * BLOCK * 2 + i;
                        read(raster, y, Space::Encoded, colours);
                        let own = &mut row[REACH..][..width];
                        own.iter_mut().zip(colours.iter()).for_each(|(v, c)| *v = split(*c)[0]);
                        rim(row, width);
                        let is_alone = y.is_multiple_of(2) && y + 1 == height;
                        let share = if is_alone { 1.0 } else { 0.5 };
                        let from = i / 2 * half_stride;
                        let into = [&mut *a, &mut *b, &mut *c].map(|p| &mut p[from..from + half_stride]);
                        add_row(colours, share, into);
                    }
                    for plane in [a, b, c] {
                        plane
                            .chunks_exact_mut(half_stride)
                            .for_each(|row| rim(row, width.div_ceil(2)));
                    }
                    run.advance(rows.len() / stride);
                    Ok(())
                },
            )?;
        Ok(Self { light, half })
    }
}

/// Adds the means of every two pixels, times `share`.
fn add_row(colours: &[[f32; 3]], share: f32, [light, blue, red]: [&mut [f32]; 3]) {
    for (x, pair) in colours.chunks(2).enumerate() {
        let (a, b) = (pair[0], pair[pair.len() - 1]);
        let mean = split(std::array::from_fn(|i| (a[i] + b[i]) * 0.5 * share));
        light[REACH + x] += mean[0];
        blue[REACH + x] += mean[1];
        red[REACH + x] += mean[2];
    }
}

/// Each place of the planes as the mean of those around it that look alike.
pub(super) fn calmed(planes: &[Plane; 3], alike: Alike, run: &Run<'_>) -> Result<[Plane; 3], RenderError> {
    let (width, height) = planes[0].size();
    let mut made = [0; 3].map(|_| Plane::new(width, height));
    let stride = made[0].stride;
    run.begin_pass(height);
    let [a, b, c] = &mut made;
    a.data
        .par_chunks_mut(stride)
        .zip(b.data.par_chunks_mut(stride))
        .zip(c.data.par_chunks_mut(stride))
        .enumerate()
        .try_for_each(|(y, ((a, b), c))| {
            run.check()?;
            calm_row(planes, y, alike, [&mut *a, &mut *b, &mut *c]);
            [a, b, c].into_iter().for_each(|row| rim(row, width));
            run.advance(1);
            Ok(())
        })?;
    Ok(made)
}

fn calm_row(planes: &[Plane; 3], y: usize, alike: Alike, out: [&mut [f32]; 3]) {
    // Colour may differ by more and still be the same thing.
    let loose = Alike(alike.0 * 0.25);
    let rows = [0, 1, 2].map(|p: usize| planes[p].around(y));
    for block in 0..planes[0].blocks() {
        let x = block * LANES;
        let here = [0, 1, 2].map(|p: usize| at(rows[p][REACH], x + REACH));
        let (mut sums, mut total, mut total_colour) = ([[0.0; LANES]; 3], [0.0; LANES], [0.0; LANES]);
        for (dy, dx) in TAPS {
            let there = [0, 1, 2].map(|p: usize| at(rows[p][dy], x + dx));
            for n in 0..LANES {
                let away = [0, 1, 2].map(|p: usize| there[p][n] - here[p][n]);
                let squared = away[0] * away[0] + 0.5 * (away[1] * away[1] + away[2] * away[2]);
                let (weight, colour) = (alike.weight(squared), loose.weight(squared));
                sums[0][n] += weight * there[0][n];
                sums[1][n] += colour * there[1][n];
                sums[2][n] += colour * there[2][n];
                total[n] += weight;
                total_colour[n] += colour;
            }
        }
        for n in 0..LANES {
            out[0][REACH + x + n] = sums[0][n] / total[n];
            out[1][REACH + x + n] = sums[1][n] / total_colour[n];
            out[2][REACH + x + n] = sums[2][n] / total_colour[n];
        }
    }
}
