//! Pictures as a zip: a whole session with `session.json` (the tree and the instructions), or some that were chosen.
//!
//! Rule: streamed as it is written; of the pictures, which leave with their credentials, one at a time is in memory. One that
//! can't be signed or read spoils none of the others: what comes last in the zip says which and why.

use std::{
    collections::HashSet,
    io::{self, Write},
};

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
    domain::{
        session::{Session, Title},
        version::Version,
    },
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
    let files = versions.into_iter().map(|version| (file_name(&version), version));
    Ok(stream(app, "plantain-session.zip", Some(about), files.collect()))
}

/// The answer that streams chosen versions, each called after its session; no name comes twice.
#[must_use]
pub fn chosen(app: &App, chosen: impl Iterator<Item = (Title, Version)>) -> Response {
    let mut names = HashSet::new();
    let files = chosen.map(|(title, version)| {
        let (stem, own) = (stem(title.as_str()), file_name(&version));
        let plain = format!("{stem}-{own}");
        let numbered = (2..).map(|n| format!("{stem}-{n}-{own}"));
        let free = std::iter::once(plain)
            .chain(numbered)
            .find(|name| names.insert(name.clone()));
        (free.unwrap_or(own), version)
    });
    stream(app, "plantain-pictures.zip", None, files.collect())
}

/// A title as part of a file's name: letters and digits of any language, everything else a dash.
fn stem(title: &str) -> String {
    let words = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let stem: String = words.collect::<Vec<_>>().join("-").chars().take(40).collect();
    if stem.is_empty() { "picture".to_owned() } else { stem }
}

fn stream(app: &App, name: &'static str, about: Option<Value>, files: Vec<(String, Version)>) -> Response {
    let (reader, writer) = tokio::io::duplex(64 * 1024);
    let (app, handle) = (app.clone(), Handle::current());
    tokio::task::spawn_blocking(move || {
        let out = SyncIoBridge::new_with_handle(writer, handle.clone());
        if let Err(error) = write(out, about, &files, &app, &handle) {
            // Most often the reader went away in the middle.
            tracing::debug!(%error, "a zip was not written to its end");
        }
    });
    let mut response = Body::from_stream(ReaderStream::new(reader)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// What is said of a file that isn't as it should be.
const UNSIGNED: &str = "could not be signed: as it is stored, without credentials and mark";
const MISSING: &str = "could not be read: not in here";

fn write(
    out: impl Write,
    about: Option<Value>,
    files: &[(String, Version)],
    app: &App,
    handle: &Handle,
) -> io::Result<()> {
    // Pictures are compressed already.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(false);
    let mut zip = ZipWriter::new_stream(out);
    let mut notes = Vec::new();
    for (at, (name, version)) in files.iter().enumerate() {
        let signs = !app.provenance.is_idle();
        let left = signs.then(|| handle.block_on(app.provenance.leave(version, As::Whole)));
        match left {
            Some(Ok(left)) => {
                zip.start_file(name.as_str(), options)?;
                zip.write_all(&left.bytes)?;
                continue;
            }
            Some(Err(error)) => {
                tracing::warn!(%error, version = %version.id, "a picture went into a zip unsigned");
                notes.push((at, UNSIGNED));
            }
            None => {}
        }
        match handle.block_on(app.blobs.open_file(&version.blob)) {
            Ok(file) => {
                zip.start_file(name.as_str(), options)?;
                io::copy(&mut handle.block_on(file.into_std()), &mut zip)?;
            }
            Err(error) => {
                tracing::error!(%error, version = %version.id, "a picture is missing from a zip");
                notes.retain(|(noted, _)| *noted != at);
                notes.push((at, MISSING));
            }
        }
    }
    if let Some((name, about)) = last_words(about, &notes, files) {
        zip.start_file(name, options)?;
        serde_json::to_writer_pretty(&mut zip, &about)?;
    }
    zip.finish()?.into_inner().flush()
}

/// The file that comes last: what is known of the session, or at least what went wrong.
fn last_words(
    about: Option<Value>,
    notes: &[(usize, &str)],
    files: &[(String, Version)],
) -> Option<(&'static str, Value)> {
    if let Some(mut about) = about {
        for (at, note) in notes {
            about["files"][at]["note"] = json!(note);
        }
        return Some(("session.json", about));
    }
    let noted = notes.iter().filter_map(|(at, note)| Some((files.get(*at)?, note)));
    let noted: Vec<_> = noted
        .map(|((name, _), note)| json!({"file": name, "note": note}))
        .collect();
    (!noted.is_empty()).then(|| ("notes.json", json!({"files": noted})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_in_a_file_name_is_letters_and_digits() {
        assert_eq!(stem("../../Café <b>.exe"), "Café-b-exe");
        assert_eq!(stem("\u{202e}\\:*?"), "picture");
        assert_eq!(stem(&"é".repeat(99)).chars().count(), 40);
    }
}
