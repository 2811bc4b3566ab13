//! Several model services in one composer: what each can do, what will happen, what is shown meanwhile, and how each failure
//! is told.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    driver::Browser,
    fake::{Ending, Fake, Reply},
    house::photo,
    kit::{Scene, all_is_well, ask, on_stage, picture_reply, shot, text_reply},
    looks::judge,
    studio::in_the_usual_size,
};

/// The names of the options that can be seen.
async fn options(browser: &Browser) -> String {
    let seen = "[...document.querySelectorAll('.choice-row [data-for]')].filter(label => label.checkVisibility()).map(label => label.dataset.for).join(' ')";
    browser.get(seen).await.as_str().expect("text").to_owned()
}

async fn choose(browser: &Browser, select: &str, value: &str) {
    let pick = format!(
        "(() => {{ const list = document.querySelector('select[name={select}]'); list.value = '{value}'; list.dispatchEvent(new Event('input', {{bubbles: true}})); list.dispatchEvent(new Event('change', {{bubbles: true}})); }})()"
    );
    browser.get(&pick).await;
}

async fn forecast(browser: &Browser, says: &str) {
    browser
        .until(&format!("document.querySelector('#forecast').textContent === '{says}'"))
        .await;
}

pub async fn ui_4_2_the_composer_offers_what_the_chosen_service_can_do() {
    let gemini = Fake::answering(|_| Some(picture_reply("Done."))).await;
    let mut scene = Scene::set(&[
        "--gemini-api-key",
        "marker",
        "--gemini-base-url",
        &gemini.base_url,
        "--gemini-stream",
        "false",
        "--openai-api-key",
        "marker",
        "--openai-base-url",
        "http://127.0.0.1:9/v1",
        "--comfyui-url",
        "http://127.0.0.1:9",
        "--comfyui-workflow",
        "qwen-image-edit,flux-kontext,qwen-image",
    ])
    .await;
    let browser = scene.driver.browser().await;
    browser.open(&scene.at("/")).await;
    judge(&browser, "home-from-words").await;
    scene.begin(&browser).await;
    forecast(&browser, "v1 → 1 candidate · about $0.03").await;
    assert_eq!(options(&browser).await, "", "the composer is calm");
    browser.click(".choices summary").await;
    assert_eq!(options(&browser).await, "count ratio quality keep");
    choose(&browser, "count", "3").await;
    choose(&browser, "quality", "high").await;
    forecast(&browser, "v1 → 3 candidates · about $0.23").await;
    judge(&browser, "composer-gemini").await;
    choose(&browser, "backend", "comfyui").await;
    assert_eq!(options(&browser).await, "count workflow keep");
    forecast(&browser, "v1 → 3 candidates · free").await;
    judge(&browser, "composer-comfyui").await;
    choose(&browser, "backend", "openai").await;
    assert_eq!(options(&browser).await, "count ratio quality keep");
    judge(&browser, "composer-openai").await;
    choose(&browser, "backend", "embedded").await;
    assert_eq!(options(&browser).await, "");
    forecast(&browser, "v1 → 1 candidate · free").await;

    choose(&browser, "backend", "gemini").await;
    choose(&browser, "count", "2").await;
    choose(&browser, "quality", "").await;
    ask(&browser, "Make the sky pink").await;
    browser.until_there(".turn[data-state=done]").await;
    assert_eq!(browser.count(".turn .result").await, 2);
    assert_eq!(gemini.calls(), 2);
    browser.click(".turn .sent summary").await;
    let sent = browser.text(".turn .sent pre").await;
    assert!(sent.ends_with("Instruction: Make the sky pink"), "{sent}");
    judge(&browser, "turn-sent").await;

    // The words come back with what was chosen beside them.
    choose(&browser, "count", "").await;
    choose(&browser, "backend", "embedded").await;
    browser
        .get("document.querySelector('.turn a[data-again]').click()")
        .await;
    browser
        .until("document.querySelector('#instruction').value === 'Make the sky pink'")
        .await;
    forecast(&browser, "v1 → 2 candidates · about $0.07").await;
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_2_what_services_offer_fits_into_a_hand() {
    let mut scene = Scene::set(&[
        "--gemini-api-key",
        "marker",
        "--gemini-base-url",
        "http://127.0.0.1:9",
        "--comfyui-url",
        "http://127.0.0.1:9",
        "--comfyui-workflow",
        "qwen-image-edit,flux-kontext,qwen-image",
    ])
    .await;
    let phone = scene.driver.phone().await;
    phone.open(&scene.at("/")).await;
    judge(&phone, "home-from-words").await;
    in_the_usual_size(&phone).await;
    scene.begin(&phone).await;
    judge(&phone, "composer-calm").await;
    in_the_usual_size(&phone).await;
    phone.click(".choices summary").await;
    judge(&phone, "composer-gemini").await;
    in_the_usual_size(&phone).await;
    choose(&phone, "backend", "comfyui").await;
    judge(&phone, "composer-comfyui").await;
}

pub async fn ui_4_6_a_preview_is_seen_on_the_stage_while_it_is_drawn() {
    let partial = json!({"type": "image_edit.partial_image", "b64_json": STANDARD.encode(photo(480, 360)), "partial_image_index": 0});
    let event = format!("event: image_edit.partial_image\ndata: {partial}\n\n");
    let openai = Fake::answering(move |_| {
        Some(Reply::Events {
            pieces: vec![event.clone().into_bytes()],
            ending: Ending::Stall,
        })
    })
    .await;
    let url = openai.at("/v1");
    let mut scene = Scene::set(&["--openai-api-key", "marker", "--openai-base-url", &url]).await;
    let (browser, _) = scene.owner().await;
    ask(&browser, "Put a lighthouse on the hill").await;
    browser
        .until("document.querySelector('version-stage .preview')?.naturalWidth > 0")
        .await;
    on_stage(&browser, 1).await;
    shot(&browser, "preview-on-the-stage").await;
    browser
        .click(".turn[data-state=running] form[action$=cancel] button")
        .await;
    browser.until_there(".turn[data-state=cancelled]").await;
    browser
        .until("document.querySelector('version-stage .preview') === null")
        .await;
    assert!(
        openai.is_abandoned_within_a_second().await,
        "b6: a cancel closes the connection"
    );
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_6_each_failure_of_a_service_has_its_own_card() {
    let error = |code: u16, status: &str, message: &str, details: serde_json::Value| {
        Reply::json(
            code,
            json!({"error": {"code": code, "status": status, "message": message, "details": details}}).to_string(),
        )
    };
    let quota = json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "PerDay", "quotaValue": "0"}]}]);
    let retry = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "75s"}]);
    let blocked = json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}).to_string();
    let script = vec![
        ("blocked", Reply::json(200, blocked)),
        ("words-only", text_reply("Which of the two boats do you mean?")),
        ("rate-limited", error(429, "RESOURCE_EXHAUSTED", "Slow down.", retry)),
        ("quota", error(429, "RESOURCE_EXHAUSTED", "limit: 0", quota)),
        (
            "key",
            Reply::json(400, include_str!("../fixtures/gemini/bad_key.json").to_owned()),
        ),
        ("model", error(404, "NOT_FOUND", "models/x is not found", json!([]))),
        ("down", error(500, "INTERNAL", "An internal error.", json!([]))),
        ("unreadable", Reply::json(200, "<html>a proxy's page</html>".to_owned())),
    ];
    let (names, replies): (Vec<_>, Vec<_>) = script.into_iter().unzip();
    let gemini = Fake::start(replies).await;
    let mut scene = Scene::set(&[
        "--gemini-api-key",
        "marker",
        "--gemini-base-url",
        &gemini.base_url,
        "--gemini-stream",
        "false",
    ])
    .await;
    let (browser, _) = scene.owner().await;
    for (at, name) in names.iter().enumerate() {
        ask(&browser, "Make the boat red").await;
        let ended = format!(
            "document.querySelectorAll('.turn:is([data-state=failed], [data-state=refused])').length === {}",
            at + 1
        );
        browser.until(&ended).await;
        browser
            .get("document.querySelector('#turns > li:last-child').scrollIntoView({block: 'end'})")
            .await;
        judge(&browser, &format!("failure-{name}")).await;
    }
    assert_eq!(gemini.calls(), names.len(), "each was asked once");
    let titles = browser
        .get("[...document.querySelectorAll('.turn-ended-title strong')].map(title => title.textContent)")
        .await;
    let expected = json!([
        "The service declined this edit",
        "The model answered in words only",
        "Too many requests just now",
        "The allowance is used up",
        "Not set up right",
        "Not set up right",
        "Out of reach",
        "The answer held no picture"
    ]);
    assert_eq!(titles, expected);
    all_is_well(&browser, &scene, &[]).await;
}
