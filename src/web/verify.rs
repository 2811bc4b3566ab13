//! Where a picture comes from, for whoever holds it: the page, its JSON, and the root that vouches.
//!
//! Rule: what a stranger hears rests on the picture they hold; a version is shown only to those who may see its session, and an
//! upload that never left is not even spoken of to others. Nothing that is sent here is kept.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    error::WebError,
    page::Page,
    uploads,
    views::provenance::{Answer, VerifyPage},
    visit::Visit,
};
use crate::{
    app::App,
    blobs::{Colours, VerifiedImage},
    config::Audience,
    domain::access::{Action, authorize},
    domain::version::{Origin, Version},
    provenance::{Asking, Laid, Link},
};

/// `GET /verify`
///
/// # Errors
/// Not found where nobody may ask, sign in first where only members may.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, WebError> {
    may_ask(&app, &visit)?;
    Ok(Page(page(&app, &visit, None, None)).into_response())
}

/// `POST /verify`: the answer as a page.
///
/// # Errors
/// As [`show`].
pub async fn ask(State(app): State<App>, visit: Visit, request: Request) -> Result<Response, WebError> {
    may_ask(&app, &visit)?;
    match answer(&app, &visit, request).await {
        Ok(answer) => Ok(Page(page(&app, &visit, Some(answer), None)).into_response()),
        Err(error) if error.status.is_client_error() && error.status != StatusCode::TOO_MANY_REQUESTS => {
            let form = Page(page(&app, &visit, None, Some(error.message)));
            Ok((error.status, form).into_response())
        }
        Err(error) => Err(error),
    }
}

/// `POST /api/v1/verify`: the same as JSON.
///
/// # Errors
/// As [`show`], and in words about the picture.
pub async fn ask_as_json(State(app): State<App>, visit: Visit, request: Request) -> Result<Json<Answer>, WebError> {
    may_ask(&app, &visit)?;
    Ok(Json(answer(&app, &visit, request).await?))
}

/// `GET /credentials/root.pem`: the certificate under which this house signs.
pub async fn root(State(app): State<App>) -> Response {
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-pem-file")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"plantain-root.pem\""),
        ),
    ];
    (head, app.provenance.root()).into_response()
}

fn may_ask(app: &App, visit: &Visit) -> Result<(), WebError> {
    match app.config.provenance.verify {
        Audience::Public => Ok(()),
        Audience::Members => visit.may_begin(app),
        Audience::Off => Err(WebError::not_found()),
    }
}

fn page(app: &App, visit: &Visit, answer: Option<Answer>, error: Option<String>) -> VerifyPage {
    VerifyPage::new(&visit.site(app), answer, error, app.config.max_upload_mib)
}

async fn answer(app: &App, visit: &Visit, request: Request) -> Result<Answer, WebError> {
    if let Err(wait) = app.asking.miss(visit.address, app.clock.now()) {
        let seconds = u32::try_from(wait.retry_after_s).unwrap_or(60);
        return Err(WebError::too_many(
            "Many pictures were asked about from your network. Wait a moment.",
            seconds,
        ));
    }
    let mut picture: VerifiedImage = uploads::read(app, request).await?.picture;
    let asking = app.provenance.asking()?;
    let (findings, colours) = asking.examine(&mut picture).await?;
    drop(picture);
    let mut links = Vec::new();
    for link in &findings.links {
        let may_see = may_see(app, visit, &link.version).await?;
        if may_see || link.is_for_everybody() {
            // One comparison an answer: it is the dearest thing here.
            let first = may_see
                && !links
                    .iter()
                    .any(|(_, _, laid): &(&Link, bool, Option<Laid>)| laid.is_some());
            let laid = if first {
                laid(&asking, link, &colours).await
            } else {
                None
            };
            links.push((link, may_see, laid));
        }
    }
    let mut alike = None;
    for one in &findings.alike {
        if alike.is_none() && (one.version.origin != Origin::Upload || may_see(app, visit, &one.version).await?) {
            alike = Some(one.bits);
        }
    }
    Ok(Answer::new(&findings, &links, alike))
}

async fn laid(asking: &Asking, link: &Link, colours: &Arc<Colours>) -> Option<Laid> {
    let laid = asking.lay(&link.version, colours.clone()).await;
    laid.inspect_err(|error| tracing::warn!(%error, "a picture could not be compared"))
        .ok()
}

/// Whether they may see the session a version is in.
async fn may_see(app: &App, visit: &Visit, version: &Version) -> Result<bool, WebError> {
    let standing = visit.standing(app, version.session).await?;
    let session = app.store.session(version.session).await?;
    let is_there = session.is_some_and(|session| session.deleted_at.is_none());
    Ok(is_there && authorize(standing, Action::See).is_ok())
}
