//! The way out: marked, signed last, and what is stored untouched.

use std::sync::Arc;

use image::{ImageFormat, RgbImage};
use plantain_credentials::{Notary, Standing};
use reqwest::StatusCode;

use super::{ask, begin_with, bytes_of, edit, encoded, fetch, finding, opened, read, reader, scene, strangers};
use crate::{
    house::{House, fresh_id},
    scripted::Scripted,
};

fn psnr(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let squares = one
        .as_raw()
        .iter()
        .zip(other.as_raw())
        .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    let mean = squares.sum::<f64>() / one.as_raw().len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_twenty_turns_leave_what_is_stored_untouched_and_every_copy_leads_back_to_its_version() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, encoded(&scene(420, 300), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let words = [
        "make it a little warmer",
        "a little more contrast",
        "make it a little cooler",
        "a little less contrast",
    ];
    for turn in 0..20 {
        let version = edit(&owner, &session.id, words[turn % 4]).await;
        let stored = fetch(&owner, &session.id, &version, 0).await;
        let left = fetch(&owner, &session.id, &version, 1).await;
        assert_eq!(
            fetch(&owner, &session.id, &version, 0).await,
            stored,
            "turn {turn}: the stored picture changed"
        );
        assert_eq!(
            fetch(&owner, &session.id, &version, 1).await,
            left,
            "turn {turn}: made once"
        );
        let quality = psnr(&opened(&stored).to_rgb8(), &opened(&left).to_rgb8());
        // A drawing of waves and noise works against the mark more than photos do; those are held to 42 dB below.
        assert!((36.0..99.0).contains(&quality), "turn {turn}: {quality} dB");
        // Its credentials stripped and written anew as a messenger does: only the mark is left.
        let resaved = encoded(&opened(&left).to_rgb8(), ImageFormat::Jpeg);
        let told = ask(&owner, resaved).await;
        assert_eq!(finding(&told, "mark")["found"], true, "turn {turn}: {told}");
        let href = told["versions"][0]["href"].as_str().expect("the owner may see it");
        assert!(href.contains(&version), "turn {turn}: {href}");
    }
}

/// Where photos are, if there are any: the variable, or a folder beside this repository.
fn photos() -> Vec<std::path::PathBuf> {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/photos");
    let folder = std::env::var_os("PLANTAIN_PHOTOS").map_or(beside, Into::into);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_photo = |path: &std::path::PathBuf| {
        path.extension()
            .is_some_and(|ending| ending == "jpg" || ending == "png")
    };
    files.filter(is_photo).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute; needs photos: PLANTAIN_PHOTOS, or ../shared/photos"]
async fn f2_a_download_is_within_42_db_of_what_is_stored_on_every_photo() {
    let house = House::start(&[]).await;
    let photos = photos();
    assert!(!photos.is_empty(), "there are no photos");
    let mut seen = Vec::new();
    for photo in photos {
        let session = begin_with(&house, std::fs::read(&photo).expect("a photo")).await;
        let owner = house.bearer(&session.token);
        let version = edit(&owner, &session.id, "make it a little warmer").await;
        let (stored, left) = (
            fetch(&owner, &session.id, &version, 0).await,
            fetch(&owner, &session.id, &version, 1).await,
        );
        let quality = psnr(&opened(&stored).to_rgb8(), &opened(&left).to_rgb8());
        println!("{quality:.1} dB  {}", photo.display());
        seen.push(quality);
    }
    assert!(seen.iter().all(|quality| *quality >= 42.0), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn f3_a_chain_of_six_turns_is_trusted_with_the_root_valid_without_and_broken_by_a_bit() {
    let by_engine = House::start(&[]).await;
    let made = encoded(&scene(300, 280), ImageFormat::Jpeg);
    let by_model = House::with_backend(&[], Arc::new(Scripted::new(move |_| Ok(made.clone())))).await;
    for (house, mime, is_a_models) in [(by_engine, "image/png", false), (by_model, "image/jpeg", true)] {
        let session = begin_with(&house, encoded(&scene(320, 260), ImageFormat::Jpeg)).await;
        let owner = house.bearer(&session.token);
        let mut version = String::new();
        for words in [
            "make it warmer",
            "more contrast",
            "brighter",
            "sharpen it",
            "make it cooler",
            "darker",
        ] {
            version = edit(&owner, &session.id, words).await;
        }
        let root = bytes_of(house.visitor().get("/credentials/root.pem").await).await;
        let root = String::from_utf8(root).expect("text");
        let page = format!("/api/v1/sessions/{}/versions/{version}/renditions/1600", session.id);
        let page = bytes_of(owner.get(&page).await).await;
        let whole = fetch(&owner, &session.id, &version, 1).await;
        keep(&root, mime, &whole, &page);
        for (mime, bytes) in [(mime, whole), ("image/webp", page)] {
            six_turns_hold(&reader(root.clone()), mime, &bytes, is_a_models);
        }
    }
}

fn six_turns_hold(ours: &Notary, mime: &str, bytes: &[u8], is_a_models: bool) {
    let seen = read(ours, mime, bytes).node;
    let all = seen.walk();
    assert_eq!(all.len(), 8, "six turns, the upload, and the file it came in");
    assert!(
        all[..7].iter().all(|node| node.standing == Standing::Trusted),
        "{all:#?}"
    );
    assert_eq!(seen.acts[0].action, "c2pa.opened");
    // The engine's light and colour bring nothing in; a model's picture does.
    let brings_in = seen.acts.iter().any(|act| act.source.is_some());
    assert_eq!(brings_in, is_a_models, "{:?}", seen.acts);
    assert!(seen.acts.iter().any(|act| act.action == "c2pa.watermarked.bound"));
    assert_eq!(seen.bindings[0].0, "org.plantain.lattice.1");
    let elsewhere = read(&strangers(), mime, bytes).node;
    assert_eq!(elsewhere.standing, Standing::Unknown);
    assert_eq!(elsewhere.failures, ["signingCredential.untrusted"]);
    let mut bent = bytes.to_vec();
    let at = if mime == "image/webp" { 200 } else { bent.len() - 40 };
    bent[at] ^= 1;
    assert_eq!(read(ours, mime, &bent).node.standing, Standing::Broken, "{mime}");
}

/// Keeps what left where `PLANTAIN_CHAINS` says, for `tests/independent_reader.py`.
fn keep(root: &str, mime: &str, whole: &[u8], page: &[u8]) {
    let Some(folder) = std::env::var_os("PLANTAIN_CHAINS") else {
        return;
    };
    let name = mime.trim_start_matches("image/");
    let folder = std::path::Path::new(&folder).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: String, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("a file");
    write("root.pem".to_owned(), root.as_bytes());
    write(format!("whole.{name}"), whole);
    write("page.webp".to_owned(), page);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_made_says_so_with_its_name_and_never_with_the_words_that_were_said() {
    let made = encoded(&scene(300, 280), ImageFormat::Jpeg);
    let house = House::with_backend(&[], Arc::new(Scripted::new(move |_| Ok(made.clone())))).await;
    let session = begin_with(&house, encoded(&scene(280, 300), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "a very private wish").await;
    let left = fetch(&owner, &session.id, &version, 1).await;
    assert!(
        !left.windows(12).any(|window| window == b"private wish"),
        "the words of the turn travel along"
    );
    let node = read(&reader(house.app.provenance.root()), "image/jpeg", &left).node;
    let edited = node
        .acts
        .iter()
        .find(|act| act.action == "c2pa.edited")
        .expect("it was edited");
    assert_eq!(edited.source.as_deref(), Some("compositeWithTrainedAlgorithmicMedia"));
    assert_eq!(edited.agent.as_deref(), Some("The script"));
    // A JPEG that is marked and written anew is still close to what is stored.
    let stored = fetch(&owner, &session.id, &version, 0).await;
    assert!(psnr(&opened(&stored).to_rgb8(), &opened(&left).to_rgb8()) >= 40.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_nobody_edited_leaves_with_its_pixels_as_they_are_and_is_not_called_ai() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, encoded(&scene(300, 300), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let (stored, left) = (
        fetch(&owner, &session.id, &session.head, 0).await,
        fetch(&owner, &session.id, &session.head, 1).await,
    );
    assert_eq!(opened(&stored).to_rgb8(), opened(&left).to_rgb8());
    let node = read(&reader(house.app.provenance.root()), "image/png", &left).node;
    let acts: Vec<_> = node
        .acts
        .iter()
        .map(|act| (act.action.as_str(), act.source.as_deref()))
        .collect();
    assert_eq!(acts, [("c2pa.opened", None)]);
    assert_eq!(finding(&ask(&owner, left).await, "mark")["found"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_inputs_and_the_zip_holds_what_a_download_would() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, encoded(&scene(300, 260), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let answer = owner
        .send_picture(
            &format!("/api/v1/sessions/{}/pictures", session.id),
            "b.png",
            encoded(&scene(280, 270), ImageFormat::Png),
        )
        .await;
    let added: serde_json::Value = answer.json().await.expect("JSON");
    let reference = added["version"]["id"].as_str().expect("an id");
    let body = serde_json::json!({"instruction": "make it warmer", "references": [reference], "client_id": fresh_id()});
    let answer = owner
        .post(&format!("/api/v1/sessions/{}/turns", session.id), &body)
        .await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let turn: serde_json::Value = answer.json().await.expect("JSON");
    let turn = turn["turn"]["id"].as_str().expect("an id");
    let done = owner
        .json(&format!("/api/v1/sessions/{}/turns/{turn}?wait=30", session.id))
        .await;
    let version = done["turn"]["versions"][0].as_str().expect("a version");
    let left = fetch(&owner, &session.id, version, 1).await;
    let node = read(&reader(house.app.provenance.root()), "image/png", &left).node;
    let roles: Vec<_> = node
        .ingredients
        .iter()
        .map(|node| node.relation.clone().unwrap_or_default())
        .collect();
    assert_eq!(roles, ["parentOf", "inputTo"]);
    let zip = bytes_of(owner.get(&format!("/api/v1/sessions/{}/export", session.id)).await).await;
    assert!(
        zip.windows(left.len()).any(|window| window == left),
        "the zip has another file"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_part_can_be_switched_off() {
    let house = House::start(&["--credentials", "off", "--mark", "off", "--verify", "off"]).await;
    let session = begin_with(&house, encoded(&scene(300, 260), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "make it warmer").await;
    assert_eq!(
        fetch(&owner, &session.id, &version, 0).await,
        fetch(&owner, &session.id, &version, 1).await
    );
    assert_eq!(owner.get("/verify").await.status(), StatusCode::NOT_FOUND);

    let house = House::start(&["--credentials", "off"]).await;
    let session = begin_with(&house, encoded(&scene(300, 260), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "make it warmer").await;
    let left = fetch(&owner, &session.id, &version, 1).await;
    assert!(strangers().read("image/png", &left).expect("readable").is_none());
    assert_eq!(finding(&ask(&owner, left).await, "mark")["found"], true);

    let house = House::start(&["--password", "words", "--verify", "members"]).await;
    assert_eq!(house.visitor().get("/verify").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_keys_go_on_reading_after_a_change() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, encoded(&scene(320, 260), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "make it warmer").await;
    let left = fetch(&owner, &session.id, &version, 1).await;
    plantain::provenance::keys::new_mark_key(&house.app.config.data).expect("a new key");
    let house = house.restart().await;
    let owner = house.bearer(&session.token);
    let resaved = encoded(&opened(&left).to_rgb8(), ImageFormat::Jpeg);
    let told = ask(&owner, resaved).await;
    assert!(
        told["versions"][0]["href"]
            .as_str()
            .is_some_and(|href| href.contains(&version)),
        "{told}"
    );
    let again = fetch(&owner, &session.id, &version, 1).await;
    assert_ne!(again, left, "what leaves now has the new key's mark");
    assert_eq!(finding(&ask(&owner, again).await, "mark")["found"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_cannot_be_signed_is_still_shown_and_spoils_no_zip() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, encoded(&scene(300, 260), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "make it warmer").await;
    let stored = fetch(&owner, &session.id, &version, 0).await;
    let page = |version: &str| format!("/api/v1/sessions/{}/versions/{version}/renditions/1600", session.id);
    // Until these are there, they are being made.
    for version in [&session.head, &version] {
        assert_eq!(owner.get(&page(version)).await.status(), StatusCode::OK);
    }
    // Nothing that is signed can be kept or read any more.
    let data = &house.app.config.data;
    for folder in ["private", "leaving"] {
        let _ = std::fs::remove_dir_all(data.join(folder));
        std::fs::write(data.join(folder), "in the way").expect("written");
    }
    let answer = owner.get(&page(&version)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let zip = bytes_of(owner.get(&format!("/api/v1/sessions/{}/export", session.id)).await).await;
    let holds = |part: &[u8]| zip.windows(part.len()).any(|window| window == part);
    assert!(holds(&stored), "the picture is as it is stored");
    assert!(holds(b"PK\x05\x06"), "the zip has an end");
    assert!(holds(b"could not be signed"), "session.json says so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_picture_that_was_not_made_smaller_does_not_say_so() {
    let house = House::start(&[]).await;
    let ours = reader(house.app.provenance.root());
    for (width, says) in [(300, false), (1700, true)] {
        let session = begin_with(&house, encoded(&scene(width, 260), ImageFormat::Png)).await;
        let owner = house.bearer(&session.token);
        let page = format!(
            "/api/v1/sessions/{}/versions/{}/renditions/1600",
            session.id, session.head
        );
        let left = bytes_of(owner.get(&page).await).await;
        let node = read(&ours, "image/webp", &left).node;
        let resized = node.acts.iter().any(|act| act.action == "c2pa.resized");
        assert_eq!(resized, says, "{width}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_made_from_words_was_created_and_edits_no_empty_canvas() {
    let made = encoded(&scene(300, 280), ImageFormat::Png);
    let house = House::with_backend(&[], Arc::new(Scripted::new(move |_| Ok(made.clone())))).await;
    let body = serde_json::json!({"canvas": "1:1"});
    let answer = house.visitor().post("/api/v1/sessions", &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let begun: serde_json::Value = answer.json().await.expect("JSON");
    let session = begun["session"]["id"].as_str().expect("an id");
    let owner = house.bearer(begun["edit_token"].as_str().expect("a token"));
    let version = edit(&owner, session, "a lighthouse").await;
    let left = fetch(&owner, session, &version, 1).await;
    let ours = reader(house.app.provenance.root());
    let node = read(&ours, "image/png", &left).node;
    let created = &node.acts[0];
    assert_eq!(
        (created.action.as_str(), created.source.as_deref()),
        ("c2pa.created", Some("trainedAlgorithmicMedia")),
        "{node:?}"
    );
    assert_eq!(created.agent.as_deref(), Some("The script"));
    assert!(node.ingredients.is_empty() && node.acts.iter().all(|act| act.action != "c2pa.edited"));
    let told = ask(&owner, left).await;
    assert_eq!(told["versions"][0]["what"], "Made here from words", "{told}");
    let head = begun["session"]["head"].as_str().expect("an id");
    let canvas = read(&ours, "image/png", &fetch(&owner, session, head, 1).await).node;
    assert_eq!(canvas.acts[0].source.as_deref(), Some("empty"), "{canvas:?}");
    assert!(canvas.ingredients.is_empty());
}
