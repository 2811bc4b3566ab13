//! A session: one conversation about one picture, with a title and a selected version.
//!
//! Rule: a session without a title or a head does not exist. Made by `turns`, stored by `store::sessions`.

use std::fmt;

use super::{
    ids::{SessionId, VersionId, VisitorId},
    time::Moment,
};

/// One conversation about one picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name in addresses.
    pub id: SessionId,
    /// What people call it.
    pub title: Title,
    /// Whose it is.
    pub owner: Owner,
    /// The selected version: what a new turn builds on unless it says otherwise.
    pub head: VersionId,
    /// Counts every visible change; the id of live events.
    pub revision: u64,
    /// When it was begun.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it was put in the trash, if it was.
    pub deleted_at: Option<Moment>,
}

/// Whose a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The browser that began it (open mode).
    Visitor(VisitorId),
    /// Everybody who knows the shared password (password mode).
    Team,
}

/// A session's title: 1 to 120 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(String);

/// The text can't be a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TitleError {
    /// Nothing but spaces.
    #[error("Give the session a title.")]
    Empty,
    /// More than [`Title::MAX_CHARS`] characters.
    #[error("A title has at most 120 characters.")]
    TooLong,
}

impl Title {
    /// The longest title, in characters.
    pub const MAX_CHARS: usize = 120;

    /// Makes one line of `text` and checks its length.
    ///
    /// # Errors
    /// [`TitleError`] when nothing is left or it is too long.
    pub fn parse(text: &str) -> Result<Self, TitleError> {
        let line = one_line(text);
        match line.chars().count() {
            0 => Err(TitleError::Empty),
            n if n > Self::MAX_CHARS => Err(TitleError::TooLong),
            _ => Ok(Self(line)),
        }
    }

    /// A title from an uploaded file's name: its stem, shortened; "Untitled" when that says nothing.
    #[must_use]
    pub fn from_file_name(name: &str) -> Self {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let line: String = one_line(stem).chars().take(Self::MAX_CHARS).collect();
        Self::parse(&line).unwrap_or_else(|_| Self("Untitled".into()))
    }

    /// The title as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `text` without control and direction characters, runs of white space made one space.
#[must_use]
pub fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !turns_text(*c))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `c` changes the direction of the text around it (so that a name could pose as another).
#[must_use]
pub const fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_visible_line() {
        assert_eq!(
            Title::parse("  A\r\n b\tc\u{202e} ").map(|t| t.to_string()),
            Ok("A b c".into())
        );
        assert_eq!(Title::parse(" \n "), Err(TitleError::Empty));
        assert!(Title::parse(&"x".repeat(120)).is_ok());
        assert_eq!(Title::parse(&"x".repeat(121)), Err(TitleError::TooLong));
    }

    #[test]
    fn a_file_name_makes_a_title() {
        assert_eq!(Title::from_file_name("my cat.final.jpeg").as_str(), "my cat.final");
        assert_eq!(Title::from_file_name(".png").as_str(), "Untitled");
        assert_eq!(Title::from_file_name(&"é".repeat(500)).as_str().chars().count(), 120);
    }
}
