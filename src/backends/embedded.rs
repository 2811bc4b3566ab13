//! Our own engine as a backend: no key, no network, and the default.
//!
//! Rule: it says what it did and what it left out, and never pretends. Pictures are decoded in the gate's bounded pool
//! and rendered on a blocking thread; cancelling is answered between rows.

use std::time::Duration;

use async_trait::async_trait;
use plantain_engine::{
    Channels, Context, Declined, Op, Raster, Reason, RenderContext, RenderError, Samples as RasterSamples, Step,
    Understanding, VersionName, VersionWord, explain, render, understand,
};

use super::{Backend, BackendError, BackendInfo, EditOutcome, EditRequest, PastStep, Watch};
use crate::{
    blobs::{BlobStore, Layout, PictureError, Pixels, Samples},
    domain::{ids::VersionId, picture::Dimensions, turn::FailureKind},
};

/// The longest a turn may take: the slowest operation on the largest picture is far below.
const DEADLINE: Duration = Duration::from_secs(120);

/// The embedded engine.
pub struct Embedded {
    info: BackendInfo,
    blobs: BlobStore,
}

impl Embedded {
    /// The engine over the pictures of this house.
    #[must_use]
    pub fn new(blobs: BlobStore) -> Self {
        let info = BackendInfo {
            name: "embedded".to_owned(),
            kind: "embedded",
            title: "Built-in engine".to_owned(),
            model: None,
            references: 13,
            regions: false,
            history: true,
            candidates: 1,
            streaming: false,
            free_to_repeat: true,
            at_once: std::thread::available_parallelism().map_or(2, usize::from),
            deadline: DEADLINE,
        };
        Self { info, blobs }
    }
}

#[async_trait]
impl Backend for Embedded {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let understood = understand(request.instruction.as_str(), &context(request));
        if understood.steps.is_empty() {
            return Err(refuse(&understood.declined));
        }
        let (history, edits): (Vec<Step>, Vec<Step>) =
            understood.steps.iter().cloned().partition(|step| step.op.is_history());
        if edits.is_empty() {
            let note = note(&history, &understood.declined);
            return Ok(EditOutcome {
                select: Some(moved(&history, request)?),
                note: Some(note),
                ..EditOutcome::default()
            });
        }
        let base = starting_point(&history, &understood, request)?;
        let picture = self.blobs.decode(base).await.map_err(own)?;
        let rendered = self.render(edits, picture, request.seed, watch).await?;
        let raw = self.blobs.encode_png(pixels_of(rendered)).await.map_err(own)?;
        let note = note(&understood.steps, &understood.declined);
        Ok(EditOutcome {
            pictures: vec![raw],
            note: Some(note),
            ..EditOutcome::default()
        })
    }
}

impl Embedded {
    /// Renders on a blocking thread, telling progress and listening for a cancel.
    async fn render(
        &self,
        steps: Vec<Step>,
        picture: Pixels,
        seed: u64,
        watch: &Watch,
    ) -> Result<Raster, BackendError> {
        let (progress, mut told) = tokio::sync::watch::channel((0.0, String::new()));
        let line = Line {
            progress,
            cancel: watch.cancel.clone(),
        };
        let around = RenderContext {
            seed,
            max_pixels: self.blobs.limits().pixels,
            ..RenderContext::default()
        };
        let mut task =
            tokio::task::spawn_blocking(move || render(&steps, raster_of(picture)?, &around, &line).map_err(in_words));
        loop {
            tokio::select! {
                ended = &mut task => return ended.map_err(|error| BackendError::BadAnswer { what: error.to_string() })?,
                Ok(()) = told.changed() => {
                    let (fraction, step) = told.borrow_and_update().clone();
                    watch.progress(Some(fraction), Some(&step));
                }
            }
        }
    }
}

/// How the engine's threads speak to the waiting task.
struct Line {
    progress: tokio::sync::watch::Sender<(f32, String)>,
    cancel: tokio_util::sync::CancellationToken,
}

impl plantain_engine::Watch for Line {
    fn progress(&self, fraction: f32, step: &str) {
        self.progress.send_replace((fraction, step.to_owned()));
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

/// What the engine has to know besides the words: the attached pictures, and what was done on the way to the base.
fn context(request: &EditRequest) -> Context {
    let references = u32::try_from(request.references.len()).unwrap_or(u32::MAX);
    Context {
        references,
        earlier: earlier(&request.history),
        ..Context::default()
    }
}

/// The steps of the path to the base, in order; what other backends made is unknown to the engine.
fn earlier(history: &[PastStep]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for past in history {
        let ours = past.backend.as_deref() == Some("embedded");
        let Some(instruction) = past.instruction.as_ref().filter(|_| ours) else {
            steps.clear();
            continue;
        };
        let understood = understand(
            instruction.as_str(),
            &Context {
                earlier: steps.clone(),
                ..Context::default()
            },
        );
        steps.truncate(steps.len().saturating_sub(understood.replaces));
        steps.extend(understood.steps.into_iter().filter(|step| !step.op.is_history()));
    }
    steps
}

/// The picture to render on: the base; after "undo, then …" the version that is gone back to; for "stronger" the one
/// before the step that is done anew.
fn starting_point<'r>(
    history: &[Step],
    understood: &Understanding,
    request: &'r EditRequest,
) -> Result<&'r crate::domain::picture::Blob, BackendError> {
    let tip = if history.is_empty() {
        None
    } else {
        Some(moved(history, request)?)
    };
    let at = request.history.iter().position(|past| Some(past.version) == tip);
    let at = at.unwrap_or_else(|| request.history.len().saturating_sub(1));
    let at = at.saturating_sub(usize::from(understood.replaces > 0));
    Ok(request.history.get(at).map_or(&request.base, |past| &past.blob))
}

/// The version that "undo", "redo" or "back to the original" selects.
fn moved(steps: &[Step], request: &EditRequest) -> Result<VersionId, BackendError> {
    let path = &request.history;
    let mut at = path.len().saturating_sub(1);
    for step in steps {
        match step.op {
            Op::Undo if at > 0 => at -= 1,
            Op::Undo => return Err(declined("There is nothing to undo: this is the original.")),
            Op::Redo => {
                return request
                    .redo
                    .ok_or_else(|| declined("There is nothing to redo after this version."));
            }
            _ => at = target_of(step, path)?,
        }
    }
    path.get(at)
        .map(|past| past.version)
        .ok_or_else(|| declined("There is no such version on the way to this picture."))
}

fn target_of(step: &Step, path: &[PastStep]) -> Result<usize, BackendError> {
    match step.params.version {
        None | Some(VersionName::Word(VersionWord::Original)) => Ok(0),
        Some(VersionName::Number(number)) => path.iter().position(|past| past.number == number).ok_or_else(|| {
            declined(&format!(
                "Version {number} is not on the way to this picture. Select it in the strip instead."
            ))
        }),
    }
}

fn declined(message: &str) -> BackendError {
    BackendError::Declined {
        kind: FailureKind::Declined,
        message: message.to_owned(),
    }
}

/// Why nothing of the wish was done.
fn refuse(left_out: &[Declined]) -> BackendError {
    let kind = match left_out.first().map(|declined| declined.reason) {
        Some(Reason::NeedsGenerative) => FailureKind::NeedsGenerative,
        Some(Reason::TooVague | Reason::NotAnEdit) | None => FailureKind::NotUnderstood,
        Some(_) => FailureKind::Declined,
    };
    BackendError::Declined {
        kind,
        message: sentences(left_out),
    }
}

/// What was done, and what was left out.
fn note(done: &[Step], left_out: &[Declined]) -> String {
    let mut note = explain(done);
    note.push('.');
    if !left_out.is_empty() {
        note.push_str("\nLeft out: ");
        note.push_str(&sentences(left_out));
    }
    note
}

fn sentences(left_out: &[Declined]) -> String {
    left_out
        .iter()
        .map(|declined| declined.message.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

/// A decoded picture as the engine takes it; nothing is copied.
///
/// # Errors
/// When the samples do not fit the dimensions.
pub fn raster_of(pixels: Pixels) -> Result<Raster, BackendError> {
    let channels = match pixels.layout {
        Layout::Grey => Channels::Gray,
        Layout::GreyAlpha => Channels::GrayAlpha,
        Layout::Rgb => Channels::Rgb,
        Layout::Rgba => Channels::Rgba,
    };
    let Dimensions { width, height } = pixels.dimensions;
    let raster = match pixels.samples {
        Samples::Eight(samples) => Raster::from_u8(width, height, channels, samples),
        Samples::Sixteen(samples) => Raster::from_u16(width, height, channels, samples),
    };
    raster.map_err(|error| BackendError::BadAnswer {
        what: error.to_string(),
    })
}

/// An engine's picture as the gate takes it; nothing is copied.
#[must_use]
pub fn pixels_of(raster: Raster) -> Pixels {
    let layout = match raster.channels() {
        Channels::Gray => Layout::Grey,
        Channels::GrayAlpha => Layout::GreyAlpha,
        Channels::Rgb => Layout::Rgb,
        Channels::Rgba => Layout::Rgba,
    };
    let dimensions = Dimensions {
        width: raster.width(),
        height: raster.height(),
    };
    let samples = match raster.into_samples() {
        RasterSamples::U8(samples) => Samples::Eight(samples),
        RasterSamples::U16(samples) => Samples::Sixteen(samples),
    };
    Pixels {
        dimensions,
        layout,
        samples,
    }
}

fn in_words(error: RenderError) -> BackendError {
    match error {
        RenderError::Cancelled => BackendError::Cancelled,
        other => declined(&format!("That can't be done to this picture: {other}.")),
    }
}

fn own(error: PictureError) -> BackendError {
    BackendError::Own(std::io::Error::other(error))
}
