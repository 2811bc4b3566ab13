//! Land seen in perspective: a height for every place, drawn column by column from near to far.
//!
//! The one rule: what covers a part of a pixel's height counts for just that part, so crests have clean edges without
//! painting anything twice. The idea is that of the old voxel landscapes.

use rayon::prelude::*;

use super::View;
use super::light::Rgb3;
use super::sheet::{Sheet, plus, scaled};

/// A place on the land.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    /// To the right of the middle.
    pub(crate) x: f32,
    /// Away from the viewer.
    pub(crate) z: f32,
    pub(crate) height: f32,
    /// What the ground faces: right, up, away.
    pub(crate) normal: Rgb3,
}

/// How far the land is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground {
    pub(crate) near: f32,
    pub(crate) far: f32,
}

/// Draws land over what is there. `height(x, z)` is the land, `shade(spot)` its paint.
pub(crate) fn terrain(
    sheet: &mut Sheet,
    view: View,
    ground: Ground,
    height: impl Fn(f32, f32) -> f32 + Sync,
    shade: impl Fn(&Spot) -> Rgb3 + Sync,
) {
    let (width, rows, aspect) = (sheet.width, sheet.height, sheet.aspect());
    let columns: Vec<Vec<[f32; 4]>> = (0..width)
        .into_par_iter()
        .map(|column| {
            let slope = (column as f32 + 0.5) / rows as f32 - aspect * 0.5;
            march(slope, rows, view, ground, &height, &shade)
        })
        .collect();
    sheet.data.par_chunks_mut(width).enumerate().for_each(|(row, pixels)| {
        for (pixel, column) in pixels.iter_mut().zip(&columns) {
            let [r, g, b, cover] = column[row];
            *pixel = plus(scaled(*pixel, (1.0 - cover).max(0.0)), [r, g, b]);
        }
    });
}

/// One column: paint times cover, and cover, for every row.
fn march(
    slope: f32,
    rows: usize,
    view: View,
    ground: Ground,
    height: &impl Fn(f32, f32) -> f32,
    shade: &impl Fn(&Spot) -> Rgb3,
) -> Vec<[f32; 4]> {
    let mut column = vec![[0.0; 4]; rows];
    let pixel = 1.0 / rows as f32;
    let (mut reached, mut z, mut step) = (1.0f32, ground.near, ground.near * 0.002);
    while z < ground.far && reached > 0.0 {
        let x = slope * z;
        let h = height(x, z);
        let y = view.horizon - (h - view.eye) / z;
        // A step that climbs over several pixels at once is taken again in smaller ones.
        if reached - y > 1.8 * pixel && step > z * 0.0004 && reached < 1.0 {
            z -= step * 0.65;
            step *= 0.35;
            continue;
        }
        if y < reached {
            let apart = (z * 0.004).max(0.004);
            let (hx, hz) = (height(x + apart, z), height(x, z + apart));
            let steep = [-(hx - h) / apart, 1.0, -(hz - h) / apart];
            let length = steep.iter().map(|v| v * v).sum::<f32>().sqrt();
            let normal = steep.map(|v| v / length);
            let paint = shade(&Spot {
                x,
                z,
                height: h,
                normal,
            });
            cover_rows(&mut column, y.max(0.0), reached, paint);
            reached = y;
        }
        // About a pixel at a time near by, ever larger steps far away.
        step = z * (pixel / (y - view.horizon).abs().max(pixel)).clamp(0.0012, 0.0035);
        z += step;
    }
    column
}

/// Puts paint on the rows between two heights of a column.
pub(crate) fn cover_rows(column: &mut [[f32; 4]], top: f32, bottom: f32, paint: Rgb3) {
    let rows = column.len() as f32;
    let (top, bottom) = ((top * rows).max(0.0), (bottom * rows).min(rows));
    let mut row = top.floor();
    while row < bottom {
        let share = bottom.min(row + 1.0) - top.max(row);
        if let Some(cell) = column.get_mut(row as usize) {
            (0..3).for_each(|i| cell[i] += paint[i] * share);
            cell[3] += share;
        }
        row += 1.0;
    }
}
