//! A version as a picture on a page: addresses, sizes, names.
//!
//! Rule: sizes are always printed, so that nothing jumps when a picture arrives. Used by every fragment with a picture.

use std::fmt::Write as _;

use super::words;
use crate::domain::{
    ids::{SessionId, VersionId},
    picture::Dimensions,
    version::{Origin, Version},
};

/// The sizes a picture is made ready in, by its longer side, in pixels.
pub const RENDITIONS: [u32; 3] = [320, 1024, 1600];

/// A version as a small picture with a number.
#[derive(Debug, Clone)]
pub struct Thumb {
    /// Its id.
    pub version: String,
    /// "4" of "v4".
    pub number: u32,
    /// The session page with this version on the stage.
    pub href: String,
    /// The address of the 320-pixel rendition.
    pub src: String,
    /// That rendition's width in pixels.
    pub width: u32,
    /// That rendition's height in pixels.
    pub height: u32,
    /// "1600 × 1200": the version's own size.
    pub size: String,
    /// The version's own picture.
    pub original: String,
    /// Somebody marked it as one to keep.
    pub starred: bool,
    /// Where its comments are read.
    pub discussion: String,
    /// How many there are.
    pub comments: u32,
}

impl Thumb {
    /// The small picture of `version`.
    #[must_use]
    pub fn of(version: &Version) -> Self {
        let (width, height) = fit(version.blob.dimensions, RENDITIONS[0]);
        Self {
            version: version.id.to_string(),
            number: version.number,
            href: format!("/s/{}?v={}", version.session, version.id),
            src: rendition(version.session, version.id, RENDITIONS[0]),
            width,
            height,
            size: words::size(version.blob.dimensions),
            original: format!("/s/{}/versions/{}/picture", version.session, version.id),
            starred: version.starred,
            discussion: discussion(version.session, version.id),
            comments: version.comments,
        }
    }
}

/// The address of the comments on a version.
#[must_use]
pub fn discussion(session: SessionId, version: VersionId) -> String {
    format!("/s/{session}/versions/{version}/comments")
}

/// The address of a rendition.
#[must_use]
pub fn rendition(session: SessionId, version: VersionId, longest: u32) -> String {
    format!("/s/{session}/versions/{version}/renditions/{longest}")
}

/// A `srcset` of the renditions that differ in size. Of an edited version only the smallest and the largest: what is large
/// enough to be taken off the screen carries the mark.
#[must_use]
pub fn srcset(version: &Version) -> String {
    let mut set = String::new();
    let mut last = 0;
    let is_edited = version.origin != Origin::Upload;
    for longest in RENDITIONS {
        if is_edited && longest == RENDITIONS[1] {
            continue;
        }
        let (width, _) = fit(version.blob.dimensions, longest);
        if width == last {
            break;
        }
        last = width;
        let separator = if set.is_empty() { "" } else { ", " };
        // Writing to a String can't fail.
        let _ = write!(
            set,
            "{separator}{} {width}w",
            rendition(version.session, version.id, longest)
        );
    }
    set
}

/// Width and height when the longer side is at most `longest`; never enlarged, never 0.
#[must_use]
pub fn fit(own: Dimensions, longest: u32) -> (u32, u32) {
    let most = own.width.max(own.height).max(1);
    if most <= longest {
        return (own.width.max(1), own.height.max(1));
    }
    let scale = |side: u32| {
        let scaled = (u64::from(side) * u64::from(longest) + u64::from(most) / 2) / u64::from(most);
        u32::try_from(scaled).unwrap_or(longest).max(1)
    };
    (scale(own.width), scale(own.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_shrink_to_fit_and_never_grow() {
        let of = |width, height, longest| fit(Dimensions { width, height }, longest);
        assert_eq!(of(1600, 1200, 320), (320, 240));
        assert_eq!(of(100, 50, 320), (100, 50));
        assert_eq!(of(10_000, 1, 320), (320, 1));
        assert_eq!(of(3, 4000, 1024), (1, 1024));
    }
}
