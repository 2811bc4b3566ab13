//! Putting a mark into a picture, no stronger than it has to be.
//!
//! The one rule: strength isn't set but measured: the faintest mark of which a reader still gets enough after a
//! simulated recompression. Callers: everything outside the crate that wants to mark.

use rustfft::num_complex::Complex64;

use crate::Id;
use crate::canonical::{Region, frame, frame_of, frame_size};
use crate::code::encode;
use crate::front::listen;
use crate::jpeg::recompressed;
use crate::key::Key;
use crate::lattice::{Lattice, PERIOD};
use crate::mask::allowed;
use crate::picture::{Canvas, Error, Picture, View};
use crate::plane::{Plane, Taps};
use crate::readout::{Heard, fold, limited};
use crate::transform::Transforms;

/// What marking did to a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// Peak signal to noise ratio of the marked picture to the unmarked, over its colours, in dB.
    pub psnr: f64,
    /// The reader's statistic after the hard recompression (JPEG at quality 30); at most 21.2, read from 12.5 up.
    pub z_d: f64,
    /// The pilots' statistic there.
    pub z_p: f64,
    /// Whether both simulated copies were read as well as wanted; else the mark is as strong as it may be, and that
    /// was not enough.
    pub reached: bool,
}

/// Marks a picture. Alpha stays. Refuses sizes that can't carry a mark, and then changes nothing.
pub fn embed<B: AsRef<[u8]> + AsMut<[u8]>>(picture: &mut Picture<B>, id: Id, key: &Key) -> Result<Report, Error> {
    picture.markable()?;
    let work = strong_enough(picture.view(), id, key);
    Ok(apply(picture.canvas(), &work))
}

/// The same with a fixed strength: `psnr` in dB, of which clipping takes a little. Never above what the eye overlooks.
pub fn embed_at<B: AsRef<[u8]> + AsMut<[u8]>>(
    picture: &mut Picture<B>,
    id: Id,
    key: &Key,
    psnr: f64,
) -> Result<Report, Error> {
    picture.markable()?;
    let work = as_strong_as(picture.view(), id, key, psnr);
    Ok(apply(picture.canvas(), &work))
}

fn strong_enough(picture: View<'_>, id: Id, key: &Key) -> Work {
    let mut studio = Studio::new(picture, id, key);
    let pattern = studio.informed_pattern(ROUNDS_AT);
    let (gain, probe) = studio.faintest(&pattern);
    Work { pattern, gain, probe }
}

fn as_strong_as(picture: View<'_>, id: Id, key: &Key, psnr: f64) -> Work {
    let mut studio = Studio::new(picture, id, key);
    let pattern = studio.informed_pattern(psnr);
    let gain = pattern.gain(psnr);
    let probe = studio.probe(&pattern, gain);
    Work { pattern, gain, probe }
}

/// A finished mark.
struct Work {
    pattern: Pattern,
    gain: f64,
    probe: Probe,
}

/// Strengths that are tried, in dB, the faintest first.
const FAINTEST: f64 = 50.0;
const STEP: f64 = 0.5;
const STEPS: usize = 28;
/// The strength at which the rounds of informed embedding listen.
const ROUNDS_AT: f64 = 43.0;
const ROUNDS: usize = 3;
/// Times the mask, at most.
const MOST: f64 = 2.2;
/// Wanted after shrinking and JPEG at quality 50: data and pilot statistic over the noise.
const WANTED_MILD: (f64, f64) = (24.0, 10.8);
/// Wanted there of the data statistic as the reader will have it: a copy that is cropped and turned as well loses a quarter of it.
const WANTED_SMALL: f64 = 17.3;
/// Wanted of a quarter of the area: the data statistic as the reader will have it, but for its weights, which add some 0.8.
const WANTED_PART: f64 = 12.4;
/// Wanted after JPEG at quality 30: data and pilot statistic as the reader will have them.
const WANTED_HARD: (f64, f64) = (15.0, 6.0);
/// Up to this side recompression is tried on the picture's own size, above it on the frame.
const OWN_SIZE: usize = 1600;

const AS_IT_LIES: [[f64; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

/// A mark for one picture, not yet scaled.
struct Pattern {
    /// In the frame.
    frame: Plane,
    /// At the size of the studio's luma.
    own: Plane,
    mean_square: f64,
}

impl Pattern {
    fn gain(&self, psnr: f64) -> f64 {
        (255.0 / 10f64.powf(psnr / 20.0) / self.mean_square.sqrt()).min(MOST)
    }
}

/// What a reader gets from simulated copies of a marked picture.
#[derive(Clone, Copy)]
struct Probe {
    mild: (f64, f64),
    small: f64,
    part: f64,
    hard: (f64, f64),
}

impl Probe {
    fn passes(&self) -> bool {
        self.shortfall() <= 1.0
    }

    /// By how much the mark would have to be stronger, as a factor; at most 1 if it's strong enough.
    fn shortfall(&self) -> f64 {
        let ratios = [
            WANTED_MILD.0 / self.mild.0,
            WANTED_MILD.1 / self.mild.1,
            WANTED_SMALL / self.small,
            WANTED_PART / self.part,
            WANTED_HARD.0 / self.hard.0,
            WANTED_HARD.1 / self.hard.1,
        ];
        // What came out at or below nothing says only: far stronger.
        let factor = |ratio: f64| if ratio > 0.0 { ratio.min(4.0) } else { 4.0 };
        ratios.into_iter().map(factor).fold(0.0, f64::max)
    }
}

/// What is needed again and again while a mark is made.
struct Studio<'a> {
    lattice: &'a Lattice,
    transforms: Transforms,
    /// Luma at the picture's own size, or of a large picture its frame.
    luma: Plane,
    frame_size: (usize, usize),
    mask: Plane,
    symbols: Vec<Complex64>,
}

impl<'a> Studio<'a> {
    fn new(picture: View<'_>, id: Id, key: &'a Key) -> Self {
        let whole = Region {
            left: 0,
            top: 0,
            width: picture.width,
            height: picture.height,
        };
        let luma = if whole.width.max(whole.height) <= OWN_SIZE {
            let mut luma = Plane::new(whole.width, whole.height);
            (0..whole.height).for_each(|y| picture.luma_row(y, 0, luma.row_mut(y)));
            luma
        } else {
            frame_of(picture, whole)
        };
        let frame_size = frame_size(whole.width, whole.height);
        Self {
            lattice: &key.lattice,
            transforms: Transforms::new(),
            frame_size,
            mask: allowed(&frame(&luma)),
            luma,
            symbols: key.lattice.symbols(&encode(id)),
        }
    }

    /// Shifts power to the places where the picture itself works against the mark, listening at `psnr`.
    fn informed_pattern(&mut self, psnr: f64) -> Pattern {
        let mut weights = vec![[1.0f64; 2]; self.symbols.len()];
        let mut pattern = self.pattern(&weights);
        for _ in 0..ROUNDS {
            let marked = self.marked(&pattern, pattern.gain(psnr));
            self.answer(&mut weights, &marked);
            pattern = self.pattern(&weights);
        }
        pattern
    }

    /// More for what is heard faintly or wrong, less for what is heard well.
    fn answer(&self, weights: &mut [[f64; 2]], marked: &Plane) {
        let heard = listen(&marked.resized(self.frame_size.0, self.frame_size.1));
        let lines = self.lattice.lines(&folded(&heard), &self.transforms);
        let answers: Vec<[f64; 2]> = lines
            .iter()
            .zip(&self.symbols)
            .map(|(l, s)| [l.re * s.re.signum(), l.im * s.im.signum()])
            .collect();
        let usual = median(answers.as_flattened()).max(1e-6);
        for (weight, answer) in weights.as_flattened_mut().iter_mut().zip(answers.as_flattened()) {
            let surplus = (answer / usual).clamp(-2.0, 3.0);
            *weight = (*weight * (1.0 + 0.6 * (1.0 - surplus))).clamp(0.15, 2.6);
        }
    }

    fn pattern(&self, weights: &[[f64; 2]]) -> Pattern {
        let amplitudes: Vec<Complex64> = self
            .symbols
            .iter()
            .zip(weights)
            .map(|(s, w)| Complex64::new(s.re * w[0], s.im * w[1]))
            .collect();
        let tile = self.lattice.tile(&amplitudes, &self.transforms);
        let deviation = (tile.iter().map(|v| v * v).sum::<f64>() / tile.len() as f64).sqrt();
        let tile: Vec<f32> = tile.iter().map(|v| (v / deviation) as f32).collect();
        let mut frame = self.mask.clone();
        for y in 0..frame.height {
            let line = &tile[y % PERIOD * PERIOD..][..PERIOD];
            for part in frame.row_mut(y).chunks_mut(PERIOD) {
                part.iter_mut().zip(line).for_each(|(v, t)| *v *= t);
            }
        }
        let own = frame.resized(self.luma.width, self.luma.height);
        let squares: f64 = own.data.iter().map(|v| f64::from(v * v)).sum();
        Pattern {
            frame,
            mean_square: squares / own.data.len() as f64,
            own,
        }
    }

    /// Luma as it will be, in whole steps.
    fn marked(&self, pattern: &Pattern, gain: f64) -> Plane {
        let gain = gain as f32;
        let marked = self.luma.clone();
        marked.zip(&pattern.own, |v, p| (v + gain * p + 0.5).clamp(0.0, 255.0).floor())
    }

    fn listen(&mut self, luma: &Plane) -> Heard {
        let heard = listen(&luma.resized(self.frame_size.0, self.frame_size.1));
        fold(&heard, AS_IT_LIES, &mut self.transforms).expect("frames are far below the largest size")
    }

    /// The faintest strength that passes, by the steps; or the strongest.
    fn faintest(&mut self, pattern: &Pattern) -> (f64, Probe) {
        let gain = |step: usize| pattern.gain(FAINTEST - STEP * step as f64);
        // From here on the mask's limit holds, and more steps change nothing.
        let most = (0..STEPS).find(|&step| gain(step) >= MOST).unwrap_or(STEPS);
        // `fails` is known to fail, or the one before the first; `passes` to pass, or the one after the last.
        let (mut fails, mut passes) = (-1, most as i32 + 1);
        let mut best = None;
        let mut last = None;
        let mut step = most.min(10) as i32;
        while passes - fails > 1 {
            let probe = self.probe(pattern, gain(step as usize));
            if probe.passes() {
                (passes, best) = (step, Some((gain(step as usize), probe)));
            } else {
                (fails, last) = (step, Some((gain(step as usize), probe)));
            }
            // The statistics grow about as the strength does.
            let off = (20.0 * probe.shortfall().log10() / STEP).ceil() as i32;
            step = (step + off).clamp(fails + 1, (passes - 1).max(fails + 1));
        }
        best.or(last).expect("at least one strength was tried")
    }

    fn probe(&mut self, pattern: &Pattern, gain: f64) -> Probe {
        let marked = self.marked(pattern, gain);
        let (w, h) = self.frame_size;
        let shrunk = |n: usize| ((n as f64 * 0.6).round() as usize).max(1);
        let small = marked.resized(shrunk(w), shrunk(h)).map(|v| (v + 0.5).floor());
        let heard = self.listen(&recompressed(&small, 50));
        let (mild, small) = (self.over_noise(&heard), self.self_normalised(&heard).0);
        let heard = self.listen(&recompressed(&marked, 30));
        Probe {
            mild,
            small,
            part: self.part(&marked),
            hard: self.self_normalised(&heard),
        }
    }

    /// The data statistic as the reader will have it of a quarter of the area: the fainter of the centre and the second
    /// faintest corner.
    fn part(&mut self, marked: &Plane) -> f64 {
        let heard = listen(&marked.resized(self.frame_size.0, self.frame_size.1));
        let mut of = |(x, y): (usize, usize)| {
            let part = heard.part(
                (heard.width * x / 4, heard.height * y / 4),
                (heard.width / 2, heard.height / 2),
            );
            let folded = fold(&part, AS_IT_LIES, &mut self.transforms).expect("a part is smaller than the frame");
            // Where the part starts only turns the phases.
            let shift = (heard.width * x / 4 % PERIOD, heard.height * y / 4 % PERIOD);
            self_normalised(self.lattice, &self.symbols, &self.transforms, &folded, shift).0
        };
        let mut corners = [(0, 0), (2, 0), (0, 2), (2, 2)].map(&mut of);
        corners.sort_by(f64::total_cmp);
        of((1, 1)).min(corners[1])
    }

    /// Data and pilot statistic, measured against the noise around the carriers.
    fn over_noise(&self, heard: &Heard) -> (f64, f64) {
        let values = heard.carriers(self.lattice, &heard.tile, &self.transforms);
        let agreement = |k: usize| (values[k] * self.symbols[k].conj()).re;
        let data: f64 = self.lattice.data.iter().map(|&k| agreement(k)).sum();
        let pilots: f64 = self.lattice.pilots.iter().map(|p| agreement(p.carrier)).sum();
        let deviation = |n: usize| (n as f64 / 2.0).sqrt();
        (
            data / deviation(self.lattice.data.len()),
            pilots / deviation(self.lattice.pilots.len()),
        )
    }

    /// Data and pilot statistic as the reader forms them.
    fn self_normalised(&self, heard: &Heard) -> (f64, f64) {
        self_normalised(self.lattice, &self.symbols, &self.transforms, heard, (0, 0))
    }
}

/// Data and pilot statistic as the reader forms them, of what was folded from a place `shift` further on.
fn self_normalised(
    lattice: &Lattice,
    symbols: &[Complex64],
    transforms: &Transforms,
    heard: &Heard,
    shift: (usize, usize),
) -> (f64, f64) {
    let values = limited(&heard.carriers(lattice, &heard.tile, transforms));
    let ratio = |carriers: &mut dyn Iterator<Item = usize>| {
        let (mut agreement, mut energy) = (0.0, 0.0);
        for k in carriers {
            let turn = lattice.carriers[k].phase_at(shift);
            agreement += (values[k] * (symbols[k] * turn).conj()).re;
            energy += values[k].norm_sqr();
        }
        (agreement, energy)
    };
    let (data, energy) = ratio(&mut lattice.data.iter().copied());
    let (pilots, pilot_energy) = ratio(&mut lattice.pilots.iter().map(|p| p.carrier));
    (
        // A symbol's two parts are 0.7 each, and the reader takes them as 1.
        data * std::f64::consts::SQRT_2 / (energy.sqrt() + 1e-12),
        pilots / ((pilot_energy / 2.0).sqrt() + 1e-12),
    )
}

/// Scales the mark to the picture's own size, row by row, and adds it.
fn apply(mut picture: Canvas<'_>, work: &Work) -> Report {
    let (width, height, pattern) = (picture.width, picture.height, &work.pattern);
    let same_size = (width, height) == (pattern.own.width, pattern.own.height);
    let source = if same_size { &pattern.own } else { &pattern.frame };
    let across = Taps::new(source.width, width);
    let down = Taps::new(source.height, height);
    let mut mixed = vec![0.0; source.width];
    let mut row = vec![0.0; width];
    let mut squares = 0;
    for y in 0..height {
        down.mix_rows(source, y, &mut mixed);
        across.apply(&mixed, &mut row);
        row.iter_mut().for_each(|v| *v *= work.gain as f32);
        squares += picture.add_row(y, &row);
    }
    let mean_square = squares as f64 / (width * height * 3) as f64;
    Report {
        psnr: 10.0 * (255.0 * 255.0 / mean_square.max(1e-9)).log10(),
        z_d: work.probe.hard.0,
        z_p: work.probe.hard.1,
        reached: work.probe.passes(),
    }
}

/// All tiles of a plane in one.
fn folded(heard: &Plane) -> Vec<f64> {
    let mut tile = vec![0.0; PERIOD * PERIOD];
    for y in 0..heard.height {
        let target = &mut tile[y % PERIOD * PERIOD..][..PERIOD];
        for part in heard.row(y).chunks(PERIOD) {
            target.iter_mut().zip(part).for_each(|(t, v)| *t += f64::from(*v));
        }
    }
    tile
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
}
