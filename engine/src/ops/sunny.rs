//! A sunny day: more and warmer light, clear shadows, stronger colours, a blue sky.

use super::light::{AS_IT_IS, Light, Scene, Sky, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Sunny,
        group: Group::Light,
        description: "Lets the sun out: bright, warm and clear, with a blue sky.",
        example: "make it sunny",
        doing: "Letting the sun out",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a sunny look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: 0.45,
    contrast: 1.12,
    detail: 1.1,
    saturation: 1.22,
    shadows: [-0.002, -0.006],
    lights: [0.003, 0.03],
    sky: Some(Sky {
        overhead: [0.62, -0.035, -0.12],
        horizon: [0.83, -0.025, -0.055],
        share: 0.7,
        clouds: 0.5,
    }),
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
