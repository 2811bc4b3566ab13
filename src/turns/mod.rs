//! The life of a turn: the use cases that write.
//!
//! Rule: file first, row second; every write ends in a hint to those who watch; no lock and no transaction is held
//! while a backend works or a picture is decoded. Called by `web` and its JSON interface; started by `app`.
//!
//! Read this file (what people do), then `queue` (whose turn it is), `worker` (one attempt from claim to version) and
//! `live` (who is watching).

pub mod comments;
mod guard;
pub mod live;
mod queue;
pub mod regions;
pub mod returned;
mod reuse;
mod sessions;
mod sharing;
pub mod spending;
mod squash;
mod worker;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    backends::registry::Registry,
    blobs::{BlobStore, VerifiedImage},
    clock::Clock,
    domain::{
        change::Changed,
        ids::{ClientId, RegionId, SessionId, TurnId, VersionId, VisitorId},
        instruction::Instruction,
        options::Options,
        picture::BlobId,
        session::{Owner, Session, Title},
        token::Token,
        turn::{Author, Turn},
        version::{Origin, Version},
    },
    provenance::Provenance,
    random,
    store::{
        Store, StoreError,
        sessions::NewSession,
        turns::{Inserted, NewTurn},
    },
};
use live::{Hint, Live};
use spending::Ceilings;

/// How many turns of one session may wait or run.
const MOST_OPEN_TURNS: u32 = 100;

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Turns(Arc<Inner>);

struct Inner {
    store: Store,
    blobs: BlobStore,
    registry: Registry,
    live: Live,
    provenance: Provenance,
    clock: Clock,
    /// Rung when there may be something to claim.
    wake: Notify,
    /// Cancels the attempt of a turn; an entry lives as long as its worker.
    running: Mutex<HashMap<(TurnId, u32), CancellationToken>>,
    /// Files of attempts whose rows are not written yet, however long the disk takes none.
    unwritten: Mutex<HashMap<(TurnId, u32), Vec<BlobId>>>,
    /// No further claims.
    stopping: CancellationToken,
    /// No more time for what still runs.
    out_of_time: CancellationToken,
    tasks: TaskTracker,
    at_once: usize,
    ceilings: Ceilings,
}

/// What a person hands in.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The session.
    pub session: SessionId,
    /// What its sender calls it.
    pub client_id: ClientId,
    /// The version to edit.
    pub base: VersionId,
    /// Further pictures, in order.
    pub references: Vec<VersionId>,
    /// What to do.
    pub instruction: Instruction,
    /// Where, if somebody drew it.
    pub region: Option<RegionId>,
    /// What was chosen beside the words.
    pub options: Options,
    /// Who does it; none: the default.
    pub backend: Option<String>,
    /// Who asks.
    pub author: Author,
}

impl Submission {
    /// Whether this is what the turn was asked for, so that the one is the other sent twice.
    #[must_use]
    pub fn asks_for(&self, turn: &Turn) -> bool {
        self.instruction == turn.instruction
            && self.base == turn.base
            && self.references == turn.references
            && self.region == turn.region.map(|region| region.id)
            && self.options == turn.options
    }

    /// An id made from the sender's and from what is asked: other words under the same id get another one, and the same
    /// words the same one, however often they are sent.
    #[must_use]
    pub fn id_of_its_own(&self) -> ClientId {
        let mut hash = Sha256::new_with_prefix(self.client_id.to_string());
        for version in std::iter::once(&self.base).chain(&self.references) {
            hash.update(version.to_string());
        }
        if let Some(region) = self.region {
            hash.update(format!("region {region}"));
        }
        if self.options != Options::default() {
            hash.update(format!("{:?}", self.options));
        }
        hash.update(self.instruction.as_str());
        let bits: [u8; 32] = hash.finalize().into();
        let mut first = [0; 16];
        first.copy_from_slice(&bits[..16]);
        ClientId::new(uuid::Builder::from_custom_bytes(first).into_uuid())
    }
}

/// What came of it.
#[derive(Debug)]
pub enum Submitted {
    /// It waits its turn.
    New(Turn),
    /// It had been handed in before.
    Seen(Turn),
}

/// Why a turn was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The base or a reference isn't a version of this session.
    #[error("That picture is not part of this session.")]
    NoSuchVersion,
    /// The region isn't one of this session.
    #[error("That region is not part of this session. Draw it again.")]
    NoSuchRegion,
    /// The region is one of a picture of another shape.
    #[error("That region was drawn on a picture of another shape. Draw it again on this one.")]
    OtherShape,
    /// A ceiling of spending is reached; the sentence says which.
    #[error("{0}")]
    Ceiling(String),
    /// There is no such backend here.
    #[error("There is no backend with this name here.")]
    NoSuchBackend,
    /// The backend takes fewer references.
    #[error("{title} takes at most {most} reference pictures.")]
    TooManyReferences {
        /// The backend.
        title: String,
        /// How many it takes.
        most: u32,
    },
    /// Too many turns of this session are waiting.
    #[error("Many turns of this session are waiting already. Let some finish, or cancel one.")]
    TooManyOpen,
    /// Our own fault.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a picture could not become a version.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The file could not be put in place.
    #[error("the picture could not be kept: {0}")]
    Disk(#[from] std::io::Error),
    /// The rows could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new session.
#[derive(Debug)]
pub struct Begun {
    /// The session.
    pub session: Session,
    /// Its first version.
    pub version: Version,
    /// Its own token, told this once.
    pub token: Token,
}

impl Turns {
    /// The use cases over these parts; nothing runs before [`Turns::start`].
    #[must_use]
    pub fn new(
        store: Store,
        blobs: BlobStore,
        registry: Registry,
        live: Live,
        provenance: Provenance,
        clock: Clock,
        (at_once, ceilings): (usize, Ceilings),
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            blobs,
            registry,
            live,
            provenance,
            clock,
            wake: Notify::new(),
            running: Mutex::default(),
            unwritten: Mutex::default(),
            stopping: CancellationToken::new(),
            out_of_time: CancellationToken::new(),
            tasks: TaskTracker::new(),
            at_once,
            ceilings,
        }))
    }

    /// Brings order into what a stop left behind, then works the queue until [`Turns::stop`].
    ///
    /// # Errors
    /// [`StoreError`] when the rows can't be mended.
    pub async fn start(&self) -> Result<(), StoreError> {
        self.warn_of_the_unpriced();
        queue::recover(self).await?;
        self.0.tasks.spawn(queue::run(self.clone()));
        Ok(())
    }

    /// Claims nothing more, gives what runs `grace` to finish, then interrupts it. Returns when nothing runs.
    pub async fn stop(&self, grace: Duration) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(grace, self.0.tasks.wait()).await.is_err() {
            self.0.out_of_time.cancel();
            self.0.tasks.wait().await;
        }
    }

    /// Files that no row names yet and that must stay.
    #[must_use]
    pub fn unwritten(&self) -> Vec<BlobId> {
        let unwritten = self.0.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.values().flatten().copied().collect()
    }

    /// Begins a session with an inspected picture.
    ///
    /// # Errors
    /// [`KeepError`]; nothing is begun then.
    pub async fn begin_session(
        &self,
        owner: Owner,
        visitor: Option<VisitorId>,
        title: Title,
        picture: VerifiedImage,
    ) -> Result<Begun, KeepError> {
        let id = SessionId::new(random::uuid(self.0.clock.now()));
        self.begin(id, owner, visitor, title, (picture, false)).await
    }

    /// Begins a session of this id with an empty canvas, of which the first instruction makes a picture.
    ///
    /// # Errors
    /// As [`begin_session`](Self::begin_session).
    pub async fn begin_on_canvas(
        &self,
        id: SessionId,
        owner: Owner,
        visitor: Option<VisitorId>,
        title: Title,
        canvas: VerifiedImage,
    ) -> Result<Begun, KeepError> {
        self.begin(id, owner, visitor, title, (canvas, true)).await
    }

    async fn begin(
        &self,
        id: SessionId,
        owner: Owner,
        visitor: Option<VisitorId>,
        title: Title,
        (mut picture, canvas): (VerifiedImage, bool),
    ) -> Result<Begun, KeepError> {
        let original = self.0.provenance.take_in(picture.take_original()).await;
        let blob = self.0.blobs.put(picture).await?;
        let now = self.0.clock.now();
        let head = VersionId::new(random::uuid(now));
        let version = Version {
            id: head,
            session: id,
            number: 1,
            parent: None,
            origin: Origin::Upload,
            blob,
            canvas,
            as_returned: None,
            starred: false,
            comments: 0,
            drift: None,
            created_at: now,
        };
        let session = Session {
            id,
            title,
            owner,
            head,
            revision: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        let token = random::token();
        self.0
            .store
            .insert_session(NewSession {
                session: &session,
                token: token.hash(),
                first: &version,
                visitor,
            })
            .await?;
        self.0.provenance.keep_original(version.id, original.as_ref()).await;
        self.make_renditions(&version);
        Ok(Begun {
            session,
            version,
            token,
        })
    }

    /// Adds an inspected picture to a session: a version without parent.
    ///
    /// # Errors
    /// [`KeepError`]; nothing is added then.
    pub async fn add_picture(&self, session: SessionId, mut picture: VerifiedImage) -> Result<Version, KeepError> {
        let original = self.0.provenance.take_in(picture.take_original()).await;
        let blob = self.0.blobs.put(picture).await?;
        let now = self.0.clock.now();
        let version = self
            .0
            .store
            .insert_upload(VersionId::new(random::uuid(now)), session, blob, now)
            .await?;
        self.0.provenance.keep_original(version.id, original.as_ref()).await;
        self.make_renditions(&version);
        Ok(version)
    }

    /// Accepts a turn. Handed in twice, it is one turn.
    ///
    /// # Errors
    /// [`SubmitError`], in words for the person who asked.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let backend = self
            .0
            .registry
            .choose(submission.backend.as_deref())
            .ok_or(SubmitError::NoSuchBackend)?;
        let backend = backend.info();
        if submission.references.len() > backend.references as usize {
            return Err(SubmitError::TooManyReferences {
                title: backend.title.clone(),
                most: backend.references,
            });
        }
        let person = submission.author.visitor;
        if let Some(words) = self.over_ceiling(backend, submission.session, person).await? {
            // What was accepted before stays accepted, however often it is sent.
            let before = self.0.store.turn_of_client(submission.session, submission.client_id);
            return match before.await? {
                Some(turn) => Ok(Submitted::Seen(turn)),
                None => Err(SubmitError::Ceiling(words)),
            };
        }
        let now = self.0.clock.now();
        let new = NewTurn {
            id: TurnId::new(random::uuid(now)),
            session: submission.session,
            client_id: submission.client_id,
            base: submission.base,
            references: submission.references,
            instruction: submission.instruction,
            region: submission.region,
            options: submission.options,
            backend: backend.name.clone(),
            author: submission.author,
        };
        let turns = self.clone();
        let inserted = self.to_the_end(async move {
            let inserted = turns.0.store.insert_turn(&new, MOST_OPEN_TURNS, now).await;
            if let Ok(Inserted::New(turn)) = &inserted {
                turns.tell_changed(turn.session, turn.revision);
                turns.0.wake.notify_one();
            }
            inserted
        });
        match inserted.await? {
            Inserted::New(turn) => Ok(Submitted::New(turn)),
            Inserted::Seen(turn) => Ok(Submitted::Seen(turn)),
            Inserted::NoSuchVersion => Err(SubmitError::NoSuchVersion),
            Inserted::NoSuchRegion => Err(SubmitError::NoSuchRegion),
            Inserted::OtherShape => Err(SubmitError::OtherShape),
            Inserted::Full => Err(SubmitError::TooManyOpen),
        }
    }

    /// Stops a turn that waits or runs; one that has ended comes back as it is. `None`: no such turn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cancel(&self, session: SessionId, turn: TurnId) -> Result<Option<Turn>, StoreError> {
        let turns = self.clone();
        self.to_the_end(async move {
            let cancelled = turns.0.store.cancel_turn(session, turn, turns.0.clock.now()).await?;
            if let Some(turn) = &cancelled {
                turns.stop_attempts(&[turn.id]);
                turns.0.live.forget(turn.id);
                turns.tell_changed(session, turn.revision);
                turns.0.wake.notify_one();
            }
            Ok(cancelled)
        })
        .await
    }

    /// Queues a failed or cancelled turn again; any other comes back as it is. `None`: no such turn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retry(&self, session: SessionId, turn: TurnId) -> Result<Option<Turn>, StoreError> {
        let turns = self.clone();
        self.to_the_end(async move {
            let queued = turns.0.store.retry_turn(session, turn, turns.0.clock.now()).await?;
            if let Some(turn) = &queued {
                turns.tell_changed(session, turn.revision);
                turns.0.wake.notify_one();
            }
            Ok(queued)
        })
        .await
    }

    /// Does `work` to its end even when nobody waits for it any more: who hangs up after a row was written must not keep
    /// the rest from happening, or a turn would wait in a queue that nobody was told of.
    async fn to_the_end<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        match self.0.tasks.spawn(work).await {
            Ok(done) => done,
            Err(broken) => match broken.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is going away, and with it whoever waits here.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Cuts off what runs of these turns. The row first, then this: a worker that has just begun reads the row once its
    /// token is in the map.
    fn stop_attempts(&self, turns: &[TurnId]) {
        self.running()
            .iter()
            .filter(|((id, _), _)| turns.contains(id))
            .for_each(|(_, token)| token.cancel());
    }

    fn tell_changed(&self, session: SessionId, revision: u64) {
        self.0.live.tell(session, Hint::Changed(Changed { session, revision }));
    }

    /// Makes the small pictures of a version off the critical path; a page that asks earlier makes its own.
    fn make_renditions(&self, version: &Version) {
        let (blobs, provenance, version) = (self.0.blobs.clone(), self.0.provenance.clone(), version.clone());
        tokio::spawn(async move {
            let blob = &version.blob;
            if let Err(error) = blobs.warm(blob).await {
                tracing::warn!(%error, blob = %blob.id, "renditions were not made ahead");
            }
            provenance.welcome(&version).await;
        });
    }

    fn running(&self) -> MutexGuard<'_, HashMap<(TurnId, u32), CancellationToken>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
