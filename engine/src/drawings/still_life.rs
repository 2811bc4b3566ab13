//! A bowl of fruit and a cup on a wooden table, a window on the left: traced with one ray per pixel, more at edges.
//!
//! The one rule: everything is lit by the one window and the room's soft light, and casts a shadow on what is near.
//! Called by `drawings`. Lengths are in hand-widths; x right, y up, z away from the eye; the table is y = 0.

use super::Light;
use super::brush::{add, cloud, dot, hex, mix, mix1, noise, scaled, step, times, unit};

const EYE: Light = [0.0, 2.55, -7.4];
/// Towards the window.
const TO_SUN: Light = [-0.66, 0.62, -0.42];
const SUNLIGHT: Light = [2.35, 2.05, 1.6];
const ROOM: Light = [0.36, 0.4, 0.47];
/// Where the wall stands.
const WALL: f32 = 4.2;

/// A fruit.
struct Fruit {
    middle: Light,
    radius: f32,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Apple,
    Orange,
    Lemon,
    Green,
}

const fn fruit(x: f32, y: f32, z: f32, radius: f32, kind: Kind) -> Fruit {
    Fruit {
        middle: [x, y, z],
        radius,
        kind,
    }
}

impl Fruit {
    /// How much longer than round it is along x.
    fn stretch(&self) -> f32 {
        if self.kind == Kind::Lemon { 1.34 } else { 1.0 }
    }

    fn outward(&self, at: Light) -> Light {
        let [x, y, z] = add(at, self.middle, -1.0);
        unit([x / (self.stretch() * self.stretch()), y, z])
    }
}

const FRUITS: [Fruit; 8] = [
    fruit(-1.62, 1.28, -0.35, 0.56, Kind::Apple),
    fruit(-0.62, 1.22, -0.55, 0.54, Kind::Orange),
    fruit(-0.12, 1.3, 0.22, 0.55, Kind::Apple),
    fruit(-1.72, 1.3, 0.62, 0.52, Kind::Green),
    fruit(-0.85, 1.42, 0.75, 0.54, Kind::Orange),
    fruit(-1.0, 1.86, 0.02, 0.54, Kind::Green),
    fruit(0.42, 0.42, -1.75, 0.42, Kind::Lemon),
    fruit(-2.95, 0.52, -1.35, 0.52, Kind::Apple),
];

/// The bowl: a ball cut open.
const BOWL: Light = [-0.9, 1.62, 0.1];
const BOWL_RADIUS: f32 = 1.62;
const BOWL_INSIDE: f32 = 1.55;
const BOWL_RIM: f32 = 1.12;
/// The cup: a tube with coffee in it.
const CUP: Light = [2.15, 0.0, -0.7];
const CUP_RADIUS: f32 = 0.62;
const CUP_INSIDE: f32 = 0.55;
const CUP_RIM: f32 = 1.18;
const COFFEE: f32 = 1.0;

/// What a ray meets.
#[derive(Clone, Copy, PartialEq)]
enum Thing {
    Table,
    Wall,
    Fruit(usize),
    Bowl,
    Rim,
    Cup,
    Coffee,
    Handle,
    Saucer,
}

/// Where a ray meets something, and the direction of the surface there.
#[derive(Clone, Copy)]
struct Hit {
    far: f32,
    thing: Thing,
    normal: Light,
}

/// The light that comes from a place in the picture.
pub(super) fn light(x: f32, y: f32) -> Light {
    const HALF: f32 = 0.5 / 1024.0;
    let corners = [(-HALF, -HALF), (HALF, -HALF), (-HALF, HALF), (HALF, HALF)];
    let things = corners.map(|(dx, dy)| trace(EYE, look(x + dx, y + dy)).thing);
    let is_edge = things.iter().any(|thing| *thing != things[0]);
    let seen = if is_edge {
        let mut sum = [0.0; 3];
        for n in 0..16 {
            let (dx, dy) = ((n % 4) as f32 - 1.5, (n / 4) as f32 - 1.5);
            sum = add(
                sum,
                film_bound(seen(x + dx * HALF * 0.5, y + dy * HALF * 0.5)),
                1.0 / 16.0,
            );
        }
        sum
    } else {
        seen(x, y)
    };
    let seen = steam(seen, x, y);
    let (dx, dy) = (x - 0.7, y - 0.5);
    scaled(seen, 1.03 - 0.42 * (dx * dx * 0.7 + dy * dy))
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

fn trace(from: Light, ray: Light) -> Hit {
    let mut best = Hit {
        far: (WALL - from[2]) / ray[2].max(1e-4),
        thing: Thing::Wall,
        normal: [0.0, 0.0, -1.0],
    };
    let mut meet = |far: f32, thing: Thing, normal: &dyn Fn(Light) -> Light| {
        if far > 1e-3 && far < best.far {
            best = Hit {
                far,
                thing,
                normal: normal(add(from, ray, far)),
            };
        }
    };
    if ray[1] < 0.0 {
        meet(-from[1] / ray[1], Thing::Table, &|_| [0.0, 1.0, 0.0]);
    }
    for (n, fruit) in FRUITS.iter().enumerate() {
        if let Some((near, _)) = long(from, ray, fruit) {
            meet(near, Thing::Fruit(n), &|at| fruit.outward(at));
        }
    }
    bowl(from, ray, &mut meet);
    cup(from, ray, &mut meet);
    best
}

type Meet<'a> = dyn FnMut(f32, Thing, &dyn Fn(Light) -> Light) + 'a;

fn bowl(from: Light, ray: Light, meet: &mut Meet<'_>) {
    let is_kept = |far: f32| {
        let y = from[1] + ray[1] * far;
        y < BOWL_RIM && y > 0.0
    };
    if let Some((near, _)) = sphere(from, ray, BOWL, BOWL_RADIUS).filter(|at| is_kept(at.0)) {
        meet(near, Thing::Bowl, &|at| unit(add(at, BOWL, -1.0)));
    }
    if let Some((_, away)) = sphere(from, ray, BOWL, BOWL_INSIDE).filter(|at| is_kept(at.1)) {
        meet(away, Thing::Bowl, &|at| unit(add(BOWL, at, -1.0)));
    }
    let outer = (BOWL_RADIUS * BOWL_RADIUS - (BOWL[1] - BOWL_RIM).powi(2)).sqrt();
    disc(
        from,
        ray,
        [BOWL[0], BOWL_RIM, BOWL[2]],
        (outer - 0.085, outer),
        Thing::Rim,
        meet,
    );
}

fn cup(from: Light, ray: Light, meet: &mut Meet<'_>) {
    disc(from, ray, [CUP[0], 0.07, CUP[2]], (0.0, 1.12), Thing::Saucer, meet);
    if sphere(from, ray, [CUP[0] + 0.2, 0.6, CUP[2]], 1.35).is_none() {
        return;
    }
    let outward = |at: Light| unit([at[0] - CUP[0], 0.0, at[2] - CUP[2]]);
    let is_kept = |far: f32, low: f32| (low..CUP_RIM).contains(&(from[1] + ray[1] * far));
    if let Some((near, _)) = tube(from, ray, CUP_RADIUS).filter(|at| is_kept(at.0, 0.07)) {
        meet(near, Thing::Cup, &outward);
    }
    if let Some((_, away)) = tube(from, ray, CUP_INSIDE).filter(|at| is_kept(at.1, COFFEE)) {
        meet(away, Thing::Cup, &|at| scaled(outward(at), -1.0));
    }
    disc(
        from,
        ray,
        [CUP[0], CUP_RIM, CUP[2]],
        (CUP_INSIDE, CUP_RADIUS),
        Thing::Rim,
        meet,
    );
    disc(
        from,
        ray,
        [CUP[0], COFFEE, CUP[2]],
        (0.0, CUP_INSIDE),
        Thing::Coffee,
        meet,
    );
    handle(from, ray, meet);
}

/// A ring on the cup's right side, walked up to step by step.
fn handle(from: Light, ray: Light, meet: &mut Meet<'_>) {
    let middle = [CUP[0] + CUP_RADIUS + 0.08, 0.66, CUP[2]];
    let Some((near, away)) = sphere(from, ray, middle, 0.52) else {
        return;
    };
    let distance = |at: Light| {
        let [x, y, z] = add(at, middle, -1.0);
        let ring = (x * x + y * y).sqrt() - 0.31;
        (ring * ring + z * z * 0.6).sqrt() - 0.085
    };
    let mut far = near.max(0.0);
    for _ in 0..48 {
        let gap = distance(add(from, ray, far));
        if gap < 1e-3 {
            let slope = |at: Light| {
                let along = |axis: usize| {
                    let mut aside = at;
                    aside[axis] += 1e-3;
                    distance(aside) - distance(at)
                };
                unit([along(0), along(1), along(2)])
            };
            return meet(far, Thing::Handle, &slope);
        }
        far += gap;
        if far > away {
            return;
        }
    }
}

fn sphere(from: Light, ray: Light, middle: Light, radius: f32) -> Option<(f32, f32)> {
    let to = add(from, middle, -1.0);
    roots(1.0, dot(to, ray), dot(to, to) - radius * radius)
}

/// A fruit, in a space where it is round.
fn long(from: Light, ray: Light, fruit: &Fruit) -> Option<(f32, f32)> {
    let squeeze = [1.0 / fruit.stretch(), 1.0, 1.0];
    let to = times(add(from, fruit.middle, -1.0), squeeze);
    let ray = times(ray, squeeze);
    roots(dot(ray, ray), dot(to, ray), dot(to, to) - fruit.radius * fruit.radius)
}

/// The cup's axis with a radius.
fn tube(from: Light, ray: Light, radius: f32) -> Option<(f32, f32)> {
    let (x, z) = (from[0] - CUP[0], from[2] - CUP[2]);
    let a = ray[0] * ray[0] + ray[2] * ray[2];
    roots(a, x * ray[0] + z * ray[2], x * x + z * z - radius * radius)
}

/// Of `a t² + 2 b t + c`.
fn roots(a: f32, b: f32, c: f32) -> Option<(f32, f32)> {
    let inside = b * b - a * c;
    (inside > 0.0).then(|| ((-b - inside.sqrt()) / a, (-b + inside.sqrt()) / a))
}

fn disc(from: Light, ray: Light, middle: Light, (inner, outer): (f32, f32), thing: Thing, meet: &mut Meet<'_>) {
    let far = (middle[1] - from[1]) / ray[1];
    let at = add(from, ray, far);
    let (x, z) = (at[0] - middle[0], at[2] - middle[2]);
    if ray[1] < 0.0 && (inner * inner..outer * outer).contains(&(x * x + z * z)) {
        meet(far, thing, &|_| [0.0, 1.0, 0.0]);
    }
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

/// Colour and gloss of a thing at a place.
fn matter(at: Light, normal: Light, of: Thing) -> (Light, f32) {
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
fn pores(normal: Light, at: Light) -> Light {
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
        0.86 + 0.22 * super::brush::hash(board as i32, 3),
    )
}

/// A plastered wall with the window's light falling across it, and the window's edge with its curtain on the left.
fn wall(at: Light) -> Light {
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
