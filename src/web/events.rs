//! The live stream of a session's page.
//!
//! Rule: the event id is the session's revision; subscribe first, then catch up from the store, then follow hints, so
//! that nothing is missed. Rights are looked at again when they may have changed and every few seconds.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use askama::Template;
use axum::{
    extract::{Extension, Path, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use serde_json::json;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{
    error::WebError,
    fields::{Fields, Query},
    gather,
    serve::Stopping,
    views::fragments::{SessionHead, TurnCard},
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

/// Between two comments on a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Between two looks at rights.
const BETWEEN_LOOKS: Duration = Duration::from_secs(4);

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
    let watching = app
        .live
        .watch(id, &visit.client())
        .map_err(|error| WebError::too_many(error.to_string(), 15))?;
    let mut looks = interval(BETWEEN_LOOKS);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let last = last_seen(query, headers)
        .filter(|last| *last <= entered.session.revision)
        .unwrap_or(0);
    let stopping = stopping.map_or_else(|| app.stopping.clone(), |Extension(Stopping(token))| token);
    let follower = Follower {
        app,
        visit,
        session: id,
        watching,
        last,
        waiting: VecDeque::new(),
        caught_up: false,
        ended: false,
        looks,
        stopping,
        dress,
    };
    Ok(Sse::new(follower.events())
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text(""))
        .into_response())
}

/// The revision the reader has: from the browser's own header, or the address.
fn last_seen(query: &Fields, headers: &HeaderMap) -> Option<u64> {
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    header
        .or_else(|| query.get("after"))
        .and_then(|revision| revision.parse().ok())
}

struct Follower {
    app: App,
    visit: Visit,
    session: SessionId,
    watching: Watching,
    /// The revision that has been told.
    last: u64,
    waiting: VecDeque<Event>,
    caught_up: bool,
    ended: bool,
    looks: Interval,
    stopping: CancellationToken,
    dress: Dress,
}

impl Follower {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut follower| async move {
            follower.next().await.map(|event| (Ok(event), follower))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.step().await {
                // The reader comes back by itself and catches up.
                tracing::warn!(message = error.message, session = %self.session, "a live stream ended early");
                return None;
            }
        }
    }

    async fn step(&mut self) -> Result<(), WebError> {
        if !self.caught_up {
            self.caught_up = true;
            return self.catch_up().await;
        }
        tokio::select! {
            hint = self.watching.next() => match hint {
                Hint::Changed(_) => self.catch_up().await?,
                Hint::Progress(progress) => self.waiting.push_back(progress_event(&progress)),
                Hint::Rights => self.look().await?,
            },
            _ = self.looks.tick() => self.look().await?,
            () = self.stopping.cancelled() => self.ended = true,
        }
        Ok(())
    }

    /// Everything that changed since the last revision told, in the order of its changes.
    async fn catch_up(&mut self) -> Result<(), WebError> {
        let store = &self.app.store;
        let Some(session) = store.session(self.session).await? else {
            return Ok(());
        };
        if session.revision <= self.last {
            return Ok(());
        }
        if self.dress == Dress::Api {
            let event = Event::default().event("changed").id(session.revision.to_string());
            self.waiting
                .push_back(event.data(json!({"revision": session.revision}).to_string()));
            self.last = session.revision;
            return Ok(());
        }
        let head = store.head_revision(self.session).await?;
        let mut events = Vec::new();
        if head > self.last {
            events.push((head, "session", render(&SessionHead::new(&session))?));
        }
        let turns = store.turns_changed_since(self.session, self.last).await?;
        for view in gather::turn_views(&self.app, self.session, turns).await? {
            events.push((view.turn.revision, "turn", render(&TurnCard::new(&view))?));
        }
        events.sort_by_key(|(revision, _, _)| *revision);
        for (revision, name, html) in events {
            self.last = self.last.max(revision);
            self.waiting
                .push_back(Event::default().event(name).id(revision.to_string()).data(html));
        }
        Ok(())
    }

    /// Ends the stream when its reader may not see the session any more.
    async fn look(&mut self) -> Result<(), WebError> {
        let standing = self.visit.standing(&self.app, self.session).await?;
        let session = self.app.store.session(self.session).await?;
        let in_use = session.is_some_and(|session| session.deleted_at.is_none());
        if authorize(standing, Action::See).is_err() || !in_use {
            let words = if in_use {
                "Your link to this session does not work any more."
            } else {
                "This session was deleted."
            };
            self.waiting.push_back(Event::default().event("gone").data(words));
            self.ended = true;
        }
        Ok(())
    }
}

fn progress_event(progress: &Progress) -> Event {
    let data = json!({"turn": progress.turn, "fraction": progress.fraction, "step": progress.step, "preview": progress.preview});
    Event::default().event("progress").data(data.to_string())
}

fn render(template: &impl Template) -> Result<String, WebError> {
    template.render().map_err(WebError::internal)
}
