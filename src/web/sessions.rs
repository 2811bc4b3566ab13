//! The session page and what is done to a session as a whole.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    audit::Event,
    error::{WebError, wants_fragment},
    fields::{Fields, Query},
    gather::{self, Wish},
    home::local,
    page::Page,
    presets,
    views::{
        fragments::{EarlierTurns, SessionHead, Stage},
        pages::SessionPage,
    },
    visit::{Visit, parse},
};
use crate::{
    app::App,
    domain::{
        access::Action,
        ids::{TurnId, VersionId},
        session::Title,
    },
};

/// `GET /s/{session}`
///
/// # Errors
/// Not found.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let again = match query.get("again") {
        Some(turn) => app.store.turn(entered.session.id, parse::<TurnId>(turn)?).await?,
        None => None,
    };
    let preset = match query.get("preset") {
        Some(preset) => presets::find(&app, &visit, preset).await?,
        None => None,
    };
    let again_text = again.as_ref().map(|turn| turn.instruction.to_string());
    let wish = Wish {
        version: version_of(&query)?,
        before: query.get("before").and_then(|place| place.parse().ok()),
        references: query.all("ref").filter_map(|id| id.parse().ok()).collect(),
        chosen: again
            .as_ref()
            .map(|turn| (Some(turn.backend.clone()), turn.options.clone())),
        text: preset.as_ref().map(|preset| preset.text().to_owned()).or(again_text),
        preset,
        error: None,
    };
    let state = gather::session_state(&app, entered, wish).await?;
    Ok(Page(SessionPage::new(&visit.site(&app), &state)).into_response())
}

fn version_of(query: &Fields) -> Result<Option<VersionId>, WebError> {
    query.get("v").map(parse).transpose()
}

/// `GET /s/{session}/stage`: what changes with the selected version.
///
/// # Errors
/// Not found.
pub async fn stage(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let state = gather::stage(&app, &entered.session, version_of(&query)?).await?;
    Ok(Page(Stage::new(&entered.session, &state)).into_response())
}

/// `GET /s/{session}/turns`: earlier turns.
///
/// # Errors
/// Not found.
pub async fn earlier(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let before = query.get("before").and_then(|place| place.parse().ok());
    let (turns, earlier) = gather::turns_before(&app, entered.session.id, before).await?;
    Ok(Page(EarlierTurns::new(&entered.session, &turns, earlier)).into_response())
}

/// `POST /s/{session}/head`: undo, redo, back to the original: moves the selection, destroys nothing.
///
/// # Errors
/// Not found.
pub async fn select(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let version: VersionId = parse(fields.get("version").unwrap_or_default())?;
    if !app.turns.select(entered.session.id, version).await? {
        return Err(WebError::not_found());
    }
    if wants_fragment(&headers) {
        let state = gather::stage(&app, &entered.session, Some(version)).await?;
        return Ok(Page(Stage::new(&entered.session, &state)).into_response());
    }
    Ok(Redirect::to(&format!("/s/{}", entered.session.id)).into_response())
}

/// `POST /s/{session}/rename`
///
/// # Errors
/// When the text can't be a title.
pub async fn rename(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Manage).await?;
    let title = Title::parse(fields.get("title").unwrap_or_default())
        .map_err(|error| WebError::invalid("title", error.to_string()))?;
    app.turns.rename(entered.session.id, &title).await?;
    let page = format!("/s/{}", entered.session.id);
    if wants_fragment(&headers) {
        let session = crate::domain::session::Session {
            title,
            ..entered.session
        };
        return Ok(Page(SessionHead::new(&session)).into_response());
    }
    let back = fields.get("back").map_or(page.as_str(), |back| local(Some(back)));
    Ok(Redirect::to(back).into_response())
}

/// `POST /s/{session}/delete`: to the trash.
///
/// # Errors
/// Not found.
pub async fn delete(State(app): State<App>, visit: Visit, Path(session): Path<String>) -> Result<Redirect, WebError> {
    let entered = visit.enter(&app, &session, Action::Manage).await?;
    let session = entered.session.id;
    app.turns.trash(session).await?;
    app.audit.note(app.clock.now(), &visit, Event::Deleted { session });
    Ok(Redirect::to("/"))
}

/// `POST /s/{session}/restore`: out of the trash.
///
/// # Errors
/// Not found.
pub async fn restore(State(app): State<App>, visit: Visit, Path(session): Path<String>) -> Result<Redirect, WebError> {
    let entered = visit.enter_anywhere(&app, &session, Action::Manage).await?;
    let session = entered.session.id;
    app.turns.restore(session).await?;
    app.audit.note(app.clock.now(), &visit, Event::Restored { session });
    Ok(Redirect::to(&format!("/s/{session}")))
}
