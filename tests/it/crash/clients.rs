//! People who go on with their work however often the server goes away.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::ledger::{Asked, Dice, Ledger, Picture};
use crate::house::{Person, fresh_id, photo};

/// What the built-in engine does in some tens of milliseconds.
const WORDS: [&str; 6] = [
    "make it warmer",
    "increase the contrast a bit",
    "blur it a little",
    "sharpen it",
    "make it black and white",
    "rotate it left",
];

pub struct Client {
    n: u64,
    dice: Dice,
    at: watch::Receiver<Option<SocketAddr>>,
    ledger: Arc<Ledger>,
    done: CancellationToken,
    /// With a connection of their own, kept from one server to the next.
    person: Option<Person>,
    /// The session it works in, with its token.
    session: Option<(String, String)>,
    asked: u32,
}

impl Client {
    pub fn new(
        n: u64,
        seed: u64,
        at: watch::Receiver<Option<SocketAddr>>,
        ledger: Arc<Ledger>,
        done: CancellationToken,
    ) -> Self {
        Self {
            n,
            dice: Dice::new(seed ^ (n << 32)),
            at,
            ledger,
            done,
            person: None,
            session: None,
            asked: 0,
        }
    }

    /// Works until it is told that it is enough.
    pub async fn live(mut self) {
        while !self.done.is_cancelled() {
            match (self.session.clone(), self.dice.between(0, 12)) {
                (None, _) | (_, 0) => self.begin().await,
                (Some((session, token)), 1..=4) => {
                    self.upload(&format!("/api/v1/sessions/{session}/pictures"), Some((session, token)))
                        .await;
                }
                (Some((session, token)), 5..=7) => {
                    let words = WORDS[usize::try_from(self.dice.between(0, 6)).expect("small")];
                    self.ask(session, token, words.to_owned(), "embedded").await;
                }
                (Some((session, token)), 8..=10) => {
                    self.asked += 1;
                    let pace =
                        ["late", "late", "soon", "silent"][usize::try_from(self.dice.between(0, 4)).expect("small")];
                    let words = format!("Paint boat {} of painter {}, {pace}", self.asked, self.n);
                    self.ask(session, token, words, "gemini").await;
                }
                (Some((session, token)), _) => self.try_again(&session, &token).await,
            }
        }
    }

    async fn begin(&mut self) {
        if let Some(body) = self.upload("/api/v1/sessions", None).await {
            let text = |value: &Value| value.as_str().expect("text").to_owned();
            self.session = Some((text(&body["session"]["id"]), text(&body["edit_token"])));
        }
    }

    /// Sends a picture once; without an answer it was not acknowledged, and nothing is expected of it.
    async fn upload(&mut self, path: &str, session: Option<(String, String)>) -> Option<Value> {
        let side = |dice: &mut Dice| u32::try_from(dice.between(20, 400)).expect("small");
        let bytes = photo(side(&mut self.dice), side(&mut self.dice));
        let mut person = self.person().await?;
        if let Some((_, token)) = &session {
            person = person.with_token(token);
        }
        let form = Form::new().part("picture", Part::bytes(bytes).file_name("photo.png"));
        let answer = person.ask(Method::POST, path).multipart(form).send().await.ok()?;
        let status = answer.status();
        let body: Value = answer.json().await.ok()?;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let (id, token) = session.unwrap_or_else(|| {
            let text = |value: &Value| value.as_str().expect("text").to_owned();
            (text(&body["session"]["id"]), text(&body["edit_token"]))
        });
        let version = if body["version"].is_null() {
            &body["session"]["versions"][0]
        } else {
            &body["version"]
        };
        let text = |name: &str| version[name].as_str().expect("text").to_owned();
        self.ledger.note_picture(Picture {
            session: id,
            token,
            version: text("id"),
            sha256: text("sha256"),
        });
        Some(body)
    }

    /// Hands in a turn, again and again with the same id until there is an answer.
    async fn ask(&mut self, session: String, token: String, words: String, backend: &'static str) {
        let body = json!({"instruction": words, "backend": backend, "client_id": fresh_id()});
        let path = format!("/api/v1/sessions/{session}/turns");
        loop {
            let Some(person) = self.person().await else { return };
            let sent = person
                .with_token(&token)
                .ask(Method::POST, &path)
                .json(&body)
                .send()
                .await;
            let Ok(answer) = sent else { continue };
            let status = answer.status();
            let Ok(body) = answer.json::<Value>().await else {
                continue;
            };
            if status == StatusCode::TOO_MANY_REQUESTS {
                self.session = None;
                return;
            }
            assert!(
                status == StatusCode::ACCEPTED || status == StatusCode::OK,
                "{status} {body}"
            );
            let turn = body["turn"]["id"].as_str().expect("an id").to_owned();
            self.ledger.note_turn(Asked {
                session,
                token,
                turn,
                words,
                backend,
            });
            return;
        }
    }

    /// Presses "try again" on the first turn of the session that was interrupted.
    async fn try_again(&mut self, session: &str, token: &str) {
        let Some(person) = self.person().await else { return };
        let person = person.with_token(token);
        let path = format!("/api/v1/sessions/{session}/turns");
        let Ok(answer) = person.ask(Method::GET, &format!("{path}?limit=100")).send().await else {
            return;
        };
        let Ok(list) = answer.json::<Value>().await else { return };
        let interrupted = list["turns"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|turn| turn["failure"]["kind"] == "interrupted");
        let Some(turn) = interrupted else { return };
        self.ledger.note_retry(turn["instruction"].as_str().expect("words"));
        let id = turn["id"].as_str().expect("an id");
        let _no_answer_is_fine = person.ask(Method::POST, &format!("{path}/{id}/retry")).send().await;
    }

    /// Who they are at the server's present address; waits while it is away. Nobody when it is enough.
    async fn person(&mut self) -> Option<Person> {
        // A refused connection must not become a busy loop until the news of the death arrives.
        tokio::time::sleep(Duration::from_millis(self.dice.between(1, 8))).await;
        let done = self.done.clone();
        let at = tokio::select! {
            at = self.at.wait_for(Option::is_some) => *at.ok()?,
            () = done.cancelled() => None,
        };
        let person = match self.person.take() {
            Some(person) => person.moved_to(at?),
            None => Person::at(at?),
        };
        self.person = Some(person.clone());
        Some(person)
    }
}
