//! The JSON interface, version 1: the same use cases in other clothes (`docs/api.md`).
//!
//! Rule: the same `enter`, the same limits, the same `turns` as the pages; unknown fields in a request are refused.

pub mod shape;

use std::time::Duration;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Extension, FromRequest, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    audit::Event,
    canvas, comments,
    error::WebError,
    events::{self, Dress},
    fields::Query,
    pictures,
    refusal::Refusal,
    regions, returned,
    serve::Stopping,
    shares::link,
    uploads, verify,
    visit::{Visit, cookie_header, parse},
};
use crate::{
    app::App,
    domain::{
        access::Action,
        ids::{ClientId, RegionId, SessionId, ShareId, TurnId, VersionId},
        instruction::Instruction,
        options::{Count, Options, Quality, Ratio, Workflow},
        pins::Pins,
        session::Title,
        share::{Access, Lifetime},
        turn::Turn,
    },
    random,
    turns::{Submission, Submitted, live::Hint},
};

/// The longest `wait`, in seconds.
const LONGEST_WAIT_S: u64 = 60;
/// Turns in one answer unless asked otherwise, and at most.
const TURNS: (u32, u32) = (20, 100);

/// Every route under `/api/v1`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/backends", get(backends))
        .route("/verify", post(verify::ask_as_json))
        .route("/sessions", post(begin))
        .route("/sessions/{session}", get(show).patch(change).delete(delete))
        .route("/sessions/{session}/pictures", post(add_picture))
        .route(
            "/sessions/{session}/versions/{version}/as-returned",
            get(returned::show).post(returned::api_take),
        )
        .route(
            "/sessions/{session}/versions/{version}/subject",
            post(returned::api_restore_subject),
        )
        .route(
            "/sessions/{session}/versions/{version}/difference",
            get(returned::difference),
        )
        .route(
            "/sessions/{session}/turns/{turn}/keep-subject",
            post(returned::api_keep_subject),
        )
        .route("/sessions/{session}/regions", post(regions::draw))
        .route("/sessions/{session}/regions/refine", post(regions::refine))
        .route("/sessions/{session}/regions/{region}", get(regions::show))
        .route("/sessions/{session}/turns", get(list_turns).post(submit))
        .route("/sessions/{session}/turns/{turn}", get(show_turn))
        .route("/sessions/{session}/turns/{turn}/cancel", post(cancel))
        .route("/sessions/{session}/turns/{turn}/retry", post(retry))
        .route(
            "/sessions/{session}/versions/{version}/comments",
            get(comments::api_show).post(api_comment),
        )
        .route(
            "/sessions/{session}/versions/{version}/comments/{comment}",
            axum::routing::delete(comments::api_take_back),
        )
        .route("/sessions/{session}/versions/{version}", patch(star))
        .route("/sessions/{session}/versions/{version}/picture", get(pictures::stored))
        .route(
            "/sessions/{session}/versions/{version}/renditions/{size}",
            get(pictures::rendition),
        )
        .route("/sessions/{session}/export", get(pictures::export))
        .route("/sessions/{session}/events", get(follow))
        .route("/sessions/{session}/shares", get(list_shares).post(share))
        .route("/sessions/{session}/shares/{share}", axum::routing::delete(revoke))
        .fallback(|| async { WebError::not_found() })
}

/// A body as it came, and whether it says that it is JSON.
struct Sent {
    bytes: Bytes,
    is_json: bool,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
        let essence = kind.unwrap_or_default().split(|&byte| byte == b';').next();
        let is_json = essence.is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(b"application/json"));
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(IntoResponse::into_response)?;
        Ok(Self { bytes, is_json })
    }
}

/// Reads a JSON body: another kind is 415, malformed 400, a wrong or unknown field 422. Called after the question of
/// rights, so that nobody learns from an error what they may not see.
fn read_json<T: DeserializeOwned>(body: &Sent) -> Result<T, WebError> {
    if !body.is_json {
        return Err(Refusal::UnsupportedBody.into());
    }
    let value: Value = serde_json::from_slice(&body.bytes)
        .map_err(|error| WebError::malformed(format!("That is not JSON: {error}.")))?;
    serde_json::from_value(value).map_err(|error| WebError::invalid("body", format!("A field is wrong: {error}.")))
}

async fn backends(State(app): State<App>) -> Json<Value> {
    let infos = app.registry.infos();
    let shapes: Vec<_> = infos
        .iter()
        .enumerate()
        .map(|(at, info)| {
            let mut shape = shape::backend(info, at == 0);
            shape["resting_s"] = json!(app.registry.resting(&info.name).map(|wait| wait.as_secs() + 1));
            shape
        })
        .collect();
    Json(json!({"backends": shapes}))
}

/// A session that begins with words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Canvas {
    canvas: Ratio,
    title: Option<String>,
}

async fn begin(State(app): State<App>, mut visit: Visit, request: Request) -> Result<Response, WebError> {
    visit.may_begin(&app)?;
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
    let is_json = kind.is_some_and(|kind| {
        kind.trim_ascii_start()
            .to_ascii_lowercase()
            .starts_with(b"application/json")
    });
    let (title, picture) = if is_json {
        let body = match Sent::from_request(request, &app).await {
            Ok(body) => body,
            Err(refused) => return Ok(refused),
        };
        let body: Canvas = read_json(&body)?;
        let title = match &body.title {
            Some(title) => Title::parse(title).map_err(|error| WebError::invalid("title", error.to_string()))?,
            None => canvas::title("")?,
        };
        (title, canvas::draw(&app, body.canvas).await?)
    } else {
        let upload = uploads::read(&app, request).await?;
        (upload.title()?, upload.picture)
    };
    let (owner, cookie) = visit.as_owner(&app).await?;
    let visitor = visit.visitor.as_ref().map(|visitor| visitor.id);
    let begun = if is_json {
        let id = SessionId::new(random::uuid(app.clock.now()));
        app.turns.begin_on_canvas(id, owner, visitor, title, picture).await?
    } else {
        app.turns.begin_session(owner, visitor, title, picture).await?
    };
    let body = json!({
        "session": shape::session(&begun.session, std::slice::from_ref(&begun.version)),
        "edit_token": begun.token.expose(),
    });
    let location = [(header::LOCATION, format!("/s/{}", begun.session.id))];
    Ok((StatusCode::CREATED, cookie_header(cookie), location, Json(body)).into_response())
}

async fn show(State(app): State<App>, visit: Visit, Path(session): Path<String>) -> Result<Json<Value>, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    session_answer(&app, entered.session.id).await
}

async fn session_answer(app: &App, id: SessionId) -> Result<Json<Value>, WebError> {
    let session = app.store.session(id).await?.ok_or_else(WebError::not_found)?;
    let versions = app.store.versions(id).await?;
    Ok(Json(json!({"session": shape::session(&session, &versions)})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    title: Option<String>,
    head: Option<VersionId>,
}

async fn change(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    body: Sent,
) -> Result<Json<Value>, WebError> {
    let id = visit.enter(&app, &session, Action::Edit).await?.session.id;
    let change: Change = read_json(&body)?;
    if change.title.is_some() {
        visit.enter(&app, &session, Action::Manage).await?;
    }
    let title = change
        .title
        .as_deref()
        .map(Title::parse)
        .transpose()
        .map_err(|error| WebError::invalid("title", error.to_string()))?;
    if let Some(head) = change.head
        && !app.turns.select(id, head).await?
    {
        return Err(WebError::invalid("head", "That version is not part of this session."));
    }
    if let Some(title) = title {
        app.turns.rename(id, &title).await?;
    }
    session_answer(&app, id).await
}

async fn delete(State(app): State<App>, visit: Visit, Path(session): Path<String>) -> Result<StatusCode, WebError> {
    let entered = visit.enter(&app, &session, Action::Manage).await?;
    let session = entered.session.id;
    app.turns.trash(session).await?;
    app.audit.note(app.clock.now(), &visit, Event::Deleted { session });
    Ok(StatusCode::NO_CONTENT)
}

async fn add_picture(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let upload = uploads::read(&app, request).await?;
    let version = app.turns.add_picture(entered.session.id, upload.picture).await?;
    Ok((StatusCode::CREATED, Json(json!({"version": shape::version(&version)}))).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Star {
    starred: bool,
}

async fn star(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    body: Sent,
) -> Result<Json<Value>, WebError> {
    let session = visit.enter(&app, &session, Action::Edit).await?.session.id;
    let version: VersionId = parse(&version)?;
    let Star { starred } = read_json(&body)?;
    if !app.turns.star(session, version, starred).await? {
        return Err(WebError::not_found());
    }
    let version = app.store.version(session, version).await?;
    let version = version.ok_or_else(WebError::not_found)?;
    Ok(Json(json!({"version": shape::version(&version)})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Submit {
    instruction: String,
    base: Option<VersionId>,
    #[serde(default)]
    references: Vec<VersionId>,
    backend: Option<String>,
    client_id: ClientId,
    region: Option<RegionId>,
    count: Option<Count>,
    ratio: Option<Ratio>,
    quality: Option<Quality>,
    workflow: Option<Workflow>,
    keep_rest: Option<bool>,
    #[serde(default)]
    pins: Pins,
}

async fn submit(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    body: Sent,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let id = entered.session.id;
    let body: Submit = read_json(&body)?;
    let instruction =
        Instruction::parse(&body.instruction).map_err(|error| WebError::invalid("instruction", error.to_string()))?;
    let submission = Submission {
        session: id,
        client_id: body.client_id,
        base: body.base.unwrap_or(entered.session.head),
        references: body.references,
        instruction,
        region: body.region,
        options: Options {
            count: body.count,
            ratio: body.ratio,
            quality: body.quality,
            workflow: body.workflow,
            keep_rest: body.keep_rest,
            pins: body.pins,
        },
        backend: body.backend,
        author: visit.author(&app, id).await?,
    };
    let (status, turn) = match app.turns.submit(submission).await? {
        Submitted::New(turn) => (StatusCode::ACCEPTED, turn),
        Submitted::Seen(turn) => (StatusCode::OK, turn),
    };
    Ok((status, turn_answer(&app, &turn).await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    text: String,
    client_id: Option<ClientId>,
}

async fn api_comment(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    body: Sent,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let body: Say = read_json(&body)?;
    let client_id = body
        .client_id
        .unwrap_or_else(|| ClientId::new(random::uuid(app.clock.now())));
    let (is_new, comment) = comments::say(&app, &visit, &entered, &version, &body.text, client_id).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({"comment": shape::comment(&comment)}))).into_response())
}

async fn turn_answer(app: &App, turn: &Turn) -> Result<Json<Value>, WebError> {
    let place = app.store.queue_place(turn.id).await?;
    Ok(Json(json!({"turn": shape::turn(app, turn, place)})))
}

async fn list_turns(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
) -> Result<Json<Value>, WebError> {
    let id = visit.enter(&app, &session, Action::See).await?.session.id;
    let after = match query.get("after") {
        Some(turn) => {
            app.store
                .turn(id, parse(turn)?)
                .await?
                .ok_or_else(WebError::not_found)?
                .place
        }
        None => 0,
    };
    let limit = match query.get("limit").map(str::parse::<u32>) {
        None => TURNS.0,
        Some(Ok(limit @ 1..)) => limit.min(TURNS.1),
        Some(_) => return Err(WebError::invalid("limit", "A limit is a number from 1 to 100.")),
    };
    let mut turns = app.store.turns_after(id, after, limit + 1).await?;
    let more = turns.len() > limit as usize;
    turns.truncate(limit as usize);
    let next = turns.last().filter(|_| more).map(|turn| turn.id);
    let mut shapes = Vec::with_capacity(turns.len());
    for turn in &turns {
        shapes.push(shape::turn(&app, turn, app.store.queue_place(turn.id).await?));
    }
    Ok(Json(json!({"turns": shapes, "next": next})))
}

async fn show_turn(
    State(app): State<App>,
    visit: Visit,
    Path((session, turn)): Path<(String, String)>,
    Query(query): Query,
) -> Result<Json<Value>, WebError> {
    let id = visit.enter(&app, &session, Action::See).await?.session.id;
    let turn: TurnId = parse(&turn)?;
    let wait = match query.get("wait").map(str::parse::<u64>) {
        None => Duration::ZERO,
        Some(Ok(seconds)) => Duration::from_secs(seconds.min(LONGEST_WAIT_S)),
        Some(Err(_)) => return Err(WebError::invalid("wait", "wait is a number of seconds, at most 60.")),
    };
    let turn = ended_turn(&app, &visit, id, turn, wait).await?;
    turn_answer(&app, &turn).await
}

/// The turn when it has ended, or as it is when the time is up.
async fn ended_turn(
    app: &App,
    visit: &Visit,
    session: SessionId,
    id: TurnId,
    wait: Duration,
) -> Result<Turn, WebError> {
    let read = || async { app.store.turn(session, id).await?.ok_or_else(WebError::not_found) };
    let turn = read().await?;
    if turn.state.is_ended() || wait.is_zero() {
        return Ok(turn);
    }
    // Watch first, then look again: an end in between is not missed.
    let mut watching = app
        .live
        .watch(session, &visit.client())
        .map_err(|error| WebError::too_many(error.to_string(), 5))?;
    let ended = async {
        loop {
            let turn = read().await?;
            if turn.state.is_ended() {
                return Ok(turn);
            }
            while !matches!(watching.next().await, Hint::Changed(_)) {}
        }
    };
    tokio::select! {
        ended = ended => ended,
        () = tokio::time::sleep(wait) => read().await,
        () = app.stopping.cancelled() => read().await,
    }
}

async fn cancel(
    State(app): State<App>,
    visit: Visit,
    Path((session, turn)): Path<(String, String)>,
) -> Result<Json<Value>, WebError> {
    let id = visit.enter(&app, &session, Action::Edit).await?.session.id;
    let turn = app
        .turns
        .cancel(id, parse(&turn)?)
        .await?
        .ok_or_else(WebError::not_found)?;
    turn_answer(&app, &turn).await
}

async fn retry(
    State(app): State<App>,
    visit: Visit,
    Path((session, turn)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let id = visit.enter(&app, &session, Action::Edit).await?.session.id;
    let turn = app
        .turns
        .retry(id, parse(&turn)?)
        .await?
        .ok_or_else(WebError::not_found)?;
    Ok((StatusCode::ACCEPTED, turn_answer(&app, &turn).await?).into_response())
}

async fn follow(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    stopping: Option<Extension<Stopping>>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    events::stream_of(app, visit, &session, stopping, &query, &headers, Dress::Api).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewShare {
    access: Access,
    #[serde(default = "thirty_days")]
    expires_in_days: Option<u8>,
}

#[expect(clippy::unnecessary_wraps, reason = "null and missing mean different things")]
const fn thirty_days() -> Option<u8> {
    Some(30)
}

async fn share(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    body: Sent,
) -> Result<Response, WebError> {
    let id = visit.enter(&app, &session, Action::Manage).await?.session.id;
    let body: NewShare = read_json(&body)?;
    let lifetime = Lifetime::parse(body.expires_in_days)
        .ok_or_else(|| WebError::invalid("expires_in_days", "A link ends in 1, 7 or 30 days, or never (null)."))?;
    let (share, token) = app.turns.share(id, body.access, lifetime).await?;
    let made = Event::LinkMade {
        session: id,
        share: share.id,
    };
    app.audit.note(app.clock.now(), &visit, made);
    let answer = json!({"share": shape::share(&share), "token": token.expose(), "url": link(&app, &headers, &token)});
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn list_shares(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
) -> Result<Json<Value>, WebError> {
    let id = visit.enter(&app, &session, Action::Manage).await?.session.id;
    let shares = app.store.shares(id).await?;
    Ok(Json(
        json!({"shares": shares.iter().map(shape::share).collect::<Vec<_>>()}),
    ))
}

async fn revoke(
    State(app): State<App>,
    visit: Visit,
    Path((session, share)): Path<(String, String)>,
) -> Result<StatusCode, WebError> {
    let id = visit.enter(&app, &session, Action::Manage).await?.session.id;
    let share = parse::<ShareId>(&share)?;
    if app.turns.revoke(id, share).await? {
        app.audit
            .note(app.clock.now(), &visit, Event::LinkRevoked { session: id, share });
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(WebError::not_found())
    }
}
