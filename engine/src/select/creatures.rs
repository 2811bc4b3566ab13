//! People and animals told apart: each of those that a mask holds, by itself.
//!
//! The one rule: the detector's boxes divide the mask and never add to it. Called through `select::creatures` by operations
//! that place each of several by itself.

use super::objects::{PERHAPS, SURE, Seen, depth, look};
use super::plane::{Part, Plane};
use super::subject::patches;
use crate::raster::{Mask, Raster};
use crate::render::{RenderContext, RenderError};
use crate::watch::Run;

/// People and animals: the first kind, and those from birds to giraffes.
const LIVING: [std::ops::Range<usize>; 2] = [0..1, 14..24];

/// Boxes of which the smaller shares more than this are of one creature.
const SAME: f32 = 0.35;

/// How much of the smaller part both cover.
fn covers(a: Part, b: Part) -> f32 {
    let side = |a0: f32, al: f32, b0: f32, bl: f32| ((a0 + al).min(b0 + bl) - a0.max(b0)).max(0.0);
    let both = side(a.left, a.width, b.left, b.width) * side(a.top, a.height, b.top, b.height);
    both / a.area().min(b.area()).max(1e-6)
}

/// The smallest part that holds both.
fn around(a: Part, b: Part) -> Part {
    let (left, top) = (a.left.min(b.left), a.top.min(b.top));
    Part {
        left,
        top,
        width: (a.left + a.width).max(b.left + b.width) - left,
        height: (a.top + a.height).max(b.top + b.height) - top,
    }
}

/// Cells along the longer side in which a mask is looked at for what hangs on it by a thread.
const CELLS: usize = 72;
/// A neck of twice so many cells is a thread: a cloth that touches a head, not a leg.
const THREAD: usize = 3;

/// The largest piece of a mask and what hangs on it by more than a thread: the rest is a neighbour's.
fn in_one_piece(mask: Mask) -> Mask {
    let Some((left, top, w, h)) = mask.bounds() else {
        return mask;
    };
    let cell = (w.max(h) as usize).div_ceil(CELLS).max(1);
    let (columns, rows) = ((w as usize).div_ceil(cell), (h as usize).div_ceil(cell));
    let pixel =
        |at: usize, first: u32, len: u32| (first as usize + at * cell + cell / 2).min((first + len) as usize - 1);
    let on: Vec<bool> = (0..columns * rows)
        .map(|i| mask.row(pixel(i / columns, top, h))[pixel(i % columns, left, w)] >= 128)
        .collect();
    let mut core = on.clone();
    for _ in 0..THREAD {
        core = spread(&core, columns, false);
    }
    let mut kept = largest(&core, columns);
    if !kept.iter().any(|k| *k) {
        return mask;
    }
    for _ in 0..THREAD + 1 {
        kept = spread(&kept, columns, true);
        kept.iter_mut().zip(&on).for_each(|(k, on)| *k &= on);
    }
    // Soft edges lie beside the cells that are on.
    let kept = spread(&kept, columns, true);
    let width = mask.width() as usize;
    let mut data = mask.data().to_vec();
    for (i, v) in data.iter_mut().enumerate().filter(|(_, v)| **v > 0) {
        let at = |at: usize, first: u32, most: usize| ((at.saturating_sub(first as usize)) / cell).min(most - 1);
        if !kept[at(i / width, top, rows) * columns + at(i % width, left, columns)] {
            *v = 0;
        }
    }
    Mask::new(mask.width(), mask.height(), data).expect("one byte was kept per pixel")
}

/// Grown (or shrunk) by one cell to all eight sides; beyond the rim counts as what lies on it.
fn spread(cells: &[bool], columns: usize, grows: bool) -> Vec<bool> {
    let rows = cells.len() / columns;
    let near = |i: usize| {
        let (x, y) = (i % columns, i / columns);
        (y.saturating_sub(1)..(y + 2).min(rows))
            .flat_map(move |v| (x.saturating_sub(1)..(x + 2).min(columns)).map(move |u| v * columns + u))
    };
    (0..cells.len())
        .map(|i| match grows {
            true => near(i).any(|j| cells[j]),
            false => near(i).all(|j| cells[j]),
        })
        .collect()
}

/// The largest patch alone.
fn largest(cells: &[bool], columns: usize) -> Vec<bool> {
    let plane = Plane {
        width: columns,
        height: cells.len() / columns,
        part: Part::WHOLE,
        data: cells.iter().map(|c| f32::from(u8::from(*c))).collect(),
    };
    let mut out = vec![false; cells.len()];
    let all = patches(&plane);
    if let Some(patch) = all.iter().filter(|p| p.is_inside).max_by_key(|p| p.cells.len()) {
        patch.cells.iter().for_each(|&i| out[i] = true);
    }
    out
}

/// Each person or animal of a mask by itself: the mask within its box. None without the detector, or when none is seen.
pub(super) fn creatures(
    mask: &Mask,
    raster: &Raster,
    context: &RenderContext,
    run: &Run<'_>,
) -> Result<Vec<Mask>, RenderError> {
    let Some(detector) = &context.nets.objects else {
        return Ok(Vec::new());
    };
    let mut seen: Vec<Seen> = Vec::new();
    for s in look(raster, detector, run)? {
        // Where one of a kind is sure, its companions are believed sooner.
        let enough = if seen.iter().any(|o| o.kind == s.kind) {
            PERHAPS
        } else {
            SURE
        };
        if s.score < enough || !LIVING.iter().any(|kinds| kinds.contains(&s.kind)) {
            continue;
        }
        // Two boxes over the same head are one creature, seen in two ways.
        match seen.iter_mut().find(|o| covers(o.part, s.part) > SAME) {
            Some(same) => same.part = around(same.part, s.part),
            None => seen.push(s),
        }
    }
    let (width, height) = (mask.width() as usize, mask.height() as usize);
    let of = |own: &Seen| {
        let loose = own.part.wider(0.06);
        let mut data = mask.data().to_vec();
        for (i, v) in data.iter_mut().enumerate().filter(|(_, v)| **v > 0) {
            let (x, y) = (i % width, i / width);
            let (u, v_) = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
            let deep = depth(loose, u, v_);
            let is_theirs = seen.iter().any(|o| o.part != own.part && depth(o.part, u, v_) > deep);
            if deep < 0.0 || is_theirs {
                *v = 0;
            }
        }
        let own = Mask::new(mask.width(), mask.height(), data).ok()?;
        Some(in_one_piece(own))
    };
    let all = seen.iter().filter_map(of);
    Ok(all.filter(|own| own.bounds().is_some()).collect())
}
