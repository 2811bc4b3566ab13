//! Takes noise away and leaves edges: each pixel becomes the mean of those around it that look alike.
//!
//! The one rule: how much is noise is measured in the picture first; likeness is judged on a lightly smoothed copy, so that
//! single grains do not defend themselves, and colour is smoothed more than lightness.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::field::Field;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Denoise,
        group: Group::Detail,
        description: "Reduces noise and keeps edges.",
        example: "remove the noise",
        doing: "Removing noise",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "reduced the noise of {t} {v}",
    tell_less: "",
    apply,
};

/// Pixels to each side that are compared.
const REACH: usize = 3;

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    // Brightness and two colour differences, all at full size; the two passes need neighbours as they were.
    let source = Field::<3>::gather(&canvas.raster, 1, Space::Encoded, canvas.run, |c, _| split(c))?;
    let measured = noise_level(&source);
    let width = canvas.raster.width() as usize;
    let tolerance = (measured * 1.6 + 0.012) * (0.4 + 1.6 * s);
    let weigh = 1.0 / (2.0 * tolerance * tolerance);
    canvas.change(Space::Encoded, |y, row| {
        let guide = Guide::around(&source, y);
        for (x, out) in row.iter_mut().enumerate().take(width) {
            *out = join(guide.mean(x, weigh, s));
        }
    })
}

fn split(c: [f32; 3]) -> [f32; 3] {
    let y = 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
    [y, c[2] - y, c[0] - y]
}

fn join([y, blue, red]: [f32; 3]) -> [f32; 3] {
    let (b, r) = (blue + y, red + y);
    [r, (y - 0.299 * r - 0.114 * b) / 0.587, b]
}

/// The spread of the noise in brightness: the middle of how much pixels differ from the line through their neighbours.
fn noise_level(source: &Field<3>) -> f32 {
    let (width, height, cells) = source.cells();
    if width < 3 || height < 3 {
        return 0.0;
    }
    let stride = (width * height / 60_000).max(1);
    let mut differences: Vec<f32> = (0..width * height)
        .step_by(stride)
        .filter(|i| (1..width - 1).contains(&(i % width)) && (1..height - 1).contains(&(i / width)))
        .map(|i| {
            let at = |o: usize| cells[o][0];
            let sides = at(i - 1) + at(i + 1) + at(i - width) + at(i + width);
            let corners = at(i - width - 1) + at(i - width + 1) + at(i + width - 1) + at(i + width + 1);
            (4.0 * at(i) - 2.0 * sides + corners).abs() / 6.0
        })
        .collect();
    differences.sort_by(f32::total_cmp);
    // The middle of a half-normal spread lies at 0.6745 of it.
    differences.get(differences.len() / 2).map_or(0.0, |m| m / 0.6745)
}

/// The rows around one row: as they are, and smoothed over 3 × 3 for judging likeness.
struct Guide<'a> {
    rows: Vec<&'a [[f32; 3]]>,
    smooth: Vec<Vec<[f32; 3]>>,
    middle: usize,
    width: usize,
}

impl<'a> Guide<'a> {
    fn around(source: &'a Field<3>, y: usize) -> Self {
        let (width, height, cells) = source.cells();
        let row = |at: usize| &cells[at.min(height - 1) * width..][..width];
        let first = y.saturating_sub(REACH);
        let last = (y + REACH).min(height - 1);
        let rows: Vec<_> = (first..=last).map(row).collect();
        let smooth = (first..=last)
            .map(|at| smoothed(row(at.saturating_sub(1)), row(at), row(at + 1)))
            .collect();
        Self {
            rows,
            smooth,
            middle: y - first,
            width,
        }
    }

    fn mean(&self, x: usize, weigh: f32, s: f32) -> [f32; 3] {
        let here = self.smooth[self.middle][x];
        let (mut sum, mut total, mut total_color) = ([0.0; 3], 0.0, 0.0);
        let (from, to) = (x.saturating_sub(REACH), (x + REACH + 1).min(self.width));
        for (row, smooth) in self.rows.iter().zip(&self.smooth) {
            for (value, guide) in row[from..to].iter().zip(&smooth[from..to]) {
                let d: [f32; 3] = std::array::from_fn(|i| guide[i] - here[i]);
                let distance = (d[0] * d[0] + 0.5 * (d[1] * d[1] + d[2] * d[2])) * weigh;
                // A cheap bell: 1/(1+d)³ falls like exp(-3d) near and keeps strangers out far off.
                let near = 1.0 / (1.0 + distance);
                let (w, w_color) = (near * near * near * near, near * near);
                sum[0] += value[0] * w;
                sum[1] += value[1] * w_color;
                sum[2] += value[2] * w_color;
                total += w;
                total_color += w_color;
            }
        }
        let own = self.rows[self.middle][x];
        // A little of the grain stays, or skin looks like plastic.
        let share = (0.55 + 0.6 * s).min(0.95);
        [
            own[0] + (sum[0] / total - own[0]) * share,
            sum[1] / total_color,
            sum[2] / total_color,
        ]
    }
}

fn smoothed(above: &[[f32; 3]], row: &[[f32; 3]], below: &[[f32; 3]]) -> Vec<[f32; 3]> {
    let columns: Vec<[f32; 3]> = (0..row.len())
        .map(|x| std::array::from_fn(|i| (above[x][i] + row[x][i] + below[x][i]) / 3.0))
        .collect();
    let last = columns.len() - 1;
    (0..columns.len())
        .map(|x| {
            let (a, b) = (columns[x.saturating_sub(1)], columns[(x + 1).min(last)]);
            std::array::from_fn(|i| (a[i] + columns[x][i] + b[i]) / 3.0)
        })
        .collect()
}
