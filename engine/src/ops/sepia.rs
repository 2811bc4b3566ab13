//! The brown of old prints: colour is taken away and a warm tone laid over what is left, most of it in the middle tones.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{from_oklab, luminance, mix, to_oklab};
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
    canvas.change_pixels(|c| {
        let l = to_oklab([luminance(c); 3])[0];
        let room = (4.0 * l * (1.0 - l)).clamp(0.0, 1.0).sqrt();
        let toned = from_oklab([l, 0.018 * room, 0.062 * room]);
        [0, 1, 2].map(|i| mix(c[i], toned[i], s))
    })
}
