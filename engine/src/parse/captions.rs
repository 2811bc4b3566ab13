//! Words to be written over the picture: `write "Happy birthday" at the bottom`, "add the caption Summer 2024 in red".
//!
//! The one rule: what stands between quotation marks is written as it was typed; without marks it is what is left between
//! the verb and the words for place, colour and size. Text *on a thing* in the picture is declined. Called by `grammar.rs`.

use super::grammar::{Outcome, Reading};
use super::items::Item;
use super::lexer::Kind;
use super::vocabulary::{Role, Sense, Size};
use super::words_for;
use crate::plan::{Op, Place, Reason, Step, Target};

/// Reads the clause as a caption; `None` when it is none.
pub(super) fn read(r: &Reading<'_>) -> Option<Outcome> {
    let verb = r
        .items
        .iter()
        .position(|i| writes(i) || i.has(Role::Add) || names_text(i))?;
    let leads = r.items[..verb]
        .iter()
        .all(|i| i.is_glue() || i.has_any(&[Role::Polite, Role::Make]));
    if names_text(&r.items[verb]) && quoted(r).is_none() && r.items[..verb].iter().any(|i| i.text == "the") {
        return Some(otherwise(r));
    }
    let says_text = writes(&r.items[verb]) || r.items[verb..].iter().take(6).any(names_text);
    if !leads || !says_text || r.any(Role::Replace) || r.any(Role::Remove) && !writes(&r.items[verb]) {
        return None;
    }
    if on_a_thing(r, verb) {
        return Some(Outcome::Declined(Reason::NeedsGenerative, words_for::text_in_scene()));
    }
    let tail = tail(r, verb);
    let text = quoted(r).or_else(|| unquoted(r, verb, tail));
    let Some(text) = text else {
        return Some(Outcome::Declined(Reason::TooVague, words_for::what_to_write()));
    };
    let said = |from: usize| {
        r.items[from..]
            .iter()
            .filter(|i| i.mark.is_none() || matches!(i.mark, Some(Kind::Hex(_) | Kind::Number { .. })))
    };
    let from = if quoted(r).is_some() { verb } else { tail };
    let mut step = Step::new(Op::Caption);
    let text = text.replace(['"', '“', '”', '„', '«', '»'], "'");
    step.params.text = Some(
        text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
            .to_owned(),
    );
    step.params.place = said(from)
        .find_map(|i| i.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None }))
        .or_else(|| corner(r, from));
    step.params.color = said(from).find_map(Item::color);
    step.params.scale = scale(r, from);
    let has_plate = said(from).any(|i| matches!(i.text.as_str(), "plate" | "banner" | "box" | "bar" | "label"));
    step.params.style = has_plate.then(|| "plate".to_owned());
    Some(Outcome::Steps(vec![step]))
}

/// "make the text bigger": the caption that was just written, written otherwise; text of the scene stays as it is.
fn otherwise(r: &Reading<'_>) -> Outcome {
    let last = r.memory.steps.last().or(r.context.earlier.last());
    let Some(mut step) = last.filter(|step| step.op == Op::Caption).cloned() else {
        return Outcome::Declined(Reason::NeedsGenerative, words_for::text_in_scene());
    };
    let old = step.params.clone();
    if let Some(color) = r.items.iter().find_map(Item::color) {
        step.params.color = Some(color);
    }
    let place = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None }));
    step.params.place = place.or(step.params.place);
    let times = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Size(size) = s { Some(*size) } else { None }));
    if let Some(size) = times {
        let times = match size {
            Size::Smaller => 0.7,
            Size::Larger => 1.4,
            Size::Half => 0.5,
            Size::Double => 2.0,
        };
        let size = (step.params.scale.unwrap_or(1.0) * times * 100.0).round() / 100.0;
        step.params.scale = Some(size.clamp(0.05, 8.0));
    }
    if step.params == old {
        return r.not_understood();
    }
    Outcome::Replacing(vec![step], 1)
}

fn writes(i: &Item) -> bool {
    matches!(
        i.text.as_str(),
        "write" | "writes" | "wrote" | "caption it" | "type" | "print" | "writing"
    ) || i.text == "caption" && i.has(Role::Text)
}

fn names_text(i: &Item) -> bool {
    i.has(Role::Text) && i.text != "words"
        || matches!(i.text.as_str(), "words" | "text" | "caption" | "title" | "watermark")
}

fn quoted(r: &Reading<'_>) -> Option<String> {
    r.items.iter().find_map(|i| match &i.mark {
        Some(Kind::Quoted(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    })
}

/// "On her shirt", "on the sign": text that belongs to the scene.
fn on_a_thing(r: &Reading<'_>, verb: usize) -> bool {
    (verb..r.items.len()).any(|at| {
        let leads = matches!(r.items[at].text.as_str(), "on" | "onto");
        let next = r.items[at + 1..].iter().find(|i| !i.is_glue() || i.target().is_some());
        leads
            && next.is_some_and(|i| {
                matches!(i.target(), Some(Target::Object { .. } | Target::Subject))
                    || matches!(
                        i.text.as_str(),
                        "sign" | "shirt" | "t-shirt" | "wall" | "hat" | "cap" | "jersey" | "billboard" | "poster"
                    )
            })
    })
}

/// Where the words for place, colour and size begin.
fn tail(r: &Reading<'_>, verb: usize) -> usize {
    let says_how = |i: &Item| {
        i.is_glue()
            || i.color().is_some()
            || i.target() == Some(Target::Picture)
            || i.find(|s| matches!(s, Sense::Place(_) | Sense::Size(_) | Sense::Strength(_)).then_some(()))
                .is_some()
            || i.has_any(&[Role::To, Role::With])
            || matches!(
                i.text.as_str(),
                "across"
                    | "along"
                    | "letters"
                    | "font"
                    | "corner"
                    | "big"
                    | "large"
                    | "small"
                    | "tiny"
                    | "huge"
                    | "bold"
                    | "plate"
                    | "banner"
                    | "box"
                    | "text"
                    | "outline"
                    | "%"
                    | "size"
            )
            || matches!(i.mark, Some(Kind::Hex(_) | Kind::Comma))
    };
    let mut at = r.items.len();
    while at > verb + 1 && says_how(&r.items[at - 1]) {
        at -= 1;
    }
    // The tail begins with the word that leads to it.
    (at..r.items.len())
        .find(|&i| {
            matches!(
                r.items[i].text.as_str(),
                "at" | "in" | "on" | "to" | "with" | "onto" | "across" | "along"
            )
        })
        .unwrap_or(r.items.len())
}

fn unquoted(r: &Reading<'_>, verb: usize, tail: usize) -> Option<String> {
    let skips = |i: &Item| {
        names_text(i)
            || writes(i)
            || i.has(Role::Add) && i.text != "show"
            || matches!(
                i.text.as_str(),
                "a" | "an"
                    | "the"
                    | "that"
                    | "says"
                    | "saying"
                    | "reading"
                    | "reads"
                    | "some"
                    | "with"
                    | "of"
                    | "it"
                    | "on"
                    | "image"
                    | "picture"
                    | "photo"
                    | "to"
                    | "me"
                    | "words"
            )
            || i.mark == Some(Kind::Comma)
    };
    let from = (verb..tail).find(|&i| !skips(&r.items[i]))?;
    let words = super::grammar::quote(&r.items[from..tail], r.text);
    let words = words.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '"' | '\''));
    // A single vague word is no caption anybody meant.
    (!words.is_empty() && !r.items[from..tail].iter().all(Item::is_glue)).then(|| words.to_owned())
}

fn corner(r: &Reading<'_>, from: usize) -> Option<Place> {
    r.items[from..]
        .iter()
        .any(|i| i.text == "corner")
        .then_some(Place::BottomRight)
}

fn scale(r: &Reading<'_>, from: usize) -> Option<f32> {
    let percent = r.items[from..].windows(2).find_map(|w| {
        let counts = w[1]
            .find(|s| matches!(s, Sense::Unit(super::vocabulary::Unit::Percent)).then_some(()))
            .is_some();
        w[0].number().filter(|_| counts).map(|n| n as f32 / 100.0)
    });
    percent.filter(|p| (0.05..=8.0).contains(p)).or_else(|| {
        r.items[from..].iter().find_map(|i| match i.text.as_str() {
            "small" | "little" => Some(0.65),
            "tiny" => Some(0.4),
            "big" | "large" | "bold" => Some(1.5),
            "huge" | "giant" => Some(2.4),
            _ => i.find(|s| match s {
                Sense::Size(Size::Smaller) => Some(0.65),
                Sense::Size(Size::Larger) => Some(1.5),
                _ => None,
            }),
        })
    })
}
