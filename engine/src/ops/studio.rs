//! Studio light: lifted shadows, a clean white, gentle contrast, and corners that fall off a little.

use super::light::{AS_IT_IS, Light, Scene, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Studio,
        group: Group::Light,
        description: "Lights the picture as in a studio: even, clean and soft.",
        example: "give it studio lighting",
        doing: "Setting up the lamps",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} studio lighting {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: 0.3,
    contrast: 1.06,
    detail: 1.2,
    saturation: 1.04,
    shadows: [0.0, -0.002],
    lights: [0.0, -0.004],
    corners: 0.75,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
