//! SQLite: rows in, domain values out. The only SQL in the house.
//!
//! Rule: one writer connection with IMMEDIATE transactions, several readers, and nothing slow ever happens while one
//! of them is held. A row never names a file that isn't there: callers put the file first. Called by `turns` (writes)
//! and `web` (reads).
//!
//! Read `migrations/0001_init.sql`, then `sessions`, `versions`, `turns`, `shares`, `visitors`.

pub mod raw_parts;
pub mod sessions;
pub mod shares;
pub mod turns;
pub mod versions;
pub mod visitors;

mod rows;

use std::{path::Path, time::Duration};

use sqlx::{
    Connection, Row, SqlStr, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// The oldest SQLite that is safe with a WAL read and written at once.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Every migration, oldest first. An applied one is never edited.
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "init", include_str!("../../migrations/0001_init.sql")),
    (2, "raw_parts", include_str!("../../migrations/0002_raw_parts.sql")),
];

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// The database could not do it; the cause is for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says no.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A row holds what we never wrote.
    #[error("a row of {table} can't be read: {what}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// What is wrong.
        what: String,
    },
}

/// Why the database can't be opened, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not a database, no rights, no space …
    #[error("the database {path} can't be opened: {source}")]
    Unusable {
        /// Which file.
        path: String,
        /// SQLite's reason.
        source: sqlx::Error,
    },
    /// Made by a newer program.
    #[error("the database {path} was made by a newer Plantain; use that one, or a backup from before the upgrade")]
    Newer {
        /// Which file.
        path: String,
    },
    /// A migration did not go through.
    #[error("the database {path} can't be brought up to date: {source}")]
    Migration {
        /// Which file.
        path: String,
        /// What failed.
        source: sqlx::migrate::MigrateError,
    },
    /// The quick check found damage.
    #[error("the database {path} is damaged ({finding}); restore a backup")]
    Damaged {
        /// Which file.
        path: String,
        /// SQLite's finding.
        finding: String,
    },
    /// The SQLite in this program is not the one asked for.
    #[error("SQLite {found} is too old; 3.51.3 or newer is needed")]
    OldSqlite {
        /// Its version.
        found: String,
    },
}

impl Store {
    /// Opens or makes the database at `path` and brings it up to date.
    ///
    /// # Errors
    /// [`OpenError`], a sentence for the operator.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let name = path.display().to_string();
        let unusable = |source| OpenError::Unusable {
            path: name.clone(),
            source,
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(30));
        let writer = pool
            .clone()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(unusable)?;
        let store = Self {
            writer,
            readers: pool.max_connections(4).connect_lazy_with(options.read_only(true)),
        };
        store.check(&name).await?;
        store.migrate(&name).await?;
        Ok(store)
    }

    /// Asserts the version and settings of SQLite and looks for damage.
    async fn check(&self, name: &str) -> Result<(), OpenError> {
        let unusable = |source| OpenError::Unusable {
            path: name.to_owned(),
            source,
        };
        let text = |query: &'static str| async move {
            let row = sqlx::query(query).fetch_one(&self.writer).await?;
            row.try_get::<String, _>(0)
                .or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))
        };
        let found = text("SELECT sqlite_version()").await.map_err(unusable)?;
        let version: Vec<u32> = found.split('.').filter_map(|n| n.parse().ok()).collect();
        if version.as_slice() < OLDEST_SQLITE.as_slice() {
            return Err(OpenError::OldSqlite { found });
        }
        for (pragma, wanted) in [
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA quick_check", "ok"),
        ] {
            let finding = text(pragma).await.map_err(unusable)?;
            if finding != wanted {
                return Err(OpenError::Damaged {
                    path: name.to_owned(),
                    finding: format!("{pragma}: {finding}"),
                });
            }
        }
        Ok(())
    }

    async fn migrate(&self, name: &str) -> Result<(), OpenError> {
        match migrator(&MIGRATIONS).run(&self.writer).await {
            Ok(()) => Ok(()),
            Err(sqlx::migrate::MigrateError::VersionMissing(_)) => Err(OpenError::Newer { path: name.to_owned() }),
            Err(source) => Err(OpenError::Migration {
                path: name.to_owned(),
                source,
            }),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it doesn't.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").fetch_one(&self.readers).await?;
        Ok(())
    }

    /// Folds the log into the database and closes it, so that the one file can be copied.
    pub async fn close(&self) {
        self.readers.close().await;
        if let Ok(connection) = self.writer.acquire().await {
            let connection = connection.detach();
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
        self.writer.close().await;
    }

    /// A transaction that may write. Held only across further queries, never across anything slow.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Runs these migrations, those that a database has had left out.
fn migrator(migrations: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = migrations
        .iter()
        .map(|(version, title, sql)| {
            Migration::new(
                *version,
                (*title).into(),
                MigrationType::Simple,
                SqlStr::from_static(sql),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

/// Counts one visible change of a session and says which number it has.
async fn bump_revision(
    tx: &mut SqliteConnection,
    session: crate::domain::ids::SessionId,
    now: crate::domain::time::Moment,
) -> Result<i64, StoreError> {
    let row = sqlx::query("UPDATE sessions SET revision = revision + 1, updated_at = max(updated_at, ?2) WHERE id = ?1 RETURNING revision")
        .bind(session.to_string())
        .bind(now.millis())
        .fetch_one(tx)
        .await?;
    Ok(row.try_get(0)?)
}

impl StoreError {
    /// Whether the disk was full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        // 13 is SQLITE_FULL.
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some("13"))
    }
}
