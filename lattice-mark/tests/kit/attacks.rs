//! What happens to pictures on their way: the quick list of twenty, and the full list.
//!
//! An attack is a name and a function from picture to picture; each is what a common tool would do.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

use super::pictures::Chance;

pub type Attack = (&'static str, fn(&RgbImage) -> RgbImage);

/// Twenty, one of each kind.
pub const QUICK: [Attack; 20] = [
    ("jpeg 75", |p| jpeg(p, 75)),
    ("jpeg 50", |p| jpeg(p, 50)),
    ("jpeg 30", |p| jpeg(p, 30)),
    ("webp 75", |p| webp(p, 75.0)),
    ("half", |p| scaled(p, 0.5, 0.5)),
    ("quarter", |p| scaled(p, 0.25, 0.25)),
    ("crop 50 % of the area", |p| cropped(p, 0.15, 0.15, 0.707)),
    ("crop 25 % of the area", |p| cropped(p, 0.3, 0.2, 0.5)),
    ("turn 5", |p| turned(p, 5.0)),
    ("quarter turn", imageops::rotate90),
    ("mirror", imageops::flip_horizontal),
    ("tone", |p| tone(p, |v| (v - 128.0) * 1.2 + 148.0)),
    ("noise 8", |p| noise(p, 8.0)),
    ("blur 1.5", |p| imageops::blur(p, 1.5)),
    ("median 3", |p| median(p, 1)),
    ("screenshot", screenshot),
    ("overlay", overlay),
    ("perspective", |p| perspective(p, 0.02)),
    ("stretch", |p| scaled(p, 0.9, 1.0)),
    ("social", social),
];

/// What the full list has besides.
pub const MORE: [Attack; 21] = [
    ("jpeg 90", |p| jpeg(p, 90)),
    ("jpeg 60", |p| jpeg(p, 60)),
    ("jpeg 40", |p| jpeg(p, 40)),
    ("webp 50", |p| webp(p, 50.0)),
    ("three quarters", |p| scaled(p, 0.75, 0.75)),
    ("one and a half", |p| scaled(p, 1.5, 1.5)),
    ("crop 10 % each side", |p| cropped(p, 0.1, 0.1, 0.8)),
    ("crop a corner", |p| cropped(p, 0.0, 0.0, 0.6)),
    ("turn 1", |p| turned(p, 1.0)),
    ("turn 20", |p| turned(p, 20.0)),
    ("half turn and mirror", |p| {
        imageops::flip_horizontal(&imageops::rotate180(p))
    }),
    ("darker", |p| tone(p, |v| v * 0.7)),
    ("gamma", |p| tone(p, |v| 255.0 * (v / 255.0).max(0.0).powf(1.4))),
    ("greyscale", greyscale),
    ("saturation", saturated),
    ("noise 14", |p| noise(p, 14.0)),
    ("blur 2.5", |p| imageops::blur(p, 2.5)),
    ("sharpen", |p| imageops::unsharpen(p, 1.5, 0)),
    ("median 5", |p| median(p, 2)),
    ("collage", collage),
    ("crop, turn, half, jpeg 60", |p| {
        jpeg(&scaled(&turned(&cropped(p, 0.1, 0.1, 0.8), 3.0), 0.5, 0.5), 60)
    }),
];

/// As JPEG of this quality, colour halved, and back.
pub fn jpeg(picture: &RgbImage, quality: u8) -> RgbImage {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    let (width, height) = picture.dimensions();
    encoder
        .encode(
            picture.as_raw(),
            width as u16,
            height as u16,
            jpeg_encoder::ColorType::Rgb,
        )
        .expect("sizes are below 65536");
    image::load_from_memory(&file).expect("just encoded").into_rgb8()
}

fn webp(picture: &RgbImage, quality: f32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let file = webp::Encoder::from_rgb(picture.as_raw(), width, height).encode(quality);
    image::load_from_memory(&file).expect("just encoded").into_rgb8()
}

pub fn scaled(picture: &RgbImage, x: f32, y: f32) -> RgbImage {
    let side = |n: u32, by: f32| ((n as f32 * by).round() as u32).max(1);
    let (width, height) = (side(picture.width(), x), side(picture.height(), y));
    imageops::resize(picture, width, height, FilterType::CatmullRom)
}

/// A part: where it starts and how much of each side it keeps.
pub fn cropped(picture: &RgbImage, left: f32, top: f32, kept: f32) -> RgbImage {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let at = |n: f32| n as u32;
    imageops::crop_imm(
        picture,
        at(width * left),
        at(height * top),
        at(width * kept),
        at(height * kept),
    )
    .to_image()
}

/// Turned by degrees, the size kept, the corners black.
pub fn turned(picture: &RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (picture.width() as f32 / 2.0, picture.height() as f32 / 2.0);
    warped(picture, |x, y| {
        let (x, y) = (x - middle_x, y - middle_y);
        (cos * x - sin * y + middle_x, sin * x + cos * y + middle_y)
    })
}

/// Seen from a little aside: two corners pulled in by this share.
fn perspective(picture: &RgbImage, share: f32) -> RgbImage {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    warped(picture, |x, y| {
        let (u, v) = (x / width, y / height);
        let depth = 1.0 + share * u + share * 0.5 * v;
        (
            (u * depth + share * 0.2 * v) * width,
            (v * depth + share * 0.3 * u) * height,
        )
    })
}

fn tone(picture: &RgbImage, f: fn(f32) -> f32) -> RgbImage {
    let mut out = picture.clone();
    out.iter_mut()
        .for_each(|v| *v = (f(f32::from(*v)) + 0.5).clamp(0.0, 255.0) as u8);
    out
}

fn noise(picture: &RgbImage, deviation: f32) -> RgbImage {
    let mut chance = Chance::new(21);
    let mut out = picture.clone();
    out.iter_mut()
        .for_each(|v| *v = (f32::from(*v) + deviation * chance.normal() + 0.5).clamp(0.0, 255.0) as u8);
    out
}

fn median(picture: &RgbImage, radius: i32) -> RgbImage {
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    let mut around = Vec::new();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        Rgb(std::array::from_fn(|c| {
            around.clear();
            for dy in -radius..=radius {
                for dx in -radius..=radius {
                    let (x, y) = (
                        (x as i32 + dx).clamp(0, width - 1),
                        (y as i32 + dy).clamp(0, height - 1),
                    );
                    around.push(picture.get_pixel(x as u32, y as u32)[c]);
                }
            }
            let middle = around.len() / 2;
            *around.select_nth_unstable(middle).1
        }))
    })
}

/// On a page with other things around it, at four fifths of its size, saved as JPEG.
fn screenshot(picture: &RgbImage) -> RgbImage {
    let shown = scaled(picture, 0.8, 0.8);
    let (width, height) = shown.dimensions();
    let mut page = RgbImage::from_fn(width * 5 / 4, height * 6 / 5, |x, y| {
        let inked = y % 18 > 6 && y % 18 < 14 && ((x * 7919 / 5) ^ (y / 18 * 104_729)) % 7 < 3 && y < height / 8;
        Rgb(if inked { [40, 40, 44] } else { [248, 249, 250] })
    });
    imageops::overlay(&mut page, &shown, i64::from(width / 8), i64::from(height / 8));
    jpeg(&page, 85)
}

/// A box with lines of text over a quarter of it, and a bar.
fn overlay(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mut out = picture.clone();
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let boxed = x > width / 10 && x < width * 6 / 10 && y > height / 2 && y < height * 19 / 20;
        let inked = y % 24 > 8 && y % 24 < 18 && ((x * 7919 / 7) ^ (y / 24 * 104_729)) % 5 < 2;
        if boxed {
            *pixel = Rgb(if inked { [255, 255, 255] } else { [20, 60, 120] });
        } else if y < height / 16 {
            *pixel = Rgb([240, 200, 40]);
        }
    }
    out
}

/// What a network for sharing does: smaller, sharpened, JPEG.
fn social(picture: &RgbImage) -> RgbImage {
    let by = (800.0 / picture.width().max(picture.height()) as f32).min(0.9);
    jpeg(&imageops::unsharpen(&scaled(picture, by, by), 0.7, 2), 70)
}

fn greyscale(picture: &RgbImage) -> RgbImage {
    image::DynamicImage::from(imageops::grayscale(picture)).into_rgb8()
}

fn saturated(picture: &RgbImage) -> RgbImage {
    let mut out = picture.clone();
    for pixel in out.pixels_mut() {
        let colours = pixel.0.map(f32::from);
        let grey = 0.299 * colours[0] + 0.587 * colours[1] + 0.114 * colours[2];
        pixel.0 = colours.map(|v| (grey + 1.5 * (v - grey)).clamp(0.0, 255.0) as u8);
    }
    out
}

/// Two thirds of its size in a corner, the rest another picture.
fn collage(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mut out = super::pictures::landscape(width, height);
    imageops::overlay(
        &mut out,
        &scaled(picture, 0.7, 0.7),
        i64::from(width * 3 / 10),
        i64::from(height * 3 / 10),
    );
    out
}

/// Every pixel taken from where `from` says, linearly between four; black outside.
fn warped(picture: &RgbImage, from: impl Fn(f32, f32) -> (f32, f32)) -> RgbImage {
    let (width, height) = picture.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = from(x as f32, y as f32);
        if x < 0.0 || y < 0.0 || x >= (width - 1) as f32 || y >= (height - 1) as f32 {
            return Rgb([0; 3]);
        }
        let (left, top) = (x as u32, y as u32);
        let (u, v) = (x.fract(), y.fract());
        let at = |x: u32, y: u32, c: usize| f32::from(picture.get_pixel(x, y)[c]);
        Rgb(std::array::from_fn(|c| {
            let upper = at(left, top, c) * (1.0 - u) + at(left + 1, top, c) * u;
            let lower = at(left, top + 1, c) * (1.0 - u) + at(left + 1, top + 1, c) * u;
            (upper * (1.0 - v) + lower * v + 0.5) as u8
        }))
    })
}
