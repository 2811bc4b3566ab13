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

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::picture::BlobId,
        store::{MIGRATIONS, migrator},
    };

    const fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    /// A database as it was before, with a session of one picture in it.
    async fn before(path: &std::path::Path) {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut old = SqliteConnection::connect_with(&options).await.expect("a database");
        migrator(&MIGRATIONS[..1])
            .run(&mut old)
            .await
            .expect("the first schema");
        let blob = "ab".repeat(32);
        let rows = format!(
            "BEGIN;
             INSERT INTO blobs VALUES ('{blob}', 'png', 1, 1, 1, 1);
             INSERT INTO sessions VALUES ('{s}', 'Old', NULL, x'00', '{v}', 1, 1, 1, 1, NULL);
             INSERT INTO versions VALUES ('{v}', '{s}', 1, NULL, '{blob}', NULL, 0, 1);
             COMMIT;",
            s = id(1),
            v = id(2),
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(rows))
            .execute(&mut old)
            .await
            .expect("rows");
        old.close().await.expect("closed");
    }

    #[tokio::test]
    async fn a_database_from_before_is_brought_up_to_date_and_its_versions_have_no_raw_parts() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plantain.db");
        before(&path).await;
        let store = Store::open(&path).await.expect("brought up to date");
        let (session, version) = (SessionId::new(id(1)), VersionId::new(id(2)));
        assert_eq!(store.raw_parts(session, &[version]).await.expect("a list"), []);
        assert_eq!(store.versions(session).await.expect("a list").len(), 1);

        let raw = RawParts {
            family: "gemini/x".to_owned(),
            file: BlobId::from_bytes([7; 32]),
            bytes: 9,
            pictures: 1,
        };
        let mut tx = store.begin().await.expect("a transaction");
        insert(&mut tx, version, &raw).await.expect("written");
        tx.commit().await.expect("kept");
        let found = store.raw_parts(session, &[version]).await.expect("a list");
        assert_eq!(found, [(version, raw.clone())]);
        let foreign = store
            .raw_parts(SessionId::new(id(9)), &[version])
            .await
            .expect("a list");
        assert_eq!(foreign, [], "only together with their session");
        let unknown = BlobId::from_bytes([8; 32]);
        let known = store.known_blobs(&[raw.file, unknown]).await.expect("a list");
        assert_eq!(known, [raw.file], "the sweep leaves it alone");
    }
}
