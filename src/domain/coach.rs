//! The prompt coach: what is vague, contradictory, missing or beyond a backend in words that are about to be sent.
//!
//! Rule: a pure function of the words and a few facts; it never changes words, it offers some to put in at a place. Asked
//! by `web::coach`.

use super::picture::Dimensions;

/// What somebody is about to send, and what is known of it.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// The words.
    pub text: &'a str,
    /// How many reference pictures are attached.
    pub attached: u32,
    /// Whether a region is drawn.
    pub region: bool,
    /// Whether there is only an empty canvas to begin with.
    pub canvas: bool,
    /// What the picture is like; none of a canvas, or when it could not be measured.
    pub look: Option<Look>,
    /// Who would do it.
    pub service: Service<'a>,
}

/// Who would do it.
#[derive(Debug, Clone)]
pub struct Service<'a> {
    /// What people call it.
    pub title: &'a str,
    /// How many references it takes.
    pub references: u32,
    /// Whether it is told of a region.
    pub regions: bool,
    /// Whether it makes pictures of words alone.
    pub from_words: bool,
    /// What it would do, when that is known beforehand.
    pub foreseen: Option<Foreseen>,
}

/// What the built-in engine reads in the words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// "Made the picture warmer"; empty when nothing would be done.
    pub done: String,
    /// What it would leave out: the words, and why.
    pub left_out: Vec<(String, String)>,
}

/// What was measured of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Its size.
    pub size: Dimensions,
    /// How blurred its sharpest parts are: 0 (crisp) to 1.
    pub blur: f32,
    /// The brightness that half of it is below, 0 to 255.
    pub middle: u8,
    /// The brightness that nearly all of it (95 %) is below, 0 to 255.
    pub high: u8,
    /// The share that its main thing takes up, 0 to 1; none when none stands out.
    pub subject: Option<f32>,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// In a sentence or two.
    pub words: String,
    /// What could be put in.
    pub insert: Option<Insert>,
}

/// Words to put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insert {
    /// Before this byte of the text.
    pub at: usize,
    /// These words.
    pub words: String,
}

/// Words that leave everything open, and what to say beside them.
const VAGUE: [(&str, &str); 12] = [
    ("better", "clearer light and a little more contrast"),
    ("nicer", "softer light and calmer colours"),
    ("nice", "soft light and calm colours"),
    ("cool", "a cooler colour mood"),
    ("beautiful", "golden evening light"),
    ("professional", "even light and a plain background"),
    ("improve", "brighter, with a little more contrast"),
    ("enhance", "brighter, with a little more contrast"),
    ("fix", "say what is wrong, for example the dark corner on the left"),
    ("pop", "stronger colours and more contrast"),
    ("interesting", "a low sun from the left and long shadows"),
    ("different", "say how, for example in winter"),
];

/// Wishes that undo each other.
const OPPOSITES: [(&[&str], &[&str]); 7] = [
    (&["brighter", "lighter", "brighten"], &["darker", "darken"]),
    (&["warmer"], &["cooler", "colder"]),
    (
        &["black and white", "monochrome", "greyscale", "grayscale"],
        &["colourful", "colorful", "vivid", "saturated"],
    ),
    (&["sharper", "sharpen"], &["blurrier", "softer"]),
    (
        &["square", "1:1"],
        &["16:9", "widescreen", "panorama", "portrait format"],
    ),
    (&["day", "daylight", "noon"], &["night", "midnight"]),
    (&["summer"], &["winter", "snow"]),
];

/// Words that stand for the one picture.
const WHOLE: [&str; 8] = [
    "picture",
    "image",
    "photo",
    "photograph",
    "whole",
    "same",
    "colours",
    "colors",
];
/// Words for a thing whose size in the picture matters.
const THINGS: [&str; 10] = [
    "subject", "face", "person", "man", "woman", "child", "dog", "cat", "him", "her",
];

/// The blur from which on a picture looks blurred at the size of a screen.
pub const BLURRED: f32 = 0.56;
const SMALLEST_SIDE: u32 = 640;
const SMALL_SUBJECT: f32 = 0.02;
const MOST: usize = 6;

/// What is to be said of a draft, the weightiest first; at most six.
#[must_use]
pub fn advise(draft: &Draft<'_>) -> Vec<Advice> {
    let low = draft.text.to_ascii_lowercase();
    let mut all = missing_reference(draft, &low);
    all.extend(limits(draft));
    all.extend(conflicts(&low));
    all.extend(scope(draft, &low));
    all.extend(vague(draft, &low));
    all.extend(foreseen(draft));
    all.extend(small_subject(draft, &low));
    all.truncate(MOST);
    all
}

/// One quiet line on the picture and what that means for a result; none when nothing stands out.
#[must_use]
pub fn source_line(look: &Look) -> Option<String> {
    let mut said = Vec::new();
    if look.blur >= BLURRED {
        said.push("it is blurred all over, and fine detail in the result will be invented");
    }
    if look.middle < 40 && look.high < 140 {
        said.push("it is dark, and shadows may come out grainy: “make it brighter” first helps");
    } else if look.middle > 235 {
        said.push("it is very bright, and what is burnt out cannot come back");
    }
    let short = look.size.width.min(look.size.height);
    if short < SMALLEST_SIDE {
        said.push("it is small, and the result will not hold more detail");
    }
    (!said.is_empty()).then(|| format!("About this picture ({}): {}.", look.size, said.join("; ")))
}

/// Whether words name a thing whose size in the picture matters.
#[must_use]
pub fn names_a_thing(text: &str) -> bool {
    let low = text.to_ascii_lowercase();
    THINGS.iter().any(|word| find(&low, word).is_some())
}

/// The text with the words put in.
#[must_use]
pub fn with(text: &str, insert: &Insert) -> String {
    let (before, after) = text.split_at_checked(insert.at).unwrap_or((text, ""));
    format!("{before}{}{after}", insert.words)
}

fn missing_reference(draft: &Draft<'_>, low: &str) -> Vec<Advice> {
    let have = draft.attached + 1;
    let missing: Vec<u32> = named_pictures(low)
        .into_iter()
        .filter(|number| *number > have)
        .collect();
    if let Some(first) = missing.first() {
        return plain(format!(
            "You speak of image {first}, and there is none: add it with +, or leave it out."
        ));
    }
    let speaks = [
        "the reference",
        "my logo",
        "the other picture",
        "the second picture",
        "the attached",
    ];
    let about = speaks.iter().find(|words| find(low, words).is_some());
    match about {
        Some(words) if draft.attached == 0 => plain(format!(
            "“{words}” needs a reference picture, and none is attached: add it with +."
        )),
        Some(words) => {
            let at = find(low, words).map_or(low.len(), |at| at + words.len());
            let mut said = plain(format!("Say which picture “{words}” is."));
            if let Some(advice) = said.first_mut()
                && named_pictures(low).is_empty()
            {
                advice.insert = Some(Insert {
                    at,
                    words: " (image 2)".into(),
                });
                return said;
            }
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The numbers in "image 2", "picture 3" and "@4".
fn named_pictures(low: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    for marker in ["image ", "picture ", "photo ", "@"] {
        for (at, _) in low.match_indices(marker) {
            let digits: String = low[at + marker.len()..]
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            numbers.extend(digits.parse::<u32>().ok().filter(|number| (2..100).contains(number)));
        }
    }
    numbers.sort_unstable();
    numbers
}

fn limits(draft: &Draft<'_>) -> Vec<Advice> {
    let Service {
        title,
        references,
        regions,
        from_words,
        ..
    } = draft.service;
    let mut said = Vec::new();
    if draft.attached > references {
        said.extend(plain(format!(
            "{title} takes at most {references} reference pictures; {} are attached.",
            draft.attached
        )));
    }
    if draft.canvas && !from_words {
        said.extend(plain(format!(
            "{title} cannot make a picture from words alone: put a picture in, or choose another backend."
        )));
    }
    if draft.region && !regions {
        said.extend(plain(format!("{title} is not told of the region. What lies outside of it is given back exactly, but say in words where the change goes.")));
    }
    said
}

fn conflicts(low: &str) -> Vec<Advice> {
    let mut said = Vec::new();
    for (ones, others) in OPPOSITES {
        let place = |words: &[&'static str]| words.iter().find_map(|word| Some((*word, find(low, word)?)));
        if let (Some((one, at)), Some((other, then))) = (place(ones), place(others))
            && thing_of(low, at) == thing_of(low, then)
        {
            said.extend(plain(format!(
                "“{one}” and “{other}” undo each other. Say which part each is for, or keep one."
            )));
        }
    }
    said
}

/// The thing that the clause around this place is about: the word after "the", unless that is the whole picture.
fn thing_of(low: &str, at: usize) -> Option<&str> {
    let breaks = [",", ".", ";", "\n", " and ", " but ", " then "];
    let start = breaks
        .iter()
        .filter_map(|b| Some(low[..at].rfind(b)? + b.len()))
        .max()
        .unwrap_or(0);
    let end = breaks
        .iter()
        .filter_map(|b| Some(low[at..].find(b)? + at))
        .min()
        .unwrap_or(low.len());
    let (_, rest) = low[start..end].split_once("the ")?;
    let word = rest.split(|c: char| !c.is_alphanumeric()).next()?;
    (!WHOLE.contains(&word)).then_some(word)
}

fn scope(draft: &Draft<'_>, low: &str) -> Vec<Advice> {
    let everywhere = [
        "everything",
        "the whole picture",
        "the entire picture",
        "the whole image",
    ];
    match everywhere.iter().find(|words| find(low, words).is_some()) {
        Some(words) if draft.region && find(low, "except").is_none() && find(low, "keep everything").is_none() => {
            plain(format!(
                "A region is drawn, and you say “{words}”: only what is inside will change."
            ))
        }
        _ => Vec::new(),
    }
}

fn vague(draft: &Draft<'_>, low: &str) -> Vec<Advice> {
    // Who says beforehand what it would do needs no guessing.
    if draft
        .service
        .foreseen
        .as_ref()
        .is_some_and(|foreseen| !foreseen.done.is_empty())
    {
        return Vec::new();
    }
    let found = VAGUE
        .iter()
        .find_map(|(word, say)| Some((*word, *say, find(low, word)?)));
    let Some((word, say, at)) = found else {
        return Vec::new();
    };
    let is_told = low.split_whitespace().count() > 12;
    if is_told || say.starts_with("say ") {
        let hint = say.strip_prefix("say ").unwrap_or("more exactly");
        return plain(format!("“{word}” can mean many things: say {hint}."));
    }
    vec![Advice {
        words: format!("“{word}” can mean many things. Say what you would see:"),
        insert: Some(Insert {
            at: at + word.len(),
            words: format!(" ({say})"),
        }),
    }]
}

fn foreseen(draft: &Draft<'_>) -> Vec<Advice> {
    let Some(foreseen) = &draft.service.foreseen else {
        return Vec::new();
    };
    let title = draft.service.title;
    let mut said: Vec<Advice> = foreseen
        .left_out
        .iter()
        .flat_map(|(words, why)| plain(format!("“{words}” would be left out. {why}")))
        .collect();
    if !foreseen.done.is_empty() && !said.is_empty() {
        said.extend(plain(format!("{title} would have: {}.", foreseen.done)));
    }
    said
}

fn small_subject(draft: &Draft<'_>, low: &str) -> Vec<Advice> {
    let is_small = draft
        .look
        .and_then(|look| look.subject)
        .is_some_and(|share| share < SMALL_SUBJECT);
    let about = THINGS.iter().find(|word| find(low, word).is_some());
    match about {
        Some(word) if is_small && !draft.region => plain(format!(
            "What stands out takes up less than 2 % of the picture. If that is what “{word}” means, mark it with Region or crop closer first."
        )),
        _ => Vec::new(),
    }
}

fn plain(words: String) -> Vec<Advice> {
    vec![Advice { words, insert: None }]
}

/// Where words stand as whole words.
fn find(low: &str, words: &str) -> Option<usize> {
    let is_inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    low.match_indices(words)
        .map(|(at, _)| at)
        .find(|at| !is_inside(low[..*at].chars().next_back()) && !is_inside(low[at + words.len()..].chars().next()))
}

/// A quick next step after a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chip {
    /// Words for an empty box.
    Say(&'static str),
    /// Words to put after those that are there.
    Add(&'static str),
    /// Back to the version before.
    Undo,
}

/// At most five that fit a result and the words that made it.
#[must_use]
pub fn chips(asked: &str, is_of_a_model: bool) -> Vec<Chip> {
    let low = asked.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| find(&low, word).is_some());
    let mut chips = vec![Chip::Undo];
    if has(&[
        "warmer",
        "cooler",
        "brighter",
        "darker",
        "blur",
        "contrast",
        "sharper",
        "sepia",
        "vignette",
        "saturated",
    ]) {
        chips.push(Chip::Say("Stronger"));
        chips.push(Chip::Say("Weaker"));
    }
    if !has(&["background", "crop", "square", "remove"]) {
        chips.push(Chip::Add("only the background"));
    }
    if !has(&["warmer", "cooler", "black and white", "sepia"]) {
        chips.push(Chip::Say("Make it warmer"));
    }
    if is_of_a_model && !has(&["everything else", "keep"]) {
        chips.push(Chip::Add("Keep everything else the same"));
    }
    chips.truncate(5);
    chips
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft<'_> {
        let service = Service {
            title: "Gemini",
            references: 3,
            regions: true,
            from_words: true,
            foreseen: None,
        };
        Draft {
            text,
            attached: 0,
            region: false,
            canvas: false,
            look: None,
            service,
        }
    }

    fn told(draft: &Draft<'_>) -> String {
        advise(draft).into_iter().map(|advice| advice.words + "\n").collect()
    }

    #[test]
    fn ui_4_2_vague_words_get_words_to_put_in_and_clear_ones_none() {
        let said = advise(&draft("Make it better please"));
        let insert = said[0].insert.as_ref().unwrap();
        assert_eq!(
            with("Make it better please", insert),
            "Make it better (clearer light and a little more contrast) please"
        );
        assert_eq!(advise(&draft("Put the dog in snow")), []);
        assert_eq!(
            advise(&draft("Fade the betterment poster, Popeye")),
            [],
            "whole words only"
        );
        assert!(
            told(&draft("É, make it nice")).contains("“nice”"),
            "bytes and letters differ"
        );
    }

    #[test]
    fn ui_4_2_conflicting_wishes_are_told_unless_each_has_its_part() {
        assert!(told(&draft("Make it brighter and darker")).contains("undo each other"));
        assert!(told(&draft("Black and white, but very colourful")).contains("undo each other"));
        assert_eq!(told(&draft("Make the sky darker and the boat brighter")), "");
    }

    #[test]
    fn ui_4_2_a_picture_that_is_spoken_of_must_be_there() {
        assert!(told(&draft("Put image 2 on the cup")).contains("image 2"));
        let mut with_one = draft("Put image 2 on the cup");
        with_one.attached = 1;
        assert_eq!(told(&with_one), "");
        with_one.text = "Put my logo on the cup";
        let said = advise(&with_one);
        assert_eq!(
            with(with_one.text, said[0].insert.as_ref().unwrap()),
            "Put my logo (image 2) on the cup"
        );
    }

    #[test]
    fn ui_4_2_limits_of_a_backend_are_told_before_sending() {
        let mut wish = draft("Make everything blue");
        wish.attached = 4;
        wish.region = true;
        wish.canvas = true;
        wish.service.regions = false;
        wish.service.from_words = false;
        let said = told(&wish);
        for piece in [
            "at most 3",
            "from words alone",
            "not told of the region",
            "only what is inside",
        ] {
            assert!(said.contains(piece), "{piece} in {said}");
        }
        assert!(advise(&wish).len() <= MOST);
    }

    #[test]
    fn ui_4_2_a_poor_source_is_one_quiet_line() {
        let fine = Look {
            size: Dimensions {
                width: 1600,
                height: 1200,
            },
            blur: 0.3,
            middle: 120,
            high: 230,
            subject: Some(0.01),
        };
        assert_eq!(source_line(&fine), None);
        let poor = Look {
            size: Dimensions {
                width: 320,
                height: 240,
            },
            blur: 0.8,
            middle: 10,
            high: 60,
            ..fine
        };
        let line = source_line(&poor).unwrap();
        for piece in ["blurred", "dark", "small"] {
            assert!(line.contains(piece), "{line}");
        }
        let mut wish = draft("Give the dog a hat");
        wish.look = Some(fine);
        assert!(told(&wish).contains("less than 2 %"));
    }

    #[test]
    fn ui_4_2_chips_fit_what_was_done_and_are_five_at_most() {
        assert!(chips("Make it warmer", false).contains(&Chip::Say("Stronger")));
        assert!(!chips("Make it warmer", false).contains(&Chip::Say("Make it warmer")));
        assert!(!chips("Blur the background", false).contains(&Chip::Add("only the background")));
        assert!(chips("Add a boat", true).contains(&Chip::Add("Keep everything else the same")));
        for words in ["", "Make it brighter", "Add a dog"] {
            assert!(chips(words, true).len() <= 5);
        }
    }
}
