//! What the stories have in common: a house with browsers in it, and the questions every story ends with.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    driver::{Browser, Driver, ENTER},
    fake::Reply,
    house::{House, photo},
};

/// A server, a driver for browsers, and a folder with a picture.
pub struct Scene {
    // The browsers go before the server does.
    pub driver: Driver,
    pub house: House,
    pub folder: TempDir,
}

impl Scene {
    pub async fn set(args: &[&str]) -> Self {
        Self {
            driver: Driver::start().await,
            house: House::start(args).await,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.house.address)
    }

    /// A file with these bytes.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// The picture of the stories: a photo where there is a folder of photos, else a drawn one.
    pub fn picture(&self) -> PathBuf {
        photo_of_the_house().unwrap_or_else(|| self.file("hill.png", &photo(640, 480)))
    }

    /// Somebody on the start page who begins a session; ends on its page, ready to type.
    pub async fn owner(&mut self) -> (Browser, String) {
        let browser = self.driver.browser().await;
        let session = self.begin(&browser).await;
        (browser, session)
    }

    /// The same in a browser that is there already.
    pub async fn begin(&self, browser: &Browser) -> String {
        browser.open(&self.at("/")).await;
        ready(browser).await;
        browser.choose("#start input[name=picture]", &self.picture()).await;
        on_session_page(browser).await
    }

    /// A desk or a hand with a browser.
    pub async fn browser_of(&mut self, device: Device) -> Browser {
        match device {
            Device::Desk => self.driver.browser().await,
            Device::Hand => self.driver.phone().await,
        }
    }
}

/// Where a page is looked at.
#[derive(Clone, Copy, PartialEq)]
pub enum Device {
    Desk,
    Hand,
}

fn photo_of_the_house() -> Option<PathBuf> {
    let folder = std::env::var_os("PLANTAIN_PHOTOS")?;
    let mut photos: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "jpg"))
        .collect();
    photos.sort();
    photos.into_iter().next()
}

/// Waits until the page's scripts are all at work.
pub async fn ready(browser: &Browser) {
    browser
        .until("document.readyState === 'complete' && customElements.get('drop-zone') !== undefined")
        .await;
}

/// Waits for the page of a session; says its id.
pub async fn on_session_page(browser: &Browser) -> String {
    browser.until("location.pathname.startsWith('/s/')").await;
    ready(browser).await;
    let path = browser.get("location.pathname").await;
    path.as_str().expect("a path").trim_start_matches("/s/").to_owned()
}

/// Types an instruction into the composer and sends it with Enter.
pub async fn ask(browser: &Browser, words: &str) {
    browser.click("#instruction").await;
    browser.write(&format!("{words}{ENTER}")).await;
}

/// Waits until a version is on the stage, its picture painted.
pub async fn on_stage(browser: &Browser, number: u32) {
    let there = format!(
        "document.querySelector('#stage').dataset.number === '{number}' && document.querySelector('#stage .picture').naturalWidth > 0"
    );
    browser.until(&there).await;
}

/// Nothing was said on the console, and nothing was asked of anybody but the house. A refusal to load that a story
/// meant is named by a piece of its message.
pub async fn all_is_well(browser: &Browser, scene: &Scene, meant: &[&str]) {
    let complaints: Vec<Value> = browser
        .log("browser")
        .await
        .into_iter()
        .filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG")
        .filter(|entry| {
            let message = entry["message"].as_str().unwrap_or_default();
            // The browser's own pages have faults of their own.
            let is_ours = !message.starts_with("chrome://");
            is_ours && !meant.iter().any(|piece| message.contains(piece))
        })
        .collect();
    assert!(complaints.is_empty(), "the console says {complaints:#?}");
    let house = scene.at("/");
    for url in requests(browser).await {
        // What the browser itself shows before the first page is no request of ours.
        let is_own = ["blob:", "about:", "chrome:", "data:"]
            .iter()
            .any(|own| url.starts_with(own));
        assert!(is_own || url.starts_with(&house), "asked for {url}");
    }
}

/// The addresses asked for since the last time this was called.
pub async fn requests(browser: &Browser) -> Vec<String> {
    let log = browser.log("performance").await;
    let messages = log.iter().map(|entry| {
        let message = entry["message"].as_str().unwrap_or_default();
        serde_json::from_str::<Value>(message).expect("JSON")["message"].take()
    });
    messages
        .filter(|message| message["method"] == "Network.requestWillBeSent")
        .filter_map(|message| Some(message["params"]["request"]["url"].as_str()?.to_owned()))
        .collect()
}

/// Keeps a screenshot where `PLANTAIN_SHOTS` says, when it says so.
pub async fn shot(browser: &Browser, name: &str) {
    let Some(folder) = std::env::var_os("PLANTAIN_SHOTS") else {
        return;
    };
    let taken = browser.cdp("Page.captureScreenshot", json!({"format": "png"})).await;
    let bytes = STANDARD.decode(taken["data"].as_str().expect("a picture"));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes.expect("base64")).expect("a file");
}

/// Gemini's answer with a drawn picture and these words.
pub fn picture_reply(words: &str) -> Reply {
    let picture = json!({"inlineData": {"mimeType": "image/png", "data": STANDARD.encode(photo(320, 240))}});
    reply(json!([{"text": words}, picture]))
}

/// Gemini's answer with so many drawn pictures.
pub fn pictures_reply(count: u32) -> Reply {
    let picture = |at: u32| {
        let drawn = STANDARD.encode(photo(320 - at, 240));
        json!({"inlineData": {"mimeType": "image/png", "data": drawn}})
    };
    reply((0..count).map(picture).collect())
}

/// Gemini's answer in words only.
pub fn text_reply(words: &str) -> Reply {
    reply(json!([{"text": words}]))
}

fn reply(parts: Value) -> Reply {
    let body = json!({"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]});
    Reply::json(200, body.to_string())
}
