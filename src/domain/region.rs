//! A region: where in the picture a turn may change something.
//!
//! Rule: a region is a mask in the frame of the picture it was drawn on, an 8-bit grey PNG: white may change, black stays
//! bit for bit, grey is the soft edge between them. It belongs to its session, and turns name it. Made by `turns`, stored
//! by `store::regions`.

use super::{
    ids::{RegionId, SessionId},
    picture::{Blob, Dimensions},
    time::Moment,
};

/// One drawn region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its name in addresses.
    pub id: RegionId,
    /// The session it belongs to.
    pub session: SessionId,
    /// Its mask.
    pub blob: Blob,
    /// How much of the picture it is.
    pub share: Portion,
    /// When it was drawn.
    pub created_at: Moment,
}

/// The region of a turn, as its card shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// Which region.
    pub id: RegionId,
    /// How much of the picture it is.
    pub share: Portion,
}

/// A share of a picture, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Portion(u32);

impl Portion {
    const WHOLE: u32 = 1_000_000;

    /// So many millionths, at most all of it.
    #[must_use]
    pub const fn from_ppm(ppm: u32) -> Self {
        Self(if ppm > Self::WHOLE { Self::WHOLE } else { ppm })
    }

    /// Of a mask: how much of it may change, a soft edge counting as far as it does.
    #[must_use]
    pub fn of_mask(mask: &[u8]) -> Self {
        let sum: u64 = mask.iter().map(|value| u64::from(*value)).sum();
        let whole = mask.len() as u64 * 255;
        let ppm = (sum * u64::from(Self::WHOLE)).checked_div(whole).unwrap_or(0);
        Self::from_ppm(u32::try_from(ppm).unwrap_or(Self::WHOLE))
    }

    /// In millionths.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// 0 to 1.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }

    /// For people: `12 %`, `0.4 %`, `less than 0.1 %`.
    #[must_use]
    pub fn in_words(self) -> String {
        match self.0 {
            0..1_000 => "less than 0.1 %".to_owned(),
            1_000..10_000 => format!("{:.1} %", f64::from(self.0) / 10_000.0),
            _ => format!("{:.0} %", f64::from(self.0) / 10_000.0),
        }
    }
}

/// A rectangle in a picture, in per cent of its sides: what is drawn without a script.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

/// The numbers are no rectangle in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A region needs four numbers in per cent: left, top, width and height, inside the picture.")]
pub struct BadRectangle;

impl Rectangle {
    /// The names of its fields in forms, in order.
    pub const FIELDS: [&str; 4] = ["region_left", "region_top", "region_width", "region_height"];

    /// Reads the fields of a form; none when all are empty.
    ///
    /// # Errors
    /// [`BadRectangle`] when only some are there, or they lead outside.
    pub fn of_form<'f>(field: impl Fn(&'static str) -> Option<&'f str>) -> Result<Option<Self>, BadRectangle> {
        let texts = Self::FIELDS.map(|name| field(name).map(str::trim).filter(|text| !text.is_empty()));
        if texts.iter().all(Option::is_none) {
            return Ok(None);
        }
        let mut numbers = [0.0_f32; 4];
        for (number, text) in numbers.iter_mut().zip(texts) {
            let text = text.ok_or(BadRectangle)?.trim_end_matches('%').trim_end();
            *number = text.parse().map_err(|_| BadRectangle)?;
        }
        let [left, top, width, height] = numbers;
        let inside = |from: f32, length: f32| (0.0..100.0).contains(&from) && length > 0.0 && from + length <= 100.01;
        if inside(left, width) && inside(top, height) {
            Ok(Some(Self {
                left,
                top,
                width,
                height,
            }))
        } else {
            Err(BadRectangle)
        }
    }

    /// The mask of it in a frame of these dimensions; at least one pixel is in.
    #[must_use]
    pub fn mask(&self, frame: Dimensions) -> Vec<u8> {
        let across = span(self.left, self.width, frame.width);
        let down = span(self.top, self.height, frame.height);
        let row = |y: u32| {
            let across = across.clone();
            let is_in = down.contains(&y);
            (0..frame.width).map(move |x| if is_in && across.contains(&x) { 255 } else { 0 })
        };
        (0..frame.height).flat_map(row).collect()
    }
}

/// The pixels of a side of `all` that lie in these per cent.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "sides are below 16,385 and shares within 0 to 100"
)]
fn span(from: f32, length: f32, all: u32) -> std::ops::Range<u32> {
    let at = |percent: f32| (percent / 100.0 * all as f32).round() as u32;
    let first = at(from).min(all.saturating_sub(1));
    first..at(from + length).min(all).max(first + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_counts_a_soft_edge_as_far_as_it_goes() {
        assert_eq!(Portion::of_mask(&[255, 0, 0, 0]).ppm(), 250_000);
        assert_eq!(Portion::of_mask(&[255, 51, 0, 0]).ppm(), 300_000);
        assert_eq!(Portion::of_mask(&[]).ppm(), 0);
        assert_eq!(Portion::of_mask(&[255; 3]).fraction().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn a_rectangle_is_four_numbers_inside_the_picture() {
        let of = |numbers: [&'static str; 4]| {
            Rectangle::of_form(|name| {
                let at = Rectangle::FIELDS.iter().position(|field| *field == name);
                at.map(|at| numbers[at])
            })
        };
        assert_eq!(of(["", " ", "", ""]), Ok(None));
        for bad in [
            ["10", "", "5", "5"],
            ["10", "10", "0", "5"],
            ["60", "10", "50", "5"],
            ["-1", "10", "5", "5"],
            ["NaN", "1", "1", "1"],
            ["1", "1", "inf", "1"],
            ["a", "1", "1", "1"],
        ] {
            assert_eq!(of(bad), Err(BadRectangle), "{bad:?}");
        }
        let frame = Dimensions { width: 10, height: 4 };
        let mask = |numbers| of(numbers).expect("good").expect("some").mask(frame);
        let half = mask(["50", "0", "50 %", "100"]);
        assert_eq!(Portion::of_mask(&half).ppm(), 500_000);
        assert_eq!((half[4], half[5], half[39]), (0, 255, 255));
        assert_eq!(
            Portion::of_mask(&mask(["99.9", "99.9", "0.01", "0.01"])).ppm(),
            25_000,
            "one pixel"
        );
    }

    #[test]
    fn a_share_is_told_as_people_say_it() {
        let told = [120_400, 4_400, 900].map(|ppm| Portion::from_ppm(ppm).in_words());
        assert_eq!(told, ["12 %", "0.4 %", "less than 0.1 %"]);
    }
}
