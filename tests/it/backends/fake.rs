//! A stand-in for any service on a free port of this machine, on bare sockets so that it can misbehave.
//!
//! Rule: the n-th request gets the n-th reply of the script, everything it was sent is kept for the test to look at, and
//! a request too many is answered with a 500 and counted.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, timeout},
};

/// What the fake does with a request.
pub enum Reply {
    /// Answers in full.
    Whole {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Promises 100 bytes more than it sends, then hangs up.
    Cut(Vec<u8>),
    /// Promises 100 bytes more than it sends, then says nothing more.
    Stall(Vec<u8>),
    /// Sends events in these pieces, one write each.
    Events { pieces: Vec<Vec<u8>>, ending: Ending },
    /// Hangs up without an answer.
    HangUp,
    /// Never answers.
    Silent,
    /// Sends so many bytes of a JSON string, with or without saying so first.
    Flood { bytes: usize, promised: bool },
}

/// How a stream of events ends.
#[derive(Clone, Copy)]
pub enum Ending {
    Whole,
    /// Hangs up in the middle.
    Cut,
    /// Says nothing more.
    Stall,
}

impl Reply {
    /// These events whole, in one piece.
    pub fn events(text: String) -> Self {
        Self::Events {
            pieces: vec![text.into_bytes()],
            ending: Ending::Whole,
        }
    }

    /// An answer in JSON.
    pub fn json(status: u16, body: String) -> Self {
        let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
        Self::Whole {
            status,
            headers,
            body: body.into_bytes(),
        }
    }
}

/// One request as it came in.
pub struct Seen {
    pub at: Instant,
    /// `POST /v1beta/models/… HTTP/1.1`
    pub first_line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the request is JSON")
    }

    /// The parts of a form.
    pub fn parts(&self) -> Vec<Part> {
        let kind = self.header("content-type").expect("a type");
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").expect("a form");
        let (open, close) = (format!("--{boundary}\r\n"), format!("--{boundary}--\r\n"));
        let mut rest = self.body.as_slice();
        let mut parts = Vec::new();
        while rest != close.as_bytes() {
            rest = rest.strip_prefix(open.as_bytes()).expect("a part begins");
            let head_end = find(rest, b"\r\n\r\n").expect("its head ends");
            let head = String::from_utf8(rest[..head_end].to_vec()).expect("text");
            rest = &rest[head_end + 4..];
            let end = find(rest, format!("\r\n--{boundary}").as_bytes()).expect("it ends");
            parts.push(Part::of(&head, rest[..end].to_vec()));
            rest = &rest[end + 2..];
        }
        parts
    }
}

/// One part of a form.
pub struct Part {
    pub name: String,
    pub file: Option<String>,
    pub kind: Option<String>,
    pub bytes: Vec<u8>,
}

impl Part {
    fn of(head: &str, bytes: Vec<u8>) -> Self {
        let quoted = |name: &str| {
            let from = head.find(&format!("; {name}=\""))? + name.len() + 4;
            head[from..].split('"').next().map(str::to_owned)
        };
        let kind = head.lines().find_map(|line| line.strip_prefix("Content-Type: "));
        Self {
            name: quoted("name").expect("a name"),
            file: quoted("filename"),
            kind: kind.map(str::to_owned),
            bytes,
        }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("text")
    }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

pub struct Fake {
    origin: String,
    /// Where Gemini would answer.
    pub base_url: String,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

/// What comes next, by what was asked.
type Script = dyn Fn(&Seen) -> Option<Reply> + Send + Sync;

struct State {
    next: Box<Script>,
    seen: Mutex<Vec<Seen>>,
    /// How many requests came in whole.
    arrived: watch::Sender<usize>,
    /// How many connections the other side has closed while we still had to answer.
    abandoned: watch::Sender<usize>,
    /// Bytes of floods that went out.
    flooded: AtomicUsize,
}

impl Fake {
    pub async fn start(script: Vec<Reply>) -> Self {
        let script = Mutex::new(VecDeque::from(script));
        Self::answering(move |_| script.lock().expect("no panic").pop_front()).await
    }

    /// One that looks at a request before it answers.
    pub async fn answering(next: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(State {
            next: Box::new(next),
            seen: Mutex::default(),
            arrived: watch::Sender::new(0),
            abandoned: watch::Sender::new(0),
            flooded: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&serving).serve(socket));
            }
        });
        let base_url = format!("{origin}/v1beta");
        Self {
            origin,
            base_url,
            state,
            task,
        }
    }

    /// The address of this path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// What came in so far.
    pub fn seen(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.state.seen.lock().expect("no test panics while looking")
    }

    pub fn calls(&self) -> usize {
        self.seen().len()
    }

    pub fn flooded(&self) -> usize {
        self.state.flooded.load(Ordering::SeqCst)
    }

    /// Waits until so many requests came in.
    pub async fn arrived(&self, count: usize) {
        let mut arrived = self.state.arrived.subscribe();
        timeout(Duration::from_secs(10), arrived.wait_for(|n| *n >= count))
            .await
            .expect("in time")
            .expect("alive");
    }

    /// Whether the other side closes its connection within a second.
    pub async fn is_abandoned_within_a_second(&self) -> bool {
        let mut abandoned = self.state.abandoned.subscribe();
        timeout(Duration::from_secs(1), abandoned.wait_for(|n| *n >= 1))
            .await
            .is_ok()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    async fn serve(self: Arc<Self>, mut socket: TcpStream) {
        let Some(seen) = read_request(&mut socket).await else {
            return;
        };
        let reply = (self.next)(&seen);
        self.seen.lock().expect("no test panics while looking").push(seen);
        self.arrived.send_modify(|n| *n += 1);
        match reply {
            Some(reply) => self.answer(&reply, &mut socket).await,
            None => {
                let _ = socket
                    .write_all(b"HTTP/1.1 500 One Too Many\r\ncontent-length: 0\r\n\r\n")
                    .await;
            }
        }
    }

    async fn answer(&self, reply: &Reply, socket: &mut TcpStream) {
        match reply {
            Reply::Whole { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} So\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                send(socket, &head, body).await;
            }
            Reply::Cut(body) => send(socket, &promise(body.len() + 100), body).await,
            Reply::Stall(body) => {
                send(socket, &promise(body.len() + 100), body).await;
                self.wait_for_the_end(socket).await;
            }
            Reply::Events { pieces, ending } => {
                let head = "HTTP/1.1 200 So\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n";
                send(socket, head, b"").await;
                for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
                    send(socket, &format!("{:x}", piece.len()), piece).await;
                    let _ = socket.write_all(b"\r\n").await;
                    let _ = socket.flush().await;
                }
                match ending {
                    Ending::Whole => send(socket, "0\r\n", b"").await,
                    Ending::Cut => {}
                    Ending::Stall => self.wait_for_the_end(socket).await,
                }
            }
            Reply::HangUp => {}
            Reply::Silent => self.wait_for_the_end(socket).await,
            Reply::Flood { bytes, promised } => {
                let head = if *promised {
                    promise(*bytes)
                } else {
                    "HTTP/1.1 200 So\r\n".to_owned()
                };
                send(socket, &head, b"\"").await;
                let chunk = vec![b'A'; 64 * 1024];
                while self.flooded.load(Ordering::SeqCst) < *bytes && socket.write_all(&chunk).await.is_ok() {
                    self.flooded.fetch_add(chunk.len(), Ordering::SeqCst);
                }
            }
        }
    }

    async fn wait_for_the_end(&self, socket: &mut TcpStream) {
        while matches!(socket.read(&mut [0; 64]).await, Ok(1..)) {}
        self.abandoned.send_modify(|n| *n += 1);
    }
}

fn promise(bytes: usize) -> String {
    format!("HTTP/1.1 200 So\r\ncontent-type: application/json\r\ncontent-length: {bytes}\r\n")
}

pub async fn send(socket: &mut TcpStream, head: &str, body: &[u8]) {
    let _ = socket.write_all(format!("{head}\r\n").as_bytes()).await;
    let _ = socket.write_all(body).await;
}

pub async fn read_request(socket: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let first_line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(Some(0), |(_, length)| length.parse().ok())?;
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if socket.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Seen {
        at: Instant::now(),
        first_line,
        headers,
        body,
    })
}
