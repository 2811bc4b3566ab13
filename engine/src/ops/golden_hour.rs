//! The hour before sunset: golden lights, long warm shadows, a glowing sky.

use super::light::{AS_IT_IS, Haze, Light, Scene, Sky, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::GoldenHour,
        group: Group::Light,
        description: "Bathes the picture in the low, golden light before sunset.",
        example: "make it look like golden hour",
        doing: "Waiting for the evening",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a golden hour look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -0.1,
    contrast: 1.06,
    saturation: 1.12,
    shadows: [0.012, 0.012],
    lights: [0.022, 0.075],
    sky: Some(Sky {
        overhead: [0.66, 0.015, -0.03],
        horizon: [0.84, 0.045, 0.115],
        share: 0.72,
        clouds: 0.5,
    }),
    haze: Some(Haze {
        color: [0.84, 0.03, 0.1],
        near: 0.02,
        far: 0.26,
    }),
    glow: 0.22,
    corners: 0.35,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
