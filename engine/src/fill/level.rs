//! The picture at one size: what patches are compared on.
//!
//! The one rule: what is known is never changed here; only pixels of the hole are written, by `voting.rs`.
//! Made by `fill::complete` as a pyramid, finest first.

use rayon::prelude::*;

use super::{Hole, REACH, Window};
use crate::field::luma;
use crate::raster::Raster;
use crate::render::RenderError;
use crate::rows::{BLOCK, Space, read};
use crate::watch::Run;

/// Nothing below this side: patches of 7 pixels need room.
const LEAST_SIDE: usize = 40;
/// The same where the hole begins as a mirror image, which is to be made out.
const LEAST_MIRRORED: usize = 120;
/// How thick the hole may be where the search begins from nothing, in pixels.
const THIN: f32 = 4.0;

/// One size of the picture within the window.
pub(super) struct Level {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Red, green, blue as encoded, and how rough it is around.
    pub(super) pixels: Vec<[u8; 4]>,
    /// Where pixels are made, in reading order.
    pub(super) holes: Vec<u32>,
    /// How far each pixel is from what is known: 0 where it is known itself.
    pub(super) depth: Vec<f32>,
    /// Whether the whole patch around a pixel is known and may be copied.
    pub(super) is_source: Vec<bool>,
    /// How many may be.
    pub(super) sources: usize,
    /// The middles of patches that touch the hole, in reading order.
    pub(super) targets: Vec<u32>,
    /// Where in `targets` a pixel stands; `NONE` when it is no target.
    pub(super) target_at: Vec<u32>,
    /// As [`Hole::upright`].
    pub(super) upright: f32,
}

/// No index.
pub(super) const NONE: u32 = u32::MAX;

impl Level {
    /// All sizes from the full one down to where the hole is thin.
    pub(super) fn pyramid(
        raster: &Raster,
        hole: &Hole<'_>,
        window: Window,
        run: &Run<'_>,
    ) -> Result<Vec<Self>, RenderError> {
        let (pixels, state) = Self::read(raster, hole, window, run)?;
        let mut levels = vec![Self::new(window.width, window.height, pixels, state, hole.upright)];
        loop {
            run.check()?;
            let last = levels.last().expect("one was put in");
            let thickest = last.depth.iter().copied().fold(0.0, f32::max);
            let least = if hole.mirrors { LEAST_MIRRORED } else { LEAST_SIDE };
            if thickest <= THIN || last.width.min(last.height) / 2 < least {
                return Ok(levels);
            }
            let coarser = last.halved();
            if coarser.sources < 64 {
                return Ok(levels);
            }
            levels.push(coarser);
        }
    }

    fn read(
        raster: &Raster,
        hole: &Hole<'_>,
        window: Window,
        run: &Run<'_>,
    ) -> Result<(Vec<[u8; 4]>, Vec<State>), RenderError> {
        let Window {
            left,
            top,
            width,
            height,
        } = window;
        let mut pixels = vec![[0; 4]; width * height];
        run.begin_pass(height);
        pixels.par_chunks_mut(width * BLOCK).enumerate().try_for_each_init(
            || vec![[0.0; 3]; raster.width() as usize],
            |row, (block, out)| {
                run.check()?;
                for (i, out) in out.chunks_exact_mut(width).enumerate() {
                    read(raster, top + block * BLOCK + i, Space::Encoded, row);
                    for (out, c) in out.iter_mut().zip(&row[left..]) {
                        let byte = |v: f32| (v * 255.0 + 0.5) as u8;
                        *out = [byte(c[0]), byte(c[1]), byte(c[2]), 0];
                    }
                }
                run.advance(out.len() / width);
                Ok(())
            },
        )?;
        let state: Vec<State> = (0..width * height)
            .map(|i| {
                let (x, y) = (left + i % width, top + i / width);
                if hole.mask.row(y)[x] > 0 {
                    State::Hole
                } else if hole.avoid.is_some_and(|m| m.row(y)[x] > 24) {
                    State::Shunned
                } else {
                    State::Known
                }
            })
            .collect();
        run.check()?;
        measure_roughness(&mut pixels, &state, width);
        Ok((pixels, state))
    }

    fn new(width: usize, height: usize, pixels: Vec<[u8; 4]>, state: Vec<State>, upright: f32) -> Self {
        let holes: Vec<u32> = (0..state.len() as u32)
            .filter(|&i| state[i as usize] == State::Hole)
            .collect();
        let depth = distances(width, height, |i| state[i] == State::Hole);
        let touches_hole = within_reach(width, height, |i| state[i] == State::Hole);
        let touches_other = within_reach(width, height, |i| state[i] != State::Known);
        let fits = |i: usize| {
            let (x, y) = (i % width, i / width);
            x >= REACH && y >= REACH && x + REACH < width && y + REACH < height
        };
        let is_source: Vec<bool> = (0..state.len()).map(|i| fits(i) && !touches_other[i]).collect();
        let targets: Vec<u32> = (0..state.len() as u32)
            .filter(|&i| touches_hole[i as usize] && fits(i as usize))
            .collect();
        let mut target_at = vec![NONE; state.len()];
        for (at, &i) in targets.iter().enumerate() {
            target_at[i as usize] = at as u32;
        }
        Self {
            width,
            height,
            pixels,
            holes,
            depth,
            sources: is_source.iter().filter(|s| **s).count(),
            is_source,
            targets,
            target_at,
            upright,
        }
    }

    /// The same at half the size: the mean of what is known of every four pixels.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = vec![[0; 4]; width * height];
        let mut state = vec![State::Known; width * height];
        for y in 0..height {
            for x in 0..width {
                let first = y * 2 * self.width + x * 2;
                let four = [first, first + 1, first + self.width, first + self.width + 1];
                let (mut sum, mut known) = ([0u32; 4], 0);
                for i in four.into_iter().filter(|&i| self.depth[i] == 0.0) {
                    known += 1;
                    (0..4).for_each(|c| sum[c] += u32::from(self.pixels[i][c]));
                }
                let at = y * width + x;
                if known >= 2 {
                    pixels[at] = sum.map(|v| ((v + known / 2) / known) as u8);
                } else {
                    state[at] = State::Hole;
                }
                // A place that may not be copied is seen by its patch not being a source; the same holds when it is small.
                if known >= 2 && four.into_iter().any(|i| self.is_shunned(i)) {
                    state[at] = State::Shunned;
                }
            }
        }
        Self::new(width, height, pixels, state, self.upright)
    }

    /// Known, far from hole and rim, and still no source: something there may not be copied.
    fn is_shunned(&self, i: usize) -> bool {
        let (x, y) = (i % self.width, i / self.width);
        let fits = x >= REACH && y >= REACH && x + REACH < self.width && y + REACH < self.height;
        fits && self.depth[i] == 0.0 && !self.is_source[i] && self.target_at[i] == NONE
    }

    /// The squared difference of two patches; anything over `worst` may be cut short.
    #[inline]
    pub(super) fn difference(&self, a: usize, b: usize, worst: u32) -> u32 {
        let corner = REACH * self.width + REACH;
        let (mut a, mut b) = (a - corner, b - corner);
        let mut sum = 0;
        for _ in 0..=2 * REACH {
            let (p, q) = (&self.pixels[a..a + 2 * REACH + 1], &self.pixels[b..b + 2 * REACH + 1]);
            let row: i32 = p
                .as_flattened()
                .iter()
                .zip(q.as_flattened())
                .map(|(&p, &q)| {
                    let d = i32::from(p) - i32::from(q);
                    d * d
                })
                .sum();
            sum += row as u32;
            if sum > worst {
                return sum;
            }
            a += self.width;
            b += self.width;
        }
        sum
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Known,
    Hole,
    Shunned,
}

/// Writes into the fourth number how rough it is around each pixel: the mean slope of the known within two pixels.
fn measure_roughness(pixels: &mut [[u8; 4]], state: &[State], width: usize) {
    let height = pixels.len() / width;
    let grey: Vec<f32> = pixels
        .iter()
        .map(|p| luma([p[0].into(), p[1].into(), p[2].into()]))
        .collect();
    let slope = |x: usize, y: usize| {
        let i = y * width + x;
        let (right, down) = (
            i + usize::from(x + 1 < width),
            i + if y + 1 < height { width } else { 0 },
        );
        let is_known = [i, right, down].iter().all(|&j| state[j] != State::Hole);
        is_known.then(|| (grey[right] - grey[i]).abs() + (grey[down] - grey[i]).abs())
    };
    // Sums along rows and then down columns, five wide.
    let rows: Vec<[f32; 2]> = (0..height)
        .into_par_iter()
        .flat_map_iter(|y| {
            let slopes: Vec<Option<f32>> = (0..width).map(|x| slope(x, y)).collect();
            (0..width)
                .map(move |x| {
                    let near = &slopes[x.saturating_sub(2)..(x + 3).min(width)];
                    near.iter().flatten().fold([0.0, 0.0], |[s, n], v| [s + v, n + 1.0])
                })
                .collect::<Vec<_>>()
        })
        .collect();
    pixels.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
        for (x, pixel) in out.iter_mut().enumerate() {
            let mut sum = [0.0, 0.0];
            for v in y.saturating_sub(2)..(y + 3).min(height) {
                let [s, n] = rows[v * width + x];
                sum = [sum[0] + s, sum[1] + n];
            }
            pixel[3] = (3.0 * sum[0] / sum[1].max(1.0)).min(255.0) as u8;
        }
    });
}

/// Chamfer distances to the nearest pixel that is not `inside`; 0 there.
fn distances(width: usize, height: usize, inside: impl Fn(usize) -> bool) -> Vec<f32> {
    const SLANT: f32 = std::f32::consts::SQRT_2;
    let far = (width + height) as f32;
    let mut out: Vec<f32> = (0..width * height).map(|i| if inside(i) { far } else { 0.0 }).collect();
    let step = |out: &mut [f32], x: usize, y: usize, way: isize| {
        let i = y * width + x;
        if out[i] == 0.0 {
            return;
        }
        let mut best = out[i];
        for (dx, dy, cost) in [(-1, 0, 1.0), (0, -1, 1.0), (-1, -1, SLANT), (1, -1, SLANT)] {
            let (u, v) = (x as isize + dx * way, y as isize + dy * way);
            if u >= 0 && v >= 0 && (u as usize) < width && (v as usize) < height {
                best = best.min(out[v as usize * width + u as usize] + cost);
            }
        }
        out[i] = best;
    };
    for y in 0..height {
        (0..width).for_each(|x| step(&mut out, x, y, 1));
    }
    for y in (0..height).rev() {
        (0..width).rev().for_each(|x| step(&mut out, x, y, -1));
    }
    out
}

/// Whether any pixel of the patch around each pixel is `bad`.
fn within_reach(width: usize, height: usize, bad: impl Fn(usize) -> bool + Sync) -> Vec<bool> {
    let mut along = vec![false; width * height];
    along.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
        let mut until = 0;
        for x in (0..width).filter(|x| bad(y * width + x)) {
            let from = x.saturating_sub(REACH).max(until);
            until = (x + REACH + 1).min(width);
            out[from.min(until)..until].fill(true);
        }
    });
    let mut near = vec![false; width * height];
    near.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
        let rows = y.saturating_sub(REACH)..(y + REACH + 1).min(height);
        for row in along[rows.start * width..rows.end * width].chunks_exact(width) {
            out.iter_mut().zip(row).for_each(|(o, a)| *o |= a);
        }
    });
    near
}
