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

pub fn iso(brand: &[u8; 4]) -> Vec<u8> {
    [&b"\0\0\0\x18ftyp"[..], brand, b"\0\0\0\0mif1", brand, b"\0\0\0\x08mdat"].concat()
}

/// Files that are no pictures we take, with words that must be in the refusal.
pub fn not_pictures() -> Vec<(&'static str, Vec<u8>)> {
    let svg = "<?xml version=\"1.0\"?>\n<!-- x -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    vec![
        ("SVG can't be read", svg.into()),
        ("SVG can't be read", b"  <SVG/>".to_vec()),
        ("HEIC pictures can't be read here yet", iso(b"heic")),
        ("HEIC pictures", iso(b"mif1")),
        ("AVIF pictures", iso(b"avif")),
        (
            "AVIF pictures",
            [&b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"[..], b"\0\0\0\x08mdat"].concat(),
        ),
        ("PDF can't be read", b"%PDF-1.7\n".to_vec()),
        ("TIFF can't be read", b"II*\0\x08\0\0\0".to_vec()),
        ("BMP can't be read", b"BM\x1a\0\0\0".to_vec()),
        ("JPEG XL can't be read", b"\xff\x0a\x01".to_vec()),
        ("a web page", b"<!DOCTYPE html><html></html>".to_vec()),
        ("a web page", b"\xef\xbb\xbf<script>alert(1)</script>".to_vec()),
        ("a ZIP archive", b"PK\x03\x04\x14\0".to_vec()),
        ("a compressed archive", b"\x1f\x8b\x08\0".to_vec()),
        ("a video", iso(b"isom")),
        ("a video", b"\x1a\x45\xdf\xa3\x01".to_vec()),
        ("a video", b"RIFF\x10\0\0\0AVI LIST".to_vec()),
        ("a program", b"\x7fELF\x02\x01".to_vec()),
        ("a program", b"MZ\x90\0".to_vec()),
        ("a script", b"#!/bin/sh\n".to_vec()),
        ("text", b"{\"error\": \"quota\"}".to_vec()),
        ("empty", Vec::new()),
        ("doesn't look like a picture", vec![0; 4096]),
    ]
}

/// A PNG of this size by its header, with next to nothing behind it.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", &[0x78, 1, 3, 0]),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

pub fn jpeg_header(width: u16, height: u16) -> Vec<u8> {
    let mut file = rgb_jpeg(&corners(), |_| {});
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    file
}

pub fn gif_header(width: u16, height: u16) -> Vec<u8> {
    let mut file = encoded(corners(), ImageFormat::Gif);
    file[6..8].copy_from_slice(&width.to_le_bytes());
    file[8..10].copy_from_slice(&height.to_le_bytes());
    file
}

pub fn webp_header(width: u32, height: u32) -> Vec<u8> {
    let bits = 0x2f | u64::from((width - 1) | (height - 1) << 14) << 8;
    riff(&riff_chunk(b"VP8L", &bits.to_le_bytes()[..5]))
}

/// One small picture of every kind that is taken.
pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let picture = scene(90, 60);
    vec![
        ("JPEG", rgb_jpeg(&picture, |_| {})),
        (
            "progressive",
            rgb_jpeg(&picture, |encoder| encoder.set_progressive(true)),
        ),
        ("PNG", encoded(picture.clone(), ImageFormat::Png)),
        ("WebP", encoded(picture.clone(), ImageFormat::WebP)),
        (
            "lossy WebP",
            ::webp::Encoder::from_rgb(&picture, 90, 60).encode(80.0).to_vec(),
        ),
        ("GIF", encoded(picture, ImageFormat::Gif)),
    ]
}

/// Turns an upright picture so that this orientation makes it upright again.
pub fn laid_down(upright: &RgbImage, orientation: u8) -> RgbImage {
    use image::imageops::{flip_horizontal, flip_vertical, rotate90, rotate180, rotate270};
    match orientation {
        2 => flip_horizontal(upright),
        3 => rotate180(upright),
        4 => flip_vertical(upright),
        5 => flip_horizontal(&rotate90(upright)),
        6 => rotate270(upright),
        7 => flip_horizontal(&rotate270(upright)),
        8 => rotate90(upright),
        _ => upright.clone(),
    }
}

/// A JPEG with the marker wherever one can be hidden.
pub fn marked_jpeg() -> Vec<u8> {
    let marker = MARKER.as_bytes();
    let mut file = rgb_jpeg(&corners(), |_| {});
    for (segment, start) in [
        (0xe0, &b"JFXX\0\x13"[..]),
        (0xe1, b"Exif\0\0"),
        (0xe1, b"http://ns.adobe.com/xap/1.0/\0"),
        (0xe2, b"MPF\0"),
        (0xe2, b"urn:iso:std:iso:ts:21496:-1\0"),
        (0xe3, b""),
        (0xe4, b""),
        (0xeb, b"JP\0"),
        (0xec, b"Ducky"),
        (0xed, b"Photoshop 3.0\0"),
        (0xee, b"Adobe\0\x64\0\0\0\0\x01"),
        (0xef, b""),
        (0xfe, b""),
        (0xf0, b""),
    ] {
        file = with_segment(&file, segment, &[start, marker].concat());
    }
    file = with_segment(&file, 0xe1, &[b"Exif\0\0", &exif(1, true)[..]].concat());
    file.extend(marker);
    file.extend(rgb_jpeg(&corners(), |_| {}));
    file
}

pub fn marked_png() -> Vec<u8> {
    let marker = MARKER.as_bytes();
    let text = [b"Comment\0", marker].concat();
    let compressed = |text: &[u8]| {
        // A stored (uncompressed) deflate block, so that the marker is there to be found.
        let length = u16::try_from(text.len()).unwrap();
        let sum = text.iter().fold((1u32, 0u32), |(a, b), byte| {
            let a = (a + u32::from(*byte)) % 65521;
            (a, (a + b) % 65521)
        });
        let mut zlib = vec![0x78, 0x01, 1];
        zlib.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        zlib.extend(text);
        zlib.extend((sum.1 << 16 | sum.0).to_be_bytes());
        zlib
    };
    let packed = compressed(marker);
    let chunks = [
        chunk(b"tEXt", &text),
        chunk(b"zTXt", &[b"Comment\0\0", &packed[..]].concat()),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", marker].concat()),
        chunk(b"eXIf", &exif(1, false)),
        chunk(b"iCCP", &[b"MARKER-7f3a-home-address\0\0", &packed[..]].concat()),
        chunk(b"sPLT", &[marker, b"\0\x08"].concat()),
        chunk(b"caBX", marker),
        chunk(b"maRk", marker),
        chunk(b"tIME", &[7, 210, 1, 1, 1, 1, 1]),
        chunk(b"pHYs", &[0, 0, 11, 19, 0, 0, 11, 19, 1]),
    ];
    let file = with_chunks(&encoded(corners(), ImageFormat::Png), &chunks);
    let (start, end) = file.split_at(file.len() - 12);
    [start, &chunk(b"tEXt", &text), end, marker].concat()
}

pub fn marked_webp() -> Vec<u8> {
    let marker = MARKER.as_bytes();
    let simple = encoded(corners(), ImageFormat::WebP);
    let exif = exif(1, false);
    let mut file = with_webp_chunks(
        &simple,
        (24, 16),
        0b10_1100,
        &[(b"ICCP", marker), (b"ABCD", marker)],
        &[(b"EXIF", &exif), (b"XMP ", marker), (b"C2PA", marker)],
    );
    file.extend(marker);
    file
}

pub fn marked_gif() -> Vec<u8> {
    let marker = MARKER.as_bytes();
    let mut file = encoded(corners(), ImageFormat::Gif);
    let table = 13 + 3 * (2 << (file[10] & 7)) * usize::from(file[10] >> 7);
    let length = u8::try_from(marker.len()).unwrap();
    let comment = [&[0x21, 0xfe, length], marker, &[0]].concat();
    let xmp = [b"\x21\xff\x0bXMP DataXMP", &[length][..], marker, &[0]].concat();
    file.splice(table..table, [comment.clone(), xmp].concat());
    let end = file.len() - 1;
    file.splice(end..end, comment);
    file.extend(marker);
    file
}
