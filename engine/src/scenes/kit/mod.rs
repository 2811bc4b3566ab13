//! What every scene is painted with: noise, a sheet of light, shapes, terrain, sky, water, plants.
//!
//! The one rule: places are in heights of the picture (`y` 0…1 down, `x` 0…aspect), colours are linear light without an
//! upper end, and chance comes from the seed alone; so a scene is the same at any size and on any thread.

mod finish;
mod light;
mod noise;
mod plants;
mod sheet;
mod sky;
mod streets;
mod terrain;
mod water;

pub(super) use light::Palette;
pub(crate) use light::{Daytime, Rgb3};
pub(super) use noise::{Dice, Noise};
pub(super) use plants::{Crown, broadleaf, crown, grass, palm, spruce};
pub(crate) use sheet::Sheet;
pub(super) use sheet::{Ink, hex, mixed, plus, scaled, times};
pub(super) use sky::{Clouds, sky, stars};
pub(super) use streets::{Facade, Street, street};
pub(super) use terrain::{Ground, terrain};
pub(super) use water::{Water, water};

/// Where the viewer stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// Where the horizon is, 0 top … 1 bottom.
    pub(super) horizon: f32,
    /// Height of the eye over the ground, in the scene's own measure.
    pub(super) eye: f32,
}
