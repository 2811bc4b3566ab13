//! What changed in a session, as events of its live stream: read and rendered once for each language, told to all who watch.
//!
//! Rule: rows are the truth and a tape only remembers what was last read from them, never more than [`MOST_BYTES`]; who
//! is further behind reads the rows. A tape is locked while it is brought up to date, never while somebody receives.
//! Carried by `app`, asked by `events`.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex as Latch, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use askama::Template;
use bytes::Bytes;
use tokio::sync::Mutex;

use super::{
    error::WebError,
    gather,
    languages::Language,
    views::{
        comments::CommentsNews,
        fragments::{SessionHead, TurnCard},
    },
};
use crate::{
    app::App,
    domain::ids::{SessionId, TurnId, VersionId},
    store::comments::CommentsOf,
};

/// Turns read at once, and versions with other comments: what a stream may have waiting for a slow reader.
const AT_ONCE: u32 = 32;
/// What a tape keeps, in bytes: about twenty turns.
const MOST_BYTES: usize = 64 * 1024;

/// The tapes of the sessions that somebody watches. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Changes(Arc<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    tapes: Latch<HashMap<(SessionId, Language), Weak<Tape>>>,
    rendered: AtomicU64,
}

/// The latest changes of one session in one language; lives as long as somebody holds it.
#[derive(Debug)]
pub struct Tape {
    session: SessionId,
    language: Language,
    recent: Mutex<Stretch>,
}

/// Everything that changed after revision `after` up to revision `upto`, each thing once, in the order of its last change.
#[derive(Debug, Default)]
pub struct Stretch {
    after: u64,
    upto: u64,
    events: VecDeque<Told>,
}

/// One thing as it is since `revision`.
#[derive(Debug, Clone)]
struct Told {
    revision: u64,
    what: What,
    event: Bytes,
}

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The title or the selection.
    Head,
    Turn(TurnId),
    /// The comments on a version.
    Comments(VersionId),
}

/// What a reader is told next.
#[derive(Debug, Default)]
pub struct Next {
    /// Whole events, in order.
    pub events: Vec<Bytes>,
    /// The revision that the reader has seen then.
    pub upto: u64,
    /// The revision of the session when it was looked at; later than `upto` when there is more to ask for.
    pub of: u64,
}

impl Changes {
    /// The tape of a session that stands at `revision`, shared with all who hold it already and read the same language.
    #[must_use]
    pub fn tape(&self, session: SessionId, language: Language, revision: u64) -> Arc<Tape> {
        let mut tapes = self.0.tapes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tape) = tapes.get(&(session, language)).and_then(Weak::upgrade) {
            return tape;
        }
        tapes.retain(|_, tape| tape.strong_count() > 0);
        let tape = Arc::new(Tape {
            session,
            language,
            recent: Mutex::new(Stretch {
                after: revision,
                upto: revision,
                events: VecDeque::new(),
            }),
        });
        tapes.insert((session, language), Arc::downgrade(&tape));
        tape
    }

    /// How many events were rendered since the start.
    #[must_use]
    pub fn rendered(&self) -> u64 {
        self.0.rendered.load(Ordering::Relaxed)
    }
}

impl Tape {
    /// What a reader who has seen `last` is told next. `newest` is the revision they heard of; without it the rows are
    /// asked in any case.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn after(&self, app: &App, last: u64, newest: Option<u64>) -> Result<Next, WebError> {
        let mut recent = self.recent.lock().await;
        let mut of = newest.unwrap_or(0).max(recent.upto);
        if last < recent.after {
            // Older than the tape: they read for themselves, and keep nobody waiting.
            drop(recent);
            let (stretch, of) = self.read(app, last).await?;
            return Ok(stretch.next(last, of));
        }
        while newest.is_none_or(|newest| recent.upto < newest) || recent.upto < last {
            let (further, revision) = self.read(app, recent.upto).await?;
            let is_all = further.upto >= revision;
            of = of.max(revision);
            recent.append(further);
            if is_all || recent.upto > last {
                break;
            }
        }
        Ok(recent.next(last, of))
    }

    async fn read(&self, app: &App, after: u64) -> Result<(Stretch, u64), WebError> {
        self.language.during(read(app, self.session, after)).await
    }
}

impl Stretch {
    /// Takes in what came after it; what became newer is forgotten in its older form.
    fn append(&mut self, further: Self) {
        self.events
            .retain(|old| !further.events.iter().any(|new| new.what == old.what));
        self.events.extend(further.events);
        self.upto = self.upto.max(further.upto);
        let mut bytes: usize = self.events.iter().map(|told| told.event.len()).sum();
        while bytes > MOST_BYTES && self.events.len() > 1 {
            let Some(oldest) = self.events.pop_front() else { break };
            bytes -= oldest.event.len();
            self.after = oldest.revision;
        }
    }

    fn next(&self, last: u64, of: u64) -> Next {
        let newer = self.events.iter().filter(|told| told.revision > last);
        Next {
            events: newer.map(|told| told.event.clone()).collect(),
            upto: self.upto.max(last),
            of,
        }
    }
}

/// Reads and renders what changed after `after`, at most [`AT_ONCE`] turns and comments of it; and the session's revision.
async fn read(app: &App, session: SessionId, after: u64) -> Result<(Stretch, u64), WebError> {
    let mut stretch = Stretch {
        after,
        upto: after,
        events: VecDeque::new(),
    };
    let Some((session, head_revision)) = app.store.session_and_head_revision(session).await? else {
        return Ok((stretch, after));
    };
    if session.revision <= after {
        return Ok((stretch, session.revision));
    }
    // Only up to the revision of that row: what changes meanwhile is the next read's, so that nothing falls between two queries.
    let mut turns = app
        .store
        .turns_changed_between(session.id, after, session.revision, AT_ONCE)
        .await?;
    let upto = end_of(session.revision, turns.iter().map(|turn| turn.revision));
    let said = app
        .store
        .comments_changed_between(session.id, after, upto, AT_ONCE)
        .await?;
    stretch.upto = end_of(upto, said.iter().map(|of| of.revision));
    turns.retain(|turn| turn.revision <= stretch.upto);
    if head_revision > after && head_revision <= stretch.upto {
        let has_turn = turns.iter().any(|turn| turn.revision == head_revision);
        let id = (!has_turn).then_some(head_revision);
        let event = event(id, "session", &render(app, &SessionHead::new(&session))?);
        stretch.events.push_back(Told {
            revision: head_revision,
            what: What::Head,
            event,
        });
    }
    for view in gather::turn_views(app, session.id, turns).await? {
        let revision = view.turn.revision;
        let event = event(Some(revision), "turn", &render(app, &TurnCard::new(&view))?);
        stretch.events.push_back(Told {
            revision,
            what: What::Turn(view.turn.id),
            event,
        });
    }
    for of in said {
        stretch.events.push_back(told_of(app, session.id, &of)?);
    }
    // A head and a turn of one revision stay in this order, and only the second bears the id: a reader cut off between
    // the two asks again for both.
    stretch.events.make_contiguous().sort_by_key(|told| told.revision);
    Ok((stretch, session.revision))
}

/// Up to which revision a list is complete, given those of its entries: to the end, unless it is full.
fn end_of(end: u64, revisions: impl ExactSizeIterator<Item = u64>) -> u64 {
    if revisions.len() < AT_ONCE as usize {
        end
    } else {
        revisions.last().unwrap_or(end)
    }
}

fn told_of(app: &App, session: SessionId, of: &CommentsOf) -> Result<Told, WebError> {
    let event = event(
        Some(of.revision),
        "part",
        &render(app, &CommentsNews::new(session, of))?,
    );
    Ok(Told {
        revision: of.revision,
        what: What::Comments(of.version),
        event,
    })
}

fn render(app: &App, template: &impl Template) -> Result<String, WebError> {
    app.changes.0.rendered.fetch_add(1, Ordering::Relaxed);
    template.render().map_err(WebError::internal)
}

/// An event as it goes down the line.
#[must_use]
pub fn event(id: Option<u64>, name: &str, data: &str) -> Bytes {
    let mut text = String::with_capacity(data.len() + data.len() / 16 + 64);
    text.push_str("event: ");
    text.push_str(name);
    if let Some(id) = id {
        text.push_str("\nid: ");
        text.push_str(&id.to_string());
    }
    // All three are line ends to the reader's parser.
    for line in data.replace("\r\n", "\n").split(['\n', '\r']) {
        text.push_str("\ndata: ");
        text.push_str(line);
    }
    text.push_str("\n\n");
    Bytes::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn told(revision: u64, turn: u128, bytes: usize) -> Told {
        Told {
            revision,
            what: What::Turn(TurnId::new(Uuid::from_u128(turn))),
            event: Bytes::from(vec![b'x'; bytes]),
        }
    }

    fn stretch(after: u64, upto: u64, events: impl IntoIterator<Item = Told>) -> Stretch {
        Stretch {
            after,
            upto,
            events: events.into_iter().collect(),
        }
    }

    #[test]
    fn an_event_keeps_every_line_end_inside_its_data() {
        let bytes = event(Some(7), "turn", "a\nb\r\nc\rid: 9\n\nevent: gone");
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(
            text,
            "event: turn\nid: 7\ndata: a\ndata: b\ndata: c\ndata: id: 9\ndata: \ndata: event: gone\n\n"
        );
        assert_eq!(&event(None, "gone", "")[..], b"event: gone\ndata: \n\n");
    }

    #[test]
    fn a_tape_has_each_thing_once_as_it_was_last() {
        let mut tape = stretch(4, 6, [told(5, 1, 9), told(6, 2, 9)]);
        tape.append(stretch(6, 9, [told(8, 1, 9)]));
        let revisions: Vec<u64> = tape.events.iter().map(|told| told.revision).collect();
        assert_eq!(revisions, [6, 8]);
        assert_eq!((tape.after, tape.upto), (4, 9));
        assert_eq!(tape.next(6, 9).events.len(), 1);
        assert_eq!(tape.next(9, 9).events.len(), 0);
    }

    #[test]
    fn a_tape_forgets_its_beginning_rather_than_growing() {
        let mut tape = Stretch::default();
        for revision in 1..=1_000 {
            tape.append(stretch(
                revision - 1,
                revision,
                [told(revision, revision.into(), 3_000)],
            ));
            let bytes: usize = tape.events.iter().map(|told| told.event.len()).sum();
            assert!(bytes <= MOST_BYTES);
        }
        let oldest = tape.events.front().unwrap().revision;
        assert_eq!(tape.after, oldest - 1, "complete after that revision");
        let mut huge = Stretch::default();
        huge.append(stretch(0, 1, [told(1, 1, 2 * MOST_BYTES)]));
        assert_eq!(huge.next(0, 1).events.len(), 1, "one card of any size is shared");
    }
}
