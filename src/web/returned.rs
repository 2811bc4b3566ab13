//! What a model really returned: to look at, to take, and what can be done when the subject has drifted.
//!
//! Rule: nothing here asks a backend again but "try again keeping the subject", which is a turn like any other. The same
//! for pages (which are sent on to the session) and the JSON interface (which is told the version or the turn).

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;

use super::{
    api::shape,
    error::WebError,
    fields::{Fields, Query},
    pictures::{as_picture, is_known},
    turns::accepted,
    visit::{Entered, Visit, parse},
};
use crate::{
    app::App,
    blobs::{Rendition, Size},
    domain::{
        access::Action,
        ids::{TurnId, VersionId},
        instruction::Instruction,
        picture::Blob,
        turn::Turn,
        version::Version,
    },
    turns::{Submission, Submitted, returned::ReturnError},
};

/// What is added to the words of a turn whose subject drifted.
pub const KEEP_THE_SUBJECT: &str =
    "Keep the person or thing in the picture exactly as they are: the same face, shape, details and colours.";

/// `GET …/versions/{version}/as-returned`: the model's own picture as a WebP that fits 1024 pixels: no version, so it can't leave
/// signed, and nothing larger leaves unsigned.
///
/// # Errors
/// Not found, also when the version is that picture itself.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let version = version_of(&app, &entered, &version).await?;
    let blob = returned(&app, &version).await?;
    let tag = format!("\"{}-{}\"", blob.id, Size::S1024.side());
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let rendition = app.blobs.rendition(&blob, Size::S1024).await?;
    Ok(webp(rendition.bytes, &tag))
}

/// `POST …/versions/{version}/as-returned`: makes the model's own picture a version and selects it.
///
/// # Errors
/// Not found, also when there is no other picture.
pub async fn take(State(app): State<App>, visit: Visit, path: Path<(String, String)>) -> Result<Redirect, WebError> {
    taken(&app, &visit, path).await.map(|made| to_version(&made))
}

/// The same for programs.
///
/// # Errors
/// As [`take`].
pub async fn api_take(
    State(app): State<App>,
    visit: Visit,
    path: Path<(String, String)>,
) -> Result<Response, WebError> {
    taken(&app, &visit, path).await.map(|made| told(&made))
}

async fn taken(
    app: &App,
    visit: &Visit,
    Path((session, version)): Path<(String, String)>,
) -> Result<Version, WebError> {
    let entered = visit.enter(app, &session, Action::Edit).await?;
    let version = version_of(app, &entered, &version).await?;
    let made = app.turns.take_as_returned(&version).await?;
    version_by(app, &entered, made).await
}

/// `POST …/versions/{version}/subject`: brings the subject back from the version `from`, else from the one it was made
/// from.
///
/// # Errors
/// Not found; in words when the subject stands otherwise.
pub async fn restore_subject(
    State(app): State<App>,
    visit: Visit,
    path: Path<(String, String)>,
    fields: Fields,
) -> Result<Redirect, WebError> {
    let from = fields.get("from").filter(|from| !from.is_empty());
    let made = brought_back(&app, &visit, path, from).await?;
    Ok(to_version(&made))
}

/// The same for programs; `from` is in the address.
///
/// # Errors
/// As [`restore_subject`].
pub async fn api_restore_subject(
    State(app): State<App>,
    visit: Visit,
    path: Path<(String, String)>,
    Query(query): Query,
) -> Result<Response, WebError> {
    let made = brought_back(&app, &visit, path, query.get("from")).await?;
    Ok(told(&made))
}

async fn brought_back(
    app: &App,
    visit: &Visit,
    Path((session, version)): Path<(String, String)>,
    from: Option<&str>,
) -> Result<Version, WebError> {
    let entered = visit.enter(app, &session, Action::Edit).await?;
    let version = version_of(app, &entered, &version).await?;
    let from = match from {
        Some(from) => version_of(app, &entered, from).await?,
        None => parent_of(app, &version).await?,
    };
    let _place = app.place_to_compare().await?;
    let made = app.turns.restore_subject(&version, &from).await?;
    version_by(app, &entered, made).await
}

/// `GET …/versions/{version}/difference`: where it differs from the version `to`, else from the one it was made from; a
/// WebP, light where they differ.
///
/// # Errors
/// Not found.
pub async fn difference(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let version = version_of(&app, &entered, &version).await?;
    let to = match query.get("to") {
        Some(to) => version_of(&app, &entered, to).await?,
        None => parent_of(&app, &version).await?,
    };
    let tag = format!("\"{}-{}\"", version.blob.id, to.blob.id);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let _place = app.place_to_compare().await?;
    Ok(webp(app.turns.difference(&version.blob, &to.blob).await?, &tag))
}

/// `POST …/turns/{turn}/keep-subject`: the same turn again, with a sentence added that asks for the subject to stay. Sent
/// twice, it is one turn.
///
/// # Errors
/// As for a turn.
pub async fn keep_subject(
    State(app): State<App>,
    visit: Visit,
    path: Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let turn = asked_again(&app, &visit, path).await?;
    accepted(&app, turn, &headers).await
}

/// The same for programs.
///
/// # Errors
/// As for a turn.
pub async fn api_keep_subject(
    State(app): State<App>,
    visit: Visit,
    path: Path<(String, String)>,
) -> Result<Response, WebError> {
    let turn = asked_again(&app, &visit, path).await?;
    let place = app.store.queue_place(turn.id).await?;
    let body = Json(json!({"turn": shape::turn(&app, &turn, place)}));
    Ok((StatusCode::ACCEPTED, body).into_response())
}

async fn asked_again(
    app: &App,
    visit: &Visit,
    Path((session, turn)): Path<(String, String)>,
) -> Result<Turn, WebError> {
    let entered = visit.enter(app, &session, Action::Edit).await?;
    let session = entered.session.id;
    let turn = app.store.turn(session, parse::<TurnId>(&turn)?).await?;
    let turn = turn.ok_or_else(WebError::not_found)?;
    let words = turn.instruction.as_str();
    let words = if words.contains(KEEP_THE_SUBJECT) {
        words.to_owned()
    } else {
        format!("{words}\n\n{KEEP_THE_SUBJECT}")
    };
    let instruction =
        Instruction::parse(&words).map_err(|error| WebError::invalid("instruction", error.to_string()))?;
    let mut submission = Submission {
        session,
        client_id: turn.client_id,
        base: turn.base,
        references: turn.references,
        instruction,
        region: turn.region.map(|region| region.id),
        options: turn.options,
        backend: Some(turn.backend),
        author: visit.author(app, session).await?,
    };
    submission.client_id = submission.id_of_its_own();
    let (Submitted::New(turn) | Submitted::Seen(turn)) = app.turns.submit(submission).await?;
    Ok(turn)
}

fn to_version(version: &Version) -> Redirect {
    Redirect::to(&format!("/s/{}?v={}", version.session, version.id))
}

fn told(version: &Version) -> Response {
    (StatusCode::CREATED, Json(json!({"version": shape::version(version)}))).into_response()
}

async fn version_of(app: &App, entered: &Entered, version: &str) -> Result<Version, WebError> {
    version_by(app, entered, parse(version)?).await
}

async fn version_by(app: &App, entered: &Entered, version: VersionId) -> Result<Version, WebError> {
    app.store
        .version(entered.session.id, version)
        .await?
        .ok_or_else(WebError::not_found)
}

async fn parent_of(app: &App, version: &Version) -> Result<Version, WebError> {
    let parent: VersionId = version.parent.ok_or_else(WebError::not_found)?;
    app.store
        .version(version.session, parent)
        .await?
        .ok_or_else(WebError::not_found)
}

async fn returned(app: &App, version: &Version) -> Result<Blob, WebError> {
    app.store
        .as_returned(version.session, version.id)
        .await?
        .ok_or_else(WebError::not_found)
}

fn webp(bytes: bytes::Bytes, tag: &str) -> Response {
    let mut response = as_picture(bytes.into_response(), tag);
    let kind = HeaderValue::from_static(Rendition::FORMAT.mime());
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

impl From<ReturnError> for WebError {
    fn from(error: ReturnError) -> Self {
        match error {
            ReturnError::Nothing => Self::not_found(),
            ReturnError::Pose => Self::invalid("from", error.to_string()),
            ReturnError::Picture(error) => error.into(),
            ReturnError::Keep(error) => error.into(),
        }
    }
}
