//! Who else has the page open, and who types.
//!
//! Rule: names are text; the same letter and colour stand for a name as in its turns. Told by `web::company`.

use askama::Template;

use super::turn_card::{hue, initial};
use crate::web::languages::say;

/// How many get a disc of their own.
const DISCS: usize = 4;

/// `<ul id="people">` and `<p id="typing">`.
#[derive(Debug, Template)]
#[template(path = "fragments/people.html")]
pub struct People {
    people: Vec<Disc>,
    more: Option<String>,
    typing: Option<String>,
}

#[derive(Debug)]
struct Disc {
    name: String,
    initial: String,
    hue: u32,
}

impl People {
    /// Those others, in the order they came, and those of them who type.
    #[must_use]
    pub fn new(names: &[&str], typing: &[&str]) -> Self {
        let disc = |name: &&str| Disc {
            name: (*name).to_owned(),
            initial: initial(name),
            hue: hue(name),
        };
        let left = names.len().saturating_sub(DISCS);
        Self {
            people: names.iter().take(DISCS).map(disc).collect(),
            more: (left > 0).then(|| format!("+{left}")),
            typing: match typing {
                [] => None,
                [one] => Some(say("typing-one").with("name", one).into()),
                [one, other] => Some(say("typing-two").with("name", one).with("other", other).into()),
                more => Some(say("typing-many").with("count", more.len()).into()),
            },
        }
    }

    /// The two elements.
    ///
    /// # Errors
    /// Never in practice.
    pub fn in_html(&self) -> askama::Result<String> {
        self.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ui_4_11_names_are_text_and_many_are_counted() {
        let html = People::new(&["<b>Eve", "Ana", "Ben", "Cem", "Dia", "Emi"], &["<b>Eve"])
            .in_html()
            .unwrap();
        assert!(!html.contains("<b>") && html.contains("+2") && html.contains("is typing…"));
        assert!(People::new(&[], &[]).in_html().unwrap().contains("hidden"));
        let two = People::new(&["Ana", "Ben"], &["Ana", "Ben"]).in_html().unwrap();
        assert!(two.contains("Ana and Ben are typing…"));
    }
}
