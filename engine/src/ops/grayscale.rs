//! Black and white, by luminance in linear light, so that a red and a green of equal brightness come out equal.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{luminance, mix};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Grayscale,
        group: Group::Tone,
        description: "Takes all colour away and keeps the brightness.",
        example: "make it black and white",
        doing: "Taking the colour away",
        default_strength: Some(1.0),
        is_two_way: false,
    },
    tell: "made {t} {s}black and white",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 1.0);
    canvas.change_pixels(|c| {
        let grey = luminance(c);
        c.map(|v| mix(v, grey, s))
    })
}
