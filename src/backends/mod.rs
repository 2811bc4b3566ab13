//! Everything that can edit a picture, behind one trait.
//!
//! Rule: a backend gets an [`EditRequest`] and answers with pictures or a [`BackendError`]; it knows nothing of
//! sessions, rows or pages, and what it returns is untrusted until `blobs` has inspected it. Called by
//! `turns::worker`; listed in [`registry`].
//!
//! Read this file, then `registry`, then one backend (`embedded`), then `http` for those that go out.

pub mod comfyui;
pub mod embedded;
pub mod gemini;
pub mod guarded;
pub mod http;
pub mod openai;
pub mod openrouter;
pub mod registry;

mod models;
mod past;
mod prices;
mod prompt;
mod sending;
mod several;
mod shape;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use plantain_engine::nets::FaceNets;
use tokio_util::sync::CancellationToken;

use crate::{
    blobs::RawImage,
    domain::{
        ids::VersionId,
        instruction::Instruction,
        making::Deed,
        options::{Options, Quality},
        picture::Blob,
        turn::{Failure, FailureKind, Usage},
        version::RawParts,
    },
};

/// How long a check may take.
const CHECKING: Duration = Duration::from_secs(20);

/// Something that edits pictures.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What it is and what it can do.
    fn info(&self) -> &BackendInfo;

    /// Carries out one instruction. Ends by its own deadline; when `watch` is cancelled it drops what it is doing
    /// and answers [`BackendError::Cancelled`].
    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError>;

    /// Looks whether it could edit, without editing: is somebody there, is the key right, is the model known? What was
    /// found, in a few words; an error says what is wrong.
    async fn check(&self, _watch: &Watch) -> Result<String, BackendError> {
        Ok("it is part of this program".to_owned())
    }

    /// How much longer it rests after having failed too often; none when it takes turns.
    fn resting(&self) -> Option<Duration> {
        None
    }

    /// Nets that tell faces apart, where it has them. May block while it reads them the first time.
    fn faces(&self) -> Option<FaceNets> {
        None
    }
}

/// What a backend is and what it can do.
#[derive(Debug, Clone)]
pub struct BackendInfo {
    /// Its name in forms, rows and the JSON interface: `embedded`, `gemini`.
    pub name: String,
    /// Which protocol it speaks: `embedded`, `gemini`.
    pub kind: &'static str,
    /// What people read: "Built-in engine", "Gemini".
    pub title: String,
    /// The model it asks for, if it has one.
    pub model: Option<String>,
    /// How many further pictures an instruction may bring.
    pub references: u32,
    /// Whether it is told of a drawn region; to one that isn't, the picture outside is given back all the same.
    pub regions: bool,
    /// Whether it takes points as a layer over the picture, where no region is drawn.
    pub markup: bool,
    /// Whether it uses the path of earlier turns.
    pub history: bool,
    /// The most candidates of one turn.
    pub candidates: u32,
    /// What may be chosen beside the words.
    pub offers: Offers,
    /// Whether it streams previews.
    pub streaming: bool,
    /// Whether doing a turn again costs nothing, so that it may be done again after a restart.
    pub free_to_repeat: bool,
    /// How many turns it works on at a time.
    pub at_once: usize,
    /// The longest a turn may take.
    pub deadline: Duration,
}

/// What a person may choose beside the words; what isn't here is not shown for this backend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// Ratios of the result, as `16:9`.
    pub ratios: Vec<&'static str>,
    /// How good.
    pub qualities: Vec<Quality>,
    /// Workflows by name, the one that is run unless said first; empty where there is only one way.
    pub workflows: Vec<String>,
    /// Whether it can make a picture of words alone.
    pub from_words: bool,
    /// Whether it may change what nobody asked for, so that the rest is worth giving back.
    pub touches_the_rest: bool,
    /// Millionths of a dollar a picture costs about: as the settings have it, and by quality where that is known.
    pub prices: Vec<(Option<Quality>, u64)>,
}

impl Offers {
    /// What a picture of this quality costs about, in millionths of a dollar.
    #[must_use]
    pub fn price(&self, quality: Option<Quality>) -> Option<u64> {
        self.prices
            .iter()
            .find(|(of, _)| *of == quality)
            .map(|(_, price)| *price)
    }
}

/// One instruction with everything a backend may need to carry it out.
#[derive(Debug, Clone)]
pub struct EditRequest {
    /// The picture to edit.
    pub base: Blob,
    /// Whether that is an empty canvas: then a picture is to be made of the words, in the canvas's shape.
    pub canvas: bool,
    /// "image 2", "image 3", … in this order.
    pub references: Vec<Blob>,
    /// How numbered points are shown.
    pub pointed: Pointed,
    /// What to do.
    pub instruction: Instruction,
    /// Where, if somebody drew it. Whatever comes back, outside of it the base is given back.
    pub region: Option<Area>,
    /// What was chosen beside the words.
    pub options: Options,
    /// The path through the tree from its root to the base, root first; never the chat's order of time.
    pub history: Vec<PastStep>,
    /// The version that "redo" goes to: the child of the base that was made last, if it has one.
    pub redo: Option<VersionId>,
    /// Grows with every attempt, so that "try again" can bring something else.
    pub seed: u64,
}

/// How a model sees the numbered points of a turn, beside the words that tell of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pointed {
    /// Not at all.
    #[default]
    InWords,
    /// The last reference is the base with the points drawn on it.
    OnACopy,
    /// The backend draws them into a clear layer over the base.
    AsMarkup,
}

/// Where a picture may change.
#[derive(Debug, Clone)]
pub struct Area {
    /// A grey mask in the base's frame, at any size; white may change, black stays.
    pub mask: Blob,
    /// The box around what may change, in per cent: left, top, right, bottom.
    pub bounds: [u8; 4],
}

/// One version on the path to the base.
#[derive(Debug, Clone)]
pub struct PastStep {
    /// The version.
    pub version: VersionId,
    /// Its number in the session.
    pub number: u32,
    /// Its picture.
    pub blob: Blob,
    /// Whether that is an empty canvas.
    pub canvas: bool,
    /// Whether its words were said about another version and led to the one before it on this path first.
    pub led_here: bool,
    /// What was asked to make it; none for an upload.
    pub instruction: Option<Instruction>,
    /// Who made it; none for an upload.
    pub backend: Option<String>,
    /// Where it was kept to, if somebody drew it: the mask.
    pub region: Option<Blob>,
    /// The further pictures it was made with, in order.
    pub references: Vec<Blob>,
    /// What the model that made it answered, if that can be sent back.
    pub raw: Option<RawParts>,
}

/// What came of an edit.
#[derive(Debug, Default)]
pub struct EditOutcome {
    /// The resulting pictures, untrusted, best first.
    pub pictures: Vec<RawImage>,
    /// The version on the path that the pictures were made from; the base unless the words led elsewhere first ("undo
    /// that and make it warmer").
    pub made_from: Option<VersionId>,
    /// Instead of a picture: the version to select ("undo", "back to the original").
    pub select: Option<VersionId>,
    /// What the backend says in words.
    pub note: Option<String>,
    /// What it cost.
    pub usage: Option<Usage>,
    /// What must be sent back unchanged when the first picture is edited next.
    pub raw: Option<RawReply>,
    /// What was done to make the pictures, each kind once. Who leaves it empty is a generative model.
    pub deeds: Vec<Deed>,
}

/// A model's own answer, as it came.
#[derive(Debug, Clone)]
pub struct RawReply {
    /// The model, which alone can read it.
    pub family: String,
    /// The bytes.
    pub bytes: Bytes,
    /// How many pictures are in it.
    pub pictures: u32,
}

/// Takes how far an edit is (0 to 1, if known) and what it is doing.
type Tell = Box<dyn Fn(Option<f32>, Option<&str>) + Send + Sync>;

/// Takes a picture that is on its way.
type Show = Box<dyn Fn(RawImage) + Send + Sync>;

/// Takes the words that go out.
type Note = Box<dyn Fn(&str) + Send + Sync>;

/// Takes what was paid for nothing, in millionths of a dollar.
type Bill = Box<dyn Fn(u64) + Send + Sync>;

/// The line between a running edit and those who wait for it: progress out, cancel in.
pub struct Watch {
    /// Cancelled when a person cancels the turn or the server stops.
    pub cancel: CancellationToken,
    tell: Tell,
    show: Show,
    note: Note,
    bill: Bill,
}

impl Watch {
    /// Progress goes to `tell`, which must be quick.
    pub fn new(cancel: CancellationToken, tell: impl Fn(Option<f32>, Option<&str>) + Send + Sync + 'static) -> Self {
        Self {
            cancel,
            tell: Box::new(tell),
            show: Box::new(|_| {}),
            note: Box::new(|_| {}),
            bill: Box::new(|_| {}),
        }
    }

    /// What calls cost that brought no picture goes to `bill` as well, which must be quick.
    #[must_use]
    pub fn with_bills(self, bill: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self {
            bill: Box::new(bill),
            ..self
        }
    }

    /// Tells what a call cost that ends in an error; what pictures cost is told with them.
    pub fn paid_for_nothing(&self, usage: Option<Usage>) {
        if let Some(micros) = usage.and_then(|usage| usage.cost_micros) {
            (self.bill)(micros);
        }
    }

    /// The words that go out go to `note` as well, which must be quick.
    #[must_use]
    pub fn with_prompts(self, note: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            note: Box::new(note),
            ..self
        }
    }

    /// Tells the words that are about to be sent, exactly; no secret is among them.
    pub fn sends(&self, words: &str) {
        (self.note)(words);
    }

    /// Pictures on their way go to `show`, which must be quick; without it nobody sees them.
    #[must_use]
    pub fn with_previews(self, show: impl Fn(RawImage) + Send + Sync + 'static) -> Self {
        Self {
            show: Box::new(show),
            ..self
        }
    }

    /// Shows how the picture is getting on; untrusted, and never the result.
    pub fn preview(&self, picture: RawImage) {
        (self.show)(picture);
    }

    /// Says how far the edit is (0 to 1, if known) and what it is doing.
    pub fn progress(&self, fraction: Option<f32>, step: Option<&str>) {
        (self.tell)(fraction, step);
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The engine understood and does not do it; `kind` is one of declined, needs_generative, not_understood.
    #[error("declined")]
    Declined {
        /// Which of the three.
        kind: FailureKind,
        /// The engine's own words.
        message: String,
    },
    /// The service's rules refused the request or the result.
    #[error("blocked: {reason}")]
    Blocked {
        /// The service's word for it.
        reason: String,
        /// The service's sentence for the person, as plain text.
        note: Option<String>,
    },
    /// Too many requests just now.
    #[error("rate limited")]
    RateLimited {
        /// When to come back, if it said.
        retry_after: Option<Duration>,
    },
    /// The allowance is used up; waiting a little does not help.
    #[error("quota exhausted")]
    QuotaExhausted,
    /// The service can't be reached or is down.
    #[error("unavailable")]
    Unavailable {
        /// When to come back, if it said.
        retry_after: Option<Duration>,
    },
    /// It failed several times in a row and is left alone for a while; nothing was sent.
    #[error("resting")]
    Resting {
        /// For how much longer.
        wait: Duration,
    },
    /// No answer in time.
    #[error("timed out")]
    TimedOut,
    /// It answered in words only.
    #[error("no picture in the answer")]
    NoImage {
        /// Those words, as plain text.
        text: Option<String>,
    },
    /// The answer could not be read; `what` is for the log.
    #[error("bad answer: {what}")]
    BadAnswer {
        /// What was wrong with it, for the log.
        what: String,
    },
    /// The service began and could not finish.
    #[error("failed: {note}")]
    Failed {
        /// What it says about that, as plain text.
        note: String,
    },
    /// A key, model name or address is wrong, or the request was.
    #[error("misconfigured: {what}")]
    Misconfigured {
        /// What is wrong, in words the operator can act on; no secrets.
        what: String,
    },
    /// The watch was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Our own disk or memory failed while preparing the request.
    #[error("own fault")]
    Own(#[from] std::io::Error),
}

impl BackendError {
    /// What the turn's card says. `title` names the backend.
    #[must_use]
    pub fn for_the_user(&self, title: &str) -> Failure {
        let (kind, message) = match self {
            Self::Declined { kind, message } => (*kind, message.clone()),
            Self::Blocked { .. } => (
                FailureKind::Blocked,
                format!(
                    "{title} declined this edit under its rules. Other words, another picture or another backend may work."
                ),
            ),
            Self::RateLimited { .. } => (
                FailureKind::RateLimited,
                format!("{title} is getting too many requests just now. Try again in a moment."),
            ),
            Self::QuotaExhausted => (
                FailureKind::Quota,
                format!(
                    "The allowance of the {title} account is used up. Waiting a little does not help; its plan or another backend does."
                ),
            ),
            Self::Unavailable { .. } => (
                FailureKind::Unavailable,
                format!("{title} can't be reached or is overloaded. This is not about your picture; try again later."),
            ),
            Self::Resting { .. } => (
                FailureKind::Unavailable,
                format!(
                    "{title} failed several times in a row and is left alone for a moment. Try again then, or choose another backend."
                ),
            ),
            Self::TimedOut => (
                FailureKind::Timeout,
                format!("{title} did not answer in time. Try again."),
            ),
            Self::NoImage { .. } => (
                FailureKind::NoImage,
                format!("{title} answered in words only. Ask for the picture, or say the change in other words."),
            ),
            Self::BadAnswer { .. } => (
                FailureKind::BadAnswer,
                format!("{title} sent an answer that holds no readable picture. Try again."),
            ),
            Self::Failed { .. } => (
                FailureKind::BadAnswer,
                format!("{title} began this edit and could not finish it."),
            ),
            Self::Misconfigured { what } => (
                FailureKind::Misconfigured,
                format!("{title} is not set up right: {what}"),
            ),
            Self::Cancelled => (FailureKind::Interrupted, "The edit was stopped.".to_owned()),
            Self::Own(_) => (
                FailureKind::Unavailable,
                "This server could not read or write the picture. Try again; if it stays, tell whoever runs it."
                    .to_owned(),
            ),
        };
        Failure {
            kind,
            message,
            note: self.note(),
            retry_after_s: self.retry_after_s(),
        }
    }

    /// What the service itself said, as plain text.
    fn note(&self) -> Option<String> {
        match self {
            Self::Blocked { reason, note } => Some(note.clone().unwrap_or_else(|| format!("Reason given: {reason}"))),
            Self::NoImage { text } => text.clone(),
            Self::Failed { note } => Some(note.clone()).filter(|note| !note.is_empty()),
            _ => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after } => {
                retry_after.map(|wait| u32::try_from(wait.as_secs().max(1)).unwrap_or(u32::MAX))
            }
            Self::Resting { wait } => Some(u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX)),
            _ => None,
        }
    }
}
