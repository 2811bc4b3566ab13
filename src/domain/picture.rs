//! Pictures as the house talks about them: what they are written as, how large they may be, what they are called.
//!
//! Rule: values only; nothing here looks inside a file. `blobs` makes a [`Blob`] from bytes that passed its gate,
//! `store` keeps it as a row, everybody else hands it around.

use std::{fmt, str::FromStr};

/// How far the shape of a mask may be from that of its picture, as a share.
const SAME_SHAPE: f64 = 0.03;

/// How a stored picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
}

impl Format {
    /// `png`, `jpeg` or `webp`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
        }
    }
    /// How its file names end, without the dot: `png`, `jpg` or `webp`.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// The format of that [`as_str`](Self::as_str) name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg, Self::Webp]
            .into_iter()
            .find(|format| format.as_str() == name)
    }
}

/// Width × height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dimensions {
    pub width: u32,
    pub height: u32,
}

impl Dimensions {
    /// Whether something of these measures lies over a picture of those without being squeezed, but for a little and for
    /// rounding to whole pixels.
    #[must_use]
    pub fn lies_over(self, picture: Self) -> bool {
        let ratio = |of: Self| f64::from(of.width) / f64::from(of.height);
        // A pixel of rounding on a small mask is no other shape.
        let pixel = 1.0 / f64::from(self.width.min(self.height));
        (ratio(self) / ratio(picture)).ln().abs() <= SAME_SHAPE + pixel
    }

    /// How many pixels that is.
    #[must_use]
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

impl fmt::Display for Dimensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.width, self.height)
    }
}

/// How large a picture from outside may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Width × height.
    pub pixels: u64,
    /// The longer side, in pixels.
    pub side: u32,
}

impl Limits {
    /// Whether a picture of these dimensions is small enough, and not empty.
    #[must_use]
    pub const fn allow(&self, dimensions: Dimensions) -> bool {
        let Dimensions { width, height } = dimensions;
        dimensions.pixels() > 0 && dimensions.pixels() <= self.pixels && width <= self.side && height <= self.side
    }
}

impl Default for Limits {
    /// 20 MiB, 50 megapixels, 16,384 a side.
    fn default() -> Self {
        Self {
            bytes: 20 * 1024 * 1024,
            pixels: 50_000_000,
            side: 16_384,
        }
    }
}

/// The SHA-256 of a stored picture's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId([u8; 32]);

impl BlobId {
    /// The id with these bytes; whoever calls it has hashed something.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for BlobId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ())?;
        Ok(Self(bytes))
    }
}

/// A stored picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Names its content.
    pub id: BlobId,
    /// What the file is.
    pub format: Format,
    /// Length of the file.
    pub bytes: u64,
    /// Of the upright picture.
    pub dimensions: Dimensions,
}

/// What an uploaded file was called, made safe to show: the last part of a path, at most 200 characters, without
/// control or direction characters. A label and nothing else: never a path, never unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// Most characters a label has.
    pub const MOST: usize = 200;

    /// Makes a label of any name; a name with nothing to show becomes `picture`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let shown: String = last.chars().filter(|c| is_showable(*c)).collect();
        let mut label: String = shown.trim().chars().take(Self::MOST).collect();
        label.truncate(label.trim_end().len());
        Self(if label.is_empty() { "picture".into() } else { label })
    }

    /// The label as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not a control character, not one that turns the direction of writing or breaks lines, not an invisible tag.
fn is_showable(c: char) -> bool {
    let hidden = matches!(c,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !hidden
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sec_img_10_any_name_becomes_a_short_harmless_label(name in any::<String>()) {
            let label = Label::of(&name);
            let text = label.as_str();
            prop_assert!(!text.is_empty() && text.chars().count() <= Label::MOST);
            prop_assert!(!text.contains(['/', '\\']) && !text.chars().any(char::is_control));
            prop_assert_eq!(text, text.trim());
            prop_assert_eq!(&Label::of(text), &label, "a label is its own label");
        }
    }

    #[test]
    fn sec_img_10_hostile_names_lose_what_makes_them_hostile() {
        for (name, label) in [
            ("holiday.jpg", "holiday.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\fakepath\\cat.png", "cat.png"),
            ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            ("\u{2066}\u{2069}\u{0}", "picture"),
            ("", "picture"),
            ("Grüße 👩‍🚀.webp", "Grüße 👩‍🚀.webp"),
        ] {
            assert_eq!(Label::of(name).as_str(), label);
        }
        assert_eq!(Label::of(&"x".repeat(5000)).as_str().len(), Label::MOST);
    }

    #[test]
    fn sec_img_02_limits_allow_what_is_just_under_and_not_what_is_just_over() {
        let limits = Limits::default();
        let allowed = |width, height| limits.allow(Dimensions { width, height });
        assert!(allowed(1, 1) && allowed(16_384, 1) && allowed(10_000, 5_000) && allowed(1, 16_384));
        assert!(!allowed(16_385, 1) && !allowed(1, 16_385) && !allowed(10_000, 5_001) && !allowed(0, 5));
        assert!(!allowed(u32::MAX, u32::MAX));
    }

    #[test]
    fn a_blob_id_is_written_and_read_as_64_hex_digits() {
        let id = BlobId::from_bytes([0xab; 32]);
        assert_eq!(id.to_string(), "ab".repeat(32));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("abcd".parse::<BlobId>(), Err(()));
    }
}
