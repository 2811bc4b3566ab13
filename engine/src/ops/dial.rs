//! A thing of which only scattered marks were found: what lies between them, or the round dial that they stand on.
//!
//! The one rule: a dial is only believed when its rim is seen nearly all around; then it is shown from the front, and what
//! its photo had cut off is continued. Else the thing is the smallest shape without dents around its marks.
//! Called by `insert`.

use super::Canvas;
use super::ellipse::{Ellipse, Guess, Slopes};
use crate::color::{into_range, tables};
use crate::fill::{self, Hole};
use crate::raster::{Channels, Mask, Raster};
use crate::render::RenderError;
use crate::rows::{Space, read};
use crate::select::{Part, Small};

/// Below this share of the shape around it, what was found is marks.
const SCATTERED: f32 = 0.5;
/// How much of the rim must be seen.
const RIM: f32 = 0.8;
/// The longest side of a dial that is shown from the front; it is only ever made smaller after that.
const MOST: f32 = 1400.0;

/// What lies between scattered marks; `None` when the mask is a thing of one piece.
pub(super) fn around_marks(mask: &Mask) -> Option<Mask> {
    let (width, height) = (mask.width() as usize, mask.height() as usize);
    let hull = hull(mask);
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
        return None;
    }
    let data = spans.iter().flat_map(|&(l, r)| {
        (0..width).map(move |x| ((r - x as f32).min(x as f32 + 1.0 - l).clamp(0.0, 1.0) * 255.0) as u8)
    });
    Mask::new(mask.width(), mask.height(), data.collect()).ok()
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

/// The dial that carries the marks, from the front, with a soft edge; `None` where no rim is seen around them.
pub(super) fn from_the_front(
    marks: &Mask,
    picture: &Raster,
    canvas: &Canvas<'_>,
) -> Result<Option<Raster>, RenderError> {
    let Some(guess) = around(marks) else {
        return Ok(None);
    };
    let points = sampled(marks);
    let holds_them = |e: &Ellipse| {
        let inside = points.iter().filter(|(x, y)| e.reach(*x, *y) <= 1.0).count();
        inside * 100 >= points.len() * 97
    };
    let slopes = Slopes::of(picture, canvas.run)?;
    match slopes.fit(&guess, holds_them, canvas.run)? {
        Some((rim, support)) if support >= RIM => {
            let hub = hub(&rim, &slopes);
            turned(&rim, hub, picture, canvas).map(Some)
        }
        _ => Ok(None),
    }
}

/// Some of the marks' pixels.
fn sampled(marks: &Mask) -> Vec<(f32, f32)> {
    let width = marks.width() as usize;
    let on = marks.data().iter().enumerate().filter(|(_, v)| **v >= 128);
    let all: Vec<(f32, f32)> = on.map(|(i, _)| ((i % width) as f32, (i / width) as f32)).collect();
    let step = (all.len() / 300).max(1);
    all.into_iter().step_by(step).collect()
}

/// Where the search begins: the ellipse with the spread of the marks.
fn around(marks: &Mask) -> Option<Guess> {
    let points = sampled(marks);
    if points.len() < 20 {
        return None;
    }
    let count = points.len() as f32;
    let mean = |of: &dyn Fn(&(f32, f32)) -> f32| points.iter().map(of).sum::<f32>() / count;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let (xx, yy, xy) = (
        mean(&|p| (p.0 - x).powi(2)),
        mean(&|p| (p.1 - y).powi(2)),
        mean(&|p| (p.0 - x) * (p.1 - y)),
    );
    let half = ((xx - yy) / 2.0).hypot(xy);
    let middle = (xx + yy) / 2.0;
    Some(Guess {
        from: Ellipse {
            x,
            y,
            long: 2.0 * (middle + half).sqrt(),
            short: (2.0 * (middle - half).max(1.0).sqrt()).max(4.0),
            turn: 0.5 * (2.0 * xy).atan2(xx - yy),
        },
        shift: 0.7,
        long: (0.8, 2.6),
        short: (0.8, 2.6),
        turn: 0.6,
        seen: 0.6,
        tries: 12_000,
    })
}

/// Where the dial's middle is seen, in the unit circle: seen from near, its far half is foreshortened more than its near
/// one. Taken to be the middle of all that there is to see on it, as it lies on the dial itself.
fn hub(rim: &Ellipse, slopes: &Slopes) -> (f32, f32) {
    let marks: Vec<((f32, f32), f32)> = slopes
        .cells()
        .map(|((x, y), steep)| (rim.unit(x, y), steep))
        .filter(|(p, steep)| p.0.hypot(p.1) < 0.9 && *steep > 0.1)
        .collect();
    let mut hub = (0.0f32, 0.0f32);
    for _ in 0..24 {
        let (mut sum, mut all) = ((0.0, 0.0), 1e-6);
        for (at, steep) in &marks {
            let (on, grown) = straightened(*at, hub);
            // What is seen small is large on the dial.
            let weight = steep * grown;
            sum = (sum.0 + on.0 * weight, sum.1 + on.1 * weight);
            all += weight;
        }
        let next = seen((sum.0 / all * 0.7, sum.1 / all * 0.7), hub);
        let far = next.0.hypot(next.1);
        let held = (MOST_ASIDE / far.max(1e-6)).min(1.0);
        hub = (next.0 * held, next.1 * held);
    }
    // Seen from far there is no such difference, and hands alone lean to a side.
    if hub.0.hypot(hub.1) < LEAST_ASIDE {
        (0.0, 0.0)
    } else {
        hub
    }
}

/// The share of its radius by which a dial's middle is seen aside, at most and at least.
const MOST_ASIDE: f32 = 0.75;
const LEAST_ASIDE: f32 = 0.15;

/// Where a place of the dial is seen in the unit circle when its middle is seen at `hub`: the projective map that keeps the
/// circle (a translation of Klein's disc).
fn seen((x, y): (f32, f32), hub: (f32, f32)) -> (f32, f32) {
    let s = hub.0.hypot(hub.1);
    if s < 1e-6 {
        return (x, y);
    }
    let (cos, sin) = (hub.0 / s, hub.1 / s);
    let (along, across) = (x * cos + y * sin, y * cos - x * sin);
    let part = 1.0 / (1.0 + s * along);
    let (along, across) = ((along + s) * part, across * (1.0 - s * s).sqrt() * part);
    (along * cos - across * sin, along * sin + across * cos)
}

/// The way back, and by how much what is seen there is larger on the dial.
fn straightened((x, y): (f32, f32), hub: (f32, f32)) -> ((f32, f32), f32) {
    let s = hub.0.hypot(hub.1);
    let along = if s < 1e-6 { 0.0 } else { (x * hub.0 + y * hub.1) / s };
    let grown = (1.0 - s * s).powf(1.5) / (1.0 - s * along).powi(3);
    (seen((x, y), (-hub.0, -hub.1)), grown)
}

/// The inside of the ellipse as a disc, its middle in the middle.
fn turned(rim: &Ellipse, hub: (f32, f32), picture: &Raster, canvas: &Canvas<'_>) -> Result<Raster, RenderError> {
    let side = (rim.long * 2.0).min(MOST).round().max(8.0) as usize;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (mut samples, mut lost, mut beside) = (
        vec![0u8; side * side * 3],
        vec![0u8; side * side],
        vec![0u8; side * side],
    );
    // Across the slant the disc is stretched: the photo is read from a copy of about the disc's size, which has no holes.
    let sheet = Small::of(picture, Part::WHOLE, copy_size(rim, side, (width, height)), canvas.run)?;
    let scale = (sheet.width as f32 / width as f32, sheet.height as f32 / height as f32);
    for (i, pixel) in samples.chunks_exact_mut(3).enumerate() {
        if i % (side * 16) == 0 {
            canvas.run.check()?;
        }
        let unit = |v: usize| (v as f32 + 0.5) / side as f32 * 2.0 - 1.0;
        let (u, v) = (unit(i % side), unit(i / side));
        let (seen_u, seen_v) = seen((u, v), hub);
        let (x, y) = rim.place(seen_u, seen_v);
        let (x, y) = (x * scale.0 - 0.5, y * scale.1 - 0.5);
        if x < 0.0 || y < 0.0 || x > (sheet.width - 1) as f32 || y > (sheet.height - 1) as f32 {
            lost[i] = 255;
        } else {
            let colour = between(&sheet, x, y);
            (0..3).for_each(|c| pixel[c] = (colour[c].clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
        }
        if u.hypot(v) > 0.985 {
            beside[i] = 255;
        }
    }
    let size = side as u32;
    let mut disc = Raster::from_u8(size, size, Channels::Rgb, samples).expect("it was made for this size");
    let (lost, beside) = (
        Mask::new(size, size, lost).expect("one byte was made per pixel"),
        Mask::new(size, size, beside).expect("one byte was made per pixel"),
    );
    if lost.bounds().is_some() {
        canvas
            .run
            .note("A part of the dial lay outside of its photo and was continued from the rest of it.");
        let hole = Hole {
            mask: &lost,
            avoid: Some(&beside),
            upright: 0.2,
            mirrors: false,
            seed: canvas.context.seed,
        };
        fill::complete(&mut disc, &hole, canvas.run)?;
    }
    Ok(rounded(&disc))
}

/// As large as shows every pixel of the disc, and not larger than the photo.
fn copy_size(rim: &Ellipse, side: usize, (width, height): (usize, usize)) -> (usize, usize) {
    let times = (side as f32 / (2.0 * rim.short))
        .min(1.0)
        .max(side as f32 / (2.0 * rim.long))
        .min(1.0);
    let scaled = |v: usize| ((v as f32 * times).round() as usize).max(2);
    (scaled(width), scaled(height))
}

fn between(sheet: &Small, x: f32, y: f32) -> [f32; 3] {
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(sheet.width - 1), (y0 + 1).min(sheet.height - 1));
    let (tx, ty) = (x.fract(), y.fract());
    let at = |x: usize, y: usize| sheet.data[y * sheet.width + x];
    std::array::from_fn(|c| {
        let top = at(x0, y0)[c] + (at(x1, y0)[c] - at(x0, y0)[c]) * tx;
        let low = at(x0, y1)[c] + (at(x1, y1)[c] - at(x0, y1)[c]) * tx;
        top + (low - top) * ty
    })
}

/// The same with nothing outside of the disc; a rim of two pixels less keeps the wall's colour out.
fn rounded(disc: &Raster) -> Raster {
    let side = disc.width() as usize;
    let radius = side as f32 / 2.0;
    let (t, mut row) = (tables(), vec![[0.0; 3]; side]);
    let mut samples = Vec::with_capacity(side * side * 4);
    for y in 0..side {
        read(disc, y, Space::Linear, &mut row);
        for (x, colour) in row.iter().enumerate() {
            let far = (x as f32 + 0.5 - radius).hypot(y as f32 + 0.5 - radius);
            let share = (radius - 1.5 - far).clamp(0.0, 1.0);
            let encoded = into_range(*colour).map(|v| (t.encode(v).clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
            samples.extend(encoded);
            samples.push((share * 255.0 + 0.5) as u8);
        }
    }
    Raster::from_u8(side as u32, side as u32, Channels::Rgba, samples).expect("it was made for this size")
}
