//! How a typed word may differ from a listed one: its ending, or one typing mistake.
//!
//! The one rule: nothing here knows what a word means. Called by `vocabulary.rs`.

/// How a typed word differs from the listed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Plain,
    Plural,
    Verb,
    Comparative,
}

/// The word itself and what it may be an inflected form of.
pub(super) fn forms(word: &str) -> Vec<(String, Ending)> {
    let mut out = vec![(word.to_owned(), Ending::Plain)];
    let mut push = |stem: String, ending| {
        if stem.chars().count() >= 2 {
            out.push((stem, ending));
        }
    };
    for (suffix, ending) in [
        ("'s", Ending::Plural),
        ("'", Ending::Plural),
        ("s", Ending::Plural),
        ("es", Ending::Plural),
    ] {
        if let Some(stem) = word.strip_suffix(suffix).filter(|s| !s.ends_with('s') || suffix != "s") {
            push(stem.to_owned(), ending);
        }
    }
    if let Some(stem) = word.strip_suffix("ies") {
        push(format!("{stem}y"), Ending::Plural);
    }
    for (suffix, ending) in [
        ("ed", Ending::Verb),
        ("ing", Ending::Verb),
        ("er", Ending::Comparative),
        ("est", Ending::Comparative),
    ] {
        let Some(stem) = word.strip_suffix(suffix).filter(|s| s.chars().count() >= 3) else {
            continue;
        };
        push(stem.to_owned(), ending);
        push(format!("{stem}e"), ending);
        if let Some(stem) = stem.strip_suffix('i') {
            push(format!("{stem}y"), ending);
        }
        let mut letters = stem.chars().rev();
        if letters.next() == letters.next() {
            push(
                stem[..stem.len() - stem.chars().next_back().map_or(0, char::len_utf8)].to_owned(),
                ending,
            );
        }
    }
    out
}

pub(super) fn inflections(word: &str) -> Vec<String> {
    let stem = word
        .strip_suffix('e')
        .or_else(|| word.strip_suffix('y'))
        .unwrap_or(word);
    let i = if word.ends_with('y') { "i" } else { "" };
    let last = if word.ends_with(['e', 'y', 'x', 'w']) {
        ""
    } else {
        &word[word.len() - word.chars().next_back().map_or(0, char::len_utf8)..]
    };
    let mut out = vec![
        format!("{stem}{i}er"),
        format!("{stem}ing"),
        format!("{stem}{i}ed"),
        format!("{stem}{i}est"),
    ];
    if word.chars().count() == 4 || word.chars().count() == 3 {
        out.extend(["er", "ing", "ed"].map(|e| format!("{word}{last}{e}")));
    }
    out
}

/// Whether one letter was added, dropped or mistaken, or two neighbours swapped. By letters, since a word is compared with
/// some thousand others.
pub(super) fn is_one_mistake(typed: &[char], meant: &[char]) -> bool {
    let (shorter, longer) = (typed.len().min(meant.len()), typed.len().max(meant.len()));
    if longer - shorter > 1 {
        return false;
    }
    let front = typed.iter().zip(meant).take_while(|(x, y)| x == y).count();
    let back = typed.iter().rev().zip(meant.iter().rev());
    let back = back.take_while(|(x, y)| x == y).count();
    if shorter == longer {
        front + back + 1 >= longer || is_swap(typed, meant)
    } else {
        front + back >= shorter
    }
}

pub(super) fn is_swap(typed: &[char], meant: &[char]) -> bool {
    if typed.len() != meant.len() {
        return false;
    }
    let mut differs = (0..typed.len()).filter(|&i| typed[i] != meant[i]);
    let (Some(i), Some(j), None) = (differs.next(), differs.next(), differs.next()) else {
        return false;
    };
    j == i + 1 && typed[i] == meant[j] && typed[j] == meant[i]
}
