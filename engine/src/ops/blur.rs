//! A soft, even blur in linear light, so that bright points spread as they do in a lens.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::field::Field;
use crate::plan::{Op, Step, Target};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Blur,
        group: Group::Detail,
        description: "Blurs softly, from a hint to beyond recognition.",
        example: "blur it a little",
        doing: "Blurring",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "blurred {t} {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    if step.target == Target::Background {
        return super::background_blur::apply(step, canvas);
    }
    let sigma = match step.params.width {
        Some(radius) => radius as f32 / 2.0,
        None => canvas.short_side() * 0.04 * strength(step, 0.5).abs().powi(2),
    };
    soften(canvas, sigma.clamp(0.3, canvas.short_side()), 1.0)
}

/// Blurs by `sigma` pixels, mixed with the picture by `share`. Transparent pixels lend no colour to their neighbours.
pub(super) fn soften(canvas: &mut Canvas<'_>, sigma: f32, share: f32) -> Result<(), RenderError> {
    let width = canvas.raster.width() as usize;
    let blend = move |row: &mut [[f32; 3]], smooth: &mut dyn FnMut(usize) -> [f32; 3]| {
        for (x, c) in row.iter_mut().enumerate() {
            let s = smooth(x);
            *c = std::array::from_fn(|i| c[i] + (s[i] - c[i]) * share);
        }
    };
    if canvas.raster.channels().has_alpha() {
        let field = Field::blurred(&canvas.raster, sigma, Space::Linear, canvas.run, |c, a| {
            [c[0] * a, c[1] * a, c[2] * a, a]
        })?;
        canvas.change(Space::Linear, |y, row| {
            let (mut room, mut smooth) = (Vec::new(), vec![[0.0; 4]; width]);
            field.row(y, &mut room, &mut smooth);
            blend(row, &mut |x| {
                let [r, g, b, a] = smooth[x];
                if a > 1e-4 { [r / a, g / a, b / a] } else { [r, g, b] }
            });
        })
    } else {
        let field = Field::blurred(&canvas.raster, sigma, Space::Linear, canvas.run, |c, _| c)?;
        canvas.change(Space::Linear, |y, row| {
            let (mut room, mut smooth) = (Vec::new(), vec![[0.0; 3]; width]);
            field.row(y, &mut room, &mut smooth);
            blend(row, &mut |x| smooth[x]);
        })
    }
}
