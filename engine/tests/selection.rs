//! What selection finds, on drawn pictures whose truth is known, and what the operations on a subject promise.
//!
//! Nets are played by stand-ins that answer as drawn. The table with the real nets needs their weights and is ignored
//! without being asked for: `PLANTAIN_MODEL_DIR=FOLDER cargo test -p plantain-engine --test selection -- --ignored --nocapture`.

use std::sync::{Arc, Mutex};

use plantain_engine::nets::{Net, NetError, Nets, Tensor, load};
use plantain_engine::{
    Channels, Mask, Op, Params, Pick, Raster, RenderContext, RenderError, Samples, Side, Step, Target, Unwatched,
    Watch, render, smart_select,
};

const SIZE: (u32, u32) = (360, 270);

/// A net that answers the same to everything.
struct Drawn(Vec<Tensor>);

impl Net for Drawn {
    fn run(&self, _inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        Ok(self.0.clone())
    }
}

/// How much of a place (shares of the picture) a shape covers, 0…1 with a soft edge.
type Shape = fn(f32, f32) -> f32;

/// Positive inside, in shares; one pixel and a half of softness.
fn soft(inside: f32) -> f32 {
    (inside * SIZE.0 as f32 / 1.5 + 0.5).clamp(0.0, 1.0)
}

fn disc(u: f32, v: f32) -> f32 {
    soft(0.26 - ((u - 0.5).powi(2) + ((v - 0.5) * 0.75).powi(2)).sqrt())
}

fn bottle(u: f32, v: f32) -> f32 {
    let half = if v < 0.35 {
        0.05
    } else {
        0.05 + 0.09 * ((v - 0.35) * 9.0).min(1.0)
    };
    soft((half - (u - 0.48).abs()).min(v - 0.12).min(0.9 - v))
}

fn flower(u: f32, v: f32) -> f32 {
    let (x, y) = (u - 0.52, (v - 0.5) * 0.75);
    soft(0.19 + 0.07 * (y.atan2(x) * 6.0).cos() - (x * x + y * y).sqrt())
}

fn two_lobes(u: f32, v: f32) -> f32 {
    let ball = |x: f32, y: f32, r: f32| r - ((u - x).powi(2) + ((v - y) * 0.75).powi(2)).sqrt();
    soft(ball(0.42, 0.42, 0.15).max(ball(0.56, 0.62, 0.19)))
}

const SHAPES: [(&str, Shape); 4] = [
    ("disc", disc),
    ("bottle", bottle),
    ("flower", flower),
    ("two lobes", two_lobes),
];

/// A busy ground: leaves of three greens, planks, or a wall of bricks.
fn ground(kind: usize, x: u32, y: u32) -> [f32; 3] {
    let noise = {
        let mut n = x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263)) ^ 0x5bd1_e995;
        n = (n ^ n >> 13).wrapping_mul(1_274_126_177);
        (n >> 24) as f32 / 255.0 - 0.5
    };
    let (fx, fy) = (x as f32, y as f32);
    match kind {
        0 => {
            let leaf =
                ((fx * 0.11 + (fy * 0.07).sin() * 3.0).sin() * (fy * 0.13 + (fx * 0.05).cos() * 4.0).sin()).abs();
            [
                40.0 + 40.0 * leaf + noise * 16.0,
                90.0 + 80.0 * leaf + noise * 20.0,
                35.0 + noise * 12.0,
            ]
        }
        1 => {
            let plank = if y % 34 < 2 {
                -45.0
            } else {
                (fy / 34.0).floor() % 3.0 * 9.0
            };
            let grain = (fx * 0.06 + (fy * 0.9).sin()).sin() * 10.0;
            [
                150.0 + plank + grain + noise * 10.0,
                108.0 + plank + grain,
                70.0 + plank + noise * 8.0,
            ]
        }
        _ => {
            let row = y / 22;
            let joint = y % 22 < 3 || (x + row % 2 * 24) % 48 < 3;
            if joint {
                [190.0 + noise * 20.0; 3]
            } else {
                [140.0 + noise * 30.0, 74.0 + noise * 20.0, 62.0 + noise * 16.0]
            }
        }
    }
}

/// A shaded object of a shape before a busy ground, and its truth.
fn picture(shape: Shape, kind: usize) -> (Raster, Vec<f32>) {
    let (w, h) = SIZE;
    let (mut samples, mut truth) = (Vec::new(), Vec::new());
    for y in 0..h {
        for x in 0..w {
            let (u, v) = ((x as f32 + 0.5) / w as f32, (y as f32 + 0.5) / h as f32);
            let share = shape(u, v);
            let light = 0.75 + 0.5 * (0.6 - u) - 0.25 * v;
            let object =
                [[225.0, 60.0, 50.0], [60.0, 110.0, 215.0], [240.0, 205.0, 60.0]][kind % 3].map(|c: f32| c * light);
            let back = ground(kind, x, y);
            samples
                .extend((0..3).map(|i| (back[i] + (object[i].min(255.0) - back[i]) * share).clamp(0.0, 255.0) as u8));
            truth.push(share);
        }
    }
    (Raster::from_u8(w, h, Channels::Rgb, samples).expect("it fits"), truth)
}

/// What the net would see of a shape: 320 by 320 cells, blurred.
fn seen(shape: Shape) -> Arc<dyn Net> {
    let cells = (0..320 * 320).map(|i| {
        let (u, v) = ((i % 320) as f32 / 320.0, (i / 320) as f32 / 320.0);
        let near = (0..25).map(|k| shape(u + ((k % 5) as f32 - 2.0) * 0.004, v + ((k / 5) as f32 - 2.0) * 0.004));
        near.sum::<f32>() / 25.0
    });
    Arc::new(Drawn(vec![
        Tensor::new(&[1, 1, 320, 320], cells.collect()).expect("it fits"),
    ]))
}

fn with(nets: Nets) -> RenderContext {
    RenderContext {
        nets,
        ..RenderContext::default()
    }
}

fn sees(shape: Shape) -> RenderContext {
    with(Nets {
        subject: Some(seen(shape)),
        ..Nets::default()
    })
}

fn done(step: &Step, picture: &Raster, context: &RenderContext) -> Raster {
    render(std::slice::from_ref(step), picture.clone(), context, &Unwatched).expect("the step is sound")
}

fn bytes(raster: &Raster) -> &[u8] {
    match raster.samples() {
        Samples::U8(v) => v,
        Samples::U16(_) => panic!("8 bits expected"),
    }
}

/// The mask of a target, 0…1: what a cut-out keeps.
fn mask(target: Target, picture: &Raster, context: &RenderContext) -> Vec<f32> {
    let cut = done(&Step::new(Op::Cutout).on(target), picture, context);
    bytes(&cut).chunks_exact(4).map(|p| f32::from(p[3]) / 255.0).collect()
}

/// Soft intersection over union.
fn iou(a: &[f32], b: &[f32]) -> f32 {
    let both: f32 = a.iter().zip(b).map(|(a, b)| a.min(*b)).sum();
    let either: f32 = a.iter().zip(b).map(|(a, b)| a.max(*b)).sum();
    both / either
}

#[test]
fn the_edges_are_the_pictures_and_not_the_nets() {
    for (name, shape) in SHAPES {
        for kind in 0..3 {
            let (picture, truth) = picture(shape, kind);
            let found = mask(Target::Subject, &picture, &sees(shape));
            let score = iou(&found, &truth);
            assert!(score > 0.96, "{name} before ground {kind}: {score}");
        }
    }
}

#[test]
fn a_tap_a_stroke_and_a_rough_drawing_find_the_thing_under_them() {
    for (name, shape) in SHAPES {
        for kind in 0..3 {
            let (picture, truth) = picture(shape, kind);
            let drawn = |share: &dyn Fn(f32, f32) -> f32| {
                let cells = (0..90 * 120).map(|i| ((i % 120) as f32 / 120.0, (i / 120) as f32 / 90.0));
                let data = cells.map(|(u, v)| if share(u, v) > 0.5 { 255 } else { 0 }).collect();
                Mask::new(120, 90, data).expect("it fits")
            };
            let spot = |u: f32, v: f32, r: f32| soft(r - ((u - 0.5).powi(2) + ((v - 0.58) * 0.75).powi(2)).sqrt());
            let tap = drawn(&|u, v| spot(u, v, 0.012));
            let stroke = drawn(&|u, v| f32::from(u8::from((u - 0.5).abs() < 0.008 && (0.45..0.75).contains(&v))));
            // Bulging out on both sides.
            let rough = drawn(&|u, v| shape(u, v).max(shape(u + 0.02, v)).max(shape(u - 0.02, v)));
            for (way, mask) in [("tap", tap), ("stroke", stroke), ("rough", rough)] {
                let found = smart_select(&mask, &picture, &Unwatched).expect("nobody cancels");
                let found: Vec<f32> = found.data().iter().map(|v| f32::from(*v) / 255.0).collect();
                let score = iou(&found, &truth);
                assert!(score > 0.95, "{way} on {name} before ground {kind}: {score}");
            }
        }
    }
    let (picture, _) = picture(disc, 0);
    let nothing = Mask::new(9, 9, vec![0; 81]).expect("it fits");
    let found = smart_select(&nothing, &picture, &Unwatched).expect("nobody cancels");
    assert!((found.width(), found.height()) == SIZE && found.data().iter().all(|v| *v == 0));
}

#[test]
fn without_a_net_the_middle_is_found_by_its_colours() {
    for (name, shape) in SHAPES {
        for kind in 0..3 {
            let (picture, truth) = picture(shape, kind);
            let score = iou(&mask(Target::Subject, &picture, &RenderContext::default()), &truth);
            assert!(score > 0.85, "{name} before ground {kind}: {score}");
        }
    }
}

#[test]
fn a_rough_brush_or_box_follows_what_it_was_drawn_over() {
    for (name, shape) in SHAPES {
        for kind in 0..3 {
            let (picture, truth) = picture(shape, kind);
            let (w, h) = SIZE;
            let frame = Mask::rectangle(SIZE, (w / 6, h / 14, w * 2 / 3, h * 7 / 8)).expect("it fits");
            let daub = (0..w * h).map(|i| {
                let near = (-3..=3).flat_map(|dy| (-3..=3).map(move |dx| (dx as f32 * 0.012, dy as f32 * 0.016)));
                let (u, v) = ((i % w) as f32 / w as f32, (i / w) as f32 / h as f32);
                u8::from(near.map(|(dx, dy)| shape(u + dx, v + dy)).fold(0.0, f32::max) > 0.5) * 255
            });
            let daub = Mask::new(w, h, daub.collect()).expect("it fits");
            for (how, region) in [("box", frame), ("brush", daub)] {
                let context = RenderContext {
                    region: Some(region),
                    ..RenderContext::default()
                };
                let score = iou(&mask(Target::Region, &picture, &context), &truth);
                assert!(score > 0.9, "{name} before ground {kind} with a {how}: {score}");
            }
        }
    }
}

fn colored(op: Op, color: &str) -> Step {
    let mut step = Step::new(op).on(Target::Background);
    step.params.color = Some(color.into());
    step
}

fn scene(name: &str) -> Step {
    let mut step = Step::new(Op::BackgroundReplace).on(Target::Background);
    step.params = Params {
        scene: Some(name.into()),
        color: Some("#86a0c4".into()),
        ..Params::default()
    };
    step
}

fn ten_backgrounds() -> [Step; 10] {
    let tone = |op: Op, strength: f32| Step::new(op).with_strength(strength).on(Target::Background);
    [
        tone(Op::Blur, 0.5),
        tone(Op::Brightness, -0.5),
        tone(Op::Saturation, -0.6),
        colored(Op::BackgroundColor, "#d03010"),
        scene("studio"),
        tone(Op::Temperature, 0.8),
        tone(Op::Grain, 0.5),
        tone(Op::BackgroundBlur, 0.9),
        scene("gradient"),
        colored(Op::BackgroundColor, "#ffffff"),
    ]
}

#[test]
fn c5_the_inner_pixels_are_the_same_bits_after_ten_backgrounds_in_ten_turns() {
    for (name, shape) in SHAPES {
        let (original, truth) = picture(shape, 1);
        let context = sees(shape);
        let mut now = original.clone();
        for step in ten_backgrounds() {
            let inner = mask(Target::Subject, &now, &context);
            let next = done(&step, &now, &context);
            assert_ne!(next, now, "{step:?}");
            for (i, _) in inner.iter().enumerate().filter(|(_, a)| **a == 1.0) {
                let at = |r: &Raster| bytes(r)[i * 3..i * 3 + 3].to_vec();
                assert_eq!(at(&next), at(&now), "{name}: {step:?} touched pixel {i}");
            }
            now = next;
        }
        let kept = (0..truth.len()).filter(|&i| bytes(&now)[i * 3..i * 3 + 3] == bytes(&original)[i * 3..i * 3 + 3]);
        let inside = truth.iter().filter(|t| **t == 1.0).count();
        assert!(kept.count() > inside * 9 / 10, "{name}");
    }
}

#[test]
fn c5_a_plan_speaks_of_the_same_subject_all_along() {
    let (original, _) = picture(flower, 0);
    let context = sees(flower);
    let inner = mask(Target::Subject, &original, &context);
    let after = render(&ten_backgrounds(), original.clone(), &context, &Unwatched).expect("sound");
    for (i, _) in inner.iter().enumerate().filter(|(_, a)| **a == 1.0) {
        assert_eq!(
            bytes(&after)[i * 3..i * 3 + 3],
            bytes(&original)[i * 3..i * 3 + 3],
            "pixel {i}"
        );
    }
}

#[test]
fn the_edge_carries_none_of_the_old_ground() {
    // A red disc on plain green: what is left of green at the edge would be a halo.
    let (w, h) = SIZE;
    let samples = (0..w * h).flat_map(|i| {
        let share = disc((i % w) as f32 / w as f32, (i / w) as f32 / h as f32);
        [30.0 + 190.0 * share, 200.0 - 170.0 * share, 30.0].map(|v| v as u8)
    });
    let picture = Raster::from_u8(w, h, Channels::Rgb, samples.collect()).expect("it fits");
    let cut = done(&Step::new(Op::Cutout), &picture, &sees(disc));
    let mut soft = 0;
    for pixel in bytes(&cut).chunks_exact(4) {
        match pixel[3] {
            0 => assert_eq!(pixel[..3], [0; 3], "nothing of the ground is left to be found"),
            60..=254 => {
                soft += 1;
                assert!(pixel[1] < 90 && pixel[0] > 130, "a green rim: {pixel:?}");
            }
            _ => {}
        }
    }
    assert!(soft > 300, "the edge is soft: {soft} pixels");
    let blue = done(&colored(Op::BackgroundColor, "#2040e0"), &picture, &sees(disc));
    assert!(
        bytes(&blue).chunks_exact(3).all(|p| p[1] < 110),
        "no green is left anywhere"
    );
}

#[test]
fn a_cut_out_picture_is_its_own_truth() {
    let (picture, _) = picture(flower, 2);
    let cut = done(&Step::new(Op::Cutout), &picture, &sees(flower));
    // No net is needed any more: its alpha says what the subject is.
    let white = done(
        &colored(Op::BackgroundColor, "#ffffff"),
        &cut,
        &RenderContext::default(),
    );
    for (before, after) in bytes(&cut).chunks_exact(4).zip(bytes(&white).chunks_exact(4)) {
        assert_eq!(after[3], 255);
        match before[3] {
            255 => assert_eq!(before, after),
            0 => assert_eq!(after[..3], [255; 3]),
            _ => {}
        }
    }
}

#[test]
fn the_sky_is_found_down_to_the_hills_and_a_room_has_none() {
    let (w, h) = SIZE;
    let hill = |x: u32| (h as f32 * (0.55 + 0.08 * (x as f32 * 0.03).sin())) as u32;
    let samples = (0..w * h).flat_map(|i| {
        let (x, y) = (i % w, i / w);
        let wave = ((x * 7 + y * 13) % 23) as u8;
        if y < hill(x) {
            [110 + (y / 3) as u8, 160 + (y / 4) as u8, 225]
        } else {
            [60 + wave, 95 + wave, 40]
        }
    });
    let picture = Raster::from_u8(w, h, Channels::Rgb, samples.collect()).expect("it fits");
    let truth: Vec<f32> = (0..w * h).map(|i| f32::from(u8::from(i / w < hill(i % w)))).collect();
    let score = iou(&mask(Target::Sky, &picture, &RenderContext::default()), &truth);
    assert!(score > 0.95, "{score}");
    let (bricks, _) = self::picture(disc, 2);
    let step = Step::new(Op::Brightness).with_strength(-0.5).on(Target::Sky);
    let refused = render(&[step], bricks, &RenderContext::default(), &Unwatched);
    assert_eq!(refused, Err(RenderError::NoSuchTarget(Target::Sky)));
}

const CUP: usize = 41;

/// Middle and size in shares.
type Spot = (f32, f32, f32, f32);

/// A detector that sees cups at these places.
fn detector(cups: &[Spot]) -> Arc<dyn Net> {
    let cups = cups.iter().enumerate();
    unsure(
        &cups
            .map(|(n, place)| (CUP, 0.9 - 0.1 * n as f32, *place))
            .collect::<Vec<_>>(),
    )
}

/// A detector that sees things of these kinds, so surely, at these places.
fn unsure(things: &[(usize, f32, Spot)]) -> Arc<dyn Net> {
    let (mut maps, mut boxes) = (vec![0.0; 80 * 128 * 128], vec![0.0; 4 * 128 * 128]);
    for &(kind, score, (u, v, w, h)) in things {
        let cell = (v * 128.0) as usize * 128 + (u * 128.0) as usize;
        maps[kind * 128 * 128 + cell] = score;
        for (edge, far) in [w, h, w, h].into_iter().enumerate() {
            boxes[edge * 128 * 128 + cell] = far * 256.0;
        }
    }
    let tensor = |n: usize, data| Tensor::new(&[1, n, 128, 128], data).expect("it fits");
    Arc::new(Drawn(vec![tensor(80, maps), tensor(4, boxes)]))
}

#[test]
fn a_person_can_say_which_one() {
    let (picture, _) = picture(disc, 0);
    // The small cup stands left, the big one right, and each fills its own part of the picture.
    let context = with(Nets {
        subject: Some(seen(|u, v| soft(0.45 - (u - 0.5).abs().max((v - 0.5).abs())))),
        objects: Some(detector(&[
            (0.2, 0.5, 0.2, 0.3),
            (0.7, 0.5, 0.4, 0.5),
            (0.45, 0.1, 0.1, 0.1),
        ])),
        ..Nets::default()
    });
    let middle = |pick: Option<Pick>| {
        let target = Target::Object {
            object: "cup".into(),
            pick,
        };
        let found = mask(target, &picture, &context);
        let sum: f32 = found.iter().sum();
        let x: f32 = found
            .iter()
            .enumerate()
            .map(|(i, a)| (i as u32 % SIZE.0) as f32 * a)
            .sum();
        x / sum / SIZE.0 as f32
    };
    for (pick, at) in [
        (None, 0.7),
        (Some(Pick::Side(Side::Left)), 0.2),
        (Some(Pick::Side(Side::Right)), 0.7),
        (Some(Pick::Side(Side::Biggest)), 0.7),
        (Some(Pick::Side(Side::Smallest)), 0.45),
        (Some(Pick::Side(Side::Top)), 0.45),
        (Some(Pick::Nth(1)), 0.2),
        (Some(Pick::Nth(3)), 0.7),
    ] {
        let found = middle(pick);
        assert!((found - at).abs() < 0.08, "{pick:?} is at {found}, not {at}");
    }
}

#[test]
fn what_is_named_may_be_seen_less_surely() {
    let (picture, _) = picture(disc, 0);
    let place = (0.5, 0.5, 0.5, 0.6);
    let finds = |cat: f32, dog: f32| {
        let context = with(Nets {
            subject: Some(seen(disc)),
            objects: Some(unsure(&[(15, cat, place), (16, dog, place)])),
            ..Nets::default()
        });
        let target = Target::Object {
            object: "cat".into(),
            pick: None,
        };
        let step = Step::new(Op::Cutout).on(target);
        render(&[step], picture.clone(), &context, &Unwatched).is_ok()
    };
    assert!(finds(0.24, 0.0), "a cat that only the person is sure of");
    assert!(finds(0.24, 0.41), "taken for a dog rather than a cat");
    assert!(!finds(0.24, 0.7), "surely a dog");
    assert!(!finds(0.13, 0.0), "as good as nothing");
}

#[test]
fn what_is_not_seen_is_not_guessed() {
    let (picture, _) = picture(disc, 0);
    let context = with(Nets {
        subject: Some(seen(disc)),
        objects: Some(detector(&[(0.5, 0.5, 0.5, 0.5)])),
        ..Nets::default()
    });
    let looks_for = |name: &str, context: &RenderContext| {
        let target = Target::Object {
            object: name.into(),
            pick: None,
        };
        render(
            &[Step::new(Op::Cutout).on(target)],
            picture.clone(),
            context,
            &Unwatched,
        )
    };
    assert!(looks_for("the mug", &context).is_ok(), "another word for a cup");
    for (name, context) in [
        ("dog", &context),
        ("unicorn", &context),
        ("cup", &RenderContext::default()),
    ] {
        assert!(
            matches!(looks_for(name, context), Err(RenderError::NoSuchTarget(_))),
            "{name}"
        );
    }
    let blind = with(Nets {
        subject: Some(seen(|_, _| 0.02)),
        ..Nets::default()
    });
    let lost = render(&[Step::new(Op::Cutout)], picture, &blind, &Unwatched);
    assert_eq!(lost, Err(RenderError::NoSuchTarget(Target::Subject)));
}

/// A net that makes each pixel a square of pixels, or hands the picture back.
struct Nearest(usize);

impl Net for Nearest {
    fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        let &[n, c, h, w] = inputs[0].shape() else {
            return Err(NetError::Shape("no picture".into()));
        };
        let by = self.0;
        let at = |i: usize| {
            let (x, y, c) = (i % (w * by) / by, i / (w * by) % (h * by) / by, i / (w * h * by * by));
            inputs[0].data()[(c * h + y) * w + x]
        };
        let data = (0..n * c * h * w * by * by).map(at).collect();
        Ok(vec![Tensor::new(&[n, c, h * by, w * by], data)?])
    }
}

/// Hears what is said of how it was done.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Watch for Ear {
    fn progress(&self, _fraction: f32, _step: &str) {}
    fn note(&self, sentence: &str) {
        self.0.lock().expect("nobody panics").push(sentence.to_owned());
    }
    fn is_cancelled(&self) -> bool {
        false
    }
}

#[test]
fn the_upscaling_nets_tiles_meet_without_a_seam() {
    let context = with(Nets {
        upscale_2: Some(Arc::new(Nearest(2))),
        ..Nets::default()
    });
    for (channels, depth) in [(Channels::Rgba, 8), (Channels::Gray, 8), (Channels::Rgb, 16)] {
        let (w, h, count) = (333, 171, channels.count());
        let value = |i: usize| ((i * 7 + i / 1000 * 13) % 251) as u8;
        let samples = (0..w * h * count).map(|i| {
            if channels.has_alpha() && i % 4 == 3 {
                255
            } else {
                value(i)
            }
        });
        let samples = match depth {
            8 => Samples::U8(samples.collect()),
            _ => Samples::U16(samples.map(|v| u16::from(v) * 257).collect()),
        };
        let picture = Raster::new(w as u32, h as u32, channels, samples).expect("it fits");
        let ear = Ear::default();
        let out = render(&[Step::new(Op::Upscale)], picture.clone(), &context, &ear).expect("sound");
        assert_eq!((out.width(), out.height(), out.channels()), (666, 342, channels));
        let wide = |r: &Raster| match r.samples() {
            Samples::U8(v) => v.iter().map(|&s| u32::from(s) * 257).collect::<Vec<_>>(),
            Samples::U16(v) => v.iter().map(|&s| u32::from(s)).collect(),
        };
        let (from, to) = (wide(&picture), wide(&out));
        for (i, pixel) in to.chunks_exact(count).enumerate() {
            let source = i / 666 / 2 * w + i % 666 / 2;
            assert_eq!(
                pixel,
                &from[source * count..(source + 1) * count],
                "{channels:?} at {i}"
            );
        }
        assert!(ear.0.lock().expect("nobody panics").is_empty());
    }
}

#[test]
fn what_was_done_the_simple_way_is_said() {
    let (picture, _) = picture(disc, 0);
    for (op, word) in [(Op::Upscale, "Lanczos"), (Op::Cutout, "basic selection")] {
        let ear = Ear::default();
        render(&[Step::new(op)], picture.clone(), &RenderContext::default(), &ear).expect("sound");
        let said = ear.0.into_inner().expect("nobody panics").join(" ");
        assert!(said.contains(word), "{op:?}: {said}");
    }
}

#[test]
fn a_style_is_laid_over_the_picture_and_stays_within_its_target() {
    let (picture, _) = picture(disc, 0);
    let mut step = Step::new(Op::Style);
    step.params.style = Some("van_gogh".into());
    let context = with(Nets {
        style: Some(Arc::new(Nearest(1))),
        ..Nets::default()
    });
    // This net hands the picture back, so nothing may move but by rounding (270 is no multiple of 4, so rows blend a little).
    let same = done(&step, &picture, &context);
    let off = bytes(&same)
        .iter()
        .zip(bytes(&picture))
        .map(|(a, b)| f64::from(a.abs_diff(*b)));
    assert!(off.sum::<f64>() / (bytes(&picture).len() as f64) < 6.0);
    step.params.style = Some("nobody".into());
    let refused = render(&[step.clone()], picture.clone(), &context, &Unwatched);
    assert!(matches!(refused, Err(RenderError::BadStep { .. })));
    step.params.style = Some("monet".into());
    let refused = render(&[step], picture, &RenderContext::default(), &Unwatched);
    assert!(
        matches!(refused, Err(RenderError::BadStep { .. })),
        "without the net it is not pretended"
    );
}

#[test]
#[ignore = "needs the weights: set PLANTAIN_MODEL_DIR and ask with --ignored"]
fn c4_the_real_net_on_drawn_pictures() {
    let folder = std::env::var_os("PLANTAIN_MODEL_DIR").expect("PLANTAIN_MODEL_DIR names the folder of the weights");
    let bytes = std::fs::read(std::path::Path::new(&folder).join("subject.onnx")).expect("subject.onnx is there");
    let context = with(Nets {
        subject: Some(load(bytes).expect("a net")),
        ..Nets::default()
    });
    println!(
        "{:<10} {:>7} {:>7} {:>7}   by colour alone",
        "IoU", "leaves", "planks", "bricks"
    );
    let mut scores = Vec::new();
    for (name, shape) in SHAPES {
        let row = |context: &RenderContext| -> Vec<f32> {
            let score = |kind: usize| {
                let (picture, truth) = picture(shape, kind);
                iou(&mask(Target::Subject, &picture, context), &truth)
            };
            (0..3).map(score).collect()
        };
        let (net, plain) = (row(&context), row(&RenderContext::default()));
        println!(
            "{name:<10} {:>7.3} {:>7.3} {:>7.3}   {plain:.3?}",
            net[0], net[1], net[2]
        );
        scores.extend(net);
    }
    let mean = scores.iter().sum::<f32>() / scores.len() as f32;
    println!("mean       {mean:.3}");
    assert!(mean >= 0.92, "{mean}");
}
