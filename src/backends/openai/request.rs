//! What is sent to an images endpoint: the words, the picture first, the references in their order, and what this
//! server takes besides.
//!
//! Rule: the field of a picture is `image[]` with a file name and its true type, and no field goes out that the
//! dialect doesn't name. Called by [`super::OpenAi`].

use serde_json::{Value, json};

use super::dialect::{Form as Where, Manners};
use crate::{
    backends::{
        EditRequest,
        http::{Body, Form},
        prompt,
        shape::{self, Sizes, speaks_of_shape},
        wire::push_base64,
    },
    blobs::Outgoing,
    config::OpenAiSettings,
    domain::picture::Dimensions,
};

/// The most characters of a prompt; the longest instruction is far shorter.
const PROMPT_CHARS: usize = 32_000;

/// The sizes of models from gpt-image-2 on. (Above 2560 × 1440 they call it experimental.)
const FREE_SIZES: Sizes = Sizes {
    pixels: (655_360, 3_686_400),
    side: 3840,
    ratio: 3.0,
};
/// The sizes of the models before.
const THREE_SIZES: [(&str, f64); 3] = [("1024x1024", 1.0), ("1536x1024", 1.5), ("1024x1536", 1.0 / 1.5)];

/// The fields of one request, pictures aside.
#[derive(Debug, Clone)]
pub struct Fields {
    prompt: String,
    model: Option<String>,
    size: Option<String>,
    quality: Option<String>,
    candidates: u32,
    /// How many partial pictures to stream; none: no stream.
    pub previews: Option<u8>,
    manners: Manners,
}

impl Fields {
    /// What this instruction needs.
    pub fn of(request: &EditRequest, settings: &OpenAiSettings, manners: Manners) -> Self {
        let words = if manners.sentences {
            prompt::text(request)
        } else {
            request.instruction.as_str().to_owned()
        };
        let streams = manners.streams && settings.candidates <= 1;
        Self {
            prompt: words.chars().take(PROMPT_CHARS).collect(),
            model: Some(settings.model.trim()).filter(|m| !m.is_empty()).map(str::to_owned),
            size: settings
                .size
                .clone()
                .or_else(|| size(request, &settings.model, &manners)),
            quality: settings.quality.clone().filter(|_| manners.extras),
            candidates: settings.candidates,
            previews: streams.then_some(settings.previews),
            manners,
        }
    }

    /// The body, pictures inside.
    pub fn write(self, pictures: &[Outgoing], mask: Option<&Outgoing>) -> Body {
        match self.manners.form {
            Where::Edits => self.multipart(pictures, mask),
            Where::Generations => self.json(pictures),
        }
    }

    fn multipart(self, pictures: &[Outgoing], mask: Option<&Outgoing>) -> Body {
        let bytes: usize = pictures
            .iter()
            .chain(mask)
            .map(|picture| picture.bytes.len() + 256)
            .sum();
        let mut form = Form::with_room(bytes + self.prompt.len() + 2048);
        for (name, value) in self.texts() {
            form = form.text(name, &value);
        }
        for (place, picture) in (1..).zip(pictures) {
            form = form.picture("image[]", &format!("image-{place}"), picture);
        }
        if let Some(mask) = mask {
            form = form.picture("mask", "mask", mask);
        }
        form.finish()
    }

    fn texts(&self) -> Vec<(&'static str, String)> {
        let mut texts = Vec::new();
        texts.extend(self.model.clone().map(|model| ("model", model)));
        texts.push(("prompt", self.prompt.clone()));
        texts.push(("n", self.candidates.to_string()));
        texts.extend(self.size.clone().map(|size| ("size", size)));
        if self.manners.extras {
            texts.extend(self.quality.clone().map(|quality| ("quality", quality)));
            // Lossless, so that nothing is lost from turn to turn.
            texts.push(("output_format", "png".to_owned()));
        }
        if let Some(previews) = self.previews {
            texts.push(("stream", "true".to_owned()));
            texts.push(("partial_images", previews.to_string()));
        }
        texts
    }

    fn json(self, pictures: &[Outgoing]) -> Body {
        let encoded = |picture: &Outgoing| {
            let mut text = Vec::with_capacity(picture.bytes.len().div_ceil(3) * 4);
            push_base64(&mut text, &picture.bytes);
            // Base64 is ASCII.
            String::from_utf8(text).unwrap_or_default()
        };
        let mut body = json!({
            "prompt": self.prompt,
            "n": self.candidates,
            "response_format": "b64_json",
            "ref_images": pictures.iter().map(encoded).collect::<Vec<String>>(),
        });
        body["model"] = self.model.map_or(Value::Null, Value::from);
        body["size"] = self.size.map_or(Value::Null, Value::from);
        Body::json(body.to_string())
    }
}

/// The size to ask for; none leaves it to the service.
fn size(request: &EditRequest, model: &str, manners: &Manners) -> Option<String> {
    let told = |size: Dimensions| format!("{}x{}", size.width, size.height);
    let base = request.base.dimensions;
    if let Some(sizes) = &manners.sizes {
        // Some of these servers have no "auto", so a size is named even where the words speak of the shape.
        return shape::fitting_size(base, sizes).map(told);
    }
    if speaks_of_shape(request.instruction.as_str()) {
        return None;
    }
    if ["gpt-image-1", "chatgpt-image"]
        .iter()
        .any(|old| model.starts_with(old))
    {
        return shape::nearest_ratio(&THREE_SIZES, base).map(str::to_owned);
    }
    let free = model.starts_with("gpt-image-");
    free.then(|| shape::fitting_size(base, &FREE_SIZES).map(told)).flatten()
}
