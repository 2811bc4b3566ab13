//! Who is watching a session, and what they are told.
//!
//! Rule: everything sent here is a hint; a watcher that misses one asks the store. So nobody waits for a slow watcher,
//! and nothing here is stored. Told by `turns`, watched by `web::events` and the JSON interface.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::broadcast,
    time::{Duration, Instant},
};

use crate::domain::{
    change::{Changed, Progress},
    ids::{SessionId, TurnId},
    picture::Blob,
};

/// How many hints a watcher may be behind before it has to ask the store.
const BACKLOG: usize = 64;
/// How long somebody who typed counts as typing; their page says so again every three seconds.
const TYPING: Duration = Duration::from_secs(5);

/// One hint.
#[derive(Debug, Clone, PartialEq)]
pub enum Hint {
    /// Turns, title or selection changed.
    Changed(Changed),
    /// A running turn got further.
    Progress(Progress),
    /// Rights changed: whoever watches must be looked at again.
    Rights,
    /// Somebody came, left, began to type or stopped.
    People,
}

/// Somebody who has the page of a session open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The client they are counted by; never shown.
    pub client: String,
    /// What others call them.
    pub name: String,
    /// Until when they count as typing.
    pub typing_until: Option<Instant>,
    /// In how many windows.
    pages: usize,
}

/// Why nobody more can watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many people are watching just now")]
pub struct TooManyWatchers;

/// How many may watch at once.
#[derive(Debug, Clone, Copy)]
pub struct WatchLimits {
    /// In the whole house.
    pub in_all: usize,
    /// One session.
    pub per_session: usize,
    /// From one client (a visitor, a token or an address).
    pub per_client: usize,
}

impl Default for WatchLimits {
    fn default() -> Self {
        Self {
            in_all: 1_000,
            per_session: 200,
            per_client: 8,
        }
    }
}

/// The house's notice board. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Live(Arc<Mutex<Board>>);

#[derive(Debug, Default)]
struct Board {
    limits: WatchLimits,
    watchers: usize,
    sessions: HashMap<SessionId, Channel>,
    clients: HashMap<String, usize>,
    /// The last word on each running turn, for those who come in the middle.
    progress: HashMap<TurnId, Progress>,
    /// The last picture on its way of each running turn, and how many there were.
    previews: HashMap<TurnId, (u32, Blob)>,
}

#[derive(Debug)]
struct Channel {
    hints: broadcast::Sender<Hint>,
    watchers: usize,
    /// Who has the page open, in the order they came.
    people: Vec<Present>,
}

impl Live {
    /// A board with these limits.
    #[must_use]
    pub fn new(limits: WatchLimits) -> Self {
        Self(Arc::new(Mutex::new(Board {
            limits,
            ..Board::default()
        })))
    }

    /// Begins to watch a session as `client`; ends when the [`Watching`] is dropped.
    ///
    /// # Errors
    /// [`TooManyWatchers`] when a limit is reached.
    pub fn watch(&self, session: SessionId, client: &str) -> Result<Watching, TooManyWatchers> {
        let mut board = self.board();
        let limits = board.limits;
        let in_session = board.sessions.get(&session).map_or(0, |channel| channel.watchers);
        let of_client = board.clients.get(client).copied().unwrap_or(0);
        if board.watchers >= limits.in_all || in_session >= limits.per_session || of_client >= limits.per_client {
            return Err(TooManyWatchers);
        }
        board.watchers += 1;
        *board.clients.entry(client.to_owned()).or_default() += 1;
        let channel = board.sessions.entry(session).or_insert_with(|| Channel {
            hints: broadcast::channel(BACKLOG).0,
            watchers: 0,
            people: Vec::new(),
        });
        channel.watchers += 1;
        let hints = channel.hints.subscribe();
        Ok(Watching {
            hints,
            session,
            client: client.to_owned(),
            live: self.clone(),
            appears: false,
        })
    }

    /// Who has the page of a session open.
    #[must_use]
    pub fn people(&self, session: SessionId) -> Vec<Present> {
        let board = self.board();
        board
            .sessions
            .get(&session)
            .map_or_else(Vec::new, |channel| channel.people.clone())
    }

    /// Notes that somebody types, or has stopped. Whoever has no page open does not count; saying it again while it
    /// is known tells nobody anything, so that it can't be used to keep others busy.
    pub fn types(&self, session: SessionId, client: &str, on: bool) {
        let mut board = self.board();
        let Some(channel) = board.sessions.get_mut(&session) else {
            return;
        };
        let Some(person) = channel.people.iter_mut().find(|person| person.client == client) else {
            return;
        };
        let now = Instant::now();
        let did = person.typing_until.is_some_and(|until| until > now);
        person.typing_until = on.then(|| now + TYPING);
        if did != on {
            channel.tell_of_people();
        }
    }

    /// Tells everybody who watches `session`.
    pub fn tell(&self, session: SessionId, hint: Hint) {
        let mut board = self.board();
        if let Hint::Progress(progress) = &hint {
            board.progress.insert(progress.turn, progress.clone());
        }
        if let Some(channel) = board.sessions.get(&session) {
            // Nobody listening any more is no fault: the last watcher is just leaving.
            let _ = channel.hints.send(hint);
        }
    }

    /// The last word on a running turn.
    #[must_use]
    pub fn progress(&self, turn: TurnId) -> Option<Progress> {
        self.board().progress.get(&turn).cloned()
    }

    /// Keeps a running turn's picture on its way and tells those who watch; one that comes too late is dropped.
    pub(super) fn show(&self, session: SessionId, turn: TurnId, picture: Blob) {
        let told = {
            let mut board = self.board();
            let Some(mut progress) = board.progress.get(&turn).cloned() else {
                return;
            };
            let (count, last) = board.previews.entry(turn).or_insert_with(|| (0, picture.clone()));
            *count += 1;
            *last = picture;
            progress.preview = Some(*count);
            progress
        };
        self.tell(session, Hint::Progress(told));
    }

    /// The last picture of a running turn on its way.
    #[must_use]
    pub fn preview(&self, turn: TurnId) -> Option<Blob> {
        self.board().previews.get(&turn).map(|(_, picture)| picture.clone())
    }

    /// Forgets how far a turn is: it has ended.
    pub(super) fn forget(&self, turn: TurnId) {
        let mut board = self.board();
        board.progress.remove(&turn);
        board.previews.remove(&turn);
    }

    /// Whether anybody watches anything.
    pub(super) fn is_watched(&self) -> bool {
        self.board().watchers > 0
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        // The board is counters and maps, whole after each step: a panic elsewhere can't leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Channel {
    fn tell_of_people(&self) {
        // Nobody listening any more is no fault.
        let _ = self.hints.send(Hint::People);
    }

    fn leave(&mut self, client: &str) {
        if let Some(at) = self.people.iter().position(|person| person.client == client) {
            self.people[at].pages -= 1;
            if self.people[at].pages == 0 {
                self.people.remove(at);
                self.tell_of_people();
            }
        }
    }
}

/// One watcher's place; leaving is dropping it.
#[derive(Debug)]
pub struct Watching {
    hints: broadcast::Receiver<Hint>,
    session: SessionId,
    client: String,
    live: Live,
    appears: bool,
}

impl Watching {
    /// Lets the others of the session see that `name` has its page open, as long as this place is kept.
    pub fn appear(&mut self, name: &str) {
        let mut board = self.live.board();
        let Some(channel) = board.sessions.get_mut(&self.session) else {
            return;
        };
        match channel.people.iter_mut().find(|person| person.client == self.client) {
            Some(person) => {
                name.clone_into(&mut person.name);
                person.pages += usize::from(!self.appears);
            }
            None => channel.people.push(Present {
                client: self.client.clone(),
                name: name.to_owned(),
                typing_until: None,
                pages: 1,
            }),
        }
        self.appears = true;
        channel.tell_of_people();
    }

    /// What this watcher is counted by.
    #[must_use]
    pub fn client(&self) -> &str {
        &self.client
    }

    /// The next hint. Having missed some is told as one [`Hint::Changed`] of unknown revision (0).
    pub async fn next(&mut self) -> Hint {
        match self.hints.recv().await {
            Ok(hint) => hint,
            Err(_) => Hint::Changed(Changed {
                session: self.session,
                revision: 0,
            }),
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut board = self.live.board();
        board.watchers = board.watchers.saturating_sub(1);
        if let Some(channel) = board.sessions.get_mut(&self.session) {
            channel.watchers -= 1;
            if self.appears {
                channel.leave(&self.client);
            }
            if channel.watchers == 0 {
                board.sessions.remove(&self.session);
            }
        }
        if let Some(count) = board.clients.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                board.clients.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const fn session(n: u128) -> SessionId {
        SessionId::new(Uuid::from_u128(n))
    }

    #[test]
    fn sec_dos_02_watchers_are_counted_in_all_per_session_and_per_client() {
        let live = Live::new(WatchLimits {
            in_all: 4,
            per_session: 3,
            per_client: 2,
        });
        let a = live.watch(session(1), "ana");
        let b = live.watch(session(1), "ana");
        assert!(a.is_ok() && b.is_ok());
        assert_eq!(live.watch(session(2), "ana").err(), Some(TooManyWatchers), "per client");
        let c = live.watch(session(1), "ben");
        assert_eq!(
            live.watch(session(1), "cem").err(),
            Some(TooManyWatchers),
            "per session"
        );
        let d = live.watch(session(2), "ben");
        assert!(c.is_ok() && d.is_ok());
        assert_eq!(live.watch(session(3), "dia").err(), Some(TooManyWatchers), "in all");
        drop((a, b, c, d));
        assert!(!live.is_watched());
        assert!(live.board().sessions.is_empty() && live.board().clients.is_empty());
    }

    #[tokio::test]
    async fn ui_4_11_people_come_type_and_leave() {
        let live = Live::default();
        let mut ana = live.watch(session(1), "ana").expect("room");
        ana.appear("Ana");
        let mut again = live.watch(session(1), "ana").expect("room");
        again.appear("Ana B.");
        let mut ben = live.watch(session(1), "ben").expect("room");
        ben.appear("Ben");
        let names = || live.people(session(1)).into_iter().map(|p| p.name).collect::<Vec<_>>();
        assert_eq!(names(), ["Ana B.", "Ben"], "two windows are one person");
        drop(again);
        assert_eq!(names(), ["Ana B.", "Ben"]);
        assert_eq!(ben.next().await, Hint::People, "told of themselves");
        let typing = || {
            live.people(session(1))
                .iter()
                .filter(|p| p.typing_until.is_some())
                .count()
        };
        for _ in 0..1_000 {
            live.types(session(1), "ana", true);
        }
        live.types(session(1), "stranger", true);
        live.types(session(2), "ana", true);
        assert_eq!(typing(), 1);
        assert_eq!(ben.next().await, Hint::People, "told once, not a thousand times");
        live.types(session(1), "ana", false);
        assert_eq!((ben.next().await, typing()), (Hint::People, 0));
        drop(ana);
        assert_eq!((ben.next().await, names()), (Hint::People, vec!["Ben".to_owned()]));
    }

    #[tokio::test]
    async fn rel_sse_03_a_watcher_that_falls_behind_is_told_so_and_delays_nobody() {
        let live = Live::default();
        let mut slow = live.watch(session(1), "slow").expect("room");
        for revision in 0..1_000 {
            live.tell(
                session(1),
                Hint::Changed(Changed {
                    session: session(1),
                    revision,
                }),
            );
        }
        assert_eq!(
            slow.next().await,
            Hint::Changed(Changed {
                session: session(1),
                revision: 0
            })
        );
    }
}
