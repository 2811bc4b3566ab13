//! WebP: reading one from outside.
//!
//! Rule: the size of every bitstream inside is checked against the canvas before a decoder sees it, because a decoder
//! makes room for what the innermost header claims. Of an animation the first frame is decoded. Called by `inspect`.

use std::ops::Range;

use image::{ImageDecoder, codecs::webp::WebPDecoder};

use super::{
    PictureError, colour,
    raster::{Raster, Turn},
    slots::Shift,
    watched,
};
use crate::domain::picture::{Dimensions, Limits};

const CUT: PictureError = PictureError::damaged("WebP ends early");
const BROKEN: PictureError = PictureError::damaged("WebP structure");

/// A WebP whose structure has been looked at.
#[derive(Debug)]
pub(super) struct Webp {
    pub(super) dimensions: Dimensions,
    pub(super) turn: Turn,
    pub(super) profile: Option<Vec<u8>>,
    /// The most bytes of memory a decode takes.
    pub(super) cost: u64,
    file: Vec<u8>,
}

impl Webp {
    pub(super) fn parse(mut file: Vec<u8>, limits: &Limits) -> Result<Self, PictureError> {
        let end = 8 + little(&file, 4..8)?;
        if end > file.len() {
            return Err(CUT);
        }
        file.truncate(end);
        let mut found = Found::default();
        found.walk(&file, 12..end, limits)?;
        let dimensions = found.canvas.or(found.bitstream).ok_or(BROKEN)?;
        super::inspect::check_dimensions(dimensions, limits)?;
        let inside = found.bitstream.ok_or(CUT)?;
        if inside.width > dimensions.width || inside.height > dimensions.height {
            return Err(BROKEN);
        }
        let exif = found.exif.map(|range| &file[range]);
        let profile = found.profile.filter(|range| range.len() <= colour::LARGEST_PROFILE);
        Ok(Self {
            dimensions,
            turn: exif.map_or(Turn::NONE, Turn::from_exif),
            profile: profile.map(|range| file[range].to_vec()),
            cost: dimensions.pixels() * 12,
            file,
        })
    }

    pub(super) fn decode(self, shift: &Shift) -> Result<Raster, PictureError> {
        let dimensions = (self.dimensions.width, self.dimensions.height);
        let open = |reader| {
            let decoder = WebPDecoder::new(reader)?;
            // The size that was checked is the size that memory is made for.
            if decoder.dimensions() == dimensions {
                Ok(decoder)
            } else {
                Err(std::io::Error::other("two sizes").into())
            }
        };
        watched::decode(self.file, shift, open, "WebP data")
    }
}

/// What the chunks say.
#[derive(Debug, Default)]
struct Found {
    canvas: Option<Dimensions>,
    /// The largest sides of any bitstream that may be decoded.
    bitstream: Option<Dimensions>,
    frames: usize,
    profile: Option<Range<usize>>,
    exif: Option<Range<usize>>,
}

impl Found {
    fn walk(&mut self, file: &[u8], within: Range<usize>, limits: &Limits) -> Result<(), PictureError> {
        let mut at = within.start;
        while at + 8 <= within.end {
            let length = little(file, at + 4..at + 8)?;
            let body = at + 8..at + 8 + length;
            if body.end > within.end {
                return Err(CUT);
            }
            self.take(&file[at..at + 4], file, &body, limits)?;
            at = body.end + length % 2;
        }
        Ok(())
    }

    fn take(&mut self, name: &[u8], file: &[u8], body: &Range<usize>, limits: &Limits) -> Result<(), PictureError> {
        let content = &file[body.clone()];
        match name {
            b"VP8X" if self.canvas.is_none() => {
                let side = |at: usize| match content.get(at..at + 3) {
                    Some(&[a, b, c]) => Ok(1 + u32::from_le_bytes([a, b, c, 0])),
                    _ => Err(CUT),
                };
                self.canvas = Some(Dimensions {
                    width: side(4)?,
                    height: side(7)?,
                });
            }
            b"VP8 " | b"VP8L" => {
                let size = bitstream_size(name, content)?;
                super::inspect::check_dimensions(size, limits)?;
                let so_far = self.bitstream.unwrap_or(size);
                self.bitstream = Some(Dimensions {
                    width: size.width.max(so_far.width),
                    height: size.height.max(so_far.height),
                });
            }
            b"ANMF" => {
                self.frames += 1;
                if self.frames == 1 && content.len() >= 16 {
                    self.walk(file, body.start + 16..body.end, limits)?;
                }
            }
            b"ICCP" if self.profile.is_none() => self.profile = Some(body.clone()),
            b"EXIF" if self.exif.is_none() => self.exif = Some(body.clone()),
            _ => {}
        }
        Ok(())
    }
}

/// Width and height as the bitstream itself claims them.
fn bitstream_size(name: &[u8], content: &[u8]) -> Result<Dimensions, PictureError> {
    if name == b"VP8L" {
        let &[0x2f, a, b, c, d] = content.get(..5).ok_or(CUT)? else {
            return Err(BROKEN);
        };
        let packed = u32::from_le_bytes([a, b, c, d]);
        return Ok(Dimensions {
            width: 1 + (packed & 0x3fff),
            height: 1 + (packed >> 14 & 0x3fff),
        });
    }
    let &[_, _, _, 0x9d, 0x01, 0x2a, a, b, c, d] = content.get(..10).ok_or(CUT)? else {
        return Err(BROKEN);
    };
    Ok(Dimensions {
        width: u32::from(u16::from_le_bytes([a, b]) & 0x3fff),
        height: u32::from(u16::from_le_bytes([c, d]) & 0x3fff),
    })
}

fn little(file: &[u8], at: Range<usize>) -> Result<usize, PictureError> {
    let bytes: [u8; 4] = file.get(at).and_then(|bytes| bytes.try_into().ok()).ok_or(CUT)?;
    Ok(u32::from_le_bytes(bytes) as usize)
}
