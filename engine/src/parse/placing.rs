//! Where a thing goes and how large it gets: "move the cup a bit to the left", "make the dog 20 % larger", "duplicate it".
//!
//! The one rule: a direction ("left", "up") moves from where the thing is, a place ("the left side", "the corner") says where
//! it ends; a share that is not said is a tasteful one. Called by `retouch.rs`.

use super::grammar::{Outcome, Reading};
use super::items::Item;
use super::measures::unit;
use super::operations::size;
use super::retouch::{is_thing, place_of, says_it, spoken_of, thing_at};
use super::targets::named_target;
use super::vocabulary::{Role, Sense, Size, Unit};
use super::words_for;
use crate::plan::{Op, Params, Place, Reason, Step, Target};

/// How far a thing moves when the words do not say, as a share of the picture.
const STEP: f32 = 0.15;

/// "Move the cup to the left", "move it up by 10 %", "move her to the corner".
pub(super) fn relocate(r: &mut Reading<'_>) -> Option<Outcome> {
    let first = r.first()?;
    let position = r
        .items
        .iter()
        .position(|i| i.text == "position")
        .filter(|_| r.items[first].has(Role::Change));
    // "put it in the corner": what was spoken of, not something new.
    let puts_it = matches!(r.items[first].text.as_str(), "put" | "place")
        && r.items
            .get(first + 1)
            .is_some_and(|i| matches!(i.text.as_str(), "it" | "them"))
        && r.items[first + 1..].iter().any(|i| place_of(i).is_some())
        && spoken_of(r).is_some();
    if position.is_none() && !r.items[first].has(Role::Move) && !puts_it {
        return None;
    }
    let from = position.unwrap_or(first) + 1;
    let mut params = Params::default();
    let until = whereto(r, from, &mut params);
    // "to the right of the dog" says where by another thing, whose place is not known here.
    let is_said = params != Params::default() && thing_at(r, until).is_none();
    let names_none = names_no_other(r) && !r.items[from..until].iter().any(Item::is_unknown);
    if let Some(mut step) = inserted(r).filter(|_| is_said && names_none) {
        let along = |old: Option<f32>, by: Option<f32>| match (old, by) {
            (Some(a), Some(b)) => Some(((a + b) * 100.0).round() / 100.0),
            (old, by) => by.or(old),
        };
        if params.place.is_some() {
            (step.params.place, step.params.dx, step.params.dy) = (params.place, None, None);
        }
        step.params.dx = along(step.params.dx, params.dx);
        step.params.dy = along(step.params.dy, params.dy);
        return Some(Outcome::Replacing(vec![step], 1));
    }
    let target = what(r, from, until)?;
    if !is_said {
        return Some(Outcome::Declined(Reason::TooVague, words_for::where_to()));
    }
    placed(Op::Move, target, params)
}

/// The step just before, when it put another picture's thing here and that picture is still attached: what is said of "it"
/// is then said of how it is put, so that nothing is cut out of the picture again.
fn inserted(r: &Reading<'_>) -> Option<Step> {
    let last = r.memory.steps.last().or(r.context.earlier.last())?;
    let number = last.params.reference.filter(|_| last.op == Op::Insert)?;
    let is_spoken_of = r.memory.target.as_ref().is_none_or(|t| *t == last.target);
    (is_spoken_of && number <= r.context.at_hand() + 1).then(|| last.clone())
}

/// Whether nothing is named but, by its own name, what was put in just before.
fn names_no_other(r: &Reading<'_>) -> bool {
    let name = inserted(r).and_then(|step| step.params.text);
    let is_it = |t: Target| matches!(&t, Target::Object { object, pick: None } if Some(object) == name.as_ref());
    r.items.iter().filter_map(Item::target).all(is_it)
}

/// "Duplicate the cup", "copy it to the left", "add a second cup".
pub(super) fn duplicate(r: &mut Reading<'_>) -> Option<Outcome> {
    let first = r.first()?;
    let more = r
        .items
        .iter()
        .position(|i| matches!(i.text.as_str(), "another" | "second" | "one more" | "copy of"));
    let adds = r.items[first].has(Role::Add) && more.is_some_and(|m| m <= first + 3);
    let copies = r.items.iter().position(|i| i.command() == Some(Op::Duplicate));
    let from = match copies {
        Some(at) => at + 1,
        None if adds => more? + 1,
        None => return None,
    };
    // One copy is made, and no fewer than were asked for.
    let is_counted = |at: usize| {
        let item = &r.items[at];
        let counts_shares = r.items.get(at + 1).and_then(unit).is_some_and(|u| u != Unit::Times);
        item.number().is_some_and(|n| n > 1.0) && !item.has(Role::Pick) && !counts_shares
    };
    if (from..r.items.len()).any(is_counted) {
        return Some(Outcome::Declined(Reason::TooVague, words_for::one_copy()));
    }
    let mut params = Params::default();
    let until = whereto(r, from, &mut params);
    let target = match what(r, from, until)? {
        // A new thing of a kind that is in the picture, or of none.
        Target::Object { object, .. } if adds && !crate::select::knows(&object) => return None,
        // "a second cup" is one more, not the second from the left.
        Target::Object { object, .. } if adds => Target::Object { object, pick: None },
        target => target,
    };
    placed(Op::Duplicate, target, params)
}

/// "Make the dog 20 % larger", "shrink the clock to half its size", "make it smaller and move it up".
pub(super) fn scale(r: &mut Reading<'_>) -> Option<Outcome> {
    let compared = size(r);
    let resizes = r.items.iter().position(|i| i.command() == Some(Op::Resize));
    if compared.is_none() && resizes.is_none() {
        return None;
    }
    let known = |i: &Item| {
        !i.is_unknown() && i.command().is_none_or(|op| matches!(op, Op::Resize | Op::Scale)) && !i.is_quality()
            || i.is_glue()
    };
    let speaks = says_it(r) || r.items.iter().any(|i| i.target().is_some());
    if let Some(mut step) = inserted(r).filter(|_| speaks && names_no_other(r) && r.items.iter().all(known)) {
        let size = step.params.scale.unwrap_or(1.0) * times(r)?;
        step.params.scale = Some(((size * 100.0).round() / 100.0).clamp(0.05, 8.0));
        return Some(Outcome::Replacing(vec![step], 1));
    }
    let target = match thing_at(r, 0) {
        Some(at) => named_target(r, at),
        None if r.items.iter().any(|i| i.target().is_some()) => return None,
        None if says_it(r) => spoken_of(r)
            .filter(|t| *t != Target::Region)
            .or_else(|| r.text.to_lowercase().contains("move it").then_some(Target::Subject))?,
        None => return None,
    };
    if !r.items.iter().all(known) {
        return None;
    }
    let mut step = Step::new(Op::Scale).on(target);
    step.params.scale = Some(times(r)?);
    Some(Outcome::Steps(vec![step]))
}

fn placed(op: Op, target: Target, params: Params) -> Option<Outcome> {
    let mut step = Step::new(op).on(target);
    step.params = params;
    Some(Outcome::Steps(vec![step]))
}

/// The thing between the verb and where it goes. What is named and not known stays its own words.
fn what(r: &mut Reading<'_>, from: usize, until: usize) -> Option<Target> {
    if let Some(at) = thing_at(r, from).filter(|&at| at < until) {
        return Some(named_target(r, at));
    }
    let named: Vec<usize> = (from..until).filter(|&i| r.items[i].is_unknown()).collect();
    if let (Some(&a), Some(&b)) = (named.first(), named.last()) {
        let object = super::grammar::quote(&r.items[a..=b], r.text).to_lowercase();
        return Some(Target::Object { object, pick: None });
    }
    if r.items[from..until]
        .iter()
        .any(|i| i.target().is_some_and(|t| !is_thing(&t) && t != Target::Picture))
    {
        return None;
    }
    Some(spoken_of(r).unwrap_or(Target::Subject))
}

/// Reads where to and gives back the item where that begins.
fn whereto(r: &mut Reading<'_>, from: usize, params: &mut Params) -> usize {
    let after_name = thing_at(r, from).map_or(from, |at| at + 1);
    let strength = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Strength(v) = s { Some(*v) } else { None }));
    let usual = match strength {
        Some(v) if v <= 0.3 => 0.08,
        Some(v) if v >= 0.9 => 0.4,
        Some(v) if v >= 0.7 => 0.3,
        _ => STEP,
    };
    let mut until = r.items.len();
    for i in after_name..r.items.len() {
        let Some((way, is_corner)) = way_of(r, i) else {
            continue;
        };
        until = until.min(i);
        r.items[i].used = true;
        match way {
            Way::To(place) => params.place = Some(place),
            Way::Along(dx, dy) => {
                let share = share_near(r, i).unwrap_or(usual);
                if dx != 0.0 {
                    params.dx = Some(dx * share);
                }
                if dy != 0.0 {
                    params.dy = Some(dy * share);
                }
            }
        }
        if is_corner {
            break;
        }
    }
    // What says where must not tell apart what is meant.
    for item in &mut r.items[until..] {
        item.senses.retain(|(s, _)| !matches!(s, Sense::Place(_)));
    }
    until
}

enum Way {
    To(Place),
    Along(f32, f32),
}

fn way_of(r: &Reading<'_>, i: usize) -> Option<(Way, bool)> {
    let item = &r.items[i];
    let along = |dx, dy| Some((Way::Along(dx, dy), false));
    match item.text.as_str() {
        "up" | "higher" | "upward" | "upwards" | "further up" => return along(0.0, -1.0),
        "down" | "lower" | "downward" | "downwards" => return along(0.0, 1.0),
        "left" | "leftward" | "leftwards" => {
            let side = r.items.get(i + 1).is_some_and(is_rim);
            return if side {
                Some((Way::To(Place::Left), true))
            } else {
                along(-1.0, 0.0)
            };
        }
        "right" | "rightward" | "rightwards" => {
            let side = r.items.get(i + 1).is_some_and(is_rim);
            return if side {
                Some((Way::To(Place::Right), true))
            } else {
                along(1.0, 0.0)
            };
        }
        _ => {}
    }
    place_of(item).map(|place| (Way::To(place), true))
}

fn is_rim(item: &Item) -> bool {
    matches!(
        item.text.as_str(),
        "side" | "edge" | "corner" | "half" | "third" | "border"
    )
}

/// "by 20 %" behind a direction, or "20 %" before it.
fn share_near(r: &mut Reading<'_>, i: usize) -> Option<f32> {
    let at = (i + 1..(i + 4).min(r.items.len()))
        .chain((0..i).rev().take(4))
        .find(|&at| {
            let item = &r.items[at];
            let is_percent = r.items.get(at + 1).and_then(unit) == Some(Unit::Percent);
            !item.used && item.number().is_some() && is_percent
        })?;
    r.items[at].used = true;
    r.items[at + 1].used = true;
    let share = r.items[at].number()?.abs() as f32 / 100.0;
    (share > 0.0 && share <= 1.0).then(|| (share * 100.0).round() / 100.0)
}

/// How many times as large a thing gets.
fn times(r: &Reading<'_>) -> Option<f32> {
    let compared = size(r).map(|(_, s)| s);
    let has = |words: &[&str]| r.items.iter().any(|i| words.iter().any(|w| i.text.contains(w)));
    let shrinks = compared == Some(Size::Smaller) || has(&["shrink", "scale down", "downscale", "reduce"]);
    let number = r.items.iter().enumerate().find_map(|(i, item)| {
        let unit = r.items.get(i + 1).and_then(unit)?;
        item.number().map(|n| (i, n as f32, unit))
    });
    let strength = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Strength(v) = s { Some(*v) } else { None }));
    let times = match number {
        Some((i, n, Unit::Percent)) => {
            let reaches = i > 0 && r.items[i - 1].text == "to" || compared.is_none() && !has(&["by"]) && !shrinks;
            match (reaches, shrinks) {
                (true, _) => n / 100.0,
                (false, true) => 1.0 - n / 100.0,
                (false, false) => 1.0 + n / 100.0,
            }
        }
        Some((_, n, Unit::Times)) if shrinks => 1.0 / n,
        Some((_, n, Unit::Times)) => n,
        Some(_) => return None,
        None if has(&["half"]) => 0.5,
        None if has(&["double", "twice"]) => 2.0,
        None => match (shrinks, strength) {
            (true, Some(s)) if s <= 0.3 => 0.85,
            (true, Some(s)) if s >= 0.7 => 0.5,
            (true, _) => 0.7,
            (false, Some(s)) if s <= 0.3 => 1.2,
            (false, Some(s)) if s >= 0.7 => 1.8,
            (false, _) => 1.4,
        },
    };
    let times = (times * 100.0).round() / 100.0;
    (0.05..=10.0).contains(&times).then_some(times)
}
