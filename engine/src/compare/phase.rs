//! Phase correlation: by how much one small picture is shifted against another.
//!
//! After Kuglin and Hines, "The phase correlation image alignment method" (1975); the transform is Cooley and Tukey's
//! (1965), of one fixed size, written out here so that its sums are the same on every machine.
//! The one rule: it only proposes; `align` verifies every proposal. Called by `align`.

use super::plane::Plane;

/// The largest side of the square that is transformed; a power of two.
pub(super) const SIDE: usize = 256;

type Complex = [f32; 2];

/// A transformed picture.
pub(super) struct Spectrum(Vec<Complex>);

/// The transform's tables.
pub(super) struct Phase {
    side: usize,
    turns: Vec<Complex>,
    order: Vec<usize>,
}

impl Phase {
    /// For planes of at most this size, which is at most [`SIDE`].
    pub(super) fn new(size: (usize, usize)) -> Self {
        let side = size.0.max(size.1).clamp(16, SIDE).next_power_of_two();
        let turns = (0..side / 2)
            .map(|k| {
                let (sin, cos) = (-std::f64::consts::TAU * k as f64 / side as f64).sin_cos();
                [cos as f32, sin as f32]
            })
            .collect();
        let bits = side.trailing_zeros();
        let order = (0..side).map(|i| i.reverse_bits() >> (usize::BITS - bits)).collect();
        Self { side, turns, order }
    }

    /// Transforms a plane whose mean is about 0; its borders are faded out first.
    pub(super) fn spectrum(&self, plane: &Plane<1>) -> Spectrum {
        let mut data = vec![[0.0; 2]; self.side * self.side];
        let (across, down) = (fade(plane.width), fade(plane.height));
        for y in 0..plane.height.min(self.side) {
            for (x, [v]) in plane.row(y).iter().enumerate().take(self.side) {
                data[y * self.side + x][0] = v * across[x] * down[y];
            }
        }
        self.transform(&mut data);
        Spectrum(data)
    }

    /// The shift `(x, y)` for which `of(p) ≈ against(p − shift)`, and how clear it is (the peak in deviations).
    pub(super) fn shift(&self, of: &Spectrum, against: &Spectrum) -> (f64, f64, f32) {
        let mut cross: Vec<Complex> =
            of.0.iter()
                .zip(&against.0)
                .enumerate()
                .map(|(i, (a, b))| {
                    // a · conj(b), its conjugate taken because a forward transform of it is the inverse one.
                    let product = [a[0] * b[0] + a[1] * b[1], -(a[1] * b[0] - a[0] * b[1])];
                    let weight = low_pass(i, self.side) / (product[0].hypot(product[1]) + 1e-6);
                    [product[0] * weight, product[1] * weight]
                })
                .collect();
        self.transform(&mut cross);
        peak(&cross, self.side)
    }

    /// Rows, then columns, each as rows of the picture turned over.
    fn transform(&self, data: &mut Vec<Complex>) {
        let side = self.side;
        for _ in 0..2 {
            data.chunks_exact_mut(side).for_each(|row| self.line(row));
            *data = (0..side * side).map(|i| data[(i % side) * side + i / side]).collect();
        }
    }

    fn line(&self, row: &mut [Complex]) {
        for (i, &j) in self.order.iter().enumerate() {
            if i < j {
                row.swap(i, j);
            }
        }
        let mut half = 1;
        while half < self.side {
            let stride = self.side / (2 * half);
            for group in row.chunks_exact_mut(2 * half) {
                let (low, high) = group.split_at_mut(half);
                for (k, (a, b)) in low.iter_mut().zip(high).enumerate() {
                    let t = self.turns[k * stride];
                    let turned = [b[0] * t[0] - b[1] * t[1], b[0] * t[1] + b[1] * t[0]];
                    *b = [a[0] - turned[0], a[1] - turned[1]];
                    *a = [a[0] + turned[0], a[1] + turned[1]];
                }
            }
            half *= 2;
        }
    }
}

/// Fine frequencies carry recoding noise more than place; they are faded out.
fn low_pass(i: usize, side: usize) -> f32 {
    let cycles = |k: usize| k.min(side - k) as f32 / side as f32;
    let (u, v) = (cycles(i % side), cycles(i / side));
    (-(u * u + v * v) / (0.2 * 0.2)).exp()
}

fn peak(surface: &[Complex], side: usize) -> (f64, f64, f32) {
    let (mut best, mut at, mut squares) = (f32::MIN, 0, 0.0f64);
    for (i, v) in surface.iter().enumerate() {
        squares += f64::from(v[0]) * f64::from(v[0]);
        if v[0] > best {
            (best, at) = (v[0], i);
        }
    }
    let deviation = (squares / surface.len() as f64).sqrt().max(1e-12);
    let signed = |k: usize| if k > side / 2 { k as f64 - side as f64 } else { k as f64 };
    (
        signed(at % side),
        signed(at / side),
        (f64::from(best) / deviation) as f32,
    )
}

/// 1 inside, falling to 0 over the outer tenth.
fn fade(len: usize) -> Vec<f32> {
    let ramp = (len as f32 / 10.0).max(1.0);
    (0..len)
        .map(|i| {
            let from_edge = i.min(len - 1 - i) as f32 + 0.5;
            let t = (from_edge / ramp).min(1.0);
            0.5 - 0.5 * (std::f32::consts::PI * t).cos()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(x: i64, y: i64) -> f32 {
        let mut h = (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        h ^= h >> 29;
        h = h.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((h >> 40) as f32) / (1 << 23) as f32 - 1.0
    }

    fn field(dx: i64, dy: i64) -> Plane<1> {
        let plane: Plane<1> = Plane::by_rows(200, 150, |y, row| {
            row.iter_mut()
                .enumerate()
                .for_each(|(x, v)| *v = [noise(x as i64 + dx, y as i64 + dy)]);
        });
        plane.blurred(1.5)
    }

    #[test]
    fn a_shift_is_found_in_both_directions() {
        let phase = Phase::new((200, 150));
        let here = phase.spectrum(&field(0, 0));
        for (dx, dy) in [(0, 0), (7, -3), (-20, 11)] {
            // there(p) = here(p + d), so here(p) = there(p − d).
            let there = phase.spectrum(&field(dx, dy));
            let (x, y, clear) = phase.shift(&here, &there);
            assert_eq!((x, y), (dx as f64, dy as f64));
            assert!(clear > 20.0, "{clear}");
        }
    }
}
