//! The store's pixels as the engine's raster and back.
//!
//! Rule: samples are handed over, never copied. Called by the embedded backend, `cli::edit` and
//! `cli::compare`.

use plantain_engine::{Channels, Mask, Raster, RasterError, Samples as EngineSamples};

use crate::{
    blobs::{Layout, Pixels, Samples},
    domain::picture::Dimensions,
};

/// The engine's form of a decoded picture.
///
/// # Errors
/// When the number of samples does not fit the size, which the store's decoders rule out.
pub(crate) fn to_raster(pixels: Pixels) -> Result<Raster, RasterError> {
    let channels = match pixels.layout {
        Layout::Grey => Channels::Gray,
        Layout::GreyAlpha => Channels::GrayAlpha,
        Layout::Rgb => Channels::Rgb,
        Layout::Rgba => Channels::Rgba,
    };
    let samples = match pixels.samples {
        Samples::Eight(samples) => EngineSamples::U8(samples),
        Samples::Sixteen(samples) => EngineSamples::U16(samples),
    };
    Raster::new(pixels.dimensions.width, pixels.dimensions.height, channels, samples)
}

/// The store's form of a rendered picture.
pub(crate) fn to_pixels(raster: Raster) -> Pixels {
    let dimensions = Dimensions {
        width: raster.width(),
        height: raster.height(),
    };
    let layout = match raster.channels() {
        Channels::Gray => Layout::Grey,
        Channels::GrayAlpha => Layout::GreyAlpha,
        Channels::Rgb => Layout::Rgb,
        Channels::Rgba => Layout::Rgba,
    };
    let samples = match raster.into_samples() {
        EngineSamples::U8(samples) => Samples::Eight(samples),
        EngineSamples::U16(samples) => Samples::Sixteen(samples),
    };
    Pixels {
        dimensions,
        layout,
        samples,
    }
}

/// 8 bits of each sample.
pub(crate) fn to_eight_bits(samples: Samples) -> Vec<u8> {
    match samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(samples) => samples
            .into_iter()
            .map(|sample| u8::try_from((u32::from(sample) + 128) / 257).unwrap_or(u8::MAX))
            .collect(),
    }
}

/// A drawn region from a picture: light is in, dark and see-through are out.
///
/// # Errors
/// As [`to_raster`].
pub(crate) fn to_mask(pixels: Pixels) -> Result<Mask, RasterError> {
    let layout = pixels.layout;
    let Dimensions { width, height } = pixels.dimensions;
    let samples = to_eight_bits(pixels.samples);
    let data = samples
        .chunks_exact(layout.channels())
        .map(|pixel| {
            let (colours, alpha) = match layout {
                Layout::Grey | Layout::Rgb => (pixel, 255),
                Layout::GreyAlpha | Layout::Rgba => (&pixel[..pixel.len() - 1], u32::from(pixel[pixel.len() - 1])),
            };
            let light = colours.iter().copied().max().map_or(0, u32::from);
            u8::try_from(light * alpha / 255).unwrap_or(u8::MAX)
        })
        .collect();
    Mask::new(width, height, data)
}
