//! Another colour for a thing: its hue and chroma change, its shading, highlights and texture stay.
//!
//! The one rule: lightness is scaled like paint under the same light (each pixel keeps its ratio to the thing's own full
//! tone), so a white cup gets red with its shadows and a black dog white with its folds. Parts of another colour than the
//! thing's own (windows, coffee) are left alone.

use super::thing::mask_of;
use super::tint::parse_hex;
use super::{Canvas, Group, Operation, OperationInfo};
use crate::color::{Rgb, from_oklab, mix, smoothstep, to_oklab};
use crate::field::Field;
use crate::plan::{Op, Step};
use crate::raster::Mask;
use crate::render::RenderError;
use crate::rows::{Space, change_rows};

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Recolor,
        group: Group::Objects,
        description: "Gives a thing another colour and keeps its shading and texture.",
        example: "make the subject red",
        doing: "Recolouring",
        default_strength: None,
        is_two_way: false,
    },
    tell: "recolored {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let bad = |problem| RenderError::BadStep {
        op: Op::Recolor,
        problem,
    };
    let hex = step
        .params
        .color
        .as_deref()
        .ok_or_else(|| bad("it does not say which colour"))?;
    let wanted = as_paint(to_oklab(
        parse_hex(hex).ok_or_else(|| bad("the colour is not #rrggbb"))?,
    ));
    let mask = mask_of(step, canvas)?;
    canvas.raster.make_rgb();
    let sigma = canvas.short_side() * 0.002 + 0.7;
    let soft: Field<3> = Field::blurred(&canvas.raster, sigma, Space::Linear, canvas.run, |c, _| c)?;
    let own = Own::of(&soft, &mask, wanted[0]);
    let paint = Paint::new(&own, wanted);
    change_rows(&mut canvas.raster, Some(&mask), Space::Linear, canvas.run, |y, row| {
        let mut near = vec![[0.0; 3]; row.len()];
        soft.row(y, &mut Vec::new(), &mut near);
        for (x, (pixel, near)) in row.iter_mut().zip(near).enumerate() {
            if mask.row(y)[x] > 0 {
                let share = own.share(to_oklab(near));
                let old = to_oklab(*pixel);
                let new = paint.over(old);
                *pixel = from_oklab(std::array::from_fn(|i| mix(old[i], new[i], share)));
            }
        }
    })
}

/// No paint or cloth is as pure as a screen's own blue: beyond this chroma (OKLab) a thing seems to glow, and its shading
/// is lost.
const PUREST: f32 = 0.19;

/// The nearest colour of this hue and lightness that a thing can have.
fn as_paint([light, a, b]: Rgb) -> Rgb {
    let less = PUREST / a.hypot(b).max(PUREST);
    [light, a * less, b * less]
}

/// What colour the thing has by itself.
struct Own {
    /// The lightness of its fully lit tone.
    light: f32,
    /// The lightness above which it shines rather than being lit.
    shine: f32,
    /// Its colour per lightness.
    tone: [f32; 2],
    /// How far a pixel's colour may be from that.
    reach: f32,
}

/// Colours are compared per lightness, so that a shadow counts as the same paint; this keeps black from counting double.
const FLOOR: f32 = 0.15;

/// A colour per lightness.
pub(super) fn tone_of(lab: Rgb) -> [f32; 2] {
    [lab[1] / (lab[0] + FLOOR), lab[2] / (lab[0] + FLOOR)]
}

impl Own {
    fn of(soft: &Field<3>, mask: &Mask, wanted_light: f32) -> Self {
        let spots = spots(soft, mask);
        let peak = commonest(&spots);
        let apart = |t: [f32; 2]| ((t[0] - peak[0]).powi(2) + (t[1] - peak[1]).powi(2)).sqrt();
        let close: Vec<_> = spots.iter().filter(|(_, tone)| apart(*tone) < 3.0 * CELL).collect();
        let count = close.len().max(1) as f32;
        let sum = close.iter().fold([0.0, 0.0], |s, (_, t)| [s[0] + t[0], s[1] + t[1]]);
        let tone = if close.is_empty() { peak } else { sum.map(|v| v / count) };
        let mut own: Vec<f32> = close.iter().map(|(light, _)| *light).collect();
        own.sort_by(f32::total_cmp);
        // A light paint is measured by the brightest part of the thing, a dark one by its middle: neither clips.
        let at = |share: f32| {
            let i = (own.len() as f32 * share) as usize;
            own.get(i.min(own.len().saturating_sub(1))).copied().unwrap_or(0.6)
        };
        let light = at(0.6 + 0.35 * wanted_light).max(0.04);
        let chroma = (tone[0] * tone[0] + tone[1] * tone[1]).sqrt();
        Self {
            light,
            shine: at(0.97).max(1.12 * light).min(0.985),
            tone,
            reach: (0.6 * chroma).clamp(0.07, 0.14),
        }
    }

    /// How much a pixel belongs to the thing's own colour.
    fn share(&self, lab: Rgb) -> f32 {
        let tone = tone_of(lab);
        let apart = ((tone[0] - self.tone[0]).powi(2) + (tone[1] - self.tone[1]).powi(2)).sqrt();
        1.0 - smoothstep(self.reach, 1.7 * self.reach, apart)
    }
}

/// Lightness and tone of the thing's pixels; of a large picture every few.
fn spots(soft: &Field<3>, mask: &Mask) -> Vec<(f32, [f32; 2])> {
    let (width, height) = (mask.width() as usize, mask.height() as usize);
    let step = (((width * height) as f32 / 400_000.0).sqrt() as usize).max(1);
    let mut near = vec![[0.0; 3]; width];
    let mut spots = Vec::new();
    for y in (0..height).step_by(step) {
        let shares = mask.row(y);
        if shares.iter().all(|v| *v < 200) {
            continue;
        }
        soft.row(y, &mut Vec::new(), &mut near);
        for x in (0..width).step_by(step).filter(|&x| shares[x] >= 200) {
            let lab = to_oklab(near[x]);
            spots.push((lab[0], tone_of(lab)));
        }
    }
    spots
}

/// Tones are counted in so many cells each way, of this size.
const CELLS: usize = 48;
const CELL: f32 = 0.016;

/// The tone that most pixels have.
fn commonest(spots: &[(f32, [f32; 2])]) -> [f32; 2] {
    let mut counts = vec![0u32; CELLS * CELLS];
    let cell = |v: f32| ((v / CELL + CELLS as f32 / 2.0).max(0.0) as usize).min(CELLS - 1);
    spots
        .iter()
        .for_each(|(_, t)| counts[cell(t[0]) * CELLS + cell(t[1])] += 1);
    let around = |i: usize| -> u32 {
        let (a, b) = (i / CELLS, i % CELLS);
        (a.saturating_sub(1)..(a + 2).min(CELLS))
            .flat_map(|u| (b.saturating_sub(1)..(b + 2).min(CELLS)).map(move |v| u * CELLS + v))
            .map(|j| counts[j])
            .sum()
    };
    let peak = (0..counts.len())
        .max_by_key(|&i| (around(i), std::cmp::Reverse(i)))
        .unwrap_or(0);
    let middle = |i: usize| (i as f32 + 0.5 - CELLS as f32 / 2.0) * CELL;
    [middle(peak / CELLS), middle(peak % CELLS)]
}

/// The new colour under the thing's own light.
struct Paint {
    own_light: f32,
    shine: f32,
    wanted: Rgb,
    /// How strongly the thing's tones are followed: dark things have deep tones that would be too much on a light one.
    bend: f32,
}

impl Paint {
    fn new(own: &Own, wanted: Rgb) -> Self {
        Self {
            own_light: own.light,
            shine: own.shine,
            // Neither black nor white itself leaves room for light and shade.
            wanted: [wanted[0].clamp(0.13, 0.95), wanted[1], wanted[2]],
            bend: if wanted[0] > own.light {
                mix(0.75, 1.0, smoothstep(0.2, 0.6, own.light))
            } else {
                1.0
            },
        }
    }

    fn over(&self, old: Rgb) -> Rgb {
        let [full, a, b] = self.wanted;
        let shade = (old[0].max(0.0) / self.own_light).powf(self.bend);
        if shade <= 1.0 {
            return [full * shade, a * shade, b * shade];
        }
        // Above the full tone the paint gets lighter, but never all white; what shines has the lamp's colour.
        let over = full * (shade - 1.0);
        let room = (1.0 - full) * 0.5;
        let lit = full + room * (1.0 - (-over / room.max(1e-3)).exp());
        let shine = smoothstep(self.shine, (self.shine + 0.25).min(1.02), old[0]);
        let kept = 1.0 - 0.85 * shine;
        [mix(lit, old[0].max(lit), shine), a * kept, b * kept]
    }
}
