//! An oil painting: strokes that follow the forms, in colours evened out along them, with the relief of thick paint.
//!
//! Colours by the anisotropic Kuwahara filter (Kyprianidis, Kang and Döllner 2009; weights as polynomials after Kyprianidis
//! 2010); the relief is noise smeared along the strokes (line integral convolution, Cabral and Leedom 1993), lit from the top left.

use rayon::prelude::*;

use super::paint;
use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{Rgb, from_oklab, mix, smoothstep, to_oklab};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::{BLOCK, Space};
use crate::watch::Run;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Oil,
        group: Group::Style,
        description: "Paints the picture in oil.",
        example: "make it an oil painting",
        doing: "Painting",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "gave {t} an oil painting look {v}",
    tell_less: "",
    apply,
};

/// The directions in which a neighbourhood is cut.
const SECTORS: usize = 8;

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5).abs();
    canvas.raster.make_rgb();
    let (run, seed) = (canvas.run, canvas.context.seed);
    let radius = mix(3.0, 7.0, s);
    let painted = paint::cells(canvas)?.remade(|width, height, cells| {
        let flow = flow(width, &cells);
        let painting = Painting { width, height, flow };
        let colours = painting.paint(&cells, radius, run)?;
        let relief = painting.relief(seed, run)?;
        Ok(colours
            .into_iter()
            .zip(relief)
            .map(|([l, a, b], r)| [l, a, b, r])
            .collect())
    })?;
    let width = canvas.raster.width() as usize;
    let cover = smoothstep(0.0, 0.3, s);
    canvas.change(Space::Linear, |y, row| {
        let (mut room, mut line) = (Vec::new(), vec![[0.0; 4]; width]);
        painted.row(y, &mut room, &mut line);
        for (c, [l, a, b, relief]) in row.iter_mut().zip(&line) {
            let light = relief * (0.02 + 0.05 * s);
            let drawn = [(l + light).clamp(0.0, 1.0), a * (1.0 + 0.25 * s), b * (1.0 + 0.25 * s)];
            let was = to_oklab(*c);
            *c = from_oklab(std::array::from_fn(|i| mix(was[i], drawn[i], cover)));
        }
    })
}

/// Where a stroke runs at a cell (a unit vector along the form) and how plainly, 0…1.
#[derive(Clone, Copy)]
struct Flow {
    along: (f32, f32),
    strength: f32,
}

/// The smoothed structure tensor's minor direction (Brox et al. 2006), over all three channels.
fn flow(width: usize, cells: &[Rgb]) -> Vec<Flow> {
    let height = cells.len() / width;
    let at = |x: isize, y: isize| {
        cells[y.clamp(0, height as isize - 1) as usize * width + x.clamp(0, width as isize - 1) as usize]
    };
    let mut tensor: Vec<Rgb> = (0..cells.len())
        .into_par_iter()
        .map(|i| {
            let (x, y) = ((i % width) as isize, (i / width) as isize);
            let mut sum = [0.0; 3];
            for n in 0..3 {
                let dx = at(x + 1, y)[n] - at(x - 1, y)[n];
                let dy = at(x, y + 1)[n] - at(x, y - 1)[n];
                sum = [sum[0] + dx * dx, sum[1] + dx * dy, sum[2] + dy * dy];
            }
            sum
        })
        .collect();
    for _ in 0..3 {
        tensor = boxed(width, &tensor, 4);
    }
    tensor
        .par_iter()
        .map(|&[e, f, g]| {
            let root = ((e - g) * (e - g) + 4.0 * f * f).sqrt();
            let major = 0.5 * (e + g + root);
            let minor = 0.5 * (e + g - root);
            let (x, y) = (major - e, -f);
            let length = (x * x + y * y).sqrt();
            let along = if length > 1e-9 {
                (x / length, y / length)
            } else {
                (0.0, 1.0)
            };
            let strength = if major + minor > 1e-9 {
                (major - minor) / (major + minor)
            } else {
                0.0
            };
            Flow { along, strength }
        })
        .collect()
}

/// A box blur of `reach` cells to every side.
fn boxed(width: usize, values: &[Rgb], reach: usize) -> Vec<Rgb> {
    let height = values.len() / width;
    let mut rows = vec![[0.0; 3]; values.len()];
    rows.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
        let row = &values[y * width..][..width];
        for (x, out) in out.iter_mut().enumerate() {
            *out = mean(&row[x.saturating_sub(reach)..(x + reach + 1).min(width)]);
        }
    });
    let mut out = vec![[0.0; 3]; values.len()];
    out.par_chunks_mut(width).enumerate().for_each(|(y, out)| {
        let (first, last) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        for line in first..last {
            for (o, v) in out.iter_mut().zip(&rows[line * width..][..width]) {
                (0..3).for_each(|n| o[n] += v[n] / (last - first) as f32);
            }
        }
    });
    out
}

fn mean(values: &[Rgb]) -> Rgb {
    let mut sum = [0.0; 3];
    values.iter().for_each(|v| (0..3).for_each(|n| sum[n] += v[n]));
    sum.map(|v| v / values.len() as f32)
}

struct Painting {
    width: usize,
    height: usize,
    flow: Vec<Flow>,
}

impl Painting {
    fn index(&self, x: isize, y: isize) -> usize {
        y.clamp(0, self.height as isize - 1) as usize * self.width + x.clamp(0, self.width as isize - 1) as usize
    }

    /// The colours of the strokes.
    fn paint(&self, cells: &[Rgb], radius: f32, run: &Run<'_>) -> Result<Vec<Rgb>, RenderError> {
        let mut out = vec![[0.0; 3]; cells.len()];
        run.begin_pass(self.height);
        out.par_chunks_mut(self.width * BLOCK)
            .enumerate()
            .try_for_each(|(block, rows)| {
                run.check()?;
                for (i, out) in rows.iter_mut().enumerate() {
                    let at = block * BLOCK * self.width + i;
                    *out = self.stroke(cells, at, radius);
                }
                run.advance(rows.len() / self.width);
                Ok(())
            })?;
        Ok(out)
    }

    /// One cell: the ellipse around it, along the flow, is cut into sectors; the evener a sector, the more it counts.
    fn stroke(&self, cells: &[Rgb], at: usize, radius: f32) -> Rgb {
        let (x, y) = ((at % self.width) as isize, (at / self.width) as isize);
        let Flow {
            along: (cos, sin),
            strength,
        } = self.flow[at];
        let (long, short) = (radius * (1.0 + strength), radius / (1.0 + strength));
        let reach_x = ((long * cos).powi(2) + (short * sin).powi(2)).sqrt() as isize;
        let reach_y = ((long * sin).powi(2) + (short * cos).powi(2)).sqrt() as isize;
        let mut sums = [[0.0f32; 3]; SECTORS];
        let mut squares = [0.0f32; SECTORS];
        let mut weights = [0.0f32; SECTORS];
        for dy in -reach_y..=reach_y {
            for dx in -reach_x..=reach_x {
                let (fx, fy) = (dx as f32, dy as f32);
                let (u, v) = ((fx * cos + fy * sin) / long, (fy * cos - fx * sin) / short);
                let away = u * u + v * v;
                if away > 1.0 {
                    continue;
                }
                let c = cells[self.index(x + dx, y + dy)];
                let square = c[0] * c[0] + c[1] * c[1] + c[2] * c[2];
                let fall = (-2.0 * away).exp();
                for (k, weight) in sector_weights(u, v).into_iter().enumerate() {
                    let w = weight * fall;
                    (0..3).for_each(|n| sums[k][n] += c[n] * w);
                    squares[k] += square * w;
                    weights[k] += w;
                }
            }
        }
        let mut colour = [0.0; 3];
        let mut total = 0.0;
        for k in 0..SECTORS {
            let w = weights[k].max(1e-6);
            let mean = sums[k].map(|v| v / w);
            let spread = (squares[k] / w - mean.iter().map(|v| v * v).sum::<f32>()).max(0.0);
            let calm = 1.0 / (1.0 + (spread * 1500.0).powi(4));
            (0..3).for_each(|n| colour[n] += mean[n] * calm);
            total += calm;
        }
        if total > 1e-6 {
            colour.map(|v| v / total)
        } else {
            cells[at]
        }
    }

    /// The height of the paint turned into light: about −1…1.
    fn relief(&self, seed: u64, run: &Run<'_>) -> Result<Vec<f32>, RenderError> {
        let height = self.smeared(seed, run)?;
        let lit = |at: usize| {
            let (x, y) = ((at % self.width) as isize, (at / self.width) as isize);
            let slope = height[self.index(x + 1, y + 1)] - height[self.index(x - 1, y - 1)];
            (slope * 2.4).clamp(-1.0, 1.0)
        };
        Ok((0..height.len()).into_par_iter().map(lit).collect())
    }

    fn smeared(&self, seed: u64, run: &Run<'_>) -> Result<Vec<f32>, RenderError> {
        const LENGTH: usize = 9;
        let noise = |x: isize, y: isize| paint::noise_at(seed ^ 7, x as f32 / 1.3, y as f32 / 1.3);
        let mut out = vec![0.0; self.flow.len()];
        run.begin_pass(self.height);
        out.par_chunks_mut(self.width * BLOCK)
            .enumerate()
            .try_for_each(|(block, rows)| {
                run.check()?;
                for (i, out) in rows.iter_mut().enumerate() {
                    let at = block * BLOCK * self.width + i;
                    let (x, y) = ((at % self.width) as f32, (at / self.width) as f32);
                    let mut sum = noise(x as isize, y as isize);
                    for way in [1.0, -1.0] {
                        let (mut px, mut py) = (x, y);
                        for _ in 0..LENGTH {
                            let (cos, sin) = self.flow[self.index(px as isize, py as isize)].along;
                            (px, py) = (px + cos * way, py + sin * way);
                            sum += noise(px as isize, py as isize);
                        }
                    }
                    *out = sum / (2 * LENGTH + 1) as f32;
                }
                run.advance(rows.len() / self.width);
                Ok(())
            })?;
        Ok(out)
    }
}

/// How much a place (in the unit disc) belongs to each of the eight sectors, smoothly.
#[inline]
fn sector_weights(u: f32, v: f32) -> [f32; SECTORS] {
    const ZETA: f32 = 0.33;
    const ETA: f32 = 3.77;
    const HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
    let quarter = |u: f32, v: f32| {
        let (a, b) = (ZETA - ETA * u * u, ZETA - ETA * v * v);
        [
            (v + a).max(0.0).powi(2),
            (-u + b).max(0.0).powi(2),
            (-v + a).max(0.0).powi(2),
            (u + b).max(0.0).powi(2),
        ]
    };
    let straight = quarter(u, v);
    let turned = quarter(HALF * (u - v), HALF * (u + v));
    let all = [
        straight[0],
        turned[0],
        straight[1],
        turned[1],
        straight[2],
        turned[2],
        straight[3],
        turned[3],
    ];
    let sum: f32 = all.iter().sum();
    all.map(|w| w / sum.max(1e-6))
}
