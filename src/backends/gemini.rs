//! Gemini's `generateContent`, in its single-turn form: the picture, the references and the words of one instruction.
//!
//! Rule: nothing in an answer is trusted (a 200 need not hold a picture, a picture need not be one: `blobs` decides),
//! and what might have been billed is never asked for twice. Listed in `registry` when there is a key.
//!
//! Read this file, then `request` (what is sent), `answer` (a 200) and `refusal` (everything else).

mod answer;
mod refusal;
mod request;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use self::refusal::Refusal;
use super::{
    Backend, BackendError, BackendInfo, EditOutcome, EditRequest, Watch,
    http::{self, Answer, Body, Busy, Call, Outbound, StatusCode, Url},
    prompt, sending,
    wire::{misconfigured, off_thread},
};
use crate::{
    blobs::BlobStore,
    config::{GeminiSettings, Secret},
};

/// What the settings are called, in messages to the operator.
const KEY: &str = "GEMINI_API_KEY";
const BASE_URL: &str = "GEMINI_BASE_URL";
const MODEL: &str = "GEMINI_MODEL";

/// Speaks to one model of the Gemini API.
pub struct Gemini {
    info: BackendInfo,
    key: Secret,
    model: String,
    url: Url,
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
        let model = settings.model.trim().trim_start_matches("models/").to_owned();
        if model.is_empty() {
            return Err(misconfigured(format!("{MODEL} is empty")));
        }
        let base = http::base_url(&settings.base_url, BASE_URL)?;
        let url = http::below(&base, &["models", &format!("{model}:generateContent")]);
        let headers = http::secret_header("x-goog-api-key", &settings.api_key, KEY)?;
        let info = BackendInfo {
            name: "gemini".to_owned(),
            kind: "gemini",
            title: "Gemini".to_owned(),
            model: Some(model.clone()),
            references: request::references_of(&model),
            regions: false,
            history: true,
            candidates: 1,
            streaming: false,
            free_to_repeat: false,
            at_once: 4,
            deadline: settings.deadline,
        };
        Ok(Self {
            info,
            key: settings.api_key,
            model,
            url,
            headers,
            outbound,
            blobs,
        })
    }

    /// The JSON text of the request, pictures inside.
    async fn write(&self, request: &EditRequest) -> Result<Bytes, BackendError> {
        sending::check_references(request, &self.info.title, self.info.references)?;
        let text = prompt::text(request);
        let ratio = request::aspect_ratio(&self.model, request);
        let pictures = sending::pictures(&self.blobs, request, request::ALL_PICTURES).await?;
        off_thread(move || request::write(&text, ratio, pictures)).await
    }

    /// What the answer says: pictures, or why there are none.
    async fn read(&self, answer: Answer) -> Result<EditOutcome, BackendError> {
        // Some proxies answer 200 with the error inside.
        let refusal = Refusal::of(&answer);
        if answer.status != StatusCode::OK || refusal.is_from_gemini() {
            return Err(refusal.classify(&self.key, &self.model));
        }
        let (key, model) = (self.key.clone(), self.model.clone());
        off_thread(move || answer::read(&answer.body, &key, &model)).await?
    }
}

#[async_trait]
impl Backend for Gemini {
    fn info(&self) -> &BackendInfo {
        &self.info
    }

    async fn edit(&self, request: &EditRequest, watch: &Watch) -> Result<EditOutcome, BackendError> {
        let until = Instant::now() + self.info.deadline;
        watch.progress(None, Some("Preparing the picture"));
        let body = http::or_cancelled(watch, self.write(request)).await?;
        watch.progress(None, Some("Waiting for Gemini"));
        let call = Call {
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: Some(Body::json(body)),
            until,
        };
        let answer = self.outbound.send(&call, watch, busy).await?;
        drop(call);
        watch.progress(None, Some("Reading the answer"));
        http::or_cancelled(watch, self.read(answer)).await
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
