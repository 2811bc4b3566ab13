//! Turns by form: submit, cancel, try again.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    error::{WebError, wants_fragment},
    fields::Fields,
    gather::{self, Wish},
    page::Page,
    views::{
        fragments::{ComposerError, TurnCard},
        pages::SessionPage,
    },
    visit::{Entered, Visit, parse},
};
use crate::{
    app::App,
    domain::{
        access::Action,
        ids::{ClientId, RegionId, SessionId, TurnId, VersionId},
        instruction::Instruction,
        options::Options,
        region::Rectangle,
        turn::Turn,
    },
    turns::{Submission, SubmitError, Submitted},
};

/// `POST /s/{session}/turns`
///
/// # Errors
/// Not found or forbidden; what is wrong with the words is said in the composer, which keeps them.
pub async fn submit(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    match accept(&app, &visit, &entered, &fields).await {
        Ok(turn) => accepted(&app, turn, &headers).await,
        Err(error) if error.status.is_server_error() => Err(error),
        Err(error) if wants_fragment(&headers) => {
            Ok((error.status, Page(ComposerError::new(&error.message))).into_response())
        }
        Err(error) => page_with_error(&app, &visit, entered, &fields, error).await,
    }
}

/// What somebody is told whose turn was handed in: its card for a script, else the page with it.
///
/// # Errors
/// When the store fails.
pub async fn accepted(app: &App, turn: Turn, headers: &HeaderMap) -> Result<Response, WebError> {
    if wants_fragment(headers) {
        let view = gather::turn_view(app, turn).await?;
        return Ok((StatusCode::ACCEPTED, Page(TurnCard::new(&view))).into_response());
    }
    Ok(Redirect::to(&format!("/s/{}#turn-{}", turn.session, turn.id)).into_response())
}

async fn accept(app: &App, visit: &Visit, entered: &Entered, fields: &Fields) -> Result<Turn, WebError> {
    let session = entered.session.id;
    let words = fields.get("instruction").unwrap_or_default();
    let instruction = Instruction::parse(words).map_err(|error| WebError::invalid("instruction", error.to_string()))?;
    let no_such_version = |_| WebError::invalid("base", "That picture is not part of this session.");
    let base = match fields.get("base").filter(|base| !base.is_empty()) {
        Some(base) => base.parse::<VersionId>().map_err(no_such_version)?,
        None => entered.session.head,
    };
    let references = fields
        .all("references")
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(no_such_version)?;
    let region = match fields.get("region").filter(|region| !region.is_empty()) {
        Some(region) => Some(region.parse::<RegionId>().map_err(|_| SubmitError::NoSuchRegion)?),
        None => None,
    };
    let rectangle = Rectangle::of_form(|name| fields.get(name))
        .map_err(|error| WebError::invalid("region_left", error.to_string()))?;
    let region = match (region, rectangle) {
        (None, Some(rectangle)) => {
            let base = app
                .store
                .version(session, base)
                .await?
                .ok_or(SubmitError::NoSuchVersion)?;
            Some(app.turns.mark_rectangle(&base, rectangle).await?.id)
        }
        (region, _) => region,
    };
    let options = Options::of_form(|name| fields.get(name))
        .map_err(|error| WebError::invalid(error.field(), error.to_string()))?;
    let client_id = fields.get("client_id").and_then(|id| id.parse::<ClientId>().ok());
    let client_id =
        client_id.ok_or_else(|| WebError::malformed("The form is incomplete. Reload the page and send again."))?;
    let backend = fields.get("backend").filter(|name| !name.is_empty()).map(str::to_owned);
    let author = visit.author(app, session).await?;
    let submission = Submission {
        session,
        client_id,
        base,
        references,
        instruction,
        region,
        options,
        backend,
        author,
    };
    let turn = match app.turns.submit(submission.clone()).await? {
        Submitted::Seen(turn) if !submission.asks_for(&turn) => {
            // "Back" brought an old form with its old id, and something else was asked with it.
            let client_id = submission.id_of_its_own();
            app.turns
                .submit(Submission {
                    client_id,
                    ..submission
                })
                .await?
        }
        submitted => submitted,
    };
    app.live.types(session, &visit.client(), false);
    match turn {
        Submitted::New(turn) | Submitted::Seen(turn) => Ok(turn),
    }
}

/// The page again with everything that was typed and chosen, and what is wrong.
async fn page_with_error(
    app: &App,
    visit: &Visit,
    entered: Entered,
    fields: &Fields,
    error: WebError,
) -> Result<Response, WebError> {
    let base = fields.get("base").and_then(|id| id.parse().ok());
    let known = match base {
        Some(base) => app
            .store
            .version(entered.session.id, base)
            .await?
            .map(|version| version.id),
        None => None,
    };
    let wish = Wish {
        preset: None,
        version: known,
        before: None,
        references: fields.all("references").filter_map(|id| id.parse().ok()).collect(),
        text: fields.get("instruction").map(str::to_owned),
        chosen: Some((
            fields.get("backend").map(str::to_owned),
            Options::of_form(|name| fields.get(name)).unwrap_or_default(),
        )),
        error: Some(error.message),
    };
    let state = gather::session_state(app, entered, wish).await?;
    Ok((error.status, Page(SessionPage::new(&visit.site(app), &state))).into_response())
}

/// `POST /s/{session}/turns/{turn}/cancel`
///
/// # Errors
/// Not found or forbidden.
pub async fn cancel(
    State(app): State<App>,
    visit: Visit,
    Path((session, turn)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let turn = app.turns.cancel(entered.session.id, parse::<TurnId>(&turn)?).await?;
    card(&app, entered.session.id, turn, &headers, StatusCode::OK).await
}

/// `POST /s/{session}/turns/{turn}/retry`
///
/// # Errors
/// Not found or forbidden.
pub async fn retry(
    State(app): State<App>,
    visit: Visit,
    Path((session, turn)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let turn = app.turns.retry(entered.session.id, parse::<TurnId>(&turn)?).await?;
    card(&app, entered.session.id, turn, &headers, StatusCode::ACCEPTED).await
}

async fn card(
    app: &App,
    session: SessionId,
    turn: Option<Turn>,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, WebError> {
    let turn = turn.ok_or_else(WebError::not_found)?;
    if wants_fragment(headers) {
        let view = gather::turn_view(app, turn).await?;
        Ok((status, Page(TurnCard::new(&view))).into_response())
    } else {
        Ok(Redirect::to(&format!("/s/{session}#turn-{}", turn.id)).into_response())
    }
}
