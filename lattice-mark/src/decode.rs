//! From aligned carriers to an id, and the decision whether it is one.
//!
//! The one rule: the statistic is divided by its own root sum of squares, never by an assumed noise, so that the bound
//! on false alarms holds for every picture (see the crate's documentation).

use crate::Id;
use crate::code::{CODE_BITS, Codebook, decode, encode, sign};
use crate::lattice::Lattice;
use crate::readout::Aligned;

/// The least statistic at which an id is believed that was not expected.
pub const THRESHOLD: f64 = 12.5;
/// Of all geometries tried for one picture, so many are decoded at most: those with clear pilots, which says nothing about
/// the secret signs.
pub(crate) const MOST_DECODED: usize = 27;
/// The chance of a false alarm that a list of known ids may have.
const CHANCE: f64 = 1e-9;

/// The least statistic at which one of `count` known ids is believed: 8.7 for a million.
pub fn threshold_among(count: usize) -> f64 {
    (2.0 * (count.max(1) as f64 * MOST_DECODED as f64 / CHANCE).ln()).sqrt()
}

/// What the data carriers say, each weighted by how well its neighbours among the pilots came through.
pub(crate) struct Soft {
    /// For each place the weighted value; the secret sign is undone.
    values: Vec<f64>,
    /// The same summed up per code bit.
    bits: [f64; CODE_BITS],
}

impl Soft {
    pub(crate) fn new(aligned: &Aligned, lattice: &Lattice) -> Self {
        let gains = gains(aligned, lattice);
        let mut values = Vec::with_capacity(lattice.places.len());
        let mut bits = [0.0; CODE_BITS];
        for (&carrier, pair) in lattice.data.iter().zip(lattice.places.chunks_exact(2)) {
            let value = aligned.values[carrier] * gains[carrier];
            for (part, (bit, secret)) in [value.re, value.im].into_iter().zip(pair) {
                values.push(part * secret);
                bits[*bit] += part * secret;
            }
        }
        Self { values, bits }
    }

    /// The best id; whether its check fits; its statistic.
    pub(crate) fn decoded(&self) -> (Id, bool, f64) {
        let (id, checked) = decode(&self.bits);
        (id, checked, self.statistic(id))
    }

    /// The known id that fits best, and its statistic.
    pub(crate) fn best_among(&self, ids: &[Id]) -> Option<(Id, f64)> {
        let book = Codebook::new(&self.bits);
        let scored = ids.iter().map(|id| (*id, book.correlate(*id)));
        let (id, _) = scored.max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((id, self.statistic(id)))
    }

    fn statistic(&self, id: Id) -> f64 {
        let agreement: f64 = encode(id).iter().zip(&self.bits).map(|(b, v)| sign(*b) * v).sum();
        agreement / (self.values.iter().map(|v| v * v).sum::<f64>() + 1e-12).sqrt()
    }
}

/// For every carrier the mean of the pilots' agreement around its radius, hardly below 0.
fn gains(aligned: &Aligned, lattice: &Lattice) -> Vec<f64> {
    let pilots: Vec<(f64, f64)> = lattice
        .pilots
        .iter()
        .map(|p| {
            let agreement = (aligned.values[p.carrier] * p.phase.conj()).re;
            (lattice.carriers[p.carrier].radius(), agreement)
        })
        .collect();
    let gain = |radius: f64| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (at, agreement) in &pilots {
            let weight = (-0.5 * ((radius - at) / 1.5).powi(2)).exp();
            sum += weight * agreement;
            weights += weight;
        }
        (sum / weights).max(0.02)
    };
    lattice.carriers.iter().map(|c| gain(c.radius())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_for_a_million_known_ids_is_the_documented_one() {
        assert!((threshold_among(1_000_000) - 8.7).abs() < 0.1);
        assert!(threshold_among(0) < threshold_among(2) && threshold_among(1 << 40) < THRESHOLD);
    }
}
