//! Who else is here: what a live stream tells of the people of a session, and how somebody says that they type.
//!
//! Rule: nothing of it is stored or logged, and only those who may see the session are told. A stream tells it at most
//! four times a second, each time anew and only when it is something else.

use std::future;

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use bytes::Bytes;
use tokio::time::{Duration, Instant, sleep_until};

use super::{changes::event, error::WebError, views::company::People, visit::Visit};
use crate::{app::App, domain::access::Action, turns::live::Present};

/// People come and go in swarms; they are told of together.
const SETTLE: Duration = Duration::from_millis(250);

/// `POST /s/{session}/typing`: I am typing. Counts for a few seconds.
///
/// # Errors
/// Not found or forbidden.
pub async fn type_(State(app): State<App>, visit: Visit, Path(session): Path<String>) -> Result<StatusCode, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    app.live.types(entered.session.id, &visit.client(), true);
    Ok(StatusCode::NO_CONTENT)
}

/// What one reader was told of the others.
#[derive(Debug)]
pub struct Company {
    due: Option<Instant>,
    said: String,
}

impl Default for Company {
    fn default() -> Self {
        Self {
            due: Some(Instant::now()),
            said: String::new(),
        }
    }
}

impl Company {
    /// Something is new.
    pub fn stir(&mut self) {
        let soon = Instant::now() + SETTLE;
        self.due = Some(self.due.map_or(soon, |due| due.min(soon)));
    }

    /// Comes back when there is something to tell.
    pub async fn due(&self) {
        match self.due {
            Some(due) => sleep_until(due).await,
            None => future::pending().await,
        }
    }

    /// The event, when it says something else than the last one. `me` is left out.
    ///
    /// # Errors
    /// Never in practice.
    pub fn told(&mut self, people: &[Present], me: &str) -> Result<Option<Bytes>, WebError> {
        let now = Instant::now();
        let others: Vec<&Present> = people.iter().filter(|person| person.client != me).collect();
        let is_typing = |person: &&&Present| person.typing_until.is_some_and(|until| until > now);
        let typing: Vec<&str> = others
            .iter()
            .filter(is_typing)
            .map(|person| person.name.as_str())
            .collect();
        // Nobody says that they have stopped; it is noticed.
        self.due = others
            .iter()
            .filter_map(|person| person.typing_until)
            .filter(|until| *until > now)
            .min();
        let names: Vec<&str> = others.iter().map(|person| person.name.as_str()).collect();
        let html = People::new(&names, &typing).in_html().map_err(WebError::internal)?;
        if html == self.said {
            return Ok(None);
        }
        let told = event(None, "part", &html);
        self.said = html;
        Ok(Some(told))
    }
}
