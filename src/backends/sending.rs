//! The pictures of one instruction on their way out: the base first, then the references in their order.
//!
//! Rule: together they take no more than the service allows, and the base, whose detail matters most, gets the
//! largest share. Called by the backends that go out.

use super::{BackendError, EditRequest, wire::declined};
use crate::blobs::{BlobStore, Outgoing};

/// The share of a request one picture may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Pixels of its longer side.
    pub max_side: u32,
    /// Bytes of its file.
    pub max_bytes: usize,
}

/// The room for the picture at `place` (0 is the base) among so many references, when all may have `all` bytes. The
/// base gets half when there are any.
pub const fn room(place: usize, references: usize, all: usize) -> Room {
    match (place, references) {
        (_, 0) => Room {
            max_side: 3072,
            max_bytes: all,
        },
        (0, _) => Room {
            max_side: 3072,
            max_bytes: all / 2,
        },
        (_, n) => Room {
            max_side: 2048,
            max_bytes: all / 2 / n,
        },
    }
}

/// Base (unless that is an empty canvas) and references, scaled and encoded to take at most `all` bytes together.
///
/// # Errors
/// `Own` when the disk or a decoder refuses.
pub async fn pictures(blobs: &BlobStore, request: &EditRequest, all: usize) -> Result<Vec<Outgoing>, BackendError> {
    let count = request.references.len();
    let mut pictures = Vec::with_capacity(1 + count);
    let base = Some(&request.base).filter(|_| !request.canvas);
    for (place, blob) in base.into_iter().chain(&request.references).enumerate() {
        let room = room(place, count, all);
        pictures.push(blobs.fit_for_sending(blob, room.max_side, room.max_bytes).await?);
    }
    Ok(pictures)
}

/// Refuses more references than the backend takes.
///
/// # Errors
/// `Declined`, in words.
pub fn check_references(request: &EditRequest, title: &str, most: u32) -> Result<(), BackendError> {
    if request.references.len() <= usize::try_from(most).unwrap_or(usize::MAX) {
        return Ok(());
    }
    Err(declined(match most {
        0 => format!("{title} takes no further pictures. Remove them."),
        _ => format!("{title} takes at most {most} further pictures. Remove some."),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL_PICTURES: usize = 14_000_000;

    #[test]
    fn the_rooms_of_all_pictures_fit_into_one_request() {
        for references in 0..=13 {
            let all: usize = (0..=references)
                .map(|place| room(place, references, ALL_PICTURES).max_bytes)
                .sum();
            assert!(
                all <= ALL_PICTURES && all.div_ceil(3) * 4 < 19_000_000,
                "{references}: {all}"
            );
            assert!(
                (1..=references).all(|place| room(place, references, ALL_PICTURES).max_bytes
                    <= room(0, references, ALL_PICTURES).max_bytes)
            );
        }
    }
}
