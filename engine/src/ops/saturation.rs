//! More or less colour: OKLab chroma, so that brightness and hue stay as they are.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Saturation,
        group: Group::Tone,
        description: "Makes all colours stronger or weaker; none at all at -1.",
        example: "make the colours a bit stronger",
        doing: "Setting saturation",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "gave {t} {s}more saturation",
    tell_less: "gave {t} {s}less saturation",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    let factor = 1.0 + s;
    canvas.change_lab(|[l, a, b]| [l, a * factor, b * factor])
}
