//! Tokens to items: a phrase of the vocabulary, a number, a mark, or a word that is not known, each with its meanings.
//!
//! The one rule: the longest phrase wins, so "black and white" is one item before anybody looks for an "and".
//! Made once per instruction, then cut into clauses by `clauses.rs` and read by `grammar.rs`.

use super::lexer::{Kind, Token};
use super::pins::name_pins;
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

/// Reads tokens as items; so many points are set on the picture.
pub(super) fn items(tokens: &[Token], vocabulary: &Vocabulary, pins: u32) -> Vec<Item> {
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
            // "the sky blue" is the sky and a colour; "sky blue" by itself is one colour.
            let is_the_sky = run.starts_with(&["sky", "blue"]) && out.last().is_some_and(|i: &Item| i.text == "the");
            let run = if is_the_sky { &run[..1] } else { &run[..] };
            vocabulary.longest(run).unwrap_or((1, Vec::new()))
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
    mend_its(&mut out);
    join_particles(&mut out, vocabulary);
    name_pins(name_pictures(out), pins)
}

/// "its too dark", "its a bit blurry": at the head of a clause, before what a picture can suffer from, it is "it's".
fn mend_its(items: &mut [Item]) {
    for at in 0..items.len() {
        let is_head = at
            .checked_sub(1)
            .is_none_or(|b| items[b].mark.is_some() || super::clauses_joint(&items[b].text));
        let is_measure = |i: &Item| {
            i.has(Role::Less) && i.text.contains("too")
                || i.find(|s| matches!(s, Sense::Strength(_)).then_some(())).is_some()
                || matches!(i.text.as_str(), "so" | "too" | "quite" | "really" | "a")
        };
        let says = items[at + 1..].iter().find(|i| !is_measure(i));
        if is_head
            && items[at].text == "its"
            && says.is_some_and(|i| i.has(Role::Complaint) || i.text.starts_with("too "))
        {
            items[at].text = "it's".to_owned();
        }
    }
}

/// "cut the dog out", "take the cup away": the two halves of a verb around what it is about.
fn join_particles(items: &mut [Item], vocabulary: &Vocabulary) {
    /// So many words may stand between.
    const APART: usize = 7;
    for at in 0..items.len() {
        let far = (at + 2..items.len().min(at + APART)).find(|&i| {
            let is_particle = matches!(items[i].text.as_str(), "out" | "off" | "away");
            let ends = &items[i - 1];
            is_particle && (ends.is_unknown() || ends.target().is_some())
        });
        let Some(far) = far else { continue };
        let is_verb = |i: &Item| i.mark.is_some() || super::clauses_joint(&i.text) || i.command().is_some();
        let verb = [items[at].text.as_str(), items[far].text.as_str()];
        let joined = vocabulary.longest(&verb).filter(|(words, _)| *words == 2);
        if let Some((_, senses)) = joined.filter(|_| !items[at + 1..far].iter().any(is_verb)) {
            items[at].text = verb.join(" ");
            items[at].senses = senses;
            items[far].senses = vec![(Sense::Role(Role::Filler), Ending::Plain)];
        }
    }
}

/// The most pictures that an instruction can speak of: the one being edited and its references.
const MOST_PICTURES: f64 = 14.0;

/// "image 2", "the second picture" and "photo #3" each become one item, so that the number is never taken for a strength.
/// Picture 1 is the one being edited.
fn name_pictures(items: Vec<Item>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::with_capacity(items.len());
    let mut at = 0;
    while at < items.len() {
        let after = &items[at + 1..];
        match spoken_number(&items[at], after) {
            Some(n) => {
                out.push(numbered(&items[at], &after[0], n));
                at += 2;
            }
            None => {
                out.push(items[at].clone());
                at += 1;
            }
        }
    }
    out
}

/// The number of the picture that an item and the one after it speak of together.
fn spoken_number(item: &Item, after: &[Item]) -> Option<u32> {
    let next = after.first()?;
    let is_picture = |i: &Item| i.target() == Some(Target::Picture);
    if is_picture(next) {
        return match item.text.as_str() {
            "first" => Some(1),
            "second" => Some(2),
            "third" => Some(3),
            "fourth" => Some(4),
            _ => None,
        };
    }
    // "make the picture 10 % brighter" speaks of no tenth picture.
    let counts = after
        .get(1)
        .is_some_and(|i| i.find(|s| matches!(s, Sense::Unit(_)).then_some(())).is_some());
    match next.mark {
        Some(Kind::Reference(n)) if is_picture(item) => Some(n),
        Some(Kind::Number { value, signed: false })
            if is_picture(item) && !counts && value.fract() == 0.0 && (1.0..=MOST_PICTURES).contains(&value) =>
        {
            Some(value as u32)
        }
        _ => None,
    }
}

fn numbered(item: &Item, next: &Item, n: u32) -> Item {
    let picture = if item.target().is_some() { item } else { next };
    Item {
        start: item.start,
        end: next.end,
        mark: (n > 1).then_some(Kind::Reference(n)),
        senses: if n > 1 { Vec::new() } else { picture.senses.clone() },
        ..picture.clone()
    }
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

    /// "It's dark in here" is about no part of the picture where none is drawn.
    pub(super) fn forget_here(&mut self) {
        if self.text == "in here" {
            self.senses = vec![(Sense::Role(Role::Filler), Ending::Plain)];
        }
    }

    /// Nothing but glue.
    pub(super) fn is_glue(&self) -> bool {
        self.has_any(&[Role::Filler, Role::Polite]) || matches!(self.mark, Some(Kind::Comma))
    }
}
