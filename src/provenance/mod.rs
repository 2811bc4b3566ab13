//! Where pictures come from: Content Credentials, the invisible mark, and what a picture can prove.
//!
//! Rule: a stored picture is never touched. What leaves is a copy: marked first, encoded, signed last; what comes in with
//! credentials keeps them as a private original. No connection is opened, whatever a file asks for. `turns` tells what
//! came and what was made, `web` asks for what leaves and for what a picture proves.
//!
//! Read `keys`, then `statements` (what is signed about a version), `leaving` (the way out), `verify` (the way back).

pub mod keys;
mod leaving;
pub mod pdq;
mod statements;
mod verify;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
};

use lattice_mark::Key;
use plantain_credentials::{Credentials, Error as CredentialsError, Identity, Notary};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use self::keys::Keys;
pub use self::{
    leaving::{As, Leaving},
    verify::{Alike, Asking, Findings, Laid, Link, MarkFound, Part, Seen},
};
use crate::{
    blobs::{BlobStore, Came, Colours, PictureError},
    clock::Clock,
    domain::{
        ids::VersionId,
        version::{Original, Version},
    },
    store::{Store, StoreError},
};

/// The reverse domain that our own words in credentials stand under.
const DOMAIN: &str = "org.plantain";

/// Bytes of what credentials said when they came.
const MOST_FOUND: usize = 64 * 1024;
/// Pictures that are asked about at once.
const ASKING: usize = 2;

/// What the operator decided.
#[derive(Clone)]
pub struct Settings {
    /// Whether what leaves is signed.
    pub credentials: bool,
    /// Whether edited pictures that leave are marked.
    pub mark: bool,
    /// The organisation on certificates made here.
    pub name: String,
    /// The operator's own chain and key, PEM.
    pub own: Option<(String, String)>,
    /// Whether instructions go into the credentials.
    pub instruction: bool,
}

/// Why provenance can't work, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ProvenanceError {
    /// The folder of the keys.
    #[error("the keys in {path} can't be used: {source}")]
    Folder {
        /// Which folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A certificate or key.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
}

/// Why something could not be signed, marked or looked at.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The picture.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A row.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The credentials.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The disk.
    #[error("disk: {0}")]
    Disk(#[from] std::io::Error),
    /// As many pictures as may be are asked about already.
    #[error("too many ask at once")]
    ManyAsk,
    /// A thread broke, or the house is closing.
    #[error("the work was given up")]
    GivenUp,
}

/// Provenance. Cheap to clone.
#[derive(Clone)]
pub struct Provenance(Arc<Inner>);

struct Inner {
    store: Store,
    blobs: BlobStore,
    clock: Clock,
    settings: Settings,
    data: PathBuf,
    tools: RwLock<Tools>,
    /// Bounds what works at once: as many as cores.
    slots: Arc<Semaphore>,
    /// Those who ask where a picture comes from: places of their own, so that nobody waits for a download behind them.
    asking: Arc<Semaphore>,
    /// One lock for each file that is being made to leave and each session that is being signed; gone when nobody waits for it.
    making: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

/// What signs and marks at the moment.
#[derive(Clone)]
struct Tools {
    notary: Arc<Notary>,
    marks: Vec<Arc<Key>>,
    /// The current root, PEM.
    root: String,
    /// Changes when files that leave would come out otherwise.
    epoch: String,
}

impl Provenance {
    /// Reads the keys in the data folder, or makes them.
    ///
    /// # Errors
    /// [`ProvenanceError`], a sentence for the operator.
    pub fn open(
        data: &Path,
        settings: Settings,
        store: Store,
        blobs: BlobStore,
        clock: Clock,
    ) -> Result<Self, ProvenanceError> {
        let tools = Tools::open(data, &settings, &clock)?;
        Ok(Self::with(tools, data, settings, store, blobs, clock))
    }

    /// For asking alone, beside a running server: keys are read and never made or renewed, and what this would sign nobody
    /// would know.
    ///
    /// # Errors
    /// [`ProvenanceError`], a sentence for the operator.
    pub fn open_to_ask(
        data: &Path,
        settings: Settings,
        store: Store,
        blobs: BlobStore,
        clock: Clock,
    ) -> Result<Self, ProvenanceError> {
        let tools = Tools::look(data, &settings, &clock)?;
        Ok(Self::with(tools, data, settings, store, blobs, clock))
    }

    fn with(tools: Tools, data: &Path, settings: Settings, store: Store, blobs: BlobStore, clock: Clock) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self(Arc::new(Inner {
            store,
            blobs,
            clock,
            settings,
            data: data.to_owned(),
            tools: RwLock::new(tools),
            slots: Arc::new(Semaphore::new(cores)),
            asking: Arc::new(Semaphore::new(ASKING)),
            making: Mutex::default(),
        }))
    }

    /// Renews the leaf when its time comes, and looks at versions that nobody has looked at yet. Called now and then.
    pub async fn tend(&self) {
        let inner = self.0.clone();
        let renewed =
            tokio::task::spawn_blocking(move || Tools::open(&inner.data, &inner.settings, &inner.clock)).await;
        match renewed {
            Ok(Ok(tools)) => *self.0.tools.write().unwrap_or_else(PoisonError::into_inner) = tools,
            Ok(Err(error)) => tracing::error!(%error, "the certificate could not be renewed"),
            Err(_) => {}
        }
        match self.0.store.versions_without_look(200).await {
            Ok(versions) => {
                for version in versions {
                    self.look_at(&version).await;
                }
            }
            Err(error) => tracing::warn!(%error, "versions could not be looked at"),
        }
    }

    /// Whether what leaves is neither signed nor marked.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        !self.0.settings.credentials && !self.0.settings.mark
    }

    /// The root that vouches for what is signed here, PEM.
    #[must_use]
    pub fn root(&self) -> String {
        self.tools().root
    }

    /// A file that came with credentials: what they say, and the file itself, privately kept. Nothing for one whose credentials
    /// can't be read at all (they are no more than unknown bytes then), and where credentials are switched off.
    pub async fn take_in(&self, came: Option<Came>) -> Option<Original> {
        let came = came.filter(|_| self.0.settings.credentials)?;
        let mime = came.mime;
        let bytes = came.bytes.clone();
        let read = self.work(move |tools| tools.notary.read(mime, &bytes)).await;
        let found = match read {
            Ok(Ok(Some(found))) => found,
            Ok(Ok(None)) | Err(_) => return None,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a picture came with credentials that can't be read");
                return None;
            }
        };
        let found = bounded(found)?;
        match self.0.blobs.put_private(came.bytes).await {
            Ok(file) => Some(Original {
                file,
                mime: mime.to_owned(),
                found,
            }),
            Err(error) => {
                tracing::warn!(%error, "an original with credentials was not kept");
                None
            }
        }
    }

    /// Keeps the original of an uploaded version.
    pub async fn keep_original(&self, version: VersionId, original: Option<&Original>) {
        if let Some(original) = original
            && let Err(error) = self.0.store.insert_original(version, original).await
        {
            tracing::warn!(%error, %version, "an original with credentials was not kept");
        }
    }

    /// What is done about a new version off the critical path: its statement, its look, and the copy that pages show.
    pub async fn welcome(&self, version: &Version) {
        if self.is_idle() {
            return self.look_at(version).await;
        }
        if let Err(error) = self.leave(version, As::Page).await {
            tracing::warn!(%error, version = %version.id, "a version was not signed ahead");
        }
        self.look_at(version).await;
    }

    /// Notes how a version looks.
    async fn look_at(&self, version: &Version) {
        let looked = async {
            let look = |picture: Colours| {
                (
                    picture.hash(),
                    pdq::Sketch::of(&picture.shrunk(pdq::WORKING_SIDE)).hash(),
                )
            };
            let (pixels, hash) = self.0.blobs.with_colours(&version.blob, look).await?;
            Ok::<_, Failed>(self.0.store.insert_look(version.id, hash, pixels).await?)
        };
        if let Err(error) = looked.await {
            tracing::warn!(%error, version = %version.id, "how a version looks was not noted");
        }
    }

    /// The lock of a file that leaves, by its tag, or of another name.
    fn lock_of(&self, tag: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut making = self.0.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = making.get(tag).and_then(Weak::upgrade) {
            return lock;
        }
        making.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        making.insert(tag.to_owned(), Arc::downgrade(&lock));
        lock
    }

    fn tools(&self) -> Tools {
        self.0.tools.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs what computes on a blocking thread, when one of the slots is free.
    async fn work<T, F>(&self, work: F) -> Result<T, Failed>
    where
        T: Send + 'static,
        F: FnOnce(&Tools) -> T + Send + 'static,
    {
        let slot = self
            .0
            .slots
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Failed::GivenUp)?;
        let tools = self.tools();
        // The slot goes with the work: who stops waiting doesn't make it end.
        let job = tokio::task::spawn_blocking(move || {
            let done = work(&tools);
            drop(slot);
            done
        });
        job.await.map_err(|_| Failed::GivenUp)
    }
}

/// What credentials say, as JSON of bounded length: a hostile file could say the same thing a million times. The file itself is
/// kept, so nothing is lost.
fn bounded(mut found: Credentials) -> Option<String> {
    let whole = serde_json::to_string(&found).ok()?;
    if whole.len() <= MOST_FOUND {
        return Some(whole);
    }
    found.cut = true;
    found.node.ingredients.clear();
    let alone = serde_json::to_string(&found).ok()?;
    if alone.len() <= MOST_FOUND {
        return Some(alone);
    }
    found.node.acts.clear();
    found.node.bindings.clear();
    found.node.failures.truncate(8);
    let bare = serde_json::to_string(&found).ok()?;
    // What is longer still has a name of its own that is; then there is nothing to show.
    Some(if bare.len() <= MOST_FOUND {
        bare
    } else {
        "null".to_owned()
    })
}

impl Tools {
    fn look(data: &Path, settings: &Settings, clock: &Clock) -> Result<Self, ProvenanceError> {
        let now = clock.now().millis() / 1000;
        let found = Keys::look(data)?;
        let own = settings.own.iter().map(|(chain, _)| chain.clone());
        let roots: Vec<String> = own.chain(found.roots).collect();
        // A notary wants something to sign with even where it only reads.
        let nobody = Identity::new_root(&settings.name, now)?.new_leaf(&settings.name, now)?;
        let notary = Notary::new(&nobody.chain, &nobody.key, &roots)?;
        Ok(Self {
            notary: Arc::new(notary),
            marks: found.marks,
            root: roots.into_iter().next().unwrap_or_default(),
            epoch: String::new(),
        })
    }

    fn open(data: &Path, settings: &Settings, clock: &Clock) -> Result<Self, ProvenanceError> {
        let keys = Keys::open(data, &settings.name, clock.now().millis() / 1000)?;
        let root = keys.roots[0].clone();
        let mut roots = keys.roots;
        let (chain, key) = match &settings.own {
            Some((chain, key)) => {
                roots.insert(0, chain.clone());
                (chain.clone(), key.clone())
            }
            None => (keys.leaf.chain, keys.leaf.key),
        };
        let notary = Notary::new(&chain, &key, &roots)?;
        let current = keys.marks.last().map_or(0, |key| key.number());
        let said = format!(
            "{chain} {current} {} {} {}",
            settings.credentials, settings.mark, settings.instruction
        );
        Ok(Self {
            notary: Arc::new(notary),
            marks: keys.marks,
            root,
            epoch: hex::encode(&Sha256::digest(said)[..6]),
        })
    }
}

#[cfg(test)]
mod tests {
    use plantain_credentials::{ActSeen, Node, Standing};

    use super::*;

    #[test]
    fn what_hostile_credentials_say_is_kept_in_bounds_and_what_others_say_as_it_is() {
        let act = ActSeen {
            action: "c2pa.edited".to_owned(),
            source: None,
            agent: Some("a".repeat(200)),
            when: None,
        };
        let node = Node {
            label: None,
            title: Some("a title".to_owned()),
            relation: None,
            standing: Standing::Unknown,
            failures: Vec::new(),
            signer: None,
            generator: None,
            acts: vec![act],
            bindings: Vec::new(),
            ingredients: Vec::new(),
        };
        let small = Credentials {
            node: node.clone(),
            cut: false,
        };
        let read = |text: Option<String>| -> Option<Credentials> { serde_json::from_str(&text.expect("JSON")).ok() };
        assert_eq!(read(bounded(small.clone())), Some(small.clone()));
        let mut wide = small.clone();
        wide.node.ingredients = vec![node; 500];
        assert_eq!(
            read(bounded(wide)),
            Some(Credentials {
                cut: true,
                ..small.clone()
            })
        );
        let mut long = small;
        long.node.title = Some("t".repeat(MOST_FOUND));
        let kept = bounded(long).expect("JSON");
        assert!(kept.len() <= MOST_FOUND);
    }
}
