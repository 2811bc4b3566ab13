//! One instruction to clauses, each about one thing to do.
//!
//! The one rule: a comma or an "and" only parts what can stand alone; lists of things and "red and white" stay whole.
//! Called by `parse/mod.rs` between `items.rs` and `grammar.rs`.

use super::items::Item;
use super::lexer::Kind;
use super::vocabulary::Role;

/// A stretch of items that is one wish, question or remark.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) items: Vec<Item>,
    /// Whether a question mark ends it.
    pub(super) is_question: bool,
    /// Whether it borrowed its verb, and so its target, from the clause before ("more contrast *and saturation*").
    pub(super) is_continued: bool,
    /// How many items at the front are borrowed from the clause before.
    borrowed: usize,
}

impl Clause {
    /// The clause's own words as they were typed.
    pub(super) fn quote(&self, text: &str) -> String {
        super::grammar::quote(&self.items[self.borrowed..], text)
    }
}

const BREAKS: [&str; 6] = ["then", "afterwards", "after that", "and then", "finally", "lastly"];
const JOINTS: [&str; 6] = ["and", "&", "plus", "but", "while", "and also"];

/// Cuts items into clauses.
pub(super) fn clauses(items: &[Item]) -> Vec<Clause> {
    let mut out: Vec<Clause> = Vec::new();
    let mut sentence = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let is_correction = corrects(items, at) && (!out.is_empty() || sentence.iter().any(|i: &Item| !i.is_glue()));
        match item.mark {
            Some(Kind::Stop) => end(&mut sentence, false, &mut out),
            Some(Kind::Question) => end(&mut sentence, true, &mut out),
            _ if BREAKS.contains(&item.text.as_str()) => end(&mut sentence, false, &mut out),
            // "brighter, no wait, darker": the wish before is taken back.
            _ if is_correction => {
                end(&mut sentence, false, &mut out);
                out.pop();
            }
            // With nothing to take back it says nothing, unless it is about an earlier turn.
            _ if item.text == "i mean" || corrects(items, at) && item.history().is_none() => {}
            _ => sentence.push(item.clone()),
        }
    }
    end(&mut sentence, false, &mut out);
    out
}

/// Whether the item takes back what was said before; "never mind the noise" does not.
fn corrects(items: &[Item], at: usize) -> bool {
    let is_last = items
        .get(at + 1)
        .is_none_or(|n| matches!(n.mark, Some(Kind::Comma | Kind::Stop | Kind::Question)));
    let is_right = match items[at].text.as_str() {
        // "brighter, I mean darker", but "I mean it looks dark".
        "i mean" => items.get(at + 1).is_some_and(Item::is_comparative),
        _ => is_last || !items[at].has(Role::Not),
    };
    items[at].has(Role::Correct) && is_right
}

fn end(sentence: &mut Vec<Item>, is_question: bool, out: &mut Vec<Clause>) {
    if !sentence.is_empty() {
        out.extend(split(&std::mem::take(sentence), is_question));
    }
}

fn split(sentence: &[Item], is_question: bool) -> Vec<Clause> {
    let mut parts: Vec<Vec<Item>> = vec![Vec::new()];
    for (at, item) in sentence.iter().enumerate() {
        // "black and white with more contrast" is two wishes, "a vignette with soft edges" is one.
        let adds = item.text == "with"
            && (sentence
                .get(at + 1)
                .is_some_and(|n| n.is_comparative() || n.has_any(&[Role::More, Role::Less]))
                || adds_another(sentence, at));
        let is_joint = adds || matches!(item.mark, Some(Kind::Comma)) || JOINTS.contains(&item.text.as_str());
        if is_joint {
            parts.push(vec![item.clone()]);
        } else if let Some(last) = parts.last_mut() {
            last.push(item.clone());
        }
    }
    let mut out: Vec<Clause> = Vec::new();
    for part in parts {
        match out.last_mut() {
            Some(last) if !parts_here(&last.items, &part) => last.items.extend(part),
            Some(last) => {
                let clause = continued(last, part, is_question);
                out.push(clause);
            }
            None => out.push(Clause {
                items: part,
                is_question,
                is_continued: false,
                borrowed: 0,
            }),
        }
    }
    out
}

/// "A vintage look with some grain": what comes with the look is a wish of its own.
fn adds_another(sentence: &[Item], with: usize) -> bool {
    let look = sentence[..with].iter().rev().find_map(Item::command);
    let is_replaced = sentence[..with].iter().any(|i| i.has(Role::Replace));
    let next = (with + 1..sentence.len()).find(|&i| {
        let is_measure = sentence[i].find(|s| matches!(s, super::vocabulary::Sense::Strength(_)).then_some(()));
        !sentence[i].is_glue() && is_measure.is_none()
    });
    let asks = |op: crate::plan::Op| {
        crate::ops::find(op).is_some_and(|o| {
            use crate::ops::Group;
            matches!(o.info.group, Group::Style | Group::Light | Group::Tone)
        })
    };
    let of = |i: &Item| {
        i.command().or_else(|| {
            i.find(|s| {
                if let super::vocabulary::Sense::Quality { more, .. } = s {
                    Some(more.op)
                } else {
                    None
                }
            })
        })
    };
    let Some(next) = next.filter(|_| look.is_some_and(asks) && !is_replaced) else {
        return false;
    };
    let is_other = of(&sentence[next]).is_some_and(|op| Some(op) != look);
    is_other && !describes(sentence, next)
}

/// Whether two stretches of a sentence are two wishes.
fn parts_here(before: &[Item], part: &[Item]) -> bool {
    if !stands(before) {
        return false;
    }
    let rest: Vec<&Item> = part.iter().skip(1).filter(|i| !i.has(Role::Polite)).collect();
    // "the depth and clarity of oil paint": more of a name.
    let is_name = rest.first().is_some_and(|i| i.is_unknown())
        && rest
            .get(1)
            .is_some_and(|i| matches!(i.text.as_str(), "of" | "of the" | "in" | "through" | "with"));
    !is_name && !lists_on(before, part) && stands(part) || shares_its_verb(before, part)
}

/// "make the cat and the dog black and white": so far there is only a verb and a name, and another name follows.
fn lists_on(before: &[Item], part: &[Item]) -> bool {
    let is_verb = |i: &Item| i.has_any(&[Role::Make, Role::Change]) && i.target().is_none() && i.color().is_none();
    let is_name = |i: &Item| i.target().is_some_and(|t| t != crate::plan::Target::Picture) && !i.is_quality();
    let opens = part.iter().skip(1).find(|i| !i.is_glue()).is_some_and(is_name);
    let only_named = before
        .iter()
        .all(|i| i.is_glue() || is_verb(i) || is_name(i) || i.is_unknown() || i.color().is_some());
    let is_coloured = before
        .iter()
        .rev()
        .find(|i| !i.is_glue())
        .is_some_and(|i| i.color().is_some());
    opens && only_named && !is_coloured && before.iter().any(is_verb) && before.iter().any(is_name)
}

/// "make the mug blue and the plate white", "remove the cup and the spoon": two things for one verb.
fn shares_its_verb(before: &[Item], part: &[Item]) -> bool {
    let is_thing = |i: &Item| {
        i.is_unknown() || i.color().is_none() && i.target().is_some_and(|t| !matches!(t, crate::plan::Target::Picture))
    };
    let is_word_of_name = |i: &Item| {
        i.is_glue()
            || is_thing(i)
            || i.color().is_some()
            || i.has(Role::Pick)
            || JOINTS.contains(&i.text.as_str())
            || i.find(|s| matches!(s, super::vocabulary::Sense::Place(_)).then_some(()))
                .is_some()
    };
    let ends_coloured = |items: &[Item]| {
        let last = items.iter().rposition(|i| !i.is_glue());
        last.is_some_and(|at| items[at].color().is_some() && items[..at].iter().any(is_thing))
    };
    let Some(verb) = before.iter().find(|i| !i.is_glue() || i.has(Role::Make)) else {
        return false;
    };
    if before.iter().any(|i| i.has(Role::Except)) || !part.iter().all(is_word_of_name) {
        return false;
    }
    let colours = verb.has_any(&[Role::Make, Role::Change, Role::Recolor]);
    let removes = verb.has(Role::Remove) && verb.command().is_none();
    colours && ends_coloured(before) && ends_coloured(part)
        || removes && before.iter().any(is_thing) && part.iter().any(is_thing)
}

/// Gives a part without a verb the verb of the clause before.
fn continued(before: &Clause, part: Vec<Item>, is_question: bool) -> Clause {
    const LEAD: [Role; 7] = [
        Role::More,
        Role::Less,
        Role::Lacks,
        Role::Fix,
        Role::Add,
        Role::Remove,
        Role::Make,
    ];
    const VERBS: [Role; 4] = [Role::Not, Role::Keep, Role::Replace, Role::Change];
    // The joint itself says nothing more.
    let part: Vec<Item> = part.into_iter().skip(1).collect();
    // "it's dark and rainy": both are said of the picture, neither is asked for.
    let describes_on = super::looks::is_statement(&before.items)
        && part.iter().any(|i| i.is_quality() || super::looks::is_look(i))
        && part.iter().all(|i| {
            !i.is_comparative()
                && (i.is_glue() && !i.has(Role::Polite)
                    || i.has(Role::Complaint)
                    || super::looks::is_look(i)
                    || i.has(Role::Less) && i.text.starts_with("too"))
        });
    if let Some(says) = before
        .items
        .iter()
        .find(|i| super::looks::states(i))
        .filter(|_| describes_on)
    {
        let mut items = vec![says.clone()];
        items.extend(part);
        return Clause {
            items,
            is_question,
            is_continued: true,
            borrowed: 1,
        };
    }
    let is_command = part.iter().any(|i| i.command().is_some() && !i.is_quality());
    let has_verb = part
        .iter()
        .any(|i| i.has_any(&LEAD) || i.has_any(&VERBS) || i.is_comparative());
    if is_command || has_verb {
        // "make the sky darker and more saturated": no verb of its own, so the second half is about the sky as well.
        let is_continued = !is_command
            && part.iter().any(Item::is_quality)
            && part
                .iter()
                .all(|i| !i.has_any(&[Role::Make, Role::Remove, Role::Add]) || i.is_glue())
            && part
                .iter()
                .filter(|i| i.has_any(&LEAD))
                .all(|i| matches!(i.text.as_str(), "more" | "less"));
        return Clause {
            items: part,
            is_question,
            is_continued,
            borrowed: 0,
        };
    }
    let paints = part.iter().any(|i| i.color().is_some());
    let first = before.items.iter().position(|i| !i.is_glue());
    let verbs = before.items.iter().enumerate().filter(|(at, i)| {
        let is_paint = paints && Some(*at) == first && i.has(Role::Recolor) && i.color().is_none();
        i.has_any(&LEAD) && !i.is_quality() && i.command().is_none() || is_paint
    });
    let mut items: Vec<Item> = verbs.map(|(_, i)| i.clone()).collect();
    let borrowed = items.len();
    items.extend(part);
    Clause {
        items,
        is_question,
        is_continued: true,
        borrowed,
    }
}

/// Whether the items could be a wish by themselves.
fn stands(items: &[Item]) -> bool {
    let first = items
        .iter()
        .find(|i| (!i.is_glue() || i.has(Role::Make)) && !JOINTS.contains(&i.text.as_str()));
    let verb = [
        Role::Add,
        Role::Remove,
        Role::Replace,
        Role::Recolor,
        Role::Move,
        Role::Keep,
        Role::Not,
        Role::Change,
    ];
    first.is_some_and(|i| i.has_any(&verb) && !i.has(Role::Filler) && items.len() > 1)
        || items.iter().enumerate().any(|(at, i)| {
            i.history().is_some()
                || i.command().is_some()
                || (i.is_quality() && !describes(items, at))
                || i.has_any(&[Role::Generative, Role::Same])
                || i.find(|s| {
                    matches!(
                        s,
                        super::vocabulary::Sense::Size(_) | super::vocabulary::Sense::Ratio(_)
                    )
                    .then_some(())
                })
                .is_some()
                || matches!(i.mark, Some(Kind::Size(..) | Kind::Ratio(_)))
        })
}

/// Whether the quality at `at` only describes the thing named right after it ("a dark green jacket").
pub(super) fn describes(items: &[Item], at: usize) -> bool {
    if items[at].is_comparative() || items[at].command().is_some() {
        return false;
    }
    items.get(at + 1).is_some_and(|next| {
        let named = next.target().is_some_and(|t| t != crate::plan::Target::Picture);
        next.is_unknown() || next.color().is_some() || (named && !next.is_quality())
    })
}
