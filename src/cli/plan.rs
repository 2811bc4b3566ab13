//! `plantain plan`: what the engine understands, without touching a picture.
//!
//! Rule: exit 0 when at least one step was understood, 3 when none, 2 for bad usage.

use std::{path::PathBuf, process::ExitCode};

use plantain_engine::{Context, Finds, Step, explain, understand};
use serde::Deserialize;

/// What `plantain plan` is given.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// What to do, as one would say it
    instruction: String,
    /// How many further pictures are attached
    #[arg(long, value_name = "N", default_value_t = 0)]
    refs: u32,
    /// A region is drawn
    #[arg(long)]
    region: bool,
    /// A file {"steps":[…]} with the earlier steps in order
    #[arg(long, value_name = "PLAN.json")]
    after: Option<PathBuf>,
    /// As if no net were present
    #[arg(long)]
    without_nets: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The part of a plan's JSON that `--after` reads.
#[derive(Deserialize)]
struct Earlier {
    steps: Vec<Step>,
}

/// Prints what was understood.
#[must_use]
pub fn run(args: PlanArgs) -> ExitCode {
    let earlier = match args.after.as_deref().map(read_plan).transpose() {
        Ok(earlier) => earlier.unwrap_or_default(),
        Err(words) => {
            eprintln!("plantain: {words}");
            return ExitCode::from(2);
        }
    };
    let finds = if args.without_nets {
        Finds::default()
    } else {
        Finds::everything()
    };
    let context = Context {
        references: args.refs,
        region: args.region,
        finds,
        earlier,
    };
    let understood = understand(&args.instruction, &context);
    if args.json {
        match serde_json::to_string(&understood) {
            Ok(json) => println!("{json}"),
            Err(error) => eprintln!("plantain: {error}"),
        }
    } else {
        if !understood.steps.is_empty() {
            println!("{}.", explain(&understood.steps));
        }
        for declined in &understood.declined {
            println!("Left out “{}”: {}", declined.text, declined.message);
        }
    }
    if understood.steps.is_empty() {
        ExitCode::from(3)
    } else {
        ExitCode::SUCCESS
    }
}

fn read_plan(path: &std::path::Path) -> Result<Vec<Step>, String> {
    let text = std::fs::read(path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
    let plan: Earlier =
        serde_json::from_slice(&text).map_err(|error| format!("{} is not a plan: {error}", path.display()))?;
    Ok(plan.steps)
}
