//! The live stream: nothing is missed, nobody is waited for, and what all see is made once.

use std::{collections::HashMap, sync::Arc, time::Duration};

use plantain::backends::BackendError;
use reqwest::{Method, Response, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    task::JoinSet,
};

use crate::{
    house::{Begun, House, Person, fresh_id, photo},
    scripted::Scripted,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A house whose backend answers at once: a small picture, every fifth time a refusal.
async fn quick_house(args: &[&str]) -> House {
    let scripted = Scripted::new(|n| match n % 5 {
        3 => Err(BackendError::Blocked {
            reason: "SAFETY".to_owned(),
            note: None,
        }),
        _ => Ok(photo(8 + u32::try_from(n % 40).expect("below 40"), 8)),
    });
    House::with_backend(args, Arc::new(scripted)).await
}

/// One event as a browser's parser hands it on.
#[derive(Debug, Clone, Default)]
struct Heard {
    name: String,
    data: String,
    id: Option<u64>,
}

/// Reads a stream as a browser does.
struct Ear {
    stream: Response,
    unread: String,
}

impl Ear {
    async fn open(who: &Person, session: &str, last: Option<&str>) -> Self {
        loop {
            let mut request = who.ask(Method::GET, &format!("/s/{session}/events"));
            if let Some(last) = last {
                request = request.header("last-event-id", last);
            }
            let stream = request.send().await.expect("an answer");
            // A line that was just dropped may still be counted.
            if stream.status() != StatusCode::TOO_MANY_REQUESTS {
                assert_eq!(stream.status(), StatusCode::OK);
                assert_eq!(stream.headers()["content-type"], "text/event-stream");
                let unread = String::new();
                return Self { stream, unread };
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The next event; `None` when the stream has ended. What is cut off in the middle counts for nothing.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let heard = parse(block);
                self.unread = rest.to_owned();
                if let Some(heard) = heard {
                    return Some(heard);
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.stream.chunk())
                .await
                .expect("a word in time");
            self.unread
                .push_str(std::str::from_utf8(&chunk.ok()??).expect("whole characters"));
        }
    }
}

/// Nothing when it was only a comment.
fn parse(block: &str) -> Option<Heard> {
    let mut heard = Heard::default();
    let mut data = Vec::new();
    for line in block.lines() {
        match line.split_once(": ").unwrap_or((line.trim_end_matches(':'), "")) {
            ("event", name) => heard.name = name.to_owned(),
            ("id", id) => heard.id = Some(id.parse().expect("a revision")),
            ("data", line) => data.push(line.to_owned()),
            ("", _) => {}
            other => panic!("{other:?}"),
        }
    }
    heard.data = data.join("\n");
    (!heard.name.is_empty()).then_some(heard)
}

/// What a page holds after the events it heard.
#[derive(Default)]
struct Mirror {
    last: Option<u64>,
    turns: HashMap<String, String>,
    head: String,
}

impl Mirror {
    fn take(&mut self, heard: &Heard) {
        match heard.name.as_str() {
            "turn" => {
                let (id, card) = cards(&heard.data).pop().expect("a card");
                self.turns.insert(id, card);
            }
            "session" => self.head.clone_from(&heard.data),
            // Neither who else is here nor how far a turn is goes into what stays.
            "progress" | "part" => return,
            other => panic!("{other}"),
        }
        if let Some(id) = heard.id {
            assert!(Some(id) > self.last, "{id} comes after {:?}", self.last);
            self.last = Some(id);
        }
    }
}

/// The cards in some HTML, by id.
fn cards(html: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(html);
    let selector = Selector::parse("article.turn[data-place]").expect("a selector");
    let of = |card: scraper::ElementRef<'_>| (card.value().id().unwrap_or_default().to_owned(), card.html());
    page.select(&selector)
        .map(of)
        .filter(|(id, _)| id != "turn-sending")
        .collect()
}

/// Every card as the rows have it now, from the pages of the conversation.
async fn truth(who: &Person, session: &str) -> HashMap<String, String> {
    let mut all = HashMap::new();
    let mut before = u32::MAX;
    while before > 1 {
        let page = who.get(&format!("/s/{session}/turns?before={before}")).await;
        let html = page.text().await.expect("HTML");
        let first = Html::parse_document(&html)
            .select(&Selector::parse("article.turn").expect("a selector"))
            .find_map(|card| card.value().attr("data-place")?.parse().ok());
        all.extend(cards(&html));
        before = first.unwrap_or(1);
    }
    all
}

async fn submit(who: &Person, session: &str, words: &str) -> String {
    let body = json!({"instruction": words, "client_id": fresh_id()});
    let answer = who.post(&format!("/api/v1/sessions/{session}/turns"), &body).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let turn: Value = answer.json().await.expect("JSON");
    turn["turn"]["id"].as_str().expect("an id").to_owned()
}

async fn rename(who: &Person, session: &str, title: &str) {
    let request = who.ask(Method::PATCH, &format!("/api/v1/sessions/{session}"));
    let answer = request.json(&json!({"title": title})).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
}

/// About `turns` × 4 changes of every kind, ending with the title "The end".
async fn much_happens(who: Person, session: Begun, turns: u32) {
    let path = format!("/api/v1/sessions/{}", session.id);
    let mut ids = Vec::new();
    for n in 0..turns {
        let id = submit(&who, &session.id, &format!("change {n}\nin two lines")).await;
        ids.push(id.clone());
        match n % 7 {
            2 => drop(who.post(&format!("{path}/turns/{id}/cancel"), &json!({})).await),
            3 => rename(&who, &session.id, &format!("Title {n}")).await,
            4 => {
                let request = who.ask(Method::PATCH, &path).json(&json!({"head": session.head}));
                assert_eq!(request.send().await.expect("an answer").status(), StatusCode::OK);
            }
            5 => drop(who.json(&format!("{path}/turns/{id}?wait=30")).await),
            _ => {}
        }
    }
    for id in ids {
        who.json(&format!("{path}/turns/{id}?wait=30")).await;
    }
    rename(&who, &session.id, "The end").await;
}

/// A reader whose line breaks again and again, at any byte.
async fn lives_with_a_bad_line(who: Person, session: String, mut seed: u64) -> (Mirror, u32) {
    let mut mirror = Mirror::default();
    let mut breaks = 0;
    loop {
        let last = mirror.last.map(|last| last.to_string());
        let mut ear = Ear::open(&who, &session, last.as_deref()).await;
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        for _ in 0..(seed >> 33) % 12 {
            let heard = ear.next().await.expect("more");
            mirror.take(&heard);
            if heard.name == "session" && heard.data.contains(">The end<") {
                return (mirror, breaks);
            }
        }
        breaks += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_sse_01_lines_that_break_at_random_end_with_what_the_database_has() {
    let house = quick_house(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let mut readers = JoinSet::new();
    for seed in 1..=4 {
        readers.spawn(lives_with_a_bad_line(owner.clone(), session.id.clone(), seed * 7919));
    }
    let (id, token) = (session.id.clone(), session.token.clone());
    much_happens(owner.clone(), session, 80).await;
    let rows = truth(&owner, &id).await;
    assert_eq!(rows.len(), 80);
    let revision = house.bearer(&token).json(&format!("/api/v1/sessions/{id}")).await["session"]["revision"].as_u64();
    assert!(revision > Some(250), "a few hundred changes: {revision:?}");
    while let Some(reader) = readers.join_next().await {
        let (mirror, breaks) = reader.expect("no panic");
        assert!(breaks > 3, "the line broke {breaks} times");
        assert_eq!(mirror.last, revision);
        for (id, card) in &rows {
            assert_eq!(mirror.turns.get(id), Some(card), "{id}");
        }
        assert_eq!(mirror.turns.len(), rows.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_sse_01_an_unknown_or_absent_id_gives_the_whole_state_in_order() {
    let house = quick_house(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    much_happens(owner.clone(), session.clone(), 75).await;
    let rows = truth(&owner, &session.id).await;
    for last in [None, Some("999999"), Some("yesterday"), Some("0")] {
        let mut mirror = Mirror::default();
        let mut ear = Ear::open(&owner, &session.id, last).await;
        while !mirror.head.contains(">The end<") {
            mirror.take(&ear.next().await.expect("more"));
        }
        assert_eq!(mirror.turns, rows, "{last:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_sse_02_a_stream_asks_for_rights_and_tells_of_one_session_only() {
    let house = quick_house(&[]).await;
    let (session, other) = (house.begin().await, house.begin().await);
    let owner = house.bearer(&session.token);
    let path = format!("/s/{}/events", session.id);
    for stranger in [
        house.visitor(),
        house.bearer(&other.token),
        house.bearer(&"A".repeat(43)),
    ] {
        assert_eq!(stranger.get(&path).await.status(), StatusCode::NOT_FOUND);
    }
    let share = json!({"access": "view"});
    let share = owner
        .post(&format!("/api/v1/sessions/{}/shares", session.id), &share)
        .await;
    let share: Value = share.json().await.expect("JSON");
    let viewer = house.bearer(share["token"].as_str().expect("a token"));
    let mut ear = Ear::open(&viewer, &session.id, None).await;
    let elsewhere = house.bearer(&other.token).turn(&other.id, "elsewhere").await;
    owner.turn(&session.id, "here").await;
    let mut heard = Vec::new();
    while !heard
        .last()
        .is_some_and(|last: &Heard| last.data.contains("data-state=\"done\""))
    {
        heard.push(ear.next().await.expect("more"));
    }
    let foreign = [elsewhere["id"].as_str().expect("an id"), &other.id, &other.head];
    for event in &heard {
        assert!(!foreign.iter().any(|id| event.data.contains(id)), "{event:?}");
    }
    house.app.clock.advance(31 * 24 * 60 * 60 * 1000);
    let mut last = Heard::default();
    while let Some(heard) = ear.next().await {
        last = heard;
    }
    assert_eq!(last.name, "gone", "a link that runs out ends its streams, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_sse_03_a_quiet_stream_shows_that_it_lives() {
    let house = quick_house(&["--stream-comment-seconds", "1"]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let mut ear = Ear::open(&owner, &session.id, Some("1")).await;
    assert_eq!(ear.next().await.expect("who else is here").name, "part");
    let chunk = tokio::time::timeout(PATIENCE, ear.stream.chunk())
        .await
        .expect("in time");
    assert_eq!(&chunk.expect("a line").expect("a word")[..], b":\n\n");
    owner.turn(&session.id, "warmer").await;
    assert_eq!(ear.next().await.expect("more").name, "turn", "events go on after it");
    let usual = quick_house(&[]).await;
    assert_eq!(usual.app.config.stream_comment_seconds, 15);
}

/// A reader that asks for the stream and then reads nothing, with the smallest pockets its system gives.
async fn stalled(house: &House, session: &Begun) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("small pockets");
    let mut line = socket.connect(house.address).await.expect("a line");
    let head = format!(
        "GET /s/{}/events HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\r\n",
        session.id, house.address, session.token
    );
    line.write_all(head.as_bytes()).await.expect("asked");
    let mut first = [0; 12];
    line.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200");
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_sse_03_a_stalled_reader_delays_nobody_and_then_catches_up() {
    let house = quick_house(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let mut line = stalled(&house, &session).await;
    let mut ear = Ear::open(&owner, &session.id, Some("1")).await;
    let mut told = 0;
    // Far more than what the systems on both ends keep for a line: 256 KiB and 4 KiB.
    for n in 0..120 {
        let words = format!("{n} {}", "long winded ".repeat(330));
        let id = submit(&owner, &session.id, &words).await;
        let ended = async {
            loop {
                let heard = ear.next().await.expect("more");
                told += heard.data.len();
                let is_it = heard.data.contains(&format!("id=\"turn-{id}\""));
                if is_it && !heard.data.contains("class=\"turn-open\"") {
                    break;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .expect("the other reader hears of each turn at once");
    }
    assert!(told > 1_000_000, "{told}");
    rename(&owner, &session.id, "The end").await;
    let caught_up = async {
        let (mut all, mut part) = (Vec::new(), vec![0; 64 * 1024]);
        while !String::from_utf8_lossy(&all[all.len().saturating_sub(4096)..]).contains(">The end<") {
            let count = line.read(&mut part).await.expect("a line");
            assert!(count > 0, "the line ended");
            all.extend_from_slice(&part[..count]);
        }
        String::from_utf8_lossy(&all).into_owned()
    };
    let all = tokio::time::timeout(PATIENCE, caught_up)
        .await
        .expect("the end in time");
    for id in truth(&owner, &session.id).await.keys() {
        let last = all
            .rfind(&format!("id=\"{id}\""))
            .unwrap_or_else(|| panic!("{id} is missing"));
        let state = all[last..].split("data-state=\"").nth(1).expect("a state");
        assert!(
            state.starts_with("done") || state.starts_with("refused"),
            "{}",
            &state[..20]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_12_each_reader_hears_of_a_turn_in_their_own_language() {
    let house = quick_house(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let share = json!({"access": "view"});
    let share = owner
        .post(&format!("/api/v1/sessions/{}/shares", session.id), &share)
        .await;
    let share: Value = share.json().await.expect("JSON");
    let url = share["url"].as_str().expect("an address");
    let mut ears = Vec::new();
    for (language, finished) in [
        ("de", "data-say=\"Fertig, 1 Bild\""),
        ("ar", "data-say=\"انتهى، صورة واحدة\""),
        ("en", "data-say=\"Finished, 1 picture\""),
        ("de", "data-say=\"Fertig, 1 Bild\""),
    ] {
        let mut reader = house.visitor();
        reader.follow(url).await;
        let cookie = reader.cookie.take().expect("who they are");
        reader.cookie = Some(format!("{cookie}; plantain-language={language}"));
        ears.push((Ear::open(&reader, &session.id, Some("1")).await, finished));
    }
    let before = house.app.changes.rendered();
    owner.turn(&session.id, "Make the sky “wider”").await;
    for (ear, finished) in &mut ears {
        loop {
            let heard = ear.next().await.expect("more");
            if heard.name == "turn" && heard.data.contains("data-state=\"done\"") {
                assert!(heard.data.contains(*finished), "{finished} in {}", heard.data);
                assert!(
                    heard.data.contains("Make the sky “wider”"),
                    "the author's words stay as they are"
                );
                break;
            }
        }
    }
    let rendered = house.app.changes.rendered() - before;
    assert!(
        rendered <= 3 * 5,
        "{rendered}: once for each language, not for each reader"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_readers_are_told_what_was_rendered_once() {
    const READERS: usize = 50;
    const TURNS: u64 = 6;
    let house = quick_house(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let share = json!({"access": "view"});
    let share = owner
        .post(&format!("/api/v1/sessions/{}/shares", session.id), &share)
        .await;
    let share: Value = share.json().await.expect("JSON");
    let url = share["url"].as_str().expect("an address");
    let mut ears = Vec::new();
    for _ in 0..READERS {
        let mut reader = house.visitor();
        reader.follow(url).await;
        ears.push(Ear::open(&reader, &session.id, Some("1")).await);
    }
    let before = house.app.changes.rendered();
    for n in 0..TURNS {
        owner.turn(&session.id, &format!("change {n}")).await;
    }
    rename(&owner, &session.id, "The end").await;
    let mut heard_of = JoinSet::new();
    for mut ear in ears {
        heard_of.spawn(async move {
            let mut mirror = Mirror::default();
            while !mirror.head.contains(">The end<") {
                mirror.take(&ear.next().await.expect("more"));
            }
            mirror.turns
        });
    }
    let rows = truth(&owner, &session.id).await;
    while let Some(turns) = heard_of.join_next().await {
        assert_eq!(turns.expect("no panic"), rows);
    }
    let rendered = house.app.changes.rendered() - before;
    // A turn is queued, running and ended, and then the selection has moved; fewer when two of these are seen at once.
    assert!(
        (TURNS..=TURNS * 4 + 1).contains(&rendered),
        "{rendered} for {READERS} readers"
    );
}
