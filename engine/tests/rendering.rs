//! What operations do to pixels, on pictures drawn here: promises that hold for all of them, then each by itself.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use plantain_engine::{
    Channels, Direction, Group, Mask, Op, Params, Place, Raster, RenderContext, RenderError, Samples, Step, Target,
    Unwatched, Watch, operations, render,
};

fn done(step: &Step, picture: &Raster) -> Raster {
    render(
        std::slice::from_ref(step),
        picture.clone(),
        &RenderContext::default(),
        &Unwatched,
    )
    .expect("the step is sound")
}

fn eight(raster: &Raster) -> &[u8] {
    match raster.samples() {
        Samples::U8(v) => v,
        Samples::U16(_) => panic!("8 bits expected"),
    }
}

fn sixteen(raster: &Raster) -> &[u16] {
    match raster.samples() {
        Samples::U16(v) => v,
        Samples::U8(_) => panic!("16 bits expected"),
    }
}

/// A picture with ramps, edges, colours and some texture.
fn scene(width: u32, height: u32, channels: Channels) -> Raster {
    let mut samples = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let ramp = (x * 255 / width.max(1)) as u8;
            let texture = ((x * 7 + y * 13) % 23) as u8;
            let disc = u32::pow(x.abs_diff(width / 2), 2) + u32::pow(y.abs_diff(height / 2), 2)
                < u32::pow(width.min(height) / 4, 2);
            let rgb = if disc {
                [210, 60u8.saturating_add(texture), 40]
            } else {
                [ramp, (y * 255 / height.max(1)) as u8, 120 + texture]
            };
            match channels {
                Channels::Gray | Channels::GrayAlpha => samples.push(rgb[1]),
                Channels::Rgb | Channels::Rgba => samples.extend(rgb),
            }
            if channels.has_alpha() {
                samples.push(if disc { 255 } else { ramp });
            }
        }
    }
    Raster::from_u8(width, height, channels, samples).expect("it fits")
}

fn flat(rgb: [u8; 3]) -> Raster {
    Raster::from_u8(32, 32, Channels::Rgb, rgb.repeat(32 * 32)).expect("it fits")
}

fn ramp_16() -> Raster {
    let samples = (0..4u32).flat_map(|_| (0..4096u32).map(|x| (x * 16) as u16)).collect();
    Raster::from_u16(4096, 4, Channels::Gray, samples).expect("it fits")
}

/// A step of each operation, with what it needs.
fn every_step() -> Vec<Step> {
    operations()
        // Without its net there is no painting; `selection.rs` has the operations that need nets.
        .filter(|info| info.op != Op::Style)
        // What needs a thing to work on is in `retouching.rs`.
        .filter(|info| info.group != Group::Objects && !matches!(info.op, Op::Move | Op::Scale))
        .flat_map(|info| {
            let params = match info.op {
                Op::Rotate => Params {
                    degrees: Some(7.0),
                    ..Params::default()
                },
                Op::Straighten => Params {
                    degrees: Some(-3.0),
                    ..Params::default()
                },
                Op::Hue => Params {
                    degrees: Some(40.0),
                    ..Params::default()
                },
                Op::Crop => Params {
                    ratio: Some("1:1".into()),
                    ..Params::default()
                },
                Op::Resize => Params {
                    scale: Some(0.6),
                    ..Params::default()
                },
                Op::BackgroundReplace => Params {
                    scene: Some("studio".into()),
                    ..Params::default()
                },
                _ => Params::default(),
            };
            let step = |strength| Step {
                op: info.op,
                target: Target::Picture,
                strength,
                params: params.clone(),
            };
            match info.default_strength {
                Some(_) if info.is_two_way => vec![step(Some(0.7)), step(Some(-0.7))],
                Some(_) => vec![step(Some(0.7))],
                None => vec![step(None)],
            }
        })
        .collect()
}

fn is_geometry(op: Op) -> bool {
    let group = operations().find(|o| o.op == op).map(|o| o.group);
    group == Some(Group::Geometry)
}

fn is_style(op: Op) -> bool {
    operations().any(|o| o.op == op && o.group == Group::Style)
}

/// Whether it is about the subject: what is behind it then changes its colours and its alpha.
fn is_about_the_subject(op: Op) -> bool {
    operations().any(|o| o.op == op && o.group == Group::Subject)
}

#[test]
fn every_operation_changes_a_picture_and_strength_zero_changes_nothing() {
    let picture = scene(97, 61, Channels::Rgb);
    for step in every_step() {
        assert_ne!(done(&step, &picture), picture, "{step:?}");
        if step.strength.is_some() {
            let idle = Step {
                strength: Some(0.0),
                ..step
            };
            assert_eq!(done(&idle, &picture), picture, "{idle:?}");
        }
    }
}

#[test]
fn every_operation_takes_every_kind_and_size_of_picture() {
    for channels in [Channels::Gray, Channels::GrayAlpha, Channels::Rgb, Channels::Rgba] {
        for (w, h) in [(1, 1), (1, 40), (40, 1), (3, 2), (33, 17)] {
            for step in every_step() {
                let out = done(&step, &scene(w, h, channels));
                let should = channels.has_alpha() || step.op == Op::Cutout;
                assert_eq!(out.channels().has_alpha(), should, "{step:?}");
            }
        }
    }
}

#[test]
fn alpha_is_kept() {
    let picture = scene(64, 48, Channels::Rgba);
    let alpha = |r: &Raster| eight(r).chunks(4).map(|p| p[3]).collect::<Vec<_>>();
    for step in every_step()
        .into_iter()
        .filter(|s| !is_geometry(s.op) && !is_about_the_subject(s.op))
    {
        assert_eq!(alpha(&done(&step, &picture)), alpha(&picture), "{step:?}");
    }
}

#[test]
fn outside_the_region_every_byte_stays() {
    let picture = scene(80, 60, Channels::Rgb);
    let region = Mask::rectangle((80, 60), (20, 10, 30, 25)).expect("it fits");
    let context = RenderContext {
        region: Some(region.clone()),
        ..RenderContext::default()
    };
    for step in every_step()
        .into_iter()
        .filter(|s| !is_geometry(s.op) && !is_about_the_subject(s.op))
    {
        let step = step.on(Target::Region);
        let out = render(std::slice::from_ref(&step), picture.clone(), &context, &Unwatched).expect("sound");
        let mut changed = 0;
        for (at, (was, is)) in eight(&picture).chunks(3).zip(eight(&out).chunks(3)).enumerate() {
            if region.data()[at] == 0 {
                assert_eq!(was, is, "{step:?} touched pixel {at}");
            } else {
                changed += usize::from(was != is);
            }
        }
        assert!(
            changed > 0 || matches!(step.op, Op::Vignette),
            "{step:?} did nothing inside"
        );
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes_on_any_number_of_threads() {
    let picture = scene(233, 171, Channels::Rgb);
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
    let (one, five) = (pool(1), pool(5));
    for step in every_step() {
        assert_eq!(
            one.install(|| done(&step, &picture)),
            five.install(|| done(&step, &picture)),
            "{step:?}"
        );
    }
}

#[test]
fn sixteen_bits_are_not_banded() {
    let picture = ramp_16();
    for step in every_step()
        .into_iter()
        .filter(|s| !is_geometry(s.op) && !is_style(s.op) && !matches!(s.op, Op::Posterize | Op::Pixelate | Op::Grain))
    {
        let out = done(&step, &picture);
        let count = out.channels().count();
        let mut values: Vec<u16> = sixteen(&out).chunks(count).take(4096).map(|p| p[0]).collect();
        values.dedup();
        assert!(values.len() > 2500, "{step:?} left {} of 4096 values", values.len());
    }
}

#[test]
fn brightening_burns_nothing_out() {
    let ramp = Raster::from_u8(256, 1, Channels::Gray, (0..=255).collect()).expect("it fits");
    for op in [Op::Brightness, Op::Exposure, Op::Contrast, Op::Shadows] {
        let out = done(&Step::new(op).with_strength(0.5), &ramp);
        let values = eight(&out);
        assert!(values.windows(2).all(|w| w[0] <= w[1]), "{op:?} folds tones over");
        let white = values.iter().filter(|&&v| v == 255).count();
        assert!(white <= 12, "{op:?} makes {white} of 256 tones white");
        assert!(values[255] >= 254, "{op:?} dulls white to {}", values[255]);
    }
}

#[test]
fn brighter_is_brighter_and_darker_darker() {
    let grey = |op, s: f32| i32::from(eight(&done(&Step::new(op).with_strength(s), &flat([110, 110, 110])))[0]);
    for op in [Op::Brightness, Op::Exposure] {
        assert!(
            grey(op, 0.25) > 118 && grey(op, 0.5) > grey(op, 0.25) && grey(op, 1.0) > grey(op, 0.5),
            "{op:?}"
        );
        assert!(grey(op, -0.25) < 104 && grey(op, -1.0) < grey(op, -0.5), "{op:?}");
    }
    // One stop is twice the light: sRGB 110 is 0.1559 of full light, 0.3118 is 151.
    assert!((grey(Op::Exposure, 0.5) - 151).abs() <= 1);
}

#[test]
fn shadows_and_highlights_know_their_range() {
    let level = |op, s: f32, v: u8| {
        i32::from(eight(&done(&Step::new(op).with_strength(s), &flat([v, v, v])))[0]) - i32::from(v)
    };
    assert!(level(Op::Shadows, 0.5, 50) > 15 && level(Op::Shadows, 0.5, 220).abs() <= 1);
    assert!(level(Op::Shadows, -0.5, 50) < -8);
    assert!(level(Op::Highlights, -0.5, 225) < -15 && level(Op::Highlights, -0.5, 60).abs() <= 1);
}

#[test]
fn contrast_spreads_and_saturation_keeps_grey() {
    let pair = Raster::from_u8(2, 1, Channels::Gray, vec![90, 170]).expect("it fits");
    let gap = |s: f32| {
        let out = done(&Step::new(Op::Contrast).with_strength(s), &pair);
        i32::from(eight(&out)[1]) - i32::from(eight(&out)[0])
    };
    assert!(gap(0.5) > 90 && gap(-0.5) < 65);
    for op in [Op::Saturation, Op::Vibrance, Op::Hue] {
        let mut step = Step::new(op).with_strength(0.8);
        step.params.degrees = Some(90.0);
        let out = done(&step, &flat([128, 128, 128]));
        assert!(eight(&out).iter().all(|v| v.abs_diff(128) <= 1), "{op:?} colours grey");
    }
    let grey = done(&Step::new(Op::Saturation).with_strength(-1.0), &flat([200, 80, 40]));
    let p = &eight(&grey)[..3];
    assert!(p[0].abs_diff(p[1]) <= 1 && p[1].abs_diff(p[2]) <= 1, "{p:?}");
}

#[test]
fn warm_cool_and_tints_lean_the_right_way() {
    let lean = |step: &Step| {
        let out = done(step, &flat([128, 128, 128]));
        let p = eight(&out);
        (
            i32::from(p[0]) - i32::from(p[2]),
            i32::from(p[1]) - (i32::from(p[0]) + i32::from(p[2])) / 2,
        )
    };
    assert!(lean(&Step::new(Op::Temperature).with_strength(0.5)).0 > 15);
    assert!(lean(&Step::new(Op::Temperature).with_strength(-0.5)).0 < -15);
    assert!(lean(&Step::new(Op::Tint).with_strength(0.5)).1 < -8, "magenta");
    assert!(lean(&Step::new(Op::Tint).with_strength(-0.5)).1 > 8, "green");
    let mut blue = Step::new(Op::Tint).with_strength(0.5);
    blue.params.color = Some("#0000ff".into());
    assert!(lean(&blue).0 < -30);
    assert!(lean(&Step::new(Op::Sepia).with_strength(1.0)).0 > 25);
    assert!(lean(&Step::new(Op::Vintage).with_strength(0.5)).0 > 3);
}

#[test]
fn grey_is_by_light_and_a_negative_of_a_negative_is_the_picture() {
    let step = Step::new(Op::Grayscale).with_strength(1.0);
    let pixel = eight(&done(&step, &flat([255, 0, 0])))[..3].to_vec();
    // 0.2126 of full light is sRGB 127.
    assert!(pixel.iter().all(|v| v.abs_diff(127) <= 1), "{pixel:?}");
    let picture = scene(40, 30, Channels::Rgb);
    let twice = render(
        &[Step::new(Op::Invert), Step::new(Op::Invert)],
        picture.clone(),
        &RenderContext::default(),
        &Unwatched,
    );
    assert_eq!(twice.expect("sound"), picture);
}

#[test]
fn posterize_leaves_few_tones_and_pixelate_makes_flat_blocks() {
    let ramp = Raster::from_u8(256, 1, Channels::Gray, (0..=255).collect()).expect("it fits");
    let out = done(&Step::new(Op::Posterize).with_strength(0.75), &ramp);
    let mut tones = eight(&out).to_vec();
    tones.dedup();
    assert_eq!(tones.len(), 4);
    let mut step = Step::new(Op::Pixelate).with_strength(0.5);
    step.params.width = Some(10);
    let out = done(&step, &scene(40, 30, Channels::Rgb));
    let at = |x: usize, y: usize| &eight(&out)[(y * 40 + x) * 3..][..3];
    assert!((0..10).all(|i| at(i, 3) == at(0, 0) && at(10 + i, 29) == at(19, 20)));
}

#[test]
fn a_vignette_darkens_corners_only_and_grain_keeps_the_mean() {
    let out = done(&Step::new(Op::Vignette).with_strength(0.5), &flat([160, 160, 160]));
    assert_eq!(eight(&out)[(16 * 32 + 16) * 3], 160);
    assert!(eight(&out)[0] < 130);
    let grey = Raster::from_u8(200, 200, Channels::Gray, vec![128; 40_000]).expect("it fits");
    let out = done(&Step::new(Op::Grain).with_strength(0.5), &grey);
    let mean = eight(&out).iter().map(|&v| f64::from(v)).sum::<f64>() / 40_000.0;
    let spread = (eight(&out).iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / 40_000.0).sqrt();
    assert!(
        (mean - 128.0).abs() < 1.0 && (3.0..25.0).contains(&spread),
        "mean {mean}, spread {spread}"
    );
    let seeded = RenderContext {
        seed: 9,
        ..RenderContext::default()
    };
    let other = render(&[Step::new(Op::Grain).with_strength(0.5)], grey, &seeded, &Unwatched).expect("sound");
    assert_ne!(other, out);
}

#[test]
fn a_blur_is_a_gaussian_of_its_radius_and_keeps_the_light() {
    for radius in [4u32, 16, 40] {
        let size = 257u32;
        // A step edge in linear light: after a Gaussian of sigma the value one sigma to the right is 0.8413 of full light.
        let samples: Vec<u16> = (0..size)
            .flat_map(|_| (0..size).map(|x| if x >= size / 2 { 65535 } else { 0 }))
            .collect();
        let edge = Raster::from_u16(size, size, Channels::Gray, samples).expect("it fits");
        let mut step = Step::new(Op::Blur).with_strength(0.5);
        step.params.width = Some(radius);
        let out = done(&step, &edge);
        let sigma = radius / 2;
        let row = &sixteen(&out)[(size * 128) as usize..];
        let light = |x: u32| {
            let v = f64::from(row[x as usize]) / 65535.0;
            if v <= 0.04045 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        };
        // The edge lies between two pixels.
        let one_sigma = (light(size / 2 + sigma) + light(size / 2 + sigma - 1)) / 2.0;
        assert!((one_sigma - 0.8413).abs() < 0.02, "radius {radius}: {one_sigma}");
    }
}

#[test]
fn blurring_lends_no_colour_from_transparent_pixels() {
    // Left half opaque red, right half transparent green.
    let samples = (0..32)
        .flat_map(|_| (0..32).flat_map(|x| if x < 16 { [200, 0, 0, 255] } else { [0, 255, 0, 0] }))
        .collect();
    let picture = Raster::from_u8(32, 32, Channels::Rgba, samples).expect("it fits");
    let mut step = Step::new(Op::Blur).with_strength(0.5);
    step.params.width = Some(6);
    let out = done(&step, &picture);
    let pixel = &eight(&out)[(10 * 32 + 15) * 4..][..4];
    assert!(pixel[0] >= 199 && pixel[1] <= 1, "{pixel:?}");
}

/// The mean difference between neighbours: how much detail there is.
fn detail(raster: &Raster) -> f64 {
    let row = raster.width() as usize * raster.channels().count();
    let sum: f64 = eight(raster)
        .chunks(row)
        .flat_map(|r| r.windows(2).map(|w| f64::from(w[0].abs_diff(w[1]))))
        .sum();
    sum / eight(raster).len() as f64
}

#[test]
fn sharpening_and_clarity_add_detail_and_their_opposites_take_it() {
    let samples = (0..150u32)
        .flat_map(|y| (0..200u32).map(move |x| 100 + ((x * 7 + y * 13) % 23) as u8 * 2))
        .collect();
    let picture = Raster::from_u8(200, 150, Channels::Gray, samples).expect("it fits");
    for op in [Op::Sharpen, Op::Clarity] {
        assert!(
            detail(&done(&Step::new(op).with_strength(0.5), &picture)) > detail(&picture) * 1.04,
            "{op:?} {}",
            detail(&done(&Step::new(op).with_strength(0.5), &picture)) / detail(&picture)
        );
        assert!(
            detail(&done(&Step::new(op).with_strength(-0.5), &picture)) < detail(&picture) * 0.98,
            "{op:?}"
        );
    }
}

#[test]
fn denoising_calms_noise_and_keeps_an_edge() {
    let noise = |x: u32, y: u32| {
        (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> 27
    };
    let samples = (0..120u32)
        .flat_map(|y| (0..120u32).map(move |x| (if x < 60 { 60 } else { 180 }) + noise(x, y) as u8))
        .collect();
    let picture = Raster::from_u8(120, 120, Channels::Gray, samples).expect("it fits");
    let out = done(&Step::new(Op::Denoise).with_strength(0.5), &picture);
    let spread = |r: &Raster| {
        let values: Vec<f64> = (10..110)
            .flat_map(|y| (5..50).map(move |x| (x, y)))
            .map(|(x, y)| f64::from(eight(r)[y * 120 + x]))
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    assert!(
        spread(&out) < spread(&picture) * 0.55,
        "{} of {}",
        spread(&out),
        spread(&picture)
    );
    let step = (10..110)
        .map(|y| f64::from(eight(&out)[y * 120 + 62]) - f64::from(eight(&out)[y * 120 + 57]))
        .sum::<f64>()
        / 100.0;
    assert!(step > 100.0, "the edge of 120 is {step}");
}

#[test]
fn haze_is_taken_from_where_it_lies() {
    // The same stripes, clear at the bottom and more and more veiled by white towards the top.
    let samples = (0..200u32)
        .flat_map(|y| {
            (0..200u32).flat_map(move |x| {
                let clear = if x / 10 % 2 == 0 {
                    [40.0, 90.0, 30.0]
                } else {
                    [120.0, 70.0, 50.0f32]
                };
                let veil = 0.75 * (1.0 - y as f32 / 200.0);
                clear.map(|v| (v * (1.0 - veil) + 235.0 * veil) as u8)
            })
        })
        .collect();
    let hazy = Raster::from_u8(200, 200, Channels::Rgb, samples).expect("it fits");
    let out = done(&Step::new(Op::Dehaze).with_strength(0.8), &hazy);
    let gap = |r: &Raster, y: usize| i32::from(eight(r)[(y * 200 + 45) * 3].abs_diff(eight(r)[(y * 200 + 55) * 3]));
    assert!(
        gap(&out, 40) as f32 > gap(&hazy, 40) as f32 * 1.5,
        "{} of {}",
        gap(&out, 40),
        gap(&hazy, 40)
    );
    assert!(gap(&out, 195).abs_diff(gap(&hazy, 195)) < 25);
}

#[test]
fn automatic_enhancement_helps_the_dull_and_leaves_the_fine() {
    // Dull: everything between 90 and 150, with a blue cast.
    let samples = (0..100u32)
        .flat_map(|_| {
            (0..100u32).flat_map(|x| {
                let v = 90 + (x * 60 / 100) as u8;
                [v, v, v + 14]
            })
        })
        .collect();
    let dull = Raster::from_u8(100, 100, Channels::Rgb, samples).expect("it fits");
    let out = done(&Step::new(Op::AutoEnhance).with_strength(0.5), &dull);
    let (first, last) = (&eight(&out)[..3], &eight(&out)[297..300]);
    assert!(i32::from(last[1]) - i32::from(first[1]) > 75, "{first:?} to {last:?}");
    assert!(last[2].abs_diff(last[1]) < 10, "the cast should go: {last:?}");
    let fine = Raster::from_u8(256, 4, Channels::Gray, (0..4).flat_map(|_| 0..=255).collect()).expect("it fits");
    let out = done(&Step::new(Op::AutoEnhance).with_strength(0.5), &fine);
    let most = eight(&out).iter().zip(eight(&fine)).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(most < Some(40), "{most:?}");
}

#[test]
fn a_faded_picture_has_no_black_and_less_colour() {
    let out = done(&Step::new(Op::Fade).with_strength(0.5), &flat([0, 0, 0]));
    assert!(eight(&out)[0] > 12);
    let out = done(&Step::new(Op::Fade).with_strength(0.5), &flat([200, 60, 60]));
    assert!(eight(&out)[0] - eight(&out)[1] < 125);
}

fn numbered(width: u32, height: u32) -> Raster {
    Raster::from_u8(
        width,
        height,
        Channels::Gray,
        (0..width * height).map(|i| i as u8).collect(),
    )
    .expect("it fits")
}

fn shape(op: Op, params: Params) -> Step {
    Step {
        op,
        target: Target::Picture,
        strength: None,
        params,
    }
}

#[test]
fn quarter_turns_and_mirrors_move_samples_exactly() {
    let turn = |degrees| {
        shape(
            Op::Rotate,
            Params {
                degrees: Some(degrees),
                ..Params::default()
            },
        )
    };
    // 0 1 2 / 3 4 5
    let picture = numbered(3, 2);
    assert_eq!(eight(&done(&turn(90.0), &picture)), [3, 0, 4, 1, 5, 2]);
    assert_eq!(eight(&done(&turn(-90.0), &picture)), [2, 5, 1, 4, 0, 3]);
    assert_eq!(eight(&done(&turn(180.0), &picture)), [5, 4, 3, 2, 1, 0]);
    assert_eq!(done(&turn(360.0), &picture), picture);
    let flip = |direction| {
        shape(
            Op::Flip,
            Params {
                direction: Some(direction),
                ..Params::default()
            },
        )
    };
    assert_eq!(eight(&done(&flip(Direction::Horizontal), &picture)), [2, 1, 0, 5, 4, 3]);
    assert_eq!(eight(&done(&flip(Direction::Vertical), &picture)), [3, 4, 5, 0, 1, 2]);
    let colours = scene(5, 4, Channels::Rgba);
    let there = done(&flip(Direction::Horizontal), &colours);
    assert_eq!(done(&flip(Direction::Horizontal), &there), colours);
}

#[test]
fn crops_keep_the_part_that_is_named() {
    let crop = |params| shape(Op::Crop, params);
    let picture = numbered(6, 4);
    let square = done(
        &crop(Params {
            ratio: Some("1:1".into()),
            ..Params::default()
        }),
        &picture,
    );
    assert_eq!((square.width(), square.height(), eight(&square)[0]), (4, 4, 1));
    let left = done(
        &crop(Params {
            place: Some(Place::Left),
            scale: Some(0.5),
            ..Params::default()
        }),
        &picture,
    );
    assert_eq!((left.width(), left.height(), eight(&left)[0]), (3, 4, 0));
    let corner = done(
        &crop(Params {
            place: Some(Place::BottomRight),
            scale: Some(0.5),
            ..Params::default()
        }),
        &picture,
    );
    assert_eq!(eight(&corner), [15, 16, 17, 21, 22, 23]);
    let region = Mask::rectangle((6, 4), (2, 1, 3, 2)).expect("it fits");
    let context = RenderContext {
        region: Some(region),
        ..RenderContext::default()
    };
    let drawn = render(&[Step::new(Op::Crop).on(Target::Region)], picture, &context, &Unwatched).expect("sound");
    assert_eq!(eight(&drawn), [8, 9, 10, 14, 15, 16]);
}

#[test]
fn resizing_keeps_flat_colours_and_light_and_never_stretches() {
    let resize = |params| shape(Op::Resize, params);
    for scale in [0.13, 0.5, 2.3] {
        let out = done(
            &resize(Params {
                scale: Some(scale),
                ..Params::default()
            }),
            &flat([10, 100, 200]),
        );
        assert!(eight(&out).chunks(3).all(|p| p == [10, 100, 200]), "{scale}");
    }
    // A fine chequerboard is half the light, which is sRGB 188 and not 128.
    let board = Raster::from_u8(
        64,
        64,
        Channels::Gray,
        (0..4096u32)
            .map(|i| if (i / 64 + i) % 2 == 0 { 255 } else { 0 })
            .collect(),
    )
    .expect("it fits");
    let half = done(
        &resize(Params {
            scale: Some(0.25),
            ..Params::default()
        }),
        &board,
    );
    assert!(eight(&half)[100].abs_diff(188) <= 3, "{}", eight(&half)[100]);
    let exact = done(
        &resize(Params {
            width: Some(30),
            height: Some(30),
            ..Params::default()
        }),
        &scene(120, 60, Channels::Rgb),
    );
    assert_eq!((exact.width(), exact.height()), (30, 30));
    let wide = done(
        &resize(Params {
            width: Some(50),
            ..Params::default()
        }),
        &scene(100, 60, Channels::Rgb),
    );
    assert_eq!((wide.width(), wide.height()), (50, 30));
    let too_large = render(
        &[resize(Params {
            scale: Some(16.0),
            ..Params::default()
        })],
        scene(4000, 3000, Channels::Gray),
        &RenderContext::default(),
        &Unwatched,
    );
    assert!(matches!(too_large, Err(RenderError::TooLarge { width: 64_000, .. })));
}

#[test]
fn a_free_turn_leaves_no_empty_corner() {
    let white = Raster::from_u8(90, 60, Channels::Gray, vec![255; 5400]).expect("it fits");
    let out = done(
        &shape(
            Op::Rotate,
            Params {
                degrees: Some(12.0),
                ..Params::default()
            },
        ),
        &white,
    );
    assert!(out.width() < 90 && (f64::from(out.width()) / f64::from(out.height()) - 1.5).abs() < 0.05);
    assert!(eight(&out).iter().all(|&v| v == 255));
}

#[test]
fn a_tilted_horizon_is_found_and_a_level_one_left_alone() {
    let tilted = |degrees: f32| {
        let slope = degrees.to_radians().tan();
        let samples = (0..300u32)
            .flat_map(|y| {
                (0..400u32).map(move |x| {
                    let below = (y as f32 - 150.0 - (x as f32 - 200.0) * slope + 0.5).clamp(0.0, 1.0);
                    (210.0 - 150.0 * below) as u8
                })
            })
            .collect();
        Raster::from_u8(400, 300, Channels::Gray, samples).expect("it fits")
    };
    let straighten = Step::new(Op::Straighten);
    assert_eq!(done(&straighten, &tilted(0.0)), tilted(0.0));
    for degrees in [4.0, -6.0] {
        let out = done(&straighten, &tilted(degrees));
        let edge = |x: u32| {
            (0..out.height())
                .find(|y| eight(&out)[(y * out.width() + x) as usize] < 130)
                .expect("an edge")
        };
        let (left, right) = (edge(5), edge(out.width() - 6));
        let left_over = (f64::from(right) - f64::from(left))
            .atan2(f64::from(out.width() - 11))
            .to_degrees();
        assert!(left_over.abs() < 0.5, "{degrees} leaves {left_over}");
    }
}

#[test]
fn the_region_follows_when_the_picture_is_turned() {
    let picture = flat([100, 100, 100]);
    let region = Mask::rectangle((32, 32), (0, 0, 8, 8)).expect("it fits");
    let context = RenderContext {
        region: Some(region),
        ..RenderContext::default()
    };
    let plan = [
        shape(
            Op::Rotate,
            Params {
                degrees: Some(90.0),
                ..Params::default()
            },
        ),
        Step::new(Op::Invert).on(Target::Region),
    ];
    let out = render(&plan, picture, &context, &Unwatched).expect("sound");
    assert_eq!((eight(&out)[0], eight(&out)[31 * 3]), (100, 155));
}

#[test]
fn what_cannot_be_rendered_says_why() {
    let fails = |step: Step| {
        render(&[step], flat([1, 2, 3]), &RenderContext::default(), &Unwatched).expect_err("it cannot be done")
    };
    assert_eq!(fails(Step::new(Op::Again)), RenderError::NotAnOperation(Op::Again));
    assert_eq!(fails(Step::new(Op::Remove)), RenderError::NoSuchTarget(Target::Picture));
    assert_eq!(
        fails(Step::new(Op::Blur).with_strength(0.5).on(Target::Region)),
        RenderError::NoRegion
    );
    assert_eq!(
        fails(Step::new(Op::Blur).with_strength(0.5).on(Target::Sky)),
        RenderError::NoSuchTarget(Target::Sky)
    );
    assert!(matches!(
        fails(Step::new(Op::Hue)),
        RenderError::BadStep { op: Op::Hue, .. }
    ));
    assert!(matches!(
        fails(shape(
            Op::Crop,
            Params {
                ratio: Some("16:0".into()),
                ..Params::default()
            }
        )),
        RenderError::BadStep { .. }
    ));
}

/// Cancels after some looks, and notes what it was told.
#[derive(Default)]
struct Notes {
    looks: AtomicUsize,
    cancel_after: Option<usize>,
    told: Mutex<Vec<(f32, String)>>,
}

impl Watch for Notes {
    fn progress(&self, fraction: f32, step: &str) {
        self.told
            .lock()
            .expect("nobody panics")
            .push((fraction, step.to_owned()));
    }
    fn is_cancelled(&self) -> bool {
        let looks = self.looks.fetch_add(1, Ordering::SeqCst);
        self.cancel_after.is_some_and(|after| looks >= after)
    }
}

#[test]
fn progress_rises_to_one_and_names_what_is_done() {
    let notes = Notes::default();
    let plan = [
        Step::new(Op::Blur).with_strength(0.5),
        Step::new(Op::Brightness).with_strength(0.5),
    ];
    render(&plan, scene(300, 400, Channels::Rgb), &RenderContext::default(), &notes).expect("sound");
    let told = notes.told.into_inner().expect("nobody panics");
    assert!(told.len() > 8 && told.windows(2).all(|w| w[0].0 <= w[1].0), "{told:?}");
    assert_eq!(told.last().map(|t| t.0), Some(1.0));
    assert!(told.iter().any(|t| t.1 == "Blurring") && told.iter().any(|t| t.1 == "Brightening"));
}

#[test]
fn every_operation_looks_often_whether_it_is_cancelled() {
    let picture = scene(300, 900, Channels::Rgb);
    for step in every_step().into_iter().filter(|s| s.op != Op::Crop) {
        let quiet = Notes::default();
        render(
            std::slice::from_ref(&step),
            picture.clone(),
            &RenderContext::default(),
            &quiet,
        )
        .expect("sound");
        let looks = quiet.looks.load(Ordering::SeqCst);
        assert!(looks > 20, "{step:?} looks {looks} times over 900 rows");
        let impatient = Notes {
            cancel_after: Some(looks / 2),
            ..Notes::default()
        };
        let outcome = render(
            std::slice::from_ref(&step),
            picture.clone(),
            &RenderContext::default(),
            &impatient,
        );
        assert_eq!(outcome, Err(RenderError::Cancelled), "{step:?}");
    }
}
