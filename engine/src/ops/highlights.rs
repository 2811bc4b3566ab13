//! Brings bright parts down (or up) by the brightness of their surroundings, so that their own detail stays.

use super::{Canvas, Group, Operation, OperationInfo, shadows, strength};
use crate::color::smoothstep;
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Highlights,
        group: Group::Tone,
        description: "Brightens or darkens the bright parts only; darkening brings back detail in skies and windows.",
        example: "recover the highlights a bit",
        doing: "Setting highlights",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "brightened the highlights of {t} {v}",
    tell_less: "darkened the highlights of {t} {v}",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    // How far the surroundings move: nothing below the middle, most near white, and white itself stays white when rising.
    shadows::move_range(canvas, move |base| {
        let weight = smoothstep(0.4, 0.9, base);
        let room = if s > 0.0 {
            (1.0 - base).max(0.0) * 1.2
        } else {
            base * 0.45
        };
        s * weight * room
    })
}
