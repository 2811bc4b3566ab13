//! What a model did to a picture beside what was asked for, in numbers and words for people.
//!
//! Rule: figures are told as they were measured, and what was done about them is told as it was done: a version says that
//! the rest is the same only when it is, bit for bit. Measured by `turns::guard`, kept with the version, shown by `web`.

use serde::{Deserialize, Serialize};

/// What was measured between a version and what it was made from, and what was done about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// What was done.
    pub kept: Kept,
    /// What was found; none when the pictures could not be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// How like the subject is to itself in the version it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness: Option<Alike>,
    /// How like it is to itself in the first picture of the branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness_to_first: Option<Alike>,
}

/// What was done about the rest of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// A region was drawn: outside of it every pixel is the base's.
    Region,
    /// What did not change was found: there every pixel is the base's.
    Rest,
    /// The picture as a whole changed, and is as the model returned it.
    Whole,
    /// The model cut or widened the frame, and the picture is as it returned it.
    Reframed,
    /// It shows something else, and is as the model returned it.
    Unrelated,
    /// Nobody wanted anything given back.
    Off,
    /// The subject was brought back from another version.
    Subject,
    /// It could not be done, and the picture is as the model returned it.
    Failed,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Found {
    /// The share of the picture that is the model's, 0 to 1.
    pub changed: f32,
    /// Whether the model itself gave back the rest bit for bit.
    pub exact: bool,
    /// How far everything was moved, in pixels of the base.
    pub shift: [f32; 2],
    /// How much larger everything became, in per cent.
    pub zoom: f32,
    /// By how many degrees it was turned.
    pub degrees: f32,
    /// By how many levels of 255 colours were off, red, green, blue.
    pub cast: [f32; 3],
    /// Noise where nothing changed, in levels.
    pub noise: f32,
    /// The size the model answered in, where that is another than the base's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
}

/// How like itself a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alike {
    /// How far its parts moved against each other, in per cent of its width.
    pub shape: f32,
    /// How much of its detail is another, 0 to 1.
    pub detail: f32,
    /// How different its colours are, 0 to 1.
    pub colour: f32,
}

impl Alike {
    /// In per cent: 100 is the same.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 100 after the clamp"
    )]
    pub fn percent(&self) -> u8 {
        ((1.0 - self.detail.clamp(0.0, 1.0)) * 100.0).round() as u8
    }

    /// In a word. A shape that moved by 0.4 per cent is never the same.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.detail {
            d if d <= 0.05 && self.shape < 0.4 => "the same",
            d if d <= 0.20 => "slightly different",
            d if d <= 0.45 => "visibly different",
            _ => "another rendering",
        }
    }
}

impl Found {
    /// What was off and could be undone, in a few words each: "shifted by 3.1 px", "1.5 % larger", "colours off by 4".
    #[must_use]
    pub fn undone(&self) -> Vec<String> {
        let mut words = Vec::new();
        let shift = self.shift[0].hypot(self.shift[1]);
        if shift >= 0.1 {
            words.push(format!("shifted by {shift:.1} px"));
        }
        if self.zoom.abs() >= 0.05 {
            let percent = self.zoom.abs();
            words.push(if self.zoom > 0.0 {
                format!("{percent:.1} % larger")
            } else {
                format!("{percent:.1} % smaller")
            });
        }
        if self.degrees.abs() >= 0.05 {
            words.push(format!("turned by {:.1}°", self.degrees.abs()));
        }
        let cast = self.cast.iter().fold(0.0_f32, |most, cast| most.max(cast.abs()));
        if cast >= 0.5 {
            words.push(format!("colours off by {cast:.0}"));
        }
        if let Some([width, height]) = self.size {
            words.push(format!("sent as {width} × {height}"));
        }
        words
    }

    /// The changed share for people: `12 %`, `0.4 %`.
    #[must_use]
    pub fn changed_in_words(&self) -> String {
        let percent = self.changed * 100.0;
        match percent {
            p if p <= 0.0 => "nothing".to_owned(),
            p if p < 0.1 => "less than 0.1 %".to_owned(),
            p if p < 1.0 => format!("{p:.1} %"),
            p => format!("{p:.0} %"),
        }
    }
}

impl Drift {
    /// What was done about the rest, in a sentence for the card.
    #[must_use]
    pub const fn in_words(&self) -> &'static str {
        match self.kept {
            Kept::Region => "Pixels outside the region are exactly the same.",
            Kept::Rest => "The rest of the picture is exactly the same.",
            Kept::Whole => "The whole picture changed, so it is as the model returned it.",
            Kept::Reframed => "The model framed it anew, so it is as the model returned it.",
            Kept::Unrelated => "This shows something else, so it is as the model returned it.",
            Kept::Off => "As the model returned it; the rest may have changed a little.",
            Kept::Subject => "The subject was brought back from another version.",
            Kept::Failed => "As the model returned it; it could not be compared with the picture before.",
        }
    }

    /// The lower of both likenesses, in per cent.
    #[must_use]
    pub fn least_alike(&self) -> Option<u8> {
        let both = [self.likeness, self.likeness_to_first];
        both.into_iter().flatten().map(|alike| alike.percent()).min()
    }

    /// Whether the pixels outside are the base's own.
    #[must_use]
    pub const fn gives_back(&self) -> bool {
        matches!(self.kept, Kept::Region | Kept::Rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_told_in_a_word_and_a_number() {
        let alike = |detail, shape| Alike {
            shape,
            detail,
            colour: 0.0,
        };
        let told: Vec<_> = [(0.02, 0.1), (0.02, 0.5), (0.12, 0.1), (0.3, 2.0), (0.9, 9.0)]
            .map(|(detail, shape)| (alike(detail, shape).percent(), alike(detail, shape).word()))
            .to_vec();
        assert_eq!(
            told,
            [
                (98, "the same"),
                (98, "slightly different"),
                (88, "slightly different"),
                (70, "visibly different"),
                (10, "another rendering")
            ]
        );
    }

    #[test]
    fn what_was_undone_is_told_only_where_it_can_be_seen() {
        let still = Found::default();
        assert!(still.undone().is_empty());
        let moved = Found {
            shift: [3.0, -0.4],
            zoom: -1.52,
            cast: [4.2, 0.0, -1.0],
            size: Some([1024, 683]),
            ..still
        };
        assert_eq!(
            moved.undone(),
            [
                "shifted by 3.0 px",
                "1.5 % smaller",
                "colours off by 4",
                "sent as 1024 × 683"
            ]
        );
    }

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let drift = Drift {
            kept: Kept::Rest,
            found: Some(Found {
                changed: 0.125,
                ..Found::default()
            }),
            likeness: None,
            likeness_to_first: None,
        };
        let json = serde_json::to_string(&drift).expect("JSON");
        assert_eq!(serde_json::from_str::<Drift>(&json).expect("ours"), drift);
        assert!(json.starts_with(r#"{"kept":"rest","found":{"changed":0.125"#), "{json}");
    }
}
