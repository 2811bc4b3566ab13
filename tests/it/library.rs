//! The gallery and the presets over HTTP: what is whose, and what can be done with it.

use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use serde_json::Value;

use crate::{
    house::{House, Person, photo},
    security::kit::cookie_of,
};

/// Somebody with a browser and a session of this name, with one edit; the session's id.
async fn somebody(house: &House, title: &str) -> (Person, String) {
    let mut person = house.visitor();
    let answer = person
        .send_picture("/api/v1/sessions", &format!("{title}.png"), photo(48, 32))
        .await;
    person.cookie = cookie_of(&answer);
    let body: Value = answer.json().await.expect("JSON");
    let session = body["session"]["id"].as_str().expect("an id").to_owned();
    person.turn(&session, "make it warmer").await;
    (person, session)
}

async fn page(person: &Person, path: &str) -> Html {
    let answer = person.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    Html::parse_document(&answer.text().await.expect("HTML"))
}

fn attributes(page: &Html, css: &str, name: &str) -> Vec<String> {
    let found = Selector::parse(css).expect("a selector");
    let values = page.select(&found).filter_map(|element| element.value().attr(name));
    values.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_04_the_gallery_shows_nothing_of_sessions_that_one_may_not_see() {
    let house = House::start(&[]).await;
    let (ana, harbour) = somebody(&house, "Harbour").await;
    let (ben, forest) = somebody(&house, "Forest").await;
    for path in [
        "/gallery",
        "/gallery?q=warm",
        "/gallery?q=harbour",
        "/gallery?by=Guest+1",
    ] {
        let shown = ben.get(path).await.text().await.expect("HTML");
        assert!(!shown.contains(&harbour) && !shown.contains("Harbour"), "{path}");
        assert_eq!(shown.contains(&forest), !path.contains("harbour"), "{path}");
    }
    let link = ana
        .form(&format!("/s/{harbour}/shares"), "access=view")
        .await
        .text()
        .await
        .expect("HTML");
    let link = attributes(&Html::parse_document(&link), "#fresh-url", "value").remove(0);
    let mut guest = ben.clone();
    guest.follow(&link).await;
    let shown = page(&guest, "/gallery?q=harbour").await;
    assert_eq!(
        attributes(&shown, ".photo img", "width").len(),
        2,
        "by a link it is there"
    );
    assert!(
        attributes(&shown, "[name=pick]", "value").is_empty(),
        "to look at, no more"
    );
    let revoke = attributes(
        &page(&ana, &format!("/s/{harbour}/shares")).await,
        ".link form",
        "action",
    )
    .remove(0);
    ana.form(&revoke, "").await;
    let shown = guest.get("/gallery?q=harbour").await.text().await.expect("HTML");
    assert!(!shown.contains(&harbour), "and gone with the link");
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_10_chosen_pictures_are_zipped_reused_and_deleted_with_their_sessions() {
    let house = House::start(&[]).await;
    let (ana, harbour) = somebody(&house, "Harbour").await;
    let answer = ana.send_picture("/sessions", "Forest.png", photo(40, 40)).await;
    let forest = answer.headers()["location"].to_str().expect("text").to_owned();
    let shown = page(&ana, "/gallery?q=harb").await;
    let picks: Vec<String> = attributes(&shown, "[name=pick]", "value");
    assert_eq!(picks.len(), 2);
    let fields = format!("pick={}&pick={}", picks[0], picks[1]);
    let zip = ana.form("/gallery/zip", &fields).await;
    let zip = zip.bytes().await.expect("a zip");
    let names = ["Harbour-v1.png", "Harbour-v2.png"];
    for name in names {
        assert!(zip.windows(name.len()).any(|part| part == name.as_bytes()), "{name}");
    }
    let to = forest.trim_start_matches("/s/");
    let added = ana.form("/gallery/reference", &format!("to={to}&{fields}")).await;
    assert_eq!(added.status(), StatusCode::SEE_OTHER);
    let there = added.headers()["location"].to_str().expect("text").to_owned();
    assert!(there.starts_with(&format!("{forest}?ref=")), "{there}");
    let composer = page(&ana, &there).await;
    assert_eq!(attributes(&composer, "#references .reference", "data-version").len(), 2);

    let asked = ana.form("/gallery/delete", &fields).await.text().await.expect("HTML");
    assert!(asked.contains("2 versions") && !asked.contains("Forest"));
    assert_eq!(
        ana.get(&format!("/s/{harbour}")).await.status(),
        StatusCode::OK,
        "not yet"
    );
    ana.form("/gallery/delete", &format!("sure=1&session={harbour}")).await;
    assert_eq!(ana.get(&format!("/s/{harbour}")).await.status(), StatusCode::NOT_FOUND);
    let shown = ana.get("/gallery").await.text().await.expect("HTML");
    assert!(!shown.contains(&harbour) && shown.contains(to));
    assert_eq!(ana.form("/gallery/zip", &fields).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        ana.form("/gallery/zip", "").await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_10_stars_are_given_by_json_and_found_in_every_language() {
    let house = House::start(&[]).await;
    let (ana, harbour) = somebody(&house, "Harbour").await;
    let session = ana.json(&format!("/api/v1/sessions/{harbour}")).await;
    let versions = session["session"]["versions"].as_array().expect("versions");
    assert!(versions.iter().all(|version| version["starred"] == false));
    let path = format!(
        "/api/v1/sessions/{harbour}/versions/{}",
        versions[1]["id"].as_str().expect("an id")
    );
    for starred in [true, false, true] {
        let answer = ana
            .ask(Method::PATCH, &path)
            .json(&serde_json::json!({"starred": starred}))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["version"]["starred"], starred);
    }
    for language in ["en", "de", "ar"] {
        let asked = ana.ask(Method::GET, "/gallery").header("accept-language", language);
        let all = asked.send().await.expect("an answer").text().await.expect("HTML");
        let all = Html::parse_document(&all);
        assert_eq!(attributes(&all, ".photo-link", "href").len(), 2);
        // What the form sends, whatever it is called on the page.
        let field = attributes(&all, ".filters input[type=checkbox]", "name").concat();
        let found = page(&ana, &format!("/gallery?{field}=1")).await;
        assert_eq!(
            attributes(&found, ".photo-link", "href").len(),
            1,
            "{language}: {field}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_2_presets_are_saved_exchanged_and_nobody_elses() {
    let house = House::start(&[]).await;
    let (ana, harbour) = somebody(&house, "Harbour").await;
    let (ben, _) = somebody(&house, "Forest").await;
    let saved = "name=Our+look&text=Put+%5Bwhat%5D+on+image+2&pictures=a+cup&ratio=4:3";
    assert_eq!(ana.form("/presets", saved).await.status(), StatusCode::SEE_OTHER);
    let listed = page(&ana, &format!("/presets?s={harbour}")).await;
    let delete = attributes(&listed, ".own-preset form", "action").remove(0);
    let filled = attributes(&listed, ".own-preset a", "href").remove(0);
    let composer = ana.get(&filled).await.text().await.expect("HTML");
    assert!(composer.contains(">Put [what] on image 2</textarea>"));
    assert!(composer.contains("Still needed: a cup (image 2)."));
    let id = filled.split("preset=").nth(1).expect("an id");
    assert_eq!(ben.form(&delete, "").await.status(), StatusCode::NOT_FOUND);
    let theirs = ben.get("/presets").await.text().await.expect("HTML");
    assert!(!theirs.contains(id) && !theirs.contains("Our look"));

    let file = ana.get("/presets/export").await.text().await.expect("JSON");
    let json: String = url::form_urlencoded::byte_serialize(file.as_bytes()).collect();
    assert_eq!(
        ben.form("/presets/import", &format!("json={json}")).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(ben.get("/presets/export").await.text().await.expect("JSON"), file);
    for wrong in ["json=", "json=%7B%7D", "json=nonsense"] {
        let answer = ben.form("/presets/import", wrong).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(ana.form(&delete, "").await.status(), StatusCode::SEE_OTHER);
    let gone = page(&ana, "/presets").await;
    assert!(attributes(&gone, ".own-preset form", "action").is_empty());
    let stranger = house
        .visitor()
        .ask(Method::GET, &filled)
        .send()
        .await
        .expect("an answer");
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
}
