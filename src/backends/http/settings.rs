//! What comes from outside as text and goes into a call, or from an answer onto a page: addresses, keys, sentences.
//!
//! Rule: an address holds no secret, a header with one does not print, and a service's sentence is plain text without
//! the key it may echo. Called by the backends that go out.

use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use super::misconfigured;
use crate::{
    backends::BackendError,
    config::{About, Secret},
};

/// What a service's settings are called, in words for the operator.
#[derive(Debug, Clone)]
pub struct Names {
    /// Where its key comes from.
    pub key: String,
    /// Where its address comes from.
    pub base_url: String,
    /// Where its model's name comes from.
    pub model: String,
}

impl Names {
    /// Of variables that begin with `prefix`, or of the backends file.
    #[must_use]
    pub fn of(about: &About, prefix: &str) -> Self {
        Self {
            key: about.setting(&format!("{prefix}_API_KEY"), "the key"),
            base_url: about.setting(&format!("{prefix}_BASE_URL"), "base_url"),
            model: about.setting(&format!("{prefix}_MODEL"), "model"),
        }
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

/// The address below `base` with these segments, each escaped, whatever it holds.
#[must_use]
pub fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // `base_url` lets only addresses through that have a path.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// The one header that carries a secret, marked so that no library prints or caches it.
///
/// # Errors
/// [`BackendError::Misconfigured`] when it is empty or holds what a header can't; `setting` names it there.
pub fn secret_header(name: &'static str, secret: &Secret, setting: &str) -> Result<HeaderMap, BackendError> {
    sensitive(name, secret, "", setting)
}

/// `Authorization: Bearer …`, as [`secret_header`].
///
/// # Errors
/// [`BackendError::Misconfigured`].
pub fn bearer(secret: &Secret, setting: &str) -> Result<HeaderMap, BackendError> {
    sensitive("authorization", secret, "Bearer ", setting)
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

fn sensitive(name: &'static str, secret: &Secret, before: &str, setting: &str) -> Result<HeaderMap, BackendError> {
    let value = Some(secret.expose())
        .filter(|secret| !secret.is_empty())
        .and_then(|secret| HeaderValue::from_str(&format!("{before}{secret}")).ok());
    let mut value = value.ok_or_else(|| misconfigured(format!("{setting} is empty or holds line breaks")))?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(HeaderName::from_static(name), value)]))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn segments_are_escaped_and_a_slash_at_the_end_does_not_matter() {
        for base in ["https://example.org/v1", "https://example.org/v1/"] {
            let base = base_url(base, "X").expect("an address");
            assert_eq!(
                below(&base, &["a/b?c", "d"]).as_str(),
                "https://example.org/v1/a%2Fb%3Fc/d"
            );
        }
    }

    #[test]
    fn sec_key_01_a_secret_header_does_not_print() {
        let secret = Secret::new("tulip-7".into());
        let headers = secret_header("x-key", &secret, "X").expect("a header");
        assert_eq!(headers["x-key"], "tulip-7");
        assert!(!format!("{headers:?}").contains("tulip"));
        let headers = bearer(&secret, "X").expect("a header");
        assert_eq!(headers["authorization"], "Bearer tulip-7");
        assert!(!format!("{headers:?}").contains("tulip"));
        for odd in ["", "a\nb"] {
            let secret = Secret::new(odd.into());
            for refused in [secret_header("x-key", &secret, "X"), bearer(&secret, "X")] {
                assert!(matches!(refused, Err(BackendError::Misconfigured { .. })), "{odd:?}");
            }
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
