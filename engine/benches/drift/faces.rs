//! Faces: how far each is from itself under changes that leave the person, and how far all are from each other.
//!
//! The one rule: what is measured is what a turn measures (`compare`, then `likeness` with the nets). The nets are read from
//! `PLANTAIN_MODEL_DIR`; without them, or on pictures without faces, that is said and nothing else. Called by the bench.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use plantain_engine::Unwatched;
use plantain_engine::compare::{CompareOptions, OTHER_FACE, Portrait, SAME_FACE, compare, likeness, portraits};
use plantain_engine::nets::{FaceNets, Net, load};

use crate::edits::{jpeg, moved, vae_like};
use crate::picture::Picture;
use crate::subjects::lit;

type Change = fn(&Picture) -> Picture;

/// Changes that leave everybody who they are.
const CHANGES: [(&str, Change); 8] = [
    ("none", Picture::clone),
    ("warm tint", |p| lit(p, [1.12, 1.0, 0.85])),
    ("night tint", |p| lit(p, [0.35, 0.42, 0.62])),
    ("half resolution", |p| {
        p.resized(p.width / 2, p.height / 2).resized(p.width, p.height)
    }),
    ("JPEG q60", |p| jpeg(p, 60)),
    ("VAE-like", vae_like),
    ("shift 3 + zoom 3 %", |p| moved(p, 1.03, 0.0, (3.0, 0.0))),
    ("turn 5 degrees", |p| moved(p, 1.0, 5.0, (0.0, 0.0))),
];

pub fn faces_table(pictures: &[Picture]) {
    let Some(nets) = nets() else {
        println!("faces: PLANTAIN_MODEL_DIR has no nets for them, so they are left out");
        return;
    };
    let verbose = std::env::var_os("PLANTAIN_DRIFT_VERBOSE").is_some();
    let mut known: Vec<(&Picture, Vec<Portrait>)> = Vec::new();
    let start = Instant::now();
    for picture in pictures {
        let seen = portraits(&picture.raster(), &nets, &Unwatched).expect("not cancelled");
        if verbose {
            println!("  {:<28} {:?}", picture.name, places(picture, &seen));
        }
        if !seen.is_empty() {
            known.push((picture, seen));
        }
    }
    let faces: Vec<(&str, &Portrait)> = known
        .iter()
        .flat_map(|(picture, seen)| seen.iter().map(|face| (picture.name.as_str(), face)))
        .collect();
    println!(
        "faces: {} in {} pictures, found in {:?}",
        faces.len(),
        known.len(),
        start.elapsed()
    );
    let only = std::env::var("PLANTAIN_DRIFT_BEHAVIOUR").unwrap_or_default();
    for (name, change) in CHANGES.iter().filter(|change| change.0.contains(&only)) {
        let mut far = Vec::new();
        for (picture, _) in &known {
            let changed = change(picture);
            let found = itself(picture, &changed, &nets);
            if verbose {
                println!("  {name:<20} {:<28} {found:.3?}", picture.name);
            }
            far.push(found);
        }
        let told: Vec<f32> = far.iter().copied().flatten().collect();
        row(name, &told, far.len() - told.len());
    }
    others(&faces);
}

/// The distance that a turn would tell.
fn itself(base: &Picture, result: &Picture, nets: &FaceNets) -> Option<f32> {
    let (base, result) = (base.raster(), result.raster());
    let seen = compare(&base, &result, &CompareOptions::default(), &Unwatched).expect("not cancelled");
    let alike = likeness(&base, &result, None, &seen, Some(nets), &Unwatched).expect("not cancelled");
    alike.and_then(|alike| alike.face)
}

fn others(faces: &[(&str, &Portrait)]) {
    let mut pairs = Vec::new();
    for (at, (name, one)) in faces.iter().enumerate() {
        for (other_name, other) in &faces[at + 1..] {
            pairs.push((one.distance(other), *name, *other_name));
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    row(
        "different faces",
        &pairs.iter().map(|pair| pair.0).collect::<Vec<_>>(),
        0,
    );
    println!("  the nearest: {:.3?}", &pairs[..pairs.len().min(5)]);
}

fn row(name: &str, far: &[f32], unseen: usize) {
    if far.is_empty() {
        println!("{name:<20} no face was found again");
        return;
    }
    let mean = far.iter().sum::<f32>() / far.len() as f32;
    let least = far.iter().copied().fold(f32::INFINITY, f32::min);
    let most = far.iter().copied().fold(0.0, f32::max);
    let same = far.iter().filter(|far| **far <= SAME_FACE).count();
    let other = far.iter().filter(|far| **far >= OTHER_FACE).count();
    println!(
        "{name:<20} {mean:.3} ({least:.3} to {most:.3}), same {same}, another {other} of {}; not told {unseen}",
        far.len()
    );
}

fn places(picture: &Picture, seen: &[Portrait]) -> Vec<(f32, [usize; 4])> {
    let sides = [picture.width, picture.height, picture.width, picture.height];
    let pixels = |face: &Portrait| std::array::from_fn(|i| (face.place[i] * sides[i] as f32) as usize);
    seen.iter().map(|face| (face.sure, pixels(face))).collect()
}

fn nets() -> Option<FaceNets> {
    let folder = std::env::var_os("PLANTAIN_MODEL_DIR")?;
    let net = |name: &str| -> Option<Arc<dyn Net>> { load(std::fs::read(Path::new(&folder).join(name)).ok()?).ok() };
    Some(FaceNets {
        detector: net("faces.onnx")?,
        landmarks: net("landmarks.onnx")?,
        identity: net("identity.onnx")?,
    })
}
