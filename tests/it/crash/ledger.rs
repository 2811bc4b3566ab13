//! What the clients were told, and whether it is still so.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::Mutex,
};

use reqwest::StatusCode;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{counting_gemini::CountingGemini, house::Person};

/// Numbers that a seed repeats (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (z ^ (z >> 31)) % (high - low)
    }
}

/// A picture that was accepted.
#[derive(Clone)]
pub struct Picture {
    pub session: String,
    pub token: String,
    pub version: String,
    pub sha256: String,
}

/// A turn that was accepted.
#[derive(Clone)]
pub struct Asked {
    pub session: String,
    pub token: String,
    pub turn: String,
    pub words: String,
    pub backend: &'static str,
}

/// Everything that was acknowledged.
#[derive(Default)]
pub struct Ledger {
    pictures: Mutex<Vec<Picture>>,
    turns: Mutex<Vec<Asked>>,
    /// How often "try again" was pressed, by the words of the turn.
    retries: Mutex<HashMap<String, usize>>,
}

impl Ledger {
    pub fn pictures(&self) -> usize {
        self.pictures.lock().expect("no panic").len()
    }

    pub fn turns(&self) -> usize {
        self.turns.lock().expect("no panic").len()
    }

    pub fn note_picture(&self, picture: Picture) {
        self.pictures.lock().expect("no panic").push(picture);
    }

    pub fn note_turn(&self, asked: Asked) {
        self.turns.lock().expect("no panic").push(asked);
    }

    /// Written down before it is pressed, for nobody knows whether a press that got no answer arrived.
    pub fn note_retry(&self, words: &str) {
        *self
            .retries
            .lock()
            .expect("no panic")
            .entry(words.to_owned())
            .or_insert(0) += 1;
    }

    /// The newest entries and a few older ones are as they were told.
    pub async fn check_newest(&self, at: SocketAddr, dice: &mut Dice) {
        let anyone = Person::at(at);
        for picture in pick(&self.pictures, dice) {
            check_picture(&anyone, &picture).await;
        }
        for asked in pick(&self.turns, dice) {
            read_turn(&anyone, &asked, 0).await;
        }
    }

    /// Every entry is as it was told, every turn comes to an end, and no attempt was paid for twice. How the turns ended.
    pub async fn check_everything(&self, at: SocketAddr, service: &CountingGemini) -> String {
        let anyone = Person::at(at);
        let pictures = self.pictures.lock().expect("no panic").clone();
        for picture in &pictures {
            check_picture(&anyone, picture).await;
        }
        let turns = self.turns.lock().expect("no panic").clone();
        let retries = self.retries.lock().expect("no panic").clone();
        let mut ends: BTreeMap<String, usize> = BTreeMap::new();
        for asked in &turns {
            let turn = read_turn(&anyone, asked, 30).await;
            let state = turn["state"].as_str().expect("a state");
            let kind = turn["failure"]["kind"].as_str().unwrap_or_default();
            let calls = service.calls_of(&asked.words);
            let pressed = retries.get(&asked.words).copied().unwrap_or(0);
            match asked.backend {
                "embedded" => assert_eq!(state, "done", "{turn}"),
                _ => {
                    assert!(state == "done" || kind == "interrupted", "{turn}");
                    assert!(calls <= 1 + pressed, "{calls} calls and {pressed} retries: {turn}");
                    assert!(state != "done" || calls >= 1, "nobody made this: {turn}");
                }
            }
            *ends
                .entry(format!(
                    "{} {state}{}{kind}",
                    asked.backend,
                    if kind.is_empty() { "" } else { ": " }
                ))
                .or_default() += 1;
        }
        let told: Vec<String> = ends.iter().map(|(end, count)| format!("{count} {end}")).collect();
        told.join(", ")
    }
}

/// The last twelve and six at random.
fn pick<T: Clone>(all: &Mutex<Vec<T>>, dice: &mut Dice) -> Vec<T> {
    let all = all.lock().expect("no panic");
    let mut some: Vec<T> = all.iter().rev().take(12).cloned().collect();
    if !all.is_empty() {
        let count = all.len() as u64;
        some.extend((0..6).map(|_| all[usize::try_from(dice.between(0, count)).expect("small")].clone()));
    }
    some
}

async fn check_picture(anyone: &Person, picture: &Picture) {
    let Picture {
        session,
        token,
        version,
        sha256,
    } = picture;
    let path = format!("/api/v1/sessions/{session}/versions/{version}/picture");
    let answer = anyone.clone().with_token(token).get(&path).await;
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "an acknowledged picture is gone: {path}"
    );
    let bytes = answer.bytes().await.expect("all of it");
    assert_eq!(
        &hex::encode(Sha256::digest(&bytes)),
        sha256,
        "other bytes than were told: {path}"
    );
}

async fn read_turn(anyone: &Person, asked: &Asked, wait: u32) -> Value {
    let path = format!("/api/v1/sessions/{}/turns/{}?wait={wait}", asked.session, asked.turn);
    let turn = anyone.clone().with_token(&asked.token).json(&path).await["turn"].clone();
    assert_eq!(
        turn["instruction"],
        asked.words.as_str(),
        "an acknowledged turn is another: {turn}"
    );
    turn
}
