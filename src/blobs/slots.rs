//! Where pixel work runs: on blocking threads, a bounded number at once, within a bounded amount of memory and time.
//!
//! Rule: every decode and encode of a picture goes through [`Slots::run`]; what panics or runs late there fails its own
//! caller and nobody else. Called by `BlobStore` only.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::Semaphore, task, time::timeout};

use super::PictureError;

/// The most memory all decodes together may plan for; the rest of a gigabyte is left for files and encoders.
const BUDGET: u64 = 768 * 1024 * 1024;

/// Slots for pixel work; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    free: Arc<Semaphore>,
    budget: Arc<Budget>,
    deadline: Duration,
    #[cfg(test)]
    pub(super) fault: Arc<Mutex<Option<Fault>>>,
}

/// What a test lets happen to the next piece of work.
#[cfg(test)]
#[derive(Debug)]
pub(super) enum Fault {
    Panic,
    /// Stalls until the other end is dropped.
    Stall(std::sync::mpsc::Receiver<()>),
}

#[cfg(test)]
impl Fault {
    fn strike(fault: Option<Self>) {
        match fault {
            Some(Self::Panic) => panic!("injected by a test"),
            Some(Self::Stall(until)) => drop(until.recv()),
            None => {}
        }
    }
}

impl Slots {
    pub(super) fn new(slots: usize, deadline: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(slots.max(1))),
            budget: Arc::new(Budget::of(BUDGET)),
            deadline,
            #[cfg(test)]
            fault: Arc::default(),
        }
    }

    /// Runs `work` on a blocking thread as soon as a slot is free.
    ///
    /// Waits at most three deadlines for the slot ([`PictureError::Busy`]) and one for the work
    /// ([`PictureError::TooSlow`]). Late work keeps its slot until it notices, so that it can't pile up.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, PictureError>
    where
        T: Send + 'static,
        F: FnOnce(&Shift) -> Result<T, PictureError> + Send + 'static,
    {
        let slot = timeout(self.deadline * 3, self.free.clone().acquire_owned())
            .await
            .map_err(|_| PictureError::Busy)?
            .map_err(|_| PictureError::Busy)?;
        let shift = Shift {
            ends: Instant::now() + self.deadline,
            budget: self.budget.clone(),
        };
        #[cfg(test)]
        let fault = self.fault.lock().unwrap().take();
        let job = task::spawn_blocking(move || {
            let _slot = slot;
            let work = || {
                #[cfg(test)]
                Fault::strike(fault);
                work(&shift)
            };
            catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(PictureError::damaged("a decoder gave up on it")))
        });
        match timeout(self.deadline, job).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(PictureError::Busy),
            Err(_) => Err(PictureError::TooSlow),
        }
    }
}

/// What a piece of work is given: until when, and out of how much memory.
#[derive(Debug)]
pub(super) struct Shift {
    ends: Instant,
    budget: Arc<Budget>,
}

impl Shift {
    /// Fails once the work has taken too long; called between rows and before each stage.
    pub(super) fn check(&self) -> Result<(), PictureError> {
        if Instant::now() > self.ends {
            return Err(PictureError::TooSlow);
        }
        Ok(())
    }

    /// Waits until this many bytes of the house's decode memory are free, and takes them until the value is dropped.
    pub(super) fn reserve(&self, bytes: u64) -> Result<Reserved, PictureError> {
        self.budget.take(bytes, self.ends).ok_or(PictureError::Busy)
    }
}

/// A number of bytes that is given out and comes back.
#[derive(Debug)]
struct Budget {
    all: u64,
    free: Mutex<u64>,
    returned: Condvar,
}

impl Budget {
    fn of(all: u64) -> Self {
        Self {
            all,
            free: Mutex::new(all),
            returned: Condvar::new(),
        }
    }

    fn take(self: &Arc<Self>, bytes: u64, until: Instant) -> Option<Reserved> {
        let bytes = bytes.min(self.all);
        let patience = until.saturating_duration_since(Instant::now());
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut free, _) = self
            .returned
            .wait_timeout_while(free, patience, |free| *free < bytes)
            .unwrap_or_else(PoisonError::into_inner);
        if *free < bytes {
            return None;
        }
        *free -= bytes;
        Some(Reserved {
            bytes,
            budget: self.clone(),
        })
    }
}

/// Memory that is planned for; comes back when dropped.
#[derive(Debug)]
pub(super) struct Reserved {
    bytes: u64,
    budget: Arc<Budget>,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        *self.budget.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.budget.returned.notify_all();
    }
}
