//! Draws every operation over photos, to look at before calling an operation done: a row for each with the photo, what was
//! selected, the result, and a part of the result at 100 %; so many rows to a sheet.
//!
//! `cargo run -p plantain-engine --example contact_sheet -- OUT_FOLDER [--only "instruction; instruction"] [--ref FILE]… [--full] [--overview] PHOTO…`
//! `--overview` draws the results alone, one sheet per photo. What a photo lacks (a cup) is done to its subject instead.
//! With `PLANTAIN_MODEL_DIR` set, or `--model-dir DIR`, with the nets that are there. What is see-through is shown on green. `--ref` attaches a
//! picture (the first is picture 2); `--full` writes each result at full size too, for a look at every pixel.
//! Things in the picture: `--only "remove the cup; make the cup red; duplicate the cup; move the cup to the left"`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::{GenericImage, RgbImage, imageops};
use plantain_engine::nets::{Net, Nets, load};
use plantain_engine::{
    Channels, Context, Finds, Op, Raster, RenderContext, RenderError, Samples, Step, Target, Unwatched, Watch,
    operations, render, understand,
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
        is_overview: false,
        nets: Nets::default(),
    };
    while let Some(at) = arguments.iter().position(|a| a == "--ref") {
        wish.references.push(opened(Path::new(&arguments[at + 1]))?.1);
        arguments.drain(at..at + 2);
    }
    if let Some(at) = arguments.iter().position(|a| a == "--full") {
        wish.is_full = true;
        arguments.remove(at);
    }
    if let Some(at) = arguments.iter().position(|a| a == "--overview") {
        wish.is_overview = true;
        arguments.remove(at);
    }
    let folder = match arguments.iter().position(|a| a == "--model-dir") {
        Some(at) => arguments.drain(at..at + 2).nth(1).map(PathBuf::from),
        None => std::env::var_os("PLANTAIN_MODEL_DIR").map(PathBuf::from),
    };
    wish.nets = nets(folder.as_deref());
    let Some((out, photos)) = arguments.split_first() else {
        return Err("name a folder to write to, then photos".into());
    };
    std::fs::create_dir_all(out)?;
    for photo in photos {
        for path in sheets(Path::new(photo), Path::new(out), &wish)? {
            println!("{}", path.display());
        }
    }
    Ok(())
}

/// What is to be drawn of each photo.
struct Wish {
    instructions: Vec<String>,
    references: Vec<Raster>,
    is_full: bool,
    is_overview: bool,
    nets: Nets,
}

fn opened(path: &Path) -> Result<(RgbImage, Raster), Box<dyn std::error::Error>> {
    let picture = image::open(path)?;
    let picture = match picture.width().max(picture.height()) {
        0..=1600 => picture,
        _ => picture.resize(1600, 1600, imageops::FilterType::Triangle),
    };
    let picture = picture.to_rgb8();
    let (w, h) = picture.dimensions();
    let raster = Raster::from_u8(w, h, Channels::Rgb, picture.as_raw().clone())?;
    Ok((picture, raster))
}

/// The nets of a folder.
fn nets(folder: Option<&Path>) -> Nets {
    let net = |name: &str| -> Option<Arc<dyn Net>> {
        let path = folder?.join(name);
        load(std::fs::read(path).ok()?).ok()
    };
    Nets {
        subject: net("subject.onnx"),
        objects: net("objects.onnx"),
        upscale_2: net("upscale_2.onnx"),
        upscale_4: net("upscale_4.onnx"),
        style: net("style.onnx"),
        ..Nets::default()
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

/// Rows of one sheet.
const ROWS: usize = 6;

fn sheets(photo: &Path, out: &Path, wish: &Wish) -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let (picture, raster) = opened(photo)?;
    let name = photo.file_stem().unwrap_or_default().to_string_lossy();
    let context = RenderContext {
        references: wish.references.clone(),
        nets: wish.nets.clone(),
        ..RenderContext::default()
    };
    let mut rows: Vec<[RgbImage; 4]> = Vec::new();
    for (at, words) in wish.instructions.iter().enumerate() {
        let start = std::time::Instant::now();
        let mut steps = understand(words, &seeing(&context.nets, wish.references.len())).steps;
        let ops: Vec<_> = steps.iter().map(|s| s.op).collect();
        let mut edited = render(&steps, raster.clone(), &context, &Told);
        if matches!(edited, Err(RenderError::NoSuchTarget(_))) {
            steps.iter_mut().for_each(|s| s.target = Target::Subject);
            edited = render(&steps, raster.clone(), &context, &Told);
        }
        println!("{:>3}: {words} {ops:?} {} ms", at + 1, start.elapsed().as_millis());
        let edited = match edited {
            Ok(edited) => shown(edited)?,
            Err(error) => {
                println!("     {error}");
                continue;
            }
        };
        if wish.is_full {
            edited.save(out.join(format!("{name}-{}.png", at + 1)))?;
        }
        let selected = match wish.is_overview {
            true => RgbImage::new(1, 1),
            false => selected(steps.first().map(|s| &s.target), &raster, &context)?,
        };
        let crop = near_the_edge(&selected, &edited);
        rows.push([picture.clone(), selected, edited, crop]);
    }
    if wish.is_overview {
        let mut tiles = vec![&picture];
        tiles.extend(rows.iter().map(|row| &row[2]));
        let path = out.join(format!("{name}.png"));
        laid_out(&tiles)?.save(&path)?;
        return Ok(vec![path]);
    }
    let mut paths = Vec::new();
    for (number, rows) in rows.chunks(ROWS).enumerate() {
        let tiles: Vec<&RgbImage> = rows.iter().flatten().collect();
        let path = out.join(format!("{name}-sheet-{}.png", number + 1));
        laid_out(&tiles)?.save(&path)?;
        paths.push(path);
    }
    Ok(paths)
}

/// Prints what is said of how something was done.
struct Told;

impl Watch for Told {
    fn progress(&self, _fraction: f32, _step: &str) {}
    fn note(&self, sentence: &str) {
        println!("     {sentence}");
    }
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// What a step applies to: white where it does. All white where it is the whole picture.
fn selected(
    target: Option<&Target>,
    raster: &Raster,
    context: &RenderContext,
) -> Result<RgbImage, Box<dyn std::error::Error>> {
    let all = RgbImage::from_pixel(raster.width(), raster.height(), image::Rgb([255; 3]));
    let target = match target {
        None | Some(Target::Picture) => return Ok(all),
        Some(Target::Background) => &Target::Subject,
        Some(other) => other,
    };
    let cut = Step::new(Op::Cutout).on(target.clone());
    let Ok(cut) = render(&[cut], raster.clone(), context, &Unwatched) else {
        return Ok(all);
    };
    let size = (cut.width(), cut.height());
    let Samples::U8(samples) = cut.into_samples() else {
        return Err("8 bits went in".into());
    };
    let shares = samples.chunks_exact(4).flat_map(|p| [p[3]; 3]).collect();
    Ok(RgbImage::from_raw(size.0, size.1, shares).ok_or("the raster fits its size")?)
}

/// A tile's worth of the result at 100 %, where the selection's edge is; else of the middle.
fn near_the_edge(selected: &RgbImage, edited: &RgbImage) -> RgbImage {
    let (w, h) = edited.dimensions();
    let side = |s: u32| s.min(TILE - 8);
    let is_edge = |(x, y): (u32, u32)| {
        x > 0 && y > 0 && (selected.get_pixel(x, y)[0] >= 128) != (selected.get_pixel(x - 1, y)[0] >= 128)
    };
    let edges: Vec<(u32, u32)> = match selected.dimensions() == (w, h) {
        true => (0..w * h).map(|i| (i % w, i / w)).filter(|p| is_edge(*p)).collect(),
        false => Vec::new(),
    };
    let (x, y) = edges.get(edges.len() / 3).copied().unwrap_or((w / 2, h / 2));
    let corner = |at: u32, side: u32, len: u32| at.saturating_sub(side / 2).min(len - side);
    let (left, top) = (corner(x, side(w), w), corner(y, side(h), h));
    imageops::crop_imm(edited, left, top, side(w), side(h)).to_image()
}

/// Four to a row.
fn laid_out(tiles: &[&RgbImage]) -> Result<RgbImage, image::ImageError> {
    let count = tiles.len() as u32;
    let columns = 4.min(count);
    let mut sheet = RgbImage::from_pixel(columns * TILE, count.div_ceil(columns) * TILE, image::Rgb([24, 24, 24]));
    for (at, tile) in tiles.iter().enumerate() {
        place(&mut sheet, tile, at as u32, columns)?;
    }
    Ok(sheet)
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
    let scale = (f64::from(TILE - 8) / f64::from(picture.width().max(picture.height()))).min(1.0);
    let (w, h) = (
        (f64::from(picture.width()) * scale) as u32,
        (f64::from(picture.height()) * scale) as u32,
    );
    let small = imageops::resize(picture, w.max(1), h.max(1), imageops::FilterType::Triangle);
    sheet.copy_from(&small, at % columns * TILE + 4, at / columns * TILE + 4)
}
