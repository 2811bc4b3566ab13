//! The picture gate: bytes from outside become a [`VerifiedImage`], or words why not.
//!
//! Rule: the only door. Kind by content, limits before decoding, a full decode, and a container of our own around
//! the pixels: nothing of the file that came is kept but those. Called through `BlobStore::inspect` and the decoders
//! through `pixels`.
//!
//! A JPEG that is upright and in sRGB keeps its compressed data; everything else is written as PNG.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tempfile::TempPath;

use super::{
    PictureError, RawImage,
    colour::{self, Conversion},
    credentials::has_credentials,
    gif::Gif,
    jpeg::Jpeg,
    png::{self, Png},
    raster::{Raster, Turn},
    slots::Shift,
    sniff::{Kind, sniff},
    webp::Webp,
};
use crate::domain::picture::{BlobId, Dimensions, Format, Limits};

/// A picture that passed the gate, in a file of its own that is already on the disk; gone when dropped without `put`.
#[derive(Debug)]
pub struct VerifiedImage {
    pub(super) id: BlobId,
    pub(super) format: Format,
    pub(super) dimensions: Dimensions,
    pub(super) bytes: u64,
    pub(super) path: TempPath,
    pub(super) came_as: [u8; 32],
    pub(super) original: Option<Came>,
}

/// A file as it came from outside, with credentials of its own in it.
#[derive(Debug, Clone)]
pub struct Came {
    /// What it is: `image/jpeg`, `image/png`, `image/webp` or `image/gif`.
    pub mime: &'static str,
    /// All of it.
    pub bytes: Bytes,
}

impl VerifiedImage {
    /// What it will be called.
    #[must_use]
    pub const fn id(&self) -> BlobId {
        self.id
    }

    /// What it is written as.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Of the upright picture.
    #[must_use]
    pub const fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// Length of the file.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of the file as it came.
    #[must_use]
    pub const fn came_as(&self) -> &[u8; 32] {
        &self.came_as
    }

    /// The file as it came, if it seems to carry credentials; gone from here afterwards.
    pub const fn take_original(&mut self) -> Option<Came> {
        self.original.take()
    }
}

/// Refuses a size before anything is decoded.
pub(super) fn check_dimensions(dimensions: Dimensions, limits: &Limits) -> Result<(), PictureError> {
    if dimensions.pixels() == 0 {
        return Err(PictureError::damaged("no pixels"));
    }
    if !limits.allow(dimensions) {
        return Err(PictureError::TooManyPixels {
            dimensions,
            limits: *limits,
        });
    }
    Ok(())
}

/// Passes a picture through the gate; its new file is made in `folder`. Blocks.
pub(super) fn inspect(
    raw: RawImage,
    limits: &Limits,
    folder: &Path,
    shift: &Shift,
) -> Result<VerifiedImage, PictureError> {
    if raw.came_from_outside() && raw.len() > limits.bytes {
        return Err(PictureError::TooLarge { limit: limits.bytes });
    }
    let outside = raw.came_from_outside();
    let file = raw.into_bytes()?;
    let kind = sniff(&file)?;
    let came_as = Sha256::digest(&file).into();
    let original = (outside && has_credentials(kind, &file)).then(|| Came {
        mime: kind.mime(),
        bytes: Bytes::copy_from_slice(&file),
    });
    let verified = cleaned(kind, file, limits, folder, shift)?;
    Ok(VerifiedImage {
        came_as,
        original,
        ..verified
    })
}

/// The pixels in a container of our own.
fn cleaned(
    kind: Kind,
    file: Vec<u8>,
    limits: &Limits,
    folder: &Path,
    shift: &Shift,
) -> Result<VerifiedImage, PictureError> {
    match kind {
        Kind::Jpeg => jpeg(file, limits, folder, shift),
        Kind::Png => {
            let png = Png::parse(file, limits)?;
            let _memory = shift.reserve(png.cost)?;
            let turn = png.turn;
            let (raster, profile) = png.decode(false, shift)?;
            let conversion = Conversion::of(profile.as_ref(), raster.channels, raster.depth);
            as_png(&raster, turn, &conversion, folder, shift)
        }
        Kind::Webp => {
            let mut webp = Webp::parse(file, limits)?;
            let _memory = shift.reserve(webp.cost)?;
            let (turn, profile) = (webp.turn, colour::read_profile(webp.profile.take().as_deref()));
            let raster = webp.decode(shift)?;
            let conversion = Conversion::of(profile.as_ref(), raster.channels, raster.depth);
            as_png(&raster, turn, &conversion, folder, shift)
        }
        Kind::Gif => {
            let gif = Gif::parse(file, limits)?;
            let _memory = shift.reserve(gif.cost)?;
            as_png(&gif.decode(shift)?, Turn::NONE, &Conversion::None, folder, shift)
        }
    }
}

fn jpeg(file: Vec<u8>, limits: &Limits, folder: &Path, shift: &Shift) -> Result<VerifiedImage, PictureError> {
    let mut jpeg = Jpeg::parse(&file, limits)?;
    drop(file);
    let _memory = shift.reserve(jpeg.cost)?;
    let raster = jpeg.decode()?;
    shift.check()?;
    let profile = colour::read_profile(jpeg.profile.as_deref());
    let conversion = Conversion::of(profile.as_ref(), raster.channels, raster.depth);
    if jpeg.turn != Turn::NONE || conversion.is_needed() {
        return as_png(&raster, jpeg.turn, &conversion, folder, shift);
    }
    drop(raster);
    let mut sink = Sink::create(folder)?;
    sink.write_all(&jpeg.clean)?;
    sink.finish(Format::Jpeg, jpeg.dimensions)
}

fn as_png(
    raster: &Raster,
    turn: Turn,
    conversion: &Conversion,
    folder: &Path,
    shift: &Shift,
) -> Result<VerifiedImage, PictureError> {
    let mut sink = Sink::create(folder)?;
    let dimensions = png::write(raster, turn, conversion, shift, &mut sink)?;
    sink.finish(Format::Png, dimensions)
}

/// A file that is hashed while it is written.
struct Sink {
    file: BufWriter<File>,
    path: TempPath,
    hash: Sha256,
    bytes: u64,
}

impl Sink {
    fn create(folder: &Path) -> io::Result<Self> {
        let (file, path) = tempfile::Builder::new()
            .prefix("picture-")
            .tempfile_in(folder)?
            .into_parts();
        Ok(Self {
            file: BufWriter::with_capacity(128 * 1024, file),
            path,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    fn finish(self, format: Format, dimensions: Dimensions) -> Result<VerifiedImage, PictureError> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(VerifiedImage {
            id: BlobId::from_bytes(self.hash.finalize().into()),
            format,
            dimensions,
            bytes: self.bytes,
            path: self.path,
            came_as: [0; 32],
            original: None,
        })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
