//! A whole session as a zip: its pictures, and `session.json` with the tree and the instructions.
//!
//! Rule: streamed as it is written; of the pictures, which leave with their credentials, one at a time is in memory. One that
//! can't be signed or read spoils none of the others: `session.json`, which comes last, says which and why.

use std::io::{self, Write};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
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
    let (reader, writer) = tokio::io::duplex(64 * 1024);
    let (app, handle) = (app.clone(), Handle::current());
    tokio::task::spawn_blocking(move || {
        let out = SyncIoBridge::new_with_handle(writer, handle.clone());
        if let Err(error) = write(out, about, &versions, &app, &handle) {
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

/// What stands beside a file that isn't as it should be.
const UNSIGNED: &str = "could not be signed: as it is stored, without credentials and mark";
const MISSING: &str = "could not be read: not in here";

fn write(out: impl Write, mut about: Value, versions: &[Version], app: &App, handle: &Handle) -> io::Result<()> {
    // Pictures are compressed already.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(false);
    let mut zip = ZipWriter::new_stream(out);
    for (at, version) in versions.iter().enumerate() {
        let signs = !app.provenance.is_idle();
        let left = signs.then(|| handle.block_on(app.provenance.leave(version, As::Whole)));
        let note = match left {
            Some(Ok(left)) => {
                zip.start_file(file_name(version), options)?;
                zip.write_all(&left.bytes)?;
                continue;
            }
            Some(Err(error)) => {
                tracing::warn!(%error, version = %version.id, "a picture went into a zip unsigned");
                Some(UNSIGNED)
            }
            None => None,
        };
        let note = match handle.block_on(app.blobs.open_file(&version.blob)) {
            Ok(file) => {
                zip.start_file(file_name(version), options)?;
                io::copy(&mut handle.block_on(file.into_std()), &mut zip)?;
                note
            }
            Err(error) => {
                tracing::error!(%error, version = %version.id, "a picture is missing from a zip");
                Some(MISSING)
            }
        };
        if let Some(note) = note {
            about["files"][at]["note"] = json!(note);
        }
    }
    zip.start_file("session.json", options)?;
    serde_json::to_writer_pretty(&mut zip, &about)?;
    zip.finish()?.into_inner().flush()
}
