//! Rows of `gallery`: the pictures people look for, newest first, and the search in titles and instructions.
//!
//! Rule: every query walks an index from the newest row of those who ask and stops when a page is full, whatever else the
//! house holds; what people type is words and never syntax. The rows are kept by triggers (`0007_search.sql`). Read by
//! `web::gallery`, which asks `authorize` about every session that a page shows.

use sqlx::{QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::{Store, StoreError, rows::Columns, versions};
use crate::domain::{
    ids::{SessionId, VersionId, VisitorId},
    search::Words,
    session::Owner,
    time::Moment,
    version::Version,
};

/// The most sessions of others, and the most names, that are taken into account.
const MOST: u32 = 200;

/// Whose pictures.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Those of the sessions these own.
    pub owners: Vec<Owner>,
    /// Those of these sessions, which others own.
    pub shared: Vec<SessionId>,
}

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// These words in the title of the session or in the instruction.
    pub words: Option<Words>,
    /// Asked for by somebody of this name.
    pub person: Option<String>,
    /// Made by this backend.
    pub backend: Option<String>,
    /// Starred.
    pub starred: bool,
    /// Made then or later.
    pub from: Option<Moment>,
    /// Made before then.
    pub until: Option<Moment>,
}

/// One picture of the gallery.
#[derive(Debug, Clone)]
pub struct Found {
    /// The version.
    pub version: Version,
    /// What its session is called.
    pub title: String,
    /// The instruction that made it; empty for an upload.
    pub asked: String,
    /// Who asked; empty for an upload.
    pub person: String,
}

impl Store {
    /// Up to `limit` pictures, newest first, older than `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn gallery(
        &self,
        scope: &Scope,
        filter: &Filter,
        before: Option<VersionId>,
        limit: u32,
    ) -> Result<Vec<Found>, StoreError> {
        let before = match before {
            Some(version) => self.place_of(version).await?,
            None => i64::MAX,
        };
        let Some(mut query) = select("", scope, filter, before, limit) else {
            return Ok(Vec::new());
        };
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    /// Where a version stands among all of them; before everything when it is gone.
    async fn place_of(&self, version: VersionId) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT id FROM gallery WHERE version = ?")
            .bind(version.to_string())
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(i64::MIN))
    }

    /// The sessions of others that this visitor came to by a link that still works.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shared_with(
        &self,
        visitor: VisitorId,
        member: bool,
        now: Moment,
    ) -> Result<Vec<SessionId>, StoreError> {
        let rows = sqlx::query(
            "SELECT DISTINCT sh.session FROM grants g JOIN shares sh ON sh.id = g.share JOIN sessions s ON s.id = sh.session
             WHERE g.visitor = ?1 AND sh.revoked_at IS NULL AND (sh.expires_at IS NULL OR sh.expires_at > ?3)
               AND s.owner IS NOT ?1 AND NOT (s.owner IS NULL AND ?2) AND s.deleted_at IS NULL LIMIT ?4",
        )
        .bind(visitor.to_string())
        .bind(member)
        .bind(now.millis())
        .bind(MOST)
        .fetch_all(&self.readers)
        .await?;
        let session = |row: &SqliteRow| Columns { table: "shares", row }.parse("session");
        rows.iter().map(session).collect()
    }

    /// The names under which pictures were asked for, in their order: each is found by one step in the index.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn gallery_people(&self, scope: &Scope) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        for owner in &scope.owners {
            let rows = sqlx::query(
                "WITH RECURSIVE names (name) AS (
                     SELECT min(person) FROM gallery WHERE shelf = ?1 AND hidden = 0 AND person > ''
                     UNION ALL
                     SELECT (SELECT min(person) FROM gallery WHERE shelf = ?1 AND hidden = 0 AND person > names.name)
                     FROM names WHERE names.name IS NOT NULL)
                 SELECT name FROM names WHERE name IS NOT NULL LIMIT ?2",
            )
            .bind(shelf(*owner))
            .bind(MOST)
            .fetch_all(&self.readers)
            .await?;
            for row in &rows {
                names.push(row.try_get(0)?);
            }
        }
        let rows = sqlx::query(
            "SELECT DISTINCT person FROM gallery
             WHERE session IN (SELECT value FROM json_each(?1)) AND hidden = 0 AND person > '' LIMIT ?2",
        )
        .bind(listed(&scope.shared))
        .bind(MOST)
        .fetch_all(&self.readers)
        .await?;
        for row in &rows {
            names.push(row.try_get(0)?);
        }
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// The query, or none when nobody's pictures are asked for.
fn select(prefix: &str, scope: &Scope, filter: &Filter, before: i64, limit: u32) -> Option<QueryBuilder<Sqlite>> {
    if scope.owners.is_empty() && scope.shared.is_empty() {
        return None;
    }
    let mut query = QueryBuilder::new(prefix);
    query.push(
        "SELECT v.*, b.format, b.bytes, b.width, b.height, f.title, f.asked, f.person
         FROM (",
    );
    if let Some(words) = &filter.words {
        query.push(
            "SELECT g.id, g.version, g.title, g.asked, g.person FROM gallery_words w CROSS JOIN gallery g ON g.id = w.rowid
             WHERE w.gallery_words MATCH ",
        );
        query.push_bind(expression(scope, words));
        query.push(" AND w.rowid < ").push_bind(before);
        narrow(&mut query, filter, "w.rowid");
        query.push(" ORDER BY w.rowid DESC LIMIT ").push_bind(limit);
    } else {
        for (at, owner) in scope.owners.iter().enumerate() {
            query.push(if at == 0 { "" } else { " UNION ALL " });
            query.push(
                "SELECT * FROM (SELECT g.id, g.version, g.title, g.asked, g.person FROM gallery g WHERE g.shelf = ",
            );
            query.push_bind(shelf(*owner));
            newest(&mut query, filter, before, limit);
        }
        if !scope.shared.is_empty() {
            query.push(if scope.owners.is_empty() { "" } else { " UNION ALL " });
            query.push(
                "SELECT * FROM (SELECT g.id, g.version, g.title, g.asked, g.person FROM gallery g
                 WHERE g.session IN (SELECT value FROM json_each(",
            );
            query.push_bind(listed(&scope.shared)).push("))");
            newest(&mut query, filter, before, limit);
        }
    }
    query.push(") f JOIN versions v ON v.id = f.version JOIN blobs b ON b.id = v.blob ORDER BY f.id DESC LIMIT ");
    query.push_bind(limit);
    Some(query)
}

/// The end of one of the parts that are put together.
fn newest(query: &mut QueryBuilder<Sqlite>, filter: &Filter, before: i64, limit: u32) {
    query.push(" AND g.id < ").push_bind(before);
    narrow(query, filter, "g.id");
    query.push(" ORDER BY g.id DESC LIMIT ").push_bind(limit).push(")");
}

/// What the filter asks of each row. Rows are in the order of time, so that days are a range of `place`.
fn narrow(query: &mut QueryBuilder<Sqlite>, filter: &Filter, place: &'static str) {
    query.push(" AND g.hidden = 0");
    if let Some(person) = &filter.person {
        query.push(" AND g.person = ").push_bind(person.clone());
    }
    if let Some(backend) = &filter.backend {
        query.push(" AND g.backend = ").push_bind(backend.clone());
    }
    if filter.starred {
        query.push(" AND g.starred = 1");
    }
    if let Some(from) = filter.from {
        query.push(" AND g.at >= ").push_bind(from.millis());
        query.push(format_args!(" AND {place} >= (SELECT id FROM gallery WHERE at >= "));
        query.push_bind(from.millis()).push(" ORDER BY at, id LIMIT 1)");
    }
    if let Some(until) = filter.until {
        query.push(" AND g.at < ").push_bind(until.millis());
        query.push(format_args!(" AND {place} <= (SELECT id FROM gallery WHERE at < "));
        query
            .push_bind(until.millis())
            .push(" ORDER BY at DESC, id DESC LIMIT 1)");
    }
}

/// The search as FTS5 wants it: within the pictures of those who ask, so that those of others cost nothing. Only letters and
/// digits get in, each word in quotes.
fn expression(scope: &Scope, words: &Words) -> String {
    let plain = |id: String| id.replace('-', "");
    let owners = scope.owners.iter().map(|owner| plain(shelf(*owner)));
    let shared = scope.shared.iter().map(|session| plain(session.to_string()));
    let within: Vec<String> = owners.chain(shared).map(|id| format!("\"{id}\"")).collect();
    let (last, others) = words.split_last();
    let mut wanted: Vec<String> = others.iter().map(|word| format!("\"{word}\"")).collect();
    wanted.push(format!("\"{last}\" *"));
    format!(
        "(scope : ({})) AND ({{title asked}} : ({}))",
        within.join(" OR "),
        wanted.join(" AND ")
    )
}

fn shelf(owner: Owner) -> String {
    match owner {
        Owner::Visitor(visitor) => visitor.to_string(),
        Owner::Team => "team".to_owned(),
    }
}

fn listed(sessions: &[SessionId]) -> String {
    // Ids need no escaping.
    let ids: Vec<String> = sessions.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", ids.join(","))
}

fn read(row: &SqliteRow) -> Result<Found, StoreError> {
    let c = Columns { table: "gallery", row };
    Ok(Found {
        version: versions::read(row)?,
        title: c.text("title")?,
        asked: c.text("asked")?,
        person: c.text("person")?,
    })
}

#[cfg(test)]
mod tests;
