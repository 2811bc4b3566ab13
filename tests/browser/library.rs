//! Finding pictures again, and starting from a preset: at a desk and in a hand.

use crate::{
    driver::Browser,
    house::photo,
    kit::{Device, Scene, all_is_well, ask, on_session_page, on_stage, ready},
    looks::judge,
};

pub async fn ui_4_10_pictures_are_found_ticked_and_reused_at_a_desk() {
    pictures_are_found_ticked_and_reused(Device::Desk).await;
}

pub async fn ui_4_10_pictures_are_found_ticked_and_reused_in_a_hand() {
    pictures_are_found_ticked_and_reused(Device::Hand).await;
}

pub async fn ui_4_2_a_preset_fills_the_composer_at_a_desk() {
    a_preset_fills_the_composer(Device::Desk).await;
}

pub async fn ui_4_2_a_preset_fills_the_composer_in_a_hand() {
    a_preset_fills_the_composer(Device::Hand).await;
}

/// A session with a picture of this shape.
async fn begin(scene: &Scene, browser: &Browser, name: &str, width: u32, height: u32) -> String {
    browser.open(&scene.at("/")).await;
    ready(browser).await;
    let file = scene.file(name, &photo(width, height));
    browser.choose("#start input[name=picture]", &file).await;
    on_session_page(browser).await
}

async fn pictures_are_found_ticked_and_reused(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.browser_of(device).await;
    browser.open(&scene.at("/gallery")).await;
    judge(&browser, "gallery-empty").await;
    begin(&scene, &browser, "Harbour.png", 640, 480).await;
    ask(&browser, "Make it warmer").await;
    on_stage(&browser, 2).await;
    ask(&browser, "Crop to a square").await;
    on_stage(&browser, 3).await;
    begin(&scene, &browser, "Tower.png", 300, 640).await;
    let forest = begin(&scene, &browser, "Forest.png", 900, 400).await;
    browser.open(&scene.at("/")).await;
    browser.click("a[href='/gallery']").await;
    browser.until("document.querySelectorAll('.photo').length === 5").await;
    judge(&browser, "gallery").await;
    browser.click("[type=search]").await;
    browser.write("warm").await;
    browser.click(".search .primary").await;
    browser.until("document.querySelectorAll('.photo').length === 1").await;
    assert_eq!(browser.text(".photo-words").await, "Make it warmer");
    browser.click("[name=pick]").await;
    browser
        .until("document.querySelector('.picked').checkVisibility()")
        .await;
    judge(&browser, "gallery-ticked").await;
    // A download leaves the page as it is.
    browser.click(".picked [data-file]").await;
    browser
        .until("document.querySelector('#picks').getAttribute('aria-busy') === null")
        .await;
    browser
        .get(&format!("document.querySelector('[name=to]').value = '{forest}'"))
        .await;
    browser.click("[formaction='/gallery/reference']").await;
    assert_eq!(on_session_page(&browser).await, forest);
    browser
        .until("document.querySelectorAll('#references .reference').length === 1")
        .await;
    browser.open(&scene.at("/gallery?q=harbour")).await;
    browser.click("[name=pick]").await;
    browser.click("[formaction='/gallery/delete']").await;
    browser.until_there("form .danger").await;
    judge(&browser, "gallery-delete").await;
    browser.click("form .danger").await;
    browser.until("document.querySelectorAll('.photo').length === 3").await;
    all_is_well(&browser, &scene, &[]).await;
}

async fn a_preset_fills_the_composer(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.browser_of(device).await;
    scene.begin(&browser).await;
    browser.click("a[href^='/presets']").await;
    browser.until_there("#dialog[open] #presets").await;
    judge(&browser, "presets").await;
    browser.click("#dialog a[href$=mock-up]").await;
    browser
        .until("document.activeElement === document.querySelector('#instruction')")
        .await;
    let selected =
        "(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.querySelector('#instruction'))";
    assert_eq!(browser.get(selected).await, "[the cup]");
    assert!(
        browser
            .text("#preset-needs")
            .await
            .starts_with("Still needed: your pattern (image 2).")
    );
    judge(&browser, "preset-chosen").await;
    browser.write("the mug").await;
    browser
        .choose("[data-reference-file]", &scene.file("pattern.png", &photo(64, 48)))
        .await;
    browser
        .until("document.querySelector('#preset-needs').textContent === ''")
        .await;

    browser.click("a[href^='/presets']").await;
    browser.until_there("#dialog[open] #presets").await;
    browser.click("#dialog [data-save] summary").await;
    browser
        .until("document.querySelector('#dialog [name=text]').value.includes('the mug')")
        .await;
    browser.click("#dialog [data-save] [name=name]").await;
    browser.write("Our mug").await;
    browser.click("#dialog [data-save] .primary").await;
    browser.until_there("#dialog .own-preset").await;
    judge(&browser, "presets-own").await;
    let mine = scene.file(
        "mine.json",
        br#"{"kind":"plantain presets 1","presets":[{"name":"From afar","text":"Make it [warm]"}]}"#,
    );
    browser.click("#dialog .preset-more:last-child summary").await;
    browser.choose("[data-preset-file]", &mine).await;
    browser
        .until("document.querySelectorAll('#dialog .own-preset').length === 2")
        .await;
    browser.click("#dialog .own-preset form button").await;
    browser
        .until("document.querySelectorAll('#dialog .own-preset').length === 1")
        .await;
    assert_eq!(browser.text("#dialog .own-preset strong").await, "From afar");
    all_is_well(&browser, &scene, &[]).await;
}
