//! What a card says of a result beside its picture: what was given back, how like itself the subject is, what can be done.
//!
//! Rule: nothing is said where nothing was measured, and a warning is one quiet line with what helps. Used by `turn_card`.

use crate::domain::{
    drift::{Alike, Drift, Kept},
    turn::Turn,
    version::Version,
};
use crate::web::languages::{say, told};

/// What a card prints of one result's drift.
#[derive(Debug, Clone)]
pub struct DriftNote {
    /// "4" of "v4".
    pub number: u32,
    /// Whether the number must be said: there are several results.
    pub named: bool,
    /// What was done about the rest: "The rest of the picture is exactly the same."
    pub words: String,
    /// "12 % changed", and what was undone: "shifted by 3.1 px".
    pub facts: Vec<String>,
    /// "Subject 98 %: the same".
    pub likeness: Vec<String>,
    /// The model's own picture, where that is another: to look at, and, posted to, to take.
    pub returned: Option<String>,
    /// Where it differs from its base, as a picture.
    pub difference: Option<String>,
    /// The version's width in pixels, to keep room for its pictures.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// When the subject is less like itself than it should be.
    pub warning: Option<Warning>,
}

/// A quiet line, and what helps.
#[derive(Debug, Clone)]
pub struct Warning {
    /// "The subject is visibly different (70 %)."
    pub words: String,
    /// Where trying again, keeping the subject, is posted to.
    pub again: String,
    /// Where bringing the subject back is posted to.
    pub subject: String,
    /// The version it is brought back from.
    pub from: String,
    /// The page with the version before, to go on from.
    pub back: String,
    /// Where the way here, applied to the first picture in one go, is posted to; none when it is a single turn.
    pub squash: Option<Squash>,
}

/// The form that makes one turn of several.
#[derive(Debug, Clone)]
pub struct Squash {
    /// Where it is posted to.
    pub action: String,
    /// The version at the end of the way.
    pub version: String,
    /// The name of the turn it makes: the same for every press.
    pub client_id: String,
}

impl DriftNote {
    /// What there is to say of a result of this turn; `mark` is the per cent below which likeness is warned of.
    #[must_use]
    pub fn of(version: &Version, turn: &Turn, named: bool, mark: u8) -> Option<Self> {
        let drift = version.drift.as_ref()?;
        let address = format!("/s/{}/versions/{}", version.session, version.id);
        let found = drift.found.filter(|_| drift.kept != Kept::Unrelated);
        let mut facts = Vec::new();
        if let Some(found) = found {
            let share = told(&found.changed_in_words()).into_owned();
            facts.push(say("turn-changed").with("share", share).into());
            if drift.gives_back() {
                facts.extend(found.undone().iter().map(|undone| told(undone).into_owned()));
            }
        }
        Some(Self {
            number: version.number,
            named,
            words: told(drift.in_words()).into_owned(),
            facts,
            likeness: likeness(drift),
            returned: version.as_returned.map(|_| format!("{address}/as-returned")),
            width: version.blob.dimensions.width,
            height: version.blob.dimensions.height,
            difference: version.parent.map(|_| format!("{address}/difference")),
            warning: warning(version, drift, turn, &address, mark),
        })
    }
}

fn likeness(drift: &Drift) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(alike) = drift.likeness {
        words.push(alike_in_words("turn-subject", alike));
    }
    if let Some(alike) = drift.likeness_to_first {
        words.push(alike_in_words("turn-to-first", alike));
    }
    words
}

fn alike_in_words(key: &'static str, alike: Alike) -> String {
    let said = say(key).with("percent", u32::from(alike.percent()));
    said.with("word", told(alike.word()).into_owned()).into()
}

fn warning(version: &Version, drift: &Drift, turn: &Turn, address: &str, mark: u8) -> Option<Warning> {
    let least = drift.least_alike().filter(|percent| *percent < mark)?;
    let parent = version.parent?;
    let words = if drift.another_face() {
        say("turn-face-warning")
    } else {
        say("turn-subject-warning")
    };
    Some(Warning {
        words: words.with("percent", least).into(),
        again: format!("/s/{}/turns/{}/keep-subject", turn.session, turn.id),
        subject: format!("{address}/subject"),
        from: parent.to_string(),
        back: format!("/s/{}?v={parent}", version.session),
        squash: drift.likeness_to_first.map(|_| Squash {
            action: format!("/s/{}/squash", version.session),
            version: version.id.to_string(),
            client_id: version.id.to_string(),
        }),
    })
}
