//! How a caller follows a render ([`Watch`]) and how the render keeps to it ([`Run`]).
//!
//! The one rule: every block of rows asks [`Run::check`] first, so a cancel is answered within a fraction of 100 ms.
//! `Run` is made by `render.rs` and handed down to every row loop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crate::render::RenderError;

/// Looks over a render's shoulder. Called from several threads, so it must be `Sync`; it should return at once.
pub trait Watch: Sync {
    /// How far the whole plan is, 0…1, never falling, and what is being done in a word or two ("Blurring").
    fn progress(&self, fraction: f32, step: &str);
    /// Something that the person should know of how it was done: a sentence.
    fn note(&self, _sentence: &str) {}
    /// Whether to stop; asked between blocks of rows.
    fn is_cancelled(&self) -> bool;
}

/// A [`Watch`] that neither looks nor cancels.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _fraction: f32, _step: &str) {}
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// One render under way.
pub(crate) struct Run<'a> {
    watch: &'a dyn Watch,
    steps: usize,
    state: Mutex<Told>,
    rows_done: AtomicUsize,
}

struct Told {
    step: usize,
    label: &'static str,
    pass: i32,
    rows: usize,
    fraction: f32,
}

impl<'a> Run<'a> {
    pub(crate) fn new(watch: &'a dyn Watch, steps: usize) -> Self {
        let state = Mutex::new(Told {
            step: 0,
            label: "",
            pass: -1,
            rows: 1,
            fraction: 0.0,
        });
        Self {
            watch,
            steps: steps.max(1),
            state,
            rows_done: AtomicUsize::new(0),
        }
    }

    /// Begins step number `step` (from 0), called `label` to the watcher.
    pub(crate) fn begin_step(&self, step: usize, label: &'static str) {
        self.told(|t| {
            t.step = step;
            t.label = label;
            t.pass = -1;
        });
        self.tell(0.0);
    }

    /// Begins one pass over `rows` rows. How many passes a step makes is not known ahead: each is given half of what is left.
    pub(crate) fn begin_pass(&self, rows: usize) {
        self.told(|t| {
            t.pass += 1;
            t.rows = rows.max(1);
        });
        self.rows_done.store(0, Ordering::Relaxed);
    }

    /// Says how something was done.
    pub(crate) fn note(&self, sentence: &str) {
        self.watch.note(sentence);
    }

    /// Fails when the watcher has cancelled.
    pub(crate) fn check(&self) -> Result<(), RenderError> {
        if self.watch.is_cancelled() {
            Err(RenderError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// Does what can't look for itself whether it is cancelled on a thread of its own; on a cancel it is left alone there.
    /// `None` when it ended without an answer.
    pub(crate) fn meanwhile<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>, RenderError> {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            // Nobody listens any more when the render was cancelled.
            let _ = tell.send(work());
        });
        loop {
            match told.recv_timeout(Duration::from_millis(20)) {
                Ok(answer) => return Ok(Some(answer)),
                Err(mpsc::RecvTimeoutError::Timeout) => self.check()?,
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }

    /// Notes that `rows` more rows of the pass are done.
    pub(crate) fn advance(&self, rows: usize) {
        let done = self.rows_done.fetch_add(rows, Ordering::Relaxed) + rows;
        let mut share = 0.0;
        self.told(|t| {
            let before = 1.0 - 0.5f32.powi(t.pass.max(0));
            share = before + (1.0 - before) * 0.5 * (done as f32 / t.rows as f32).min(1.0);
        });
        self.tell(share);
    }

    /// The whole plan is done.
    pub(crate) fn finish(&self) {
        self.told(|t| t.step = self.steps);
        self.tell(0.0);
    }

    fn told(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    /// Tells the watcher, at most once per hundredth, while holding the lock so that the fraction never falls.
    fn tell(&self, share_of_step: f32) {
        self.told(|t| {
            let fraction = (t.step as f32 + share_of_step) / self.steps as f32;
            if fraction >= t.fraction + 0.01 || (share_of_step == 0.0 && fraction >= t.fraction) {
                t.fraction = fraction.min(1.0);
                self.watch.progress(t.fraction, t.label);
            }
        });
    }
}
