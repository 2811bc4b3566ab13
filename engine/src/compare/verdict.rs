//! Whether an edit was local, changed the picture as a whole, or made another one.
//!
//! The one rule: in doubt the result is kept as the model returned it. Called by `compare`.

use super::Figures;
use super::affine::Affine;
use super::changed::{Changed, Evidence};

/// Above this share of changed pixels there is no rest worth keeping.
pub(super) const MOST: f32 = 0.85;

/// Below this share of structure found again, two pictures show different things.
const RELATED: f32 = 0.05;
/// With less of the rest's structure found again, the whole was drawn anew.
const SAME_REST: f32 = 0.55;
/// More noise than this, in levels, is no recoding.
const NOISE: f32 = 1.8;
/// A colour map that moves colours further than this, in levels, is no accident.
const TONE: f32 = 18.0;
/// Finest detail outside of these shares is no accident either.
const DETAIL: (f32, f32) = (0.12, 2.5);
/// A region smaller than this share is nothing that anyone asks for.
const SPECK: f32 = 0.0005;

/// What kind of edit it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Part of the picture changed; the rest can be given back.
    Local,
    /// The picture as a whole changed (its style, tones, framing): the result is kept as it is.
    Whole,
    /// The pictures show different things: the result is kept as it is.
    Unrelated,
}

impl Verdict {
    /// As the command line and stored versions name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Whole => "whole",
            Self::Unrelated => "unrelated",
        }
    }
}

pub(super) fn judge(
    evidence: &Evidence,
    found: &Changed,
    figures: &Figures,
    kept: bool,
    map: &Affine,
    other: (usize, usize),
) -> Verdict {
    if figures.trusted < RELATED {
        return Verdict::Unrelated;
    }
    let reframed =
        figures.shown < 0.6 || map.area() * (evidence.base.data.len() as f64) < 0.6 * (other.0 * other.1) as f64;
    let share = found.region.share();
    // In the rest of a local edit structure is found again; blocks and brush strokes leave none.
    let rest = kept_structure(evidence, found, false);
    if reframed || !kept || share > MOST || rest < SAME_REST {
        return Verdict::Whole;
    }
    // What no map of colours explains, a map that is more than an accident, detail that is gone or new.
    let tone = displacement(evidence, found);
    let altered = found.noise > NOISE || tone > TONE || figures.detail < DETAIL.0 || figures.detail > DETAIL.1;
    // With nothing local left to have been asked for, the change of the whole was what was asked for; a region that stands
    // out less than the whole has moved is only what the colour map could not follow.
    let faint = found.strength < 0.7 * tone + 2.0
        || share < 0.005 && found.strength < 1.5 * tone
        || share < 0.05 && found.strength < 2.0 * tone && kept_structure(evidence, found, true) > 0.8;
    let toned = found.noise > 1.2 || tone > 1.5 || figures.detail < 0.6 || figures.detail > 1.3;
    let only_the_whole = (share < SPECK || faint) && toned;
    if altered || only_the_whole {
        return Verdict::Whole;
    }
    Verdict::Local
}

/// The share of the base's structure that is found again, in the region or outside of it; 1 where there is none.
fn kept_structure(evidence: &Evidence, found: &Changed, inside: bool) -> f32 {
    let (mut same, mut all) = (0usize, 0usize);
    for (i, &textured) in evidence.textured.data.iter().enumerate() {
        if textured && evidence.shown.data[i] && found.region.data[i] == inside {
            all += 1;
            same += usize::from(evidence.trusted.data[i]);
        }
    }
    if all == 0 { 1.0 } else { same as f32 / all as f32 }
}

/// By how many levels the colour map moves the colours of the rest, on average over pixels and channels.
fn displacement(evidence: &Evidence, found: &Changed) -> f32 {
    let (mut sum, mut count) = (0.0f64, 0usize);
    for (i, c) in evidence.warped.data.iter().enumerate().step_by(17) {
        if found.region.data[i] || !evidence.shown.data[i] {
            continue;
        }
        let told = found.colour.apply_levels(*c);
        sum += (0..3).map(|n| f64::from((c[n] - told[n]).abs())).sum::<f64>() / 3.0;
        count += 1;
    }
    (sum / count.max(1) as f64) as f32
}

/// By how many levels the colours of the rest are off on average.
pub(super) fn cast(evidence: &Evidence, found: &Changed) -> [f32; 3] {
    let (mut sum, mut count) = ([0.0f64; 3], 0usize);
    for (i, c) in evidence.warped.data.iter().enumerate().step_by(17) {
        if found.region.data[i] || !evidence.shown.data[i] {
            continue;
        }
        let told = found.colour.apply_levels(*c);
        (0..3).for_each(|n| sum[n] += f64::from(c[n] - told[n]));
        count += 1;
    }
    sum.map(|s| (s / count.max(1) as f64) as f32)
}

/// The result's finest detail in the rest, as a share of the base's.
pub(super) fn detail(evidence: &Evidence, found: &Changed) -> f32 {
    let energy = |plane: &super::plane::Plane<3>| {
        let mut sum = 0.0f64;
        let width = plane.width;
        for y in (1..plane.height.saturating_sub(1)).step_by(3) {
            for x in 1..width - 1 {
                let i = y * width + x;
                if found.region.data[i] || !evidence.trusted.data[i] {
                    continue;
                }
                let v = |j: usize| plane.data[j][1];
                let sharp = v(i) - 0.25 * (v(i - 1) + v(i + 1) + v(i - width) + v(i + width));
                sum += f64::from(sharp * sharp);
            }
        }
        sum
    };
    let base = energy(&evidence.base);
    if base <= 0.0 {
        return 1.0;
    }
    (energy(&evidence.warped) / base).sqrt() as f32
}
