//! The memory of the real program while many turns bring large pictures at once.
//!
//! Rule: the program runs in a process of its own, as it comes: eight turns at a time, four of each service; the others wait.

use image::RgbImage;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    desk::png,
    fake::{Fake, Reply},
};
use crate::{
    house::{Person, begin, fresh_id},
    security::kit::Program,
};

const MIB: u64 = 1024 * 1024;

/// A picture that no encoder makes smaller.
fn noise(side: u32) -> Vec<u8> {
    let mut state = 7_u32;
    png(&RgbImage::from_fn(side, side, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        image::Rgb([a, b, c])
    }))
}

/// So many turns handed in at once, every second one to another service, each answered with a picture of that side. Bytes of
/// memory before, and at most.
async fn turns_at_once(count: usize, side: u32) -> Option<(u64, u64)> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let picture = noise(side);
    let size = picture.len();
    let data = STANDARD.encode(picture);
    let gemini = json!({"candidates": [{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": data}, "thoughtSignature": "c2ln"}]}, "finishReason": "STOP"}]}).to_string();
    let openai = json!({"data": [{"b64_json": data}]}).to_string();
    let fake = Fake::answering(move |seen| {
        let is_gemini = seen.first_line.contains("enerateContent");
        Some(Reply::json(
            200,
            if is_gemini { gemini.clone() } else { openai.clone() },
        ))
    })
    .await;
    let openai = fake.at("/v1");
    let program = Program::start(&[
        ("GEMINI_API_KEY", "marker"),
        ("GEMINI_BASE_URL", &fake.base_url),
        ("OPENAI_API_KEY", "marker"),
        ("OPENAI_BASE_URL", &openai),
    ])
    .await;
    let Some(before) = program.memory("VmRSS") else {
        eprintln!("not tried: this system doesn't tell a process's memory");
        return None;
    };
    let mut turns = JoinSet::new();
    for n in 0..count {
        let begun = begin(&Person::at(program.address)).await;
        let person = Person::at(program.address).with_token(&begun.token);
        turns.spawn(async move {
            let backend = if n % 2 == 0 { "gemini" } else { "openai" };
            let body = json!({"instruction": "make it pink", "client_id": fresh_id(), "backend": backend});
            let answer = person
                .post(&format!("/api/v1/sessions/{}/turns", begun.id), &body)
                .await;
            let turn: Value = answer.json().await.expect("JSON");
            let id = turn["turn"]["id"].as_str().expect("an id").to_owned();
            loop {
                // One address may hold eight lines open, so nobody waits on one here.
                tokio::time::sleep(std::time::Duration::from_millis(250)).await;
                let turn = person.json(&format!("/api/v1/sessions/{}/turns/{id}", begun.id)).await;
                match turn["turn"]["state"].as_str() {
                    Some("done") => return,
                    Some("queued" | "running") => {}
                    _ => panic!("{turn}"),
                }
            }
        });
    }
    while let Some(ended) = turns.join_next().await {
        ended.expect("each brings its picture");
    }
    let peak = program.memory("VmHWM")?;
    eprintln!(
        "{count} turns at once, answers of {:.1} MiB: {} MiB before, {} at the peak",
        size as f64 / MIB as f64,
        before / MIB,
        peak / MIB
    );
    Some((before, peak))
}

#[tokio::test(flavor = "multi_thread")]
async fn b6_eight_turns_at_once_with_large_answers_stay_small() {
    if let Some((_, peak)) = turns_at_once(8, 1000).await {
        assert!(peak < 200 * MIB, "{} MiB", peak / MIB);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the full measure, for a release build: cargo test --release --test it -- --ignored --nocapture b6_twenty"]
async fn b6_twenty_turns_at_once_with_answers_of_8_mib_stay_under_300_mib() {
    if let Some((_, peak)) = turns_at_once(20, 1680).await {
        assert!(peak < 300 * MIB, "{} MiB", peak / MIB);
    }
}
