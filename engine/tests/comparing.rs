//! What comparing and restoring promise: on drawn pictures, and on any pictures at all.

use std::sync::atomic::{AtomicUsize, Ordering};

use plantain_engine::compare::{
    Affine, ColourMap, CompareError, CompareOptions, Comparison, Verdict, compare, likeness, restore,
};
use plantain_engine::{Channels, Mask, Raster, Samples, Unwatched, Watch, drawings};
use proptest::prelude::*;

fn found(base: &Raster, result: &Raster) -> Comparison {
    compare(base, result, &CompareOptions::default(), &Unwatched).expect("nobody cancels")
}

fn guarded(base: &Raster, result: &Raster) -> Raster {
    restore(base, result, &found(base, result), &Unwatched).expect("nobody cancels")
}

fn samples(raster: &Raster) -> &[u8] {
    match raster.samples() {
        Samples::U8(v) => v,
        Samples::U16(_) => panic!("8 bits expected"),
    }
}

/// The harbour at a third of its size, read at `x, y` in its own pixels.
fn harbour(width: u32, height: u32, each: impl Fn(u32, u32, &dyn Fn(f32, f32) -> [f32; 3]) -> [f32; 3]) -> Raster {
    let full = drawings::harbour();
    let (w, h) = (full.width() as usize, full.height() as usize);
    let pixel = |x: usize, y: usize| -> [f32; 3] {
        let at = (y.min(h - 1) * w + x.min(w - 1)) * 3;
        std::array::from_fn(|n| f32::from(samples(&full)[at + n]))
    };
    // Nine pixels make one, at any place between.
    let read = |x: f32, y: f32| -> [f32; 3] {
        let (x, y) = ((x * 3.0).max(0.0), (y * 3.0).max(0.0));
        let (x0, y0, tx, ty) = (x as usize, y as usize, x.fract(), y.fract());
        let mut sum = [0.0; 3];
        for j in 0..4 {
            for i in 0..4 {
                let edge = |k: usize, t: f32| {
                    if k == 0 {
                        1.0 - t
                    } else if k == 3 {
                        t
                    } else {
                        1.0
                    }
                };
                let weight = edge(i, tx) * edge(j, ty) / 9.0;
                let p = pixel(x0 + i, y0 + j);
                (0..3).for_each(|n| sum[n] += p[n] * weight);
            }
        }
        sum
    };
    let data = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let data = data
        .flat_map(|(x, y)| each(x, y, &read))
        .map(|v| (v.clamp(0.0, 255.0) + 0.5) as u8);
    Raster::from_u8(width, height, Channels::Rgb, data.collect()).expect("it fits")
}

const SIZE: (u32, u32) = (480, 320);

fn base() -> Raster {
    harbour(SIZE.0, SIZE.1, |x, y, read| read(x as f32, y as f32))
}

fn disc(x: f32, y: f32) -> bool {
    (x - 300.0).hypot(y - 120.0) < 40.0
}

/// Shifted, zoomed and tinted, with a blue disc.
fn drifted() -> Raster {
    harbour(SIZE.0, SIZE.1, |x, y, read| {
        let (x, y) = ((x as f32 - 2.5) / 1.01, (y as f32 + 1.5) / 1.01);
        let c = if disc(x, y) { [20.0, 60.0, 200.0] } else { read(x, y) };
        [c[0] * 1.05 + 3.0, c[1] * 0.98, c[2] * 0.94 + 2.0]
    })
}

#[test]
fn drift_is_measured_and_undone_around_what_was_asked_for() {
    let (base, result) = (base(), drifted());
    let found = found(&base, &result);
    assert_eq!(found.verdict, Verdict::Local);
    let (x, y) = found.matrix.apply(200.0, 100.0);
    assert!((x - 204.5).abs() < 0.2 && (y - 99.5).abs() < 0.2, "{x}, {y}");
    assert!((found.figures.zoom - 1.0).abs() < 0.1, "{}", found.figures.zoom);
    let restored = restore(&base, &result, &found, &Unwatched).expect("nobody cancels");
    let (mut kept, mut rest) = (0, 0);
    for i in 0..(SIZE.0 * SIZE.1) as usize {
        let (x, y) = ((i as u32 % SIZE.0) as f32, (i as u32 / SIZE.0) as f32);
        let pixel = |r: &Raster| <[u8; 3]>::try_from(&samples(r)[3 * i..3 * i + 3]).expect("three samples");
        let equal = pixel(&base) == pixel(&restored);
        assert!(equal || found.mask.data()[i] > 0, "changed outside of the mask");
        if disc(x, y) {
            assert_eq!(found.mask.data()[i], 255, "{x}, {y} is not in the mask");
        } else {
            rest += 1;
            kept += usize::from(equal);
        }
    }
    assert!(kept as f32 > 0.95 * rest as f32, "{kept} of {rest}");
    let middle = 3 * (120 * SIZE.0 as usize + 300);
    let [r, g, b] = [0, 1, 2].map(|n| i32::from(samples(&restored)[middle + n]));
    assert!(
        (r - 20).abs() < 12 && (g - 60).abs() < 12 && (b - 200).abs() < 16,
        "its colour: {r} {g} {b}"
    );
}

#[test]
fn the_same_figures_on_one_thread_and_on_many() {
    let (base, result) = (base(), drifted());
    let on = |threads: usize| {
        let pool = rayon_pool(threads);
        pool.install(|| (found(&base, &result), guarded(&base, &result)))
    };
    let (one, four) = (on(1), on(4));
    assert_eq!(one, four);
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads")
}

#[test]
fn another_size_and_another_depth_are_no_obstacle() {
    let base = base();
    let smaller = harbour(384, 256, |x, y, read| {
        let (x, y) = ((x as f32 + 0.5) * 1.25 - 0.5, (y as f32 + 0.5) * 1.25 - 0.5);
        if disc(x, y) { [20.0, 60.0, 200.0] } else { read(x, y) }
    });
    let deep: Vec<u16> = samples(&base).iter().map(|&v| u16::from(v) * 257).collect();
    let deep = Raster::from_u16(SIZE.0, SIZE.1, Channels::Rgb, deep).expect("it fits");
    let found = found(&deep, &smaller);
    assert_eq!(found.verdict, Verdict::Local);
    assert!(found.changed < 0.1, "{}", found.changed);
    let restored = restore(&deep, &smaller, &found, &Unwatched).expect("nobody cancels");
    assert_eq!((restored.width(), restored.height()), SIZE);
    let (Samples::U16(a), Samples::U16(b)) = (deep.samples(), restored.samples()) else {
        panic!("16 bits stay 16 bits")
    };
    let equal = a.iter().zip(b).filter(|(a, b)| a == b).count();
    assert!(equal as f32 > 0.9 * a.len() as f32, "{equal} of {}", a.len());
}

#[test]
fn a_crop_finds_its_place_and_the_rest_stays() {
    let base = base();
    let crop = harbour(440, 294, |x, y, read| {
        let (x, y) = (x as f32 + 30.0, y as f32 + 16.0);
        if disc(x, y) { [20.0, 60.0, 200.0] } else { read(x, y) }
    });
    let found = found(&base, &crop);
    assert_eq!(found.verdict, Verdict::Local);
    let (x, y) = found.matrix.apply(100.0, 100.0);
    assert!((x - 70.0).abs() < 0.2 && (y - 84.0).abs() < 0.2, "{x}, {y}");
    let restored = restore(&base, &crop, &found, &Unwatched).expect("nobody cancels");
    assert_eq!((restored.width(), restored.height()), SIZE);
    let equal = samples(&base)
        .iter()
        .zip(samples(&restored))
        .filter(|(a, b)| a == b)
        .count();
    assert!(equal as f32 > 0.93 * samples(&base).len() as f32, "{equal}");
}

#[test]
fn a_region_drawn_by_the_person_is_the_mask() {
    let region = Mask::rectangle(SIZE, (10, 20, 100, 60)).expect("a mask");
    let options = CompareOptions {
        region: Some(region.clone()),
        ..CompareOptions::default()
    };
    let found = compare(&base(), &drifted(), &options, &Unwatched).expect("nobody cancels");
    assert_eq!(found.mask, region);
    assert_eq!(found.verdict, Verdict::Local);
}

/// A pixel as it is shown: grey as its colour, without alpha opaque; samples of either depth.
fn shown(raster: &Raster, at: usize) -> [u16; 4] {
    let count = raster.channels().count();
    let (pixel, opaque): (Vec<u16>, u16) = match raster.samples() {
        Samples::U8(v) => (v[at * count..][..count].iter().map(|v| u16::from(*v)).collect(), 255),
        Samples::U16(v) => (v[at * count..][..count].to_vec(), u16::MAX),
    };
    match raster.channels() {
        Channels::Gray => [pixel[0], pixel[0], pixel[0], opaque],
        Channels::GrayAlpha => [pixel[0], pixel[0], pixel[0], pixel[1]],
        Channels::Rgb => [pixel[0], pixel[1], pixel[2], opaque],
        Channels::Rgba => [pixel[0], pixel[1], pixel[2], pixel[3]],
    }
}

#[test]
fn a_region_drawn_by_the_person_holds_even_when_another_picture_came_back() {
    let (base, other) = (drawings::harbour(), drawings::still_life());
    let size = (base.width(), base.height());
    let region = Mask::rectangle(size, (100, 90, 200, 160)).expect("a mask");
    let options = CompareOptions {
        region: Some(region),
        ..CompareOptions::default()
    };
    let found = compare(&base, &other, &options, &Unwatched).expect("nobody cancels");
    assert_eq!(found.verdict, Verdict::Local);
    let restored = restore(&base, &other, &found, &Unwatched).expect("nobody cancels");
    let differing = (0..(size.0 * size.1) as usize).filter(|&at| shown(&base, at) != shown(&restored, at));
    let width = size.0 as usize;
    let inside = |at: usize| (100..300).contains(&(at % width)) && (90..250).contains(&(at / width));
    let differing: Vec<usize> = differing.collect();
    assert!(differing.len() > 1000 && differing.into_iter().all(inside));
}

#[test]
fn what_a_result_made_see_through_stays_so_and_the_rest_stays_opaque() {
    let base = base();
    let cut: Vec<u8> = samples(&base)
        .chunks_exact(3)
        .enumerate()
        .flat_map(|(i, p)| {
            let alpha = if (i as u32 % SIZE.0) < 200 { 0 } else { 255 };
            [p[0], p[1], p[2], alpha]
        })
        .collect();
    let result = Raster::from_u8(SIZE.0, SIZE.1, Channels::Rgba, cut).expect("it fits");
    let found = found(&base, &result);
    assert_eq!(found.verdict, Verdict::Local);
    let restored = restore(&base, &result, &found, &Unwatched).expect("nobody cancels");
    assert_eq!(restored.channels(), Channels::Rgba);
    assert_eq!(shown(&restored, 50)[3], 0, "it was cut out");
    assert_eq!(shown(&restored, 400), shown(&base, 400), "and this was not");
    assert_eq!(guarded(&base, &restored), restored, "twice changes nothing");
}

#[test]
fn a_picture_of_something_else_is_left_alone() {
    let other = drawings::still_life();
    let found = found(&drawings::harbour(), &other);
    assert_eq!(found.verdict, Verdict::Unrelated);
    let kept = restore(&drawings::harbour(), &other, &found, &Unwatched).expect("nobody cancels");
    assert_eq!(kept, other);
}

#[test]
fn a_subject_that_stayed_is_alike_and_another_is_not() {
    let (here, there) = (base(), drifted());
    let boats = Mask::rectangle(SIZE, (60, 120, 180, 160)).expect("a mask");
    let alike = likeness(&here, &there, Some(&boats), &found(&here, &there), None, &Unwatched).expect("nobody cancels");
    let alike = alike.expect("large enough");
    assert!(alike.detail_drift < 0.05 && alike.shape_drift < 0.3, "{alike:?}");
    let other = drawings::still_life();
    let strange =
        likeness(&here, &other, Some(&boats), &found(&here, &other), None, &Unwatched).expect("nobody cancels");
    let strange = strange.expect("large enough");
    assert!(strange.detail_drift > 0.6, "{strange:?}");
}

#[test]
fn a_cancel_is_heeded_and_progress_never_falls() {
    struct Impatient {
        asked: AtomicUsize,
        patience: usize,
        last: std::sync::Mutex<f32>,
    }
    impl Watch for Impatient {
        fn progress(&self, fraction: f32, _: &str) {
            let mut last = self.last.lock().expect("no panic");
            assert!(fraction >= *last && fraction <= 1.0);
            *last = fraction;
        }
        fn is_cancelled(&self) -> bool {
            self.asked.fetch_add(1, Ordering::Relaxed) >= self.patience
        }
    }
    let watch = |patience| Impatient {
        asked: AtomicUsize::new(0),
        patience,
        last: std::sync::Mutex::new(0.0),
    };
    let (base, result) = (base(), drifted());
    for patience in [0, 1, 10, 40] {
        let ended = compare(&base, &result, &CompareOptions::default(), &watch(patience));
        assert_eq!(ended, Err(CompareError::Cancelled), "{patience}");
    }
    assert!(compare(&base, &result, &CompareOptions::default(), &watch(usize::MAX)).is_ok());
}

/// Any picture: a size, a kind of content, samples of either depth.
fn any_picture() -> impl Strategy<Value = Raster> {
    let channels = prop_oneof![
        Just(Channels::Gray),
        Just(Channels::GrayAlpha),
        Just(Channels::Rgb),
        Just(Channels::Rgba)
    ];
    (1u32..90, 1u32..90, channels, any::<bool>(), 0u8..5, any::<u64>())
        .prop_map(|(w, h, channels, deep, kind, seed)| picture(w, h, channels, deep, kind, seed))
}

fn picture(w: u32, h: u32, channels: Channels, deep: bool, kind: u8, seed: u64) -> Raster {
    let count = channels.count() as u32;
    let mut state = seed | 1;
    let mut noise = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 48) as u16
    };
    let data: Vec<u16> = (0..w * h * count)
        .map(|i| {
            let (x, y) = (i / count % w, i / count / w);
            match kind {
                0 => noise(),
                1 => (seed >> 40) as u16,
                2 => ((x * 700 + y * 500 + i % count * 9000) % 65_536) as u16,
                3 => {
                    if (x / 7 + y / 5) % 2 == 0 {
                        52_000
                    } else {
                        9_000 + noise() / 16
                    }
                }
                _ => {
                    ((f32::from(noise()) / 65_535.0 - 0.5) * 6000.0
                        + 30_000.0
                        + 20_000.0 * (x as f32 * 0.21).sin() * (y as f32 * 0.17).cos()) as u16
                }
            }
        })
        .collect();
    if deep {
        Raster::from_u16(w, h, channels, data).expect("it fits")
    } else {
        Raster::from_u8(w, h, channels, data.iter().map(|v| (v >> 8) as u8).collect()).expect("it fits")
    }
}

/// The same picture with a rectangle painted over and all samples a little off.
fn edited(base: &Raster, seed: u64) -> Raster {
    let (w, h, count) = (base.width(), base.height(), base.channels().count());
    let (x0, y0) = ((seed % u64::from(w)) as u32, (seed / 97 % u64::from(h)) as u32);
    let inside = |i: usize| {
        let (x, y) = ((i / count) as u32 % w, (i / count) as u32 / w);
        x >= x0 && x < x0 + w / 3 && y >= y0 && y < y0 + h / 3
    };
    let off = (seed >> 20 & 3) as u16;
    match base.samples() {
        Samples::U8(v) => {
            let data = v.iter().enumerate().map(|(i, &v)| {
                if inside(i) {
                    255 - v
                } else {
                    v.saturating_add(off as u8)
                }
            });
            Raster::from_u8(w, h, base.channels(), data.collect()).expect("it fits")
        }
        Samples::U16(v) => {
            let data = v.iter().enumerate().map(|(i, &v)| {
                if inside(i) {
                    65_535 - v
                } else {
                    v.saturating_add(off * 200)
                }
            });
            Raster::from_u16(w, h, base.channels(), data.collect()).expect("it fits")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_two_pictures_can_be_compared((base, result) in (any_picture(), any_picture())) {
        let found = found(&base, &result);
        prop_assert_eq!((found.mask.width(), found.mask.height()), (base.width(), base.height()));
        prop_assert!(found.matrix.0.iter().all(|v| v.is_finite()));
        let restored = restore(&base, &result, &found, &Unwatched).expect("nobody cancels");
        let frame = if found.verdict == Verdict::Local { &base } else { &result };
        prop_assert_eq!((restored.width(), restored.height()), (frame.width(), frame.height()));
        likeness(&base, &result, None, &found, None, &Unwatched).expect("nobody cancels");
    }

    #[test]
    fn outside_of_a_drawn_region_every_pixel_is_the_bases_whatever_came_back(
        (base, result) in (any_picture(), any_picture()),
        (seed, drifts) in (any::<u64>(), any::<bool>()),
        (mask_width, mask_height, left, top, wide, high) in (1u32..120, 1u32..120, 0u32..80, 0u32..80, 1u32..80, 1u32..80),
    ) {
        let region = Mask::rectangle((mask_width, mask_height), (left, top, wide, high)).expect("a mask");
        let result = if drifts { edited(&base, seed) } else { result };
        let options = CompareOptions { region: Some(region.clone()), ..CompareOptions::default() };
        let found = compare(&base, &result, &options, &Unwatched).expect("nobody cancels");
        prop_assert_eq!(found.verdict, Verdict::Local);
        let restored = restore(&base, &result, &found, &Unwatched).expect("nobody cancels");
        prop_assert_eq!((restored.width(), restored.height()), (base.width(), base.height()));
        let mask = region.at_size(base.width(), base.height());
        for (at, value) in mask.data().iter().enumerate() {
            prop_assert!(*value > 0 || shown(&base, at) == shown(&restored, at), "pixel {}", at);
        }
    }

    #[test]
    fn a_picture_guarded_against_itself_is_itself(base in any_picture()) {
        let found = found(&base, &base);
        prop_assert_eq!(found.verdict, Verdict::Local);
        prop_assert_eq!(found.changed, 0.0);
        prop_assert_eq!(found.matrix, Affine::IDENTITY);
        prop_assert_eq!(found.colour, ColourMap::IDENTITY);
        prop_assert_eq!(guarded(&base, &base), base);
    }

    #[test]
    fn guarding_twice_changes_nothing((base, seed) in (any_picture(), any::<u64>())) {
        let once = guarded(&base, &edited(&base, seed));
        prop_assert_eq!(&guarded(&base, &once), &once);
    }

    #[test]
    fn guarding_anything_twice_changes_nothing((base, result) in (any_picture(), any_picture())) {
        let once = guarded(&base, &result);
        prop_assert_eq!(&guarded(&base, &once), &once);
    }
}
