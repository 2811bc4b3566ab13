//! Fourier transforms: of a tile, and of a frame as far as its low frequencies go.
//!
//! The one rule: plans are made once per call of the library and shared by everything in it.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use crate::lattice::PERIOD;

/// Plans for the lengths met so far.
pub(crate) struct Transforms {
    real: RealFftPlanner<f32>,
    complex: FftPlanner<f32>,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
}

impl Transforms {
    pub(crate) fn new() -> Self {
        let mut complex = FftPlanner::new();
        Self {
            real: RealFftPlanner::new(),
            forward: complex.plan_fft_forward(PERIOD),
            inverse: complex.plan_fft_inverse(PERIOD),
            complex,
        }
    }

    /// Sum of tile * exp(-i...), `PERIOD` squared values, in place.
    pub(crate) fn tile_forward(&self, tile: &mut [Complex32]) {
        both_ways(tile, &*self.forward);
    }

    /// Sum of spectrum * exp(+i...), not divided by anything.
    pub(crate) fn tile_inverse(&self, spectrum: &mut [Complex32]) {
        both_ways(spectrum, &*self.inverse);
    }

    pub(crate) fn rows(&mut self, length: usize) -> Arc<dyn RealToComplex<f32>> {
        self.real.plan_fft_forward(length)
    }

    pub(crate) fn columns(&mut self, length: usize) -> Arc<dyn Fft<f32>> {
        self.complex.plan_fft_forward(length)
    }
}

/// The left part of a plane's spectrum: row transforms come in one at a time, the columns are done at the end.
pub(crate) struct LowSpectrum {
    /// Length of the transforms along the rows and the columns.
    pub(crate) across: usize,
    pub(crate) down: usize,
    rows: Arc<dyn RealToComplex<f32>>,
    columns: Arc<dyn Fft<f32>>,
    line: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// Column after column, `down` long each.
    values: Vec<Complex32>,
    kept: usize,
}

impl LowSpectrum {
    /// For rows of up to `across` values, `down` of them; keeps the horizontal frequencies 0 to `kept` - 1.
    pub(crate) fn new(transforms: &mut Transforms, across: usize, down: usize, kept: usize) -> Self {
        let rows = transforms.rows(across);
        let kept = kept.min(across / 2 + 1);
        Self {
            across,
            down,
            line: rows.make_input_vec(),
            bins: rows.make_output_vec(),
            scratch: rows.make_scratch_vec(),
            columns: transforms.columns(down),
            rows,
            values: vec![Complex32::ZERO; kept * down],
            kept,
        }
    }

    /// Takes row `y`; what it is short of `across` is 0.
    pub(crate) fn take(&mut self, y: usize, row: impl Iterator<Item = f32>) {
        self.line.fill(0.0);
        for (t, v) in self.line.iter_mut().zip(row) {
            *t = v;
        }
        let done = self
            .rows
            .process_with_scratch(&mut self.line, &mut self.bins, &mut self.scratch);
        debug_assert!(done.is_ok(), "the buffers were made by the plan");
        for (column, bin) in self.values.chunks_exact_mut(self.down).zip(&self.bins) {
            column[y] = *bin;
        }
    }

    /// Power at horizontal frequency 0.. (outer) and vertical frequency 0.. (inner, wrapping round).
    pub(crate) fn power(mut self) -> Vec<Vec<f32>> {
        self.columns.process(&mut self.values);
        let columns = self.values.chunks_exact(self.down).take(self.kept);
        columns.map(|c| c.iter().map(Complex32::norm_sqr).collect()).collect()
    }
}

/// The least length from `n` up that has no prime factor above 5.
pub(crate) fn fast_length(n: usize) -> usize {
    (n.max(1)..)
        .find(|&m| {
            let mut rest = m;
            for p in [2, 3, 5] {
                while rest.is_multiple_of(p) {
                    rest /= p;
                }
            }
            rest == 1
        })
        .unwrap_or(n)
}

fn both_ways(tile: &mut [Complex32], fft: &dyn Fft<f32>) {
    for _ in 0..2 {
        fft.process(tile);
        for y in 0..PERIOD {
            for x in 0..y {
                tile.swap(y * PERIOD + x, x * PERIOD + y);
            }
        }
    }
}
