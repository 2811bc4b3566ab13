//! Numbered points that somebody sets on a picture, to name them in the words: "make 1 red, remove 2".
//!
//! Rule: a point is a share of the picture's width and height, kept to a hundredth of a per cent, and there are at most
//! [`Pins::MOST`]. Parsed by `web`, kept with the turn, handed to the backend.

use serde::{Deserialize, Serialize};

/// One point, in ten-thousandths of the width from the left and of the height from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    x: u16,
    y: u16,
}

/// The points of a turn; the first is 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<[f64; 2]>", into = "Vec<[f64; 2]>")]
pub struct Pins(Vec<Pin>);

/// Why these are no points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPins {
    /// Outside of the picture, or no numbers.
    #[error("A point is two shares of the picture, from 0 to 1.")]
    NotAPoint,
    /// Over [`Pins::MOST`].
    #[error("At most 9 points can be set.")]
    TooMany,
}

impl Pin {
    const WHOLE: f64 = 10_000.0;

    fn new([x, y]: [f64; 2]) -> Result<Self, BadPins> {
        let part = |share: f64| {
            if (0.0..=1.0).contains(&share) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "0 to 10,000, as was just asked"
                )]
                let part = (share * Self::WHOLE).round() as u16;
                Ok(part)
            } else {
                Err(BadPins::NotAPoint)
            }
        };
        Ok(Self {
            x: part(x)?,
            y: part(y)?,
        })
    }

    /// From the left and from the top, 0 to 1.
    #[must_use]
    pub fn share(self) -> [f64; 2] {
        [self.x, self.y].map(|part| f64::from(part) / Self::WHOLE)
    }

    /// "32 % from the left, 40 % from the top".
    fn in_words(self) -> String {
        let [x, y] = self.share().map(|share| (share * 100.0).round());
        format!("{x} % from the left, {y} % from the top")
    }
}

impl Pins {
    /// The most.
    pub const MOST: usize = 9;

    /// Reads the fields of a form: `pins` as `0.32,0.4;0.7,0.2`, and `pin_1_left` and `pin_1_top` in per cent and so on, for
    /// those without scripts. `field` gives the value of a name, if there is one that isn't empty.
    ///
    /// # Errors
    /// [`BadPins`].
    pub fn of_form<'f>(field: impl Fn(&'static str) -> Option<&'f str>) -> Result<Self, BadPins> {
        const FIELDS: [(&str, &str); 4] = [
            ("pin_1_left", "pin_1_top"),
            ("pin_2_left", "pin_2_top"),
            ("pin_3_left", "pin_3_top"),
            ("pin_4_left", "pin_4_top"),
        ];
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| BadPins::NotAPoint);
        let mut shares = Vec::new();
        for point in field("pins")
            .unwrap_or_default()
            .split(';')
            .filter(|point| !point.is_empty())
        {
            let (x, y) = point.split_once(',').ok_or(BadPins::NotAPoint)?;
            shares.push([number(x)?, number(y)?]);
        }
        for (left, top) in FIELDS {
            match (field(left), field(top)) {
                (None, None) => {}
                (Some(x), Some(y)) => shares.push([number(x)? / 100.0, number(y)? / 100.0]),
                _ => return Err(BadPins::NotAPoint),
            }
        }
        Self::try_from(shares)
    }

    /// Whether none is set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// Each, the first being 1.
    pub fn iter(&self) -> impl Iterator<Item = Pin> {
        self.0.iter().copied()
    }

    /// As the engine takes them.
    #[must_use]
    pub fn shares(&self) -> Vec<[f32; 2]> {
        #[expect(clippy::cast_possible_truncation, reason = "four digits are enough")]
        let share = |pin: Pin| pin.share().map(|share| share as f32);
        self.iter().map(share).collect()
    }

    /// "1 is at 32 % from the left, 40 % from the top" and so on.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        (1..)
            .zip(self.iter())
            .map(|(n, pin)| format!("{n} is at {}", pin.in_words()))
            .collect()
    }

    /// `0.32,0.4;0.7,0.2`: the form's field.
    #[must_use]
    pub fn in_form(&self) -> String {
        let point = |pin: Pin| {
            let [x, y] = pin.share();
            format!("{x},{y}")
        };
        self.iter().map(point).collect::<Vec<_>>().join(";")
    }
}

impl TryFrom<Vec<[f64; 2]>> for Pins {
    type Error = BadPins;

    fn try_from(shares: Vec<[f64; 2]>) -> Result<Self, BadPins> {
        if shares.len() > Self::MOST {
            return Err(BadPins::TooMany);
        }
        Ok(Self(shares.into_iter().map(Pin::new).collect::<Result<_, _>>()?))
    }
}

impl From<Pins> for Vec<[f64; 2]> {
    fn from(pins: Pins) -> Self {
        pins.iter().map(Pin::share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &'static str)]) -> Result<Pins, BadPins> {
        Pins::of_form(|name| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value))
    }

    #[test]
    fn ui_4_8_points_come_by_script_and_by_numbers_and_are_kept_as_json() {
        let pins = form(&[("pins", "0.32,0.4;0.70001,1")]).expect("points");
        assert_eq!(
            serde_json::to_string(&pins).ok().as_deref(),
            Some("[[0.32,0.4],[0.7,1.0]]")
        );
        assert_eq!(
            serde_json::from_str::<Pins>("[[0.32,0.4],[0.7,1]]").ok(),
            Some(pins.clone())
        );
        assert_eq!(pins.in_form(), "0.32,0.4;0.7,1");
        assert_eq!(pins.in_words()[0], "1 is at 32 % from the left, 40 % from the top");
        let typed = form(&[
            ("pin_1_left", "32"),
            ("pin_1_top", " 40"),
            ("pin_2_left", "70"),
            ("pin_2_top", "100"),
        ]);
        assert_eq!(typed, Ok(pins));
        assert_eq!(form(&[]), Ok(Pins::default()));
    }

    #[test]
    fn ui_4_8_what_is_no_point_is_refused() {
        for text in ["0.5", "1.1,0", "-0.1,0", "NaN,0", "a,b", "0.1,0.2,0.3"] {
            assert_eq!(form(&[("pins", text)]), Err(BadPins::NotAPoint), "{text}");
        }
        assert_eq!(form(&[("pin_1_left", "3")]), Err(BadPins::NotAPoint), "half a point");
        let many = "0.1,0.1;0.1,0.1;0.1,0.1;0.1,0.1;0.1,0.1;0.1,0.1;0.1,0.1;0.1,0.1;0.1,0.1;0.1,0.1";
        assert_eq!(form(&[("pins", many)]), Err(BadPins::TooMany));
        assert!(serde_json::from_str::<Pins>("[[0.5,null]]").is_err());
    }
}
