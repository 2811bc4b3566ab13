//! Words by key, out of `languages/*.ftl`.
//!
//! Rule: a key that a language doesn't have is said in English, and one that nobody has as itself; the tests find both. What
//! is put into a sentence is text like any other: templates escape it, and where it runs the other way it is kept apart by
//! invisible marks. Called by templates (`self::say("key").with("name", value)`) and by `views`.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, LazyLock},
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, types::FluentNumber};

use super::Language;

/// The messages of a language, with its rules.
pub(super) type Bundle = FluentBundle<Arc<FluentResource>>;

/// First strong isolate, left-to-right isolate, and the end of either.
const FSI: char = '\u{2068}';
const LRI: char = '\u{2066}';
const PDI: char = '\u{2069}';

/// What each language says, in the order of [`Language::ALL`].
static BUNDLES: LazyLock<[Bundle; 3]> = LazyLock::new(|| Language::ALL.map(bundle));

/// The file of a language.
pub(super) const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../../languages/en.ftl"),
        Language::German => include_str!("../../../languages/de.ftl"),
        Language::Arabic => include_str!("../../../languages/ar.ftl"),
    }
}

/// The messages of a language; what can't be read of a file is left out, and a test finds it.
pub(super) fn resource(language: Language) -> Arc<FluentResource> {
    let read = FluentResource::try_new(source(language).to_owned());
    Arc::new(read.unwrap_or_else(|(readable, _)| readable))
}

fn bundle(language: Language) -> Bundle {
    bundle_with(language, resource(language))
}

pub(super) fn bundle_with(language: Language, resource: Arc<FluentResource>) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(language.tag().parse().into_iter().collect());
    // `Said::with` keeps apart what must be: the marks of the library would stand around every number, too.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => number.options.currency.clone(),
        _ => None,
    }));
    bundle.add_resource_overriding(resource);
    bundle
}

fn bundle_of(language: Language) -> &'static Bundle {
    &BUNDLES[language as usize]
}

/// `text` kept apart from what stands around it, where that runs the other way.
#[must_use]
pub fn apart(text: &str) -> String {
    isolated(text, Language::current())
}

/// Something to be said: it becomes words where it is printed, in the language of that moment.
#[derive(Debug, Clone)]
pub struct Said {
    key: Cow<'static, str>,
    with: Vec<(Cow<'static, str>, FluentValue<'static>)>,
}

/// What stands under `key` in the files of the languages.
#[must_use]
pub fn say(key: &'static str) -> Said {
    Said::by(key)
}

impl Said {
    pub(super) fn by(key: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: key.into(),
            with: Vec::new(),
        }
    }

    /// With this in the place of `{ $name }`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Argument) -> Self {
        self.with.push((name.into(), value.value()));
        self
    }

    /// With a name that is known only now.
    pub(super) fn with_value(mut self, name: String, value: FluentValue<'static>) -> Self {
        self.with.push((name.into(), value));
        self
    }

    /// In the first of these that has it.
    pub(super) fn by_one_of(&self, bundles: [&Bundle; 2]) -> Option<String> {
        let with: FluentArgs<'_> = self
            .with
            .iter()
            .map(|(name, value)| (name.as_ref(), value.clone()))
            .collect();
        bundles.into_iter().find_map(|bundle| {
            let pattern = bundle.get_message(&self.key)?.value()?;
            let mut missing = Vec::new();
            let words = bundle.format_pattern(pattern, Some(&with), &mut missing);
            debug_assert!(missing.is_empty(), "{}: {missing:?}", self.key);
            Some(words.into_owned())
        })
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.by_one_of([bundle_of(Language::current()), bundle_of(Language::English)]);
        f.write_str(words.as_deref().unwrap_or(&self.key))
    }
}

impl From<Said> for String {
    fn from(said: Said) -> Self {
        said.to_string()
    }
}

/// What can be put into a sentence: numbers, which choose its form, and text.
pub trait Argument {
    /// As the files see it.
    fn value(&self) -> FluentValue<'static>;
}

impl Argument for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(apart(self))
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}

impl Argument for Said {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_string())
    }
}

impl Argument for u8 {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Argument for u32 {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Argument for u64 {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Argument for usize {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

/// Text that holds letters of the other direction, or numbers among letters written from right to left, between marks.
pub(super) fn isolated(text: &str, language: Language) -> String {
    let stays = if language.is_rtl() {
        !text.chars().any(|c| c.is_ascii_alphanumeric() || is_latin(c))
    } else {
        !text.chars().any(is_rtl)
    };
    if stays || text.starts_with(['{', FSI, LRI]) {
        return text.to_owned();
    }
    // "1600 × 1200" has no letter that says its direction.
    let mark = if text.chars().any(char::is_alphabetic) {
        FSI
    } else {
        LRI
    };
    format!("{mark}{text}{PDI}")
}

const fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

const fn is_latin(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}')
}

/// What stands under `key` for every kind of number that the language knows, for a script to choose from by
/// `Intl.PluralRules`: `one={count} picture|other={count} pictures`.
#[must_use]
pub fn say_each(key: &'static str) -> String {
    let forms: &[(&str, u32)] = match Language::current() {
        Language::English | Language::German => &[("one", 1), ("other", 2)],
        Language::Arabic => &[
            ("zero", 0),
            ("one", 1),
            ("two", 2),
            ("few", 3),
            ("many", 11),
            ("other", 100),
        ],
    };
    let form = |(form, example): &(&str, u32)| {
        let mut number = FluentNumber::from(*example);
        // What the number is printed as: see `bundle`.
        number.options.currency = Some("{count}".to_owned());
        let mut said = say(key);
        said.with.push(("count".into(), FluentValue::Number(number)));
        format!("{form}={said}")
    };
    forms.iter().map(form).collect::<Vec<_>>().join("|")
}
