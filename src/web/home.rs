//! Home: begin a session, and those there are.

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    error::{WebError, wants_fragment},
    examples,
    fields::Fields,
    page::Page,
    uploads,
    views::{SessionSummary, fragments::Nets, pages::Home},
    visit::{Visit, cookie_header, nets_line},
};
use crate::{
    app::App,
    blobs::VerifiedImage,
    domain::{
        ids::{ClientId, SessionId},
        session::Title,
        visitor::VisitorName,
    },
    random,
    store::sessions::Shelf,
};

/// `GET /`
///
/// # Errors
/// When the store fails.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, WebError> {
    if app.password.is_some() && !visit.visitor.as_ref().is_some_and(|visitor| visitor.member) {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let current = shelf(&app, &visit, Shelf::Current).await?;
    let trash = shelf(&app, &visit, Shelf::Trash).await?;
    let infos = app.registry.infos();
    let from_words = infos.iter().any(|info| info.offers.from_words);
    let words = from_words.then(|| ClientId::new(random::uuid(app.clock.now())));
    Ok(Page(Home::new(&visit.site(&app), &current, &trash).with_words(words)).into_response())
}

async fn shelf(app: &App, visit: &Visit, shelf: Shelf) -> Result<Vec<SessionSummary>, WebError> {
    let Some(visitor) = &visit.visitor else {
        return Ok(Vec::new());
    };
    let sessions = app
        .store
        .sessions_of(visitor.id, visitor.member, shelf, app.clock.now())
        .await?;
    Ok(sessions
        .into_iter()
        .map(|(session, standing)| SessionSummary { session, standing })
        .collect())
}

/// `POST /sessions`: a picture begins a session.
///
/// # Errors
/// In words about the picture.
pub async fn begin(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, WebError> {
    visit.may_begin(&app)?;
    let upload = uploads::read(&app, request).await?;
    let title = upload.title()?;
    let (owner, cookie) = visit.as_owner(&app).await?;
    let begun = app
        .turns
        .begin_session(owner, visit.visitor.as_ref().map(|v| v.id), title, upload.picture)
        .await?;
    Ok(begun_answer(begun.session.id, &headers, cookie))
}

/// `POST /sessions/example`: one of our own drawings begins a session.
///
/// # Errors
/// When there is no such drawing.
pub async fn begin_example(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    visit.may_begin(&app)?;
    let example = examples::find(fields.get("example").unwrap_or_default())?;
    let picture: VerifiedImage = examples::draw(&app, example).await?;
    let title = Title::parse(example.title).map_err(WebError::internal)?;
    let (owner, cookie) = visit.as_owner(&app).await?;
    let begun = app
        .turns
        .begin_session(owner, visit.visitor.as_ref().map(|v| v.id), title, picture)
        .await?;
    Ok(begun_answer(begun.session.id, &headers, cookie))
}

pub(super) fn begun_answer(session: SessionId, headers: &HeaderMap, cookie: Option<HeaderValue>) -> Response {
    let page = format!("/s/{session}");
    let cookie = cookie_header(cookie);
    if wants_fragment(headers) {
        (StatusCode::CREATED, cookie, [(header::LOCATION, page)]).into_response()
    } else {
        (cookie, Redirect::to(&page)).into_response()
    }
}

/// `GET /nets`: how far the fetching of the built-in engine's nets is, for pages that are open meanwhile.
pub async fn nets(State(app): State<App>) -> Response {
    let line = Nets::new(nets_line(&app));
    ([(header::CACHE_CONTROL, "no-store")], Page(line)).into_response()
}

/// `POST /name`: the name a visitor wants to be called; empty takes it away.
///
/// # Errors
/// When it is too long.
pub async fn name(State(app): State<App>, mut visit: Visit, fields: Fields) -> Result<Response, WebError> {
    let text = fields.get("name").unwrap_or_default();
    let name = VisitorName::parse(text);
    if name.is_none() && !text.trim().is_empty() {
        return Err(WebError::invalid(
            "name",
            format!("A name has at most {} characters.", VisitorName::MAX_CHARS),
        ));
    }
    let (visitor, cookie) = visit.as_visitor(&app).await?;
    app.store.name_visitor(visitor, name.as_ref()).await?;
    Ok((cookie_header(cookie), Redirect::to(local(fields.get("back")))).into_response())
}

/// A path of our own to go back to; home for anything else.
#[must_use]
pub fn local(back: Option<&str>) -> &str {
    let is_ours = |path: &&str| path.starts_with("/s/") || ["/gallery", "/presets", "/verify"].contains(path);
    back.filter(|path| is_ours(path) && !path.contains(['\\', '\r', '\n']))
        .unwrap_or("/")
}

/// `GET /examples/{name}`: the preview of a drawing.
///
/// # Errors
/// When there is no such drawing.
pub async fn example_preview(State(app): State<App>, Path(name): Path<String>) -> Result<Response, WebError> {
    let example = examples::find(name.strip_suffix(".webp").unwrap_or_default())?;
    let bytes = examples::preview(&app, example).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "image/webp"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ],
        bytes,
    )
        .into_response())
}
