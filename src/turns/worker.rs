//! One attempt at a turn, from claim to version.
//!
//! Rule: whatever a backend does (hang, panic, lie), the attempt ends in a row that a person can understand; what it
//! returned is inspected like any upload; and an attempt that was overtaken writes nothing.

mod request;
mod results;
mod watching;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use self::results::Results;
use super::{
    Turns,
    queue::{self, Slot},
};
use crate::{
    backends::{Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Watch},
    blobs::PictureError,
    domain::turn::{Failure, FailureKind, Turn},
    store::{
        StoreError,
        costs::Cost,
        turns::{Claimed, Finished},
    },
};

/// How much longer than its own deadline a backend may take: it ends by itself first, with what it has brought by then.
const AFTER_DEADLINE: Duration = Duration::from_secs(10);
/// How long a busy house is left alone before it is asked again to look at a picture.
const WHEN_BUSY: Duration = Duration::from_millis(500);

/// What is known of an attempt whatever becomes of it: once the words went out and money was spent, they are.
#[derive(Debug, Default)]
struct Known {
    /// The words that went to the model.
    prompt: Option<String>,
    /// Pictures that came.
    pictures: usize,
    /// What was paid, in millionths of a dollar; none: nobody told.
    micros: Option<u64>,
}

impl Known {
    fn pay(&mut self, micros: Option<u64>) {
        if let Some(micros) = micros {
            self.micros = Some(self.micros.unwrap_or(0).saturating_add(micros));
        }
    }
}

/// The same, where a backend can write into it.
type Ledger = Arc<Mutex<Known>>;

fn open(ledger: &Ledger) -> MutexGuard<'_, Known> {
    // Plain values, whole after each step.
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How an attempt ended without a picture.
enum Unfinished {
    /// For a reason to show.
    Failed(Failure),
    /// A person cancelled it: the row says so already.
    Cancelled,
    /// The house stops and a repeat is free: the row stays as it is and is queued again at the next start.
    Parked,
}

/// Carries out a claimed turn and writes what came of it.
pub(super) async fn run(turns: Turns, claimed: Claimed, slot: Slot) {
    let turn = &claimed.turn;
    let key = (turn.id, claimed.attempt);
    let cancel = turns.0.out_of_time.child_token();
    turns.running().insert(key, cancel.clone());
    let (ledger, started) = (Ledger::default(), Instant::now());
    let ended = attempt(&turns, &claimed, cancel, &ledger).await;
    let known = std::mem::take(&mut *open(&ledger));
    let cost = Cost {
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        pictures: known.pictures,
        micros: known.micros,
    };
    let prompt = known.prompt;
    let ended = ended.map(|finished| Finished {
        prompt: prompt.clone(),
        took_ms: cost.took_ms,
        cost,
        ..finished
    });
    let unwritten = || turns.0.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
    if let Ok(finished) = &ended {
        unwritten().insert(key, finished.files());
    }
    write_down(&turns, &claimed, ended, (prompt.as_deref(), cost)).await;
    unwritten().remove(&key);
    turns.running().remove(&key);
    turns.0.live.forget(turn.id);
    drop(slot);
    turns.0.wake.notify_one();
}

/// From the base picture to inspected, stored results.
async fn attempt(
    turns: &Turns,
    claimed: &Claimed,
    cancel: CancellationToken,
    ledger: &Ledger,
) -> Result<Finished, Unfinished> {
    let inner = &turns.0;
    let turn = &claimed.turn;
    let still_wanted = inner.store.turn(turn.session, turn.id).await.map_err(own_fault)?;
    if still_wanted.is_none_or(|turn| turn.state.is_ended()) {
        return Err(Unfinished::Cancelled);
    }
    let Some(backend) = inner.registry.choose(Some(&turn.backend)) else {
        return Err(Unfinished::Cancelled);
    };
    let info = backend.info();
    let ceiling = turns.over_ceiling(info, turn.session, turn.author.visitor);
    if let Some(message) = ceiling.await.map_err(own_fault)? {
        return Err(Unfinished::Failed(Failure {
            kind: FailureKind::Quota,
            message,
            note: None,
            retry_after_s: None,
        }));
    }
    let request = request::prepare(turns, claimed, info, &cancel).await?;
    let region = request.region.as_ref().map(|area| area.mask.clone());
    let mut past = request.history.iter().filter(|past| !past.canvas);
    let first = past.next().map(|past| past.blob.clone());
    let (sent, paid) = (Arc::clone(ledger), Arc::clone(ledger));
    let watch = watching::watch(turns, turn, cancel.clone())
        .with_prompts(move |words| open(&sent).prompt = Some(words.to_owned()))
        .with_bills(move |micros| open(&paid).pay(Some(micros)));
    let outcome = call(backend.clone(), request, watch, &cancel)
        .await
        .map_err(|error| unfinished(turns, turn, info, &error))?;
    {
        let mut known = open(ledger);
        known.pictures = outcome.pictures.len();
        known.pay(price_of(info, turn, &outcome));
    }
    let results = Results {
        turns,
        turn,
        backend: info,
        cancel: &cancel,
    };
    results.keep(outcome, region, first).await
}

/// What a backend's error means for the attempt.
fn unfinished(turns: &Turns, turn: &Turn, info: &BackendInfo, error: &BackendError) -> Unfinished {
    let stops = turns.0.out_of_time.is_cancelled();
    match error {
        BackendError::Cancelled if stops && info.free_to_repeat => Unfinished::Parked,
        BackendError::Cancelled if stops => Unfinished::Failed(queue::interrupted()),
        BackendError::Cancelled => Unfinished::Cancelled,
        error => {
            let failure = error.for_the_user(&info.title);
            // A service may quote the wish it refuses: its words are for the turn's card. Our own fault is for the log.
            let fault = match error {
                BackendError::Own(fault) => Some(fault.to_string()),
                _ => None,
            };
            let kind = failure.kind.as_str();
            tracing::info!(turn = %turn.id, backend = turn.backend, kind, fault, "a turn brought no picture");
            Unfinished::Failed(failure)
        }
    }
}

/// What the pictures of this answer cost: as the service told, else as its prices say.
fn price_of(backend: &BackendInfo, turn: &Turn, outcome: &EditOutcome) -> Option<u64> {
    let told = outcome.usage.and_then(|usage| usage.cost_micros);
    told.or_else(|| {
        let offers = &backend.offers;
        let one = offers.price(turn.options.quality).or_else(|| offers.price(None))?;
        Some(one.saturating_mul(u64::try_from(outcome.pictures.len()).ok()?))
    })
}

/// Calls the backend on its own task, so that its panic is its own, under the cancel token and a deadline a little after
/// its own.
async fn call(
    backend: Arc<dyn Backend>,
    request: EditRequest,
    watch: Watch,
    cancel: &CancellationToken,
) -> Result<EditOutcome, BackendError> {
    let deadline = backend.info().deadline + AFTER_DEADLINE;
    let mut task = tokio::spawn(async move { backend.edit(&request, &watch).await });
    let ended = tokio::select! {
        ended = tokio::time::timeout(deadline, &mut task) => ended,
        // The backend sees the token too; one that doesn't answer soon is dropped where it stands.
        () = cancelled_for_good(cancel) => { task.abort(); return Err(BackendError::Cancelled) }
    };
    match ended {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(BackendError::BadAnswer {
            what: format!("the backend broke: {panic}"),
        }),
        Err(_) => {
            cancel.cancel();
            task.abort();
            Err(BackendError::TimedOut)
        }
    }
}

/// Ends a little after the token was cancelled, so that a backend can stop by itself first.
async fn cancelled_for_good(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Asks again for as long as the house is busy and somebody waits for the answer.
async fn when_free<T, W>(cancel: &CancellationToken, work: impl Fn() -> W) -> Result<T, PictureError>
where
    W: Future<Output = Result<T, PictureError>>,
{
    loop {
        let done = work().await;
        if !matches!(done, Err(PictureError::Busy)) {
            return done;
        }
        tokio::select! {
            () = tokio::time::sleep(WHEN_BUSY) => {}
            () = cancel.cancelled() => return done,
        }
    }
}

impl From<StoreError> for Unfinished {
    fn from(error: StoreError) -> Self {
        own_fault(error)
    }
}

fn own_fault(error: StoreError) -> Unfinished {
    tracing::error!(%error, "a turn could not be prepared");
    Unfinished::Failed(BackendError::Own(std::io::Error::other("store")).for_the_user(""))
}

/// Writes the end of an attempt, however long the database takes to accept it: a turn never stays "running" because a
/// disk was full for a while.
async fn write_down(
    turns: &Turns,
    claimed: &Claimed,
    ended: Result<Finished, Unfinished>,
    (prompt, cost): (Option<&str>, Cost),
) {
    let inner = &turns.0;
    let mut rest = Duration::from_millis(100);
    loop {
        let now = inner.clock.now();
        let written = match &ended {
            Ok(finished) => inner.store.finish_turn(claimed, finished, now).await,
            Err(Unfinished::Failed(failure)) => inner.store.fail_turn(claimed, failure, (prompt, cost), now).await,
            Err(Unfinished::Cancelled | Unfinished::Parked) if cost.micros.is_none() => return,
            Err(Unfinished::Cancelled | Unfinished::Parked) => {
                inner.store.book(&claimed.turn, cost, now).await.map(|()| None)
            }
        };
        match written {
            Ok(turn) => {
                if let Some(turn) = turn {
                    finished(turns, &turn).await;
                }
                return;
            }
            Err(error) => {
                tracing::error!(%error, turn = %claimed.turn.id, "the end of a turn could not be written; trying again")
            }
        }
        tokio::select! {
            () = tokio::time::sleep(rest) => rest = (rest * 2).min(Duration::from_secs(30)),
            // At the next start the row is found running and mended.
            () = inner.out_of_time.cancelled() => return,
        }
    }
}

/// Tells those who watch, then makes the small pictures.
async fn finished(turns: &Turns, turn: &Turn) {
    turns.tell_changed(turn.session, turn.revision);
    let crate::domain::turn::TurnState::Done(outcome) = &turn.state else {
        return;
    };
    match turns.0.store.versions_by_id(turn.session, &outcome.versions).await {
        Ok(versions) => versions.iter().for_each(|version| turns.make_renditions(version)),
        Err(error) => tracing::warn!(%error, "renditions were not made ahead"),
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::{
        backends::Offers,
        blobs::RawImage,
        domain::{
            instruction::Instruction,
            options::Options,
            picture::{Blob, BlobId, Dimensions, Format},
        },
    };

    const DEADLINE: Duration = Duration::from_millis(200);

    /// Uses its time to the end, and a little more if it is told to.
    struct Slow(BackendInfo, Duration);

    #[async_trait]
    impl Backend for Slow {
        fn info(&self) -> &BackendInfo {
            &self.0
        }

        async fn edit(&self, _: &EditRequest, _: &Watch) -> Result<EditOutcome, BackendError> {
            tokio::time::sleep(self.1).await;
            Ok(EditOutcome {
                pictures: vec![RawImage::from(vec![0])],
                ..EditOutcome::default()
            })
        }
    }

    fn info() -> BackendInfo {
        BackendInfo {
            name: "slow".to_owned(),
            kind: "slow",
            title: "Slow".to_owned(),
            model: None,
            references: 0,
            regions: false,
            markup: false,
            history: false,
            candidates: 2,
            offers: Offers::default(),
            streaming: false,
            free_to_repeat: false,
            at_once: 1,
            deadline: DEADLINE,
        }
    }

    fn request() -> EditRequest {
        EditRequest {
            base: Blob {
                id: BlobId::from_bytes([7; 32]),
                format: Format::Png,
                bytes: 1,
                dimensions: Dimensions { width: 1, height: 1 },
            },
            canvas: false,
            references: Vec::new(),
            pointed: Default::default(),
            instruction: Instruction::parse("make it warmer").expect("words"),
            region: None,
            options: Options::default(),
            history: Vec::new(),
            redo: None,
            seed: 1,
        }
    }

    #[tokio::test]
    async fn a_picture_waits_for_a_busy_house_until_nobody_wants_it() {
        let (tries, cancel) = (std::cell::Cell::new(0), CancellationToken::new());
        let busy_at_first = || {
            tries.set(tries.get() + 1);
            let tried = tries.get();
            async move { if tried < 3 { Err(PictureError::Busy) } else { Ok(tried) } }
        };
        assert!(matches!(when_free(&cancel, busy_at_first).await, Ok(3)));
        let damaged = when_free(&cancel, || async { Err::<(), _>(PictureError::TooSlow) }).await;
        assert!(matches!(damaged, Err(PictureError::TooSlow)));
        cancel.cancel();
        let unwanted = when_free(&cancel, || async { Err::<(), _>(PictureError::Busy) }).await;
        assert!(matches!(unwanted, Err(PictureError::Busy)));
    }

    #[tokio::test]
    async fn what_a_backend_brings_at_its_own_deadline_is_still_taken() {
        // One of two candidates hung, and the backend gave up on it when its time was up.
        let backend = Arc::new(Slow(info(), DEADLINE + Duration::from_millis(50)));
        let cancel = CancellationToken::new();
        let watch = Watch::new(cancel.clone(), |_, _| {});
        let outcome = call(backend, request(), watch, &cancel).await.expect("its picture");
        assert_eq!((outcome.pictures.len(), cancel.is_cancelled()), (1, false));
    }
}
