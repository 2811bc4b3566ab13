//! The body as multer is allowed to see it: in small bites, and with an end.
//!
//! Rule: multer takes in all that is ready and searches it again from the start for every bite, so what is ready must be little. While it
//! looks for the head of a part it gets no more than a head may be long. Used by `Form` only.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use futures_util::Stream;
use http_body::Body as _;

/// The largest bite while a part's head is looked for.
const SEEKING_BITE: usize = 1024;

/// The largest bite of a part's content.
const READING_BITE: usize = 64 * 1024;

/// Why the feed ended a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stop {
    #[error("the body is too large")]
    TooLarge,
    #[error("the head of a part is too long")]
    HeadTooLong,
}

/// What multer is doing.
#[derive(Debug, Clone, Copy)]
enum Mode {
    /// Looking for the next head, with so many bytes left to find it in.
    Seeking {
        left: u64,
    },
    Reading,
}

/// Tells the feed what multer is doing.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    mode: Arc<Mutex<Mode>>,
    /// How much of the part before may still have to be skipped.
    pub(super) unread: u64,
}

impl Gate {
    /// From now on the head of the next part is looked for, which may be so long.
    pub(super) fn seek(&mut self, head_bytes: usize) {
        let left = head_bytes as u64 + std::mem::take(&mut self.unread);
        self.set(Mode::Seeking { left });
    }

    /// From now on a part is read. The caller counts.
    pub(super) fn read(&self) {
        self.set(Mode::Reading);
    }

    fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }
}

/// A stream of bites.
pub(super) struct Feed {
    body: Body,
    total_left: u64,
    ready: Bytes,
    /// A bite was just given; multer has to work on it first.
    chewing: bool,
    mode: Arc<Mutex<Mode>>,
}

impl Feed {
    pub(super) fn new(body: Body, total_bytes: u64) -> (Self, Gate) {
        let mode = Arc::new(Mutex::new(Mode::Seeking { left: 0 }));
        let gate = Gate {
            mode: Arc::clone(&mode),
            unread: 0,
        };
        (
            Self {
                body,
                total_left: total_bytes,
                ready: Bytes::new(),
                chewing: false,
                mode,
            },
            gate,
        )
    }

    /// Takes the next bytes of the body in, unless there are some. False at the body's end.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, BoxError>> {
        while self.ready.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) else {
                return Poll::Ready(Ok(false));
            };
            // Trailers say nothing that a form needs.
            let Ok(bytes) = frame?.into_data() else { continue };
            self.total_left = self.total_left.checked_sub(bytes.len() as u64).ok_or(Stop::TooLarge)?;
            self.ready = bytes;
        }
        Poll::Ready(Ok(true))
    }

    fn bite(&mut self) -> Result<Bytes, Stop> {
        let mut mode = self.mode.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *mode {
            Mode::Reading => Ok(self.ready.split_to(self.ready.len().min(READING_BITE))),
            Mode::Seeking { left } => {
                let size = self.ready.len().min(SEEKING_BITE);
                *left = left.checked_sub(size as u64).ok_or(Stop::HeadTooLong)?;
                Ok(self.ready.split_to(size))
            }
        }
    }
}

impl Stream for Feed {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if std::mem::take(&mut this.chewing) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match ready!(this.poll_ready(cx)) {
            Err(error) => Poll::Ready(Some(Err(error))),
            Ok(false) => Poll::Ready(None),
            Ok(true) => {
                this.chewing = true;
                Poll::Ready(Some(this.bite().map_err(Into::into)))
            }
        }
    }
}
