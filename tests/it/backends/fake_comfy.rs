//! A stand-in for a ComfyUI server on a free port: its paths, its queue and its line, with no model behind.
//!
//! Rule: a run's result is the picture that its workflow loads first, so that whoever gets another's sees it; and every
//! request is kept for the test to look at.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};

use super::fake::{Seen, read_request, send};

/// One thing said over the line.
#[derive(Clone)]
pub enum Say {
    /// A message about the run: kind and data; its id is put in.
    About(&'static str, Value),
    /// A message as it stands.
    Any(Value),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// How the server behaves.
#[derive(Clone)]
pub struct Play {
    /// Whether it gives a line.
    pub line: bool,
    /// What it says once the run is queued.
    pub says: Vec<Say>,
    /// Whether it then hangs up the line.
    pub hangs_up: bool,
    /// Whether the run ever ends.
    pub ends: bool,
    /// Whether it forgets the run at once, as after a restart.
    pub forgets: bool,
    /// Whether somebody else's run works and ours waits behind it.
    pub waits: bool,
    /// What it answers to a queued workflow, when not with its id.
    pub refuses: Option<(u16, Value)>,
    /// How the run ended, when not well.
    pub status: Option<Value>,
    /// Classes it doesn't know.
    pub unknown: Vec<&'static str>,
}

impl Default for Play {
    fn default() -> Self {
        Self {
            line: true,
            says: vec![Say::About("executing", json!({"node": null}))],
            hangs_up: false,
            ends: true,
            forgets: false,
            waits: false,
            refuses: None,
            status: None,
            unknown: Vec::new(),
        }
    }
}

pub struct FakeComfy {
    pub origin: String,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

struct State {
    play: Play,
    seen: Mutex<Vec<Seen>>,
    files: Mutex<HashMap<String, Vec<u8>>>,
    /// Runs by id, with the picture each loads first and the node that saves its result.
    runs: Mutex<HashMap<String, (String, String)>>,
    /// Ids in the order they were queued, with the client of each.
    queued: watch::Sender<Vec<(String, String)>>,
    ended: Mutex<Vec<String>>,
    /// Runs that were asked about; the first time, they are at work.
    asked: Mutex<Vec<String>>,
    arrived: watch::Sender<usize>,
}

impl FakeComfy {
    pub async fn start(play: Play) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(State {
            play,
            seen: Mutex::default(),
            files: Mutex::default(),
            runs: Mutex::default(),
            queued: watch::Sender::new(Vec::new()),
            ended: Mutex::default(),
            asked: Mutex::default(),
            arrived: watch::Sender::new(0),
        });
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&serving).serve(socket));
            }
        });
        Self { origin, state, task }
    }

    /// The requests to this method and path so far, in order.
    pub fn requests(&self, begins: &str) -> Vec<Value> {
        let seen = self.state.seen.lock().expect("no test panics while looking");
        let asked = seen.iter().filter(|seen| seen.first_line.starts_with(begins));
        asked
            .map(|seen| serde_json::from_slice(&seen.body).unwrap_or(Value::Null))
            .collect()
    }

    pub fn seen(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.state.seen.lock().expect("no test panics while looking")
    }

    /// The file it was sent under this name.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.state.files.lock().expect("no test panics").get(name).cloned()
    }

    /// Waits until a request like this came in.
    pub async fn arrived(&self, begins: &str) {
        let mut arrived = self.state.arrived.subscribe();
        let asked = || !self.requests(begins).is_empty();
        let waiting = timeout(Duration::from_secs(10), arrived.wait_for(|_| asked()));
        waiting.await.unwrap_or_else(|_| panic!("no {begins}")).expect("alive");
    }
}

impl Drop for FakeComfy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    async fn serve(self: Arc<Self>, mut socket: TcpStream) {
        let Some(seen) = read_request(&mut socket).await else {
            return;
        };
        let path = seen.first_line.split(' ').nth(1).unwrap_or_default().to_owned();
        let is_post = seen.first_line.starts_with("POST");
        let answer = match path.split('?').next().unwrap_or_default() {
            "/ws" if self.play.line => None,
            "/upload/image" => Some(self.upload(&seen)),
            "/prompt" => Some(self.queue(&seen.json())),
            "/queue" if !is_post => Some(self.list()),
            "/view" => Some((200, self.view(&path))),
            path if path.starts_with("/history/") => Some(self.history(path)),
            path if path.starts_with("/object_info/") => Some(self.object_info(path)),
            "/queue" | "/interrupt" | "/history" => Some((200, Vec::new())),
            _ => Some((404, b"404: Not Found".to_vec())),
        };
        self.seen.lock().expect("no test panics").push(seen);
        self.arrived.send_modify(|n| *n += 1);
        match answer {
            Some((status, body)) => {
                send(
                    &mut socket,
                    &format!("HTTP/1.1 {status} So\r\ncontent-length: {}\r\n", body.len()),
                    &body,
                )
                .await;
            }
            None => {
                let client = path.split("clientId=").nth(1).unwrap_or_default().to_owned();
                self.line(socket, &client).await;
            }
        }
    }

    fn upload(&self, seen: &Seen) -> (u16, Vec<u8>) {
        let parts = seen.parts();
        let image = parts.iter().find(|part| part.name == "image").expect("a picture");
        let name = image.file.clone().expect("a name");
        self.files
            .lock()
            .expect("no test panics")
            .insert(format!("team/{name}"), image.bytes.clone());
        (
            200,
            json!({"name": name, "subfolder": "team", "type": "input"})
                .to_string()
                .into_bytes(),
        )
    }

    fn queue(&self, body: &Value) -> (u16, Vec<u8>) {
        if let Some((status, body)) = &self.play.refuses {
            return (*status, body.to_string().into_bytes());
        }
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let (id, client) = (text(&body["prompt_id"]), text(&body["client_id"]));
        let nodes = body["prompt"].as_object().expect("a graph");
        let of_class = |class: &str| nodes.iter().find(|(_, node)| node["class_type"] == class);
        // One that loads none makes its picture of words.
        let picture = of_class("LoadImage").map_or(String::new(), |(_, node)| text(&node["inputs"]["image"]));
        let saves = of_class("SaveImage")
            .map(|(id, _)| id.clone())
            .expect("it saves a picture");
        self.runs
            .lock()
            .expect("no test panics")
            .insert(id.clone(), (picture, saves));
        if !self.play.line && self.play.ends {
            self.ended.lock().expect("no test panics").push(id.clone());
        }
        self.queued.send_modify(|queued| queued.push((id.clone(), client)));
        (
            200,
            json!({"prompt_id": id, "number": 1, "node_errors": {}})
                .to_string()
                .into_bytes(),
        )
    }

    fn list(&self) -> (u16, Vec<u8>) {
        let runs = self.runs.lock().expect("no test panics");
        let ours: Vec<Value> = runs
            .keys()
            .filter(|_| !self.play.forgets)
            .map(|id| json!([1, id, {}, {}, ["9"]]))
            .collect();
        let (running, pending) = if self.play.waits {
            (vec![json!([0, "theirs", {}, {"client_id": "them"}, ["9"]])], ours)
        } else {
            (ours, Vec::new())
        };
        (
            200,
            json!({"queue_running": running, "queue_pending": pending})
                .to_string()
                .into_bytes(),
        )
    }

    fn history(&self, path: &str) -> (u16, Vec<u8>) {
        let id = path.rsplit('/').next().unwrap_or_default();
        let runs = self.runs.lock().expect("no test panics");
        let mut asked = self.asked.lock().expect("no test panics");
        if self.play.line && !asked.iter().any(|known| known == id) {
            asked.push(id.to_owned());
            return (200, b"{}".to_vec());
        }
        let ended = self
            .ended
            .lock()
            .expect("no test panics")
            .iter()
            .any(|ended| ended == id);
        let body = match (runs.get(id), &self.play.status) {
            (Some(_), Some(status)) if ended => json!({id: {"outputs": {}, "status": status}}),
            (Some((picture, saves)), None) if ended => json!({id: {
                "outputs": {saves: {"images": [{"filename": picture, "subfolder": "out put", "type": "output"}]}},
                "status": {"status_str": "success", "completed": true, "messages": []},
            }}),
            _ => json!({}),
        };
        (200, body.to_string().into_bytes())
    }

    fn view(&self, path: &str) -> Vec<u8> {
        let name = path
            .split("filename=")
            .nth(1)
            .and_then(|rest| rest.split('&').next())
            .unwrap_or_default();
        let name = name.replace("%2F", "/");
        let files = self.files.lock().expect("no test panics");
        let of_words = || super::desk::png(&image::RgbImage::from_pixel(31, 20, image::Rgb([9, 99, 199])));
        files.get(&name).cloned().unwrap_or_else(of_words)
    }

    fn object_info(&self, path: &str) -> (u16, Vec<u8>) {
        let class = path.rsplit('/').next().unwrap_or_default();
        let body = if self.play.unknown.contains(&class) {
            json!({})
        } else {
            json!({class: {"input": {}}})
        };
        (200, body.to_string().into_bytes())
    }

    /// The line of one client: says its part about each run of that client.
    async fn line(&self, mut socket: TcpStream, client: &str) {
        let head = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: x\r\n";
        send(&mut socket, head, b"").await;
        let status =
            json!({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": client}});
        say(&mut socket, 0x81, status.to_string().as_bytes()).await;
        let mut queued = self.queued.subscribe();
        let mine =
            |queued: &Vec<(String, String)>| queued.iter().find(|(_, of)| of == client).map(|(id, _)| id.clone());
        let id = match queued.wait_for(|queued| mine(queued).is_some()).await {
            Ok(queued) => mine(&queued).expect("it is there"),
            Err(_) => return,
        };
        for part in &self.play.says {
            match part {
                Say::About(kind, data) => {
                    let mut message = json!({"type": kind, "data": data});
                    message["data"]["prompt_id"] = json!(id);
                    say(&mut socket, 0x81, message.to_string().as_bytes()).await;
                }
                Say::Any(message) => say(&mut socket, 0x81, message.to_string().as_bytes()).await,
                Say::Bytes(bytes) => say(&mut socket, 0x82, bytes).await,
            }
        }
        if self.play.ends {
            self.ended.lock().expect("no test panics").push(id.clone());
            if !self.play.hangs_up {
                let over = json!({"type": "execution_success", "data": {"prompt_id": id}});
                say(&mut socket, 0x81, over.to_string().as_bytes()).await;
            }
        }
        if !self.play.hangs_up {
            while matches!(socket.read(&mut [0; 64]).await, Ok(1..)) {}
        }
    }
}

/// One frame, as a server sends it.
async fn say(socket: &mut TcpStream, kind: u8, content: &[u8]) {
    let mut frame = vec![kind];
    match content.len() {
        short @ 0..126 => frame.push(u8::try_from(short).expect("short")),
        long => {
            frame.push(126);
            frame.extend_from_slice(&u16::try_from(long).expect("below 64 KiB").to_be_bytes());
        }
    }
    frame.extend_from_slice(content);
    let _ = socket.write_all(&frame).await;
}
