//! One plain colour behind the subject.

use super::edges::{change_around, kept, over};
use super::tint::parse_hex;
use super::{Canvas, Group, Operation, OperationInfo};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::BackgroundColor,
        group: Group::Subject,
        description: "Puts a plain colour behind the subject.",
        example: "make the background white",
        doing: "Colouring the background",
        default_strength: None,
        is_two_way: false,
    },
    tell: "changed {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let color = step.params.color.as_deref().unwrap_or("#ffffff");
    let ground = parse_hex(color).ok_or(RenderError::BadStep {
        op: Op::BackgroundColor,
        problem: "the colour is not #rrggbb",
    })?;
    let mask = kept(step, canvas)?;
    if ground[0] != ground[1] || ground[1] != ground[2] {
        canvas.raster.make_rgb();
    }
    change_around(canvas, &mask, |_, _, pixel| (over(pixel, ground), 1.0))
}
