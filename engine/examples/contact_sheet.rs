//! Draws every operation over photos, one sheet per photo, to look at before calling an operation done.
//!
//! `cargo run -p plantain-engine --example contact_sheet -- OUT_FOLDER [--only "instruction; instruction"] PHOTO…`

use std::path::{Path, PathBuf};

use image::{GenericImage, RgbImage, imageops};
use plantain_engine::{Channels, Context, Raster, RenderContext, Samples, Unwatched, operations, render, understand};

/// Pixels of one tile's longer side.
const TILE: u32 = 420;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut instructions: Vec<String> = operations().map(|o| o.example.to_owned()).collect();
    if let Some(at) = arguments.iter().position(|a| a == "--only") {
        instructions = arguments[at + 1].split(';').map(|s| s.trim().to_owned()).collect();
        arguments.drain(at..at + 2);
    }
    let Some((out, photos)) = arguments.split_first() else {
        return Err("name a folder to write to, then photos".into());
    };
    std::fs::create_dir_all(out)?;
    for photo in photos {
        let path = sheet(Path::new(photo), Path::new(out), &instructions)?;
        println!("{}", path.display());
    }
    Ok(())
}

fn sheet(photo: &Path, out: &Path, instructions: &[String]) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let picture = image::open(photo)?
        .resize(1600, 1600, imageops::FilterType::Triangle)
        .to_rgb8();
    let columns = 4u32.min(instructions.len() as u32 + 1);
    let rows = (instructions.len() as u32 + 1).div_ceil(columns);
    let mut sheet = RgbImage::from_pixel(columns * TILE, rows * TILE, image::Rgb([24, 24, 24]));
    place(&mut sheet, &picture, 0, columns)?;
    for (at, words) in instructions.iter().enumerate() {
        let understood = understand(words, &Context::default());
        let raster = Raster::from_u8(
            picture.width(),
            picture.height(),
            Channels::Rgb,
            picture.as_raw().clone(),
        )?;
        let edited = render(&understood.steps, raster, &RenderContext::default(), &Unwatched)?;
        let size = (edited.width(), edited.height());
        let Samples::U8(samples) = edited.into_samples() else {
            return Err("8 bits went in".into());
        };
        let edited = RgbImage::from_raw(size.0, size.1, samples).ok_or("the raster fits its size")?;
        place(&mut sheet, &edited, at as u32 + 1, columns)?;
        println!(
            "{:>3}: {words} {:?}",
            at + 1,
            understood.steps.iter().map(|s| s.op).collect::<Vec<_>>()
        );
    }
    let path = out.join(photo.file_stem().unwrap_or_default()).with_extension("png");
    sheet.save(&path)?;
    Ok(path)
}

fn place(sheet: &mut RgbImage, picture: &RgbImage, at: u32, columns: u32) -> Result<(), image::ImageError> {
    let scale = f64::from(TILE - 8) / f64::from(picture.width().max(picture.height()));
    let (w, h) = (
        (f64::from(picture.width()) * scale) as u32,
        (f64::from(picture.height()) * scale) as u32,
    );
    let small = imageops::resize(picture, w.max(1), h.max(1), imageops::FilterType::Triangle);
    sheet.copy_from(&small, at % columns * TILE + 4, at / columns * TILE + 4)
}
