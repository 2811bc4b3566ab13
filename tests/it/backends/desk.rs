//! What a test of any backend needs: the backend with short limits, the fake it talks to, real pictures in a real
//! store, and an ear on the log.
//!
//! Rule: every edit made here also proves that the key is in no error, no `Debug` output and no log line.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::RgbImage;
use plantain::{
    backends::{
        Area, Backend, BackendError, EditOutcome, EditRequest, PastStep, Watch,
        http::{self, Outbound},
    },
    blobs::{BlobStore, RawImage},
    domain::{
        ids::VersionId,
        instruction::Instruction,
        picture::{Blob, BlobId, Dimensions, Format, Limits},
        turn::FailureKind,
    },
};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{fmt::MakeWriter, util::SubscriberInitExt as _};

use super::fake::{Fake, Reply};

/// The deadline of an impatient desk.
pub const DEADLINE: Duration = Duration::from_millis(400);

/// How long a desk waits, in all and in silence.
#[derive(Clone, Copy)]
pub struct Patience {
    pub deadline: Duration,
    pub stall: Duration,
}

impl Patience {
    pub const NORMAL: Self = Self::of(20_000, 300);
    pub const SHORT: Self = Self {
        deadline: DEADLINE,
        stall: Duration::from_secs(20),
    };
    pub const LONG: Self = Self::of(60_000, 60_000);

    const fn of(deadline: u64, stall: u64) -> Self {
        Self {
            deadline: Duration::from_millis(deadline),
            stall: Duration::from_millis(stall),
        }
    }
}

pub struct Desk {
    pub backend: Arc<dyn Backend>,
    pub fake: Fake,
    pub outbound: Outbound,
    pub shelf: Shelf,
    /// What was shown while it was drawn.
    pub previews: Arc<Mutex<Vec<RawImage>>>,
    /// What was said meanwhile.
    pub steps: Arc<Mutex<Vec<String>>>,
    key: &'static str,
    log: Log,
    _listening: tracing::subscriber::DefaultGuard,
}

impl Desk {
    pub async fn open(
        script: Vec<Reply>,
        patience: Patience,
        key: &'static str,
        make: impl FnOnce(&Fake, Outbound, BlobStore) -> Arc<dyn Backend>,
    ) -> Self {
        let log = Log::default();
        let listening = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .finish()
            .set_default();
        let limits = http::Limits {
            stall: patience.stall,
            quiet: patience.stall,
            first_wait: Duration::from_millis(1),
            ..http::Limits::default()
        };
        let outbound = Outbound::new(limits, || 1.0).expect("a client");
        let (fake, shelf) = (Fake::start(script).await, Shelf::open());
        let backend = make(&fake, outbound.clone(), shelf.store.clone());
        Self {
            backend,
            fake,
            outbound,
            shelf,
            previews: Arc::default(),
            steps: Arc::default(),
            key,
            log,
            _listening: listening,
        }
    }

    pub async fn picture(&self, width: u32, height: u32, colour: [u8; 3]) -> Blob {
        self.shelf
            .put(&RgbImage::from_pixel(width, height, image::Rgb(colour)))
            .await
    }

    pub fn request(&self, base: &Blob, words: &str) -> EditRequest {
        EditRequest {
            pointed: Default::default(),
            base: base.clone(),
            canvas: false,
            references: Vec::new(),
            instruction: Instruction::parse(words).expect("an instruction"),
            region: None,
            options: Default::default(),
            history: Vec::new(),
            redo: None,
            seed: 1,
        }
    }

    pub async fn any_request(&self) -> EditRequest {
        self.request(&self.picture(60, 40, [200, 30, 30]).await, "Make the sky pink")
    }

    pub async fn edit_any(&self) -> Result<EditOutcome, BackendError> {
        self.edit(&self.any_request().await).await
    }

    pub async fn fail_any(&self) -> (FailureKind, String) {
        self.fail(&self.any_request().await).await
    }

    /// Edits, and proves that the key got out to the service only.
    pub async fn edit(&self, request: &EditRequest) -> Result<EditOutcome, BackendError> {
        let (previews, steps) = (Arc::clone(&self.previews), Arc::clone(&self.steps));
        let watch = Watch::new(CancellationToken::new(), move |_, step| {
            steps.lock().expect("no panic").extend(step.map(str::to_owned));
        })
        .with_previews(move |picture| previews.lock().expect("no panic").push(picture));
        let result = self.backend.edit(request, &watch).await;
        let told = match &result {
            Ok(outcome) => format!("{:?}", outcome.note),
            Err(error) => format!("{error} {error:?} {:?}", error.for_the_user("It")),
        };
        assert!(!told.contains(self.key), "sec_key_02: the key is in {told}");
        assert!(
            !self.log().contains(self.key),
            "sec_key_02: the key is in the log: {}",
            self.log()
        );
        assert!(
            self.fake.calls() == 0 || !self.log().is_empty(),
            "the ear on the log hears nothing"
        );
        result
    }

    /// How an edit fails, as the person is told: the kind, and all words.
    pub async fn fail(&self, request: &EditRequest) -> (FailureKind, String) {
        let failure = self.edit(request).await.expect_err("a failure").for_the_user("It");
        (
            failure.kind,
            format!("{} {}", failure.message, failure.note.unwrap_or_default()),
        )
    }

    pub fn log(&self) -> String {
        let bytes = self.log.0.lock().expect("no writer panics");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How wide the previews were, once they passed the gate.
    pub async fn preview_widths(&self) -> Vec<u32> {
        let previews = std::mem::take(&mut *self.previews.lock().expect("no panic"));
        self.shelf.widths(previews).await
    }
}

pub fn step(number: u32, words: Option<&str>) -> PastStep {
    PastStep {
        region: None,
        version: VersionId::new(uuid::Uuid::from_u128(number.into())),
        number,
        blob: Blob {
            id: BlobId::from_bytes([0; 32]),
            format: Format::Png,
            bytes: 1,
            dimensions: Dimensions { width: 1, height: 1 },
        },
        canvas: false,
        led_here: false,
        instruction: words.map(|words| Instruction::parse(words).expect("an instruction")),
        backend: words.map(|_| "it".to_owned()),
        references: Vec::new(),
        raw: None,
    }
}

/// A picture of that width, 20 pixels high, as PNG in base64.
pub fn png64(width: u32) -> String {
    STANDARD.encode(png(&RgbImage::from_pixel(width, 20, image::Rgb([9, 99, 199]))))
}

pub fn png(picture: &RgbImage) -> Vec<u8> {
    let mut png = io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).expect("a PNG");
    png.into_inner()
}

/// Everything logged while its desk is open.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Real pictures in a real store.
pub struct Shelf {
    pub store: plantain::blobs::BlobStore,
    pub folder: tempfile::TempDir,
}

impl Shelf {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Generous: an unoptimised build on a busy machine takes its time over 12 megapixels.
        let store = BlobStore::open(folder.path(), Limits::default(), None, Duration::from_secs(120)).expect("a store");
        Self { store, folder }
    }

    pub async fn put(&self, picture: &RgbImage) -> Blob {
        let verified = self
            .store
            .inspect(RawImage::from(png(picture)))
            .await
            .expect("a picture");
        self.store.put(verified).await.expect("stored")
    }

    /// A region of that size: a box in per cent, left, top, right, bottom.
    pub async fn area(&self, width: u32, height: u32, bounds: [u8; 4]) -> Area {
        let [left, top, right, bottom] = bounds.map(u32::from);
        let mask = image::GrayImage::from_fn(width, height, |x, y| {
            let across = (left * width / 100..right * width / 100).contains(&x);
            let down = (top * height / 100..bottom * height / 100).contains(&y);
            image::Luma([if across && down { 255 } else { 0 }])
        });
        let mut file = std::io::Cursor::new(Vec::new());
        mask.write_to(&mut file, image::ImageFormat::Png).expect("a PNG");
        let verified = self.store.inspect(RawImage::from(file.into_inner())).await;
        let mask = self.store.put(verified.expect("a picture")).await.expect("stored");
        let found = self.store.bounds_of_mask(&mask).await.expect("a mask");
        assert_eq!(found, Some(bounds));
        Area { mask, bounds }
    }

    /// How wide these pictures are, once they have passed the gate.
    pub async fn widths(&self, pictures: Vec<RawImage>) -> Vec<u32> {
        let mut widths = Vec::new();
        for picture in pictures {
            widths.push(self.store.inspect(picture).await.expect("a picture").dimensions().width);
        }
        widths
    }
}
