//! Two versions compared.
//!
//! Rule: any two versions of one session, in any order; what isn't said is the selected one and the one it came from.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    error::{WebError, wants_fragment},
    fields::{Fields, Query},
    page::Page,
    pictures::as_picture,
    views::compare::CompareView,
    visit::{Visit, parse},
};
use crate::{
    app::App,
    blobs::Difference,
    domain::{access::Action, session::Session, version::Version},
};

/// How many of the pixels differ, 0 to 1.
const CHANGED: HeaderName = HeaderName::from_static("plantain-changed");

/// `GET /s/{session}/compare?a=…&b=…`
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
    let all = app.store.versions(entered.session.id).await?;
    let (before, after) = two(&entered.session, &all, &query)?;
    let view = CompareView::new(&entered.session, &all, before, after);
    if wants_fragment(&headers) {
        return Ok(Page(view.into_fragment()).into_response());
    }
    Ok(Page(view.into_page(&visit.site(&app), &entered.session)).into_response())
}

/// `GET /s/{session}/difference?a=…&b=…`: a picture of what differs, and in a header how much does.
///
/// # Errors
/// Not found; in words when the two have different shapes.
pub async fn difference(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let all = app.store.versions(entered.session.id).await?;
    let (before, after) = two(&entered.session, &all, &query)?;
    let _place = app.place_to_compare().await?;
    let found = app.blobs.difference(&before.blob, &after.blob).await?;
    let found = found.ok_or_else(|| {
        WebError::invalid(
            "b",
            "These two have different shapes, so that there are no pixels to compare.",
        )
    })?;
    let tag = format!("\"{}-{}\"", before.blob.id, after.blob.id);
    let mut response = as_picture((StatusCode::OK, found.picture).into_response(), &tag);
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(Difference::FORMAT.mime()),
    );
    let share = HeaderValue::from_str(&format!("{:.7}", found.share)).map_err(WebError::internal)?;
    out.insert(CHANGED, share);
    Ok(response)
}

fn two<'v>(session: &Session, all: &'v [Version], query: &Fields) -> Result<(&'v Version, &'v Version), WebError> {
    let by_id = |id| all.iter().find(|version| version.id == id);
    let named = |name: &str| {
        let id = query.get(name).filter(|id| !id.is_empty()).map(parse).transpose()?;
        id.map(|id| by_id(id).ok_or_else(WebError::not_found)).transpose()
    };
    let after = match named("b")? {
        Some(version) => version,
        None => by_id(session.head).ok_or_else(WebError::not_found)?,
    };
    let before = named("a")?.or_else(|| by_id(after.parent?)).unwrap_or(after);
    Ok((before, after))
}
