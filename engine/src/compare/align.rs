//! Alignment: the affine move that brings the base onto the result, to a fraction of a pixel, whatever else changed.
//!
//! Coarse: phase correlation at several scales (`phase.rs`), and over a wider net of turns and zooms when little fits.
//! Fine: six-parameter Lucas-Kanade (Lucas and Kanade 1981; Baker and Matthews, "Lucas-Kanade 20 years on", 2004) with the
//! mean of both gradients (Benhimane and Malis 2004) and Geman-McClure weights, under which a changed region votes itself
//! out (Black and Anandan 1996), over a pyramid of contrast-normalised lumas.
//! The one rule: candidates are compared by the share of structure that fits, never by a residual. Called by `compare`.

use rayon::prelude::*;

use super::affine::Affine;
use super::agree::{agreement, trusted};
use super::pace::{CompareError, Pace};
use super::phase::{Phase, SIDE, Spectrum};
use super::plane::{BLOCK, Plane};
use super::solve::{Normal, solve};

/// Zooms that phase correlation is tried at.
const ZOOMS: [f64; 7] = [0.94, 0.96, 0.98, 1.0, 1.02, 1.04, 1.06];
/// Steps of Lucas-Kanade per level, the coarsest first.
const STEPS: [usize; 4] = [30, 12, 8, 5];
/// A move smaller than this, in pixels of the level, is none.
const STILL: f64 = 0.004;
/// Below this share of fitting structure the wide net is cast.
const DOUBTFUL: f32 = 0.10;

/// One picture's luma at every size, as it is and contrast-normalised.
pub(super) struct Pyramid {
    pub(super) luma: Vec<Plane<1>>,
    normal: Vec<Plane<1>>,
}

impl Pyramid {
    pub(super) fn new(luma: Plane<1>, levels: usize, pace: &Pace<'_>) -> Result<Self, CompareError> {
        let mut all = vec![luma];
        while all.len() < levels {
            let next = all[all.len() - 1].halved();
            all.push(next);
        }
        let mut normal = Vec::new();
        for level in &all {
            pace.check()?;
            normal.push(level.contrast_normalised());
        }
        Ok(Self { luma: all, normal })
    }

    /// How many levels bring both pictures down to what phase correlation takes, and one more for the wide net.
    pub(super) fn levels(a: (usize, usize), b: (usize, usize)) -> usize {
        let largest = a.0.max(a.1).max(b.0).max(b.1);
        let mut levels = 2;
        while largest.div_ceil(1 << (levels - 2)) > SIDE {
            levels += 1;
        }
        levels
    }
}

/// The move from the base's pixels to the result's, at the size of the pyramids' lowest level.
pub(super) fn align(base: &Pyramid, result: &Pyramid, pace: &Pace<'_>) -> Result<Affine, CompareError> {
    let (size, other) = (base.luma[0].size(), result.luma[0].size());
    let stretch = Affine::scale_about_corner(other.0 as f64 / size.0 as f64, other.1 as f64 / size.1 as f64);
    // Proposals are verified on the level above the coarsest; only the wide net is cast on that one.
    let level = base.normal.len() - 2;
    let near = Search::new(base, result, level, &stretch);
    let mut best = near.best(near.close_by(), pace)?;
    if best.share < DOUBTFUL {
        pace.at(0.25, "Looking further afield")?;
        let wide = Search::new(base, result, level + 1, &stretch).all_around(pace)?;
        let wide = near.best(wide.iter().map(Affine::finer).collect(), pace)?;
        if wide.share > best.share {
            best = wide;
        }
    }
    pace.at(0.3, "Aligning")?;
    let mut found = best.map;
    for finer in (0..level).rev() {
        found = found.finer();
        let steps = STEPS[(level - finer).min(STEPS.len() - 1)];
        let refined = refine(&base.normal[finer], &result.normal[finer], found, steps, pace)?;
        if sane(&refined) {
            found = refined;
        }
    }
    Ok(found)
}

/// The share of the base's pixels whose structure fits the result's negative: light and dark exchanged are a whole-picture
/// edit, not another picture.
pub(super) fn fits_negative(base: &Pyramid, result: &Pyramid, pace: &Pace<'_>) -> Result<f32, CompareError> {
    let turned = |planes: &[Plane<1>]| planes.iter().map(|p| p.map(|[v]| [-v])).collect();
    let negative = Pyramid {
        luma: turned(&result.luma),
        normal: turned(&result.normal),
    };
    let (size, other) = (base.luma[0].size(), result.luma[0].size());
    let stretch = Affine::scale_about_corner(other.0 as f64 / size.0 as f64, other.1 as f64 / size.1 as f64);
    let search = Search::new(base, &negative, base.normal.len() - 2, &stretch);
    Ok(search.best(search.close_by(), pace)?.share)
}

struct Candidate {
    map: Affine,
    share: f32,
}

/// Proposals on one level of the pyramids.
struct Search<'a> {
    base: [&'a Plane<1>; 2],
    result: [&'a Plane<1>; 2],
    /// The stretch of one frame to the other on this level.
    start: Affine,
    phase: Phase,
    here: Spectrum,
}

impl<'a> Search<'a> {
    fn new(base: &'a Pyramid, result: &'a Pyramid, level: usize, stretch: &Affine) -> Self {
        let normal = &base.normal[level];
        let phase = Phase::new(normal.size());
        let here = phase.spectrum(normal);
        Self {
            base: [&base.luma[level], normal],
            result: [&result.luma[level], &result.normal[level]],
            start: (0..level).fold(*stretch, |map, _| map.coarser()),
            phase,
            here,
        }
    }

    /// No move, and the clearest shifts of the usual zooms.
    fn close_by(&self) -> Vec<Affine> {
        let mut found: Vec<(Affine, f32)> = ZOOMS
            .par_iter()
            .map(|&zoom| self.shifted(&self.start.after(&Affine::turn(zoom, 0.0, self.middle()))))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        let clearest = found.into_iter().take(2).map(|f| f.0);
        std::iter::once(self.start).chain(clearest).collect()
    }

    /// The clearest of a net of turns and zooms. Zooms are of the proportions that the result has by itself, so that crops
    /// are found too.
    fn all_around(&self, pace: &Pace<'_>) -> Result<Vec<Affine>, CompareError> {
        let even = self.start.area().sqrt();
        let middle = self.middle();
        let centre = self.start.apply(middle.0, middle.1);
        let start = Affine::shift(centre.0, centre.1)
            .after(&Affine([even, 0.0, 0.0, 0.0, even, 0.0]))
            .after(&Affine::shift(-middle.0, -middle.1));
        let net: Vec<(f64, f64)> = (-4..=4)
            .flat_map(|turn| (-8..=8).map(move |zoom| (f64::from(turn) * 3.0, 1.06f64.powi(zoom))))
            .collect();
        let mut found = net
            .par_iter()
            .map(|&(degrees, zoom)| {
                pace.check()?;
                Ok(self.shifted(&start.after(&Affine::turn(zoom, degrees, middle))))
            })
            .collect::<Result<Vec<_>, CompareError>>()?;
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(found.into_iter().take(6).map(|f| f.0).collect())
    }

    /// Refines each candidate and takes the one under which most structure fits.
    fn best(&self, candidates: Vec<Affine>, pace: &Pace<'_>) -> Result<Candidate, CompareError> {
        let mut best = Candidate {
            map: self.start,
            share: -1.0,
        };
        for start in candidates {
            let refined = refine(self.base[1], self.result[1], start, STEPS[0], pace)?;
            for map in [start, refined] {
                let share = if sane(&map) { self.share(&map) } else { -1.0 };
                if share > best.share {
                    best = Candidate { map, share };
                }
            }
        }
        Ok(best)
    }

    fn share(&self, map: &Affine) -> f32 {
        let (base, result) = (self.base[0], self.result[0]);
        let fits = agreement(base, &result.warped(map, base.size()), 2.0);
        let inside = fits
            .data
            .iter()
            .enumerate()
            .filter(|(i, fit)| trusted(**fit) && map.line(i / base.width).inside(i % base.width, result.size()));
        inside.count() as f32 / fits.data.len() as f32
    }

    fn shifted(&self, map: &Affine) -> (Affine, f32) {
        let there = self.result[1].warped(map, self.base[1].size());
        let (x, y, clear) = self.phase.shift(&self.here, &self.phase.spectrum(&there));
        (map.after(&Affine::shift(-x, -y)), clear)
    }

    fn middle(&self) -> (f64, f64) {
        let (w, h) = self.base[1].size();
        (w as f64 / 2.0 - 0.5, h as f64 / 2.0 - 0.5)
    }
}

/// No mirror, no collapse, no shear that a model would not make by accident.
fn sane(map: &Affine) -> bool {
    let m = &map.0;
    let (x, y) = (m[0].hypot(m[3]), m[1].hypot(m[4]));
    let skew = (m[0] * m[1] + m[3] * m[4]).abs() / (x * y).max(1e-9);
    m.iter().all(|v| v.is_finite())
        && m[0] * m[4] > m[1] * m[3]
        && x > 0.2
        && y > 0.2
        && x < 5.0
        && y < 5.0
        && skew < 0.2
}

/// Lucas-Kanade from `start` on one level.
pub(super) fn refine(
    base: &Plane<1>,
    result: &Plane<1>,
    start: Affine,
    steps: usize,
    pace: &Pace<'_>,
) -> Result<Affine, CompareError> {
    let size = base.size();
    let middle = (size.0 as f64 / 2.0, size.1 as f64 / 2.0);
    let reach = size.0.max(size.1) as f64 / 2.0;
    let slopes = base.slopes();
    let mut map = start;
    let mut scale = None;
    for _ in 0..steps {
        pace.check()?;
        let warped = result.warped(&map, size);
        // The spread of the residuals is taken anew each time: it shrinks as the pictures come together.
        let spread = spread(base, &warped, &slopes, &map, result.size()).max(0.01);
        let spread = scale.map_or(spread, |before: f32| before.min(spread));
        scale = Some(spread);
        let normal = gather(base, &warped, &slopes, &map, result.size(), spread, (middle, reach));
        let Some(step) = solve::<6>(&normal) else { break };
        let step = Affine([
            1.0 + step[1] / reach,
            step[2] / reach,
            step[0] - (step[1] * middle.0 + step[2] * middle.1) / reach,
            step[4] / reach,
            1.0 + step[5] / reach,
            step[3] - (step[4] * middle.0 + step[5] * middle.1) / reach,
        ]);
        let moved = step.largest_move(size);
        if !moved.is_finite() || moved > reach {
            break;
        }
        map = map.after(&step);
        if moved < STILL {
            break;
        }
    }
    Ok(map)
}

/// The deviation of what fits: from the 35th per cent of the residuals where there is structure, since more than half of
/// the picture may have changed.
fn spread(base: &Plane<1>, warped: &Plane<1>, slopes: &Plane<2>, map: &Affine, other: (usize, usize)) -> f32 {
    const CELLS: usize = 1024;
    const PER_UNIT: f32 = 512.0;
    let width = base.width;
    let counts = (0..base.height)
        .into_par_iter()
        .step_by(2)
        .fold(
            || vec![0u32; CELLS],
            |mut counts, y| {
                let line = map.line(y);
                let rows = base.row(y).iter().zip(warped.row(y)).zip(slopes.row(y));
                for (x, (([a], [b]), [gx, gy])) in rows.enumerate().take(width) {
                    if gx * gx + gy * gy > 0.0025 && line.inside(x, other) {
                        counts[(((a - b).abs() * PER_UNIT) as usize).min(CELLS - 1)] += 1;
                    }
                }
                counts
            },
        )
        .reduce(
            || vec![0; CELLS],
            |mut a, b| {
                a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
                a
            },
        );
    let wanted = counts.iter().map(|&c| u64::from(c)).sum::<u64>() * 35 / 100;
    let mut seen = 0;
    let cell = counts.iter().position(|&c| {
        seen += u64::from(c);
        seen > wanted
    });
    // A Gaussian's 35th per cent lies at 0.454 deviations.
    (cell.unwrap_or(0) as f32 + 0.5) / PER_UNIT / 0.454
}

fn gather(
    base: &Plane<1>,
    warped: &Plane<1>,
    slopes: &Plane<2>,
    map: &Affine,
    other: (usize, usize),
    spread: f32,
    (middle, reach): ((f64, f64), f64),
) -> Normal<6> {
    let (width, height) = base.size();
    let square = spread * spread;
    let blocks: Vec<Normal<6>> = (0..height.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let mut total = Normal::new();
            for y in block * BLOCK..((block + 1) * BLOCK).min(height) {
                let line = map.line(y);
                let v = ((y as f64 - middle.1) / reach) as f32;
                let (above, here, below) = (
                    warped.row(y.saturating_sub(1)),
                    warped.row(y),
                    warped.row((y + 1).min(height - 1)),
                );
                let mut sums = RowSums::default();
                for (x, ([a], [sx, sy])) in base.row(y).iter().zip(slopes.row(y)).enumerate() {
                    if !line.inside(x, other) {
                        continue;
                    }
                    let r = a - here[x][0];
                    let across = here[(x + 1).min(width - 1)][0] - here[x.saturating_sub(1)][0];
                    let gx = 0.5 * (sx + 0.5 * across);
                    let gy = 0.5 * (sy + 0.5 * (below[x][0] - above[x][0]));
                    let weight = square / (square + r * r);
                    let u = ((x as f64 - middle.0) / reach) as f32;
                    sums.add(u, gx, gy, r, weight * weight);
                }
                sums.into_normal(v, &mut total);
            }
            total
        })
        .collect();
    let mut total = Normal::new();
    blocks.iter().for_each(|b| total.merge(b));
    total
}

/// What one row adds: everything that depends on the column alone; the row's place comes in once at its end.
#[derive(Default)]
struct RowSums {
    /// gx², gx·gy, gy², each with 1, u, u².
    squares: [[f32; 3]; 3],
    /// gx·r, gy·r, each with 1, u.
    sides: [[f32; 2]; 2],
}

impl RowSums {
    #[inline]
    fn add(&mut self, u: f32, gx: f32, gy: f32, r: f32, weight: f32) {
        let (wx, wy) = (weight * gx, weight * gy);
        for (sum, value) in self.squares.iter_mut().zip([wx * gx, wx * gy, wy * gy]) {
            sum[0] += value;
            sum[1] += value * u;
            sum[2] += value * u * u;
        }
        for (sum, value) in self.sides.iter_mut().zip([wx * r, wy * r]) {
            sum[0] += value;
            sum[1] += value * u;
        }
    }

    /// With the terms 1, u, v of the right and of the downward move.
    fn into_normal(self, v: f32, total: &mut Normal<6>) {
        let v = f64::from(v);
        let block = |s: [f32; 3]| {
            let [one, u, uu] = s.map(f64::from);
            [[one, u, v * one], [u, uu, v * u], [v * one, v * u, v * v * one]]
        };
        let [xx, xy, yy] = self.squares.map(block);
        for i in 0..3 {
            for j in 0..3 {
                total.matrix[i][j] += xx[i][j];
                total.matrix[i][j + 3] += xy[i][j];
                total.matrix[i + 3][j] += xy[j][i];
                total.matrix[i + 3][j + 3] += yy[i][j];
            }
        }
        for (part, [one, u]) in self.sides.into_iter().enumerate() {
            let (one, u) = (f64::from(one), f64::from(u));
            total.side[3 * part] += one;
            total.side[3 * part + 1] += u;
            total.side[3 * part + 2] += v * one;
        }
    }
}
