//! Outer space: a nebula, stars, a planet with its moon.

use super::Easel;
use super::kit::{Ink, Rgb3, hex, mixed, plus, scaled, stars};
use crate::color::smoothstep;

const NEBULAE: [[u32; 3]; 4] = [
    [0x3d6df0, 0xc44ad8, 0xff8a5c],
    [0x1fa3b8, 0x4a57e0, 0xf05f9e],
    [0xd8485f, 0xf2994a, 0x5a5fe0],
    [0x2fb88a, 0x3a7bf0, 0xc9f27a],
];

pub(super) fn space(e: &mut Easel) {
    let colours = NEBULAE[(e.dice.next() * 3.99) as usize].map(hex);
    let aspect = e.sheet.aspect();
    e.sheet.wash(|_, _, _| hex(0x04060f));
    nebula(e, colours);
    stars(&mut e.sheet, 1.35, 1.6, &mut e.dice);
    bright_stars(e);
    let side = e.dice.side();
    let (x, y, r) = (
        aspect * (0.5 + side * 0.33),
        e.dice.within(0.22, 0.34),
        e.dice.within(0.16, 0.22),
    );
    let sun = (-side * 0.66, -0.5, 0.56);
    planet(e, (x, y), r, sun, colours);
    let moon = (x - side * r * 1.7, y + r * 1.15);
    rock(e, moon, r * 0.2, sun);
    e.light.toward = [sun.0, -sun.1, 0.3];
    e.light.sun = mixed([1.0; 3], colours[0], 0.35);
    e.sheet.bloom(0.6, 0.35);
}

fn nebula(e: &mut Easel, colours: [Rgb3; 3]) {
    let (big, warp, fine, dust) = (e.dice.noise(), e.dice.noise(), e.dice.noise(), e.dice.noise());
    let (ox, oy) = (e.dice.next() * 50.0, e.dice.next() * 50.0);
    e.sheet.veil(true, |x, y| {
        let (u, v) = (x * 1.25 + ox, y * 1.25 + oy);
        let (wx, wy) = (warp.fbm(u, v, 4), warp.fbm(u + 5.0, v + 9.0, 4));
        let (u, v) = (u + wx * 0.9, v + wy * 0.9);
        let body = smoothstep(-0.15, 0.65, big.fbm(u * 0.9, v * 0.9, 6));
        let veil = fine.ridged(u * 1.4, v * 1.4, 6);
        let tone = smoothstep(-0.5, 0.5, wx + 0.3 * wy);
        let lane = 1.0 - 0.85 * smoothstep(0.05, 0.42, dust.fbm(u * 1.6 + wx, v * 1.6 + wy, 6));
        let colour = plus(
            mixed(colours[0], colours[1], tone),
            scaled(colours[2], veil.powi(4) * 1.4),
        );
        (colour, body * (0.12 + veil.powi(2) * 0.75) * lane)
    });
}

fn bright_stars(e: &mut Easel) {
    let aspect = e.sheet.aspect();
    for _ in 0..(13.0 * aspect) as usize {
        let at = (e.dice.next() * aspect, e.dice.next());
        let size = 0.008 + 0.05 * e.dice.next().powi(3);
        let tint = mixed([0.8, 0.9, 1.0], [1.0, 0.8, 0.6], e.dice.next());
        e.sheet.glow(at, size, scaled(tint, 0.6));
        e.sheet.dab(&Ink {
            at,
            size: (size * 0.06, size * 0.06),
            turn: 0.0,
            soft: 0.5,
            colour: scaled(tint, 3.0),
            cover: 1.0,
        });
        for (dx, dy) in [(1.0f32, 0.0f32), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            let tip = (at.0 + dx * size * 0.8, at.1 + dy * size * 0.8);
            let spike = [
                (at.0 + dy * size * 0.025, at.1 + dx * size * 0.025),
                tip,
                (at.0 - dy * size * 0.025, at.1 - dx * size * 0.025),
            ];
            e.sheet.fill(&spike, |x, y, under| {
                let near = 1.0 - ((x - at.0).hypot(y - at.1) / size).min(1.0);
                plus(under, scaled(tint, near.powi(2) * 0.9))
            });
        }
    }
}

/// A planet of bands and storms with air around it and a ring.
fn planet(e: &mut Easel, at: (f32, f32), r: f32, sun: (f32, f32, f32), colours: [Rgb3; 3]) {
    let (bands, swirl) = (e.dice.noise(), e.dice.noise());
    let (lean, tilt) = (e.dice.within(-0.45, 0.45), e.dice.within(0.2, 0.34));
    let (light, dark) = (
        mixed(hex(0xe8d7bd), colours[2], 0.25),
        mixed(hex(0x9a6a4c), colours[1], 0.35),
    );
    let air = mixed(colours[0], [0.7, 0.85, 1.0], 0.5);
    let (sin, cos) = lean.sin_cos();
    let pixel = e.sheet.pixel();
    ring(e, at, r, (lean, tilt), true);
    e.sheet.wash(|x, y, under| {
        let (dx, dy) = ((x - at.0) / r, (y - at.1) / r);
        let far = dx.hypot(dy);
        if far > 1.35 {
            return under;
        }
        let facing = |nx: f32, ny: f32, nz: f32| nx * sun.0 + ny * sun.1 + nz * sun.2;
        let halo = scaled(
            air,
            smoothstep(1.22, 0.99, far).powi(3) * (facing(dx, dy, 0.0) * 0.6 + 0.35).max(0.0) * 0.5,
        );
        let nz = (1.0 - far * far).max(0.0).sqrt();
        let (bx, by) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let (u, v) = (bx.atan2(nz + 0.001), by + 0.12 * nz * tilt);
        let storm = swirl.fbm(u * 2.2, v * 5.5, 5);
        let band = bands.fbm(0.4 * storm + 3.0, v * 5.5 + storm * 0.55, 4);
        let colour = mixed(
            dark,
            light,
            smoothstep(-0.4, 0.45, band + 0.25 * bands.fbm(u * 6.0, v * 28.0 + storm * 3.0, 3)),
        );
        let day = smoothstep(-0.12, 0.85, facing(dx, dy, nz));
        let rim = (1.0 - nz).powi(3) * smoothstep(-0.1, 0.6, facing(dx, dy, nz * 0.4));
        let globe = plus(scaled(colour, day * 1.25 + 0.006), scaled(air, rim * 0.85));
        let inside = ((1.0 - far) * r / pixel + 0.5).clamp(0.0, 1.0);
        mixed(plus(under, halo), globe, inside)
    });
    ring(e, at, r, (lean, tilt), false);
}

/// The half of the ring behind the planet or before it.
fn ring(e: &mut Easel, at: (f32, f32), r: f32, (lean, tilt): (f32, f32), is_behind: bool) {
    let grooves = e.dice.clone().noise();
    let (sin, cos) = lean.sin_cos();
    e.sheet.wash(|x, y, under| {
        let (dx, dy) = ((x - at.0) / r, (y - at.1) / r);
        let (bx, by) = (dx * cos + dy * sin, (dy * cos - dx * sin) / tilt);
        let far = bx.hypot(by);
        if !(1.25..2.15).contains(&far) || (by < 0.0) != is_behind {
            return under;
        }
        let groove = 0.5 + 0.5 * grooves.fbm(far * 14.0, 1.0, 4);
        let edge = smoothstep(1.25, 1.33, far)
            * smoothstep(2.15, 2.0, far)
            * (1.0 - 0.85 * smoothstep(0.03, 0.0, (far - 1.78).abs()));
        mixed(
            under,
            scaled(hex(0xdccbb2), 0.35 + 0.55 * groove),
            edge * (0.25 + 0.6 * groove),
        )
    });
}

/// A small moon with craters.
fn rock(e: &mut Easel, at: (f32, f32), r: f32, sun: (f32, f32, f32)) {
    let relief = e.dice.noise();
    let pixel = e.sheet.pixel();
    e.sheet.wash(|x, y, under| {
        let (dx, dy) = ((x - at.0) / r, (y - at.1) / r);
        let far = dx.hypot(dy);
        if far > 1.1 {
            return under;
        }
        let nz = (1.0 - far * far).max(0.0).sqrt();
        let bump = |x: f32, y: f32| relief.fbm(x * 3.0, y * 3.0, 5) + relief.ridged(x * 2.0, y * 2.0, 2) * 0.5;
        let slope = bump(dx + sun.0 * 0.05, dy + sun.1 * 0.05) - bump(dx, dy);
        let day = (dx * sun.0 + dy * sun.1 + nz * sun.2 + slope * 1.4).max(0.0);
        let inside = ((1.0 - far) * r / pixel + 0.5).clamp(0.0, 1.0);
        mixed(under, scaled(hex(0xb9b3aa), day * 1.1 + 0.004), inside)
    });
}
