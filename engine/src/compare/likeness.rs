//! Likeness: how far a subject moved from itself, in three numbers that need no weights and, for faces, one that does.
//!
//! The subject's box is brought to 256 pixels in both pictures and aligned once more by itself. *Shape drift* is the flow
//! that is left (dense Lucas-Kanade over a pyramid, Lucas and Kanade 1981; Bouguet 2001), in per cent of the box's width;
//! *detail drift* is one less the local correlation, weighted by texture; *colour change* is the Hellinger form of
//! Bhattacharyya's distance between colour histograms (1943; Comaniciu, Ramesh and Meer 2003).
//! The one rule: light, tint, recoding and small moves are no drift; a turned head is, unless the nets for faces are here and
//! say who it is (`face.rs`). Called beside `restore`.

use crate::nets::FaceNets;
use crate::raster::{Mask, Raster};
use crate::watch::Watch;

use super::Comparison;
use super::affine::Affine;
use super::agree::agreement;
use super::align::refine;
use super::face::{self, OTHER_FACE, SAME_FACE};
use super::pace::{CompareError, Pace};
use super::plane::{Plane, luma};
use super::restore::Source;

/// The longer side of the box that is measured, in pixels.
const BOX: f64 = 256.0;
/// Levels of the flow's pyramid, and steps on each.
const LEVELS: usize = 4;
const STEPS: usize = 4;
/// Boxes smaller than this say nothing.
const SMALLEST: u32 = 16;

/// How like itself a subject is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// How far its parts moved against each other, in per cent of its width.
    pub shape_drift: f32,
    /// How much of its detail is another, 0 to 1 (1 less the local correlation).
    pub detail_drift: f32,
    /// How different its colours are, 0 to 1. Often just what was asked for.
    pub colour_change: f32,
    /// How far its face is from itself, up to [`SAME_FACE`] the same and from [`OTHER_FACE`] on another; `None` where no face
    /// was found in both, or without the nets.
    pub face: Option<f32>,
}

/// Likeness in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// The same rendering.
    Same,
    /// A little different.
    Slight,
    /// Visibly different.
    Visible,
    /// Another rendering.
    Different,
}

impl Likeness {
    /// The word for the detail drift: up to 5, 20 and 45 per cent. A shape drift of 0.4 per cent is never the same, another
    /// face is another rendering, and the same face is none.
    #[must_use]
    pub fn band(&self) -> Band {
        let by_detail = match self.detail_drift {
            d if d <= 0.05 => Band::Same,
            d if d <= 0.20 => Band::Slight,
            d if d <= 0.45 => Band::Visible,
            _ => Band::Different,
        };
        let by_both = if self.shape_drift >= 0.4 {
            by_detail.max(Band::Slight)
        } else {
            by_detail
        };
        match self.face {
            // The same person, turned or lit otherwise.
            Some(far) if far <= SAME_FACE => by_both.min(Band::Visible),
            Some(far) if far < OTHER_FACE => by_both.max(Band::Slight),
            Some(_) => Band::Different,
            None => by_both,
        }
    }
}

/// Compares the subject of the base (the box of the mask, at any size, or the whole picture) with the same place of the
/// result. `comparison` must be that of the same two pictures; with `nets` faces in and around the box are told apart, too.
/// `None` when the box is smaller than 16 pixels; fails when the watcher cancels.
pub fn likeness(
    base: &Raster,
    result: &Raster,
    subject: Option<&Mask>,
    comparison: &Comparison,
    nets: Option<&FaceNets>,
    watch: &dyn Watch,
) -> Result<Option<Likeness>, CompareError> {
    let pace = Pace::new(watch);
    pace.at(0.0, "Looking at the subject")?;
    let whole = (0, 0, base.width(), base.height());
    let bounds = match subject {
        Some(mask) => mask.at_size(base.width(), base.height()).bounds().unwrap_or(whole),
        None => whole,
    };
    if bounds.2.min(bounds.3) < SMALLEST {
        return Ok(None);
    }
    let scale = (f64::from(bounds.2.max(bounds.3)) / BOX).max(1.0);
    let size = (side(bounds.2, scale), side(bounds.3, scale));
    let place = Affine::shift(f64::from(bounds.0), f64::from(bounds.1)).after(&Affine::scale_about_corner(
        f64::from(bounds.2) / size.0 as f64,
        f64::from(bounds.3) / size.1 as f64,
    ));
    let here = view(base, &place, size);
    pace.at(0.3, "Looking at the subject")?;
    let there = comparison.matrix.after(&place);
    let first = luma(&view(result, &there, size)).contrast_normalised();
    let normal = luma(&here).contrast_normalised();
    let better = refine(&normal, &first, Affine::IDENTITY, 12, &pace)?;
    let there = if better.largest_move(size) < 0.1 * BOX {
        there.after(&better)
    } else {
        there
    };
    let there = view(result, &there, size);
    pace.at(0.7, "Looking at the subject")?;
    let (a, b) = (luma(&here), luma(&there));
    let found = Likeness {
        shape_drift: flow(&a, &b, &pace)? / size.0 as f32 * 100.0,
        detail_drift: (1.0 - correlation(&a, &b)).clamp(0.0, 1.0),
        colour_change: colour_change(&here, &there),
        face: match nets {
            Some(nets) => face::distance(base, result, bounds, &comparison.matrix, nets, watch)?,
            None => None,
        },
    };
    pace.at(1.0, "Looking at the subject")?;
    Ok(Some(found))
}

fn side(len: u32, scale: f64) -> usize {
    ((f64::from(len) / scale).round() as usize).max(SMALLEST as usize)
}

/// What a picture shows at `size` when its pixels are read where `map` says, 0 to 255.
pub(super) fn view(raster: &Raster, map: &Affine, size: (usize, usize)) -> Plane<3> {
    let source = Source::new(raster, map, 4);
    Plane::by_rows(size.0, size.1, |y, out| {
        for (x, o) in out.iter_mut().enumerate() {
            let [r, g, b, _] = source.at(x, y);
            *o = [r, g, b].map(|v| v.clamp(0.0, 1.0) * 255.0);
        }
    })
}

/// Local correlation, weighted by the base's texture.
fn correlation(base: &Plane<1>, result: &Plane<1>) -> f32 {
    // A trace of the same grain in both keeps flat places from deciding by rounding.
    let own = agreement(base, base, 4.0);
    let fits = agreement(base, result, 4.0);
    let (mut sum, mut weight) = (0.0f64, 0.0f64);
    for ([fit, _], [_, deviation]) in fits.data.iter().zip(&own.data) {
        let w = f64::from((deviation - 2.0).max(0.0));
        sum += w * f64::from(*fit);
        weight += w;
    }
    if weight > 0.0 { (sum / weight) as f32 } else { 1.0 }
}

/// The flow that brings the result onto the base: its deviation in pixels, weighted by texture, less what is common to all.
fn flow(base: &Plane<1>, result: &Plane<1>, pace: &Pace<'_>) -> Result<f32, CompareError> {
    let mut levels = vec![(base.clone(), result.clone())];
    while levels.len() < LEVELS && levels[levels.len() - 1].0.width.min(levels[levels.len() - 1].0.height) >= 48 {
        let (a, b) = &levels[levels.len() - 1];
        levels.push((a.halved(), b.halved()));
    }
    let mut flow: Option<Plane<2>> = None;
    let mut weights = Plane::by_rows(base.width, base.height, |_, _| {});
    // A sky moves wherever its noise says; where either picture is that plain, nothing is measured.
    let texture = agreement(base, result, 4.0);
    for (a, b) in levels.iter().rev() {
        pace.check()?;
        let (a, b) = (a.contrast_normalised(), b.contrast_normalised());
        let start = match flow {
            Some(coarser) => coarser.doubled(a.size()).map(|[x, y]| [2.0 * x, 2.0 * y]),
            None => Plane::by_rows(a.width, a.height, |_, _| {}),
        };
        let (found, seen) = flowed(&a, &b, start);
        flow = Some(found);
        weights = seen;
    }
    let Some(flow) = flow else { return Ok(0.0) };
    let (mut sum, mut total) = (0.0f64, 0.0f64);
    // Borders see beyond the box.
    let (across, down) = (flow.width / 16, flow.height / 16);
    for y in down..flow.height - down {
        for x in across..flow.width - across {
            let i = y * flow.width + x;
            let ([u, v], [w]) = (flow.data[i], weights.data[i]);
            let w = w * ((texture.data[i][1] - 2.0) / 4.0).clamp(0.0, 1.0);
            sum += f64::from(w) * f64::from(u * u + v * v);
            total += f64::from(w);
        }
    }
    Ok((sum / total.max(1e-9)).sqrt() as f32)
}

/// A few steps of Lucas and Kanade around every pixel; also how well each place is determined.
fn flowed(base: &Plane<1>, result: &Plane<1>, mut flow: Plane<2>) -> (Plane<2>, Plane<1>) {
    let size = base.size();
    let slopes = base.slopes();
    let mut sums: Plane<5> = Plane::by_rows(size.0, size.1, |_, _| {});
    for _ in 0..STEPS {
        let warped = carried(result, &flow);
        let other = warped.slopes();
        let products: Plane<5> = Plane::by_rows(size.0, size.1, |y, out| {
            let slopes = slopes.row(y).iter().zip(other.row(y));
            let values = base.row(y).iter().zip(warped.row(y));
            for ((o, ([ax, ay], [bx, by])), ([a], [b])) in out.iter_mut().zip(slopes).zip(values) {
                let (gx, gy, r) = (0.5 * (ax + bx), 0.5 * (ay + by), a - b);
                // A large residual is another thing, not a moved one.
                let w = 1.0 / (1.0 + r * r / 0.09);
                *o = [gx * gx * w, gx * gy * w, gy * gy * w, gx * r * w, gy * r * w];
            }
        });
        sums = products.blurred(5.0);
        for (f, [xx, xy, yy, xr, yr]) in flow.data.iter_mut().zip(&sums.data) {
            let (a, d) = (xx + 2e-4, yy + 2e-4);
            let det = a * d - xy * xy;
            let (u, v) = ((d * xr - xy * yr) / det, (a * yr - xy * xr) / det);
            f[0] += u.clamp(-1.0, 1.0);
            f[1] += v.clamp(-1.0, 1.0);
        }
        flow = flow.blurred(2.0);
    }
    // The smaller eigenvalue: an edge alone tells one direction only.
    let weights = sums.map(|[xx, xy, yy, ..]| {
        let (half, apart) = (0.5 * (xx + yy), 0.5 * (xx - yy));
        let smaller = (half - apart.hypot(xy)).max(0.0);
        [smaller / (smaller + 2e-3)]
    });
    (flow, weights)
}

fn carried(picture: &Plane<1>, flow: &Plane<2>) -> Plane<1> {
    let (right, bottom) = ((picture.width - 1) as f32, (picture.height - 1) as f32);
    Plane::by_rows(picture.width, picture.height, |y, out| {
        for (x, (o, [u, v])) in out.iter_mut().zip(flow.row(y)).enumerate() {
            let (px, py) = ((x as f32 + u).clamp(0.0, right), (y as f32 + v).clamp(0.0, bottom));
            let (x0, y0) = (px as usize, py as usize);
            let (tx, ty) = (px - x0 as f32, py - y0 as f32);
            let x1 = (x0 + 1).min(picture.width - 1);
            let (upper, lower) = (picture.row(y0), picture.row((y0 + 1).min(picture.height - 1)));
            let a = upper[x0][0] + (upper[x1][0] - upper[x0][0]) * tx;
            let b = lower[x0][0] + (lower[x1][0] - lower[x0][0]) * tx;
            *o = [a + (b - a) * ty];
        }
    })
}

fn colour_change(base: &Plane<3>, result: &Plane<3>) -> f32 {
    let (a, b) = (histogram(base), histogram(result));
    let common: f64 = a.iter().zip(&b).map(|(a, b)| (a * b).sqrt()).sum();
    (1.0 - common).max(0.0).sqrt() as f32
}

/// Shares of 8 × 8 × 8 colours; each pixel is shared out among its neighbours, so a step of one level is a small one.
fn histogram(colours: &Plane<3>) -> Vec<f64> {
    const CELLS: usize = 8;
    let mut counts = vec![0.0; CELLS * CELLS * CELLS];
    for c in &colours.data {
        let places = c.map(|v| {
            let at = (v / 256.0 * CELLS as f32 - 0.5).clamp(0.0, (CELLS - 1) as f32);
            (at as usize, f64::from(at.fract()))
        });
        for corner in 0..8 {
            let (mut cell, mut weight) = (0, 1.0);
            for (n, (low, t)) in places.iter().enumerate() {
                let high = corner >> n & 1;
                cell = cell * CELLS + (low + high).min(CELLS - 1);
                weight *= if high == 1 { *t } else { 1.0 - t };
            }
            counts[cell] += weight;
        }
    }
    let total = colours.data.len() as f64;
    counts.into_iter().map(|c| c / total).collect()
}
