//! What other sites can make a visitor's browser send, and what a request that only reads may do: nothing.

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::json;

use super::{
    kit::{header, rows},
    routes::table,
    world::{By, World},
};
use crate::house::House;

fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).expect("a value");
        (HeaderName::from_static(name), value)
    });
    pairs.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_03_no_unsafe_route_does_what_another_site_sends() {
    refuse_others(&House::start(&[]).await, None).await;
    refuse_others(
        &House::start(&["--public-url", "https://photos.example"]).await,
        Some("https://photos.example"),
    )
    .await;
}

async fn refuse_others(house: &House, public: Option<&str>) {
    let world = World::new(house, By::Cookie).await;
    let before = rows(house).await;
    let cookie = world.people[0].0.cookie.clone().expect("the owner's");
    let here = format!("http://{}", house.address);
    let ours = public.unwrap_or(&here);
    let from = |name: &'static str, value: &str| (name, value.to_owned());
    let sent_by_others: [&[(&'static str, String)]; 8] = [
        &[from("sec-fetch-site", "cross-site")],
        &[from("sec-fetch-site", "same-site")],
        &[from("sec-fetch-site", "cross-site"), from("origin", ours)],
        &[from("origin", "https://evil.example")],
        &[from("origin", "null")],
        &[from("origin", public.map_or("http://localhost:1", |_| &here))],
        &[from("origin", &format!("{ours}.evil.example"))],
        // A browser old enough to say neither: with a cookie that isn't believed.
        &[],
    ];
    for row in table().iter().filter(|row| !row.is_safe()) {
        for more in sent_by_others {
            let visitor = house.visitor();
            let request = world.request(&visitor, &row.method, &row.path, "");
            let answer = request.headers(headers(more)).header("cookie", &cookie).send().await;
            let status = answer.expect("an answer").status();
            assert_eq!(status, 403, "{} {} with {more:?}", row.method, row.path);
        }
        for more in [from("sec-fetch-site", "same-origin"), from("origin", ours)] {
            let path = world.path(&row.path, "").replace(&world.session, "nothing");
            let request = house.visitor().ask(row.method.clone(), &path).headers(headers(&[more]));
            let status = request
                .header("cookie", &cookie)
                .send()
                .await
                .expect("an answer")
                .status();
            assert!(status != 403, "{} {} from our own page", row.method, row.path);
        }
    }
    let mut after = rows(house).await;
    // What our own page was allowed to do above names no session.
    after.insert("visitors".into(), before["visitors"].clone());
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_03_the_interface_takes_no_body_that_a_form_can_send() {
    let house = House::start(&[]).await;
    let world = World::new(&house, By::Cookie).await;
    let before = rows(&house).await;
    let owner = &world.people[0].0;
    let turn = json!({"instruction": "make it warmer", "client_id": crate::house::fresh_id()}).to_string();
    for row in table().iter().filter(|row| row.is_api() && !row.is_safe()) {
        let path = world.path(&row.path, "");
        for kind in [
            "text/plain",
            "TEXT/PLAIN; charset=utf-8",
            "application/x-www-form-urlencoded",
            " text/plain ",
        ] {
            let request = owner.ask(row.method.clone(), &path).header("content-type", kind);
            let answer = request.body(turn.clone()).send().await.expect("an answer");
            assert_eq!(answer.status(), 415, "{} {path} as {kind}", row.method);
        }
        let bare = owner.ask(row.method.clone(), &path).body(turn.clone()).send().await;
        assert_eq!(
            bare.expect("an answer").status(),
            415,
            "{} {path} without a type",
            row.method
        );
    }
    // The third kind that a form can send is how pictures come; what takes JSON doesn't take it.
    for (method, rest, body) in [
        (Method::POST, "/turns", turn.as_str()),
        (Method::POST, "/shares", "{\"access\":\"edit\"}"),
        (Method::PATCH, "", "{\"title\":\"Theirs\"}"),
    ] {
        let path = format!("/api/v1/sessions/{}{rest}", world.session);
        let request = owner
            .ask(method, &path)
            .header("content-type", "multipart/form-data; boundary=x");
        let answer = request.body(body.to_owned()).send().await.expect("an answer");
        assert_eq!(answer.status(), 415, "{path}");
    }
    assert_eq!(before, rows(&house).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_03_reading_changes_nothing() {
    let house = House::start(&[]).await;
    let world = World::new(&house, By::Cookie).await;
    let before = rows(&house).await;
    for row in table().iter().filter(|row| row.is_safe()) {
        for method in [Method::GET, Method::HEAD] {
            // Following a link is the one thing that a GET does.
            if row.path.starts_with("/join/") && method == Method::GET {
                continue;
            }
            for (person, link) in [&world.people[0], &world.people[2], &world.people[6]] {
                let path = format!("{}?_method=DELETE&title=Theirs", world.path(&row.path, link));
                let request = person.ask(method.clone(), &path);
                let request = request.header("x-http-method-override", "DELETE");
                let answer = request.send().await.expect("an answer");
                assert!(!answer.status().is_server_error());
                assert_eq!(header(&answer, "set-cookie"), "", "{method} {path}");
            }
        }
    }
    assert_eq!(before, rows(&house).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_07_a_forged_name_changes_no_link_and_no_network() {
    let house = House::start(&["--public-url", "https://photos.example"]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let path = format!("/api/v1/sessions/{}/shares", session.id);
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-original-url", "/healthz"),
        ("host", "192.0.2.66"),
    ] {
        let request = owner.ask(Method::POST, &path).header(name, value);
        let answer = request
            .json(&json!({"access": "view"}))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 201, "{name}");
        let body: serde_json::Value = answer.json().await.expect("JSON");
        let url = body["url"].as_str().expect("a link");
        assert!(url.starts_with("https://photos.example/join/"), "{name}: {url}");
    }
    for host in [
        "evil.example",
        "photos.example.evil.example",
        "localhost.evil.example",
        "photos.example:80:80",
        "",
    ] {
        let answer = house.visitor().ask(Method::GET, "/").header("host", host).send().await;
        assert_eq!(answer.expect("an answer").status(), 421, "{host}");
    }
    // Nobody is listed as a proxy: everybody has the address they come from.
    for network in 0..21 {
        let request = house.visitor().ask(Method::GET, "/join/wrong");
        let request = request.header("x-forwarded-for", format!("203.0.{network}.9"));
        let status = request.send().await.expect("an answer").status().as_u16();
        assert_eq!(status, if network < 20 { 404 } else { 429 });
    }
}
