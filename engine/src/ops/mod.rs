//! The table of operations, and the [`Canvas`] that they work on.
//!
//! The one rule: an operation is one file here and one line in [`OPERATIONS`]; nothing else knows their number.
//! Read `render.rs` first, then any operation (`brightness.rs` is the shortest), then `geometry.rs`.

use crate::color::{Rgb, from_oklab, to_oklab};
use crate::plan::{Op, Step, Target, is_pin};
use crate::raster::{Channels, Mask, Raster};
use crate::render::{RenderContext, RenderError};
use crate::rows::{Space, change_rows};
use crate::select;
use crate::watch::Run;

mod auto_enhance;
mod background_blur;
mod background_color;
mod background_replace;
mod blur;
mod brightness;
mod caption;
mod cartoon;
mod cinematic;
mod clarity;
mod contrast;
mod crop;
mod cutout;
mod dawn;
mod dehaze;
mod denoise;
mod dial;
mod dramatic;
mod duplicate;
mod edges;
mod ellipse;
mod expand;
mod exposure;
mod fade;
mod flip;
mod fog;
mod foreground;
mod geometry;
mod golden_hour;
mod grain;
mod grayscale;
mod halftone;
mod highlights;
mod hue;
mod insert;
mod invert;
mod light;
mod move_thing;
mod night;
mod oil;
mod overcast;
mod paint;
mod pattern;
mod pixel_art;
mod pixelate;
mod poster;
mod posterize;
mod precipitation;
mod rain;
mod recolor;
mod reference;
mod relight;
mod remove;
mod resample;
mod resize;
mod rotate;
mod saturation;
mod saucer;
mod scale_thing;
mod sepia;
mod shading;
mod shadow;
mod shadows;
mod sharpen;
mod sketch;
mod snow;
mod spot;
mod standing;
mod straighten;
mod studio;
mod style;
mod sunny;
mod temperature;
mod thing;
mod tint;
mod upscale;
mod vibrance;
mod vignette;
mod vintage;

/// Which shelf of the help page an operation stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Light and colour.
    Tone,
    /// Sharpness, noise, haze.
    Detail,
    /// Size and shape.
    Geometry,
    /// The main thing and what is behind it.
    Subject,
    /// Things in the picture.
    Objects,
    /// Light and weather.
    Light,
    /// A whole look at once.
    Style,
}

/// What there is to say about an operation.
#[derive(Debug, Clone, Copy)]
pub struct OperationInfo {
    /// Its name.
    pub op: Op,
    /// Its shelf.
    pub group: Group,
    /// One sentence on what it does.
    pub description: &'static str,
    /// An instruction that leads to it.
    pub example: &'static str,
    /// What is said while it runs ("Blurring").
    pub doing: &'static str,
    /// The strength when the words name none; `None` when strength means nothing to it.
    pub default_strength: Option<f32>,
    /// Whether a negative strength means the opposite.
    pub is_two_way: bool,
}

/// One operation: what it is, how it is told, how it is done.
pub(crate) struct Operation {
    pub(crate) info: OperationInfo,
    /// How it is told with a positive strength: `{t}` is the target, `{s}` a word for the strength with its space.
    pub(crate) tell: &'static str,
    /// The same with a negative strength; empty where there is none.
    pub(crate) tell_less: &'static str,
    pub(crate) apply: fn(&Step, &mut Canvas<'_>) -> Result<(), RenderError>,
}

/// Every operation that can be done, in the order of the help page.
static OPERATIONS: &[&Operation] = &[
    &brightness::OPERATION,
    &contrast::OPERATION,
    &exposure::OPERATION,
    &highlights::OPERATION,
    &shadows::OPERATION,
    &saturation::OPERATION,
    &vibrance::OPERATION,
    &temperature::OPERATION,
    &tint::OPERATION,
    &hue::OPERATION,
    &auto_enhance::OPERATION,
    &grayscale::OPERATION,
    &sepia::OPERATION,
    &invert::OPERATION,
    &posterize::OPERATION,
    &vignette::OPERATION,
    &grain::OPERATION,
    &fade::OPERATION,
    &blur::OPERATION,
    &sharpen::OPERATION,
    &denoise::OPERATION,
    &clarity::OPERATION,
    &dehaze::OPERATION,
    &pixelate::OPERATION,
    &crop::OPERATION,
    &rotate::OPERATION,
    &flip::OPERATION,
    &straighten::OPERATION,
    &resize::OPERATION,
    &upscale::OPERATION,
    &expand::OPERATION,
    &cutout::OPERATION,
    &background_color::OPERATION,
    &background_blur::OPERATION,
    &background_replace::OPERATION,
    &move_thing::OPERATION,
    &scale_thing::OPERATION,
    &remove::OPERATION,
    &recolor::OPERATION,
    &pattern::OPERATION,
    &duplicate::OPERATION,
    &insert::OPERATION,
    &caption::OPERATION,
    &overcast::OPERATION,
    &sunny::OPERATION,
    &golden_hour::OPERATION,
    &night::OPERATION,
    &dawn::OPERATION,
    &fog::OPERATION,
    &rain::OPERATION,
    &snow::OPERATION,
    &studio::OPERATION,
    &cinematic::OPERATION,
    &dramatic::OPERATION,
    &vintage::OPERATION,
    &sketch::OPERATION,
    &cartoon::OPERATION,
    &oil::OPERATION,
    &halftone::OPERATION,
    &pixel_art::OPERATION,
    &poster::OPERATION,
    &style::OPERATION,
];

/// The operation, if this floor of the engine has it.
pub(crate) fn find(op: Op) -> Option<&'static Operation> {
    OPERATIONS.iter().copied().find(|o| o.info.op == op)
}

/// The names of the styles that are painted.
pub(crate) fn style_names() -> &'static [&'static str] {
    &style::NAMES
}

/// Whether an operation that is there can do just this: not every ground can be made.
pub(crate) fn is_possible(step: &Step) -> bool {
    match step.op {
        Op::BackgroundReplace => background_replace::is_possible(step),
        Op::Caption => caption::is_possible(step),
        Op::Insert => insert::is_possible(step),
        Op::Style => style::is_possible(step),
        Op::Move | Op::Scale | Op::Duplicate | Op::Remove | Op::Recolor | Op::Pattern => thing::is_possible(step),
        _ => true,
    }
}

/// All of them, for help pages.
pub(crate) fn infos() -> impl Iterator<Item = &'static OperationInfo> {
    OPERATIONS.iter().map(|o| &o.info)
}

/// The picture under work.
pub(crate) struct Canvas<'a> {
    pub(crate) raster: Raster,
    pub(crate) context: &'a RenderContext,
    pub(crate) run: &'a Run<'a>,
    /// The masks of the targets found so far, at the picture's size: a plan speaks of the same subject all along.
    /// Geometry operations change them along.
    found: Vec<(Target, Mask)>,
    /// Where the step applies; `None` is everywhere.
    mask: Option<Mask>,
}

impl<'a> Canvas<'a> {
    pub(crate) fn new(raster: Raster, context: &'a RenderContext, run: &'a Run<'a>) -> Self {
        Self {
            raster,
            context,
            run,
            found: Vec::new(),
            mask: None,
        }
    }

    /// Takes aim: the next operation applies to `target`.
    pub(crate) fn aim(&mut self, target: &Target) -> Result<(), RenderError> {
        self.mask = self.select(target)?;
        Ok(())
    }

    /// The mask of a target; `None` is everywhere.
    pub(crate) fn select(&mut self, target: &Target) -> Result<Option<Mask>, RenderError> {
        match target {
            Target::Picture => Ok(None),
            Target::Background => Ok(self.select(&Target::Subject)?.map(Mask::inverted)),
            Target::Not { not } => match self.select(not)? {
                Some(mask) => Ok(Some(mask.inverted())),
                None => Err(RenderError::NoSuchTarget(target.clone())),
            },
            _ => {
                if let Some((_, mask)) = self.found.iter().find(|(found, _)| found == target) {
                    return Ok(Some(mask.clone()));
                }
                let mask = match target {
                    Target::Region => {
                        let drawn = self.context.region.as_ref().ok_or(RenderError::NoRegion)?;
                        drawn.at_size(self.raster.width(), self.raster.height())
                    }
                    _ => select::find(target, &self.raster, self.context, self.run)?,
                };
                self.found.push((target.clone(), mask.clone()));
                Ok(Some(mask))
            }
        }
    }

    /// After a thing was taken away, what was found may not be there any more.
    pub(crate) fn forget_what_was_found(&mut self) {
        self.found
            .retain(|(target, _)| *target == Target::Region || is_pin(target));
    }

    /// After a thing was put elsewhere, later steps hit it there.
    pub(crate) fn found_again(&mut self, target: &Target, mask: Mask) {
        self.forget_what_was_found();
        self.found.retain(|(found, _)| found != target);
        self.found.push((target.clone(), mask));
    }

    /// Where the step applies.
    pub(crate) fn mask(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    /// Runs `each(y, row)` over all rows in linear light or sRGB values, in place, within the mask.
    pub(crate) fn change(&mut self, space: Space, each: impl Fn(usize, &mut [Rgb]) + Sync) -> Result<(), RenderError> {
        change_rows(&mut self.raster, self.mask.as_ref(), space, self.run, each)
    }

    /// The same pixel by pixel, in linear light.
    pub(crate) fn change_pixels(&mut self, each: impl Fn(Rgb) -> Rgb + Sync) -> Result<(), RenderError> {
        self.change(Space::Linear, |_, row| row.iter_mut().for_each(|c| *c = each(*c)))
    }

    /// The same pixel by pixel, in OKLab (lightness, a, b).
    pub(crate) fn change_lab(&mut self, each: impl Fn(Rgb) -> Rgb + Sync) -> Result<(), RenderError> {
        self.change(Space::Linear, |_, row| {
            // Three short loops, not one: the conversions then run on several pixels at once whatever `each` looks up.
            row.iter_mut().for_each(|c| *c = to_oklab(*c));
            row.iter_mut().for_each(|c| *c = each(*c));
            row.iter_mut().for_each(|c| *c = from_oklab(*c));
        })
    }

    /// The shorter side in pixels, by which radii are chosen so that an edit looks the same at every size.
    pub(crate) fn short_side(&self) -> f32 {
        self.raster.width().min(self.raster.height()) as f32
    }

    /// Puts another shape of the picture in place; `reshape` is done to the region and what was
    /// found too, so later steps still hit it.
    pub(crate) fn reshape(
        &mut self,
        reshape: impl Fn(Raster, &Run<'_>) -> Result<Raster, RenderError>,
    ) -> Result<(), RenderError> {
        if self.context.region.is_some() {
            self.select(&Target::Region)?;
        }
        for (target, mask) in std::mem::take(&mut self.found) {
            let mask = Mask::from_raster(reshape(mask.into_raster(), self.run)?);
            self.found.push((target, mask));
        }
        // A one-pixel stand-in while the picture is away, so that no second copy is alive.
        let stand_in = Raster::from_u8(1, 1, Channels::Gray, vec![0]).expect("one grey pixel is a picture");
        let picture = std::mem::replace(&mut self.raster, stand_in);
        self.raster = reshape(picture, self.run)?;
        Ok(())
    }
}

/// The step's strength, or the operation's own when the step names none.
pub(crate) fn strength(step: &Step, otherwise: f32) -> f32 {
    step.strength.unwrap_or(otherwise).clamp(-1.0, 1.0)
}
