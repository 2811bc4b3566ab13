//! A rough mask made to follow the picture's own edges at full size: the guided filter.
//!
//! The one rule: the small part of the work is done small (a line per cell from colour to share) and only the reading of
//! those lines at full size, so the edges are as sharp as the picture's at the cost of one pass.
//! He, Sun and Tang, "Guided Image Filtering", 2010, with colours as the guide; done small as in He and Sun, "Fast Guided
//! Filter", 2015; with Gaussian windows, which leave no blocks. Called by the rest of `select`.

use rayon::prelude::*;

use super::plane::Plane;
use crate::color::smoothstep;
use crate::field::Field;
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::rows::{BLOCK, Space, read};
use crate::watch::Run;

/// How the edges are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guide {
    /// How far from the rough edge the real one may be, in pixels of the picture.
    pub(crate) sigma: f32,
    /// How small a difference of colour (0…1) still counts as an edge.
    pub(crate) noise: f32,
    /// What comes out at or below `clear.0` is surely outside, at or above `clear.1` surely inside.
    pub(crate) clear: (f32, f32),
}

/// The rough shares as a mask of the picture's size whose edges are the picture's.
pub(crate) fn refine(raster: &Raster, rough: &Plane, guide: Guide, run: &Run<'_>) -> Result<Mask, RenderError> {
    let lines = lines(raster, rough, guide, run)?;
    let (width, height) = (raster.width() as usize, raster.height() as usize);
    let mut data = vec![0u8; width * height];
    run.begin_pass(height);
    data.par_chunks_mut(width * BLOCK).enumerate().try_for_each_init(
        || (vec![[0.0; 3]; width], vec![[0.0; 4]; width], Vec::new()),
        |(colours, line, room), (block, rows)| {
            run.check()?;
            for (i, out) in rows.chunks_exact_mut(width).enumerate() {
                let y = block * BLOCK + i;
                read(raster, y, Space::Encoded, colours);
                lines.row(y, room, line);
                for ((out, c), l) in out.iter_mut().zip(colours.iter()).zip(line.iter()) {
                    let share = l[0] * c[0] + l[1] * c[1] + l[2] * c[2] + l[3];
                    *out = (smoothstep_linear(guide.clear, share) * 255.0 + 0.5) as u8;
                }
            }
            run.advance(rows.len() / width);
            Ok(())
        },
    )?;
    Ok(Mask::new(raster.width(), raster.height(), data).expect("one byte was made per pixel"))
}

/// Straight between the two levels, bent a little at its ends.
fn smoothstep_linear((low, high): (f32, f32), share: f32) -> f32 {
    let straight = ((share - low) / (high - low)).clamp(0.0, 1.0);
    0.5 * (straight + smoothstep(low, high, share))
}

/// At most so many cells, whatever the size of the picture: they hold thirteen numbers each.
const MOST_CELLS: f64 = 2e6;

/// By how much to shrink: as the reach allows, and so that the cells of a large picture still fit into memory.
fn factor_for(raster: &Raster, sigma: f32) -> usize {
    let pixels = f64::from(raster.width()) * f64::from(raster.height());
    let least = (pixels / MOST_CELLS).sqrt().ceil() as usize;
    Field::<13>::factor_for(sigma).max(least)
}

/// Per cell the three slopes and the offset that best make the rough share from the colour nearby.
fn lines(raster: &Raster, rough: &Plane, guide: Guide, run: &Run<'_>) -> Result<Field<4>, RenderError> {
    let (w, h) = (raster.width() as f32, raster.height() as f32);
    let factor = factor_for(raster, guide.sigma);
    let some = (factor, (factor / 4).max(1));
    let mut sums = Field::gather_some(raster, some, Space::Encoded, run, |x, y, [r, g, b], _| {
        let p = rough.at((x as f32 + 0.5) / w, (y as f32 + 0.5) / h);
        [
            r,
            g,
            b,
            p,
            r * r,
            r * g,
            r * b,
            g * g,
            g * b,
            b * b,
            r * p,
            g * p,
            b * p,
        ]
    })?;
    sums.blur(guide.sigma, run)?;
    let noise = guide.noise * guide.noise;
    let mut lines = sums.map(|s| line(s, noise), run)?;
    lines.blur(guide.sigma, run)?;
    Ok(lines)
}

/// Solves the 3×3 equations of one window.
fn line([r, g, b, p, rr, rg, rb, gg, gb, bb, rp, gp, bp]: [f32; 13], noise: f32) -> [f32; 4] {
    let (rr, gg, bb) = (rr - r * r + noise, gg - g * g + noise, bb - b * b + noise);
    let (rg, rb, gb) = (rg - r * g, rb - r * b, gb - g * b);
    let (rp, gp, bp) = (rp - r * p, gp - g * p, bp - b * p);
    let (c00, c01, c02) = (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg);
    let (c11, c12, c22) = (rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg);
    let determinant = rr * c00 + rg * c01 + rb * c02;
    let slopes = [
        (c00 * rp + c01 * gp + c02 * bp) / determinant,
        (c01 * rp + c11 * gp + c12 * bp) / determinant,
        (c02 * rp + c12 * gp + c22 * bp) / determinant,
    ];
    if !slopes.iter().all(|s| s.is_finite()) {
        return [0.0, 0.0, 0.0, p];
    }
    [
        slopes[0],
        slopes[1],
        slopes[2],
        p - slopes[0] * r - slopes[1] * g - slopes[2] * b,
    ]
}
