//! Hands on the keyboard, or ears on a screen reader.

use serde_json::json;

use crate::{
    driver::{Browser, ENTER, ESCAPE, LEFT, SHIFT, TAB, UP},
    kit::{Scene, all_is_well, ask, on_stage, ready},
};

/// What can be used now: each gets a number; of a group of radio buttons only the chosen one is a stop.
const NUMBER_CONTROLS: &str = "(() => { let next = 0; \
    for (const it of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]')) { \
        delete it.dataset.stop; \
        if (it.disabled || it.tabIndex < 0 || !it.checkVisibility({visibilityProperty: true}) || (it.type === 'radio' && !it.checked)) continue; \
        it.dataset.stopNumber = next++; \
    } return next; })()";

/// What has the focus: its number, whether it can be seen, and whether it shows that it has the focus.
const FOCUSED: &str = "(() => { const it = document.activeElement; const box = it.getBoundingClientRect(); \
    const rings = [it, it.closest('.file'), it.closest('.compose-box')].filter(Boolean).map(part => getComputedStyle(part)); \
    return {number: Number(it.dataset.stopNumber ?? -1), what: it.outerHTML.slice(0, 120), \
        inView: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth, \
        ring: rings.some(style => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none')}; })()";

/// Walks through the page with Tab: every control is met, in view, with a ring.
async fn walk(browser: &Browser, place: &str) {
    let count = browser.get(NUMBER_CONTROLS).await.as_i64().expect("a number");
    assert!(count > 3, "{place}: {count} controls");
    browser
        .get("document.activeElement.blur(), getSelection().removeAllRanges(), scrollTo(0, 0)")
        .await;
    let mut met = vec![];
    for _ in 0..count + 5 {
        browser.press(&[TAB]).await;
        let focused = browser.get(FOCUSED).await;
        let number = focused["number"].as_i64().expect("a number");
        if number < 0 || met.contains(&number) {
            continue;
        }
        assert_eq!(focused["inView"], true, "{place}: out of view: {}", focused["what"]);
        assert_eq!(focused["ring"], true, "{place}: no ring: {}", focused["what"]);
        met.push(number);
    }
    let missed: Vec<i64> = (0..count).filter(|number| !met.contains(number)).collect();
    let which = format!(
        "{}.map(number => document.querySelector(`[data-stop-number=\"${{number}}\"]`).outerHTML.slice(0, 120))",
        json!(missed)
    );
    assert!(
        missed.is_empty(),
        "{place}: never reached: {}",
        browser.get(&which).await
    );
}

/// Everything a screen reader offers to use has a name.
async fn is_named(browser: &Browser, place: &str) {
    const USED: [&str; 9] = [
        "button",
        "link",
        "textbox",
        "combobox",
        "radio",
        "checkbox",
        "DisclosureTriangle",
        "image",
        "progressbar",
    ];
    let tree = browser.cdp("Accessibility.getFullAXTree", json!({})).await;
    let nodes = tree["nodes"].as_array().expect("a tree");
    assert!(nodes.len() > 10, "{place}");
    for node in nodes.iter().filter(|node| node["ignored"] == false) {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        let name = node["name"]["value"].as_str().unwrap_or_default();
        assert!(
            !USED.contains(&role) || !name.trim().is_empty(),
            "{place}: nameless {role}: {node}"
        );
    }
}

pub async fn ui_4_12_every_control_is_reached_by_tab_and_has_a_name() {
    let mut scene = Scene::set(&[]).await;
    let (browser, session) = scene.owner().await;
    for (version, words) in (2..).zip(["Make it warmer", "Sepia"]) {
        ask(&browser, words).await;
        on_stage(&browser, version).await;
    }
    walk(&browser, "session").await;
    is_named(&browser, "session").await;
    for page in ["/".to_owned(), format!("/s/{session}/shares"), "/nowhere".to_owned()] {
        browser.open(&scene.at(&page)).await;
        is_named(&browser, &page).await;
        walk(&browser, &page).await;
    }
    all_is_well(&browser, &scene, &["404"]).await;
}

pub async fn ui_4_7_a_whole_edit_without_a_mouse() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    assert_eq!(
        browser.get("document.activeElement.id").await,
        "instruction",
        "ready to type"
    );
    browser.write("Make it warmer").await;
    browser.press(&[SHIFT, ENTER]).await;
    browser.write("and brighter").await;
    browser.press(&[ENTER]).await;
    on_stage(&browser, 2).await;
    assert_eq!(
        browser.get("document.querySelector('.turn-text').textContent").await,
        "Make it warmer\nand brighter"
    );
    browser.press(&[UP]).await;
    assert_eq!(
        browser.get("document.querySelector('#instruction').value").await,
        "Make it warmer\nand brighter",
        "the last words come back"
    );

    browser
        .get("document.querySelector('#filmstrip [aria-current]').focus()")
        .await;
    browser.press(&[LEFT]).await;
    browser.press(&[ENTER]).await;
    on_stage(&browser, 1).await;
    assert_eq!(
        browser
            .get("document.activeElement.matches('#filmstrip .node[aria-current]')")
            .await,
        true,
        "the focus stays in the filmstrip"
    );

    browser
        .get("document.querySelector('#session-head details summary').focus()")
        .await;
    browser.press(&[ENTER]).await;
    browser.until_there("#session-head details[open]").await;
    browser.press(&[ESCAPE]).await;
    browser.until("document.querySelector('#session-head details[open]') === null && document.activeElement.matches('#session-head summary')").await;
    browser
        .get("document.querySelector('#session-head a[data-dialog]').focus()")
        .await;
    browser.press(&[ENTER]).await;
    browser.until_there("#dialog[open] #share-panel").await;
    browser.press(&[ESCAPE]).await;
    browser
        .until("document.querySelector('#dialog[open]') === null && document.activeElement.matches('a[data-dialog]')")
        .await;
    help_is_there(&browser).await;
    all_is_well(&browser, &scene, &[]).await;
}

/// One-letter keys work on the picture only, and are listed.
async fn help_is_there(browser: &Browser) {
    browser.get("document.querySelector('version-stage').focus()").await;
    browser.press(&["?"]).await;
    browser.until_there("#dialog[open] .key-list").await;
    assert_eq!(browser.get("document.querySelector('#dialog').ariaLabel").await, "Keys");
    browser.press(&[ESCAPE]).await;
    browser
        .until("document.querySelector('#dialog[open]') === null && document.activeElement.matches('version-stage')")
        .await;
    browser.get("document.querySelector('#instruction').value = ''").await;
    browser.click("#instruction").await;
    browser.write("warmer?").await;
    assert_eq!(
        browser.get("document.querySelector('#instruction').value").await,
        "warmer?"
    );
    assert_eq!(browser.count("#dialog[open]").await, 0);
    browser.click("[data-help]").await;
    browser.until_there("#dialog[open] .key-list").await;
    browser.press(&[ESCAPE]).await;
}

pub async fn ui_4_12_a_turn_is_announced_once_and_in_words() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    browser.get("window.said = []; new MutationObserver(() => window.said.push(document.querySelector('#announcer').textContent)).observe(document.querySelector('#announcer'), {childList: true, characterData: true, subtree: true}); true").await;
    ask(&browser, "Make it warmer").await;
    on_stage(&browser, 2).await;
    browser.until("window.said.includes('Finished, 1 picture')").await;
    ask(&browser, "Put a red hat on the dog").await;
    browser.until_there(".turn[data-state=refused]").await;
    browser
        .until("window.said.at(-1).startsWith('This needs a generative model: ')")
        .await;
    let said = browser.get("window.said").await;
    let times = said
        .as_array()
        .expect("words")
        .iter()
        .filter(|words| words.as_str() == Some("Finished, 1 picture"))
        .count();
    assert_eq!(times, 1, "{said}");
    ready(&browser).await;
}
