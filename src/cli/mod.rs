//! The command line: which command was asked for, and what it says when it can't.
//!
//! Rule: `--help` is the manual; whatever goes wrong at the start ends in one clear sentence. Called by `main`.

pub mod backends;
pub mod compare;
mod conversation;
pub mod edit;
mod files;
mod log;
pub mod models;
pub mod plan;
pub mod provenance;
mod serve;
pub mod sessions;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Talk to a photo: self-hosted, open, conversational image editing.
///
/// Without a command the server starts; it needs no setting and no key.
#[derive(Debug, Parser)]
#[command(name = "plantain", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (what happens without a command, too)
    Serve(Box<Config>),
    /// Edit a picture file with the built-in engine, without a server
    Edit(edit::EditArgs),
    /// Find what really changed between two pictures, and restore the rest
    Compare(compare::CompareArgs),
    /// Print what the built-in engine understands, without touching a picture
    Plan(plan::PlanArgs),
    /// Show which model services are connected, and check them
    Backends(Box<backends::BackendsArgs>),
    /// List the sessions of a data folder, or make a new link into one
    Sessions(sessions::SessionsArgs),
    /// Ask where pictures come from: made here, changed since, or nothing known
    Verify(Box<provenance::VerifyArgs>),
    /// Put the invisible mark into a picture file, or make a new key for it
    Mark(provenance::MarkArgs),
    /// Fetch, list, try and carry over the small nets of the built-in engine
    Models(models::ModelsArgs),
}

/// Reads the arguments and does what they say.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Compare(args)) => compare::run(args),
        Some(Command::Edit(args)) => edit::run(args),
        Some(Command::Plan(args)) => plan::run(args),
        Some(Command::Backends(args)) => backends::run(&args),
        Some(Command::Sessions(args)) => sessions::run(args),
        Some(Command::Verify(args)) => provenance::verify(&args),
        Some(Command::Mark(args)) => provenance::mark(&args),
        Some(Command::Models(args)) => models::run(&args),
        Some(Command::Serve(config)) => serve::run(*config),
        None => serve::run(cli.config),
    }
}
