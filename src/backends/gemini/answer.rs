//! What a 200 of Gemini means: pictures and words, or a block in many forms.
//!
//! Rule: unknown fields and words are put up with, lists are bounded, and no address in an answer is ever fetched.
//! Called by [`super::Gemini`] off the async threads; the pictures go to `blobs` as untrusted bytes.

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    backends::{
        BackendError, EditOutcome,
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
    parts: Vec<Part<'a>>,
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

/// The parts of an answer, sorted.
#[derive(Default)]
struct Found {
    pictures: Vec<Vec<u8>>,
    broken: usize,
    addresses: usize,
    words: Vec<String>,
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

/// Reads the body of a 200.
///
/// # Errors
/// `Blocked`, `NoImage` or `BadAnswer`.
pub fn read(body: &[u8], key: &Secret, model: &str) -> Result<EditOutcome, BackendError> {
    let reply: Reply<'_> = serde_json::from_slice(body).map_err(|error| unreadable(&error, body))?;
    let found = sort(&reply);
    if found.pictures.is_empty() {
        return Err(why_no_picture(&reply, found, key));
    }
    let mut pictures = found.pictures;
    // The last one is the result; those before it are further ones in their order.
    pictures.rotate_right(1);
    Ok(EditOutcome {
        pictures: pictures
            .into_iter()
            .map(|bytes| RawImage::from(bytes::Bytes::from(bytes)))
            .collect(),
        select: None,
        note: plain_text(&found.words.join("\n"), key, NOTE_CHARS),
        usage: reply.usage_metadata.as_ref().map(|told| usage(told, model)),
    })
}

fn sort(reply: &Reply<'_>) -> Found {
    let mut found = Found::default();
    let contents = reply
        .candidates
        .iter()
        .filter_map(|candidate| candidate.content.as_ref());
    for part in contents.flat_map(|content| &content.parts) {
        // Thoughts are drafts, in words or pictures, and never the result.
        if part.thought == Some(true) {
            continue;
        }
        match &part.inline_data {
            Some(picture) => match decode(&picture.data) {
                Some(bytes) => found.pictures.push(bytes),
                None => found.broken += 1,
            },
            None => found.addresses += usize::from(part.file_data.is_some()),
        }
        found
            .words
            .extend(part.text.clone().filter(|text| !text.trim().is_empty()));
    }
    found
}

fn why_no_picture(reply: &Reply<'_>, found: Found, key: &Secret) -> BackendError {
    let sentence = |text: Option<&String>| text.and_then(|text| plain_text(text, key, SENTENCE_CHARS));
    if let Some(feedback) = &reply.prompt_feedback
        && let Some(reason) = word(feedback.block_reason.as_deref())
    {
        return blocked(&reason, sentence(feedback.block_reason_message.as_ref()));
    }
    let last = reply.candidates.last();
    let reason = word(last.and_then(|candidate| candidate.finish_reason.as_deref()));
    let text = plain_text(&found.words.join("\n"), key, NOTE_CHARS);
    let said = sentence(last.and_then(|candidate| candidate.finish_message.as_ref())).or(text);
    match (meaning(reason.as_deref().unwrap_or_default()), reason) {
        (Meaning::Blocked(_), Some(reason)) => blocked(&reason, said),
        (Meaning::Account, _) => misconfigured("the service has limited this account"),
        (Meaning::BadAnswer, Some(reason)) => bad_answer(format!("it ended with {reason} and holds no picture")),
        _ if found.broken > 0 => bad_answer("its picture is not base64"),
        _ if found.addresses > 0 => bad_answer("it holds the address of a picture, which is not fetched"),
        (Meaning::NoImage(words), _) => BackendError::NoImage {
            text: Some(said.unwrap_or_else(|| words.to_owned())),
        },
        _ if reply.candidates.is_empty() => bad_answer("it holds no candidate"),
        _ => BackendError::NoImage { text: said },
    }
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

fn usage(told: &UsageMetadata, model: &str) -> Usage {
    let count = |number: Option<Number>| number.map_or(0, |number| number.0);
    let input = count(told.prompt_token_count);
    let output = count(told.candidates_token_count).saturating_add(count(told.thoughts_token_count));
    let pictures = told
        .candidates_tokens_details
        .iter()
        .filter(|of| of.modality == "IMAGE");
    let pictures: u64 = pictures.map(|of| count(of.token_count)).sum();
    // Without the details nobody can tell words from pictures, which cost many times as much.
    let prices = prices::gemini(model).filter(|_| pictures > 0);
    Usage {
        input_tokens: input,
        output_tokens: output,
        cost_micros: prices.map(|prices| prices.of(input, 0, output.saturating_sub(pictures), pictures)),
    }
}
