//! One attempt at a turn, from claim to version.
//!
//! Rule: whatever a backend does (hang, panic, lie), the attempt ends in a row that a person can understand; what it
//! returned is inspected like any upload; and an attempt that was overtaken writes nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    Turns,
    guard::{Guard, Wanted},
    live::Hint,
    queue::{self, Slot},
};
use crate::{
    backends::{
        Area, Backend, BackendError, BackendInfo, EditOutcome, EditRequest, PastStep, RawReply, Watch,
        embedded::Embedded,
    },
    blobs::{PictureError, RawImage, SPACE_FLOOR},
    domain::{
        change::Progress,
        ids::{SessionId, TurnId, VersionId},
        making::{Deed, Making},
        picture::Blob,
        turn::{Failure, FailureKind, Turn},
        version::{Origin, Original, RawParts},
    },
    random,
    store::{
        StoreError,
        costs::Cost,
        turns::{Claimed, Finished, Made},
    },
};

/// Progress goes out at most this often.
const BETWEEN_HINTS: Duration = Duration::from_millis(100);
/// How much longer than its own deadline a backend may take: it ends by itself first, with what it has brought by then.
const AFTER_DEADLINE: Duration = Duration::from_secs(10);
/// How long a busy house is left alone before it is asked again to look at a picture.
const WHEN_BUSY: Duration = Duration::from_millis(500);
/// Pictures taken of one answer.
const MOST_CANDIDATES: usize = 16;

/// Said where a drawn region can't hold.
const NO_REGION: &str = "The words led to a picture of another shape, so the drawn region was left out.";

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
    let ceiling = turns.over_ceiling(backend.info(), turn.session, turn.author.visitor);
    if let Some(message) = ceiling.await.map_err(own_fault)? {
        return Err(Unfinished::Failed(Failure {
            kind: FailureKind::Quota,
            message,
            note: None,
            retry_after_s: None,
        }));
    }
    let mut request = prepare(turns, claimed, &cancel).await?;
    point(turns, backend.info(), &mut request, &cancel).await;
    let (mut region, first) = (
        request.region.as_ref().map(|area| area.mask.clone()),
        request
            .history
            .iter()
            .find(|past| !past.canvas)
            .map(|past| past.blob.clone()),
    );
    let (sent, paid) = (Arc::clone(ledger), Arc::clone(ledger));
    let watch = watch(turns, turn, cancel.clone())
        .with_prompts(move |words| open(&sent).prompt = Some(words.to_owned()))
        .with_bills(move |micros| open(&paid).pay(Some(micros)));
    let mut outcome = match call(backend.clone(), request, watch, &cancel).await {
        Ok(outcome) => outcome,
        Err(BackendError::Cancelled) if inner.out_of_time.is_cancelled() && backend.info().free_to_repeat => {
            return Err(Unfinished::Parked);
        }
        Err(BackendError::Cancelled) if inner.out_of_time.is_cancelled() => {
            return Err(Unfinished::Failed(queue::interrupted()));
        }
        Err(BackendError::Cancelled) => return Err(Unfinished::Cancelled),
        Err(error) => {
            let failure = error.for_the_user(&backend.info().title);
            // A service may quote the wish it refuses: its words are for the turn's card. Our own fault is for the log.
            let fault = match &error {
                BackendError::Own(fault) => Some(fault.to_string()),
                _ => None,
            };
            let kind = failure.kind.as_str();
            tracing::info!(turn = %turn.id, backend = turn.backend, kind, fault, "a turn brought no picture");
            return Err(Unfinished::Failed(failure));
        }
    };
    let info = backend.info();
    {
        let mut known = open(ledger);
        known.pictures = outcome.pictures.len();
        known.pay(price_of(info, turn, &outcome));
    }
    let parent = outcome.made_from.unwrap_or(turn.base);
    let base = inner.store.version(turn.session, parent).await.map_err(own_fault)?;
    let lies_elsewhere = |mask: &Blob| {
        base.as_ref()
            .is_none_or(|base| !mask.dimensions.lies_over(base.blob.dimensions))
    };
    if region.as_ref().is_some_and(lies_elsewhere) {
        region = None;
        outcome.note = Some(match outcome.note.take() {
            Some(note) => format!("{note}\n{NO_REGION}"),
            None => NO_REGION.to_owned(),
        });
    }
    let guard = base.and_then(|base| {
        Guard::of(Wanted {
            first: first.unwrap_or_else(|| base.blob.clone()),
            base: base.blob,
            canvas: base.canvas,
            region,
            options: &turn.options,
            kind: info.kind,
        })
    });
    let desk = Desk {
        turns,
        turn,
        backend: info,
        guard,
        cancel: &cancel,
    };
    keep(&desk, outcome).await.map_err(Unfinished::Failed)
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

/// Gathers what the backend needs: pictures, words and the path through the tree.
async fn prepare(turns: &Turns, claimed: &Claimed, cancel: &CancellationToken) -> Result<EditRequest, Unfinished> {
    let store = &turns.0.store;
    let turn = &claimed.turn;
    let path = store.path_to(turn.session, turn.base).await?;
    let makers: Vec<TurnId> = path.iter().filter_map(|step| step.version.origin.turn()).collect();
    let makers = store.turns_by_id(turn.session, &makers).await?;
    let maker = |origin| match origin {
        Origin::Upload => None,
        Origin::Turn(id) => makers.iter().find(|turn| turn.id == id),
    };
    let versions: Vec<VersionId> = path.iter().map(|step| step.version.id).collect();
    let mut raw: HashMap<_, _> = store.raw_parts(turn.session, &versions).await?.into_iter().collect();
    let mut history = Vec::with_capacity(path.len());
    for step in &path {
        let maker = maker(step.version.origin);
        history.push(PastStep {
            version: step.version.id,
            number: step.version.number,
            blob: step.version.blob.clone(),
            canvas: step.version.canvas,
            led_here: maker.is_some_and(|turn| Some(turn.base) != step.version.parent),
            instruction: maker.map(|turn| turn.instruction.clone()),
            backend: maker.map(|turn| turn.backend.clone()),
            region: match maker.and_then(|turn| turn.region) {
                Some(marked) => store.region(turn.session, marked.id).await?.map(|region| region.blob),
                None => None,
            },
            references: match maker {
                Some(maker) => references(turns, turn.session, &maker.references).await?,
                None => Vec::new(),
            },
            raw: raw.remove(&step.version.id),
        });
    }
    let base = path
        .into_iter()
        .next_back()
        .map(|step| step.version)
        .ok_or_else(|| missing("base"))?;
    let region = match turn.region {
        Some(marked) => match store.region(turn.session, marked.id).await? {
            Some(region) => Some(area(turns, region.blob, cancel).await?),
            None => None,
        },
        None => None,
    };
    Ok(EditRequest {
        canvas: base.canvas,
        base: base.blob,
        references: references(turns, turn.session, &turn.references).await?,
        is_pinned: false,
        instruction: turn.instruction.clone(),
        region,
        options: turn.options.clone(),
        history,
        redo: store.newest_child(turn.session, turn.base).await?,
        seed: u64::from(claimed.attempt),
    })
}

/// Sends a copy with the points drawn on it along, where a model takes one more picture; the words tell of them in any case.
async fn point(turns: &Turns, info: &BackendInfo, request: &mut EditRequest, cancel: &CancellationToken) {
    let pins = &request.options.pins;
    let has_room = u32::try_from(request.references.len()).is_ok_and(|taken| taken < info.references);
    if pins.is_empty() || request.canvas || info.kind == Embedded::NAME || !has_room {
        return;
    }
    match when_free(cancel, || turns.with_points(&request.base, pins)).await {
        Ok(copy) => {
            request.references.push(copy);
            request.is_pinned = true;
        }
        Err(error) => tracing::warn!(%error, "points go out in words only"),
    }
}

/// A region as backends are told of it.
async fn area(turns: &Turns, mask: Blob, cancel: &CancellationToken) -> Result<Area, Unfinished> {
    let bounds = when_free(cancel, || turns.0.blobs.bounds_of_mask(&mask)).await;
    let bounds = bounds.map_err(|error| {
        tracing::error!(%error, "a region could not be read");
        Unfinished::Failed(BackendError::Own(std::io::Error::other("region")).for_the_user(""))
    })?;
    Ok(Area {
        mask,
        // A mask that is nowhere half on is a breath over the whole.
        bounds: bounds.unwrap_or([0, 0, 100, 100]),
    })
}

async fn references(turns: &Turns, session: SessionId, ids: &[VersionId]) -> Result<Vec<Blob>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let versions = turns.0.store.versions_by_id(session, ids).await?;
    ids.iter()
        .map(|id| {
            versions
                .iter()
                .find(|version| version.id == *id)
                .map(|version| version.blob.clone())
                .ok_or_else(|| missing("reference"))
        })
        .collect()
}

fn missing(what: &str) -> StoreError {
    StoreError::Damaged {
        table: "versions",
        what: format!("the {what} of a turn is missing"),
    }
}

/// Progress of this turn to those who watch its session, a few times a second.
fn watch(turns: &Turns, turn: &Turn, cancel: CancellationToken) -> Watch {
    let (live, session, turn) = (turns.0.live.clone(), turn.session, turn.id);
    let previews = previews(turns, session, turn);
    let last = std::sync::Mutex::new(None::<Instant>);
    Watch::new(cancel, move |fraction, step| {
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
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

/// Where an answer is looked through.
struct Desk<'a> {
    turns: &'a Turns,
    turn: &'a Turn,
    backend: &'a BackendInfo,
    guard: Option<Guard>,
    cancel: &'a CancellationToken,
}

impl Desk<'_> {
    /// What a kept picture becomes; meanwhile it can be seen as it came.
    async fn look_after(&self, blob: Blob) -> Made {
        match &self.guard {
            Some(guard) => {
                self.turns.0.live.show(self.turn.session, self.turn.id, blob.clone());
                self.tell("Comparing with the picture before");
                guard.look_after(self.turns, blob, self.cancel).await
            }
            None => Made {
                id: VersionId::new(random::uuid(self.turns.0.clock.now())),
                blob,
                as_returned: None,
                drift: None,
            },
        }
    }

    fn tell(&self, step: &str) {
        let progress = Progress {
            turn: self.turn.id,
            fraction: None,
            step: Some(step.to_owned()),
            preview: None,
        };
        self.turns.0.live.tell(self.turn.session, Hint::Progress(progress));
    }
}

/// Inspects and stores what a backend returned: its answers pass the same gate as any upload.
async fn keep(desk: &Desk<'_>, outcome: EditOutcome) -> Result<Finished, Failure> {
    let (turns, title) = (desk.turns, desk.backend.title.as_str());
    let making = making(desk.backend, &outcome);
    let mut pictures = Vec::new();
    let mut originals = Vec::new();
    let mut first_failure = None;
    let mut has_first = false;
    for (number, picture) in outcome.pictures.into_iter().take(MOST_CANDIDATES).enumerate() {
        // One that is no picture takes none of the others away: they may have been paid for.
        match keep_picture(desk, picture).await {
            Ok((blob, original)) => {
                has_first |= number == 0;
                originals.extend(original.map(|original| (pictures.len(), original)));
                pictures.push(desk.look_after(blob).await);
            }
            Err(failure) => first_failure = first_failure.or(Some(failure)),
        }
    }
    if let (true, Some(failure)) = (pictures.is_empty(), first_failure) {
        return Err(failure);
    }
    if pictures.is_empty() && outcome.select.is_none() {
        return Err(BackendError::NoImage { text: outcome.note }.for_the_user(title));
    }
    // The model's own answer belongs to the first picture, and the next turn can do without it. Where a region was drawn the
    // model may have changed more than was kept, and would go on from that.
    let raw = match outcome.raw.filter(|_| has_first && desk.turn.region.is_none()) {
        Some(reply) => keep_raw(turns, reply)
            .await
            .inspect_err(|error| tracing::warn!(%error, "a model's own answer was not kept"))
            .ok(),
        None => None,
    };
    Ok(Finished {
        pictures,
        parent: outcome.made_from,
        select: outcome.select,
        note: outcome.note,
        usage: outcome.usage,
        // How long it took and what it cost is known when it is written down.
        took_ms: 0,
        cost: Cost::default(),
        prompt: None,
        raw,
        making,
        originals,
    })
}

/// Who made the pictures, and what was done. A backend that doesn't tell is a generative model.
fn making(backend: &BackendInfo, outcome: &EditOutcome) -> Option<Making> {
    let deeds = if outcome.deeds.is_empty() {
        vec![Deed::Generated]
    } else {
        outcome.deeds.clone()
    };
    (!outcome.pictures.is_empty()).then(|| Making {
        agent: backend.title.clone(),
        model: backend.model.clone(),
        deeds,
    })
}

/// One picture through the gate and onto the disk. It may have been paid for: a house that is busy makes it wait.
async fn keep_picture(desk: &Desk<'_>, picture: RawImage) -> Result<(Blob, Option<Original>), Failure> {
    let (blobs, title) = (&desk.turns.0.blobs, desk.backend.title.as_str());
    let mut verified = when_free(desk.cancel, || blobs.inspect(picture.clone()))
        .await
        .map_err(|error| not_a_picture(title, &error))?;
    let original = desk.turns.0.provenance.take_in(verified.take_original()).await;
    let blob = blobs
        .put(verified)
        .await
        .map_err(|error| BackendError::Own(error).for_the_user(title))?;
    Ok((blob, original))
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

/// Keeps a model's own answer where nobody but the next turn looks.
async fn keep_raw(turns: &Turns, reply: RawReply) -> std::io::Result<RawParts> {
    Ok(RawParts {
        family: reply.family,
        bytes: u64::try_from(reply.bytes.len()).unwrap_or(u64::MAX),
        pictures: reply.pictures,
        file: turns.0.blobs.put_private(reply.bytes).await?,
    })
}

fn not_a_picture(title: &str, error: &PictureError) -> Failure {
    match error {
        PictureError::Storage(_) | PictureError::Busy => Failure {
            kind: FailureKind::Unavailable,
            message: "This server could not keep the result. Try again; if it stays, tell whoever runs it.".to_owned(),
            note: None,
            retry_after_s: None,
        },
        _ => Failure {
            kind: FailureKind::BadAnswer,
            message: format!("{title} sent something that is not a picture this house takes. Try again."),
            note: Some(error.for_the_user()),
            retry_after_s: None,
        },
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
        domain::{
            instruction::Instruction,
            options::Options,
            picture::{BlobId, Dimensions, Format},
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
            is_pinned: false,
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
