//! Rows of `versions` and `blobs`.
//!
//! Rule: a version is looked up together with its session, and its row is written only after its file is in place.
//! A `+` before `session` keeps SQLite from walking the whole session where an id leads straight to the row.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError, bump_revision, provenance, rows::Columns, sessions::set_head, turns::stamp};
use crate::domain::{
    drift::Drift,
    ids::{SessionId, TurnId, VersionId},
    picture::{Blob, BlobId},
    time::Moment,
    version::{Origin, Version},
};

/// One more result of a turn, made without asking its backend again.
#[derive(Debug)]
pub struct Beside<'a> {
    /// Its id, fresh.
    pub id: VersionId,
    /// Its picture.
    pub blob: &'a Blob,
    /// What is known of it.
    pub drift: Option<Drift>,
    /// The version whose subject was brought back into it. Then it was made from the version it is put beside, rather than from
    /// what that one was made from.
    pub from: Option<VersionId>,
}

/// A version with how many were made from it.
#[derive(Debug, Clone)]
pub struct PathStep {
    /// The version.
    pub version: Version,
    /// How many versions have it as their parent.
    pub children: u32,
}

impl Store {
    /// Adds an uploaded picture as a version without parent; its number is given here. Returns it as stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_upload(
        &self,
        id: VersionId,
        session: SessionId,
        blob: Blob,
        now: Moment,
    ) -> Result<Version, StoreError> {
        let mut tx = self.begin().await?;
        let number = next_number(&mut tx, session).await?;
        let version = Version {
            id,
            session,
            number,
            parent: None,
            origin: Origin::Upload,
            blob,
            canvas: false,
            as_returned: None,
            drift: None,
            created_at: now,
            starred: false,
            comments: 0,
        };
        insert(&mut tx, &version, 0).await?;
        bump_revision(&mut tx, session, now).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// One version of this session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn version(&self, session: SessionId, id: VersionId) -> Result<Option<Version>, StoreError> {
        Ok(self.versions_by_id(session, &[id]).await?.pop())
    }

    /// Those of these versions that are of this session, in no particular order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn versions_by_id(&self, session: SessionId, ids: &[VersionId]) -> Result<Vec<Version>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = serde_json::to_string(ids).map_err(|error| StoreError::Damaged {
            table: "versions",
            what: error.to_string(),
        })?;
        let rows = sqlx::query(
            "SELECT v.*, b.format, b.bytes, b.width, b.height FROM versions v JOIN blobs b ON b.id = v.blob
             WHERE +v.session = ?1 AND v.id IN (SELECT value FROM json_each(?2))",
        )
        .bind(session.to_string())
        .bind(ids)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    /// The model's own picture, where this version of the session is that picture with the rest given back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn as_returned(&self, session: SessionId, id: VersionId) -> Result<Option<Blob>, StoreError> {
        let row = sqlx::query(
            "SELECT b.id AS blob, b.format, b.bytes, b.width, b.height FROM versions v JOIN blobs b ON b.id = v.as_returned
             WHERE +v.session = ?1 AND v.id = ?2",
        )
        .bind(session.to_string())
        .bind(id.to_string())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Columns {
                table: "blobs",
                row: &row,
            }
            .blob()
        })
        .transpose()
    }

    /// Adds a version beside one that a turn made, as one more of its results, and selects it; what it is made of is on
    /// disk. When the turn has a version of this picture already, that one is selected. The session's revision with it;
    /// `None` when no turn of this session made `beside`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_beside(
        &self,
        session: SessionId,
        beside: VersionId,
        new: Beside<'_>,
        now: Moment,
    ) -> Result<Option<(VersionId, u64)>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query("SELECT parent, turn FROM versions WHERE id = ?2 AND session = ?1 AND turn IS NOT NULL")
            .bind(session.to_string())
            .bind(beside.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let c = Columns {
            table: "versions",
            row: &row,
        };
        let (parent, turn): (Option<VersionId>, TurnId) = (c.parse_opt("parent")?, c.parse("turn")?);
        let there = sqlx::query("SELECT id FROM versions WHERE turn = ?1 AND blob = ?2")
            .bind(turn.to_string())
            .bind(new.blob.id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let id = match there {
            Some(row) => Columns {
                table: "versions",
                row: &row,
            }
            .parse("id")?,
            None => {
                let last = sqlx::query("SELECT 1 + max(candidate) AS candidate FROM versions WHERE turn = ?")
                    .bind(turn.to_string())
                    .fetch_one(&mut *tx)
                    .await?;
                let candidate = Columns {
                    table: "versions",
                    row: &last,
                }
                .number("candidate")?;
                let version = Version {
                    id: new.id,
                    session,
                    number: next_number(&mut tx, session).await?,
                    parent: if new.from.is_some() { Some(beside) } else { parent },
                    origin: Origin::Turn(turn),
                    blob: new.blob.clone(),
                    canvas: false,
                    as_returned: None,
                    drift: new.drift,
                    created_at: now,
                    starred: false,
                    comments: 0,
                };
                insert(&mut tx, &version, candidate).await?;
                provenance::carry_over(&mut tx, beside, new.id, new.from).await?;
                new.id
            }
        };
        let revision = stamp(&mut tx, session, turn, now).await?;
        set_head(&mut tx, session, id, revision).await?;
        tx.commit().await?;
        Ok(Some((id, revision.unsigned_abs())))
    }

    /// Every version of the session by number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn versions(&self, session: SessionId) -> Result<Vec<Version>, StoreError> {
        let rows = sqlx::query(
            "SELECT v.*, b.format, b.bytes, b.width, b.height FROM versions v JOIN blobs b ON b.id = v.blob
             WHERE v.session = ? ORDER BY v.number",
        )
        .bind(session.to_string())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read).collect()
    }

    /// The path from the root of the tree to `tip`, root first; empty when `tip` is not of this session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn path_to(&self, session: SessionId, tip: VersionId) -> Result<Vec<PathStep>, StoreError> {
        let rows = sqlx::query(
            "WITH RECURSIVE path (id, parent) AS (
                 SELECT id, parent FROM versions WHERE session = ?1 AND id = ?2
                 UNION ALL SELECT v.id, v.parent FROM versions v JOIN path ON v.id = path.parent)
             SELECT v.*, b.format, b.bytes, b.width, b.height,
                    (SELECT count(*) FROM versions c WHERE c.parent = v.id) AS children
             FROM path JOIN versions v ON v.id = path.id JOIN blobs b ON b.id = v.blob ORDER BY v.number",
        )
        .bind(session.to_string())
        .bind(tip.to_string())
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(PathStep {
                    version: read(row)?,
                    children: Columns { table: "versions", row }.number("children")?,
                })
            })
            .collect()
    }

    /// The path from the root of the tree to `tip`, of which only the root and the `newest` last steps are read; and how
    /// many were left out between them. `None` when `tip` is not of this session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ends_of_path(
        &self,
        session: SessionId,
        tip: VersionId,
        newest: u32,
    ) -> Result<Option<(Vec<PathStep>, u32)>, StoreError> {
        let rows = sqlx::query(
            "WITH RECURSIVE path (id, parent, back) AS (
                 SELECT id, parent, 0 FROM versions WHERE +session = ?1 AND id = ?2
                 UNION ALL SELECT v.id, v.parent, path.back + 1 FROM versions v JOIN path ON v.id = path.parent)
             SELECT v.*, b.format, b.bytes, b.width, b.height, path.back,
                    (SELECT count(*) FROM versions c WHERE c.parent = v.id) AS children
             FROM path JOIN versions v ON v.id = path.id JOIN blobs b ON b.id = v.blob
             WHERE path.back < ?3 OR path.parent IS NULL ORDER BY path.back DESC",
        )
        .bind(session.to_string())
        .bind(tip.to_string())
        .bind(newest)
        .fetch_all(&self.readers)
        .await?;
        let mut steps = Vec::with_capacity(rows.len());
        let mut longest = 0;
        for row in &rows {
            let c = Columns { table: "versions", row };
            longest = longest.max(c.number::<u32>("back")?);
            steps.push(PathStep {
                version: read(row)?,
                children: c.number("children")?,
            });
        }
        let read = u32::try_from(steps.len()).unwrap_or(u32::MAX);
        Ok((read > 0).then(|| (steps, longest + 1 - read)))
    }

    /// The version made last from `parent`: where "redo" goes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_child(&self, session: SessionId, parent: VersionId) -> Result<Option<VersionId>, StoreError> {
        let row =
            sqlx::query("SELECT id FROM versions WHERE +session = ?1 AND parent = ?2 ORDER BY number DESC LIMIT 1")
                .bind(session.to_string())
                .bind(parent.to_string())
                .fetch_optional(&self.readers)
                .await?;
        row.map(|row| {
            Columns {
                table: "versions",
                row: &row,
            }
            .parse("id")
        })
        .transpose()
    }

    /// How many versions the session has, which is also the newest one's number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn version_count(&self, session: SessionId) -> Result<u32, StoreError> {
        let row = sqlx::query("SELECT coalesce(max(number), 0) AS count FROM versions WHERE session = ?")
            .bind(session.to_string())
            .fetch_one(&self.readers)
            .await?;
        Columns {
            table: "versions",
            row: &row,
        }
        .number("count")
    }

    /// Those of these blobs and private files that a row names.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn known_blobs(&self, ids: &[BlobId]) -> Result<Vec<BlobId>, StoreError> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let ids = serde_json::to_string(&ids).map_err(|error| StoreError::Damaged {
            table: "blobs",
            what: error.to_string(),
        })?;
        let rows = sqlx::query(
            "SELECT value AS id FROM json_each(?)
             WHERE value IN (SELECT id FROM blobs) OR value IN (SELECT file FROM raw_parts)
                OR value IN (SELECT file FROM originals) OR value IN (SELECT file FROM statements)",
        )
        .bind(ids)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| Columns { table: "blobs", row }.parse("id"))
            .collect()
    }
}

pub(super) async fn next_number(tx: &mut SqliteConnection, session: SessionId) -> Result<u32, StoreError> {
    let row = sqlx::query("SELECT 1 + coalesce(max(number), 0) AS number FROM versions WHERE session = ?")
        .bind(session.to_string())
        .fetch_one(tx)
        .await?;
    Columns {
        table: "versions",
        row: &row,
    }
    .number("number")
}

pub(super) async fn belongs(
    tx: &mut SqliteConnection,
    session: SessionId,
    version: VersionId,
) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM versions WHERE session = ?1 AND id = ?2)")
        .bind(session.to_string())
        .bind(version.to_string())
        .fetch_one(tx)
        .await?;
    Ok(row.try_get(0)?)
}

/// Writes the blob's row, if new.
pub(super) async fn insert_blob(tx: &mut SqliteConnection, blob: &Blob, now: Moment) -> Result<(), StoreError> {
    let bytes = i64::try_from(blob.bytes).unwrap_or(i64::MAX);
    sqlx::query("INSERT INTO blobs (id, format, bytes, width, height, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")
        .bind(blob.id.to_string())
        .bind(blob.format.as_str())
        .bind(bytes)
        .bind(blob.dimensions.width)
        .bind(blob.dimensions.height)
        .bind(now.millis())
        .execute(tx)
        .await?;
    Ok(())
}

/// Writes the blob's row, if new, and the version's. The row of the model's own picture must be there.
pub(super) async fn insert(tx: &mut SqliteConnection, version: &Version, candidate: u32) -> Result<(), StoreError> {
    insert_blob(tx, &version.blob, version.created_at).await?;
    let drift = version.drift.as_ref().map(serde_json::to_string).transpose();
    let drift = drift.map_err(|error| StoreError::Damaged {
        table: "versions",
        what: error.to_string(),
    })?;
    let turn = version.origin.turn().map(|turn| turn.to_string());
    sqlx::query(
        "INSERT INTO versions (id, session, number, parent, blob, turn, candidate, created_at, canvas, as_returned, drift)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )
    .bind(version.id.to_string())
    .bind(version.session.to_string())
    .bind(version.number)
    .bind(version.parent.map(|id| id.to_string()))
    .bind(version.blob.id.to_string())
    .bind(turn)
    .bind(candidate)
    .bind(version.created_at.millis())
    .bind(version.canvas)
    .bind(version.as_returned.map(|id| id.to_string()))
    .bind(drift)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn read(row: &SqliteRow) -> Result<Version, StoreError> {
    let c = Columns { table: "versions", row };
    Ok(Version {
        id: c.parse("id")?,
        session: c.parse("session")?,
        number: c.number("number")?,
        parent: c.parse_opt("parent")?,
        origin: c.parse_opt("turn")?.map_or(Origin::Upload, Origin::Turn),
        blob: c.blob()?,
        canvas: c.number::<i64>("canvas")? != 0,
        as_returned: c.parse_opt("as_returned")?,
        // Figures that can't be read are no reason to lose the picture.
        drift: c.text_opt("drift")?.and_then(|text| serde_json::from_str(&text).ok()),
        created_at: c.moment("created_at")?,
        starred: c.number::<u32>("starred")? != 0,
        comments: c.number("comments")?,
    })
}
