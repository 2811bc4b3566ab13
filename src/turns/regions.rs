//! Regions as people draw them: a mask becomes a row that turns can name.
//!
//! Rule: a mask passes the gate like any picture, and is kept in the frame of the picture it was drawn on, grey and small;
//! the same mask in the same session is the same region, so that a form sent twice is. Called by `web`.

use std::time::Duration;

use plantain_engine::{Mask, Unwatched, Watch, smart_select};
use sha2::{Digest as _, Sha256};

use super::{KeepError, Turns};
use crate::{
    backends::embedded::convert,
    blobs::{Late, Layout, PictureError, Pixels, Samples, VerifiedImage},
    domain::{
        ids::{RegionId, SessionId},
        picture::{Blob, BlobId, Dimensions},
        region::{Portion, Rectangle, Region},
        version::Version,
    },
    store::StoreError,
};

/// The longest side of a kept mask.
const SIDE: u32 = 2048;
/// The most pixels of a mask that is sent: it is kept smaller than that, and a picture may have many more.
const LARGEST: u64 = 8_400_000;
/// How long a mask may be worked on.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no region.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// Its file is no picture that is taken, or it could not be worked on.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Nothing of it is white.
    #[error("Nothing is marked. Draw over what may change.")]
    Empty,
    /// It has more pixels than a mask needs.
    #[error("This mask is larger than 8 megapixels. A smaller one in the same shape does the same.")]
    Large,
    /// It is of another picture.
    #[error("This mask has another shape than the picture it is for.")]
    Shape,
    /// It could not be kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

impl From<std::io::Error> for MarkError {
    fn from(error: std::io::Error) -> Self {
        Self::Keep(error.into())
    }
}

impl From<StoreError> for MarkError {
    fn from(error: StoreError) -> Self {
        Self::Keep(error.into())
    }
}

impl Turns {
    /// Keeps a drawn mask as a region of the session of `base`.
    ///
    /// # Errors
    /// [`MarkError`]; nothing is kept then.
    pub async fn mark(&self, base: &Version, mask: VerifiedImage) -> Result<Region, MarkError> {
        let mask = self.drawn(base, mask).await?;
        self.keep_mask(base, mask).await
    }

    /// Keeps a rectangle as a region of the session of `base`.
    ///
    /// # Errors
    /// [`MarkError`]; nothing is kept then.
    pub async fn mark_rectangle(&self, base: &Version, rectangle: Rectangle) -> Result<Region, MarkError> {
        let frame = frame(base);
        let work = move |_: Late| mask_of(frame, rectangle.mask(frame));
        let mask = self.0.blobs.compute(frame.pixels(), PATIENCE, work).await?;
        self.keep_mask(base, mask).await
    }

    /// Makes a rough mask follow the edges of what it was drawn on; a PNG in the frame of a region. Nothing is kept.
    ///
    /// # Errors
    /// [`MarkError`].
    pub async fn refine(&self, base: &Version, rough: VerifiedImage) -> Result<bytes::Bytes, MarkError> {
        let rough = self.drawn(base, rough).await?;
        let frame = frame(base);
        let picture = self.0.blobs.decode_within(&base.blob, SIDE).await?;
        let work = move |late: Late| {
            let picture = convert::to_raster(picture).map_err(broken)?;
            let found = smart_select(&rough, &picture, &Deadline(late)).map_err(broken)?;
            Ok(found.at_size(frame.width, frame.height))
        };
        let found = self.0.blobs.compute(frame.pixels() * 24, PATIENCE, work).await?;
        Ok(self.0.blobs.encode_png_to_send(grey(&found)).await?)
    }

    /// A mask as it came, grey and in its base's frame.
    async fn drawn(&self, base: &Version, mask: VerifiedImage) -> Result<Mask, MarkError> {
        let its = mask.dimensions();
        if its.pixels() > LARGEST {
            return Err(MarkError::Large);
        }
        if !its.lies_over(base.blob.dimensions) {
            return Err(MarkError::Shape);
        }
        let frame = frame(base);
        let pixels = self.0.blobs.decode_verified(mask).await?;
        let bytes = its.pixels() * 2 + frame.pixels();
        let work = move |_: Late| {
            let mask = convert::to_mask(pixels).map_err(broken)?;
            Ok(mask.at_size(frame.width, frame.height))
        };
        let mask = self.0.blobs.compute(bytes, PATIENCE, work).await?;
        if mask.data().iter().all(|value| *value == 0) {
            return Err(MarkError::Empty);
        }
        Ok(mask)
    }

    async fn keep_mask(&self, base: &Version, mask: Mask) -> Result<Region, MarkError> {
        let share = Portion::of_mask(mask.data());
        let blob = self.put_mask(mask).await?;
        let region = Region {
            id: name(base.session, blob.id),
            session: base.session,
            blob,
            share,
            created_at: self.0.clock.now(),
        };
        self.0.store.insert_region(&region).await?;
        Ok(region)
    }

    async fn put_mask(&self, mask: Mask) -> Result<Blob, MarkError> {
        let blobs = &self.0.blobs;
        let verified = blobs.inspect(blobs.encode_png(grey(&mask)).await?).await?;
        Ok(blobs.put(verified).await?)
    }
}

/// A watch that stops the work when its time is up.
pub(super) struct Deadline(pub(super) Late);

impl Watch for Deadline {
    fn progress(&self, fraction: f32, step: &str) {
        Unwatched.progress(fraction, step);
    }

    fn is_cancelled(&self) -> bool {
        self.0.is_up()
    }
}

/// A mask as a picture.
fn grey(mask: &Mask) -> Pixels {
    Pixels {
        dimensions: Dimensions {
            width: mask.width(),
            height: mask.height(),
        },
        layout: Layout::Grey,
        samples: Samples::Eight(mask.data().to_vec()),
    }
}

/// What a mask of this picture measures.
fn frame(base: &Version) -> Dimensions {
    let Dimensions { width, height } = base.blob.dimensions;
    let longest = width.max(height);
    let side = |side: u32| {
        let scaled = u64::from(side) * u64::from(SIDE.min(longest)) / u64::from(longest.max(1));
        u32::try_from(scaled.max(1)).unwrap_or(SIDE)
    };
    Dimensions {
        width: side(width),
        height: side(height),
    }
}

fn mask_of(frame: Dimensions, data: Vec<u8>) -> Result<Mask, PictureError> {
    Mask::new(frame.width, frame.height, data).map_err(broken)
}

/// The name of this mask in this session.
fn name(session: SessionId, mask: BlobId) -> RegionId {
    let mut hash = Sha256::new_with_prefix("region");
    hash.update(session.to_string());
    hash.update(mask.as_bytes());
    let bits: [u8; 32] = hash.finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&bits[..16]);
    RegionId::new(uuid::Builder::from_custom_bytes(first).into_uuid())
}

/// What the engine answers when its time is up, or samples don't fit, which the decoders rule out.
pub(super) fn broken(error: impl std::error::Error + Send + Sync + 'static) -> PictureError {
    tracing::debug!(%error, "work on pixels ended early");
    PictureError::TooSlow
}
