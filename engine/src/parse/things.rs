//! A clause about things in the picture: adding, removing, replacing, recolouring, captions, new backgrounds.
//!
//! The one rule: what a later floor of the engine will do becomes its step here already (the gate in `gate.rs` declines it
//! today); what only a generative model can do is declined here. Called by `grammar.rs`.

use super::grammar::{Outcome, Reading, quote, step_for};
use super::lexer::Kind;
use super::operations::strength;
use super::targets::{described_person, named_target, reference};
use super::vocabulary::{Role, Sense};
use super::{looks, words_for};
use crate::plan::{Op, Place, Reason, Step, Target};

/// Reads the clause as being about a thing; `None` when it is not.
pub(super) fn read(r: &mut Reading<'_>) -> Option<Outcome> {
    caption(r)
        .or_else(|| background(r))
        .or_else(|| replace(r))
        .or_else(|| remove(r))
        .or_else(|| generative(r))
        .or_else(|| reposition(r))
        .or_else(|| recolor(r))
        .or_else(|| add(r))
        .or_else(|| named_look(r))
}

fn generate(message: String) -> Option<Outcome> {
    Some(Outcome::Declined(Reason::NeedsGenerative, message))
}

fn starts_with(r: &Reading<'_>, role: Role) -> bool {
    r.first().is_some_and(|i| r.items[i].has(role))
}

/// The thing that the clause is about: everything between the verb and `until`.
fn thing(r: &mut Reading<'_>, from: usize, until: usize) -> Option<Target> {
    let is_named = |&i: &usize| r.items[i].target().is_some_and(|t| t != Target::Picture) || reference(r, i).is_some();
    // "the orange train" is a train: what is a colour too is a name only when nothing else is.
    let named = (from..until)
        .find(|i| is_named(i) && r.items[*i].color().is_none())
        .or_else(|| (from..until).find(is_named));
    let content: Vec<usize> = (from..until)
        .filter(|&i| {
            !r.items[i].is_glue()
                && r.items[i].target() != Some(Target::Picture)
                && r.items[i].mark != Some(Kind::Comma)
        })
        .collect();
    match named.filter(|&i| !belongs_to(r, from, i)) {
        // A name with words around it that are not its own ("the fur brown bear") is that name.
        Some(i) => Some(named_target(r, i)),
        None => {
            let (first, last) = (*content.first()?, *content.last()?);
            Some(Target::Object {
                object: quote(&r.items[first..=last], r.text).to_lowercase(),
                pick: None,
            })
        }
    }
}

/// Whether what is named at `named` only says where another thing is, or whose: "the shadow behind the bottle", "the handle of
/// the cup", "the tree behind her".
fn belongs_to(r: &Reading<'_>, from: usize, named: usize) -> bool {
    const BETWEEN: [&str; 22] = [
        "of",
        "of the",
        "behind",
        "on",
        "under",
        "underneath",
        "beneath",
        "next",
        "beside",
        "by",
        "from",
        "in",
        "inside",
        "front",
        "near",
        "around",
        "above",
        "below",
        "over",
        "at",
        "against",
        "with",
    ];
    let is_between = |i: usize| r.items.get(i).is_some_and(|i| BETWEEN.contains(&i.text.as_str()));
    // "the shadow behind": a word for a tone that is a thing here.
    let is_head = |i: usize| {
        r.items[i].is_unknown() || (r.items[i].is_quality() || r.items[i].text == "everything") && is_between(i + 1)
    };
    let Some(head) = (from..named).find(|&i| is_head(i) && !is_between(i)) else {
        return false;
    };
    r.items[named].text.starts_with("behind") || (head + 1..named).any(is_between)
}

fn step(op: Op, target: Target) -> Outcome {
    Outcome::Steps(vec![step_for(op).on(target)])
}

/// "Add text 'ID'", "write HELLO at the top".
fn caption(r: &mut Reading<'_>) -> Option<Outcome> {
    let quoted = r.items.iter().find_map(|i| {
        if let Some(Kind::Quoted(t)) = &i.mark {
            Some(t.clone())
        } else {
            None
        }
    });
    if r.any(Role::Replace) && starts_with(r, Role::Replace) && r.any(Role::Text) {
        return generate(words_for::text_in_scene());
    }
    if !(r.any(Role::Text) && (starts_with(r, Role::Add) || starts_with(r, Role::Text))) {
        return None;
    }
    let mut made = Step::new(Op::Caption);
    made.params.text = quoted;
    made.params.place = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None }));
    made.params.color = r.items.iter().find_map(super::items::Item::color);
    Some(Outcome::Steps(vec![made]))
}

/// "Change the background to a forest", "put her on a beach".
fn background(r: &mut Reading<'_>) -> Option<Outcome> {
    let is_background = |t: &Target| *t == Target::Background;
    let at = r.items.iter().position(|i| {
        i.target().as_ref().is_some_and(is_background) || matches!(i.text.as_str(), "setting" | "scene")
    })?;
    let changes = r
        .items
        .iter()
        .any(|i| i.has_any(&[Role::Change, Role::Replace, Role::Make, Role::Add]) || i.command().is_some());
    // "remove the tree behind her": not what is behind her.
    if r.items[at].text.starts_with("behind") && r.items[..at].iter().any(super::items::Item::is_unknown) {
        return None;
    }
    let removes = starts_with(r, Role::Remove) && !changes_to_something(r, at);
    if removes && r.items[at].target() == Some(Target::Background) {
        return Some(step(Op::Cutout, Target::Background));
    }
    let scene = r
        .items
        .iter()
        .enumerate()
        .filter(|&(i, _)| i != at)
        .find_map(|(_, i)| i.find(|s| if let Sense::Scene(n) = s { Some(n.clone()) } else { None }));
    let color = r
        .items
        .iter()
        .enumerate()
        .filter(|&(i, _)| i > at && r.items[i - 1].text != "from")
        .find_map(|(_, i)| i.color())
        .or_else(|| color_before(r, at));
    let from = (0..r.items.len()).find_map(|i| reference(r, i));
    if r.items[at].target().is_none() && scene.is_none() {
        return None;
    }
    if !changes && scene.is_none() && color.is_none() {
        return None;
    }
    let mut made = Step::new(if scene.is_none() && from.is_none() && color.is_some() {
        Op::BackgroundColor
    } else {
        Op::BackgroundReplace
    })
    .on(Target::Background);
    (made.params.scene, made.params.reference) = (scene, from);
    if made.op == Op::BackgroundColor {
        made.params.color = color;
    }
    let says_what = made.params.scene.is_some() || made.params.reference.is_some() || made.params.color.is_some();
    if says_what || r.items.iter().skip(at).any(|i| i.has_any(&[Role::To, Role::With])) {
        return Some(Outcome::Steps(vec![made]));
    }
    None
}

/// The colour wanted in "make it a white background"; none in "blur the white background", which says what is there.
fn color_before(r: &Reading<'_>, at: usize) -> Option<String> {
    let is_plain = |i: &super::items::Item| matches!(i.text.as_str(), "plain" | "solid" | "simple" | "clean" | "pure");
    let color = at.checked_sub(1)?;
    let found = r.items[color].color()?;
    let before = &r.items[..color];
    let before = &before[..before.iter().rposition(|i| !is_plain(i)).map_or(0, |i| i + 1)];
    let is_new = before.last().is_none_or(|i| {
        matches!(i.text.as_str(), "a" | "an" | "on" | "onto" | "with" | "to" | "into") || i.has(Role::Polite)
    });
    let articles = before.iter().filter(|i| matches!(i.text.as_str(), "a" | "an")).count();
    let is_other = |i: &super::items::Item| {
        i.is_unknown()
            || i.mark.is_some()
            || looks::states(i)
            || i.command().is_some()
            || i.is_quality()
            || i.color().is_some()
            || i.has_any(&[Role::Remove, Role::Less, Role::Not, Role::Text, Role::Move])
            || i.target()
                .is_some_and(|t| !matches!(t, Target::Picture | Target::Subject | Target::Background))
    };
    let others = before.iter().chain(&r.items[at + 1..]).any(is_other);
    (is_new && articles <= 1 && !others).then_some(found)
}

fn changes_to_something(r: &Reading<'_>, at: usize) -> bool {
    r.items.iter().skip(at).any(|i| i.has(Role::With) && i.text == "with")
}

/// "Replace the cat with a dog".
fn replace(r: &mut Reading<'_>) -> Option<Outcome> {
    if !starts_with(r, Role::Replace) {
        return None;
    }
    generate(words_for::new_things(&r.quote()))
}

/// "Remove the tree", "ensure there's no cake".
fn remove(r: &mut Reading<'_>) -> Option<Outcome> {
    let at = r.items.iter().position(|i| i.has(Role::Remove))?;
    if r.items[..at]
        .iter()
        .any(|i| !i.is_glue() && !i.has_any(&[Role::Make, Role::Keep]))
    {
        return passive_removal(r, at);
    }
    let until = r
        .items
        .iter()
        .position(|i| matches!(i.text.as_str(), "from" | "to"))
        .filter(|&u| u > at + 1)
        .unwrap_or(r.items.len());
    // "remove it": what was spoken of, or what is drawn.
    let described = (at + 1..until).find_map(|i| described_person(r, i));
    let target = described
        .or_else(|| thing(r, at + 1, until))
        .unwrap_or_else(|| r.unnamed_target());
    Some(step(Op::Remove, target))
}

/// "The clouds are to be eradicated."
fn passive_removal(r: &mut Reading<'_>, at: usize) -> Option<Outcome> {
    let text = &r.items[at].text;
    if !text.ends_with("ed") && text != "gone" && !text.ends_with(" go")
        || r.items[at + 1..].iter().any(|i| !i.is_glue())
    {
        return None;
    }
    let described = (0..at).find_map(|i| described_person(r, i));
    let target = described.or_else(|| thing(r, 0, at))?;
    Some(step(Op::Remove, target))
}

/// Clothes, poses, faces, materials, numbers of things.
fn generative(r: &mut Reading<'_>) -> Option<Outcome> {
    if !r.any(Role::Generative) {
        return None;
    }
    generate(words_for::generative(&r.quote()))
}

/// "Paint the wall blue", "the boy's eyes should be blue", "change the colour of the dress to red".
fn recolor(r: &mut Reading<'_>) -> Option<Outcome> {
    // The colour wanted stands last, or first before "shall grace the tree".
    let at = r.items.iter().rposition(|i| i.color().is_some())?;
    let color = r.items[at].color();
    let adds_thing = starts_with(r, Role::Add)
        && !r.items.iter().any(|i| {
            matches!(
                i.text.as_str(),
                "hue" | "tint" | "color" | "colour" | "coat" | "cast" | "wash" | "look"
            )
        });
    if adds_thing
        || !r.items[at + 1..].iter().all(|i| {
            i.is_glue()
                || i.has_any(&[Role::Aspect, Role::To, Role::Make, Role::Recolor])
                || i.is_unknown()
                || i.target().is_some()
        })
    {
        return None;
    }
    let wishes = r.items.iter().any(|i| {
        i.has_any(&[Role::Recolor, Role::Change, Role::Make, Role::Add])
            || matches!(i.text.as_str(), "should" | "shall" | "hue" | "should be" | "be")
            || i.command().is_some()
    });
    let before_background = r.items.get(at + 1).and_then(|i| i.target()) == Some(Target::Background);
    if !wishes || before_background {
        return None;
    }
    // "red and white" is two colours, and no one of them.
    let joins = |i: &super::items::Item| i.is_glue() || super::clauses_joint(&i.text);
    let before = r.items[..at].iter().rposition(|i| !joins(i));
    if before.is_some_and(|b| r.items[b].color().is_some() && r.items[b].target().is_none() && b + 1 < at) {
        return None;
    }
    r.items[at].used = true;
    let first = r.first().unwrap_or(0);
    let is_verb = r.items[first].has_any(&[Role::Recolor, Role::Change, Role::Make, Role::Add, Role::More]);
    let from = first + usize::from(is_verb && first < at || r.items[first].command().is_some());
    // "apply a blue hue to the airplane": what it is about comes after.
    let is_before = r.items[from.min(at)..at].iter().any(|i| !i.is_glue());
    let (from, until) = if is_before { (from, at) } else { (at + 1, r.items.len()) };
    let joints: Vec<usize> = (from..until)
        .filter(|&i| super::clauses_joint(&r.items[i].text) || r.items[i].mark == Some(Kind::Comma))
        .collect();
    let ends = joints.iter().copied().chain([until]);
    let starts = [from].into_iter().chain(joints.iter().map(|i| i + 1));
    let parts: Vec<(usize, usize)> = starts.zip(ends).collect();
    let contents: Vec<Option<Target>> = parts.into_iter().map(|(a, b)| named_content(r, a, b)).collect();
    let named = contents.iter().flatten().count();
    let contents = contents
        .into_iter()
        .filter(|c| c.is_some() || named == 0)
        .take(named.max(1));
    Some(Outcome::Steps(
        contents.map(|content| coloured(r, content, color.clone())).collect(),
    ))
}

/// The step that gives what is named a colour.
fn coloured(r: &mut Reading<'_>, content: Option<Target>, color: Option<String>) -> Step {
    let mut made = match content {
        // "everything except the dog blue": neither the dog nor one thing's own colour.
        Some(target) if target != Target::Picture && r.any(Role::Except) => {
            let mut veil = step_for(Op::Tint).on(Target::Not { not: Box::new(target) });
            veil.strength = strength(r, Op::Tint, 1.0).map(|s| (s * 100.0).round() / 100.0);
            veil
        }
        Some(target) if target != Target::Picture => Step::new(Op::Recolor).on(target),
        // The whole picture cannot have another colour, but it can be bathed in one.
        _ => step_for(Op::Tint).on(r.unnamed_target()),
    };
    made.params.color = color;
    made
}

/// What the words from `from` to `until` name, if they name anything but the picture.
fn named_content(r: &mut Reading<'_>, from: usize, until: usize) -> Option<Target> {
    for i in from..until {
        let ignorable = r.items[i].has_any(&[
            Role::Aspect,
            Role::Make,
            Role::Change,
            Role::To,
            Role::Recolor,
            Role::Add,
        ]);
        if ignorable && !r.items[i].is_quality() || r.items[i].has(Role::Aspect) {
            r.items[i].used = true;
            r.items[i].senses = vec![(Sense::Role(Role::Filler), super::spelling::Ending::Plain)];
        }
    }
    thing(r, from, until)
}

/// "Add a rabbit", "put the logo of image 2 in the corner".
fn add(r: &mut Reading<'_>) -> Option<Outcome> {
    let at = r.items.iter().position(|i| i.has(Role::Add))?;
    if r.items[..at].iter().any(|i| i.command().is_some()) {
        return None;
    }
    // "create an image with the fluidity of watercolor" makes this one so.
    let next = r.items[at + 1..].iter().find(|i| !i.is_glue());
    let makes = matches!(
        r.items[at].text.as_str(),
        "create" | "generate" | "draw" | "show" | "give me"
    );
    if makes && next.is_some_and(|i| i.target() == Some(Target::Picture)) && r.items.iter().any(looks::is_look) {
        return None;
    }
    let from = (0..r.items.len()).find_map(|i| reference(r, i));
    if let Some(n) = from {
        let mut made = Step::new(Op::Insert);
        made.params.reference = Some(n);
        made.params.place = r
            .items
            .iter()
            .find_map(|i| i.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None }));
        return Some(Outcome::Steps(vec![made]));
    }
    let names_something = r.items[at + 1..].iter().any(|i| {
        i.is_unknown()
            || i.target().is_some_and(|t| t != Target::Picture)
            || i.find(|s| matches!(s, Sense::Scene(_)).then_some(())).is_some()
    });
    let is_verb = starts_with(r, Role::Add)
        || r.items[..at].iter().all(|i| {
            i.is_glue()
                || i.mark == Some(Kind::Comma)
                || i.is_unknown()
                || i.target().is_some()
                || place_word(i).is_some()
                || i.find(|s| matches!(s, Sense::Turn(_)).then_some(())).is_some()
        });
    if !(names_something && is_verb) {
        return None;
    }
    generate(words_for::new_things(&r.quote()))
}

/// "Add a poster behind him", "add a cartoon dog": a new thing; "add a cartoon look" is a look.
pub(super) fn new_thing_with_a_look(r: &Reading<'_>) -> Option<Outcome> {
    let is_style = |i: &super::items::Item| {
        i.command()
            .and_then(crate::ops::find)
            .is_some_and(|o| o.info.group == crate::ops::Group::Style)
    };
    let says_look = |i: &super::items::Item| {
        matches!(
            i.text.as_str(),
            "look"
                | "effect"
                | "filter"
                | "style"
                | "feel"
                | "vibe"
                | "mood"
                | "tone"
                | "treatment"
                | "texture"
                | "version"
        )
    };
    let add = r.items.iter().position(|i| i.has(Role::Add) && !i.has(Role::Filler))?;
    let style = (add + 1..r.items.len()).find(|&i| is_style(&r.items[i]))?;
    let has_article = r.items[add..style]
        .iter()
        .any(|i| matches!(i.text.as_str(), "a" | "an"));
    // "draw an oil painting of her" makes the picture one.
    let makes_picture = matches!(
        r.items[add].text.as_str(),
        "draw" | "create" | "generate" | "show" | "give me"
    ) && r.items[style + 1..]
        .first()
        .is_none_or(|i| i.is_glue() && !i.is_unknown());
    let is_look = r.items[style + 1..].iter().any(says_look) || r.items[style].text.ends_with("look");
    if !has_article || makes_picture || is_look {
        return None;
    }
    generate(words_for::new_things(&r.quote()))
}

/// "Colour the black and white photo", "colorize it": colours that nobody has recorded.
pub(super) fn lost_colours(r: &Reading<'_>) -> Option<Outcome> {
    let verb = &r.items[r.first()?];
    let is_verb = matches!(verb.text.as_str(), "color" | "colour")
        && r.items.iter().any(|i| i.command() == Some(Op::Grayscale))
        || ["coloriz", "coloris", "colouriz", "colouris"]
            .iter()
            .any(|stem| verb.text.starts_with(stem));
    let names_none = !r.items.iter().any(|i| i.color().is_some() && i.command().is_none());
    if !(is_verb && names_none) {
        return None;
    }
    generate(words_for::generative(&r.quote()))
}

/// "Change the background to a sunset", "put a night sky behind her": another background, not the old one in other light.
pub(super) fn new_background_of_a_look(r: &Reading<'_>) -> Option<Outcome> {
    let is_article = |i: &super::items::Item| matches!(i.text.as_str(), "a" | "an");
    let at = r.items.iter().position(|i| i.target() == Some(Target::Background))?;
    let scene_of = |i: &super::items::Item| i.find(|s| if let Sense::Scene(n) = s { Some(n.clone()) } else { None });
    let look = (0..r.items.len())
        .find(|&i| looks::is_look(&r.items[i]) || scene_of(&r.items[i]).as_deref() == Some("starry_night"))?;
    let says_look = r.items[look..].iter().any(|i| {
        matches!(
            i.text.as_str(),
            "look" | "effect" | "filter" | "style" | "feel" | "mood" | "light" | "lighting" | "like"
        ) || i.text.ends_with(" look")
            || i.text.ends_with("lighting")
    });
    let between = &r.items[at.min(look) + 1..at.max(look)];
    let verb = r.first().map(|i| &r.items[i])?;
    let changes = verb.has_any(&[Role::Change, Role::Make, Role::Replace, Role::Add])
        && at < look
        && between
            .iter()
            .any(|i| is_article(i) || matches!(i.text.as_str(), "to" | "into" | "with" | "as"))
        && !between.iter().any(|i| i.text.starts_with("look"));
    let adds = look < at && verb.has(Role::Add) && r.items[..look].iter().any(is_article);
    if says_look || r.items[look].is_comparative() || !(changes || adds) {
        return None;
    }
    let mut made = Step::new(Op::BackgroundReplace).on(Target::Background);
    made.params.scene = scene_of(&r.items[look]);
    Some(Outcome::Steps(vec![made]))
}

fn place_word(i: &super::items::Item) -> Option<Place> {
    i.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None })
}

/// "Move the cup to the left".
fn reposition(r: &mut Reading<'_>) -> Option<Outcome> {
    let position = r
        .items
        .iter()
        .position(|i| i.text == "position")
        .filter(|_| starts_with(r, Role::Change));
    if position.is_none() && !starts_with(r, Role::Move) {
        return None;
    }
    let from = position.or(r.first())? + 1;
    let until = r.items.iter().position(|i| i.has(Role::To)).unwrap_or(r.items.len());
    let target = thing(r, from, until).unwrap_or_else(|| r.unnamed_target());
    Some(step(Op::Move, target))
}

/// A look spoken of at length: "evoke the gentle strokes of watercolor", "craft something with the simplicity of black and white".
///
/// Only praise may stand around it: a second wish, a thing that is named or a "no" makes it something else.
fn named_look(r: &mut Reading<'_>) -> Option<Outcome> {
    let ordered: Vec<usize> = (0..r.items.len())
        .filter(|&i| r.items[i].command().is_some_and(is_look) && looks::is_ordered(&r.items, i))
        .collect();
    let at = *ordered.first()?;
    let op = r.items[at].command()?;
    let says_other = r.items.iter().enumerate().any(|(i, item)| {
        i != at
            && (item.is_comparative()
                || item.command().is_some_and(|other| other != op && !is_look(other))
                || item.has_any(&[
                    Role::Not,
                    Role::Less,
                    Role::Remove,
                    Role::Lacks,
                    Role::Replace,
                    Role::Keep,
                ])
                || item.target().is_some_and(|t| t != Target::Picture)
                || place_word(item).is_some()
                || item.mark.is_some() && item.mark != Some(Kind::Comma))
    });
    let leads = r.items[..at].iter().any(|i| {
        i.has_any(&[Role::With, Role::To, Role::By, Role::Make, Role::Change, Role::Add])
            || matches!(i.text.as_str(), "of" | "in" | "into" | "as" | "like")
    });
    if !leads || says_other {
        return None;
    }
    let mut made: Vec<Step> = Vec::new();
    for item in ordered.into_iter().map(|i| &r.items[i]) {
        let mut step = item.command().map(step_for)?.on(r.unnamed_target());
        if step.op == Op::Style {
            step.params.style = Some(looks::style_name(item));
        }
        if made.iter().all(|s| s.op != step.op) {
            made.push(step);
        } else if !made.contains(&step) {
            return None;
        }
    }
    // Two ways to paint are one too many; black and white goes with any.
    let is_style = |s: &&Step| {
        crate::ops::find(s.op).is_none_or(|o| o.info.group == crate::ops::Group::Style && s.op != Op::Vintage)
    };
    (made.iter().filter(is_style).count() <= 1).then_some(Outcome::Steps(made))
}

/// Whether the operation gives the whole picture a look.
fn is_look(op: Op) -> bool {
    match crate::ops::find(op) {
        Some(operation) => operation.info.group == crate::ops::Group::Style || matches!(op, Op::Grayscale | Op::Sepia),
        None => !matches!(op, Op::Cutout | Op::Duplicate | Op::Expand | Op::Upscale),
    }
}
