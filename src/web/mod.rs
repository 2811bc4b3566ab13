//! HTTP: the only place that knows about requests and HTML.
//!
//! Rule: handlers speak to `turns`, `store` and `blobs` in domain values, and to people through `views`. Who may do what
//! is asked in `visit`, every error is dressed in `error`, every limit of the line is in `serve`.
//!
//! Read [`router`] (every URL on one screen), then `visit`, `sessions` and `turns`.

pub mod api;
pub mod assets;
pub mod audit;
mod canvas;
pub mod changes;
mod coach;
mod comments;
mod company;
mod compare;
mod drawing;
mod error;
mod events;
mod examples;
mod export;
mod fields;
mod gallery;
mod gather;
mod health;
mod home;
pub mod languages;
pub mod multipart;
mod origins;
mod page;
mod pictures;
mod presets;
pub mod proxy;
pub mod refusal;
mod regions;
mod returned;
pub mod security;
pub mod serve;
mod sessions;
mod shares;
pub mod sign_in;
#[cfg(test)]
mod tests;
pub mod throttle;
mod tree;
mod turns;
mod uploads;
mod verify;
pub mod views;
mod visit;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::IntoResponse as _,
    routing::{get, post},
};
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, NotForContentType, Predicate as _},
};

use crate::app::App;
use error::WebError;

/// The largest body that isn't a picture, in bytes.
const TEXT_BODY: usize = 64 * 1024;

/// Every URL of the house.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/", get(home::show))
        .route("/name", post(home::name))
        .route("/language", post(languages::choose))
        .route("/examples/{name}", get(home::example_preview))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/join/{token}", get(shares::join).head(shares::peek))
        .route("/sessions", post(home::begin))
        .route("/sessions/example", post(home::begin_example))
        .route("/sessions/canvas", post(canvas::begin))
        .route("/s/{session}", get(sessions::show))
        .route("/s/{session}/stage", get(sessions::stage))
        .route("/s/{session}/events", get(events::follow))
        .route("/s/{session}/head", post(sessions::select))
        .route("/s/{session}/rename", post(sessions::rename))
        .route("/s/{session}/delete", post(sessions::delete))
        .route("/s/{session}/restore", post(sessions::restore))
        .route("/s/{session}/export", get(pictures::export))
        .route("/s/{session}/pictures", post(pictures::add))
        .route("/s/{session}/versions/{version}/picture", get(pictures::picture))
        .route("/s/{session}/versions/{version}/provenance", get(origins::show))
        .route(
            "/s/{session}/versions/{version}/renditions/{size}",
            get(pictures::rendition),
        )
        .route("/s/{session}/versions/{version}/star", post(tree::star))
        .route(
            "/s/{session}/versions/{version}/comments",
            get(comments::show).post(comments::add),
        )
        .route(
            "/s/{session}/versions/{version}/comments/{comment}/delete",
            post(comments::take_back),
        )
        .route("/s/{session}/compare", get(compare::show))
        .route("/s/{session}/difference", get(compare::difference))
        .route("/s/{session}/tree", get(tree::show))
        .route("/s/{session}/region", get(drawing::show))
        .route("/s/{session}/pins", get(drawing::pins))
        .route("/s/{session}/coach", get(coach::show).post(coach::ask))
        .route("/s/{session}/typing", post(company::type_))
        .route("/s/{session}/squash", post(tree::squash))
        .route(
            "/s/{session}/versions/{version}/as-returned",
            get(returned::show).post(returned::take),
        )
        .route(
            "/s/{session}/versions/{version}/subject",
            post(returned::restore_subject),
        )
        .route("/s/{session}/versions/{version}/difference", get(returned::difference))
        .route("/s/{session}/turns/{turn}/keep-subject", post(returned::keep_subject))
        .route("/s/{session}/regions", post(regions::draw))
        .route("/s/{session}/regions/refine", post(regions::refine))
        .route("/s/{session}/regions/{region}", get(regions::show))
        .route("/s/{session}/turns", get(sessions::earlier).post(turns::submit))
        .route("/s/{session}/turns/{turn}/preview", get(pictures::preview))
        .route("/s/{session}/turns/{turn}/cancel", post(turns::cancel))
        .route("/s/{session}/turns/{turn}/retry", post(turns::retry))
        .route("/s/{session}/shares", get(shares::show).post(shares::create))
        .route("/s/{session}/shares/{share}/revoke", post(shares::revoke))
        .route("/gallery", get(gallery::show))
        .route("/gallery/zip", post(gallery::zip))
        .route("/gallery/reference", post(gallery::reuse))
        .route("/gallery/delete", post(gallery::delete))
        .route("/presets", get(presets::show).post(presets::save))
        .route("/presets/export", get(presets::export))
        .route(
            "/presets/import",
            post(presets::import).layer(DefaultBodyLimit::max(presets::FILE_BYTES)),
        )
        .route("/presets/{preset}/delete", post(presets::delete))
        .route("/verify", get(verify::show).post(verify::ask))
        .route("/credentials/root.pem", get(verify::root))
        .nest("/api/v1", api::router())
        .route("/static/{hash}/{*path}", get(assets::get))
        .route("/nets", get(home::nets))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(|| async { WebError::not_found() });
    wrapped(routes.with_state(app.clone()), app)
}

/// The layers around every route, from the inside out.
fn wrapped(routes: Router, app: App) -> Router {
    // Pictures and zips are compressed already; event streams are left alone by default.
    let compressible = DefaultPredicate::new().and(NotForContentType::const_new("application/zip"));
    let routes = routes
        .layer(DefaultBodyLimit::max(TEXT_BODY))
        .layer(CompressionLayer::new().compress_when(compressible));
    let settings = security::SecuritySettings {
        public_url: app.config.public_url.clone(),
        refuser: Arc::new(|refusal, _| WebError::from(refusal).into_response()),
        ..security::SecuritySettings::default()
    };
    // `dress` is the outermost, because `security` answers some requests itself; it keeps the headers that were put on.
    security::layer(routes, settings).layer(middleware::from_fn_with_state(app, error::dress))
}
