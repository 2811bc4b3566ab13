//! What a step applies to: the words for parts of the picture, for things, for other pictures.
//!
//! The one rule: an unknown name is a thing that must be drawn, never "all of it".
//! Called by `operations.rs` and `things.rs`.

use super::clauses::describes;
use super::grammar::{Reading, quote};
use super::items::Item;
use super::lexer::Kind;
use super::operations::{Strictness, is_shape};
use super::spelling::Ending;
use super::vocabulary::{Role, Sense};
use crate::plan::{Op, Params, Pick, Place, Side, Target};

/// What the step applies to; several when things are listed. `None` when words are left that nobody can account for.
pub(super) fn targets(r: &mut Reading<'_>, op: Op, params: &Params, strictness: Strictness) -> Option<Vec<Target>> {
    let except = r.items.iter().position(|i| i.has(Role::Except));
    let named: Vec<usize> = (0..r.items.len())
        .filter(|&i| !r.items[i].used && (r.items[i].target().is_some() || reference(r, i).is_some()))
        .collect();
    let mut found: Vec<Target> = Vec::new();
    for (n, &i) in named.iter().enumerate() {
        let target = named_target(r, i);
        r.items[i].used = true;
        // "the person's face" is a face.
        let typed = r.text.get(r.items[i].start..r.items[i].end).unwrap_or_default();
        let is_owner = (typed.ends_with("'s") || typed.ends_with("’s")) && named.get(n + 1) == Some(&(i + 1));
        if is_owner {
            continue;
        }
        if n > 0 && found.last().is_some_and(|t| *t != Target::Picture) && says_where(r, named[n - 1], i) {
            continue;
        }
        if matches!(target, Target::Object { .. } | Target::Background) {
            use_neighbours(r, i);
        }
        match except {
            Some(e) if i > e => {
                found.retain(|t| *t != Target::Picture && *t != Target::Background);
                found.push(Target::Not { not: Box::new(target) });
            }
            _ => found.push(target),
        }
    }
    // "the sky in the picture" is about the sky.
    if found.iter().any(|t| *t != Target::Picture) {
        found.retain(|t| *t != Target::Picture);
    }
    found.dedup();
    let left = r.leftover();
    if !left.is_empty() {
        let thing = unknown_thing(r, &left, strictness)?;
        let is_spared = except.zip(left.first()).is_some_and(|(except, first)| except < *first);
        return Some(vec![if is_spared {
            Target::Not { not: Box::new(thing) }
        } else {
            thing
        }]);
    }
    Some(if found.is_empty() {
        vec![default_target(r, op, params)]
    } else {
        found
    })
}

/// "the cup on the table": the table only says where the cup is.
fn says_where(r: &Reading<'_>, first: usize, second: usize) -> bool {
    let between = &r.items[first + 1..second];
    let is_listed = between
        .iter()
        .any(|i| super::clauses_joint(&i.text) || i.mark.is_some() || i.has(Role::Except));
    let leads = between.iter().any(|i| {
        matches!(
            i.text.as_str(),
            "on" | "in" | "behind" | "under" | "next" | "beside" | "near" | "above" | "below" | "inside" | "with"
        )
    });
    leads && !is_listed
}

fn default_target(r: &Reading<'_>, op: Op, params: &Params) -> Target {
    // Shapes are the whole picture's; only "crop" alone means what is drawn.
    match op {
        Op::Crop if *params == Params::default() && r.context.region => Target::Region,
        _ if is_shape(op) => Target::Picture,
        _ => r.unnamed_target(),
    }
}

/// An unknown name is a thing that must be drawn; other leftovers (numbers, places, second operations) are not understood.
fn unknown_thing(r: &Reading<'_>, left: &[usize], strictness: Strictness) -> Option<Target> {
    let nameable = left.iter().all(|&i| {
        let item = &r.items[i];
        item.is_unknown()
            || item.color().is_some()
            || item
                .find(|s| if let Sense::Scene(n) = s { Some(n.clone()) } else { None })
                .is_some()
            || (item.is_quality() && describes(&r.items, i))
    });
    // A name is a few words; more of them is a sentence nobody understood.
    let is_short = left.last()? - left.first()? < 5;
    if strictness == Strictness::EveryWord || !nameable || !is_short {
        return None;
    }
    let (first, last) = (*left.first()?, *left.last()?);
    Some(Target::Object {
        object: quote(&r.items[first..=last], r.text).to_lowercase(),
        pick: None,
    })
}

/// The target at `i`, with which one of several is meant.
pub(super) fn named_target(r: &mut Reading<'_>, i: usize) -> Target {
    if let Some(n) = reference(r, i) {
        return Target::Reference { reference: n };
    }
    match r.items[i].target() {
        Some(Target::Object { object, .. }) => Target::Object {
            object,
            pick: pick(r, i).or_else(|| is_many(r, i).then_some(Pick::Side(Side::All))),
        },
        // Without the nets for faces it is the person.
        Some(Target::Subject) if r.context.finds.faces && is_face(&r.items[i]) => Target::Object {
            object: "face".into(),
            pick: pick(r, i).or_else(|| {
                let several = is_many(r, i) || r.items[i].text.ends_with('s');
                several.then_some(Pick::Side(Side::All))
            }),
        },
        // "the person on the left": somebody in particular; "every person": each of them, where each can be told.
        Some(Target::Subject) if is_person(&r.items[i]) => {
            let every = r.context.finds.objects && is_many(r, i);
            let pick = pick(r, i).or_else(|| every.then_some(Pick::Side(Side::All)));
            pick.map_or(Target::Subject, |pick| Target::Object {
                object: "person".into(),
                pick: Some(pick),
            })
        }
        Some(target) => target,
        None => Target::Picture,
    }
}

/// Whether the item is a word for a face: "face", "her face", "faces".
fn is_face(item: &Item) -> bool {
    item.text
        .split(' ')
        .next_back()
        .is_some_and(|word| matches!(word, "face" | "faces"))
}

/// Whether the item is a word for a person whom the detector knows.
pub(super) fn is_person(item: &Item) -> bool {
    const PEOPLE: [&str; 10] = [
        "person", "people", "man", "woman", "guy", "girl", "boy", "lady", "kid", "child",
    ];
    PEOPLE.contains(&item.text.as_str())
}

/// "the cups", "all people", "every dog": more than one is meant, and no one of them.
pub(super) fn is_many(r: &Reading<'_>, i: usize) -> bool {
    // Things that have a plural's name are one.
    const PAIRS: [&str; 3] = ["scissors", "skis", "glasses"];
    const MANY: [&str; 9] = [
        "people",
        "men",
        "women",
        "children",
        "guys",
        "everyone",
        "everybody",
        "anyone",
        "persons",
    ];
    let item = &r.items[i];
    if PAIRS.contains(&item.text.as_str()) {
        return false;
    }
    let is_plural = |(s, e): &(Sense, Ending)| {
        matches!(s, Sense::Object(_) | Sense::Target(Target::Subject)) && *e == Ending::Plural
    };
    let says_all = r.items[i.saturating_sub(3)..i].iter().any(|b| {
        matches!(
            b.text.as_str(),
            "all" | "every" | "each" | "both" | "any" | "all of" | "all the"
        )
    });
    // "the kite's colour" is one kite's.
    let typed = r.text.get(item.start..item.end).unwrap_or_default();
    if typed.ends_with("'s") || typed.ends_with("’s") {
        return false;
    }
    says_all || MANY.contains(&item.text.as_str()) || item.senses.iter().any(is_plural)
}

/// A person told apart by words that no net knows ("the tall man", "the woman in red"): those words, the name in them.
pub(super) fn described_person(r: &Reading<'_>, i: usize) -> Option<Target> {
    let item = &r.items[i];
    let is_one = is_person(item)
        || item
            .target()
            .is_some_and(|t| matches!(t, Target::Object { object, .. } if object == "person"));
    let counts = |d: &Item| {
        matches!(
            d.text.as_str(),
            "all" | "every" | "each" | "both" | "any" | "there" | "of"
        ) || d.number().is_some()
            || d.has(Role::Pick)
            || d.find(|s| matches!(s, Sense::Place(_)).then_some(())).is_some()
    };
    let is_verb = |d: &Item| d.has_any(&[Role::Remove, Role::Not, Role::Less, Role::Lacks, Role::Make, Role::Keep]);
    let tells = |d: &Item| {
        !(d.is_glue() || counts(d) || is_verb(d)) && d.mark.is_none() && d.target().is_none() || d.color().is_some()
    };
    // Back to the verb: what stands right before the name.
    let before = r.items[..i].iter().rev().take_while(|b| tells(b)).count();
    let after = r.items[i + 1..]
        .iter()
        .take_while(|a| a.target().is_none_or(|t| t != Target::Picture))
        .any(&tells);
    let last = if after { r.items.len() } else { i + 1 };
    // Nobody can tell men from women here: all of one sort are not everybody.
    let is_a_sort = is_many(r, i)
        && !matches!(
            item.text.as_str(),
            "people" | "persons" | "person" | "everyone" | "everybody" | "anyone"
        );
    (is_one && (before > 0 || after || is_a_sort)).then(|| Target::Object {
        object: quote(&r.items[i - before..last], r.text).to_lowercase(),
        pick: None,
    })
}

/// "the left cup", "the second cup", "the cup on the right".
fn pick(r: &mut Reading<'_>, i: usize) -> Option<Pick> {
    let near = (i.saturating_sub(1)..i).chain(i + 1..(i + 4).min(r.items.len()));
    for at in near {
        let item = &r.items[at];
        let place = item.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None });
        let side = match (item.text.as_str(), place) {
            ("leftmost", _) | (_, Some(Place::Left)) => Some(Pick::Side(Side::Left)),
            ("rightmost", _) | (_, Some(Place::Right)) => Some(Pick::Side(Side::Right)),
            (_, Some(Place::Top)) => Some(Pick::Side(Side::Top)),
            (_, Some(Place::Bottom)) => Some(Pick::Side(Side::Bottom)),
            ("biggest" | "largest", _) => Some(Pick::Side(Side::Biggest)),
            ("smallest", _) => Some(Pick::Side(Side::Smallest)),
            ("first" | "second" | "third" | "fourth", _) => item.number().map(|n| Pick::Nth(n as u32)),
            _ => None,
        };
        if side.is_some() {
            r.items[at].used = true;
            return side;
        }
    }
    None
}

fn use_neighbours(r: &mut Reading<'_>, i: usize) {
    // "the red car": the colour belongs to the name.
    if i > 0 && r.items[i - 1].color().is_some() {
        r.items[i - 1].used = true;
    }
}

/// The number of the attached picture that the item speaks of.
pub(super) fn reference(r: &Reading<'_>, i: usize) -> Option<u32> {
    match r.items[i].mark {
        Some(Kind::Reference(n)) => Some(n),
        _ => None,
    }
}
