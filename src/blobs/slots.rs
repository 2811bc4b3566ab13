//! Where pixel work runs: on blocking threads, a bounded number at once, within a bounded amount of memory and time.
//!
//! Rule: every decode and encode of a picture goes through [`Slots::run`]; what panics or runs late there fails its own
//! caller and nobody else. Called by `BlobStore` only.

use std::{
    cell::Cell,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::Semaphore, task, time::timeout};

use super::PictureError;

/// The memory decodes may plan for together. One that needs more runs alone: under the limits of a picture that is at
/// most 600 MiB, which leaves room for files and encoders in the gigabyte we promise.
const BUDGET: u64 = 160 * 1024 * 1024;

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
    /// Waits at most three deadlines for the slot and one for memory ([`PictureError::Busy`]), and one for the work
    /// ([`PictureError::TooSlow`]). Late work keeps its slot until it notices, so that it can't pile up.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, PictureError>
    where
        T: Send + 'static,
        F: FnOnce(&Shift) -> Result<T, PictureError> + Send + 'static,
    {
        self.run_for(self.deadline, work).await
    }

    /// The same with a deadline of its own.
    pub(super) async fn run_for<T, F>(&self, deadline: Duration, work: F) -> Result<T, PictureError>
    where
        T: Send + 'static,
        F: FnOnce(&Shift) -> Result<T, PictureError> + Send + 'static,
    {
        let slot = timeout(deadline * 3, self.free.clone().acquire_owned())
            .await
            .map_err(|_| PictureError::Busy)?
            .map_err(|_| PictureError::Busy)?;
        let shift = Shift {
            ends: Cell::new(Instant::now() + deadline),
            deadline,
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
        match timeout(deadline * 2, job).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(PictureError::Busy),
            Err(_) => Err(PictureError::TooSlow),
        }
    }
}

/// What a piece of work is given: until when, and out of how much memory.
#[derive(Debug)]
pub(super) struct Shift {
    ends: Cell<Instant>,
    deadline: Duration,
    budget: Arc<Budget>,
}

impl Shift {
    /// When the work has taken too long.
    pub(super) fn ends(&self) -> Instant {
        self.ends.get()
    }

    /// Fails once the work has taken too long; called between rows and before each stage.
    pub(super) fn check(&self) -> Result<(), PictureError> {
        if Instant::now() > self.ends.get() {
            return Err(PictureError::TooSlow);
        }
        Ok(())
    }

    /// Waits until this many bytes of the house's decode memory are free, and takes them until the value is dropped.
    /// The time of the work itself counts from here.
    pub(super) fn reserve(&self, bytes: u64) -> Result<Reserved, PictureError> {
        let reserved = self.budget.take(bytes, self.ends.get()).ok_or(PictureError::Busy)?;
        self.ends.set(Instant::now() + self.deadline);
        Ok(reserved)
    }
}

/// A number of bytes that is given out, first come, first served, and comes back.
#[derive(Debug)]
struct Budget {
    all: u64,
    state: Mutex<Given>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Given {
    bytes: u64,
    waiting: VecDeque<u64>,
    tickets: u64,
}

impl Given {
    /// Whether it is this ticket's turn and there is room; who wants more than all of it must be alone.
    fn is_turn_of(&self, ticket: u64, bytes: u64, all: u64) -> bool {
        self.waiting.front() == Some(&ticket) && (self.bytes == 0 || self.bytes + bytes <= all)
    }
}

impl Budget {
    fn of(all: u64) -> Self {
        Self {
            all,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn take(self: &Arc<Self>, bytes: u64, until: Instant) -> Option<Reserved> {
        let patience = until.saturating_duration_since(Instant::now());
        let mut given = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        given.tickets += 1;
        let ticket = given.tickets;
        given.waiting.push_back(ticket);
        let (mut given, _) = self
            .changed
            .wait_timeout_while(given, patience, |given| !given.is_turn_of(ticket, bytes, self.all))
            .unwrap_or_else(PoisonError::into_inner);
        let granted = given.is_turn_of(ticket, bytes, self.all);
        given.waiting.retain(|waiting| *waiting != ticket);
        if granted {
            given.bytes += bytes;
        }
        self.changed.notify_all();
        granted.then(|| Reserved {
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
        self.budget.state.lock().unwrap_or_else(PoisonError::into_inner).bytes -= self.bytes;
        self.budget.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn sec_img_03_memory_is_given_out_up_to_the_budget_and_to_one_large_work_alone() {
        let budget = Arc::new(Budget::of(100));
        let (first, second) = (budget.take(60, soon()).unwrap(), budget.take(40, soon()).unwrap());
        assert!(budget.take(1, Instant::now()).is_none(), "more than there is");
        drop(first);
        assert!(budget.take(150, Instant::now()).is_none(), "not alone");
        drop(second);
        let large = budget.take(150, soon()).unwrap();
        assert!(budget.take(1, Instant::now()).is_none());
        drop(large);
        assert!(budget.take(100, soon()).is_some());
    }

    #[test]
    fn sec_img_03_a_large_work_is_not_overtaken_by_small_ones_for_ever() {
        let budget = Arc::new(Budget::of(100));
        let small = budget.take(50, soon()).unwrap();
        let large = {
            let budget = budget.clone();
            std::thread::spawn(move || budget.take(150, soon()).is_some())
        };
        while budget.state.lock().unwrap().waiting.is_empty() {
            std::thread::yield_now();
        }
        assert!(
            budget.take(10, Instant::now()).is_none(),
            "it would fit, but it isn't its turn"
        );
        drop(small);
        assert!(large.join().unwrap());
    }
}
