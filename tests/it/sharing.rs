//! Links: what they open, what they don't, and that revoking works at once.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{Begun, House, Person};

/// A link into the session: its id, its token, its address.
async fn share(owner: &Person, session: &Begun, access: &str) -> (String, String, String) {
    let answer = owner
        .post(
            &format!("/api/v1/sessions/{}/shares", session.id),
            &json!({"access": access}),
        )
        .await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&body["share"]["id"]), text(&body["token"]), text(&body["url"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_03_a_link_becomes_a_cookie_and_opens_the_page() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let (_, token, url) = share(&house.bearer(&session.token), &session, "view").await;
    let mut ben = house.visitor();
    let (status, leads_to) = ben.follow(&url).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(leads_to, format!("/s/{}", session.id));
    let page = ben.get(&leads_to).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    let html = page.text().await.expect("HTML");
    assert!(html.contains("id=\"stage\"") && !html.contains(&token));
    let refused = ben.form(&format!("{leads_to}/turns"), "instruction=warmer").await;
    assert_eq!(
        refused.status(),
        StatusCode::FORBIDDEN,
        "a viewer changes nothing, by hand-made requests neither"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_06_revoking_ends_an_open_stream_and_expiry_closes_the_door() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let (id, _, url) = share(&owner, &session, "view").await;
    let mut ben = house.visitor();
    ben.follow(&url).await;
    let mut stream = ben.get(&format!("/s/{}/events", session.id)).await;
    owner.turn(&session.id, "make it warmer").await;
    let told = read_until(&mut stream, "event: turn").await;
    assert!(
        told.contains("id=\"turn-"),
        "the other's turn arrives as a fragment: {told}"
    );
    owner
        .ask(Method::DELETE, &format!("/api/v1/sessions/{}/shares/{id}", session.id))
        .send()
        .await
        .expect("an answer");
    read_until(&mut stream, "event: gone").await;
    let ended = tokio::time::timeout(Duration::from_secs(5), async {
        while let Ok(Some(_)) = stream.chunk().await {}
    })
    .await;
    assert!(ended.is_ok(), "the stream ends");
    assert_eq!(
        ben.get(&format!("/s/{}", session.id)).await.status(),
        StatusCode::NOT_FOUND
    );
    let (_, token, _) = share(&owner, &session, "edit").await;
    let cem = house.bearer(&token);
    assert_eq!(
        cem.get(&format!("/api/v1/sessions/{}", session.id)).await.status(),
        StatusCode::OK
    );
    house.app.clock.advance(31 * 24 * 60 * 60 * 1000);
    assert_eq!(
        cem.get(&format!("/api/v1/sessions/{}", session.id)).await.status(),
        StatusCode::NOT_FOUND
    );
}

async fn read_until(stream: &mut reqwest::Response, words: &str) -> String {
    let mut told = String::new();
    let read = async {
        // The event's name comes before its data: read on to the end of the event.
        while !told.find(words).is_some_and(|at| told[at..].contains("\n\n")) {
            let chunk = stream.chunk().await.expect("a stream").expect("more of it");
            told.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .unwrap_or_else(|_| panic!("no {words}"));
    told
}
