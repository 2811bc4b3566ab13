//! A street between houses: by day, by night, and in neon.

use super::kit::{
    Clouds, Crown, Dice, Facade, Ink, Noise, Palette, Rgb3, Sheet, Street, View, broadleaf, hex, mixed, plus, scaled,
    sky, street,
};
use super::{Daytime, Easel};
use crate::color::{mix, smoothstep};

/// Half the street's width, and half of it with the walks.
const ROAD: f32 = 5.6;
const WALL: f32 = 10.5;

/// Stone, brick and glass with shops below; at night with lit windows and lamps.
pub(super) fn city(e: &mut Easel) {
    let clouds = Clouds {
        cover: 0.38,
        size: 1.0,
        drawn: 1.4,
    };
    sky(&mut e.sheet, &e.light, e.view.horizon, clouds, &mut e.dice);
    if e.time == Daytime::Night {
        city_shine(e, hex(0xd99a5a), 0.2);
    }
    let view = View { eye: 1.7, ..e.view };
    let houses = houses(&mut e.dice, (11.0, 24.0), 22.0);
    road(e, view, 0.15);
    let (walls, light, time) = (e.dice.noise(), e.light.clone(), e.time);
    street(&mut e.sheet, view, &houses, |f| stone(f, walls, &light, time));
    if e.time != Daytime::Day && e.time != Daytime::Overcast {
        wet(e, view, 0.3);
    }
    trees(e, view);
    lamps(e, view);
    traffic(e, view);
    haze(e, 0.3);
    e.sheet.bloom(
        if e.time == Daytime::Night { 0.5 } else { 0.85 },
        if e.time == Daytime::Night { 0.5 } else { 0.2 },
    );
}

/// Towers in neon over a wet street.
pub(super) fn cyberpunk(e: &mut Easel) {
    let sunset = matches!(e.time, Daytime::Sunset | Daytime::Dawn);
    let day = matches!(e.time, Daytime::Day | Daytime::Overcast);
    if sunset {
        (e.light.zenith, e.light.middle) = (hex(0x2a1a55), hex(0xb23a7c));
        (e.light.low, e.light.haze) = (hex(0xff9a52), hex(0xc65a7e));
    } else if !day {
        (e.light.zenith, e.light.middle) = (hex(0x070620), hex(0x23124a));
        (e.light.low, e.light.haze) = (hex(0x7a2a78), hex(0x3a2568));
        e.light.stars = 0.0;
    }
    let clouds = Clouds {
        cover: 0.45,
        size: 1.5,
        drawn: 2.4,
    };
    if sunset {
        e.light.sun_at = Some((0.5, 0.83));
    }
    sky(&mut e.sheet, &e.light, e.view.horizon, clouds, &mut e.dice);
    city_shine(e, if sunset { hex(0xff8a4a) } else { hex(0xe04ab0) }, 0.5);
    let view = View { eye: 1.7, ..e.view };
    let mut houses = houses(&mut e.dice, (13.0, 30.0), 46.0);
    skyline(e, &mut houses, sunset);
    let (walls, light) = (e.dice.noise(), e.light.clone());
    road(e, view, 0.06);
    street(&mut e.sheet, view, &houses, |f| neon_wall(f, walls, &light, sunset));
    bridges(e, view);
    haze(e, 0.85);
    signs(e, view);
    flyers(e, view);
    wet(e, view, 0.75);
    drizzle(e);
    e.light.sun = if sunset { [1.4, 0.62, 0.5] } else { [0.85, 0.4, 1.1] };
    e.sheet.bloom(0.5, 0.6);
}

/// Two rows of houses on each side, the second higher and set back.
fn houses(dice: &mut Dice, tall: (f32, f32), behind: f32) -> Vec<Street> {
    let mut out = Vec::new();
    let mut id = 0;
    for side in [-1.0, 1.0] {
        for (row, wall) in [(0, WALL), (1, WALL + 9.0), (2, WALL + 26.0)] {
            let mut near = 1.0 + dice.within(0.0, 3.0);
            while near < 190.0 {
                let long = dice.within(8.0, 17.0) * (1.0 + row as f32 * 0.5);
                let rise = if row == 0 {
                    dice.within(tall.0, tall.1)
                } else {
                    dice.within(tall.1 * 0.8, tall.1 + behind * row as f32)
                };
                out.push(Street {
                    side,
                    near,
                    far: near + long,
                    wall: wall
                        + if row == 0 {
                            dice.within(0.0, 0.7)
                        } else {
                            dice.within(0.0, 6.0)
                        },
                    tall: rise,
                    id,
                });
                id += 1;
                near += long
                    + if row == 0 && dice.next() < 0.16 {
                        4.5
                    } else {
                        dice.within(0.0, 0.3) + row as f32 * 4.0
                    };
            }
        }
    }
    out
}

/// How much of a pixel lies between `a` and `b` of a repeating cell, when it shows `blur` of the cell.
fn within(at: f32, (a, b): (f32, f32), blur: f32) -> f32 {
    if blur > 0.9 {
        return b - a;
    }
    let wide = blur.max(0.004);
    let rise = |edge: f32, way: f32| ((at - edge) * way / wide + 0.5).clamp(0.0, 1.0);
    rise(a, 1.0) * rise(b, -1.0)
}

/// What there is at a place of a wall: the cell's number and how much of it is window.
struct Window {
    cell: (i32, i32),
    glass: f32,
    at: (f32, f32),
}

fn window(f: &Facade, (wide, tall): (f32, f32), across: (f32, f32), upward: (f32, f32)) -> Window {
    let (u, v) = (f.along / wide, f.up / tall);
    let (fu, fv) = (u - u.floor(), v - v.floor());
    Window {
        cell: (u.floor() as i32, v.floor() as i32),
        glass: within(fu, across, f.blur.0 / wide) * within(fv, upward, f.blur.1 / tall),
        at: (fu, fv),
    }
}

/// An ordinary wall.
fn stone(f: &Facade, walls: Noise, light: &Palette, time: Daytime) -> Rgb3 {
    const COLOURS: [u32; 8] = [
        0xb9a78c, 0x9c5f48, 0xcbbfa8, 0x8a8f96, 0xb98a63, 0x7f8b8f, 0xd2c3a5, 0x8f4f3f,
    ];
    let chance = |n: i32| walls.cell(f.house.id, n);
    let is_glass = chance(1) < 0.2 && f.house.tall > 22.0;
    let base = hex(COLOURS[(chance(2) * 7.99) as usize]);
    let normal = if f.is_front {
        [0.0, 0.1, -1.0]
    } else {
        [-f.house.side, 0.1, 0.0]
    };
    let grime = 1.0 + 0.14 * walls.fbm(f.along * 0.7 + chance(3) * 90.0, f.up * 0.4, 4);
    let facing = (0..3).map(|i| normal[i] * light.toward[i]).sum::<f32>().max(0.0);
    let lit_wall = |c: Rgb3| plus(light.lit_by(c, facing * 0.95 + 0.08), scaled(c, 0.035));
    let mut wall = lit_wall(scaled(base, grime));
    let (cell, across, upward) = if is_glass {
        ((1.5, 3.3), (0.04, 0.96), (0.1, 0.97))
    } else {
        (
            (mix(1.7, 2.6, chance(4)), mix(3.0, 3.7, chance(5))),
            (0.26, 0.76),
            (0.22, 0.8),
        )
    };
    let w = window(f, cell, across, upward);
    let ledge = within(f.up / cell.1 - (f.up / cell.1).floor(), (0.0, 0.07), f.blur.1 / cell.1);
    wall = mixed(wall, scaled(wall, 1.28), ledge * f32::from(u8::from(!is_glass)));
    if f.up > f.house.tall - 0.7 {
        wall = scaled(wall, 1.15);
    }
    let dark = matches!(time, Daytime::Night | Daytime::Sunset | Daytime::Dawn);
    let shop = f.up < 4.0;
    let glow = window_light(f, walls, &w, time);
    let sky = light.air(mix(0.15, 0.8, w.at.1 * 0.4 + chance(6) * 0.5));
    let reflect = mixed(
        scaled(hex(0x2b3540), 0.6),
        sky,
        if is_glass { 0.62 } else { 0.3 + 0.25 * w.at.1 },
    );
    let glass = if dark {
        plus(scaled(reflect, if time == Daytime::Night { 0.5 } else { 0.8 }), glow)
    } else {
        plus(reflect, scaled(glow, 0.06))
    };
    let mut paint = mixed(wall, glass, w.glass);
    if shop {
        paint = shopfront(f, walls, light, dark, wall);
    }
    let low = smoothstep(0.0, 5.0, f.up) * 0.35 + 0.65;
    light.veiled(scaled(paint, low), (1.0 - (-f.depth * 0.0055).exp()) * 0.92)
}

/// The light of a window where somebody is at home.
fn window_light(f: &Facade, walls: Noise, w: &Window, time: Daytime) -> Rgb3 {
    let mut own = Dice::new(f.house.id as u64 * 7919 + 11, 5);
    let busy = own.within(0.22, 0.6) * if time == Daytime::Night { 1.0 } else { 0.5 };
    let key = walls.cell(
        w.cell.0 * 31 + f.house.id * 77 + i32::from(f.is_front) * 9,
        w.cell.1 * 17,
    );
    let far = smoothstep(0.6, 1.4, f.blur.0.max(f.blur.1));
    let on = mix(f32::from(u8::from(key < busy)), busy, far);
    let warm = mixed(
        hex(0xffb765),
        hex(0xffe2b0),
        walls.cell(w.cell.0 + 7, w.cell.1 * 3 + f.house.id),
    );
    let cool = hex(0xbfd8ff);
    let tint = if walls.cell(w.cell.0 * 5, w.cell.1 + f.house.id) < 0.18 {
        cool
    } else {
        warm
    };
    scaled(
        tint,
        on * (0.55 + 0.6 * walls.cell(w.cell.0, w.cell.1 + 90)) * (0.75 + 0.35 * w.at.1),
    )
}

/// Glass, awnings and signs on the ground floor.
fn shopfront(f: &Facade, walls: Noise, light: &Palette, dark: bool, wall: Rgb3) -> Rgb3 {
    const AWNINGS: [u32; 6] = [0x8c2f2f, 0x2f5a4a, 0x2f456f, 0xb7843a, 0x6a3a55, 0x3c3c44];
    let wide = 5.2;
    let unit = (f.along / wide).floor();
    let at = f.along / wide - unit;
    let key = walls.cell(unit as i32 + f.house.id * 13, 3);
    let pane = within(at, (0.06, 0.94), f.blur.0 / wide) * within(f.up, (0.5, 2.7), f.blur.1);
    let post = 1.0 - within((at * 3.0).fract(), (0.03, 0.97), f.blur.0 / wide * 3.0);
    let inside = if dark {
        scaled(mixed(hex(0xffc27a), hex(0xfff0d6), key), 0.95)
    } else {
        mixed(hex(0x1d2226), light.air(0.3), 0.28)
    };
    let shelf = goods(f, walls);
    let mut paint = mixed(wall, scaled(inside, shelf), pane * (1.0 - post * 0.7));
    let sign = within(f.up, (2.8, 3.7), f.blur.1) * within(at, (0.05, 0.95), f.blur.0 / wide);
    let cloth = light.lit_by(hex(AWNINGS[(key * 5.99) as usize]), 0.6);
    let stripes = if key > 0.5 && (at * 14.0).fract() > 0.5 {
        light.lit_by([0.85; 3], 0.6)
    } else {
        cloth
    };
    paint = mixed(
        paint,
        if dark {
            plus(stripes, scaled(stripes, 2.0))
        } else {
            stripes
        },
        sign,
    );
    paint
}

/// How bright a shop's inside is at a place: things on shelves, light from above.
fn goods(f: &Facade, walls: Noise) -> f32 {
    let (u, v) = (f.along * 1.7, f.up * 1.9);
    let row = v.floor();
    let shelf = within(v - row, (0.0, 0.12), f.blur.1 * 1.9);
    let thing = walls.cell((u + row * 0.37).floor() as i32, row as i32 + f.house.id);
    let tall = within(v - row, (0.1, 0.25 + 0.65 * thing), f.blur.1 * 1.9)
        * within((u + row * 0.37).rem_euclid(1.0), (0.12, 0.88), f.blur.0 * 1.7);
    let lit = 0.55 + 0.35 * smoothstep(0.4, 2.6, f.up);
    lit * (1.0 - 0.55 * shelf) * (1.0 - tall * (0.2 + 0.5 * walls.cell(u as i32 + 3, row as i32 + 9)))
}

/// Towers far away that close the street; for a setting sun they leave a gap.
fn skyline(e: &mut Easel, houses: &mut Vec<Street>, has_gap: bool) {
    for i in 0..26 {
        let near = e.dice.within(95.0, 210.0);
        let wall = if has_gap {
            e.dice.within(9.0, 40.0)
        } else {
            e.dice.within(0.0, 34.0)
        };
        houses.push(Street {
            side: if i % 2 == 0 { 1.0 } else { -1.0 },
            near,
            far: near + 12.0,
            wall,
            tall: e.dice.within(22.0, 85.0) * (0.55 + wall / 60.0),
            id: 900 + i,
        });
    }
}

/// Asphalt with lanes and a crossing, walks on both sides.
fn road(e: &mut Easel, view: View, shine: f32) {
    let (grain, light) = (e.dice.noise(), e.light.clone());
    let aspect = e.sheet.aspect();
    let air = light.air(0.25);
    e.sheet.wash(|x, y, under| {
        if y <= view.horizon + 0.001 {
            return under;
        }
        let z = view.eye / (y - view.horizon);
        let across = (x - aspect * 0.5) * z;
        let blur = z / 700.0;
        let rough = 1.0
            + (0.22 * grain.fbm(across * 0.5, z * 0.5, 3) + 0.12 * grain.at(across * 9.0, z * 9.0))
                * (20.0 / (20.0 + z));
        let mut paint = light.lit_by(scaled(hex(0x4d4f54), rough), 0.5);
        let white = light.lit_by(hex(0xd6d6d0), 0.55);
        let dash = within(z / 5.0 - (z / 5.0).floor(), (0.1, 0.55), z * z / 700.0 / view.eye / 5.0);
        let line = within(across.abs(), (0.0, 0.09), blur) * dash;
        let crossing = within(z, (5.2, 7.6), z * z / 700.0 / view.eye)
            * within(across / 0.9 - (across / 0.9).floor(), (0.2, 0.75), blur / 0.9);
        let edge = within(across.abs(), (ROAD - 0.25, ROAD - 0.13), blur);
        paint = mixed(paint, white, (line + edge).min(1.0) * 0.8);
        paint = mixed(
            paint,
            white,
            crossing * 0.75 * f32::from(u8::from(across.abs() < ROAD - 0.5)),
        );
        let tiles = 1.0
            - 0.18 * (1.0 - within(z / 1.1 - (z / 1.1).floor(), (0.04, 0.98), z * z / 900.0))
            - 0.12 * (1.0 - within(across / 1.1 - (across / 1.1).floor(), (0.04, 0.98), blur));
        let walk = light.lit_by(scaled(hex(0x9d988e), rough * tiles), 0.5);
        paint = mixed(paint, walk, smoothstep(ROAD, ROAD + 0.06, across.abs()));
        paint = mixed(
            paint,
            scaled(paint, 0.45),
            within(across.abs(), (ROAD - 0.04, ROAD + 0.12), blur),
        );
        paint = mixed(paint, air, shine * smoothstep(1.0, 30.0, z));
        light.veiled(paint, (1.0 - (-z * 0.0055).exp()) * 0.92)
    });
}

/// What a wet street gives back of the walls and lights above it.
fn wet(e: &mut Easel, view: View, amount: f32) {
    let (puddles, aspect) = (e.dice.noise(), e.sheet.aspect());
    let above: Sheet = e.sheet.clone();
    e.sheet.wash(|x, y, under| {
        if y <= view.horizon + 0.002 {
            return under;
        }
        let slope = (x - aspect * 0.5).abs();
        let z = view.eye / (y - view.horizon);
        if slope * z > WALL {
            return under;
        }
        let (u, v) = ((x - aspect * 0.5) * z, z);
        let ripple = puddles.fbm(u * 2.2, v * 1.1, 3);
        let pool = smoothstep(-0.25, 0.25, puddles.fbm(u * 0.35 + 4.0, v * 0.22, 4));
        let mirror = 2.0 * view.horizon - y + 2.0 * view.eye * slope / WALL;
        let mut sum = [0.0; 3];
        for i in 0..7 {
            let spread = (i as f32 - 3.0) * mix(0.036, 0.012, pool) + ripple * 0.03;
            sum = plus(
                sum,
                above.at(x + ripple * 0.006, (mirror + spread).clamp(0.0, view.horizon + 0.05)),
            );
        }
        let reflected = scaled(sum, 1.0 / 7.0);
        let clear = amount * mix(0.35, 0.95, pool) * smoothstep(0.75, 0.1, y - view.horizon);
        plus(scaled(under, 1.0 - clear * 0.75), scaled(reflected, clear))
    });
}

fn haze(e: &mut Easel, amount: f32) {
    let (drift, light, horizon, aspect) = (e.dice.noise(), e.light.clone(), e.view.horizon, e.sheet.aspect());
    e.sheet.veil(false, |x, y| {
        let near = (-((y - horizon) / 0.13).powi(2)).exp() * (-(((x - aspect * 0.5) / 0.26).powi(2))).exp();
        let swirl = 0.7 + 0.4 * drift.fbm(x * 3.0, y * 5.0, 3);
        (mixed(light.haze, light.low, 0.5), near * swirl * amount * 0.8)
    });
}

/// The shine of a city at the end of the street.
fn city_shine(e: &mut Easel, colour: Rgb3, amount: f32) {
    let (horizon, aspect) = (e.view.horizon, e.sheet.aspect());
    e.sheet.veil(true, |x, y| {
        let far = ((x - aspect * 0.5) * 0.7).hypot(y - horizon);
        (colour, amount * (-far * 4.0).exp())
    });
}

fn trees(e: &mut Easel, view: View) {
    let aspect = e.sheet.aspect();
    let light = e.light.clone();
    for step in (0..6).rev() {
        let z = 9.0 + step as f32 * 8.5;
        for side in [-1.0f32, 1.0] {
            let foot = (aspect * 0.5 + side * (ROAD + 0.9) / z, view.horizon + view.eye / z);
            let air = (1.0 - (-z * 0.0085).exp()) * 0.9;
            let look = Crown {
                at: (0.0, 0.0),
                size: (0.0, 0.0),
                leaf: 0.085 / z,
                count: 2400,
                dark: light.veiled(light.lit_by(hex(0x213a1c), 0.1), air),
                lit: light.veiled(light.lit_by(hex(0x86a544), 0.85), air),
                from: (light.toward[0], -0.7),
            };
            let bark = light.veiled(light.lit_by(hex(0x453729), 0.3), air);
            let tall = e.dice.within(5.4, 6.6) / z;
            broadleaf(&mut e.sheet, foot, tall, &look, bark, &mut e.dice);
        }
    }
}

fn lamps(e: &mut Easel, view: View) {
    let aspect = e.sheet.aspect();
    let on = matches!(e.time, Daytime::Night | Daytime::Sunset | Daytime::Dawn);
    for step in (0..7).rev() {
        let z = 7.0 + step as f32 * 9.0;
        for side in [-1.0f32, 1.0] {
            let at = |across: f32, up: f32| (aspect * 0.5 + side * across / z, view.horizon + (view.eye - up) / z);
            let metal = e
                .light
                .veiled(e.light.lit_by(hex(0x2c3036), 0.4), 1.0 - (-z * 0.0085).exp());
            e.sheet
                .line(at(ROAD + 0.4, 0.0), at(ROAD + 0.4, 5.6), (0.13 / z, 0.08 / z), metal);
            e.sheet
                .line(at(ROAD + 0.4, 5.6), at(ROAD - 0.9, 5.8), (0.08 / z, 0.06 / z), metal);
            if on {
                let lamp = at(ROAD - 0.8, 5.65);
                let colour = hex(0xffc98a);
                e.sheet.glow(lamp, 2.4 / z, scaled(colour, 0.5));
                e.sheet.dab(&Ink {
                    at: lamp,
                    size: (0.32 / z, 0.1 / z),
                    turn: 0.0,
                    soft: 0.4,
                    colour: scaled(colour, 3.0),
                    cover: 1.0,
                });
                e.sheet.dab(&Ink {
                    at: at(ROAD - 0.8, 0.0),
                    size: (2.2 / z, 0.5 / z),
                    turn: 0.0,
                    soft: 1.0,
                    colour: scaled(colour, 0.42),
                    cover: 0.45,
                });
            }
        }
    }
}

/// Cars far down the street, as shapes by day and as lights by night.
fn traffic(e: &mut Easel, view: View) {
    const PAINTS: [u32; 5] = [0xb03a32, 0xe6e6e2, 0x2f4a78, 0x2a2c30, 0xd9b23a];
    let aspect = e.sheet.aspect();
    let on = e.time != Daytime::Day && e.time != Daytime::Overcast;
    let mut cars: Vec<(f32, f32)> = (0..9)
        .map(|i| (24.0 + i as f32 * 11.0 + e.dice.within(0.0, 7.0), e.dice.side()))
        .collect();
    cars.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (z, side) in cars {
        let at = |across: f32, up: f32| (aspect * 0.5 + across / z, view.horizon + (view.eye - up) / z);
        let middle = side * ROAD * 0.5;
        let air = 1.0 - (-z * 0.0085).exp();
        let body = e
            .light
            .veiled(e.light.lit_by(hex(PAINTS[(e.dice.next() * 4.99) as usize]), 0.55), air);
        let dark = e.light.veiled(e.light.lit_by(hex(0x14171c), 0.4), air);
        e.sheet.dab(&Ink {
            at: at(middle, 0.02),
            size: (1.15 / z, 0.16 / z),
            turn: 0.0,
            soft: 0.8,
            colour: scaled(dark, 0.6),
            cover: 0.8,
        });
        e.sheet.fill(
            &[
                at(middle - 0.9, 0.25),
                at(middle - 0.9, 0.95),
                at(middle + 0.9, 0.95),
                at(middle + 0.9, 0.25),
            ],
            |_, _, _| body,
        );
        e.sheet.fill(
            &[
                at(middle - 0.8, 0.9),
                at(middle - 0.62, 1.42),
                at(middle + 0.62, 1.42),
                at(middle + 0.8, 0.9),
            ],
            |_, _, _| dark,
        );
        for wheel in [-0.72f32, 0.72] {
            e.sheet.dab(&Ink {
                at: at(middle + wheel, 0.2),
                size: (0.16 / z, 0.2 / z),
                turn: 0.0,
                soft: 0.2,
                colour: scaled(dark, 0.5),
                cover: 1.0,
            });
            let lamp = at(middle + wheel * 0.95, 0.7);
            let colour = if side > 0.0 { hex(0xff3a2a) } else { hex(0xfff2d0) };
            let strong = if on { 2.4 } else { 0.7 };
            e.sheet.dab(&Ink {
                at: lamp,
                size: (0.15 / z, 0.09 / z),
                turn: 0.0,
                soft: 0.3,
                colour: scaled(colour, strong),
                cover: 1.0,
            });
            if on {
                e.sheet.glow(lamp, 1.1 / z, scaled(colour, 0.6));
            }
        }
    }
}

const NEONS: [u32; 6] = [0x22e6ff, 0xff2fb4, 0xffb02e, 0x9a5bff, 0x3dffa8, 0xff4a5e];

/// A dark tower: bands of light, lit windows, screens.
fn neon_wall(f: &Facade, walls: Noise, light: &Palette, sunset: bool) -> Rgb3 {
    let chance = |n: i32| walls.cell(f.house.id, n);
    let tint = hex(NEONS[(chance(1) * 5.99) as usize]);
    let normal = if f.is_front {
        [0.0, 0.0, -1.0]
    } else {
        [-f.house.side, 0.0, 0.0]
    };
    let grime = 1.0 + 0.3 * walls.fbm(f.along * 0.5, f.up * 0.25 + chance(2) * 60.0, 4);
    let base = mixed(hex(0x1c1f33), hex(0x34284a), chance(3));
    let mut wall = plus(
        scaled(light.lit(base, normal), 0.9),
        scaled(mixed(light.haze, tint, 0.25), 0.035),
    );
    wall = scaled(wall, grime);
    let cell = (mix(0.8, 1.7, chance(4)), mix(1.7, 2.6, chance(5)));
    let w = window(
        f,
        cell,
        if chance(6) < 0.4 { (0.05, 0.95) } else { (0.22, 0.78) },
        (0.28, 0.76),
    );
    let busy = mix(0.18, 0.5, chance(7));
    let key = walls.cell(w.cell.0 * 29 + f.house.id * 71, w.cell.1 * 13 + i32::from(f.is_front));
    let far = smoothstep(0.6, 1.4, f.blur.0.max(f.blur.1));
    let on = mix(f32::from(u8::from(key < busy)), busy, far);
    let pick = walls.cell(w.cell.0 * 3 + f.house.id, w.cell.1 * 7);
    let glow = if pick < 0.55 {
        mixed(hex(0xffc27a), hex(0xfff0d0), pick)
    } else if pick < 0.8 {
        hex(0x7ad7ff)
    } else {
        tint
    };
    let blind =
        1.0 - 0.35 * within((f.up * 4.0).fract(), (0.0, 0.45), f.blur.1 * 4.0) * walls.cell(w.cell.0, w.cell.1 + 5);
    let lamp = scaled(glow, on * (0.1 + 0.5 * pick.powi(2)) * blind * (0.7 + 0.5 * w.at.1));
    let pane = mixed(
        scaled(light.air(0.25), if sunset { 0.3 } else { 0.12 }),
        hex(0x0a0c18),
        0.5,
    );
    let mut paint = mixed(wall, plus(pane, lamp), w.glass);
    // Strips of light along ledges and up the corners.
    let floor = (f.up / (cell.1 * 7.0)).fract() * cell.1 * 7.0;
    let strip = within(floor, (0.0, 0.16), f.blur.1) * f32::from(u8::from(chance(8) < 0.45));
    let corner = within(f.along, (0.1, 0.3), f.blur.0) * f32::from(u8::from(chance(9) < 0.4));
    paint = plus(paint, scaled(tint, (strip * 0.8 + corner * 0.9) * 1.1));
    paint = screen(f, walls, paint);
    if f.up < 4.2 {
        paint = neon_shop(f, walls, paint);
    }
    let ground = 1.0 + 0.8 * smoothstep(9.0, 0.0, f.up);
    light.veiled(scaled(paint, ground), (1.0 - (-f.depth * 0.0125).exp()) * 0.94)
}

/// A large screen on some towers.
fn screen(f: &Facade, walls: Noise, paint: Rgb3) -> Rgb3 {
    let chance = |n: i32| walls.cell(f.house.id * 3 + i32::from(f.is_front), n + 40);
    if chance(0) > 0.42 || f.house.tall < 18.0 {
        return paint;
    }
    let low = mix(6.0, (f.house.tall - 9.0).max(7.0), chance(1));
    let (high, left) = (low + mix(4.0, 9.0, chance(2)), 1.2);
    let right = left + mix(3.0, 6.5, chance(3));
    let inside = within(f.along, (left, right), f.blur.0) * within(f.up, (low, high), f.blur.1);
    if inside <= 0.0 {
        return paint;
    }
    let (a, b) = (
        hex(NEONS[(chance(4) * 5.99) as usize]),
        hex(NEONS[(chance(5) * 5.99) as usize]),
    );
    let (u, v) = ((f.along - left) / (right - left), (f.up - low) / (high - low));
    let wave = walls.fbm(u * 2.0 + chance(6) * 40.0, v * 2.4, 3);
    let disc = smoothstep(0.34, 0.3, (u - 0.5).hypot((v - 0.58) * 1.3));
    let text = f32::from(u8::from(
        v < 0.24 && v > 0.08 && (u * 9.0 + chance(7) * 5.0).fract() > 0.28 && u > 0.1 && u < 0.9,
    ));
    let shown = plus(
        mixed(a, b, smoothstep(-0.3, 0.4, wave + v - 0.5)),
        scaled([1.0; 3], disc * 0.45 + text * 0.6),
    );
    let lines = 0.86 + 0.14 * within((f.up * 3.0).fract(), (0.2, 1.0), f.blur.1 * 3.0);
    mixed(paint, scaled(shown, 0.62 * lines), inside)
}

fn neon_shop(f: &Facade, walls: Noise, paint: Rgb3) -> Rgb3 {
    let wide = 4.2;
    let unit = (f.along / wide).floor();
    let at = f.along / wide - unit;
    let key = walls.cell(unit as i32 + f.house.id * 19, 8);
    let tint = hex(NEONS[(key * 5.99) as usize]);
    let pane = within(at, (0.07, 0.93), f.blur.0 / wide) * within(f.up, (0.3, 2.6), f.blur.1);
    let closed = walls.cell(unit as i32 + f.house.id * 7, 21) < 0.35;
    let slats = 0.7 + 0.3 * within((f.up * 5.0).fract(), (0.2, 1.0), f.blur.1 * 5.0);
    let inside = if closed {
        scaled(hex(0x23263a), slats)
    } else {
        scaled(mixed(tint, hex(0xffd9a8), 0.55), 0.42 * goods(f, walls))
    };
    let sign = within(f.up, (2.95, 3.75), f.blur.1) * within(at, (0.1, 0.9), f.blur.0 / wide);
    let letters = 0.35 + 0.65 * f32::from(u8::from((at * 11.0 + key * 3.0).fract() > 0.3));
    plus(mixed(paint, inside, pane), scaled(tint, sign * letters * 1.2))
}

/// Signs that stand out from the walls, far ones first.
fn signs(e: &mut Easel, view: View) {
    let aspect = e.sheet.aspect();
    let mut places: Vec<(f32, f32)> = (0..26)
        .map(|_| (4.6 + 62.0 * e.dice.next().powf(1.5), e.dice.side()))
        .collect();
    places.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (z, side) in places {
        let z = z + 4.0;
        let (reach, tall) = (e.dice.within(0.8, 1.5), e.dice.within(2.2, 7.0));
        let low = e.dice.within(3.8, 13.0);
        let colour = hex(NEONS[(e.dice.next() * 5.99) as usize]);
        let (near, far) = (WALL - 0.1, WALL - 0.1 - reach);
        let at = |across: f32, up: f32| (aspect * 0.5 + side * across / z, view.horizon + (view.eye - up) / z);
        let air = (1.0 - (-z * 0.014).exp()) * 0.8;
        let board = [at(far, low), at(far, low + tall), at(near, low + tall), at(near, low)];
        let back = e.light.veiled(plus(hex(0x0c0d1a), scaled(colour, 0.1)), air);
        e.sheet.fill(&board, |_, _, _| back);
        let shine = e.light.veiled(scaled(colour, 1.7), air * 0.6);
        for i in 0..4 {
            e.sheet.line(board[i], board[(i + 1) % 4], (0.07 / z, 0.07 / z), shine);
        }
        glyphs(e, (near - reach * 0.5, low, tall, reach), (z, side), view, shine);
        let middle = at(near - reach * 0.5, low + tall * 0.5);
        e.sheet
            .glow(middle, (tall * 0.9 + 1.0) / z, scaled(colour, 0.22 * (1.0 - air)));
    }
}

/// Marks like letters, of a script that nobody reads.
fn glyphs(
    e: &mut Easel,
    (across, low, tall, reach): (f32, f32, f32, f32),
    (z, side): (f32, f32),
    view: View,
    colour: Rgb3,
) {
    let aspect = e.sheet.aspect();
    let size = reach * 0.62;
    let count = ((tall - 0.4) / (size * 1.35)) as usize;
    for i in 0..count {
        let up = low + 0.35 + (i as f32 + 0.5) * (tall - 0.7) / count as f32;
        for _ in 0..5 {
            let corner = |d: f32| (d * 3.0).floor() * 0.5 - 0.5;
            let (a, b) = (corner(e.dice.next()), corner(e.dice.next()));
            let (c, d) = if e.dice.next() < 0.5 {
                (corner(e.dice.next()), b)
            } else {
                (a, corner(e.dice.next()))
            };
            let at = |u: f32, v: f32| {
                (
                    aspect * 0.5 + side * (across + u * size) / z,
                    view.horizon + (view.eye - up - v * size) / z,
                )
            };
            e.sheet.line(at(a, b), at(c, d), (0.085 / z, 0.085 / z), colour);
        }
    }
}

/// Walkways across the street.
fn bridges(e: &mut Easel, view: View) {
    let aspect = e.sheet.aspect();
    for z in [54.0, 33.0] {
        let z = z * e.dice.within(0.85, 1.15);
        let up = e.dice.within(9.0, 15.0);
        let air = (1.0 - (-z * 0.0125f32).exp()) * 0.92;
        let at = |across: f32, up: f32| (aspect * 0.5 + across / z, view.horizon + (view.eye - up) / z);
        let dark = e.light.veiled(e.light.lit_by(hex(0x1a1c2e), 0.3), air);
        e.sheet.fill(
            &[at(-9.0, up), at(-9.0, up + 2.4), at(9.0, up + 2.4), at(9.0, up)],
            |_, _, _| dark,
        );
        let tint = e
            .light
            .veiled(scaled(hex(NEONS[(e.dice.next() * 5.99) as usize]), 1.4), air * 0.6);
        e.sheet.line(at(-9.0, up), at(9.0, up), (0.14 / z, 0.14 / z), tint);
        let pane = e.light.veiled(scaled(hex(0xffc98a), 0.7), air * 0.7);
        for i in -6..6 {
            let x = i as f32 * 1.15;
            e.sheet.fill(
                &[
                    at(x + 0.15, up + 0.8),
                    at(x + 0.15, up + 1.8),
                    at(x + 1.0, up + 1.8),
                    at(x + 1.0, up + 0.8),
                ],
                |_, _, _| pane,
            );
        }
    }
}

/// Flying cars with their lights.
fn flyers(e: &mut Easel, view: View) {
    let aspect = e.sheet.aspect();
    for _ in 0..11 {
        let (z, across, up) = (
            e.dice.within(16.0, 70.0),
            e.dice.around() * 5.0,
            e.dice.within(7.0, 26.0),
        );
        let at = |dx: f32, dy: f32| {
            (
                aspect * 0.5 + (across + dx) / z,
                view.horizon + (view.eye - up + dy) / z,
            )
        };
        let dark = e.light.veiled(hex(0x0d0e1a), (1.0 - (-z * 0.012).exp()) * 0.8);
        e.sheet.dab(&Ink {
            at: at(0.0, 0.0),
            size: (1.15 / z, 0.34 / z),
            turn: 0.0,
            soft: 0.2,
            colour: dark,
            cover: 1.0,
        });
        let tint = if across > 0.0 { hex(0xff4a3a) } else { hex(0xd8f4ff) };
        for lamp in [-0.8f32, 0.8] {
            e.sheet.glow(at(lamp, 0.05), 1.2 / z, scaled(tint, 0.7));
            e.sheet.dab(&Ink {
                at: at(lamp, 0.05),
                size: (0.2 / z, 0.11 / z),
                turn: 0.0,
                soft: 0.4,
                colour: scaled(tint, 2.5),
                cover: 1.0,
            });
        }
    }
}

fn drizzle(e: &mut Easel) {
    let aspect = e.sheet.aspect();
    for _ in 0..(420.0 * aspect) as usize {
        let (x, y) = (e.dice.next() * aspect, e.dice.next());
        let long = e.dice.within(0.012, 0.04);
        let colour = plus(scaled(e.sheet.at(x, y), 1.25), [0.02, 0.025, 0.035]);
        e.sheet.dab(&Ink {
            at: (x, y),
            size: (0.0006, long * 0.5),
            turn: 0.06,
            soft: 0.9,
            colour,
            cover: 0.55,
        });
    }
}
