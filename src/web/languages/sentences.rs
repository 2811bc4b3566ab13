//! What the layers below say, in the reader's language.
//!
//! Rule: those layers speak English to everybody: a sentence stands beside its error's variant, goes to the log, into the JSON
//! interface and into rows as it is, and is only here looked up by its English words: the messages `said-…` of `en.ftl`, with what
//! stands in the place of their `{ $names }`. What isn't known (a service's own words, the engine's) stays as it is.
//! Called by `error` and `views`.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use fluent_bundle::{FluentResource, FluentValue};
use fluent_syntax::ast;

use super::{
    Language,
    words::{Said, apart, resource},
};

/// What the keys of such messages begin with.
pub(super) const PREFIX: &str = "said-";

pub(super) static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| Sentences::of(&resource(Language::English)));

/// The known sentences: whole ones, and those with something put in.
#[derive(Debug, Default)]
pub(super) struct Sentences {
    pub(super) whole: HashMap<String, String>,
    pub(super) moulds: Vec<Mould>,
}

/// A sentence with gaps: `texts` has one more than `names`.
#[derive(Debug)]
pub(super) struct Mould {
    pub(super) key: String,
    pub(super) texts: Vec<String>,
    names: Vec<String>,
}

/// Longer texts are a service's own words.
const LONGEST: usize = 1000;

/// `english`, in the language of this moment when it is one of the house's own sentences, or several; what isn't stays.
#[must_use]
pub fn told(english: &str) -> Cow<'_, str> {
    if Language::current() == Language::English || english.len() > LONGEST {
        return Cow::Borrowed(english);
    }
    if let Some(said) = SENTENCES.find(english) {
        return Cow::Owned(said.to_string());
    }
    // The end of a sentence, and what parts it from the next.
    let ends = english
        .match_indices([' ', '\n'])
        .filter(|(at, _)| english[..*at].ends_with('.'));
    let mut ends: Vec<usize> = ends.map(|(at, _)| at).collect();
    let shortest = ends.first().copied();
    ends.reverse();
    let known = ends
        .into_iter()
        .find_map(|at| Some((at, SENTENCES.find(&english[..at])?)));
    match (known, shortest) {
        (Some((at, said)), _) => {
            let rest = told(&english[at + 1..]);
            Cow::Owned(format!("{said}{}{rest}", &english[at..=at]))
        }
        (None, Some(at)) => match told(&english[at + 1..]) {
            Cow::Owned(rest) => Cow::Owned(format!("{}{rest}", &english[..=at])),
            Cow::Borrowed(_) => Cow::Borrowed(english),
        },
        (None, None) => Cow::Borrowed(english),
    }
}

impl Sentences {
    fn of(english: &Arc<FluentResource>) -> Self {
        let mut sentences = Self::default();
        for entry in english.entries() {
            let ast::Entry::Message(message) = entry else { continue };
            let Some(pattern) = message.value.as_ref().filter(|_| message.id.name.starts_with(PREFIX)) else {
                continue;
            };
            let mould = Mould::of(message.id.name, pattern);
            if mould.names.is_empty() {
                sentences.whole.insert(mould.texts.concat(), mould.key);
            } else {
                sentences.moulds.push(mould);
            }
        }
        // The one that says most of the sentence itself is meant.
        let letters = |mould: &Mould| mould.texts.iter().map(String::len).sum::<usize>();
        sentences.moulds.sort_by_key(|mould| std::cmp::Reverse(letters(mould)));
        sentences
    }

    fn find(&self, english: &str) -> Option<Said> {
        if let Some(key) = self.whole.get(english) {
            return Some(Said::by(key.clone()));
        }
        self.moulds.iter().find_map(|mould| mould.fill(english))
    }
}

impl Mould {
    fn of(key: &str, pattern: &ast::Pattern<&str>) -> Self {
        let (mut texts, mut names) = (vec![String::new()], Vec::new());
        for element in &pattern.elements {
            match element {
                ast::PatternElement::TextElement { value } => {
                    if let Some(last) = texts.last_mut() {
                        last.push_str(value);
                    }
                }
                ast::PatternElement::Placeable {
                    expression: ast::Expression::Inline(ast::InlineExpression::VariableReference { id }),
                } => {
                    names.push(id.name.to_owned());
                    texts.push(String::new());
                }
                // Sentences have nothing else; a test holds it.
                ast::PatternElement::Placeable { .. } => {}
            }
        }
        Self {
            key: key.to_owned(),
            texts,
            names,
        }
    }

    /// What stands in the gaps, when the rest is the same.
    fn fill(&self, english: &str) -> Option<Said> {
        let (first, last) = (self.texts.first()?, self.texts.last()?);
        let mut rest = english.strip_prefix(first.as_str())?;
        let mut said = Said::by(self.key.clone());
        let inner = self.texts.get(1..self.texts.len().checked_sub(1)?)?;
        for (name, text) in self.names.iter().zip(inner) {
            let at = rest.find(text.as_str())?;
            said = said.put(name, &rest[..at]);
            rest = &rest[at + text.len()..];
        }
        let value = rest.strip_suffix(last.as_str())?;
        Some(said.put(self.names.last()?, value))
    }
}

impl Said {
    /// Numbers choose the form of the sentence again.
    fn put(self, name: &str, value: &str) -> Self {
        let value = match value.parse::<u32>() {
            Ok(number) => FluentValue::from(number),
            Err(_) => FluentValue::from(apart(value)),
        };
        self.with_value(name.to_owned(), value)
    }
}
