//! A larger canvas: what is new is continued from the picture's own texture, mirrored, or blurred.
//!
//! The one rule: the old picture keeps its very bytes inside the new one. `style` says how it is filled when not by
//! completion: `mirrored` or `blurred`.

use super::crop::parse_ratio;
use super::{Canvas, Group, Operation, OperationInfo};
use crate::field::Field;
use crate::fill::{self, Hole};
use crate::plan::{Direction, Op, Params, Place, Step, Target};
use crate::raster::{Mask, Raster, Samples};
use crate::render::RenderError;
use crate::rows::{Sample, Space, change_rows};

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Expand,
        group: Group::Geometry,
        description: "Makes the canvas larger and continues the picture there.",
        example: "extend the picture to 16:9",
        doing: "Extending",
        default_strength: None,
        is_two_way: false,
    },
    tell: "extended {t}",
    tell_less: "",
    apply,
};

/// How much is added when the words do not say: a quarter.
const DEFAULT: f32 = 1.25;
/// More than so many times a side is no picture any more.
const MOST: f32 = 4.0;

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let old = (canvas.raster.width(), canvas.raster.height());
    let new = wanted_size(&step.params, old)?;
    let pixels = u64::from(new.0) * u64::from(new.1);
    if pixels > canvas.context.max_pixels {
        return Err(RenderError::TooLarge {
            width: new.0.into(),
            height: new.1.into(),
            max_pixels: canvas.context.max_pixels,
        });
    }
    if new == old {
        return Ok(());
    }
    let (x, y) = side_of_old(step.params.place);
    let at = (
        ((new.0 - old.0) as f32 * x).round() as u32,
        ((new.1 - old.1) as f32 * y).round() as u32,
    );
    let style = step.params.style.as_deref();
    // What stands in the picture is not to stand there twice; without a subject nothing is shunned, and what reaches the
    // edge (a mountain) has to go on there.
    let has_net = canvas.context.nets.subject.is_some();
    let has_subject = style.is_none()
        && has_net
        && canvas.select(&Target::Subject).is_ok_and(|subject| {
            let bounds = subject.as_ref().and_then(Mask::bounds);
            bounds.is_some_and(|(x, y, w, h)| x > 0 && y > 0 && x + w < old.0 && y + h < old.1)
        });
    canvas.reshape(|raster, _| Ok(padded(&raster, new, at)))?;
    let hole = outside(new, old, at);
    match style {
        Some("mirrored") => {
            mirror_outside(&mut canvas.raster, old, at);
            Ok(())
        }
        Some("blurred") => {
            mirror_outside(&mut canvas.raster, old, at);
            blur_outside(canvas, &hole)
        }
        _ => {
            let subject = if has_subject {
                canvas.select(&Target::Subject)?
            } else {
                None
            };
            let hole = Hole {
                mask: &hole,
                avoid: subject.as_ref(),
                // What is beside a picture lies at the same height.
                upright: if new.1 == old.1 { 2.5 } else { 1.0 },
                mirrors: subject
                    .as_ref()
                    .and_then(Mask::bounds)
                    .is_none_or(|b| !is_mirrored(b, new, old, at)),
                seed: canvas.context.seed,
            };
            fill::complete(&mut canvas.raster, &hole, canvas.run)
        }
    }
}

/// Whether the mirror image of the old picture in what is new would show the subject's surroundings, and it not in them.
fn is_mirrored((x, y, w, h): (u32, u32, u32, u32), new: (u32, u32), old: (u32, u32), at: (u32, u32)) -> bool {
    // How wide the strip is on each side, and how far the subject lies from there within the old picture.
    let along = |new: u32, old: u32, at: u32, from: u32, len: u32| {
        let (before, behind) = (at, new - old - at);
        let (near, far) = (from.saturating_sub(at), (at + old).saturating_sub(from + len));
        before > near || behind > far
    };
    along(new.0, old.0, at.0, x, w) || along(new.1, old.1, at.1, y, h)
}

/// The new size: never smaller than the old one on any side.
fn wanted_size(params: &Params, (width, height): (u32, u32)) -> Result<(u32, u32), RenderError> {
    let bad = |problem| RenderError::BadStep {
        op: Op::Expand,
        problem,
    };
    let (w, h) = (f64::from(width), f64::from(height));
    if let Some(ratio) = &params.ratio {
        let ratio = parse_ratio(ratio).ok_or_else(|| bad("the ratio is not like 16:9"))?;
        let (new_w, new_h) = if w / h < ratio { (h * ratio, h) } else { (w, w / ratio) };
        if new_w > w * f64::from(MOST) || new_h > h * f64::from(MOST) {
            return Err(bad("that is too much to add"));
        }
        return Ok(((new_w.round() as u32).max(width), (new_h.round() as u32).max(height)));
    }
    let times = params.scale.unwrap_or(DEFAULT);
    if !(1.0..=MOST).contains(&times) {
        return Err(bad("the share to add is not between 0 and 300 %"));
    }
    let grown = |v: u32| ((v as f32 * times).round() as u32).max(v);
    Ok(match (params.direction, params.place) {
        (Some(Direction::Horizontal), _) | (None, Some(Place::Left | Place::Right)) => (grown(width), height),
        (Some(Direction::Vertical), _) | (None, Some(Place::Top | Place::Bottom)) => (width, grown(height)),
        _ => (grown(width), grown(height)),
    })
}

/// Where the old picture lies in what was added: what is extended to the left lies at the right.
fn side_of_old(place: Option<Place>) -> (f32, f32) {
    use Place::{Bottom, BottomLeft, BottomRight, Center, Left, Right, Top, TopLeft, TopRight};
    let place = place.unwrap_or(Center);
    let x = match place {
        TopLeft | Left | BottomLeft => 1.0,
        Top | Center | Bottom => 0.5,
        TopRight | Right | BottomRight => 0.0,
    };
    let y = match place {
        TopLeft | Top | TopRight => 1.0,
        Left | Center | Right => 0.5,
        BottomLeft | Bottom | BottomRight => 0.0,
    };
    (x, y)
}

/// The old picture at `at` in a new, empty one.
fn padded(raster: &Raster, new: (u32, u32), at: (u32, u32)) -> Raster {
    fn copy<S: Sample>(from: &[S], row_len: usize, new_row_len: usize, start: usize, len: usize) -> Vec<S> {
        let mut out = vec![S::default(); len];
        for (old, row) in from.chunks_exact(row_len).zip(out[start..].chunks_mut(new_row_len)) {
            row[..row_len].copy_from_slice(old);
        }
        out
    }
    let count = raster.channels().count();
    let new_row_len = new.0 as usize * count;
    let start = at.1 as usize * new_row_len + at.0 as usize * count;
    let len = new_row_len * new.1 as usize;
    let samples = match raster.samples() {
        Samples::U8(v) => Samples::U8(copy(v, raster.row_len(), new_row_len, start, len)),
        Samples::U16(v) => Samples::U16(copy(v, raster.row_len(), new_row_len, start, len)),
    };
    Raster::new(new.0, new.1, raster.channels(), samples).expect("the samples were made for this size")
}

/// Fills what lies around the old picture with its mirror image, again and again.
fn mirror_outside(raster: &mut Raster, old: (u32, u32), at: (u32, u32)) {
    fn fill<S: Sample>(v: &mut [S], row_len: usize, count: usize, old: (usize, usize), at: (usize, usize)) {
        let back = |v: usize, start: usize, len: usize| {
            let v = (v as isize - start as isize).rem_euclid(2 * len as isize) as usize;
            start + v.min(2 * len - 1 - v)
        };
        let (width, height) = (row_len / count, v.len() / row_len);
        for y in at.1..at.1 + old.1 {
            let row = &mut v[y * row_len..][..row_len];
            for x in (0..at.0).chain(at.0 + old.0..width) {
                let source = back(x, at.0, old.0) * count;
                row.copy_within(source..source + count, x * count);
            }
        }
        for y in (0..at.1).chain(at.1 + old.1..height) {
            let source = back(y, at.1, old.1) * row_len;
            v.copy_within(source..source + row_len, y * row_len);
        }
    }
    let size = |(a, b): (u32, u32)| (a as usize, b as usize);
    let (row_len, count) = (raster.row_len(), raster.channels().count());
    match raster.samples_mut() {
        Samples::U8(v) => fill(v, row_len, count, size(old), size(at)),
        Samples::U16(v) => fill(v, row_len, count, size(old), size(at)),
    }
}

/// Everything but the old picture.
fn outside(new: (u32, u32), old: (u32, u32), at: (u32, u32)) -> Mask {
    Mask::rectangle(new, (at.0, at.1, old.0, old.1))
        .expect("the new picture has pixels")
        .inverted()
}

/// The mirrored outside made soft, so that nobody looks there.
fn blur_outside(canvas: &mut Canvas<'_>, hole: &Mask) -> Result<(), RenderError> {
    let sigma = canvas.short_side() * 0.035 + 1.0;
    let soft: Field<3> = Field::blurred(&canvas.raster, sigma, Space::Linear, canvas.run, |c, _| c)?;
    change_rows(&mut canvas.raster, Some(hole), Space::Linear, canvas.run, |y, row| {
        soft.row(y, &mut Vec::new(), row);
    })
}
