//! Decoded pixels on their way through the gate, and the way they are turned upright.
//!
//! Rule: one row at a time leaves a [`Raster`], already upright, so that turning a picture costs no second copy of it.
//! Made by the readers (`jpeg`, `png`, `webp`, `gif`), read by `write` and `pixels`.

use std::borrow::Cow;

use crate::domain::picture::Dimensions;

/// What a sample means by its place in the pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// Four inks, inverted, as JPEG keeps them: 255 is no ink.
    Inks,
}

impl Channels {
    pub(super) const fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Inks => 4,
        }
    }

    const fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }

    /// The same without alpha.
    pub(super) const fn opaque(self) -> Self {
        match self {
            Self::GreyAlpha => Self::Grey,
            Self::Rgba => Self::Rgb,
            other => other,
        }
    }
}

/// Pixels as stored in a file: rows from its top, samples of one byte, or of two with the high byte first.
#[derive(Debug)]
pub(super) struct Raster {
    pub(super) dimensions: Dimensions,
    pub(super) channels: Channels,
    /// Bytes of a sample: 1 or 2.
    pub(super) depth: usize,
    pub(super) samples: Vec<u8>,
}

impl Raster {
    pub(super) const fn pixel_bytes(&self) -> usize {
        self.channels.count() * self.depth
    }

    pub(super) const fn row_bytes(&self) -> usize {
        self.dimensions.width as usize * self.pixel_bytes()
    }

    /// Whether it has alpha and some pixel makes use of it.
    pub(super) fn is_see_through(&self) -> bool {
        if !self.channels.has_alpha() {
            return false;
        }
        let alpha = self.pixel_bytes() - self.depth;
        self.samples
            .chunks_exact(self.pixel_bytes())
            .any(|pixel| pixel[alpha..].iter().any(|&byte| byte != 0xff))
    }

    /// Row `y` of the upright picture.
    pub(super) fn upright_row(&self, turn: Turn, y: usize) -> Cow<'_, [u8]> {
        let (width, height) = (self.dimensions.width as usize, self.dimensions.height as usize);
        let row_bytes = self.row_bytes();
        let row = |y: usize| &self.samples[y * row_bytes..][..row_bytes];
        match turn.0 {
            1 => Cow::Borrowed(row(y)),
            4 => Cow::Borrowed(row(height - 1 - y)),
            2 => Cow::Owned(self.backwards(row(y))),
            3 => Cow::Owned(self.backwards(row(height - 1 - y))),
            5 => Cow::Owned(self.column(y, false)),
            6 => Cow::Owned(self.column(y, true)),
            7 => Cow::Owned(self.column(width - 1 - y, true)),
            _ => Cow::Owned(self.column(width - 1 - y, false)),
        }
    }

    fn backwards(&self, row: &[u8]) -> Vec<u8> {
        let mut turned = Vec::with_capacity(row.len());
        for pixel in row.rchunks_exact(self.pixel_bytes()) {
            turned.extend_from_slice(pixel);
        }
        turned
    }

    /// Column `x` as a row, from the top or from the bottom.
    fn column(&self, x: usize, from_bottom: bool) -> Vec<u8> {
        let (size, height) = (self.pixel_bytes(), self.dimensions.height as usize);
        let mut turned = Vec::with_capacity(size * height);
        for y in 0..height {
            let y = if from_bottom { height - 1 - y } else { y };
            let start = y * self.row_bytes() + x * size;
            turned.extend_from_slice(&self.samples[start..start + size]);
        }
        turned
    }
}

/// How a picture must be turned to stand upright: one of the eight EXIF orientations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn(u8);

impl Turn {
    pub(super) const NONE: Self = Self(1);

    /// Reads the orientation out of an EXIF block (a TIFF file, with or without `Exif\0\0` before it); anything
    /// unreadable means upright.
    pub(super) fn from_exif(exif: &[u8]) -> Self {
        let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
        image::metadata::Orientation::from_exif_chunk(tiff).map_or(Self::NONE, |turn| Self(turn.to_exif()))
    }

    /// What the picture measures once it is upright.
    pub(super) const fn upright(self, dimensions: Dimensions) -> Dimensions {
        match self.0 {
            5..=8 => Dimensions {
                width: dimensions.height,
                height: dimensions.width,
            },
            _ => dimensions,
        }
    }
}
