//! What the painted styles promise, on a picture drawn here: paper stays paper, a poster has few colours, dots keep the tone.

use std::collections::HashSet;

use plantain_engine::{Channels, Op, Raster, RenderContext, Samples, Step, Unwatched, render};

const SIDE: u32 = 240;

/// A red disc on a lit, slightly textured grey-blue wall.
fn still_life() -> Raster {
    let samples = (0..SIDE * SIDE)
        .flat_map(|i| {
            let (x, y) = (i % SIDE, i / SIDE);
            let texture = (x * 31 + y * 17) % 9;
            let inside = x.abs_diff(SIDE / 2).pow(2) + y.abs_diff(SIDE / 2).pow(2) < 60u32.pow(2);
            let light = (x / 4 + texture) as u8;
            if inside {
                [200 - light, 40, 36]
            } else {
                [120 + light, 130 + light, 150 + light]
            }
        })
        .collect();
    Raster::from_u8(SIDE, SIDE, Channels::Rgb, samples).expect("it fits")
}

fn painted(op: Op) -> Vec<[u8; 3]> {
    let step = Step::new(op).with_strength(0.5);
    let out = render(&[step], still_life(), &RenderContext::default(), &Unwatched).expect("a sound step");
    let Samples::U8(samples) = out.into_samples() else {
        panic!("8 bits went in")
    };
    samples.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect()
}

fn at(pixels: &[[u8; 3]], x: u32, y: u32) -> [u8; 3] {
    pixels[(y * SIDE + x) as usize]
}

fn mean(pixels: &[[u8; 3]]) -> [f32; 3] {
    std::array::from_fn(|n| pixels.iter().map(|p| f32::from(p[n])).sum::<f32>() / pixels.len() as f32)
}

/// How many pixels differ visibly from their right neighbour.
fn edges(pixels: &[[u8; 3]]) -> usize {
    let differ = |a: [u8; 3], b: [u8; 3]| (0..3).any(|n| a[n].abs_diff(b[n]) > 3);
    pixels
        .chunks_exact(SIDE as usize)
        .map(|row| row.windows(2).filter(|w| differ(w[0], w[1])).count())
        .sum()
}

#[test]
fn a_sketch_is_grey_strokes_on_light_paper() {
    let drawn = painted(Op::Sketch);
    assert!(drawn.iter().all(|p| p[0].abs_diff(p[2]) < 12), "pencil has no colour");
    let [light, ..] = mean(&drawn);
    assert!(light > 150.0, "the paper should shine through, not {light}");
    let rim = (100..140).map(|x| at(&drawn, x, 60)[0]).min();
    let wall = (100..140).map(|x| at(&drawn, x, 20)[0]).min();
    assert!(rim < wall, "the disc's edge should be drawn darker than the wall");
}

#[test]
fn a_cartoon_evens_texture_out_and_inks_the_edges() {
    let drawn = painted(Op::Cartoon);
    let was: Vec<[u8; 3]> = match still_life().into_samples() {
        Samples::U8(v) => v.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect(),
        Samples::U16(_) => panic!("8 bits"),
    };
    assert!(edges(&drawn) * 3 < edges(&was), "{} of {}", edges(&drawn), edges(&was));
    let darkest = (50..70).map(|x| at(&drawn, x, 120)[0]).min().expect("some");
    assert!(darkest < 90, "the edge should be inked, not {darkest}");
}

#[test]
fn a_poster_has_a_handful_of_colours() {
    let drawn = painted(Op::Poster);
    let mut counts = std::collections::HashMap::new();
    drawn.iter().for_each(|p| *counts.entry(*p).or_insert(0usize) += 1);
    let flat: usize = counts.values().filter(|&&n| n > drawn.len() / 200).sum();
    assert!(
        flat * 10 > drawn.len() * 8,
        "only {flat} of {} pixels are flat",
        drawn.len()
    );
    let large = counts.values().filter(|&&n| n > drawn.len() / 200).count();
    assert!((2..=12).contains(&large), "{large} colours");
    let [r, g, b] = at(&drawn, 120, 120);
    assert!(
        r > 100 && g < r / 2 && b < r / 2,
        "the disc should stay red, not {r} {g} {b}"
    );
}

#[test]
fn pixel_art_is_square_pixels_of_a_small_palette() {
    let drawn = painted(Op::PixelArt);
    let colours: HashSet<[u8; 3]> = drawn.iter().copied().collect();
    assert!(colours.len() <= 40, "{} colours", colours.len());
    let first = at(&drawn, 0, 0);
    assert_eq!(first, at(&drawn, 1, 1), "the pixels should be larger than one");
}

#[test]
fn dots_keep_the_tone_and_are_only_inks_and_paper() {
    let printed = painted(Op::Halftone);
    let wall: Vec<[u8; 3]> = printed[..(SIDE * 30) as usize].to_vec();
    let [r, g, b] = mean(&wall);
    assert!((90.0..200.0).contains(&g) && b > r, "the wall is printed {r} {g} {b}");
    assert!(edges(&printed) > 10_000, "there should be dots");
}

#[test]
fn oil_keeps_the_colours_and_the_forms() {
    let drawn = painted(Op::Oil);
    let [r, g, _] = at(&drawn, 120, 120);
    assert!(r > 120 && g < 90, "the disc should stay red");
    let [r, g, b] = at(&drawn, 20, 20);
    assert!(
        r.abs_diff(125) < 30 && g.abs_diff(135) < 30 && b.abs_diff(155) < 35,
        "the wall is {r} {g} {b}"
    );
}
