//! Pictures and other files, made by code: what people upload, and what they shouldn't.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Red, green, blue and white corners on a soft background: 24 × 16 pixels, so that turning shows.
pub const CORNERS: [[u8; 3]; 4] = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [240, 240, 240]];

/// What a marker in a hidden place says.
pub const MARKER: &str = "MARKER-7f3a-home-address";

pub fn corners() -> RgbImage {
    let (width, height) = (24, 16);
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < 8, x >= width - 8, y < 8, y >= height - 8) {
            (true, _, true, _) => CORNERS[0],
            (_, true, true, _) => CORNERS[1],
            (true, _, _, true) => CORNERS[2],
            (_, true, _, true) => CORNERS[3],
            _ => [128, 120, 110],
        })
    })
}

/// A picture with soft areas, edges and grain, which no encoder finds trivial.
pub fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 28;
        let edge = if (x / 37 + y / 23).is_multiple_of(2) { 40 } else { 0 };
        let level = |value: u32| u8::try_from((value + grain + edge).min(255)).unwrap();
        Rgb([
            level(x * 150 / width),
            level(y * 150 / height),
            level((x + y) * 90 / (width + height)),
        ])
    })
}

pub fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A JPEG by an encoder of its own, with what the closure sets.
pub fn jpeg(
    samples: &[u8],
    (width, height): (u32, u32),
    colour: jpeg_encoder::ColorType,
    set: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    set(&mut encoder);
    let (width, height) = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
    encoder.encode(samples, width, height, colour).unwrap();
    file
}

pub fn rgb_jpeg(picture: &RgbImage, set: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    jpeg(
        picture.as_raw(),
        picture.dimensions(),
        jpeg_encoder::ColorType::Rgb,
        set,
    )
}

/// A JPEG with another segment behind its first marker.
pub fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let mut file = jpeg[..2].to_vec();
    file.extend([0xff, marker]);
    file.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    file.extend(body);
    file.extend(&jpeg[2..]);
    file
}

/// A PNG chunk with its check sum.
pub fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend(name);
    chunk.extend(data);
    let sum = crc(&chunk[4..]);
    chunk.extend(sum.to_be_bytes());
    chunk
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}

/// A PNG with more chunks behind its header.
pub fn with_chunks(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

/// An extended WebP around the bitstream of a simple one, with more chunks before and after it.
pub fn with_webp_chunks(
    webp: &[u8],
    (width, height): (u32, u32),
    flags: u8,
    before: &[(&[u8; 4], &[u8])],
    after: &[(&[u8; 4], &[u8])],
) -> Vec<u8> {
    let mut extended = vec![flags, 0, 0, 0];
    extended.extend(&(width - 1).to_le_bytes()[..3]);
    extended.extend(&(height - 1).to_le_bytes()[..3]);
    let mut body = riff_chunk(b"VP8X", &extended);
    before
        .iter()
        .for_each(|(name, data)| body.extend(riff_chunk(name, data)));
    body.extend(&webp[12..]);
    after
        .iter()
        .for_each(|(name, data)| body.extend(riff_chunk(name, data)));
    riff(&body)
}

pub fn riff(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &length[..], b"WEBP", body].concat()
}

pub fn riff_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    chunk.extend(data);
    if data.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

/// A TIFF block with an orientation, a place and the marker.
pub fn exif(orientation: u8, big_endian: bool) -> Vec<u8> {
    let two = |value: u16| {
        if big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let four = |value: u32| {
        if big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let marker = u32::try_from(MARKER.len()).unwrap();
    let mut tiff: Vec<u8> = if big_endian { b"MM".to_vec() } else { b"II".to_vec() };
    tiff.extend(two(42));
    tiff.extend(four(8));
    tiff.extend(two(2));
    // Image description, text behind the directory.
    tiff.extend([two(0x10e), two(2)].concat());
    tiff.extend([four(marker), four(38)].concat());
    // Orientation, one short.
    tiff.extend([two(0x112), two(3)].concat());
    tiff.extend(four(1));
    tiff.extend([two(orientation.into()), two(0)].concat());
    tiff.extend(four(0));
    tiff.extend(MARKER.as_bytes());
    tiff
}
