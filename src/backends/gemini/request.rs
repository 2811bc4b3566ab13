//! What is sent to Gemini: one user content with the words, the picture and the references.
//!
//! Rule: only fields that every picture model takes (an unknown one is a 400), and the pictures' base64 is written
//! once, straight into the body. Called by [`super::Gemini`].

use bytes::Bytes;

use crate::{
    backends::{
        EditRequest,
        shape::{self, speaks_of_shape},
        wire::push_base64,
    },
    blobs::Outgoing,
    domain::picture::Dimensions,
};

/// Bytes of all pictures together: in base64 and with the words that stays below the 20 MB of a request.
pub const ALL_PICTURES: usize = 14_000_000;

/// How many further pictures `model` takes.
pub fn references_of(model: &str) -> u32 {
    if model.starts_with("gemini-2.5") { 2 } else { 13 }
}

/// The aspect ratio to ask for: the one nearest to the base. None (the model then keeps about the base's own) when no
/// ratio is near, when the model is not known to take the field, and when the words may ask for another shape.
pub fn aspect_ratio(model: &str, request: &EditRequest) -> Option<&'static str> {
    if speaks_of_shape(request.instruction.as_str()) {
        return None;
    }
    nearest_ratio(model, request.base.dimensions)
}

/// The body: words first, then the pictures in order.
pub fn write(text: &str, ratio: Option<&str>, pictures: Vec<Outgoing>) -> Bytes {
    let encoded: usize = pictures.iter().map(|p| p.bytes.len().div_ceil(3) * 4 + 64).sum();
    let mut body = Vec::with_capacity(encoded + 2 * text.len() + 512);
    body.extend_from_slice(br#"{"contents":[{"role":"user","parts":[{"text":"#);
    body.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
    body.push(b'}');
    for picture in pictures {
        body.extend_from_slice(br#",{"inlineData":{"mimeType":""#);
        body.extend_from_slice(picture.mime.as_bytes());
        body.extend_from_slice(br#"","data":""#);
        push_base64(&mut body, &picture.bytes);
        body.extend_from_slice(br#""}}"#);
    }
    body.extend_from_slice(br#"]}],"generationConfig":{"responseModalities":["TEXT","IMAGE"]"#);
    if let Some(ratio) = ratio {
        body.extend_from_slice(format!(r#","imageConfig":{{"aspectRatio":"{ratio}"}}"#).as_bytes());
    }
    body.extend_from_slice(b"}}");
    body.into()
}

fn nearest_ratio(model: &str, base: Dimensions) -> Option<&'static str> {
    let more: &[_] = match model {
        "gemini-nano-banana-2.1" | "gemini-3.1-flash-image" => &shape::FOUR_MORE_RATIOS,
        "gemini-3.1-flash-lite-image" | "gemini-3-pro-image" | "gemini-2.5-flash-image" => &[],
        _ => return None,
    };
    shape::nearest_ratio(shape::TEN_RATIOS.iter().chain(more), base)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = "gemini-nano-banana-2.1";

    fn ratio(model: &str, width: u32, height: u32) -> Option<&'static str> {
        nearest_ratio(model, Dimensions { width, height })
    }

    #[test]
    fn only_models_known_to_take_a_ratio_are_asked_for_it() {
        assert_eq!(ratio(KNOWN, 800, 100), Some("8:1"));
        assert_eq!(ratio("gemini-3-pro-image", 800, 100), None);
        assert_eq!(ratio("gemini-3-pro-image", 100, 100), Some("1:1"));
        assert_eq!(ratio("some-other-model", 100, 100), None);
    }
}
