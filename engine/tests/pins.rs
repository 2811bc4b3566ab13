//! Numbered points: words that name them, and what is done to the things under them.

use plantain_engine::{
    Channels, Context, Finds, Mask, Op, Raster, Reason, RenderContext, RenderError, Target, Unwatched, explain, render,
    understand,
};

fn with_pins(pins: u32) -> Context {
    Context {
        pins,
        references: 1,
        finds: Finds::without_nets(),
        ..Context::default()
    }
}

fn pin(n: u32) -> Target {
    Target::Object {
        object: format!("pin {n}"),
        pick: None,
    }
}

/// What is understood, as operation and target.
fn told(words: &str, pins: u32) -> Vec<(Op, Target)> {
    let understood = understand(words, &with_pins(pins));
    understood
        .steps
        .into_iter()
        .map(|step| (step.op, step.target))
        .collect()
}

#[test]
fn ui_4_8_numbers_name_the_points() {
    for (words, expected) in [
        (
            "make 1 red, remove 2",
            vec![(Op::Recolor, pin(1)), (Op::Remove, pin(2))],
        ),
        (
            "Make 1 red and remove 2.",
            vec![(Op::Recolor, pin(1)), (Op::Remove, pin(2))],
        ),
        ("remove 2", vec![(Op::Remove, pin(2))]),
        ("remove pin 1", vec![(Op::Remove, pin(1))]),
        ("remove the thing at point 2", vec![(Op::Remove, pin(2))]),
        ("blur number 2", vec![(Op::Blur, pin(2))]),
        ("brighten 1", vec![(Op::Brightness, pin(1))]),
        ("make 2 darker", vec![(Op::Brightness, pin(2))]),
        ("make 1 blue", vec![(Op::Recolor, pin(1))]),
    ] {
        assert_eq!(told(words, 2), expected, "{words}");
    }
}

#[test]
fn ui_4_8_strengths_counts_sizes_and_pictures_are_no_points() {
    for words in [
        "saturation +2",
        "contrast -1",
        "brightness 2",
        "make it 2 % brighter",
        "make it 2 times as bright",
        "rotate by 2 degrees",
        "use image 2 as the background",
        "undo the last 2 steps",
        "go back to version 1",
        "crop to 2:1",
        "make it 2 steps brighter",
    ] {
        let (with, without) = (with_pins(2), with_pins(0));
        assert_eq!(understand(words, &with), understand(words, &without), "{words}");
    }
    // Without a point a number is no thing.
    assert!(told("remove 2", 0).is_empty() && told("make 1 red", 0).is_empty());
    // A point that nobody set can't be found.
    let missing = understand("remove pin 3", &with_pins(2));
    assert_eq!(missing.declined[0].reason, Reason::CannotFind);
    assert!(
        missing.declined[0].message.contains("no point 3"),
        "{}",
        missing.declined[0].message
    );
}

#[test]
fn ui_4_8_what_is_told_of_points_is_understood_again() {
    for words in ["make 1 red, remove 2", "brighten 1", "blur 2 strongly"] {
        let steps = understand(words, &with_pins(2)).steps;
        assert!(!steps.is_empty(), "{words}");
        let told = explain(&steps);
        assert_eq!(understand(&told, &with_pins(2)).steps, steps, "{words}: {told}");
    }
}

const WIDTH: u32 = 240;
const HEIGHT: u32 = 160;

/// Where the two discs of the drawn picture are, as shares, and how large.
const DISCS: [([f32; 2], f32); 2] = [([0.28, 0.5], 30.0), ([0.72, 0.45], 26.0)];

fn within(disc: usize, x: u32, y: u32, grown: f32) -> bool {
    let ([u, v], r) = DISCS[disc];
    let (dx, dy) = (x as f32 + 0.5 - u * WIDTH as f32, y as f32 + 0.5 - v * HEIGHT as f32);
    (dx * dx + dy * dy).sqrt() <= r + grown
}

/// A plain wall with a blue and a green disc, a little noise over all of it.
fn two_things() -> Raster {
    let mut data = Vec::new();
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let noise = ((x * 7 + y * 13) % 5) as u8;
            let colour = if within(0, x, y, 0.0) {
                [40, 70, 190]
            } else if within(1, x, y, 0.0) {
                [40, 150, 60]
            } else {
                [205, 200, 190]
            };
            data.extend(colour.map(|c: u8| c + noise));
        }
    }
    Raster::from_u8(WIDTH, HEIGHT, Channels::Rgb, data).expect("a picture")
}

fn pinned(pins: &[[f32; 2]]) -> RenderContext {
    RenderContext {
        pins: pins.to_vec(),
        ..RenderContext::default()
    }
}

fn pixels(raster: &Raster) -> Vec<[u8; 3]> {
    let plantain_engine::Samples::U8(data) = raster.samples() else {
        panic!("eight bits")
    };
    data.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect()
}

#[test]
fn ui_4_8_one_becomes_red_and_two_is_gone() {
    let picture = two_things();
    let steps = understand("make 1 red, remove 2", &with_pins(2)).steps;
    let context = pinned(&[DISCS[0].0, DISCS[1].0]);
    let made = render(&steps, picture.clone(), &context, &Unwatched).expect("rendered");
    let (before, after) = (pixels(&picture), pixels(&made));
    let at = |x: u32, y: u32| (y * WIDTH + x) as usize;
    let (mut red, mut inside, mut wall, mut gone) = (0, 0, 0, 0);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let [r, g, b] = after[at(x, y)];
            if within(0, x, y, -3.0) {
                inside += 1;
                red += u32::from(r > g.saturating_add(40) && r > b.saturating_add(40));
            } else if within(1, x, y, -3.0) {
                gone += 1;
                wall += u32::from(r.abs_diff(205) < 30 && g.abs_diff(200) < 30 && b.abs_diff(190) < 30);
            } else if !within(0, x, y, 14.0) && !within(1, x, y, 20.0) {
                assert_eq!(after[at(x, y)], before[at(x, y)], "outside of both at {x}, {y}");
            }
        }
    }
    assert!(red * 100 > inside * 95, "{red} of {inside} are red");
    assert!(wall * 100 > gone * 95, "{wall} of {gone} are wall");
}

#[test]
fn ui_4_8_points_stay_on_their_things_when_the_picture_is_cropped() {
    let steps = understand("crop it to a square, then remove 1 and make 2 red", &with_pins(2)).steps;
    assert_eq!(steps.len(), 3);
    let context = pinned(&[DISCS[0].0, DISCS[1].0]);
    let made = render(&steps, two_things(), &context, &Unwatched).expect("rendered");
    let all = pixels(&made);
    let red = all
        .iter()
        .filter(|[r, g, b]| *r > g.saturating_add(40) && *r > b.saturating_add(40))
        .count();
    let blue = all.iter().filter(|[r, _, b]| *b > r.saturating_add(60)).count();
    assert!(red > 900, "{red} red pixels of the second disc");
    assert_eq!(blue, 0, "nothing of the first disc is left");
}

#[test]
fn ui_4_8_under_a_point_without_a_thing_nothing_is_done() {
    let plain = Raster::from_u8(64, 48, Channels::Rgb, vec![120; 64 * 48 * 3]).expect("a picture");
    let steps = understand("remove 1", &with_pins(1)).steps;
    let lost = render(&steps, plain, &pinned(&[[0.5, 0.5]]), &Unwatched);
    assert_eq!(lost.err(), Some(RenderError::NoSuchTarget(pin(1))));
    let unset = render(&steps, two_things(), &pinned(&[]), &Unwatched);
    assert_eq!(unset.err(), Some(RenderError::NoSuchTarget(pin(1))));
    // A region is another thing.
    let context = RenderContext {
        region: Mask::new(1, 1, vec![255]).ok(),
        ..pinned(&[])
    };
    assert!(render(&steps, two_things(), &context, &Unwatched).is_err());
}
