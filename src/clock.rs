//! The time of day, handed in.
//!
//! Rule: the only place that reads the system's clock (`clippy.toml` holds it), so that a test can move time. Given
//! to `turns`, `web` and `blobs` by `app`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use crate::domain::time::Moment;

/// Tells the time; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Milliseconds a test has moved the clock by.
    moved_by: Arc<AtomicI64>,
}

impl Clock {
    /// The moment it is.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the door to the system's clock")]
    pub fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Moment::from_millis(millis).plus_millis(self.moved_by.load(Ordering::Relaxed))
    }

    /// Moves this clock and its clones; for tests of what happens "after 30 days".
    pub fn advance(&self, millis: i64) {
        self.moved_by.fetch_add(millis, Ordering::Relaxed);
    }
}
