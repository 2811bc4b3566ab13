//! Tokens to items: a phrase of the vocabulary, a number, a mark, or a word that is not known, each with its meanings.
//!
//! The one rule: the longest phrase wins, so "black and white" is one item before anybody looks for an "and".
//! Made once per instruction, then cut into clauses by `clauses.rs` and read by `grammar.rs`.

use super::lexer::{Kind, Token};
use super::spelling::Ending;
use super::vocabulary::{Role, Sense, Vocabulary};
use crate::plan::{Op, Target};

/// A phrase with what it can mean; `start..end` are its bytes in the instruction.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) senses: Vec<(Sense, Ending)>,
    /// What it is when it is not made of words.
    pub(super) mark: Option<Kind>,
    /// Whether a rule has already made use of it.
    pub(super) used: bool,
}

/// Reads tokens as items.
pub(super) fn items(tokens: &[Token], vocabulary: &Vocabulary) -> Vec<Item> {
    // Typing mistakes are mended first, so that phrases of several words are found in spite of one.
    let words: Vec<Option<&str>> = tokens
        .iter()
        .map(|t| match &t.kind {
            Kind::Word(w) => Some(vocabulary.meant(w).unwrap_or(w.as_str())),
            _ => None,
        })
        .collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let run: Vec<&str> = words[at..].iter().map_while(|w| *w).take(8).collect();
        let (len, senses) = if run.is_empty() {
            (1, Vec::new())
        } else {
            vocabulary.longest(&run).unwrap_or((1, Vec::new()))
        };
        let mark = words[at].is_none().then(|| tokens[at].kind.clone());
        let text = run.get(..len).map(|w| w.join(" ")).unwrap_or_default();
        out.push(Item {
            text,
            start: tokens[at].start,
            end: tokens[at + len - 1].end,
            senses,
            mark,
            used: false,
        });
        at += len;
    }
    out
}

impl Item {
    pub(super) fn has(&self, role: Role) -> bool {
        self.senses.iter().any(|(s, _)| *s == Sense::Role(role))
    }

    pub(super) fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|&r| self.has(r))
    }

    /// Looks for one kind of meaning.
    pub(super) fn find<T>(&self, pick: impl Fn(&Sense) -> Option<T>) -> Option<T> {
        self.senses.iter().find_map(|(s, _)| pick(s))
    }

    /// An operation in itself, unless it is one about history.
    pub(super) fn command(&self) -> Option<Op> {
        self.find(|s| match s {
            Sense::Command { way, .. } if !way.op.is_history() => Some(way.op),
            _ => None,
        })
    }

    pub(super) fn history(&self) -> Option<Op> {
        self.find(|s| match s {
            Sense::Command { way, .. } if way.op.is_history() => Some(way.op),
            _ => None,
        })
    }

    pub(super) fn is_quality(&self) -> bool {
        self.senses.iter().any(|(s, _)| matches!(s, Sense::Quality { .. }))
    }

    /// "darker" rather than "dark".
    pub(super) fn is_comparative(&self) -> bool {
        self.senses
            .iter()
            .any(|(s, e)| matches!(s, Sense::Quality { .. }) && *e == Ending::Comparative)
    }

    /// "removing" rather than "remove".
    pub(super) fn is_ing(&self) -> bool {
        self.text.split(' ').next().is_some_and(|w| w.ends_with("ing"))
    }

    pub(super) fn target(&self) -> Option<Target> {
        self.find(|s| match s {
            Sense::Target(t) => Some(t.clone()),
            Sense::Object(name) => Some(Target::Object {
                object: name.clone(),
                pick: None,
            }),
            _ => None,
        })
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self.mark {
            Some(Kind::Number { value, .. }) => Some(value),
            _ => self.find(|s| if let Sense::Number(n) = s { Some(*n) } else { None }),
        }
    }

    pub(super) fn color(&self) -> Option<String> {
        match &self.mark {
            Some(Kind::Hex(c)) => Some(c.clone()),
            _ => self.find(|s| if let Sense::Color(c) = s { Some(c.clone()) } else { None }),
        }
    }

    /// A word nobody knows: a name for something, most likely.
    pub(super) fn is_unknown(&self) -> bool {
        self.senses.is_empty() && self.mark.is_none()
    }

    /// Nothing but glue.
    pub(super) fn is_glue(&self) -> bool {
        self.has_any(&[Role::Filler, Role::Polite]) || matches!(self.mark, Some(Kind::Comma))
    }
}
