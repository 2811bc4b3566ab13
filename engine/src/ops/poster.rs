//! A screen-printed poster: the picture in a handful of its own colours, flat and strong, with clean edges.

use super::paint::{self, nearest};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{Rgb, from_oklab, mix, smoothstep, to_oklab};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Poster,
        group: Group::Style,
        description: "Prints the picture as a poster in a handful of flat colours.",
        example: "make it a poster",
        doing: "Printing",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a poster look {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    canvas.raster.make_rgb();
    let run = canvas.run;
    let flat = paint::cells(canvas)?.remade(|width, _, cells| paint::flatten(width, cells, 5, 0.08, run))?;
    let found = paint::palette(flat.cells().2, mix(14.0, 6.0, s).round() as usize);
    let inks: Vec<Rgb> = strengthened(&found);
    let width = canvas.raster.width() as usize;
    let cover = smoothstep(0.0, 0.3, s);
    canvas.change(Space::Linear, |y, row| {
        let (mut room, mut flat_row) = (Vec::new(), vec![[0.0; 3]; width]);
        flat.row(y, &mut room, &mut flat_row);
        for (c, flat) in row.iter_mut().zip(&flat_row) {
            let (first, second, near, far) = nearest(&found, *flat);
            // Only a sliver between two colours is mixed, so that edges are smooth and areas flat.
            let edge = 0.5 - 0.5 * smoothstep(0.0, 0.12, (far - near) / (far + near + 1e-6));
            let ink: Rgb = std::array::from_fn(|i| mix(inks[first][i], inks[second][i], edge));
            let was = to_oklab(*c);
            *c = from_oklab(std::array::from_fn(|i| mix(was[i], ink[i], cover)));
        }
    })
}

/// The found colours as inks: the darkest darker, the lightest nearer to paper, all of them more colourful.
fn strengthened(found: &[Rgb]) -> Vec<Rgb> {
    let (low, high) = (found[0][0], found[found.len() - 1][0]);
    let spread = |l: f32| {
        let t = (l - low) / (high - low).max(0.05);
        mix(l, mix(0.16, 0.95, t), 0.35)
    };
    found.iter().map(|c| [spread(c[0]), c[1] * 1.45, c[2] * 1.45]).collect()
}
