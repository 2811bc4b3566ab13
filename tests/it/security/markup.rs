//! Text from people, files and models is text, wherever it is shown: read back with a real HTML parser.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, header::CONTENT_TYPE};
use scraper::{Html, Selector};
use serde_json::json;

use super::{kit::cookie_of, world::Link};
use crate::{
    backends::fake::{Fake, Reply},
    house::{House, Person, fresh_id, photo},
};

/// What breaks out of text, attributes, titles, scripts, comments and styles where escaping is forgotten.
const MARKUP: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "</title><svg onload=alert(1)>",
    "</textarea><iframe src=//evil.example>",
    "<!--><form action=//evil.example>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "{{7*7}}${7*7}#{7*7}",
    "&lt;b&gt;&#60;i&#62;&amp;",
    "]]><style>@import '//evil.example'</style>",
    "\u{202e}gnp.exe\u{2066}<u>",
    "`--!><math><mi xlink:href=\"data:x,<script>\">",
];
/// As harmless as a text can be.
const PLAIN: &str = "plain words";

fn select(css: &str) -> Selector {
    Selector::parse(css).expect("a selector")
}

/// How many elements of each kind a page has, without those that count what is in it.
fn shape(page: &Html) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for element in page.select(&select("*")) {
        *counts.entry(element.value().name().to_owned()).or_default() += 1;
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on"), "{name}={value}");
            assert!(
                !value.trim_start().to_lowercase().starts_with("javascript:"),
                "{name}={value}"
            );
        }
    }
    for script in page.select(&select("script, img, iframe, object, embed, link")) {
        let from = script
            .value()
            .attr("src")
            .or(script.value().attr("href"))
            .unwrap_or("/");
        assert!(from.starts_with('/') && !from.starts_with("//"), "{from}");
    }
    counts
}

fn words(page: &Html, css: &str) -> Vec<String> {
    page.select(&select(css))
        .map(|element| element.text().collect::<String>().trim().to_owned())
        .collect()
}

async fn page(person: &Person, path: &str) -> Html {
    let answer = person.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    Html::parse_document(&answer.text().await.expect("HTML"))
}

/// What a title keeps of a text.
fn as_title(text: &str) -> String {
    plantain::domain::session::one_line(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_05_and_sec_share_09_titles_names_and_wishes_are_text_in_every_place() {
    let house = House::start(&[]).await;
    let mut shapes: Vec<[BTreeMap<String, usize>; 5]> = Vec::new();
    for text in std::iter::once(PLAIN).chain(MARKUP) {
        let mut ana = house.visitor();
        let begun = ana.send_picture("/api/v1/sessions", "a.png", photo(6, 6)).await;
        ana.cookie = cookie_of(&begun);
        let body: serde_json::Value = begun.json().await.expect("JSON");
        let session = body["session"]["id"].as_str().expect("an id").to_owned();
        let api = format!("/api/v1/sessions/{session}");
        let renamed = ana.ask(Method::PATCH, &api).json(&json!({"title": text})).send().await;
        assert_eq!(renamed.expect("an answer").status(), 200);
        let name: String = text.chars().take(40).collect();
        let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        assert_eq!(
            ana.form("/name", &format!("name={encoded}&back=//evil.example"))
                .await
                .headers()["location"],
            "/"
        );
        let wish = json!({"instruction": text, "client_id": fresh_id()});
        let turn: serde_json::Value = ana
            .post(&format!("{api}/turns"), &wish)
            .await
            .json()
            .await
            .expect("JSON");
        let turn = turn["turn"]["id"].as_str().expect("an id").to_owned();
        ana.json(&format!("{api}/turns/{turn}?wait=20")).await;

        let own = house.bearer(body["edit_token"].as_str().expect("a token"));
        let guest = Link::make(&house, &own, &session, "view", 30).await.guest;
        let at = format!("/s/{session}");
        let pages = [
            page(&ana, "/").await,
            page(&ana, &at).await,
            page(&guest, &at).await,
            page(&ana, &format!("{at}/shares")).await,
            page(&ana, &format!("{at}?again={turn}")).await,
        ];
        let title = as_title(text);
        assert_eq!(words(&pages[0], ".session-name"), std::slice::from_ref(&title), "home");
        for page in &pages[1..3] {
            assert_eq!(words(page, "h1.session-title"), std::slice::from_ref(&title));
            assert_eq!(words(page, "head > title"), [format!("{title} · Plantain")]);
            let said = words(page, ".turns").concat();
            assert!(
                said.contains(text.trim()),
                "the wish is shown as it was written: {said}"
            );
            assert!(said.contains(&as_title(&name)), "so is who wished it: {said}");
        }
        let field = select("input[name=title]");
        assert_eq!(
            pages[1].select(&field).next().and_then(|f| f.value().attr("value")),
            Some(&*title)
        );
        assert_eq!(words(&pages[4], "textarea[name=instruction]").concat(), text.trim());
        shapes.push(pages.each_ref().map(shape));
    }
    // The engine's answer to a wish may be one of a few cards; around it everything is the same, so what is compared
    // is the pages without cards whole, and of the others what markup could have smuggled in.
    for (text, these) in MARKUP.iter().zip(&shapes[1..]) {
        for at in [0, 3] {
            assert_eq!(these[at], shapes[0][at], "{text}: page {at}");
        }
        for page in these {
            for element in [
                "iframe", "math", "mi", "style", "i", "b", "u", "object", "embed", "base",
            ] {
                assert_eq!(page.get(element), None, "{text} made an element {element}");
            }
            assert_eq!(page.get("script"), Some(&1), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_06_what_a_model_or_its_gateway_says_is_never_shown_raw() {
    let told = MARKUP[1];
    let picture = STANDARD.encode(photo(6, 6));
    let answer = json!({"candidates": [{"content": {"parts": [
        {"text": format!("See {told} and https://evil.example/x.png")},
        {"inlineData": {"mimeType": "image/png", "data": picture}},
    ]}, "finishReason": "STOP"}]});
    let html = |status| Reply::Whole {
        status,
        headers: vec![("content-type", "text/html".to_owned())],
        body: b"<html><h1>nginx-gateway-marker</h1><script>alert(1)</script></html>".to_vec(),
    };
    let refused = json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": format!("no {told} marker")}});
    let fake = Fake::start(vec![
        Reply::json(200, answer.to_string()),
        html(400),
        html(403),
        html(404),
        html(200),
        Reply::json(400, refused.to_string()),
    ])
    .await;
    let house = House::start(&["--gemini-api-key", "key-marker-1", "--gemini-base-url", &fake.base_url]).await;
    let mut ana = house.visitor();
    let begun = ana.send_picture("/sessions", "a.png", photo(6, 6)).await;
    ana.cookie = cookie_of(&begun);
    let at = begun.headers()["location"].to_str().expect("text").to_owned();
    let session = at.trim_start_matches("/s/").to_owned();
    for _ in 0..6 {
        ana.turn(&session, "make it warmer").await;
    }
    assert_eq!(fake.calls(), 6, "each turn one call");
    let answer = ana.get(&at).await;
    assert!(
        answer.headers()[CONTENT_TYPE]
            .to_str()
            .expect("text")
            .starts_with("text/html")
    );
    let source = answer.text().await.expect("HTML");
    let turns = ana.json(&format!("/api/v1/sessions/{session}/turns")).await;
    for seen in [&source, &turns.to_string()] {
        assert!(!seen.contains("nginx-gateway-marker") && !seen.contains("key-marker-1"));
    }
    let html = Html::parse_document(&source);
    shape(&html);
    assert_eq!(
        html.select(&select("img[src*=evil], a[href*=evil], [onerror]")).count(),
        0
    );
    assert!(words(&html, ".turns").concat().contains(told), "a model's note is text");
    let states: Vec<_> = turns["turns"]
        .as_array()
        .expect("turns")
        .iter()
        .map(|turn| turn["state"].clone())
        .collect();
    assert_eq!(states, ["done", "failed", "failed", "failed", "failed", "failed"]);
    for turn in &turns["turns"].as_array().expect("turns")[1..] {
        let message = turn["failure"]["message"].as_str().expect("words");
        assert!(message.len() > 20 && !message.contains("<script"), "{message}");
    }
}
