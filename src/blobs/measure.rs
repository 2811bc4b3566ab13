//! What a stored picture is like to look at: how sharp, how bright.
//!
//! Rule: measured once on a small copy in the store's bounded slots and remembered for as long as the server runs; it
//! describes and decides nothing. Asked by `web::coach`.

use std::collections::HashMap;

use super::{BlobStore, PictureError, Pixels, Samples};
use crate::domain::picture::{Blob, BlobId};

/// Measured on a copy whose longer side is at most this.
const SIDE: u32 = 1024;
/// Tiles each way; the sharpest of them speak for the picture, or a soft background would make a portrait blurred.
const TILES: usize = 6;
/// How many measures are remembered.
const REMEMBERED: usize = 512;

/// How a picture looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// 0 (crisp) to 1: how little its sharpest parts lose by being blurred again.
    pub blur: f32,
    /// The brightness that half of it is below, 0 to 255.
    pub middle: u8,
    /// The brightness that 95 % of it is below.
    pub high: u8,
}

/// What was measured before.
#[derive(Debug, Default)]
pub(super) struct Known(std::sync::Mutex<HashMap<BlobId, Measures>>);

impl BlobStore {
    /// How a picture looks; measured the first time it is asked.
    ///
    /// # Errors
    /// As [`BlobStore::decode`].
    pub async fn measure(&self, blob: &Blob) -> Result<Measures, PictureError> {
        let known = || self.0.known.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(measures) = known().get(&blob.id) {
            return Ok(*measures);
        }
        let pixels = self.decode_within(blob, SIDE).await?;
        let bytes = u64::from(SIDE) * u64::from(SIDE) * 2;
        let measures = self
            .compute(bytes, Self::DEADLINE, move |_| Ok(look_at(&pixels)))
            .await?;
        let mut known = known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(blob.id, measures);
        Ok(measures)
    }
}

fn look_at(pixels: &Pixels) -> Measures {
    let (width, height) = (pixels.dimensions.width as usize, pixels.dimensions.height as usize);
    let luma = luma(pixels);
    let mut counts = [0_usize; 256];
    for value in &luma {
        counts[usize::from(*value)] += 1;
    }
    let below = |share: f32| {
        let wanted = (luma.len() as f32 * share) as usize;
        let mut sum = 0;
        let at = counts.iter().position(|count| {
            sum += count;
            sum > wanted
        });
        u8::try_from(at.unwrap_or(255)).unwrap_or(255)
    };
    Measures {
        blur: blur(&luma, width, height),
        middle: below(0.5),
        high: below(0.95),
    }
}

fn luma(pixels: &Pixels) -> Vec<u8> {
    let channels = pixels.layout.channels();
    let grey = |pixel: &[u8]| match pixel {
        [r, g, b, ..] => ((u32::from(*r) * 77 + u32::from(*g) * 150 + u32::from(*b) * 29) >> 8) as u8,
        [grey, ..] => *grey,
        [] => 0,
    };
    match &pixels.samples {
        Samples::Eight(samples) => samples.chunks_exact(channels).map(grey).collect(),
        Samples::Sixteen(samples) => samples
            .chunks_exact(channels)
            .map(|pixel| grey(&pixel.iter().map(|value| (value >> 8) as u8).collect::<Vec<_>>()))
            .collect(),
    }
}

/// How little of the steps between neighbours a further blur takes away (after Crété, 2007), in the sharpest sixth of the
/// tiles that have any structure.
fn blur(luma: &[u8], width: usize, height: usize) -> f32 {
    let mut found: Vec<f32> = Vec::new();
    let (wide, high) = (width / TILES, height / TILES);
    if wide < 16 || high < 16 {
        return tile(luma, width, (0, 0), (width, height)).unwrap_or(0.0);
    }
    for y in 0..TILES {
        for x in 0..TILES {
            found.extend(tile(luma, width, (x * wide, y * high), (wide, high)));
        }
    }
    found.sort_by(f32::total_cmp);
    let sharpest = found.len().div_ceil(6);
    let sum: f32 = found.iter().take(sharpest).sum();
    if sharpest == 0 { 0.0 } else { sum / sharpest as f32 }
}

/// The share of the steps that stays in one tile, the larger of along and across; none where it is flat.
fn tile(luma: &[u8], stride: usize, (left, top): (usize, usize), (wide, high): (usize, usize)) -> Option<f32> {
    let at = |x: usize, y: usize| f32::from(luma[(top + y) * stride + left + x]);
    let along = kept(high, wide, |line, place| at(place, line));
    let across = kept(wide, high, at);
    match (along, across) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

fn kept(lines: usize, length: usize, at: impl Fn(usize, usize) -> f32) -> Option<f32> {
    const HALF: usize = 4;
    if length <= 2 * HALF + 2 {
        return None;
    }
    let (mut steps, mut taken) = (0.0_f32, 0.0_f32);
    for line in 0..lines {
        let mean = |place: usize| (place - HALF..=place + HALF).map(|near| at(line, near)).sum::<f32>() / 9.0;
        let mut before = mean(HALF);
        for place in HALF + 1..length - HALF {
            let step = (at(line, place) - at(line, place - 1)).abs();
            let soft = mean(place);
            steps += step;
            taken += (step - (soft - before).abs()).max(0.0);
            before = soft;
        }
    }
    // Less than one step of 255 on average is noise, or a plain wall.
    let average = steps / (lines * length) as f32;
    (average > 1.0).then(|| 1.0 - taken / steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{blobs::Layout, domain::picture::Dimensions};

    /// Stripes and blocks with hard edges, smoothed so often.
    fn drawn(times: usize, light: f32) -> Pixels {
        let (width, height) = (240_usize, 180_usize);
        let block = |x: usize, y: usize| {
            if (x / 11 + y / 13).is_multiple_of(2) {
                200.0
            } else {
                40.0
            }
        };
        let mut values: Vec<f32> = (0..width * height)
            .map(|i| block(i % width, i / width) * light)
            .collect();
        for _ in 0..times {
            let old = values.clone();
            for y in 1..height - 1 {
                for x in 1..width - 1 {
                    let near = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| y * width + x));
                    values[y * width + x] = near.map(|i| old[i]).sum::<f32>() / 9.0;
                }
            }
        }
        Pixels {
            dimensions: Dimensions {
                width: width as u32,
                height: height as u32,
            },
            layout: Layout::Grey,
            samples: Samples::Eight(values.into_iter().map(|value| value as u8).collect()),
        }
    }

    #[test]
    fn a_smoothed_picture_is_more_blurred_and_a_dim_one_darker() {
        let blurs = [0, 2, 12].map(|times| look_at(&drawn(times, 1.0)).blur);
        assert!(blurs[0] < blurs[1] && blurs[1] < blurs[2], "{blurs:?}");
        assert!(
            blurs[0] < crate::domain::coach::BLURRED && blurs[2] > crate::domain::coach::BLURRED,
            "{blurs:?}"
        );
        let (plain, dim) = (look_at(&drawn(0, 1.0)), look_at(&drawn(0, 0.2)));
        assert!(dim.high < plain.high && dim.middle < 60);
        assert!((dim.blur - plain.blur).abs() < 0.1, "light is not sharpness");
    }
}
