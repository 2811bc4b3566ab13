//! The built-in engine as a backend: words to a plan, the plan to pixels, and an honest word about what was left out.
//!
//! Rule: no pixel work on async threads (decoding and encoding in the store's bounded slots, rendering on a blocking
//! thread), and nothing is claimed that was not done. Listed last in `registry`, so it is the default without a model.
//!
//! Read this file, then `path` (what the words mean on this branch) and `convert` (pixels there and back).

pub(crate) mod convert;
mod deeds;
pub mod foresee;
pub(crate) mod path;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use std::time::Duration;

use async_trait::async_trait;
use plantain_engine::{
    Facts, Reason, RenderContext, RenderError, Step,
    nets::{FaceNets, Nets},
    render,
};
use tokio::{sync::watch, task};
use tokio_util::sync::CancellationToken;

use self::path::Planned;
use super::{Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Offers, Watch, wire::declined};
use crate::{
    blobs::{BlobStore, PictureError, Pixels, RawImage},
    domain::picture::Blob,
    models::Models,
};

/// The engine that needs no key, no account and no network.
pub struct Embedded {
    info: BackendInfo,
    blobs: BlobStore,
    models: Models,
}

impl Embedded {
    /// Its name in rows, forms and the JSON interface.
    pub const NAME: &str = "embedded";

    /// Reads and writes pictures through `blobs`; uses the nets that are in `models` at the time.
    #[must_use]
    pub fn new(blobs: BlobStore, models: Models) -> Self {
        let info = BackendInfo {
            name: Self::NAME.to_owned(),
            kind: "embedded",
            title: "Built-in engine".to_owned(),
            model: None,
            references: 13,
            regions: true,
            markup: false,
            history: true,
            candidates: 1,
            offers: Offers::default(),
            streaming: false,
            free_to_repeat: true,
            at_once: std::thread::available_parallelism().map_or(2, usize::from),
            deadline: Duration::from_secs(120),
        };
        Self { info, blobs, models }
    }

    /// The steps done to a picture, unchecked as every backend's answer.
    async fn paint(&self, job: Job, watch: &Watch) -> Result<(RawImage, String), BackendError> {
        let pixels = self.blobs.decode(&job.picture).await.map_err(unreadable)?;
        let region = match &job.region {
            Some(mask) => Some(self.blobs.decode(mask).await.map_err(unreadable)?),
            None => None,
        };
        // Also cancelled when this future is dropped, so that no thread goes on for nobody.
        let cancel = watch.cancel.child_token();
        let _stop = cancel.clone().drop_guard();
        let references = self.references(&job).await?;
        let limits = *self.blobs.limits();
        let (tell, mut told) = watch::channel((0.0, String::new()));
        let models = self.models.clone();
        let decoded = Decoded {
            pixels,
            references,
            region,
        };
        let work =
            task::spawn_blocking(move || draw(decoded, &job, models.nets(), limits.pixels, Line::new(cancel, tell)));
        // The sender goes with the work, so this ends with it.
        while told.changed().await.is_ok() {
            let (fraction, step) = told.borrow_and_update().clone();
            watch.progress(Some(fraction), Some(&step));
        }
        let (pixels, remarks) = work
            .await
            // What a panic says may quote what somebody sent.
            .map_err(|_| BackendError::Own(std::io::Error::other("a thread of this work broke")))??;
        if !limits.allow(pixels.dimensions) {
            return Err(declined(words::too_large(pixels.dimensions, &limits)));
        }
        if watch.cancel.is_cancelled() {
            return Err(BackendError::Cancelled);
        }
        let picture = self.blobs.encode_png(pixels).await.map_err(unreadable)?;
        Ok((picture, remarks))
    }

    /// What the base is like; nothing when it cannot be read, for the answer can do without.
    async fn facts(&self, request: &EditRequest) -> Option<Facts> {
        let pixels = self.blobs.decode(&request.base).await.ok()?;
        let measure = move || convert::to_raster(pixels).ok().map(|raster| Facts::of(&raster));
        task::spawn_blocking(measure).await.ok().flatten()
    }

    /// The attached pictures, when a step uses one.
    async fn references(&self, job: &Job) -> Result<Vec<Pixels>, BackendError> {
        let mut references = Vec::new();
        if job.steps.iter().any(|step| step.params.reference.is_some()) {
            for blob in &job.references {
                references.push(self.blobs.decode(blob).await.map_err(unreadable)?);
            }
        }
        Ok(references)
    }
}

#[async_trait]
impl Backend for Embedded {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    fn faces(&self) -> Option<FaceNets> {
        self.models.faces()
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        if watch.cancel.is_cancelled() {
            return Err(BackendError::Cancelled);
        }
        if request.canvas {
            return Err(words::no_picture_from_words());
        }
        let finds = words::finds(&self.models);
        let mut planned = path::plan(request, finds, None);
        // Only a vague wish or a question needs to know what the picture is like.
        let asks = |reason| matches!(reason, Reason::TooVague | Reason::NotAnEdit);
        if planned.left_out.iter().any(|declined| asks(declined.reason)) {
            planned = path::plan(request, finds, self.facts(request).await);
        }
        let note = words::note(&planned.told, &planned.left_out);
        let mut outcome = EditOutcome {
            note: Some(note),
            ..EditOutcome::default()
        };
        match planned.what {
            Planned::Nothing => return Err(words::nothing_done(&planned.left_out)),
            Planned::Select(version) => outcome.select = Some(version),
            Planned::Render {
                picture,
                steps,
                made_from,
                region,
                references,
            } => {
                outcome.made_from = made_from;
                outcome.deeds = deeds::of(&steps);
                let job = Job {
                    picture,
                    references,
                    steps,
                    region,
                    pins: request.options.pins.shares(),
                    seed: request.seed,
                };
                let (picture, remarks) = self.paint(job, watch).await?;
                outcome.pictures.push(picture);
                outcome.note = outcome.note.map(|note| note + &remarks);
            }
        }
        Ok(outcome)
    }
}

/// What one render needs.
struct Job {
    picture: Blob,
    references: Vec<Blob>,
    steps: Vec<Step>,
    /// The drawn mask.
    region: Option<Blob>,
    /// The points that were set, as shares.
    pins: Vec<[f32; 2]>,
    seed: u64,
}

/// The engine's look over the shoulder: cancel in, progress out to the async side.
struct Line {
    cancel: CancellationToken,
    tell: watch::Sender<(f32, String)>,
    remarks: words::Remarks,
}

impl Line {
    fn new(cancel: CancellationToken, tell: watch::Sender<(f32, String)>) -> Self {
        let remarks = words::Remarks::default();
        Self { cancel, tell, remarks }
    }
}

impl plantain_engine::Watch for Line {
    fn progress(&self, fraction: f32, step: &str) {
        self.tell.send_replace((fraction, step.to_owned()));
    }

    fn note(&self, sentence: &str) {
        self.remarks.add(sentence);
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

/// The pictures of one render.
struct Decoded {
    pixels: Pixels,
    references: Vec<Pixels>,
    region: Option<Pixels>,
}

/// Blocks for as long as the pixels take; also tells what is to be said of how it was done.
fn draw(
    decoded: Decoded,
    job: &Job,
    nets: Nets,
    max_pixels: u64,
    line: Line,
) -> Result<(Pixels, String), BackendError> {
    let own = |error| BackendError::Own(std::io::Error::other(error));
    let to_raster = |pixels| convert::to_raster(pixels).map_err(own);
    let raster = to_raster(decoded.pixels)?;
    let context = RenderContext {
        region: decoded.region.map(convert::to_mask).transpose().map_err(own)?,
        references: decoded
            .references
            .into_iter()
            .map(to_raster)
            .collect::<Result<_, _>>()?,
        pins: job.pins.clone(),
        seed: job.seed,
        max_pixels,
        nets,
    };
    let rendered = render(&job.steps, raster, &context, &line).map_err(|error| match error {
        RenderError::Cancelled => BackendError::Cancelled,
        other => declined(words::cannot_render(&other)),
    })?;
    Ok((convert::to_pixels(rendered), line.remarks.told()))
}

fn unreadable(error: PictureError) -> BackendError {
    match error {
        PictureError::Storage(error) => BackendError::Own(error),
        PictureError::Busy | PictureError::TooSlow => BackendError::Unavailable {
            retry_after: Some(Duration::from_secs(5)),
        },
        other => BackendError::Own(std::io::Error::other(other)),
    }
}
