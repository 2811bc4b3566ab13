//! A turn's card: every state in words, with what can be done next.
//!
//! Rule: the only place that turns a [`TurnState`] into words for a page. The card is the same for every viewer and in
//! the page, the answer to a form and the live stream. Used by `pages` and `fragments`.

use super::{
    drift_note::DriftNote,
    picture::Thumb,
    state::TurnView,
    words::{self, When},
};
use crate::domain::{
    ids::SessionId,
    turn::{Failure, FailureKind, Outcome, Turn, TurnState},
    version::Version,
};
use crate::web::languages::{Said, say, told};

/// What a turn's card prints.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its id; "sending" in the blank card that a script fills.
    pub id: String,
    /// The session.
    pub session: String,
    /// What its sender called it: lets a script know its own card.
    pub client: String,
    /// Its place in the conversation; empty in the blank card.
    pub place: String,
    /// sending, queued, running, done, refused, failed or cancelled.
    pub state: &'static str,
    /// The card's heading for screen readers.
    pub heading: String,
    /// What the live region says when the card comes to this state.
    pub say: String,
    /// Who asked.
    pub author: String,
    /// The first letter of that name.
    pub initial: String,
    /// 0 to 5: which colour stands for that name.
    pub hue: u32,
    /// When; none in the blank card.
    pub when: Option<When>,
    /// What was asked.
    pub text: String,
    /// The version it edits; none in the blank card.
    pub base: Option<Thumb>,
    /// "image 2", "image 3", ….
    pub references: Vec<Reference>,
    /// What it made.
    pub results: Vec<Thumb>,
    /// What is to be said of what it made.
    pub drift: Vec<DriftNote>,
    /// The drawn region: "12 % of the picture", and its mask.
    pub region: Option<(String, String)>,
    /// The points that its words may speak of: "1 is at 32 % from the left, …".
    pub pins: Vec<String>,
    /// Where it moved the selection.
    pub moved_to: Option<Thumb>,
    /// What the backend said in words.
    pub note: Option<String>,
    /// The words that really went to the model.
    pub sent: Option<String>,
    /// Under the results: backend, time, tokens.
    pub facts: Vec<String>,
    /// While it is open.
    pub open: Option<Open>,
    /// When it ended without a picture.
    pub ended: Option<Ended>,
    /// Its backend's name in forms.
    pub backend: String,
    /// The session page with everything of this turn back in the composer.
    pub again: String,
    /// What was chosen beside the words, as a form sends it: `count=3&quality=high`.
    pub chosen: String,
}

/// A reference with its number.
#[derive(Debug, Clone)]
pub struct Reference {
    /// 2, 3, ….
    pub number: usize,
    /// Its picture.
    pub thumb: Thumb,
}

/// A card that is not finished.
#[derive(Debug, Clone)]
pub struct Open {
    /// "Sending", "Queued", "Working".
    pub title: Said,
    /// More of it: "2nd in line".
    pub words: String,
    /// Since when it runs.
    pub since: Option<When>,
    /// Whether the server knows it, so that it can be cancelled there.
    pub accepted: bool,
}

/// A card that ended without a picture.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What happened, in a few words.
    pub title: Said,
    /// What happened, in sentences.
    pub words: String,
    /// Whose fault it is, when that helps.
    pub fault: Option<Said>,
    /// How long to wait.
    pub wait: Option<String>,
    /// The words on the button for another attempt; none when only other words help.
    pub retry: Option<Said>,
    /// The words on the button that puts everything back into the composer.
    pub edit: Said,
    /// Whether other words are the next step, rather than another attempt.
    pub edit_first: bool,
    /// A plain-text report for whoever runs the server; none for what needs none.
    pub report: Option<String>,
}

impl Card {
    /// The card of a turn.
    #[must_use]
    pub fn new(view: &TurnView) -> Self {
        let turn = &view.turn;
        let mut card = Self {
            id: turn.id.to_string(),
            client: turn.client_id.to_string(),
            place: turn.place.to_string(),
            author: turn.author.name.clone(),
            initial: initial(&turn.author.name),
            hue: hue(&turn.author.name),
            when: Some(turn.created_at.into()),
            text: turn.instruction.to_string(),
            base: Some(Thumb::of(&view.base)),
            references: numbered(&view.references),
            backend: turn.backend.clone(),
            sent: turn.prompt.clone(),
            again: again(turn),
            chosen: turn.options.in_form(),
            pins: turn.options.pins.in_words(),
            region: turn.region.map(|region| {
                let mask = format!("/s/{}/regions/{}", turn.session, region.id);
                (told(&region.share.in_words()).into_owned(), mask)
            }),
            ..Self::blank(turn.session)
        };
        card.show_state(view);
        let heading = say("turn-heading").with("place", turn.place).with("name", &card.author);
        card.heading = heading.with("state", lower_first(&card.say)).into();
        card
    }

    /// The card that appears at once while a turn is sent; a script fills in its words.
    #[must_use]
    pub fn sending(session: SessionId, author: &str) -> Self {
        Self {
            author: author.to_owned(),
            initial: initial(author),
            hue: hue(author),
            ..Self::blank(session)
        }
    }

    fn blank(session: SessionId) -> Self {
        Self {
            id: "sending".into(),
            session: session.to_string(),
            client: String::new(),
            place: String::new(),
            state: "sending",
            heading: say("words-sending").into(),
            say: say("words-sending").into(),
            author: String::new(),
            initial: String::new(),
            hue: 0,
            when: None,
            text: String::new(),
            base: None,
            references: Vec::new(),
            region: None,
            pins: Vec::new(),
            results: Vec::new(),
            drift: Vec::new(),
            moved_to: None,
            note: None,
            sent: None,
            facts: Vec::new(),
            open: Some(Open {
                title: say("words-sending"),
                words: String::new(),
                since: None,
                accepted: false,
            }),
            ended: None,
            backend: String::new(),
            again: String::new(),
            chosen: String::new(),
        }
    }

    fn show_state(&mut self, view: &TurnView) {
        self.open = None;
        match &view.turn.state {
            TurnState::Queued => self.show_queued(view.queue_place),
            TurnState::Running { started_at } => {
                self.state = "running";
                self.say = say("turn-working").into();
                self.open = Some(Open {
                    title: say("turn-working"),
                    words: told(&view.backend_title).into_owned(),
                    since: Some((*started_at).into()),
                    accepted: true,
                });
            }
            TurnState::Done(outcome) => self.show_done(view, outcome),
            TurnState::Failed(failure) => self.show_failed(view, failure),
            TurnState::Cancelled => {
                self.state = "cancelled";
                self.say = say("turn-cancelled").into();
                self.ended = Some(Ended {
                    title: say("turn-cancelled"),
                    words: say("turn-kept").into(),
                    fault: None,
                    wait: None,
                    retry: Some(say("turn-send-again")),
                    edit: say("turn-resend"),
                    edit_first: false,
                    report: None,
                });
            }
        }
    }

    fn show_queued(&mut self, place: Option<u32>) {
        self.state = "queued";
        self.say = say("turn-queued").into();
        let words = match place {
            None | Some(0) => say("turn-soon"),
            Some(1) => say("turn-next"),
            Some(place) => say("turn-in-line").with("place", words::ordinal(place)),
        };
        self.open = Some(Open {
            title: say("turn-queued"),
            words: words.into(),
            since: None,
            accepted: true,
        });
    }

    fn show_done(&mut self, view: &TurnView, outcome: &Outcome) {
        self.state = "done";
        self.results = view.results.iter().map(Thumb::of).collect();
        let named = view.results.len() > 1;
        let note = |version| DriftNote::of(version, &view.turn, named, view.likeness_mark);
        self.drift = view.results.iter().filter_map(note).collect();
        self.moved_to = view.moved_to.as_ref().map(Thumb::of);
        self.note = outcome.note.as_deref().map(|note| told(note).into_owned());
        self.say = match (self.results.len(), &self.moved_to) {
            (0, Some(thumb)) => say("turn-moved").with("number", thumb.number),
            (0, None) => say("turn-finished"),
            (count, _) => say("turn-finished-pictures").with("count", count),
        }
        .into();
        self.facts = vec![told(&view.backend_title).into_owned(), words::took(outcome.took_ms)];
        if let Some(usage) = outcome.usage {
            let tokens = usage.input_tokens.saturating_add(usage.output_tokens);
            self.facts.push(say("turn-tokens").with("count", tokens).into());
            self.facts.extend(usage.cost_micros.map(words::dollars));
        }
    }

    fn show_failed(&mut self, view: &TurnView, failure: &Failure) {
        let refused = failure.kind.is_a_refusal();
        self.state = if refused { "refused" } else { "failed" };
        self.note.clone_from(&failure.note);
        let title = title(failure.kind);
        let message = told(&failure.message);
        self.say = format!("{title}: {message}");
        self.facts = vec![told(&view.backend_title).into_owned()];
        self.ended = Some(Ended {
            title,
            words: message.into_owned(),
            fault: fault(failure.kind),
            wait: failure
                .retry_after_s
                .map(|s| say("turn-wait").with("span", words::seconds(s.into())).into()),
            retry: retry(failure.kind),
            edit: say(if refused { "turn-edit-words" } else { "turn-resend" }),
            edit_first: refused,
            report: (!refused).then(|| report(view, failure)),
        });
    }
}

/// What happened, in a few words.
fn title(kind: FailureKind) -> Said {
    say(match kind {
        FailureKind::Declined => "turn-declined",
        FailureKind::NeedsGenerative => "turn-needs-generative",
        FailureKind::NotUnderstood => "turn-not-understood",
        FailureKind::Blocked => "turn-blocked",
        FailureKind::RateLimited => "turn-rate-limited",
        FailureKind::Quota => "turn-quota",
        FailureKind::Unavailable => "turn-unavailable",
        FailureKind::Timeout => "turn-timeout",
        FailureKind::NoImage => "turn-no-image",
        FailureKind::BadAnswer => "turn-bad-answer",
        FailureKind::Misconfigured => "turn-misconfigured",
        FailureKind::Interrupted => "turn-interrupted",
    })
}

/// Whose fault it is, when that helps a person decide what to do.
fn fault(kind: FailureKind) -> Option<Said> {
    match kind {
        FailureKind::RateLimited
        | FailureKind::Quota
        | FailureKind::Unavailable
        | FailureKind::Timeout
        | FailureKind::BadAnswer => Some(say("turn-fault-service")),
        FailureKind::Misconfigured | FailureKind::Interrupted => Some(say("turn-fault-server")),
        FailureKind::Declined
        | FailureKind::NeedsGenerative
        | FailureKind::NotUnderstood
        | FailureKind::Blocked
        | FailureKind::NoImage => None,
    }
}

/// The words on the button for another attempt of the same turn.
fn retry(kind: FailureKind) -> Option<Said> {
    match kind {
        FailureKind::NoImage => Some(say("turn-ask-picture")),
        kind if kind.is_a_refusal() => None,
        _ => Some(say("turn-try-again")),
    }
}

/// What a person can hand to whoever runs the server.
fn report(view: &TurnView, failure: &Failure) -> String {
    let turn = &view.turn;
    format!(
        "Plantain, failed turn\nturn: {}\nsession: {}\nbackend: {}\nkind: {}\naccepted: {}\nmessage: {}",
        turn.id,
        turn.session,
        turn.backend,
        failure.kind.as_str(),
        turn.created_at.rfc3339(),
        failure.message
    )
}

/// The session page with this turn's base, references and words in the composer.
fn again(turn: &Turn) -> String {
    let references: String = turn.references.iter().map(|id| format!("&ref={id}")).collect();
    let region = turn
        .region
        .map_or_else(String::new, |region| format!("&region={}", region.id));
    let pins = match turn.options.pins.in_form() {
        none if none.is_empty() => none,
        pins => format!("&pins={pins}"),
    };
    format!(
        "/s/{}?v={}{references}{region}{pins}&again={}",
        turn.session, turn.base, turn.id
    )
}

fn numbered(versions: &[Version]) -> Vec<Reference> {
    (2..)
        .zip(versions)
        .map(|(number, version)| Reference {
            number,
            thumb: Thumb::of(version),
        })
        .collect()
}

/// The letter in the little disc beside a name.
pub(super) fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "?".into(), |c| c.to_uppercase().collect())
}

/// The same name has the same colour everywhere.
pub(super) fn hue(name: &str) -> u32 {
    name.chars()
        .fold(0_u32, |sum, c| sum.wrapping_mul(31).wrapping_add(c.into()))
        % 6
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
