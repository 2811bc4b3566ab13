//! The look of a print that has hung in the sun: blacks lifted, whites dulled a little, colour weakened.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::Curve;
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Fade,
        group: Group::Tone,
        description: "Gives a faded, matte look.",
        example: "give it a faded look",
        doing: "Fading",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "made {t} {s}more faded",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    // A toe instead of a plain lift keeps the middle tones where they are.
    let curve = Curve::new(|l| {
        let floor = 0.34 * s;
        let lifted = (l * l * l + floor * floor * floor).cbrt();
        lifted * (1.0 - 0.08 * s)
    });
    let chroma = 1.0 - 0.4 * s;
    canvas.change_lab(|[l, a, b]| [curve.at(l), a * chroma, b * chroma])
}
