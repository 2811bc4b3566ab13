//! Pictures in and out of a session: references, stored pictures, renditions, the zip.
//!
//! Rule: a picture goes out with a fixed type, under a policy that lets it do nothing, after the same question of rights
//! as everything else.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use tokio_util::io::ReaderStream;

use super::{
    audit::Event,
    error::{WebError, wants_fragment},
    export,
    fields::{Fields, Query},
    page::Page,
    security::PICTURE_POLICY,
    uploads,
    views::fragments::ReferenceTile,
    visit::{Visit, parse},
};
use crate::{
    app::App,
    blobs::{Rendition, Size},
    domain::{access::Action, ids::VersionId, session::Session, version::Version},
    provenance::As,
};

/// A picture never changes under its address, and nobody but the visitor's own browser may keep it.
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// `POST /s/{session}/pictures`: one more picture, to refer to.
///
/// # Errors
/// In words about the picture.
pub async fn add(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let upload = uploads::read(&app, request).await?;
    let version = app.turns.add_picture(entered.session.id, upload.picture).await?;
    if wants_fragment(&headers) {
        return Ok((StatusCode::CREATED, Page(ReferenceTile::new(&version))).into_response());
    }
    let mut page = format!("/s/{}?", entered.session.id);
    for tile in upload.texts.all("ref").filter_map(|id| id.parse::<VersionId>().ok()) {
        page.push_str(&format!("ref={tile}&"));
    }
    page.push_str(&format!("ref={}", version.id));
    Ok(Redirect::to(&page).into_response())
}

/// `GET /s/{session}/versions/{version}/picture`: the picture at its own size, with its credentials and its mark.
///
/// # Errors
/// Not found or forbidden.
pub async fn picture(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Download).await?;
    let version = version_of(&app, &entered.session, &version).await?;
    whole(&app, &version, &query, &headers, true).await
}

/// `GET /api/v1/sessions/{session}/versions/{version}/picture`: the stored picture; with `credentials=1` as it leaves.
///
/// # Errors
/// Not found or forbidden.
pub async fn stored(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Download).await?;
    let version = version_of(&app, &entered.session, &version).await?;
    whole(&app, &version, &query, &headers, query.get("download").is_some()).await
}

/// A picture at its own size: as it leaves, or as it is stored; `credentials` in the query says which, else `usual`.
async fn whole(
    app: &App,
    version: &Version,
    query: &Fields,
    headers: &HeaderMap,
    usual: bool,
) -> Result<Response, WebError> {
    let leaves = match query.get("credentials") {
        Some("0") => false,
        Some("1") => true,
        None => usual,
        Some(_) => return Err(WebError::invalid("credentials", "credentials is 1 or 0.")),
    };
    let (response, tag) = if leaves && !app.provenance.is_idle() {
        let tag = format!("\"{}\"", app.provenance.tag(version, As::Whole));
        if is_known(headers, &tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        let leaving = app.provenance.leave(version, As::Whole).await?;
        (leaving.bytes.into_response(), tag)
    } else {
        let tag = format!("\"{}\"", version.blob.id);
        if is_known(headers, &tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        (as_stored(app, version).await?, tag)
    };
    Ok(as_picture(named(response, version, query)?, &tag))
}

async fn as_stored(app: &App, version: &Version) -> Result<Response, WebError> {
    let file = app.blobs.open_file(&version.blob).await?;
    let mut response = Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024)).into_response();
    let length = HeaderValue::from(version.blob.bytes);
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    Ok(response)
}

/// Says what the file is and what it is called.
fn named(mut response: Response, version: &Version, query: &Fields) -> Result<Response, WebError> {
    let place = if query.get("download").is_some() {
        "attachment"
    } else {
        "inline"
    };
    let name = format!("{place}; filename=\"{}\"", export::file_name(version));
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(version.blob.format.mime()),
    );
    out.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&name).map_err(WebError::internal)?,
    );
    Ok(response)
}

/// `GET /s/{session}/versions/{version}/renditions/{size}`: a WebP that fits the square.
///
/// # Errors
/// Not found.
pub async fn rendition(
    State(app): State<App>,
    visit: Visit,
    Path((session, version, size)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let size = Size::parse(&size).ok_or_else(WebError::not_found)?;
    let version = version_of(&app, &entered.session, &version).await?;
    // The large one is as good as the picture itself, so it leaves as one.
    let leaves = size == Size::S1600 && !app.provenance.is_idle();
    let tag = if leaves {
        format!("\"{}\"", app.provenance.tag(&version, As::Page))
    } else {
        format!("\"{}-{}\"", version.blob.id, size.side())
    };
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let left = if leaves {
        page_picture(&app, &version).await
    } else {
        None
    };
    let fell_back = leaves && left.is_none();
    let bytes = match left {
        Some(bytes) => bytes.into_response(),
        None => app.blobs.rendition(&version.blob, size).await?.bytes.into_response(),
    };
    let mut response = as_picture(bytes, &tag);
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(Rendition::FORMAT.mime()));
    if fell_back {
        // The next one who asks may get the signed one under this address.
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        out.remove(header::ETAG);
    }
    Ok(response)
}

/// The copy that pages show; none when it can't be made now: looking at a picture must not depend on a disk that takes writes.
async fn page_picture(app: &App, version: &Version) -> Option<Vec<u8>> {
    let left = app.provenance.leave(version, As::Page).await;
    left.inspect_err(|error| tracing::warn!(%error, version = %version.id, "a page got its picture unsigned"))
        .ok()
        .map(|left| left.bytes)
}

/// `GET /s/{session}/turns/{turn}/preview`: the last picture of a running turn on its way, as a WebP.
///
/// # Errors
/// Not found, also when the turn has ended.
pub async fn preview(
    State(app): State<App>,
    visit: Visit,
    Path((session, turn)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let turn = app.store.turn(entered.session.id, parse(&turn)?).await?;
    let picture = turn
        .and_then(|turn| app.live.preview(turn.id))
        .ok_or_else(WebError::not_found)?;
    let rendition = app.blobs.rendition(&picture, Size::S1024).await?;
    let mut response = as_picture(rendition.bytes.into_response(), &format!("\"{}\"", picture.id));
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(Rendition::FORMAT.mime()));
    // The next one has the same address.
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /s/{session}/export`: everything as a zip.
///
/// # Errors
/// Not found or forbidden.
pub async fn export(State(app): State<App>, visit: Visit, Path(session): Path<String>) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Download).await?;
    let session = entered.session.id;
    app.audit.note(app.clock.now(), &visit, Event::Exported { session });
    export::zip(&app, entered.session).await
}

async fn version_of(app: &App, session: &Session, version: &str) -> Result<Version, WebError> {
    app.store
        .version(session.id, parse(version)?)
        .await?
        .ok_or_else(WebError::not_found)
}

pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
}

pub(super) fn as_picture(mut response: Response, tag: &str) -> Response {
    let out = response.headers_mut();
    out.insert(header::CONTENT_SECURITY_POLICY, PICTURE_POLICY);
    out.insert(header::CACHE_CONTROL, KEEP);
    if let Ok(tag) = HeaderValue::from_str(tag) {
        out.insert(header::ETAG, tag);
    }
    response
}
