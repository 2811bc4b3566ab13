//! All pixels of a file through a decoder of the `image` crate, within the time of its shift.
//!
//! Rule: the file ends when the time is up, so that a slow decode stops by itself. Called by `gif` and `webp`.

use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};

use image::{ImageDecoder, ImageResult};

use super::{
    PictureError,
    raster::{Channels, Raster},
    slots::Shift,
};
use crate::domain::picture::Dimensions;

/// A file in memory that ends when the time is up.
#[derive(Debug)]
pub(super) struct Watched<'a> {
    inner: Cursor<Vec<u8>>,
    shift: &'a Shift,
}

/// Decodes `file` with what `open` makes of it; `what` names it where it is damaged. The size is the decoder's own word: the
/// caller has checked that it can't be larger than the limits.
pub(super) fn decode<'a, D: ImageDecoder>(
    file: Vec<u8>,
    shift: &'a Shift,
    open: impl FnOnce(BufReader<Watched<'a>>) -> ImageResult<D>,
    what: &'static str,
) -> Result<Raster, PictureError> {
    let broken = |_| PictureError::damaged(what);
    let inner = Cursor::new(file);
    let decoder = open(BufReader::new(Watched { inner, shift })).map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let channels = if decoder.color_type().has_alpha() {
        Channels::Rgba
    } else {
        Channels::Rgb
    };
    let bytes = usize::try_from(decoder.total_bytes()).map_err(|_| PictureError::damaged(what))?;
    let mut samples = vec![0; bytes];
    let read = decoder.read_image(&mut samples).map_err(broken);
    // Time that is up looks like a file that is damaged.
    shift.check()?;
    read?;
    Ok(Raster {
        dimensions: Dimensions { width, height },
        channels,
        depth: 1,
        samples,
    })
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.shift.check().map_err(io::Error::other)?;
        self.inner.read(into)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
