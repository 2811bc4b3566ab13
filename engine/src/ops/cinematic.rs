//! A film grade: teal shadows, warm lights, deep contrast, a breath of halation, dark corners.

use super::light::{AS_IT_IS, Light, Scene, light_share, relight};
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Cinematic,
        group: Group::Light,
        description: "Grades the picture like a film: teal shadows, warm lights.",
        example: "make it cinematic",
        doing: "Grading",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} a cinematic look {v}",
    tell_less: "",
    apply,
};

const LIGHT: Light = Light {
    stops: -0.15,
    contrast: 1.18,
    detail: 1.12,
    saturation: 0.92,
    shadows: [-0.024, -0.024],
    lights: [0.016, 0.038],
    glow: 0.14,
    corners: 0.7,
    ..AS_IT_IS
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let scene = Scene::of(canvas)?;
    relight(canvas, &scene, &LIGHT, light_share(strength(step, 0.5)))
}
