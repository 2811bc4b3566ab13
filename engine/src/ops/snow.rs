//! Snow: a cold white day, snow lying on the ground, and flakes falling at several depths.

use super::light::{AS_IT_IS, Haze, Light, Scene, Sky, light_share, relight};
use super::paint::noise_at;
use super::precipitation::{Layer, cover};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{from_oklab, mix, smoothstep, to_oklab};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Snow,
        group: Group::Light,
        description: "Lets it snow.",
        example: "make it snow",
        doing: "Letting it snow",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a snowy look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: 0.05,
    contrast: 0.96,
    saturation: 0.62,
    shadows: [-0.004, -0.022],
    lights: [-0.003, -0.012],
    sky: Some(Sky {
        overhead: [0.8, -0.004, -0.014],
        horizon: [0.9, -0.002, -0.007],
        share: 0.88,
        clouds: 0.25,
    }),
    haze: Some(Haze {
        color: [0.89, -0.003, -0.01],
        near: 0.01,
        far: 0.28,
    }),
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = light_share(strength(step, 0.5));
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, s)?;
    lie(canvas, &scene, s)?;
    fall(canvas, s)
}

/// Snow on the ground: thickest on what is light and below the horizon, in drifts; dark things look out of it.
fn lie(canvas: &mut Canvas<'_>, scene: &Scene, s: f32) -> Result<(), RenderError> {
    let (seed, drift) = (canvas.context.seed, canvas.short_side() / 9.0);
    canvas.change(Space::Linear, |y, row| {
        let ground = scene.ground(y);
        if ground <= 0.0 {
            return;
        }
        let drifts = drifts(seed, y, row.len(), drift);
        for (x, c) in row.iter_mut().enumerate() {
            let open = ground * (1.0 - scene.sky(x, y)) * (1.0 - scene.subject(x, y));
            if open <= 0.0 {
                continue;
            }
            let [l, a, b] = to_oklab(*c);
            let lies = smoothstep(0.0, 0.25, open) * smoothstep(0.22, 0.55, l + 0.3 * drifts[x]) * s;
            let white = [0.8 + 0.2 * l, -0.003, -0.012 * (1.0 - l)];
            *c = from_oklab([
                mix(l, white[0], 0.86 * lies),
                mix(a, white[1], 0.9 * lies),
                mix(b, white[2], 0.9 * lies),
            ]);
        }
    })
}

/// How high the drifts are along a row; they are wide, so between a few places straight lines do.
fn drifts(seed: u64, y: usize, width: usize, drift: f32) -> Vec<f32> {
    let step = ((drift / 25.0) as usize).clamp(1, 16);
    let v = y as f32 / drift * 2.5;
    let height = |x: usize| {
        let u = x as f32 / drift;
        0.5 + 0.35 * noise_at(seed ^ 21, u, v) + 0.2 * noise_at(seed ^ 22, u * 3.1, v * 3.1)
    };
    let known: Vec<f32> = (0..=width / step + 1).map(|i| height(i * step)).collect();
    (0..width)
        .map(|x| mix(known[x / step], known[x / step + 1], (x % step) as f32 / step as f32))
        .collect()
}

/// Flakes in the air.
fn fall(canvas: &mut Canvas<'_>, s: f32) -> Result<(), RenderError> {
    let unit = canvas.short_side() / 1000.0;
    let layers = [
        (5.0, 1.1, 0.42, 0.7),
        (10.0, 2.1, 0.36, 0.8),
        (24.0, 4.2, 0.24, 0.82),
        (70.0, 10.0, 0.14, 0.5),
    ]
    .map(|(cell, half, share, opacity): (f32, f32, f32, f32)| Layer {
        cell: (cell * 2.2 * unit, cell * 2.2 * unit),
        half: ((half * unit).max(0.8), (half * 1.15 * unit).max(0.8)),
        share: share * mix(0.5, 1.0, s),
        opacity,
        lean: (0.2f32).sin_cos(),
        salt: cell as u64,
    });
    let seed = canvas.context.seed;
    canvas.change(Space::Encoded, |y, row| {
        let cover = cover(&layers, seed, y, row.len());
        for (c, cover) in row.iter_mut().zip(cover).filter(|(_, cover)| *cover > 0.0) {
            *c = c.map(|v| mix(v, 0.985, cover * s));
        }
    })
}
