//! Writes the two example pictures, to look at: `cargo run -p plantain-engine --example drawings -- OUT_FOLDER`.

use plantain_engine::{Samples, drawings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder to write to")?;
    for (name, draw) in [
        ("harbour", drawings::harbour as fn() -> plantain_engine::Raster),
        ("still_life", drawings::still_life),
    ] {
        let started = std::time::Instant::now();
        let picture = draw();
        println!("{name}: {:?}", started.elapsed());
        let (width, height) = (picture.width(), picture.height());
        let Samples::U8(samples) = picture.into_samples() else {
            return Err("the drawings have 8 bits".into());
        };
        let path = format!("{folder}/{name}.png");
        image::save_buffer(path, &samples, width, height, image::ExtendedColorType::Rgb8)?;
    }
    Ok(())
}
