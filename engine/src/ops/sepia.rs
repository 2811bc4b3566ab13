//! The brown of old prints: colour is taken away and a warm tone laid over what is left, most of it in the middle tones.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::mix;
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Sepia,
        group: Group::Tone,
        description: "Turns the picture into the warm brown of an old print.",
        example: "give it a sepia tone",
        doing: "Toning",
        default_strength: Some(1.0),
        is_two_way: false,
    },
    tell: "gave {t} a sepia tone {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 1.0).abs();
    canvas.raster.make_rgb();
    canvas.change_lab(|[l, a, b]| {
        let room = (4.0 * l * (1.0 - l)).clamp(0.0, 1.0).sqrt();
        [l, mix(a, 0.018 * room, s), mix(b, 0.062 * room, s)]
    })
}
