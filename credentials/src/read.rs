//! What the credentials in a file say, and how far that can be believed.
//!
//! The one rule: everything here was written by somebody else. It is read on a thread of its own, under a deadline, up to a number
//! of statements, and every text is cut. An ingredient's own result counts, not only the file's: a file whose own
//! signature is fine may be made from one whose signature was broken. Called by the server when a picture
//! comes in and when somebody asks about one.

use std::{
    collections::{HashMap, HashSet},
    io::Cursor,
    sync::mpsc,
    time::{Duration, Instant},
};

use c2pa::{Context, Manifest, Reader, Settings, ValidationResults, validation_results::StatusCodes};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Notary};

/// Statements that are shown of one file.
const MOST_NODES: usize = 200;
/// Statements one below the other that are shown.
const MOST_DEPTH: usize = 48;
/// Letters of a text that are shown.
const MOST_TEXT: usize = 200;
/// Acts of one statement that are shown.
const MOST_ACTS: usize = 40;
/// Bytes of credentials that are looked at.
const MOST_BYTES: usize = 16 << 20;
const STACK: usize = 32 << 20;

/// What a file's credentials say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Credentials {
    /// The statement about the file itself, and below it those about what it was made from.
    pub node: Node,
    /// Whether there was more than is shown.
    pub cut: bool,
}

/// How far one statement can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Signed by this house, and unchanged since.
    Trusted,
    /// Signed and unchanged, by somebody this house doesn't know.
    Unknown,
    /// The signature or what it is about doesn't hold.
    Broken,
    /// A picture without credentials.
    Bare,
}

/// One statement, or a picture that has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What the statement is called everywhere; none for a picture without credentials.
    pub label: Option<String>,
    /// What the picture is called.
    pub title: Option<String>,
    /// How it was used for the picture above: `parentOf`, `inputTo`, `componentOf`.
    pub relation: Option<String>,
    /// How far it can be believed.
    pub standing: Standing,
    /// What is wrong, in the standard's codes.
    pub failures: Vec<String>,
    /// The organisation on the signer's certificate.
    pub signer: Option<String>,
    /// The program that made the statement.
    pub generator: Option<String>,
    /// What was done, in order.
    pub acts: Vec<ActSeen>,
    /// Marks in the pixels that are spoken of: method and content.
    pub bindings: Vec<(String, String)>,
    /// What it was made from.
    pub ingredients: Vec<Node>,
}

/// Something that was done, as a statement has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActSeen {
    /// `c2pa.edited` …
    pub action: String,
    /// The last part of the digital source type: `trainedAlgorithmicMedia` …
    pub source: Option<String>,
    /// What did it.
    pub agent: Option<String>,
    /// When.
    pub when: Option<String>,
}

impl Node {
    /// This statement and all below it, from the top.
    pub fn walk(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let mut at = 0;
        while let Some(node) = all.get(at).copied() {
            all.extend(&node.ingredients);
            at += 1;
        }
        all
    }
}

impl Notary {
    /// The credentials in a file; none when it has none. Blocks, at most a little longer than the deadline.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::TooSlow`], or what the library says of a file it can't make sense of.
    pub fn read(&self, mime: &str, bytes: &[u8]) -> Result<Option<Credentials>, Error> {
        let manifests = match c2pa::jumbf_io::load_jumbf_from_memory(mime, bytes) {
            Ok(manifests) if manifests.is_empty() => return Ok(None),
            Ok(manifests) => manifests,
            Err(c2pa::Error::JumbfNotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if manifests.len() > MOST_BYTES {
            return Err(Error::TooLarge);
        }
        drop(manifests);
        let (mime, settings, deadline) = (mime.to_owned(), self.settings.clone(), self.deadline);
        // The thread may outlive the deadline by one step, so the bytes are its own.
        let bytes = bytes.to_vec();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("credentials".to_owned())
            .stack_size(STACK);
        let spawned = thread.spawn(move || {
            let _ = tell.send(look(&mime, bytes, settings, deadline));
        });
        spawned.map_err(|error| Error::Library(error.to_string()))?;
        match told.recv_timeout(deadline + Duration::from_secs(1)) {
            Ok(read) => read.map(Some),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::TooSlow),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::Library("the reader gave up".to_owned())),
        }
    }

    /// The name of the statement about a file, without checking it.
    pub(crate) fn label_of(&self, mime: &str, bytes: &[u8]) -> Result<String, Error> {
        let manifests = c2pa::jumbf_io::load_jumbf_from_memory(mime, bytes)?;
        last_label(&manifests).ok_or_else(|| Error::Library("no statement where one was signed".to_owned()))
    }
}

fn look(mime: &str, bytes: Vec<u8>, settings: Settings, deadline: Duration) -> Result<Credentials, Error> {
    let ends = Instant::now() + deadline;
    let context = Context::new()
        .with_settings(settings)?
        .with_progress_callback(move |_, _, _| Instant::now() < ends);
    let reader = match Reader::from_context(context).with_stream(mime, Cursor::new(bytes)) {
        Ok(reader) => reader,
        Err(c2pa::Error::OperationCancelled) => return Err(Error::TooSlow),
        Err(error) => return Err(error.into()),
    };
    let Some((label, manifest)) = reader.active_label().zip(reader.active_manifest()) else {
        return Err(Error::Library("no statement about the file itself".to_owned()));
    };
    let mut walk = Walk {
        reader: &reader,
        deltas: deltas(reader.validation_results()),
        left: MOST_NODES,
        path: HashSet::new(),
        cut: false,
    };
    let mut node = walk.node(label, manifest);
    let own = reader.validation_results().and_then(ValidationResults::active_manifest);
    (node.standing, node.failures) = judged(own, &[]);
    Ok(Credentials { node, cut: walk.cut })
}

/// What validation found now about each ingredient beyond what was recorded: by the statement's and the ingredient's names.
fn deltas(results: Option<&ValidationResults>) -> HashMap<(String, String), Vec<String>> {
    let mut found: HashMap<(String, String), Vec<String>> = HashMap::new();
    for delta in results
        .and_then(ValidationResults::ingredient_deltas)
        .into_iter()
        .flatten()
    {
        let mut parts = delta.ingredient_assertion_uri().rsplit('/');
        let (ingredient, _, manifest) = (parts.next(), parts.next(), parts.next());
        if let (Some(ingredient), Some(manifest)) = (ingredient, manifest) {
            let codes = delta
                .validation_deltas()
                .failure()
                .iter()
                .map(|status| cut(status.code()));
            found
                .entry((manifest.to_owned(), ingredient.to_owned()))
                .or_default()
                .extend(codes);
        }
    }
    found
}

/// How far a statement can be believed by its results, and what is wrong.
fn judged(results: Option<&StatusCodes>, more: &[String]) -> (Standing, Vec<String>) {
    const UNTRUSTED: &str = "signingCredential.untrusted";
    let Some(results) = results else {
        return (Standing::Broken, vec!["no result".to_owned()]);
    };
    let mut failures: Vec<String> = results
        .failure()
        .iter()
        .map(|status| cut(status.code()))
        .chain(more.iter().cloned())
        .collect();
    failures.sort();
    failures.dedup();
    failures.truncate(MOST_ACTS);
    let trusted = results
        .success()
        .iter()
        .any(|status| status.code() == "signingCredential.trusted");
    let standing = match failures.as_slice() {
        [] if trusted => Standing::Trusted,
        [] => Standing::Unknown,
        [only] if only == UNTRUSTED => Standing::Unknown,
        _ => Standing::Broken,
    };
    (standing, failures)
}

struct Walk<'a> {
    reader: &'a Reader,
    deltas: HashMap<(String, String), Vec<String>>,
    left: usize,
    /// The statements above the one that is read, against circles.
    path: HashSet<String>,
    cut: bool,
}

impl Walk<'_> {
    fn node(&mut self, label: &str, manifest: &Manifest) -> Node {
        self.left = self.left.saturating_sub(1);
        self.path.insert(label.to_owned());
        let mut ingredients = Vec::new();
        for ingredient in manifest.ingredients() {
            if self.left == 0 {
                self.cut = true;
                break;
            }
            let below = ingredient.active_manifest();
            let known = below.and_then(|label| self.reader.get_manifest(label));
            let deep = self.path.len() >= MOST_DEPTH || below.is_some_and(|label| self.path.contains(label));
            let mut node = match (below, known) {
                (Some(label), Some(manifest)) if !deep => self.node(label, manifest),
                (label, _) => {
                    self.left -= 1;
                    self.cut |= deep;
                    bare(label)
                }
            };
            if below.is_some() {
                let key = (label.to_owned(), ingredient.label().unwrap_or_default().to_owned());
                let now = self.deltas.get(&key).map_or(&[][..], Vec::as_slice);
                let recorded = ingredient
                    .validation_results()
                    .and_then(ValidationResults::active_manifest);
                (node.standing, node.failures) = judged(recorded, now);
            }
            node.title = ingredient.title().map(cut).or(node.title);
            node.relation = serde_json::to_value(ingredient.relationship())
                .ok()
                .and_then(|name| name.as_str().map(cut));
            ingredients.push(node);
        }
        self.path.remove(label);
        Node {
            title: manifest.title().map(cut),
            signer: manifest
                .signature_info()
                .and_then(|info| info.issuer.as_deref())
                .map(cut),
            generator: generator(manifest),
            acts: self.acts(manifest),
            bindings: bindings(manifest),
            ingredients,
            ..bare(Some(label))
        }
    }

    fn acts(&mut self, manifest: &Manifest) -> Vec<ActSeen> {
        let assertions = manifest
            .assertions()
            .iter()
            .filter(|one| one.label().starts_with("c2pa.actions"));
        let all: Vec<&Value> = assertions
            .filter_map(|one| one.value().ok()?.get("actions")?.as_array())
            .flatten()
            .collect();
        self.cut |= all.len() > MOST_ACTS;
        all.into_iter().take(MOST_ACTS).map(act).collect()
    }
}

fn bare(label: Option<&str>) -> Node {
    Node {
        label: label.map(cut),
        title: None,
        relation: None,
        standing: Standing::Bare,
        failures: Vec::new(),
        signer: None,
        generator: None,
        acts: Vec::new(),
        bindings: Vec::new(),
        ingredients: Vec::new(),
    }
}

fn act(act: &Value) -> ActSeen {
    let text = |name: &str| act.get(name).and_then(Value::as_str).map(cut);
    let agent = act.get("softwareAgent").map(|agent| match agent {
        Value::String(name) => cut(name),
        other => named(other),
    });
    ActSeen {
        action: text("action").unwrap_or_default(),
        source: text("digitalSourceType").map(|source| source.rsplit('/').next().unwrap_or_default().to_owned()),
        agent: agent.filter(|name| !name.is_empty()),
        when: text("when"),
    }
}

/// "Name version" of something with these two fields.
fn named(value: &Value) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    cut(format!("{} {}", text("name"), text("version")).trim())
}

fn generator(manifest: &Manifest) -> Option<String> {
    let info = manifest.claim_generator_info.as_ref().and_then(|all| all.first());
    let value = info.and_then(|info| serde_json::to_value(info).ok());
    let name = value.as_ref().map(named).filter(|name| !name.is_empty());
    name.or_else(|| manifest.claim_generator().map(cut))
}

fn bindings(manifest: &Manifest) -> Vec<(String, String)> {
    let assertions = manifest
        .assertions()
        .iter()
        .filter(|one| one.label().starts_with("c2pa.soft-binding"));
    let pairs = assertions.filter_map(|one| {
        let value = one.value().ok()?;
        let said = value.get("blocks")?.get(0)?.get("value")?.as_str()?;
        Some((cut(value.get("alg")?.as_str()?), cut(said)))
    });
    pairs.take(4).collect()
}

/// A text from outside, short and without control characters.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect()
}

/// The label of the last statement in a store: boxes of a length, a kind and a content; the first box in each tells its label.
fn last_label(store: &[u8]) -> Option<String> {
    let mut at = boxed(store, 0)?.0;
    let mut last = None;
    while let Some((inside, end, kind)) = boxed(store, at).map(|(inside, end)| (inside, end, &store[at + 4..at + 8])) {
        if kind == b"jumb" {
            let (description, its_end) = boxed(store, inside)?;
            // 16 bytes of kind and one of switches come first.
            let text = store.get(description + 17..its_end)?;
            let text = &text[..text.iter().position(|&byte| byte == 0)?];
            last = std::str::from_utf8(text).ok().map(str::to_owned);
        }
        at = end;
    }
    last
}

/// Where the content of the box at `at` begins and ends.
fn boxed(store: &[u8], at: usize) -> Option<(usize, usize)> {
    let length = u32::from_be_bytes(store.get(at..at + 4)?.try_into().ok()?) as usize;
    let end = at.checked_add(length)?;
    (length >= 8 && end <= store.len()).then_some((at + 8, end))
}
