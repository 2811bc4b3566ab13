//! A long conversation without the work: rows as the worker leaves them.
//!
//! Rule: every turn is done and made from the one before. Called by tests of long sessions, here and in the browser.

use plantain::{
    domain::{
        ids::{ClientId, SessionId, TurnId, VersionId},
        instruction::Instruction,
        picture::Blob,
        turn::Author,
    },
    random,
    store::{
        costs::Cost,
        turns::{Finished, Made, NewTurn},
    },
};

use crate::house::House;

/// Adds finished turns, each made from the one before: rows as the worker leaves them, over one and the same picture.
pub async fn talk(house: &House, session: &str, turns: u32) {
    let app = &house.app;
    let id: SessionId = session.parse().expect("an id");
    let mut base: VersionId = app.store.session(id).await.expect("rows").expect("a session").head;
    let blob: Blob = app
        .store
        .version(id, base)
        .await
        .expect("rows")
        .expect("a version")
        .blob;
    for n in 0..turns {
        let now = app.clock.now();
        let new = NewTurn {
            id: TurnId::new(random::uuid(now)),
            session: id,
            client_id: ClientId::new(random::uuid(now)),
            base,
            references: Vec::new(),
            instruction: Instruction::parse(&format!("Make it a little warmer, for the {n}th time")).expect("words"),
            region: None,
            options: Default::default(),
            backend: "scripted".to_owned(),
            author: Author {
                visitor: None,
                name: "Ana".to_owned(),
            },
        };
        app.store.insert_turn(&new, 100, now).await.expect("rows");
        let claimed = app.store.claim_turn(&["scripted".to_owned()], now).await.expect("rows");
        let claimed = claimed.expect("the turn just handed in");
        base = VersionId::new(random::uuid(now));
        let finished = Finished {
            pictures: vec![Made {
                id: base,
                blob: blob.clone(),
                as_returned: None,
                drift: None,
            }],
            parent: None,
            select: None,
            note: None,
            took_ms: 500,
            usage: None,
            cost: Cost {
                took_ms: 500,
                pictures: 1,
                micros: None,
            },
            prompt: None,
            raw: None,
            making: None,
            originals: Vec::new(),
        };
        app.store.finish_turn(&claimed, &finished, now).await.expect("rows");
    }
}
