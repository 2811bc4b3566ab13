//! Two example pictures drawn by our own code, so that a first try needs no photo.
//!
//! The one rule: a drawing is a pure function of the pixel's place; the same bytes on every run and thread count.
//! Called by the server when someone picks an example; `harbour` is painted in flat layers, `still_life` is a small
//! ray tracer of spheres, cylinders and one table.

mod brush;
mod harbour;
mod still_life;

use rayon::prelude::*;

use crate::color::encode_exactly;
use crate::raster::{Channels, Raster};

/// Pixels from left to right.
const WIDTH: usize = 1536;
/// Pixels from top to bottom; also how many pixels one unit of the drawings' coordinates has.
const HEIGHT: usize = 1024;

/// Linear light, red, green, blue.
type Light = [f32; 3];

/// Sail boats before a small town in the last light. 1536 × 1024, RGB, 8 bits.
#[must_use]
pub fn harbour() -> Raster {
    develop(&harbour::light)
}

/// A bowl of fruit and a cup on a table by a window. 1536 × 1024, RGB, 8 bits.
#[must_use]
pub fn still_life() -> Raster {
    develop(&still_life::light())
}

/// Colours every pixel: `light` gets the pixel's middle, x to the right from 0 to 1.5, y down from 0 to 1.
fn develop(light: &(impl Fn(f32, f32) -> Light + Sync)) -> Raster {
    let curve: Vec<u8> = (0..=4095u16)
        .map(|i| (encode_exactly(f32::from(i) / 4095.0) * 255.0 + 0.5) as u8)
        .collect();
    let mut samples = vec![0; WIDTH * HEIGHT * 3];
    samples
        .par_chunks_exact_mut(WIDTH * 3)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let at = |v: usize| (v as f32 + 0.5) / HEIGHT as f32;
                let light = light(at(x), at(y));
                // A breath of grain hides the steps of 8 bits in the soft gradients.
                let grain = (brush::hash(x as i32, y as i32) - 0.5) * 0.012;
                for (sample, value) in pixel.iter_mut().zip(light) {
                    let soft = brush::film(value) * (1.0 + grain);
                    *sample = curve[(soft.clamp(0.0, 1.0) * 4095.0) as usize];
                }
            }
        });
    Raster::from_u8(WIDTH as u32, HEIGHT as u32, Channels::Rgb, samples).expect("as many samples as pixels were drawn")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Samples;

    #[test]
    fn the_examples_are_the_same_every_time_and_full_of_tones() {
        for draw in [harbour, still_life] {
            let picture = draw();
            assert_eq!((picture.width(), picture.height()), (1536, 1024));
            assert_eq!(picture, draw());
            let Samples::U8(samples) = picture.into_samples() else {
                panic!("8 bits")
            };
            let mut counts = [0usize; 256];
            samples.iter().for_each(|&s| counts[usize::from(s)] += 1);
            assert!(counts.iter().filter(|&&n| n > 500).count() > 200, "few tones");
            assert!(counts[255] < samples.len() / 50, "blown out");
            assert!(counts[0] < samples.len() / 50, "drowned");
        }
    }
}
