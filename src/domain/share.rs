//! A share: a link that lets someone into one session.
//!
//! Rule: only the hash of a token is ever kept; a share that is revoked or past its time opens nothing.

use super::{
    ids::{SessionId, ShareId},
    time::Moment,
};

/// What a share allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// See everything live.
    View,
    /// See, and edit as oneself.
    Edit,
}

impl Access {
    /// `view` or `edit`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
        }
    }

    /// Reads `view` or `edit`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::View, Self::Edit]
            .into_iter()
            .find(|access| access.as_str() == text)
    }
}

/// A link that lets someone into one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its name in addresses; opens nothing by itself.
    pub id: ShareId,
    /// The session it opens.
    pub session: SessionId,
    /// What it allows.
    pub access: Access,
    /// When it was made.
    pub created_at: Moment,
    /// When it stops working; never when none.
    pub expires_at: Option<Moment>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Moment>,
    /// When it last opened the session.
    pub last_used_at: Option<Moment>,
    /// How often it was followed.
    pub uses: u64,
}

impl Share {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn is_live(&self, now: Moment) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// How long a new share lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// 1, 7 or 30 days.
    Days(u8),
    /// Until revoked.
    Forever,
}

impl Lifetime {
    /// What a link gets when nobody says otherwise.
    pub const DEFAULT: Self = Self::Days(30);

    /// 1, 7, 30 days, or for ever.
    #[must_use]
    pub fn parse(days: Option<u8>) -> Option<Self> {
        match days {
            None => Some(Self::Forever),
            Some(days @ (1 | 7 | 30)) => Some(Self::Days(days)),
            Some(_) => None,
        }
    }

    /// When a share made at `now` ends.
    #[must_use]
    pub fn end(self, now: Moment) -> Option<Moment> {
        match self {
            Self::Days(days) => Some(now.plus_days(i64::from(days))),
            Self::Forever => None,
        }
    }
}
