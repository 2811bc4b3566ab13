//! A newspaper's colour print: dots of cyan, magenta, yellow and black in four turned grids, larger where there is more ink.

use std::f32::consts::TAU;

use super::{Canvas, Group, Operation, OperationInfo, paint, strength};
use crate::color::{Curve, mix, smoothstep};
use crate::field::Field;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Halftone,
        group: Group::Style,
        description: "Prints the picture in the dots of a newspaper.",
        example: "make it a halftone print",
        doing: "Setting dots",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a halftone look {v}",
    tell_less: "",
    apply,
};

/// The usual angles of the four grids, in degrees: cyan, magenta, yellow, black.
const ANGLES: [f32; 4] = [15.0, 75.0, 0.0, 45.0];

/// What each ink lets through of red, green and blue.
const INKS: [[f32; 3]; 4] = [[0.0, 0.62, 0.9], [0.88, 0.06, 0.5], [1.0, 0.9, 0.06], [0.09, 0.09, 0.1]];

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    canvas.raster.make_rgb();
    let cell = (canvas.short_side() / mix(190.0, 70.0, s)).max(3.0);
    let soft = cell * 0.35;
    let mut tones = paint::visible(canvas, Field::<3>::factor_for(soft), Space::Encoded)?;
    tones.blur(soft, canvas.run)?;
    let threshold = thresholds();
    let width = canvas.raster.width() as usize;
    let turns = ANGLES.map(|a| a.to_radians().sin_cos());
    let cover = smoothstep(0.0, 0.2, s);
    canvas.change(Space::Encoded, |y, row| {
        let (mut room, mut line) = (Vec::new(), vec![[0.0; 3]; width]);
        tones.row(y, &mut room, &mut line);
        for (x, c) in row.iter_mut().enumerate() {
            let ink = inks(line[x]);
            let mut paper = PAPER;
            for ((share, (sin, cos)), through) in ink.into_iter().zip(turns).zip(INKS) {
                let (u, v) = (
                    (x as f32 * cos + y as f32 * sin) / cell,
                    (y as f32 * cos - x as f32 * sin) / cell,
                );
                let apart = spot(u, v) - threshold.at(share);
                // About one pixel of soft edge.
                let inked = smoothstep(-1.4 / cell, 1.4 / cell, apart);
                (0..3).for_each(|i| paper[i] *= mix(1.0, through[i], inked));
            }
            *c = std::array::from_fn(|i| mix(c[i], paper[i], cover));
        }
    })
}

/// The bare paper.
const PAPER: [f32; 3] = [0.985, 0.975, 0.95];

/// How much of each ink a colour needs so that the dots, seen from afar, have that colour again: what all three colours
/// share is mostly printed in black, and the rest is corrected for what the inks overlap (Demichel's equation).
fn inks(c: [f32; 3]) -> [f32; 4] {
    let cmy = c.map(|v| 1.0 - v);
    let shared = cmy[0].min(cmy[1]).min(cmy[2]);
    let black = shared * shared;
    let mut ink = [0.0, 0.0, 0.0, black];
    (0..3).for_each(|i| ink[i] = (cmy[i] - black) / (1.0 - black).max(0.02));
    for _ in 0..4 {
        let seen: [f32; 3] = std::array::from_fn(|i| {
            PAPER[i]
                * (0..4)
                    .map(|k| 1.0 - ink[k].clamp(0.0, 1.0) * (1.0 - INKS[k][i]))
                    .product::<f32>()
        });
        (0..3).for_each(|i| ink[i] += seen[i] - c[i]);
    }
    ink.map(|v| v.clamp(0.0, 1.0))
}

/// The height of the dots' landscape: 1 in the middle of a cell, 0 at its corners.
fn spot(u: f32, v: f32) -> f32 {
    (2.0 + (u * TAU).cos() + (v * TAU).cos()) * 0.25
}

/// At which height to cut the landscape so that a given share of it is inked.
fn thresholds() -> Curve {
    const SIDE: usize = 64;
    let mut heights: Vec<f32> = (0..SIDE * SIDE)
        .map(|i| spot((i % SIDE) as f32 / SIDE as f32, (i / SIDE) as f32 / SIDE as f32))
        .collect();
    heights.sort_by(|a, b| b.total_cmp(a));
    Curve::new(|share| match share {
        s if s <= 0.012 => 2.0,
        s if s >= 0.988 => -2.0,
        s => heights[(s * (SIDE * SIDE - 1) as f32) as usize],
    })
}
