//! Answers in place of an edit: what a vague wish might mean for this picture, and questions about the picture.
//!
//! The one rule: only what was measured or done is answered; every other question is pointed to what messages are for.
//! Called by `grammar.rs` where it declines.

use super::grammar::Reading;
use super::words_for;
use crate::facts::Facts;

/// Three wishes for this picture, or the usual ones where nothing was measured.
pub(super) fn proposals(r: &Reading<'_>) -> String {
    match &r.context.facts {
        Some(facts) => words_for::proposals(facts.proposals()),
        None => words_for::too_vague(),
    }
}

/// "How large is this picture?", "what colours are in it?", "what did we change?"
pub(super) fn answer(r: &Reading<'_>) -> String {
    let words = r.quote().to_lowercase();
    let asks = |of: &[&str]| words.split(|c: char| !c.is_alphanumeric()).any(|w| of.contains(&w));
    if asks(&["we", "you", "changed", "history", "far", "done"])
        && asks(&["change", "changed", "did", "done", "history"])
    {
        return history(r);
    }
    let known = r.context.facts.as_ref();
    if asks(&["color", "colour", "colors", "colours"]) && !asks(&["should", "would"]) {
        return known.map_or_else(words_for::question, colours);
    }
    let is_size = asks(&["size", "large", "dimensions", "resolution", "megapixels", "pixels"])
        || asks(&["big", "wide", "tall", "high"]) && asks(&["picture", "image", "photo", "it", "this"]);
    if is_size && !asks(&["make", "should", "can", "could"]) {
        return known.map_or_else(words_for::question, size);
    }
    words_for::question()
}

fn history(r: &Reading<'_>) -> String {
    if r.context.earlier.is_empty() {
        return "Nothing was changed by the built-in engine on the way to this version.".into();
    }
    format!("So far: {}.", crate::explain::explain(&r.context.earlier))
}

fn size(facts: &Facts) -> String {
    let millions = f64::from(facts.width) * f64::from(facts.height) / 1e6;
    format!(
        "This picture is {} × {} pixels ({millions:.1} megapixels).",
        facts.width, facts.height
    )
}

fn colours(facts: &Facts) -> String {
    match facts.colours.as_slice() {
        [] => "No one colour stands out in this picture.".into(),
        [only] => format!("This picture is mostly {only}."),
        [all @ .., last] => format!("The main colours of this picture are {} and {last}.", all.join(", ")),
    }
}
