//! What an error of OpenRouter means, whether it comes as a status, in a 200 or in mid-stream.
//!
//! Rule: each error is classified once, here, by its own code; a body that isn't theirs counts by its status only and
//! is never shown. Called by [`super::OpenRouter`].

use std::time::Duration;

use serde_json::Value;

use crate::{
    backends::{
        BackendError,
        http::{Answer, Names, plain_text},
        wire::{BODY_BYTES, SENTENCE_CHARS, misconfigured, too_large, with},
    },
    config::Secret,
};

/// An answer that is not a picture, taken apart.
#[derive(Debug, Default)]
pub struct Refusal {
    status: u16,
    is_known: bool,
    message: String,
    /// Why a moderator stopped it, in the service's words.
    reasons: Vec<String>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// Takes an answer apart.
    pub fn of(answer: &Answer) -> Self {
        let body = Some(&answer.body).filter(|body| body.len() <= BODY_BYTES);
        let body: Value = body
            .and_then(|body| serde_json::from_slice(body).ok())
            .unwrap_or_default();
        let mut refusal = match &body["error"] {
            Value::Null => Self::default(),
            error => Self::in_stream(error),
        };
        if !answer.status.is_success() {
            refusal.status = answer.status.as_u16();
        }
        refusal.retry_after = answer.retry_after();
        refusal
    }

    /// An error object alone.
    pub fn in_stream(error: &Value) -> Self {
        let code = match &error["code"] {
            Value::Number(code) => code.as_u64().and_then(|code| u16::try_from(code).ok()),
            Value::String(code) => code.parse().ok(),
            _ => None,
        };
        let reasons = error["metadata"]["reasons"].as_array();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            status: code.unwrap_or(500),
            is_known: true,
            message: text(&error["message"]).or_else(|| text(error)).unwrap_or_default(),
            reasons: reasons.into_iter().flatten().take(8).filter_map(text).collect(),
            retry_after: None,
        }
    }

    /// Whether the body held an error.
    pub const fn is_known(&self) -> bool {
        self.is_known
    }

    /// Whether the request itself was refused, before any model saw it.
    pub const fn is_about_the_request(&self) -> bool {
        matches!(self.status, 400 | 422)
    }

    /// The wait asked for.
    pub const fn wait(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The final word.
    pub fn classify(&self, key: &Secret, model: &str, names: &Names) -> BackendError {
        let (key_name, model_name, base_name) = (&names.key, &names.model, &names.base_url);
        let said = plain_text(&self.message, key, SENTENCE_CHARS);
        match self.status {
            401 => misconfigured(format!("the key was not accepted; check {key_name}.")),
            402 => BackendError::QuotaExhausted,
            403 if self.reasons.is_empty() => misconfigured(with("the key may not do this", said)),
            403 => self.blocked(said, key),
            404 if self.is_known => misconfigured(with(
                &format!("nobody there serves the model “{model}” for pictures; check {model_name}"),
                said,
            )),
            408 | 504 | 524 => BackendError::TimedOut,
            413 => too_large("the service"),
            400 | 422 => misconfigured(with(
                &format!("it did not accept the request; check {model_name} and {base_name}"),
                said,
            )),
            429 => BackendError::RateLimited {
                retry_after: self.retry_after,
            },
            500.. => BackendError::Unavailable {
                retry_after: self.retry_after,
            },
            300..400 => misconfigured(format!(
                "its address answers with a redirect ({}), which is not followed; check {base_name}",
                self.status
            )),
            status => misconfigured(with(&format!("its address answers {status}; check {base_name}"), said)),
        }
    }

    fn blocked(&self, said: Option<String>, key: &Secret) -> BackendError {
        let reasons: Vec<String> = self
            .reasons
            .iter()
            .filter_map(|reason| plain_text(reason, key, 60))
            .collect();
        let ours = format!("A moderator stopped the request over: {}.", reasons.join(", "));
        BackendError::Blocked {
            reason: "moderation".to_owned(),
            note: Some(match said {
                Some(said) => format!("{ours} It says: {said}"),
                None => ours,
            }),
        }
    }
}
