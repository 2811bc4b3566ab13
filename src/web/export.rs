//! A whole session as a zip: its pictures, and `session.json` with the tree and the instructions.
//!
//! Rule: streamed as it is written; of the pictures, which leave with their credentials, one at a time is in memory.

use std::io::{self, Write};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use tokio::runtime::Handle;
use tokio_util::io::{ReaderStream, SyncIoBridge};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{api::shape, error::WebError};
use crate::{
    app::App,
    domain::{session::Session, version::Version},
    provenance::As,
};

/// What a version's file is called: `v4.png`.
#[must_use]
pub fn file_name(version: &Version) -> String {
    format!("v{}.{}", version.number, version.blob.format.extension())
}

/// The answer that streams the zip.
///
/// # Errors
/// When the store fails before the first byte.
pub async fn zip(app: &App, session: Session) -> Result<Response, WebError> {
    let versions = app.store.versions(session.id).await?;
    let turns = app.store.turns_after(session.id, 0, u32::MAX).await?;
    let files: Vec<_> = versions
        .iter()
        .map(|version| json!({"version": version.id, "file": file_name(version)}))
        .collect();
    let turns: Vec<_> = turns.iter().map(|turn| shape::turn(app, turn, None)).collect();
    let about = json!({"session": shape::session(&session, &versions), "turns": turns, "files": files});
    let about = serde_json::to_vec_pretty(&about).map_err(WebError::internal)?;
    let (reader, writer) = tokio::io::duplex(64 * 1024);
    let (app, handle) = (app.clone(), Handle::current());
    tokio::task::spawn_blocking(move || {
        let out = SyncIoBridge::new_with_handle(writer, handle.clone());
        if let Err(error) = write(out, &about, &versions, &app, &handle) {
            // Most often the reader went away in the middle.
            tracing::debug!(%error, "a zip was not written to its end");
        }
    });
    let mut response = Body::from_stream(ReaderStream::new(reader)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"plantain-session.zip\""),
    );
    Ok(response)
}

fn write(out: impl Write, about: &[u8], versions: &[Version], app: &App, handle: &Handle) -> io::Result<()> {
    // Pictures are compressed already.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(false);
    let mut zip = ZipWriter::new_stream(out);
    zip.start_file("session.json", options)?;
    zip.write_all(about)?;
    for version in versions {
        zip.start_file(file_name(version), options)?;
        if app.provenance.is_idle() {
            let file = handle.block_on(app.blobs.open_file(&version.blob))?;
            let mut file = handle.block_on(file.into_std());
            io::copy(&mut file, &mut zip)?;
        } else {
            let leaving = handle.block_on(app.provenance.leave(version, As::Whole));
            zip.write_all(&leaving.map_err(io::Error::other)?.bytes)?;
        }
    }
    zip.finish()?.into_inner().flush()
}
