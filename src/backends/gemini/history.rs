//! What of a picture's past is told to Gemini again.
//!
//! Rule: the past is the path through the tree, and only what this model itself answered, with its signatures, is told
//! as its own; before that stands one picture of the person's. What does not fit goes, oldest first; the picture being
//! edited never does. Called by [`super::Gemini`].

use super::{answer::family, request::ALL_ENCODED};
use crate::backends::{EditRequest, PastStep};

/// Each picture of the person's has at least so much room, or an older one goes.
const LEAST_ROOM: usize = 700_000;

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
pub fn past<'a>(request: &'a EditRequest, model: &str) -> Option<Past<'a>> {
    let path = request.history.as_slice();
    let family = family(model);
    let own = |step: &PastStep| {
        let signed = step.raw.as_ref().is_some_and(|raw| raw.family == family);
        signed && step.instruction.is_some() && !step.led_here
    };
    let earliest = path.iter().rposition(|step| !own(step))?;
    let base = path.last()?;
    if base.blob.id != request.base.id {
        return None;
    }
    (earliest..path.len() - 1).find_map(|at| {
        let (before, rest) = path.split_at(at);
        let (first, steps) = rest.split_first()?;
        let room = room(request, steps, most_pictures(model))?;
        Some(Past {
            before,
            first,
            steps,
            room,
        })
    })
}

/// How many pictures one request to `model` may hold.
pub fn most_pictures(model: &str) -> usize {
    if model.starts_with("gemini-2.5") { 3 } else { 14 }
}

/// The room for each of the person's pictures beside these steps; none when there is too little, or too many pictures.
fn room(request: &EditRequest, steps: &[PastStep], most: usize) -> Option<usize> {
    let sent: usize = steps.iter().map(|step| step.references.len()).sum();
    let sent = 1 + sent + request.references.len();
    let raw = steps.iter().filter_map(|step| step.raw.as_ref());
    let (bytes, made) = raw.fold((0_u64, 0), |(bytes, made), raw| {
        (bytes.saturating_add(raw.bytes), made + raw.pictures)
    });
    let left = ALL_ENCODED.checked_sub(usize::try_from(bytes).ok()?)?;
    let room = left / 4 * 3 / sent;
    (sent + usize::try_from(made).ok()? <= most && room >= LEAST_ROOM).then_some(room)
}
