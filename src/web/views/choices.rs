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
                let mut line = format!(
                    "This session: {} · {}: {}",
                    spending.session, spending.name, spending.month
                );
                if let Some(ceiling) = spending.ceiling {
                    // Writing to a String can't fail.
                    let _ = write!(line, " of {ceiling}");
                }
                line
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
    let end = if references == 1 { "" } else { "s" };
    if references > 0 {
        let _ = write!(line, " + {references} reference{end}");
    }
    let end = if count == 1 { "" } else { "s" };
    let _ = write!(line, " → {count} candidate{end}");
    if backend.free {
        line.push_str(" · free");
    } else if let Some(price) = price(backend, state.options.quality) {
        let _ = write!(line, " · about {}", Micros(price.saturating_mul(count.into())));
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
        "low" => "Low".to_owned(),
        "medium" => "Medium".to_owned(),
        "high" => "High".to_owned(),
        own => own.to_owned(),
    }
}
