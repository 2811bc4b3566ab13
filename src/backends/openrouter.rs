//! OpenRouter: many vendors' picture models behind one key, as a chat or as one form.
//!
//! Rule: each turn sends the picture as it is now with the words, since not every vendor reads its own answers back;
//! and what might have been billed is never asked for twice. Listed in `registry` when there is a key.
//!
//! Read this file, then `request` (what is sent), `answer` (a 200, whole or in events) and `refusal` (the rest).

mod answer;
mod refusal;
mod request;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use self::{answer::Gathered, refusal::Refusal};
use super::{
    Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Watch,
    http::{self, Answer, Body, Busy, Call, Events, HeaderMap, Opened, Outbound, StatusCode, Url},
    models,
    openai::answer::{self as images, Brought, Picture, Step},
    prompt, sending,
    wire::{bad_answer, misconfigured, off_thread},
};
use crate::{
    blobs::{BlobStore, RawImage},
    config::{OpenRouterSettings, Secret},
};

/// What the settings are called, in messages to the operator.
const KEY: &str = "OPENROUTER_API_KEY";
const BASE_URL: &str = "OPENROUTER_BASE_URL";
const MODEL: &str = "OPENROUTER_MODEL";

/// Which of its interfaces is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Interface {
    /// `chat/completions`, with words and pictures in the answer.
    Chat,
    /// `images`, one form for every vendor.
    Images,
}

/// Speaks to one model at OpenRouter.
pub struct OpenRouter {
    info: BackendInfo,
    key: Secret,
    model: String,
    interface: Interface,
    base: Url,
    headers: HeaderMap,
    outbound: Outbound,
    blobs: BlobStore,
}

impl OpenRouter {
    /// The model to ask for when the settings name none.
    pub const DEFAULT_MODEL: &str = "google/gemini-3.1-flash-image";
    /// Where to ask when the settings name no address.
    pub const DEFAULT_BASE_URL: &str = "https://openrouter.ai/api/v1";

    /// Reads the settings; nothing is sent yet.
    ///
    /// # Errors
    /// [`BackendError::Misconfigured`] when the address, the key or the model's name can't be right.
    pub fn new(settings: OpenRouterSettings, outbound: Outbound, blobs: BlobStore) -> Result<Self, BackendError> {
        let model = settings.model.trim().to_owned();
        if model.is_empty() {
            return Err(misconfigured(format!("{MODEL} is empty")));
        }
        let base = http::base_url(&settings.base_url, BASE_URL)?;
        let mut headers = http::bearer(&settings.api_key, KEY)?;
        // How the service lists who asked.
        headers.insert("x-title", http::HeaderValue::from_static("Plantain"));
        let info = BackendInfo {
            name: "openrouter".to_owned(),
            kind: "openrouter",
            title: "OpenRouter".to_owned(),
            model: Some(model.clone()),
            references: request::REFERENCES,
            regions: true,
            history: true,
            candidates: 1,
            streaming: settings.interface == Interface::Images,
            free_to_repeat: false,
            at_once: 4,
            deadline: settings.deadline,
        };
        Ok(Self {
            info,
            key: settings.api_key,
            model,
            interface: settings.interface,
            base,
            headers,
            outbound,
            blobs,
        })
    }

    /// The JSON text of the request, pictures inside.
    async fn write(&self, request: &EditRequest) -> Result<Bytes, BackendError> {
        sending::check_references(request, &self.info.title, self.info.references)?;
        let words = prompt::text(request);
        let ratio = request::aspect_ratio(request);
        let pictures = sending::pictures(&self.blobs, request, request::ALL_PICTURES).await?;
        let (model, interface) = (self.model.clone(), self.interface);
        off_thread(move || match interface {
            Interface::Chat => request::chat(&model, &words, ratio, &pictures),
            Interface::Images => request::images(&model, &words, ratio, &pictures),
        })
        .await?
    }

    /// A chat's answer, whole or in events.
    async fn chat(&self, opened: Opened, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let mut gathered = Gathered::default();
        match opened {
            Opened::Whole(answer) => {
                let answer = self.granted(answer)?;
                gathered = off_thread(move || gathered.take(&answer.body)).await??;
            }
            Opened::Events(mut events) => {
                while let Some(event) = events.next(watch).await? {
                    if event.data == b"[DONE]" {
                        break;
                    }
                    gathered = off_thread(move || gathered.take(&event.data)).await??;
                    watch.progress(None, gathered.step());
                }
            }
        }
        if let Some(error) = gathered.error() {
            return Err(Refusal::in_stream(error).classify(&self.key, &self.model));
        }
        gathered.outcome(&self.key)
    }

    /// The answer of the images interface, whole or in events: OpenAI's, but for the cost.
    async fn images(&self, opened: Opened, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let (brought, usage) = match opened {
            Opened::Whole(answer) => {
                let answer = self.granted(answer)?;
                off_thread(move || {
                    let brought = images::read(&answer.body)?;
                    Ok::<_, BackendError>((brought, answer::usage(&answer.body)))
                })
                .await??
            }
            Opened::Events(events) => self.follow(*events, watch).await?,
        };
        let pictures = brought.pictures.into_iter().map(|picture| match picture {
            Picture::Bytes(bytes) => Ok(RawImage::from(bytes)),
            Picture::Address(_) => Err(bad_answer("it holds the address of a picture, which is not fetched")),
        });
        Ok(EditOutcome {
            pictures: pictures.collect::<Result<_, _>>()?,
            usage,
            ..EditOutcome::default()
        })
    }

    async fn follow(
        &self,
        mut events: Events,
        watch: &Watch,
    ) -> Result<(Brought, Option<crate::domain::turn::Usage>), BackendError> {
        while let Some(event) = events.next(watch).await? {
            let (step, usage) = off_thread(move || {
                let step = images::read_event(&event.name, &event.data)?;
                Ok::<_, BackendError>((step, answer::usage(&event.data)))
            })
            .await??;
            match step {
                Step::Preview(picture) => watch.preview(RawImage::from(picture)),
                Step::Done(brought) => return Ok((brought, usage)),
                Step::Failed(error) => return Err(Refusal::in_stream(&error).classify(&self.key, &self.model)),
                Step::Other => {}
            }
        }
        Err(bad_answer("its events ended without a picture"))
    }

    async fn ask(&self, url: Url, watch: &Watch) -> Result<Answer, BackendError> {
        let call = Call {
            url,
            headers: self.headers.clone(),
            body: None,
            until: Instant::now() + super::CHECKING,
        };
        self.granted(self.outbound.send(&call, watch, |_| None).await?)
    }

    /// The answer, unless it is a refusal, which may come with a 200.
    fn granted(&self, answer: Answer) -> Result<Answer, BackendError> {
        let refusal = Refusal::of(&answer);
        if answer.status != StatusCode::OK || refusal.is_known() {
            return Err(refusal.classify(&self.key, &self.model));
        }
        Ok(answer)
    }
}

#[async_trait]
impl Backend for OpenRouter {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let until = Instant::now() + self.info.deadline;
        watch.progress(None, Some("Preparing the picture"));
        let body = http::or_cancelled(watch, self.write(request)).await?;
        watch.progress(None, Some("Waiting for OpenRouter"));
        let call = Call {
            url: match self.interface {
                Interface::Chat => http::below(&self.base, &["chat", "completions"]),
                Interface::Images => http::below(&self.base, &["images"]),
            },
            headers: self.headers.clone(),
            body: Some(Body::json(body)),
            until,
        };
        let opened = self.outbound.open(&call, watch, busy).await?;
        drop(call);
        http::or_cancelled(watch, async {
            match self.interface {
                Interface::Chat => self.chat(opened, watch).await,
                Interface::Images => self.images(opened, watch).await,
            }
        })
        .await
    }

    async fn check(&self, watch: &Watch) -> Result<String, BackendError> {
        // The list of models is open to everybody, so the key is looked at by itself.
        self.ask(http::below(&self.base, &["key"]), watch).await?;
        let mut url = http::below(&self.base, &["models"]);
        url.query_pairs_mut().append_pair("output_modalities", "image");
        let list = self.ask(url, watch).await?;
        models::check(&list.body, &self.model, MODEL)
    }
}

/// The answers after which the same request may be sent again. Not 500, 502 and 524: the vendor may have drawn.
fn busy(answer: &Answer) -> Option<Busy> {
    matches!(answer.status.as_u16(), 429 | 503 | 529).then(|| Busy {
        wait: Refusal::of(answer).wait(),
    })
}
