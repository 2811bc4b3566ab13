//! What somebody says about a version, beside the turns.
//!
//! Rule: the words of a [`Comment`] are never empty, never over their limit, and their line ends are LF. Parsed at the
//! door by `web`, trusted inside. Whoever sees a session reads its comments; who may edit may comment; what isn't one's
//! own goes only with the right to manage.

use std::fmt;

use super::{
    access::Action,
    ids::{ClientId, CommentId, SessionId, VersionId, VisitorId},
    time::Moment,
    turn::Author,
};

/// A comment on a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The session.
    pub session: SessionId,
    /// What it is about.
    pub version: VersionId,
    /// What its sender calls it.
    pub client_id: ClientId,
    /// Who said it.
    pub author: Author,
    /// What they said.
    pub words: Words,
    /// When.
    pub created_at: Moment,
}

impl Comment {
    /// The most of one version.
    pub const MOST: u32 = 200;

    /// What somebody has to be allowed to take it back: this visitor, or none for a bare token.
    #[must_use]
    pub fn to_remove(&self, visitor: Option<VisitorId>) -> Action {
        if visitor.is_some() && visitor == self.author.visitor {
            Action::Edit
        } else {
            Action::Manage
        }
    }
}

/// What a comment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(String);

/// Why a text is no comment, in words for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Nothing but space.
    #[error("Write something first.")]
    Empty,
    /// Over [`Words::MAX_CHARS`].
    #[error("A comment has at most 1,000 characters; this one has {0}.")]
    TooLong(usize),
}

impl Words {
    /// The most characters.
    pub const MAX_CHARS: usize = 1_000;

    /// Reads what somebody typed.
    ///
    /// # Errors
    /// [`WordsError`], a sentence for them.
    pub fn parse(text: &str) -> Result<Self, WordsError> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
        let text = text.trim();
        match text.chars().count() {
            0 => Err(WordsError::Empty),
            n if n > Self::MAX_CHARS => Err(WordsError::TooLong(n)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn words_have_lf_and_a_limit_in_characters() {
        assert_eq!(
            Words::parse(" a\r\nb\0 ").map(|words| words.to_string()),
            Ok("a\nb".into())
        );
        assert_eq!(Words::parse(" \n\t "), Err(WordsError::Empty));
        assert!(Words::parse(&"é".repeat(1_000)).is_ok());
        assert_eq!(Words::parse(&"é".repeat(1_001)), Err(WordsError::TooLong(1_001)));
    }

    #[test]
    fn sec_share_04_ones_own_comment_goes_with_edit_anothers_with_manage() {
        let visitor = |n| Some(VisitorId::new(Uuid::from_u128(n)));
        let by = |author| Comment {
            id: CommentId::new(Uuid::from_u128(1)),
            session: SessionId::new(Uuid::from_u128(2)),
            version: VersionId::new(Uuid::from_u128(3)),
            client_id: ClientId::new(Uuid::from_u128(4)),
            author: Author {
                visitor: author,
                name: "Ana".into(),
            },
            words: Words::parse("Too warm.").unwrap(),
            created_at: Moment::from_millis(0),
        };
        assert_eq!(by(visitor(7)).to_remove(visitor(7)), Action::Edit);
        assert_eq!(by(visitor(7)).to_remove(visitor(8)), Action::Manage);
        assert_eq!(by(visitor(7)).to_remove(None), Action::Manage);
        assert_eq!(
            by(None).to_remove(None),
            Action::Manage,
            "a bare token is nobody's name"
        );
    }
}
