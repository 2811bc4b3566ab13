//! Where pictures come from: what leaves, what a picture proves, and who is told what.

mod hostile;
mod leaving;
mod telling;

use image::{DynamicImage, ImageFormat, RgbImage};
use plantain_credentials::{Credentials, Identity, Notary};
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::house::{Begun, House, Person};

/// A picture with something in it everywhere, as a photo has.
pub fn scene(width: u32, height: u32) -> RgbImage {
    let mut state = 9_u32;
    RgbImage::from_fn(width, height, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 24) as f32 / 16.0;
        let (x, y) = (x as f32 / 37.0, y as f32 / 29.0);
        let wave = |a: f32, b: f32| (50.0 * (a * x + (b * y).sin()).sin() + 118.0 + noise) as u8;
        image::Rgb([wave(1.0, 0.7), wave(0.6, 1.3), wave(1.7, 0.4)])
    })
}

pub fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("written");
    bytes.into_inner()
}

pub fn opened(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).expect("a picture")
}

/// A session begun with this file.
pub async fn begin_with(house: &House, bytes: Vec<u8>) -> Begun {
    let answer = house
        .visitor()
        .send_picture("/api/v1/sessions", "secret-title.png", bytes)
        .await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    Begun {
        id: text(&body["session"]["id"]),
        token: text(&body["edit_token"]),
        head: text(&body["session"]["head"]),
    }
}

/// A turn that has to work; the version it made.
pub async fn edit(owner: &Person, session: &str, instruction: &str) -> String {
    let turn = owner.turn(session, instruction).await;
    assert_eq!(turn["state"], "done", "{turn}");
    turn["versions"][0].as_str().expect("a version").to_owned()
}

pub async fn bytes_of(answer: Response) -> Vec<u8> {
    assert_eq!(answer.status(), StatusCode::OK);
    answer.bytes().await.expect("bytes").to_vec()
}

/// A version as it leaves, or with `0` as it is stored.
pub async fn fetch(owner: &Person, session: &str, version: &str, credentials: u8) -> Vec<u8> {
    let path = format!("/api/v1/sessions/{session}/versions/{version}/picture?credentials={credentials}");
    bytes_of(owner.get(&path).await).await
}

/// What this person hears about a picture.
pub async fn ask(person: &Person, bytes: Vec<u8>) -> Value {
    let answer = person.send_picture("/api/v1/verify", "a.png", bytes).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("JSON")
}

pub fn finding<'a>(answer: &'a Value, kind: &str) -> &'a Value {
    let all = answer["findings"].as_array().expect("findings");
    all.iter()
        .find(|finding| finding["kind"] == kind)
        .expect("every kind is told")
}

/// Somebody else's house, and what it signs with.
pub fn strangers() -> Notary {
    let now = plantain::clock::Clock::default().now().millis() / 1000;
    let root = Identity::new_root("Strangers", now).expect("a root");
    let leaf = root.new_leaf("Strangers", now).expect("a leaf");
    Notary::new(&leaf.chain, &leaf.key, &[root.chain]).expect("fits")
}

/// A reader who trusts this root alone.
pub fn reader(root: String) -> Notary {
    let now = plantain::clock::Clock::default().now().millis() / 1000;
    let leaf = Identity::new_root("Reader", now)
        .and_then(|own| own.new_leaf("Reader", now))
        .expect("a leaf");
    Notary::new(&leaf.chain, &leaf.key, &[root]).expect("fits")
}

pub fn read(notary: &Notary, mime: &str, bytes: &[u8]) -> Credentials {
    notary.read(mime, bytes).expect("readable").expect("credentials")
}
