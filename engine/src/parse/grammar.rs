//! One clause to what it asks for.
//!
//! The one rule: every word must be accounted for. A word that is neither used nor glue makes the clause a decline,
//! so that the engine rather says "I did not understand" than does something else.
//! Called by `parse/mod.rs` for each clause; `operations.rs` reads a clause that names an operation, `things.rs` the rest.

use super::clauses::Clause;
use super::items::Item;
use super::spelling::Ending;
use super::vocabulary::{Role, Sense};
use super::{answers, blends, captions, history, looks, operations, places, retouch, targets, things, words_for};
use crate::context::Context;
use crate::plan::{Op, Reason, Step, Target};

/// What a clause came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Steps(Vec<Step>),
    /// Steps that stand in for so many of the last earlier ones.
    Replacing(Vec<Step>, usize),
    Declined(Reason, String),
    /// A thing that is to stay as it is, whatever is done to the picture.
    Spared(Target),
    /// Politeness, or a wish to do nothing.
    Nothing,
}

/// What is carried from clause to clause.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) target: Option<Target>,
    pub(super) steps: Vec<Step>,
    /// What is to be left alone.
    pub(super) spared: Option<Target>,
}

/// A clause being read.
pub(super) struct Reading<'a> {
    pub(super) items: Vec<Item>,
    pub(super) is_question: bool,
    pub(super) is_continued: bool,
    pub(super) context: &'a Context,
    pub(super) memory: &'a Memory,
    /// The whole instruction, for quoting.
    pub(super) text: &'a str,
}

/// Reads one clause.
pub(super) fn read(clause: Clause, context: &Context, memory: &Memory, text: &str) -> Outcome {
    let mut reading = Reading {
        items: clause.items,
        is_question: clause.is_question,
        is_continued: clause.is_continued,
        context,
        memory,
        text,
    };
    reading.keep_only_means();
    reading.read()
}

impl<'a> Reading<'a> {
    fn read(&mut self) -> Outcome {
        if self.any(Role::Unsafe) {
            return Outcome::Declined(Reason::UnsafeRequest, words_for::unsafe_request());
        }
        if let Some(n) = self.missing_reference() {
            return Outcome::Declined(Reason::MissingReference, words_for::missing_reference(n));
        }
        if let Some(outcome) = history::read(self) {
            return outcome;
        }
        if self.items.iter().all(|i| i.is_glue()) {
            return Outcome::Nothing;
        }
        if self.asks() {
            return Outcome::Declined(Reason::NotAnEdit, answers::answer(self));
        }
        if let Some(outcome) = retouch::read(self) {
            return outcome;
        }
        if let Some(outcome) = self.leaves_alone() {
            return outcome;
        }
        if looks::is_remark(&self.items) {
            return Outcome::Nothing;
        }
        if let Some(outcome) = captions::read(self)
            .or_else(|| blends::read(self))
            .or_else(|| places::read(self))
        {
            return outcome;
        }
        if let Some(outcome) = things::lost_colours(self)
            .or_else(|| things::new_background_of_a_look(self))
            .or_else(|| things::new_thing_with_a_look(self))
        {
            return outcome;
        }
        let naming = self.fork(|r| operations::read(r, operations::Strictness::EveryWord));
        if let Some(outcome) = naming {
            return outcome;
        }
        if let Some(outcome) = self.fork(things::read) {
            return outcome;
        }
        if let Some(outcome) = self.fork(|r| operations::read(r, operations::Strictness::NamedThings)) {
            return outcome;
        }
        self.not_understood()
    }

    /// Tries a rule on a copy, so that a rule that gives up leaves no trace.
    pub(super) fn fork<T>(&self, rule: impl FnOnce(&mut Reading<'a>) -> Option<T>) -> Option<T> {
        let mut copy = Reading {
            items: self.items.clone(),
            ..*self
        };
        rule(&mut copy)
    }

    /// The number of a picture that is spoken of and not attached.
    fn missing_reference(&self) -> Option<u32> {
        let attached = self.context.references + 1;
        (0..self.items.len()).find_map(|i| targets::reference(self, i).filter(|n| !(2..=attached).contains(n)))
    }

    pub(super) fn any(&self, role: Role) -> bool {
        self.items.iter().any(|i| i.has(role))
    }

    /// The first item that is more than politeness and glue.
    pub(super) fn first(&self) -> Option<usize> {
        self.items
            .iter()
            .position(|i| !i.is_glue() || (i.has(Role::Add) && !i.has(Role::Filler)))
    }

    /// "Enhance the picture by removing noise": the means is what is to be done.
    fn keep_only_means(&mut self) {
        let means = (1..self.items.len()).find(|&i| {
            let by = &self.items[i - 1];
            let next = &self.items[i];
            by.has(Role::By)
                // "make it 16:9 by extending the sides": the end says how far.
                && next.command() != Some(Op::Expand)
                && next.is_ing()
                && (next.command().is_some()
                    || next.has_any(&[
                        Role::Less,
                        Role::More,
                        Role::Remove,
                        Role::Add,
                        Role::Replace,
                        Role::Recolor,
                        Role::Change,
                    ]))
        });
        if let Some(at) = means {
            self.items.drain(..at);
        }
    }

    /// Whether it is a question rather than a polite wish.
    fn asks(&self) -> bool {
        let Some(first) = self
            .items
            .iter()
            .find(|i| !matches!(i.mark, Some(super::lexer::Kind::Comma)))
        else {
            return false;
        };
        if first.has(Role::Polite) && !matches!(first.text.as_str(), "hi" | "hello" | "hey" | "ok" | "okay" | "also") {
            return false;
        }
        let lead = self.items.iter().find(|i| !i.has(Role::Polite)).unwrap_or(first);
        let wh = matches!(
            lead.text.as_str(),
            "what"
                | "who"
                | "why"
                | "when"
                | "where"
                | "which"
                | "how"
                | "whose"
                | "is there"
                | "are there"
                | "can you see"
                | "can you tell"
                | "do i"
                | "am i"
                | "do you"
                | "did"
                | "does"
        );
        wh || (self.is_question && lead.has(Role::Question))
    }

    /// "keep the background as it is", "don't crop": done by doing nothing.
    fn leaves_alone(&mut self) -> Option<Outcome> {
        if let Some(at) = self.items.iter().position(|i| i.has(Role::Keep)) {
            // "keep only the subject" is an edit, and none that can be guessed.
            if self.any(Role::Only) {
                return Some(self.not_understood());
            }
            let wishes = self.items[..at].iter().any(|i| {
                i.command().is_some()
                    || i.is_comparative()
                    || i.has_any(&[Role::Change, Role::Replace]) && !i.has(Role::Make)
            });
            if !wishes {
                return Some(self.spared(at));
            }
            // "change the background to a forest, remain the bear unchanged": what is to stay is no part of the wish.
            self.items.truncate(at);
        }
        let not = self
            .items
            .iter()
            .position(|i| i.has(Role::Not) && !i.has(Role::Lacks))?;
        if self.items[not].has(Role::Less) && self.items[not].text != "without" {
            return None;
        }
        let complains = matches!(
            self.items[not].text.as_str(),
            "isn't" | "is not" | "aren't" | "isnt" | "wasn't" | "not"
        ) && self.items[not + 1..].iter().any(|i| i.is_quality())
            && !self.items[not + 1..].iter().any(|i| i.text.starts_with("too"))
            && !self.items[not + 1..]
                .iter()
                .any(|i| i.command().is_some() && !i.is_quality());
        if complains
            && (self.any(Role::Enough)
                || self.items[not].text != "not"
                || self.items[..not]
                    .iter()
                    .any(|i| i.text.contains("'s") || i.text == "is" || i.text == "looks"))
        {
            self.items[not].used = true;
            self.items[not].senses = vec![(Sense::Role(Role::Lacks), Ending::Plain)];
            return None;
        }
        let before = self.items[..not]
            .iter()
            .any(|i| i.command().is_some() || i.is_quality());
        if !before {
            // "but not the dog" spares the dog; "don't blur the dog" is no wish at all.
            let names_only = !self.items[not + 1..].iter().any(|i| {
                i.command().is_some() || i.is_quality() || i.has_any(&[Role::Make, Role::Change]) && !i.is_glue()
            });
            return Some(if names_only { self.spared(not) } else { Outcome::Nothing });
        }
        self.items.truncate(not);
        None
    }

    /// What a wish to leave alone names from item `at` on, if it names a thing.
    fn spared(&self, at: usize) -> Outcome {
        let known = self
            .items
            .iter()
            .find_map(|i| i.target().filter(|t| *t != Target::Picture));
        let unknown: Vec<Item> = self.items[at..].iter().filter(|i| i.is_unknown()).cloned().collect();
        match known {
            Some(target) => Outcome::Spared(target),
            None if !unknown.is_empty() => Outcome::Spared(Target::Object {
                object: quote(&unknown, self.text).to_lowercase(),
                pick: None,
            }),
            None => Outcome::Nothing,
        }
    }

    pub(super) fn not_understood(&self) -> Outcome {
        if self.any(Role::Vague) {
            return Outcome::Declined(Reason::TooVague, answers::proposals(self));
        }
        Outcome::Declined(Reason::TooVague, words_for::not_understood(&self.quote()))
    }

    /// The clause's words as they were typed.
    pub(super) fn quote(&self) -> String {
        quote(&self.items, self.text)
    }

    /// What the clause is about when it names nothing: what "it" was, else the region, else the picture.
    pub(super) fn unnamed_target(&self) -> Target {
        let says_it = self.items.iter().any(|i| {
            matches!(
                i.text.as_str(),
                "it" | "its" | "them" | "they" | "that" | "make it" | "like it"
            )
        });
        match &self.memory.target {
            Some(target) if says_it || self.is_continued => target.clone(),
            _ if self.context.region => Target::Region,
            _ => Target::Picture,
        }
    }

    /// Whether every unused word is glue; else where the words lie that nobody can account for.
    pub(super) fn leftover(&self) -> Vec<usize> {
        const IGNORED: [Role; 17] = [
            Role::Filler,
            Role::Polite,
            Role::Make,
            Role::Change,
            Role::Add,
            Role::More,
            Role::Less,
            Role::Lacks,
            Role::Enough,
            Role::Aspect,
            Role::Vague,
            Role::To,
            Role::By,
            Role::With,
            Role::Neutral,
            Role::Fix,
            Role::Except,
        ];
        // "more contrast in the shadows" is neither more contrast nor lifted shadows.
        let is_second = |i: &Item| {
            i.find(|s| {
                matches!(s, Sense::Quality { more, .. } if matches!(more.op, Op::Contrast | Op::Temperature))
                    .then_some(())
            })
            .is_some()
        };
        let is_left = |i: &Item| {
            !i.used
                && (is_second(i) || !i.has_any(&IGNORED))
                && !matches!(i.mark, Some(super::lexer::Kind::Comma))
                && i.find(|s| matches!(s, Sense::Strength(_)).then_some(())).is_none()
                && !super::clauses_joint(&i.text)
        };
        (0..self.items.len()).filter(|&i| is_left(&self.items[i])).collect()
    }
}

/// The words of some items as they were typed.
pub(super) fn quote(items: &[Item], text: &str) -> String {
    let start = items.iter().map(|i| i.start).min().unwrap_or(0);
    let end = items.iter().map(|i| i.end).max().unwrap_or(start);
    text.get(start..end)
        .unwrap_or_default()
        .trim()
        .trim_start_matches(',')
        .trim_start()
        .to_owned()
}

/// A step for an operation, with its default strength when it has one.
pub(super) fn step_for(op: Op) -> Step {
    let default = crate::ops::find(op).and_then(|o| o.info.default_strength);
    match default {
        Some(strength) => Step::new(op).with_strength(strength),
        None => Step::new(op),
    }
}
