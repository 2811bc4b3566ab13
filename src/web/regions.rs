//! Regions over HTTP: draw one, look at it, have a rough one refined. The same three for pages and the JSON interface.
//!
//! Rule: a mask comes in through the picture gate and goes out as a picture does, after the same question of rights.

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    error::WebError,
    pictures::{as_picture, is_known},
    uploads,
    visit::{Visit, parse},
};
use crate::{
    app::App,
    blobs::VerifiedImage,
    domain::{access::Action, ids::RegionId, picture::Format, region::Rectangle, version::Version},
    turns::regions::MarkError,
};

/// A mask and what it was drawn on.
struct Drawn {
    base: Version,
    mask: Option<VerifiedImage>,
    rectangle: Option<Rectangle>,
}

/// `POST …/regions`: a form with the file `mask`, or the four fields of a rectangle, and the version `base`.
///
/// # Errors
/// In words about the mask.
pub async fn draw(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let drawn = receive(&app, &visit, &session, request).await?;
    let region = match (drawn.mask, drawn.rectangle) {
        (Some(mask), _) => app.turns.mark(&drawn.base, mask).await?,
        (None, Some(rectangle)) => app.turns.mark_rectangle(&drawn.base, rectangle).await?,
        (None, None) => return Err(no_mask()),
    };
    let location = [(header::LOCATION, format!("/s/{}/regions/{}", region.session, region.id))];
    let body = json!({"id": region.id, "share": region.share.fraction()});
    Ok((StatusCode::CREATED, location, Json(body)).into_response())
}

/// `GET …/regions/{region}`: its mask, a grey PNG.
///
/// # Errors
/// Not found.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path((session, region)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let region = app
        .store
        .region(entered.session.id, parse::<RegionId>(&region)?)
        .await?
        .ok_or_else(WebError::not_found)?;
    let tag = format!("\"{}\"", region.blob.id);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(as_picture(png(app.blobs.read(&region.blob).await?), &tag))
}

/// `POST …/regions/refine`: a form with a rough `mask` and the version `base`; the refined mask, a grey PNG.
///
/// # Errors
/// In words about the mask.
pub async fn refine(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    request: Request,
) -> Result<Response, WebError> {
    let drawn = receive(&app, &visit, &session, request).await?;
    let mask = drawn.mask.ok_or_else(no_mask)?;
    let mut response = as_picture(png(app.turns.refine(&drawn.base, mask).await?), "");
    let out = response.headers_mut();
    out.remove(header::ETAG);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn receive(app: &App, visit: &Visit, session: &str, request: Request) -> Result<Drawn, WebError> {
    let entered = visit.enter(app, session, Action::Edit).await?;
    let (mask, texts) = uploads::read_optional(app, request, "mask").await?;
    let no_such_version = || WebError::invalid("base", "That picture is not part of this session.");
    let base = match texts.get("base").filter(|base| !base.is_empty()) {
        Some(base) => base.parse().map_err(|_| no_such_version())?,
        None => entered.session.head,
    };
    let base = app
        .store
        .version(entered.session.id, base)
        .await?
        .ok_or_else(no_such_version)?;
    let rectangle = Rectangle::of_form(|name| texts.get(name))
        .map_err(|error| WebError::invalid("region_left", error.to_string()))?;
    Ok(Drawn { base, mask, rectangle })
}

fn no_mask() -> WebError {
    WebError::invalid("mask", "Send a mask, a picture in the field “mask”.")
}

fn png(bytes: bytes::Bytes) -> Response {
    let mut response = bytes.into_response();
    let kind = HeaderValue::from_static(Format::Png.mime());
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

impl From<MarkError> for WebError {
    fn from(error: MarkError) -> Self {
        match error {
            MarkError::Picture(error) => Self {
                field: Some("mask"),
                ..error.into()
            },
            MarkError::Keep(error) => error.into(),
            MarkError::Empty | MarkError::Shape | MarkError::Large => Self::invalid("mask", error.to_string()),
        }
    }
}
