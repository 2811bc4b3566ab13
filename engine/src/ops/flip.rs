//! Mirrors the picture, left to right or top to bottom, sample by sample.

use super::{Canvas, Group, Operation, OperationInfo, geometry};
use crate::plan::{Direction, Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Flip,
        group: Group::Geometry,
        description: "Mirrors the picture, left to right or upside down.",
        example: "flip it horizontally",
        doing: "Mirroring",
        default_strength: None,
        is_two_way: false,
    },
    tell: "flipped {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let upside_down = step.params.direction == Some(Direction::Vertical);
    canvas.reshape(|raster, run| {
        let mirrored = geometry::mirror(raster, run)?;
        // Top to bottom is left to right and a half turn.
        if upside_down {
            geometry::quarter_turns(mirrored, 2, run)
        } else {
            Ok(mirrored)
        }
    })
}
