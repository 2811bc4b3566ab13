//! Pictures of another size, and the drawing of new pictures row by row.
//!
//! The one rule: resampling happens in linear light with alpha weighed in, and never keeps a whole half-done picture.
//! Called by `geometry.rs` and the operations that change the number of pixels.

use rayon::prelude::*;

use crate::color::tables;
use crate::raster::{Channels, Raster, Samples};
use crate::render::RenderError;
use crate::rows::{BLOCK, Sample, Space, read_with_alpha};
use crate::watch::Run;

/// Resamples to `width × height` with Lanczos over three lobes; shrinking widens the kernel, so nothing flickers.
pub(super) fn resample(raster: &Raster, width: u32, height: u32, run: &Run<'_>) -> Result<Raster, RenderError> {
    if (width, height) == (raster.width(), raster.height()) {
        return Ok(raster.clone());
    }
    let columns = Kernel::new(raster.width(), width);
    let rows = Kernel::new(raster.height(), height);
    let full = raster.width() as usize;
    // Each output row needs a window of input rows, narrowed once each: a ring per thread instead of a whole half-done picture.
    draw(
        raster.channels(),
        is_deep(raster),
        (width, height),
        run,
        || Ring::new(rows.longest, full),
        |ring, y, out| {
            let (first, weights) = rows.at(y);
            out.fill([0.0; 4]);
            for (k, &weight) in weights.iter().enumerate() {
                let narrowed = ring.row(raster, first + k, &columns);
                for (out, value) in out.iter_mut().zip(narrowed) {
                    (0..4).for_each(|n| out[n] += value[n] * weight);
                }
            }
        },
    )
}

/// For each output position its first input position and the weights from there.
struct Kernel {
    starts: Vec<(usize, usize, usize)>,
    weights: Vec<f32>,
    longest: usize,
}

impl Kernel {
    fn new(from: u32, to: u32) -> Self {
        let scale = f64::from(from) / f64::from(to);
        let wide = scale.max(1.0);
        let (mut starts, mut weights, mut longest) = (Vec::new(), Vec::new(), 0);
        for i in 0..to {
            let middle = (f64::from(i) + 0.5) * scale - 0.5;
            let first = (middle - 3.0 * wide).ceil().max(0.0) as usize;
            let last = ((middle + 3.0 * wide).floor() as usize).min(from as usize - 1);
            let begin = weights.len();
            weights.extend((first..=last).map(|p| lanczos((p as f64 - middle) / wide)));
            let sum: f32 = weights[begin..].iter().sum();
            weights[begin..].iter_mut().for_each(|w| *w /= sum);
            longest = longest.max(last + 1 - first);
            starts.push((first, begin, last + 1 - first));
        }
        Self {
            starts,
            weights,
            longest,
        }
    }

    fn at(&self, i: usize) -> (usize, &[f32]) {
        let (first, begin, len) = self.starts[i];
        (first, &self.weights[begin..begin + len])
    }
}

fn lanczos(x: f64) -> f32 {
    if x.abs() < 1e-9 {
        return 1.0;
    }
    if x.abs() >= 3.0 {
        return 0.0;
    }
    let px = std::f64::consts::PI * x;
    (3.0 * px.sin() * (px / 3.0).sin() / (px * px)) as f32
}

/// The last few input rows of one thread, already resampled to the output's width.
struct Ring {
    rows: Vec<(usize, Vec<[f32; 4]>)>,
    colours: Vec<[f32; 3]>,
    alpha: Vec<f32>,
}

impl Ring {
    fn new(rows: usize, full: usize) -> Self {
        Self {
            rows: vec![(usize::MAX, Vec::new()); rows],
            colours: vec![[0.0; 3]; full],
            alpha: vec![0.0; full],
        }
    }

    fn row(&mut self, raster: &Raster, y: usize, columns: &Kernel) -> &[[f32; 4]] {
        let slot = y % self.rows.len();
        if self.rows[slot].0 != y {
            read_with_alpha(raster, y, Space::Linear, &mut self.colours, &mut self.alpha);
            let out = &mut self.rows[slot].1;
            out.clear();
            out.extend((0..columns.starts.len()).map(|x| {
                let (first, weights) = columns.at(x);
                let mut sum = [0.0; 4];
                for ((c, a), w) in self.colours[first..].iter().zip(&self.alpha[first..]).zip(weights) {
                    let aw = a * w;
                    sum[0] += c[0] * aw;
                    sum[1] += c[1] * aw;
                    sum[2] += c[2] * aw;
                    sum[3] += aw;
                }
                sum
            }));
            self.rows[slot].0 = y;
        }
        &self.rows[slot].1
    }
}

pub(super) fn is_deep(raster: &Raster) -> bool {
    matches!(raster.samples(), Samples::U16(_))
}

/// Makes a new picture from premultiplied linear rows; `scratch` is made once per stretch of rows.
pub(super) fn draw<T, I, F>(
    channels: Channels,
    deep: bool,
    size: (u32, u32),
    run: &Run<'_>,
    scratch: I,
    each: F,
) -> Result<Raster, RenderError>
where
    I: Fn() -> T + Sync + Send,
    T: Send,
    F: Fn(&mut T, usize, &mut [[f32; 4]]) + Sync,
{
    let len = size.0 as usize * size.1 as usize * channels.count();
    run.begin_pass(size.1 as usize);
    let samples = if deep {
        Samples::U16(draw_samples(len, channels, size, run, scratch, each)?)
    } else {
        Samples::U8(draw_samples(len, channels, size, run, scratch, each)?)
    };
    Ok(Raster::new(size.0, size.1, channels, samples).expect("the samples were made for this size"))
}

fn draw_samples<S, T, I, F>(
    len: usize,
    channels: Channels,
    size: (u32, u32),
    run: &Run<'_>,
    scratch: I,
    each: F,
) -> Result<Vec<S>, RenderError>
where
    S: Sample,
    I: Fn() -> T + Sync + Send,
    T: Send,
    F: Fn(&mut T, usize, &mut [[f32; 4]]) + Sync,
{
    let (width, count) = (size.0 as usize, channels.count());
    let mut samples = vec![S::default(); len];
    // Stretches are long, so that a thread's scratch (rows it has already resampled) is worth keeping.
    let stretch = BLOCK * 8;
    samples
        .par_chunks_mut(width * count * stretch)
        .enumerate()
        .try_for_each(|(at, rows)| {
            let (mut room, mut line, t) = (scratch(), vec![[0.0; 4]; width], tables());
            for (i, row) in rows.chunks_exact_mut(width * count).enumerate() {
                if i % 4 == 0 {
                    run.check()?;
                }
                each(&mut room, at * stretch + i, &mut line);
                for (pixel, &[r, g, b, a]) in row.chunks_exact_mut(count).zip(&line) {
                    let share = if a > 1e-5 { 1.0 / a } else { 0.0 };
                    for (sample, v) in pixel.iter_mut().zip([r, g, b]) {
                        *sample = S::from_unit(t.encode(v * share));
                    }
                    if channels.has_alpha() {
                        pixel[count - 1] = S::from_unit(a);
                    }
                }
            }
            run.advance(rows.len() / (width * count));
            Ok(())
        })?;
    Ok(samples)
}
