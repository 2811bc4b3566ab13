//! Continues a picture where something was taken away or where there was nothing yet.
//!
//! The one rule: every filled pixel is copied from places of the same picture that look alike around it, so structure and
//! texture go on; the same picture, hole and seed give the same bytes on any number of threads.
//! After Wexler, Shechtman and Irani ("Space-Time Completion of Video", 2007) with the search of Barnes et al.
//! ("PatchMatch", 2009) and the texture measure of Newson et al. ("Video Inpainting of Complex Scenes", 2014).
//!
//! Read [`complete`] first, then `level.rs` (the picture at several sizes), `matching.rs` (which place looks like which),
//! `voting.rs` (what the places say a pixel is), `seam.rs` (no step at the rim). Called by `remove`, `expand`, `move`, `scale`.

mod level;
mod matching;
mod seam;
mod voting;

use self::level::Level;
use self::matching::Matches;
pub(crate) use self::matching::mixed;
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::watch::Run;

/// How far a patch reaches around its middle: 7 by 7 pixels.
const REACH: usize = 3;
/// A hole of more pixels than this is searched for at a smaller size; at its own it only takes what was found there.
const MOST_SEARCHED: usize = 450_000;

/// What is to be filled and from where.
pub(crate) struct Hole<'a> {
    /// Where pixels are to be made: everything above 0.
    pub(crate) mask: &'a Mask,
    /// What must not be copied although it stays (more of the thing that is taken away, say).
    pub(crate) avoid: Option<&'a Mask>,
    /// By how much more than usual what is copied should come from the same height.
    pub(crate) upright: f32,
    /// Whether it begins from the mirror image of the known, which must be a rectangle: a large canvas has no other side that
    /// a structure could lead to, and mirrored it goes on at least. Else it begins from its rim inward.
    pub(crate) mirrors: bool,
    /// Another seed may find other places.
    pub(crate) seed: u64,
}

/// A stretch of pixels of the picture: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

/// Fills the hole. A hole that leaves nothing to copy from is filled with the mean of what little there is, or left.
pub(crate) fn complete(raster: &mut Raster, hole: &Hole<'_>, run: &Run<'_>) -> Result<(), RenderError> {
    let Some(window) = window(raster, hole.mask) else {
        return Ok(());
    };
    let levels = Level::pyramid(raster, hole, window, run)?;
    let Some(coarsest) = levels.last() else {
        return Ok(());
    };
    if coarsest.sources == 0 {
        return seam::fade_in(raster, window, &levels[0], run);
    }
    run.begin_pass(levels.iter().map(|l| rounds(l) * l.holes.len()).sum());
    let mut levels = levels.into_iter().rev();
    let mut level = levels.next().expect("a pyramid has a level");
    let mut matches = match hole.mirrors {
        true => Matches::mirrored(&mut level),
        false => Matches::peel(&mut level, run)?,
    };
    improve(&mut level, &mut matches, hole.seed, true, run)?;
    for mut finer in levels {
        matches = matches.finer(&level, &finer, hole.seed);
        level.pixels = Vec::new();
        // Where nothing is searched any more nobody looks at what was voted.
        if rounds(&finer) > 0 {
            voting::vote(&mut finer, &matches, true, run)?;
        }
        improve(&mut finer, &mut matches, hole.seed, false, run)?;
        level = finer;
    }
    let made = voting::develop(raster, window, &level, &matches, run)?;
    seam::put(raster, window, &level, made, run)
}

/// How often the matches of a level are searched again and voted on.
fn rounds(level: &Level) -> usize {
    match level.holes.len() {
        n if n > MOST_SEARCHED => 0,
        n if n > 120_000 => 1,
        n if n > 30_000 => 2,
        n if n > 4_000 => 4,
        _ => 8,
    }
}

fn improve(
    level: &mut Level,
    matches: &mut Matches,
    seed: u64,
    is_coarsest: bool,
    run: &Run<'_>,
) -> Result<(), RenderError> {
    let rounds = rounds(level);
    for round in 0..rounds {
        for sweep in 0..if rounds > 2 { 3 } else { 2 } {
            let at = (round * 4 + sweep) as u64;
            matches.search(level, seed ^ (at << 32), is_coarsest || round == 0, run)?;
        }
        // Many voices find what fits, few show it crisply: the next size is to look for crisp places too.
        voting::vote(level, matches, round + 1 == rounds, run)?;
        run.advance(level.holes.len());
    }
    Ok(())
}

/// The hole with enough of the picture around it to copy from.
fn window(raster: &Raster, mask: &Mask) -> Option<Window> {
    let (full_width, full_height) = (raster.width() as usize, raster.height() as usize);
    let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
    for y in 0..full_height {
        let row = mask.row(y);
        let Some(first) = row.iter().position(|&v| v > 0) else {
            continue;
        };
        let last = row.iter().rposition(|&v| v > 0).unwrap_or(first);
        (left, right) = (left.min(first), right.max(last + 1));
        (top, bottom) = (top.min(y), bottom.max(y + 1));
    }
    if left >= right {
        return None;
    }
    let around = (right - left).max(bottom - top).max(48);
    let (left, top) = (left.saturating_sub(around), top.saturating_sub(around));
    Some(Window {
        left,
        top,
        width: (right + around).min(full_width) - left,
        height: (bottom + around).min(full_height) - top,
    })
}
