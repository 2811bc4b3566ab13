//! What people say about a version.
//!
//! Rule: each is one write and one hint, and a hint is not lost because the person who caused it hung up. No turn waits
//! for a comment, and none changes because of one.

use super::Turns;
use crate::{
    domain::{
        comment::{Comment, Words},
        ids::{ClientId, CommentId, SessionId, VersionId},
        turn::Author,
    },
    random,
    store::{StoreError, comments::Commented},
};

/// What a person hands in.
#[derive(Debug, Clone)]
pub struct NewComment {
    /// The session.
    pub session: SessionId,
    /// What it is about.
    pub version: VersionId,
    /// What its sender calls it: the same comment sent twice is one.
    pub client_id: ClientId,
    /// Who says it.
    pub author: Author,
    /// What they say.
    pub words: Words,
}

impl Turns {
    /// Adds a comment to a version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn comment(&self, new: NewComment) -> Result<Commented, StoreError> {
        let turns = self.clone();
        self.to_the_end(async move {
            let now = turns.0.clock.now();
            let comment = Comment {
                id: CommentId::new(random::uuid(now)),
                session: new.session,
                version: new.version,
                client_id: new.client_id,
                author: new.author,
                words: new.words,
                created_at: now,
            };
            let commented = turns.0.store.insert_comment(comment).await?;
            if let Commented::New(comment, revision) = &commented {
                turns.tell_changed(comment.session, *revision);
            }
            Ok(commented)
        })
        .await
    }

    /// Takes a comment back; whether the version has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_back(&self, comment: &Comment) -> Result<bool, StoreError> {
        let (turns, session, version, id) = (self.clone(), comment.session, comment.version, comment.id);
        self.to_the_end(async move {
            let now = turns.0.clock.now();
            let revision = turns.0.store.delete_comment(session, version, id, now).await?;
            if let Some(revision) = revision {
                turns.tell_changed(session, revision);
            }
            Ok(revision.is_some())
        })
        .await
    }
}
