//! Words for light, weather and styles: whether they are wished for or only say what the picture shows.
//!
//! The one rule: "make it night" is a wish, "shot at night" and "this night photo" are none; in doubt it is none.
//! Called by `grammar.rs`, `operations.rs` and `things.rs`.

use super::items::Item;
use super::vocabulary::{Role, Sense};
use crate::ops::Group;
use crate::plan::Target;

/// Whether the item names a light, a weather or a style.
pub(super) fn is_look(item: &Item) -> bool {
    item.command()
        .and_then(crate::ops::find)
        .is_some_and(|o| matches!(o.info.group, Group::Light | Group::Style))
}

/// A word that says how things are rather than how they shall be.
pub(super) fn states(item: &Item) -> bool {
    matches!(
        item.text.as_str(),
        "is" | "are"
            | "was"
            | "were"
            | "has"
            | "had"
            | "it's"
            | "looks"
            | "i look"
            | "we look"
            | "they look"
            | "you look"
            | "she looks"
            | "he looks"
            | "looked"
            | "seems"
            | "that's"
            | "there's"
            | "here's"
            | "here is"
            | "i'm"
            | "feels"
            | "taken"
            | "took"
            | "shot"
            | "captured"
            | "photographed"
    )
}

/// A word that asks for what comes after it.
pub(super) fn leads(items: &[Item], at: usize) -> bool {
    const WISHES: [Role; 5] = [Role::Make, Role::Change, Role::Add, Role::More, Role::Replace];
    let item = &items[at];
    let is_idle = matches!(
        item.text.as_str(),
        "look" | "have" | "be" | "high" | "shift" | "do" | "save" | "become"
    );
    // "I like the sunset", "it looks like winter"
    let likes = at > 0 && (matches!(items[at - 1].text.as_str(), "i" | "we") || states(&items[at - 1]))
        || items
            .get(at + 1)
            .is_some_and(|i| matches!(i.text.as_str(), "the" | "this" | "that") && item.text == "like");
    (item.has_any(&WISHES) && !item.has(Role::Recover) && !is_idle && item.command().is_none())
        || (matches!(item.text.as_str(), "into" | "as" | "like" | "with" | "like it") && !likes)
}

/// A style's name as the engine knows it: "watercolor paintings" are watercolor painting.
pub(super) fn style_name(item: &Item) -> String {
    let is_many = item
        .senses
        .iter()
        .any(|(s, e)| matches!(s, Sense::Command { .. }) && *e == super::spelling::Ending::Plural);
    let name = item.text.strip_suffix('s').filter(|_| is_many).unwrap_or(&item.text);
    name.replace(' ', "_")
}

/// "a painting", of no style of its own.
pub(super) fn is_plain_painting(item: &Item) -> bool {
    matches!(item.text.as_str(), "painting" | "paintings" | "painted")
}

fn is_picture(item: &Item) -> bool {
    item.target() == Some(Target::Picture)
}

/// The word that says whose or which it is, before the look at `at` and the words beside it.
fn determiner(items: &[Item], at: usize) -> Option<&str> {
    let beside = |i: &Item| i.is_unknown() || i.is_quality() || i.color().is_some() || is_look(i);
    let before = items[..at].iter().rev().find(|i| !beside(i))?;
    // "fix this" is one phrase.
    before.text.split(' ').next_back()
}

/// Whether the fault at `at` only says which picture is meant: "enhance this dark photo".
pub(super) fn is_fault_of_picture(items: &[Item], at: usize) -> bool {
    items[at].has(Role::Complaint)
        && !items[at].is_comparative()
        && items.get(at + 1).is_some_and(is_picture)
        && matches!(determiner(items, at), Some("this" | "my" | "these" | "our" | "the"))
}

/// Whether the look at `at` only says which picture is meant: "this night photo", "my old photo".
pub(super) fn describes_picture(items: &[Item], at: usize) -> bool {
    if !is_look(&items[at]) {
        return false;
    }
    let names_look = items[at + 1..].iter().any(|i| {
        matches!(
            i.text.as_str(),
            "look" | "effect" | "filter" | "style" | "feel" | "mood" | "vibe"
        )
    });
    let next = items[at + 1..]
        .iter()
        .find(|i| !(i.is_quality() || is_look(i)))
        .is_some_and(is_picture);
    let ends_as_picture = [
        "photo",
        "photograph",
        "film",
        "drawing",
        "painting",
        "sketch",
        "paintings",
    ]
    .iter()
    .any(|n| items[at].text.ends_with(n));
    match determiner(items, at) {
        Some("this" | "my" | "these" | "our" | "his" | "your" | "their" | "its") => !names_look,
        Some("the" | "that") => !names_look && (next || ends_as_picture),
        _ => false,
    }
}

/// "An oil painting of my dog" is a picture turned into one, not a dog: where the thing stands.
pub(super) fn motif(items: &[Item], at: usize) -> Option<usize> {
    let is_style = items[at]
        .command()
        .and_then(crate::ops::find)
        .is_some_and(|o| o.info.group == Group::Style);
    let of = (at + 1..items.len()).find(|&i| !is_look(&items[i]))?;
    let is_of = is_style && matches!(items[of].text.as_str(), "of" | "of the");
    let thing = (of + 1..items.len()).find(|&i| items[i].target().is_some() || !items[i].is_glue())?;
    (is_of && items[thing].target().is_some_and(|t| t != Target::Region)).then_some(thing)
}

/// Whether the look at `at` is wished for.
pub(super) fn is_ordered(items: &[Item], at: usize) -> bool {
    let before = &items[..at];
    let turns_away = items[at + 1..].iter().any(|i| i.text == "into");
    if turns_away || describes_picture(items, at) || before.last().is_some_and(|i| i.text == "from") {
        return false;
    }
    let Some(lead) = (0..at).rev().find(|&i| leads(items, i)) else {
        return is_bare(items, at) || is_verb(items, at);
    };
    // "make it look like it was shot at night"
    let compares = (0..lead).any(|i| leads(items, i)) && items[lead].text.starts_with("like");
    compares || !items[lead..at].iter().any(states)
}

/// "Cartoon my dog", "sketch it".
fn is_verb(items: &[Item], at: usize) -> bool {
    let group = items[at].command().and_then(crate::ops::find).map(|o| o.info.group);
    let is_whose = |i: &Item| {
        matches!(i.text.as_str(), "this" | "my" | "the" | "these" | "it") || i.target() == Some(Target::Subject)
    };
    group == Some(Group::Style)
        && !items[at].is_ing()
        && items[..at].iter().all(Item::is_glue)
        && !items[..at]
            .iter()
            .any(|i| states(i) || matches!(i.text.as_str(), "a" | "an" | "my" | "the" | "this"))
        && !items[at + 1..].iter().any(states)
        && items.get(at + 1).is_some_and(is_whose)
}

/// Whether nothing but glue, other looks and a strength stand beside the look.
fn is_bare(items: &[Item], at: usize) -> bool {
    let is_beside = |i: &Item| {
        !states(i)
            && !is_picture(i)
            && (i.is_glue()
                || i.command().is_some()
                || i.number().is_some()
                || i.mark.is_some()
                || i.has_any(&[Role::Aspect, Role::Less, Role::Not, Role::Enough])
                || i.find(|s| matches!(s, Sense::Strength(_) | Sense::Unit(_)).then_some(()))
                    .is_some())
    };
    // "a poster of her": of what is read as the target.
    let of = items[at..].iter().position(|i| i.text == "of" || i.text == "of the");
    let items = &items[..of.map_or(items.len(), |n| at + n)];
    // "old photo" alone is what it is.
    let is_name = items[at].text.ends_with("photo") && items[at].text.starts_with("old");
    let is_praise = items
        .windows(2)
        .any(|w| w[0].text == "like" && matches!(w[1].text.as_str(), "the" | "this" | "that"));
    !is_name && !is_praise && items.iter().enumerate().all(|(i, item)| i == at || is_beside(item))
}

/// Whether the clause only tells what the picture shows: "it was a cloudy day", "shot at night", "low light photo".
pub(super) fn is_remark(items: &[Item]) -> bool {
    let wishes = |at: usize| {
        let i = &items[at];
        if is_look(i) || states(i) {
            return false;
        }
        leads(items, at)
            || i.has_any(&[Role::More, Role::Recover, Role::Vague]) && !i.is_glue()
            || i.is_comparative()
            || i.command().is_some() && !is_look(i)
            || i.mark.is_some() && !i.is_glue()
            || i.has_any(&[
                Role::Less,
                Role::Lacks,
                Role::Enough,
                Role::Not,
                Role::Remove,
                Role::Recolor,
                Role::Fix,
                Role::Move,
                Role::Generative,
                Role::Keep,
                Role::Polite,
                Role::Unsafe,
            ])
    };
    if (0..items.len()).any(|i| wishes(i) || is_look(&items[i]) && is_verb(items, i)) {
        return false;
    }
    let ends_as_picture = items.iter().rev().find(|i| !i.is_glue()).is_some_and(is_picture);
    let complains = items.iter().any(|i| i.is_quality() && i.has(Role::Complaint));
    let looks = items.iter().any(is_look);
    if items.iter().any(states) {
        return looks && !complains;
    }
    let starts_as_picture = items.iter().find(|i| !i.is_glue()).is_some_and(is_picture);
    (looks || complains) && (ends_as_picture || starts_as_picture && looks)
        || looks && items.iter().any(|i| i.text.starts_with("old photo"))
}

/// Whether the clause says how things are and asks for nothing in words: "it's too dark".
pub(super) fn is_statement(items: &[Item]) -> bool {
    items.iter().any(states)
        && !(0..items.len()).any(|i| leads(items, i) && !items[i].is_glue())
        && !items.iter().any(|i| {
            i.is_comparative() || i.command().is_some() && !is_look(i) && !i.is_quality() && !i.text.starts_with("too ")
        })
}
