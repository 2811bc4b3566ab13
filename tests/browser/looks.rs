//! Every state of every page at several sizes, light and dark: nothing sticks out, everything can be read.
//!
//! Rule: a look is judged by numbers (reflow, contrast, size of targets), audited by axe-core, and kept as a picture where `PLANTAIN_SHOTS`
//! says, for people to judge.

use serde_json::{Value, json};

use crate::{
    axe,
    driver::Browser,
    fake::{Fake, Reply},
    house::photo,
    kit::{Device, Scene, ask, on_session_page, on_stage, picture_reply, shot, text_reply},
    together::link,
};

/// Name, width, height, scheme.
type Look = (&'static str, u32, u32, &'static str);
const AT_A_DESK: &[Look] = &[("1440", 1440, 900, "light"), ("1440-dark", 1440, 900, "dark")];
const IN_A_HAND: &[Look] = &[
    ("390", 390, 844, "light"),
    ("390-dark", 390, 844, "dark"),
    ("320", 320, 640, "light"),
];

/// Judges what the page shows now in every look of its device.
pub async fn judge(browser: &Browser, state: &str) {
    let (looks, least) = if browser.is_phone {
        (IN_A_HAND, "44")
    } else {
        (AT_A_DESK, "24")
    };
    for (name, width, height, scheme) in looks {
        browser.resize(*width, *height).await;
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.cdp("Emulation.setEmulatedMedia", media).await;
        still(browser).await;
        shot(browser, &format!("{state}-{name}")).await;
        let [contrast, targets, reflow] = [
            include_str!("contrast.js"),
            include_str!("targets.js"),
            include_str!("reflow.js"),
        ];
        let (targets, reflow) = (
            targets.replace("LEAST", least),
            reflow.replace("WIDTH", &width.to_string()),
        );
        let found = browser
            .get(&format!("[...{contrast}, ...{targets}, ...{reflow}]"))
            .await;
        let audited = format!("{state}-{name}");
        assert_eq!(found, json!([]), "{state} at {name}");
        assert_eq!(axe::violations(browser, &audited).await, json!([]), "{audited}");
    }
}

/// Waits for what moves to come to rest, and for pictures in view. What is out of sight may never move on.
async fn still(browser: &Browser) {
    let rest = "Promise.race([new Promise(done => setTimeout(done, 800)), \
        new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => Promise.all(document.getAnimations() \
            .filter(one => one.effect.getComputedTiming().endTime < Infinity).map(one => one.finished.catch(() => {}))))]) \
        .then(() => [...document.images].every(image => image.complete || image.getBoundingClientRect().top > innerHeight || !image.checkVisibility()))";
    browser.until(rest).await;
}

pub async fn ui_4_12_home_and_doors_look_right_at_a_desk() {
    home_and_doors_look_right(Device::Desk).await;
}

pub async fn ui_4_12_home_and_doors_look_right_in_a_hand() {
    home_and_doors_look_right(Device::Hand).await;
}

pub async fn ui_4_12_the_session_page_looks_right_at_a_desk() {
    the_session_page_looks_right(Device::Desk).await;
}

pub async fn ui_4_12_the_session_page_looks_right_in_a_hand() {
    the_session_page_looks_right(Device::Hand).await;
}

pub async fn ui_4_6_the_states_of_a_turn_look_right_at_a_desk() {
    the_states_of_a_turn_look_right(Device::Desk).await;
}

pub async fn ui_4_6_the_states_of_a_turn_look_right_in_a_hand() {
    the_states_of_a_turn_look_right(Device::Hand).await;
}

pub async fn ui_4_12_pages_of_their_own_look_right_at_a_desk() {
    pages_of_their_own_look_right(Device::Desk).await;
}

pub async fn ui_4_12_pages_of_their_own_look_right_in_a_hand() {
    pages_of_their_own_look_right(Device::Hand).await;
}

pub async fn ui_4_12_shut_doors_look_right_at_a_desk() {
    shut_doors_look_right(Device::Desk).await;
}

pub async fn ui_4_12_shut_doors_look_right_in_a_hand() {
    shut_doors_look_right(Device::Hand).await;
}

async fn home_and_doors_look_right(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.browser_of(device).await;
    browser.open(&scene.at("/")).await;
    judge(&browser, "home-empty").await;
    for name in [
        "A walk by the lake.png",
        "hill.png",
        "one-very-long-file-name-without-any-spaces-in-it-2026-11-23.png",
    ] {
        browser.open(&scene.at("/")).await;
        crate::kit::ready(&browser).await;
        browser
            .choose("#start input[name=picture]", &scene.file(name, &photo(640, 480)))
            .await;
        on_session_page(&browser).await;
    }
    browser.open(&scene.at("/")).await;
    judge(&browser, "home").await;
    browser.click(".session-card:first-child summary").await;
    judge(&browser, "home-menu").await;
    browser.click(".session-card:first-child .menu-panel .danger").await;
    browser.until_there("#trash").await;
    browser.click("#trash summary").await;
    judge(&browser, "home-trash").await;
    browser.open(&scene.at("/s/nowhere")).await;
    judge(&browser, "not-found").await;
    let locked = Scene::set(&["--password", "a long shared password"]).await;
    browser.open(&locked.at("/")).await;
    judge(&browser, "sign-in").await;
}

/// What scripts lay over the stage, and dialogs, as they come without scripts.
async fn pages_of_their_own_look_right(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.browser_of(device).await;
    let session = scene.begin(&browser).await;
    ask(&browser, "Make it warmer").await;
    on_stage(&browser, 2).await;
    for (name, path) in pages_of(&browser, &session).await {
        browser.open(&scene.at(&path)).await;
        judge(&browser, &format!("page-{name}")).await;
    }
}

async fn shut_doors_look_right(device: Device) {
    let mut locked = Scene::set(&["--password", "a long shared password"]).await;
    let browser = locked.browser_of(device).await;
    browser.open(&locked.at("/")).await;
    browser.click("input[type=password]").await;
    browser.write("another password").await;
    browser.click(".door-card button.primary").await;
    browser.until_there("#sign-in-error:not(:empty)").await;
    judge(&browser, "sign-in-wrong").await;
    browser.open(&locked.at("/join/a-token-that-never-was")).await;
    judge(&browser, "dead-link").await;
}

/// The pages of a session and of its newest version, by name.
pub async fn pages_of(browser: &Browser, session: &str) -> Vec<(&'static str, String)> {
    let version = browser.get("document.querySelector('#stage').dataset.version").await;
    let version = version.as_str().expect("an id");
    let of = |page: &str| format!("/s/{session}/{page}");
    vec![
        ("region", of("region")),
        ("points", of("pins")),
        ("compare", of("compare")),
        ("tree", of("tree")),
        ("shares", of("shares")),
        ("comments", of(&format!("versions/{version}/comments"))),
        ("provenance", of(&format!("versions/{version}/provenance"))),
        ("presets", format!("/presets?s={session}")),
        ("verify", "/verify".to_owned()),
    ]
}

async fn the_session_page_looks_right(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let owner = scene.browser_of(device).await;
    scene.begin(&owner).await;
    judge(&owner, "session-new").await;
    for (version, words) in (2..).zip(["Make it warmer and a little brighter", "Sepia"]) {
        ask(&owner, words).await;
        on_stage(&owner, version).await;
    }
    judge(&owner, "session").await;
    if device == Device::Desk {
        owner.drag_files(&[&scene.picture()], 900).await;
        owner.until_there(".drop-frame").await;
        judge(&owner, "drop-frame").await;
        owner
            .cdp(
                "Input.dispatchMouseEvent",
                json!({"type": "mouseMoved", "x": 500, "y": 400}),
            )
            .await;
        owner.until("document.querySelector('.drop-frame') === null").await;
        owner.click("[data-help]").await;
        owner.until_there("#dialog[open] .key-list").await;
        judge(&owner, "keys").await;
        owner.click("#dialog .dialog-close").await;
    }
    // The same picture twice is refused with a word that has no place of its own.
    owner.click("#turns > li:last-child [data-reference]").await;
    owner.until_there("#references .reference").await;
    owner.click("#turns > li:last-child [data-reference]").await;
    owner.until_there("#toasts .toast").await;
    owner.click("#notices summary").await;
    judge(&owner, "notifications").await;
    assert!(
        owner
            .text("#notice-list")
            .await
            .starts_with("It is among the references already.")
    );
    owner.click("#notices summary").await;
    owner.click("#references [data-remove]").await;
    owner.click("#session-head details summary").await;
    judge(&owner, "session-menu").await;
    owner.click("#session-head details summary").await;
    owner.click("#filmstrip li:first-child a").await;
    on_stage(&owner, 1).await;
    owner
        .choose("[data-reference-file]", &scene.file("second.png", &photo(64, 48)))
        .await;
    owner.until_there("#references .reference").await;
    judge(&owner, "session-elsewhere").await;
    ask(&owner, "Put a red hat on the dog").await;
    owner.until_there(".turn[data-state=refused]").await;
    judge(&owner, "turn-refused").await;

    let link = link(&owner, "view").await;
    owner.click("#session-head a[data-dialog]").await;
    owner.until_there("#dialog[open] .link").await;
    judge(&owner, "share").await;
    owner.click("#dialog .share-form button.primary").await;
    owner.until_there("#dialog #fresh-url").await;
    judge(&owner, "share-fresh").await;
    let viewer = scene.browser_of(device).await;
    viewer.open(&link).await;
    on_session_page(&viewer).await;
    judge(&viewer, "viewer").await;
}

async fn the_states_of_a_turn_look_right(device: Device) {
    let failed = Reply::json(400, include_str!("../fixtures/gemini/bad_key.json").to_owned());
    let script = vec![
        picture_reply("A boat it is."),
        text_reply("I can only describe a boat."),
        failed,
        Reply::Silent,
    ];
    let gemini = Fake::start(script).await;
    let mut scene = Scene::set(&[
        "--gemini-api-key",
        "a-key-for-tests",
        "--gemini-base-url",
        &gemini.base_url,
    ])
    .await;
    let owner = scene.browser_of(device).await;
    scene.begin(&owner).await;
    ask(&owner, "Put a boat on the lake").await;
    on_stage(&owner, 2).await;
    judge(&owner, "turn-done").await;
    ask(&owner, "A second boat").await;
    owner
        .until("document.querySelectorAll('.turn:is([data-state=failed], [data-state=refused])').length === 1")
        .await;
    judge(&owner, "turn-words-only").await;
    ask(&owner, "A third boat").await;
    owner
        .until("document.querySelectorAll('.turn:is([data-state=failed], [data-state=refused])').length === 2")
        .await;
    owner.click("#turns > li:last-child .report summary").await;
    judge(&owner, "turn-failed").await;
    ask(&owner, "A fourth boat").await;
    owner.until_there(".turn[data-state=running]").await;
    judge(&owner, "turn-running").await;
    owner
        .click(".turn[data-state=running] form[action$=cancel] button")
        .await;
    owner.until_there(".turn[data-state=cancelled]").await;
    judge(&owner, "turn-cancelled").await;
    owner
        .cdp(
            "Emulation.setEmulatedMedia",
            json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}),
        )
        .await;
    owner.reload().await;
    let moves = owner
        .get("document.getAnimations().filter(one => one.effect.getComputedTiming().activeDuration > 1).length")
        .await;
    assert_eq!(moves, Value::from(0), "nothing moves for those who asked for that");
}
