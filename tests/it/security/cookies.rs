//! Cookies: what they look like, when they begin and when they end.

use reqwest::Response;

use super::kit::{cookie_of, header};
use crate::house::{House, Person, photo};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const PASSWORD: [&str; 2] = ["--password", "open sesame"];

/// A cookie's attributes, and that it has no others.
fn assert_dressed(answer: &Response, name: &str, secure: bool) {
    let cookie = header(answer, "set-cookie");
    let mut parts = cookie.split("; ");
    let (its, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a pair");
    assert_eq!(its, name, "{cookie}");
    assert!(value.is_empty() || value.len() == 43, "256 bits: {cookie}");
    let mut attributes: Vec<_> = parts.filter(|part| !part.starts_with("Max-Age=")).collect();
    attributes.sort_unstable();
    let mut expected = vec!["HttpOnly", "Path=/", "SameSite=Lax"];
    expected.extend(secure.then_some("Secure"));
    assert_eq!(attributes, expected, "{cookie}");
}

async fn signed_in(house: &House) -> Person {
    let mut person = house.visitor();
    let answer = person.form("/sign-in", "password=open+sesame").await;
    person.cookie = cookie_of(&answer);
    assert_eq!(status(&person).await, 201);
    person
}

/// What somebody hears who begins a session.
async fn status(person: &Person) -> u16 {
    let answer = person.send_picture("/api/v1/sessions", "a.png", photo(4, 4)).await;
    answer.status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_04_cookies_are_dressed_for_http_and_for_https() {
    for (args, name, secure) in [
        (&["--public-url", "http://photos.example"][..], "plantain", false),
        (&["--public-url", "https://photos.example"], "__Host-plantain", true),
    ] {
        let house = House::start(args).await;
        let begun = house.visitor().send_picture("/sessions", "a.png", photo(4, 4)).await;
        assert_dressed(&begun, name, secure);
        assert_dressed(&house.visitor().form("/name", "name=Ana").await, name, secure);
        let out = house.visitor().form("/sign-out", "").await;
        assert_dressed(&out, name, secure);
        assert!(header(&out, "set-cookie").contains("Max-Age=0"));
        // A cookie of the other name is none of ours: over plain http anybody could have set it.
        if secure {
            let value = cookie_of(&begun).expect("a cookie").replace("__Host-", "");
            let page = header(&begun, "location").to_owned();
            let mut impostor = house.visitor();
            impostor.cookie = Some(value);
            assert_eq!(impostor.get(&page).await.status(), 404);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_04_signing_in_gives_a_new_cookie_and_the_old_one_nothing() {
    let house = House::start(&PASSWORD).await;
    let mut person = house.visitor();
    person.cookie = cookie_of(&person.form("/name", "name=Ana").await);
    let before = person.cookie.clone().expect("a guest's cookie");
    let answer = person.form("/sign-in", "password=open+sesame").await;
    assert_dressed(&answer, "plantain", false);
    let after = cookie_of(&answer).expect("a cookie");
    assert_ne!(before, after);
    assert_eq!(
        status(&person).await,
        401,
        "who planted the old cookie is not signed in with it"
    );
    person.cookie = Some(after);
    assert_eq!(status(&person).await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_04_signing_out_ends_it_on_the_server_for_every_copy() {
    let house = House::start(&PASSWORD).await;
    let (person, other) = (signed_in(&house).await, signed_in(&house).await);
    let page = person.send_picture("/sessions", "a.png", photo(4, 4)).await;
    let page = header(&page, "location").to_owned();
    let copy = person.clone();
    assert_eq!(header(&person.form("/sign-out", "").await, "location"), "/sign-in");
    assert_eq!(status(&copy).await, 401, "a replay of the old cookie");
    assert_eq!(copy.get(&page).await.status(), 404);
    assert_eq!(copy.get("/").await.status(), 303, "home leads to the form");
    assert_eq!(status(&other).await, 201, "another sign-in goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_04_a_sign_in_ends_after_seven_days_without_a_visit() {
    let house = House::start(&PASSWORD).await;
    let (idle, busy) = (signed_in(&house).await, signed_in(&house).await);
    house.app.clock.advance(6 * DAY_MS);
    assert_eq!(status(&busy).await, 201);
    house.app.clock.advance(DAY_MS + 60_000);
    assert_eq!(status(&idle).await, 401);
    assert_eq!(status(&busy).await, 201);
    assert_eq!(status(&idle).await, 401, "and trying doesn't bring it back");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_04_a_sign_in_ends_after_thirty_days_however_busy() {
    let house = House::start(&PASSWORD).await;
    let busy = signed_in(&house).await;
    for _ in 0..5 {
        house.app.clock.advance(6 * DAY_MS - 1000);
        assert_eq!(status(&busy).await, 201);
    }
    house.app.clock.advance(10_000);
    assert_eq!(status(&busy).await, 401);
}
