//! The first light: pink below, blue above, soft and a little hazy.

use super::light::{AS_IT_IS, Haze, Light, Scene, Sky, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Dawn,
        group: Group::Light,
        description: "Puts the picture into the first light of the day.",
        example: "make it dawn",
        doing: "Waiting for the morning",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a dawn look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -0.7,
    contrast: 0.92,
    saturation: 0.85,
    shadows: [0.004, -0.035],
    lights: [0.03, 0.012],
    sky: Some(Sky {
        overhead: [0.55, 0.005, -0.075],
        horizon: [0.84, 0.06, 0.05],
        share: 0.78,
        clouds: 0.45,
    }),
    haze: Some(Haze {
        color: [0.74, 0.03, -0.005],
        near: 0.02,
        far: 0.3,
    }),
    glow: 0.12,
    corners: 0.25,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
