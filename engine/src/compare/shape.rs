//! Shapes of the changed region: growing, shrinking, holes, specks and the flood of a hysteresis.
//!
//! Discs are drawn by exact squared distances (after Felzenszwalb and Huttenlocher, "Distance transforms of sampled
//! functions", 2012, cut at a small reach). The one rule: what lies outside the picture is neither in nor out, so a shape
//! at the border is not eaten from there. Called by `changed`.

use rayon::prelude::*;

/// A yes or no per pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<bool>,
}

impl Shape {
    pub(super) fn new(width: usize, height: usize, data: Vec<bool>) -> Self {
        debug_assert_eq!(data.len(), width * height);
        Self { width, height, data }
    }

    pub(super) fn share(&self) -> f32 {
        self.data.iter().filter(|&&v| v).count() as f32 / self.data.len() as f32
    }

    pub(super) fn inverted(&self) -> Self {
        Self::new(self.width, self.height, self.data.iter().map(|v| !v).collect())
    }

    pub(super) fn grown(&self, reach: usize) -> Self {
        let limit = (reach * reach) as f32;
        let near = self.distances(reach).into_iter().map(|d| d <= limit).collect();
        Self::new(self.width, self.height, near)
    }

    pub(super) fn shrunk(&self, reach: usize) -> Self {
        self.inverted().grown(reach).inverted()
    }

    /// Without what is thinner than the disc.
    pub(super) fn opened(&self, reach: usize) -> Self {
        self.shrunk(reach).grown(reach)
    }

    /// With gaps closed that are thinner than the disc.
    pub(super) fn closed(&self, reach: usize) -> Self {
        self.grown(reach).shrunk(reach)
    }

    /// Squared distances to the shape, exact up to `reach`, larger than its square beyond.
    pub(super) fn distances(&self, reach: usize) -> Vec<f32> {
        let (width, height) = (self.width, self.height);
        let far = (reach + 1) as f32;
        let mut down = vec![far; width * height];
        for y in 0..height {
            let (before, rest) = down.split_at_mut(y * width);
            let above = before.chunks_exact(width).next_back();
            for x in 0..width {
                let from = above.map_or(far, |a| (a[x] + 1.0).min(far));
                rest[x] = if self.data[y * width + x] { 0.0 } else { from };
            }
        }
        for y in (0..height.saturating_sub(1)).rev() {
            let (here, below) = down.split_at_mut((y + 1) * width);
            for (h, b) in here[y * width..].iter_mut().zip(below) {
                *h = h.min(*b + 1.0);
            }
        }
        down.par_chunks_exact_mut(width).for_each_init(
            || vec![0.0; width + 2 * reach],
            |padded: &mut Vec<f32>, row| {
                padded.fill(far * far);
                padded[reach..reach + width].copy_from_slice(row);
                padded[reach..reach + width].iter_mut().for_each(|v| *v *= *v);
                row.fill(f32::INFINITY);
                for k in 0..=2 * reach {
                    let off = (k.abs_diff(reach) * k.abs_diff(reach)) as f32;
                    row.iter_mut().zip(&padded[k..]).for_each(|(r, p)| *r = r.min(p + off));
                }
            },
        );
        down
    }

    /// What of `self` hangs together with a seed.
    pub(super) fn reached_from(&self, seeds: &Self) -> Self {
        let mut reached = vec![false; self.data.len()];
        let mut open: Vec<usize> = Vec::new();
        for (i, (&here, &seed)) in self.data.iter().zip(&seeds.data).enumerate() {
            if here && seed {
                reached[i] = true;
                open.push(i);
            }
        }
        while let Some(i) = open.pop() {
            for n in self.neighbours(i) {
                if self.data[n] && !reached[n] {
                    reached[n] = true;
                    open.push(n);
                }
            }
        }
        Self::new(self.width, self.height, reached)
    }

    /// Holes of at most `largest` pixels filled, parts of fewer than `smallest` dropped.
    pub(super) fn tidied(&self, largest_hole: usize, smallest: usize) -> Self {
        let mut out = self.clone();
        let mut seen = vec![false; self.data.len()];
        for start in 0..self.data.len() {
            if seen[start] {
                continue;
            }
            let inside = self.data[start];
            let part = self.part(start, &mut seen);
            let flip = if inside {
                part.len() < smallest
            } else {
                part.len() <= largest_hole
            };
            if flip {
                part.into_iter().for_each(|i| out.data[i] = !inside);
            }
        }
        out
    }

    fn part(&self, start: usize, seen: &mut [bool]) -> Vec<usize> {
        let mut part = vec![start];
        seen[start] = true;
        let mut at = 0;
        while at < part.len() {
            for n in self.neighbours(part[at]) {
                if !seen[n] && self.data[n] == self.data[start] {
                    seen[n] = true;
                    part.push(n);
                }
            }
            at += 1;
        }
        part
    }

    fn neighbours(&self, i: usize) -> impl Iterator<Item = usize> + use<> {
        let (width, len, x) = (self.width, self.data.len(), i % self.width);
        let left = (x > 0).then(|| i - 1);
        let right = (x + 1 < width).then_some(i + 1);
        let up = (i >= width).then(|| i - width);
        let down = (i + width < len).then_some(i + width);
        [left, right, up, down].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&str]) -> Shape {
        let data = rows.iter().flat_map(|r| r.bytes().map(|b| b == b'#')).collect();
        Shape::new(rows[0].len(), rows.len(), data)
    }

    #[test]
    fn discs_grow_shrink_and_keep_the_border() {
        let dot = of(&[".....", ".....", "..#..", ".....", "....."]);
        assert_eq!(dot.grown(1), of(&[".....", "..#..", ".###.", "..#..", "....."]));
        assert_eq!(dot.grown(1).shrunk(1), dot);
        let half = of(&["##...", "##...", "##..."]);
        assert_eq!(half.shrunk(1), of(&["#....", "#....", "#...."]));
        assert_eq!(half.opened(1), half);
    }

    #[test]
    fn floods_holes_and_specks() {
        let shape = of(&["###..#", "#.#...", "###..#", "......"]);
        let seeds = of(&["#.....", "......", "......", "#....."]);
        assert_eq!(
            shape.reached_from(&seeds),
            of(&["###...", "#.#...", "###...", "......"])
        );
        assert_eq!(shape.tidied(1, 2), of(&["###...", "###...", "###...", "......"]));
    }
}
