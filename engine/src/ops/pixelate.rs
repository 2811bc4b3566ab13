//! Squares of one colour, as in a censored picture: each block becomes its mean in linear light.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::field::Field;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Pixelate,
        group: Group::Detail,
        description: "Turns the picture into coarse squares.",
        example: "pixelate it",
        doing: "Pixelating",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "pixelated {t} {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let block = match step.params.width {
        Some(pixels) => pixels as f32,
        None => canvas.short_side() * 0.08 * strength(step, 0.5).abs().powi(2),
    };
    let block = (block.round() as usize).clamp(1, canvas.short_side() as usize);
    let field = Field::<4>::gather(&canvas.raster, block, Space::Linear, canvas.run, |c, a| {
        [c[0] * a, c[1] * a, c[2] * a, a]
    })?;
    let (across, _, cells) = field.cells();
    canvas.change(Space::Linear, |y, row| {
        let line = &cells[y / block * across..][..across];
        for (x, c) in row.iter_mut().enumerate() {
            let [r, g, b, a] = line[x / block];
            *c = if a > 1e-4 { [r / a, g / a, b / a] } else { [r, g, b] };
        }
    })
}
