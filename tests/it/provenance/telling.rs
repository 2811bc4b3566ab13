//! What a picture proves, and who is told what.

use image::{ImageFormat, imageops};
use plantain_credentials::{Act, Ingredient, Relation, Statement};
use serde_json::{Value, json};

use super::{ask, begin_with, bytes_of, edit, encoded, fetch, finding, opened, scene, strangers};
use crate::house::{House, Person};

#[tokio::test(flavor = "multi_thread")]
async fn f4_each_way_a_picture_comes_back_gets_the_right_words() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, encoded(&scene(640, 480), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "make it warmer").await;
    let left = fetch(&owner, &session.id, &version, 1).await;
    let picture = opened(&left).to_rgb8();
    let stranger = house.visitor();

    let told = ask(&stranger, left).await;
    assert_eq!(told["verdict"], "here");
    for kind in ["exact", "credentials", "mark"] {
        assert_eq!(finding(&told, kind)["found"], true, "{kind}: {told}");
    }
    assert_eq!(told["versions"][0]["by"], "Built-in engine");
    assert_eq!(told["versions"][0]["deeds"], json!(["light and colour adjusted"]));

    let crop = imageops::crop_imm(&picture, 100, 80, 440, 330).to_image();
    let mut mirrored = picture.clone();
    imageops::flip_horizontal_in_place(&mut mirrored);
    let mut framed = image::RgbImage::from_pixel(800, 620, image::Rgb([30, 34, 40]));
    imageops::overlay(&mut framed, &picture, 80, 70);
    let half = imageops::resize(&picture, 400, 300, imageops::FilterType::Triangle);
    for (what, picture) in [
        ("a crop", crop),
        ("a mirrored copy", mirrored),
        ("a screenshot", framed),
        ("a small resave", half),
    ] {
        let told = ask(&stranger, encoded(&picture, ImageFormat::Jpeg)).await;
        assert_eq!(told["verdict"], "here", "{what}: {told}");
        assert_eq!(finding(&told, "exact")["found"], false, "{what}");
        assert_eq!(finding(&told, "credentials")["found"], false, "{what}");
        assert_eq!(finding(&told, "mark")["found"], true, "{what}: {told}");
    }

    let other = image::RgbImage::from_fn(500, 400, |x, y| {
        image::Rgb([(x * y / 700) as u8, (x / 2) as u8, (y / 2) as u8])
    });
    let told = ask(&stranger, encoded(&other, ImageFormat::Jpeg)).await;
    assert_eq!(told["verdict"], "nothing");
    let words = told.to_string().to_lowercase();
    for lie in ["not ai", "not made by ai", "no ai", "authentic", "is real"] {
        assert!(!words.contains(lie), "{lie}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f3_a_tampered_foreign_parent_is_told_though_the_file_itself_is_trusted() {
    let house = House::start(&[]).await;
    let theirs = strangers();
    let (bare, source) = (
        encoded(&scene(300, 260), ImageFormat::Png),
        encoded(&scene(260, 300), ImageFormat::Png),
    );
    let parent = Ingredient {
        title: "source",
        relation: Relation::Parent,
        mime: "image/png",
        bytes: &source,
    };
    let said = Statement {
        title: "theirs",
        acts: &[Act::new("c2pa.edited")],
        ingredients: &[parent],
        ..Statement::by("Their program", "3")
    };
    let signed = theirs.sign("image/png", &bare, &said).expect("signed").bytes;
    let mut tampered = signed.clone();
    // One byte of the pixels, and the check sum of its chunk with it, so that the picture still opens.
    tamper(&mut tampered);
    for (file, belief) in [(signed, "unknown"), (tampered, "broken")] {
        let session = begin_with(&house, file).await;
        let owner = house.bearer(&session.token);
        let version = edit(&owner, &session.id, "make it warmer").await;
        let left = fetch(&owner, &session.id, &version, 1).await;
        let told = ask(&house.visitor(), left).await;
        let upload = &told["credentials"]["ingredients"][0];
        assert_eq!(told["credentials"]["standing"], "trusted", "{told}");
        assert_eq!(upload["standing"], "trusted");
        assert_eq!(upload["ingredients"][0]["standing"], belief, "{told:#}");
        assert_eq!(upload["ingredients"][0]["signer"], "Strangers");
        assert_eq!(finding(&told, "credentials")["broken"], belief == "broken");
        let page = format!("/s/{}/versions/{}/provenance", session.id, session.head);
        let page = String::from_utf8(bytes_of(owner.get(&page).await).await).expect("text");
        assert!(page.contains("The credentials it came with") && page.contains("Strangers"));
        assert_eq!(page.contains("assertion.dataHash.mismatch"), belief == "broken");
    }
}

/// Changes the name of the picture's software, a text of its own after the header: the hash covers it, the pixels stay.
fn tamper(png: &mut Vec<u8>) {
    let text = b"Software\0changed";
    let mut chunk = u32::try_from(text.len()).expect("short").to_be_bytes().to_vec();
    chunk.extend(b"tEXt");
    chunk.extend(text);
    let check = crc32(&chunk[4..]);
    chunk.extend(check.to_be_bytes());
    let end = png.len() - 12;
    png.splice(end..end, chunk);
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// What of the owner's the answer must not hold.
fn hold_back(told: &Value, secrets: &[&str]) -> Vec<String> {
    let text = told.to_string();
    secrets
        .iter()
        .filter(|secret| text.contains(**secret))
        .map(ToString::to_string)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_nobody_is_told_more_than_the_picture_they_hold_proves() {
    let house = House::start(&[]).await;
    let photo = encoded(&scene(500, 400), ImageFormat::Png);
    let session = begin_with(&house, photo.clone()).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "make it warmer").await;
    let left = fetch(&owner, &session.id, &version, 1).await;
    let shared = owner
        .post(
            &format!("/api/v1/sessions/{}/shares", session.id),
            &json!({"access": "view"}),
        )
        .await;
    let shared: Value = shared.json().await.expect("JSON");
    let viewer = house.bearer(shared["token"].as_str().expect("a token"));
    let other = house.begin().await;
    let others = [house.visitor(), house.bearer(&other.token)];
    let secrets = [
        session.id.as_str(),
        session.token.as_str(),
        "secret-title",
        "warmer",
        "API",
        "/s/",
    ];

    // The very photo that was put in and never left, and a copy of it: strangers hear nothing, those in the session do.
    let resaved = encoded(&opened(&photo).to_rgb8(), ImageFormat::Jpeg);
    for person in &others {
        for file in [&photo, &resaved] {
            let told = ask(person, file.clone()).await;
            assert_eq!(told["versions"], json!([]), "{told}");
            assert_eq!(finding(&told, "exact")["found"], false);
            assert!(hold_back(&told, &secrets).is_empty(), "{told}");
        }
    }
    for person in [&owner, &viewer] {
        let told = ask(person, photo.clone()).await;
        assert_eq!(finding(&told, "exact")["found"], true);
        assert!(
            told["versions"][0]["href"]
                .as_str()
                .is_some_and(|href| href.contains(&session.head)),
            "{told}"
        );
    }

    // What left: everybody hears that and how it was made, and only those in the session where it is.
    for person in &others {
        let told = ask(person, left.clone()).await;
        assert_eq!(told["verdict"], "here");
        let versions = told["versions"].as_array().expect("a list");
        assert!(
            !versions.is_empty()
                && versions
                    .iter()
                    .all(|one| one["href"].is_null() && one["laid"].is_null())
        );
        let mut told = told;
        // The credentials in the file are the asker's own; the version's id stands in them, and opens nothing.
        told["credentials"] = Value::Null;
        assert!(hold_back(&told, &secrets).is_empty(), "{told}");
        assert!(hold_back(&told, &[version.as_str()]).is_empty(), "{told}");
    }
    let told = ask(&viewer, left).await;
    assert!(
        told["versions"][0]["href"]
            .as_str()
            .is_some_and(|href| href.contains(&version)),
        "{told}"
    );
    assert_eq!(told["versions"][0]["laid"]["fits"], true, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_works_as_a_plain_form_and_a_session_shows_where_its_versions_come_from() {
    let house = House::start(&[]).await;
    let session = begin_with(&house, encoded(&scene(300, 260), ImageFormat::Png)).await;
    let owner = house.bearer(&session.token);
    let version = edit(&owner, &session.id, "make it warmer").await;
    let left = fetch(&owner, &session.id, &version, 1).await;
    let page = text(&owner, owner.send_picture("/verify", "a.png", left).await).await;
    for words in [
        "This picture was made or edited here.",
        "Does not prove:",
        "What its credentials say",
        "signed by this house",
        "Open it",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let refused = owner
        .send_picture("/verify", "a.png", b"<svg onload=alert(1)>".to_vec())
        .await;
    assert_eq!(refused.status(), 415);
    assert!(refused.text().await.expect("text").contains("<form"));
    let path = format!("/s/{}/versions/{version}/provenance", session.id);
    let page = text(&owner, owner.get(&path).await).await;
    for words in [
        "light and colour adjusted",
        "Built-in engine",
        "edited from",
        "“make it warmer”",
        "stored_sha256",
        "In every copy that leaves",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let stage = text(&owner, owner.get(&format!("/s/{}/stage", session.id)).await).await;
    assert!(stage.contains(&path), "the stage leads to it");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_when_all_places_are_taken_is_told_so_at_once() {
    let house = House::start(&[]).await;
    let picture = encoded(&scene(300, 260), ImageFormat::Png);
    let places: Vec<_> = std::iter::from_fn(|| house.app.provenance.asking().ok()).collect();
    assert!(!places.is_empty());
    let answer = house
        .visitor()
        .send_picture("/api/v1/verify", "a.png", picture.clone())
        .await;
    assert_eq!(answer.status(), 429);
    assert!(answer.headers().contains_key("retry-after"));
    drop(places);
    ask(&house.visitor(), picture).await;
}

async fn text(_: &Person, answer: reqwest::Response) -> String {
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_too_often_is_slowed_down() {
    let house = House::start(&[]).await;
    let stranger = house.visitor();
    // What is refused counts, too, and costs less time.
    let mut answers = Vec::new();
    for _ in 0..31 {
        answers.push(
            stranger
                .send_picture("/api/v1/verify", "a.png", b"no picture".to_vec())
                .await
                .status()
                .as_u16(),
        );
    }
    assert_eq!((answers[0], answers[30]), (415, 429), "{answers:?}");
    house.app.clock.advance(61_000);
    let answer = stranger
        .send_picture("/api/v1/verify", "a.png", crate::house::photo(16, 16))
        .await;
    assert_eq!(answer.status(), 200);
}
