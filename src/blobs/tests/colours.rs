//! Colours look the same behind the gate as before it.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use jpeg_encoder::{ColorType, SamplingFactor};
use moxcms::ColorProfile;

use super::{corpus::*, *};

/// Four fields of 8 × 8.
const FIELDS: [[u8; 3]; 4] = [[200, 100, 50], [60, 180, 90], [40, 60, 160], [128, 128, 128]];

fn fields(colours: [[u8; 3]; 4]) -> RgbImage {
    RgbImage::from_fn(32, 8, |x, _| Rgb(colours[x as usize / 8]))
}

fn fields_of(pixels: &Pixels) -> [[u8; 3]; 4] {
    [4, 12, 20, 28].map(|x| at(pixels, x, 4))
}

fn jpeg_of(picture: &RgbImage) -> Vec<u8> {
    rgb_jpeg(picture, |encoder| encoder.set_sampling_factor(SamplingFactor::F_1_1))
}

/// The profile in as many segments as asked for.
fn with_profile(jpeg: &[u8], profile: &[u8], segments: usize) -> Vec<u8> {
    let parts: Vec<&[u8]> = profile.chunks(profile.len().div_ceil(segments)).collect();
    let count = u8::try_from(parts.len()).unwrap();
    let mut file = jpeg.to_vec();
    // The order in the file is the other way round, which is allowed.
    for (number, part) in (1..).zip(parts) {
        file = with_segment(&file, 0xe2, &[b"ICC_PROFILE\0", &[number, count][..], part].concat());
    }
    file
}

/// A zlib stream that stores.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (a + b) % 65521)
    });
    [
        &[0x78, 1, 1][..],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        data,
        &(b << 16 | a).to_be_bytes(),
    ]
    .concat()
}

fn linear(level: u8) -> f64 {
    let level = f64::from(level) / 255.0;
    if level <= 0.04045 {
        level / 12.92
    } else {
        ((level + 0.055) / 1.055).powf(2.4)
    }
}

fn curved(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let level = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    (level * 255.0).round() as u8
}

/// Display P3 to sRGB by the published matrix.
fn p3_to_srgb(colour: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = colour.map(linear);
    [
        1.224_940_1 * r - 0.224_940_4 * g,
        -0.042_056_9 * r + 1.042_057_1 * g,
        -0.019_637_6 * r - 0.078_636_1 * g + 1.098_273_5 * b,
    ]
    .map(curved)
}

fn assert_fields(pixels: &Pixels, wanted: [[u8; 3]; 4], steps: u8, what: &str) {
    let seen = fields_of(pixels);
    assert!(
        seen.into_iter()
            .zip(wanted)
            .all(|(seen, wanted)| near(seen, wanted, steps)),
        "{what}: {seen:?} for {wanted:?}"
    );
}

#[tokio::test]
async fn sec_img_06_wide_colours_become_the_same_colours_in_srgb() {
    let shop = Shop::open();
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let picture = fields(FIELDS);
    let wanted = FIELDS.map(p3_to_srgb);
    assert!(!near(wanted[0], FIELDS[0], 8), "the test shows nothing");
    let png = encoded(picture.clone(), ImageFormat::Png);
    let iccp = chunk(b"iCCP", &[b"P3\0\0", &stored(&profile)[..]].concat());
    let sixteen = encoded(DynamicImage::from(picture.clone()).to_rgb16(), ImageFormat::Png);
    let mut glass = DynamicImage::from(picture.clone()).to_rgba8();
    glass.pixels_mut().for_each(|pixel| pixel[3] = 200);
    let webp = with_webp_chunks(
        &encoded(picture.clone(), ImageFormat::WebP),
        (32, 8),
        32,
        &[(b"ICCP", &profile)],
        &[],
    );
    let files = [
        ("JPEG", with_profile(&jpeg_of(&picture), &profile, 1), 5),
        (
            "JPEG, profile in pieces",
            with_profile(&jpeg_of(&picture), &profile, 3),
            5,
        ),
        ("PNG", with_chunks(&png, std::slice::from_ref(&iccp)), 2),
        (
            "PNG with alpha",
            with_chunks(&encoded(glass, ImageFormat::Png), std::slice::from_ref(&iccp)),
            2,
        ),
        (
            "PNG, code points",
            with_chunks(&png, &[chunk(b"cICP", &[12, 13, 0, 1])]),
            2,
        ),
        ("WebP", webp, 2),
    ];
    for (kind, file, steps) in files {
        let (blob, stored, pixels) = shop.taken(&file).await;
        assert_eq!(blob.format, Format::Png, "{kind}");
        assert_fields(&pixels, wanted, steps, kind);
        assert!(
            !stored.windows(4).any(|name| name == b"iCCP"),
            "{kind} carries a profile"
        );
    }
    let (_, _, pixels) = shop.taken(&with_chunks(&sixteen, &[iccp])).await;
    let Samples::Sixteen(samples) = pixels.samples else {
        panic!("8 bits")
    };
    let first = [samples[0], samples[1], samples[2]].map(|sample| (sample / 257) as u8);
    assert!(near(first, wanted[0], 2), "{first:?}");
}

#[tokio::test]
async fn sec_img_06_a_jpeg_that_is_srgb_by_its_profile_keeps_its_data() {
    let shop = Shop::open();
    let profile = ColorProfile::new_srgb().encode().unwrap();
    let file = jpeg_of(&fields(FIELDS));
    let (plain, ..) = shop.taken(&file).await;
    let (blob, ..) = shop.taken(&with_profile(&file, &profile, 2)).await;
    assert_eq!(blob, plain);
}

#[tokio::test]
async fn sec_img_06_a_broken_foreign_or_huge_profile_counts_as_srgb() {
    let shop = Shop::open();
    let file = jpeg_of(&fields(FIELDS));
    let (plain, ..) = shop.taken(&file).await;
    let wide = ColorProfile::new_display_p3().encode().unwrap();
    let grey = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let mut missing = with_profile(&file, &wide, 3);
    let piece = missing.windows(12).position(|name| name == b"ICC_PROFILE\0").unwrap();
    missing[piece] = b'X';
    let huge: Vec<u8> = [&wide[..], &vec![0; colour::LARGEST_PROFILE]].concat();
    for (kind, file) in [
        ("noise", with_profile(&file, &[7; 3000], 1)),
        ("cut", with_profile(&file, &wide[..200], 1)),
        ("grey for colour", with_profile(&file, &grey, 1)),
        ("a piece missing", missing),
        ("huge", with_profile(&file, &huge, 20)),
    ] {
        let (blob, ..) = shop.taken(&file).await;
        assert_eq!(blob, plain, "{kind}");
    }
    let bomb = chunk(b"iCCP", &[b"x\0\0", &stored(&[9; 60_000])[..]].concat());
    let (_, _, pixels) = shop
        .taken(&with_chunks(&encoded(fields(FIELDS), ImageFormat::Png), &[bomb]))
        .await;
    assert_fields(&pixels, FIELDS, 0, "PNG");
}

#[tokio::test]
async fn sec_img_06_grey_with_another_gamma_gets_the_usual_one() {
    let shop = Shop::open();
    let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let levels = [10, 60, 128, 230];
    let picture = DynamicImage::from(fields(levels.map(|level| [level; 3]))).to_luma8();
    let wanted = levels.map(|level| [curved(f64::from(level) / 255.0); 3]);
    let png = encoded(picture.clone(), ImageFormat::Png);
    let jpeg = jpeg(&picture, (32, 8), ColorType::Luma, |_| {});
    let files = [
        ("JPEG", with_profile(&jpeg, &profile, 1), 6),
        (
            "PNG",
            with_chunks(&png, &[chunk(b"iCCP", &[b"g\0\0", &stored(&profile)[..]].concat())]),
            1,
        ),
        (
            "PNG, gamma only",
            with_chunks(&png, &[chunk(b"gAMA", &100_000u32.to_be_bytes())]),
            1,
        ),
    ];
    for (kind, file, steps) in files {
        let (_, _, pixels) = shop.taken(&file).await;
        assert_eq!(pixels.layout, Layout::Grey);
        assert_fields(&pixels, wanted, steps, kind);
    }
}

#[tokio::test]
async fn sec_img_06_gamma_and_primaries_of_a_png_are_honoured_where_srgb_is_not_named() {
    let shop = Shop::open();
    let png = encoded(fields(FIELDS), ImageFormat::Png);
    let number = |value: f64| ((value * 100_000.0) as u32).to_be_bytes();
    let p3 = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06]
        .map(number)
        .concat();
    let usual = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06].map(number).concat();
    let nonsense = [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3].map(number).concat();
    let gamma = |value: f64| chunk(b"gAMA", &number(value));
    let by_light = FIELDS.map(|colour| colour.map(|level| curved(f64::from(level) / 255.0)));
    for (kind, chunks, wanted, steps) in [
        ("usual", vec![gamma(0.45455), chunk(b"cHRM", &usual)], FIELDS, 1),
        (
            "P3",
            vec![gamma(0.45455), chunk(b"cHRM", &p3)],
            FIELDS.map(p3_to_srgb),
            2,
        ),
        ("linear", vec![gamma(1.0)], by_light, 2),
        ("named sRGB", vec![chunk(b"sRGB", &[0]), gamma(1.0)], FIELDS, 0),
        ("nonsense", vec![gamma(0.45455), chunk(b"cHRM", &nonsense)], FIELDS, 1),
    ] {
        let (_, _, pixels) = shop.taken(&with_chunks(&png, &chunks)).await;
        assert_fields(&pixels, wanted, steps, kind);
    }
}

/// Cyan, red (magenta and yellow), half black, and paper, as amounts of ink.
const INKS: [[u8; 4]; 4] = [[255, 0, 0, 0], [0, 255, 255, 0], [0, 0, 0, 128], [0, 0, 0, 0]];

fn ink_fields() -> Vec<u8> {
    (0..8).flat_map(|_| (0..32).flat_map(|x| INKS[x / 8])).collect()
}

#[tokio::test]
async fn sec_img_06_inks_without_a_profile_look_as_in_a_browser() {
    let shop = Shop::open();
    let wanted = [[0, 255, 255], [255, 0, 0], [127, 127, 127], [255, 255, 255]];
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let file = jpeg(&ink_fields(), (32, 8), colour, |_| {});
        let (blob, _, pixels) = shop.taken(&file).await;
        assert_eq!((blob.format, pixels.layout), (Format::Png, Layout::Rgb));
        assert_fields(&pixels, wanted, 5, &format!("{colour:?}"));
    }
}

#[tokio::test]
async fn sec_img_06_inks_with_a_profile_go_by_it() {
    let shop = Shop::open();
    let profile = odd_printer();
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let file = with_profile(&jpeg(&ink_fields(), (32, 8), colour, |_| {}), &profile, 1);
        let (_, _, pixels) = shop.taken(&file).await;
        let [cyan, .., paper] = fields_of(&pixels);
        assert!(
            near(cyan, [255, 0, 0], 12),
            "this printer's first ink is red, not {cyan:?}"
        );
        assert!(near(paper, [255, 255, 255], 4), "{paper:?}");
    }
}

/// The profile of a printer whose first ink is red and whose other inks are black: a table of 2⁴ corners in Lab.
fn odd_printer() -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for value in [1u32, 0, 0, 0, 1, 0, 0, 0, 1] {
        table.extend((value << 16).to_be_bytes());
    }
    let straight = |count: usize| (0..count).flat_map(|_| 0..=255u8).collect::<Vec<u8>>();
    table.extend(straight(4));
    for corner in 0..16 {
        // The first ink varies slowest. Lab in bytes: L × 2.55, a + 128, b + 128.
        table.extend(match corner {
            0 => [255, 128, 128],
            8 => [138, 209, 198],
            _ => [0, 128, 128],
        });
    }
    table.extend(straight(3));
    let mut profile = vec![0; 128];
    profile[8] = 2;
    profile[12..24].copy_from_slice(b"prtrCMYKLab ");
    profile[36..40].copy_from_slice(b"acsp");
    profile[68..80].copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    profile.extend(1u32.to_be_bytes());
    profile.extend(b"A2B0");
    profile.extend(144u32.to_be_bytes());
    profile.extend(u32::try_from(table.len()).unwrap().to_be_bytes());
    profile.extend(table);
    let size = u32::try_from(profile.len()).unwrap();
    profile[..4].copy_from_slice(&size.to_be_bytes());
    profile
}

#[tokio::test]
async fn sec_img_06_a_jpeg_in_rgb_is_read_and_kept_as_rgb() {
    let shop = Shop::open();
    // Written without conversion, then relabelled: no JFIF, and Adobe's segment, or components named R, G and B.
    let picture = fields(FIELDS);
    let plain = jpeg(picture.as_raw(), (32, 8), ColorType::Ycbcr, |encoder| {
        encoder.set_sampling_factor(SamplingFactor::F_1_1)
    });
    let jfif = usize::from(u16::from_be_bytes([plain[4], plain[5]])) + 4;
    let bare = [&plain[..2], &plain[jfif..]].concat();
    let adobe = with_segment(&bare, 0xee, b"Adobe\0\x64\0\0\0\0\0");
    let mut named = bare.clone();
    for (marker, first) in [([0xff, 0xc0], 10), ([0xff, 0xda], 5)] {
        let start = named.windows(2).position(|pair| pair == marker).unwrap();
        let step = if first == 10 { 3 } else { 2 };
        (0..3)
            .zip(*b"RGB")
            .for_each(|(index, name)| named[start + first + step * index] = name);
    }
    for (kind, file) in [("Adobe", adobe), ("by name", named)] {
        let (blob, stored, pixels) = shop.taken(&file).await;
        assert_eq!(blob.format, Format::Jpeg);
        assert_fields(&pixels, FIELDS, 6, kind);
        let seen_by_others = image::load_from_memory(&stored).unwrap().to_rgb8();
        assert!(near(seen_by_others.get_pixel(4, 4).0, FIELDS[0], 6), "{kind}");
    }
    // With JFIF the same names mean nothing.
    let (_, _, pixels) = shop.taken(&plain).await;
    assert!(!near(at(&pixels, 4, 4), FIELDS[0], 30));
}
