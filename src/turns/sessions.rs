//! What is done to a session as a whole: title, selection, trash.
//!
//! Rule: each is one write and one hint, and a hint is not lost because the person who caused it hung up.

use super::{Turns, live::Hint};
use crate::{
    domain::{
        ids::{SessionId, VersionId},
        session::Title,
    },
    store::StoreError,
};

impl Turns {
    /// Gives a session another title.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rename(&self, session: SessionId, title: &Title) -> Result<(), StoreError> {
        let (turns, title) = (self.clone(), title.clone());
        self.to_the_end(async move {
            let now = turns.0.clock.now();
            let revision = turns.0.store.rename_session(session, &title, now).await?;
            turns.tell_changed(session, revision);
            Ok(())
        })
        .await
    }

    /// Selects a version; whether the session has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn select(&self, session: SessionId, version: VersionId) -> Result<bool, StoreError> {
        let turns = self.clone();
        self.to_the_end(async move {
            let now = turns.0.clock.now();
            let revision = turns.0.store.select_version(session, version, now).await?;
            if let Some(revision) = revision {
                turns.tell_changed(session, revision);
            }
            Ok(revision.is_some())
        })
        .await
    }

    /// Stars a version, or takes its star away; whether the session has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn star(&self, session: SessionId, version: VersionId, on: bool) -> Result<bool, StoreError> {
        let turns = self.clone();
        self.to_the_end(async move {
            let now = turns.0.clock.now();
            let revision = turns.0.store.star_version(session, version, on, now).await?;
            if let Some(revision) = revision {
                turns.tell_changed(session, revision);
            }
            Ok(revision.is_some())
        })
        .await
    }

    /// Puts a session in the trash: links to it open nothing from now on, and what waits or runs in it is cancelled.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn trash(&self, session: SessionId) -> Result<(), StoreError> {
        let turns = self.clone();
        self.to_the_end(async move {
            let now = turns.0.clock.now();
            let cancelled = turns.0.store.set_deleted(session, Some(now), now).await?;
            turns.stop_attempts(&cancelled);
            cancelled.iter().for_each(|turn| turns.0.live.forget(*turn));
            turns.0.live.tell(session, Hint::Rights);
            turns.0.wake.notify_one();
            Ok(())
        })
        .await
    }

    /// Takes a session out of the trash. What was cancelled on the way in can be tried again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn restore(&self, session: SessionId) -> Result<(), StoreError> {
        self.0.store.set_deleted(session, None, self.0.clock.now()).await?;
        Ok(())
    }
}
