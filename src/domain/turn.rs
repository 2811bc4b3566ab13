//! A turn: one instruction and what came of it.
//!
//! Rule: a state carries just the data that state has, a transition is a method that takes the old state and may
//! refuse, and the three ends (done, failed, cancelled) never change except by a retry, which is a new attempt.
//! Driven by `turns`, stored by `store::turns`, shown by `web`.

use super::{
    ids::{ClientId, SessionId, TurnId, VersionId, VisitorId},
    instruction::Instruction,
    options::Options,
    region::Marked,
    time::Moment,
};

/// One instruction and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its name in addresses.
    pub id: TurnId,
    /// The session it belongs to.
    pub session: SessionId,
    /// What its sender called it: the same twice is the same turn.
    pub client_id: ClientId,
    /// 1, 2, 3 … in the order the session's turns were accepted; the same for everybody.
    pub place: u32,
    /// The version it edits.
    pub base: VersionId,
    /// Further pictures the instruction speaks of: "image 2", "image 3", … in this order.
    pub references: Vec<VersionId>,
    /// What was asked.
    pub instruction: Instruction,
    /// Where, if somebody drew it.
    pub region: Option<Marked>,
    /// What was chosen beside the words.
    pub options: Options,
    /// Who edits: a backend's name.
    pub backend: String,
    /// The words that really went to the model at the last attempt; none before, and for the engine.
    pub prompt: Option<String>,
    /// Who asked.
    pub author: Author,
    /// When it was accepted.
    pub created_at: Moment,
    /// The session's revision at its last change.
    pub revision: u64,
    /// Where it stands.
    pub state: TurnState,
}

/// Who asked for a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The browser, unless it came with a bare token.
    pub visitor: Option<VisitorId>,
    /// The name at that time: chosen, or "Guest 2".
    pub name: String,
}

/// Where a turn stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnState {
    /// Accepted, waiting for its place.
    Queued,
    /// With the backend.
    Running {
        /// When this attempt began.
        started_at: Moment,
    },
    /// Finished.
    Done(Outcome),
    /// Ended without a picture; says why.
    Failed(Failure),
    /// A person stopped it.
    Cancelled,
}

/// What a finished turn brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The versions it made, first candidate first; empty when it only moved the selection ("undo").
    pub versions: Vec<VersionId>,
    /// The version selected afterwards.
    pub selected: VersionId,
    /// What the backend said in words.
    pub note: Option<String>,
    /// From claim to version, in milliseconds.
    pub took_ms: u64,
    /// What it cost, as far as the backend told.
    pub usage: Option<Usage>,
}

/// What a turn cost, as the backend counted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    /// Tokens of the request.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
    /// Millionths of a US dollar, when the service told or its price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
}

/// Why a turn failed, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which kind.
    pub kind: FailureKind,
    /// One or two sentences: what happened and what to do.
    pub message: String,
    /// What the backend itself said, as plain text, when that helps.
    pub note: Option<String>,
    /// Seconds after which another try makes sense.
    pub retry_after_s: Option<u32>,
}

/// The kinds of failure; the words of the JSON interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The engine knows the wish and doesn't do it.
    Declined,
    /// Only a generative model can do this.
    NeedsGenerative,
    /// The words made no sense to the engine.
    NotUnderstood,
    /// The service's rules refused it.
    Blocked,
    /// Too many requests just now.
    RateLimited,
    /// The account's allowance is used up.
    Quota,
    /// The service is down or can't be reached.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// The model answered in words only.
    NoImage,
    /// The answer could not be read or was no picture.
    BadAnswer,
    /// A key, model name or address is wrong.
    Misconfigured,
    /// The server stopped while it ran.
    Interrupted,
}

impl FailureKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Declined,
        Self::NeedsGenerative,
        Self::NotUnderstood,
        Self::Blocked,
        Self::RateLimited,
        Self::Quota,
        Self::Unavailable,
        Self::Timeout,
        Self::NoImage,
        Self::BadAnswer,
        Self::Misconfigured,
        Self::Interrupted,
    ];

    /// The kind's word in the database and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::NeedsGenerative => "needs_generative",
            Self::NotUnderstood => "not_understood",
            Self::Blocked => "blocked",
            Self::RateLimited => "rate_limited",
            Self::Quota => "quota",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::NoImage => "no_image",
            Self::BadAnswer => "bad_answer",
            Self::Misconfigured => "misconfigured",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether the wish itself was turned down, so that other words (not another try) are the next step.
    #[must_use]
    pub const fn is_a_refusal(self) -> bool {
        matches!(
            self,
            Self::Declined | Self::NeedsGenerative | Self::NotUnderstood | Self::Blocked
        )
    }
}

/// The turn is not in a state from which that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the turn is {from} and can't become {to}")]
pub struct BadTransition {
    /// Where it stands.
    pub from: &'static str,
    /// What was tried.
    pub to: &'static str,
}

impl TurnState {
    /// The state's word in the database and the JSON interface.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running { .. } => "running",
            Self::Done(_) => "done",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will happen by itself.
    #[must_use]
    pub const fn is_ended(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_) | Self::Cancelled)
    }

    /// Queued → running.
    ///
    /// # Errors
    /// [`BadTransition`] from any other state.
    pub fn start(self, started_at: Moment) -> Result<Self, BadTransition> {
        match self {
            Self::Queued => Ok(Self::Running { started_at }),
            other => Err(other.refuse("running")),
        }
    }

    /// Running → done.
    ///
    /// # Errors
    /// [`BadTransition`] from any other state.
    pub fn finish(self, outcome: Outcome) -> Result<Self, BadTransition> {
        match self {
            Self::Running { .. } => Ok(Self::Done(outcome)),
            other => Err(other.refuse("done")),
        }
    }

    /// Running → failed.
    ///
    /// # Errors
    /// [`BadTransition`] from any other state.
    pub fn fail(self, failure: Failure) -> Result<Self, BadTransition> {
        match self {
            Self::Running { .. } => Ok(Self::Failed(failure)),
            other => Err(other.refuse("failed")),
        }
    }

    /// Queued or running → cancelled.
    ///
    /// # Errors
    /// [`BadTransition`] when it has ended.
    pub fn cancel(self) -> Result<Self, BadTransition> {
        if self.is_ended() {
            Err(self.refuse("cancelled"))
        } else {
            Ok(Self::Cancelled)
        }
    }

    /// Failed or cancelled → queued again.
    ///
    /// # Errors
    /// [`BadTransition`] when it is open or done.
    pub fn retry(self) -> Result<Self, BadTransition> {
        match self {
            Self::Failed(_) | Self::Cancelled => Ok(Self::Queued),
            other => Err(other.refuse("queued")),
        }
    }

    const fn refuse(&self, to: &'static str) -> BadTransition {
        BadTransition {
            from: self.as_str(),
            to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn states() -> [TurnState; 5] {
        let failure = Failure {
            kind: FailureKind::Timeout,
            message: "Too slow.".into(),
            note: None,
            retry_after_s: None,
        };
        let selected = VersionId::new(Uuid::nil());
        let outcome = Outcome {
            versions: vec![],
            selected,
            note: None,
            took_ms: 1,
            usage: None,
        };
        [
            TurnState::Queued,
            TurnState::Running {
                started_at: Moment::from_millis(0),
            },
            TurnState::Done(outcome),
            TurnState::Failed(failure),
            TurnState::Cancelled,
        ]
    }

    #[test]
    fn every_transition_is_allowed_from_its_own_states_only() {
        let [_, _, done, failed, _] = states();
        let (TurnState::Done(outcome), TurnState::Failed(failure)) = (done, failed) else {
            unreachable!()
        };
        let names = |allowed: &dyn Fn(TurnState) -> bool| -> Vec<&'static str> {
            states()
                .into_iter()
                .filter(|s| allowed(s.clone()))
                .map(|s| s.as_str())
                .collect()
        };
        assert_eq!(names(&|s| s.start(Moment::from_millis(1)).is_ok()), ["queued"]);
        assert_eq!(names(&|s| s.finish(outcome.clone()).is_ok()), ["running"]);
        assert_eq!(names(&|s| s.fail(failure.clone()).is_ok()), ["running"]);
        assert_eq!(names(&|s| s.cancel().is_ok()), ["queued", "running"]);
        assert_eq!(names(&|s| s.retry().is_ok()), ["failed", "cancelled"]);
    }

    #[test]
    fn failure_kinds_have_distinct_words() {
        let words: std::collections::HashSet<_> = FailureKind::ALL.iter().map(|k| k.as_str()).collect();
        assert_eq!(words.len(), FailureKind::ALL.len());
    }
}
