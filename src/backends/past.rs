//! What of a picture's past is told to a model again.
//!
//! Rule: the past is the path through the tree, and only what this model itself answered, complete, is told as its own;
//! before that stands one picture of the person's. What does not fit goes, oldest first; the picture being edited never
//! does. Called by the backends whose services hold conversations.

use super::{EditRequest, PastStep};

/// Each picture of the person's has at least so much room, or an older one goes.
const LEAST_ROOM: usize = 700_000;

/// What one request may hold.
#[derive(Debug, Clone)]
pub struct Within {
    /// Whose answers can be told: see [`super::RawReply::family`].
    pub family: String,
    /// Pictures in all.
    pub pictures: usize,
    /// Bytes of all pictures once they are base64.
    pub encoded: usize,
    /// Whether the picture being edited is sent once more with the newest words.
    pub repeats_base: bool,
}

/// A past to tell.
#[derive(Debug)]
pub struct Past<'a> {
    /// How many steps of the path lie before [`first`](Self::first).
    pub before: &'a [PastStep],
    /// The picture it begins with, told as the person's.
    pub first: &'a PastStep,
    /// What the model made of it, step by step; not empty, and the last is the picture being edited.
    pub steps: &'a [PastStep],
    /// Bytes of the picture file of each of the person's pictures.
    pub room: usize,
}

/// The longest past that can be told; none when the picture is not this model's own, or nothing fits.
pub fn past<'a>(request: &'a EditRequest, within: &Within) -> Option<Past<'a>> {
    let path = request.history.as_slice();
    let own = |step: &PastStep| {
        let answered = step.raw.as_ref().is_some_and(|raw| raw.family == within.family);
        answered && step.instruction.is_some() && !step.led_here
    };
    let earliest = path.iter().rposition(|step| !own(step))?;
    let base = path.last()?;
    if base.blob.id != request.base.id {
        return None;
    }
    (earliest..path.len() - 1).find_map(|at| {
        let (before, rest) = path.split_at(at);
        let (first, steps) = rest.split_first()?;
        let room = room(request, steps, within)?;
        Some(Past {
            before,
            first,
            steps,
            room,
        })
    })
}

/// The room for each of the person's pictures beside these steps; none when there is too little, or too many pictures.
fn room(request: &EditRequest, steps: &[PastStep], within: &Within) -> Option<usize> {
    let sent: usize = steps.iter().map(|step| step.references.len()).sum();
    let sent = 1 + sent + request.references.len() + usize::from(within.repeats_base);
    let raw = steps.iter().filter_map(|step| step.raw.as_ref());
    let (bytes, made) = raw.fold((0_u64, 0), |(bytes, made), raw| {
        (bytes.saturating_add(raw.bytes), made + raw.pictures)
    });
    let left = within.encoded.checked_sub(usize::try_from(bytes).ok()?)?;
    let room = left / 4 * 3 / sent;
    (sent + usize::try_from(made).ok()? <= within.pictures && room >= LEAST_ROOM).then_some(room)
}
