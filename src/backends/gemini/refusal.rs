//! What an error of Gemini means, from its status and the error object in its body.
//!
//! Rule: each error is classified once, here; a body that isn't Gemini's own JSON (a proxy's page) counts by its status
//! only and is never shown. Called by [`super::Gemini`] for the retry and for the final word.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    backends::{
        BackendError,
        http::{Answer, Busy, Names, plain_text},
        wire::{BODY_BYTES, Number, SENTENCE_CHARS, declined, few, misconfigured, too_large, with},
    },
    config::Secret,
};

/// An answer that is not a 200, taken apart.
pub struct Refusal {
    status: u16,
    error: Option<ErrorObject>,
    retry_after: Option<Duration>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    /// The stream's form. First, because a list of one would also pass for an object with its fields in order.
    Listed(Vec<Wrapped>),
    One(Wrapped),
}

#[derive(Deserialize)]
struct Wrapped {
    error: ErrorObject,
}

#[derive(Deserialize, Default)]
struct ErrorObject {
    code: Option<Number>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    status: String,
    #[serde(default, deserialize_with = "few")]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    reason: Option<String>,
    #[serde(alias = "retry_delay")]
    retry_delay: Option<String>,
    #[serde(default, deserialize_with = "few")]
    violations: Vec<Violation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Violation {
    #[serde(alias = "quota_id")]
    quota_id: Option<String>,
    #[serde(alias = "quota_value")]
    quota_value: Option<Number>,
}

impl Refusal {
    /// Takes an answer apart.
    pub fn of(answer: &Answer) -> Self {
        let body = Some(&answer.body).filter(|body| body.len() <= BODY_BYTES);
        let error = body
            .and_then(|body| serde_json::from_slice(body).ok())
            .and_then(|body| match body {
                Body::Listed(list) => list.into_iter().next().map(|wrapped| wrapped.error),
                Body::One(wrapped) => Some(wrapped.error),
            });
        let mut status = answer.status.as_u16();
        // A 200 with an error inside has the status that the error names.
        if answer.status.is_success() {
            let code = error
                .as_ref()
                .and_then(|error| error.code)
                .and_then(|code| u16::try_from(code.0).ok());
            status = code.unwrap_or(500);
        }
        Self {
            status,
            error,
            retry_after: answer.retry_after(),
        }
    }

    /// Whether the body holds Gemini's own kind of error.
    pub const fn is_from_gemini(&self) -> bool {
        self.error.is_some()
    }

    /// Whether it is about the signatures of a past that was sent back.
    pub fn is_about_signatures(&self) -> bool {
        let message = self.error.as_ref().map(|error| error.message.to_lowercase());
        self.status == 400
            && message.is_some_and(|m| m.contains("thought_signature") || m.contains("thought signature"))
    }

    /// Whether the same request may be sent again: not when an allowance is used up.
    pub fn busy(&self) -> Option<Busy> {
        (!self.is_quota()).then(|| Busy { wait: self.wait() })
    }

    /// The final word.
    pub fn classify(&self, key: &Secret, model: &str, names: &Names) -> BackendError {
        let (key_name, model_name, base_name) = (&names.key, &names.model, &names.base_url);
        let said = self
            .error
            .as_ref()
            .and_then(|error| plain_text(&error.message, key, SENTENCE_CHARS));
        match self.status {
            400 => self.bad_request(said, names),
            401 => bad_key(names),
            402 => BackendError::QuotaExhausted,
            403 => misconfigured(with(
                &format!("the key ({key_name}) may not use this model; check its restrictions and its project"),
                said,
            )),
            404 if self.is_from_gemini() => misconfigured(format!(
                "the model “{model}” does not exist there (any more); check {model_name}"
            )),
            408 | 504 => BackendError::TimedOut,
            413 => too_large("Gemini"),
            429 if self.is_quota() => BackendError::QuotaExhausted,
            429 => BackendError::RateLimited {
                retry_after: self.wait(),
            },
            500.. => BackendError::Unavailable {
                retry_after: self.wait(),
            },
            300..400 => misconfigured(format!(
                "its address answers with a redirect ({}), which is not followed; check {base_name}",
                self.status
            )),
            status => misconfigured(with(&format!("its address answers {status}; check {base_name}"), said)),
        }
    }

    fn bad_request(&self, said: Option<String>, names: &Names) -> BackendError {
        let (model_name, base_name) = (&names.model, &names.base_url);
        let message = self
            .error
            .as_ref()
            .map(|error| error.message.to_lowercase())
            .unwrap_or_default();
        let status = self.error.as_ref().map_or("", |error| error.status.as_str());
        if self.has_reason("API_KEY_INVALID")
            || message.contains("api key not valid")
            || message.contains("api key expired")
        {
            return bad_key(names);
        }
        if status == "FAILED_PRECONDITION" {
            return misconfigured(with(
                "the service is not open to this key: its country or its billing does not allow it",
                said,
            ));
        }
        if message.contains("payload size") {
            return too_large("Gemini");
        }
        if message.contains("process input image") || message.contains("image is not valid") {
            return declined("Gemini could not read one of the pictures. Try another picture, or another backend.");
        }
        misconfigured(with(
            &format!("it did not accept the request; check {model_name} and {base_name}"),
            said,
        ))
    }

    /// An allowance that does not come back within minutes: a daily one, or one of nothing.
    fn is_quota(&self) -> bool {
        let Some(error) = &self.error else { return false };
        let lasting = |violation: &Violation| {
            let id = violation.quota_id.as_deref().unwrap_or_default().to_lowercase();
            id.contains("perday") || id.contains("per_day") || violation.quota_value == Some(Number(0))
        };
        let none_at_all = error.message.split("limit: ").skip(1).any(|rest| {
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            number == "0"
        });
        self.status == 429 && (none_at_all || error.details.iter().flat_map(|detail| &detail.violations).any(lasting))
    }

    /// The wait asked for, in the body or the header.
    fn wait(&self) -> Option<Duration> {
        let details = self.error.iter().flat_map(|error| &error.details);
        details
            .filter_map(|detail| seconds(detail.retry_delay.as_deref()?))
            .max()
            .or(self.retry_after)
    }

    fn has_reason(&self, reason: &str) -> bool {
        self.error
            .iter()
            .flat_map(|error| &error.details)
            .any(|detail| detail.reason.as_deref() == Some(reason))
    }
}

/// "34s" or "1.5s".
fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.trim().strip_suffix('s')?.parse().ok()?).ok()
}

fn bad_key(names: &Names) -> BackendError {
    let key_name = &names.key;
    misconfigured(format!("the key was not accepted; check {key_name}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::http::{HeaderMap, StatusCode};

    fn refusal(status: StatusCode, retry_after: Option<&'static str>, body: &'static str) -> Refusal {
        let mut headers = HeaderMap::new();
        if let Some(wait) = retry_after {
            headers.insert("retry-after", wait.parse().expect("a header"));
        }
        Refusal::of(&Answer {
            status,
            headers,
            body: body.into(),
        })
    }

    #[test]
    fn retry_delays_are_read_in_googles_spelling() {
        let millis = |text| seconds(text).map(|wait| wait.as_millis());
        assert_eq!(millis("34s"), Some(34_000));
        assert_eq!(millis("1.5s"), Some(1_500));
        assert_eq!(millis("0s"), Some(0));
        for odd in ["", "s", "34", "-1s", "NaNs", "infs", "1e400s", "soon"] {
            assert_eq!(millis(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn the_wait_is_the_bodys_own_else_the_headers() {
        let body = r#"{"error":{"details":[{"retryDelay":"3s"}]}}"#;
        let wait = |header, body| {
            refusal(StatusCode::SERVICE_UNAVAILABLE, header, body)
                .wait()
                .map(|w| w.as_secs())
        };
        assert_eq!(wait(Some("9"), body), Some(3));
        assert_eq!(wait(Some("9"), "<html>"), Some(9));
        assert_eq!(wait(None, r#"{"error":{"details":[{"retryDelay":"soon"}]}}"#), None);
    }

    #[test]
    fn a_limit_that_only_begins_with_zero_is_no_used_up_quota() {
        let quota = |body| refusal(StatusCode::TOO_MANY_REQUESTS, None, body).is_quota();
        assert!(quota(r#"{"error":{"message":"exceeded, limit: 0, model: x"}}"#));
        assert!(quota(r#"{"error":{"details":[{"violations":[{"quotaValue":0}]}]}}"#));
        assert!(!quota(r#"{"error":{"message":"exceeded, limit: 05, limit: 10"}}"#));
        assert!(!quota(
            r#"{"error":{"message":"Resource has been exhausted (e.g. check quota)."}}"#
        ));
        assert!(!quota("<html>limit: 0</html>"));
    }
}
