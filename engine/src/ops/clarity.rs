//! Local contrast: what stands out from its surroundings stands out more (or less), strong edges left alone.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::field::{Base, luma};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Clarity,
        group: Group::Detail,
        description: "Brings out texture and depth, or smooths them.",
        example: "add some clarity",
        doing: "Adding clarity",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "gave {t} {s}more clarity",
    tell_less: "gave {t} {s}less clarity",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    let base = Base::of(&canvas.raster, canvas.short_side() * 0.012, 0.1, canvas.run)?;
    let width = canvas.raster.width() as usize;
    let amount = if s > 0.0 { 1.6 * s } else { 0.8 * s };
    canvas.change(Space::Encoded, |y, row| {
        let (mut room, mut lines) = (Vec::new(), vec![[0.0; 2]; width]);
        base.row(y, &mut room, &mut lines);
        for (c, [slope, offset]) in row.iter_mut().zip(lines) {
            let own = luma(*c);
            let detail = own - (slope * own + offset);
            // Full effect in the middle tones, little near black (noise) and white (clipping).
            let weight = (4.0 * own * (1.0 - own)).clamp(0.0, 1.0);
            let by = detail * amount * weight / (1.0 + 4.0 * detail.abs());
            *c = c.map(|v| v + by);
        }
    })
}
