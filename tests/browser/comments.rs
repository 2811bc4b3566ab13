//! What people say about a version: beside the picture, in a hand, by keyboard, and without scripts.

use serde_json::json;

use crate::{
    driver::{Browser, ENTER, ESCAPE, TAB},
    kit::{Device, Scene, all_is_well, ask, on_session_page, on_stage, shot},
    looks::judge,
    together::{guest, link},
};

/// Waits until the page knows what to do with the link to comments.
async fn knows_comments(browser: &Browser) {
    browser.until_there("link[href$='/css/company.css']").await;
}

async fn open(browser: &Browser) {
    knows_comments(browser).await;
    browser.click("#stage [data-comments]").await;
    browser.until_there(".bench-stage > #comments").await;
}

/// What the comments that are open say, one after the other.
const WORDS: &str = "[...document.querySelectorAll('#comments .comment-words')].map(words => words.textContent)";

/// Writes into the form without sending.
async fn type_comment(browser: &Browser, words: &str) {
    browser.click("#comment-text").await;
    browser.write(words).await;
}

pub async fn ui_4_11_a_comment_reaches_the_other_without_losing_their_place() {
    let mut scene = Scene::set(&[]).await;
    let (owner, session) = scene.owner().await;
    let link = link(&owner, "edit").await;
    let editor = guest(&mut scene, &link).await;
    ask(&owner, "Make it warmer").await;
    on_stage(&owner, 2).await;
    open(&owner).await;
    for n in 1..=12 {
        let line = format!("Line {n} of a long talk");
        type_comment(&owner, &format!("{line}{ENTER}")).await;
        owner.until(&format!("{WORDS}.length === {n}")).await;
        owner
            .until("document.querySelector('#comment-text').value === ''")
            .await;
    }
    assert_eq!(owner.text("#announcer").await, "Comment added");
    assert_eq!(owner.text("#stage .said").await, "12 comments on v2");
    assert_eq!(owner.text(".result .said").await, "12 comments on v2");

    // Somebody reads further up, with half a thought in the box.
    type_comment(&owner, "half a").await;
    owner
        .get("document.querySelector('.comments-scroll').scrollTop = 10")
        .await;
    editor
        .until("document.querySelector('.result .said span')?.textContent === '12'")
        .await;
    knows_comments(&editor).await;
    editor.click(".result .said").await;
    on_stage(&editor, 2).await;
    editor.until(&format!("{WORDS}.length === 12")).await;
    type_comment(&editor, &format!("I like it{ENTER}")).await;
    owner.until(&format!("{WORDS}.length === 13")).await;
    assert_eq!(owner.text("#announcer").await, "Guest 2 commented on v2");
    let place = "[document.querySelector('.comments-scroll').scrollTop, document.activeElement.id, document.activeElement.value]";
    assert_eq!(owner.get(place).await, json!([10, "comment-text", "half a"]));
    shot(&owner, "comments-long").await;

    // Half a thought waits where it was, whatever is looked at meanwhile.
    owner.click("#filmstrip li:first-child a").await;
    on_stage(&owner, 1).await;
    owner
        .until(
            "document.querySelector('#comments').dataset.version === document.querySelector('#stage').dataset.version",
        )
        .await;
    assert_eq!(owner.get(WORDS).await, json!([]));
    owner.click("#stage .elsewhere [data-stage]").await;
    on_stage(&owner, 2).await;
    owner
        .until("document.querySelector('#comment-text')?.value === 'half a'")
        .await;

    // What can't be sent stays.
    owner.cdp("Network.enable", json!({})).await;
    let offline = json!({"offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    owner.cdp("Network.emulateNetworkConditions", offline).await;
    type_comment(&owner, &format!(" thought{ENTER}")).await;
    owner
        .until("document.querySelector('#comment-error').textContent !== ''")
        .await;
    assert_eq!(
        owner.get("document.querySelector('#comment-text').value").await,
        "half a thought"
    );
    let online = json!({"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    owner.cdp("Network.emulateNetworkConditions", online).await;
    owner.press(&[ENTER]).await;
    owner.until(&format!("{WORDS}.at(-1) === 'half a thought'")).await;
    editor.until(&format!("{WORDS}.at(-1) === 'half a thought'")).await;

    // One's own goes, another's only by the owner.
    assert_eq!(editor.count("#comments .comment form").await, 1);
    editor.click("#comments .comment form button").await;
    owner
        .until(&format!("{WORDS}.length === 13 && !{WORDS}.includes('I like it')"))
        .await;
    assert_eq!(owner.count("#comments .comment form").await, 13);
    owner.reload().await;
    on_session_page(&owner).await;
    assert_eq!(owner.text("#stage .said").await, "13 comments on v2");
    owner.open(&scene.at(&format!("/s/{session}"))).await;
    all_is_well(&editor, &scene, &[]).await;
}

pub async fn ui_4_11_comments_by_keyboard_alone() {
    let mut scene = Scene::set(&[]).await;
    let (owner, _) = scene.owner().await;
    knows_comments(&owner).await;
    owner.get("document.querySelector('version-stage').focus()").await;
    owner.press(&[TAB]).await;
    owner.press(&[TAB]).await;
    assert_eq!(
        owner.get("document.activeElement.id.startsWith('said-stage')").await,
        true
    );
    owner.press(&[ENTER]).await;
    owner.until("document.activeElement.id === 'comment-text'").await;
    assert_eq!(
        owner
            .get("document.querySelector('#stage .said').getAttribute('aria-expanded')")
            .await,
        "true"
    );
    owner.write(&format!("By hand{ENTER}")).await;
    owner.until(&format!("{WORDS}.length === 1")).await;
    owner.until("document.activeElement.id === 'comment-text'").await;
    owner.press(&[ESCAPE]).await;
    owner.until("document.querySelector('#comments') === null").await;
    assert_eq!(
        owner.get("document.activeElement.id.startsWith('said-stage')").await,
        true
    );
    assert_eq!(
        owner
            .get("document.querySelector('#stage .said').getAttribute('aria-expanded')")
            .await,
        "false"
    );
    all_is_well(&owner, &scene, &[]).await;
}

pub async fn ui_4_11_comments_look_right_at_a_desk() {
    comments_look_right(Device::Desk).await;
}

pub async fn ui_4_11_comments_look_right_in_a_hand() {
    comments_look_right(Device::Hand).await;
}

async fn comments_look_right(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let owner = scene.browser_of(device).await;
    scene.begin(&owner).await;
    open(&owner).await;
    judge(&owner, "comments-none").await;
    let long = "The sky is a little too warm for an evening at the harbour, I think; what about half of that? anextremelylongwordwithoutanyspaceinit-anextremelylongword";
    for (n, words) in (1..).zip(["Lovely light.", long]) {
        type_comment(&owner, words).await;
        owner.click("#comments-form .button").await;
        owner.until(&format!("{WORDS}.length === {n}")).await;
    }
    judge(&owner, "comments").await;
    owner.click("#comments [data-close]").await;
    owner.until("document.querySelector('#comments') === null").await;
    judge(&owner, "comments-closed").await;
}

pub async fn ui_5_comments_by_forms_and_links() {
    let mut scene = Scene::set(&[]).await;
    let (owner, _) = scene.owner().await;
    let page = owner
        .get("document.querySelector('#stage .said').getAttribute('href')")
        .await;
    let page = page.as_str().expect("a path").to_owned();
    owner
        .cdp("Emulation.setScriptExecutionDisabled", json!({"value": true}))
        .await;
    owner.open(&scene.at(&page)).await;
    for (n, words) in (1..).zip(["Lovely light.", "By a plain form"]) {
        type_comment(&owner, words).await;
        owner.click("#comments-form .button").await;
        owner.until(&format!("{WORDS}.length === {n}")).await;
    }
    shot(&owner, "comments-page").await;
    owner.click("#comments .comment form button").await;
    owner
        .until(&format!("{WORDS}.length === 1 && {WORDS}[0] === 'By a plain form'"))
        .await;
    owner.click("a.back").await;
    owner.until_there("#stage .said span").await;
    assert_eq!(owner.text("#stage .said").await, "1 comment on v1");
}
