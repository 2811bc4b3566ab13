//! Chance that is the same every time: hashed lattices ([`Noise`]) and a row of numbers ([`Dice`]).

use crate::color::floor;

/// Smooth noise over the plane; each seed is another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise(pub(crate) u32);

impl Noise {
    #[inline]
    fn hash(self, x: i32, y: i32) -> u32 {
        let mut h = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77) ^ self.0;
        h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
        h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
        h ^ (h >> 15)
    }

    /// A number of a cell, 0…1.
    #[inline]
    pub(crate) fn cell(self, x: i32, y: i32) -> f32 {
        (self.hash(x, y) >> 8) as f32 / 16_777_216.0
    }

    /// Gradient noise, about −1…1, one bump per unit.
    #[inline]
    pub(crate) fn at(self, x: f32, y: f32) -> f32 {
        const DIAGONAL: f32 = std::f32::consts::FRAC_1_SQRT_2;
        const WAYS: [(f32, f32); 8] = [
            (1.0, 0.0),
            (DIAGONAL, DIAGONAL),
            (0.0, 1.0),
            (-DIAGONAL, DIAGONAL),
            (-1.0, 0.0),
            (-DIAGONAL, -DIAGONAL),
            (0.0, -1.0),
            (DIAGONAL, -DIAGONAL),
        ];
        let (fx, fy) = (floor(x), floor(y));
        let (ix, iy, dx, dy) = (fx as i32, fy as i32, x - fx, y - fy);
        let corner = |cx: i32, cy: i32| {
            let (gx, gy) = WAYS[(self.hash(ix + cx, iy + cy) & 7) as usize];
            gx * (dx - cx as f32) + gy * (dy - cy as f32)
        };
        let ease = |t: f32| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
        let (tx, ty) = (ease(dx), ease(dy));
        let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * tx;
        let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * tx;
        (top + (bottom - top) * ty) * 1.6
    }

    /// Sums ever finer noise, about −1…1.
    pub(crate) fn fbm(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut weight, mut all, mut scale) = (0.0, 1.0, 0.0, 1.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 17.31;
            sum += weight * self.at(x * scale + shift, y * scale - shift);
            all += weight;
            weight *= 0.5;
            scale *= 2.03;
        }
        sum / all
    }

    /// Sharp crests over rounded valleys, 0…1.
    pub(crate) fn ridged(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut weight, mut all, mut scale, mut before) = (0.0, 1.0, 0.0, 1.0, 1.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 31.7;
            let crest = (1.0 - self.at(x * scale - shift, y * scale + shift).abs()).powi(2);
            sum += weight * crest * before;
            all += weight;
            before = (crest * 1.3).min(1.0);
            weight *= 0.48;
            scale *= 2.07;
        }
        sum / all
    }
}

/// Numbers in a row.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// A row of its own for each seed and use.
    pub(crate) fn new(seed: u64, salt: u64) -> Self {
        let mut dice =
            Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03) ^ 0x5bf0);
        dice.next();
        dice
    }

    /// The next number, 0…1.
    pub(crate) fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / 16_777_216.0
    }

    /// The next number between two.
    pub(crate) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.next()
    }

    /// Around 0, mostly within −1…1.
    pub(crate) fn around(&mut self) -> f32 {
        self.next() + self.next() + self.next() - 1.5
    }

    /// −1 or 1.
    pub(crate) fn side(&mut self) -> f32 {
        if self.next() < 0.5 { -1.0 } else { 1.0 }
    }

    /// A noise of its own.
    pub(crate) fn noise(&mut self) -> Noise {
        Noise((self.next() * 16_777_216.0) as u32 ^ 0x00a5_3c5a)
    }
}
