//! Links into a session: the dialog, making, revoking, and following one.
//!
//! Rule: a token is told once, and following a link swaps it for the visitor's cookie at once, so that it stays in no
//! address bar.

use axum::http::{HeaderMap, StatusCode};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    audit::Event,
    error::{WebError, wants_fragment},
    fields::Fields,
    page::Page,
    views::{FreshLink, fragments::SharePanel, pages::SharePage},
    visit::{Entered, Visit, cookie_header, parse},
};
use crate::{
    app::App,
    domain::{
        access::Action,
        ids::ShareId,
        share::{Access, Lifetime},
        token::Token,
    },
};

/// `GET /s/{session}/shares`
///
/// # Errors
/// Not found or forbidden.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Manage).await?;
    panel(&app, &visit, &entered, None, &headers).await
}

/// `POST /s/{session}/shares`: makes a link and shows it, once.
///
/// # Errors
/// Not found, forbidden, or a field is wrong.
pub async fn create(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Manage).await?;
    let access = fields
        .get("access")
        .and_then(Access::parse)
        .ok_or_else(|| WebError::invalid("access", "Choose what the link allows."))?;
    let lifetime = match fields.get("expires") {
        None => Some(Lifetime::DEFAULT),
        Some("never") => Some(Lifetime::Forever),
        Some(days) => days.parse().ok().and_then(|days| Lifetime::parse(Some(days))),
    };
    let lifetime = lifetime.ok_or_else(|| WebError::invalid("expires", "Choose when the link ends."))?;
    let (share, token) = app.turns.share(entered.session.id, access, lifetime).await?;
    let made = Event::LinkMade {
        session: share.session,
        share: share.id,
    };
    app.audit.note(app.clock.now(), &visit, made);
    let fresh = FreshLink {
        url: link(&app, &headers, &token),
        access,
        expires_at: share.expires_at,
    };
    panel(&app, &visit, &entered, Some(&fresh), &headers).await
}

/// `POST /s/{session}/shares/{share}/revoke`
///
/// # Errors
/// Not found or forbidden.
pub async fn revoke(
    State(app): State<App>,
    visit: Visit,
    Path((session, share)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Manage).await?;
    let (session, share) = (entered.session.id, parse::<ShareId>(&share)?);
    if !app.turns.revoke(session, share).await? {
        return Err(WebError::not_found());
    }
    app.audit
        .note(app.clock.now(), &visit, Event::LinkRevoked { session, share });
    if wants_fragment(&headers) {
        return panel(&app, &visit, &entered, None, &headers).await;
    }
    Ok(Redirect::to(&format!("/s/{}/shares", entered.session.id)).into_response())
}

async fn panel(
    app: &App,
    visit: &Visit,
    entered: &Entered,
    fresh: Option<&FreshLink>,
    headers: &HeaderMap,
) -> Result<Response, WebError> {
    let shares = app.store.shares(entered.session.id).await?;
    let panel = SharePanel::new(&entered.session, &shares, fresh, None, app.clock.now());
    if wants_fragment(headers) {
        return Ok(Page(panel).into_response());
    }
    Ok(Page(SharePage::new(&visit.site(app), &entered.session, panel)).into_response())
}

/// The address of a link. Without a configured public address it is the one the visitor uses, which the security
/// layer has checked to be an address of ours.
#[must_use]
pub fn link(app: &App, headers: &HeaderMap, token: &Token) -> String {
    let origin = match &app.config.public_url {
        Some(url) => url.origin(),
        None => {
            let host = headers
                .get(axum::http::header::HOST)
                .and_then(|host| host.to_str().ok());
            format!(
                "http://{}",
                host.map_or_else(|| app.config.listen.to_string(), str::to_owned)
            )
        }
    };
    format!("{origin}/join/{}", token.expose())
}

/// `GET /join/{token}`: swaps the token for a cookie.
///
/// # Errors
/// Not found for a link that doesn't work, whatever the reason; too many after many of those.
pub async fn join(State(app): State<App>, mut visit: Visit, Path(token): Path<String>) -> Result<Response, WebError> {
    let now = app.clock.now();
    app.throttle.check(visit.address, now)?;
    let share = match Token::parse(&token) {
        Some(token) => app.store.live_share(token.hash(), now).await?,
        None => None,
    };
    let Some(share) = share else {
        app.throttle.miss(visit.address, now)?;
        return Err(WebError::not_found());
    };
    let (visitor, cookie) = visit.as_visitor(&app).await?;
    app.store.grant(&share, visitor, now).await?;
    if share.uses == 0 {
        let first = Event::LinkFirstUsed {
            session: share.session,
            share: share.id,
        };
        app.audit.note(now, &visit, first);
    }
    tracing::info!(share = %share.id, session = %share.session, "a link was followed");
    Ok((cookie_header(cookie), Redirect::to(&format!("/s/{}", share.session))).into_response())
}

/// `HEAD /join/{token}`: following a link changes something, so who only wants to look is told nothing.
pub async fn peek() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}
