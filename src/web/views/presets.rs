//! The list of presets: laid over the session page, or a page of its own.
//!
//! Rule: each entry leads to the session page with its composer filled in; the script takes the same words from the entry's
//! data. Called by `web::presets`.

use askama::Template;

use super::state::Site;
use crate::web::languages::{say, told};
use crate::{
    domain::{
        ids::{PresetId, SessionId},
        instruction::Instruction,
        preset::Preset,
    },
    web::{canvas, presets::LIBRARY},
};

/// What handlers hand in.
#[derive(Debug, Clone)]
pub struct PresetState {
    /// The session whose composer is to be filled in.
    pub session: Option<SessionId>,
    /// What the visitor saved.
    pub own: Vec<(PresetId, Preset)>,
    /// Whether that is the team's.
    pub is_shared: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/presets.html")]
pub struct PresetPage {
    site: Site,
    presets: Presets,
}

/// `<section id="presets">` alone.
#[derive(Debug, Template)]
#[template(path = "fragments/presets.html")]
pub struct PresetPanel {
    presets: Presets,
}

#[derive(Debug)]
struct Presets {
    session: Option<String>,
    own: Vec<Entry>,
    library: Vec<Entry>,
    is_shared: bool,
    ratios: [&'static str; 7],
    name_chars: usize,
    max_chars: usize,
}

#[derive(Debug)]
struct Entry {
    id: String,
    name: String,
    text: String,
    ratio: String,
    /// A JSON list, for the script.
    pictures: String,
    needs: Option<String>,
}

impl PresetPage {
    /// The list as `state` has it, after it the library.
    #[must_use]
    pub fn new(site: &Site, state: &PresetState) -> Self {
        let own = state.own.iter().map(|(id, preset)| Entry::new(id.to_string(), preset));
        // Their texts are put in, and the engine reads English.
        let library = LIBRARY.iter().map(|ours| Entry {
            name: told(ours.preset.name()).into_owned(),
            ..Entry::new(ours.id.clone(), &ours.preset)
        });
        Self {
            site: site.clone(),
            presets: Presets {
                session: state.session.map(|session| session.to_string()),
                own: own.collect(),
                library: library.collect(),
                is_shared: state.is_shared,
                ratios: canvas::RATIOS,
                name_chars: Preset::NAME_CHARS,
                max_chars: Instruction::MAX_CHARS,
            },
        }
    }

    /// The part that is laid over the session page.
    #[must_use]
    pub fn into_fragment(self) -> PresetPanel {
        PresetPanel { presets: self.presets }
    }
}

impl Entry {
    fn new(id: String, preset: &Preset) -> Self {
        let needs: Vec<String> = preset
            .pictures()
            .iter()
            .zip(2..)
            .map(|(name, number)| numbered(name, number))
            .collect();
        let pictures: Vec<_> = preset.pictures().iter().map(|name| told(name)).collect();
        Self {
            id,
            name: preset.name().to_owned(),
            text: preset.text().to_owned(),
            ratio: preset.ratio().map(|ratio| ratio.to_string()).unwrap_or_default(),
            pictures: serde_json::to_string(&pictures).unwrap_or_default(),
            needs: (!needs.is_empty()).then(|| say("presets-needs").with("pictures", listed(&needs)).into()),
        }
    }
}

/// What a preset still needs when there are `have` references; `static/js/lib/presets.js` says the same.
#[must_use]
pub fn missing(preset: &Preset, have: usize) -> Option<String> {
    let missing: Vec<String> = preset
        .pictures()
        .iter()
        .zip(2..)
        .skip(have)
        .map(|(name, number)| numbered(name, number))
        .collect();
    (!missing.is_empty()).then(|| say("presets-missing").with("pictures", listed(&missing)).into())
}

fn listed(names: &[String]) -> String {
    names.join(&say("list-comma").to_string())
}

fn numbered(name: &str, number: u32) -> String {
    say("presets-numbered")
        .with("name", told(name).into_owned())
        .with("number", number)
        .into()
}
