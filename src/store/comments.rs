//! Rows of `comments`, and what versions know of them: how many there are, and when one last came or went.
//!
//! Rule: a comment is looked up together with its session and its version; each that comes or goes is a visible change of
//! the session. Written by `turns`, read by `web`.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError, bump_revision, rows::Columns};
use crate::domain::{
    comment::{Comment, Words},
    ids::{ClientId, CommentId, SessionId, VersionId},
    time::Moment,
    turn::Author,
};

/// What became of a comment that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commented {
    /// It is there; the session's revision with it.
    New(Comment, u64),
    /// It was there already under the sender's name for it.
    Seen(Comment),
    /// The version has as many as it takes.
    Full,
    /// The session has no such version.
    NoVersion,
}

/// A version whose comments changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentsOf {
    /// The version.
    pub version: VersionId,
    /// Its number.
    pub number: u32,
    /// How many comments it has.
    pub count: u32,
    /// When one last came or went.
    pub revision: u64,
    /// The comment that came then, by its sender's name for it, and its author's name; none when one went.
    pub newest: Option<(ClientId, String)>,
}

impl Store {
    /// Adds a comment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_comment(&self, comment: Comment) -> Result<Commented, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(seen) = sent_before(&mut tx, &comment).await? {
            return Ok(Commented::Seen(seen));
        }
        let count = sqlx::query("SELECT comments FROM versions WHERE +session = ?1 AND id = ?2")
            .bind(comment.session.to_string())
            .bind(comment.version.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(count) = count else {
            return Ok(Commented::NoVersion);
        };
        if count.try_get::<i64, _>(0)? >= i64::from(Comment::MOST) {
            return Ok(Commented::Full);
        }
        let revision = change(&mut tx, comment.session, comment.version, 1, comment.created_at).await?;
        sqlx::query(
            "INSERT INTO comments (id, session, version, client_id, author, author_name, words, revision, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )
        .bind(comment.id.to_string())
        .bind(comment.session.to_string())
        .bind(comment.version.to_string())
        .bind(comment.client_id.to_string())
        .bind(comment.author.visitor.map(|id| id.to_string()))
        .bind(&comment.author.name)
        .bind(comment.words.as_str())
        .bind(revision)
        .bind(comment.created_at.millis())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Commented::New(comment, revision.unsigned_abs()))
    }

    /// Removes a comment for good; the session's revision after it, or `None` when there is no such comment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_comment(
        &self,
        session: SessionId,
        version: VersionId,
        id: CommentId,
        now: Moment,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.begin().await?;
        let gone = sqlx::query("DELETE FROM comments WHERE session = ?1 AND version = ?2 AND id = ?3")
            .bind(session.to_string())
            .bind(version.to_string())
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        if gone.rows_affected() == 0 {
            return Ok(None);
        }
        let revision = change(&mut tx, session, version, -1, now).await?;
        tx.commit().await?;
        Ok(Some(revision.unsigned_abs()))
    }

    /// The comments on a version of this session, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn comments(&self, session: SessionId, version: VersionId) -> Result<Vec<Comment>, StoreError> {
        let rows = sqlx::query("SELECT * FROM comments WHERE +session = ?1 AND version = ?2 ORDER BY revision")
            .bind(session.to_string())
            .bind(version.to_string())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    /// One comment on a version of this session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn comment(
        &self,
        session: SessionId,
        version: VersionId,
        id: CommentId,
    ) -> Result<Option<Comment>, StoreError> {
        let row = sqlx::query("SELECT * FROM comments WHERE session = ?1 AND version = ?2 AND id = ?3")
            .bind(session.to_string())
            .bind(version.to_string())
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Versions whose comments changed after revision `after` and not after `upto`, in the order of their last change.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn comments_changed_between(
        &self,
        session: SessionId,
        after: u64,
        upto: u64,
        most: u32,
    ) -> Result<Vec<CommentsOf>, StoreError> {
        let signed = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX);
        let rows = sqlx::query(
            "SELECT v.id, v.number, v.comments, v.comments_revision, c.client_id, c.author_name
             FROM versions v LEFT JOIN comments c ON c.version = v.id AND c.revision = v.comments_revision
             WHERE v.session = ?1 AND v.comments_revision > 0 AND v.comments_revision > ?2 AND v.comments_revision <= ?3
             ORDER BY v.comments_revision LIMIT ?4",
        )
        .bind(session.to_string())
        .bind(signed(after))
        .bind(signed(upto))
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read_change).collect()
    }
}

/// Counts a comment that came or went, and says the session's revision with it.
async fn change(
    tx: &mut SqliteConnection,
    session: SessionId,
    version: VersionId,
    by: i64,
    now: Moment,
) -> Result<i64, StoreError> {
    let revision = bump_revision(tx, session, now).await?;
    sqlx::query("UPDATE versions SET comments = comments + ?2, comments_revision = ?3 WHERE id = ?1")
        .bind(version.to_string())
        .bind(by)
        .bind(revision)
        .execute(tx)
        .await?;
    Ok(revision)
}

/// The same words about the same version under the same name: sent twice. Other words under that name are another comment.
async fn sent_before(tx: &mut SqliteConnection, comment: &Comment) -> Result<Option<Comment>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM comments WHERE session = ?1 AND client_id = ?2 AND version = ?3 AND words = ?4")
            .bind(comment.session.to_string())
            .bind(comment.client_id.to_string())
            .bind(comment.version.to_string())
            .bind(comment.words.as_str())
            .fetch_optional(tx)
            .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &SqliteRow) -> Result<Comment, StoreError> {
    let c = Columns { table: "comments", row };
    Ok(Comment {
        id: c.parse("id")?,
        session: c.parse("session")?,
        version: c.parse("version")?,
        client_id: c.parse("client_id")?,
        author: Author {
            visitor: c.parse_opt("author")?,
            name: c.text("author_name")?,
        },
        words: Words::parse(&c.text("words")?).map_err(|_| c.damaged("words"))?,
        created_at: c.moment("created_at")?,
    })
}

fn read_change(row: &SqliteRow) -> Result<CommentsOf, StoreError> {
    let c = Columns { table: "versions", row };
    let newest: Option<ClientId> = c.parse_opt("client_id")?;
    Ok(CommentsOf {
        version: c.parse("id")?,
        number: c.number("number")?,
        count: c.number("comments")?,
        revision: c.number("comments_revision")?,
        newest: newest.zip(c.text_opt("author_name")?),
    })
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
    use uuid::Uuid;

    use super::*;
    use crate::store::{MIGRATIONS, migrator};

    const fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    const SESSION: SessionId = SessionId::new(id(1));
    const VERSION: VersionId = VersionId::new(id(2));

    /// A database as it was before comments, with a session of one picture in it, brought up to date.
    async fn from_before(folder: &std::path::Path) -> Store {
        let path = folder.join("plantain.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut old = SqliteConnection::connect_with(&options).await.expect("a database");
        migrator(&MIGRATIONS[..9])
            .run(&mut old)
            .await
            .expect("the schema before");
        let rows = format!(
            "BEGIN;
             INSERT INTO blobs VALUES ('{blob}', 'png', 1, 1, 1, 1);
             INSERT INTO sessions VALUES ('{SESSION}', 'Old', NULL, x'00', '{VERSION}', 4, 1, 1, 1, NULL);
             INSERT INTO versions (id, session, number, blob, created_at) VALUES ('{VERSION}', '{SESSION}', 1, '{blob}', 1);
             COMMIT;",
            blob = "ab".repeat(32),
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(rows))
            .execute(&mut old)
            .await
            .expect("rows");
        old.close().await.expect("closed");
        Store::open(&path).await.expect("brought up to date")
    }

    fn comment(n: u128, client: u128, words: &str) -> Comment {
        Comment {
            id: CommentId::new(id(n)),
            session: SESSION,
            version: VERSION,
            client_id: ClientId::new(id(client)),
            author: Author {
                visitor: None,
                name: "Ana".to_owned(),
            },
            words: Words::parse(words).expect("words"),
            created_at: Moment::from_millis(5),
        }
    }

    #[tokio::test]
    async fn comments_come_and_go_and_the_version_knows_how_many_there_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = from_before(folder.path()).await;
        let count = async || {
            store
                .version(SESSION, VERSION)
                .await
                .expect("read")
                .expect("it")
                .comments
        };
        assert_eq!(count().await, 0);
        let first = comment(10, 20, "a");
        assert_eq!(
            store.insert_comment(first.clone()).await.expect("written"),
            Commented::New(first.clone(), 5)
        );
        let again = store.insert_comment(comment(11, 20, "a")).await.expect("read");
        assert_eq!(again, Commented::Seen(first.clone()), "sent twice");
        let other = comment(12, 20, "other words");
        assert_eq!(
            store.insert_comment(other.clone()).await.expect("written"),
            Commented::New(other.clone(), 6),
            "other words are another comment"
        );
        assert_eq!(
            store.comments(SESSION, VERSION).await.expect("a list"),
            [first.clone(), other]
        );
        let changed = |after, upto| store.comments_changed_between(SESSION, after, upto, 9);
        let told = changed(4, 6).await.expect("a list");
        assert_eq!((told.len(), told[0].count, told[0].revision), (1, 2, 6));
        assert_eq!(told[0].newest, Some((ClientId::new(id(20)), "Ana".to_owned())));
        assert_eq!(changed(6, 9).await.expect("a list"), []);

        let now = Moment::from_millis(7);
        let strange = SessionId::new(id(9));
        assert_eq!(
            store
                .delete_comment(strange, VERSION, first.id, now)
                .await
                .expect("asked"),
            None
        );
        assert_eq!(
            store
                .delete_comment(SESSION, VERSION, first.id, now)
                .await
                .expect("gone"),
            Some(7)
        );
        assert_eq!(
            store
                .delete_comment(SESSION, VERSION, first.id, now)
                .await
                .expect("asked"),
            None
        );
        let told = changed(6, 7).await.expect("a list");
        assert_eq!((told[0].count, &told[0].newest), (1, &None), "nobody spoke");
        assert_eq!(count().await, 1);
    }

    #[tokio::test]
    async fn a_version_takes_so_many_comments_and_a_foreign_one_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = from_before(folder.path()).await;
        for n in 0..u128::from(Comment::MOST) {
            let commented = store.insert_comment(comment(100 + n, 1_000 + n, "a")).await;
            assert!(matches!(commented, Ok(Commented::New(..))), "{n}");
        }
        assert_eq!(
            store.insert_comment(comment(1, 1, "one more")).await.expect("asked"),
            Commented::Full
        );
        let stray = Comment {
            version: VersionId::new(id(77)),
            ..comment(2, 2, "a")
        };
        assert_eq!(store.insert_comment(stray).await.expect("asked"), Commented::NoVersion);
    }
}
