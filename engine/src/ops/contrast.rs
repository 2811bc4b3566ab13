//! More and less contrast: an S-curve over OKLab lightness with both ends fixed, or a gentle flattening.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::Curve;
use crate::plan::{Op, Step};
use crate::render::RenderError;

/// The lightness that stays: a middle grey as the eye sees it.
const PIVOT: f32 = 0.58;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Contrast,
        group: Group::Tone,
        description: "Spreads light and dark further apart, or brings them closer together.",
        example: "add some contrast",
        doing: "Setting contrast",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "gave {t} {s}more contrast",
    tell_less: "gave {t} {s}less contrast",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    let curve = Curve::new(|l| {
        if s >= 0.0 {
            s_curve(l, 1.0 + 0.9 * s)
        } else {
            PIVOT + (l - PIVOT) * (1.0 + 0.65 * s)
        }
    });
    let chroma = if s >= 0.0 { 1.0 + 0.15 * s } else { 1.0 + 0.35 * s };
    canvas.change_lab(|[l, a, b]| [curve.at(l), a * chroma, b * chroma])
}

fn s_curve(l: f32, steepness: f32) -> f32 {
    if l < PIVOT {
        PIVOT * (l / PIVOT).powf(steepness)
    } else {
        1.0 - (1.0 - PIVOT) * ((1.0 - l) / (1.0 - PIVOT)).powf(steepness)
    }
}
