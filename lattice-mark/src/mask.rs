//! How much change the eye overlooks at each place.
//!
//! The one rule: texture hides a mark, an edge beside a flat part doesn't.

use crate::plane::Plane;

/// In a flat part, and what texture adds, per root of its deviation. Chosen on photos: against the trial's 1.0 + 0.33 s^0.8 it
/// asks less of flat parts (where SSIM and the eye notice) and of very busy ones (which cost most PSNR) for the same
/// clarity to the reader.
const CALM: f32 = 0.6;
const TEXTURED: f32 = 0.5;

/// The standard deviation the mark may have at each place of a frame, in steps of 8-bit luma.
pub(crate) fn allowed(frame: &Plane) -> Plane {
    let squares = frame.clone().zip(&frame.gaussian(3.0), |v, mean| (v - mean).powi(2));
    let texture = squares.gaussian(3.0).map(|v| v.max(0.0).sqrt());
    let calmest = texture.gaussian(2.0).eroded(4);
    let texture = texture.zip(&calmest, |t, calm| t.min(calm * 1.6 + 0.3));
    texture
        .zip(&frame.gaussian(4.0), |t, luma| {
            ((CALM + TEXTURED * t.sqrt()) * of_luminance(luma)).min(7.0)
        })
        .gaussian(1.5)
}

/// Less in the dark, more in the light.
fn of_luminance(luma: f32) -> f32 {
    if luma < 60.0 {
        0.75 + 0.25 * luma / 60.0
    } else if luma > 200.0 {
        1.0 + 0.3 * (luma - 200.0) / 55.0
    } else {
        1.0
    }
}
