//! How a version was made, as its credentials tell it.
//!
//! Rule: told by whoever made it, at the time; a deed that nobody told is never guessed to be harmless. Filled in by
//! `backends`, kept by `store`, put into the standard's words by `provenance`.

use serde::{Deserialize, Serialize};

use super::version::Version;

/// Who made a version, and what they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// Who: "Gemini", "Built-in engine".
    pub agent: String,
    /// The model that was asked.
    pub model: Option<String>,
    /// What was done, each kind once, in order; never empty.
    pub deeds: Vec<Deed>,
}

impl Making {
    /// Whether a model made the whole picture from words: what it began on was an empty canvas.
    #[must_use]
    pub fn is_from_words(&self, parent: Option<&Version>) -> bool {
        parent.is_some_and(|parent| parent.canvas) && self.deeds.contains(&Deed::Generated)
    }
}

/// One kind of change to a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A generative model made pixels from words.
    Generated,
    /// A small trained net painted it anew in a style.
    Restyled,
    /// A small trained net enlarged it.
    Enlarged,
    /// Light and colour were adjusted.
    Adjusted,
    /// A filter went over it: sharpness, grain, weather, a look.
    Filtered,
    /// A part was cut out of the frame.
    Cropped,
    /// It was turned or mirrored.
    Turned,
    /// It was scaled.
    Resized,
    /// Parts were moved, removed or put in by computation, nothing generated.
    Composed,
}

impl Deed {
    /// Whether trained models made pixels of it.
    #[must_use]
    pub const fn is_generative(self) -> bool {
        matches!(self, Self::Generated | Self::Restyled)
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Generated => "edited by a generative model",
            Self::Restyled => "painted anew by a small trained net",
            Self::Enlarged => "enlarged by a small trained net",
            Self::Adjusted => "light and colour adjusted",
            Self::Filtered => "filtered",
            Self::Cropped => "cropped",
            Self::Turned => "turned or mirrored",
            Self::Resized => "resized",
            Self::Composed => "parts moved, removed or put in, nothing generated",
        }
    }
}
