//! [`Affine`]: where a pixel of one picture lies in another.
//!
//! The one rule: places are pixel middles (the first pixel's middle is 0, 0) and numbers are `f64`; only the inner loops
//! step along a row in `f32`. Used by all of `compare` and handed to the caller in pixels of the full pictures.

/// `x' = m[0]·x + m[1]·y + m[2]`, `y' = m[3]·x + m[4]·y + m[5]`, pixel middles at whole numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine(pub [f64; 6]);

impl Affine {
    /// Every pixel where it is.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);

    /// Where the point lies.
    #[must_use]
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let m = &self.0;
        (m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5])
    }

    /// First `first`, then this.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        let (a, b) = (&self.0, &first.0);
        let row = |p: f64, q: f64, r: f64| [p * b[0] + q * b[3], p * b[1] + q * b[4], p * b[2] + q * b[5] + r];
        let (x, y) = (row(a[0], a[1], a[2]), row(a[3], a[4], a[5]));
        Self([x[0], x[1], x[2], y[0], y[1], y[2]])
    }

    /// The way back; `None` when everything falls on a line.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let m = &self.0;
        let d = m[0] * m[4] - m[1] * m[3];
        if !d.is_finite() || d.abs() < 1e-9 {
            return None;
        }
        let (a, b, c, e) = (m[4] / d, -m[1] / d, -m[3] / d, m[0] / d);
        Some(Self([a, b, -(a * m[2] + b * m[5]), c, e, -(c * m[2] + e * m[5])]))
    }

    /// How many times larger an area gets.
    #[must_use]
    pub fn area(&self) -> f64 {
        (self.0[0] * self.0[4] - self.0[1] * self.0[3]).abs()
    }

    /// Turned by how many degrees, clockwise on the screen.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        (self.0[3] - self.0[1]).atan2(self.0[0] + self.0[4]).to_degrees()
    }

    /// Shrinks or stretches about the picture's upper left corner (not the middle of its first pixel).
    pub(super) fn scale_about_corner(x: f64, y: f64) -> Self {
        Self([x, 0.0, 0.5 * x - 0.5, 0.0, y, 0.5 * y - 0.5])
    }

    pub(super) fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, x, 0.0, 1.0, y])
    }

    /// Zooms by `zoom` and turns by `degrees` about a point.
    pub(super) fn turn(zoom: f64, degrees: f64, about: (f64, f64)) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let turn = Self([zoom * cos, -zoom * sin, 0.0, zoom * sin, zoom * cos, 0.0]);
        let back = Self::shift(-about.0, -about.1);
        Self::shift(about.0, about.1).after(&turn).after(&back)
    }

    /// The same move between pictures that both are `x` and `y` times as large.
    pub(super) fn at_scale(&self, from: &Self, to: &Self) -> Option<Self> {
        Some(to.after(self).after(&from.inverse()?))
    }

    /// The same move one level finer in two pyramids of halves.
    pub(super) fn finer(&self) -> Self {
        let double = Self::scale_about_corner(2.0, 2.0);
        self.at_scale(&double, &double).unwrap_or(Self::IDENTITY)
    }

    /// The same move one level coarser.
    pub(super) fn coarser(&self) -> Self {
        let half = Self::scale_about_corner(0.5, 0.5);
        self.at_scale(&half, &half).unwrap_or(Self::IDENTITY)
    }

    /// The largest distance that the corners of a picture move.
    pub(super) fn largest_move(&self, size: (usize, usize)) -> f64 {
        let (w, h) = (size.0 as f64, size.1 as f64);
        [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)]
            .iter()
            .map(|&(x, y)| {
                let (px, py) = self.apply(x, y);
                (px - x).hypot(py - y)
            })
            .fold(0.0, f64::max)
    }

    /// Steps along row `y`.
    pub(super) fn line(&self, y: usize) -> Line {
        let (x0, y0) = self.apply(0.0, y as f64);
        Line {
            start: (x0 as f32, y0 as f32),
            step: (self.0[0] as f32, self.0[3] as f32),
        }
    }
}

/// The places of one row.
#[derive(Clone, Copy)]
pub(super) struct Line {
    start: (f32, f32),
    step: (f32, f32),
}

impl Line {
    #[inline]
    pub(super) fn at(self, x: usize) -> (f32, f32) {
        let x = x as f32;
        (self.start.0 + self.step.0 * x, self.start.1 + self.step.1 * x)
    }

    /// Whether the place lies within a picture of `size` (to the outer edge of its last pixels).
    #[inline]
    pub(super) fn inside(self, x: usize, size: (usize, usize)) -> bool {
        let (px, py) = self.at(x);
        px >= -0.5 && py >= -0.5 && px <= size.0 as f32 - 0.5 && py <= size.1 as f32 - 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_is_nowhere() {
        let m = Affine::turn(1.3, 12.0, (40.0, 7.0)).after(&Affine::shift(3.0, -2.5));
        let back = m.inverse().expect("it turns").after(&m);
        assert!(back.largest_move((100, 100)) < 1e-9);
        assert!((m.degrees() - 12.0).abs() < 1e-9);
        assert!((m.area() - 1.69).abs() < 1e-9);
        assert!(
            m.finer()
                .coarser()
                .after(&m.inverse().expect("it turns"))
                .largest_move((9, 9))
                < 1e-9
        );
        assert_eq!(Affine([1.0, 2.0, 0.0, 2.0, 4.0, 0.0]).inverse(), None);
    }
}
