//! Why a picture was not taken, and what to tell the person who sent it.
//!
//! Rule: every variant has words that say what works instead, and a [`Hint`] the web turns into a status; no cause
//! from a decoder reaches a person. Made by `inspect` and the store, read by `web` and `turns`.

use std::io;

use rustix::io::Errno;
use thiserror::Error;

use crate::domain::picture::{Dimensions, Limits};

/// A picture that did not pass the gate.
#[derive(Debug, Error)]
pub enum PictureError {
    /// The content is something else; `found` says what, where we could tell.
    #[error("not a picture: {}", found.unwrap_or("unknown content"))]
    NotAPicture { found: Option<&'static str> },
    /// A picture of a kind that is not taken.
    #[error("unsupported kind of picture: {kind}")]
    Unsupported { kind: &'static str },
    /// The file has too many bytes.
    #[error("larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// The picture has too many pixels, or a side that is too long.
    #[error("{dimensions} pixels are too many")]
    TooManyPixels { dimensions: Dimensions, limits: Limits },
    /// It began as a picture and could not be read to its end.
    #[error("damaged picture: {what}")]
    Damaged { what: &'static str },
    /// Reading it took longer than a picture may take.
    #[error("reading the picture took too long")]
    TooSlow,
    /// Every slot was taken for longer than one waits.
    #[error("no free slot to read the picture")]
    Busy,
    /// The disk refused.
    #[error("storage: {0}")]
    Storage(#[from] io::Error),
}

/// Which kind of answer an error deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// 413: too many bytes.
    TooLarge,
    /// 415: a kind of content we do not take.
    WrongKind,
    /// 422: the right kind, but it cannot be used.
    Unusable,
    /// 503: try again soon.
    Busy,
    /// 507: the disk is full.
    NoSpace,
    /// 503: the disk takes nothing just now; log it.
    Unwritable,
    /// 500: our fault; log it.
    Internal,
}

const WORKS: &str = "JPEG, PNG, WebP and GIF pictures work.";

impl PictureError {
    pub(super) const fn damaged(what: &'static str) -> Self {
        Self::Damaged { what }
    }

    /// What to tell the person who sent the picture.
    #[must_use]
    pub fn for_the_user(&self) -> String {
        match self {
            Self::NotAPicture { found: Some(found) } => format!("This file is {found}, not a picture. {WORKS}"),
            Self::NotAPicture { found: None } => format!("This file doesn't look like a picture. {WORKS}"),
            Self::Unsupported {
                kind: kind @ ("HEIC" | "AVIF"),
            } => format!(
                "{kind} pictures can't be read here yet. {WORKS} Phones save JPEG when the camera format is set to \
                 “most compatible”."
            ),
            Self::Unsupported { kind } => format!("{kind} can't be read here. {WORKS} Please save it as one of these."),
            Self::TooLarge { limit } => format!(
                "This file is too large. It may have up to {} MB; a smaller version or a JPEG will do.",
                limit / (1024 * 1024)
            ),
            Self::TooManyPixels { dimensions, limits } => format!(
                "This picture is too large: {dimensions} pixels. It may have up to {} million pixels, and {} on a side.",
                limits.pixels / 1_000_000,
                limits.side
            ),
            Self::Damaged { .. } => "This picture is damaged or incomplete and can't be read. Please open it in \
                                     another program, save it again, and send that."
                .into(),
            Self::TooSlow => "This picture takes too long to read. Please save it again as JPEG or PNG, or make it \
                              smaller."
                .into(),
            Self::Busy => "Too many pictures are arriving at once. Please try again in a moment.".into(),
            Self::Storage(_) if self.hint() == Hint::NoSpace => {
                "There is no room left for more pictures on this server. What is here already stays readable.".into()
            }
            Self::Storage(_) => "The picture couldn't be stored. Nothing was kept; please try again.".into(),
        }
    }

    /// Which kind of answer this deserves.
    #[must_use]
    pub fn hint(&self) -> Hint {
        match self {
            Self::NotAPicture { .. } | Self::Unsupported { .. } => Hint::WrongKind,
            Self::TooLarge { .. } => Hint::TooLarge,
            Self::TooManyPixels { .. } | Self::Damaged { .. } | Self::TooSlow => Hint::Unusable,
            Self::Busy => Hint::Busy,
            Self::Storage(error) if is_disk_full(error) => Hint::NoSpace,
            Self::Storage(error) if is_unwritable(error) => Hint::Unwritable,
            Self::Storage(_) => Hint::Internal,
        }
    }
}

/// Whether the disk, or this user's part of it, is full.
#[must_use]
pub fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether the disk is read-only or failing.
#[must_use]
pub fn is_unwritable(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ReadOnlyFilesystem || error.raw_os_error() == Some(Errno::IO.raw_os_error())
}
