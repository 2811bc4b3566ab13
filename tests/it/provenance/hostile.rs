//! Files made to hurt whoever reads their credentials: bounded in time, and no address in them is followed.

use std::time::{Duration, Instant};

use image::ImageFormat;
use plantain_credentials::{Act, Ingredient, Relation, Statement};
use tokio::net::TcpListener;

use super::{ask, encoded, finding, scene, strangers};
use crate::house::House;

/// A box of a kind around a content.
fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut whole = u32::try_from(content.len() + 8).expect("short").to_be_bytes().to_vec();
    whole.extend(kind);
    whole.extend(content);
    whole
}

/// A PNG with this as its credentials.
fn carrying(store: &[u8]) -> Vec<u8> {
    let mut png = encoded(&scene(64, 64), ImageFormat::Png);
    let mut chunk = u32::try_from(store.len()).expect("short").to_be_bytes().to_vec();
    chunk.extend(b"caBX");
    chunk.extend(store);
    // The check sum is right or the gate would refuse the file before anybody looks.
    let check = crc32(&chunk[4..]);
    chunk.extend(check.to_be_bytes());
    png.splice(33..33, chunk);
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut table = [0_u32; 256];
    for (at, entry) in (0_u32..).zip(&mut table) {
        *entry = (0..8).fold(at, |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()));
    }
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (crc >> 8) ^ table[((crc ^ u32::from(*byte)) & 255) as usize]
    })
}

fn described(label: &str) -> Vec<u8> {
    let mut content = b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03".to_vec();
    content.extend(label.as_bytes());
    content.push(0);
    boxed(b"jumd", &content)
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_hostile_credentials_are_bounded_in_time_and_end_in_words() {
    let house = House::start(&[]).await;
    let stranger = house.visitor();
    let mut deep = described("inner");
    for level in 0..20_000 {
        let mut inside = described(if level % 2 == 0 { "c2pa" } else { "urn:c2pa:x" });
        inside.extend(&deep);
        deep = boxed(b"jumb", &inside);
        if deep.len() > 2 << 20 {
            break;
        }
    }
    let mut wide = described("c2pa");
    for number in 0..20_000 {
        wide.extend(boxed(b"jumb", &described(&format!("urn:c2pa:{number}"))));
    }
    let nested_cbor = [
        described("c2pa"),
        boxed(
            b"jumb",
            &[described("urn:c2pa:a"), boxed(b"cbor", &vec![0x81; 4 << 20])].concat(),
        ),
    ]
    .concat();
    let huge = vec![0xaa; 15 << 20];
    for (what, store) in [
        ("deep boxes", deep),
        ("wide boxes", boxed(b"jumb", &wide)),
        ("nested CBOR", boxed(b"jumb", &nested_cbor)),
        ("a box longer than the file", b"\xff\xff\xff\xffjumb".to_vec()),
        ("a box of no length", b"\0\0\0\0jumb\0\0\0\0jumd".to_vec()),
        ("rubbish", huge),
        ("nothing", Vec::new()),
    ] {
        let began = Instant::now();
        let told = ask(&stranger, carrying(&store)).await;
        assert!(
            began.elapsed() < Duration::from_secs(25),
            "{what} took {:?}",
            began.elapsed()
        );
        assert_ne!(told["verdict"], "here", "{what}");
        assert_eq!(finding(&told, "credentials")["found"], false, "{what}: {told}");
        assert_eq!(stranger.get("/healthz").await.status(), 200, "{what}");
        house.app.clock.advance(61_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_a_web_of_statements_is_read_up_to_a_bound() {
    let house = House::start(&[]).await;
    let theirs = strangers();
    let mut before = encoded(&scene(40, 40), ImageFormat::Png);
    for side in 41..50 {
        let ingredient = |relation| Ingredient {
            title: "before",
            relation,
            mime: "image/png",
            bytes: &before,
        };
        let ingredients = [
            ingredient(Relation::Parent),
            ingredient(Relation::Input),
            ingredient(Relation::Input),
        ];
        let said = Statement {
            title: "web",
            acts: &[Act::new("c2pa.edited")],
            ingredients: &ingredients,
            ..Statement::by("Web", "1")
        };
        before = theirs
            .sign("image/png", &encoded(&scene(side, 40), ImageFormat::Png), &said)
            .expect("signed")
            .bytes;
    }
    let told = ask(&house.visitor(), before).await;
    assert_ne!(told["verdict"], "here");
    assert!(
        told.to_string().len() < 400_000,
        "{} bytes of answer",
        told.to_string().len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn f5_no_address_in_a_file_is_followed() {
    let house = House::start(&[]).await;
    let bait = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/manifest.c2pa", bait.local_addr().expect("an address"));
    let packet = format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dcterms=\"http://purl.org/dc/terms/\" dcterms:provenance=\"{address}\"/></rdf:RDF></x:xmpmeta>"
    );
    let mut jpeg = encoded(&scene(64, 64), ImageFormat::Jpeg);
    let mut segment = b"\xff\xe1".to_vec();
    let content = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), packet.as_bytes()].concat();
    segment.extend(u16::try_from(content.len() + 2).expect("short").to_be_bytes());
    segment.extend(content);
    // And a place for credentials, so that somebody looks.
    segment.extend(b"\xff\xeb\0\x12JP\0\x01\0\0\0\x01\0\0\0\x08jumb");
    jpeg.splice(2..2, segment);
    let told = ask(&house.visitor(), jpeg).await;
    assert_ne!(told["verdict"], "here");
    let knocked = tokio::time::timeout(Duration::from_millis(300), bait.accept()).await;
    assert!(knocked.is_err(), "somebody followed the address");
}
