//! Turns all hues around the OKLab circle; brightness and strength of colour stay.

use super::{Canvas, Group, Operation, OperationInfo};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Hue,
        group: Group::Tone,
        description: "Turns all colours around the colour circle by an angle.",
        example: "shift the hue by 30 degrees",
        doing: "Turning the hues",
        default_strength: None,
        is_two_way: false,
    },
    tell: "shifted the hue of {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let degrees = step.params.degrees.filter(|d| d.is_finite());
    let degrees = degrees.ok_or(RenderError::BadStep {
        op: Op::Hue,
        problem: "the angle is missing",
    })?;
    let (sin, cos) = degrees.to_radians().sin_cos();
    canvas.change_lab(|[l, a, b]| [l, a * cos - b * sin, a * sin + b * cos])
}
