//! An invisible mark of 64 bits in a picture, found again after crops, screenshots, turns and recompression.
//!
//! ```
//! use lattice_mark::{Effort, Id, Key, Picture, detect, embed};
//!
//! let key = Key::new(1, [7; 32]);
//! let pixels: Vec<u8> = (0..300 * 300 * 3).map(|i| 120 + (i / 900 * 7 + i % 900 / 9) as u8 % 50).collect();
//! let mut picture = Picture::rgb(300, 300, pixels)?;
//! let report = embed(&mut picture, Id(42), &key)?;
//! assert!(report.psnr > 36.0);
//! assert_eq!(detect(&picture, &key, Effort::Quick).expect("a mark").id, Id(42));
//! # Ok::<(), lattice_mark::Error>(())
//! ```
//!
//! # How it works
//!
//! The picture's luma is brought to a frame of fixed area (`canonical.rs`). There the mark is a tile of 96 x 96 that
//! repeats: 298 waves, a lattice of points in the spectrum. A quarter are pilots with a known phase, the others carry
//! the id behind a check and a convolutional code, every bit multiplied by a secret sign (`lattice.rs`, `code.rs`).
//! It is scaled to what the eye overlooks at each place (`mask.rs`), spent where the picture itself works against
//! a bit, and made as strong as a simulated recompression asks for (`embed.rs`).
//! The reader whitens the picture (`front.rs`), finds scale and angle from the power at the lattice points alone
//! (`spectrum.rs`, `geometry.rs`), folds all tiles into one and finds the shift from the pilots (`readout.rs`), and
//! decodes softly (`decode.rs`).
//!
//! # Literature
//!
//! Tiled self-synchronising spread spectrum: M. Kutter, "Watermarking resisting to translation, rotation and scaling"
//! (1998); S. Voloshynovskiy, F. Deguillaume, T. Pun, "Content adaptive watermarking based on a stochastic multiresolution
//! image modeling" (2000) and "Multibit digital watermarking robust against local nonlinear geometrical distortions"
//! (2001). Template in the spectrum: S. Pereira, T. Pun, "Robust template matching for affine resistant image
//! watermarks" (2000). Informed embedding: M. Miller, G. Doerr, I. Cox, "Applying informed coding and embedding to design a
//! robust high-capacity watermark" (2004); H. Malvar, D. Florencio, "Improved spread spectrum" (2003). Masking: the
//! noise visibility function of Voloshynovskiy et al. (1999). Pilots and per-carrier gain are those of multicarrier
//! radio; the decoder is A. Viterbi's (1967). The bound on false alarms is W. Hoeffding's inequality (1963).
//!
//! # False alarms
//!
//! The statistic of an id is a sum with secret independent signs, divided by its own root sum of squares, so for one
//! fixed wrong code word and *any* picture P(z >= t) <= exp(-t^2 / 2). At [`THRESHOLD`] = 12.5 that is 1.2e-34; times
//! the 2^80 words the decoder may choose from, times the at most 27 readings that are decoded: below 4e-9 for a picture
//! without the key's mark, taken over the choice of the key and assuming nothing about pictures. With a list of known
//! ids ([`detect_among`]) the union is far smaller, and so is the threshold.
//!
//! # Limits
//!
//! - Not secret from a determined remover: who averages many pictures marked with one key sees the tile.
//! - A copied mark is a mark: whoever has a marked picture can add its tile to another. What the id says must be
//!   compared with the stored picture.
//! - Expected to fail: crops that keep less than some 15 % of a busy picture, blur of more than 4 px at 1024 px,
//!   regeneration by a model at high strength. Not tried: print and photograph, warps of more than 2 %.
//! - A copy must keep some 250 pixels of the longer side, or the shorter waves are gone; then only [`detect_among`] helps.
//! - [`embed`] refuses pictures with a side below [`MIN_SIDE`].

mod canonical;
mod code;
mod decode;
mod detect;
mod embed;
mod front;
mod geometry;
mod id;
mod jpeg;
mod key;
mod lattice;
mod mask;
mod picture;
mod plane;
mod readout;
mod spectrum;
mod transform;

#[cfg(test)]
mod golden;

pub use decode::{THRESHOLD, threshold_among};
pub use detect::{
    Effort, Examination, Found, Geometry, Stage, Window, detect, detect_among, detect_among_until, examine,
};
pub use embed::{Report, embed, embed_at};
pub use id::{Id, NotAnId};
pub use key::Key;
pub use picture::{Error, MAX_ASPECT, MIN_SIDE, Picture};
