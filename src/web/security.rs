//! What holds for every request and every answer, whatever the route: addressed to us, sent from our own pages, answered
//! with headers that forbid what isn't needed.
//!
//! Rule: the policy is built up from nothing, and an answer that says more about itself is left alone. The router is
//! wrapped once, in [`layer`], outside of everything else.
//!
//! tower-http's `CsrfLayer` isn't used: without `Sec-Fetch-Site` it compares `Origin` with whatever `Host` was sent, under any scheme,
//! and it lets a request with cookies pass that has neither header. What remains to be asked is shorter than
//! configuring it.

use std::{any::Any, net::IpAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method,
        header::{self, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY},
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower::{Layer as _, ServiceExt as _};
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};
use url::Url;

use super::{
    refusal::{Asked, Refusal, Refuser, in_plain_words},
    serve::BodyPace,
};

/// What pages may load and where they may send: our own origin, pictures made in the page (`blob:`), nothing inline.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
    connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For a stored picture: whatever a browser takes it for, it loads nothing and runs nothing. The handler sets it.
pub const PICTURE_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// What no page of ours needs.
const NO_PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), \
    encrypted-media=(), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), \
    local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
    publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// The headers of every answer that doesn't carry its own.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(NO_PERMISSIONS),
    ),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// The address people open the house at, from the settings: `https://photos.example` or `http://192.0.2.7:8080`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// The configured public address can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” can't be the public address: it must look like https://photos.example, without path or user")]
pub struct NotAPublicUrl(String);

impl std::str::FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let url = Url::parse(text).map_err(|_| NotAPublicUrl(text.to_owned()))?;
        let is_bare = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.username().is_empty()
            && (url.password(), url.query(), url.fragment()) == (None, None, None);
        if is_bare {
            Ok(Self(url))
        } else {
            Err(NotAPublicUrl(text.to_owned()))
        }
    }
}

impl PublicUrl {
    /// As a browser's `Origin` writes it: `https://photos.example`. Links start with it.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Do people come by https? Then cookies are `Secure` and answers carry HSTS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

/// What [`layer`] needs to know.
#[derive(Clone)]
pub struct SecuritySettings {
    /// The address people open. Without one, only `localhost` and IP addresses are answered to.
    pub public_url: Option<PublicUrl>,
    /// Further host names to answer to, without port: what a reverse proxy or a health check sends. None by default.
    pub other_hosts: Vec<String>,
    /// Longest path and query, in bytes: 8 KiB.
    pub uri_bytes: usize,
    /// Makes the answers to what is refused here.
    pub refuser: Refuser,
}

impl Default for SecuritySettings {
    fn default() -> Self {
        Self {
            public_url: None,
            other_hosts: Vec::new(),
            uri_bytes: 8 * 1024,
            refuser: in_plain_words(),
        }
    }
}

/// Wraps the whole router. From the outside in: headers on every answer, a panic becomes an answer, a body that came too
/// slowly becomes 408, then what [`Refusal`] lists before the handlers see anything.
pub fn layer(router: Router, settings: SecuritySettings) -> Router {
    let settings = Arc::new(settings);
    router
        .layer(middleware::from_fn_with_state(Arc::clone(&settings), guard))
        .layer(middleware::from_fn_with_state(settings, stamp))
}

/// Puts the headers on an answer that it doesn't carry yet.
async fn stamp(State(settings): State<Arc<SecuritySettings>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if settings.public_url.as_ref().is_some_and(PublicUrl::is_https) {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Refuses what must not reach a handler, and answers in the place of one that failed.
async fn guard(State(settings): State<Arc<SecuritySettings>>, request: Request, next: Next) -> Response {
    let asked = Asked::of(request.uri(), request.headers());
    if let Err(refusal) = judge(&settings, &request) {
        return (settings.refuser)(refusal, asked);
    }
    let pace = request.extensions().get::<BodyPace>().cloned().unwrap_or_default();
    let on_panic = OnPanic {
        refuser: Arc::clone(&settings.refuser),
        asked,
    };
    let answered = CatchPanicLayer::custom(on_panic).layer(next).oneshot(request).await;
    let response = answered.into_response();
    if !pace.is_too_slow() {
        return response;
    }
    let mut response = (settings.refuser)(Refusal::BodyTooSlow, asked);
    // The rest of the body may still come, so nothing else can be said on this connection.
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Answers in the place of a handler that panicked.
#[derive(Clone)]
struct OnPanic {
    refuser: Refuser,
    asked: Asked,
}

impl ResponseForPanic for OnPanic {
    type ResponseBody = Body;

    /// The cause was printed by the panic hook, and is nobody's business outside.
    fn response_for_panic(&mut self, _cause: Box<dyn Any + Send>) -> Response {
        (self.refuser)(Refusal::Panicked, self.asked)
    }
}

/// May this request go on to its handler?
fn judge(settings: &SecuritySettings, request: &Request) -> Result<(), Refusal> {
    let length = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if length > settings.uri_bytes {
        return Err(Refusal::UriTooLong);
    }
    let host = addressed_to(request).ok_or(Refusal::WrongHost)?;
    if !answers_to(settings, host) {
        return Err(Refusal::WrongHost);
    }
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    if !comes_from_our_pages(settings, request.headers(), host) {
        return Err(Refusal::CrossSite);
    }
    if request.uri().path().starts_with("/api/") && has_a_simple_body(request.headers()) {
        return Err(Refusal::UnsupportedBody);
    }
    Ok(())
}

/// The one host, with its port, that the request names.
fn addressed_to(request: &Request) -> Option<&str> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str());
    }
    sole(request.headers(), &header::HOST).ok().flatten()
}

/// A page elsewhere can point a name of its own at our address (DNS rebinding), and is then "same origin" for the
/// browser. It can't do that with an IP address or with `localhost`.
fn answers_to(settings: &SecuritySettings, host: &str) -> bool {
    let Some(name) = without_port(host) else { return false };
    let is_ours = |ours: &str| ours.eq_ignore_ascii_case(name);
    let bare = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(name);
    is_ours("localhost")
        || bare.parse::<IpAddr>().is_ok()
        || settings.public_url.as_ref().is_some_and(|url| is_ours(url.host()))
        || settings.other_hosts.iter().any(|ours| is_ours(ours))
}

/// `photos.example:8080` → `photos.example`, `[::1]:8080` → `[::1]`; `None` when what follows the colon is no port.
fn without_port(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') {
        host.find(']')? + 1
    } else {
        host.find(':').unwrap_or(host.len())
    };
    let (name, port) = host.split_at(end);
    let is_a_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
    is_a_port.then_some(name)
}

/// Was an unsafe request made by one of our pages, or by a program without cookies?
fn comes_from_our_pages(settings: &SecuritySettings, headers: &HeaderMap, host: &str) -> bool {
    let site = sole(headers, &HeaderName::from_static("sec-fetch-site"));
    let (Ok(site), Ok(origin)) = (site, sole(headers, &header::ORIGIN)) else {
        return false;
    };
    match (site, origin) {
        // Newer browsers say so themselves, where they trust the connection enough (https, localhost).
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => match &settings.public_url {
            Some(url) => origin.eq_ignore_ascii_case(&url.origin()),
            // Without a public address `host` is one that no other page can have.
            None => origin
                .split_once("://")
                .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)),
        },
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

/// Bodies that any page may send to anybody without the browser asking first. `multipart/form-data` is one of them too, but it is
/// how pictures come; it is left to the rule above.
fn has_a_simple_body(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    let essence = kind.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    if essence.is_empty() {
        let length = headers.get(header::CONTENT_LENGTH).map(HeaderValue::as_bytes);
        return headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != b"0");
    }
    essence.eq_ignore_ascii_case(b"text/plain") || essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// The value of a header that may come once; `Err` when it came twice or isn't text, since then two readers may disagree.
fn sole<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

#[cfg(test)]
mod tests;
