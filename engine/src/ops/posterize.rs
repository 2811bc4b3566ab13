//! Few tones instead of many: each sRGB value goes to the nearest of a few levels.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Posterize,
        group: Group::Tone,
        description: "Reduces the picture to a few flat tones.",
        example: "posterize it",
        doing: "Posterizing",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "posterized {t} {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    // Ten levels at a hint, two at full strength.
    let steps = (9.0 - 8.0 * strength(step, 0.5).abs()).round().max(1.0);
    canvas.change(Space::Encoded, |_, row| row.iter_mut().for_each(|c| *c = c.map(|v| (v * steps).round() / steps)))
}
