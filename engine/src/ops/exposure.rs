//! Exposure, as a camera would: linear light times a power of two, with a shoulder so that highlights roll off.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

/// Stops at full strength.
const STOPS: f32 = 2.0;
/// Where the shoulder begins, in linear light.
const SHOULDER: f32 = 0.4;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Exposure,
        group: Group::Tone,
        description: "Lets in more or less light, up to two stops, as a camera would.",
        example: "raise the exposure by 30 %",
        doing: "Exposing",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "raised the exposure of {t} {v}",
    tell_less: "lowered the exposure of {t} {v}",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let gain = (strength(step, 0.5) * STOPS).exp2();
    // Below the shoulder a straight line, above it a bend that takes the brightest possible value just to white.
    let bend = if gain > 1.0 {
        ((gain - SHOULDER) / (1.0 - SHOULDER) - 1.0) / (gain - SHOULDER)
    } else {
        0.0
    };
    canvas.change_pixels(|c| {
        let peak = c[0].max(c[1]).max(c[2]) * gain;
        let over = peak - SHOULDER;
        let share = if bend > 0.0 && over > 0.0 {
            (SHOULDER + over / (1.0 + bend * over)) / peak
        } else {
            1.0
        };
        c.map(|v| v * gain * share)
    })
}
