//! ComfyUI against a fake of its server: uploads, the queue, the line, the history, and how a run ends.
//!
//! Rule: what a run brings is told apart by the width of the picture that went in.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use image::RgbImage;
use plantain::{
    backends::{
        Backend, BackendError, EditOutcome, EditRequest, Watch,
        comfyui::ComfyUi,
        http::{Limits, Outbound},
    },
    blobs::RawImage,
    config::{About, ComfyUiSettings},
    domain::{instruction::Instruction, turn::FailureKind},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    desk::{Shelf, png},
    fake_comfy::{FakeComfy, Play, Say},
};

#[tokio::test]
async fn an_edit_uploads_queues_waits_fetches_and_cleans_up() {
    let bench = Bench::with(Play::default(), "invert").await;
    let request = bench.request(48, "turn it inside out").await;
    let outcome = bench.edit(&request).await.expect("a picture");
    assert_eq!(bench.shelf.widths(outcome.pictures).await, [48]);

    let lines: Vec<String> = bench.fake.seen().iter().map(|seen| seen.first_line.clone()).collect();
    let begins = |n: usize, begin: &str| assert!(lines[n].starts_with(begin), "{n}: {lines:?}");
    begins(0, "GET /ws?clientId=");
    begins(1, "POST /upload/image ");
    begins(2, "POST /prompt ");
    assert!(
        lines[3..].iter().any(|line| line.starts_with("GET /history/")),
        "{lines:?}"
    );
    let view = lines
        .iter()
        .find(|line| line.starts_with("GET /view?"))
        .expect("it was fetched");
    assert!(view.contains("&subfolder=out+put&type=output"), "{view}");
    begins(lines.len() - 1, "POST /history ");

    let queued = bench.fake.requests("POST /prompt").remove(0);
    let client = lines[0]
        .split("clientId=")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    assert_eq!(queued["client_id"].as_str(), client, "the line is that of the run");
    let id = queued["prompt_id"].as_str().expect("an id of ours");
    assert_eq!(bench.fake.requests("POST /history"), [json!({"delete": [id]})]);
    assert!(bench.fake.requests("POST /interrupt").is_empty(), "it ended by itself");
    let graph = &queued["prompt"];
    let name = graph["1"]["inputs"]["image"].as_str().expect("a name");
    assert!(
        name.starts_with("team/plantain-") && name.is_ascii(),
        "the server's own name: {name}"
    );
    assert!(
        graph["9"]["inputs"]["filename_prefix"]
            .as_str()
            .is_some_and(|prefix| prefix.starts_with("plantain-"))
    );
    let sent = bench.fake.file(name).expect("it was uploaded");
    assert_eq!(hex::encode(Sha256::digest(sent)), request.base.id.to_string());
    let seen = bench.fake.seen();
    let parts = seen[1].parts();
    let fields: Vec<(&str, Option<&str>)> = parts
        .iter()
        .map(|part| (part.name.as_str(), part.kind.as_deref()))
        .collect();
    assert_eq!(
        fields,
        [("type", None), ("overwrite", None), ("image", Some("image/png"))]
    );
}

#[tokio::test]
async fn references_go_in_their_order_and_the_seed_is_fresh_each_time() {
    let bench = Bench::with(
        Play {
            status: Some(json!({"status_str": "error"})),
            ..Play::default()
        },
        "qwen-image-edit",
    )
    .await;
    assert_eq!(bench.backend.info().references, 2);
    let mut request = bench.request(48, "the hat of \"image 2\", %SEED%").await;
    let (hat, scarf) = (bench.picture(31).await, bench.picture(32).await);
    request.references = vec![hat, scarf];
    for _ in 0..2 {
        bench.edit(&request).await.expect_err("it ended badly");
    }
    request.references.clear();
    bench.edit(&request).await.expect_err("it ended badly");
    let queued = bench.fake.requests("POST /prompt");
    let graph = &queued[0]["prompt"];
    assert_eq!(graph["21"]["inputs"]["prompt"], "the hat of \"image 2\", %SEED%");
    for (node, blob) in [
        ("11", &request.base),
        ("12", &bench.picture(31).await),
        ("13", &bench.picture(32).await),
    ] {
        let sent = bench
            .fake
            .file(graph[node]["inputs"]["image"].as_str().expect("a name"))
            .expect("uploaded");
        assert_eq!(hex::encode(Sha256::digest(sent)), blob.id.to_string(), "node {node}");
    }
    let seeds: HashSet<u64> = queued
        .iter()
        .filter_map(|queued| queued["prompt"]["31"]["inputs"]["seed"].as_u64())
        .collect();
    assert_eq!(seeds.len(), 3, "or the answer would come from a cache");
    assert_eq!(
        queued[2]["prompt"].get("12"),
        None,
        "without a reference, its node is not there"
    );

    request.references = vec![request.base.clone(); 3];
    let error = bench.edit(&request).await.expect_err("too many");
    assert!(
        error.for_the_user("It").message.contains("at most 2 further pictures"),
        "{error:?}"
    );
}

#[tokio::test]
async fn progress_and_previews_of_our_own_run_are_shown() {
    let preview = [
        &[0, 0, 0, 1, 0, 0, 0, 2][..],
        &png(&RgbImage::from_pixel(21, 20, image::Rgb([1, 2, 3]))),
    ]
    .concat();
    let play = Play {
        says: vec![
            Say::Bytes(preview.clone()),
            Say::Any(json!({"type": "executing", "data": {"prompt_id": "another's", "node": null}})),
            Say::About("execution_start", json!({})),
            Say::About("execution_cached", json!({"nodes": ["1"]})),
            Say::About("executing", json!({"node": "2"})),
            Say::Bytes(preview),
            Say::About("progress", json!({"value": 1, "max": 2, "node": "2"})),
            Say::Any(json!(["odd"])),
        ],
        ..Play::default()
    };
    let bench = Bench::with(play, "invert").await;
    let outcome = bench
        .edit(&bench.request(48, "turn it inside out").await)
        .await
        .expect("a picture");
    assert_eq!(bench.shelf.widths(outcome.pictures).await, [48]);
    let told = bench.told.lock().expect("no panic").clone();
    assert!(told.contains(&(50, "ImageInvert".to_owned())), "{told:?}");
    let previews = std::mem::take(&mut *bench.previews.lock().expect("no panic"));
    assert_eq!(
        bench.shelf.widths(previews).await,
        [21],
        "the first came before our run worked"
    );
}

#[tokio::test]
async fn a_run_answered_from_the_cache_is_an_answer() {
    let play = Play {
        says: vec![
            Say::About("execution_cached", json!({"nodes": ["1", "2", "9"]})),
            Say::About("executing", json!({"node": null})),
        ],
        ..Play::default()
    };
    let bench = Bench::with(play, "invert").await;
    bench.edit(&bench.request(48, "again").await).await.expect("a picture");
}

#[tokio::test]
async fn a_line_that_drops_or_never_opens_loses_nothing() {
    for play in [
        Play {
            hangs_up: true,
            says: vec![Say::About("executing", json!({"node": "2"}))],
            ..Play::default()
        },
        Play {
            line: false,
            ..Play::default()
        },
    ] {
        let bench = Bench::with(play, "invert").await;
        let outcome = bench
            .edit(&bench.request(48, "turn it").await)
            .await
            .expect("the history has it");
        assert_eq!(bench.shelf.widths(outcome.pictures).await, [48]);
    }
}

#[tokio::test]
async fn a_run_that_the_server_forgot_ends_in_words() {
    let play = Play {
        hangs_up: true,
        says: vec![],
        ends: false,
        forgets: true,
        ..Play::default()
    };
    let bench = Bench::with(play, "invert").await;
    let failure = bench.fail().await;
    assert!(failure.contains("it may have been restarted"), "{failure}");
}

#[tokio::test]
async fn a_node_that_fails_is_named_and_so_is_an_interruption() {
    let status = |messages: Value| Some(json!({"status_str": "error", "completed": false, "messages": messages}));
    let error = json!({"node_id": "31", "node_type": "KSampler", "exception_type": "OutOfMemoryError", "exception_message": "Allocation on device\u{7}\n", "traceback": ["marker"]});
    for (messages, words) in [
        (
            json!([["execution_start", {}], ["execution_error", error]]),
            "KSampler: Allocation on device",
        ),
        (
            json!([["execution_interrupted", {"node_id": "31"}]]),
            "Somebody stopped it at the server.",
        ),
        (json!([]), "does not say why"),
    ] {
        let bench = Bench::with(
            Play {
                status: status(messages),
                ..Play::default()
            },
            "invert",
        )
        .await;
        let failure = bench.fail().await;
        assert!(failure.contains(words) && !failure.contains("marker"), "{failure}");
    }
}

#[tokio::test]
async fn a_workflow_that_is_not_taken_says_what_is_wrong_with_it() {
    let node = json!({"error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": ""},
        "node_errors": {"1": {"class_type": "UNETLoader", "errors": [{"type": "value_not_in_list", "message": "Value not in list", "details": "unet_name: 'x' not in []"}]}}});
    let class = json!({"error": {"type": "invalid_prompt", "message": "Cannot execute because node X does not exist.", "details": ""}, "node_errors": []});
    for (status, body, kind, words) in [
        (
            400,
            node,
            FailureKind::Misconfigured,
            "node 1 (UNETLoader): Value not in list unet_name: 'x' not in []",
        ),
        (400, class, FailureKind::Misconfigured, "node X does not exist"),
        (401, json!("no"), FailureKind::Misconfigured, "wants a password"),
        (404, json!("no"), FailureKind::Misconfigured, "COMFYUI_URL"),
        (502, json!("<html>"), FailureKind::Unavailable, "can't be reached"),
    ] {
        let bench = Bench::with(
            Play {
                refuses: Some((status, body)),
                ..Play::default()
            },
            "invert",
        )
        .await;
        let error = bench.edit(&bench.request(48, "x").await).await.expect_err("refused");
        let failure = error.for_the_user("It");
        assert_eq!(failure.kind, kind);
        assert!(failure.message.contains(words), "{failure:?}");
    }
}

#[tokio::test]
async fn cancelling_takes_the_run_off_the_queue_and_interrupts_it() {
    let play = Play {
        says: vec![Say::About("executing", json!({"node": "2"}))],
        ends: false,
        ..Play::default()
    };
    let bench = Bench::with(play, "invert").await;
    let request = bench.request(48, "x").await;
    let watch = Watch::new(CancellationToken::new(), |_, _| {});
    let begun = std::sync::OnceLock::new();
    let (result, ()) = tokio::join!(bench.backend.edit(&request, &watch), async {
        bench.fake.arrived("GET /history/").await;
        begun.set(Instant::now()).expect("once");
        watch.cancel.cancel();
    });
    assert!(matches!(result, Err(BackendError::Cancelled)), "{result:?}");
    bench.fake.arrived("POST /interrupt").await;
    assert!(
        begun
            .get()
            .is_some_and(|begun| begun.elapsed() < Duration::from_secs(1))
    );
    let id = bench.fake.requests("POST /prompt")[0]["prompt_id"].clone();
    assert_eq!(bench.fake.requests("POST /queue"), [json!({"delete": [id]})]);
    assert_eq!(
        bench.fake.requests("POST /interrupt"),
        [json!({"prompt_id": id})],
        "this run and no other"
    );
}

#[tokio::test]
async fn cancelling_a_run_that_waits_interrupts_nobody_else() {
    let play = Play {
        says: vec![],
        ends: false,
        waits: true,
        ..Play::default()
    };
    let bench = Bench::with(play, "invert").await;
    let request = bench.request(48, "x").await;
    let watch = Watch::new(CancellationToken::new(), |_, _| {});
    let (result, ()) = tokio::join!(bench.backend.edit(&request, &watch), async {
        bench.fake.arrived("GET /history/").await;
        watch.cancel.cancel();
    });
    assert!(matches!(result, Err(BackendError::Cancelled)), "{result:?}");
    // Stopping is part of the edit, so that a house which stops has told the server before it is gone.
    let id = bench.fake.requests("POST /prompt")[0]["prompt_id"].clone();
    let deleted = bench.fake.requests("POST /queue");
    assert!(
        deleted
            .iter()
            .any(|told| told["delete"].as_array().is_some_and(|ids| ids.contains(&id))),
        "{deleted:?}"
    );
    assert!(
        bench.fake.requests("POST /interrupt").is_empty(),
        "an older server would stop whatever works just now"
    );
}

#[tokio::test]
async fn a_run_past_its_deadline_is_stopped() {
    let play = Play {
        says: vec![],
        ends: false,
        ..Play::default()
    };
    let bench = Bench::of(play, "invert", Duration::from_millis(600)).await;
    let error = bench.edit(&bench.request(48, "x").await).await.expect_err("too late");
    assert!(matches!(error, BackendError::TimedOut), "{error:?}");
    bench.fake.arrived("POST /interrupt").await;
}

#[tokio::test]
async fn two_at_once_get_each_their_own() {
    let bench = Bench::with(Play::default(), "invert").await;
    let (first, second) = (bench.request(41, "x").await, bench.request(42, "x").await);
    let (first, second) = tokio::join!(bench.edit(&first), bench.edit(&second));
    assert_eq!(bench.shelf.widths(first.expect("a picture").pictures).await, [41]);
    assert_eq!(bench.shelf.widths(second.expect("a picture").pictures).await, [42]);
}

#[tokio::test]
async fn a_check_names_the_nodes_the_server_does_not_know() {
    let bench = Bench::with(Play::default(), "flux-kontext").await;
    let watch = Watch::new(CancellationToken::new(), |_, _| {});
    bench.backend.check(&watch).await.expect("all there");
    let play = Play {
        unknown: vec!["FluxGuidance"],
        ..Play::default()
    };
    let bench = Bench::with(play, "flux-kontext").await;
    let error = bench.backend.check(&watch).await.expect_err("one is missing");
    assert!(error.to_string().contains("no node FluxGuidance;"), "{error}");
    assert!(bench.fake.requests("POST").is_empty(), "a check does nothing");
}

#[tokio::test]
async fn settings_that_cant_be_right_are_refused_in_words() {
    let bench = Bench::with(Play::default(), "invert").await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.json");
    std::fs::write(&path, r#"{"nodes": [], "links": []}"#).expect("written");
    let path = path.display().to_string();
    for (url, workflow, words) in [
        ("http://u:marker@x/", "invert", "COMFYUI_URL"),
        (
            "http://x/",
            "no-such-workflow",
            "none of qwen-image-edit, flux-kontext, qwen-image, invert",
        ),
        ("http://x/", path.as_str(), "Export (API)"),
    ] {
        let made = ComfyUi::new(
            &settings(url, workflow, Duration::from_secs(1)),
            bench.outbound.clone(),
            bench.shelf.store.clone(),
        );
        let Err(error) = made else { panic!("{words}") };
        assert!(
            error.to_string().contains(words) && !error.to_string().contains("marker"),
            "{error}"
        );
    }
}

// ---- The kit -------------------------------------------------------------------------------------------------------

struct Bench {
    backend: ComfyUi,
    fake: FakeComfy,
    shelf: Shelf,
    outbound: Outbound,
    told: Arc<Mutex<Vec<(u32, String)>>>,
    previews: Arc<Mutex<Vec<RawImage>>>,
}

impl Bench {
    async fn with(play: Play, workflow: &str) -> Self {
        Self::of(play, workflow, Duration::from_secs(30)).await
    }

    async fn of(play: Play, workflow: &str, deadline: Duration) -> Self {
        let (fake, shelf) = (FakeComfy::start(play).await, Shelf::open());
        let limits = Limits {
            first_wait: Duration::from_millis(1),
            ..Limits::default()
        };
        let outbound = Outbound::new(limits, || 1.0).expect("a client");
        let settings = settings(&fake.origin, workflow, deadline);
        let backend = ComfyUi::new(&settings, outbound.clone(), shelf.store.clone()).expect("good settings");
        Self {
            backend,
            fake,
            shelf,
            outbound,
            told: Arc::default(),
            previews: Arc::default(),
        }
    }

    async fn picture(&self, width: u32) -> plantain::domain::picture::Blob {
        self.shelf
            .put(&RgbImage::from_pixel(width, 40, image::Rgb([200, 30, 30])))
            .await
    }

    async fn request(&self, width: u32, words: &str) -> EditRequest {
        EditRequest {
            pointed: Default::default(),
            base: self.picture(width).await,
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

    async fn edit(&self, request: &EditRequest) -> Result<EditOutcome, BackendError> {
        let (told, previews) = (Arc::clone(&self.told), Arc::clone(&self.previews));
        let watch = Watch::new(CancellationToken::new(), move |fraction, step| {
            let percent = (fraction.unwrap_or(0.0) * 100.0).round() as u32;
            told.lock()
                .expect("no panic")
                .push((percent, step.unwrap_or_default().to_owned()));
        })
        .with_previews(move |picture| previews.lock().expect("no panic").push(picture));
        self.backend.edit(request, &watch).await
    }

    async fn fail(&self) -> String {
        let error = self.edit(&self.request(48, "x").await).await.expect_err("a failure");
        let failure = error.for_the_user("It");
        format!("{} {}", failure.message, failure.note.unwrap_or_default())
    }
}

fn settings(url: &str, workflow: &str, deadline: Duration) -> ComfyUiSettings {
    ComfyUiSettings {
        about: About::named("comfyui"),
        url: url.to_owned(),
        workflows: vec![workflow.to_owned()],
        deadline,
    }
}
