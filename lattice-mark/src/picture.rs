//! A picture as callers hand it in: 8-bit sRGB, with or without alpha.
//!
//! The one rule: sizes are checked once, here, so that everything behind may trust them. Alpha is never read nor
//! written.

/// The shortest side that can be marked, in pixels.
pub const MIN_SIDE: usize = 256;
/// How much longer than wide (or wider than long) a picture may be to be marked.
pub const MAX_ASPECT: usize = 16;

/// Pixels row after row, top to bottom, 3 or 4 bytes each.
#[derive(Clone, Debug)]
pub struct Picture<B> {
    width: usize,
    height: usize,
    channels: usize,
    bytes: B,
}

/// Why a picture wasn't taken or marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes don't fit the size.
    #[error("a picture of this size has {expected} bytes, not {got}")]
    WrongLength { expected: usize, got: usize },
    /// A side is below [`MIN_SIDE`].
    #[error("a picture of {width} x {height} is too small to carry a mark: the shorter side must be {MIN_SIDE}")]
    TooSmall { width: usize, height: usize },
    /// One side is more than [`MAX_ASPECT`] times the other.
    #[error("a picture of {width} x {height} is too narrow to carry a mark")]
    TooNarrow { width: usize, height: usize },
}

impl<B: AsRef<[u8]>> Picture<B> {
    /// Three bytes a pixel. Refuses bytes that don't fit the size, and empty pictures.
    pub fn rgb(width: usize, height: usize, bytes: B) -> Result<Self, Error> {
        Self::new(width, height, 3, bytes)
    }

    /// Four bytes a pixel; the fourth is left alone. Refuses bytes that don't fit the size, and empty pictures.
    pub fn rgba(width: usize, height: usize, bytes: B) -> Result<Self, Error> {
        Self::new(width, height, 4, bytes)
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels back.
    pub fn into_bytes(self) -> B {
        self.bytes
    }

    fn new(width: usize, height: usize, channels: usize, bytes: B) -> Result<Self, Error> {
        let got = bytes.as_ref().len();
        let expected = width.saturating_mul(height).saturating_mul(channels);
        if got != expected || got == 0 {
            return Err(Error::WrongLength { expected, got });
        }
        Ok(Self {
            width,
            height,
            channels,
            bytes,
        })
    }

    /// Whether [`crate::embed`] takes it.
    pub(crate) fn markable(&self) -> Result<(), Error> {
        let (width, height) = (self.width, self.height);
        if width.min(height) < MIN_SIDE {
            return Err(Error::TooSmall { width, height });
        }
        if width.max(height) > MAX_ASPECT * width.min(height) {
            return Err(Error::TooNarrow { width, height });
        }
        Ok(())
    }

    /// The picture without the type of its bytes: all work is on this, and so compiled here and not by each caller.
    pub(crate) fn view(&self) -> View<'_> {
        View {
            width: self.width,
            height: self.height,
            channels: self.channels,
            bytes: self.bytes.as_ref(),
        }
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Picture<B> {
    /// The same for writing.
    pub(crate) fn canvas(&mut self) -> Canvas<'_> {
        Canvas {
            width: self.width,
            height: self.height,
            channels: self.channels,
            bytes: self.bytes.as_mut(),
        }
    }
}

/// Pixels to read.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    channels: usize,
    bytes: &'a [u8],
}

impl View<'_> {
    /// Luma of the pixels from `left` in row `y`, as many as `target` has.
    pub(crate) fn luma_row(&self, y: usize, left: usize, target: &mut [f32]) {
        let start = (y * self.width + left) * self.channels;
        let pixels = self.bytes[start..].chunks_exact(self.channels);
        for (t, p) in target.iter_mut().zip(pixels) {
            *t = 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
        }
    }
}

/// Pixels to change.
pub(crate) struct Canvas<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    channels: usize,
    bytes: &'a mut [u8],
}

impl Canvas<'_> {
    /// Adds one number to the three colours of each pixel of row `y`. The sum of the squared changes that were made.
    pub(crate) fn add_row(&mut self, y: usize, change: &[f32]) -> u64 {
        let length = self.width * self.channels;
        let row = &mut self.bytes[y * length..][..length];
        let mut squares = 0;
        for (pixel, change) in row.chunks_exact_mut(self.channels).zip(change) {
            let change = (change + 1024.5) as i16 - 1024;
            for colour in &mut pixel[..3] {
                let before = i16::from(*colour);
                let after = (before + change).clamp(0, 255);
                squares += u64::from((after - before).unsigned_abs()).pow(2);
                *colour = after as u8;
            }
        }
        squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_do_not_fit_are_refused() {
        assert!(Picture::rgb(2, 2, [0; 12]).is_ok());
        assert!(Picture::rgba(2, 2, [0; 12]).is_err());
        assert!(Picture::rgb(0, 2, []).is_err());
        assert!(Picture::rgb(usize::MAX, 2, [0; 12]).is_err());
    }

    #[test]
    fn a_change_is_rounded_clamped_and_leaves_alpha() {
        let mut picture = Picture::rgba(2, 1, [0, 100, 255, 9, 1, 2, 3, 77]).expect("fits");
        let squares = picture.canvas().add_row(0, &[1.6, -2.4]);
        assert_eq!(picture.into_bytes(), [2, 102, 255, 9, 0, 0, 1, 77]);
        assert_eq!(squares, 4 + 4 + 1 + 4 + 4);
    }
}
