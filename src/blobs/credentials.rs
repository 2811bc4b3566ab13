//! Whether a file seems to carry Content Credentials: where its format keeps them, and nothing more.
//!
//! Rule: looks at the container only, and promises nothing about what is inside; who reads credentials is `provenance`.
//! Called by `inspect`, which drops everything but the pixels.

use super::sniff::Kind;

/// Whether there is a place for credentials, and something in it.
pub(super) fn has_credentials(kind: Kind, file: &[u8]) -> bool {
    match kind {
        Kind::Jpeg => in_jpeg(file).unwrap_or(false),
        Kind::Png => chunk(
            file,
            8,
            |length, name| (12 + u32::from_be_bytes(length) as usize, name),
            *b"caBX",
        ),
        Kind::Webp => chunk(
            file,
            12,
            |name, length| {
                let length = u32::from_le_bytes(length) as usize;
                (8 + length + length % 2, name)
            },
            *b"C2PA",
        ),
        // An application block; rare, and asked for by its name.
        Kind::Gif => file.windows(8).any(|window| window == b"C2PA_GIF"),
    }
}

/// Walks over chunks of a length and a name, from `at`. `step` says how long a chunk with these first eight bytes is, and its name.
fn chunk(file: &[u8], mut at: usize, step: impl Fn([u8; 4], [u8; 4]) -> (usize, [u8; 4]), wanted: [u8; 4]) -> bool {
    while let Some((first, rest)) = file.get(at..).and_then(<[u8]>::split_first_chunk::<4>) {
        let Some(second) = rest.first_chunk::<4>() else {
            return false;
        };
        let (length, name) = step(*first, *second);
        if name == wanted {
            return true;
        }
        at = at.saturating_add(length);
    }
    false
}

/// Segment 11 ("JP", then a box of kind `jumb`), before the first scan.
fn in_jpeg(file: &[u8]) -> Option<bool> {
    let mut at = 2;
    loop {
        let marker = *file.get(at + 1)?;
        match (file[at], marker) {
            (0xff, 0xff) => at += 1,
            (0xff, 0xda | 0xd9) => return Some(false),
            (0xff, 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, _) => {
                let length = usize::from(u16::from_be_bytes([*file.get(at + 2)?, *file.get(at + 3)?]));
                let content = file.get(at + 4..at + 2 + length.max(2))?;
                if marker == 0xeb && content.starts_with(b"JP") && content.get(12..16) == Some(b"jumb") {
                    return Some(true);
                }
                at += 2 + length.max(2);
            }
            _ => return Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_seen_where_each_format_keeps_them() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x01IHDRx\0\0\0\0".to_vec();
        assert!(!has_credentials(Kind::Png, &png));
        png.extend(b"\0\0\0\0caBX\0\0\0\0");
        assert!(has_credentials(Kind::Png, &png));
        let mut webp = b"RIFF\0\0\0\0WEBPVP8L\x03\0\0\0abc\0".to_vec();
        assert!(!has_credentials(Kind::Webp, &webp));
        webp.extend(b"C2PA\0\0\0\0");
        assert!(has_credentials(Kind::Webp, &webp));
        let mut jpeg = b"\xff\xd8\xff\xe0\0\x04ab".to_vec();
        assert!(!has_credentials(Kind::Jpeg, &jpeg));
        jpeg.extend(b"\xff\xeb\0\x12JP\0\x01\0\0\0\x01\0\0\0\x08jumb");
        assert!(has_credentials(Kind::Jpeg, &jpeg));
        for cut in 0..jpeg.len() {
            assert!(!has_credentials(Kind::Jpeg, &jpeg[..cut]), "cut at {cut}");
        }
    }
}
