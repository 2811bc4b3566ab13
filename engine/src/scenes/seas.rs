//! By the sea, on it and under it.

use super::Easel;
use super::kit::{Clouds, Ink, Noise, Rgb3, Water, hex, mixed, palm, plus, scaled, sky, terrain, water};
use super::kit::{Ground, View};
use crate::color::{mix, smoothstep};

/// Sand, surf and a palm or two.
pub(super) fn beach(e: &mut Easel) {
    let clouds = Clouds {
        cover: 0.55,
        size: 0.9,
        drawn: 1.1,
    };
    sky(&mut e.sheet, &e.light, e.view.horizon, clouds, &mut e.dice);
    far_island(e);
    let sea = Water {
        from: e.view.horizon,
        to: 1.0,
        far: e.light.lit_by(hex(0x1a6f96), 0.6),
        near: e.light.lit_by(hex(0x4fc3bd), 0.75),
        rough: 0.5,
        size: 1.0,
    };
    water(&mut e.sheet, &e.light, sea, &mut e.dice);
    sand(e);
    let aspect = e.sheet.aspect();
    let side = -e.light.toward[0].signum();
    let edge = aspect * (0.5 + side * 0.5);
    let colours = (e.light.lit_by(hex(0x1c4420), 0.08), e.light.lit_by(hex(0x7fae3c), 0.85));
    for (inset, tall, lean) in [(0.02, 0.62, 0.16), (-0.05, 0.84, 0.2)] {
        let foot = (edge - side * inset, e.view.horizon + 0.34);
        palm(
            &mut e.sheet,
            foot,
            tall,
            -side * lean * e.dice.within(0.8, 1.2),
            colours,
            &mut e.dice,
        );
    }
    e.sheet.bloom(0.85, 0.22);
}

fn far_island(e: &mut Easel) {
    let (shape, light, horizon, aspect) = (e.dice.noise(), e.light.clone(), e.view.horizon, e.sheet.aspect());
    let middle = aspect * (0.5 + e.light.toward[0].signum() * e.dice.within(0.25, 0.4));
    for (spread, tall, air) in [(0.42, 0.075, 0.72), (0.28, 0.05, 0.55)] {
        let at = middle + spread * 0.3 - 0.1;
        let mut points = vec![(at - spread, horizon + 0.001)];
        points.extend((0..=60).map(|i| {
            let t = i as f32 / 30.0 - 1.0;
            let crest = (1.0 - t * t) * (0.6 + 0.6 * shape.fbm(t * 2.5 + spread * 9.0, 1.0, 5));
            (at + t * spread, horizon - tall * crest.max(0.0))
        }));
        points.push((at + spread, horizon + 0.001));
        let colour = light.veiled(light.lit_by(hex(0x4d6b45), 0.5), air);
        e.sheet.fill(&points, |x, y, _| {
            scaled(colour, 1.0 + 0.12 * shape.fbm(x * 30.0, y * 40.0, 3))
        });
    }
}

/// The sand with wet edge, foam lines and ripples.
fn sand(e: &mut Easel) {
    let (line, grain, foam) = (e.dice.noise(), e.dice.noise(), e.dice.noise());
    let (horizon, aspect, light) = (e.view.horizon, e.sheet.aspect(), e.light.clone());
    let tilt = light.toward[0].signum() * 0.14;
    let depth = 1.0 - horizon;
    let shore = move |x: f32| {
        let bay = line.fbm(x * 1.1, 2.0, 2) * 0.1 + line.fbm(x * 5.0, 7.0, 3) * 0.02;
        horizon + depth * (0.36 + tilt * (x / aspect - 0.5) * 2.0 + bay)
    };
    let air = light.air(0.5);
    e.sheet.wash(|x, y, under| {
        let inland = (y - shore(x)) / depth;
        if inland < -0.16 {
            return under;
        }
        let far = 0.3 / (y - horizon).max(0.02);
        let dunes = grain.fbm(x * 5.0 * far, far * 9.0, 6) * 0.7;
        let speck = grain.at(x * 420.0, y * 420.0) * 0.05 + grain.at(x * 190.0, y * 230.0) * 0.05;
        let dry = scaled(
            light.lit_by(hex(0xedd5a6), (0.72 + dunes * 0.4).clamp(0.1, 1.0)),
            1.0 + speck,
        );
        let wet = mixed(scaled(dry, 0.5), air, 0.28);
        let land = mixed(wet, dry, smoothstep(0.02, 0.13, inland + dunes * 0.03));
        let shallow = mixed(
            under,
            plus(scaled(dry, 0.45), scaled(under, 0.45)),
            smoothstep(-0.16, 0.0, inland),
        );
        let mut paint = mixed(shallow, land, smoothstep(-0.004, 0.006, inland));
        for (at, wide) in [(-0.004, 0.012), (-0.055, 0.014), (-0.12, 0.01)] {
            let wander = foam.fbm(x * 4.0 + at * 300.0, at * 900.0, 5) * 0.05;
            let gone = smoothstep(-0.35, 0.1, foam.at(x * 2.2 + at * 50.0, at * 700.0));
            let band = (1.0 - ((inland - at - wander) / wide).abs().min(1.0)) * gone;
            let lace = smoothstep(-0.25, 0.35, foam.fbm(x * 34.0 * far.min(2.0), inland * 160.0, 3));
            let white = light.lit_by([0.95, 0.97, 1.0], 0.8);
            paint = mixed(paint, white, band.powf(0.7) * (0.35 + 0.65 * lace) * 0.92);
        }
        paint
    });
}

/// Open water with swell.
pub(super) fn ocean(e: &mut Easel) {
    let clouds = Clouds {
        cover: 0.55,
        size: 1.3,
        drawn: 1.6,
    };
    sky(&mut e.sheet, &e.light, e.view.horizon, clouds, &mut e.dice);
    let (swell, fine, foam) = (e.dice.noise(), e.dice.noise(), e.dice.noise());
    let light = e.light.clone();
    let view = View { eye: 2.4, ..e.view };
    let above = e.sheet.clone();
    let (aspect, horizon) = (e.sheet.aspect(), view.horizon);
    let sun = light.sun_at.map(|(x, _)| x * aspect);
    let height = move |x: f32, z: f32| {
        let long = swell.at(x * 0.12 + z * 0.05, z * 0.3) * 0.5 + swell.at(x * 0.3 + 4.0, z * 0.55) * 0.28;
        let chop = 1.0 - fine.at(x * 0.8, z * 1.3).abs() * 1.6;
        (long + chop * 0.16 + fine.fbm(x * 2.2, z * 3.2, 3) * 0.07) * smoothstep(120.0, 18.0, z)
    };
    terrain(&mut e.sheet, view, Ground { near: 1.5, far: 400.0 }, height, |s| {
        let x = aspect * 0.5 + s.x / s.z;
        let facing = (s.normal[1] * 0.35 - s.normal[2] * 0.75 + 0.1).clamp(0.0, 1.0);
        let mirror = (1.0 - facing).powi(3) * 0.9 + 0.06;
        let up = (horizon * (1.0 - (0.12 + (1.0 + s.normal[2]) * 0.45))).clamp(0.0, horizon);
        let sky = above.at(x + s.normal[0] * 0.5, up);
        let thin = smoothstep(-0.1, 0.75, s.height);
        let deep = mixed(
            light.lit_by(hex(0x0b3d5c), 0.5),
            light.lit_by(hex(0x2a9a9a), 0.8),
            thin * 0.7,
        );
        let mut paint = mixed(deep, sky, mirror.min(0.85));
        let crest = smoothstep(0.5, 0.95, s.height + foam.fbm(s.x * 1.6, s.z * 2.4, 4) * 0.45);
        paint = mixed(
            paint,
            light.lit_by([0.92, 0.96, 1.0], 0.75),
            crest * 0.8 * smoothstep(60.0, 12.0, s.z),
        );
        if let Some(sun) = sun {
            let path = (-((x - sun) / 0.16).powi(2)).exp() * smoothstep(0.0, 0.3, s.normal[2] * -0.4 + 0.25);
            paint = plus(paint, scaled(light.sun, path * 0.6));
        }
        light.veiled(paint, (1.0 - (-s.z * 0.004).exp()) * 0.85)
    });
    e.sheet.bloom(0.85, 0.22);
}

/// Under the surface: shafts of light, a reef, fish.
pub(super) fn underwater(e: &mut Easel) {
    let (shafts, floor, caustic) = (e.dice.noise(), e.dice.noise(), e.dice.noise());
    let aspect = e.sheet.aspect();
    let (top, deep) = (hex(0x7fe0e6), hex(0x07395f));
    let middle = hex(0x1583a8);
    let source = aspect * e.dice.within(0.35, 0.65);
    e.sheet.wash(|x, y, _| {
        let down = (y + (x - source).abs() * 0.12).clamp(0.0, 1.0);
        let water = mixed(
            mixed(top, middle, smoothstep(0.0, 0.38, down)),
            deep,
            smoothstep(0.25, 1.0, down),
        );
        let ripple = caustic.ridged((x - source) / (y + 0.16) * 0.9, 1.2 / (y + 0.16), 3);
        plus(
            water,
            scaled(top, smoothstep(0.5, 0.95, ripple) * smoothstep(0.16, 0.0, y) * 0.9),
        )
    });
    e.sheet.veil(true, |x, y| {
        let turn = (x - source) / (y + 0.5);
        let beam = smoothstep(0.0, 0.6, shafts.fbm(turn * 4.5, 0.3, 3)) * 0.7
            + 0.3 * smoothstep(0.1, 0.7, shafts.at(turn * 13.0, 4.0));
        (
            hex(0x9feef0),
            beam * (-y * 2.2).exp() * (-(turn * 1.2).powi(2)).exp() * 0.42,
        )
    });
    for (row, air) in [(0.74, 0.75), (0.82, 0.5), (0.92, 0.22)] {
        reef(e, floor, caustic, row, air);
        if air > 0.4 {
            shoal(e, row - 0.32, air);
        }
    }
    bubbles(e);
    e.sheet.bloom(0.6, 0.25);
}

/// What water so deep makes of a colour.
fn drowned(colour: Rgb3, air: f32) -> Rgb3 {
    let blue = [0.1, 0.42, 0.56];
    mixed([colour[0] * 0.55, colour[1] * 0.85, colour[2]], scaled(blue, 0.55), air)
}

/// A row of sea floor with plants and corals on it.
fn reef(e: &mut Easel, floor: Noise, caustic: Noise, row: f32, air: f32) {
    let aspect = e.sheet.aspect();
    let size = 1.35 - air;
    let ground = move |x: f32| row - floor.fbm(x * 1.7 + row * 40.0, 3.0, 5) * 0.13;
    let mut points: Vec<(f32, f32)> = (0..=160)
        .map(|i| aspect * i as f32 / 160.0)
        .map(|x| (x, ground(x)))
        .collect();
    points.extend([(aspect, 1.01), (0.0, 1.01)]);
    e.sheet.fill(&points, |x, y, _| {
        let under = (y - ground(x)).max(0.0);
        let net = caustic.ridged(x * 7.0 / size, (y + under) * 16.0 / size, 3);
        let relief = floor.fbm(x * 14.0 / size, y * 22.0 / size, 4);
        let sand = scaled(
            hex(0xcdbf98),
            (0.42 + relief * 0.2 + smoothstep(0.5, 0.95, net) * 0.4).max(0.05),
        );
        drowned(sand, air)
    });
    const CORALS: [u32; 6] = [0xe0596b, 0xf08a4b, 0xc85bb0, 0xe9c46a, 0x7d5bd0, 0x3fae8c];
    for _ in 0..(16.0 * aspect) as usize {
        let x = e.dice.next() * aspect;
        let foot = (x, ground(x) + 0.01);
        let colour = drowned(scaled(hex(CORALS[(e.dice.next() * 5.99) as usize]), 0.6), air);
        match (e.dice.next() * 3.0) as u32 {
            0 => weed(
                e,
                foot,
                size * e.dice.clone().within(0.08, 0.22),
                drowned(hex(0x2f7a4a), air),
            ),
            1 => branching(e, foot, size * 0.055, -1.57, colour, 5),
            _ => boulder(e, foot, size * e.dice.clone().within(0.015, 0.045), colour),
        }
        e.dice.next();
    }
}

fn weed(e: &mut Easel, foot: (f32, f32), tall: f32, colour: Rgb3) {
    for blade in 0..5 {
        let (phase, lean) = (e.dice.next() * 6.3, e.dice.around() * 0.3);
        let at = |t: f32| {
            (
                foot.0 + (blade as f32 - 2.0) * tall * 0.06 + ((t * 5.0 + phase).sin() * 0.07 + lean * t) * tall * t,
                foot.1 - tall * t,
            )
        };
        let tone = e.dice.within(0.7, 1.2);
        for part in 0..14 {
            let (a, b) = (part as f32 / 14.0, (part + 1) as f32 / 14.0);
            let thick = tall * 0.05 * (1.0 - a * 0.85);
            e.sheet.line(
                at(a),
                at(b),
                (thick, thick * 0.93),
                scaled(colour, tone * (0.7 + 0.6 * a)),
            );
        }
    }
}

fn branching(e: &mut Easel, from: (f32, f32), length: f32, turn: f32, colour: Rgb3, left: u32) {
    let to = (from.0 + turn.cos() * length, from.1 + turn.sin() * length);
    e.sheet.line(from, to, (length * 0.3, length * 0.22), colour);
    if left == 0 {
        return e.sheet.dab(&Ink {
            at: to,
            size: (length * 0.22, length * 0.22),
            turn: 0.0,
            soft: 0.3,
            colour: scaled(colour, 1.35),
            cover: 1.0,
        });
    }
    for side in [-0.45f32, 0.45] {
        let bend = side + e.dice.around() * 0.2;
        let shorter = length * e.dice.within(0.66, 0.86);
        branching(e, to, shorter, turn + bend, scaled(colour, 1.06), left - 1);
    }
}

fn boulder(e: &mut Easel, foot: (f32, f32), size: f32, colour: Rgb3) {
    for _ in 0..70 {
        let (turn, far) = (e.dice.next() * std::f32::consts::TAU, e.dice.next().sqrt());
        let up = turn.sin() * far;
        let ink = Ink {
            at: (
                foot.0 + turn.cos() * far * size * 1.3,
                foot.1 - size * 0.5 - up * size * 0.8,
            ),
            size: (size * 0.24, size * 0.2),
            turn,
            soft: 0.4,
            colour: scaled(colour, 0.75 + up * 0.4 + e.dice.around() * 0.15),
            cover: 0.9,
        };
        e.sheet.dab(&ink);
    }
}

/// Fish that swim one way.
fn shoal(e: &mut Easel, row: f32, air: f32) {
    let (aspect, way) = (e.sheet.aspect(), e.dice.side());
    let middle = (aspect * e.dice.within(0.15, 0.85), row + e.dice.around() * 0.08);
    let colour = drowned(mixed(hex(0xf2c14e), hex(0xd8e6ea), e.dice.next()), air * 0.85);
    for _ in 0..26 {
        let (x, y) = (middle.0 + e.dice.around() * 0.2, middle.1 + e.dice.around() * 0.07);
        let long = 0.014 * (1.4 - air) * e.dice.within(0.7, 1.2);
        let tone = e.dice.within(0.7, 1.15);
        e.sheet.dab(&Ink {
            at: (x, y),
            size: (long, long * 0.42),
            turn: e.dice.around() * 0.12,
            soft: 0.25,
            colour: scaled(colour, tone),
            cover: 1.0,
        });
        e.sheet.dab(&Ink {
            at: (x, y + long * 0.18),
            size: (long * 0.8, long * 0.2),
            turn: 0.0,
            soft: 0.6,
            colour: scaled(colour, tone * 1.3),
            cover: 0.7,
        });
        let tail = x - way * long * 1.1;
        let fin = [
            (tail + way * long * 0.3, y),
            (tail - way * long * 0.45, y - long * 0.42),
            (tail - way * long * 0.25, y),
            (tail - way * long * 0.45, y + long * 0.42),
        ];
        e.sheet.fill(&fin, |_, _, _| scaled(colour, tone * 0.85));
    }
}

fn bubbles(e: &mut Easel) {
    let aspect = e.sheet.aspect();
    for _ in 0..(60.0 * aspect) as usize {
        let at = (e.dice.next() * aspect, e.dice.next());
        let r = mix(0.0015, 0.008, e.dice.next().powi(3));
        let light = hex(0xbdf3f5);
        e.sheet.dab(&Ink {
            at,
            size: (r, r),
            turn: 0.0,
            soft: 0.2,
            colour: light,
            cover: 0.14,
        });
        e.sheet.dab(&Ink {
            at: (at.0 - r * 0.35, at.1 - r * 0.4),
            size: (r * 0.28, r * 0.22),
            turn: 0.5,
            soft: 0.6,
            colour: [0.95, 1.0, 1.0],
            cover: 0.8,
        });
    }
}
