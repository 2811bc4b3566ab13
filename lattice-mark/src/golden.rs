//! Compares this crate with the trial of the method in Python: same tile, same statistics within 2 %.
//!
//! `tests/golden/README.md` says how the numbers were made.

use serde_json::Value;

use crate::canonical::{Region, frame_of};
use crate::code::{encode, sign};
use crate::decode::Soft;
use crate::front::listen;
use crate::lattice::{Carrier, Lattice, PERIOD, Pilot, quarter};
use crate::readout::fold;
use crate::transform::Transforms;
use crate::{Effort, Id, Key, Picture, Stage, detect, embed, embed_at};

fn golden() -> Value {
    serde_json::from_str(include_str!("../tests/golden/prototype.json")).expect("valid JSON")
}

fn numbers(value: &Value) -> Vec<i64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|n| n.as_i64().expect("a whole number")).collect()
}

fn pairs(value: &Value) -> Vec<(i64, i64)> {
    let list = value.as_array().expect("a list").iter().map(numbers);
    list.map(|pair| (pair[0], pair[1])).collect()
}

fn id(golden: &Value) -> Id {
    golden["id"].as_str().and_then(|t| t.parse().ok()).expect("64 bits")
}

/// The trial's key: its lattice, written out.
fn key(golden: &Value) -> Key {
    let carrier = |(u, v): (i64, i64)| Carrier {
        u: u as i32,
        v: v as i32,
    };
    let pilot = |(carrier, phase): (i64, i64)| Pilot {
        carrier: carrier as usize,
        phase: quarter(phase as usize),
    };
    let place = |(bit, secret): (i64, i64)| (bit as usize, sign(secret as u8));
    Key::of(Lattice {
        carriers: pairs(&golden["carriers"]).into_iter().map(carrier).collect(),
        pilots: pairs(&golden["pilots"]).into_iter().map(pilot).collect(),
        data: numbers(&golden["data"]).into_iter().map(|i| i as usize).collect(),
        places: pairs(&golden["places"]).into_iter().map(place).collect(),
    })
}

/// Three bytes a pixel.
struct Pixels {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Pixels {
    fn test_picture(width: usize, height: usize) -> Self {
        let pixel = |i: usize| {
            let (x, y) = ((i % width) as u32, (i / width) as u32);
            let mut n = x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663);
            for _ in 0..2 {
                n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                n ^= n >> 16;
            }
            let (w, h) = (width as u32, height as u32);
            let v = 40 + x * 90 / w + y * 60 / h + 20 * ((x / 32 + y / 64) % 2) + (n >> 24) * (x * 40 / w) / 256;
            [(v + 8).min(255) as u8, v as u8, (v * 3 / 4) as u8]
        };
        Self {
            width,
            height,
            bytes: (0..width * height).flat_map(pixel).collect(),
        }
    }

    /// A picture whose pixel (x, y) is made by `from`.
    fn made(width: usize, height: usize, from: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let pixels = (0..width * height).flat_map(|i| from(i % width, i / width));
        Self {
            width,
            height,
            bytes: pixels.collect(),
        }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        std::array::from_fn(|c| self.bytes[(y * self.width + x) * 3 + c])
    }

    fn picture(&self) -> Picture<Vec<u8>> {
        Picture::rgb(self.width, self.height, self.bytes.clone()).expect("fits")
    }
}

/// The test picture with three times the tile.
fn simply_marked(golden: &Value) -> Pixels {
    let tile = numbers(&golden["tile"]);
    let plain = Pixels::test_picture(896, 896);
    Pixels::made(896, 896, |x, y| {
        let change = (tile[y % PERIOD * PERIOD + x % PERIOD] as f64 * 3.0 / 1000.0 + 1e-9).round_ties_even();
        plain.at(x, y).map(|v| (f64::from(v) + change).clamp(0.0, 255.0) as u8)
    })
}

fn assert_near(name: &str, (z_p, z_d): (f64, f64), expected: &Value) {
    for (what, ours, theirs) in [("z_p", z_p, &expected["z_p"]), ("z_d", z_d, &expected["z_d"])] {
        let theirs = theirs.as_f64().expect("a number");
        assert!(
            (ours / theirs - 1.0).abs() < 0.02,
            "{name}: {what} {ours:.3}, the trial had {theirs:.3}"
        );
    }
}

/// The reader's two statistics with the trial's geometry: where exactly a search stops is another matter.
fn statistics_at(pixels: &Pixels, key: &Key, expected: &Value) -> (f64, f64) {
    let (width, height) = (pixels.width, pixels.height);
    let whole = Region {
        left: 0,
        top: 0,
        width,
        height,
    };
    let heard = listen(&frame_of(pixels.picture().view(), whole));
    let entry = |y: usize, x: usize| expected["A"][y][x].as_f64().expect("a number");
    let matrix = [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]];
    let mut transforms = Transforms::new();
    let folded = fold(&heard, matrix, &mut transforms).expect("small");
    let aligned = folded.aligned(&key.lattice, &transforms);
    let (_, checked, z_d) = Soft::new(&aligned, &key.lattice).decoded();
    assert!(checked);
    (aligned.pilot_z, z_d)
}

#[test]
fn the_code_word_and_the_tile_are_the_trial_s() {
    let golden = golden();
    let (key, code) = (key(&golden), encode(id(&golden)));
    let written: String = code.iter().map(|b| char::from(b'0' + b)).collect();
    assert_eq!(written, golden["code"].as_str().expect("bits"));
    let tile = key.lattice.tile(&key.lattice.symbols(&code), &Transforms::new());
    let deviation = (tile.iter().map(|v| v * v).sum::<f64>() / tile.len() as f64).sqrt();
    for (ours, theirs) in tile.iter().zip(numbers(&golden["tile"])) {
        assert!((ours / deviation * 1000.0 - theirs as f64).abs() < 0.51);
    }
}

#[test]
fn the_reader_s_statistics_are_the_trial_s() {
    let golden = golden();
    let (key, whole) = (key(&golden), simply_marked(&golden));
    let mean = |x: usize, y: usize| {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(a, b)| whole.at(2 * x + a, 2 * y + b));
        std::array::from_fn(|c| ((four.iter().map(|p| u32::from(p[c])).sum::<u32>() + 2) / 4) as u8)
    };
    for (name, pixels) in [
        ("plain", Pixels::made(896, 896, |x, y| whole.at(x, y))),
        ("turned", Pixels::made(896, 896, |x, y| whole.at(895 - y, x))),
        ("mirrored", Pixels::made(896, 896, |x, y| whole.at(895 - x, y))),
        ("cropped", Pixels::made(750, 600, |x, y| whole.at(50 + x, 100 + y))),
        ("halved", Pixels::made(448, 448, mean)),
    ] {
        let expected = &golden["read"][name];
        let found = detect(&pixels.picture(), &key, Effort::Whole).expect(name);
        assert_eq!(found.id, id(&golden), "{name}");
        assert_near(name, statistics_at(&pixels, &key, expected), expected);
        assert_eq!(found.geometry.stage == Stage::Near, expected["mode"] == "id", "{name}");
        let (ours, theirs) = (
            found.geometry.matrix[0][0],
            expected["A"][0][0].as_f64().expect("a number"),
        );
        assert!(
            (ours / theirs - 1.0).abs() < 0.006, /* so clear a mark is a plateau in the capped map */
            "{name}: scale {ours}, the trial had {theirs}"
        );
    }
}

#[test]
fn the_embedder_is_as_faint_and_as_clear_as_the_trial_s() {
    let golden = golden();
    let key = key(&golden);
    for (width, height) in [(640, 480), (896, 896), (1200, 900)] {
        let name = format!("{width}x{height}");
        let expected = &golden["embedded"][&name];
        let plain = Pixels::test_picture(width, height);
        let mut fixed = plain.picture();
        let report = embed_at(&mut fixed, id(&golden), &key, 43.0).expect("large enough");
        assert!(
            (report.psnr - expected["psnr"].as_f64().expect("a number")).abs() < 0.05,
            "{name}: {report:?}"
        );
        let found = detect(&fixed, &key, Effort::Quick).expect("a mark");
        assert_near(&name, (found.z_p, found.z_d), expected);
        let report = embed(&mut plain.picture(), id(&golden), &key).expect("large enough");
        let chosen = expected["adaptive_psnr"].as_f64().expect("a number");
        assert!(
            (report.psnr - chosen).abs() < 1.1,
            "{name}: {report:?}, the trial chose {chosen}"
        );
    }
}
