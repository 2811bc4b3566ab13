//! Where the subject ends: its own colour without the ground's.
//!
//! The one rule: where the mask is 255 no byte of the picture changes, so a subject stays the same over any number of turns.
//! The colours are those of Forte, "Approximate Fast Foreground Colour Estimation", 2021: what lies nearby on each side,
//! corrected by the pixel itself. Used by every operation that puts another ground behind a subject.

use rayon::prelude::*;

use super::Canvas;
use crate::color::{Rgb, into_range, tables};
use crate::field::Field;
use crate::plan::{Step, Target};
use crate::raster::{Mask, Raster, Samples};
use crate::render::RenderError;
use crate::rows::{BLOCK, Sample, Space, read_alpha, read_row};
use crate::select;
use crate::watch::Run;

/// One pixel at or beyond the subject's edge.
pub(super) struct Pixel {
    /// The subject's own colour, linear light.
    pub(super) subject: Rgb,
    /// How much of it is subject.
    pub(super) share: f32,
    /// How opaque it is.
    pub(super) alpha: f32,
}

/// What is kept when a step changes or takes away what is behind it.
pub(super) fn kept(step: &Step, canvas: &mut Canvas<'_>) -> Result<Mask, RenderError> {
    let mask = match &step.target {
        Target::Picture | Target::Background => canvas.select(&Target::Subject)?,
        Target::Region => {
            let drawn = canvas.select(&Target::Region)?;
            drawn
                .map(|drawn| select::tighten(&drawn, &canvas.raster, canvas.run))
                .transpose()?
        }
        Target::Not { not } if **not != Target::Picture => canvas.select(not)?,
        other => canvas.select(other)?,
    };
    mask.ok_or_else(|| RenderError::NoSuchTarget(step.target.clone()))
}

/// Changes every pixel that is not wholly the subject: `each(x, y, pixel)` gives its new colour (linear light) and alpha.
/// Without an alpha channel the alpha is dropped.
pub(super) fn change_around(
    canvas: &mut Canvas<'_>,
    mask: &Mask,
    each: impl Fn(usize, usize, &Pixel) -> (Rgb, f32) + Sync,
) -> Result<(), RenderError> {
    let is_clean = select::is_cut_out(&canvas.raster);
    let nearby = Nearby::of(&canvas.raster, mask, canvas.run)?;
    let run = canvas.run;
    let raster = &mut canvas.raster;
    let (row_len, channels) = (raster.row_len(), raster.channels());
    run.begin_pass(raster.height() as usize);
    let work = Work {
        width: raster.width() as usize,
        row_len,
        channels,
        mask,
        is_clean,
        nearby: &nearby,
        run,
    };
    match raster.samples_mut() {
        Samples::U8(v) => work.run(v, each),
        Samples::U16(v) => work.run(v, each),
    }
}

/// Averages of the subject's and the ground's colours near every pixel.
struct Nearby(Field<8>);

impl Nearby {
    fn of(raster: &Raster, mask: &Mask, run: &Run<'_>) -> Result<Self, RenderError> {
        let sigma = (raster.width().min(raster.height()) as f32 * 0.012).max(1.5);
        let factor = Field::<8>::factor_for(sigma);
        let some = (factor, (factor / 8).max(1));
        let mut sums = Field::gather_some(raster, some, Space::Linear, run, |x, y, [r, g, b], a| {
            let share = f32::from(mask.row(y)[x]) / 255.0;
            // What is half one and half the other says little about either.
            let (s, o) = (share * share * a, (1.0 - share) * (1.0 - share) * a);
            [r * s, g * s, b * s, s, r * o, g * o, b * o, o]
        })?;
        sums.blur(sigma, run)?;
        Ok(Self(sums))
    }
}

/// What of a pixel's colour is the subject's.
fn take_apart(colour: Rgb, share: f32, near: &[f32; 8]) -> Rgb {
    let average = |at: usize| {
        (near[at + 3] > 1e-5).then(|| {
            [
                near[at] / near[at + 3],
                near[at + 1] / near[at + 3],
                near[at + 2] / near[at + 3],
            ]
        })
    };
    let (subject, ground) = (average(0).unwrap_or(colour), average(4).unwrap_or(colour));
    let miss: Rgb = std::array::from_fn(|i| colour[i] - share * subject[i] - (1.0 - share) * ground[i]);
    std::array::from_fn(|i| (subject[i] + share * miss[i]).clamp(0.0, 1.0))
}

struct Work<'a, 'r> {
    width: usize,
    row_len: usize,
    channels: crate::raster::Channels,
    mask: &'a Mask,
    is_clean: bool,
    nearby: &'a Nearby,
    run: &'a Run<'r>,
}

impl Work<'_, '_> {
    fn run<S: Sample>(
        &self,
        samples: &mut [S],
        each: impl Fn(usize, usize, &Pixel) -> (Rgb, f32) + Sync,
    ) -> Result<(), RenderError> {
        samples
            .par_chunks_mut(self.row_len * BLOCK)
            .enumerate()
            .try_for_each_init(
                || {
                    (
                        vec![[0.0; 3]; self.width],
                        vec![0.0; self.width],
                        vec![[0.0; 8]; self.width],
                        Vec::new(),
                    )
                },
                |(colours, alpha, near, room), (block, rows)| {
                    self.run.check()?;
                    for (i, row) in rows.chunks_exact_mut(self.row_len).enumerate() {
                        let y = block * BLOCK + i;
                        if self.mask.row(y).iter().all(|&v| v == 255) {
                            continue;
                        }
                        read_row(row, self.channels, Space::Linear, colours);
                        read_alpha(row, self.channels, alpha);
                        self.nearby.0.row(y, room, near);
                        self.row(row, y, (colours, alpha, near), &each);
                    }
                    self.run.advance(rows.len() / self.row_len);
                    Ok(())
                },
            )
    }

    fn row<S: Sample>(
        &self,
        row: &mut [S],
        y: usize,
        (colours, alpha, near): (&[Rgb], &[f32], &[[f32; 8]]),
        each: &impl Fn(usize, usize, &Pixel) -> (Rgb, f32),
    ) {
        let t = tables();
        let (count, shown) = (self.channels.count(), if self.channels.is_gray() { 1 } else { 3 });
        for (x, (pixel, &mask)) in row.chunks_exact_mut(count).zip(self.mask.row(y)).enumerate() {
            if mask == 255 {
                continue;
            }
            let share = f32::from(mask) / 255.0;
            // A picture that was cut out before has the subject's own colours already.
            let subject = if self.is_clean {
                colours[x]
            } else {
                take_apart(colours[x], share, &near[x])
            };
            let (colour, opaque) = each(
                x,
                y,
                &Pixel {
                    subject,
                    share,
                    alpha: alpha[x],
                },
            );
            let encoded = into_range(colour).map(|v| t.encode(v));
            for (sample, value) in pixel[..shown].iter_mut().zip(encoded) {
                *sample = S::from_unit(value);
            }
            if count > shown {
                pixel[count - 1] = S::from_unit(opaque);
            }
        }
    }
}

/// A straight mix of two colours in linear light.
pub(super) fn over(pixel: &Pixel, ground: Rgb) -> Rgb {
    std::array::from_fn(|i| ground[i] + (pixel.subject[i] - ground[i]) * pixel.share)
}
