//! Turns the picture: quarter turns sample by sample, other angles resampled and cut so that no corner is empty.

use super::{Canvas, Group, Operation, OperationInfo, geometry};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Rotate,
        group: Group::Geometry,
        description: "Turns the picture by any angle; what would leave empty corners is cut off.",
        example: "rotate it 90 degrees to the left",
        doing: "Turning",
        default_strength: None,
        is_two_way: false,
    },
    tell: "rotated {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let degrees = step.params.degrees.unwrap_or(90.0);
    if !degrees.is_finite() {
        return Err(RenderError::BadStep {
            op: Op::Rotate,
            problem: "the angle is not a number",
        });
    }
    turn(canvas, degrees)
}

/// Turns by any angle, clockwise: first the nearest quarter, exactly, then what is left.
pub(super) fn turn(canvas: &mut Canvas<'_>, degrees: f32) -> Result<(), RenderError> {
    let degrees = degrees.rem_euclid(360.0);
    let quarters = (degrees / 90.0).round();
    let rest = degrees - quarters * 90.0;
    canvas.reshape(|raster, run| {
        let turned = geometry::quarter_turns(raster, quarters as u32 % 4, run)?;
        if rest.abs() < 0.005 {
            Ok(turned)
        } else {
            geometry::free_turn(&turned, rest, run)
        }
    })
}
