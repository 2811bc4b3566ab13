//! What holds for every service alike: large photos go out within limits, upright and in order; nothing an answer does
//! costs memory or a second bill; and pictures are made of words alone.
//!
//! Rule: one table row for each backend that the registry can turn on.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use plantain::{
    backends::{BackendError, EditRequest, Watch},
    blobs::RawImage,
    domain::{
        options::{Options, Quality},
        picture::Blob,
        turn::FailureKind,
    },
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    contract::{Kit, good_answer, watch},
    fake::{Fake, Part, Reply, Seen},
    fake_comfy::{FakeComfy, Play},
};

const SERVICES: [&str; 3] = ["gemini", "openai", "openrouter"];

// ---- Large photos --------------------------------------------------------------------------------------------------

/// Red at the top left, and otherwise of the other colours, as a camera writes it that was held upright: lying on its side,
/// with a note which way is up.
fn photo_lying_on_its_side(width: u16, height: u16) -> Vec<u8> {
    let (w, h) = (usize::from(width), usize::from(height));
    let mut pixels = Vec::with_capacity(w * h * 3);
    for y in 0..h {
        for x in 0..w {
            // Turned by 90° clockwise its lower left corner comes to the top left.
            let is_corner = x < w / 4 && y > h - h / 4;
            pixels.extend(if is_corner {
                [230, 20, 20]
            } else {
                [20, (x * 255 / w) as u8, 200]
            });
        }
    }
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    encoder.add_app_segment(1, &exif).expect("a segment");
    encoder
        .encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb)
        .expect("a JPEG");
    jpeg
}

/// The pictures of a request in their order, whatever its form.
fn pictures_sent(seen: &Seen) -> Vec<Vec<u8>> {
    if seen
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("multipart"))
    {
        let parts = seen.parts();
        return parts
            .into_iter()
            .filter(|part| part.name == "image[]")
            .map(|part| part.bytes)
            .collect();
    }
    let mut found = Vec::new();
    collect(&seen.json(), &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<Vec<u8>>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        Value::Object(fields) => {
            if let Some(data) = fields.get("inlineData").and_then(|inline| inline["data"].as_str()) {
                found.push(STANDARD.decode(data).expect("base64"));
            } else if let Some((_, data)) = fields
                .get("url")
                .and_then(Value::as_str)
                .and_then(|url| url.split_once(','))
            {
                found.push(STANDARD.decode(data).expect("base64"));
            } else {
                fields.values().for_each(|value| collect(value, found));
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn b3_a_photo_of_12_megapixels_with_five_references_goes_out_upright_in_order_and_within_every_limit() {
    let kit = Kit::new();
    let good = Fake::answering(|seen| Some(Reply::json(200, good_answer(seen)))).await;
    let registry = kit.registry(&good.at(""), "http://127.0.0.1:9");
    let store = &kit.shelf.store;
    let photo = store
        .inspect(RawImage::from(photo_lying_on_its_side(4000, 3000)))
        .await
        .expect("a photo");
    let base = store.put(photo).await.expect("kept");
    assert_eq!((base.dimensions.width, base.dimensions.height), (3000, 4000), "upright");
    let mut references: Vec<Blob> = Vec::new();
    for place in 0..5_u32 {
        let picture = image::RgbImage::from_pixel(2600, 500 + 100 * place, image::Rgb([9, 200, 90]));
        references.push(kit.shelf.put(&picture).await);
    }
    for (name, most_bytes) in [
        ("gemini", 20_000_000),
        ("openai", 50_000_000),
        ("openrouter", 20_000_000),
    ] {
        let mut request = kit.request("mix them").await;
        (request.base, request.references) = (base.clone(), references.clone());
        let backend = registry.choose(Some(name)).expect("it is on");
        backend
            .edit(&request, &watch())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let seen = good.seen();
        let seen = seen.last().expect("one");
        assert!(seen.body.len() < most_bytes, "{name}: {} bytes", seen.body.len());
        assert!(
            !seen.body.windows(6).any(|w| w == b"Exif\0\0"),
            "{name}: no place, no camera"
        );
        let pictures = pictures_sent(seen);
        let pictures: Vec<_> = pictures
            .iter()
            .map(|p| image::load_from_memory(p).expect("a picture"))
            .collect();
        let sizes: Vec<(u32, u32)> = pictures.iter().map(|p| (p.width(), p.height())).collect();
        assert_eq!(sizes.len(), 6, "{name}");
        assert_eq!(
            sizes[0],
            (2304, 3072),
            "{name}: upright, at the size that services take"
        );
        let [red, _, blue] = pictures[0].to_rgb8().get_pixel(40, 40).0;
        assert!(
            red > 180 && blue < 80,
            "{name}: its top left corner is its top left corner"
        );
        let heights: Vec<u32> = sizes[1..].iter().map(|(_, height)| *height).collect();
        assert!(
            sizes[1..].iter().all(|(width, _)| *width == 2048) && heights.windows(2).all(|two| two[0] < two[1]),
            "{name}: {sizes:?}"
        );
    }
}

#[tokio::test]
async fn b3_comfyui_gets_a_large_photo_and_its_references_upright_and_in_order() {
    let kit = Kit::new();
    let comfy = FakeComfy::start(Play::default()).await;
    let registry = kit.registry_with("http://127.0.0.1:9", &comfy.origin, &["qwen-image-edit"]);
    let store = &kit.shelf.store;
    let photo = store
        .inspect(RawImage::from(photo_lying_on_its_side(4000, 3000)))
        .await
        .expect("a photo");
    let mut request = kit.request("mix them").await;
    request.base = store.put(photo).await.expect("kept");
    for height in [500, 600] {
        let picture = image::RgbImage::from_pixel(2600, height, image::Rgb([9, 200, 90]));
        request.references.push(kit.shelf.put(&picture).await);
    }
    let backend = registry.choose(Some("comfyui")).expect("it is on");
    backend.edit(&request, &watch()).await.expect("a picture");
    let uploads: Vec<Part> = comfy
        .seen()
        .iter()
        .filter(|seen| seen.first_line.starts_with("POST /upload/image"))
        .flat_map(|seen| seen.parts().into_iter().filter(|part| part.name == "image"))
        .collect();
    let sizes: Vec<(u32, u32)> = uploads
        .iter()
        .map(|part| image::load_from_memory(&part.bytes).expect("a picture"))
        .map(|picture| (picture.width(), picture.height()))
        .collect();
    assert_eq!(
        sizes,
        [(2304, 3072), (2048, 394), (2048, 473)],
        "the graph has room for two references"
    );
    let too_many = EditRequest {
        pointed: Default::default(),
        references: vec![request.base.clone(); 5],
        ..request
    };
    let error = backend
        .edit(&too_many, &watch())
        .await
        .expect_err("five are too many for this graph");
    assert_eq!(error.for_the_user("It").kind, FailureKind::Declined);
    assert!(
        error.for_the_user("It").message.contains("at most 2 further pictures"),
        "{error:?}"
    );
}

// ---- What an answer may do -------------------------------------------------------------------------------------------

#[tokio::test]
async fn b6_an_answer_above_64_mib_is_refused_as_it_streams_by_every_backend() {
    let kit = Kit::new();
    for promised in [true, false] {
        for name in ["gemini", "openai", "openrouter", "comfyui"] {
            let fake = Fake::answering(move |_| {
                Some(Reply::Flood {
                    bytes: 200 << 20,
                    promised,
                })
            })
            .await;
            let registry = kit.registry(&fake.at(""), &fake.at(""));
            let backend = registry.choose(Some(name)).expect("it is on");
            let error = backend.edit(&kit.request("x").await, &watch()).await.expect_err(name);
            assert!(matches!(error, BackendError::BadAnswer { .. }), "{name}: {error}");
            assert!(
                fake.flooded() < 100 << 20,
                "{name}: {} bytes were taken",
                fake.flooded()
            );
            // ComfyUI opens its line first.
            let posts = fake
                .seen()
                .iter()
                .filter(|seen| seen.first_line.starts_with("POST"))
                .count();
            assert_eq!(posts, 1, "{name}: nothing is paid for twice");
        }
    }
}

#[tokio::test]
async fn b1_what_is_cut_off_unreadable_or_a_proxys_page_is_told_once_and_not_repeated() {
    let kit = Kit::new();
    for name in SERVICES {
        let whole = |status| move |body: &str| Reply::json(status, body.to_owned());
        let good = match name {
            "gemini" => json!({"candidates": [{"content": {"parts": [{"text": "hm"}]}}]}),
            "openai" => json!({"data": []}),
            _ => json!({"choices": []}),
        };
        let half = good.to_string()[..9].to_owned();
        for (reply, kinds) in [
            (Reply::Cut(b"{\"data\": ".to_vec()), &[FailureKind::BadAnswer][..]),
            (whole(200)(&half), &[FailureKind::BadAnswer]),
            (
                whole(200)(&good.to_string()),
                &[FailureKind::BadAnswer, FailureKind::NoImage],
            ),
            (whole(200)(""), &[FailureKind::BadAnswer]),
            (whole(502)("<html>marker</html>"), &[FailureKind::Unavailable]),
            (whole(500)(""), &[FailureKind::Unavailable]),
            (Reply::HangUp, &[FailureKind::Unavailable]),
        ] {
            let reply = Mutex::new(Some(reply));
            let fake = Fake::answering(move |_| reply.lock().expect("no panic").take()).await;
            let registry = kit.registry(&fake.at(""), &fake.at(""));
            let backend = registry.choose(Some(name)).expect("it is on");
            let error = backend.edit(&kit.request("x").await, &watch()).await.expect_err(name);
            let failure = error.for_the_user("It");
            assert!(kinds.contains(&failure.kind), "{name}: {failure:?}");
            assert!(!format!("{failure:?}").contains("marker"), "{name}: {failure:?}");
            assert_eq!(fake.calls(), 1, "{name}: {failure:?}");
        }
    }
}

#[tokio::test]
async fn b1_busy_twice_and_then_a_picture_makes_three_calls_everywhere() {
    let kit = Kit::new();
    for name in SERVICES {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let fake = Fake::answering(move |seen| {
            Some(match counted.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => Reply::json(503, "{}".to_owned()),
                _ => Reply::json(200, good_answer(seen)),
            })
        })
        .await;
        let registry = kit.registry(&fake.at(""), &fake.at(""));
        let backend = registry.choose(Some(name)).expect("it is on");
        backend
            .edit(&kit.request("x").await, &watch())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let seen = fake.seen();
        assert_eq!(seen.len(), 3, "{name}");
        // A form's boundary is its own each time; the bytes between are not.
        let length = |at: usize| seen[at].body.len();
        assert!(
            length(0) == length(1) && length(1) == length(2),
            "{name}: the same request each time"
        );
    }
}

#[tokio::test]
async fn b1_the_bytes_of_a_picture_decide_and_not_what_is_declared() {
    let kit = Kit::new();
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 90)
        .encode(&[200; 31 * 20 * 3], 31, 20, jpeg_encoder::ColorType::Rgb)
        .expect("a JPEG");
    let jpeg = STANDARD.encode(jpeg);
    let svg = STANDARD.encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
    for name in SERVICES {
        for (data, is_picture) in [(jpeg.clone(), true), (svg.clone(), false)] {
            // Everything says PNG.
            let fake = Fake::answering(move |seen| {
                Some(Reply::json(
                    200,
                    good_answer(seen).replace(&super::desk::png64(31), &data),
                ))
            })
            .await;
            let registry = kit.registry(&fake.at(""), &fake.at(""));
            let backend = registry.choose(Some(name)).expect("it is on");
            let outcome = backend
                .edit(&kit.request("x").await, &watch())
                .await
                .expect("something");
            let picture = outcome.pictures.into_iter().next().expect("one");
            assert_eq!(kit.shelf.store.inspect(picture).await.is_ok(), is_picture, "{name}");
        }
    }
}

// ---- Words alone, and what is chosen ---------------------------------------------------------------------------------

/// What a backend told about the words it sends.
fn listening() -> (Watch, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let watch = Watch::new(CancellationToken::new(), |_, _| {})
        .with_prompts(move |words| ear.lock().expect("no panic").push(words.to_owned()));
    (watch, heard)
}

fn options(json: &Value) -> Options {
    serde_json::from_value(json.clone()).expect("options")
}

#[tokio::test]
async fn a_canvas_is_not_sent_and_a_picture_is_made_of_the_words_in_its_shape() {
    let kit = Kit::new();
    let good = Fake::answering(|seen| Some(Reply::json(200, good_answer(seen)))).await;
    let registry = kit.registry(&good.at(""), "http://127.0.0.1:9");
    let canvas = kit
        .shelf
        .put(&image::RgbImage::from_pixel(1360, 768, image::Rgb([255; 3])))
        .await;
    for name in SERVICES {
        let request = EditRequest {
            pointed: Default::default(),
            canvas: true,
            base: canvas.clone(),
            ..kit.request("A red boat at dawn, wide").await
        };
        let backend = registry.choose(Some(name)).expect("it is on");
        assert!(backend.info().offers.from_words, "{name}");
        let (watch, heard) = listening();
        backend
            .edit(&request, &watch)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            *heard.lock().expect("no panic"),
            ["A red boat at dawn, wide"],
            "{name}: the person's own words"
        );
        let seen = good.seen();
        let seen = seen.last().expect("one");
        assert!(pictures_sent(seen).is_empty(), "{name}: no white picture goes out");
        let sent = seen.json();
        match name {
            "gemini" => {
                assert_eq!(
                    sent["contents"][0]["parts"],
                    json!([{"text": "A red boat at dawn, wide"}])
                );
                assert_eq!(sent["generationConfig"]["imageConfig"]["aspectRatio"], "16:9");
            }
            "openai" => {
                assert_eq!(seen.first_line, "POST /v1/images/generations HTTP/1.1");
                let expected = json!({
                    "model": "gpt-image-2", "prompt": "A red boat at dawn, wide", "n": 1, "size": "1360x768",
                    "output_format": "png", "stream": true, "partial_images": 0,
                });
                assert_eq!(sent, expected);
            }
            _ => {
                assert_eq!(
                    sent["messages"][0]["content"],
                    json!([{"type": "text", "text": "A red boat at dawn, wide"}])
                );
                assert_eq!(sent["image_config"]["aspect_ratio"], "16:9");
            }
        }
    }
    // With a reference, that alone is sent, and it is still image 2.
    let mut request = kit.request("A boat painted as image 2 is").await;
    (request.canvas, request.base) = (true, canvas);
    let hat = kit
        .shelf
        .put(&image::RgbImage::from_pixel(50, 50, image::Rgb([0, 200, 0])))
        .await;
    request.references = vec![hat];
    for name in SERVICES {
        let backend = registry.choose(Some(name)).expect("it is on");
        backend
            .edit(&request, &watch())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let seen = good.seen();
        let pictures = pictures_sent(seen.last().expect("one"));
        let first = image::load_from_memory(&pictures[0]).expect("a picture");
        assert_eq!((pictures.len(), first.width()), (1, 50), "{name}");
    }
}

#[tokio::test]
async fn comfyui_runs_the_workflow_that_was_chosen_and_one_of_words_for_a_canvas() {
    let kit = Kit::new();
    let comfy = FakeComfy::start(Play::default()).await;
    let registry = kit.registry_with(
        "http://127.0.0.1:9",
        &comfy.origin,
        &["qwen-image-edit", "invert", "qwen-image"],
    );
    let backend = registry.choose(Some("comfyui")).expect("it is on");
    assert_eq!(
        backend.info().offers.workflows,
        ["qwen-image-edit", "invert", "qwen-image"]
    );
    let classes = |at: usize| -> Vec<String> {
        let graph = comfy.requests("POST /prompt")[at]["prompt"].clone();
        let nodes = graph.as_object().expect("a graph").values();
        nodes
            .filter_map(|node| node["class_type"].as_str().map(str::to_owned))
            .collect()
    };
    let mut request = kit.request("make it pink").await;
    backend.edit(&request, &watch()).await.expect("a picture");
    assert!(
        classes(0).contains(&"TextEncodeQwenImageEditPlus".to_owned()),
        "{:?}",
        classes(0)
    );
    request.options = options(&json!({"workflow": "invert"}));
    backend.edit(&request, &watch()).await.expect("a picture");
    assert!(classes(1).contains(&"ImageInvert".to_owned()), "{:?}", classes(1));
    for (workflow, canvas, words) in [
        ("qwen-image", false, "makes pictures of words alone"),
        ("invert", true, "needs a picture"),
        ("gone", false, "no workflow of that name"),
    ] {
        request.options = options(&json!({"workflow": workflow}));
        request.canvas = canvas;
        let failure = backend
            .edit(&request, &watch())
            .await
            .expect_err(workflow)
            .for_the_user("It");
        assert!(failure.message.contains(words), "{failure:?}");
    }
    assert_eq!(comfy.requests("POST /prompt").len(), 2, "nothing was sent in vain");
}

#[tokio::test]
async fn what_is_chosen_is_sent_and_what_cant_be_is_refused_before_anything_is() {
    let kit = Kit::new();
    let good = Fake::answering(|seen| Some(Reply::json(200, good_answer(seen)))).await;
    let registry = kit.registry(&good.at(""), "http://127.0.0.1:9");
    let edit = async |name: &str, chosen: Value| {
        let mut request = kit.request("make it pink").await;
        request.options = options(&chosen);
        let backend = registry.choose(Some(name)).expect("it is on");
        let calls = good.calls();
        let result = backend.edit(&request, &watch()).await;
        (result, good.calls() - calls)
    };
    let (result, calls) = edit("gemini", json!({"count": 3, "ratio": "16:9", "quality": "high"})).await;
    assert_eq!(
        (result.expect("pictures").pictures.len(), calls),
        (3, 3),
        "one call makes one picture"
    );
    let config = good.seen().last().expect("one").json()["generationConfig"]["imageConfig"].clone();
    assert_eq!(config, json!({"aspectRatio": "16:9", "imageSize": "4K"}));

    let (result, calls) = edit("openai", json!({"count": 3, "ratio": "2:3", "quality": "low"})).await;
    assert!(result.is_ok() && calls == 1);
    {
        let seen = good.seen();
        let parts = seen.last().expect("one").parts();
        let field = |name: &str| {
            parts
                .iter()
                .find(|part| part.name == name)
                .map(|part| part.text().to_owned())
        };
        assert_eq!(
            (field("n").as_deref(), field("quality").as_deref()),
            (Some("3"), Some("low"))
        );
        assert_eq!(field("stream"), None, "several come without a stream");
        let size = field("size").expect("a size");
        let (width, height) = size.split_once('x').expect("two sides");
        let ratio = width.parse::<f64>().expect("a number") / height.parse::<f64>().expect("a number");
        assert!((ratio - 2.0 / 3.0).abs() < 0.02, "{size}");
    }
    let (result, calls) = edit("openrouter", json!({"count": 2, "ratio": "21:9"})).await;
    assert_eq!((result.expect("pictures").pictures.len(), calls), (2, 2));
    let sent = good.seen().last().expect("one").json();
    assert_eq!(sent["image_config"]["aspect_ratio"], "21:9");

    for name in ["gemini", "openrouter"] {
        let (result, calls) = edit(name, json!({"ratio": "5:3"})).await;
        let failure = result.expect_err("no such shape").for_the_user("It");
        assert_eq!((failure.kind, calls), (FailureKind::Declined, 0), "{name}: {failure:?}");
    }
    let info = registry.choose(Some("gemini")).expect("it is on");
    let offers = &info.info().offers;
    assert_eq!(
        offers.price(Some(Quality::High)),
        Some(75_600),
        "what the page says before"
    );
}
