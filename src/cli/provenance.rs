//! `plantain verify` and `plantain mark`: the same questions and the same mark as the server's, for scripts.
//!
//! Rule: works beside a running server, on the data folder of whoever runs it; so it tells all that is known, and no less than the
//! page: the exit code is 0 when a picture leads here, 1 when nothing does, 2 when a file can't be looked at. Called by `main`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use lattice_mark::{Id, Picture};
use serde_json::{Value, json};

use super::files::{FileError, Gate};
use crate::{
    blobs::{BlobStore, Layout, Pixels, RawImage, Samples},
    clock::Clock,
    config::ProvenanceArgs,
    domain::picture::Limits,
    provenance::{Provenance, Settings, keys},
    store::Store,
    web::views::provenance::Answer,
};

/// How long one picture may take to read.
const DEADLINE: Duration = Duration::from_secs(60);

/// Ask where pictures come from.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// The pictures
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Print one line of JSON for each
    #[arg(long)]
    pub json: bool,
    /// Folder with the database and the keys
    #[arg(long, env = "PLANTAIN_DATA", value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// The server's settings, so that what your own certificate signed is known
    #[command(flatten)]
    pub provenance: ProvenanceArgs,
}

/// Put the invisible mark into a picture file, or make a new key for it.
#[derive(Debug, Clone, Args)]
pub struct MarkArgs {
    /// The picture
    #[arg(value_name = "IN", required_unless_present = "new_key")]
    pub picture: Option<PathBuf>,
    /// Where the marked one goes: .png, .jpg or .webp
    #[arg(value_name = "OUT", required_unless_present = "new_key")]
    pub out: Option<PathBuf>,
    /// What the mark says: 16 hex digits
    #[arg(long, value_name = "HEX", default_value = "0000000000000000")]
    pub id: String,
    /// Make a new key, which a running server marks with within the hour; the old ones go on reading
    #[arg(long, conflicts_with_all = ["picture", "out"])]
    pub new_key: bool,
    /// Folder with the keys
    #[arg(long, env = "PLANTAIN_DATA", value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
}

/// Answers for each file.
#[must_use]
pub fn verify(args: &VerifyArgs) -> ExitCode {
    ended(blocking(asked(args)))
}

/// Marks a file, or makes a key.
#[must_use]
pub fn mark(args: &MarkArgs) -> ExitCode {
    ended(blocking(marked(args)))
}

type Said<T> = Result<T, Box<dyn std::error::Error>>;

fn blocking<T>(work: impl Future<Output = Said<T>>) -> Said<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

fn ended(said: Said<ExitCode>) -> ExitCode {
    said.unwrap_or_else(|error| {
        eprintln!("plantain: {error}");
        ExitCode::from(2)
    })
}

async fn asked(args: &VerifyArgs) -> Said<ExitCode> {
    let store = Store::open_existing(&args.data.join("plantain.db")).await?;
    let limits = Limits::default();
    let blobs = BlobStore::open(&args.data, limits, None, DEADLINE)?;
    let settings = Settings {
        credentials: false,
        mark: false,
        name: args.provenance.credentials_name.clone(),
        // Nothing is signed here, so the key stays where it is.
        own: own_chain(&args.provenance)?.map(|chain| (chain, String::new())),
        instruction: false,
    };
    let provenance = Provenance::open_to_ask(&args.data, settings, store.clone(), blobs.clone(), Clock::default())?;
    let (mut known, mut failed) = (false, false);
    for path in &args.files {
        let looked = async {
            let bytes = tokio::fs::read(path).await?;
            let mut picture = blobs.inspect(RawImage::from(bytes)).await?;
            let (findings, _) = provenance.asking()?.examine(&mut picture).await?;
            let links: Vec<_> = findings.links.iter().map(|link| (link, true, None)).collect();
            let alike = findings.alike.first().map(|alike| alike.bits);
            Said::Ok(Answer::new(&findings, &links, alike))
        };
        let name = path.display().to_string();
        match looked.await {
            Ok(answer) => {
                known |= answer.verdict == "here";
                println!(
                    "{}",
                    if args.json {
                        line(&name, &answer)?
                    } else {
                        in_words(&name, &answer)
                    }
                );
            }
            Err(error) => {
                failed = true;
                eprintln!("{name}: {error}");
            }
        }
    }
    store.close().await;
    Ok(ExitCode::from(match (failed, known) {
        (true, _) => 2,
        (false, true) => 0,
        (false, false) => 1,
    }))
}

/// The operator's own certificate chain, if they sign with one.
fn own_chain(args: &ProvenanceArgs) -> Said<Option<String>> {
    let Some(path) = &args.credentials_chain else {
        return Ok(None);
    };
    let read = std::fs::read_to_string(path);
    let chain = read.map_err(|error| format!("{} can't be read: {error}", path.display()))?;
    Ok(Some(chain))
}

fn line(name: &str, answer: &Answer) -> Said<String> {
    let mut line = json!({"file": name});
    if let (Value::Object(line), Value::Object(answer)) = (&mut line, serde_json::to_value(answer)?) {
        line.extend(answer);
    }
    Ok(line.to_string())
}

fn in_words(name: &str, answer: &Answer) -> String {
    let mut lines = format!("{name}: {}", answer.summary);
    for finding in &answer.findings {
        let tick = match (finding.broken, finding.found) {
            (true, _) => "!",
            (false, true) => "+",
            (false, false) => "-",
        };
        lines += &format!("\n  {tick} {}: {}", finding.title, finding.words);
    }
    for told in &answer.versions {
        let by = told.by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
        lines += &format!(
            "\n  = {} on {}{by}: {}",
            told.what,
            told.made_at,
            told.href.as_deref().unwrap_or_default()
        );
    }
    lines
}

async fn marked(args: &MarkArgs) -> Said<ExitCode> {
    if args.new_key {
        println!(
            "key {} is made; a running server marks with it within the hour, and a stopped one from its start",
            keys::new_mark_key(&args.data)?
        );
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(path), Some(out)) = (&args.picture, &args.out) else {
        return Err("say which picture, and where the marked one goes".into());
    };
    let id = u64::from_str_radix(&args.id, 16).map_err(|_| "the id is 16 hex digits")?;
    let key = keys::current_mark_key(&args.data)?;
    let gate = Gate::open()?;
    let mut pixels = gate.read(path).await?;
    let (width, height) = (pixels.dimensions.width as usize, pixels.dimensions.height as usize);
    let Samples::Eight(samples) = pixels.samples else {
        return Err(Box::new(FileError::Unreadable {
            path: path.clone(),
            why: "pictures of 16 bits a sample are marked by the server alone".to_owned(),
        }));
    };
    let (layout, mut picture) = match pixels.layout {
        Layout::Rgb => (Layout::Rgb, Picture::rgb(width, height, samples)?),
        Layout::Rgba => (Layout::Rgba, Picture::rgba(width, height, samples)?),
        Layout::Grey => (
            Layout::Rgb,
            Picture::rgb(width, height, samples.iter().flat_map(|&grey| [grey; 3]).collect())?,
        ),
        Layout::GreyAlpha => {
            let spread = samples
                .chunks_exact(2)
                .flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]);
            (Layout::Rgba, Picture::rgba(width, height, spread.collect())?)
        }
    };
    let report = lattice_mark::embed(&mut picture, Id(id), &key)?;
    pixels = Pixels {
        dimensions: pixels.dimensions,
        layout,
        samples: Samples::Eight(picture.into_bytes()),
    };
    gate.write(pixels, out).await?;
    println!(
        "{}: id {id:016x}, key {}, {:.1} dB, certainty {:.1}",
        out.display(),
        key.number(),
        report.psnr,
        report.z_d
    );
    Ok(ExitCode::SUCCESS)
}
