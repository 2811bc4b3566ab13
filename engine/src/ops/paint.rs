//! What the painted styles share: flat colours, ink lines, palettes and paper.
//!
//! The one rule: painting happens on at most [`MOST_CELLS`] cells whatever the picture's size, so it looks and costs the
//! same on a small and a large picture; edges are drawn again at full size. Called by `cartoon`, `oil`, `poster`, `sketch`.

use rayon::prelude::*;

use super::Canvas;
use crate::color::{Rgb, floor, to_oklab};
use crate::field::{Field, luma};
use crate::render::RenderError;
use crate::rows::{BLOCK, Space};
use crate::watch::Run;

/// How many cells a painting has at most.
const MOST_CELLS: f32 = 1_600_000.0;

/// The picture in OKLab at the size that it is painted at.
pub(super) fn cells(canvas: &Canvas<'_>) -> Result<Field<3>, RenderError> {
    let pixels = canvas.raster.width() as f32 * canvas.raster.height() as f32;
    let factor = (pixels / MOST_CELLS).sqrt().ceil().max(1.0) as usize;
    visible(canvas, factor, Space::Linear)?.map(to_oklab, canvas.run)
}

/// The picture's colours in cells of `factor` pixels. What is see-through takes those of what is seen nearby: a stroke that
/// reaches over a cut-out's edge must not fetch what was cut away.
pub(super) fn visible(canvas: &Canvas<'_>, factor: usize, space: Space) -> Result<Field<3>, RenderError> {
    let gathered = || {
        Field::<4>::gather(&canvas.raster, factor, space, canvas.run, |c, a| {
            [c[0] * a, c[1] * a, c[2] * a, a]
        })
    };
    let cells = gathered()?;
    if !canvas.raster.channels().has_alpha() {
        return cells.map(|[r, g, b, _]| [r, g, b], canvas.run);
    }
    let mut wide = gathered()?;
    wide.blur(factor as f32 * 12.0, canvas.run)?;
    wide.map(|near| near, canvas.run)?.remade(|_, _, near| {
        let colour = |cell: &[f32; 4], near: &[f32; 4]| {
            let of = if cell[3] > 1e-3 { cell } else { near };
            [of[0], of[1], of[2]].map(|v| v / of[3].max(1e-6))
        };
        let (_, _, own) = cells.cells();
        Ok(own.iter().zip(&near).map(|(cell, near)| colour(cell, near)).collect())
    })
}

/// Evens colours out and keeps edges: a bilateral filter done in rows, then in columns (Pham and van Vliet 2005), several
/// times over. `spread` in OKLab says which differences count as an edge.
pub(super) fn flatten(
    width: usize,
    mut colours: Vec<Rgb>,
    rounds: usize,
    spread: f32,
    run: &Run<'_>,
) -> Result<Vec<Rgb>, RenderError> {
    let height = colours.len() / width;
    for _ in 0..rounds {
        colours = bilateral_rows(width, &colours, spread, run)?;
        colours = transposed(width, &colours);
        colours = bilateral_rows(height, &colours, spread, run)?;
        colours = transposed(height, &colours);
    }
    Ok(colours)
}

/// How many cells to each side are averaged.
const REACH: isize = 4;

fn bilateral_rows(width: usize, colours: &[Rgb], spread: f32, run: &Run<'_>) -> Result<Vec<Rgb>, RenderError> {
    let mut out = vec![[0.0; 3]; colours.len()];
    let near: Vec<f32> = (-REACH..=REACH)
        .map(|d| (-0.5 * (d as f32 / 2.5).powi(2)).exp())
        .collect();
    let sharpness = 1.0 / (spread * spread);
    run.begin_pass(colours.len() / width);
    out.par_chunks_mut(width * BLOCK)
        .zip(colours.par_chunks(width * BLOCK))
        .try_for_each(|(out, rows)| {
            run.check()?;
            for (out, row) in out.chunks_exact_mut(width).zip(rows.chunks_exact(width)) {
                for x in 0..width {
                    let mut sum = [0.0; 3];
                    let mut weights = 0.0;
                    for (d, near) in (-REACH..=REACH).zip(&near) {
                        let other = row[(x as isize + d).clamp(0, width as isize - 1) as usize];
                        let apart = squared_distance(other, row[x]) * sharpness;
                        let weight = near / (1.0 + apart * apart);
                        (0..3).for_each(|n| sum[n] += other[n] * weight);
                        weights += weight;
                    }
                    out[x] = sum.map(|v| v / weights);
                }
            }
            run.advance(rows.len() / width);
            Ok(())
        })?;
    Ok(out)
}

fn transposed(width: usize, colours: &[Rgb]) -> Vec<Rgb> {
    let height = colours.len() / width;
    let mut out = vec![[0.0; 3]; colours.len()];
    out.par_chunks_mut(height)
        .enumerate()
        .for_each(|(x, column)| (0..height).for_each(|y| column[y] = colours[y * width + x]));
    out
}

/// How far apart two OKLab colours are, squared.
#[inline]
pub(super) fn squared_distance(a: Rgb, b: Rgb) -> f32 {
    (0..3).map(|n| (a[n] - b[n]) * (a[n] - b[n])).sum()
}

/// How much more a difference of hue counts than one of lightness when a palette is chosen.
const HUE_COUNTS: f32 = 2.2;

/// The colours that say most about a picture: k-means over OKLab (Lloyd 1982), begun from colours as far from each other
/// as there are (Gonzalez 1985), so that a small spot of a hue of its own is not lost. Deterministic; sorted from dark to
/// light; at most `count`, at least one.
pub(super) fn palette(colours: &[Rgb], count: usize) -> Vec<Rgb> {
    let weigh = |c: Rgb| [c[0], c[1] * HUE_COUNTS, c[2] * HUE_COUNTS];
    let every = (colours.len() / 20_000).max(1);
    let sample: Vec<Rgb> = colours.iter().step_by(every).map(|&c| weigh(c)).collect();
    let mut means = vec![mean(&sample)];
    while means.len() < count {
        let away = |c: &Rgb| means.iter().map(|m| squared_distance(*m, *c)).fold(f32::MAX, f32::min);
        let Some(furthest) = sample.iter().copied().max_by(|a, b| away(a).total_cmp(&away(b))) else {
            break;
        };
        if away(&furthest) < 1e-4 {
            break;
        }
        means.push(furthest);
        means = settled(&sample, means, 2);
    }
    means = settled(&sample, means, 10);
    means.sort_by(|a, b| a[0].total_cmp(&b[0]));
    means
        .iter()
        .map(|c| [c[0], c[1] / HUE_COUNTS, c[2] / HUE_COUNTS])
        .collect()
}

/// Some rounds of Lloyd's algorithm.
fn settled(sample: &[Rgb], mut means: Vec<Rgb>, rounds: usize) -> Vec<Rgb> {
    for _ in 0..rounds {
        let mut sums = vec![([0.0f64; 3], 0usize); means.len()];
        for c in sample {
            let (sum, n) = &mut sums[nearest(&means, *c).0];
            (0..3).for_each(|i| sum[i] += f64::from(c[i]));
            *n += 1;
        }
        for (mean, (sum, n)) in means.iter_mut().zip(sums).filter(|(_, (_, n))| *n > 0) {
            *mean = sum.map(|v| (v / n as f64) as f32);
        }
    }
    means
}

fn mean(colours: &[Rgb]) -> Rgb {
    let mut sum = [0.0f64; 3];
    colours
        .iter()
        .for_each(|c| (0..3).for_each(|n| sum[n] += f64::from(c[n])));
    sum.map(|v| (v / colours.len().max(1) as f64) as f32)
}

/// The two nearest colours of a palette (the same one twice when there is only one) and how far each is, squared.
pub(super) fn nearest(palette: &[Rgb], colour: Rgb) -> (usize, usize, f32, f32) {
    let mut best = (0, 0, f32::MAX, f32::MAX);
    for (i, c) in palette.iter().enumerate() {
        let d = squared_distance(*c, colour);
        if d < best.2 {
            best = (i, if best.2 == f32::MAX { i } else { best.0 }, d, best.2);
        } else if d < best.3 {
            (best.1, best.3) = (i, d);
        }
    }
    best
}

/// Ink lines at full size: an extended difference of Gaussians (Winnemöller, Kyprianidis, Olsen 2012).
pub(super) struct Lines {
    narrow: Field<1>,
    wide: Field<1>,
    /// How much darker than its surroundings a place must be to be inked, as a share.
    threshold: f32,
    /// How suddenly ink begins.
    hardness: f32,
}

impl Lines {
    /// Lines about `thickness` pixels wide, where a place is darker than what is around it by more than `threshold`.
    pub(super) fn of(canvas: &Canvas<'_>, thickness: f32, threshold: f32, hardness: f32) -> Result<Self, RenderError> {
        let blurred = |sigma| {
            Field::blurred(&canvas.raster, sigma, Space::Encoded, canvas.run, |c, a| {
                [luma(c) * a + 1.0 - a]
            })
        };
        Ok(Self {
            narrow: blurred(thickness * 0.6)?,
            wide: blurred(thickness * 0.96)?,
            threshold,
            hardness,
        })
    }

    /// What is left of the paper's white in row `y`: 0 is ink, 1 is paper.
    pub(super) fn row(&self, y: usize, scratch: &mut LineScratch, width: usize) {
        scratch.narrow.resize(width, [0.0]);
        scratch.wide.resize(width, [0.0]);
        scratch.paper.resize(width, 1.0);
        self.narrow.row(y, &mut scratch.room, &mut scratch.narrow);
        self.wide.row(y, &mut scratch.room, &mut scratch.wide);
        for ((out, n), w) in scratch.paper.iter_mut().zip(&scratch.narrow).zip(&scratch.wide) {
            // Relative to the brightness around, so that shadows are drawn as finely as lights.
            let darker = (w[0] - n[0]) / (w[0] + 0.12) - self.threshold;
            *out = 1.0 - (self.hardness * darker.max(0.0)).tanh();
        }
    }
}

/// What [`Lines::row`] works in; one for each row at work.
#[derive(Default)]
pub(super) struct LineScratch {
    room: Vec<[f32; 1]>,
    narrow: Vec<[f32; 1]>,
    wide: Vec<[f32; 1]>,
    /// The result: 0 is ink, 1 is paper.
    pub(super) paper: Vec<f32>,
}

/// Smooth noise of about −1…1 at any place, whose grains are one unit wide.
pub(super) fn noise_at(seed: u64, x: f32, y: f32) -> f32 {
    let (fx, fy) = (floor(x), floor(y));
    let (tx, ty) = (x - fx, y - fy);
    let (tx, ty) = (tx * tx * (3.0 - 2.0 * tx), ty * ty * (3.0 - 2.0 * ty));
    let corner = |dx: i32, dy: i32| super::grain::hash(seed, (fx as i32 + dx) as u32, (fy as i32 + dy) as u32);
    let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * tx;
    let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * tx;
    top + (bottom - top) * ty
}
