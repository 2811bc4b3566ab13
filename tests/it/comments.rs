//! Comments on a version: who says what, who hears it, and where it ends.

use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::{
    house::{Begun, House, Person, fresh_id},
    security::world::Link,
};

fn texts(html: &str, css: &str) -> Vec<String> {
    let selector = Selector::parse(css).expect("a selector");
    let page = Html::parse_document(html);
    page.select(&selector)
        .map(|found| found.text().collect::<String>().trim().to_owned())
        .collect()
}

fn count(html: &str, css: &str) -> usize {
    texts(html, css).len()
}

async fn html(person: &Person, path: &str) -> String {
    let answer = person.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.expect("HTML")
}

fn pages(begun: &Begun) -> (String, String) {
    let path = format!("/s/{}/versions/{}/comments", begun.id, begun.head);
    let api = format!("/api/v1/sessions/{}/versions/{}/comments", begun.id, begun.head);
    (path, api)
}

/// The next `part` of a stream that tells of a comment.
async fn news(stream: &mut reqwest::Response) -> String {
    let mut text = String::new();
    while !(text.contains("comments-news") && text.ends_with("\n\n")) {
        let chunk = stream.chunk().await.expect("a word").expect("no end");
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    text.replace("\ndata: ", "\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_11_a_comment_is_seen_by_all_who_see_the_version_and_told_to_those_who_watch() {
    let house = House::start(&[]).await;
    let begun = house.begin().await;
    let own = house.bearer(&begun.token);
    let editor = Link::make(&house, &own, &begun.id, "edit", 30).await.guest;
    let viewer = Link::make(&house, &own, &begun.id, "view", 30).await.guest;
    editor.form("/name", "name=Ana&back=/").await;
    let (page, api) = pages(&begun);
    let session = own.json(&format!("/api/v1/sessions/{}", begun.id)).await;
    let revision = session["session"]["revision"].as_u64().expect("a revision");
    let events = format!("/s/{}/events?after={revision}", begun.id);
    let mut stream = viewer.get(&events).await;

    let fields = format!("text=Too+warm%3F%0D%0ALook+at+the+sky.&client_id={}", fresh_id());
    let said = editor.form(&page, &fields).await;
    assert_eq!(said.status(), StatusCode::SEE_OTHER);
    let back = said.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!(back, format!("{page}#comments-form"));
    assert_eq!(
        editor.form(&page, &fields).await.status(),
        StatusCode::SEE_OTHER,
        "sent twice"
    );
    let read = html(&viewer, &page).await;
    assert_eq!(texts(&read, ".comment-words"), ["Too warm?\nLook at the sky."]);
    assert_eq!(texts(&read, ".comment strong"), ["Ana"]);
    assert_eq!(count(&read, "form#comments-form, .comment form"), 0, "a viewer reads");
    assert_eq!(
        count(&html(&editor, &page).await, "form#comments-form, .comment form"),
        2
    );

    let heard = news(&mut stream).await;
    assert!(heard.contains("Ana commented on v1"), "{heard}");
    assert!(!heard.contains("Too warm"), "the words are each reader's to ask for");
    assert!(heard.contains(&format!("\nid: {}\n", revision + 1)), "{heard}");
    let shown = html(&viewer, &format!("/s/{}", begun.id)).await;
    assert_eq!(texts(&shown, "#stage .said span"), ["1", "comment on v1"]);

    let listed = viewer.json(&api).await;
    assert_eq!(listed["comments"][0]["text"], "Too warm?\nLook at the sky.");
    assert_eq!(listed["comments"].as_array().map(Vec::len), Some(1));

    // Whoever was away is told when they come back, once.
    let mut late = viewer.get(&events).await;
    assert!(news(&mut late).await.contains("Ana commented on v1"));

    let id = listed["comments"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        editor.form(&format!("{page}/{id}/delete"), "").await.status(),
        StatusCode::SEE_OTHER
    );
    let heard = news(&mut stream).await;
    assert!(!heard.contains("commented"), "nobody spoke: {heard}");
    assert_eq!(viewer.json(&api).await["comments"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_04_who_may_edit_comments_and_takes_back_their_own_and_the_owner_anybodys() {
    let house = House::start(&[]).await;
    let begun = house.begin().await;
    let own = house.bearer(&begun.token);
    let ana = Link::make(&house, &own, &begun.id, "edit", 30).await.guest;
    let ben = Link::make(&house, &own, &begun.id, "edit", 30).await.guest;
    let (_, api) = pages(&begun);
    let say = async |who: &Person, text: &str| -> String {
        let answer = who.post(&api, &json!({"text": text})).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let body: Value = answer.json().await.expect("JSON");
        body["comment"]["id"].as_str().expect("an id").to_owned()
    };
    let take = async |who: &Person, id: &str| {
        let request = who.ask(Method::DELETE, &format!("{api}/{id}"));
        request.send().await.expect("an answer").status()
    };
    let (by_ana, by_ben) = (say(&ana, "mine").await, say(&ben, "yours").await);
    assert_eq!(take(&ben, &by_ana).await, StatusCode::NOT_FOUND, "another's");
    assert_eq!(take(&ana, &by_ana).await, StatusCode::NO_CONTENT);
    assert_eq!(take(&ana, &by_ana).await, StatusCode::NOT_FOUND, "it is gone");
    assert_eq!(
        take(&own, &by_ben).await,
        StatusCode::NO_CONTENT,
        "the owner keeps house"
    );

    // A comment is found only with its own version and session.
    let stray = house.begin().await;
    let kept = say(&ana, "still here").await;
    let (_, elsewhere) = pages(&stray);
    let request = house
        .bearer(&stray.token)
        .ask(Method::DELETE, &format!("{elsewhere}/{kept}"));
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NOT_FOUND);
    let mixed = format!("/api/v1/sessions/{}/versions/{}/comments", stray.id, begun.head);
    let answer = house.bearer(&stray.token).post(&mixed, &json!({"text": "hello"})).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(own.json(&api).await["comments"][0]["text"], "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_is_none_is_refused_with_words_and_comes_back() {
    let house = House::start(&[]).await;
    let begun = house.begin().await;
    let own = house.bearer(&begun.token);
    let editor = Link::make(&house, &own, &begun.id, "edit", 30).await.guest;
    let (page, api) = pages(&begun);
    let long = "é".repeat(1_001);
    let refused = editor
        .form(&page, &format!("text={long}&client_id={}", fresh_id()))
        .await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let read = refused.text().await.expect("HTML");
    assert_eq!(
        texts(&read, "#comments-form textarea"),
        *std::slice::from_ref(&long),
        "nothing typed is lost"
    );
    assert_eq!(
        texts(&read, "#comment-error"),
        ["A comment has at most 1,000 characters; this one has 1001."]
    );
    for (body, status) in [
        (json!({"text": " \n "}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"text": long}), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({"text": "a", "author": "somebody else"}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (json!({}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"text": "é".repeat(1_000)}), StatusCode::CREATED),
    ] {
        assert_eq!(own.post(&api, &body).await.status(), status, "{body}");
    }
    let (client, words) = (fresh_id(), "twice");
    for status in [StatusCode::CREATED, StatusCode::OK] {
        let body = json!({"text": words, "client_id": client});
        assert_eq!(own.post(&api, &body).await.status(), status);
    }
    assert_eq!(own.json(&api).await["comments"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_said_stays_in_the_session_and_goes_with_it() {
    let house = House::start(&[]).await;
    let begun = house.begin().await;
    let own = house.bearer(&begun.token);
    let (page, api) = pages(&begun);
    own.post(&api, &json!({"text": "between us"})).await;
    own.turn(&begun.id, "make it warmer").await;

    let zip = own.get(&format!("/api/v1/sessions/{}/export", begun.id)).await;
    let zip = zip.bytes().await.expect("a zip");
    let about = String::from_utf8_lossy(&zip);
    assert!(about.contains("make it warmer"), "nothing in it is compressed");
    assert!(!about.contains("between us") && !about.contains("comment"));

    let gone = own
        .ask(Method::DELETE, &format!("/api/v1/sessions/{}", begun.id))
        .send()
        .await;
    assert_eq!(gone.expect("an answer").status(), StatusCode::NO_CONTENT);
    for path in [&page, &api] {
        assert_eq!(own.get(path).await.status(), StatusCode::NOT_FOUND);
    }
    let later = house.app.clock.now().plus_days(1);
    assert_eq!(house.app.store.empty_trash(later).await.expect("rows"), 1);
    let rows = crate::security::kit::rows(&house).await;
    assert_eq!(
        (rows["sessions"].len(), rows["comments"].len()),
        (0, 0),
        "with the session"
    );
}
