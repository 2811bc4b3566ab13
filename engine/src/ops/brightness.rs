//! Brighter and darker, as the eye sees it: OKLab lightness along a curve that keeps black black and white white.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Brightness,
        group: Group::Tone,
        description: "Makes the picture brighter or darker without burning out highlights.",
        example: "make it a bit brighter",
        doing: "Brightening",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "made {t} {s}brighter",
    tell_less: "made {t} {s}darker",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    // The curve `L(1+k)/(1+kL)`: its ends stay, it never clips, and it is cheap enough to need no table.
    let k = if s >= 0.0 { 1.5 * s } else { 0.6 * s };
    canvas.change_lab(|[l, a, b]| {
        let lifted = l * (1.0 + k) / (1.0 + k * l);
        // Colour follows lightness only in part: fully and shadows turn gaudy, not at all and they turn grey.
        let follow = ((lifted + 0.02) / (l + 0.02)).sqrt();
        [lifted, a * follow, b * follow]
    })
}
