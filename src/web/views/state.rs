//! What handlers hand in: domain values, gathered for one page.
//!
//! Rule: no HTML, no words, no addresses; those are made by the constructors that take these.

use crate::{
    backends::Offers,
    domain::{
        access::Standing,
        cost::Micros,
        ids::{ClientId, VersionId},
        options::Options,
        preset::Preset,
        session::Session,
        share::Access,
        time::Moment,
        turn::Turn,
        version::Version,
    },
    store::costs::Lately,
};

/// What every page needs to know about the server and who looks at it.
#[derive(Debug, Clone)]
pub struct Site {
    /// The name the visitor chose.
    pub visitor_name: Option<String>,
    /// How people get in.
    pub mode: Mode,
    /// Whether the visitor gave the shared password (always false in open mode).
    pub signed_in: bool,
    /// Open mode on an address that others can reach: every page says so.
    pub exposed_open: bool,
    /// The time of the answer.
    pub now: Moment,
    /// No model is configured; the built-in engine does all the work.
    pub engine_only: bool,
    /// What is to be said of the nets that are fetched, or could not be.
    pub nets: NetsLine,
}

/// What is to be said of the built-in engine's nets; no words when there is nothing.
#[derive(Debug, Clone, Default)]
pub struct NetsLine {
    /// Whether there will soon be another line.
    pub is_going: bool,
    /// The line.
    pub words: String,
    /// What it says on request.
    pub more: String,
}

/// How people get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everybody who reaches the server.
    Open,
    /// Those who know the shared password.
    Password,
}

/// One session in a list.
#[derive(Debug, Clone)]
pub struct SessionSummary {
    /// The session.
    pub session: Session,
    /// What the visitor is to it.
    pub standing: Standing,
}

/// Everything the session page shows.
#[derive(Debug, Clone)]
pub struct SessionState {
    /// The session.
    pub session: Session,
    /// What the visitor is to it.
    pub standing: Standing,
    /// The picture on the stage and its surroundings.
    pub stage: StageState,
    /// Up to a page of turns, oldest first.
    pub turns: Vec<TurnView>,
    /// The place before which there are more turns.
    pub earlier: Option<u32>,
    /// Reference tiles kept in the composer, "image 2" first.
    pub references: Vec<Version>,
    /// Who can edit; at least one.
    pub backends: Vec<BackendChoice>,
    /// What is chosen beside the words.
    pub options: Options,
    /// What was spent; none where nothing costs anything.
    pub spending: Option<Spending>,
    /// Text to put in the composer.
    pub text: Option<String>,
    /// What they were filled in from.
    pub preset: Option<Preset>,
    /// Why the turn was not accepted.
    pub error: Option<String>,
    /// The revision this page shows; live events go on from here.
    pub revision: u64,
    /// What the composer's next turn will be called.
    pub fresh_client_id: ClientId,
}

/// The picture on the stage, and the way to it.
#[derive(Debug, Clone)]
pub struct StageState {
    /// The version on the stage.
    pub selected: Version,
    /// From the original to the selected version, which is the last. Of a long path the original and the newest are
    /// enough: `path_left_out` says how many are missing after the first.
    pub path: Vec<PathNode>,
    /// How many versions of the path were left out after the first.
    pub path_left_out: u32,
    /// The version the selected one was made from.
    pub parent: Option<Version>,
    /// Where redo goes.
    pub redo: Option<VersionId>,
    /// The first version of the session.
    pub original: VersionId,
    /// The number of the newest version.
    pub newest_number: u32,
    /// The per cent below which likeness is warned of.
    pub likeness_mark: u8,
}

/// One version on the path.
#[derive(Debug, Clone)]
pub struct PathNode {
    /// The version.
    pub version: Version,
    /// How many versions were made from it.
    pub children: u32,
    /// The words that made it; none for an upload.
    pub asked: Option<String>,
    /// Who asked for it; none for an upload.
    pub author: Option<String>,
}

/// A turn with the versions it speaks of.
#[derive(Debug, Clone)]
pub struct TurnView {
    /// The turn.
    pub turn: Turn,
    /// The version it edits.
    pub base: Version,
    /// "image 2", "image 3", ….
    pub references: Vec<Version>,
    /// What it made; empty until done, and when it only moved the selection.
    pub results: Vec<Version>,
    /// Where it moved the selection, when it made nothing.
    pub moved_to: Option<Version>,
    /// What people call its backend.
    pub backend_title: String,
    /// Its place in the queue, 1 being next.
    pub queue_place: Option<u32>,
    /// The likeness in per cent below which a card warns.
    pub likeness_mark: u8,
}

/// A backend to choose from.
#[derive(Debug, Clone)]
pub struct BackendChoice {
    /// Its name in forms.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The model it asks for.
    pub model: Option<String>,
    /// How many further pictures it takes.
    pub references: u32,
    /// The most results of a turn.
    pub candidates: u32,
    /// What may be chosen beside the words.
    pub offers: Offers,
    /// What its last turns were like.
    pub lately: Lately,
    /// Whether it costs nothing.
    pub free: bool,
    /// Whether it is chosen unless somebody chooses another.
    pub default: bool,
}

/// What was spent, where anything costs something.
#[derive(Debug, Clone)]
pub struct Spending {
    /// On this session.
    pub session: Micros,
    /// By the house in this month.
    pub month: Micros,
    /// "November 2026".
    pub name: String,
    /// What the house may spend in a month.
    pub ceiling: Option<Micros>,
}

/// A link that was just made: the only time its address can be shown.
#[derive(Debug, Clone)]
pub struct FreshLink {
    /// The whole address.
    pub url: String,
    /// What it allows.
    pub access: Access,
    /// When it ends.
    pub expires_at: Option<Moment>,
}
