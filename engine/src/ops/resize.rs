//! Changes the number of pixels, resampling with Lanczos; both sides given means cut to fit, never stretched.

use super::{Canvas, Group, Operation, OperationInfo, geometry, resample};
use crate::plan::{Op, Params, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Resize,
        group: Group::Geometry,
        description: "Changes the size in pixels; when both sides are given, what does not fit is cut off evenly.",
        example: "resize it to 800 px wide",
        doing: "Resizing",
        default_strength: None,
        is_two_way: false,
    },
    tell: "resized {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    let (w, h) = wanted_size(&step.params, width, height)?;
    if w * h > canvas.context.max_pixels {
        return Err(RenderError::TooLarge {
            width: w,
            height: h,
            max_pixels: canvas.context.max_pixels,
        });
    }
    let (w, h) = (w as u32, h as u32);
    let cut = fitting(width, height, w, h);
    canvas.reshape(|raster, run| {
        let raster = if (cut.2, cut.3) == (width, height) {
            raster
        } else {
            geometry::cut(raster, cut)
        };
        resample::resample(&raster, w, h, run)
    })
}

/// The size that the params ask for; a side that is not named follows the picture's proportions.
pub(super) fn wanted_size(params: &Params, width: u32, height: u32) -> Result<(u64, u64), RenderError> {
    let (w, h) = (f64::from(width), f64::from(height));
    let (new_w, new_h) = match (params.width, params.height, params.scale) {
        (Some(a), Some(b), _) => (f64::from(a), f64::from(b)),
        (Some(a), None, _) => (f64::from(a), h * f64::from(a) / w),
        (None, Some(b), _) => (w * f64::from(b) / h, f64::from(b)),
        (None, None, Some(s)) if s > 0.0 && s.is_finite() => (w * f64::from(s), h * f64::from(s)),
        _ => {
            return Err(RenderError::BadStep {
                op: Op::Resize,
                problem: "no size is given",
            });
        }
    };
    Ok(((new_w.round() as u64).max(1), (new_h.round() as u64).max(1)))
}

/// The largest middle part of the picture with the proportions of `w × h`.
fn fitting(width: u32, height: u32, w: u32, h: u32) -> geometry::Rectangle {
    let wanted = f64::from(w) / f64::from(h);
    let is = f64::from(width) / f64::from(height);
    // Rounding the wanted side makes proportions differ by less than a pixel; that is no reason to cut.
    let (kept_w, kept_h) = if (is / wanted - 1.0).abs() < 1.0 / f64::from(w.min(h).max(1)) {
        (width, height)
    } else if is > wanted {
        (((f64::from(height) * wanted).round() as u32).clamp(1, width), height)
    } else {
        (width, ((f64::from(width) / wanted).round() as u32).clamp(1, height))
    };
    ((width - kept_w) / 2, (height - kept_h) / 2, kept_w, kept_h)
}
