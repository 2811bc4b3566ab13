//! The two bodies of an exchange: the request's, which must keep coming, and the answer's, whose end frees the line.
//!
//! Rule: the clocks of a request body run only while somebody is waiting for it, so that our own slowness never cuts a
//! visitor off. `security::layer` reads [`BodyPace`] to answer 408. Made by `serve` for each request.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep};

use super::line::Answering;

/// A request body stopped coming, or came too slowly as a whole. Found in the `source()` chain of what a reader of the
/// body is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request body came too slowly")]
pub struct BodyTooSlow;

/// Request extension: did this request's body come too slowly?
#[derive(Debug, Clone, Default)]
pub struct BodyPace(Arc<AtomicBool>);

impl BodyPace {
    /// True from the moment the body was given up.
    #[must_use]
    pub fn is_too_slow(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A request body under two clocks: one for each wait, one for all waits together.
pub(super) struct PacedBody {
    inner: Incoming,
    idle: Duration,
    /// What is left of the time for the whole body.
    left: Duration,
    waiting: Option<Waiting>,
    pace: BodyPace,
}

struct Waiting {
    since: Instant,
    deadline: Pin<Box<Sleep>>,
}

impl PacedBody {
    pub(super) fn new(inner: Incoming, idle: Duration, total: Duration, pace: BodyPace) -> Self {
        Self {
            inner,
            idle,
            left: total,
            waiting: None,
            pace,
        }
    }

    fn stop_waiting(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            self.left = self.left.saturating_sub(waiting.since.elapsed());
        }
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let patience = self.idle.min(self.left);
        let waiting = self.waiting.get_or_insert_with(|| Waiting {
            since: Instant::now(),
            deadline: Box::pin(sleep(patience)),
        });
        waiting.deadline.as_mut().poll(cx)
    }
}

impl http_body::Body for PacedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = self.get_mut();
        if this.pace.is_too_slow() {
            return Poll::Ready(Some(Err(BodyTooSlow.into())));
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) {
            this.stop_waiting();
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(this.poll_deadline(cx));
        this.pace.0.store(true, Ordering::Release);
        Poll::Ready(Some(Err(BodyTooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An answer's body; while it lives, its connection isn't idle.
pub(super) struct AnswerBody {
    inner: Body,
    _answering: Answering,
}

impl AnswerBody {
    pub(super) fn new(inner: Body, answering: Answering) -> Self {
        Self {
            inner,
            _answering: answering,
        }
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
