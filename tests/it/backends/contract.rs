//! What every backend promises, held for all that the registry can turn on; and what the registry adds to each.
//!
//! Rule: a backend that is new here fails until [`good_answer`] knows what its service says.

use std::{sync::Arc, time::Duration};

use image::RgbImage;
use plantain::{
    backends::{
        Backend, BackendError, EditRequest, Watch,
        gemini::Gemini,
        guarded::{Guarded, Rest},
        http::{Limits, Outbound},
        openai::dialect::Dialect,
        openrouter::Interface,
        registry::Registry,
    },
    cli::backends::check,
    config::{
        About, BackendSettings, ComfyUiSettings, GeminiSettings, OpenAiSettings, OpenRouterSettings, Secret,
        ServiceSettings,
    },
    domain::{instruction::Instruction, turn::FailureKind},
    models::Models,
};
use reqwest::StatusCode;
use serde_json::json;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    desk::{Shelf, png64},
    fake::{Fake, Reply, Seen},
    fake_comfy::{FakeComfy, Play},
};
use crate::house::{House, fresh_id};

const KEY: &str = "marker-key-of-all";

#[tokio::test]
async fn every_backend_keeps_the_contract() {
    let good = Fake::answering(|seen| Some(Reply::json(200, good_answer(seen)))).await;
    let comfy = FakeComfy::start(Play::default()).await;
    let page = Fake::answering(|_| Some(Reply::json(200, "<html>marker</html>".to_owned()))).await;
    let silent = Fake::answering(|_| Some(Reply::Silent)).await;
    let kit = Kit::new();
    let (well, odd, mute) = (
        kit.registry(&good.at(""), &comfy.origin),
        kit.registry(&page.at(""), &page.at("")),
        kit.registry(&silent.at(""), &silent.at("")),
    );
    let names: Vec<String> = well.infos().iter().map(|info| info.name.clone()).collect();
    assert_eq!(
        names,
        ["gemini", "openai", "openrouter", "comfyui", "embedded"],
        "all are on"
    );
    for name in &names {
        let backend = well.choose(Some(name)).expect("it is on");
        keeps_its_word(&kit, &*backend).await;
        if backend.info().kind == "embedded" {
            continue;
        }
        survives_a_page(&kit, &*odd.choose(Some(name)).expect("it is on")).await;
        hears_a_cancel(&kit, &*mute.choose(Some(name)).expect("it is on")).await;
    }
}

/// What it says of itself is so, an edit brings a picture that the gate takes, and too many references are declined.
async fn keeps_its_word(kit: &Kit, backend: &dyn Backend) {
    let info = backend.info();
    let name = &info.name;
    assert!(
        !info.title.is_empty() && info.at_once >= 1 && info.deadline > Duration::ZERO,
        "{info:?}"
    );
    assert!(
        info.candidates >= 1
            && info
                .name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    );
    let request = kit.request("make it warmer").await;
    let outcome = backend
        .edit(&request, &watch())
        .await
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let widths = kit.shelf.widths(outcome.pictures).await;
    assert!(!widths.is_empty(), "{name} brings a picture that the gate takes");
    let mut many = request.clone();
    many.references = vec![request.base.clone(); info.references as usize + 1];
    if info.kind != "embedded" {
        let error = backend.edit(&many, &watch()).await.expect_err("too many");
        assert_eq!(error.for_the_user("It").kind, FailureKind::Declined, "{name}: {error}");
    }
}

/// A page instead of an answer ends in words, none of them the page's and none of them the key.
async fn survives_a_page(kit: &Kit, backend: &dyn Backend) {
    let name = &backend.info().name;
    let error = backend
        .edit(&kit.request("make it warmer").await, &watch())
        .await
        .expect_err(name);
    let failure = error.for_the_user(&backend.info().title);
    assert!(
        matches!(failure.kind, FailureKind::BadAnswer | FailureKind::Misconfigured),
        "{name}: {failure:?}"
    );
    assert!(
        failure.message.len() > 20 && !format!("{error:?} {failure:?}").contains("marker"),
        "{name}: {failure:?}"
    );
}

/// A cancel ends an edit within a second, whatever the service does.
async fn hears_a_cancel(kit: &Kit, backend: &dyn Backend) {
    let name = &backend.info().name;
    let request = kit.request("make it warmer").await;
    let watch = watch();
    let (result, ()) = tokio::join!(
        timeout(Duration::from_secs(10), backend.edit(&request, &watch)),
        async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            watch.cancel.cancel();
        }
    );
    let result = result.unwrap_or_else(|_| panic!("{name} goes on after a cancel"));
    assert!(matches!(result, Err(BackendError::Cancelled)), "{name}: {result:?}");
}

/// What each service says when all is well.
pub(super) fn good_answer(seen: &Seen) -> String {
    let path = seen.first_line.split(' ').nth(1).unwrap_or_default();
    let picture = png64(31);
    let answer = if path.contains("enerateContent") {
        json!({"candidates": [{"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": picture}}]}, "finishReason": "STOP"}]})
    } else if path.contains("/images/") {
        json!({"data": [{"b64_json": picture}]})
    } else if path.ends_with("/chat/completions") {
        let url = format!("data:image/png;base64,{picture}");
        json!({"choices": [{"message": {"images": [{"image_url": {"url": url}}]}, "finish_reason": "stop"}]})
    } else if path.contains("/models") || path.ends_with("/key") {
        json!({"data": [{"id": "gpt-image-2"}, {"id": "google/gemini-3.1-flash-image"}], "name": "x"})
    } else {
        panic!("nobody told the contract what a service says at {path}")
    };
    answer.to_string()
}

// ---- Rest ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn rel_backend_03_a_backend_that_fails_five_times_rests_and_then_is_asked_again() {
    let kit = Kit::new();
    let fake = Fake::answering(|_| Some(Reply::json(500, String::new()))).await;
    let gemini = Gemini::new(gemini(&fake.at("")), kit.outbound.clone(), kit.shelf.store.clone());
    let pause = Duration::from_millis(700);
    let backend = Guarded::new(Arc::new(gemini.expect("good settings")), Rest { failures: 5, pause });
    let request = kit.request("make it warmer").await;
    for n in 1..=5 {
        assert_eq!(backend.resting(), None, "after {} failures", n - 1);
        assert!(matches!(
            backend.edit(&request, &watch()).await,
            Err(BackendError::Unavailable { .. })
        ));
    }
    let error = backend.edit(&request, &watch()).await.expect_err("it rests");
    let failure = error.for_the_user("Gemini");
    assert!(
        failure.message.contains("left alone for a moment") && failure.retry_after_s == Some(1),
        "{failure:?}"
    );
    assert_eq!(fake.calls(), 5, "nothing is sent meanwhile");
    let until = Instant::now() + pause * 3;
    while backend.resting().is_some() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(matches!(
        backend.edit(&request, &watch()).await,
        Err(BackendError::Unavailable { .. })
    ));
    assert_eq!(fake.calls(), 6, "after the pause it is tried");
    assert!(
        backend.resting().is_some(),
        "and one failure more is enough to rest again"
    );
}

#[tokio::test]
async fn rel_backend_03_what_a_person_or_a_rule_refused_is_no_failure_of_the_service() {
    let kit = Kit::new();
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}}).to_string();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fake = Fake::answering(move |_| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Some(if n % 5 == 4 {
            Reply::json(200, blocked.clone())
        } else {
            Reply::json(500, String::new())
        })
    })
    .await;
    let registry = kit.registry(&fake.at(""), &fake.at(""));
    let backend = Guarded::new(registry.choose(Some("gemini")).expect("it is on"), Rest::default());
    let request = kit.request("make it warmer").await;
    for _ in 0..20 {
        let _ = backend.edit(&request, &watch()).await;
        // The registry's own guard counts the same.
        assert_eq!(backend.resting(), None);
    }
    assert_eq!(fake.calls(), 20);
}

#[tokio::test]
async fn rel_backend_03_a_rest_is_shown_and_other_backends_go_on() {
    let fake = Fake::answering(|_| Some(Reply::json(500, String::new()))).await;
    let url = fake.at("/v1beta");
    let house = House::start(&["--gemini-api-key", KEY, "--gemini-base-url", &url]).await;
    let begun = house.begin().await;
    let person = house.bearer(&begun.token);
    for _ in 0..5 {
        assert_eq!(person.turn(&begun.id, "make it pink").await["state"], "failed");
    }
    let backends = person.json("/api/v1/backends").await;
    let resting: Vec<bool> = backends["backends"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|b| b["resting_s"].is_number())
        .collect();
    assert_eq!(resting, [true, false], "{backends}");
    let page = person.get(&format!("/s/{}", begun.id)).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(
        page.text().await.expect("text").contains("Gemini (resting, "),
        "the composer says so"
    );
    let body = json!({"instruction": "make it warmer", "client_id": fresh_id(), "backend": "embedded"});
    let turn: serde_json::Value = person
        .post(&format!("/api/v1/sessions/{}/turns", begun.id), &body)
        .await
        .json()
        .await
        .expect("JSON");
    let id = turn["turn"]["id"].as_str().expect("an id");
    let turn = person
        .json(&format!("/api/v1/sessions/{}/turns/{id}?wait=30", begun.id))
        .await;
    assert_eq!(turn["turn"]["state"], "done", "{turn}");
    assert_eq!(fake.calls(), 5);
}

// ---- Checks --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_check_says_what_is_wrong_in_words_and_edits_nothing() {
    let kit = Kit::new();
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .and_then(|free| free.local_addr())
        .expect("a port");
    let nowhere = format!("http://{nobody}");
    let good = Fake::answering(|seen| Some(Reply::json(200, good_answer(seen)))).await;
    let comfy = FakeComfy::start(Play::default()).await;
    let key = Fake::answering(|_| {
        Some(Reply::json(
            401,
            json!({"error": {"message": KEY, "code": 401}}).to_string(),
        ))
    })
    .await;
    let others = Fake::answering(|seen| {
        let gone = seen.first_line.contains("gemini-nano");
        let (status, body) = if gone {
            (
                404,
                json!({"error": {"code": 404, "status": "NOT_FOUND", "message": "gone"}}),
            )
        } else {
            (200, json!({"data": [{"id": "an-image-model"}]}))
        };
        Some(Reply::json(status, body.to_string()))
    })
    .await;
    let page = Fake::answering(|_| Some(Reply::json(404, "<html>marker</html>".to_owned()))).await;
    let table: [(&str, &str, [&str; 4]); 5] = [
        (
            &good.at(""),
            &comfy.origin,
            [
                "the model “gemini-nano-banana-2.1” is there",
                "“gpt-image-2” is there",
                "“google/gemini-3.1-flash-image” is there",
                "it has every node",
            ],
        ),
        (
            &key.at(""),
            &key.at(""),
            [
                "GEMINI_API_KEY",
                "OPENAI_API_KEY",
                "OPENROUTER_API_KEY",
                "wants a password",
            ],
        ),
        (
            &others.at(""),
            &comfy.origin,
            [
                "check GEMINI_MODEL",
                "check OPENAI_MODEL. It has an-image-model.",
                "check OPENROUTER_MODEL",
                "every node",
            ],
        ),
        (
            &page.at(""),
            &page.at(""),
            [
                "GEMINI_BASE_URL",
                "OPENAI_BASE_URL",
                "OPENROUTER_BASE_URL",
                "COMFYUI_URL",
            ],
        ),
        (&nowhere, &nowhere, ["can't be reached"; 4]),
    ];
    for (row, (services, comfy, words)) in table.iter().enumerate() {
        let registry = kit.registry(services, comfy);
        for (name, words) in ["gemini", "openai", "openrouter", "comfyui"].iter().zip(words) {
            let found = check(&registry, &kit.shelf.store, Some(name), false)
                .await
                .pop()
                .expect("one finding");
            assert_eq!(
                found.is_well,
                words.contains("there") || words.contains("every node"),
                "row {row}: {found:?}"
            );
            assert!(found.words.contains(words), "row {row}: {found:?}");
            assert!(!found.words.contains("marker"), "row {row}: {found:?}");
        }
    }
    let posts = good
        .seen()
        .iter()
        .filter(|seen| seen.first_line.starts_with("POST"))
        .count();
    assert_eq!(posts, 0, "a check edits nothing");
    let registry = kit.registry(&good.at(""), &comfy.origin);
    let tried = check(&registry, &kit.shelf.store, Some("gemini"), true)
        .await
        .pop()
        .expect("one finding");
    assert!(
        tried.is_well && tried.words.contains("an edit brought a picture of 31 × 20"),
        "{tried:?}"
    );
    assert!(
        check(&registry, &kit.shelf.store, Some("nobody"), false)
            .await
            .is_empty()
    );
    let engine = check(&registry, &kit.shelf.store, Some("embedded"), false)
        .await
        .pop()
        .expect("one finding");
    assert!(engine.is_well, "{engine:?}");
}

// ---- The kit -------------------------------------------------------------------------------------------------------

pub(super) struct Kit {
    pub(super) shelf: Shelf,
    outbound: Outbound,
}

impl Kit {
    pub(super) fn new() -> Self {
        let limits = Limits {
            first_wait: Duration::from_millis(1),
            ..Limits::default()
        };
        Self {
            shelf: Shelf::open(),
            outbound: Outbound::new(limits, || 1.0).expect("a client"),
        }
    }

    /// Everything on, at these addresses.
    pub(super) fn registry(&self, services: &str, comfy: &str) -> Registry {
        self.registry_with(services, comfy, &["invert"])
    }

    /// The same with these workflows.
    pub(super) fn registry_with(&self, services: &str, comfy: &str, workflows: &[&str]) -> Registry {
        // Generous: an unoptimised build on a busy machine takes its time over 12 megapixels.
        let deadline = Duration::from_secs(120);
        let key = || Secret::new(KEY.to_owned());
        let settings = BackendSettings(vec![
            ServiceSettings::Gemini(gemini(services)),
            ServiceSettings::OpenAi(OpenAiSettings {
                about: About::named("openai"),
                api_key: Some(key()),
                base_url: format!("{services}/v1"),
                model: "gpt-image-2".to_owned(),
                dialect: Dialect::OpenAi,
                quality: None,
                size: None,
                previews: 0,
                candidates: 1,
                deadline: Some(deadline),
            }),
            ServiceSettings::OpenRouter(OpenRouterSettings {
                about: About::named("openrouter"),
                api_key: key(),
                base_url: format!("{services}/api/v1"),
                model: "google/gemini-3.1-flash-image".to_owned(),
                interface: Interface::Chat,
                deadline,
            }),
            ServiceSettings::ComfyUi(ComfyUiSettings {
                about: About::named("comfyui"),
                url: comfy.to_owned(),
                workflows: workflows.iter().map(|name| (*name).to_owned()).collect(),
                deadline,
            }),
        ]);
        let none = Models::open(self.shelf.folder.path().join("models"));
        Registry::from_settings(&settings, &self.outbound, &self.shelf.store, &none).expect("good settings")
    }

    pub(super) async fn request(&self, words: &str) -> EditRequest {
        let base = self
            .shelf
            .put(&RgbImage::from_pixel(60, 40, image::Rgb([200, 30, 30])))
            .await;
        EditRequest {
            pointed: Default::default(),
            base,
            canvas: false,
            references: Vec::new(),
            instruction: Instruction::parse(words).expect("an instruction"),
            region: None,
            options: Default::default(),
            history: Vec::new(),
            redo: None,
            seed: 1,
        }
    }
}

pub(super) fn watch() -> Watch {
    Watch::new(CancellationToken::new(), |_, _| {})
}

fn gemini(services: &str) -> GeminiSettings {
    GeminiSettings {
        about: About::named("gemini"),
        api_key: Secret::new(KEY.to_owned()),
        base_url: format!("{services}/v1beta"),
        model: "gemini-nano-banana-2.1".to_owned(),
        image_size: None,
        stream: true,
        deadline: Duration::from_secs(120),
    }
}
