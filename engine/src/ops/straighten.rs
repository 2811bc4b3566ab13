//! Puts the horizon level: by the angle that is given, or by the one that the picture's own lines agree on.
//!
//! The one rule: when the lines do not agree, nothing is turned.

use super::{Canvas, Group, Operation, OperationInfo, rotate};
use crate::field::{Field, luma};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Straighten,
        group: Group::Geometry,
        description: "Levels a tilted horizon, found by itself or by an angle.",
        example: "straighten the horizon",
        doing: "Straightening",
        default_strength: None,
        is_two_way: false,
    },
    tell: "straightened {t}",
    tell_less: "",
    apply,
};

/// The most that counts as a tilt rather than as a composition, in degrees.
const MOST: f32 = 12.0;
/// Bins per degree of the histogram of angles.
const FINE: f32 = 5.0;

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let degrees = match step.params.degrees {
        Some(d) if d.is_finite() => d,
        Some(_) => {
            return Err(RenderError::BadStep {
                op: Op::Straighten,
                problem: "the angle is not a number",
            });
        }
        None => -tilt(canvas)?,
    };
    if degrees.abs() < 0.1 {
        Ok(())
    } else {
        rotate::turn(canvas, degrees)
    }
}

/// By how many degrees the picture's lines lean clockwise; 0 when they do not agree.
fn tilt(canvas: &Canvas<'_>) -> Result<f32, RenderError> {
    let factor = (canvas.short_side() / 480.0).round().max(1.0) as usize;
    let field = Field::<1>::gather(&canvas.raster, factor, Space::Encoded, canvas.run, |c, _| [luma(c)])?;
    let (width, height, cells) = field.cells();
    let bins = (2.0 * MOST * FINE) as usize + 1;
    let mut votes = vec![0.0f32; bins];
    for y in 2..height.saturating_sub(2) {
        for x in 2..width.saturating_sub(2) {
            let at = |dx: isize, dy: isize| cells[(y as isize + dy) as usize * width + (x as isize + dx) as usize][0];
            let gx = slope(&at);
            let gy = slope(&|a, b| at(b, a));
            let strength = gx * gx + gy * gy;
            if strength < 0.003 {
                continue;
            }
            // A level edge has its slope straight down, a plumb one straight across: both say the same about the tilt.
            let (lean, share) = if gy.abs() > gx.abs() {
                ((-gx / gy).atan(), 1.0)
            } else {
                ((gy / gx).atan(), 0.7)
            };
            let bin = (lean.to_degrees() + MOST) * FINE;
            if bin >= 0.0 && bin < (bins - 1) as f32 {
                let (low, t) = (bin as usize, bin.fract());
                votes[low] += strength.sqrt() * share * (1.0 - t);
                votes[low + 1] += strength.sqrt() * share * t;
            }
        }
    }
    Ok(peak(&votes))
}

/// The slope across, over five columns and five rows (Scharr-like weights keep angles true).
fn slope(at: &impl Fn(isize, isize) -> f32) -> f32 {
    const ACROSS: [(isize, f32); 4] = [(-2, -0.3), (-1, -0.7), (1, 0.7), (2, 0.3)];
    const DOWN: [f32; 5] = [0.06, 0.24, 0.4, 0.24, 0.06];
    ACROSS
        .iter()
        .map(|&(dx, w)| w * (-2..=2).map(|dy| at(dx, dy) * DOWN[(dy + 2) as usize]).sum::<f32>())
        .sum()
}

/// The angle of the highest smooth peak, if it stands out.
fn peak(votes: &[f32]) -> f32 {
    let reach = FINE as usize / 2 + 1;
    let smooth: Vec<f32> = (0..votes.len())
        .map(|i| {
            votes[i.saturating_sub(reach)..(i + reach + 1).min(votes.len())]
                .iter()
                .sum()
        })
        .collect();
    let mut sorted = smooth.clone();
    sorted.sort_by(f32::total_cmp);
    let middle = sorted[sorted.len() / 2];
    let Some((best, &height)) = smooth.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else {
        return 0.0;
    };
    if height < 2.2 * middle.max(1e-3) {
        return 0.0;
    }
    // The centre of the votes around the peak is finer than a bin.
    let around = best.saturating_sub(reach)..(best + reach + 1).min(votes.len());
    let (sum, weight) = around.fold((0.0, 0.0), |(s, w), i| (s + i as f32 * votes[i], w + votes[i]));
    sum / weight / FINE - MOST
}
