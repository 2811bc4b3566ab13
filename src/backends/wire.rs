//! What the services' JSON has in common: lists, numbers, base64, and words about what went wrong.
//!
//! Rule: lists are bounded, numbers may come as text, and none of an answer's own text gets into an error but as a
//! sentence made plain. Called by every backend that goes out.

use std::{fmt, marker::PhantomData};

use base64::{
    Engine as _, alphabet,
    display::Base64Display,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};

use super::BackendError;
use crate::{blobs::Outgoing, domain::turn::FailureKind};

/// The most characters of a model's own words that are kept.
pub const NOTE_CHARS: usize = 4_000;
/// The most characters of a service's sentence about a failure.
pub const SENTENCE_CHARS: usize = 500;
/// No error object is longer.
pub const BODY_BYTES: usize = 64 * 1024;
/// The most entries of any list in an answer.
const FEW: usize = 256;

/// A whole number that some senders write as text or with a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(pub u64);

/// What the operator has set up wrong.
pub fn misconfigured(what: impl Into<String>) -> BackendError {
    BackendError::Misconfigured { what: what.into() }
}

/// What the person asked for and this service doesn't do.
pub fn declined(message: impl Into<String>) -> BackendError {
    BackendError::Declined {
        kind: FailureKind::Declined,
        message: message.into(),
    }
}

/// More picture than a service (named as in the middle of a sentence) takes.
pub fn too_large(service: &str) -> BackendError {
    declined(format!(
        "The pictures of this instruction are too large for {service}. Use fewer or smaller references."
    ))
}

/// What is wrong with an answer, for the log.
pub fn bad_answer(what: impl Into<String>) -> BackendError {
    BackendError::BadAnswer { what: what.into() }
}

/// Where and how the JSON ends, without any of its text.
pub fn unreadable(error: &serde_json::Error, body: &[u8]) -> BackendError {
    let (kind, length, line, column) = (error.classify(), body.len(), error.line(), error.column());
    bad_answer(format!(
        "{length} bytes that are not the expected JSON ({kind:?} at line {line}, column {column})"
    ))
}

/// Our sentence, and the service's own if it has one.
pub fn with(ours: &str, said: Option<String>) -> String {
    match said {
        Some(said) => format!("{ours}. It says: {said}"),
        None => format!("{ours}."),
    }
}

/// Base64 of many megabytes does not belong on a thread that others wait for.
pub async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BackendError> {
    tokio::task::spawn_blocking(work)
        .await
        // What a panic says may quote what somebody sent.
        .map_err(|_| BackendError::Own(std::io::Error::other("a thread of this work broke")))
}

/// A picture as `data:` address, written straight into whatever it is serialised to.
pub struct DataUrl<'a>(pub &'a Outgoing);

impl Serialize for DataUrl<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let base64 = Base64Display::new(&self.0.bytes, &STANDARD);
        to.collect_str(&format_args!("data:{};base64,{base64}", self.0.mime))
    }
}

/// The picture of a `data:` address; none when it is another kind of address, or not base64.
pub fn from_data_url(url: &str) -> Option<Vec<u8>> {
    let (_, data) = url.strip_prefix("data:")?.split_once(',')?;
    decode(data)
}

/// Standard or URL-safe, with or without padding; none when it is neither, or empty.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, lenient)
        .decode(text)
        .ok()
        .filter(|bytes| !bytes.is_empty())
}

/// Appends without a second copy: a multiple of three bytes at a time ends without padding.
pub fn push_base64(body: &mut Vec<u8>, bytes: &[u8]) {
    let mut text = [0; 4096];
    for piece in bytes.chunks(3072) {
        let written = STANDARD.encode_slice(piece, &mut text).unwrap_or(0);
        body.extend_from_slice(&text[..written]);
    }
}

/// A list of at most [`FEW`] entries; null is an empty one. More than that is no answer but an attack on our memory.
pub fn few<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    struct List<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a short list")
        }
        fn visit_unit<E>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(entry) = entries.next_element()? {
                if list.len() == FEW {
                    return Err(A::Error::custom("the list is too long"));
                }
                list.push(entry);
            }
            Ok(list)
        }
    }
    from.deserialize_any(List(PhantomData))
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number(u64::try_from(number).unwrap_or(0)))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "saturating is what we want"
                )]
                Ok(Number(number as u64))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
                text.parse().map(Number).map_err(E::custom)
            }
        }
        from.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_written_in_pieces_is_the_base64_of_the_whole() {
        for length in [0, 1, 2, 3, 3071, 3072, 3073, 10_000] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let mut body = Vec::new();
            push_base64(&mut body, &bytes);
            assert_eq!(body, STANDARD.encode(&bytes).as_bytes(), "{length} bytes");
        }
    }
}
