//! What is sent to an images endpoint: the words, the picture first, the references in their order, and what this
//! server takes besides.
//!
//! Rule: the field of a picture is `image[]` with a file name and its true type, and no field goes out that the
//! dialect doesn't name. Called by [`super::OpenAi`].

use serde_json::{Value, json};

use super::dialect::{Form as Where, Manners};
use crate::{
    backends::{
        BackendError, EditRequest, Offers,
        http::{Body, Form},
        prices, prompt,
        shape::{self, Sizes, speaks_of_shape},
        wire::{declined, push_base64},
    },
    blobs::Outgoing,
    config::OpenAiSettings,
    domain::{options::Quality, picture::Dimensions},
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

/// What lies over the first picture, at its size.
#[derive(Debug)]
pub enum Over {
    /// Clear where it may change.
    Mask(Outgoing),
    /// Clear but for what points at something.
    Markup(Outgoing),
}

impl Over {
    const fn field(&self) -> (&'static str, &Outgoing) {
        match self {
            Self::Mask(picture) => ("mask", picture),
            Self::Markup(picture) => ("markup", picture),
        }
    }
}

/// The fields of one request, pictures aside.
#[derive(Debug, Clone)]
pub struct Fields {
    /// The words.
    pub prompt: String,
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
    ///
    /// # Errors
    /// `Declined` when the shape that was chosen can't be asked for.
    pub fn of(request: &EditRequest, settings: &OpenAiSettings, manners: Manners) -> Result<Self, BackendError> {
        let options = &request.options;
        let candidates = options.count.map_or(settings.candidates, |count| count.get().into());
        let streams = manners.streams && candidates <= 1;
        let own = size(request, &settings.model, &manners);
        let size = match (options.ratio, &settings.size) {
            (Some(ratio), _) if own.is_none() => {
                return Err(declined(format!(
                    "This model makes no pictures of {ratio}. Choose another ratio."
                )));
            }
            (None, Some(set)) => Some(set.clone()),
            _ => own,
        };
        let quality = options.quality.map(|quality| quality.as_str().to_owned());
        Ok(Self {
            prompt: words(request, settings, &manners).chars().take(PROMPT_CHARS).collect(),
            model: Some(settings.model.trim()).filter(|m| !m.is_empty()).map(str::to_owned),
            size,
            quality: quality.or_else(|| settings.quality.clone()).filter(|_| manners.extras),
            candidates,
            previews: streams.then_some(settings.previews),
            manners,
        })
    }

    /// The body, pictures inside.
    pub fn write(self, pictures: &[Outgoing], over: Option<&Over>) -> Body {
        match self.manners.form {
            Where::Edits if pictures.is_empty() => self.words_only(),
            Where::Edits => self.multipart(pictures, over),
            Where::Generations => self.json(pictures),
        }
    }

    /// The same fields for a picture made of words, each in the type that JSON has for it.
    fn words_only(self) -> Body {
        let typed = |name: &str, text: String| match (name, text.parse::<u64>()) {
            ("n" | "partial_images", Ok(number)) => Value::from(number),
            ("stream", _) => Value::Bool(true),
            _ => Value::from(text),
        };
        let fields = self
            .texts()
            .into_iter()
            .map(|(name, text)| (name.to_owned(), typed(name, text)));
        Body::json(Value::Object(fields.collect()).to_string())
    }

    fn multipart(self, pictures: &[Outgoing], over: Option<&Over>) -> Body {
        let over = over.map(Over::field);
        let bytes: usize = pictures
            .iter()
            .chain(over.map(|(_, picture)| picture))
            .map(|picture| picture.bytes.len() + 256)
            .sum();
        let mut form = Form::with_room(bytes + self.prompt.len() + 2048);
        for (name, value) in self.texts() {
            form = form.text(name, &value);
        }
        for (place, picture) in (1..).zip(pictures) {
            form = form.picture("image[]", &format!("image-{place}"), picture);
        }
        if let Some((field, picture)) = over {
            form = form.picture(field, field, picture);
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
        });
        if !pictures.is_empty() {
            body["ref_images"] = pictures.iter().map(encoded).collect::<Vec<String>>().into();
        }
        body["model"] = self.model.map_or(Value::Null, Value::from);
        body["size"] = self.size.map_or(Value::Null, Value::from);
        Body::json(body.to_string())
    }
}

/// The words that go out: with sentences around them, or bare.
fn words(request: &EditRequest, settings: &OpenAiSettings, manners: &Manners) -> String {
    let preamble = settings.about.preamble.as_deref();
    match preamble.filter(|preamble| !preamble.is_empty()) {
        _ if manners.sentences => prompt::text(request, preamble.unwrap_or(prompt::PREAMBLE)),
        Some(preamble) if !request.canvas => format!("{preamble} {}", request.instruction),
        _ => request.instruction.to_string(),
    }
}

/// Whether the model takes a layer that points at things: from gpt-image-2.5 on.
pub fn takes_markup(model: &str, manners: &Manners) -> bool {
    const BEFORE: [&str; 3] = ["gpt-image-1", "gpt-image-2-", "chatgpt-image"];
    let is_before = model == "gpt-image-2" || BEFORE.iter().any(|before| model.starts_with(before));
    manners.masks && manners.extras && model.starts_with("gpt-image-") && !is_before
}

/// What may be chosen beside the words.
pub fn offers(settings: &OpenAiSettings, manners: &Manners) -> Offers {
    let model = settings.model.trim();
    let ratios = match sizes_of(model, manners) {
        SizesOf::Free(_) => shape::TEN_RATIOS.map(|(name, _)| name).to_vec(),
        SizesOf::Three => vec!["1:1", "3:2", "2:3"],
        SizesOf::Unknown => Vec::new(),
    };
    let qualities = if manners.extras {
        vec![Quality::Low, Quality::Medium, Quality::High]
    } else {
        Vec::new()
    };
    let listed = |quality: &str| prices::openai_picture(model, quality).filter(|_| manners.needs_key);
    let set = settings.quality.as_deref().unwrap_or("auto");
    let usual = settings.about.picture_price.or_else(|| listed(set));
    let mut prices: Vec<_> = usual.map(|price| (None, price)).into_iter().collect();
    prices.extend(
        qualities
            .iter()
            .filter_map(|quality| Some((Some(*quality), listed(quality.as_str())?))),
    );
    Offers {
        ratios,
        qualities,
        from_words: true,
        touches_the_rest: true,
        prices,
        ..Offers::default()
    }
}

/// Which sizes a model can be asked for.
enum SizesOf {
    Free(Sizes),
    Three,
    Unknown,
}

fn sizes_of(model: &str, manners: &Manners) -> SizesOf {
    let old = ["gpt-image-1", "chatgpt-image"]
        .iter()
        .any(|old| model.starts_with(old));
    match manners.sizes {
        Some(sizes) => SizesOf::Free(sizes),
        None if old => SizesOf::Three,
        None if model.starts_with("gpt-image-") => SizesOf::Free(FREE_SIZES),
        None => SizesOf::Unknown,
    }
}

/// The size to ask for; none leaves it to the service.
fn size(request: &EditRequest, model: &str, manners: &Manners) -> Option<String> {
    let told = |size: Dimensions| format!("{}x{}", size.width, size.height);
    let wanted = shape::chosen_shape(request);
    let is_said = !request.canvas && request.options.ratio.is_none() && speaks_of_shape(request.instruction.as_str());
    match sizes_of(model, manners) {
        // Some of the servers of one's own have no "auto", so a size is named even where the words speak of the shape.
        SizesOf::Free(sizes) if manners.sizes.is_some() || !is_said => shape::fitting_size(wanted, &sizes).map(told),
        SizesOf::Three if !is_said => shape::nearest_ratio(&THREE_SIZES, wanted).map(str::to_owned),
        _ => None,
    }
}
