//! More pixels by Lanczos resampling: larger and clean, with no detail made up. It says so where it is told.
//!
//! The one rule: the words never promise new detail; a net that adds some may take this place when it is present.

use super::{Canvas, Group, Operation, OperationInfo, resample, resize};
use crate::plan::{Op, Params, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Upscale,
        group: Group::Geometry,
        description: "Makes the picture larger by Lanczos resampling; no new detail is made up.",
        example: "upscale it 2x",
        doing: "Upscaling",
        default_strength: None,
        is_two_way: false,
    },
    tell: "upscaled {t} with Lanczos resampling",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let params = Params {
        scale: step.params.scale.or(Some(2.0)),
        ..step.params.clone()
    };
    let (w, h) = resize::wanted_size(&params, canvas.raster.width(), canvas.raster.height())?;
    if w * h > canvas.context.max_pixels {
        return Err(RenderError::TooLarge {
            width: w,
            height: h,
            max_pixels: canvas.context.max_pixels,
        });
    }
    canvas.reshape(|raster, run| resample::resample(&raster, w as u32, h as u32, run))
}
