//! Things out of another picture: "blend the clock into the living room", "put the cat from image 2 on the sofa".
//!
//! The one rule: only with a picture attached; which one is said by its number, else it is the only one there is.
//! What is named as the thing goes along as the step's text, where it is put is the step's target when it is a thing that
//! can be found here. Called by `grammar.rs` before the words for adding, which would paint something new.

use super::grammar::{Outcome, Reading};
use super::items::Item;
use super::targets::reference;
use super::vocabulary::{Role, Sense, Size};
use super::words_for;
use crate::plan::{Op, Pick, Place, Reason, Side, Step, Target};

/// Reads the clause as being about another picture's thing; `None` when it is not.
pub(super) fn read(r: &Reading<'_>) -> Option<Outcome> {
    let verb = r.items.iter().position(is_verb)?;
    let leads = r.items[..verb]
        .iter()
        .all(|i| i.is_glue() || i.has_any(&[Role::Polite, Role::Make]));
    let told = (0..r.items.len()).find_map(|i| reference(r, i));
    let blends = blends(&r.items[verb]);
    if !leads
        || r.any(Role::Text)
        || r.items.iter().any(|i| {
            is_ground(i)
                || matches!(
                    i.text.as_str(),
                    "pattern" | "texture" | "design" | "style" | "print" | "colors" | "colours"
                )
        })
    {
        return None;
    }
    let into = (verb + 1..r.items.len()).find(|&i| leads_to_place(&r.items[i]));
    // "Put me in picture 2" asks for another ground, "put the cat in picture 2 on the sofa" for its cat.
    let named = (0..r.items.len()).find(|&i| reference(r, i).is_some());
    if let (Some(into), Some(named)) = (into, named)
        && named > into
        && !r.items[named + 1..].iter().any(leads_to_place)
    {
        return None;
    }
    let thing = r.items[verb + 1..into.unwrap_or(r.items.len())]
        .iter()
        .find_map(thing_of);
    let attached = r.context.references;
    let is_the = r
        .items
        .get(verb + 1)
        .is_some_and(|i| matches!(i.text.as_str(), "the" | "my" | "this" | "that" | "his" | "her" | "our"));
    let number = match told {
        Some(n) => n,
        // "Add a rabbit" asks for a new one, "blend the clock in" for the one attached.
        None if blends && attached == 0 && thing.is_some() => return Some(missing()),
        None if attached >= 1 && (blends || is_the && thing.is_some() && !is_here(r, thing.as_deref())) => 2,
        None => return None,
    };
    Some(Outcome::Steps(vec![insertion(r, number, thing, into)]))
}

fn missing() -> Outcome {
    Outcome::Declined(Reason::MissingReference, words_for::missing_reference(2))
}

/// With nothing attached a "put" is no blend; a subject of this very picture is moved, not inserted.
fn is_here(r: &Reading<'_>, thing: Option<&str>) -> bool {
    thing.is_none_or(|t| t == "subject") || r.items.iter().any(|i| i.target() == Some(Target::Subject))
}

fn is_verb(i: &Item) -> bool {
    blends(i)
        || matches!(
            i.text.as_str(),
            "add"
                | "put"
                | "place"
                | "insert"
                | "inserted"
                | "paste"
                | "position"
                | "set"
                | "include"
                | "bring in"
                | "drop"
                | "show"
                | "use"
                | "superimpose"
                | "overlay"
        )
}

fn blends(i: &Item) -> bool {
    matches!(
        i.text.as_str(),
        "blend"
            | "blends"
            | "blended"
            | "merge"
            | "integrate"
            | "composite"
            | "incorporate"
            | "combine"
            | "blend in"
            | "insert"
            | "inserted"
            | "paste"
            | "superimpose"
    )
}

fn is_ground(i: &Item) -> bool {
    i.target() == Some(Target::Background)
}

fn leads_to_place(i: &Item) -> bool {
    matches!(
        i.text.as_str(),
        "in" | "into"
            | "on"
            | "onto"
            | "to"
            | "at"
            | "next"
            | "beside"
            | "under"
            | "over"
            | "above"
            | "behind"
            | "near"
            | "with"
    )
}

/// What is taken, by the name of a thing that is known.
fn thing_of(i: &Item) -> Option<String> {
    match i.target() {
        Some(Target::Object { object, .. }) => Some(object),
        Some(Target::Subject) => Some("subject".to_owned()),
        _ => None,
    }
}

fn insertion(r: &Reading<'_>, number: u32, thing: Option<String>, into: Option<usize>) -> Step {
    let mut step = Step::new(Op::Insert);
    step.params.reference = Some(number);
    step.params.text = thing.filter(|t| t != "subject");
    step.params.place = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None }));
    step.params.scale = scale(r);
    let on = into.and_then(|at| r.items[at + 1..].iter().find_map(|i| i.target()));
    step.target = match on {
        Some(Target::Object { object, .. }) => {
            let pick = match step.params.place {
                Some(Place::Left) => Some(Pick::Side(Side::Left)),
                Some(Place::Right) => Some(Pick::Side(Side::Right)),
                _ => None,
            };
            let target = Target::Object { object, pick };
            if r.context.can_find(&target) {
                target
            } else if r.context.region {
                Target::Region
            } else {
                Target::Picture
            }
        }
        _ if r.context.region => Target::Region,
        _ => Target::Picture,
    };
    step
}

/// "small", "larger", "30 % of its size".
fn scale(r: &Reading<'_>) -> Option<f32> {
    let compared = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Size(v) = s { Some(*v) } else { None }));
    let plain = r.items.iter().find_map(|i| match i.text.as_str() {
        "small" | "little" => Some(0.7),
        "tiny" => Some(0.45),
        "big" | "large" => Some(1.4),
        "huge" | "giant" => Some(2.0),
        _ => None,
    });
    let percent = r.items.windows(2).find_map(|w| {
        let counts = w[1]
            .find(|s| matches!(s, Sense::Unit(super::vocabulary::Unit::Percent)).then_some(()))
            .is_some();
        w[0].number().filter(|_| counts).map(|n| n as f32 / 100.0)
    });
    percent.filter(|p| (0.01..=8.0).contains(p)).or(match compared {
        Some(Size::Smaller) => Some(0.7),
        Some(Size::Larger) => Some(1.4),
        Some(Size::Half) => Some(0.5),
        Some(Size::Double) => Some(2.0),
        None => plain,
    })
}
