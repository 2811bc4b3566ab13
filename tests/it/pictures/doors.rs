//! Each file through each door: the page's form, the upload of a reference, the JSON interface.

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage};
use jpeg_encoder::ColorType;
use proptest::{prelude::*, test_runner::TestRunner};
use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use serde_json::Value;

use super::corpus::*;
use crate::{
    house::{House, Person},
    security::kit::{all_files, cookie_of, files, header, holds, rows},
};

/// A server, and a browser with a session to add references to.
struct Doors {
    house: House,
    person: Person,
    session: String,
    token: String,
}

impl Doors {
    async fn open() -> Self {
        let house = House::start(&[]).await;
        let mut person = house.visitor();
        let answer = person
            .send_picture("/api/v1/sessions", "base.png", encoded(corners(), ImageFormat::Png))
            .await;
        person.cookie = cookie_of(&answer);
        let body: Value = answer.json().await.expect("JSON");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let (session, version) = (text(&body["session"]["id"]), text(&body["session"]["head"]));
        // Its small copies are made beside; once asked for, they are there, and no refusal is blamed for them.
        for size in [320, 1024, 1600] {
            let path = format!("/s/{session}/versions/{version}/renditions/{size}");
            assert_eq!(person.get(&path).await.status(), 200);
        }
        Self {
            session,
            token: text(&body["edit_token"]),
            house,
            person,
        }
    }

    /// What a browser sends for a file of this name: the name as it is, but for what can't stand in a header.
    async fn send(&self, door: &str, name: &[u8], kind: &str, file: &[u8]) -> (StatusCode, String, String) {
        let mut body = b"--cut-here\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"".to_vec();
        body.extend(name);
        body.extend(
            format!("\"\r\ncontent-type: {kind}\r\n\r\n")
                .bytes()
                .chain(file.iter().copied()),
        );
        body.extend(b"\r\n--cut-here--\r\n");
        let request = self.person.ask(Method::POST, door);
        let request = request
            .header("content-type", "multipart/form-data; boundary=cut-here")
            .body(body);
        let answer = request.send().await.expect("an answer");
        let location = header(&answer, "location").to_owned();
        (answer.status(), location, answer.text().await.expect("text"))
    }

    fn all(&self) -> [String; 4] {
        [
            "/sessions".to_owned(),
            "/api/v1/sessions".to_owned(),
            format!("/s/{}/pictures", self.session),
            format!("/api/v1/sessions/{}/pictures", self.session),
        ]
    }

    /// Nothing of it is left: no row, no file, not even a visitor.
    async fn refused(&self, what: &str, file: &[u8]) {
        let (before, kept) = (rows(&self.house).await, files(&self.house.app.config.data));
        for door in self.all() {
            let (status, _, said) = self.send(&door, b"photo.png", "image/png", file).await;
            assert!(matches!(status.as_u16(), 413 | 415 | 422), "{what} at {door}: {status}");
            let words = if door.starts_with("/api/") {
                let body: Value = serde_json::from_str(&said).expect("JSON");
                assert_eq!(body["error"]["field"], "picture", "{what}");
                body["error"]["message"].as_str().expect("words").to_owned()
            } else {
                let page = Html::parse_document(&said);
                let words = Selector::parse("[data-words]").expect("a selector");
                page.select(&words).flat_map(|element| element.text()).collect()
            };
            assert!(
                words.len() > 20 && words.trim_end().ends_with('.'),
                "{what} at {door}: “{words}”"
            );
        }
        // A stranger's refusal leaves no stranger.
        let stranger = self
            .house
            .visitor()
            .send_picture("/sessions", "x.png", file.to_vec())
            .await;
        assert!(stranger.status().is_client_error(), "{what}");
        assert_eq!(rows(&self.house).await, before, "{what} left a row");
        assert_eq!(files(&self.house.app.config.data), kept, "{what} left a file");
    }

    /// Taken at every door, with this size, and served as it is stored.
    async fn taken(&self, what: &str, file: &[u8], size: (u32, u32)) {
        for door in self.all() {
            let (status, location, said) = self.send(&door, b"photo", "text/html", file).await;
            let version = match (door.as_str(), status.as_u16()) {
                ("/sessions", 303) => self
                    .person
                    .json(&format!("/api/v1/sessions{}", location.trim_start_matches("/s")))
                    .await["session"]["versions"][0]
                    .clone(),
                ("/api/v1/sessions", 201) => {
                    serde_json::from_str::<Value>(&said).expect("JSON")["session"]["versions"][0].clone()
                }
                (_, 201) => serde_json::from_str::<Value>(&said).expect("JSON")["version"].clone(),
                (_, 303) => continue,
                _ => panic!("{what} at {door}: {status} {said}"),
            };
            let its = (version["width"].as_u64(), version["height"].as_u64());
            assert_eq!(its, (Some(size.0.into()), Some(size.1.into())), "{what} at {door}");
            let stored = self
                .person
                .get(version["picture_url"].as_str().expect("an address"))
                .await;
            assert_eq!(stored.status(), 200, "{what}");
            let stored = stored.bytes().await.expect("bytes");
            let seen = image::load_from_memory(&stored).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!((seen.width(), seen.height()), size, "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_01_and_08_what_is_no_picture_is_refused_at_every_door_and_leaves_nothing() {
    let doors = Doors::open().await;
    for (what, file) in not_pictures() {
        // An empty file is what a browser sends for none: “Choose a picture first.”
        doors.refused(what, &file).await;
    }
    doors
        .refused("a GIF that is a script", b"GIF89a/*\x01\0\x01\0*/=1;alert(1)//;")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_02_bombs_are_refused_by_their_headers_at_every_door() {
    let doors = Doors::open().await;
    for (what, file) in [
        ("2.5 gigapixels", png_header(50_000, 50_000)),
        ("the largest PNG there can be", png_header(u32::MAX, u32::MAX)),
        ("a side too long", png_header(16_385, 1)),
        ("too many pixels", png_header(10_000, 5_001)),
        ("too many pixels in a JPEG", jpeg_header(65_535, 65_535)),
        ("too many pixels in a GIF", gif_header(65_535, 65_535)),
        ("too many pixels in a WebP", webp_header(16_384, 16_384)),
        ("a header and nothing else", png_header(4_000, 3_000)),
    ] {
        doors.refused(what, &file).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_08_cut_files_are_refused_at_every_door_and_leave_nothing() {
    let doors = Doors::open().await;
    for (kind, file) in samples() {
        let last = if kind == "GIF" { file.len() - 1 } else { file.len() };
        for cut in [3, 20, last / 2, last - 1] {
            doors.refused(&format!("{kind} cut at {cut}"), &file[..cut]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_05_all_orientations_come_out_upright_at_every_door() {
    let doors = Doors::open().await;
    for orientation in 1..=8 {
        let lying = laid_down(&corners(), orientation);
        let block = [b"Exif\0\0", &exif(orientation, orientation % 2 == 0)[..]].concat();
        let jpeg = with_segment(&rgb_jpeg(&lying, |_| {}), 0xe1, &block);
        doors
            .taken(&format!("orientation {orientation}"), &jpeg, (24, 16))
            .await;
        let shown = with_chunks(
            &encoded(lying, ImageFormat::Png),
            &[chunk(b"eXIf", &exif(orientation, false))],
        );
        doors
            .taken(&format!("orientation {orientation} in a PNG"), &shown, (24, 16))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_06_and_07_odd_but_honest_pictures_are_taken_at_every_door() {
    let doors = Doors::open().await;
    let as_png = |picture: DynamicImage| encoded(picture, ImageFormat::Png);
    let inks: Vec<u8> = (0..16 * 8).flat_map(|at| [at as u8, 255 - at as u8, 90, 10]).collect();
    let grey16 = ImageBuffer::from_fn(9, 7, |x, y| Luma([(x * 7000 + y * 13) as u16]));
    let rgb16 = ImageBuffer::from_fn(9, 7, |x, y| Rgb([(x * 7000) as u16, (y * 9000) as u16, 77]));
    let alpha = ImageBuffer::from_fn(9, 7, |x, y| LumaA([(x * 20) as u8, (y * 30) as u8]));
    let mut palette = Vec::new();
    let mut writer = png::Encoder::new(&mut palette, 8, 8);
    writer.set_color(png::ColorType::Indexed);
    writer.set_depth(png::BitDepth::Two);
    writer.set_palette([[10, 20, 30], [200, 100, 50]].concat());
    writer
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&[0b0100_0100; 16]))
        .expect("a PNG");
    for (what, file, size) in [
        ("CMYK", jpeg(&inks, (16, 8), ColorType::Cmyk, |_| {}), (16, 8)),
        ("YCCK", jpeg(&inks, (16, 8), ColorType::CmykAsYcck, |_| {}), (16, 8)),
        ("16 bits of grey", as_png(grey16.into()), (9, 7)),
        ("16 bits of colour", as_png(rgb16.into()), (9, 7)),
        ("grey and see-through", as_png(alpha.into()), (9, 7)),
        ("a palette of two bits", palette, (8, 8)),
        ("one pixel", as_png(RgbImage::new(1, 1).into()), (1, 1)),
        (
            "as wide as can be",
            as_png(RgbImage::new(16_384, 1).into()),
            (16_384, 1),
        ),
        (
            "as tall as can be",
            as_png(RgbImage::new(1, 16_384).into()),
            (1, 16_384),
        ),
    ] {
        doors.taken(what, &file, size).await;
    }
    for (kind, file) in samples() {
        doors.taken(kind, &file, (90, 60)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_04_nothing_hidden_in_a_file_is_stored_or_served() {
    let doors = Doors::open().await;
    let script = b"<html><script>alert(document.cookie)</script></html>";
    for file in [marked_jpeg(), marked_png(), marked_webp(), marked_gif()] {
        let file = [&file[..], script].concat();
        assert!(holds(&file, MARKER));
        doors.taken("a marked file", &file, (24, 16)).await;
    }
    let about = doors.person.json(&format!("/api/v1/sessions/{}", doors.session)).await;
    for version in about["session"]["versions"].as_array().expect("versions") {
        let id = version["id"].as_str().expect("an id");
        for what in ["picture", "renditions/320", "renditions/1600"] {
            let path = format!("/s/{}/versions/{id}/{what}", doors.session);
            let served = doors.person.get(&path).await.bytes().await.expect("bytes");
            assert!(!holds(&served, MARKER) && !holds(&served, "<script>"), "{path}");
        }
    }
    let zip = doors
        .person
        .get(&format!("/s/{}/export", doors.session))
        .await
        .bytes()
        .await
        .expect("a zip");
    assert!(
        zip.len() > 500 && !holds(&zip, MARKER),
        "pictures are stored in it as they are"
    );
    for path in all_files(&doors.house.app.config.data) {
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert!(
            !holds(&bytes, MARKER) && !holds(&bytes, "<script>"),
            "{}",
            path.display()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_10_a_file_name_is_a_label_and_nothing_else() {
    let doors = Doors::open().await;
    let file = encoded(corners(), ImageFormat::Png);
    let long = "é".repeat(700);
    for name in [
        "../../../etc/passwd.png",
        "..\\..\\windows\\win.ini",
        "/dev/null",
        "<img src=x onerror=alert(1)>.png",
        "'; DROP TABLE sessions; --.png",
        "\u{202e}gnp.exe",
        "con.png",
        ".",
        "..",
        "$(touch x).png",
        "%2e%2e%2f%0d%0aset-cookie: a=b.png",
        "a\tb\u{85}c.png",
        &long,
    ] {
        for door in doors.all() {
            let (status, location, said) = doors.send(&door, name.as_bytes(), "image/png", &file).await;
            assert!(
                matches!(status.as_u16(), 201 | 303),
                "{name} at {door}: {status} {said}"
            );
            if door == "/sessions" {
                let id = location.trim_start_matches("/s/");
                let about = doors.person.json(&format!("/api/v1/sessions/{id}")).await;
                let title = about["session"]["title"].as_str().expect("a title");
                assert!((1..=200).contains(&title.chars().count()), "{title}");
                assert!(
                    !title
                        .chars()
                        .any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)),
                    "{title:?}"
                );
                let page = doors.person.get(&location).await.text().await.expect("HTML");
                assert!(!page.contains("<img src=x"), "{name}");
            }
        }
    }
    // What can't stand in the head of a part, or is too long for one.
    for name in [&b"a\0b.png"[..], b"a\x7fb.png", &[b'x'; 5000]] {
        for door in doors.all() {
            let (status, _, said) = doors.send(&door, name, "image/png", &file).await;
            assert_eq!(status, 400, "{door}");
            assert!(said.contains("The form arrived damaged"), "{said}");
        }
    }
    for door in doors.all() {
        let (status, ..) = doors.send(&door, b"\xff\xfe.png", "image/png", &file).await;
        assert!(status.as_u16() < 500, "a name that is no text at {door}: {status}");
    }
    let data = &doors.house.app.config.data;
    for path in all_files(data) {
        let place = path.strip_prefix(data).expect("inside").to_string_lossy().into_owned();
        let is_ours = place.starts_with("plantain.db")
            || place.starts_with("keys/")
            || matches!(place.as_str(), "audit.log" | "lock")
            || {
                let (folder, name) = place.rsplit_once('/').expect("a folder");
                let stem = name.split(['.', '-']).next().unwrap_or_default();
                matches!(
                    folder.split('/').next(),
                    Some("blobs" | "renditions" | "leaving" | "private")
                ) && stem.len() == 62
                    && stem.chars().all(|c| c.is_ascii_hexdigit())
            };
        assert!(is_ours, "{place} is no name of ours");
    }
}

#[test]
fn sec_img_08_flipped_bits_and_cuts_are_taken_or_refused_and_never_our_fault() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let doors = runtime.block_on(Doors::open());
    let files_of = samples();
    let owner = doors.house.bearer(&doors.token);
    let path = format!("/api/v1/sessions/{}/pictures", doors.session);
    let strategy = (
        0..files_of.len(),
        prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..6),
        prop::option::weighted(0.3, any::<prop::sample::Index>()),
    );
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        max_shrink_iters: 30,
        ..ProptestConfig::default()
    });
    let result = runner.run(&strategy, |(which, flips, cut)| {
        let mut file = files_of[which].1.clone();
        for (place, bit) in flips {
            let place = place.index(file.len());
            file[place] ^= 1 << bit;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        let (status, left) = runtime.block_on(async {
            let before = rows(&doors.house).await;
            let status = owner.send_picture(&path, "a.png", file).await.status();
            let left = status.is_success() || rows(&doors.house).await == before;
            (status, left)
        });
        prop_assert!(
            status == 201 || matches!(status.as_u16(), 415 | 422),
            "{}: {status}",
            files_of[which].0
        );
        prop_assert!(left, "a refusal left a row");
        Ok(())
    });
    result.expect("2xx or 4xx");
    // The small copies of what was taken are still being written for a moment.
    let tmp = doors.house.app.config.data.join("tmp");
    let patience = std::time::Instant::now();
    while std::fs::read_dir(&tmp).expect("a folder").count() > 0 {
        assert!(patience.elapsed().as_secs() < 20, "something half done stays");
        std::thread::yield_now();
    }
    // Every file that is kept has its row.
    let known = runtime.block_on(rows(&doors.house))["blobs"].join("\n");
    for file in files(&doors.house.app.config.data.join("blobs"))
        .iter()
        .chain(&all_files(&doors.house.app.config.data.join("blobs")))
    {
        let folder = file
            .parent()
            .and_then(|folder| folder.file_name())
            .expect("a folder")
            .to_string_lossy();
        let name = file.file_stem().expect("a name").to_string_lossy();
        assert!(
            known.contains(&format!("{folder}{name}")),
            "{} has no row",
            file.display()
        );
    }
}
