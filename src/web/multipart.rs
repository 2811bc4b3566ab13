//! Forms with files, read as they come: texts are collected, files are handed on chunk by chunk.
//!
//! Rule: everything is bounded while it is read, and nothing the visitor sends waits in memory for longer than a chunk.
//! multer finds the boundaries; what it leaves unbounded (a part's head, what comes before the first part, how much it
//! takes in at once, the number of parts) is held by `feed` and here. Handlers that take uploads use [`Form`].
//!
//! ```ignore
//! let mut form = Form::open(&headers, body, FormLimits::default())?;
//! while let Some(mut file) = form.next_file().await? {
//!     let mut spool = blobs.spool().await?;
//!     while let Some(chunk) = file.chunk().await? {
//!         spool.write(&chunk).await?;
//!     }
//! }
//! let title = form.texts().get("title");
//! ```

use std::error::Error as StdError;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use bytes::Bytes;
use multer::Multipart;

mod feed;
#[cfg(test)]
mod tests;

use super::serve::BodyTooSlow;
use feed::{Feed, Gate, Stop};

/// What a form may cost. All sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormLimits {
    /// Parts, texts and files together: 16.
    pub parts: usize,
    /// All texts together: 32 KiB.
    pub text_bytes: usize,
    /// One file: 20 MiB.
    pub file_bytes: u64,
    /// The whole body, with what lies between the parts: 21 MiB, for one file. Raise it where several may come.
    pub total_bytes: u64,
    /// The head of one part, or what comes before the first: 4 KiB.
    pub part_head_bytes: usize,
}

impl Default for FormLimits {
    fn default() -> Self {
        Self {
            parts: 16,
            text_bytes: 32 * 1024,
            file_bytes: 20 * 1024 * 1024,
            total_bytes: 21 * 1024 * 1024,
            part_head_bytes: 4 * 1024,
        }
    }
}

/// Why a form wasn't read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The request isn't `multipart/form-data` with a boundary.
    #[error("not a multipart form")]
    NotAForm,
    /// More parts than [`FormLimits::parts`].
    #[error("more than {limit} parts")]
    TooManyParts {
        /// How many there may be.
        limit: usize,
    },
    /// The texts are longer than [`FormLimits::text_bytes`].
    #[error("more than {limit} bytes of text")]
    TextTooLong {
        /// How many bytes there may be.
        limit: usize,
    },
    /// A file is larger than [`FormLimits::file_bytes`].
    #[error("a file of more than {limit} bytes")]
    FileTooLarge {
        /// How many bytes there may be.
        limit: u64,
    },
    /// The body is larger than [`FormLimits::total_bytes`], announced or found out.
    #[error("a form of more than {limit} bytes")]
    TooLarge {
        /// How many bytes there may be.
        limit: u64,
    },
    /// The form breaks off, or isn't written as one; also a part without a name, or a text that isn't UTF-8.
    #[error("the form is malformed")]
    Malformed,
    /// The body stopped coming ([`BodyTooSlow`]).
    #[error("the form came too slowly")]
    TooSlow,
    /// The connection ended in the middle.
    #[error("the connection ended before the form did")]
    ClientGone,
}

impl FormError {
    /// The status to answer with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyParts { .. }
            | Self::TextTooLong { .. }
            | Self::FileTooLarge { .. }
            | Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Malformed | Self::ClientGone => StatusCode::BAD_REQUEST,
        }
    }

    /// One sentence for a person.
    #[must_use]
    pub fn for_the_user(self) -> String {
        match self {
            Self::NotAForm => "Send this as a form with files (multipart/form-data).".to_owned(),
            Self::TooManyParts { limit } => format!("Too many things at once: at most {limit} fields and files."),
            Self::TextTooLong { limit } => format!("The text is too long: at most {}.", in_units(limit as u64)),
            Self::FileTooLarge { limit } => format!("The file is too large: at most {}.", in_units(limit)),
            Self::TooLarge { limit } => format!("The upload is too large: at most {} in all.", in_units(limit)),
            Self::Malformed => "The form arrived damaged. Try again.".to_owned(),
            Self::TooSlow => "The upload stopped on the way. Check the connection and try again.".to_owned(),
            Self::ClientGone => "The upload broke off before its end. Try again.".to_owned(),
        }
    }
}

/// The texts of a form, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Texts(Vec<(String, String)>);

impl Texts {
    /// The first text of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(its, _)| its == name)
            .map(|(_, text)| text.as_str())
    }

    /// Every text of that name.
    pub fn all<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t str> {
        self.0
            .iter()
            .filter(move |(its, _)| its == name)
            .map(|(_, text)| text.as_str())
    }
}

/// A form that is being read.
#[derive(Debug)]
pub struct Form {
    parts: Multipart<'static>,
    gate: Gate,
    limits: FormLimits,
    parts_seen: usize,
    text_bytes_left: usize,
    texts: Texts,
}

impl Form {
    /// Begins to read. Nothing is taken from the body yet.
    ///
    /// # Errors
    /// When this isn't a form, or its `Content-Length` says already that it is too large.
    pub fn open(headers: &HeaderMap, body: Body, limits: FormLimits) -> Result<Self, FormError> {
        let boundary = boundary(headers).ok_or(FormError::NotAForm)?;
        if announced_length(headers).is_some_and(|length| length > limits.total_bytes) {
            return Err(FormError::TooLarge {
                limit: limits.total_bytes,
            });
        }
        let (feed, gate) = Feed::new(body, limits.total_bytes);
        Ok(Self {
            parts: Multipart::new(feed, boundary),
            gate,
            limits,
            parts_seen: 0,
            text_bytes_left: limits.text_bytes,
            texts: Texts::default(),
        })
    }

    /// The next file, after collecting the texts before it; `None` at the end of the form. A file that the caller doesn't
    /// read to its end is skipped. A file field left empty in the browser isn't a file.
    ///
    /// # Errors
    /// See [`FormError`]. After one, the form is over.
    pub async fn next_file(&mut self) -> Result<Option<File<'_>>, FormError> {
        loop {
            self.gate.seek(self.limits.part_head_bytes);
            let Some(mut field) = self.parts.next_field().await.map_err(|error| self.explain(&error))? else {
                return Ok(None);
            };
            self.check_part(&field)?;
            let name = field.name().ok_or(FormError::Malformed)?.to_owned();
            self.gate.read();
            let Some(file_name) = field.file_name().map(str::to_owned) else {
                self.collect_text(name, field).await?;
                continue;
            };
            let first = match field.chunk().await.map_err(|error| self.explain(&error))? {
                Some(first) => first,
                None => Bytes::new(),
            };
            if first.is_empty() && file_name.is_empty() {
                continue;
            }
            // Until it is read, it may have to be skipped.
            self.gate.unread = self.limits.file_bytes;
            let declared_type = field.content_type().map(ToString::to_string);
            return Ok(Some(File {
                name,
                file_name,
                declared_type,
                first: Some(first),
                field,
                form: self,
            }));
        }
    }

    /// The texts collected so far; all of them once [`Self::next_file`] has answered `None`.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    fn check_part(&mut self, field: &multer::Field<'_>) -> Result<(), FormError> {
        self.parts_seen += 1;
        if self.parts_seen > self.limits.parts {
            return Err(FormError::TooManyParts {
                limit: self.limits.parts,
            });
        }
        // The gate counts what is taken in while a head is looked for; this also holds for a head that came with the part before it.
        let head: usize = field
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        if head > self.limits.part_head_bytes {
            Err(FormError::Malformed)
        } else {
            Ok(())
        }
    }

    async fn collect_text(&mut self, name: String, mut field: multer::Field<'static>) -> Result<(), FormError> {
        let limit = self.limits.text_bytes;
        let mut text = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| self.explain(&error))? {
            self.text_bytes_left = self
                .text_bytes_left
                .checked_sub(chunk.len())
                .ok_or(FormError::TextTooLong { limit })?;
            text.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(text).map_err(|_| FormError::Malformed)?;
        self.texts.0.push((name, text));
        Ok(())
    }

    /// What a failure of the parser or of the body below it means for the visitor.
    fn explain(&self, error: &multer::Error) -> FormError {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = cause {
            match error.downcast_ref::<Stop>() {
                Some(Stop::TooLarge) => {
                    return FormError::TooLarge {
                        limit: self.limits.total_bytes,
                    };
                }
                Some(Stop::HeadTooLong) => return FormError::Malformed,
                None => {}
            }
            if error.is::<BodyTooSlow>() {
                return FormError::TooSlow;
            }
            cause = error.source();
        }
        match error {
            multer::Error::StreamReadFailed(_) => FormError::ClientGone,
            _ => FormError::Malformed,
        }
    }
}

/// A file in a form, to be read chunk by chunk. Everything it says about itself was written by the visitor.
#[derive(Debug)]
pub struct File<'f> {
    /// The name of the form's field.
    pub name: String,
    /// What the visitor calls the file; a label, never a path.
    pub file_name: String,
    /// What the visitor says it is. To be believed by nobody.
    pub declared_type: Option<String>,
    first: Option<Bytes>,
    field: multer::Field<'static>,
    form: &'f mut Form,
}

impl File<'_> {
    /// The next bytes, or `None` at the end of the file.
    ///
    /// # Errors
    /// See [`FormError`]; what was read before is worth nothing then.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, FormError> {
        let chunk = match self.first.take() {
            Some(first) => Some(first),
            None => self.field.chunk().await.map_err(|error| self.form.explain(&error))?,
        };
        let Some(bytes) = &chunk else {
            self.form.gate.unread = 0;
            return Ok(None);
        };
        let limit = self.form.limits.file_bytes;
        let left = &mut self.form.gate.unread;
        *left = left
            .checked_sub(bytes.len() as u64)
            .ok_or(FormError::FileTooLarge { limit })?;
        Ok(chunk)
    }
}

impl Drop for File<'_> {
    /// Nothing to do, but with this the compiler keeps the next file from being asked for while this one is held.
    fn drop(&mut self) {}
}

/// The boundary of a form. RFC 2046 allows 70 characters; an empty one would be found everywhere.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(kind).ok()?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// `32 KiB`, `20 MiB`: limits are written in round numbers.
fn in_units(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}
