//! The carriers of a mark: which waves there are, which are pilots, and what each of the others says.
//!
//! The one rule: which waves exist is the same for every key (so geometry is found without one); what they mean is
//! the key's.

use rustfft::num_complex::{Complex32, Complex64};

use crate::code::{CODE_BITS, sign};
use crate::key::Draws;
use crate::transform::Transforms;

/// Side of the tile, in pixels of the frame.
pub(crate) const PERIOD: usize = 96;
/// Waves per tile, the longest and the shortest.
const RADII: std::ops::RangeInclusive<f64> = 3.2..=14.2;
/// One carrier in so many is a pilot.
const PILOT_SHARE: usize = 4;

/// A wave: how often it repeats in a tile, across and down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Carrier {
    pub(crate) u: i32,
    pub(crate) v: i32,
}

impl Carrier {
    pub(crate) fn radius(self) -> f64 {
        f64::from(self.u).hypot(f64::from(self.v))
    }

    /// Where it lies in a tile's spectrum.
    pub(crate) fn bin(self) -> usize {
        let wrap = |n: i32| n.rem_euclid(PERIOD as i32) as usize;
        wrap(self.v) * PERIOD + wrap(self.u)
    }

    /// What its phase is at a place of the tile, against the tile's corner.
    pub(crate) fn phase_at(self, (x, y): (usize, usize)) -> Complex64 {
        let turns = (f64::from(self.u) * x as f64 + f64::from(self.v) * y as f64) / PERIOD as f64;
        Complex64::cis(std::f64::consts::TAU * turns)
    }

    fn opposite(self) -> Self {
        Self { u: -self.u, v: -self.v }
    }
}

/// A carrier whose phase is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pilot {
    pub(crate) carrier: usize,
    pub(crate) phase: Complex64,
}

/// What a key makes of the carriers.
#[derive(Clone, Debug)]
pub(crate) struct Lattice {
    pub(crate) carriers: Vec<Carrier>,
    pub(crate) pilots: Vec<Pilot>,
    /// Carriers with data; each has two places, its real and its imaginary part.
    pub(crate) data: Vec<usize>,
    /// For every place the code bit it carries, and the secret sign on it.
    pub(crate) places: Vec<(usize, f64)>,
}

impl Lattice {
    pub(crate) fn new(draws: &mut Draws) -> Self {
        let carriers = carriers();
        let mut by_radius: Vec<usize> = (0..carriers.len()).collect();
        by_radius.sort_by(|&a, &b| carriers[a].radius().total_cmp(&carriers[b].radius()));
        let pilots: Vec<usize> = by_radius
            .chunks_exact(PILOT_SHARE)
            .map(|four| four[draws.below(PILOT_SHARE)])
            .collect();
        let pilots: Vec<Pilot> = pilots
            .into_iter()
            .map(|carrier| Pilot {
                carrier,
                phase: quarter(draws.below(4)),
            })
            .collect();
        let data: Vec<usize> = (0..carriers.len())
            .filter(|i| pilots.iter().all(|p| p.carrier != *i))
            .collect();
        let mut bits = Vec::new();
        while bits.len() < 2 * data.len() {
            bits.extend(draws.permutation(CODE_BITS));
        }
        let places = bits[..2 * data.len()]
            .iter()
            .map(|&bit| (bit, sign(draws.below(2) as u8)))
            .collect();
        Self {
            carriers,
            pilots,
            data,
            places,
        }
    }

    /// The carriers' amplitudes for a code word.
    pub(crate) fn symbols(&self, code: &[u8; CODE_BITS]) -> Vec<Complex64> {
        let mut out = vec![Complex64::ZERO; self.carriers.len()];
        for pilot in &self.pilots {
            out[pilot.carrier] = pilot.phase;
        }
        for (&carrier, pair) in self.data.iter().zip(self.places.chunks_exact(2)) {
            let value = |(bit, secret): (usize, f64)| sign(code[bit]) * secret;
            out[carrier] = Complex64::new(value(pair[0]), value(pair[1])) * std::f64::consts::FRAC_1_SQRT_2;
        }
        out
    }

    /// The tile in which carrier k is the wave Re(amplitude * exp(2 pi i k x / PERIOD)).
    pub(crate) fn tile(&self, amplitudes: &[Complex64], transforms: &Transforms) -> Vec<f64> {
        let mut spectrum = vec![Complex32::ZERO; PERIOD * PERIOD];
        for (carrier, amplitude) in self.carriers.iter().zip(amplitudes) {
            let amplitude = narrow(*amplitude);
            spectrum[carrier.bin()] = amplitude;
            spectrum[carrier.opposite().bin()] = amplitude.conj();
        }
        transforms.tile_inverse(&mut spectrum);
        spectrum.iter().map(|v| f64::from(v.re) / 2.0).collect()
    }

    /// What a folded tile says at each carrier.
    pub(crate) fn lines(&self, tile: &[f64], transforms: &Transforms) -> Vec<Complex64> {
        let mut spectrum: Vec<Complex32> = tile.iter().map(|&v| Complex32::from(v as f32)).collect();
        transforms.tile_forward(&mut spectrum);
        self.carriers.iter().map(|c| wide(spectrum[c.bin()])).collect()
    }
}

/// All waves of the band, one of each pair of opposites.
pub(crate) fn carriers() -> Vec<Carrier> {
    let all = (0..16).flat_map(|v| (-15..16).map(move |u| Carrier { u, v }));
    all.filter(|c| (c.v > 0 || c.u > 0) && RADII.contains(&c.radius()))
        .collect()
}

/// One of the four diagonal phases.
pub(crate) fn quarter(n: usize) -> Complex64 {
    Complex64::cis(std::f64::consts::FRAC_PI_4 + std::f64::consts::FRAC_PI_2 * n as f64)
}

/// For the transforms, which are in single precision.
pub(crate) fn narrow(v: Complex64) -> Complex32 {
    Complex32::new(v.re as f32, v.im as f32)
}

fn wide(v: Complex32) -> Complex64 {
    Complex64::new(f64::from(v.re), f64::from(v.im))
}

#[cfg(test)]
mod tests {
    use crate::{Id, Key, code::encode};

    use super::*;

    #[test]
    fn a_key_spreads_every_code_bit_and_takes_a_quarter_as_pilots() {
        let lattice = Key::new(1, [3; 32]).lattice;
        assert_eq!(
            (lattice.carriers.len(), lattice.pilots.len(), lattice.data.len()),
            (298, 74, 224)
        );
        let mut seen = [0; CODE_BITS];
        lattice.places.iter().for_each(|(bit, _)| seen[*bit] += 1);
        assert!(seen.iter().all(|n| (1..=2).contains(n)));
    }

    #[test]
    fn a_tile_says_what_was_put_in() {
        let (lattice, transforms) = (Key::new(1, [3; 32]).lattice, Transforms::new());
        let symbols = lattice.symbols(&encode(Id(99)));
        let lines = lattice.lines(&lattice.tile(&symbols, &transforms), &transforms);
        let half = (PERIOD * PERIOD) as f64 / 2.0;
        assert!(lines.iter().zip(&symbols).all(|(l, s)| (l / half - s).norm() < 1e-5));
    }
}
