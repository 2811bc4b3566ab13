//! Faces: where they are, and a soft oval over one that words name.
//!
//! The one rule: what is told is the net's word (see `nets::face`), and it looks at a square with black below or to the right,
//! as it was taught to. Called by `select::find`, and by `compare` to tell whether a face is still the same.

use std::sync::Arc;

use super::objects::{Seen, choose, shared};
use super::plane::{Part, Small};
use super::{ask, failed};
use crate::color::smoothstep;
use crate::nets::face::DETECTOR;
use crate::nets::{Net, Tensor};
use crate::plan::{Pick, Side, Target};
use crate::raster::{Mask, Raster};
use crate::render::{RenderContext, RenderError};
use crate::watch::Run;

/// From this on it is a face.
pub(crate) const SURE: f32 = 0.5;
/// Below this it is none, not even where one is expected.
const FAINT: f32 = 0.1;
/// Two boxes that share more than this of their area are one face.
const SAME: f32 = 0.5;
/// What is darker than this on average (of 255) is shown brighter to the nets.
const DARK: f32 = 90.0;
/// No more boxes than this are told apart.
const CROWD: usize = 200;

/// A mask over the face that is meant, or over all of them.
pub(super) fn find(
    raster: &Raster,
    pick: Option<Pick>,
    context: &RenderContext,
    run: &Run<'_>,
) -> Result<Mask, RenderError> {
    let lost = || {
        RenderError::NoSuchTarget(Target::Object {
            object: "face".to_owned(),
            pick,
        })
    };
    let nets = context.nets.faces.as_ref().ok_or_else(lost)?;
    let mut seen = look(raster, Part::WHOLE, &nets.detector, run)?;
    seen.retain(|face| face.score >= SURE);
    if pick != Some(Pick::Side(Side::All)) {
        seen = choose(&seen, pick).into_iter().collect();
    }
    if seen.is_empty() {
        return Err(lost());
    }
    let size = (raster.width(), raster.height());
    Mask::new(size.0, size.1, ovals(&seen, size)).map_err(|_| lost())
}

/// Ovals over faces. The net's boxes end at the brows and at the cheeks, so an oval is a little larger and higher.
fn ovals(faces: &[Seen], (width, height): (u32, u32)) -> Vec<u8> {
    let mut data = vec![0; width as usize * height as usize];
    for Seen { part, .. } in faces {
        let (across, down) = (0.62 * part.width, 0.72 * part.height);
        let (u, v) = (part.left + 0.5 * part.width, part.top + 0.44 * part.height);
        for (y, row) in data.chunks_exact_mut(width as usize).enumerate() {
            let dy = ((y as f32 + 0.5) / height as f32 - v) / down;
            if dy.abs() > 1.0 {
                continue;
            }
            for (x, cell) in row.iter_mut().enumerate() {
                let dx = ((x as f32 + 0.5) / width as f32 - u) / across;
                let inside = 1.0 - smoothstep(0.85, 1.0, dx.hypot(dy));
                *cell = (*cell).max((inside * 255.0).round() as u8);
            }
        }
    }
    data
}

/// Every face in a part of the picture, and what might be one (see [`SURE`]), surest first.
pub(crate) fn look(
    raster: &Raster,
    part: Part,
    detector: &Arc<dyn Net>,
    run: &Run<'_>,
) -> Result<Vec<Seen>, RenderError> {
    let sides = (part.width * raster.width() as f32, part.height * raster.height() as f32);
    let scale = DETECTOR as f32 / sides.0.max(sides.1).max(1.0);
    let side = |len: f32| ((len * scale).round() as usize).clamp(1, DETECTOR);
    let (width, height) = (side(sides.0), side(sides.1));
    let small = Small::of(raster, part, (width, height), run)?;
    let bright = 255.0 * lamp(&small.data, 1.0);
    let mut input = vec![0.0; 3 * DETECTOR * DETECTOR];
    for (y, row) in small.data.chunks_exact(width).enumerate() {
        for (x, rgb) in row.iter().enumerate() {
            for (c, value) in rgb.iter().enumerate() {
                input[(c * DETECTOR + y) * DETECTOR + x] = (value * bright).min(255.0);
            }
        }
    }
    let input = Tensor::new(&[1, 3, DETECTOR, DETECTOR], input).map_err(failed)?;
    let answers = ask(detector, vec![input], run)?;
    let [boxes, scores] = answers.as_slice() else {
        return Ok(Vec::new());
    };
    // The square in shares of the picture.
    let square = Part {
        left: part.left,
        top: part.top,
        width: part.width * DETECTOR as f32 / width as f32,
        height: part.height * DETECTOR as f32 / height as f32,
    };
    Ok(sorted_out(boxes.data(), scores.data(), square, part))
}

/// How much brighter pixels (0 to `white`) must be shown so that a net that was taught by day sees them: night is nobody's
/// face.
pub(crate) fn lamp(pixels: &[[f32; 3]], white: f32) -> f32 {
    let sum: f64 = pixels.iter().flatten().map(|v| f64::from(*v)).sum();
    let mean = (sum / (3 * pixels.len()).max(1) as f64) as f32 * 255.0 / white;
    (DARK / mean.max(1.0)).clamp(1.0, 4.0)
}

/// The surest of boxes that lie on each other, in shares of the picture.
fn sorted_out(boxes: &[f32], scores: &[f32], square: Part, shown: Part) -> Vec<Seen> {
    let mut seen: Vec<Seen> = boxes
        .chunks_exact(4)
        .zip(scores)
        .filter(|(_, score)| **score >= FAINT)
        .filter_map(|(sides, &score)| {
            let across = |v: f32| (square.left + v * square.width).clamp(shown.left, shown.left + shown.width);
            let down = |v: f32| (square.top + v * square.height).clamp(shown.top, shown.top + shown.height);
            let (top, left) = (down(sides[0]), across(sides[1]));
            let part = Part {
                left,
                top,
                width: across(sides[3]) - left,
                height: down(sides[2]) - top,
            };
            (part.width > 0.0 && part.height > 0.0).then_some(Seen { kind: 0, score, part })
        })
        .collect();
    seen.sort_by(|a, b| b.score.total_cmp(&a.score));
    seen.truncate(CROWD);
    let mut kept: Vec<Seen> = Vec::new();
    for face in seen {
        if !kept.iter().any(|k| shared(k.part, face.part) > SAME) {
            kept.push(face);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_boxes_on_each_other_the_surest_stays_and_none_leaves_the_picture() {
        let part = Part {
            left: 0.5,
            top: 0.0,
            width: 0.5,
            height: 0.5,
        };
        // Half of the square is black: the part is twice as wide as it is high.
        let square = Part { height: 1.0, ..part };
        let boxes = [
            [0.1, 0.1, 0.3, 0.3],
            [0.11, 0.1, 0.31, 0.3],
            [0.1, 0.6, 0.3, 0.9],
            [0.4, 0.9, 0.7, 1.2],
            [0.0, 0.0, 0.2, 0.2],
        ];
        let seen = sorted_out(boxes.as_flattened(), &[0.8, 0.9, 0.6, 0.2, 0.05], square, part);
        let scores: Vec<f32> = seen.iter().map(|s| s.score).collect();
        assert_eq!(scores, [0.9, 0.6, 0.2]);
        let near = |a: f32, b: f32| (a - b).abs() < 1e-6;
        let first = seen[0].part;
        assert!(near(first.left, 0.55) && near(first.top, 0.11), "{first:?}");
        assert!(near(first.width, 0.1) && near(first.height, 0.2), "{first:?}");
        let last = seen[2].part;
        assert!(
            near(last.left + last.width, 1.0) && near(last.top + last.height, 0.5),
            "{last:?}"
        );
    }

    #[test]
    fn what_is_dark_is_shown_as_bright_as_by_day_and_nothing_else_is_changed() {
        assert_eq!(lamp(&[[90.0; 3], [200.0; 3]], 255.0), 1.0);
        assert!((lamp(&[[30.0; 3], [60.0; 3]], 255.0) - 2.0).abs() < 1e-6);
        assert!((lamp(&[[0.25; 3]], 1.0) - 90.0 / 63.75).abs() < 1e-6);
        assert_eq!(lamp(&[[0.0; 3]], 255.0), 4.0);
    }

    #[test]
    fn an_oval_is_full_in_its_middle_and_nothing_outside() {
        let face = Seen {
            kind: 0,
            score: 1.0,
            part: Part {
                left: 0.4,
                top: 0.4,
                width: 0.2,
                height: 0.2,
            },
        };
        let data = ovals(&[face], (100, 100));
        let at = |x: usize, y: usize| data[y * 100 + x];
        assert_eq!((at(50, 49), at(42, 49), at(50, 37)), (255, 255, 255));
        assert_eq!((at(50, 70), at(30, 49), at(0, 0)), (0, 0, 0));
    }
}
