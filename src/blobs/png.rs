//! PNG: reading one from outside, and writing the ones we keep.
//!
//! Rule: a decoder sees only the chunks that make the picture; what we write has header, data and end and nothing else.
//! Called by `inspect`, `write` and `pixels`.

use std::{
    io::{Cursor, Write},
    ops::Range,
};

use moxcms::{Chromaticity, ColorProfile};
use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Transformations};

use super::{
    PictureError, colour,
    colour::Conversion,
    raster::{Channels, Raster, Turn},
    slots::Shift,
};
use crate::domain::picture::{Dimensions, Limits};

const CUT: PictureError = PictureError::damaged("PNG ends early");
const BROKEN: PictureError = PictureError::damaged("PNG structure");
const SIGNATURE: usize = 8;
/// The chunks a decoder gets to see: those of the picture, and at most once those of its colours.
const KEPT: [&[u8; 4]; 10] = [
    b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP",
];
const IDAT: usize = 3;
const ONCE: usize = 5;

/// A PNG that has been taken apart.
#[derive(Debug)]
pub(super) struct Png {
    pub(super) dimensions: Dimensions,
    pub(super) turn: Turn,
    /// The most bytes of memory a decode takes.
    pub(super) cost: u64,
    clean: Vec<u8>,
}

impl Png {
    /// Reads the header, drops every chunk that isn't the picture, and notes which way is up.
    pub(super) fn parse(mut file: Vec<u8>, limits: &Limits) -> Result<Self, PictureError> {
        let header = file.get(8..29).ok_or(CUT)?;
        if header[..8] != *b"\0\0\0\x0dIHDR" {
            return Err(BROKEN);
        }
        let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let dimensions = Dimensions {
            width: number(8),
            height: number(12),
        };
        super::inspect::check_dimensions(dimensions, limits)?;
        let depth = if header[16] == 16 { 2 } else { 1 };
        let channels = if matches!(header[17], 0 | 4) { 2 } else { 4 };
        let turn = keep_the_picture(&mut file)?;
        Ok(Self {
            dimensions,
            turn,
            cost: dimensions.pixels() * channels * depth,
            clean: file,
        })
    }

    /// Decodes to grey, RGB or either with alpha; samples of two bytes become one when `eight` is asked for.
    pub(super) fn decode(self, eight: bool, shift: &Shift) -> Result<(Raster, Option<ColorProfile>), PictureError> {
        let mut decoder = Decoder::new(Cursor::new(self.clean));
        let expand = Transformations::EXPAND;
        decoder.set_transformations(if eight {
            expand | Transformations::STRIP_16
        } else {
            expand
        });
        decoder.set_ignore_text_chunk(true);
        let mut reader = decoder.read_info().map_err(|_| BROKEN)?;
        let (colour, depth) = reader.output_color_type();
        let mut raster = Raster {
            dimensions: self.dimensions,
            channels: match colour {
                ColorType::Grayscale => Channels::Grey,
                ColorType::GrayscaleAlpha => Channels::GreyAlpha,
                ColorType::Rgb => Channels::Rgb,
                ColorType::Rgba => Channels::Rgba,
                ColorType::Indexed => return Err(BROKEN),
            },
            depth: if depth == BitDepth::Sixteen { 2 } else { 1 },
            samples: Vec::new(),
        };
        let profile = profile(reader.info(), raster.channels);
        let bytes = raster.row_bytes() * self.dimensions.height as usize;
        raster.samples = vec![0; bytes];
        let data = |_| PictureError::damaged("PNG data");
        if reader.info().interlaced {
            reader.next_frame(&mut raster.samples).map_err(data)?;
        } else {
            let row_bytes = raster.row_bytes();
            for row in raster.samples.chunks_exact_mut(row_bytes) {
                shift.check()?;
                reader.read_row(row).map_err(data)?;
            }
        }
        reader.finish().map_err(data)?;
        Ok((raster, profile))
    }
}

/// Moves the chunks that make the picture to the front and drops the others.
fn keep_the_picture(file: &mut Vec<u8>) -> Result<Turn, PictureError> {
    let (mut at, mut end) = (SIGNATURE, SIGNATURE);
    let mut seen = [false; KEPT.len()];
    let mut turn = None;
    loop {
        let (name, chunk) = chunk(file, at)?;
        at = chunk.end;
        if &name == b"eXIf" && turn.is_none() {
            turn = Some(Turn::from_exif(&file[chunk.start + 8..chunk.end - 4]));
        }
        let Some(kind) = KEPT.iter().position(|kept| **kept == name) else {
            // A chunk with a capital letter in front must be understood to show the picture.
            if name[0].is_ascii_uppercase() {
                return Err(BROKEN);
            }
            continue;
        };
        let too_large = kind >= ONCE && chunk.len() > colour::LARGEST_PROFILE;
        if kind >= ONCE && (seen[kind] || seen[IDAT] || too_large) {
            continue;
        }
        seen[kind] = true;
        file.copy_within(chunk.clone(), end);
        end += chunk.len();
        if &name == b"IEND" {
            file.truncate(end);
            return Ok(turn.unwrap_or(Turn::NONE));
        }
    }
}

/// The chunk at `at`: its name, and where it lies with length and check sum.
fn chunk(file: &[u8], at: usize) -> Result<([u8; 4], Range<usize>), PictureError> {
    let head: &[u8; 8] = file.get(at..at + 8).and_then(|head| head.try_into().ok()).ok_or(CUT)?;
    let [a, b, c, d, name @ ..] = *head;
    let end = at + 12 + u32::from_be_bytes([a, b, c, d]) as usize;
    if end > file.len() {
        return Err(CUT);
    }
    Ok((name, at..end))
}

/// What the file says about its colours: code points, a profile, or gamma and primaries.
fn profile(info: &png::Info<'_>, channels: Channels) -> Option<ColorProfile> {
    if let Some(points) = info.coding_independent_code_points {
        return colour::from_code_points(points.color_primaries, points.transfer_function);
    }
    if let Some(bytes) = &info.icc_profile {
        return colour::read_profile(Some(bytes));
    }
    if info.srgb.is_some() {
        return None;
    }
    let gamma = info.gama_chunk?.into_value();
    if !(0.1..=1.0).contains(&gamma) {
        return None;
    }
    if matches!(channels, Channels::Grey | Channels::GreyAlpha) {
        let is_usual = (gamma - colour::USUAL_GAMMA).abs() < 0.01;
        return (!is_usual).then(|| ColorProfile::new_gray_with_gamma(1.0 / gamma));
    }
    let points = info.chrm_chunk.map(|chunk| {
        let points = [chunk.white, chunk.red, chunk.green, chunk.blue];
        points.map(|(x, y)| Chromaticity::new(x.into_value(), y.into_value()))
    });
    Some(colour::from_gamma(gamma, points))
}

/// Writes an upright picture in sRGB as PNG: 8 or 16 bits, grey or colour, alpha only when it is used.
pub(super) fn write(
    raster: &Raster,
    turn: Turn,
    conversion: &Conversion,
    shift: &Shift,
    sink: &mut impl Write,
) -> Result<Dimensions, PictureError> {
    let dimensions = turn.upright(raster.dimensions);
    let with_alpha = conversion.channels(raster.channels);
    let channels = if raster.is_see_through() {
        with_alpha
    } else {
        with_alpha.opaque()
    };
    let pixel = with_alpha.count() * raster.depth;
    let kept = channels.count() * raster.depth;

    let mut encoder = Encoder::new(sink, dimensions.width, dimensions.height);
    encoder.set_color(match channels {
        Channels::Grey => ColorType::Grayscale,
        Channels::GreyAlpha => ColorType::GrayscaleAlpha,
        Channels::Rgb => ColorType::Rgb,
        Channels::Rgba | Channels::Inks => ColorType::Rgba,
    });
    encoder.set_depth(if raster.depth == 2 {
        BitDepth::Sixteen
    } else {
        BitDepth::Eight
    });
    encoder.set_compression(Compression::Fastest);
    let mut writer = encoder.write_header().map_err(storage)?;
    let mut stream = writer.stream_writer_with_size(64 * 1024).map_err(storage)?;
    let (mut converted, mut packed) = (Vec::new(), Vec::new());
    for y in 0..dimensions.height as usize {
        shift.check()?;
        let row = raster.upright_row(turn, y);
        let mut row: &[u8] = &row;
        if conversion.is_needed() {
            conversion.row(raster, row, &mut converted)?;
            row = &converted;
        }
        if kept < pixel {
            packed.clear();
            row.chunks_exact(pixel)
                .for_each(|pixel| packed.extend_from_slice(&pixel[..kept]));
            row = &packed;
        }
        stream.write_all(row)?;
    }
    stream.finish().map_err(storage)?;
    writer.finish().map_err(storage)?;
    Ok(dimensions)
}

/// An encoder's error: the disk's, since we never ask for something a PNG can't be.
fn storage(error: png::EncodingError) -> PictureError {
    PictureError::Storage(match error {
        png::EncodingError::IoError(error) => error,
        other => std::io::Error::other(other),
    })
}
