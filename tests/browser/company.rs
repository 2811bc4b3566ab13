//! What others see of somebody at work, and what the coach says before words are sent.

use serde_json::json;

use crate::{
    kit::{Device, Scene, all_is_well, ask, on_stage, ready, shot},
    looks::judge,
    studio::in_the_usual_size,
    together::{guest, link},
};

pub async fn ui_4_11_who_is_here_and_who_types() {
    let mut scene = Scene::set(&[]).await;
    let (owner, _) = scene.owner().await;
    let link = link(&owner, "edit").await;
    let editor = guest(&mut scene, &link).await;
    owner.until_there("#people li .disc").await;
    editor.until_there("#people li .disc").await;
    assert_eq!(owner.text("#people").await, "GGuest 2", "only the others");
    editor.until_there("link[href$='/css/company.css']").await;
    editor.click("#instruction").await;
    editor.write("Make it").await;
    owner
        .until("document.querySelector('#typing').textContent === 'Guest 2 is typing…'")
        .await;
    shot(&owner, "company-typing").await;
    judge(&owner, "company").await;
    in_the_usual_size(&owner).await;
    assert_eq!(
        editor.get("document.querySelector('#typing').hidden").await,
        true,
        "nobody is told of their own typing"
    );
    owner.until("document.querySelector('#typing').hidden").await;
    editor.open("about:blank").await;
    owner.until("document.querySelector('#people').hidden").await;
    all_is_well(&owner, &scene, &[]).await;
}

pub async fn ui_4_11_ones_own_turn_is_no_news_on_a_slow_line() {
    let mut scene = Scene::set(&[]).await;
    let (owner, _) = scene.owner().await;
    owner
        .get("window.offered = []; new MutationObserver(() => { const pill = document.querySelector('#new-version'); if (!pill.hidden) window.offered.push(pill.textContent); }).observe(document.querySelector('#new-version'), {attributes: true}); true")
        .await;
    let slow = json!({"offline": false, "latency": 2500, "downloadThroughput": -1, "uploadThroughput": -1});
    owner.cdp("Network.enable", json!({})).await;
    owner.cdp("Network.emulateNetworkConditions", slow).await;
    ask(&owner, "Make it warmer").await;
    on_stage(&owner, 2).await;
    owner.click("#stage form[data-key=undo] button").await;
    on_stage(&owner, 1).await;
    assert_eq!(owner.get("window.offered").await, json!([]));
    all_is_well(&owner, &scene, &[]).await;
}

pub async fn ui_4_2_the_coach_advises_and_never_rewrites() {
    for device in [Device::Desk, Device::Hand] {
        let mut scene = Scene::set(&[]).await;
        let browser = scene.browser_of(device).await;
        scene.begin(&browser).await;
        browser.until_there("link[href$='/css/company.css']").await;
        browser.click("#instruction").await;
        browser.write("Put my logo on it and make it pop").await;
        browser.get("document.querySelector('#coach > summary').click()").await;
        browser
            .until("/none is attached/.test(document.querySelector('#coach-panel').textContent)")
            .await;
        judge(&browser, "coach").await;
        in_the_usual_size(&browser).await;
        assert_eq!(
            browser.get("document.querySelector('#instruction').value").await,
            "Put my logo on it and make it pop"
        );
        assert_eq!(
            browser.get("document.documentElement.scrollWidth <= innerWidth").await,
            true
        );
        browser
            .get("(box => { box.value = 'Paint a better rabbit'; box.dispatchEvent(new Event('input', {bubbles: true})); })(document.querySelector('#instruction'))")
            .await;
        // Offers for what stood there before are not for these words.
        browser
            .until("document.querySelector('#coach-panel').dataset.for === 'Paint a better rabbit'")
            .await;
        browser.click("#coach-panel [data-take]").await;
        browser
            .until("document.querySelector('#instruction').value === 'Paint a better (clearer light and a little more contrast) rabbit'")
            .await;
        all_is_well(&browser, &scene, &[]).await;
    }
}

pub async fn ui_4_2_quick_chips_follow_a_result() {
    let mut scene = Scene::set(&[]).await;
    let (browser, session) = scene.owner().await;
    assert_eq!(browser.count("[data-chip]").await, 0, "nothing was made yet");
    ask(&browser, "Make it warmer").await;
    on_stage(&browser, 2).await;
    judge(&browser, "chips").await;
    in_the_usual_size(&browser).await;
    let chips = browser.count("[data-chip]").await;
    assert!((1..=5).contains(&chips), "{chips}");
    browser
        .get("[...document.querySelectorAll('[data-chip]')].find(chip => chip.textContent === 'Stronger').click()")
        .await;
    assert_eq!(
        browser.get("document.querySelector('#instruction').value").await,
        "Stronger"
    );
    browser.get("document.querySelector('[data-chip=undo]').click()").await;
    on_stage(&browser, 1).await;
    // Without scripts the form itself asks the coach, and the words stay.
    browser
        .cdp("Emulation.setScriptExecutionDisabled", json!({"value": true}))
        .await;
    browser.open(&scene.at(&format!("/s/{session}"))).await;
    browser.click("#instruction").await;
    browser.write("Put image 2 on the cup").await;
    browser.click("#coach > summary").await;
    browser.click("#coach button.unscripted").await;
    browser.until("location.pathname.endsWith('/coach')").await;
    assert_eq!(
        browser.get("document.querySelector('#instruction').value").await,
        "Put image 2 on the cup"
    );
    assert!(browser.text("#coach-panel").await.contains("image 2"));
    browser
        .cdp("Emulation.setScriptExecutionDisabled", json!({"value": false}))
        .await;
    browser.open(&scene.at(&format!("/s/{session}"))).await;
    ready(&browser).await;
}
