//! More colour where there is little, less where there is plenty, and hardly any on skin.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::smoothstep;
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Vibrance,
        group: Group::Tone,
        description: "Strengthens weak colours and leaves strong ones and skin alone.",
        example: "make it more vibrant",
        doing: "Setting vibrance",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "made {t} {s}more vibrant",
    tell_less: "made {t} {s}less vibrant",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    canvas.change_lab(|[l, a, b]| {
        let chroma = (a * a + b * b).sqrt();
        let calm = 1.0 - smoothstep(0.08, 0.28, chroma);
        // Skin of every tone lies around an OKLab hue of 55 degrees: a is positive and b a little larger.
        let along = (a * 0.574 + b * 0.819) / chroma.max(1e-4);
        let spared = 1.0 - 0.6 * smoothstep(0.93, 0.99, along) * smoothstep(0.02, 0.05, chroma);
        let factor = 1.0 + s * 1.1 * calm * spared;
        [l, a * factor, b * factor]
    })
}
