//! The shadow that a thing throws: found so that it leaves with the thing.
//!
//! The one rule: a shadow begins at the thing's foot, is its ground made darker and no other colour, and ends soon; what
//! does not end is a dark ground and stays. Called by `thing::take_away`.

use super::Canvas;
use crate::color::{Rgb, luminance};
use crate::field::Field;
use crate::raster::Mask;
use crate::render::RenderError;
use crate::rows::Space;

/// Cells along the thing's shorter side.
const FINE: u32 = 48;
/// How much darker than the ground a shadow is at least, and at most.
const DARK: std::ops::Range<f32> = 0.04..0.87;
/// How differently the channels may be darkened, as a share of their mean: a shadow outdoors is a little blue.
const TINGE: f32 = 0.5;
/// A shadow reaches so many times the thing's longer side beyond it.
const REACH: f32 = 0.6;
/// A shadow above so many times the thing's own area is none.
const LARGEST: f32 = 1.1;

/// The hole grown over the shadow, if there is one.
pub(super) fn taken_along(hole: Mask, thing: &Mask, canvas: &Canvas<'_>) -> Result<Mask, RenderError> {
    let Some(bounds) = thing.bounds() else {
        return Ok(hole);
    };
    let ground = Ground::around(&hole, bounds, canvas)?;
    let Some(shadow) = ground.shadow() else {
        return Ok(hole);
    };
    let (width, height) = (hole.width() as usize, hole.height() as usize);
    let mut data = hole.data().to_vec();
    for (y, row) in data.chunks_exact_mut(width).enumerate().take(height) {
        for (x, v) in row.iter_mut().enumerate() {
            if shadow[y / ground.cell * ground.width + x / ground.cell] {
                *v = 255;
            }
        }
    }
    Ok(Mask::new(hole.width(), hole.height(), data).expect("one byte was made per pixel"))
}

/// What lies around a hole, in cells.
struct Ground {
    width: usize,
    height: usize,
    /// Pixels per cell.
    cell: usize,
    /// `None` in the hole.
    colours: Vec<Option<Rgb>>,
    /// What the ground is like nearby where no shadow lies.
    lit: Vec<Rgb>,
    /// The thing, in cells: left, top, right, bottom.
    thing: [usize; 4],
}

impl Ground {
    fn around(hole: &Mask, (x, y, w, h): (u32, u32, u32, u32), canvas: &Canvas<'_>) -> Result<Self, RenderError> {
        let run = canvas.run;
        let cell = (w.min(h) / FINE).max(1) as usize;
        let cells: Field<4> = Field::gather_at(&canvas.raster, cell, Space::Linear, run, |x, y, [r, g, b], _| {
            let free = f32::from(u8::from(hole.row(y)[x] == 0));
            [r * free, g * free, b * free, free]
        })?;
        let (width, height, data) = cells.cells();
        let colours: Vec<Option<Rgb>> = data
            .iter()
            .map(|[r, g, b, free]| (*free > 0.6).then(|| [r / free, g / free, b / free]))
            .collect();
        let sigma = w.max(h) as f32 * 0.4;
        let mut mean = cells.map(|s| s, run)?;
        mean.blur(sigma, run)?;
        let mean = mean.map(|s| s, run)?;
        let light = |[r, g, b, free]: [f32; 4]| luminance([r, g, b]) / free.max(1e-6);
        // Once more without what is darker than its surroundings: the ground as it is in the light.
        let mut lit = mean.remade(|_, _, near| {
            let lit = near.iter().zip(&colours).map(|(near, colour)| match colour {
                Some(c) if luminance(*c) > 0.93 * light(*near) => [c[0], c[1], c[2], 1.0],
                _ => [0.0; 4],
            });
            Ok(lit.collect::<Vec<[f32; 4]>>())
        })?;
        lit.blur(sigma, run)?;
        let lit = lit.map(|s| s, run)?;
        let (_, _, lit) = lit.cells();
        let at = |v: u32| v as usize / cell;
        Ok(Self {
            width,
            height,
            cell,
            lit: lit
                .iter()
                .map(|[r, g, b, n]| [r / n.max(1e-6), g / n.max(1e-6), b / n.max(1e-6)])
                .collect(),
            thing: [at(x), at(y), at(x + w - 1) + 1, at(y + h - 1) + 1],
            colours,
        })
    }

    /// Whether a cell is its ground made darker.
    fn is_dark(&self, i: usize) -> bool {
        let Some(colour) = self.colours[i] else {
            return false;
        };
        let share = luminance(colour) / luminance(self.lit[i]).max(1e-4);
        let shares: Rgb = std::array::from_fn(|c| (colour[c] + 0.01) / (self.lit[i][c] + 0.01));
        let spread = shares.iter().fold(0.0f32, |m, v| m.max(*v)) - shares.iter().fold(f32::MAX, |m, v| m.min(*v));
        DARK.contains(&share) && spread < TINGE * (shares[0] + shares[1] + shares[2]) / 3.0
    }

    /// Whether the ground is of one lightness in a part, shadows aside.
    fn is_plain(&self, [left, top, right, bottom]: [usize; 4]) -> bool {
        let lights: Vec<f32> = (top..bottom)
            .flat_map(|y| (left..right).map(move |x| y * self.width + x))
            .filter(|i| self.colours[*i].is_some())
            .map(|i| luminance(self.lit[i]))
            .collect();
        let count = lights.len().max(1) as f32;
        let mean = lights.iter().sum::<f32>() / count;
        let spread = (lights.iter().map(|l| (l - mean).powi(2)).sum::<f32>() / count).sqrt();
        spread < 0.2 * mean
    }

    /// The cells of the shadow with a rim of one; `None` when there is none.
    fn shadow(&self) -> Option<Vec<bool>> {
        let [left, top, right, bottom] = self.thing;
        let reach = ((right - left).max(bottom - top) as f32 * REACH) as usize + 2;
        let (x0, x1) = (left.saturating_sub(reach), (right + reach).min(self.width));
        // It lies on the ground: beside the lower half of the thing and below. Where all around is the same ground, the thing
        // is seen from above and its shadow falls anywhere.
        let half_way = top + (bottom - top) / 2;
        let y1 = (bottom + reach).min(self.height);
        let y0 = match self.is_plain([x0, top.saturating_sub(reach), x1, y1]) {
            true => top.saturating_sub(reach),
            false => half_way,
        };
        let within = |x: usize, y: usize| (x0..x1).contains(&x) && (y0..y1).contains(&y);
        let mut is_shadow = vec![false; self.colours.len()];
        let mut open: Vec<usize> = (0..self.colours.len())
            .filter(|i| self.colours[*i].is_none() && within(i % self.width, i / self.width))
            .collect();
        let (mut count, mut at_the_end) = (0, 0);
        while let Some(i) = open.pop() {
            for (x, y) in self.beside(i) {
                let j = y * self.width + x;
                if is_shadow[j] || !within(x, y) || !self.is_dark(j) {
                    continue;
                }
                is_shadow[j] = true;
                count += 1;
                at_the_end += usize::from(x == x0 || x + 1 == x1 || y == y0 && y0 < half_way || y + 1 == y1);
                open.push(j);
            }
        }
        let own = self.colours.iter().filter(|c| c.is_none()).count();
        let is_one = count > 0 && count as f32 <= LARGEST * own as f32 && at_the_end * 20 <= count;
        is_one.then(|| self.with_rim(&is_shadow))
    }

    fn beside(&self, i: usize) -> impl Iterator<Item = (usize, usize)> {
        let (x, y, width, height) = (i % self.width, i / self.width, self.width, self.height);
        [(0, 1), (2, 1), (1, 0), (1, 2)]
            .into_iter()
            .filter(move |(dx, dy)| x + dx > 0 && y + dy > 0 && x + dx <= width && y + dy <= height)
            .map(move |(dx, dy)| (x + dx - 1, y + dy - 1))
    }

    fn with_rim(&self, cells: &[bool]) -> Vec<bool> {
        let mut out = cells.to_vec();
        for _ in 0..2 {
            let now = out.clone();
            for i in (0..now.len()).filter(|i| now[*i]) {
                self.beside(i).for_each(|(x, y)| out[y * self.width + x] = true);
            }
        }
        out
    }
}
