//! Share links: where their tokens are not, and that those that don't work can't be told apart.

use reqwest::{Method, Response};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::{
    kit::{Program, cookie_of, files_with, header, holds},
    routes::table,
    world::{By, Link, World},
};
use crate::house::{House, Person, fresh_id, photo};

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_02_and_03_a_token_is_in_no_file_no_log_and_no_page_but_the_one_that_tells_it() {
    let program = Program::start(&[("PLANTAIN_LOG", "plantain=trace,debug")]).await;
    let mut owner = Person::at(program.address);
    let answer = owner.send_picture("/api/v1/sessions", "a.png", photo(9, 9)).await;
    owner.cookie = cookie_of(&answer);
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (session, own) = (text(&body["session"]["id"]), text(&body["edit_token"]));

    let shares = format!("/api/v1/sessions/{session}/shares");
    let told: Value = owner
        .post(&shares, &json!({"access": "edit"}))
        .await
        .json()
        .await
        .expect("JSON");
    let token = text(&told["token"]);
    // The same by the form of the page.
    let page = owner.form(&format!("/s/{session}/shares"), "access=view").await;
    let page = page.text().await.expect("HTML");
    let by_form = page
        .split_once("/join/")
        .map(|(_, rest)| &rest[..43])
        .expect("a link")
        .to_owned();

    let mut guest = Person::at(program.address);
    let (status, leads_to) = guest.follow(&text(&told["url"])).await;
    assert_eq!((status.as_u16(), leads_to.as_str()), (303, &*format!("/s/{session}")));
    let mut other = Person::at(program.address);
    other.follow(&format!("/join/{by_form}")).await;
    Person::at(program.address)
        .with_token(&token)
        .json(&format!("/api/v1/sessions/{session}"))
        .await;
    let cookies: Vec<String> = [&owner, &guest, &other]
        .iter()
        .filter_map(|person| {
            person
                .cookie
                .as_ref()?
                .split_once('=')
                .map(|(_, value)| value.to_owned())
        })
        .collect();
    assert_eq!(cookies.len(), 3);
    let mut secrets = vec![own.as_str(), &token, &by_form];
    secrets.extend(cookies.iter().map(String::as_str));

    for path in [
        format!("/s/{session}"),
        format!("/s/{session}/shares"),
        shares,
        "/".to_owned(),
    ] {
        let answer = owner.get(&path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer", "{path}");
        let page = answer.bytes().await.expect("a page");
        for secret in &secrets {
            assert!(!holds(&page, secret), "{path} tells {secret}");
        }
    }
    let log = program.log();
    assert!(
        log.contains("/join/…") && log.contains(&format!("/s/{session}")),
        "requests are logged:\n{log}"
    );
    assert_eq!(files_with(program.folder.path(), &secrets), [] as [String; 0]);
    // Whole as it is searched for, it would be found.
    std::fs::write(program.data().join("found"), &token).expect("written");
    assert_eq!(files_with(program.folder.path(), &secrets).len(), 1);
}

/// An answer without what makes each one different.
async fn bare(answer: Response) -> (u16, Vec<(String, String)>, String) {
    let id = header(&answer, "x-request-id").to_owned();
    assert!(!id.is_empty());
    let headers = answer
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date" && *name != "x-request-id");
    let headers = headers
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect();
    let status = answer.status().as_u16();
    (status, headers, answer.text().await.expect("text").replace(&id, "ID"))
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_05_whoever_may_not_see_it_gets_the_same_answer_byte_for_byte() {
    let house = House::start(&[]).await;
    for by in [By::Cookie, By::Bearer] {
        let world = World::new(&house, by).await;
        for row in table().iter().filter(|row| row.path.contains("{session}")) {
            let (owner, _) = &world.people[0];
            let elsewhere = row.path.replace("{session}", &fresh_id());
            let expected = bare(
                world
                    .request(owner, &row.method, &elsewhere, "")
                    .send()
                    .await
                    .expect("an answer"),
            )
            .await;
            assert_eq!(expected.0, 404);
            for (person, _) in &world.people[3..] {
                let answer = world
                    .request(person, &row.method, &row.path, "")
                    .send()
                    .await
                    .expect("an answer");
                assert_eq!(bare(answer).await, expected, "{} {}", row.method, row.path);
            }
            let nonsense = row.path.replace("{session}", "..%2f");
            let answer = world
                .request(owner, &row.method, &nonsense, "")
                .send()
                .await
                .expect("an answer");
            assert_eq!(bare(answer).await, expected, "{} {nonsense}", row.method);
            house.app.clock.advance(61_000);
        }
    }
    // And links themselves.
    let world = World::new(&house, By::Cookie).await;
    let mut answers = Vec::new();
    for link in [&world.people[4].1, &world.people[5].1, &"A".repeat(43), "short", "%00"] {
        answers.push(bare(house.visitor().get(&format!("/join/{link}")).await).await);
    }
    assert_eq!(answers[0].0, 404);
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_05_a_session_in_the_trash_is_gone_for_its_guests() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let link = Link::make(&house, &owner, &session.id, "edit", 30).await;
    let page = format!("/s/{}", session.id);
    assert_eq!(link.guest.get(&page).await.status(), 200);
    let deleted = owner
        .ask(Method::DELETE, &format!("/api/v1/sessions/{}", session.id))
        .send()
        .await;
    assert_eq!(deleted.expect("an answer").status(), 204);
    let gone = bare(link.guest.get(&page).await).await;
    let never = bare(link.guest.get(&format!("/s/{}", fresh_id())).await).await;
    assert_eq!(gone, never);
    assert_eq!(link.guest.form(&format!("{page}/restore"), "").await.status(), 404);
    assert_eq!(
        house.visitor().get(&format!("/join/{}", link.token)).await.status(),
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_08_twenty_misses_a_minute_are_answered_and_the_next_is_not() {
    let house = House::start(&["--trusted-proxies", "127.0.0.1"]).await;
    let session = house.begin().await;
    let link = Link::make(&house, &house.bearer(&session.token), &session.id, "view", 30).await;
    let right = format!("/join/{}", link.token);
    let api = format!("/api/v1/sessions/{}", session.id);
    for miss in 0..20u8 {
        let token = plantain::random::token();
        // Links and bare tokens are guessed from one and the same allowance.
        let status = if miss % 2 == 0 {
            house.visitor().get(&format!("/join/{}", token.expose())).await.status()
        } else {
            house.bearer(token.expose()).get(&api).await.status()
        };
        assert_eq!(status, 404, "miss {miss}");
    }
    for path in ["/join/wrong", &right] {
        let answer = house.visitor().get(path).await;
        assert_eq!(answer.status(), 429, "{path}");
        let seconds: u32 = header(&answer, "retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&seconds));
    }
    assert_eq!(house.bearer(&session.token).get(&api).await.status(), 429);
    // Who is in already has nothing to guess, and another network has done nothing.
    assert_eq!(link.guest.get(&format!("/s/{}", session.id)).await.status(), 200);
    let elsewhere = house
        .visitor()
        .ask(Method::GET, &right)
        .header("x-forwarded-for", "203.0.113.7");
    assert_eq!(elsewhere.send().await.expect("an answer").status(), 303);
    house.app.clock.advance(61_000);
    assert_eq!(house.visitor().get(&right).await.status(), 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_09_a_shared_page_is_kept_by_nobody_and_loads_nothing_from_elsewhere() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let link = Link::make(&house, &owner, &session.id, "view", 30).await;
    owner.turn(&session.id, "make it warmer").await;
    for path in ["", "/shares", "/turns", "/stage"] {
        let person = if path == "/shares" { &owner } else { &link.guest };
        let answer = person.get(&format!("/s/{}{path}", session.id)).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
        let page = answer.text().await.expect("HTML");
        if path.is_empty() || path == "/shares" {
            let html = Html::parse_document(&page);
            let robots = Selector::parse("meta[name=robots][content*=noindex]").expect("a selector");
            assert_eq!(html.select(&robots).count(), 1, "{path}");
            // A preview in a chat shows what is in these: nothing.
            let preview = "meta[property], meta[name^=twitter], meta[name=description], link[rel=image_src]";
            assert_eq!(html.select(&Selector::parse(preview).expect("a selector")).count(), 0);
        }
        for element in Html::parse_document(&page).select(&Selector::parse("*").expect("a selector")) {
            for name in [
                "href",
                "src",
                "srcset",
                "action",
                "data",
                "poster",
                "content",
                "style",
                "formaction",
            ] {
                let value = element.value().attr(name).unwrap_or_default();
                let leads_away = value.contains("//") || value.contains("url(") || value.contains("javascript:");
                assert!(!leads_away, "{path}: {name}={value}");
            }
        }
    }
}
