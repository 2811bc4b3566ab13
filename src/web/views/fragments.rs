//! Pieces of a page that are also sent alone: as the answer to a form, or down the live stream.
//!
//! Rule: each root element has a stable id, by which it replaces its elder; the page includes the very same template
//! with the same variable name. Called by the handlers of `web` and by the live stream.

use askama::Template;

use super::{
    picture::{self, Thumb},
    state::{FreshLink, NetsLine, StageState, TurnView},
    turn_card::Card,
    words::{self, When},
};
use crate::domain::{
    coach::{self, Chip},
    session::Session,
    share::{Access, Share},
    time::Moment,
    version::Version,
};
use crate::web::languages::{say, told};

/// `<article id="turn-…">`: one turn.
#[derive(Debug, Template)]
#[template(path = "fragments/turn.html")]
pub struct TurnCard {
    turn: Card,
}

impl TurnCard {
    /// The card of a turn.
    #[must_use]
    pub fn new(view: &TurnView) -> Self {
        Self { turn: Card::new(view) }
    }
}

/// `<div id="nets">`: how far the fetching of the engine's nets is; hidden when there is nothing to say.
#[derive(Debug, Template)]
#[template(path = "fragments/nets.html")]
pub struct Nets {
    nets: NetsLine,
}

impl Nets {
    /// The line as it is now.
    #[must_use]
    pub fn new(nets: NetsLine) -> Self {
        Self { nets }
    }
}

/// Earlier turns: `<div id="earlier">` (the way further back) and a list of cards to put before those shown.
#[derive(Debug, Template)]
#[template(path = "fragments/earlier_turns.html")]
pub struct EarlierTurns {
    earlier: Option<Earlier>,
    turns: Vec<Card>,
}

/// The way to earlier turns.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The page that shows them.
    pub page: String,
    /// The same as a fragment.
    pub fragment: String,
}

impl Earlier {
    /// The way to the turns before `place`.
    #[must_use]
    pub fn new(session: &Session, place: u32) -> Self {
        let id = session.id;
        Self {
            page: format!("/s/{id}?before={place}"),
            fragment: format!("/s/{id}/turns?before={place}"),
        }
    }
}

impl EarlierTurns {
    /// A page of turns, oldest first; `earlier` is the place before which there are more.
    #[must_use]
    pub fn new(session: &Session, turns: &[TurnView], earlier: Option<u32>) -> Self {
        Self {
            earlier: earlier.map(|place| Earlier::new(session, place)),
            turns: turns.iter().map(Card::new).collect(),
        }
    }
}

/// `<section id="stage">`, `<nav id="filmstrip">` and `<div id="base-tile">`: what changes with the selected version.
#[derive(Debug, Template)]
#[template(path = "fragments/stage_parts.html")]
pub struct Stage {
    stage: StageView,
}

impl Stage {
    /// The three parts for the selected version.
    #[must_use]
    pub fn new(session: &Session, state: &StageState) -> Self {
        Self {
            stage: StageView::new(session, state),
        }
    }
}

/// What the stage, the filmstrip and the base tile print.
#[derive(Debug, Clone)]
pub struct StageView {
    /// The session.
    pub session: String,
    /// The selected version.
    pub thumb: Thumb,
    /// Whether that is an empty canvas.
    pub canvas: bool,
    /// The 1600-pixel rendition.
    pub src: String,
    /// All renditions.
    pub srcset: String,
    /// Width of the picture itself.
    pub width: u32,
    /// Height of the picture itself.
    pub height: u32,
    /// What made it.
    pub alt: String,
    /// Who asked for it.
    pub author: Option<String>,
    /// When it was made.
    pub when: When,
    /// The number of the newest version.
    pub newest: u32,
    /// The version it was made from, to look at for a moment.
    pub before: Option<Before>,
    /// Where undo goes.
    pub undo: Option<String>,
    /// Where redo goes.
    pub redo: Option<String>,
    /// Whether a turn made it.
    pub edited: bool,
    /// Where "back to the original" goes; none when that is on the stage.
    pub original: Option<String>,
    /// The selected version is not where the session stands.
    pub elsewhere: bool,
    /// The first versions of the path: the original alone when others were left out after it.
    pub roots: Vec<Node>,
    /// "12 more" that were left out.
    pub left_out: Option<String>,
    /// The path.
    pub nodes: Vec<Node>,
    /// The per cent below which likeness is warned of.
    pub likeness_mark: u8,
    /// What may come next; none of an original.
    pub chips: Vec<ChipView>,
}

/// A quick next step.
#[derive(Debug, Clone)]
pub struct ChipView {
    /// What it says.
    pub words: String,
    /// The words that are put in: English, which is what the engine reads.
    pub puts: &'static str,
    /// `say`, `add` or `undo`.
    pub does: &'static str,
}

impl From<Chip> for ChipView {
    fn from(chip: Chip) -> Self {
        let (puts, does) = match chip {
            Chip::Say(words) => (words, "say"),
            Chip::Add(words) => (words, "add"),
            Chip::Undo => ("", "undo"),
        };
        let words = match chip {
            Chip::Undo => say("stage-undo").into(),
            Chip::Say(_) | Chip::Add(_) => told(puts).into_owned(),
        };
        Self { words, puts, does }
    }
}

/// The version before the one on the stage.
#[derive(Debug, Clone)]
pub struct Before {
    /// Its small picture.
    pub thumb: Thumb,
    /// Its 1600-pixel rendition.
    pub src: String,
    /// Said when its size is another.
    pub other_size: Option<String>,
}

/// One picture of the filmstrip.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its small picture.
    pub thumb: Thumb,
    /// What made it, in a few words.
    pub words: String,
    /// On the stage now.
    pub current: bool,
    /// How many versions grow from it, when more than one does.
    pub forks: Option<u32>,
    /// How like its first self the subject is, in per cent, where that was measured.
    pub alike: Option<u8>,
}

impl StageView {
    /// What `state` looks like.
    #[must_use]
    pub fn new(session: &Session, state: &StageState) -> Self {
        let version = &state.selected;
        let (alt, author) = state
            .path
            .last()
            .map_or((None, None), |node| (node.asked.clone(), node.author.clone()));
        let id = |version: &Version| version.id.to_string();
        let mut nodes = nodes(state);
        let left_out =
            (state.path_left_out > 0).then(|| say("stage-left-out").with("count", state.path_left_out).into());
        let roots = if left_out.is_some() {
            nodes.drain(..nodes.len().min(1)).collect()
        } else {
            Vec::new()
        };
        Self {
            session: session.id.to_string(),
            thumb: Thumb::of(version),
            canvas: version.canvas,
            src: picture::rendition(version.session, version.id, picture::RENDITIONS[2]),
            srcset: picture::srcset(version),
            width: version.blob.dimensions.width,
            height: version.blob.dimensions.height,
            alt: alt.unwrap_or_else(|| {
                let key = if version.canvas { "stage-empty" } else { "stage-put-in" };
                say(key).into()
            }),
            author,
            when: version.created_at.into(),
            newest: state.newest_number,
            before: state.parent.as_ref().map(|parent| Before::new(parent, version)),
            undo: state.parent.as_ref().map(id),
            redo: state.redo.map(|version| version.to_string()),
            edited: version.origin != crate::domain::version::Origin::Upload,
            original: (state.original != version.id).then(|| state.original.to_string()),
            elsewhere: session.head != version.id,
            roots,
            left_out,
            nodes,
            likeness_mark: state.likeness_mark,
            chips: chips_of(state),
        }
    }
}

fn chips_of(state: &StageState) -> Vec<ChipView> {
    let asked = state.path.last().and_then(|node| node.asked.as_deref());
    let asked = asked.filter(|_| state.parent.is_some());
    let is_of_a_model = state.selected.drift.is_some();
    let chips = asked.map_or_else(Vec::new, |asked| coach::chips(asked, is_of_a_model));
    chips.into_iter().map(ChipView::from).collect()
}

impl Before {
    fn new(parent: &Version, version: &Version) -> Self {
        let other_size = (parent.blob.dimensions != version.blob.dimensions).then(|| {
            let size = words::size(parent.blob.dimensions);
            say("stage-other-size")
                .with("number", parent.number)
                .with("size", size)
                .into()
        });
        Self {
            thumb: Thumb::of(parent),
            src: picture::rendition(parent.session, parent.id, picture::RENDITIONS[2]),
            other_size,
        }
    }
}

fn nodes(state: &StageState) -> Vec<Node> {
    let node = |node: &super::PathNode| Node {
        thumb: Thumb::of(&node.version),
        words: node.asked.as_deref().map_or_else(
            || {
                let key = if node.version.canvas {
                    "stage-empty"
                } else {
                    "stage-as-put-in"
                };
                say(key).into()
            },
            |asked| words::brief(asked, 60),
        ),
        current: node.version.id == state.selected.id,
        forks: (node.children > 1).then_some(node.children),
        alike: alike_of(&node.version),
    };
    state.path.iter().map(node).collect()
}

fn alike_of(version: &Version) -> Option<u8> {
    Some(version.drift.as_ref()?.along_the_branch()?.percent())
}

/// `<li id="ref-…">`: a reference in the composer.
#[derive(Debug, Template)]
#[template(path = "fragments/reference.html")]
pub struct ReferenceTile {
    reference: Thumb,
}

impl ReferenceTile {
    /// The tile of a version.
    #[must_use]
    pub fn new(version: &Version) -> Self {
        Self {
            reference: Thumb::of(version),
        }
    }
}

/// `<p id="composer-error" role="alert">`: why a turn was not accepted.
#[derive(Debug, Template)]
#[template(path = "fragments/composer_error.html")]
pub struct ComposerError {
    error: Option<String>,
}

impl ComposerError {
    /// Says `words` under the composer.
    #[must_use]
    pub fn new(words: &str) -> Self {
        Self {
            error: Some(told(words).into_owned()),
        }
    }
}

/// `<p id="notice" role="alert">`: words for a form that could not be carried out.
#[derive(Debug, Template)]
#[template(path = "fragments/notice.html")]
pub struct Notice {
    words: String,
}

impl Notice {
    /// Says `words`.
    #[must_use]
    pub fn new(words: &str) -> Self {
        Self {
            words: words.to_owned(),
        }
    }
}

/// `<header id="session-head">`: the session's title and what can be done with all of it.
#[derive(Debug, Template)]
#[template(path = "fragments/session_head.html")]
pub struct SessionHead {
    head: HeadView,
}

impl SessionHead {
    /// The head of a session.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self {
            head: HeadView::new(session),
        }
    }
}

/// What a session's head prints.
#[derive(Debug, Clone)]
pub struct HeadView {
    /// The session.
    pub session: String,
    /// Its title.
    pub title: String,
    /// Its selected version, by which an open page notices that somebody moved the selection.
    pub selected: String,
}

impl HeadView {
    /// The head of a session.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self {
            session: session.id.to_string(),
            title: session.title.to_string(),
            selected: session.head.to_string(),
        }
    }
}

/// `<section id="share-panel">`: the session's links and the form for another.
#[derive(Debug, Template)]
#[template(path = "fragments/share_panel.html")]
pub struct SharePanel {
    panel: PanelView,
}

/// What the share panel prints.
#[derive(Debug, Clone)]
pub struct PanelView {
    pub(super) session: String,
    pub(super) fresh: Option<FreshView>,
    pub(super) error: Option<String>,
    pub(super) links: Vec<LinkView>,
}

/// A link that was just made.
#[derive(Debug, Clone)]
pub(super) struct FreshView {
    pub(super) url: String,
    pub(super) allows: &'static str,
    pub(super) ends: Option<When>,
}

/// One link in the list.
#[derive(Debug, Clone)]
pub(super) struct LinkView {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) access: &'static str,
    pub(super) made: When,
    pub(super) ends: Option<When>,
    pub(super) used: Option<When>,
    pub(super) uses: String,
    pub(super) state: &'static str,
    pub(super) live: bool,
}

impl SharePanel {
    /// The links of a session, newest first as handed in; `fresh` is one just made.
    #[must_use]
    pub fn new(
        session: &Session,
        shares: &[Share],
        fresh: Option<&FreshLink>,
        error: Option<&str>,
        now: Moment,
    ) -> Self {
        let panel = PanelView {
            session: session.id.to_string(),
            fresh: fresh.map(|link| FreshView {
                url: link.url.clone(),
                allows: allows(link.access),
                ends: link.expires_at.map(When::from),
            }),
            error: error.map(|error| told(error).into_owned()),
            links: shares.iter().map(|share| LinkView::new(share, now)).collect(),
        };
        Self { panel }
    }

    /// What it prints, for the page that includes it.
    #[must_use]
    pub fn into_view(self) -> PanelView {
        self.panel
    }
}

impl LinkView {
    fn new(share: &Share, now: Moment) -> Self {
        let state = match (share.is_live(now), share.revoked_at) {
            (true, _) => "live",
            (false, Some(_)) => "revoked",
            (false, None) => "expired",
        };
        Self {
            id: share.id.to_string(),
            name: allows(share.access),
            access: share.access.as_str(),
            made: share.created_at.into(),
            ends: share.expires_at.map(When::from),
            used: share.last_used_at.map(When::from),
            uses: words::times(share.uses),
            state,
            live: share.is_live(now),
        }
    }
}

/// The key of what a link allows.
const fn allows(access: Access) -> &'static str {
    match access {
        Access::View => "share-allows-view",
        Access::Edit => "share-allows-edit",
    }
}
