//! A comic-book look: flat colours in a few brightnesses, and ink lines around them.
//!
//! After Winnemöller, Olsen and Gooch 2006: edges kept, the rest evened out, lightness in soft steps, lines on top.

use super::paint::{self, LineScratch, Lines};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{from_oklab, mix, smoothstep, to_oklab};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Cartoon,
        group: Group::Style,
        description: "Makes the picture look like a comic book: flat colours and ink lines.",
        example: "make it a cartoon",
        doing: "Inking",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a cartoon look {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    canvas.raster.make_rgb();
    let unit = (canvas.short_side() / 900.0).max(0.8);
    let lines = Lines::of(canvas, 2.4 * unit, 0.022, 30.0 + 50.0 * s)?;
    let run = canvas.run;
    let flat = paint::cells(canvas)?.remade(|width, _, cells| paint::flatten(width, cells, 4, 0.05 + 0.05 * s, run))?;
    let steps = mix(11.0, 6.0, s);
    let width = canvas.raster.width() as usize;
    let cover = smoothstep(0.0, 0.3, s);
    canvas.change(Space::Linear, |y, row| {
        let mut scratch = LineScratch::default();
        lines.row(y, &mut scratch, width);
        let (mut room, mut flat_row) = (Vec::new(), vec![[0.0; 3]; width]);
        flat.row(y, &mut room, &mut flat_row);
        for (x, c) in row.iter_mut().enumerate() {
            let [l, a, b] = flat_row[x];
            let stepped = soft_steps(mix(l, smoothstep(0.05, 0.98, l), 0.5), steps);
            let ink = scratch.paper[x];
            let lively = 1.0 + 0.45 * s;
            let drawn = [stepped * mix(0.12, 1.0, ink), a * lively * ink, b * lively * ink];
            let was = to_oklab(*c);
            *c = from_oklab(std::array::from_fn(|i| mix(was[i], drawn[i], cover)));
        }
    })
}

/// Lightness in `steps` bands whose borders are soft enough not to flicker.
fn soft_steps(l: f32, steps: f32) -> f32 {
    let at = l * steps;
    let band = at.round();
    let within = (at - band) * 5.0;
    ((band + 0.5 * within.tanh()) / steps).clamp(0.0, 1.0)
}
