//! The sheet that a scene is painted on: linear light, and the few ways to put paint on it.

use rayon::prelude::*;

use super::light::Rgb3;
use crate::color::{decode_exactly, smoothstep};

/// `0xrrggbb` as linear light.
pub(crate) fn hex(code: u32) -> Rgb3 {
    [16, 8, 0].map(|shift| decode_exactly(((code >> shift) & 255) as f32 / 255.0))
}

/// From `a` to `b`.
#[inline]
pub(crate) fn mixed(a: Rgb3, b: Rgb3, t: f32) -> Rgb3 {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * t)
}

#[inline]
pub(crate) fn scaled(a: Rgb3, by: f32) -> Rgb3 {
    a.map(|v| v * by)
}

#[inline]
pub(crate) fn plus(a: Rgb3, b: Rgb3) -> Rgb3 {
    std::array::from_fn(|i| a[i] + b[i])
}

#[inline]
pub(crate) fn times(a: Rgb3, b: Rgb3) -> Rgb3 {
    std::array::from_fn(|i| a[i] * b[i])
}

/// One touch of a brush: where, how wide, turned how far (radians), how soft its edge (0 hard, 1 all slope).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ink {
    pub(crate) at: (f32, f32),
    pub(crate) size: (f32, f32),
    pub(crate) turn: f32,
    pub(crate) soft: f32,
    pub(crate) colour: Rgb3,
    pub(crate) cover: f32,
}

/// A picture being painted.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) data: Vec<Rgb3>,
}

impl Sheet {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            data: vec![[0.0; 3]; width * height],
        }
    }

    /// Width in heights.
    pub(crate) fn aspect(&self) -> f32 {
        self.width as f32 / self.height as f32
    }

    /// One pixel in heights.
    pub(crate) fn pixel(&self) -> f32 {
        1.0 / self.height as f32
    }

    /// Every pixel anew from where it is and what it was.
    pub(crate) fn wash(&mut self, each: impl Fn(f32, f32, Rgb3) -> Rgb3 + Sync) {
        let (width, step) = (self.width, self.pixel());
        self.data.par_chunks_mut(width).enumerate().for_each(|(row, pixels)| {
            let y = (row as f32 + 0.5) * step;
            for (column, pixel) in pixels.iter_mut().enumerate() {
                *pixel = each((column as f32 + 0.5) * step, y, *pixel);
            }
        });
    }

    /// A soft layer, thought out at a third of the size: `each(x, y)` is a colour and how much it covers; with `adds`,
    /// its light is added instead.
    pub(crate) fn veil(&mut self, adds: bool, each: impl Fn(f32, f32) -> (Rgb3, f32) + Sync) {
        const PART: usize = 3;
        let (w, h) = (self.width / PART + 2, self.height / PART + 2);
        let step = self.pixel() * PART as f32;
        let mut small = vec![[0.0f32; 4]; w * h];
        small.par_chunks_mut(w).enumerate().for_each(|(row, cells)| {
            for (column, cell) in cells.iter_mut().enumerate() {
                let (c, a) = each(column as f32 * step, row as f32 * step);
                *cell = [c[0], c[1], c[2], a];
            }
        });
        let width = self.width;
        self.data.par_chunks_mut(width).enumerate().for_each(|(row, pixels)| {
            let at = (row as f32 + 0.5) / PART as f32;
            let (y, ty) = (at as usize, at.fract());
            for (column, pixel) in pixels.iter_mut().enumerate() {
                let at = (column as f32 + 0.5) / PART as f32;
                let x = at as usize;
                let tx = at - x as f32;
                let cell = |x: usize, y: usize| small[y * w + x];
                let (a, b, c, d) = (cell(x, y), cell(x + 1, y), cell(x, y + 1), cell(x + 1, y + 1));
                let value: [f32; 4] = std::array::from_fn(|n| {
                    let (top, bottom) = (a[n] + (b[n] - a[n]) * tx, c[n] + (d[n] - c[n]) * tx);
                    top + (bottom - top) * ty
                });
                let colour = [value[0], value[1], value[2]];
                *pixel = if adds {
                    plus(*pixel, scaled(colour, value[3]))
                } else {
                    mixed(*pixel, colour, value[3].clamp(0.0, 1.0))
                };
            }
        });
    }

    /// One touch of a brush.
    pub(crate) fn dab(&mut self, ink: &Ink) {
        let scale = self.height as f32;
        let (sin, cos) = ink.turn.sin_cos();
        let (rx, ry) = ((ink.size.0 * scale).max(0.35), (ink.size.1 * scale).max(0.35));
        // A touch thinner than a pixel covers less of it.
        let thin = ((ink.size.0 * scale / rx) * (ink.size.1 * scale / ry)).min(1.0);
        let reach_x = (rx * cos).hypot(ry * sin) + 1.0;
        let reach_y = (rx * sin).hypot(ry * cos) + 1.0;
        let (cx, cy) = (ink.at.0 * scale, ink.at.1 * scale);
        let rows = ((cy - reach_y).max(0.0) as usize)..((cy + reach_y + 1.0).clamp(0.0, scale) as usize);
        let columns = ((cx - reach_x).max(0.0) as usize)..((cx + reach_x + 1.0).clamp(0.0, self.width as f32) as usize);
        let edge = (1.0 - ink.soft).min(1.0 - 0.7 / rx.min(ry).max(0.75)).clamp(0.0, 0.99);
        for row in rows {
            for column in columns.clone() {
                let (dx, dy) = (column as f32 + 0.5 - cx, row as f32 + 0.5 - cy);
                let (u, v) = ((dx * cos + dy * sin) / rx, (dy * cos - dx * sin) / ry);
                let far = u * u + v * v;
                if far < 1.0 {
                    let cover = ink.cover * thin * (1.0 - smoothstep(edge, 1.0, far.sqrt()));
                    let pixel = &mut self.data[row * self.width + column];
                    *pixel = mixed(*pixel, ink.colour, cover);
                }
            }
        }
    }

    /// Light around a place, added.
    pub(crate) fn glow(&mut self, at: (f32, f32), radius: f32, colour: Rgb3) {
        let scale = self.height as f32;
        let (cx, cy, r) = (at.0 * scale, at.1 * scale, (radius * scale).max(0.8));
        let rows = ((cy - r).max(0.0) as usize)..((cy + r + 1.0).clamp(0.0, scale) as usize);
        let columns = ((cx - r).max(0.0) as usize)..((cx + r + 1.0).clamp(0.0, self.width as f32) as usize);
        for row in rows {
            for column in columns.clone() {
                let far = (column as f32 + 0.5 - cx).hypot(row as f32 + 0.5 - cy) / r;
                if far < 1.0 {
                    let light = (1.0 - far).powi(2) * (1.0 - far * far);
                    let pixel = &mut self.data[row * self.width + column];
                    *pixel = plus(*pixel, scaled(colour, light));
                }
            }
        }
    }

    /// Fills a shape; `each(x, y, under)` is the paint there.
    pub(crate) fn fill(&mut self, points: &[(f32, f32)], each: impl Fn(f32, f32, Rgb3) -> Rgb3 + Sync) {
        const SUB: usize = 4;
        let scale = self.height as f32;
        let (low, high) = points
            .iter()
            .fold((f32::MAX, f32::MIN), |(l, h), p| (l.min(p.1), h.max(p.1)));
        let first = ((low * scale).floor().max(0.0)) as usize;
        let last = ((high * scale).ceil().clamp(0.0, scale)) as usize;
        if first >= last {
            return;
        }
        let (width, step) = (self.width, self.pixel());
        let rows = &mut self.data[first * width..last * width];
        rows.par_chunks_mut(width).enumerate().for_each_init(
            || (vec![0.0f32; width + 1], Vec::new()),
            |(cover, crossings), (row, pixels)| {
                cover.fill(0.0);
                let mut span = (width, 0);
                for sub in 0..SUB {
                    let y = ((first + row) as f32 + (sub as f32 + 0.5) / SUB as f32) * step;
                    crosses(points, y, crossings);
                    for pair in crossings.chunks_exact(2) {
                        let touched = cover_span(cover, pair[0] * scale, pair[1] * scale, 1.0 / SUB as f32);
                        span = (span.0.min(touched.0), span.1.max(touched.1));
                    }
                }
                let y = ((first + row) as f32 + 0.5) * step;
                for column in span.0..span.1 {
                    if cover[column] > 0.0 {
                        let paint = each((column as f32 + 0.5) * step, y, pixels[column]);
                        pixels[column] = mixed(pixels[column], paint, cover[column].min(1.0));
                    }
                }
            },
        );
    }

    /// A line that thins out from one end to the other.
    pub(crate) fn line(&mut self, from: (f32, f32), to: (f32, f32), thick: (f32, f32), colour: Rgb3) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1e-6);
        let (nx, ny) = (-dy / length * 0.5, dx / length * 0.5);
        let points = [
            (from.0 + nx * thick.0, from.1 + ny * thick.0),
            (to.0 + nx * thick.1, to.1 + ny * thick.1),
            (to.0 - nx * thick.1, to.1 - ny * thick.1),
            (from.0 - nx * thick.0, from.1 - ny * thick.0),
        ];
        self.fill(&points, |_, _, _| colour);
    }

    /// The paint at a place, between pixels by a straight line.
    pub(crate) fn at(&self, x: f32, y: f32) -> Rgb3 {
        let place = |at: f32, len: usize| {
            let at = (at * self.height as f32 - 0.5).clamp(0.0, (len - 1) as f32);
            let low = at as usize;
            (low, (low + 1).min(len - 1), at - low as f32)
        };
        let ((x0, x1, tx), (y0, y1, ty)) = (place(x, self.width), place(y, self.height));
        let cell = |x: usize, y: usize| self.data[y * self.width + x];
        mixed(
            mixed(cell(x0, y0), cell(x1, y0), tx),
            mixed(cell(x0, y1), cell(x1, y1), tx),
            ty,
        )
    }
}

/// Where a shape's outline crosses a row, in order.
fn crosses(points: &[(f32, f32)], y: f32, crossings: &mut Vec<f32>) {
    crossings.clear();
    let mut from = points[points.len() - 1];
    for &to in points {
        if (from.1 <= y) != (to.1 <= y) {
            crossings.push(from.0 + (to.0 - from.0) * (y - from.1) / (to.1 - from.1));
        }
        from = to;
    }
    crossings.sort_by(f32::total_cmp);
}

/// Adds the share of every pixel between two places of a row; says which pixels it touched.
fn cover_span(cover: &mut [f32], from: f32, to: f32, weight: f32) -> (usize, usize) {
    let end = (cover.len() - 1) as f32;
    let (from, to) = (from.clamp(0.0, end), to.clamp(0.0, end));
    if to <= from {
        return (usize::MAX, 0);
    }
    let (first, last) = (from as usize, (to.ceil() as usize).min(cover.len() - 1));
    for (at, cell) in cover.iter_mut().enumerate().take(last).skip(first) {
        let share = (to.min(at as f32 + 1.0) - from.max(at as f32)).max(0.0);
        *cell += share * weight;
    }
    (first, last)
}
