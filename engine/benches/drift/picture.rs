//! Pictures of the bench: floats of 0 to 255, so that several things done to one do not round in between.
//!
//! The one rule: what comes out as a [`Raster`] is rounded once. Made from files or from the engine's drawings.

use std::path::Path;

use image::imageops::FilterType;
use image::{Rgb, Rgb32FImage};
use plantain_engine::{Channels, Raster, Samples, drawings};

#[derive(Clone)]
pub struct Picture {
    pub name: String,
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[f32; 3]>,
}

/// All pictures of the folder, none with a side above `longest`; the engine's drawings when there is no folder.
pub fn pictures(folder: Option<&str>, longest: usize) -> Vec<Picture> {
    let folder = folder
        .map(str::to_owned)
        .or_else(|| std::env::var("PLANTAIN_PHOTOS").ok());
    let Some(folder) = folder else {
        println!("No folder of photos was given: these figures are those of the engine's own two drawings.");
        let drawn = [("harbour", drawings::harbour()), ("still life", drawings::still_life())];
        return drawn
            .iter()
            .map(|(name, raster)| {
                Picture {
                    name: (*name).to_owned(),
                    ..Picture::of(raster)
                }
                .at_most(longest)
            })
            .collect();
    };
    let only = std::env::var("PLANTAIN_DRIFT_ONLY").unwrap_or_default();
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder can be read")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "jpg" || e == "png"))
        .filter(|path| only.split(',').any(|word| path.display().to_string().contains(word)))
        .collect();
    paths.sort();
    paths.iter().map(|path| read(path).at_most(longest)).collect()
}

fn read(path: &Path) -> Picture {
    let picture = image::open(path).expect("a picture").to_rgb8();
    Picture {
        name: path.file_stem().expect("a name").to_string_lossy().into_owned(),
        width: picture.width() as usize,
        height: picture.height() as usize,
        pixels: picture.pixels().map(|p| p.0.map(f32::from)).collect(),
    }
}

impl Picture {
    pub fn of(raster: &Raster) -> Self {
        let Samples::U8(samples) = raster.samples() else {
            panic!("the bench works with 8 bits")
        };
        Self {
            name: String::new(),
            width: raster.width() as usize,
            height: raster.height() as usize,
            pixels: samples
                .chunks_exact(raster.channels().count())
                .map(|p| {
                    if p.len() < 3 {
                        [f32::from(p[0]); 3]
                    } else {
                        [p[0], p[1], p[2]].map(f32::from)
                    }
                })
                .collect(),
        }
    }

    pub fn raster(&self) -> Raster {
        let samples = self.eight_bits().into_flattened();
        Raster::from_u8(self.width as u32, self.height as u32, Channels::Rgb, samples).expect("it fits")
    }

    pub fn eight_bits(&self) -> Vec<[u8; 3]> {
        self.pixels
            .iter()
            .map(|p| p.map(|v| (v.clamp(0.0, 255.0) + 0.5) as u8))
            .collect()
    }

    pub fn save(&self, path: &Path) {
        let samples = self.eight_bits().into_flattened();
        image::save_buffer(
            path,
            &samples,
            self.width as u32,
            self.height as u32,
            image::ExtendedColorType::Rgb8,
        )
        .expect("the folder can be written to");
    }

    pub fn with(&self, width: usize, height: usize, pixels: Vec<[f32; 3]>) -> Self {
        Self {
            name: self.name.clone(),
            width,
            height,
            pixels,
        }
    }

    pub fn resized(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let from = Rgb32FImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            Rgb(self.pixels[y as usize * self.width + x as usize].map(|v| v / 255.0))
        });
        let to = image::imageops::resize(&from, width as u32, height as u32, FilterType::Lanczos3);
        self.with(width, height, to.pixels().map(|p| p.0.map(|v| v * 255.0)).collect())
    }

    fn at_most(self, longest: usize) -> Self {
        let factor = (longest as f64 / self.width.max(self.height) as f64).min(1.0);
        let side = |v: usize| (v as f64 * factor).round() as usize;
        self.resized(side(self.width), side(self.height))
    }
}
