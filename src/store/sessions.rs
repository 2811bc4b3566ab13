//! Rows of `sessions`.
//!
//! Rule: a session is made together with its first version, and every visible change counts one revision.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError, bump_revision, rows::Columns, turns::cancel_open_turns, versions};
use crate::domain::{
    access::Standing,
    ids::{SessionId, TurnId, VersionId, VisitorId},
    session::{Owner, Session, Title},
    time::Moment,
    token::TokenHash,
    version::Version,
};

/// What a new session starts with.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// The session, its head being `first`.
    pub session: &'a Session,
    /// The hash of its own token.
    pub token: TokenHash,
    /// Its first version: the upload.
    pub first: &'a Version,
    /// The visitor who began it, who becomes its first guest; none when a script did.
    pub visitor: Option<VisitorId>,
}

/// Which sessions a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Those in use.
    Current,
    /// Those in the trash.
    Trash,
}

/// A session as its operator lists it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The session, in use or in the trash.
    pub session: Session,
    /// How many versions it has.
    pub versions: u32,
}

impl Store {
    /// Adds a session with its first version.
    ///
    /// # Errors
    /// [`StoreError`] when the rows can't be written; nothing is then.
    pub async fn insert_session(&self, new: NewSession<'_>) -> Result<(), StoreError> {
        let NewSession {
            session,
            token,
            first,
            visitor,
        } = new;
        let owner = match session.owner {
            Owner::Visitor(visitor) => Some(visitor.to_string()),
            Owner::Team => None,
        };
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO sessions (id, title, owner, token_hash, head, revision, head_revision, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, 1, 1, ?6, ?6)",
        )
        .bind(session.id.to_string())
        .bind(session.title.as_str())
        .bind(owner)
        .bind(token.as_bytes())
        .bind(session.head.to_string())
        .bind(session.created_at.millis())
        .execute(&mut *tx)
        .await?;
        versions::insert(&mut tx, first, 0).await?;
        if let Some(visitor) = visitor {
            guest_number(&mut tx, session.id, visitor).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The session, in use or in the trash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query("SELECT * FROM sessions WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Every session of the house, last changed first: for its operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all_sessions(&self) -> Result<Vec<Overview>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.*, (SELECT count(*) FROM versions v WHERE v.session = s.id) AS versions
             FROM sessions s ORDER BY s.updated_at DESC, s.id DESC",
        )
        .fetch_all(&self.readers)
        .await?;
        let overview = |row: &SqliteRow| {
            let versions = Columns { table: "sessions", row }.number("versions")?;
            read(row).map(|session| Overview { session, versions })
        };
        rows.iter().map(overview).collect()
    }

    /// What this visitor sees on the home page, last changed first: what they own and what they came to by a live
    /// link, with what they are to each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions_of(
        &self,
        visitor: VisitorId,
        member: bool,
        shelf: Shelf,
        now: Moment,
    ) -> Result<Vec<(Session, Standing)>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.*,
                    CASE WHEN s.owner = ?1 OR (s.owner IS NULL AND ?2) THEN 'own' ELSE
                         (SELECT min(sh.access) FROM grants g JOIN shares sh ON sh.id = g.share
                          WHERE g.visitor = ?1 AND sh.session = s.id AND sh.revoked_at IS NULL
                            AND (sh.expires_at IS NULL OR sh.expires_at > ?3)) END AS standing
             FROM sessions s
             WHERE (s.owner = ?1 OR (s.owner IS NULL AND ?2)
                    OR s.id IN (SELECT sh.session FROM grants g JOIN shares sh ON sh.id = g.share WHERE g.visitor = ?1))
               AND (s.deleted_at IS NULL) = ?4
             ORDER BY s.updated_at DESC, s.id DESC LIMIT 200",
        )
        .bind(visitor.to_string())
        .bind(member)
        .bind(now.millis())
        .bind(shelf == Shelf::Current)
        .fetch_all(&self.readers)
        .await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in &rows {
            let standing = match row.try_get::<Option<String>, _>("standing")?.as_deref() {
                Some("own") => Standing::Owner,
                Some("edit") if shelf == Shelf::Current => Standing::Editor,
                Some("view") if shelf == Shelf::Current => Standing::Viewer,
                _ => continue,
            };
            sessions.push((read(row)?, standing));
        }
        Ok(sessions)
    }

    /// Gives the session another title; the revision after it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rename_session(&self, id: SessionId, title: &Title, now: Moment) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let revision = bump_revision(&mut tx, id, now).await?;
        sqlx::query("UPDATE sessions SET title = ?2, head_revision = ?3 WHERE id = ?1")
            .bind(id.to_string())
            .bind(title.as_str())
            .bind(revision)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(revision.unsigned_abs())
    }

    /// Selects one of the session's own versions; the revision after it, or `None` when it has no such version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn select_version(
        &self,
        id: SessionId,
        version: VersionId,
        now: Moment,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.begin().await?;
        if !versions::belongs(&mut tx, id, version).await? {
            return Ok(None);
        }
        let revision = bump_revision(&mut tx, id, now).await?;
        set_head(&mut tx, id, version, revision).await?;
        tx.commit().await?;
        Ok(Some(revision.unsigned_abs()))
    }

    /// Puts the session in the trash (`Some`), where nothing waits or runs any more, or takes it out (`None`). The turns
    /// that this cancelled.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_deleted(
        &self,
        id: SessionId,
        deleted_at: Option<Moment>,
        now: Moment,
    ) -> Result<Vec<TurnId>, StoreError> {
        let mut tx = self.begin().await?;
        bump_revision(&mut tx, id, now).await?;
        sqlx::query("UPDATE sessions SET deleted_at = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(deleted_at.map(Moment::millis))
            .execute(&mut *tx)
            .await?;
        let cancelled = match deleted_at {
            Some(_) => cancel_open_turns(&mut tx, id, now).await?,
            None => Vec::new(),
        };
        tx.commit().await?;
        Ok(cancelled)
    }

    /// Deletes for good what has been in the trash since before `before`, and forgets pictures that nothing names any
    /// more (their files are swept later). How many sessions went.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn empty_trash(&self, before: Moment) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let gone = sqlx::query("DELETE FROM sessions WHERE deleted_at < ?")
            .bind(before.millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM versions v WHERE v.blob = blobs.id)
                 AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.as_returned = blobs.id)
                 AND NOT EXISTS (SELECT 1 FROM regions r WHERE r.blob = blobs.id)",
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(gone.rows_affected())
    }

    /// The number that makes a nameless visitor "Guest 2" in this session; given on first asking.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn guest_number(&self, session: SessionId, visitor: VisitorId) -> Result<u32, StoreError> {
        let mut tx = self.begin().await?;
        let number = guest_number(&mut tx, session, visitor).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// The session, and the revision at which its title or selection last changed; both of one moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_and_head_revision(&self, id: SessionId) -> Result<Option<(Session, u64)>, StoreError> {
        let row = sqlx::query("SELECT * FROM sessions WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let c = Columns {
            table: "sessions",
            row: &row,
        };
        Ok(Some((read(&row)?, c.number("head_revision")?)))
    }
}

pub(super) async fn set_head(
    tx: &mut SqliteConnection,
    id: SessionId,
    version: VersionId,
    revision: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sessions SET head = ?2, head_revision = ?3 WHERE id = ?1")
        .bind(id.to_string())
        .bind(version.to_string())
        .bind(revision)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn guest_number(
    tx: &mut SqliteConnection,
    session: SessionId,
    visitor: VisitorId,
) -> Result<u32, StoreError> {
    sqlx::query(
        "INSERT INTO guests (session, visitor, number)
         SELECT ?1, ?2, 1 + coalesce(max(number), 0) FROM guests WHERE session = ?1
         ON CONFLICT (session, visitor) DO NOTHING",
    )
    .bind(session.to_string())
    .bind(visitor.to_string())
    .execute(&mut *tx)
    .await?;
    let row = sqlx::query("SELECT number FROM guests WHERE session = ?1 AND visitor = ?2")
        .bind(session.to_string())
        .bind(visitor.to_string())
        .fetch_one(tx)
        .await?;
    Columns {
        table: "guests",
        row: &row,
    }
    .number("number")
}

fn read(row: &SqliteRow) -> Result<Session, StoreError> {
    let c = Columns { table: "sessions", row };
    Ok(Session {
        id: c.parse("id")?,
        title: Title::parse(&c.text("title")?).map_err(|_| c.damaged("title"))?,
        owner: c.parse_opt("owner")?.map_or(Owner::Team, Owner::Visitor),
        head: c.parse("head")?,
        revision: c.number("revision")?,
        created_at: c.moment("created_at")?,
        updated_at: c.moment("updated_at")?,
        deleted_at: c.moment_opt("deleted_at")?,
    })
}
