//! The languages of the pages: which one a reader is spoken to in, and what language the words are made in just now.
//!
//! Rule: the language is the reader's, never the author's, and is looked up only where words for a person are made. It is the
//! one thing in the house that isn't handed in: [`Language::during`] is put around each request (by `error`), and
//! [`Language::speaking`] around what is rendered outside of one (by `changes` and `events`). Elsewhere it is English, as
//! are the log, the command line and the JSON interface.
//!
//! The words are in `languages/*.ftl`, a file for each language. Another language is another file, a variant here and a line
//! in [`Language::ALL`]; the tests say what is missing. `say` speaks by key, `told` what the layers below say in English.

mod choice;
mod sentences;
#[cfg(test)]
mod tests;
mod words;

use std::future::Future;

use axum::http::{HeaderMap, header};

pub use choice::choose;
pub use sentences::told;
pub use words::{Said, apart, say, say_each};

/// The cookie in which a browser keeps a choice of its own.
pub const COOKIE: &str = "plantain-language";

tokio::task_local! {
    static SPEAKING: Language;
}

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// What everything falls back to.
    English,
    /// With "Sie" avoided and "du" where it can't be.
    German,
    /// Modern standard, written from right to left, with the digits 0 to 9.
    Arabic,
}

impl Language {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Arabic];

    /// As in `<html lang>` and in the cookie.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Arabic => "ar",
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Arabic => "العربية",
        }
    }

    /// As in `<html dir>`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        if self.is_rtl() { "rtl" } else { "ltr" }
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_rtl(self) -> bool {
        matches!(self, Self::Arabic)
    }

    /// The language of a tag, whatever region or script is asked for in it: "de-CH" is German.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|known| known.tag().eq_ignore_ascii_case(language))
    }

    /// What a request wants: what was chosen in this browser, else what the browser asks for, else English.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let texts = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = texts(header::COOKIE).flat_map(|line| line.split(';'));
        let chosen = cookies.find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then(|| Self::parse(value))?
        });
        chosen.unwrap_or_else(|| {
            let asked: Vec<&str> = texts(header::ACCEPT_LANGUAGE).collect();
            Self::preferred(&asked.join(","))
        })
    }

    /// The one that an `Accept-Language` weighs most; of equals the first. What weighs nothing isn't wanted at all.
    #[must_use]
    pub fn preferred(accept: &str) -> Self {
        let mut best = (Self::English, 0.0);
        for entry in accept.split(',') {
            let mut parts = entry.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, weight);
            let wanted = if tag == "*" {
                Some(Self::English)
            } else {
                Self::parse(tag)
            };
            if let Some(language) = wanted
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The language that words are made in just now.
    #[must_use]
    pub fn current() -> Self {
        SPEAKING.try_with(|language| *language).unwrap_or(Self::English)
    }

    /// Answers a whole request in it.
    pub fn during<F: Future>(self, answering: F) -> impl Future<Output = F::Output> {
        SPEAKING.scope(self, answering)
    }

    /// Makes some words in it.
    pub fn speaking<T>(self, made: impl FnOnce() -> T) -> T {
        SPEAKING.sync_scope(self, made)
    }
}

/// 0 to 1; what isn't a weight is none.
fn weight(text: &str) -> f32 {
    text.parse()
        .ok()
        .filter(|weight| (0.0..=1.0).contains(weight))
        .unwrap_or(0.0)
}
