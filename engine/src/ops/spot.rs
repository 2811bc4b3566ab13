//! Where a thing from another picture goes, and how large it is there.
//!
//! The one rule: what the words say counts; where they are silent, a thing stands on the floor beside the subject, hangs on
//! the calmest part of the wall, and what its own picture cut off goes to the same edge of this one, so that no cut edge is
//! ever seen in the middle of a picture. Called by `insert`.

use super::Canvas;
use super::ellipse::Slopes;
use crate::plan::{Place, Step, Target};
use crate::raster::Mask;
use crate::render::RenderError;
use crate::select;

/// At which edges of its own picture a thing was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cut {
    pub(super) left: bool,
    pub(super) right: bool,
    pub(super) bottom: bool,
}

impl Cut {
    /// A share of the thing's side that lies on the edge and is no accident.
    const SHARE: f32 = 0.22;

    pub(super) fn of(mask: &Mask) -> Self {
        let Some((x, y, w, h)) = mask.bounds() else {
            return Self::default();
        };
        let (width, height) = (mask.width(), mask.height());
        let column = |x: u32| (0..height as usize).filter(|&v| mask.row(v)[x as usize] >= 128).count() as f32;
        let row = |y: u32| mask.row(y as usize).iter().filter(|v| **v >= 128).count() as f32;
        Self {
            left: x == 0 && column(0) > Self::SHARE * h as f32,
            right: x + w == width && column(width - 1) > Self::SHARE * h as f32,
            bottom: y + h == height && row(height - 1) > Self::SHARE * w as f32,
        }
    }

    fn is_any(self) -> bool {
        self.left || self.right || self.bottom
    }
}

/// What must be known of a thing to place it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape<'a> {
    /// Width to height.
    pub(super) slim: f32,
    pub(super) name: Option<&'a str>,
    pub(super) cut: Cut,
}

/// Where the thing goes, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) middle: f32,
    pub(super) foot: f32,
    pub(super) height: f32,
    pub(super) hangs: bool,
    /// Whether it was cut off and therefore stands at the same edges here.
    pub(super) is_at_edge: bool,
}

impl Spot {
    pub(super) fn of(step: &Step, shape: &Shape<'_>, canvas: &Canvas<'_>) -> Result<Self, RenderError> {
        let spot = usual(step, shape, canvas);
        let is_free = step.params.place.is_none() && step.target == Target::Picture;
        let spot = match is_free {
            _ if spot.is_at_edge => spot,
            true if spot.hangs => spot.on_the_calm_wall(step.params.scale.unwrap_or(1.0), shape, canvas)?,
            true => spot.beside_the_subject(shape, canvas)?,
            false => spot,
        };
        Ok(spot.moved(step, canvas))
    }

    /// On a wall there is no floor to tell where: where it covers the least of what there is to see.
    fn on_the_calm_wall(mut self, scale: f32, shape: &Shape<'_>, canvas: &Canvas<'_>) -> Result<Self, RenderError> {
        let busy = select::glimpse(&canvas.raster, canvas.context, canvas.run)?;
        let slopes = Slopes::of(&canvas.raster, canvas.run)?;
        let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
        // Sought at its usual size: smaller by the words, it stays where it hung.
        let (mut least, full) = (f32::MAX, self.height / scale);
        for size in [1.0, 0.8, 0.64, 0.5] {
            let tall = full * size;
            let half = tall * shape.slim / 2.0;
            for (row, column) in (0..7).flat_map(|row| (0..9).map(move |column| (row, column))) {
                let top = height * (0.05 + 0.06 * row as f32);
                let middle = half * 1.25 + (width - half * 2.5).max(0.0) * column as f32 / 8.0;
                let part = (middle - half * 1.15, top - tall * 0.08, half * 2.3, tall * 1.16);
                let seen = busy.as_ref().map_or(0.0, |busy| covered(busy, part, (width, height)));
                // A little calmer is no reason to go far from the middle, low down, or to be small.
                let odd = 0.12 * (column as f32 / 8.0 - 0.5).abs() + 0.04 * row as f32 + 0.35 * (1.0 - size);
                let cost = 3.0 * slopes.busy(part) + 2.0 * seen + odd;
                if cost < least {
                    least = cost;
                    (self.middle, self.height) = (middle, tall * scale);
                    self.foot = top + (tall + self.height) / 2.0;
                }
            }
        }
        Ok(self)
    }

    /// Aside, if the thing would cover the subject and there is room. Only what the net finds counts; a guess by colour is no
    /// reason to go anywhere.
    fn beside_the_subject(mut self, shape: &Shape<'_>, canvas: &Canvas<'_>) -> Result<Self, RenderError> {
        // Only whether it is in the way matters, not its edges: a whole selection here cost as much as the rest of the step.
        let Some(busy) = select::glimpse(&canvas.raster, canvas.context, canvas.run)? else {
            return Ok(self);
        };
        let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
        let half = self.height * shape.slim / 2.0;
        let part = |middle: f32| (middle - half, self.foot - self.height, half * 2.0, self.height);
        let mut least = covered(&busy, part(self.middle), (width, height));
        for share in [0.3, 0.7, 0.18, 0.82] {
            let middle = (width * share).clamp(half.min(width / 2.0), (width - half).max(width / 2.0));
            let here = covered(&busy, part(middle), (width, height));
            // A little is no reason to leave the better place.
            if here + 0.08 < least {
                (least, self.middle) = (here, middle);
            }
        }
        Ok(self)
    }

    /// Moved by what the words say, as far as it stays in the picture.
    fn moved(mut self, step: &Step, canvas: &Canvas<'_>) -> Self {
        let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
        if let Some(dx) = step.params.dx {
            self.middle = (self.middle + dx * width).clamp(0.0, width);
        }
        let Some(dy) = step.params.dy else {
            return self;
        };
        if self.is_at_edge {
            canvas
                .run
                .note("It is cut off in its own picture, so it stays at the edge here: lifted, its cut would show.");
            return self;
        }
        // What is lifted off the floor no longer stands on it.
        self.hangs |= dy < 0.0;
        let low = (self.height * 1.02).min(height);
        self.foot = (self.foot + dy * height).clamp(low, height);
        self
    }
}

/// How much of a part (left, top, width, height in pixels) the subject takes up.
fn covered(busy: &select::Plane, (x, y, w, h): (f32, f32, f32, f32), (width, height): (f32, f32)) -> f32 {
    let cell = |v: f32, side: f32, cells: usize| ((v / side * cells as f32).max(0.0) as usize).min(cells);
    let columns = cell(x, width, busy.width)..cell(x + w, width, busy.width);
    let rows = cell(y, height, busy.height)..cell(y + h, height, busy.height);
    let cells = (rows.len() * columns.len()).max(1) as f32;
    let sum: f32 = rows
        .map(|y| busy.data[y * busy.width..][columns.clone()].iter().sum::<f32>())
        .sum();
    sum / cells
}

/// How tall a thing is in a picture of an ordinary view, as a share of the picture's height.
fn usual_height(name: Option<&str>) -> f32 {
    match name.unwrap_or_default() {
        "person" => 0.7,
        "dog" | "chair" | "car" | "couch" | "bicycle" => 0.38,
        "horse" | "cow" => 0.5,
        "cat" | "potted plant" | "teddy bear" | "suitcase" => 0.28,
        "clock" | "vase" | "bottle" | "tv" | "laptop" => 0.2,
        "cup" | "bowl" | "book" | "bird" | "cell phone" | "wine glass" => 0.13,
        "apple" | "orange" | "banana" | "sports ball" => 0.09,
        _ => 0.32,
    }
}

/// What is cut off is seen from near: not smaller than this share of the picture's height.
const NEAR: f32 = 0.45;

fn usual(step: &Step, shape: &Shape<'_>, canvas: &Canvas<'_>) -> Spot {
    let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
    let (name, slim) = (shape.name, shape.slim);
    let scale = step.params.scale.unwrap_or(1.0);
    let hangs = matches!(name, Some("clock" | "tv"))
        && !matches!(
            step.params.place,
            Some(Place::Bottom | Place::BottomLeft | Place::BottomRight)
        );
    if let Some((x, y, w, h)) = canvas.mask().and_then(Mask::bounds) {
        let (x, y, w, h) = (x as f32, y as f32, w as f32, h as f32);
        if step.target == Target::Region {
            let tall = h.min(w / slim) * scale;
            return Spot {
                middle: x + w / 2.0,
                foot: (y + h / 2.0 + tall / 2.0).max(y + tall),
                height: tall,
                hangs,
                is_at_edge: false,
            };
        }
        return on_top(
            &step.target,
            (x, y, w, h),
            (usual_height(name) * height * scale, slim),
            step.params.place,
        );
    }
    let (across, down) = grid(step.params.place);
    // Words that put it high up are followed, whatever edge shows.
    let is_at_edge = shape.cut.is_any() && down.is_none_or(|d| d > 0.7);
    let usual = usual_height(name).max(if is_at_edge { NEAR } else { 0.0 });
    let tall = (usual * height * scale)
        .min(0.7 * width / slim * scale.max(1.0))
        .min(height * 1.2);
    let middle = width * across.unwrap_or(if hangs { 0.5 } else { 0.6 });
    let foot = match down {
        Some(d) if d < 0.4 => height * 0.08 + tall,
        Some(d) if d < 0.7 => height * 0.5 + tall / 2.0,
        Some(_) => height * 0.96,
        None if hangs => height * 0.12 + tall,
        None => height * 0.93,
    };
    let edge = tall * slim / 2.0;
    Spot {
        middle: if edge * 2.0 < width {
            middle.clamp(edge, width - edge)
        } else {
            width / 2.0
        },
        foot,
        height: tall,
        hangs: hangs || down.is_some_and(|d| d < 0.4),
        is_at_edge,
    }
}

/// On a seat or a table top.
fn on_top(on: &Target, (x, y, w, h): (f32, f32, f32, f32), (usual, slim): (f32, f32), place: Option<Place>) -> Spot {
    let seat = match on {
        Target::Object { object, .. } if matches!(object.as_str(), "couch" | "bed" | "chair" | "bench") => 0.62,
        Target::Object { object, .. } if matches!(object.as_str(), "dining table") => 0.2,
        _ => 0.3,
    };
    let tall = usual.min(h * 0.85).min(w * 0.7 / slim);
    let across = match grid(place).0 {
        Some(a) if a < 0.4 => 0.25,
        Some(a) if a > 0.6 => 0.75,
        _ => 0.5,
    };
    Spot {
        middle: x + w * across,
        foot: y + h * seat,
        height: tall,
        hangs: false,
        is_at_edge: false,
    }
}

fn grid(place: Option<Place>) -> (Option<f32>, Option<f32>) {
    match place {
        None => (None, None),
        Some(Place::TopLeft) => (Some(0.2), Some(0.2)),
        Some(Place::Top) => (Some(0.5), Some(0.2)),
        Some(Place::TopRight) => (Some(0.8), Some(0.2)),
        Some(Place::Left) => (Some(0.2), None),
        Some(Place::Center) => (Some(0.5), Some(0.5)),
        Some(Place::Right) => (Some(0.8), None),
        Some(Place::BottomLeft) => (Some(0.2), Some(0.9)),
        Some(Place::Bottom) => (Some(0.5), Some(0.9)),
        Some(Place::BottomRight) => (Some(0.8), Some(0.9)),
    }
}
