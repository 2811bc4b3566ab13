//! Regions from outside: drawn, kept, refined, named by turns, and enforced whatever a backend does.

use image::{GrayImage, Luma, RgbImage};
use reqwest::{
    Method, Response, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::{
    drifting::{drifted, jpeg, png, scene},
    house::{Begun, House, Person, begin, fresh_id},
    reworking::Reworking,
};

const SIZE: (u32, u32) = (360, 240);

/// White in a disc with a soft edge.
pub fn disc(width: u32, height: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
        Luma([((0.25 - u.hypot(v)) * 2000.0).clamp(0.0, 255.0) as u8])
    })
}

fn gray_png(mask: &GrayImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    mask.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}

async fn send(person: &Person, path: &str, mask: Vec<u8>, base: Option<&str>) -> Response {
    let mut form = Form::new().part("mask", Part::bytes(mask).file_name("mask.png"));
    if let Some(base) = base {
        form = form.text("base", base.to_owned());
    }
    let request = person.ask(Method::POST, path).multipart(form);
    request.send().await.expect("an answer")
}

/// Draws a region; its id.
pub async fn draw(person: &Person, session: &str, mask: &GrayImage) -> String {
    let path = format!("/api/v1/sessions/{session}/regions");
    let answer = send(person, &path, gray_png(mask), None).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let body: Value = answer.json().await.expect("JSON");
    body["id"].as_str().expect("an id").to_owned()
}

/// A turn with these fields beside its words, ended.
pub async fn turn_with(person: &Person, session: &str, words: &str, more: Value) -> Value {
    let mut body = json!({"instruction": words, "client_id": fresh_id()});
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    let path = format!("/api/v1/sessions/{session}/turns");
    let answer = person.post(&path, &body).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED, "{body}");
    let turn: Value = answer.json().await.expect("JSON");
    let id = turn["turn"]["id"].as_str().expect("an id");
    person.json(&format!("{path}/{id}?wait=60")).await["turn"].clone()
}

/// A session with this picture.
pub async fn begin_with(house: &House, picture: &RgbImage) -> Begun {
    let answer = house
        .visitor()
        .send_picture("/api/v1/sessions", "photo.png", png(picture))
        .await;
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    Begun {
        id: text(&body["session"]["id"]),
        token: text(&body["edit_token"]),
        head: text(&body["session"]["head"]),
    }
}

/// The picture of a version.
pub async fn picture(person: &Person, session: &str, version: &str) -> RgbImage {
    let answer = person
        .get(&format!("/api/v1/sessions/{session}/versions/{version}/picture"))
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    image::load_from_memory(&answer.bytes().await.expect("bytes"))
        .expect("a picture")
        .to_rgb8()
}

/// The version with this id, as the JSON interface shows it.
pub async fn version(person: &Person, session: &str, id: &str) -> Value {
    let body = person.json(&format!("/api/v1/sessions/{session}")).await;
    let versions = body["session"]["versions"].as_array().expect("versions");
    versions.iter().find(|v| v["id"] == id).expect("it is there").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawn_mask_is_kept_and_the_same_mask_twice_is_one_region() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let path = format!("/api/v1/sessions/{}/regions", session.id);
    let mask = disc(96, 64);
    let answer = send(&ana, &path, gray_png(&mask), Some(&session.head)).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let region: Value = answer.json().await.expect("JSON");
    let share = region["share"].as_f64().expect("a number");
    assert!((0.10..0.13).contains(&share), "{share}");
    let again: Value = send(&ana, &path, gray_png(&mask), None)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(again, region, "it has its name by what it is");

    let id = region["id"].as_str().expect("an id");
    let kept = ana.get(&format!("{path}/{id}")).await;
    assert_eq!(kept.headers()["content-type"], "image/png");
    let kept = image::load_from_memory(&kept.bytes().await.expect("bytes")).expect("a picture");
    assert!(matches!(kept, image::DynamicImage::ImageLuma8(_)), "grey");
    assert_eq!((kept.width(), kept.height()), (48, 32), "in the frame of its picture");
    assert_eq!(kept.to_luma8().get_pixel(24, 16)[0], 255);
    assert_eq!(kept.to_luma8().get_pixel(1, 1)[0], 0);

    let other = begin(&house.visitor()).await;
    let foreign = house.bearer(&other.token);
    let body = json!({"instruction": "make it warmer", "client_id": fresh_id(), "region": id});
    let refused = foreign
        .post(&format!("/api/v1/sessions/{}/turns", other.id), &body)
        .await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused: Value = refused.json().await.expect("JSON");
    assert_eq!(refused["error"]["field"], "region");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_no_turn_names_is_forgotten_and_one_of_a_turn_is_not() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let used = draw(&ana, &session.id, &disc(SIZE.0, SIZE.1)).await;
    let unused = draw(&ana, &session.id, &disc(SIZE.0 / 2, SIZE.1 / 2)).await;
    assert_ne!(used, unused);
    turn_with(&ana, &session.id, "make it warmer", json!({"region": used})).await;
    let now = house.app.clock.now();
    let gone = house.app.store.forget_regions(now.plus_days(-1)).await;
    assert_eq!(gone.expect("rows"), 0, "they may still be for a turn");
    let gone = house.app.store.forget_regions(now.plus_days(1)).await;
    assert_eq!(gone.expect("rows"), 1);
    let path = |id: &str| format!("/s/{}/regions/{id}", session.id);
    assert_eq!(ana.get(&path(&used)).await.status(), StatusCode::OK);
    assert_eq!(ana.get(&path(&unused)).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_of_a_picture_of_another_shape_is_refused_in_words() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let region = draw(&ana, &session.id, &disc(SIZE.0, SIZE.1)).await;
    let turned = turn_with(&ana, &session.id, "crop it to a square", json!({})).await;
    let turn = |base: &Value| json!({"instruction": "make it warmer", "client_id": fresh_id(), "region": region, "base": base});
    let path = format!("/api/v1/sessions/{}/turns", session.id);
    let refused = ana.post(&path, &turn(&turned["versions"][0])).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused: Value = refused.json().await.expect("JSON");
    assert_eq!(refused["error"]["field"], "region", "{refused}");
    let taken = ana.post(&path, &turn(&json!(session.head))).await;
    assert_eq!(taken.status(), StatusCode::ACCEPTED, "its own picture");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_is_left_out_aloud_where_words_lead_to_a_picture_of_another_shape() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let square = turn_with(&ana, &session.id, "crop it to a square", json!({})).await;
    let region = draw(&ana, &session.id, &disc(SIZE.1, SIZE.1)).await;
    let base = &square["versions"][0];
    let words = "undo that and make it darker";
    let done = turn_with(&ana, &session.id, words, json!({"region": region, "base": base})).await;
    assert_eq!(done["state"], "done", "{done}");
    let note = done["note"].as_str().unwrap_or_default();
    assert!(note.contains("the drawn region was left out"), "{done}");
    let made = picture(&ana, &session.id, done["versions"][0].as_str().expect("a version")).await;
    let first = picture(&ana, &session.id, &session.head).await;
    assert_eq!(made.dimensions(), first.dimensions());
    assert_ne!(made.get_pixel(2, 2), first.get_pixel(2, 2), "the whole of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_mask_of_this_picture_is_refused_in_words() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let path = format!("/api/v1/sessions/{}/regions", session.id);
    for (mask, status) in [
        (gray_png(&GrayImage::new(48, 32)), StatusCode::UNPROCESSABLE_ENTITY),
        (gray_png(&disc(64, 64)), StatusCode::UNPROCESSABLE_ENTITY),
        (b"<svg/>".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        for path in [path.clone(), format!("{path}/refine")] {
            let answer = send(&ana, &path, mask.clone(), None).await;
            assert_eq!(answer.status(), status, "{path}");
            let body: Value = answer.json().await.expect("JSON");
            assert_eq!(body["error"]["field"], "mask", "{body}");
        }
    }
    let unknown = send(&ana, &path, gray_png(&disc(48, 32)), Some(&fresh_id())).await;
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tap_is_refined_to_the_thing_under_it() {
    let house = House::start(&[]).await;
    let thing = RgbImage::from_fn(300, 200, |x, y| {
        let is_in = (90..180).contains(&x) && (60..150).contains(&y);
        let grain = (x * 7 + y * 13) % 9;
        let v = |level: u32| u8::try_from(level + grain).expect("a level");
        image::Rgb(if is_in {
            [v(200), v(40), v(40)]
        } else {
            [v(60), v(130), v(70)]
        })
    });
    let session = begin_with(&house, &thing).await;
    let ana = house.bearer(&session.token);
    let tap = GrayImage::from_fn(300, 200, |x, y| {
        Luma([u8::from(x.abs_diff(130) < 4 && y.abs_diff(100) < 4) * 255])
    });
    let path = format!("/api/v1/sessions/{}/regions/refine", session.id);
    let answer = send(&ana, &path, gray_png(&tap), Some(&session.head)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let found = image::load_from_memory(&answer.bytes().await.expect("bytes")).expect("a picture");
    let found = found.to_luma8();
    assert_eq!(found.dimensions(), (300, 200));
    let inside = |x: u32, y: u32| found.get_pixel(x, y)[0];
    assert!(inside(96, 66) > 200 && inside(174, 144) > 200, "up to its corners");
    assert!(inside(84, 100) < 30 && inside(186, 100) < 30 && inside(10, 10) == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_four_numbers_are_a_region_and_the_engine_keeps_to_it() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let client = fresh_id();
    let form = format!(
        "instruction=make+it+much+darker&client_id={client}&region_left=50&region_top=0&region_width=50&region_height=100"
    );
    let path = format!("/s/{}/turns", session.id);
    assert_eq!(ana.form(&path, &form).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        ana.form(&path, &form).await.status(),
        StatusCode::SEE_OTHER,
        "sent twice"
    );
    let turns = ana.json(&format!("/api/v1/sessions/{}/turns", session.id)).await;
    assert_eq!(turns["turns"].as_array().map(Vec::len), Some(1), "one turn");
    let id = turns["turns"][0]["id"].as_str().expect("an id");
    let turn = ana
        .json(&format!("/api/v1/sessions/{}/turns/{id}?wait=60", session.id))
        .await["turn"]
        .clone();
    assert_eq!(turn["state"], "done", "{turn}");
    assert_eq!(turn["region"]["share"], 0.5);
    let made = turn["versions"][0].as_str().expect("a version");
    let (base, result) = (
        picture(&ana, &session.id, &session.head).await,
        picture(&ana, &session.id, made).await,
    );
    let half = SIZE.0 / 2;
    assert!(outside_is_the_same(&base, &result, |x, _| x < half));
    assert!(
        u32::from(result.get_pixel(300, 50)[1]) + 15 < u32::from(base.get_pixel(300, 50)[1]),
        "darker there"
    );
    let page = ana
        .get(&format!("/s/{}", session.id))
        .await
        .text()
        .await
        .expect("a page");
    assert!(page.contains("Region: 50 %"));
    assert!(page.contains("Pixels outside the region are exactly the same."));
    for bad in [
        "region_left=50",
        "region_left=90&region_top=0&region_width=50&region_height=10",
    ] {
        let form = format!("instruction=x&client_id={}&{bad}", fresh_id());
        assert_eq!(ana.form(&path, &form).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}

fn outside_is_the_same(base: &RgbImage, result: &RgbImage, outside: impl Fn(u32, u32) -> bool) -> bool {
    base.dimensions() == result.dimensions()
        && base
            .enumerate_pixels()
            .all(|(x, y, pixel)| !outside(x, y) || pixel == result.get_pixel(x, y))
}

/// Models that shift, zoom and recolour, answer in another size, or with something else altogether.
#[tokio::test(flavor = "multi_thread")]
async fn outside_of_the_region_every_pixel_stays_whatever_a_model_answers() {
    let model = Reworking::new(|base, call| match call {
        0 => jpeg(&drifted(&painted(&base), 3.0, 1.5, [1.05, 1.0, 0.96])),
        1 => png(&image::imageops::resize(
            &painted(&base),
            288,
            192,
            image::imageops::FilterType::Triangle,
        )),
        2 => png(&RgbImage::from_fn(200, 300, |x, y| {
            image::Rgb([(x * y % 251) as u8, (x % 200) as u8, 9])
        })),
        _ => png(&RgbImage::from_pixel(8, 5, image::Rgb([250, 0, 250]))),
    });
    let house = model.at_work().await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let base = picture(&ana, &session.id, &session.head).await;
    let region = draw(&ana, &session.id, &disc(720, 480)).await;
    let mask = disc(720, 480);
    for answer in ["drifts", "is smaller", "is something else", "is tiny"] {
        let more = json!({"region": region, "base": session.head, "keep_rest": false});
        let turn = turn_with(&ana, &session.id, "paint it red", more).await;
        assert_eq!(turn["state"], "done", "{turn}");
        assert_eq!(
            (&turn["region"]["id"], &turn["options"]),
            (&json!(region), &json!({"keep_rest": false}))
        );
        let made = turn["versions"][0].as_str().expect("a version");
        let result = picture(&ana, &session.id, made).await;
        let outside = |x: u32, y: u32| {
            let near = [(0, 0), (1, 0), (0, 1), (1, 1)];
            near.iter().all(|(i, j)| mask.get_pixel(2 * x + i, 2 * y + j)[0] == 0)
        };
        // One pixel of grace for the mask's own scaling.
        let well_outside = |x: u32, y: u32| {
            x > 0
                && y > 0
                && x + 1 < SIZE.0
                && y + 1 < SIZE.1
                && outside(x - 1, y)
                && outside(x + 1, y)
                && outside(x, y - 1)
                && outside(x, y + 1)
        };
        assert!(outside_is_the_same(&base, &result, well_outside), "{answer}");
        assert_ne!(result, base, "{answer}: inside it changed");
        let version = version(&ana, &session.id, made).await;
        assert_eq!(version["drift"]["kept"], "region");
        assert_eq!(
            version["drift"]["words"],
            "Pixels outside the region are exactly the same."
        );
        assert!(version["as_returned_url"].is_string());
    }
}

fn painted(base: &RgbImage) -> RgbImage {
    let mut picture = base.clone();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        if (x as f32 - 180.0).hypot(y as f32 - 120.0) < 30.0 {
            *pixel = image::Rgb([220, 30, 30]);
        }
    }
    picture
}
