//! The built-in engine as a backend, over pictures drawn here: stories of a branch.

use std::sync::{Arc, Mutex};

use plantain_engine::Finds;

use super::*;
use crate::domain::turn::FailureKind;
use crate::{
    backends::{Area, PastStep},
    blobs::{Layout, RawImage, Samples},
    domain::{
        ids::VersionId,
        instruction::Instruction,
        picture::{Blob, Dimensions, Limits},
    },
    models::Models,
};

/// A house with one session.
struct Desk {
    blobs: BlobStore,
    backend: Embedded,
    _folder: tempfile::TempDir,
    /// The path to the base.
    path: Vec<PastStep>,
    redo: Option<VersionId>,
}

impl Desk {
    /// With a picture of soft stripes.
    async fn new() -> Self {
        Self::with_limits(Limits::default()).await
    }

    async fn with_limits(limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = BlobStore::open(folder.path(), limits, Some(2), BlobStore::DEADLINE).expect("a store");
        let backend = Embedded::new(blobs.clone(), Models::open(folder.path().join("no models")));
        let mut desk = Self {
            blobs,
            backend,
            _folder: folder,
            path: Vec::new(),
            redo: None,
        };
        let blob = desk.drawn(60, 40).await;
        desk.push(blob, None, None);
        desk
    }

    /// A picture of soft stripes.
    async fn drawn(&self, width: u32, height: u32) -> Blob {
        let at = |i: u32| [120, 110 + u8::from(i % 8 < 4) * 40, 100].map(|v: u8| v);
        let samples = (0..width * height).flat_map(at).collect();
        let pixels = Pixels {
            dimensions: Dimensions { width, height },
            layout: Layout::Rgb,
            samples: Samples::Eight(samples),
        };
        let raw = self.blobs.encode_png(pixels).await.expect("encoded");
        self.keep(raw).await
    }

    async fn keep(&self, raw: RawImage) -> Blob {
        let verified = self.blobs.inspect(raw).await.expect("a picture");
        self.blobs.put(verified).await.expect("kept")
    }

    fn push(&mut self, blob: Blob, words: Option<&str>, backend: Option<&str>) {
        let number = u32::try_from(self.path.len()).expect("few") + 1;
        self.path.push(PastStep {
            version: VersionId::new(uuid::Uuid::from_u128(number.into())),
            number,
            blob,
            canvas: false,
            led_here: false,
            instruction: words.map(|words| Instruction::parse(words).expect("words")),
            backend: backend.map(str::to_owned),
            region: None,
            references: Vec::new(),
            raw: None,
        });
    }

    fn request(&self, words: &str) -> EditRequest {
        EditRequest {
            base: self.path.last().expect("the upload").blob.clone(),
            canvas: false,
            references: Vec::new(),
            pointed: Default::default(),
            instruction: Instruction::parse(words).expect("words"),
            region: None,
            options: Default::default(),
            history: self.path.clone(),
            redo: self.redo,
            seed: 1,
        }
    }

    async fn say(&self, words: &str) -> Result<EditOutcome, BackendError> {
        let watch = Watch::new(CancellationToken::new(), |_, _| {});
        self.backend.edit(&self.request(words), &watch).await
    }

    /// Says it and goes on from the new version.
    async fn edit(&mut self, words: &str) -> Pixels {
        let mut outcome = self.say(words).await.expect(words);
        let blob = self.keep(outcome.pictures.pop().expect("a picture")).await;
        if let Some(from) = outcome.made_from {
            let at = self
                .path
                .iter()
                .position(|past| past.version == from)
                .expect("on the path");
            self.path.truncate(at + 1);
        }
        self.push(blob.clone(), Some(words), Some(Embedded::NAME));
        self.path.last_mut().expect("just pushed").led_here = outcome.made_from.is_some();
        self.blobs.decode(&blob).await.expect("kept")
    }

    async fn pixels(&self, number: usize) -> Pixels {
        self.blobs.decode(&self.path[number - 1].blob).await.expect("kept")
    }

    fn version(&self, number: usize) -> Option<VersionId> {
        Some(self.path[number - 1].version)
    }

    /// Kind and words of a refusal.
    async fn refused(&self, words: &str) -> (FailureKind, String) {
        let failure = self.say(words).await.expect_err(words).for_the_user("Built-in engine");
        (failure.kind, failure.message)
    }
}

/// The average of each colour.
fn mean(pixels: &Pixels) -> [f64; 3] {
    let Samples::Eight(samples) = &pixels.samples else {
        panic!("8 bits went in")
    };
    let mut sums = [0.0; 3];
    samples
        .chunks_exact(3)
        .for_each(|pixel| (0..3).for_each(|c| sums[c] += f64::from(pixel[c])));
    sums.map(|sum| sum * 3.0 / samples.len() as f64)
}

/// How far neighbours in a row are apart on average.
fn roughness(pixels: &Pixels) -> f64 {
    let Samples::Eight(samples) = &pixels.samples else {
        panic!("8 bits went in")
    };
    let green: Vec<f64> = samples.chunks_exact(3).map(|pixel| f64::from(pixel[1])).collect();
    green.windows(2).map(|pair| (pair[0] - pair[1]).abs()).sum::<f64>() / green.len() as f64
}

#[tokio::test]
async fn a_step_keeps_to_its_region_also_when_it_is_done_again_stronger() {
    let mut desk = Desk::new().await;
    let dimensions = Dimensions { width: 60, height: 40 };
    let left = (0..60 * 40).map(|i| if i % 60 < 30 { 255 } else { 0 }).collect();
    let mask = Pixels {
        dimensions,
        layout: Layout::Grey,
        samples: Samples::Eight(left),
    };
    let mask = desk.keep(desk.blobs.encode_png(mask).await.expect("encoded")).await;
    let mut request = desk.request("make it darker");
    request.region = Some(Area {
        mask: mask.clone(),
        bounds: [0, 0, 50, 100],
    });
    let watch = Watch::new(CancellationToken::new(), |_, _| {});
    let mut outcome = desk.backend.edit(&request, &watch).await.expect("an edit");
    let darker = desk.keep(outcome.pictures.pop().expect("a picture")).await;
    desk.push(darker, Some("make it darker"), Some(Embedded::NAME));
    desk.path.last_mut().expect("just pushed").region = Some(mask);

    let at = |pixels: &Pixels, i: usize| match &pixels.samples {
        Samples::Eight(samples) => samples[i * 3],
        Samples::Sixteen(_) => panic!("8 bits went in"),
    };
    let (first, once) = (desk.pixels(1).await, desk.pixels(2).await);
    let twice = desk.edit("stronger").await;
    let (inside, outside) = (10 * 60 + 10, 10 * 60 + 50);
    assert!(at(&once, inside) < at(&first, inside), "darker");
    assert!(at(&twice, inside) < at(&once, inside), "stronger");
    assert_eq!(at(&once, outside), at(&first, outside));
    assert_eq!(at(&twice, outside), at(&first, outside));
}

#[tokio::test]
async fn warmer_is_warmer_and_says_so() {
    let mut desk = Desk::new().await;
    let before = mean(&desk.pixels(1).await);
    let note = desk.say("make it warmer").await.expect("an edit").note.expect("words");
    assert_eq!(note, "Made the picture warmer.");
    let after = mean(&desk.edit("make it warmer").await);
    assert!(
        after[0] > before[0] + 2.0 && after[2] < before[2] - 2.0,
        "{before:?} {after:?}"
    );
}

#[tokio::test]
async fn undo_and_back_select_and_make_nothing() {
    let mut desk = Desk::new().await;
    desk.edit("make it warmer").await;
    desk.edit("blur it").await;
    desk.redo = Some(VersionId::new(uuid::Uuid::from_u128(77)));
    for (words, version) in [
        ("undo", desk.version(2)),
        ("undo twice", desk.version(1)),
        ("undo five times", desk.version(1)),
        ("back to the original", desk.version(1)),
        ("go back to version 2", desk.version(2)),
        ("redo", desk.redo),
    ] {
        let outcome = desk.say(words).await.expect(words);
        assert_eq!(outcome.select, version, "{words}");
        assert!(outcome.pictures.is_empty(), "{words}");
        assert!(outcome.note.is_some_and(|note| !note.is_empty()), "{words}");
    }
}

#[tokio::test]
async fn history_that_is_not_there_is_declined_in_words() {
    let desk = Desk::new().await;
    for (words, part) in [
        ("undo", "nothing to undo"),
        ("redo", "nothing to redo"),
        ("go back to version 9", "not on the way"),
    ] {
        let (kind, message) = desk.refused(words).await;
        assert_eq!(kind, FailureKind::Declined, "{words}");
        assert!(message.contains(part), "{words}: {message}");
    }
}

#[tokio::test]
async fn undo_and_something_new_starts_from_the_parent_and_says_so() {
    let mut desk = Desk::new().await;
    desk.edit("make it black and white").await;
    let outcome = desk.say("undo that and make it warmer").await.expect("a picture");
    assert_eq!(outcome.made_from, desk.version(1));
    let together = desk.edit("undo that and make it warmer").await;
    assert_eq!(desk.path.len(), 2, "a child of the upload");
    desk.path.truncate(1);
    assert_eq!(together, desk.edit("make it warmer").await);
}

#[tokio::test]
async fn what_was_undone_on_the_way_is_not_undone_again_when_the_path_is_read() {
    let mut desk = Desk::new().await;
    desk.edit("make it darker").await;
    desk.edit("make it black and white").await;
    desk.edit("undo that and blur it slightly").await;
    let stronger = desk.edit("stronger").await;
    desk.path.truncate(2);
    desk.edit("blur it slightly").await;
    assert_eq!(
        stronger,
        desk.edit("stronger").await,
        "darker is still in it, the blur is done once"
    );
}

#[tokio::test]
async fn stronger_takes_the_place_of_the_last_step() {
    let mut desk = Desk::new().await;
    let first = desk.edit("blur it slightly").await;
    let stronger = desk.edit("stronger").await;
    assert!(roughness(&stronger) < roughness(&first));
    let plan = path::plan(&desk.request("a bit weaker"), Finds::default(), None);
    let Planned::Render { picture, steps, .. } = plan.what else {
        panic!("pixels")
    };
    assert_eq!(picture, desk.path[0].blob, "twice replaced, still from the upload");
    assert_eq!(steps.len(), 1);
}

#[tokio::test]
async fn stronger_after_two_steps_at_once_does_the_first_again() {
    let mut desk = Desk::new().await;
    desk.edit("make it warmer and blur it slightly").await;
    let plan = path::plan(&desk.request("stronger"), Finds::default(), None);
    let Planned::Render { picture, steps, .. } = plan.what else {
        panic!("pixels")
    };
    assert_eq!(picture, desk.path[0].blob);
    assert_eq!(
        steps.iter().map(|step| step.op.name()).collect::<Vec<_>>(),
        ["temperature", "blur"]
    );
    assert_eq!(plan.told.len(), 1, "only the new one is told");
}

#[tokio::test]
async fn what_was_put_in_a_turn_ago_is_put_in_otherwise_from_its_own_picture() {
    let mut desk = Desk::new().await;
    let clock = desk.drawn(24, 24).await;
    let made = desk.drawn(60, 41).await;
    desk.push(made, Some("blend the clock into the picture"), Some(Embedded::NAME));
    desk.path[1].references = vec![clock.clone()];
    let planned = |request: &EditRequest| {
        let plan = path::plan(request, Finds::default(), None);
        let Planned::Render {
            picture,
            steps,
            references,
            ..
        } = plan.what
        else {
            panic!("pixels: {:?}", plan.left_out)
        };
        assert_eq!(picture, desk.path[0].blob, "in place of the first time");
        assert_eq!(
            references,
            std::slice::from_ref(&clock),
            "though it is attached no more"
        );
        let params = steps[0].params.clone();
        assert_eq!((steps.len(), params.reference), (1, Some(2)));
        (params.scale, params.dy)
    };
    let request = desk.request("make it smaller and move it up");
    assert_eq!(planned(&request), (Some(0.7), Some(-0.15)));
    // Another picture that came along since is not taken for it.
    let request = EditRequest {
        references: vec![desk.drawn(30, 20).await],
        ..request
    };
    assert_eq!(planned(&request), (Some(0.7), Some(-0.15)));
    // Nor is it what words call the second picture.
    let (_, message) = desk.refused("change the background to image 2").await;
    assert!(message.starts_with("Picture 2 is spoken of"), "{message}");
}

#[tokio::test]
async fn what_a_model_made_is_a_fresh_start() {
    let mut desk = Desk::new().await;
    desk.edit("blur it slightly").await;
    let blob = desk.path[1].blob.clone();
    desk.push(blob, Some("blur it more"), Some("gemini"));
    let (kind, message) = desk.refused("stronger").await;
    assert_eq!(kind, FailureKind::NotUnderstood);
    assert!(message.contains("no earlier edit"), "{message}");
}

#[tokio::test]
async fn a_wish_for_new_things_needs_a_model_and_says_so() {
    let desk = Desk::new().await;
    let (kind, message) = desk.refused("add a rabbit").await;
    assert_eq!(kind, FailureKind::NeedsGenerative);
    assert!(message.contains("generative model"), "{message}");
    assert_eq!(desk.refused("make it nice").await.0, FailureKind::NotUnderstood);
    assert_eq!(desk.refused("crop the sky").await.0, FailureKind::Declined);
}

#[tokio::test]
async fn what_can_be_done_is_done_and_the_rest_is_named() {
    let desk = Desk::new().await;
    let outcome = desk.say("make it warmer and add a rabbit").await.expect("half of it");
    assert_eq!(outcome.pictures.len(), 1);
    let note = outcome.note.expect("words");
    assert!(note.starts_with("Made the picture warmer. Left out: “"), "{note}");
    assert!(
        note.contains("add a rabbit") && note.contains("generative model"),
        "{note}"
    );
}

#[tokio::test]
async fn a_result_over_the_limits_is_declined_with_the_limit() {
    let limits = Limits {
        side: 100,
        ..Limits::default()
    };
    let desk = Desk::with_limits(limits).await;
    let (kind, message) = desk.refused("resize it to 200 pixels wide").await;
    assert_eq!(kind, FailureKind::Declined);
    assert!(message.contains("100 on a side"), "{message}");
}

#[tokio::test]
async fn our_own_results_are_under_no_limit_of_bytes() {
    let limits = Limits {
        bytes: 3_000,
        ..Limits::default()
    };
    let desk = Desk::with_limits(limits).await;
    let outcome = desk
        .say("resize it to 600 pixels wide and add strong grain")
        .await
        .expect("an edit");
    let picture = outcome.pictures.into_iter().next().expect("a picture");
    assert!(picture.len() > limits.bytes, "{} bytes try nothing", picture.len());
    assert_eq!(desk.keep(picture).await.dimensions.width, 600);
}

#[tokio::test]
async fn progress_is_told_and_a_cancel_ends_it() {
    let desk = Desk::new().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (cancel, told) = (CancellationToken::new(), seen.clone());
    let watch = Watch::new(cancel.clone(), move |fraction, step| {
        told.lock().expect("no panic").push((fraction, step.map(str::to_owned)));
    });
    desk.backend
        .edit(&desk.request("blur it"), &watch)
        .await
        .expect("an edit");
    let last = seen.lock().expect("no panic").last().cloned().expect("progress");
    assert!(last.0.is_some_and(|fraction| fraction > 0.9), "{last:?}");
    assert!(last.1.is_some_and(|step| step.starts_with("Blur")));

    // Cancelled by the first word of progress, in the middle of a long plan.
    let stop = cancel.clone();
    let watch = Watch::new(cancel, move |_, _| stop.cancel());
    let ended = desk
        .backend
        .edit(
            &desk.request("resize it to 4000 pixels wide, blur it, sharpen it"),
            &watch,
        )
        .await;
    assert!(matches!(ended, Err(BackendError::Cancelled)), "{ended:?}");
}
