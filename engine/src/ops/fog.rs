//! Fog: the farther, the more of it; colours and shadows fade with the distance (Koschmieder).

use super::light::{AS_IT_IS, Haze, Light, Scene, Sky, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Fog,
        group: Group::Light,
        description: "Lets fog in, thicker with the distance.",
        example: "add fog",
        doing: "Letting the fog in",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a foggy look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -0.05,
    contrast: 0.85,
    saturation: 0.7,
    lights: [-0.002, -0.006],
    sky: Some(Sky {
        overhead: [0.84, -0.003, -0.008],
        horizon: [0.88, -0.002, -0.005],
        share: 0.92,
        clouds: 0.1,
    }),
    haze: Some(Haze {
        color: [0.87, -0.002, -0.006],
        near: 0.12,
        far: 0.9,
    }),
    glow: 0.1,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
