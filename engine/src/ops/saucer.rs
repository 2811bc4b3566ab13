//! The saucer under a cup: found so that it leaves with the cup, since a torn half of it is worse than none.
//!
//! The one rule: only what has one tone, lies around the lower half of the thing and ends soon on all sides is a saucer; a
//! table goes on and stays. Called by `remove`, for things that are served on something.

use super::Canvas;
use super::recolor::tone_of;
use crate::color::{luminance, to_oklab};
use crate::field::Field;
use crate::plan::Target;
use crate::raster::Mask;
use crate::render::RenderError;
use crate::rows::Space;

/// What stands on saucers and plates.
const SERVED: [&str; 5] = ["cup", "mug", "teacup", "bowl", "glass"];
/// Cells along the thing's shorter side.
const FINE: u32 = 48;
/// How far its tone may differ from the commonest one around the thing.
const APART: f32 = 0.065;
/// It reaches at most so many times the thing's longer side beyond it.
const REACH: f32 = 0.6;
/// How large it is compared with the thing.
const SIZE: std::ops::Range<f32> = 0.3..3.0;
/// Cells by which it is taken wider, for the light on its rim.
const RIM: usize = 3;

/// The thing's mask grown over the saucer, if there is one.
pub(super) fn taken_along(thing: Mask, target: &Target, canvas: &Canvas<'_>) -> Result<Mask, RenderError> {
    let is_served = matches!(target, Target::Object { object, .. } if SERVED.contains(&object.as_str()));
    let Some((x, y, w, h)) = thing.bounds().filter(|_| is_served) else {
        return Ok(thing);
    };
    let cell = (w.min(h) / FINE).max(1) as usize;
    let cells: Field<4> = Field::gather_at(&canvas.raster, cell, Space::Linear, canvas.run, |x, y, [r, g, b], _| {
        let free = f32::from(u8::from(thing.row(y)[x] == 0));
        [r * free, g * free, b * free, free]
    })?;
    let (width, height, data) = cells.cells();
    let at = |v: u32| v as usize / cell;
    let table = Table {
        width,
        height,
        tones: data.iter().map(|c| tone(*c)).collect(),
        is_hole: data.iter().map(|c| c[3] < 0.4).collect(),
        thing: [at(x), at(y), at(x + w - 1) + 1, at(y + h - 1) + 1],
    };
    let Some(saucer) = table.saucer() else {
        return Ok(thing);
    };
    canvas
        .run
        .note("What it stands on was taken along: without the thing only a piece of it would be left.");
    let width = thing.width() as usize;
    let grown =
        thing.data().iter().enumerate().map(
            |(i, v)| match saucer[i / width / cell * table.width + i % width / cell] {
                true => 255,
                false => *v,
            },
        );
    Ok(Mask::new(thing.width(), thing.height(), grown.collect()).expect("one byte was made per pixel"))
}

/// Colour per lightness; `None` where it is too dark to tell, or nothing is to be seen.
fn tone([r, g, b, free]: [f32; 4]) -> Option<[f32; 2]> {
    let colour = [r / free.max(1e-6), g / free.max(1e-6), b / free.max(1e-6)];
    (free > 0.4 && luminance(colour) > 0.008).then(|| tone_of(to_oklab(colour)))
}

/// What lies around the thing, in cells.
struct Table {
    width: usize,
    height: usize,
    tones: Vec<Option<[f32; 2]>>,
    is_hole: Vec<bool>,
    /// Left, top, right, bottom.
    thing: [usize; 4],
}

impl Table {
    fn saucer(&self) -> Option<Vec<bool>> {
        let [left, top, right, bottom] = self.thing;
        let reach = ((right - left).max(bottom - top) as f32 * REACH) as usize + 2;
        let (x0, x1) = (left.saturating_sub(reach), (right + reach).min(self.width));
        let (y0, y1) = (top.saturating_sub(reach), (bottom + reach).min(self.height));
        let half_way = top + (bottom - top) / 2;
        let mut open: Vec<usize> = (half_way * self.width..self.tones.len())
            .filter(|i| !self.is_hole[*i] && self.beside(*i).any(|j| self.is_hole[j]))
            .collect();
        let own = commonest(open.iter().filter_map(|i| self.tones[*i]).collect())?;
        let is_like = |i: usize| self.tones[i].is_some_and(|t| apart(t, own) < APART);
        open.retain(|i| is_like(*i));
        let mut is_saucer = vec![false; self.tones.len()];
        open.iter().for_each(|i| is_saucer[*i] = true);
        let (mut count, mut at_the_end) = (0usize, 0usize);
        while let Some(i) = open.pop() {
            let (x, y) = (i % self.width, i / self.width);
            count += 1;
            at_the_end += usize::from(x <= x0 || x + 1 >= x1 || y <= y0 || y + 1 >= y1);
            for j in self.beside(i) {
                let is_near = (x0..x1).contains(&(j % self.width)) && (y0..y1).contains(&(j / self.width));
                if is_near && !is_saucer[j] && !self.is_hole[j] && is_like(j) {
                    is_saucer[j] = true;
                    open.push(j);
                }
            }
        }
        let thing = self.is_hole.iter().filter(|h| **h).count() as f32;
        let is_one = SIZE.contains(&(count as f32 / thing.max(1.0))) && at_the_end * 40 <= count;
        is_one.then(|| self.whole(is_saucer))
    }

    /// With the shade and the light in it and its rim: a saucer has no dents.
    fn whole(&self, mut cells: Vec<bool>) -> Vec<bool> {
        for row in cells.chunks_exact_mut(self.width) {
            if let (Some(first), Some(last)) = (row.iter().position(|c| *c), row.iter().rposition(|c| *c)) {
                row[first..=last].fill(true);
            }
        }
        for _ in 0..RIM {
            let now = cells.clone();
            for i in (0..now.len()).filter(|i| now[*i]) {
                self.beside(i).for_each(|j| cells[j] = true);
            }
        }
        cells
    }

    fn beside(&self, i: usize) -> impl Iterator<Item = usize> + use<> {
        let (x, y, width, height) = (i % self.width, i / self.width, self.width, self.height);
        let near = [
            (x > 0).then(|| i - 1),
            (x + 1 < width).then(|| i + 1),
            (y > 0).then(|| i - width),
            (y + 1 < height).then(|| i + width),
        ];
        near.into_iter().flatten()
    }
}

/// The tone that most others are close to.
fn commonest(tones: Vec<[f32; 2]>) -> Option<[f32; 2]> {
    let close = |m: [f32; 2]| tones.iter().filter(|t| apart(**t, m) < APART / 2.0).count();
    tones.iter().copied().max_by_key(|m| close(*m))
}

fn apart(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
