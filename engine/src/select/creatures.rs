//! People and animals told apart: each of those that a mask holds, by itself.
//!
//! The one rule: the detector's boxes divide the mask and never add to it. Called through `select::creatures` by operations
//! that place each of several by itself.

use super::objects::{PERHAPS, SAME, SURE, Seen, depth, look, shared};
use crate::raster::{Mask, Raster};
use crate::render::{RenderContext, RenderError};
use crate::watch::Run;

/// People and animals: the first kind, and those from birds to giraffes.
const LIVING: [std::ops::Range<usize>; 2] = [0..1, 14..24];

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
        let is_living = s.score >= enough && LIVING.iter().any(|kinds| kinds.contains(&s.kind));
        if is_living && !seen.iter().any(|o| shared(o.part, s.part) > SAME) {
            seen.push(s);
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
        Mask::new(mask.width(), mask.height(), data).ok()
    };
    let all = seen.iter().filter_map(of);
    Ok(all.filter(|own| own.bounds().is_some()).collect())
}
