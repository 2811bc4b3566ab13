//! What passes the gate, and what it looks like behind it.

use image::{DynamicImage, ImageFormat, RgbImage, RgbaImage};
use jpeg_encoder::{ColorType, SamplingFactor};

use super::{corpus::*, *};

fn corners_of(pixels: &Pixels) -> [[u8; 3]; 4] {
    let Dimensions { width, height } = pixels.dimensions;
    [(2, 2), (width - 3, 2), (2, height - 3), (width - 3, height - 3)].map(|(x, y)| at(pixels, x, y))
}

#[tokio::test]
async fn sec_img_05_all_orientations_come_out_upright_in_jpeg_png_and_webp() {
    let shop = Shop::open();
    for orientation in 1..=8 {
        let lying = laid_down(&corners(), orientation);
        let block = exif(orientation, orientation % 2 == 0);
        let prefixed = [b"Exif\0\0", &block[..]].concat();
        let jpeg = with_segment(
            &rgb_jpeg(&lying, |encoder| encoder.set_sampling_factor(SamplingFactor::F_1_1)),
            0xe1,
            &prefixed,
        );
        let png = with_chunks(&encoded(lying.clone(), ImageFormat::Png), &[chunk(b"eXIf", &block)]);
        let simple = encoded(lying.clone(), ImageFormat::WebP);
        let webp = with_webp_chunks(&simple, lying.dimensions(), 8, &[], &[(b"EXIF", &block)]);
        let webp_prefixed = with_webp_chunks(&simple, lying.dimensions(), 8, &[], &[(b"EXIF", &prefixed)]);
        for (kind, file) in [("JPEG", jpeg), ("PNG", png), ("WebP", webp), ("WebP+", webp_prefixed)] {
            let (blob, _, pixels) = shop.taken(&file).await;
            assert_eq!(
                (blob.dimensions.width, blob.dimensions.height),
                (24, 16),
                "{kind} {orientation}"
            );
            for (seen, wanted) in corners_of(&pixels).into_iter().zip(CORNERS) {
                assert!(near(seen, wanted, 12), "{kind} {orientation}: {seen:?} for {wanted:?}");
            }
        }
    }
}

#[tokio::test]
async fn sec_img_05_an_orientation_behind_the_data_of_a_png_counts_too() {
    let shop = Shop::open();
    let png = encoded(laid_down(&corners(), 6), ImageFormat::Png);
    let (start, end) = png.split_at(png.len() - 12);
    let file = [start, &chunk(b"eXIf", &exif(6, true)), end].concat();
    let (_, _, pixels) = shop.taken(&file).await;
    assert_eq!(corners_of(&pixels), CORNERS);
}

#[tokio::test]
async fn sec_img_04_an_upright_jpeg_keeps_its_compressed_data_and_its_pixels() {
    let shop = Shop::open();
    let picture = scene(203, 117);
    let grey = DynamicImage::from(picture.clone()).to_luma8();
    let sampled = |factor| rgb_jpeg(&picture, |encoder| encoder.set_sampling_factor(factor));
    let files = [
        ("4:4:4", sampled(SamplingFactor::F_1_1)),
        ("4:2:2", sampled(SamplingFactor::F_2_1)),
        ("4:2:0", sampled(SamplingFactor::F_2_2)),
        ("4:4:0", sampled(SamplingFactor::F_1_2)),
        ("4:1:1", sampled(SamplingFactor::F_4_1)),
        (
            "progressive",
            rgb_jpeg(&picture, |encoder| {
                encoder.set_progressive(true);
                encoder.set_sampling_factor(SamplingFactor::F_2_2);
            }),
        ),
        (
            "optimised",
            rgb_jpeg(&picture, |encoder| encoder.set_optimized_huffman_tables(true)),
        ),
        (
            "restarts",
            rgb_jpeg(&picture, |encoder| encoder.set_restart_interval(5)),
        ),
        ("grey", jpeg(&grey, grey.dimensions(), ColorType::Luma, |_| {})),
        (
            "grey progressive",
            jpeg(&grey, grey.dimensions(), ColorType::Luma, |encoder| {
                encoder.set_progressive(true)
            }),
        ),
    ];
    for (kind, file) in files {
        let (blob, stored, pixels) = shop.taken(&file).await;
        assert_eq!(blob.format, Format::Jpeg, "{kind}");
        let before = image::load_from_memory(&file).unwrap();
        let after = image::load_from_memory(&stored).unwrap();
        assert_eq!(before.as_bytes(), after.as_bytes(), "{kind}: other pixels");
        assert_eq!(before.as_bytes(), eight(&pixels), "{kind}: other pixels in decode");
        let data = scan_data(&file);
        assert!(!data.is_empty() && scan_data(&stored) == data, "{kind}: other data");
    }
}

#[tokio::test]
async fn sec_img_07_flat_and_small_jpegs_of_every_size_pass() {
    let shop = Shop::open();
    let factors = [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_2_2];
    for side in (1..40).chain([63, 64, 65, 500]) {
        for (factor, grey) in factors.iter().zip([255, 0, 128]) {
            let flat = RgbImage::from_pixel(side, side + side % 7, image::Rgb([grey; 3]));
            let file = rgb_jpeg(&flat, |encoder| encoder.set_sampling_factor(*factor));
            let image = shop.store.inspect(file.into()).await;
            assert!(image.is_ok(), "{side} {factor:?}: {image:?}");
        }
    }
}

/// The compressed data of the last scan.
fn scan_data(jpeg: &[u8]) -> &[u8] {
    let scan = jpeg.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    let end = jpeg.windows(2).rposition(|pair| pair == [0xff, 0xd9]).unwrap();
    &jpeg[scan + 2 + usize::from(jpeg[scan + 3])..end]
}

#[tokio::test]
async fn sec_img_04_no_segment_but_ours_is_in_a_stored_jpeg() {
    let shop = Shop::open();
    let (_, stored, _) = shop.taken(&marked_jpeg()).await;
    let mut at = 2;
    let mut markers = vec![0xd8];
    while stored[at + 1] != 0xda {
        markers.push(stored[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([stored[at + 2], stored[at + 3]]));
    }
    assert!(
        markers
            .iter()
            .all(|marker| matches!(marker, 0xd8 | 0xe0 | 0xdb | 0xc0 | 0xc4)),
        "{markers:x?}"
    );
    assert_eq!(markers.iter().filter(|marker| **marker == 0xe0).count(), 1);
    assert!(stored.ends_with(&[0xff, 0xd9]));
}

#[tokio::test]
async fn sec_img_04_a_marker_planted_in_every_hidden_place_is_in_no_stored_byte() {
    for file in [marked_jpeg(), marked_png(), marked_webp(), marked_gif()] {
        assert!(contains(&file, MARKER), "the marker isn't there to be found");
        let shop = Shop::open();
        let (blob, _, pixels) = shop.taken(&file).await;
        assert!(near(at(&pixels, 2, 2), CORNERS[0], 24));
        shop.store.warm(&blob).await.unwrap();
        for path in shop.files() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!contains(&bytes, MARKER), "the marker is in {}", path.display());
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn sec_img_07_odd_but_honest_pictures_pass_with_all_they_have() {
    use image::{ImageBuffer, Luma, LumaA, Rgb, Rgba};
    let shop = Shop::open();
    let grey16 = ImageBuffer::from_fn(9, 7, |x, y| Luma([(x * 7000 + y * 13) as u16]));
    let rgb16 = ImageBuffer::from_fn(9, 7, |x, y| Rgb([(x * 7000) as u16, (y * 9000) as u16, 77]));
    let rgba16 = ImageBuffer::from_fn(9, 7, |x, y| {
        Rgba([(x * 7000) as u16, (y * 9000) as u16, 77, (x * 7281) as u16])
    });
    let grey_alpha = ImageBuffer::from_fn(9, 7, |x, y| LumaA([(x * 20) as u8, (y * 30) as u8]));
    let opaque: RgbaImage = DynamicImage::from(corners()).to_rgba8();
    let tiny = RgbImage::from_pixel(1, 1, Rgb([9, 8, 7]));
    let wide = RgbImage::from_fn(16_384, 1, |x, _| Rgb([(x % 251) as u8, 1, 2]));
    let tall = RgbImage::from_fn(1, 16_384, |_, y| Rgb([(y % 251) as u8, 1, 2]));
    let pictures: [(DynamicImage, Layout, bool); 8] = [
        (grey16.into(), Layout::Grey, true),
        (rgb16.into(), Layout::Rgb, true),
        (rgba16.into(), Layout::Rgba, true),
        (grey_alpha.into(), Layout::GreyAlpha, false),
        (opaque.into(), Layout::Rgb, false),
        (tiny.into(), Layout::Rgb, false),
        (wide.into(), Layout::Rgb, false),
        (tall.into(), Layout::Rgb, false),
    ];
    for (picture, layout, sixteen) in pictures {
        let (blob, stored, pixels) = shop.taken(&encoded(picture.clone(), ImageFormat::Png)).await;
        assert_eq!((blob.format, pixels.layout), (Format::Png, layout));
        assert_eq!(matches!(pixels.samples, Samples::Sixteen(_)), sixteen);
        let after = image::load_from_memory(&stored).unwrap();
        assert_eq!(after.to_rgba16(), picture.to_rgba16(), "other pixels");
        for size in Size::ALL {
            let small = shop.store.rendition(&blob, size).await.unwrap();
            let small = image::load_from_memory(&small.bytes).unwrap();
            assert!(
                small.width().max(small.height()) == size.side().min(blob.dimensions.width.max(blob.dimensions.height))
            );
        }
    }
}

#[tokio::test]
async fn sec_img_07_palettes_few_bits_and_interlaced_rows_pass() {
    let shop = Shop::open();
    for bits in [1u8, 2, 4, 8] {
        for see_through in [false, true] {
            let mut file = Vec::new();
            let mut encoder = ::png::Encoder::new(&mut file, 8, 8);
            encoder.set_color(::png::ColorType::Indexed);
            encoder.set_depth(::png::BitDepth::from_u8(bits).unwrap());
            encoder.set_palette([[10, 20, 30], [200, 100, 50]].concat());
            if see_through {
                encoder.set_trns(vec![255, 64]);
            }
            let mut writer = encoder.write_header().unwrap();
            // Rows of index 0 and, in the last pixel, index 1.
            let mut row = vec![0; usize::from(bits)];
            *row.last_mut().unwrap() = 1;
            writer.write_image_data(&row.repeat(8)).unwrap();
            writer.finish().unwrap();
            let (_, _, pixels) = shop.taken(&file).await;
            assert_eq!(pixels.layout, if see_through { Layout::Rgba } else { Layout::Rgb });
            assert_eq!((at(&pixels, 0, 0), at(&pixels, 7, 7)), ([10, 20, 30], [200, 100, 50]));
        }
    }
    let (_, _, pixels) = shop.taken(&interlaced()).await;
    assert_eq!(
        (0..8).map(|x| at(&pixels, x, x)[0]).collect::<Vec<_>>(),
        [0, 9, 18, 27, 36, 45, 54, 63]
    );
}

/// An 8 × 8 grey picture counting from 0 to 63, written in the seven passes.
fn interlaced() -> Vec<u8> {
    let passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut raw: Vec<u8> = Vec::new();
    for (x0, y0, dx, dy) in passes {
        for y in (y0..8u8).step_by(dy) {
            raw.push(0);
            raw.extend((x0..8u8).step_by(dx).map(|x| y * 8 + x));
        }
    }
    let length = u16::try_from(raw.len()).unwrap();
    let (a, b) = raw.iter().fold((1u32, 0u32), |(a, b), byte| {
        ((a + u32::from(*byte)) % 65521, (a + u32::from(*byte) + b) % 65521)
    });
    let mut zlib = vec![0x78, 0x01, 1];
    zlib.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
    zlib.extend(raw);
    zlib.extend((b << 16 | a).to_be_bytes());
    let header = [&8u32.to_be_bytes()[..], &8u32.to_be_bytes(), &[8, 0, 0, 0, 1]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", &zlib),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

#[tokio::test]
async fn sec_img_01_the_first_frame_of_a_moving_gif_passes_and_see_through_stays() {
    let shop = Shop::open();
    let mut file = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut file);
        let mut first = DynamicImage::from(corners()).to_rgba8();
        first.put_pixel(12, 8, image::Rgba([0, 0, 0, 0]));
        let second = RgbaImage::from_pixel(24, 16, image::Rgba([1, 2, 3, 255]));
        encoder.encode_frames([first, second].map(image::Frame::new)).unwrap();
    }
    let (blob, _, pixels) = shop.taken(&file).await;
    assert_eq!((blob.format, pixels.layout), (Format::Png, Layout::Rgba));
    assert!(near(at(&pixels, 2, 2), CORNERS[0], 12));
}

#[tokio::test]
async fn sec_img_02_frames_after_the_first_are_not_decoded() {
    let shop = Shop::open();
    let mut file = encoded(corners(), ImageFormat::Gif);
    file.pop();
    // A second frame that no decoder would survive: far outside the screen, and cut.
    file.extend([0x2c, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 8, 4, 1]);
    assert!(shop.take(&file).await.is_ok());
}

#[tokio::test]
async fn a_lossy_webp_and_one_with_alpha_pass() {
    let shop = Shop::open();
    let picture = scene(150, 100);
    let lossy = ::webp::Encoder::from_rgb(&picture, 150, 100).encode(90.0);
    let (_, _, pixels) = shop.taken(&lossy).await;
    let difference: u64 = eight(&pixels)
        .iter()
        .zip(picture.as_raw())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    assert!(difference / (150 * 100 * 3) < 12, "{difference}");
    let mut glass = DynamicImage::from(picture).to_rgba8();
    glass.pixels_mut().for_each(|pixel| pixel[3] = pixel[0]);
    for file in [
        ::webp::Encoder::from_rgba(&glass, 150, 100).encode(90.0).to_vec(),
        encoded(glass.clone(), ImageFormat::WebP),
    ] {
        let (_, _, pixels) = shop.taken(&file).await;
        assert_eq!(pixels.layout, Layout::Rgba);
        assert_eq!(
            eight(&pixels).iter().skip(3).step_by(4).copied().collect::<Vec<_>>(),
            glass.pixels().map(|pixel| pixel[3]).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn what_the_gate_made_passes_the_gate_unchanged() {
    let shop = Shop::open();
    let files = [
        rgb_jpeg(&scene(64, 48), |_| {}),
        encoded(scene(64, 48), ImageFormat::Png),
    ];
    for file in files {
        let (blob, stored, pixels) = shop.taken(&file).await;
        assert_eq!(shop.take(&stored).await.unwrap(), blob);
        let again = shop.store.encode_png(pixels.clone()).await.unwrap();
        let again = shop.store.put(shop.store.inspect(again).await.unwrap()).await.unwrap();
        assert_eq!(shop.store.decode(&again).await.unwrap(), pixels);
    }
}

#[tokio::test]
async fn sec_img_12_an_answer_in_memory_and_an_upload_in_a_spool_meet_the_same_gate() {
    let shop = Shop::open();
    let file = rgb_jpeg(&corners(), |_| {});
    let mut spool = shop.store.spool().await.unwrap();
    for part in file.chunks(100) {
        spool.write(part).await.unwrap();
    }
    let raw = spool.finish().await.unwrap();
    assert_eq!(raw.len(), file.len() as u64);
    let spooled = shop.store.inspect(raw).await.unwrap();
    let in_memory = shop
        .store
        .inspect(RawImage::from(bytes::Bytes::from(file)))
        .await
        .unwrap();
    assert_eq!(spooled.id(), in_memory.id());
    let refused = shop
        .store
        .inspect(RawImage::from(b"<html>overloaded</html>".to_vec()))
        .await
        .unwrap_err();
    assert_eq!(refused.hint(), Hint::WrongKind);
}

#[tokio::test]
async fn pixels_of_sixteen_bits_come_back_from_a_file_as_they_went_in() {
    let shop = Shop::open();
    let pixels = Pixels {
        dimensions: Dimensions { width: 3, height: 2 },
        layout: Layout::GreyAlpha,
        samples: Samples::Sixteen((0..12).map(|sample| sample * 5461).collect()),
    };
    let raw = shop.store.encode_png(pixels.clone()).await.unwrap();
    let blob = shop.store.put(shop.store.inspect(raw).await.unwrap()).await.unwrap();
    assert_eq!(shop.store.decode(&blob).await.unwrap(), pixels);
    let wrong = Pixels {
        dimensions: Dimensions { width: 3, height: 3 },
        ..pixels
    };
    assert!(shop.store.encode_png(wrong).await.is_err());
}
