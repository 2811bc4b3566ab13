//! `plantain edit`: the engine on files, without a server.
//!
//! Rule: the file passes the same gate as an upload; exit 0 done, 3 nothing of it could be done (the reasons on
//! standard error), 2 bad usage or an unreadable file.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use image::{ColorType, ImageEncoder as _, codecs::jpeg::JpegEncoder};
use plantain_engine::{Context, Mask, RenderContext, Unwatched, explain, render, understand};
use serde_json::json;

use crate::{
    backends::embedded::{pixels_of, raster_of},
    blobs::{BlobStore, Layout, Pixels, RawImage, Samples},
    domain::picture::Limits,
};

/// How good a JPEG is written.
const JPEG_QUALITY: u8 = 95;

/// What `plantain edit` is given.
#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// The picture to edit
    input: PathBuf,
    /// Where to write the result: .png, .jpg or .webp
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// What to do, as one would say it
    instruction: String,
    /// A further picture: "image 2", "image 3", …
    #[arg(long = "ref", value_name = "FILE")]
    references: Vec<PathBuf>,
    /// Where to do it: white is inside, black outside
    #[arg(long, value_name = "MASK.png")]
    region: Option<PathBuf>,
    /// Makes grain and the like fall differently
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// Why there is no result.
enum Ended {
    /// The arguments or a file.
    Unusable(String),
    /// Nothing of the wish can be done.
    Declined(Vec<String>),
}

/// Edits a file.
#[must_use]
pub fn run(args: EditArgs) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(edit(&args)),
        Err(error) => Err(Ended::Unusable(error.to_string())),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended::Unusable(words)) => {
            eprintln!("plantain: {words}");
            ExitCode::from(2)
        }
        Err(Ended::Declined(reasons)) => {
            reasons.iter().for_each(|reason| eprintln!("plantain: {reason}"));
            ExitCode::from(3)
        }
    }
}

async fn edit(args: &EditArgs) -> Result<(), Ended> {
    let folder = tempfile::tempdir().map_err(unusable)?;
    let blobs = BlobStore::open(folder.path(), Limits::default(), None, BlobStore::DEADLINE).map_err(unusable)?;
    let picture = read(&blobs, &args.input).await?;
    for reference in &args.references {
        read(&blobs, reference).await?;
    }
    let region = match &args.region {
        Some(path) => Some(mask_of(read(&blobs, path).await?)?),
        None => None,
    };
    let references = u32::try_from(args.references.len()).unwrap_or(u32::MAX);
    let understood = understand(
        &args.instruction,
        &Context {
            references,
            region: region.is_some(),
            ..Context::default()
        },
    );
    let left_out: Vec<String> = understood
        .declined
        .iter()
        .map(|declined| declined.message.clone())
        .collect();
    if understood.steps.is_empty() {
        return Err(Ended::Declined(left_out));
    }
    let around = RenderContext {
        region,
        seed: args.seed,
        ..RenderContext::default()
    };
    let raster = raster_of(picture).map_err(|error| Ended::Unusable(error.to_string()))?;
    let rendered = render(&understood.steps, raster, &around, &Unwatched)
        .map_err(|error| Ended::Declined(vec![error.to_string()]))?;
    write(&blobs, pixels_of(rendered), &args.output).await?;
    if args.json {
        println!(
            "{}",
            json!({"steps": understood.steps, "declined": understood.declined, "note": explain(&understood.steps)})
        );
    } else {
        println!("{}.", explain(&understood.steps));
        left_out.iter().for_each(|words| eprintln!("Left out: {words}"));
    }
    Ok(())
}

async fn read(blobs: &BlobStore, path: &Path) -> Result<Pixels, Ended> {
    let named = |words: String| Ended::Unusable(format!("{}: {words}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| named(error.to_string()))?;
    let verified = blobs
        .inspect(RawImage::from(bytes))
        .await
        .map_err(|error| named(error.for_the_user()))?;
    let blob = blobs.put(verified).await.map_err(unusable)?;
    blobs.decode(&blob).await.map_err(|error| named(error.for_the_user()))
}

/// The brightness of a picture as a soft mask.
fn mask_of(pixels: Pixels) -> Result<Mask, Ended> {
    let (width, height) = (pixels.dimensions.width, pixels.dimensions.height);
    let (samples, layout) = eight_bits(pixels);
    let channels = channels_of(layout);
    let luma = |pixel: &[u8]| match pixel {
        [r, g, b, ..] => {
            u8::try_from((u32::from(*r) * 54 + u32::from(*g) * 183 + u32::from(*b) * 19) >> 8).unwrap_or(255)
        }
        [grey, ..] => *grey,
        [] => 0,
    };
    let data = samples.chunks_exact(channels).map(luma).collect();
    Mask::new(width, height, data).map_err(|error| Ended::Unusable(error.to_string()))
}

async fn write(blobs: &BlobStore, pixels: Pixels, path: &Path) -> Result<(), Ended> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let bytes = match ending.as_str() {
        "png" => png(blobs, pixels).await?,
        "jpg" | "jpeg" => jpeg(pixels)?,
        "webp" => webp(pixels)?,
        _ => {
            return Err(Ended::Unusable(
                "the result's name has to end in .png, .jpg or .webp".to_owned(),
            ));
        }
    };
    std::fs::write(path, bytes).map_err(|error| Ended::Unusable(format!("{}: {error}", path.display())))
}

async fn png(blobs: &BlobStore, pixels: Pixels) -> Result<Vec<u8>, Ended> {
    let raw = blobs.encode_png(pixels).await.map_err(unusable)?;
    let verified = blobs.inspect(raw).await.map_err(unusable)?;
    let blob = blobs.put(verified).await.map_err(unusable)?;
    Ok(blobs.read(&blob).await.map_err(unusable)?.to_vec())
}

fn jpeg(pixels: Pixels) -> Result<Vec<u8>, Ended> {
    let dimensions = pixels.dimensions;
    let (samples, layout) = eight_bits(pixels);
    // JPEG has no transparency: what shows through becomes white.
    let (samples, kind) = match layout {
        Layout::Grey => (samples, ColorType::L8),
        Layout::Rgb => (samples, ColorType::Rgb8),
        Layout::GreyAlpha => (on_white(&samples, 1), ColorType::L8),
        Layout::Rgba => (on_white(&samples, 3), ColorType::Rgb8),
    };
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .write_image(&samples, dimensions.width, dimensions.height, kind.into())
        .map_err(unusable)?;
    Ok(bytes)
}

fn webp(pixels: Pixels) -> Result<Vec<u8>, Ended> {
    let dimensions = pixels.dimensions;
    let (samples, layout) = eight_bits(pixels);
    let (samples, kind) = match layout {
        Layout::Grey => (samples.iter().flat_map(|v| [*v; 3]).collect(), ColorType::Rgb8),
        Layout::GreyAlpha => (
            samples.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
            ColorType::Rgba8,
        ),
        Layout::Rgb => (samples, ColorType::Rgb8),
        Layout::Rgba => (samples, ColorType::Rgba8),
    };
    let mut bytes = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut bytes)
        .write_image(&samples, dimensions.width, dimensions.height, kind.into())
        .map_err(unusable)?;
    Ok(bytes)
}

fn on_white(samples: &[u8], colours: usize) -> Vec<u8> {
    let blend = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(255)
    };
    samples
        .chunks_exact(colours + 1)
        .flat_map(|pixel| {
            pixel[..colours]
                .iter()
                .map(|value| blend(*value, pixel[colours]))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn eight_bits(pixels: Pixels) -> (Vec<u8>, Layout) {
    let samples = match pixels.samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(samples) => samples
            .iter()
            .map(|value| u8::try_from((u32::from(*value) + 128) / 257).unwrap_or(255))
            .collect(),
    };
    (samples, pixels.layout)
}

const fn channels_of(layout: Layout) -> usize {
    match layout {
        Layout::Grey => 1,
        Layout::GreyAlpha => 2,
        Layout::Rgb => 3,
        Layout::Rgba => 4,
    }
}

fn unusable(error: impl std::fmt::Display) -> Ended {
    Ended::Unusable(error.to_string())
}
