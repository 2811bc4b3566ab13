//! What is sent to OpenRouter, in either of its interfaces.
//!
//! Rule: one user message with the words, the picture and the references in their order; base64 is written once,
//! straight into the body. Called by [`super::OpenRouter`].

use bytes::Bytes;
use serde::Serialize;

use crate::{
    backends::{
        BackendError, EditRequest,
        shape::{self, speaks_of_shape},
        wire::DataUrl,
    },
    blobs::Outgoing,
};

/// Bytes of all pictures together: what its strictest vendors take, base64 and words included.
pub const ALL_PICTURES: usize = 14_000_000;
/// How many further pictures; a model that takes fewer says so.
pub const REFERENCES: u32 = 13;

#[derive(Serialize)]
struct Chat<'a> {
    model: &'a str,
    messages: [Message<'a>; 1],
    modalities: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    image_config: Option<ImageConfig>,
    stream: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Vec<Content<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: Address<'a> },
}

#[derive(Serialize)]
struct Address<'a> {
    url: DataUrl<'a>,
}

#[derive(Serialize)]
struct ImageConfig {
    aspect_ratio: &'static str,
}

#[derive(Serialize)]
struct Form<'a> {
    model: &'a str,
    prompt: &'a str,
    input_references: Vec<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<&'static str>,
    output_format: &'static str,
    n: u32,
    stream: bool,
}

/// The body for the chat.
///
/// # Errors
/// None that can happen: everything in it is text.
pub fn chat(
    model: &str,
    words: &str,
    ratio: Option<&'static str>,
    pictures: &[Outgoing],
) -> Result<Bytes, BackendError> {
    let mut content = vec![Content::Text { text: words }];
    content.extend(pictures.iter().map(picture));
    let body = Chat {
        model,
        messages: [Message { role: "user", content }],
        modalities: modalities(model),
        image_config: ratio.map(|aspect_ratio| ImageConfig { aspect_ratio }),
        stream: true,
    };
    write(&body, pictures)
}

/// The body for the images interface.
///
/// # Errors
/// As [`chat`].
pub fn images(
    model: &str,
    words: &str,
    ratio: Option<&'static str>,
    pictures: &[Outgoing],
) -> Result<Bytes, BackendError> {
    let body = Form {
        model,
        prompt: words,
        input_references: pictures.iter().map(picture).collect(),
        aspect_ratio: ratio,
        output_format: "png",
        n: 1,
        stream: true,
    };
    write(&body, pictures)
}

/// The ratio to ask for: the base's own, unless the words may ask for another.
pub fn aspect_ratio(request: &EditRequest) -> Option<&'static str> {
    if speaks_of_shape(request.instruction.as_str()) {
        return None;
    }
    shape::nearest_ratio(&shape::TEN_RATIOS, request.base.dimensions)
}

const fn picture(picture: &Outgoing) -> Content<'_> {
    Content::ImageUrl {
        image_url: Address { url: DataUrl(picture) },
    }
}

/// Asking a model for words that only draws finds no endpoint; asking one that writes for pictures only loses its words.
fn modalities(model: &str) -> &'static [&'static str] {
    let writes = ["google/", "openai/"].iter().any(|vendor| model.starts_with(vendor));
    if writes { &["image", "text"] } else { &["image"] }
}

fn write(body: &impl Serialize, pictures: &[Outgoing]) -> Result<Bytes, BackendError> {
    let encoded: usize = pictures
        .iter()
        .map(|picture| picture.bytes.len().div_ceil(3) * 4 + 64)
        .sum();
    let mut text = Vec::with_capacity(encoded + 64 * 1024);
    serde_json::to_writer(&mut text, body).map_err(|error| BackendError::Own(error.into()))?;
    Ok(text.into())
}
