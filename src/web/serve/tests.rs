//! The accept loop seen from a raw socket: what a stranger can do to it, and what everybody else notices of that (nothing).

use std::{
    future::pending,
    time::{Duration, Instant},
};

use axum::{
    body::to_bytes,
    extract::{Extension, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpSocket,
    sync::mpsc,
    task::JoinHandle,
};

use super::*;
use crate::web::{
    multipart::{Form, FormError, FormLimits},
    security::{SecuritySettings, layer},
};

/// Far more than anything here takes; reached only when something hangs.
const AT_MOST: Duration = Duration::from_secs(20);

/// Limits short enough to wait for.
fn short() -> ServeSettings {
    ServeSettings {
        head_timeout: Duration::from_millis(300),
        body_idle_timeout: Duration::from_millis(300),
        body_total_timeout: Duration::from_millis(900),
        keep_alive_timeout: Duration::from_millis(600),
        write_stall_timeout: Duration::from_millis(500),
        linger: Duration::from_millis(500),
        drain_timeout: Duration::from_secs(5),
        ..ServeSettings::default()
    }
}

/// What the handlers tell the test.
type Told = mpsc::UnboundedSender<&'static str>;

struct House {
    address: SocketAddr,
    stopping: CancellationToken,
    running: JoinHandle<io::Result<()>>,
    told: mpsc::UnboundedReceiver<&'static str>,
    /// Lets `/patient` go on.
    go_on: Arc<Semaphore>,
}

#[derive(Clone)]
struct Hall {
    tell: Told,
    go_on: Arc<Semaphore>,
}

impl House {
    async fn open(settings: ServeSettings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (tell, told) = mpsc::unbounded_channel();
        let go_on = Arc::new(Semaphore::new(0));
        let router = layer(
            routes(Hall {
                tell,
                go_on: Arc::clone(&go_on),
            }),
            SecuritySettings::default(),
        );
        let stopping = CancellationToken::new();
        let running = tokio::spawn(serve(listener, router, settings, stopping.clone()));
        Self {
            address,
            stopping,
            running,
            told,
            go_on,
        }
    }

    async fn visitor(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("the door is open")
    }

    /// A connection from another address of this machine: 127.0.0.`n`.
    async fn visitor_from(&self, n: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind(SocketAddr::from(([127, 0, 0, n], 0)))
            .expect("an address of the loopback network");
        socket.connect(self.address).await.expect("the door is open")
    }

    /// Waits until a handler says `this`.
    async fn hears(&mut self, this: &str) {
        let heard = within(self.told.recv()).await.expect("the handlers are there");
        assert_eq!(heard, this);
    }

    async fn stops(self) -> Duration {
        let began = Instant::now();
        self.stopping.cancel();
        within(self.running).await.expect("no panic").expect("a clean end");
        began.elapsed()
    }
}

fn routes(hall: Hall) -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route(
            "/peer",
            get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()),
        )
        .route("/read", post(read))
        .route("/upload", post(upload))
        .route("/patient", post(patient))
        .route(
            "/ignore",
            post(async || (http::StatusCode::PAYLOAD_TOO_LARGE, "no, thank you")),
        )
        .route(
            "/panic",
            get(async || -> &'static str { panic!("as the test wants it") }),
        )
        .route("/flood", get(flood))
        .route("/panicking-body", get(async || Body::from_stream(broken_stream())))
        .route("/stream", get(stream_until_stop))
        .route(
            "/stubborn",
            get(async || Body::from_stream(first_words().chain(stream::pending()))),
        )
        .route(
            "/never",
            get(async |State(hall): State<Hall>| {
                say(&hall, "asked");
                pending::<()>().await
            }),
        )
        .route("/slow", get(slow))
        .with_state(hall)
}

fn say(hall: &Hall, what: &'static str) {
    // The test may have ended without listening to everything.
    let _heard = hall.tell.send(what);
}

fn first_words() -> impl Stream<Item = io::Result<&'static str>> {
    stream::once(async { Ok("first words\n") })
}

async fn read(body: Body) -> Response {
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => format!("read {}", bytes.len()).into_response(),
        Err(error) => (http::StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// Takes a form as the real handlers do.
async fn upload(headers: http::HeaderMap, body: Body) -> Response {
    let sizes = async || -> Result<String, FormError> {
        let mut form = Form::open(&headers, body, FormLimits::default())?;
        let mut said = Vec::new();
        while let Some(mut file) = form.next_file().await? {
            let mut size = 0;
            while let Some(chunk) = file.chunk().await? {
                size += chunk.len();
            }
            said.push(format!("{}: {size}", file.file_name));
        }
        said.extend(form.texts().get("title").map(str::to_owned));
        Ok(said.join(", "))
    };
    match sizes().await {
        Ok(sizes) => sizes.into_response(),
        Err(error) => (error.status(), format!("{error:?}")).into_response(),
    }
}

/// Reads one frame, does something else until it is told to go on, then reads the rest.
async fn patient(State(hall): State<Hall>, mut body: Body) -> String {
    let first = body
        .frame()
        .await
        .expect("a frame")
        .expect("no error")
        .into_data()
        .expect("bytes")
        .len();
    say(&hall, "has the first");
    hall.go_on.acquire().await.expect("never closed").forget();
    say(&hall, "reads on");
    match to_bytes(body, usize::MAX).await {
        Ok(rest) => format!("read {}", first + rest.len()),
        Err(error) => error.to_string(),
    }
}

async fn slow(State(hall): State<Hall>) -> &'static str {
    say(&hall, "asked");
    hall.go_on.acquire().await.expect("never closed").forget();
    "done"
}

/// Bytes without end, and a word when nobody wants more.
async fn flood(State(hall): State<Hall>) -> Body {
    struct Ends(Hall);
    impl Drop for Ends {
        fn drop(&mut self) {
            say(&self.0, "flood ended");
        }
    }
    let ends = Ends(hall);
    Body::from_stream(stream::repeat_with(move || {
        let _held = &ends;
        io::Result::Ok(Bytes::from_static(&[0; 16 * 1024]))
    }))
}

fn broken_stream() -> impl Stream<Item = io::Result<&'static str>> {
    first_words().chain(stream::poll_fn(|_| panic!("as the test wants it")))
}

async fn stream_until_stop(Extension(Stopping(stopping)): Extension<Stopping>) -> Body {
    let last = stream::once(async move {
        stopping.cancelled().await;
        Ok("good bye\n")
    });
    Body::from_stream(first_words().chain(last))
}

async fn within<F: Future>(future: F) -> F::Output {
    timeout(AT_MOST, future).await.expect("it hangs")
}

async fn ask(visitor: &mut TcpStream, request: &str) {
    visitor
        .write_all(request.replace('\n', "\r\n").as_bytes())
        .await
        .expect("the line is open");
}

/// Everything until the other side closes; a reset is an end too.
async fn rest(visitor: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _end = within(visitor.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until `words` have come.
async fn hears(visitor: &mut TcpStream, words: &str) -> String {
    let mut heard = Vec::new();
    within(async {
        while !String::from_utf8_lossy(&heard).contains(words) {
            let mut bytes = [0; 4096];
            match visitor.read(&mut bytes).await {
                Ok(n @ 1..) => heard.extend_from_slice(&bytes[..n]),
                end => panic!("{end:?} after {:?}", String::from_utf8_lossy(&heard)),
            }
        }
    })
    .await;
    String::from_utf8_lossy(&heard).into_owned()
}

/// Sends `first`, then one byte every 20 ms for as long as the other side listens; returns its last words.
async fn drip(mut visitor: TcpStream, first: &str) -> String {
    ask(&mut visitor, first).await;
    let (mut from, mut to) = visitor.into_split();
    let dripping = tokio::spawn(async move {
        while to.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    let mut bytes = Vec::new();
    let _end = within(from.read_to_end(&mut bytes)).await;
    dripping.abort();
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn is_served(house: &House) {
    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n").await;
    let answer = rest(&mut visitor).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_request_carries_its_peer_and_is_answered_again_on_the_same_line() {
    let house = House::open(ServeSettings::default()).await;
    let mut visitor = house.visitor().await;
    let mine = visitor.local_addr().expect("an address").to_string();
    for _ in 0..3 {
        ask(&mut visitor, "GET /peer HTTP/1.1\nHost: localhost\n\n").await;
        hears(&mut visitor, &mine).await;
    }
}

#[tokio::test]
async fn sec_dos_01_a_silent_client_is_cut_before_its_first_byte() {
    let house = House::open(short()).await;
    let began = Instant::now();
    let mut visitor = house.visitor().await;
    assert_eq!(rest(&mut visitor).await, "");
    assert!(
        began.elapsed() >= Duration::from_millis(250),
        "cut too early: {:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn sec_dos_01_half_a_head_is_cut_with_words() {
    let house = House::open(short()).await;
    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET / HTTP/1.1\nHost: loc").await;
    let answer = rest(&mut visitor).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("\r\nContent-Security-Policy: default-src 'none'"),
        "{answer}"
    );
}

#[tokio::test]
async fn sec_dos_01_a_dripping_head_is_cut() {
    let house = House::open(short()).await;
    let answer = drip(house.visitor().await, "GET / HTTP/1.1\nHost: localhost\nX: ").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn sec_dos_01_a_second_head_on_a_used_line_has_the_same_time() {
    let house = House::open(ServeSettings {
        keep_alive_timeout: AT_MOST,
        ..short()
    })
    .await;
    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET / HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut visitor, "hello").await;
    let answer = drip(visitor, "GET / HTTP/1.1\nHost: localhost\nX: ").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn sec_dos_01_a_used_line_may_rest_longer_than_a_new_one_but_not_for_ever() {
    let house = House::open(short()).await;
    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET / HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut visitor, "hello").await;
    let began = Instant::now();
    assert_eq!(rest(&mut visitor).await, "");
    assert!(
        began.elapsed() >= Duration::from_millis(500),
        "cut too early: {:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn sec_dos_01_silence_after_the_head_is_answered_408() {
    let house = House::open(ServeSettings {
        body_total_timeout: AT_MOST,
        ..short()
    })
    .await;
    let mut visitor = house.visitor().await;
    ask(
        &mut visitor,
        "POST /read HTTP/1.1\nHost: localhost\nContent-Length: 10\n\nhalf",
    )
    .await;
    let answer = rest(&mut visitor).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(
        answer.contains("\r\ncontent-security-policy: default-src 'none'"),
        "{answer}"
    );
}

#[tokio::test]
async fn sec_dos_01_a_dripping_body_is_answered_408() {
    let house = House::open(short()).await;
    let began = Instant::now();
    let head = "POST /read HTTP/1.1\nHost: localhost\nContent-Length: 100000\n\n";
    let answer = drip(house.visitor().await, head).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        began.elapsed() >= Duration::from_millis(800),
        "the pauses were short enough: {:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn sec_dos_01_our_own_slowness_is_not_the_visitors() {
    let mut house = House::open(short()).await;
    let mut visitor = house.visitor().await;
    ask(
        &mut visitor,
        "POST /patient HTTP/1.1\nHost: localhost\nContent-Length: 10\n\nfirst",
    )
    .await;
    house.hears("has the first").await;
    // Longer than the whole body may take: what is measured is time in which nobody waits for the visitor.
    sleep(Duration::from_millis(1000)).await;
    house.go_on.add_permits(1);
    house.hears("reads on").await;
    ask(&mut visitor, " rest").await;
    hears(&mut visitor, "read 10").await;
}

#[tokio::test]
async fn sec_dos_01_a_body_in_time_is_read_whole() {
    let house = House::open(short()).await;
    let mut visitor = house.visitor().await;
    ask(
        &mut visitor,
        "POST /read HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n4\nfour\n",
    )
    .await;
    sleep(Duration::from_millis(30)).await;
    ask(&mut visitor, "3\nand\n0\n\n").await;
    hears(&mut visitor, "read 7").await;
}

#[tokio::test]
async fn sec_dos_01_an_upload_that_stops_is_answered_408_by_whoever_reads_it() {
    // Without the layer around it: the form itself knows why it ended.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/upload", post(upload));
    let running = tokio::spawn(serve(listener, router, short(), CancellationToken::new()));
    let mut visitor = TcpStream::connect(address).await.expect("the door is open");
    ask(&mut visitor, &(upload_head(5000) + FORM_START + "pixels")).await;
    let answer = rest(&mut visitor).await;
    assert!(
        answer.starts_with("HTTP/1.1 408 ") && answer.ends_with("TooSlow"),
        "{answer}"
    );
    running.abort();
}

#[tokio::test]
async fn sec_dos_02_uploads_are_read_or_refused_from_their_announced_length() {
    let house = House::open(ServeSettings::default()).await;
    let pixels = "x".repeat(3_000_000);
    let end = "\n--edge\nContent-Disposition: form-data; name=\"title\"\n\nCat\n--edge--\n";
    let body = (FORM_START.to_owned() + &pixels + end).replace('\n', "\r\n");
    let mut visitor = house.visitor().await;
    ask(&mut visitor, &upload_head(body.len())).await;
    visitor.write_all(body.as_bytes()).await.expect("the line is open");
    hears(&mut visitor, "cat.png: 3000000, Cat").await;

    let mut visitor = house.visitor().await;
    ask(&mut visitor, &upload_head(21 * 1024 * 1024 + 1)).await;
    let answer = rest(&mut visitor).await;
    assert!(
        answer.starts_with("HTTP/1.1 413 "),
        "refused before a byte of it came: {answer}"
    );
}

const FORM_START: &str = "--edge\nContent-Disposition: form-data; name=\"picture\"; filename=\"cat.png\"\n\n";

fn upload_head(length: usize) -> String {
    format!(
        "POST /upload HTTP/1.1\nHost: localhost\nContent-Type: multipart/form-data; boundary=edge\n\
         Content-Length: {length}\n\n"
    )
}

#[tokio::test]
async fn sec_dos_02_connections_are_capped_for_a_network_and_in_all() {
    let settings = ServeSettings {
        connections: 3,
        connections_per_network: 2,
        ..ServeSettings::default()
    };
    let house = House::open(settings).await;
    let mut inside = vec![
        house.visitor_from(1).await,
        house.visitor_from(1).await,
        house.visitor_from(2).await,
    ];
    for visitor in &mut inside {
        ask(visitor, "GET / HTTP/1.1\nHost: localhost\n\n").await;
        hears(visitor, "hello").await;
    }
    for n in [1, 3] {
        let mut outside = house.visitor_from(n).await;
        ask(&mut outside, "GET / HTTP/1.1\nHost: localhost\n\n").await;
        let answer = rest(&mut outside).await;
        assert!(
            answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 5\r\n"),
            "{answer}"
        );
    }

    // Now only network 1 is full: 3 comes in, 1 doesn't.
    drop(inside.pop());
    within(async {
        loop {
            let mut visitor = house.visitor_from(3).await;
            ask(&mut visitor, "GET / HTTP/1.1\nHost: localhost\n\n").await;
            let answer = hears(&mut visitor, "\r\n\r\n").await;
            if answer.starts_with("HTTP/1.1 200 ") {
                break;
            }
        }
    })
    .await;
    let mut outside = house.visitor_from(1).await;
    assert!(rest(&mut outside).await.starts_with("HTTP/1.1 503 "));
}

#[tokio::test]
async fn sec_dos_02_heads_are_bounded() {
    let house = House::open(ServeSettings::default()).await;
    let uri = |length: usize| {
        format!(
            "GET /{} HTTP/1.1\nHost: localhost\nConnection: close\n\n",
            "a".repeat(length - 1)
        )
    };
    let lines = |n: usize| {
        format!(
            "GET / HTTP/1.1\nHost: localhost\nConnection: close\n{}\n",
            "X-Y: z\n".repeat(n - 2)
        )
    };
    let bytes = |n: usize| {
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: \r\n\r\n".len();
        format!(
            "GET / HTTP/1.1\nHost: localhost\nConnection: close\nX: {}\n\n",
            "x".repeat(n - head)
        )
    };
    let cases = [
        (uri(8 * 1024), 404),
        (uri(8 * 1024 + 1), 414),
        (lines(100), 200),
        (lines(101), 431),
        (bytes(32 * 1024), 200),
        (bytes(32 * 1024 + 1), 431),
    ];
    for (request, status) in cases {
        let mut visitor = house.visitor().await;
        ask(&mut visitor, &request).await;
        let answer = rest(&mut visitor).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{} bytes: {answer}",
            request.len()
        );
    }
}

#[tokio::test]
async fn sec_dos_03_a_reader_that_does_not_read_is_cut_and_delays_nobody() {
    let mut house = House::open(short()).await;
    let mut quiet = house.visitor().await;
    ask(&mut quiet, "GET /stream HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut quiet, "first words").await;

    let mut unread = house.visitor().await;
    ask(&mut unread, "GET /flood HTTP/1.1\nHost: localhost\n\n").await;
    for _ in 0..20 {
        let began = Instant::now();
        is_served(&house).await;
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "the others wait for it: {:?}",
            began.elapsed()
        );
    }
    house.hears("flood ended").await;

    // A stream with nothing to say isn't one that isn't read: it outlived the flood, and is there to the end.
    house.stopping.cancel();
    assert!(rest(&mut quiet).await.contains("good bye"));
}

#[tokio::test]
async fn sec_dos_03_a_slow_reader_is_not_cut() {
    let house = House::open(short()).await;
    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET /flood HTTP/1.1\nHost: localhost\n\n").await;
    let began = Instant::now();
    let mut bytes = vec![0; 2 * 1024 * 1024];
    while began.elapsed() < Duration::from_millis(1500) {
        within(visitor.read_exact(&mut bytes)).await.expect("the line is open");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn sec_dos_07_a_panic_ends_one_request_or_one_connection_and_nothing_else() {
    let house = House::open(ServeSettings::default()).await;
    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET /panic HTTP/1.1\nHost: localhost\n\n").await;
    let answer = hears(&mut visitor, "try again").await;
    assert!(
        answer.starts_with("HTTP/1.1 500 ") && !answer.contains("as the test wants it"),
        "{answer}"
    );

    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET /panicking-body HTTP/1.1\nHost: localhost\n\n").await;
    assert!(
        !rest(&mut visitor).await.ends_with("0\r\n\r\n"),
        "a broken answer must not look whole"
    );
    is_served(&house).await;
}

#[tokio::test]
async fn an_answer_arrives_even_when_the_upload_it_refuses_goes_on() {
    let house = House::open(ServeSettings {
        linger: AT_MOST,
        ..ServeSettings::default()
    })
    .await;
    let visitor = house.visitor().await;
    let (mut from, mut to) = visitor.into_split();
    let upload = tokio::spawn(async move {
        let head = "POST /ignore HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16777216\r\n\r\n";
        to.write_all(head.as_bytes()).await.expect("the line is open");
        to.write_all(&vec![0; 16 * 1024 * 1024])
            .await
            .expect("no reset while the answer is on its way");
        to
    });
    let _open = within(upload).await.expect("no panic");
    let mut bytes = Vec::new();
    within(from.read_to_end(&mut bytes)).await.expect("no reset");
    let answer = String::from_utf8_lossy(&bytes);
    assert!(
        answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("no, thank you"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_visitor_who_leaves_ends_the_work_made_for_them() {
    let mut house = House::open(ServeSettings::default()).await;
    let mut visitor = house.visitor().await;
    ask(&mut visitor, "GET /flood HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut visitor, "200 OK").await;
    drop(visitor);
    house.hears("flood ended").await;
}

#[tokio::test]
async fn rel_stop_01_streams_end_open_requests_are_answered_and_nobody_new_comes_in() {
    let mut house = House::open(ServeSettings::default()).await;
    let mut stream = house.visitor().await;
    ask(&mut stream, "GET /stream HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut stream, "first words").await;
    let mut resting = house.visitor().await;
    ask(&mut resting, "GET / HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut resting, "hello").await;
    let mut silent = house.visitor().await;
    let mut asking = house.visitor().await;
    ask(&mut asking, "GET /slow HTTP/1.1\nHost: localhost\n\n").await;
    house.hears("asked").await;

    house.stopping.cancel();
    assert!(rest(&mut stream).await.contains("good bye"));
    assert_eq!(rest(&mut resting).await, "");
    assert_eq!(rest(&mut silent).await, "");
    within(async { while TcpStream::connect(house.address).await.is_ok() {} }).await;
    assert!(!house.running.is_finished(), "somebody is still being answered");

    house.go_on.add_permits(1);
    let answer = rest(&mut asking).await;
    assert!(
        answer.ends_with("done") && answer.contains("connection: close"),
        "{answer}"
    );
    let took = house.stops().await;
    assert!(took < Duration::from_secs(5), "nothing was left to wait for: {took:?}");
}

#[tokio::test]
async fn rel_stop_01_what_does_not_end_is_cut_within_the_bound() {
    let settings = ServeSettings {
        drain_timeout: Duration::from_millis(500),
        ..ServeSettings::default()
    };
    let mut house = House::open(settings).await;
    let mut stubborn = house.visitor().await;
    ask(&mut stubborn, "GET /stubborn HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut stubborn, "first words").await;
    let mut never = house.visitor().await;
    ask(&mut never, "GET /never HTTP/1.1\nHost: localhost\n\n").await;
    house.hears("asked").await;
    let mut half_a_head = house.visitor().await;
    ask(&mut half_a_head, "GET / HTTP/1.1\nHo").await;
    let mut half_a_body = house.visitor().await;
    ask(
        &mut half_a_body,
        "POST /read HTTP/1.1\nHost: localhost\nContent-Length: 10\n\nhalf",
    )
    .await;
    let mut unread = house.visitor().await;
    ask(&mut unread, "GET /flood HTTP/1.1\nHost: localhost\n\n").await;
    hears(&mut unread, "200 OK").await;

    let took = house.stops().await;
    assert!(took < Duration::from_secs(5), "the bound is half a second: {took:?}");
    for visitor in [&mut stubborn, &mut never, &mut half_a_head, &mut half_a_body] {
        assert!(!rest(visitor).await.contains("200 OK\r\n\r\n"));
    }
}
