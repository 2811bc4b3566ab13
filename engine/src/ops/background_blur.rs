//! A ground out of focus: blurred without the subject's colours in it, so that no halo grows around the subject.

use super::edges::{change_around, kept, over};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::field::Field;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::BackgroundBlur,
        group: Group::Subject,
        description: "Blurs what is behind the subject, as a wide lens opening does.",
        example: "blur the background",
        doing: "Blurring the background",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "blurred {t} {v}",
    tell_less: "",
    apply,
};

pub(super) fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let sigma = match step.params.width {
        Some(radius) => radius as f32 / 2.0,
        None => canvas.short_side() * 0.05 * strength(step, 0.5).abs().powf(1.5),
    };
    let sigma = sigma.clamp(0.3, canvas.short_side());
    let mask = kept(step, canvas)?;
    let factor = Field::<4>::factor_for(sigma);
    // Light of the ground alone, and how much of it there is nearby.
    let mut ground = Field::gather_at(
        &canvas.raster,
        factor,
        Space::Linear,
        canvas.run,
        |x, y, [r, g, b], a| {
            let share = 1.0 - f32::from(mask.row(y)[x]) / 255.0;
            let weight = share * share * a + 1e-6;
            [r * weight, g * weight, b * weight, weight]
        },
    )?;
    ground.blur(sigma, canvas.run)?;
    let ground = ground.map(|v| v, canvas.run)?;
    change_around(canvas, &mask, |x, y, pixel| {
        let [r, g, b, weight] = ground.at(x, y);
        (over(pixel, [r / weight, g / weight, b / weight]), pixel.alpha)
    })
}
