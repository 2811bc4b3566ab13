//! A visitor: one browser, known by its cookie.
//!
//! Rule: a visitor is no account; what they may do follows from what they own and which links they followed.

use std::fmt;

use super::{ids::VisitorId, session::one_line, time::Moment};

/// One browser, or with a shared password one sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Its name in rows.
    pub id: VisitorId,
    /// The name they chose for themselves.
    pub name: Option<VisitorName>,
    /// Whether they gave the shared password.
    pub member: bool,
    /// When they came first (or signed in).
    pub created_at: Moment,
    /// When they were here last.
    pub last_seen_at: Moment,
}

/// A chosen name: 1 to 40 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorName(String);

impl VisitorName {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 40;

    /// Makes one line of `text`; `None` when nothing is left or it is too long.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let line = one_line(text);
        (1..=Self::MAX_CHARS)
            .contains(&line.chars().count())
            .then_some(Self(line))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VisitorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
