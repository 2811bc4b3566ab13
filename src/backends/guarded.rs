//! A backend that rests after it has failed several times in a row.
//!
//! Rule: only the service's own failures count (down, too slow, unreadable), never what a person or a rule refused; and
//! one backend's rest is nobody else's. Wrapped around every service by `registry`.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::Instant;

use super::{Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Watch};

/// When to rest, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Rest {
    /// After so many failures in a row.
    pub failures: u32,
    /// For so long.
    pub pause: Duration,
}

impl Default for Rest {
    /// Five failures, 30 seconds.
    fn default() -> Self {
        Self {
            failures: 5,
            pause: Duration::from_secs(30),
        }
    }
}

/// A backend and how it has been lately.
pub struct Guarded {
    backend: Arc<dyn Backend>,
    rest: Rest,
    lately: Mutex<Lately>,
}

#[derive(Debug, Default)]
struct Lately {
    failures: u32,
    until: Option<Instant>,
}

impl Guarded {
    /// Watches over `backend`.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>, rest: Rest) -> Self {
        Self {
            backend,
            rest,
            lately: Mutex::default(),
        }
    }

    fn count(&self, result: &Result<EditOutcome, BackendError>) {
        let mut lately = self.lately();
        match result {
            Err(BackendError::Unavailable { .. } | BackendError::TimedOut | BackendError::BadAnswer { .. }) => {
                lately.failures = lately.failures.saturating_add(1);
                if lately.failures >= self.rest.failures {
                    lately.until = Some(Instant::now() + self.rest.pause);
                    tracing::warn!(
                        backend = self.backend.info().name,
                        "a backend failed several times and rests now"
                    );
                }
            }
            // These say nothing about the service.
            Err(BackendError::Cancelled | BackendError::Own(_)) => {}
            _ => *lately = Lately::default(),
        }
    }

    fn lately(&self) -> MutexGuard<'_, Lately> {
        // Two plain values, whole after each step.
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Backend for Guarded {
    fn info(&self) -> &BackendInfo {
        self.backend.info()
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        if let Some(wait) = self.resting() {
            return Err(BackendError::Resting { wait });
        }
        let result = self.backend.edit(request, watch).await;
        self.count(&result);
        result
    }

    async fn check(&self, watch: &Watch) -> Result<String, BackendError> {
        self.backend.check(watch).await
    }

    fn resting(&self) -> Option<Duration> {
        let until = self.lately().until?;
        Some(until.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }
}
