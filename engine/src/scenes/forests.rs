//! Among trees: a wood in the sun, a wood that glows.

use super::Easel;
use super::kit::{Crown, Ink, Rgb3, crown, grass, hex, mixed, plus, scaled};
use crate::color::{mix, smoothstep};

/// The colours of a wood.
struct Wood {
    air: Rgb3,
    glow: Rgb3,
    bark: Rgb3,
    bark_lit: Rgb3,
    leaf: Rgb3,
    leaf_lit: Rgb3,
    floor: Rgb3,
    floor_lit: Rgb3,
    /// Of the leaves and veins that shine by themselves.
    shine: Option<[Rgb3; 3]>,
    /// Where the light breaks in.
    gap: (f32, f32),
}

/// Trunks in mist, light through the leaves, ferns.
pub(super) fn forest(e: &mut Easel) {
    let light = e.light.clone();
    let day = |sun: u32, amount: f32| light.lit_by(hex(sun), amount);
    let night = light.stars >= 1.0;
    let air = mixed(scaled(light.low, 0.55), day(0xa8c86e, 0.5), 0.72);
    let wood = Wood {
        air,
        glow: if night {
            scaled(light.low, 0.9)
        } else {
            mixed(plus(light.sun, scaled(light.low, 0.4)), day(0xf2f0b0, 0.9), 0.5)
        },
        bark: day(0x33291f, 0.05),
        bark_lit: day(0x8a6a48, 0.62),
        leaf: day(0x1d3d17, 0.08),
        leaf_lit: day(0x9ec63f, 0.95),
        floor: day(0x2c3a1a, 0.15),
        floor_lit: day(0x8a8f3c, 0.7),
        shine: None,
        gap: gap(e),
    };
    paint_wood(e, &wood);
    e.sheet.bloom(0.75, 0.25);
}

/// The same by moonlight, with leaves, veins and mushrooms that shine.
pub(super) fn enchanted(e: &mut Easel) {
    const SHINES: [[u32; 3]; 4] = [
        [0x3ff0d8, 0x54a8ff, 0xd56bff],
        [0x58ffb0, 0x35d0ff, 0xff7ad0],
        [0xff7ad9, 0x8a7bff, 0x4fe3ff],
        [0xffd45e, 0x6cf5c2, 0x5ab0ff],
    ];
    let shine = SHINES[(e.dice.next() * 3.99) as usize].map(hex);
    let wood = Wood {
        air: mixed(hex(0x1d3a66), scaled(shine[1], 0.35), 0.35),
        glow: plus(scaled(shine[0], 0.3), scaled(shine[1], 0.42)),
        bark: hex(0x0d0f1e),
        bark_lit: mixed(hex(0x2c3558), shine[1], 0.12),
        leaf: mixed(hex(0x08182a), shine[0], 0.04),
        leaf_lit: scaled(mixed(shine[0], shine[1], 0.3), 0.8),
        floor: hex(0x081220),
        floor_lit: mixed(hex(0x1c4a52), shine[0], 0.2),
        shine: Some(shine),
        gap: gap(e),
    };
    paint_wood(e, &wood);
    mushrooms(e, shine);
    fireflies(e, shine);
    e.light.sun = plus(scaled(shine[0], 0.6), scaled(shine[1], 0.5));
    e.light.toward[1] = 0.45;
    e.sheet.bloom(0.42, 0.5);
}

fn gap(e: &mut Easel) -> (f32, f32) {
    let side = e.light.toward[0].signum();
    (
        e.sheet.aspect() * (0.5 + side * e.dice.within(0.05, 0.2)),
        e.view.horizon - 0.16,
    )
}

fn paint_wood(e: &mut Easel, wood: &Wood) {
    ground(e, wood);
    let aspect = e.sheet.aspect();
    let horizon = e.view.horizon;
    // Each row of trunks is nearer: lower foot, thicker, darker.
    for row in 0..6 {
        let near = row as f32 / 5.0;
        let air = 1.0 - near.powf(0.42) * 0.97;
        let foot = horizon + 0.012 + near.powf(2.2) * (1.06 - horizon);
        canopy(e, wood, near, air);
        let count = (mix(26.0, 2.6, near.powf(0.55)) * aspect) as usize;
        for i in 0..count.max(2) {
            let mut x = aspect * (i as f32 + e.dice.within(0.1, 0.9)) / count.max(2) as f32;
            if row >= 4 {
                // Near trunks frame the view and leave its middle free.
                let side = if i % 2 == 0 { -1.0 } else { 1.0 };
                x = aspect * (0.5 + side * e.dice.within(0.33, 0.55));
            }
            let thick = mix(0.006, 0.085, near.powf(1.6)) * e.dice.within(0.7, 1.25);
            let foot = foot + e.dice.around() * 0.01 * (1.0 + near);
            trunk(e, wood, (x, foot), thick, air);
        }
        if row < 5 {
            mist(e, wood, foot, near);
        }
    }
    undergrowth(e, wood);
    shafts(e, wood);
    overhang(e, wood);
}

/// Air, light and floor.
fn ground(e: &mut Easel, wood: &Wood) {
    let (horizon, aspect) = (e.view.horizon, e.sheet.aspect());
    let (leaves, litter) = (e.dice.noise(), e.dice.noise());
    e.sheet.wash(|x, y, _| {
        let far = ((x - wood.gap.0) * 0.8).hypot(y - wood.gap.1);
        let light = plus(wood.air, scaled(wood.glow, 0.85 * (-far * 3.2).exp()));
        if y < horizon {
            let foliage = smoothstep(-0.2, 0.4, leaves.fbm(x * 9.0, y * 9.0, 5)) * smoothstep(horizon * 0.9, 0.0, y);
            return mixed(light, scaled(light, 0.45), foliage * 0.8);
        }
        let below = (y - horizon) / (1.0 - horizon);
        let depth = 0.3 / (y - horizon + 0.03);
        let patch = litter.fbm((x - aspect * 0.5) * depth * 2.5, depth * 6.0, 5);
        let path =
            (-(((x - wood.gap.0) - (wood.gap.0 - aspect * 0.5) * -below * 0.6) / (0.03 + below * 0.2)).powi(2)).exp();
        let lit = smoothstep(-0.2, 0.5, patch) * (0.25 + 0.75 * (-((x - wood.gap.0) * 1.6).powi(2)).exp());
        let mut floor = mixed(wood.floor, wood.floor_lit, lit * 0.8);
        floor = mixed(
            floor,
            scaled(plus(wood.floor_lit, scaled(wood.glow, 0.25)), 0.85),
            path * 0.6,
        );
        mixed(light, floor, smoothstep(0.0, 0.22, below))
    });
}

fn trunk(e: &mut Easel, wood: &Wood, foot: (f32, f32), thick: f32, air: f32) {
    let grain = e.dice.noise();
    let (lean, bend) = (e.dice.around() * 0.05, e.dice.around() * 0.03);
    let at = move |t: f32| foot.0 + (lean * t + bend * (t * 3.0).sin()) * foot.1;
    let wide = move |t: f32| thick * (0.55 + 0.4 * (1.0 - t) + 0.5 * (-t * 26.0).exp());
    let side = (wood.gap.0 - foot.0).signum();
    let mut points: Vec<(f32, f32)> = (0..=24)
        .map(|i| i as f32 / 24.0)
        .map(|t| (at(t) - wide(t) * 0.5, foot.1 * (1.0 - t)))
        .collect();
    points.extend(
        (0..=24)
            .rev()
            .map(|i| i as f32 / 24.0)
            .map(|t| (at(t) + wide(t) * 0.5, foot.1 * (1.0 - t))),
    );
    let wood_air = plus(
        wood.air,
        scaled(wood.glow, 0.35 * (-(foot.0 - wood.gap.0).abs() * 3.0).exp()),
    );
    let (dark, lit, shine) = (wood.bark, wood.bark_lit, wood.shine);
    let rim = scaled(wood.glow, 0.55);
    e.sheet.fill(&points, |x, y, _| {
        let t = 1.0 - y / foot.1;
        let across = ((x - at(t)) / wide(t) * 2.0).clamp(-1.0, 1.0);
        let ridge = grain.fbm(across * 2.6 / (1.0 + across.abs() * 0.3), t * 9.0 + across * 0.6, 4)
            + 0.5 * grain.at(across * 6.0, t * 24.0);
        let light = smoothstep(-0.8, 1.1, across * side + ridge * 0.7);
        let mut colour = mixed(dark, lit, light * 0.85);
        colour = plus(colour, scaled(rim, smoothstep(0.62, 1.0, across * side) * 0.6));
        if let Some(shine) = shine {
            let vein = smoothstep(
                0.055,
                0.0,
                (grain.at(across * 1.4 + 7.0, t * 5.0) + 0.3 * grain.at(across * 3.0, t * 13.0)).abs(),
            );
            let strong = smoothstep(0.9, 0.2, t) * (1.0 - across.abs() * 0.6);
            colour = plus(colour, scaled(shine[0], vein * strong * 1.5));
        }
        mixed(colour, wood_air, air)
    });
}

/// A row's leaves.
fn canopy(e: &mut Easel, wood: &Wood, near: f32, air: f32) {
    let aspect = e.sheet.aspect();
    let count = (mix(15.0, 5.0, near) * aspect) as usize;
    let tints = wood.shine;
    for i in 0..count {
        let x = aspect * (i as f32 + e.dice.next()) / count as f32;
        let lift = mix(0.44, 0.05, near.powf(0.8))
            * (1.0 - 0.55 * (-((x - wood.gap.0) / (0.3 * aspect.max(0.8))).powi(2)).exp());
        let y = e.view.horizon * lift + e.dice.around() * 0.06 - 0.02;
        let size = mix(0.08, 0.17, near);
        let lit = tints.map_or(wood.leaf_lit, |t| scaled(t[(e.dice.next() * 2.99) as usize], 1.15));
        let look = Crown {
            at: (x, y),
            size: (size * 1.3, size),
            leaf: mix(0.005, 0.0085, near),
            count: 620,
            dark: mixed(wood.leaf, wood.air, air * 0.85),
            lit: mixed(lit, plus(wood.air, scaled(wood.glow, 0.3)), air * 0.75),
            from: (
                (wood.gap.0 - x).clamp(-1.0, 1.0) * 0.8,
                if tints.is_some() { 0.3 } else { -0.5 },
            ),
        };
        crown(&mut e.sheet, &look, &mut e.dice);
        if let Some(tints) = tints {
            let glow = scaled(tints[i % 3], 0.24 * (1.0 - air * 0.5));
            e.sheet.glow((x, y), size * 2.0, glow);
        }
    }
}

fn mist(e: &mut Easel, wood: &Wood, foot: f32, near: f32) {
    let drift = e.dice.noise();
    let colour = plus(wood.air, scaled(wood.glow, 0.22));
    e.sheet.veil(false, |x, y| {
        let band = (-((y - foot) / (0.05 + near * 0.06)).powi(2)).exp();
        let cover = band * (0.55 + 0.6 * drift.fbm(x * 3.0, y * 8.0, 3)) * (0.5 - near * 0.36);
        (colour, cover.max(0.0))
    });
}

/// Ferns and grass on the floor.
fn undergrowth(e: &mut Easel, wood: &Wood) {
    let (horizon, aspect) = (e.view.horizon, e.sheet.aspect());
    let patches = e.dice.noise();
    let (root, tip, glow) = (wood.floor, wood.leaf_lit, wood.gap.0);
    let colour = |x: f32, y: f32, dice: &mut super::Dice| {
        let light = 0.25 + 0.75 * (-((x - glow) * 1.8).powi(2)).exp();
        let tone = (patches.fbm(x * 4.0, y * 7.0, 3) * 0.6 + 0.4 + dice.around() * 0.2).clamp(0.05, 1.0);
        (
            mixed(root, tip, 0.15 * light),
            mixed(root, tip, (0.15 + tone * 0.85) * light),
        )
    };
    let count = (7000.0 * aspect) as usize;
    grass(
        &mut e.sheet,
        (horizon + 0.07, 1.05),
        horizon,
        count,
        colour,
        &mut e.dice,
    );
    for _ in 0..(22.0 * aspect) as usize {
        let y = mix(horizon + 0.08, 1.04, e.dice.next().sqrt());
        let x = e.dice.next() * aspect;
        let near = (y - horizon) / (1.0 - horizon);
        if (x / aspect - 0.5).abs() < 0.16 && near > 0.3 {
            continue;
        }
        fern(
            e,
            (x, y),
            near * e.dice.clone().within(0.07, 0.15),
            colour(x, y, &mut e.dice.clone()),
        );
        e.dice.next();
    }
}

fn fern(e: &mut Easel, foot: (f32, f32), tall: f32, (dark, lit): (Rgb3, Rgb3)) {
    for frond in 0..7 {
        let turn = -1.57 + (frond as f32 - 3.0) * 0.36 + e.dice.around() * 0.15;
        let length = tall * e.dice.within(0.75, 1.1);
        let at = |t: f32| {
            (
                foot.0 + turn.cos() * length * t,
                foot.1 + turn.sin() * length * t + length * 0.45 * t * t,
            )
        };
        let shade = mixed(dark, lit, e.dice.within(0.35, 1.0));
        for part in 1..11 {
            let t = part as f32 / 11.0;
            let (a, b) = (at(t), at(t - 0.05));
            let (ux, uy) = ((a.0 - b.0), (a.1 - b.1));
            let norm = ux.hypot(uy).max(1e-6);
            let leaf = length * 0.24 * (1.0 - t) + length * 0.02;
            for side in [-1.0f32, 1.0] {
                let tip = (
                    a.0 + (ux * 0.5 - uy * side) / norm * leaf,
                    a.1 + (uy * 0.5 + ux * side) / norm * leaf,
                );
                e.sheet
                    .line(a, tip, (length * 0.06, length * 0.008), scaled(shade, 0.75 + 0.5 * t));
            }
        }
    }
}

/// Light that falls through the leaves in beams.
fn shafts(e: &mut Easel, wood: &Wood) {
    let beams = e.dice.noise();
    let source = (wood.gap.0 + e.light.toward[0].signum() * 0.25, -0.35);
    let strength = if wood.shine.is_some() { 0.28 } else { 0.34 };
    e.sheet.veil(true, |x, y| {
        let turn = (x - source.0) / (y - source.1);
        let beam = smoothstep(0.05, 0.55, beams.fbm(turn * 8.0, 1.0, 3));
        let fade = (-((turn - (wood.gap.0 - source.0) / 0.8) * 2.2).powi(2)).exp() * smoothstep(1.0, 0.25, y);
        (wood.glow, beam * fade * strength)
    });
}

/// Dark leaves at the upper edge, nearest of all.
fn overhang(e: &mut Easel, wood: &Wood) {
    let aspect = e.sheet.aspect();
    for side in [0.02f32, 0.98, 0.1, 0.9] {
        let look = Crown {
            at: (aspect * side, e.dice.within(-0.04, 0.08)),
            size: (0.2, 0.13),
            leaf: 0.011,
            count: 800,
            dark: scaled(wood.leaf, 0.5),
            lit: mixed(wood.leaf, wood.leaf_lit, 0.5),
            from: (0.5 - side, 0.4),
        };
        crown(&mut e.sheet, &look, &mut e.dice);
    }
}

fn mushrooms(e: &mut Easel, shine: [Rgb3; 3]) {
    let (aspect, horizon) = (e.sheet.aspect(), e.view.horizon);
    for i in 0..(17.0 * aspect) as usize {
        let y = mix(horizon + 0.14, 0.99, e.dice.next().sqrt());
        let near = (y - horizon) / (1.0 - horizon);
        let x = aspect * (0.5 + e.dice.side() * e.dice.within(0.14, 0.5));
        let (size, colour) = (near * e.dice.within(0.008, 0.02), shine[i % 3]);
        e.sheet.glow((x, y - size), size * 7.0, scaled(colour, 0.2));
        e.sheet.line(
            (x, y),
            (x, y - size * 1.5),
            (size * 0.36, size * 0.26),
            scaled(mixed(colour, [1.0; 3], 0.6), 0.5),
        );
        let cap: Vec<(f32, f32)> = (0..=14)
            .map(|i| std::f32::consts::PI * i as f32 / 14.0)
            .map(|t| (x - t.cos() * size, y - size * 1.35 - t.sin() * size * 0.85))
            .collect();
        e.sheet.fill(&cap, |px, py, _| {
            scaled(
                colour,
                0.55 + 0.5 * ((y - size * 1.35 - py) / size) - 0.25 * ((px - x) / size).abs(),
            )
        });
        e.sheet.line(
            (x - size * 0.9, y - size * 1.33),
            (x + size * 0.9, y - size * 1.33),
            (size * 0.16, size * 0.16),
            scaled(mixed(colour, [1.0; 3], 0.5), 1.1),
        );
    }
}

fn fireflies(e: &mut Easel, shine: [Rgb3; 3]) {
    let aspect = e.sheet.aspect();
    for i in 0..(130.0 * aspect) as usize {
        let at = (e.dice.next() * aspect, mix(0.1, 0.95, e.dice.next()));
        let size = 0.0012 + 0.0035 * e.dice.next().powi(4);
        let colour = mixed(shine[i % 3], [1.0, 0.95, 0.7], 0.35);
        e.sheet.glow(at, size * 9.0, scaled(colour, 0.28));
        e.sheet.dab(&Ink {
            at,
            size: (size, size),
            turn: 0.0,
            soft: 0.6,
            colour: scaled(colour, 2.2),
            cover: 0.95,
        });
    }
}
