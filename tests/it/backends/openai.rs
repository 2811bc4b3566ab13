//! OpenAI's images interface and its dialects against a fake: what is sent, what is made of every answer, how it ends.
//!
//! Rule: every edit goes over a [`Desk`], which looks for the key where it must not be.

use std::{sync::Arc, time::Duration};

use image::RgbImage;
use plantain::{
    backends::{
        BackendError, Watch,
        openai::{OpenAi, dialect::Dialect},
    },
    config::{About, OpenAiSettings, Secret},
    domain::turn::FailureKind,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::house::{House, fresh_id};

use super::{
    desk::{Desk, Patience, png64, step},
    fake::{Ending, Fake, Part, Reply},
};

const KEY: &str = "sk-marker-77aa01";
const MODEL: &str = "gpt-image-2.5-sunburst";

// ---- What is sent --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_region_goes_as_a_mask_of_the_sent_size_that_is_seen_through_and_white_where_to_edit() {
    let desk = with([Reply::events(stream(40))]).await;
    // Larger than is sent, so that the mask must follow.
    let base = desk.picture(6000, 4000, [200, 30, 30]).await;
    let mut request = desk.request(&base, "Make it blue");
    request.region = Some(desk.shelf.area(600, 400, [25, 50, 75, 100]).await);
    desk.edit(&request).await.expect("a picture");
    let seen = desk.fake.seen();
    let parts = seen[0].parts();
    let part = |name: &str| parts.iter().find(|part| part.name == name).expect("a part");
    let picture = image::load_from_memory(&part("image[]").bytes).expect("a picture");
    let mask = image::load_from_memory(&part("mask").bytes).expect("a mask");
    assert_eq!(part("mask").kind.as_deref(), Some("image/png"));
    assert_eq!((mask.width(), mask.height()), (picture.width(), picture.height()));
    assert!(part("mask").bytes.len() < 4_000_000);
    let mask = mask.to_rgba8();
    assert_eq!(
        mask.get_pixel(mask.width() / 2, mask.height() * 3 / 4).0,
        [255, 255, 255, 0]
    );
    assert_eq!(mask.get_pixel(10, 10).0, [0, 0, 0, 255]);
    let prompt = field(&parts, "prompt").expect("words");
    assert!(
        prompt.contains("from 25% to 75% of its width") && prompt.contains("from 50% to 100%"),
        "{prompt}"
    );
}

#[tokio::test]
async fn an_edit_sends_a_form_with_the_words_and_the_picture() {
    let desk = with([Reply::events(stream(40))]).await;
    let base = desk.picture(1536, 1024, [200, 30, 30]).await;
    let outcome = desk
        .edit(&desk.request(&base, "Make the sky “pink”\nand warm"))
        .await
        .expect("a picture");
    assert_eq!(desk.shelf.widths(outcome.pictures).await, [40]);
    let usage = outcome.usage.expect("it was told");
    assert_eq!((usage.input_tokens, usage.output_tokens), (1074, 4160));
    assert_eq!(usage.cost_micros, Some(250 + 8_192 + 124_800));

    let seen = desk.fake.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].first_line, "POST /v1/images/edits HTTP/1.1");
    assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let parts = seen[0].parts();
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "model",
            "prompt",
            "n",
            "size",
            "output_format",
            "stream",
            "partial_images",
            "image[]"
        ],
        "and no other field: an unknown one is a 400"
    );
    let text = |name: &str| field(&parts, name);
    assert_eq!(text("model").as_deref(), Some(MODEL));
    assert!(
        text("prompt").is_some_and(|prompt| prompt.ends_with("Instruction: Make the sky “pink”\nand warm")),
        "{:?}",
        text("prompt")
    );
    assert_eq!(text("size").as_deref(), Some("1536x1024"), "the picture's own");
    assert_eq!(
        (text("n").as_deref(), text("stream").as_deref()),
        (Some("1"), Some("true"))
    );
    assert_eq!(
        text("output_format").as_deref(),
        Some("png"),
        "nothing is lost from turn to turn"
    );
    assert_eq!(
        pictures(&parts),
        [("image-1.png".to_owned(), "image/png".to_owned(), base.id.to_string())]
    );
}

#[tokio::test]
async fn references_follow_the_base_in_their_order_each_with_name_and_type() {
    let desk = with([Reply::events(stream(40))]).await;
    let (base, hat, scarf) = (
        desk.picture(50, 50, [9, 9, 9]).await,
        desk.picture(50, 50, [0, 200, 0]).await,
        desk.picture(50, 50, [0, 0, 200]).await,
    );
    let mut request = desk.request(&base, "Give her the hat of image 2 and the scarf of image 3");
    request.references = vec![hat.clone(), scarf.clone()];
    request.history = vec![step(1, None), step(2, Some("Make it warmer"))];
    desk.edit(&request).await.expect("a picture");
    let parts = desk.fake.seen()[0].parts();
    let expected = [(1, base), (2, hat), (3, scarf)]
        .map(|(n, blob)| (format!("image-{n}.png"), "image/png".to_owned(), blob.id.to_string()));
    assert_eq!(pictures(&parts), expected);
    let prompt = field(&parts, "prompt").expect("words");
    assert!(
        prompt.contains("Images 2 to 3 follow") && prompt.contains("- Make it warmer"),
        "{prompt}"
    );
}

#[tokio::test]
async fn a_photo_of_12_megapixels_with_five_references_goes_out_within_the_limits() {
    let desk = with([Reply::events(stream(40))]).await;
    let photo = RgbImage::from_fn(4000, 3000, |x, y| {
        let share = |part: u32, whole: u32| u8::try_from(part * 255 / whole).expect("below 256");
        image::Rgb([share(x, 4000), share(y, 3000), 90])
    });
    let base = desk.shelf.put(&photo).await;
    let mut request = desk.request(&base, "mix them");
    for place in 0..5 {
        request
            .references
            .push(desk.picture(3000, 100 + place, [9, 200, 90]).await);
    }
    desk.edit(&request).await.expect("a picture");
    let seen = desk.fake.seen();
    assert!(seen[0].body.len() < 45_000_000, "{} bytes", seen[0].body.len());
    let parts = seen[0].parts();
    assert_eq!(
        field(&parts, "size").as_deref(),
        Some("2208x1648"),
        "its ratio, as large as is not experimental"
    );
    let sizes: Vec<(u32, u32)> = parts
        .iter()
        .filter(|part| part.name == "image[]")
        .map(|part| image::load_from_memory(&part.bytes).expect("a picture"))
        .map(|picture| (picture.width(), picture.height()))
        .collect();
    assert_eq!(sizes[0], (3072, 2304));
    let heights: Vec<u32> = sizes[1..].iter().map(|(_, height)| *height).collect();
    assert!(
        sizes[1..].iter().all(|(width, _)| *width == 2048) && heights.is_sorted(),
        "{sizes:?}"
    );
}

#[tokio::test]
async fn the_size_is_one_the_model_knows_and_left_out_when_the_words_speak_of_it() {
    for (model, words, picture, size) in [
        (MODEL, "make it warmer", (300, 200), Some("1008x672")),
        (MODEL, "make it 16:9", (300, 200), None),
        (MODEL, "make it warmer", (1000, 100), None),
        ("gpt-image-1.5", "make it warmer", (300, 200), Some("1536x1024")),
        ("gpt-image-1-mini", "make it warmer", (300, 170), None),
        ("a-proxys-own-name", "make it warmer", (300, 200), None),
    ] {
        let desk = of(
            with_settings(|settings| settings.model = model.to_owned()),
            [Reply::events(stream(40))],
        )
        .await;
        let base = desk.picture(picture.0, picture.1, [1, 2, 3]).await;
        desk.edit(&desk.request(&base, words)).await.expect("a picture");
        let parts = desk.fake.seen()[0].parts();
        assert_eq!(field(&parts, "size").as_deref(), size, "{model}: {words}");
    }
}

#[tokio::test]
async fn settings_of_quality_size_and_candidates_are_sent_and_several_candidates_come_without_a_stream() {
    let make = with_settings(|settings| {
        settings.quality = Some("high".to_owned());
        settings.size = Some("auto".to_owned());
        settings.candidates = 3;
    });
    let body = json!({"data": [{"b64_json": png64(31)}, {"b64_json": png64(32)}, {"b64_json": png64(33)}]});
    let desk = of(make, [Reply::json(200, body.to_string())]).await;
    assert_eq!(
        desk.backend.info().candidates,
        4,
        "a person may choose up to four, whatever is usual"
    );
    let outcome = desk.edit_any().await.expect("three pictures");
    assert_eq!(
        desk.shelf.widths(outcome.pictures).await,
        [31, 32, 33],
        "in their order"
    );
    let parts = desk.fake.seen()[0].parts();
    let texts = ["quality", "size", "n", "stream"].map(|name| field(&parts, name));
    assert_eq!(
        texts,
        [
            Some("high".to_owned()),
            Some("auto".to_owned()),
            Some("3".to_owned()),
            None
        ]
    );
}

// ---- The dialects --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_server_of_ones_own_gets_the_bare_words_and_no_field_it_does_not_know() {
    for dialect in [
        Dialect::SdServer,
        Dialect::VllmOmni,
        Dialect::Sglang,
        Dialect::Compatible,
    ] {
        let make = with_settings(|settings| {
            settings.dialect = dialect;
            settings.api_key = None;
            settings.model = String::new();
            settings.quality = Some("high".to_owned());
        });
        let desk = of(make, [Reply::json(200, whole(40))]).await;
        assert_eq!(desk.backend.info().at_once, 1, "{dialect:?}: one at a time");
        assert!(desk.backend.info().deadline >= Duration::from_secs(600));
        let base = desk.picture(3000, 2000, [1, 2, 3]).await;
        let outcome = desk
            .edit(&desk.request(&base, "make the sky pink"))
            .await
            .expect("a picture");
        assert_eq!(
            outcome.usage.and_then(|usage| usage.cost_micros),
            None,
            "it costs nobody a cent"
        );
        let seen = desk.fake.seen();
        assert_eq!(seen[0].header("authorization"), None);
        let parts = seen[0].parts();
        let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["prompt", "n", "size", "image[]"], "{dialect:?}");
        assert_eq!(field(&parts, "prompt").as_deref(), Some("make the sky pink"));
        assert_eq!(
            field(&parts, "size").as_deref(),
            Some("1248x832"),
            "a named size of about a megapixel"
        );
    }
}

#[tokio::test]
async fn localai_edits_at_its_generations_endpoint_and_may_answer_with_an_address_of_its_own() {
    let make = with_settings(|settings| {
        settings.dialect = Dialect::LocalAi;
        settings.model = "flux-kontext".to_owned();
    });
    let body = json!({"data": [{"url": "/generated-images/b7.png"}]}).to_string();
    let picture = base64_decode(&png64(44));
    let desk = of(
        make,
        [
            Reply::json(200, body),
            Reply::Whole {
                status: 200,
                headers: vec![],
                body: picture,
            },
        ],
    )
    .await;
    let base = desk.picture(50, 50, [1, 2, 3]).await;
    let outcome = desk
        .edit(&desk.request(&base, "make it pink"))
        .await
        .expect("a picture");
    assert_eq!(desk.shelf.widths(outcome.pictures).await, [44]);
    let seen = desk.fake.seen();
    assert_eq!(seen[0].first_line, "POST /v1/images/generations HTTP/1.1");
    let mut sent = seen[0].json();
    let pictures = sent["ref_images"].take();
    assert_eq!(
        sent,
        json!({"prompt": "make it pink", "n": 1, "response_format": "b64_json", "ref_images": null, "model": "flux-kontext", "size": "256x256"})
    );
    let sent = base64_decode(pictures[0].as_str().expect("base64"));
    assert_eq!(hex::encode(Sha256::digest(sent)), base.id.to_string());
    assert_eq!(seen[1].first_line, "GET /generated-images/b7.png HTTP/1.1");
}

#[tokio::test]
async fn sec_net_05_an_address_elsewhere_is_not_fetched() {
    let elsewhere = Fake::start(vec![Reply::json(200, whole(40))]).await;
    let own = |settings: &mut OpenAiSettings| settings.dialect = Dialect::Sglang;
    for (make, address) in [
        (with_settings(own), elsewhere.at("/x.png")),
        (with_settings(own), "http://169.254.169.254/latest".to_owned()),
        (with_settings(own), "file:///etc/passwd".to_owned()),
        (with_settings(|_| {}), "/own.png".to_owned()),
    ] {
        let body = json!({"data": [{"url": address}]}).to_string();
        let desk = of(make, [Reply::json(200, body)]).await;
        assert_eq!(desk.fail_any().await.0, FailureKind::BadAnswer, "{address}");
        assert_eq!(desk.fake.calls(), 1);
    }
    assert_eq!(elsewhere.calls(), 0);
}

#[tokio::test]
async fn errors_are_read_in_every_dialects_shape() {
    for (status, body, kind, words) in [
        (
            400,
            json!({"error": "prompt is too long"}),
            FailureKind::Misconfigured,
            "prompt is too long",
        ),
        (
            422,
            json!({"detail": [{"loc": ["body", "image"], "msg": "Field required"}]}),
            FailureKind::Misconfigured,
            "Field required",
        ),
        (
            400,
            json!({"detail": "Unsupported size"}),
            FailureKind::Misconfigured,
            "Unsupported size",
        ),
        (
            400,
            json!({"error": {"message": "Model mismatch", "type": "BadRequestError", "param": null, "code": 400}}),
            FailureKind::Misconfigured,
            "Model mismatch",
        ),
        (
            500,
            json!({"error": {"code": 500, "message": "out of memory", "type": ""}}),
            FailureKind::Unavailable,
            "can't be reached",
        ),
        (
            200,
            json!({"error": {"code": 401, "message": "no"}}),
            FailureKind::Misconfigured,
            "OPENAI_API_KEY",
        ),
    ] {
        let desk = of(
            with_settings(|settings| settings.dialect = Dialect::Compatible),
            [Reply::json(status, body.to_string())],
        )
        .await;
        let failure = desk.fail_any().await;
        assert_eq!(failure.0, kind, "{body}");
        assert!(failure.1.contains(words), "{body}: {failure:?}");
    }
}

// ---- Streams -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn partial_pictures_are_shown_and_only_the_finished_one_is_a_result() {
    let text = event(
        "image_edit.partial_image",
        &json!({"type": "image_edit.partial_image", "b64_json": png64(21), "partial_image_index": 0}),
    ) + ": a comment\r\n\r\n"
        + &event(
            "image_edit.partial_image",
            &json!({"type": "image_edit.partial_image", "b64_json": png64(22), "partial_image_index": 1}),
        )
        + &stream(40);
    let pieces = text.as_bytes().chunks(7).map(<[u8]>::to_vec).collect();
    let desk = with([Reply::Events {
        pieces,
        ending: Ending::Whole,
    }])
    .await;
    let outcome = desk.edit_any().await.expect("a picture");
    assert_eq!(desk.shelf.widths(outcome.pictures).await, [40]);
    assert_eq!(desk.preview_widths().await, [21, 22]);
}

#[tokio::test]
async fn a_preview_is_seen_in_the_session_while_it_is_drawn_and_by_nobody_else() {
    let partial = event(
        "image_edit.partial_image",
        &json!({"type": "image_edit.partial_image", "b64_json": png64(21)}),
    );
    let fake = Fake::start(vec![Reply::Events {
        pieces: vec![partial.into_bytes()],
        ending: Ending::Stall,
    }])
    .await;
    let house = House::start(&["--openai-api-key", KEY, "--openai-base-url", &fake.at("/v1")]).await;
    let begun = house.begin().await;
    let person = house.bearer(&begun.token);
    let turns = format!("/api/v1/sessions/{}/turns", begun.id);
    let body = json!({"instruction": "make it pink", "client_id": fresh_id()});
    let turn: Value = person.post(&turns, &body).await.json().await.expect("JSON");
    let id = turn["turn"]["id"].as_str().expect("an id");
    let preview = format!("/s/{}/turns/{id}/preview", begun.id);
    let until = Instant::now() + Duration::from_secs(20);
    let answer = loop {
        let answer = person.get(&preview).await;
        if answer.status().is_success() || Instant::now() > until {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "image/webp");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let picture = image::load_from_memory(&answer.bytes().await.expect("bytes")).expect("a picture");
    assert_eq!(picture.width(), 21);
    assert_eq!(
        house.visitor().get(&preview).await.status(),
        404,
        "a stranger sees nothing"
    );
    let other = house.begin().await;
    let crossed = format!("/s/{}/turns/{id}/preview", other.id);
    assert_eq!(
        house.bearer(&other.token).get(&crossed).await.status(),
        404,
        "nor does another session"
    );

    let cancelled = person.post(&format!("{turns}/{id}/cancel"), &json!({})).await;
    assert!(cancelled.status().is_success());
    assert!(
        fake.is_abandoned_within_a_second().await,
        "rel: the connection is closed"
    );
    while person.get(&preview).await.status() != 404 {
        assert!(Instant::now() < until, "it goes with its turn");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let session = person.json(&format!("/api/v1/sessions/{}", begun.id)).await;
    assert_eq!(
        session["session"]["versions"].as_array().map(Vec::len),
        Some(1),
        "and is no version: {session}"
    );
}

#[tokio::test]
async fn a_stream_that_breaks_off_stalls_or_ends_early_brings_no_partial_picture() {
    let partial = event(
        "image_edit.partial_image",
        &json!({"type": "image_edit.partial_image", "b64_json": png64(21)}),
    );
    let half = format!(
        "event: image_edit.completed\ndata: {{\"type\": \"image_edit.completed\", \"b64_json\": \"{}",
        png64(40)
    );
    for (text, ending, kind) in [
        (partial.clone(), Ending::Whole, FailureKind::BadAnswer),
        (partial.clone(), Ending::Cut, FailureKind::BadAnswer),
        (partial.clone() + &half, Ending::Cut, FailureKind::BadAnswer),
        (partial.clone() + &half, Ending::Whole, FailureKind::BadAnswer),
        (partial.clone(), Ending::Stall, FailureKind::Timeout),
        ("data: {\"marker\n\n".to_owned(), Ending::Whole, FailureKind::BadAnswer),
    ] {
        let desk = with([Reply::Events {
            pieces: vec![text.into_bytes()],
            ending,
        }])
        .await;
        let failure = desk.fail_any().await;
        assert_eq!(failure.0, kind, "{failure:?}");
        assert!(!failure.1.contains("marker"), "{failure:?}");
        assert_eq!(desk.fake.calls(), 1, "it may have been billed");
    }
}

#[tokio::test]
async fn an_error_in_mid_stream_is_classified_like_any_other() {
    let blocked = json!({"type": "error", "error": {"code": "moderation_blocked", "message": "No.", "type": "image_generation_user_error"}});
    for (data, kind) in [
        (blocked, FailureKind::Blocked),
        (
            json!({"error": {"code": "insufficient_quota", "message": "used up"}}),
            FailureKind::Quota,
        ),
        (
            json!({"error": {"code": "rate_limit_exceeded", "message": "slow down"}}),
            FailureKind::RateLimited,
        ),
        (
            json!({"type": "error", "error": {"type": "server_error", "message": "oops"}}),
            FailureKind::Unavailable,
        ),
    ] {
        let desk = with([Reply::events(event("error", &data))]).await;
        assert_eq!(desk.fail_any().await.0, kind, "{data}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_stream_is_read_whole() {
    let desk = with([Reply::json(200, whole(40))]).await;
    let outcome = desk.edit_any().await.expect("a picture");
    assert_eq!(desk.shelf.widths(outcome.pictures).await, [40]);
}

// ---- Answers and errors --------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_answer_that_cant_be_read_is_a_bad_answer_and_none_of_it_is_repeated() {
    for body in [
        "<html>marker</html>".to_owned(),
        String::new(),
        "{}".to_owned(),
        json!({"data": []}).to_string(),
        json!({"data": "marker"}).to_string(),
        json!({"data": [{}]}).to_string(),
        json!({"data": [{"b64_json": "marker*"}]}).to_string(),
        whole(40).split_at(60).0.to_owned(),
        "[".repeat(100_000),
    ] {
        let desk = with([Reply::json(200, body)]).await;
        let error = desk.edit_any().await.expect_err("no picture");
        assert!(matches!(error, BackendError::BadAnswer { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("marker"), "{error:?}");
        assert_eq!(desk.fake.calls(), 1);
    }
}

#[tokio::test]
async fn what_the_safety_system_stopped_says_why_and_is_not_asked_again() {
    let body = json!({"error": {
        "code": "moderation_blocked", "type": "image_generation_user_error",
        "message": format!("<b>Your request</b> was rejected by the safety system. {KEY}\u{7}"),
        "moderation_details": {"moderation_stage": "output", "categories": ["sexual", "<script>"]},
    }});
    let desk = with([Reply::json(400, body.to_string())]).await;
    let (kind, words) = desk.fail_any().await;
    assert_eq!(kind, FailureKind::Blocked);
    assert!(
        words.contains("over: sexual. It says: <b>Your request</b> was rejected"),
        "{words}"
    );
    assert!(words.contains("••••") && !words.contains("<script>"), "{words}");
    assert_eq!(desk.fake.calls(), 1);
}

#[tokio::test]
async fn every_refusal_is_classified_once_and_in_words() {
    let error =
        |code: &str, message: &str| json!({"error": {"code": code, "message": message, "type": "t"}}).to_string();
    for (status, body, kind, words) in [
        (
            400,
            error("unknown_parameter", "Unknown parameter: 'x'."),
            FailureKind::Misconfigured,
            "Unknown parameter",
        ),
        (
            400,
            error("invalid_image_file", "Invalid."),
            FailureKind::Declined,
            "could not read one of the pictures",
        ),
        (
            400,
            error("billing_hard_limit_reached", "no"),
            FailureKind::Quota,
            "allowance",
        ),
        (
            401,
            error("invalid_api_key", "no"),
            FailureKind::Misconfigured,
            "OPENAI_API_KEY",
        ),
        (402, String::new(), FailureKind::Quota, "allowance"),
        (
            403,
            error("x", "Your organization must be verified"),
            FailureKind::Misconfigured,
            "must be verified",
        ),
        (404, error("model_not_found", "no"), FailureKind::Misconfigured, MODEL),
        (
            404,
            "<html>marker</html>".into(),
            FailureKind::Misconfigured,
            "OPENAI_BASE_URL",
        ),
        (413, "<html>marker</html>".into(), FailureKind::Declined, "too large"),
        (408, String::new(), FailureKind::Timeout, "in time"),
        (504, String::new(), FailureKind::Timeout, "in time"),
        (
            500,
            error("server_error", "oops"),
            FailureKind::Unavailable,
            "overloaded",
        ),
        (
            502,
            "<html>marker</html>".into(),
            FailureKind::Unavailable,
            "overloaded",
        ),
        (302, String::new(), FailureKind::Misconfigured, "redirect"),
        (429, error("insufficient_quota", "no"), FailureKind::Quota, "allowance"),
    ] {
        let desk = with([Reply::json(status, body.clone())]).await;
        let failure = desk.fail_any().await;
        assert_eq!(failure.0, kind, "{status} {body}");
        assert!(failure.1.contains(words), "{status} {body}: {failure:?}");
        assert!(!failure.1.contains("marker"), "sec_web_06: {failure:?}");
        assert_eq!(desk.fake.calls(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn a_rate_limit_with_a_short_wait_is_kept_and_an_order_not_to_retry_is_obeyed() {
    let limited = |name: &'static str, value: &str| Reply::Whole {
        status: 429,
        headers: vec![(name, value.to_owned())],
        body: json!({"error": {"code": "rate_limit_exceeded", "message": "slow"}})
            .to_string()
            .into_bytes(),
    };
    let desk = with([limited("retry-after-ms", "300"), Reply::events(stream(40))]).await;
    desk.edit_any().await.expect("the second try brings it");
    {
        let seen = desk.fake.seen();
        assert!(
            seen[1].at - seen[0].at >= Duration::from_millis(300),
            "never earlier than asked"
        );
        assert_eq!(seen[0].body, seen[1].body);
    }
    let desk = with([limited("retry-after", "70"), Reply::events(stream(40))]).await;
    let failure = desk.edit_any().await.expect_err("too long").for_the_user("It");
    assert_eq!(
        (failure.kind, failure.retry_after_s),
        (FailureKind::RateLimited, Some(70))
    );
    let desk = with([limited("x-should-retry", "false"), Reply::events(stream(40))]).await;
    assert_eq!(desk.fail_any().await.0, FailureKind::RateLimited);
    assert_eq!(desk.fake.calls(), 1);
    let busy = || Reply::json(503, json!({"error": {"message": "overloaded"}}).to_string());
    let desk = with([busy(), busy(), Reply::events(stream(40))]).await;
    desk.edit_any().await.expect("the third try brings it");
}

#[tokio::test]
async fn rel_backend_02_an_order_to_retry_is_obeyed_only_where_nothing_was_drawn() {
    let answered = |status: u16| Reply::Whole {
        status,
        headers: vec![("x-should-retry", "true".to_owned()), ("retry-after", "0".to_owned())],
        body: json!({"error": {"message": "once more, please"}})
            .to_string()
            .into_bytes(),
    };
    for (status, calls) in [
        (408, 2),
        (409, 2),
        (429, 2),
        (503, 2),
        (500, 1),
        (502, 1),
        (504, 1),
        (400, 1),
    ] {
        let desk = with([answered(status), Reply::events(stream(40))]).await;
        let brought = desk.edit_any().await;
        assert_eq!((desk.fake.calls(), brought.is_ok()), (calls, calls == 2), "{status}");
    }
}

#[tokio::test]
async fn rel_backend_01_too_much_too_slow_or_cut_ends_in_words() {
    let megabyte = 1024 * 1024;
    let flood = Reply::Flood {
        bytes: 100 * megabyte,
        promised: false,
    };
    for (reply, kind) in [
        (flood, FailureKind::BadAnswer),
        (Reply::Cut(whole(40).into_bytes()), FailureKind::BadAnswer),
        (Reply::Stall(whole(40).into_bytes()), FailureKind::Timeout),
        (Reply::HangUp, FailureKind::Unavailable),
    ] {
        let desk = with([reply, Reply::events(stream(40))]).await;
        assert_eq!(desk.fail_any().await.0, kind);
        assert_eq!(desk.fake.calls(), 1, "{kind:?}");
        assert!(desk.fake.flooded() <= 86 * megabyte);
    }
    let desk = desk(
        with_settings(|settings| settings.deadline = Some(Patience::SHORT.deadline)),
        vec![Reply::Silent],
        Patience::SHORT,
    )
    .await;
    let begun = Instant::now();
    assert_eq!(desk.fail_any().await.0, FailureKind::Timeout);
    assert!(begun.elapsed() < Patience::SHORT.deadline * 10);
}

#[tokio::test]
async fn cancelling_closes_the_connection_within_a_second() {
    let partial = event(
        "image_edit.partial_image",
        &json!({"type": "image_edit.partial_image", "b64_json": png64(21)}),
    );
    let streaming = Reply::Events {
        pieces: vec![partial.into_bytes()],
        ending: Ending::Stall,
    };
    for reply in [Reply::Silent, streaming, Reply::Stall(whole(40).into_bytes())] {
        let desk = desk(with_settings(|_| {}), vec![reply], Patience::LONG).await;
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
    let desk = with([]).await;
    for (change, names) in [
        (
            with_settings(|s| s.base_url = format!("http://x/v1?key={KEY}")),
            "OPENAI_BASE_URL",
        ),
        (
            with_settings(|s| s.base_url = format!("http://u:{KEY}@x/v1")),
            "OPENAI_BASE_URL",
        ),
        (
            with_settings(|s| s.api_key = Some(Secret::new(format!("{KEY}\n")))),
            "OPENAI_API_KEY",
        ),
        (with_settings(|s| s.api_key = None), "OPENAI_API_KEY"),
        (with_settings(|s| s.model = " ".to_owned()), "OPENAI_MODEL"),
    ] {
        let Err(error) = OpenAi::new(change, desk.outbound.clone(), desk.shelf.store.clone()) else {
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

async fn with<const N: usize>(script: [Reply; N]) -> Desk {
    of(with_settings(|_| {}), script).await
}

async fn of<const N: usize>(settings: OpenAiSettings, script: [Reply; N]) -> Desk {
    desk(settings, script.into(), Patience::NORMAL).await
}

async fn desk(settings: OpenAiSettings, script: Vec<Reply>, patience: Patience) -> Desk {
    Desk::open(script, patience, KEY, |fake, outbound, blobs| {
        let settings = OpenAiSettings {
            about: About::named("openai"),
            base_url: fake.at("/v1"),
            ..settings
        };
        Arc::new(OpenAi::new(settings, outbound, blobs).expect("good settings"))
    })
    .await
}

fn with_settings(change: impl FnOnce(&mut OpenAiSettings)) -> OpenAiSettings {
    let mut settings = OpenAiSettings {
        about: About::named("openai"),
        api_key: Some(Secret::new(KEY.to_owned())),
        base_url: "http://127.0.0.1:9/v1".to_owned(),
        model: MODEL.to_owned(),
        dialect: Dialect::OpenAi,
        quality: None,
        size: None,
        previews: 2,
        candidates: 1,
        deadline: None,
    };
    change(&mut settings);
    settings
}

fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// The last event of a stream.
fn stream(width: u32) -> String {
    event(
        "image_edit.completed",
        &json!({"type": "image_edit.completed", "b64_json": png64(width), "created_at": 1, "usage": usage()}),
    )
}

/// The same answer without a stream.
fn whole(width: u32) -> String {
    json!({"created": 1, "output_format": "png", "data": [{"b64_json": png64(width)}], "usage": usage()}).to_string()
}

fn usage() -> Value {
    json!({
        "input_tokens": 1074, "input_tokens_details": {"text_tokens": 50, "image_tokens": 1024}, "output_tokens": 4160,
        "total_tokens": 5234, "output_tokens_details": {"image_tokens": 4160, "text_tokens": 0},
    })
}

fn field(parts: &[Part], name: &str) -> Option<String> {
    parts
        .iter()
        .find(|part| part.name == name)
        .map(|part| part.text().to_owned())
}

/// File name, type and SHA-256 of each picture.
fn pictures(parts: &[Part]) -> Vec<(String, String, String)> {
    parts
        .iter()
        .filter(|part| part.name == "image[]")
        .map(|part| {
            let (file, kind) = (part.file.clone(), part.kind.clone());
            (
                file.expect("a name"),
                kind.expect("a type"),
                hex::encode(Sha256::digest(&part.bytes)),
            )
        })
        .collect()
}

fn base64_decode(text: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.decode(text).expect("base64")
}
