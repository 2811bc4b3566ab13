//! What a file is, by its first bytes.
//!
//! Rule: a name or a declared type is never asked. Called by `inspect` before anything else looks at the bytes.

use super::PictureError;

/// The kinds of file the gate opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Png,
    Jpeg,
    Webp,
    Gif,
}

impl Kind {
    /// The media type.
    pub(super) const fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }
}

/// Says which of the four kinds this is.
///
/// # Errors
/// [`PictureError::Unsupported`] for pictures of another kind, else [`PictureError::NotAPicture`].
pub(super) fn sniff(bytes: &[u8]) -> Result<Kind, PictureError> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return Ok(Kind::Gif);
    }
    if is_riff(bytes, b"WEBP") {
        return Ok(Kind::Webp);
    }
    Err(match other_picture(bytes) {
        Some(kind) => PictureError::Unsupported { kind },
        None => PictureError::NotAPicture {
            found: other_content(bytes),
        },
    })
}

fn is_riff(bytes: &[u8], form: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(form)
}

/// Beginnings of pictures we can't take, and of documents people take for pictures.
const OTHER_PICTURES: &[(&[u8], &str)] = &[
    (b"%PDF-", "PDF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"BM", "BMP"),
    (b"8BPS", "Photoshop"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\0\0\x01\0", "Icon"),
    (b"qoif", "QOI"),
    (b"FUJIFILMCCD-RAW", "Camera raw"),
    (b"gimp xcf", "GIMP"),
];

fn other_picture(bytes: &[u8]) -> Option<&'static str> {
    let by_start = OTHER_PICTURES.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, kind)) = by_start {
        return Some(kind);
    }
    if let Some(brand) = iso_brand(bytes) {
        return match brand {
            b"mif1" | b"msf1" if names_avif(bytes) => Some("AVIF"),
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => Some("HEIC"),
            b"avif" | b"avis" => Some("AVIF"),
            b"crx " => Some("Camera raw"),
            _ => None,
        };
    }
    opening_words(bytes).contains("<svg").then_some("SVG")
}

/// Beginnings of other things, for the sentence "This file is …".
const OTHER_CONTENT: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!", "an archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"#!", "a script"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"OggS", "a sound or video"),
    (b"ID3", "a sound"),
    (b"fLaC", "a sound"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"{\\rtf", "a text document"),
    (b"SQLite format 3\0", "a database"),
];

fn other_content(bytes: &[u8]) -> Option<&'static str> {
    if bytes.is_empty() {
        return Some("empty");
    }
    let by_start = OTHER_CONTENT.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, found)) = by_start {
        return Some(found);
    }
    if is_riff(bytes, b"AVI ") {
        return Some("a video");
    }
    if is_riff(bytes, b"WAVE") {
        return Some("a sound");
    }
    if iso_brand(bytes).is_some() {
        return Some("a video");
    }
    let words = opening_words(bytes);
    if ["<!doctype", "<html", "<script", "<head", "<body"]
        .iter()
        .any(|tag| words.contains(tag))
    {
        return Some("a web page");
    }
    let is_text = bytes
        .iter()
        .take(1024)
        .all(|&byte| byte >= 0x20 || matches!(byte, b'\n' | b'\r' | b'\t'));
    is_text.then_some("text")
}

/// The major brand of the family MP4, HEIC and AVIF belong to.
fn iso_brand(bytes: &[u8]) -> Option<&[u8; 4]> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    bytes.get(8..12)?.try_into().ok()
}

/// Whether a file of the general brand says that it is an AVIF too.
fn names_avif(bytes: &[u8]) -> bool {
    let brands = bytes.get(16..64.min(bytes.len())).unwrap_or_default();
    brands.chunks_exact(4).any(|brand| brand == b"avif")
}

/// The first kilobyte, in small letters, for finding tags; "" when it isn't markup.
fn opening_words(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(1024)];
    let words = String::from_utf8_lossy(start).to_lowercase();
    let markup = words.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    if markup.starts_with('<') {
        markup.to_owned()
    } else {
        String::new()
    }
}
