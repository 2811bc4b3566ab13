//! Takes haze away by the dark channel: where even the darkest colour is bright, that much of the light is haze.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::smoothstep;
use crate::field::{Field, luma};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Dehaze,
        group: Group::Detail,
        description: "Clears haze and mist from distant parts.",
        example: "remove the haze",
        doing: "Clearing haze",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "took haze from {t} {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    let factor = (canvas.short_side() / 360.0).round().clamp(1.0, 64.0) as usize;
    let cells = Field::<3>::gather(&canvas.raster, factor, Space::Encoded, canvas.run, |c, _| c)?;
    let air = air_light(&cells);
    let haze = veil(&canvas.raster, factor, air, canvas)?;
    let width = canvas.raster.width() as usize;
    let take = (0.45 + 0.45 * s) * smoothstep(0.0, 0.5, s);
    canvas.change(Space::Encoded, |y, row| {
        let (mut room, mut lines) = (Vec::new(), vec![[0.0; 2]; width]);
        haze.row(y, &mut room, &mut lines);
        for (c, [slope, offset]) in row.iter_mut().zip(lines) {
            let share = (slope * luma(*c) + offset).clamp(0.0, 1.0) * take;
            let through = (1.0 - share).max(0.35);
            *c = std::array::from_fn(|i| (c[i] - air[i]) / through + air[i]);
        }
    })
}

/// The colour of the haze: the mean of the cells whose darkest channel is brightest.
fn air_light(cells: &Field<3>) -> [f32; 3] {
    let mut by_dark: Vec<[f32; 3]> = cells.cells().2.to_vec();
    by_dark.sort_by(|a, b| darkest(*b).total_cmp(&darkest(*a)));
    let some = &by_dark[..(by_dark.len() / 200).max(1)];
    let mean: [f32; 3] = std::array::from_fn(|i| some.iter().map(|c| c[i]).sum::<f32>() / some.len() as f32);
    mean.map(|v| v.max(0.5))
}

fn darkest(c: [f32; 3]) -> f32 {
    c[0].min(c[1]).min(c[2])
}

/// How much haze lies over each place, as a line over the luma (a guided filter), so that it follows the picture's edges.
fn veil(
    raster: &crate::raster::Raster,
    factor: usize,
    air: [f32; 3],
    canvas: &Canvas<'_>,
) -> Result<Field<2>, RenderError> {
    let dark = Field::<2>::gather(raster, factor, Space::Encoded, canvas.run, |c, _| {
        [darkest([c[0] / air[0], c[1] / air[1], c[2] / air[2]]), luma(c)]
    })?;
    let mut sums = dark.open_first(4).map(|[d, y]| [d, y, d * y, y * y], canvas.run)?;
    let sigma = (8 * factor) as f32;
    sums.blur(sigma, canvas.run)?;
    let mut lines = sums.map(
        |[d, y, dy, yy]| {
            let slope = (dy - d * y) / ((yy - y * y).max(0.0) + 0.001);
            [slope, d - slope * y]
        },
        canvas.run,
    )?;
    lines.blur(sigma * 0.5, canvas.run)?;
    Ok(lines)
}
