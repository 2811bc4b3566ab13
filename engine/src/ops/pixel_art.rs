//! Pixel art: large square pixels in a small palette of the picture's own colours, with a little ordered dither.

use super::paint::{nearest, palette};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{Rgb, from_oklab, mix, to_oklab};
use crate::field::Field;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::PixelArt,
        group: Group::Style,
        description: "Redraws the picture in large pixels and few colours, like an old game.",
        example: "make it pixel art",
        doing: "Setting pixels",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a pixel art look {v}",
    tell_less: "",
    apply,
};

/// Bayer's 4×4 order of thresholds.
const ORDER: [[f32; 4]; 4] = [
    [0.0, 8.0, 2.0, 10.0],
    [12.0, 4.0, 14.0, 6.0],
    [3.0, 11.0, 1.0, 9.0],
    [15.0, 7.0, 13.0, 5.0],
];

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    canvas.raster.make_rgb();
    let across = mix(190.0, 60.0, s);
    let block = ((canvas.short_side() / across).round() as usize).max(2);
    let field = Field::<4>::gather(&canvas.raster, block, Space::Linear, canvas.run, |c, a| {
        [c[0] * a, c[1] * a, c[2] * a, a]
    })?;
    let (width, _, cells) = field.cells();
    let colours: Vec<Rgb> = cells.iter().map(|&cell| lively(cell)).collect();
    let palette = palette(&colours, mix(48.0, 20.0, s) as usize);
    let set: Vec<Rgb> = colours
        .iter()
        .enumerate()
        .map(|(at, &c)| {
            let lift = (ORDER[at / width % 4][at % width % 4] / 15.0 - 0.5) * 0.035;
            from_oklab(palette[nearest(&palette, [c[0] + lift, c[1], c[2]]).0])
        })
        .collect();
    canvas.change(Space::Linear, |y, row| {
        let line = &set[y / block * width..][..width];
        for (x, c) in row.iter_mut().enumerate() {
            *c = line[x / block];
        }
    })
}

/// A cell's colour in OKLab, a little more colourful and contrasty than it was, as a small palette needs.
fn lively([r, g, b, a]: [f32; 4]) -> Rgb {
    let colour = if a > 1e-4 { [r / a, g / a, b / a] } else { [r, g, b] };
    let [l, u, v] = to_oklab(colour);
    [0.5 + (l - 0.5) * 1.08, u * 1.2, v * 1.2]
}
