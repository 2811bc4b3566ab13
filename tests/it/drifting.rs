//! What a model of pictures does beside what it was asked for: it shifts, zooms, recolours and recompresses.
//!
//! Shared with the stories in a browser.

use image::{RgbImage, codecs::jpeg::JpegEncoder};

/// The drawn harbour at this size.
pub fn scene(width: u32, height: u32) -> RgbImage {
    let full = plantain_engine::drawings::harbour();
    let (from, plantain_engine::Samples::U8(samples)) = ((full.width(), full.height()), full.into_samples()) else {
        panic!("8 bits expected")
    };
    let full = RgbImage::from_raw(from.0, from.1, samples).expect("three samples a pixel");
    image::imageops::resize(&full, width, height, image::imageops::FilterType::Triangle)
}

pub fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}

pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85)
        .encode_image(picture)
        .expect("a JPEG");
    bytes
}

/// The picture as a model returns it that moves everything by so many pixels, enlarges it by so many per cent and
/// multiplies its colours.
pub fn drifted(picture: &RgbImage, shift: f32, zoom: f32, colours: [f32; 3]) -> RgbImage {
    let (width, height) = picture.dimensions();
    let (cx, cy, scale) = (width as f32 / 2.0, height as f32 / 2.0, 1.0 + zoom / 100.0);
    let read = |x: f32, y: f32| -> [f32; 3] {
        let (x, y) = (x.clamp(0.0, width as f32 - 1.001), y.clamp(0.0, height as f32 - 1.001));
        let (x0, y0, tx, ty) = (x as u32, y as u32, x.fract(), y.fract());
        let at = |i: u32, j: u32, c: usize| {
            f32::from(picture.get_pixel((x0 + i).min(width - 1), (y0 + j).min(height - 1))[c])
        };
        std::array::from_fn(|c| {
            let top = at(0, 0, c) * (1.0 - tx) + at(1, 0, c) * tx;
            let low = at(0, 1, c) * (1.0 - tx) + at(1, 1, c) * tx;
            top * (1.0 - ty) + low * ty
        })
    };
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (
            (x as f32 - cx - shift) / scale + cx,
            (y as f32 - cy - shift) / scale + cy,
        );
        let seen = read(x, y);
        image::Rgb(std::array::from_fn(|c| {
            (seen[c] * colours[c] + 0.5).clamp(0.0, 255.0) as u8
        }))
    })
}
