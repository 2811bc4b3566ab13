//! The way out: the copy of a version that somebody gets.
//!
//! Rule: marked, then encoded, then signed, and after that not one byte is changed; made once and kept for a week. An upload
//! that nobody edited leaves with its pixels as they are stored. Called by `web` for downloads, zips and pages.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use lattice_mark::{Error as MarkError, Id, Key, Picture, Report, embed_at};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use super::{Failed, Provenance, statements::Copied};
use crate::{
    blobs::{Colours, PictureError, Size},
    domain::{
        picture::Format,
        version::{Origin, Version},
    },
    random,
    store::provenance::Issue,
};

/// However hard a picture makes it, a copy is at least this close to what is stored, in dB; the mark is fainter then.
const CLOSEST: f64 = 42.2;
/// The same where the copy is written as JPEG, which costs something itself.
const CLOSEST_BEFORE_JPEG: f64 = 44.5;

/// How long may be signed for one file, with all that it was made from.
const SIGNING: Duration = Duration::from_secs(60);

/// How a version leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    /// At its own size in its own format.
    Whole,
    /// As the large WebP that pages show.
    Page,
}

/// A file that may leave.
#[derive(Debug, Clone)]
pub struct Leaving {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub format: Format,
    /// Changes whenever the file would.
    pub tag: String,
}

impl Provenance {
    /// What a version's file will be called until settings or keys change: for caches.
    #[must_use]
    pub fn tag(&self, version: &Version, how: As) -> String {
        let how = match how {
            As::Whole => "whole",
            As::Page => "page",
        };
        format!("{}-{how}-{}", version.id, self.tools().epoch)
    }

    /// A version's copy for somebody outside: marked and signed, as the settings say. Made now when it isn't kept.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn leave(&self, version: &Version, how: As) -> Result<Leaving, Failed> {
        let (blobs, tag) = (&self.0.blobs, self.tag(version, how));
        let format = match how {
            As::Whole => version.blob.format,
            As::Page => Format::Webp,
        };
        if let Some(bytes) = blobs.kept_leaving(version.blob.id, &tag, format).await? {
            return Ok(Leaving { bytes, format, tag });
        }
        // Those who ask at the same time wait for the same work.
        let lock = self.lock_of(&tag);
        let _one_at_a_time = lock.lock().await;
        if let Some(bytes) = blobs.kept_leaving(version.blob.id, &tag, format).await? {
            return Ok(Leaving { bytes, format, tag });
        }
        let (bytes, mark, pixels) = self.copy(version, how).await?;
        let (bytes, label) = if self.0.settings.credentials {
            let copied = Copied {
                mark,
                anew: how == As::Page,
                resized: how == As::Page && longest(version) > Size::S1600.side(),
            };
            let signed = timeout(SIGNING, self.signed(version, format, bytes, copied)).await;
            // What was signed on the way stays signed, so the next one who asks goes on from there.
            signed.map_err(|_| PictureError::Busy)??
        } else {
            (bytes, None)
        };
        let pixels = match pixels {
            Some(pixels) => pixels,
            None => blobs.with_colours(&version.blob, |colours| colours.hash()).await?,
        };
        let issue = Issue {
            file: Sha256::digest(&bytes).into(),
            version: version.id,
            pixels,
            label: label.as_deref(),
            page: how == As::Page,
        };
        if let Err(error) = self.0.store.insert_issue(&issue).await {
            // Its mark and its signature lead back all the same.
            tracing::warn!(%error, version = %version.id, "a file that leaves was not noted");
        }
        if let Err(error) = blobs.keep_leaving(version.blob.id, &tag, format, bytes.clone()).await {
            // It can be made again, and a full disk must not keep anybody from their picture.
            tracing::warn!(%error, version = %version.id, "a file that leaves was not kept");
        }
        Ok(Leaving { bytes, format, tag })
    }

    /// The unsigned copy, the id in its mark, and the hash of its pixels where they aren't the stored ones.
    async fn copy(&self, version: &Version, how: As) -> Result<(Vec<u8>, Option<u64>, Option<[u8; 32]>), Failed> {
        let blobs = &self.0.blobs;
        let size = (how == As::Page).then_some(Size::S1600);
        let mark = self.mark_for(version, size).await?;
        let Some(id) = mark else {
            return match size {
                None => Ok((blobs.read(&version.blob).await?.into(), None, None)),
                Some(size) => {
                    let left = blobs.leave(&version.blob, Some(size), |_| {}).await?;
                    Ok((left.bytes, None, Some(left.pixels)))
                }
            };
        };
        let (tools, name) = (self.tools(), version.id);
        let embedded = Arc::new(AtomicBool::new(false));
        let done = embedded.clone();
        let closest = if size.is_none() && version.blob.format == Format::Jpeg {
            CLOSEST_BEFORE_JPEG
        } else {
            CLOSEST
        };
        let change = move |colours: &mut Colours| {
            if let Some(key) = tools.marks.last() {
                match embed(colours, id, key, closest) {
                    Ok(report) => {
                        done.store(true, Ordering::Release);
                        if !report.reached {
                            tracing::info!(version = %name, psnr = report.psnr, z = report.z_d, "a mark is only faint");
                        }
                    }
                    Err(error) => tracing::info!(version = %name, %error, "a copy can't carry a mark"),
                }
            }
        };
        let left = blobs.leave(&version.blob, size, change).await?;
        // Only what is really in there may be signed.
        let mark = embedded.load(Ordering::Acquire).then_some(id);
        if mark.is_none() && size.is_none() {
            return Ok((blobs.read(&version.blob).await?.into(), None, None));
        }
        Ok((left.bytes, mark, Some(left.pixels)))
    }

    /// The id for a version's mark; none when it isn't to be marked: an upload, or a picture too small to carry one.
    async fn mark_for(&self, version: &Version, size: Option<Size>) -> Result<Option<u64>, Failed> {
        let shape = version.blob.dimensions;
        let (mut short, mut long) = (
            shape.width.min(shape.height) as usize,
            shape.width.max(shape.height) as usize,
        );
        if let Some(side) = size.map(|size| size.side() as usize).filter(|side| *side < long) {
            (short, long) = (short * side / long, side);
        }
        let carries = short >= lattice_mark::MIN_SIDE && long <= short * lattice_mark::MAX_ASPECT;
        if !self.0.settings.mark || version.origin == Origin::Upload || !carries {
            return Ok(None);
        }
        // One that has its id needs no disk that takes writes.
        if let Some(mark) = self.0.store.mark_if_any(version.id).await? {
            return Ok(Some(mark));
        }
        let mut bits = [0; 8];
        random::fill(&mut bits);
        Ok(Some(self.0.store.mark_of(version.id, u64::from_le_bytes(bits)).await?))
    }

    async fn signed(
        &self,
        version: &Version,
        format: Format,
        bytes: Vec<u8>,
        copied: Copied,
    ) -> Result<(Vec<u8>, Option<String>), Failed> {
        // What leaves as it is stored leaves with the statement that is kept about it.
        if copied.mark.is_none() && !copied.anew {
            let stated = self.stated(version).await?.to_vec();
            let known = self.0.store.known(version.id).await?;
            return Ok((stated, known.statement.map(|row| row.label)));
        }
        // Its children will need this, and now is a good time.
        self.stated(version).await?;
        let story = self.story(version).await?;
        let signed = self
            .work(move |tools| story.sign(&tools.notary, format.mime(), &bytes, copied))
            .await??;
        Ok((signed.bytes, Some(signed.label)))
    }
}

/// The longest side of the stored picture.
fn longest(version: &Version) -> u32 {
    version.blob.dimensions.width.max(version.blob.dimensions.height)
}

/// Marks the colours as strongly as they need, or as `closest` (in dB) allows.
fn embed(colours: &mut Colours, id: u64, key: &Key, closest: f64) -> Result<Report, MarkError> {
    let before = colours.samples.clone();
    let mut picture = self::picture(colours)?;
    let report = lattice_mark::embed(&mut picture, Id(id), key);
    colours.samples = picture.into_bytes();
    let report = report?;
    if report.psnr >= closest {
        return Ok(report);
    }
    colours.samples = before;
    let mut picture = self::picture(colours)?;
    let report = embed_at(&mut picture, Id(id), key, closest);
    colours.samples = picture.into_bytes();
    report
}

/// The colours as the mark's picture; they are handed over.
fn picture(colours: &mut Colours) -> Result<Picture<Vec<u8>>, MarkError> {
    let samples = std::mem::take(&mut colours.samples);
    if colours.channels == 4 {
        Picture::rgba(colours.width, colours.height, samples)
    } else {
        Picture::rgb(colours.width, colours.height, samples)
    }
}
