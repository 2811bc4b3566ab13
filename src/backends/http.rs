//! The one outbound client, for the backends an operator configured.
//!
//! Rule: every call ends by its deadline, follows no redirect and obeys no proxy variable; it is repeated only when
//! the service surely did none of the work; and no error or log line holds a key, an address's query or a body.
//! Called by the backends that go out; `registry` makes one [`Outbound`] for all of them.

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{
    Client, ClientBuilder, Response,
    header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue, RETRY_AFTER},
    redirect, retry,
};
pub use reqwest::{StatusCode, Url, header::HeaderMap};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{BackendError, Watch};
use crate::config::Secret;

/// What every outgoing call keeps to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The longest wait for a connection.
    pub connect: Duration,
    /// The longest silence within an answer that has begun. (Until it begins, only the call's own deadline counts: a
    /// picture may take minutes.)
    pub stall: Duration,
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
    limits: Limits,
    jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Whether there are root certificates; without them only plain http can be spoken.
    certificates: bool,
}

/// One call: JSON out, whatever comes back in.
pub struct Call {
    /// Where to; see [`base_url`].
    pub url: Url,
    /// Headers with a secret; see [`secret_header`].
    pub headers: HeaderMap,
    /// The JSON text.
    pub body: Bytes,
    /// When the call has failed, all attempts and waits included.
    pub until: Instant,
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

/// The service answered that it did nothing and may be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// How long it wants to be left alone, if it said.
    pub wait: Option<Duration>,
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
        let (client, certificates) = match builder(&limits).build() {
            Ok(client) => (client, true),
            // A slim system without root certificates can still reach a service over plain http.
            Err(_) => (
                builder(&limits)
                    .tls_certs_only([])
                    .build()
                    .map_err(|e| misconfigured(reason(e)))?,
                false,
            ),
        };
        Ok(Self {
            client,
            limits,
            jitter: Arc::new(jitter),
            certificates,
        })
    }

    /// Posts `call` and brings the answer, whatever its status. Repeats it when no connection came about, and when
    /// `busy` recognises an answer as "nothing done, come again".
    ///
    /// # Errors
    /// `Unavailable` when there is no connection or it broke before an answer, `TimedOut` at the deadline or when the
    /// answer stalls, `BadAnswer` when it breaks off or is too long, `Cancelled` with the watch, `Misconfigured` when
    /// the call can't be made.
    pub async fn post_json(
        &self,
        call: &Call,
        watch: &Watch,
        busy: impl Fn(&Answer) -> Option<Busy> + Send + Sync,
    ) -> Result<Answer, BackendError> {
        if call.url.scheme() == "https" && !self.certificates {
            return Err(misconfigured(
                "this system has no root certificates; install its ca-certificates package",
            ));
        }
        // One place for both ends of a call: dropping the future closes the connection.
        or_cancelled(watch, async {
            timeout_at(call.until, self.attempts(call, watch, busy))
                .await
                .unwrap_or(Err(BackendError::TimedOut))
        })
        .await
    }

    async fn attempts(
        &self,
        call: &Call,
        watch: &Watch,
        busy: impl Fn(&Answer) -> Option<Busy> + Send + Sync,
    ) -> Result<Answer, BackendError> {
        let mut attempt = 1;
        loop {
            let (result, again) = match self.once(call).await {
                Ok(answer) => {
                    let again = busy(&answer);
                    (Ok(answer), again)
                }
                Err(Miss::Unreached) => (
                    Err(BackendError::Unavailable { retry_after: None }),
                    Some(Busy { wait: None }),
                ),
                Err(Miss::Final(error)) => (Err(error), None),
            };
            let wait = again
                .filter(|_| attempt < self.limits.attempts)
                .and_then(|busy| self.wait(attempt, busy));
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

    /// How long to wait after this attempt; none when the service asks for more than is reasonable.
    fn wait(&self, attempt: u32, busy: Busy) -> Option<Duration> {
        let spread = (self.jitter)().clamp(0.0, 1.0);
        match busy.wait {
            // Never earlier than asked; the spread keeps many clients from coming back at the same moment.
            Some(wait) if wait <= self.limits.longest_wait => Some(wait + self.limits.first_wait.mul_f64(spread)),
            Some(_) => None,
            None => {
                let most = self.limits.first_wait.saturating_mul(2_u32.saturating_pow(attempt - 1));
                Some(most.min(self.limits.longest_wait).mul_f64(spread))
            }
        }
    }

    async fn once(&self, call: &Call) -> Result<Answer, Miss> {
        let request = self
            .client
            .post(call.url.clone())
            .headers(call.headers.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(call.body.clone());
        let response = request.send().await.map_err(|error| {
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
        self.read(response).await.map_err(Miss::Final)
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

impl Answer {
    /// The wait asked for in `Retry-After`: seconds, or a date. The answer's own `Date` stands for the present, so no
    /// clock of ours is compared with theirs.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let text = |name| self.headers.get(name)?.to_str().ok().map(str::trim);
        retry_after(text(RETRY_AFTER)?, text(DATE))
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

/// Reads the address of a service from a setting: http or https, without user, query or fragment. `setting` names it
/// in the error, which does not repeat the address.
///
/// # Errors
/// [`BackendError::Misconfigured`].
pub fn base_url(text: &str, setting: &str) -> Result<Url, BackendError> {
    let url = Url::parse(text).map_err(|_| misconfigured(format!("{setting} is not an address")))?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if plain && matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err(misconfigured(format!(
            "{setting} must be an http or https address without user, query or fragment"
        )))
    }
}

/// The one header that carries a secret, marked so that no library prints or caches it.
///
/// # Errors
/// [`BackendError::Misconfigured`] when it is empty or holds what a header can't; `setting` names it there.
pub fn secret_header(name: &'static str, secret: &Secret, setting: &str) -> Result<HeaderMap, BackendError> {
    let value = HeaderValue::from_str(secret.expose())
        .ok()
        .filter(|value| !value.is_empty());
    let mut value = value.ok_or_else(|| misconfigured(format!("{setting} is empty or holds line breaks")))?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(HeaderName::from_static(name), value)]))
}

/// A service's sentence as plain text for a page: without the secret it may echo, without control characters and those
/// that turn the direction of text, trimmed, and at most `most` characters. None when nothing is left.
#[must_use]
pub fn plain_text(text: &str, secret: &Secret, most: usize) -> Option<String> {
    let text = if secret.expose().is_empty() {
        text.to_owned()
    } else {
        text.replace(secret.expose(), "••••")
    };
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let kept: String = text
        .chars()
        .filter(|c| *c == '\n' || !(c.is_control() || turns(*c)))
        .collect();
    let kept = kept.trim();
    match kept.char_indices().nth(most) {
        _ if kept.is_empty() => None,
        Some((end, _)) => Some(format!("{}…", kept[..end].trim_end())),
        None => Some(kept.to_owned()),
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
        .retry(retry::never())
        .pool_max_idle_per_host(0)
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

fn retry_after(text: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let wait = moment(text)?.as_second() - moment(date?)?.as_second();
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

fn misconfigured(what: impl Into<String>) -> BackendError {
    BackendError::Misconfigured { what: what.into() }
}

fn bad_answer(what: impl Into<String>) -> BackendError {
    BackendError::BadAnswer { what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(spread: f64) -> Outbound {
        Outbound::new(Limits::default(), move || spread).expect("a client")
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_by_the_answers_own_clock() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let seconds = |text, date| retry_after(text, date).map(|wait| wait.as_secs());
        assert_eq!(seconds("7", None), Some(7));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(30));
        assert_eq!(
            seconds("Sun, 06 Nov 1994 08:00:00 GMT", date),
            Some(0),
            "the past is now"
        );
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        for odd in ["", "soon", "-1", "1.5", "99999999999999999999"] {
            assert_eq!(seconds(odd, date), None, "{odd:?}");
        }
    }

    #[test]
    fn rel_backend_02_waits_double_spread_fully_and_are_capped() {
        let waits = |spread| [1, 2, 3, 9].map(|n| outbound(spread).wait(n, Busy { wait: None }).map(|w| w.as_millis()));
        assert_eq!(waits(1.0), [Some(1_000), Some(2_000), Some(4_000), Some(30_000)]);
        assert_eq!(waits(0.25), [Some(250), Some(500), Some(1_000), Some(7_500)]);
        assert_eq!(waits(0.0), [Some(0); 4]);
    }

    #[test]
    fn rel_backend_02_an_asked_for_wait_is_kept_unless_it_is_too_long() {
        let wait = |seconds| {
            outbound(0.5).wait(
                1,
                Busy {
                    wait: Some(Duration::from_secs(seconds)),
                },
            )
        };
        assert_eq!(wait(7), Some(Duration::from_millis(7_500)), "never earlier than asked");
        assert!(wait(30).is_some());
        assert_eq!(wait(31), None);
    }

    #[test]
    fn an_address_is_plain_http_without_secrets_in_it() {
        assert!(base_url("https://example.org/v1beta", "X").is_ok());
        assert!(base_url("http://127.0.0.1:9/v1beta/", "X").is_ok());
        for odd in [
            "",
            "example.org",
            "ftp://example.org/",
            "https://me:pw@example.org/",
            "https://example.org/?key=K",
        ] {
            let error = base_url(odd, "X").expect_err(odd);
            assert!(
                matches!(&error, BackendError::Misconfigured { what } if what.starts_with("X ")),
                "{error}"
            );
        }
    }

    #[test]
    fn sec_key_01_a_secret_header_does_not_print() {
        let headers = secret_header("x-key", &Secret::new("tulip-7".into()), "X").expect("a header");
        assert_eq!(headers["x-key"], "tulip-7");
        assert!(!format!("{headers:?}").contains("tulip"));
        for odd in ["", "a\nb"] {
            let error = secret_header("x-key", &Secret::new(odd.into()), "X").expect_err("refused");
            assert!(matches!(error, BackendError::Misconfigured { .. }));
        }
    }

    #[test]
    fn sec_web_06_a_services_sentence_becomes_plain_text() {
        let secret = Secret::new("tulip-7".into());
        let plain = |text| plain_text(text, &secret, 12);
        assert_eq!(plain(" key tulip-7\u{7}\u{202e}\r\n").as_deref(), Some("key ••••"));
        assert_eq!(plain("äöüäöüäöüäöüäöü").as_deref(), Some("äöüäöüäöüäöü…"));
        assert_eq!(plain("\u{feff} \t"), None);
        assert_eq!(plain_text("a", &Secret::new(String::new()), 9).as_deref(), Some("a"));
    }
}
