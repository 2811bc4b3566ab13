//! What a model sends passes the same gate as an upload, and its way there carries nothing hidden.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::corpus::*;
use crate::{
    backends::fake::{Fake, Reply},
    house::House,
    security::kit::{files, holds, rows},
};

fn answer_with(kind: &str, file: &[u8]) -> Reply {
    let part = json!({"inlineData": {"mimeType": kind, "data": STANDARD.encode(file)}});
    Reply::json(
        200,
        json!({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}).to_string(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_12_what_a_model_sends_passes_the_gate_or_is_a_failed_turn() {
    let cut = encoded(corners(), image::ImageFormat::Png);
    let bad = [
        ("a web page", b"<!DOCTYPE html><script>alert(1)</script>".to_vec()),
        (
            "SVG",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
        ),
        ("too many pixels", png_header(50_000, 50_000)),
        ("a side too long", png_header(40_000, 1)),
        ("a cut file", cut[..cut.len() / 2].to_vec()),
        ("nothing", Vec::new()),
    ];
    let mut script: Vec<Reply> = bad.iter().map(|(_, file)| answer_with("image/png", file)).collect();
    script.push(answer_with("image/jpeg", &marked_jpeg()));
    let fake = Fake::start(script).await;
    let house = House::start(&["--gemini-api-key", "k", "--gemini-base-url", &fake.base_url]).await;
    let answer = house
        .visitor()
        .send_picture("/api/v1/sessions", "a.jpg", marked_jpeg())
        .await;
    let body: Value = answer.json().await.expect("JSON");
    let session = body["session"]["id"].as_str().expect("an id");
    let owner = house.bearer(body["edit_token"].as_str().expect("a token"));
    // The renditions of the upload are made beside; once asked for, they are there.
    let version = body["session"]["head"].as_str().expect("an id");
    for size in [320, 1024, 1600] {
        let path = format!("/s/{session}/versions/{version}/renditions/{size}");
        assert_eq!(owner.get(&path).await.status(), 200);
    }
    let before = (rows(&house).await["versions"].clone(), files(&house.app.config.data));
    for (what, _) in &bad {
        let turn = owner.turn(session, "make it warmer").await;
        assert_eq!(turn["state"], "failed", "{what}: {turn}");
        let kind = turn["failure"]["kind"].as_str().expect("a kind");
        assert!(matches!(kind, "bad_answer" | "no_image"), "{what}: {turn}");
        assert!(
            turn["failure"]["message"]
                .as_str()
                .is_some_and(|words| words.len() > 20),
            "{what}"
        );
        let after = (rows(&house).await["versions"].clone(), files(&house.app.config.data));
        assert_eq!(after, before, "{what} left something behind");
    }
    let turn = owner.turn(session, "make it warmer").await;
    assert_eq!(turn["state"], "done", "{turn}");
    let made = turn["versions"][0].as_str().expect("a version");
    let stored = owner.get(&format!("/s/{session}/versions/{made}/picture")).await;
    assert!(
        !holds(&stored.bytes().await.expect("bytes"), MARKER),
        "a model's picture is cleaned too"
    );

    // And what was sent to the model has nothing of what was hidden in the upload.
    for seen in fake.seen().iter() {
        let sent = seen.json();
        let parts = sent["contents"][0]["parts"].as_array().expect("parts");
        let pictures: Vec<_> = parts
            .iter()
            .filter_map(|part| part["inlineData"]["data"].as_str())
            .collect();
        assert_eq!(pictures.len(), 1);
        assert!(!holds(&STANDARD.decode(pictures[0]).expect("base64"), MARKER));
        assert!(!holds(&seen.body, MARKER));
    }
}
