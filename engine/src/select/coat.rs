//! Animals without what hangs on them: the net that finds subjects takes a cloth or a rope beside a dog for the dog.
//!
//! The one rule: only what the detector sees an animal in is looked at, only what is not deep in its box may go, and it goes
//! by colour: what looks like the ground around and not like the coat. Nothing is ever added. Called by `subject::find`.

use super::creatures::ANIMALS;
use super::grabcut::{self, Known};
use super::objects::{PERHAPS, SURE, depth, look};
use super::plane::{Part, Plane, Small};
use crate::color::smoothstep;
use crate::raster::Raster;
use crate::render::{RenderContext, RenderError};
use crate::watch::Run;

/// The part of the subject that must lie in animals' boxes for it to be animals.
const MOST_OF: f32 = 0.5;
/// How deep in a box the coat is learned: 1 is its middle, 0 its rim.
const DEEP: f32 = 0.3;
/// If less than this of the subject would be left, the colours say nothing.
const LEAST: f32 = 0.45;

/// The rough shares without what has not the coat of the animals; as they are where no animal is seen.
pub(super) fn only(
    rough: Plane,
    raster: &Raster,
    context: &RenderContext,
    run: &Run<'_>,
) -> Result<Plane, RenderError> {
    let Some(detector) = &context.nets.objects else {
        return Ok(rough);
    };
    let mut seen = look(raster, detector, run)?;
    seen.retain(|s| ANIMALS.contains(&s.kind));
    // Where one is sure, its companions are believed sooner.
    let enough = if seen.iter().any(|s| s.score >= SURE) {
        PERHAPS
    } else {
        SURE
    };
    let boxes: Vec<Part> = seen.iter().filter(|s| s.score >= enough).map(|s| s.part).collect();
    let deepest = |u: f32, v: f32| boxes.iter().map(|b| depth(*b, u, v)).fold(f32::MIN, f32::max);
    let all: f32 = rough.data.iter().sum();
    let within: f32 = (0..rough.data.len())
        .filter(|i| {
            let (u, v) = place(&rough, *i);
            deepest(u, v) > 0.0
        })
        .map(|i| rough.data[i])
        .sum();
    if boxes.is_empty() || within < MOST_OF * all {
        return Ok(rough);
    }
    let size = Small::size_within(raster, grabcut::SIDE);
    let known = |i: usize| {
        let (u, v) = (
            ((i % size.0) as f32 + 0.5) / size.0 as f32,
            ((i / size.0) as f32 + 0.5) / size.1 as f32,
        );
        match rough.at(u, v) {
            share if share < 0.2 => Known::Outside,
            share if share > 0.8 && deepest(u, v) > DEEP => Known::Inside,
            // The coat is learned from its middle alone, or the cloth would be learned with it.
            _ => Known::PerhapsOutside,
        }
    };
    let mut cut = grabcut::cut(raster, size, known, run)?;
    let core: Vec<bool> = (0..cut.data.len()).map(|i| known(i) == Known::Inside).collect();
    grabcut::keep_under(&mut cut, &core);
    let mut kept = rough.clone();
    for (i, cell) in kept.data.iter_mut().enumerate() {
        let (u, v) = place(&rough, i);
        *cell *= smoothstep(0.2, 0.6, cut.at(u, v));
    }
    let left: f32 = kept.data.iter().sum();
    Ok(if left < LEAST * all { rough } else { kept })
}

/// Where a cell lies in the picture.
fn place(plane: &Plane, i: usize) -> (f32, f32) {
    let share = |at: usize, len: usize| (at as f32 + 0.5) / len as f32;
    (
        plane.part.left + share(i % plane.width, plane.width) * plane.part.width,
        plane.part.top + share(i / plane.width, plane.height) * plane.part.height,
    )
}
