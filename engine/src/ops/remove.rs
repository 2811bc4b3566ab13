//! Takes a thing out of the picture and lets what is around it go on in its place.
//!
//! The one rule: outside the thing and the narrow rim of its shadow no byte changes. The filling is `fill`.

use super::thing::take_away;
use super::{Canvas, Group, Operation, OperationInfo, saucer};
use crate::plan::{Op, Step, Target};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Remove,
        group: Group::Objects,
        description: "Takes a thing out of the picture and continues what is around it.",
        example: "remove the cup",
        doing: "Removing",
        default_strength: None,
        is_two_way: false,
    },
    tell: "removed {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    if step.target == Target::Picture {
        return Err(RenderError::NoSuchTarget(Target::Picture));
    }
    // What is drawn is taken as drawn: it covers the thing and its shadow.
    let mask = canvas
        .select(&step.target)?
        .ok_or_else(|| RenderError::NoSuchTarget(step.target.clone()))?;
    let mask = saucer::taken_along(mask, &step.target, canvas)?;
    take_away(&step.target, &mask, canvas)?;
    canvas.forget_what_was_found();
    Ok(())
}
