//! A running server: what it is made of, and how its parts are put together.
//!
//! Rule: everything is handed in from here; no part finds another one by itself. Built by `cli::serve` and by tests,
//! carried by every handler.

use std::{sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::{Semaphore, SemaphorePermit},
};
use tokio_util::sync::CancellationToken;

use crate::{
    backends::{
        BackendError,
        http::{Limits as OutboundLimits, Outbound},
        registry::Registry,
    },
    blobs::{BlobStore, PictureError, SPACE_FLOOR},
    clock::Clock,
    config::{Config, ConfigError, Fetch, Switch},
    domain::{picture::Limits, time::DAY_MS},
    folder::{Claim, ClaimError},
    models::Models,
    provenance::{Provenance, ProvenanceError, Settings as ProvenanceSettings},
    random,
    store::{OpenError, Store},
    turns::{
        Turns,
        live::{Live, WatchLimits},
    },
    web::{
        self,
        audit::Audit,
        changes::Changes,
        serve::{ServeSettings, serve},
        sign_in::Password,
        throttle::{Throttle, ThrottleSettings},
    },
};

/// How long a deleted session stays in the trash.
const TRASH_MS: i64 = 30 * DAY_MS;
/// How long a file that no row names is left alone.
const SWEEP_GRACE: Duration = Duration::from_secs(60 * 60);
/// How often the trash is emptied and leftovers are swept.
const BETWEEN_CLEANINGS: Duration = Duration::from_secs(60 * 60);
/// How long running turns and open requests may take to finish at a stop, side by side.
const STOP_GRACE: Duration = Duration::from_secs(10);
/// How many pictures one network may ask about in a minute.
const ASKED_A_MINUTE: usize = 30;

/// How many comparisons people may look at at once: each takes two decoded pictures and the slots that results wait for.
const COMPARISONS_AT_ONCE: usize = 1;
/// How long a comparison waits for its turn.
const COMPARISON_PATIENCE: Duration = Duration::from_secs(10);

/// What a running server is made of. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts; see [`App`].
pub struct Parts {
    /// Every setting.
    pub config: Config,
    /// Rows.
    pub store: Store,
    /// Pictures.
    pub blobs: BlobStore,
    /// Who can edit.
    pub registry: Registry,
    /// The use cases.
    pub turns: Turns,
    /// Who is watching.
    pub live: Live,
    /// What they are told.
    pub changes: Changes,
    /// The time.
    pub clock: Clock,
    /// Counts wrong links and passwords by network.
    pub throttle: Throttle,
    /// Counts how often one network asks where pictures come from.
    pub asking: Throttle,
    /// Who did what that matters.
    pub audit: Audit,
    /// Where pictures come from.
    pub provenance: Provenance,
    /// The shared password, in password mode.
    pub password: Option<Password>,
    /// The weights of the engine's nets.
    pub models: Models,
    /// Cancelled when the server is told to stop.
    pub stopping: CancellationToken,
    /// Places for comparisons.
    comparing: Semaphore,
    /// Nobody else works in the data folder.
    claim: Claim,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why the server can't start, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] ClaimError),
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// A backend's settings.
    #[error("{0}")]
    Backend(String),
    /// Another program has the port, or it may not be used.
    #[error("{address} can't be listened on: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// Rows that a stop left behind can't be mended.
    #[error("the turns of the last run can't be mended: {0}")]
    Recovery(#[from] crate::store::StoreError),
    /// The keys of provenance.
    #[error(transparent)]
    Provenance(#[from] ProvenanceError),
    /// The password can't be hashed.
    #[error("the shared password can't be used: {0}")]
    Password(String),
}

impl App {
    /// Puts a server together from its settings, with the backends they turn on.
    ///
    /// # Errors
    /// [`StartError`], a sentence for the operator.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        let settings = config.backends()?;
        let outbound = Outbound::new(OutboundLimits::default(), jitter).map_err(in_words)?;
        Self::build_with(config, Clock::default(), |blobs, models| {
            Registry::from_settings(&settings, &outbound, blobs, models).map_err(in_words)
        })
        .await
    }

    /// The same with a clock and backends of the caller's choice; for tests and benches.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build_with(
        config: Config,
        clock: Clock,
        registry: impl FnOnce(&BlobStore, &Models) -> Result<Registry, StartError>,
    ) -> Result<Self, StartError> {
        config.check_exposure()?;
        let claim = Claim::take(&config.data)?;
        let folder = |source| ClaimError::Unusable {
            path: config.data.display().to_string(),
            source,
        };
        let limits = Limits {
            bytes: config.max_upload_mib << 20,
            pixels: config.max_megapixels * 1_000_000,
            ..Limits::default()
        };
        let blobs = BlobStore::open(&config.data, limits, None, BlobStore::DEADLINE).map_err(folder)?;
        let left_over = blobs.discard_temporary().map_err(folder)?;
        if left_over > 0 {
            tracing::info!(left_over, "removed what the last run had begun to write");
        }
        if !blobs.check_space(SPACE_FLOOR).map_err(folder)? {
            tracing::warn!("the disk has next to no room: what is there can be seen, nothing new is taken in");
        }
        let audit = Audit::open(&config.data.join("audit.log")).map_err(folder)?;
        let store = Store::open(&config.data.join("plantain.db")).await?;
        let password = config
            .shared_password()?
            .map(|words| Password::new(&words))
            .transpose()
            .map_err(StartError::Password)?;
        let live = Live::new(WatchLimits::default());
        let provenance = provenance(&config, &store, &blobs, &clock)?;
        let models = Models::open(config.models_folder());
        let registry = registry(&blobs, &models)?;
        let turns = Turns::new(
            store.clone(),
            blobs.clone(),
            registry.clone(),
            live.clone(),
            provenance.clone(),
            clock.clone(),
            (config.turns_at_once, config.ceilings()),
        );
        turns.start().await?;
        let throttle = Throttle::new(ThrottleSettings::default());
        let asking = Throttle::new(ThrottleSettings {
            misses: ASKED_A_MINUTE,
            ..ThrottleSettings::default()
        });
        let stopping = CancellationToken::new();
        let parts = Parts {
            config,
            store,
            blobs,
            registry,
            turns,
            live,
            changes: Changes::default(),
            clock,
            throttle,
            asking,
            audit,
            provenance,
            password,
            models,
            stopping,
            comparing: Semaphore::new(COMPARISONS_AT_ONCE),
            claim,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// A place to compare two pictures in, so that looking on keeps nobody's result waiting; waited for in a queue that takes
    /// neither memory nor a slot.
    ///
    /// # Errors
    /// [`PictureError::Busy`] when many others look on.
    pub async fn place_to_compare(&self) -> Result<SemaphorePermit<'_>, PictureError> {
        let place = tokio::time::timeout(COMPARISON_PATIENCE, self.comparing.acquire());
        place
            .await
            .map_err(|_| PictureError::Busy)?
            .map_err(|_| PictureError::Busy)
    }

    /// Answers requests until `stopping` is cancelled, then finishes or parks what runs and closes the database.
    ///
    /// # Errors
    /// When the listener can't be used.
    pub async fn run(&self, listener: TcpListener) -> std::io::Result<()> {
        let cleaning = tokio::spawn(clean(self.clone()));
        if self.config.models == Fetch::Auto {
            let models = self.models.clone();
            // A thread of its own: a package client may take minutes, and a stop waits for no download.
            std::thread::spawn(move || models.fetch_missing());
        }
        let proxies = self.config.trusted_proxies.clone().unwrap_or_default();
        let settings = ServeSettings {
            connections: self.config.max_connections,
            connections_per_network: self.config.max_connections_per_network,
            uncapped: proxies,
            drain_timeout: STOP_GRACE,
            ..ServeSettings::default()
        };
        let serving = async {
            let served = serve(listener, web::router(self.clone()), settings, self.stopping.clone()).await;
            self.stopping.cancel();
            served
        };
        // From the first moment of a stop no turn is begun, whatever is still being read or sent.
        let working = async {
            self.stopping.cancelled().await;
            self.turns.stop(STOP_GRACE).await;
        };
        let (served, ()) = tokio::join!(serving, working);
        cleaning.abort();
        self.store.close().await;
        self.claim.release();
        served
    }
}

/// Provenance as the settings have it.
fn provenance(config: &Config, store: &Store, blobs: &BlobStore, clock: &Clock) -> Result<Provenance, StartError> {
    let said = &config.provenance;
    let own = config.own_certificate()?;
    let settings = ProvenanceSettings {
        credentials: said.credentials == Switch::On,
        mark: said.mark == Switch::On,
        name: said.credentials_name.clone(),
        own: own.map(|(chain, key)| (chain, key.expose().to_owned())),
        instruction: said.credentials_instruction,
    };
    let opened = Provenance::open(&config.data, settings, store.clone(), blobs.clone(), clock.clone());
    opened.map_err(StartError::from)
}

/// Empties the trash and sweeps leftovers, now and every hour.
async fn clean(app: App) {
    loop {
        let now = app.clock.now();
        match app.store.forget_regions(now.plus_millis(-DAY_MS)).await {
            Ok(0) => {}
            Ok(regions) => tracing::info!(regions, "forgot what was drawn for no turn"),
            Err(error) => tracing::error!(%error, "what was drawn for no turn could not be forgotten"),
        }
        match app.store.empty_trash(now.plus_millis(-TRASH_MS)).await {
            Ok(0) => {}
            Ok(sessions) => tracing::info!(sessions, "emptied the trash"),
            Err(error) => tracing::error!(%error, "the trash could not be emptied"),
        }
        let known = |ids: Vec<_>| {
            let (store, turns) = (app.store.clone(), app.turns.clone());
            async move {
                // In this order: what is written down in between is known by its row.
                let mut known = turns.unwritten();
                known.extend(store.known_blobs(&ids).await.map_err(std::io::Error::other)?);
                Ok(known)
            }
        };
        if let Err(error) = app.blobs.sweep(known, SWEEP_GRACE, now).await {
            tracing::error!(%error, "leftover files could not be swept");
        }
        app.provenance.tend().await;
        tokio::time::sleep(BETWEEN_CLEANINGS).await;
    }
}

/// A random number from 0 up to 1, to spread retries.
fn jitter() -> f64 {
    let mut bits = [0; 4];
    random::fill(&mut bits);
    f64::from(u32::from_le_bytes(bits)) / (f64::from(u32::MAX) + 1.0)
}

fn in_words(error: BackendError) -> StartError {
    StartError::Backend(error.for_the_user("A backend").message)
}
