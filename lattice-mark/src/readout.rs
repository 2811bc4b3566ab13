//! From a frame and a hypothesis of its geometry to one complex number per carrier.
//!
//! The one rule: all that is compared is divided by the noise at that radius and limited, so that no few carriers
//! decide, whatever the picture.

use rustfft::num_complex::{Complex32, Complex64};

use crate::geometry::{Matrix, inverse};
use crate::lattice::{Lattice, PERIOD, narrow};
use crate::plane::Plane;
use crate::transform::{LowSpectrum, Transforms, fast_length};

/// Frames that would grow beyond this many pixels aren't read.
const LARGEST: f64 = 6e6;
/// Rings of the noise estimate, one wave number wide.
const RINGS: usize = 18;
/// Carriers are limited to this many times the median magnitude.
const LIMIT: f64 = 2.5;

/// What a hypothesis gave.
pub(crate) struct Heard {
    /// All tiles in one, `PERIOD` x `PERIOD`.
    pub(crate) tile: Vec<f64>,
    /// Power of the noise at the middle of each ring.
    noise: [f64; RINGS],
}

/// The carriers in the right quarter turn, mirror and shift.
pub(crate) struct Aligned {
    /// How clearly the pilots agree; standard normal at most for a wrong key.
    pub(crate) pilot_z: f64,
    /// Quarter turns, and whether mirrored after that.
    pub(crate) turns: usize,
    pub(crate) mirrored: bool,
    /// Where the tile starts, across and down.
    pub(crate) shift: (usize, usize),
    /// One value per carrier, divided by the noise, limited, moved back by the shift.
    pub(crate) values: Vec<Complex64>,
}

/// Warps what was heard back to the reference and folds it. None if the hypothesis makes the frame huge.
pub(crate) fn fold(heard: &Plane, matrix: Matrix, transforms: &mut Transforms) -> Option<Heard> {
    let warp = Warp::new(heard, matrix)?;
    let (across, down) = (fast_length(warp.width), fast_length(warp.height));
    let kept = (RINGS - 1) * across / PERIOD + 2;
    let mut spectrum = LowSpectrum::new(transforms, across, down, kept);
    let mut tile = vec![0.0f32; PERIOD * PERIOD];
    let mut row = vec![0.0; warp.width];
    for y in 0..warp.height {
        warp.row(heard, y, &mut row);
        let target = &mut tile[y % PERIOD * PERIOD..][..PERIOD];
        for part in row.chunks(PERIOD) {
            target.iter_mut().zip(part).for_each(|(t, v)| *t += v);
        }
        spectrum.take(y, row.iter().copied());
    }
    Some(Heard {
        tile: tile.into_iter().map(f64::from).collect(),
        noise: rings(spectrum),
    })
}

impl Heard {
    /// The carriers divided by the noise, the tile taken as it lies.
    pub(crate) fn carriers(&self, lattice: &Lattice, tile: &[f64], transforms: &Transforms) -> Vec<Complex64> {
        let lines = lattice.lines(tile, transforms);
        let carriers = lattice.carriers.iter().zip(lines);
        carriers
            .map(|(c, line)| line / self.noise_at(c.radius()).sqrt())
            .collect()
    }

    /// Tries the eight ways a tile can lie, and every shift, and takes the one with which the pilots agree best.
    pub(crate) fn aligned(&self, lattice: &Lattice, transforms: &Transforms) -> Aligned {
        let mut best: Option<Aligned> = None;
        for way in 0..8 {
            let (turns, mirrored) = (way % 4, way >= 4);
            let tile = turned(&self.tile, turns, mirrored);
            let values = limited(&self.carriers(lattice, &tile, transforms));
            let (pilot_z, shift) = strongest_shift(lattice, &values, transforms);
            if best.as_ref().is_none_or(|b| pilot_z > b.pilot_z) {
                best = Some(Aligned {
                    pilot_z,
                    turns,
                    mirrored,
                    shift,
                    values,
                });
            }
        }
        let mut best = best.expect("eight ways were tried");
        for (value, carrier) in best.values.iter_mut().zip(&lattice.carriers) {
            *value *= carrier.phase_at(best.shift);
        }
        best
    }

    fn noise_at(&self, radius: f64) -> f64 {
        let place = (radius - 0.5).clamp(0.0, (RINGS - 1) as f64);
        let ring = (place as usize).min(RINGS - 2);
        let share = place - ring as f64;
        self.noise[ring] * (1.0 - share) + self.noise[ring + 1] * share + 1e-6
    }
}

/// Values of more than some times the median magnitude cut down to that.
pub(crate) fn limited(values: &[Complex64]) -> Vec<Complex64> {
    let mut sizes: Vec<f64> = values.iter().map(|v| v.norm()).collect();
    sizes.sort_by(f64::total_cmp);
    let n = sizes.len();
    let limit = LIMIT * (sizes[(n - 1) / 2] + sizes[n / 2]) / 2.0 + 1e-9;
    values
        .iter()
        .map(|v| v * (limit / (v.norm() + 1e-12)).min(1.0))
        .collect()
}

/// Correlates the pilots at every shift of the tile: the highest, in standard deviations, and where.
fn strongest_shift(lattice: &Lattice, values: &[Complex64], transforms: &Transforms) -> (f64, (usize, usize)) {
    let mut spectrum = vec![Complex32::ZERO; PERIOD * PERIOD];
    let mut energy = 0.0;
    for pilot in &lattice.pilots {
        let value = values[pilot.carrier];
        energy += value.norm_sqr();
        spectrum[lattice.carriers[pilot.carrier].bin()] = narrow(value * pilot.phase.conj());
    }
    transforms.tile_inverse(&mut spectrum);
    let (place, highest) = spectrum
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.re.total_cmp(&b.1.re))
        .map_or((0, 0.0), |(i, v)| (i, f64::from(v.re)));
    (highest / (energy / 2.0 + 1e-9).sqrt(), (place % PERIOD, place / PERIOD))
}

/// The tile turned to the left so many times, then mirrored left to right.
fn turned(tile: &[f64], turns: usize, mirrored: bool) -> Vec<f64> {
    let last = PERIOD - 1;
    let mut out = Vec::with_capacity(tile.len());
    for y in 0..PERIOD {
        for x in 0..PERIOD {
            let x = if mirrored { last - x } else { x };
            let (from_y, from_x) = match turns {
                0 => (y, x),
                1 => (x, last - y),
                2 => (last - y, last - x),
                _ => (last - x, y),
            };
            out.push(tile[from_y * PERIOD + from_x]);
        }
    }
    out
}

/// Mean power in rings around zero; single strong points are cut down first, so that the mark itself and the
/// picture's own patterns don't count as noise.
fn rings(spectrum: LowSpectrum) -> [f64; RINGS] {
    let (across, down) = (spectrum.across as f64, spectrum.down);
    let columns = spectrum.power();
    let squared = |cycles: f64| cycles * cycles;
    let up_or_down: Vec<f64> = (0..down)
        .map(|y| squared(y.min(down - y) as f64 / down as f64))
        .collect();
    let ring_of = |x: usize, y: usize| {
        let radius = (squared(x as f64 / across) + up_or_down[y]).sqrt() * PERIOD as f64;
        (radius as usize).min(RINGS - 1)
    };
    let mean = |limits: &[f64; RINGS]| {
        let (mut sums, mut counts) = ([0.0; RINGS], [0u32; RINGS]);
        for (x, column) in columns.iter().enumerate() {
            for (y, power) in column.iter().enumerate() {
                let ring = ring_of(x, y);
                sums[ring] += f64::from(*power).min(limits[ring]);
                counts[ring] += 1;
            }
        }
        std::array::from_fn(|i| sums[i] / f64::from(counts[i].max(1)))
    };
    let plain: [f64; RINGS] = mean(&[f64::INFINITY; RINGS]);
    mean(&plain.map(|m| 6.0 * m))
}

/// A frame seen through a matrix, row by row.
struct Warp {
    matrix: Matrix,
    low: (f64, f64),
    width: usize,
    height: usize,
}

impl Warp {
    fn new(frame: &Plane, matrix: Matrix) -> Option<Self> {
        let [[a, b], [c, d]] = inverse(matrix);
        let (w, h) = (frame.width as f64, frame.height as f64);
        let corners = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)].map(|(x, y)| (a * x + b * y, c * x + d * y));
        let least = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::INFINITY, f64::min);
        let most = |f: fn(&(f64, f64)) -> f64| corners.iter().map(f).fold(f64::NEG_INFINITY, f64::max);
        let low = (least(|c| c.0), least(|c| c.1));
        let (width, height) = ((most(|c| c.0) - low.0).ceil(), (most(|c| c.1) - low.1).ceil());
        (width * height <= LARGEST && width >= 1.0 && height >= 1.0).then_some(Self {
            matrix,
            low,
            width: width as usize,
            height: height as usize,
        })
    }

    /// One row of the reference, linearly between the frame's pixels; 0 outside.
    fn row(&self, frame: &Plane, y: usize, target: &mut [f32]) {
        let [[a, b], [c, d]] = self.matrix;
        let (left, top) = (self.low.0, self.low.1 + y as f64);
        let (start_x, start_y) = (a * left + b * top, c * left + d * top);
        let n = target.len() as f64;
        let inside_x = stretch_inside(start_x, a, (frame.width - 1) as f64, n);
        let inside_y = stretch_inside(start_y, c, (frame.height - 1) as f64, n);
        let (from, to) = (inside_x.0.max(inside_y.0), inside_x.1.min(inside_y.1));
        target.fill(0.0);
        if from >= to {
            return;
        }
        // 32 binary places: exact enough for any row, and cheap to split.
        let fixed = |v: f64| (v * 4_294_967_296.0) as i64;
        let (mut x, mut y) = (fixed(start_x + a * from as f64), fixed(start_y + c * from as f64));
        let (step_x, step_y) = (fixed(a), fixed(c));
        for t in &mut target[from..to] {
            *t = between(frame, x, y);
            x += step_x;
            y += step_y;
        }
    }
}

/// The steps at which `start + step * i` lies within 0 and `last`, of the first `n`.
fn stretch_inside(start: f64, step: f64, last: f64, n: f64) -> (usize, usize) {
    if step.abs() < 1e-12 {
        return if (0.0..=last).contains(&start) {
            (0, n as usize)
        } else {
            (0, 0)
        };
    }
    let (a, b) = (-start / step, (last - start) / step);
    let (first, end) = (a.min(b), a.max(b));
    (
        first.clamp(0.0, n).ceil() as usize,
        (end.floor() + 1.0).clamp(0.0, n) as usize,
    )
}

fn between(frame: &Plane, x: i64, y: i64) -> f32 {
    let (left, top) = ((x >> 32).max(0) as usize, (y >> 32).max(0) as usize);
    let share = |v: i64| (v as u32 >> 8) as f32 * (1.0 / 16_777_216.0);
    let (right_share, low_share) = (share(x), share(y));
    let (right, low) = ((left + 1).min(frame.width - 1), (top + 1).min(frame.height - 1));
    let left = left.min(right);
    let (upper, lower) = (frame.row(top.min(low)), frame.row(low));
    let upper = upper[left] + (upper[right] - upper[left]) * right_share;
    let lower = lower[left] + (lower[right] - lower[left]) * right_share;
    upper + (lower - upper) * low_share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_turns_and_two_mirrors_bring_a_tile_back() {
        let tile: Vec<f64> = (0..PERIOD * PERIOD).map(|i| i as f64).collect();
        let mut now = tile.clone();
        for _ in 0..4 {
            now = turned(&now, 1, false);
        }
        assert_eq!(now, tile);
        assert_eq!(turned(&turned(&tile, 0, true), 0, true), tile);
        assert_eq!(turned(&tile, 2, false), turned(&turned(&tile, 1, false), 1, false));
        assert_eq!(turned(&tile, 3, true), turned(&turned(&tile, 3, false), 0, true));
    }

    #[test]
    fn the_plain_hypothesis_reads_the_frame_as_it_is() {
        let mut frame = Plane::new(30, 20);
        frame.data.iter_mut().enumerate().for_each(|(i, v)| *v = i as f32);
        let warp = Warp::new(&frame, [[1.0, 0.0], [0.0, 1.0]]).expect("small");
        let mut row = vec![0.0; warp.width];
        for y in 0..20 {
            warp.row(&frame, y, &mut row);
            assert_eq!(row, frame.row(y));
        }
    }
}
