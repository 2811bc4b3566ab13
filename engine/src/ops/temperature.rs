//! Warmer and cooler: red against blue in linear light, as a different lamp would do, at the same brightness.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{luminance, mix};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Temperature,
        group: Group::Tone,
        description: "Makes the light warmer (towards amber) or cooler (towards blue).",
        example: "make it a bit warmer",
        doing: "Setting the colour temperature",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "made {t} {s}warmer",
    tell_less: "made {t} {s}cooler",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    balance(canvas, [(0.42 * s).exp2(), (0.02 * s).exp2(), (-0.62 * s).exp2()])
}

/// Multiplies the channels and gives every pixel its brightness back, most of it in the lights, where clipping would show.
pub(super) fn balance(canvas: &mut Canvas<'_>, gains: [f32; 3]) -> Result<(), RenderError> {
    canvas.raster.make_rgb();
    canvas.change_pixels(|c| {
        let cast = [c[0] * gains[0], c[1] * gains[1], c[2] * gains[2]];
        let scale = luminance(c) / luminance(cast).max(1e-6);
        let peak = (cast[0].max(cast[1]).max(cast[2]) * scale).max(1.0);
        // White under a warm lamp is a little warm, not clipped: what would go over is let down instead.
        let down = mix(1.0, 1.0 / peak, 0.6);
        cast.map(|v| v * scale * down)
    })
}
