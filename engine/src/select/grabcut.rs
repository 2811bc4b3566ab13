//! A cut by colour: what belongs to a rough brush or box, learned from the colours inside and outside of it.
//!
//! The one rule: what was not drawn on at all never comes in, and if the cut finds nothing the drawing itself counts.
//! Rother, Kolmogorov and Blake, "GrabCut", 2004: five colour clouds for each side, and the cheapest cut between them, in
//! turns; done on a small copy, its edges found at full size by `guided.rs`. Called by `select::tighten` and without a net.

use super::guided::{self, Guide};
use super::mincut::Grid;
use super::plane::{Part, Plane, Small};
use super::subject::patches;
use crate::color::Rgb;
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::watch::Run;

/// The longer side of the copy that is cut.
const SIDE: usize = 360;
/// Colour clouds for each side.
const CLOUDS: usize = 5;
/// How often clouds and cut take turns.
const TURNS: usize = 6;
/// How dear an edge is where there is none to be seen, in the paper's units.
const GAMMA: f32 = 50.0;
/// How far apart (squared, in 8-bit levels) the colours of a calm surface are at least taken to be.
const CALM: f32 = 100.0;
/// Whole numbers per unit of the paper's energy.
const SCALE: f32 = 100.0;
/// Stronger than anything else pulls.
const SURE: i32 = 1 << 24;
/// A drawing below this share of the picture is a tap on a thing, not a drawing around it.
const TAP: f32 = 0.004;
/// One that is thinner than this share of the longer side is a stroke over it.
const THIN: f32 = 0.02;
/// Levels that neighbours on the same surface are apart at most, and a surface from where it was tapped.
const STEP: f32 = 12.0;
const FAR: f32 = 80.0;
/// What a tap finds beyond this share of the picture is the picture, not a thing in it.
const MOST: f32 = 0.75;

/// What is known of a cell before the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Outside,
    Inside,
    PerhapsOutside,
    PerhapsInside,
}

/// Makes a rough drawing follow the edges of what it lies on.
pub(super) fn tighten(drawn: &Mask, raster: &Raster, run: &Run<'_>) -> Result<Mask, RenderError> {
    let (width, height) = Small::size_within(raster, SIDE);
    let Some((_, _, box_width, box_height)) = drawn.bounds() else {
        return Ok(drawn.clone());
    };
    let inside: Vec<bool> = (0..width * height)
        .map(|i| {
            let x = (i % width * 2 + 1) * drawn.width() as usize / (2 * width);
            let y = (i / width * 2 + 1) * drawn.height() as usize / (2 * height);
            drawn.row(y)[x] >= 128
        })
        .collect();
    // Half the drawing's thickness decides how rough it may be.
    let depth = distances(&inside, width, height);
    let thickest = depth.iter().copied().fold(0, u32::max);
    let filled = inside.iter().filter(|&&v| v).count() as f32;
    let scale = width as f32 / drawn.width() as f32;
    let is_box = filled > 0.9 * (box_width as f32 * scale) * (box_height as f32 * scale);
    let known = |i: usize| match (inside[i], depth[i]) {
        (false, _) => Known::Outside,
        (true, d) if !is_box && d * 2 > thickest => Known::Inside,
        _ => Known::PerhapsInside,
    };
    let cut = cut(raster, (width, height), known, run)?;
    let kept = cut.data.iter().filter(|&&v| v > 0.5).count() as f32;
    if kept < 0.08 * filled {
        return Ok(drawn.clone());
    }
    refine(raster, &cut, run)
}

/// A rough drawing as a person means it: around a thing or on it.
pub(super) fn smart(drawn: &Mask, raster: &Raster, run: &Run<'_>) -> Result<Mask, RenderError> {
    let (width, height) = Small::size_within(raster, SIDE);
    let touched = touched(drawn, width, height);
    let count = touched.iter().filter(|&&t| t).count();
    if count == 0 {
        return Ok(drawn.clone());
    }
    let depth = distances(&touched, width, height);
    let thickest = depth.iter().copied().fold(0, u32::max);
    let is_tap = (count as f32) < TAP * touched.len() as f32;
    let is_thin = ((2 * thickest) as f32) < THIN * width.max(height) as f32;
    if !is_tap && !is_thin {
        // People draw a little inside of an edge as often as outside, so a thing may reach beyond what was drawn.
        let wider = grown(&touched, width, height, (thickest / 5).clamp(2, 8));
        // Colours are learned from its middle and what is continuous with that: towards the edges there is ground in it.
        let middle: Vec<bool> = depth.iter().map(|d| d * 3 > thickest).collect();
        let alike = flooded(&Small::of(raster, Part::WHOLE, (width, height), run)?, &middle);
        let known = |i: usize| match (wider[i], middle[i], alike[i]) {
            (false, ..) => Known::Outside,
            (_, true, _) => Known::Inside,
            (_, _, true) => Known::PerhapsInside,
            _ => Known::PerhapsOutside,
        };
        let cut = cut(raster, (width, height), known, run)?;
        let kept = cut.data.iter().filter(|&&v| v > 0.5).count();
        if kept * 12 < count {
            return Ok(drawn.clone());
        }
        return refine(raster, &cut, run);
    }
    let seed = grown(&touched, width, height, 1);
    let alike = flooded(&Small::of(raster, Part::WHOLE, (width, height), run)?, &seed);
    let known = |i: usize| match (seed[i], alike[i]) {
        (true, _) => Known::Inside,
        (_, true) => Known::PerhapsInside,
        _ => Known::PerhapsOutside,
    };
    let mut cut = cut(raster, (width, height), known, run)?;
    keep_under(&mut cut, &seed);
    let share = cut.data.iter().sum::<f32>() / cut.data.len() as f32;
    if share > MOST {
        return Ok(drawn.clone());
    }
    refine(raster, &cut, run)
}

/// The cells that any drawn pixel lies in, so that no tap is too small to be seen.
fn touched(drawn: &Mask, width: usize, height: usize) -> Vec<bool> {
    let mut cells = vec![false; width * height];
    // A pixel of the drawing may be smaller than a cell or larger.
    let span = |at: usize, cells: usize, pixels: usize| at * cells / pixels..=((at + 1) * cells - 1) / pixels;
    for y in 0..drawn.height() as usize {
        for (x, _) in drawn.row(y).iter().enumerate().filter(|&(_, &v)| v >= 128) {
            for row in span(y, height, drawn.height() as usize) {
                for column in span(x, width, drawn.width() as usize) {
                    cells[row * width + column] = true;
                }
            }
        }
    }
    cells
}

/// Wider by so many cells.
fn grown(cells: &[bool], width: usize, height: usize, by: u32) -> Vec<bool> {
    let outside: Vec<bool> = cells.iter().map(|c| !c).collect();
    // The rim is no edge of the drawing: count only from drawn cells.
    let mut far: Vec<u32> = outside.iter().map(|&o| if o { u32::MAX / 2 } else { 0 }).collect();
    for i in 0..far.len() {
        let left = if i % width > 0 { far[i - 1] + 1 } else { u32::MAX / 2 };
        let up = if i >= width { far[i - width] + 1 } else { u32::MAX / 2 };
        far[i] = far[i].min(left).min(up);
    }
    for i in (0..far.len()).rev() {
        let right = if i % width + 1 < width {
            far[i + 1] + 1
        } else {
            u32::MAX / 2
        };
        let down = if i / width + 1 < height {
            far[i + width] + 1
        } else {
            u32::MAX / 2
        };
        far[i] = far[i].min(right).min(down);
    }
    far.into_iter().map(|f| f <= by).collect()
}

/// What can be reached from the seed without a step over an edge, and without going far from its colours: enough of a thing
/// to learn its colours from.
fn flooded(small: &Small, seed: &[bool]) -> Vec<bool> {
    let (w, h) = (small.width, small.height);
    let seeds: Vec<usize> = (0..seed.len()).filter(|&i| seed[i]).collect();
    let mean: Rgb = std::array::from_fn(|c| seeds.iter().map(|&i| small.data[i][c]).sum::<f32>() / seeds.len() as f32);
    let apart = |a: Rgb, b: Rgb| (0..3).map(|c| (a[c] - b[c]).abs()).fold(0.0, f32::max) * 255.0;
    let mut reached = seed.to_vec();
    let mut open = seeds;
    while let Some(i) = open.pop() {
        let (x, y) = (i % w, i / w);
        let near = [
            (x > 0).then(|| i - 1),
            (x + 1 < w).then(|| i + 1),
            (y > 0).then(|| i - w),
            (y + 1 < h).then(|| i + w),
        ];
        for j in near.into_iter().flatten() {
            let (here, there) = (small.data[i], small.data[j]);
            if !reached[j] && apart(here, there) < STEP && apart(there, mean) < FAR {
                reached[j] = true;
                open.push(j);
            }
        }
    }
    reached
}

/// Keeps the patches that hold some of the seed, without holes; the other patches of its colours are other things.
fn keep_under(cut: &mut Plane, seed: &[bool]) {
    let (w, h) = (cut.width, cut.height);
    let on_rim = |i: usize| i < w || i >= w * (h - 1) || i.is_multiple_of(w) || i % w == w - 1;
    let mut kept = 0;
    let all = patches(cut);
    for patch in all.iter().filter(|p| p.is_inside) {
        if patch.cells.iter().any(|&i| seed[i]) {
            kept += patch.cells.len();
        } else {
            patch.cells.iter().for_each(|&i| cut.data[i] = 0.0);
        }
    }
    for patch in all.iter().filter(|p| !p.is_inside) {
        if patch.cells.len() * 4 < kept && !patch.cells.iter().any(|&i| on_rim(i)) {
            patch.cells.iter().for_each(|&i| cut.data[i] = 1.0);
        }
    }
}

/// The middle of the picture as far as its colours differ from the rim: the selection without a net.
pub(super) fn around_the_middle(raster: &Raster, run: &Run<'_>) -> Result<Mask, RenderError> {
    let (width, height) = Small::size_within(raster, SIDE);
    let known = |i: usize| {
        let u = ((i % width) as f32 + 0.5) / width as f32 - 0.5;
        let v = ((i / width) as f32 + 0.5) / height as f32 - 0.5;
        // People stand on the lower rim more often than not.
        if u.abs() > 0.44 || v < -0.45 || (v > 0.45 && u.abs() > 0.32) {
            Known::Outside
        } else if (u / 0.09).powi(2) + (v / 0.15).powi(2) < 1.0 {
            Known::Inside
        } else if (u / 0.34).powi(2) + (v / 0.4).powi(2) < 1.0 {
            Known::PerhapsInside
        } else {
            Known::PerhapsOutside
        }
    };
    let mut cut = cut(raster, (width, height), known, run)?;
    let share = cut.data.iter().sum::<f32>() / cut.data.len() as f32;
    if !(0.02..=0.8).contains(&share) {
        // The colours say nothing: an oval in the middle.
        for (i, v) in cut.data.iter_mut().enumerate() {
            *v = f32::from(u8::from(matches!(known(i), Known::Inside | Known::PerhapsInside)));
        }
    }
    keep_one(&mut cut);
    refine(raster, &cut, run)
}

/// One thing without holes: crumbs go, and what it closes in belongs to it.
fn keep_one(cut: &mut Plane) {
    let (w, h) = (cut.width, cut.height);
    let all = patches(cut);
    let largest = all
        .iter()
        .filter(|p| p.is_inside)
        .map(|p| p.cells.len())
        .max()
        .unwrap_or(0);
    let on_rim = |i: usize| i < w || i >= w * (h - 1) || i.is_multiple_of(w) || i % w == w - 1;
    for patch in &all {
        let is_crumb = patch.is_inside && patch.cells.len() < largest;
        let is_hole = !patch.is_inside && patch.cells.len() * 4 < largest && !patch.cells.iter().any(|&i| on_rim(i));
        if is_crumb || is_hole {
            patch
                .cells
                .iter()
                .for_each(|&i| cut.data[i] = f32::from(u8::from(is_hole)));
        }
    }
}

fn refine(raster: &Raster, cut: &Plane, run: &Run<'_>) -> Result<Mask, RenderError> {
    let cell = raster.width() as f32 / cut.width as f32;
    let guide = Guide {
        sigma: (cell * 1.5).max(1.5),
        noise: 0.02,
        clear: (0.12, 0.88),
    };
    guided::refine(raster, cut, guide, run)
}

fn cut(
    raster: &Raster,
    size: (usize, usize),
    known: impl Fn(usize) -> Known,
    run: &Run<'_>,
) -> Result<Plane, RenderError> {
    let small = Small::of(raster, Part::WHOLE, size, run)?;
    let known: Vec<Known> = (0..small.data.len()).map(known).collect();
    let mut inside: Vec<bool> = known
        .iter()
        .map(|k| matches!(k, Known::Inside | Known::PerhapsInside))
        .collect();
    let ties = ties(&small);
    for _ in 0..TURNS {
        let pick = |side: bool| -> Vec<Rgb> {
            let both = small.data.iter().zip(&inside);
            both.filter(|&(_, &i)| i == side)
                .map(|(&c, _)| c.map(|v| v * 255.0))
                .collect()
        };
        let (Some(ins), Some(outs)) = (Clouds::of(&pick(true)), Clouds::of(&pick(false))) else {
            break;
        };
        let mut grid = Grid::new(small.width, small.height);
        for (i, &colour) in small.data.iter().enumerate() {
            let colour = colour.map(|v| v * 255.0);
            grid.pull(
                i,
                match known[i] {
                    Known::Outside => -SURE,
                    Known::Inside => SURE,
                    _ => ((outs.cost(colour) - ins.cost(colour)) * SCALE).clamp(-1e6, 1e6) as i32,
                },
            );
        }
        ties.iter()
            .for_each(|&(cell, direction, strength)| grid.tie(cell, direction, strength));
        let next = grid.cut(run)?;
        let is_settled = next == inside;
        inside = next;
        if is_settled {
            break;
        }
    }
    Ok(Plane {
        width: small.width,
        height: small.height,
        part: Part::WHOLE,
        data: inside.into_iter().map(|i| f32::from(u8::from(i))).collect(),
    })
}

/// How dear it is to cut between neighbours: the less, the more their colours differ.
fn ties(small: &Small) -> Vec<(usize, usize, i32)> {
    let (w, h) = (small.width, small.height);
    let apart = |a: usize, b: usize| -> f32 {
        (0..3)
            .map(|c| ((small.data[a][c] - small.data[b][c]) * 255.0).powi(2))
            .sum()
    };
    let mut pairs = Vec::with_capacity(4 * w * h);
    for y in 0..h {
        for x in 0..w {
            let i = y * w + x;
            if x + 1 < w {
                pairs.push((i, 0, apart(i, i + 1), 1.0));
            }
            if y + 1 < h {
                pairs.push((i, 2, apart(i, i + w), 1.0));
            }
            if x + 1 < w && y + 1 < h {
                pairs.push((i, 4, apart(i, i + w + 1), std::f32::consts::FRAC_1_SQRT_2));
            }
            if x + 1 < w && y > 0 {
                pairs.push((i, 6, apart(i, i + 1 - w), std::f32::consts::FRAC_1_SQRT_2));
            }
        }
    }
    // The paper takes the mean over all pairs. A wall's joints then make every other edge look weak, so the steepest fifth
    // is left out, and noise of a few levels never counts as an edge.
    let mut steep: Vec<f32> = pairs.iter().map(|p| p.2).collect();
    let most = steep.len() * 4 / 5;
    if most > 0 {
        steep.select_nth_unstable_by(most, f32::total_cmp);
    }
    let calm = steep[..most].iter().sum::<f32>() / most.max(1) as f32;
    let beta = 0.5 / calm.max(CALM);
    let strength = |apart: f32, near: f32| (GAMMA * near * (-beta * apart).exp() * SCALE) as i32;
    pairs
        .into_iter()
        .map(|(cell, direction, apart, near)| (cell, direction, strength(apart, near)))
        .collect()
}

/// How many cells each cell inside is away from the outside (or the rim), in steps along rows and columns.
fn distances(inside: &[bool], width: usize, height: usize) -> Vec<u32> {
    let mut far: Vec<u32> = inside.iter().map(|&i| if i { u32::MAX / 2 } else { 0 }).collect();
    let mut relax = |i: usize, from: Option<usize>| {
        let near = from.map_or(0, |f| far[f]);
        far[i] = far[i].min(near + 1).min(if inside[i] { u32::MAX } else { 0 });
    };
    for i in 0..inside.len() {
        relax(i, (i % width > 0).then(|| i - 1));
        relax(i, (i >= width).then(|| i - width));
    }
    for i in (0..inside.len()).rev() {
        relax(i, (i % width + 1 < width).then(|| i + 1));
        relax(i, (i / width + 1 < height).then(|| i + width));
    }
    far
}

/// Clouds of colour (a mixture of Gaussians).
struct Clouds(Vec<Cloud>);

struct Cloud {
    mean: Rgb,
    /// Inverse of the spread, upper half: rr rg rb gg gb bb.
    inverse: [f32; 6],
    /// What a colour right in the middle costs.
    base: f32,
}

impl Clouds {
    fn of(colours: &[Rgb]) -> Option<Self> {
        if colours.len() < CLOUDS {
            return None;
        }
        let mut groups: Vec<Vec<Rgb>> = vec![colours.to_vec()];
        // Split the group that spreads most, across its longest axis, until there are enough (Orchard and Bouman, 1991).
        while groups.len() < CLOUDS {
            let widest = groups
                .iter()
                .map(|g| longest_axis(g))
                .enumerate()
                .max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
            let (at, (spread, axis, mean)) = widest;
            if spread < 1.0 {
                break;
            }
            let group = groups.swap_remove(at);
            let side = |c: &Rgb| (0..3).map(|i| (c[i] - mean[i]) * axis[i]).sum::<f32>() > 0.0;
            let (a, b): (Vec<Rgb>, Vec<Rgb>) = group.into_iter().partition(side);
            groups.extend([a, b].into_iter().filter(|g| !g.is_empty()));
        }
        let all = colours.len() as f32;
        Some(Self(
            groups.iter().map(|g| Cloud::of(g, g.len() as f32 / all)).collect(),
        ))
    }

    /// Minus the logarithm of how likely a colour is.
    fn cost(&self, colour: Rgb) -> f32 {
        let costs = self.0.iter().map(|cloud| cloud.cost(colour));
        let least = costs.clone().fold(f32::INFINITY, f32::min);
        least - costs.map(|c| (least - c).exp()).sum::<f32>().ln()
    }
}

fn moments(colours: &[Rgb]) -> (Rgb, [f32; 6]) {
    let mut sums = [0f64; 9];
    for c in colours {
        let [r, g, b] = c.map(f64::from);
        for (sum, v) in sums.iter_mut().zip([r, g, b, r * r, r * g, r * b, g * g, g * b, b * b]) {
            *sum += v;
        }
    }
    let n = colours.len().max(1) as f64;
    let [r, g, b, rr, rg, rb, gg, gb, bb] = sums.map(|s| s / n);
    let spread = [rr - r * r, rg - r * g, rb - r * b, gg - g * g, gb - g * b, bb - b * b];
    ([r as f32, g as f32, b as f32], spread.map(|v| v as f32))
}

/// The spread along the longest axis, the axis and the mean.
fn longest_axis(colours: &[Rgb]) -> (f32, Rgb, Rgb) {
    let (mean, [rr, rg, rb, gg, gb, bb]) = moments(colours);
    let mut axis: Rgb = [0.577, 0.587, 0.567];
    let mut length = 0.0;
    for _ in 0..24 {
        let [x, y, z] = axis;
        let next = [
            rr * x + rg * y + rb * z,
            rg * x + gg * y + gb * z,
            rb * x + gb * y + bb * z,
        ];
        length = next.iter().map(|v| v * v).sum::<f32>().sqrt();
        if length < 1e-6 {
            break;
        }
        axis = next.map(|v| v / length);
    }
    (
        length * colours.len() as f32 / (colours.len() as f32).max(1.0),
        axis,
        mean,
    )
}

impl Cloud {
    fn of(colours: &[Rgb], share: f32) -> Self {
        let (mean, [rr, rg, rb, gg, gb, bb]) = moments(colours);
        // A little noise keeps flat drawings from having clouds without extent.
        let (rr, gg, bb) = (rr + 4.0, gg + 4.0, bb + 4.0);
        let (c00, c01, c02) = (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg);
        let determinant = (rr * c00 + rg * c01 + rb * c02).max(1e-3);
        let inverse = [c00, c01, c02, rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg].map(|v| v / determinant);
        Self {
            mean,
            inverse,
            base: 0.5 * determinant.ln() - share.ln(),
        }
    }

    fn cost(&self, colour: Rgb) -> f32 {
        let [x, y, z]: Rgb = std::array::from_fn(|i| colour[i] - self.mean[i]);
        let [rr, rg, rb, gg, gb, bb] = self.inverse;
        self.base + 0.5 * (rr * x * x + gg * y * y + bb * z * z) + rg * x * y + rb * x * z + gb * y * z
    }
}
