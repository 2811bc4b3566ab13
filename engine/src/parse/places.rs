//! Other places: a subject put into a scene, one place changed to another, another sky.
//!
//! The one rule: a person *put into* a place is lit like it (a strength on the step); a background that is *changed* leaves
//! the person's pixels alone (none). A place that no scene is near is declined by the gate, which names those there are.
//! Called by `grammar.rs` before anything that reads "at sunset" as a wish for light.

use super::grammar::{Outcome, Reading};
use super::items::Item;
use super::targets::reference;
use super::vocabulary::{Role, Sense};
use crate::plan::{Op, Step, Target};

/// How far the scene's light falls on a subject that is put into it.
const INTO: f32 = 0.5;

/// Reads the clause as being about another place; `None` when it is not.
pub(super) fn read(r: &Reading<'_>) -> Option<Outcome> {
    if r.any(Role::Remove) && !r.any(Role::Replace) && !r.any(Role::To) || r.any(Role::Not) {
        return None;
    }
    let step = other_sky(r).or_else(|| into(r)).or_else(|| changed(r))?;
    Some(Outcome::Steps(vec![step]))
}

fn scene_of(i: &Item) -> Option<String> {
    i.find(|s| {
        if let Sense::Scene(name) = s {
            Some(name.clone())
        } else {
            None
        }
    })
}

/// Whether the word at `at` leads into a place.
fn leads_in(i: &Item) -> bool {
    matches!(
        i.text.as_str(),
        "in" | "into"
            | "on"
            | "onto"
            | "at"
            | "to"
            | "inside"
            | "under"
            | "by"
            | "among"
            | "through"
            | "with"
            | "for"
            | "as"
            | "like"
            | "of"
    )
}

/// "Place me in a cyberpunk city at sunset", "put my dog on the beach", "put her in image 2".
fn into(r: &Reading<'_>) -> Option<Step> {
    let verb = r.items.iter().position(puts)?;
    let politeness = r.items[..verb]
        .iter()
        .all(|i| i.is_glue() || i.has_any(&[Role::Make, Role::Polite]));
    let whom = (verb + 1..r.items.len()).find(|&i| is_somebody(&r.items[i]))?;
    let lead = (whom + 1..r.items.len()).find(|&i| leads_in(&r.items[i]))?;
    if !politeness || r.items[verb + 1..lead].iter().any(reference_mark) {
        return None;
    }
    let step = ground(r, lead + 1)?;
    let between_other = r.items[whom + 1..lead]
        .iter()
        .any(|i| i.command().is_some() || i.is_comparative());
    (!between_other).then(|| step.with_strength(INTO))
}

fn reference_mark(i: &Item) -> bool {
    matches!(i.mark, Some(super::lexer::Kind::Reference(_)))
}

fn puts(i: &Item) -> bool {
    matches!(
        i.text.split(' ').next().unwrap_or_default(),
        "place"
            | "placed"
            | "placing"
            | "put"
            | "putting"
            | "set"
            | "move"
            | "bring"
            | "take"
            | "transport"
            | "teleport"
            | "send"
            | "drop"
            | "show"
            | "imagine"
            | "picture"
            | "photoshop"
            | "make"
            | "let"
            | "position"
            | "insert"
            | "want"
            | "i'd"
    ) || i.text == "move"
}

/// A person, an animal or the subject by any name.
fn is_somebody(i: &Item) -> bool {
    match i.target() {
        Some(Target::Subject) => true,
        Some(Target::Object { object, .. }) => matches!(
            object.as_str(),
            "person"
                | "dog"
                | "cat"
                | "horse"
                | "bird"
                | "cow"
                | "sheep"
                | "bear"
                | "elephant"
                | "zebra"
                | "giraffe"
                | "car"
                | "cup"
                | "bottle"
                | "clock"
                | "teddy bear"
                | "bicycle"
                | "motorcycle"
        ),
        _ => matches!(i.text.as_str(), "me" | "us" | "them" | "him" | "her"),
    }
}

/// "Change the background to a forest", "change the park to a snowy mountain landscape", "turn the street into a beach".
fn changed(r: &Reading<'_>) -> Option<Step> {
    let verb = r.first()?;
    let changes = r.items[verb].has_any(&[Role::Change, Role::Replace, Role::Make, Role::Add])
        || matches!(r.items[verb].text.as_str(), "changed" | "swap" | "use");
    if !changes {
        return None;
    }
    let is_ground = |i: &Item| {
        i.target() == Some(Target::Background)
            || matches!(
                i.text.as_str(),
                "setting" | "location" | "place" | "scenery" | "landscape"
            )
    };
    let at = (verb + 1..r.items.len()).find(|&i| is_ground(&r.items[i]) || scene_of(&r.items[i]).is_some())?;
    // "Use image 2 as the background", "put a beach behind her": the new ground comes first.
    if scene_of(&r.items[at]).is_some() || !is_ground(&r.items[at]) {
        let behind = (at + 1..r.items.len()).any(|i| is_ground(&r.items[i]));
        if behind
            && !r.items[at + 1..]
                .iter()
                .any(|i| i.text == "to" || i.text == "into" || i.has(Role::Replace))
        {
            return ground(r, at);
        }
    }
    let lead = (at + 1..r.items.len()).find(|&i| {
        matches!(
            r.items[i].text.as_str(),
            "to" | "into" | "with" | "for" | "as" | "be" | "like" | "resemble" | "a" | "an"
        )
    })?;
    let says_look = r.items[lead..]
        .iter()
        .any(|i| matches!(i.text.as_str(), "look" | "effect" | "filter" | "style"));
    if says_look && scene_of(&r.items[at]).is_none() && !is_ground(&r.items[at]) {
        return None;
    }
    ground(r, lead)
}

/// "Change the sky to a sunset", "give it a starry sky".
fn other_sky(r: &Reading<'_>) -> Option<Step> {
    let verb = r.first()?;
    if !r.items[verb].has_any(&[Role::Change, Role::Replace, Role::Make]) && r.items[verb].text != "changed" {
        return None;
    }
    // "Give the sky a sunset look" asks for light, not for another sky.
    if r.items
        .iter()
        .any(|i| i.text.contains("look") || matches!(i.text.as_str(), "effect" | "feel" | "mood" | "style"))
    {
        return None;
    }
    let sky = r.items.iter().position(|i| i.target() == Some(Target::Sky))?;
    let scene = r.items[sky + 1..].iter().find_map(|i| match scene_of(i).as_deref() {
        Some(name @ ("sunset_sky" | "starry_night")) => Some(name.to_owned()),
        _ if i.command() == Some(Op::GoldenHour) => Some("sunset_sky".to_owned()),
        _ if i.command() == Some(Op::Night) => Some("starry_night".to_owned()),
        _ => None,
    })?;
    let is_new = r.items[sky + 1..]
        .iter()
        .any(|i| matches!(i.text.as_str(), "to" | "into" | "with" | "a" | "an" | "for"));
    let mut step = Step::new(Op::BackgroundReplace).on(Target::Sky);
    step.params.scene = Some(scene);
    is_new.then(|| step.with_strength(INTO))
}

/// The ground that is named from item `from` on, and when it is seen.
fn ground(r: &Reading<'_>, from: usize) -> Option<Step> {
    let mut step = Step::new(Op::BackgroundReplace).on(Target::Background);
    if let Some(n) = (from..r.items.len()).find_map(|i| reference(r, i)) {
        step.params.reference = Some(n);
        return Some(step);
    }
    let at = (from..r.items.len())
        .filter(|&i| scene_of(&r.items[i]).is_some())
        .max_by_key(|&i| r.items[i].text.split(' ').count())?;
    let scene = scene_of(&r.items[at])?;
    if r.items[at].senses.iter().any(|(s, _)| *s == Sense::Nearest) {
        step.params.text = Some(r.items[at].text.clone());
    }
    let light = (0..r.items.len())
        .filter(|&i| i != at)
        .find_map(|i| light_of(&r.items[i]));
    // Quoted by `explain` when the scene is only near to what was asked.
    let asked = r.items[at..].iter().find_map(|i| match &i.mark {
        Some(super::lexer::Kind::Quoted(asked)) => Some(asked.clone()),
        _ => None,
    });
    step.params.text = asked.or(step.params.text);
    (step.params.scene, step.params.light) = settled(&scene, light);
    Some(step)
}

/// A city has a scene for day and one for night.
fn settled(scene: &str, light: Option<&'static str>) -> (Option<String>, Option<String>) {
    let (scene, light) = match (scene, light) {
        ("city_day", Some("night")) => ("city_night", None),
        ("city_day", Some("day")) => ("city_day", None),
        ("city_night", Some("night")) => ("city_night", None),
        ("sunset_sky", Some("sunset")) | ("starry_night", Some("night")) => (scene, None),
        other => other,
    };
    (Some(scene.to_owned()), light.map(str::to_owned))
}

fn light_of(i: &Item) -> Option<&'static str> {
    match i.command()? {
        Op::GoldenHour => Some("sunset"),
        Op::Dawn => Some("dawn"),
        Op::Night => Some("night"),
        Op::Overcast | Op::Fog | Op::Rain => Some("overcast"),
        Op::Sunny => Some("day"),
        _ => None,
    }
}
