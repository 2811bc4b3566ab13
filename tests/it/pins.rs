//! Numbered points from outside: set by form and by script, kept with the turn, named in its words, and told to models.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{Rgb, RgbImage};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    backends::fake::{Fake, Reply, Seen},
    drifting::png,
    house::{House, fresh_id},
    regions::{begin_with, disc, draw, picture, turn_with},
};

const SIZE: (u32, u32) = (240, 160);
const WALL: Rgb<u8> = Rgb([205, 200, 190]);
const DISCS: [((f64, f64), f64, Rgb<u8>); 2] = [
    ((0.28, 0.5), 30.0, Rgb([40, 70, 190])),
    ((0.72, 0.45), 26.0, Rgb([40, 150, 60])),
];

/// A wall with a blue and a green disc.
fn two_things() -> RgbImage {
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let at = |(u, v): (f64, f64)| {
            let (dx, dy) = (
                f64::from(x) - u * f64::from(SIZE.0),
                f64::from(y) - v * f64::from(SIZE.1),
            );
            dx.hypot(dy)
        };
        let disc = DISCS.iter().find(|(middle, radius, _)| at(*middle) < *radius);
        disc.map_or(WALL, |(.., colour)| *colour)
    })
}

fn middle(disc: usize) -> (u32, u32) {
    let ((u, v), ..) = DISCS[disc];
    let pixel = |share: f64, side: u32| (share * f64::from(side)) as u32;
    (pixel(u, SIZE.0), pixel(v, SIZE.1))
}

fn is_red(picture: &RgbImage, (x, y): (u32, u32)) -> bool {
    let Rgb([r, g, b]) = *picture.get_pixel(x, y);
    r > g.saturating_add(40) && r > b.saturating_add(40)
}

const PINS: &str = "0.28,0.5;0.72,0.45";

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_8_the_engine_does_what_is_said_of_the_points() {
    let house = House::start(&[]).await;
    let begun = begin_with(&house, &two_things()).await;
    let own = house.bearer(&begun.token);
    let pins = json!({"pins": [[0.28, 0.5], [0.72, 0.45]]});
    let turn = turn_with(&own, &begun.id, "make 1 red, remove 2", pins.clone()).await;
    assert_eq!(turn["state"], "done", "{turn}");
    assert_eq!(turn["options"]["pins"], pins["pins"], "stored with the turn");
    let version = turn["versions"][0].as_str().expect("a version");
    let made = picture(&own, &begun.id, version).await;
    assert!(is_red(&made, middle(0)));
    let Rgb([r, ..]) = *made.get_pixel(middle(1).0, middle(1).1);
    assert!(r > 170, "the green disc is wall now: {r}");
    assert_eq!(made.get_pixel(4, 4), &WALL);

    // Shown on the card, and back in the composer with the words; the next turn has none.
    let page = own.get(&format!("/s/{}", begun.id)).await.text().await.expect("HTML");
    assert!(
        page.contains("1 is at 28 % from the left, 50 % from the top"),
        "on the card"
    );
    assert!(!page.contains("name=\"pins\""), "not in the next turn by themselves");
    let again = format!(
        "/s/{}?v={}&again={}",
        begun.id,
        begun.head,
        turn["id"].as_str().expect("an id")
    );
    let page = own.get(&again).await.text().await.expect("HTML");
    assert!(
        page.contains(&format!("name=\"pins\" value=\"{PINS}\"")),
        "with the words they come back"
    );

    // Where nothing can be told apart, nothing is done.
    let lost = json!({"pins": [[0.5, 0.05]], "base": begun.head});
    let turn = turn_with(&own, &begun.id, "remove 1", lost).await;
    assert_eq!(turn["state"], "failed");
    assert!(
        turn["failure"]["message"].as_str().expect("words").contains("point 1"),
        "{turn}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_8_points_by_plain_numbers_and_what_is_none() {
    let house = House::start(&[]).await;
    let begun = begin_with(&house, &two_things()).await;
    let own = house.bearer(&begun.token);
    let page = own.get(&format!("/s/{}/pins", begun.id)).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.expect("HTML").contains("name=\"pin_4_top\""));
    let path = format!("/s/{}/turns", begun.id);
    let send = async |fields: &str| {
        let fields = format!("instruction=remove+2&client_id={}&{fields}", fresh_id());
        own.form(&path, &fields).await
    };
    let numbers = "pin_1_left=28&pin_1_top=50&pin_2_left=72&pin_2_top=45&pin_3_left=&pin_3_top=";
    assert_eq!(send(numbers).await.status(), StatusCode::SEE_OTHER);
    for wrong in ["pins=2,2", "pins=a", "pin_1_left=3", "pin_1_left=300&pin_1_top=1"] {
        let refused = send(wrong).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        let page = refused.text().await.expect("HTML");
        assert!(page.contains("A point is two shares"), "{wrong}");
        assert!(page.contains(">remove 2</textarea>"), "the words are kept");
    }
    let turns: Value = own.json(&format!("/api/v1/sessions/{}/turns", begun.id)).await;
    assert_eq!(turns["turns"][0]["options"]["pins"], json!([[0.28, 0.5], [0.72, 0.45]]));
    assert_eq!(turns["turns"].as_array().map(Vec::len), Some(1));
}

/// The pictures of a request to Gemini, and its words.
fn sent(seen: &Seen) -> (Vec<RgbImage>, String) {
    let body = seen.json();
    let parts = body["contents"].as_array().expect("turns").last().expect("one")["parts"].clone();
    let parts = parts.as_array().expect("parts");
    let pictures = parts.iter().filter_map(|part| part["inlineData"]["data"].as_str());
    let decode = |data: &str| {
        let bytes = STANDARD.decode(data).expect("base64");
        image::load_from_memory(&bytes).expect("a picture").to_rgb8()
    };
    let words = parts.iter().filter_map(|part| part["text"].as_str());
    (pictures.map(decode).collect(), words.collect())
}

fn answer() -> Reply {
    let data = STANDARD.encode(png(&two_things()));
    let picture = json!({"inlineData": {"mimeType": "image/png", "data": data}});
    let body = json!({"candidates": [{"content": {"role": "model", "parts": [picture]}, "finishReason": "STOP"}]});
    Reply::json(200, body.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_8_a_model_is_sent_a_copy_with_the_points_drawn_on_it() {
    let gemini = Fake::start(vec![answer(), answer()]).await;
    let house = House::start(&[
        "--gemini-api-key",
        "a-key-for-tests",
        "--gemini-base-url",
        &gemini.base_url,
    ])
    .await;
    let begun = begin_with(&house, &two_things()).await;
    let own = house.bearer(&begun.token);
    let pins = json!({"backend": "gemini", "pins": [[0.28, 0.5], [0.72, 0.45]]});
    let turn = turn_with(&own, &begun.id, "make 1 red, remove 2", pins).await;
    assert_eq!(turn["state"], "done", "{turn}");
    let plain = json!({"backend": "gemini", "base": begun.head});
    turn_with(&own, &begun.id, "make it warmer", plain).await;

    let seen = gemini.seen();
    let (pictures, words) = sent(&seen[0]);
    assert_eq!(pictures.len(), 2, "the picture and its copy");
    let colours = |picture: &RgbImage, colour: Rgb<u8>| {
        let near = |a: u8, b: u8| a.abs_diff(b) < 24;
        let is = |p: &Rgb<u8>| (0..3).all(|i| near(p.0[i], colour.0[i]));
        picture.pixels().filter(|p| is(p)).count()
    };
    let mark = Rgb([176, 32, 40]);
    assert_eq!(colours(&pictures[0], mark), 0, "the picture itself is as it is");
    assert!(colours(&pictures[1], mark) > 60, "two discs");
    assert!(colours(&pictures[1], DISCS[0].2) > 1_000, "over the same picture");
    assert!(
        words.contains("1 is at 28 % from the left, 50 % from the top; 2 is at 72 %"),
        "{words}"
    );
    assert!(
        words.contains("The last picture is image 1 with these points drawn on it"),
        "{words}"
    );
    assert_eq!(
        turn["prompt"].as_str(),
        Some(words.as_str()),
        "the card shows what was sent"
    );
    let (pictures, words) = sent(&seen[1]);
    assert!(pictures.len() == 1 && !words.contains("points"), "{words}");
}

/// An answer of OpenAI with a picture.
fn drawn_by_openai() -> Reply {
    let body = json!({"created": 1, "data": [{"b64_json": STANDARD.encode(png(&two_things()))}]});
    Reply::json(200, body.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_8_openai_is_sent_the_points_as_a_clear_layer_unless_there_is_a_mask_or_an_older_model() {
    for (model, takes_a_layer) in [("gpt-image-2.5-sunburst", true), ("gpt-image-2-2026-04-21", false)] {
        let openai = Fake::start(vec![drawn_by_openai(), drawn_by_openai()]).await;
        let (key, base_url) = ("sk-a-key-for-tests", openai.at("/v1"));
        let args = [
            "--openai-api-key",
            key,
            "--openai-base-url",
            &base_url,
            "--openai-model",
            model,
        ];
        let house = House::start(&args).await;
        let begun = begin_with(&house, &two_things()).await;
        let own = house.bearer(&begun.token);
        let pins = json!({"backend": "openai", "pins": [[0.28, 0.5], [0.72, 0.45]]});
        let turn = turn_with(&own, &begun.id, "make 1 red, remove 2", pins).await;
        assert_eq!(turn["state"], "done", "{turn}");
        let region = draw(&own, &begun.id, &disc(SIZE.0, SIZE.1)).await;
        let both = json!({"backend": "openai", "base": begun.head, "region": region, "pins": [[0.28, 0.5]]});
        let turn = turn_with(&own, &begun.id, "make 1 red", both).await;
        assert_eq!(turn["state"], "done", "{turn}");

        let seen = openai.seen();
        let parts = seen[0].parts();
        let named = |name: &str| parts.iter().filter(|part| part.name == name).collect::<Vec<_>>();
        let words = String::from_utf8_lossy(&named("prompt")[0].bytes).into_owned();
        assert!(words.contains("1 is at 28 % from the left"), "{words}");
        assert_eq!(
            words.contains("The markup over image 1"),
            takes_a_layer,
            "{model}: {words}"
        );
        let pictures = if takes_a_layer { 1 } else { 2 };
        assert_eq!(named("image[]").len(), pictures, "{model}: no copy beside a layer");
        assert_eq!(named("markup").len(), usize::from(takes_a_layer), "{model}");
        if let [layer] = named("markup")[..] {
            assert_eq!(layer.kind.as_deref(), Some("image/png"));
            let layer = image::load_from_memory(&layer.bytes).expect("a picture").to_rgba8();
            assert_eq!(layer.dimensions(), SIZE, "as large as the picture");
            assert_eq!(layer.get_pixel(4, 4).0[3], 0, "clear where nothing is shown");
            let (x, y) = middle(0);
            assert_eq!(layer.get_pixel(x, y).0, [255; 4], "the 1 of the first disc");
        }
        let names: Vec<String> = seen[1].parts().into_iter().map(|part| part.name).collect();
        let many = |name: &str| names.iter().filter(|one| *one == name).count();
        assert_eq!(
            (many("mask"), many("markup"), many("image[]")),
            (1, 0, 2),
            "{model}: beside a mask the points are on a copy"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_8_where_there_is_no_room_for_a_copy_the_words_say_where_the_points_are() {
    let gemini = Fake::start(vec![answer()]).await;
    let base_url = gemini.base_url.clone();
    let args = [
        "--gemini-api-key",
        "a-key-for-tests",
        "--gemini-base-url",
        &base_url,
        "--gemini-model",
        "gemini-2.5-flash-image",
    ];
    let house = House::start(&args).await;
    let begun = begin_with(&house, &two_things()).await;
    let own = house.bearer(&begun.token);
    let mut references = Vec::new();
    for shade in [10, 90] {
        let other = png(&RgbImage::from_pixel(20, 20, Rgb([shade; 3])));
        let added = own
            .send_picture(&format!("/api/v1/sessions/{}/pictures", begun.id), "other.png", other)
            .await;
        let added: Value = added.json().await.expect("JSON");
        references.push(added["version"]["id"].clone());
    }
    let pins = json!({"backend": "gemini", "references": references, "pins": [[0.28, 0.5]]});
    let turn = turn_with(&own, &begun.id, "put image 2 on 1", pins).await;
    assert_eq!(turn["state"], "done", "{turn}");
    let seen = gemini.seen();
    let (pictures, words) = sent(&seen[0]);
    assert_eq!(pictures.len(), 3, "as many as this model takes");
    assert!(
        words.contains("1 is at 28 % from the left") && !words.contains("drawn on it"),
        "{words}"
    );
}
