//! The file of `--backends`: services by name, several of one kind if somebody likes.
//!
//! Rule: the file holds no key, only where each one is (a variable, or a file that only its owner can read); a field it
//! doesn't know is an error; and no error quotes a value. Read by [`super::BackendArgs::settings`].

use std::{path::Path, path::PathBuf, time::Duration};

use clap::ValueEnum as _;
use serde::Deserialize;

use super::{
    About, ComfyUi, ComfyUiSettings, Dialect, Gemini, GeminiSettings, Interface, OpenAi, OpenAiSettings, OpenRouter,
    OpenRouterSettings, ServiceSettings,
};
use crate::{
    backends::embedded::Embedded,
    config::{ConfigError, Secret, secret},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    backend: Vec<Entry>,
}

/// One `[[backend]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kind: String,
    title: Option<String>,
    base_url: Option<String>,
    key_env: Option<String>,
    key_file: Option<PathBuf>,
    model: Option<String>,
    timeout_s: Option<u64>,
    preamble: Option<String>,
    /// Dollars a picture costs about.
    picture_price: Option<f64>,
    // Gemini
    image_size: Option<String>,
    stream: Option<bool>,
    // OpenAI
    dialect: Option<String>,
    quality: Option<String>,
    size: Option<String>,
    previews: Option<u8>,
    candidates: Option<u32>,
    // OpenRouter
    interface: Option<String>,
    // ComfyUI
    workflows: Option<Vec<String>>,
}

/// Reads the file.
///
/// # Errors
/// [`ConfigError`], in words for the operator.
pub(super) fn read(path: &Path) -> Result<Vec<ServiceSettings>, ConfigError> {
    let wrong = |what: String| ConfigError::BackendsFile {
        path: path.display().to_string(),
        what,
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("it can't be read: {error}")))?;
    let file: File = basic_toml::from_str(&text).map_err(|error| wrong(unquoted(&error.to_string())))?;
    let mut services: Vec<ServiceSettings> = Vec::with_capacity(file.backend.len());
    for entry in file.backend {
        let name = entry.name.clone();
        let is_name = |name: &str| {
            !name.is_empty()
                && name.len() <= 40
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !is_name(&name) || name == Embedded::NAME {
            return Err(wrong(
                "a name is of a-z, 0-9 and -, at most 40 long, and not “embedded”".to_owned(),
            ));
        }
        if services.iter().any(|known| known.about().name == name) {
            return Err(wrong(format!("two are called “{name}”")));
        }
        let service = entry.service().map_err(|error| match error {
            Wrong::Words(what) => wrong(format!("“{name}”: {what}")),
            Wrong::Secret(error) => error,
        })?;
        services.push(service);
    }
    Ok(services)
}

/// What is wrong with an entry.
enum Wrong {
    Words(String),
    Secret(ConfigError),
}

impl From<&str> for Wrong {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl Entry {
    fn service(self) -> Result<ServiceSettings, Wrong> {
        self.check_fields()?;
        let key = self.key()?;
        let needed = || key.clone().ok_or(Wrong::from("it needs key_env or key_file"));
        let timeout = |usual: u64| Duration::from_secs(self.timeout_s.unwrap_or(usual).max(1));
        let or = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
        Ok(match self.kind.as_str() {
            "gemini" => ServiceSettings::Gemini(GeminiSettings {
                api_key: needed()?,
                base_url: or(&self.base_url, Gemini::DEFAULT_BASE_URL),
                model: or(&self.model, Gemini::DEFAULT_MODEL),
                image_size: self.image_size.clone(),
                stream: self.stream.unwrap_or(true),
                deadline: timeout(300),
                about: self.about()?,
            }),
            "openai" => {
                let dialect = match &self.dialect {
                    Some(word) => {
                        Dialect::from_str(word, false).map_err(|_| Wrong::from("there is no such dialect"))?
                    }
                    None => Dialect::OpenAi,
                };
                let model = if dialect == Dialect::OpenAi {
                    OpenAi::DEFAULT_MODEL
                } else {
                    ""
                };
                ServiceSettings::OpenAi(OpenAiSettings {
                    api_key: key,
                    base_url: or(&self.base_url, OpenAi::DEFAULT_BASE_URL),
                    model: or(&self.model, model),
                    dialect,
                    quality: self.quality.clone(),
                    size: self.size.clone(),
                    previews: self.previews.unwrap_or(1).min(3),
                    candidates: self.candidates.unwrap_or(1).clamp(1, 10),
                    deadline: self.timeout_s.map(|_| timeout(600)),
                    about: self.about()?,
                })
            }
            "openrouter" => ServiceSettings::OpenRouter(OpenRouterSettings {
                api_key: needed()?,
                base_url: or(&self.base_url, OpenRouter::DEFAULT_BASE_URL),
                model: or(&self.model, OpenRouter::DEFAULT_MODEL),
                interface: match &self.interface {
                    Some(word) => {
                        Interface::from_str(word, false).map_err(|_| Wrong::from("there is no such interface"))?
                    }
                    None => Interface::Chat,
                },
                deadline: timeout(600),
                about: self.about()?,
            }),
            "comfyui" => ServiceSettings::ComfyUi(ComfyUiSettings {
                url: self.base_url.clone().ok_or(Wrong::from("it needs a base_url"))?,
                workflows: match &self.workflows {
                    Some(workflows) if !workflows.is_empty() => workflows.clone(),
                    _ => vec![ComfyUi::DEFAULT_WORKFLOW.to_owned()],
                },
                deadline: timeout(1800),
                about: self.about()?,
            }),
            _ => return Err("its kind is none of gemini, openai, openrouter and comfyui".into()),
        })
    }

    /// A field that its kind doesn't have is a mistake, and would be ignored in silence.
    fn check_fields(&self) -> Result<(), Wrong> {
        let fields = [
            ("gemini", "image_size", self.image_size.is_some()),
            ("gemini", "stream", self.stream.is_some()),
            ("openai", "dialect", self.dialect.is_some()),
            ("openai", "quality", self.quality.is_some()),
            ("openai", "size", self.size.is_some()),
            ("openai", "previews", self.previews.is_some()),
            ("openai", "candidates", self.candidates.is_some()),
            ("openrouter", "interface", self.interface.is_some()),
            ("comfyui", "workflows", self.workflows.is_some()),
        ];
        let odd = fields.iter().find(|(kind, _, given)| *given && *kind != self.kind);
        odd.map_or(Ok(()), |(kind, field, _)| {
            Err(Wrong::Words(format!("{field} is for the kind {kind} only")))
        })
    }

    fn about(&self) -> Result<About, Wrong> {
        let price = match self.picture_price {
            None => None,
            Some(dollars) if (0.0..=1000.0).contains(&dollars) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 0 and a milliard"
                )]
                Some((dollars * 1_000_000.0).round() as u64)
            }
            Some(_) => return Err("picture_price is in dollars, as 0.04".into()),
        };
        Ok(About {
            name: self.name.clone(),
            title: self.title.clone().filter(|title| !title.trim().is_empty()),
            in_file: true,
            preamble: self.preamble.clone(),
            picture_price: price,
        })
    }

    fn key(&self) -> Result<Option<Secret>, Wrong> {
        match (&self.key_env, &self.key_file) {
            (Some(_), Some(_)) => Err("give key_env or key_file, not both".into()),
            (None, None) => Ok(None),
            (None, Some(path)) => secret(None, Some(path)).map_err(Wrong::Secret),
            (Some(variable), None) => match std::env::var(variable) {
                Ok(key) if !key.trim().is_empty() => Ok(Some(Secret::new(key.trim().to_owned()))),
                // A key put here by mistake would be quoted, so the variable isn't named.
                _ => Err("the variable that its key_env names is not set, or empty".into()),
            },
        }
    }
}

/// A parser's sentence without what it quotes of the file, but for the names of fields.
fn unquoted(sentence: &str) -> String {
    let mut parts = sentence.split('"');
    let mut told = parts.next().unwrap_or_default().to_owned();
    while let (Some(_), Some(rest)) = (parts.next(), parts.next()) {
        told.push('…');
        told.push_str(rest);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<ServiceSettings>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("backends.toml");
        let key = folder.path().join("key");
        std::fs::write(&key, "marker-key\n").expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("set");
        }
        std::fs::write(&path, text.replace("KEYFILE", &key.display().to_string())).expect("written");
        read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn several_of_one_kind_have_names_of_their_own() {
        let services = read_text(
            r#"
            [[backend]]
            name = "gemini-flash"
            kind = "gemini"
            key_file = "KEYFILE"

            [[backend]]
            name = "gemini-pro"
            kind = "gemini"
            title = "Gemini Pro"
            key_file = "KEYFILE"
            model = "gemini-3-pro-image"
            preamble = ""
            picture_price = 0.134

            [[backend]]
            name = "studio-gpu"
            kind = "comfyui"
            base_url = "http://127.0.0.1:8188"
            workflows = ["invert", "qwen-image-edit"]

            [[backend]]
            name = "local"
            kind = "openai"
            base_url = "http://127.0.0.1:1234/v1"
            dialect = "sd-server"
            timeout_s = 60
            "#,
        )
        .expect("a good file");
        let names: Vec<&str> = services.iter().map(|one| one.about().name.as_str()).collect();
        assert_eq!(names, ["gemini-flash", "gemini-pro", "studio-gpu", "local"]);
        let ServiceSettings::Gemini(pro) = &services[1] else {
            panic!("{services:?}")
        };
        assert_eq!(
            (pro.model.as_str(), pro.api_key.expose()),
            ("gemini-3-pro-image", "marker-key")
        );
        assert_eq!(
            (pro.about.preamble.as_deref(), pro.about.picture_price),
            (Some(""), Some(134_000))
        );
        assert_eq!(
            pro.about.setting("GEMINI_MODEL", "model"),
            "model of “gemini-pro” in the backends file"
        );
        assert!(!format!("{services:?}").contains("marker-key"));
    }

    #[test]
    fn sec_key_02_what_is_wrong_is_said_and_no_value_is_quoted() {
        let gemini = |more: &str| format!("[[backend]]\nname = \"a\"\nkind = \"gemini\"\n{more}\n");
        for (text, words) in [
            (gemini(""), "“a”: it needs key_env or key_file"),
            (gemini("key_env = \"MARKER_NOT_SET\""), "not set"),
            (gemini("key_env = \"A\"\nkey_file = \"B\""), "not both"),
            (gemini("key = \"marker-key\""), "unknown field `key`"),
            (gemini("timeout_s = \"marker-key\""), "invalid type"),
            (
                gemini("key_file = \"KEYFILE\"\nquality = \"high\""),
                "quality is for the kind openai only",
            ),
            (gemini("key_file = \"KEYFILE\"\npicture_price = -1.0"), "in dollars"),
            (gemini("key_file = \"KEYFILE\"").repeat(2), "two are called “a”"),
            (
                "[[backend]]\nname = \"embedded\"\nkind = \"gemini\"".to_owned(),
                "not “embedded”",
            ),
            ("[[backend]]\nname = \"A b\"\nkind = \"gemini\"".to_owned(), "a-z"),
            (
                "[[backend]]\nname = \"a\"\nkind = \"marker\"".to_owned(),
                "none of gemini",
            ),
            ("[[backend]]\nname = \"a\"\nkind = \"comfyui\"".to_owned(), "base_url"),
            ("marker-key".to_owned(), "line 1"),
        ] {
            let error = read_text(&text).expect_err(words);
            assert!(error.contains(words), "{text}: {error}");
            assert!(!error.to_lowercase().contains("marker"), "{text}: {error}");
        }
        let missing = read(Path::new("no such file"))
            .expect_err("it is not there")
            .to_string();
        assert!(missing.contains("can't be read"), "{missing}");
    }
}
