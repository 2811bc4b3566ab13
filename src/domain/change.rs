//! What people who watch a session are told.
//!
//! Rule: these are hints. Rows are the truth; a reader that missed a hint asks the store what changed.

use super::ids::{SessionId, TurnId};

/// Something visible of a session is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// The session.
    pub session: SessionId,
    /// Its revision after the change.
    pub revision: u64,
}

/// How far a running turn is; never stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The turn.
    pub turn: TurnId,
    /// 0 to 1, when the backend can tell.
    pub fraction: Option<f32>,
    /// What it is doing, in a few words.
    pub step: Option<String>,
    /// How many pictures of it on its way there were; the last can be asked for.
    pub preview: Option<u32>,
}
