//! The backends of this house, one line each.
//!
//! Rule: a backend is on when its settings are there; the first configured model is the default, else the embedded
//! engine. Built by `app`, asked by `turns` and `web`.

use std::sync::Arc;

use plantain_engine::nets::FaceNets;

use super::{
    Backend, BackendError, BackendInfo,
    comfyui::ComfyUi,
    embedded::Embedded,
    gemini::Gemini,
    guarded::{Guarded, Rest},
    http::Outbound,
    openai::OpenAi,
    openrouter::OpenRouter,
};
use crate::{
    blobs::BlobStore,
    config::{BackendSettings, ServiceSettings},
    models::Models,
};

/// Every backend that is on. Cheap to clone.
#[derive(Clone)]
pub struct Registry(Arc<[Arc<dyn Backend>]>);

impl Registry {
    /// What the settings turn on: models first, the engine last.
    ///
    /// # Errors
    /// [`BackendError::Misconfigured`] when a setting can't be right.
    pub fn from_settings(
        settings: &BackendSettings,
        outbound: &Outbound,
        blobs: &BlobStore,
        models: &Models,
    ) -> Result<Self, BackendError> {
        let mut services: Vec<Arc<dyn Backend>> = Vec::new();
        let (out, disk) = (|| outbound.clone(), || blobs.clone());
        for service in &settings.0 {
            services.push(match service.clone() {
                ServiceSettings::Gemini(settings) => Arc::new(Gemini::new(settings, out(), disk())?),
                ServiceSettings::OpenAi(settings) => Arc::new(OpenAi::new(settings, out(), disk())?),
                ServiceSettings::OpenRouter(settings) => Arc::new(OpenRouter::new(settings, out(), disk())?),
                ServiceSettings::ComfyUi(settings) => Arc::new(ComfyUi::new(&settings, out(), disk())?),
            });
        }
        let guarded = |service| Arc::new(Guarded::new(service, Rest::default())) as Arc<dyn Backend>;
        let mut backends: Vec<Arc<dyn Backend>> = services.into_iter().map(guarded).collect();
        backends.push(Arc::new(Embedded::new(blobs.clone(), models.clone())));
        Ok(Self::of(backends))
    }

    /// These backends, the default first.
    #[must_use]
    pub fn of(backends: impl IntoIterator<Item = Arc<dyn Backend>>) -> Self {
        Self(backends.into_iter().collect())
    }

    /// The backend of this name; without a name the default.
    #[must_use]
    pub fn choose(&self, name: Option<&str>) -> Option<Arc<dyn Backend>> {
        match name {
            None => self.0.first().cloned(),
            Some(name) => self.0.iter().find(|backend| backend.info().name == name).cloned(),
        }
    }

    /// What each can do, the default first.
    #[must_use]
    pub fn infos(&self) -> Vec<&BackendInfo> {
        self.0.iter().map(|backend| backend.info()).collect()
    }

    /// Nets that tell faces apart, where some backend has them. May block while they are read the first time.
    #[must_use]
    pub fn faces(&self) -> Option<FaceNets> {
        self.0.iter().find_map(|backend| backend.faces())
    }

    /// How much longer this backend rests; none when it takes turns.
    #[must_use]
    pub fn resting(&self, name: &str) -> Option<std::time::Duration> {
        self.choose(Some(name))?.resting()
    }

    /// What people call a backend; its bare name when it is gone.
    #[must_use]
    pub fn title(&self, name: &str) -> String {
        self.choose(Some(name))
            .map_or_else(|| name.to_owned(), |backend| backend.info().title.clone())
    }
}
