//! Scaling pictures of 8 bits down, for the small copies that pages show.
//!
//! The one rule: this crate is as small as it can be, and optimised in every profile. The library behind it is generic, so
//! its loops are compiled with the settings of whoever calls it: inside the application, in development, they took eight
//! times as long. Called by `blobs::renditions`.

use fast_image_resize::{
    FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::{U8, U8x2, U8x3, U8x4},
};

/// Scales `samples` (rows from the top, `channels` bytes a pixel, 1 to 4; with 2 or 4 the last is alpha) from a width and
/// height to another, by Lanczos.
///
/// `None` when there are not as many samples as pixels, or a side is 0.
#[must_use]
pub fn scale(samples: &[u8], channels: usize, from: (u32, u32), to: (u32, u32)) -> Option<Vec<u8>> {
    let size = |(width, height): (u32, u32)| (width as usize).checked_mul(height as usize)?.checked_mul(channels);
    let (expected, wanted) = (size(from)?, size(to)?);
    if samples.len() != expected || expected == 0 || wanted == 0 {
        return None;
    }
    let mut scaled = vec![0; wanted];
    // Typed, so that only these four are compiled.
    match channels {
        1 => run::<U8>(samples, from, &mut scaled, to),
        2 => run::<U8x2>(samples, from, &mut scaled, to),
        3 => run::<U8x3>(samples, from, &mut scaled, to),
        4 => run::<U8x4>(samples, from, &mut scaled, to),
        _ => None,
    }?;
    Some(scaled)
}

fn run<P: PixelTrait>(samples: &[u8], from: (u32, u32), scaled: &mut [u8], to: (u32, u32)) -> Option<()> {
    let source = TypedImageRef::<P>::from_buffer(from.0, from.1, samples).ok()?;
    let mut target = TypedImage::<P>::from_buffer(to.0, to.1, scaled).ok()?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize_typed(&source, &mut target, &options).ok()
}
