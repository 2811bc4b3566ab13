//! Rows of `costs`: what turns came to, and what is known from it.
//!
//! Rule: a row is written in the transaction that ends its turn, also where the turn failed or was cancelled and money is known
//! to be spent, and stays when the turn goes. A sum reads one index, a
//! forecast the last few rows of its backend. Written by `turns`, read by `turns` (ceilings) and `web`.

use sqlx::{Row, SqliteConnection};

use super::{Store, StoreError};
use crate::domain::{
    ids::{SessionId, VisitorId},
    time::Moment,
    turn::Turn,
};

/// How many turns a forecast looks at.
const LATELY: u32 = 9;

/// Whose spending is summed.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// A session's, from its beginning.
    Session(SessionId),
    /// A person's, since then.
    Person(VisitorId, Moment),
    /// Everybody's, since then.
    House(Moment),
}

/// What a backend's last turns were like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lately {
    /// How long one took, in milliseconds: the one in the middle. None: it has done nothing yet.
    pub took_ms: Option<u64>,
    /// Millionths of a dollar a picture cost on average, where the service told.
    pub picture_micros: Option<u64>,
}

/// What one attempt at a turn came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How many pictures the service made, whatever became of them.
    pub pictures: usize,
    /// Millionths of a dollar: as the service told, else as its prices say. None: nobody knows.
    pub micros: Option<u64>,
}

impl Store {
    /// Millionths of a dollar spent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn spent(&self, of: Of) -> Result<u64, StoreError> {
        let query = match of {
            Of::Session(session) => {
                sqlx::query("SELECT coalesce(sum(cost_micros), 0) FROM costs WHERE session = ?1 AND cost_micros IS NOT NULL")
                    .bind(session.to_string())
            }
            Of::Person(visitor, since) => sqlx::query(
                "SELECT coalesce(sum(cost_micros), 0) FROM costs WHERE visitor = ?1 AND at >= ?2 AND cost_micros IS NOT NULL",
            )
            .bind(visitor.to_string())
            .bind(since.millis()),
            Of::House(since) => {
                sqlx::query("SELECT coalesce(sum(cost_micros), 0) FROM costs WHERE at >= ?1 AND cost_micros IS NOT NULL")
                    .bind(since.millis())
            }
        };
        let spent: i64 = query.fetch_one(&self.readers).await?.try_get(0)?;
        Ok(u64::try_from(spent).unwrap_or(0))
    }

    /// Books what an attempt cost whose end is not written, because somebody cancelled it or the house stops.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn book(&self, turn: &Turn, cost: Cost, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert(&mut tx, turn, cost, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What this backend's last turns were like.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lately(&self, backend: &str) -> Result<Lately, StoreError> {
        let rows = sqlx::query(
            "SELECT took_ms, pictures, cost_micros FROM costs WHERE backend = ?1 ORDER BY id DESC LIMIT ?2",
        )
        .bind(backend)
        .bind(LATELY)
        .fetch_all(&self.readers)
        .await?;
        let mut took = Vec::with_capacity(rows.len());
        let (mut pictures, mut micros) = (0_u64, 0_u64);
        for row in &rows {
            took.push(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0));
            if let Some(cost) = row.try_get::<Option<i64>, _>(2)? {
                pictures += u64::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0);
                micros += u64::try_from(cost).unwrap_or(0);
            }
        }
        took.sort_unstable();
        Ok(Lately {
            took_ms: took.get(took.len() / 2).copied(),
            picture_micros: micros.checked_div(pictures),
        })
    }
}

pub(super) async fn insert(tx: &mut SqliteConnection, turn: &Turn, cost: Cost, now: Moment) -> Result<(), StoreError> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO costs (turn, session, visitor, backend, at, took_ms, pictures, cost_micros) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(turn.id.to_string())
    .bind(turn.session.to_string())
    .bind(turn.author.visitor.map(|id| id.to_string()))
    .bind(&turn.backend)
    .bind(now.millis())
    .bind(number(cost.took_ms))
    .bind(number(cost.pictures as u64))
    .bind(cost.micros.map(number))
    .execute(tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        ids::{ClientId, TurnId, VersionId},
        instruction::Instruction,
        turn::{Author, TurnState},
    };

    const JANUARY: Moment = Moment::from_millis(1_000);
    const FEBRUARY: Moment = Moment::from_millis(9_000);

    fn turn(session: u128, visitor: Option<u128>, backend: &str) -> Turn {
        Turn {
            id: TurnId::new(Uuid::from_u128(7)),
            session: SessionId::new(Uuid::from_u128(session)),
            client_id: ClientId::new(Uuid::from_u128(8)),
            place: 1,
            base: VersionId::new(Uuid::from_u128(9)),
            references: vec![],
            instruction: Instruction::parse("x").expect("words"),
            region: None,
            options: Default::default(),
            backend: backend.to_owned(),
            prompt: None,
            author: Author {
                visitor: visitor.map(|id| VisitorId::new(Uuid::from_u128(id))),
                name: "Ana".to_owned(),
            },
            created_at: JANUARY,
            revision: 1,
            state: TurnState::Queued,
        }
    }

    #[tokio::test]
    async fn sums_are_by_session_by_person_and_by_month_and_a_forecast_by_backend() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("plantain.db"))
            .await
            .expect("a database");
        assert_eq!(store.lately("a").await.expect("read"), Lately::default());
        let mut tx = store.begin().await.expect("a transaction");
        for (turn, at, took_ms, pictures, micros) in [
            (turn(1, Some(1), "a"), JANUARY, 9_000, 1, Some(100)),
            (turn(1, Some(2), "a"), FEBRUARY, 2_000, 3, Some(50)),
            (turn(2, Some(1), "a"), FEBRUARY, 4_000, 1, None),
            (turn(2, None, "b"), FEBRUARY, 70, 1, Some(7)),
        ] {
            let cost = Cost {
                took_ms,
                pictures,
                micros,
            };
            insert(&mut tx, &turn, cost, at).await.expect("written");
        }
        tx.commit().await.expect("kept");
        let person = |id| VisitorId::new(Uuid::from_u128(id));
        for (of, spent) in [
            (Of::Session(SessionId::new(Uuid::from_u128(1))), 150),
            (Of::Session(SessionId::new(Uuid::from_u128(3))), 0),
            (Of::Person(person(1), JANUARY), 100),
            (Of::Person(person(1), FEBRUARY), 0),
            (Of::House(JANUARY), 157),
            (Of::House(FEBRUARY), 57),
        ] {
            assert_eq!(store.spent(of).await.expect("read"), spent, "{of:?}");
        }
        let lately = store.lately("a").await.expect("read");
        assert_eq!((lately.took_ms, lately.picture_micros), (Some(4_000), Some(37)));
    }
}
