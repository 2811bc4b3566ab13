//! How each thing looks by itself: peel, glaze, wood, the wall and the window.
//!
//! The one rule: colour and gloss of a place, before any light falls on it; only the wall brings its own. Called by
//! `still_life`.

use super::super::Light;
use super::super::brush::{add, cloud, dot, hash, hex, mix, noise, scaled, step, times, unit};
use super::scene::{BOWL_RIM, CUP, FRUITS, Fruit, Kind, Thing};

/// Colour and gloss of a thing at a place.
pub(super) fn matter(at: Light, normal: Light, of: Thing) -> (Light, f32) {
    match of {
        Thing::Fruit(n) => skin(&FRUITS[n], normal, n),
        Thing::Bowl => {
            let glaze = mix(
                hex(0x2f6c86),
                hex(0x3f88a0),
                cloud(at[0] * 3.0, at[1] * 9.0 + at[2] * 3.0, 3),
            );
            let band = step(0.012, 0.0, (at[1] - 0.93).abs() - 0.045) + step(0.012, 0.0, (at[1] - 0.8).abs() - 0.012);
            let is_rim = step(BOWL_RIM - 0.05, BOWL_RIM - 0.03, at[1]);
            (mix(glaze, hex(0xe9e2d2), (band * 0.9).max(is_rim).min(1.0)), 0.8)
        }
        Thing::Cup | Thing::Handle | Thing::Saucer => {
            let (x, z) = (at[0] - CUP[0], at[2] - CUP[2]);
            let ring = ((x * x + z * z).sqrt() - 1.04).abs();
            let on_saucer = if of == Thing::Saucer {
                step(0.03, 0.02, ring)
            } else {
                0.0
            };
            let on_cup = if of == Thing::Cup {
                step(0.035, 0.025, (at[1] - 0.95).abs())
            } else {
                0.0
            };
            (mix(hex(0xece5d8), hex(0xb5543c), (on_saucer + on_cup) * 0.9), 0.75)
        }
        Thing::Rim => (hex(0xeee8dc), 0.6),
        Thing::Coffee => (hex(0x3a1f12), 0.9),
        Thing::Table | Thing::Wall => (wood(at), 0.34),
    }
}

fn skin(fruit: &Fruit, n: Light, number: usize) -> (Light, f32) {
    let seed = number as f32 * 5.3;
    let around = n[2].atan2(n[0]);
    // The stalk's hollow is a little off the top, another way for each.
    let top = unit([0.25 * (seed).sin(), 1.0, -0.32 + 0.2 * seed.cos()]);
    let pole = dot(n, top);
    let hollow = step(0.90, 0.995, pole);
    match fruit.kind {
        Kind::Apple => {
            let streak = cloud(around * 7.0 + seed, pole * 1.1, 4);
            let blush = step(0.2, 0.75, streak + 0.2 * n[0] + 0.1);
            let red = mix(hex(0xd9782f), hex(0xa8161c), (blush + 0.35).min(1.0));
            let dots = step(
                0.8,
                0.95,
                noise(n[0] * 30.0 + n[2] * 17.0, n[1] * 30.0 - n[2] * 13.0 + seed),
            ) * 0.22;
            let skin = mix(mix(red, hex(0xf0c98a), dots), hex(0x8f7a2a), hollow * 0.8);
            (mix(skin, hex(0x3a2415), step(0.992, 0.997, pole)), 0.7)
        }
        Kind::Green => {
            let streak = cloud(around * 4.0 + seed, pole * 2.0, 4);
            let skin = mix(hex(0x8fae2f), hex(0xc9d267), streak);
            let skin = mix(skin, hex(0xd98a5a), step(0.55, 0.95, streak + 0.3 * n[0]) * 0.5);
            let skin = mix(skin, hex(0x66702a), hollow * 0.8);
            (mix(skin, hex(0x3a2415), step(0.992, 0.997, pole)), 0.66)
        }
        Kind::Orange => {
            let skin = mix(hex(0xe8750f), hex(0xf39a24), cloud(n[0] * 3.0 + seed, n[1] * 3.0, 3));
            (mix(skin, hex(0x6d6a25), step(0.985, 0.995, pole)), 0.52)
        }
        Kind::Lemon => (
            mix(hex(0xf2c417), hex(0xf7dd55), cloud(n[0] * 3.0, n[1] * 3.0, 3)),
            0.55,
        ),
    }
}

/// Small dents in the peel.
pub(super) fn pores(normal: Light, at: Light) -> Light {
    let bump = |d: Light| {
        noise(
            (at[0] + d[0]) * 21.0 + (at[2] + d[2]) * 9.0,
            (at[1] + d[1]) * 21.0 - (at[2] + d[2]) * 11.0,
        )
    };
    let here = bump([0.0; 3]);
    let slope = [bump([0.02, 0.0, 0.0]) - here, bump([0.0, 0.02, 0.0]) - here, 0.0];
    unit(add(normal, slope, -0.22))
}

fn wood(at: Light) -> Light {
    let board = ((at[2] + 9.0) / 1.55).floor();
    let within = ((at[2] + 9.0) / 1.55).fract();
    let (x, z) = (at[0] * 0.42 + board * 13.7, at[2]);
    let bend = cloud(x * 0.8, z * 1.3 + board * 3.0, 3);
    let rings = ((z * 4.2 + bend * 5.5).sin() * 0.5 + 0.5).powi(2);
    let fibre = cloud(x * 5.0, z * 60.0, 3);
    let tone = mix(
        hex(0x8a5a34),
        hex(0xb98452),
        0.35 + 0.45 * rings * bend + 0.35 * (fibre - 0.5),
    );
    let gap = step(0.012, 0.002, within.min(1.0 - within));
    scaled(
        mix(tone, hex(0x3d2414), gap * 0.85),
        0.86 + 0.22 * hash(board as i32, 3),
    )
}

/// A plastered wall with the window's light falling across it, and the window's edge with its curtain on the left.
pub(super) fn wall(at: Light) -> Light {
    let plaster = 0.94 + 0.1 * (cloud(at[0] * 1.6, at[1] * 1.6, 5) - 0.5);
    let base = scaled(mix(hex(0x8c8273), hex(0xc2b59c), step(5.5, -4.5, at[0])), plaster);
    // The panes' light lies aslant on the wall.
    let (u, v) = (at[0] + at[1] * 0.42 - 2.1, at[1] - at[0] * 0.16 - 1.6);
    let soft = 0.16;
    let inside = |x: f32, low: f32, high: f32| step(low - soft, low + soft, x) * step(high + soft, high - soft, x);
    let bars = (1.0 - inside(u, -0.06, 0.06) * 0.85) * (1.0 - inside(v, 0.95, 1.07) * 0.85);
    let patch = inside(u, -1.9, 1.9) * inside(v, -0.6, 2.6) * bars;
    let leaves = 0.7 + 0.3 * step(0.25, 0.75, cloud(at[0] * 1.1 + 3.0, at[1] * 1.1, 3));
    let lit = add(base, times(base, [1.35, 0.95, 0.5]), patch * leaves);
    let lit = scaled(lit, 0.62 + 0.3 * step(4.5, -4.5, at[0]) - 0.28 * step(1.0, -0.4, at[1]));
    window(lit, at)
}

fn window(wall: Light, at: Light) -> Light {
    let (x, y) = (at[0] + 5.35, at[1]);
    let frame = step(0.02, -0.02, x - 1.05) * step(0.2, 0.24, y);
    let glass = step(0.02, -0.02, x - 0.82) * step(0.47, 0.51, y);
    let bar = 1.0 - step(0.07, 0.05, (y - 2.35).abs());
    let sky = mix(hex(0xfff1d6), hex(0xbfd9ee), step(0.5, 4.5, y));
    let trees = step(0.1, -0.1, y - 1.2 - 0.9 * cloud(x * 1.8, 2.0, 4));
    let outside = mix(scaled(sky, 1.55), hex(0xb9c98c), trees * 0.75);
    let wood = scaled(hex(0xe8e0d0), 0.8 + 0.15 * step(0.8, 1.05, x));
    let seen = mix(wall, wood, frame);
    let seen = mix(seen, outside, glass * bar);
    let folds = 0.5 + 0.5 * ((x - 1.0) * 19.0 + 0.7 * (y * 0.9).sin()).sin();
    let hem = 1.42 + 0.09 * (y * 1.1 + 0.6).sin();
    let curtain = step(0.72 - 0.02, 0.74, x) * step(0.015, -0.015, x - hem) * step(0.0, 0.04, y - 0.1);
    let cloth = mix(hex(0xb9a88c), hex(0xfbeed6), folds);
    mix(seen, scaled(cloth, 1.02 - 0.3 * step(0.75, 1.45, x)), curtain * 0.93)
}
