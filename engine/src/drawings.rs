//! Two example pictures, drawn by code, so that a first try needs no photo.
//!
//! Rule: a picture is a pure function from a point to a colour, sampled four times a pixel; the same bytes every time.
//! Called by the server when somebody picks an example.

use rayon::prelude::*;

use crate::{Channels, Raster};

const WIDTH: u32 = 1536;
const HEIGHT: u32 = 1024;

/// Red, green, blue, sRGB encoded, 0 to 1.
type Rgb = [f32; 3];

/// A harbour in the evening: sun, hills, houses with lit windows, boats and their reflections. 1536 × 1024, RGB, 8 bits.
#[must_use]
pub fn harbour() -> Raster {
    sample(|x, y| {
        const SHORE: f32 = 0.56;
        if y < SHORE {
            return above_water(x, y);
        }
        // The water shows what stands above it, stretched and broken by waves that grow towards the viewer.
        let depth = (y - SHORE) / (1.0 - SHORE);
        let wave = (noise(x * 18.0, y * 160.0 / (0.4 + depth)) - 0.5) * (0.01 + 0.05 * depth);
        let mirrored = above_water(x + wave, (SHORE - (y - SHORE) * 1.05 + wave).max(0.0));
        let deep = mix([0.22, 0.36, 0.46], [0.08, 0.16, 0.27], depth);
        let glint = smooth(0.72, 0.95, noise(x * 60.0, y * 240.0)) * (1.0 - (x - 0.66).abs() * 3.2).max(0.0) * 0.5;
        add(mix(mirrored, deep, 0.22 + 0.5 * depth), [1.0, 0.78, 0.5], glint)
    })
}

fn above_water(x: f32, y: f32) -> Rgb {
    let glow = (-((x - 0.66).powi(2) * 3.0 + (y - 0.42).powi(2) * 9.0) * 4.0).exp();
    let mut colour = mix([0.28, 0.38, 0.62], [0.98, 0.72, 0.52], smooth(0.0, 0.55, y));
    let cloud = smooth(0.52, 0.78, fractal(x * 3.0, y * 9.0 + 4.0)) * (1.0 - y * 1.4).max(0.0);
    colour = mix(colour, [1.0, 0.82, 0.74], cloud * 0.75);
    colour = add(colour, [1.0, 0.66, 0.3], glow * 0.55);
    colour = mix(colour, [1.0, 0.95, 0.8], disc(x, y, 0.66, 0.40, 0.045));
    for (at, height, tint) in [(7.0, 0.40, [0.52, 0.47, 0.6]), (31.0, 0.47, [0.34, 0.36, 0.5])] {
        let ridge = height + 0.13 * (fractal(x * 3.1 + at, at) - 0.5);
        colour = mix(colour, tint, edge(y - ridge));
    }
    colour = houses(colour, x, y);
    for (at, size, sail) in [
        (0.30, 1.0, [0.93, 0.9, 0.82]),
        (0.52, 0.62, [0.86, 0.36, 0.26]),
        (0.83, 0.8, [0.95, 0.93, 0.9]),
    ] {
        colour = boat(colour, x, y, at, size, sail);
    }
    colour
}

fn houses(below: Rgb, x: f32, y: f32) -> Rgb {
    const COUNT: f32 = 22.0;
    const WALLS: [Rgb; 5] = [
        [0.78, 0.42, 0.32],
        [0.88, 0.72, 0.46],
        [0.55, 0.6, 0.64],
        [0.84, 0.8, 0.74],
        [0.62, 0.36, 0.36],
    ];
    let lot = (x * COUNT).floor();
    let inside = x * COUNT - lot;
    let tall = 0.055 + 0.07 * hash(lot, 3.0);
    let roof = 0.035 * (1.0 - (inside - 0.5).abs() * 2.0);
    let top = 0.56 - tall;
    let wall = WALLS[(hash(lot, 9.0) * 4.99) as usize];
    let shade = 0.62 + 0.2 * inside;
    let mut colour = mix(below, scale([0.42, 0.22, 0.2], shade), edge(y - (top - roof)));
    colour = mix(colour, scale(wall, shade), edge(y - top));
    let (column, row) = ((inside * 3.0).fract() - 0.5, ((y - top) * 42.0).fract() - 0.5);
    let lit = hash(lot * 7.0 + (inside * 3.0).floor(), ((y - top) * 42.0).floor()) > 0.45;
    if y > top + 0.012 && column.abs() < 0.24 && row.abs() < 0.3 {
        colour = if lit { [1.0, 0.83, 0.45] } else { scale(wall, 0.35) };
    }
    colour
}

fn boat(below: Rgb, x: f32, y: f32, at: f32, size: f32, sail: Rgb) -> Rgb {
    let (u, v) = ((x - at) / size, (y - 0.56) / size);
    let hull = v > -0.022 && v < 0.02 && u.abs() < 0.075 - v.max(0.0) * 1.1 + v.min(0.0) * 0.6;
    let mast = u.abs() < 0.0022 && v < -0.02 && v > -0.23;
    let main = v < -0.035 && v > -0.225 && u > 0.005 && u < 0.008 + (v + 0.225) * 0.36;
    let jib = v < -0.035 && v > -0.19 && u < -0.005 && u > -0.006 - (v + 0.19) * 0.28;
    if hull {
        return if v < -0.012 {
            [0.95, 0.93, 0.88]
        } else {
            [0.16, 0.22, 0.34]
        };
    }
    if mast {
        return [0.3, 0.2, 0.14];
    }
    if main || jib {
        return scale(sail, 0.82 + 0.9 * (u + 0.1));
    }
    below
}

/// A still life by a window: oranges and a pear in a bowl, a cup, on a wooden table. 1536 × 1024, RGB, 8 bits.
#[must_use]
pub fn still_life() -> Raster {
    sample(|x, y| {
        let u = x * 1.5;
        let mut colour = if y < 0.62 { wall(u, y) } else { table(u, y) };
        for (at, wide, strength) in [(0.72, 0.44, 0.55), (1.2, 0.2, 0.5)] {
            let far = ((u - at - 0.06) / wide).powi(2) + ((y - 0.815) / (wide * 0.16)).powi(2);
            colour = scale(colour, 1.0 - strength * (-far).exp());
        }
        for (at, top, radius, skin) in [
            (0.56, 0.52, 0.105, [0.95, 0.55, 0.12]),
            (0.88, 0.53, 0.1, [0.93, 0.48, 0.1]),
            (0.72, 0.46, 0.115, [0.72, 0.74, 0.24]),
            (0.66, 0.57, 0.09, [0.82, 0.2, 0.16]),
            (0.79, 0.58, 0.085, [0.96, 0.6, 0.16]),
        ] {
            colour = ball(colour, u, y, (at, top, radius), skin);
        }
        cup(bowl(colour, u, y), u, y)
    })
}

fn wall(u: f32, y: f32) -> Rgb {
    let light = (1.05 - 0.42 * u - 0.25 * y).clamp(0.35, 1.0);
    let mut colour = scale([0.8, 0.76, 0.68], light + 0.03 * fractal(u * 8.0, y * 8.0));
    if (0.06..0.42).contains(&u) && (0.05..0.5).contains(&y) {
        let pane = (((u - 0.06) / 0.18).fract() - 0.5)
            .abs()
            .max((((y - 0.05) / 0.225).fract() - 0.5).abs());
        let sky = mix([0.62, 0.8, 0.95], [0.96, 0.97, 0.95], smooth(0.05, 0.5, y));
        let green = smooth(0.36, 0.44, y + 0.1 * fractal(u * 14.0, 2.0));
        colour = if pane > 0.46 {
            [0.93, 0.91, 0.87]
        } else {
            mix(sky, [0.5, 0.66, 0.42], green * 0.8)
        };
    }
    colour
}

fn table(u: f32, y: f32) -> Rgb {
    let near = (y - 0.62) / 0.38;
    let grain = fractal(u * 2.2 + 3.0 * noise(u * 1.5, y * 6.0), y * 46.0 / (1.0 + near));
    let wood = mix([0.5, 0.31, 0.17], [0.74, 0.5, 0.3], grain);
    scale(wood, 1.12 - 0.36 * u + 0.12 * near)
}

/// A matt ball, lit from the window on the left, with a soft highlight.
fn ball(below: Rgb, u: f32, y: f32, (at, top, radius): (f32, f32, f32), skin: Rgb) -> Rgb {
    let (dx, dy) = ((u - at) / radius, (y - top) / radius);
    let flat = dx * dx + dy * dy;
    if flat >= 1.0 {
        return below;
    }
    let up = (1.0 - flat).sqrt();
    let lit = (-0.62 * dx - 0.48 * dy + 0.62 * up).max(0.0);
    let skin = scale(skin, 0.94 + 0.12 * noise(u * 160.0, y * 160.0));
    let colour = scale(skin, 0.3 + 0.78 * lit);
    add(colour, [1.0, 0.98, 0.94], 0.5 * lit.powi(24))
}

fn bowl(below: Rgb, u: f32, y: f32) -> Rgb {
    let (dx, dy) = (u - 0.72, y - 0.6);
    let half = 0.3 * (1.0 - (dy / 0.215).powi(2)).max(0.0).sqrt();
    let rim = (dx / 0.3).powi(2) + (dy / 0.03).powi(2);
    let front = dy > 0.0 && dx.abs() < half && dy < 0.205;
    let lip = rim < 1.0 && rim > 0.82 && dy > 0.0;
    if !front && !lip {
        return below;
    }
    let round = dx / 0.3;
    let light = 0.95 - 0.55 * (round + 0.35).powi(2) - 0.4 * dy / 0.2;
    let band = (dy - 0.07).abs() < 0.016 || (dy - 0.112).abs() < 0.005;
    let glaze = if band { [0.18, 0.34, 0.56] } else { [0.9, 0.9, 0.87] };
    add(
        scale(glaze, light),
        [1.0; 3],
        0.35 * (-((round + 0.52) / 0.09).powi(2)).exp(),
    )
}

fn cup(below: Rgb, u: f32, y: f32) -> Rgb {
    let (dx, dy) = (u - 1.2, y - 0.62);
    let handle = ((dx - 0.115) / 0.062).powi(2) + ((dy - 0.085) / 0.062).powi(2);
    let rim = (dx / 0.115).powi(2) + (dy / 0.022).powi(2);
    let body =
        dx.abs() < 0.115 - 0.12 * dy.max(0.0) && dy > 0.0 && dy < 0.19 + 0.02 * (1.0 - (dx / 0.1).powi(2)).max(0.0);
    let round = dx / 0.115;
    let light = 0.98 - 0.42 * (round + 0.4).powi(2);
    if rim < 1.0 {
        return if rim > 0.8 {
            scale([0.9, 0.52, 0.42], 1.05)
        } else {
            mix([0.24, 0.13, 0.08], [0.42, 0.25, 0.15], 0.5 + 0.5 * round)
        };
    }
    if body || (handle < 1.0 && handle > 0.42 && dx > 0.08) {
        let shine = 0.3 * (-((round + 0.5) / 0.1).powi(2)).exp();
        return add(scale([0.82, 0.4, 0.31], light), [1.0; 3], shine);
    }
    below
}

/// Samples a picture four times a pixel.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0…255 first"
)]
fn sample(colour_at: impl Fn(f32, f32) -> Rgb + Sync) -> Raster {
    let row = |y: u32| {
        (0..WIDTH).flat_map(move |x| [(x, y)]).flat_map(|(x, y)| {
            let mut sum = [0.0; 3];
            for (dx, dy) in [(0.125, 0.375), (0.625, 0.125), (0.375, 0.875), (0.875, 0.625)] {
                let point = colour_at((x as f32 + dx) / WIDTH as f32, (y as f32 + dy) / HEIGHT as f32);
                sum = add(sum, point, 0.25);
            }
            let grain = (hash(x as f32 * 1.3, y as f32 * 0.7) - 0.5) * 0.012;
            sum.map(|value| ((value + grain).clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
        })
    };
    let samples: Vec<u8> = (0..HEIGHT).into_par_iter().flat_map_iter(row).collect();
    Raster::from_u8(WIDTH, HEIGHT, Channels::Rgb, samples).expect("three samples for each of the pixels")
}

fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    let share = share.clamp(0.0, 1.0);
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * share)
}

fn scale(a: Rgb, factor: f32) -> Rgb {
    a.map(|value| value * factor)
}

fn add(a: Rgb, b: Rgb, share: f32) -> Rgb {
    [0, 1, 2].map(|i| a[i] + b[i] * share)
}

fn smooth(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// 0 above an edge, 1 below it.
fn edge(distance: f32) -> f32 {
    smooth(-0.0008, 0.0008, distance)
}

fn disc(x: f32, y: f32, at: f32, top: f32, radius: f32) -> f32 {
    let far = (((x - at) * 1.5).powi(2) + (y - top).powi(2)).sqrt();
    1.0 - smooth(radius - 0.004, radius + 0.004, far)
}

/// 0 to 1, without pattern.
fn hash(x: f32, y: f32) -> f32 {
    let mut bits = x.to_bits().wrapping_mul(0x9E37_79B1) ^ y.to_bits().wrapping_mul(0x85EB_CA77);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D);
    bits = (bits ^ (bits >> 12)).wrapping_mul(0x297A_2D39);
    ((bits ^ (bits >> 15)) >> 8) as f32 / 16_777_216.0
}

/// Smooth noise of wavelength 1, 0 to 1.
fn noise(x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (u, v) = (smooth(0.0, 1.0, x - left), smooth(0.0, 1.0, y - top));
    let upper = hash(left, top) * (1.0 - u) + hash(left + 1.0, top) * u;
    let lower = hash(left, top + 1.0) * (1.0 - u) + hash(left + 1.0, top + 1.0) * u;
    upper * (1.0 - v) + lower * v
}

/// Four octaves of noise, 0 to 1.
fn fractal(x: f32, y: f32) -> f32 {
    (0..4)
        .map(|octave| (octave as f32).exp2())
        .map(|f| noise(x * f + 5.2 * f, y * f + 1.3 * f) / (2.0 * f))
        .sum::<f32>()
        / 0.9375
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Samples;

    #[test]
    fn the_drawings_are_the_same_every_time_and_full_of_colours() {
        for draw in [harbour, still_life] {
            let (first, second) = (draw(), draw());
            assert_eq!((first.width(), first.height()), (WIDTH, HEIGHT));
            let (Samples::U8(a), Samples::U8(b)) = (first.into_samples(), second.into_samples()) else {
                panic!("8 bits")
            };
            assert!(a == b);
            let colours: std::collections::HashSet<&[u8]> = a.chunks_exact(3).collect();
            assert!(colours.len() > 10_000, "{}", colours.len());
        }
    }
}
