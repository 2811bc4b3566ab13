//! ComfyUI: a workflow of the operator's, filled in with the pictures and the words, run on their own machine.
//!
//! Rule: what the server tells over its line is progress and nothing more; how a run ended is read from its history, so
//! a line that drops loses nothing; and a run that nobody waits for any more is stopped. Listed in `registry` when there
//! is an address.
//!
//! Read this file, then `template` (the workflow), `server` (the calls) and `told` (the line).

mod server;
mod template;
mod told;

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use self::{
    server::{Run, Server},
    template::{Filling, Template},
    told::{Course, Told},
};
use super::{
    Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Offers, Watch,
    http::{self, Outbound, Socket},
    sending,
    several::{several, wanted},
    shape::{self, Sizes},
    wire::{bad_answer, declined, misconfigured},
};
use crate::{
    blobs::{BlobStore, RawImage},
    config::ComfyUiSettings,
    domain::{options::Count, picture::Dimensions},
    random,
};

/// Between two looks at a run while the line is open (it tells when to look), and when it isn't.
const BETWEEN_LOOKS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(1)];
/// How long stopping a run may take.
const STOPPING: Duration = Duration::from_secs(10);
/// How much of that a cancelled edit waits for.
const WAITING_FOR_A_STOP: Duration = Duration::from_millis(800);
/// Bytes of all pictures of one turn; the server takes 100 MB a body.
const ALL_PICTURES: usize = 80_000_000;
/// What models in workflows are asked for, where the workflow asks for a size at all.
const SIZES: Sizes = Sizes {
    pixels: (256 * 256, 1024 * 1024),
    side: 2048,
    ratio: 8.0,
};

/// Runs workflows on one server.
pub struct ComfyUi {
    info: BackendInfo,
    /// What stands before the words of each edit.
    preamble: Option<String>,
    /// By name, the usual one first; at least one.
    workflows: Vec<(String, Template)>,
    server: Server,
    blobs: BlobStore,
}

impl ComfyUi {
    /// The workflow to run when the settings name none.
    pub const DEFAULT_WORKFLOW: &str = "qwen-image-edit";

    /// Reads the settings and the workflow; nothing is sent yet.
    ///
    /// # Errors
    /// [`BackendError::Misconfigured`] when the address can't be right or the workflow can't be used.
    pub fn new(settings: &ComfyUiSettings, outbound: Outbound, blobs: BlobStore) -> Result<Self, BackendError> {
        let about = &settings.about;
        let (url, setting) = (
            about.setting("COMFYUI_URL", "base_url"),
            about.setting("COMFYUI_WORKFLOW", "workflows"),
        );
        let base = http::base_url(&settings.url, &url)?;
        let workflows = read_workflows(&settings.workflows, &setting)?;
        let only = workflows
            .first()
            .map(|(name, _)| name.clone())
            .filter(|_| workflows.len() == 1);
        let title = match &only {
            Some(name) => format!("ComfyUI ({name})"),
            None => "ComfyUI".to_owned(),
        };
        let names = workflows
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|_| only.is_none());
        let info = BackendInfo {
            name: about.name.clone(),
            kind: "comfyui",
            title: about.title.clone().unwrap_or(title),
            references: workflows
                .iter()
                .map(|(_, template)| template.references)
                .max()
                .unwrap_or(0),
            regions: workflows.iter().any(|(_, template)| template.masks),
            markup: false,
            history: false,
            candidates: Count::MOST.into(),
            offers: Offers {
                workflows: names.collect(),
                from_words: workflows.iter().any(|(_, template)| !template.edits),
                touches_the_rest: true,
                prices: about.picture_price.map(|price| (None, price)).into_iter().collect(),
                ..Offers::default()
            },
            model: only,
            streaming: true,
            free_to_repeat: true,
            at_once: 1,
            deadline: settings.deadline,
        };
        Ok(Self {
            info,
            preamble: about.preamble.clone().filter(|preamble| !preamble.is_empty()),
            workflows,
            server: Server::new(base, url, outbound),
            blobs,
        })
    }

    /// The workflow of this turn: the one that was chosen, or the first that does what is wanted.
    fn choose(&self, request: &EditRequest) -> Result<&Template, BackendError> {
        let found = match &request.options.workflow {
            Some(chosen) => self.workflows.iter().find(|(name, _)| name == chosen.as_str()),
            None => self
                .workflows
                .iter()
                .find(|(_, template)| template.edits != request.canvas),
        };
        match found {
            Some((_, template)) if template.edits != request.canvas => Ok(template),
            Some((name, _)) if request.canvas => Err(declined(format!(
                "The workflow “{name}” needs a picture. Choose one that makes pictures of words, or put a picture in."
            ))),
            Some((name, _)) => Err(declined(format!(
                "The workflow “{name}” makes pictures of words alone. Choose one that edits."
            ))),
            None if request.options.workflow.is_some() => Err(declined(
                "This server has no workflow of that name any more. Choose another.",
            )),
            None if request.canvas => Err(declined(
                "None of this server's workflows makes a picture of words alone. Put a picture in, or choose another backend.",
            )),
            None => Err(declined(
                "None of this server's workflows edits a picture. Choose another backend.",
            )),
        }
    }

    /// Uploads the pictures and queues the workflow.
    async fn begin(
        &self,
        request: &EditRequest,
        template: &Template,
        client: &str,
        until: Instant,
        watch: &Watch,
    ) -> Result<Job, BackendError> {
        let prompt = match &self.preamble {
            Some(preamble) if !request.canvas => format!("{preamble} {}", request.instruction),
            _ => request.instruction.to_string(),
        };
        watch.sends(&prompt);
        let pictures = http::or_cancelled(watch, sending::pictures(&self.blobs, request, ALL_PICTURES)).await?;
        let id = fresh_id();
        let mut names = Vec::with_capacity(pictures.len());
        for (place, picture) in (1..).zip(&pictures) {
            let name = format!("plantain-{id}-{place}");
            names.push(self.server.upload(&name, picture, until, watch).await?);
        }
        let mask = match (&request.region, pictures.first()) {
            (Some(area), Some(base)) if template.masks => {
                let mask = self.blobs.mask_for_sending(&area.mask, base.dimensions).await?;
                let name = format!("plantain-{id}-mask");
                Some(self.server.upload(&name, &mask, until, watch).await?)
            }
            _ => None,
        };
        let graph = template.fill(&Filling {
            prompt,
            pictures: names,
            mask,
            seed: fresh_seed(),
            size: size(shape::chosen_shape(request)),
            prefix: format!("plantain-{id}"),
        });
        // From here on the server may work for us, so the way to stop it is there before the call.
        let mut job = Job {
            id: id.clone(),
            client: client.to_owned(),
            server: Some(self.server.clone()),
        };
        match self.server.queue(&graph, client, &id, until, watch).await {
            Ok(id) => job.id = id,
            Err(error) => {
                if matches!(error, BackendError::Misconfigured { .. }) {
                    job.server = None;
                }
                job.stop().await;
                return Err(error);
            }
        }
        Ok(job)
    }

    /// Whether the server knows nothing of a run: neither in its queue nor, looked at after that, in its history.
    async fn is_lost(&self, id: &str, output: &str, until: Instant, watch: &Watch) -> Result<bool, BackendError> {
        if self.server.has_queued(id, until, watch).await? {
            return Ok(false);
        }
        let run = self.server.look(id, output, until, watch).await?;
        Ok(run == Run::Open)
    }

    /// Waits for the end of a run; the names of its results.
    async fn follow(
        &self,
        job: &Job,
        template: &Template,
        mut line: Option<Socket>,
        until: Instant,
        watch: &Watch,
    ) -> Result<Vec<server::File>, BackendError> {
        let mut course = Course::new(template, &job.id);
        loop {
            match self.server.look(&job.id, &template.output, until, watch).await? {
                Run::Done(files) => return Ok(files),
                Run::Failed(note) => return Err(BackendError::Failed { note }),
                // Without a line, a server that was started anew would be waited for in vain.
                Run::Open if line.is_none() && self.is_lost(&job.id, &template.output, until, watch).await? => {
                    let note = "The server has lost this run; it may have been restarted.".to_owned();
                    return Err(BackendError::Failed { note });
                }
                Run::Open => {}
            }
            let rest = BETWEEN_LOOKS[usize::from(line.is_none())];
            let mut looks = interval_at(Instant::now() + rest, rest);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let told = tokio::select! {
                    () = watch.cancel.cancelled() => return Err(BackendError::Cancelled),
                    () = tokio::time::sleep_until(until) => return Err(BackendError::TimedOut),
                    _ = looks.tick() => break,
                    message = hear(&mut line) => message.map(|message| course.take(message)),
                };
                match told {
                    None => {
                        tracing::info!("a backend's line dropped; asking for its history");
                        line = None;
                        break;
                    }
                    Some(Told::Ended) => break,
                    Some(Told::Preview(picture)) => watch.preview(RawImage::from(picture)),
                    Some(Told::Further) => watch.progress(Some(course.fraction()), course.step()),
                    Some(Told::Nothing) => {}
                }
            }
        }
    }

    /// One run of a workflow.
    async fn run(
        &self,
        request: &EditRequest,
        template: &Template,
        until: Instant,
        watch: &Watch,
    ) -> Result<EditOutcome, BackendError> {
        watch.progress(None, Some("Preparing the picture"));
        let client = fresh_id();
        // Before the run, so that none of what is told about it is missed.
        let line = http::or_cancelled(watch, async { Ok(self.server.listen(&client).await) }).await?;
        let mut job = self.begin(request, template, &client, until, watch).await?;
        watch.progress(None, Some("Waiting for ComfyUI"));
        let files = match self.follow(&job, template, line, until, watch).await {
            Ok(files) => files,
            Err(error) => {
                job.stop().await;
                return Err(error);
            }
        };
        job.server = None;
        let mut pictures = Vec::with_capacity(files.len());
        for file in &files {
            pictures.push(RawImage::from(self.server.fetch(file, until, watch).await?));
        }
        self.server.forget(&job.id, until, watch).await;
        if pictures.is_empty() {
            return Err(bad_answer("its output node saved no picture"));
        }
        Ok(EditOutcome {
            pictures,
            ..EditOutcome::default()
        })
    }
}

#[async_trait]
impl Backend for ComfyUi {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let until = Instant::now() + self.info.deadline;
        let template = self.choose(request)?;
        sending::check_references(request, &self.info.title, template.references)?;
        several(wanted(request), watch, || self.run(request, template, until, watch)).await
    }

    async fn check(&self, watch: &Watch) -> Result<String, BackendError> {
        let until = Instant::now() + super::CHECKING;
        let mut unknown = Vec::new();
        let classes: std::collections::BTreeSet<&str> = self
            .workflows
            .iter()
            .flat_map(|(_, template)| template.classes())
            .collect();
        for class in &classes {
            if !self.server.knows(class, until, watch).await? {
                unknown.push(*class);
            }
        }
        if unknown.is_empty() {
            Ok(format!("it has every node of the workflow ({})", classes.len()))
        } else {
            Err(misconfigured(format!(
                "the server has no node {}; update it, or install what the workflow needs.",
                unknown.join(", ")
            )))
        }
    }
}

/// A run that is stopped when nobody waits for it any more.
struct Job {
    id: String,
    client: String,
    /// None once it has ended by itself.
    server: Option<Server>,
}

impl Job {
    /// Stops it and waits for that a moment: what is only begun when this house itself is stopping would never be sent.
    async fn stop(&mut self) {
        let Some(server) = self.server.clone() else { return };
        let stopping = stop(server, &self.id, &self.client);
        if tokio::time::timeout(WAITING_FOR_A_STOP, stopping).await.is_ok() {
            self.server = None;
        }
    }
}

async fn stop(server: Server, id: &str, client: &str) {
    let watch = Watch::new(CancellationToken::new(), |_, _| {});
    server.stop(id, client, Instant::now() + STOPPING, &watch).await;
}

impl Drop for Job {
    fn drop(&mut self) {
        let Some(server) = self.server.take() else { return };
        let (id, client) = (std::mem::take(&mut self.id), std::mem::take(&mut self.client));
        // Whoever dropped it has no time to wait.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { stop(server, &id, &client).await });
        }
    }
}

/// The next message; never, when there is no line.
async fn hear(line: &mut Option<Socket>) -> Option<http::Message> {
    match line {
        Some(line) => line.next().await,
        None => std::future::pending().await,
    }
}

/// The workflows of these names, looked over; `setting` is where they come from.
fn read_workflows(names: &[String], setting: &str) -> Result<Vec<(String, Template)>, BackendError> {
    let mut workflows: Vec<(String, Template)> = Vec::with_capacity(names.len());
    for name in names {
        let (label, text) = workflow(name, setting)?;
        let template = Template::parse(&text).map_err(|why| misconfigured(format!("{setting} {label}: {why}")))?;
        if workflows.iter().any(|(known, _)| *known == label) {
            return Err(misconfigured(format!("{setting}: two workflows are called {label}")));
        }
        workflows.push((label, template));
    }
    if workflows.is_empty() {
        return Err(misconfigured(format!("{setting} names no workflow")));
    }
    Ok(workflows)
}

/// A workflow's label and text: one that comes with the program, or a file.
fn workflow(name: &str, setting: &str) -> Result<(String, String), BackendError> {
    if let Some(text) = Template::shipped(name) {
        return Ok((name.to_owned(), text.to_owned()));
    }
    let path = std::path::Path::new(name);
    let text = std::fs::read_to_string(path).map_err(|error| {
        let known: Vec<&str> = Template::names().collect();
        misconfigured(format!(
            "{setting} {name} can't be read ({error}), and it is none of {}",
            known.join(", ")
        ))
    })?;
    let stem = path
        .file_stem()
        .map_or_else(|| name.into(), |stem| stem.to_string_lossy());
    // As a name that can be chosen: see `Workflow`.
    let plain = |c: char| {
        if c.is_alphanumeric() || " ._-".contains(c) {
            c
        } else {
            '-'
        }
    };
    Ok((stem.chars().take(64).map(plain).collect(), text))
}

fn size(base: Dimensions) -> Dimensions {
    shape::fitting_size(base, &SIZES).unwrap_or(Dimensions {
        width: 1024,
        height: 1024,
    })
}

/// A plain ASCII name that nobody else has.
fn fresh_id() -> String {
    let mut bits = [0; 16];
    random::fill(&mut bits);
    uuid::Builder::from_random_bytes(bits).into_uuid().to_string()
}

/// As large as JSON's numbers are exact.
fn fresh_seed() -> u64 {
    let mut bits = [0; 8];
    random::fill(&mut bits);
    u64::from_le_bytes(bits) >> 11
}
