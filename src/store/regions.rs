//! Rows of `regions`: masks that somebody drew.
//!
//! Rule: a region is looked up together with its session, and its row is written only after its file is in place. Written
//! by `turns`, read by it and by `web`.

use sqlx::{Row, SqliteConnection};

use super::{Store, StoreError, rows::Columns, versions};
use crate::domain::{
    ids::{RegionId, SessionId, VersionId},
    picture::Dimensions,
    region::{Portion, Region},
    time::Moment,
};

impl Store {
    /// Adds a region, whose mask is on disk already; one that is there is as if it were just drawn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_region(&self, region: &Region) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        versions::insert_blob(&mut tx, &region.blob, region.created_at).await?;
        sqlx::query(
            "INSERT INTO regions (id, session, blob, share_ppm, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at",
        )
        .bind(region.id.to_string())
        .bind(region.session.to_string())
        .bind(region.blob.id.to_string())
        .bind(region.share.ppm())
        .bind(region.created_at.millis())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes regions drawn before then that no turn names; their masks go with the trash. How many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_regions(&self, before: Moment) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let gone = sqlx::query(
            "DELETE FROM regions WHERE created_at < ?
                 AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.region = regions.id)",
        )
        .bind(before.millis())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(gone.rows_affected())
    }

    /// One region of this session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn region(&self, session: SessionId, id: RegionId) -> Result<Option<Region>, StoreError> {
        let row = sqlx::query(
            "SELECT r.*, b.format, b.bytes, b.width, b.height FROM regions r JOIN blobs b ON b.id = r.blob
             WHERE +r.session = ?1 AND r.id = ?2",
        )
        .bind(session.to_string())
        .bind(id.to_string())
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let c = Columns {
            table: "regions",
            row: &row,
        };
        Ok(Some(Region {
            id: c.parse("id")?,
            session: c.parse("session")?,
            blob: c.blob()?,
            share: Portion::from_ppm(c.number("share_ppm")?),
            created_at: c.moment("created_at")?,
        }))
    }
}

pub(super) async fn belongs(
    tx: &mut SqliteConnection,
    session: SessionId,
    region: RegionId,
) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM regions WHERE id = ?2 AND session = ?1)")
        .bind(session.to_string())
        .bind(region.to_string())
        .fetch_one(tx)
        .await?;
    Ok(row.try_get(0)?)
}

/// Whether a region has the shape of a version's picture.
pub(super) async fn lies_over(
    tx: &mut SqliteConnection,
    region: RegionId,
    version: VersionId,
) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT m.width, m.height, p.width, p.height
         FROM regions r JOIN blobs m ON m.id = r.blob, versions v JOIN blobs p ON p.id = v.blob
         WHERE r.id = ?1 AND v.id = ?2",
    )
    .bind(region.to_string())
    .bind(version.to_string())
    .fetch_one(tx)
    .await?;
    let size = |at: usize| -> Result<Dimensions, StoreError> {
        Ok(Dimensions {
            width: row.try_get(at)?,
            height: row.try_get(at + 1)?,
        })
    };
    Ok(size(0)?.lies_over(size(2)?))
}
