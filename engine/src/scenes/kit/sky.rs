//! Skies: air, sun, clouds that draw together toward the horizon, stars.

use super::light::{Palette, Rgb3};
use super::noise::{Dice, Noise};
use super::sheet::{Ink, Sheet, mixed, plus, scaled};
use crate::color::smoothstep;

/// How the clouds are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clouds {
    /// How much of the sky they take, 0…1.
    pub(crate) cover: f32,
    /// How large they are.
    pub(crate) size: f32,
    /// How much they are drawn out sideways, 1 = not at all.
    pub(crate) drawn: f32,
}

/// Paints the sky down to the horizon (and a little over it, for what has gaps).
pub(crate) fn sky(sheet: &mut Sheet, light: &Palette, horizon: f32, clouds: Clouds, dice: &mut Dice) {
    let aspect = sheet.aspect();
    let sun = light.sun_at.map(|(x, y)| (x * aspect, y * horizon));
    sheet.wash(|x, y, _| plus(light.air((horizon - y) / horizon), around_sun(light, sun, x, y)));
    if light.stars > 0.0 {
        stars(sheet, horizon, light.stars, dice);
    }
    if let Some(at) = sun {
        sheet.dab(&Ink {
            at,
            size: (0.022, 0.022),
            turn: 0.0,
            soft: 0.25,
            colour: scaled(mixed(light.sun, [2.2, 1.9, 1.5], 0.6), 1.7),
            cover: 1.0,
        });
    }
    if clouds.cover > 0.0 {
        paint_clouds(sheet, light, horizon, clouds, dice);
    }
}

/// The light around a sun that is seen.
fn around_sun(light: &Palette, sun: Option<(f32, f32)>, x: f32, y: f32) -> Rgb3 {
    let Some((sx, sy)) = sun else { return [0.0; 3] };
    let far = ((x - sx) * 0.8).hypot(y - sy);
    scaled(light.sun, 0.42 * (-far * 5.5).exp() + 0.5 * (-far * 22.0).exp())
}

fn paint_clouds(sheet: &mut Sheet, light: &Palette, horizon: f32, clouds: Clouds, dice: &mut Dice) {
    let (noise, warp) = (dice.noise(), dice.noise());
    let aspect = sheet.aspect();
    let sun = light.sun_at.map(|(x, y)| (x * aspect, y * horizon));
    let level = 0.42 - clouds.cover * 0.75;
    let lit = mixed(plus(scaled(light.sun, 0.75), scaled(light.low, 0.25)), light.low, 0.25);
    let dark = mixed(mixed(light.middle, light.zenith, 0.3), light.shade, 0.45);
    // Which way the light comes from, as seen on the sheet.
    let (lx, ly) = (light.toward[0], -light.toward[1].max(0.25));
    sheet.veil(false, |x, y| {
        let up = (horizon - y) / horizon;
        if up < -0.02 {
            return ([0.0; 3], 0.0);
        }
        let depth = 1.0 / (up.max(0.0) * 0.9 + 0.14);
        let (u, v) = ((x - aspect * 0.5) * depth / clouds.drawn, depth * 0.8);
        let scale = 1.25 / clouds.size;
        let density = |u: f32, v: f32| thickness(noise, warp, u * scale, v * scale, level);
        let here = density(u, v);
        if here <= 0.0 {
            return ([0.0; 3], 0.0);
        }
        let step = 0.13 * clouds.size;
        let ahead = density(u + lx * step, v - ly * step);
        let relief = (0.62 + (here - ahead) * 1.1 - here * 0.3).clamp(0.0, 1.0);
        let near_sun = sun.map_or(0.0, |(sx, sy)| (-((x - sx).hypot(y - sy)) * 4.0).exp());
        let colour = plus(
            mixed(dark, lit, relief),
            scaled(light.sun, near_sun * 0.55 * (1.0 - here * 0.5)),
        );
        let faded = mixed(colour, light.low, smoothstep(0.22, 0.0, up) * 0.75);
        (faded, smoothstep(0.0, 0.42, here) * smoothstep(-0.02, 0.08, up) * 0.95)
    });
}

/// How thick the clouds are at a place of their ceiling.
fn thickness(noise: Noise, warp: Noise, u: f32, v: f32, level: f32) -> f32 {
    let (wx, wy) = (warp.fbm(u * 0.7, v * 0.7, 2), warp.fbm(u * 0.7 + 9.0, v * 0.7 - 5.0, 2));
    let billow = noise.fbm(u + wx * 0.5, v + wy * 0.5, 6);
    (billow - level).clamp(0.0, 1.0)
}

/// Stars above the horizon, fainter ones in plenty.
pub(crate) fn stars(sheet: &mut Sheet, horizon: f32, amount: f32, dice: &mut Dice) {
    const TINTS: [Rgb3; 4] = [[1.0, 1.0, 1.0], [0.75, 0.85, 1.0], [1.0, 0.88, 0.7], [0.9, 0.95, 1.0]];
    let aspect = sheet.aspect();
    let count = (1500.0 * amount * aspect) as usize;
    for _ in 0..count {
        let at = (dice.next() * aspect, dice.next() * horizon);
        let bright = dice.next().powi(7);
        let tint = TINTS[(dice.next() * 3.99) as usize];
        let fade = smoothstep(1.0, 0.75, at.1 / horizon);
        let size = 0.0007 + 0.0012 * bright;
        sheet.dab(&Ink {
            at,
            size: (size, size),
            turn: 0.0,
            soft: 0.6,
            colour: scaled(tint, 0.9 + bright * 2.0),
            cover: (0.22 + bright) * fade.min(1.0) * amount.sqrt(),
        });
        if bright > 0.72 {
            sheet.glow(at, 0.009 * bright * bright, scaled(tint, 0.3 * fade * amount.min(1.0)));
        }
    }
}
