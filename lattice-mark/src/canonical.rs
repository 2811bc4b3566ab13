//! The canonical frame: the picture's luma, resized to a fixed area, in which the mark is defined.
//!
//! The one rule: the area is the same for every picture and the shape is kept, so the mark's waves are as long,
//! measured in pictures, in a thumbnail as in 12 megapixels. `embed.rs` and `detect.rs` start here.

use crate::picture::View;
use crate::plane::{Plane, resize_rows};

/// Side of the square with the frame's area, in pixels.
const SIDE: f64 = 896.0;
/// A frame is never narrower, in pixels.
const LEAST: usize = 16;

/// A rectangle of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// Width and height of the frame for a picture of this size.
pub(crate) fn frame_size(width: usize, height: usize) -> (usize, usize) {
    let scale = SIDE / (width as f64 * height as f64).sqrt();
    let side = |n: usize| ((n as f64 * scale).round_ties_even() as usize).max(LEAST);
    (side(width), side(height))
}

/// The frame of a part of a picture.
pub(crate) fn frame_of(picture: View<'_>, region: Region) -> Plane {
    let size = (region.width, region.height);
    resize_rows(
        size,
        |y, row| picture.luma_row(region.top + y, region.left, row),
        frame_size(size.0, size.1),
    )
}

/// The frame of a plane of luma.
pub(crate) fn frame(luma: &Plane) -> Plane {
    let (width, height) = frame_size(luma.width, luma.height);
    luma.resized(width, height)
}
