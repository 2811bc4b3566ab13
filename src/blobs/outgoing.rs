//! Pictures on their way to a service that takes only so many bytes.
//!
//! Rule: what fits goes out as it is stored (our own container, no metadata); what does not is made smaller in a copy
//! that nobody keeps. Called by the backends that send pictures.

use std::{io, path::Path};

use bytes::Bytes;
use image::{ExtendedColorType, ImageEncoder as _, codecs::jpeg::JpegEncoder};

use super::{
    BlobStore, PictureError, pixels,
    raster::{Channels, Raster},
    renditions,
    slots::Shift,
};
use crate::domain::picture::{Blob, Dimensions, Format};

/// A picture to send.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The file.
    pub bytes: Bytes,
    /// Its media type: `image/png`, `image/jpeg` or `image/webp`.
    pub mime: &'static str,
    /// What it measures.
    pub dimensions: Dimensions,
}

/// The qualities that are tried at each size before it shrinks.
const QUALITIES: [u8; 3] = [92, 85, 75];
/// A picture that does not fit at this side does not fit at all.
const SMALLEST_SIDE: u32 = 64;

impl BlobStore {
    /// A drawn mask for sending, at the size of the picture that it is sent with.
    ///
    /// # Errors
    /// As [`fit_for_sending`](Self::fit_for_sending).
    pub async fn mask_for_sending(&self, mask: &Blob, size: Dimensions) -> io::Result<Outgoing> {
        let (path, format) = (self.path(mask.id, mask.format), mask.format);
        let work = move |shift: &_| written(&read_mask(&path, format, shift)?, size);
        self.0.slots.run(work).await.map_err(as_io)
    }

    /// The box around what a drawn mask lets change, in per cent of its sides: left, top, right, bottom; none when that is
    /// nothing.
    ///
    /// # Errors
    /// As [`fit_for_sending`](Self::fit_for_sending).
    pub async fn bounds_of_mask(&self, mask: &Blob) -> Result<Option<[u8; 4]>, PictureError> {
        let (path, format) = (self.path(mask.id, mask.format), mask.format);
        let work = move |shift: &_| Ok(bounds(&read_mask(&path, format, shift)?));
        self.0.slots.run(work).await
    }

    /// The picture for sending: as stored when it has at most `max_bytes` and no side above `max_side`, else a smaller
    /// copy (JPEG; WebP when it can be seen through).
    ///
    /// # Errors
    /// The disk's refusal, or that of the decoder as an [`io::Error`]; `InvalidInput` when nothing is small enough.
    pub async fn fit_for_sending(&self, blob: &Blob, max_side: u32, max_bytes: usize) -> io::Result<Outgoing> {
        let Dimensions { width, height } = blob.dimensions;
        if width.max(height) <= max_side && usize::try_from(blob.bytes).is_ok_and(|bytes| bytes <= max_bytes) {
            let bytes = self.read(blob).await?;
            return Ok(Outgoing {
                bytes,
                mime: blob.format.mime(),
                dimensions: blob.dimensions,
            });
        }
        let (path, format) = (self.path(blob.id, blob.format), blob.format);
        let work = move |shift: &_| smaller(&path, format, max_side, max_bytes, shift);
        self.0.slots.run(work).await.map_err(as_io)
    }
}

fn as_io(error: PictureError) -> io::Error {
    match error {
        PictureError::Storage(error) => error,
        other => io::Error::other(other),
    }
}

/// Reads a mask: its bytes, and what it measures. Blocks.
fn read_mask(path: &Path, format: Format, shift: &Shift) -> Result<Raster, PictureError> {
    let raster = pixels::read(path, format, true, shift)?;
    if raster.channels == Channels::Grey && raster.depth == 1 {
        Ok(raster)
    } else {
        Err(PictureError::damaged("stored mask"))
    }
}

/// A mask at another size as a PNG that says the same in every way services read one: white is edited, and so is what can be
/// seen through. Blocks.
fn written(mask: &Raster, size: Dimensions) -> Result<Outgoing, PictureError> {
    let from = (mask.dimensions.width, mask.dimensions.height);
    let to = (size.width, size.height);
    let scaled =
        plantain_scale::scale(&mask.samples, 1, from, to).ok_or_else(|| PictureError::damaged("stored mask"))?;
    let pixels: Vec<u8> = scaled.iter().flat_map(|&v| [v, v, v, 255 - v]).collect();
    let mut file = Vec::new();
    image::codecs::png::PngEncoder::new(&mut file)
        .write_image(&pixels, size.width, size.height, ExtendedColorType::Rgba8)
        .map_err(|error| PictureError::Storage(io::Error::other(error)))?;
    Ok(Outgoing {
        bytes: file.into(),
        mime: Format::Png.mime(),
        dimensions: size,
    })
}

/// The box around what a mask lets change, in per cent of its sides: left, top, right, bottom. Blocks.
fn bounds(mask: &Raster) -> Option<[u8; 4]> {
    let Dimensions { width, height } = mask.dimensions;
    let (mut left, mut top, mut right, mut bottom) = (width, height, 0, 0);
    for (y, row) in (0..height).zip(mask.samples.chunks_exact(width as usize)) {
        for (x, _) in (0..width).zip(row).filter(|(_, value)| **value >= 128) {
            (left, right) = (left.min(x), right.max(x + 1));
            (top, bottom) = (top.min(y), bottom.max(y + 1));
        }
    }
    let percent =
        |at: u32, all: u32| u8::try_from((u64::from(at) * 200 / u64::from(all.max(1))).div_ceil(2)).unwrap_or(100);
    (left < right).then(|| {
        [
            percent(left, width),
            percent(top, height),
            percent(right, width),
            percent(bottom, height),
        ]
    })
}

/// The best copy within both limits: quality goes down first, then the size. Blocks.
fn smaller(
    path: &Path,
    format: Format,
    max_side: u32,
    max_bytes: usize,
    shift: &Shift,
) -> Result<Outgoing, PictureError> {
    let mut raster = pixels::read(path, format, true, shift)?;
    let see_through = raster.is_see_through();
    let mut side = max_side;
    while side >= SMALLEST_SIDE {
        shift.check()?;
        // Each size from the one before; a picture that is small already is only written anew.
        if let Some(smaller) = renditions::shrink(&raster, side)? {
            raster = smaller;
        }
        for quality in QUALITIES {
            shift.check()?;
            let (bytes, mime) = if see_through {
                (renditions::encode(&raster, f32::from(quality))?, Format::Webp.mime())
            } else {
                (jpeg(&raster, quality)?, Format::Jpeg.mime())
            };
            if bytes.len() <= max_bytes {
                return Ok(Outgoing {
                    bytes: bytes.into(),
                    mime,
                    dimensions: raster.dimensions,
                });
            }
        }
        let Dimensions { width, height } = raster.dimensions;
        side = width.max(height) / 4 * 3;
    }
    Err(PictureError::Storage(io::ErrorKind::InvalidInput.into()))
}

/// JPEG of the colours; alpha, which is opaque everywhere, is dropped.
pub(super) fn jpeg(raster: &Raster, quality: u8) -> Result<Vec<u8>, PictureError> {
    let without_alpha: Vec<u8>;
    let (kept, colour) = match raster.channels {
        Channels::Grey | Channels::GreyAlpha => (1, ExtendedColorType::L8),
        Channels::Rgb | Channels::Rgba => (3, ExtendedColorType::Rgb8),
        Channels::Inks => return Err(PictureError::damaged("stored picture in inks")),
    };
    let samples = if raster.channels.count() == kept {
        &raster.samples
    } else {
        let pixels = raster.samples.chunks_exact(kept + 1);
        without_alpha = pixels.flat_map(|pixel| &pixel[..kept]).copied().collect();
        &without_alpha
    };
    let mut file = Vec::new();
    let Dimensions { width, height } = raster.dimensions;
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode(samples, width, height, colour)
        .map_err(|error| PictureError::Storage(io::Error::other(error)))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{blobs::RawImage, domain::picture::Limits};
    use image::{DynamicImage, GenericImageView as _, ImageFormat, RgbaImage};

    /// A store, and in it a picture of noise (which compresses badly) with this alpha.
    async fn store_with(width: u32, height: u32, alpha: u8) -> (BlobStore, Blob, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = BlobStore::open(folder.path(), Limits::default(), Some(1), BlobStore::DEADLINE).expect("a store");
        let mut state = 7_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let picture = RgbaImage::from_fn(width, height, |_, _| image::Rgba([noise(), noise(), noise(), alpha]));
        let mut png = io::Cursor::new(Vec::new());
        DynamicImage::from(picture)
            .write_to(&mut png, ImageFormat::Png)
            .expect("a PNG");
        let verified = store
            .inspect(RawImage::from(png.into_inner()))
            .await
            .expect("a picture");
        let blob = store.put(verified).await.expect("stored");
        (store, blob, folder)
    }

    fn opened(sent: &Outgoing) -> DynamicImage {
        let format = ImageFormat::from_mime_type(sent.mime).expect("a type");
        image::load_from_memory_with_format(&sent.bytes, format).expect("it is what it says")
    }

    #[tokio::test]
    async fn what_fits_is_sent_as_it_is_stored() {
        let (store, blob, _folder) = store_with(300, 200, 255).await;
        let sent = store.fit_for_sending(&blob, 300, 1_000_000).await.expect("a picture");
        assert_eq!(
            (sent.mime, &sent.bytes),
            ("image/png", &store.read(&blob).await.expect("stored"))
        );
    }

    #[tokio::test]
    async fn a_side_that_is_too_long_is_scaled_down_and_the_ratio_stays() {
        let (store, blob, _folder) = store_with(600, 400, 255).await;
        let sent = store.fit_for_sending(&blob, 150, 1_000_000).await.expect("a picture");
        assert_eq!(sent.mime, "image/jpeg");
        assert_eq!(opened(&sent).dimensions(), (150, 100));
    }

    #[tokio::test]
    async fn bytes_are_saved_by_quality_first_and_then_by_size() {
        let (store, blob, _folder) = store_with(600, 400, 255).await;
        let all = usize::try_from(blob.bytes).expect("small");
        let sent = store.fit_for_sending(&blob, 600, all - 1).await.expect("a picture");
        assert_eq!(opened(&sent).dimensions(), (600, 400));
        let sent = store.fit_for_sending(&blob, 600, 20_000).await.expect("a picture");
        assert!(
            sent.bytes.len() <= 20_000 && opened(&sent).width() < 600,
            "{} bytes",
            sent.bytes.len()
        );
        let refused = store
            .fit_for_sending(&blob, 600, 100)
            .await
            .expect_err("nothing is that small");
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn what_can_be_seen_through_stays_so() {
        let (store, blob, _folder) = store_with(600, 400, 100).await;
        let sent = store.fit_for_sending(&blob, 300, 1_000_000).await.expect("a picture");
        assert_eq!(sent.mime, "image/webp");
        let alpha = opened(&sent)
            .to_rgba8()
            .pixels()
            .map(|pixel| pixel[3])
            .collect::<Vec<_>>();
        assert!(alpha.iter().all(|alpha| (90..=110).contains(alpha)));
    }
}
