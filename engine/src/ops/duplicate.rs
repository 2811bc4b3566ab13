//! A second copy of a thing: beside it, where there is more room, or where the words say.
//!
//! The one rule: the first one stays as it is unless the copy is put on top of it.

use super::thing::{Piece, mask_of};
use super::{Canvas, Group, Operation, OperationInfo};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Duplicate,
        group: Group::Objects,
        description: "Puts a second copy of a thing beside it.",
        example: "duplicate the subject",
        doing: "Copying the thing",
        default_strength: None,
        is_two_way: false,
    },
    tell: "duplicated {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let params = &step.params;
    let mask = mask_of(step, canvas)?;
    let (x, _, w, _) = mask
        .bounds()
        .ok_or_else(|| RenderError::NoSuchTarget(step.target.clone()))?;
    let mut piece = Piece::lift(&mask, canvas)?;
    if let Some(times) = params.scale {
        piece.resize(times.clamp(0.02, 20.0), (0.5, 1.0), canvas.run)?;
    }
    let size = (canvas.raster.width(), canvas.raster.height());
    let (width, height) = (size.0 as f32, size.1 as f32);
    match (params.place, params.dx, params.dy) {
        (Some(place), ..) => piece.stand_at(place, (width, height)),
        (None, None, None) => {
            // Beside it, on the side with more room.
            let is_right = x + w / 2 <= size.0 / 2;
            let beside = piece.width() * 0.98;
            piece.shift(if is_right { beside } else { -beside }, 0.0);
        }
        (None, dx, dy) => piece.shift(dx.unwrap_or(0.0) * width, dy.unwrap_or(0.0) * height),
    }
    piece.keep_inside(size);
    piece.lay_onto(&mut canvas.raster, canvas.run)?;
    Ok(())
}
