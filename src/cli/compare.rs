//! `plantain compare`: what a model really changed between two picture files, and the rest given back.
//!
//! Rule: standard output is for what was found, standard error for words; the exit code says how it went: 0 done, 3 the
//! edit is not a local one, so there is nothing to restore, 2 bad usage or an unreadable file. Called by `main`.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use plantain_engine::{
    Channels, Raster, Unwatched,
    compare::{
        Band, CompareError, CompareOptions, Comparison, Likeness, OTHER_FACE, SAME_FACE, Verdict, compare, likeness,
        restore,
    },
};
use serde::Serialize;

use super::{
    files::{self, FileError, Gate},
    models,
};
use crate::backends::embedded::convert;

/// Find what really changed between two pictures, and restore the rest.
#[derive(Debug, Clone, Args)]
pub struct CompareArgs {
    /// The picture that was edited: JPEG, PNG, WebP or GIF.
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// What came back.
    #[arg(value_name = "RESULT")]
    pub result: PathBuf,
    /// Print what was found as one line of JSON.
    #[arg(long)]
    pub json: bool,
    /// Where the result goes with everything that should not have changed given back; .png, .jpg or .webp.
    #[arg(long, value_name = "OUT.png")]
    pub restore: Option<PathBuf>,
    /// Where a picture of the changed region goes: white where it changed.
    #[arg(long, value_name = "OUT.png")]
    pub mask: Option<PathBuf>,
    /// Where the nets that tell faces apart are looked for.
    #[command(flatten)]
    place: models::Place,
}

/// Why there is no comparison, or no restored picture.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Cancelled(#[from] CompareError),
    #[error("{0}")]
    NotLocal(&'static str),
    #[error("{0}")]
    Own(#[from] std::io::Error),
}

impl CommandError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::NotLocal(_) => 3,
            Self::File(_) | Self::Cancelled(_) | Self::Own(_) => 2,
        }
    }
}

/// Runs the command.
#[must_use]
pub fn run(args: CompareArgs) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(CommandError::Own)
        .and_then(|runtime| runtime.block_on(compared(&args)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn compared(args: &CompareArgs) -> Result<(), CommandError> {
    for out in [&args.restore, &args.mask].into_iter().flatten() {
        files::format_of(out)?;
    }
    let gate = Gate::open()?;
    let base = raster(&gate, &args.base).await?;
    let result = raster(&gate, &args.result).await?;
    let found = compare(&base, &result, &CompareOptions::default(), &Unwatched)?;
    let faces = args.place.open().faces();
    let alike = likeness(&base, &result, None, &found, faces.as_ref(), &Unwatched)?;
    if args.json {
        println!("{}", Printed::of(&found, alike.as_ref()).line());
    } else {
        print!("{}", in_words(&found, alike.as_ref()));
    }
    if let Some(out) = &args.mask {
        let mask = Raster::from_u8(base.width(), base.height(), Channels::Gray, found.mask.data().to_vec());
        let mask = mask.map_err(std::io::Error::other)?;
        gate.write(convert::to_pixels(mask), out).await?;
    }
    if let Some(out) = &args.restore {
        let restored = match found.verdict {
            Verdict::Local => restore(&base, &result, &found, &Unwatched)?,
            Verdict::Whole => {
                return Err(CommandError::NotLocal(
                    "The picture as a whole changed, so there is nothing to restore. The result is best kept as it is.",
                ));
            }
            Verdict::Unrelated => {
                return Err(CommandError::NotLocal(
                    "The two pictures have nothing in common that could be restored.",
                ));
            }
        };
        gate.write(convert::to_pixels(restored), out).await?;
    }
    Ok(())
}

async fn raster(gate: &Gate, path: &Path) -> Result<Raster, CommandError> {
    let pixels = gate.read(path).await?;
    convert::to_raster(pixels).map_err(|error| CommandError::Own(std::io::Error::other(error)))
}

/// What is printed with `--json`. Lengths are pixels of the base, colours levels of 255, shares 0 to 1.
#[derive(Debug, Serialize)]
struct Printed {
    verdict: &'static str,
    changed: f32,
    matrix: [f64; 6],
    colour: [[f32; 5]; 3],
    shift: (f64, f64),
    zoom_percent: f64,
    degrees: f64,
    cast: [f32; 3],
    noise: f32,
    trusted: f32,
    shown: f32,
    detail: f32,
    exact: bool,
    likeness: Option<Alike>,
}

#[derive(Debug, Serialize)]
struct Alike {
    shape_drift_percent: f32,
    detail_drift: f32,
    colour_change: f32,
    face_distance: Option<f32>,
    word: &'static str,
}

impl Printed {
    fn of(found: &Comparison, alike: Option<&Likeness>) -> Self {
        let figures = &found.figures;
        Self {
            verdict: found.verdict.name(),
            changed: found.changed,
            matrix: found.matrix.0,
            colour: found.colour.0,
            shift: figures.shift,
            zoom_percent: figures.zoom,
            degrees: figures.degrees,
            cast: figures.cast,
            noise: figures.noise,
            trusted: figures.trusted,
            shown: figures.shown,
            detail: figures.detail,
            exact: figures.exact,
            likeness: alike.map(|alike| Alike {
                shape_drift_percent: alike.shape_drift,
                detail_drift: alike.detail_drift,
                colour_change: alike.colour_change,
                face_distance: alike.face,
                word: word(alike.band()),
            }),
        }
    }

    fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn word(band: Band) -> &'static str {
    match band {
        Band::Same => "the same",
        Band::Slight => "slightly different",
        Band::Visible => "visibly different",
        Band::Different => "another rendering",
    }
}

fn face_word(far: f32) -> &'static str {
    match far {
        far if far <= SAME_FACE => "the same",
        far if far < OTHER_FACE => "perhaps another",
        _ => "another",
    }
}

fn in_words(found: &Comparison, alike: Option<&Likeness>) -> String {
    let mut out = String::new();
    let figures = &found.figures;
    let percent = found.changed * 100.0;
    // Writing to a string never fails.
    let _ = match found.verdict {
        Verdict::Local if figures.exact => writeln!(
            out,
            "local: {percent:.1} % of the picture differ, the rest is identical"
        ),
        Verdict::Local => writeln!(out, "local: {percent:.1} % of the picture changed"),
        Verdict::Whole => writeln!(out, "whole: the picture as a whole changed"),
        Verdict::Unrelated => writeln!(out, "unrelated: the pictures have nothing in common"),
    };
    if found.verdict == Verdict::Unrelated {
        return out;
    }
    let (x, y) = figures.shift;
    let [r, g, b] = figures.cast;
    let _ = writeln!(
        out,
        "moved by {x:.1}, {y:.1} px, zoomed by {:.2} %, turned by {:.2} degrees; colours off by {r:.1}, {g:.1}, {b:.1} levels",
        figures.zoom, figures.degrees,
    );
    if let Some(alike) = alike {
        let _ = writeln!(
            out,
            "likeness: {} (shape drift {:.2} %, detail drift {:.0} %, colour change {:.0} %)",
            word(alike.band()),
            alike.shape_drift,
            alike.detail_drift * 100.0,
            alike.colour_change * 100.0,
        );
        if let Some(far) = alike.face {
            let _ = writeln!(out, "face: {} (distance {far:.2})", face_word(far));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use image::{Rgb, RgbImage};

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        compare: CompareArgs,
    }

    /// The exit code of a command line; `{}` stands for the folder.
    fn ran(folder: &Path, line: &[&str]) -> ExitCode {
        let line = line
            .iter()
            .map(|word| word.replace("{}", &folder.display().to_string()));
        let program = Program::try_parse_from(["compare".to_owned()].into_iter().chain(line)).expect("good usage");
        run(program.compare)
    }

    /// A soft, uneven pattern.
    fn scene(x: f32, y: f32) -> [f32; 3] {
        let wave = |a: f32, b: f32, c: f32| 40.0 * (a * x + (b * y + c).sin()).sin();
        let (one, two) = (wave(0.11, 0.07, 0.0), wave(0.031, 0.13, 2.0));
        [120.0 + one + two, 110.0 + one - 0.5 * two, 100.0 + 0.4 * one + two]
    }

    fn drawn(each: impl Fn(u32, u32) -> [f32; 3]) -> RgbImage {
        RgbImage::from_fn(240, 180, |x, y| Rgb(each(x, y).map(|v| v.clamp(0.0, 255.0) as u8)))
    }

    /// A base, and a result that is shifted by two pixels, tinted and has a red disc.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let base = drawn(|x, y| scene(x as f32, y as f32));
        base.save(folder.path().join("base.png")).expect("a picture");
        let result = drawn(|x, y| {
            if (x as f32 - 150.0).hypot(y as f32 - 80.0) < 25.0 {
                return [220.0, 30.0, 30.0];
            }
            let [r, g, b] = scene(x as f32 - 2.0, y as f32);
            [r * 1.03, g, b * 0.97]
        });
        result.save(folder.path().join("result.png")).expect("a picture");
        folder
    }

    fn open(folder: &Path, name: &str) -> RgbImage {
        image::open(folder.join(name)).expect("a picture").to_rgb8()
    }

    #[test]
    fn what_drifted_is_given_back_bit_for_bit_and_the_edit_is_kept() {
        let folder = folder();
        let line = [
            "{}/base.png",
            "{}/result.png",
            "--json",
            "--restore",
            "{}/out.png",
            "--mask",
            "{}/mask.png",
        ];
        assert_eq!(ran(folder.path(), &line), ExitCode::SUCCESS);
        let (base, out) = (open(folder.path(), "base.png"), open(folder.path(), "out.png"));
        let mask = open(folder.path(), "mask.png");
        assert_eq!(out.dimensions(), base.dimensions());
        let equal = base.pixels().zip(out.pixels()).filter(|(a, b)| a == b).count();
        assert!(equal > base.pixels().len() * 85 / 100, "{equal}");
        for (a, (b, m)) in base.pixels().zip(out.pixels().zip(mask.pixels())) {
            assert!(m[0] > 0 || a == b, "changed outside of the mask");
        }
        // The disc is where it belongs in the base: two pixels to the left.
        let disc = out.get_pixel(148, 80);
        assert!(disc[0] > 180 && disc[1] < 70, "{disc:?}");
        assert_eq!(mask.get_pixel(148, 80)[0], 255);
    }

    #[test]
    fn a_picture_with_nothing_in_common_is_3_and_writes_no_file() {
        let folder = folder();
        let other = drawn(|x, y| scene(y as f32 * 1.7 + 400.0, x as f32 * 0.6).map(|v| 255.0 - v));
        other.save(folder.path().join("other.png")).expect("a picture");
        let line = ["{}/base.png", "{}/other.png", "--restore", "{}/out.png"];
        assert_eq!(ran(folder.path(), &line), ExitCode::from(3));
        assert!(!folder.path().join("out.png").exists());
        assert_eq!(
            ran(folder.path(), &line[..2]),
            ExitCode::SUCCESS,
            "saying so is no failure"
        );
    }

    #[test]
    fn an_unreadable_file_or_a_strange_ending_is_2() {
        let folder = folder();
        for line in [
            &["{}/missing.png", "{}/result.png"][..],
            &["{}/base.png", "{}/missing.png"],
            &["{}/base.png", "{}/result.png", "--restore", "{}/out.bmp"],
            &["{}/base.png", "{}/result.png", "--mask", "{}/no/mask.png"],
        ] {
            assert_eq!(ran(folder.path(), line), ExitCode::from(2), "{line:?}");
        }
    }

    #[test]
    fn json_says_what_was_found() {
        let picture = Raster::from_u8(
            32,
            32,
            Channels::Gray,
            (0..1024).map(|i| (i * 37 % 251) as u8).collect(),
        );
        let picture = picture.expect("it fits");
        let found = compare(&picture, &picture, &CompareOptions::default(), &Unwatched).expect("not cancelled");
        let alike = likeness(&picture, &picture, None, &found, None, &Unwatched).expect("not cancelled");
        let line = Printed::of(&found, alike.as_ref()).line();
        let json: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(json["verdict"], "local");
        assert_eq!(json["changed"], 0.0);
        assert_eq!(json["exact"], true);
        assert_eq!(json["matrix"], serde_json::json!([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
        assert_eq!(json["likeness"]["word"], "the same");
        assert!(
            in_words(&found, alike.as_ref()).starts_with("local: 0.0 % of the picture differ, the rest is identical\n")
        );
    }
}
