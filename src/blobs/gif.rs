//! GIF: reading the first frame of one from outside.
//!
//! Rule: the file is cut behind its first frame before a decoder sees it. Called by `inspect`.

use image::codecs::gif::GifDecoder;

use super::{PictureError, raster::Raster, slots::Shift, watched};
use crate::domain::picture::{Dimensions, Limits};

const CUT: PictureError = PictureError::damaged("GIF ends early");
const BROKEN: PictureError = PictureError::damaged("GIF structure");

/// A GIF, up to the end of its first frame.
#[derive(Debug)]
pub(super) struct Gif {
    /// The most bytes of memory a decode takes.
    pub(super) cost: u64,
    file: Vec<u8>,
}

impl Gif {
    pub(super) fn parse(mut file: Vec<u8>, limits: &Limits) -> Result<Self, PictureError> {
        let screen = size(&file, 6)?;
        super::inspect::check_dimensions(screen, limits)?;
        let mut at = 13 + table(&file, 10)?;
        loop {
            match file.get(at).ok_or(CUT)? {
                0x21 => at = skip_blocks(&file, at + 2)?,
                0x2c => break,
                0x3b => return Err(PictureError::damaged("GIF without a frame")),
                _ => return Err(BROKEN),
            }
        }
        let frame = size(&file, at + 5)?;
        super::inspect::check_dimensions(frame, limits)?;
        let data = at + 10 + table(&file, at + 9)?;
        let end = skip_blocks(&file, data + 1)?;
        file.truncate(end);
        file.push(0x3b);
        Ok(Self {
            cost: 5 * (screen.pixels() + frame.pixels()),
            file,
        })
    }

    pub(super) fn decode(self, shift: &Shift) -> Result<Raster, PictureError> {
        watched::decode(self.file, shift, GifDecoder::new, "GIF data")
    }
}

fn size(file: &[u8], at: usize) -> Result<Dimensions, PictureError> {
    let &[a, b, c, d] = file.get(at..at + 4).ok_or(CUT)? else {
        return Err(CUT);
    };
    Ok(Dimensions {
        width: u16::from_le_bytes([a, b]).into(),
        height: u16::from_le_bytes([c, d]).into(),
    })
}

/// Bytes of the colour table announced by the flags at `at`.
fn table(file: &[u8], at: usize) -> Result<usize, PictureError> {
    let flags = file.get(at).ok_or(CUT)?;
    Ok(if flags & 0x80 == 0 { 0 } else { 3 << (1 + (flags & 7)) })
}

/// Where the chain of sub-blocks that starts at `at` has ended.
fn skip_blocks(file: &[u8], mut at: usize) -> Result<usize, PictureError> {
    loop {
        let length = usize::from(*file.get(at).ok_or(CUT)?);
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}
