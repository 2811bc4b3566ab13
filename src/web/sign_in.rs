//! The shared password: the form, the check, the way out.
//!
//! Rule: only argon2id of the password stays in memory; a wrong one costs its network more and more patience, and
//! nobody else anything. A sign-in is a new visitor, so an old cookie never gains rights.

use std::sync::Arc;

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use tokio::sync::Semaphore;

use super::{
    audit::Event,
    error::WebError,
    fields::Fields,
    page::Page,
    views::pages::SignIn,
    visit::{Visit, clear_cookie, cookie_header, new_visitor},
};
use crate::{app::App, config::Secret};

/// The shared password, hashed.
#[derive(Clone)]
pub struct Password {
    hash: String,
    /// One word is checked at a time: a check takes 19 MiB, and what it finds counts for the next.
    turns: Arc<Semaphore>,
}

impl Password {
    /// Hashes the password with argon2id and a fresh salt.
    ///
    /// # Errors
    /// In words for the operator.
    pub fn new(words: &Secret) -> Result<Self, String> {
        let mut salt = [0; 16];
        crate::random::fill(&mut salt);
        let hash = Argon2::default().hash_password_with_salt(words.expose().as_bytes(), &salt);
        hash.map(|hash| Self {
            hash: hash.to_string(),
            turns: Arc::new(Semaphore::new(1)),
        })
        .map_err(|error| error.to_string())
    }

    /// Whether these are the words; takes as long for wrong ones.
    fn is(&self, words: &str) -> bool {
        PasswordHash::new(&self.hash)
            .is_ok_and(|hash| Argon2::default().verify_password(words.as_bytes(), &hash).is_ok())
    }
}

/// `GET /sign-in`
///
/// # Errors
/// Not found in open mode.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, WebError> {
    if app.password.is_none() {
        return Ok(Redirect::to("/").into_response());
    }
    Ok(Page(SignIn::new(&visit.site(&app), None)).into_response())
}

/// `POST /sign-in`
///
/// # Errors
/// Too many wrong passwords from this network.
pub async fn sign_in(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response, WebError> {
    let Some(password) = app.password.clone() else {
        return Err(WebError::not_found());
    };
    let now = app.clock.now();
    let _turn = Arc::clone(&password.turns)
        .acquire_owned()
        .await
        .map_err(WebError::internal)?;
    app.throttle.check_patience(visit.address, now)?;
    let words = fields.get("password").unwrap_or_default().to_owned();
    let right = tokio::task::spawn_blocking(move || password.is(&words))
        .await
        .map_err(WebError::internal)?;
    if !right {
        app.throttle.miss(visit.address, now)?;
        let page = Page(SignIn::new(&visit.site(&app), Some("That is not the password.")));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (member, cookie) = new_visitor(&app, true).await?;
    if let Some(before) = &visit.visitor {
        app.store.name_visitor(member.id, before.name.as_ref()).await?;
    }
    app.audit.note(
        now,
        &Visit {
            visitor: Some(member),
            ..visit
        },
        Event::SignedIn,
    );
    Ok((cookie_header(Some(cookie)), Redirect::to("/")).into_response())
}

/// `POST /sign-out`: the cookie opens nothing any more, here or in a copy.
///
/// # Errors
/// When the store fails.
pub async fn sign_out(State(app): State<App>, visit: Visit) -> Result<Response, WebError> {
    if let Some(visitor) = visit.visitor.as_ref().filter(|visitor| visitor.member) {
        app.store.end_visitor(visitor.id, app.clock.now()).await?;
        app.audit.note(app.clock.now(), &visit, Event::SignedOut);
    }
    Ok((cookie_header(Some(clear_cookie(&app)?)), Redirect::to("/sign-in")).into_response())
}
