//! The drift guard in turns: a model that shifts, zooms, recolours and recompresses, over one turn and over ten.

use image::RgbImage;
use plantain_engine::nets::{FaceNets, Net, NetError, Tensor};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    drifting::{drifted, jpeg, png, scene},
    house::{House, fresh_id},
    provenance,
    regions::{begin_with, picture, turn_with, version},
    reworking::Reworking,
};

const SIZE: (u32, u32) = (480, 320);

/// What the words asked for: a disc, somewhere else in each turn, never in the lower left.
fn asked_for(base: &RgbImage, turn: u64) -> RgbImage {
    let mut picture = base.clone();
    let (x, y) = ((200 + turn * 24) as f32, (60 + turn % 3 * 40) as f32);
    for (px, py, pixel) in picture.enumerate_pixels_mut() {
        if (px as f32 - x).hypot(py as f32 - y) < 18.0 {
            *pixel = image::Rgb([230, (turn * 20) as u8, 60]);
        }
    }
    picture
}

fn drifting_model() -> std::sync::Arc<Reworking> {
    Reworking::new(|base, call| jpeg(&drifted(&asked_for(&base, call % 10), 3.0, 1.5, [1.03, 1.0, 0.98])))
}

/// The lower left, which nobody asks anything of.
fn corner(picture: &RgbImage) -> RgbImage {
    image::imageops::crop_imm(picture, 20, SIZE.1 - 84, 64, 64).to_image()
}

/// Peak signal to noise in dB, 99 for the same.
fn psnr(a: &RgbImage, b: &RgbImage) -> f64 {
    let sum: f64 = a
        .as_raw()
        .iter()
        .zip(b.as_raw())
        .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2))
        .sum();
    let mean = sum / a.as_raw().len() as f64;
    if mean == 0.0 {
        99.0
    } else {
        (10.0 * (255.0 * 255.0 / mean).log10()).min(99.0)
    }
}

/// PSNR of the corner and likeness to the first picture, after each of ten turns.
async fn ten_turns(keep_rest: bool) -> Vec<(f64, Option<u64>)> {
    let house = drifting_model().at_work().await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let first = corner(&picture(&ana, &session.id, &session.head).await);
    let mut told = Vec::new();
    for turn in 1..=10 {
        let words = format!("add ball number {turn}");
        let done = turn_with(&ana, &session.id, &words, json!({"keep_rest": keep_rest})).await;
        assert_eq!(done["state"], "done", "{done}");
        let id = done["versions"][0].as_str().expect("a version");
        let made = version(&ana, &session.id, id).await;
        let now = corner(&picture(&ana, &session.id, id).await);
        let likeness = match turn {
            1 => &made["drift"]["likeness"]["percent"],
            _ => &made["drift"]["likeness_to_first"]["percent"],
        };
        told.push((psnr(&first, &now), likeness.as_u64()));
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_turns_of_a_drifting_model_the_untouched_corner_is_bit_identical() {
    let (with, without) = tokio::join!(ten_turns(true), ten_turns(false));
    assert!(with.iter().all(|(psnr, _)| *psnr == 99.0), "{with:?}");
    assert!(without[9].0 < 25.0, "the model does drift: {without:?}");
    let least = |told: &[(f64, Option<u64>)]| told.iter().filter_map(|(_, alike)| *alike).min();
    assert!(least(&with) > least(&without), "{with:?} {without:?}");
    if let Ok(file) = std::env::var("PLANTAIN_DRIFT_PLOT") {
        std::fs::write(file, plot(&with, &without)).expect("a plot");
    }
}

/// Both as a drawing for the documentation.
fn plot(with: &[(f64, Option<u64>)], without: &[(f64, Option<u64>)]) -> String {
    let line = |values: Vec<f64>, colour: &str, dash: &str| {
        let points: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(turn, value)| format!("{},{:.1}", 60 + turn * 52, 220.0 - value * 2.0))
            .collect();
        format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\" stroke-dasharray=\"{dash}\"/>\n",
            points.join(" ")
        )
    };
    let corner = |told: &[(f64, Option<u64>)]| told.iter().map(|(psnr, _)| *psnr).collect::<Vec<_>>();
    let alike = |told: &[(f64, Option<u64>)]| {
        told.iter()
            .map(|(_, alike)| alike.map_or(0.0, |percent| percent as f64))
            .collect::<Vec<_>>()
    };
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 620 310\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"620\" height=\"310\" fill=\"#fff\"/>\n",
    );
    for (level, text) in [(0, "0"), (25, "25"), (50, "50"), (75, "75"), (99, "same")] {
        let y = 220 - level * 2;
        svg += &format!(
            "<path d=\"M60 {y}H530\" stroke=\"#ddd\"/><text x=\"52\" y=\"{}\" text-anchor=\"end\">{text}</text>\n",
            y + 4
        );
    }
    for turn in 1..=10 {
        svg += &format!(
            "<text x=\"{}\" y=\"240\" text-anchor=\"middle\">{turn}</text>\n",
            8 + turn * 52
        );
    }
    svg += &line(corner(with), "#2b6", "");
    svg += &line(corner(without), "#c33", "");
    svg += &line(alike(with), "#2b6", "5 4");
    svg += &line(alike(without), "#c33", "5 4");
    svg += "<text x=\"60\" y=\"262\">Turns with a model that shifts by 3 px, zooms by 1.5 %, recolours and recompresses each time.</text>\n<text x=\"60\" y=\"280\" fill=\"#196\">green: with the guard</text><text x=\"200\" y=\"280\" fill=\"#a22\">red: without</text><text x=\"60\" y=\"297\">solid: PSNR of an untouched corner (dB); dashed: likeness (%)</text>\n</svg>\n";
    svg
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_edit_is_guarded_and_the_models_own_picture_stays_one_click_away() {
    let model = drifting_model();
    let house = model.clone().at_work().await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let done = turn_with(&ana, &session.id, "add a ball", json!({})).await;
    let id = done["versions"][0].as_str().expect("a version");
    let made = version(&ana, &session.id, id).await;
    let drift = &made["drift"];
    assert_eq!(drift["kept"], "rest", "{drift}");
    assert_eq!(drift["words"], "The rest of the picture is exactly the same.");
    let found = &drift["found"];
    assert!(
        found["changed"]
            .as_f64()
            .is_some_and(|share| (0.002..0.08).contains(&share)),
        "{found}"
    );
    assert!((found["zoom"].as_f64().expect("a number") - 1.5).abs() < 0.3, "{found}");
    assert!(
        (found["shift"][0].as_f64().expect("a number") - 3.0).abs() < 0.6,
        "{found}"
    );

    let own = ana.get(made["as_returned_url"].as_str().expect("an address")).await;
    assert_eq!(own.headers()["content-type"], "image/webp");
    let difference = ana.get(&format!("/s/{}/versions/{id}/difference", session.id)).await;
    assert_eq!(difference.headers()["content-type"], "image/webp");

    let path = format!("/api/v1/sessions/{}/versions/{id}/as-returned", session.id);
    let taken = ana.post(&path, &Value::Null).await;
    assert_eq!(taken.status(), StatusCode::CREATED);
    let taken: Value = taken.json().await.expect("JSON");
    let again: Value = ana.post(&path, &Value::Null).await.json().await.expect("JSON");
    assert_eq!(
        taken["version"]["id"], again["version"]["id"],
        "taken twice, it is one version"
    );
    assert_eq!(taken["version"]["parent"], made["parent"]);
    assert_eq!(taken["version"]["format"], "jpeg", "as the model sent it");
    assert_eq!(model.calls(), 1, "the model is not asked again");
    let state = ana.json(&format!("/api/v1/sessions/{}", session.id)).await;
    assert_eq!(state["session"]["head"], taken["version"]["id"]);
    let turns = ana.json(&format!("/api/v1/sessions/{}/turns", session.id)).await;
    assert_eq!(turns["turns"][0]["versions"], json!([id, taken["version"]["id"]]));
    let page = ana
        .get(&format!("/s/{}", session.id))
        .await
        .text()
        .await
        .expect("a page");
    for words in [
        "As the model returned it",
        "Use the model’s own picture",
        "The rest of the picture is exactly the same.",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_picture_edit_another_shape_and_another_picture_are_left_and_said() {
    let model = Reworking::new(|base, call| match call {
        0 => png(&RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
            let p = base.get_pixel(x, y);
            let level = ((u32::from(p[0]) + u32::from(p[1]) + u32::from(p[2])) / 3 / 64 * 64) as u8;
            image::Rgb([255 - level, 200 - level / 2, level])
        })),
        1 => png(&image::imageops::crop_imm(&base, 0, 0, 200, 320).to_image()),
        _ => png(&RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
            let n = x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263));
            image::Rgb([(n >> 13) as u8, (n >> 17) as u8, (n >> 21) as u8])
        })),
    });
    let house = model.at_work().await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    for (kept, width) in [
        (["whole", "whole"], 480),
        (["reframed", "whole"], 200),
        (["unrelated", "unrelated"], 480),
    ] {
        let done = turn_with(&ana, &session.id, "do it", json!({"base": session.head})).await;
        let id = done["versions"][0].as_str().expect("a version");
        let made = version(&ana, &session.id, id).await;
        let said = made["drift"]["kept"].as_str().unwrap_or_default().to_owned();
        assert!(kept.contains(&said.as_str()), "{said}, not {kept:?}");
        assert_eq!(
            (&made["width"], &made["as_returned_url"]),
            (&json!(width), &Value::Null)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_drifts_is_warned_of_and_three_things_help() {
    // A model that draws the middle anew, a little otherwise.
    let model = Reworking::new(|base, _| {
        png(&RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
            let (u, v) = (x as f32, y as f32);
            let wave = |a: f32, b: f32| (a * 0.09).sin() * 5.0 + (b * 0.13).cos() * 5.0;
            let at = |v: f32, most: u32| (v.max(0.0) as u32).min(most - 1);
            *base.get_pixel(at(u + wave(v, u), SIZE.0), at(v + wave(u, v), SIZE.1))
        }))
    });
    let house = model.at_work().await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let done = turn_with(&ana, &session.id, "make it livelier", json!({"keep_rest": false})).await;
    let id = done["versions"][0].as_str().expect("a version");
    let made = version(&ana, &session.id, id).await;
    let percent = made["drift"]["likeness"]["percent"].as_u64().expect("a number");
    assert!(percent < 80, "{made}");
    let page = ana
        .get(&format!("/s/{}", session.id))
        .await
        .text()
        .await
        .expect("a page");
    for words in [
        "The subject looks less like itself",
        "Try again, keeping the subject",
        "Bring the subject back",
        "Go back",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let turn = done["id"].as_str().expect("an id");
    let again = ana
        .post(
            &format!("/api/v1/sessions/{}/turns/{turn}/keep-subject", session.id),
            &Value::Null,
        )
        .await;
    assert_eq!(again.status(), StatusCode::ACCEPTED);
    let again: Value = again.json().await.expect("JSON");
    let twice = ana
        .post(
            &format!("/api/v1/sessions/{}/turns/{turn}/keep-subject", session.id),
            &Value::Null,
        )
        .await;
    let twice: Value = twice.json().await.expect("JSON");
    assert_eq!(
        twice["turn"]["id"], again["turn"]["id"],
        "a second click pays for nothing"
    );
    let words = again["turn"]["instruction"].as_str().expect("words");
    assert!(
        words.starts_with("make it livelier\n\nKeep the person or thing"),
        "{words}"
    );
    assert_eq!(
        (&again["turn"]["base"], &again["turn"]["options"]),
        (&done["base"], &done["options"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_is_brought_back_bit_for_bit_where_it_stands_as_it_stood() {
    // A model that dims everything, the subject too.
    let model = Reworking::new(|base, _| png(&drifted(&base, 0.0, 0.0, [0.6, 0.6, 0.7])));
    let house = model.at_work().await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let done = turn_with(&ana, &session.id, "make it night", json!({"keep_rest": false})).await;
    let id = done["versions"][0].as_str().expect("a version");
    let path = format!("/api/v1/sessions/{}/versions/{id}/subject", session.id);
    let answer = ana.post(&path, &Value::Null).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let back: Value = answer.json().await.expect("JSON");
    assert_eq!(
        (&back["version"]["parent"], &back["version"]["drift"]["kept"]),
        (&json!(id), &json!("subject"))
    );
    let (first, night) = (
        picture(&ana, &session.id, &session.head).await,
        picture(&ana, &session.id, id).await,
    );
    let mixed = picture(&ana, &session.id, back["version"]["id"].as_str().expect("an id")).await;
    let count = |other: &RgbImage| mixed.pixels().zip(other.pixels()).filter(|(a, b)| a == b).count();
    let all = (SIZE.0 * SIZE.1) as usize;
    assert!(
        count(&first) > all / 50,
        "the subject is the first picture's: {}",
        count(&first)
    );
    assert!(count(&night) > all / 10, "the rest is the night's: {}", count(&night));

    // A model's picture with a part of another one in it is signed as just that.
    let back = back["version"]["id"].as_str().expect("an id");
    let left = provenance::fetch(&ana, &session.id, back, 1).await;
    let node = provenance::read(&provenance::reader(house.app.provenance.root()), "image/png", &left).node;
    let source = node.acts.iter().find_map(|act| act.source.clone());
    assert_eq!(
        source.as_deref(),
        Some("compositeWithTrainedAlgorithmicMedia"),
        "{node:?}"
    );
    let roles: Vec<_> = node
        .ingredients
        .iter()
        .filter_map(|node| node.relation.clone())
        .collect();
    assert_eq!(roles, ["parentOf", "inputTo"]);
    assert_eq!(
        node.ingredients[1].title.as_deref(),
        Some("v1"),
        "the subject's picture"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_engine_is_left_alone_unless_asked() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, &scene(SIZE.0, SIZE.1)).await;
    let ana = house.bearer(&session.token);
    let done = turn_with(&ana, &session.id, "make it warmer", json!({})).await;
    let made = version(&ana, &session.id, done["versions"][0].as_str().expect("a version")).await;
    assert_eq!((&made["drift"], &made["as_returned_url"]), (&Value::Null, &Value::Null));
    let refused = json!({"instruction": "x", "client_id": fresh_id(), "count": 9});
    let answer = ana
        .post(&format!("/api/v1/sessions/{}/turns", session.id), &refused)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

/// What a stand-in for a net answers to the picture it is shown.
struct Answering(fn(&Tensor) -> Answer);

/// Shapes and values.
type Answer = Vec<(Vec<usize>, Vec<f32>)>;

impl Net for Answering {
    fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        let answers = (self.0)(&inputs[0]).into_iter();
        answers.map(|(shape, data)| Tensor::new(&shape, data)).collect()
    }
}

/// Nets that take what is red for a face, and know whose it is by how green it is.
fn faces_are_red() -> FaceNets {
    let net = |answer| std::sync::Arc::new(Answering(answer));
    FaceNets {
        detector: net(|shown| {
            let side = shown.shape()[3];
            let (red, green) = shown.data().split_at(side * side);
            let all: Vec<(usize, usize)> = (0..side * side)
                .filter(|&i| red[i] - green[i] > 80.0)
                .map(|i| (i % side, i / side))
                .collect();
            let share = |v: Option<usize>| v.unwrap_or_default() as f32 / side as f32;
            let (xs, ys) = (|| all.iter().map(|p| p.0), || all.iter().map(|p| p.1));
            let place = [ys().min(), xs().min(), ys().max(), xs().max()].map(share);
            vec![(vec![1, 1, 4], place.to_vec()), (vec![1, 1], vec![0.9])]
        }),
        landmarks: net(|_| {
            let place = |point| match point {
                36..42 => [0.3, 0.4],
                42..48 => [0.7, 0.4],
                _ => [0.5, 0.8],
            };
            vec![(vec![1, 136, 1, 1], (0..68).flat_map(place).collect())]
        }),
        identity: net(|shown| {
            let side = shown.shape()[3];
            let mut numbers = vec![0.0; 128];
            numbers[0] = shown.data()[side * side + side * side / 2 + side / 2] / 100.0;
            vec![(vec![1, 128, 1, 1], numbers)]
        }),
    }
}

/// The harbour with a plain red face in its middle.
fn with_face(green: u8) -> RgbImage {
    let mut picture = scene(SIZE.0, SIZE.1);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        if (190..290).contains(&x) && (110..210).contains(&y) {
            *pixel = image::Rgb([230, green, 40]);
        }
    }
    picture
}

#[tokio::test(flavor = "multi_thread")]
async fn a_face_that_became_another_one_is_warned_of_though_little_else_changed() {
    let model = Reworking::new(|_, call| png(&with_face(if call == 0 { 15 } else { 70 })));
    let house = model.telling_faces(faces_are_red()).at_work().await;
    let session = begin_with(&house, &with_face(10)).await;
    let ana = house.bearer(&session.token);
    let mut told = Vec::new();
    for words in ["smooth her skin", "another light"] {
        let done = turn_with(&ana, &session.id, words, json!({"base": session.head})).await;
        let id = done["versions"][0].as_str().expect("a version");
        told.push(version(&ana, &session.id, id).await["drift"]["likeness"].clone());
    }
    let (same, other) = (&told[0], &told[1]);
    assert!(same["face"].as_f64().expect("a face") < 0.1, "{same}");
    assert!(same["percent"].as_u64().expect("a number") >= 90, "{same}");
    assert!((other["face"].as_f64().expect("a face") - 0.6).abs() < 0.1, "{other}");
    assert_eq!(other["word"], "another face");
    assert!(
        other["detail"].as_f64().expect("a number") < 0.3,
        "its surroundings stayed: {other}"
    );
    let page = ana.get(&format!("/s/{}", session.id)).await;
    let page = page.text().await.expect("a page");
    assert_eq!(page.matches("The face looks like another one").count(), 1);
}
