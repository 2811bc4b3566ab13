//! Turns that lost their way: cut off by a stop, left by a backend that is gone, open in a session put in the trash.
//!
//! Rule: afterwards none of them waits for something that will not come. Called at the start and by `set_deleted`.

use sqlx::SqliteConnection;

use super::{stamp, write_failure};
use crate::{
    domain::{
        ids::{SessionId, TurnId},
        time::Moment,
        turn::Failure,
    },
    store::{Store, StoreError, rows::Columns},
};

impl Store {
    /// After a restart: what was running waits again where a repeat is free, and is interrupted elsewhere. How many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recover_turns(
        &self,
        free_to_repeat: &[String],
        interrupted: &Failure,
        now: Moment,
    ) -> Result<usize, StoreError> {
        let mut tx = self.begin().await?;
        let rows = sqlx::query("SELECT id, session, backend FROM turns WHERE state = 'running'")
            .fetch_all(&mut *tx)
            .await?;
        for row in &rows {
            let c = Columns { table: "turns", row };
            let (id, session, backend): (TurnId, SessionId, String) =
                (c.parse("id")?, c.parse("session")?, c.text("backend")?);
            if free_to_repeat.contains(&backend) {
                sqlx::query("UPDATE turns SET state = 'queued' WHERE id = ?")
                    .bind(id.to_string())
                    .execute(&mut *tx)
                    .await?;
            } else {
                write_failure(&mut tx, id, interrupted).await?;
            }
            stamp(&mut tx, session, id, now).await?;
        }
        tx.commit().await?;
        Ok(rows.len())
    }

    /// Ends queued turns of backends that are no longer there. The sessions that changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fail_orphaned_turns(
        &self,
        backends: &[String],
        failure: &Failure,
        now: Moment,
    ) -> Result<usize, StoreError> {
        let backends = serde_json::to_string(backends).map_err(|error| StoreError::Damaged {
            table: "turns",
            what: error.to_string(),
        })?;
        let mut tx = self.begin().await?;
        let rows = sqlx::query(
            "SELECT id, session FROM turns WHERE state IN ('queued', 'running') AND state = 'queued' AND backend NOT IN (SELECT value FROM json_each(?))",
        )
        .bind(backends)
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let c = Columns { table: "turns", row };
            let (id, session): (TurnId, SessionId) = (c.parse("id")?, c.parse("session")?);
            write_failure(&mut tx, id, failure).await?;
            stamp(&mut tx, session, id, now).await?;
        }
        tx.commit().await?;
        Ok(rows.len())
    }
}

/// Cancels what waits or runs in a session that is being put in the trash, and says which: nobody works, or pays, for what
/// was thrown away. After a restore each of them can be tried again.
pub(in crate::store) async fn cancel_open_turns(
    tx: &mut SqliteConnection,
    session: SessionId,
    now: Moment,
) -> Result<Vec<TurnId>, StoreError> {
    let rows = sqlx::query("SELECT id FROM turns WHERE session = ? AND state IN ('queued', 'running') ORDER BY place")
        .bind(session.to_string())
        .fetch_all(&mut *tx)
        .await?;
    let mut cancelled = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: TurnId = Columns { table: "turns", row }.parse("id")?;
        sqlx::query("UPDATE turns SET state = 'cancelled' WHERE id = ?")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        stamp(tx, session, id, now).await?;
        cancelled.push(id);
    }
    Ok(cancelled)
}
