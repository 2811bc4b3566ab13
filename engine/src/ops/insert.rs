//! Another picture's thing put into this one: cut out, sized, stood or hung, brought into this picture's light.
//!
//! The one rule: nothing outside the thing and its shadow changes by a bit. Where the words name no place, it stands on the
//! floor a little beside the middle, or hangs on the wall if it is a thing that hangs. Colours move only part of the way.

use super::edges::change_around;
use super::relight::{Shift, Stats};
use super::standing::{Shadow, Standing};
use super::{Canvas, Group, Operation, OperationInfo};
use crate::color::Rgb;
use crate::field::Field;
use crate::plan::{Op, Place, Step, Target};
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::rows::{Space, change_rows, read_with_alpha};
use crate::select;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Insert,
        group: Group::Objects,
        description: "Cuts the main thing out of another attached picture and blends it into this one.",
        example: "insert image 2 at the bottom right",
        doing: "Blending in",
        default_strength: None,
        is_two_way: false,
    },
    tell: "inserted",
    tell_less: "",
    apply,
};

pub(super) fn is_possible(step: &Step) -> bool {
    step.params.reference.is_some()
}

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let number = step.params.reference.ok_or(RenderError::BadStep {
        op: Op::Insert,
        problem: "it names no picture to take from",
    })?;
    let thing = Thing::from(step, number, canvas)?;
    let spot = beside_the_subject(spot(step, &thing, canvas), &thing, step, canvas)?.moved(step, canvas);
    canvas.raster.make_rgb();
    let layer = thing.laid(&spot, canvas)?;
    place(canvas, &layer, &spot)
}

/// A cut-out: its picture and where in it the thing is.
struct Thing {
    raster: Raster,
    /// x, y, width, height.
    part: (u32, u32, u32, u32),
    name: Option<String>,
}

impl Thing {
    fn from(step: &Step, number: u32, canvas: &Canvas<'_>) -> Result<Self, RenderError> {
        let reference = canvas.context.reference(number)?;
        let name = step.params.text.clone();
        let mask = whole(Self::mask(reference, name.as_deref(), canvas)?);
        let lost = || RenderError::NoSuchTarget(Target::Reference { reference: number });
        let part = mask.bounds().ok_or_else(lost)?;
        let mut donor = Canvas::new(reference.clone(), canvas.context, canvas.run);
        donor.raster.make_rgb();
        donor.raster.make_alpha();
        change_around(&mut donor, &mask, |_, _, pixel| {
            (pixel.subject, pixel.share * pixel.alpha)
        })?;
        Ok(Self {
            raster: donor.raster,
            part,
            name,
        })
    }

    /// The named thing where it is found, else what stands out.
    fn mask(reference: &Raster, name: Option<&str>, canvas: &Canvas<'_>) -> Result<Mask, RenderError> {
        if let Some(name) = name.filter(|name| canvas.context.nets.objects.is_some() && select::knows(name)) {
            let target = Target::Object {
                object: name.to_owned(),
                pick: None,
            };
            match select::find(&target, reference, canvas.context, canvas.run) {
                Err(RenderError::NoSuchTarget(_)) => {}
                found => return found,
            }
        }
        select::find(&Target::Subject, reference, canvas.context, canvas.run)
    }

    /// The thing at its new size and place.
    fn laid(&self, spot: &Spot, canvas: &Canvas<'_>) -> Result<Layer, RenderError> {
        let (left, top, width, height) = self.part;
        let scale = height as f32 / spot.height;
        let (w, h) = (
            (width as f32 / scale).round().max(1.0) as usize,
            spot.height.round().max(1.0) as usize,
        );
        let mut source = vec![[0.0f32; 4]; width as usize * height as usize];
        let full = self.raster.width() as usize;
        let (mut colours, mut alpha) = (vec![[0.0; 3]; full], vec![0.0; full]);
        for y in 0..height as usize {
            read_with_alpha(&self.raster, top as usize + y, Space::Linear, &mut colours, &mut alpha);
            for x in 0..width as usize {
                let (c, a) = (colours[left as usize + x], alpha[left as usize + x]);
                source[y * width as usize + x] = [c[0] * a, c[1] * a, c[2] * a, a];
            }
        }
        canvas.run.check()?;
        let data = shrunk(&source, (width as usize, height as usize), (w, h));
        Ok(Layer {
            left: (spot.middle - w as f32 / 2.0).round() as i64,
            top: (spot.foot - h as f32).round() as i64,
            width: w,
            height: h,
            data,
        })
    }
}

/// A thing of which only scattered marks were found (the hands and figures of a clock) is what lies between them.
fn whole(mask: Mask) -> Mask {
    const SCATTERED: f32 = 0.5;
    let (width, height) = (mask.width() as usize, mask.height() as usize);
    let hull = hull(&mask);
    let span = |y: f32| {
        let crossings = hull
            .iter()
            .zip(hull.iter().cycle().skip(1))
            .filter(|(a, b)| (a.1 <= y) != (b.1 <= y));
        let at = crossings.map(|(a, b)| a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1));
        at.fold((f32::MAX, f32::MIN), |(l, r), x| (l.min(x), r.max(x)))
    };
    let spans: Vec<(f32, f32)> = (0..height).map(|y| span(y as f32 + 0.5)).collect();
    let area: f32 = spans.iter().map(|(l, r)| (r - l).max(0.0)).sum();
    let found = mask.data().iter().filter(|v| **v >= 128).count() as f32;
    if area <= 0.0 || found / area > SCATTERED {
        return mask;
    }
    let data = spans.iter().flat_map(|&(l, r)| {
        (0..width).map(move |x| ((r - x as f32).min(x as f32 + 1.0 - l).clamp(0.0, 1.0) * 255.0) as u8)
    });
    Mask::new(mask.width(), mask.height(), data.collect()).expect("one byte was made per pixel")
}

/// The corners of the smallest shape without dents around what is on (Andrew's monotone chain, by rows).
fn hull(mask: &Mask) -> Vec<(f32, f32)> {
    let mut left: Vec<(f32, f32)> = Vec::new();
    let mut right: Vec<(f32, f32)> = Vec::new();
    let turn = |a: (f32, f32), b: (f32, f32), c: (f32, f32)| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    for y in 0..mask.height() as usize {
        let row = mask.row(y);
        let Some(first) = row.iter().position(|v| *v >= 128) else {
            continue;
        };
        let last = row.iter().rposition(|v| *v >= 128).unwrap_or(first);
        let (l, r) = ((first as f32, y as f32 + 0.5), (last as f32 + 1.0, y as f32 + 0.5));
        while left.len() > 1 && turn(left[left.len() - 2], left[left.len() - 1], l) >= 0.0 {
            left.pop();
        }
        while right.len() > 1 && turn(right[right.len() - 2], right[right.len() - 1], r) <= 0.0 {
            right.pop();
        }
        left.push(l);
        right.push(r);
    }
    right.reverse();
    left.extend(right);
    left
}

/// Premultiplied colours at another size: every source pixel weighs in.
fn shrunk(source: &[[f32; 4]], (sw, sh): (usize, usize), (w, h): (usize, usize)) -> Vec<[f32; 4]> {
    let (fx, fy) = (sw as f32 / w as f32, sh as f32 / h as f32);
    let taps = (fx.max(fy).ceil() as usize).clamp(1, 12);
    let at = |x: f32, y: f32| -> [f32; 4] {
        let (x, y) = (x.clamp(0.0, (sw - 1) as f32), y.clamp(0.0, (sh - 1) as f32));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(sw - 1), (y0 + 1).min(sh - 1));
        let (tx, ty) = (x.fract(), y.fract());
        std::array::from_fn(|n| {
            let cell = |x: usize, y: usize| source[y * sw + x][n];
            let (a, b) = (
                cell(x0, y0) + (cell(x1, y0) - cell(x0, y0)) * tx,
                cell(x0, y1) + (cell(x1, y1) - cell(x0, y1)) * tx,
            );
            a + (b - a) * ty
        })
    };
    let mut out = Vec::with_capacity(w * h);
    for y in 0..h {
        for x in 0..w {
            let mut sum = [0.0; 4];
            for j in 0..taps {
                for i in 0..taps {
                    let share = |n: usize| (n as f32 + 0.5) / taps as f32;
                    let cell = at((x as f32 + share(i)) * fx - 0.5, (y as f32 + share(j)) * fy - 0.5);
                    (0..4).for_each(|n| sum[n] += cell[n] / (taps * taps) as f32);
                }
            }
            out.push(sum);
        }
    }
    out
}

/// Where the thing goes, in pixels.
struct Spot {
    middle: f32,
    foot: f32,
    height: f32,
    hangs: bool,
}

/// Where the words name no place: aside, if the thing would cover the subject and there is room. Only what the net finds
/// counts; a guess by colour is no reason to go anywhere.
fn beside_the_subject(
    mut spot: Spot,
    thing: &Thing,
    step: &Step,
    canvas: &mut Canvas<'_>,
) -> Result<Spot, RenderError> {
    if step.params.place.is_some() || step.target != Target::Picture || canvas.context.nets.subject.is_none() {
        return Ok(spot);
    }
    let busy = match canvas.select(&Target::Subject) {
        Ok(Some(mask)) => mask,
        Ok(None) | Err(RenderError::NoSuchTarget(_)) => return Ok(spot),
        Err(error) => return Err(error),
    };
    let width = canvas.raster.width() as f32;
    let half = spot.height * thing.part.2 as f32 / thing.part.3 as f32 / 2.0;
    let covered = |middle: f32| {
        let within = |v: f32, most: u32| (v.max(0.0) as usize).min(most as usize);
        let columns = within(middle - half, busy.width())..within(middle + half, busy.width());
        let rows = within(spot.foot - spot.height, busy.height())..within(spot.foot, busy.height());
        let sum: f64 = rows
            .map(|y| busy.row(y)[columns.clone()].iter().map(|v| f64::from(*v)).sum::<f64>())
            .sum();
        sum / 255.0 / f64::from(spot.height * half * 2.0).max(1.0)
    };
    let mut least = covered(spot.middle);
    for share in [0.3, 0.7, 0.18, 0.82] {
        let middle = (width * share).clamp(half.min(width / 2.0), (width - half).max(width / 2.0));
        let here = covered(middle);
        // A little is no reason to leave the better place.
        if here + 0.08 < least {
            (least, spot.middle) = (here, middle);
        }
    }
    Ok(spot)
}

impl Spot {
    /// Moved by what the words say, as far as it stays in the picture.
    fn moved(mut self, step: &Step, canvas: &Canvas<'_>) -> Self {
        let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
        if let Some(dx) = step.params.dx {
            self.middle = (self.middle + dx * width).clamp(0.0, width);
        }
        if let Some(dy) = step.params.dy {
            // What is lifted off the floor no longer stands on it.
            self.hangs |= dy < 0.0;
            let low = (self.height * 1.02).min(height);
            self.foot = (self.foot + dy * height).clamp(low, height);
        }
        self
    }
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

fn spot(step: &Step, thing: &Thing, canvas: &Canvas<'_>) -> Spot {
    let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
    let name = thing.name.as_deref();
    let scale = step.params.scale.unwrap_or(1.0);
    let slim = thing.part.2 as f32 / thing.part.3 as f32;
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
            };
        }
        return on_top(
            &step.target,
            (x, y, w, h),
            (usual_height(name) * height * scale, slim),
            step.params.place,
        );
    }
    let tall = (usual_height(name) * height * scale)
        .min(0.7 * width / slim * scale.max(1.0))
        .min(height * 1.2);
    let (across, down) = grid(step.params.place);
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

/// The thing as it lies over the picture, premultiplied.
struct Layer {
    left: i64,
    top: i64,
    width: usize,
    height: usize,
    data: Vec<[f32; 4]>,
}

impl Layer {
    fn at(&self, x: usize, y: usize) -> [f32; 4] {
        let (x, y) = (x as i64 - self.left, y as i64 - self.top);
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            return [0.0; 4];
        }
        self.data[y as usize * self.width + x as usize]
    }

    fn mask(&self, width: u32, height: u32) -> Mask {
        let data = (0..height as usize)
            .flat_map(|y| (0..width as usize).map(move |x| (x, y)))
            .map(|(x, y)| (self.at(x, y)[3] * 255.0 + 0.5) as u8)
            .collect();
        Mask::new(width, height, data).expect("one byte was made per pixel")
    }
}

/// Lays the layer and its shadow over the picture.
fn place(canvas: &mut Canvas<'_>, layer: &Layer, spot: &Spot) -> Result<(), RenderError> {
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    let mask = layer.mask(width, height);
    let shift = harmony(canvas, layer, &mask)?;
    let shade = Shade::of(canvas, &mask, spot)?;
    let run = canvas.run;
    let touched = touched(layer, width, height);
    change_rows(&mut canvas.raster, Some(&touched), Space::Linear, run, |y, row| {
        for (x, colour) in row.iter_mut().enumerate() {
            let [r, g, b, a] = layer.at(x, y);
            let dark = 1.0 - shade.at(x, y);
            let under: Rgb = colour.map(|c| c * dark);
            *colour = if a > 0.002 {
                let own = shift.apply([r / a, g / a, b / a]);
                std::array::from_fn(|i| under[i] + (own[i] - under[i]) * a)
            } else {
                under
            };
        }
    })
}

/// The rectangle that may change: the thing and as much again around it.
fn touched(layer: &Layer, width: u32, height: u32) -> Mask {
    let (pad_x, pad_y) = (layer.width as i64 / 2, layer.height as i64 / 4);
    let from = |v: i64, most: u32| v.clamp(0, i64::from(most)) as u32;
    let (x0, y0) = (from(layer.left - pad_x, width), from(layer.top - pad_y, height));
    let (x1, y1) = (
        from(layer.left + layer.width as i64 + pad_x, width),
        from(layer.top + layer.height as i64 + pad_y, height),
    );
    Mask::rectangle((width, height), (x0, y0, x1 - x0, y1 - y0)).expect("a picture has a size")
}

/// How the thing's colours move toward those around it.
fn harmony(canvas: &Canvas<'_>, layer: &Layer, mask: &Mask) -> Result<Shift, RenderError> {
    let own = Stats::of(
        layer
            .data
            .iter()
            .filter(|c| c[3] > 0.5)
            .map(|c| ([c[0] / c[3], c[1] / c[3], c[2] / c[3]], c[3])),
    );
    let cells = Field::gather_at(&canvas.raster, 8, Space::Linear, canvas.run, |x, y, [r, g, b], a| {
        let free = (1.0 - f32::from(mask.row(y)[x]) / 255.0) * a;
        [r * free, g * free, b * free, free]
    })?;
    let (columns, _, data) = cells.cells();
    let middle = (
        layer.left as f32 + layer.width as f32 / 2.0,
        layer.top as f32 + layer.height as f32 / 2.0,
    );
    let reach = layer.width.max(layer.height) as f32 * 1.2;
    let around = Stats::of(data.iter().enumerate().filter(|(_, c)| c[3] > 0.5).map(|(at, c)| {
        let (x, y) = (
            (at % columns) as f32 * 8.0 - middle.0,
            (at / columns) as f32 * 8.0 - middle.1,
        );
        // Near things say more about the light than far ones.
        (
            [c[0] / c[3], c[1] / c[3], c[2] / c[3]],
            (-(x * x + y * y) / (reach * reach)).exp() + 0.05,
        )
    }));
    Ok(Shift::between(&own, &around, 0.55))
}

/// The thing's shadow: on the floor, or on the wall behind it.
enum Shade {
    Floor(Shadow, f32),
    Wall(Field<1>, usize),
}

impl Shade {
    fn of(canvas: &Canvas<'_>, mask: &Mask, spot: &Spot) -> Result<Self, RenderError> {
        if !spot.hangs {
            return Ok(Self::Floor(
                Standing::of(mask).shadow(mask, -0.3),
                canvas.raster.height() as f32,
            ));
        }
        let sigma = (spot.height * 0.03).max(1.0);
        let mut soft = Field::gather_at(
            &canvas.raster,
            Field::<1>::factor_for(sigma).max(2),
            Space::Linear,
            canvas.run,
            |x, y, _, _| [f32::from(mask.row(y)[x]) / 255.0],
        )?;
        soft.blur(sigma, canvas.run)?;
        Ok(Self::Wall(soft, (spot.height * 0.035) as usize))
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        match self {
            Self::Floor(shadow, height) => shadow.at((x as f32 + 0.5) / height, (y as f32 + 0.5) / height),
            Self::Wall(soft, away) => soft.at(x.saturating_sub(away / 2), y.saturating_sub(*away))[0] * 0.5,
        }
    }
}
