//! `plantain edit`: the built-in engine on files, without a server.
//!
//! Rule: standard output is for the result, standard error for words; the exit code says how it went: 0 done, 3 nothing
//! of it could be done, 2 bad usage or an unreadable file. Called by `main`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use plantain_engine::{Context, Facts, Mask, RenderContext, RenderError, Understanding, Watch, render, understand};

use super::{
    files::{self, FileError, Gate},
    models,
    plan::Printed,
};
use crate::{
    backends::embedded::{convert, words},
    domain::{
        instruction::{Instruction, InstructionError},
        turn::FailureKind,
    },
};

/// Edit a picture file with the built-in engine, without a server.
#[derive(Debug, Clone, Args)]
pub struct EditArgs {
    /// The picture to edit: JPEG, PNG, WebP or GIF.
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// What to do, in words: "make it warmer, then crop it to a square".
    pub instruction: String,
    /// Where the result goes; its name says the format: .png, .jpg or .webp.
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// A further picture that the words speak of as "image 2", "image 3", …; can be given several times.
    #[arg(long = "ref", value_name = "FILE")]
    pub references: Vec<PathBuf>,
    /// A picture that is light where the region is and dark elsewhere, of any size.
    #[arg(long, value_name = "MASK.png")]
    pub region: Option<PathBuf>,
    /// Another seed makes grain and the like fall differently.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Print what was understood as one line of JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    place: models::Place,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
enum EditError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Words(#[from] InstructionError),
    #[error("{0}")]
    NotDone(String),
    #[error("{0}")]
    Own(#[from] std::io::Error),
}

impl EditError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::NotDone(_) => 3,
            Self::File(_) | Self::Words(_) | Self::Own(_) => 2,
        }
    }
}

/// Runs the command.
#[must_use]
pub fn run(args: EditArgs) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(EditError::Own)
        .and_then(|runtime| runtime.block_on(edit(&args)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn edit(args: &EditArgs) -> Result<(), EditError> {
    files::format_of(&args.output)?;
    let instruction = Instruction::parse(&args.instruction)?;
    let gate = Gate::open()?;
    let picture = gate.read(&args.input).await?;
    let mut references = Vec::with_capacity(args.references.len());
    for reference in &args.references {
        let pixels = gate.read(reference).await?;
        references.push(convert::to_raster(pixels).map_err(|error| EditError::Own(std::io::Error::other(error)))?);
    }
    let region = match &args.region {
        Some(path) => Some(mask(&gate, path).await?),
        None => None,
    };
    let models = args.place.open();
    let raster = convert::to_raster(picture).map_err(|error| EditError::Own(std::io::Error::other(error)))?;
    let context = Context {
        pins: 0,
        references: u32::try_from(args.references.len()).unwrap_or(u32::MAX),
        kept: 0,
        region: region.is_some(),
        finds: words::finds(&models),
        earlier: Vec::new(),
        facts: Some(Facts::of(&raster)),
    };
    let understood = understand(instruction.as_str(), &context);
    if args.json {
        println!("{}", Printed::of(&understood).line());
    }
    let steps = doable(&understood)?;
    let context = RenderContext {
        pins: Vec::new(),
        region,
        references,
        seed: args.seed,
        max_pixels: files::LIMITS.pixels,
        nets: models.nets(),
    };
    let listener = Listener::default();
    let drawn = render(steps, raster, &context, &listener).map_err(|error| not_done(&error))?;
    gate.write(convert::to_pixels(drawn), &args.output).await?;
    eprintln!("{}{}", words::note(steps, &understood.declined), listener.0.told());
    Ok(())
}

/// Hears what the engine says of how it did something.
#[derive(Default)]
struct Listener(words::Remarks);

impl Watch for Listener {
    fn progress(&self, _fraction: f32, _step: &str) {}

    fn note(&self, sentence: &str) {
        self.0.add(sentence);
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

async fn mask(gate: &Gate, path: &std::path::Path) -> Result<Mask, EditError> {
    let pixels = gate.read(path).await?;
    convert::to_mask(pixels).map_err(|error| EditError::Own(std::io::Error::other(error)))
}

/// The steps, unless there are none or they speak of versions, which a file doesn't have.
fn doable(understood: &Understanding) -> Result<&[plantain_engine::Step], EditError> {
    if understood.steps.iter().any(|step| step.op.is_history()) {
        return Err(EditError::NotDone(
            "A file has no versions to go back to. Say what to change.".to_owned(),
        ));
    }
    if understood.steps.is_empty() {
        let failure = words::nothing_done(&understood.declined).for_the_user("The built-in engine");
        debug_assert_ne!(failure.kind, FailureKind::Unavailable);
        return Err(EditError::NotDone(failure.message));
    }
    Ok(&understood.steps)
}

fn not_done(error: &RenderError) -> EditError {
    EditError::NotDone(words::cannot_render(error))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        edit: EditArgs,
    }

    /// The exit code of a command line; `{}` stands for the folder.
    fn ran(folder: &Path, line: &[&str]) -> ExitCode {
        let line = line
            .iter()
            .map(|word| word.replace("{}", &folder.display().to_string()));
        let program = Program::try_parse_from(["edit".to_owned()].into_iter().chain(line)).expect("good usage");
        run(program.edit)
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        image::RgbImage::from_fn(40, 20, |x, y| image::Rgb([100, 90 + x as u8, 80 + y as u8]))
            .save(folder.path().join("in.png"))
            .expect("a picture");
        folder
    }

    #[test]
    fn an_edit_writes_the_format_of_the_name_and_exits_0() {
        let folder = folder();
        for (name, format) in [
            ("out.png", image::ImageFormat::Png),
            ("out.JPG", image::ImageFormat::Jpeg),
            ("out.webp", image::ImageFormat::WebP),
        ] {
            let out = format!("{{}}/{name}");
            let code = ran(
                folder.path(),
                &["{}/in.png", "-o", &out, "crop it to a square and make it warmer"],
            );
            assert_eq!(code, ExitCode::SUCCESS, "{name}");
            let bytes = std::fs::read(folder.path().join(name)).expect("written");
            assert_eq!(image::guess_format(&bytes).expect("a picture"), format, "{name}");
            let picture = image::load_from_memory(&bytes).expect("a whole picture").to_rgb8();
            assert_eq!(picture.dimensions(), (20, 20), "{name}");
            let (r, b) = (picture.get_pixel(10, 10)[0], picture.get_pixel(10, 10)[2]);
            assert!(
                r > 104 && b < 86,
                "{name} is not warmer: {:?}",
                picture.get_pixel(10, 10)
            );
        }
        let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").collect();
        assert_eq!(left.len(), 4, "nothing is left beside the results");
    }

    #[test]
    fn a_region_keeps_the_rest_as_it_was() {
        let folder = folder();
        image::GrayImage::from_fn(4, 2, |x, _| image::Luma([if x < 2 { 255 } else { 0 }]))
            .save(folder.path().join("mask.png"))
            .expect("a mask");
        let line = [
            "{}/in.png",
            "-o",
            "{}/out.png",
            "make this part much brighter",
            "--region",
            "{}/mask.png",
        ];
        assert_eq!(ran(folder.path(), &line), ExitCode::SUCCESS);
        let open = |name: &str| image::open(folder.path().join(name)).expect("a picture").to_rgb8();
        let (before, after) = (open("in.png"), open("out.png"));
        assert_eq!(before.get_pixel(38, 10), after.get_pixel(38, 10));
        assert!(after.get_pixel(2, 10)[0] > before.get_pixel(2, 10)[0] + 10);
    }

    #[test]
    fn nothing_to_be_done_is_3_and_writes_no_file() {
        let folder = folder();
        for words in ["add a rabbit next to her", "undo", "make it stronger"] {
            let code = ran(folder.path(), &["{}/in.png", "-o", "{}/out.png", words]);
            assert_eq!(code, ExitCode::from(3), "{words}");
            assert!(!folder.path().join("out.png").exists(), "{words}");
        }
    }

    #[test]
    fn an_unreadable_file_or_a_strange_ending_is_2() {
        let folder = folder();
        std::fs::write(folder.path().join("not.png"), "words").expect("written");
        for (input, out) in [
            ("{}/missing.png", "{}/o.png"),
            ("{}/not.png", "{}/o.png"),
            ("{}/in.png", "{}/o.bmp"),
            ("{}/in.png", "{}/no/o.png"),
        ] {
            assert_eq!(
                ran(folder.path(), &[input, "-o", out, "warmer"]),
                ExitCode::from(2),
                "{input} {out}"
            );
        }
        assert_eq!(
            ran(folder.path(), &["{}/in.png", "-o", "{}/o.png", "  "]),
            ExitCode::from(2)
        );
    }
}
