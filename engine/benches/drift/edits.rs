//! The edits that are asked for and the ways in which a model drifts besides.
//!
//! The one rule: everything is known exactly: where the edit was, and what was done to the whole. Called by the bench.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use crate::picture::Picture;

/// An edited picture, and how much of each pixel is the edit's (0 to 1).
pub struct Edited {
    pub picture: Picture,
    pub share: Vec<f32>,
}

type Edit = fn(&Picture, &Picture) -> Edited;
type Behaviour = fn(&Picture) -> Picture;

pub const EDITS: [(&str, Edit); 4] = [
    ("object", |p, other| pasted(p, other, (0.62, 0.55), (0.15, 0.17))),
    ("small", |p, other| pasted(p, other, (0.3, 0.4), (0.041, 0.047))),
    ("background", background),
    ("recoloured", recoloured),
];

pub const BEHAVIOURS: [(&str, Behaviour); 10] = [
    ("nothing", Picture::clone),
    ("JPEG q85", |p| jpeg(p, 85)),
    ("shift 3 px", |p| moved(p, 1.0, 0.0, (3.0, 0.0))),
    ("shift 2.5 px", |p| moved(p, 1.0, 0.0, (2.5, 1.5))),
    ("zoom 1.5 %", |p| moved(p, 1.015, 0.0, (0.0, 0.0))),
    ("colour shift", tinted),
    ("VAE-like", vae_like),
    ("all of these", |p| {
        jpeg(&vae_like(&tinted(&moved(p, 1.015, 0.0, (3.0, 2.0)))), 85)
    }),
    ("turn 0.4 + zoom 3 %", |p| moved(p, 1.03, 0.4, (0.0, 0.0))),
    ("answered at 0.8 x", |p| {
        let side = |v: usize| (v as f64 * 0.8).round() as usize;
        p.resized(side(p.width), side(p.height))
    }),
];

/// A piece of another picture, an ellipse with a soft rim; middle and half axes in shares of the frame.
fn pasted(picture: &Picture, other: &Picture, middle: (f32, f32), axes: (f32, f32)) -> Edited {
    let other = other.resized(picture.width, picture.height);
    let share = ellipse(picture, middle, axes);
    // From elsewhere in the other picture, and turned around, so that nothing fits by chance.
    let from = |i: usize| other.pixels[other.pixels.len() - 1 - i];
    mixed(picture, share, from)
}

/// All but a large ellipse in the middle (46 per cent) is another picture.
fn background(picture: &Picture, other: &Picture) -> Edited {
    let other = other.resized(picture.width, picture.height);
    let share = ellipse(picture, (0.5, 0.5), (0.383, 0.383))
        .iter()
        .map(|s| 1.0 - s)
        .collect();
    mixed(picture, share, |i| other.pixels[i])
}

fn recoloured(picture: &Picture, _: &Picture) -> Edited {
    let share = ellipse(picture, (0.4, 0.6), (0.2, 0.18));
    mixed(picture, share, |i| {
        let [r, g, b] = picture.pixels[i];
        [0.3 * r + 0.5 * b, 0.9 * g + 10.0, 0.4 * b + 0.5 * r + 30.0]
    })
}

fn mixed(picture: &Picture, share: Vec<f32>, other: impl Fn(usize) -> [f32; 3]) -> Edited {
    let pixels = picture.pixels.iter().zip(&share).enumerate().map(|(i, (p, &s))| {
        let o = other(i);
        std::array::from_fn(|n| p[n] + (o[n] - p[n]) * s)
    });
    Edited {
        picture: rounded(&picture.with(picture.width, picture.height, pixels.collect())),
        share,
    }
}

fn ellipse(picture: &Picture, middle: (f32, f32), axes: (f32, f32)) -> Vec<f32> {
    let (w, h) = (picture.width as f32, picture.height as f32);
    (0..picture.pixels.len())
        .map(|i| {
            let (x, y) = ((i % picture.width) as f32, (i / picture.width) as f32);
            let (dx, dy) = ((x - middle.0 * w) / (axes.0 * w), (y - middle.1 * h) / (axes.1 * h));
            let out = (dx.hypot(dy) - 1.0) * (axes.0 * w).min(axes.1 * h);
            (0.5 - out / 2.0).clamp(0.0, 1.0)
        })
        .collect()
}

fn rounded(picture: &Picture) -> Picture {
    let pixels = picture.eight_bits().into_iter().map(|p| p.map(f32::from)).collect();
    picture.with(picture.width, picture.height, pixels)
}

/// Zoomed and turned about the middle, then shifted; read by a cubic, borders repeated.
pub fn moved(picture: &Picture, zoom: f32, degrees: f32, shift: (f32, f32)) -> Picture {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (w, h) = (picture.width, picture.height);
    let (cx, cy) = ((w as f32 - 1.0) / 2.0, (h as f32 - 1.0) / 2.0);
    let pixels = (0..w * h)
        .map(|i| {
            let (x, y) = ((i % w) as f32 - cx - shift.0, (i / w) as f32 - cy - shift.1);
            cubic(
                picture,
                (x * cos + y * sin) / zoom + cx,
                (y * cos - x * sin) / zoom + cy,
            )
        })
        .collect();
    picture.with(w, h, pixels)
}

pub fn cubic(picture: &Picture, x: f32, y: f32) -> [f32; 3] {
    let weights = |t: f32| {
        [
            ((-0.5 * t + 1.0) * t - 0.5) * t,
            (1.5 * t - 2.5) * t * t + 1.0,
            ((-1.5 * t + 2.0) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t,
        ]
    };
    let (wx, wy) = (weights(x - x.floor()), weights(y - y.floor()));
    let mut sum = [0.0; 3];
    for (j, wy) in wy.iter().enumerate() {
        let py = (y.floor() as isize + j as isize - 1).clamp(0, picture.height as isize - 1) as usize;
        for (i, wx) in wx.iter().enumerate() {
            let px = (x.floor() as isize + i as isize - 1).clamp(0, picture.width as isize - 1) as usize;
            let p = picture.pixels[py * picture.width + px];
            (0..3).for_each(|n| sum[n] += p[n] * wx * wy);
        }
    }
    sum
}

pub fn tinted(picture: &Picture) -> Picture {
    let pixels = picture
        .pixels
        .iter()
        .map(|[r, g, b]| [r * 1.07 + 3.0, g * 0.98 - 2.0, b * 0.93 + 4.0]);
    let pixels = pixels.map(|p| p.map(|v| v.clamp(0.0, 255.0))).collect();
    picture.with(picture.width, picture.height, pixels)
}

/// What a picture looks like after a round through a model's latent space: a little softer, a little noise.
pub fn vae_like(picture: &Picture) -> Picture {
    let soft = blurred(picture, 0.7);
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut noise = move || {
        // A sum of four even numbers is close enough to a bell, of deviation 2.
        let even = (0..4).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1u32 << 24) as f32 - 0.5
        });
        even.sum::<f32>() * 2.0 * 3.0f32.sqrt()
    };
    let pixels = soft.pixels.iter().map(|p| p.map(|v| v + noise())).collect();
    picture.with(picture.width, picture.height, pixels)
}

fn blurred(picture: &Picture, sigma: f32) -> Picture {
    let kernel: Vec<f32> = (-3..=3).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let sum: f32 = kernel.iter().sum();
    let pass = |from: &[[f32; 3]], dx: isize, dy: isize| -> Vec<[f32; 3]> {
        let (w, h) = (picture.width as isize, picture.height as isize);
        (0..w * h)
            .map(|i| {
                let mut out = [0.0; 3];
                for (k, weight) in kernel.iter().enumerate() {
                    let off = k as isize - 3;
                    let (x, y) = ((i % w + off * dx).clamp(0, w - 1), (i / w + off * dy).clamp(0, h - 1));
                    (0..3).for_each(|n| out[n] += from[(y * w + x) as usize][n] * weight / sum);
                }
                out
            })
            .collect()
    };
    let across = pass(&picture.pixels, 1, 0);
    picture.with(picture.width, picture.height, pass(&across, 0, 1))
}

pub fn jpeg(picture: &Picture, quality: u8) -> Picture {
    let mut bytes = Vec::new();
    let (w, h) = (picture.width as u32, picture.height as u32);
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .write_image(&picture.eight_bits().into_flattened(), w, h, ExtendedColorType::Rgb8)
        .expect("a JPEG");
    let back = image::load_from_memory(&bytes).expect("a JPEG").to_rgb8();
    picture.with(
        picture.width,
        picture.height,
        back.pixels().map(|p| p.0.map(f32::from)).collect(),
    )
}
