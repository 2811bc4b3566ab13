//! The shape of the result: which ratio or size to ask a service for, so that an edit keeps the picture's own.
//!
//! Rule: nothing is asked for when the words may ask for another shape, and nothing that is far from the base's own.
//! Called by the backends that can ask for a shape.

use super::{BackendError, EditRequest, wire::declined};
use crate::domain::picture::Dimensions;

/// How far (as a logarithm, so about 5%) a picture's ratio may be from one that can be asked for.
const NEAR: f64 = 0.05;

/// The ratios that every model with ratios takes.
pub const TEN_RATIOS: [(&str, f64); 10] = [
    ("1:1", 1.0),
    ("2:3", 2.0 / 3.0),
    ("3:2", 3.0 / 2.0),
    ("3:4", 3.0 / 4.0),
    ("4:3", 4.0 / 3.0),
    ("4:5", 4.0 / 5.0),
    ("5:4", 5.0 / 4.0),
    ("9:16", 9.0 / 16.0),
    ("16:9", 16.0 / 9.0),
    ("21:9", 21.0 / 9.0),
];
/// And those that the newest take besides.
pub const FOUR_MORE_RATIOS: [(&str, f64); 4] = [("1:4", 0.25), ("4:1", 4.0), ("1:8", 0.125), ("8:1", 8.0)];

/// That of `ratios` which is nearest to the picture's; none when none is near.
pub fn nearest_ratio<'a>(
    ratios: impl IntoIterator<Item = &'a (&'static str, f64)>,
    base: Dimensions,
) -> Option<&'static str> {
    let wanted = (f64::from(base.width) / f64::from(base.height)).ln();
    let distance = |ratio: f64| (ratio.ln() - wanted).abs();
    let nearest = ratios
        .into_iter()
        .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
    (distance(nearest.1) <= NEAR).then_some(nearest.0)
}

/// The ratio to ask for: the one that was chosen, or the picture's own when the words don't speak of a shape. None leaves it
/// to the service.
///
/// # Errors
/// `Declined` when what was chosen is none of `ratios`.
pub fn ratio<'a>(
    request: &EditRequest,
    ratios: impl IntoIterator<Item = &'a (&'static str, f64)>,
) -> Result<Option<&'static str>, BackendError> {
    let ratios: Vec<_> = ratios.into_iter().collect();
    if let Some(chosen) = request.options.ratio {
        let found = ratios
            .iter()
            .find(|(_, value)| (value / chosen.value()).ln().abs() < 0.005);
        return match found {
            Some((name, _)) => Ok(Some(*name)),
            None => Err(declined(format!(
                "This backend makes no pictures of {chosen}. Choose another ratio."
            ))),
        };
    }
    if !request.canvas && speaks_of_shape(request.instruction.as_str()) {
        return Ok(None);
    }
    Ok(nearest_ratio(ratios, request.base.dimensions))
}

/// The base's dimensions in the ratio that was chosen, if one was: as many pixels in another shape.
pub fn chosen_shape(request: &EditRequest) -> Dimensions {
    let base = request.base.dimensions;
    let Some(ratio) = request.options.ratio else {
        return base;
    };
    let pixels = f64::from(base.width) * f64::from(base.height);
    let (width, height) = ((pixels * ratio.value()).sqrt(), (pixels / ratio.value()).sqrt());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a picture's side, at most 99 times another"
    )]
    let side = |length: f64| (length.round() as u32).max(1);
    Dimensions {
        width: side(width),
        height: side(height),
    }
}

/// What a service allows of the sizes it can be asked for; each side is a multiple of 16.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// The fewest and the most pixels.
    pub pixels: (u32, u32),
    /// The longest side.
    pub side: u32,
    /// The most that the longer side may be, as a multiple of the shorter.
    pub ratio: f64,
}

/// A size with the picture's ratio (as near as multiples of 16 come) and about its number of pixels, within what the
/// service allows; none when its ratio is not allowed.
pub fn fitting_size(base: Dimensions, sizes: &Sizes) -> Option<Dimensions> {
    let (width, height) = (f64::from(base.width), f64::from(base.height));
    let long = (width / height).max(height / width);
    if long > sizes.ratio {
        return None;
    }
    let (least, most) = (f64::from(sizes.pixels.0), f64::from(sizes.pixels.1));
    let scale = ((width * height).clamp(least, most) / (width * height)).sqrt();
    let scale = scale.min(f64::from(sizes.side) / width.max(height));
    let size = Dimensions {
        width: sixteens(width * scale),
        height: sixteens(height * scale),
    };
    let fits = |size: Dimensions| {
        let pixels = size.pixels();
        pixels >= u64::from(sizes.pixels.0)
            && pixels <= u64::from(sizes.pixels.1)
            && size.width.max(size.height) <= sizes.side
            && f64::from(size.width.max(size.height)) <= sizes.ratio * f64::from(size.width.min(size.height))
    };
    // Rounding may step over a limit: then one step back or up, on both sides or on one.
    let steps = [(0, 0), (-1, -1), (1, 1), (-1, 0), (0, -1), (1, 0), (0, 1)];
    steps
        .into_iter()
        .map(|(x, y)| Dimensions {
            width: size.width.saturating_add_signed(16 * x),
            height: size.height.saturating_add_signed(16 * y),
        })
        .find(|size| fits(*size))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded by the longest side"
)]
fn sixteens(length: f64) -> u32 {
    ((length / 16.0).round() as u32).max(1) * 16
}

/// Whether the words may ask for another shape of the picture. A false yes does no harm.
pub fn speaks_of_shape(words: &str) -> bool {
    const SHAPES: [&str; 16] = [
        "crop",
        "square",
        "portrait",
        "landscape",
        "panorama",
        "aspect",
        "ratio",
        "format",
        "wide",
        "tall",
        "rotate",
        "turn",
        "extend",
        "expand",
        "outpaint",
        "uncrop",
    ];
    let words = words.to_lowercase();
    let is_shape = |word: &str| SHAPES.iter().any(|shape| word.starts_with(shape));
    let is_ratio = |word: &str| {
        word.split_once([':', 'x', '×', '/'])
            .is_some_and(|(w, h)| w.parse::<u32>().is_ok() && h.parse::<u32>().is_ok())
    };
    words
        .split(|c: char| !(c.is_alphanumeric() || ":×/".contains(c)))
        .any(|word| is_shape(word) || is_ratio(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(width: u32, height: u32) -> Option<&'static str> {
        nearest_ratio(TEN_RATIOS.iter().chain(&FOUR_MORE_RATIOS), Dimensions { width, height })
    }

    #[test]
    fn the_nearest_ratio_is_asked_for_when_one_is_near() {
        assert_eq!(ratio(4032, 3024), Some("4:3"));
        assert_eq!(ratio(3024, 4032), Some("3:4"));
        assert_eq!(ratio(1264, 848), Some("3:2"), "what the model itself makes of 3:2");
        assert_eq!(ratio(1584, 672), Some("21:9"));
        assert_eq!(ratio(1000, 990), Some("1:1"));
        assert_eq!(ratio(1000, 100), None, "nothing near");
        assert_eq!(ratio(1, 16_384), None);
    }

    #[test]
    fn words_about_the_shape_leave_the_ratio_to_the_model() {
        for words in [
            "Make it 16:9",
            "crop it",
            "extend the left side",
            "a SQUARE version",
            "1024x768 please",
            "rotate by 90",
        ] {
            assert!(speaks_of_shape(words), "{words}");
        }
        for words in ["make the sky pink", "remove the car at 5 o'clock", "like image 2"] {
            assert!(!speaks_of_shape(words), "{words}");
        }
    }

    #[test]
    fn a_size_keeps_the_ratio_within_every_limit() {
        let sizes = Sizes {
            pixels: (655_360, 3_686_400),
            side: 3840,
            ratio: 3.0,
        };
        let size =
            |width, height| fitting_size(Dimensions { width, height }, &sizes).map(|size| (size.width, size.height));
        assert_eq!(size(1536, 1024), Some((1536, 1024)), "what fits stays");
        assert_eq!(size(4032, 3024), Some((2208, 1648)), "a large photo becomes smaller");
        assert_eq!(size(300, 200), Some((1008, 672)), "a small one larger");
        assert_eq!(size(1000, 300), None, "too long for the service");
        for (width, height) in [
            (3000, 1000),
            (1000, 3000),
            (64, 64),
            (2560, 1440),
            (1, 1),
            (16_384, 9_000),
            (811, 809),
        ] {
            let found = fitting_size(Dimensions { width, height }, &sizes).expect("a size");
            let (wanted, got) = (
                f64::from(width) / f64::from(height),
                f64::from(found.width) / f64::from(found.height),
            );
            assert!(
                found.width.is_multiple_of(16) && found.height.is_multiple_of(16),
                "{found}"
            );
            assert!((655_360..=3_686_400).contains(&found.pixels()), "{found}");
            assert!((got / wanted - 1.0).abs() < 0.03, "{width} × {height} became {found}");
        }
    }
}
