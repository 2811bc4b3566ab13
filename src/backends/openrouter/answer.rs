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
        BackendError, EditOutcome,
        http::plain_text,
        wire::{NOTE_CHARS, Number, bad_answer, few, from_data_url, unreadable},
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
            for piece in [choice.delta, choice.message].into_iter().flatten() {
                self.add(piece);
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

    /// What it comes to.
    ///
    /// # Errors
    /// `Blocked`, `NoImage` or `BadAnswer`.
    pub fn outcome(self, key: &Secret) -> Result<EditOutcome, BackendError> {
        let words = plain_text(&self.words, key, NOTE_CHARS);
        if self.pictures.is_empty() {
            return Err(self.why_no_picture(words, key));
        }
        Ok(EditOutcome {
            pictures: self.pictures.into_iter().map(RawImage::from).collect(),
            note: words,
            usage: self.usage,
            ..EditOutcome::default()
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
                Some(picture) if self.pictures.len() < MOST_PICTURES => self.pictures.push(picture),
                Some(_) => {}
                None if url.starts_with("http") => self.addresses += 1,
                None => self.broken += 1,
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
