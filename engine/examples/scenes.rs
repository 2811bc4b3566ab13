//! Paints scenes to look at: `cargo run -p plantain-engine --example scenes -- OUT_FOLDER [WIDTHxHEIGHT] [SEED] [LIGHT] [SCENE…]`.
//!
//! Each goes to OUT_FOLDER/scene.png; without names, all of them.

use std::time::Instant;

use image::RgbImage;
use plantain_engine::{Channels, Op, Raster, RenderContext, SCENES, Samples, Step, Target, Unwatched, render};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let out = arguments.first().ok_or("name a folder to write to")?;
    let size = arguments.get(1).map_or("1024x683", String::as_str);
    let (width, height) = size.split_once('x').ok_or("a size is WIDTHxHEIGHT")?;
    let (width, height): (u32, u32) = (width.parse()?, height.parse()?);
    let seed: u64 = arguments.get(2).map_or(Ok(1), |s| s.parse())?;
    let light = arguments.get(3).filter(|l| *l != "-").cloned();
    let names: Vec<&str> = match arguments.get(4..) {
        Some(names) if !names.is_empty() => names.iter().map(String::as_str).collect(),
        _ => SCENES.to_vec(),
    };
    std::fs::create_dir_all(out)?;
    for name in names {
        let mut step = Step::new(Op::BackgroundReplace).on(Target::Background);
        step.params.scene = Some(name.to_owned());
        step.params.light = light.clone();
        // Nothing but one pixel is there to be kept.
        let mut clear = vec![0u8; (width * height * 4) as usize];
        clear[3] = 255;
        let picture = Raster::from_u8(width, height, Channels::Rgba, clear)?;
        let context = RenderContext {
            seed,
            ..RenderContext::default()
        };
        let begun = Instant::now();
        let painted = render(&[step], picture, &context, &Unwatched)?;
        println!("{name}: {:.2} s", begun.elapsed().as_secs_f32());
        let Samples::U8(samples) = painted.into_samples() else {
            return Err("8 bits went in".into());
        };
        let samples = samples.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
        let picture = RgbImage::from_raw(width, height, samples).ok_or("it fits")?;
        picture.save(format!("{out}/{name}.png"))?;
    }
    Ok(())
}
