//! Pictures to mark: drawn ones, which every checkout has, and photos from a folder where one is named.

use std::path::Path;

use image::{Rgb, RgbImage};

/// Numbers that look like chance and are the same every time.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below 1.
    pub fn share(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u32 << 24) as f32
    }

    pub fn below(&mut self, n: u32) -> u32 {
        ((self.share() * n as f32) as u32).min(n - 1)
    }

    /// About normal.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.share()).sum::<f32>() - 6.0
    }
}

/// The drawn pictures: a landscape, a town, a portrait-like one, a flat drawing; `side` is the longer one.
pub fn drawn(side: u32) -> Vec<(String, RgbImage)> {
    let short = side * 3 / 4;
    [
        ("landscape", landscape(side, short)),
        ("town", town(side, short)),
        ("cloth", cloth(short, side)),
        ("drawing", drawing(side, short)),
    ]
    .map(|(name, picture)| (name.to_owned(), picture))
    .into()
}

/// A sky that is almost flat, hills, and rough ground.
pub fn landscape(width: u32, height: u32) -> RgbImage {
    let (rough, fine) = (Clouds::new(1, 40.0), Clouds::new(2, 4.0));
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32, y as f32 / height as f32);
        let hill = 0.5 + 0.12 * (u / width as f32 * 9.0).sin() + 0.1 * (rough.at(u, 0.0) - 0.5);
        if v < hill {
            let light = 150.0 + 70.0 * v + 4.0 * rough.at(u, y as f32);
            Rgb([(light - 40.0) as u8, light as u8, (light + 25.0) as u8])
        } else {
            let light = 40.0 + 60.0 * rough.at(u, y as f32) + 70.0 * fine.at(u, y as f32) * (v - hill + 0.3);
            Rgb([(light * 0.8) as u8, light as u8, (light * 0.5) as u8])
        }
    })
}

/// Houses with windows before an evening sky: edges, dark parts, a pattern that repeats.
pub fn town(width: u32, height: u32) -> RgbImage {
    let mut chance = Chance::new(5);
    let mut picture = RgbImage::from_fn(width, height, |_, y| {
        let light = 90 + (y * 90 / height) as u8;
        Rgb([light, light / 2 + 40, 120 - light / 3])
    });
    let mut left = 0;
    while left < width {
        let (wide, top) = (
            width / 14 + chance.below(width / 10),
            height / 4 + chance.below(height / 2),
        );
        let wall = 30 + chance.below(120) as u8;
        for y in top..height {
            for x in left..(left + wide).min(width) {
                let window = (x - left) % 22 > 8 && (y - top) % 30 > 12 && (x - left) % 22 < 18;
                let grain = chance.below(8) as u8;
                let light = if window { 255 - wall } else { wall } / 8 * 7 + grain;
                picture.put_pixel(x, y, Rgb([light, light, light / 5 * 4]));
            }
        }
        left += wide;
    }
    picture
}

/// Soft large shapes with a fine weave.
pub fn cloth(width: u32, height: u32) -> RgbImage {
    let (large, weave) = (Clouds::new(7, 90.0), Clouds::new(8, 3.0));
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32, y as f32);
        let fold = (large.at(u, v) * 12.0).sin() * 40.0;
        let light = 120.0 + fold + 30.0 * weave.at(u, v * 0.5);
        Rgb([light as u8, (light * 0.7) as u8, (light * 0.6 + 30.0) as u8])
    })
}

/// A few flat colours with sharp borders.
pub fn drawing(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
        if u * u + v * v < 0.05 {
            Rgb([230, 90, 60])
        } else if (u + v).abs() < 0.08 {
            Rgb([40, 60, 90])
        } else if v > 0.25 {
            Rgb([90, 160, 80])
        } else {
            Rgb([235, 232, 220])
        }
    })
}

/// Things that are not photos and have regular patterns: text-like lines, tables, a page, noise.
pub fn screens(width: u32, height: u32) -> Vec<RgbImage> {
    let mut chance = Chance::new(11);
    let text = RgbImage::from_fn(width, height, |x, y| {
        let inked = y % 18 > 6 && y % 18 < 15 && ((x * 7919 / 5) ^ (y / 18 * 104_729)) % 7 < 3 && x % 9 != 0;
        Rgb(if inked { [30, 30, 34] } else { [252, 252, 250] })
    });
    let table = RgbImage::from_fn(width, height, |x, y| {
        let line = x % 96 < 2 || y % 24 < 1;
        Rgb(if line { [120, 120, 130] } else { [240, 244, 250] })
    });
    let checks = RgbImage::from_fn(width, height, |x, y| {
        let light = if (x / 12 + y / 12) % 2 == 0 { 40 } else { 210 };
        Rgb([light, light, light])
    });
    let noise = RgbImage::from_fn(width, height, |_, _| Rgb([0; 3].map(|_: u8| chance.below(256) as u8)));
    vec![text, table, checks, noise]
}

/// The photos of a folder, by name; none if there is no such folder.
pub fn photos(folder: &Path) -> Vec<(String, RgbImage)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    files.sort();
    files
        .iter()
        .filter_map(|f| {
            Some((
                f.file_stem()?.to_string_lossy().into_owned(),
                image::open(f).ok()?.into_rgb8(),
            ))
        })
        .collect()
}

/// Smooth noise: random numbers on a grid, blended.
struct Clouds {
    grid: Vec<f32>,
    scale: f32,
}

impl Clouds {
    fn new(seed: u64, scale: f32) -> Self {
        let mut chance = Chance::new(seed);
        Self {
            grid: (0..256 * 256).map(|_| chance.share()).collect(),
            scale,
        }
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x / self.scale, y / self.scale);
        let value = |x: usize, y: usize| self.grid[y % 256 * 256 + x % 256];
        let (left, top) = (x as usize, y as usize);
        let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
        let (u, v) = (smooth(x.fract()), smooth(y.fract()));
        let upper = value(left, top) * (1.0 - u) + value(left + 1, top) * u;
        let lower = value(left, top + 1) * (1.0 - u) + value(left + 1, top + 1) * u;
        upper * (1.0 - v) + lower * v
    }
}
