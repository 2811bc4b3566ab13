//! Two versions compared, many candidates, the tree of versions: each by mouse, by finger, by keyboard and without scripts.

use serde_json::{Value, json};

use crate::{
    driver::{Browser, DOWN, ENTER, ESCAPE, LEFT, RIGHT, SPACE, UP},
    fake::Fake,
    kit::{Device, Scene, all_is_well, ask, on_stage, pictures_reply, ready},
    looks::judge,
};

/// A session with two versions, the second a change of light all over.
async fn two_versions(scene: &Scene, browser: &Browser) -> String {
    let session = scene.begin(browser).await;
    ask(browser, "Make it warmer").await;
    on_stage(browser, 2).await;
    session
}

/// Looks were judged in several sizes; the story goes on in one.
pub async fn in_the_usual_size(browser: &Browser) {
    let (width, height) = if browser.is_phone { (390, 844) } else { (1440, 900) };
    browser.resize(width, height).await;
}

async fn comparing(browser: &Browser, mode: &str) {
    browser
        .until(&format!(
            "document.querySelector('image-compare')?.dataset.mode === '{mode}'"
        ))
        .await;
}

async fn clip(browser: &Browser) -> String {
    let style = "getComputedStyle(document.querySelector('[data-side=b] img')).clipPath";
    browser.get(style).await.as_str().expect("a path").to_owned()
}

pub async fn ui_4_7_two_versions_are_compared_in_four_ways() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    two_versions(&scene, &browser).await;
    ask(&browser, "Crop to a square").await;
    on_stage(&browser, 3).await;
    browser.click("#stage [data-compare]").await;
    comparing(&browser, "slider").await;
    assert!(browser.text(".compare-sizes").await.ends_with("shown at one size."));
    assert_eq!(browser.get("document.querySelector('#stage').inert").await, true);
    // Neither neighbours nor in order.
    browser
        .get("(select => { select.value = select.options[0].value; select.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('.compare-pick [name=a], select[name=a]'))")
        .await;
    browser
        .until("document.querySelector('[data-side=a] figcaption').textContent === 'v1'")
        .await;
    browser.click(".compare [data-swap]").await;
    browser
        .until("document.querySelector('[data-side=a] figcaption').textContent === 'v3'")
        .await;
    browser.click("#filmstrip li:nth-last-child(2) a").await;
    browser
        .until("document.querySelector('[data-side=b] figcaption').textContent === 'v2'")
        .await;
    judge(&browser, "compare-slider").await;
    for mode in ["side", "hold", "difference"] {
        browser.click(&format!(".compare input[value={mode}]")).await;
        comparing(&browser, mode).await;
        judge(&browser, &format!("compare-{mode}")).await;
    }
    // A square and its origin have no pixel in common.
    browser
        .until("document.querySelector('[data-compare-words]').textContent.includes('different shapes')")
        .await;
    browser.click("#filmstrip li:first-child a").await;
    browser
        .until("document.querySelector('[data-side=b] figcaption').textContent === 'v1'")
        .await;
    browser.click(".compare [data-close]").await;
    browser.until("document.querySelector('image-compare') === null").await;
    assert_eq!(browser.get("document.querySelector('#stage').inert").await, false);
    all_is_well(&browser, &scene, &["422"]).await;
}

pub async fn ui_4_7_comparing_in_a_hand_needs_no_dragging() {
    let mut scene = Scene::set(&[]).await;
    let phone = scene.driver.phone().await;
    two_versions(&scene, &phone).await;
    phone.click("#stage [data-compare]").await;
    comparing(&phone, "slider").await;
    // The sheet makes room first.
    phone
        .until("document.querySelector('.compare-pair').getBoundingClientRect().width > 200")
        .await;
    let [left, top, width, height] = phone.place(".compare-pair").await;
    assert!(width > 200.0 && left >= 0.0 && left + width <= 390.0, "{left} {width}");
    // A tap puts the line there.
    phone.draw("touch", &[(left + width * 0.2, top + height / 2.0)]).await;
    phone
        .until("Number(document.querySelector('.compare-slider').value) < 35")
        .await;
    judge(&phone, "compare-slider").await;
    in_the_usual_size(&phone).await;
    for mode in ["side", "hold", "difference"] {
        phone.click(&format!(".compare input[value={mode}]")).await;
        comparing(&phone, mode).await;
        judge(&phone, &format!("compare-{mode}")).await;
        in_the_usual_size(&phone).await;
    }
    phone
        .until("/of the pixels differ|No pixel/.test(document.querySelector('[data-compare-words]').textContent)")
        .await;
    phone.click(".compare [data-close]").await;
    phone.until("document.querySelector('image-compare') === null").await;
    all_is_well(&phone, &scene, &[]).await;
}

pub async fn ui_4_7_comparing_by_keyboard_alone() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    two_versions(&scene, &browser).await;
    browser.get("document.querySelector('version-stage').focus()").await;
    browser.press(&["c"]).await;
    comparing(&browser, "slider").await;
    browser.until("document.activeElement.matches('.compare-slider')").await;
    let before = clip(&browser).await;
    for _ in 0..20 {
        browser.press(&[LEFT]).await;
    }
    assert_ne!(clip(&browser).await, before, "the arrow keys move the line");
    assert_eq!(
        browser
            .get("document.activeElement.getAttribute('aria-valuetext')")
            .await,
        "30 % v1"
    );
    browser.hold(SPACE).await;
    browser.until_there("image-compare[data-held]").await;
    browser.let_go().await;
    browser
        .until("document.querySelector('image-compare[data-held]') === null")
        .await;
    browser.press(&["x"]).await;
    browser
        .until("document.querySelector('[data-side=a] figcaption').textContent === 'v2'")
        .await;
    for mode in ["side", "hold", "difference"] {
        browser.press(&["m"]).await;
        comparing(&browser, mode).await;
    }
    browser
        .until("/^\\d[\\d.]* % of the pixels differ|^Less than/.test(document.querySelector('[data-compare-words]').textContent)")
        .await;
    browser.press(&[ESCAPE]).await;
    browser
        .until("document.querySelector('image-compare') === null && document.activeElement.matches('#stage [data-compare]')")
        .await;
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_7_pages_of_their_own_without_scripts() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    let session = two_versions(&scene, &browser).await;
    browser
        .cdp("Emulation.setScriptExecutionDisabled", json!({"value": true}))
        .await;
    browser.open(&scene.at(&format!("/s/{session}"))).await;
    browser.click("#stage [data-compare]").await;
    browser.until("location.pathname.endsWith('/compare')").await;
    assert_eq!(
        browser.get("[...document.querySelectorAll('.compare-side img')].every(image => image.getBoundingClientRect().width > 100)").await,
        true
    );
    browser.click(".compare [data-swap]").await;
    browser
        .until("document.querySelector('[data-side=a] figcaption').textContent === 'v2'")
        .await;
    browser.click(".compare [data-close]").await;
    browser.until_there("#stage").await;
    browser.click("[data-tree]").await;
    browser.until_there("[role=tree] [role=treeitem]").await;
    assert_eq!(browser.count("[role=treeitem]").await, 2);
    browser.click("[role=tree] li:first-child a").await;
    browser
        .until("document.querySelector('#stage')?.dataset.number === '1'")
        .await;
    browser.click("#stage [data-region]").await;
    browser.until_there("input[name=region_width]").await;
}

pub async fn ui_4_4_candidates_are_a_grid_at_a_desk() {
    candidates_are_a_grid(Device::Desk).await;
}

pub async fn ui_4_4_candidates_are_a_grid_in_a_hand() {
    candidates_are_a_grid(Device::Hand).await;
}

async fn candidates_are_a_grid(device: Device) {
    let gemini = Fake::start(vec![pictures_reply(3)]).await;
    let mut scene = Scene::set(&[
        "--gemini-api-key",
        "a-key-for-tests",
        "--gemini-base-url",
        &gemini.base_url,
    ])
    .await;
    let browser = scene.browser_of(device).await;
    let session = scene.begin(&browser).await;
    ask(&browser, "Put a boat on the lake").await;
    on_stage(&browser, 2).await;
    assert_eq!(browser.count(".results .result").await, 3, "three candidates");
    assert_eq!(
        browser.get("document.querySelector('.results').ariaLabel").await,
        "3 candidates"
    );
    judge(&browser, "candidates").await;
    in_the_usual_size(&browser).await;
    // A click shows one; going on with it makes it the base.
    browser.click(".result:nth-child(2) .result-picture").await;
    on_stage(&browser, 3).await;
    assert_eq!(browser.text("#base-tile .base-words").await, "Editing v3");
    browser.click(".result:nth-child(3) [data-compose]").await;
    on_stage(&browser, 4).await;
    browser.until("document.activeElement.id === 'instruction'").await;
    // The star is kept, also for a page loaded anew, and can be taken away by keyboard.
    browser.click(".result:nth-child(3) .star button").await;
    browser
        .until_there(".result:nth-child(3) .star [aria-pressed=true]")
        .await;
    browser.open(&scene.at(&format!("/s/{session}/tree"))).await;
    assert_eq!(browser.count(".tree-star").await, 1);
    browser.open(&scene.at(&format!("/s/{session}"))).await;
    ready(&browser).await;
    browser
        .get("document.querySelector('.result:nth-child(3) .star [aria-pressed=true]').focus()")
        .await;
    browser.press(&[ENTER]).await;
    browser
        .until("document.querySelector('.star [aria-pressed=true]') === null && document.activeElement.matches('.result:nth-child(3) .star button')")
        .await;
    all_is_well(&browser, &scene, &[]).await;
}

/// Which version has the focus in the tree.
async fn focused(browser: &Browser) -> Value {
    browser
        .get("document.activeElement.querySelector('.node-number')?.textContent")
        .await
}

pub async fn ui_4_5_the_tree_is_walked_by_keyboard() {
    for device in [Device::Desk, Device::Hand] {
        let mut scene = Scene::set(&[]).await;
        let browser = scene.browser_of(device).await;
        two_versions(&scene, &browser).await;
        ask(&browser, "Sepia").await;
        on_stage(&browser, 3).await;
        browser.click("#filmstrip li:first-child a").await;
        on_stage(&browser, 1).await;
        ask(&browser, "Black and white").await;
        on_stage(&browser, 4).await;
        assert_eq!(
            browser.text("#filmstrip .forks [aria-hidden]").await,
            "2",
            "the fork is marked"
        );
        browser.get("document.querySelector('#filmstrip .node').focus()").await;
        browser.press(&["t"]).await;
        browser.until_there("version-tree.placed").await;
        judge(&browser, "tree").await;
        in_the_usual_size(&browser).await;
        browser.until("document.activeElement.matches('[role=treeitem]')").await;
        assert_eq!(focused(&browser).await, "v4");
        for (key, version) in [
            (RIGHT, "v2"),
            (DOWN, "v3"),
            (UP, "v2"),
            (UP, "v1"),
            (DOWN, "v4"),
            (RIGHT, "v2"),
        ] {
            browser.press(&[key]).await;
            assert_eq!(focused(&browser).await, version);
        }
        let tree = browser.cdp("Accessibility.getFullAXTree", json!({})).await;
        let items = tree["nodes"].as_array().expect("nodes");
        let items = items.iter().filter(|node| node["role"]["value"] == "treeitem");
        assert_eq!(items.count(), 4);
        browser.press(&["c"]).await;
        comparing(&browser, "slider").await;
        assert_eq!(browser.text("[data-side=b] figcaption").await, "v2");
        browser.press(&[ESCAPE]).await;
        browser.until("document.querySelector('image-compare') === null").await;
        browser.click("[data-tree]").await;
        browser.until_there("version-tree.placed").await;
        browser.press(&[RIGHT]).await;
        browser.press(&[ENTER]).await;
        on_stage(&browser, 2).await;
        assert_eq!(browser.count("version-tree").await, 0);
        // The fork in the filmstrip leads there, too.
        browser.get("document.querySelector('#filmstrip .forks').click()").await;
        browser.until_there("version-tree.placed").await;
        browser.press(&[ESCAPE]).await;
        browser.until("document.querySelector('version-tree') === null").await;
        all_is_well(&browser, &scene, &[]).await;
    }
}

pub async fn ui_4_5_many_instructions_are_applied_in_one_go() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    two_versions(&scene, &browser).await;
    ask(&browser, "Crop to a square").await;
    on_stage(&browser, 3).await;
    browser.click("[data-tree]").await;
    browser.until_there("version-tree.placed").await;
    assert_eq!(
        browser.count("[data-squash]").await,
        0,
        "two are no trouble to send again"
    );
    browser.press(&[ESCAPE]).await;
    ask(&browser, "Black and white").await;
    on_stage(&browser, 4).await;
    browser.click("[data-tree]").await;
    browser.until_there("version-tree.placed [data-squash]").await;
    assert_eq!(
        browser.text("[data-squash]").await,
        "Apply these 3 instructions to the original in one go"
    );
    browser.click("[data-squash] button").await;
    on_stage(&browser, 5).await;
    assert_eq!(
        browser.text("#turns > li:last-child .turn-text").await,
        "Make it warmer. Crop to a square. Black and white."
    );
    assert_eq!(browser.count("#filmstrip .node").await, 2, "from the original at once");
    let [same, square] = [4, 5].map(|_| "document.querySelector('#stage .caption').textContent");
    assert_eq!(browser.get(same).await, browser.get(square).await);
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_1_the_sheet_has_three_stops() {
    let mut scene = Scene::set(&[]).await;
    let phone = scene.driver.phone().await;
    two_versions(&scene, &phone).await;
    let stop = "document.querySelector('.talk').dataset.stop";
    assert_eq!(phone.get(stop).await, "half");
    for expected in ["full", "composer", "half"] {
        phone.click(".handle").await;
        assert_eq!(phone.get(stop).await, expected);
    }
    // What is laid over the stage gets the room, and gives it back.
    phone.click("#stage [data-compare]").await;
    comparing(&phone, "slider").await;
    assert_eq!(phone.get(stop).await, "composer");
    phone.click(".compare [data-close]").await;
    phone.until(&format!("{stop} === 'half'")).await;
    all_is_well(&phone, &scene, &[]).await;
}
