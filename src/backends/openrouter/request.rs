//! What is sent to OpenRouter, in either of its interfaces.
//!
//! Rule: a person's message has the words, the picture and the references in their order; the model's own go back as they
//! came; base64 is written once, straight into the body. Called by [`super::OpenRouter`].

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    backends::{BackendError, wire::DataUrl},
    blobs::Outgoing,
};

/// Bytes of all pictures together: what its strictest vendors take, base64 and words included.
pub const ALL_PICTURES: usize = 14_000_000;
/// How many further pictures; a model that takes fewer says so.
pub const REFERENCES: u32 = 13;
/// How many pictures a conversation may hold, the model's own among them.
pub const MOST_PICTURES: usize = 14;

#[derive(Serialize)]
struct Chat<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    modalities: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    image_config: Option<ImageConfig>,
    stream: bool,
}

/// One message of a conversation.
#[derive(Debug)]
pub enum Said {
    /// A person's.
    Person { words: String, pictures: Vec<Outgoing> },
    /// The model's own, as it is kept: a whole message in JSON.
    Model(Bytes),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Message<'a> {
    Person {
        role: &'static str,
        content: Vec<Content<'a>>,
    },
    Model(&'a RawValue),
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
/// `Own` when a message of the model's is not what was kept.
pub fn chat(model: &str, said: &[Said], ratio: Option<&'static str>) -> Result<Bytes, BackendError> {
    let messages = said.iter().map(message).collect::<Result<_, _>>()?;
    let body = Chat {
        model,
        messages,
        modalities: modalities(model),
        image_config: ratio.map(|aspect_ratio| ImageConfig { aspect_ratio }),
        stream: true,
    };
    write(&body, said)
}

/// The body for the images interface, which holds no conversation: the newest message.
///
/// # Errors
/// None that can happen: everything in it is text.
pub fn images(model: &str, said: &[Said], ratio: Option<&'static str>) -> Result<Bytes, BackendError> {
    let (prompt, pictures) = match said.last() {
        Some(Said::Person { words, pictures }) => (words.as_str(), pictures.as_slice()),
        _ => ("", [].as_slice()),
    };
    let body = Form {
        model,
        prompt,
        input_references: pictures.iter().map(picture).collect(),
        aspect_ratio: ratio,
        output_format: "png",
        n: 1,
        stream: true,
    };
    write(&body, said)
}

fn message(said: &Said) -> Result<Message<'_>, BackendError> {
    Ok(match said {
        Said::Person { words, pictures } => {
            let mut content = vec![Content::Text { text: words }];
            content.extend(pictures.iter().map(picture));
            Message::Person { role: "user", content }
        }
        Said::Model(raw) => {
            Message::Model(serde_json::from_slice(raw).map_err(|error| BackendError::Own(error.into()))?)
        }
    })
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

fn write(body: &impl Serialize, said: &[Said]) -> Result<Bytes, BackendError> {
    let room = |said: &Said| match said {
        Said::Person { words, pictures } => {
            let encoded = pictures.iter().map(|picture| picture.bytes.len().div_ceil(3) * 4 + 64);
            2 * words.len() + encoded.sum::<usize>()
        }
        Said::Model(raw) => raw.len(),
    };
    let mut text = Vec::with_capacity(said.iter().map(room).sum::<usize>() + 4096);
    serde_json::to_writer(&mut text, body).map_err(|error| BackendError::Own(error.into()))?;
    Ok(text.into())
}
