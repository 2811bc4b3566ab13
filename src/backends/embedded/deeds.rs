//! The engine's steps as deeds, for the credentials of what it made.
//!
//! Rule: no step is called less than it is; one that this file doesn't know by its name goes by its shelf. Called by
//! `embedded` with the steps it renders.

use plantain_engine::{Group, Op, Step, operations};

use crate::domain::making::Deed;

/// What these steps do, each kind once, in order; never empty.
pub(super) fn of(steps: &[Step]) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for deed in steps.iter().map(|step| deed(step.op)) {
        if !deeds.contains(&deed) {
            deeds.push(deed);
        }
    }
    if deeds.is_empty() {
        deeds.push(Deed::Composed);
    }
    deeds
}

fn deed(op: Op) -> Deed {
    match op {
        Op::Crop => Deed::Cropped,
        Op::Rotate | Op::Flip | Op::Straighten => Deed::Turned,
        Op::Resize => Deed::Resized,
        Op::Upscale => Deed::Enlarged,
        Op::Style => Deed::Restyled,
        Op::Grain | Op::Fade | Op::Vignette | Op::BackgroundBlur => Deed::Filtered,
        _ => match operations().find(|info| info.op == op).map(|info| info.group) {
            Some(Group::Tone) => Deed::Adjusted,
            Some(Group::Detail | Group::Light | Group::Style) => Deed::Filtered,
            _ => Deed::Composed,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_called_what_they_are_and_each_kind_once() {
        let steps = [Op::Crop, Op::Brightness, Op::Contrast, Op::Sharpen].map(Step::new);
        assert_eq!(of(&steps), [Deed::Cropped, Deed::Adjusted, Deed::Filtered]);
        assert!(of(&[Step::new(Op::Style)])[0].is_generative());
        let plain = operations().map(|info| info.op).filter(|op| *op != Op::Style);
        assert!(plain.map(deed).all(|deed| !deed.is_generative()));
    }
}
