//! The last look at a step before it is promised: is the operation there, and can its target be found?
//!
//! The one rule: whatever passes here, `render` does. When a later floor adds an operation or a net, the gate opens by itself.
//! Called by `parse/mod.rs` for every step.

use super::words_for;
use crate::context::Context;
use crate::plan::{Op, Params, Reason, Step, Target, is_pin};

/// The step as it can be done here, or why it cannot.
pub(super) fn pass(mut step: Step, context: &Context) -> Result<Step, (Reason, String)> {
    if matches!(step.op, Op::Undo | Op::Redo | Op::Revert) {
        return Ok(step);
    }
    step = in_one_form(about_a_thing(step), context);
    let missing = step.params.reference.filter(|&n| n < 2 || n > context.at_hand() + 1);
    if let Some(n) = missing.or(missing_target(&step.target, context)) {
        return Err((Reason::MissingReference, words_for::missing_reference(n)));
    }
    let Some(operation) = crate::ops::find(step.op).filter(|_| can_do(&step, context)) else {
        let message = match step.op {
            Op::BackgroundReplace => words_for::no_such_scene(),
            Op::Style if context.finds.styles => words_for::no_such_style(),
            op => words_for::not_yet(op),
        };
        return Err((Reason::NeedsGenerative, message));
    };
    let is_shape = operation.info.group == crate::ops::Group::Geometry;
    if is_shape && step.op != Op::Crop && step.target == Target::Region {
        step.target = Target::Picture;
    }
    if is_shape && step.op != Op::Crop && step.target != Target::Picture {
        return Err((Reason::NeedsGenerative, words_for::not_on_a_part(step.op)));
    }
    // Done again, a step keeps to the region that was drawn then.
    if !repeats_in_its_region(&step, context) {
        step.target = aim(step.target, context)?;
    }
    Ok(step)
}

fn repeats_in_its_region(step: &Step, context: &Context) -> bool {
    let is_same = |earlier: &Step| earlier.op == step.op && earlier.target == Target::Region;
    step.target == Target::Region && context.earlier.iter().any(is_same)
}

/// Operations on a thing are about the subject when they name none; a thing that is resized is scaled, not the picture.
fn about_a_thing(mut step: Step) -> Step {
    let is_thing = matches!(step.target, Target::Object { .. } | Target::Subject | Target::Region);
    if step.op == Op::Resize && is_thing && step.params.scale.is_some() {
        step.op = Op::Scale;
    }
    let needs_thing = matches!(
        step.op,
        Op::Recolor | Op::Pattern | Op::Duplicate | Op::Move | Op::Scale
    );
    if needs_thing && step.target == Target::Picture {
        step.target = Target::Subject;
    }
    step
}

/// Several words for one edit become one step, and what an operation never looks at is no part of it: so what is told of a
/// step is understood as the same step.
fn in_one_form(mut step: Step, context: &Context) -> Step {
    let makes_ground = matches!(
        step.op,
        Op::Cutout | Op::BackgroundColor | Op::BackgroundBlur | Op::BackgroundReplace
    );
    if step.op != Op::Remove {
        step.target = anybody(step.target);
    }
    step.target = match (step.op, step.target) {
        (Op::Caption, _) => Target::Picture,
        (Op::Insert, target @ Target::Object { .. }) => target,
        (Op::Insert, _) if context.region => Target::Region,
        (Op::Insert, _) => Target::Picture,
        (_, Target::Picture) if makes_ground && context.finds.subject => Target::Background,
        (_, Target::Picture) if makes_ground && context.region => Target::Region,
        (op, Target::Subject) if makes_ground && op != Op::Cutout && context.finds.subject => Target::Background,
        (_, target) => target,
    };
    let params = &mut step.params;
    match (step.op, &step.target) {
        (Op::Crop, Target::Picture) if *params == Params::default() => params.scale = Some(0.8),
        (Op::Move | Op::Duplicate, _) if params.place.is_some() => (params.dx, params.dy) = (None, None),
        // A thing's own colour is changed, not veiled.
        (Op::Tint, Target::Object { .. }) if params.color.is_some() => (step.op, step.strength) = (Op::Recolor, None),
        (Op::Tint, _) if params.color.is_some() => step.strength = step.strength.map(f32::abs),
        (Op::Tint | Op::Recolor | Op::Caption, _) => {}
        _ if !makes_ground => params.color = None,
        _ => {}
    }
    step
}

/// A person of whom nothing more is said is the subject.
fn anybody(target: Target) -> Target {
    match target {
        Target::Object { object, pick: None } if object == "person" => Target::Subject,
        Target::Not { not } => Target::Not {
            not: Box::new(anybody(*not)),
        },
        other => other,
    }
}

/// Whether the operation can do just this, with the nets that are here.
fn can_do(step: &Step, context: &Context) -> bool {
    crate::ops::is_possible(step) && (step.op != Op::Style || context.finds.styles)
}

fn missing_target(target: &Target, context: &Context) -> Option<u32> {
    match target {
        Target::Reference { reference } if !context.can_find(target) => Some(*reference),
        Target::Not { not } => missing_target(not, context),
        _ => None,
    }
}

/// The target itself when it can be found, the drawn region in place of a thing that cannot.
fn aim(target: Target, context: &Context) -> Result<Target, (Reason, String)> {
    match target {
        Target::Reference { .. } => Err((Reason::NeedsGenerative, words_for::not_on_a_part(Op::Insert))),
        found if context.can_find(&found) => Ok(found),
        Target::Region => Err((Reason::CannotFind, words_for::no_region())),
        Target::Subject | Target::Object { .. } | Target::Sky if context.region && !is_pin(&target) => {
            Ok(Target::Region)
        }
        Target::Not { not } if *not != Target::Picture => {
            aim(*not, context).map(|inner| Target::Not { not: Box::new(inner) })
        }
        lost => Err((Reason::CannotFind, words_for::cannot_find(&lost))),
    }
}
