//! Several people at one session: each sees what the others do, at once and no more than they may.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    driver::Browser,
    kit::{Scene, all_is_well, ask, on_session_page, on_stage},
};

/// How soon an edit by one is to show in the other's page, once it is in the first.
const A_SECOND: f64 = 1000.0;

/// Makes a link through the dialog, as a person does; says its address.
pub async fn link(owner: &Browser, access: &str) -> String {
    owner.click("#session-head a[data-dialog]").await;
    owner.until_there("#dialog[open] #share-panel").await;
    owner
        .click(&format!("#dialog input[name=access][value={access}]"))
        .await;
    owner.click("#dialog .share-form button.primary").await;
    owner.until_there("#dialog #fresh-url").await;
    let url = owner.get("document.querySelector('#fresh-url').value").await;
    let ready_to_copy = "document.activeElement.id === 'fresh-url' && document.querySelector('#announcer').textContent";
    assert_eq!(owner.get(ready_to_copy).await, "The link is ready to copy");
    owner.click("#dialog .dialog-close").await;
    url.as_str().expect("a link").to_owned()
}

/// Somebody with a profile of their own who follows a link.
pub async fn guest(scene: &mut Scene, link: &str) -> Browser {
    let browser = scene.driver.browser().await;
    browser.open(link).await;
    on_session_page(&browser).await;
    browser
}

/// Notes in the page when each turn was first seen done there.
async fn keep_time(browser: &Browser) {
    let note = "window.seenDone = {}; new MutationObserver(() => { \
        for (const card of document.querySelectorAll('.turn[data-state=done]')) window.seenDone[card.id] ??= Date.now(); \
    }).observe(document.querySelector('#turns'), {childList: true, subtree: true}); true";
    browser.get(note).await;
}

/// Milliseconds between one page's sight of its latest turn and the other's.
async fn lag(first: &Browser, second: &Browser) -> f64 {
    let latest = "(() => { const [id, at] = Object.entries(window.seenDone).pop(); return {id, at}; })()";
    let seen = first.get(latest).await;
    let there = format!("window.seenDone[{}] !== undefined", seen["id"]);
    second.until(&there).await;
    let other = second.get(&format!("window.seenDone[{}]", seen["id"])).await;
    other.as_f64().expect("a time") - seen["at"].as_f64().expect("a time")
}

pub async fn a3_an_edit_by_one_shows_in_the_others_page_within_a_second() {
    let mut scene = Scene::set(&[]).await;
    let (owner, _) = scene.owner().await;
    let link = link(&owner, "edit").await;
    let editor = guest(&mut scene, &link).await;
    keep_time(&owner).await;
    keep_time(&editor).await;

    let mut lags = Vec::new();
    ask(&owner, "Make it warmer").await;
    on_stage(&owner, 2).await;
    lags.push(lag(&owner, &editor).await);
    editor
        .until("document.querySelector('#new-version').textContent === '1 new version'")
        .await;
    assert_eq!(
        editor.text("#base-tile .base-words").await,
        "Editing v1",
        "the other's stage does not move by itself"
    );
    editor.click("#new-version").await;
    on_stage(&editor, 2).await;

    owner.click("#instruction").await;
    owner.write("half a thought").await;
    for (version, words) in (3..).zip(["Sepia", "A bit darker", "Turn it left", "Crop to a square"]) {
        ask(&editor, words).await;
        on_stage(&editor, version).await;
        lags.push(lag(&editor, &owner).await);
    }
    assert_eq!(
        owner.get("document.querySelector('#instruction').value").await,
        "half a thought"
    );
    assert_eq!(owner.text("#base-tile .base-words").await, "Editing v2");
    assert_eq!(owner.text("#turns > li:last-child .turn-author").await, "Guest 2");
    owner
        .until("document.querySelector('#new-version').textContent === '4 new versions'")
        .await;
    eprintln!("from one page to the other: {lags:?} ms");
    for lag in lags {
        assert!(lag.abs() < A_SECOND, "{lag} ms");
    }
    all_is_well(&owner, &scene, &[]).await;
    all_is_well(&editor, &scene, &[]).await;
}

pub async fn a3_two_at_once_each_branch_from_their_own_base() {
    let mut scene = Scene::set(&[]).await;
    let (owner, session) = scene.owner().await;
    let link = link(&owner, "edit").await;
    let editor = guest(&mut scene, &link).await;
    tokio::join!(ask(&owner, "Make it warmer"), ask(&editor, "Black and white"));
    let both = "document.querySelectorAll('.turn[data-state=done]').length === 2 && document.querySelectorAll('#turns .turn').length === 2";
    owner.until(both).await;
    editor.until(both).await;
    let order = "[...document.querySelectorAll('#turns .turn')].map(card => card.id).join()";
    assert_eq!(owner.get(order).await, editor.get(order).await);
    for page in [&owner, &editor] {
        page.until("document.querySelector('#stage').dataset.number !== '1'")
            .await;
    }
    let mine = |browser| async move { Browser::get(browser, "document.querySelector('#stage').dataset.number").await };
    assert_ne!(
        mine(&owner).await,
        mine(&editor).await,
        "everybody sees their own result"
    );
    owner.reload().await;
    on_session_page(&owner).await;
    let parents = format!(
        "fetch('/api/v1/sessions/{session}').then(answer => answer.json()).then(body => {{ const all = body.session?.versions ?? body.versions; return all.slice(1).map(version => version.parent === all[0].id); }})"
    );
    assert_eq!(
        owner.get(&parents).await,
        json!([true, true]),
        "both are children of the original"
    );
}

pub async fn sec_share_03_the_address_bar_does_not_keep_the_token() {
    let mut scene = Scene::set(&[]).await;
    let (owner, session) = scene.owner().await;
    let link = link(&owner, "view").await;
    let token = link.rsplit('/').next().expect("a token").to_owned();
    let viewer = guest(&mut scene, &link).await;
    assert_eq!(viewer.address().await, scene.at(&format!("/s/{session}")));
    let kept = viewer.get("document.referrer + document.cookie + JSON.stringify({...sessionStorage, ...localStorage}) + document.documentElement.outerHTML").await;
    assert!(!kept.as_str().expect("text").contains(&token));
    let entries = viewer.cdp("Page.getNavigationHistory", json!({})).await;
    // What was typed is the person's own; the history is of addresses.
    for entry in entries["entries"].as_array().expect("a history") {
        assert!(!entry["url"].to_string().contains(&token), "{entry}");
    }
    all_is_well(&viewer, &scene, &[]).await;
}

pub async fn sec_share_06_a_viewer_watches_until_the_link_is_revoked() {
    let mut scene = Scene::set(&[]).await;
    let (owner, session) = scene.owner().await;
    let link = link(&owner, "view").await;
    let viewer = guest(&mut scene, &link).await;
    for absent in [
        "#composer",
        "#stage form",
        "[data-stage][data-compose]",
        "a[download]",
        "input[type=file]",
    ] {
        let seen = format!("[...document.querySelectorAll('{absent}')].filter(it => it.checkVisibility()).length");
        assert_eq!(viewer.get(&seen).await, 0, "{absent}");
    }
    assert!(viewer.text(".viewing").await.starts_with("You are watching."));
    let by_hand = format!(
        "fetch('/s/{session}/turns', {{method: 'POST', body: new URLSearchParams({{instruction: 'Sepia', client_id: crypto.randomUUID()}})}}).then(answer => answer.status)"
    );
    assert_eq!(viewer.get(&by_hand).await, 403);

    ask(&owner, "Make it warmer").await;
    on_stage(&owner, 2).await;
    viewer.until_there(".turn[data-state=done]").await;

    owner.click("#session-head a[data-dialog]").await;
    owner
        .until_there("#dialog[open] .link[data-access=view] button.danger")
        .await;
    owner.click("#dialog .link[data-access=view] button.danger").await;
    let begun = Instant::now();
    viewer
        .until_within(
            Duration::from_secs(5),
            "document.querySelector('.viewing[role=alert]') !== null",
        )
        .await;
    eprintln!("revoked, and said so after {:?}", begun.elapsed());
    assert_eq!(
        viewer.text(".viewing").await,
        "Your link to this session does not work any more."
    );
    owner.until_there("#dialog .link.revoked").await;
    assert_eq!(viewer.get(&by_hand).await, 404);
    viewer.reload().await;
    assert_eq!(viewer.get("document.querySelector('#stage')").await, Value::Null);
    all_is_well(&viewer, &scene, &["403", "404"]).await;
}
