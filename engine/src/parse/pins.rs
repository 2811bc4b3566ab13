//! Numbered points on the picture: "make 1 red, remove 2", "blur pin 3".
//!
//! The one rule: a number is a point only where points are set, and only where a name could stand; a strength, a count, a
//! size or the number of a picture never is. Called by `items.rs` after the pictures are named.

use super::items::Item;
use super::lexer::Kind;
use super::spelling::Ending;
use super::vocabulary::{Role, Sense};
use crate::plan::pin_name;

/// The most points that an instruction can speak of.
const MOST: f64 = 99.0;
/// Words that say a point is meant.
const NOUNS: [&str; 9] = ["pin", "point", "number", "marker", "mark", "spot", "dot", "label", "no"];
/// Words before a number that make it something else.
const NOT_AFTER: [&str; 12] = [
    "by", "to", "version", "v", "last", "top", "times", "step", "steps", "least", "about", "than",
];
/// Words after which a clause goes on, so that the number before them stood for itself.
const GOES_ON: [&str; 24] = [
    "and", "&", "but", "then", "plus", "with", "to", "on", "onto", "from", "into", "in", "by", "a", "an", "the",
    "more", "less", "much", "slightly", "very", "so", "also", "too",
];

/// Makes one item of each number that speaks of a point; `pins` are set, numbered from 1.
pub(super) fn name_pins(items: Vec<Item>, pins: u32) -> Vec<Item> {
    if pins == 0 {
        return items;
    }
    let mut out: Vec<Item> = Vec::with_capacity(items.len());
    let mut at = 0;
    while at < items.len() {
        let item = &items[at];
        let next = items.get(at + 1);
        if let Some(n) = next.and_then(whole).filter(|_| NOUNS.contains(&item.text.as_str())) {
            out.push(pin(item, next.map_or(item.end, |next| next.end), n));
            at += 2;
        } else if let Some(n) = bare(&items, at, out.last(), pins) {
            out.push(pin(item, item.end, n));
            at += 1;
        } else {
            out.push(item.clone());
            at += 1;
        }
    }
    out
}

/// The number of a point that the item is by itself.
fn bare(items: &[Item], at: usize, before: Option<&Item>, pins: u32) -> Option<u32> {
    let n = whole(&items[at]).filter(|n| *n <= pins && !matches!(items[at].mark, Some(Kind::Reference(_))))?;
    let follows = before.is_none_or(|b| {
        let names = b.is_quality() && b.command().is_none();
        // "contrast 2" is a strength, "rotate 2" nothing that can be done to a thing.
        let turns = b.command().and_then(crate::ops::find);
        let is_shape = turns.is_some_and(|o| o.info.group == crate::ops::Group::Geometry);
        let is_other = names || is_shape || b.history().is_some() || b.number().is_some();
        let is_thing = b.target().is_some() && !is_pin(b);
        !(is_other || is_thing || NOT_AFTER.contains(&b.text.as_str()))
    });
    let goes_on = items.get(at + 1).is_none_or(|next| {
        matches!(
            next.mark,
            Some(Kind::Comma | Kind::Stop | Kind::Question | Kind::Hex(_))
        ) || next.color().is_some()
            || next.is_quality()
            || next.is_glue()
            || GOES_ON.contains(&next.text.as_str())
            || next.has_any(&[Role::To, Role::With, Role::By, Role::Polite])
            || next.find(|s| matches!(s, Sense::Place(_)).then_some(())).is_some()
    });
    let counts = items
        .get(at + 1)
        .is_some_and(|next| next.find(|s| matches!(s, Sense::Unit(_)).then_some(())).is_some());
    (follows && goes_on && !counts).then_some(n)
}

fn is_pin(item: &Item) -> bool {
    matches!(item.target(), Some(crate::plan::Target::Object { object, .. }) if crate::plan::pin_of(&object).is_some())
}

/// A whole number as it is typed, without a sign.
fn whole(item: &Item) -> Option<u32> {
    match item.mark {
        Some(Kind::Number { value, signed: false }) if value.fract() == 0.0 && (1.0..=MOST).contains(&value) => {
            Some(value as u32)
        }
        Some(Kind::Reference(n)) => Some(n),
        _ => None,
    }
}

fn pin(first: &Item, end: usize, n: u32) -> Item {
    let name = pin_name(n);
    Item {
        text: name.clone(),
        start: first.start,
        end,
        senses: vec![(Sense::Object(name), Ending::Plain)],
        mark: None,
        used: false,
    }
}
