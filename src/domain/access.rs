//! Who may do what: the one rule, as a table.
//!
//! Rule: every route asks [`authorize`], and nothing else decides. What a visitor [`Standing`] is to a session is
//! looked up by `store` (owner, or a live share); what an [`Action`] needs is written here.

use super::share::Access;

/// What somebody is to one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Nothing: for them the session does not exist.
    Stranger,
    /// Came by a view link.
    Viewer,
    /// Came by an edit link.
    Editor,
    /// Began it, or holds its own token.
    Owner,
}

impl From<Access> for Standing {
    fn from(access: Access) -> Self {
        match access {
            Access::View => Self::Viewer,
            Access::Edit => Self::Editor,
        }
    }
}

/// What can be done with a session and everything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See the page, the turns, the renditions, read the comments, and follow live.
    See,
    /// Fetch stored pictures and the zip: the originals.
    Download,
    /// Submit, cancel and retry turns; add pictures; move the selection; comment, and take one's own comments back.
    Edit,
    /// Rename, delete, restore; make, list and revoke links; take anybody's comment back.
    Manage,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::See, Self::Download, Self::Edit, Self::Manage];

    const fn needs(self) -> Standing {
        match self {
            Self::See => Standing::Viewer,
            Self::Download | Self::Edit => Standing::Editor,
            Self::Manage => Standing::Owner,
        }
    }
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Must look as if there were no such session.
    Unknown,
    /// May see it, but not do this.
    NotAllowed,
}

/// The one rule: whether somebody of this standing may do this.
///
/// # Errors
/// [`Denied`], which says how much the answer may give away.
pub fn authorize(standing: Standing, action: Action) -> Result<(), Denied> {
    if standing >= action.needs() {
        Ok(())
    } else if standing == Standing::Stranger {
        Err(Denied::Unknown)
    } else {
        Err(Denied::NotAllowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_share_04_the_table_of_rights() {
        use Denied::{NotAllowed, Unknown};
        let row = |standing| Action::ALL.map(|action| authorize(standing, action));
        assert_eq!(row(Standing::Owner), [Ok(()); 4]);
        assert_eq!(row(Standing::Editor), [Ok(()), Ok(()), Ok(()), Err(NotAllowed)]);
        assert_eq!(
            row(Standing::Viewer),
            [Ok(()), Err(NotAllowed), Err(NotAllowed), Err(NotAllowed)]
        );
        assert_eq!(row(Standing::Stranger), [Err(Unknown); 4]);
    }
}
