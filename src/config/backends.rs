//! The settings of the model services.
//!
//! Rule: a service is on when its key (or, for one on somebody's own machine, its address) is there; each setting is a
//! flag and an environment variable. Part of [`super::Config`].

mod file;

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{ConfigError, Secret, secret};
use crate::backends::{
    comfyui::ComfyUi,
    gemini::Gemini,
    openai::{OpenAi, dialect::Dialect},
    openrouter::{Interface, OpenRouter},
};

/// What a service is called here, and what holds for each kind of service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name in forms and rows: `gemini`.
    pub name: String,
    /// What people read, when not what its kind is called.
    pub title: Option<String>,
    /// Whether it was set up in the file of `--backends`, rather than by variables.
    pub in_file: bool,
    /// What is asked of the model with every edit; empty: nothing. None: the usual.
    pub preamble: Option<String>,
    /// Millionths of a dollar a picture costs about, when the operator says.
    pub picture_price: Option<u64>,
}

impl About {
    /// One that is set up by variables.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: None,
            in_file: false,
            preamble: None,
            picture_price: None,
        }
    }

    /// What to call one of its settings, in words for the operator: the variable, or the key in the file.
    #[must_use]
    pub fn setting(&self, variable: &str, key: &str) -> String {
        if self.in_file {
            format!("{key} of “{}” in the backends file", self.name)
        } else {
            variable.to_owned()
        }
    }
}

/// What connects Gemini.
#[derive(Debug, Clone)]
pub struct GeminiSettings {
    /// What it is called.
    pub about: About,
    /// `GEMINI_API_KEY` or `GEMINI_API_KEY_FILE`.
    pub api_key: Secret,
    /// `GEMINI_BASE_URL`, with the version path.
    pub base_url: String,
    /// `GEMINI_MODEL`.
    pub model: String,
    /// `GEMINI_IMAGE_SIZE`: 512, 1K, 2K or 4K; none: what the model makes by itself.
    pub image_size: Option<String>,
    /// `GEMINI_STREAM`: whether answers come in events.
    pub stream: bool,
    /// How long one turn may take in all.
    pub deadline: Duration,
}

/// What connects OpenAI, or a server that speaks as it does.
#[derive(Debug, Clone)]
pub struct OpenAiSettings {
    /// What it is called.
    pub about: About,
    /// `OPENAI_API_KEY` or `OPENAI_API_KEY_FILE`; a server of one's own may need none.
    pub api_key: Option<Secret>,
    /// `OPENAI_BASE_URL`, with the version path.
    pub base_url: String,
    /// `OPENAI_MODEL`; may be empty where the server has only one.
    pub model: String,
    /// `OPENAI_DIALECT`.
    pub dialect: Dialect,
    /// `OPENAI_QUALITY`.
    pub quality: Option<String>,
    /// `OPENAI_SIZE`; none: fitting the picture.
    pub size: Option<String>,
    /// `OPENAI_PREVIEWS`: partial pictures while it draws, 0 to 3.
    pub previews: u8,
    /// `OPENAI_CANDIDATES`: pictures a turn, 1 to 10.
    pub candidates: u32,
    /// How long one turn may take in all; none: what suits the dialect.
    pub deadline: Option<Duration>,
}

/// What connects OpenRouter.
#[derive(Debug, Clone)]
pub struct OpenRouterSettings {
    /// What it is called.
    pub about: About,
    /// `OPENROUTER_API_KEY` or `OPENROUTER_API_KEY_FILE`.
    pub api_key: Secret,
    /// `OPENROUTER_BASE_URL`, with the version path.
    pub base_url: String,
    /// `OPENROUTER_MODEL`, as vendor/model.
    pub model: String,
    /// `OPENROUTER_INTERFACE`.
    pub interface: Interface,
    /// How long one turn may take in all.
    pub deadline: Duration,
}

/// What connects a ComfyUI server.
#[derive(Debug, Clone)]
pub struct ComfyUiSettings {
    /// What it is called.
    pub about: About,
    /// `COMFYUI_URL`.
    pub url: String,
    /// `COMFYUI_WORKFLOW`: files, or the names of workflows that come with the program; the first is the usual one.
    pub workflows: Vec<String>,
    /// How long one turn may take in all.
    pub deadline: Duration,
}

/// One model service.
#[derive(Debug, Clone)]
pub enum ServiceSettings {
    /// Gemini.
    Gemini(GeminiSettings),
    /// OpenAI, or another server that speaks as it does.
    OpenAi(OpenAiSettings),
    /// OpenRouter.
    OpenRouter(OpenRouterSettings),
    /// A ComfyUI server.
    ComfyUi(ComfyUiSettings),
}

impl ServiceSettings {
    /// What it is called.
    #[must_use]
    pub const fn about(&self) -> &About {
        match self {
            Self::Gemini(settings) => &settings.about,
            Self::OpenAi(settings) => &settings.about,
            Self::OpenRouter(settings) => &settings.about,
            Self::ComfyUi(settings) => &settings.about,
        }
    }
}

/// Which model services are connected, the default first.
#[derive(Debug, Clone, Default)]
pub struct BackendSettings(pub Vec<ServiceSettings>);

/// Flags and variables of the model services.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Model services")]
pub struct BackendArgs {
    /// A file that connects services by name, several of a kind if you like (docs/backends.md); what the variables below connect comes after them
    #[arg(long, env = "PLANTAIN_BACKENDS", value_name = "FILE")]
    pub backends: Option<PathBuf>,

    /// Key for Gemini: connects it and makes it the default [better given by the file or the environment]
    #[arg(long, env = "GEMINI_API_KEY", value_name = "KEY", hide_env_values = true)]
    pub gemini_api_key: Option<Secret>,

    /// A file that holds the Gemini key; nobody but its owner may read it
    #[arg(
        long,
        env = "GEMINI_API_KEY_FILE",
        value_name = "FILE",
        conflicts_with = "gemini_api_key"
    )]
    pub gemini_api_key_file: Option<PathBuf>,

    /// Where Gemini answers, with the version path
    #[arg(long, env = "GEMINI_BASE_URL", value_name = "URL", default_value = Gemini::DEFAULT_BASE_URL)]
    pub gemini_base_url: String,

    /// The model to ask
    #[arg(long, env = "GEMINI_MODEL", value_name = "NAME", default_value = Gemini::DEFAULT_MODEL)]
    pub gemini_model: String,

    /// Size of Gemini's pictures, for models that can be asked: 512, 1K, 2K or 4K
    #[arg(long, env = "GEMINI_IMAGE_SIZE", value_name = "SIZE", value_parser = ["512", "1K", "2K", "4K"])]
    pub gemini_image_size: Option<String>,

    /// Whether Gemini answers in events, which keeps proxies in between from giving up
    #[arg(
        long,
        env = "GEMINI_STREAM",
        value_name = "true|false",
        default_value_t = true,
        action = clap::ArgAction::Set
    )]
    pub gemini_stream: bool,

    /// Seconds a turn with Gemini may take
    #[arg(long, env = "GEMINI_TIMEOUT", value_name = "SECONDS", default_value_t = 300)]
    pub gemini_timeout: u64,

    /// Key for OpenAI: connects it [better given by the file or the environment]
    #[arg(long, env = "OPENAI_API_KEY", value_name = "KEY", hide_env_values = true)]
    pub openai_api_key: Option<Secret>,

    /// A file that holds the OpenAI key; nobody but its owner may read it
    #[arg(
        long,
        env = "OPENAI_API_KEY_FILE",
        value_name = "FILE",
        conflicts_with = "openai_api_key"
    )]
    pub openai_api_key_file: Option<PathBuf>,

    /// Where OpenAI answers, with the version path; or a server that speaks as it does, which is connected without a key
    #[arg(long, env = "OPENAI_BASE_URL", value_name = "URL")]
    pub openai_base_url: Option<String>,

    /// The model to ask; a server with only one needs no name
    #[arg(long, env = "OPENAI_MODEL", value_name = "NAME")]
    pub openai_model: Option<String>,

    /// Who answers at that address
    #[arg(
        long,
        env = "OPENAI_DIALECT",
        value_enum,
        value_name = "DIALECT",
        default_value = "openai"
    )]
    pub openai_dialect: Dialect,

    /// Quality to ask OpenAI for: low, medium, high, …; without it the service decides
    #[arg(long, env = "OPENAI_QUALITY", value_name = "WORD")]
    pub openai_quality: Option<String>,

    /// Size to ask for, as 1536x1024 or auto; without it one that fits the picture
    #[arg(long, env = "OPENAI_SIZE", value_name = "WxH")]
    pub openai_size: Option<String>,

    /// Pictures shown while OpenAI draws (each costs a little)
    #[arg(long, env = "OPENAI_PREVIEWS", value_name = "0-3", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub openai_previews: u8,

    /// Results of one turn
    #[arg(long, env = "OPENAI_CANDIDATES", value_name = "1-10", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10))]
    pub openai_candidates: u32,

    /// Seconds a turn may take [default: 600, or 1800 for a server of one's own]
    #[arg(long, env = "OPENAI_TIMEOUT", value_name = "SECONDS")]
    pub openai_timeout: Option<u64>,

    /// Key for OpenRouter: connects it [better given by the file or the environment]
    #[arg(long, env = "OPENROUTER_API_KEY", value_name = "KEY", hide_env_values = true)]
    pub openrouter_api_key: Option<Secret>,

    /// A file that holds the OpenRouter key; nobody but its owner may read it
    #[arg(
        long,
        env = "OPENROUTER_API_KEY_FILE",
        value_name = "FILE",
        conflicts_with = "openrouter_api_key"
    )]
    pub openrouter_api_key_file: Option<PathBuf>,

    /// Where OpenRouter answers, with the version path
    #[arg(long, env = "OPENROUTER_BASE_URL", value_name = "URL", default_value = OpenRouter::DEFAULT_BASE_URL)]
    pub openrouter_base_url: String,

    /// The model to ask, as vendor/model
    #[arg(long, env = "OPENROUTER_MODEL", value_name = "NAME", default_value = OpenRouter::DEFAULT_MODEL)]
    pub openrouter_model: String,

    /// Which of its interfaces: chat, for models that also write; images, one form for every picture model
    #[arg(
        long,
        env = "OPENROUTER_INTERFACE",
        value_enum,
        value_name = "WHICH",
        default_value = "chat"
    )]
    pub openrouter_interface: Interface,

    /// Seconds a turn with OpenRouter may take
    #[arg(long, env = "OPENROUTER_TIMEOUT", value_name = "SECONDS", default_value_t = 600)]
    pub openrouter_timeout: u64,

    /// Where a ComfyUI server answers, as http://127.0.0.1:8188: connects it
    #[arg(long, env = "COMFYUI_URL", value_name = "URL")]
    pub comfyui_url: Option<String>,

    /// Workflows to offer: files in API format, or names of those that come with the program, separated by commas
    #[arg(
        long,
        env = "COMFYUI_WORKFLOW",
        value_name = "FILES",
        value_delimiter = ',',
        default_value = ComfyUi::DEFAULT_WORKFLOW
    )]
    pub comfyui_workflow: Vec<String>,

    /// Seconds a turn with ComfyUI may take
    #[arg(long, env = "COMFYUI_TIMEOUT", value_name = "SECONDS", default_value_t = 1800)]
    pub comfyui_timeout: u64,
}

impl BackendArgs {
    /// Which services these connect.
    ///
    /// # Errors
    /// [`ConfigError`] about a key's file.
    pub fn settings(&self) -> Result<BackendSettings, ConfigError> {
        let mut services = match &self.backends {
            Some(path) => file::read(path)?,
            None => Vec::new(),
        };
        let by_variables = [
            self.gemini()?.map(ServiceSettings::Gemini),
            self.openai()?.map(ServiceSettings::OpenAi),
            self.openrouter()?.map(ServiceSettings::OpenRouter),
            self.comfyui().map(ServiceSettings::ComfyUi),
        ];
        for service in by_variables.into_iter().flatten() {
            // Who names one in the file as a variable would call it means that one.
            if services.iter().all(|known| known.about().name != service.about().name) {
                services.push(service);
            }
        }
        Ok(BackendSettings(services))
    }

    fn gemini(&self) -> Result<Option<GeminiSettings>, ConfigError> {
        let key = key(self.gemini_api_key.as_ref(), self.gemini_api_key_file.as_ref())?;
        Ok(key.map(|api_key| GeminiSettings {
            about: About::named("gemini"),
            api_key,
            base_url: self.gemini_base_url.clone(),
            model: self.gemini_model.clone(),
            image_size: self.gemini_image_size.clone(),
            stream: self.gemini_stream,
            deadline: Duration::from_secs(self.gemini_timeout),
        }))
    }

    fn openai(&self) -> Result<Option<OpenAiSettings>, ConfigError> {
        let api_key = key(self.openai_api_key.as_ref(), self.openai_api_key_file.as_ref())?;
        let base_url = self.openai_base_url.clone().filter(|url| !url.trim().is_empty());
        if api_key.is_none() && base_url.is_none() {
            return Ok(None);
        }
        let model = match self.openai_dialect {
            Dialect::OpenAi => OpenAi::DEFAULT_MODEL,
            _ => "",
        };
        Ok(Some(OpenAiSettings {
            about: About::named("openai"),
            api_key,
            base_url: base_url.unwrap_or_else(|| OpenAi::DEFAULT_BASE_URL.to_owned()),
            model: self.openai_model.clone().unwrap_or_else(|| model.to_owned()),
            dialect: self.openai_dialect,
            quality: self.openai_quality.clone(),
            size: self.openai_size.clone(),
            previews: self.openai_previews,
            candidates: self.openai_candidates,
            deadline: self.openai_timeout.map(Duration::from_secs),
        }))
    }

    fn openrouter(&self) -> Result<Option<OpenRouterSettings>, ConfigError> {
        let key = key(self.openrouter_api_key.as_ref(), self.openrouter_api_key_file.as_ref())?;
        Ok(key.map(|api_key| OpenRouterSettings {
            about: About::named("openrouter"),
            api_key,
            base_url: self.openrouter_base_url.clone(),
            model: self.openrouter_model.clone(),
            interface: self.openrouter_interface,
            deadline: Duration::from_secs(self.openrouter_timeout),
        }))
    }

    fn comfyui(&self) -> Option<ComfyUiSettings> {
        let url = self.comfyui_url.as_ref().filter(|url| !url.trim().is_empty())?;
        let workflows = self.comfyui_workflow.iter().map(|name| name.trim());
        Some(ComfyUiSettings {
            about: About::named("comfyui"),
            url: url.clone(),
            workflows: workflows.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            deadline: Duration::from_secs(self.comfyui_timeout),
        })
    }
}

/// A key, unless it is empty.
fn key(direct: Option<&Secret>, file: Option<&PathBuf>) -> Result<Option<Secret>, ConfigError> {
    Ok(secret(direct, file.map(PathBuf::as_path))?.filter(|key| !key.expose().is_empty()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        models: BackendArgs,
    }

    fn settings(args: &[&str]) -> BackendSettings {
        let program = Program::try_parse_from(std::iter::once(&"plantain").chain(args)).expect("valid arguments");
        program.models.settings().expect("good settings")
    }

    #[test]
    fn a_service_is_on_when_its_key_or_its_address_is_there() {
        let none = settings(&["--openai-api-key", "", "--comfyui-url", " "]);
        assert!(none.0.is_empty(), "{none:?}");
        let keys = settings(&[
            "--gemini-api-key",
            "a",
            "--openai-api-key",
            "b",
            "--openrouter-api-key",
            "c",
        ]);
        let names: Vec<&str> = keys.0.iter().map(|one| one.about().name.as_str()).collect();
        assert_eq!(names, ["gemini", "openai", "openrouter"], "the default first");
        let [ServiceSettings::Gemini(gemini), ServiceSettings::OpenAi(openai), _] = keys.0.as_slice() else {
            panic!("{keys:?}")
        };
        assert!(gemini.stream);
        assert_eq!(
            (openai.model.as_str(), openai.base_url.as_str()),
            (OpenAi::DEFAULT_MODEL, OpenAi::DEFAULT_BASE_URL)
        );
    }

    #[test]
    fn a_server_of_ones_own_needs_an_address_and_neither_key_nor_model() {
        let own = settings(&[
            "--openai-base-url",
            "http://127.0.0.1:1234/v1",
            "--openai-dialect",
            "sd-server",
        ]);
        let [ServiceSettings::OpenAi(own)] = own.0.as_slice() else {
            panic!("{own:?}")
        };
        assert_eq!(
            (own.api_key.is_none(), own.model.as_str(), own.dialect),
            (true, "", Dialect::SdServer)
        );
    }

    #[test]
    fn the_workflows_of_a_server_are_its_choices() {
        let comfyui = settings(&[
            "--comfyui-url",
            "http://127.0.0.1:8188",
            "--comfyui-workflow",
            "invert, my.json",
        ]);
        let [ServiceSettings::ComfyUi(comfyui)] = comfyui.0.as_slice() else {
            panic!("{comfyui:?}")
        };
        assert_eq!(comfyui.workflows, ["invert", "my.json"]);
    }

    #[test]
    fn numbers_out_of_range_are_refused_at_the_start() {
        for odd in [
            ["--openai-previews", "4"],
            ["--openai-candidates", "0"],
            ["--gemini-image-size", "3K"],
        ] {
            assert!(
                Program::try_parse_from(["plantain"].into_iter().chain(odd)).is_err(),
                "{odd:?}"
            );
        }
    }
}
