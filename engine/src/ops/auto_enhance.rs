//! One careful touch for any picture: a neutral white, a full range of lightness, and a little more colour.
//!
//! The one rule: a picture that is fine stays nearly as it is; each correction is limited, and night stays night.

use super::{Canvas, Group, Operation, OperationInfo, strength};
use crate::color::{Curve, Rgb, mix, smoothstep, to_oklab};
use crate::field::Field;
use crate::plan::{Op, Step};
use crate::render::RenderError;
use crate::rows::Space;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::AutoEnhance,
        group: Group::Tone,
        description: "Balances colour, spreads the range of brightness and freshens colours, all with care.",
        example: "enhance it automatically",
        doing: "Enhancing",
        default_strength: Some(0.5),
        is_two_way: false,
    },
    tell: "enhanced {t} automatically {v}",
    tell_less: "",
    apply,
};

/// What a picture is like.
struct Look {
    /// Lightness below which lie a hundredth of the cells, the middle, and above which lie a hundredth.
    dark: f32,
    middle: f32,
    bright: f32,
    /// The mean cast of nearly grey cells (OKLab a and b).
    cast: [f32; 2],
}

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    // 0.5 is the whole careful correction; more goes beyond it.
    let s = strength(step, 0.5).abs() * 2.0;
    let look = look(canvas)?;
    let curve = levels(&look, s);
    let cast = look.cast.map(|v| v * (0.6 * s).min(0.9));
    canvas.change_lab(|[l, a, b]| {
        let lightness = curve.at(l);
        let weight = smoothstep(0.05, 0.3, l);
        let (a, b) = (a - cast[0] * weight, b - cast[1] * weight);
        let chroma = (a * a + b * b).sqrt();
        let freshen = 1.0 + 0.12 * s * (1.0 - smoothstep(0.05, 0.2, chroma));
        let follow = ((lightness + 0.03) / (l + 0.03)).sqrt() * freshen;
        [lightness, a * follow, b * follow]
    })
}

fn look(canvas: &Canvas<'_>) -> Result<Look, RenderError> {
    let factor = (canvas.short_side() / 256.0).ceil().max(1.0) as usize;
    let field = Field::<3>::gather(&canvas.raster, factor, Space::Linear, canvas.run, |c, _| c)?;
    let cells: Vec<Rgb> = field.cells().2.iter().map(|&c| to_oklab(c)).collect();
    let mut lights: Vec<f32> = cells.iter().map(|c| c[0]).collect();
    lights.sort_by(f32::total_cmp);
    let at = |share: f32| lights[((lights.len() - 1) as f32 * share) as usize];
    let (mut sum, mut weight) = ([0.0f32; 2], 1e-3f32);
    for [l, a, b] in cells {
        // Only what is nearly grey and neither black nor burnt out tells about the lamp.
        let near = 1.0 - smoothstep(0.02, 0.06, (a * a + b * b).sqrt());
        let w = near * smoothstep(0.2, 0.4, l) * (1.0 - smoothstep(0.93, 0.99, l));
        sum = [sum[0] + a * w, sum[1] + b * w];
        weight += w;
    }
    // With little grey to go by, the cast is trusted less.
    let trust = smoothstep(0.03, 0.2, weight / lights.len() as f32);
    Ok(Look {
        dark: at(0.01),
        middle: at(0.5),
        bright: at(0.99),
        cast: sum.map(|v| v / weight * trust),
    })
}

fn levels(look: &Look, s: f32) -> Curve {
    // Ends are pulled out by a limited amount, so fog, snow and night keep their character.
    let low = (look.dark - 0.06).clamp(0.0, 0.16) * 0.65 * s.min(1.2);
    let high = 1.0 - (0.98 - look.bright).clamp(0.0, 0.18) * 0.65 * s.min(1.2);
    let middle = ((look.middle - low) / (high - low)).clamp(0.05, 0.95);
    let wanted = mix(middle, 0.6, 0.3 * s.min(1.5)).clamp(middle - 0.07, middle + 0.07);
    // A bend through (middle, wanted) that keeps both ends.
    let k = (wanted * (1.0 - middle)) / (middle * (1.0 - wanted)) - 1.0;
    Curve::new(move |l| {
        let x = ((l - low) / (high - low)).max(0.0);
        // Above the new white the curve rolls off instead of clipping.
        let x = if x > 0.9 {
            0.9 + 0.1 * (1.0 - (-(x - 0.9) / 0.1).exp()) / (1.0 - (-((1.0 - low) / (high - low) - 0.9) / 0.1).exp())
        } else {
            x
        };
        let x = x.min(1.0);
        let bent = x * (1.0 + k) / (1.0 + k * x);
        // A gentle S for depth.
        mix(bent, bent * bent * (3.0 - 2.0 * bent), 0.1 * s.min(1.5))
    })
}
