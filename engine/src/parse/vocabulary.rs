//! The words that are known, read once from the language's data file, and how a typed word finds them.
//!
//! The one rule: what words mean stands in `vocabulary/en.txt`; here is only how that file is read and searched:
//! endings (-s -ed -ing -er -est) and one typing mistake in words of five letters or more are forgiven.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use super::spelling::{Ending, forms, inflections, is_one_mistake, is_swap};
use crate::plan::{Direction, Op, Params, Place, Target, VersionName, VersionWord};

/// An operation and which way, as a quality asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Way {
    pub(super) op: Op,
    pub(super) sign: f32,
}

/// One meaning of a phrase.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sense {
    Command {
        way: Way,
        params: Box<Params>,
    },
    Quality {
        more: Way,
        less: Way,
    },
    Role(Role),
    Strength(f32),
    Number(f64),
    Color(String),
    Target(Target),
    Object(String),
    Place(Place),
    Direction(Direction),
    /// 1 clockwise, −1 the other way.
    Turn(f32),
    Ratio(String),
    Unit(Unit),
    /// True for width.
    Side(bool),
    Size(Size),
    Scene(String),
    /// The scene that it also means is only the nearest to it.
    Nearest,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($word:literal => $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { $($variant),+ }
        impl $name {
            fn read(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(
    /// What a word does in a sentence.
    Role {
        "more" => More, "less" => Less, "enough" => Enough, "not" => Not, "keep" => Keep, "only" => Only, "make" => Make,
        "lacks" => Lacks, "add" => Add, "remove" => Remove, "replace" => Replace, "change" => Change, "recolor" => Recolor,
        "move" => Move, "generative" => Generative, "text" => Text, "unsafe" => Unsafe, "vague" => Vague,
        "question" => Question, "polite" => Polite, "filler" => Filler, "aspect" => Aspect, "purpose" => Purpose,
        "by" => By, "to" => To, "with" => With, "except" => Except, "same" => Same, "fix" => Fix, "neutral" => Neutral,
        "complaint" => Complaint, "correct" => Correct, "recover" => Recover, "pick" => Pick,
    }
);
words!(
    /// What a number counts.
    Unit { "percent" => Percent, "degrees" => Degrees, "pixels" => Pixels, "times" => Times }
);
words!(
    /// A size compared with now.
    Size { "smaller" => Smaller, "larger" => Larger, "half" => Half, "double" => Double }
);

struct Phrase {
    words: Vec<String>,
    sense: Sense,
}

/// One language's words.
pub(super) struct Vocabulary {
    phrases: Vec<Phrase>,
    by_first: HashMap<String, Vec<usize>>,
    known: HashSet<String>,
    /// Words that are known to mean nothing here; they are never an inflected form of something else.
    plain: HashSet<String>,
    /// What is meant by short words that are often mistyped.
    typos: HashMap<String, String>,
    /// What a mistyped word may have been meant to be, by its number of letters.
    targets: BTreeMap<usize, Vec<Known>>,
}

/// A word, and its letters to compare with.
struct Known {
    word: String,
    letters: Vec<char>,
}

/// English.
pub(super) fn english() -> &'static Vocabulary {
    static ENGLISH: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(include_str!("vocabulary/en.txt")));
    &ENGLISH
}

impl Vocabulary {
    /// The first of the words for a colour, as `#rrggbb`.
    pub(super) fn color_name(&self, hex: &str) -> Option<String> {
        let is_it = |phrase: &&Phrase| matches!(&phrase.sense, Sense::Color(color) if color == hex);
        self.phrases.iter().find(is_it).map(|phrase| phrase.words.join(" "))
    }

    /// Reads a language's file. A line that makes no sense is a mistake of ours, found by the test below.
    fn read(file: &str) -> Self {
        let mut this = Self {
            phrases: Vec::new(),
            by_first: HashMap::new(),
            known: HashSet::new(),
            plain: HashSet::new(),
            typos: HashMap::new(),
            targets: BTreeMap::new(),
        };
        let mut section = "";
        for line in file.lines().map(str::trim).filter(|l| !l.is_empty() && !is_comment(l)) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name;
                continue;
            }
            let (meaning, phrases) = line
                .split_once(" : ")
                .unwrap_or_else(|| panic!("vocabulary line without ` : `: {line}"));
            if section == "typos" {
                let typed = phrases.split(',').map(|typed| typed.trim().to_owned());
                this.typos.extend(typed.map(|typed| (typed, meaning.trim().to_owned())));
                continue;
            }
            let sense = sense(section, meaning.trim());
            for phrase in phrases.split(',').map(str::trim) {
                this.add(phrase, sense.clone());
            }
        }
        this.collect_typing_targets();
        this
    }

    fn add(&mut self, phrase: &str, sense: Option<Sense>) {
        let words: Vec<String> = phrase.split_whitespace().map(str::to_owned).collect();
        self.known.extend(words.iter().cloned());
        let (Some(sense), Some(first)) = (sense, words.first()) else {
            return self.plain.extend(words);
        };
        self.by_first.entry(first.clone()).or_default().push(self.phrases.len());
        self.phrases.push(Phrase { words, sense });
    }

    fn collect_typing_targets(&mut self) {
        let mut all = HashSet::new();
        for phrase in &self.phrases {
            all.extend(phrase.words.iter().cloned());
            let inflects = matches!(phrase.sense, Sense::Quality { .. } | Sense::Command { .. });
            if let (true, [word]) = (inflects, phrase.words.as_slice()) {
                all.extend(inflections(word));
            }
        }
        for word in all {
            let letters: Vec<char> = word.chars().collect();
            if letters.len() >= 4 {
                let alike = self.targets.entry(letters.len()).or_default();
                alike.push(Known { word, letters });
            }
        }
        let by_word = |a: &Known, b: &Known| a.word.cmp(&b.word);
        self.targets.values_mut().for_each(|words| words.sort_by(by_word));
    }

    /// Whether the word, in any of its endings, is known.
    pub(super) fn knows(&self, word: &str) -> bool {
        forms(word).iter().any(|(form, _)| self.known.contains(form))
    }

    /// The word that was meant, when `word` is often mistyped for it, or is unknown and one letter or one swap away from a known one.
    pub(super) fn meant(&self, word: &str) -> Option<&str> {
        if let Some(meant) = self.typos.get(word) {
            return Some(meant);
        }
        let typed: Vec<char> = word.chars().collect();
        let len = typed.len();
        if len < 5 || self.knows(word) || !word.chars().all(|c| c.is_alphabetic() || c == '\'') {
            return None;
        }
        let near = self.targets.range(len - 1..=len + 1).flat_map(|(_, words)| words);
        let is_swapped = |known: &Known| is_swap(&typed, &known.letters);
        let is_first = |known: &Known| known.letters.first() == typed.first();
        near.filter(|known| is_one_mistake(&typed, &known.letters))
            // A wrong first letter is the rarest mistake: only long words are forgiven one.
            .filter(|known| len >= 6 || is_first(known) || is_swapped(known))
            .min_by_key(|known| {
                let is_listed = self.known.contains(&known.word);
                (!is_swapped(known), !is_listed, !is_first(known), known.word.as_str())
            })
            .map(|known| known.word.as_str())
    }

    /// The longest phrase that begins at the first of `words`: how many words it has, and each of its meanings.
    pub(super) fn longest(&self, words: &[&str]) -> Option<(usize, Vec<(Sense, Ending)>)> {
        let mut best = 0;
        let mut senses: Vec<(Sense, Ending)> = Vec::new();
        let first = *words.first()?;
        for (form, ending) in forms(first)
            .into_iter()
            .filter(|(_, e)| *e == Ending::Plain || !self.plain.contains(first))
        {
            for &at in self.by_first.get(&form).into_iter().flatten() {
                let phrase = &self.phrases[at];
                let len = phrase.words.len();
                let last_ending = if len == 1 {
                    Some(ending)
                } else {
                    self.rest_fits(phrase, words, ending)
                };
                let Some(ending) = last_ending.filter(|&e| allows(&phrase.sense, e)) else {
                    continue;
                };
                if len > best {
                    best = len;
                    senses.clear();
                }
                if len == best && !senses.iter().any(|(s, _)| *s == phrase.sense) {
                    senses.push((phrase.sense.clone(), ending));
                }
            }
        }
        (best > 0).then_some((best, senses))
    }

    /// Whether the words after the first fit too; the ending that matters is a verb's at the front or a plural's at the back.
    fn rest_fits(&self, phrase: &Phrase, words: &[&str], first: Ending) -> Option<Ending> {
        if words.len() < phrase.words.len() || first == Ending::Comparative {
            return None;
        }
        let mut ending = first;
        for (want, typed) in phrase.words[1..].iter().zip(&words[1..]) {
            let (_, e) = forms(typed)
                .into_iter()
                .find(|(form, e)| form == want && *e != Ending::Comparative)?;
            if ending == Ending::Plain {
                ending = e;
            }
        }
        Some(ending)
    }
}

/// `# words` is a comment, `#ff0000 : red` is a colour.
fn is_comment(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}

/// Which endings make sense on which meaning: there is no "picturer" and no "thes".
fn allows(sense: &Sense, ending: Ending) -> bool {
    match ending {
        Ending::Plain => true,
        Ending::Plural => !matches!(
            sense,
            Sense::Role(Role::Filler | Role::Polite | Role::To | Role::By | Role::With)
        ),
        Ending::Verb => {
            matches!(sense, Sense::Command { .. } | Sense::Quality { .. } | Sense::Size(_))
                || matches!(sense, Sense::Role(r) if !matches!(r, Role::Filler | Role::Polite | Role::To | Role::By | Role::With))
        }
        Ending::Comparative => matches!(sense, Sense::Quality { .. }),
    }
}

/// The meaning that a line of a section gives to its phrases; `None` for words that are known and mean nothing.
fn sense(section: &str, meaning: &str) -> Option<Sense> {
    let wrong = || -> ! { panic!("vocabulary: [{section}] has no meaning `{meaning}`") };
    let json = |text: &str| serde_json::Value::String(text.to_owned());
    Some(match section {
        "commands" => command(meaning).unwrap_or_else(|| wrong()),
        "qualities" => {
            let (more, less) = meaning.split_once(" / ").unwrap_or_else(|| wrong());
            let (Some(more), Some(less)) = (way(more), way(less)) else {
                wrong()
            };
            Sense::Quality { more, less }
        }
        "roles" => Sense::Role(Role::read(meaning).unwrap_or_else(|| wrong())),
        "strengths" => Sense::Strength(meaning.parse().unwrap_or_else(|_| wrong())),
        "numbers" => Sense::Number(meaning.parse().unwrap_or_else(|_| wrong())),
        "colors" => Sense::Color(meaning.to_owned()),
        "targets" => Sense::Target(serde_json::from_value(json(meaning)).unwrap_or_else(|_| wrong())),
        "objects" => Sense::Object(meaning.to_owned()),
        "places" => Sense::Place(serde_json::from_value(json(meaning)).unwrap_or_else(|_| wrong())),
        "directions" => Sense::Direction(serde_json::from_value(json(meaning)).unwrap_or_else(|_| wrong())),
        "turns" => Sense::Turn(meaning.parse().unwrap_or_else(|_| wrong())),
        "ratios" => Sense::Ratio(meaning.to_owned()),
        "units" => Sense::Unit(Unit::read(meaning).unwrap_or_else(|| wrong())),
        "sides" => Sense::Side(meaning == "width"),
        "sizes" => Sense::Size(Size::read(meaning).unwrap_or_else(|| wrong())),
        "scenes" => Sense::Scene(meaning.to_owned()),
        "nearest" => Sense::Nearest,
        "words" => return None,
        _ => wrong(),
    })
}

/// `brightness-` is an operation and a sign.
fn way(text: &str) -> Option<Way> {
    let name = text.trim_end_matches(['+', '-']);
    Some(Way {
        op: Op::from_name(name)?,
        sign: if text.ends_with('-') { -1.0 } else { 1.0 },
    })
}

/// `flip direction=vertical` is an operation with a param.
fn command(meaning: &str) -> Option<Sense> {
    let mut parts = meaning.split_whitespace();
    let way = way(parts.next()?)?;
    let mut params = Params::default();
    for part in parts {
        match part.split_once('=')? {
            ("degrees", v) => params.degrees = Some(v.parse().ok()?),
            ("scale", v) => params.scale = Some(v.parse().ok()?),
            ("direction", "vertical") => params.direction = Some(Direction::Vertical),
            ("direction", "horizontal") => params.direction = Some(Direction::Horizontal),
            ("version", "original") => params.version = Some(VersionName::Word(VersionWord::Original)),
            _ => return None,
        }
    }
    Some(Sense::Command {
        way,
        params: Box::new(params),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_english_file_reads_and_knows_its_words() {
        let english = english();
        assert!(english.phrases.len() > 500);
        assert!(english.knows("brightened") && english.knows("sharper") && !english.knows("xylophone"));
    }

    #[test]
    fn one_typing_mistake_is_forgiven_and_two_are_not() {
        let english = english();
        for (typed, meant) in [
            ("brigther", "brighter"),
            ("contarst", "contrast"),
            ("sharpem", "sharpen"),
            ("satturation", "saturation"),
            ("vignete", "vignette"),
            ("backgruond", "background"),
            ("blrrier", "blurrier"),
            ("grayscle", "grayscale"),
        ] {
            assert_eq!(english.meant(typed), Some(meant), "{typed}");
        }
        for fine in ["brighter", "tower", "blrr", "shrapnell", "mitten", "story", "horse"] {
            assert_eq!(english.meant(fine), None, "{fine}");
        }
    }
}
