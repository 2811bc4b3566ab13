//! The images interface of OpenAI, and of the servers that speak it after their fashion.
//!
//! Rule: nothing is kept between turns (the newest picture is sent again), only a finished picture is a result, and
//! what might have been billed is never asked for twice. Listed in `registry` when there is a key or an address.
//!
//! Read this file, then `dialect` (who takes what), `request` (what is sent), `answer` (a 200) and `refusal` (the rest).

pub(super) mod answer;
pub mod dialect;
mod refusal;
mod request;

use async_trait::async_trait;
use tokio::time::Instant;

use self::{
    answer::{Brought, Picture, Step},
    dialect::{Dialect, Form, Manners},
    refusal::Refusal,
    request::{Fields, Over},
};
use super::{
    Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Pointed, Watch,
    http::{self, Answer, Body, Busy, Call, Events, HeaderMap, Opened, Outbound, StatusCode, Url},
    models, prices, sending,
    wire::{bad_answer, misconfigured, off_thread},
};
use crate::{
    blobs::{BlobStore, RawImage},
    config::OpenAiSettings,
    domain::options::Count,
};

/// Pictures taken of one answer; each may be fetched from an address.
const MOST_PICTURES: usize = 16;

/// Speaks to one images endpoint.
pub struct OpenAi {
    info: BackendInfo,
    names: http::Names,
    settings: OpenAiSettings,
    manners: Manners,
    base: Url,
    headers: HeaderMap,
    outbound: Outbound,
    blobs: BlobStore,
}

impl OpenAi {
    /// The model to ask for when the settings name none, of OpenAI itself.
    pub const DEFAULT_MODEL: &str = "gpt-image-2.5-sunburst";
    /// Where to ask when the settings name no address.
    pub const DEFAULT_BASE_URL: &str = "https://api.openai.com/v1";

    /// Reads the settings; nothing is sent yet.
    ///
    /// # Errors
    /// [`BackendError::Misconfigured`] when the address, the key or the model's name can't be right.
    pub fn new(settings: OpenAiSettings, outbound: Outbound, blobs: BlobStore) -> Result<Self, BackendError> {
        let manners = settings.dialect.manners();
        let names = http::Names::of(&settings.about, "OPENAI");
        let model = settings.model.trim();
        if manners.needs_model && model.is_empty() {
            return Err(misconfigured(format!("{} is empty", names.model)));
        }
        let base = http::base_url(&settings.base_url, &names.base_url)?;
        let headers = match &settings.api_key {
            Some(key) => http::bearer(key, &names.key)?,
            None if manners.needs_key => return Err(misconfigured(format!("{} is empty", names.key))),
            None => HeaderMap::new(),
        };
        let info = BackendInfo {
            name: settings.about.name.clone(),
            kind: "openai",
            title: settings.about.title.clone().unwrap_or_else(|| manners.title.to_owned()),
            model: Some(model.to_owned()).filter(|model| !model.is_empty()),
            references: manners.references,
            regions: manners.masks || manners.sentences,
            markup: request::takes_markup(model, &manners),
            history: false,
            candidates: settings.candidates.max(Count::MOST.into()),
            offers: request::offers(&settings, &manners),
            streaming: manners.streams,
            // Who asks for a key may send a bill.
            free_to_repeat: settings.dialect != Dialect::OpenAi && settings.api_key.is_none(),
            at_once: manners.at_once,
            deadline: settings.deadline.unwrap_or(manners.deadline),
        };
        Ok(Self {
            info,
            names,
            settings,
            manners,
            base,
            headers,
            outbound,
            blobs,
        })
    }

    /// Where the request goes, its body, pictures inside, and whether it asks for events.
    async fn write(&self, request: &EditRequest, watch: &Watch) -> Result<(Url, Body, bool), BackendError> {
        sending::check_references(request, &self.info.title, self.info.references)?;
        let fields = Fields::of(request, &self.settings, self.manners)?;
        watch.sends(&fields.prompt);
        let streams = fields.previews.is_some();
        let pictures = sending::pictures(&self.blobs, request, self.manners.all_pictures).await?;
        let mask = match (&request.region, pictures.first()) {
            (Some(area), Some(base)) if self.manners.masks && !request.canvas => {
                Some(self.blobs.mask_for_sending(&area.mask, base.dimensions).await?)
            }
            _ => None,
        };
        let markup = match (request.pointed, pictures.first()) {
            (Pointed::AsMarkup, Some(base)) if mask.is_none() => {
                let pins = &request.options.pins;
                Some(self.blobs.points_for_sending(pins, base.dimensions).await?)
            }
            _ => None,
        };
        let over = mask.map(Over::Mask).or(markup.map(Over::Markup));
        let endpoint = match self.manners.form {
            Form::Edits if !pictures.is_empty() => "edits",
            _ => "generations",
        };
        let body = off_thread(move || fields.write(&pictures, over.as_ref())).await?;
        Ok((http::below(&self.base, &["images", endpoint]), body, streams))
    }

    /// Reads events until the result comes.
    async fn follow(&self, mut events: Events, watch: &Watch) -> Result<Brought, BackendError> {
        while let Some(event) = events.next(watch).await? {
            let step = off_thread(move || answer::read_event(&event.name, &event.data)).await??;
            match step {
                Step::Preview(picture) => {
                    watch.progress(None, Some("Drawing"));
                    watch.preview(RawImage::from(picture));
                }
                Step::Done(brought) => return Ok(brought),
                Step::Failed(error) => return Err(self.refused(&Refusal::in_stream(&error))),
                Step::Other => {}
            }
        }
        Err(bad_answer("its events ended without a picture"))
    }

    async fn read(&self, answer: Answer) -> Result<Brought, BackendError> {
        let refusal = Refusal::of(&answer);
        if answer.status != StatusCode::OK || refusal.is_known() {
            return Err(self.refused(&refusal));
        }
        off_thread(move || answer::read(&answer.body)).await?
    }

    fn refused(&self, refusal: &Refusal) -> BackendError {
        refusal.classify(self.settings.api_key.as_ref(), &self.settings.model, &self.names)
    }

    async fn outcome(&self, brought: Brought, until: Instant, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let mut pictures = Vec::with_capacity(brought.pictures.len());
        for picture in brought.pictures.into_iter().take(MOST_PICTURES) {
            let bytes = match picture {
                Picture::Bytes(bytes) => bytes,
                Picture::Address(address) => self.fetch(&address, until, watch).await?,
            };
            pictures.push(RawImage::from(bytes));
        }
        let usage = brought.usage.map(|tokens| {
            let text = tokens.input.saturating_sub(tokens.input_images);
            let cost = prices::openai(&self.settings.model).filter(|_| self.settings.dialect == Dialect::OpenAi);
            tokens.usage(cost.map(|prices| prices.of(text, tokens.input_images, 0, tokens.output)))
        });
        Ok(EditOutcome {
            pictures,
            usage,
            ..EditOutcome::default()
        })
    }

    /// Fetches a picture from the configured server, and from no other.
    async fn fetch(&self, address: &str, until: Instant, watch: &Watch) -> Result<bytes::Bytes, BackendError> {
        let url = self
            .base
            .join(address)
            .ok()
            .filter(|url| url.origin() == self.base.origin());
        let Some(url) = url.filter(|_| self.manners.addresses) else {
            return Err(bad_answer(
                "it holds the address of a picture elsewhere, which is not fetched",
            ));
        };
        let call = Call {
            url,
            headers: self.headers.clone(),
            body: None,
            until,
        };
        let answer = self.outbound.send(&call, watch, |_| None).await?;
        if answer.status == StatusCode::OK {
            Ok(answer.body)
        } else {
            Err(bad_answer(format!(
                "its picture's address answers {}",
                answer.status.as_u16()
            )))
        }
    }
}

#[async_trait]
impl Backend for OpenAi {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let until = Instant::now() + self.info.deadline;
        watch.progress(None, Some("Preparing the picture"));
        let (url, body, streams) = http::or_cancelled(watch, self.write(request, watch)).await?;
        watch.progress(None, Some(&format!("Waiting for {}", self.info.title)));
        let call = Call {
            url,
            headers: self.headers.clone(),
            body: Some(body),
            until,
        };
        let opened = if streams {
            self.outbound.open(&call, watch, busy).await?
        } else {
            Opened::Whole(self.outbound.send(&call, watch, busy).await?)
        };
        drop(call);
        let brought = match opened {
            Opened::Events(events) => self.follow(*events, watch).await?,
            Opened::Whole(answer) => http::or_cancelled(watch, self.read(answer)).await?,
        };
        watch.progress(None, Some("Reading the answer"));
        self.outcome(brought, until, watch).await
    }

    async fn check(&self, watch: &Watch) -> Result<String, BackendError> {
        let call = Call {
            url: http::below(&self.base, &["models"]),
            headers: self.headers.clone(),
            body: None,
            until: Instant::now() + super::CHECKING,
        };
        let answer = self.outbound.send(&call, watch, |_| None).await?;
        let refusal = Refusal::of(&answer);
        let model = self.settings.model.trim();
        match answer.status {
            StatusCode::OK if !refusal.is_known() => models::check(&answer.body, model, &self.names.model),
            // Some servers of one's own list nothing, but they are there.
            StatusCode::NOT_FOUND if !self.manners.needs_key => Ok("somebody is there and lists no models".to_owned()),
            _ => Err(self.refused(&refusal)),
        }
    }
}

/// The answers after which the same request may be sent again.
fn busy(answer: &Answer) -> Option<Busy> {
    (!answer.status.is_success())
        .then(|| Refusal::of(answer).busy())
        .flatten()
}
