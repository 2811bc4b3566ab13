//! A subject in another place's light: its colours moved toward the place's, a side to the light, a rim along the edge.
//!
//! The one rule: moderately. A face stays that face; what is moved is the mean of lightness and colour and a little of the
//! spread, in OKLab. Called by `background_replace` when a subject is placed into a scene, and by `insert`.

use super::Canvas;
use super::background_replace::Set;
use crate::color::{Rgb, from_oklab, mix, smoothstep, to_oklab};
use crate::field::Field;
use crate::raster::Mask;
use crate::render::RenderError;
use crate::rows::{Space, change_rows};

/// How colours are moved: `(lab - mean) * gain + goal`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    mean: Rgb,
    goal: Rgb,
    gain: Rgb,
}

impl Shift {
    /// Moves what has the first statistics toward the second, by `amount`.
    pub(super) fn between(from: &Stats, to: &Stats, amount: f32) -> Self {
        let part = 0.62 * amount;
        let goal = [
            from.mean[0] + ((to.mean[0] - from.mean[0]) * part).clamp(-0.15, 0.035),
            from.mean[1] + ((to.mean[1] - from.mean[1]) * part).clamp(-0.01, 0.026),
            from.mean[2] + ((to.mean[2] - from.mean[2]) * part).clamp(-0.032, 0.03),
        ];
        let ratio = |i: usize| (to.spread[i] / from.spread[i].max(0.01)).clamp(0.7, 1.25);
        Self {
            mean: from.mean,
            goal,
            gain: [
                mix(1.0, ratio(0), part * 0.4),
                mix(1.0, ratio(1).min(1.05), part * 0.5),
                mix(1.0, ratio(2).min(1.05), part * 0.5),
            ],
        }
    }

    /// A linear-light colour in the other light.
    pub(super) fn apply(&self, colour: Rgb) -> Rgb {
        let lab = to_oklab(colour);
        let moved: Rgb = std::array::from_fn(|i| (lab[i] - self.mean[i]) * self.gain[i] + self.goal[i]);
        // Black stays black and white stays white, or the picture looks faded.
        let l = lab[0];
        let hold = smoothstep(0.0, 0.22, l) * smoothstep(1.08, 0.82, l);
        let l = mix(l * (1.0 + (moved[0] - l) * 0.3), moved[0], hold).max(0.0);
        from_oklab([
            l,
            mix(lab[1], moved[1], 0.35 + 0.65 * hold),
            mix(lab[2], moved[2], 0.35 + 0.65 * hold),
        ])
    }
}

/// Mean and spread of colours in OKLab.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stats {
    pub(super) mean: Rgb,
    pub(super) spread: Rgb,
}

impl Stats {
    /// Of colours with their weights.
    pub(super) fn of(colours: impl Iterator<Item = (Rgb, f32)>) -> Self {
        let (mut sum, mut square, mut all) = ([0.0f64; 3], [0.0f64; 3], 1e-9f64);
        for (colour, weight) in colours.filter(|(_, w)| *w > 0.0) {
            let lab = to_oklab(colour);
            all += f64::from(weight);
            for i in 0..3 {
                sum[i] += f64::from(lab[i] * weight);
                square[i] += f64::from(lab[i] * lab[i] * weight);
            }
        }
        let mean = sum.map(|v| v / all);
        Self {
            mean: mean.map(|v| v as f32),
            spread: std::array::from_fn(|i| ((square[i] / all - mean[i] * mean[i]).max(0.0) as f32).sqrt()),
        }
    }
}

/// What falls on the subject.
pub(super) struct Relight {
    shift: Shift,
    /// The mask, soft: its slope says which way an edge faces.
    edge: Field<1>,
    from: (f32, f32),
    glow: Rgb,
    amount: f32,
    middle: (f32, f32),
    half: (f32, f32),
}

impl Relight {
    /// Compares the subject with the set.
    pub(super) fn of(canvas: &Canvas<'_>, mask: &Mask, set: &Set, amount: f32) -> Result<Self, RenderError> {
        let (raster, run) = (&canvas.raster, canvas.run);
        let cells = Field::gather_at(raster, 8, Space::Linear, run, |x, y, [r, g, b], a| {
            let share = f32::from(mask.row(y)[x]) / 255.0 * a;
            [r * share, g * share, b * share, share]
        })?;
        let (_, _, data) = cells.cells();
        let subject = Stats::of(
            data.iter()
                .filter(|c| c[3] > 0.5)
                .map(|c| ([c[0] / c[3], c[1] / c[3], c[2] / c[3]], c[3])),
        );
        let scene = Stats::of(set.sheet.data.iter().step_by(11).map(|c| (*c, 1.0)));
        let sigma = (raster.width().min(raster.height()) as f32 * 0.012).max(1.5);
        let mut edge = Field::gather_at(
            raster,
            Field::<1>::factor_for(sigma).max(2),
            Space::Linear,
            run,
            |x, y, _, _| [f32::from(mask.row(y)[x]) / 255.0],
        )?;
        edge.blur(sigma, run)?;
        let (x, y, w, h) = mask.bounds().unwrap_or((0, 0, mask.width(), mask.height()));
        let length = set.from.0.hypot(set.from.1).max(1e-3);
        Ok(Self {
            shift: Shift::between(&subject, &scene, (amount * 2.0).min(1.6)),
            edge,
            from: (set.from.0 / length, set.from.1 / length),
            glow: set.glow,
            amount,
            middle: (x as f32 + w as f32 / 2.0, y as f32 + h as f32 / 2.0),
            half: (w as f32 / 2.0, h as f32 / 2.0),
        })
    }

    /// A pixel of the subject in the new light.
    fn pixel(&self, x: usize, y: usize, colour: Rgb) -> Rgb {
        let moved = self.shift.apply(colour);
        let (u, v) = (
            (x as f32 - self.middle.0) / self.half.0,
            (y as f32 - self.middle.1) / self.half.1,
        );
        let side = (u * self.from.0 * 0.75 - v * self.from.1 * 0.5).clamp(-1.0, 1.0);
        let key = 1.0 + 0.3 * self.amount * side;
        let warm: Rgb = self.glow.map(|g| mix(1.0, g, 0.22 * self.amount * (0.5 + 0.5 * side)));
        let [here] = self.edge.at(x, y);
        let step = 3;
        let [right] = self.edge.at(x + step, y);
        let [below] = self.edge.at(x, y + step);
        // Out of the subject, toward the light.
        let facing = ((here - right) * self.from.0 - (here - below) * self.from.1) * 14.0;
        let rim = (facing.clamp(0.0, 1.0) * smoothstep(1.0, 0.55, here)).powf(1.2) * self.amount;
        std::array::from_fn(|i| moved[i] * key * warm[i] + self.glow[i] * rim * (0.1 + moved[i] * 0.9) * 0.75)
    }
}

/// Changes the subject's pixels in place.
pub(super) fn relit(canvas: &mut Canvas<'_>, mask: &Mask, light: &Relight) -> Result<(), RenderError> {
    let (width, height) = (canvas.raster.width() as usize, canvas.raster.height() as usize);
    let run = canvas.run;
    change_rows(&mut canvas.raster, None, Space::Linear, run, |y, row| {
        for (x, colour) in row.iter_mut().enumerate() {
            if mask.row(y)[x] > 0 {
                *colour = light.pixel(x.min(width.saturating_sub(4)), y.min(height.saturating_sub(4)), *colour);
            }
        }
    })
}
