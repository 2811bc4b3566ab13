//! The negative: each sRGB value becomes its distance from white.

use super::{Canvas, Group, Operation, OperationInfo};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Invert,
        group: Group::Tone,
        description: "Turns light into dark and every colour into its opposite.",
        example: "invert the colours",
        doing: "Inverting",
        default_strength: None,
        is_two_way: false,
    },
    tell: "inverted {t}",
    tell_less: "",
    apply,
};

fn apply(_step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    canvas.change(Space::Encoded, |_, row| {
        row.iter_mut().for_each(|c| *c = c.map(|v| 1.0 - v))
    })
}
