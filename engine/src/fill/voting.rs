//! What the matched places say that a pixel of the hole is.
//!
//! The one rule: while searching, many places vote, weighed by how well they fit and how near the known they are; at the end
//! few do, so that texture stays crisp. Called by `fill::complete`.

use rayon::prelude::*;

use super::level::{Level, NONE};
use super::matching::Matches;
use super::{MOST_SEARCHED, REACH, Window};
use crate::raster::{Raster, Samples};
use crate::render::RenderError;
use crate::rows::Sample;
use crate::watch::Run;

/// How many pixels are handled between two looks at the cancel flag.
const BLOCK: usize = 1024;
/// By how much a patch one pixel farther from the known counts less.
const TRUST: f32 = 1.3;

/// Gives every pixel of the hole the colour that the places of the patches around it agree on.
/// When `crisp`, mostly its own patch's.
pub(super) fn vote(level: &mut Level, matches: &Matches, crisp: bool, run: &Run<'_>) -> Result<(), RenderError> {
    let weights = weights(level, matches);
    let near = if crisp { nearness() } else { [1.0; 19] };
    let mut made = vec![[0u8; 4]; level.holes.len()];
    let this = &*level;
    made.par_chunks_mut(BLOCK).enumerate().try_for_each(|(block, out)| {
        run.check()?;
        for (i, out) in out.iter_mut().enumerate() {
            let pixel = this.holes[block * BLOCK + i] as usize;
            let (mut sum, mut all) = ([0.0f32; 4], 0.0);
            each_vote(this, matches, (pixel, REACH), |at, source, distance| {
                let (weight, p) = ((weights[at] * near[distance]).max(1e-20), this.pixels[source]);
                all += weight;
                (0..4).for_each(|c| sum[c] += weight * f32::from(p[c]));
            });
            *out = if all > 0.0 {
                sum.map(|v| (v / all + 0.5) as u8)
            } else {
                this.pixels[pixel]
            };
        }
        Ok(())
    })?;
    for (&i, pixel) in level.holes.iter().zip(made) {
        level.pixels[i as usize] = pixel;
    }
    Ok(())
}

/// How much each target's match counts.
fn weights(level: &Level, matches: &Matches) -> Vec<f32> {
    let mut costs: Vec<u32> = matches.costs.iter().copied().filter(|c| *c != u32::MAX).collect();
    let spread = if costs.is_empty() {
        1.0
    } else {
        let at = costs.len() * 3 / 4;
        (*costs.select_nth_unstable(at).1).max(1) as f32
    };
    let weight = |(&target, &cost): (&u32, &u32)| {
        let cost = if cost == u32::MAX { 0.0 } else { cost as f32 };
        let trust = TRUST.powf(-level.depth[target as usize].min(40.0));
        trust * (-cost / (2.0 * spread)).exp().max(1e-6)
    };
    level.targets.par_iter().zip(&matches.costs).map(weight).collect()
}

/// Calls `vote(target's index, source pixel, squared distance from the target's middle)` for every patch over a
/// pixel whose middle is within `reach`.
#[inline]
fn each_vote(
    level: &Level,
    matches: &Matches,
    (pixel, reach): (usize, usize),
    mut vote: impl FnMut(usize, usize, usize),
) {
    let (x, y) = (pixel % level.width, pixel / level.width);
    for v in y.saturating_sub(reach)..(y + reach + 1).min(level.height) {
        for u in x.saturating_sub(reach)..(x + reach + 1).min(level.width) {
            let target = v * level.width + u;
            let at = level.target_at[target];
            if at != NONE {
                let source = matches.places[at as usize] as usize + pixel - target;
                vote(at as usize, source, u.abs_diff(x).pow(2) + v.abs_diff(y).pow(2));
            }
        }
    }
}

/// Weights by squared distance when mostly the pixel's own patch counts: its neighbours only soften the seams between places.
fn nearness() -> [f32; 19] {
    std::array::from_fn(|d| (-(d as f32) / (2.0 * 1.1 * 1.1)).exp())
}

/// The picture's own samples for every pixel that a target's patch touches: the hole, and its rim for comparison.
pub(super) struct Made {
    /// Pixels of the window, in reading order.
    pub(super) pixels: Vec<u32>,
    /// Per pixel its samples, encoded 0…1.
    pub(super) samples: Vec<[f32; 4]>,
}

/// Reads the picture at full depth through the matches.
pub(super) fn develop(
    raster: &Raster,
    window: Window,
    level: &Level,
    matches: &Matches,
    run: &Run<'_>,
) -> Result<Made, RenderError> {
    let is_rim = |&i: &u32| level.depth[i as usize] == 0.0;
    let mut pixels: Vec<u32> = level
        .targets
        .iter()
        .copied()
        .filter(is_rim)
        .chain(level.holes.iter().copied())
        .collect();
    pixels.sort_unstable();
    let samples = match raster.samples() {
        Samples::U8(v) => mean_of_places(v, raster, window, (level, matches), &pixels, run)?,
        Samples::U16(v) => mean_of_places(v, raster, window, (level, matches), &pixels, run)?,
    };
    Ok(Made { pixels, samples })
}

fn mean_of_places<S: Sample>(
    from: &[S],
    raster: &Raster,
    window: Window,
    (level, matches): (&Level, &Matches),
    pixels: &[u32],
    run: &Run<'_>,
) -> Result<Vec<[f32; 4]>, RenderError> {
    let (count, row_len) = (raster.channels().count(), raster.row_len());
    let weights = weights(level, matches);
    let near = nearness();
    // In a large hole neighbours mostly agree, and what is farther off counts next to nothing there. The outermost pixels have
    // no nearer patch than one whose middle is `REACH` away.
    let is_large = level.holes.len() > MOST_SEARCHED;
    let inner = |at: usize, len: usize| (REACH..len.saturating_sub(REACH)).contains(&at);
    let reach_at = |pixel: usize| {
        let is_inner = inner(pixel % level.width, level.width) && inner(pixel / level.width, level.height);
        if is_large && is_inner { REACH - 1 } else { REACH }
    };
    let mut out = vec![[0.0f32; 4]; pixels.len()];
    out.par_chunks_mut(BLOCK).enumerate().try_for_each(|(block, out)| {
        run.check()?;
        for (i, out) in out.iter_mut().enumerate() {
            let pixel = pixels[block * BLOCK + i] as usize;
            let mut all = 0.0;
            each_vote(level, matches, (pixel, reach_at(pixel)), |at, source, distance| {
                let (x, y) = (window.left + source % level.width, window.top + source / level.width);
                let weight = (weights[at] * near[distance]).max(1e-20);
                all += weight;
                let samples = &from[y * row_len + x * count..][..count];
                for (o, s) in out.iter_mut().zip(samples) {
                    *o += weight * s.to_unit();
                }
            });
            if all > 0.0 {
                out.iter_mut().for_each(|v| *v /= all);
            }
        }
        Ok(())
    })?;
    Ok(out)
}
