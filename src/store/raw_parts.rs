//! Rows of `raw_parts`: what a model answered when it made a version.
//!
//! Rule: a row is written in the transaction that writes its version, after its file; it goes with its version. Written
//! by `turns`, which alone reads it.

use sqlx::SqliteConnection;

use super::{Store, StoreError, rows::Columns};
use crate::domain::{
    ids::{SessionId, VersionId},
    version::RawParts,
};

impl Store {
    /// What the models answered for these versions of this session; most versions have nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn raw_parts(
        &self,
        session: SessionId,
        versions: &[VersionId],
    ) -> Result<Vec<(VersionId, RawParts)>, StoreError> {
        let ids = serde_json::to_string(versions).map_err(|error| StoreError::Damaged {
            table: "raw_parts",
            what: error.to_string(),
        })?;
        let rows = sqlx::query(
            "SELECT r.* FROM raw_parts r JOIN versions v ON v.id = r.version
             WHERE v.session = ?1 AND r.version IN (SELECT value FROM json_each(?2))",
        )
        .bind(session.to_string())
        .bind(ids)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let c = Columns {
                    table: "raw_parts",
                    row,
                };
                let raw = RawParts {
                    family: c.text("family")?,
                    file: c.parse("file")?,
                    bytes: c.number("bytes")?,
                    pictures: c.number("pictures")?,
                };
                Ok((c.parse("version")?, raw))
            })
            .collect()
    }
}

pub(super) async fn insert(tx: &mut SqliteConnection, version: VersionId, raw: &RawParts) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO raw_parts (version, family, file, bytes, pictures) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(version.to_string())
        .bind(&raw.family)
        .bind(raw.file.to_string())
        .bind(i64::try_from(raw.bytes).unwrap_or(i64::MAX))
        .bind(raw.pictures)
        .execute(tx)
        .await?;
    Ok(())
}
