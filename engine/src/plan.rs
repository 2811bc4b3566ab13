//! The language between words and pixels: [`Step`], [`Target`], [`Params`], and what could not become a step: [`Declined`].
//!
//! The one rule: this is the JSON of the command line, the tests and the server; names here are never changed.
//! Made by `parse`, told by `explain`, run by `render`.

use serde::{Deserialize, Serialize};

/// Every operation there is or will be; which of them can be done is what [`crate::operations`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the names are the words; `operations()` describes each in a sentence"
)]
pub enum Op {
    // tone
    Brightness,
    Contrast,
    Exposure,
    Highlights,
    Shadows,
    Saturation,
    Vibrance,
    Temperature,
    Tint,
    Hue,
    AutoEnhance,
    Grayscale,
    Sepia,
    Invert,
    Posterize,
    Vignette,
    Grain,
    Fade,
    // detail
    Blur,
    Sharpen,
    Denoise,
    Clarity,
    Dehaze,
    Pixelate,
    // geometry
    Crop,
    Rotate,
    Flip,
    Straighten,
    Resize,
    Upscale,
    Expand,
    // subject
    Cutout,
    BackgroundColor,
    BackgroundBlur,
    BackgroundReplace,
    Move,
    Scale,
    // objects
    Remove,
    Recolor,
    Pattern,
    Insert,
    Duplicate,
    // light and weather
    Overcast,
    Sunny,
    GoldenHour,
    Night,
    Dawn,
    Fog,
    Rain,
    Snow,
    Studio,
    Cinematic,
    Dramatic,
    // style
    Style,
    Sketch,
    Cartoon,
    Oil,
    Halftone,
    PixelArt,
    Poster,
    Vintage,
    // words
    Caption,
    // history: for the caller to act on, not for `render`
    Undo,
    Redo,
    Revert,
    Again,
    Stronger,
    Weaker,
}

impl Op {
    /// The operation with this name (`"auto_enhance"`), if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }

    /// The fixed name, as in the JSON.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => format!("{self:?}").to_lowercase(),
        }
    }

    /// Whether the caller acts on it (`undo`, `redo`, `revert`) instead of [`crate::render`].
    pub fn is_history(self) -> bool {
        matches!(
            self,
            Self::Undo | Self::Redo | Self::Revert | Self::Again | Self::Stronger | Self::Weaker
        )
    }
}

/// Which one of several objects of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the words")]
pub enum Side {
    Left,
    Right,
    Top,
    Bottom,
    Biggest,
    Smallest,
    /// Not one but every one.
    All,
}

/// How an object is chosen when there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Pick {
    /// By where it is or how big it is.
    Side(Side),
    /// By count from the left, starting at 1.
    Nth(u32),
}

/// What a step applies to.
///
/// As JSON: `"picture"`, `"subject"`, `{"object":"cup","pick":"left"}`, `{"reference":2}`, `{"not":"subject"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// All of it.
    #[default]
    Picture,
    /// The main thing or person.
    Subject,
    /// All but the subject.
    Background,
    /// What the user has drawn.
    Region,
    /// The sky.
    Sky,
    /// A named thing.
    #[serde(untagged)]
    Object {
        /// What it is called, singular; `pin 2` is what lies under the second of the points that somebody set.
        object: String,
        /// Which one, where the words say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pick: Option<Pick>,
    },
    /// Another attached picture, counted from 2.
    #[serde(untagged)]
    Reference {
        /// Its number.
        reference: u32,
    },
    /// Everything except that.
    #[serde(untagged)]
    Not {
        /// What is left alone.
        not: Box<Target>,
    },
}

/// What the thing under a numbered point is called as an object.
pub(crate) fn pin_name(n: u32) -> String {
    format!("pin {n}")
}

/// The number of the point that an object's name stands for.
pub(crate) fn pin_of(object: &str) -> Option<u32> {
    object.strip_prefix("pin ")?.parse().ok()
}

/// Whether the target is the thing under a point, or all but that.
pub(crate) fn is_pin(target: &Target) -> bool {
    match target {
        Target::Object { object, .. } => pin_of(object).is_some(),
        Target::Not { not } => is_pin(not),
        _ => false,
    }
}

/// Where in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the words")]
pub enum Place {
    TopLeft,
    Top,
    TopRight,
    Left,
    Center,
    Right,
    BottomLeft,
    Bottom,
    BottomRight,
}

/// Mirror across which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Left and right change sides.
    Horizontal,
    /// Top and bottom change sides.
    Vertical,
}

/// A version to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum VersionName {
    /// By its number.
    Number(u32),
    /// By a word.
    Word(VersionWord),
}

/// The versions that have a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionWord {
    /// The picture as it was uploaded.
    Original,
}

/// What a step needs to know beyond its strength; each operation reads the few that it understands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// An angle, clockwise positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degrees: Option<f32>,
    /// A colour as `#rrggbb`, lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Where; of `crop`: which part is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How far to the right, as a share of the picture's width.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dx: Option<f32>,
    /// How far down, as a share of the picture's height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dy: Option<f32>,
    /// Size compared to now, 1 = as is; of `crop`: the share of the sides that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f32>,
    /// Width to height, `"16:9"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<String>,
    /// Pixels: of the picture for `resize` and `crop`, of a block for `pixelate`, of the radius for `blur`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Which way `flip` mirrors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The attached picture that is used, counted from 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<u32>,
    /// A scene for `background_replace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene: Option<String>,
    /// When the scene is seen, if the words say: `day`, `sunset`, `dawn`, `overcast` or `night`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light: Option<String>,
    /// A style's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// Words for `caption`; of `background_replace`: the place that was named when the scene is only the nearest to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The version for `revert`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionName>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// To what.
    #[serde(default)]
    pub target: Target,
    /// How much and which way, −1…1 in hundredths; `None` where it means nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<f32>,
    /// What else it needs to know.
    #[serde(default)]
    pub params: Params,
}

impl Step {
    /// A step on the whole picture with neither strength nor params.
    pub fn new(op: Op) -> Self {
        Self {
            op,
            target: Target::Picture,
            strength: None,
            params: Params::default(),
        }
    }

    /// The same with a strength, cut to −1…1 and rounded to hundredths.
    #[must_use]
    pub fn with_strength(mut self, strength: f32) -> Self {
        self.strength = Some((strength.clamp(-1.0, 1.0) * 100.0).round() / 100.0);
        self
    }

    /// The same on another target.
    #[must_use]
    pub fn on(mut self, target: Target) -> Self {
        self.target = target;
        self
    }
}

/// Why words did not become a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Only a generative model can do it, or the embedded engine cannot yet.
    NeedsGenerative,
    /// What is named cannot be found in the picture without a region.
    CannotFind,
    /// Another picture is spoken of and none is attached.
    MissingReference,
    /// It could mean many things.
    TooVague,
    /// A question or a remark.
    NotAnEdit,
    /// Something that must not be made.
    UnsafeRequest,
}

/// Words that were left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// The words, as they were written.
    pub text: String,
    /// The kind of reason.
    pub reason: Reason,
    /// A sentence for the person who wrote them.
    pub message: String,
}

/// What an instruction came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Understanding {
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// What was left out.
    #[serde(default)]
    pub declined: Vec<Declined>,
    /// How many of the last earlier steps the first steps here take the place of: "stronger" is the earlier step with a
    /// new strength, meant for the picture *before* that step. 0 when everything goes on top.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replaces: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if hands over a reference"
)]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_has_the_fixed_names() {
        let step = Step::new(Op::Blur).with_strength(0.5).on(Target::Background);
        let json = serde_json::to_string(&step).expect("plain data");
        assert_eq!(
            json,
            r#"{"op":"blur","target":"background","strength":0.5,"params":{}}"#
        );
        for (target, json) in [
            (
                Target::Object {
                    object: "cup".into(),
                    pick: Some(Pick::Side(Side::Left)),
                },
                r#"{"object":"cup","pick":"left"}"#,
            ),
            (
                Target::Object {
                    object: "cup".into(),
                    pick: Some(Pick::Nth(2)),
                },
                r#"{"object":"cup","pick":2}"#,
            ),
            (Target::Reference { reference: 2 }, r#"{"reference":2}"#),
            (
                Target::Not {
                    not: Box::new(Target::Subject),
                },
                r#"{"not":"subject"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&target).expect("plain data"), json);
            assert_eq!(serde_json::from_str::<Target>(json).expect("our own JSON"), target);
        }
        let revert: Step = serde_json::from_str(r#"{"op":"revert","params":{"version":"original"}}"#).expect("valid");
        assert_eq!(revert.params.version, Some(VersionName::Word(VersionWord::Original)));
    }

    #[test]
    fn every_name_finds_its_operation() {
        assert_eq!(Op::from_name("auto_enhance"), Some(Op::AutoEnhance));
        assert_eq!(Op::GoldenHour.name(), "golden_hour");
        assert_eq!(Op::from_name("explode"), None);
    }
}
