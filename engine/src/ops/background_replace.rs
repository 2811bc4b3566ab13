//! Another ground behind the subject: a painted scene, another picture, a slope of colours.
//!
//! The one rule: without a strength the subject's own pixels stay as they are, to the bit; a strength says that the
//! subject was placed *into* the scene, and how far the scene's light falls on it (docs/decisions/0009).

use super::edges::{Pixel, change_around, kept, over};
use super::relight::{Relight, relit};
use super::standing::Standing;
use super::tint::parse_hex;
use super::{Canvas, Group, Operation, OperationInfo, foreground};
use crate::color::{Rgb, floor, from_oklab, to_oklab};
use crate::plan::{Op, Step, Target};
use crate::raster::Mask;
use crate::render::RenderError;
use crate::scenes::{self, Daytime, Sheet, Wish};

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::BackgroundReplace,
        group: Group::Subject,
        description: "Puts a painted scene (beach, forest, city and more) or another picture behind the subject.",
        example: "change the background to a beach",
        doing: "Replacing the background",
        default_strength: None,
        is_two_way: false,
    },
    tell: "changed {t}",
    tell_less: "",
    apply,
};

/// Whether the step's ground is one that can be made here.
pub(super) fn is_possible(step: &Step) -> bool {
    let params = &step.params;
    match (params.scene.as_deref(), params.reference) {
        (None | Some("gradient"), None) => params.scene.is_some() || params.color.is_some(),
        (None, Some(_)) => true,
        (Some(scene), None) => scenes::NAMES.contains(&scene),
        (Some(_), Some(_)) => false,
    }
}

fn bad(problem: &'static str) -> RenderError {
    RenderError::BadStep {
        op: Op::BackgroundReplace,
        problem,
    }
}

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    if !is_possible(step) {
        return Err(bad("this ground cannot be made here"));
    }
    // A sky is what goes, not what is kept.
    let mask = match step.target {
        Target::Sky => canvas
            .select(&Target::Sky)?
            .map(Mask::inverted)
            .ok_or(RenderError::NoSuchTarget(Target::Sky))?,
        _ => kept(step, canvas)?,
    };
    canvas.raster.make_rgb();
    let is_opaque = !canvas.raster.channels().has_alpha();
    let goes_in = step.strength.is_some() && matches!(step.target, Target::Picture | Target::Background);
    let mask = match goes_in {
        true => foreground::brought_forward(mask, canvas)?,
        false => mask,
    };
    put_behind(step, canvas, &mask)?;
    if is_opaque {
        canvas.raster.drop_alpha();
    }
    Ok(())
}

fn put_behind(step: &Step, canvas: &mut Canvas<'_>, mask: &Mask) -> Result<(), RenderError> {
    match (step.params.scene.as_deref(), step.params.reference) {
        (_, Some(reference)) => {
            let (width, height) = (canvas.raster.width() as usize, canvas.raster.height() as usize);
            let sheet = super::reference::fitted(canvas, reference, width, height)?;
            stage(step, canvas, mask, &Set::of_picture(sheet))
        }
        (Some(scene), None) if scene != "gradient" => {
            let set = painted(step, scene, canvas, mask)?;
            canvas.run.note(
                "The background is a painted scene, made by the built-in engine; a connected generative model makes photographs.",
            );
            stage(step, canvas, mask, &set)
        }
        _ => slope(step, canvas, mask),
    }
}

/// What is put behind the subject, and how it is lit.
pub(super) struct Set {
    pub(super) sheet: Sheet,
    pub(super) from: (f32, f32),
    pub(super) glow: Rgb,
    pub(super) has_ground: bool,
}

impl Set {
    /// Of a photo only its colours are known: the light comes from where it is brighter.
    fn of_picture(sheet: Sheet) -> Self {
        let (mut sum, mut lean) = ([0.0f32; 3], 0.0);
        for (at, colour) in sheet.data.iter().enumerate().step_by(7) {
            let light = crate::color::luminance(*colour);
            let x = (at % sheet.width) as f32 / sheet.width as f32 - 0.5;
            lean += x * light;
            (0..3).for_each(|i| sum[i] += colour[i] * light);
        }
        let high = sum.iter().fold(1e-6f32, |a, &b| a.max(b));
        Self {
            from: (if lean < 0.0 { -0.6 } else { 0.6 }, 0.6),
            glow: sum.map(|v| v / high),
            has_ground: true,
            sheet,
        }
    }
}

fn painted(step: &Step, scene: &str, canvas: &Canvas<'_>, mask: &Mask) -> Result<Set, RenderError> {
    let scene = scenes::NAMES.into_iter().find(|name| *name == scene);
    let scene = scene.ok_or_else(|| bad("that scene is not known"))?;
    let time = match step.params.light.as_deref() {
        Some(name) => Some(Daytime::named(name).ok_or_else(|| bad("that light is not known"))?),
        None => None,
    };
    let wish = Wish {
        scene,
        time,
        seed: canvas.context.seed,
        horizon: Standing::of(mask).horizon(),
        only_sky: step.target == Target::Sky,
    };
    let (width, height) = (canvas.raster.width() as usize, canvas.raster.height() as usize);
    let made = canvas
        .run
        .meanwhile(move || scenes::paint(&wish, width, height))?
        .flatten();
    let made = made.ok_or_else(|| bad("that scene is not known"))?;
    Ok(Set {
        sheet: made.sheet,
        from: made.from,
        glow: made.glow,
        has_ground: made.has_ground,
    })
}

/// Puts the set behind the subject; with a strength, the subject into the set's light.
fn stage(step: &Step, canvas: &mut Canvas<'_>, mask: &Mask, set: &Set) -> Result<(), RenderError> {
    if let Some(strength) = step.strength {
        let light = Relight::of(canvas, mask, set, strength.abs())?;
        relit(canvas, mask, &light)?;
    }
    let standing = Standing::of(mask);
    let height = canvas.raster.height() as f32;
    // A shadow only where feet are in the picture and there is ground under them.
    let shadow =
        (set.has_ground && standing.stands() && step.target != Target::Sky).then(|| standing.shadow(mask, set.from.0));
    change_around(canvas, mask, |x, y, pixel: &Pixel| {
        let (u, v) = ((x as f32 + 0.5) / height, (y as f32 + 0.5) / height);
        let mut ground = set.sheet.at(u, v);
        if let Some(shadow) = &shadow {
            let dark = shadow.at(u, v);
            ground = ground.map(|c| c * (1.0 - dark));
        }
        (over(pixel, dithered(ground, x, y)), 1.0)
    })
}

/// Lighter above, darker below.
fn slope(step: &Step, canvas: &mut Canvas<'_>, mask: &Mask) -> Result<(), RenderError> {
    let color = step.params.color.as_deref().unwrap_or("#b9bcc2");
    let [l, a, b] = parse_hex(color)
        .map(to_oklab)
        .ok_or_else(|| bad("the colour is not #rrggbb"))?;
    let height = canvas.raster.height() as f32;
    change_around(canvas, mask, |x, y, pixel| {
        let v = (y as f32 + 0.5) / height;
        let ground = from_oklab([(l + 0.14 * (1.0 - 2.0 * v)).clamp(0.0, 1.0), a, b]);
        (over(pixel, dithered(ground, x, y)), 1.0)
    })
}

/// A slow slope shows steps in 8 bits; a pattern finer than the eye hides them.
fn dithered(colour: Rgb, x: usize, y: usize) -> Rgb {
    // Interleaved gradient noise (Jimenez, 2014): even in every small neighbourhood.
    let within = |v: f32| v - floor(v);
    let noise = within(52.982_918 * within(0.067_110_56 * x as f32 + 0.005_837_15 * y as f32)) - 0.5;
    colour.map(|v| {
        let root = v.max(0.0).sqrt() + noise / 255.0;
        root.max(0.0).powi(2)
    })
}
