//! Comments on a version: a page of their own, a part that a script opens beside the stage, and the JSON of both.
//!
//! Rule: who sees the session reads them, who may edit may comment; taking back asks for what the comment says
//! ([`Comment::to_remove`]). A version is looked up together with its session.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};

use super::{
    api::shape,
    error::{WebError, wants_fragment},
    fields::Fields,
    languages,
    page::Page,
    views::comments::{CommentsState, Talk},
    visit::{Entered, Visit, parse},
};
use crate::{
    app::App,
    domain::{
        access::{Action, authorize},
        comment::{Comment, Words},
        ids::{ClientId, VersionId},
    },
    random,
    store::comments::Commented,
    turns::comments::NewComment,
};

/// `GET /s/{session}/versions/{version}/comments`
///
/// # Errors
/// Not found.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let talk = Talk::new(&state(&app, &visit, &entered, parse(&version)?).await?);
    if wants_fragment(&headers) {
        return Ok(Page(talk.into_fragment()).into_response());
    }
    let site = visit.site(&app);
    Ok(Page(talk.into_page(&site, &entered.session, entered.standing)).into_response())
}

/// `POST /s/{session}/versions/{version}/comments`: `text`, `client_id`.
///
/// # Errors
/// Not found or forbidden; in words when the text is none.
pub async fn add(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let text = fields.get("text").unwrap_or_default();
    let client_id = fields.get("client_id").and_then(|id| id.parse::<ClientId>().ok());
    let client_id = client_id.unwrap_or_else(|| fresh(&app));
    let said = say(&app, &visit, &entered, &version, text, client_id).await;
    let by_script = wants_fragment(&headers);
    let refused = match said {
        Ok(_) if by_script => None,
        Ok(_) => {
            let page = format!("/s/{}/versions/{version}/comments#comments-form", entered.session.id);
            return Ok(Redirect::to(&page).into_response());
        }
        // The page comes back with what was typed; a script has it still.
        Err(error) if error.status == StatusCode::UNPROCESSABLE_ENTITY && !by_script => Some(error),
        Err(error) => return Err(error),
    };
    let mut state = state(&app, &visit, &entered, parse(&version)?).await?;
    let Some(error) = refused else {
        state.say = Some(languages::say("comments-added").into());
        return Ok(Page(Talk::new(&state).into_answer()).into_response());
    };
    state.text = text.to_owned();
    state.error = Some(error.message);
    let page = Talk::new(&state).into_page(&visit.site(&app), &entered.session, entered.standing);
    Ok((error.status, Page(page)).into_response())
}

/// `POST /s/{session}/versions/{version}/comments/{comment}/delete`
///
/// # Errors
/// Not found or forbidden.
pub async fn take_back(
    State(app): State<App>,
    visit: Visit,
    Path((session, version, comment)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = remove(&app, &visit, &session, &version, &comment).await?;
    if !wants_fragment(&headers) {
        let page = format!("/s/{}/versions/{version}/comments", entered.session.id);
        return Ok(Redirect::to(&page).into_response());
    }
    let mut state = state(&app, &visit, &entered, parse(&version)?).await?;
    state.say = Some(languages::say("comments-deleted").into());
    Ok(Page(Talk::new(&state).into_list()).into_response())
}

/// `GET /api/v1/sessions/{session}/versions/{version}/comments`
///
/// # Errors
/// Not found.
pub async fn api_show(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
) -> Result<Json<Value>, WebError> {
    let session = visit.enter(&app, &session, Action::See).await?.session.id;
    let version = app.store.version(session, parse(&version)?).await?;
    let version = version.ok_or_else(WebError::not_found)?;
    let comments = app.store.comments(session, version.id).await?;
    Ok(Json(
        json!({"comments": comments.iter().map(shape::comment).collect::<Vec<_>>()}),
    ))
}

/// `DELETE /api/v1/sessions/{session}/versions/{version}/comments/{comment}`
///
/// # Errors
/// Not found.
pub async fn api_take_back(
    State(app): State<App>,
    visit: Visit,
    Path((session, version, comment)): Path<(String, String, String)>,
) -> Result<StatusCode, WebError> {
    remove(&app, &visit, &session, &version, &comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds a comment of whoever asks; whether it is new.
///
/// # Errors
/// Not found; in words when the text is none, or there are too many.
pub(super) async fn say(
    app: &App,
    visit: &Visit,
    entered: &Entered,
    version: &str,
    text: &str,
    client_id: ClientId,
) -> Result<(bool, Comment), WebError> {
    let version: VersionId = parse(version)?;
    let words = Words::parse(text).map_err(|error| WebError::invalid("text", error.to_string()))?;
    let session = entered.session.id;
    let new = NewComment {
        session,
        version,
        client_id,
        author: visit.author(app, session).await?,
        words,
    };
    match app.turns.comment(new).await? {
        Commented::New(comment, _) => Ok((true, comment)),
        Commented::Seen(comment) => Ok((false, comment)),
        Commented::Full => Err(WebError::invalid(
            "text",
            format!("A version takes {} comments. Take one back first.", Comment::MOST),
        )),
        Commented::NoVersion => Err(WebError::not_found()),
    }
}

/// Takes a comment back, if whoever asks may.
async fn remove(app: &App, visit: &Visit, session: &str, version: &str, comment: &str) -> Result<Entered, WebError> {
    let entered = visit.enter(app, session, Action::Edit).await?;
    let comment = app
        .store
        .comment(entered.session.id, parse(version)?, parse(comment)?)
        .await?
        .ok_or_else(WebError::not_found)?;
    authorize(entered.standing, comment.to_remove(visitor(visit)))?;
    app.turns.take_back(&comment).await?;
    Ok(entered)
}

async fn state(app: &App, visit: &Visit, entered: &Entered, version: VersionId) -> Result<CommentsState, WebError> {
    let session = entered.session.id;
    let version = app
        .store
        .version(session, version)
        .await?
        .ok_or_else(WebError::not_found)?;
    let comments = app.store.comments(session, version.id).await?;
    let with_right = |comment: Comment| {
        let needed = comment.to_remove(visitor(visit));
        let may = authorize(entered.standing, Action::Edit).and_then(|()| authorize(entered.standing, needed));
        (comment, may.is_ok())
    };
    Ok(CommentsState {
        version,
        comments: comments.into_iter().map(with_right).collect(),
        standing: entered.standing,
        fresh_client_id: fresh(app),
        text: String::new(),
        error: None,
        say: None,
    })
}

fn visitor(visit: &Visit) -> Option<crate::domain::ids::VisitorId> {
    visit.visitor.as_ref().map(|visitor| visitor.id)
}

fn fresh(app: &App) -> ClientId {
    ClientId::new(random::uuid(app.clock.now()))
}
