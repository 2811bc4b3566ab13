//! Takes noise away and leaves edges: each pixel becomes the mean of those around it that look alike.
//!
//! The one rule: how much is noise is measured in the picture first; likeness is judged on smoothed copies, so that single
//! grains do not defend themselves, and colour is smoothed more than lightness. Colour and coarse noise are seen to at half
//! the size (`denoise/planes.rs`), where they cost a quarter; only fine lightness is compared at full size.

mod planes;

use self::planes::{Alike, LANES, Plane, Planes, REACH, at};
use super::{Canvas, Group, Operation, OperationInfo, strength};
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

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    let Planes { mut light, half } = Planes::of(&canvas.raster, canvas.run)?;
    let tolerance = (noise_level(&light) * 1.6 + 0.012) * (0.4 + 1.6 * s);
    let alike = Alike::within(tolerance);
    // At half the size there is half the noise, and more of what differs is fur or cloth.
    let coarse = Alike::within(0.6 * tolerance);
    let [calm_light, calm_blue, calm_red] = planes::calmed(&half, coarse, canvas.run)?;
    let [half_light, half_blue, half_red] = half;
    light.take_over(&half_light, &calm_light, canvas.run)?;
    drop((half_light, calm_light));
    // A little of the grain stays, or skin looks like plastic.
    let share = (0.55 + 0.6 * s).min(0.95);
    // What differs by more from the colour at half size is the edge of a colour, not noise.
    let edge = (2.5 * tolerance).powi(2);
    let width = canvas.raster.width() as usize;
    canvas.change(Space::Encoded, |y, row| {
        let fine = calm_row(&light, y, alike);
        let [blue, calm_blue, red, calm_red] =
            [&half_blue, &calm_blue, &half_red, &calm_red].map(|p| p.risen(y, width));
        for (x, out) in row.iter_mut().enumerate() {
            let own = split(*out);
            let settled = |own: f32, half: f32, calm: f32| {
                let away = own - half;
                calm + away * away * away / (away * away + edge)
            };
            *out = join([
                own[0] + (fine[x] - own[0]) * share,
                settled(own[1], blue[x], calm_blue[x]),
                settled(own[2], red[x], calm_red[x]),
            ]);
        }
    })
}

/// Lightness and two differences of colour.
fn split(c: [f32; 3]) -> [f32; 3] {
    let y = 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
    [y, c[2] - y, c[0] - y]
}

fn join([y, blue, red]: [f32; 3]) -> [f32; 3] {
    let (b, r) = (blue + y, red + y);
    [r, (y - 0.299 * r - 0.114 * b) / 0.587, b]
}

/// The spread of the noise in brightness: the middle of how much pixels differ from the line through their neighbours.
fn noise_level(light: &Plane) -> f32 {
    let (width, height) = light.size();
    if width < 3 || height < 3 {
        return 0.0;
    }
    let stride = (width * height / 60_000).max(1);
    let mut differences: Vec<f32> = (0..width * height)
        .step_by(stride)
        .map(|i| (i % width, i / width))
        .filter(|(x, y)| (1..width - 1).contains(x) && (1..height - 1).contains(y))
        .map(|(x, y)| {
            let [above, row, below] = [y - 1, y, y + 1].map(|y| &light.row(y)[REACH + x - 1..][..3]);
            let sides = above[1] + below[1] + row[0] + row[2];
            let corners = above[0] + above[2] + below[0] + below[2];
            (4.0 * row[1] - 2.0 * sides + corners).abs() / 6.0
        })
        .collect();
    let middle = differences.len() / 2;
    if middle >= differences.len() {
        return 0.0;
    }
    // The middle of a half-normal spread lies at 0.6745 of it.
    *differences.select_nth_unstable_by(middle, f32::total_cmp).1 / 0.6745
}

/// One row of lightness, the mean of what looks alike around each pixel on a copy smoothed over 3 × 3.
fn calm_row(light: &Plane, y: usize, alike: Alike) -> Vec<f32> {
    let rows = light.around(y);
    let (_, height) = light.size();
    let smooth: [Vec<f32>; 2 * REACH + 1] = std::array::from_fn(|k| {
        let at = (y + k).saturating_sub(REACH).min(height - 1);
        smoothed(
            light.row(at.saturating_sub(1)),
            light.row(at),
            light.row((at + 1).min(height - 1)),
        )
    });
    let mut out = vec![0.0; rows[0].len()];
    for (i, out) in out.chunks_exact_mut(LANES).enumerate().take(light.blocks()) {
        let x = i * LANES;
        let here = at(&smooth[REACH], x + REACH);
        let (mut sum, mut total) = ([0.0; LANES], [0.0; LANES]);
        for (dy, dx) in planes::TAPS {
            let (guide, value) = (at(&smooth[dy], x + dx), at(rows[dy], x + dx));
            for n in 0..LANES {
                let away = guide[n] - here[n];
                let weight = alike.weight(away * away);
                sum[n] += weight * value[n];
                total[n] += weight;
            }
        }
        (0..LANES).for_each(|n| out[n] = sum[n] / total[n]);
    }
    out
}

/// The mean of 3 × 3; the outermost places repeat their neighbours.
fn smoothed(above: &[f32], row: &[f32], below: &[f32]) -> Vec<f32> {
    let columns: Vec<f32> = above
        .iter()
        .zip(row)
        .zip(below)
        .map(|((a, r), b)| (a + r + b) * (1.0 / 9.0))
        .collect();
    let last = columns.len() - 1;
    let mut out = vec![0.0; columns.len()];
    for (out, near) in out[1..last].iter_mut().zip(columns.windows(3)) {
        *out = near[0] + near[1] + near[2];
    }
    (out[0], out[last]) = (3.0 * columns[0], 3.0 * columns[last]);
    out
}
