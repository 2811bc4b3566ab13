//! The look of a colour print of the seventies: faded blacks, warm lights, greenish shadows, grain and darker corners.

use super::{Canvas, Group, Operation, OperationInfo, grain, strength, vignette};
use crate::color::{Curve, from_oklab, mix, smoothstep, to_oklab};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Vintage,
        group: Group::Style,
        description: "Makes the picture look like a colour print of the seventies.",
        example: "make it look vintage",
        doing: "Ageing",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a vintage look {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    canvas.raster.make_rgb();
    let (fall, noise) = (vignette::falloff(canvas), grain::noise(canvas));
    let floor = 0.26 * s;
    let curve = Curve::new(|l| (l * l * l + floor * floor * floor).cbrt() * (1.0 - 0.06 * s));
    canvas.change(Space::Linear, |y, row| {
        row.iter_mut().for_each(|c| *c = to_oklab(*c));
        for (x, c) in row.iter_mut().enumerate() {
            let [l, a, b] = *c;
            let lights = smoothstep(0.35, 0.9, l);
            // Shadows lean to green and blue, lights to amber.
            let lean_a = mix(-0.012, 0.012, lights) * 2.0 * s;
            let lean_b = mix(-0.004, 0.042, lights) * 2.0 * s;
            let keep = 1.0 - 0.45 * s;
            let dark = 1.0 - 0.22 * s * fall(x, y);
            let grained = curve.at(l) * dark + noise(x, y) * 0.05 * s * (0.4 + 2.4 * l * (1.0 - l));
            *c = [grained.clamp(0.0, 1.0), a * keep + lean_a, b * keep + lean_b];
        }
        row.iter_mut().for_each(|c| *c = from_oklab(*c));
    })
}
