//! How a picture looks, in 256 bits: PDQ, the perceptual hash that Facebook published in 2019 ("The TMK+PDQF video-hashing
//! algorithm and the PDQ image-hashing algorithm").
//!
//! Rule: two pictures that look the same have hashes few bits apart; the hash proves nothing about where a picture was made.
//! A picture with too little in it has none. Called for every version, and for what somebody asks about.
//!
//! Luma, two passes of a box in each direction, 64 × 64 samples, the lowest 16 × 16 frequencies of a cosine transform
//! without the constant ones, and one bit each: above the median or not.

use crate::blobs::Colours;

/// Up to this many bits apart it is the same picture.
pub const SAME: u32 = 31;
/// Up to this many it is very like it; different pictures are 128 apart, give or take 8.
pub const ALIKE: u32 = 45;
/// Below this quality (of 100) a picture has too little in it.
const LEAST_QUALITY: u32 = 50;
const SIDE: usize = 64;
const WAVES: usize = 16;
/// The longest side a picture is hashed at.
pub const WORKING_SIDE: u32 = 512;

/// 256 bits.
pub type Hash = [u8; 32];

/// Where a sample of the turned picture is in the picture itself, given the last place in a row.
type Way = fn(usize, usize, usize) -> (usize, usize);

/// What is left of a picture: 64 × 64 samples of luma, 0 to 255.
#[derive(Debug, Clone)]
pub struct Sketch {
    samples: Vec<f32>,
    /// How much there is in it, 0 to 100.
    pub quality: u32,
}

impl Sketch {
    /// The sketch of a picture, which is best not larger than [`WORKING_SIDE`].
    #[must_use]
    pub fn of(picture: &Colours) -> Self {
        let (width, height) = (picture.width, picture.height);
        let pixels = picture.samples.chunks_exact(picture.channels);
        let mut luma: Vec<f32> = pixels
            .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]))
            .collect();
        for _ in 0..2 {
            blur(&mut luma, height, width, 1, width, window(width));
            blur(&mut luma, width, height, width, 1, window(height));
        }
        let at = |i: usize, length: usize| (2 * i + 1) * length / (2 * SIDE);
        let places = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
        let samples: Vec<f32> = places
            .map(|(x, y)| luma[at(y, height) * width + at(x, width)])
            .collect();
        let quality = quality(&samples);
        Self { samples, quality }
    }

    /// The hash, if there is enough in the picture.
    #[must_use]
    pub fn hash(&self) -> Option<Hash> {
        (self.quality >= LEAST_QUALITY).then(|| bits(&self.samples))
    }

    /// The hashes of the picture turned and mirrored in all eight ways, itself first; none when there is too little in it.
    #[must_use]
    pub fn all_ways(&self) -> Vec<Hash> {
        if self.quality < LEAST_QUALITY {
            return Vec::new();
        }
        let last = SIDE - 1;
        let ways: [Way; 8] = [
            |x, y, _| (x, y),
            |x, y, last| (last - x, y),
            |x, y, last| (x, last - y),
            |x, y, last| (last - x, last - y),
            |x, y, _| (y, x),
            |x, y, last| (last - y, x),
            |x, y, last| (y, last - x),
            |x, y, last| (last - y, last - x),
        ];
        ways.iter()
            .map(|way| {
                let places = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
                let turned: Vec<f32> = places
                    .map(|(x, y)| {
                        let (x, y) = way(x, y, last);
                        self.samples[y * SIDE + x]
                    })
                    .collect();
                bits(&turned)
            })
            .collect()
    }
}

/// How many bits differ.
#[must_use]
pub fn distance(one: &Hash, other: &Hash) -> u32 {
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// A picture without the even border around it, as a screenshot has one.
#[must_use]
pub fn trimmed(picture: &Colours) -> Colours {
    const EVEN: u8 = 12;
    let step = picture.channels;
    let pixel = |x: usize, y: usize| &picture.samples[(y * picture.width + x) * step..][..3];
    let corner = [pixel(0, 0)[0], pixel(0, 0)[1], pixel(0, 0)[2]];
    let is_border = |x: usize, y: usize| pixel(x, y).iter().zip(corner).all(|(a, b)| a.abs_diff(b) <= EVEN);
    let row = |y: usize| (0..picture.width).all(|x| is_border(x, y));
    let (Some(top), Some(bottom)) = (
        (0..picture.height).find(|&y| !row(y)),
        (0..picture.height).rfind(|&y| !row(y)),
    ) else {
        return picture.clone();
    };
    let column = |x: usize| (top..=bottom).all(|y| is_border(x, y));
    let (Some(left), Some(right)) = (
        (0..picture.width).find(|&x| !column(x)),
        (0..picture.width).rfind(|&x| !column(x)),
    ) else {
        return picture.clone();
    };
    let rows = (top..=bottom)
        .flat_map(|y| &picture.samples[(y * picture.width + left) * step..(y * picture.width + right + 1) * step]);
    Colours {
        width: right + 1 - left,
        height: bottom + 1 - top,
        channels: step,
        samples: rows.copied().collect(),
    }
}

const fn window(length: usize) -> usize {
    length.div_ceil(2 * SIDE)
}

/// The mean over `window` samples along each of `lines` lines: `length` samples, `step` apart.
fn blur(luma: &mut [f32], lines: usize, length: usize, step: usize, between: usize, window: usize) {
    let half = window.midpoint(2);
    let mut line = vec![0.0; length];
    for start in (0..lines).map(|line| line * between) {
        for (at, sample) in line.iter_mut().enumerate() {
            *sample = luma[start + at * step];
        }
        let (mut sum, mut count) = (0.0_f32, 0.0_f32);
        for &sample in line.iter().take(half) {
            sum += sample;
            count += 1.0;
        }
        // The window reaches `half - 1` ahead and `window - half` behind.
        for at in 0..length {
            if at > 0 && at + half - 1 < length {
                sum += line[at + half - 1];
                count += 1.0;
            }
            if at > window - half {
                sum -= line[at - (window - half) - 1];
                count -= 1.0;
            }
            luma[start + at * step] = sum / count;
        }
    }
}

/// How much changes from sample to sample, in steps of a hundredth of white.
fn quality(samples: &[f32]) -> u32 {
    let step = |a: f32, b: f32| ((a - b) * 100.0 / 255.0).trunc().abs();
    let across = (0..SIDE * SIDE)
        .filter(|at| at % SIDE + 1 < SIDE)
        .map(|at| step(samples[at], samples[at + 1]));
    let down = (0..SIDE * (SIDE - 1)).map(|at| step(samples[at], samples[at + SIDE]));
    let sum: f32 = across.chain(down).sum();
    // Between 0 and 100, so the cast is exact enough.
    ((sum / 90.0).min(100.0)) as u32
}

/// One bit for each of the lowest frequencies: above the median of all.
fn bits(samples: &[f32]) -> Hash {
    let wave = |frequency: usize, at: usize| {
        let turn = std::f32::consts::PI / (2 * SIDE) as f32 * ((frequency + 1) * (2 * at + 1)) as f32;
        (2.0 / SIDE as f32).sqrt() * turn.cos()
    };
    let waves: Vec<f32> = (0..WAVES * SIDE).map(|at| wave(at / SIDE, at % SIDE)).collect();
    let along = |frequency: usize| &waves[frequency * SIDE..][..SIDE];
    let mut halfway = [[0.0_f32; SIDE]; WAVES];
    for (frequency, row) in halfway.iter_mut().enumerate() {
        for (y, weight) in along(frequency).iter().enumerate() {
            for (sum, sample) in row.iter_mut().zip(&samples[y * SIDE..]) {
                *sum += weight * sample;
            }
        }
    }
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let all: Vec<f32> = (0..WAVES * WAVES)
        .map(|at| dot(&halfway[at / WAVES], along(at % WAVES)))
        .collect();
    let mut sorted = all.clone();
    sorted.sort_by(f32::total_cmp);
    let median = sorted[sorted.len() / 2 - 1];
    let mut hash = [0; 32];
    for (at, _) in all.iter().enumerate().filter(|(_, value)| **value > median) {
        // The last frequency is the first bit, as it is usually written.
        hash[31 - at / 8] |= 1 << (at % 8);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(width: usize, height: usize) -> Colours {
        let wave = |x: f32, y: f32| {
            120.0 + 60.0 * (9.0 * x + (7.0 * y).sin() * 2.0).sin() + 50.0 * (13.0 * y + 3.0 * x * x).cos()
        };
        let places =
            (0..height).flat_map(|y| (0..width).map(move |x| (x as f32 / width as f32, y as f32 / height as f32)));
        let samples = places
            .flat_map(|(x, y)| [wave(x, y).clamp(0.0, 255.0) as u8; 3])
            .collect();
        Colours {
            width,
            height,
            channels: 3,
            samples,
        }
    }

    #[test]
    fn the_same_scene_at_another_size_has_nearly_the_same_hash_and_another_has_not() {
        let one = Sketch::of(&scene(300, 200)).hash().expect("enough in it");
        let other = Sketch::of(&scene(512, 340)).hash().expect("enough in it");
        assert!(distance(&one, &other) <= SAME, "{}", distance(&one, &other));
        let mut inverted = scene(300, 200);
        inverted.samples.iter_mut().for_each(|sample| *sample = 255 - *sample);
        let inverted = Sketch::of(&inverted).hash().expect("enough in it");
        assert!(distance(&one, &inverted) > 200);
    }

    #[test]
    fn a_mirrored_picture_is_found_among_the_eight_ways() {
        let picture = scene(300, 200);
        let mut mirrored = picture.clone();
        for row in mirrored.samples.chunks_exact_mut(300 * 3) {
            let turned: Vec<u8> = row.rchunks_exact(3).flatten().copied().collect();
            row.copy_from_slice(&turned);
        }
        let hash = Sketch::of(&picture).hash().expect("enough in it");
        let ways = Sketch::of(&mirrored).all_ways();
        assert_eq!(ways.len(), 8);
        assert!(ways.iter().any(|way| distance(way, &hash) <= SAME));
        assert!(distance(&ways[0], &hash) > ALIKE);
    }

    #[test]
    fn an_even_picture_has_no_hash_and_an_even_border_does_not_count() {
        let even = Colours {
            width: 64,
            height: 64,
            channels: 3,
            samples: vec![90; 64 * 64 * 3],
        };
        assert!(Sketch::of(&even).hash().is_none() && Sketch::of(&even).all_ways().is_empty());
        assert_eq!(trimmed(&even).width, 64);
        let picture = scene(200, 150);
        let mut framed = Colours {
            width: 260,
            height: 210,
            channels: 3,
            samples: vec![250; 260 * 210 * 3],
        };
        for y in 0..150 {
            let to = ((y + 30) * 260 + 30) * 3;
            framed.samples[to..to + 600].copy_from_slice(&picture.samples[y * 600..][..600]);
        }
        let one = Sketch::of(&picture).hash().expect("enough in it");
        let other = Sketch::of(&trimmed(&framed)).hash().expect("enough in it");
        assert!(distance(&one, &other) <= SAME);
    }
}
