//! A connection with deadlines on its silence: the stream under hyper.
//!
//! Rule: time spent waiting for the other side is always bounded, and time spent waiting for ourselves never counts. Three
//! clocks: a request's head must be whole in time (counted from the accept or from its first byte), a connection
//! between two requests may rest a while, and bytes that are ready to be sent must move. Used by `serve` only.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

/// How long each kind of silence may last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) stall: Duration,
}

/// Why we cut a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// A request's head began and didn't end in time.
    HalfAHead,
    /// Nothing was sent at all.
    Silence,
    /// What we had to say wasn't read.
    Unread,
}

/// Says whether a request is being answered; shared with the service above hyper.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// Held from a request's head to the end of its answer.
#[derive(Debug)]
pub(super) struct Answering(Arc<Pulse>);

impl Pulse {
    pub(super) fn begin(self: &Arc<Self>) -> Answering {
        self.begun.fetch_add(1, Ordering::AcqRel);
        Answering(Arc::clone(self))
    }

    /// The number of requests answered so far, while none is open.
    fn waiting(&self) -> Option<u64> {
        let ended = self.ended.load(Ordering::Acquire);
        (self.begun.load(Ordering::Acquire) == ended).then_some(ended)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::AcqRel);
    }
}

/// A TCP stream that fails with `TimedOut` when the other side takes too long.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    pulse: Arc<Pulse>,
    patience: Patience,
    wait: Wait,
    stall: Option<Pin<Box<Sleep>>>,
    cut: Option<Cut>,
}

/// The wait for one request's head.
#[derive(Debug)]
struct Wait {
    /// How many requests came before; tells one wait from the next.
    after: u64,
    head_begun: bool,
    deadline: Pin<Box<Sleep>>,
}

impl Line {
    pub(super) fn new(stream: TcpStream, pulse: Arc<Pulse>, patience: Patience) -> Self {
        let wait = Wait {
            after: 0,
            head_begun: false,
            deadline: Box::pin(sleep(patience.head)),
        };
        Self {
            stream,
            pulse,
            patience,
            wait,
            stall: None,
            cut: None,
        }
    }

    /// The stream, and why it was cut if we cut it.
    pub(super) fn into_parts(self) -> (TcpStream, Option<Cut>) {
        (self.stream, self.cut)
    }

    fn poll_read_waiting(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        // Asked before reading: a peer whose bytes drip is always readable.
        if self.wait.deadline.as_mut().poll(cx).is_ready() {
            let cut = if self.wait.head_begun {
                Cut::HalfAHead
            } else {
                Cut::Silence
            };
            return Poll::Ready(Err(self.cut_for(cut)));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before && !self.wait.head_begun {
            self.wait.head_begun = true;
            self.wait.deadline.as_mut().reset(Instant::now() + self.patience.head);
        }
        Poll::Ready(Ok(()))
    }

    fn wait_for_the_next(&mut self, after: u64) {
        if self.wait.after != after {
            self.wait.after = after;
            self.wait.head_begun = false;
            self.wait.deadline.as_mut().reset(Instant::now() + self.patience.idle);
        }
    }

    /// Any byte taken restarts the clock. A reader that takes one at a time doesn't get far with it: the kernel calls a
    /// full buffer writable only when a third of it has gone.
    fn pace_write<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let stall = self.patience.stall;
        let clock = self.stall.get_or_insert_with(|| Box::pin(sleep(stall)));
        ready!(clock.as_mut().poll(cx));
        Poll::Ready(Err(self.cut_for(Cut::Unread)))
    }

    fn cut_for(&mut self, cut: Cut) -> io::Error {
        self.cut = Some(cut);
        io::ErrorKind::TimedOut.into()
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.pulse.waiting() {
            Some(after) => {
                this.wait_for_the_next(after);
                this.poll_read_waiting(cx, buf)
            }
            // A body being read has its own clocks, and an answer being made has none.
            None => Pin::new(&mut this.stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.pace_write(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.pace_write(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
