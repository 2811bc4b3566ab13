//! Draws every operation over photos, one sheet per photo, to look at before calling an operation done.
//!
//! `cargo run -p plantain-engine --example contact_sheet -- OUT_FOLDER [--only "instruction; instruction"] [--ref FILE]… [--full] PHOTO…`
//! With `PLANTAIN_MODEL_DIR` set, with the nets that are there. What is see-through is shown on green. `--ref` attaches a
//! picture (the first is picture 2); `--full` writes each result at full size too, for a look at every pixel.
//! Things in the picture: `--only "remove the cup; make the cup red; duplicate the cup; move the cup to the left"`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::{GenericImage, RgbImage, imageops};
use plantain_engine::nets::{Net, Nets, load};
use plantain_engine::{
    Channels, Context, Finds, Raster, RenderContext, Samples, Unwatched, operations, render, understand,
};

/// Pixels of one tile's longer side.
const TILE: u32 = 420;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut instructions: Vec<String> = operations().map(|o| o.example.to_owned()).collect();
    if let Some(at) = arguments.iter().position(|a| a == "--only") {
        instructions = arguments[at + 1].split(';').map(|s| s.trim().to_owned()).collect();
        arguments.drain(at..at + 2);
    }
    let mut wish = Wish {
        instructions,
        references: Vec::new(),
        is_full: false,
    };
    while let Some(at) = arguments.iter().position(|a| a == "--ref") {
        wish.references.push(opened(Path::new(&arguments[at + 1]))?.1);
        arguments.drain(at..at + 2);
    }
    if let Some(at) = arguments.iter().position(|a| a == "--full") {
        wish.is_full = true;
        arguments.remove(at);
    }
    let Some((out, photos)) = arguments.split_first() else {
        return Err("name a folder to write to, then photos".into());
    };
    std::fs::create_dir_all(out)?;
    for photo in photos {
        let path = sheet(Path::new(photo), Path::new(out), &wish)?;
        println!("{}", path.display());
    }
    Ok(())
}

/// What is to be drawn of each photo.
struct Wish {
    instructions: Vec<String>,
    references: Vec<Raster>,
    is_full: bool,
}

fn opened(path: &Path) -> Result<(RgbImage, Raster), Box<dyn std::error::Error>> {
    let picture = image::open(path)?
        .resize(1600, 1600, imageops::FilterType::Triangle)
        .to_rgb8();
    let (w, h) = picture.dimensions();
    let raster = Raster::from_u8(w, h, Channels::Rgb, picture.as_raw().clone())?;
    Ok((picture, raster))
}

/// The nets of the folder that the environment names.
fn nets() -> Nets {
    let folder = std::env::var_os("PLANTAIN_MODEL_DIR");
    let net = |name: &str| -> Option<Arc<dyn Net>> {
        let path = Path::new(folder.as_ref()?).join(name);
        load(std::fs::read(path).ok()?).ok()
    };
    Nets {
        subject: net("subject.onnx"),
        objects: net("objects.onnx"),
        upscale_2: net("upscale_2.onnx"),
        upscale_4: net("upscale_4.onnx"),
        style: net("style.onnx"),
    }
}

/// What can be found with these nets.
fn seeing(nets: &Nets, references: usize) -> Context {
    Context {
        references: references as u32,
        finds: Finds {
            objects: nets.objects.is_some(),
            styles: nets.style.is_some(),
            ..Finds::without_nets()
        },
        ..Context::default()
    }
}

fn on_green(samples: &[u8]) -> Vec<u8> {
    let mix = |p: &[u8]| {
        let alpha = u32::from(p[3]);
        let blend = |i: usize| ((u32::from(p[i]) * alpha + [40, 200, 90][i] * (255 - alpha)) / 255) as u8;
        [blend(0), blend(1), blend(2)]
    };
    samples.chunks_exact(4).flat_map(mix).collect()
}

fn sheet(photo: &Path, out: &Path, wish: &Wish) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let (picture, raster) = opened(photo)?;
    let name = photo.file_stem().unwrap_or_default().to_string_lossy();
    let tiles = wish.instructions.len() as u32 + 1;
    let columns = 4.min(tiles);
    let mut sheet = RgbImage::from_pixel(columns * TILE, tiles.div_ceil(columns) * TILE, image::Rgb([24, 24, 24]));
    place(&mut sheet, &picture, 0, columns)?;
    let context = RenderContext {
        references: wish.references.clone(),
        nets: nets(),
        ..RenderContext::default()
    };
    for (at, words) in wish.instructions.iter().enumerate() {
        let understood = understand(words, &seeing(&context.nets, wish.references.len()));
        let ops: Vec<_> = understood.steps.iter().map(|s| s.op).collect();
        let start = std::time::Instant::now();
        // A thing that is not in this photo leaves its tile empty.
        let edited = match render(&understood.steps, raster.clone(), &context, &Unwatched) {
            Ok(edited) => shown(edited)?,
            Err(error) => {
                println!("{:>3}: {words} {ops:?}: {error}", at + 1);
                continue;
            }
        };
        place(&mut sheet, &edited, at as u32 + 1, columns)?;
        if wish.is_full {
            edited.save(out.join(format!("{name}-{}.png", at + 1)))?;
        }
        println!("{:>3}: {words} {ops:?} {} ms", at + 1, start.elapsed().as_millis());
    }
    let path = out.join(format!("{name}.png"));
    sheet.save(&path)?;
    Ok(path)
}

fn shown(edited: Raster) -> Result<RgbImage, Box<dyn std::error::Error>> {
    let size = (edited.width(), edited.height());
    let has_alpha = edited.channels().has_alpha();
    let Samples::U8(samples) = edited.into_samples() else {
        return Err("8 bits went in".into());
    };
    let samples = if has_alpha { on_green(&samples) } else { samples };
    Ok(RgbImage::from_raw(size.0, size.1, samples).ok_or("the raster fits its size")?)
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
