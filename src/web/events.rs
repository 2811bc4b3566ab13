//! The live stream of a session's page.
//!
//! Rule: the event id is the session's revision; subscribe first, then catch up from the store, then follow hints, so
//! that nothing is missed. Rights are looked at again when they may have changed and every few seconds. What is told is
//! made once for all readers, in `changes`; what waits for one slow reader is never more than one reading of that.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Extension, Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, stream};
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{
    changes::{Tape, event},
    company::Company,
    error::WebError,
    fields::{Fields, Query},
    languages::{Language, say, told},
    serve::Stopping,
    visit::Visit,
};
use crate::{
    app::App,
    domain::{
        access::{Action, authorize},
        change::Progress,
        ids::SessionId,
    },
    turns::live::{Hint, Watching},
};

/// Between two looks at rights.
const BETWEEN_LOOKS: Duration = Duration::from_secs(4);
/// What a reader's parser skips; it only shows that the line is alive.
const COMMENT: &[u8] = b":\n\n";
/// The last word before a stop, which only programs read: come back in a second.
const STOPPING: &[u8] = b"event: stopping\nretry: 1000\ndata: The server is stopping.\n\n";

/// What the events of a stream look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dress {
    /// Fragments for our own page.
    Page,
    /// Bare JSON.
    Api,
}

/// `GET /s/{session}/events`
///
/// # Errors
/// Not found, or too many watchers.
pub async fn follow(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    stopping: Option<Extension<Stopping>>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    stream_of(app, visit, &session, stopping, &query, &headers, Dress::Page).await
}

/// The stream in either dress.
///
/// # Errors
/// Not found, or too many watchers.
pub async fn stream_of(
    app: App,
    visit: Visit,
    session: &str,
    stopping: Option<Extension<Stopping>>,
    query: &Fields,
    headers: &HeaderMap,
    dress: Dress,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, session, Action::See).await?;
    let id = entered.session.id;
    let mut watching = app
        .live
        .watch(id, &visit.client())
        .map_err(|error| WebError::too_many(error.to_string(), 15))?;
    if dress == Dress::Page && visit.visitor.is_some() {
        watching.appear(&name_of(&app, &visit, id).await);
    }
    let last = last_seen(query, headers)
        .filter(|last| *last <= entered.session.revision)
        .unwrap_or(0);
    let stopping = stopping.map_or_else(|| app.stopping.clone(), |Extension(Stopping(token))| token);
    // The stream is read after the answer to this request, in which the reader's language is known.
    let language = Language::current();
    let follower = Follower {
        tape: app.changes.tape(id, language, entered.session.revision),
        comments: every(Duration::from_secs(app.config.stream_comment_seconds)),
        looks: every(BETWEEN_LOOKS),
        app,
        visit,
        session: id,
        watching,
        last,
        newest: None,
        is_behind: true,
        waiting: VecDeque::new(),
        ended: false,
        stopping,
        dress,
        language,
        company: Company::default(),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(follower.events())).into_response())
}

/// What others call them; a disk that is full must not keep anybody from looking.
async fn name_of(app: &App, visit: &Visit, session: SessionId) -> String {
    match visit.author(app, session).await {
        Ok(author) => author.name,
        Err(_) => "Guest".to_owned(),
    }
}

fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first one comes at once.
    ticks.reset();
    ticks
}

/// The revision the reader has: from the browser's own header, or the address.
fn last_seen(query: &Fields, headers: &HeaderMap) -> Option<u64> {
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    header
        .or_else(|| query.get("after"))
        .and_then(|revision| revision.parse().ok())
}

/// One reader's place in the stream.
struct Follower {
    app: App,
    visit: Visit,
    session: SessionId,
    watching: Watching,
    tape: Arc<Tape>,
    /// The revision that has been told.
    last: u64,
    /// The newest revision heard of; none when that is not sure.
    newest: Option<u64>,
    /// There may be something to tell.
    is_behind: bool,
    /// What the reader takes next.
    waiting: VecDeque<Bytes>,
    ended: bool,
    looks: Interval,
    comments: Interval,
    stopping: CancellationToken,
    dress: Dress,
    language: Language,
    company: Company,
}

impl Follower {
    fn events(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut follower| async move {
            follower.next().await.map(|event| (Ok(event), follower))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.comments.reset();
                return Some(event);
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.step().await {
                // The reader comes back by itself and catches up.
                tracing::warn!(request_id = self.visit.request_id, error = error.message, session = %self.session, "a live stream ended early");
                return None;
            }
        }
    }

    async fn step(&mut self) -> Result<(), WebError> {
        if self.is_behind {
            // Who reads slowly is asked for their rights as often as who has read everything.
            if self.looks.tick().now_or_never().is_some() {
                self.look().await?;
            }
            return if self.ended { Ok(()) } else { self.catch_up().await };
        }
        tokio::select! {
            hint = self.watching.next() => match hint {
                // Of hints that were missed it isn't known how new they were.
                Hint::Changed(changed) if changed.revision == 0 => (self.newest, self.is_behind) = (None, true),
                Hint::Changed(changed) if changed.revision <= self.last => {}
                Hint::Changed(changed) => (self.newest, self.is_behind) = (Some(changed.revision), true),
                Hint::Progress(progress) => {
                    let event = self.language.speaking(|| progress_event(&progress));
                    self.waiting.push_back(event);
                }
                Hint::Rights => self.look().await?,
                Hint::People => self.company.stir(),
            },
            () = self.company.due(), if self.dress == Dress::Page => {
                let people = self.app.live.people(self.session);
                let told = || self.company.told(&people, self.watching.client());
                let told = self.language.speaking(told)?;
                self.waiting.extend(told);
            }
            _ = self.looks.tick() => self.look().await?,
            _ = self.comments.tick() => self.waiting.push_back(Bytes::from_static(COMMENT)),
            () = self.stopping.cancelled() => {
                self.waiting.push_back(Bytes::from_static(STOPPING));
                self.ended = true;
            }
        }
        Ok(())
    }

    /// The next of what changed since the last revision told, in the order of its changes.
    async fn catch_up(&mut self) -> Result<(), WebError> {
        if self.dress == Dress::Api {
            return self.tell_revision().await;
        }
        let next = self.tape.after(&self.app, self.last, self.newest).await?;
        self.waiting.extend(next.events);
        self.last = next.upto;
        self.newest = Some(next.of);
        self.is_behind = next.upto < next.of;
        Ok(())
    }

    /// For scripts: only that something changed.
    async fn tell_revision(&mut self) -> Result<(), WebError> {
        let newest = match self.newest {
            Some(newest) => newest,
            None => {
                let session = self.app.store.session(self.session).await?;
                session.map_or(0, |session| session.revision)
            }
        };
        if newest > self.last {
            let data = json!({"revision": newest}).to_string();
            self.waiting.push_back(event(Some(newest), "changed", &data));
            self.last = newest;
        }
        self.is_behind = false;
        Ok(())
    }

    /// Ends the stream when its reader may not see the session any more.
    async fn look(&mut self) -> Result<(), WebError> {
        let standing = self.visit.standing(&self.app, self.session).await?;
        let session = self.app.store.session(self.session).await?;
        let in_use = session.is_some_and(|session| session.deleted_at.is_none());
        if authorize(standing, Action::See).is_err() || !in_use {
            let words = say(if in_use { "gone-link" } else { "gone-session" });
            let words = self.language.speaking(|| words.to_string());
            self.waiting.push_back(event(None, "gone", &words));
            self.ended = true;
        }
        Ok(())
    }
}

fn progress_event(progress: &Progress) -> Bytes {
    let step = progress.step.as_deref().map(told);
    let data = json!({"turn": progress.turn, "fraction": progress.fraction, "step": step, "preview": progress.preview});
    event(None, "progress", &data.to_string())
}
