//! Numbered points as a model sees them: drawn into a copy of the picture, or alone into a clear layer over it.
//!
//! Rule: the picture itself is never drawn on, and a copy has no row: the sweep takes it when its turn is long over. Called
//! by the turns' worker and by backends that take a layer.

use std::{io, time::Duration};

use super::{BlobStore, Layout, Outgoing, PictureError, Pixels, Samples};
use crate::domain::{
    picture::{Blob, Dimensions, Format},
    pins::Pins,
};

/// The longest side of the copy: enough to show where a point is.
const SIDE: u32 = 1536;
/// How long the drawing may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// A disc's radius as a share of the longer side, and its least in pixels.
const RADIUS: f64 = 0.018;
const LEAST: f64 = 9.0;
/// From the middle outwards: the disc, a light ring, a dark one; each up to this share of the radius.
const RINGS: [(f64, [u8; 3]); 3] = [(0.72, [176, 32, 40]), (0.88, [255, 255, 255]), (1.0, [16, 16, 16])];
const INK: [u8; 3] = [255, 255, 255];

/// The digits 1 to 9, five dots wide and seven high, a row in the low five bits.
const DIGITS: [[u8; 7]; 9] = [
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
    [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
    [0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110],
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
    [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
    [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
    [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
    [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
];

impl BlobStore {
    /// A copy of the picture with its points drawn on it.
    ///
    /// # Errors
    /// The gate's or the disk's refusal.
    pub async fn with_points(&self, base: &Blob, pins: &Pins) -> Result<Blob, PictureError> {
        let pixels = self.decode_within(base, SIDE).await?;
        let (bytes, pins) = (pixels.dimensions.pixels() * 8, pins.clone());
        let work = move |_| Ok(drawn(pixels.dimensions, Layout::Rgb, in_colour(&pixels), &pins));
        let copy = self.compute(bytes, PATIENCE, work).await?;
        let verified = self.inspect(self.encode_png(copy).await?).await?;
        self.put(verified).await.map_err(PictureError::Storage)
    }

    /// The points alone, clear all around them: a PNG of red, green, blue and alpha that measures `size`.
    ///
    /// # Errors
    /// As [`fit_for_sending`](Self::fit_for_sending).
    pub async fn points_for_sending(&self, pins: &Pins, size: Dimensions) -> io::Result<Outgoing> {
        let pins = pins.clone();
        let clear = move |_| {
            let data = vec![0; usize::try_from(size.pixels() * 4).unwrap_or(0)];
            Ok(drawn(size, Layout::Rgba, data, &pins))
        };
        let layer = self
            .compute(size.pixels() * 8, PATIENCE, clear)
            .await
            .map_err(io::Error::other)?;
        Ok(Outgoing {
            bytes: self.encode_png_to_send(layer).await.map_err(io::Error::other)?,
            mime: Format::Png.mime(),
            dimensions: size,
        })
    }
}

/// The discs over these samples of 8 bits.
fn drawn(dimensions: Dimensions, layout: Layout, mut data: Vec<u8>, pins: &Pins) -> Pixels {
    let Dimensions { width, height } = dimensions;
    let channels = layout.channels();
    let radius = (RADIUS * f64::from(width.max(height))).max(LEAST);
    for (number, pin) in pins.iter().enumerate() {
        let [u, v] = pin.share();
        let middle = [u * f64::from(width), v * f64::from(height)];
        let disc = Disc { middle, radius, number };
        for y in reach(middle[1], radius, height) {
            for x in reach(middle[0], radius, width) {
                if let Some(colour) = disc.colour(f64::from(x) + 0.5, f64::from(y) + 0.5) {
                    let at = (y as usize * width as usize + x as usize) * channels;
                    let pixel = &mut data[at..at + channels];
                    pixel.fill(255);
                    pixel[..3].copy_from_slice(&colour);
                }
            }
        }
    }
    Pixels {
        dimensions,
        layout,
        samples: Samples::Eight(data),
    }
}

struct Disc {
    middle: [f64; 2],
    radius: f64,
    /// Counted from 0.
    number: usize,
}

impl Disc {
    /// What is drawn at a place, if anything is.
    fn colour(&self, x: f64, y: f64) -> Option<[u8; 3]> {
        let (dx, dy) = ((x - self.middle[0]) / self.radius, (y - self.middle[1]) / self.radius);
        let (_, colour) = RINGS.iter().find(|(end, _)| dx.hypot(dy) <= *end)?;
        Some(if self.is_ink(dx, dy) { INK } else { *colour })
    }

    /// Whether the digit has a dot there; it stands in the middle, one radius high.
    fn is_ink(&self, dx: f64, dy: f64) -> bool {
        let Some(digit) = DIGITS.get(self.number) else {
            return false;
        };
        let dot = |offset: f64, count: f64| (offset * 7.0 + count / 2.0).floor();
        let (column, row) = (dot(dx, 5.0), dot(dy, 7.0));
        if !((0.0..5.0).contains(&column) && (0.0..7.0).contains(&row)) {
            return false;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 6, as was just asked"
        )]
        let (column, row) = (column as usize, row as usize);
        digit[row] >> (4 - column) & 1 == 1
    }
}

/// The pixels that a disc may cover along one side.
fn reach(middle: f64, radius: f64, side: u32) -> std::ops::Range<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut to 0 and the side, which is far below the end of 32 bits"
    )]
    let cut = |at: f64| at.clamp(0.0, f64::from(side)) as u32;
    cut((middle - radius).floor())..cut((middle + radius).ceil())
}

/// Red, green and blue of each pixel, 0 to 255, what is clear over white.
fn in_colour(pixels: &Pixels) -> Vec<u8> {
    let channels = pixels.layout.channels();
    let eight: Vec<u8> = match &pixels.samples {
        Samples::Eight(samples) => samples.clone(),
        Samples::Sixteen(samples) => samples.iter().map(|sample| sample.to_be_bytes()[0]).collect(),
    };
    let has_alpha = matches!(pixels.layout, Layout::GreyAlpha | Layout::Rgba);
    eight
        .chunks_exact(channels)
        .flat_map(|pixel| {
            let alpha = if has_alpha { u16::from(pixel[channels - 1]) } else { 255 };
            let over = |value: u8| {
                let mixed = (u16::from(value) * alpha + 255 * (255 - alpha)) / 255;
                u8::try_from(mixed).unwrap_or(255)
            };
            match pixels.layout {
                Layout::Grey | Layout::GreyAlpha => [over(pixel[0]); 3],
                Layout::Rgb | Layout::Rgba => [over(pixel[0]), over(pixel[1]), over(pixel[2])],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pixels: &Pixels, x: u32, y: u32) -> [u8; 3] {
        let Samples::Eight(data) = &pixels.samples else {
            panic!("eight bits")
        };
        let at = ((y * pixels.dimensions.width + x) * 3) as usize;
        [data[at], data[at + 1], data[at + 2]]
    }

    #[test]
    fn ui_4_8_a_point_is_a_disc_with_its_number_and_two_rings() {
        let pins: Pins = serde_json::from_str("[[0.5,0.5],[0,1]]").expect("points");
        let size = Dimensions {
            width: 400,
            height: 200,
        };
        let drawn = drawn(size, Layout::Rgb, vec![128; 400 * 200 * 3], &pins);
        assert_eq!(at(&drawn, 200, 100), INK, "the 1 stands in the middle");
        assert_eq!(at(&drawn, 205, 100), RINGS[0].1);
        assert_eq!(at(&drawn, 207, 100), RINGS[1].1);
        assert_eq!(at(&drawn, 208, 100), RINGS[2].1);
        assert_eq!(at(&drawn, 210, 100), [128; 3], "and nothing beside it");
        assert_ne!(at(&drawn, 0, 199), [128; 3], "a point in the corner is cut, not lost");
    }

    #[test]
    fn clear_pixels_are_white_in_the_copy() {
        let clear = Pixels {
            dimensions: Dimensions { width: 2, height: 1 },
            layout: Layout::GreyAlpha,
            samples: Samples::Sixteen(vec![0, 0, 0, 65_535]),
        };
        assert_eq!(in_colour(&clear), [255, 255, 255, 0, 0, 0]);
    }
}
