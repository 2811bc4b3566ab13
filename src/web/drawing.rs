//! Where a region is drawn: the tools for those with scripts, four numbers for those without.
//!
//! Rule: nothing is kept here; the mask goes to the session's regions, and the turn names it.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::{
    error::{WebError, wants_fragment},
    fields::Query,
    page::Page,
    views::drawing::DrawingView,
    visit::{Visit, parse},
};
use crate::{
    app::App,
    domain::{access::Action, ids::ClientId},
    random,
};

/// `GET /s/{session}/region?v=…`
///
/// # Errors
/// Not found or forbidden.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let session = &entered.session;
    let wanted = query.get("v").map(parse).transpose()?.unwrap_or(session.head);
    let version = app
        .store
        .version(session.id, wanted)
        .await?
        .ok_or_else(WebError::not_found)?;
    let view = DrawingView::new(&version, ClientId::new(random::uuid(app.clock.now())));
    if wants_fragment(&headers) {
        return Ok(Page(view.into_fragment()).into_response());
    }
    Ok(Page(view.into_page(&visit.site(&app), session)).into_response())
}
