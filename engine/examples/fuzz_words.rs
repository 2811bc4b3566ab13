//! Throws words at the parser for a while: no panic, no slow call, and what is told is understood again.
//!
//! `cargo run --release -p plantain-engine --example fuzz_words -- [SECONDS] [SEED]`. The one rule: the same seed makes the
//! same texts, so whatever it finds can be found again. Texts are made of the vocabulary's own words, of the sentences in
//! the tests, of bits of both, and of characters that nobody types, up to 2,000 of them. Ends with 1
//! after a panic or a slow call; what is told otherwise than it is understood is printed for us to look at.

use std::collections::BTreeMap;
use std::panic;
use std::time::{Duration, Instant};

use plantain_engine::{Context, Finds, Step, explain, operations, understand};

const VOCABULARY: &str = include_str!("../src/parse/vocabulary/en.txt");
const TESTS: &str = include_str!("../tests/understanding.rs");
/// The longest text, in characters.
const LONGEST: usize = 2000;
/// No call may take longer.
const SLOW: Duration = Duration::from_millis(10);
/// As many of a kind are printed.
const SHOWN: usize = 40;
/// Characters and bits that make trouble elsewhere: joiners, other scripts, letters whose lower case is longer, marks.
const NOISE: &[&str] = &[
    "\u{0}",
    "\u{200d}",
    "\u{feff}",
    "\u{301}",
    "İ",
    "ẞ",
    "ǅ",
    "ﬃ",
    "é",
    "ñ",
    "日本語",
    "مرحبا",
    "👩‍👩‍👧",
    "🏳️‍🌈",
    "½",
    "²",
    "٣",
    "Ⅷ",
    "\t",
    "\r\n",
    "\n\n",
    "\u{a0}",
    "\u{2028}",
    "--",
    "—",
    "…",
    "''",
    "\"",
    "“",
    "”",
    "‘",
    "’",
    "«",
    "`",
    "#",
    "#12",
    "#fff",
    "@",
    "@0",
    "@2",
    "@99999999999",
    "%",
    "°",
    "&",
    "/",
    "\\",
    "16:9",
    "0:0",
    "0x0",
    "9999999999x1",
    "1e9",
    "-0",
    "+0.0000001",
    "99999999999999999999",
    ".5",
    "1.2.3",
    "x",
    ":",
    ";",
    "?",
    "!",
    ",",
    "(",
    ")",
    "*",
    "$",
    "<b>",
    "a/b",
    "-a",
    "'s",
    "ing",
    "er",
];

fn main() {
    let mut words = std::env::args().skip(1);
    let mut number = |default: u64| words.next().and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seconds, seed) = (number(600), number(1));
    panic::set_hook(Box::new(|_| {}));
    let corpus = Corpus::read();
    let mut dice = Dice(seed);
    let mut found = Found::default();
    // Reading the vocabulary is done once for a whole process, and is no call's fault.
    std::hint::black_box(understand("brighten", &Context::default()));
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        for _ in 0..64 {
            let text = corpus.text(&mut dice);
            found.try_out(&text, &context(&mut dice));
        }
    }
    std::process::exit(found.tell(seed));
}

/// Any of the situations that words may be written in.
fn context(dice: &mut Dice) -> Context {
    const EARLIER: [&str; 4] = ["", "blur it", "make it warmer, then crop it", "remove the dog"];
    let words = *dice.one(&EARLIER);
    let earlier = understand(words, &everything());
    Context {
        references: dice.below(3) as u32,
        kept: dice.below(2) as u32,
        pins: dice.below(4) as u32,
        region: dice.below(2) == 0,
        finds: *dice.one(&[Finds::default(), Finds::without_nets(), Finds::everything()]),
        earlier: earlier.steps,
        facts: None,
    }
}

fn everything() -> Context {
    Context {
        references: 3,
        region: true,
        finds: Finds::everything(),
        ..Context::default()
    }
}

/// What texts are made of.
struct Corpus {
    phrases: Vec<String>,
    sentences: Vec<String>,
}

impl Corpus {
    fn read() -> Self {
        let entries = VOCABULARY.lines().filter_map(|line| line.split_once(" : "));
        let phrases = entries.flat_map(|(_, phrases)| phrases.split(", ").map(|p| p.trim().to_owned()));
        // Every other stretch between quotation marks is a string of the tests; those with a blank are sentences.
        let strings = TESTS
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|s| s.contains(' ') && s.len() < 300);
        let examples = operations().map(|o| o.example.to_owned());
        Self {
            phrases: phrases.filter(|p| !p.is_empty()).collect(),
            sentences: strings.map(str::to_owned).chain(examples).collect(),
        }
    }

    /// A text of some kind and length, then spoilt a little, or a lot, or not at all.
    fn text(&self, dice: &mut Dice) -> String {
        let length = match dice.below(4) {
            0 => 1 + dice.below(60),
            1 => 1 + dice.below(300),
            2 => 1 + dice.below(LONGEST),
            _ => LONGEST,
        };
        let (mostly, share) = (dice.below(4), dice.below(12));
        // One phrase over and over is its own kind of trouble.
        let again = (dice.below(8) == 0).then(|| self.bit(mostly, dice));
        let mut text = String::new();
        let mut count = 0;
        while count < length {
            let bit = match &again {
                Some(bit) => bit.clone(),
                None if dice.below(12) < share => self.bit(dice.below(4), dice),
                None => self.bit(mostly, dice),
            };
            count += bit.chars().count() + 1;
            text += &bit;
            text += *dice.one(&[" ", " ", " ", " ", " and ", ", ", ". ", "", "\n"]);
        }
        for _ in 0..[0, 0, 2, 20][dice.below(4)] {
            text = spoilt(&text, dice);
        }
        text.chars().take(LONGEST).collect()
    }

    fn bit(&self, kind: usize, dice: &mut Dice) -> String {
        match kind {
            0 => dice.one(&self.phrases).clone(),
            1 => dice.one(&self.sentences).clone(),
            2 => {
                let sentence = dice.one(&self.sentences);
                let words: Vec<&str> = sentence.split(' ').collect();
                (*dice.one(&words)).to_owned()
            }
            _ => match dice.below(3) {
                0 => (*dice.one(NOISE)).to_owned(),
                1 => dice.below(5000).to_string(),
                _ => char::from_u32(dice.below(0x11_0000) as u32).map_or_else(String::new, String::from),
            },
        }
    }
}

/// One place of the text changed: a character gone, doubled, swapped with the next or another, a stretch moved or upper case.
fn spoilt(text: &str, dice: &mut Dice) -> String {
    let mut all: Vec<char> = text.chars().collect();
    if all.len() < 2 {
        return text.to_owned();
    }
    let at = dice.below(all.len() - 1);
    match dice.below(6) {
        0 => drop(all.remove(at)),
        1 => all.insert(at, all[at]),
        2 => all.swap(at, at + 1),
        3 => all[at] = dice.one(NOISE).chars().next().unwrap_or(' '),
        4 => all.rotate_left(at),
        _ => return all.iter().flat_map(|c| c.to_uppercase()).collect(),
    }
    all.into_iter().collect()
}

#[derive(Default)]
struct Found {
    calls: u64,
    steps: u64,
    panics: Vec<String>,
    slow: Vec<String>,
    /// By what was told, numbers apart.
    otherwise: BTreeMap<String, String>,
    slowest: Duration,
}

impl Found {
    fn try_out(&mut self, text: &str, context: &Context) {
        self.calls += 1;
        let start = Instant::now();
        let Ok(understood) = panic::catch_unwind(|| understand(text, context)) else {
            return self.panics.push(text.to_owned());
        };
        let took = once_more(start.elapsed(), text, context);
        self.slowest = self.slowest.max(took);
        if took > SLOW {
            self.slow.push(format!("{took:?}: {text}"));
        }
        if understood.steps.is_empty() && understood.declined.is_empty() {
            self.otherwise
                .insert(text.to_owned(), format!("neither a step nor a reason: {text}"));
        }
        self.steps += understood.steps.len() as u64;
        for step in &understood.steps {
            self.tell_again(step, context);
        }
    }

    /// What was understood, told, is understood as the same.
    fn tell_again(&mut self, step: &Step, context: &Context) {
        let told = explain(std::slice::from_ref(step));
        let Ok(again) = panic::catch_unwind(|| understand(&told, context)) else {
            return self.panics.push(told);
        };
        if again.steps.as_slice() != std::slice::from_ref(step) {
            // What differs only in a number or in the words of a caption is one finding.
            let kind: String = told
                .split('“')
                .next()
                .unwrap_or_default()
                .chars()
                .filter(|c| !c.is_ascii_digit())
                .collect();
            let json = |steps: &[Step]| serde_json::to_string(steps).unwrap_or_default();
            let (meant, read) = (json(std::slice::from_ref(step)), json(&again.steps));
            let seen = format!(
                "region {}, references {}, {:?}",
                context.region, context.references, context.finds
            );
            self.otherwise
                .entry(kind)
                .or_insert_with(|| format!("{told} ({seen})\n     meant {meant}\n     read  {read}"));
        }
    }

    fn tell(&self, seed: u64) -> i32 {
        println!(
            "seed {seed}: {} texts, {} steps, slowest call {:?}",
            self.calls, self.steps, self.slowest
        );
        let otherwise: Vec<String> = self.otherwise.values().cloned().collect();
        for (kind, texts) in [
            ("panics", &self.panics),
            ("slow", &self.slow),
            ("told otherwise", &otherwise),
        ] {
            println!("{kind}: {}", texts.len());
            let mut shortest: Vec<&String> = texts.iter().collect();
            shortest.sort_by_key(|t| t.len());
            for text in shortest.iter().take(SHOWN) {
                println!("   {text}");
            }
        }
        i32::from(!(self.panics.is_empty() && self.slow.is_empty()))
    }
}

/// Another program may have had the processor meanwhile: a call that seems slow counts at its best of several.
fn once_more(took: Duration, text: &str, context: &Context) -> Duration {
    if took < SLOW / 2 {
        return took;
    }
    let again = (0..5).map(|_| {
        let start = Instant::now();
        std::hint::black_box(understand(text, context));
        start.elapsed()
    });
    again.fold(took, Duration::min)
}

/// Small, quick and the same everywhere (splitmix).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
