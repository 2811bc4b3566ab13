//! Things in the picture: taken away, moved, coloured, clothed; and the canvas made larger. On drawn pictures whose truth is
//! known, so that what was made can be compared with what was there.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use plantain_engine::{
    Channels, Context, Direction, Finds, Mask, Op, Params, Pick, Place, Raster, RenderContext, RenderError, Samples,
    Side, Step, Target, Unwatched, Watch, render, understand,
};

type Rgb = [f32; 3];

fn drawn(width: u32, height: u32, colour: impl Fn(f32, f32) -> Rgb) -> Raster {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x as f32, y as f32)));
    let samples = pixels
        .flat_map(|(x, y)| colour(x, y).map(|v| v.clamp(0.0, 255.0) as u8))
        .collect();
    Raster::from_u8(width, height, Channels::Rgb, samples).expect("it fits")
}

fn bytes(raster: &Raster) -> &[u8] {
    match raster.samples() {
        Samples::U8(v) => v,
        Samples::U16(_) => panic!("8 bits expected"),
    }
}

fn noise(x: f32, y: f32, salt: u32) -> f32 {
    let mut n = (x as u32).wrapping_mul(374_761_393) ^ (y as u32).wrapping_mul(668_265_263) ^ salt.wrapping_mul(97);
    n = (n ^ n >> 13).wrapping_mul(1_274_126_177);
    ((n ^ n >> 16) & 255) as f32 / 255.0 - 0.5
}

/// Noise with neighbours alike, as of blades of grass.
fn grass(x: f32, y: f32) -> Rgb {
    let blade = (0..5)
        .map(|k| noise(x + (y + k as f32) * 0.2, (y + k as f32) / 3.0, 1))
        .sum::<f32>()
        / 2.2;
    [
        70.0 + 50.0 * blade,
        118.0 + 62.0 * blade + 8.0 * noise(x, y, 2),
        48.0 + 34.0 * blade,
    ]
}

fn bricks(x: f32, y: f32) -> Rgb {
    let row = (y / 20.0).floor();
    let is_joint = y % 20.0 < 3.0 || (x + row % 2.0 * 22.0) % 44.0 < 3.0;
    let grain = 10.0 * noise(x, y, 3);
    if is_joint {
        [188.0 + grain; 3]
    } else {
        [148.0 + grain, 78.0 + grain, 64.0 + grain]
    }
}

/// A sky that gets lighter toward the horizon, with a hill's edge below.
fn sky(x: f32, y: f32) -> Rgb {
    let hill = 190.0 + 0.18 * x;
    let grain = 3.0 * noise(x, y, 4);
    if y > hill {
        return grass(x, y).map(|v| v * 0.8);
    }
    let t = y / 200.0;
    [
        90.0 + 90.0 * t + grain,
        140.0 + 70.0 * t + grain,
        215.0 + 25.0 * t + grain,
    ]
}

const SIZE: (u32, u32) = (420, 320);

/// How much of a pixel the thing covers: a disc of radius 42 at a place.
fn share((cx, cy): (f32, f32), x: f32, y: f32) -> f32 {
    (42.5 - ((x - cx).powi(2) + (y - cy).powi(2)).sqrt()).clamp(0.0, 1.0)
}

fn with_thing(ground: fn(f32, f32) -> Rgb, at: (f32, f32)) -> Raster {
    drawn(SIZE.0, SIZE.1, |x, y| {
        let a = share(at, x, y);
        let (g, light) = (ground(x, y), 0.7 + 0.004 * (at.0 + 42.0 - x));
        [225.0, 205.0, 30.0]
            .map(|v| v * light)
            .into_iter()
            .zip(g)
            .map(|(t, g)| g + (t - g) * a)
            .collect::<Vec<_>>()
            .try_into()
            .expect("three")
    })
}

fn mask_at(at: (f32, f32)) -> Mask {
    let data = (0..SIZE.1)
        .flat_map(|y| (0..SIZE.0).map(move |x| (share(at, x as f32, y as f32) * 255.0) as u8))
        .collect();
    Mask::new(SIZE.0, SIZE.1, data).expect("it fits")
}

fn drawn_around(at: (f32, f32)) -> RenderContext {
    RenderContext {
        region: Some(mask_at(at)),
        ..RenderContext::default()
    }
}

fn step(op: Op, params: Params) -> Step {
    Step {
        params,
        ..Step::new(op).on(Target::Region)
    }
}

fn done(step: &Step, picture: &Raster, context: &RenderContext) -> Raster {
    render(std::slice::from_ref(step), picture.clone(), context, &Unwatched).expect("the step is sound")
}

/// Where the hole was, with a little around it.
fn window(at: (f32, f32), r: f32) -> impl Iterator<Item = (usize, usize)> {
    let range = |c: f32, side: u32| (c - r).max(1.0) as usize..((c + r) as usize).min(side as usize - 1);
    let (xs, ys) = (range(at.0, SIZE.0), range(at.1, SIZE.1));
    ys.flat_map(move |y| xs.clone().map(move |x| (x, y)))
}

fn luma(raster: &Raster, x: usize, y: usize) -> f32 {
    let i = (y * raster.width() as usize + x) * 3;
    let p = &bytes(raster)[i..i + 3];
    0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2])
}

fn psnr(a: &Raster, b: &Raster, at: (f32, f32)) -> f32 {
    let (sum, n) = window(at, 44.0).fold((0.0, 0.0), |(s, n), (x, y)| {
        (s + (luma(a, x, y) - luma(b, x, y)).powi(2), n + 1.0)
    });
    10.0 * (255.0 * 255.0 / (sum / n).max(1e-3)).log10()
}

/// The mean slope of brightness in a window: texture that was smeared has less, a seam more.
fn roughness(raster: &Raster, at: (f32, f32), r: f32) -> f32 {
    let slopes: Vec<f32> = window(at, r)
        .map(|(x, y)| {
            (luma(raster, x + 1, y) - luma(raster, x, y)).abs() + (luma(raster, x, y + 1) - luma(raster, x, y)).abs()
        })
        .collect();
    slopes.iter().sum::<f32>() / slopes.len() as f32
}

#[test]
fn what_is_removed_leaves_what_could_have_been_there() {
    // Noise cannot be guessed to the pixel; what repeats or slopes can.
    for (name, ground, at, least) in [
        ("grass", grass as fn(f32, f32) -> Rgb, (210.0, 160.0), 14.0),
        ("bricks", bricks, (205.0, 150.0), 22.0),
        ("sky", sky, (200.0, 90.0), 34.0),
        ("horizon", sky, (210.0, 215.0), 19.0),
    ] {
        let (truth, picture) = (drawn(SIZE.0, SIZE.1, ground), with_thing(ground, at));
        let out = done(&step(Op::Remove, Params::default()), &picture, &drawn_around(at));
        let (before, after) = (psnr(&picture, &truth, at), psnr(&out, &truth, at));
        let (is, should) = (roughness(&out, at, 40.0), roughness(&truth, at, 40.0));
        println!("{name}: {before:.1} → {after:.1} dB, slopes {is:.2} of {should:.2}");
        assert!(after >= least, "{name}: {after:.1} dB");
        assert!(
            (0.72..1.3).contains(&(is / should)),
            "{name}: slopes {is:.2}, should be {should:.2}"
        );
        let ghost = window(at, 44.0).filter(|&(x, y)| {
            let i = (y * SIZE.0 as usize + x) * 3;
            let p = &bytes(&out)[i..i + 3];
            p[0] > 170 && p[1] > 150 && p[2] < 60
        });
        assert_eq!(ghost.count(), 0, "{name}: something of the thing is left");
    }
}

#[test]
fn no_seam_shows_around_what_was_removed() {
    for (ground, at) in [(grass as fn(f32, f32) -> Rgb, (210.0, 160.0)), (sky, (200.0, 90.0))] {
        let out = done(
            &step(Op::Remove, Params::default()),
            &with_thing(ground, at),
            &drawn_around(at),
        );
        // Steps across the rim compared with steps elsewhere along circles farther out.
        let across = |r: f32| {
            let steps = (0..360).map(|d| {
                let (s, c) = (d as f32).to_radians().sin_cos();
                let near = |r: f32| luma(&out, (at.0 + r * c) as usize, (at.1 + r * s) as usize);
                (near(r + 1.5) - near(r - 1.5)).abs()
            });
            steps.sum::<f32>() / 360.0
        };
        let rim = (43..49).map(|r| across(r as f32)).fold(0.0, f32::max);
        let far = (60..70).map(|r| across(r as f32)).fold(0.0, f32::max);
        assert!(rim <= 1.25 * far + 1.0, "{rim} at the rim, {far} elsewhere");
    }
}

#[test]
fn far_from_the_thing_every_byte_stays() {
    let at = (120.0, 160.0);
    let picture = with_thing(grass, at);
    let to_the_right = Params {
        dx: Some(0.4),
        ..Params::default()
    };
    let second = (at.0 + 168.0, at.1);
    for step in [
        step(Op::Remove, Params::default()),
        step(Op::Move, to_the_right.clone()),
        step(Op::Duplicate, to_the_right),
    ] {
        let out = done(&step, &picture, &drawn_around(at));
        for (i, (was, is)) in bytes(&picture).chunks(3).zip(bytes(&out).chunks(3)).enumerate() {
            let (x, y) = ((i % 420) as f32, (i / 420) as f32);
            let far = |c: (f32, f32)| (x - c.0).powi(2) + (y - c.1).powi(2) > 54.0f32.powi(2);
            assert!(was == is || !(far(at) && far(second)), "{step:?} touched {x},{y}");
        }
    }
}

#[test]
fn a_moved_thing_is_there_and_not_here() {
    let at = (120.0, 160.0);
    let picture = with_thing(bricks, at);
    let moved = step(
        Op::Move,
        Params {
            dx: Some(0.4),
            dy: Some(-0.1),
            ..Params::default()
        },
    );
    let out = done(&moved, &picture, &drawn_around(at));
    let pixel = |x: usize, y: usize| bytes(&out)[(y * 420 + x) * 3..][..3].to_vec();
    assert_eq!(
        pixel(120 + 168, 160 - 32),
        bytes(&picture)[(160 * 420 + 120) * 3..][..3],
        "its middle is the same"
    );
    let here = pixel(120, 160);
    assert!(here[2] > 40, "still here: {here:?}");
}

#[test]
fn a_thing_is_scaled_and_a_second_step_finds_it_again() {
    let at = (210.0, 160.0);
    let picture = with_thing(bricks, at);
    let half = Params {
        scale: Some(0.5),
        ..Params::default()
    };
    let up = Params {
        dy: Some(-0.2),
        ..Params::default()
    };
    let steps = [step(Op::Scale, half), step(Op::Move, up)];
    let out = render(&steps, picture.clone(), &drawn_around(at), &Unwatched).expect("sound");
    let yellow = |raster: &Raster| {
        let is = |p: &[u8]| p[0] > 120 && p[1] > 110 && p[2] < 60;
        let rows = bytes(raster)
            .chunks(3)
            .enumerate()
            .filter(|(_, p)| is(p))
            .map(|(i, _)| (i / 420) as f32);
        let (n, sum) = rows.fold((0.0, 0.0), |(n, s), y| (n + 1.0, s + y));
        (n, sum / n)
    };
    let ((many, _), (few, height)) = (yellow(&picture), yellow(&out));
    assert!((0.2..0.3).contains(&(few / many)), "{few} of {many}");
    // It stood at the bottom of where it was, 21 pixels below the middle; then it went up a fifth of the height.
    assert!((height - (160.0 + 21.0 - 64.0)).abs() < 4.0, "at {height}");
}

#[test]
fn a_larger_canvas_keeps_the_picture_and_goes_on() {
    let picture = drawn(SIZE.0, SIZE.1, bricks);
    let wide = |style: Option<&str>| Step {
        params: Params {
            scale: Some(1.3),
            place: Some(Place::Right),
            style: style.map(str::to_owned),
            ..Params::default()
        },
        ..Step::new(Op::Expand)
    };
    for style in [None, Some("mirrored"), Some("blurred")] {
        let out = done(&wide(style), &picture, &RenderContext::default());
        assert_eq!((out.width(), out.height()), (546, 320));
        for y in 0..320 {
            let (old, new) = (&bytes(&picture)[y * 1260..][..1260], &bytes(&out)[y * 1638..][..1638]);
            assert_eq!(&new[..1260], old, "row {y}");
        }
        let rough = |x: usize| {
            let slope = |(x, y): (usize, usize)| (luma(&out, x, y + 1) - luma(&out, x, y)).abs();
            (0..300)
                .flat_map(|y| (x..x + 100).map(move |x| (x, y)))
                .map(slope)
                .sum::<f32>()
        };
        let share = rough(430) / rough(300);
        match style {
            Some("blurred") => assert!(share < 0.4, "{share}"),
            _ => assert!((0.75..1.3).contains(&share), "{style:?}: {share}"),
        }
    }
    let to_ratio = Step {
        params: Params {
            ratio: Some("16:9".into()),
            ..Params::default()
        },
        ..Step::new(Op::Expand)
    };
    let out = done(&to_ratio, &picture, &RenderContext::default());
    assert_eq!((out.width(), out.height()), (569, 320));
}

#[test]
fn what_runs_to_the_edge_goes_on_in_a_larger_canvas() {
    // Boards of four tones, each 40 pixels high, with a grain of their own.
    let boards = |x: f32, y: f32| {
        let tone = [150.0, 90.0, 190.0, 120.0][(y / 40.0) as usize % 4];
        let light = if y % 40.0 < 3.0 {
            30.0
        } else {
            tone + 8.0 * noise(x / 6.0, y, 3)
        };
        [light, light * 0.9, light * 0.8]
    };
    let picture = drawn(SIZE.0, SIZE.1, boards);
    let step = Step {
        params: Params {
            scale: Some(2.0),
            direction: Some(Direction::Horizontal),
            ..Params::default()
        },
        ..Step::new(Op::Expand)
    };
    let out = done(&step, &picture, &RenderContext::default());
    let rows = |raster: &Raster, from: usize, until: usize| -> Vec<f32> {
        let mean = |y| (from..until).map(|x| luma(raster, x, y)).sum::<f32>() / (until - from) as f32;
        (0..raster.height() as usize).map(mean).collect()
    };
    let was = rows(&picture, 0, SIZE.0 as usize);
    for (from, until) in [(0, 60), (120, 200), (640, 720), (780, 840)] {
        let alike = correlation(&was, &rows(&out, from, until));
        assert!(alike > 0.95, "columns {from} to {until}: {alike}");
    }
}

#[test]
fn a_recoloured_thing_keeps_its_light() {
    let at = (210.0, 160.0);
    for (from, to, hex) in [
        ([235.0, 235.0, 232.0], [1.0, 0.1, 0.1], "#e01010"),
        ([40.0, 38.0, 38.0], [1.0, 1.0, 1.0], "#ffffff"),
        ([60.0, 90.0, 200.0], [0.125, 1.0, 0.375], "#108030"),
    ] {
        let light = |x: f32, y: f32| 1.0 - 0.006 * (x - (at.0 - 42.0)) + 0.03 * noise(x, y, 9);
        let picture = drawn(SIZE.0, SIZE.1, |x, y| {
            let a = share(at, x, y);
            let g = bricks(x, y);
            std::array::from_fn(|c| g[c] + (from[c] * light(x, y) - g[c]) * a)
        });
        let params = Params {
            color: Some(hex.into()),
            ..Params::default()
        };
        let out = done(&step(Op::Recolor, params), &picture, &drawn_around(at));
        let inside: Vec<(usize, usize)> = window(at, 40.0)
            .filter(|&(x, y)| share(at, x as f32, y as f32) == 1.0)
            .collect();
        let lights = |raster: &Raster| inside.iter().map(|&(x, y)| luma(raster, x, y)).collect::<Vec<_>>();
        let alike = correlation(&lights(&picture), &lights(&out));
        assert!(alike > 0.85, "{hex}: {alike}");
        let mean: Vec<f32> = (0..3)
            .map(|c| {
                inside
                    .iter()
                    .map(|&(x, y)| f32::from(bytes(&out)[(y * 420 + x) * 3 + c]))
                    .sum::<f32>()
                    / inside.len() as f32
            })
            .collect();
        let top = mean.iter().copied().fold(0.0, f32::max);
        for c in 0..3 {
            assert!((mean[c] / top - to[c]).abs() < 0.2, "{hex}: {mean:?}");
        }
        assert!(top > 110.0, "{hex}: {mean:?}");
    }
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let mean = |v: &[f32]| v.iter().sum::<f32>() / v.len() as f32;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f32, f32) -> f32| a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum::<f32>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt().max(1e-6)
}

/// A light cylinder lit from the left before bricks, and its mask.
fn cylinder(light: fn(f32) -> f32) -> (Raster, Mask) {
    let inside = |x: f32, y: f32| {
        let t = (x - 210.0) / 70.0;
        let bow = 14.0 * (1.0 - t * t).max(0.0).sqrt();
        t.abs() < 1.0 && y > 70.0 - bow && y < 240.0 + bow
    };
    let picture = drawn(SIZE.0, SIZE.1, |x, y| {
        if inside(x, y) {
            [226.0, 222.0, 214.0].map(|v| v * light((x - 210.0) / 70.0))
        } else {
            bricks(x, y)
        }
    });
    let data = (0..SIZE.1)
        .flat_map(|y| (0..SIZE.0).map(move |x| if inside(x as f32, y as f32) { 255 } else { 0 }))
        .collect();
    (picture, Mask::new(SIZE.0, SIZE.1, data).expect("it fits"))
}

#[test]
fn a_pattern_follows_the_light_and_the_curve_of_a_cylinder() {
    let light = |t: f32| 0.35 + 0.65 * (1.0 - (t + 0.35).powi(2) / 1.9).max(0.0);
    let (picture, mask) = cylinder(light);
    let stripes = drawn(240, 240, |x, _| {
        if ((x / 20.0) as u32).is_multiple_of(2) {
            [214.0, 120.0, 110.0]
        } else {
            [110.0, 170.0, 205.0]
        }
    });
    let context = RenderContext {
        region: Some(mask.clone()),
        references: vec![stripes],
        ..RenderContext::default()
    };
    let params = Params {
        reference: Some(2),
        ..Params::default()
    };
    let out = done(&step(Op::Pattern, params), &picture, &context);
    let inside: Vec<(usize, usize)> = window((210.0, 155.0), 75.0)
        .filter(|&(x, y)| mask.data()[y * 420 + x] == 255)
        .collect();
    let lights = |raster: &Raster| inside.iter().map(|&(x, y)| luma(raster, x, y)).collect::<Vec<_>>();
    let alike = correlation(&lights(&picture), &lights(&out));
    assert!(alike >= 0.85, "{alike}");
    // The stripes get narrower toward the sides: their edges along one row.
    let row: Vec<f32> = (145..276)
        .map(|x| {
            let i = (155 * 420 + x) * 3;
            f32::from(bytes(&out)[i]) - f32::from(bytes(&out)[i + 2])
        })
        .collect();
    let edges: Vec<usize> = (1..row.len())
        .filter(|&i| (row[i] > 0.0) != (row[i - 1] > 0.0))
        .collect();
    assert!(edges.len() >= 6, "{edges:?}");
    let gaps: Vec<usize> = edges.windows(2).map(|w| w[1] - w[0]).collect();
    let middle = gaps[gaps.len() / 2];
    assert!(gaps[0] < middle && gaps[gaps.len() - 1] < middle, "{gaps:?}");
    // What is drawn is made to follow the picture's own edges, so a few pixels beside it may change.
    for (i, (was, is)) in bytes(&picture).chunks(3).zip(bytes(&out).chunks(3)).enumerate() {
        let (x, y) = (i % 420, i / 420);
        let near = (132..289).contains(&x) && (48..263).contains(&y);
        assert!(near || was == is, "touched {x},{y} outside");
    }
}

#[test]
fn the_same_retouch_gives_the_same_bytes_on_any_number_of_threads() {
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
    let (one, five) = (pool(1), pool(5));
    let at = (210.0, 160.0);
    let (picture, context) = (with_thing(grass, at), drawn_around(at));
    let params = Params {
        dx: Some(0.2),
        scale: Some(0.8),
        color: Some("#aa2222".into()),
        ..Params::default()
    };
    for op in [Op::Remove, Op::Move, Op::Scale, Op::Duplicate, Op::Recolor] {
        let step = step(op, params.clone());
        assert_eq!(
            one.install(|| done(&step, &picture, &context)),
            five.install(|| done(&step, &picture, &context)),
            "{op:?}"
        );
    }
}

#[test]
fn every_kind_and_size_of_picture_can_lose_a_part() {
    for channels in [Channels::Gray, Channels::GrayAlpha, Channels::Rgb, Channels::Rgba] {
        for (w, h) in [(1u32, 1u32), (1, 40), (40, 1), (9, 7), (33, 17), (130, 90)] {
            let count = (w * h) as usize * channels.count();
            let deep = Samples::U16((0..count).map(|i| (i * 7919 % 65536) as u16).collect());
            let flat = Samples::U8((0..count).map(|i| (i * 31 % 256) as u8).collect());
            for samples in [deep, flat] {
                let picture = Raster::new(w, h, channels, samples).expect("it fits");
                let region = Mask::rectangle((w, h), (w / 3, h / 3, w.div_ceil(4), h.div_ceil(4))).expect("it fits");
                let context = RenderContext {
                    region: Some(region),
                    ..RenderContext::default()
                };
                let out = done(&step(Op::Remove, Params::default()), &picture, &context);
                assert_eq!((out.width(), out.height(), out.channels()), (w, h, channels));
            }
        }
    }
}

/// Cancels at the first sign of progress in a step and remembers how long the render took to stop.
struct Canceller {
    begun: Mutex<Option<Instant>>,
    is_cancelled: AtomicBool,
    looks: AtomicU32,
}

impl Watch for Canceller {
    fn progress(&self, _fraction: f32, _step: &str) {}

    fn is_cancelled(&self) -> bool {
        if self.looks.fetch_add(1, Ordering::Relaxed) > 200 {
            self.begun
                .lock()
                .expect("not poisoned")
                .get_or_insert_with(Instant::now);
            self.is_cancelled.store(true, Ordering::Relaxed);
        }
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

#[test]
fn a_removal_under_way_stops_when_it_is_told_to() {
    let (w, h) = (1600, 1200);
    let picture = drawn(w, h, grass);
    let context = RenderContext {
        region: Some(Mask::rectangle((w, h), (500, 400, 500, 400)).expect("it fits")),
        ..RenderContext::default()
    };
    let canceller = Canceller {
        begun: Mutex::new(None),
        is_cancelled: AtomicBool::new(false),
        looks: AtomicU32::new(0),
    };
    let out = render(&[step(Op::Remove, Params::default())], picture, &context, &canceller);
    let took = canceller.begun.lock().expect("not poisoned").map(|t| t.elapsed());
    assert_eq!(out, Err(RenderError::Cancelled));
    // Ten times what is promised, since tests share their machine.
    assert!(took.is_some_and(|t| t < Duration::from_secs(1)), "{took:?}");
}

fn plan(text: &str, references: u32) -> Vec<Step> {
    let context = Context {
        references,
        finds: Finds::everything(),
        ..Context::default()
    };
    let understood = understand(text, &context);
    assert!(understood.declined.is_empty(), "“{text}”: {:?}", understood.declined);
    understood.steps
}

fn object(name: &str, pick: Option<Pick>) -> Target {
    Target::Object {
        object: name.into(),
        pick,
    }
}

#[test]
fn wishes_about_things_become_steps() {
    let left = Some(Pick::Side(Side::Left));
    for (text, op, target) in [
        ("remove the frisbee", Op::Remove, object("frisbee", None)),
        ("get rid of the cup", Op::Remove, object("cup", None)),
        ("erase the person on the left", Op::Remove, object("person", left)),
        ("delete the second cup", Op::Remove, object("cup", Some(Pick::Nth(2)))),
        ("remove everything except the dog", Op::Cutout, object("dog", None)),
        ("make the car red", Op::Recolor, object("car", None)),
        ("turn the cup green", Op::Recolor, object("cup", None)),
        (
            "change the color of the car to #ff8800",
            Op::Recolor,
            object("car", None),
        ),
        ("duplicate the cup", Op::Duplicate, object("cup", None)),
        ("copy the cup", Op::Duplicate, object("cup", None)),
        ("add a second cup", Op::Duplicate, object("cup", None)),
        ("clone the dog to the left", Op::Duplicate, object("dog", None)),
        (
            "put the pattern of the second image on the mug, keep its shape",
            Op::Pattern,
            object("cup", None),
        ),
        (
            "Apply the pattern from the second image onto the mug, keeping its original shape and texture",
            Op::Pattern,
            object("cup", None),
        ),
        (
            "apply the pattern of image 2 to the cup",
            Op::Pattern,
            object("cup", None),
        ),
        (
            "cover the cup with the pattern from image 2",
            Op::Pattern,
            object("cup", None),
        ),
        ("wrap the second image around the mug", Op::Pattern, object("cup", None)),
        (
            "use the texture of the second picture on the couch",
            Op::Pattern,
            object("couch", None),
        ),
        ("make the dog 20% larger", Op::Scale, object("dog", None)),
        ("shrink the clock to half its size", Op::Scale, object("clock", None)),
        ("move the cup to the left", Op::Move, object("cup", None)),
        ("move it up", Op::Move, Target::Subject),
    ] {
        let steps = plan(text, 1);
        assert_eq!(steps.len(), 1, "“{text}”: {steps:?}");
        assert_eq!((steps[0].op, &steps[0].target), (op, &target), "“{text}”");
    }
}

#[test]
fn places_directions_and_sizes_are_read() {
    let params = |text: &str| plan(text, 0).pop().expect("one step").params;
    assert_eq!(params("move it up").dy, Some(-0.15));
    assert_eq!(params("move the cup 20% to the right").dx, Some(0.2));
    assert_eq!(params("move the clock a bit higher").dy, Some(-0.08));
    assert_eq!(
        params("move the dog to the top right corner").place,
        Some(Place::TopRight)
    );
    assert_eq!(params("move her to the center").place, Some(Place::Center));
    assert_eq!(params("move the cup to the left side").place, Some(Place::Left));
    assert_eq!(params("make the dog 20% larger").scale, Some(1.2));
    assert_eq!(params("make the dog 20% smaller").scale, Some(0.8));
    assert_eq!(params("make the cup twice as big").scale, Some(2.0));
    assert_eq!(params("shrink the clock to half its size").scale, Some(0.5));
    let steps = plan("make it smaller and move it up", 0);
    assert_eq!(steps.iter().map(|s| s.op).collect::<Vec<_>>(), [Op::Scale, Op::Move]);
    assert!(steps.iter().all(|s| s.target == Target::Subject), "{steps:?}");
}

#[test]
fn a_larger_canvas_is_asked_for_in_many_ways() {
    let params = |text: &str| {
        let step = plan(text, 0).pop().expect("one step");
        assert_eq!(step.op, Op::Expand, "“{text}”");
        step.params
    };
    assert_eq!(
        params("make it 16:9 by extending the sides").ratio.as_deref(),
        Some("16:9")
    );
    let left = params("extend the canvas to the left by 30%");
    assert_eq!((left.place, left.scale), (Some(Place::Left), Some(1.3)));
    assert_eq!(params("uncrop"), Params::default());
    assert_eq!(params("outpaint it to a square").ratio.as_deref(), Some("1:1"));
    assert_eq!(params("expand the image by 20% on all sides").scale, Some(1.2));
    assert_eq!(params("extend the sides").direction, Some(Direction::Horizontal));
    assert_eq!(
        params("extend the picture to 16:9 with mirrored edges")
            .style
            .as_deref(),
        Some("mirrored")
    );
}

#[test]
fn what_cannot_be_told_apart_is_not_guessed() {
    let context = Context {
        references: 1,
        finds: Finds::everything(),
        ..Context::default()
    };
    for text in [
        "change her dress to navy",
        "remove her hat",
        "remove it",
        "remove the tree",
        "paint the wall blue",
        "remove the people in the background",
        "move the lamp to the left",
    ] {
        let understood = understand(text, &context);
        assert!(understood.steps.is_empty(), "“{text}”: {:?}", understood.steps);
    }
    for text in ["remove it", "change her dress to navy", "move it up"] {
        let drawn = Context {
            region: true,
            ..context.clone()
        };
        let steps = understand(text, &drawn).steps;
        assert_eq!(steps.first().map(|s| &s.target), Some(&Target::Region), "“{text}”");
    }
}
