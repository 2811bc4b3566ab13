//! What must not pass the gate, and what it must not do while it tries.

use std::{sync::mpsc, time::Duration};

use image::ImageFormat;
use proptest::prelude::*;

use super::{corpus::*, slots::Fault, *};

/// A refusal leaves words, and nothing else.
async fn refused(shop: &Shop, file: &[u8]) -> PictureError {
    let error = shop.take(file).await.expect_err("it passed");
    assert!(!error.for_the_user().is_empty());
    assert_eq!(shop.files(), [] as [PathBuf; 0], "{error} left something behind");
    error
}

#[tokio::test]
async fn sec_img_01_other_kinds_of_files_are_refused_with_words_under_any_name() {
    let shop = Shop::open();
    for (words, file) in not_pictures() {
        let error = refused(&shop, &file).await;
        assert_eq!(error.hint(), Hint::WrongKind);
        let text = error.for_the_user();
        assert!(text.contains(words), "{text}");
        assert!(
            text.contains("JPEG, PNG, WebP and GIF"),
            "{text} doesn't name what works"
        );
    }
    assert!(
        refused(&shop, &iso(b"heic"))
            .await
            .for_the_user()
            .contains("most compatible")
    );
}

#[tokio::test]
async fn sec_img_02_sizes_are_refused_by_the_header_just_over_the_limit_and_not_just_under() {
    let shop = Shop::open();
    for file in [
        png_header(50_000, 50_000),
        png_header(u32::MAX, u32::MAX),
        png_header(16_385, 1),
        png_header(10_000, 5_001),
        jpeg_header(65_535, 65_535),
        jpeg_header(16_385, 1),
        gif_header(65_535, 65_535),
        webp_header(16_384, 16_384),
        with_webp_chunks(&webp_header(1, 1), (16_777_216, 16_777_216), 0, &[], &[]),
    ] {
        let error = refused(&shop, &file).await;
        assert!(matches!(error, PictureError::TooManyPixels { .. }), "{error}");
        assert_eq!(error.hint(), Hint::Unusable);
        assert!(error.for_the_user().contains("50 million"));
    }
    // One pixel less, and what is wrong is that there is nothing behind the header.
    for file in [
        png_header(16_384, 1),
        png_header(10_000, 5_000),
        jpeg_header(16_384, 3_000),
    ] {
        let error = refused(&shop, &file).await;
        assert!(matches!(error, PictureError::Damaged { .. }), "{error}");
    }
}

#[tokio::test]
async fn sec_img_02_a_small_canvas_does_not_hide_a_huge_bitstream() {
    let shop = Shop::open();
    let vp8 = [
        &[0x10, 0, 0, 0x9d, 1, 0x2a][..],
        &16_383u16.to_le_bytes(),
        &16_383u16.to_le_bytes(),
        &[0; 20],
    ]
    .concat();
    let still = with_webp_chunks(&riff(&riff_chunk(b"VP8 ", &vp8)), (1, 1), 0, &[], &[]);
    assert!(matches!(
        refused(&shop, &still).await,
        PictureError::TooManyPixels { .. }
    ));
    let frame = [&[0; 16][..], &riff_chunk(b"VP8 ", &vp8)].concat();
    let moving = with_webp_chunks(&riff(&[]), (1, 1), 2, &[(b"ANIM", &[0; 6]), (b"ANMF", &frame)], &[]);
    assert!(matches!(
        refused(&shop, &moving).await,
        PictureError::TooManyPixels { .. }
    ));
    let mut gif = encoded(corners(), ImageFormat::Gif);
    let descriptor = gif
        .windows(9)
        .position(|bytes| bytes == [0x2c, 0, 0, 0, 0, 24, 0, 16, 0])
        .unwrap();
    gif[descriptor + 5..descriptor + 9].fill(0xff);
    assert!(matches!(refused(&shop, &gif).await, PictureError::TooManyPixels { .. }));
}

#[tokio::test]
async fn sec_img_02_bytes_are_counted_just_under_and_just_over_the_limit() {
    let file = encoded(scene(40, 40), ImageFormat::Png);
    let limit = |bytes| Limits {
        bytes,
        ..Limits::default()
    };
    let exact = Shop::with(limit(file.len() as u64), Duration::from_secs(60));
    assert!(exact.take(&file).await.is_ok());
    let short = Shop::with(limit(file.len() as u64 - 1), Duration::from_secs(60));
    let error = refused(&short, &file).await;
    assert_eq!(error.hint(), Hint::TooLarge);

    let mut spool = short.store.spool().await.unwrap();
    let (start, end) = file.split_at(100);
    spool.write(start).await.unwrap();
    assert!(matches!(spool.write(end).await, Err(SpoolError::TooLarge { .. })));
    drop(spool);
    assert_eq!(short.files(), [] as [PathBuf; 0], "the spool file stayed");
    let mut spool = exact.store.spool().await.unwrap();
    spool.write(&file).await.unwrap();
    assert!(matches!(spool.write(&[0]).await, Err(SpoolError::TooLarge { .. })));
}

#[tokio::test]
async fn sec_img_08_a_file_cut_anywhere_is_refused_with_words_and_leaves_nothing() {
    let shop = Shop::open();
    for (kind, file) in samples() {
        let last = if kind == "GIF" { file.len() - 1 } else { file.len() };
        for cut in (0..last).filter(|cut| cut % 97 == 0 || *cut < 60 || last - cut < 30) {
            let error = refused(&shop, &file[..cut]).await;
            assert!(
                matches!(error.hint(), Hint::Unusable | Hint::WrongKind),
                "{kind} cut at {cut}: {error}"
            );
        }
        assert!(shop.take(&file).await.is_ok(), "{kind}");
        std::fs::remove_dir_all(shop.folder.path().join("blobs")).unwrap();
    }
}

#[tokio::test]
async fn sec_img_08_a_jpeg_with_its_end_glued_on_after_a_cut_is_refused() {
    let shop = Shop::open();
    let file = rgb_jpeg(&scene(400, 300), |_| {});
    for part in [3, 5, 8, 9] {
        let cut = [&file[..file.len() * part / 10], &[0xff, 0xd9]].concat();
        refused(&shop, &cut).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sec_img_08_flipped_bits_are_never_our_fault_and_leave_nothing(
        which in 0..6usize,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8u8), 1..6),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let (kind, mut file) = samples().swap_remove(which);
        for (place, bit) in flips {
            let place = place.index(file.len());
            file[place] ^= 1 << bit;
        }
        if let Some(cut) = cut {
            let length = cut.index(file.len());
            file.truncate(length);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let shop = Shop::open();
            match shop.take(&file).await {
                Ok(blob) => {
                    shop.store.decode(&blob).await.expect("what was kept can be read");
                    shop.store.rendition(&blob, Size::S320).await.expect("and shown");
                }
                Err(error) => {
                    assert!(matches!(error.hint(), Hint::Unusable | Hint::WrongKind), "{kind}: {error}");
                    assert_eq!(shop.files(), [] as [PathBuf; 0]);
                }
            }
        });
    }

    #[test]
    fn sec_img_01_noise_behind_any_beginning_is_refused(
        start in prop::sample::select(vec![&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\xff\xff\0\0WEBPVP8X", b"RIFF\x20\0\0\0WEBPVP8L", b""]),
        noise in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let file = [start, &noise].concat();
        runtime.block_on(async { refused(&Shop::open(), &file).await });
    }
}

#[tokio::test]
async fn sec_img_04_a_file_that_is_two_things_at_once_is_only_a_picture_afterwards() {
    let script = b"<html><script>alert(document.cookie)</script></html>";
    let zip = b"PK\x03\x04\x14\0\0\0\0\0evil.class";
    let shop = Shop::open();
    for (_, file) in samples() {
        for tail in [&script[..], zip, &file] {
            let (_, stored, _) = shop.taken(&[&file[..], tail].concat()).await;
            let (_, alone, _) = shop.taken(&file).await;
            assert_eq!(stored, alone);
        }
    }
    // Script where a comment is allowed.
    let jpeg = with_segment(&rgb_jpeg(&corners(), |_| {}), 0xfe, script);
    let (_, stored, _) = shop.taken(&jpeg).await;
    assert!(!stored.windows(7).any(|bytes| bytes == b"<script"));
    // A GIF that is also a script.
    refused(&Shop::open(), b"GIF89a/*\x01\0\x01\0*/=1;alert(1)//;").await;
}

#[tokio::test]
async fn sec_img_11_a_decoder_that_panics_fails_one_request() {
    let shop = Shop::open();
    let file = rgb_jpeg(&corners(), |_| {});
    for _ in 0..5 {
        shop.store.panic_next();
        let error = refused(&shop, &file).await;
        assert_eq!(error.hint(), Hint::Unusable);
    }
    assert!(shop.take(&file).await.is_ok(), "a slot was lost");
}

#[tokio::test]
async fn sec_img_03_a_slow_decode_is_given_up_keeps_its_slot_and_frees_it_in_the_end() {
    let shop = Shop::with(Limits::default(), Duration::from_millis(200));
    let file = rgb_jpeg(&corners(), |_| {});
    let mut stalled = Vec::new();
    for _ in 0..2 {
        let (end, until) = mpsc::channel();
        *shop.store.0.slots.fault.lock().unwrap() = Some(Fault::Stall(until));
        assert!(matches!(refused(&shop, &file).await, PictureError::TooSlow));
        stalled.push(end);
    }
    let error = refused(&shop, &file).await;
    assert!(
        matches!(error, PictureError::Busy) && error.hint() == Hint::Busy,
        "{error}"
    );
    drop(stalled);
    while let Err(error) = shop.take(&file).await {
        assert!(matches!(error, PictureError::Busy | PictureError::TooSlow), "{error}");
    }
}

#[tokio::test]
async fn sec_img_03_reading_stops_by_itself_when_its_time_is_up() {
    let shop = Shop::with(Limits::default(), Duration::from_millis(20));
    let picture = scene(3000, 2000);
    let files = [
        encoded(picture.clone(), ImageFormat::Png),
        encoded(picture, ImageFormat::WebP),
    ];
    for file in files {
        let error = refused(&shop, &file).await;
        assert!(matches!(error, PictureError::TooSlow), "{error}");
        assert_eq!(error.hint(), Hint::Unusable);
    }
}

#[test]
fn sec_dos_05_a_full_disk_has_its_own_words() {
    let error = PictureError::from(io::Error::from_raw_os_error(28));
    assert_eq!(error.hint(), Hint::NoSpace);
    assert!(error.for_the_user().contains("no room"));
    assert_eq!(PictureError::from(io::Error::other("x")).hint(), Hint::Internal);
}
