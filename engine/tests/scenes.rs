//! What other places promise: every scene is a picture and not a test pattern, the same seed gives the same bytes, a changed
//! background leaves the subject alone to the bit; and what is put in (things, words) stays where it was put.

use plantain_engine::{
    Channels, Context, Finds, Op, Place, Raster, RenderContext, RenderError, Samples, Step, Target, Unwatched, explain,
    render, understand,
};

const SCENES: [&str; 17] = [
    "beach",
    "meadow",
    "forest",
    "enchanted_forest",
    "mountains",
    "snow_mountains",
    "desert",
    "ocean",
    "underwater",
    "space",
    "sunset_sky",
    "starry_night",
    "city_day",
    "city_night",
    "cyberpunk_city",
    "studio",
    "living_room",
];
const WIDTH: u32 = 180;
const HEIGHT: u32 = 120;

/// A red figure with soft edges, standing on nothing: a cut-out, so that no net is needed.
fn figure() -> Raster {
    let samples = (0..WIDTH * HEIGHT).flat_map(|i| {
        let (x, y) = (f64::from(i % WIDTH), f64::from(i / WIDTH));
        let far = ((x - 90.0) / 18.0).powi(2) + ((y - 70.0) / 36.0).powi(2);
        let alpha = ((1.15 - far) * 4.0).clamp(0.0, 1.0);
        [200, 40 + (i % 7) as u8, 50, (alpha * 255.0) as u8]
    });
    Raster::from_u8(WIDTH, HEIGHT, Channels::Rgba, samples.collect()).expect("it fits")
}

fn scene(name: &str, strength: Option<f32>) -> Step {
    let mut step = Step::new(Op::BackgroundReplace).on(Target::Background);
    step.params.scene = Some(name.to_owned());
    step.strength = strength;
    step
}

fn run(step: &Step, picture: Raster, context: &RenderContext) -> Vec<u8> {
    let Samples::U8(samples) = render(std::slice::from_ref(step), picture, context, &Unwatched)
        .expect("it can be done")
        .into_samples()
    else {
        panic!("8 bits went in")
    };
    samples
}

fn bytes(raster: &Raster) -> Vec<u8> {
    let Samples::U8(samples) = raster.samples() else {
        panic!("8 bits")
    };
    samples.clone()
}

fn with_seed(seed: u64) -> RenderContext {
    RenderContext {
        seed,
        ..RenderContext::default()
    }
}

#[test]
fn every_scene_fills_the_ground_and_leaves_the_subject_alone_to_the_bit() {
    let before = bytes(&figure());
    for name in SCENES {
        let after = run(&scene(name, None), figure(), &with_seed(3));
        let mut tones = std::collections::HashSet::new();
        for (old, new) in before.chunks_exact(4).zip(after.chunks_exact(4)) {
            assert_eq!(new[3], 255, "{name} is opaque");
            match old[3] {
                255 => assert_eq!(old[..3], new[..3], "{name} changes the subject"),
                0 => {
                    tones.insert([new[0] / 8, new[1] / 8, new[2] / 8]);
                }
                _ => {}
            }
        }
        let least = if name == "studio" { 8 } else { 120 };
        assert!(tones.len() > least, "{name} has but {} tones", tones.len());
    }
}

#[test]
fn the_same_seed_paints_the_same_and_another_seed_another() {
    for name in ["forest", "cyberpunk_city", "space"] {
        let once = run(&scene(name, None), figure(), &with_seed(5));
        assert_eq!(once, run(&scene(name, None), figure(), &with_seed(5)), "{name}");
        assert_ne!(once, run(&scene(name, None), figure(), &with_seed(6)), "{name}");
    }
}

#[test]
fn a_scene_has_another_light_at_another_time() {
    let light = |name: Option<&str>| {
        let mut step = scene("beach", None);
        step.params.light = name.map(str::to_owned);
        let after = run(&step, figure(), &with_seed(1));
        after.iter().map(|v| u64::from(*v)).sum::<u64>() / after.len() as u64
    };
    assert!(light(Some("night")) + 30 < light(None), "night is darker");
    let mut wrong = scene("beach", None);
    wrong.params.light = Some("noonish".into());
    assert!(matches!(
        render(&[wrong], figure(), &with_seed(1), &Unwatched),
        Err(RenderError::BadStep { .. })
    ));
}

#[test]
fn a_subject_put_into_a_scene_takes_its_light_moderately() {
    let before = bytes(&figure());
    let after = run(&scene("underwater", Some(0.5)), figure(), &with_seed(1));
    let middle = ((70 * WIDTH + 90) * 4) as usize;
    let (old, new) = (&before[middle..middle + 3], &after[middle..middle + 3]);
    assert_ne!(old, new, "the light falls on it");
    assert!(
        new[0] > new[1] + 40 && new[0] > new[2] + 20,
        "and it is still red: {new:?}"
    );
}

#[test]
fn a_picture_becomes_the_ground_and_a_missing_one_is_told() {
    let blue = Raster::from_u8(40, 40, Channels::Rgb, [20, 60, 220].repeat(1600)).expect("it fits");
    let mut step = Step::new(Op::BackgroundReplace).on(Target::Background);
    step.params.reference = Some(2);
    let context = RenderContext {
        references: vec![blue],
        ..RenderContext::default()
    };
    let after = run(&step, figure(), &context);
    assert!(after[2] > 200 && after[0] < 40, "{:?}", &after[..4]);
    let missing = render(&[step], figure(), &RenderContext::default(), &Unwatched);
    assert_eq!(missing, Err(RenderError::NoReference(2)));
}

#[test]
fn a_thing_from_another_picture_stands_where_it_was_put_and_nothing_else_moves() {
    let room = Raster::from_u8(300, 200, Channels::Rgb, [180, 170, 150].repeat(300 * 200)).expect("it fits");
    let before = bytes(&room);
    let mut step = Step::new(Op::Insert);
    (step.params.reference, step.params.place) = (Some(2), Some(Place::BottomRight));
    let context = RenderContext {
        references: vec![figure()],
        ..RenderContext::default()
    };
    let after = run(&step, room, &context);
    let at = |x: usize, y: usize| &after[(y * 300 + x) * 3..][..3];
    let red: Vec<(usize, usize)> = (0..200)
        .flat_map(|y| (0..300).map(move |x| (x, y)))
        .filter(|&(x, y)| at(x, y)[0] > at(x, y)[1] + 60)
        .collect();
    let middle = red.iter().map(|p| p.0).sum::<usize>() / red.len().max(1);
    let foot = red.iter().map(|p| p.1).max().unwrap_or(0);
    assert!(
        red.len() > 500 && (220..270).contains(&middle) && foot > 180,
        "{} at {middle}, {foot}",
        red.len()
    );
    assert_eq!(
        before[..300 * 3 * 60],
        after[..300 * 3 * 60],
        "above it nothing changes"
    );
    let shadow = at(middle, foot + 2);
    assert!(shadow[0] < 175, "it throws a shadow: {shadow:?}");
}

#[test]
fn a_caption_is_written_where_it_was_asked_for_and_in_its_colour() {
    let grey = || Raster::from_u8(400, 200, Channels::Rgb, [128; 3].repeat(400 * 200)).expect("it fits");
    let mut step = Step::new(Op::Caption);
    step.params.text = Some("Happy birthday".into());
    step.params.color = Some("#ff0000".into());
    step.params.place = Some(Place::TopLeft);
    let after = run(&step, grey(), &RenderContext::default());
    let red: Vec<usize> = after
        .chunks_exact(3)
        .enumerate()
        .filter(|(_, p)| p[0] > 230 && p[1] < 40)
        .map(|(i, _)| i)
        .collect();
    assert!(red.len() > 150, "{} pixels are written", red.len());
    assert!(red.iter().all(|i| i / 400 < 60 && i % 400 < 250), "in the corner");
    assert!(after.chunks_exact(3).any(|p| p[0] < 80), "with an outline");
    let long = "The quick brown fox jumps over the lazy dog ".repeat(6);
    step.params.text = Some(long);
    let after = run(&step, grey(), &RenderContext::default());
    assert!(
        after.chunks_exact(3).any(|p| p[0] > 200 && p[1] < 90),
        "a long one is broken into lines"
    );
}

fn told(text: &str, references: u32) -> String {
    let context = Context {
        references,
        finds: Finds::everything(),
        ..Context::default()
    };
    let understood = understand(text, &context);
    let steps = understood.steps.iter().map(|s| {
        let params = &s.params;
        let target = match &s.target {
            Target::Picture => String::new(),
            other => format!(" {other:?}").to_lowercase(),
        };
        let parts = [
            params.scene.clone(),
            params.light.clone(),
            params.text.clone(),
            params.reference.map(|n| n.to_string()),
            params.color.clone(),
            s.strength.map(|v| v.to_string()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!(
            "{}{target} {}{}",
            s.op.name(),
            parts.join(" "),
            params.place.map(|p| format!(" {p:?}")).unwrap_or_default()
        )
    });
    let declined = understood.declined.iter().map(|d| format!("!{:?}", d.reason));
    steps.chain(declined).collect::<Vec<_>>().join("; ")
}

fn check(table: &[(&str, u32, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, references, expected)| {
            let told = told(text, *references);
            (told != *expected).then(|| format!("“{text}”\n   is {told}\n   not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn places_are_understood() {
    check(&[
        (
            "Place me in a cyberpunk city at sunset",
            0,
            "background_replace background cyberpunk_city sunset 0.5",
        ),
        (
            "Put my dog in a magical forest with glowing trees",
            0,
            "background_replace background enchanted_forest 0.5",
        ),
        (
            "Change the park to a snowy mountain landscape",
            0,
            "background_replace background snow_mountains",
        ),
        // The painted valley has trees in snow and is no forest: the answer says that it is the nearest.
        (
            "change the background to a snowy forest scene",
            0,
            "background_replace background snow_mountains snowy forest",
        ),
        ("put her on a beach", 0, "background_replace background beach 0.5"),
        (
            "could you put the dog on the moon?",
            0,
            "background_replace background space moon 0.5",
        ),
        (
            "change the background to a jungle",
            0,
            "background_replace background forest jungle",
        ),
        (
            "change the background to the beach at night",
            0,
            "background_replace background beach night",
        ),
        (
            "replace the background with a city at night",
            0,
            "background_replace background city_night",
        ),
        (
            "make the background a starry night",
            0,
            "background_replace background starry_night",
        ),
        ("put a beach behind her", 0, "background_replace background beach"),
        ("change the sky to a sunset", 0, "background_replace sky sunset_sky 0.5"),
        (
            "replace the background with image 2",
            1,
            "background_replace background 2",
        ),
        ("put me in picture 2", 1, "background_replace background 2 0.5"),
        ("change the background to an office", 0, "!NeedsGenerative"),
        ("replace the background with image 2", 0, "!MissingReference"),
    ]);
}

#[test]
fn things_of_another_picture_are_understood() {
    check(&[
        (
            "Blend the clock into the living room, making it look like a natural part of the decor",
            1,
            "insert clock 2",
        ),
        (
            "put the cat from image 2 on the sofa",
            1,
            "insert object { object: \"couch\", pick: none } cat 2",
        ),
        (
            "add the second image's cup to the table",
            1,
            "insert object { object: \"dining table\", pick: none } cup 2",
        ),
        ("insert image 2 at the bottom right", 1, "insert 2 BottomRight"),
        ("Blend the clock into the living room", 0, "!MissingReference"),
        ("add a rabbit", 1, "!NeedsGenerative"),
    ]);
}

#[test]
fn captions_are_understood() {
    check(&[
        (
            "write \"Happy birthday\" at the bottom",
            0,
            "caption Happy birthday Bottom",
        ),
        ("Add text 'ID' on the image", 0, "caption ID"),
        (
            "add the caption Summer 2024 in red at the top left",
            0,
            "caption Summer 2024 #ff0000 TopLeft",
        ),
        (
            "write Hello World in white at the top",
            0,
            "caption Hello World #ffffff Top",
        ),
        ("add a caption", 0, "!TooVague"),
        ("write \"SALE\" on her shirt", 0, "!NeedsGenerative"),
    ]);
}

#[test]
fn what_is_explained_is_understood_again() {
    let context = Context {
        references: 3,
        finds: Finds::everything(),
        ..Context::default()
    };
    let lights = [
        None,
        Some("sunset"),
        Some("dawn"),
        Some("night"),
        Some("overcast"),
        Some("day"),
    ];
    let mut plans = Vec::new();
    for name in SCENES {
        for light in lights {
            for strength in [None, Some(0.5)] {
                let mut step = scene(name, strength);
                step.params.light = light.map(str::to_owned);
                // A city by night is a scene of its own, and so on: those are not said twice.
                let twice = matches!(
                    (name, light),
                    ("city_day", Some("night" | "day"))
                        | ("city_night" | "starry_night", Some("night"))
                        | ("sunset_sky", Some("sunset"))
                );
                if !twice {
                    plans.push(step);
                }
            }
        }
    }
    let mut near = scene("forest", Some(0.5));
    near.params.text = Some("jungle".into());
    plans.push(near);
    let mut insert = Step::new(Op::Insert);
    (insert.params.reference, insert.params.scale) = (Some(3), Some(0.5));
    plans.push(insert.clone());
    insert.params.text = Some("clock".into());
    insert.params.place = Some(Place::TopLeft);
    plans.push(insert);
    let mut caption = Step::new(Op::Caption);
    caption.params.text = Some("Don't blur, brighten and crop".into());
    plans.push(caption.clone());
    (
        caption.params.color,
        caption.params.scale,
        caption.params.place,
        caption.params.style,
    ) = (
        Some("#ff8000".into()),
        Some(1.5),
        Some(Place::Bottom),
        Some("plate".into()),
    );
    plans.push(caption);
    let wrong: Vec<String> = plans
        .iter()
        .filter_map(|plan| {
            let sentence = explain(std::slice::from_ref(plan));
            let understood = understand(&sentence, &context);
            (understood.steps != [plan.clone()]).then(|| format!("{sentence}\n   {:?}\n   {plan:?}", understood))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
