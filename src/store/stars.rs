//! Stars: versions that somebody marked as ones to keep.
//!
//! Rule: a star is a visible change, so that the card of the turn that made the version is sent anew to all who watch.
//! Written by `turns`; read with the version.

use super::{Store, StoreError, bump_revision, rows::Columns, turns::stamp};
use crate::domain::{
    ids::{SessionId, TurnId, VersionId},
    time::Moment,
};

impl Store {
    /// Stars a version or takes its star away; the session's revision after it, or `None` when it has no such version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn star_version(
        &self,
        session: SessionId,
        version: VersionId,
        on: bool,
        now: Moment,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query("UPDATE versions SET starred = ?3 WHERE +session = ?1 AND id = ?2 RETURNING turn")
            .bind(session.to_string())
            .bind(version.to_string())
            .bind(on)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let maker: Option<TurnId> = Columns {
            table: "versions",
            row: &row,
        }
        .parse_opt("turn")?;
        let revision = match maker {
            Some(turn) => stamp(&mut tx, session, turn, now).await?,
            None => bump_revision(&mut tx, session, now).await?,
        };
        tx.commit().await?;
        Ok(Some(revision.unsigned_abs()))
    }
}
