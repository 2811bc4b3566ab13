//! A subject that would float in a new place, brought to the front.
//!
//! The one rule: only people and animals of which the photo shows no more than heads or busts are moved, all by the same
//! measure; who stands on their own feet stays where they are. Called by `background_replace` when a subject is put into
//! a scene: what hid the rest of it (a fence, a window) does not come along.

use super::Canvas;
use super::thing::Piece;
use crate::plan::Target;
use crate::raster::{Channels, Mask, Raster, Samples};
use crate::render::RenderError;
use crate::select;

/// Who reaches this far down (share of the picture's height) stands in front already.
const LOW: f32 = 0.8;
/// Width to height of a head or a bust, or of an animal that sits.
const COMPACT: std::ops::Range<f32> = 0.45..1.25;
/// More than so many are a crowd, which stays together.
const CROWD: usize = 4;
/// Enlarged at most so much, or it would look soft.
const ENLARGED: f32 = 2.6;
/// What is less than this share of the subject, in hundredths, is no creature by itself.
const CRUMB: u64 = 8;
/// A curtain or a leash may go, a friend may not: they are at least this share of the subject, in hundredths.
const MOST_OF: u64 = 50;
/// How much of each is below the picture's lower edge.
const BELOW: f32 = 0.12;

/// The subject where it does not float, and its mask there.
pub(super) fn brought_forward(mask: Mask, canvas: &mut Canvas<'_>) -> Result<Mask, RenderError> {
    let (width, height) = (mask.width(), mask.height());
    let Some((x, y, w, h)) = mask.bounds() else {
        return Ok(mask);
    };
    let at_edge = x == 0 || y == 0 || x + w == width || y + h == height;
    if at_edge || (y + h) as f32 > LOW * height as f32 {
        return Ok(mask);
    }
    let mut each = select::creatures(&mask, &canvas.raster, canvas.context, canvas.run)?;
    let whole = area(&mask);
    each.retain(|one| area(one) * 100 > whole * CRUMB);
    if each.is_empty()
        || each.len() > CROWD
        || !each.iter().all(is_compact)
        || each.iter().map(area).sum::<u64>() * 100 < whole * MOST_OF
    {
        return Ok(mask);
    }
    let mut pieces = Vec::with_capacity(each.len());
    for one in &each {
        let left = one.bounds().map_or(0, |b| b.0);
        pieces.push((left, Piece::lift(one, canvas)?));
    }
    pieces.sort_by_key(|(left, _)| *left);
    let pieces = pieces.into_iter().map(|(_, piece)| piece).collect();
    let mask = lined_up(pieces, canvas)?;
    canvas.found_again(&Target::Subject, mask.clone());
    canvas
        .run
        .note("The photo shows only the upper part of the subject, so it was brought to the front, to the lower edge.");
    Ok(mask)
}

fn is_compact(one: &Mask) -> bool {
    one.bounds()
        .is_some_and(|(_, _, w, h)| COMPACT.contains(&(w as f32 / h as f32)))
}

fn area(mask: &Mask) -> u64 {
    mask.data().iter().map(|v| u64::from(*v)).sum()
}

/// Side by side along the lower edge of an empty picture.
fn lined_up(mut pieces: Vec<Piece>, canvas: &mut Canvas<'_>) -> Result<Mask, RenderError> {
    let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
    let across: f32 = pieces.iter().map(Piece::width).sum();
    let tallest = pieces.iter().map(Piece::height).fold(1.0, f32::max);
    let room = if pieces.len() == 1 { 0.6 } else { 0.9 };
    let times = (room * width / across)
        .min(0.62 * height / tallest)
        .clamp(0.3, ENLARGED);
    for piece in &mut pieces {
        piece.resize(times, (0.0, 0.0), canvas.run)?;
    }
    let across: f32 = pieces.iter().map(Piece::width).sum();
    let mut ground = empty(&canvas.raster);
    let mut together = vec![0u8; ground.width() as usize * ground.height() as usize];
    let mut left = (width - across) / 2.0;
    for piece in &mut pieces {
        piece.put_at(left, height - piece.height() * (1.0 - BELOW));
        left += piece.width();
        let share = piece.lay_onto(&mut ground, canvas.run)?;
        together
            .iter_mut()
            .zip(share.data())
            .for_each(|(a, b)| *a = (*a).max(*b));
    }
    canvas.raster = ground;
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    Ok(Mask::new(width, height, together).expect("one byte was made per pixel"))
}

/// A see-through picture of the same size and depth.
fn empty(like: &Raster) -> Raster {
    let len = like.width() as usize * like.height() as usize * 4;
    let samples = match like.samples() {
        Samples::U8(_) => Samples::U8(vec![0; len]),
        Samples::U16(_) => Samples::U16(vec![0; len]),
    };
    Raster::new(like.width(), like.height(), Channels::Rgba, samples).expect("it was made for this size")
}
