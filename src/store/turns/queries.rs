//! Reading turns: one, a page, what changed, who waits.
//!
//! Rule: reads go to the readers' connections and hold no transaction. Called by `web` and the queue.

use super::rows::{read, select_turns};
use crate::{
    domain::{
        ids::{ClientId, SessionId, TurnId},
        turn::Turn,
    },
    store::{Store, StoreError, rows::Columns},
};

impl Store {
    /// One turn of this session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn(&self, session: SessionId, id: TurnId) -> Result<Option<Turn>, StoreError> {
        let row = sqlx::query(select_turns!("WHERE t.session = ?1 AND t.id = ?2"))
            .bind(session.to_string())
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The turn of this session that its sender calls so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn_of_client(&self, session: SessionId, client: ClientId) -> Result<Option<Turn>, StoreError> {
        let row = sqlx::query(select_turns!("WHERE t.session = ?1 AND t.client_id = ?2"))
            .bind(session.to_string())
            .bind(client.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The last `limit` turns before `before` (or of all), oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turns_before(
        &self,
        session: SessionId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Turn>, StoreError> {
        let rows = sqlx::query(select_turns!(
            "WHERE t.session = ?1 AND t.place < ?2 ORDER BY t.place DESC LIMIT ?3"
        ))
        .bind(session.to_string())
        .bind(before.map_or(i64::MAX, i64::from))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().rev().map(read).collect()
    }

    /// Up to `limit` turns after place `after`, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turns_after(&self, session: SessionId, after: u32, limit: u32) -> Result<Vec<Turn>, StoreError> {
        let rows = sqlx::query(select_turns!(
            "WHERE t.session = ?1 AND t.place > ?2 ORDER BY t.place LIMIT ?3"
        ))
        .bind(session.to_string())
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    /// The first `limit` turns that changed after revision `after` and not after `upto`, in the order of those changes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turns_changed_between(
        &self,
        session: SessionId,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> Result<Vec<Turn>, StoreError> {
        let rows = sqlx::query(select_turns!(
            "WHERE t.session = ?1 AND t.revision > ?2 AND t.revision <= ?3 ORDER BY t.revision LIMIT ?4"
        ))
        .bind(session.to_string())
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(i64::try_from(upto).unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    /// The turns that made these versions; an upload has none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turns_by_id(&self, session: SessionId, ids: &[TurnId]) -> Result<Vec<Turn>, StoreError> {
        let ids = serde_json::to_string(ids).map_err(|error| StoreError::Damaged {
            table: "turns",
            what: error.to_string(),
        })?;
        let rows = sqlx::query(select_turns!(
            "WHERE +t.session = ?1 AND t.id IN (SELECT value FROM json_each(?2))"
        ))
        .bind(session.to_string())
        .bind(ids)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Who waits, in order: session, turn, place (1 is next). The first 200.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue(&self) -> Result<Vec<(SessionId, TurnId, u32)>, StoreError> {
        let rows = sqlx::query("SELECT id, session FROM turns WHERE state IN ('queued', 'running') AND state = 'queued' ORDER BY queued_at, id LIMIT 200")
            .fetch_all(&self.readers)
            .await?;
        (1..)
            .zip(&rows)
            .map(|(place, row)| {
                let c = Columns { table: "turns", row };
                Ok((c.parse("session")?, c.parse("id")?, place))
            })
            .collect()
    }

    /// Where a queued turn stands in the house's queue: 1 is next. `None` when it isn't queued.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue_place(&self, id: TurnId) -> Result<Option<u32>, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM turns e WHERE e.state IN ('queued', 'running') AND e.state = 'queued' AND (e.queued_at, e.id) <= (t.queued_at, t.id)) AS place
             FROM turns t WHERE t.id = ? AND t.state = 'queued'",
        )
        .bind(id.to_string())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Columns {
                table: "turns",
                row: &row,
            }
            .number("place")
        })
        .transpose()
    }
}
