//! Indoors: a living room with a window, a photographer's backdrop.

use super::kit::{Crown, Ink, Noise, Rgb3, Sheet, crown, hex, mixed, plus, scaled};
use super::{Daytime, Easel};
use crate::color::{mix, smoothstep};
use std::f32::consts::FRAC_PI_2;

/// A paper sweep lit from one side.
pub(super) fn studio(e: &mut Easel) {
    const PAPERS: [u32; 5] = [0xb9bcc2, 0xc9bfb2, 0x9fb0bb, 0xb6a9b4, 0xaeb5a6];
    let paper = hex(PAPERS[(e.dice.next() * 4.99) as usize]);
    let (side, weave, aspect) = (e.light.toward[0].signum(), e.dice.noise(), e.sheet.aspect());
    let sweep = e.view.horizon + 0.2;
    e.sheet.wash(|x, y, _| {
        let pool = ((x - aspect * (0.5 + side * 0.08)) / (0.62 * aspect.max(0.9))).hypot((y - 0.42) / 0.62);
        let light = mix(1.18, 0.3, smoothstep(0.05, 1.35, pool));
        let floor = smoothstep(sweep - 0.06, sweep + 0.14, y) * 0.12 - 0.08 * (-((y - sweep) / 0.06).powi(2)).exp();
        let fibre = 1.0 + 0.012 * weave.fbm(x * 60.0, y * 60.0, 3) + 0.03 * weave.fbm(x * 1.5, y * 1.5, 3);
        scaled(paper, (light + floor) * fibre)
    });
    e.light.sun = [1.0, 0.98, 0.95];
}

/// The room's measures: its far wall and how it is seen.
struct Room {
    floor: f32,
    side: f32,
    wall: Rgb3,
    light: Rgb3,
    shade: Rgb3,
    lamp: f32,
}

impl Room {
    /// A colour in the room's light; `window` is how much of the daylight falls there.
    fn lit(&self, colour: Rgb3, window: f32) -> Rgb3 {
        std::array::from_fn(|i| colour[i] * (self.shade[i] + self.light[i] * window))
    }
}

/// A sofa, a window with daylight, a plant, a lamp, pictures.
pub(super) fn living_room(e: &mut Easel) {
    const WALLS: [u32; 5] = [0xd8cdbd, 0xa9b8ae, 0xc9b8a8, 0x9fb0bd, 0xd3c1b0];
    let night = e.time == Daytime::Night;
    let warm = matches!(e.time, Daytime::Sunset | Daytime::Dawn);
    let room = Room {
        floor: (e.view.horizon + 0.2).clamp(0.6, 0.76),
        side: e.dice.side(),
        wall: hex(WALLS[(e.dice.next() * 4.99) as usize]),
        light: if night {
            [0.08, 0.1, 0.16]
        } else if warm {
            [1.0, 0.66, 0.4]
        } else {
            [0.85, 0.82, 0.76]
        },
        shade: if night { [0.26, 0.2, 0.14] } else { [0.34, 0.33, 0.33] },
        lamp: if night { 1.0 } else { 0.35 },
    };
    let (grain, weave) = (e.dice.noise(), e.dice.noise());
    shell(e, &room, grain);
    window(e, &room);
    frames(e, &room, weave);
    rug(e, &room, weave);
    shelf_plant(e, &room);
    sofa(e, &room, weave);
    table(e, &room, grain);
    floor_lamp(e, &room);
    sunbeam(e, &room);
    e.light.toward = [room.side * 0.8, 0.5, 0.2];
    e.light.sun = room.light;
    e.sheet.bloom(0.8, 0.25);
}

/// Walls with a skirting board, a wooden floor in perspective.
fn shell(e: &mut Easel, room: &Room, grain: Noise) {
    let (aspect, floor) = (e.sheet.aspect(), room.floor);
    let vanish = floor - 0.3;
    let window_x = aspect * (0.5 + room.side * 0.33);
    e.sheet.wash(|x, y, _| {
        let near = (-((x - window_x) / (0.75 * aspect)).powi(2)).exp();
        if y < floor {
            let plaster = 1.0 + 0.02 * grain.fbm(x * 26.0, y * 26.0, 4) + 0.03 * grain.fbm(x * 2.0, y * 2.0, 2);
            let corner = 1.0 - 0.28 * smoothstep(0.16, 0.0, y) - 0.15 * smoothstep(0.1, 0.0, floor - y);
            let wall = room.lit(scaled(room.wall, plaster * corner), 0.12 + near * 0.42);
            let board = smoothstep(floor - 0.034, floor - 0.032, y);
            let edge = 1.0 - 0.4 * smoothstep(0.004, 0.0, (y - floor + 0.033).abs());
            return scaled(mixed(wall, room.lit(hex(0xe9e4da), 0.15 + near * 0.4), board), edge);
        }
        let z = 0.3 / (y - vanish);
        let across = (x - aspect * 0.5) * z * 6.0;
        let plank = across.floor();
        let shift = grain.cell(plank as i32, 3) * 7.0;
        let along = z * 9.0 + shift;
        let tone = 0.78 + 0.34 * grain.cell(plank as i32, along.floor() as i32);
        let figure =
            grain.fbm(across * 5.0 + plank * 9.0, z * 5.0 + shift, 4) * 0.16 + grain.at(across * 22.0, z * 7.0) * 0.07;
        let gap = smoothstep(0.0, 0.035, (across - plank).min(plank + 1.0 - across)) * 0.4 + 0.6;
        let wood = scaled(hex(0xa87548), (tone + figure) * gap);
        let shine = mixed(
            room.lit(wood, 0.1 + near * 0.5),
            scaled(room.light, 0.55),
            0.16 * near * smoothstep(0.5, 0.0, y - floor),
        );
        scaled(shine, 0.62 + 0.38 * smoothstep(0.0, 0.05, y - floor))
    });
}

fn rect(
    sheet: &mut Sheet,
    (left, top): (f32, f32),
    (right, bottom): (f32, f32),
    each: impl Fn(f32, f32, Rgb3) -> Rgb3 + Sync,
) {
    sheet.fill(&[(left, top), (right, top), (right, bottom), (left, bottom)], each);
}

/// A shape with round corners.
fn pillow(
    sheet: &mut Sheet,
    (left, top): (f32, f32),
    (right, bottom): (f32, f32),
    round: f32,
    each: impl Fn(f32, f32, Rgb3) -> Rgb3 + Sync,
) {
    let mut points = Vec::with_capacity(36);
    let corners = [
        (right - round, top + round, -FRAC_PI_2),
        (right - round, bottom - round, 0.0),
        (left + round, bottom - round, FRAC_PI_2),
        (left + round, top + round, std::f32::consts::PI),
    ];
    for (cx, cy, start) in corners {
        points.extend(
            (0..=8)
                .map(|i| start + FRAC_PI_2 * i as f32 / 8.0)
                .map(|t| (cx + t.cos() * round, cy + t.sin() * round)),
        );
    }
    sheet.fill(&points, each);
}

/// A tall window, the world outside soft, curtains on both sides.
fn window(e: &mut Easel, room: &Room) {
    let aspect = e.sheet.aspect();
    let middle = aspect * (0.5 + room.side * 0.33);
    let (half, top, bottom) = (0.2, 0.07, room.floor - 0.13);
    let (light, leaves) = (e.light.clone(), e.dice.noise());
    let bright = if e.time == Daytime::Night { 1.0 } else { 1.25 };
    rect(
        &mut e.sheet,
        (middle - half, top),
        (middle + half, bottom),
        |x, y, _| {
            let up = ((bottom - y) / (bottom - top)).clamp(0.0, 1.0);
            let air = light.air(0.1 + up * 0.6);
            let tree = smoothstep(-0.1, 0.25, leaves.fbm(x * 6.0, y * 6.0, 4) + 0.5 - up * 1.2);
            scaled(mixed(air, light.lit_by(hex(0x7f9a5c), 0.7), tree * 0.75), bright)
        },
    );
    let white = room.lit(hex(0xf2eee6), 0.4);
    for x in [middle - half, middle, middle + half] {
        rect(&mut e.sheet, (x - 0.007, top), (x + 0.007, bottom), |_, _, _| white);
    }
    for y in [top, top + (bottom - top) * 0.36, bottom] {
        rect(
            &mut e.sheet,
            (middle - half, y - 0.007),
            (middle + half, y + 0.007),
            |_, _, _| white,
        );
    }
    rect(
        &mut e.sheet,
        (middle - half - 0.03, bottom),
        (middle + half + 0.03, bottom + 0.02),
        |_, y, _| scaled(white, 1.1 - (y - bottom) * 18.0),
    );
    let folds = e.dice.noise();
    for side in [-1.0f32, 1.0] {
        let (inner, outer) = (middle + side * (half - 0.05), middle + side * (half + 0.1));
        let cloth = [
            (inner, 0.035),
            (outer, 0.035),
            (outer + side * 0.01, room.floor - 0.03),
            (inner - side * 0.012, room.floor - 0.03),
        ];
        e.sheet.fill(&cloth, |x, y, under| {
            let fold = ((x - inner) * 95.0 + folds.fbm(x * 8.0, y * 1.5, 2) * 2.2).sin() * 0.5 + 0.5;
            let through = smoothstep(0.15, 0.0, (x - inner).abs());
            let linen = room.lit(scaled(hex(0xe8dfd0), 0.72 + 0.34 * fold), 0.3 + 0.55 * through);
            mixed(linen, under, 0.12 * through)
        });
    }
    let rod = room.lit(hex(0x3a3128), 0.3);
    e.sheet.line(
        (middle - half - 0.14, 0.032),
        (middle + half + 0.14, 0.032),
        (0.01, 0.01),
        rod,
    );
}

/// Pictures on the wall.
fn frames(e: &mut Easel, room: &Room, weave: Noise) {
    let aspect = e.sheet.aspect();
    let middle = aspect * (0.5 - room.side * 0.2);
    let colours = [hex(0xc96f4a), hex(0x2f5d62), hex(0xe3b75f)];
    let spots = [(-0.16, 0.09, 0.1, 0.15), (0.04, 0.11, 0.075, 0.1)];
    for (i, (dx, y, half, tall)) in spots.into_iter().enumerate() {
        let (x, top) = (middle + dx, y + 0.02);
        let low = top + tall * 1.75;
        e.sheet.dab(&Ink {
            at: (x - room.side * 0.012, (top + low) / 2.0 + 0.012),
            size: (half * 1.25, tall * 1.1),
            turn: 0.0,
            soft: 0.7,
            colour: room.lit(scaled(room.wall, 0.45), 0.1),
            cover: 0.5,
        });
        rect(&mut e.sheet, (x - half, top), (x + half, low), |_, _, _| {
            room.lit(hex(0x2c2620), 0.3)
        });
        rect(
            &mut e.sheet,
            (x - half + 0.008, top + 0.008),
            (x + half - 0.008, low - 0.008),
            |_, _, _| room.lit(hex(0xf1ece2), 0.35),
        );
        let inset = 0.026;
        rect(
            &mut e.sheet,
            (x - half + inset, top + inset),
            (x + half - inset, low - inset),
            |px, py, _| {
                let v = (py - top) / (low - top);
                let hill = weave.fbm(px * 7.0 + i as f32 * 9.0, 0.5, 3) * 0.22;
                let sun = (px - x).hypot(py - top - tall * 0.55) < half * 0.34;
                let paint = if v > 0.74 + hill * 0.6 {
                    colours[1]
                } else if v > 0.56 + hill {
                    mixed(colours[0], colours[1], 0.35)
                } else if sun {
                    colours[0]
                } else {
                    mixed(hex(0xf0dcc0), colours[2], v * 0.8)
                };
                room.lit(scaled(paint, 1.0 + 0.08 * weave.fbm(px * 50.0, py * 50.0, 3)), 0.32)
            },
        );
    }
}

fn rug(e: &mut Easel, room: &Room, weave: Noise) {
    let middle = e.sheet.aspect() * 0.5;
    let (top, low) = (room.floor + 0.09, (room.floor + 0.3).min(1.05));
    let shape = [
        (middle - 0.42, top),
        (middle + 0.42, top),
        (middle + 0.62, low),
        (middle - 0.62, low),
    ];
    let (a, b) = (hex(0xb5533c), hex(0xe8dcc4));
    e.sheet.fill(&shape, |x, y, _| {
        let v = (y - top) / (low - top);
        let u = (x - middle) / mix(0.42, 0.62, v);
        let border = smoothstep(0.86, 0.87, u.abs())
            .max(smoothstep(0.06, 0.05, v))
            .max(smoothstep(0.93, 0.94, v));
        let diamond = ((u * 5.0).rem_euclid(1.0) - 0.5).abs() + ((v * 4.0).rem_euclid(1.0) - 0.5).abs();
        let motif = smoothstep(0.28, 0.3, diamond) * smoothstep(0.5, 0.48, diamond) * 0.75;
        let cloth = mixed(mixed(a, b, motif), mixed(hex(0x2f3f52), b, 0.1), border);
        let pile = 1.0 + 0.16 * weave.fbm(x * 90.0, y * 120.0, 2);
        room.lit(
            scaled(cloth, pile * 0.85),
            0.22 + 0.25 * smoothstep(-1.0, 1.0, u * room.side),
        )
    });
}

/// A three-seater from the front.
fn sofa(e: &mut Easel, room: &Room, weave: Noise) {
    const CLOTHS: [u32; 5] = [0x5d7a7a, 0x8b6f5e, 0x6b7c93, 0x9a8f7c, 0x7a5a5a];
    let colour = hex(CLOTHS[(e.dice.next() * 4.99) as usize]);
    let x = e.sheet.aspect() * (0.5 - room.side * 0.14);
    let (half, foot) = (0.42, room.floor + 0.085);
    let cloth = |px: f32, py: f32, tone: f32| {
        let knit = 1.0 + 0.07 * weave.fbm(px * 160.0, py * 160.0, 2) + 0.05 * weave.fbm(px * 12.0, py * 12.0, 3);
        let side = 0.5 + 0.5 * ((px - x) / half * room.side).clamp(-1.0, 1.0);
        room.lit(scaled(colour, tone * knit), 0.14 + 0.34 * side)
    };
    e.sheet.dab(&Ink {
        at: (x, foot + 0.012),
        size: (half * 1.14, 0.034),
        turn: 0.0,
        soft: 0.95,
        colour: room.lit(hex(0x2b1d12), 0.0),
        cover: 0.85,
    });
    for leg in [-0.9f32, 0.9] {
        e.sheet.line(
            (x + leg * half, foot - 0.05),
            (x + leg * half * 1.02, foot + 0.012),
            (0.014, 0.009),
            room.lit(hex(0x4a3220), 0.25),
        );
    }
    pillow(
        &mut e.sheet,
        (x - half * 0.94, foot - 0.29),
        (x + half * 0.94, foot - 0.06),
        0.035,
        |px, py, _| cloth(px, py, 0.82),
    );
    for i in 0..2 {
        let left = x - half * 0.84 + i as f32 * half * 0.84;
        let (a, b) = ((left + 0.004, foot - 0.275), (left + half * 0.84 - 0.004, foot - 0.115));
        pillow(&mut e.sheet, a, b, 0.028, |px, py, _| {
            let (u, v) = (
                (px - a.0) / (b.0 - a.0) * 2.0 - 1.0,
                (py - a.1) / (b.1 - a.1) * 2.0 - 1.0,
            );
            cloth(px, py, 1.12 - 0.24 * u.abs().powi(4) - 0.2 * v.powi(3))
        });
    }
    for i in 0..2 {
        let left = x - half * 0.85 + i as f32 * half * 0.85;
        let (a, b) = ((left + 0.003, foot - 0.135), (left + half * 0.85 - 0.003, foot - 0.07));
        pillow(&mut e.sheet, a, b, 0.022, |px, py, _| {
            cloth(px, py, 1.28 - 0.5 * smoothstep(a.1, b.1, py))
        });
    }
    pillow(
        &mut e.sheet,
        (x - half * 0.98, foot - 0.075),
        (x + half * 0.98, foot - 0.018),
        0.014,
        |px, py, _| cloth(px, py, 0.8 - 0.35 * smoothstep(foot - 0.05, foot - 0.015, py)),
    );
    for side in [-1.0f32, 1.0] {
        let (inner, outer) = (x + side * half * 0.82, x + side * half * 1.03);
        let (l, r) = (inner.min(outer), inner.max(outer));
        pillow(&mut e.sheet, (l, foot - 0.19), (r, foot - 0.016), 0.034, |px, py, _| {
            let u = (px - l) / (r - l) * 2.0 - 1.0;
            cloth(px, py, 1.15 - 0.3 * u * u - 0.4 * smoothstep(foot - 0.17, foot, py))
        });
    }
    for (dx, tint, lean) in [(-0.6f32, 0xd9a441u32, 0.03f32), (0.5, 0xe6ddcb, -0.03)] {
        let (cx, cy, s) = (x + dx * half, foot - 0.165, 0.062);
        let shape: Vec<(f32, f32)> = (0..24)
            .map(|i| i as f32 / 24.0 * std::f32::consts::TAU)
            .map(|t| {
                let square = |v: f32| v.signum() * v.abs().powf(0.45);
                let (px, py) = (square(t.cos()) * s, square(t.sin()) * s);
                (cx + px - py * lean * 4.0, cy + py + px * lean * 4.0)
            })
            .collect();
        e.sheet.fill(&shape, |px, py, _| {
            room.lit(
                scaled(
                    hex(tint),
                    (1.05 - ((px - cx).hypot(py - cy) / s).powi(2) * 0.28)
                        * (1.0 + 0.06 * weave.fbm(px * 150.0, py * 150.0, 2)),
                ),
                0.34,
            )
        });
    }
}

/// A low table with books and a cup.
fn table(e: &mut Easel, room: &Room, grain: Noise) {
    let x = e.sheet.aspect() * (0.5 + room.side * 0.05);
    let y = room.floor + 0.175;
    e.sheet.dab(&Ink {
        at: (x, y + 0.095),
        size: (0.26, 0.03),
        turn: 0.0,
        soft: 0.9,
        colour: room.lit(hex(0x2b1a12), 0.0),
        cover: 0.6,
    });
    for leg in [-0.17f32, 0.17] {
        e.sheet.line(
            (x + leg, y),
            (x + leg * 1.15, y + 0.095),
            (0.013, 0.008),
            room.lit(hex(0x3d2a1b), 0.2),
        );
    }
    let wood = |px: f32, py: f32| scaled(hex(0x8a5a35), 1.0 + 0.25 * grain.fbm(px * 9.0, py * 130.0, 3));
    e.sheet.dab(&Ink {
        at: (x, y + 0.01),
        size: (0.23, 0.04),
        turn: 0.0,
        soft: 0.02,
        colour: room.lit(hex(0x5b3a22), 0.1),
        cover: 1.0,
    });
    let top: Vec<(f32, f32)> = (0..48)
        .map(|i| i as f32 / 48.0 * std::f32::consts::TAU)
        .map(|t| (x + t.cos() * 0.23, y + t.sin() * 0.04))
        .collect();
    e.sheet.fill(&top, |px, py, _| {
        plus(
            room.lit(wood(px, py), 0.42),
            scaled(room.light, 0.06 * smoothstep(0.2, -0.1, (px - x) * -room.side)),
        )
    });
    for (i, tint) in [0x36506b, 0xc9b48a].into_iter().enumerate() {
        let low = y - 0.004 - i as f32 * 0.016;
        rect(
            &mut e.sheet,
            (x - 0.12 + i as f32 * 0.01, low - 0.016),
            (x - 0.012, low),
            |_, py, _| room.lit(scaled(hex(tint), 1.1 - (py - low + 0.016) * 20.0), 0.35),
        );
    }
    pillow(
        &mut e.sheet,
        (x + 0.06, y - 0.04),
        (x + 0.105, y + 0.006),
        0.008,
        |px, _, _| {
            room.lit(
                scaled(
                    hex(0xf0ece4),
                    1.0 - 0.3 * ((px - x - 0.0825) / 0.0225 * -room.side).max(0.0),
                ),
                0.4,
            )
        },
    );
}

/// A plant in a pot by the window.
fn shelf_plant(e: &mut Easel, room: &Room) {
    let aspect = e.sheet.aspect();
    let x = aspect * (0.5 + room.side * 0.33) - room.side * 0.34;
    let x = x.clamp(0.1, aspect - 0.1);
    let foot = room.floor + 0.03;
    e.sheet.dab(&Ink {
        at: (x, foot),
        size: (0.075, 0.014),
        turn: 0.0,
        soft: 0.9,
        colour: room.lit(hex(0x24180f), 0.0),
        cover: 0.8,
    });
    for i in 0..13 {
        let turn = -1.57 + (i as f32 - 6.0) * 0.2 + e.dice.around() * 0.1;
        let length = e.dice.within(0.2, 0.33);
        let at = |t: f32| {
            (
                x + turn.cos() * length * t,
                foot - 0.1 + turn.sin() * length * t + 0.12 * length * t * t * 4.0 * turn.cos().abs(),
            )
        };
        let tone = e.dice.within(0.6, 1.2);
        let (a, b, tip) = (at(0.3), at(0.7), at(1.0));
        e.sheet
            .line((x, foot - 0.1), a, (0.006, 0.005), room.lit(hex(0x3d5a2c), 0.2));
        let (nx, ny) = (-(b.1 - a.1), b.0 - a.0);
        let wide = 0.28;
        let leaf = [
            a,
            (b.0 + nx * wide, b.1 + ny * wide),
            tip,
            (b.0 - nx * wide, b.1 - ny * wide),
        ];
        e.sheet.fill(&leaf, |px, _, _| {
            room.lit(scaled(hex(0x3f7a3c), tone * (1.0 + (px - x) * room.side * 1.6)), 0.45)
        });
    }
    let look = Crown {
        at: (x, foot - 0.12),
        size: (0.05, 0.035),
        leaf: 0.009,
        count: 60,
        dark: room.lit(hex(0x1f4020), 0.1),
        lit: room.lit(hex(0x5f9a48), 0.6),
        from: (room.side, -0.5),
    };
    crown(&mut e.sheet, &look, &mut e.dice);
    let pot = [
        (x - 0.052, foot - 0.1),
        (x + 0.052, foot - 0.1),
        (x + 0.038, foot),
        (x - 0.038, foot),
    ];
    e.sheet.fill(&pot, |px, _, _| {
        room.lit(scaled(hex(0xc8a183), 0.85 + (px - x) * room.side * 5.0), 0.4)
    });
}

/// A floor lamp and its light on the wall.
fn floor_lamp(e: &mut Easel, room: &Room) {
    let aspect = e.sheet.aspect();
    let x = (aspect * (0.5 - room.side * 0.14) - room.side * 0.52).clamp(0.09, aspect - 0.09);
    let (foot, top) = (room.floor + 0.035, room.floor - 0.42);
    let metal = room.lit(hex(0x2f2a25), 0.3);
    e.sheet.line((x, foot), (x, top + 0.06), (0.007, 0.006), metal);
    e.sheet.dab(&Ink {
        at: (x, foot),
        size: (0.045, 0.009),
        turn: 0.0,
        soft: 0.1,
        colour: metal,
        cover: 1.0,
    });
    let glow = hex(0xffcf94);
    let shade = [
        (x - 0.05, top),
        (x + 0.05, top),
        (x + 0.08, top + 0.11),
        (x - 0.08, top + 0.11),
    ];
    e.sheet.glow((x, top + 0.07), 0.55, scaled(glow, 0.28 * room.lamp));
    let lamp = room.lamp;
    e.sheet.fill(&shade, |px, py, _| {
        let pleat = 1.0 + 0.05 * ((px - x) * 420.0).sin();
        let inner = 1.0 - ((px - x) / 0.08).powi(2) * 0.5;
        plus(
            room.lit(scaled(hex(0xe9dcc2), pleat), 0.35),
            scaled(glow, lamp * inner * (0.55 + (py - top) * 2.5)),
        )
    });
    e.sheet.dab(&Ink {
        at: (x, room.floor + 0.05),
        size: (0.3, 0.05),
        turn: 0.0,
        soft: 1.0,
        colour: scaled(glow, 0.4),
        cover: 0.22 * room.lamp,
    });
}

/// Daylight that lies on the floor.
fn sunbeam(e: &mut Easel, room: &Room) {
    if e.time == Daytime::Night || e.time == Daytime::Overcast {
        return;
    }
    let aspect = e.sheet.aspect();
    let start = aspect * (0.5 + room.side * 0.3);
    let light = room.light;
    for pane in 0..2 {
        let x = start - room.side * (0.02 + pane as f32 * 0.17);
        let slant = -room.side * 0.16;
        let (y, low) = (room.floor + 0.07, room.floor + 0.24);
        let patch = [
            (x, y),
            (x - room.side * 0.14, y),
            (x - room.side * 0.16 + slant, low),
            (x + slant + room.side * 0.01, low),
        ];
        e.sheet.fill(&patch, |_, py, under| {
            let fade = smoothstep(low + 0.02, y, py);
            plus(
                scaled(under, 1.0 + 0.45 * fade),
                std::array::from_fn(|i| under[i] * light[i] * 0.4 * fade),
            )
        });
    }
}
