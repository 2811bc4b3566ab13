//! Darker corners, as an old lens makes them (or lighter ones): linear light falls off smoothly from the middle.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::smoothstep;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Vignette,
        group: Group::Tone,
        description: "Darkens the corners softly, or lightens them.",
        example: "add a subtle vignette",
        doing: "Darkening the corners",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "gave {t} a vignette {v}",
    tell_less: "lightened the corners of {t} {v}",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    let fall = falloff(canvas);
    canvas.change(Space::Linear, |y, row| {
        for (x, c) in row.iter_mut().enumerate() {
            let out = fall(x, y);
            let stops = if s > 0.0 { -2.4 * s * out } else { 1.4 * -s * out };
            let gain = stops.exp2();
            // Lightened corners bend towards white instead of clipping.
            *c = if gain > 1.0 {
                c.map(|v| v * gain / (1.0 + (gain - 1.0) * v))
            } else {
                c.map(|v| v * gain)
            };
        }
    })
}

/// How far out a pixel lies: 0 around the middle, 1 in the corners, following the picture's own proportions.
pub(super) fn falloff(canvas: &Canvas<'_>) -> impl Fn(usize, usize) -> f32 + Sync + use<> {
    let (w, h) = (canvas.raster.width() as f32 / 2.0, canvas.raster.height() as f32 / 2.0);
    move |x, y| {
        let (dx, dy) = ((x as f32 + 0.5) / w - 1.0, (y as f32 + 0.5) / h - 1.0);
        smoothstep(0.35, 1.42, (dx * dx + dy * dy).sqrt())
    }
}
