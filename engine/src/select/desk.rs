//! Where nets are asked: a net itself can't be stopped, so a render that is cancelled leaves it alone and goes.
//!
//! The one rule: nets that were left alone are counted until they end, so that however often somebody cancels and asks
//! again, no more of them run than there are places; who waits for one is still answered within a few hundredths of a
//! second. Called by `select` and the operations through [`ask`].

use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::failed;
use crate::nets::{Net, NetError, Tensor};
use crate::render::RenderError;
use crate::watch::Run;

/// How often it is looked whether the render is cancelled.
const LOOK: Duration = Duration::from_millis(20);

/// Runs a net and looks meanwhile whether the render is cancelled.
pub(crate) fn ask(net: &Arc<dyn Net>, inputs: Vec<Tensor>, run: &Run<'_>) -> Result<Vec<Tensor>, RenderError> {
    // One run keeps all processors busy by itself; more at once only need more memory.
    static DESK: LazyLock<Arc<Desk>> =
        LazyLock::new(|| Arc::new(Desk::new(thread::available_parallelism().map_or(2, |n| n.get().max(2)))));
    DESK.ask(net, inputs, run)
}

/// Places for runs of nets.
struct Desk {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Desk {
    fn new(places: usize) -> Self {
        Self {
            free: Mutex::new(places),
            freed: Condvar::new(),
        }
    }

    fn ask(
        self: &Arc<Self>,
        net: &Arc<dyn Net>,
        inputs: Vec<Tensor>,
        run: &Run<'_>,
    ) -> Result<Vec<Tensor>, RenderError> {
        let place = self.place(run)?;
        let net = Arc::clone(net);
        let answer = run.meanwhile(move || {
            let answer = net.run(&inputs);
            // Free before it is told: whoever hears the answer may ask again at once.
            drop(place);
            answer
        })?;
        let ended = || failed(NetError::Failed("it ended without an answer".to_owned()));
        answer.ok_or_else(ended)?.map_err(failed)
    }

    /// A place once there is one, unless the render is cancelled first.
    fn place(self: &Arc<Self>, run: &Run<'_>) -> Result<Place, RenderError> {
        let mut free = self.free();
        while *free == 0 {
            run.check()?;
            let waited = self.freed.wait_timeout(free, LOOK);
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= 1;
        Ok(Place(Arc::clone(self)))
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Taken until it is dropped, also when the net breaks.
struct Place(Arc<Desk>);

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Instant;

    use super::*;
    use crate::watch::Watch;

    /// Runs until it is let go, and counts how many of it run.
    #[derive(Default)]
    struct Slow {
        running: AtomicUsize,
        most: AtomicUsize,
        go: AtomicBool,
        breaks: AtomicBool,
    }

    impl Net for Slow {
        fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
            let now = self.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            while !self.go.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            self.running.fetch_sub(1, Ordering::SeqCst);
            assert!(!self.breaks.load(Ordering::SeqCst), "a net that breaks");
            Ok(inputs.to_vec())
        }
    }

    /// Cancels at a moment.
    struct Until(Instant);

    impl Watch for Until {
        fn progress(&self, _fraction: f32, _step: &str) {}
        fn is_cancelled(&self) -> bool {
            Instant::now() >= self.0
        }
    }

    fn asked(desk: &Arc<Desk>, net: &Arc<Slow>, patience: Duration) -> Result<Vec<Tensor>, RenderError> {
        let until = Until(Instant::now() + patience);
        let net: Arc<dyn Net> = net.clone();
        let one = Tensor::new(&[1], vec![7.0]).expect("one number");
        desk.ask(&net, vec![one], &Run::new(&until, 1))
    }

    #[test]
    fn however_often_somebody_cancels_no_more_nets_run_than_there_are_places() {
        let (desk, net) = (Arc::new(Desk::new(2)), Arc::new(Slow::default()));
        let patience = Duration::from_millis(30);
        for _ in 0..6 {
            let start = Instant::now();
            assert_eq!(asked(&desk, &net, patience), Err(RenderError::Cancelled));
            // The cancel came after 30 ms; the machine may be busy with other tests.
            assert!(
                start.elapsed() < patience + Duration::from_millis(400),
                "{:?}",
                start.elapsed()
            );
        }
        // A thread may be slow to begin.
        while net.running.load(Ordering::SeqCst) < 2 {
            thread::yield_now();
        }
        assert_eq!(net.most.load(Ordering::SeqCst), 2, "four of them never began");
        net.go.store(true, Ordering::SeqCst);
        let answer = asked(&desk, &net, Duration::from_secs(60)).expect("an answer once those before have ended");
        assert_eq!(answer[0].data(), [7.0]);
        assert!(net.most.load(Ordering::SeqCst) <= 2);
    }

    #[test]
    fn a_net_that_breaks_gives_its_place_back() {
        let (desk, net) = (Arc::new(Desk::new(1)), Arc::new(Slow::default()));
        net.go.store(true, Ordering::SeqCst);
        net.breaks.store(true, Ordering::SeqCst);
        let broken = asked(&desk, &net, Duration::from_secs(60));
        assert!(
            matches!(broken, Err(RenderError::Net(NetError::Failed(_)))),
            "{broken:?}"
        );
        net.breaks.store(false, Ordering::SeqCst);
        assert!(asked(&desk, &net, Duration::from_secs(60)).is_ok());
    }
}
