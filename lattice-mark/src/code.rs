//! The channel code: 64 bits of payload, a CRC-16, a convolutional code of rate 1/4 and constraint 9, read softly.
//!
//! The one rule: bit order is most significant first everywhere. `key.rs` spreads the 352 code bits, `decode.rs`
//! gathers them.

use crate::Id;

/// Payload, check and tail bits that go into the encoder.
const STEPS: usize = 64 + 16 + MEMORY;
/// Bits that come out of it.
pub(crate) const CODE_BITS: usize = STEPS * GENERATORS.len();
const GENERATORS: [u32; 4] = [0o463, 0o535, 0o733, 0o745];
const MEMORY: usize = 8;
const STATES: usize = 1 << MEMORY;

/// The code word of an id, as 0 and 1.
pub(crate) fn encode(id: Id) -> [u8; CODE_BITS] {
    let word = word(id);
    let mut out = [0; CODE_BITS];
    for (step, four) in out.chunks_exact_mut(4).enumerate() {
        let register = register(word, step);
        for (bit, generator) in four.iter_mut().zip(GENERATORS) {
            *bit = parity(register & generator);
        }
    }
    out
}

/// The id whose code word fits best, and whether its check fits. `soft` is positive where a 0 is likely.
pub(crate) fn decode(soft: &[f64; CODE_BITS]) -> (Id, bool) {
    let branches = branch_signs();
    let mut metric = vec![f64::NEG_INFINITY; STATES];
    metric[0] = 0.0;
    let mut came_from = vec![[0u8; STATES]; STEPS];
    for (four, choices) in soft.chunks_exact(4).zip(&mut came_from) {
        let mut next = vec![f64::NEG_INFINITY; STATES];
        for (state, choice) in choices.iter_mut().enumerate() {
            for (low, signs) in branches[state].iter().enumerate() {
                let previous = previous(state, low);
                let gain: f64 = signs.iter().zip(four).map(|(s, v)| s * v).sum();
                let sum = metric[previous] + gain;
                if sum > next[state] {
                    next[state] = sum;
                    *choice = low as u8;
                }
            }
        }
        metric = next;
    }
    let (mut state, mut word) = (0, 0u128);
    for (step, choices) in came_from.iter().enumerate().rev() {
        // The bit that entered at this step is the newest of the state it led to.
        if state >> (MEMORY - 1) == 1 {
            word |= 1 << (STEPS - 1 - step);
        }
        state = previous(state, usize::from(choices[state]));
    }
    let id = Id((word >> (STEPS - 64)) as u64);
    (id, self::word(id) == word)
}

/// Sums of soft values over short stretches of every possible code word, so that many ids are compared fast.
pub(crate) struct Codebook(Vec<[f32; 1 << STRETCH_BITS]>);

/// Steps whose sums are tabled together, and the bits they depend on.
const STRETCH: usize = 4;
const STRETCH_BITS: usize = STRETCH + MEMORY;

impl Codebook {
    pub(crate) fn new(soft: &[f64; CODE_BITS]) -> Self {
        let tables = soft.chunks_exact(4 * STRETCH).map(|values| {
            let mut table = [0.0; 1 << STRETCH_BITS];
            for (bits, sum) in table.iter_mut().enumerate() {
                let steps = values.chunks_exact(4).enumerate();
                *sum = steps
                    .map(|(step, four)| {
                        let register = (bits >> (STRETCH - 1 - step)) as u32 & ((1 << (MEMORY + 1)) - 1);
                        let signed = GENERATORS
                            .iter()
                            .zip(four)
                            .map(|(g, v)| v * sign(parity(reverse(register) & g)));
                        signed.sum::<f64>()
                    })
                    .sum::<f64>() as f32;
            }
            table
        });
        Self(tables.collect())
    }

    /// Sum of the soft values, each with the sign of the id's code bit.
    pub(crate) fn correlate(&self, id: Id) -> f64 {
        let word = word(id);
        let tables = self.0.iter().enumerate();
        tables
            .map(|(i, table)| {
                let shift = STEPS - STRETCH * (i + 1);
                f64::from(table[(word >> shift) as usize & ((1 << STRETCH_BITS) - 1)])
            })
            .sum()
    }
}

/// +1 for a 0, -1 for a 1.
pub(crate) fn sign(bit: u8) -> f64 {
    1.0 - 2.0 * f64::from(bit)
}

/// Payload, CRC and a tail of zeros; the first bit is the highest of the `STEPS` low ones.
fn word(id: Id) -> u128 {
    (u128::from(id.0) << 16 | u128::from(crc16(id.0))) << MEMORY
}

/// CRC-16 with the polynomial 0x1021, started at 0xFFFF, over the bits of the payload.
fn crc16(payload: u64) -> u16 {
    (0..64).rev().fold(0xFFFF, |crc: u16, i| {
        let crc = crc ^ (((payload >> i) as u16 & 1) << 15);
        if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 }
    })
}

/// The newest bit in the highest place, the eight before it below.
fn register(word: u128, step: usize) -> u32 {
    let newest_low = (word >> (STEPS - 1 - step)) as u32;
    reverse(newest_low & ((1 << (MEMORY + 1)) - 1))
}

/// Turns nine bits round.
fn reverse(nine: u32) -> u32 {
    nine.reverse_bits() >> (31 - MEMORY)
}

fn parity(bits: u32) -> u8 {
    (bits.count_ones() & 1) as u8
}

/// The state before `state`, of the two that lead to it the one whose oldest bit is `low`.
fn previous(state: usize, low: usize) -> usize {
    (state << 1 | low) & (STATES - 1)
}

/// For every state and each of its two ways in, the four signs sent on the way.
fn branch_signs() -> Vec<[[f64; 4]; 2]> {
    (0..STATES)
        .map(|state| [0, 1].map(|low| GENERATORS.map(|g| sign(parity((state << 1 | low) as u32 & g)))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soft(id: Id) -> [f64; CODE_BITS] {
        encode(id).map(sign)
    }

    #[test]
    fn an_id_comes_back_with_a_fifth_of_its_code_bits_wrong() {
        for id in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef].map(Id) {
            let mut values = soft(id);
            for (i, v) in values.iter_mut().enumerate() {
                *v *= if i % 5 == 2 { -1.0 } else { 1.0 };
            }
            assert_eq!(decode(&values), (id, true));
        }
    }

    #[test]
    fn noise_rarely_passes_the_check() {
        let mut noise = 1u32;
        let passed = (0..200).filter(|_| {
            let values = [(); CODE_BITS].map(|()| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f64::from(noise >> 8) / f64::from(1 << 24) - 0.5
            });
            decode(&values).1
        });
        assert!(passed.count() <= 1);
    }

    #[test]
    fn the_tables_of_the_codebook_say_what_the_code_word_says() {
        let values = soft(Id(0xfeed_beef_0bad_cafe));
        let book = Codebook::new(&values);
        assert_eq!(book.correlate(Id(0xfeed_beef_0bad_cafe)), CODE_BITS as f64);
        for id in [0, 3, 1 << 63, 0x1234].map(Id) {
            let direct: f64 = encode(id).iter().zip(&values).map(|(b, v)| sign(*b) * v).sum();
            assert_eq!(book.correlate(id), direct);
        }
    }

    #[test]
    fn the_crc_is_the_catalogued_one() {
        assert_eq!(crc16(u64::from_be_bytes(*b"12345678")), 0xA12B);
    }
}
