//! A cast: between green and magenta, or towards a colour that is named.

use super::{Canvas, Group, Operation, OperationInfo, strength, temperature};
use crate::color::{mix, to_oklab};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Tint,
        group: Group::Tone,
        description: "Shifts between green and magenta, or bathes the picture in a colour.",
        example: "give it a blue tint",
        doing: "Tinting",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "gave {t} {s}more of a magenta cast",
    tell_less: "gave {t} {s}more of a green cast",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    let Some(color) = &step.params.color else {
        return temperature::balance(canvas, [(0.2 * s).exp2(), (-0.4 * s).exp2(), (0.2 * s).exp2()]);
    };
    let color = parse_hex(color).ok_or(RenderError::BadStep {
        op: Op::Tint,
        problem: "the colour is not like #a0b1c2",
    })?;
    let [_, a, b] = to_oklab(color);
    canvas.raster.make_rgb();
    let share = 0.75 * s.abs();
    canvas.change_lab(|lab| {
        // Black and white take no colour, so the tint is strongest in between.
        let room = (4.0 * lab[0] * (1.0 - lab[0])).clamp(0.0, 1.0).sqrt();
        [lab[0], mix(lab[1], a * room, share), mix(lab[2], b * room, share)]
    })
}

/// Linear light of `#rrggbb`.
pub(super) fn parse_hex(text: &str) -> Option<[f32; 3]> {
    let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii())?;
    let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    let rgb = [channel(0)?, channel(2)?, channel(4)?];
    Some(rgb.map(|v| crate::color::decode_exactly(f32::from(v) / 255.0)))
}
