//! What an error of an images endpoint means, whoever serves it.
//!
//! Rule: each error is classified once, here; `error` may be an object or a sentence, `detail` a sentence or a list, and
//! a body that is none of these (a proxy's page) counts by its status only and is never shown. Called by
//! [`super::OpenAi`] for the retry and for the final word.

use std::time::Duration;

use serde_json::Value;

use crate::{
    backends::{
        BackendError,
        http::{Answer, Busy, Names, plain_text},
        wire::{BODY_BYTES, SENTENCE_CHARS, declined, misconfigured, too_large, with},
    },
    config::Secret,
};

/// An answer that is not a picture, taken apart.
#[derive(Debug, Default)]
pub struct Refusal {
    status: u16,
    /// Whether the body was an error as these services write it.
    is_known: bool,
    message: String,
    code: String,
    kind: String,
    categories: Vec<String>,
    retry_after: Option<Duration>,
    should_retry: Option<bool>,
}

impl Refusal {
    /// Takes an answer apart.
    pub fn of(answer: &Answer) -> Self {
        let body = Some(&answer.body).filter(|body| body.len() <= BODY_BYTES);
        let body: Value = body
            .and_then(|body| serde_json::from_slice(body).ok())
            .unwrap_or_default();
        let found = [&body["error"], &body["detail"]].into_iter().find(|v| !v.is_null());
        let mut refusal = found.map(Self::in_object).unwrap_or_default();
        refusal.status = answer.status.as_u16();
        if answer.status.is_success() {
            refusal.status = refusal.code.parse().unwrap_or(500);
        }
        refusal.retry_after = answer.retry_after();
        refusal.should_retry = answer.should_retry();
        refusal
    }

    /// An error that came in mid-stream, where a status is no longer possible.
    pub fn in_stream(error: &Value) -> Self {
        let mut refusal = Self::in_object(error);
        refusal.status = match (refusal.code.as_str(), refusal.kind.as_str()) {
            (code, _) if code.parse::<u16>().is_ok() => code.parse().unwrap_or(500),
            ("rate_limit_exceeded" | "insufficient_quota", _) => 429,
            (_, "invalid_request_error" | "image_generation_user_error") => 400,
            ("moderation_blocked", _) => 400,
            _ => 500,
        };
        refusal
    }

    fn in_object(error: &Value) -> Self {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let message = match error {
            Value::String(_) => text(error),
            // FastAPI's list of what is wrong with each field.
            Value::Array(list) => list.first().map(|first| text(&first["msg"])).unwrap_or_default(),
            _ => text(&error["message"]),
        };
        let categories = error["moderation_details"]["categories"].as_array();
        Self {
            is_known: true,
            message,
            code: text(&error["code"]),
            kind: text(&error["type"]),
            categories: categories.into_iter().flatten().take(8).map(text).collect(),
            ..Self::default()
        }
    }

    /// Whether the body held an error.
    pub const fn is_known(&self) -> bool {
        self.is_known
    }

    /// Whether the same request may be sent again: when the service was too busy to begin, unless it says no; and when it
    /// says yes of a refusal that can have cost nothing. After any other failure of its own it may have drawn, and sent a
    /// bill, whatever it says.
    pub fn busy(&self) -> Option<Busy> {
        let again = match self.should_retry {
            Some(false) => false,
            Some(true) => matches!(self.status, 408 | 409 | 425 | 429 | 503),
            None => matches!(self.status, 429 | 503),
        };
        (again && !self.is_quota()).then_some(Busy { wait: self.retry_after })
    }

    /// The final word.
    pub fn classify(&self, key: Option<&Secret>, model: &str, names: &Names) -> BackendError {
        let (key_name, model_name, base_name) = (&names.key, &names.model, &names.base_url);
        let said = self.said(key);
        if self.is_blocked() {
            return self.blocked(said);
        }
        if self.is_quota() {
            return BackendError::QuotaExhausted;
        }
        match self.status {
            401 => misconfigured(format!("the key was not accepted; check {key_name}.")),
            403 => misconfigured(with("the key may not do this", said)),
            404 if self.is_known && (self.code.contains("model") || self.message.contains("model")) => misconfigured(
                format!("the model “{model}” does not exist there (any more); check {model_name}"),
            ),
            408 | 504 => BackendError::TimedOut,
            413 => too_large("the service"),
            400 | 422 if self.is_about_a_picture() => {
                declined("The service could not read one of the pictures. Try another picture, or another backend.")
            }
            400 | 409 | 422 => misconfigured(with(
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

    /// The service's sentence as plain text.
    fn said(&self, key: Option<&Secret>) -> Option<String> {
        let none = Secret::new(String::new());
        plain_text(&self.message, key.unwrap_or(&none), SENTENCE_CHARS)
    }

    fn is_blocked(&self) -> bool {
        matches!(self.code.as_str(), "moderation_blocked" | "content_policy_violation")
            || self.kind == "image_generation_user_error" && self.message.contains("safety")
    }

    fn blocked(&self, said: Option<String>) -> BackendError {
        let word =
            |text: &String| text.len() <= 60 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-/ ".contains(&b));
        let categories: Vec<&str> = self.categories.iter().filter(|c| word(c)).map(String::as_str).collect();
        let ours = if categories.is_empty() {
            "The safety system stopped the request or its result.".to_owned()
        } else {
            format!("The safety system stopped it over: {}.", categories.join(", "))
        };
        BackendError::Blocked {
            reason: "moderation_blocked".to_owned(),
            note: Some(match said {
                Some(said) => format!("{ours} It says: {said}"),
                None => ours,
            }),
        }
    }

    /// An allowance that does not come back by waiting.
    fn is_quota(&self) -> bool {
        let lasting = |word: &str| {
            matches!(
                word,
                "insufficient_quota" | "billing_hard_limit_reached" | "billing_not_active"
            )
        };
        self.status == 402 || lasting(&self.code) || lasting(&self.kind)
    }

    fn is_about_a_picture(&self) -> bool {
        matches!(
            self.code.as_str(),
            "invalid_image_file" | "unsupported_file_mimetype" | "invalid_image" | "image_parse_error"
        )
    }
}
