//! Things go wrong: what was typed, chosen and selected stays, and the words stand where the trouble is.

use serde_json::json;

use crate::{
    driver::{Browser, ENTER},
    house::photo,
    kit::{Scene, all_is_well, ask, on_stage},
};

async fn value(browser: &Browser) -> String {
    let value = browser.get("document.querySelector('#instruction').value").await;
    value.as_str().expect("text").to_owned()
}

async fn network(browser: &Browser, offline: bool, upload: i64) {
    let conditions = json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload});
    browser.cdp("Network.emulateNetworkConditions", conditions).await;
}

pub async fn ui_4_2_a_refused_instruction_keeps_words_picture_and_selection() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    ask(&browser, "Make it warmer").await;
    on_stage(&browser, 2).await;
    browser.click("#filmstrip li:first-child a").await;
    on_stage(&browser, 1).await;
    browser
        .choose("[data-reference-file]", &scene.file("second.png", &photo(64, 48)))
        .await;
    browser.until_there("#references .reference").await;

    // A field with a limit stops typing there; a script, or a page from before an update, does not.
    let long = "a word ".repeat(700);
    browser.click("#instruction").await;
    browser
        .get(&format!(
            "document.querySelector('#instruction').value = {}",
            json!(long)
        ))
        .await;
    browser.press(&[ENTER]).await;
    browser
        .until("document.querySelector('#composer-error').textContent !== ''")
        .await;
    let words = browser.text("#composer-error").await;
    assert!(words.contains("4000") || words.contains("4,000"), "{words}");
    assert_eq!(value(&browser).await, long);
    assert_eq!(browser.count("#references .reference").await, 1);
    assert_eq!(browser.text("#base-tile .base-words").await, "Editing v1");
    assert_eq!(
        browser.count("#turns .turn").await,
        1,
        "the card that was being sent is gone"
    );
    let tied = "document.activeElement.id === 'instruction' && document.activeElement.getAttribute('aria-describedby').includes('composer-error') && document.activeElement.ariaInvalid === 'true'";
    assert_eq!(browser.get(tied).await, true);

    browser.get("document.querySelector('#instruction').value = ''").await;
    ask(&browser, "Sepia").await;
    on_stage(&browser, 4).await;
    assert_eq!(
        browser.text("#composer-error").await,
        "",
        "the complaint goes with its cause"
    );
    assert_eq!(
        browser.get("document.querySelector('#instruction').ariaInvalid").await,
        json!(null)
    );
    all_is_well(&browser, &scene, &["422", "400", "413"]).await;
}

pub async fn ui_4_3_a_file_that_is_no_picture_is_refused_beside_its_name() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    browser.open(&scene.at("/")).await;
    crate::kit::ready(&browser).await;
    browser
        .choose(
            "#start input[name=picture]",
            &scene.file("notes.png", b"no picture at all"),
        )
        .await;
    browser.until_there("#uploads .upload[data-failed]").await;
    assert!(
        browser
            .text("#uploads .error")
            .await
            .contains("can’t be read as a picture")
    );
    browser.click("#uploads .upload button").await;
    assert_eq!(browser.count("#uploads .upload").await, 0);
    // Looks like a picture at its head and is none: the server says so.
    let mut broken = photo(64, 48);
    broken.truncate(200);
    browser
        .choose("#start input[name=picture]", &scene.file("cut.png", &broken))
        .await;
    browser.until_there("#uploads .upload[data-failed]").await;
    let words = browser.text("#uploads .error").await;
    assert!(words.len() > 10 && !words.contains("didn’t work"), "{words}");
    assert_eq!(browser.address().await, scene.at("/"));
    all_is_well(&browser, &scene, &["422", "415", "400", "ERR_FILE_NOT_FOUND"]).await;
}

pub async fn ui_4_3_an_upload_can_be_stopped() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    browser.click("#instruction").await;
    browser.write("like image 2").await;
    network(&browser, false, 20_000).await;
    browser
        .choose("[data-reference-file]", &scene.file("large.png", &noise(700)))
        .await;
    browser.until_there("#references .upload").await;
    browser.write(ENTER).await;
    browser
        .until("document.querySelector('#composer-error').textContent.startsWith('A picture is still being sent')")
        .await;
    browser.click("#references .upload button").await;
    browser
        .until("document.querySelectorAll('#references > *').length === 0")
        .await;
    network(&browser, false, -1).await;
    assert_eq!(value(&browser).await, "like image 2");
    browser.reload().await;
    assert_eq!(browser.count("#filmstrip .node").await, 1, "nothing of it was kept");
    assert_eq!(value(&browser).await, "like image 2", "the draft outlives a reload");
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_3_a_file_chosen_before_the_page_is_ready_is_taken() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    let slow = json!({"source": "window.requestIdleCallback = (then) => setTimeout(then, 1500)"});
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", slow).await;
    browser.open(&scene.at("/")).await;
    let file = scene.file("hill.png", &photo(64, 48));
    browser.choose("#start input[name=picture]", &file).await;
    assert_eq!(
        browser.get("customElements.get('drop-zone') === undefined").await,
        true,
        "too early"
    );
    crate::kit::on_session_page(&browser).await;
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_2_words_survive_a_lost_connection() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    browser
        .choose("[data-reference-file]", &scene.file("second.png", &photo(64, 48)))
        .await;
    browser.until_there("#references .reference").await;
    network(&browser, true, -1).await;
    ask(&browser, "Make it warmer").await;
    browser
        .until("document.querySelector('#composer-error').textContent.includes('can’t be reached')")
        .await;
    assert_eq!(value(&browser).await, "Make it warmer");
    assert_eq!(browser.count("#references .reference").await, 1);
    assert_eq!(browser.count("#turns .turn").await, 0);
    network(&browser, false, -1).await;
    browser.press(&[ENTER]).await;
    browser.until_there(".turn[data-state=done]").await;
    assert_eq!(value(&browser).await, "");
    all_is_well(&browser, &scene, &["ERR_INTERNET_DISCONNECTED"]).await;
}

/// Sends "Make it warmer" so that the request arrives and its answer does not: the one thing offline can't show.
async fn lose_an_answer(browser: &Browser) {
    browser
        .get("{ const real = window.fetch; window.fetch = async (...all) => { await real(...all); window.fetch = real; throw new TypeError('lost'); }; true }")
        .await;
    ask(browser, "Make it warmer").await;
}

pub async fn rel_turn_04_an_answer_that_got_lost_is_brought_by_the_stream() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    lose_an_answer(&browser).await;
    on_stage(&browser, 2).await;
    browser
        .until("document.querySelector('#instruction').value === ''")
        .await;
    assert_eq!(browser.text("#composer-error").await, "", "nothing is wrong any more");
    browser.press(&[ENTER]).await;
    assert_eq!(browser.count("#turns .turn").await, 1);
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn rel_turn_04_the_same_words_sent_again_make_no_second_turn() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    // A stream that brings nothing, as behind some proxies.
    let deaf = json!({"source": "window.EventSource = class { addEventListener() {} close() {} }"});
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", deaf).await;
    scene.begin(&browser).await;
    lose_an_answer(&browser).await;
    browser
        .until("document.querySelector('#composer-error').textContent.includes('can’t be reached')")
        .await;
    assert_eq!(value(&browser).await, "Make it warmer");
    assert_eq!(browser.count("#turns .turn").await, 0);
    browser.press(&[ENTER]).await;
    browser
        .until("document.querySelector('#instruction').value === ''")
        .await;
    assert_eq!(browser.count("#turns .turn").await, 1);
    browser
        .until("fetch(location.href).then(answer => answer.text()).then(page => page.includes('data-state=\"done\"'))")
        .await;
    browser.reload().await;
    assert_eq!(browser.count("#turns .turn").await, 1);
    assert_eq!(browser.count("#filmstrip .node").await, 2);
}

/// A picture that no format makes small.
fn noise(side: u32) -> Vec<u8> {
    let mut state = 7_u32;
    let picture = image::RgbImage::from_fn(side, side, |_, _| {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        image::Rgb([next(), next(), next()])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}
