//! A bowl of fruit and a cup on a wooden table, a window on the left: traced with one ray per pixel, more at edges.
//!
//! The one rule: everything is lit by the one window and the room's soft light, and casts a shadow on what is near.
//! Called by `drawings`. Where things stand is in `scene`, how they look in `matter`. Lengths are in hand-widths; x right,
//! y up, z away from the eye; the table is y = 0.

mod matter;
mod scene;

use rayon::prelude::*;

use self::matter::{matter, pores, wall};
use self::scene::{BOWL, BOWL_RIM, CUP, CUP_RADIUS, CUP_RIM, FRUITS, Hit, Kind, Thing, trace};
use super::brush::{add, cloud, dot, hex, mix, mix1, noise, scaled, step, times, unit};
use super::{HEIGHT, Light, WIDTH};

const EYE: Light = [0.0, 2.55, -7.4];
/// Towards the window.
const TO_SUN: Light = [-0.66, 0.62, -0.42];
const SUNLIGHT: Light = [2.35, 2.05, 1.6];
const ROOM: Light = [0.36, 0.4, 0.47];

/// How wide a pixel is, halved.
const HALF: f32 = 0.5 / HEIGHT as f32;

/// The light that comes from each place in the picture. What lies at the corners of the pixels is looked up once for all four
/// neighbours.
pub(super) fn light() -> impl Fn(f32, f32) -> Light + Sync {
    let corners = corners();
    move |x, y| {
        let (column, row) = ((x * HEIGHT as f32) as usize, (y * HEIGHT as f32) as usize);
        let first = row * (WIDTH + 1) + column;
        let around = [first, first + 1, first + WIDTH + 1, first + WIDTH + 2].map(|at| corners[at]);
        let is_edge = around.iter().any(|thing| *thing != around[0]);
        let seen = if is_edge { finer(x, y) } else { seen(x, y) };
        let seen = steam(seen, x, y);
        let (dx, dy) = (x - 0.7, y - 0.5);
        scaled(seen, 1.03 - 0.42 * (dx * dx * 0.7 + dy * dy))
    }
}

/// What is seen at the corners of all pixels, row by row.
fn corners() -> Vec<Thing> {
    let mut things = vec![Thing::Wall; (WIDTH + 1) * (HEIGHT + 1)];
    things.par_chunks_exact_mut(WIDTH + 1).enumerate().for_each(|(y, row)| {
        for (x, thing) in row.iter_mut().enumerate() {
            let at = |v: usize| v as f32 / HEIGHT as f32;
            *thing = trace(EYE, look(at(x), at(y))).thing;
        }
    });
    things
}

/// The mean of sixteen places in a pixel.
fn finer(x: f32, y: f32) -> Light {
    let mut sum = [0.0; 3];
    for n in 0..16 {
        let (dx, dy) = ((n % 4) as f32 - 1.5, (n / 4) as f32 - 1.5);
        let seen = seen(x + dx * HALF * 0.5, y + dy * HALF * 0.5);
        sum = add(sum, film_bound(seen), 1.0 / 16.0);
    }
    sum
}

/// A highlight in one of the sixteen must not outweigh the others.
fn film_bound(light: Light) -> Light {
    light.map(|v| v.min(2.0))
}

fn look(x: f32, y: f32) -> Light {
    let (u, v) = ((x - 0.75) * 0.98, (0.5 - y) * 0.98);
    // The eye looks a little down.
    let (sin, cos) = (-0.2f32).sin_cos();
    unit([u, v * cos + sin * 1.25, 1.25 * cos - v * sin])
}

fn seen(x: f32, y: f32) -> Light {
    let ray = look(x, y);
    let hit = trace(EYE, ray);
    let place = add(EYE, ray, hit.far);
    shade(place, ray, &hit, true)
}

/// How much of the window's light reaches a place, 0…1, soft at the edges.
fn sunlit(at: Light, of: Thing) -> f32 {
    let sun = unit(TO_SUN);
    let mut light = 1.0f32;
    for (n, fruit) in FRUITS.iter().enumerate() {
        if of != Thing::Fruit(n) {
            light = light.min(past_ball(at, sun, fruit.middle, fruit.radius));
        }
    }
    let inside_bowl = matches!(of, Thing::Bowl | Thing::Rim) || matches!(of, Thing::Fruit(n) if n < 6);
    if !inside_bowl {
        for (down, radius) in [(0.0, 1.52), (0.35, 1.3), (0.7, 1.0)] {
            light = light.min(past_disc(at, sun, [BOWL[0], BOWL_RIM - down, BOWL[2]], radius));
        }
    }
    if !matches!(of, Thing::Cup | Thing::Handle | Thing::Rim) {
        for height in [CUP_RIM, 0.9, 0.6, 0.3] {
            let rim = [CUP[0], height, CUP[2]];
            if of != Thing::Coffee {
                light = light.min(past_disc(at, sun, rim, CUP_RADIUS));
            }
        }
    }
    light
}

fn past_ball(at: Light, sun: Light, middle: Light, radius: f32) -> f32 {
    let to = add(middle, at, -1.0);
    let along = dot(to, sun);
    if along <= 0.0 {
        return 1.0;
    }
    let aside = (dot(to, to) - along * along).max(0.0).sqrt();
    let blur = 0.04 + along * 0.13;
    step(radius - blur, radius + blur, aside)
}

fn past_disc(at: Light, sun: Light, middle: Light, radius: f32) -> f32 {
    let along = (middle[1] - at[1]) / sun[1];
    if along <= 0.01 {
        return 1.0;
    }
    let there = add(at, sun, along);
    let aside = ((there[0] - middle[0]).powi(2) + (there[2] - middle[2]).powi(2)).sqrt();
    let blur = 0.03 + along * 0.12;
    step(radius - blur, radius + blur, aside)
}

/// How open the room is from a place: darker under and between things.
fn open(at: Light, normal: Light, of: Thing) -> f32 {
    let mut open = 1.0;
    let hide = |middle: Light, radius: f32| {
        let to = add(middle, at, -1.0);
        let far = dot(to, to).max(radius * radius);
        let facing = (dot(normal, to) / far.sqrt() * 0.8 + 0.2).clamp(0.0, 1.0);
        1.0 - facing * radius * radius / far * 0.95
    };
    for (n, fruit) in FRUITS.iter().enumerate() {
        if of != Thing::Fruit(n) {
            open *= hide(fruit.middle, fruit.radius);
        }
    }
    if matches!(of, Thing::Table | Thing::Fruit(6 | 7)) {
        open *= hide([BOWL[0], 0.75, BOWL[2]], 0.95) * hide([CUP[0], 0.45, CUP[2]], 0.72);
    }
    if of == Thing::Saucer {
        open *= hide([CUP[0], 0.35, CUP[2]], 0.55);
    }
    if of != Thing::Table && of != Thing::Wall {
        open *= 0.72 + 0.28 * (normal[1] * 0.5 + 0.5) + 0.12 * step(1.2, 0.0, at[1]);
    }
    open
}

fn shade(at: Light, ray: Light, hit: &Hit, may_mirror: bool) -> Light {
    let sun = unit(TO_SUN);
    let (mut normal, of) = (hit.normal, hit.thing);
    if of == Thing::Wall {
        return wall(at);
    }
    if let Thing::Fruit(n) = of
        && matches!(FRUITS[n].kind, Kind::Orange | Kind::Lemon)
    {
        normal = pores(normal, at);
    }
    let (colour, gloss) = matter(at, hit.normal, of);
    let (lit, open) = (sunlit(at, of), open(at, hit.normal, of));
    let facing = dot(normal, sun);
    let wrapped = ((facing + 0.12) / 1.12).max(0.0);
    // The table throws warm light back up.
    let bounce = scaled([0.26, 0.15, 0.08], (0.5 - 0.5 * normal[1]) * step(2.4, 0.0, at[1]));
    let all = add(add(scaled(ROOM, open), bounce, open), SUNLIGHT, wrapped * lit);
    let mut seen = times(colour, all);
    let half = unit(add(sun, ray, -1.0));
    let shine = dot(normal, half).max(0.0);
    let sharp = mix1(18.0, 190.0, gloss);
    seen = add(seen, SUNLIGHT, shine.powf(sharp) * gloss * gloss * 1.1 * lit);
    let grazing = (1.0 + dot(normal, ray)).clamp(0.0, 1.0).powi(4);
    if may_mirror && gloss > 0.2 {
        let back = add(ray, normal, -2.0 * dot(ray, normal));
        let (there, near) = mirrored(at, back, of);
        seen = mix(seen, there, (0.035 + 0.5 * grazing) * gloss * near);
    }
    seen
}

/// What a shiny thing shows: for the table the things on it, for the others the window and the room.
fn mirrored(at: Light, ray: Light, of: Thing) -> (Light, f32) {
    if of == Thing::Table {
        let from = add(at, [0.0, 1.0, 0.0], 2e-3);
        let hit = trace(from, ray);
        // Oiled wood is not a mirror: only what touches it shows.
        let near = (-hit.far * 1.3).exp() * 2.2;
        return (shade(add(from, ray, hit.far), ray, &hit, false), near);
    }
    let pane = step(0.5, 0.56, ray[1]) * step(0.98, 0.9, ray[1]) * step(-0.12, -0.2, ray[0]) * step(-0.8, -0.7, ray[0]);
    let bars = step(0.0, 0.03, (ray[0] + 0.45).abs() - 0.012);
    let room = mix(hex(0x4a3a2c), hex(0xa9b4bd), step(-0.2, 0.9, ray[1]));
    (add(room, [3.0, 2.9, 2.7], pane * bars), 1.0)
}

/// A breath of steam over the cup.
fn steam(seen: Light, x: f32, y: f32) -> Light {
    let (u, v) = (x - 1.075, 0.545 - y);
    if !(0.0..0.3).contains(&v) || u.abs() > 0.1 {
        return seen;
    }
    let sway = 0.026 * (v * 26.0).sin() * (v * 6.0).min(1.0) + 0.05 * (noise(v * 9.0, 3.0) - 0.5);
    let strand = |shift: f32, wide: f32| {
        let aside = (u - sway - shift) / (wide + 0.05 * v);
        (-aside * aside).exp()
    };
    let curl = 0.5 + 0.9 * cloud(u * 26.0, v * 11.0 + 5.0, 3);
    let thick = (strand(-0.012, 0.012) + 0.7 * strand(0.016, 0.009)) * curl;
    mix(
        seen,
        hex(0xfdf4e6),
        thick * 0.3 * step(0.0, 0.05, v) * step(0.3, 0.1, v),
    )
}
