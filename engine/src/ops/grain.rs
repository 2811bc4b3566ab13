//! Film grain: soft noise in lightness, strongest in the middle tones, of a size that follows the picture's.
//!
//! The one rule: the noise is a function of seed and place alone, so it is the same on every run.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Grain,
        group: Group::Tone,
        description: "Adds the grain of film.",
        example: "add some film grain",
        doing: "Adding grain",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "added grain to {t} {v}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let amount = 0.16 * strength(step, 0.5).abs();
    let noise = noise(canvas);
    canvas.change(Space::Encoded, |y, row| {
        for (x, c) in row.iter_mut().enumerate() {
            let l = crate::field::luma(*c);
            let visible = 0.35 + 2.6 * l * (1.0 - l);
            let by = noise(x, y) * amount * visible;
            *c = c.map(|v| v + by);
        }
    })
}

/// Soft noise around 0, about −1…1, in grains of a size that looks the same on a small and a large picture.
pub(super) fn noise(canvas: &Canvas<'_>) -> impl Fn(usize, usize) -> f32 + Sync + use<> {
    let size = (canvas.short_side() / 1100.0).max(1.0);
    let seed = canvas.context.seed;
    move |x, y| {
        let (fx, fy) = (x as f32 / size, y as f32 / size);
        let (ix, iy) = (fx as u32, fy as u32);
        let (tx, ty) = (fx - ix as f32, fy - iy as f32);
        let corner = |dx, dy| hash(seed, ix + dx, iy + dy);
        let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * tx;
        let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * tx;
        top + (bottom - top) * ty
    }
}

/// A number near −1…1 for a place, bell-shaped: four bytes of a mixed integer, added up.
pub(super) fn hash(seed: u64, x: u32, y: u32) -> f32 {
    let mut h = seed ^ (u64::from(x) << 32 | u64::from(y));
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^= h >> 31;
    let sum: u64 = (0..4).map(|i| (h >> (8 * i)) & 255).sum();
    (sum as f32 - 510.0) / 300.0
}
