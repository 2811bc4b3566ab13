//! The pages in German and in Arabic, which is written from right to left.

use serde_json::{Value, json};

use crate::{
    driver::Browser,
    house::photo,
    kit::{Device, Scene, all_is_well, ask, on_session_page, on_stage, ready},
    looks::{judge, pages_of},
};

/// What the browser asks for from now on.
async fn speaks(browser: &Browser, language: &str) {
    let agent = browser.get("navigator.userAgent").await;
    let wish = json!({"userAgent": agent, "acceptLanguage": language});
    browser.cdp("Emulation.setUserAgentOverride", wish).await;
}

pub async fn ui_4_12_german_looks_right_at_a_desk() {
    looks_right("de", "Fertig, 1 Bild", Device::Desk).await;
}

pub async fn ui_4_12_arabic_looks_right_at_a_desk() {
    looks_right("ar", "انتهى، صورة واحدة", Device::Desk).await;
}

pub async fn ui_4_12_german_looks_right_in_a_hand() {
    looks_right("de", "Fertig, 1 Bild", Device::Hand).await;
}

pub async fn ui_4_12_arabic_looks_right_in_a_hand() {
    looks_right("ar", "انتهى، صورة واحدة", Device::Hand).await;
}

async fn looks_right(language: &str, finished: &str, device: Device) {
    let state = |name: &str| format!("{language}-{name}");
    let mut scene = Scene::set(&[]).await;
    let owner = scene.browser_of(device).await;
    speaks(&owner, language).await;
    owner.open(&scene.at("/")).await;
    ready(&owner).await;
    assert_eq!(owner.get("document.documentElement.lang").await, language);
    judge(&owner, &state("home-empty")).await;
    if device == Device::Hand {
        // A page that begins on a low screen keeps its conversation away.
        owner.resize(390, 844).await;
    }
    owner.choose("#start input[name=picture]", &scene.picture()).await;
    let session = on_session_page(&owner).await;
    judge(&owner, &state("session-new")).await;
    for (version, words) in (2..).zip(["Make it warmer and a little brighter", "Sepia"]) {
        ask(&owner, words).await;
        on_stage(&owner, version).await;
    }
    // The card came down the stream, in the language of this reader.
    let said = "document.querySelector('#turns > li:last-child .turn').dataset.say";
    assert_eq!(owner.get(said).await, finished);
    judge(&owner, &state("session")).await;
    pictures_are_as_they_were(&owner).await;

    ask(&owner, "Put a red hat on the dog").await;
    owner.until_there(".turn[data-state=refused]").await;
    judge(&owner, &state("turn-refused")).await;
    if device == Device::Desk {
        owner.click("[data-help]").await;
        owner.until_there("#dialog[open] .key-list").await;
        judge(&owner, &state("keys")).await;
        owner.click("#dialog .dialog-close").await;
    }
    owner.click("#session-head a[data-dialog]").await;
    owner.until_there("#dialog[open] .share-form").await;
    owner.click("#dialog .share-form button.primary").await;
    owner.until_there("#dialog #fresh-url").await;
    judge(&owner, &state("share-fresh")).await;
    owner.click("#dialog .dialog-close").await;
    the_studio(&owner, &state).await;

    let mut pages = pages_of(&owner, &session).await;
    pages.extend([
        ("gallery", "/gallery".to_owned()),
        ("not-found", "/s/nowhere".to_owned()),
    ]);
    for (name, path) in pages {
        owner.open(&scene.at(&path)).await;
        judge(&owner, &state(&format!("page-{name}"))).await;
    }
    owner.open(&scene.at("/")).await;
    owner.click(".topbar > details:last-of-type summary").await;
    judge(&owner, &state("home-menu")).await;
}

async fn the_studio(owner: &Browser, state: &impl Fn(&str) -> String) {
    owner.click("#stage [data-compare]").await;
    owner.until_there("image-compare[data-mode=slider]").await;
    let direction = "getComputedStyle(document.querySelector('.compare-pair')).direction";
    assert_eq!(owner.get(direction).await, "ltr", "before is left in every language");
    judge(owner, &state("compare")).await;
    owner.click("#compare [data-close]").await;
    owner.click("#filmstrip [data-tree]").await;
    owner.until_there("#tree.placed").await;
    judge(owner, &state("tree")).await;
    owner.click("#tree [data-close]").await;
    owner.click("#stage [data-region]").await;
    owner.until_there("#mask-brush .region-words:not(:empty)").await;
    judge(owner, &state("region")).await;
    owner.click("#mask-brush [data-close]").await;
    owner.until("document.querySelector('#mask-brush') === null").await;
    owner.click("#stage [data-pins]").await;
    owner.until_there(".bench-stage > pin-board .pins-view").await;
    judge(owner, &state("points")).await;
    owner.click("pin-board [data-close]").await;
    owner.until("document.querySelector('pin-board') === null").await;
    owner.click("#stage [data-comments]").await;
    owner.until_there(".bench-stage > #comments").await;
    judge(owner, &state("comments")).await;
    owner.click("#comments [data-close]").await;
}

/// Nothing of the picture and of the way to it runs the other way.
async fn pictures_are_as_they_were(browser: &Browser) {
    let mirrored = "[...document.querySelectorAll('.picture, .node img')].filter(one => { \
        const style = getComputedStyle(one); return style.transform.includes('-') || style.scale.includes('-'); }).length";
    assert_eq!(browser.get(mirrored).await, Value::from(0));
    let order = "[...document.querySelectorAll('#filmstrip .node')].map(one => one.getBoundingClientRect().left)";
    let places: Vec<f64> = serde_json::from_value(browser.get(order).await).expect("places");
    assert!(
        places.len() == 3 && places.is_sorted(),
        "the way goes from left to right: {places:?}"
    );
}

pub async fn ui_4_12_a_language_is_chosen_in_the_menu_and_live_words_follow_it() {
    let mut scene = Scene::set(&[]).await;
    let (owner, _) = scene.owner().await;
    let address = owner.address().await;
    owner.click(".topbar > details:last-of-type summary").await;
    owner.click(".languages [value=ar]").await;
    owner.until("document.documentElement.dir === 'rtl'").await;
    assert_eq!(owner.address().await, address, "the same page again");
    ready(&owner).await;
    ask(&owner, "Sepia").await;
    on_stage(&owner, 2).await;
    assert!(
        owner.text("#announcer").await.contains("انتهى"),
        "scripts say what the card says"
    );
    // Another reader of the same session is told in their own language.
    owner
        .choose("[data-reference-file]", &scene.file("second.png", &photo(64, 48)))
        .await;
    owner.until_there("#references .reference").await;
    owner.click("#references [data-remove]").await;
    assert_eq!(owner.text("#announcer").await, "أُزيلت");
    owner.click(".topbar > details:last-of-type summary").await;
    owner.click(".languages [value=en]").await;
    owner.until("document.documentElement.dir === 'ltr'").await;
    all_is_well(&owner, &scene, &[]).await;
}
