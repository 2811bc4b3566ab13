//! Whose turn it is: wake, claim, recover after a restart.
//!
//! Rule: a session's turns run one at a time in their order; the house and each backend take only so many at once; and
//! after a restart nothing that may have cost money runs again by itself.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Turns, live::Hint, worker};
use crate::{
    domain::{
        change::Progress,
        turn::{Failure, FailureKind},
    },
    store::StoreError,
};

/// How long the queue rests after the database refused a claim.
const REST: Duration = Duration::from_secs(1);

/// Leave to run one turn; given back by dropping it.
pub(super) struct Slot {
    _house: OwnedSemaphorePermit,
    _backend: OwnedSemaphorePermit,
}

/// Turns that were running wait again where a repeat is free and are interrupted elsewhere; turns for a backend that
/// is no longer configured end with words.
pub(super) async fn recover(turns: &Turns) -> Result<(), StoreError> {
    let inner = &turns.0;
    let infos = inner.registry.infos();
    let free: Vec<String> = infos
        .iter()
        .filter(|info| info.free_to_repeat)
        .map(|info| info.name.clone())
        .collect();
    let names: Vec<String> = infos.iter().map(|info| info.name.clone()).collect();
    let found = inner
        .store
        .recover_turns(&free, &interrupted(), inner.clock.now())
        .await?;
    let orphaned = inner
        .store
        .fail_orphaned_turns(&names, &backend_gone(), inner.clock.now())
        .await?;
    if found + orphaned > 0 {
        tracing::info!(found, orphaned, "mended the turns that the last stop cut off");
    }
    Ok(())
}

/// Why a turn ended that was running when the server stopped.
pub(super) fn interrupted() -> Failure {
    Failure {
        kind: FailureKind::Interrupted,
        message: "The server stopped while this ran. It was not repeated by itself, because it may already have been paid for. Try again when you like.".to_owned(),
        note: None,
        retry_after_s: None,
    }
}

fn backend_gone() -> Failure {
    Failure {
        kind: FailureKind::Misconfigured,
        message: "The backend chosen for this turn is not set up here any more. Send it again with another one."
            .to_owned(),
        note: None,
        retry_after_s: None,
    }
}

/// Works the queue until the house stops.
pub(super) async fn run(turns: Turns) {
    let inner = turns.0.clone();
    let house = Arc::new(Semaphore::new(inner.at_once));
    let backends: HashMap<String, Arc<Semaphore>> = inner
        .registry
        .infos()
        .iter()
        .map(|info| (info.name.clone(), Arc::new(Semaphore::new(info.at_once))))
        .collect();
    while !inner.stopping.is_cancelled() {
        let rest = match claim_all(&turns, &house, &backends).await {
            Ok(()) => Duration::MAX,
            Err(error) => {
                tracing::error!(%error, "no turn could be claimed; trying again");
                REST
            }
        };
        tokio::select! {
            () = inner.wake.notified() => {}
            () = inner.stopping.cancelled() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// Starts every turn that may run now.
async fn claim_all(
    turns: &Turns,
    house: &Arc<Semaphore>,
    backends: &HashMap<String, Arc<Semaphore>>,
) -> Result<(), StoreError> {
    let inner = &turns.0;
    let mut moved = false;
    while !inner.stopping.is_cancelled() {
        let Ok(house_permit) = house.clone().try_acquire_owned() else {
            break;
        };
        let free: Vec<String> = backends
            .iter()
            .filter(|(_, permits)| permits.available_permits() > 0)
            .map(|(name, _)| name.clone())
            .collect();
        let Some(claimed) = inner.store.claim_turn(&free, inner.clock.now()).await? else {
            break;
        };
        // Only this task takes permits, so what was free a moment ago still is.
        let Some(backend_permit) = backends
            .get(&claimed.turn.backend)
            .and_then(|permits| permits.clone().try_acquire_owned().ok())
        else {
            tracing::error!(turn = %claimed.turn.id, "a claimed turn found no free backend");
            break;
        };
        turns.tell_changed(claimed.turn.session, claimed.turn.revision);
        let slot = Slot {
            _house: house_permit,
            _backend: backend_permit,
        };
        inner.tasks.spawn(worker::run(turns.clone(), claimed, slot));
        moved = true;
    }
    if moved && inner.live.is_watched() {
        tell_places(turns).await?;
    }
    Ok(())
}

/// Tells those who wait where they stand now.
async fn tell_places(turns: &Turns) -> Result<(), StoreError> {
    for (session, turn, place) in turns.0.store.queue().await? {
        let step = Some(in_line(place));
        turns.0.live.tell(
            session,
            Hint::Progress(Progress {
                turn,
                fraction: None,
                step,
                preview: None,
            }),
        );
    }
    Ok(())
}

/// "Next in line", "2nd in line", …
#[must_use]
pub fn in_line(place: u32) -> String {
    let ending = match (place % 10, place % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    if place <= 1 {
        "Next in line".to_owned()
    } else {
        format!("{place}{ending} in line")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_are_told_as_people_say_them() {
        let told: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 22, 112].map(super::in_line).into();
        let expected = [
            "Next", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "112th",
        ];
        assert_eq!(told, expected.map(|place| format!("{place} in line")));
    }
}
