//! A stand-in for Gemini that lives longer than the program under test: it counts the calls of each instruction.
//!
//! Rule: what it answers depends on the instruction alone, so that a test can tell every call from its words. `late`
//! waits for a while, `silent` never answers its first call. Used by the stories about crashes and stopping.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

use crate::house::photo;

/// The service, and what it was asked.
pub struct CountingGemini {
    pub base_url: String,
    calls: Arc<Calls>,
    task: JoinHandle<()>,
}

struct Calls {
    by_words: Mutex<HashMap<String, usize>>,
    total: watch::Sender<usize>,
    /// No more silence.
    speaks: AtomicBool,
}

impl CountingGemini {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base_url = format!("http://{}/v1beta", listener.local_addr().expect("an address"));
        let calls = Arc::new(Calls {
            by_words: Mutex::default(),
            total: watch::Sender::new(0),
            speaks: AtomicBool::new(false),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&calls));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { base_url, calls, task }
    }

    /// The settings that lead a program here.
    pub fn env(&self) -> [(&'static str, &str); 2] {
        [("GEMINI_API_KEY", "marker"), ("GEMINI_BASE_URL", &self.base_url)]
    }

    /// How often these words came.
    pub fn calls_of(&self, words: &str) -> usize {
        self.calls
            .by_words
            .lock()
            .expect("no panic while counting")
            .get(words)
            .copied()
            .unwrap_or(0)
    }

    /// From here on even the silent ones are answered.
    pub fn speak_up(&self) {
        self.calls.speaks.store(true, Ordering::SeqCst);
    }

    /// How many calls came in all.
    pub fn calls(&self) -> usize {
        *self.calls.total.borrow()
    }

    /// Waits until these words have come so often.
    pub async fn heard(&self, words: &str, times: usize) {
        let mut total = self.calls.total.subscribe();
        let heard = total.wait_for(|_| self.calls_of(words) >= times);
        timeout(Duration::from_secs(20), heard)
            .await
            .expect("heard in time")
            .expect("alive");
    }
}

impl Drop for CountingGemini {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(calls): State<Arc<Calls>>, request: Request) -> Json<Value> {
    let body: Bytes = to_bytes(request.into_body(), 64 << 20).await.expect("a whole request");
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    let text = asked["contents"][0]["parts"][0]["text"].as_str().expect("words first");
    let words = text
        .rsplit_once("Instruction: ")
        .map_or(text, |(_, words)| words)
        .to_owned();
    let count = {
        let mut all = calls.by_words.lock().expect("no panic while counting");
        let count = all.entry(words.clone()).or_insert(0);
        *count += 1;
        *count
    };
    calls.total.send_modify(|total| *total += 1);
    let dice: [u8; 32] = Sha256::digest(&words).into();
    if words.contains("silent") && count == 1 && !calls.speaks.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    if words.contains("late") {
        tokio::time::sleep(Duration::from_millis(u64::from(dice[0]))).await;
    }
    // Another picture for each instruction.
    let picture = photo(40 + u32::from(dice[1]), 30 + u32::from(dice[2]));
    Json(json!({
        "candidates": [{"content": {"role": "model", "parts": [
            {"text": "Here it is."},
            {"inlineData": {"mimeType": "image/png", "data": STANDARD.encode(picture)}},
        ]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 20, "totalTokenCount": 30},
    }))
}
