//! A turn from outside: upload, edit, branch, the same twice, a restart.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    house::{House, fresh_id, photo},
    scripted::Scripted,
};

#[tokio::test(flavor = "multi_thread")]
async fn three_edits_make_a_chain_of_versions_and_the_last_can_be_downloaded() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    for words in ["make it warmer", "increase the contrast a bit", "crop it to a square"] {
        let turn = ana.turn(&session.id, words).await;
        assert_eq!(turn["state"], "done", "{turn}");
        assert_eq!(turn["versions"].as_array().map(Vec::len), Some(1));
    }
    let body = ana.json(&format!("/api/v1/sessions/{}", session.id)).await;
    let versions = body["session"]["versions"].as_array().expect("versions").clone();
    assert_eq!(versions.len(), 4);
    for pair in versions.windows(2) {
        assert_eq!(pair[1]["parent"], pair[0]["id"], "each builds on the one before");
    }
    assert_eq!(body["session"]["head"], versions[3]["id"]);
    assert_eq!(
        (&versions[3]["width"], &versions[3]["height"]),
        (&json!(32), &json!(32))
    );
    let picture = ana.get(versions[3]["picture_url"].as_str().expect("an address")).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(
        picture.headers()["content-security-policy"],
        "default-src 'none'; sandbox"
    );
    let picture = image::load_from_memory(&picture.bytes().await.expect("bytes")).expect("a picture");
    assert_eq!((picture.width(), picture.height()), (32, 32));
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_are_offered_as_one_unless_words_led_elsewhere() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let offers = async || {
        let page = ana.get(&format!("/s/{}/tree", session.id)).await;
        page.text().await.expect("a page").contains("data-squash")
    };
    for words in ["make it warmer", "increase the contrast a bit", "make it darker"] {
        assert!(!offers().await, "few are no trouble to send again");
        assert_eq!(ana.turn(&session.id, words).await["state"], "done");
    }
    assert!(offers().await);
    let back = ana.turn(&session.id, "undo that and make it warmer").await;
    assert_eq!(back["state"], "done", "{back}");
    assert!(!offers().await, "that was said about the darker one");
}

#[tokio::test(flavor = "multi_thread")]
async fn editing_an_older_version_branches_and_undo_moves_the_selection_only() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let turns = format!("/api/v1/sessions/{}/turns", session.id);
    ana.turn(&session.id, "make it darker").await;
    let body = json!({"instruction": "make it warmer", "base": session.head, "client_id": fresh_id()});
    let turn: Value = ana.post(&turns, &body).await.json().await.expect("JSON");
    let id = turn["turn"]["id"].as_str().expect("an id");
    ana.json(&format!("{turns}/{id}?wait=30")).await;
    let undone = ana.turn(&session.id, "undo that").await;
    assert_eq!(
        (&undone["state"], &undone["versions"]),
        (&json!("done"), &json!([])),
        "{undone}"
    );
    let body = ana.json(&format!("/api/v1/sessions/{}", session.id)).await;
    assert_eq!(body["session"]["head"], json!(session.head));
    let parents: Vec<_> = body["session"]["versions"]
        .as_array()
        .expect("versions")
        .iter()
        .map(|v| v["parent"].clone())
        .collect();
    assert_eq!(parents, [Value::Null, json!(session.head), json!(session.head)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_model_can_do_is_declined_in_words_and_makes_no_version() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let turn = house
        .bearer(&session.token)
        .turn(&session.id, "put a rabbit on its head")
        .await;
    assert_eq!(
        (&turn["state"], &turn["failure"]["kind"]),
        (&json!("failed"), &json!("needs_generative"))
    );
    assert!(
        turn["failure"]["message"]
            .as_str()
            .is_some_and(|words| words.contains("model"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_turn_04_one_click_is_one_turn_however_often_it_is_sent() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let path = format!("/api/v1/sessions/{}/turns", session.id);
    let body = json!({"instruction": "make it warmer", "client_id": fresh_id()});
    let mut sent = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (ana, path, body) = (ana.clone(), path.clone(), body.clone());
        sent.spawn(
            async move { ana.post(&path, &body).await.json::<Value>().await.expect("JSON")["turn"]["id"].clone() },
        );
    }
    let ids: std::collections::HashSet<String> = sent.join_all().await.iter().map(ToString::to_string).collect();
    assert_eq!(ids.len(), 1);
    let listed = ana.json(&path).await;
    assert_eq!(listed["turns"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_everything_is_as_it_was() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    ana.turn(&session.id, "make it warmer").await;
    let before = ana.json(&format!("/api/v1/sessions/{}", session.id)).await;
    let house = house.restart().await;
    let ana = house.bearer(&session.token);
    let after = ana.json(&format!("/api/v1/sessions/{}", session.id)).await;
    assert_eq!(before, after);
    for version in after["session"]["versions"].as_array().expect("versions") {
        let picture = ana.get(version["picture_url"].as_str().expect("an address")).await;
        assert_eq!(picture.status(), StatusCode::OK);
        assert_eq!(
            picture.bytes().await.expect("bytes").len() as u64,
            version["bytes"].as_u64().expect("a size")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_01_what_is_not_a_picture_is_refused_with_words() {
    let house = House::start(&[]).await;
    for (name, bytes) in [
        ("a.png", b"<svg xmlns='x'></svg>".to_vec()),
        ("b.jpg", b"%PDF-1.7".to_vec()),
        ("c.png", photo(8, 8)[..40].to_vec()),
    ] {
        let answer = house.visitor().send_picture("/api/v1/sessions", name, bytes).await;
        assert!(
            matches!(answer.status().as_u16(), 415 | 422),
            "{name}: {}",
            answer.status()
        );
        let body: Value = answer.json().await.expect("JSON");
        assert!(
            body["error"]["message"].as_str().is_some_and(|words| words.len() > 20),
            "{body}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_through_in_the_documentation_works_as_it_stands() {
    let house = House::start(&[]).await;
    let page = include_str!("../../docs/api.md");
    let script = page
        .split_once("<!-- test: three-edits -->")
        .and_then(|(_, rest)| rest.split_once("```sh\n"));
    let (script, _) = script
        .and_then(|(_, rest)| rest.split_once("```"))
        .expect("the example");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("photo.png"), photo(96, 64)).expect("written");
    let mut shell = tokio::process::Command::new("sh");
    shell
        .args(["-eu", "-c", script])
        .current_dir(folder.path())
        .kill_on_drop(true);
    shell
        .env("BASE", format!("http://{}", house.address))
        .env("PHOTO", "photo.png");
    let ended = shell.output().await.expect("a shell");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert!(
        said.contains("crop it to a square -> Cropped the picture to a square."),
        "{said}"
    );
    let picture = image::open(folder.path().join("edited.png")).expect("the download");
    assert_eq!((picture.width(), picture.height()), (64, 64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_that_is_no_picture_takes_no_other_away_and_an_answer_has_an_end() {
    let answers = |call: u64| match call {
        0 => Ok(vec![photo(20, 10), b"no picture".to_vec(), photo(30, 10)]),
        1 => Ok(vec![b"no picture".to_vec(), b"nor this".to_vec()]),
        _ => Ok(vec![photo(8, 8); 40]),
    };
    let house = House::with_backend(&[], Arc::new(Scripted::of_several(answers))).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let made = |turn: &Value| turn["versions"].as_array().map(Vec::len);
    let some = ana.turn(&session.id, "make it warmer").await;
    assert_eq!((&some["state"], made(&some)), (&json!("done"), Some(2)), "{some}");
    let none = ana.turn(&session.id, "make it cooler").await;
    assert_eq!(none["state"], "failed", "{none}");
    let many = ana.turn(&session.id, "make it louder").await;
    assert_eq!((&many["state"], made(&many)), (&json!("done"), Some(16)), "{many}");
}
