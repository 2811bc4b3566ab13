//! OpenRouter against a fake, in both its interfaces: what is sent, what is made of every answer, how it ends.
//!
//! Rule: every edit goes over a [`Desk`], which looks for the key where it must not be.

use std::{sync::Arc, time::Duration};

use plantain::{
    backends::{
        Backend as _, BackendError, Watch,
        openrouter::{Interface, OpenRouter},
    },
    config::{About, OpenRouterSettings, Secret},
    domain::{picture::BlobId, turn::FailureKind, version::RawParts},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    desk::{Desk, Patience, png64, step},
    fake::{Ending, Reply},
};

const KEY: &str = "sk-or-marker-19c2";
const MODEL: &str = "google/gemini-3.1-flash-image";

// ---- The chat ------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_chat_sends_the_words_and_the_pictures_in_one_message() {
    let desk = chat([Reply::events(stream())]).await;
    let (base, hat) = (
        desk.picture(60, 40, [9, 9, 9]).await,
        desk.picture(50, 50, [0, 200, 0]).await,
    );
    let mut request = desk.request(&base, "Give her the hat of image 2");
    request.references = vec![hat.clone()];
    request.history = vec![step(1, None), step(2, Some("Make it warmer"))];
    let outcome = desk.edit(&request).await.expect("a picture");
    assert_eq!(outcome.note.as_deref(), Some("Done, with care."));
    assert_eq!(
        desk.shelf.widths(outcome.pictures).await,
        [31, 32],
        "told twice is one picture"
    );
    let usage = outcome.usage.expect("it was told");
    assert_eq!(
        (usage.input_tokens, usage.output_tokens, usage.cost_micros),
        (12, 1290, Some(38_700))
    );

    let seen = desk.fake.seen();
    assert_eq!(seen[0].first_line, "POST /api/v1/chat/completions HTTP/1.1");
    assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(seen[0].header("x-title"), Some("Plantain"));
    let mut sent = seen[0].json();
    let content = sent["messages"][0]["content"].take();
    let expected = json!({
        "model": MODEL, "messages": [{"role": "user", "content": null}], "modalities": ["image", "text"],
        "image_config": {"aspect_ratio": "3:2"}, "stream": true,
    });
    assert_eq!(sent, expected);
    let words = content[0]["text"].as_str().expect("words first");
    assert!(
        words.contains("- Make it warmer") && words.ends_with("Instruction: Give her the hat of image 2"),
        "{words}"
    );
    assert_eq!(pictures_of(&content), [base.id.to_string(), hat.id.to_string()]);
}

#[tokio::test]
async fn reasoning_goes_back_unchanged_to_the_model_it_came_from() {
    let details = json!([
        {"type": "reasoning.text", "text": "The sky, so: pink.", "index": 0, "format": "google-gemini-v1"},
        {"type": "reasoning.encrypted", "data": "c2lnbmVk", "index": 1, "id": "r1"},
    ]);
    let desk = chat([
        Reply::events(thinking(&["The sky, ", "so: pink."], 31)),
        Reply::events(stream()),
        Reply::json(200, whole()),
    ])
    .await;
    let upload = desk.picture(60, 40, [9, 9, 9]).await;
    let mut first = step(1, None);
    first.blob = upload.clone();
    let mut request = desk.request(&upload, "Make the sky pink");
    request.history = vec![first.clone()];
    let outcome = desk.edit(&request).await.expect("a picture");
    let raw = outcome.raw.expect("it reasoned");
    assert_eq!(
        (raw.family.as_str(), raw.pictures),
        (format!("openrouter/{MODEL}").as_str(), 1)
    );

    let shelf = &desk.shelf.store;
    let made = outcome.pictures.into_iter().next().expect("one");
    let made = shelf
        .put(shelf.inspect(made).await.expect("a picture"))
        .await
        .expect("kept");
    let mut second = step(2, Some("Make the sky pink"));
    second.blob = made.clone();
    second.raw = Some(RawParts {
        family: raw.family,
        bytes: raw.bytes.len() as u64,
        pictures: raw.pictures,
        file: shelf.put_private(raw.bytes).await.expect("kept"),
    });
    let hat = desk.picture(50, 50, [0, 200, 0]).await;
    let mut request = desk.request(&made, "Now the hat of image 2");
    request.history = vec![first, second];
    request.references = vec![hat.clone()];
    desk.edit(&request).await.expect("a picture");
    {
        let seen = desk.fake.seen();
        let messages = seen[1].json()["messages"].clone();
        let roles: Vec<&str> = messages
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|m| m["role"].as_str())
            .collect();
        assert_eq!(roles, ["user", "assistant", "user"]);
        assert_eq!(
            messages[1]["reasoning_details"], details,
            "pieces of one thought are one, and nothing else is touched"
        );
        assert_eq!(messages[1]["content"], "Done.");
        assert_eq!(
            messages[1]["images"][0]["image_url"],
            image(31)["image_url"],
            "the very picture it drew"
        );
        assert_eq!(pictures_of(&messages[0]["content"]), [upload.id.to_string()]);
        assert_eq!(
            pictures_of(&messages[2]["content"]),
            [made.id.to_string(), hat.id.to_string()],
            "the picture stands in the newest message too, for vendors that don't read their own back"
        );
        let words = messages[2]["content"][0]["text"].as_str().expect("words first");
        assert!(words.ends_with("Instruction: Now the hat of image 2"), "{words}");
    }
    // Another model gets none of it.
    let settings = settings(
        &desk.fake.at("/api/v1"),
        KEY,
        "openai/gpt-image-2",
        Interface::Chat,
        Duration::from_secs(9),
    );
    let other = OpenRouter::new(settings, desk.outbound.clone(), desk.shelf.store.clone()).expect("good settings");
    other
        .edit(&request, &Watch::new(CancellationToken::new(), |_, _| {}))
        .await
        .expect("a picture");
    let seen = desk.fake.seen();
    assert_eq!(seen[2].json()["messages"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_past_that_is_not_taken_begins_anew_once_and_one_that_is_lost_too() {
    let refusal = || {
        Reply::json(
            400,
            json!({"error": {"code": 400, "message": "odd reasoning"}}).to_string(),
        )
    };
    for (kept, script, calls) in [
        (true, vec![refusal(), Reply::events(stream())], 2),
        (true, vec![refusal(), refusal(), Reply::events(stream())], 2),
        (false, vec![Reply::events(stream())], 1),
    ] {
        let ends_well = script.len() == calls;
        let desk = desk(MODEL, Interface::Chat, script, Patience::NORMAL).await;
        let base = desk.picture(31, 20, [9, 99, 199]).await;
        let message = json!({"role": "assistant", "content": "x", "images": [image(31)], "reasoning_details": [{"type": "reasoning.encrypted", "data": "c2ln"}]});
        let raw = message.to_string().into_bytes();
        let file = desk.shelf.store.put_private(raw.into()).await.expect("kept");
        let mut made = step(2, Some("Make it warmer"));
        made.blob = base.clone();
        made.raw = Some(RawParts {
            family: format!("openrouter/{MODEL}"),
            bytes: 99,
            pictures: 1,
            file: if kept { file } else { BlobId::from_bytes([3; 32]) },
        });
        let mut first = step(1, None);
        first.blob = base.clone();
        let mut request = desk.request(&base, "Make the sky pink");
        request.history = vec![first, made];
        assert_eq!(desk.edit(&request).await.is_ok(), ends_well);
        assert_eq!(
            desk.fake.calls(),
            calls,
            "a refused request cost nothing, and is made plain once"
        );
        let seen = desk.fake.seen();
        let last = seen.last().expect("one").json();
        assert_eq!(last["messages"].as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test]
async fn a_model_that_only_draws_is_not_asked_for_words() {
    for (model, modalities) in [
        ("black-forest-labs/flux.2-pro", json!(["image"])),
        ("openai/gpt-image-2.5-sunburst", json!(["image", "text"])),
    ] {
        let desk = desk(
            model,
            Interface::Chat,
            vec![Reply::json(200, whole())],
            Patience::NORMAL,
        )
        .await;
        let outcome = desk.edit_any().await.expect("a picture, though it did not stream");
        assert_eq!(desk.shelf.widths(outcome.pictures).await, [31]);
        assert_eq!(desk.fake.seen()[0].json()["modalities"], modalities);
    }
}

#[tokio::test]
async fn a_stream_cut_anywhere_reads_the_same_and_one_that_ends_early_is_no_answer() {
    let pieces = stream().as_bytes().chunks(5).map(<[u8]>::to_vec).collect();
    let desk = chat([Reply::Events {
        pieces,
        ending: Ending::Whole,
    }])
    .await;
    let outcome = desk.edit_any().await.expect("a picture");
    assert_eq!(desk.shelf.widths(outcome.pictures).await, [31, 32]);
    let half = stream().split_at(180).0.to_owned();
    for (text, ending, kind) in [
        (
            ": OPENROUTER PROCESSING\n\n".to_owned(),
            Ending::Whole,
            FailureKind::BadAnswer,
        ),
        (half.clone(), Ending::Cut, FailureKind::BadAnswer),
        (half, Ending::Stall, FailureKind::Timeout),
    ] {
        let desk = chat([Reply::Events {
            pieces: vec![text.into_bytes()],
            ending,
        }])
        .await;
        assert_eq!(desk.fail_any().await.0, kind);
        assert_eq!(desk.fake.calls(), 1);
    }
}

#[tokio::test]
async fn no_picture_says_what_the_model_said_or_why_it_was_stopped() {
    let message = |finish: &str, native: &str, content: Value| {
        json!({"choices": [{"finish_reason": finish, "native_finish_reason": native, "message": {"role": "assistant", "content": content}}]}).to_string()
    };
    for (body, kind, words) in [
        (message("stop", "STOP", json!("Which cat?")), FailureKind::NoImage, "Which cat?"),
        (message("content_filter", "IMAGE_SAFETY", Value::Null), FailureKind::Blocked, "filter held back"),
        (message("stop", "PROHIBITED_CONTENT", json!("")), FailureKind::Blocked, "filter held back"),
        (message("error", "", Value::Null), FailureKind::BadAnswer, ""),
        (json!({"choices": []}).to_string(), FailureKind::BadAnswer, ""),
        (json!({"error": {"code": 402, "message": "no credits"}}).to_string(), FailureKind::Quota, "allowance"),
        (
            json!({"choices": [{"finish_reason": "stop", "message": {"images": [{"image_url": {"url": "http://169.254.169.254/marker"}}]}}]}).to_string(),
            FailureKind::BadAnswer,
            "",
        ),
        (
            json!({"choices": [{"message": {"images": [{"image_url": {"url": "data:image/png;base64,marker*"}}]}}]}).to_string(),
            FailureKind::BadAnswer,
            "",
        ),
        ("<html>marker</html>".to_owned(), FailureKind::BadAnswer, ""),
    ] {
        let desk = chat([Reply::json(200, body.clone())]).await;
        let failure = desk.fail_any().await;
        assert_eq!(failure.0, kind, "{body}");
        assert!(failure.1.contains(words) && !failure.1.contains("marker"), "{failure:?}");
        assert_eq!(desk.fake.calls(), 1);
    }
}

#[tokio::test]
async fn an_error_in_mid_stream_ends_the_turn_in_its_own_words() {
    let data = json!({"error": {"code": 502, "message": "Provider returned error"}, "choices": [{"finish_reason": "error", "delta": {"content": ""}}]});
    let desk = chat([Reply::events(format!(
        ": OPENROUTER PROCESSING\n\ndata: {data}\n\ndata: [DONE]\n\n"
    ))])
    .await;
    assert_eq!(desk.fail_any().await.0, FailureKind::Unavailable);
}

// ---- The images interface ------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_images_interface_gets_one_form_and_shows_what_is_on_its_way() {
    let event = |kind: &str, width| json!({"type": format!("image_generation.{kind}"), "b64_json": png64(width), "usage": {"cost": 0.04}});
    let text = format!(
        "data: {}\n\ndata: {}\n\ndata: [DONE]\n\n",
        event("partial_image", 21),
        event("completed", 40)
    );
    let desk = desk(
        "black-forest-labs/flux.2-pro",
        Interface::Images,
        vec![Reply::events(text)],
        Patience::NORMAL,
    )
    .await;
    let (base, hat) = (
        desk.picture(60, 40, [9, 9, 9]).await,
        desk.picture(50, 50, [0, 200, 0]).await,
    );
    let mut request = desk.request(&base, "Give her the hat of image 2, 16:9");
    request.references = vec![hat.clone()];
    let outcome = desk.edit(&request).await.expect("a picture");
    assert_eq!(desk.shelf.widths(outcome.pictures).await, [40]);
    assert_eq!(outcome.usage.and_then(|usage| usage.cost_micros), Some(40_000));
    assert_eq!(desk.preview_widths().await, [21]);

    let seen = desk.fake.seen();
    assert_eq!(seen[0].first_line, "POST /api/v1/images HTTP/1.1");
    let mut sent = seen[0].json();
    let (prompt, pictures) = (sent["prompt"].take(), sent["input_references"].take());
    let expected = json!({
        "model": "black-forest-labs/flux.2-pro", "prompt": null, "input_references": null, "output_format": "png",
        "n": 1, "stream": true,
    });
    assert_eq!(sent, expected, "no ratio, since the words speak of one");
    assert!(
        prompt
            .as_str()
            .is_some_and(|words| words.ends_with("hat of image 2, 16:9")),
        "{prompt}"
    );
    assert_eq!(pictures_of(&pictures), [base.id.to_string(), hat.id.to_string()]);
}

#[tokio::test]
async fn an_answer_of_the_images_interface_is_also_read_whole() {
    let body = json!({"created": 1, "data": [{"b64_json": png64(31), "media_type": "image/png"}], "usage": {"cost": 0.01, "input_tokens": 3}});
    let desk = desk(
        MODEL,
        Interface::Images,
        vec![Reply::json(200, body.to_string())],
        Patience::NORMAL,
    )
    .await;
    let outcome = desk.edit_any().await.expect("a picture");
    assert_eq!(
        outcome.usage.map(|usage| (usage.input_tokens, usage.cost_micros)),
        Some((3, Some(10_000)))
    );
    assert_eq!(desk.shelf.widths(outcome.pictures).await, [31]);
}

// ---- Errors and ends -----------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_refusal_is_classified_once_and_in_words() {
    let error = |code: u16, message: &str| json!({"error": {"code": code, "message": message}}).to_string();
    let moderated = json!({"error": {"code": 403, "message": format!("flagged {KEY}"), "metadata": {"reasons": ["violence"], "flagged_input": "x"}}});
    for (status, body, kind, words) in [
        (
            400,
            error(400, "image_config is odd"),
            FailureKind::Misconfigured,
            "image_config is odd",
        ),
        (401, error(401, "no"), FailureKind::Misconfigured, "OPENROUTER_API_KEY"),
        (402, error(402, "no credits"), FailureKind::Quota, "allowance"),
        (
            403,
            moderated.to_string(),
            FailureKind::Blocked,
            "over: violence. It says: flagged ••••",
        ),
        (
            403,
            error(403, "not for you"),
            FailureKind::Misconfigured,
            "not for you",
        ),
        (404, error(404, "No endpoints found"), FailureKind::Misconfigured, MODEL),
        (
            404,
            "<html>marker</html>".into(),
            FailureKind::Misconfigured,
            "OPENROUTER_BASE_URL",
        ),
        (408, error(408, "x"), FailureKind::Timeout, "in time"),
        (413, String::new(), FailureKind::Declined, "too large"),
        (500, error(500, "x"), FailureKind::Unavailable, "overloaded"),
        (
            502,
            "<html>marker</html>".into(),
            FailureKind::Unavailable,
            "overloaded",
        ),
        (524, String::new(), FailureKind::Timeout, "in time"),
        (302, String::new(), FailureKind::Misconfigured, "redirect"),
    ] {
        let desk = chat([Reply::json(status, body.clone())]).await;
        let failure = desk.fail_any().await;
        assert_eq!(failure.0, kind, "{status} {body}");
        assert!(failure.1.contains(words), "{status} {body}: {failure:?}");
        assert!(!failure.1.contains("marker"), "sec_web_06: {failure:?}");
        assert_eq!(desk.fake.calls(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn rel_backend_02_busy_is_waited_for_and_asked_again() {
    let busy = |status| Reply::Whole {
        status,
        headers: vec![("retry-after", "0".to_owned())],
        body: Vec::new(),
    };
    let desk = chat([busy(429), busy(529), Reply::events(stream())]).await;
    desk.edit_any().await.expect("the third try brings it");
    let late = Reply::Whole {
        status: 429,
        headers: vec![("retry-after", "99".to_owned())],
        body: Vec::new(),
    };
    let desk = chat([late]).await;
    let failure = desk.edit_any().await.expect_err("too long").for_the_user("It");
    assert_eq!(
        (failure.kind, failure.retry_after_s),
        (FailureKind::RateLimited, Some(99))
    );
}

#[tokio::test]
async fn rel_backend_01_too_much_or_too_slow_ends_in_words() {
    let flood = Reply::Flood {
        bytes: 100 << 20,
        promised: false,
    };
    for (reply, kind) in [
        (flood, FailureKind::BadAnswer),
        (Reply::Cut(whole().into_bytes()), FailureKind::BadAnswer),
        (Reply::Stall(whole().into_bytes()), FailureKind::Timeout),
        (Reply::HangUp, FailureKind::Unavailable),
    ] {
        let desk = chat([reply, Reply::events(stream())]).await;
        assert_eq!(desk.fail_any().await.0, kind);
        assert_eq!(desk.fake.calls(), 1);
    }
}

#[tokio::test]
async fn cancelling_closes_the_connection_within_a_second() {
    let waiting = Reply::Events {
        pieces: vec![b": OPENROUTER PROCESSING\n\n".to_vec()],
        ending: Ending::Stall,
    };
    for reply in [Reply::Silent, waiting] {
        let desk = desk(MODEL, Interface::Chat, vec![reply], Patience::LONG).await;
        let request = desk.any_request().await;
        let watch = Watch::new(CancellationToken::new(), |_, _| {});
        let (result, ()) = tokio::join!(desk.backend.edit(&request, &watch), async {
            desk.fake.arrived(1).await;
            watch.cancel.cancel();
        });
        assert!(matches!(result, Err(BackendError::Cancelled)), "{result:?}");
        assert!(desk.fake.is_abandoned_within_a_second().await);
    }
}

#[tokio::test]
async fn sec_key_02_settings_that_cant_be_right_are_refused_without_showing_them() {
    let desk = chat([]).await;
    for (url, key, model, names) in [
        (format!("http://x/v1?key={KEY}"), KEY, MODEL, "OPENROUTER_BASE_URL"),
        ("http://x/v1".to_owned(), "", MODEL, "OPENROUTER_API_KEY"),
        ("http://x/v1".to_owned(), KEY, " ", "OPENROUTER_MODEL"),
    ] {
        let settings = settings(&url, key, model, Interface::Chat, Duration::from_secs(1));
        let Err(error) = OpenRouter::new(settings, desk.outbound.clone(), desk.shelf.store.clone()) else {
            panic!("{names}")
        };
        assert!(
            matches!(&error, BackendError::Misconfigured { what } if what.contains(names)),
            "{error:?}"
        );
        assert!(!format!("{error} {error:?}").contains(KEY), "{error:?}");
    }
}

// ---- The kit -------------------------------------------------------------------------------------------------------

async fn chat<const N: usize>(script: [Reply; N]) -> Desk {
    desk(MODEL, Interface::Chat, script.into(), Patience::NORMAL).await
}

async fn desk(model: &str, interface: Interface, script: Vec<Reply>, patience: Patience) -> Desk {
    Desk::open(script, patience, KEY, |fake, outbound, blobs| {
        let settings = settings(&fake.at("/api/v1"), KEY, model, interface, patience.deadline);
        Arc::new(OpenRouter::new(settings, outbound, blobs).expect("good settings"))
    })
    .await
}

fn settings(url: &str, key: &str, model: &str, interface: Interface, deadline: Duration) -> OpenRouterSettings {
    OpenRouterSettings {
        about: About::named("openrouter"),
        api_key: Secret::new(key.to_owned()),
        base_url: url.to_owned(),
        model: model.to_owned(),
        interface,
        deadline,
    }
}

fn image(width: u32) -> Value {
    json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{}", png64(width))}, "index": 0})
}

/// A chat's answer in pieces: comments, words, pictures (the first once more), the cost, the end.
fn stream() -> String {
    let chunk = |delta: Value| json!({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]});
    let usage = json!({"prompt_tokens": 12, "completion_tokens": 1290, "cost": 0.0387});
    [
        chunk(json!({"role": "assistant", "content": "Done, "})),
        chunk(json!({"content": "with care.", "images": [image(31)]})),
        chunk(json!({"content": null, "images": [image(32)]})),
        json!({"choices": [{"finish_reason": "stop", "native_finish_reason": "STOP", "delta": {}, "message": {"content": null, "images": [image(31)]}}]}),
        json!({"choices": [], "usage": usage}),
    ]
    .iter()
    .fold(": OPENROUTER PROCESSING\n\n".to_owned(), |text, chunk| format!("{text}data: {chunk}\n\n"))
        + "data: [DONE]\n\n"
}

/// A stream whose reasoning comes in these pieces and then sealed, with one picture.
fn thinking(pieces: &[&str], width: u32) -> String {
    let chunk = |delta: Value| json!({"choices": [{"index": 0, "delta": delta}]});
    let thought = |text: &&str| {
        chunk(
            json!({"reasoning_details": [{"type": "reasoning.text", "text": text, "index": 0, "format": "google-gemini-v1"}]}),
        )
    };
    let mut chunks: Vec<Value> = pieces.iter().map(thought).collect();
    chunks.extend([
        chunk(json!({"content": "Done.", "images": [image(width)]})),
        chunk(
            json!({"reasoning_details": [{"type": "reasoning.encrypted", "data": "c2lnbmVk", "index": 1, "id": "r1"}]}),
        ),
        json!({"choices": [{"finish_reason": "stop", "delta": {}}]}),
    ]);
    let text: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    text + "data: [DONE]\n\n"
}

fn whole() -> String {
    let message = json!({"role": "assistant", "content": "", "images": [image(31)], "refusal": null});
    json!({"id": "gen-1", "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}).to_string()
}

/// SHA-256 of each picture in a list of contents.
fn pictures_of(content: &Value) -> Vec<String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let urls = content
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|part| part["image_url"]["url"].as_str());
    urls.map(|url| {
        let data = url.strip_prefix("data:image/png;base64,").expect("a PNG");
        hex::encode(Sha256::digest(STANDARD.decode(data).expect("base64")))
    })
    .collect()
}
