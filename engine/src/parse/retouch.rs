//! A clause about a thing that is in the picture: taking it away, colouring it, laying a pattern on it, copying it; and about
//! a larger canvas. Where a thing goes and how large it gets is read by `placing.rs`.
//!
//! The one rule: a wish that is not wholly understood is handed on (`None`) to the rules that decline. What is said to be kept
//! ("keep its shape") is what these operations keep anyway. Called by `grammar.rs` before the other rules.

use super::grammar::{Outcome, Reading, quote};
use super::items::Item;
use super::measures::percentage;
use super::shapes::ratio_used;
use super::targets::{described_person, is_many, is_person, named_target, reference};
use super::vocabulary::{Role, Sense};
use super::{looks, placing, words_for};
use crate::plan::{Direction, Op, Pick, Place, Reason, Side, Step, Target};

/// Reads the clause as one of these; `None` when it is not, or not wholly.
pub(super) fn read(r: &mut Reading<'_>) -> Option<Outcome> {
    let first = r.fork(pattern).or_else(|| r.fork(expand));
    let second = first.or_else(|| r.fork(keep_only)).or_else(|| r.fork(remove));
    let third = second
        .or_else(|| r.fork(someones_thing))
        .or_else(|| r.fork(placing::duplicate));
    third
        .or_else(|| r.fork(placing::relocate))
        .or_else(|| r.fork(placing::scale))
}

fn done(step: Step) -> Option<Outcome> {
    Some(Outcome::Steps(vec![step]))
}

/// What "it" is: what the clause before was about, else what an earlier turn put, moved or changed.
pub(super) fn spoken_of(r: &Reading<'_>) -> Option<Target> {
    let is_thing = |t: &Target| matches!(t, Target::Object { .. } | Target::Subject | Target::Region);
    if let Some(target) = r.memory.target.clone().filter(is_thing) {
        return Some(target);
    }
    if r.context.region {
        return Some(Target::Region);
    }
    let step = r.context.earlier.last()?;
    if let (Op::Insert, Some(name)) = (step.op, &step.params.text) {
        // The picture that it came from is no longer here; it is looked for by its name.
        return Some(Target::Object {
            object: name.clone(),
            pick: None,
        });
    }
    match step.op {
        Op::Move | Op::Scale | Op::Recolor | Op::Pattern => Some(step.target.clone()).filter(is_thing),
        _ => None,
    }
}

pub(super) fn says_it(r: &Reading<'_>) -> bool {
    r.items
        .iter()
        .any(|i| matches!(i.text.as_str(), "it" | "them" | "that" | "make it"))
}

/// A thing, not a part of the picture as such.
pub(super) fn is_thing(target: &Target) -> bool {
    matches!(target, Target::Object { .. } | Target::Subject | Target::Region)
}

/// Where the first thing is named from item `from` on.
pub(super) fn thing_at(r: &Reading<'_>, from: usize) -> Option<usize> {
    (from..r.items.len()).find(|&i| r.items[i].target().is_some_and(|t| is_thing(&t)))
}

pub(super) fn place_of(item: &Item) -> Option<Place> {
    item.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None })
}

/// Whether every word from `from` on that nobody knows is one of `known`.
fn accounts_for(r: &Reading<'_>, known: &[&str]) -> bool {
    r.items
        .iter()
        .all(|i| !i.is_unknown() || i.text.split(' ').all(|w| known.contains(&w)))
}

/// Words for what is laid on a thing, and how.
const CLOTH: [&str; 12] = [
    "pattern",
    "patterns",
    "texture",
    "print",
    "design",
    "motif",
    "fabric",
    "material",
    "wallpaper",
    "cloth",
    "stripes",
    "tiles",
];
const LAYING: [&str; 25] = [
    "onto",
    "wrap",
    "wrapped",
    "wrapping",
    "around",
    "cover",
    "covered",
    "lay",
    "laid",
    "map",
    "original",
    "shape",
    "surface",
    "tile",
    "tiled",
    "stretched",
    "shading",
    "found",
    "shown",
    "same",
    "its",
    "across",
    "image's",
    "dress",
    "clad",
];

/// "Put the pattern of the second image on the mug", "wrap image 2 around the bottle".
fn pattern(r: &mut Reading<'_>) -> Option<Outcome> {
    if let Some(keep) = r
        .items
        .iter()
        .position(|i| i.has(Role::Keep) || i.text.starts_with("while "))
    {
        r.items.truncate(keep);
    }
    // A "woodblock print" is a style.
    let is_cloth = |i: &Item| i.command() != Some(Op::Style) && i.text.split(' ').any(|w| CLOTH.contains(&w));
    let says_cloth = r.items.iter().any(is_cloth);
    let wraps = r
        .items
        .iter()
        .any(|i| i.text.starts_with("wrap") || i.text.starts_with("cover"));
    let is_repeated = r.items.iter().any(|i| i.text.starts_with("tile"));
    let number = (0..r.items.len()).find_map(|i| reference(r, i));
    // "the pattern" with a picture attached is that picture's.
    let number = number.or_else(|| (says_cloth && r.context.references > 0 && !names_own_pattern(r)).then_some(2))?;
    if !(says_cloth || wraps) || !accounts_for(r, &[&CLOTH[..], &LAYING[..]].concat()) {
        return None;
    }
    if r.items
        .iter()
        .any(|i| i.color().is_some() || i.has_any(&[Role::Not, Role::Less, Role::Replace, Role::Unsafe]))
    {
        return None;
    }
    let target = match thing_at(r, 0) {
        Some(i) => named_target(r, i),
        None if r
            .items
            .iter()
            .any(|i| i.target() == Some(Target::Background) || i.target() == Some(Target::Sky)) =>
        {
            return None;
        }
        None => spoken_of(r).unwrap_or(Target::Subject),
    };
    let mut made = Step::new(Op::Pattern).on(target);
    made.params.reference = Some(number);
    made.params.scale = is_repeated.then_some(0.33);
    done(made)
}

/// "Add a striped pattern": no picture's.
fn names_own_pattern(r: &Reading<'_>) -> bool {
    r.items.iter().any(|i| {
        matches!(
            i.text.as_str(),
            "a" | "an" | "some" | "more" | "add" | "no" | "remove" | "without"
        )
    })
}

const CANVAS: [&str; 24] = [
    "sides",
    "side",
    "edges",
    "edge",
    "borders",
    "border",
    "canvas",
    "extending",
    "extended",
    "wider",
    "taller",
    "mirrored",
    "mirror",
    "mirroring",
    "reflection",
    "reflected",
    "space",
    "room",
    "margins",
    "directions",
    "upwards",
    "upward",
    "downwards",
    "outwards",
];

/// "Make it 16:9 by extending the sides", "extend the canvas to the left by 30 %", "uncrop".
fn expand(r: &mut Reading<'_>) -> Option<Outcome> {
    let at = r.items.iter().position(|i| i.command() == Some(Op::Expand))?;
    let others = r.items.iter().enumerate().any(|(i, item)| {
        i != at
            && item
                .target()
                .is_some_and(|t| !matches!(t, Target::Picture | Target::Background | Target::Region))
    });
    if others || !accounts_for(r, &CANVAS) || r.any(Role::Not) {
        return None;
    }
    let mut made = Step::new(Op::Expand);
    made.params.ratio = ratio_used(r);
    let says = |words: &[&str]| r.items.iter().any(|i| i.text.split(' ').any(|w| words.contains(&w)));
    made.params.style = if says(&["mirrored", "mirror", "mirroring", "reflection", "reflected"]) {
        Some("mirrored".into())
    } else if says(&["blurred", "blur", "blurry", "blurring"]) {
        Some("blurred".into())
    } else {
        None
    };
    (made.params.direction, made.params.place) = which_sides(r);
    if made.params.ratio.is_some() {
        // The ratio says which way by itself.
        made.params.direction = None;
    }
    if let Some((value, _, reaches)) = percentage(r) {
        let times = if reaches { value } else { 1.0 + value };
        made.params.scale = Some((times * 100.0).round() as f32 / 100.0).filter(|s| (1.0..=4.0).contains(s));
        made.params.scale?;
    }
    let is_other = |i: &Item| !i.used && i.number().is_some() && !i.has_any(&[Role::Filler, Role::Pick]);
    if r.items.iter().any(is_other) {
        return None;
    }
    done(made)
}

/// Along which way a canvas grows on both sides, or on which side.
fn which_sides(r: &Reading<'_>) -> (Option<Direction>, Option<Place>) {
    let says = |words: &[&str]| r.items.iter().any(|i| i.text.split(' ').any(|w| words.contains(&w)));
    let places: Vec<Place> = r.items.iter().filter_map(place_of).collect();
    let is_along = says(&[
        "horizontally",
        "horizontal",
        "sides",
        "wider",
        "width",
        "wide",
        "sideways",
    ]);
    let is_up = says(&["vertically", "vertical", "taller", "tall", "height"]);
    let both = |a, b| places.contains(&a) && places.contains(&b);
    if both(Place::Left, Place::Right) || (is_along && !says(&["all"])) {
        (Some(Direction::Horizontal), None)
    } else if both(Place::Top, Place::Bottom) || is_up {
        (Some(Direction::Vertical), None)
    } else if says(&["upwards", "upward", "up"]) {
        (None, Some(Place::Top))
    } else if says(&["downwards", "downward", "down"]) {
        (None, Some(Place::Bottom))
    } else {
        (None, places.first().copied().filter(|p| *p != Place::Center))
    }
}

/// "Remove everything except the dog": the dog is cut out.
fn keep_only(r: &mut Reading<'_>) -> Option<Outcome> {
    let at = r.items.iter().position(|i| i.has(Role::Except))?;
    if !r.items[..at].iter().any(|i| i.has(Role::Remove)) {
        return None;
    }
    let named = thing_at(r, at)?;
    // "remove everyone except me" leaves the place as it is; which of them is "me" is not known.
    let among = (0..at).find(|&i| r.items[i].target().is_some_and(|t| is_thing(&t)));
    if let Some(among) = among {
        let object = quote(&r.items[among..], r.text).to_lowercase();
        return done(Step::new(Op::Remove).on(Target::Object { object, pick: None }));
    }
    // One thing is cut out, not the first of several.
    if thing_at(r, named + 1).is_some_and(|other| r.items[other].text != "it") {
        return Some(r.not_understood());
    }
    let target = named_target(r, named);
    done(Step::new(Op::Cutout).on(target))
}

/// "Remove the people in the background", "erase the person on the left", "get rid of it".
fn remove(r: &mut Reading<'_>) -> Option<Outcome> {
    let first = r.first()?;
    if !r.items[first].has(Role::Remove) || r.items[first].command().is_some() {
        return None;
    }
    let words = r.items[first + 1..].iter().filter(|i| !i.is_glue()).count();
    if words == 0 && says_it(r) {
        return match spoken_of(r) {
            Some(target) => done(Step::new(Op::Remove).on(target)),
            None => Some(Outcome::Declined(Reason::CannotFind, words_for::cannot_find_it())),
        };
    }
    let named = thing_at(r, first + 1)?;
    if named_by_owner(r, named).is_some() {
        return None;
    }
    // A person is looked for as one: on a picture with nobody the main thing is not taken for somebody.
    let finds_people = r.context.finds.objects && is_person(&r.items[named]);
    let behind = (named + 1..r.items.len()).find(|&i| r.items[i].target() == Some(Target::Background));
    // "the dog on a white background" says what its ground is like, not which dog is meant.
    let is_scenery = |b: usize| {
        r.items[named + 1..b]
            .iter()
            .any(|i| i.color().is_some() || matches!(i.text.as_str(), "a" | "an"))
    };
    if behind.is_some_and(|b| is_scenery(b) && b + 1 == r.items.len()) {
        r.items.truncate(named + 1);
        let target = match named_target(r, named) {
            Target::Subject if r.context.finds.objects && is_person(&r.items[named]) => Target::Object {
                object: "person".into(),
                pick: None,
            },
            target => target,
        };
        return done(Step::new(Op::Remove).on(target));
    }
    if let Some(described) = described_person(r, named) {
        return done(Step::new(Op::Remove).on(described));
    }
    let is_behind = behind.is_some();
    if is_behind && (is_person(&r.items[named]) || matches!(r.items[named].target(), Some(Target::Object { .. }))) {
        // Which of them stand in front is not known: what is drawn says it.
        let object = quote(&r.items[named..], r.text).to_lowercase();
        return done(Step::new(Op::Remove).on(Target::Object { object, pick: None }));
    }
    let others = r.items[named + 1..]
        .iter()
        .any(|i| i.has(Role::Except) || i.color().is_some());
    if finds_people && !others && r.items[named].target() == Some(Target::Subject) {
        let pick = match named_target(r, named) {
            Target::Object { pick, .. } => pick,
            _ if is_many(r, named) => Some(Pick::Side(Side::All)),
            _ => None,
        };
        let object = "person".into();
        return done(Step::new(Op::Remove).on(Target::Object { object, pick }));
    }
    None
}

/// What belongs to somebody: "her dress", "the dog's collar": the words, when they name no one thing that is known.
fn named_by_owner(r: &Reading<'_>, i: usize) -> Option<Target> {
    let owner = &r.items[i];
    let typed = r.text.get(owner.start..owner.end).unwrap_or_default();
    let owns = matches!(owner.text.as_str(), "her" | "his" | "their" | "its" | "my" | "your")
        || (typed.ends_with("'s") || typed.ends_with("’s")) && owner.target().is_some_and(|t| is_thing(&t));
    let after = r.items[i + 1..].iter().take_while(|n| n.is_unknown()).count();
    (owns && after > 0).then(|| Target::Object {
        object: quote(&r.items[i..=i + after], r.text).to_lowercase(),
        pick: None,
    })
}

/// "Change her dress to navy", "remove his hat": not her, not him.
fn someones_thing(r: &mut Reading<'_>) -> Option<Outcome> {
    let first = r.first()?;
    let at = (0..r.items.len()).find(|&i| named_by_owner(r, i).is_some())?;
    if looks::is_statement(&r.items) {
        return None;
    }
    let target = named_by_owner(r, at)?;
    if r.items[first].has(Role::Remove) && r.items[first].command().is_none() {
        return done(Step::new(Op::Remove).on(target));
    }
    let color = r.items[at..].iter().rev().find_map(Item::color);
    let changes = r.items.iter().any(|i| {
        i.has_any(&[Role::Recolor, Role::Change, Role::Make])
            || matches!(i.text.as_str(), "should" | "shall" | "be" | "should be")
            || i.command().is_some()
    });
    let mut made = Step::new(Op::Recolor).on(target);
    made.params.color = Some(color.filter(|_| changes)?);
    done(made)
}
