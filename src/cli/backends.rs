//! `plantain backends`: which services are connected, and whether they would work.
//!
//! Rule: listing sends nothing, a check edits nothing, and only `--edit` may cost something; whatever is wrong is said in
//! words that name the setting. Exit code 0 when all is well, 1 when something isn't, 2 on bad settings. Called by `main`.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::{
    backends::{
        Backend, BackendError, BackendInfo, EditRequest, Watch,
        http::{Limits as OutboundLimits, Outbound},
        registry::Registry,
    },
    blobs::{BlobStore, Layout, Pixels, Samples},
    config::BackendArgs,
    domain::{
        cost::Micros,
        instruction::Instruction,
        picture::{Dimensions, Limits},
    },
    models::Models,
};

/// What a try asks for.
const TRY: &str = "make the background light blue";

/// Show which model services are connected, and check them.
#[derive(Debug, Clone, Args)]
pub struct BackendsArgs {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    models: BackendArgs,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Connect to each, or to one, and say what is wrong
    Check {
        /// Only this one
        name: Option<String>,
        /// Also send a tiny picture to edit, which the service may charge for
        #[arg(long)]
        edit: bool,
    },
}

/// What a check found.
#[derive(Debug)]
pub struct Finding {
    /// The backend's name.
    pub name: String,
    /// Whether it would work.
    pub is_well: bool,
    /// In words.
    pub words: String,
}

/// Runs the command.
#[must_use]
pub fn run(args: &BackendsArgs) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(print(args)));
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(words) => {
            eprintln!("plantain: {words}");
            ExitCode::from(2)
        }
    }
}

/// Checks the backends of a registry: all, or the one of this name.
pub async fn check(registry: &Registry, blobs: &BlobStore, name: Option<&str>, edit: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for info in registry.infos() {
        if name.is_some_and(|name| name != info.name) {
            continue;
        }
        let Some(backend) = registry.choose(Some(&info.name)) else {
            continue;
        };
        let found = match backend.check(&quiet()).await {
            Ok(words) if edit => try_edit(&*backend, blobs)
                .await
                .map(|tried| format!("{words}; {tried}")),
            other => other,
        };
        findings.push(Finding {
            name: info.name.clone(),
            is_well: found.is_ok(),
            words: found.unwrap_or_else(|error| in_words(&error, info)),
        });
    }
    findings
}

async fn print(args: &BackendsArgs) -> Result<bool, String> {
    let settings = args.models.settings().map_err(|error| error.to_string())?;
    let wrong = |error: BackendError| error.for_the_user("A backend").message;
    let outbound = Outbound::new(OutboundLimits::default(), || 0.5).map_err(wrong)?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let blobs = BlobStore::open(folder.path(), Limits::default(), Some(1), BlobStore::DEADLINE)
        .map_err(|error| error.to_string())?;
    let registry = Registry::from_settings(
        &settings,
        &outbound,
        &blobs,
        &Models::open(folder.path().join("models")),
    )
    .map_err(wrong)?;
    let Some(Action::Check { name, edit }) = &args.action else {
        registry.infos().iter().for_each(|info| println!("{}", line(info)));
        return Ok(true);
    };
    let findings = check(&registry, &blobs, name.as_deref(), *edit).await;
    if findings.is_empty() {
        let names: Vec<&str> = registry.infos().iter().map(|info| info.name.as_str()).collect();
        return Err(format!("there is no such backend; there are {}", names.join(", ")));
    }
    for Finding { name, is_well, words } in &findings {
        println!("{name:<12} {}: {words}", if *is_well { "ok" } else { "NOT OK" });
    }
    Ok(findings.iter().all(|finding| finding.is_well))
}

/// One line about a backend.
fn line(info: &BackendInfo) -> String {
    let model = info
        .model
        .as_deref()
        .map_or_else(String::new, |model| format!(", {model}"));
    let price = info.offers.price(None);
    let price = price.map_or_else(String::new, |price| format!(", about {} a picture", Micros(price)));
    let workflows = match info.offers.workflows.as_slice() {
        [] => String::new(),
        names => format!(", workflows {}", names.join(", ")),
    };
    format!(
        "{:<12} {}{model}{workflows}, up to {} further pictures{price}",
        info.name, info.title, info.references
    )
}

/// Sends a tiny picture and says what came back.
async fn try_edit(backend: &dyn Backend, blobs: &BlobStore) -> Result<String, BackendError> {
    let begun = Instant::now();
    let side = 64_u32;
    let pixels = Pixels {
        dimensions: Dimensions {
            width: side,
            height: side,
        },
        layout: Layout::Rgb,
        samples: Samples::Eight(drawing(side)),
    };
    let drawn = blobs.encode_png(pixels).await.map_err(own)?;
    let base = blobs.put(blobs.inspect(drawn).await.map_err(own)?).await?;
    let request = EditRequest {
        base,
        canvas: false,
        references: Vec::new(),
        pointed: Default::default(),
        instruction: Instruction::parse(TRY).map_err(own)?,
        region: None,
        options: Default::default(),
        history: Vec::new(),
        redo: None,
        seed: 1,
    };
    let outcome = backend.edit(&request, &quiet()).await?;
    let picture = outcome
        .pictures
        .into_iter()
        .next()
        .ok_or(BackendError::NoImage { text: outcome.note })?;
    let verified = blobs.inspect(picture).await.map_err(|error| BackendError::BadAnswer {
        what: error.to_string(),
    })?;
    let took = begun.elapsed().max(Duration::from_millis(1)).as_secs_f32();
    Ok(format!(
        "an edit brought a picture of {} in {took:.1} s",
        verified.dimensions()
    ))
}

/// A disc on a plain ground.
fn drawing(side: u32) -> Vec<u8> {
    let middle = i64::from(side) / 2;
    let inside = |x: u32, y: u32| {
        let (x, y) = (i64::from(x) - middle, i64::from(y) - middle);
        x * x + y * y < middle * middle / 2
    };
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    pixels
        .flat_map(|(x, y)| if inside(x, y) { [210, 60, 50] } else { [240, 240, 235] })
        .collect()
}

fn own(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BackendError {
    BackendError::Own(std::io::Error::other(error))
}

/// What is wrong, in one line, for whoever set it up.
fn in_words(error: &BackendError, info: &BackendInfo) -> String {
    let failure = error.for_the_user(&info.title);
    let words = match error {
        BackendError::Unavailable { .. } => format!(
            "{} can't be reached: nobody answers at its address, or it is down. Check the address and this machine's network.",
            info.title
        ),
        _ => failure.message,
    };
    let note = failure
        .note
        .map_or_else(String::new, |note| format!(" {}", note.replace('\n', " ")));
    format!("{words}{note}")
}

fn quiet() -> Watch {
    Watch::new(CancellationToken::new(), |_, _| {})
}
