//! Another ground behind the subject: a slope of colours or a studio's sweep.

use super::edges::{change_around, kept, over};
use super::tint::parse_hex;
use super::{Canvas, Group, Operation, OperationInfo};
use crate::color::{Rgb, from_oklab, mix, smoothstep, to_oklab};
use crate::plan::{Op, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::BackgroundReplace,
        group: Group::Subject,
        description: "Puts a studio backdrop behind the subject.",
        example: "change the background to a studio",
        doing: "Replacing the background",
        default_strength: None,
        is_two_way: false,
    },
    tell: "changed {t}",
    tell_less: "",
    apply,
};

/// Whether the step's ground is one that can be made here.
pub(super) fn is_possible(step: &Step) -> bool {
    step.params.reference.is_none()
        && matches!(step.params.scene.as_deref(), None | Some("studio" | "gradient"))
        && (step.params.scene.is_some() || step.params.color.is_some())
}

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    if !is_possible(step) {
        return Err(RenderError::BadStep {
            op: Op::BackgroundReplace,
            problem: "this ground cannot be made here",
        });
    }
    let color = step.params.color.as_deref().unwrap_or("#b9bcc2");
    let middle = parse_hex(color).map(to_oklab).ok_or(RenderError::BadStep {
        op: Op::BackgroundReplace,
        problem: "the colour is not #rrggbb",
    })?;
    let mask = kept(step, canvas)?;
    canvas.raster.make_rgb();
    let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
    let is_studio = step.params.scene.as_deref() == Some("studio");
    change_around(canvas, &mask, |x, y, pixel| {
        let (u, v) = ((x as f32 + 0.5) / width, (y as f32 + 0.5) / height);
        let ground = if is_studio {
            studio(middle, u, v)
        } else {
            slope(middle, v)
        };
        (over(pixel, dithered(ground, x, y)), 1.0)
    })
}

/// Lighter above, darker below.
fn slope([l, a, b]: Rgb, v: f32) -> Rgb {
    from_oklab([(l + 0.14 * (1.0 - 2.0 * v)).clamp(0.0, 1.0), a, b])
}

/// A paper sweep: a pool of light behind the subject, a floor that comes forward, dim corners.
fn studio([l, a, b]: Rgb, u: f32, v: f32) -> Rgb {
    let far = ((u - 0.5).powi(2) * 1.1 + (v - 0.42).powi(2)).sqrt();
    let light = mix(0.1, -0.22, smoothstep(0.0, 0.85, far));
    let floor = 0.06 * smoothstep(0.72, 0.95, v);
    from_oklab([(l + light + floor).clamp(0.02, 0.99), a, b])
}

/// A slow slope shows steps in 8 bits; a pattern finer than the eye hides them.
fn dithered(colour: Rgb, x: usize, y: usize) -> Rgb {
    // Interleaved gradient noise (Jimenez, 2014): even in every small neighbourhood.
    let noise = (52.982_918 * ((0.067_110_56 * x as f32 + 0.005_837_15 * y as f32) % 1.0)) % 1.0 - 0.5;
    colour.map(|v| {
        let root = v.max(0.0).sqrt() + noise / 255.0;
        root.max(0.0).powi(2)
    })
}
