//! Night: little light and that blue (the eye sees blue longest, Purkinje), a dark sky, and what was bright now shines.

use super::light::{AS_IT_IS, Haze, Light, Scene, Sky, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Night,
        group: Group::Light,
        description: "Turns day into night: dark and blue, with lamps that shine.",
        example: "make it night",
        doing: "Turning the light off",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a night look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -2.5,
    contrast: 1.02,
    saturation: 0.5,
    shadows: [-0.004, -0.03],
    lights: [-0.008, -0.045],
    sky: Some(Sky {
        overhead: [0.14, -0.004, -0.045],
        horizon: [0.3, -0.008, -0.065],
        share: 0.93,
        clouds: 0.18,
    }),
    haze: Some(Haze {
        color: [0.24, -0.006, -0.055],
        near: 0.0,
        far: 0.3,
    }),
    glow: 0.85,
    lamps: Some([0.86, 0.03, 0.11]),
    corners: 0.5,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
