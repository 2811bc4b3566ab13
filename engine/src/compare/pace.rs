//! How a comparison tells how far it is and learns that it should stop.
//!
//! The one rule: no stretch of work longer than some 50 ms goes by without asking. Called by all of `compare`.

use thiserror::Error;

use crate::watch::Watch;

/// Why there is no comparison.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum CompareError {
    /// The watcher said so.
    #[error("the comparison was cancelled")]
    Cancelled,
}

/// One comparison or restoration under way.
pub(super) struct Pace<'a> {
    watch: &'a dyn Watch,
}

impl<'a> Pace<'a> {
    pub(super) fn new(watch: &'a dyn Watch) -> Self {
        Self { watch }
    }

    /// Tells the share done and what comes next, unless the work should stop.
    pub(super) fn at(&self, fraction: f32, doing: &'static str) -> Result<(), CompareError> {
        self.check()?;
        self.watch.progress(fraction, doing);
        Ok(())
    }

    pub(super) fn check(&self) -> Result<(), CompareError> {
        if self.watch.is_cancelled() {
            Err(CompareError::Cancelled)
        } else {
            Ok(())
        }
    }
}
