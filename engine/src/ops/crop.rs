//! Cuts the picture: to a ratio, a size, a share, or to what is drawn; `place` says which part is kept.

use super::{Canvas, Group, Operation, OperationInfo, geometry, geometry::Rectangle};
use crate::plan::{Op, Params, Place, Step};
use crate::render::RenderError;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Crop,
        group: Group::Geometry,
        description: "Cuts the picture to a ratio, a size, a part of it, or to the region that is drawn.",
        example: "crop it to a square",
        doing: "Cropping",
        default_strength: None,
        is_two_way: false,
    },
    tell: "cropped {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    let (mut left, mut top, mut w, mut h) = match canvas.mask() {
        Some(mask) => mask.bounds().ok_or(RenderError::NoRegion)?,
        None => (0, 0, width, height),
    };
    let (kept_w, kept_h) = kept_size(&step.params, w, h)?;
    let (x, y) = anchor(step.params.place);
    left += ((w - kept_w) as f32 * x).round() as u32;
    top += ((h - kept_h) as f32 * y).round() as u32;
    (w, h) = (kept_w, kept_h);
    let rectangle: Rectangle = (left, top, w, h);
    canvas.reshape(|raster, _| Ok(geometry::cut(raster, rectangle)))
}

/// How much of `width × height` stays, at least one pixel and never more than there is.
fn kept_size(params: &Params, width: u32, height: u32) -> Result<(u32, u32), RenderError> {
    let bad = |problem| RenderError::BadStep { op: Op::Crop, problem };
    let (mut w, mut h) = (f64::from(width), f64::from(height));
    if let Some(share) = params.scale.map(f64::from) {
        if !(share > 0.0 && share <= 1.0) {
            return Err(bad("the share to keep is not between 0 and 1"));
        }
        // A side alone keeps the full length across it; a corner or the middle keeps a share of both sides.
        if !matches!(params.place, Some(Place::Top | Place::Bottom)) {
            w *= share;
        }
        if !matches!(params.place, Some(Place::Left | Place::Right)) {
            h *= share;
        }
    }
    w = params.width.map_or(w, |v| w.min(v.into()));
    h = params.height.map_or(h, |v| h.min(v.into()));
    if let Some(ratio) = &params.ratio {
        let ratio = parse_ratio(ratio).ok_or_else(|| bad("the ratio is not like 16:9"))?;
        if w / h > ratio { w = h * ratio } else { h = w / ratio }
    }
    Ok(((w.round() as u32).clamp(1, width), (h.round() as u32).clamp(1, height)))
}

/// Width over height of `"16:9"`.
pub(super) fn parse_ratio(text: &str) -> Option<f64> {
    let (w, h) = text.split_once(':')?;
    let (w, h): (f64, f64) = (w.trim().parse().ok()?, h.trim().parse().ok()?);
    (w > 0.0 && h > 0.0 && w.is_finite() && h.is_finite()).then_some(w / h)
}

/// Where the kept part lies in what is left over: 0 is left or top, 1 right or bottom.
fn anchor(place: Option<Place>) -> (f32, f32) {
    use Place::{Bottom, BottomLeft, BottomRight, Center, Left, Right, Top, TopLeft, TopRight};
    let place = place.unwrap_or(Center);
    let x = match place {
        TopLeft | Left | BottomLeft => 0.0,
        Top | Center | Bottom => 0.5,
        TopRight | Right | BottomRight => 1.0,
    };
    let y = match place {
        TopLeft | Top | TopRight => 0.0,
        Left | Center | Right => 0.5,
        BottomLeft | Bottom | BottomRight => 1.0,
    };
    (x, y)
}
