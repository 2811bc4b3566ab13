//! The data folder: made, claimed and tried out before anything is opened in it.
//!
//! Rule: one server works in a folder at a time, for each takes every running turn it finds for cut off and runs it again
//! or ends it. The claim is a lock of the operating system, so that it goes with the process however that ends. Taken by
//! `app`; commands that only read or write rows do without.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

/// The right to work in a folder; given up when it is dropped.
#[derive(Debug)]
pub struct Claim(File);

/// Why a folder can't be worked in, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// It can't be made, or nothing can be written in it.
    #[error("the data folder {path} can't be used: {source}")]
    Unusable {
        /// Which folder.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// There is something else of this name.
    #[error("the data folder {path} can't be used: there is a file of this name")]
    NotAFolder {
        /// Which path.
        path: String,
    },
    /// Another server is at work.
    #[error("another Plantain is using the data folder {path}; stop it first, or give this one a folder of its own")]
    Taken {
        /// Which folder.
        path: String,
    },
}

impl Claim {
    /// Makes the folder if it isn't there, and claims it.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub fn take(folder: &Path) -> Result<Self, ClaimError> {
        let path = folder.display().to_string();
        if folder.exists() && !folder.is_dir() {
            return Err(ClaimError::NotAFolder { path });
        }
        let unusable = |source| ClaimError::Unusable {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(folder).map_err(unusable)?;
        let file = File::create(folder.join("lock")).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(ClaimError::Taken { path }),
            // A file system without locks: then nothing can be known, and the operator's word must do.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Self(file)),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// Gives the claim up while the value lives on.
    pub fn release(&self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the data folder stays claimed until the program ends");
        }
    }
}
