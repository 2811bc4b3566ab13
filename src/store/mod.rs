//! SQLite: rows in, domain values out. The only SQL in the house.
//!
//! Rule: one writer connection with IMMEDIATE transactions, several readers, and nothing slow ever happens while one
//! of them is held. A row never names a file that isn't there: callers put the file first. Called by `turns` (writes)
//! and `web` (reads).
//!
//! Read `migrations/0001_init.sql`, then `sessions`, `versions`, `turns`, `regions`, `shares`, `visitors`.

pub mod comments;
pub mod costs;
pub mod gallery;
pub mod presets;
pub mod provenance;
pub mod raw_parts;
pub mod regions;
pub mod sessions;
pub mod shares;
pub mod stars;
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
const MIGRATIONS: [(i64, &str, &str); 10] = [
    (1, "init", include_str!("../../migrations/0001_init.sql")),
    (2, "raw_parts", include_str!("../../migrations/0002_raw_parts.sql")),
    (
        3,
        "regions_and_options",
        include_str!("../../migrations/0003_regions_and_options.sql"),
    ),
    (4, "costs", include_str!("../../migrations/0004_costs.sql")),
    (5, "provenance", include_str!("../../migrations/0005_provenance.sql")),
    (6, "stars", include_str!("../../migrations/0006_stars.sql")),
    (7, "search", include_str!("../../migrations/0007_search.sql")),
    (8, "presets", include_str!("../../migrations/0008_presets.sql")),
    (9, "inputs", include_str!("../../migrations/0009_inputs.sql")),
    (10, "comments", include_str!("../../migrations/0010_comments.sql")),
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
    /// An SQLite file, but not of ours.
    #[error("the database {path} belongs to another program; choose another data folder")]
    Foreign {
        /// Which file.
        path: String,
    },
    /// There is none, where one was expected.
    #[error("there is no Plantain database at {path}")]
    Missing {
        /// Which file.
        path: String,
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
        let unusable = |source| refused(&name, source);
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

    /// The same for a database that must be there already, whether a server uses it at the moment or not.
    ///
    /// # Errors
    /// [`OpenError`], a sentence for the operator.
    pub async fn open_existing(path: &Path) -> Result<Self, OpenError> {
        if path.is_file() {
            Self::open(path).await
        } else {
            let path = path.display().to_string();
            Err(OpenError::Missing { path })
        }
    }

    /// Asserts the version and settings of SQLite and looks for damage.
    async fn check(&self, name: &str) -> Result<(), OpenError> {
        let unusable = |source| refused(name, source);
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
            ("PRAGMA busy_timeout", "10000"),
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
        // Whoever made tables before our first migration is another program.
        let strange = "SELECT count(*) FROM sqlite_master WHERE type = 'table'
             AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')";
        match text(strange).await.map_err(unusable)?.as_str() {
            "0" => Ok(()),
            _ => Err(OpenError::Foreign { path: name.to_owned() }),
        }
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
        match self.writer.begin_with(BEGIN).await {
            Err(error) if is_spent(&error) => {
                tracing::warn!(%error, "the writing connection is spent; taking another");
                self.renew_writer().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// Closes the writing connection, so that the pool opens another.
    async fn renew_writer(&self) -> Result<(), StoreError> {
        let spent = self.writer.acquire().await?.detach();
        if let Err(error) = spent.close().await {
            tracing::debug!(%error, "a spent connection did not close cleanly");
        }
        Ok(())
    }
}

/// The lock is taken at once, or a transaction that has read first could find itself overtaken.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// Whether a connection can't begin anything any more, while another may. When a disk is full SQLite rolls back by itself, and
/// the driver goes on counting a transaction that is over; and a connection opened while the disk was read-only stays so.
fn is_spent(error: &sqlx::Error) -> bool {
    // SQLITE_ERROR ("within a transaction"), SQLITE_READONLY, SQLITE_IOERR.
    matches!(error, sqlx::Error::InvalidSavePointStatement | sqlx::Error::BeginFailed)
        || matches!(primary_code(error), Some(1 | 8 | 10))
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
        self.code() == Some(13)
    }

    /// Whether the disk doesn't take what is written: read-only, or failing.
    #[must_use]
    pub fn is_unwritable(&self) -> bool {
        // SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN.
        matches!(self.code(), Some(8 | 10 | 14))
    }

    fn code(&self) -> Option<i32> {
        match self {
            Self::Database(error) => primary_code(error),
            Self::Damaged { .. } => None,
        }
    }
}

/// SQLite's result code without the details above its lowest byte.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}

/// Why the database can't be opened, in words.
fn refused(path: &str, source: sqlx::Error) -> OpenError {
    let path = path.to_owned();
    match primary_code(&source) {
        // SQLITE_CORRUPT, SQLITE_NOTADB.
        Some(11) => OpenError::Damaged {
            path,
            finding: "its pages don't fit together".to_owned(),
        },
        Some(26) => OpenError::Damaged {
            path,
            finding: "it is not an SQLite file".to_owned(),
        },
        _ => OpenError::Unusable { path, source },
    }
}
