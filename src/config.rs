//! Every setting of the program: flag, environment variable, default and sentence in one place.
//!
//! Rule: `--help` is the manual, and a secret can't be printed. Read by `cli` at start, handed to `app`.

use std::{fmt, path::PathBuf, time::Duration};

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

/// What connects Gemini; a backend is on when its key is there.
#[derive(Debug, Clone)]
pub struct GeminiSettings {
    /// `GEMINI_API_KEY` or `GEMINI_API_KEY_FILE`.
    pub api_key: Secret,
    /// `GEMINI_BASE_URL`, with the version path.
    pub base_url: String,
    /// `GEMINI_MODEL`.
    pub model: String,
    /// How long one turn may take in all.
    pub deadline: Duration,
}

/// Which backends are connected; the embedded engine always is.
#[derive(Debug, Clone, Default)]
pub struct BackendSettings {
    /// On when there is a key.
    pub gemini: Option<GeminiSettings>,
}
