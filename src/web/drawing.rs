//! Where a region is drawn, and where numbered points are set: the tools for those with scripts, numbers for those without.
//!
//! Rule: nothing is kept here; the mask goes to the session's regions, and the turn names it; points go with their turn.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::{
    error::{WebError, wants_fragment},
    fields::{Fields, Query},
    page::Page,
    views::drawing::DrawingView,
    visit::{Entered, Visit, parse},
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
    let (entered, view) = over(&app, &visit, &session, &query).await?;
    if wants_fragment(&headers) {
        return Ok(Page(view.into_fragment()).into_response());
    }
    Ok(Page(view.into_page(&visit.site(&app), &entered.session)).into_response())
}

/// `GET /s/{session}/pins?v=…`
///
/// # Errors
/// Not found or forbidden.
pub async fn pins(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let (entered, view) = over(&app, &visit, &session, &query).await?;
    if wants_fragment(&headers) {
        return Ok(Page(view.into_pin_board()).into_response());
    }
    Ok(Page(view.into_pins_page(&visit.site(&app), &entered.session)).into_response())
}

/// The version that is drawn over, for those who may edit.
async fn over(app: &App, visit: &Visit, session: &str, query: &Fields) -> Result<(Entered, DrawingView), WebError> {
    let entered = visit.enter(app, session, Action::Edit).await?;
    let wanted = query.get("v").map(parse).transpose()?.unwrap_or(entered.session.head);
    let version = app
        .store
        .version(entered.session.id, wanted)
        .await?
        .ok_or_else(WebError::not_found)?;
    let view = DrawingView::new(&version, ClientId::new(random::uuid(app.clock.now())));
    Ok((entered, view))
}
