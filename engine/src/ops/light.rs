//! What the kinds of light and weather share: a scene's sky, distance and lamps, and one way of lighting it anew.
//!
//! The one rule: an operation here says what the light is like ([`Light`]) and nothing about pixels; [`relight`] does it in
//! OKLab, keeps detail, and treats the sky, the distance and what shines apart. Called by `overcast`, `night` and their like.

use super::Canvas;
use crate::color::{Rgb, cube_root, from_oklab, mix, smoothstep, to_oklab};
use crate::field::{Base, Field, luma};
use crate::plan::Target;
use crate::raster::Mask;
use crate::render::RenderError;
use crate::rows::Space;

/// A kind of light, at full strength. Colours are OKLab; leans are added to a and b.
#[derive(Debug, Clone, Copy)]
pub(super) struct Light {
    /// Stops of light over everything.
    pub(super) stops: f32,
    /// Contrast of lightness around the middle: 1 as it is.
    pub(super) contrast: f32,
    /// Contrast of what lies close together: 1 as it is.
    pub(super) detail: f32,
    /// Colourfulness: 1 as it is.
    pub(super) saturation: f32,
    /// Where dark colours lean.
    pub(super) shadows: [f32; 2],
    /// Where light colours lean.
    pub(super) lights: [f32; 2],
    pub(super) sky: Option<Sky>,
    pub(super) haze: Option<Haze>,
    /// How far light spreads around what is bright, 0…1.
    pub(super) glow: f32,
    /// Whether bright places that are not sky become lamps, and their colour.
    pub(super) lamps: Option<Rgb>,
    /// Stops by which the corners fall off.
    pub(super) corners: f32,
}

/// A light that changes nothing, to begin from.
pub(super) const AS_IT_IS: Light = Light {
    stops: 0.0,
    contrast: 1.0,
    detail: 1.0,
    saturation: 1.0,
    shadows: [0.0; 2],
    lights: [0.0; 2],
    sky: None,
    haze: None,
    glow: 0.0,
    lamps: None,
    corners: 0.0,
};

/// What the sky turns to: a colour overhead and one at the horizon, and how much of its own clouds stays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sky {
    pub(super) overhead: Rgb,
    pub(super) horizon: Rgb,
    /// 0 leaves the sky, 1 leaves nothing of it.
    pub(super) share: f32,
    /// How strongly the clouds' own light and dark are kept on top.
    pub(super) clouds: f32,
}

/// What lies in the air: its colour, and how much of it hides what is near and what is far (0…1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Haze {
    pub(super) color: Rgb,
    pub(super) near: f32,
    pub(super) far: f32,
}

/// Where things are in a picture.
pub(super) struct Scene {
    sky: Option<Mask>,
    /// The sky's mask made wider and soft, and how light the sky is (OKLab): what is as light as the sky and lies at its
    /// edge is sky between leaves and hair.
    rim: Option<(Field<1>, f32)>,
    subject: Option<Mask>,
    /// The row where the ground begins, as a share of the height.
    horizon: f32,
    height: f32,
}

impl Scene {
    /// Finds sky and subject where they can be found; a scene without them has a horizon in its upper part.
    pub(super) fn of(canvas: &mut Canvas<'_>) -> Result<Self, RenderError> {
        let sky = found(canvas.select(&Target::Sky))?;
        // Without the net a subject would only be guessed, and a guess in the fog shows.
        let subject = match canvas.context.nets.subject {
            Some(_) => found(canvas.select(&Target::Subject))?,
            None => None,
        };
        let horizon = sky.as_ref().and_then(horizon).unwrap_or(0.3);
        let rim = match &sky {
            Some(sky) => Some(rim(canvas, sky)?),
            None => None,
        };
        Ok(Self {
            sky,
            rim,
            subject,
            horizon,
            height: canvas.raster.height() as f32,
        })
    }

    /// How much of a place is sky, 0…1.
    #[inline]
    pub(super) fn sky(&self, x: usize, y: usize) -> f32 {
        self.sky.as_ref().map_or(0.0, |m| f32::from(m.row(y)[x]) / 255.0)
    }

    /// The most sky around a place.
    fn near_sky(&self, x: usize, y: usize) -> f32 {
        let Some(sky) = &self.sky else { return 0.0 };
        let reach = (self.height * 0.02) as isize;
        let at = |dx: isize, dy: isize| {
            let x = (x as isize + dx).clamp(0, sky.width() as isize - 1) as usize;
            let y = (y as isize + dy).clamp(0, sky.height() as isize - 1) as usize;
            f32::from(sky.row(y)[x]) / 255.0
        };
        (-1..=1)
            .flat_map(|dx| (-1..=1).map(move |dy| at(dx * reach, dy * reach)))
            .fold(0.0, f32::max)
    }

    /// How much of each place of a row is sky, with what shines through leaves and hair at its edge. `row` is linear light.
    fn sky_row(&self, y: usize, row: &[Rgb]) -> Vec<f32> {
        let Some((rim, light)) = &self.rim else {
            return vec![0.0; row.len()];
        };
        let (mut room, mut near) = (Vec::new(), vec![[0.0]; row.len()]);
        rim.row(y, &mut room, &mut near);
        let at = |x: usize, c: Rgb| {
            let own = self.sky(x, y);
            if own >= 1.0 || near[x][0] <= 0.05 {
                return own;
            }
            let as_light = smoothstep(light - 0.22, light - 0.06, to_oklab(c)[0]);
            own.max(as_light * smoothstep(0.05, 0.3, near[x][0]))
        };
        row.iter().enumerate().map(|(x, &c)| at(x, c)).collect()
    }

    /// How much of a place is the subject, 0…1.
    #[inline]
    pub(super) fn subject(&self, x: usize, y: usize) -> f32 {
        self.subject.as_ref().map_or(0.0, |m| f32::from(m.row(y)[x]) / 255.0)
    }

    /// How far down the ground a row is: 0 at the horizon and above, 1 at the bottom.
    #[inline]
    pub(super) fn ground(&self, y: usize) -> f32 {
        let at = (y as f32 + 0.5) / self.height;
        ((at - self.horizon) / (1.0 - self.horizon).max(0.05)).clamp(0.0, 1.0)
    }

    /// How far away the ground of a row is: 1 at the horizon and above, 0 at our feet.
    fn far_ground(&self, y: usize) -> f32 {
        // Without a sky the picture is a room or a close view, where nothing is very far.
        let most = if self.sky.is_some() { 1.0 } else { 0.55 };
        (1.0 - self.ground(y)).powf(1.6) * most
    }

    /// How far away a place is: `ground` as [`Scene::far_ground`] says, 1 in the sky; the subject is near.
    #[inline]
    fn far(&self, x: usize, y: usize, ground: f32) -> f32 {
        let far = ground + (1.0 - ground) * self.sky(x, y);
        far * (1.0 - 0.8 * self.subject(x, y) * (1.0 - self.sky(x, y)))
    }
}

/// The sky's mask, wider and soft, and the mean lightness of the sky.
fn rim(canvas: &Canvas<'_>, sky: &Mask) -> Result<(Field<1>, f32), RenderError> {
    let reach = (canvas.short_side() * 0.006).max(1.5);
    let factor = Field::<1>::factor_for(reach).max(2);
    let last = (canvas.raster.width() as usize - 1, canvas.raster.height() as usize - 1);
    let light = Field::<1>::gather(&canvas.raster, factor, Space::Linear, canvas.run, |c, _| {
        [to_oklab(c)[0]]
    })?;
    let (mut sum, mut count) = (0.0f64, 1e-6f64);
    let mut wide = light.remade(|width, _, cells| {
        let share = |i: usize| {
            let (x, y) = ((i % width * factor).min(last.0), (i / width * factor).min(last.1));
            f32::from(sky.row(y)[x]) / 255.0
        };
        let shares: Vec<[f32; 1]> = (0..cells.len()).map(|i| [share(i)]).collect();
        for (cell, [share]) in cells.iter().zip(&shares).filter(|(_, s)| s[0] > 0.9) {
            sum += f64::from(cell[0] * share);
            count += 1.0;
        }
        Ok(shares)
    })?;
    wide.blur(reach, canvas.run)?;
    Ok((wide, (sum / count) as f32))
}

/// A part that is not there is none; other failures are failures.
fn found(mask: Result<Option<Mask>, RenderError>) -> Result<Option<Mask>, RenderError> {
    match mask {
        Err(RenderError::NoSuchTarget(_)) => Ok(None),
        other => other,
    }
}

/// The lowest row that is still sky for the most part of the columns that reach it.
fn horizon(sky: &Mask) -> Option<f32> {
    let (width, height) = (sky.width() as usize, sky.height() as usize);
    let mut ends: Vec<usize> = (0..width)
        .step_by((width / 200).max(1))
        .filter_map(|x| (0..height).rev().find(|&y| sky.row(y)[x] >= 128))
        .collect();
    ends.sort_unstable();
    let middle = ends.get(ends.len() * 3 / 4)?;
    Some((*middle as f32 / height as f32).clamp(0.05, 0.9))
}

/// Lights the picture anew; `s` (0…1) says how far.
pub(super) fn relight(canvas: &mut Canvas<'_>, scene: &Scene, light: &Light, s: f32) -> Result<(), RenderError> {
    canvas.raster.make_rgb();
    let short = canvas.short_side();
    let base = Base::of(&canvas.raster, short * 0.025, 0.15, canvas.run)?;
    let glow = match light.glow > 0.0 {
        true => Some(glow(canvas, scene, light, short)?),
        false => None,
    };
    let falloff = super::vignette::falloff(canvas);
    let width = canvas.raster.width() as usize;
    let gain = Gain::of((light.stops * s).exp2());
    canvas.change(Space::Linear, |y, row| {
        let (mut room, mut lines) = (Vec::new(), vec![[0.0; 2]; width]);
        base.row(y, &mut room, &mut lines);
        let (mut glow_room, mut shine) = (Vec::new(), vec![[0.0; 3]; width]);
        if let Some(glow) = &glow {
            glow.row(y, &mut glow_room, &mut shine);
        }
        let (skies, ground) = (scene.sky_row(y, row), scene.far_ground(y));
        let up = 1.0 - ((y as f32 / scene.height) / scene.horizon.max(0.05)).min(1.0);
        for (x, c) in row.iter_mut().enumerate() {
            let place = Place {
                sky: skies[x],
                far: scene.far(x, y, ground),
                up,
                base: lines[x],
            };
            let mut lab = to_oklab(*c);
            lab = light.on(lab, *c, gain, &place, s);
            let dark = match light.corners > 0.0 {
                true => (-light.corners * s * falloff(x, y)).exp2(),
                false => 1.0,
            };
            let lit = from_oklab(lab);
            *c = std::array::from_fn(|i| lit[i].max(0.0) * dark + shine[x][i] * s);
        }
    })
}

/// How much more light there is, and its cube root: by that lightness grows.
#[derive(Debug, Clone, Copy)]
struct Gain {
    light: f32,
    root: f32,
}

impl Gain {
    fn of(light: f32) -> Self {
        Self {
            light,
            root: light.cbrt(),
        }
    }
}

/// What is known about one pixel.
struct Place {
    sky: f32,
    far: f32,
    /// 1 at the top of the picture, 0 at the horizon.
    up: f32,
    /// Slope and offset of the base of its lightness.
    base: [f32; 2],
}

impl Light {
    #[inline]
    fn on(&self, [l, a, b]: Rgb, linear: Rgb, gain: Gain, place: &Place, s: f32) -> Rgb {
        let ground = 1.0 - place.sky * self.sky.map_or(0.0, |k| k.share);
        // Lightness is the cube root of light: a gain in light is its cube root there.
        let mut lit = l * gain.root;
        if gain.light > 1.0 {
            // More light bends towards white instead of clipping.
            let over = (l * l * l * (gain.light - 1.0)).max(0.0);
            lit = cube_root(l * l * l * gain.light / (1.0 + over));
        }
        let encoded = luma(linear.map(|v| v.max(0.0).sqrt()));
        let fine = encoded - (place.base[0] * encoded + place.base[1]);
        lit += fine * mix(0.0, self.detail - 1.0, s) * ground;
        let contrast = mix(1.0, self.contrast, s);
        let middle = 0.55 * gain.root.min(1.1);
        lit = (middle + (lit - middle) * contrast).max(0.0);
        let share = smoothstep(0.15, 0.85, lit);
        let lean = |n: usize| mix(self.shadows[n], self.lights[n], share) * s * smoothstep(0.0, 0.12, lit);
        let keep = mix(1.0, self.saturation, s) * (lit / l.max(1e-3)).clamp(0.0, 1.3).sqrt();
        let mut out = [lit, a * keep + lean(0), b * keep + lean(1)];
        if let Some(sky) = self.sky {
            let share = sky.share * place.sky * s;
            let cloud = (l - 0.72) * sky.clouds;
            let up = smoothstep(0.0, 1.0, place.up);
            let colour: Rgb = std::array::from_fn(|n| mix(sky.horizon[n], sky.overhead[n], up));
            let colour = [(colour[0] + cloud).clamp(0.0, 1.0), colour[1], colour[2]];
            out = std::array::from_fn(|n| mix(out[n], colour[n], share));
        }
        if let Some(haze) = self.haze {
            let share = mix(haze.near, haze.far, place.far) * s;
            out = std::array::from_fn(|n| mix(out[n], haze.color[n], share));
        }
        out
    }
}

/// The light that spreads from what shines: linear light to be added.
fn glow(canvas: &Canvas<'_>, scene: &Scene, light: &Light, short: f32) -> Result<Field<3>, RenderError> {
    let reach = short * 0.02;
    let factor = Field::<4>::factor_for(reach).max(2);
    let run = canvas.run;
    let cells = Field::<4>::gather(&canvas.raster, factor, Space::Encoded, run, |c, _| {
        [luma(c), c[0], c[1], c[2]]
    })?;
    let lumas: Vec<f32> = cells.cells().2.iter().map(|c| c[0]).collect();
    let mean = lumas.iter().sum::<f32>() / lumas.len().max(1) as f32;
    // A lamp is small: opening takes away what is narrower than twice the reach, and what it took away shone.
    let opened = cells.open_first((short * 0.007 / factor as f32).ceil() as usize);
    // In daylight what is small and bright is a patch of snow or a white sign, and no lamp.
    let dusk = 1.0 - smoothstep(0.28, 0.4, mean);
    let lamp = light.lamps.map(|lamp| from_oklab(lamp).map(|v| v * dusk));
    let last = (canvas.raster.width() as usize - 1, canvas.raster.height() as usize - 1);
    let mut bright = opened.remade(|width, _, cells| {
        let shine = cells
            .iter()
            .zip(&lumas)
            .enumerate()
            .map(|(i, (&[opened, r, g, b], &l))| {
                let (x, y) = ((i % width * factor).min(last.0), (i / width * factor).min(last.1));
                let shines = smoothstep(0.78, 0.97, l) * (1.0 - 0.7 * scene.subject(x, y)) * light.glow;
                match lamp {
                    Some(lamp) => {
                        let share = shines
                            * smoothstep(0.15, 0.4, l - opened)
                            * (1.0 - smoothstep(0.0, 0.1, scene.near_sky(x, y)));
                        lamp.map(|v| v * 2.5 * share)
                    }
                    None => [r, g, b].map(|v| v * v * shines * (1.0 - 0.85 * scene.sky(x, y))),
                }
            });
        Ok(shine.collect())
    })?;
    bright.blur(reach, run)?;
    Ok(bright)
}

/// How far to go for a strength: the middle strength is most of the way, since half a night is no night.
pub(super) fn light_share(strength: f32) -> f32 {
    let s = strength.abs();
    (s * (2.0 - s) * 1.12).min(1.0)
}
