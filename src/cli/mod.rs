//! The command line: which command was asked for, and what it says when it can't.
//!
//! Rule: `--help` is the manual; whatever goes wrong at the start ends in one clear sentence. Called by `main`.

pub mod edit;
mod files;
pub mod models;
pub mod plan;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Talk to a photo: self-hosted, open, conversational image editing.
///
/// Without a command the server starts; it needs no setting, key or network.
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
    /// Print what the built-in engine understands, without touching a picture
    Plan(plan::PlanArgs),
    /// Fetch, list, try and carry over the small nets of the built-in engine
    Models(models::ModelsArgs),
}

/// Reads the arguments and does what they say.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Edit(args)) => edit::run(args),
        Some(Command::Plan(args)) => plan::run(args),
        Some(Command::Models(args)) => models::run(&args),
        Some(Command::Serve(config)) => serve::run(*config),
        None => serve::run(cli.config),
    }
}
