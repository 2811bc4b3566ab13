//! What a 200 of Gemini means: pictures and words, or a block in many forms.
//!
//! Rule: unknown fields and words are put up with, lists are bounded, and no address in an answer is ever fetched.
//! Called by [`super::Gemini`] off the async threads; the pictures go to `blobs` as untrusted bytes.

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use crate::{
    backends::{
        BackendError, EditOutcome, RawReply,
        http::plain_text,
        prices,
        wire::{NOTE_CHARS, Number, SENTENCE_CHARS, bad_answer, decode, few, misconfigured, unreadable},
    },
    blobs::RawImage,
    config::Secret,
    domain::turn::Usage,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply<'a> {
    #[serde(borrow, default, deserialize_with = "few")]
    candidates: Vec<Candidate<'a>>,
    #[serde(alias = "prompt_feedback")]
    prompt_feedback: Option<PromptFeedback>,
    #[serde(alias = "usage_metadata")]
    usage_metadata: Option<UsageMetadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    #[serde(borrow)]
    content: Option<Content<'a>>,
    #[serde(alias = "finish_reason")]
    finish_reason: Option<String>,
    #[serde(alias = "finish_message")]
    finish_message: Option<String>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow, default, deserialize_with = "few")]
    parts: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    text: Option<String>,
    thought: Option<bool>,
    #[serde(borrow, alias = "inline_data")]
    inline_data: Option<InlineData<'a>>,
    #[serde(alias = "file_data")]
    file_data: Option<IgnoredAny>,
    #[serde(alias = "thought_signature")]
    thought_signature: Option<Cow<'a, str>>,
}

/// Its declared type is not even read: it may be false, the bytes decide.
#[derive(Deserialize)]
struct InlineData<'a> {
    #[serde(borrow, default)]
    data: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PromptFeedback {
    #[serde(alias = "block_reason")]
    block_reason: Option<String>,
    #[serde(alias = "block_reason_message")]
    block_reason_message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UsageMetadata {
    #[serde(alias = "prompt_token_count")]
    prompt_token_count: Option<Number>,
    #[serde(alias = "candidates_token_count")]
    candidates_token_count: Option<Number>,
    #[serde(alias = "thoughts_token_count")]
    thoughts_token_count: Option<Number>,
    #[serde(alias = "candidates_tokens_details", default, deserialize_with = "few")]
    candidates_tokens_details: Vec<TokensOf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokensOf {
    #[serde(default)]
    modality: String,
    #[serde(alias = "token_count")]
    token_count: Option<Number>,
}

/// What has come so far of an answer, whole or in pieces.
#[derive(Default)]
pub struct Gathered {
    pictures: Vec<Vec<u8>>,
    broken: usize,
    addresses: usize,
    words: String,
    /// Every part but thoughts, as it came.
    raw: Vec<Box<str>>,
    /// Whether a picture came without its signature.
    unsigned: bool,
    candidates: usize,
    feedback: Option<PromptFeedback>,
    finish: Option<(String, Option<String>)>,
    usage: Option<UsageMetadata>,
}

/// What a reason for stopping means when there is no picture.
enum Meaning {
    Blocked(&'static str),
    NoImage(&'static str),
    BadAnswer,
    Account,
    /// Nothing special: what counts is whether there are words.
    Finished,
}

impl Gathered {
    /// Takes in the body of a 200, or one event of a stream.
    ///
    /// # Errors
    /// `BadAnswer` when it isn't the expected JSON.
    pub fn take(mut self, body: &[u8]) -> Result<Self, BackendError> {
        let reply: Reply<'_> = serde_json::from_slice(body).map_err(|error| unreadable(&error, body))?;
        self.feedback = reply.prompt_feedback.or(self.feedback);
        self.usage = reply.usage_metadata.or(self.usage);
        self.candidates = self.candidates.max(reply.candidates.len());
        let mut words = Vec::new();
        for candidate in reply.candidates {
            for raw in candidate.content.iter().flat_map(|content| &content.parts) {
                let part = serde_json::from_str(raw.get()).map_err(|error| unreadable(&error, body))?;
                words.extend(self.add(part, raw));
            }
            self.finish = candidate
                .finish_reason
                .map(|reason| (reason, candidate.finish_message))
                .or(self.finish);
        }
        // Within one body, parts are sentences of their own; pieces of a stream are not.
        self.words.push_str(&words.join("\n"));
        Ok(self)
    }

    /// What the service told that it cost.
    pub fn usage(&self, model: &str) -> Option<Usage> {
        let pictures = !self.pictures.is_empty();
        self.usage.as_ref().map(|told| usage(told, model, pictures))
    }

    /// What it comes to.
    ///
    /// # Errors
    /// `Blocked`, `NoImage` or `BadAnswer`.
    pub fn outcome(mut self, key: &Secret, model: &str) -> Result<EditOutcome, BackendError> {
        if self.pictures.is_empty() {
            return Err(self.why_no_picture(key));
        }
        let (raw, usage) = (self.raw(model), self.usage(model));
        // The last one is the result; those before it are further ones in their order.
        self.pictures.rotate_right(1);
        Ok(EditOutcome {
            pictures: self
                .pictures
                .into_iter()
                .map(|bytes| RawImage::from(bytes::Bytes::from(bytes)))
                .collect(),
            note: plain_text(&self.words, key, NOTE_CHARS),
            usage,
            raw,
            ..EditOutcome::default()
        })
    }

    /// Sorts one part; its words.
    fn add(&mut self, part: Part<'_>, raw: &RawValue) -> Option<String> {
        // Thoughts are drafts, in words or pictures, and never the result.
        if part.thought == Some(true) {
            return None;
        }
        match &part.inline_data {
            Some(picture) => {
                match decode(&picture.data) {
                    Some(bytes) => self.pictures.push(bytes),
                    None => self.broken += 1,
                }
                self.unsigned |= part.thought_signature.is_none_or(|signature| signature.is_empty());
            }
            None => self.addresses += usize::from(part.file_data.is_some()),
        }
        self.raw.push(raw.get().into());
        part.text.filter(|text| !text.trim().is_empty())
    }

    /// The parts as they came, when they can be sent back.
    fn raw(&self, model: &str) -> Option<RawReply> {
        // The 2.5 models sign nothing and ask for nothing; all others refuse a picture of theirs without its signature.
        let complete = !self.unsigned || model.starts_with("gemini-2.5");
        // Without its end, an answer in events may lack the signature that came last.
        if self.finish.is_none() && self.feedback.is_none() {
            return None;
        }
        if self.candidates != 1 || self.broken > 0 || self.addresses > 0 || !complete {
            return None;
        }
        Some(RawReply {
            family: family(model),
            bytes: format!("[{}]", self.raw.join(",")).into(),
            pictures: u32::try_from(self.pictures.len()).ok()?,
        })
    }

    fn why_no_picture(self, key: &Secret) -> BackendError {
        let sentence = |text: Option<&String>| text.and_then(|text| plain_text(text, key, SENTENCE_CHARS));
        if let Some(feedback) = &self.feedback
            && let Some(reason) = word(feedback.block_reason.as_deref())
        {
            return blocked(&reason, sentence(feedback.block_reason_message.as_ref()));
        }
        let (reason, message) = self.finish.unzip();
        let reason = word(reason.as_deref());
        let text = plain_text(&self.words, key, NOTE_CHARS);
        let said = sentence(message.flatten().as_ref()).or(text);
        match (meaning(reason.as_deref().unwrap_or_default()), reason) {
            (Meaning::Blocked(_), Some(reason)) => blocked(&reason, said),
            (Meaning::Account, _) => misconfigured("the service has limited this account"),
            (Meaning::BadAnswer, Some(reason)) => bad_answer(format!("it ended with {reason} and holds no picture")),
            _ if self.broken > 0 => bad_answer("its picture is not base64"),
            _ if self.addresses > 0 => bad_answer("it holds the address of a picture, which is not fetched"),
            (Meaning::NoImage(words), _) => BackendError::NoImage {
                text: Some(said.unwrap_or_else(|| words.to_owned())),
            },
            _ if self.candidates == 0 => bad_answer("it holds no candidate"),
            _ => BackendError::NoImage { text: said },
        }
    }
}

/// Who can read what `model` answered.
pub fn family(model: &str) -> String {
    format!("gemini/{model}")
}

fn blocked(reason: &str, said: Option<String>) -> BackendError {
    let ours = match meaning(reason) {
        Meaning::Blocked(words) => words,
        _ => "The service's rules stopped this request.",
    };
    let note = match said {
        Some(said) => format!("{ours} It says: {said}"),
        None => ours.to_owned(),
    };
    BackendError::Blocked {
        reason: reason.to_owned(),
        note: Some(note),
    }
}

fn meaning(reason: &str) -> Meaning {
    match reason {
        "" | "STOP" | "CONTINUATION" => Meaning::Finished,
        "SAFETY" => Meaning::Blocked("The safety filter stopped the request or its result."),
        "IMAGE_SAFETY" => Meaning::Blocked("The safety filter held back a picture."),
        "PROHIBITED_CONTENT" => Meaning::Blocked("The request touches what the service's rules forbid."),
        "IMAGE_PROHIBITED_CONTENT" => {
            Meaning::Blocked("The resulting picture would show what the service's rules forbid.")
        }
        "RECITATION" | "IMAGE_RECITATION" => Meaning::Blocked("The result came too close to an existing work."),
        "BLOCKLIST" => Meaning::Blocked("The words hold a term that the service does not take."),
        "SPII" => Meaning::Blocked("The request seems to hold sensitive personal data."),
        "MODEL_ARMOR" | "JAILBREAK" | "ESCALATION" => {
            Meaning::Blocked("A guard in front of the model stopped the request.")
        }
        "LANGUAGE" => Meaning::NoImage("The model does not work in the language of this instruction."),
        "NO_IMAGE" => Meaning::NoImage("The model made no picture. Say more plainly what the picture should show."),
        "IMAGE_OTHER" | "OTHER" => Meaning::NoImage("The model gave up on this picture without saying why."),
        "MAX_TOKENS" | "MALFORMED_RESPONSE" | "MISSING_THOUGHT_SIGNATURE" => Meaning::BadAnswer,
        "PUP_LIMITED_DISABLED" => Meaning::Account,
        _ => Meaning::NoImage("The model stopped before it made a picture."),
    }
}

/// A reason as the word it should be; anything odd becomes `UNKNOWN`, unspecified ones none.
fn word(reason: Option<&str>) -> Option<String> {
    let reason = reason.filter(|reason| !reason.is_empty() && !reason.ends_with("_UNSPECIFIED"))?;
    let is_word = reason.len() <= 60 && reason.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    Some(if is_word {
        reason.to_owned()
    } else {
        "UNKNOWN".to_owned()
    })
}

fn usage(told: &UsageMetadata, model: &str, has_pictures: bool) -> Usage {
    let count = |number: Option<Number>| number.map_or(0, |number| number.0);
    let input = count(told.prompt_token_count);
    let output = count(told.candidates_token_count).saturating_add(count(told.thoughts_token_count));
    let pictures = told
        .candidates_tokens_details
        .iter()
        .filter(|of| of.modality == "IMAGE");
    let pictures: u64 = pictures.map(|of| count(of.token_count)).sum();
    // Without the details nobody can tell words from pictures, which cost many times as much.
    let prices = prices::gemini(model).filter(|_| pictures > 0 || !has_pictures);
    Usage {
        input_tokens: input,
        output_tokens: output,
        cost_micros: prices.map(|prices| prices.of(input, 0, output.saturating_sub(pictures), pictures)),
    }
}
