//! What is promised of things that come into a picture or leave it: nothing else changes, no cut edge floats, no shadow stays
//! behind, and the nets are asked no more often than needed. On drawn pictures whose truth is known; nets are played by
//! stand-ins that answer as drawn.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use plantain_engine::nets::{Net, NetError, Nets, Tensor};
use plantain_engine::{
    Channels, Op, Params, Place, Raster, RenderContext, Samples, Step, Target, Unwatched, Watch, render,
};

type Rgb = [f32; 3];

/// A net that answers the same to everything, and counts how often it was asked.
struct Drawn {
    answer: Vec<Tensor>,
    asked: AtomicUsize,
}

impl Drawn {
    fn new(answer: Vec<Tensor>) -> Arc<Self> {
        let asked = AtomicUsize::new(0);
        Arc::new(Self { answer, asked })
    }

    /// The subject's net, seeing a shape given in shares of the picture.
    fn subject(shape: impl Fn(f32, f32) -> bool) -> Arc<Self> {
        let cell = |i: usize| shape((i % 320) as f32 / 320.0, (i / 320) as f32 / 320.0);
        let cells = (0..320 * 320).map(|i| f32::from(u8::from(cell(i)))).collect();
        Self::new(vec![Tensor::new(&[1, 1, 320, 320], cells).expect("it fits")])
    }

    /// The detector, seeing things of kind `kind` in boxes (left, top, width, height in shares).
    fn detector(kind: usize, boxes: &[[f32; 4]]) -> Arc<Self> {
        let side = 128;
        let mut maps = vec![0.0; 80 * side * side];
        let mut edges = vec![0.0; 4 * side * side];
        for [left, top, width, height] in boxes {
            let (x, y) = (
                ((left + width / 2.0) * side as f32) as usize,
                ((top + height / 2.0) * side as f32) as usize,
            );
            let (u, v) = (x as f32 / side as f32, y as f32 / side as f32);
            maps[kind * side * side + y * side + x] = 0.9;
            let away = [u - left, v - top, left + width - u, top + height - v];
            for (n, share) in away.into_iter().enumerate() {
                edges[n * side * side + y * side + x] = share * 512.0;
            }
        }
        Self::new(vec![
            Tensor::new(&[1, 80, side, side], maps).expect("it fits"),
            Tensor::new(&[1, 4, side, side], edges).expect("it fits"),
        ])
    }
}

impl Net for Drawn {
    fn run(&self, _inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.answer.clone())
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

fn drawn(width: u32, height: u32, colour: impl Fn(f32, f32) -> Rgb) -> Raster {
    let pixel = |i: u32| colour((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
    let samples = (0..width * height).flat_map(|i| pixel(i).map(|v| v.clamp(0.0, 255.0) as u8));
    Raster::from_u8(width, height, Channels::Rgb, samples.collect()).expect("it fits")
}

/// A thing that was cut out before, so that its own alpha says what it is.
fn cut_out(width: u32, height: u32, pixel: impl Fn(f32, f32) -> (Rgb, f32)) -> Raster {
    let samples = (0..width * height).flat_map(|i| {
        let ([r, g, b], share) = pixel((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
        [r, g, b, share.clamp(0.0, 1.0) * 255.0].map(|v| v.clamp(0.0, 255.0) as u8)
    });
    Raster::from_u8(width, height, Channels::Rgba, samples.collect()).expect("it fits")
}

fn bytes(raster: &Raster) -> &[u8] {
    match raster.samples() {
        Samples::U8(v) => v,
        Samples::U16(_) => panic!("8 bits went in"),
    }
}

fn at(raster: &Raster, x: usize, y: usize) -> Rgb {
    let count = raster.channels().count();
    let first = (y * raster.width() as usize + x) * count;
    std::array::from_fn(|c| f32::from(bytes(raster)[first + c]))
}

fn far(a: Rgb, b: Rgb) -> f32 {
    (0..3).map(|c| (a[c] - b[c]).abs()).fold(0.0, f32::max)
}

fn noise(x: f32, y: f32) -> f32 {
    let mut n = (x as u32).wrapping_mul(374_761_393) ^ (y as u32).wrapping_mul(668_265_263);
    n = (n ^ n >> 13).wrapping_mul(1_274_126_177);
    (n >> 16 & 0xff) as f32 / 255.0 - 0.5
}

fn wall(x: f32, y: f32) -> Rgb {
    let light = 178.0 - 0.04 * x - 0.06 * y + 5.0 * noise(x, y);
    [light, light * 0.93, light * 0.82]
}

fn insert(params: Params) -> Step {
    let params = Params {
        reference: Some(2),
        ..params
    };
    Step {
        params,
        ..Step::new(Op::Insert)
    }
}

fn with(reference: Raster, nets: Nets) -> RenderContext {
    RenderContext {
        references: vec![reference],
        nets,
        ..RenderContext::default()
    }
}

fn done(step: &Step, picture: &Raster, context: &RenderContext) -> Raster {
    render(std::slice::from_ref(step), picture.clone(), context, &Unwatched).expect("the step is sound")
}

/// A shaded ball of a plain colour with an edge of a pixel and a half.
const BALL: Rgb = [70.0, 110.0, 190.0];

fn ball() -> Raster {
    cut_out(240, 240, |x, y| {
        let far = (x - 120.0).hypot(y - 120.0);
        let light = 1.0 - 0.3 * (y - 120.0) / 90.0;
        (BALL.map(|c| c * light), (90.0 - far) / 1.5 + 0.5)
    })
}

#[test]
fn what_is_inserted_changes_nothing_else_has_no_halo_and_keeps_its_colour() {
    let room = drawn(600, 400, wall);
    let params = Params {
        place: Some(Place::Center),
        ..Params::default()
    };
    let after = done(&insert(params), &room, &with(ball(), Nets::default()));
    // The ball is found again by its blue.
    let is_ball = |x: usize, y: usize| at(&after, x, y)[2] > at(&after, x, y)[0] + 25.0;
    let on: Vec<(usize, usize)> = (0..400)
        .flat_map(|y| (0..600).map(move |x| (x, y)))
        .filter(|&(x, y)| is_ball(x, y))
        .collect();
    let mean = |of: fn(&(usize, usize)) -> usize| on.iter().map(of).sum::<usize>() as f32 / on.len() as f32;
    let (cx, cy) = (mean(|p| p.0), mean(|p| p.1));
    let radius = (on.len() as f32 / std::f32::consts::PI).sqrt();
    assert!(
        (280.0..320.0).contains(&cx) && radius > 40.0,
        "at {cx}, {cy}, radius {radius}"
    );
    // Above the ball there is neither ball nor shadow, and beside the shadow nothing either.
    let (mut other, mut changed) = (0, 0);
    for y in 0..400 {
        for x in 0..600 {
            let away = (x as f32 - cx).hypot(y as f32 - cy) / radius;
            if away > 2.3 || (y as f32) < cy && away > 1.06 {
                other += 1;
                changed += usize::from(at(&after, x, y) != at(&room, x, y));
            }
        }
    }
    assert_eq!(changed, 0, "of {other} pixels that are neither ball nor shadow");
    // Across the upper edge the light goes from the wall's to the ball's and never beyond either.
    let (mut overshoot, mut widest) = (0.0f32, 0usize);
    for turn in 0..40 {
        let (sin, cos) = (std::f32::consts::PI * (1.1 + 0.8 * turn as f32 / 39.0)).sin_cos();
        let look = |r: f32| at(&after, (cx + cos * r).round() as usize, (cy + sin * r).round() as usize);
        let (inside, outside) = (look(radius - 6.0), look(radius + 6.0));
        let line: Vec<Rgb> = (-6..=6).map(|d| look(radius + d as f32)).collect();
        for pixel in &line {
            for c in 0..3 {
                let (low, high) = (inside[c].min(outside[c]), inside[c].max(outside[c]));
                overshoot = overshoot.max(pixel[c] - high).max(low - pixel[c]);
            }
        }
        let between = |p: &&Rgb| far(**p, inside) > 14.0 && far(**p, outside) > 14.0;
        widest = widest.max(line.iter().filter(between).count());
    }
    // The colour moved toward the wall's, and only a part of the way.
    let middle = at(&after, cx as usize, cy as usize);
    let (was, goal) = (BALL, at(&room, cx as usize, cy as usize));
    let moved = far(middle, was);
    println!(
        "overshoot {overshoot} levels, edge {widest} pixels, colour moved by {moved} of {}",
        far(was, goal)
    );
    assert!(overshoot <= 12.0, "a halo of {overshoot} levels");
    assert!(widest <= 3, "an edge of {widest} pixels");
    assert!((1.0..45.0).contains(&moved), "{middle:?} was {was:?}");
    assert!(middle[2] > middle[1] && middle[1] > middle[0], "still blue: {middle:?}");
}

#[test]
fn inserting_asks_the_nets_no_more_often_than_it_must() {
    let reference = drawn(320, 240, |x, y| match (x - 160.0).hypot(y - 120.0) < 60.0 {
        true => [200.0, 60.0, 50.0],
        false => wall(x, y),
    });
    let subject = Drawn::subject(|u, v| ((u - 0.5) * 320.0).hypot((v - 0.5) * 240.0) < 60.0);
    let nets = Nets {
        subject: Some(subject.clone()),
        ..Nets::default()
    };
    done(
        &insert(Params::default()),
        &drawn(400, 300, wall),
        &with(reference, nets),
    );
    let asked = subject.asked.load(Ordering::Relaxed);
    assert!(
        asked <= 3,
        "two looks cut the thing out, one says what it would cover: {asked}"
    );
}

#[test]
fn what_its_photo_cut_off_stands_at_the_same_edge() {
    let room = drawn(500, 400, wall);
    let bust = cut_out(200, 200, |x, y| {
        let head = 45.0 - (x - 100.0).hypot(y - 70.0);
        let trunk = (70.0 - (x - 100.0).abs()).min(y - 110.0);
        ([190.0, 50.0, 60.0], head.max(trunk) + 0.5)
    });
    let is_red = |r: &Raster, x: usize, y: usize| at(r, x, y)[0] > at(r, x, y)[1] + 60.0;
    let after = done(&insert(Params::default()), &room, &with(bust.clone(), Nets::default()));
    let foot = (0..500).filter(|&x| is_red(&after, x, 399)).count();
    assert!(foot > 60, "{foot} pixels of the bust are in the last row");
    // Lifted, its cut would show: it stays, and that is said.
    let lifted = insert(Params {
        dy: Some(-0.2),
        ..Params::default()
    });
    let ear = Ear::default();
    let after = render(&[lifted], room.clone(), &with(bust.clone(), Nets::default()), &ear).expect("sound");
    assert!((0..500).any(|x| is_red(&after, x, 399)));
    let said = ear.0.into_inner().expect("nobody panics");
    assert!(said.iter().any(|s| s.contains("cut off")), "{said:?}");
    // The same for a side.
    let half = cut_out(200, 200, |x, y| {
        ([190.0, 50.0, 60.0], 60.0 - (x - 20.0).hypot(y - 100.0))
    });
    let after = done(&insert(Params::default()), &room, &with(half, Nets::default()));
    let side = (0..400).filter(|&y| is_red(&after, 0, y)).count();
    assert!(side > 40, "{side} pixels are in the first column");
}

#[test]
fn a_clock_seen_at_a_slant_hangs_round_and_whole() {
    // A white dial with dark marks, seen from the side and cut off at the right of its photo.
    let rim = |x: f32, y: f32| {
        let (sin, cos) = 0.6f32.sin_cos();
        let (dx, dy) = (x - 250.0, y - 190.0);
        ((dx * cos + dy * sin) / 230.0, (dy * cos - dx * sin) / 95.0)
    };
    let is_mark = move |x: f32, y: f32| {
        let (u, v) = rim(x, y);
        let hour = (v.atan2(u) / std::f32::consts::TAU * 12.0).rem_euclid(1.0);
        let is_hour = (0.7..0.85).contains(&u.hypot(v)) && (0.4..0.6).contains(&hour);
        is_hour || u.abs() < 0.03 && (-0.6..0.0).contains(&v) || u.hypot(v) < 0.12
    };
    let photo = drawn(420, 400, |x, y| {
        let (u, v) = rim(x, y);
        match u.hypot(v) < 1.0 {
            true if is_mark(x, y) => [30.0, 30.0, 34.0],
            true => [222.0, 221.0, 218.0],
            false => [150.0 + 4.0 * noise(x, y), 120.0, 80.0],
        }
    });
    let nets = Nets {
        subject: Some(Drawn::subject(move |u, v| is_mark(u * 420.0, v * 400.0))),
        ..Nets::default()
    };
    let room = drawn(500, 700, |x, y| wall(x, y).map(|c| c * 0.55));
    let step = insert(Params {
        text: Some("clock".to_owned()),
        ..Params::default()
    });
    let after = done(&step, &room, &with(photo, nets));
    let is_dial = |x: usize, y: usize| at(&after, x, y)[1] > at(&room, x, y)[1] + 40.0;
    let on: Vec<(usize, usize)> = (0..700)
        .flat_map(|y| (0..500).map(move |x| (x, y)))
        .filter(|&(x, y)| is_dial(x, y))
        .collect();
    let side = |of: fn(&(usize, usize)) -> usize| {
        let (low, high) = (
            on.iter().map(of).min().unwrap_or(0),
            on.iter().map(of).max().unwrap_or(0),
        );
        (high - low + 1) as f32
    };
    let (w, h) = (side(|p| p.0), side(|p| p.1));
    println!("{w} by {h}, {} pixels are white", on.len());
    assert!(w > 60.0 && (w / h - 1.0).abs() < 0.05, "{w} by {h}");
    let share = on.len() as f32 / (w * h * std::f32::consts::FRAC_PI_4);
    assert!(
        share > 0.75,
        "{share} of the disc is dial and not mark: nothing of it is missing"
    );
    let top = on.iter().map(|p| p.1).min().unwrap_or(0);
    assert!(top < 280, "it hangs, {top} from above");
}

#[test]
fn heads_that_would_float_in_a_scene_come_to_the_front() {
    let is_head = |u: f32, v: f32| ((u - 0.4) * 300.0).hypot((v - 0.4) * 400.0) < 50.0;
    let photo = drawn(300, 400, |x, y| match is_head(x / 300.0, y / 400.0) {
        true => [190.0, 60.0, 50.0],
        false => wall(x, y),
    });
    let dog = 16;
    let context = RenderContext {
        nets: Nets {
            subject: Some(Drawn::subject(is_head)),
            objects: Some(Drawn::detector(dog, &[[0.22, 0.26, 0.36, 0.28]])),
            ..Nets::default()
        },
        ..RenderContext::default()
    };
    let mut step = Step::new(Op::BackgroundReplace).on(Target::Background);
    step.params.scene = Some("snow_mountains".to_owned());
    let is_red = |r: &Raster, x: usize, y: usize| at(r, x, y)[0] > at(r, x, y)[1] + 50.0;
    let kept = done(&step, &photo, &context);
    assert!(
        is_red(&kept, 120, 160),
        "a changed background leaves the subject where it is"
    );
    step.strength = Some(0.5);
    let after = done(&step, &photo, &context);
    assert_eq!(after.channels(), Channels::Rgb, "an opaque picture stays one");
    let foot = (0..300).filter(|&x| is_red(&after, x, 399)).count();
    assert!(foot > 30, "{foot} pixels of it are at the lower edge");
    assert!(
        !(0..120).any(|y| (0..300).any(|x| is_red(&after, x, y))),
        "and nothing floats"
    );
}

#[test]
fn a_pattern_goes_around_a_cup_and_not_into_it() {
    let (w, h) = (300, 320);
    let rim = |x: f32, y: f32| ((x - 150.0) / 100.0).hypot((y - 90.0) / 55.0);
    let is_cup = move |x: f32, y: f32| {
        let half = 100.0 - (y - 90.0).max(0.0) * 0.2;
        let across = (x - 150.0) / half;
        let bottom = 250.0 + 35.0 * (1.0 - across * across).max(0.0).sqrt();
        rim(x, y) <= 1.0 || across.abs() <= 1.0 && (90.0..bottom).contains(&y)
    };
    let colour = move |x: f32, y: f32| {
        let light = 1.0 - 0.45 * ((x - 130.0) / 100.0).powi(2).min(1.0);
        match rim(x, y) {
            r if r < 0.8 => [120.0, 70.0, 30.0],
            r if r <= 1.0 => [235.0, 230.0, 222.0],
            _ if is_cup(x, y) => [180.0 * light, 40.0 * light, 30.0 * light],
            _ => [90.0 + 6.0 * noise(x, y), 110.0, 120.0],
        }
    };
    let cup = drawn(w, h, colour);
    let stripes = drawn(120, 80, |x, _| match (x / 10.0) as u32 % 2 {
        0 => [40.0, 90.0, 220.0],
        _ => [240.0, 240.0, 240.0],
    });
    let context = with(
        stripes,
        Nets {
            subject: Some(Drawn::subject(move |u, v| is_cup(u * 300.0, v * 320.0))),
            objects: Some(Drawn::detector(41, &[[0.15, 0.1, 0.7, 0.8]])),
            ..Nets::default()
        },
    );
    // The stand-in answers every look with the whole picture's shape, so the thing is named as the subject.
    let mut step = Step::new(Op::Pattern).on(Target::Subject);
    step.params.reference = Some(2);
    let after = done(&step, &cup, &context);
    let (mut inside, mut outside, mut body) = ((0, 0), (0, 0), 0);
    for y in 0..h as usize {
        for x in 0..w as usize {
            let (u, v) = (x as f32 + 0.5, y as f32 + 0.5);
            let is_changed = usize::from(at(&after, x, y) != at(&cup, x, y));
            // The rim is found to a few pixels.
            if rim(u, v) < 0.9 {
                inside = (inside.0 + 1, inside.1 + is_changed);
            } else if rim(u, v) > 1.08 && is_cup(u, v) && (150.0..240.0).contains(&v) && (u - 150.0).abs() < 70.0 {
                outside = (outside.0 + 1, outside.1 + is_changed);
                body += usize::from(at(&after, x, y)[2] > at(&after, x, y)[0] + 30.0);
            }
        }
    }
    println!("inside {inside:?}, body {outside:?}, of it blue {body}");
    assert_eq!(inside.1, 0, "of {} pixels of rim and coffee", inside.0);
    assert!(outside.1 * 100 > outside.0 * 97, "the body is patterned: {outside:?}");
    assert!(
        body * 100 > outside.0 * 25 && body * 100 < outside.0 * 75,
        "in stripes: {body} of {}",
        outside.0
    );
}

#[test]
fn a_shadow_leaves_with_its_thing() {
    let grass = |x: f32, y: f32| {
        let n = 22.0 * noise(x / 2.0, y / 2.0) + 14.0 * noise(x / 5.0, y / 5.0);
        [86.0 + n, 128.0 + n, 60.0 + 0.6 * n]
    };
    let is_thing = |x: f32, y: f32| (x - 180.0).abs() < 32.0 && (90.0..170.0).contains(&y);
    let dark = |x: f32, y: f32| {
        let far = ((x - 205.0) / 62.0).hypot((y - 170.0) / 16.0);
        1.0 - 0.5 * (1.3 - far).clamp(0.0, 0.5) * 2.0
    };
    let picture = drawn(380, 280, |x, y| match is_thing(x, y) {
        true => [200.0, 60.0, 60.0],
        false => grass(x, y).map(|c| c * dark(x, y)),
    });
    let context = RenderContext {
        nets: Nets {
            subject: Some(Drawn::subject(move |u, v| is_thing(u * 380.0, v * 280.0))),
            ..Nets::default()
        },
        ..RenderContext::default()
    };
    let after = done(&Step::new(Op::Remove).on(Target::Subject), &picture, &context);
    let mean = |raster: &Raster, (x0, y0, x1, y1): (usize, usize, usize, usize)| {
        let all = (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y)));
        let (sum, n) = all.fold((0.0, 0), |(s, n), (x, y)| (s + at(raster, x, y)[1], n + 1));
        sum / n as f32
    };
    let where_it_lay = (222, 162, 252, 178);
    let (was, is, meadow) = (
        mean(&picture, where_it_lay),
        mean(&after, where_it_lay),
        mean(&picture, (20, 200, 120, 260)),
    );
    println!("shadow {was}, afterwards {is}, meadow {meadow}");
    assert!(was < meadow - 40.0, "there was one");
    assert!((is - meadow).abs() < 12.0, "{is} where the meadow is {meadow}");
    assert_eq!(at(&picture, 20, 20), at(&after, 20, 20));
}

#[test]
fn a_dark_ground_beside_a_thing_is_no_shadow() {
    let is_thing = |x: f32, y: f32| (x - 150.0).abs() < 25.0 && (90.0..160.0).contains(&y);
    let picture = drawn(300, 240, |x, y| match (is_thing(x, y), y < 150.0) {
        (true, _) => [200.0, 60.0, 60.0],
        (_, true) => wall(x, y),
        // The floor is the wall's colour in the dark, all along.
        (_, false) => wall(x, y).map(|c| c * 0.5),
    });
    let context = RenderContext {
        nets: Nets {
            subject: Some(Drawn::subject(move |u, v| is_thing(u * 300.0, v * 240.0))),
            ..Nets::default()
        },
        ..RenderContext::default()
    };
    let after = done(&Step::new(Op::Remove).on(Target::Subject), &picture, &context);
    let changed = (175..230)
        .flat_map(|y| (0..300).map(move |x| (x, y)))
        .filter(|&(x, y)| at(&picture, x, y) != at(&after, x, y))
        .count();
    assert_eq!(changed, 0, "the floor stays as it was");
}

#[test]
fn styles_keep_a_cut_outs_alpha_and_fetch_nothing_that_was_cut_away() {
    let styles = [
        Op::Sketch,
        Op::Cartoon,
        Op::Oil,
        Op::Halftone,
        Op::PixelArt,
        Op::Poster,
        Op::Vintage,
    ];
    let picture = |hidden: Rgb| {
        cut_out(160, 120, |x, y| match x < 80.0 {
            true => ([200.0 - 0.2 * y, 70.0, 60.0], 1.0),
            false => (hidden, 0.0),
        })
    };
    let (plain, green) = (picture([0.0; 3]), picture([20.0, 250.0, 20.0]));
    for op in styles {
        let step = Step::new(op).with_strength(0.7);
        let context = RenderContext::default();
        let (a, b) = (done(&step, &plain, &context), done(&step, &green, &context));
        for (i, (p, q)) in bytes(&a).chunks(4).zip(bytes(&b).chunks(4)).enumerate() {
            assert_eq!(p[3], bytes(&plain)[i * 4 + 3], "{op:?}: alpha at {i}");
            if p[3] > 0 {
                let apart = (0..3).map(|c| p[c].abs_diff(q[c])).max().unwrap_or(0);
                assert!(apart <= 2, "{op:?}: hidden green shows by {apart} at {i}");
            }
        }
    }
    // And where a net paints.
    let painted = Drawn::new(vec![
        Tensor::new(&[1, 3, 120, 160], vec![0.5; 3 * 120 * 160]).expect("it fits"),
    ]);
    let mut step = Step::new(Op::Style);
    step.params.style = Some("watercolor".to_owned());
    let nets = Nets {
        style: Some(painted),
        ..Nets::default()
    };
    let context = RenderContext {
        nets,
        ..RenderContext::default()
    };
    let after = done(&step, &green, &context);
    let alpha = |r: &Raster| bytes(r).chunks(4).map(|p| p[3]).collect::<Vec<_>>();
    assert_eq!(alpha(&after), alpha(&green));
    assert_ne!(bytes(&after)[..3], bytes(&green)[..3], "it was painted");
}
