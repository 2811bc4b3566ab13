//! What signing and reading cost: a first statement, one with a parent, and a chain of six, at 1 and 12 megapixels.
//!
//! `cargo bench -p plantain-credentials` prints the median of nine runs in milliseconds and the size of the credentials.

use std::{
    io::Cursor,
    time::{Duration, Instant, SystemTime},
};

use image::{ImageFormat, RgbImage};
use plantain_credentials::{Act, Identity, Ingredient, Notary, Relation, Statement};

const RUNS: usize = 9;

fn main() {
    // `cargo test` runs benches once as well; that would only be slow.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let notary = notary();
    println!(
        "{:28} {:>10} {:>12} {:>12} {:>14} {:>12}",
        "file", "KiB", "sign, first", "with parent", "read six turns", "KiB of it"
    );
    for (width, height) in [(1200, 900), (4000, 3000)] {
        for (format, mime) in [
            (ImageFormat::Jpeg, "image/jpeg"),
            (ImageFormat::Png, "image/png"),
            (ImageFormat::WebP, "image/webp"),
        ] {
            tell(&notary, &drawn(width, height, format), (width, height), mime);
        }
    }
}

fn tell(notary: &Notary, file: &[u8], (width, height): (u32, u32), mime: &'static str) {
    let created = Act::new("c2pa.created");
    let first = Statement {
        created: Some(&created),
        ..Statement::by("bench", "1")
    };
    let (signing, mut chain) = median(|| notary.sign(mime, file, &first).expect("signed").bytes);
    let mut edited = Duration::ZERO;
    for _ in 0..5 {
        let parent = Ingredient {
            title: "parent",
            relation: Relation::Parent,
            mime,
            bytes: &chain,
        };
        let statement = Statement {
            acts: &[Act::new("c2pa.edited")],
            ingredients: &[parent],
            ..Statement::by("bench", "1")
        };
        let (time, signed) = median(|| notary.sign(mime, file, &statement).expect("signed").bytes);
        (edited, chain) = (time, signed);
    }
    let (reading, read) = median(|| notary.read(mime, &chain).expect("readable"));
    assert!(read.is_some(), "what was signed is read");
    println!(
        "{:28} {:>10} {:>9} ms {:>9} ms {:>11} ms {:>12}",
        format!("{width}x{height} {mime}"),
        file.len() / 1024,
        signing.as_millis(),
        edited.as_millis(),
        reading.as_millis(),
        (chain.len() - file.len()) / 1024,
    );
}

fn median<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut runs: Vec<(Duration, T)> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let made = work();
            (start.elapsed(), made)
        })
        .collect();
    runs.sort_by_key(|(time, _)| *time);
    runs.swap_remove(RUNS / 2)
}

/// Certificates are good for a year; the reader's clock is the machine's.
#[expect(clippy::disallowed_methods, reason = "a bench has no clock handed in")]
fn notary() -> Notary {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("a clock");
    let now = i64::try_from(now.as_secs()).expect("this century");
    let root = Identity::new_root("Bench", now).expect("a root");
    let leaf = root.new_leaf("Bench", now).expect("a leaf");
    Notary::new(&leaf.chain, &leaf.key, &[root.chain]).expect("fits")
}

/// A slope with grain, which compresses about as a photo does.
fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263)) >> 29;
        let level = |part: u32| u8::try_from(part % 240).unwrap_or(0) + u8::try_from(grain).unwrap_or(0);
        image::Rgb([level(x / 17), level(y / 13), level((x + y) / 31)])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}
