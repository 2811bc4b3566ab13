//! `multipart/form-data` on its way out.
//!
//! Rule: built whole and once, so that its length is known, it can be sent again, and a test can look at it; the
//! boundary is random, so no picture can hold it. Called by the backends that send files.

use bytes::Bytes;
use reqwest::header::HeaderValue;

use super::Body;
use crate::{blobs::Outgoing, random};

/// A form being filled in.
#[derive(Debug)]
pub struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// An empty form; `bytes` is about how much will go in.
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        let mut bits = [0; 16];
        random::fill(&mut bits);
        Self {
            boundary: format!("plantain-{}", hex::encode(bits)),
            body: Vec::with_capacity(bytes),
        }
    }

    /// Adds a field. `name` is ours, never a person's.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.begin(&format!("name=\"{name}\""), None);
        self.body.extend_from_slice(value.as_bytes());
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// Adds a picture as a file; its name gets the ending of what it is, since some services go by that alone.
    #[must_use]
    pub fn picture(mut self, name: &str, file: &str, picture: &Outgoing) -> Self {
        let ending = match picture.mime {
            "image/jpeg" => "jpg",
            "image/webp" => "webp",
            _ => "png",
        };
        self.begin(
            &format!("name=\"{name}\"; filename=\"{file}.{ending}\""),
            Some(picture.mime),
        );
        self.body.extend_from_slice(&picture.bytes);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// The finished form.
    #[must_use]
    pub fn finish(mut self) -> Body {
        self.body
            .extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        let kind = format!("multipart/form-data; boundary={}", self.boundary);
        Body {
            // Hex digits and a word of ours: always a header.
            kind: HeaderValue::from_str(&kind).unwrap_or_else(|_| HeaderValue::from_static("multipart/form-data")),
            bytes: Bytes::from(self.body),
        }
    }

    fn begin(&mut self, disposition: &str, kind: Option<&str>) {
        let mut head = format!(
            "--{}\r\nContent-Disposition: form-data; {disposition}\r\n",
            self.boundary
        );
        if let Some(kind) = kind {
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        head.push_str("\r\n");
        self.body.extend_from_slice(head.as_bytes());
    }
}
