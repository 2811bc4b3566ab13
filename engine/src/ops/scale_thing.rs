//! Makes a thing in the picture larger or smaller; what it no longer covers is filled.
//!
//! The one rule: what stands stays on its feet (its bottom edge keeps its place), what hangs or flies keeps its middle.

use super::thing::{Piece, mask_of, take_away};
use super::{Canvas, Group, Operation, OperationInfo};
use crate::plan::{Op, Step, Target};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Scale,
        group: Group::Subject,
        description: "Makes a thing in the picture larger or smaller.",
        example: "make the subject 20% smaller",
        doing: "Resizing the thing",
        default_strength: None,
        is_two_way: false,
    },
    tell: "scaled {t}",
    tell_less: "",
    apply,
};

/// What does not stand on anything.
const HANGS: [&str; 7] = ["clock", "kite", "airplane", "bird", "frisbee", "sports ball", "tv"];

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let times = step
        .params
        .scale
        .filter(|s| (0.02..=20.0).contains(s))
        .ok_or(RenderError::BadStep {
            op: Op::Scale,
            problem: "the size is missing or out of range",
        })?;
    let mask = mask_of(step, canvas)?;
    let mut piece = Piece::lift(&mask, canvas)?;
    take_away(&step.target, &mask, canvas)?;
    let hangs = matches!(&step.target, Target::Object { object, .. } if HANGS.contains(&object.as_str()));
    piece.resize(times, (0.5, if hangs { 0.5 } else { 1.0 }), canvas.run)?;
    let lies = piece.lay_onto(&mut canvas.raster, canvas.run)?;
    canvas.found_again(&step.target, lies);
    Ok(())
}
