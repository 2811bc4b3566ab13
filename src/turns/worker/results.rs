//! What a backend brought: through the gate, onto the disk, and past the guard.
//!
//! Rule: a picture that may have been paid for is lost to nothing else: no bad one beside it, no busy house, no fault of the
//! guard. Called by the worker.

use tokio_util::sync::CancellationToken;

use super::{
    super::{
        Turns,
        guard::{Guard, Wanted},
        live::Hint,
    },
    Unfinished, when_free,
};
use crate::{
    backends::{BackendError, BackendInfo, EditOutcome, RawReply},
    blobs::{PictureError, RawImage},
    domain::{
        change::Progress,
        ids::VersionId,
        making::{Deed, Making},
        picture::Blob,
        turn::{Failure, FailureKind, Turn},
        version::{Original, RawParts},
    },
    random,
    store::{
        StoreError,
        costs::Cost,
        turns::{Finished, Made},
    },
};

/// Pictures taken of one answer.
const MOST_CANDIDATES: usize = 16;

/// Said where a drawn region can't hold.
const NO_REGION: &str = "The words led to a picture of another shape, so the drawn region was left out.";

/// Where an answer is looked through.
pub(super) struct Results<'a> {
    pub turns: &'a Turns,
    pub turn: &'a Turn,
    pub backend: &'a BackendInfo,
    pub cancel: &'a CancellationToken,
}

impl Results<'_> {
    /// Inspects and stores what a backend returned: its answers pass the same gate as any upload. `region` is the drawn
    /// mask, `first` the branch's first picture.
    pub(super) async fn keep(
        &self,
        mut outcome: EditOutcome,
        region: Option<Blob>,
        first: Option<Blob>,
    ) -> Result<Finished, Unfinished> {
        let guard = self.guard(&mut outcome, region, first).await?;
        self.keep_all(outcome, guard.as_ref()).await.map_err(Unfinished::Failed)
    }

    /// What looks after the pictures; says in the note where the region can't hold.
    async fn guard(
        &self,
        outcome: &mut EditOutcome,
        region: Option<Blob>,
        first: Option<Blob>,
    ) -> Result<Option<Guard>, StoreError> {
        let parent = outcome.made_from.unwrap_or(self.turn.base);
        let base = self.turns.0.store.version(self.turn.session, parent).await?;
        let lies_over = |mask: &Blob| {
            base.as_ref()
                .is_some_and(|base| mask.dimensions.lies_over(base.blob.dimensions))
        };
        let was_drawn = region.is_some();
        let region = region.filter(lies_over);
        if was_drawn && region.is_none() {
            outcome.note = Some(match outcome.note.take() {
                Some(note) => format!("{note}\n{NO_REGION}"),
                None => NO_REGION.to_owned(),
            });
        }
        Ok(base.and_then(|base| {
            Guard::of(Wanted {
                first: first.unwrap_or_else(|| base.blob.clone()),
                base: base.blob,
                canvas: base.canvas,
                region,
                options: &self.turn.options,
                kind: self.backend.kind,
            })
        }))
    }

    async fn keep_all(&self, outcome: EditOutcome, guard: Option<&Guard>) -> Result<Finished, Failure> {
        let making = making(self.backend, &outcome);
        let mut pictures = Vec::new();
        let mut originals = Vec::new();
        let mut first_failure = None;
        let mut has_first = false;
        for (number, picture) in outcome.pictures.into_iter().take(MOST_CANDIDATES).enumerate() {
            // One that is no picture takes none of the others away: they may have been paid for.
            match self.keep_picture(picture).await {
                Ok((blob, original)) => {
                    has_first |= number == 0;
                    originals.extend(original.map(|original| (pictures.len(), original)));
                    pictures.push(self.look_after(guard, blob).await);
                }
                Err(failure) => first_failure = first_failure.or(Some(failure)),
            }
        }
        if let (true, Some(failure)) = (pictures.is_empty(), first_failure) {
            return Err(failure);
        }
        if pictures.is_empty() && outcome.select.is_none() {
            return Err(BackendError::NoImage { text: outcome.note }.for_the_user(&self.backend.title));
        }
        // The model's own answer belongs to the first picture, and the next turn can do without it. Where a region was drawn the
        // model may have changed more than was kept, and would go on from that.
        let raw = match outcome.raw.filter(|_| has_first && self.turn.region.is_none()) {
            Some(reply) => keep_raw(self.turns, reply)
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

    /// One picture through the gate and onto the disk. It may have been paid for: a house that is busy makes it wait.
    async fn keep_picture(&self, picture: RawImage) -> Result<(Blob, Option<Original>), Failure> {
        let (blobs, title) = (&self.turns.0.blobs, self.backend.title.as_str());
        let mut verified = when_free(self.cancel, || blobs.inspect(picture.clone()))
            .await
            .map_err(|error| not_a_picture(title, &error))?;
        let original = self.turns.0.provenance.take_in(verified.take_original()).await;
        let blob = blobs
            .put(verified)
            .await
            .map_err(|error| BackendError::Own(error).for_the_user(title))?;
        Ok((blob, original))
    }

    /// What a kept picture becomes; meanwhile it can be seen as it came.
    async fn look_after(&self, guard: Option<&Guard>, blob: Blob) -> Made {
        match guard {
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
