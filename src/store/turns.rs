//! Rows of `turns`: submit, claim, finish.
//!
//! Rule: turns of one session run in the order of their places, one at a time, and an attempt that was overtaken (by a
//! cancel, a restart) writes nothing. Each of these is one short transaction.
//!
//! No statement costs more with the length of a session or of the house's history: SQLite takes the index of open turns
//! only when its condition is written out (`state IN ('queued', 'running')`), and a `+` keeps it from walking a whole
//! session where ids are named.
//!
//! Read this file (the life of a turn), then `queries`, then `mend` (after a stop, and in the trash).

mod mend;
mod queries;
mod rows;

use sqlx::{Row, SqliteConnection};

use self::rows::{by_client_id, find, one};
use super::{
    Store, StoreError, bump_revision, costs, costs::Cost, provenance, raw_parts, regions, rows::Columns,
    sessions::set_head, versions,
};
use crate::domain::{
    drift::Drift,
    ids::{ClientId, RegionId, SessionId, TurnId, VersionId},
    instruction::Instruction,
    making::Making,
    options::Options,
    picture::{Blob, BlobId},
    time::Moment,
    turn::{Author, Failure, Turn, TurnState, Usage},
    version::{Origin, Original, RawParts, Version},
};
pub(super) use mend::cancel_open_turns;

/// A turn as it is handed in.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// Its id, fresh.
    pub id: TurnId,
    /// The session.
    pub session: SessionId,
    /// What its sender calls it.
    pub client_id: ClientId,
    /// The version to edit.
    pub base: VersionId,
    /// Further pictures, in order.
    pub references: Vec<VersionId>,
    /// What to do.
    pub instruction: Instruction,
    /// Where, if somebody drew it.
    pub region: Option<RegionId>,
    /// What was chosen beside the words.
    pub options: Options,
    /// Who does it.
    pub backend: String,
    /// Who asks.
    pub author: Author,
}

/// What came of handing in a turn.
#[derive(Debug, Clone)]
pub enum Inserted {
    /// It waits in the queue; the session's revision with it.
    New(Turn),
    /// The sender had handed it in before: that turn.
    Seen(Turn),
    /// The base or a reference is not a version of this session, or the session was put in the trash meanwhile.
    NoSuchVersion,
    /// The region is not one of this session.
    NoSuchRegion,
    /// The region was drawn on a picture of another shape than the base.
    OtherShape,
    /// Too many turns of this session are waiting.
    Full,
}

/// A turn taken from the queue.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The turn, running.
    pub turn: Turn,
    /// 1 for the first try.
    pub attempt: u32,
}

/// One picture that an attempt made.
#[derive(Debug)]
pub struct Made {
    /// The version it becomes, fresh.
    pub id: VersionId,
    /// The picture.
    pub blob: Blob,
    /// The model's own picture, where that is another.
    pub as_returned: Option<Blob>,
    /// What was measured.
    pub drift: Option<Drift>,
}

/// What a finished attempt leaves behind.
#[derive(Debug)]
pub struct Finished {
    /// New pictures (already on disk), best first, each with a fresh id.
    pub pictures: Vec<Made>,
    /// The version they were made from; the turn's base unless the words led elsewhere.
    pub parent: Option<VersionId>,
    /// Without pictures: the version to select.
    pub select: Option<VersionId>,
    /// What the backend said.
    pub note: Option<String>,
    /// How long it took.
    pub took_ms: u64,
    /// What the service told about it.
    pub usage: Option<Usage>,
    /// What is booked for it.
    pub cost: Cost,
    /// The words that went to the model.
    pub prompt: Option<String>,
    /// What the model answered when it made the first picture, already on disk.
    pub raw: Option<RawParts>,
    /// How the pictures were made.
    pub making: Option<Making>,
    /// Those of them that came with credentials of their own, by their place, already on disk.
    pub originals: Vec<(usize, Original)>,
}

impl Finished {
    /// Every file that its rows will name.
    #[must_use]
    pub fn files(&self) -> Vec<BlobId> {
        let pictures = self.pictures.iter().flat_map(|made| {
            let returned = made.as_returned.as_ref().map(|blob| blob.id);
            std::iter::once(made.blob.id).chain(returned)
        });
        let raw = self.raw.iter().map(|raw| raw.file);
        let originals = self.originals.iter().map(|(_, original)| original.file);
        pictures.chain(raw).chain(originals).collect()
    }
}

impl Store {
    /// Hands in a turn: one transaction, so that the same `client_id` twice, even at once, makes one turn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_turn(&self, new: &NewTurn, most_open: u32, now: Moment) -> Result<Inserted, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(turn) = by_client_id(&mut tx, new.session, new.client_id).await? {
            return Ok(Inserted::Seen(turn));
        }
        if !is_in_use(&mut tx, new.session).await? {
            return Ok(Inserted::NoSuchVersion);
        }
        for version in std::iter::once(&new.base).chain(&new.references) {
            if !versions::belongs(&mut tx, new.session, *version).await? {
                return Ok(Inserted::NoSuchVersion);
            }
        }
        if let Some(region) = new.region
            && !regions::belongs(&mut tx, new.session, region).await?
        {
            return Ok(Inserted::NoSuchRegion);
        }
        if let Some(region) = new.region
            && !regions::lies_over(&mut tx, region, new.base).await?
        {
            return Ok(Inserted::OtherShape);
        }
        let row = sqlx::query(
            "SELECT (SELECT 1 + coalesce(max(place), 0) FROM turns WHERE session = ?1),
                    (SELECT count(*) FROM turns WHERE +session = ?1 AND state IN ('queued', 'running'))",
        )
        .bind(new.session.to_string())
        .fetch_one(&mut *tx)
        .await?;
        let (place, open): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if open >= i64::from(most_open) {
            return Ok(Inserted::Full);
        }
        let revision = bump_revision(&mut tx, new.session, now).await?;
        insert_row(&mut tx, new, place, revision, now).await?;
        let turn = one(&mut tx, new.id).await?;
        tx.commit().await?;
        Ok(Inserted::New(turn))
    }

    /// Takes the oldest queued turn of one of these backends whose session has nothing earlier open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_turn(&self, backends: &[String], now: Moment) -> Result<Option<Claimed>, StoreError> {
        let backends = serde_json::to_string(backends).map_err(|error| StoreError::Damaged {
            table: "turns",
            what: error.to_string(),
        })?;
        let mut tx = self.begin().await?;
        let row = sqlx::query(
            "UPDATE turns SET state = 'running', attempt = attempt + 1, started_at = ?2
             WHERE id = (
                 SELECT t.id FROM turns t JOIN sessions s ON s.id = t.session
                 WHERE t.state IN ('queued', 'running') AND t.state = 'queued' AND s.deleted_at IS NULL AND t.backend IN (SELECT value FROM json_each(?1))
                   AND NOT EXISTS (SELECT 1 FROM turns e WHERE e.session = t.session
                                   AND (e.state = 'running' OR (e.state = 'queued' AND e.place < t.place)))
                 ORDER BY t.queued_at, t.id LIMIT 1)
             RETURNING id, session, attempt",
        )
        .bind(backends)
        .bind(now.millis())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let c = Columns {
            table: "turns",
            row: &row,
        };
        let (id, session, attempt) = (c.parse("id")?, c.parse("session")?, c.number("attempt")?);
        stamp(&mut tx, session, id, now).await?;
        let turn = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(Claimed { turn, attempt }))
    }

    /// Ends an attempt with what it brought; `None` when the turn has moved on meanwhile (only what it cost is written
    /// then).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish_turn(
        &self,
        claimed: &Claimed,
        finished: &Finished,
        now: Moment,
    ) -> Result<Option<Turn>, StoreError> {
        let turn = &claimed.turn;
        let mut tx = self.begin().await?;
        if !is_current(&mut tx, claimed).await? {
            book_overtaken(tx, turn, finished.cost, now).await?;
            return Ok(None);
        }
        let selected = match finished.pictures.first() {
            Some(first) => first.id,
            None => finished.select.unwrap_or(turn.base),
        };
        for (candidate, made) in (0..).zip(&finished.pictures) {
            if let Some(returned) = &made.as_returned {
                versions::insert_blob(&mut tx, returned, now).await?;
            }
            let version = Version {
                id: made.id,
                session: turn.session,
                number: versions::next_number(&mut tx, turn.session).await?,
                parent: finished.parent.or(Some(turn.base)),
                origin: Origin::Turn(turn.id),
                blob: made.blob.clone(),
                canvas: false,
                as_returned: made.as_returned.as_ref().map(|blob| blob.id),
                drift: made.drift.clone(),
                created_at: now,
                starred: false,
                comments: 0,
            };
            versions::insert(&mut tx, &version, candidate).await?;
            if let Some(raw) = finished.raw.as_ref().filter(|_| candidate == 0) {
                raw_parts::insert(&mut tx, version.id, raw).await?;
            }
            provenance::insert_making(&mut tx, version.id, finished.making.as_ref()).await?;
            let originals = finished
                .originals
                .iter()
                .filter(|(place, _)| u32::try_from(*place) == Ok(candidate));
            for (_, original) in originals {
                provenance::insert_original(&mut tx, version.id, original).await?;
            }
        }
        let usage = finished.usage.map(|usage| serde_json::to_string(&usage)).transpose();
        let usage = usage.map_err(|error| StoreError::Damaged {
            table: "turns",
            what: error.to_string(),
        })?;
        sqlx::query(
            "UPDATE turns SET state = 'done', took_ms = ?2, note = ?3, usage = ?4, selected = ?5, prompt = ?6 WHERE id = ?1",
        )
        .bind(turn.id.to_string())
        .bind(i64::try_from(finished.took_ms).unwrap_or(i64::MAX))
        .bind(finished.note.as_deref())
        .bind(usage)
        .bind(selected.to_string())
        .bind(finished.prompt.as_deref())
        .execute(&mut *tx)
        .await?;
        costs::insert(&mut tx, turn, finished.cost, now).await?;
        let revision = stamp(&mut tx, turn.session, turn.id, now).await?;
        set_head(&mut tx, turn.session, selected, revision).await?;
        let turn = one(&mut tx, turn.id).await?;
        tx.commit().await?;
        Ok(Some(turn))
    }

    /// Ends an attempt without a picture, and books what it `cost` all the same, if anything; `None` when the turn has moved
    /// on meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fail_turn(
        &self,
        claimed: &Claimed,
        failure: &Failure,
        (prompt, cost): (Option<&str>, Cost),
        now: Moment,
    ) -> Result<Option<Turn>, StoreError> {
        let mut tx = self.begin().await?;
        if !is_current(&mut tx, claimed).await? {
            book_overtaken(tx, &claimed.turn, cost, now).await?;
            return Ok(None);
        }
        if cost.micros.is_some() {
            costs::insert(&mut tx, &claimed.turn, cost, now).await?;
        }
        write_failure(&mut tx, claimed.turn.id, failure).await?;
        sqlx::query("UPDATE turns SET prompt = ?2 WHERE id = ?1")
            .bind(claimed.turn.id.to_string())
            .bind(prompt)
            .execute(&mut *tx)
            .await?;
        stamp(&mut tx, claimed.turn.session, claimed.turn.id, now).await?;
        let turn = one(&mut tx, claimed.turn.id).await?;
        tx.commit().await?;
        Ok(Some(turn))
    }

    /// Queued or running → cancelled. `None` when there is no such turn; a turn that has ended comes back as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cancel_turn(&self, session: SessionId, id: TurnId, now: Moment) -> Result<Option<Turn>, StoreError> {
        self.change_state(session, id, now, |state| state.cancel()).await
    }

    /// Failed or cancelled → queued again, at its old place. `None` when there is no such turn; any other comes back as
    /// it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retry_turn(&self, session: SessionId, id: TurnId, now: Moment) -> Result<Option<Turn>, StoreError> {
        self.change_state(session, id, now, |state| state.retry()).await
    }

    async fn change_state(
        &self,
        session: SessionId,
        id: TurnId,
        now: Moment,
        change: impl FnOnce(TurnState) -> Result<TurnState, crate::domain::turn::BadTransition>,
    ) -> Result<Option<Turn>, StoreError> {
        let mut tx = self.begin().await?;
        let Some(turn) = find(&mut tx, session, id).await? else {
            return Ok(None);
        };
        let Ok(next) = change(turn.state.clone()) else {
            return Ok(Some(turn));
        };
        if !next.is_ended() && !is_in_use(&mut tx, session).await? {
            return Ok(None);
        }
        sqlx::query(
            "UPDATE turns SET state = ?2, queued_at = ?3, failure_kind = NULL, failure_message = NULL, failure_retry_s = NULL, note = NULL
             WHERE id = ?1",
        )
        .bind(id.to_string())
        .bind(next.as_str())
        .bind(now.millis())
        .execute(&mut *tx)
        .await?;
        stamp(&mut tx, session, id, now).await?;
        let turn = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(turn))
    }
}

/// Writes what an attempt cost that writes nothing else.
async fn book_overtaken(
    mut tx: sqlx::Transaction<'static, sqlx::Sqlite>,
    turn: &Turn,
    cost: Cost,
    now: Moment,
) -> Result<(), StoreError> {
    if cost.micros.is_some() {
        costs::insert(&mut tx, turn, cost, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn insert_row(
    tx: &mut SqliteConnection,
    new: &NewTurn,
    place: i64,
    revision: i64,
    now: Moment,
) -> Result<(), StoreError> {
    let options = serde_json::to_string(&new.options).map_err(|error| StoreError::Damaged {
        table: "turns",
        what: error.to_string(),
    })?;
    sqlx::query(
        "INSERT INTO turns (id, session, client_id, place, base, instruction, backend, author, author_name, state, revision, created_at, queued_at, region, options)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'queued', ?10, ?11, ?11, ?12, ?13)",
    )
    .bind(new.id.to_string())
    .bind(new.session.to_string())
    .bind(new.client_id.to_string())
    .bind(place)
    .bind(new.base.to_string())
    .bind(new.instruction.as_str())
    .bind(&new.backend)
    .bind(new.author.visitor.map(|id| id.to_string()))
    .bind(&new.author.name)
    .bind(revision)
    .bind(now.millis())
    .bind(new.region.map(|id| id.to_string()))
    .bind(options)
    .execute(&mut *tx)
    .await?;
    for (position, version) in (0_i64..).zip(&new.references) {
        sqlx::query("INSERT INTO turn_references (turn, position, version) VALUES (?1, ?2, ?3)")
            .bind(new.id.to_string())
            .bind(position)
            .bind(version.to_string())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Counts a visible change of the session and marks the turn with it.
pub(super) async fn stamp(
    tx: &mut SqliteConnection,
    session: SessionId,
    turn: TurnId,
    now: Moment,
) -> Result<i64, StoreError> {
    let revision = bump_revision(tx, session, now).await?;
    sqlx::query("UPDATE turns SET revision = ?2 WHERE id = ?1")
        .bind(turn.to_string())
        .bind(revision)
        .execute(tx)
        .await?;
    Ok(revision)
}

async fn write_failure(tx: &mut SqliteConnection, id: TurnId, failure: &Failure) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE turns SET state = 'failed', failure_kind = ?2, failure_message = ?3, failure_retry_s = ?4, note = ?5 WHERE id = ?1",
    )
    .bind(id.to_string())
    .bind(failure.kind.as_str())
    .bind(&failure.message)
    .bind(failure.retry_after_s)
    .bind(failure.note.as_deref())
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether the attempt is still the one that runs.
async fn is_current(tx: &mut SqliteConnection, claimed: &Claimed) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM turns WHERE id = ?1 AND state = 'running' AND attempt = ?2)")
        .bind(claimed.turn.id.to_string())
        .bind(claimed.attempt)
        .fetch_one(tx)
        .await?;
    Ok(row.try_get(0)?)
}

/// Whether the session is there and not in the trash.
async fn is_in_use(tx: &mut SqliteConnection, session: SessionId) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM sessions WHERE id = ? AND deleted_at IS NULL)")
        .bind(session.to_string())
        .fetch_one(tx)
        .await?;
    Ok(row.try_get(0)?)
}
