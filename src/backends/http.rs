//! The one outbound client, for the backends an operator configured.
//!
//! Rule: every call ends by its deadline, follows no redirect and obeys no proxy variable; it is repeated only when
//! the service surely did none of the work; and no error or log line holds a key, an address's query or a body.
//! Called by the backends that go out; `registry` makes one [`Outbound`] for all of them.
//!
//! Read this file, then `settings` (addresses, keys, sentences), `retry`, and `form` and `events` where they are used.

mod events;
mod form;
mod retry;
mod settings;
mod socket;

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{Client, ClientBuilder, Response, header::CONTENT_TYPE, redirect};
pub use reqwest::{
    StatusCode, Url,
    header::{HeaderMap, HeaderValue},
};
use tokio::time::{Instant, sleep, timeout, timeout_at};

pub use self::{
    events::{Event, Events},
    form::Form,
    retry::Busy,
    settings::{Names, base_url, bearer, below, plain_text, secret_header},
    socket::{Message, Socket},
};
use super::{
    BackendError, Watch,
    wire::{bad_answer, misconfigured},
};

/// What every outgoing call keeps to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest wait for a connection.
    pub connect: Duration,
    /// The longest silence within an answer that has begun. (Until it begins, only the call's own deadline counts: a
    /// picture may take minutes.)
    pub stall: Duration,
    /// The longest silence between the events of a stream.
    pub quiet: Duration,
    /// The most bytes of an answer.
    pub answer_bytes: usize,
    /// How often a call is made in all, where repeating it is safe.
    pub attempts: u32,
    /// About the wait before the second attempt, when the service names none; doubles from then on.
    pub first_wait: Duration,
    /// A service that asks for a longer wait than this is not waited for.
    pub longest_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            quiet: Duration::from_secs(150),
            answer_bytes: 64 * 1024 * 1024,
            attempts: 3,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// The one outbound client; cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    /// For lines that are kept open: those begin as HTTP/1.1, also over TLS, where the other one would agree on HTTP/2.
    lines: Client,
    limits: Limits,
    jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Whether there are root certificates; without them only plain http can be spoken.
    certificates: bool,
}

/// One call.
pub struct Call {
    /// Where to; see [`base_url`].
    pub url: Url,
    /// Headers with a secret; see [`secret_header`].
    pub headers: HeaderMap,
    /// What is posted; without it the call only asks (GET).
    pub body: Option<Body>,
    /// When the call has failed, all attempts and waits included.
    pub until: Instant,
}

/// What a call posts.
#[derive(Debug, Clone)]
pub struct Body {
    /// Its media type.
    pub kind: HeaderValue,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Body {
    /// A JSON text.
    #[must_use]
    pub fn json(text: impl Into<Bytes>) -> Self {
        Self {
            kind: HeaderValue::from_static("application/json"),
            bytes: text.into(),
        }
    }
}

/// A whole answer, whatever its status.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, within the limit.
    pub body: Bytes,
}

/// What a call for events brought.
pub enum Opened {
    /// The events.
    Events(Box<Events>),
    /// A whole answer: a refusal, or a service that doesn't stream.
    Whole(Answer),
}

/// How one attempt failed.
enum Miss {
    /// No connection came about, so nothing was sent.
    Unreached,
    /// Anything else: the service may have done the work.
    Final(BackendError),
}

impl Outbound {
    /// Makes the client. `jitter` gives an evenly spread number from 0 to 1 each time.
    ///
    /// # Errors
    /// [`BackendError::Misconfigured`] when no client can be made on this system.
    pub fn new(limits: Limits, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Result<Self, BackendError> {
        // Fails only when a provider is there already, which is just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = |builder: ClientBuilder| builder.build().map_err(|error| misconfigured(reason(error)));
        let (client, certificates) = match builder(&limits).build() {
            Ok(client) => (client, true),
            // A slim system without root certificates can still reach a service over plain http.
            Err(_) => (made(builder(&limits).tls_certs_only([]))?, false),
        };
        let lines = builder(&limits).http1_only();
        let lines = made(if certificates { lines } else { lines.tls_certs_only([]) })?;
        Ok(Self {
            client,
            lines,
            limits,
            jitter: Arc::new(jitter),
            certificates,
        })
    }

    /// Makes `call` and brings the answer, whatever its status. Repeats it when no connection came about, and when
    /// `busy` recognises an answer as "nothing done, come again".
    ///
    /// # Errors
    /// `Unavailable` when there is no connection or it broke before an answer, `TimedOut` at the deadline or when the
    /// answer stalls, `BadAnswer` when it breaks off or is too long, `Cancelled` with the watch, `Misconfigured` when
    /// the call can't be made.
    pub async fn send(
        &self,
        call: &Call,
        watch: &Watch,
        busy: impl Fn(&Answer) -> Option<Busy> + Send + Sync,
    ) -> Result<Answer, BackendError> {
        match self.make(call, false, watch, busy).await? {
            Opened::Whole(answer) => Ok(answer),
            Opened::Events(_) => Err(bad_answer("it came in events that nobody asked for")),
        }
    }

    /// The same for a call that asks for events: those, or a whole answer when none come.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn open(
        &self,
        call: &Call,
        watch: &Watch,
        busy: impl Fn(&Answer) -> Option<Busy> + Send + Sync,
    ) -> Result<Opened, BackendError> {
        self.make(call, true, watch, busy).await
    }

    async fn make(
        &self,
        call: &Call,
        events: bool,
        watch: &Watch,
        busy: impl Fn(&Answer) -> Option<Busy> + Send + Sync,
    ) -> Result<Opened, BackendError> {
        if call.url.scheme() == "https" && !self.certificates {
            return Err(misconfigured(
                "this system has no root certificates; install its ca-certificates package",
            ));
        }
        // One place for both ends of a call: dropping the future closes the connection.
        or_cancelled(watch, async {
            timeout_at(call.until, self.attempts(call, events, watch, busy))
                .await
                .unwrap_or(Err(BackendError::TimedOut))
        })
        .await
    }

    async fn attempts(
        &self,
        call: &Call,
        events: bool,
        watch: &Watch,
        busy: impl Fn(&Answer) -> Option<Busy> + Send + Sync,
    ) -> Result<Opened, BackendError> {
        let mut attempt = 1;
        loop {
            let (result, again) = match self.once(call, events).await {
                Ok(Opened::Whole(answer)) => {
                    let again = busy(&answer);
                    (Ok(Opened::Whole(answer)), again)
                }
                Ok(opened) => (Ok(opened), None),
                Err(Miss::Unreached) => (
                    Err(BackendError::Unavailable { retry_after: None }),
                    Some(Busy { wait: None }),
                ),
                Err(Miss::Final(error)) => (Err(error), None),
            };
            let wait = again
                .filter(|_| attempt < self.limits.attempts)
                .and_then(|busy| retry::wait(&self.limits, attempt, busy, (self.jitter)()));
            // A wait that outlasts the call would turn a clear answer into a time-out.
            let Some(wait) = wait.filter(|wait| Instant::now() + *wait < call.until) else {
                return result;
            };
            tracing::info!(
                attempt,
                wait_ms = u64::try_from(wait.as_millis()).ok(),
                "a backend is busy; asking it again"
            );
            watch.progress(None, Some("The service is busy; asking again"));
            sleep(wait).await;
            attempt += 1;
        }
    }

    async fn once(&self, call: &Call, events: bool) -> Result<Opened, Miss> {
        let request = match &call.body {
            Some(body) => self
                .client
                .post(call.url.clone())
                .header(CONTENT_TYPE, body.kind.clone())
                .body(body.bytes.clone()),
            None => self.client.get(call.url.clone()),
        };
        let response = request.headers(call.headers.clone()).send().await.map_err(|error| {
            let unreached = error.is_connect();
            let builder = error.is_builder();
            let reason = reason(error);
            tracing::info!(reason, "a backend gave no answer");
            match (unreached, builder) {
                (true, _) => Miss::Unreached,
                (_, true) => Miss::Final(misconfigured("the request could not be made from its address and key")),
                _ => Miss::Final(BackendError::Unavailable { retry_after: None }),
            }
        })?;
        if events && response.status().is_success() && is_stream(&response) {
            let limits = &self.limits;
            let events = Events::new(response, limits.quiet, call.until, limits.answer_bytes);
            return Ok(Opened::Events(Box::new(events)));
        }
        self.read(response).await.map(Opened::Whole).map_err(Miss::Final)
    }

    async fn read(&self, mut response: Response) -> Result<Answer, BackendError> {
        let limit = self.limits.answer_bytes;
        let too_long = || bad_answer(format!("it is longer than {limit} bytes"));
        let promised = response.content_length().unwrap_or(0);
        let promised = usize::try_from(promised)
            .ok()
            .filter(|n| *n <= limit)
            .ok_or_else(too_long)?;
        // A promise costs its sender nothing, so it is believed up to 1 MiB only.
        let mut body = Vec::with_capacity(promised.min(1024 * 1024));
        loop {
            let chunk = match timeout(self.limits.stall, response.chunk()).await {
                Err(_) => return Err(BackendError::TimedOut),
                Ok(Err(error)) => {
                    let read = body.len();
                    return Err(bad_answer(format!(
                        "it broke off after {read} bytes: {}",
                        reason(error)
                    )));
                }
                Ok(Ok(None)) => break,
                Ok(Ok(Some(chunk))) => chunk,
            };
            if chunk.len() > limit - body.len() {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        Ok(Answer {
            status,
            headers,
            body: body.into(),
        })
    }
}

/// Waits for `work`, or stops with `Cancelled` as soon as the watch is cancelled.
///
/// # Errors
/// `Cancelled`, and those of `work`.
pub async fn or_cancelled<T>(
    watch: &Watch,
    work: impl Future<Output = Result<T, BackendError>>,
) -> Result<T, BackendError> {
    tokio::select! {
        biased;
        () = watch.cancel.cancelled() => Err(BackendError::Cancelled),
        result = work => result,
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one outbound client")]
fn builder(limits: &Limits) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("plantain/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        // The key goes to the configured origin and nowhere else.
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        // Repeating is decided above. A fresh connection per call: on a reused one that the other side is just closing
        // nobody can tell whether the request was read, and a picture takes so long that a handshake does not matter.
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
}

fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream"))
}

/// Why a request failed, without its address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
