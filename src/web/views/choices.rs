//! The composer's third row: what may be chosen beside the words, and the line that says what will happen.
//!
//! Rule: everything is printed for all backends at once, each marked with what it is for, and style shows what the chosen one
//! can do; so it works without scripts. `static/js/lib/forecast.js` says the same line again after a change. Used by `pages`.

use std::fmt::Write as _;

use super::{
    state::{BackendChoice, SessionState},
    words,
};
use crate::domain::{
    cost::Micros,
    options::{Count, Options, Quality},
    pins::Pins,
};
use crate::web::languages::say;

/// What the row prints.
#[derive(Debug, Default)]
pub struct Choices {
    /// How many results; empty when no backend makes several.
    pub counts: Vec<Choice>,
    /// Shapes.
    pub ratios: Vec<Choice>,
    /// How good.
    pub qualities: Vec<Choice>,
    /// Workflows.
    pub workflows: Vec<Choice>,
    /// Whether any backend may change what nobody asked for.
    pub keep: bool,
    /// Whether it may.
    pub freely: bool,
    /// Whether anything but the usual is chosen, so that the row is shown open.
    pub open: bool,
    /// What will happen; none where nothing costs anything.
    pub forecast: Option<String>,
    /// "This session: $0.42 · November 2026: $3.10 of $20.00".
    pub spent: Option<String>,
}

/// One entry of a list.
#[derive(Debug)]
pub struct Choice {
    /// What a form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choices {
    /// The row for these backends.
    #[must_use]
    pub fn new(state: &SessionState) -> Self {
        let backends = &state.backends;
        let options = &state.options;
        if backends.iter().all(|backend| can(backend).is_empty()) {
            return Self::default();
        }
        let list = |values: Vec<String>, chosen: Option<String>| -> Vec<Choice> {
            let choice = |value: String| Choice {
                chosen: chosen.as_deref() == Some(value.as_str()),
                label: capital(&value),
                value,
            };
            values.into_iter().map(choice).collect()
        };
        let ratios = union(
            backends
                .iter()
                .flat_map(|backend| backend.offers.ratios.iter().copied()),
        );
        let workflows = union(
            backends
                .iter()
                .flat_map(|backend| backend.offers.workflows.iter().map(String::as_str)),
        );
        let qualities = backends.iter().flat_map(|backend| &backend.offers.qualities);
        let qualities = union(qualities.map(|quality| quality.as_str()));
        let most = backends.iter().map(|backend| backend.candidates).max().unwrap_or(1);
        let counts = (2..=most.min(Count::MOST.into()))
            .map(|count| count.to_string())
            .collect();
        Self {
            counts: list(counts, options.count.map(|count| count.get().to_string())),
            ratios: list(ratios, options.ratio.map(|ratio| ratio.to_string())),
            qualities: list(qualities, options.quality.map(|quality| quality.as_str().to_owned())),
            workflows: list(
                workflows,
                options.workflow.as_ref().map(|name| name.as_str().to_owned()),
            ),
            keep: backends.iter().any(|backend| backend.offers.touches_the_rest),
            freely: options.keep_rest == Some(false),
            open: Options {
                pins: Pins::default(),
                ..options.clone()
            } != Options::default(),
            forecast: forecast(state),
            spent: state.spending.as_ref().map(|spending| {
                let line = match spending.ceiling {
                    Some(ceiling) => say("choices-spent-of").with("ceiling", ceiling.to_string()),
                    None => say("choices-spent"),
                };
                let line = line.with("spent", spending.session.to_string());
                let line = line
                    .with("month", &spending.name)
                    .with("all", spending.month.to_string());
                line.into()
            }),
        }
    }
}

/// What a backend can do, as words for the style sheet: `count ratio quality workflow keep`.
#[must_use]
pub fn can(backend: &BackendChoice) -> String {
    let offers = &backend.offers;
    let all = [
        ("count", backend.candidates > 1),
        ("ratio", !offers.ratios.is_empty()),
        ("quality", !offers.qualities.is_empty()),
        ("workflow", !offers.workflows.is_empty()),
        ("keep", offers.touches_the_rest),
    ];
    let can: Vec<&str> = all.iter().filter(|(_, can)| *can).map(|(word, _)| *word).collect();
    can.join(" ")
}

/// What a picture costs by quality, as `:33600 low:33600 high:75600` in millionths of a dollar.
#[must_use]
pub fn prices(backend: &BackendChoice) -> String {
    let usual = (None, price(backend, None));
    let others = backend
        .offers
        .qualities
        .iter()
        .map(|quality| (Some(*quality), price(backend, Some(*quality))));
    let told = std::iter::once(usual).chain(others).filter_map(|(quality, price)| {
        let quality = quality.map_or("", Quality::as_str);
        Some(format!("{quality}:{}", price?))
    });
    told.collect::<Vec<_>>().join(" ")
}

/// By the price list, else by what its last pictures cost.
fn price(backend: &BackendChoice, quality: Option<Quality>) -> Option<u64> {
    backend.offers.price(quality).or(match quality {
        None => backend.lately.picture_micros,
        Some(_) => None,
    })
}

/// "v4 + 1 reference → 2 candidates · about $0.08 · ~12 s".
fn forecast(state: &SessionState) -> Option<String> {
    let backend = state.backends.iter().find(|backend| backend.default)?;
    let count = match state.options.count {
        Some(count) if backend.candidates > 1 => u32::from(count.get()),
        _ => 1,
    };
    let mut line = format!("v{}", state.stage.selected.number);
    let references = state.references.len();
    if references > 0 {
        // Writing to a String can't fail.
        let _ = write!(line, " + {}", say("forecast-references").with("count", references));
    }
    let _ = write!(line, " → {}", say("forecast-candidates").with("count", count));
    if backend.free {
        let _ = write!(line, " · {}", say("forecast-free"));
    } else if let Some(price) = price(backend, state.options.quality) {
        let price = Micros(price.saturating_mul(count.into())).to_string();
        let _ = write!(line, " · {}", say("forecast-about").with("price", price));
    }
    if let Some(took) = backend.lately.took_ms {
        let _ = write!(line, " · ~{}", words::seconds(took.div_ceil(1000)));
    }
    Some(line)
}

/// Each once, in the order they come.
fn union<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut union: Vec<String> = Vec::new();
    for value in values {
        if union.iter().all(|known| known != value) {
            union.push(value.to_owned());
        }
    }
    union
}

/// "High" of "high"; a name of somebody's own stays as it is.
fn capital(value: &str) -> String {
    match value {
        "low" => say("choices-low").into(),
        "medium" => say("choices-medium").into(),
        "high" => say("choices-high").into(),
        own => own.to_owned(),
    }
}
