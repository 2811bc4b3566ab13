//! Whole pages.
//!
//! Rule: every page carries [`Site`] for the frame around it and works without scripts. Called by the handlers of `web`.

use askama::Template;

use super::{
    choices::{self, Choices},
    coach::{CoachPanel, CoachView},
    fragments::{Earlier, HeadView, PanelView, SharePanel, StageView},
    picture::{self, Thumb},
    presets,
    state::{Mode, NetsLine, SessionState, SessionSummary, Site},
    turn_card::Card,
    words::{self, When},
};
use crate::domain::{access::Standing, ids::ClientId, instruction::Instruction, session::Session};
use crate::web::{
    canvas,
    languages::{say, told},
};

/// The most references a turn takes.
pub const MAX_REFERENCES: u32 = 13;

/// Home: begin a session, and those there are.
#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
pub struct Home {
    site: Site,
    sessions: Vec<SessionCard>,
    trashed: Vec<SessionCard>,
    examples: [Example; 2],
    /// Where somebody here makes pictures of words: what a session that begins with them is called by its sender.
    from_words: Option<String>,
    ratios: [&'static str; 7],
    max_chars: usize,
    nets: NetsLine,
}

/// One of the pictures drawn by our own code.
#[derive(Debug)]
struct Example {
    name: &'static str,
    /// The key of it.
    title: &'static str,
    /// In the language that the engine reads.
    try_saying: &'static str,
}

/// One session in the list.
#[derive(Debug)]
struct SessionCard {
    id: String,
    title: String,
    picture: String,
    changed: When,
    may: &'static str,
    /// The key of what it is to the visitor.
    shared: Option<&'static str>,
    deleted: Option<When>,
}

impl Home {
    /// The sessions in use and in the trash, in the order to show them.
    #[must_use]
    pub fn new(site: &Site, sessions: &[SessionSummary], trashed: &[SessionSummary]) -> Self {
        let examples = [
            Example {
                name: "harbour",
                title: "home-harbour",
                try_saying: "Make it warmer and a little darker",
            },
            Example {
                name: "still-life",
                title: "home-still-life",
                try_saying: "Black and white with more contrast",
            },
        ];
        Self {
            site: site.clone(),
            sessions: sessions.iter().map(SessionCard::new).collect(),
            trashed: trashed.iter().map(SessionCard::new).collect(),
            examples,
            from_words: None,
            ratios: canvas::RATIOS,
            max_chars: Instruction::MAX_CHARS,
            nets: site.nets.clone(),
        }
    }

    /// With a way to begin with words, when somebody here makes pictures of them; sent twice under this id, they begin one
    /// session.
    #[must_use]
    pub fn with_words(mut self, from_words: Option<ClientId>) -> Self {
        self.from_words = from_words.map(|id| id.to_string());
        self
    }
}

impl SessionCard {
    fn new(summary: &SessionSummary) -> Self {
        let session = &summary.session;
        Self {
            id: session.id.to_string(),
            title: session.title.to_string(),
            picture: picture::rendition(session.id, session.head, picture::RENDITIONS[0]),
            changed: session.updated_at.into(),
            may: may(summary.standing),
            shared: match summary.standing {
                Standing::Viewer => Some("home-shared-view"),
                Standing::Editor => Some("home-shared-edit"),
                Standing::Owner | Standing::Stranger => None,
            },
            deleted: session.deleted_at.map(When::from),
        }
    }
}

/// One session.
#[derive(Debug, Template)]
#[template(path = "pages/session.html")]
pub struct SessionPage {
    site: Site,
    may: &'static str,
    head: HeadView,
    stage: StageView,
    earlier: Option<Earlier>,
    turns: Vec<Card>,
    composer: Option<Composer>,
    /// The blank card of a turn that is being sent.
    turn: Card,
    revision: u64,
    coach: CoachView,
    nets: NetsLine,
}

/// What the composer prints.
#[derive(Debug)]
struct Composer {
    text: String,
    error: Option<String>,
    /// Pictures that the chosen preset still needs.
    needs: String,
    client_id: String,
    references: Vec<Thumb>,
    backends: Vec<BackendOption>,
    only: Option<String>,
    /// Points that were set, as the form's field.
    pins: String,
    choices: Choices,
    max_chars: usize,
    max_references: u32,
}

#[derive(Debug)]
struct BackendOption {
    name: String,
    label: String,
    references: u32,
    can: String,
    prices: String,
    seconds: Option<String>,
    free: bool,
    chosen: bool,
}

impl SessionPage {
    /// The page of a session as `state` has it.
    #[must_use]
    pub fn new(site: &Site, state: &SessionState) -> Self {
        let session = &state.session;
        let author = site.visitor_name.clone().unwrap_or_else(|| say("turn-you").into());
        Self {
            site: site.clone(),
            may: may(state.standing),
            head: HeadView::new(session),
            stage: StageView::new(session, &state.stage),
            earlier: state.earlier.map(|place| Earlier::new(session, place)),
            turns: state.turns.iter().map(Card::new).collect(),
            composer: (state.standing >= Standing::Editor).then(|| Composer::new(state)),
            turn: Card::sending(session.id, &author),
            revision: state.revision,
            coach: CoachView::default(),
            nets: site.nets.clone(),
        }
    }

    /// With the coach's panel open.
    #[must_use]
    pub fn with_coach(mut self, panel: CoachPanel) -> Self {
        self.coach = panel.into_view();
        self
    }
}

impl Composer {
    fn new(state: &SessionState) -> Self {
        let option = |choice: &super::BackendChoice| BackendOption {
            name: choice.name.clone(),
            label: match &choice.model {
                None => told(&choice.title).into_owned(),
                Some(model) => format!("{} · {model}", choice.title),
            },
            references: choice.references,
            can: choices::can(choice),
            prices: choices::prices(choice),
            seconds: choice.lately.took_ms.map(|took| words::seconds(took.div_ceil(1000))),
            free: choice.free,
            chosen: choice.default,
        };
        let backends: Vec<_> = state.backends.iter().map(option).collect();
        let missing = |preset| presets::missing(preset, state.references.len());
        let needs = state.preset.as_ref().and_then(missing);
        Self {
            text: state.text.clone().unwrap_or_default(),
            error: state.error.as_deref().map(|error| told(error).into_owned()),
            needs: needs.unwrap_or_default(),
            client_id: state.fresh_client_id.to_string(),
            references: state.references.iter().map(Thumb::of).collect(),
            only: (backends.len() == 1).then(|| backends[0].label.clone()),
            backends,
            pins: state.options.pins.in_form(),
            choices: Choices::new(state),
            max_chars: Instruction::MAX_CHARS,
            max_references: MAX_REFERENCES,
        }
    }
}

/// A session's links, as a page of its own.
#[derive(Debug, Template)]
#[template(path = "pages/share.html")]
pub struct SharePage {
    site: Site,
    head: HeadView,
    panel: PanelView,
}

impl SharePage {
    /// The page around `panel`.
    #[must_use]
    pub fn new(site: &Site, session: &Session, panel: SharePanel) -> Self {
        Self {
            site: site.clone(),
            head: HeadView::new(session),
            panel: panel.into_view(),
        }
    }
}

/// The door of a server with a shared password.
#[derive(Debug, Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignIn {
    site: Site,
    error: Option<String>,
}

impl SignIn {
    /// The form, with why the last try failed.
    #[must_use]
    pub fn new(site: &Site, error: Option<&str>) -> Self {
        Self {
            site: site.clone(),
            error: error.map(|error| told(error).into_owned()),
        }
    }
}

/// What went wrong, and what to do.
#[derive(Debug, Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    site: Site,
    status: u16,
    /// The key of it.
    title: &'static str,
    words: String,
    request_id: Option<String>,
    sign_in: bool,
}

impl ErrorPage {
    /// The page for an HTTP status; `words` say it better than the usual sentence, `request_id` finds it in the log.
    #[must_use]
    pub fn new(site: &Site, status: u16, words: Option<&str>, request_id: Option<&str>) -> Self {
        let (title, usual) = usual(status);
        Self {
            site: site.clone(),
            status,
            title,
            words: words.map_or_else(|| say(usual).into(), str::to_owned),
            request_id: request_id.map(str::to_owned),
            sign_in: site.mode == Mode::Password && !site.signed_in && matches!(status, 401 | 403 | 404),
        }
    }
}

/// The keys of the usual title and sentence of a status.
const fn usual(status: u16) -> (&'static str, &'static str) {
    match status {
        401 => ("error-401", "error-401-words"),
        403 => ("error-403", "error-403-words"),
        404 => ("error-404", "error-404-words"),
        409 => ("error-409", "error-409-words"),
        413 => ("error-413", "error-413-words"),
        415 => ("error-415", "error-415-words"),
        422 => ("error-422", "error-422-words"),
        429 => ("error-429", "error-429-words"),
        503 => ("error-503", "error-503-words"),
        400..=499 => ("error-422", "error-4xx-words"),
        _ => ("error-500", "error-500-words"),
    }
}

/// The one attribute by which a page hides what its viewer may not do (the server refuses it anyway).
pub(super) const fn may(standing: Standing) -> &'static str {
    match standing {
        Standing::Owner => "own",
        Standing::Editor => "edit",
        Standing::Viewer | Standing::Stranger => "view",
    }
}
