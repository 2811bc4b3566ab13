//! Likeness of one subject per picture (the middle of it) under changes that leave it itself and changes that don't.
//!
//! The one rule: the measures only see the two pictures and the subject's box. Called by the bench.

use plantain_engine::compare::{CompareOptions, Likeness, compare, likeness};
use plantain_engine::{Mask, Unwatched};

use crate::edits::{cubic, jpeg, moved, vae_like};
use crate::picture::Picture;

type Change = fn(&Picture, &Picture) -> Picture;

/// Which changes leave the subject itself, and how.
const CHANGES: [(&str, bool, Change); 11] = [
    ("none", true, |p, _| p.clone()),
    ("JPEG q60", true, |p, _| jpeg(p, 60)),
    ("light +20 %", true, |p, _| lit(p, [1.2; 3])),
    ("warm tint", true, |p, _| lit(p, [1.12, 1.0, 0.85])),
    ("shift 3 + zoom 3 %", true, |p, _| moved(p, 1.03, 0.0, (3.0, 0.0))),
    ("VAE-like", true, |p, _| vae_like(p)),
    ("warped 0.4 %", false, |p, _| warped(p, 0.004)),
    ("warped 0.8 %", false, |p, _| warped(p, 0.008)),
    ("warped 1.6 %", false, |p, _| warped(p, 0.016)),
    ("warped 3.2 %", false, |p, _| warped(p, 0.032)),
    ("another subject", false, |p, other| other.resized(p.width, p.height)),
];

pub fn likeness_table(pictures: &[Picture]) {
    let verbose = std::env::var_os("PLANTAIN_DRIFT_VERBOSE").is_some();
    println!(
        "{:<20} {:>26} {:>26} {:>16}",
        "likeness: mean (range)", "detail drift %", "shape drift %", "colour"
    );
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (name, itself, change) in CHANGES {
        let mut found: Vec<Likeness> = Vec::new();
        for (at, picture) in pictures.iter().enumerate() {
            let changed = change(picture, &pictures[(at + 1) % pictures.len()]);
            let (base, result) = (picture.raster(), changed.raster());
            let seen = compare(&base, &result, &CompareOptions::default(), &Unwatched).expect("not cancelled");
            let alike =
                likeness(&base, &result, Some(&subject(picture)), &seen, None, &Unwatched).expect("not cancelled");
            let alike = alike.expect("the subject is large enough");
            if verbose {
                println!("  {name:<20} {:<26} {alike:.3?}", picture.name);
            }
            found.push(alike);
        }
        print_row(name, &found);
        if itself { &mut same } else { &mut other }.extend(found);
    }
    let apart = |measure: fn(&Likeness) -> f32| {
        let most = same.iter().map(measure).fold(0.0, f32::max);
        let least = other.iter().map(measure).fold(f32::INFINITY, f32::min);
        (most, least)
    };
    let (shape, detail) = (apart(|l| l.shape_drift), apart(|l| l.detail_drift));
    println!(
        "itself at most {:.2} % shape, {:.1} % detail; deformed at least {:.2} %, {:.1} %",
        shape.0,
        detail.0 * 100.0,
        shape.1,
        detail.1 * 100.0
    );
}

/// A square box in the middle, six tenths of the shorter side.
fn subject(picture: &Picture) -> Mask {
    let (w, h) = (picture.width as u32, picture.height as u32);
    let side = w.min(h) * 6 / 10;
    Mask::rectangle((w, h), ((w - side) / 2, (h - side) / 2, side, side)).expect("a mask")
}

fn print_row(name: &str, found: &[Likeness]) {
    let figures = |measure: &dyn Fn(&Likeness) -> f32| {
        let values: Vec<f32> = found.iter().map(measure).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let least = values.iter().copied().fold(f32::INFINITY, f32::min);
        let most = values.iter().copied().fold(0.0, f32::max);
        format!("{mean:>6.2} ({least:.2} to {most:.2})")
    };
    println!(
        "{name:<20} {:>26} {:>26} {:>16}",
        figures(&|l| l.detail_drift * 100.0),
        figures(&|l| l.shape_drift),
        figures(&|l| l.colour_change),
    );
}

pub fn lit(picture: &Picture, gain: [f32; 3]) -> Picture {
    let pixels = picture
        .pixels
        .iter()
        .map(|p| std::array::from_fn(|n| (p[n] * gain[n]).clamp(0.0, 255.0)));
    picture.with(picture.width, picture.height, pixels.collect())
}

/// Every place moved by a smooth field of waves, `share` of the subject's width in root mean square.
fn warped(picture: &Picture, share: f32) -> Picture {
    let (w, h) = (picture.width, picture.height);
    let side = w.min(h) as f32 * 0.6;
    let wave = std::f32::consts::TAU / (side / 3.0);
    // Four products of two waves each have a mean square of 1/4; two of them per direction.
    let amplitude = share * side;
    let pixels = (0..w * h)
        .map(|i| {
            let (x, y) = ((i % w) as f32, (i / w) as f32);
            let (s, t) = (x * wave, y * wave);
            let dx = (s + 0.7).sin() * (0.8 * t + 0.3).cos() + (0.6 * s + 2.0).cos() * (1.1 * t).sin();
            let dy = (0.9 * s + 1.1).cos() * (t + 0.5).sin() + (1.2 * s).sin() * (0.7 * t + 1.7).cos();
            cubic(picture, x + dx * amplitude, y + dy * amplitude)
        })
        .collect();
    picture.with(w, h, pixels)
}
