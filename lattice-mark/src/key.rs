//! The secret behind a mark, and the documented way from 32 bytes to a lattice.
//!
//! The generator is ChaCha20 (RFC 8439's block function, 64-bit counter from 0, stream number 0) over the 32 bytes;
//! its output is read as little-endian 32-bit words. A number below n is the first word below the largest multiple of
//! n, modulo n. A shuffle goes from the last place down, each swapped with a place drawn up to it. Drawn in this order:
//! the pilots, their phases, the interleaver, the signs (`lattice.rs`). The one rule: this order never changes, or old
//! marks can't be read.

use std::fmt;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use crate::lattice::Lattice;

/// A key and its number. Marks can only be read with the key they were made with; keep old ones to read old marks.
#[derive(Clone)]
pub struct Key {
    number: u32,
    pub(crate) lattice: Lattice,
}

impl Key {
    /// The key made of 32 secret bytes. `number` is only a name for it: it comes back in what is found.
    pub fn new(number: u32, secret: [u8; 32]) -> Self {
        Self {
            number,
            lattice: Lattice::new(&mut Draws(ChaCha20Rng::from_seed(secret))),
        }
    }

    /// A key whose lattice is already known.
    #[cfg(test)]
    pub(crate) fn of(lattice: Lattice) -> Self {
        Self { number: 0, lattice }
    }

    /// The name it was given.
    pub fn number(&self) -> u32 {
        self.number
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// Numbers drawn from the key's stream.
pub(crate) struct Draws(ChaCha20Rng);

impl Draws {
    /// A number below `n`, each as likely.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let n = n as u32;
        let limit = u32::MAX - (u32::MAX % n + 1) % n;
        loop {
            let word = self.0.next_u32();
            if word <= limit {
                return (word % n) as usize;
            }
        }
    }

    /// The numbers below `n` in a random order.
    pub(crate) fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut out: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            out.swap(i, self.below(i + 1));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8439 gives the first block for a key, nonce and counter of zeros (appendix A.1, test vector 1).
    #[test]
    fn the_generator_is_the_documented_one() {
        let mut rng = ChaCha20Rng::from_seed([0; 32]);
        assert_eq!([rng.next_u32(), rng.next_u32()], [0xade0_b876, 0x903d_f1a0]);
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", Key::new(3, [0xAB; 32])), "Key { number: 3, .. }");
    }
}
