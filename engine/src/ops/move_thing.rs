//! Moves a thing to another place of the picture; where it was is filled.
//!
//! The one rule: the thing itself stays the same to the bit where it is whole and not resized; only its place changes.

use super::thing::{Piece, mask_of, take_away};
use super::{Canvas, Group, Operation, OperationInfo};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Move,
        group: Group::Subject,
        description: "Moves a thing to another place and fills where it was.",
        example: "move the subject to the left",
        doing: "Moving",
        default_strength: None,
        is_two_way: false,
    },
    tell: "moved {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let params = &step.params;
    if params.place.is_none() && params.dx.is_none() && params.dy.is_none() {
        return Err(RenderError::BadStep {
            op: Op::Move,
            problem: "it does not say where to",
        });
    }
    let mask = mask_of(step, canvas)?;
    let mut piece = Piece::lift(&mask, canvas)?;
    take_away(&step.target, &mask, canvas)?;
    let size = (canvas.raster.width(), canvas.raster.height());
    let (width, height) = (size.0 as f32, size.1 as f32);
    if let Some(place) = params.place {
        piece.stand_at(place, (width, height));
    }
    piece.shift(params.dx.unwrap_or(0.0) * width, params.dy.unwrap_or(0.0) * height);
    piece.keep_inside(size);
    let lies = piece.lay_onto(&mut canvas.raster, canvas.run)?;
    canvas.found_again(&step.target, lies);
    Ok(())
}
