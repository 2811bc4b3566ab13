//! One plane of numbers and what is done to planes: resizing, blurring, eroding.
//!
//! The one rule: sizes of 1 and up never panic, however much larger the kernel is. `canonical.rs`, `front.rs`,
//! `mask.rs` and `spectrum.rs` build on it.

/// `width` x `height` numbers, row after row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) data: Vec<f32>,
}

impl Plane {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            data: vec![0.0; width * height],
        }
    }

    pub(crate) fn row(&self, y: usize) -> &[f32] {
        &self.data[y * self.width..][..self.width]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.data[y * self.width..][..self.width]
    }

    /// A rectangle of it, from a corner (left, top).
    pub(crate) fn part(&self, (left, top): (usize, usize), (width, height): (usize, usize)) -> Self {
        let mut out = Self::new(width, height);
        for y in 0..height {
            out.row_mut(y).copy_from_slice(&self.row(top + y)[left..left + width]);
        }
        out
    }

    pub(crate) fn map(mut self, f: impl Fn(f32) -> f32) -> Self {
        self.data.iter_mut().for_each(|v| *v = f(*v));
        self
    }

    /// Combines two planes of one size, value by value.
    pub(crate) fn zip(mut self, other: &Self, f: impl Fn(f32, f32) -> f32) -> Self {
        self.data.iter_mut().zip(&other.data).for_each(|(a, b)| *a = f(*a, *b));
        self
    }

    /// Gaussian blur, 4 sigma each side, mirrored at the border without repeating the edge.
    pub(crate) fn gaussian(&self, sigma: f64) -> Self {
        let radius = ((sigma * 8.0 + 1.0).round() as usize | 1) / 2;
        let weights: Vec<f64> = (0..=radius)
            .map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp())
            .collect();
        let total = 2.0 * weights.iter().sum::<f64>() - weights[0];
        let weights: Vec<f32> = weights.iter().map(|w| (w / total) as f32).collect();
        self.symmetric_rows(&weights).symmetric_columns(&weights)
    }

    fn symmetric_rows(&self, weights: &[f32]) -> Self {
        let (width, radius) = (self.width, weights.len() - 1);
        let mut out = Self::new(width, self.height);
        let mut padded = vec![0.0f32; width + 2 * radius];
        for y in 0..self.height {
            let row = self.row(y);
            padded[radius..radius + width].copy_from_slice(row);
            for i in 1..=radius {
                padded[radius - i] = row[mirror(-(i as isize), width)];
                padded[radius + width - 1 + i] = row[mirror((width - 1 + i) as isize, width)];
            }
            let target = out.row_mut(y);
            for (t, s) in target.iter_mut().zip(&padded[radius..]) {
                *t = s * weights[0];
            }
            for (i, &weight) in weights.iter().enumerate().skip(1) {
                add_pair(target, &padded[radius - i..], &padded[radius + i..], weight);
            }
        }
        out
    }

    fn symmetric_columns(&self, weights: &[f32]) -> Self {
        let mut out = Self::new(self.width, self.height);
        for y in 0..self.height {
            let target = out.row_mut(y);
            for (t, s) in target.iter_mut().zip(self.row(y)) {
                *t = s * weights[0];
            }
            for (i, &weight) in weights.iter().enumerate().skip(1) {
                let above = self.row(mirror(y as isize - i as isize, self.height));
                let below = self.row(mirror((y + i) as isize, self.height));
                add_pair(target, above, below, weight);
            }
        }
        out
    }

    /// Mean over `size` x `size` (odd), the border's edge repeated once.
    pub(crate) fn box_mean(&self, size: usize) -> Self {
        let radius = (size / 2) as isize;
        let (width, height) = (self.width, self.height);
        let mut sums = Self::new(width, height);
        for y in 0..height {
            let row = self.row(y);
            let at = |x: isize| f64::from(row[mirror_edge(x, width)]);
            let mut sum: f64 = (-radius..=radius).map(at).sum();
            for (x, target) in sums.row_mut(y).iter_mut().enumerate() {
                *target = sum as f32;
                let x = x as isize;
                sum += at(x + radius + 1) - at(x - radius);
            }
        }
        let mut out = Self::new(width, height);
        let mut columns = vec![0.0f64; width];
        for y in -radius..=radius {
            for (c, v) in columns.iter_mut().zip(sums.row(mirror_edge(y, height))) {
                *c += f64::from(*v);
            }
        }
        let scale = 1.0 / (size * size) as f64;
        for y in 0..height {
            for (t, c) in out.row_mut(y).iter_mut().zip(&columns) {
                *t = (c * scale) as f32;
            }
            let enters = sums.row(mirror_edge(y as isize + radius + 1, height));
            let leaves = sums.row(mirror_edge(y as isize - radius, height));
            for ((c, e), l) in columns.iter_mut().zip(enters).zip(leaves) {
                *c += f64::from(*e) - f64::from(*l);
            }
        }
        out
    }

    /// The least value within `radius` in both directions.
    pub(crate) fn eroded(&self, radius: usize) -> Self {
        let mut rows = self.clone();
        for y in 0..self.height {
            let source = self.row(y);
            let target = rows.row_mut(y);
            for shift in 1..=radius.min(self.width.saturating_sub(1)) {
                let n = self.width - shift;
                take_least(&mut target[..n], &source[shift..]);
                take_least(&mut target[shift..], &source[..n]);
            }
        }
        let mut out = rows.clone();
        for y in 0..self.height {
            for other in y.saturating_sub(radius)..=(y + radius).min(self.height - 1) {
                take_least(out.row_mut(y), rows.row(other));
            }
        }
        out
    }

    /// Resized: mean over the covered area when it shrinks, cubic when it grows.
    pub(crate) fn resized(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        resize_rows(
            (self.width, self.height),
            |y, row| row.copy_from_slice(self.row(y)),
            (width, height),
        )
    }
}

/// Resizes a picture whose rows are made one at a time, so that a large one never lies in memory as numbers.
pub(crate) fn resize_rows(
    (from_width, from_height): (usize, usize),
    mut source: impl FnMut(usize, &mut [f32]),
    (width, height): (usize, usize),
) -> Plane {
    let across = Taps::new(from_width, width);
    let mut narrow = Plane::new(width, from_height);
    let mut row = vec![0.0; from_width];
    for y in 0..from_height {
        source(y, &mut row);
        across.apply(&row, narrow.row_mut(y));
    }
    let down = Taps::new(from_height, height);
    let mut out = Plane::new(width, height);
    for y in 0..height {
        down.mix_rows(&narrow, y, out.row_mut(y));
    }
    out
}

/// For every output place the input places it is made of, and how much of each.
pub(crate) struct Taps {
    starts: Vec<usize>,
    weights: Vec<f32>,
    count: usize,
}

impl Taps {
    pub(crate) fn new(from: usize, to: usize) -> Self {
        let spans: Vec<Vec<(usize, f32)>> = (0..to)
            .map(|i| {
                if to < from {
                    area(i, from, to)
                } else {
                    cubic(i, from, to)
                }
            })
            .collect();
        let count = spans.iter().map(Vec::len).max().unwrap_or(1).min(from);
        let mut taps = Self {
            starts: Vec::with_capacity(to),
            weights: vec![0.0; to * count],
            count,
        };
        for (i, span) in spans.iter().enumerate() {
            let first = span.iter().map(|s| s.0).min().unwrap_or(0).min(from - count);
            taps.starts.push(first);
            for (place, weight) in span {
                taps.weights[i * count + place - first] += weight;
            }
        }
        taps
    }

    pub(crate) fn apply(&self, source: &[f32], target: &mut [f32]) {
        let weights = self.weights.chunks_exact(self.count);
        for ((t, &start), weights) in target.iter_mut().zip(&self.starts).zip(weights) {
            let places = &source[start..start + self.count];
            *t = places.iter().zip(weights).map(|(s, w)| s * w).sum();
        }
    }

    /// Row `y` of the output, out of the rows of `source`.
    pub(crate) fn mix_rows(&self, source: &Plane, y: usize, target: &mut [f32]) {
        target.fill(0.0);
        for (i, &weight) in self.weights[y * self.count..][..self.count].iter().enumerate() {
            if weight != 0.0 {
                for (t, s) in target.iter_mut().zip(source.row(self.starts[y] + i)) {
                    *t += weight * s;
                }
            }
        }
    }
}

fn area(i: usize, from: usize, to: usize) -> Vec<(usize, f32)> {
    let scale = from as f64 / to as f64;
    let (left, right) = (i as f64 * scale, ((i + 1) as f64 * scale).min(from as f64));
    let last = ((right - 1e-9).floor() as usize).min(from - 1);
    (left.floor() as usize..=last)
        .map(|place| {
            let covered = right.min(place as f64 + 1.0) - left.max(place as f64);
            (place, (covered / (right - left)) as f32)
        })
        .collect()
}

/// Four taps of the cubic with a = -0.75, the edge repeated.
fn cubic(i: usize, from: usize, to: usize) -> Vec<(usize, f32)> {
    const A: f64 = -0.75;
    let centre = (i as f64 + 0.5) * from as f64 / to as f64 - 0.5;
    let base = centre.floor();
    (-1..=2)
        .map(|k| {
            let x = (centre - base - f64::from(k)).abs();
            let weight = if x <= 1.0 {
                ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
            } else {
                ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A
            };
            let place = (base as isize + k as isize).clamp(0, from as isize - 1);
            (place as usize, weight as f32)
        })
        .collect()
}

fn add_pair(target: &mut [f32], a: &[f32], b: &[f32], weight: f32) {
    for ((t, a), b) in target.iter_mut().zip(a).zip(b) {
        *t += weight * (a + b);
    }
}

fn take_least(target: &mut [f32], other: &[f32]) {
    for (t, o) in target.iter_mut().zip(other) {
        *t = t.min(*o);
    }
}

/// Mirrors at the middle of the edge value: -1 is 1.
fn mirror(i: isize, n: usize) -> usize {
    let period = 2 * (n as isize - 1);
    if period == 0 {
        return 0;
    }
    let i = i.rem_euclid(period);
    i.min(period - i) as usize
}

/// Mirrors at the outer side of the edge value: -1 is 0.
fn mirror_edge(i: isize, n: usize) -> usize {
    let n = n as isize;
    if (0..n).contains(&i) {
        return i as usize;
    }
    let i = i.rem_euclid(2 * n);
    i.min(2 * n - 1 - i) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Plane {
        let mut plane = Plane::new(width, height);
        for (i, v) in plane.data.iter_mut().enumerate() {
            *v = (i % width) as f32 + 10.0 * (i / width) as f32;
        }
        plane
    }

    #[test]
    fn blurs_and_sizes_keep_a_flat_plane_flat_at_every_size() {
        for (width, height) in [(1, 1), (2, 1), (1, 7), (5, 3), (33, 50)] {
            let flat = Plane::new(width, height).map(|_| 7.0);
            for out in [
                flat.gaussian(6.0),
                flat.box_mean(17),
                flat.eroded(4),
                flat.resized(9, 40),
                flat.resized(1, 1),
            ] {
                assert!(out.data.iter().all(|v| (v - 7.0).abs() < 1e-4), "{width}x{height}");
            }
        }
    }

    #[test]
    fn halving_takes_the_mean_of_four() {
        let half = ramp(4, 4).resized(2, 2);
        assert_eq!(half.data, [5.5, 7.5, 25.5, 27.5]);
    }

    #[test]
    fn the_box_mean_agrees_with_a_plain_sum() {
        let plane = ramp(20, 13);
        let out = plane.box_mean(5);
        let mut sum = 0.0;
        for y in -2..=2 {
            for x in -2..=2 {
                sum += plane.row(mirror_edge(1 + y, 13))[mirror_edge(18 + x, 20)];
            }
        }
        assert!((out.row(1)[18] - sum / 25.0).abs() < 1e-3);
    }

    #[test]
    fn eroding_takes_the_least_neighbour() {
        let mut plane = Plane::new(12, 12).map(|_| 5.0);
        plane.row_mut(6)[6] = 1.0;
        let out = plane.eroded(4);
        assert_eq!((out.row(2)[10], out.row(2)[11], out.row(11)[6]), (1.0, 5.0, 5.0));
    }
}
