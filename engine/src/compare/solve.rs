//! Small systems of normal equations.
//!
//! The one rule: sums and solution are `f64`, in the order they are given. Called by `align` and `colour`.

/// `matrix · x = side`, symmetric.
#[derive(Clone)]
pub(super) struct Normal<const N: usize> {
    pub(super) matrix: [[f64; N]; N],
    pub(super) side: [f64; N],
}

impl<const N: usize> Normal<N> {
    pub(super) fn new() -> Self {
        Self {
            matrix: [[0.0; N]; N],
            side: [0.0; N],
        }
    }

    /// One more equation `terms · x = value`.
    pub(super) fn add(&mut self, terms: &[f64; N], value: f64, weight: f64) {
        for i in 0..N {
            let scaled = terms[i] * weight;
            for (cell, term) in self.matrix[i].iter_mut().zip(terms) {
                *cell += scaled * term;
            }
            self.side[i] += scaled * value;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for i in 0..N {
            for j in 0..N {
                self.matrix[i][j] += other.matrix[i][j];
            }
            self.side[i] += other.side[i];
        }
    }
}

/// By Gauss with the largest pivot; `None` when the equations do not say enough.
pub(super) fn solve<const N: usize>(normal: &Normal<N>) -> Option<[f64; N]> {
    let (mut m, mut b) = (normal.matrix, normal.side);
    let largest = (0..N).map(|i| m[i][i].abs()).fold(0.0, f64::max);
    for column in 0..N {
        let pivot = (column..N).max_by(|&i, &j| m[i][column].abs().total_cmp(&m[j][column].abs()))?;
        if m[pivot][column].abs() <= largest * 1e-9 || !m[pivot][column].is_finite() {
            return None;
        }
        m.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..N {
            let above = m[column];
            let factor = m[row][column] / above[column];
            for (cell, above) in m[row].iter_mut().zip(above).skip(column) {
                *cell -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|k| m[row][k] * b[k]).sum();
        b[row] = (b[row] - known) / m[row][row];
    }
    b.iter().all(|v| v.is_finite()).then_some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_and_a_point_is_not_enough() {
        let mut normal = Normal::<2>::new();
        normal.add(&[1.0, 3.0], 7.0, 1.0);
        assert_eq!(solve(&normal), None);
        normal.add(&[1.0, 5.0], 11.0, 2.0);
        let [offset, slope] = solve(&normal).expect("two points");
        assert!((offset - 1.0).abs() < 1e-9 && (slope - 2.0).abs() < 1e-9);
    }
}
