//! Clauses about what was done before: undo, redo, back to a version, again, stronger, weaker, "same but …".
//!
//! The one rule: undo, redo and revert are for the caller to act on; the others become the earlier step itself, with its
//! new strength, or are declined when there is none. Called by `grammar.rs` before anything else.

use super::grammar::{Outcome, Reading};
use super::items::Item;
use super::lexer::Kind;
use super::vocabulary::{Role, Sense};
use super::words_for;
use crate::plan::{Op, Reason, Step, Target, VersionName, VersionWord};

/// Reads the clause as one about history; `None` when it is not.
pub(super) fn read(r: &Reading<'_>) -> Option<Outcome> {
    if r.any(Role::Same) {
        return same_but(r);
    }
    if let Some(version) = version_spoken_of(r) {
        return Some(revert(version));
    }
    let found: Vec<(usize, Op)> = r
        .items
        .iter()
        .enumerate()
        .filter_map(|(at, i)| i.history().map(|op| (at, op)))
        .collect();
    let &(at, op) = found
        .iter()
        .find(|(_, op)| matches!(op, Op::Undo | Op::Redo | Op::Revert))
        .or(found.first())?;
    match op {
        Op::Undo | Op::Redo => back_and_forth(r, at, op),
        Op::Revert => only_glue(r, at).then(|| revert(VersionName::Word(VersionWord::Original))),
        _ if !r
            .items
            .iter()
            .enumerate()
            .all(|(i, item)| i == at || item.history().is_some() || is_glue(item) || item.number().is_some()) =>
        {
            same_quality(r)
        }
        Op::Again => again(r),
        Op::Stronger => Some(restrengthen(r, 1.0)),
        _ => Some(restrengthen(r, -1.0)),
    }
    .or_else(|| same_quality(r))
}

fn is_glue(i: &Item) -> bool {
    let glue = [
        Role::More,
        Role::Less,
        Role::Make,
        Role::Enough,
        Role::Add,
        Role::Vague,
        Role::Neutral,
        Role::Lacks,
        Role::To,
        Role::By,
    ];
    i.is_glue()
        || (i.has_any(&glue) && !i.is_quality() && i.command().is_none())
        || strength_word(i).is_some()
        || i.find(|s| matches!(s, Sense::Unit(_)).then_some(())).is_some()
}

fn only_glue(r: &Reading<'_>, at: usize) -> bool {
    r.items
        .iter()
        .enumerate()
        .all(|(i, item)| i == at || is_glue(item) || item.target() == Some(Target::Picture))
}

fn strength_word(i: &Item) -> Option<f32> {
    i.find(|s| if let Sense::Strength(v) = s { Some(*v) } else { None })
}

fn revert(version: VersionName) -> Outcome {
    let mut step = Step::new(Op::Revert);
    step.params.version = Some(version);
    Outcome::Steps(vec![step])
}

/// "go back to version 3", "restore v2".
fn version_spoken_of(r: &Reading<'_>) -> Option<VersionName> {
    let goes = r.items.iter().any(|i| {
        i.history().is_some()
            || i.text.contains("back")
            || matches!(i.text.as_str(), "restore" | "revert" | "return" | "went")
    });
    let short = |i: &Item| i.text.strip_prefix('v').and_then(|n| n.parse().ok());
    let after_word = r
        .items
        .windows(2)
        .find_map(|w| (w[0].text == "version").then(|| w[1].number()).flatten());
    goes.then(|| {
        after_word
            .map(|n| n as u32)
            .or_else(|| r.items.iter().find_map(short))
            .map(VersionName::Number)
    })
    .flatten()
}

/// "undo", "undo twice", "undo the crop".
fn back_and_forth(r: &Reading<'_>, at: usize, op: Op) -> Option<Outcome> {
    let named = r.items.iter().find_map(Item::command);
    if let Some(named) = named {
        // Only the last thing can be undone by itself; another would need the ones after it done anew.
        if op == Op::Undo && r.context.earlier.last().is_none_or(|s| s.op != named) {
            return Some(Outcome::Declined(Reason::TooVague, words_for::cannot_undo_that(named)));
        }
        return Some(Outcome::Steps(vec![Step::new(op)]));
    }
    let times = r.items.iter().find_map(|i| match i.text.as_str() {
        "twice" => Some(2.0),
        _ => i
            .number()
            .filter(|_| !matches!(i.text.as_str(), "one" | "second" | "first")),
    });
    let fits = r.items.iter().enumerate().all(|(i, item)| {
        i == at
            || is_glue(item)
            || item.number().is_some()
            || matches!(
                item.text.as_str(),
                "twice" | "last" | "steps" | "changes" | "times" | "edits" | "edit" | "previous" | "change"
            )
    });
    fits.then(|| Outcome::Steps(vec![Step::new(op); times.unwrap_or(1.0).clamp(1.0, 20.0) as usize]))
}

fn last(r: &Reading<'_>) -> Option<Step> {
    r.memory
        .steps
        .last()
        .or(r.context.earlier.last())
        .filter(|s| !s.op.is_history())
        .cloned()
}

fn nothing_before() -> Outcome {
    Outcome::Declined(Reason::TooVague, words_for::nothing_before())
}

fn again(r: &Reading<'_>) -> Option<Outcome> {
    Some(last(r).map_or_else(nothing_before, |step| Outcome::Steps(vec![step])))
}

/// "stronger", "a bit less": the last step with a new strength, in its place.
fn restrengthen(r: &Reading<'_>, way: f32) -> Outcome {
    let Some(mut step) = last(r) else {
        return nothing_before();
    };
    let Some(old) = step.strength else {
        return Outcome::Declined(Reason::TooVague, words_for::has_no_strength(step.op));
    };
    let percent = r.items.iter().find_map(|i| {
        if let Some(Kind::Number { value, .. }) = i.mark {
            Some(value.abs() as f32 / 100.0)
        } else {
            None
        }
    });
    let word = r.items.iter().find_map(strength_word);
    let by = percent.unwrap_or(match word {
        Some(w) if w < 0.0 => old.abs() * 0.5,
        Some(w) if w <= 0.1 => 0.05,
        Some(w) if w < 0.5 => 0.15,
        Some(w) if w >= 1.0 => old.abs(),
        Some(w) if w > 0.5 => 0.4,
        _ => 0.25,
    });
    let new = (old.abs() + way * by).clamp(0.05, 1.0);
    step = step.with_strength(new * old.signum());
    Outcome::Replacing(vec![step], 1)
}

/// "less blur" right after a blur means that blur; so do "more of the vignette" and "a stronger sepia".
fn same_quality(r: &Reading<'_>) -> Option<Outcome> {
    let step = last(r)?;
    let mentions = r.items.iter().any(|i| {
        i.command() == Some(step.op)
            || i.find(|s| matches!(s, Sense::Quality { more, .. } if more.op == step.op).then_some(()))
                .is_some()
    });
    let rest = r.items.iter().all(|i| {
        is_glue(i) || i.history().is_some() || i.number().is_some() || i.command() == Some(step.op) || i.is_quality()
    });
    let way = r.items.iter().find_map(|i| match i.history() {
        Some(Op::Stronger) => Some(1.0),
        Some(Op::Weaker) => Some(-1.0),
        _ => None,
    })?;
    let one_way = crate::ops::find(step.op).is_some_and(|o| !o.info.is_two_way);
    (mentions && rest && one_way && step.strength.is_some()).then(|| restrengthen(r, way))
}

/// "same but on the background", "like before but blue": the last step with what is named exchanged.
fn same_but(r: &Reading<'_>) -> Option<Outcome> {
    let Some(mut step) = last(r) else {
        return Some(nothing_before());
    };
    let mut exchanged = 0;
    for item in r.items.iter().filter(|i| !i.has(Role::Same)) {
        if let Some(way) = item.history().filter(|op| matches!(op, Op::Stronger | Op::Weaker)) {
            return Some(restrengthen(r, if way == Op::Stronger { 1.0 } else { -1.0 }));
        } else if let Some(target) = item.target().filter(|_| item.color().is_none()) {
            step.target = target;
        } else if let Some(color) = item.color() {
            step.params.color = Some(color);
        } else if let (Some(word), Some(old)) = (strength_word(item), step.strength) {
            step = step.with_strength(word.abs() * old.signum());
        } else if is_glue(item) {
            continue;
        } else {
            return None;
        }
        exchanged += 1;
    }
    (exchanged > 0).then(|| Outcome::Steps(vec![step]))
}
