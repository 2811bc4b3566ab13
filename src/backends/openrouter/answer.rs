//! What a 200 of OpenRouter's chat means: one message, or many pieces of one.
//!
//! Rule: whole answers and pieces of a stream are read the same way; a picture told twice is one picture, and an
//! address elsewhere is not fetched. Called by [`super::OpenRouter`] off the async threads.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    backends::{
        BackendError, EditOutcome, RawReply,
        http::plain_text,
        wire::{NOTE_CHARS, Number, bad_answer, few, from_data_url, push_base64, unreadable},
    },
    blobs::RawImage,
    config::Secret,
    domain::turn::Usage,
};

/// The most pictures of one answer.
const MOST_PICTURES: usize = 16;

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default, deserialize_with = "few")]
    choices: Vec<Choice<'a>>,
    usage: Option<UsageTold>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    message: Option<Piece<'a>>,
    #[serde(borrow)]
    delta: Option<Piece<'a>>,
    finish_reason: Option<String>,
    native_finish_reason: Option<String>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
    refusal: Option<String>,
    #[serde(borrow, default, deserialize_with = "few")]
    images: Vec<Image<'a>>,
    /// What the model thought, often sealed: it wants it back.
    #[serde(default, deserialize_with = "few")]
    reasoning_details: Vec<Value>,
}

#[derive(Deserialize)]
struct Image<'a> {
    #[serde(borrow)]
    image_url: Option<Address<'a>>,
}

#[derive(Deserialize)]
struct Address<'a> {
    #[serde(borrow, default)]
    url: Cow<'a, str>,
}

#[derive(Deserialize)]
struct WithUsage {
    usage: Option<UsageTold>,
}

#[derive(Deserialize)]
struct UsageTold {
    #[serde(alias = "input_tokens")]
    prompt_tokens: Option<Number>,
    #[serde(alias = "output_tokens")]
    completion_tokens: Option<Number>,
    cost: Option<f64>,
}

/// What has come so far.
#[derive(Default)]
pub struct Gathered {
    words: String,
    pictures: Vec<Bytes>,
    /// What stood before the base64 of each picture.
    declared: Vec<String>,
    details: Vec<Value>,
    broken: usize,
    addresses: usize,
    finish: Option<String>,
    native: Option<String>,
    refusal: Option<String>,
    usage: Option<Usage>,
    error: Option<Value>,
}

impl Gathered {
    /// Takes in a whole answer or a piece of one.
    ///
    /// # Errors
    /// `BadAnswer` when it isn't the expected JSON.
    pub fn take(mut self, body: &[u8]) -> Result<Self, BackendError> {
        let chunk: Chunk<'_> = serde_json::from_slice(body).map_err(|error| unreadable(&error, body))?;
        self.error = self.error.or(chunk.error.filter(|error| !error.is_null()));
        self.usage = chunk.usage.map(UsageTold::usage).or(self.usage);
        for choice in chunk.choices {
            self.error = self.error.or(choice.error.filter(|error| !error.is_null()));
            self.finish = choice.finish_reason.or(self.finish);
            self.native = choice.native_finish_reason.or(self.native);
            if let Some(mut piece) = choice.delta {
                let details = std::mem::take(&mut piece.reasoning_details);
                details.into_iter().for_each(|detail| self.think(detail));
                self.add(piece);
            }
            if let Some(mut whole) = choice.message {
                let details = std::mem::take(&mut whole.reasoning_details);
                if self.details.is_empty() {
                    self.details = details;
                }
                self.add(whole);
            }
        }
        Ok(self)
    }

    /// What a person may be told meanwhile.
    pub const fn step(&self) -> Option<&'static str> {
        if self.pictures.is_empty() {
            Some("OpenRouter is at work")
        } else {
            Some("Reading the answer")
        }
    }

    /// An error that came with a 200.
    pub const fn error(&self) -> Option<&Value> {
        self.error.as_ref()
    }

    /// What the service told that it cost.
    pub const fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// What it comes to.
    ///
    /// # Errors
    /// `Blocked`, `NoImage` or `BadAnswer`.
    pub fn outcome(self, key: &Secret, model: &str) -> Result<EditOutcome, BackendError> {
        let words = plain_text(&self.words, key, NOTE_CHARS);
        if self.pictures.is_empty() {
            return Err(self.why_no_picture(words, key));
        }
        Ok(EditOutcome {
            raw: self.raw(model),
            pictures: self.pictures.into_iter().map(RawImage::from).collect(),
            note: words,
            usage: self.usage,
            ..EditOutcome::default()
        })
    }

    /// The message as the model wants it back, when its reasoning came with it and it came whole.
    fn raw(&self, model: &str) -> Option<RawReply> {
        if self.details.is_empty() || self.finish.is_none() || self.broken + self.addresses > 0 {
            return None;
        }
        let text = |value: &Value| value.to_string().into_bytes();
        let mut raw = br#"{"role":"assistant","content":"#.to_vec();
        raw.extend(text(&Value::from(self.words.as_str())));
        raw.extend_from_slice(br#","images":["#);
        for (place, (declared, picture)) in self.declared.iter().zip(&self.pictures).enumerate() {
            if place > 0 {
                raw.push(b',');
            }
            raw.extend_from_slice(br#"{"type":"image_url","image_url":{"url":""#);
            raw.extend_from_slice(declared.as_bytes());
            push_base64(&mut raw, picture);
            raw.extend_from_slice(br#""}}"#);
        }
        raw.extend_from_slice(br#"],"reasoning_details":"#);
        raw.extend(serde_json::to_vec(&self.details).ok()?);
        raw.push(b'}');
        Some(RawReply {
            family: family(model),
            bytes: raw.into(),
            pictures: u32::try_from(self.pictures.len()).ok()?,
        })
    }

    fn add(&mut self, piece: Piece<'_>) {
        if let Some(words) = piece.content
            && self.words.len() < 4 * NOTE_CHARS
        {
            self.words.push_str(&words);
        }
        self.refusal = piece.refusal.or(self.refusal.take());
        for image in piece.images {
            let url = image.image_url.map(|address| address.url).unwrap_or_default();
            match from_data_url(&url).map(Bytes::from) {
                // Some vendors tell all of a stream's pictures once more at its end.
                Some(picture) if self.pictures.contains(&picture) => {}
                Some(picture) if self.pictures.len() < MOST_PICTURES => {
                    self.declared.push(declared(&url));
                    self.pictures.push(picture);
                }
                Some(_) => {}
                None if url.starts_with("http") => self.addresses += 1,
                None => self.broken += 1,
            }
        }
    }

    /// Takes in one entry of a stream's reasoning, where a text comes in pieces of the same index, which are one entry.
    fn think(&mut self, detail: Value) {
        let part = match detail["type"].as_str() {
            Some("reasoning.text") => "text",
            Some("reasoning.summary") => "summary",
            _ => return self.details.push(detail),
        };
        let goes_on = self.details.last_mut().filter(|last| {
            last["type"] == detail["type"] && last["index"] == detail["index"] && last["signature"].is_null()
        });
        let (Some(last), Some(more)) = (goes_on, detail[part].as_str().map(str::to_owned)) else {
            return self.details.push(detail);
        };
        let begun = last[part].as_str().unwrap_or_default();
        last[part] = Value::from(format!("{begun}{more}"));
        for name in ["signature", "id", "format"] {
            if !detail[name].is_null() {
                last[name] = detail[name].clone();
            }
        }
    }

    fn why_no_picture(self, words: Option<String>, key: &Secret) -> BackendError {
        let native = self.native.as_deref().unwrap_or_default();
        let finish = self.finish.as_deref().unwrap_or_default();
        let guarded = ["SAFETY", "PROHIBITED", "RECITATION", "BLOCK"]
            .iter()
            .any(|word| native.contains(word));
        if finish == "content_filter" || guarded {
            let reason = if native.is_empty() { finish } else { native };
            let is_word = reason.len() <= 60 && reason.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let ours = "The model's filter held back the picture.";
            return BackendError::Blocked {
                reason: if is_word { reason } else { "UNKNOWN" }.to_owned(),
                note: Some(words.map_or_else(|| ours.to_owned(), |words| format!("{ours} It says: {words}"))),
            };
        }
        if self.broken > 0 {
            return bad_answer("its picture is not base64");
        }
        if self.addresses > 0 {
            return bad_answer("it holds the address of a picture, which is not fetched");
        }
        if finish == "error" || (finish.is_empty() && words.is_none()) {
            return bad_answer("it ended without a picture and without a word");
        }
        let refusal = self.refusal.and_then(|text| plain_text(&text, key, NOTE_CHARS));
        BackendError::NoImage {
            text: refusal.or(words),
        }
    }
}

/// Who can read what `model` answered.
pub fn family(model: &str) -> String {
    format!("openrouter/{model}")
}

/// What stands before the base64 of a `data:` address, in our words when it is not the plain form.
fn declared(url: &str) -> String {
    let kind = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
    let kind = kind.map(|(kind, _)| kind).filter(|kind| {
        kind.strip_prefix("image/")
            .is_some_and(|kind| (1..16).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_alphanumeric()))
    });
    format!("data:{};base64,", kind.unwrap_or("image/png"))
}

/// What an answer of any interface cost.
pub fn usage(body: &[u8]) -> Option<Usage> {
    let told: WithUsage = serde_json::from_slice(body).ok()?;
    told.usage.map(UsageTold::usage)
}

impl UsageTold {
    fn usage(self) -> Usage {
        let count = |number: Option<Number>| number.map_or(0, |number| number.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturating is what we want"
        )]
        let micros = |dollars: f64| (dollars * 1_000_000.0).round() as u64;
        Usage {
            input_tokens: count(self.prompt_tokens),
            output_tokens: count(self.completion_tokens),
            cost_micros: self.cost.map(micros),
        }
    }
}
