//! What a 200 of an images endpoint means, whole or in events.
//!
//! Rule: a partial picture is shown and never kept, an address is only noted here, and what is neither a picture nor an
//! error is a bad answer. Called by [`super::OpenAi`] off the async threads.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    backends::{
        BackendError,
        wire::{Number, bad_answer, decode, few, unreadable},
    },
    domain::turn::Usage,
};

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow, default, deserialize_with = "few")]
    data: Vec<Item<'a>>,
    usage: Option<UsageTold>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    b64_json: Option<Cow<'a, str>>,
    #[serde(borrow)]
    url: Option<Cow<'a, str>>,
}

/// One event's data.
#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    b64_json: Option<Cow<'a, str>>,
    usage: Option<UsageTold>,
    error: Option<Value>,
}

#[derive(Deserialize, Default)]
struct UsageTold {
    input_tokens: Option<Number>,
    output_tokens: Option<Number>,
    #[serde(default)]
    input_tokens_details: Details,
    #[serde(default)]
    output_tokens_details: Details,
}

#[derive(Deserialize, Default)]
struct Details {
    text_tokens: Option<Number>,
    image_tokens: Option<Number>,
}

/// A picture of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Picture {
    /// Itself.
    Bytes(Bytes),
    /// Where it is.
    Address(String),
}

/// What an answer brought.
#[derive(Debug, Default)]
pub struct Brought {
    /// In their order.
    pub pictures: Vec<Picture>,
    /// What it cost, in tokens.
    pub usage: Option<Tokens>,
}

/// Tokens by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Of the request, in all.
    pub input: u64,
    /// Those of them that were pictures.
    pub input_images: u64,
    /// Of the answer.
    pub output: u64,
}

/// What one event means.
#[derive(Debug)]
pub enum Step {
    /// A picture on its way.
    Preview(Bytes),
    /// The result.
    Done(Brought),
    /// An error object in mid-stream.
    Failed(Value),
    /// Nothing for us.
    Other,
}

/// Reads a whole answer.
///
/// # Errors
/// `BadAnswer` when it isn't the expected JSON, or holds no picture.
pub fn read(body: &[u8]) -> Result<Brought, BackendError> {
    let reply: Reply<'_> = serde_json::from_slice(body).map_err(|error| unreadable(&error, body))?;
    let mut brought = Brought {
        usage: reply.usage.map(UsageTold::tokens),
        ..Brought::default()
    };
    for item in reply.data {
        if let Some(text) = item.b64_json.filter(|text| !text.is_empty()) {
            brought.pictures.push(Picture::Bytes(picture(&text)?));
        } else if let Some(address) = item.url.filter(|address| !address.is_empty()) {
            brought.pictures.push(match address.strip_prefix("data:") {
                Some(data) => Picture::Bytes(picture(data.split_once(',').map_or(data, |(_, data)| data))?),
                None => Picture::Address(address.into_owned()),
            });
        }
    }
    if brought.pictures.is_empty() {
        return Err(bad_answer("it holds no picture"));
    }
    Ok(brought)
}

/// Reads one event.
///
/// # Errors
/// `BadAnswer` when it isn't the expected JSON or its picture isn't base64.
pub fn read_event(name: &str, data: &[u8]) -> Result<Step, BackendError> {
    if data == b"[DONE]" {
        return Ok(Step::Other);
    }
    let told: Told<'_> = serde_json::from_slice(data).map_err(|error| unreadable(&error, data))?;
    let kind = if told.kind.is_empty() { name } else { &told.kind };
    if let Some(error) = told.error.filter(|error| !error.is_null()) {
        return Ok(Step::Failed(error));
    }
    if kind == "error" {
        return Ok(Step::Failed(serde_json::from_slice(data).unwrap_or(Value::Null)));
    }
    let text = told.b64_json.filter(|text| !text.is_empty());
    match (kind, text) {
        (kind, Some(text)) if kind.ends_with(".partial_image") => Ok(Step::Preview(picture(&text)?)),
        (kind, Some(text)) if kind.ends_with(".completed") => Ok(Step::Done(Brought {
            pictures: vec![Picture::Bytes(picture(&text)?)],
            usage: told.usage.map(UsageTold::tokens),
        })),
        _ => Ok(Step::Other),
    }
}

impl Tokens {
    /// As the turn tells it; the cost comes from the prices.
    pub const fn usage(self, cost_micros: Option<u64>) -> Usage {
        Usage {
            input_tokens: self.input,
            output_tokens: self.output,
            cost_micros,
        }
    }
}

impl UsageTold {
    fn tokens(self) -> Tokens {
        let count = |number: Option<Number>| number.map_or(0, |number| number.0);
        let sum = |details: &Details| count(details.text_tokens).saturating_add(count(details.image_tokens));
        Tokens {
            input: self
                .input_tokens
                .map_or_else(|| sum(&self.input_tokens_details), |number| number.0),
            input_images: count(self.input_tokens_details.image_tokens),
            output: self
                .output_tokens
                .map_or_else(|| sum(&self.output_tokens_details), |number| number.0),
        }
    }
}

fn picture(text: &str) -> Result<Bytes, BackendError> {
    decode(text)
        .map(Bytes::from)
        .ok_or_else(|| bad_answer("its picture is not base64"))
}
