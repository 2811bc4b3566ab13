//! What is sent to Gemini: a conversation, or the one content of a fresh one.
//!
//! Rule: only fields that every picture model takes (an unknown one is a 400), and the pictures' base64 is written
//! once, straight into the body. Called by [`super::Gemini`].

use bytes::Bytes;

use crate::{
    backends::{BackendError, EditRequest, Offers, prices, shape, wire::push_base64},
    blobs::Outgoing,
    domain::options::Quality,
};

/// Bytes of all pictures together: in base64 and with the words that stays below the 20 MB of a request.
pub const ALL_PICTURES: usize = 14_000_000;
/// Bytes of all pictures together once they are base64.
pub const ALL_ENCODED: usize = ALL_PICTURES / 3 * 4;

/// How many further pictures `model` takes.
pub fn references_of(model: &str) -> u32 {
    if model.starts_with("gemini-2.5") { 2 } else { 13 }
}

/// How many pictures one request to `model` may hold.
pub fn most_pictures(model: &str) -> usize {
    if model.starts_with("gemini-2.5") { 3 } else { 14 }
}

/// What may be chosen beside the words.
pub fn offers(model: &str, size: Option<&str>, price: Option<u64>) -> Offers {
    let sizes = has_sizes(model);
    let usual = price.or_else(|| prices::gemini_picture(model, size));
    let mut listed: Vec<_> = usual.map(|price| (None, price)).into_iter().collect();
    let qualities = if sizes {
        QUALITIES.map(|(quality, _)| quality).to_vec()
    } else {
        Vec::new()
    };
    listed.extend(qualities.iter().filter_map(|quality| {
        let size = size_of(*quality);
        Some((Some(*quality), prices::gemini_picture(model, Some(size))?))
    }));
    Offers {
        ratios: ratios(model).into_iter().map(|(name, _)| name).collect(),
        qualities,
        from_words: true,
        touches_the_rest: true,
        prices: listed,
        ..Offers::default()
    }
}

/// The aspect ratio to ask for: the one that was chosen, or the one nearest to the base. None (the model then keeps about the
/// base's own) when no ratio is near, when the model is not known to take the field, and when the words may ask for another
/// shape.
///
/// # Errors
/// `Declined` when the model has no such ratio.
pub fn aspect_ratio(model: &str, request: &EditRequest) -> Result<Option<&'static str>, BackendError> {
    shape::ratio(request, &ratios(model))
}

/// The size to ask for: by the quality that was chosen, or as the settings have it.
pub fn image_size(request: &EditRequest, set: Option<&str>) -> Option<String> {
    let chosen = request.options.quality.map(size_of);
    chosen.or(set).map(str::to_owned)
}

/// Which size stands for which quality.
const QUALITIES: [(Quality, &str); 3] = [(Quality::Low, "1K"), (Quality::Medium, "2K"), (Quality::High, "4K")];

const fn size_of(quality: Quality) -> &'static str {
    match quality {
        Quality::Low => QUALITIES[0].1,
        Quality::Medium => QUALITIES[1].1,
        Quality::High => QUALITIES[2].1,
    }
}

/// Whether the model is known to take all three sizes.
fn has_sizes(model: &str) -> bool {
    matches!(
        model,
        "gemini-nano-banana-2.1" | "gemini-3.1-flash-image" | "gemini-3-pro-image"
    )
}

/// One entry of the conversation.
#[derive(Debug)]
pub enum Content {
    /// A person's: the words first, then the pictures in order.
    User { text: String, pictures: Vec<Outgoing> },
    /// The model's own, as it came.
    Model { raw: Bytes },
}

/// What the answer should be like.
#[derive(Debug, Default)]
pub struct Wishes {
    /// `3:2`.
    pub ratio: Option<&'static str>,
    /// `512`, `1K`, `2K`, `4K`.
    pub size: Option<String>,
}

/// The body: the conversation, oldest first, and the wishes.
pub fn write(contents: &[Content], wishes: &Wishes) -> Bytes {
    let mut body = Vec::with_capacity(contents.iter().map(Content::length).sum::<usize>() + 512);
    body.extend_from_slice(br#"{"contents":["#);
    for (place, content) in contents.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        content.write(&mut body);
    }
    body.extend_from_slice(br#"],"generationConfig":{"responseModalities":["TEXT","IMAGE"]"#);
    let mut image = serde_json::Map::new();
    image.extend(wishes.ratio.map(|ratio| ("aspectRatio".to_owned(), ratio.into())));
    image.extend(wishes.size.clone().map(|size| ("imageSize".to_owned(), size.into())));
    if !image.is_empty() {
        body.extend_from_slice(format!(r#","imageConfig":{}"#, serde_json::Value::Object(image)).as_bytes());
    }
    body.extend_from_slice(b"}}");
    body.into()
}

impl Content {
    fn length(&self) -> usize {
        match self {
            Self::Model { raw } => raw.len() + 64,
            Self::User { text, pictures } => {
                let encoded = pictures.iter().map(|p| p.bytes.len().div_ceil(3) * 4 + 64);
                2 * text.len() + 64 + encoded.sum::<usize>()
            }
        }
    }

    fn write(&self, body: &mut Vec<u8>) {
        match self {
            // The bytes as they came: a signature is over them.
            Self::Model { raw } => {
                body.extend_from_slice(br#"{"role":"model","parts":"#);
                body.extend_from_slice(raw);
            }
            Self::User { text, pictures } => {
                body.extend_from_slice(br#"{"role":"user","parts":[{"text":"#);
                body.extend_from_slice(serde_json::Value::from(text.as_str()).to_string().as_bytes());
                body.push(b'}');
                pictures.iter().for_each(|picture| write_picture(body, picture));
                body.push(b']');
            }
        }
        body.push(b'}');
    }
}

fn write_picture(body: &mut Vec<u8>, picture: &Outgoing) {
    body.extend_from_slice(br#",{"inlineData":{"mimeType":""#);
    body.extend_from_slice(picture.mime.as_bytes());
    body.extend_from_slice(br#"","data":""#);
    push_base64(body, &picture.bytes);
    body.extend_from_slice(br#""}}"#);
}

/// The ratios that a model is known to take.
fn ratios(model: &str) -> Vec<(&'static str, f64)> {
    let more: &[_] = match model {
        "gemini-nano-banana-2.1" | "gemini-3.1-flash-image" => &shape::FOUR_MORE_RATIOS,
        "gemini-3.1-flash-lite-image" | "gemini-3-pro-image" | "gemini-2.5-flash-image" => &[],
        _ => return Vec::new(),
    };
    shape::TEN_RATIOS.iter().chain(more).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::picture::Dimensions;

    const KNOWN: &str = "gemini-nano-banana-2.1";

    fn ratio(model: &str, width: u32, height: u32) -> Option<&'static str> {
        shape::nearest_ratio(&ratios(model), Dimensions { width, height })
    }

    #[test]
    fn only_models_known_to_take_a_ratio_are_asked_for_it() {
        assert_eq!(ratio(KNOWN, 800, 100), Some("8:1"));
        assert_eq!(ratio("gemini-3-pro-image", 800, 100), None);
        assert_eq!(ratio("gemini-3-pro-image", 100, 100), Some("1:1"));
        assert_eq!(ratio("some-other-model", 100, 100), None);
    }
}
