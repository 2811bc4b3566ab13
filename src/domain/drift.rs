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
    /// How far its face is from itself, where one was found and could be told from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face: Option<f32>,
}

/// Up to this distance it is the same face, and from this one on another; the engine's measure.
const SAME_FACE: f32 = 0.3;
const OTHER_FACE: f32 = 0.45;

impl Alike {
    /// In per cent: 100 is the same. As far as the face is the same, a turned head or another light costs nothing; as far as
    /// it is another one, equal surroundings save nothing.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 100 after the clamp"
    )]
    pub fn percent(&self) -> u8 {
        let detail = 1.0 - self.detail.clamp(0.0, 1.0);
        let alike = self.face.map_or(detail, |far| {
            let (face, other) = (alike_by_face(far), share_of_another(far));
            detail.max(face) * (1.0 - other) + detail.min(face) * other
        });
        (alike * 100.0).round() as u8
    }

    /// Whether its face became another one.
    #[must_use]
    pub fn another_face(&self) -> bool {
        self.face.is_some_and(|far| far >= OTHER_FACE)
    }

    /// In a word. A shape that moved by 0.4 per cent is never the same; a face that is known to be the same is no other
    /// rendering, however it is turned.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (self.face, self.rendering()) {
            (Some(_), _) if self.another_face() => "another face",
            (Some(far), _) if far > SAME_FACE => "perhaps another face",
            (None, word) | (Some(_), word @ "the same") => word,
            (Some(_), "slightly different") => "the same face, slightly different",
            (Some(_), _) => "the same face, visibly different",
        }
    }

    fn rendering(&self) -> &'static str {
        match self.detail {
            d if d <= 0.05 && self.shape < 0.4 => "the same",
            d if d <= 0.20 => "slightly different",
            d if d <= 0.45 => "visibly different",
            _ => "another rendering",
        }
    }
}

/// The likeness of two faces by their distance: 90 per cent at the most that is the same, 50 at the least that is another.
fn alike_by_face(far: f32) -> f32 {
    let between = |from: (f32, f32), to: (f32, f32)| from.1 + (to.1 - from.1) * (far - from.0) / (to.0 - from.0);
    match far {
        f if f <= SAME_FACE => between((0.0, 1.0), (SAME_FACE, 0.9)),
        f if f <= OTHER_FACE => between((SAME_FACE, 0.9), (OTHER_FACE, 0.5)),
        _ => between((OTHER_FACE, 0.5), (0.9, 0.0)).max(0.0),
    }
}

/// 0 for the same face, 1 for another.
fn share_of_another(far: f32) -> f32 {
    ((far - SAME_FACE) / (OTHER_FACE - SAME_FACE)).clamp(0.0, 1.0)
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

    /// Likeness of the subject to itself in the first picture of the branch, or, in its first turn, in the base.
    #[must_use]
    pub fn along_the_branch(&self) -> Option<Alike> {
        self.likeness_to_first.or(self.likeness)
    }

    /// Whether the face became another one since the version before, or since the first.
    #[must_use]
    pub fn another_face(&self) -> bool {
        let both = [self.likeness, self.likeness_to_first];
        both.into_iter().flatten().any(|alike| alike.another_face())
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
            face: None,
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
    fn a_face_weighs_more_than_its_surroundings() {
        let alike = |detail, face| Alike {
            shape: 0.0,
            detail,
            colour: 0.0,
            face: Some(face),
        };
        let told = |detail, face| (alike(detail, face).percent(), alike(detail, face).word());
        // A turned head, and another one in the same place.
        assert_eq!(told(0.7, 0.15), (95, "the same face, visibly different"));
        assert_eq!(told(0.12, 0.24), (92, "the same face, slightly different"));
        assert_eq!(told(0.02, 0.1), (98, "the same"));
        assert_eq!(told(0.02, 0.45), (50, "another face"));
        assert_eq!(told(0.02, 0.7), (22, "another face"));
        assert_eq!(told(0.9, 0.7), (10, "another face"));
        assert_eq!(told(0.02, 1.4).0, 0);
        assert_eq!(told(0.02, 0.4).1, "perhaps another face");
        // Nothing jumps on the way from one to the other.
        for detail in [0.0, 0.3, 0.9] {
            let steps = (0..100_u8).map(|far| alike(detail, f32::from(far) / 100.0).percent());
            let steps: Vec<u8> = steps.collect();
            assert!(
                steps
                    .windows(2)
                    .all(|pair| pair[0] >= pair[1] && pair[0] - pair[1] <= 9),
                "{steps:?}"
            );
        }
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
