//! What a person chooses beside the words of a turn: how many results, which shape, how good, which workflow, and whether
//! the rest of the picture is to be kept.
//!
//! Rule: everything is optional, and what is there was checked when it was read: from a form, from JSON or from a row.
//! Nothing else is taken. Parsed by `web`, kept with the turn, handed to the backend.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::pins::{BadPins, Pins};

/// What was chosen; nothing of it is the backend's own way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// How many results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// The shape of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Ratio>,
    /// How good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// Which workflow, where a backend has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Workflow>,
    /// Whether what was not asked for is given back bit for bit; unless said, as the backend needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_rest: Option<bool>,
    /// Numbered points on the picture that the words may speak of.
    #[serde(default, skip_serializing_if = "Pins::is_empty")]
    pub pins: Pins,
}

/// How many results: 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Count(u8);

/// Width to height, as `16:9`: whole numbers up to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ratio {
    width: u8,
    height: u8,
}

/// How good a result is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// Quick and cheap.
    Low,
    /// In between.
    Medium,
    /// As good as it gets.
    High,
}

/// The name of a workflow: up to 64 letters, digits, spaces and `._-`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Workflow(String);

/// What can't be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadOption {
    /// Not 1 to 4.
    #[error("Ask for 1 to 4 results.")]
    Count,
    /// Not a ratio.
    #[error("A ratio is two numbers, like 16:9.")]
    Ratio,
    /// None of the three.
    #[error("The quality is low, medium or high.")]
    Quality,
    /// Not a name.
    #[error("There is no workflow of that name.")]
    Workflow,
    /// Neither on nor off.
    #[error("“Keep the rest” is on or off.")]
    KeepRest,
    /// Not points.
    #[error(transparent)]
    Pins(#[from] BadPins),
}

impl BadOption {
    /// The field that is wrong.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Quality => "quality",
            Self::Workflow => "workflow",
            Self::KeepRest => "keep_rest",
            Self::Pins(_) => "pins",
        }
    }
}

impl Options {
    /// Reads the fields of a form; `field` gives the value of a name. An empty field chooses nothing.
    ///
    /// # Errors
    /// The first [`BadOption`].
    pub fn of_form<'f>(field: impl Fn(&'static str) -> Option<&'f str>) -> Result<Self, BadOption> {
        let chosen = |name| field(name).map(str::trim).filter(|value| !value.is_empty());
        Ok(Self {
            count: chosen("count").map(str::parse).transpose()?,
            ratio: chosen("ratio").map(str::parse).transpose()?,
            quality: chosen("quality").map(str::parse).transpose()?,
            workflow: chosen("workflow").map(str::parse).transpose()?,
            keep_rest: chosen("keep_rest").map(on_or_off).transpose()?,
            pins: Pins::of_form(chosen)?,
        })
    }

    /// The form that chooses the same again, `count=3&quality=high`, but for the points, which belong to a picture.
    #[must_use]
    pub fn in_form(&self) -> String {
        let fields = [
            ("count", self.count.map(|count| count.get().to_string())),
            ("ratio", self.ratio.map(|ratio| ratio.to_string())),
            ("quality", self.quality.map(|quality| quality.as_str().to_owned())),
            // Of what a name may hold, only a space has to be written otherwise.
            (
                "workflow",
                self.workflow.as_ref().map(|name| name.as_str().replace(' ', "+")),
            ),
            ("keep_rest", (self.keep_rest == Some(false)).then(|| "off".to_owned())),
        ];
        let pairs = fields
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

fn on_or_off(word: &str) -> Result<bool, BadOption> {
    match word {
        "on" | "true" | "1" => Ok(true),
        "off" | "false" | "0" => Ok(false),
        _ => Err(BadOption::KeepRest),
    }
}

impl Count {
    /// The most.
    pub const MOST: u8 = 4;

    /// 1 to 4.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Count {
    type Error = BadOption;

    fn try_from(count: u8) -> Result<Self, BadOption> {
        if (1..=Self::MOST).contains(&count) {
            Ok(Self(count))
        } else {
            Err(BadOption::Count)
        }
    }
}

impl From<Count> for u8 {
    fn from(count: Count) -> Self {
        count.0
    }
}

impl FromStr for Count {
    type Err = BadOption;

    fn from_str(text: &str) -> Result<Self, BadOption> {
        text.parse::<u8>().map_err(|_| BadOption::Count)?.try_into()
    }
}

impl Ratio {
    const MOST: u8 = 99;

    /// Width over height.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.width) / f64::from(self.height)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.width, self.height)
    }
}

impl FromStr for Ratio {
    type Err = BadOption;

    fn from_str(text: &str) -> Result<Self, BadOption> {
        let (width, height) = text.split_once(':').ok_or(BadOption::Ratio)?;
        let side = |side: &str| match side.parse() {
            Ok(side) if (1..=Self::MOST).contains(&side) => Ok(side),
            _ => Err(BadOption::Ratio),
        };
        Ok(Self {
            width: side(width)?,
            height: side(height)?,
        })
    }
}

impl TryFrom<String> for Ratio {
    type Error = BadOption;

    fn try_from(text: String) -> Result<Self, BadOption> {
        text.parse()
    }
}

impl From<Ratio> for String {
    fn from(ratio: Ratio) -> Self {
        ratio.to_string()
    }
}

impl Quality {
    /// Its word: `low`, `medium` or `high`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl FromStr for Quality {
    type Err = BadOption;

    fn from_str(text: &str) -> Result<Self, BadOption> {
        [Self::Low, Self::Medium, Self::High]
            .into_iter()
            .find(|quality| quality.as_str() == text)
            .ok_or(BadOption::Quality)
    }
}

impl Workflow {
    const MOST_CHARS: usize = 64;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Workflow {
    type Error = BadOption;

    fn try_from(name: String) -> Result<Self, BadOption> {
        let plain = |c: char| c.is_alphanumeric() || " ._-".contains(c);
        let length = name.chars().count();
        if (1..=Self::MOST_CHARS).contains(&length) && name.chars().all(plain) {
            Ok(Self(name))
        } else {
            Err(BadOption::Workflow)
        }
    }
}

impl From<Workflow> for String {
    fn from(workflow: Workflow) -> Self {
        workflow.0
    }
}

impl FromStr for Workflow {
    type Err = BadOption;

    fn from_str(name: &str) -> Result<Self, BadOption> {
        name.to_owned().try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Result<Options, BadOption> {
        let find = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        Options::of_form(find)
    }

    #[test]
    fn an_empty_form_chooses_nothing() {
        assert_eq!(form(&[("count", ""), ("ratio", " ")]), Ok(Options::default()));
        assert_eq!(serde_json::to_string(&Options::default()).ok().as_deref(), Some("{}"));
    }

    #[test]
    fn what_a_form_chooses_is_kept_as_json_and_read_again() {
        let fields = [
            ("count", "4"),
            ("ratio", "16:9"),
            ("quality", "high"),
            ("workflow", "flux-kontext v1.2"),
            ("keep_rest", "off"),
        ];
        let options = form(&fields).expect("all good");
        let json = serde_json::to_string(&options).expect("JSON");
        assert_eq!(
            json,
            r#"{"count":4,"ratio":"16:9","quality":"high","workflow":"flux-kontext v1.2","keep_rest":false}"#
        );
        assert_eq!(serde_json::from_str::<Options>(&json).expect("ours"), options);
        assert_eq!(options.ratio.map(|ratio| (ratio.value() * 9.0).round()), Some(16.0));
        assert_eq!(
            options.in_form(),
            "count=4&ratio=16:9&quality=high&workflow=flux-kontext+v1.2&keep_rest=off"
        );
        assert_eq!(Options::default().in_form(), "");
    }

    #[test]
    fn what_can_not_be_chosen_is_refused_everywhere() {
        for (name, value, json) in [
            ("count", "0", "0"),
            ("count", "5", "5"),
            ("count", "two", "\"two\""),
            ("ratio", "16x9", "\"16x9\""),
            ("ratio", "0:9", "\"0:9\""),
            ("ratio", "100:1", "\"100:1\""),
            ("quality", "best", "\"best\""),
            ("workflow", "../up", "\"../up\""),
            ("keep_rest", "maybe", "\"maybe\""),
            ("pins", "1.2,0.5", "[[1.2,0.5]]"),
            ("pins", "0.5", "[[0.5]]"),
        ] {
            assert_eq!(form(&[(name, value)]).map_err(BadOption::field), Err(name), "{value}");
            let json = format!("{{\"{name}\":{json}}}");
            assert!(serde_json::from_str::<Options>(&json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<Options>(r#"{"strength":1}"#).is_err(), "unknown");
    }
}
