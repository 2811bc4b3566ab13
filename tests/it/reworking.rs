//! A model that sees the picture it is given and answers with another file, as services do.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use image::RgbImage;
use plantain::{
    backends::{Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Watch},
    blobs::BlobStore,
};
use plantain_engine::nets::FaceNets;

use crate::{house::House, scripted::Scripted};

type Rework = dyn Fn(RgbImage, u64) -> Vec<u8> + Send + Sync;

/// A model that works on the picture it is given, as services do: it sees the base and answers with another file.
pub struct Reworking {
    info: BackendInfo,
    calls: AtomicU64,
    blobs: OnceLock<BlobStore>,
    faces: OnceLock<FaceNets>,
    rework: Box<Rework>,
}

impl Reworking {
    /// Answers the nth call with what `rework` makes of the base and n.
    pub fn new(rework: impl Fn(RgbImage, u64) -> Vec<u8> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            info: Scripted::new(|_| Ok(Vec::new())).info().clone(),
            calls: AtomicU64::new(0),
            blobs: OnceLock::new(),
            faces: OnceLock::new(),
            rework: Box::new(rework),
        })
    }

    /// How often it was asked.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Also hands out nets that tell faces apart, as the built-in engine does where they are here.
    pub fn telling_faces(self: Arc<Self>, nets: FaceNets) -> Arc<Self> {
        assert!(self.faces.set(nets).is_ok(), "once");
        self
    }

    /// A house with this model alone.
    pub async fn at_work(self: Arc<Self>) -> House {
        let house = House::with_backend(&[], self.clone()).await;
        assert!(self.blobs.set(house.app.blobs.clone()).is_ok(), "one house each");
        house
    }
}

#[async_trait]
impl Backend for Reworking {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    fn faces(&self) -> Option<FaceNets> {
        self.faces.get().cloned()
    }

    async fn edit(&self, request: &EditRequest, _: &Watch) -> Result<EditOutcome, BackendError> {
        let blobs = self.blobs.get().expect("a house");
        let file = blobs.read(&request.base).await?;
        let base = image::load_from_memory(&file).expect("a stored picture").to_rgb8();
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(EditOutcome {
            pictures: vec![(self.rework)(base, call).into()],
            ..EditOutcome::default()
        })
    }
}
