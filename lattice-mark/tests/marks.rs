//! What a mark promises, on drawn pictures: it is read after each of the twenty attacks, and never where there is none.

#[expect(dead_code, reason = "the bench uses the rest")]
mod kit;

use std::sync::OnceLock;

use image::RgbImage;
use kit::attacks::{QUICK, jpeg, scaled};
use kit::measures::psnr;
use kit::pictures::{Chance, cloth, drawing, drawn, landscape, screens};
use kit::{ID, borrowed, key, marked, read};
use lattice_mark::{Effort, Error, Id, Key, Picture, Stage, detect_among, detect_among_until, embed};

/// One marked picture for all tests: marking is the dearest part.
fn marked_landscape() -> &'static RgbImage {
    static MARKED: OnceLock<RgbImage> = OnceLock::new();
    MARKED.get_or_init(|| marked(&landscape(800, 600), &key()).0)
}

fn survives(attacks: &[kit::attacks::Attack]) {
    let (key, picture) = (key(), marked_landscape());
    let lost: Vec<&str> = attacks
        .iter()
        .filter(|(_, attack)| read(&attack(picture), &key, Effort::Thorough).map(|f| f.id) != Some(ID))
        .map(|(name, _)| *name)
        .collect();
    assert!(lost.is_empty(), "not read after: {lost:?}");
}

// Four tests, so that they run side by side.
#[test]
fn a_mark_outlives_recompression_and_resizing() {
    survives(&QUICK[..6]);
}

#[test]
fn a_mark_outlives_crops_turns_and_mirrors() {
    survives(&QUICK[6..11]);
}

#[test]
fn a_mark_outlives_tone_noise_blur_and_median() {
    survives(&QUICK[11..15]);
}

#[test]
fn a_mark_outlives_screenshots_overlays_perspective_and_sharing() {
    survives(&QUICK[15..]);
}

#[test]
fn what_was_done_to_the_picture_is_told() {
    let picture = image::imageops::rotate90(marked_landscape());
    let found = read(&picture, &key(), Effort::Quick).expect("a mark");
    assert_eq!(
        (found.geometry.stage, found.geometry.mirrored, found.key),
        (Stage::Near, false, 1)
    );
    assert_eq!(found.geometry.turns % 2, 1);
    assert!(found.z_d >= lattice_mark::THRESHOLD && found.z_d <= 21.2);
}

#[test]
fn the_mark_is_faint_and_the_report_says_how_faint() {
    let picture = cloth(600, 800);
    let (marked, report) = marked(&picture, &key());
    let psnr = psnr(&picture, &marked);
    assert!((psnr - report.psnr).abs() < 0.01, "{psnr} {report:?}");
    assert!(psnr > 40.0 && report.reached, "{report:?}");
}

#[test]
fn a_flat_drawing_carries_a_mark_through_hard_recompression() {
    let key = key();
    let (marked, report) = marked(&drawing(640, 480), &key);
    assert!(report.psnr > 40.0, "{report:?}");
    assert_eq!(read(&jpeg(&marked, 30), &key, Effort::Quick).map(|f| f.id), Some(ID));
}

#[test]
fn unmarked_pictures_of_every_kind_say_nothing() {
    let key = key();
    let mut pictures = screens(480, 360);
    pictures.extend(drawn(480).into_iter().map(|(_, p)| p));
    for (i, picture) in pictures.iter().enumerate() {
        assert_eq!(read(picture, &key, Effort::Whole), None, "picture {i}");
    }
}

#[test]
fn another_key_reads_nothing_and_the_old_key_still_reads() {
    let new = Key::new(2, [2; 32]);
    assert_eq!(read(marked_landscape(), &new, Effort::Quick), None);
    assert_eq!(
        read(marked_landscape(), &key(), Effort::Quick).map(|f| (f.id, f.key)),
        Some((ID, 1))
    );
}

#[test]
fn a_list_of_known_ids_reads_what_is_damaged_too_badly() {
    let (key, mut known) = (key(), vec![ID]);
    known.extend((0..10_000).map(|i| Id(i * 77)));
    // Smaller and smaller copies: the list must reach further than reading alone.
    let parts: Vec<RgbImage> = (0..12)
        .map(|i| {
            let by = 0.30 - 0.016 * i as f32;
            scaled(marked_landscape(), by, by)
        })
        .collect();
    let alone = parts.iter().filter(|p| read(p, &key, Effort::Quick).is_some()).count();
    let among = |ids: &[Id]| -> Vec<Id> {
        let found = parts
            .iter()
            .filter_map(|p| detect_among(&borrowed(p), &key, ids, Effort::Quick));
        found.map(|f| f.id).collect()
    };
    let listed = among(&known);
    assert!(listed.len() > alone, "{} with the list, {alone} without", listed.len());
    assert!(listed.iter().all(|id| *id == ID));
    assert_eq!(among(&known[1..]).iter().filter(|id| **id != ID).count(), 0);
}

#[test]
fn a_search_that_is_told_to_stop_stops() {
    let asked = std::cell::Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        true
    };
    let found = detect_among_until(&borrowed(marked_landscape()), &key(), &[ID], Effort::Thorough, &stop);
    assert_eq!(found, None, "the mark is there, and nobody was to look");
    assert!(asked.get() < 10, "asked {} times", asked.get());
}

#[test]
fn too_small_and_too_narrow_pictures_are_refused_unchanged() {
    for (width, height, expected) in [
        (
            255,
            400,
            Error::TooSmall {
                width: 255,
                height: 400,
            },
        ),
        (
            1000,
            20,
            Error::TooSmall {
                width: 1000,
                height: 20,
            },
        ),
        (
            256,
            4200,
            Error::TooNarrow {
                width: 256,
                height: 4200,
            },
        ),
    ] {
        let bytes = vec![90; width * height * 3];
        let mut picture = Picture::rgb(width, height, bytes.clone()).expect("fits");
        assert_eq!(embed(&mut picture, ID, &key()), Err(expected));
        assert_eq!(picture.into_bytes(), bytes);
    }
}

#[test]
fn alpha_is_left_alone() {
    let rgb = landscape(300, 260);
    let bytes: Vec<u8> = rgb.pixels().flat_map(|p| [p[0], p[1], p[2], p[0] ^ p[1]]).collect();
    let mut picture = Picture::rgba(300, 260, bytes.clone()).expect("fits");
    embed(&mut picture, ID, &key()).expect("large enough");
    let marked = picture.into_bytes();
    assert!(marked.iter().skip(3).step_by(4).eq(bytes.iter().skip(3).step_by(4)));
    assert_ne!(marked, bytes);
}

#[test]
fn odd_sizes_never_panic() {
    let (key, mut chance) = (key(), Chance::new(3));
    let sizes = [
        (1, 1),
        (1, 300),
        (2, 3),
        (17, 400),
        (301, 5),
        (2000, 3),
        (256, 257),
        (331, 1291),
    ];
    for (width, height) in sizes {
        let bytes: Vec<u8> = (0..width * height * 3).map(|_| chance.below(256) as u8).collect();
        let mut picture = Picture::rgb(width, height, bytes).expect("fits");
        assert_eq!(
            lattice_mark::detect(&picture, &key, Effort::Quick),
            None,
            "{width}x{height}"
        );
        let taken = embed(&mut picture, ID, &key).is_ok();
        assert_eq!(taken, width.min(height) >= 256, "{width}x{height}");
    }
}

#[test]
fn black_white_and_grey_can_be_marked() {
    for light in [0, 128, 255] {
        let mut picture = Picture::rgb(320, 320, vec![light; 320 * 320 * 3]).expect("fits");
        let report = embed(&mut picture, ID, &key()).expect("large enough");
        assert!(report.psnr > 35.0, "{light}: {report:?}");
        assert_eq!(
            lattice_mark::detect(&picture, &key(), Effort::Quick).map(|f| f.id),
            Some(ID),
            "{light}"
        );
    }
}
