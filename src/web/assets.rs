//! The files under `static/`, embedded in the program and served under one hash of the whole folder.
//!
//! Rule: a path with the current hash never changes its content, so it may be kept for ever; with any other hash the
//! current file is served and must be asked for again. Development builds read the files from disk each time. Called by
//! `web`'s router (`get`) and by the layout template (`base`).

use std::{borrow::Cow, sync::LazyLock};

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest, Sha256};

#[derive(Embed)]
#[folder = "static/"]
struct Folder;

static HASH: LazyLock<String> = LazyLock::new(hash_of_folder);
static BASE: LazyLock<String> = LazyLock::new(|| format!("/static/{}", *HASH));

/// Where the files are: `/static/<hash>`, without a slash at the end.
#[must_use]
pub fn base() -> &'static str {
    &BASE
}

/// Answers `GET /static/{hash}/{*path}`: the file, or 404 with an empty body.
pub async fn get(Path((hash, path)): Path<(String, String)>) -> Response {
    let Some(file) = Folder::get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(&path))),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep(&hash))),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body(&path, file)).into_response()
}

fn body(path: &str, file: EmbeddedFile) -> Body {
    let has_comments = path.ends_with(".js") || path.ends_with(".css");
    if has_comments && let Ok(text) = std::str::from_utf8(&file.data) {
        return Body::from(without_comments(text));
    }
    match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// A script or style sheet without the lines that are comments: they are for who reads the source. Lines keep their numbers.
#[must_use]
pub fn without_comments(text: &str) -> String {
    let is_comment = |line: &str| {
        let line = line.trim();
        line.starts_with("//") || line.starts_with("/*") && line.find("*/") == line.len().checked_sub(2)
    };
    let lines = text.lines().map(|line| if is_comment(line) { "" } else { line });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// How long the answer may be kept. In development the hash is of the start of the program and files change under it.
fn keep(hash: &str) -> &'static str {
    if hash == *HASH && !cfg!(debug_assertions) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// The media type by the file's ending; every kind of file in the folder is listed (a test holds it).
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "json" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}

/// 16 hex digits of SHA-256 over every file's name and content, in the order of names.
fn hash_of_folder() -> String {
    let mut names: Vec<_> = Folder::iter().collect();
    names.sort_unstable();
    let mut hash = Sha256::new();
    for name in names {
        if let Some(file) = Folder::get(&name) {
            hash.update(name.as_bytes());
            hash.update([0]);
            hash.update(file.metadata.sha256_hash());
        }
    }
    hex::encode(&hash.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(hash: &str, path: &str) -> Response {
        get(Path((hash.to_owned(), path.to_owned()))).await
    }

    #[tokio::test]
    async fn every_file_is_served_with_its_own_type() {
        assert!(Folder::iter().count() > 5);
        for name in Folder::iter() {
            assert_ne!(content_type(&name), "application/octet-stream", "{name}");
            let answer = ask(&HASH, &name).await;
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], content_type(&name));
        }
    }

    #[test]
    fn a_script_goes_out_without_its_comments_and_with_its_lines() {
        let script =
            "// What it is.\n/** Says it. */\nconst a = 1; // one\n  // why\nconst b = \"/* no */\";\n/* x */ c();\n";
        let sent = "\n\nconst a = 1; // one\n\nconst b = \"/* no */\";\n/* x */ c();\n";
        assert_eq!(without_comments(script), sent);
    }

    #[test]
    fn no_comment_of_a_script_is_in_the_middle_of_something() {
        for name in Folder::iter().filter(|name| name.ends_with(".js")) {
            let file = Folder::get(&name).unwrap();
            let script = std::str::from_utf8(&file.data).unwrap();
            // What spans lines is a template; a line of one that looks like a comment would be lost.
            let mut inside = false;
            for line in script.lines() {
                assert!(!inside || !line.trim_start().starts_with('/'), "{name}: {line}");
                inside ^= line.matches('`').count() % 2 == 1;
            }
        }
    }

    #[tokio::test]
    async fn only_files_of_the_folder_are_served() {
        for path in [
            "nothing.css",
            "",
            "../Cargo.toml",
            "css/../../Cargo.toml",
            "/etc/hostname",
            "css",
        ] {
            assert_eq!(ask(&HASH, path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn another_hash_gets_the_current_file_and_must_ask_again() {
        let answer = ask("0123456789abcdef", "css/app.css").await;
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
    }
}
