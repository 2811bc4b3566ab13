//! A thing in the picture as something that can be taken: lifted off, its place filled, put down elsewhere.
//!
//! The one rule: a thing is lifted with soft edges and its own colours, without those of what was behind it, so it can lie on
//! any ground. Used by `remove`, `move`, `scale`, `duplicate`.

use rayon::prelude::*;

use super::edges::change_around;
use super::{Canvas, geometry, resample, shadow};
use crate::color::{into_range, tables};
use crate::fill::{self, Hole};
use crate::plan::{Op, Place, Step, Target};
use crate::raster::{Channels, Mask, Raster, Samples};
use crate::render::RenderError;
use crate::rows::{BLOCK, Sample, Space, read_alpha, read_row};
use crate::select;
use crate::watch::Run;

/// A mask below this is no part of the thing.
const FAINT: u8 = 12;

/// A thing that was lifted off, with its alpha, and where its top left pixel was.
pub(super) struct Piece {
    raster: Raster,
    left: i64,
    top: i64,
}

/// Whether such a step says all that it must: a thing, and what becomes of it.
pub(super) fn is_possible(step: &Step) -> bool {
    let params = &step.params;
    let is_one = matches!(step.target, Target::Object { .. } | Target::Subject | Target::Region);
    match step.op {
        Op::Move => is_one && (params.place.is_some() || params.dx.is_some() || params.dy.is_some()),
        Op::Scale => is_one && params.scale.is_some(),
        Op::Recolor => params.color.is_some() && step.target != Target::Background,
        Op::Pattern => params.reference.is_some(),
        _ => is_one,
    }
}

/// What the step is about; the subject when it names nothing.
pub(super) fn mask_of(step: &Step, canvas: &mut Canvas<'_>) -> Result<Mask, RenderError> {
    let lost = || RenderError::NoSuchTarget(step.target.clone());
    let target = match &step.target {
        Target::Picture => &Target::Subject,
        other => other,
    };
    let mask = canvas.select(target)?.ok_or_else(lost)?;
    let mask = match target {
        Target::Region => select::tighten(&mask, &canvas.raster, canvas.run)?,
        _ => mask,
    };
    // A mask that covers all has no outline to follow.
    if mask.bounds().is_none() || mask.data().iter().all(|v| *v > FAINT) {
        return Err(lost());
    }
    Ok(mask)
}

/// Fills the place of the thing, with a rim for its halo and with the shadow that it throws.
pub(super) fn take_away(target: &Target, mask: &Mask, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let mut grown = with_rim(mask, canvas.run)?;
    // What is drawn is taken as drawn, and nothing outside of it changes.
    if *target != Target::Region {
        grown = shadow::taken_along(grown, mask, canvas)?;
    }
    let taken = grown.data().iter().filter(|v| **v > 0).count();
    if taken * 100 > grown.data().len() * 45 {
        canvas
            .run
            .note("It fills so much of the picture that what takes its place is a guess; a generative model does better here.");
    }
    let hole = Hole {
        mask: &grown,
        avoid: None,
        upright: 1.0,
        mirrors: false,
        seed: canvas.context.seed,
    };
    fill::complete(&mut canvas.raster, &hole, canvas.run)
}

/// The mask made hard and a little larger, most of all downward, where a thing touches the ground.
fn with_rim(mask: &Mask, run: &Run<'_>) -> Result<Mask, RenderError> {
    let (width, height) = (mask.width() as usize, mask.height() as usize);
    let Some((_, _, w, h)) = mask.bounds() else {
        return Ok(mask.clone());
    };
    let reach = ((w.min(h) as f32 * 0.045) as usize).clamp(3, 28);
    let below = reach + reach / 2;
    let mut along = vec![0u8; width * height];
    along
        .par_chunks_mut(width * BLOCK)
        .enumerate()
        .try_for_each(|(block, rows)| {
            run.check()?;
            for (i, out) in rows.chunks_exact_mut(width).enumerate() {
                spread(mask.row(block * BLOCK + i), reach, out);
            }
            Ok(())
        })?;
    let mut data = vec![0u8; width * height];
    data.par_chunks_mut(width * BLOCK)
        .enumerate()
        .try_for_each(|(block, rows)| {
            run.check()?;
            for (i, out) in rows.chunks_exact_mut(width).enumerate() {
                let y = block * BLOCK + i;
                for v in y.saturating_sub(below)..(y + reach + 1).min(height) {
                    // Rounded corners: farther rows lend less of their width. Where they lend none they are left out.
                    let far = y.abs_diff(v) as f32 / if v < y { below as f32 } else { reach as f32 };
                    if far <= 0.72 {
                        out.iter_mut().zip(&along[v * width..]).for_each(|(o, a)| *o |= a);
                    } else {
                        out.iter_mut()
                            .zip(mask.row(v))
                            .for_each(|(o, m)| *o |= u8::from(*m > FAINT) * 255);
                    }
                }
            }
            Ok(())
        })?;
    Ok(Mask::new(mask.width(), mask.height(), data).expect("one byte was made per pixel"))
}

/// Turns on everything within `reach` of what is on.
fn spread(row: &[u8], reach: usize, out: &mut [u8]) {
    let mut until = 0;
    for (x, &v) in row.iter().enumerate() {
        if v > FAINT {
            let from = x.saturating_sub(reach).max(until);
            until = (x + reach + 1).min(row.len());
            out[from.min(until)..until].fill(255);
        }
    }
}

impl Piece {
    /// Lifts the thing off; the picture stays as it is.
    pub(super) fn lift(mask: &Mask, canvas: &Canvas<'_>) -> Result<Self, RenderError> {
        let lost = || RenderError::NoSuchTarget(Target::Subject);
        let (x, y, w, h) = mask.bounds().ok_or_else(lost)?;
        let margin = 6 + w.min(h) / 50;
        let (left, top) = (x.saturating_sub(margin), y.saturating_sub(margin));
        let right = (x + w + margin).min(canvas.raster.width());
        let bottom = (y + h + margin).min(canvas.raster.height());
        let window = (left, top, right - left, bottom - top);
        let mut raster = geometry::cut(canvas.raster.clone(), window);
        let share = Mask::from_raster(geometry::cut(mask.clone().into_raster(), window));
        raster.make_alpha();
        let mut bench = Canvas::new(raster, canvas.context, canvas.run);
        change_around(&mut bench, &share, |_, _, pixel| {
            (pixel.subject, pixel.share.min(pixel.alpha))
        })?;
        Ok(Self {
            raster: bench.raster,
            left: i64::from(left),
            top: i64::from(top),
        })
    }

    pub(super) fn width(&self) -> f32 {
        self.raster.width() as f32
    }

    pub(super) fn height(&self) -> f32 {
        self.raster.height() as f32
    }

    /// Puts its top left corner there.
    pub(super) fn put_at(&mut self, left: f32, top: f32) {
        (self.left, self.top) = (left.round() as i64, top.round() as i64);
    }

    /// Moves it by so many pixels.
    pub(super) fn shift(&mut self, dx: f32, dy: f32) {
        self.left += dx.round() as i64;
        self.top += dy.round() as i64;
    }

    /// Moves it to a place of a picture of that size, a little off the rim.
    pub(super) fn stand_at(&mut self, place: Place, (width, height): (f32, f32)) {
        let (w, h) = (self.raster.width() as f32, self.raster.height() as f32);
        let rim = width.min(height) * 0.03;
        let (x, y) = place_shares(place);
        if let Some(x) = x {
            self.left = (rim + (width - w - 2.0 * rim) * x).round() as i64;
        }
        if let Some(y) = y {
            self.top = (rim + (height - h - 2.0 * rim) * y).round() as i64;
        }
    }

    /// Brings it back inside where it hangs out, as far as it fits; `was_cut` are sides where it was cut off before.
    pub(super) fn keep_inside(&mut self, (width, height): (u32, u32)) {
        let within = |at: i64, len: u32, side: u32| {
            let room = i64::from(side) - i64::from(len);
            at.clamp(room.min(0), room.max(0))
        };
        self.left = within(self.left, self.raster.width(), width);
        self.top = within(self.top, self.raster.height(), height);
    }

    /// Makes it `times` as large; `anchor` (0…1 across and down) stays where it is.
    pub(super) fn resize(&mut self, times: f32, anchor: (f32, f32), run: &Run<'_>) -> Result<(), RenderError> {
        let (w, h) = (self.raster.width(), self.raster.height());
        let side = |v: u32| ((v as f32 * times).round() as u32).max(1);
        self.raster = resample::resample(&self.raster, side(w), side(h), run)?;
        self.left += ((w as f32 - self.raster.width() as f32) * anchor.0).round() as i64;
        self.top += ((h as f32 - self.raster.height() as f32) * anchor.1).round() as i64;
        Ok(())
    }

    /// Lays it onto the picture and says where it lies.
    pub(super) fn lay_onto(&self, raster: &mut Raster, run: &Run<'_>) -> Result<Mask, RenderError> {
        if !self.raster.channels().is_gray() {
            raster.make_rgb();
        }
        let mut share = vec![0u8; raster.width() as usize * raster.height() as usize];
        let work = Laying {
            piece: self,
            width: raster.width() as usize,
            channels: raster.channels(),
            run,
        };
        run.begin_pass(raster.height() as usize);
        match (raster.samples_mut(), self.raster.samples()) {
            (Samples::U8(to), Samples::U8(from)) => work.rows(to, from, &mut share)?,
            (Samples::U16(to), Samples::U16(from)) => work.rows(to, from, &mut share)?,
            // A piece has the depth of the picture that it was lifted from.
            _ => return Err(RenderError::NoSuchTarget(Target::Subject)),
        }
        Ok(Mask::new(raster.width(), raster.height(), share).expect("one byte was made per pixel"))
    }
}

/// Left to right and top to bottom, 0…1; `None` where a place does not say.
fn place_shares(place: Place) -> (Option<f32>, Option<f32>) {
    use Place::{Bottom, BottomLeft, BottomRight, Center, Left, Right, Top, TopLeft, TopRight};
    match place {
        TopLeft => (Some(0.0), Some(0.0)),
        Top => (None, Some(0.0)),
        TopRight => (Some(1.0), Some(0.0)),
        Left => (Some(0.0), None),
        Center => (Some(0.5), Some(0.5)),
        Right => (Some(1.0), None),
        BottomLeft => (Some(0.0), Some(1.0)),
        Bottom => (None, Some(1.0)),
        BottomRight => (Some(1.0), Some(1.0)),
    }
}

struct Laying<'a, 'r> {
    piece: &'a Piece,
    width: usize,
    channels: Channels,
    run: &'a Run<'r>,
}

impl Laying<'_, '_> {
    fn rows<S: Sample>(&self, to: &mut [S], from: &[S], share: &mut [u8]) -> Result<(), RenderError> {
        let row_len = self.width * self.channels.count();
        to.par_chunks_mut(row_len * BLOCK)
            .zip(share.par_chunks_mut(self.width * BLOCK))
            .enumerate()
            .try_for_each(|(block, (rows, shares))| {
                self.run.check()?;
                let pairs = rows.chunks_exact_mut(row_len).zip(shares.chunks_exact_mut(self.width));
                for (i, (row, share)) in pairs.enumerate() {
                    self.row((block * BLOCK + i) as i64 - self.piece.top, row, from, share);
                }
                self.run.advance(rows.len() / row_len);
                Ok(())
            })
    }

    fn row<S: Sample>(&self, y: i64, row: &mut [S], from: &[S], share: &mut [u8]) {
        let piece = &self.piece.raster;
        if y < 0 || y >= i64::from(piece.height()) {
            return;
        }
        let (width, own, t) = (piece.width() as usize, piece.row_len(), tables());
        let line = &from[y as usize * own..][..own];
        let (mut colours, mut alpha) = (vec![[0.0; 3]; width], vec![0.0; width]);
        read_row(line, piece.channels(), Space::Linear, &mut colours);
        read_alpha(line, piece.channels(), &mut alpha);
        let (count, shown) = (self.channels.count(), if self.channels.is_gray() { 1 } else { 3 });
        for (x, (colour, &a)) in colours.iter().zip(&alpha).enumerate() {
            let at = self.piece.left + x as i64;
            if a <= 0.0 || at < 0 || at >= self.width as i64 {
                continue;
            }
            let pixel = &mut row[at as usize * count..][..count];
            let under = if self.channels.has_alpha() {
                pixel[count - 1].to_unit()
            } else {
                1.0
            };
            let all = a + under * (1.0 - a);
            let mixed = std::array::from_fn(|c| {
                let below = pixel[c.min(shown - 1)].to_linear(t);
                (colour[c] * a + below * under * (1.0 - a)) / all
            });
            let encoded = into_range(mixed).map(|v| t.encode(v));
            for (sample, v) in pixel[..shown].iter_mut().zip(encoded) {
                *sample = S::from_unit(v);
            }
            if count > shown {
                pixel[count - 1] = S::from_unit(all);
            }
            share[at as usize] = (a * 255.0 + 0.5) as u8;
        }
    }
}
