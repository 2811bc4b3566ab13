//! Gemini over many turns: which past is told, byte for byte, and when it begins anew; and its answers in events.
//!
//! Rule: pictures are told apart by their width, signatures by the number of the answer they came in.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use plantain::{
    backends::{BackendError, EditOutcome, EditRequest, PastStep, gemini::Gemini},
    config::{About, GeminiSettings, Secret},
    domain::{
        ids::VersionId,
        instruction::Instruction,
        picture::{Blob, BlobId},
        turn::FailureKind,
        version::RawParts,
    },
};
use serde_json::{Value, json};

use super::{
    desk::{Desk, Patience, png64},
    fake::{Ending, Reply},
};
use crate::house::House;

const KEY: &str = "AIza-marker-4f10";
const MODEL: &str = "gemini-nano-banana-2.1";
const OTHER: &str = "gemini-3-pro-image";

/// B2: an upload, three turns, a branch from the first, two more turns on it, another model, and back.
#[tokio::test]
async fn the_past_is_the_path_through_the_tree_and_goes_back_byte_for_byte() {
    let script = (1..=9).map(|n| Reply::json(200, signed(n))).collect();
    let mut story = Story::open(script).await;
    let upload = story.upload(40).await;
    let one = story.turn(&upload, "one", &[]).await;
    let hat = story.upload_picture(20).await;
    let two = story.turn(&one, "two", std::slice::from_ref(&hat)).await;
    let three = story.turn(&two, "three", &[]).await;
    let branch = story.turn(&one, "branch", &[]).await;
    let further = story.turn(&branch, "further", &[]).await;
    story.model(OTHER);
    let other = story.turn(&further, "with another model", &[]).await;
    story.model(MODEL);
    let back = story.turn(&other, "back", &[]).await;
    story.turn(&back, "and on", &[]).await;
    story.turn(&three, "as before", &[]).await;

    let expected = [
        "user 40 one",
        "user 40 one | model 1 | user two +20",
        "user 40 one | model 1 | user two +20 | model 2 | user three",
        "user 40 one | model 1 | user branch",
        "user 40 one | model 1 | user branch | model 4 | user further",
        // Another model can't read those signatures: the picture, and what was done in words.
        "user 105 (one, branch, further) with another model",
        // Nor can the first one read the other's.
        "user 106 (one, branch, further, with another model) back",
        "user 106 (one, branch, further, with another model) back | model 7 | user and on",
        "user 40 one | model 1 | user two +20 | model 2 | user three | model 3 | user as before",
    ];
    assert_eq!(story.told(), expected);
    // No picture of the model's was re-encoded on its way back, and no space in its JSON was lost.
    let bodies: Vec<String> = story.bodies();
    for (request, answers) in [(2, vec![1, 2]), (4, vec![1, 4]), (7, vec![7]), (8, vec![1, 2, 3])] {
        for n in answers {
            let content = format!(r#"{{"role":"model","parts":[{}]}}"#, parts(n));
            assert!(bodies[request].contains(&content), "answer {n} in request {request}");
        }
    }
}

#[tokio::test]
async fn a_foreign_unsigned_or_second_picture_begins_anew_from_there() {
    let unsigned = signed(2).replace(r#", "thoughtSignature" : "sig-2""#, "");
    let script = vec![
        Reply::json(200, signed(1)),
        Reply::json(200, unsigned),
        Reply::json(200, signed(3)),
        Reply::json(200, signed(4)),
        Reply::json(200, signed(5)),
    ];
    let story = Story::open(script).await;
    let upload = story.upload(40).await;
    let one = story.turn(&upload, "one", &[]).await;
    let two = story.turn(&one, "two", &[]).await;
    let three = story.turn(&two, "three", &[]).await;
    story.turn(&three, "four", &[]).await;
    // A picture that our own engine made in between is told as the person's.
    let warmer = story.foreign(&one, "warmer", 77).await;
    story.turn(&warmer, "five", &[]).await;
    let expected = [
        "user 40 one",
        "user 40 one | model 1 | user two",
        "user 102 (one, two) three",
        "user 102 (one, two) three | model 3 | user four",
        "user 77 (one, warmer) five",
    ];
    assert_eq!(story.told(), expected);
}

#[tokio::test]
async fn several_pictures_become_candidates_and_only_the_main_one_has_a_past() {
    let two = format!(
        r#"{{"candidates": [{{"content": {{"parts": [{}, {}, {{"thought": true, "inlineData": {{"data": "{}"}}}}]}}, "finishReason": "STOP"}}]}}"#,
        picture_part(101, "sig-a"),
        picture_part(102, "sig-b"),
        png64(9),
    );
    let story = Story::open(vec![Reply::json(200, two)]).await;
    let upload = story.upload(40).await;
    let outcome = story.edit(&upload, "one", &[]).await.expect("pictures");
    let raw = outcome.raw.expect("both are signed");
    assert_eq!(
        (raw.pictures, raw.family.as_str()),
        (2, "gemini/gemini-nano-banana-2.1")
    );
    let parts: Value = serde_json::from_slice(&raw.bytes).expect("JSON");
    let signatures: Vec<&str> = parts
        .as_array()
        .expect("parts")
        .iter()
        .filter_map(|part| part["thoughtSignature"].as_str())
        .collect();
    assert_eq!(
        signatures,
        ["sig-a", "sig-b"],
        "in the order they came; a thought is not sent back"
    );
    assert_eq!(story.desk.shelf.widths(outcome.pictures).await, [102, 101]);
}

#[tokio::test]
async fn the_oldest_pictures_go_when_the_past_is_too_large_and_the_edited_one_never_does() {
    let script = (1..=4).map(|n| Reply::json(200, signed(n))).collect();
    let story = Story::open(script).await;
    let upload = story.upload(40).await;
    let one = story.turn(&upload, "one", &[]).await;
    let mut two = story.turn(&one, "two", &[]).await;
    // The second answer is said to be nearly all that a request may hold: nothing fits beside it.
    let claim = |line: &mut Line, bytes| {
        if let Some(raw) = line.path.last_mut().and_then(|step| step.raw.as_mut()) {
            raw.bytes = bytes;
        }
    };
    claim(&mut two, 18_600_000);
    story.turn(&two, "three", &[]).await;
    // With half of it, the first turn fits no more beside 12 references, but the second does.
    claim(&mut two, 4_000_000);
    let references = hats(&story, 12).await;
    story.turn(&two, "four", &references).await;
    let told = story.told();
    assert_eq!(told[2], "user 102 (one, two) three");
    let plus = (0..12).map(|n| format!(" +{}", 200 + n)).collect::<String>();
    assert_eq!(
        told[3],
        format!("user 101 (one) two | model 2 | user four{plus}"),
        "14 pictures at most"
    );
}

#[tokio::test]
async fn a_past_that_the_model_does_not_know_any_more_begins_anew_once() {
    let refused = json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message":
        "Image part is missing a thought_signature in content position 2, part position 1. Please refer to https://ai.google.dev/ for more details."}});
    let script = vec![
        Reply::json(200, signed(1)),
        Reply::json(400, refused.to_string()),
        Reply::json(200, signed(2)),
        Reply::json(400, refused.to_string()),
        Reply::json(400, refused.to_string()),
    ];
    let story = Story::open(script).await;
    let upload = story.upload(40).await;
    let one = story.turn(&upload, "one", &[]).await;
    story.turn(&one, "two", &[]).await;
    assert_eq!(
        story.told()[1..],
        ["user 40 one | model 1 | user two", "user 101 (one) two"]
    );
    let error = story.edit(&one, "three", &[]).await.expect_err("not even anew");
    assert_eq!(error.for_the_user("Gemini").kind, FailureKind::Misconfigured);
    assert_eq!(story.desk.fake.calls(), 5, "and not a third time");
}

#[tokio::test]
async fn a_past_whose_file_is_lost_begins_anew() {
    let script = vec![Reply::json(200, signed(1)), Reply::json(200, signed(2))];
    let story = Story::open(script).await;
    let upload = story.upload(40).await;
    let mut one = story.turn(&upload, "one", &[]).await;
    if let Some(raw) = one.path.last_mut().and_then(|step| step.raw.as_mut()) {
        raw.file = BlobId::from_bytes([9; 32]);
    }
    story.turn(&one, "two", &[]).await;
    assert_eq!(story.told()[1], "user 101 (one) two");
}

// ---- In events -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_answer_in_events_is_put_together_with_its_signatures() {
    let chunk = |parts: &str, rest: &str| {
        format!("data: {{\"candidates\": [{{\"content\": {{\"parts\": [{parts}]}}{rest}}}]}}\r\n\r\n")
    };
    let text = chunk(r#"{"text": "thinking", "thought": true}"#, "")
        + &chunk(r#"{"text": "Here ", "thoughtSignature": "sig-t"}"#, "")
        + &chunk(r#"{"text": "it is."}"#, "")
        + &chunk(&picture_part(50, "sig-p"), "")
        + "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"\", \"thoughtSignature\": \"sig-e\"}]}, \"finishReason\": \"STOP\"}], \"usageMetadata\": {\"promptTokenCount\": 5, \"candidatesTokenCount\": 1120, \"candidatesTokensDetails\": [{\"modality\": \"IMAGE\", \"tokenCount\": 1120}]}}\r\n\r\n";
    let pieces = text.as_bytes().chunks(11).map(<[u8]>::to_vec).collect();
    let mut story = Story::streaming(vec![Reply::Events {
        pieces,
        ending: Ending::Whole,
    }])
    .await;
    story.size = Some("2K".to_owned());
    story.model(MODEL);
    let upload = story.upload(40).await;
    let outcome = story.edit(&upload, "one", &[]).await.expect("a picture");
    assert_eq!(outcome.note.as_deref(), Some("Here it is."));
    assert_eq!(
        outcome.usage.and_then(|usage| usage.cost_micros),
        Some(33_608),
        "by the price list"
    );
    let raw: Value = serde_json::from_slice(&outcome.raw.expect("signed").bytes).expect("JSON");
    let signatures: Vec<&str> = raw
        .as_array()
        .expect("parts")
        .iter()
        .filter_map(|part| part["thoughtSignature"].as_str())
        .collect();
    assert_eq!(
        signatures,
        ["sig-t", "sig-p", "sig-e"],
        "also on a part that says nothing"
    );
    assert_eq!(story.desk.shelf.widths(outcome.pictures).await, [50]);
    let seen = story.desk.fake.seen();
    assert_eq!(
        seen[0].first_line,
        format!("POST /v1beta/models/{MODEL}:streamGenerateContent?alt=sse HTTP/1.1")
    );
    assert_eq!(seen[0].json()["generationConfig"]["imageConfig"]["imageSize"], "2K");
}

#[tokio::test]
async fn a_picture_whose_stream_ends_without_a_reason_is_kept_but_its_past_is_not_told() {
    let text = format!(
        "data: {{\"candidates\": [{{\"content\": {{\"parts\": [{}]}}}}]}}\n\n",
        picture_part(50, "s")
    );
    let story = Story::streaming(vec![Reply::events(text)]).await;
    let upload = story.upload(40).await;
    let outcome = story
        .edit(&upload, "one", &[])
        .await
        .expect("it may have been paid for");
    assert!(outcome.raw.is_none(), "the signature that comes last may be missing");
    assert_eq!(story.desk.shelf.widths(outcome.pictures).await, [50]);
}

#[tokio::test]
async fn a_stream_that_is_cut_stalls_or_turns_into_an_error_ends_in_words() {
    let picture = format!(
        "data: {{\"candidates\": [{{\"content\": {{\"parts\": [{}]}}}}]}}\n\n",
        picture_part(50, "s")
    );
    let error = "data: {\"error\": {\"code\": 503, \"status\": \"UNAVAILABLE\", \"message\": \"overloaded\"}}\n\n";
    let blocked = "data: {\"promptFeedback\": {\"blockReason\": \"SAFETY\"}}\n\n";
    for (text, ending, kind) in [
        (picture.clone(), Ending::Cut, FailureKind::BadAnswer),
        (": nothing\n\n".to_owned(), Ending::Whole, FailureKind::BadAnswer),
        (picture.clone(), Ending::Stall, FailureKind::Timeout),
        (picture + error, Ending::Whole, FailureKind::Unavailable),
        (blocked.to_owned(), Ending::Whole, FailureKind::Blocked),
        ("data: <html>\n\n".to_owned(), Ending::Whole, FailureKind::BadAnswer),
    ] {
        let story = Story::streaming(vec![Reply::Events {
            pieces: vec![text.into_bytes()],
            ending,
        }])
        .await;
        let upload = story.upload(40).await;
        let error = story.edit(&upload, "one", &[]).await.expect_err("no picture");
        assert_eq!(error.for_the_user("Gemini").kind, kind, "{error:?}");
        assert_eq!(story.desk.fake.calls(), 1);
    }
}

// ---- In a whole house ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_house_keeps_what_the_model_answered_and_sends_it_back_and_never_serves_it() {
    let script = (1..=2).map(|n| Reply::json(200, signed(n))).collect();
    let fake = super::fake::Fake::start(script).await;
    let url = fake.at("/v1beta");
    let house = House::start(&["--gemini-api-key", KEY, "--gemini-base-url", &url]).await;
    let begun = house.begin().await;
    let person = house.bearer(&begun.token);
    let first = person.turn(&begun.id, "make it pink").await;
    assert_eq!(first["state"], "done", "{first}");
    let second = person.turn(&begun.id, "and add a kite").await;
    assert_eq!(second["state"], "done", "{second}");
    let body = String::from_utf8(fake.seen()[1].body.clone()).expect("text");
    assert!(
        body.contains(&format!(r#"{{"role":"model","parts":[{}]}}"#, parts(1))),
        "{}",
        &body[..400]
    );
    assert!(first["usage"]["cost_micros"].is_null(), "no details, no price: {first}");
    for path in ["export", "versions"] {
        let answer = person.get(&format!("/api/v1/sessions/{}/{path}", begun.id)).await;
        let bytes = answer.bytes().await.expect("a body");
        assert!(
            !bytes.windows(5).any(|window| window == b"sig-1"),
            "{path} holds a signature"
        );
    }
}

// ---- The kit -------------------------------------------------------------------------------------------------------

/// A session told by hand: versions with their paths, and a Gemini that edits them.
struct Story {
    desk: Desk,
    stream: bool,
    size: Option<String>,
    /// Counts versions.
    versions: std::cell::Cell<u128>,
}

/// A version as the end of its path.
#[derive(Clone)]
struct Line {
    path: Vec<PastStep>,
}

impl Story {
    async fn open(script: Vec<Reply>) -> Self {
        Self::with(script, false).await
    }

    async fn streaming(script: Vec<Reply>) -> Self {
        Self::with(script, true).await
    }

    async fn with(script: Vec<Reply>, stream: bool) -> Self {
        let desk = Desk::open(script, Patience::NORMAL, KEY, |fake, outbound, blobs| {
            let settings = settings(&fake.at("/v1beta"), MODEL, stream, None);
            Arc::new(Gemini::new(settings, outbound, blobs).expect("good settings"))
        })
        .await;
        Self {
            desk,
            stream,
            size: None,
            versions: std::cell::Cell::new(0),
        }
    }

    /// Sets another model up, or the same with other settings.
    fn model(&mut self, model: &str) {
        let settings = settings(&self.desk.fake.at("/v1beta"), model, self.stream, self.size.clone());
        let gemini = Gemini::new(settings, self.desk.outbound.clone(), self.desk.shelf.store.clone());
        self.desk.backend = Arc::new(gemini.expect("good settings"));
        assert_eq!(self.desk.backend.info().model.as_deref(), Some(model));
    }

    async fn upload_picture(&self, width: u32) -> Blob {
        self.desk.picture(width, 20, [9, 99, 199]).await
    }

    async fn upload(&self, width: u32) -> Line {
        let step = self.step(self.upload_picture(width).await, None, &[], None);
        Line { path: vec![step] }
    }

    async fn edit(&self, base: &Line, words: &str, references: &[Blob]) -> Result<EditOutcome, BackendError> {
        let request = EditRequest {
            pointed: Default::default(),
            base: base.path.last().expect("a version").blob.clone(),
            canvas: false,
            references: references.to_vec(),
            instruction: Instruction::parse(words).expect("an instruction"),
            region: None,
            options: Default::default(),
            history: base.path.clone(),
            redo: None,
            seed: 1,
        };
        self.desk.edit(&request).await
    }

    /// A turn, kept as the house keeps it.
    async fn turn(&self, base: &Line, words: &str, references: &[Blob]) -> Line {
        let outcome = self.edit(base, words, references).await.expect("a picture");
        let picture = outcome.pictures.into_iter().next().expect("one");
        let store = &self.desk.shelf.store;
        let blob = store
            .put(store.inspect(picture).await.expect("a picture"))
            .await
            .expect("kept");
        let raw = match outcome.raw {
            Some(raw) => Some(RawParts {
                family: raw.family,
                bytes: raw.bytes.len() as u64,
                pictures: raw.pictures,
                file: store.put_private(raw.bytes).await.expect("kept"),
            }),
            None => None,
        };
        self.grown(base, self.step(blob, Some(words), references, raw))
    }

    /// A turn with another backend.
    async fn foreign(&self, base: &Line, words: &str, width: u32) -> Line {
        let blob = self.upload_picture(width).await;
        self.grown(base, self.step(blob, Some(words), &[], None))
    }

    fn grown(&self, base: &Line, step: PastStep) -> Line {
        let mut path = base.path.clone();
        path.push(step);
        Line { path }
    }

    fn step(&self, blob: Blob, words: Option<&str>, references: &[Blob], raw: Option<RawParts>) -> PastStep {
        self.versions.set(self.versions.get() + 1);
        PastStep {
            region: None,
            version: VersionId::new(uuid::Uuid::from_u128(self.versions.get())),
            number: u32::try_from(self.versions.get()).expect("few"),
            blob,
            canvas: false,
            led_here: false,
            instruction: words.map(|words| Instruction::parse(words).expect("an instruction")),
            backend: words.map(|_| "gemini".to_owned()),
            references: references.to_vec(),
            raw,
        }
    }

    fn bodies(&self) -> Vec<String> {
        let seen = self.desk.fake.seen();
        seen.iter()
            .map(|seen| String::from_utf8(seen.body.clone()).expect("text"))
            .collect()
    }

    /// Each request in short: who says what, with how wide a picture, and what was told as done before.
    fn told(&self) -> Vec<String> {
        let seen = self.desk.fake.seen();
        seen.iter()
            .map(|seen| {
                let sent = seen.json();
                let contents = sent["contents"].as_array().expect("contents").iter().enumerate();
                let short: Vec<String> = contents.map(|(place, content)| short(place, content)).collect();
                short.join(" | ")
            })
            .collect()
    }
}

async fn hats(story: &Story, count: u32) -> Vec<Blob> {
    let mut blobs = Vec::new();
    for n in 0..count {
        blobs.push(story.upload_picture(200 + n).await);
    }
    blobs
}

fn short(place: usize, content: &Value) -> String {
    let parts = content["parts"].as_array().expect("parts");
    if content["role"] == "model" {
        let signature = parts
            .last()
            .and_then(|part| part["thoughtSignature"].as_str())
            .expect("signed");
        return format!("model {}", signature.trim_start_matches("sig-"));
    }
    let text = parts[0]["text"].as_str().expect("words first");
    let (before, words) = text.rsplit_once("Instruction: ").expect("the instruction at the end");
    let done: Vec<&str> = before.lines().filter_map(|line| line.strip_prefix("- ")).collect();
    let done = if done.is_empty() {
        String::new()
    } else {
        format!("({}) ", done.join(", "))
    };
    let mut widths = parts[1..].iter().map(|part| {
        let data = STANDARD
            .decode(part["inlineData"]["data"].as_str().expect("data"))
            .expect("base64");
        image::load_from_memory(&data).expect("a picture").width()
    });
    let base = if place == 0 {
        format!("{} ", widths.next().expect("a picture"))
    } else {
        String::new()
    };
    let others: String = widths.map(|width| format!(" +{width}")).collect();
    format!("user {base}{done}{words}{others}")
}

/// The n-th answer's parts, oddly written on purpose: a picture 100 + n wide.
fn parts(n: u32) -> String {
    let words = format!(r#"{{ "text":"Done {n}." , "thoughtSignature":"text-{n}\u003d" }}"#);
    format!("{words},{}", picture_part(100 + n, &format!("sig-{n}")))
}

fn picture_part(width: u32, signature: &str) -> String {
    let data = png64(width).replace('/', "\\/");
    format!(r#"{{"inlineData":{{"mimeType":"image/png", "data":"{data}"}}, "thoughtSignature" : "{signature}"}}"#)
}

fn signed(n: u32) -> String {
    format!(
        r#"{{"candidates": [{{"content": {{"role": "model", "parts": [{}]}}, "finishReason": "STOP"}}], "usageMetadata": {{"promptTokenCount": 1}}}}"#,
        parts(n)
    )
}

fn settings(url: &str, model: &str, stream: bool, image_size: Option<String>) -> GeminiSettings {
    GeminiSettings {
        about: About::named("gemini"),
        api_key: Secret::new(KEY.to_owned()),
        base_url: url.to_owned(),
        model: model.to_owned(),
        image_size,
        stream,
        deadline: Duration::from_secs(20),
    }
}
