//! Open land: meadow, mountains, desert.

use super::Easel;
use super::kit::{
    Clouds, Crown, Ground, Ink, View, broadleaf, grass, hex, mixed, plus, scaled, sky, spruce, terrain, times,
};
use crate::color::{mix, smoothstep};

/// How far land is looked at.
const REACH: Ground = Ground { near: 1.2, far: 90.0 };

/// Rolling green hills with flowers and a few trees.
pub(super) fn meadow(e: &mut Easel) {
    let clouds = Clouds {
        cover: 0.62,
        size: 0.9,
        drawn: 1.0,
    };
    sky(&mut e.sheet, &e.light, e.view.horizon, clouds, &mut e.dice);
    let (hills, blotch, fine) = (e.dice.noise(), e.dice.noise(), e.dice.noise());
    let view = View { eye: 1.9, ..e.view };
    let height = move |x: f32, z: f32| {
        let roll = hills.fbm(x * 0.09 + 3.0, z * 0.1, 3);
        (roll * 2.4 + 0.25) * smoothstep(2.0, 26.0, z) + z * 0.018 + hills.fbm(x * 0.6, z * 0.6, 2) * 0.08
    };
    let (fresh, dry, deep) = (hex(0x86b23e), hex(0xc9c15a), hex(0x3f7a2f));
    let light = e.light.clone();
    terrain(&mut e.sheet, view, REACH, height, |s| {
        let patch = blotch.fbm(s.x * 0.22, s.z * 0.22, 4);
        let mut colour = mixed(fresh, dry, smoothstep(0.05, 0.5, patch));
        colour = mixed(colour, deep, smoothstep(0.0, 0.45, -patch));
        let detail = 1.0 + 0.3 * fine.fbm(s.x * 2.6, s.z * 1.5, 4) * smoothstep(60.0, 6.0, s.z);
        light.veiled(scaled(light.lit(colour, s.normal), detail), 1.0 - (-s.z * 0.013).exp())
    });
    far_woods(e, view, &height);
    let foot = e.view.horizon + 0.05;
    meadow_tree(e, foot);
    let (light, horizon) = (e.light.clone(), e.view.horizon);
    let count = (15000.0 * e.sheet.aspect()) as usize;
    let patches = e.dice.noise();
    let colour = |x: f32, y: f32, dice: &mut super::Dice| {
        let tone = patches.fbm(x * 3.0, y * 7.0, 3) * 0.6 + dice.around() * 0.3;
        let green = mixed(hex(0x4c8a2d), hex(0xa9c24a), smoothstep(-0.5, 0.6, tone));
        (
            light.lit_by(scaled(green, 0.8), 0.5),
            light.lit_by(scaled(green, 1.1), 0.85),
        )
    };
    grass(
        &mut e.sheet,
        (horizon + 0.16, 1.06),
        horizon,
        count,
        colour,
        &mut e.dice,
    );
    flowers(e);
    e.sheet.bloom(0.8, 0.2);
}

/// Bands of trees on the far hills.
fn far_woods(e: &mut Easel, view: View, height: &impl Fn(f32, f32) -> f32) {
    let aspect = e.sheet.aspect();
    let mut trees: Vec<(f32, f32)> = (0..170)
        .map(|_| (e.dice.within(-0.6, 0.6) * aspect, e.dice.within(26.0, 60.0)))
        .collect();
    let groves = e.dice.noise();
    trees.retain(|&(s, z)| groves.at(s * z * 0.07, z * 0.09) > 0.05);
    trees.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (slope, z) in trees {
        let y = view.horizon - (height(slope * z, z) - view.eye) / z;
        let size = e.dice.within(0.9, 1.7) / z;
        let air = 1.0 - (-z * 0.009).exp();
        let (dark, lit) = (e.light.lit_by(hex(0x2a4a22), 0.1), e.light.lit_by(hex(0x5d8436), 0.8));
        let look = Crown {
            at: (slope + aspect * 0.5, y - size * 0.55),
            size: (size * 0.8, size * 0.85),
            leaf: size * 0.13,
            count: 170,
            dark: e.light.veiled(dark, air),
            lit: e.light.veiled(lit, air),
            from: (e.light.toward[0], -0.8),
        };
        super::kit::crown(&mut e.sheet, &look, &mut e.dice);
    }
}

/// One tree near by, to a side.
fn meadow_tree(e: &mut Easel, foot: f32) {
    let aspect = e.sheet.aspect();
    let x = aspect * (0.5 + e.dice.side() * e.dice.within(0.3, 0.4));
    let light = &e.light;
    let look = Crown {
        at: (0.0, 0.0),
        size: (0.0, 0.0),
        leaf: 0.0058,
        count: 7500,
        dark: light.lit_by(hex(0x24451c), 0.1),
        lit: light.lit_by(hex(0x8cae3f), 0.95),
        from: (light.toward[0], -0.8),
    };
    let bark = light.lit_by(hex(0x4a3a2c), 0.35);
    let shadow = times(light.shade, hex(0x4a7030));
    let dark = Ink {
        at: (x - light.toward[0] * 0.1, foot + 0.004),
        size: (0.2, 0.018),
        turn: 0.0,
        soft: 0.9,
        colour: shadow,
        cover: 0.7,
    };
    e.sheet.dab(&dark);
    broadleaf(&mut e.sheet, (x, foot), 0.36, &look, bark, &mut e.dice);
}

fn flowers(e: &mut Easel) {
    const KINDS: [u32; 5] = [0xf4f0e6, 0xf2c230, 0xd9485a, 0x8d6fd1, 0xf6f3ee];
    let (aspect, horizon) = (e.sheet.aspect(), e.view.horizon);
    let groups = e.dice.noise();
    for _ in 0..(900.0 * aspect) as usize {
        let (x, y) = (e.dice.next() * aspect, mix(horizon + 0.1, 1.0, e.dice.next().powf(0.7)));
        let kind = (groups.at(x * 4.0, y * 9.0) * 2.5 + 2.5 + e.dice.around() * 0.5).clamp(0.0, 4.0) as usize;
        let near = (y - horizon) / (1.0 - horizon);
        if groups.fbm(x * 2.0 + 7.0, y * 5.0, 2) < -0.05 {
            continue;
        }
        let size = near * e.dice.within(0.0025, 0.006);
        let colour = e.light.lit_by(hex(KINDS[kind]), e.dice.within(0.5, 0.95));
        let lift = near * e.dice.within(0.01, 0.035);
        for petal in 0..5 {
            let turn = petal as f32 * 1.2566 + e.dice.next();
            let at = (x + turn.cos() * size * 0.6, y - lift + turn.sin() * size * 0.35);
            e.sheet.dab(&Ink {
                at,
                size: (size * 0.62, size * 0.45),
                turn,
                soft: 0.3,
                colour: scaled(colour, 0.8 + 0.08 * petal as f32),
                cover: 0.95,
            });
        }
        let heart = e.light.lit_by(hex(0xe0a020), 0.6);
        e.sheet.dab(&Ink {
            at: (x, y - lift),
            size: (size * 0.3, size * 0.22),
            turn: 0.0,
            soft: 0.3,
            colour: heart,
            cover: 1.0,
        });
    }
}

/// Peaks behind a valley; with `snow`, winter.
pub(super) fn mountains(e: &mut Easel, snow: bool) {
    let clouds = Clouds {
        cover: 0.4,
        size: 1.2,
        drawn: 1.8,
    };
    sky(&mut e.sheet, &e.light, e.view.horizon, clouds, &mut e.dice);
    let (peaks, warp, rough) = (e.dice.noise(), e.dice.noise(), e.dice.noise());
    let view = View {
        eye: 1.5,
        horizon: e.view.horizon + 0.04,
    };
    let height = move |x: f32, z: f32| {
        let (wx, wz) = (
            warp.at(x * 0.05, z * 0.05) * 5.0,
            warp.at(x * 0.05 + 7.0, z * 0.05) * 5.0,
        );
        let crest = peaks.ridged((x + wx) * 0.034 + 1.3, (z + wz) * 0.038, 6);
        let rise = smoothstep(9.0, 46.0, z);
        let open = 0.55 + 0.45 * smoothstep(0.0, 16.0, x.abs());
        crest.powf(1.15) * 15.5 * rise * open + rough.fbm(x * 0.3, z * 0.3, 3) * 0.35
    };
    let light = e.light.clone();
    let line = if snow { 0.6 } else { 9.0 };
    let stone = if snow { hex(0x5d6470) } else { hex(0x777069) };
    let green = if snow { hex(0xe6ecf4) } else { hex(0x6f8f43) };
    terrain(&mut e.sheet, view, Ground { near: 1.2, far: 70.0 }, height, |s| {
        let grit = rough.fbm(s.x * 0.9, s.z * 0.9 + s.height * 0.7, 4);
        let layers = 1.0 + 0.22 * grit + 0.1 * (s.height * 2.2 + grit * 2.0).sin();
        let flat = smoothstep(0.5, 0.78, s.normal[1] + grit * 0.12);
        let grass_line = smoothstep(9.5, 3.5, s.height + grit * 3.0);
        let mut colour = mixed(
            scaled(stone, layers),
            scaled(green, 1.0 + grit * 0.25),
            grass_line * smoothstep(0.42, 0.7, s.normal[1]),
        );
        let covered = smoothstep(line - 1.2, line + 1.5, s.height + grit * 2.5) * flat;
        colour = mixed(
            colour,
            hex(0xeef3fa),
            if snow { covered.max(flat * 0.9) } else { covered },
        );
        let air = 1.0 - (-(s.z - 6.0).max(0.0) * 0.0115).exp();
        light.veiled(scaled(light.lit(colour, s.normal), 1.12), air * 0.92)
    });
    valley_mist(e);
    if snow {
        snow_ground(e);
    } else {
        alpine_grass(e);
    }
    conifers(e, view, &height, snow);
    e.sheet.bloom(0.85, 0.18);
}

fn valley_mist(e: &mut Easel) {
    let (mist, horizon, light) = (e.dice.noise(), e.view.horizon, e.light.clone());
    e.sheet.veil(false, |x, y| {
        let band = (-((y - horizon - 0.005) / 0.05).powi(2)).exp();
        let drift = 0.5 + 0.5 * mist.fbm(x * 2.5, y * 9.0, 4);
        (mixed(light.haze, light.low, 0.4), band * drift * 0.75)
    });
}

/// Spruces on the valley's sides, far ones small and pale.
fn conifers(e: &mut Easel, view: View, height: &impl Fn(f32, f32) -> f32, snow: bool) {
    let aspect = e.sheet.aspect();
    let groves = e.dice.noise();
    let mut trees: Vec<(f32, f32)> = (0..900)
        .map(|_| {
            let z = mix(7.0, 26.0, e.dice.next().sqrt());
            (e.dice.within(-0.55, 0.55) * aspect, z)
        })
        .filter(|&(s, z)| groves.at(s * z * 0.16 + 5.0, z * 0.16) + (s / aspect).abs() * 1.1 > 0.34)
        .collect();
    for _ in 0..7 {
        let edge = e.dice.side() * e.dice.within(0.36, 0.56);
        trees.push((edge * aspect, e.dice.within(2.6, 5.0)));
    }
    trees.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (slope, z) in trees {
        let y = view.horizon - (height(slope * z, z) - view.eye) / z;
        let air = 1.0 - (-z * 0.014).exp();
        let (dark, lit) = (e.light.lit_by(hex(0x16281f), 0.05), e.light.lit_by(hex(0x47613a), 0.75));
        let colours = (e.light.veiled(dark, air), e.light.veiled(lit, air));
        let white = e.light.veiled(e.light.lit_by(hex(0xf2f6fb), 0.8), air * 0.8);
        let tall = e.dice.within(1.0, 1.75) / z;
        let lies = (white, if snow { 0.75 } else { 0.0 });
        spruce(
            &mut e.sheet,
            (slope + aspect * 0.5, y + 0.004),
            tall,
            colours,
            lies,
            e.light.toward[0].signum(),
            &mut e.dice,
        );
    }
}

/// Drifts and sparkle near by.
fn snow_ground(e: &mut Easel) {
    let (light, horizon, drift) = (e.light.clone(), e.view.horizon, e.dice.noise());
    let start = horizon + 0.2;
    e.sheet.wash(|x, y, under| {
        let near = smoothstep(start, start + 0.2, y);
        if near <= 0.0 {
            return under;
        }
        let depth = 0.25 / (y - horizon);
        let (u, v) = (x * depth * 3.0, depth * 9.0);
        let here = drift.fbm(u, v, 4);
        let lean = drift.fbm(u + 0.06 * light.toward[0].signum(), v, 4) - here;
        let colour = light.lit_by(hex(0xeff4fb), (0.62 - lean * 4.5).clamp(0.05, 1.0));
        mixed(under, colour, near * 0.9)
    });
    let aspect = e.sheet.aspect();
    for _ in 0..500 {
        let at = (e.dice.next() * aspect, e.dice.within(start, 1.0));
        let spark = scaled(plus(e.light.sun, e.light.shade), e.dice.within(0.6, 1.3));
        e.sheet.dab(&Ink {
            at,
            size: (0.0009, 0.0009),
            turn: 0.0,
            soft: 0.5,
            colour: spark,
            cover: 0.8,
        });
    }
}

fn alpine_grass(e: &mut Easel) {
    let (light, horizon) = (e.light.clone(), e.view.horizon);
    let count = (6500.0 * e.sheet.aspect()) as usize;
    let patches = e.dice.noise();
    let colour = |x: f32, y: f32, dice: &mut super::Dice| {
        let tone = patches.fbm(x * 3.0, y * 6.0, 3) + dice.around() * 0.3;
        let green = mixed(hex(0x4f7a35), hex(0xb4b45c), smoothstep(-0.5, 0.7, tone));
        (light.lit_by(scaled(green, 0.6), 0.25), light.lit_by(green, 0.75))
    };
    grass(&mut e.sheet, (horizon + 0.2, 1.06), horizon, count, colour, &mut e.dice);
}

/// Dunes with sharp crests and wind ripples.
pub(super) fn desert(e: &mut Easel) {
    if e.time == super::Daytime::Day {
        e.light.low = hex(0xf0dcc0);
        e.light.haze = hex(0xe8cfae);
    }
    let clouds = Clouds {
        cover: 0.22,
        size: 1.6,
        drawn: 3.5,
    };
    sky(&mut e.sheet, &e.light, e.view.horizon, clouds, &mut e.dice);
    e.light.toward = [e.light.toward[0].signum() * 0.86, 0.42, 0.28];
    let (dunes, bend, wind) = (e.dice.noise(), e.dice.noise(), e.dice.noise());
    let view = View { eye: 2.2, ..e.view };
    let height = move |x: f32, z: f32| {
        let (u, v) = (
            x * 0.075 + bend.at(x * 0.05, z * 0.06) * 0.7,
            z * 0.085 + bend.at(x * 0.06 + 4.0, z * 0.05) * 0.6,
        );
        // A dune's back rises slowly and its face falls at once.
        let crest = 1.0 - (dunes.at(u, v) * 0.75 + dunes.at(u * 2.1 + 3.0, v * 2.1) * 0.25).abs() * 1.7;
        let large = 0.5 + dunes.fbm(x * 0.02 + 9.0, z * 0.02, 2);
        crest.max(-0.2) * (2.1 + large * 2.5) * smoothstep(1.0, 24.0, z) + crest.max(0.0) * 0.25
    };
    let light = e.light.clone();
    let (sand, red) = (hex(0xe2b277), hex(0xc98a52));
    terrain(&mut e.sheet, view, Ground { near: 1.2, far: 110.0 }, height, |s| {
        let near = smoothstep(26.0, 3.0, s.z);
        let swing = wind.fbm(s.x * 0.5, s.z * 0.5, 2) * 3.0;
        let ripple = ((s.x * 0.5 + s.z * 1.2) * 19.0 + swing * 4.5).sin() * near;
        let grain = wind.at(s.x * 40.0, s.z * 40.0) * 0.05 * near;
        let colour = scaled(
            mixed(sand, red, smoothstep(-0.3, 0.6, wind.fbm(s.x * 0.06, s.z * 0.06, 2))),
            1.0 + grain,
        );
        let mut normal = s.normal;
        normal[0] += ripple * 0.13;
        let air = 1.0 - (-s.z * 0.013).exp();
        light.veiled(scaled(light.lit(colour, normal), 1.35), air * 0.9)
    });
    e.sheet.bloom(0.85, 0.2);
}
