//! Pictures on their way out of the house: the stored one stays as it is, a copy is changed and written anew.
//!
//! Rule: what is made here can be made again, so it is kept for a week only; all pixel work runs in the slots. Called by
//! `provenance`, which marks and signs what leaves.

use std::{fs, io, path::PathBuf, time::Duration};

use sha2::{Digest as _, Sha256};

use super::{
    BlobStore, PictureError, VerifiedImage, blocking,
    colour::Conversion,
    outgoing, pixels, png,
    raster::{Channels, Raster, Turn},
    renditions::{self, Size},
    slots::Shift,
};
use crate::domain::picture::{Blob, BlobId, Dimensions, Format};

/// The folder beside `blobs`.
pub(super) const FOLDER: &str = "leaving";
/// How long a file is kept beyond the grace of the sweep.
pub(super) const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Of a JPEG that is written anew. It costs less than the mark itself.
const JPEG_QUALITY: u8 = 98;
const WEBP_QUALITY: f32 = 85.0;

/// Colours row by row, 8 bits each: red, green, blue, and alpha where there are four.
#[derive(Debug, Clone)]
pub struct Colours {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 3 or 4.
    pub channels: usize,
    /// `width × height × channels` samples.
    pub samples: Vec<u8>,
}

impl Colours {
    /// SHA-256 of what is to be seen: size and colours, and alpha where something can be seen through.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(format!("{} {} ", self.width, self.height));
        let see_through = self.channels == 4 && self.samples.chunks_exact(4).any(|pixel| pixel[3] != 255);
        if self.channels == 3 || see_through {
            hash.update(&self.samples);
        } else {
            for row in self.samples.chunks(self.width * 4) {
                let opaque: Vec<u8> = row.chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
                hash.update(opaque);
            }
        }
        hash.finalize().into()
    }

    /// The same, no larger than a square of that side.
    #[must_use]
    pub fn shrunk(self, side: u32) -> Self {
        let small = u32::try_from(self.width)
            .ok()
            .zip(u32::try_from(self.height).ok())
            .and_then(|(width, height)| {
                let longest = width.max(height);
                let scaled = |length: u32| {
                    let length =
                        (u64::from(length) * u64::from(side) + u64::from(longest / 2)) / u64::from(longest.max(1));
                    u32::try_from(length.max(1)).unwrap_or(1)
                };
                let to = (scaled(width), scaled(height));
                if longest <= side {
                    return None;
                }
                let samples = plantain_scale::scale(&self.samples, self.channels, (width, height), to)?;
                Some((to, samples))
            });
        match small {
            Some(((width, height), samples)) => Self {
                width: width as usize,
                height: height as usize,
                channels: self.channels,
                samples,
            },
            None => self,
        }
    }

    /// The same with at most some `most` pixels.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "smaller than a side that fits"
    )]
    pub fn shrunk_to(self, most: u32) -> Self {
        let pixels = self.width as f64 * self.height as f64;
        let share = (f64::from(most) / pixels.max(1.0)).sqrt();
        if share >= 1.0 {
            return self;
        }
        let longest = self.width.max(self.height) as f64;
        self.shrunk((longest * share).max(1.0) as u32)
    }

    /// As [`Colours::of`], without a second copy where the samples are what is wanted already.
    fn from_raster(mut raster: Raster) -> Result<Self, PictureError> {
        let channels = match raster.channels {
            Channels::Rgb => 3,
            Channels::Rgba => 4,
            _ => return Self::of(&raster),
        };
        Ok(Self {
            width: raster.dimensions.width as usize,
            height: raster.dimensions.height as usize,
            channels,
            samples: std::mem::take(&mut raster.samples),
        })
    }

    fn of(raster: &Raster) -> Result<Self, PictureError> {
        let grey = |step: usize| -> Vec<u8> {
            let pixels = raster.samples.chunks_exact(step);
            pixels
                .flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[step - 1]])
                .collect()
        };
        let (channels, samples) = match raster.channels {
            Channels::Grey => (3, raster.samples.iter().flat_map(|&grey| [grey; 3]).collect()),
            Channels::GreyAlpha => (4, grey(2)),
            Channels::Rgb => (3, raster.samples.clone()),
            Channels::Rgba => (4, raster.samples.clone()),
            Channels::Inks => return Err(PictureError::damaged("stored picture in inks")),
        };
        Ok(Self {
            width: raster.dimensions.width as usize,
            height: raster.dimensions.height as usize,
            channels,
            samples,
        })
    }
}

/// A picture that is ready to leave.
#[derive(Debug, Clone)]
pub struct Left {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub format: Format,
    /// [`Colours::hash`] of what it shows.
    pub pixels: [u8; 32],
}

impl BlobStore {
    /// A copy of a picture, at its own size in its own format or as a WebP that fits a square, after `change` was at its colours.
    ///
    /// # Errors
    /// `Busy`, `TooSlow`, the disk's refusal; `Damaged` when the file was changed on the disk.
    pub async fn leave<F>(&self, blob: &Blob, size: Option<Size>, change: F) -> Result<Left, PictureError>
    where
        F: FnOnce(&mut Colours) + Send + 'static,
    {
        let (path, format) = (self.path(blob.id, blob.format), blob.format);
        let work = move |shift: &Shift| {
            let mut raster = pixels::read(&path, format, size.is_some(), shift)?;
            if let Some(size) = size
                && let Some(smaller) = renditions::shrink(&raster, size.side())?
            {
                raster = smaller;
            }
            shift.check()?;
            changed(&mut raster, change)?;
            let format = if size.is_some() { Format::Webp } else { format };
            let bytes = encoded(&raster, format, shift)?;
            let seen = pixels::read_bytes(bytes.clone(), format, true, shift)?;
            Ok(Left {
                pixels: Colours::of(&seen)?.hash(),
                bytes,
                format,
            })
        };
        self.0.slots.run(work).await
    }

    /// What `look` makes of the colours of a stored picture. It has them in the slot, where their memory is planned for, and
    /// is to hand out something smaller.
    ///
    /// # Errors
    /// As [`BlobStore::decode`].
    pub async fn with_colours<T, F>(&self, blob: &Blob, look: F) -> Result<T, PictureError>
    where
        T: Send + 'static,
        F: FnOnce(Colours) -> T + Send + 'static,
    {
        self.with_colours_at(self.path(blob.id, blob.format), blob.format, look)
            .await
    }

    /// The same for a picture that passed the gate and isn't kept.
    ///
    /// # Errors
    /// As [`BlobStore::decode`].
    pub async fn with_colours_of<T, F>(&self, image: &VerifiedImage, look: F) -> Result<T, PictureError>
    where
        T: Send + 'static,
        F: FnOnce(Colours) -> T + Send + 'static,
    {
        self.with_colours_at(image.path.to_path_buf(), image.format, look).await
    }

    async fn with_colours_at<T, F>(&self, path: PathBuf, format: Format, look: F) -> Result<T, PictureError>
    where
        T: Send + 'static,
        F: FnOnce(Colours) -> T + Send + 'static,
    {
        let work = move |shift: &Shift| {
            let raster = pixels::read(&path, format, true, shift)?;
            let _memory = shift.reserve(raster.dimensions.pixels() * 4)?;
            shift.check()?;
            Ok(look(Colours::from_raster(raster)?))
        };
        self.0.slots.run(work).await
    }

    /// A file that was made to leave before, if it is still here. `name` has letters, digits and `-` only.
    ///
    /// # Errors
    /// The disk's refusal.
    pub async fn kept_leaving(&self, blob: BlobId, name: &str, format: Format) -> io::Result<Option<Vec<u8>>> {
        match tokio::fs::read(self.leaving_path(blob, name, format)).await {
            Ok(bytes) if bytes.is_empty() => Ok(None),
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a file that leaves, for whoever asks next.
    ///
    /// # Errors
    /// The disk's refusal; nothing depends on it.
    pub async fn keep_leaving(&self, blob: BlobId, name: &str, format: Format, bytes: Vec<u8>) -> io::Result<()> {
        let (path, folder) = (self.leaving_path(blob, name, format), self.temporary());
        blocking(move || {
            if let Some(shelf) = path.parent() {
                fs::create_dir_all(shelf)?;
            }
            let temporary = tempfile::Builder::new()
                .prefix("leaving-")
                .tempfile_in(folder)?
                .into_temp_path();
            fs::write(&temporary, bytes)?;
            temporary.persist(path).map_err(|refused| refused.error)
        })
        .await
    }

    fn leaving_path(&self, blob: BlobId, name: &str, format: Format) -> PathBuf {
        let hex = blob.to_string();
        let (shelf, rest) = hex.split_at(2);
        self.0
            .root
            .join(FOLDER)
            .join(shelf)
            .join(format!("{rest}-{name}.{}", format.extension()))
    }
}

/// Lets `change` at the colours. What it adds to 8 bits is added to 16 where there are so many, and grey stays grey.
fn changed(raster: &mut Raster, change: impl FnOnce(&mut Colours)) -> Result<(), PictureError> {
    let eight = if raster.depth == 1 {
        None
    } else {
        Some(high_bytes(raster))
    };
    let before = Colours::of(eight.as_ref().unwrap_or(raster))?;
    let mut after = before.clone();
    change(&mut after);
    let kept = raster.channels.count();
    let alpha = matches!(raster.channels, Channels::GreyAlpha | Channels::Rgba);
    let colours = kept - usize::from(alpha);
    let pairs = before
        .samples
        .chunks_exact(before.channels)
        .zip(after.samples.chunks_exact(after.channels));
    for (pixel, (old, new)) in raster.samples.chunks_exact_mut(kept * raster.depth).zip(pairs) {
        for (at, sample) in pixel.chunks_exact_mut(raster.depth).take(colours).enumerate() {
            match sample {
                [byte] => *byte = new[at],
                [high, low] => {
                    let step = (i32::from(new[at]) - i32::from(old[at])) * 257;
                    let value = (i32::from(u16::from_be_bytes([*high, *low])) + step).clamp(0, 65_535);
                    [*high, *low] = u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn high_bytes(raster: &Raster) -> Raster {
    Raster {
        dimensions: raster.dimensions,
        channels: raster.channels,
        depth: 1,
        samples: raster.samples.chunks_exact(2).map(|pair| pair[0]).collect(),
    }
}

fn encoded(raster: &Raster, format: Format, shift: &Shift) -> Result<Vec<u8>, PictureError> {
    shift.check()?;
    match format {
        Format::Jpeg => outgoing::jpeg(raster, JPEG_QUALITY),
        Format::Webp => renditions::encode(raster, WEBP_QUALITY),
        Format::Png => {
            let mut file = Vec::new();
            let _: Dimensions = png::write(raster, Turn::NONE, &Conversion::None, shift, &mut file)?;
            Ok(file)
        }
    }
}
