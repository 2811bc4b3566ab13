//! The thing under a numbered point.
//!
//! The one rule: what can't be told apart from its surroundings there is "cannot be found", never a guess at its size.
//! Called by `select::find`; the points are the caller's, as shares of the picture.

use super::grabcut;
use crate::plan::{Target, pin_name};
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::watch::Run;

/// How large a tap is, as a share of the picture's longer side.
const TAP: f32 = 0.008;
/// A mask that is not this many times the tap is the tap itself.
const FOUND: f32 = 1.6;

/// The soft mask of what lies under point `n`, counted from 1.
pub(super) fn find(n: u32, pins: &[[f32; 2]], raster: &Raster, run: &Run<'_>) -> Result<Mask, RenderError> {
    let lost = || {
        RenderError::NoSuchTarget(Target::Object {
            object: pin_name(n),
            pick: None,
        })
    };
    let at = (n as usize)
        .checked_sub(1)
        .and_then(|at| pins.get(at))
        .ok_or_else(lost)?;
    let (tap, size) = tapped(*at, raster);
    let found = grabcut::smart(&tap, raster, run)?.at_size(raster.width(), raster.height());
    let covered = found.data().iter().filter(|v| **v >= 128).count();
    if (covered as f32) < FOUND * size as f32 {
        return Err(lost());
    }
    Ok(found)
}

/// A small disc at a place, and how many pixels it has.
fn tapped([u, v]: [f32; 2], raster: &Raster) -> (Mask, usize) {
    let (width, height) = (raster.width(), raster.height());
    let (x, y) = (u.clamp(0.0, 1.0) * width as f32, v.clamp(0.0, 1.0) * height as f32);
    let (x, y) = (x.min(width as f32 - 0.5), y.min(height as f32 - 0.5));
    let reach = (TAP * width.max(height) as f32).max(0.8);
    let mut data = vec![0; width as usize * height as usize];
    let mut count = 0;
    let rows = (y - reach).max(0.0) as usize..=((y + reach) as usize).min(height as usize - 1);
    for row in rows {
        for column in (x - reach).max(0.0) as usize..=((x + reach) as usize).min(width as usize - 1) {
            let (dx, dy) = (column as f32 + 0.5 - x, row as f32 + 0.5 - y);
            if dx * dx + dy * dy <= reach * reach {
                data[row * width as usize + column] = 255;
                count += 1;
            }
        }
    }
    (
        Mask::new(width, height, data).expect("one byte was made per pixel"),
        count,
    )
}
