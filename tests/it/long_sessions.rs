//! A session of 200 turns: its page is no heavier than that of 20, and pictures are in files, not in rows.

use std::{io::Write as _, sync::Arc};

use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use sqlx::{Column, ConnectOptions, Row, ValueRef, sqlite::SqliteConnectOptions};

use crate::{
    house::{Begun, House, fresh_id, photo},
    scripted::Scripted,
    talked::talk,
};

async fn house_without_work() -> House {
    House::with_backend(&[], Arc::new(Scripted::new(|_| Ok(photo(8, 8))))).await
}

struct Weight {
    bytes: usize,
    zipped: usize,
    elements: usize,
    cards: usize,
    nodes: usize,
}

async fn weigh(house: &House, session: &Begun) -> Weight {
    let answer = house.bearer(&session.token).get(&format!("/s/{}", session.id)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let html = answer.text().await.expect("HTML");
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    zip.write_all(html.as_bytes()).expect("memory");
    let page = Html::parse_document(&html);
    let count = |selector| page.select(&Selector::parse(selector).expect("a selector")).count();
    Weight {
        bytes: html.len(),
        zipped: zip.finish().expect("memory").len(),
        elements: count("*"),
        cards: count("#turns article.turn"),
        nodes: count("#filmstrip .node"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_200_turns_weighs_little_more_than_one_of_20() {
    let house = house_without_work().await;
    let (short, long) = (house.begin().await, house.begin().await);
    talk(&house, &short.id, 20).await;
    talk(&house, &long.id, 200).await;
    let (short, long) = (weigh(&house, &short).await, weigh(&house, &long).await);
    assert_eq!((short.cards, long.cards), (20, 20));
    assert_eq!((short.nodes, long.nodes), (21, 41), "the original and the newest 40");
    assert!(
        long.bytes < short.bytes * 5 / 4,
        "{} and {} bytes",
        short.bytes,
        long.bytes
    );
    assert!(
        long.elements < short.elements * 5 / 4,
        "{} and {}",
        short.elements,
        long.elements
    );
    assert!(long.elements < 1_700, "{}", long.elements);
    assert!(long.zipped < 25_000, "{} bytes zipped", long.zipped);
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_turns_come_on_demand_down_to_the_first() {
    let house = house_without_work().await;
    let session = house.begin().await;
    talk(&house, &session.id, 90).await;
    let owner = house.bearer(&session.token);
    let mut next = Some(format!("/s/{}/turns", session.id));
    let mut places: Vec<u32> = Vec::new();
    while let Some(path) = next {
        let html = owner.get(&path).await.text().await.expect("HTML");
        let page = Html::parse_document(&html);
        let cards = Selector::parse("article.turn").expect("a selector");
        let shown: Vec<u32> = page
            .select(&cards)
            .map(|card| {
                card.value()
                    .attr("data-place")
                    .expect("a place")
                    .parse()
                    .expect("a number")
            })
            .collect();
        assert!((1..=20).contains(&shown.len()), "{path}");
        places.splice(..0, shown);
        let earlier = Selector::parse("#earlier [data-earlier]").expect("a selector");
        next = page
            .select(&earlier)
            .next()
            .map(|link| link.value().attr("data-earlier").expect("where to").to_owned());
    }
    assert_eq!(places, (1..=90).collect::<Vec<_>>(), "no gap, none twice");
}

/// What has no place in a row: a picture, or text that could be one.
fn smuggled(column: &[u8], is_blob: bool) -> Option<&'static str> {
    let magic: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF"];
    if is_blob && column.len() > 1024 {
        return Some("a large blob");
    }
    if magic.iter().any(|magic| column.starts_with(magic)) {
        return Some("a picture");
    }
    if column.windows(11).any(|part| part == b"data:image/") {
        return Some("a picture's address");
    }
    let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
    let longest = column.split(|byte| !is_code(byte)).map(<[u8]>::len).max();
    longest.is_some_and(|run| run > 500).then_some("base64")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_picture_and_no_base64_is_in_the_database() {
    assert_eq!(
        smuggled(&photo(300, 300), true),
        Some("a large blob"),
        "this test can see"
    );
    assert_eq!(smuggled(&photo(8, 8), true), Some("a picture"));
    assert_eq!(smuggled("iVBORw0K".repeat(80).as_bytes(), false), Some("base64"));

    let house = House::start(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let path = format!("/api/v1/sessions/{}", session.id);
    let added = owner
        .send_picture(&format!("{path}/pictures"), "sky.png", photo(300, 200))
        .await;
    assert_eq!(added.status(), StatusCode::CREATED);
    let added: Value = added.json().await.expect("JSON");
    let reference = added["version"]["id"].as_str().expect("an id");
    for words in ["make it warmer", "crop it to a square", "put a dragon into the sky"] {
        let body = json!({"instruction": words, "references": [reference], "client_id": fresh_id()});
        let turn = owner.post(&format!("{path}/turns"), &body).await;
        assert_eq!(turn.status(), StatusCode::ACCEPTED);
        let turn: Value = turn.json().await.expect("JSON");
        let id = turn["turn"]["id"].as_str().expect("an id");
        owner.json(&format!("{path}/turns/{id}?wait=30")).await;
    }
    let renamed = owner
        .ask(Method::PATCH, &path)
        .json(&json!({"title": "Sky"}))
        .send()
        .await;
    assert_eq!(renamed.expect("an answer").status(), StatusCode::OK);

    let file = house.app.config.data.join("plantain.db");
    let options = SqliteConnectOptions::new().filename(&file).read_only(true);
    let mut rows = options.connect().await.expect("the database");
    let tables = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut rows)
        .await;
    let (mut cells, mut sizes) = (0, Vec::new());
    for table in tables.expect("tables") {
        let table: String = table.get(0);
        let all = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT * FROM \"{table}\"")));
        for row in all.fetch_all(&mut rows).await.expect("rows") {
            for column in row.columns() {
                let at = column.ordinal();
                let raw = row.try_get_raw(at).expect("a cell");
                if raw.is_null() {
                    continue;
                }
                let is_blob = raw.type_info().to_string() == "BLOB";
                let bytes: &[u8] = row.try_get_unchecked(at).expect("bytes");
                assert_eq!(smuggled(bytes, is_blob), None, "{table}.{}", column.name());
                cells += 1;
                sizes.push(bytes.len());
            }
        }
    }
    assert!(cells > 100, "the session is in there: {cells} cells");
    assert!(sizes.iter().max() < Some(&5_000), "migrations' own words at most");
}
