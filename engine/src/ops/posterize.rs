//! Few tones instead of many: OKLab lightness and strength of colour go to the nearest of a few levels, hue stays.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Posterize,
        group: Group::Tone,
        description: "Reduces the picture to a few flat tones.",
        example: "posterize it",
        doing: "Posterizing",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "posterized {t} {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    // Ten levels of lightness at a hint, two at full strength; colours go to a coarse grid as well, greys stay grey.
    let steps = (9.0 - 8.0 * strength(step, 0.5).abs()).round().max(1.0);
    let grid = 0.2 / steps;
    canvas.change_lab(|[l, a, b]| {
        let chroma = (a * a + b * b).sqrt();
        let scale = (chroma / grid).round() * grid / chroma.max(1e-4);
        [(l * steps).round() / steps, a * scale, b * scale]
    })
}
