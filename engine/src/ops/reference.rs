//! Another attached picture, looked at as light.
//!
//! Called by `background_replace` (fitted to the picture) and `insert` (a thing cut out of it).

use rayon::prelude::*;

use super::Canvas;
use crate::raster::Raster;
use crate::render::RenderError;
use crate::rows::{Space, read};
use crate::scenes::Sheet;

/// The picture's colours as linear light, shrunk by whole steps so that it is not much larger than `pixels`.
pub(super) fn sheet_of(raster: &Raster, most: (usize, usize)) -> Sheet {
    let (w, h) = (raster.width() as usize, raster.height() as usize);
    let part = (w / most.0.max(1)).min(h / most.1.max(1)).max(1);
    let mut sheet = Sheet::new(w.div_ceil(part), h.div_ceil(part));
    let width = sheet.width;
    sheet.data.par_chunks_mut(width).enumerate().for_each_init(
        || vec![[0.0; 3]; w],
        |colours, (row, cells)| {
            let rows = row * part..((row + 1) * part).min(h);
            let count = rows.len() as f32;
            for y in rows {
                read(raster, y, Space::Linear, colours);
                for (cell, square) in cells.iter_mut().zip(colours.chunks(part)) {
                    let share = 1.0 / (count * square.len() as f32);
                    square.iter().for_each(|c| (0..3).for_each(|i| cell[i] += c[i] * share));
                }
            }
        },
    );
    sheet
}

/// The picture cut to the shape of another and shown at its size; the middle stays in the middle.
pub(super) fn fitted(canvas: &Canvas<'_>, number: u32, width: usize, height: usize) -> Result<Sheet, RenderError> {
    let raster = canvas.context.reference(number)?;
    canvas.run.check()?;
    let source = sheet_of(raster, (width, height));
    let aspect = width as f32 / height as f32;
    // How much of the source's height is shown, and where it begins.
    let shown = (source.aspect() / aspect).min(1.0);
    let (left, top) = ((source.aspect() - shown * aspect) / 2.0, (1.0 - shown) / 2.0);
    let mut out = Sheet::new(width, height);
    out.wash(|x, y, _| source.at(left + x * shown, top + y * shown));
    Ok(out)
}
