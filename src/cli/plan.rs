//! `plantain plan`: what an instruction is understood as, without touching a picture.
//!
//! Rule: standard output is the JSON of the engine's language and nothing else; exit 0 when at least one step was
//! understood, 3 when none was, 2 for bad usage. Called by `main`.

use std::{fs, path::PathBuf, process::ExitCode};

use clap::Args;
use plantain_engine::{Context, Finds, Reason, Step, Understanding, understand};
use serde::{Deserialize, Serialize};

use crate::domain::instruction::Instruction;

/// Show what the built-in engine understands, without touching a picture.
#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    /// What to do, in words.
    pub instruction: String,
    /// How many further pictures the words may speak of.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub refs: u32,
    /// As if a region were drawn.
    #[arg(long)]
    pub region: bool,
    /// How many numbered points the words may speak of.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub pins: u32,
    /// A file {"steps":[…]} with what was done before, in order.
    #[arg(long, value_name = "PLAN.json")]
    pub after: Option<PathBuf>,
    /// As if no net were here: named things are not found without a region.
    #[arg(long)]
    pub without_nets: bool,
    /// Print it on one line and say nothing else.
    #[arg(long)]
    pub json: bool,
}

/// What is printed: the engine's language, with no more about declined words than their reason.
#[derive(Debug, Serialize)]
pub(super) struct Printed<'a> {
    steps: &'a [Step],
    declined: Vec<Refused<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Refused<'a> {
    text: &'a str,
    reason: Reason,
}

impl<'a> Printed<'a> {
    pub(super) fn of(understood: &'a Understanding) -> Self {
        let refused = understood.declined.iter();
        Self {
            steps: &understood.steps,
            declined: refused
                .map(|d| Refused {
                    text: &d.text,
                    reason: d.reason,
                })
                .collect(),
            replaces: (understood.replaces > 0).then_some(understood.replaces),
        }
    }

    /// As one line.
    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn page(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// The file of `--after`; other fields, such as `declined`, are passed over.
#[derive(Debug, Deserialize)]
struct Earlier {
    steps: Vec<Step>,
}

/// Runs the command.
#[must_use]
pub fn run(args: PlanArgs) -> ExitCode {
    match plan(&args) {
        Ok(understood) => {
            let printed = Printed::of(&understood);
            println!("{}", if args.json { printed.line() } else { printed.page() });
            if !args.json {
                understood
                    .declined
                    .iter()
                    .for_each(|declined| eprintln!("{}", declined.message));
            }
            ExitCode::from(if understood.steps.is_empty() { 3 } else { 0 })
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn plan(args: &PlanArgs) -> Result<Understanding, String> {
    let instruction = Instruction::parse(&args.instruction).map_err(|error| error.to_string())?;
    let earlier = match &args.after {
        None => Vec::new(),
        Some(path) => {
            let unreadable = |why: String| format!("{}: {why}", path.display());
            let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
            serde_json::from_str::<Earlier>(&text)
                .map_err(|error| unreadable(error.to_string()))?
                .steps
        }
    };
    let finds = if args.without_nets {
        Finds::without_nets()
    } else {
        Finds::everything()
    };
    let context = Context {
        pins: args.pins,
        references: args.refs,
        kept: 0,
        region: args.region,
        finds,
        earlier,
        facts: None,
    };
    Ok(understand(instruction.as_str(), &context))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        plan: PlanArgs,
    }

    fn args(line: &[&str]) -> PlanArgs {
        Program::try_parse_from(["plan"].iter().chain(line))
            .expect("good usage")
            .plan
    }

    #[test]
    fn the_json_is_the_one_of_the_design() {
        let understood = plan(&args(&["blur the background, and add a rabbit"])).expect("words");
        let json: serde_json::Value = serde_json::from_str(&Printed::of(&understood).line()).expect("JSON");
        assert_eq!(json["steps"][0]["op"], "blur");
        assert_eq!(json["steps"][0]["target"], "background");
        assert_eq!(json["steps"][0]["params"], serde_json::json!({}));
        assert_eq!(json["declined"][0]["reason"], "needs_generative");
        assert_eq!(
            json["declined"][0].as_object().expect("an object").len(),
            2,
            "text and reason, no more"
        );
        assert_eq!(json.as_object().expect("an object").len(), 2);
    }

    #[test]
    fn the_exit_code_says_whether_a_step_was_understood() {
        assert_eq!(run(args(&["make it warmer", "--json"])), ExitCode::SUCCESS);
        assert_eq!(run(args(&["add a rabbit"])), ExitCode::from(3));
        assert_eq!(run(args(&["blur the cup", "--without-nets"])), ExitCode::from(3));
        assert_eq!(run(args(&[" "])), ExitCode::from(2));
        assert_eq!(
            run(args(&["warmer", "--after", "/nowhere/plan.json"])),
            ExitCode::from(2)
        );
    }

    #[test]
    fn what_was_done_before_gives_stronger_its_meaning() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plan.json");
        let before = plan(&args(&["blur it slightly"])).expect("words");
        fs::write(&file, Printed::of(&before).page()).expect("written");
        let after = plan(&args(&["stronger", "--after", &file.display().to_string()])).expect("words");
        assert_eq!((after.steps[0].op, after.replaces), (before.steps[0].op, 1));
        assert!(after.steps[0].strength > before.steps[0].strength);
    }
}
