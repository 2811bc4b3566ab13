//! Bytes from outside, before anybody has looked at them: in memory, or in a spool file as they arrive.
//!
//! Rule: a [`RawImage`] can be handed to `BlobStore::inspect` and to nothing else; a spool file is gone when its value
//! is dropped. Written by `web` while an upload arrives, made by `backends` from an answer.

use std::{fs, io, path::Path, sync::Arc};

use bytes::Bytes;
use tempfile::TempPath;
use thiserror::Error;
use tokio::{fs::File, io::AsyncWriteExt};

/// A picture as it came from outside: unchecked bytes. Cheap to clone; a spool file goes with the last clone.
#[derive(Debug, Clone)]
pub struct RawImage(Source);

#[derive(Debug, Clone)]
enum Source {
    Memory(Bytes),
    Spool {
        path: Arc<TempPath>,
        bytes: u64,
    },
    /// Encoded by this house.
    Own {
        path: Arc<TempPath>,
        bytes: u64,
    },
}

impl RawImage {
    /// How many bytes came.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.0 {
            Source::Memory(bytes) => bytes.len() as u64,
            Source::Spool { bytes, .. } | Source::Own { bytes, .. } => *bytes,
        }
    }

    /// Whether nothing came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn in_spool(path: TempPath, bytes: u64) -> Self {
        Self(Source::Spool {
            path: Arc::new(path),
            bytes,
        })
    }

    /// A file that this house encoded itself: the pixels count, not how well they compress.
    pub(super) fn of_our_own(path: TempPath, bytes: u64) -> Self {
        Self(Source::Own {
            path: Arc::new(path),
            bytes,
        })
    }

    /// Whether it comes under the limit of bytes; all other limits hold for every picture.
    pub(super) const fn came_from_outside(&self) -> bool {
        !matches!(self.0, Source::Own { .. })
    }

    /// All bytes; a spool file is gone afterwards, unless there is another clone. Blocks.
    pub(super) fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self.0 {
            Source::Memory(bytes) => Ok(bytes.into()),
            Source::Spool { path, .. } | Source::Own { path, .. } => fs::read(&**path),
        }
    }
}

impl From<Bytes> for RawImage {
    fn from(bytes: Bytes) -> Self {
        Self(Source::Memory(bytes))
    }
}

impl From<Vec<u8>> for RawImage {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Source::Memory(bytes.into()))
    }
}

/// Why a spool file took no more bytes.
#[derive(Debug, Error)]
pub enum SpoolError {
    /// More bytes came than a picture may have.
    #[error("more than {limit} bytes")]
    TooLarge { limit: u64 },
    /// The disk refused.
    #[error("spool: {0}")]
    Io(#[from] io::Error),
}

/// A file that takes an upload as it arrives and no more than the limit.
#[derive(Debug)]
pub struct Spool {
    path: TempPath,
    file: File,
    bytes: u64,
    limit: u64,
}

impl Spool {
    pub(super) fn create(folder: &Path, limit: u64) -> io::Result<Self> {
        let (file, path) = tempfile::Builder::new()
            .prefix("spool-")
            .tempfile_in(folder)?
            .into_parts();
        Ok(Self {
            path,
            file: File::from_std(file),
            bytes: 0,
            limit,
        })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`SpoolError::TooLarge`] as soon as the limit is passed (these bytes are not written), or the disk's refusal.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        if self.bytes + bytes.len() as u64 > self.limit {
            return Err(SpoolError::TooLarge { limit: self.limit });
        }
        self.file.write_all(bytes).await?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// How many bytes were taken so far.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.bytes
    }

    /// Whether none were.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// No more bytes will come.
    ///
    /// # Errors
    /// The disk's refusal of what was still on its way.
    pub async fn finish(mut self) -> io::Result<RawImage> {
        self.file.flush().await?;
        Ok(RawImage::in_spool(self.path, self.bytes))
    }
}
