//! The main thing or person.
//!
//! The one rule: what is found is the net's word (u2netp: Qin et al., "U²-Net", 2020) with the picture's edges; without
//! the net a box around the middle and a cut by colour stand in for it, and whoever tells of the edit says so.
//! Called by `select::find`, and by `objects.rs` for a part of the picture.

use std::sync::Arc;

use super::plane::{Part, Plane, Small};
use super::{ask, failed, grabcut, guided};
use crate::color::smoothstep;
use crate::nets::{Net, Tensor};
use crate::plan::Target;
use crate::raster::{Mask, Raster, Samples};
use crate::render::{RenderContext, RenderError};
use crate::watch::Run;

/// The side of the picture that the net looks at.
const SIDE: usize = 320;
/// What the net was taught colours are like: mean and spread.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const SPREAD: [f32; 3] = [0.229, 0.224, 0.225];
/// Below this nothing stands out.
const FAINT: f32 = 0.35;

/// The subject of the whole picture.
pub(super) fn find(raster: &Raster, context: &RenderContext, run: &Run<'_>) -> Result<Mask, RenderError> {
    if is_cut_out(raster) {
        return Ok(from_alpha(raster));
    }
    let Some(net) = &context.nets.subject else {
        run.note("This is a basic selection, by colour: the net that finds subjects is not here.");
        return grabcut::around_the_middle(raster, run);
    };
    let whole = look(raster, Part::WHOLE, net, run)?;
    let rough = closer(raster, whole, net, run)?;
    refine(raster, &rough, run)
}

/// Roughly where the subject is, for a decision that needs no edges: one look of the net, where a selection takes two and
/// a pass over the picture. `None` without the net, or when nothing stands out.
pub(super) fn glimpse(raster: &Raster, context: &RenderContext, run: &Run<'_>) -> Result<Option<Plane>, RenderError> {
    let Some(net) = &context.nets.subject else {
        return Ok(None);
    };
    let plane = look(raster, Part::WHOLE, net, run)?;
    Ok(plane.data.iter().any(|v| *v >= FAINT).then_some(plane))
}

/// What the net sees in a part of the picture: the share of the subject in 320 by 320 cells.
pub(super) fn look(raster: &Raster, part: Part, net: &Arc<dyn Net>, run: &Run<'_>) -> Result<Plane, RenderError> {
    let small = Small::of(raster, part, (SIDE, SIDE), run)?;
    let brightest = small.data.iter().flatten().fold(1e-3f32, |a, &b| a.max(b));
    let mut input = Vec::with_capacity(3 * SIDE * SIDE);
    for c in 0..3 {
        input.extend(small.data.iter().map(|rgb| (rgb[c] / brightest - MEAN[c]) / SPREAD[c]));
    }
    let input = Tensor::new(&[1, 3, SIDE, SIDE], input).map_err(failed)?;
    let answer = ask(net, vec![input], run)?;
    let data = answer.into_iter().next().map(Tensor::into_data).unwrap_or_default();
    if data.len() != SIDE * SIDE {
        return Err(RenderError::NoSuchTarget(Target::Subject));
    }
    Ok(Plane {
        width: SIDE,
        height: SIDE,
        part,
        data,
    })
}

/// Looks again from nearer when the subject is small, for finer edges; keeps the first look when the second disagrees.
fn closer(raster: &Raster, whole: Plane, net: &Arc<dyn Net>, run: &Run<'_>) -> Result<Plane, RenderError> {
    let strongest = whole.data.iter().copied().fold(0.0, f32::max);
    if strongest < FAINT {
        return Err(RenderError::NoSuchTarget(Target::Subject));
    }
    let Some(part) = whole.bounds(0.5 * strongest).map(|part| part.wider(0.15)) else {
        return Ok(whole);
    };
    if part.area() > 0.6 {
        return Ok(whole);
    }
    let near = look(raster, part, net, run)?;
    Ok(if agreement(&whole, &near) > 0.75 { near } else { whole })
}

/// How much of what either sees both see.
fn agreement(whole: &Plane, near: &Plane) -> f32 {
    let (mut both, mut either) = (0.0, 0.0);
    for y in 0..near.height {
        for x in 0..near.width {
            let u = near.part.left + (x as f32 + 0.5) / near.width as f32 * near.part.width;
            let v = near.part.top + (y as f32 + 0.5) / near.height as f32 * near.part.height;
            let (a, b) = (whole.at(u, v), near.data[y * near.width + x]);
            both += a.min(b);
            either += a.max(b);
        }
    }
    both / f32::max(either, 1e-6)
}

/// The net's cells at the picture's full size.
pub(super) fn refine(raster: &Raster, rough: &Plane, run: &Run<'_>) -> Result<Mask, RenderError> {
    let cell = (rough.part.width * raster.width() as f32 / rough.width as f32)
        .max(rough.part.height * raster.height() as f32 / rough.height as f32);
    // The net is often half sure of broad places; a subject half there is a ghost, so each place is made up its mind on.
    // What is truly soft (hair, fur) comes back from the picture itself.
    let mut rough = rough.clone();
    decide(&mut rough);
    rough.data.iter_mut().for_each(|v| *v = smoothstep(0.2, 0.55, *v));
    let guide = guided::Guide {
        sigma: (cell * 1.5).max(2.0),
        noise: 0.02,
        clear: (0.1, 0.9),
    };
    guided::refine(raster, &rough, guide, run)
}

/// Fills what the net is half sure of inside the subject, and drops crumbs that it is half sure of elsewhere. A gap that
/// it is sure of (between an arm and a body) stays a gap.
fn decide(rough: &mut Plane) {
    let all = patches(rough);
    let largest = |is_inside: bool| {
        let sizes = all.iter().filter(|p| p.is_inside == is_inside).map(|p| p.cells.len());
        sizes.max().unwrap_or(0)
    };
    let (subject, ground) = (largest(true), largest(false));
    for patch in &all {
        let mean = patch.cells.iter().map(|&i| rough.data[i]).sum::<f32>() / patch.cells.len() as f32;
        let is_doubtful_hole =
            !patch.is_inside && patch.cells.len() < ground && patch.cells.len() * 6 < subject && mean > 0.12;
        let is_crumb = patch.is_inside && patch.cells.len() * 12 < subject && mean < 0.75;
        if is_doubtful_hole || is_crumb {
            patch
                .cells
                .iter()
                .for_each(|&i| rough.data[i] = f32::from(u8::from(is_doubtful_hole)));
        }
    }
}

/// Cells that hang together on one side of the edge.
pub(super) struct Patch {
    pub(super) is_inside: bool,
    pub(super) cells: Vec<usize>,
}

/// The plane taken apart at its edges.
pub(super) fn patches(rough: &Plane) -> Vec<Patch> {
    let (w, h) = (rough.width, rough.height);
    let is_inside = |i: usize| rough.data[i] >= 0.42;
    let (mut seen, mut all) = (vec![false; w * h], Vec::new());
    for start in 0..w * h {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let (mut cells, mut next) = (vec![start], 0);
        while let Some(&i) = cells.get(next) {
            next += 1;
            let (x, y) = (i % w, i / w);
            let near = [
                (x > 0).then(|| i - 1),
                (x + 1 < w).then(|| i + 1),
                (y > 0).then(|| i - w),
                (y + 1 < h).then(|| i + w),
            ];
            for j in near.into_iter().flatten() {
                if !seen[j] && is_inside(j) == is_inside(start) {
                    seen[j] = true;
                    cells.push(j);
                }
            }
        }
        all.push(Patch {
            is_inside: is_inside(start),
            cells,
        });
    }
    all
}

/// Whether a good part of the picture is see-through.
pub(super) fn is_cut_out(raster: &Raster) -> bool {
    if !raster.channels().has_alpha() {
        return false;
    }
    let count = raster.channels().count();
    let (clear, all) = match raster.samples() {
        Samples::U8(v) => (
            v.chunks_exact(count).filter(|p| p[count - 1] == 0).count(),
            v.len() / count,
        ),
        Samples::U16(v) => (
            v.chunks_exact(count).filter(|p| p[count - 1] == 0).count(),
            v.len() / count,
        ),
    };
    clear * 50 > all && clear < all
}

fn from_alpha(raster: &Raster) -> Mask {
    let count = raster.channels().count();
    let data = match raster.samples() {
        Samples::U8(v) => v.chunks_exact(count).map(|p| p[count - 1]).collect(),
        Samples::U16(v) => v.chunks_exact(count).map(|p| (p[count - 1] / 257) as u8).collect(),
    };
    Mask::new(raster.width(), raster.height(), data).expect("one byte was taken per pixel")
}
