//! How the mark lies in a frame: scale, angle, stretch. Found from the lattice's power alone, without the key.
//!
//! The one rule: a hypothesis is a matrix from reference to frame coordinates, and its score the mean of the spectrum
//! map at the places where it says the carriers are. Shift, quarter turns and mirrors are `readout.rs`'s.

use crate::lattice::{PERIOD, carriers};
use crate::spectrum::SpectrumMap;

/// Reference to frame coordinates.
pub(crate) type Matrix = [[f64; 2]; 2];

/// Where a hypothesis may lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Family {
    /// Hardly scaled or turned.
    Near,
    /// Scaled alone, as a crop is. So few that much fainter peaks count than among all angles.
    Upright,
    /// Any scale and angle.
    Similar,
    /// Width and height scaled apart.
    Stretched,
}

/// The best hypotheses of a family, refined, the best first.
pub(crate) fn search(map: &SpectrumMap, family: Family) -> Vec<Matrix> {
    let waves = waves();
    let (tried, wanted) = match family {
        Family::Near => (1, 1),
        Family::Upright => return upright(map, &waves),
        Family::Similar => (40, 4),
        Family::Stretched => (20, 3),
    };
    // The coarse score misses the peak between its steps, by more for some than for others: only refined ones compare.
    let mut refined: Vec<(f64, Matrix)> = coarsely_best(map, &waves, family, tried)
        .into_iter()
        .map(|m| refined(map, &waves, m))
        .collect();
    refined.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Vec<Matrix> = Vec::new();
    for (_, matrix) in refined {
        if best.len() < wanted && best.iter().all(|m| distance(*m, matrix) > SAME) {
            best.push(matrix);
        }
    }
    best
}

/// The highest peaks along the scale. Only clear ones are refined: from a faint one a climb follows the noise.
fn upright(map: &SpectrumMap, waves: &[(i32, i32)]) -> Vec<Matrix> {
    let scales = steps(SCALES.0.ln(), SCALES.1.ln(), 0.0015);
    let score = |log: &f64| map.fine_mean(waves, to_cycles(similar(log.exp(), 0.0)));
    let scores: Vec<f64> = scales.iter().map(score).collect();
    let mut peaks: Vec<usize> = (1..scores.len() - 1)
        .filter(|&i| scores[i] >= scores[i - 1] && scores[i] > scores[i + 1])
        .collect();
    peaks.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    peaks.truncate(UPRIGHT_PEAKS);
    let matrix = |i: usize| {
        let matrix = similar(scales[i].exp(), 0.0);
        if scores[i] > CLEAR {
            refined(map, waves, matrix).1
        } else {
            matrix
        }
    };
    peaks.into_iter().map(matrix).collect()
}

fn coarsely_best(map: &SpectrumMap, waves: &[(i32, i32)], family: Family, count: usize) -> Vec<Matrix> {
    let hypotheses = hypotheses(family);
    let scores: Vec<f32> = hypotheses
        .iter()
        .map(|m| map.coarse_mean(waves, to_cycles(*m)))
        .collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    let looked_at = CANDIDATES.min(order.len());
    let better = |a: &usize, b: &usize| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b));
    if looked_at < order.len() {
        order.select_nth_unstable_by(looked_at, better);
    }
    order.truncate(looked_at);
    order.sort_by(better);
    let mut best: Vec<Matrix> = Vec::new();
    for i in order {
        if best.len() < count && best.iter().all(|m| distance(*m, hypotheses[i]) > APART) {
            best.push(hypotheses[i]);
        }
    }
    best
}

/// The largest difference of two entries.
pub(crate) fn distance(a: Matrix, b: Matrix) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The inverse; hypotheses are never singular.
pub(crate) fn inverse([[a, b], [c, d]]: Matrix) -> Matrix {
    let determinant = a * d - b * c;
    [[d / determinant, -b / determinant], [-c / determinant, a / determinant]]
}

pub(crate) fn product(a: Matrix, b: Matrix) -> Matrix {
    let entry = |y: usize, x: usize| a[y][0] * b[0][x] + a[y][1] * b[1][x];
    [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]]
}

/// A score that noise doesn't reach: some five deviations above the mean of 1.
const CLEAR: f64 = 1.3;
/// How many scales of an upright mark are read.
const UPRIGHT_PEAKS: usize = 10;
/// The least and the largest scale.
const SCALES: (f64, f64) = (0.62, 2.6);
/// How many of the best-scored are looked through for different ones.
const CANDIDATES: usize = 1000;
/// Coarse hypotheses nearer than this lead to the same peak.
const APART: f64 = 0.02;
/// Refined ones nearer than this are the same.
pub(crate) const SAME: f64 = 0.002;

fn waves() -> Vec<(i32, i32)> {
    carriers().iter().map(|c| (c.u, c.v)).collect()
}

fn hypotheses(family: Family) -> Vec<Matrix> {
    let pairs = |first: Vec<f64>, second: Vec<f64>, make: fn(f64, f64) -> Matrix| {
        let second = &second;
        let all = first.into_iter().flat_map(|a| second.iter().map(move |b| make(a, *b)));
        all.collect()
    };
    let scales = |from: f64, to: f64, step: f64| steps(from, to, step).into_iter().map(f64::exp).collect();
    let angles = |from: f64, to: f64, step: f64| steps(from, to, step).into_iter().map(f64::to_radians).collect();
    match family {
        Family::Near => pairs(scales(-0.03, 0.0301, 0.004), angles(-1.5, 1.51, 0.3), similar),
        Family::Upright | Family::Similar => pairs(
            scales(SCALES.0.ln(), SCALES.1.ln(), 0.006),
            angles(-45.0, 45.0, 0.35),
            similar,
        ),
        Family::Stretched => {
            let sides: fn() -> Vec<f64> = || {
                steps(0.7f64.ln(), 1.45f64.ln(), 0.006)
                    .into_iter()
                    .map(f64::exp)
                    .collect()
            };
            pairs(sides(), sides(), |x, y| [[x, 0.0], [0.0, y]])
        }
    }
}

fn similar(scale: f64, angle: f64) -> Matrix {
    let (sin, cos) = angle.sin_cos();
    [[scale * cos, -scale * sin], [scale * sin, scale * cos]]
}

fn steps(from: f64, to: f64, step: f64) -> Vec<f64> {
    let count = ((to - from) / step).ceil() as usize;
    (0..count).map(|i| from + i as f64 * step).collect()
}

/// Wave numbers to cycles per pixel of the frame: the inverse, transposed.
fn to_cycles(matrix: Matrix) -> Matrix {
    let [[a, b], [c, d]] = inverse(matrix);
    [[a, c], [b, d]].map(|row| row.map(|v| v / PERIOD as f64))
}

/// Climbs to the nearest best score by growing, turning, stretching and shearing, down to 0.02 %.
fn refined(map: &SpectrumMap, waves: &[(i32, i32)], start: Matrix) -> (f64, Matrix) {
    let score = |m: Matrix| map.fine_mean(waves, to_cycles(m));
    climbed(start, score(start), 0.003, score)
}

/// Climbs from a matrix of this score by growing, turning, stretching and shearing, with smaller and smaller steps.
pub(crate) fn climbed(start: Matrix, from: f64, step: f64, mut score: impl FnMut(Matrix) -> f64) -> (f64, Matrix) {
    const WAYS: [Matrix; 4] = [
        [[1.0, 0.0], [0.0, 1.0]],
        [[0.0, -1.0], [1.0, 0.0]],
        [[1.0, 0.0], [0.0, -1.0]],
        [[0.0, 1.0], [1.0, 0.0]],
    ];
    let (mut best, mut matrix, mut step) = (from, start, step);
    while step > 0.0002 {
        let mut climbed = false;
        for (way, sign) in WAYS.iter().flat_map(|w| [(w, step), (w, -step)]) {
            let [[a, b], [c, d]] = way.map(|row| row.map(|v| v * sign));
            let tried = product(matrix, [[1.0 + a, b], [c, 1.0 + d]]);
            let value = score(tried);
            if value > best + 1e-5 {
                (best, matrix, climbed) = (value, tried, true);
            }
        }
        if !climbed {
            step /= 2.0;
        }
    }
    (best, matrix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let matrix = similar(1.7, 0.3);
        assert!(distance(product(matrix, inverse(matrix)), [[1.0, 0.0], [0.0, 1.0]]) < 1e-12);
    }

    #[test]
    fn the_families_are_as_large_as_the_bound_on_time_assumes() {
        let count = |f| hypotheses(f).len();
        assert_eq!(count(Family::Near), 16 * 11);
        assert!((60_000..63_000).contains(&count(Family::Similar)));
        assert!((14_000..16_000).contains(&count(Family::Stretched)));
    }
}
