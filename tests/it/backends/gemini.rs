//! Gemini against a fake of its service: what is sent, what is made of every kind of answer, and how a call ends.
//!
//! Rule: every edit made here also proves that the key is in no error, no `Debug` output and no log line.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::RgbImage;
use plantain::{
    backends::{BackendError, EditOutcome, Watch, gemini::Gemini},
    config::{About, GeminiSettings, Secret},
    domain::turn::FailureKind,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    desk::{DEADLINE, Desk, Patience, Shelf, png64, step},
    fake::{Fake, Reply},
};

const KEY: &str = "AIza-marker-0b5e7c";
const MODEL: &str = "gemini-nano-banana-2.1";

// ---- What is sent --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_edit_sends_the_words_and_the_picture_and_brings_the_last_picture_first() {
    let desk = with([Reply::json(200, normal())]).await;
    let base = desk.picture(60, 40, [200, 30, 30]).await;
    let outcome = desk
        .edit(&desk.request(&base, "Make the sky “pink”\nand warm"))
        .await
        .expect("a picture");

    assert_eq!(outcome.note.as_deref(), Some("Here it is."), "and so are thoughts");
    let usage = outcome.usage.expect("it was told");
    assert_eq!((usage.input_tokens, usage.output_tokens), (573, 1240));
    assert_eq!(outcome.select, None);
    assert_eq!(
        desk.shelf.widths(outcome.pictures).await,
        [LAST, FIRST, SECOND],
        "drafts are left out"
    );

    let seen = desk.fake.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        seen[0].first_line,
        format!("POST /v1beta/models/{MODEL}:generateContent HTTP/1.1")
    );
    assert_eq!(seen[0].header("x-goog-api-key"), Some(KEY));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    let mut sent = seen[0].json();
    let parts = sent["contents"][0]["parts"].take();
    let expected = json!({
        "contents": [{"role": "user", "parts": null}],
        "generationConfig": {"responseModalities": ["TEXT", "IMAGE"], "imageConfig": {"aspectRatio": "3:2"}},
    });
    assert_eq!(sent, expected, "and no other field: an unknown one is a 400");
    let text = parts[0]["text"].as_str().expect("words first");
    assert!(text.starts_with("Image 1 is the picture to edit."), "{text}");
    assert!(text.ends_with("Instruction: Make the sky “pink”\nand warm"), "{text}");
    assert!(!text.contains("Image 2") && !text.contains("Already done"), "{text}");
    assert_eq!(pictures_of(&parts), [("image/png".to_owned(), base.id.to_string())]);
}

#[tokio::test]
async fn a_region_is_told_in_words_since_there_is_no_mask() {
    let desk = with([Reply::json(200, normal())]).await;
    let base = desk.picture(90, 60, [9, 9, 9]).await;
    let mut request = desk.request(&base, "Make it blue");
    request.region = Some(desk.shelf.area(90, 60, [10, 20, 60, 70]).await);
    desk.edit(&request).await.expect("a picture");
    let sent = desk.fake.seen()[0].json();
    let parts = sent["contents"][0]["parts"].as_array().expect("parts");
    assert_eq!(parts.len(), 2, "words and the base, no mask");
    let text = parts[0]["text"].as_str().expect("words");
    assert!(
        text.contains("Instruction: Make it blue\n\nChange image 1 only inside the box from 10% to 60% of its width"),
        "{text}"
    );
}

#[tokio::test]
async fn two_references_go_in_their_order_after_the_base() {
    let desk = with([Reply::json(200, normal())]).await;
    let base = desk.picture(50, 50, [9, 9, 9]).await;
    let (hat, scarf) = (
        desk.picture(50, 50, [0, 200, 0]).await,
        desk.picture(50, 50, [0, 0, 200]).await,
    );
    let mut request = desk.request(&base, "Give her the hat of image 2 and the scarf of image 3");
    request.references = vec![hat.clone(), scarf.clone()];
    desk.edit(&request).await.expect("a picture");

    let sent = desk.fake.seen()[0].json();
    let parts = &sent["contents"][0]["parts"];
    let hashes: Vec<String> = pictures_of(parts).into_iter().map(|(_, hash)| hash).collect();
    assert_eq!(hashes, [base, hat, scarf].map(|blob| blob.id.to_string()));
    assert!(
        parts[0]["text"]
            .as_str()
            .is_some_and(|text| text.contains("Images 2 to 3 follow")),
        "{parts}"
    );
    assert_eq!(sent["contents"].as_array().map(Vec::len), Some(1), "one user content");
}

#[tokio::test]
async fn large_pictures_are_made_to_fit_into_one_request() {
    let desk = with([Reply::json(200, normal())]).await;
    let mut state = 7_u32;
    let noise = RgbImage::from_fn(1600, 1600, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        image::Rgb([a, b, c])
    });
    let (base, banner) = (desk.shelf.put(&noise).await, desk.picture(4000, 100, [0, 0, 200]).await);
    assert!(base.bytes > 7_000_000, "{}", base.bytes);
    let mut request = desk.request(&base, "Put the banner of image 2 on top");
    request.references = vec![banner; 2];
    desk.edit(&request).await.expect("a picture");

    let seen = desk.fake.seen();
    assert!(
        seen[0].body.len() < 20_000_000,
        "{} bytes were sent",
        seen[0].body.len()
    );
    let sent = seen[0].json();
    let sizes: Vec<(u32, u32)> = [1, 2, 3]
        .map(|place| {
            let data = STANDARD.decode(
                sent["contents"][0]["parts"][place]["inlineData"]["data"]
                    .as_str()
                    .expect("data"),
            );
            let picture = image::load_from_memory(&data.expect("base64")).expect("a picture");
            (picture.width(), picture.height())
        })
        .into();
    assert_eq!(
        sizes,
        [(1600, 1600), (2048, 51), (2048, 51)],
        "the base keeps its size, the references do with less"
    );
    let types: Vec<String> = pictures_of(&sent["contents"][0]["parts"])
        .into_iter()
        .map(|(mime, _)| mime)
        .collect();
    assert_eq!(types, ["image/jpeg"; 3]);
}

#[tokio::test]
async fn earlier_instructions_of_the_path_are_told_in_words() {
    let desk = with([Reply::json(200, normal())]).await;
    let base = desk.picture(50, 50, [1, 2, 3]).await;
    let mut request = desk.request(&base, "A bit less");
    let words = [None, Some("Make it\n\nwarmer"), Some("Add a kite")];
    request.history = words
        .into_iter()
        .zip(1..)
        .map(|(words, number)| step(number, words))
        .collect();
    desk.edit(&request).await.expect("a picture");

    let sent = desk.fake.seen()[0].json();
    let text = sent["contents"][0]["parts"][0]["text"]
        .as_str()
        .expect("words")
        .to_owned();
    let (warmer, kite) = (text.find("- Make it warmer\n"), text.find("- Add a kite\n"));
    assert!(warmer.is_some() && warmer < kite, "{text}");
    assert!(text.ends_with("Instruction: A bit less"), "{text}");
}

#[tokio::test]
async fn the_ratio_is_left_out_when_the_words_or_the_model_want_it_so() {
    for (model, words, ratio) in [
        (MODEL, "make it warmer", json!({"aspectRatio": "1:1"})),
        (MODEL, "make it 16:9", Value::Null),
        ("some-model-of-tomorrow", "make it warmer", Value::Null),
    ] {
        let desk = of(model, [Reply::json(200, normal())]).await;
        let base = desk.picture(50, 50, [1, 2, 3]).await;
        desk.edit(&desk.request(&base, words)).await.expect("a picture");
        assert_eq!(
            desk.fake.seen()[0].json()["generationConfig"]["imageConfig"],
            ratio,
            "{model}: {words}"
        );
    }
}

#[tokio::test]
async fn more_references_than_the_model_takes_are_declined_before_anything_is_sent() {
    let desk = of("gemini-2.5-flash-image", [Reply::json(200, normal())]).await;
    assert_eq!(desk.backend.info().references, 2);
    let base = desk.picture(50, 50, [1, 2, 3]).await;
    let mut request = desk.request(&base, "mix them");
    request.references = vec![base.clone(); 3];
    let failure = desk.fail(&request).await;
    assert_eq!(failure.0, FailureKind::Declined);
    assert!(failure.1.contains("at most 2 further pictures"), "{failure:?}");
    assert_eq!(desk.fake.calls(), 0);
}

// ---- Answers that are a 200 ----------------------------------------------------------------------------------------

#[tokio::test]
async fn unknown_fields_other_spellings_and_a_wrong_type_are_put_up_with() {
    let body = fixture("snake_case").replace("@last", &png64(LAST).replace('/', "\\/"));
    let outcome = answers(200, body).await.expect("a picture");
    let usage = outcome.usage.expect("it was told");
    assert_eq!((usage.input_tokens, usage.output_tokens), (7, 8));
    let widths = Shelf::open().widths(outcome.pictures).await;
    assert_eq!(widths, [LAST], "a PNG declared as WebP: the gate looks at the bytes");
}

#[tokio::test]
async fn each_block_has_its_own_words() {
    let mut notes = std::collections::HashSet::new();
    let prompt = [
        "SAFETY",
        "OTHER",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "IMAGE_SAFETY",
        "JAILBREAK",
        "OF_TOMORROW",
    ];
    let output = [
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "SPII",
        "SAFETY",
        "ESCALATION",
    ];
    for (file, reason) in prompt
        .map(|reason| ("prompt_blocked", reason))
        .into_iter()
        .chain(output.map(|reason| ("finished_without", reason)))
    {
        let desk = with([Reply::json(200, fixture(file).replace("@reason", reason))]).await;
        let error = desk.edit_any().await.expect_err(reason);
        let failure = error.for_the_user("Gemini");
        let BackendError::Blocked { reason: told, note } = error else {
            panic!("{reason}: {error:?}")
        };
        assert_eq!(told, reason);
        assert_eq!((failure.kind, &failure.note), (FailureKind::Blocked, &note));
        assert_eq!(desk.fake.calls(), 1, "{reason} is not asked again");
        notes.insert(note);
    }
    // OTHER and the unknown one share their words, and so do JAILBREAK and ESCALATION, SAFETY and SAFETY.
    assert_eq!(notes.len(), 12 - 3, "{notes:?}");
}

#[tokio::test]
async fn the_services_own_sentence_is_kept_as_plain_text_without_the_key() {
    let told = format!("<b>No</b> {KEY}\u{7} {}", "long ".repeat(300));
    let body = json!({"candidates": [{"finishReason": "IMAGE_SAFETY", "finishMessage": told}]});
    let Err(BackendError::Blocked { note: Some(note), .. }) = answers(200, body.to_string()).await else {
        panic!("not blocked")
    };
    assert!(note.contains("<b>No</b> •••• ") && !note.contains('\u{7}'), "{note}");
    assert!(note.chars().count() < 600, "{note}");
}

#[tokio::test]
async fn stopping_without_a_picture_says_what_the_model_did() {
    for reason in [
        "NO_IMAGE",
        "IMAGE_OTHER",
        "OTHER",
        "LANGUAGE",
        "A_WORD_OF_TOMORROW",
        "<odd>",
    ] {
        let desk = with([Reply::json(200, fixture("finished_without").replace("@reason", reason))]).await;
        let error = desk.edit_any().await.expect_err(reason);
        let BackendError::NoImage { text: Some(text) } = error else {
            panic!("{reason}: {error:?}")
        };
        assert!(text.starts_with("The model"), "{reason}: {text}");
        assert_eq!(
            desk.fake.calls(),
            1,
            "it may have been billed, so it is not asked again"
        );
    }
    for reason in ["MAX_TOKENS", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE"] {
        let error = answers(200, fixture("finished_without").replace("@reason", reason))
            .await
            .expect_err(reason);
        assert!(
            matches!(&error, BackendError::BadAnswer { what } if what.contains(reason)),
            "{error:?}"
        );
    }
    let limited = fixture("finished_without").replace("@reason", "PUP_LIMITED_DISABLED");
    assert!(matches!(
        answers(200, limited).await,
        Err(BackendError::Misconfigured { .. })
    ));
}

#[tokio::test]
async fn words_only_are_shown_and_make_no_version() {
    let error = answers(200, fixture("text_only")).await.expect_err("no picture");
    let failure = error.for_the_user("Gemini");
    assert_eq!(failure.kind, FailureKind::NoImage);
    assert_eq!(failure.note.as_deref(), Some("Which of the two cats do you mean?"));
}

#[tokio::test]
async fn an_answer_that_cant_be_read_is_a_bad_answer_and_none_of_it_is_repeated() {
    let many = format!("{{\"candidates\":[{}{{}}]}}", "{},".repeat(5_000));
    let address =
        r#"{"candidates":[{"content":{"parts":[{"fileData":{"fileUri":"http://169.254.169.254/marker"}}]}}]}"#;
    for (what, body) in [
        (
            "broken base64",
            normal().replace(&png64(FIRST), "marker*").replace(&png64(LAST), "*"),
        ),
        ("html", "<html>marker</html>".to_owned()),
        ("half", normal().split_at(500).0.to_owned()),
        ("nothing", String::new()),
        ("empty", "{}".to_owned()),
        ("no candidates", r#"{"candidates":[]}"#.to_owned()),
        ("another shape", r#"{"candidates":"marker"}"#.to_owned()),
        (
            "empty picture",
            r#"{"candidates":[{"content":{"parts":[{"inlineData":{"data":""}}]}}]}"#.to_owned(),
        ),
        ("a list without end", many),
        ("an address", address.to_owned()),
        ("deep", "[".repeat(100_000)),
    ] {
        let body = if what == "broken base64" {
            body.replace(&png64(SECOND), "=")
        } else {
            body
        };
        let desk = with([Reply::json(200, body)]).await;
        let error = desk.edit_any().await.expect_err(what);
        assert!(matches!(error, BackendError::BadAnswer { .. }), "{what}: {error:?}");
        assert!(
            !format!("{error:?} {:?}", error.for_the_user("Gemini")).contains("marker"),
            "{what}: {error:?}"
        );
        assert_eq!(desk.fake.calls(), 1, "{what}");
    }
}

// ---- Errors --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_rate_limit_with_a_short_delay_is_waited_for_and_then_succeeds() {
    let desk = with([Reply::json(429, rate_limited("0.3s")), Reply::json(200, normal())]).await;
    desk.edit_any().await.expect("the second try brings it");
    let seen = desk.fake.seen();
    assert_eq!(seen.len(), 2);
    assert!(
        seen[1].at - seen[0].at >= Duration::from_millis(300),
        "never earlier than asked"
    );
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn a_rate_limit_with_a_long_delay_is_told_at_once() {
    let desk = with([Reply::json(429, rate_limited("34s"))]).await;
    let error = desk.edit_any().await.expect_err("too long to wait");
    let failure = error.for_the_user("Gemini");
    assert_eq!(
        (failure.kind, failure.retry_after_s),
        (FailureKind::RateLimited, Some(34))
    );
    assert_eq!(desk.fake.calls(), 1);
}

#[tokio::test]
async fn a_used_up_quota_is_never_retried() {
    for body in [fixture("quota_per_day"), fixture("quota_of_nothing")] {
        let desk = with([Reply::json(429, body)]).await;
        let error = desk.edit_any().await.expect_err("used up");
        assert!(matches!(error, BackendError::QuotaExhausted), "{error:?}");
        assert_eq!(desk.fake.calls(), 1);
    }
}

#[tokio::test]
async fn rel_backend_02_overloaded_twice_then_a_picture_makes_three_calls() {
    let busy = || {
        Reply::json(
            503,
            error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        )
    };
    let desk = with([busy(), busy(), Reply::json(200, normal())]).await;
    desk.edit_any().await.expect("the third try brings it");
    assert_eq!(desk.fake.calls(), 3);
    assert!(desk.log().contains("asking it again"), "{}", desk.log());

    let desk = with([busy(), busy(), busy(), Reply::json(200, normal())]).await;
    assert_eq!(desk.fail_any().await.0, FailureKind::Unavailable);
    assert_eq!(desk.fake.calls(), 3, "and never a fourth");
}

#[tokio::test]
async fn rel_backend_02_what_may_have_been_done_is_not_repeated() {
    for (reply, kind) in [
        (
            Reply::json(500, error(500, "INTERNAL", "An internal error has occurred.")),
            FailureKind::Unavailable,
        ),
        (
            Reply::json(504, error(504, "DEADLINE_EXCEEDED", "Deadline expired.")),
            FailureKind::Timeout,
        ),
        (
            Reply::json(502, "<html>marker</html>".to_owned()),
            FailureKind::Unavailable,
        ),
        (Reply::HangUp, FailureKind::Unavailable),
        (Reply::Cut(normal().into_bytes()), FailureKind::BadAnswer),
        (Reply::Stall(normal().into_bytes()), FailureKind::Timeout),
    ] {
        let desk = with([reply, Reply::json(200, normal())]).await;
        assert_eq!(desk.fail_any().await.0, kind);
        assert_eq!(desk.fake.calls(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn every_refusal_is_classified_once_and_in_words() {
    let table: &[(u16, String, FailureKind, &str)] = &[
        (400, fixture("bad_key"), FailureKind::Misconfigured, "GEMINI_API_KEY"),
        (
            401,
            error(401, "UNAUTHENTICATED", "no"),
            FailureKind::Misconfigured,
            "GEMINI_API_KEY",
        ),
        (
            403,
            error(403, "PERMISSION_DENIED", "Denied."),
            FailureKind::Misconfigured,
            "may not use this model",
        ),
        (
            404,
            error(404, "NOT_FOUND", "models/x is not found"),
            FailureKind::Misconfigured,
            MODEL,
        ),
        (
            404,
            "<html>marker</html>".into(),
            FailureKind::Misconfigured,
            "GEMINI_BASE_URL",
        ),
        (405, String::new(), FailureKind::Misconfigured, "GEMINI_BASE_URL"),
        (
            400,
            error(400, "FAILED_PRECONDITION", "User location"),
            FailureKind::Misconfigured,
            "country or its billing",
        ),
        (
            400,
            error(400, "INVALID_ARGUMENT", "Unknown name \\\"x\\\""),
            FailureKind::Misconfigured,
            "Unknown name \"x\"",
        ),
        (
            400,
            error(
                400,
                "INVALID_ARGUMENT",
                "Request payload size exceeds the limit: 9 bytes.",
            ),
            FailureKind::Declined,
            "too large",
        ),
        (413, "<html>marker</html>".into(), FailureKind::Declined, "too large"),
        (
            400,
            error(400, "INVALID_ARGUMENT", "Unable to process input image. Please retry"),
            FailureKind::Declined,
            "could not read one of the pictures",
        ),
        (
            400,
            error(400, "INVALID_ARGUMENT", "Provided image is not valid."),
            FailureKind::Declined,
            "could not read one of the pictures",
        ),
        (402, String::new(), FailureKind::Quota, "allowance"),
        (408, String::new(), FailureKind::Timeout, "in time"),
        (
            200,
            error(400, "INVALID_ARGUMENT", "API key not valid."),
            FailureKind::Misconfigured,
            "GEMINI_API_KEY",
        ),
        (
            200,
            format!("[{}]", error(500, "INTERNAL", "marker")),
            FailureKind::Unavailable,
            "overloaded",
        ),
        (
            429,
            format!("[{}]", fixture("quota_per_day")),
            FailureKind::Quota,
            "allowance",
        ),
    ];
    for (status, body, kind, words) in table {
        let desk = with([Reply::json(*status, body.clone())]).await;
        let failure = desk.fail_any().await;
        assert_eq!(failure.0, *kind, "{status} {body}");
        assert!(failure.1.contains(words), "{status} {body}: {failure:?}");
        assert!(!failure.1.contains("marker"), "sec_web_06: {failure:?}");
        assert_eq!(desk.fake.calls(), 1, "{status} {body}");
    }
}

// ---- How a call ends -----------------------------------------------------------------------------------------------

#[tokio::test]
async fn rel_backend_01_a_hundred_megabytes_are_refused_as_they_come() {
    let megabyte = 1024 * 1024;
    for (promised, most) in [(true, megabyte), (false, 70 * megabyte)] {
        let desk = with([Reply::Flood {
            bytes: 100 * megabyte,
            promised,
        }])
        .await;
        let error = desk.edit_any().await.expect_err("too long");
        assert!(
            matches!(&error, BackendError::BadAnswer { what } if what.contains("longer than")),
            "{error:?}"
        );
        // What the sockets hold comes on top of what was read.
        let flooded = desk.fake.flooded();
        assert!(
            flooded <= most + 16 * megabyte,
            "promised: {promised}, {flooded} bytes went out"
        );
    }
}

#[tokio::test]
async fn rel_backend_01_an_answer_that_stalls_ends_long_before_the_deadline() {
    let desk = with([Reply::Stall(normal().into_bytes())]).await;
    let begun = Instant::now();
    assert_eq!(desk.fail_any().await.0, FailureKind::Timeout);
    let (took, deadline) = (begun.elapsed(), desk.backend.info().deadline);
    assert!(took < deadline / 2, "it took {took:?} of {deadline:?}");
    assert!(desk.fake.is_abandoned_within_a_second().await);
}

#[tokio::test]
async fn rel_backend_01_no_answer_at_all_ends_at_the_deadline() {
    let desk = impatient([Reply::Silent]).await;
    let begun = Instant::now();
    assert_eq!(desk.fail_any().await.0, FailureKind::Timeout);
    assert!(
        begun.elapsed() >= DEADLINE && begun.elapsed() < 10 * DEADLINE,
        "{:?}",
        begun.elapsed()
    );
    assert!(desk.fake.is_abandoned_within_a_second().await);
    assert_eq!(desk.fake.calls(), 1);
}

#[tokio::test]
async fn rel_backend_01_a_wait_that_outlasts_the_deadline_is_not_begun() {
    let desk = impatient([Reply::json(429, rate_limited("2s"))]).await;
    let error = desk.edit_any().await.expect_err("no time to wait");
    assert!(
        matches!(error, BackendError::RateLimited { retry_after: Some(_) }),
        "{error:?}"
    );
}

#[tokio::test]
async fn nobody_there_is_unavailable_after_three_tries() {
    let mut desk = with([]).await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .and_then(|free| free.local_addr())
        .expect("a port");
    desk.backend = Arc::new(
        Gemini::new(
            settings(&format!("http://{nobody}/v1beta"), KEY, MODEL, Duration::from_secs(20)),
            desk.outbound.clone(),
            desk.shelf.store.clone(),
        )
        .expect("good settings"),
    );
    assert_eq!(desk.fail_any().await.0, FailureKind::Unavailable);
    assert_eq!(desk.log().matches("asking it again").count(), 2, "{}", desk.log());
}

#[tokio::test]
async fn sec_net_05_a_redirect_is_not_followed_and_the_key_goes_nowhere_else() {
    let elsewhere = Fake::start(vec![Reply::json(200, normal())]).await;
    for status in [301, 302, 303, 307, 308] {
        let headers = vec![("location", format!("{}/{status}?marker", elsewhere.at("/v1beta")))];
        let desk = with([Reply::Whole {
            status,
            headers,
            body: Vec::new(),
        }])
        .await;
        let failure = desk.fail_any().await;
        assert_eq!(failure.0, FailureKind::Misconfigured);
        assert!(
            failure.1.contains("redirect") && !failure.1.contains("marker"),
            "{failure:?}"
        );
        assert_eq!(desk.fake.calls(), 1);
    }
    assert_eq!(elsewhere.calls(), 0);
}

#[tokio::test]
async fn cancelling_closes_the_connection_within_a_second() {
    for reply in [Reply::Silent, Reply::Stall(normal().into_bytes())] {
        let desk = patient([reply]).await;
        let request = desk.any_request().await;
        let watch = Watch::new(CancellationToken::new(), |_, _| {});
        let (result, ()) = tokio::join!(desk.backend.edit(&request, &watch), async {
            desk.fake.arrived(1).await;
            watch.cancel.cancel();
        });
        assert!(matches!(result, Err(BackendError::Cancelled)), "{result:?}");
        assert!(
            desk.fake.is_abandoned_within_a_second().await,
            "the service sees that nobody waits any more"
        );
    }
}

#[tokio::test]
async fn cancelling_while_waiting_for_another_try_makes_no_further_call() {
    let desk = patient([Reply::json(429, rate_limited("20s")), Reply::json(200, normal())]).await;
    let request = desk.any_request().await;
    let cancel = CancellationToken::new();
    let on_wait = cancel.clone();
    let watch = Watch::new(cancel, move |_, step| {
        if step.is_some_and(|step| step.contains("asking again")) {
            on_wait.cancel();
        }
    });
    let begun = Instant::now();
    let result = desk.backend.edit(&request, &watch).await;
    assert!(matches!(result, Err(BackendError::Cancelled)), "{result:?}");
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(desk.fake.calls(), 1);
}

#[tokio::test]
async fn sec_key_02_settings_that_cant_be_right_are_refused_without_showing_them() {
    let desk = with([]).await;
    for (url, key, model, names) in [
        ("http://x/v1?key=AIza-marker-0b5e7c", KEY, MODEL, "GEMINI_BASE_URL"),
        ("http://u:AIza-marker-0b5e7c@x/v1", KEY, MODEL, "GEMINI_BASE_URL"),
        ("not an address", KEY, MODEL, "GEMINI_BASE_URL"),
        ("http://x/v1", "", MODEL, "GEMINI_API_KEY"),
        ("http://x/v1", "AIza-marker-0b5e7c\n", MODEL, "GEMINI_API_KEY"),
        ("http://x/v1", KEY, " ", "GEMINI_MODEL"),
    ] {
        let settings = settings(url, key, model, Duration::from_secs(1));
        assert!(!format!("{:?}", settings.api_key).contains("marker"));
        let Err(error) = Gemini::new(settings, desk.outbound.clone(), desk.shelf.store.clone()) else {
            panic!("{url} {model}")
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
    of(MODEL, script).await
}

async fn of<const N: usize>(model: &str, script: [Reply; N]) -> Desk {
    desk(model, script.into(), Patience::NORMAL).await
}

async fn impatient<const N: usize>(script: [Reply; N]) -> Desk {
    desk(MODEL, script.into(), Patience::SHORT).await
}

async fn patient<const N: usize>(script: [Reply; N]) -> Desk {
    desk(MODEL, script.into(), Patience::LONG).await
}

async fn desk(model: &str, script: Vec<Reply>, patience: Patience) -> Desk {
    Desk::open(script, patience, KEY, |fake, outbound, blobs| {
        let settings = settings(&fake.at("/v1beta"), KEY, model, patience.deadline);
        Arc::new(Gemini::new(settings, outbound, blobs).expect("good settings"))
    })
    .await
}

/// What comes of any edit when the service answers so.
async fn answers(status: u16, body: String) -> Result<EditOutcome, BackendError> {
    with([Reply::json(status, body)]).await.edit_any().await
}

fn settings(base_url: &str, key: &str, model: &str, deadline: Duration) -> GeminiSettings {
    GeminiSettings {
        about: About::named("gemini"),
        api_key: Secret::new(key.to_owned()),
        base_url: base_url.to_owned(),
        model: model.to_owned(),
        image_size: None,
        stream: false,
        deadline,
    }
}

/// Media type and SHA-256 of each picture in the parts after the first.
fn pictures_of(parts: &Value) -> Vec<(String, String)> {
    let pictures = parts.as_array().expect("parts").iter().skip(1);
    pictures
        .map(|part| {
            let data = STANDARD
                .decode(part["inlineData"]["data"].as_str().expect("data"))
                .expect("base64");
            (
                part["inlineData"]["mimeType"].as_str().expect("a type").to_owned(),
                hex::encode(Sha256::digest(data)),
            )
        })
        .collect()
}

/// A recorded shape of an answer.
fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/gemini/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).expect(&path)
}

/// How wide the pictures of [`normal`] are, to tell them apart.
const DRAFT: u32 = 30;
const FIRST: u32 = 31;
const SECOND: u32 = 32;
const LAST: u32 = 33;

/// An answer with thoughts, a draft and three pictures.
fn normal() -> String {
    [
        ("@draft", DRAFT),
        ("@first", FIRST),
        ("@second", SECOND),
        ("@last", LAST),
    ]
    .iter()
    .fold(fixture("normal"), |body, (name, width)| {
        body.replace(name, &png64(*width))
    })
}

fn rate_limited(delay: &str) -> String {
    fixture("rate_limited").replace("@delay", delay)
}

fn error(code: u16, status: &str, message: &str) -> String {
    fixture("error")
        .replace("\"@code\"", &code.to_string())
        .replace("@status", status)
        .replace("@message", message)
}
