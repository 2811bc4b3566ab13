//! Bit-equality of two pictures, pixel by pixel and in textured squares.
//!
//! A model that drifts never returns a textured square of 8 × 8 pixels bit for bit; a guard, a local tool and a model
//! that was careful do. The one rule: where such squares are found, the pixels that differ are the change, no less and no
//! more, so that guarding a guarded picture changes nothing. Called by `compare`.

use rayon::prelude::*;

use crate::raster::{Channels, Raster, Samples};
use crate::rows::Sample;

use super::pace::{CompareError, Pace};
use super::plane::BLOCK;
use super::shape::Shape;

/// Side of a square.
const SIDE: usize = 8;
/// The deviation in 8-bit levels from which a square is textured.
const TEXTURE: f64 = 2.0;

/// Which pixels differ; `None` when size or depth rule equality out.
pub(super) fn differing(base: &Raster, result: &Raster, pace: &Pace<'_>) -> Result<Option<Shape>, CompareError> {
    let size = (base.width(), base.height());
    if size != (result.width(), result.height()) {
        return Ok(None);
    }
    match (base.samples(), result.samples()) {
        (Samples::U8(a), Samples::U8(b)) => rows(base, result, a, b, pace).map(Some),
        (Samples::U16(a), Samples::U16(b)) => rows(base, result, a, b, pace).map(Some),
        _ => Ok(None),
    }
}

fn rows<S: Sample + PartialEq>(
    base: &Raster,
    result: &Raster,
    a: &[S],
    b: &[S],
    pace: &Pace<'_>,
) -> Result<Shape, CompareError> {
    let (width, height) = (base.width() as usize, base.height() as usize);
    let (here, there) = (base.channels(), result.channels());
    let (of_base, of_result) = (here.count(), there.count());
    let mut data = vec![false; width * height];
    data.par_chunks_mut(width * BLOCK)
        .zip(
            a.par_chunks(width * BLOCK * of_base)
                .zip(b.par_chunks(width * BLOCK * of_result)),
        )
        .try_for_each(|(out, (a, b))| {
            pace.check()?;
            for (o, (a, b)) in out
                .iter_mut()
                .zip(a.chunks_exact(of_base).zip(b.chunks_exact(of_result)))
            {
                *o = if here == there {
                    a != b
                } else {
                    shown(a, here) != shown(b, there)
                };
            }
            Ok(())
        })?;
    Ok(Shape::new(width, height, data))
}

/// What a pixel is shown as: a grey one equals its colour, one without alpha is opaque.
fn shown<S: Sample>(pixel: &[S], channels: Channels) -> [S; 4] {
    let opaque = S::from_unit(1.0);
    match channels {
        Channels::Gray => [pixel[0], pixel[0], pixel[0], opaque],
        Channels::GrayAlpha => [pixel[0], pixel[0], pixel[0], pixel[1]],
        Channels::Rgb => [pixel[0], pixel[1], pixel[2], opaque],
        Channels::Rgba => [pixel[0], pixel[1], pixel[2], pixel[3]],
    }
}

/// Whether enough textured squares of the base lie wholly among the pixels for which `kept` holds: four, and a hundredth of
/// all squares.
pub(super) fn holds_texture(base: &Raster, kept: impl Fn(usize) -> bool + Sync) -> bool {
    let (width, height) = (base.width() as usize, base.height() as usize);
    let (across, down) = (width / SIDE, height / SIDE);
    let found: usize = (0..down)
        .into_par_iter()
        .map(|row| {
            (0..across)
                .filter(|column| {
                    let (x, y) = (column * SIDE, row * SIDE);
                    (y..y + SIDE).all(|y| (x..x + SIDE).all(|x| kept(y * width + x))) && textured(base, x, y)
                })
                .count()
        })
        .sum();
    found >= 4.max(across * down / 100)
}

fn textured(base: &Raster, x: usize, y: usize) -> bool {
    let count = base.channels().count();
    // Green stands for the brightness of a colour.
    let channel = usize::from(count > 2);
    let (mut sum, mut squares) = (0.0, 0.0);
    for y in y..y + SIDE {
        for x in x..x + SIDE {
            let i = (y * base.width() as usize + x) * count + channel;
            let v = match base.samples() {
                Samples::U8(v) => f64::from(v[i]),
                Samples::U16(v) => f64::from(v[i]) / 257.0,
            };
            sum += v;
            squares += v * v;
        }
    }
    let n = (SIDE * SIDE) as f64;
    squares / n - (sum / n) * (sum / n) > TEXTURE * TEXTURE
}
