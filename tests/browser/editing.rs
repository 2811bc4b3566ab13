//! One person with one picture: editing, looking back, and what a page costs.

use serde_json::json;

use crate::{
    driver::{CTRL, SHIFT},
    house::photo,
    kit::{Scene, all_is_well, ask, on_session_page, on_stage, ready, requests},
};

pub async fn ui_4_1_three_edits_appear_live_one_after_the_other() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    browser.open(&scene.at("/")).await;
    ready(&browser).await;
    browser.drop_files(&[&scene.picture()], 400).await;
    on_session_page(&browser).await;
    browser.get("window.stillTheSamePage = true").await;

    let instructions = [
        "Make it warmer",
        "Black and white with more contrast",
        "Crop to a square",
    ];
    for (version, words) in (2..).zip(instructions) {
        ask(&browser, words).await;
        on_stage(&browser, version).await;
        let card = "#turns > li:last-child .turn";
        assert_eq!(browser.text(&format!("{card} .turn-text")).await, words);
        browser
            .until_there(&format!("{card}[data-state=done] .result-picture[aria-current]"))
            .await;
        assert_eq!(browser.count("#turns .turn").await, u64::from(version - 1));
        assert_eq!(browser.count("#filmstrip .node").await, u64::from(version));
        assert_eq!(
            browser.text("#filmstrip .node[aria-current] .node-number").await,
            format!("v{version}")
        );
        assert_eq!(
            browser.text("#base-tile .base-words").await,
            format!("Editing v{version}")
        );
        let edits_the_shown = "document.querySelector('#base-tile [name=base]').value === document.querySelector('#stage').dataset.version";
        assert_eq!(browser.get(edits_the_shown).await, true);
        assert_eq!(browser.get("document.querySelector('#instruction').value").await, "");
        browser
            .until("document.querySelector('#announcer').textContent === 'Finished, 1 picture'")
            .await;
    }

    holding_shows_the_version_before(&browser).await;
    moving_the_selection_destroys_nothing(&browser).await;
    assert_eq!(browser.get("window.stillTheSamePage").await, true);
    all_is_well(&browser, &scene, &[]).await;
}

async fn holding_shows_the_version_before(browser: &crate::driver::Browser) {
    let shown = "!document.querySelector('#stage .before').hidden";
    browser.get("document.querySelector('version-stage').focus()").await;
    browser.hold(" ").await;
    browser.until(shown).await;
    assert!(browser.text("#stage .before-label").await.starts_with("v3, before"));
    browser.let_go().await;
    assert_eq!(browser.get(shown).await, false);

    browser.hold_mouse_on("#stage [data-hold]").await;
    browser.until(shown).await;
    assert_eq!(
        browser
            .get("document.querySelector('#stage [data-hold]').ariaPressed")
            .await,
        "true"
    );
    browser.let_go().await;
    browser.until(&format!("!({shown})")).await;
    assert_eq!(browser.count("#stage .picture:not(.before)").await, 1);
}

async fn moving_the_selection_destroys_nothing(browser: &crate::driver::Browser) {
    browser.click("#stage form[data-key=undo] button").await;
    on_stage(browser, 3).await;
    browser.get("document.querySelector('version-stage').focus()").await;
    browser.press(&[CTRL, "z"]).await;
    on_stage(browser, 2).await;
    let focus_stays = "document.activeElement.matches('version-stage')";
    assert_eq!(browser.get(focus_stays).await, true, "the focus stays on the picture");
    browser.press(&[CTRL, SHIFT, "z"]).await;
    on_stage(browser, 3).await;
    browser.click("#stage button[title='Back to the original']").await;
    on_stage(browser, 1).await;
    assert_eq!(browser.text("#base-tile .base-words").await, "Editing v1");
    for version in 2..=4 {
        browser.click("#stage form[data-key=redo] button").await;
        on_stage(browser, version).await;
    }
    assert_eq!(browser.count("#turns .turn[data-state=done]").await, 3);
    assert_eq!(browser.count("#filmstrip .node").await, 4);
}

pub async fn ui_4_3_references_come_by_drop_and_paste_and_can_be_moved() {
    let mut scene = Scene::set(&[]).await;
    let (browser, session) = scene.owner().await;
    let dropped = scene.file("dropped.png", &photo(64, 48));
    browser.drag_files(&[&dropped], 900).await;
    browser
        .until_there(".drop-frame .drop-half.over[data-use=reference]")
        .await;
    browser.drop_files(&[&dropped], 900).await;
    browser
        .until("document.querySelectorAll('#references .reference').length === 1")
        .await;
    assert_eq!(browser.count(".drop-frame").await, 0);

    let paste = format!(
        "(() => {{ const transfer = new DataTransfer(); transfer.items.add(new File([new Uint8Array({})], 'image.png')); \
         document.querySelector('#instruction').dispatchEvent(new ClipboardEvent('paste', {{clipboardData: transfer, bubbles: true, cancelable: true}})); }})()",
        json!(photo(48, 64))
    );
    browser.get(&paste).await;
    browser
        .until("document.querySelectorAll('#references .reference').length === 2")
        .await;
    let order =
        "[...document.querySelectorAll('#references .reference')].map(tile => tile.querySelector('img').alt).join()";
    assert_eq!(browser.get(order).await, "v2,v3");
    browser
        .click("#references .reference:last-child [data-move='-1']")
        .await;
    assert_eq!(browser.get(order).await, "v3,v2");
    assert_eq!(browser.text("#announcer").await, "Now image 2");
    browser.click("#references .reference:first-child [data-remove]").await;
    assert_eq!(browser.get(order).await, "v2");
    browser.click("#instruction").await;
    browser.write("like image 3").await;
    assert_eq!(
        browser.text("[data-hint]").await,
        "There is no image 3 yet: add it with +."
    );

    browser.drop_files(&[&dropped], 200).await;
    browser
        .until(&format!(
            "location.pathname.startsWith('/s/') && !location.pathname.endsWith('{session}')"
        ))
        .await;
    on_stage(&browser, 1).await;
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_13_a_first_load_stays_within_its_budget() {
    let mut scene = Scene::set(&[]).await;
    let (browser, session) = scene.owner().await;
    for (version, words) in (2..).zip(["Make it warmer", "Sepia", "Crop to a square"]) {
        ask(&browser, words).await;
        on_stage(&browser, version).await;
    }
    all_is_well(&browser, &scene, &[]).await;
    browser.cdp("Network.clearBrowserCache", json!({})).await;
    browser.open(&scene.at(&format!("/s/{session}"))).await;
    ready(&browser).await;
    on_stage(&browser, 4).await;
    let all = requests(&browser).await;
    for url in &all {
        assert!(url.starts_with(&scene.at("/")), "{url}");
    }
    let cost = browser.get(include_str!("cost.js")).await;
    eprintln!("first load: {} requests, bytes compressed: {cost}", all.len());
    let within = |kind: &str, most: u64| {
        let bytes = cost[kind].as_u64().expect("bytes");
        assert!(bytes > 0 && bytes <= most * 1024, "{kind}: {bytes} bytes");
    };
    within("page", 25);
    within("styles", 15);
    within("scripts", 25);
    within("scriptsBeforeInput", 12);
    within("thumbnails", 400);
    within("stage", 250);
    assert_eq!(cost["other"], 0, "no font, no third party");
    assert!(cost["shift"].as_f64().expect("a score") < 0.05);
}
