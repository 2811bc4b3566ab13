//! Evening in a harbour: sky, hills, a town with a lighthouse, boats, and all of it again in the water.
//!
//! The one rule: the water shows what stands above it, mirrored at the shore and shaken by the waves. Called by
//! `drawings`.

use super::Light;
use super::brush::{add, cloud, cover, hash, hex, mix, mix1, noise, polygon, rectangle, scaled, step};

/// Where water begins.
const SHORE: f32 = 0.575;
/// Where the sun stands.
const SUN: [f32; 2] = [0.655, 0.505];

/// The light that comes from a place in the picture.
pub(super) fn light(x: f32, y: f32) -> Light {
    let mut seen = if y < SHORE { land(x, y) } else { water(x, y) };
    for boat in &BOATS {
        seen = boat.paint(seen, x, y);
    }
    seen = pier(seen, x, y);
    seen = birds(seen, x, y);
    let (dx, dy) = (x - 0.75, y - 0.5);
    scaled(seen, 1.0 - 0.38 * (dx * dx * 0.8 + dy * dy))
}

fn sky(x: f32, y: f32) -> Light {
    let stops = [
        (0.0, hex(0x2b4a7f)),
        (0.2, hex(0x5f7fb0)),
        (0.36, hex(0xc79bb0)),
        (0.47, hex(0xf5b183)),
        (0.56, hex(0xffd08a)),
        (1.0, hex(0xffd08a)),
    ];
    let at = stops.windows(2).find(|pair| y <= pair[1].0);
    let mut seen = at.map_or(stops[5].1, |pair| {
        mix(pair[0].1, pair[1].1, step(pair[0].0, pair[1].0, y))
    });
    let (dx, dy) = (x - SUN[0], y - SUN[1]);
    let far = (dx * dx + dy * dy).sqrt();
    seen = add(seen, hex(0xff9a4a), 0.75 * (-far * 5.5).exp());
    seen = add(seen, hex(0xffe0a8), 0.9 * (-far * 22.0).exp());
    seen = clouds(seen, x, y, far);
    mix(seen, [3.4, 2.7, 1.7], cover(far - 0.034))
}

/// Long clouds, lit from below near the sun, cool above.
fn clouds(sky: Light, x: f32, y: f32, far: f32) -> Light {
    let low = step(0.56, 0.44, y);
    if low == 0.0 {
        return sky;
    }
    let depth = 0.12 + (SHORE - y).max(0.0);
    let (u, v) = (x * 0.55 / depth + 2.0, 0.85 / depth);
    let bend = noise(u * 0.7, v * 0.7) * 0.8;
    let thick = cloud(u + bend, v * 2.1, 5);
    let cover = step(0.5, 0.78, thick) * low * 0.85;
    let under = cloud(u + bend, v * 2.1 + 0.28, 3);
    let lit = ((thick - under) * 2.6 + 0.5).clamp(0.0, 1.0);
    let glow = (-far * 2.2).exp();
    let dark = mix(hex(0x6f7396), hex(0xb4788a), glow);
    let bright = mix(hex(0xf1b9ae), hex(0xffc27e), glow);
    mix(sky, scaled(mix(dark, bright, lit), 1.0 + 0.5 * glow), cover)
}

/// Everything that stands above the water line, boats apart.
fn land(x: f32, y: f32) -> Light {
    let mut seen = sky(x, y);
    let hills = [
        (0.462, 0.085, 2.3, 11.0, hex(0xcf9a9d)),
        (0.497, 0.070, 3.6, 29.0, hex(0x9b7690)),
        (0.528, 0.050, 5.2, 53.0, hex(0x66587d)),
    ];
    for (base, high, often, seed, colour) in hills {
        if y < base - high {
            continue;
        }
        let ridge = base - high * (cloud(x * often + seed, seed, 5) - 0.42) * 1.7;
        let haze = step(ridge, SHORE + 0.03, y) * 0.42;
        let (dx, glow) = (x - SUN[0], hex(0xffb67a));
        let near_sun = 0.45 * (-dx.abs() * 3.2).exp();
        let hill = mix(mix(colour, hex(0xe8b3a0), haze), glow, near_sun);
        seen = mix(seen, hill, cover(ridge - y));
    }
    seen = town(seen, x, y);
    lighthouse(seen, x, y)
}

/// Houses with gabled roofs along the right shore, in two rows, their windows lit.
fn town(mut seen: Light, x: f32, y: f32) -> Light {
    if x < 0.84 || y < 0.36 {
        return seen;
    }
    for (row, base, size) in [(0, 0.548, 0.047), (1, 0.579, 0.062)] {
        let shore = base - 0.035 * step(0.95, 1.5, x) * (1 - row) as f32;
        let cell = ((x - 0.845) / size).floor() as i32;
        for at in cell - 1..=cell + 1 {
            if at >= 0 {
                seen = house(seen, x, y, (at, row), shore, size);
            }
        }
    }
    let quay = rectangle(x, y, 0.835, 0.568, 2.0, SHORE + 0.01);
    mix(seen, hex(0x3a2f45), cover(quay))
}

fn house(mut seen: Light, x: f32, y: f32, (at, row): (i32, i32), shore: f32, size: f32) -> Light {
    let luck = |n: i32| hash(at * 7 + n, row * 31 + 5);
    let left = 0.845 + (at as f32 + luck(0) * 0.2) * size;
    let wide = size * (0.78 + 0.28 * luck(1));
    let high = 0.032 + 0.042 * luck(2) + 0.016 * row as f32;
    let (right, top) = (left + wide, shore - high);
    let peak = top - wide * (0.32 + 0.2 * luck(3));
    let walls = [0xc98a76, 0xb9767a, 0xd3a07f, 0x9d7088, 0xc47f62, 0xa98799];
    let wall = hex(walls[(luck(4) * 5.99) as usize]);
    // The low sun catches the left side of every wall.
    let sun = 1.0 - step(left, left + wide * 0.9, x);
    let wall = scaled(mix(scaled(wall, 0.42), wall, sun * 0.75), 0.82);
    seen = mix(seen, wall, cover(rectangle(x, y, left, top, right, shore + 0.02)));
    let middle = (left + right) * 0.5;
    let eave = size * 0.06;
    let roof = [[left - eave, top + 0.002], [middle, peak], [right + eave, top + 0.002]];
    let tiles = scaled(hex(0x7a4550), 0.7 + 0.3 * luck(5) + 0.4 * step(middle, left, x));
    seen = mix(seen, tiles, cover(polygon(x, y, &roof)));
    for n in 0..6 {
        let (column, floor) = ((n % 2) as f32, (n / 2) as f32);
        let wx = left + wide * (0.2 + 0.36 * column);
        let wy = top + 0.009 + floor * 0.023;
        if wy + 0.013 > shore {
            continue;
        }
        let pane = cover(rectangle(x, y, wx, wy, wx + wide * 0.2, wy + 0.012));
        let is_lit = luck(10 + n) > 0.45;
        let glass = if is_lit {
            scaled(hex(0xffc565), 1.25)
        } else {
            hex(0x4a3c56)
        };
        seen = mix(seen, glass, pane);
        if is_lit {
            let (dx, dy) = (x - wx - wide * 0.1, y - wy - 0.006);
            seen = add(seen, hex(0xff9d3c), 0.12 * (-(dx * dx + dy * dy) * 5200.0).exp());
        }
    }
    seen
}

/// A lighthouse on its rocks, left.
fn lighthouse(mut seen: Light, x: f32, y: f32) -> Light {
    let rock = 0.572 - 0.052 * step(0.36, 0.13, x) * (0.6 + 0.8 * cloud(x * 26.0, 4.0, 4));
    if x < 0.40 {
        let stone = mix(
            hex(0x3b3048),
            hex(0xa06a62),
            cloud(x * 60.0, y * 90.0, 4) * step(0.1, 0.36, x),
        );
        seen = mix(seen, stone, cover(rock - y));
    }
    let (middle, top, foot) = (0.205, 0.3185, 0.545);
    let half = mix1(0.0135, 0.0235, ((y - top) / (foot - top)).clamp(0.0, 1.0));
    let round = ((x - middle) / half).clamp(-1.0, 1.0);
    let shade = 0.36 + 0.75 * step(-1.0, 0.95, round) - 0.18 * step(0.8, 1.0, round);
    let band = step(-0.0008, 0.0008, ((y - top) * 13.2).fract() - 0.5);
    let paint = scaled(mix(hex(0xf0ddd2), hex(0xb8484a), band), shade);
    seen = mix(
        seen,
        paint,
        cover(((x - middle).abs() - half).max(top - y).max(y - foot)),
    );
    let parts = [
        (0.0185, 0.311, 0.319, 0x33293d),
        (0.0105, 0.284, 0.311, 0xffe3a0),
        (0.0125, 0.279, 0.285, 0x33293d),
    ];
    for (half, top, foot, colour) in parts {
        let part = rectangle(x, y, middle - half, top, middle + half, foot);
        seen = mix(seen, hex(colour), cover(part));
    }
    let cap = [[middle - 0.0125, 0.28], [middle, 0.257], [middle + 0.0125, 0.28]];
    seen = mix(seen, hex(0x8f3a42), cover(polygon(x, y, &cap)));
    let (dx, dy) = (x - middle, y - 0.297);
    let far = (dx * dx + dy * dy).sqrt();
    add(
        seen,
        hex(0xffd890),
        0.9 * (-far * 55.0).exp() + 0.18 * (-far * 13.0).exp(),
    )
}

/// What the waves make of everything above: longer and wilder the nearer they are.
fn water(x: f32, y: f32) -> Light {
    let near = (y - SHORE) / (1.0 - SHORE);
    let depth = 0.035 + near;
    let (u, v) = (x * 2.6 / (0.18 + depth), 3.6 / depth);
    let wave = cloud(u * 2.0, v * 1.9 + 40.0, 4) - 0.5;
    let small = cloud(u * 6.0 + 9.0, v * 5.5, 3) - 0.5;
    let slope = wave * 0.75 + small * 0.45;
    let up = SHORE - (y - SHORE) * 0.92 + slope * (0.02 + 0.17 * near);
    let mirrored = land(x + slope * (0.004 + 0.03 * near), up.min(SHORE - 0.001));
    // Steep looks go into the water: nearer it is darker and greener.
    let fresnel = 0.86 - 0.42 * near + slope * 0.5;
    let deep = mix(hex(0x2c4560), hex(0x123047), near);
    let mut seen = mix(deep, mirrored, fresnel.clamp(0.15, 0.95));
    let path = (x - SUN[0]) / (0.022 + 0.12 * near);
    let glitter = step(0.02 + 0.16 * near, 0.26 + 0.1 * near, slope + 0.12 * (1.0 - near));
    seen = add(
        seen,
        [1.7, 1.05, 0.5],
        glitter * (-path * path).exp() * (1.0 - 0.55 * near),
    );
    let mist = (-(y - SHORE) * 60.0).exp() * 0.3;
    mix(seen, hex(0xf3c0a0), mist)
}

/// A sailing boat: where its hull meets the water, its size, and how its sails are coloured.
struct Boat {
    x: f32,
    y: f32,
    size: f32,
    sail: u32,
    hull: u32,
}

const BOATS: [Boat; 4] = [
    Boat {
        x: 0.80,
        y: 0.603,
        size: 0.055,
        sail: 0xe9c9b0,
        hull: 0x54415a,
    },
    Boat {
        x: 0.455,
        y: 0.622,
        size: 0.085,
        sail: 0xf0d3b4,
        hull: 0x4b3a52,
    },
    Boat {
        x: 1.13,
        y: 0.672,
        size: 0.155,
        sail: 0xf4d9ba,
        hull: 0x7d2f35,
    },
    Boat {
        x: 0.335,
        y: 0.765,
        size: 0.27,
        sail: 0xf7e0c2,
        hull: 0x22384f,
    },
];

impl Boat {
    fn paint(&self, seen: Light, x: f32, y: f32) -> Light {
        let (u, v) = ((x - self.x) / self.size, (y - self.y) / self.size);
        if u.abs() > 0.75 || !(-1.5..1.5).contains(&v) {
            return seen;
        }
        if v <= 0.0 {
            let (colour, alpha) = self.shape(u, v);
            return mix(seen, colour, alpha);
        }
        let shake = (cloud(x * 34.0, y * 130.0, 3) - 0.5) * (0.06 + 0.34 * v);
        let (colour, alpha) = self.shape(u + shake, -v * 0.95 - 0.015);
        let fades = (0.72 - 0.42 * v).max(0.0);
        mix(seen, mix(colour, hex(0x2c4258), 0.35), alpha * fades)
    }

    /// Colour and cover at a place in the boat's own measure: 1 is its height, 0 the water line, up is negative.
    fn shape(&self, u: f32, v: f32) -> (Light, f32) {
        let inside = |distance: f32| cover(distance * self.size);
        let (mut seen, mut alpha) = ([0.0; 3], 0.0);
        let mut lay = |colour: Light, cover: f32| {
            let all = cover + alpha * (1.0 - cover);
            if all > 0.0 {
                seen = mix(seen, colour, cover / all);
            }
            alpha = all;
        };
        let mast = rectangle(u, v, -0.008, -1.08, 0.008, -0.1);
        lay(hex(0x4a3a3a), inside(mast));
        let belly = 0.09 * (1.0 - (2.0 * (v + 0.58)).powi(2)).max(0.0);
        let main = polygon(u + belly, v, &[[-0.46, -0.17], [-0.02, -1.04], [-0.02, -0.17]]);
        let jib = polygon(u - belly * 0.8, v, &[[0.03, -0.15], [0.03, -0.92], [0.42, -0.13]]);
        // The sun shines through the cloth from behind: bright by the mast, seams and folds across.
        let seam = 0.93 + 0.07 * step(0.03, 0.08, (v * 6.5 + u * 0.7).rem_euclid(1.0));
        let fold = 0.5 + 0.55 * step(-0.55, 0.42, u + 0.22 * v);
        let glow = mix(hex(0xd98f74), hex(self.sail), step(-0.05, -0.8, v) * 0.75 + 0.25);
        let cloth = scaled(glow, seam * fold);
        lay(scaled(cloth, 0.86), inside(main));
        lay(cloth, inside(jib));
        let sheer = -0.115 - 0.05 * (u + 0.05).powi(2) * 4.0;
        let keel = 0.5 - 0.16 * (v + 0.13).max(0.0) * 4.0;
        let hull = (sheer - v).max(v).max(u - keel - 0.03).max(-u - keel + 0.06);
        let lit = 0.65 + 0.7 * step(-0.4, 0.5, u);
        let stripe = step(0.022, 0.016, (v - sheer - 0.024).abs());
        let paint = mix(scaled(hex(self.hull), lit), hex(0xead2bc), stripe * 0.85);
        lay(paint, inside(hull));
        (seen, alpha)
    }
}

/// A jetty that comes in from the right, near enough to see its wood.
fn pier(mut seen: Light, x: f32, y: f32) -> Light {
    if x < 0.8 || y < 0.7 {
        return seen;
    }
    let back = 0.872 - (x - 0.93) * 0.045;
    let front = back + 0.026 + (x - 0.93) * 0.085;
    for n in 0..6 {
        let px = 0.965 + n as f32 * (0.085 + 0.008 * n as f32);
        let half = 0.0075 + 0.0012 * n as f32;
        let deck = 0.9 + 0.0034 * n as f32;
        let foot = deck + 0.055 + 0.012 * n as f32;
        let shake = (noise(x * 40.0, y * 120.0) - 0.5) * 0.012 * step(foot, foot + 0.05, y);
        let post = ((x + shake - px).abs() - half).max(deck - 0.075 - y).max(y - 1.1);
        let round = step(half, -half, x - px) * 0.8 + 0.12;
        let wood = scaled(hex(0x8a5f4c), round * (0.6 + 0.5 * noise(x * 600.0, y * 30.0)));
        let sunk = 1.0 - 0.68 * step(foot - 0.002, foot + 0.004, y);
        seen = mix(seen, wood, cover(post) * sunk);
    }
    let deck = (back - y).max(y - front).max(0.925 - x);
    let plank = ((x - (y - back) * 0.8) * 38.0).rem_euclid(1.0);
    let grain = 0.7 + 0.45 * cloud(x * 22.0, (y - back) * 420.0, 3);
    let gap = 1.0 - 0.55 * step(0.06, 0.0, plank.min(1.0 - plank));
    let wood = scaled(mix(hex(0x6a4a44), hex(0xc48a66), step(front, back, y)), grain * gap);
    seen = mix(seen, wood, cover(deck));
    let edge = (front - y).max(y - front - 0.011).max(0.925 - x);
    mix(seen, scaled(hex(0x3c2a30), grain), cover(edge))
}

fn birds(mut seen: Light, x: f32, y: f32) -> Light {
    for (bx, by, size) in [
        (0.93, 0.2, 0.019),
        (0.985, 0.172, 0.014),
        (1.03, 0.225, 0.012),
        (0.88, 0.247, 0.01),
    ] {
        let (u, v) = ((x - bx) / size, (y - by) / size);
        if u.abs() < 1.0 && v.abs() < 1.0 {
            let wing = -0.42 * (u.abs() * 3.0).sin().max(0.0) + 0.55 * u * u;
            let thin = 0.1 * (1.0 - u.abs()) + 0.012;
            seen = mix(seen, hex(0x453a55), cover(((v - wing).abs() - thin) * size));
        }
    }
    seen
}
