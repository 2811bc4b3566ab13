//! Links: what they open, what they don't, and that revoking works at once.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{Begun, House, Person, fresh_id};

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

/// Every route of a session, with what it takes to use it: 1 view, 2 edit, 3 own.
fn routes(session: &Begun) -> Vec<(Method, String, u8)> {
    let (api, page) = (format!("/api/v1/sessions/{}", session.id), format!("/s/{}", session.id));
    let v = &session.head;
    let of = |method: Method, base: &str, rest: &str, needs: u8| (method, format!("{base}{rest}"), needs);
    let mut routes = Vec::new();
    for base in [&api, &page] {
        routes.push(of(Method::GET, base, &format!("/versions/{v}/picture"), 2));
        routes.push(of(Method::GET, base, &format!("/versions/{v}/renditions/320"), 1));
        routes.push(of(Method::GET, base, "/export", 2));
        routes.push(of(Method::POST, base, "/turns", 2));
        routes.push(of(Method::POST, base, "/pictures", 2));
        routes.push(of(Method::GET, base, "/shares", 3));
        routes.push(of(Method::POST, base, "/shares", 3));
        routes.push(of(Method::GET, base, "", 1));
        routes.push(of(Method::GET, base, "/turns", 1));
    }
    routes.push(of(Method::GET, &page, "/stage", 1));
    routes.push(of(Method::POST, &page, "/head", 2));
    routes.push(of(Method::POST, &page, "/rename", 3));
    routes.push(of(Method::PATCH, &api, "", 2));
    routes
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_04_every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let house = House::start(&[]).await;
    let (session, other) = (house.begin().await, house.begin().await);
    let owner = house.bearer(&session.token);
    let (_, edit, _) = share(&owner, &session, "edit").await;
    let (_, view, _) = share(&owner, &session, "view").await;
    let (revoked_id, revoked, _) = share(&owner, &session, "edit").await;
    let gone = owner
        .ask(
            Method::DELETE,
            &format!("/api/v1/sessions/{}/shares/{revoked_id}", session.id),
        )
        .send()
        .await;
    assert_eq!(gone.expect("an answer").status(), StatusCode::NO_CONTENT);
    let people = [
        (house.bearer(&session.token), 3),
        (house.bearer(&edit), 2),
        (house.bearer(&view), 1),
        (house.bearer(&other.token), 0),
        (house.bearer(&revoked), 0),
        (house.visitor(), 0),
    ];
    for (method, path, needs) in routes(&session) {
        for (person, standing) in &people {
            let mut request = person.ask(method.clone(), &path);
            // A body that is refused for itself, after the question of rights: 4xx, but never 403 or 404.
            if method != Method::GET {
                request = request
                    .header(
                        "content-type",
                        if path.starts_with("/api/") {
                            "application/json"
                        } else {
                            "text/x-none"
                        },
                    )
                    .body("?");
            }
            let status = request.send().await.expect("an answer").status().as_u16();
            let refused = matches!(status, 401 | 403 | 404);
            let is_head = path.ends_with("/head") && *standing >= needs;
            assert_eq!(
                refused && !is_head,
                *standing < needs,
                "{method} {path} as {standing}: {status}"
            );
            assert!(status < 500, "{method} {path} as {standing}: {status}");
        }
        house.app.clock.advance(60_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_05_wrong_revoked_foreign_and_unknown_look_the_same() {
    let house = House::start(&[]).await;
    let (session, other) = (house.begin().await, house.begin().await);
    let owner = house.bearer(&session.token);
    let (id, revoked, _) = share(&owner, &session, "view").await;
    owner
        .ask(Method::DELETE, &format!("/api/v1/sessions/{}/shares/{id}", session.id))
        .send()
        .await
        .expect("an answer");
    let wrong = house.bearer(&"A".repeat(43));
    let unknown = format!("/api/v1/sessions/{}", fresh_id());
    let mine = format!("/api/v1/sessions/{}", session.id);
    let mut bodies = Vec::new();
    for (person, path) in [
        (&wrong, &mine),
        (&house.bearer(&revoked), &mine),
        (&house.bearer(&other.token), &mine),
        (&house.visitor(), &mine),
        (&owner, &unknown),
    ] {
        let answer = person.get(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        let mut body: Value = answer.json().await.expect("JSON");
        body["error"]["request_id"] = Value::Null;
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
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

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_02_a_token_is_nowhere_in_the_data_folder() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let (_, token, _) = share(&house.bearer(&session.token), &session, "edit").await;
    for entry in std::fs::read_dir(&house.app.config.data).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("readable");
            for secret in [&token, &session.token] {
                assert!(
                    !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                    "{}",
                    path.display()
                );
            }
        }
    }
}
