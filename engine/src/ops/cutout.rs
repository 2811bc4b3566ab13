//! The subject alone, everything else see-through, with soft edges that carry none of the old ground's colour.

use super::edges::{change_around, kept};
use super::{Canvas, Group, Operation, OperationInfo};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Cutout,
        group: Group::Subject,
        description: "Cuts the subject out and makes the rest transparent.",
        example: "cut out the subject",
        doing: "Cutting out",
        default_strength: None,
        is_two_way: false,
    },
    tell: "cut out {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let mask = kept(step, canvas)?;
    canvas.raster.make_alpha();
    change_around(canvas, &mask, |_, _, pixel| {
        if pixel.share == 0.0 {
            // Nothing of what was taken away is left to be found.
            ([0.0; 3], 0.0)
        } else {
            (pixel.subject, pixel.share.min(pixel.alpha))
        }
    })
}
