//! Small copies of pictures for pages: WebP that fits a square, made once, kept on disk, the hot ones in memory.
//!
//! Rule: a rendition is never the only copy of anything; a lost one is made again. Asked for by `web`; `turns` warms
//! them after a picture was put.

use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use bytes::Bytes;
use plantain_scale::scale;

use super::{
    BlobStore, PictureError, pixels,
    raster::{Channels, Raster},
    slots::Shift,
};
use crate::domain::picture::{Blob, BlobId, Dimensions, Format};

/// The square a rendition fits in; it is never larger than the picture itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Size {
    /// 320 pixels: filmstrip, lists.
    S320,
    /// 1,024 pixels: phones.
    S1024,
    /// 1,600 pixels: the stage.
    S1600,
}

impl Size {
    /// All sizes, the largest first.
    pub const ALL: [Self; 3] = [Self::S1600, Self::S1024, Self::S320];

    /// The longest side, in pixels.
    #[must_use]
    pub const fn side(self) -> u32 {
        match self {
            Self::S320 => 320,
            Self::S1024 => 1024,
            Self::S1600 => 1600,
        }
    }

    /// The size with that side.
    #[must_use]
    pub fn parse(side: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.side().to_string() == side)
    }
}

/// A small copy of a picture, in WebP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// The whole file.
    pub bytes: Bytes,
}

impl Rendition {
    /// What it is written as.
    pub const FORMAT: Format = Format::Webp;
}

const QUALITY: f32 = 80.0;
/// Bytes of renditions that stay in memory.
const HOT_BYTES: usize = 16 * 1024 * 1024;

type Key = (BlobId, Size);

/// Renditions in memory, and who is making which.
#[derive(Debug, Default)]
pub(super) struct Renditions {
    hot: Mutex<Hot>,
    /// One lock for each picture that is being worked on; gone when nobody waits for it.
    making: Mutex<HashMap<BlobId, Weak<tokio::sync::Mutex<()>>>>,
    /// How many decodes renditions have cost.
    #[cfg(test)]
    pub(super) decodes: std::sync::atomic::AtomicUsize,
}

impl Renditions {
    fn hot(&self, key: Key) -> Option<Bytes> {
        self.hot.lock().unwrap_or_else(PoisonError::into_inner).get(key)
    }

    fn keep_hot(&self, key: Key, bytes: &Bytes) {
        self.hot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(key, bytes.clone());
    }

    fn lock_of(&self, id: BlobId) -> Arc<tokio::sync::Mutex<()>> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = making.get(&id).and_then(Weak::upgrade) {
            return lock;
        }
        making.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        making.insert(id, Arc::downgrade(&lock));
        lock
    }
}

impl BlobStore {
    /// A small copy of a picture: from memory, from disk, or made now. Those who ask at the same time wait for the same
    /// work.
    ///
    /// # Errors
    /// `Busy`, `TooSlow`, or the disk's refusal; `Damaged` when the picture was changed on the disk.
    pub async fn rendition(&self, blob: &Blob, size: Size) -> Result<Rendition, PictureError> {
        let renditions = &self.0.renditions;
        let key = (blob.id, size);
        if let Some(bytes) = renditions.hot(key) {
            return Ok(Rendition { bytes });
        }
        if let Some(bytes) = self.on_disk(key).await? {
            renditions.keep_hot(key, &bytes);
            return Ok(Rendition { bytes });
        }
        self.make(blob, &[size]).await?;
        match renditions.hot(key) {
            Some(bytes) => Ok(Rendition { bytes }),
            // So many others were made meanwhile that it cooled down again.
            None => match self.on_disk(key).await? {
                Some(bytes) => Ok(Rendition { bytes }),
                None => Err(PictureError::Storage(io::ErrorKind::NotFound.into())),
            },
        }
    }

    /// Makes every size of a picture that isn't there yet, from one decode.
    ///
    /// # Errors
    /// As [`rendition`](Self::rendition); nothing depends on it having worked.
    pub async fn warm(&self, blob: &Blob) -> Result<(), PictureError> {
        self.make(blob, &Size::ALL).await
    }

    async fn make(&self, blob: &Blob, sizes: &[Size]) -> Result<(), PictureError> {
        let lock = self.0.renditions.lock_of(blob.id);
        let _one_at_a_time = lock.lock().await;
        let mut missing = Vec::new();
        for &size in sizes {
            match self.on_disk((blob.id, size)).await? {
                Some(bytes) => self.0.renditions.keep_hot((blob.id, size), &bytes),
                None => missing.push(size),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let (store, blob) = (self.clone(), blob.clone());
        let work = move |shift: &Shift| store.make_now(&blob, &missing, shift);
        self.0.slots.run(work).await
    }

    /// Decodes once, then makes each size from the one before. Blocks.
    fn make_now(&self, blob: &Blob, sizes: &[Size], shift: &Shift) -> Result<(), PictureError> {
        #[cfg(test)]
        self.0
            .renditions
            .decodes
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut raster = pixels::read(&self.path(blob.id, blob.format), blob.format, true, shift)?;
        for &size in sizes {
            shift.check()?;
            if let Some(smaller) = shrink(&raster, size.side())? {
                raster = smaller;
            }
            let bytes = Bytes::from(encode(&raster, QUALITY)?);
            if let Err(error) = self.write_rendition((blob.id, size), &bytes) {
                // It can be made again, and a full disk must not keep anybody from looking.
                tracing::warn!(%error, blob = %blob.id, "a rendition could not be kept on the disk");
            }
            self.0.renditions.keep_hot((blob.id, size), &bytes);
        }
        Ok(())
    }

    fn write_rendition(&self, key: Key, bytes: &[u8]) -> io::Result<()> {
        let name = self.rendition_path(key);
        if let Some(folder) = name.parent() {
            fs::create_dir_all(folder)?;
        }
        let temporary = tempfile::Builder::new()
            .prefix("rendition-")
            .tempfile_in(self.temporary())?
            .into_temp_path();
        fs::write(&temporary, bytes)?;
        temporary.persist(name).map_err(|refused| refused.error)
    }

    async fn on_disk(&self, key: Key) -> io::Result<Option<Bytes>> {
        match tokio::fs::read(self.rendition_path(key)).await {
            // A power cut can leave a name without content.
            Ok(bytes) if bytes.is_empty() => Ok(None),
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn rendition_path(&self, (id, size): Key) -> PathBuf {
        let hex = id.to_string();
        let (folder, name) = hex.split_at(2);
        self.0
            .root
            .join("renditions")
            .join(folder)
            .join(format!("{name}-{}.webp", size.side()))
    }
}

/// The picture scaled down into a square of that side, or nothing when it fits already.
pub(super) fn shrink(raster: &Raster, square: u32) -> Result<Option<Raster>, PictureError> {
    let Dimensions { width, height } = raster.dimensions;
    let longest = width.max(height);
    if longest <= square {
        return Ok(None);
    }
    let scaled = |side: u32| {
        let side = (u64::from(side) * u64::from(square) + u64::from(longest / 2)) / u64::from(longest);
        u32::try_from(side.max(1)).unwrap_or(1)
    };
    let dimensions = Dimensions {
        width: scaled(width),
        height: scaled(height),
    };
    let (channels, to) = (raster.channels.count(), (dimensions.width, dimensions.height));
    let samples =
        scale(&raster.samples, channels, (width, height), to).ok_or_else(|| PictureError::damaged("stored picture"))?;
    Ok(Some(Raster {
        dimensions,
        channels: raster.channels,
        depth: 1,
        samples,
    }))
}

/// WebP with loss.
pub(super) fn encode(raster: &Raster, quality: f32) -> Result<Vec<u8>, PictureError> {
    let Dimensions { width, height } = raster.dimensions;
    let repeated: Vec<u8>;
    let (samples, layout) = match raster.channels {
        Channels::Grey => {
            repeated = raster.samples.iter().flat_map(|&grey| [grey; 3]).collect();
            (&repeated, webp::PixelLayout::Rgb)
        }
        Channels::GreyAlpha => {
            let (pixels, _) = raster.samples.as_chunks();
            repeated = pixels
                .iter()
                .flat_map(|&[grey, alpha]| [grey, grey, grey, alpha])
                .collect();
            (&repeated, webp::PixelLayout::Rgba)
        }
        Channels::Rgb => (&raster.samples, webp::PixelLayout::Rgb),
        Channels::Rgba | Channels::Inks => (&raster.samples, webp::PixelLayout::Rgba),
    };
    webp::Encoder::new(samples, layout, width, height)
        .encode_simple(false, quality)
        .map(|memory| memory.to_vec())
        .map_err(|error| PictureError::Storage(io::Error::other(format!("WebP encoder: {error:?}"))))
}

/// A map that forgets what was asked for longest ago, once it holds too many bytes.
#[derive(Debug, Default)]
struct Hot {
    entries: HashMap<Key, (Bytes, u64)>,
    bytes: usize,
    /// Counts uses; the smallest number was used longest ago.
    uses: u64,
}

impl Hot {
    fn get(&mut self, key: Key) -> Option<Bytes> {
        self.uses += 1;
        let (bytes, used) = self.entries.get_mut(&key)?;
        *used = self.uses;
        Some(bytes.clone())
    }

    fn put(&mut self, key: Key, bytes: Bytes) {
        self.uses += 1;
        self.bytes += bytes.len();
        if let Some((old, _)) = self.entries.insert(key, (bytes, self.uses)) {
            self.bytes -= old.len();
        }
        while self.bytes > HOT_BYTES {
            let Some(coldest) = self
                .entries
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(key, _)| *key)
            else {
                return;
            };
            if let Some((old, _)) = self.entries.remove(&coldest) {
                self.bytes -= old.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_longest_ago_is_forgotten_first() {
        let mut hot = Hot::default();
        let key = |number: u8| (BlobId::from_bytes([number; 32]), Size::S320);
        let third = Bytes::from(vec![0; HOT_BYTES / 3]);
        (1..=3).for_each(|number| hot.put(key(number), third.clone()));
        assert!(hot.get(key(1)).is_some());
        hot.put(key(4), third.clone());
        assert!(hot.get(key(2)).is_none(), "the coldest stayed");
        assert!([1, 3, 4].into_iter().all(|number| hot.get(key(number)).is_some()));
        hot.put(key(4), third);
        assert_eq!(hot.bytes, HOT_BYTES / 3 * 3, "the same key twice is counted once");
        hot.put(key(5), vec![0; HOT_BYTES + 1].into());
        assert_eq!(
            (hot.entries.len(), hot.bytes),
            (0, 0),
            "what is too large for all stays out"
        );
    }

    #[test]
    fn a_size_is_written_as_its_side() {
        assert_eq!(
            Size::ALL.map(|size| Size::parse(&size.side().to_string())),
            Size::ALL.map(Some)
        );
        assert_eq!(Size::parse("0320"), None);
    }
}
