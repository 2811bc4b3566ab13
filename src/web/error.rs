//! The one type that becomes an error answer, and the one place that dresses and logs it.
//!
//! Rule: a handler says what is wrong; [`dress`] makes the page, the fragment or the JSON of it, and logs an internal
//! cause once, with the request's id, without ever showing it.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;
use tracing::Instrument as _;

use super::{
    languages::{Language, told},
    page::Page,
    refusal::{Asked, Refusal},
    views::{fragments::Notice, pages::ErrorPage},
    visit::site_for_errors,
};
use crate::{
    app::App,
    blobs::{Hint, PictureError, SpoolError},
    domain::access::Denied,
    provenance::Failed,
    store::StoreError,
    turns::{KeepError, SubmitError},
    web::{multipart::FormError, throttle::TooManyMisses},
};

/// Why a request isn't answered as hoped.
#[derive(Debug, Clone)]
pub struct WebError {
    /// The status.
    pub status: StatusCode,
    /// The word of the JSON interface.
    pub code: &'static str,
    /// One or two sentences for a person.
    pub message: String,
    /// The field that is wrong.
    pub field: Option<&'static str>,
    /// When to come back.
    pub retry_after_s: Option<u32>,
    /// For the log alone.
    pub(super) cause: Option<String>,
}

impl WebError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            field: None,
            retry_after_s: None,
            cause: None,
        }
    }

    /// There is no such thing, or it isn't theirs: both look the same.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here, or the link to it does not work any more.",
        )
    }

    /// They may see it, but not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not_allowed",
            "This link lets you look, not change anything. Ask for an edit link.",
        )
    }

    /// Sign in first.
    #[must_use]
    pub fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign_in", "Sign in first.")
    }

    /// A field is wrong.
    #[must_use]
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
        }
    }

    /// The request itself makes no sense.
    #[must_use]
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    /// Too many of something just now.
    #[must_use]
    pub fn too_many(message: impl Into<String>, retry_after_s: u32) -> Self {
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", message)
        }
    }

    /// The disk is full.
    #[must_use]
    pub fn no_space() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "no_space",
            "This server has no room for more pictures. Whoever runs it has to make some.",
        )
    }

    /// The disk takes nothing just now; `cause` goes to the log.
    #[must_use]
    pub fn unwritable(cause: impl std::fmt::Display) -> Self {
        let message = "This server can't write to its disk just now, so nothing was changed. What is there can still be \
                       seen. Whoever runs it has to look at the disk.";
        Self {
            cause: Some(cause.to_string()),
            retry_after_s: Some(30),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unwritable", message)
        }
    }

    /// Our own fault; `cause` goes to the log.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let message = "Something went wrong on our side. What was stored before is safe; try again.";
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        if error.is_disk_full() {
            Self::no_space()
        } else if error.is_unwritable() {
            Self::unwritable(error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<Denied> for WebError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unknown => Self::not_found(),
            Denied::NotAllowed => Self::forbidden(),
        }
    }
}

impl From<std::io::Error> for WebError {
    fn from(error: std::io::Error) -> Self {
        if crate::blobs::is_disk_full(&error) {
            Self::no_space()
        } else if crate::blobs::is_unwritable(&error) {
            Self::unwritable(error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<KeepError> for WebError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Disk(error) => error.into(),
            KeepError::Store(error) => error.into(),
        }
    }
}

impl From<Failed> for WebError {
    fn from(error: Failed) -> Self {
        match error {
            Failed::Picture(error) => error.into(),
            Failed::Store(error) => error.into(),
            Failed::Disk(error) => error.into(),
            Failed::ManyAsk => Self::too_many("Others are asking about pictures just now. Try again in a moment.", 5),
            other => Self::internal(other),
        }
    }
}

impl From<PictureError> for WebError {
    fn from(error: PictureError) -> Self {
        let (status, code) = match error.hint() {
            Hint::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "picture_too_large"),
            Hint::WrongKind => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_picture"),
            Hint::Unusable => (StatusCode::UNPROCESSABLE_ENTITY, "picture_unusable"),
            Hint::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Hint::NoSpace => return Self::no_space(),
            Hint::Unwritable => return Self::unwritable(error),
            Hint::Internal => return Self::internal(error),
        };
        let retry_after_s = (error.hint() == Hint::Busy).then_some(5);
        Self {
            field: Some("picture"),
            retry_after_s,
            ..Self::new(status, code, error.for_the_user())
        }
    }
}

impl From<SpoolError> for WebError {
    fn from(error: SpoolError) -> Self {
        match error {
            SpoolError::TooLarge { limit } => PictureError::TooLarge { limit }.into(),
            SpoolError::Io(error) => error.into(),
        }
    }
}

impl From<FormError> for WebError {
    fn from(error: FormError) -> Self {
        let code = if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            "too_large"
        } else {
            "malformed"
        };
        Self::new(error.status(), code, error.for_the_user())
    }
}

impl From<SubmitError> for WebError {
    fn from(error: SubmitError) -> Self {
        let message = error.to_string();
        match error {
            SubmitError::NoSuchVersion => Self::invalid("base", message),
            SubmitError::NoSuchRegion | SubmitError::OtherShape => Self::invalid("region", message),
            SubmitError::Ceiling(_) => Self::invalid("backend", message),
            SubmitError::NoSuchBackend => Self::invalid("backend", message),
            SubmitError::TooManyReferences { .. } => Self::invalid("references", message),
            SubmitError::TooManyOpen => Self::too_many(message, 10),
            SubmitError::Store(error) => error.into(),
        }
    }
}

impl From<TooManyMisses> for WebError {
    fn from(error: TooManyMisses) -> Self {
        Self::too_many(error.for_the_user(), u32::try_from(error.retry_after_s).unwrap_or(60))
    }
}

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::CrossSite => "cross_site",
            Refusal::WrongHost => "wrong_host",
            Refusal::UriTooLong => "too_long",
            Refusal::UnsupportedBody => "unsupported_body",
            Refusal::BodyTooSlow => "too_slow",
            Refusal::Panicked => "internal",
        };
        Self::new(refusal.status(), code, refusal.for_the_user())
    }
}

/// Whether the browser's script asks for a piece of a page.
#[must_use]
pub fn wants_fragment(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("fragment=1"))
}

/// What a request is called in the log, in the audit log and in its answer.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives every error its body: JSON under `/api/`, a notice for scripts, a page for people; and every answer its
/// request id, which every line that is logged meanwhile carries too.
pub async fn dress(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = crate::random::uuid(app.clock.now()).simple().to_string().split_off(20);
    // At the highest level, so that no filter that lets a line through takes its request away.
    let span = tracing::error_span!("request", request_id = id);
    request.extensions_mut().insert(RequestId(id.clone()));
    // The JSON interface is for programs, and those are spoken to in English.
    let language = if request.uri().path().starts_with("/api/") {
        Language::English
    } else {
        Language::of(request.headers())
    };
    let mut response = language.during(dressed(app, request, next, id)).instrument(span).await;
    name_language(&mut response, language);
    response
}

/// Says in which language a page is, and that another reader may be sent another.
fn name_language(response: &mut Response, language: Language) {
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    }
}

async fn dressed(app: App, request: Request, next: Next, id: String) -> Response {
    let asked = Asked::of(request.uri(), request.headers());
    let fragment = wants_fragment(request.headers());
    let method = request.method().clone();
    let path = masked(request.uri().path()).to_owned();
    let started = std::time::Instant::now();
    let mut response = next.run(request).await;
    if response.extensions().get::<WebError>().is_none() && is_bare_error(&response) {
        let bare = bare_error(response.status());
        response.extensions_mut().insert(bare);
    }
    if let Some(error) = response.extensions_mut().remove::<WebError>() {
        if let Some(cause) = &error.cause {
            tracing::error!(%method, path, cause, "a request failed");
        }
        let headers = std::mem::take(response.headers_mut());
        response = body_of(&app, error, asked, fragment, &id);
        for (name, value) in &headers {
            if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
                response.headers_mut().entry(name).or_insert(value.clone());
            }
        }
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    tracing::debug!(%method, path, status = response.status().as_u16(), ms = started.elapsed().as_millis(), "request");
    response
}

/// An error that some layer answered without words of ours.
fn is_bare_error(response: &Response) -> bool {
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes().starts_with(b"text/html") || kind.as_bytes().starts_with(b"application/json")
    });
    (response.status().is_client_error() || response.status().is_server_error()) && !is_ours
}

fn bare_error(status: StatusCode) -> WebError {
    match status {
        StatusCode::NOT_FOUND => WebError::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => {
            WebError::new(status, "method_not_allowed", "That can't be done at this address.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => WebError::new(status, "too_large", "That is more than this takes."),
        StatusCode::REQUEST_TIMEOUT => Refusal::BodyTooSlow.into(),
        StatusCode::SERVICE_UNAVAILABLE => WebError::new(
            status,
            "unavailable",
            "The server is busy or stopping. Try again in a moment.",
        ),
        other if other.is_server_error() => WebError::internal("answered without a cause"),
        other => WebError::new(other, "malformed", "The request can't be understood."),
    }
}

fn body_of(app: &App, error: WebError, asked: Asked, fragment: bool, id: &str) -> Response {
    let mut error = error;
    if asked.api && error.status == StatusCode::FORBIDDEN && error.code == "not_allowed" {
        error = WebError::not_found();
    }
    let status = error.status;
    let mut response = if asked.api {
        let body =
            json!({"error": {"code": error.code, "message": error.message, "field": error.field, "request_id": id}});
        Json(body).into_response()
    } else if fragment {
        Page(Notice::new(&told(&error.message))).into_response()
    } else {
        let words = (status != StatusCode::NOT_FOUND).then(|| told(&error.message));
        let site = site_for_errors(app);
        Page(ErrorPage::new(&site, status.as_u16(), words.as_deref(), Some(id))).into_response()
    };
    *response.status_mut() = status;
    if let Some(seconds) = error.retry_after_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A path without the secret that a join link carries.
fn masked(path: &str) -> &str {
    if path.starts_with("/join/") { "/join/…" } else { path }
}
