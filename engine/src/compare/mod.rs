//! What a model really changed: [`compare`] finds it, [`restore`] gives the rest back bit for bit.
//!
//! Models return a picture that is shifted, zoomed, recoloured and recompressed besides what was asked for. The comparison
//! aligns (`align`), matches colours and finds the changed region (`colour`, `changed`), decides whether the edit was a
//! local one (`verdict`), and `restore` and `likeness` work with what it found. Estimates are made at about one megapixel,
//! mask and restoration at full size. The one rule: pure functions of their pictures, the same on any number of threads.
//! Called by the server after a model's turn, and by `plantain compare`.

mod affine;
mod agree;
mod align;
mod changed;
mod colour;
mod exact;
mod face;
mod likeness;
mod pace;
mod phase;
mod plane;
mod restore;
mod shape;
mod solve;
mod verdict;

pub use affine::Affine;
pub use colour::ColourMap;
pub use face::{OTHER_FACE, Portrait, SAME_FACE, portraits};
pub use likeness::{Band, Likeness, likeness};
pub use pace::CompareError;
pub use restore::restore;
pub use verdict::Verdict;

use rayon::prelude::*;

use crate::raster::{Mask, Raster};
use crate::watch::Watch;

use align::{Pyramid, align, fits_negative};
use changed::{Changed, Evidence, changed, softened};
use pace::Pace;
use plane::{Plane, luma, shrunk};
use shape::Shape;
use verdict::judge;

/// Pictures are compared as they are up to this many pixels…
const AS_IT_IS: f64 = 1_300_000.0;
/// …and larger ones at this many.
const WORKING: f64 = 1_000_000.0;
/// From this share of structure that fits the negative, the picture was inverted.
const NEGATIVE: f32 = 0.15;
/// From this share of structure found again, a picture is put where that structure lies.
const PLACED: f32 = 0.1;
/// Below this many pixels a side nothing can be estimated.
const SMALLEST: u32 = 24;

/// What the caller knows and wants.
#[derive(Debug, Clone)]
pub struct CompareOptions {
    /// The region that the person drew, at any size; it is the mask then, and the edit a local one whatever came back: who
    /// draws a region has said where the edit is.
    pub region: Option<Mask>,
    /// By how many pixels (of a picture of a megapixel) the mask is wider than the change.
    pub grow: f32,
    /// Over how many such pixels it fades out beyond that.
    pub feather: f32,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self {
            region: None,
            grow: 2.0,
            feather: 2.5,
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What kind of edit it was.
    pub verdict: Verdict,
    /// From the base's pixels to the result's, in full pictures.
    pub matrix: Affine,
    /// From the result's colours to the base's.
    pub colour: ColourMap,
    /// Where the result is kept, at the base's size: 0 not at all, 255 fully.
    pub mask: Mask,
    /// The share of the base's pixels that the mask touches, 0 to 1.
    pub changed: f32,
    /// What was undone, and how sure all this is.
    pub figures: Figures,
}

/// Numbers for people.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// How far the middle of the picture was moved, in pixels of the base.
    pub shift: (f64, f64),
    /// How much larger things became, in per cent of their length (after allowing for another size of the whole picture).
    pub zoom: f64,
    /// By how many degrees it was turned, clockwise.
    pub degrees: f64,
    /// By how many levels of 255 colours were off on average, red, green, blue.
    pub cast: [f32; 3],
    /// Noise that is left where nothing changed, in levels.
    pub noise: f32,
    /// Share of the base's structure that is found again, 0 to 1.
    pub trusted: f32,
    /// Share of the base's frame that the result shows, 0 to 1.
    pub shown: f32,
    /// How much of the base's finest detail the result has, where they should be the same: 1 all of it, 0.5 half.
    pub detail: f32,
    /// By how many levels the changed region differs from the base on average, colours matched.
    pub strength: f32,
    /// Whether the pictures are bit-identical wherever the mask is 0 already.
    pub exact: bool,
}

/// Compares a result with the picture that it was made from. Any sizes, depths and channels; fails only when cancelled.
pub fn compare(
    base: &Raster,
    result: &Raster,
    options: &CompareOptions,
    watch: &dyn Watch,
) -> Result<Comparison, CompareError> {
    let pace = Pace::new(watch);
    pace.at(0.0, "Comparing")?;
    if let Some(differing) = exact::differing(base, result, &pace)? {
        let same = differing.data.iter().all(|d| !d);
        if same || exact::holds_texture(base, |i| !differing.data[i]) {
            pace.at(1.0, "Comparing")?;
            return Ok(exactly(base, &differing, options));
        }
    }
    let mut found = if base.width().min(base.height()).min(result.width()).min(result.height()) < SMALLEST {
        nothing(base, result, Verdict::Whole)
    } else {
        estimated(base, result, options, &pace)?
    };
    if let Some(mask) = drawn(base, options) {
        within(base, result, mask, &mut found);
    }
    pace.at(1.0, "Comparing")?;
    Ok(found)
}

/// The same comparison for an edit of a drawn region.
fn within(base: &Raster, result: &Raster, mask: Mask, found: &mut Comparison) {
    if found.verdict != Verdict::Local {
        // No colours to match: a change of the whole was what was asked for, here for the region.
        found.colour = ColourMap::IDENTITY;
    }
    if found.verdict == Verdict::Unrelated || found.figures.trusted < PLACED {
        // Nowhere to put it but where the frames say.
        found.matrix = frame(base, result);
        found.colour = ColourMap::IDENTITY;
    }
    found.verdict = Verdict::Local;
    found.changed = touched(&mask);
    found.mask = mask;
}

/// When most of the base came back bit for bit: what differs is the change.
fn exactly(base: &Raster, differing: &Shape, options: &CompareOptions) -> Comparison {
    let share = differing.share();
    let data = differing.data.iter().map(|&d| u8::from(d) * 255).collect();
    let verdict = if share > verdict::MOST && options.region.is_none() {
        Verdict::Whole
    } else {
        Verdict::Local
    };
    let mask = drawn(base, options).unwrap_or_else(|| mask_of(base, data));
    Comparison {
        verdict,
        matrix: Affine::IDENTITY,
        colour: ColourMap::IDENTITY,
        changed: touched(&mask),
        mask,
        figures: Figures {
            trusted: 1.0 - share,
            shown: 1.0,
            detail: 1.0,
            exact: true,
            ..Figures::default()
        },
    }
}

/// Pictures that have nothing in common, or too little to say.
fn nothing(base: &Raster, result: &Raster, verdict: Verdict) -> Comparison {
    let pixels = base.width() as usize * base.height() as usize;
    Comparison {
        verdict,
        matrix: frame(base, result),
        colour: ColourMap::IDENTITY,
        mask: mask_of(base, vec![255; pixels]),
        changed: 1.0,
        figures: Figures::default(),
    }
}

fn estimated(
    base: &Raster,
    result: &Raster,
    options: &CompareOptions,
    pace: &Pace<'_>,
) -> Result<Comparison, CompareError> {
    let size = working_size(base);
    let other = result_size(result, size);
    let here = shrunk(base, size, pace)?;
    let there = shrunk(result, other, pace)?;
    pace.at(0.1, "Aligning")?;
    let levels = Pyramid::levels(size, other);
    let base_pyramid = Pyramid::new(luma(&here), levels, pace)?;
    let result_pyramid = Pyramid::new(luma(&there), levels, pace)?;
    pace.at(0.2, "Aligning")?;
    let map = align(&base_pyramid, &result_pyramid, pace)?;
    pace.at(0.5, "Comparing colours")?;
    let evidence = Evidence::new(here, &there, &base_pyramid, &map);
    let found = changed(&evidence, &map, other, pace)?;
    pace.at(0.9, "Deciding")?;
    let to_base = Affine::scale_about_corner(
        size.0 as f64 / f64::from(base.width()),
        size.1 as f64 / f64::from(base.height()),
    );
    let to_result = Affine::scale_about_corner(
        other.0 as f64 / f64::from(result.width()),
        other.1 as f64 / f64::from(result.height()),
    );
    let back = to_result.inverse().unwrap_or(Affine::IDENTITY);
    let matrix = back.after(&map).after(&to_base);
    let soft = full_size(base, &softened(&found.region, options), pace)?;
    let mask = soft;
    let figures = figures(base, result, &matrix, &evidence, &found);
    let kept = exact::holds_texture(base, |i| mask.data()[i] == 0);
    let verdict = match judge(&evidence, &found, &figures, kept, &map, other) {
        Verdict::Unrelated if fits_negative(&base_pyramid, &result_pyramid, pace)? > NEGATIVE => Verdict::Whole,
        verdict => verdict,
    };
    Ok(Comparison {
        verdict,
        matrix,
        colour: found.colour,
        changed: touched(&mask),
        mask,
        figures,
    })
}

fn figures(base: &Raster, result: &Raster, matrix: &Affine, evidence: &Evidence, found: &Changed) -> Figures {
    // Against the plain stretch of one frame to the other.
    let plain = frame(base, result).inverse().unwrap_or(Affine::IDENTITY).after(matrix);
    let middle = (
        f64::from(base.width()) / 2.0 - 0.5,
        f64::from(base.height()) / 2.0 - 0.5,
    );
    let moved = plain.apply(middle.0, middle.1);
    Figures {
        shift: (moved.0 - middle.0, moved.1 - middle.1),
        zoom: (plain.area().sqrt() - 1.0) * 100.0,
        degrees: matrix.degrees(),
        cast: verdict::cast(evidence, found),
        noise: found.noise,
        trusted: evidence.trusted_share(),
        shown: evidence.shown.share(),
        detail: verdict::detail(evidence, found),
        strength: found.strength,
        exact: false,
    }
}

/// The stretch of one frame to the other.
fn frame(base: &Raster, result: &Raster) -> Affine {
    Affine::scale_about_corner(
        f64::from(result.width()) / f64::from(base.width()),
        f64::from(result.height()) / f64::from(base.height()),
    )
}

fn working_size(raster: &Raster) -> (usize, usize) {
    let (width, height) = (f64::from(raster.width()), f64::from(raster.height()));
    let factor = if width * height > AS_IT_IS {
        (WORKING / (width * height)).sqrt()
    } else {
        1.0
    };
    let side = |v: f64| ((v * factor).round() as usize).max(SMALLEST as usize).min(v as usize);
    (side(width), side(height))
}

/// The result is compared at about the base's working size, but never enlarged for it.
fn result_size(raster: &Raster, base: (usize, usize)) -> (usize, usize) {
    let (width, height) = (f64::from(raster.width()), f64::from(raster.height()));
    let factor = ((base.0 * base.1) as f64 / (width * height)).sqrt();
    let factor = if factor > 0.95 { 1.0 } else { factor };
    let side = |v: f64| ((v * factor).round() as usize).max(SMALLEST as usize).min(v as usize);
    (side(width), side(height))
}

fn full_size(base: &Raster, soft: &Plane<1>, pace: &Pace<'_>) -> Result<Mask, CompareError> {
    let (width, height) = (base.width() as usize, base.height() as usize);
    let map = Affine::scale_about_corner(soft.width as f64 / width as f64, soft.height as f64 / height as f64);
    let mut data = vec![0; width * height];
    pace.check()?;
    data.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        let line = map.line(y);
        let (right, bottom) = ((soft.width - 1) as f32, (soft.height - 1) as f32);
        let py = line.at(0).1.clamp(0.0, bottom);
        let (low, ty) = (py as usize, py.fract());
        let (upper, lower) = (soft.row(low), soft.row((low + 1).min(soft.height - 1)));
        for (x, o) in row.iter_mut().enumerate() {
            let px = line.at(x).0.clamp(0.0, right);
            let (left, tx) = (px as usize, px.fract());
            let next = (left + 1).min(soft.width - 1);
            let a = upper[left][0] + (upper[next][0] - upper[left][0]) * tx;
            let b = lower[left][0] + (lower[next][0] - lower[left][0]) * tx;
            *o = ((a + (b - a) * ty) * 255.0 + 0.5) as u8;
        }
    });
    Ok(mask_of(base, data))
}

fn drawn(base: &Raster, options: &CompareOptions) -> Option<Mask> {
    let region = options.region.as_ref()?;
    Some(region.at_size(base.width(), base.height()))
}

fn touched(mask: &Mask) -> f32 {
    mask.data().iter().filter(|&&v| v > 0).count() as f32 / mask.data().len() as f32
}

fn mask_of(base: &Raster, data: Vec<u8>) -> Mask {
    Mask::new(base.width(), base.height(), data).expect("one byte per pixel of the base")
}
