//! Whether the server lives, and whether it can work.

use axum::{extract::State, http::StatusCode};

use crate::{app::App, blobs::SPACE_FLOOR};

/// `GET /healthz`: it lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and the disk has room.
pub async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    if let Err(error) = app.store.ping().await {
        tracing::error!(%error, "the database does not answer");
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
    }
    match app.blobs.check_space(SPACE_FLOOR) {
        Ok(true) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the disk has no room\n"),
    }
}
