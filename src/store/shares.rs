//! Rows of `shares` and `grants`, and what somebody is to a session.
//!
//! Rule: a token is looked up by its hash only, and a link that is revoked or past its time opens nothing, at once.

use sqlx::{Row, sqlite::SqliteRow};

use super::{Store, StoreError, rows::Columns, sessions::guest_number};
use crate::domain::{
    access::Standing,
    ids::{SessionId, ShareId, VisitorId},
    share::{Access, Share},
    time::Moment,
    token::TokenHash,
};

impl Store {
    /// Adds a share.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_share(&self, share: &Share, token: TokenHash) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO shares (id, session, access, token_hash, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .bind(share.id.to_string())
            .bind(share.session.to_string())
            .bind(share.access.as_str())
            .bind(token.as_bytes())
            .bind(share.created_at.millis())
            .bind(share.expires_at.map(Moment::millis))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session's shares, newest first, those that ended included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shares(&self, session: SessionId) -> Result<Vec<Share>, StoreError> {
        let rows = sqlx::query("SELECT * FROM shares WHERE session = ? ORDER BY created_at DESC, id DESC")
            .bind(session.to_string())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Revokes one of the session's shares; whether there is such a share.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_share(&self, session: SessionId, id: ShareId, now: Moment) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done =
            sqlx::query("UPDATE shares SET revoked_at = coalesce(revoked_at, ?3) WHERE session = ?1 AND id = ?2")
                .bind(session.to_string())
                .bind(id.to_string())
                .bind(now.millis())
                .execute(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// The live share with this token, if its session is in use.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn live_share(&self, token: TokenHash, now: Moment) -> Result<Option<Share>, StoreError> {
        let row = sqlx::query(
            "SELECT sh.* FROM shares sh JOIN sessions s ON s.id = sh.session
             WHERE sh.token_hash = ?1 AND sh.revoked_at IS NULL AND (sh.expires_at IS NULL OR sh.expires_at > ?2) AND s.deleted_at IS NULL",
        )
        .bind(token.as_bytes())
        .bind(now.millis())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// Lets a visitor in who followed a share's link.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant(&self, share: &Share, visitor: VisitorId, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO grants (visitor, share, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
            .bind(visitor.to_string())
            .bind(share.id.to_string())
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE shares SET uses = uses + 1, last_used_at = ?2 WHERE id = ?1")
            .bind(share.id.to_string())
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        guest_number(&mut tx, share.session, visitor).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What a visitor is to a session: its owner, or what the best of their live links makes them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing_of_visitor(
        &self,
        session: SessionId,
        visitor: VisitorId,
        member: bool,
        now: Moment,
    ) -> Result<Standing, StoreError> {
        let row = sqlx::query(
            "SELECT s.deleted_at IS NULL AS in_use,
                    coalesce(s.owner = ?2, s.owner IS NULL AND ?3 AND EXISTS (SELECT 1 FROM visitors m WHERE m.id = ?2 AND m.ended_at IS NULL)) AS own,
                    (SELECT min(sh.access) FROM grants g JOIN shares sh ON sh.id = g.share
                     WHERE g.visitor = ?2 AND sh.session = s.id AND sh.revoked_at IS NULL
                       AND (sh.expires_at IS NULL OR sh.expires_at > ?4)) AS access
             FROM sessions s WHERE s.id = ?1",
        )
        .bind(session.to_string())
        .bind(visitor.to_string())
        .bind(member)
        .bind(now.millis())
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(Standing::Stranger) };
        if row.try_get::<bool, _>("own")? {
            return Ok(Standing::Owner);
        }
        let access: Option<String> = row.try_get("access")?;
        let access = access.filter(|_| row.try_get("in_use").unwrap_or(false));
        Ok(access
            .and_then(|word| Access::parse(&word))
            .map_or(Standing::Stranger, Standing::from))
    }

    /// What the bearer of a token is to a session: owner by the session's own token, else what the live share says.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing_of_token(
        &self,
        session: SessionId,
        token: TokenHash,
        now: Moment,
    ) -> Result<Standing, StoreError> {
        let own = sqlx::query("SELECT 1 FROM sessions WHERE id = ?1 AND token_hash = ?2")
            .bind(session.to_string())
            .bind(token.as_bytes())
            .fetch_optional(&self.readers)
            .await?;
        if own.is_some() {
            return Ok(Standing::Owner);
        }
        let share = self
            .live_share(token, now)
            .await?
            .filter(|share| share.session == session);
        Ok(share.map_or(Standing::Stranger, |share| share.access.into()))
    }
}

fn read(row: &SqliteRow) -> Result<Share, StoreError> {
    let c = Columns { table: "shares", row };
    Ok(Share {
        id: c.parse("id")?,
        session: c.parse("session")?,
        access: Access::parse(&c.text("access")?).ok_or_else(|| c.damaged("access"))?,
        created_at: c.moment("created_at")?,
        expires_at: c.moment_opt("expires_at")?,
        revoked_at: c.moment_opt("revoked_at")?,
        last_used_at: c.moment_opt("last_used_at")?,
        uses: c.number("uses")?,
    })
}
