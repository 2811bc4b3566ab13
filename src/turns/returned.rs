//! What can be done about a result without asking its backend again: take the model's own picture, bring the subject back
//! from another version, look at the difference.
//!
//! Rule: each makes one more result of the same turn, and what was there stays. Called by `web`.

use std::time::Duration;

use bytes::Bytes;
use plantain_engine::{
    Mask,
    compare::{CompareOptions, Comparison, Verdict, compare, likeness, restore},
    nets::Nets,
    subject,
};

use super::{
    KeepError, Turns,
    guard::{laid_over, told},
    regions::{Deadline, broken},
};
use crate::{
    backends::embedded::convert,
    blobs::{Late, Layout, PictureError, Pixels, Samples},
    domain::{
        drift::{Drift, Kept},
        ids::VersionId,
        picture::{Blob, Dimensions},
        version::Version,
    },
    random,
    store::{StoreError, versions::Beside},
};

/// How long this may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest side of a picture of a difference.
const LOOK: u32 = 1600;
/// A subject whose parts moved further than this against each other, in per cent of its width, has another pose.
const POSE: f32 = 4.0;
/// Differences are shown this many times as strong.
const STRONGER: u16 = 6;

/// Why there is no other version.
#[derive(Debug, thiserror::Error)]
pub enum ReturnError {
    /// No turn made it, or it is as the model returned it already.
    #[error("There is no other picture of this version.")]
    Nothing,
    /// The subject stands otherwise.
    #[error("The subject stands differently in the two pictures, so it can’t be brought back from that one.")]
    Pose,
    /// Its pictures could not be worked on.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// It could not be kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

impl From<std::io::Error> for ReturnError {
    fn from(error: std::io::Error) -> Self {
        Self::Keep(error.into())
    }
}

impl From<StoreError> for ReturnError {
    fn from(error: StoreError) -> Self {
        Self::Keep(error.into())
    }
}

impl Turns {
    /// Makes the model's own picture a version, one more result of the same turn, and selects it. Done twice, it is one.
    ///
    /// # Errors
    /// [`ReturnError`].
    pub async fn take_as_returned(&self, version: &Version) -> Result<VersionId, ReturnError> {
        let blob = self.0.store.as_returned(version.session, version.id).await?;
        let blob = blob.ok_or(ReturnError::Nothing)?;
        let drift = version.drift.clone().map(|drift| Drift {
            kept: Kept::Off,
            ..drift
        });
        self.put_beside(version, blob, drift, None).await
    }

    /// Brings the subject of `from` back into a version: one more result of the same turn, in the frame of `from`.
    ///
    /// # Errors
    /// [`ReturnError`]; `Pose` when the subject can't be laid over itself.
    pub async fn restore_subject(&self, version: &Version, from: &Version) -> Result<VersionId, ReturnError> {
        let blobs = &self.0.blobs;
        let (before, now) = (blobs.decode(&from.blob).await?, blobs.decode(&version.blob).await?);
        let bytes = from.blob.dimensions.pixels() * 8 + version.blob.dimensions.pixels();
        let work = move |late: Late| brought_back(before, now, &Deadline(late));
        let (pixels, drift) = blobs.compute(bytes, PATIENCE, work).await?.ok_or(ReturnError::Pose)?;
        let verified = blobs.inspect(blobs.encode_png(pixels).await?).await?;
        let blob = blobs.put(verified).await?;
        self.put_beside(version, blob, Some(drift), Some(from.id)).await
    }

    /// A picture of where two pictures differ, and how much: the stronger, the lighter. A WebP; nothing is kept.
    ///
    /// # Errors
    /// As for decoding.
    pub async fn difference(&self, of: &Blob, to: &Blob) -> Result<Bytes, PictureError> {
        let blobs = &self.0.blobs;
        let (of, to) = (
            blobs.decode_within(of, LOOK).await?,
            blobs.decode_within(to, LOOK).await?,
        );
        let bytes = of.dimensions.pixels() * 8;
        let work = move |_: Late| difference(of, to);
        let pixels = blobs.compute(bytes, PATIENCE, work).await?;
        blobs.encode_webp(pixels).await
    }

    async fn put_beside(
        &self,
        version: &Version,
        blob: Blob,
        drift: Option<Drift>,
        from: Option<VersionId>,
    ) -> Result<VersionId, ReturnError> {
        let now = self.0.clock.now();
        let (turns, session, beside) = (self.clone(), version.session, version.id);
        let made = self.to_the_end(async move {
            let new = Beside {
                id: VersionId::new(random::uuid(now)),
                blob: &blob,
                drift,
                from,
            };
            let made = turns.0.store.insert_beside(session, beside, new, now).await;
            if let Ok(Some((_, revision))) = &made {
                turns.tell_changed(session, *revision);
            }
            made
        });
        let (id, _) = made.await?.ok_or(ReturnError::Nothing)?;
        if let Some(version) = self.0.store.version(session, id).await? {
            self.make_renditions(&version);
        }
        Ok(id)
    }
}

/// The later picture in the earlier one's frame, with the earlier one's subject in it bit for bit; none when the subject
/// has another pose. Blocks.
fn brought_back(before: Pixels, now: Pixels, line: &Deadline) -> Result<Option<(Pixels, Drift)>, PictureError> {
    let (before, now) = (
        convert::to_raster(before).map_err(broken)?,
        convert::to_raster(now).map_err(broken)?,
    );
    let found = compare(&before, &now, &CompareOptions::default(), line).map_err(broken)?;
    let subject = subject(&before, Nets::default(), line).map_err(broken)?;
    let alike = likeness(&before, &now, Some(&subject), &found, None, line).map_err(broken)?;
    let stands_still = alike.is_none_or(|alike| alike.shape_drift <= POSE);
    if found.verdict == Verdict::Unrelated || !stands_still {
        return Ok(None);
    }
    // Everything but the subject is the later picture's.
    let rest = subject.data().iter().map(|value| 255 - value).collect();
    let rest = Mask::new(subject.width(), subject.height(), rest).map_err(broken)?;
    let placed = Comparison {
        matrix: found.matrix,
        ..laid_over(rest)
    };
    let restored = restore(&before, &now, &placed, line).map_err(broken)?;
    let whole = laid_over(Mask::rectangle((1, 1), (0, 0, 1, 1)).map_err(broken)?);
    let alike = likeness(&before, &restored, Some(&subject), &whole, None, line).map_err(broken)?;
    let drift = Drift {
        kept: Kept::Subject,
        found: None,
        likeness: alike.map(told),
        likeness_to_first: None,
    };
    Ok(Some((convert::to_pixels(restored), drift)))
}

/// The largest difference of any channel, stronger, as grey, in the first one's frame.
fn difference(of: Pixels, to: Pixels) -> Result<Pixels, PictureError> {
    let dimensions = of.dimensions;
    let (a, b) = (colours(of), colours(to));
    let Dimensions { width, height } = dimensions;
    let mut samples = Vec::with_capacity((width * height) as usize);
    for y in 0..height {
        for x in 0..width {
            let (p, q) = (a.at(x, y, dimensions), b.at(x, y, dimensions));
            let apart = p.iter().zip(q).map(|(p, q)| p.abs_diff(q)).max().unwrap_or(0);
            samples.push(u8::try_from(u16::from(apart) * STRONGER).unwrap_or(u8::MAX));
        }
    }
    Ok(Pixels {
        dimensions,
        layout: Layout::Grey,
        samples: Samples::Eight(samples),
    })
}

/// 8-bit pixels that can be asked one by one.
struct Colours {
    dimensions: Dimensions,
    layout: Layout,
    samples: Vec<u8>,
}

fn colours(pixels: Pixels) -> Colours {
    Colours {
        dimensions: pixels.dimensions,
        layout: pixels.layout,
        samples: convert::to_eight_bits(pixels.samples),
    }
}

impl Colours {
    /// The pixel at this place of a frame of any size, as colour and alpha.
    fn at(&self, x: u32, y: u32, frame: Dimensions) -> [u8; 4] {
        let near = |at: u32, all: u32, own: u32| (u64::from(at) * u64::from(own) / u64::from(all.max(1))) as usize;
        let column = near(x, frame.width, self.dimensions.width);
        let row = near(y, frame.height, self.dimensions.height);
        let count = self.layout.channels();
        let start = (row * self.dimensions.width as usize + column) * count;
        match *self.samples.get(start..start + count).unwrap_or_default() {
            [grey] => [grey, grey, grey, 255],
            [grey, alpha] => [grey, grey, grey, alpha],
            [r, g, b] => [r, g, b, 255],
            [r, g, b, alpha] => [r, g, b, alpha],
            _ => [0; 4],
        }
    }
}
