//! The page that says where a picture comes from, asked by a stranger with what people really have: the file itself, a
//! piece of it saved again, its mirror image, an ordinary photo, and something that is no picture.

use std::{io::Cursor, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, imageops::FilterType};
use plantain_credentials::{Act, Agent, Identity, Notary, Statement};
use serde_json::json;

use crate::{
    driver::Browser,
    kit::{Scene, ask, on_stage, shot},
    looks::judge,
};

const HERE: &str = "This picture was made or edited here.";

/// Enough detail for a mark to hide in: bright and dark blots on a slope.
fn drawn(seed: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(960, 720, |x, y| {
        let blot = |scale: u32| (x / scale).wrapping_mul(seed) ^ (y / scale).wrapping_mul(seed.rotate_left(7));
        let level = |part: u32| u8::try_from(60 + part / 12 + blot(24) % 50 + blot(5) % 22).unwrap_or(255);
        Rgb([level(x), level(y), level((x + y) / 2)])
    });
    encoded(&picture.into(), ImageFormat::Png)
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// The picture with credentials of another house: made by a model there.
fn signed_elsewhere(picture: &[u8]) -> Vec<u8> {
    let now = plantain::clock::Clock::default().now().millis() / 1000;
    let root = Identity::new_root("Another house", now).expect("a root");
    let leaf = root.new_leaf("Another house", now).expect("a leaf");
    let notary = Notary::new(&leaf.chain, &leaf.key, &[root.chain]).expect("fits");
    let created = Act {
        source: Some("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia".to_owned()),
        agent: Some(Agent {
            name: "Their model".to_owned(),
            version: None,
        }),
        ..Act::new("c2pa.created")
    };
    let statement = Statement {
        title: "theirs",
        created: Some(&created),
        ..Statement::by("Their program", "3")
    };
    notary.sign("image/png", picture, &statement).expect("signed").bytes
}

/// What the page answers about a file.
async fn told(scene: &Scene, browser: &Browser, file: &Path) -> String {
    browser.open(&scene.at("/verify")).await;
    browser.choose("input[name=picture]", file).await;
    browser.click(".start-card button").await;
    browser
        .until("['.answer-words', '.error'].some(part => document.querySelector(part)?.textContent.trim())")
        .await;
    browser
        .get("(document.querySelector('.answer-words') ?? document.querySelector('.error')).textContent.trim()")
        .await
        .as_str()
        .expect("words")
        .to_owned()
}

/// The stage's download, as the file that arrives.
async fn downloaded(browser: &Browser) -> Vec<u8> {
    let fetched = "fetch(document.querySelector('.stage a[download]').href).then(answer => answer.arrayBuffer())\
                   .then(bytes => btoa(Array.from(new Uint8Array(bytes), byte => String.fromCharCode(byte)).join('')))";
    let fetched = browser.get(fetched).await;
    STANDARD.decode(fetched.as_str().expect("base64")).expect("bytes")
}

pub async fn f4_a_stranger_is_told_where_a_picture_comes_from() {
    let mut scene = Scene::set(&[]).await;
    let owner = scene.driver.browser().await;
    owner.open(&scene.at("/")).await;
    let ours = scene.file("blots.png", &drawn(0x9e37_79b1));
    owner.choose("#start input[name=picture]", &ours).await;
    owner.until_there(".stage").await;
    ask(&owner, "Make it warmer").await;
    on_stage(&owner, 2).await;
    let left = downloaded(&owner).await;
    let picture = image::load_from_memory(&left).expect("a picture");

    let stranger = scene.driver.browser().await;
    let exact = scene.file("exact.png", &left);
    assert_eq!(told(&scene, &stranger, &exact).await, HERE);
    assert!(stranger.text(".findings").await.contains("Signed by this house"));
    assert_eq!(stranger.count(".answer a").await, 0, "a stranger is led nowhere");
    judge(&stranger, "verify-exact").await;
    stranger.resize(1440, 900).await;

    let piece = picture.crop_imm(100, 60, 700, 560);
    let piece = scene.file("piece.jpg", &encoded(&piece.to_rgb8().into(), ImageFormat::Jpeg));
    assert_eq!(told(&scene, &stranger, &piece).await, HERE);
    assert!(!stranger.text(".findings").await.contains("Signed by this house"));
    shot(&stranger, "verify-piece").await;
    let mirrored = scene.file("mirrored.png", &encoded(&picture.fliph(), ImageFormat::Png));
    assert_eq!(told(&scene, &stranger, &mirrored).await, HERE);

    // A small copy, as a phone sends it on, and what somebody sees who photographs the screen with a key.
    let sent_on = picture.resize(480, 480, FilterType::Triangle).to_rgb8();
    let sent_on = scene.file("sent-on.jpg", &encoded(&sent_on.into(), ImageFormat::Jpeg));
    assert_eq!(told(&scene, &stranger, &sent_on).await, HERE);
    owner.resize(1440, 900).await;
    on_stage(&owner, 2).await;
    let screen = owner.cdp("Page.captureScreenshot", json!({"format": "png"})).await;
    let screen = STANDARD
        .decode(screen["data"].as_str().expect("base64"))
        .expect("bytes");
    let screen = scene.file("screen.png", &screen);
    assert_eq!(told(&scene, &stranger, &screen).await, HERE);
    shot(&stranger, "verify-screenshot").await;

    // Another house's AI picture, signed there: it is said by whom, and that nobody here knows them.
    let theirs = signed_elsewhere(&drawn(0xc2b2_ae35));
    let theirs = scene.file("theirs.png", &theirs);
    assert_eq!(
        told(&scene, &stranger, &theirs).await,
        "This picture says where it comes from, and it isn’t from here."
    );
    let findings = stranger.text(".findings").await;
    assert!(
        findings.contains("Signed by “Another house” and unchanged since"),
        "{findings}"
    );
    let answer = stranger.text("main").await;
    assert!(answer.contains("Their model"), "who made it is told: {answer}");
    judge(&stranger, "verify-foreign").await;
    stranger.resize(1440, 900).await;

    let foreign = scene.file("foreign.png", &drawn(0x85eb_ca77));
    let nothing = told(&scene, &stranger, &foreign).await;
    assert!(nothing.starts_with("No sign of this house."), "{nothing}");
    judge(&stranger, "verify-nothing").await;
    stranger.resize(1440, 900).await;
    let hostile = scene.file("hostile.png", b"\x89PNG\r\n\x1a\n and then nothing that is a picture");
    let refused = told(&scene, &stranger, &hostile).await;
    assert!(refused.ends_with('.') && refused.len() > 20, "{refused}");
    shot(&stranger, "verify-refused").await;

    let phone = scene.driver.phone().await;
    assert_eq!(told(&scene, &phone, &exact).await, HERE);
    judge(&phone, "verify-exact").await;

    // Who may see it is led there.
    assert_eq!(told(&scene, &owner, &piece).await, HERE);
    owner.until_there(".answer a").await;
    judge(&owner, "verify-own-piece").await;
}
