//! The house around its services: several of a kind by name, sessions that begin with words, what was really sent, what it
//! cost, and where spending ends.
//!
//! Rule: every house here talks to fakes on this machine, over its own HTTP.

use std::time::Duration;

use plantain::{
    domain::{
        ids::{ClientId, TurnId},
        instruction::Instruction,
        turn::Author,
    },
    store::{
        costs::{Cost, Of},
        turns::NewTurn,
    },
};
use reqwest::StatusCode;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::{
    desk::png64,
    fake::{Fake, Reply},
};
use crate::{
    house::{Begun, House, Person, fresh_id},
    scripted::Scripted,
};

const KEY: &str = "marker-key-of-the-file";

/// A picture of Gemini's that costs 1120 tokens: $0.0336 with the default model, and a little for the words.
fn paid() -> String {
    json!({
        "candidates": [{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": png64(31)}}]}, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": 400, "candidatesTokenCount": 1120,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}]
        }
    })
    .to_string()
}

async fn gemini() -> Fake {
    Fake::answering(|_| Some(Reply::json(200, paid()))).await
}

/// A house with that service alone beside the engine, and these settings.
async fn with(fake: &Fake, more: &[&str]) -> House {
    let mut args = vec![
        "--gemini-api-key",
        KEY,
        "--gemini-base-url",
        &fake.base_url,
        "--gemini-stream",
        "false",
    ];
    args.extend(more);
    House::start(&args).await
}

async fn submit(person: &Person, begun: &Begun, more: Value) -> (StatusCode, Value) {
    let mut body = json!({"instruction": "make it pink", "client_id": fresh_id()});
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    let answer = person
        .post(&format!("/api/v1/sessions/{}/turns", begun.id), &body)
        .await;
    (answer.status(), answer.json().await.expect("JSON"))
}

async fn ended(person: &Person, begun: &Begun, turn: &Value) -> Value {
    let id = turn["turn"]["id"].as_str().expect("an id");
    let path = format!("/api/v1/sessions/{}/turns/{id}?wait=30", begun.id);
    person.json(&path).await["turn"].clone()
}

/// What stands on the page there, white space made one space.
fn told(page: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let selector = Selector::parse(selector).expect("a selector");
    let text = |element: scraper::ElementRef<'_>| {
        let text: String = element.text().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    page.select(&selector).map(text).collect()
}

#[tokio::test]
async fn several_services_of_one_kind_are_named_in_a_file_and_each_has_its_own_address_and_model() {
    let (flash, pro) = (gemini().await, gemini().await);
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, KEY).expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("set");
    }
    let one = |name: &str, fake: &Fake, more: &str| {
        format!(
            "[[backend]]\nname = \"{name}\"\nkind = \"gemini\"\nbase_url = \"{}\"\nkey_file = \"{}\"\nstream = false\n{more}\n",
            fake.base_url,
            key.display()
        )
    };
    let text = one("gemini-flash", &flash, "")
        + &one(
            "gemini-pro",
            &pro,
            "title = \"Gemini Pro\"\nmodel = \"gemini-3-pro-image\"\npreamble = \"\"\npicture_price = 0.2",
        );
    let file = folder.path().join("backends.toml");
    std::fs::write(&file, text).expect("written");
    let house = House::start(&["--backends", file.to_str().expect("a plain path")]).await;
    let begun = house.begin().await;
    let person = house.bearer(&begun.token);
    let list = person.json("/api/v1/backends").await;
    let names: Vec<&str> = list["backends"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["gemini-flash", "gemini-pro", "embedded"]);
    assert_eq!(list["backends"][1]["picture_micros"], 200_000, "as the file says");

    let (status, turn) = submit(&person, &begun, json!({"backend": "gemini-pro"})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{turn}");
    let turn = ended(&person, &begun, &turn).await;
    assert_eq!(
        (turn["state"].as_str(), flash.calls(), pro.calls()),
        (Some("done"), 0, 1),
        "{turn}"
    );
    assert_eq!(
        turn["prompt"], "Image 1 is the picture to edit.\n\nInstruction: make it pink",
        "what the file's empty preamble leaves"
    );
    {
        let seen = pro.seen();
        assert!(
            seen[0]
                .first_line
                .contains("/models/gemini-3-pro-image:generateContent"),
            "{}",
            seen[0].first_line
        );
        assert_eq!(seen[0].header("x-goog-api-key"), Some(KEY));
        assert_eq!(
            seen[0].json()["contents"][0]["parts"][0]["text"],
            turn["prompt"],
            "told as it was sent"
        );
    }
    let page = person
        .get(&format!("/s/{}", begun.id))
        .await
        .text()
        .await
        .expect("text");
    assert!(
        page.contains("Gemini Pro · gemini-3-pro-image"),
        "the choice has its title"
    );
    assert_eq!(
        told(&page, "select[name=backend] option[selected]"),
        ["Gemini Pro · gemini-3-pro-image"],
        "the session remembers who was chosen"
    );
    assert!(!page.contains(KEY) && !list.to_string().contains(KEY));
}

#[tokio::test]
async fn a_turn_tells_what_was_really_sent_what_it_cost_and_what_the_next_will() {
    let fake = gemini().await;
    let house = with(&fake, &["--cost-ceiling-month", "20"]).await;
    let begun = house.begin().await;
    let person = house.bearer(&begun.token);
    let page = person
        .get(&format!("/s/{}", begun.id))
        .await
        .text()
        .await
        .expect("text");
    assert_eq!(
        told(&page, "#forecast"),
        ["v1 → 1 candidate · about $0.03"],
        "nobody knows how long yet"
    );

    let (_, turn) = submit(&person, &begun, json!({"count": 2, "quality": "low"})).await;
    let turn = ended(&person, &begun, &turn).await;
    assert_eq!(
        (turn["state"].as_str(), turn["versions"].as_array().map(Vec::len)),
        (Some("done"), Some(2)),
        "{turn}"
    );
    assert_eq!(
        turn["usage"]["cost_micros"], 68_400,
        "two pictures of 1120 tokens and 400 of words each"
    );
    assert_eq!(turn["prompt"], fake.seen()[0].json()["contents"][0]["parts"][0]["text"]);

    let page = person
        .get(&format!("/s/{}", begun.id))
        .await
        .text()
        .await
        .expect("text");
    assert_eq!(
        told(&page, ".sent pre"),
        [turn["prompt"]
            .as_str()
            .expect("words")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")]
    );
    let facts = told(&page, ".facts").join(" ");
    assert!(facts.contains("$0.068"), "{facts}");
    let forecast = told(&page, "#forecast").join("");
    assert!(
        forecast.starts_with("v2 → 2 candidates · about $0.07 · ~"),
        "{forecast}"
    );
    let spent = told(&page, ".choices .hint").join("");
    assert!(
        spent.starts_with("This session: $0.07 · ") && spent.ends_with(": $0.07 of $20.00"),
        "{spent}"
    );
    assert_eq!(
        told(&page, "select[name=count] option[selected]"),
        ["2"],
        "the session remembers what was chosen"
    );
    assert!(!told(&page, "[data-for=ratio] option").is_empty() && told(&page, "[data-for=workflow]").is_empty());
}

#[tokio::test]
async fn a_ceiling_refuses_before_anything_is_sent_and_what_is_free_goes_on() {
    for (setting, who) in [
        (
            "--cost-ceiling-session",
            "This session has spent $0.03 of at most $0.01",
        ),
        ("--cost-ceiling-month", "this house has spent $0.03 of at most $0.01"),
    ] {
        let fake = gemini().await;
        let house = with(&fake, &[setting, "0.01"]).await;
        let begun = house.begin().await;
        let person = house.bearer(&begun.token);
        // Two are handed in before the first has cost anything; the second is stopped when its turn comes.
        let first_id = fresh_id();
        let (_, first) = submit(&person, &begun, json!({"client_id": first_id})).await;
        let (_, second) = submit(&person, &begun, json!({})).await;
        assert_eq!(ended(&person, &begun, &first).await["state"], "done");
        if second["turn"].is_object() {
            let second = ended(&person, &begun, &second).await;
            assert_eq!(second["failure"]["kind"], "quota", "{second}");
            assert!(
                second["failure"]["message"]
                    .as_str()
                    .is_some_and(|words| words.contains(who)),
                "{second}"
            );
        }
        let (status, refused) = submit(&person, &begun, json!({})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        assert!(refused.to_string().contains(who), "{refused}");
        let again = json!({"client_id": first_id});
        let (status, seen) = submit(&person, &begun, again).await;
        assert_eq!(
            (status, &seen["turn"]["id"]),
            (StatusCode::OK, &first["turn"]["id"]),
            "what was accepted stays so"
        );
        assert_eq!(fake.calls(), 1, "nothing was sent");
        let (status, turn) = submit(
            &person,
            &begun,
            json!({"backend": "embedded", "instruction": "make it warmer"}),
        )
        .await;
        assert_eq!(status, StatusCode::ACCEPTED);
        assert_eq!(
            ended(&person, &begun, &turn).await["state"],
            "done",
            "the engine costs nothing"
        );
    }
}

#[tokio::test]
async fn a_months_sum_outlives_its_session() {
    let fake = gemini().await;
    let house = with(&fake, &["--cost-ceiling-month", "0.01"]).await;
    let begun = house.begin().await;
    let person = house.bearer(&begun.token);
    let (_, turn) = submit(&person, &begun, json!({})).await;
    assert_eq!(ended(&person, &begun, &turn).await["state"], "done");
    let gone = person
        .ask(reqwest::Method::DELETE, &format!("/api/v1/sessions/{}", begun.id))
        .send()
        .await;
    assert_eq!(gone.expect("an answer").status(), StatusCode::NO_CONTENT);
    let far = house.app.clock.now().plus_days(40);
    assert_eq!(house.app.store.empty_trash(far).await.expect("emptied"), 1);
    let another = house.begin().await;
    let (status, refused) = submit(&house.bearer(&another.token), &another, json!({})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
}

#[tokio::test]
async fn a_session_begins_with_words_alone_from_the_page_and_from_a_script() {
    let fake = gemini().await;
    let house = with(&fake, &[]).await;
    // A script.
    let person = house.visitor();
    let answer = person
        .post("/api/v1/sessions", &json!({"canvas": "16:9", "title": "A boat"}))
        .await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let begun = Begun {
        id: text(&body["session"]["id"]),
        token: text(&body["edit_token"]),
        head: text(&body["session"]["head"]),
    };
    let canvas = &body["session"]["versions"][0];
    assert_eq!(
        (
            canvas["origin"]["kind"].as_str(),
            canvas["width"].as_u64(),
            canvas["height"].as_u64()
        ),
        (Some("canvas"), Some(1360), Some(768))
    );
    let person = house.bearer(&begun.token);
    let page = person
        .get(&format!("/s/{}", begun.id))
        .await
        .text()
        .await
        .expect("text");
    assert!(
        page.contains("placeholder=\"Describe the picture\"") && page.contains("An empty canvas"),
        "{page}"
    );
    let (_, turn) = submit(&person, &begun, json!({"instruction": "A red boat at dawn"})).await;
    let turn = ended(&person, &begun, &turn).await;
    assert_eq!(
        (turn["state"].as_str(), turn["prompt"].as_str()),
        (Some("done"), Some("A red boat at dawn")),
        "{turn}"
    );
    // From here on it is an ordinary picture, told as what the words were answered with.
    let (_, turn) = submit(&person, &begun, json!({"instruction": "now a blue one"})).await;
    assert_eq!(ended(&person, &begun, &turn).await["state"], "done");
    {
        let seen = fake.seen();
        let contents = seen[1].json()["contents"].clone();
        assert!(contents.to_string().contains("now a blue one"));
        let white = contents
            .as_array()
            .expect("a list")
            .iter()
            .flat_map(|content| content["parts"].as_array());
        let pictures = white.flatten().filter(|part| part["inlineData"].is_object()).count();
        assert_eq!(pictures, 1, "the boat, and not the canvas");
    }
    // The engine says honestly that it needs a picture.
    let (_, turn) = submit(&person, &begun, json!({"base": begun.head, "backend": "embedded"})).await;
    let turn = ended(&person, &begun, &turn).await;
    assert_eq!(turn["failure"]["kind"], "needs_generative", "{turn}");

    // The page.
    let visitor = house.visitor();
    let home = visitor.get("/").await.text().await.expect("text");
    assert_eq!(
        told(&home, "form[action='/sessions/canvas'] select[name=ratio] option").len(),
        7
    );
    let answer = visitor
        .form("/sessions/canvas", "ratio=3%3A4&instruction=A+cat+in+the+rain")
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = crate::security::kit::cookie_of(&answer).expect("its owner's cookie");
    let place = crate::security::kit::header(&answer, "location").to_owned();
    let mut owner = house.visitor();
    owner.cookie = Some(cookie);
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        let page = owner.get(&place).await.text().await.expect("text");
        if page.contains("data-state=\"done\"") {
            assert_eq!(told(&page, "#turns .turn-text"), ["A cat in the rain"]);
            assert!(
                page.contains("A cat in the rain</title>") || page.contains("A cat in the rain"),
                "its title"
            );
            break;
        }
        assert!(tokio::time::Instant::now() < until, "{page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // A second click begins nothing.
    let form = |id: String| format!("ratio=1%3A1&instruction=An+owl&client_id={id}");
    let (first, second) = (form(fresh_id()), form(fresh_id()));
    let (one, other) = tokio::join!(
        owner.form("/sessions/canvas", &first),
        owner.form("/sessions/canvas", &first),
    );
    let third = owner.form("/sessions/canvas", &second).await;
    let place = |answer: &reqwest::Response| crate::security::kit::header(answer, "location").to_owned();
    assert_eq!(place(&one), place(&other));
    assert_ne!(place(&one), place(&third), "another form is another session");
    for (fields, field) in [
        ("ratio=99%3A1&instruction=x", "canvas"),
        ("ratio=x", "ratio"),
        ("ratio=1%3A1&instruction=%00", "instruction"),
    ] {
        let status = visitor.form("/sessions/canvas", fields).await.status();
        assert!(
            status == StatusCode::UNPROCESSABLE_ENTITY || field == "instruction",
            "{fields}: {status}"
        );
    }
    let alone = House::start(&[]).await;
    let home = alone.visitor().get("/").await.text().await.expect("text");
    assert!(
        told(&home, "form[action='/sessions/canvas']").is_empty(),
        "nobody there could do it"
    );
}

#[tokio::test]
async fn what_a_service_charged_is_booked_also_when_nothing_could_be_kept() {
    let usage = json!({
        "promptTokenCount": 400, "candidatesTokenCount": 1120,
        "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}]
    });
    let part = |part: Value, usage: &Value| json!({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}], "usageMetadata": usage});
    let no_picture = json!({"inlineData": {"mimeType": "image/png", "data": "bm8gcGljdHVyZQ=="}});
    let picture = json!({"inlineData": {"mimeType": "image/png", "data": png64(31)}});
    let words = json!({"promptTokenCount": 400, "candidatesTokenCount": 100});
    for (answer, state, spent) in [
        (part(no_picture, &usage), "failed", 34_200),
        (part(json!({"text": "A fine cat."}), &words), "failed", 1_350),
        (part(picture, &Value::Null), "done", 33_600),
    ] {
        let answer = answer.to_string();
        let fake = Fake::answering(move |_| Some(Reply::json(200, answer.clone()))).await;
        let house = with(&fake, &["--cost-ceiling-month", "20"]).await;
        let begun = house.begin().await;
        let person = house.bearer(&begun.token);
        let (_, turn) = submit(&person, &begun, json!({})).await;
        let turn = ended(&person, &begun, &turn).await;
        assert_eq!(turn["state"], state, "{turn}");
        let of = Of::Session(begun.id.parse().expect("an id"));
        assert_eq!(house.app.store.spent(of).await.expect("read"), spent, "{turn}");
    }
}

#[tokio::test]
async fn what_an_attempt_cost_that_was_overtaken_is_booked() {
    let backend = Scripted::new(|_| Err(plantain::backends::BackendError::TimedOut));
    let house = House::with_backend(&[], std::sync::Arc::new(backend)).await;
    let (begun, store, now) = (house.begin().await, &house.app.store, house.app.clock.now());
    let session = begun.id.parse().expect("an id");
    let new = NewTurn {
        id: TurnId::new(plantain::random::uuid(now)),
        session,
        client_id: ClientId::new(plantain::random::uuid(now)),
        base: begun.head.parse().expect("an id"),
        references: Vec::new(),
        instruction: Instruction::parse("make it pink").expect("words"),
        region: None,
        options: Default::default(),
        backend: "scripted".to_owned(),
        author: Author {
            visitor: None,
            name: "Ana".to_owned(),
        },
    };
    store.insert_turn(&new, 100, now).await.expect("rows");
    let claimed = store.claim_turn(&["scripted".to_owned()], now).await.expect("rows");
    let claimed = claimed.expect("the turn just handed in");
    store.cancel_turn(session, new.id, now).await.expect("rows");
    let cost = Cost {
        took_ms: 900,
        pictures: 1,
        micros: Some(40_000),
    };
    let failure = plantain::backends::BackendError::TimedOut.for_the_user("The script");
    let written = store.fail_turn(&claimed, &failure, (None, cost), now).await;
    assert!(written.expect("rows").is_none(), "it was cancelled and stays so");
    assert_eq!(store.spent(Of::Session(session)).await.expect("read"), 40_000);
}
