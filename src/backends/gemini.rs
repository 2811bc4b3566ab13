//! Gemini's `generateContent`: a conversation about one picture, or a fresh one where its past can't be told.
//!
//! Rule: nothing in an answer is trusted (a 200 need not hold a picture, a picture need not be one: `blobs` decides),
//! and what might have been billed is never asked for twice. Listed in `registry` when there is a key.
//!
//! Read this file, then `past` (what of the past is told), `request` (what is sent), `answer` (a 200) and `refusal`
//! (everything else).

mod answer;
mod refusal;
mod request;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use self::{
    answer::Gathered,
    refusal::Refusal,
    request::{Content, Wishes},
};
use super::{
    Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Watch,
    http::{self, Answer, Body, Busy, Call, Events, Opened, Outbound, StatusCode, Url},
    past::{Past, Within, past},
    prompt, sending,
    several::{several, wanted},
    wire::{bad_answer, misconfigured, off_thread},
};
use crate::{
    blobs::{BlobStore, Outgoing},
    config::{GeminiSettings, Secret},
    domain::{options::Count, picture::Blob},
};

/// Speaks to one model of the Gemini API.
pub struct Gemini {
    info: BackendInfo,
    names: http::Names,
    /// What is asked with every edit.
    preamble: String,
    key: Secret,
    model: String,
    /// What size to ask for, if a setting says so.
    image_size: Option<String>,
    /// Whether answers come in events, which keeps the line alive.
    streams: bool,
    base: Url,
    headers: http::HeaderMap,
    outbound: Outbound,
    blobs: BlobStore,
}

impl Gemini {
    /// The model to ask for when the settings name none.
    pub const DEFAULT_MODEL: &str = "gemini-nano-banana-2.1";
    /// Where to ask when the settings name no address. (`/v1` has refused fields that this needs.)
    pub const DEFAULT_BASE_URL: &str = "https://generativelanguage.googleapis.com/v1beta";

    /// Reads the settings; nothing is sent yet.
    ///
    /// # Errors
    /// [`BackendError::Misconfigured`] when the address, the key or the model's name can't be right.
    pub fn new(settings: GeminiSettings, outbound: Outbound, blobs: BlobStore) -> Result<Self, BackendError> {
        let about = settings.about;
        let names = http::Names::of(&about, "GEMINI");
        let model = settings.model.trim().trim_start_matches("models/").to_owned();
        if model.is_empty() {
            return Err(misconfigured(format!("{} is empty", names.model)));
        }
        let base = http::base_url(&settings.base_url, &names.base_url)?;
        let headers = http::secret_header("x-goog-api-key", &settings.api_key, &names.key)?;
        let image_size = settings.image_size.filter(|_| !model.starts_with("gemini-2.5"));
        let info = BackendInfo {
            name: about.name,
            kind: "gemini",
            title: about.title.unwrap_or_else(|| "Gemini".to_owned()),
            model: Some(model.clone()),
            references: request::references_of(&model),
            regions: true,
            markup: false,
            history: true,
            candidates: Count::MOST.into(),
            offers: request::offers(&model, image_size.as_deref(), about.picture_price),
            streaming: false,
            free_to_repeat: false,
            at_once: 4,
            deadline: settings.deadline,
        };
        Ok(Self {
            info,
            names,
            preamble: about.preamble.unwrap_or_else(|| prompt::PREAMBLE.to_owned()),
            key: settings.api_key,
            image_size,
            streams: settings.stream,
            model,
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
        let contents = match past {
            Some(past) => self.conversation(request, past).await?,
            None => vec![Content::User {
                text: prompt::text(request, &self.preamble),
                pictures: sending::pictures(&self.blobs, request, request::ALL_PICTURES).await?,
            }],
        };
        if let Some(Content::User { text, .. }) = contents.last() {
            watch.sends(text);
        }
        let wishes = Wishes {
            ratio: request::aspect_ratio(&self.model, request)?,
            size: request::image_size(request, self.image_size.as_deref()),
        };
        off_thread(move || request::write(&contents, &wishes)).await
    }

    /// The past as a conversation, each of the person's turns followed by the model's own answer, then this turn.
    async fn conversation(&self, request: &EditRequest, past: &Past<'_>) -> Result<Vec<Content>, BackendError> {
        let mut contents = Vec::with_capacity(2 * past.steps.len() + 1);
        let mut pictures = Vec::new();
        if !past.first.canvas {
            pictures.push(self.blobs.fit_for_sending(&past.first.blob, 3072, past.room).await?);
        }
        for (place, step) in past.steps.iter().enumerate() {
            let (Some(instruction), Some(raw)) = (&step.instruction, &step.raw) else {
                return Err(bad_answer("a step of the past is not the model's own"));
            };
            self.add(&mut pictures, &step.references, past.room).await?;
            let (count, words) = (step.references.len(), instruction.as_str());
            let text = match place {
                0 if past.first.canvas => prompt::from_words(count, words),
                0 => prompt::opening(&request.history[..=past.before.len()], count, words, &self.preamble),
                _ => prompt::going_on(count, words, &self.preamble),
            };
            contents.push(Content::User {
                text,
                pictures: std::mem::take(&mut pictures),
            });
            contents.push(Content::Model {
                raw: self.blobs.read_private(raw.file).await?,
            });
        }
        self.add(&mut pictures, &request.references, past.room).await?;
        contents.push(Content::User {
            text: prompt::going_on(request.references.len(), request.instruction.as_str(), &self.preamble)
                + &prompt::place(request),
            pictures,
        });
        Ok(contents)
    }

    async fn add(&self, pictures: &mut Vec<Outgoing>, blobs: &[Blob], room: usize) -> Result<(), BackendError> {
        for blob in blobs {
            pictures.push(self.blobs.fit_for_sending(blob, 2048, room).await?);
        }
        Ok(())
    }

    /// One result.
    async fn one(&self, request: &EditRequest, until: Instant, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let mut past = past(request, &self.within());
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
            watch.progress(None, Some(&format!("Waiting for {}", self.info.title)));
            match self.ask(body, until, watch).await? {
                Ok(outcome) => return Ok(outcome),
                // It did not begin, so beginning anew is not paid for twice.
                Err(refusal) if refusal.is_about_signatures() && past.take().is_some() => {
                    tracing::info!("the model does not know its own past; beginning anew");
                }
                Err(refusal) => return Err(refusal.classify(&self.key, &self.model, &self.names)),
            }
        }
    }

    /// Sends one request: what came of it, or a refusal that the caller looks at.
    async fn ask(
        &self,
        body: Bytes,
        until: Instant,
        watch: &Watch,
    ) -> Result<Result<EditOutcome, Refusal>, BackendError> {
        let call = Call {
            url: self.url(),
            headers: self.headers.clone(),
            body: Some(Body::json(body)),
            until,
        };
        let opened = if self.streams {
            self.outbound.open(&call, watch, busy).await?
        } else {
            Opened::Whole(self.outbound.send(&call, watch, busy).await?)
        };
        drop(call);
        let gathered = match opened {
            Opened::Whole(answer) => self.take(Gathered::default(), answer).await?,
            Opened::Events(events) => self.follow(*events, watch).await?,
        };
        let gathered = match gathered {
            Ok(gathered) => gathered,
            Err(refusal) => return Ok(Err(refusal)),
        };
        watch.progress(None, Some("Reading the answer"));
        let (key, model) = (self.key.clone(), self.model.clone());
        let usage = gathered.usage(&model);
        let outcome = off_thread(move || gathered.outcome(&key, &model)).await?;
        outcome.inspect_err(|_| watch.paid_for_nothing(usage)).map(Ok)
    }

    /// Takes in events until the last.
    async fn follow(&self, mut events: Events, watch: &Watch) -> Result<Result<Gathered, Refusal>, BackendError> {
        let mut gathered = Gathered::default();
        while let Some(event) = events.next(watch).await? {
            let answer = Answer {
                status: StatusCode::OK,
                headers: http::HeaderMap::new(),
                body: event.data.into(),
            };
            gathered = match self.take(gathered, answer).await? {
                Ok(gathered) => gathered,
                Err(refusal) => return Ok(Err(refusal)),
            };
        }
        Ok(Ok(gathered))
    }

    /// Takes in an answer or an event, unless it is a refusal. (Some proxies answer 200 with the error inside.)
    async fn take(&self, gathered: Gathered, answer: Answer) -> Result<Result<Gathered, Refusal>, BackendError> {
        let refusal = Refusal::of(&answer);
        if answer.status != StatusCode::OK || refusal.is_from_gemini() {
            return Ok(Err(refusal));
        }
        off_thread(move || gathered.take(&answer.body)).await?.map(Ok)
    }

    fn within(&self) -> Within {
        Within {
            family: answer::family(&self.model),
            pictures: request::most_pictures(&self.model),
            encoded: request::ALL_ENCODED,
            repeats_base: false,
        }
    }

    fn url(&self) -> Url {
        if !self.streams {
            return http::below(&self.base, &["models", &format!("{}:generateContent", self.model)]);
        }
        let mut url = http::below(
            &self.base,
            &["models", &format!("{}:streamGenerateContent", self.model)],
        );
        url.set_query(Some("alt=sse"));
        url
    }
}

#[async_trait]
impl Backend for Gemini {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let until = Instant::now() + self.info.deadline;
        sending::check_references(request, &self.info.title, self.info.references)?;
        several(wanted(request), watch, || self.one(request, until, watch)).await
    }

    async fn check(&self, watch: &Watch) -> Result<String, BackendError> {
        let call = Call {
            url: http::below(&self.base, &["models", &self.model]),
            headers: self.headers.clone(),
            body: None,
            until: Instant::now() + super::CHECKING,
        };
        let answer = self.outbound.send(&call, watch, |_| None).await?;
        let refusal = Refusal::of(&answer);
        if answer.status == StatusCode::OK && !refusal.is_from_gemini() {
            Ok(format!("the key is good and the model “{}” is there", self.model))
        } else {
            Err(refusal.classify(&self.key, &self.model, &self.names))
        }
    }
}

/// The answers after which the same request may be sent again. Not 500 and 504: the picture may have been made, and
/// billed, before they came.
fn busy(answer: &Answer) -> Option<Busy> {
    match answer.status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Refusal::of(answer).busy(),
        _ => None,
    }
}
