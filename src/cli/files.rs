//! Picture files of the command line, in through the gate and out in the format their name asks for.
//!
//! Rule: what is read passes the same gate as an upload (only its limits are wider: the files are the person's own), and
//! a file is written whole or not at all. Called by `edit` and `compare`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use image::{ExtendedColorType, ImageEncoder as _, codecs::jpeg::JpegEncoder};
use tempfile::TempDir;

use crate::{
    backends::embedded::convert,
    blobs::{BlobStore, Layout, Pixels, RawImage},
    domain::picture::{Format, Limits},
};

/// Of JPEG and WebP files.
const QUALITY: u8 = 95;
/// How long one picture may take to read or write.
const DEADLINE: Duration = Duration::from_secs(60);
/// What a person's own files may measure.
pub(super) const LIMITS: Limits = Limits {
    bytes: 512 * 1024 * 1024,
    pixels: 100_000_000,
    side: 65_535,
};

/// Why a file could not be used; the words are for the person.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("{}: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{}: {why}", path.display())]
    Unwritable { path: PathBuf, why: String },
    #[error("{}: the name must end in .png, .jpg or .webp", path.display())]
    Ending { path: PathBuf },
}

/// The format that a file's name asks for.
pub(super) fn format_of(path: &Path) -> Result<Format, FileError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("png") => Ok(Format::Png),
        Some("jpg" | "jpeg") => Ok(Format::Jpeg),
        Some("webp") => Ok(Format::Webp),
        _ => Err(FileError::Ending { path: path.to_owned() }),
    }
}

/// A picture gate in a folder that goes away with it.
pub(super) struct Gate {
    blobs: BlobStore,
    _folder: TempDir,
}

impl Gate {
    pub(super) fn open() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let blobs = BlobStore::open(folder.path(), LIMITS, None, DEADLINE)?;
        Ok(Self { blobs, _folder: folder })
    }

    /// The pixels of a file: upright, in sRGB.
    pub(super) async fn read(&self, path: &Path) -> Result<Pixels, FileError> {
        let unreadable = |why: String| FileError::Unreadable {
            path: path.to_owned(),
            why,
        };
        let bytes = tokio::fs::read(path)
            .await
            .map_err(|error| unreadable(error.to_string()))?;
        let verified = self.blobs.inspect(RawImage::from(bytes)).await;
        let verified = verified.map_err(|error| unreadable(error.for_the_user()))?;
        let blob = self
            .blobs
            .put(verified)
            .await
            .map_err(|error| unreadable(error.to_string()))?;
        self.blobs
            .decode(&blob)
            .await
            .map_err(|error| unreadable(error.for_the_user()))
    }

    /// Writes a picture to a file.
    pub(super) async fn write(&self, pixels: Pixels, path: &Path) -> Result<(), FileError> {
        let unwritable = |why: String| FileError::Unwritable {
            path: path.to_owned(),
            why,
        };
        let bytes = match format_of(path)? {
            Format::Png => self.png(pixels).await,
            Format::Jpeg => jpeg(pixels),
            Format::Webp => webp(pixels),
        };
        let bytes = bytes.map_err(|error| unwritable(error.to_string()))?;
        put_in_place(&bytes, path).map_err(|error| unwritable(error.to_string()))
    }

    async fn png(&self, pixels: Pixels) -> io::Result<Vec<u8>> {
        let raw = self.blobs.encode_png(pixels).await.map_err(io::Error::other)?;
        let verified = self.blobs.inspect(raw).await.map_err(io::Error::other)?;
        let blob = self.blobs.put(verified).await?;
        Ok(self.blobs.read(&blob).await?.into())
    }
}

/// Beside its place first, then renamed: nobody sees half a file.
fn put_in_place(bytes: &[u8], path: &Path) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(beside);
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })
}

/// JPEG knows no transparency: what can be seen through is laid on white.
fn jpeg(pixels: Pixels) -> io::Result<Vec<u8>> {
    let (size, layout, mut samples) = eight_bits(pixels);
    let see_through = matches!(layout, Layout::GreyAlpha | Layout::Rgba);
    if see_through {
        samples = samples.chunks_exact(layout.channels()).flat_map(on_white).collect();
    }
    let colours = match layout {
        Layout::Grey | Layout::GreyAlpha => ExtendedColorType::L8,
        Layout::Rgb | Layout::Rgba => ExtendedColorType::Rgb8,
    };
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    encoder
        .write_image(&samples, size.0, size.1, colours)
        .map_err(io::Error::other)?;
    Ok(bytes)
}

fn on_white(pixel: &[u8]) -> impl Iterator<Item = u8> {
    let (colours, alpha) = pixel.split_at(pixel.len() - 1);
    let alpha = u32::from(alpha[0]);
    let blend = move |&colour: &u8| {
        let value = (u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255;
        u8::try_from(value).unwrap_or(u8::MAX)
    };
    colours.iter().map(blend)
}

fn webp(pixels: Pixels) -> io::Result<Vec<u8>> {
    let (size, layout, samples) = eight_bits(pixels);
    let (samples, order) = match layout {
        Layout::Rgb => (samples, webp::PixelLayout::Rgb),
        Layout::Rgba => (samples, webp::PixelLayout::Rgba),
        Layout::Grey => (
            samples.iter().flat_map(|&grey| [grey; 3]).collect(),
            webp::PixelLayout::Rgb,
        ),
        Layout::GreyAlpha => {
            let spread = |pixel: &[u8]| [pixel[0], pixel[0], pixel[0], pixel[1]];
            (
                samples.chunks_exact(2).flat_map(spread).collect(),
                webp::PixelLayout::Rgba,
            )
        }
    };
    let encoder = webp::Encoder::new(&samples, order, size.0, size.1);
    let encoded = encoder.encode_simple(false, f32::from(QUALITY));
    let encoded = encoded.map_err(|error| io::Error::other(format!("{error:?}; WebP takes up to 16,383 on a side")))?;
    Ok(encoded.to_vec())
}

fn eight_bits(pixels: Pixels) -> ((u32, u32), Layout, Vec<u8>) {
    let size = (pixels.dimensions.width, pixels.dimensions.height);
    (size, pixels.layout, convert::to_eight_bits(pixels.samples))
}
