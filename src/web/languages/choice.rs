//! `POST /language`: a person chooses another language than their browser asks for.
//!
//! Rule: the choice is the browser's alone: a cookie with two letters in it, no visitor and no row. Posted by the menu of every
//! page, with and without scripts; pages of other sites are refused before it comes here, like any post of theirs.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{COOKIE, Language};
use crate::{
    app::App,
    web::{error::WebError, fields::Fields, home::local},
};

/// A year.
const COOKIE_AGE_S: u32 = 365 * 24 * 60 * 60;

/// Keeps the choice and goes back to the page; anything else than a language of ours takes the choice away.
///
/// # Errors
/// Never in practice.
pub async fn choose(State(app): State<App>, fields: Fields) -> Result<Response, WebError> {
    let chosen = fields.get("language").and_then(Language::parse);
    let (tag, age) = chosen.map_or(("", 0), |language| (language.tag(), COOKIE_AGE_S));
    let is_https = app.config.public_url.as_ref().is_some_and(|url| url.is_https());
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={tag}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    let cookie = HeaderValue::from_str(&cookie).map_err(WebError::internal)?;
    let back = Redirect::to(local(fields.get("back")));
    Ok(([(header::SET_COOKIE, cookie)], back).into_response())
}
