//! What is sent to Gemini: one user content with the words, the picture and the references.
//!
//! Rule: only fields that every picture model takes (an unknown one is a 400), and the pictures' base64 is written
//! once, straight into the body. Called by [`super::Gemini`].

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use crate::{backends::EditRequest, blobs::Outgoing, domain::picture::Dimensions};

/// The share of the request one picture may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Pixels of its longer side.
    pub max_side: u32,
    /// Bytes of its file.
    pub max_bytes: usize,
}

/// Bytes of all pictures together: in base64 and with the words that stays below the 20 MB of a request.
const ALL_PICTURES: usize = 14_000_000;
/// How many earlier instructions are told, and how much of each.
const TOLD_STEPS: usize = 8;
const TOLD_CHARS: usize = 300;
/// How far (as a logarithm, so about 5%) a picture's ratio may be from one that can be asked for.
const NEAR: f64 = 0.05;

const TEN_RATIOS: [(&str, f64); 10] = [
    ("1:1", 1.0),
    ("2:3", 2.0 / 3.0),
    ("3:2", 3.0 / 2.0),
    ("3:4", 3.0 / 4.0),
    ("4:3", 4.0 / 3.0),
    ("4:5", 4.0 / 5.0),
    ("5:4", 5.0 / 4.0),
    ("9:16", 9.0 / 16.0),
    ("16:9", 16.0 / 9.0),
    ("21:9", 21.0 / 9.0),
];
const FOUR_MORE_RATIOS: [(&str, f64); 4] = [("1:4", 0.25), ("4:1", 4.0), ("1:8", 0.125), ("8:1", 8.0)];

/// How many further pictures `model` takes.
pub fn references_of(model: &str) -> u32 {
    if model.starts_with("gemini-2.5") { 2 } else { 13 }
}

/// The room for the picture at `place` (0 is the base) among so many references. The base, whose detail matters most,
/// gets half when there are any.
pub const fn room(place: usize, references: usize) -> Room {
    match (place, references) {
        (_, 0) => Room {
            max_side: 3072,
            max_bytes: ALL_PICTURES,
        },
        (0, _) => Room {
            max_side: 3072,
            max_bytes: ALL_PICTURES / 2,
        },
        (_, n) => Room {
            max_side: 2048,
            max_bytes: ALL_PICTURES / 2 / n,
        },
    }
}

/// The aspect ratio to ask for: the one nearest to the base. None (the model then keeps about the base's own) when no
/// ratio is near, when the model is not known to take the field, and when the words may ask for another shape.
pub fn aspect_ratio(model: &str, request: &EditRequest) -> Option<&'static str> {
    if speaks_of_shape(request.instruction.as_str()) {
        return None;
    }
    nearest_ratio(model, request.base.dimensions)
}

/// The words: which picture is which, what was done before, what to do now.
pub fn text(request: &EditRequest) -> String {
    let mut text = String::from("Image 1 is the picture to edit.");
    match request.references.len() {
        0 => {}
        1 => text.push_str(" Image 2 is a further picture that the instruction may speak of; it is not edited itself."),
        n => text.push_str(&format!(
            " Images 2 to {} follow it in this order; the instruction may speak of them, they are not edited themselves.",
            n + 1
        )),
    }
    text.push_str(" Carry out the instruction on image 1, leave everything it does not speak of as it is, and answer with the edited picture.");
    let steps: Vec<&str> = request
        .history
        .iter()
        .filter_map(|step| Some(step.instruction.as_ref()?.as_str()))
        .collect();
    let told = &steps[steps.len().saturating_sub(TOLD_STEPS)..];
    if !told.is_empty() {
        text.push_str("\n\nAlready done in image 1, oldest first, told only so that the instruction is understood:");
        for step in told {
            let step: String = step.split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str("\n- ");
            text.extend(step.chars().take(TOLD_CHARS));
        }
    }
    text.push_str("\n\nInstruction: ");
    text.push_str(request.instruction.as_str());
    text
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

/// Appends without a second copy: a multiple of three bytes at a time ends without padding.
fn push_base64(body: &mut Vec<u8>, bytes: &[u8]) {
    let mut text = [0; 4096];
    for piece in bytes.chunks(3072) {
        let written = STANDARD.encode_slice(piece, &mut text).unwrap_or(0);
        body.extend_from_slice(&text[..written]);
    }
}

fn nearest_ratio(model: &str, base: Dimensions) -> Option<&'static str> {
    let more: &[_] = match model {
        "gemini-nano-banana-2.1" | "gemini-3.1-flash-image" => &FOUR_MORE_RATIOS,
        "gemini-3.1-flash-lite-image" | "gemini-3-pro-image" | "gemini-2.5-flash-image" => &[],
        _ => return None,
    };
    let wanted = (f64::from(base.width) / f64::from(base.height)).ln();
    let distance = |ratio: f64| (ratio.ln() - wanted).abs();
    let nearest = TEN_RATIOS
        .iter()
        .chain(more)
        .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
    (distance(nearest.1) <= NEAR).then_some(nearest.0)
}

/// Whether the words may ask for another shape of the picture. A false yes does no harm.
fn speaks_of_shape(words: &str) -> bool {
    const SHAPES: [&str; 16] = [
        "crop",
        "square",
        "portrait",
        "landscape",
        "panorama",
        "aspect",
        "ratio",
        "format",
        "wide",
        "tall",
        "rotate",
        "turn",
        "extend",
        "expand",
        "outpaint",
        "uncrop",
    ];
    let words = words.to_lowercase();
    let is_shape = |word: &str| SHAPES.iter().any(|shape| word.starts_with(shape));
    let is_ratio = |word: &str| {
        word.split_once([':', 'x', '×', '/'])
            .is_some_and(|(w, h)| w.parse::<u32>().is_ok() && h.parse::<u32>().is_ok())
    };
    words
        .split(|c: char| !(c.is_alphanumeric() || ":×/".contains(c)))
        .any(|word| is_shape(word) || is_ratio(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = "gemini-nano-banana-2.1";

    fn ratio(model: &str, width: u32, height: u32) -> Option<&'static str> {
        nearest_ratio(model, Dimensions { width, height })
    }

    #[test]
    fn the_nearest_ratio_is_asked_for_when_one_is_near() {
        assert_eq!(ratio(KNOWN, 4032, 3024), Some("4:3"));
        assert_eq!(ratio(KNOWN, 3024, 4032), Some("3:4"));
        assert_eq!(
            ratio(KNOWN, 1264, 848),
            Some("3:2"),
            "what the model itself makes of 3:2"
        );
        assert_eq!(ratio(KNOWN, 1584, 672), Some("21:9"));
        assert_eq!(ratio(KNOWN, 1000, 990), Some("1:1"));
        assert_eq!(ratio(KNOWN, 1000, 100), None, "nothing near");
        assert_eq!(ratio(KNOWN, 1, 16_384), None);
    }

    #[test]
    fn only_models_known_to_take_a_ratio_are_asked_for_it() {
        assert_eq!(ratio(KNOWN, 800, 100), Some("8:1"));
        assert_eq!(ratio("gemini-3-pro-image", 800, 100), None);
        assert_eq!(ratio("gemini-3-pro-image", 100, 100), Some("1:1"));
        assert_eq!(ratio("some-other-model", 100, 100), None);
    }

    #[test]
    fn words_about_the_shape_leave_the_ratio_to_the_model() {
        for words in [
            "Make it 16:9",
            "crop it",
            "extend the left side",
            "a SQUARE version",
            "1024x768 please",
            "rotate by 90",
        ] {
            assert!(speaks_of_shape(words), "{words}");
        }
        for words in ["make the sky pink", "remove the car at 5 o'clock", "like image 2"] {
            assert!(!speaks_of_shape(words), "{words}");
        }
    }

    #[test]
    fn the_rooms_of_all_pictures_fit_into_one_request() {
        for references in 0..=13 {
            let all: usize = (0..=references).map(|place| room(place, references).max_bytes).sum();
            assert!(
                all <= ALL_PICTURES && all.div_ceil(3) * 4 < 19_000_000,
                "{references}: {all}"
            );
            assert!((1..=references).all(|place| room(place, references).max_bytes <= room(0, references).max_bytes));
        }
    }

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
