//! What really changed: the colour map, the noise of everything that should be the same, and the region that stands out.
//!
//! A pixel's score is its blurred difference in units of the noise expected there, which grows with the gradient, since
//! misplacement and recoding do; the line is fitted to medians per gradient, so changed pixels do not raise it. Two
//! thresholds with a flood between them (Canny's hysteresis, 1986) and morphology make the region.
//! The one rule: the noise is always measured on this pair of pictures, never assumed. Called by `compare`.

use super::CompareOptions;
use super::affine::Affine;
use super::agree::{agreement, trusted};
use super::align::Pyramid;
use super::colour::{CUT, ColourMap, Pair, fit};
use super::pace::{CompareError, Pace};
use super::plane::{Plane, luma};
use super::shape::Shape;

/// Scores that begin a region, and that it spreads over.
const SEED: f32 = 8.0;
const SPREAD: f32 = 4.0;
/// The least noise that is believed, in levels: rounding leaves about this after the finest blur.
const QUIET: f32 = 0.3;
/// So far from the result's border a blur still sees what lies beyond, in pixels.
const BORDER: usize = 6;
/// At most about this many pixels are fitted to.
const SAMPLES: usize = 60_000;

/// What is known about every pixel at working size.
pub(super) struct Evidence {
    pub(super) base: Plane<3>,
    pub(super) warped: Plane<3>,
    /// Whether the result shows the pixel.
    pub(super) shown: Shape,
    /// Whether the structure around the pixel is the same in both.
    pub(super) trusted: Shape,
    /// Whether there is structure around the pixel in the base.
    pub(super) textured: Shape,
}

/// The region and the measures it was found with.
pub(super) struct Changed {
    pub(super) region: Shape,
    pub(super) colour: ColourMap,
    /// By how many levels the region differs, on average.
    pub(super) strength: f32,
    /// Noise where there is no gradient, in levels.
    pub(super) noise: f32,
}

impl Evidence {
    pub(super) fn new(base: Plane<3>, result: &Plane<3>, pyramid: &Pyramid, map: &Affine) -> Self {
        let size = base.size();
        let warped = result.warped_finely(map, size);
        // Near the result's border blurs reach over it; the region is carried over from further in.
        let shown = by_pixels(size, |x, y| map.line(y).inside(x, result.size())).shrunk(BORDER);
        let level = usize::from(pyramid.luma.len() > 1);
        let here = &pyramid.luma[level];
        let there = luma(&warped);
        let there = if level == 1 { there.halved() } else { there };
        let fits = agreement(here, &there, if level == 1 { 2.0 } else { 4.0 });
        let own = agreement(here, here, if level == 1 { 2.0 } else { 4.0 });
        let cell = |x: usize, y: usize| (y >> level) * fits.width + (x >> level);
        let trusted = by_pixels(size, |x, y| {
            trusted(fits.data[cell(x, y)]) && shown.data[y * size.0 + x]
        });
        let textured = by_pixels(size, |x, y| own.data[cell(x, y)][1] > 2.0);
        Self {
            base,
            warped,
            shown,
            trusted,
            textured,
        }
    }

    /// The share of the base's shown structure that is the same in the result.
    pub(super) fn trusted_share(&self) -> f32 {
        let all = self.textured.data.iter().zip(&self.shown.data);
        let all = all.filter(|(t, s)| **t && **s).count();
        let same = self.textured.data.iter().zip(&self.trusted.data);
        same.filter(|(a, b)| **a && **b).count() as f32 / all.max(1) as f32
    }
}

/// Finds the region.
pub(super) fn changed(
    evidence: &Evidence,
    map: &Affine,
    other: (usize, usize),
    pace: &Pace<'_>,
) -> Result<Changed, CompareError> {
    let measures = Measures::new(evidence, pace)?;
    pace.at(0.6, "Comparing colours")?;
    let first = measures.region(&measures.colours(&evidence.trusted, None), &evidence.trusted, pace)?;
    pace.at(0.75, "Comparing colours")?;
    // What the first look leaves out joins the fit: skies and walls have no structure to be trusted by.
    let rest = first.region.grown(6).inverted();
    let colour = measures.colours(&evidence.trusted, Some(&rest));
    let quiet = and(&rest, &evidence.shown);
    let enough = quiet.share() > 0.02;
    let mut second = measures.region(&colour, if enough { &quiet } else { &evidence.trusted }, pace)?;
    second.region = carried_over(&second.region, &evidence.shown, map, other);
    Ok(second)
}

/// The region as a soft mask at working size: full within the options' `grow`, fading over their `feather`.
pub(super) fn softened(region: &Shape, options: &CompareOptions) -> Plane<1> {
    // Small pictures have small things: the rim narrows with them.
    let scale = ((region.data.len() as f32).sqrt() / 1000.0).clamp(0.5, 1.0);
    let (grow, feather) = (options.grow * scale, (options.feather * scale).max(0.5));
    let reach = (grow + feather).ceil() as usize;
    let distances = region.distances(reach);
    Plane::by_rows(region.width, region.height, |y, out| {
        for (o, d) in out.iter_mut().zip(&distances[y * region.width..]) {
            let t = ((grow + feather - d.sqrt()) / feather).clamp(0.0, 1.0);
            *o = [t * t * (3.0 - 2.0 * t)];
        }
    })
}

/// Beyond the result's frame nothing is seen: the region goes on there as it is at the frame.
fn carried_over(region: &Shape, shown: &Shape, map: &Affine, other: (usize, usize)) -> Shape {
    let Some(back) = map.inverse() else {
        return region.clone();
    };
    let (width, height) = (region.width as f64 - 1.0, region.height as f64 - 1.0);
    let margin = (BORDER as f64 + 2.0) * map.area().sqrt();
    by_pixels((region.width, region.height), |x, y| {
        if shown.data[y * region.width + x] {
            return region.data[y * region.width + x];
        }
        let (px, py) = map.apply(x as f64, y as f64);
        let within = |v: f64, len: usize| v.clamp(margin, (len as f64 - 1.0 - margin).max(margin));
        let (px, py) = (within(px, other.0), within(py, other.1));
        let (qx, qy) = back.apply(px, py);
        let (qx, qy) = (
            qx.clamp(0.0, width).round() as usize,
            qy.clamp(0.0, height).round() as usize,
        );
        region.data[qy * region.width + qx]
    })
}

struct Measures<'a> {
    evidence: &'a Evidence,
    /// Slope of the base's luma, smooth.
    gradient: Plane<1>,
    /// Share of pixels around that are cut off in either picture.
    cut: Plane<1>,
}

impl<'a> Measures<'a> {
    fn new(evidence: &'a Evidence, pace: &Pace<'_>) -> Result<Self, CompareError> {
        let gradient = luma(&evidence.base).blurred(1.5).slopes();
        pace.check()?;
        let gradient = gradient.map(|[x, y]| [x.hypot(y)]).blurred(1.5);
        pace.check()?;
        let is_cut = |c: &[f32; 3]| c.iter().any(|&v| v <= CUT.0 || v >= CUT.1);
        let (width, height) = evidence.base.size();
        let cut: Plane<1> = Plane::by_rows(width, height, |y, out| {
            for ((o, b), r) in out.iter_mut().zip(evidence.base.row(y)).zip(evidence.warped.row(y)) {
                *o = [f32::from(u8::from(is_cut(b) || is_cut(r)))];
            }
        });
        Ok(Self {
            evidence,
            gradient,
            cut: cut.blurred(1.5),
        })
    }

    /// Fits the colour map to trusted pixels, joined by `rest` where given and by flat pixels where not.
    fn colours(&self, sure: &Shape, rest: Option<&Shape>) -> ColourMap {
        let pixels = sure.data.len();
        let step = (pixels / SAMPLES).max(1);
        // An odd step that is no part of the width walks through all columns.
        let step = step + usize::from(sure.width.is_multiple_of(step) && step > 1);
        let pairs: Vec<Pair> = (0..pixels)
            .step_by(step)
            .filter_map(|i| {
                let known = match rest {
                    Some(rest) => rest.data[i],
                    None => sure.data[i] || !self.evidence.textured.data[i],
                };
                (known && self.evidence.shown.data[i]).then(|| Pair {
                    base: around(&self.evidence.base, i),
                    result: around(&self.evidence.warped, i),
                    sure: sure.data[i],
                })
            })
            .collect();
        fit(&pairs)
    }

    fn region(&self, colour: &ColourMap, quiet: &Shape, pace: &Pace<'_>) -> Result<Changed, CompareError> {
        let (base, warped) = (&self.evidence.base, &self.evidence.warped);
        let raw: Plane<3> = Plane::by_rows(base.width, base.height, |y, out| {
            for ((o, b), r) in out.iter_mut().zip(base.row(y)).zip(warped.row(y)) {
                *o = difference(b, r, colour);
            }
        });
        pace.check()?;
        let fine = raw.blurred(1.5);
        pace.check()?;
        let middle = fine.blurred(2.6);
        pace.check()?;
        let coarse = fine.halved().blurred(2.6).doubled(fine.size());
        pace.check()?;
        let differences = fine;
        let (fine, noise) = self.scored(&differences, quiet);
        let (middle, _) = self.scored(&middle, quiet);
        let (coarse, _) = self.scored(&coarse, quiet);
        let (sharp, _) = self.scored(&raw.blurred(0.6), quiet);
        pace.check()?;
        let spreads: Plane<1> = Plane::by_rows(fine.width, fine.height, |y, out| {
            for ((o, a), b) in out.iter_mut().zip(fine.row(y)).zip(middle.row(y)) {
                *o = [a[0].max(b[0])];
            }
        });
        let region = self.shaped(&spreads, &coarse, &sharp);
        Ok(Changed {
            strength: strength(&differences, &region),
            region,
            colour: *colour,
            noise,
        })
    }

    fn shaped(&self, spreads: &Plane<1>, coarse: &Plane<1>, sharp: &Plane<1>) -> Shape {
        let size = spreads.size();
        let shown = &self.evidence.shown.data;
        let at = |x: usize, y: usize| y * size.0 + x;
        let wide = by_pixels(size, |x, y| spreads.data[at(x, y)][0] > SPREAD && shown[at(x, y)]);
        let seeds = by_pixels(size, |x, y| {
            let i = at(x, y);
            spreads.data[i][0] > SEED || (coarse.data[i][0] > SEED && wide.data[i])
        });
        let area = size.0 * size.1;
        let region = wide.reached_from(&seeds).opened(2);
        // A strong change shines over its rim through the blur. Where the sharp picture shows it, it is what it shows, a
        // little closed; only what nothing sharp is near to (soft shadows) is taken from the blurred picture.
        let core = and(&by_pixels(size, |x, y| sharp.data[at(x, y)][0] > SPREAD), &region).opened(1);
        let core = core.closed(4);
        let nearby = core.grown(9);
        let kept = by_pixels(size, |x, y| {
            let i = at(x, y);
            region.data[i] && (core.data[i] || !nearby.data[i])
        });
        kept.opened(2).closed(10).tidied(area / 200, (area / 5000).max(30))
    }

    /// Differences in units of the noise expected there, and the noise where there is no gradient.
    fn scored(&self, differences: &Plane<3>, quiet: &Shape) -> (Plane<1>, f32) {
        let size: Plane<1> = differences.map(|d| [rms(d)]);
        let (flat, slope) = noise(&size, &self.gradient, quiet);
        let score = Plane::by_rows(size.width, size.height, |y, out| {
            let rows = size.row(y).iter().zip(self.gradient.row(y)).zip(self.cut.row(y));
            for (o, (([d], [g]), [cut])) in out.iter_mut().zip(rows) {
                *o = [d / ((flat + slope * g) * (1.0 + 2.0 * cut))];
            }
        });
        (score, flat)
    }
}

/// Base less mapped result. A channel that is cut off says only "at least" or "at most".
fn difference(base: &[f32; 3], result: &[f32; 3], colour: &ColourMap) -> [f32; 3] {
    let told = colour.apply_levels(*result);
    std::array::from_fn(|n| {
        let d = base[n] - told[n].clamp(0.0, 255.0);
        if (result[n] >= CUT.1 && d > 0.0) || (result[n] <= CUT.0 && d < 0.0) {
            0.0
        } else {
            d
        }
    })
}

/// How large the differences of a region are on average.
fn strength(differences: &Plane<3>, region: &Shape) -> f32 {
    let (mut sum, mut count) = (0.0f64, 0usize);
    for (d, _) in differences.data.iter().zip(&region.data).filter(|(_, inside)| **inside) {
        sum += f64::from(rms(*d));
        count += 1;
    }
    (sum / count.max(1) as f64) as f32
}

fn rms(d: [f32; 3]) -> f32 {
    ((d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / 3.0).sqrt()
}

/// The mean of 3 × 3 pixels; the end of the range for a channel that is cut off in any of them.
fn around(plane: &Plane<3>, i: usize) -> [f32; 3] {
    let (x, y) = (i % plane.width, i / plane.width);
    let (mut sum, mut low, mut high, mut count) = ([0.0; 3], [255.0f32; 3], [0.0f32; 3], 0.0);
    for y in y.saturating_sub(1)..(y + 2).min(plane.height) {
        for c in &plane.row(y)[x.saturating_sub(1)..(x + 2).min(plane.width)] {
            for n in 0..3 {
                sum[n] += c[n];
                low[n] = low[n].min(c[n]);
                high[n] = high[n].max(c[n]);
            }
            count += 1.0;
        }
    }
    std::array::from_fn(|n| match (low[n] <= CUT.0, high[n] >= CUT.1) {
        (true, _) => 0.0,
        (_, true) => 255.0,
        _ => sum[n] / count,
    })
}

/// Offset and slope of the noise over the gradient: a line through medians per gradient.
fn noise(size: &Plane<1>, gradient: &Plane<1>, quiet: &Shape) -> (f32, f32) {
    const CELLS: usize = 20;
    let mut cells: Vec<Vec<(f32, f32)>> = vec![Vec::new(); CELLS];
    let step = (size.data.len() / (4 * SAMPLES)).max(1);
    for i in (0..size.data.len()).step_by(step).filter(|&i| quiet.data[i]) {
        let g = gradient.data[i][0];
        let cell = ((1.0 + g).log2() * 3.0) as usize;
        cells[cell.min(CELLS - 1)].push((g, size.data[i][0]));
    }
    let points: Vec<(f32, f32, f32)> = cells
        .iter_mut()
        .filter(|cell| cell.len() >= 60)
        .map(|cell| {
            let middle = cell.len() / 2;
            let g = cell.iter().map(|c| c.0).sum::<f32>() / cell.len() as f32;
            let median = cell.select_nth_unstable_by(middle, |a, b| a.1.total_cmp(&b.1)).1.1;
            (g, median, (cell.len() as f32).sqrt())
        })
        .collect();
    line(&points)
}

fn line(points: &[(f32, f32, f32)]) -> (f32, f32) {
    let weight: f32 = points.iter().map(|p| p.2).sum();
    if weight <= 0.0 {
        return (QUIET, 0.0);
    }
    let x = points.iter().map(|p| p.0 * p.2).sum::<f32>() / weight;
    let y = points.iter().map(|p| p.1 * p.2).sum::<f32>() / weight;
    let xx: f32 = points.iter().map(|p| p.2 * (p.0 - x) * (p.0 - x)).sum();
    let xy: f32 = points.iter().map(|p| p.2 * (p.0 - x) * (p.1 - y)).sum();
    let slope = (xy / xx.max(1e-6)).max(0.0);
    let flat = y - slope * x;
    if flat >= QUIET {
        return (flat, slope);
    }
    (QUIET, ((y - QUIET) / x.max(1e-3)).max(0.0))
}

pub(super) fn and(a: &Shape, b: &Shape) -> Shape {
    let data = a.data.iter().zip(&b.data).map(|(&a, &b)| a && b).collect();
    Shape::new(a.width, a.height, data)
}

fn by_pixels(size: (usize, usize), each: impl Fn(usize, usize) -> bool) -> Shape {
    let data = (0..size.1)
        .flat_map(|y| (0..size.0).map(move |x| (x, y)))
        .map(|(x, y)| each(x, y))
        .collect();
    Shape::new(size.0, size.1, data)
}
