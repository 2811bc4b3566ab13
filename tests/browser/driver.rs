//! Debian's Chromium through its driver: a small WebDriver client, and the end of every process it started.
//!
//! Rule: nothing here knows Plantain. Whatever happens to a test, dropping the [`Driver`] ends the driver and all
//! browsers it started. Called by `kit`.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::{sleep, timeout},
};

const CHROMIUM: &str = "/usr/bin/chromium";
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long anything in a page may take, unless a promise says less.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at a page.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Without a screen the browser thinks that there is nothing to point with: here are a mouse that hovers and a finger.
const MOUSE: &str =
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4";
const FINGER: &str =
    "--blink-settings=primaryHoverType=1,availableHoverTypes=1,primaryPointerType=2,availablePointerTypes=2";

pub const ENTER: &str = "\u{e007}";
pub const TAB: &str = "\u{e004}";
pub const SHIFT: &str = "\u{e008}";
pub const CTRL: &str = "\u{e009}";
pub const ESCAPE: &str = "\u{e00c}";
pub const LEFT: &str = "\u{e012}";
pub const UP: &str = "\u{e013}";
pub const RIGHT: &str = "\u{e014}";
pub const DOWN: &str = "\u{e015}";
pub const SPACE: &str = " ";

/// Why there can be no browser here; nothing when there can.
pub fn missing() -> Option<String> {
    let absent = [CHROMIUM, CHROMEDRIVER]
        .into_iter()
        .find(|path| !Path::new(path).exists());
    absent.map(|path| format!("{path} is not installed (Debian: chromium and chromium-driver)"))
}

/// The driver's process with its browsers' folders.
pub struct Driver {
    process: Child,
    client: Client,
    url: String,
    folder: TempDir,
    browsers: usize,
}

impl Driver {
    pub async fn start() -> Self {
        let mut process = tokio::process::Command::new(CHROMEDRIVER)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the driver starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let port = loop {
            let line = timeout(PATIENCE, lines.next_line())
                .await
                .expect("in time")
                .expect("text");
            let line = line.expect("the driver says its port");
            if let Some((_, port)) = line.trim_end_matches('.').rsplit_once("successfully on port ") {
                break port.to_owned();
            }
        };
        Self {
            process,
            client: client(),
            url: format!("http://127.0.0.1:{port}/session"),
            folder: tempfile::tempdir().expect("a folder"),
            browsers: 0,
        }
    }

    /// A fresh browser with a profile of its own and a mouse, 1280 × 800.
    pub async fn browser(&mut self) -> Browser {
        self.fresh(MOUSE, false).await
    }

    /// A fresh browser in the hand: 390 × 844, touched with a finger.
    pub async fn phone(&mut self) -> Browser {
        let phone = self.fresh(FINGER, true).await;
        phone.resize(390, 844).await;
        phone
    }

    async fn fresh(&mut self, pointer: &str, is_phone: bool) -> Browser {
        self.browsers += 1;
        let home = self.folder.path().join(self.browsers.to_string());
        let downloads = home.join("downloads");
        std::fs::create_dir_all(&downloads).expect("a folder");
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1280,800",
            pointer,
        ];
        let mut flags: Vec<String> = flags.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", home.join("profile").display()));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "unhandledPromptBehavior": "ignore",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
            "goog:chromeOptions": {
                "binary": CHROMIUM,
                "args": flags,
                "prefs": {"download.default_directory": downloads, "download.prompt_for_download": false},
            },
        }}});
        let answer = send(&self.client, Method::POST, &self.url, Some(&wanted))
            .await
            .expect("a browser");
        let id = answer["sessionId"].as_str().expect("an id");
        Browser {
            client: self.client.clone(),
            url: format!("{}/{id}", self.url),
            downloads,
            is_phone,
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let Some(id) = self.process.id() else { return };
        let mut ids = descendants(id);
        ids.push(id);
        let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
        // The shell's own kill: no unsafe code, and no package for one call.
        let _ = Command::new("sh")
            .args(["-c", "kill -9 \"$@\" 2>/dev/null", "kill"])
            .args(ids)
            .status();
    }
}

/// Every process that came of this one, by the kernel's table.
fn descendants(ancestor: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let id: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect();
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| id));
        next += 1;
    }
    found.split_off(1)
}

/// One browser window.
pub struct Browser {
    client: Client,
    url: String,
    /// Where its downloads go.
    pub downloads: PathBuf,
    pub is_phone: bool,
}

impl Browser {
    /// Loads a page and waits until all it asked for is there.
    pub async fn open(&self, url: &str) {
        self.tell("url", &json!({"url": url})).await;
    }

    /// Gives the page so much room.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": self.is_phone});
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    pub async fn reload(&self) {
        self.tell("refresh", &json!({})).await;
    }

    pub async fn address(&self) -> String {
        let url = format!("{}/url", self.url);
        let answer = send(&self.client, Method::GET, &url, None).await;
        answer.expect("an address").as_str().unwrap_or_default().to_owned()
    }

    /// The value of an expression in the page.
    pub async fn get(&self, expression: &str) -> Value {
        self.try_get(expression)
            .await
            .unwrap_or_else(|error| panic!("{expression}\n{error}"))
    }

    async fn try_get(&self, expression: &str) -> Result<Value, String> {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.try_cdp("Runtime.evaluate", params).await?;
        match &answer["exceptionDetails"] {
            Value::Null => Ok(answer["result"]["value"].clone()),
            wrong => Err(format!("{} {}", wrong["text"], wrong["exception"]["description"])),
        }
    }

    pub async fn text(&self, selector: &str) -> String {
        let expression = format!(
            "document.querySelector({}).textContent.replace(/\\s+/g, ' ').trim()",
            json!(selector)
        );
        self.get(&expression).await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn count(&self, selector: &str) -> u64 {
        let expression = format!("document.querySelectorAll({}).length", json!(selector));
        self.get(&expression).await.as_u64().expect("a number")
    }

    /// Waits until an expression is true; says which it was when it never is.
    pub async fn until(&self, expression: &str) -> Duration {
        self.until_within(PATIENCE, expression).await
    }

    pub async fn until_within(&self, patience: Duration, expression: &str) -> Duration {
        let begun = Instant::now();
        loop {
            // Between two pages there is nothing to ask.
            let found = self.try_get(expression).await;
            if found == Ok(Value::Bool(true)) {
                return begun.elapsed();
            }
            assert!(
                begun.elapsed() < patience,
                "never came true: {expression}\nlast: {found:?}\nat {}\n{}",
                self.address().await,
                self.try_get("document.body.innerText").await.unwrap_or_default()
            );
            sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Waits until something is in the page.
    pub async fn until_there(&self, selector: &str) {
        self.until(&format!("document.querySelector({}) !== null", json!(selector)))
            .await;
    }

    /// A click with the mouse in the middle of it, wherever the page has to scroll for that.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.tell(&format!("element/{element}/click"), &json!({})).await;
    }

    /// Chooses a file in a file field.
    pub async fn choose(&self, selector: &str, file: &Path) {
        let element = self.element(selector).await;
        self.tell(&format!("element/{element}/value"), &json!({"text": file}))
            .await;
    }

    /// Types into whatever has the focus.
    pub async fn write(&self, text: &str) {
        let url = format!("{}/element/active", self.url);
        let active = send(&self.client, Method::GET, &url, None).await.expect("a focus");
        let element = active[ELEMENT].as_str().expect("an element");
        self.tell(&format!("element/{element}/value"), &json!({"text": text}))
            .await;
    }

    /// Presses keys together and lets them go.
    pub async fn press(&self, keys: &[&str]) {
        let down = keys.iter().map(|key| json!({"type": "keyDown", "value": key}));
        let up = keys.iter().rev().map(|key| json!({"type": "keyUp", "value": key}));
        self.act(json!({"type": "key", "id": "keys", "actions": down.chain(up).collect::<Vec<_>>()}))
            .await;
    }

    pub async fn hold(&self, key: &str) {
        self.act(json!({"type": "key", "id": "keys", "actions": [{"type": "keyDown", "value": key}]}))
            .await;
    }

    pub async fn let_go(&self) {
        let url = format!("{}/actions", self.url);
        send(&self.client, Method::DELETE, &url, None).await.expect("released");
    }

    /// Presses a `mouse` or a finger (`touch`) at the first point of the window, takes it along the others and lifts it.
    pub async fn draw(&self, pointer: &str, points: &[(f64, f64)]) {
        let to = |(x, y): &(f64, f64)| json!({"type": "pointerMove", "duration": 10, "x": x.round(), "y": y.round()});
        let mut actions = vec![to(&points[0]), json!({"type": "pointerDown", "button": 0})];
        actions.extend(points[1..].iter().map(to));
        actions.push(json!({"type": "pointerUp", "button": 0}));
        let id = format!("drawing {pointer}");
        let parameters = json!({"pointerType": pointer});
        self.act(json!({"type": "pointer", "id": id, "parameters": parameters, "actions": actions}))
            .await;
    }

    /// Where something is in the window: left, top, width, height.
    pub async fn place(&self, selector: &str) -> [f64; 4] {
        let expression = format!(
            "(box => [box.left, box.top, box.width, box.height])(document.querySelector({}).getBoundingClientRect())",
            json!(selector)
        );
        let found = self.get(&expression).await;
        std::array::from_fn(|at| found[at].as_f64().expect("a number"))
    }

    /// Two fingers, from two points to two others.
    pub async fn pinch(&self, from: [(f64, f64); 2], to: [(f64, f64); 2]) {
        let points = |at: [(f64, f64); 2]| {
            let point = |(id, (x, y)): (usize, (f64, f64))| json!({"x": x, "y": y, "id": id});
            at.into_iter().enumerate().map(point).collect::<Vec<_>>()
        };
        let touch = async |kind: &str, points: Vec<Value>| {
            let params = json!({"type": kind, "touchPoints": points});
            self.cdp("Input.dispatchTouchEvent", params).await;
        };
        touch("touchStart", points(from)[..1].to_vec()).await;
        touch("touchStart", points(from)).await;
        let half = |at: usize| ((from[at].0 + to[at].0) / 2.0, (from[at].1 + to[at].1) / 2.0);
        touch("touchMove", points([half(0), half(1)])).await;
        touch("touchMove", points(to)).await;
        touch("touchEnd", vec![]).await;
    }

    /// Puts the mouse on the middle of something and holds its button down.
    pub async fn hold_mouse_on(&self, selector: &str) {
        let element = self.element(selector).await;
        self.act(
            json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
                {"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": {ELEMENT: element}},
                {"type": "pointerDown", "button": 0},
            ]}),
        )
        .await;
    }

    /// Drags files over the window, so far from its left, and lets them fall there.
    pub async fn drop_files(&self, files: &[&Path], x: u32) {
        self.drag_files(files, x).await;
        self.drag("drop", files, x).await;
    }

    /// Drags files over the window and holds them there.
    pub async fn drag_files(&self, files: &[&Path], x: u32) {
        self.drag("dragEnter", files, x).await;
        self.drag("dragOver", files, x).await;
    }

    async fn drag(&self, kind: &str, files: &[&Path], x: u32) {
        let data = json!({"items": [], "files": files, "dragOperationsMask": 1});
        self.cdp(
            "Input.dispatchDragEvent",
            json!({"type": kind, "x": x, "y": 300, "data": data}),
        )
        .await;
    }

    /// A command of the DevTools protocol.
    pub async fn cdp(&self, command: &str, params: Value) -> Value {
        self.try_cdp(command, params)
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    async fn try_cdp(&self, command: &str, params: Value) -> Result<Value, String> {
        let url = format!("{}/goog/cdp/execute", self.url);
        send(
            &self.client,
            Method::POST,
            &url,
            Some(&json!({"cmd": command, "params": params})),
        )
        .await
    }

    /// What was logged since the last time: `browser` for the console, `performance` for DevTools events.
    pub async fn log(&self, kind: &str) -> Vec<Value> {
        let answer = self.tell("se/log", &json!({"type": kind})).await;
        answer.as_array().cloned().unwrap_or_default()
    }

    async fn element(&self, selector: &str) -> String {
        let found = self
            .tell("element", &json!({"using": "css selector", "value": selector}))
            .await;
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    async fn act(&self, source: Value) {
        self.tell("actions", &json!({"actions": [source]})).await;
    }

    async fn tell(&self, what: &str, body: &Value) -> Value {
        let url = format!("{}/{what}", self.url);
        send(&self.client, Method::POST, &url, Some(body))
            .await
            .unwrap_or_else(|error| panic!("{what} {body}: {error}"))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test speaks to its own driver on this machine"
)]
fn client() -> Client {
    // A client asks for cryptography even where it speaks plain http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().expect("a client")
}

async fn send(client: &Client, method: Method, url: &str, body: Option<&Value>) -> Result<Value, String> {
    let mut request = client.request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let is_fine = answer.status().is_success();
    let answer: Value = answer.json().await.map_err(|error| error.to_string())?;
    let value = answer["value"].clone();
    if is_fine {
        Ok(value)
    } else {
        Err(format!("{}: {}", value["error"], value["message"]))
    }
}
