//! The audit log: who signed in, made, first followed or revoked a link, exported, deleted and restored. One JSON object a
//! line in a file of its own.
//!
//! Rule: only ever appended to, and never content: ids, an address and a moment, no title, no words, no token. Handlers
//! call [`Audit::note`] after the thing is done.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::visit::Visit;
use crate::domain::{
    ids::{SessionId, ShareId},
    time::Moment,
};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody gave the shared password.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// A link into a session was made.
    LinkMade {
        /// Into which.
        session: SessionId,
        /// Which link.
        share: ShareId,
    },
    /// A link was followed for the first time.
    LinkFirstUsed {
        /// Into which session.
        session: SessionId,
        /// Which link.
        share: ShareId,
    },
    /// A link was revoked.
    LinkRevoked {
        /// Into which session.
        session: SessionId,
        /// Which link.
        share: ShareId,
    },
    /// A session was downloaded, whole or some of its pictures.
    Exported {
        /// Which.
        session: SessionId,
    },
    /// A session was put in the trash.
    Deleted {
        /// Which.
        session: SessionId,
    },
    /// A session was taken out of the trash.
    Restored {
        /// Which.
        session: SessionId,
    },
}

#[derive(Serialize)]
struct Line<'l> {
    at: String,
    #[serde(flatten)]
    event: Event,
    request_id: &'l str,
    /// The browser, when there was one: a bare token has no name.
    visitor: Option<String>,
    address: String,
}

/// The file. Opened for every line, so that it can be renamed away at any time.
#[derive(Debug, Clone)]
pub struct Audit(PathBuf);

impl Audit {
    /// The log at `path`; made when missing, so that a folder that can't be written to is found out at the start.
    ///
    /// # Errors
    /// The disk's refusal.
    pub fn open(path: &Path) -> io::Result<Self> {
        let audit = Self(path.to_owned());
        audit.append(b"")?;
        Ok(audit)
    }

    /// Adds a line. A disk that refuses it is said in the ordinary log, and ends nobody's request: what happened has
    /// happened.
    pub fn note(&self, now: Moment, visit: &Visit, event: Event) {
        let line = Line {
            at: now.rfc3339(),
            event,
            request_id: &visit.request_id,
            visitor: visit.visitor.as_ref().map(|visitor| visitor.id.to_string()),
            address: visit.address.to_string(),
        };
        let written = serde_json::to_vec(&line).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            self.append(&line)
        });
        if let Err(error) = written {
            tracing::error!(%error, ?event, "the audit log could not be written");
        }
    }

    /// One write of a file opened for appending: lines of requests at the same time don't mix.
    fn append(&self, line: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.0)?.write_all(line)
    }
}
