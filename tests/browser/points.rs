//! Numbered points: set with a mouse, a finger, keys alone, and spoken of.

use serde_json::json;

use crate::{
    driver::{Browser, DOWN, ENTER, LEFT, RIGHT, SHIFT, SPACE, TAB},
    kit::{Device, Scene, all_is_well, ask, on_session_page, on_stage},
    looks::judge,
    studio::in_the_usual_size,
};

/// A wall with a blue and a green disc, as PNG.
fn two_things() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(480, 320, |x, y| {
        let within = |u: f64, v: f64, r: f64| (f64::from(x) - u).hypot(f64::from(y) - v) < r;
        if within(134.0, 160.0, 60.0) {
            image::Rgb([40, 70, 190])
        } else if within(346.0, 144.0, 52.0) {
            image::Rgb([40, 150, 60])
        } else {
            image::Rgb([205, 200, 190])
        }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}

async fn begin(scene: &mut Scene, browser: &Browser) -> String {
    browser.open(&scene.at("/")).await;
    crate::kit::ready(browser).await;
    let file = scene.file("two-things.png", &two_things());
    browser.choose("#start input[name=picture]", &file).await;
    let session = on_session_page(browser).await;
    browser.until_there("link[href$='/css/company.css']").await;
    session
}

async fn tap(browser: &Browser, u: f64, v: f64) {
    let [left, top, width, height] = browser.place(".pins-view").await;
    let pointer = if browser.is_phone { "touch" } else { "mouse" };
    browser
        .draw(
            pointer,
            &[
                (left + u * width, top + v * height),
                (left + u * width, top + v * height),
            ],
        )
        .await;
}

const COUNT: &str = "document.querySelectorAll('.pins-dot').length";

/// The colour of the stage's picture at a place.
fn colour_at(u: f64, v: f64) -> String {
    format!(
        "(image => {{ const canvas = document.createElement('canvas'); canvas.width = image.naturalWidth; canvas.height = image.naturalHeight; \
            const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0); \
            return [...pen.getImageData(Math.round({u} * canvas.width), Math.round({v} * canvas.height), 1, 1).data].slice(0, 3); }})(document.querySelector('#stage .picture'))"
    )
}

pub async fn ui_4_8_points_are_set_and_named_at_a_desk() {
    points_are_set_and_named(Device::Desk).await;
}

pub async fn ui_4_8_points_are_set_and_named_in_a_hand() {
    points_are_set_and_named(Device::Hand).await;
}

async fn points_are_set_and_named(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.browser_of(device).await;
    begin(&mut scene, &browser).await;
    browser.click("#stage [data-pins]").await;
    browser.until_there(".bench-stage > pin-board .pins-view").await;
    tap(&browser, 0.28, 0.5).await;
    browser.until(&format!("{COUNT} === 1")).await;
    tap(&browser, 0.72, 0.45).await;
    browser.until(&format!("{COUNT} === 2")).await;
    let where_they_are =
        "[...document.querySelectorAll('.pins-list input')].map(field => Math.round(Number(field.value)))";
    assert_eq!(
        browser.get(where_they_are).await,
        json!([28, 50, 72, 45]),
        "where they were tapped"
    );
    judge(&browser, "points").await;
    browser.click("pin-board [data-close]").await;
    browser.until("document.querySelector('pin-board') === null").await;
    assert!(browser.text("#pins-chip").await.starts_with("2 points"));
    judge(&browser, "points-chip").await;
    in_the_usual_size(&browser).await;

    // What can't be sent keeps its points.
    browser.cdp("Network.enable", json!({})).await;
    let line =
        |offline: bool| json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    browser.cdp("Network.emulateNetworkConditions", line(true)).await;
    ask(&browser, "make 1 red, remove 2").await;
    browser
        .until("document.querySelector('#composer-error').textContent !== ''")
        .await;
    assert_eq!(browser.count("#pins-chip input[name=pins]").await, 1);
    browser.cdp("Network.emulateNetworkConditions", line(false)).await;
    browser.click("#composer .send").await;
    on_stage(&browser, 2).await;
    browser.until("document.querySelector('#pins-chip').hidden").await;
    let red = browser.get(&colour_at(0.28, 0.5)).await;
    let part = |at: usize| red[at].as_u64().expect("a colour");
    assert!(part(0) > part(1) + 40 && part(0) > part(2) + 40, "{red}");
    let wall = browser.get(&colour_at(0.72, 0.45)).await;
    assert!(wall[0].as_u64().is_some_and(|r| r > 170), "{wall}");
    assert!(browser.text(".pins-card").await.starts_with("2 points"));
    judge(&browser, "points-card").await;
    in_the_usual_size(&browser).await;

    // With the words, the points come back.
    browser
        .get("document.querySelector('.turn[data-state=done] a[data-again]').click()")
        .await;
    browser
        .until("document.querySelector('#pins-chip input[name=pins]')?.value.split(';').length === 2")
        .await;
    on_stage(&browser, 1).await;
}

pub async fn ui_4_8_points_by_keyboard_alone() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    begin(&mut scene, &browser).await;
    browser.get("document.querySelector('version-stage').focus()").await;
    browser.press(&["p"]).await;
    browser
        .until("document.activeElement.classList.contains('pins-view')")
        .await;
    for _ in 0..2 {
        browser.press(&[SHIFT, LEFT]).await;
    }
    browser.press(&[SPACE]).await;
    browser.until(&format!("{COUNT} === 1")).await;
    for _ in 0..4 {
        browser.press(&[SHIFT, RIGHT]).await;
    }
    browser.press(&[DOWN]).await;
    browser.press(&[ENTER]).await;
    browser.until(&format!("{COUNT} === 2")).await;
    // Each point has its numbers, too.
    browser.press(&[TAB]).await;
    let fields = "[...document.querySelectorAll('.pins-list input')].map(field => field.value)";
    assert_eq!(browser.get(fields).await, json!(["30", "50", "70", "51"]));
    assert_eq!(
        browser.get("document.activeElement.getAttribute('aria-label')").await,
        "Point 1, percent from the left"
    );
    assert_eq!(browser.text("#announcer").await, "Point 2 set");
    all_is_well(&browser, &scene, &[]).await;
}
