//! The names things go by: one newtype per kind, so that a turn's id can't be handed in for a version's.
//!
//! Rule: ids are UUID v7 made by [`crate::random::uuid`], never on the spot. Used by every layer.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text was not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Names something by this UUID.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Reads the one spelling we write: lower-case and hyphenated.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let uuid = Uuid::try_parse(text).map_err(|_| NotAnId)?;
                let id = Self(uuid);
                if id.to_string() == text { Ok(id) } else { Err(NotAnId) }
            }
        }
    )*};
}

ids! {
    /// One conversation about one picture.
    SessionId;
    /// One instruction and what came of it.
    TurnId;
    /// One picture in the tree.
    VersionId;
    /// A comment on a version.
    CommentId;
    /// One preset that somebody saved.
    PresetId;
    /// One drawn mask.
    RegionId;
    /// One link that lets someone in.
    ShareId;
    /// One browser (or, with a shared password, one sign-in).
    VisitorId;
    /// What the sender of a turn called it, so that sending it twice makes one turn.
    ClientId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = TurnId::new(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        for other in [
            "",
            "7",
            "{00000000-0000-0000-0000-000000000007}",
            "00000000000000000000000000000007",
        ] {
            assert_eq!(other.parse::<TurnId>(), Err(NotAnId), "{other}");
        }
    }
}
