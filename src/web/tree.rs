//! The whole tree of versions, and what is done to one of them: the star, and its way done again in one go.
//!
//! Rule: nothing here destroys anything; a star is a mark, and a squash is a turn like any other.

use std::collections::HashMap;

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    error::{WebError, wants_fragment},
    fields::{Fields, Query},
    gather,
    page::Page,
    turns::accepted,
    views::{
        fragments::TurnCard,
        tree::{TreeState, TreeView},
    },
    visit::{Visit, parse},
};
use crate::{
    app::App,
    domain::{
        access::Action,
        ids::{ClientId, TurnId, VersionId},
        version::Version,
    },
    random,
    turns::Submitted,
};

/// Fewer instructions are no trouble to send again, and only offered as one where the subject drifts.
const WORTH_AN_OFFER: usize = 3;

/// `GET /s/{session}/tree?v=…`
///
/// # Errors
/// Not found.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let session = &entered.session;
    let selected = query.get("v").map(parse).transpose()?.unwrap_or(session.head);
    let versions = app.store.versions(session.id).await?;
    let makers: Vec<TurnId> = versions.iter().filter_map(|version| version.origin.turn()).collect();
    let makers = app.store.turns_by_id(session.id, &makers).await?;
    let words: HashMap<_, _> = makers.iter().map(|turn| (turn.id, &turn.instruction)).collect();
    let asked = |version: &Version| Some((version.id, words.get(&version.origin.turn()?)?.to_string()));
    let state = TreeState {
        asked: versions.iter().filter_map(asked).collect(),
        squash: app
            .turns
            .squash_of(session.id, selected)
            .await?
            .map(|squash| squash.count)
            .filter(|count| *count >= WORTH_AN_OFFER),
        versions,
        selected,
        fresh_client_id: ClientId::new(random::uuid(app.clock.now())),
    };
    let view = TreeView::new(session, &state).ok_or_else(WebError::not_found)?;
    if wants_fragment(&headers) {
        return Ok(Page(view.into_fragment()).into_response());
    }
    Ok(Page(view.into_page(&visit.site(&app), session)).into_response())
}

/// `POST /s/{session}/squash`: the instructions on the way to a version, applied to its first picture in one turn.
///
/// # Errors
/// Not found or forbidden; in words when there is nothing to put together.
pub async fn squash(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let session = entered.session.id;
    let version: VersionId = parse(fields.get("version").unwrap_or_default())?;
    let client_id = fields.get("client_id").and_then(|id| id.parse::<ClientId>().ok());
    let client_id =
        client_id.ok_or_else(|| WebError::malformed("The form is incomplete. Reload the page and send again."))?;
    let squash = app.turns.squash_of(session, version).await?.ok_or_else(|| {
        WebError::invalid(
            "version",
            "The instructions up to this version can’t be put together into one.",
        )
    })?;
    let author = visit.author(&app, session).await?;
    let (Submitted::New(turn) | Submitted::Seen(turn)) = app
        .turns
        .submit(squash.into_submission(session, client_id, author))
        .await?;
    accepted(&app, turn, &headers).await
}

/// `POST /s/{session}/versions/{version}/star`: keeps a version in mind, or no longer (`on=0`).
///
/// # Errors
/// Not found or forbidden.
pub async fn star(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let session = entered.session.id;
    let version: VersionId = parse(&version)?;
    if !app.turns.star(session, version, fields.get("on") != Some("0")).await? {
        return Err(WebError::not_found());
    }
    let starred = app.store.version(session, version).await?;
    let turn = match starred.as_ref().and_then(|version| version.origin.turn()) {
        Some(turn) => app.store.turn(session, turn).await?,
        None => None,
    };
    match turn {
        Some(turn) if wants_fragment(&headers) => {
            Ok(Page(TurnCard::new(&gather::turn_view(&app, turn).await?)).into_response())
        }
        Some(turn) => Ok(Redirect::to(&format!("/s/{session}#turn-{}", turn.id)).into_response()),
        None => Ok(Redirect::to(&format!("/s/{session}?v={version}")).into_response()),
    }
}
