//! `plantain edit`: the built-in engine on files, without a server.
//!
//! Rule: standard output is for the result, standard error for words; the exit code says how it went: 0 done, 3 nothing
//! of it could be done, 2 bad usage or an unreadable file. Called by `main`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use plantain_engine::{Mask, Raster, Understanding, Watch};

use super::{
    conversation::{Beside, Conversation, Said},
    files::{self, FileError, Gate},
    models,
    plan::Printed,
};
use crate::{
    backends::embedded::{convert, words},
    domain::{
        instruction::{Instruction, InstructionError},
        pins::{BadPins, Pins},
    },
};

/// Edit a picture file with the built-in engine, without a server.
#[derive(Debug, Clone, Args)]
pub struct EditArgs {
    /// The picture to edit: JPEG, PNG, WebP or GIF.
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// What to do, in words: "make it warmer, then crop it to a square". Each further one is said about what came of those
    /// before: "a little less", "undo", "make it smaller".
    #[arg(value_name = "INSTRUCTION", required = true)]
    pub instructions: Vec<String>,
    /// Where the result goes; its name says the format: .png, .jpg or .webp.
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// A further picture that the words speak of as "image 2", "image 3", …; can be given several times.
    #[arg(long = "ref", value_name = "FILE")]
    pub references: Vec<PathBuf>,
    /// A picture that is light where the region is and dark elsewhere, of any size.
    #[arg(long, value_name = "MASK.png")]
    pub region: Option<PathBuf>,
    /// Numbered points that the first words may speak of, as shares from the left and the top: "0.3,0.5;0.7,0.4".
    #[arg(long, value_name = "X,Y;…", value_parser = pins)]
    pub pins: Option<Pins>,
    /// Another seed makes grain and the like fall differently.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Print what was understood, one line of JSON for each instruction.
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

fn pins(text: &str) -> Result<Pins, BadPins> {
    Pins::of_form(|name| (name == "pins").then_some(text))
}

async fn edit(args: &EditArgs) -> Result<(), EditError> {
    files::format_of(&args.output)?;
    let instructions = args.instructions.iter().map(|words| Instruction::parse(words));
    let instructions: Vec<Instruction> = instructions.collect::<Result<_, _>>()?;
    let gate = Gate::open()?;
    let picture = raster(&gate, &args.input).await?;
    let mut references = Vec::with_capacity(args.references.len());
    for reference in &args.references {
        references.push(raster(&gate, reference).await?);
    }
    let region = match &args.region {
        Some(path) => Some(mask(&gate, path).await?),
        None => None,
    };
    let models = args.place.open();
    let beside = Beside {
        references,
        region,
        pins: args.pins.clone().unwrap_or_default(),
        seed: args.seed,
        finds: words::finds(&models),
        nets: models.nets(),
    };
    let mut conversation = Conversation::about(picture, beside);
    for instruction in instructions {
        say(&mut conversation, instruction, args.json)?;
    }
    let drawn = conversation.picture();
    gate.write(convert::to_pixels(drawn), &args.output).await?;
    Ok(())
}

fn say(conversation: &mut Conversation, instruction: Instruction, json: bool) -> Result<(), EditError> {
    let listener = Listener::default();
    let Said {
        steps,
        left_out,
        problem,
    } = conversation.say(instruction, &listener);
    let understood = Understanding {
        steps,
        declined: left_out,
        replaces: 0,
    };
    if json {
        println!("{}", Printed::of(&understood).line());
    }
    if let Some(problem) = problem {
        return Err(EditError::NotDone(problem));
    }
    eprintln!(
        "{}{}",
        words::note(&understood.steps, &understood.declined),
        listener.0.told()
    );
    Ok(())
}

async fn raster(gate: &Gate, path: &std::path::Path) -> Result<Raster, EditError> {
    let pixels = gate.read(path).await?;
    convert::to_raster(pixels).map_err(|error| EditError::Own(std::io::Error::other(error)))
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
    fn further_instructions_are_about_what_came_of_those_before() {
        let folder = folder();
        let edited = |words: &[&str]| {
            let line: Vec<&str> = ["{}/in.png", "-o", "{}/out.png"].iter().chain(words).copied().collect();
            assert_eq!(ran(folder.path(), &line), ExitCode::SUCCESS, "{words:?}");
            image::open(folder.path().join("out.png")).expect("a picture").to_rgb8()
        };
        let (much, little) = (
            edited(&["make it much brighter"]),
            edited(&["make it a little brighter"]),
        );
        let more = edited(&["make it a little brighter", "a bit more"]);
        assert!(more.get_pixel(20, 10)[0] > little.get_pixel(20, 10)[0]);
        assert_eq!(edited(&["make it much brighter", "black and white", "undo that"]), much);
        assert_eq!(edited(&["make it much brighter", "undo", "redo"]), much);
        let square = edited(&[
            "crop it to a square",
            "make it warmer",
            "go back to the original and flip it",
        ]);
        assert_eq!(square.dimensions(), (40, 20), "on the original again");
    }

    #[test]
    fn numbered_points_are_named_in_the_words() {
        let folder = folder();
        let near = |x: u32, y: u32| (f64::from(x) - 60.0).hypot(f64::from(y) - 40.0) < 22.0;
        image::RgbImage::from_fn(160, 90, |x, y| {
            image::Rgb(if near(x, y) { [40, 70, 190] } else { [205, 200, 190] })
        })
        .save(folder.path().join("disc.png"))
        .expect("a picture");
        let line = ["{}/disc.png", "-o", "{}/out.png", "make 1 red", "--pins", "0.375,0.45"];
        assert_eq!(ran(folder.path(), &line), ExitCode::SUCCESS);
        let made = image::open(folder.path().join("out.png")).expect("a picture").to_rgb8();
        let image::Rgb([r, g, b]) = *made.get_pixel(60, 40);
        assert!(r > g.saturating_add(40) && r > b.saturating_add(40), "{r} {g} {b}");
        assert_eq!(*made.get_pixel(150, 80), image::Rgb([205, 200, 190]));
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
