//! What the layers in front of the handlers refuse, and how they say it.
//!
//! Rule: a layer names its reason; the page or the JSON around it is made by whoever builds the router, with a [`Refuser`].

use std::sync::Arc;

use axum::{
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

/// Why a request never reached its handler, or got no answer from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another site asked the visitor's browser to send this.
    CrossSite,
    /// The request is addressed to a name that isn't ours.
    WrongHost,
    /// The address in the request is too long.
    UriTooLong,
    /// The JSON interface was sent a kind of body that any page can send without asking.
    UnsupportedBody,
    /// The request's body stopped coming.
    BodyTooSlow,
    /// The handler panicked.
    Panicked,
}

impl Refusal {
    /// The status to answer with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::UnsupportedBody => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// One or two sentences for a person.
    #[must_use]
    pub fn for_the_user(self) -> &'static str {
        match self {
            Self::CrossSite => {
                "This was sent from another site, or from a page opened under another address, so nothing was changed. \
                 Open Plantain at its own address and try again."
            }
            Self::WrongHost => {
                "This server doesn't answer under that name. \
                 If it is yours, set its public address in the settings, or open it by its IP address."
            }
            Self::UriTooLong => "That address is too long.",
            Self::UnsupportedBody => "Send JSON here, with the header “Content-Type: application/json”.",
            Self::BodyTooSlow => "The upload stopped on the way. Check the connection and try again.",
            Self::Panicked => "Something went wrong on our side. What was stored before is safe; try again.",
        }
    }
}

/// What a [`Refuser`] may want to know about the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The path is under `/api/`.
    pub api: bool,
    /// The visitor's program takes HTML.
    pub html: bool,
}

impl Asked {
    /// Reads it off a request's address and headers.
    #[must_use]
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let accept = headers
            .get(header::ACCEPT)
            .map(|value| value.as_bytes())
            .unwrap_or_default();
        let html = accept
            .windows(b"text/html".len())
            .any(|part| part.eq_ignore_ascii_case(b"text/html"));
        Self {
            api: uri.path().starts_with("/api/"),
            html,
        }
    }
}

/// Makes the answer to a refused request: an error page, or the error of the JSON interface.
pub type Refuser = Arc<dyn Fn(Refusal, Asked) -> Response + Send + Sync>;

/// A refuser that answers with the bare sentence.
#[must_use]
pub fn in_plain_words() -> Refuser {
    Arc::new(|refusal, _| (refusal.status(), refusal.for_the_user()).into_response())
}
