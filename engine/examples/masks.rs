//! Draws what selection finds, to look at: photo, mask, cut-out on a loud colour, and the edge at 100 %; one sheet per photo.
//!
//! `PLANTAIN_MODEL_DIR=FOLDER cargo run -p plantain-engine --example masks -- OUT_FOLDER [--target '{"object":"cup"}'] PHOTO…`
//! Without the variable the selection is the one without nets.

use std::path::{Path, PathBuf};
use std::time::Instant;

use image::{GenericImage, Rgb, RgbImage, imageops};
use plantain_engine::nets::{Net, Nets, load};
use plantain_engine::{Channels, Op, Raster, RenderContext, Samples, Step, Target, Unwatched, render};
use std::sync::Arc;

/// Pixels of one tile's longer side.
const TILE: u32 = 560;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut target = Target::Subject;
    if let Some(at) = arguments.iter().position(|a| a == "--target") {
        target = serde_json::from_str(&arguments[at + 1])?;
        arguments.drain(at..at + 2);
    }
    let Some((out, photos)) = arguments.split_first() else {
        return Err("name a folder to write to, then photos".into());
    };
    std::fs::create_dir_all(out)?;
    let context = RenderContext {
        nets: nets(),
        ..RenderContext::default()
    };
    println!("{:?}", context.nets);
    for photo in photos {
        match sheet(Path::new(photo), Path::new(out), &target, &context) {
            Ok(path) => println!("{}", path.display()),
            Err(error) => println!("{photo}: {error}"),
        }
    }
    Ok(())
}

fn nets() -> Nets {
    let Some(folder) = std::env::var_os("PLANTAIN_MODEL_DIR") else {
        return Nets::default();
    };
    let net = |name: &str| -> Option<Arc<dyn Net>> { load(std::fs::read(Path::new(&folder).join(name)).ok()?).ok() };
    Nets {
        subject: net("subject.onnx"),
        objects: net("objects.onnx"),
        ..Nets::default()
    }
}

fn sheet(
    photo: &Path,
    out: &Path,
    target: &Target,
    context: &RenderContext,
) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let picture = image::open(photo)?.to_rgb8();
    let (w, h) = picture.dimensions();
    let raster = Raster::from_u8(w, h, Channels::Rgb, picture.as_raw().clone())?;
    let begun = Instant::now();
    let cut = render(&[Step::new(Op::Cutout).on(target.clone())], raster, context, &Unwatched)?;
    println!("{w}x{h} in {:?}", begun.elapsed());
    let Samples::U8(samples) = cut.into_samples() else {
        return Err("8 bits went in".into());
    };
    let at = |x: u32, y: u32| &samples[((y * w + x) * 4) as usize..][..4];
    let mask = RgbImage::from_fn(w, h, |x, y| Rgb([at(x, y)[3]; 3]));
    let loud = RgbImage::from_fn(w, h, |x, y| {
        let (pixel, ground) = (at(x, y), [40u32, 200, 90]);
        let alpha = u32::from(pixel[3]);
        Rgb(std::array::from_fn(|i| {
            ((u32::from(pixel[i]) * alpha + ground[i] * (255 - alpha)) / 255) as u8
        }))
    });
    let mut sheet = RgbImage::from_pixel(2 * TILE, 2 * TILE, Rgb([24; 3]));
    for (i, tile) in [&picture, &mask, &loud].into_iter().enumerate() {
        let scale = f64::from(TILE - 6) / f64::from(w.max(h));
        let size = (f64::from(w) * scale, f64::from(h) * scale);
        let small = imageops::resize(tile, size.0 as u32, size.1 as u32, imageops::FilterType::Triangle);
        sheet.copy_from(&small, i as u32 % 2 * TILE + 3, i as u32 / 2 * TILE + 3)?;
    }
    let (cx, cy) = busiest_edge(&mask);
    let side = (TILE - 6).min(w).min(h);
    let crop = imageops::crop_imm(
        &loud,
        cx.saturating_sub(side / 2).min(w - side),
        cy.saturating_sub(side / 2).min(h - side),
        side,
        side,
    );
    sheet.copy_from(&crop.to_image(), TILE + 3, TILE + 3)?;
    let path = out.join(photo.file_stem().unwrap_or_default()).with_extension("png");
    sheet.save(&path)?;
    Ok(path)
}

/// Where most of the mask is neither in nor out.
fn busiest_edge(mask: &RgbImage) -> (u32, u32) {
    let mut best = (0, (mask.width() / 2, mask.height() / 2));
    for y in (0..mask.height()).step_by(32) {
        for x in (0..mask.width()).step_by(32) {
            let near = imageops::crop_imm(mask, x, y, 96.min(mask.width() - x), 96.min(mask.height() - y));
            let soft = near.to_image().pixels().filter(|p| (20..235).contains(&p[0])).count();
            if soft > best.0 {
                best = (soft, (x + 48, y + 48));
            }
        }
    }
    best.1
}
