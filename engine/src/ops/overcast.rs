//! An overcast day: an even grey sky, soft shadows, quiet and cool colours.

use super::light::{AS_IT_IS, Haze, Light, Scene, Sky, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Overcast,
        group: Group::Light,
        description: "Puts the picture under an even grey sky.",
        example: "make it overcast",
        doing: "Drawing clouds over",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} an overcast look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -0.25,
    contrast: 0.8,
    detail: 1.05,
    saturation: 0.66,
    shadows: [-0.004, -0.008],
    lights: [-0.003, -0.012],
    sky: Some(Sky {
        overhead: [0.74, -0.004, -0.014],
        horizon: [0.86, -0.003, -0.008],
        share: 0.86,
        clouds: 0.55,
    }),
    haze: Some(Haze {
        color: [0.8, -0.004, -0.012],
        near: 0.0,
        far: 0.12,
    }),
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
