//! What those who watch a session are told while one of its turns runs: how far it is, and pictures on their way.
//!
//! Rule: nothing here waits for anybody, and what can't be told is left out. Called by the worker.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::super::{Turns, live::Hint};
use crate::{
    backends::Watch,
    blobs::{RawImage, SPACE_FLOOR},
    domain::{
        change::Progress,
        ids::{SessionId, TurnId},
        turn::Turn,
    },
};

/// Progress goes out at most this often.
const BETWEEN_HINTS: Duration = Duration::from_millis(100);

/// Progress of this turn to those who watch its session, a few times a second.
pub(super) fn watch(turns: &Turns, turn: &Turn, cancel: CancellationToken) -> Watch {
    let (live, session, turn) = (turns.0.live.clone(), turn.session, turn.id);
    let previews = previews(turns, session, turn);
    let last = Mutex::new(None::<Instant>);
    Watch::new(cancel, move |fraction, step| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|told| told.elapsed() >= BETWEEN_HINTS) {
            *last = Some(Instant::now());
            live.tell(
                session,
                Hint::Progress(Progress {
                    turn,
                    fraction,
                    step: step.map(str::to_owned),
                    preview: None,
                }),
            );
        }
    })
    .with_previews(previews)
}

/// Takes pictures on their way through the gate, one at a time: while one is looked at, others are left out. They
/// become files like any picture, but no row names them, so they are swept later.
fn previews(turns: &Turns, session: SessionId, turn: TurnId) -> impl Fn(RawImage) + Send + Sync + 'static {
    let (blobs, live) = (turns.0.blobs.clone(), turns.0.live.clone());
    let one_at_a_time = Arc::new(tokio::sync::Semaphore::new(1));
    move |picture| {
        let Ok(permit) = one_at_a_time.clone().try_acquire_owned() else {
            return;
        };
        let (blobs, live) = (blobs.clone(), live.clone());
        tokio::spawn(async move {
            // A preview that is no picture is nobody's loss, and the last of the disk is for results.
            if blobs.check_space(SPACE_FLOOR).unwrap_or(false)
                && let Ok(verified) = blobs.inspect(picture).await
                && let Ok(blob) = blobs.put(verified).await
            {
                live.show(session, turn, blob);
            }
            drop(permit);
        });
    }
}
