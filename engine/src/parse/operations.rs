//! A clause that names an operation: which one, how much, on what.
//!
//! The one rule: one clause names one operation; a second one that is not part of the first's words makes it a decline.
//! Called by `grammar.rs`; sizes, angles and ratios are read by `measures.rs`.

use super::clauses::describes;
use super::grammar::{Outcome, Reading, step_for};
use super::items::Item;
use super::lexer::Kind;
use super::spelling::Ending;
use super::targets::targets;
use super::vocabulary::{Role, Sense, Size, Way};
use super::{looks, measures, words_for};
use crate::plan::{Op, Params, Reason, Step, Target};

/// What may be left over when an operation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Nothing.
    EveryWord,
    /// Words that may name a thing nobody knows.
    NamedThings,
}

/// Reads the clause as an operation; `None` when it names none, or more than is understood.
pub(super) fn read(r: &mut Reading<'_>, strictness: Strictness) -> Option<Outcome> {
    cut_purpose(r);
    let main = main_item(r);
    let way = match main {
        Some(at) => choose(r, at)?,
        None => measures::operation_without_name(r)?,
    };
    let (mut op, mut params) = (way.0.op, way.1);
    if let Some(at) = main {
        r.items[at].used = true;
        if let Some(thing) = looks::motif(&r.items, at) {
            r.items[thing].senses = vec![(Sense::Target(Target::Picture), Ending::Plain)];
        }
        if let Some(tonal) = tonal_range(r, at, op) {
            op = tonal;
        }
    }
    use_same(r, op);
    measures::read(r, &mut op, &mut params)?;
    let strength = strength(r, op, way.0.sign);
    let targets = targets(r, op, &params, strictness)?;
    let steps = targets.into_iter().map(|target| {
        let mut step = step_for(op);
        if step.strength.is_some() || crate::ops::find(op).is_none() {
            step.strength = strength.map(|s| (s * 100.0).round() / 100.0).or(step.strength);
            // A one-way operation has no direction to turn around.
            if !is_two_way(op) {
                step.strength = step.strength.map(f32::abs);
            }
        }
        step.params = params.clone();
        step.on(target)
    });
    let steps: Vec<Step> = steps.collect();
    Some(if steps.is_empty() {
        Outcome::Declined(Reason::TooVague, words_for::not_understood(&r.quote()))
    } else {
        Outcome::Steps(steps)
    })
}

fn is_two_way(op: Op) -> bool {
    crate::ops::find(op).is_some_and(|o| o.info.is_two_way)
}

/// "so that I can see her": why, not what.
fn cut_purpose(r: &mut Reading<'_>) {
    let is_op = |i: &Item| i.command().is_some() || i.is_quality();
    let purpose = r.items.iter().position(|i| i.has(Role::Purpose));
    if let Some(at) = purpose.filter(|&at| r.items[..at].iter().any(is_op)) {
        r.items.truncate(at);
    }
}

/// The item that names the operation, by how plainly it does.
fn main_item(r: &Reading<'_>) -> Option<usize> {
    let removes = r.any(Role::Remove);
    let less = |skip: usize| {
        r.items
            .iter()
            .enumerate()
            .any(|(i, item)| i != skip && item.has_any(&[Role::Less, Role::Fix]))
    };
    let marked = |skip: usize| {
        r.items
            .iter()
            .enumerate()
            .any(|(i, item)| i != skip && item.has_any(&[Role::More, Role::Less, Role::Lacks, Role::Enough, Role::Fix]))
    };
    let score = |at: usize| -> u32 {
        let item = &r.items[at];
        if looks::is_look(item) && !item.is_quality() && !looks::is_ordered(&r.items, at) {
            return 0;
        }
        let attributive = describes(&r.items, at);
        match item.command() {
            Some(op) if is_shape(op) => 50,
            _ if item.is_comparative() => 40,
            _ if item.is_quality() && attributive && (removes || !marked(at)) => 0,
            _ if item.is_quality() && less(at) => 45,
            Some(op) if item.has_any(&[Role::More, Role::Recolor]) && op == Op::AutoEnhance => 5,
            Some(_) if !item.is_quality() || !marked(at) => 30,
            _ if item.is_quality() && marked(at) => {
                if item.has_any(&[Role::Aspect, Role::Neutral]) {
                    32
                } else {
                    35
                }
            }
            Some(_) => 30,
            _ if item.is_quality() => {
                if item.has(Role::Aspect) || item.find(strength_of).is_some() {
                    10
                } else if item.has(Role::Complaint) {
                    21
                } else {
                    20
                }
            }
            None => 0,
        }
    };
    let best = (0..r.items.len()).map(|i| (score(i), i)).filter(|(s, _)| *s > 0);
    // The first of equals.
    let best = best.max_by_key(|&(s, i)| (s, std::cmp::Reverse(i)))?;
    // A colour word in "the colour of the dress" is no wish for more colour.
    let lonely_aspect =
        best.0 <= 10 && !r.any(Role::Make) && r.items[best.1].command().is_none() && r.items[best.1].has(Role::Aspect);
    (!lonely_aspect).then_some(best.1)
}

pub(super) fn is_shape(op: Op) -> bool {
    matches!(
        op,
        Op::Crop | Op::Rotate | Op::Flip | Op::Straighten | Op::Resize | Op::Upscale | Op::Expand
    )
}

/// What the main item asks for, in the company it keeps.
fn choose(r: &Reading<'_>, at: usize) -> Option<(Way, Params)> {
    let item = &r.items[at];
    let quality = item.find(|s| {
        if let Sense::Quality { more, less } = s {
            Some((*more, *less))
        } else {
            None
        }
    });
    let command = item.find(|s| match s {
        Sense::Command { way, params } if !way.op.is_history() => Some((*way, (**params).clone())),
        _ => None,
    });
    let command = command.filter(|_| !looks::is_look(item) || looks::is_ordered(&r.items, at));
    let marked = r
        .items
        .iter()
        .enumerate()
        .any(|(i, o)| i != at && o.has_any(&[Role::Less, Role::Lacks, Role::Enough]));
    match (quality, command) {
        (Some((more, less)), command) if marked || command.is_none() => {
            let fixes = r.any(Role::Fix) && more.op == less.op && item.has(Role::Neutral);
            if fixes {
                return Some((
                    Way {
                        op: Op::AutoEnhance,
                        sign: 1.0,
                    },
                    Params::default(),
                ));
            }
            let way = direction(r, at, more, less)?;
            (!is_wrong_less(way)).then(|| (way, Params::default()))
        }
        (_, Some((mut way, params))) => {
            // "less sepia", "don't overdo the pixels": the opposite of a one-way command is not known.
            if polarity(r, at) < 0.0 {
                if !is_two_way(way.op) {
                    return None;
                }
                way.sign = -way.sign;
            }
            Some((way, params))
        }
        _ => None,
    }
}

/// More or less of a quality; `None` when the words do not say which ("adjust the contrast", "the picture is bright").
fn direction(r: &Reading<'_>, at: usize, more: Way, less: Way) -> Option<Way> {
    let others = || {
        r.items
            .iter()
            .enumerate()
            .filter(|&(i, _)| i != at)
            .map(|(_, item)| item)
    };
    // "Restore this faded photo": the fault is to go.
    if r.any(Role::Recover) && (more.op == Op::Highlights || r.items[at].has(Role::Complaint)) {
        return Some(less);
    }
    if looks::is_fault_of_picture(&r.items, at) {
        return Some(less);
    }
    let marked =
        others().any(|o| o.has_any(&[Role::More, Role::Less, Role::Lacks, Role::Fix])) || r.items[at].is_comparative();
    let has_number = others().any(|o| matches!(o.mark, Some(Kind::Number { .. })) || o.find(strength_of).is_some());
    if !marked
        && !has_number
        && others().any(|o| {
            matches!(
                o.text.as_str(),
                "adjust" | "change" | "modify" | "alter" | "shift" | "edit" | "set"
            )
        })
    {
        return None;
    }
    // "It looks washed out" is a complaint: less of that is wanted. Other statements are no wish at all.
    let states = others().any(|o| looks::states(o) || matches!(o.text.as_str(), "look" | "seem"));
    if states && !marked && !others().any(|o| o.has_any(&[Role::Make, Role::Add]) && !o.is_glue()) {
        return r.items[at].has(Role::Complaint).then_some(less);
    }
    Some(if polarity(r, at) > 0.0 { more } else { less })
}

/// Opposites that no operation has ("less fade" where nothing was faded).
fn is_wrong_less(way: Way) -> bool {
    way.sign < 0.0 && !is_two_way(way.op) && crate::ops::find(way.op).is_some()
}

/// Whether more (1) or less (−1) of the quality at `main` is wanted.
fn polarity(r: &Reading<'_>, main: usize) -> f32 {
    let mut sign = 1.0;
    for (i, item) in r.items.iter().enumerate().filter(|&(i, _)| i != main) {
        let less = item.has(Role::Less) || (item.has(Role::Fix) && !r.any(Role::Less));
        let lacks = item.has(Role::Lacks);
        // "down" in "tone it down" only counts once.
        // and "cool it down" not at all.
        let again = item.text == "down"
            && (r.items[main].command().is_some() || r.items[..i].iter().any(|o| o.has(Role::Less)));
        if less && !lacks && !again {
            sign = -sign;
        }
    }
    sign
}

/// "darken the highlights", "lighten the shadows": the range named is the operation.
fn tonal_range(r: &mut Reading<'_>, main: usize, op: Op) -> Option<Op> {
    if op != Op::Brightness {
        return None;
    }
    let range = |i: &Item| {
        i.find(|s| match s {
            Sense::Quality { more, .. } if matches!(more.op, Op::Highlights | Op::Shadows) => Some(more.op),
            _ => None,
        })
    };
    let at = (0..r.items.len()).find(|&i| i != main && range(&r.items[i]).is_some())?;
    r.items[at].used = true;
    range(&r.items[at])
}

/// Words that say the same once more ("reduce the noise by denoising", "a blurry picture" to be sharpened) are accounted for.
fn use_same(r: &mut Reading<'_>, op: Op) {
    for i in 0..r.items.len() {
        let same = r.items[i].find(|s| match s {
            Sense::Quality { more, less } => (more.op == op || less.op == op).then_some(()),
            Sense::Command { way, .. } => (way.op == op).then_some(()),
            _ => None,
        });
        let before_picture = r.items.get(i + 1).is_some_and(|n| n.target() == Some(Target::Picture));
        let describes_picture = before_picture && r.items[i].is_quality() && !r.items[i].is_comparative();
        let describes_picture = describes_picture || looks::describes_picture(&r.items, i);
        if same.is_some() || (describes_picture && !r.items[i].used) {
            r.items[i].used = true;
        }
    }
}

fn strength_of(s: &Sense) -> Option<f32> {
    if let Sense::Strength(v) = s { Some(*v) } else { None }
}

/// The signed strength that the words ask for, if they say; numbers have been left for here by `measures`.
pub(super) fn strength(r: &mut Reading<'_>, op: Op, sign: f32) -> Option<f32> {
    let default = crate::ops::find(op)
        .and_then(|o| o.info.default_strength)
        .unwrap_or(0.5);
    if let Some((value, signed, reaches)) = measures::percentage(r) {
        let magnitude = match (reaches, is_two_way(op)) {
            // "to 120 %" is 20 more than now, "to 80 %" 20 less.
            (true, true) if !signed => return Some(((value - 1.0) as f32).clamp(-1.0, 1.0)),
            _ => value as f32,
        };
        return Some((magnitude * sign).clamp(-1.0, 1.0));
    }
    let word = r.items.iter().filter(|i| !i.used).find_map(|i| i.find(strength_of));
    match word {
        // "half as bright" turns a rise into a fall.
        Some(w) if w < 0.0 && !is_two_way(op) => Some(-w),
        Some(w) => Some(w * sign),
        None => Some(default * sign),
    }
}

/// The compared size that the clause names, if any.
pub(super) fn size(r: &Reading<'_>) -> Option<(usize, Size)> {
    r.items
        .iter()
        .enumerate()
        .find_map(|(i, item)| item.find(|s| if let Sense::Size(v) = s { Some((i, *v)) } else { None }))
}
