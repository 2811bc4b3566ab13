//! How a thing is lit, read from the thing itself: what a pattern must be multiplied with to lie on it.
//!
//! The one rule: each of the thing's few colours is compared with its own fully lit tone, so a white rim and a red body under
//! one lamp are lit alike. Called by `pattern`.

use super::Canvas;
use super::recolor::tone_of;
use crate::color::{Rgb, luminance, mix, smoothstep, to_oklab};
use crate::field::Field;
use crate::raster::Mask;
use crate::render::RenderError;
use crate::rows::Space;

/// How the thing is lit: per tone, since a white rim and a red body are lit alike and not equally bright.
pub(super) struct Light {
    tones: Vec<Tone>,
}

/// One colour of the thing by itself.
struct Tone {
    /// Its colour per lightness.
    tone: [f32; 2],
    /// The luminance of its fully lit parts.
    full: f32,
    /// The luminance above which a highlight lies.
    shine: f32,
    /// A dark thing's light is followed less strongly.
    bend: f32,
    /// Whether it is what a vessel holds: seen inside the thing and nowhere at its outline.
    is_content: bool,
}

/// At most so many colours are told apart.
const TONES: usize = 3;
/// Tones closer than this are one.
const APART: f32 = 0.09;

impl Light {
    /// Read from the thing as it is; `is_vessel` when it may hold something.
    pub(super) fn of(canvas: &Canvas<'_>, mask: &Mask, is_vessel: bool) -> Result<Self, RenderError> {
        let factor = Field::<4>::factor_for(8.0);
        let cells: Field<4> = Field::gather_at(&canvas.raster, factor, Space::Linear, canvas.run, |x, y, c, _| {
            let share = f32::from(u8::from(mask.row(y)[x] >= 200));
            [c[0] * share, c[1] * share, c[2] * share, share]
        })?;
        let (width, _, cells) = cells.cells();
        let spots: Vec<Spot> = (0..cells.len()).filter_map(|i| Spot::of(cells, width, i)).collect();
        let middles = commonest(&spots);
        let lit = |tone: [f32; 2]| {
            let own: Vec<&Spot> = spots
                .iter()
                .filter(|s| nearest(&middles, s.tone) == Some(tone))
                .collect();
            let mut lights: Vec<f32> = own.iter().map(|s| s.light).collect();
            lights.sort_by(f32::total_cmp);
            let at_rim = own.iter().filter(|s| s.is_rim).count();
            Tone::of(tone, &lights, is_vessel && at_rim * 40 < own.len())
        };
        Ok(Self {
            tones: middles.iter().map(|m| lit(*m)).collect(),
        })
    }

    /// The mask where most of what is nearby has the thing's commonest colour, whatever light falls on it.
    pub(super) fn of_its_stuff(&self, mask: &Mask, canvas: &Canvas<'_>) -> Result<Mask, RenderError> {
        let Some(own) = self.tones.first().map(|t| t.tone) else {
            return Ok(mask.clone());
        };
        let (_, _, w, h) = mask.bounds().unwrap_or((0, 0, 1, 1));
        let sigma = (w.min(h) as f32 * 0.03).max(1.5);
        let factor = Field::<2>::factor_for(sigma).max(2);
        let mut near: Field<2> = Field::gather_at(&canvas.raster, factor, Space::Linear, canvas.run, |x, y, c, _| {
            let share = f32::from(mask.row(y)[x]) / 255.0;
            let alike = 1.0 / (1.0 + (apart(tone_of(to_oklab(c)), own) / (APART * 1.6)).powi(4));
            // Highlights and deep shadows say nothing about the stuff.
            let light = luminance(c);
            let says = share * smoothstep(0.002, 0.012, light) * smoothstep(0.95, 0.6, light);
            // Where nothing tells, it belongs.
            [says * alike + 1e-4, says + 1e-4]
        })?;
        near.blur(sigma, canvas.run)?;
        let width = mask.width() as usize;
        let mut data = mask.data().to_vec();
        for (i, v) in data.iter_mut().enumerate().filter(|(_, v)| **v > 0) {
            let [alike, says] = near.at(i % width, i / width);
            *v = (f32::from(*v) * smoothstep(0.25, 0.5, alike / says)) as u8;
        }
        Ok(Mask::new(mask.width(), mask.height(), data).expect("one byte was kept per pixel"))
    }

    /// The cloth's colour as the thing is lit at a pixel.
    pub(super) fn on(&self, colour: Rgb, was: Rgb) -> Rgb {
        let (light, own) = (luminance(was), tone_of(to_oklab(was)));
        let (mut shade, mut shine, mut content, mut all) = (0.0, 0.0, 0.0, 1e-9);
        for tone in &self.tones {
            let far = apart(tone.tone, own) / APART;
            let weight = 1.0 / (0.02 + far.powi(4));
            let (a, b) = tone.light(light);
            (shade, shine, all) = (shade + weight * a, shine + weight * b, all + weight);
            content += if tone.is_content { weight } else { 0.0 };
        }
        if self.tones.is_empty() {
            return colour;
        }
        let (shade, shine, content) = (shade / all, shine / all, smoothstep(0.4, 0.7, content / all));
        std::array::from_fn(|i| {
            let lit = colour[i] * shade;
            mix(mix(lit, was[i].max(lit), 0.85 * shine), was[i], content)
        })
    }
}

/// A few pixels of the thing at once.
struct Spot {
    tone: [f32; 2],
    light: f32,
    /// Whether it lies at the thing's outline.
    is_rim: bool,
}

impl Spot {
    fn of(cells: &[[f32; 4]], width: usize, i: usize) -> Option<Self> {
        let [r, g, b, share] = cells[i];
        if share <= 0.5 {
            return None;
        }
        let colour = [r / share, g / share, b / share];
        let is_off = |at: Option<usize>| at.and_then(|at| cells.get(at)).is_none_or(|c| c[3] < 0.5);
        let around = [
            i.checked_sub(2),
            Some(i + 2),
            i.checked_sub(2 * width),
            Some(i + 2 * width),
        ];
        Some(Self {
            tone: tone_of(to_oklab(colour)),
            light: luminance(colour),
            is_rim: around.into_iter().any(is_off),
        })
    }
}

/// The commonest tone, then the commonest of those far from it, and so on.
fn commonest(spots: &[Spot]) -> Vec<[f32; 2]> {
    let mut middles: Vec<[f32; 2]> = Vec::new();
    for _ in 0..TONES {
        let is_new = |s: &&Spot| middles.iter().all(|m| apart(s.tone, *m) > APART);
        let rest: Vec<[f32; 2]> = spots.iter().filter(is_new).map(|s| s.tone).collect();
        if rest.len() * 12 < spots.len() || rest.is_empty() {
            break;
        }
        let step = (rest.len() / 200).max(1);
        let close = |m: [f32; 2]| rest.iter().filter(|t| apart(**t, m) < APART / 2.0).count();
        middles.extend(rest.iter().copied().step_by(step).max_by_key(|m| close(*m)));
    }
    middles
}

fn apart(a: [f32; 2], b: [f32; 2]) -> f32 {
    ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt()
}

fn nearest(middles: &[[f32; 2]], tone: [f32; 2]) -> Option<[f32; 2]> {
    middles
        .iter()
        .copied()
        .min_by(|a, b| apart(*a, tone).total_cmp(&apart(*b, tone)))
}

impl Tone {
    /// `lights` in rising order.
    fn of(tone: [f32; 2], lights: &[f32], is_content: bool) -> Self {
        let at = |share: f32| {
            let i = (lights.len() as f32 * share) as usize;
            lights
                .get(i.min(lights.len().saturating_sub(1)))
                .copied()
                .unwrap_or(0.5)
        };
        let full = at(0.8).max(0.004);
        Self {
            tone,
            full,
            shine: (full * 1.35).max(at(0.97)).min(0.98),
            bend: mix(0.55, 1.0, smoothstep(0.02, 0.25, full)),
            is_content,
        }
    }

    /// Shade and shine at a pixel of that luminance.
    fn light(&self, light: f32) -> (f32, f32) {
        let shade = (light / self.full).max(0.0).powf(self.bend).min(1.25);
        let most = (self.shine * 1.6).min(1.0).max(self.shine + 0.02);
        (shade, smoothstep(self.shine, most, light))
    }
}
