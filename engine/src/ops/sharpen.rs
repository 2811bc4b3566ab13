//! Sharper: what a small blur takes away is added again, held back at strong edges so that no halo shows; softer: that blur.

use super::{Canvas, Group, Operation, OperationInfo, blur, strength};
use crate::field::{Field, luma};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Sharpen,
        group: Group::Detail,
        description: "Makes edges and textures crisper, or softer.",
        example: "sharpen it slightly",
        doing: "Sharpening",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "made {t} {s}sharper",
    tell_less: "made {t} {s}softer",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    let sigma = (canvas.short_side() / 1500.0).clamp(0.8, 3.0);
    if s < 0.0 {
        return blur::soften(canvas, sigma * 2.0, (-s).sqrt());
    }
    let field = Field::blurred(&canvas.raster, sigma, Space::Encoded, canvas.run, |c, _| [luma(c)])?;
    let width = canvas.raster.width() as usize;
    let amount = 3.0 * s;
    canvas.change(Space::Encoded, |y, row| {
        let (mut room, mut smooth) = (Vec::new(), vec![[0.0; 1]; width]);
        field.row(y, &mut room, &mut smooth);
        for (c, [s]) in row.iter_mut().zip(smooth) {
            let detail = luma(*c) - s;
            let edge = detail * amount / (1.0 + 10.0 * detail.abs());
            *c = c.map(|v| v + edge);
        }
    })
}
