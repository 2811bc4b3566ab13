//! Where two stored pictures differ: the share of pixels, and a picture of it that the eye can see.
//!
//! Rule: the share is counted on the stored pixels themselves, never on the small copies pages show, whose compression
//! differs where the pictures don't. Asked for by `web`'s comparison.

use bytes::Bytes;
use plantain_scale::scale;

use super::{
    BlobStore, PictureError, Size, pixels,
    raster::{Channels, Raster},
    renditions::{encode, shrink},
    slots::Shift,
};
use crate::domain::picture::{Blob, Dimensions, Format};

/// How two pictures differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// WebP in the frame of the second picture, fitted into 1,600 pixels: the second one's shape in grey, changes in red, the stronger
    /// the brighter.
    pub picture: Bytes,
    /// How many of the pixels differ at all, 0 to 1.
    pub share: f64,
}

impl Difference {
    /// What the picture is written as.
    pub const FORMAT: Format = Format::Webp;
}

const QUALITY: f32 = 85.0;
/// How strong the smallest change is shown, of 255.
const LEAST_SHOWN: u32 = 48;
/// Shapes this close are the same shape, rounded to whole pixels.
const SAME_SHAPE: f64 = 0.01;

impl BlobStore {
    /// Compares two pictures pixel by pixel; of two sizes of one shape, the larger one is scaled down first.
    /// `None` when their shapes differ, so that no pixel of one is a pixel of the other.
    ///
    /// # Errors
    /// `Busy`, `TooSlow`, or the disk's refusal; `Damaged` when a file was changed on the disk.
    pub async fn difference(&self, before: &Blob, after: &Blob) -> Result<Option<Difference>, PictureError> {
        if !is_one_shape(before.dimensions, after.dimensions) {
            return Ok(None);
        }
        let bytes = 4 * (before.dimensions.pixels() + after.dimensions.pixels());
        let (store, before, after) = (self.clone(), before.clone(), after.clone());
        let work = move |shift: &Shift| {
            let read = |blob: &Blob| {
                as_rgba(pixels::read(
                    &store.path(blob.id, blob.format),
                    blob.format,
                    true,
                    shift,
                )?)
            };
            let (before, after) = (read(&before)?, read(&after)?);
            // Each decode planned for itself alone; what both left stays until the end.
            let _memory = shift.reserve(bytes)?;
            compare(before, after, shift)
        };
        self.0.slots.run(work).await.map(Some)
    }
}

fn is_one_shape(a: Dimensions, b: Dimensions) -> bool {
    let ratio = |size: Dimensions| f64::from(size.width) / f64::from(size.height.max(1));
    (ratio(a) / ratio(b) - 1.0).abs() < SAME_SHAPE
}

fn as_rgba(raster: Raster) -> Result<Raster, PictureError> {
    let samples = match raster.channels {
        Channels::Rgba => raster.samples,
        Channels::Rgb => spread(&raster.samples, 3, |p| [p[0], p[1], p[2], 255]),
        Channels::Grey => spread(&raster.samples, 1, |p| [p[0], p[0], p[0], 255]),
        Channels::GreyAlpha => spread(&raster.samples, 2, |p| [p[0], p[0], p[0], p[1]]),
        Channels::Inks => return Err(PictureError::damaged("stored picture in inks")),
    };
    Ok(Raster {
        channels: Channels::Rgba,
        samples,
        ..raster
    })
}

fn spread(samples: &[u8], channels: usize, pixel: impl Fn(&[u8]) -> [u8; 4]) -> Vec<u8> {
    samples.chunks_exact(channels).flat_map(pixel).collect()
}

fn compare(before: Raster, after: Raster, shift: &Shift) -> Result<Difference, PictureError> {
    let to = if before.dimensions.width <= after.dimensions.width {
        before.dimensions
    } else {
        after.dimensions
    };
    let (before, mut after) = (fitted(before, to)?, fitted(after, to)?);
    shift.check()?;
    let (old, _) = before.samples.as_chunks::<4>();
    let (new, _) = after.samples.as_chunks_mut::<4>();
    let mut changed = 0_u64;
    for (old, new) in old.iter().zip(new) {
        let most = old
            .iter()
            .zip(new.iter())
            .map(|(a, b)| a.abs_diff(*b))
            .max()
            .unwrap_or(0);
        changed += u64::from(most > 0);
        *new = shown(new, most);
    }
    shift.check()?;
    let share = changed as f64 / (f64::from(to.width) * f64::from(to.height));
    let small = shrink(&after, Size::S1600.side())?;
    let picture = Bytes::from(encode(small.as_ref().unwrap_or(&after), QUALITY)?);
    Ok(Difference { picture, share })
}

fn fitted(raster: Raster, to: Dimensions) -> Result<Raster, PictureError> {
    if raster.dimensions == to {
        return Ok(raster);
    }
    let Dimensions { width, height } = raster.dimensions;
    let samples = scale(&raster.samples, 4, (width, height), (to.width, to.height))
        .ok_or_else(|| PictureError::damaged("stored picture"))?;
    Ok(Raster {
        dimensions: to,
        samples,
        ..raster
    })
}

/// A quarter of the light of what is there, and red over it as strong as the change.
fn shown(pixel: &[u8; 4], change: u8) -> [u8; 4] {
    let [red, green, blue, _] = pixel.map(u32::from);
    let grey = (red * 54 + green * 183 + blue * 19) / 256 / 4;
    // By its root, so that small changes are seen and great ones still differ.
    let root = (u32::from(change) * 255).isqrt();
    let heat = if change == 0 {
        0
    } else {
        LEAST_SHOWN + root * (255 - LEAST_SHOWN) / 255
    };
    let mix = |colour: u32| u8::try_from((grey * (255 - heat) + colour * heat) / 255).unwrap_or(u8::MAX);
    [mix(255), mix(64), mix(48), 255]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: u32, height: u32) -> Dimensions {
        Dimensions { width, height }
    }

    fn grey(dimensions: Dimensions, value: u8) -> Raster {
        let samples = vec![value; (dimensions.width * dimensions.height) as usize];
        Raster {
            dimensions,
            channels: Channels::Grey,
            depth: 1,
            samples,
        }
    }

    #[test]
    fn ui_4_7_a_step_of_one_in_one_pixel_counts_and_can_be_seen() {
        let same = [90, 90, 90, 255];
        assert_eq!(shown(&same, 0), [22, 22, 22, 255]);
        let [red, green, ..] = shown(&same, 1);
        assert!(red > 60 && red > green + 30, "{red} {green}");
    }

    #[tokio::test]
    async fn ui_4_7_the_share_is_counted_on_the_stored_pixels() {
        let before = as_rgba(grey(size(10, 10), 100)).expect("rgba");
        let mut after = as_rgba(grey(size(10, 10), 100)).expect("rgba");
        after.samples[4 * 7 + 1] = 101;
        after.samples[4 * 8] = 0;
        let found = crate::blobs::slots::Slots::new(1, BlobStore::DEADLINE)
            .run(move |shift: &Shift| compare(before, after, shift))
            .await
            .expect("a difference");
        assert!((found.share - 0.02).abs() < 1e-9, "{}", found.share);
        assert!(found.picture.starts_with(b"RIFF"));
    }

    #[test]
    fn ui_4_7_shapes_rounded_to_pixels_are_one_shape_and_a_crop_is_another() {
        assert!(is_one_shape(size(1600, 1067), size(800, 533)));
        assert!(!is_one_shape(size(1600, 1067), size(1067, 1067)));
    }
}
