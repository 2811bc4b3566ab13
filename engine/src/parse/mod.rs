//! Words to a plan.
//!
//! The one rule: what is promised is done, what cannot be done is declined with a reason, and nothing is guessed.
//! Read in the order of the work: `lexer` (tokens), `vocabulary` (what words mean), `items` (phrases), `clauses`,
//! `grammar` (one clause), then `operations`, `measures`, `retouch`, `things`, `history`, and `gate` (what can be done here).

mod answers;
mod blends;
mod captions;
mod clauses;
mod gate;
mod grammar;
mod history;
mod items;
mod lexer;
mod looks;
mod measures;
mod operations;
mod pins;
mod places;
mod placing;
mod retouch;
mod shapes;
mod spelling;
mod targets;
mod things;
mod vocabulary;
mod words_for;

use crate::context::Context;
use crate::plan::{Declined, Op, Reason, Step, Target, Understanding};
use grammar::{Memory, Outcome};

/// The longest instruction that is read, in bytes; more is cut at a word's end.
const LONGEST: usize = 8000;

/// Understands an instruction: what to do, in order, and what is left out and why.
///
/// Never fails: words that mean nothing come back as [`Declined`]. When both lists would be empty (thanks, or only wishes to
/// leave things alone), one decline with [`Reason::NotAnEdit`] says so.
pub fn understand(text: &str, context: &Context) -> Understanding {
    let text = shortened(text);
    let mut items = items::items(&lexer::tokens(text), vocabulary::english(), context.pins);
    if !context.region {
        items.iter_mut().for_each(items::Item::forget_here);
    }
    let mut out = Understanding::default();
    let mut memory = Memory::default();
    // What a complaint just came to.
    let mut said: Option<Step> = None;
    let clauses = clauses::clauses(&items);
    let quotes: Vec<String> = clauses.iter().map(|c| c.quote(text)).collect();
    for (clause, quote) in shared_targets(clauses).into_iter().zip(quotes) {
        let is_statement = looks::is_statement(&clause.items);
        let outcome = grammar::read(clause, context, &memory, text);
        let was_said = said.is_some();
        if let (Some(said), Outcome::Steps(steps)) = (said.take(), &outcome) {
            // "it's dark, brighten it" asks once.
            if steps.first().is_some_and(|s| answers(s, &said)) && out.steps.last() == Some(&said) {
                out.steps.pop();
                memory.steps.pop();
            }
        }
        if outcome == Outcome::Nothing {
            said = out.steps.last().filter(|_| was_said).cloned();
            continue;
        }
        let before = out.steps.len();
        take(outcome, quote, context, &mut memory, &mut out);
        said = out
            .steps
            .last()
            .filter(|_| is_statement && out.steps.len() > before)
            .cloned();
    }
    if let Some(spared) = &memory.spared {
        spare(spared, text, context, &mut out);
    }
    if out.steps.is_empty() && out.declined.is_empty() {
        let message = words_for::nothing_to_do();
        out.declined.push(Declined {
            text: text.trim().to_owned(),
            reason: Reason::NotAnEdit,
            message,
        });
    }
    out
}

/// Whether a wish says what is to be done about a complaint: the same operation in the same direction on the same thing, or
/// another colour for a thing whose colour was complained of.
fn answers(wish: &Step, complaint: &Step) -> bool {
    let falls = |s: &Step| s.strength.is_some_and(|v| v < 0.0);
    let is_same = wish.op == complaint.op && falls(wish) == falls(complaint);
    let is_of_colour = matches!(complaint.op, Op::Temperature | Op::Tint | Op::Saturation | Op::Vibrance);
    // "It" made grey is a veil until it is known to be a thing (`gate`).
    let colours = matches!(wish.op, Op::Recolor | Op::Tint) && wish.params.color.is_some();
    wish.target == complaint.target && (is_same || colours && is_of_colour)
}

fn shortened(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    text[..end].rsplit_once(' ').map_or(&text[..end], |(front, _)| front)
}

/// "brighten and sharpen the sky" is about the sky twice: a bare verb takes the object of the clause it is joined to.
fn shared_targets(mut clauses: Vec<clauses::Clause>) -> Vec<clauses::Clause> {
    for at in 1..clauses.len() {
        let bare = clauses[at - 1]
            .items
            .iter()
            .all(|i| i.is_glue() && i.text != "it" || i.command().is_some());
        let is_single = clauses[at - 1].items.iter().filter(|i| !i.is_glue()).count() == 1;
        let object = clauses[at]
            .items
            .iter()
            .find(|i| i.target().is_some() && i.command().is_none())
            .cloned();
        if let (true, true, Some(object)) = (bare, is_single, object) {
            clauses[at - 1].items.push(object);
        }
    }
    clauses
}

fn take(outcome: Outcome, quote: String, context: &Context, memory: &mut Memory, out: &mut Understanding) {
    let (steps, replaces) = match outcome {
        Outcome::Nothing => return,
        Outcome::Spared(target) => {
            memory.spared = Some(target);
            return;
        }
        Outcome::Declined(reason, message) => {
            return out.declined.push(Declined {
                text: quote,
                reason,
                message,
            });
        }
        Outcome::Steps(steps) => (steps, 0),
        Outcome::Replacing(steps, n) => (steps, n),
    };
    for step in steps {
        // "It" in the next clause is this, even when this cannot be done: else the next step would hit something else.
        if !step.op.is_history() {
            // Who was put into a place is not what "it" is then: the picture is.
            let is_placed = step.op == Op::BackgroundReplace && step.strength.is_some();
            memory.target = Some(if is_placed {
                Target::Picture
            } else {
                step.target.clone()
            });
        }
        match gate::pass(step, context) {
            Ok(step) => promise(step, replaces, memory, out),
            Err((reason, message)) => out.declined.push(Declined {
                text: quote.clone(),
                reason,
                message,
            }),
        }
    }
}

/// The everyday name of a colour given as `#rrggbb`, where it has one.
pub(crate) fn color_name(hex: &str) -> Option<String> {
    vocabulary::english().color_name(hex)
}

/// "brighten it but keep the sky as it is": what was meant for the whole picture is meant for all but that.
fn spare(spared: &Target, text: &str, context: &Context, out: &mut Understanding) {
    let not = |t: &Target| {
        if *t == Target::Background {
            Target::Subject
        } else {
            Target::Not {
                not: Box::new(t.clone()),
            }
        }
    };
    for mut step in std::mem::take(&mut out.steps) {
        let is_shape = crate::ops::find(step.op).is_some_and(|o| o.info.group == crate::ops::Group::Geometry);
        if step.target != Target::Picture || is_shape || step.op.is_history() {
            out.steps.push(step);
            continue;
        }
        step.target = not(spared);
        match gate::pass(step, context) {
            Ok(step) => out.steps.push(step),
            Err((reason, message)) => out.declined.push(Declined {
                text: text.trim().to_owned(),
                reason,
                message,
            }),
        }
    }
}

fn promise(step: Step, replaces: usize, memory: &mut Memory, out: &mut Understanding) {
    // "blur it, but a bit less": the step to replace is one of this very plan.
    if replaces > 0 && !memory.steps.is_empty() {
        out.steps.pop();
        memory.steps.pop();
    } else if replaces > 0 {
        out.replaces = replaces;
    }
    if !matches!(step.op, Op::Undo | Op::Redo | Op::Revert) {
        memory.steps.push(step.clone());
    }
    out.steps.push(step);
}

/// Whether the word only joins clauses.
fn clauses_joint(text: &str) -> bool {
    matches!(text, "and" | "&" | "plus" | "but" | "while" | "then" | "and also")
}
