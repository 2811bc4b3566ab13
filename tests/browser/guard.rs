//! The drift guard as a person sees it: what a card says, the model's own picture a click away, the warning and its offers.

use image::{Rgb, RgbImage};

use crate::{
    drifting::{drifted, jpeg, png, scene},
    driver::{Browser, Driver},
    kit::{Scene, all_is_well, ask, on_session_page, on_stage, ready, shot},
    looks::judge,
    reworking::Reworking,
};

/// What was asked for: a red ball in the sky.
fn with_ball(base: &RgbImage) -> RgbImage {
    let mut picture = base.clone();
    let (x, y) = (base.width() as f32 * 0.8, base.height() as f32 * 0.2);
    for (px, py, pixel) in picture.enumerate_pixels_mut() {
        if (px as f32 - x).hypot(py as f32 - y) < base.height() as f32 * 0.07 {
            *pixel = Rgb([214, 40, 52]);
        }
    }
    picture
}

/// Darker, and everything in the middle painted anew in coarse strokes.
fn another_subject(base: &RgbImage) -> RgbImage {
    let (width, height) = base.dimensions();
    let dim = drifted(base, 0.0, 0.0, [0.8, 0.8, 0.85]);
    RgbImage::from_fn(width, height, |x, y| {
        let is_middle = (width / 5..width * 4 / 5).contains(&x) && (height / 5..height * 9 / 10).contains(&y);
        let (stroke, line) = if is_middle { (9, 7) } else { (1, 1) };
        *dim.get_pixel(x / stroke * stroke, y / line * line)
    })
}

async fn facts(browser: &Browser, turn: &str) -> String {
    browser.text(&format!("{turn} .drift:last-of-type")).await
}

async fn press(browser: &Browser, words: &str) {
    let button = format!(
        "(() => {{ const all = [...document.querySelectorAll('.turn .drift :is(button, a)')].filter(one => one.textContent === '{words}'); all.at(-1).scrollIntoView({{block: 'center'}}); all.at(-1).click(); return all.length; }})()"
    );
    assert!(browser.get(&button).await.as_u64() > Some(0), "no {words}");
}

pub async fn e5_the_card_of_a_guarded_turn_says_what_was_kept_and_each_offer_helps() {
    let model = Reworking::new(|base, call| match call {
        1 => png(&another_subject(&base)),
        _ => jpeg(&drifted(&with_ball(&base), 3.0, 1.5, [1.03, 1.0, 0.98])),
    });
    let mut scene_of = Scene {
        driver: Driver::start().await,
        house: model.clone().at_work().await,
        folder: tempfile::tempdir().expect("a folder"),
    };
    let browser = scene_of.driver.browser().await;
    browser.open(&scene_of.at("/")).await;
    ready(&browser).await;
    let file = scene_of.file("harbour.png", &png(&scene(960, 640)));
    browser.choose("#start input[name=picture]", &file).await;
    on_session_page(&browser).await;

    // A local edit is guarded, and the card says what the model did beside it.
    ask(&browser, "Add a red ball").await;
    on_stage(&browser, 2).await;
    let first = facts(&browser, ".turn").await;
    for words in [
        "The rest of the picture is exactly the same.",
        "changed",
        "shifted by",
        "% larger",
        "Subject",
    ] {
        assert!(first.contains(words), "{words}: {first}");
    }
    browser.click(".drift-difference summary").await;
    browser
        .until("document.querySelector('.drift-difference img').naturalWidth > 0")
        .await;
    browser.click(".drift-returned summary").await;
    browser
        .until("document.querySelector('.drift-returned img').naturalWidth > 0")
        .await;
    judge(&browser, "guard-card").await;

    // The model's own picture becomes the version, without asking the model again.
    press(&browser, "Use the model\u{2019}s own picture").await;
    on_stage(&browser, 3).await;
    assert_eq!(browser.count(".turn .result").await, 2);
    assert_eq!(model.calls(), 1);
    shot(&browser, "guard-as-returned").await;
    browser.click(".turn .result:first-child .result-picture").await;
    on_stage(&browser, 2).await;

    // Another subject is warned of, once, and four ways lead on.
    ask(&browser, "Make it livelier").await;
    on_stage(&browser, 4).await;
    let warned = ".turn .drift-warning";
    assert!(
        browser
            .text(warned)
            .await
            .starts_with("The subject looks less like itself")
    );
    assert_eq!(
        browser.count("#filmstrip .alike").await,
        2,
        "a trend along the filmstrip"
    );
    judge(&browser, "guard-warning").await;

    press(&browser, "Go back").await;
    on_stage(&browser, 2).await;
    press(&browser, "Bring the subject back").await;
    on_stage(&browser, 5).await;
    assert!(
        facts(&browser, "#turns > li:last-child .turn")
            .await
            .contains("The subject was brought back from another version.")
    );
    shot(&browser, "guard-subject-back").await;
    assert_eq!(model.calls(), 2, "nothing of this asks the model");

    press(&browser, "Try again, keeping the subject").await;
    on_stage(&browser, 6).await;
    let asked = browser.text("#turns > li:last-child .turn-text").await;
    assert!(
        asked.starts_with("Make it livelier") && asked.contains("Keep the person or thing"),
        "{asked}"
    );

    press(&browser, "Go back and say it all in one go").await;
    on_stage(&browser, 7).await;
    assert_eq!(
        browser.text("#turns > li:last-child .turn-text").await,
        "Add a red ball. Make it livelier."
    );
    assert_eq!(
        browser.count("#filmstrip .node").await,
        2,
        "from the first picture at once"
    );
    assert_eq!(model.calls(), 4);
    all_is_well(&browser, &scene_of, &[]).await;
}
