//! Painted places to put behind a subject: each a small illustration, made from noise, light and shapes.
//!
//! The one rule: a scene is a function of its name, size, seed, daytime and horizon alone. One file per family paints;
//! `kit` holds the brushes. Called by `ops::background_replace`. To add one: a name in [`NAMES`], an arm in [`paint`].

mod cities;
mod cosmos;
mod forests;
mod kit;
mod land;
mod rooms;
mod seas;
mod skies;

pub(crate) use kit::{Daytime, Rgb3, Sheet};
use kit::{Dice, Palette, View};

/// The scenes there are, as `params.scene` names them.
pub const NAMES: [&str; 17] = [
    "beach",
    "meadow",
    "forest",
    "enchanted_forest",
    "mountains",
    "snow_mountains",
    "desert",
    "ocean",
    "underwater",
    "space",
    "sunset_sky",
    "starry_night",
    "city_day",
    "city_night",
    "cyberpunk_city",
    "studio",
    "living_room",
];

/// The most pixels that are painted; a larger picture gets the scene enlarged, as a lens would blur what is far behind.
const MOST: f32 = 2_600_000.0;

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) scene: &'a str,
    /// When, if the words say.
    pub(crate) time: Option<Daytime>,
    pub(crate) seed: u64,
    /// Where the horizon should be, 0 top … 1 bottom.
    pub(crate) horizon: f32,
    /// Whether nothing of the land will be seen.
    pub(crate) only_sky: bool,
}

/// A finished scene and what it says about light.
#[derive(Debug)]
pub(crate) struct Painted {
    /// Linear light in range; may be smaller than the picture.
    pub(crate) sheet: Sheet,
    /// Toward the light: right, up.
    pub(crate) from: (f32, f32),
    /// The light's colour, brightest channel 1.
    pub(crate) glow: Rgb3,
    /// Whether there is ground to stand on.
    pub(crate) has_ground: bool,
}

/// The scene's easel while it is painted.
struct Easel {
    sheet: Sheet,
    view: View,
    light: Palette,
    time: Daytime,
    dice: Dice,
    only_sky: bool,
}

/// Paints the scene for a picture of this size; `None` for a name that there is none of.
pub(crate) fn paint(wish: &Wish<'_>, width: usize, height: usize) -> Option<Painted> {
    let at = NAMES.iter().position(|name| *name == wish.scene)?;
    let shrink = (MOST / (width * height) as f32).sqrt().min(1.0);
    let side = |s: usize| ((s as f32 * shrink).round() as usize).max(8);
    let mut dice = Dice::new(wish.seed, at as u64 + 1);
    let time = wish.time.unwrap_or(usual_time(wish.scene));
    let mut easel = Easel {
        sheet: Sheet::new(side(width), side(height)),
        view: View {
            horizon: wish.horizon.clamp(0.3, 0.68),
            eye: 1.0,
        },
        light: Palette::of(time, &mut dice),
        time,
        dice,
        only_sky: wish.only_sky,
    };
    match wish.scene {
        "beach" => seas::beach(&mut easel),
        "ocean" => seas::ocean(&mut easel),
        "underwater" => seas::underwater(&mut easel),
        "meadow" => land::meadow(&mut easel),
        "mountains" => land::mountains(&mut easel, false),
        "snow_mountains" => land::mountains(&mut easel, true),
        "desert" => land::desert(&mut easel),
        "forest" => forests::forest(&mut easel),
        "enchanted_forest" => forests::enchanted(&mut easel),
        "space" => cosmos::space(&mut easel),
        "starry_night" => skies::starry_night(&mut easel),
        "sunset_sky" => skies::sunset_sky(&mut easel),
        "city_day" | "city_night" => cities::city(&mut easel),
        "cyberpunk_city" => cities::cyberpunk(&mut easel),
        "living_room" => rooms::living_room(&mut easel),
        _ => rooms::studio(&mut easel),
    }
    let light = &easel.light;
    let brightest = light.sun.iter().fold(1e-3f32, |a, &b| a.max(b));
    Some(Painted {
        from: (light.toward[0], light.toward[1]),
        glow: light.sun.map(|v| v / brightest),
        has_ground: !matches!(wish.scene, "space" | "underwater" | "sunset_sky" | "ocean"),
        sheet: easel.sheet.finished(wish.seed, 0.3),
    })
}

/// When a scene is seen if nobody says.
fn usual_time(scene: &str) -> Daytime {
    match scene {
        "sunset_sky" => Daytime::Sunset,
        "starry_night" | "city_night" | "cyberpunk_city" | "enchanted_forest" | "space" => Daytime::Night,
        _ => Daytime::Day,
    }
}
