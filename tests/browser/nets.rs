//! The nets of the built-in engine on their way, as somebody sees it who has opened the page meanwhile.
//!
//! Rule: the package clients are scripts of ours; nothing here reaches any registry.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::json;

use crate::{
    driver::Driver,
    house::photo,
    kit::{on_session_page, ready, shot},
    program::Program,
};

/// A client that fetches nothing until the file `go` is there, and then fails.
fn slow_client(folder: &Path, name: &str) {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).expect("a folder");
    let (path, go) = (bin.join(name), folder.join("go"));
    let script = format!(
        "#!/bin/sh\nwhile [ ! -e {} ]; do /bin/sleep 0.05; done\nexit 1\n",
        go.display()
    );
    fs::write(&path, script).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
}

pub async fn ui_3_an_open_page_follows_the_fetching_of_the_nets() {
    let folder = tempfile::tempdir().expect("a folder");
    slow_client(folder.path(), "pip");
    let path = folder.path().join("bin").display().to_string();
    let env = [("PLANTAIN_MODELS", "auto"), ("PATH", &path)];
    let program = Program::start(&folder.path().join("data"), &[], &env).await;
    let home = format!("http://{}/", program.address);
    let mut driver = Driver::start().await;

    let unscripted = driver.browser().await;
    unscripted
        .cdp("Emulation.setScriptExecutionDisabled", json!({"value": true}))
        .await;
    let ana = driver.browser().await;
    ana.open(&home).await;
    ready(&ana).await;
    // The thread that fetches begins beside the server; the page may have been quicker.
    while ana.count("#nets[data-going]").await == 0 {
        ana.reload().await;
        ready(&ana).await;
    }
    assert!(ana.text("#nets").await.contains("0 of 8"));
    shot(&ana, "nets-home").await;
    unscripted.open(&home).await;
    assert!(unscripted.text("#nets").await.contains("0 of 8"));

    let picture = folder.path().join("hill.png");
    fs::write(&picture, photo(640, 480)).expect("a file");
    ana.choose("#start input[name=picture]", &picture).await;
    on_session_page(&ana).await;
    assert!(ana.text("#nets").await.contains("0 of 8"));
    shot(&ana, "nets-session").await;

    // What is missing, and why, comes by itself.
    fs::write(folder.path().join("go"), "").expect("written");
    ana.until("document.querySelector('#nets').textContent.includes('npm is not installed')")
        .await;
    ana.until_there("#nets:not([data-going])").await;
    shot(&ana, "nets-missing").await;
    unscripted.reload().await;
    unscripted.click("#nets summary").await;
    assert!(unscripted.text("#nets").await.contains("is there a network?"));
    shot(&unscripted, "nets-missing-home").await;
    program.stop().await;
}
