//! Mostly sky: a sunset over clouds, a night full of stars.

use super::Easel;
use super::kit::{Clouds, Ground, View, hex, mixed, plus, scaled, sky, spruce, stars, terrain};
use crate::color::smoothstep;

/// Towering clouds lit from below, the land a dark rim.
pub(super) fn sunset_sky(e: &mut Easel) {
    e.view.horizon = if e.only_sky {
        0.85
    } else {
        (e.view.horizon + 0.22).clamp(0.66, 0.8)
    };
    let (low, high) = (
        Clouds {
            cover: 0.62,
            size: 0.9,
            drawn: 1.7,
        },
        Clouds {
            cover: 0.35,
            size: 1.7,
            drawn: 3.2,
        },
    );
    sky(&mut e.sheet, &e.light, e.view.horizon, low, &mut e.dice);
    let stars_out = e.light.stars;
    e.light.stars = 0.0;
    let before = e.sheet.clone();
    sky(&mut e.sheet, &e.light, e.view.horizon, high, &mut e.dice);
    let horizon = e.view.horizon;
    e.sheet.wash(|x, y, streaks| {
        mixed(
            before.at(x, y),
            streaks,
            0.35 * smoothstep(horizon * 0.9, horizon * 0.3, y),
        )
    });
    e.light.stars = stars_out;
    rays(e);
    if e.only_sky {
        return e.sheet.bloom(0.75, 0.35);
    }
    ridges(e, &[(0.0, 0.72), (0.022, 0.42)]);
    lake(e, 0.04, e.light.lit_by(hex(0x2b3a5c), 0.2));
    shores(e);
    e.sheet.bloom(0.75, 0.35);
}

/// Light that fans out from the sun.
fn rays(e: &mut Easel) {
    let Some((sx, sy)) = e.light.sun_at else { return };
    let (fan, light) = (e.dice.noise(), e.light.clone());
    let (cx, cy) = (sx * e.sheet.aspect(), sy * e.view.horizon);
    e.sheet.veil(true, |x, y| {
        let (dx, dy) = (x - cx, y - cy);
        let far = dx.hypot(dy);
        let turn = dy.atan2(dx);
        let beam = smoothstep(0.05, 0.6, fan.fbm(turn * 3.2, 2.0, 3));
        (
            light.sun,
            beam * (-far * 2.6).exp() * smoothstep(0.02, 0.15, far) * smoothstep(0.02, -0.1, dy) * 0.2,
        )
    });
}

/// Bands of hills, each nearer one lower and darker: (how far below the horizon, how much air).
fn ridges(e: &mut Easel, bands: &[(f32, f32)]) {
    let aspect = e.sheet.aspect();
    for &(below, air) in bands {
        let (shape, light) = (e.dice.noise(), e.light.clone());
        let top = e.view.horizon + below;
        let rise = move |x: f32| top - 0.02 - 0.13 * shape.fbm(x * 1.4, 1.0, 6).max(-0.12) * (1.2 - air);
        let mut points: Vec<(f32, f32)> = (0..=300)
            .map(|i| aspect * i as f32 / 300.0)
            .map(|x| (x, rise(x)))
            .collect();
        points.extend([(aspect, 1.01), (0.0, 1.01)]);
        let colour = light.veiled(light.lit_by(hex(0x2b3036), 0.05), air);
        e.sheet.fill(&points, |x, y, _| {
            let mist = smoothstep(0.0, 0.12, y - rise(x));
            mixed(colour, light.veiled(colour, 0.3), mist * 0.6)
        });
        if air < 0.4 {
            for _ in 0..(70.0 * aspect) as usize {
                let x = e.dice.next() * aspect;
                let tall = e.dice.within(0.02, 0.055);
                let dark = scaled(colour, 0.85);
                spruce(
                    &mut e.sheet,
                    (x, rise(x) + 0.012),
                    tall,
                    (dark, scaled(colour, 1.1)),
                    ([0.0; 3], 0.0),
                    1.0,
                    &mut e.dice,
                );
            }
        }
    }
}

/// The Milky Way over dark hills and trees.
pub(super) fn starry_night(e: &mut Easel) {
    e.view.horizon = if e.only_sky {
        0.95
    } else {
        (e.view.horizon + 0.2).clamp(0.62, 0.8)
    };
    let horizon = e.view.horizon;
    let none = Clouds {
        cover: 0.0,
        size: 1.0,
        drawn: 1.0,
    };
    sky(&mut e.sheet, &e.light, horizon, none, &mut e.dice);
    milky_way(e);
    stars(&mut e.sheet, horizon, 1.0, &mut e.dice);
    let warm = hex(0xd98a5a);
    e.sheet
        .veil(true, |_, y| (warm, 0.13 * (-((y - horizon) / 0.09).powi(2)).exp()));
    if e.only_sky {
        return e.sheet.bloom(0.55, 0.3);
    }
    ridges(e, &[(-0.01, 0.8), (0.03, 0.55)]);
    lake(e, 0.055, hex(0x0b1430));
    shores(e);
    e.sheet.bloom(0.55, 0.3);
}

fn milky_way(e: &mut Easel) {
    let (dust, cloud, aspect, horizon) = (e.dice.noise(), e.dice.noise(), e.sheet.aspect(), e.view.horizon);
    let lean = e.dice.side() * e.dice.within(0.45, 0.75);
    let middle = (aspect * e.dice.within(0.4, 0.6), horizon * 0.45);
    let band = move |x: f32, y: f32| {
        let (dx, dy) = (x - middle.0, y - middle.1);
        let (across, along) = (dx * lean.cos() - dy * lean.sin(), dx * lean.sin() + dy * lean.cos());
        let wander = cloud.fbm(along * 2.0, 3.0, 3) * 0.07;
        (across + wander, along)
    };
    e.sheet.veil(true, |x, y| {
        let (across, along) = band(x, y);
        let glow = (-(across / 0.15).powi(2)).exp();
        let core = (-(across / 0.06).powi(2)).exp();
        let cloudy = 0.5 + 0.6 * cloud.fbm(across * 7.0, along * 4.0, 5);
        let lane = smoothstep(0.02, 0.32, dust.fbm(across * 9.0 + 4.0, along * 3.2, 5) + 0.18 * core);
        let colour = plus(
            scaled(hex(0x7488d8), glow * 0.34),
            plus(scaled(hex(0xe9b7c0), core * 0.3), scaled(hex(0x8a5bc8), glow * 0.12)),
        );
        (colour, (cloudy * (1.0 - 0.75 * lane * core.max(0.3))).max(0.0) * 0.85)
    });
    let aspect_stars = (5200.0 * aspect) as usize;
    for _ in 0..aspect_stars {
        let at = (e.dice.next() * aspect, e.dice.next() * horizon);
        let (across, _) = band(at.0, at.1);
        if e.dice.next() < (-(across / 0.12).powi(2)).exp() {
            let ink = super::kit::Ink {
                at,
                size: (0.0007, 0.0007),
                turn: 0.0,
                soft: 0.6,
                colour: [0.95, 0.95, 1.0],
                cover: e.dice.within(0.1, 0.6),
            };
            e.sheet.dab(&ink);
        }
    }
}

/// Still water that mirrors the sky.
fn lake(e: &mut Easel, below: f32, depth: super::Rgb3) {
    let from = e.view.horizon + below;
    let look = super::kit::Water {
        from,
        to: 1.0,
        far: depth,
        near: scaled(depth, 0.5),
        rough: 0.18,
        size: 1.2,
    };
    super::kit::water(&mut e.sheet, &e.light, look, &mut e.dice);
}

/// The near shore with pines, dark against the sky.
fn shores(e: &mut Easel) {
    let (shape, view) = (e.dice.noise(), View { eye: 1.6, ..e.view });
    let light = e.light.clone();
    let height = move |x: f32, z: f32| {
        let bank = smoothstep(0.1, 2.8, x.abs() + shape.fbm(x * 0.5, z * 0.5, 3) * 0.9 - 0.35 * z);
        bank * 0.95 + shape.fbm(x * 1.3, z * 1.3, 4) * 0.16 - 1.6 * (1.0 - bank) * smoothstep(1.3, 3.2, z)
    };
    terrain(&mut e.sheet, view, Ground { near: 1.3, far: 5.5 }, height, |s| {
        let grit = 1.0 + 0.5 * shape.fbm(s.x * 6.0, s.z * 6.0, 4);
        light.lit(scaled(hex(0x26352c), grit), s.normal)
    });
    let aspect = e.sheet.aspect();
    let (dark, lit) = (e.light.lit_by(hex(0x0f1a16), 0.0), e.light.lit_by(hex(0x25382e), 0.5));
    let mut trees: Vec<(f32, f32)> = (0..22)
        .map(|_| {
            (
                e.dice.side() * (0.56 - 0.26 * e.dice.next().powi(2)),
                e.dice.within(2.4, 5.0),
            )
        })
        .collect();
    trees.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (slope, z) in trees {
        let slope = slope * aspect;
        let foot = (
            slope + aspect * 0.5,
            view.horizon - (height(slope * z, z) - view.eye) / z,
        );
        let tall = e.dice.within(1.0, 2.1) / z;
        spruce(
            &mut e.sheet,
            (foot.0, foot.1 + 0.02),
            tall,
            (dark, lit),
            ([0.0; 3], 0.0),
            light.toward[0].signum(),
            &mut e.dice,
        );
    }
}
