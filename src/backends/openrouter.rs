//! OpenRouter: many vendors' picture models behind one key, as a chat or as one form.
//!
//! Rule: each turn sends the picture as it is now with the words, since not every vendor reads its own answers back;
//! where an answer came with the model's reasoning, that goes back to it unchanged; and what might have been billed is
//! never asked for twice. Listed in `registry` when there is a key.
//!
//! Read this file, then `request` (what is sent), `answer` (a 200, whole or in events) and `refusal` (the rest).

mod answer;
mod refusal;
mod request;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use self::{answer::Gathered, refusal::Refusal, request::Said};
use super::{
    Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Offers, Watch,
    http::{self, Answer, Body, Busy, Call, Events, HeaderMap, Opened, Outbound, StatusCode, Url},
    models,
    openai::answer::{self as images, Brought, Picture, Step},
    past::{Past, Within, past},
    prompt, sending,
    several::{several, wanted},
    shape,
    wire::{bad_answer, misconfigured, off_thread},
};
use crate::{
    blobs::{BlobStore, Outgoing, RawImage},
    config::{OpenRouterSettings, Secret},
    domain::{options::Count, picture::Blob},
};

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
    names: http::Names,
    /// What is asked with every edit.
    preamble: String,
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
        let about = settings.about;
        let names = http::Names::of(&about, "OPENROUTER");
        let model = settings.model.trim().to_owned();
        if model.is_empty() {
            return Err(misconfigured(format!("{} is empty", names.model)));
        }
        let base = http::base_url(&settings.base_url, &names.base_url)?;
        let mut headers = http::bearer(&settings.api_key, &names.key)?;
        // How the service lists who asked.
        headers.insert("x-title", http::HeaderValue::from_static("Plantain"));
        let info = BackendInfo {
            name: about.name,
            kind: "openrouter",
            title: about.title.unwrap_or_else(|| "OpenRouter".to_owned()),
            model: Some(model.clone()),
            references: request::REFERENCES,
            regions: true,
            markup: false,
            history: true,
            candidates: Count::MOST.into(),
            offers: Offers {
                ratios: shape::TEN_RATIOS.map(|(name, _)| name).to_vec(),
                from_words: true,
                touches_the_rest: true,
                prices: about.picture_price.map(|price| (None, price)).into_iter().collect(),
                ..Offers::default()
            },
            streaming: settings.interface == Interface::Images,
            free_to_repeat: false,
            at_once: 4,
            deadline: settings.deadline,
        };
        Ok(Self {
            info,
            names,
            preamble: about.preamble.unwrap_or_else(|| prompt::PREAMBLE.to_owned()),
            key: settings.api_key,
            model,
            interface: settings.interface,
            base,
            headers,
            outbound,
            blobs,
        })
    }

    /// The JSON text of the request, pictures inside: with the past that can be told, or as a fresh single turn.
    async fn write(
        &self,
        request: &EditRequest,
        past: Option<&Past<'_>>,
        watch: &Watch,
    ) -> Result<Bytes, BackendError> {
        let ratio = shape::ratio(request, &shape::TEN_RATIOS)?;
        let said = match past {
            Some(past) => self.conversation(request, past).await?,
            None => vec![Said::Person {
                words: prompt::text(request, &self.preamble),
                pictures: sending::pictures(&self.blobs, request, request::ALL_PICTURES).await?,
            }],
        };
        if let Some(Said::Person { words, .. }) = said.last() {
            watch.sends(words);
        }
        let (model, interface) = (self.model.clone(), self.interface);
        off_thread(move || match interface {
            Interface::Chat => request::chat(&model, &said, ratio),
            Interface::Images => request::images(&model, &said, ratio),
        })
        .await?
    }

    /// The past as a conversation, then this turn, which shows the picture once more.
    async fn conversation(&self, request: &EditRequest, past: &Past<'_>) -> Result<Vec<Said>, BackendError> {
        let mut said = Vec::with_capacity(2 * past.steps.len() + 1);
        for (place, step) in past.steps.iter().enumerate() {
            let (Some(instruction), Some(raw)) = (&step.instruction, &step.raw) else {
                return Err(bad_answer("a step of the past is not the model's own"));
            };
            let (count, words) = (step.references.len(), instruction.as_str());
            let (words, first) = match place {
                0 if past.first.canvas => (prompt::from_words(count, words), None),
                0 => (
                    prompt::opening(&request.history[..=past.before.len()], count, words, &self.preamble),
                    Some(&past.first.blob),
                ),
                _ => (prompt::going_on(count, words, &self.preamble), None),
            };
            let pictures = self
                .fitted(first.into_iter().chain(&step.references), past.room)
                .await?;
            said.push(Said::Person { words, pictures });
            said.push(Said::Model(self.blobs.read_private(raw.file).await?));
        }
        let pictures = std::iter::once(&request.base).chain(&request.references);
        said.push(Said::Person {
            words: prompt::going_on(request.references.len(), request.instruction.as_str(), &self.preamble)
                + &prompt::place(request),
            pictures: self.fitted(pictures, past.room).await?,
        });
        Ok(said)
    }

    async fn fitted<'a>(
        &self,
        blobs: impl Iterator<Item = &'a Blob>,
        room: usize,
    ) -> Result<Vec<Outgoing>, BackendError> {
        let mut pictures = Vec::new();
        for blob in blobs {
            pictures.push(self.blobs.fit_for_sending(blob, 2048, room).await?);
        }
        Ok(pictures)
    }

    /// The past of a picture that the chat's model made itself.
    fn past<'a>(&self, request: &'a EditRequest) -> Option<Past<'a>> {
        let within = Within {
            family: answer::family(&self.model),
            pictures: request::MOST_PICTURES,
            encoded: request::ALL_PICTURES / 3 * 4,
            repeats_base: true,
        };
        past(request, &within).filter(|_| self.interface == Interface::Chat)
    }

    /// One result.
    async fn one(&self, request: &EditRequest, until: Instant, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let mut past = self.past(request);
        loop {
            watch.progress(None, Some("Preparing the picture"));
            let body = match http::or_cancelled(watch, self.write(request, past.as_ref(), watch)).await {
                // Its file may have been lost with an old backup; the picture itself is there.
                Err(BackendError::Own(error)) if past.take().is_some() => {
                    tracing::warn!(%error, "a past can't be told; beginning anew");
                    continue;
                }
                written => written?,
            };
            watch.progress(None, Some("Waiting for OpenRouter"));
            match self.send(body, until, watch).await? {
                Ok(outcome) => return Ok(outcome),
                // It did not begin, so beginning anew is not paid for twice.
                Err(refusal) if refusal.is_about_the_request() && past.take().is_some() => {
                    tracing::info!("the model does not take its own past; beginning anew");
                }
                Err(refusal) => return Err(refusal.classify(&self.key, &self.model, &self.names)),
            }
        }
    }

    /// Sends one request: what came of it, or a refusal that the caller looks at.
    async fn send(
        &self,
        body: Bytes,
        until: Instant,
        watch: &Watch,
    ) -> Result<Result<EditOutcome, Refusal>, BackendError> {
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
        if let Opened::Whole(answer) = &opened {
            let refusal = Refusal::of(answer);
            if answer.status != StatusCode::OK || refusal.is_known() {
                return Ok(Err(refusal));
            }
        }
        http::or_cancelled(watch, async {
            match self.interface {
                Interface::Chat => self.chat(opened, watch).await,
                Interface::Images => self.images(opened, watch).await,
            }
        })
        .await
        .map(Ok)
    }

    /// A chat's answer, whole or in events.
    async fn chat(&self, opened: Opened, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let mut gathered = Gathered::default();
        match opened {
            Opened::Whole(answer) => gathered = off_thread(move || gathered.take(&answer.body)).await??,
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
            return Err(Refusal::in_stream(error).classify(&self.key, &self.model, &self.names));
        }
        let (key, model) = (self.key.clone(), self.model.clone());
        let usage = gathered.usage();
        let outcome = off_thread(move || gathered.outcome(&key, &model)).await?;
        outcome.inspect_err(|_| watch.paid_for_nothing(usage))
    }

    /// The answer of the images interface, whole or in events: OpenAI's, but for the cost.
    async fn images(&self, opened: Opened, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let (brought, usage) = match opened {
            Opened::Whole(answer) => {
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
                Step::Failed(error) => {
                    return Err(Refusal::in_stream(&error).classify(&self.key, &self.model, &self.names));
                }
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
            return Err(refusal.classify(&self.key, &self.model, &self.names));
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
        sending::check_references(request, &self.info.title, self.info.references)?;
        several(wanted(request), watch, || self.one(request, until, watch)).await
    }

    async fn check(&self, watch: &Watch) -> Result<String, BackendError> {
        // The list of models is open to everybody, so the key is looked at by itself.
        self.ask(http::below(&self.base, &["key"]), watch).await?;
        let mut url = http::below(&self.base, &["models"]);
        url.query_pairs_mut().append_pair("output_modalities", "image");
        let list = self.ask(url, watch).await?;
        models::check(&list.body, &self.model, &self.names.model)
    }
}

/// The answers after which the same request may be sent again. Not 500, 502 and 524: the vendor may have drawn.
fn busy(answer: &Answer) -> Option<Busy> {
    matches!(answer.status.as_u16(), 429 | 503 | 529).then(|| Busy {
        wait: Refusal::of(answer).wait(),
    })
}
