//! The coach's panel under the composer.
//!
//! Rule: it shows what would be put in and where, and leaves the rest of the words as they are. Made by `web::coach`.

use askama::Template;

use crate::domain::{
    coach::{self, Advice},
    ids::SessionId,
};
use crate::web::languages::{say, told};

/// `<div id="coach-panel">`.
#[derive(Debug, Template)]
#[template(path = "fragments/coach_panel.html")]
pub struct CoachPanel {
    coach: CoachView,
}

/// What the panel prints.
#[derive(Debug, Clone, Default)]
pub struct CoachView {
    /// The session.
    pub session: String,
    /// Somebody asked.
    pub open: bool,
    /// There are no words yet.
    pub empty: bool,
    /// The words that were looked at.
    pub text: String,
    /// One quiet line on the picture.
    pub source: Option<String>,
    /// What the engine would do.
    pub would: Option<String>,
    /// What is to be said.
    pub advice: Vec<AdviceView>,
}

/// One piece of advice.
#[derive(Debug, Clone)]
pub struct AdviceView {
    /// In words.
    pub words: String,
    /// What could be put in.
    pub offer: Option<Offer>,
}

/// Words to put in, with a little of what stands around them.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The words before them.
    pub before: String,
    /// What is put in.
    pub put_in: String,
    /// The words after them.
    pub after: String,
    /// The whole text with them.
    pub whole: String,
}

/// How much of the words around is shown, in characters.
const AROUND: usize = 40;

impl CoachPanel {
    /// The panel on `text`.
    #[must_use]
    pub fn new(
        session: SessionId,
        text: &str,
        advice: &[Advice],
        would: Option<String>,
        source: Option<String>,
    ) -> Self {
        let coach = CoachView {
            session: session.to_string(),
            open: true,
            empty: text.trim().is_empty(),
            text: text.to_owned(),
            source: source.as_deref().map(about_the_picture),
            would: would.filter(|would| !would.is_empty() && advice.is_empty()),
            advice: advice.iter().map(|advice| AdviceView::new(text, advice)).collect(),
        };
        Self { coach }
    }

    /// What it prints, for the page that includes it.
    #[must_use]
    pub fn into_view(self) -> CoachView {
        self.coach
    }
}

/// Several things may be said of one picture.
fn about_the_picture(source: &str) -> String {
    let Some((begin, rest)) = source.split_once("): ") else {
        return source.to_owned();
    };
    let what: Vec<String> = rest
        .trim_end_matches('.')
        .split("; ")
        .map(|one| told(one).into_owned())
        .collect();
    told(&format!("{begin}): {}.", what.join("; "))).into_owned()
}

impl AdviceView {
    fn new(text: &str, advice: &Advice) -> Self {
        let offer = advice.insert.as_ref().map(|insert| {
            let (before, after) = text.split_at_checked(insert.at).unwrap_or((text, ""));
            Offer {
                before: end_of(before),
                put_in: insert.words.clone(),
                after: start_of(after),
                whole: coach::with(text, insert),
            }
        });
        Self {
            words: told(&advice.words).into_owned(),
            offer,
        }
    }
}

fn end_of(text: &str) -> String {
    let count = text.chars().count();
    let end: String = text.chars().skip(count.saturating_sub(AROUND)).collect();
    if count > AROUND { format!("…{end}") } else { end }
}

fn start_of(text: &str) -> String {
    let start: String = text.chars().take(AROUND).collect();
    if text.chars().count() > AROUND {
        format!("{start}…")
    } else {
        start
    }
}
