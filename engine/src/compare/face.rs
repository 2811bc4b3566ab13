//! Whether a face is still the same: the distance of two portraits in the numbers of a net that was taught to tell people
//! apart, whatever the pose and the light.
//!
//! Each face of the base is looked for at its place in the result; eyes and mouth say how both are laid into the same frame.
//! The one rule: the worst face counts, and where none is found, or a net fails, nothing is said. Called by `likeness`.

use std::sync::Arc;

use crate::nets::face::{IDENTITY, LANDMARKS};
use crate::nets::{FaceNets, Net, NetError, Tensor};
use crate::raster::{Raster, Samples};
use crate::render::RenderError;
use crate::select::{self, Part, Seen, faces};
use crate::watch::{Run, Watch};

use super::affine::Affine;
use super::likeness::view;
use super::pace::CompareError;

/// Up to this distance it is the same face.
pub const SAME_FACE: f32 = 0.3;
/// From this distance on it is another one.
pub const OTHER_FACE: f32 = 0.45;
/// Faces whose boxes have a side smaller than this, in pixels, say nothing of who it is.
const SMALLEST: f32 = 32.0;
/// No more faces than this are compared, the largest first.
const MOST: usize = 4;
/// A face of the result lies where one of the base lay when they share this much of their area.
const THERE: f32 = 0.3;
/// How many numbers say where 68 points are, and how many who it is.
const POINTS: usize = 136;
const NUMBERS: usize = 128;
/// How far around the subject faces are looked for, in shares of its sides.
const AROUND: f32 = 0.5;

/// The distance of the base's faces in `bounds` (pixels: left, top, width, height) to those at their places in the result: the
/// largest, where there are several. `None` without a face in both.
pub(super) fn distance(
    base: &Raster,
    result: &Raster,
    bounds: (u32, u32, u32, u32),
    matrix: &Affine,
    nets: &FaceNets,
    watch: &dyn Watch,
) -> Result<Option<f32>, CompareError> {
    let quiet = Quiet(watch);
    let run = Run::new(&quiet, 1);
    let looking = Looking { nets, run: &run };
    match looking.distance(base, result, bounds, matrix) {
        Ok(found) => Ok(found),
        Err(RenderError::Cancelled) => Err(CompareError::Cancelled),
        // Likeness goes without, as where the nets are not present.
        Err(_) => Ok(None),
    }
}

/// A face of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Portrait {
    /// Its box in shares of the picture: left, top, width, height.
    pub place: [f32; 4],
    /// How sure it is that this is one, 0.5 to 1.
    pub sure: f32,
    /// Who it is.
    numbers: Vec<f32>,
}

impl Portrait {
    /// How far two faces are apart: see [`SAME_FACE`] and [`OTHER_FACE`].
    #[must_use]
    pub fn distance(&self, other: &Self) -> f32 {
        apart(&self.numbers, &other.numbers)
    }
}

/// Every face of a picture that is large enough to be told from others, surest first. None where a net fails; fails itself
/// only when the watcher cancels.
pub fn portraits(picture: &Raster, nets: &FaceNets, watch: &dyn Watch) -> Result<Vec<Portrait>, CompareError> {
    let quiet = Quiet(watch);
    let run = Run::new(&quiet, 1);
    match (Looking { nets, run: &run }).portraits(picture) {
        Ok(found) => Ok(found),
        Err(RenderError::Cancelled) => Err(CompareError::Cancelled),
        Err(_) => Ok(Vec::new()),
    }
}

fn apart(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

/// Hands on the cancel and keeps the rest to itself: the comparison tells how far it is.
struct Quiet<'a>(&'a dyn Watch);

impl Watch for Quiet<'_> {
    fn progress(&self, _fraction: f32, _step: &str) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

struct Looking<'a> {
    nets: &'a FaceNets,
    run: &'a Run<'a>,
}

impl Looking<'_> {
    fn portraits(&self, picture: &Raster) -> Result<Vec<Portrait>, RenderError> {
        let mut seen = faces::look(picture, Part::WHOLE, &self.nets.detector, self.run)?;
        seen.retain(|face| face.score >= faces::SURE && is_large(face, picture));
        let portrait = |Seen { part, score, .. }: Seen| {
            Ok(Portrait {
                place: [part.left, part.top, part.width, part.height],
                sure: score,
                numbers: self.portrait(picture, part)?,
            })
        };
        seen.into_iter().map(portrait).collect()
    }

    fn distance(
        &self,
        base: &Raster,
        result: &Raster,
        bounds: (u32, u32, u32, u32),
        matrix: &Affine,
    ) -> Result<Option<f32>, RenderError> {
        let part = part_of(bounds, base).wider(AROUND);
        let mut known = faces::look(base, part, &self.nets.detector, self.run)?;
        known.retain(|face| face.score >= faces::SURE && is_large(face, base));
        known.sort_by(|a, b| b.part.area().total_cmp(&a.part.area()));
        known.truncate(MOST);
        let is_laid_over = *matrix == Affine::IDENTITY;
        let (still, moved): (Vec<Seen>, Vec<Seen>) = known
            .into_iter()
            .partition(|face| is_laid_over && is_untouched(base, result, face.part));
        let mut worst = (!still.is_empty()).then_some(0.0);
        if moved.is_empty() {
            return Ok(worst);
        }
        let there = carried(part, matrix, base, result).wider(0.1);
        let seen = faces::look(result, there, &self.nets.detector, self.run)?;
        for (before, after) in pairs(&moved, &seen, |part| carried(part, matrix, base, result)) {
            if !is_large(&after, result) {
                continue;
            }
            let far = apart(&self.portrait(base, before.part)?, &self.portrait(result, after.part)?);
            worst = Some(far.max(worst.unwrap_or(0.0)));
        }
        Ok(worst)
    }

    /// Who is in a box, in numbers.
    fn portrait(&self, raster: &Raster, part: Part) -> Result<Vec<f32>, RenderError> {
        let first = self.points(raster, &square_around(part, raster))?;
        // Once more around what was found, so that a box that sits otherwise in another light changes little.
        let points = self.points(raster, &square_of(&first))?;
        // Of 68 points 36 to 41 are one eye, 42 to 47 the other, and 48 to 67 the mouth.
        let frame = frame(
            middle(&points[36..42]),
            middle(&points[42..48]),
            middle(&points[48..68]),
        );
        self.asked(&self.nets.identity, raster, &frame, (IDENTITY, NUMBERS))
    }

    /// 68 points of the face that a square shows, in pixels of the picture.
    fn points(&self, raster: &Raster, square: &Affine) -> Result<Vec<(f64, f64)>, RenderError> {
        let told = self.asked(&self.nets.landmarks, raster, square, (LANDMARKS, POINTS))?;
        let inner = |share: f32| f64::from(share) * LANDMARKS as f64 - 0.5;
        let place = |p: &[f32]| square.apply(inner(p[0]), inner(p[1]));
        Ok(told.chunks_exact(2).map(place).collect())
    }

    /// What a net answers to a square view of a picture: so many numbers.
    fn asked(
        &self,
        net: &Arc<dyn Net>,
        raster: &Raster,
        map: &Affine,
        (side, count): (usize, usize),
    ) -> Result<Vec<f32>, RenderError> {
        self.run.check()?;
        let seen = view(raster, map, (side, side));
        let gain = faces::lamp(&seen.data, 255.0);
        let lit = |c: usize| seen.data.iter().map(move |rgb| (rgb[c] * gain).min(255.0));
        let data = (0..3).flat_map(lit).collect();
        let input = Tensor::new(&[1, 3, side, side], data).map_err(RenderError::Net)?;
        let answer = select::ask(net, vec![input], self.run)?.into_iter().next();
        let data = answer.map(Tensor::into_data).unwrap_or_default();
        if data.len() != count || data.iter().any(|v| !v.is_finite()) {
            return Err(RenderError::Net(NetError::Failed("too little came out".to_owned())));
        }
        Ok(data)
    }
}

fn part_of((x, y, width, height): (u32, u32, u32, u32), raster: &Raster) -> Part {
    let (w, h) = (raster.width() as f32, raster.height() as f32);
    Part {
        left: x as f32 / w,
        top: y as f32 / h,
        width: width as f32 / w,
        height: height as f32 / h,
    }
}

fn is_large(face: &Seen, raster: &Raster) -> bool {
    let (width, height) = sides(face.part, raster);
    width.min(height) >= SMALLEST
}

fn sides(part: Part, raster: &Raster) -> (f32, f32) {
    (part.width * raster.width() as f32, part.height * raster.height() as f32)
}

/// The part of the result that shows what a part of the base shows.
fn carried(part: Part, matrix: &Affine, base: &Raster, result: &Raster) -> Part {
    let (width, height) = (f64::from(base.width()), f64::from(base.height()));
    let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
    for (u, v) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let x = f64::from(part.left + u * part.width) * width - 0.5;
        let y = f64::from(part.top + v * part.height) * height - 0.5;
        let (x, y) = matrix.apply(x, y);
        (low.0, low.1) = (low.0.min(x), low.1.min(y));
        (high.0, high.1) = (high.0.max(x), high.1.max(y));
    }
    let share = |at: f64, len: u32| ((at + 0.5) / f64::from(len)).clamp(0.0, 1.0) as f32;
    let (left, top) = (share(low.0, result.width()), share(low.1, result.height()));
    Part {
        left,
        top,
        width: share(high.0, result.width()) - left,
        height: share(high.1, result.height()) - top,
    }
}

/// Each face of the base with the one of the result that lies most on its place; each of those at most once. Where nothing
/// overlaps, a single face belongs to a single face.
fn pairs(known: &[Seen], seen: &[Seen], carried: impl Fn(Part) -> Part) -> Vec<(Seen, Seen)> {
    let mut left: Vec<Seen> = seen.to_vec();
    let mut pairs = Vec::new();
    for face in known {
        let place = carried(face.part);
        let on = |other: &Seen| select::shared(place, other.part);
        let best = (0..left.len()).max_by(|&a, &b| on(&left[a]).total_cmp(&on(&left[b])));
        if let Some(best) = best.filter(|&i| on(&left[i]) >= THERE) {
            pairs.push((*face, left.swap_remove(best)));
        }
    }
    let mut sure = seen.iter().filter(|face| face.score >= faces::SURE);
    if let ([alone], true, Some(other), None) = (known, pairs.is_empty(), sure.next(), sure.next()) {
        pairs.push((*alone, *other));
    }
    pairs
}

/// Whether the two pictures have the same samples there, and a little around.
fn is_untouched(base: &Raster, result: &Raster, part: Part) -> bool {
    let size = (base.width(), base.height());
    if size != (result.width(), result.height()) || base.channels() != result.channels() {
        return false;
    }
    let part = part.wider(0.25);
    let place = |share: f32, len: u32| ((share * len as f32).round() as usize).min(len as usize);
    let (x0, x1) = (place(part.left, size.0), place(part.left + part.width, size.0));
    let (y0, y1) = (place(part.top, size.1), place(part.top + part.height, size.1));
    let count = base.channels().count();
    (y0..y1).all(|y| {
        let row = (y * size.0 as usize + x0) * count..(y * size.0 as usize + x1) * count;
        match (base.samples(), result.samples()) {
            (Samples::U8(a), Samples::U8(b)) => a[row.clone()] == b[row],
            (Samples::U16(a), Samples::U16(b)) => a[row.clone()] == b[row],
            _ => false,
        }
    })
}

/// The square around a box.
fn square_around(part: Part, raster: &Raster) -> Affine {
    let (width, height) = sides(part, raster);
    let side = f64::from(width.max(height));
    let x = f64::from((part.left + 0.5 * part.width) * raster.width() as f32) - 0.5 * side;
    let y = f64::from((part.top + 0.5 * part.height) * raster.height() as f32) - 0.5 * side;
    square((x, y), side)
}

/// The square around points of a face, a little wider, as the net was taught to see it.
fn square_of(points: &[(f64, f64)]) -> Affine {
    let ends = |of: fn(&(f64, f64)) -> f64| {
        let low = points.iter().map(of).fold(f64::MAX, f64::min);
        let high = points.iter().map(of).fold(f64::MIN, f64::max);
        (low, high)
    };
    let ((left, right), (top, bottom)) = (ends(|p| p.0), ends(|p| p.1));
    let side = ((right - left).max(bottom - top) * 1.1).max(1.0);
    let corner = |low: f64, high: f64| 0.5 * (low + high) + 0.5 - 0.5 * side;
    square((corner(left, right), corner(top, bottom)), side)
}

/// Where the cells lie of a net that looks at a square with this corner and side.
fn square((x, y): (f64, f64), side: f64) -> Affine {
    let step = side / LANDMARKS as f64;
    Affine::shift(x, y).after(&Affine::scale_about_corner(step, step))
}

fn middle(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len().max(1) as f64;
    let sum = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0, y + p.1));
    (sum.0 / count, sum.1 / count)
}

/// The frame that the net was taught portraits in: from the eyes to the mouth it is 45 % of its side, the middle of all three
/// lies at half of its width and 43 % of its height, and the eyes lie level.
fn frame(one: (f64, f64), other: (f64, f64), mouth: (f64, f64)) -> Affine {
    let far = |p: (f64, f64)| (p.0 - mouth.0).hypot(p.1 - mouth.1);
    let side = (far(one) + far(other)) / 2.0 / 0.45;
    let degrees = (other.1 - one.1).atan2(other.0 - one.0).to_degrees();
    let (x, y) = middle(&[one, other, mouth]);
    let at = (0.5 * IDENTITY as f64 - 0.5, 0.43 * IDENTITY as f64 - 0.5);
    let turned = Affine::turn(side.max(1.0) / IDENTITY as f64, degrees, at);
    Affine::shift(x - at.0, y - at.1).after(&turned)
}

#[cfg(test)]
mod tests;
