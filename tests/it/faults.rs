//! A disk that is full, takes no writes, doesn't sync, or loses its program at any step.
//!
//! Rule: the program is the real one; a small library before the C library (`tests/fixtures/faults.c`) plays the disk. It is
//! compiled by the compiler that SQLite needs anyway. Linux only, for that is where such a library can be slipped in.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use reqwest::{Method, Response, StatusCode, multipart::Form, multipart::Part};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{
    house::{Begun, Person, begin, fresh_id, photo},
    program::Program,
};

/// A program over a disk that a test rules.
struct Desk {
    folder: TempDir,
    library: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let library = folder.path().join("faults.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/faults.c");
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl");
        let built = compiler.status().expect("cc, which built SQLite too");
        assert!(built.success(), "the faults can't be compiled");
        fs::write(folder.path().join("disk"), "").expect("written");
        Self { folder, library }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the disk is like from now on: "full", "readonly", "nosync", or "" for well.
    fn disk(&self, state: &str) {
        fs::write(self.folder.path().join("disk"), state).expect("written");
    }

    async fn start(&self, kill_at: u32) -> Result<Program, crate::program::Ended> {
        let disk = self.folder.path().join("disk");
        let kill_at = kill_at.to_string();
        let steps = self.folder.path().join("steps");
        let env = [
            ("LD_PRELOAD", self.library.to_str().expect("a plain path")),
            ("FAULTS", disk.to_str().expect("a plain path")),
            ("KILL_AT", &kill_at),
            ("STEPS", steps.to_str().expect("a plain path")),
        ];
        Program::try_start(&self.data(), &["--log", "warn"], &env).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_store_04_on_a_full_disk_writing_fails_with_words_and_reading_goes_on() {
    trouble("full", StatusCode::INSUFFICIENT_STORAGE, "no room").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_store_04_on_a_read_only_disk_writing_fails_with_words_and_reading_goes_on() {
    trouble("readonly", StatusCode::SERVICE_UNAVAILABLE, "can't write to its disk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_store_04_a_failed_sync_is_never_a_success() {
    trouble("nosync", StatusCode::SERVICE_UNAVAILABLE, "can't write to its disk").await;
}

/// Everything that writes is refused with this status and these words, everything that reads works, and when the disk is
/// well again so is the program.
async fn trouble(state: &str, status: StatusCode, words: &str) {
    let desk = Desk::new();
    let program = desk.start(0).await.expect("it starts");
    let ana = Person::at(program.address);
    let session = begin(&ana).await;
    let ana = ana.with_token(&session.token);
    let path = format!("/api/v1/sessions/{}", session.id);
    let before = ana.json(&path).await;

    desk.disk(state);
    let picture = format!("{path}/versions/{}/picture", session.head);
    for _ in 0..3 {
        refused(add_picture(&ana, &session).await, status, words).await;
        refused(submit(&ana, &session).await, status, words).await;
        for path in [&path, &format!("{path}/turns"), &picture] {
            assert_eq!(ana.get(path).await.status(), StatusCode::OK, "{path} can't be read");
        }
    }
    assert_eq!(ana.json(&path).await, before, "nothing came of what was refused");
    for size in [320, 1024, 1600] {
        let small = format!("{path}/versions/{}/renditions/{size}", session.head);
        assert_eq!(ana.get(&small).await.status(), StatusCode::OK, "{small}");
    }

    desk.disk("");
    assert_eq!(add_picture(&ana, &session).await.status(), StatusCode::CREATED);
    let accepted: Value = submit(&ana, &session).await.json().await.expect("JSON");
    let turn = accepted["turn"]["id"].as_str().expect("an id");
    let ended = ana.json(&format!("{path}/turns/{turn}?wait=30")).await;
    assert_eq!(ended["turn"]["state"], "done", "{ended}");
    let stopped = program.stop().await;
    assert!(
        stopped.status.success() && !stopped.log.contains("panicked"),
        "{}",
        stopped.log
    );
}

async fn refused(answer: Response, status: StatusCode, words: &str) {
    let got = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(got, status, "{body}");
    assert!(
        body["error"]["message"]
            .as_str()
            .is_some_and(|said| said.contains(words)),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_store_04_a_turn_that_the_disk_refused_says_so_and_can_be_tried_again() {
    let desk = Desk::new();
    let program = desk.start(0).await.expect("it starts");
    let ana = Person::at(program.address);
    let form = Form::new().part("picture", Part::bytes(photo(1600, 1200)).file_name("large.png"));
    let answer = ana
        .ask(Method::POST, "/api/v1/sessions")
        .multipart(form)
        .send()
        .await
        .expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let session = Begun {
        id: text(&body["session"]["id"]),
        token: text(&body["edit_token"]),
        head: text(&body["session"]["head"]),
    };
    let ana = ana.with_token(&session.token);
    let accepted: Value = submit(&ana, &session).await.json().await.expect("JSON");
    desk.disk("full");
    let turn = format!(
        "/api/v1/sessions/{}/turns/{}",
        session.id,
        text(&accepted["turn"]["id"])
    );
    // The disk is full for a while: longer than the work takes.
    let open = ana.json(&format!("{turn}?wait=2")).await["turn"]["state"].clone();
    assert!(
        open == "running" || open == "queued",
        "nothing can be written down: {open}"
    );
    desk.disk("");
    let ended = ana.json(&format!("{turn}?wait=30")).await["turn"].clone();
    match ended["state"].as_str() {
        // Claimed only when there was room again.
        Some("done") => {}
        _ => {
            assert_eq!(ended["failure"]["kind"], "unavailable", "{ended}");
            assert_eq!(
                ana.post(&format!("{turn}/retry"), &json!({})).await.status(),
                StatusCode::ACCEPTED
            );
            assert_eq!(ana.json(&format!("{turn}?wait=30")).await["turn"]["state"], "done");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_store_01_the_file_is_on_the_disk_before_its_row_and_the_row_before_the_answer() {
    let desk = Desk::new();
    let program = desk.start(0).await.expect("it starts");
    let ana = Person::at(program.address);
    let session = begin(&ana).await;
    let ana = ana.with_token(&session.token);
    let steps = desk.folder.path().join("steps");
    let before = fs::read_to_string(&steps).expect("steps").lines().count();
    assert_eq!(add_picture(&ana, &session).await.status(), StatusCode::CREATED);
    // What was done when the answer came, from the first byte of this picture on: how the one before looks may be noted late.
    let text = fs::read_to_string(&steps).expect("steps");
    let steps: Vec<&str> = text
        .lines()
        .skip(before)
        .skip_while(|line| !line.contains("/data/tmp/"))
        .collect();
    let at = |step: &str| {
        steps
            .iter()
            .position(|line| line.starts_with("sync ") && line.contains(step))
    };
    let order = [
        at("/data/tmp/picture-"),
        at("/data/blobs/"),
        at("/data/plantain.db-wal"),
    ];
    assert!(
        order.iter().all(Option::is_some),
        "each is synced before the answer: {steps:#?}"
    );
    assert!(order.is_sorted(), "the file, its folder, then the row: {steps:#?}");
    let row = steps
        .iter()
        .position(|line| line.starts_with("write ") && line.contains("plantain.db-wal"));
    assert!(
        row > order[1],
        "no row is begun before the file has its name: {steps:#?}"
    );
    program.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_store_01_killed_before_any_sync_rename_or_write_it_keeps_what_it_said_it_kept() {
    let desk = Desk::new();
    let program = desk.start(0).await.expect("it starts");
    assert!(program.stop().await.status.success(), "a house with its tables");
    let empty = desk.folder.path().join("empty");
    copy(&desk.data(), &empty);
    let mut step = 0;
    loop {
        step += 1;
        fs::remove_dir_all(desk.data()).expect("gone");
        copy(&empty, &desk.data());
        let mut told = Told::default();
        let lived = match desk.start(step).await {
            Ok(program) => {
                told.work(program.address).await;
                let lived = told.finished;
                program.kill().await;
                lived
            }
            Err(_died_at_the_start) => false,
        };
        let program = Program::start(&desk.data(), &["--log", "warn"], &[]).await;
        told.is_true(program.address, step).await;
        let stopped = program.stop().await;
        assert!(stopped.status.success(), "step {step}: {}", stopped.log);
        crate::crash::every_row_has_its_file(&desk.data()).await;
        if lived {
            break;
        }
    }
    println!("killed before each of {} steps", step - 1);
    assert!(step > 20, "an upload and a turn take more steps than {step}");
}

/// What a person was told while the program lived.
#[derive(Default)]
struct Told {
    session: Option<(Begun, String)>,
    turn: Option<String>,
    finished: bool,
}

impl Told {
    /// Uploads a picture and has it edited, until an answer fails to come.
    async fn work(&mut self, address: std::net::SocketAddr) -> Option<()> {
        let person = Person::at(address);
        let form = Form::new().part("picture", Part::bytes(photo(48, 32)).file_name("photo.png"));
        let answer = person
            .ask(Method::POST, "/api/v1/sessions")
            .multipart(form)
            .send()
            .await
            .ok()?;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let body: Value = answer.json().await.ok()?;
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let (id, token) = (text(&body["session"]["id"]), text(&body["edit_token"]));
        let version = &body["session"]["versions"][0];
        let begun = Begun {
            id: id.clone(),
            token: token.clone(),
            head: text(&version["id"]),
        };
        self.session = Some((begun, text(&version["sha256"])));
        let person = person.with_token(&token);
        let path = format!("/api/v1/sessions/{id}/turns");
        let body = json!({"instruction": "make it warmer", "client_id": fresh_id()});
        let answer = person.ask(Method::POST, &path).json(&body).send().await.ok()?;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let turn = text(&answer.json::<Value>().await.ok()?["turn"]["id"]);
        self.turn = Some(turn.clone());
        let ended = person
            .ask(Method::GET, &format!("{path}/{turn}?wait=30"))
            .send()
            .await
            .ok()?;
        assert_eq!(ended.json::<Value>().await.ok()?["turn"]["state"], "done");
        // The small pictures are made beside it, and their steps are killed too.
        for size in [320, 1024, 1600] {
            let small = format!(
                "/api/v1/sessions/{id}/versions/{}/renditions/{size}",
                self.session.as_ref()?.0.head
            );
            person.ask(Method::GET, &small).send().await.ok()?.bytes().await.ok()?;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.finished = person.ask(Method::GET, "/healthz").send().await.is_ok();
        Some(())
    }

    /// All of it holds at the next server.
    async fn is_true(&self, address: std::net::SocketAddr, step: u32) {
        let Some((session, sha256)) = &self.session else { return };
        let person = Person::at(address).with_token(&session.token);
        let path = format!("/api/v1/sessions/{}", session.id);
        let picture = person.get(&format!("{path}/versions/{}/picture", session.head)).await;
        assert_eq!(picture.status(), StatusCode::OK, "step {step}");
        assert_eq!(
            &hex::encode(Sha256::digest(picture.bytes().await.expect("bytes"))),
            sha256,
            "step {step}"
        );
        if let Some(turn) = &self.turn {
            let ended = person.json(&format!("{path}/turns/{turn}?wait=30")).await;
            assert_eq!(ended["turn"]["state"], "done", "step {step}");
        }
    }
}

async fn add_picture(person: &Person, session: &Begun) -> Response {
    let path = format!("/api/v1/sessions/{}/pictures", session.id);
    person.send_picture(&path, "photo.png", photo(50, 40)).await
}

async fn submit(person: &Person, session: &Begun) -> Response {
    let body = json!({"instruction": "make it warmer", "client_id": fresh_id()});
    person
        .post(&format!("/api/v1/sessions/{}/turns", session.id), &body)
        .await
}

/// A folder with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &name);
        } else {
            fs::copy(&path, &name).expect("copied");
        }
    }
}
