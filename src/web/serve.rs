//! The accept loop: from a listening socket to a request in the router, with a deadline on everything the other side
//! could keep us waiting for.
//!
//! Rule: no connection costs another one anything: each has its own task, its own clocks and its own place in the count, and
//! every limit is a field of [`ServeSettings`]. `app` calls [`serve`]; handlers find the peer's address as
//! `ConnectInfo<SocketAddr>`, the coming stop as [`Stopping`] and the body's pace as [`BodyPace`] in the request.
//! Read on with `line` (silence), `body` (slow bodies), `census` (caps), `farewell` (last words).

use std::{convert::Infallible, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::{JoinError, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::Service as _;

mod body;
mod census;
mod farewell;
mod line;
#[cfg(test)]
mod tests;

pub use body::{BodyPace, BodyTooSlow};

use super::proxy::Networks;
use body::{AnswerBody, PacedBody};
use census::{Census, Seat};
use line::{Cut, Line, Patience, Pulse};

/// Every limit of the accept loop. The defaults are the ones the documentation promises.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// Time for a whole request head, counted from the accept, or from its first byte on a connection used before: 10 s.
    pub head_timeout: Duration,
    /// Longest pause in a request body while a handler waits for it: 15 s.
    pub body_idle_timeout: Duration,
    /// Time for a whole request body: all the waiting of a handler for it together: 120 s.
    pub body_total_timeout: Duration,
    /// How long a connection may rest between two requests: 60 s.
    pub keep_alive_timeout: Duration,
    /// How long a reader may take nothing while bytes wait for it: 30 s. A quiet event stream has nothing waiting.
    pub write_stall_timeout: Duration,
    /// How long a closed connection is still read, so that the last answer isn't lost: 5 s.
    pub linger: Duration,
    /// Connections at once: 512. One more is answered 503.
    pub connections: usize,
    /// Connections at once from one network (an IPv4 address, an IPv6 /64): 64. One more is answered 503.
    pub connections_per_network: usize,
    /// Networks that only the cap in all holds for: the reverse proxies, behind which everybody is. None by default.
    pub uncapped: Networks,
    /// Largest request head, in bytes: 32 KiB. A larger one is answered 431.
    pub head_bytes: usize,
    /// Most header lines in one request: 100. More are answered 431.
    pub header_count: usize,
    /// What hyper may keep in memory for each direction of a connection, in bytes: 64 KiB; never below `head_bytes`.
    pub buffer_bytes: usize,
    /// What the kernel may keep for each connection's reader, in bytes: 256 KiB. It bounds how long a slow reader looks stalled.
    pub send_buffer_bytes: usize,
    /// How long open requests may take to end once the server is told to stop: 25 s. Then they are cut.
    pub drain_timeout: Duration,
}

impl Default for ServeSettings {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            body_idle_timeout: Duration::from_secs(15),
            body_total_timeout: Duration::from_secs(120),
            keep_alive_timeout: Duration::from_secs(60),
            write_stall_timeout: Duration::from_secs(30),
            linger: Duration::from_secs(5),
            connections: 512,
            connections_per_network: 64,
            uncapped: Networks::default(),
            head_bytes: 32 * 1024,
            header_count: 100,
            buffer_bytes: 64 * 1024,
            send_buffer_bytes: 256 * 1024,
            drain_timeout: Duration::from_secs(25),
        }
    }
}

/// Request extension: cancelled when the server is told to stop. An event stream must end then, or it holds the stop up
/// until [`ServeSettings::drain_timeout`] cuts it.
#[derive(Debug, Clone)]
pub struct Stopping(pub CancellationToken);

/// Connections that are being told there is no room; beyond this many they are dropped without words.
const REFUSALS_AT_ONCE: usize = 64;

/// How long one of those may take.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(2);

/// Answers connections from `listener` with `router` until `stopping` is cancelled, then lets open requests end for at
/// most [`ServeSettings::drain_timeout`].
///
/// # Errors
/// When the listener isn't one any more at the start. What goes wrong later concerns one connection and ends only that.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ServeSettings,
    stopping: CancellationToken,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let drain_timeout = settings.drain_timeout;
    let door = Arc::new(Door::new(router, settings, stopping.clone()));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => door.greet(stream, peer, &mut connections),
                Err(error) => rest_after(&error).await,
            },
            Some(ended) = connections.join_next() => note_panic(ended),
        }
    }
    // New connections are refused by the kernel from here on.
    drop(listener);
    tracing::debug!(%address, open = connections.len(), "stopped accepting connections");
    drain(connections, drain_timeout).await;
    Ok(())
}

/// Waits for the open connections, then cuts those that are left.
async fn drain(mut connections: JoinSet<()>, patience: Duration) {
    let all_ended = async {
        while let Some(ended) = connections.join_next().await {
            note_panic(ended);
        }
    };
    if timeout(patience, all_ended).await.is_err() {
        tracing::warn!(open = connections.len(), "cut the connections that didn't end in time");
        connections.shutdown().await;
    }
}

/// A failed accept is about one connection that went away, or about a machine out of files or memory: then running in
/// circles would make it worse.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "could not accept a connection");
        sleep(Duration::from_millis(100)).await;
    }
}

fn note_panic(ended: Result<(), JoinError>) {
    if ended.is_err_and(|error| error.is_panic()) {
        tracing::error!("a connection ended in a panic; the others go on");
    }
}

/// What every connection shares.
struct Door {
    http: http1::Builder,
    router: Router,
    settings: ServeSettings,
    census: Census,
    refusals: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Door {
    fn new(router: Router, settings: ServeSettings, stopping: CancellationToken) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            // `Line` is stricter. This one only holds against a head hidden in the bytes after an earlier request.
            .header_read_timeout(settings.keep_alive_timeout + settings.head_timeout)
            .max_header_size(settings.head_bytes)
            .max_headers(settings.header_count)
            .max_buf_size(settings.buffer_bytes.max(settings.head_bytes).max(8192));
        let census = Census::new(
            settings.connections,
            settings.connections_per_network,
            settings.uncapped.clone(),
        );
        let refusals = Arc::new(Semaphore::new(REFUSALS_AT_ONCE));
        Self {
            http,
            router,
            settings,
            census,
            refusals,
            stopping,
        }
    }

    /// Gives a new connection a task of its own, or a word of refusal. Never waits.
    fn greet(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr, connections: &mut JoinSet<()>) {
        if let Some(seat) = self.census.admit(peer.ip()) {
            connections.spawn(Arc::clone(self).attend(stream, peer, seat));
        } else if let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() {
            let stopping = self.stopping.clone();
            connections.spawn(async move {
                let _permit = permit;
                let refusal = farewell::say_goodbye(stream, farewell::FULL, REFUSAL_PATIENCE);
                let _said = stopping.run_until_cancelled(refusal).await;
            });
        }
    }

    /// One connection, from its first byte to its last.
    async fn attend(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, _seat: Seat) {
        self.tune(&stream);
        let pulse = Arc::new(Pulse::default());
        let line = Line::new(stream, Arc::clone(&pulse), self.patience());
        let service = service_fn(|request| Box::pin(self.answer(request, peer, &pulse)));
        let mut connection = self.http.serve_connection(TokioIo::new(line), service);
        let ended = match self.stopping.run_until_cancelled(&mut connection).await {
            Some(ended) => ended,
            None => {
                Pin::new(&mut connection).graceful_shutdown();
                (&mut connection).await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "connection ended early");
        }
        let (stream, cut) = connection.into_parts().io.into_inner().into_parts();
        self.part(stream, cut).await;
    }

    /// The answer of the router to one request. The future is shared with nobody: hyper drops it when the visitor leaves.
    async fn answer(
        &self,
        request: http::Request<Incoming>,
        peer: SocketAddr,
        pulse: &Arc<Pulse>,
    ) -> Result<http::Response<AnswerBody>, Infallible> {
        let answering = pulse.begin();
        let pace = BodyPace::default();
        let (idle, total) = (self.settings.body_idle_timeout, self.settings.body_total_timeout);
        let mut request = request.map(|body| Body::new(PacedBody::new(body, idle, total, pace.clone())));
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Stopping(self.stopping.clone()));
        request.extensions_mut().insert(pace);
        let response = self.router.clone().call(request).await?;
        Ok(response.map(|body| AnswerBody::new(body, answering)))
    }

    /// Ends a connection in the way that fits how it came to an end.
    async fn part(&self, stream: TcpStream, cut: Option<Cut>) {
        let words = match cut {
            // Nobody reads it: let the kernel throw its copy away at once, instead of trying for minutes.
            Some(Cut::Unread) => {
                let _best_effort = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                return;
            }
            Some(Cut::HalfAHead) => farewell::TOO_SLOW,
            Some(Cut::Silence) | None => "",
        };
        let goodbye = farewell::say_goodbye(stream, words, self.settings.linger);
        let _said = self.stopping.run_until_cancelled(goodbye).await;
    }

    /// Socket options. A kernel that refuses one costs speed or memory, never correctness.
    fn tune(&self, stream: &TcpStream) {
        let _best_effort = stream.set_nodelay(true);
        let _best_effort = SockRef::from(stream).set_send_buffer_size(self.settings.send_buffer_bytes);
    }

    fn patience(&self) -> Patience {
        Patience {
            head: self.settings.head_timeout,
            idle: self.settings.keep_alive_timeout,
            stall: self.settings.write_stall_timeout,
        }
    }
}
