//! A pencil drawing: ink-fine outlines, and shading in crossed pencil strokes on white paper.
//!
//! After the idea of drawing lines and tones apart (Lu, Xu and Jia 2012): tones are lightened as a hand would, and their
//! darkness is laid on as strokes in two directions.

use super::paint::{LineScratch, Lines, noise_at};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{Curve, mix, smoothstep};
use crate::field::{Field, luma};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Sketch,
        group: Group::Style,
        description: "Draws the picture in pencil.",
        example: "turn it into a pencil sketch",
        doing: "Drawing",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a pencil sketch look {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    let unit = (canvas.short_side() / 900.0).max(0.8);
    let lines = Lines::of(canvas, 1.7 * unit, 0.005, 22.0 + 26.0 * s)?;
    let tones = Field::blurred(&canvas.raster, 2.2 * unit, Space::Encoded, canvas.run, |c, a| {
        // What is see-through is paper.
        [luma(c) * a + 1.0 - a]
    })?;
    let darkness = Curve::new(|l| (1.0 - l).powf(1.6) * (0.5 + 0.5 * s));
    let (seed, width) = (canvas.context.seed, canvas.raster.width() as usize);
    let cover = smoothstep(0.0, 0.3, s);
    canvas.change(Space::Encoded, |y, row| {
        let mut scratch = LineScratch::default();
        lines.row(y, &mut scratch, width);
        let (mut room, mut soft) = (Vec::new(), vec![[0.0]; width]);
        tones.row(y, &mut room, &mut soft);
        for (x, c) in row.iter_mut().enumerate() {
            let dark = darkness.at(soft[x][0]);
            let stroke = |turn: f32, salt: u64| {
                let (sin, cos) = turn.sin_cos();
                let (px, py) = (x as f32 / unit, y as f32 / unit);
                let (along, across) = (px * cos + py * sin, py * cos - px * sin);
                0.5 + 0.5 * noise_at(seed ^ salt, along / 26.0, across / 1.5).clamp(-1.0, 1.0)
            };
            // The first strokes shade everything, the second ones cross them where it is dark.
            let first = dark * (0.55 + 0.75 * stroke(-0.85, 1));
            let second = (dark - 0.34).max(0.0) * 1.1 * stroke(0.5, 2);
            let paper = 0.975 + 0.012 * noise_at(seed ^ 3, x as f32 / unit, y as f32 / unit);
            let drawn = (paper - first - second).clamp(0.14, 1.0) * mix(1.0, scratch.paper[x], 0.92);
            let drawn = [drawn, drawn * 0.997, drawn * 0.985];
            *c = std::array::from_fn(|i| mix(c[i], drawn[i], cover));
        }
    })
}
