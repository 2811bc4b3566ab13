//! Rows of `presets`: starting points that people saved.
//!
//! Rule: a preset is looked up together with whose it is, and nobody has more than [`MOST`]. Written and read by `web`.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError, rows::Columns};
use crate::domain::{ids::PresetId, preset::Preset, session::Owner, time::Moment};

/// The most presets of one owner.
pub const MOST: usize = 100;

impl Store {
    /// What this owner saved, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn presets(&self, owner: Owner) -> Result<Vec<(PresetId, Preset)>, StoreError> {
        let rows = sqlx::query("SELECT id, preset FROM presets WHERE owner IS ?1 ORDER BY id LIMIT ?2")
            .bind(named(owner))
            .bind(i64::try_from(MOST).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Adds all of these or, when that would be more than [`MOST`], none; whether they were added.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_presets(
        &self,
        owner: Owner,
        new: &[(PresetId, Preset)],
        now: Moment,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if count(&mut tx, owner).await? + new.len() > MOST {
            return Ok(false);
        }
        for (id, preset) in new {
            let json = serde_json::to_string(preset).map_err(|error| StoreError::Damaged {
                table: "presets",
                what: error.to_string(),
            })?;
            sqlx::query("INSERT INTO presets (id, owner, preset, created_at) VALUES (?1, ?2, ?3, ?4)")
                .bind(id.to_string())
                .bind(named(owner))
                .bind(json)
                .bind(now.millis())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets a preset of this owner; whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_preset(&self, owner: Owner, id: PresetId) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let gone = sqlx::query("DELETE FROM presets WHERE id = ?1 AND owner IS ?2")
            .bind(id.to_string())
            .bind(named(owner))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(gone.rows_affected() > 0)
    }
}

async fn count(tx: &mut SqliteConnection, owner: Owner) -> Result<usize, StoreError> {
    let row = sqlx::query("SELECT count(*) AS count FROM presets WHERE owner IS ?")
        .bind(named(owner))
        .fetch_one(tx)
        .await?;
    Ok(usize::try_from(row.try_get::<i64, _>("count")?).unwrap_or(usize::MAX))
}

fn named(owner: Owner) -> Option<String> {
    match owner {
        Owner::Visitor(visitor) => Some(visitor.to_string()),
        Owner::Team => None,
    }
}

fn read(row: &SqliteRow) -> Result<(PresetId, Preset), StoreError> {
    let c = Columns { table: "presets", row };
    let preset = serde_json::from_str(&c.text("preset")?).map_err(|_| c.damaged("preset"))?;
    Ok((c.parse("id")?, preset))
}
