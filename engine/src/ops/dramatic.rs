//! Drama: hard local contrast, deep shadows, quieter colours, a heavy sky.

use super::light::{AS_IT_IS, Light, Scene, Sky, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Dramatic,
        group: Group::Light,
        description: "Makes the picture dramatic: deep shadows, a heavy sky, much detail.",
        example: "make it dramatic",
        doing: "Setting the mood",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a dramatic look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -0.4,
    contrast: 1.22,
    detail: 1.8,
    saturation: 0.78,
    shadows: [-0.002, -0.01],
    lights: [0.002, 0.008],
    sky: Some(Sky {
        overhead: [0.34, -0.006, -0.03],
        horizon: [0.66, 0.0, -0.01],
        share: 0.6,
        clouds: 1.3,
    }),
    corners: 1.0,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
