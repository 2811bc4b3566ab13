//! Pixels of a stored picture, for those who compute with them, and the way back to a file.
//!
//! Rule: only pictures from the store are decoded here; what is encoded here comes back as a [`RawImage`] and passes the
//! gate like any other. Called through `BlobStore::decode` and `BlobStore::encode_png` by the embedded backend, and by
//! `renditions`.

use std::{
    fs,
    io::{BufWriter, Write},
    path::Path,
};

use super::{
    PictureError, RawImage,
    colour::Conversion,
    jpeg::Jpeg,
    png::{self, Png},
    raster::{Channels, Raster, Turn},
    slots::Shift,
    webp::Webp,
};
use crate::domain::picture::{Dimensions, Format, Limits};

/// What the samples of a pixel are, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

impl Layout {
    /// Samples of a pixel, 1 to 4.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// Samples row by row from the top, pixel by pixel, in sRGB's own curve; alpha is not premultiplied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Samples {
    /// 0 to 255.
    Eight(Vec<u8>),
    /// 0 to 65,535.
    Sixteen(Vec<u16>),
}

/// A picture as numbers: `width × height × channels` samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Upright.
    pub dimensions: Dimensions,
    /// What the samples mean.
    pub layout: Layout,
    /// The samples.
    pub samples: Samples,
}

/// Reads a stored picture; samples of 16 bits become 8 when `eight` is asked for. Blocks.
pub(super) fn read(path: &Path, format: Format, eight: bool, shift: &Shift) -> Result<Raster, PictureError> {
    read_bytes(fs::read(path)?, format, eight, shift)
}

/// The same for a file of ours that is in memory.
pub(super) fn read_bytes(file: Vec<u8>, format: Format, eight: bool, shift: &Shift) -> Result<Raster, PictureError> {
    // What is stored was under the limits when it came, but its PNG may be larger than the file that came.
    let any = Limits {
        bytes: u64::MAX,
        pixels: u64::MAX,
        side: u32::MAX,
    };
    match format {
        Format::Jpeg => {
            let mut jpeg = Jpeg::parse(&file, &any)?;
            drop(file);
            let _memory = shift.reserve(jpeg.cost)?;
            jpeg.decode()
        }
        Format::Png => {
            let png = Png::parse(file, &any)?;
            let _memory = shift.reserve(png.cost)?;
            Ok(png.decode(eight, shift)?.0)
        }
        Format::Webp => {
            let webp = Webp::parse(file, &any)?;
            let _memory = shift.reserve(webp.cost)?;
            webp.decode(shift)
        }
    }
}

impl TryFrom<Raster> for Pixels {
    type Error = PictureError;

    fn try_from(raster: Raster) -> Result<Self, PictureError> {
        let layout = match raster.channels {
            Channels::Grey => Layout::Grey,
            Channels::GreyAlpha => Layout::GreyAlpha,
            Channels::Rgb => Layout::Rgb,
            Channels::Rgba => Layout::Rgba,
            Channels::Inks => return Err(PictureError::damaged("stored picture in inks")),
        };
        let samples = if raster.depth == 1 {
            Samples::Eight(raster.samples)
        } else {
            let (pairs, _) = raster.samples.as_chunks();
            Samples::Sixteen(pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
        };
        Ok(Self {
            dimensions: raster.dimensions,
            layout,
            samples,
        })
    }
}

impl Pixels {
    pub(super) fn into_raster(self) -> Result<Raster, PictureError> {
        let channels = match self.layout {
            Layout::Grey => Channels::Grey,
            Layout::GreyAlpha => Channels::GreyAlpha,
            Layout::Rgb => Channels::Rgb,
            Layout::Rgba => Channels::Rgba,
        };
        let (depth, samples) = match self.samples {
            Samples::Eight(samples) => (1, samples),
            Samples::Sixteen(samples) => (2, samples.iter().flat_map(|sample| sample.to_be_bytes()).collect()),
        };
        let raster = Raster {
            dimensions: self.dimensions,
            channels,
            depth,
            samples,
        };
        let expected = raster.row_bytes() as u64 * u64::from(self.dimensions.height);
        if raster.samples.len() as u64 != expected || expected == 0 {
            return Err(PictureError::damaged("number of samples"));
        }
        Ok(raster)
    }
}

/// Writes pixels to a PNG in a spool file in `folder`. Blocks.
pub(super) fn encode_png(pixels: Pixels, folder: &Path, shift: &Shift) -> Result<RawImage, PictureError> {
    let raster = pixels.into_raster()?;
    let (file, path) = tempfile::Builder::new()
        .prefix("spool-")
        .tempfile_in(folder)?
        .into_parts();
    let mut sink = BufWriter::with_capacity(128 * 1024, file);
    png::write(&raster, Turn::NONE, &Conversion::None, shift, &mut sink)?;
    sink.flush()?;
    let bytes = fs::metadata(&path)?.len();
    Ok(RawImage::of_our_own(path, bytes))
}
