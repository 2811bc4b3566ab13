//! Another picture's pattern on a thing: along its outline, under its light.
//!
//! The one rule: every pixel is the pattern's colour times the thing's own shading (its light compared with its fully lit
//! tone), with its highlights on top, so shape and texture stay. Around cups and bottles the pattern bends as around a
//! cylinder, whose axis and width are read from the outline.

use super::ellipse::{Ellipse, Guess, Slopes};
use super::shading::Light;
use super::thing::mask_of;
use super::{Canvas, Group, Operation, OperationInfo, resample};
use crate::color::{Rgb, floor, mix};
use crate::plan::{Op, Step, Target};
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::rows::{Space, change_rows, read_with_alpha};
use crate::watch::Run;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Pattern,
        group: Group::Objects,
        description: "Lays another picture's pattern on a thing and keeps its shape and shading.",
        example: "put the pattern of the second image on the cup",
        doing: "Laying the pattern on",
        default_strength: None,
        is_two_way: false,
    },
    tell: "put the pattern of picture {r} on {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let reference = canvas.context.reference(step.params.reference.unwrap_or(2))?;
    let mask = mask_of(step, canvas)?;
    let mut outline = Outline::of(&mask, &step.target).ok_or_else(|| RenderError::NoSuchTarget(step.target.clone()))?;
    // A cup is patterned on its outside: its rim and what it holds stay as they are.
    let opening = outline.opening(canvas)?;
    if let (Some(body), Some(rim)) = (&mut outline.body, &opening) {
        body.bow = rim.short / rim.long;
    }
    let mask = opening.map_or(mask.clone(), |rim| without(&mask, &rim));
    let cloth = Cloth::cut(reference, &outline, step.params.scale, canvas.run)?;
    canvas.raster.make_rgb();
    let light = Light::of(canvas, &mask, outline.body.is_some() && opening.is_none())?;
    // A spoon that leans on a cup is of another stuff; what leans on other things is told apart by the selection alone.
    let mask = match opening {
        Some(_) => light.of_its_stuff(&mask, canvas)?,
        None => mask,
    };
    change_rows(&mut canvas.raster, Some(&mask), Space::Linear, canvas.run, |y, row| {
        for (x, pixel) in row.iter_mut().enumerate() {
            if mask.row(y)[x] > 0 {
                let (u, v) = outline.unrolled(x as f32, y as f32);
                let (colour, alpha) = cloth.at(u, v);
                let lit = light.on(colour, *pixel);
                *pixel = std::array::from_fn(|i| mix(pixel[i], lit[i], alpha));
            }
        }
    })
}

/// The mask without what lies inside the rim, with an edge about a pixel soft.
fn without(mask: &Mask, rim: &Ellipse) -> Mask {
    let width = mask.width() as usize;
    let mut data = mask.data().to_vec();
    for (i, v) in data.iter_mut().enumerate().filter(|(_, v)| **v > 0) {
        let beyond = (rim.reach((i % width) as f32 + 0.5, (i / width) as f32 + 0.5) - 1.0) * rim.short;
        *v = (f32::from(*v) * (beyond + 0.5).clamp(0.0, 1.0)) as u8;
    }
    Mask::new(mask.width(), mask.height(), data).expect("one byte was kept per pixel")
}

/// The thing's outline as the pattern needs it; lengths in pixels.
struct Outline {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    /// The body's axis and half width at the top and how they change per pixel downward; `None` for flat things.
    body: Option<Body>,
}

struct Body {
    axis: (f32, f32),
    radius: (f32, f32),
    /// How far a ring around the body bows down in the middle, per radius.
    bow: f32,
}

/// Things that are round about an upright axis.
const ROUND: [&str; 4] = ["cup", "bottle", "vase", "wine glass"];

impl Outline {
    fn of(mask: &Mask, target: &Target) -> Option<Self> {
        let (left, top, width, height) = mask.bounds()?;
        let is_named = matches!(target, Target::Object { object, .. } if ROUND.contains(&object.as_str()));
        let body = Body::of(mask, (left, top, width, height), is_named);
        Some(Self {
            left: left as f32,
            top: top as f32,
            width: width as f32,
            height: height as f32,
            body,
        })
    }

    /// The rim of something round that is seen from above, if it is seen all around.
    fn opening(&self, canvas: &Canvas<'_>) -> Result<Option<Ellipse>, RenderError> {
        let Some(body) = self.body.as_ref().filter(|b| b.radius.0 > 8.0) else {
            return Ok(None);
        };
        let radius = body.radius.0;
        let (axis, top) = (body.axis.0, self.top);
        let guess = Guess {
            from: Ellipse {
                x: axis,
                y: top + radius * 0.55,
                long: radius,
                short: radius * 0.55,
                turn: 0.0,
            },
            shift: 0.5,
            long: (0.85, 1.15),
            short: (0.2, 1.8),
            turn: 0.25,
            seen: 0.9,
            tries: 16_000,
        };
        let fits = |e: &Ellipse| {
            let (across, down) = e.half();
            (e.y - down - top).abs() < 0.1 * radius
                && (e.x - axis).abs() < 0.15 * radius
                && (0.85..1.15).contains(&(across / radius))
                && e.short > 0.1 * e.long
                && e.y + down < top + self.height * 0.97
        };
        let found = Slopes::of(&canvas.raster, canvas.run)?.fit(&guess, fits, canvas.run)?;
        Ok(found.filter(|(_, support)| *support > 0.8).map(|(rim, _)| rim))
    }

    /// Where on the cloth a pixel lies, in pixels along its surface from the middle of its front and from its top.
    fn unrolled(&self, x: f32, y: f32) -> (f32, f32) {
        let down = y - self.top;
        let Some(body) = &self.body else {
            return (x - self.left - self.width / 2.0, down);
        };
        let axis = body.axis.0 + body.axis.1 * down;
        let radius = (body.radius.0 + body.radius.1 * down).max(1.0);
        let across = (x - axis) / radius;
        // Beyond the body (a handle) the cloth goes on flat from where the body turns away.
        let on = across.clamp(-0.97, 0.97);
        let around = on.asin() + (across - on);
        let lift = body.bow * radius * (1.0 - on * on).sqrt();
        (around * radius, down - lift + body.bow * radius)
    }

    fn size(&self) -> (f32, f32) {
        match &self.body {
            // The front half of the way around.
            Some(body) => {
                let middle = (body.radius.0 + body.radius.1 * self.height / 2.0).max(1.0);
                (middle * std::f32::consts::PI, self.height * (1.0 + body.bow * 0.5))
            }
            None => (self.width, self.height),
        }
    }
}

impl Body {
    /// Reads axis and width from the outline's two sides; `None` when they are not those of something round.
    fn of(mask: &Mask, (_, top, width, height): (u32, u32, u32, u32), is_named: bool) -> Option<Self> {
        let rows: Vec<(f32, f32, f32)> = (top..top + height)
            .filter_map(|y| longest_run(mask.row(y as usize)).map(|(a, b)| ((y - top) as f32, a as f32, b as f32)))
            .collect();
        if rows.len() < 12 || width < 12 {
            return None;
        }
        // A lid or a bow at the ends, a handle at a side: the sides are those that most rows agree on.
        let inner = &rows[rows.len() / 8..rows.len() - rows.len() / 8];
        let left = side(inner.iter().map(|r| (r.0, r.1)).collect(), true);
        let right = side(inner.iter().map(|r| (r.0, r.2)).collect(), false);
        let miss = |line: (f32, f32), of: fn(&(f32, f32, f32)) -> f32| {
            let far: Vec<f32> = inner.iter().map(|r| (of(r) - line.0 - line.1 * r.0).abs()).collect();
            median(far)
        };
        let straight = miss(left, |r| r.1).max(miss(right, |r| r.2)) < 0.03 * width as f32;
        let bow = bow(mask, (top, height), left, right);
        if !(is_named || straight && bow > 0.06 && height * 3 > width * 2) {
            return None;
        }
        Some(Self {
            axis: ((left.0 + right.0) / 2.0, (left.1 + right.1) / 2.0),
            radius: ((right.0 - left.0) / 2.0, (right.1 - left.1) / 2.0),
            bow,
        })
    }
}

/// The longest stretch that is on.
fn longest_run(row: &[u8]) -> Option<(usize, usize)> {
    let (mut best, mut start) = (None::<(usize, usize)>, None);
    for (x, &v) in row.iter().chain(std::iter::once(&0)).enumerate() {
        match (v >= 128, start) {
            (true, None) => start = Some(x),
            (false, Some(from)) => {
                if best.is_none_or(|(a, b)| x - from > b - a) {
                    best = Some((from, x));
                }
                start = None;
            }
            _ => {}
        }
    }
    best
}

/// A line `at + slope · y` through one side: of the upper and of the lower half the place that a third of the rows lie
/// inside of, so that a handle that sticks out does not count.
fn side(points: Vec<(f32, f32)>, is_left: bool) -> (f32, f32) {
    let half = points.len() / 2;
    let end = |part: &[(f32, f32)]| {
        let mut across: Vec<f32> = part.iter().map(|p| p.1).collect();
        across.sort_by(f32::total_cmp);
        let at = if is_left {
            across.len() * 2 / 3
        } else {
            across.len() / 3
        };
        let down = part.iter().map(|p| p.0).sum::<f32>() / part.len() as f32;
        (down, across[at.min(across.len() - 1)])
    };
    let (a, b) = (end(&points[..half]), end(&points[half..]));
    let slope = ((b.1 - a.1) / (b.0 - a.0).max(1.0)).clamp(-0.6, 0.6);
    (a.1 - slope * a.0, slope)
}

/// How much lower the bottom edge lies in the middle than near the sides, per radius and for the whole ring.
fn bow(mask: &Mask, (top, height): (u32, u32), left: (f32, f32), right: (f32, f32)) -> f32 {
    let end = height as f32;
    let (l, r) = (left.0 + left.1 * end, right.0 + right.1 * end);
    let (axis, radius) = ((l + r) / 2.0, ((r - l) / 2.0).max(1.0));
    let bottom = |across: f32| {
        let x = (axis + across * radius).round().clamp(0.0, (mask.width() - 1) as f32) as usize;
        (top..top + height)
            .rev()
            .find(|&y| mask.row(y as usize)[x] >= 128)
            .map(|y| y as f32)
    };
    let mean = |places: [f32; 3]| median(places.into_iter().filter_map(bottom).collect());
    let middle = mean([-0.1, 0.0, 0.1]);
    let sides = 0.5 * (mean([-0.72, -0.7, -0.68]) + mean([0.68, 0.7, 0.72]));
    // A ring's edge at 0.7 of the radius lies 1 − √(1 − 0.49) ≈ 0.286 of its bow higher.
    ((middle - sides) / (0.286 * radius)).clamp(0.0, 0.4)
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The pattern at the size that it has on the thing.
struct Cloth {
    width: usize,
    height: usize,
    colours: Vec<Rgb>,
    alphas: Vec<f32>,
}

impl Cloth {
    /// One picture covers the whole front by default; `scale` makes it smaller, then it repeats.
    fn cut(reference: &Raster, outline: &Outline, scale: Option<f32>, run: &Run<'_>) -> Result<Self, RenderError> {
        let (w, h) = outline.size();
        let (rw, rh) = (reference.width() as f32, reference.height() as f32);
        let times = (w / rw).max(h / rh) * scale.unwrap_or(1.0).clamp(0.02, 8.0);
        let side = |v: f32| ((v * times).round() as u32).clamp(2, 6000);
        let small = resample::resample(reference, side(rw), side(rh), run)?;
        let (width, height) = (small.width() as usize, small.height() as usize);
        let (mut colours, mut alphas) = (vec![[0.0; 3]; width * height], vec![0.0; width * height]);
        let rows = colours.chunks_exact_mut(width).zip(alphas.chunks_exact_mut(width));
        for (y, (colours, alphas)) in rows.enumerate() {
            read_with_alpha(&small, y, Space::Linear, colours, alphas);
        }
        Ok(Self {
            width,
            height,
            colours,
            alphas,
        })
    }

    /// Colour and alpha at a place measured from the middle of the front and the top; mirrored where it repeats, so that no
    /// seam shows.
    fn at(&self, u: f32, v: f32) -> (Rgb, f32) {
        let (x, y) = (u + self.width as f32 / 2.0 - 0.5, v - 0.5);
        let (x0, y0) = (floor(x), floor(y));
        let (tx, ty) = (x - x0, y - y0);
        let place = |at: f32, len: usize| {
            let at = (at as i64).rem_euclid(2 * len as i64) as usize;
            at.min(2 * len - 1 - at)
        };
        let (left, right) = (place(x0, self.width), place(x0 + 1.0, self.width));
        let (above, below) = (
            place(y0, self.height) * self.width,
            place(y0 + 1.0, self.height) * self.width,
        );
        let blend = |of: &dyn Fn(usize) -> f32| {
            let top = mix(of(above + left), of(above + right), tx);
            mix(top, mix(of(below + left), of(below + right), tx), ty)
        };
        let colour = std::array::from_fn(|c| blend(&|i| self.colours[i][c]));
        (colour, blend(&|i| self.alphas[i]))
    }
}
