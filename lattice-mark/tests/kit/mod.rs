//! What the tests and the bench share: pictures that are drawn, photos where there are any, attacks, measures.
//!
//! The one rule: everything is the same on every run; chance comes from a counter.

pub mod attacks;
pub mod measures;
pub mod pictures;

use image::RgbImage;
use lattice_mark::{Effort, Found, Id, Key, Picture, Report};

/// The id everything is marked with.
pub const ID: Id = Id(0x9e37_79b9_7f4a_7c15);

pub fn key() -> Key {
    Key::new(1, [1; 32])
}

/// A marked copy.
pub fn marked(picture: &RgbImage, key: &Key) -> (RgbImage, Report) {
    let (width, height) = picture.dimensions();
    let bytes = picture.as_raw().clone();
    let mut marked = Picture::rgb(width as usize, height as usize, bytes).expect("the bytes are the picture's");
    let report = lattice_mark::embed(&mut marked, ID, key).expect("large enough");
    let marked = RgbImage::from_raw(width, height, marked.into_bytes()).expect("the size stays");
    (marked, report)
}

/// What a file says.
pub fn read(picture: &RgbImage, key: &Key, effort: Effort) -> Option<Found> {
    lattice_mark::detect(&borrowed(picture), key, effort)
}

pub fn borrowed(picture: &RgbImage) -> Picture<&[u8]> {
    let (width, height) = picture.dimensions();
    Picture::rgb(width as usize, height as usize, picture.as_raw().as_slice()).expect("the bytes are the picture's")
}
