//! Pictures on disk, named by their content, and the gate they come in through.
//!
//! Rule: [`BlobStore::put`] takes only a [`VerifiedImage`], and only [`BlobStore::inspect`] makes one. File first, row
//! second: who calls `put` writes the row afterwards; `sweep` removes files no row names.
//!
//! An upload is written to a [`Spool`] (by `web`), an answer of a backend is a [`RawImage`]; both pass `inspect`, then
//! `put` (by `turns`). Read this file, then `inspect` with one reader beside it, say `jpeg`, then `renditions`.
//!
//! On disk, under the store's root: `blobs/ab/cdef….png` (kept), `renditions/ab/cdef…-320.webp` and `leaving/ab/cdef…-….png`
//! (can be made again), `private/ab/cdef….json` (kept, never served), `tmp/` (what is being written).

mod colour;
mod credentials;
mod difference;
mod error;
mod gif;
mod inspect;
mod jpeg;
mod leaving;
mod measure;
mod outgoing;
mod pixels;
mod png;
mod points;
mod private;
mod raster;
mod renditions;
mod slots;
mod sniff;
mod spool;
mod sweep;
mod watched;
mod webp;

#[cfg(test)]
mod tests;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::task;

pub use self::{
    difference::Difference,
    error::{Hint, PictureError, is_disk_full, is_unwritable},
    inspect::{Came, VerifiedImage},
    leaving::{Colours, Left},
    measure::Measures,
    outgoing::Outgoing,
    pixels::{Layout, Pixels, Samples},
    renditions::{Rendition, Size},
    spool::{RawImage, Spool, SpoolError},
    sweep::Swept,
};
use self::{renditions::Renditions, slots::Slots};
use crate::domain::picture::{Blob, BlobId, Format, Limits};

/// Below this much free space nothing more is taken in.
pub const SPACE_FLOOR: u64 = 256 * 1024 * 1024;

/// Tells a piece of work when its time is up.
#[derive(Debug, Clone, Copy)]
pub struct Late(std::time::Instant);

impl Late {
    /// Whether it should stop: nobody waits for it any more.
    #[must_use]
    pub fn is_up(self) -> bool {
        std::time::Instant::now() > self.0
    }
}

/// The store of pictures; cheap to clone.
#[derive(Debug, Clone)]
pub struct BlobStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    limits: Limits,
    slots: Slots,
    renditions: Renditions,
    known: measure::Known,
    /// Held while a file gets its name or loses it, so that `sweep` can't remove what `put` has just renewed.
    names: Mutex<()>,
}

impl BlobStore {
    /// How long one picture may take to read.
    pub const DEADLINE: Duration = Duration::from_secs(10);

    /// Opens the store under `root`, making its folders when they aren't there.
    ///
    /// `slots` pictures are worked on at once (as many as cores, when `None`), each for at most `deadline`.
    ///
    /// # Errors
    /// The disk's refusal.
    pub fn open(root: &Path, limits: Limits, slots: Option<usize>, deadline: Duration) -> io::Result<Self> {
        for folder in ["blobs", "renditions", leaving::FOLDER, private::FOLDER, "tmp"] {
            fs::create_dir_all(root.join(folder))?;
        }
        // Whoever made the folders, now or just before a crash: from here on they are there for good.
        sync_folder(root)?;
        sync_folder(&root.join("blobs"))?;
        let cores = || std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self(Arc::new(Inner {
            root: root.to_owned(),
            limits,
            slots: Slots::new(slots.unwrap_or_else(cores), deadline),
            renditions: Renditions::default(),
            known: measure::Known::default(),
            names: Mutex::default(),
        })))
    }

    /// What a picture from outside may measure.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// A new file for an upload to arrive in.
    ///
    /// # Errors
    /// The disk's refusal.
    pub async fn spool(&self) -> io::Result<Spool> {
        let store = self.clone();
        blocking(move || Spool::create(&store.temporary(), store.0.limits.bytes)).await
    }

    /// Passes a picture through the gate: kind by content, limits, full decode, upright, sRGB, a container of our own.
    /// Whatever the answer, nothing of `raw` is left behind.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn inspect(&self, raw: RawImage) -> Result<VerifiedImage, PictureError> {
        let store = self.clone();
        let work = move |shift: &_| inspect::inspect(raw, &store.0.limits, &store.temporary(), shift);
        self.0.slots.run(work).await
    }

    /// Keeps a picture under the name of its content; when this returns, it is on the disk for good. The same content
    /// twice is one file.
    ///
    /// # Errors
    /// The disk's refusal; then nothing is kept.
    pub async fn put(&self, image: VerifiedImage) -> io::Result<Blob> {
        let store = self.clone();
        blocking(move || store.keep(image)).await
    }

    /// All bytes of a picture.
    ///
    /// # Errors
    /// The disk's refusal; not found when it isn't here.
    pub async fn read(&self, blob: &Blob) -> io::Result<Bytes> {
        tokio::fs::read(self.path(blob.id, blob.format)).await.map(Bytes::from)
    }

    /// The file of a picture, for reading.
    ///
    /// # Errors
    /// The disk's refusal; not found when it isn't here.
    pub async fn open_file(&self, blob: &Blob) -> io::Result<tokio::fs::File> {
        tokio::fs::File::open(self.path(blob.id, blob.format)).await
    }

    /// The pixels of a picture.
    ///
    /// # Errors
    /// `Busy`, `TooSlow`, or the disk's refusal; `Damaged` when the file was changed on the disk.
    pub async fn decode(&self, blob: &Blob) -> Result<Pixels, PictureError> {
        let (path, format) = (self.path(blob.id, blob.format), blob.format);
        let work = move |shift: &_| pixels::read(&path, format, false, shift)?.try_into();
        self.0.slots.run(work).await
    }

    /// The pixels of a picture in 8 bits, scaled down to fit a square of `side`.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub async fn decode_within(&self, blob: &Blob, side: u32) -> Result<Pixels, PictureError> {
        let (path, format) = (self.path(blob.id, blob.format), blob.format);
        let work = move |shift: &slots::Shift| {
            let raster = pixels::read(&path, format, true, shift)?;
            renditions::shrink(&raster, side)?.unwrap_or(raster).try_into()
        };
        self.0.slots.run(work).await
    }

    /// The pixels of a picture that passed the gate and is not to be kept.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub async fn decode_verified(&self, image: VerifiedImage) -> Result<Pixels, PictureError> {
        let work = move |shift: &_| pixels::read(&image.path, image.format, false, shift)?.try_into();
        self.0.slots.run(work).await
    }

    /// Other work on pixels, where decoding happens too: a bounded number at once, at most for `deadline`, within the
    /// house's memory for pixels, of which it plans to take `bytes`. It asks the function it is given whether it is late.
    ///
    /// # Errors
    /// `Busy`, `TooSlow`, or what the work answers.
    pub async fn compute<T, F>(&self, bytes: u64, deadline: Duration, work: F) -> Result<T, PictureError>
    where
        T: Send + 'static,
        F: FnOnce(Late) -> Result<T, PictureError> + Send + 'static,
    {
        let job = move |shift: &slots::Shift| {
            let _memory = shift.reserve(bytes)?;
            work(Late(shift.ends()))
        };
        self.0.slots.run_for(deadline, job).await
    }

    /// Pixels as a WebP with little loss, for looking at.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub async fn encode_webp(&self, pixels: Pixels) -> Result<Bytes, PictureError> {
        let work = move |_: &_| renditions::encode(&pixels.into_raster()?, 90.0).map(Bytes::from);
        self.0.slots.run(work).await
    }

    /// Pixels as an unchecked PNG, which passes [`inspect`](Self::inspect) like any other picture.
    ///
    /// # Errors
    /// `Busy`, `TooSlow`, the disk's refusal; `Damaged` when the number of samples doesn't fit the dimensions.
    pub async fn encode_png(&self, pixels: Pixels) -> Result<RawImage, PictureError> {
        let folder = self.temporary();
        let work = move |shift: &_| pixels::encode_png(pixels, &folder, shift);
        self.0.slots.run(work).await
    }

    /// Pixels as a PNG that is sent and not kept.
    ///
    /// # Errors
    /// As [`encode_png`](Self::encode_png).
    pub async fn encode_png_to_send(&self, pixels: Pixels) -> Result<Bytes, PictureError> {
        let folder = self.temporary();
        let work = move |shift: &_| Ok(pixels::encode_png(pixels, &folder, shift)?.into_bytes()?.into());
        self.0.slots.run(work).await
    }

    /// How many bytes are free on the store's disk for us.
    ///
    /// # Errors
    /// The disk's refusal.
    pub fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.0.root)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Whether at least `floor` bytes are free.
    ///
    /// # Errors
    /// The disk's refusal.
    pub fn check_space(&self, floor: u64) -> io::Result<bool> {
        Ok(self.free_bytes()? >= floor)
    }

    fn keep(&self, image: VerifiedImage) -> io::Result<Blob> {
        let VerifiedImage {
            id,
            format,
            dimensions,
            bytes,
            path,
            ..
        } = image;
        let name = self.path(id, format);
        let folder = name.parent().unwrap_or(&self.0.root);
        {
            let _names = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
            // Under the lock, or a second picture could rely on a folder that the first has made and not yet synced.
            if !folder.exists() {
                fs::create_dir_all(folder)?;
                sync_folder(&self.0.root.join("blobs"))?;
            }
            path.persist(&name).map_err(|refused| refused.error)?;
        }
        sync_folder(folder)?;
        Ok(Blob {
            id,
            format,
            bytes,
            dimensions,
        })
    }

    fn path(&self, id: BlobId, format: Format) -> PathBuf {
        let hex = id.to_string();
        let (folder, name) = hex.split_at(2);
        self.0
            .root
            .join("blobs")
            .join(folder)
            .join(format!("{name}.{}", format.extension()))
    }

    fn temporary(&self) -> PathBuf {
        self.0.root.join("tmp")
    }
}

#[cfg(test)]
impl BlobStore {
    /// Lets the next piece of pixel work panic, as a decoder with a fault in it would.
    pub(crate) fn panic_next(&self) {
        *self.0.slots.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(slots::Fault::Panic);
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Runs what waits for the disk where waiting disturbs nobody.
async fn blocking<T, F>(work: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    task::spawn_blocking(work).await.map_err(io::Error::other)?
}
