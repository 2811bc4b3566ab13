//! Grass, crowns of leaves, spruces and palms, each of many touches of a brush.

use std::f32::consts::{FRAC_PI_2, TAU};

use super::light::Rgb3;
use super::noise::Dice;
use super::sheet::{Ink, Sheet, mixed, scaled};
use crate::color::{mix, smoothstep};

/// A mass of leaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crown {
    pub(crate) at: (f32, f32),
    pub(crate) size: (f32, f32),
    /// The size of one touch.
    pub(crate) leaf: f32,
    pub(crate) count: usize,
    pub(crate) dark: Rgb3,
    pub(crate) lit: Rgb3,
    /// Where on the sheet the light comes from.
    pub(crate) from: (f32, f32),
}

/// Paints leaves in lumps, dark ones first.
pub(crate) fn crown(sheet: &mut Sheet, look: &Crown, dice: &mut Dice) {
    let lumps: Vec<(f32, f32, f32)> = (0..11)
        .map(|_| {
            let (turn, far) = (dice.within(0.0, TAU), dice.next().sqrt() * 0.72);
            (turn.cos() * far, turn.sin() * far, dice.within(0.3, 0.52))
        })
        .collect();
    let mut leaves: Vec<(f32, Ink)> = (0..look.count)
        .map(|_| {
            let (cx, cy, r) = lumps[(dice.next() * 10.99) as usize];
            let (turn, far) = (dice.within(0.0, TAU), dice.next().sqrt());
            let (dx, dy) = (turn.cos() * far, turn.sin() * far);
            let (u, v) = (cx + dx * r, cy + dy * r);
            let toward = |x: f32, y: f32| x * look.from.0 + y * look.from.1;
            let light = toward(dx, dy) * 0.55 + toward(cx, cy) * 0.6 + dice.around() * 0.28;
            let colour = mixed(look.dark, look.lit, smoothstep(-0.75, 0.95, light));
            let size = look.leaf * dice.within(0.6, 1.3);
            let ink = Ink {
                at: (look.at.0 + u * look.size.0, look.at.1 + v * look.size.1),
                size: (size, size * dice.within(0.45, 0.8)),
                turn: dice.within(-0.9, 0.9),
                soft: 0.35,
                colour: scaled(colour, dice.within(0.85, 1.15)),
                cover: 0.92,
            };
            (light, ink)
        })
        .collect();
    leaves.sort_by(|a, b| a.0.total_cmp(&b.0));
    leaves.iter().for_each(|(_, ink)| sheet.dab(ink));
}

/// A tree with a trunk and a crown of several masses; `foot` on the ground, `tall` in heights.
pub(crate) fn broadleaf(sheet: &mut Sheet, foot: (f32, f32), tall: f32, look: &Crown, bark: Rgb3, dice: &mut Dice) {
    let lean = dice.around() * 0.06 * tall;
    let fork = (foot.0 + lean, foot.1 - tall * 0.5);
    sheet.line(foot, fork, (tall * 0.075, tall * 0.045), bark);
    let masses: Vec<(f32, f32, f32)> = (0..6)
        .map(|i| {
            let turn = -FRAC_PI_2 + (i as f32 - 2.5) * 0.5 + dice.around() * 0.12;
            (
                turn.cos() * tall * 0.26,
                turn.sin() * tall * 0.26,
                tall * dice.within(0.15, 0.21),
            )
        })
        .collect();
    for &(dx, dy, _) in &masses {
        let end = (fork.0 + dx * 0.8, fork.1 + dy * 0.8);
        sheet.line(fork, end, (tall * 0.028, tall * 0.008), bark);
    }
    for &(dx, dy, r) in &masses {
        let mass = Crown {
            at: (fork.0 + dx, fork.1 + dy - tall * 0.04),
            size: (r * 1.25, r),
            count: look.count / 6,
            ..*look
        };
        crown(sheet, &mass, dice);
    }
}

/// Blades of grass between two rows, larger toward the lower one; `colours` at the root and the tip.
pub(crate) fn grass(
    sheet: &mut Sheet,
    rows: (f32, f32),
    horizon: f32,
    count: usize,
    colour: impl Fn(f32, f32, &mut Dice) -> (Rgb3, Rgb3),
    dice: &mut Dice,
) {
    let aspect = sheet.aspect();
    let mut blades: Vec<(f32, f32)> = (0..count)
        .map(|_| {
            (
                dice.within(-0.02, aspect + 0.02),
                mix(rows.0, rows.1, dice.next().sqrt()),
            )
        })
        .collect();
    blades.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (x, y) in blades {
        let near = ((y - horizon) / (1.0 - horizon)).clamp(0.02, 1.4);
        let tall = near * dice.within(0.02, 0.06);
        let (root, tip) = colour(x, y, dice);
        let lean = dice.around() * 0.45 * tall;
        let width = near * 0.0036;
        let knee = (x + lean * 0.35, y - tall * 0.6);
        if near < 0.25 {
            sheet.dab(&Ink {
                at: (x, y - tall * 0.5),
                size: (width, tall * 0.5),
                turn: 0.0,
                soft: 0.6,
                colour: mixed(root, tip, dice.next()),
                cover: 0.8,
            });
            continue;
        }
        sheet.line((x, y), knee, (width, width * 0.75), mixed(root, tip, 0.35));
        sheet.line(knee, (x + lean, y - tall), (width * 0.75, width * 0.1), tip);
    }
}

/// A spruce; `snow` is how much lies on it, 0…1.
pub(crate) fn spruce(
    sheet: &mut Sheet,
    foot: (f32, f32),
    tall: f32,
    (dark, lit): (Rgb3, Rgb3),
    snow: (Rgb3, f32),
    from: f32,
    dice: &mut Dice,
) {
    let pixel = sheet.pixel();
    sheet.line(foot, (foot.0, foot.1 - tall), (tall * 0.035, pixel), scaled(dark, 0.6));
    let tiers = (tall * 55.0).clamp(9.0, 26.0) as usize;
    for tier in 0..tiers {
        let up = tier as f32 / tiers as f32;
        let y = foot.1 - tall * (0.08 + 0.9 * up);
        let reach = tall * 0.2 * (1.0 - up).powf(0.85) + pixel;
        let branches = 7;
        for branch in 0..branches {
            let across = (branch as f32 / (branches - 1) as f32) * 2.0 - 1.0;
            let length = reach * across * dice.within(0.75, 1.15);
            let droop = reach * dice.within(0.3, 0.55) * (0.5 + across.abs());
            let light = smoothstep(-0.9, 1.0, across * from + dice.around() * 0.35);
            let thick = reach * 0.26 + pixel;
            let (root, tip) = ((foot.0, y - reach * 0.12), (foot.0 + length, y + droop * 0.8));
            sheet.line(root, tip, (thick * 1.4, thick * 0.18), mixed(dark, lit, light));
            if dice.next() < snow.1 {
                let lift = thick * 0.45;
                let (a, b) = (mix(root.0, tip.0, 0.15), mix(root.0, tip.0, 0.95));
                let (c, d) = (mix(root.1, tip.1, 0.15) - lift, mix(root.1, tip.1, 0.95) - lift * 0.4);
                sheet.line(
                    (a, c),
                    (b, d),
                    (thick * 0.75, thick * 0.25),
                    scaled(snow.0, 0.55 + 0.45 * light),
                );
            }
        }
    }
}

/// A palm whose trunk bends to `lean` (in heights).
pub(crate) fn palm(
    sheet: &mut Sheet,
    foot: (f32, f32),
    tall: f32,
    lean: f32,
    (dark, lit): (Rgb3, Rgb3),
    dice: &mut Dice,
) {
    let bark = mixed(dark, [0.16, 0.1, 0.06], 0.75);
    let at = |t: f32| (foot.0 + lean * t * t, foot.1 - tall * t * (1.0 - 0.08 * t));
    for part in 0..24 {
        let (a, b) = (part as f32 / 24.0, (part + 1) as f32 / 24.0);
        let thick = tall * (0.034 - 0.014 * a);
        let ring = if part % 2 == 0 { 1.0 } else { 0.78 };
        sheet.line(at(a - 0.004), at(b + 0.004), (thick, thick * 0.96), scaled(bark, ring));
    }
    let top = at(1.0);
    let fronds = 13;
    for frond in 0..fronds {
        let turn = frond as f32 / fronds as f32 * TAU + dice.around() * 0.2;
        let (dx, rise) = (turn.cos(), turn.sin() * 0.5 + 0.42);
        let length = tall * dice.within(0.36, 0.48);
        let shade = smoothstep(-0.6, 1.0, rise + dice.around() * 0.2);
        frond_from(sheet, top, (dx, rise), length, mixed(dark, lit, shade), dice);
    }
}

fn frond_from(sheet: &mut Sheet, top: (f32, f32), way: (f32, f32), length: f32, colour: Rgb3, dice: &mut Dice) {
    let along = |t: f32| {
        (
            top.0 + way.0 * length * t,
            top.1 - way.1 * length * t + length * 0.75 * t * t,
        )
    };
    let parts = 26;
    for part in 0..parts {
        let t = (part as f32 + 0.5) / parts as f32;
        let (a, b) = (along(t), along(t + 1.0 / parts as f32));
        sheet.line(a, b, (length * 0.012, length * 0.012), scaled(colour, 0.8));
        let leaflet = length * 0.26 * (1.0 - t).powf(0.5) * smoothstep(0.0, 0.15, t);
        for side in [-1.0f32, 1.0] {
            let (ux, uy) = (b.0 - a.0, b.1 - a.1);
            let norm = ux.hypot(uy).max(1e-6);
            let tip = (
                a.0 + (ux * 0.7 - uy * side * 0.8) / norm * leaflet,
                a.1 + (uy * 0.7 + ux * side * 0.8) / norm * leaflet * 0.7 + leaflet * 0.45,
            );
            sheet.line(a, tip, (length * 0.02, 0.0005), scaled(colour, dice.within(0.8, 1.2)));
        }
    }
}
