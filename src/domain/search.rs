//! What people type into a search field, as words.
//!
//! Rule: only letters and digits are left, so that no quote, operator or wildcard means anything; at least one word. Parsed by
//! `web`, handed to the store.

/// 1 to [`Words::MOST`] words, each 1 to [`Words::LONGEST`] characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// The most words that are looked for; further ones are left out.
    pub const MOST: usize = 8;
    /// The most characters of a word that count.
    pub const LONGEST: usize = 40;

    /// The words of `text`; `None` when there is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(Self::MOST)
            .map(|word| word.chars().take(Self::LONGEST).collect())
            .collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// The last word, which may be the beginning of one, and those before it.
    #[must_use]
    pub fn split_last(&self) -> (&str, &[String]) {
        match self.0.split_last() {
            Some((last, others)) => (last, others),
            None => ("", &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<Vec<String>> {
        Words::parse(text).map(|words| words.0)
    }

    #[test]
    fn what_is_typed_is_words_and_never_syntax() {
        assert_eq!(
            words("\"red OR hat\" NEAR(x*, -y) col:z^2"),
            Some(
                ["red", "OR", "hat", "NEAR", "x", "y", "col", "z"]
                    .map(String::from)
                    .to_vec()
            )
        );
        assert_eq!(words(" \"'*()-^: \0 "), None);
        assert_eq!(words(""), None);
        let long = words(&"é".repeat(500)).expect("a word");
        assert_eq!(long[0].chars().count(), Words::LONGEST);
    }
}
