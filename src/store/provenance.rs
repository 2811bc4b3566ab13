//! Rows about where pictures come from: `makings`, `originals`, `inputs`, `statements`, `marks`, `looks`, `issued`.
//!
//! Rule: every row goes with its version. A making, an original and inputs are written with the version itself, the others by
//! `provenance` when there is something to say. Read by `provenance` alone.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError, rows::Columns, versions};
use crate::domain::{
    ids::VersionId,
    making::{Deed, Making},
    picture::BlobId,
    turn::Turn,
    version::{Original, Version},
};

/// The signed statement about a version's stored picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// What it is called everywhere.
    pub label: String,
    /// How many statements are one below the other.
    pub depth: u32,
    /// The private file with all of them.
    pub file: BlobId,
}

/// What is known about where one version comes from.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// How it was made.
    pub making: Option<Making>,
    /// The private file it came in and that one's media type, if it had credentials.
    pub original: Option<(BlobId, String)>,
    /// What is signed about it.
    pub statement: Option<StatementRow>,
    /// What else went into it, beside its parent and its turn's references.
    pub inputs: Vec<VersionId>,
}

impl Known {
    /// How it was made by this turn. Where nobody told (versions from before that was kept), a model's are called generated, the
    /// engine's edited and no more.
    #[must_use]
    pub fn made(&self, turn: Option<&Turn>) -> Option<Making> {
        let untold = |turn: &Turn| Making {
            agent: turn.backend.clone(),
            model: None,
            deeds: vec![if turn.backend == "embedded" {
                Deed::Composed
            } else {
                Deed::Generated
            }],
        };
        self.making.clone().or_else(|| turn.map(untold))
    }
}

/// A file that left.
#[derive(Debug, Clone)]
pub struct Issue<'a> {
    /// SHA-256 of the file.
    pub file: [u8; 32],
    /// The version it shows.
    pub version: VersionId,
    /// SHA-256 of its pixels.
    pub pixels: [u8; 32],
    /// What its statement is called.
    pub label: Option<&'a str>,
    /// Whether it is the copy that pages show; of those only the newest of a version is kept note of.
    pub page: bool,
}

/// How a version was found by what somebody holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// The very file left this house.
    Issued,
    /// The very pixels did, in another file.
    IssuedPixels,
    /// The stored file.
    Stored,
    /// Its pixels, in another file.
    StoredPixels,
}

const VERSION: &str =
    "SELECT v.*, b.format, b.bytes, b.width, b.height FROM versions v JOIN blobs b ON b.id = v.blob WHERE v.id = ?";

impl Store {
    /// A version wherever it is; who may hear of it is for the caller to ask.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn version_anywhere(&self, id: VersionId) -> Result<Option<Version>, StoreError> {
        let row = sqlx::query(VERSION)
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(versions::read).transpose()
    }

    /// What is known about where a version comes from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn known(&self, version: VersionId) -> Result<Known, StoreError> {
        let row = sqlx::query(
            "SELECT m.agent, m.model, m.acts, o.file AS original, o.mime, s.label, s.depth, s.file,
                    (SELECT json_group_array(source) FROM inputs WHERE version = ?1) AS inputs
             FROM (SELECT ?1 AS id) v LEFT JOIN makings m ON m.version = v.id
             LEFT JOIN originals o ON o.version = v.id LEFT JOIN statements s ON s.version = v.id",
        )
        .bind(version.to_string())
        .fetch_one(&self.readers)
        .await?;
        known(&row)
    }

    /// What the credentials said that a version's file came with, as JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn found_with(&self, version: VersionId) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT found FROM originals WHERE version = ?")
            .bind(version.to_string())
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| row.try_get("found")).transpose()?)
    }

    /// All that a version was made from, without itself, of which nothing is signed yet, by number. Below a signed one nothing is
    /// looked for: what that was made from was signed before it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unsigned_before(&self, version: VersionId) -> Result<Vec<Version>, StoreError> {
        let rows = sqlx::query(
            "WITH RECURSIVE open (id) AS (
                 SELECT ?1
                 UNION SELECT v.parent FROM open JOIN versions v ON v.id = open.id
                     WHERE v.parent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM statements s WHERE s.version = v.parent)
                 UNION SELECT r.version FROM open JOIN versions v ON v.id = open.id JOIN turn_references r ON r.turn = v.turn
                     WHERE NOT EXISTS (SELECT 1 FROM statements s WHERE s.version = r.version)
                 UNION SELECT i.source FROM open JOIN inputs i ON i.version = open.id
                     WHERE NOT EXISTS (SELECT 1 FROM statements s WHERE s.version = i.source))
             SELECT v.*, b.format, b.bytes, b.width, b.height
             FROM open JOIN versions v ON v.id = open.id JOIN blobs b ON b.id = v.blob
             WHERE v.id <> ?1 ORDER BY v.number",
        )
        .bind(version.to_string())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(versions::read).collect()
    }

    /// Keeps what is signed about a version, unless something is already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_statement(&self, version: VersionId, row: &StatementRow) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO statements (version, label, depth, file) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )
        .bind(version.to_string())
        .bind(&row.label)
        .bind(row.depth)
        .bind(row.file.to_string())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes the file an uploaded version came in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_original(&self, version: VersionId, original: &Original) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert_original(&mut tx, version, original).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The id in a version's mark: the one it has, or `fresh` from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_of(&self, version: VersionId, fresh: u64) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO marks (mark, version) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
            .bind(fresh.cast_signed())
            .bind(version.to_string())
            .execute(&mut *tx)
            .await?;
        let row = sqlx::query("SELECT mark FROM marks WHERE version = ?")
            .bind(version.to_string())
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(row.try_get::<i64, _>("mark")?.cast_unsigned())
    }

    /// The id in a version's mark, if it has one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_if_any(&self, version: VersionId) -> Result<Option<u64>, StoreError> {
        let row = sqlx::query("SELECT mark FROM marks WHERE version = ?")
            .bind(version.to_string())
            .fetch_optional(&self.readers)
            .await?;
        Ok(row
            .map(|row| row.try_get::<i64, _>("mark"))
            .transpose()?
            .map(i64::cast_unsigned))
    }

    /// The version with this id in its mark.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn version_of_mark(&self, mark: u64) -> Result<Option<Version>, StoreError> {
        let row = sqlx::query("SELECT v.*, b.format, b.bytes, b.width, b.height FROM marks m JOIN versions v ON v.id = m.version JOIN blobs b ON b.id = v.blob WHERE m.mark = ?")
            .bind(mark.cast_signed())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(versions::read).transpose()
    }

    /// Every id that is in a mark, at most `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn marks(&self, most: u32) -> Result<Vec<u64>, StoreError> {
        let rows = sqlx::query("SELECT mark FROM marks LIMIT ?")
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<i64, _>("mark")?.cast_unsigned()))
            .collect()
    }

    /// Notes how a version looks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_look(
        &self,
        version: VersionId,
        pdq: Option<[u8; 32]>,
        pixels: [u8; 32],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("INSERT INTO looks (version, pdq, pixels) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
            .bind(version.to_string())
            .bind(pdq.map(|hash| hash.to_vec()))
            .bind(pixels.to_vec())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Versions that nobody has looked at yet, at most `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn versions_without_look(&self, most: u32) -> Result<Vec<Version>, StoreError> {
        let rows = sqlx::query("SELECT v.*, b.format, b.bytes, b.width, b.height FROM versions v JOIN blobs b ON b.id = v.blob WHERE NOT EXISTS (SELECT 1 FROM looks l WHERE l.version = v.id) ORDER BY v.id DESC LIMIT ?")
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(versions::read).collect()
    }

    /// How every version looks that has something to tell it by.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn looks(&self) -> Result<Vec<(VersionId, [u8; 32])>, StoreError> {
        let rows = sqlx::query("SELECT version, pdq FROM looks WHERE pdq IS NOT NULL")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let c = Columns { table: "looks", row };
                let hash: Vec<u8> = row.try_get("pdq")?;
                Ok((c.parse("version")?, hash.try_into().map_err(|_| c.damaged("pdq"))?))
            })
            .collect()
    }

    /// Notes a file that leaves.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_issue(&self, issue: &Issue<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if issue.page {
            // It is made anew every week, and its pixels come out the same.
            sqlx::query("DELETE FROM issued WHERE version = ? AND page = 1")
                .bind(issue.version.to_string())
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query(
            "INSERT INTO issued (file, version, pixels, label, page) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )
            .bind(issue.file.to_vec())
            .bind(issue.version.to_string())
            .bind(issue.pixels.to_vec())
            .bind(issue.label)
            .bind(issue.page)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Versions whose file or pixels these are, the surest trace first; at most `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn traces(
        &self,
        file: [u8; 32],
        pixels: [u8; 32],
        most: u32,
    ) -> Result<Vec<(Trace, Version)>, StoreError> {
        let rows = sqlx::query(
            "SELECT t.trace, v.*, b.format, b.bytes, b.width, b.height FROM (
                 SELECT version, min(trace) AS trace FROM (
                     SELECT version, 0 AS trace FROM issued WHERE file = ?1
                     UNION ALL SELECT version, 1 FROM issued WHERE pixels = ?2
                     UNION ALL SELECT id, 2 FROM versions WHERE blob = ?3
                     UNION ALL SELECT version, 3 FROM looks WHERE pixels = ?2) GROUP BY version) t
             JOIN versions v ON v.id = t.version JOIN blobs b ON b.id = v.blob ORDER BY t.trace, v.id LIMIT ?4",
        )
        .bind(file.to_vec())
        .bind(pixels.to_vec())
        .bind(BlobId::from_bytes(file).to_string())
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let trace = match row.try_get::<i64, _>("trace")? {
                    0 => Trace::Issued,
                    1 => Trace::IssuedPixels,
                    2 => Trace::Stored,
                    _ => Trace::StoredPixels,
                };
                Ok((trace, versions::read(row)?))
            })
            .collect()
    }

    /// The version that a statement of this house is about.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn version_of_label(&self, label: &str) -> Result<Option<Version>, StoreError> {
        let row = sqlx::query(
            "SELECT v.*, b.format, b.bytes, b.width, b.height FROM versions v JOIN blobs b ON b.id = v.blob
             WHERE v.id = coalesce((SELECT version FROM statements WHERE label = ?1), (SELECT version FROM issued WHERE label = ?1))",
        )
        .bind(label)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(versions::read).transpose()
    }
}

fn known(row: &SqliteRow) -> Result<Known, StoreError> {
    let c = Columns { table: "makings", row };
    let making = match c.text_opt("agent")? {
        Some(agent) => Some(Making {
            agent,
            model: c.text_opt("model")?,
            deeds: c.list("acts")?,
        }),
        None => None,
    };
    let original = match c.parse_opt("original")? {
        Some(file) => Some((file, c.text("mime")?)),
        None => None,
    };
    let statement = match c.text_opt("label")? {
        Some(label) => Some(StatementRow {
            label,
            depth: c.number("depth")?,
            file: c.parse("file")?,
        }),
        None => None,
    };
    Ok(Known {
        making,
        original,
        statement,
        inputs: c.list("inputs")?,
    })
}

pub(super) async fn insert_making(
    tx: &mut SqliteConnection,
    version: VersionId,
    making: Option<&Making>,
) -> Result<(), StoreError> {
    let Some(making) = making else { return Ok(()) };
    let deeds = serde_json::to_string(&making.deeds).map_err(|error| StoreError::Damaged {
        table: "makings",
        what: error.to_string(),
    })?;
    sqlx::query("INSERT INTO makings (version, agent, model, acts) VALUES (?1, ?2, ?3, ?4)")
        .bind(version.to_string())
        .bind(&making.agent)
        .bind(making.model.as_deref())
        .bind(deeds)
        .execute(tx)
        .await?;
    Ok(())
}

/// What is known of how `beside` was made, for a version that was made of it: of the same turn's answer, or, where something
/// was brought back from another version, with that put in by computation.
pub(super) async fn carry_over(
    tx: &mut SqliteConnection,
    beside: VersionId,
    version: VersionId,
    from: Option<VersionId>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO makings (version, agent, model, acts)
         SELECT ?2, agent, model, CASE WHEN ?3 AND NOT EXISTS (SELECT 1 FROM json_each(acts) WHERE value = 'composed')
             THEN json_insert(acts, '$[#]', 'composed') ELSE acts END
         FROM makings WHERE version = ?1",
    )
    .bind(beside.to_string())
    .bind(version.to_string())
    .bind(from.is_some())
    .execute(&mut *tx)
    .await?;
    let Some(from) = from else {
        sqlx::query(
            "INSERT INTO originals (version, file, mime, found) SELECT ?2, file, mime, found FROM originals WHERE version = ?1",
        )
        .bind(beside.to_string())
        .bind(version.to_string())
        .execute(tx)
        .await?;
        return Ok(());
    };
    sqlx::query("INSERT INTO inputs (version, source) VALUES (?1, ?2)")
        .bind(version.to_string())
        .bind(from.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn insert_original(
    tx: &mut SqliteConnection,
    version: VersionId,
    original: &Original,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO originals (version, file, mime, found) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
        .bind(version.to_string())
        .bind(original.file.to_string())
        .bind(&original.mime)
        .bind(&original.found)
        .execute(tx)
        .await?;
    Ok(())
}
