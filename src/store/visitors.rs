//! Rows of `visitors`.
//!
//! Rule: a cookie's token is known by its hash only; a signed-out visitor's cookie opens nothing.

use super::{Store, StoreError, rows::Columns};
use crate::domain::{
    ids::VisitorId,
    time::{DAY_MS, Moment},
    token::TokenHash,
    visitor::{Visitor, VisitorName},
};

/// How long a sign-in lasts without a visit, and in all.
const MEMBER_IDLE_MS: i64 = 7 * DAY_MS;
const MEMBER_IN_ALL_MS: i64 = 30 * DAY_MS;

impl Store {
    /// Adds a visitor.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_visitor(&self, visitor: &Visitor, token: TokenHash) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO visitors (id, token_hash, name, member, created_at, last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)")
            .bind(visitor.id.to_string())
            .bind(token.as_bytes())
            .bind(visitor.name.as_ref().map(VisitorName::as_str))
            .bind(visitor.member)
            .bind(visitor.created_at.millis())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The visitor whose cookie holds this token. A sign-in that is over makes them a stranger.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn visitor(&self, token: TokenHash, now: Moment) -> Result<Option<Visitor>, StoreError> {
        let row = sqlx::query("SELECT * FROM visitors WHERE token_hash = ? AND ended_at IS NULL")
            .bind(token.as_bytes())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let c = Columns {
            table: "visitors",
            row: &row,
        };
        let visitor = Visitor {
            id: c.parse("id")?,
            name: c.text_opt("name")?.and_then(|name| VisitorName::parse(&name)),
            member: c.number::<u8>("member")? == 1,
            created_at: c.moment("created_at")?,
            last_seen_at: c.moment("last_seen_at")?,
        };
        let over = now.millis_since(visitor.last_seen_at) > MEMBER_IDLE_MS
            || now.millis_since(visitor.created_at) > MEMBER_IN_ALL_MS;
        Ok((!visitor.member || !over).then_some(visitor))
    }

    /// Notes that a visitor was here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn touch_visitor(&self, id: VisitorId, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE visitors SET last_seen_at = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets or clears the name a visitor chose.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn name_visitor(&self, id: VisitorId, name: Option<&VisitorName>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE visitors SET name = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(name.map(VisitorName::as_str))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Signs a visitor out: their cookie opens nothing from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_visitor(&self, id: VisitorId, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE visitors SET ended_at = coalesce(ended_at, ?2) WHERE id = ?1")
            .bind(id.to_string())
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
