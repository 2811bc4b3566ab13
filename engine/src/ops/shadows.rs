//! Lifts dark parts (or deepens them) by the darkness of their surroundings, so that local contrast stays.
//!
//! The one rule: lightness is moved by what its surroundings ask for, never by its own value alone; `highlights.rs` shares it.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::smoothstep;
use crate::field::{Base, luma};
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Shadows,
        group: Group::Tone,
        description: "Brightens or darkens the dark parts only, keeping their detail.",
        example: "lift the shadows",
        doing: "Setting shadows",
        default_strength: Some(0.5),
        is_two_way: true,
    },
    tell: "lifted the shadows of {t} {v}",
    tell_less: "deepened the shadows of {t} {v}",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let s = strength(step, 0.5);
    move_range(canvas, move |base| {
        let weight = 1.0 - smoothstep(0.1, 0.6, base);
        // Black itself stays black: what lies there is noise.
        let room = if s > 0.0 {
            0.34 * smoothstep(0.0, 0.12, base)
        } else {
            base * 0.6
        };
        s * weight * room
    })
}

/// Moves lightness by `shift(base)`, where the base is the lightness of the surroundings, strong edges kept.
pub(super) fn move_range(canvas: &mut Canvas<'_>, shift: impl Fn(f32) -> f32 + Sync) -> Result<(), RenderError> {
    let base = Base::of(&canvas.raster, canvas.short_side() * 0.02, 0.12, canvas.run)?;
    let width = canvas.raster.width() as usize;
    canvas.change(Space::Encoded, |y, row| {
        let (mut room, mut lines) = (Vec::new(), vec![[0.0; 2]; width]);
        base.row(y, &mut room, &mut lines);
        for (c, [slope, offset]) in row.iter_mut().zip(lines) {
            let own = luma(*c);
            let by = shift((slope * own + offset).clamp(0.0, 1.0));
            // Colours scale with their brightness and keep their hue; near black the same amount is added to each instead.
            let scale = (own + by + 0.03).max(0.0) / (own + 0.03);
            let lifted = c.map(|v| (v + 0.03) * scale - 0.03);
            *c = within(lifted, own + by);
        }
    })
}

/// Colours pushed over white give up chroma instead of brightness.
fn within(c: [f32; 3], luma: f32) -> [f32; 3] {
    let high = c[0].max(c[1]).max(c[2]);
    if high <= 1.0 || high <= luma {
        return c;
    }
    let keep = ((1.0 - luma) / (high - luma)).clamp(0.0, 1.0);
    c.map(|v| luma + (v - luma) * keep)
}
