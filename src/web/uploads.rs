//! Pictures on their way in: from a multipart form through the gate.
//!
//! Rule: bytes go straight to disk as they come, and only an inspected picture leaves this file.

use axum::{body::Body, extract::Request, http::HeaderMap};

use super::{
    error::WebError,
    multipart::{Form, FormLimits, Texts},
};
use crate::{
    app::App,
    blobs::{RawImage, SPACE_FLOOR, VerifiedImage},
    domain::{picture::Label, session::Title},
};

/// A form's picture, inspected, with its label and the form's text fields.
#[derive(Debug)]
pub struct Upload {
    /// The picture.
    pub picture: VerifiedImage,
    /// What its file was called.
    pub label: Option<Label>,
    /// The other fields.
    pub texts: Texts,
}

impl Upload {
    /// What a session begun with it is called: the field `title`, or after the file when that is missing or blank.
    ///
    /// # Errors
    /// When the text can't be a title.
    pub fn title(&self) -> Result<Title, WebError> {
        match self.texts.get("title").filter(|title| !title.trim().is_empty()) {
            Some(title) => Title::parse(title).map_err(|error| WebError::invalid("title", error.to_string())),
            None => Ok(Title::from_file_name(
                self.label.as_ref().map_or("", |label| label.as_str()),
            )),
        }
    }
}

/// Reads a form with one file field `picture`.
///
/// # Errors
/// In words: no picture, too large, not a picture, no room …
pub async fn read(app: &App, request: Request) -> Result<Upload, WebError> {
    if !app.blobs.check_space(SPACE_FLOOR)? {
        return Err(WebError::no_space());
    }
    let (parts, body) = request.into_parts();
    let (raw, label, texts) = receive(app, &parts.headers, body, "picture").await?;
    let raw = raw.ok_or_else(|| WebError::invalid("picture", "Choose a picture first."))?;
    let picture = app.blobs.inspect(raw).await?;
    Ok(Upload { picture, label, texts })
}

/// Reads a form that may have one file, in this field.
///
/// # Errors
/// As [`read`].
pub async fn read_optional(
    app: &App,
    request: Request,
    field: &'static str,
) -> Result<(Option<VerifiedImage>, Texts), WebError> {
    if !app.blobs.check_space(SPACE_FLOOR)? {
        return Err(WebError::no_space());
    }
    let (parts, body) = request.into_parts();
    let (raw, _, texts) = receive(app, &parts.headers, body, field).await?;
    let picture = match raw {
        Some(raw) => Some(app.blobs.inspect(raw).await.map_err(|error| WebError {
            field: Some(field),
            ..error.into()
        })?),
        None => None,
    };
    Ok((picture, texts))
}

async fn receive(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    field: &'static str,
) -> Result<(Option<RawImage>, Option<Label>, Texts), WebError> {
    let file_bytes = app.blobs.limits().bytes;
    let limits = FormLimits {
        file_bytes,
        total_bytes: file_bytes + (1 << 20),
        ..FormLimits::default()
    };
    let mut form = Form::open(headers, body, limits)?;
    let (mut raw, mut label) = (None, None);
    while let Some(mut file) = form.next_file().await? {
        if file.name != field || raw.is_some() {
            return Err(WebError::invalid(
                field,
                format!("Send one picture, in the field “{field}”."),
            ));
        }
        label = Some(Label::of(&file.file_name));
        let mut spool = app.blobs.spool().await?;
        while let Some(chunk) = file.chunk().await? {
            spool.write(&chunk).await?;
        }
        // A form without a chosen file sends an empty one.
        if !spool.is_empty() {
            raw = Some(spool.finish().await?);
        }
    }
    Ok((raw, label, form.texts().clone()))
}
