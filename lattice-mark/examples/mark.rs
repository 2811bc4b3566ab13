//! Marks a picture file, and reads marks out of picture files.
//!
//! `embed IN OUT BITS` writes IN with the mark BITS (64 characters 0 and 1) to OUT, a PNG unless named otherwise.
//! `detect LIST` reads a file with one path a line and prints one JSON object a line: `{"file","detected","bits","score"}`.
//! The key is 32 bytes of 1 unless LATTICE_KEY holds 64 hexadecimal digits.

use std::error::Error;
use std::process::ExitCode;

use image::{DynamicImage, RgbImage};
use lattice_mark::{Effort, Key, Picture, embed, examine};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["embed", from, to, bits] => mark(from, to, bits),
        ["detect", list] => read(list),
        _ => Err("use: embed IN OUT BITS | detect LIST".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn mark(from: &str, to: &str, bits: &str) -> Outcome<()> {
    let mut picture = open(from)?;
    let report = embed(&mut picture, bits.parse()?, &key()?)?;
    eprintln!("{:.2} dB, z {:.1}", report.psnr, report.z_d);
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    let marked = RgbImage::from_raw(width, height, picture.into_bytes()).ok_or("the size changed")?;
    DynamicImage::from(marked).save(to)?;
    Ok(())
}

fn read(list: &str) -> Outcome<()> {
    let key = key()?;
    for file in std::fs::read_to_string(list)?.lines().filter(|l| !l.trim().is_empty()) {
        let seen = examine(&open(file)?, &key, Effort::Thorough);
        let line = serde_json::json!({
            "file": file,
            "detected": seen.found.is_some(),
            "bits": seen.found.as_ref().map(|f| f.id.to_string()),
            "score": (seen.pilot_z * 100.0).round() / 100.0,
        });
        println!("{line}");
    }
    Ok(())
}

fn open(file: &str) -> Outcome<Picture<Vec<u8>>> {
    let picture = image::ImageReader::open(file)
        .and_then(image::ImageReader::with_guessed_format)
        .map_err(|e| format!("{file}: {e}"))?
        .decode()
        .map_err(|e| format!("{file}: {e}"))?
        .into_rgb8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Ok(Picture::rgb(width, height, picture.into_raw())?)
}

fn key() -> Outcome<Key> {
    let Ok(digits) = std::env::var("LATTICE_KEY") else {
        return Ok(Key::new(1, [1; 32]));
    };
    let mut secret = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return Err("LATTICE_KEY is 64 hexadecimal digits".into());
    }
    for (i, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16)?;
    }
    Ok(Key::new(1, secret))
}
