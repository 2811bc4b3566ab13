//! What a turn costs, from the tokens a service counts.
//!
//! Rule: a model that isn't in the list has no price, rather than a guessed one; the services' own bill counts. Called
//! by the backends whose services tell tokens and no price.

/// Prices in nano-dollars a token, which is dollars per billion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    text_in: u64,
    image_in: u64,
    text_out: u64,
    image_out: u64,
}

impl Prices {
    /// In cents per million tokens, as the services write them (times a hundred).
    const fn cents(text_in: u64, image_in: u64, text_out: u64, image_out: u64) -> Self {
        Self {
            text_in: text_in * 10,
            image_in: image_in * 10,
            text_out: text_out * 10,
            image_out: image_out * 10,
        }
    }

    /// Millionths of a dollar for so many tokens.
    #[must_use]
    pub const fn of(self, text_in: u64, image_in: u64, text_out: u64, image_out: u64) -> u64 {
        let nano = text_in
            .saturating_mul(self.text_in)
            .saturating_add(image_in.saturating_mul(self.image_in))
            .saturating_add(text_out.saturating_mul(self.text_out))
            .saturating_add(image_out.saturating_mul(self.image_out));
        nano.saturating_add(500) / 1000
    }
}

/// Of OpenAI's picture models.
#[must_use]
pub fn openai(model: &str) -> Option<Prices> {
    let is = |names: &[&str]| names.iter().any(|name| model.starts_with(name));
    if is(&["gpt-image-2"]) {
        Some(Prices::cents(500, 800, 0, 3000))
    } else if is(&["gpt-image-1-mini"]) {
        Some(Prices::cents(200, 250, 0, 800))
    } else if is(&["gpt-image-1.5", "chatgpt-image-latest"]) {
        Some(Prices::cents(500, 800, 0, 3200))
    } else {
        None
    }
}

/// Of Gemini's picture models; pictures and words of the request cost the same.
#[must_use]
pub fn gemini(model: &str) -> Option<Prices> {
    let row = |input, text, image| Some(Prices::cents(input, input, text, image));
    match model {
        "gemini-nano-banana-2.1" => row(150, 750, 3000),
        "gemini-3.1-flash-image" => row(50, 300, 6000),
        "gemini-3.1-flash-lite-image" => row(25, 150, 3000),
        "gemini-3-pro-image" => row(200, 1200, 12_000),
        "gemini-2.5-flash-image" => row(30, 250, 3000),
        _ => None,
    }
}

/// Tokens of one of Gemini's pictures, by what was asked for: nothing special, 1K, 2K, 4K.
const GEMINI_TOKENS: [(&str, [u64; 4]); 5] = [
    ("gemini-nano-banana-2.1", [1120, 1120, 1680, 2520]),
    ("gemini-3.1-flash-image", [1120, 1120, 1680, 2520]),
    ("gemini-3.1-flash-lite-image", [1120; 4]),
    ("gemini-3-pro-image", [1120, 1120, 1120, 2000]),
    ("gemini-2.5-flash-image", [1290; 4]),
];

/// What one of Gemini's pictures costs about, at a size of `1K`, `2K` or `4K`, or at the model's own.
#[must_use]
pub fn gemini_picture(model: &str, size: Option<&str>) -> Option<u64> {
    let (_, tokens) = GEMINI_TOKENS.iter().find(|(known, _)| *known == model)?;
    let tokens = match size {
        None => tokens[0],
        Some("1K") => tokens[1],
        Some("2K") => tokens[2],
        Some("4K") => tokens[3],
        Some(_) => return None,
    };
    gemini(model).map(|prices| prices.of(0, 0, 0, tokens))
}

/// What one of OpenAI's pictures of about a megapixel costs about, where anybody has told.
#[must_use]
pub fn openai_picture(model: &str, quality: &str) -> Option<u64> {
    let newer = ["gpt-image-2.5", "gpt-image-2.6"]
        .iter()
        .any(|name| model.starts_with(name));
    match quality {
        "high" if newer => Some(53_000),
        "low" if model.starts_with("gpt-image-2") && !newer => Some(6_000),
        "medium" if model.starts_with("gpt-image-2") && !newer => Some(53_000),
        "high" if model.starts_with("gpt-image-2") => Some(211_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_times_rate_is_what_the_price_lists_say_a_picture_costs() {
        let picture = |model: &str, tokens| gemini(model).map(|prices| prices.of(0, 0, 0, tokens));
        assert_eq!(picture("gemini-2.5-flash-image", 1290), Some(38_700), "$0.039");
        assert_eq!(picture("gemini-3-pro-image", 1120), Some(134_400), "$0.134");
        assert_eq!(picture("gemini-3.1-flash-image", 2520), Some(151_200), "$0.151");
        assert_eq!(picture("gemini-nano-banana-2.1", 1120), Some(33_600), "$0.034");
        assert_eq!(picture("a-model-of-tomorrow", 1120), None);
        let edit = openai("gpt-image-2.5-sunburst").map(|prices| prices.of(50, 1024, 0, 4160));
        assert_eq!(edit, Some(250 + 8_192 + 124_800));
        assert_eq!(openai("my-own-model"), None);
        assert_eq!(gemini_picture("gemini-nano-banana-2.1", Some("4K")), Some(75_600));
        assert_eq!(gemini_picture("gemini-3-pro-image", None), Some(134_400));
        assert_eq!(gemini_picture("gemini-3-pro-image", Some("512")), None);
        assert_eq!(openai_picture("gpt-image-2.5-sunburst", "high"), Some(53_000));
        assert_eq!(openai_picture("gpt-image-2", "high"), Some(211_000));
        assert_eq!(openai_picture("gpt-image-2", "auto"), None);
    }
}
