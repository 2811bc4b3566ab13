//! Rain: an overcast, darker and wetter scene, and streaks at several depths.

use super::light::{AS_IT_IS, Haze, Light, Scene, Sky, light_share, relight};
use super::precipitation::{Layer, cover};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::mix;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Rain,
        group: Group::Light,
        description: "Lets it rain.",
        example: "make it rain",
        doing: "Letting it rain",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a rainy look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -0.75,
    contrast: 0.92,
    detail: 1.15,
    saturation: 0.6,
    shadows: [-0.006, -0.014],
    lights: [-0.006, -0.018],
    sky: Some(Sky {
        overhead: [0.5, -0.006, -0.02],
        horizon: [0.7, -0.005, -0.014],
        share: 0.9,
        clouds: 0.6,
    }),
    haze: Some(Haze {
        color: [0.66, -0.006, -0.016],
        near: 0.03,
        far: 0.5,
    }),
    glow: 0.15,
    corners: 0.25,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = light_share(strength(step, 0.5));
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, s)?;
    let unit = canvas.short_side() / 1000.0;
    let layers =
        [(1.0, 0.5, 0.3), (1.8, 0.42, 0.38), (3.4, 0.22, 0.42)].map(|(size, share, opacity): (f32, f32, f32)| Layer {
            cell: (9.0 * size * unit, 52.0 * size * unit),
            half: ((0.75 * size * unit).max(0.7), 24.0 * size * unit),
            share: share * mix(0.5, 1.0, s),
            opacity,
            lean: (0.14f32).sin_cos(),
            salt: (size * 10.0) as u64,
        });
    let seed = canvas.context.seed;
    canvas.change(Space::Encoded, |y, row| {
        let cover = cover(&layers, seed, y, row.len());
        for (c, cover) in row.iter_mut().zip(cover).filter(|(_, cover)| *cover > 0.0) {
            // A drop shows the bright sky behind it, so it lightens what is dark and hardly touches what is light.
            *c = c.map(|v| mix(v, v + (0.86 - v) * 0.75, cover * s));
        }
    })
}
