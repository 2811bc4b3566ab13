//! A version: one picture in a session's tree.
//!
//! Rule: a version never changes; editing makes another one with this as its parent.

use super::{
    drift::Drift,
    ids::{SessionId, TurnId, VersionId},
    picture::{Blob, BlobId},
    time::Moment,
};

/// One picture in the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Its name in addresses.
    pub id: VersionId,
    /// The session it belongs to.
    pub session: SessionId,
    /// "v4": counted per session in the order versions were made.
    pub number: u32,
    /// The version it was made from; none for an upload.
    pub parent: Option<VersionId>,
    /// Where it came from.
    pub origin: Origin,
    /// Its picture.
    pub blob: Blob,
    /// Whether it is an empty canvas, begun without a picture.
    pub canvas: bool,
    /// The model's own picture, where this is that picture with the rest given back.
    pub as_returned: Option<BlobId>,
    /// What was measured between it and what it was made from.
    pub drift: Option<Drift>,
    /// When it was made.
    pub created_at: Moment,
    /// Somebody marked it as one to keep.
    pub starred: bool,
    /// How many comments there are on it.
    pub comments: u32,
}

/// What a model answered when it made a version: kept to be sent back to it, never served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawParts {
    /// The model that made it, which alone can read it.
    pub family: String,
    /// The private file.
    pub file: BlobId,
    /// Its length.
    pub bytes: u64,
    /// How many pictures are in it.
    pub pictures: u32,
}

/// A picture that came with credentials of its own, kept as it came and never served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// The private file.
    pub file: BlobId,
    /// Its media type.
    pub mime: String,
    /// What its credentials said when it came, as JSON.
    pub found: String,
}

/// Where a version came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A person put it in.
    Upload,
    /// A turn made it.
    Turn(TurnId),
}

impl Origin {
    /// The turn that made it; none for an upload.
    #[must_use]
    pub const fn turn(self) -> Option<TurnId> {
        match self {
            Self::Upload => None,
            Self::Turn(turn) => Some(turn),
        }
    }
}
