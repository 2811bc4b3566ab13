//! What both drawings paint with: noise, soft edges, small vectors.
//!
//! The one rule: plain functions of numbers; nothing random. Called by `harbour` and `still_life`.

use super::Light;

/// A number 0…1 for a place on the grid.
pub(super) fn hash(x: i32, y: i32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    (h ^ (h >> 15)) as f32 * (1.0 / 4_294_967_296.0)
}

/// Smooth noise 0…1 with one bump per unit.
pub(super) fn noise(x: f32, y: f32) -> f32 {
    let (ix, iy) = (below(x), below(y));
    let (tx, ty) = (ease(x - ix as f32), ease(y - iy as f32));
    let top = mix1(hash(ix, iy), hash(ix + 1, iy), tx);
    let bottom = mix1(hash(ix, iy + 1), hash(ix + 1, iy + 1), tx);
    mix1(top, bottom, ty)
}

/// Noise of `octaves` sizes together, 0…1.
pub(super) fn cloud(mut x: f32, mut y: f32, octaves: u32) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.5);
    for _ in 0..octaves {
        sum += weight * noise(x, y);
        (x, y) = (x * 1.62 + y * 1.18 + 7.3, y * 1.62 - x * 1.18 + 3.1);
        weight *= 0.5;
    }
    sum / (1.0 - 2.0 * weight)
}

/// The whole number below; several times faster than the library's.
fn below(x: f32) -> i32 {
    x as i32 - i32::from(x < 0.0)
}

fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// 0 below `from`, 1 above `to`, smooth between; falls when `from` is the larger.
pub(super) fn step(from: f32, to: f32, x: f32) -> f32 {
    ease(((x - from) / (to - from)).clamp(0.0, 1.0))
}

pub(super) fn mix1(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

pub(super) fn mix(a: Light, b: Light, t: f32) -> Light {
    [mix1(a[0], b[0], t), mix1(a[1], b[1], t), mix1(a[2], b[2], t)]
}

pub(super) fn add(a: Light, b: Light, t: f32) -> Light {
    [a[0] + b[0] * t, a[1] + b[1] * t, a[2] + b[2] * t]
}

pub(super) fn times(a: Light, b: Light) -> Light {
    [a[0] * b[0], a[1] * b[1], a[2] * b[2]]
}

pub(super) fn scaled(a: Light, t: f32) -> Light {
    [a[0] * t, a[1] * t, a[2] * t]
}

pub(super) fn dot(a: Light, b: Light) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn unit(a: Light) -> Light {
    scaled(a, 1.0 / dot(a, a).sqrt())
}

/// A colour as on a screen, in linear light; a polynomial close to the curve, so that the compiler does the work.
pub(super) const fn hex(code: u32) -> Light {
    const fn part(value: u32) -> f32 {
        let v = (value & 255) as f32 / 255.0;
        v * (v * (v * 0.305_306 + 0.682_171_1) + 0.012_522_9)
    }
    [part(code >> 16), part(code >> 8), part(code)]
}

/// Film's shoulder: the brightest lights bend instead of clipping.
pub(super) fn film(v: f32) -> f32 {
    if v < 0.6 {
        v.max(0.0)
    } else {
        1.0 - 0.4 / (1.0 + (v - 0.6) / 0.4)
    }
}

/// How much of a pixel lies inside, from a signed distance (negative inside).
pub(super) fn cover(distance: f32) -> f32 {
    const PIXEL: f32 = 1.0 / 1024.0;
    (0.5 - distance / PIXEL).clamp(0.0, 1.0)
}

/// Signed distance to a box.
pub(super) fn rectangle(x: f32, y: f32, left: f32, top: f32, right: f32, bottom: f32) -> f32 {
    (left - x).max(x - right).max(top - y).max(y - bottom)
}

/// Signed distance to a convex outline given clockwise on the screen.
pub(super) fn polygon(x: f32, y: f32, corners: &[[f32; 2]]) -> f32 {
    let mut far = f32::MIN;
    for (i, a) in corners.iter().enumerate() {
        let b = corners[(i + 1) % corners.len()];
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = (dx * dx + dy * dy).sqrt();
        far = far.max(((x - a[0]) * dy - (y - a[1]) * dx) / length);
    }
    far
}
