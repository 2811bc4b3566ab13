//! How a row of `turns` becomes a turn.
//!
//! Rule: every query for whole turns begins with `select_turns!`, which brings the lists beside the row. Used by the
//! files of this folder alone.

use sqlx::{SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        ids::{ClientId, SessionId, TurnId},
        instruction::Instruction,
        options::Options,
        region::{Marked, Portion},
        turn::{Author, Failure, FailureKind, Outcome, Turn, TurnState},
    },
    store::{StoreError, rows::Columns},
};

/// A query for whole turns.
macro_rules! select_turns {
    ($rest:literal) => {
        concat!(
            "SELECT t.*,
                 (SELECT g.share_ppm FROM regions g WHERE g.id = t.region) AS region_share,
                 (SELECT json_group_array(r.version ORDER BY r.position) FROM turn_references r WHERE r.turn = t.id) AS refs,
                 (SELECT json_group_array(v.id ORDER BY v.candidate) FROM versions v WHERE v.turn = t.id) AS made
             FROM turns t ",
            $rest
        )
    };
}
pub(super) use select_turns;

pub(super) async fn one(tx: &mut SqliteConnection, id: TurnId) -> Result<Turn, StoreError> {
    read(
        &sqlx::query(select_turns!("WHERE t.id = ?"))
            .bind(id.to_string())
            .fetch_one(tx)
            .await?,
    )
}

pub(super) async fn find(
    tx: &mut SqliteConnection,
    session: SessionId,
    id: TurnId,
) -> Result<Option<Turn>, StoreError> {
    let row = sqlx::query(select_turns!("WHERE t.session = ?1 AND t.id = ?2"))
        .bind(session.to_string())
        .bind(id.to_string())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn by_client_id(
    tx: &mut SqliteConnection,
    session: SessionId,
    client_id: ClientId,
) -> Result<Option<Turn>, StoreError> {
    let row = sqlx::query(select_turns!("WHERE t.session = ?1 AND t.client_id = ?2"))
        .bind(session.to_string())
        .bind(client_id.to_string())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) fn read(row: &SqliteRow) -> Result<Turn, StoreError> {
    let c = Columns { table: "turns", row };
    let instruction = Instruction::parse(&c.text("instruction")?).map_err(|_| c.damaged("instruction"))?;
    Ok(Turn {
        id: c.parse("id")?,
        session: c.parse("session")?,
        client_id: c.parse("client_id")?,
        place: c.number("place")?,
        base: c.parse("base")?,
        references: c.list("refs")?,
        instruction,
        region: read_region(&c)?,
        options: serde_json::from_str::<Options>(&c.text("options")?).map_err(|_| c.damaged("options"))?,
        backend: c.text("backend")?,
        prompt: c.text_opt("prompt")?,
        author: Author {
            visitor: c.parse_opt("author")?,
            name: c.text("author_name")?,
        },
        created_at: c.moment("created_at")?,
        revision: c.number("revision")?,
        state: read_state(&c)?,
    })
}

fn read_region(c: &Columns<'_>) -> Result<Option<Marked>, StoreError> {
    let share = c.number_opt("region_share")?.map(Portion::from_ppm);
    let id = c.parse_opt("region")?;
    Ok(id.zip(share).map(|(id, share)| Marked { id, share }))
}

fn read_state(c: &Columns<'_>) -> Result<TurnState, StoreError> {
    Ok(match c.text("state")?.as_str() {
        "queued" => TurnState::Queued,
        "running" => TurnState::Running {
            started_at: c.moment("started_at")?,
        },
        "cancelled" => TurnState::Cancelled,
        "done" => TurnState::Done(Outcome {
            versions: c.list("made")?,
            selected: c.parse("selected")?,
            note: c.text_opt("note")?,
            took_ms: c.number("took_ms")?,
            usage: c.text_opt("usage")?.and_then(|text| serde_json::from_str(&text).ok()),
        }),
        "failed" => TurnState::Failed(Failure {
            kind: failure_kind(c)?,
            message: c.text("failure_message")?,
            note: c.text_opt("note")?,
            retry_after_s: c.number_opt("failure_retry_s")?,
        }),
        _ => return Err(c.damaged("state")),
    })
}

fn failure_kind(c: &Columns<'_>) -> Result<FailureKind, StoreError> {
    let word = c.text("failure_kind")?;
    FailureKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or_else(|| c.damaged("failure_kind"))
}
