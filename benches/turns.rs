//! What a person waits for, measured from outside: a whole turn, an upload, a page, a change seen by many.
//!
//! Rule: the server is a process of its own with a scripted backend, so that its processor time and its memory are its
//! alone; what is timed is whole HTTP exchanges on this machine, with files and rows synced to the disk as always.
//! `cargo bench --bench turns` prints one line for each; nothing is asserted.

#[path = "../tests/it/scripted.rs"]
mod scripted;

use std::{
    error::Error,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;
use plantain::{app::App, backends::registry::Registry, clock::Clock, config::Config, random};
use reqwest::{
    Client,
    multipart::{Form, Part},
    redirect::Policy,
};
use scripted::Scripted;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Set for the process that serves: its data folder.
const ROLE: &str = "PLANTAIN_BENCH_SERVES";
/// Set to a file for the backend's answer.
const ANSWER: &str = "PLANTAIN_BENCH_ANSWER";
/// As the program itself starts: without it glibc keeps freed pictures.
const MALLOC: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "262144");
/// The processor's time is counted in hundredths of a second.
const TICK_MS: f64 = 10.0;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match std::env::var(ROLE) {
        Ok(folder) => runtime.block_on(serve(&folder)),
        Err(_) => runtime.block_on(measure()),
    }
}

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    config: Config,
}

/// The process that is measured.
async fn serve(folder: &str) -> Outcome<()> {
    let arguments = [
        "plantain",
        "--data",
        folder,
        "--max-connections-per-network",
        "512",
        "--models",
        "off",
    ];
    let config = Program::try_parse_from(arguments)?.config;
    let answer = std::fs::read(std::env::var(ANSWER)?)?;
    let backend = Scripted::new(move |_| Ok(answer.clone()));
    let app = App::build_with(config, Clock::default(), |_, _| {
        Ok(Registry::of([Arc::new(backend) as _]))
    })
    .await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(app.run(listener).await?)
}

async fn measure() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let photos: Vec<Vec<u8>> = (0..6).map(|seed| photo(4000, 3000, seed)).collect::<Outcome<_>>()?;
    let (small, large) = (folder.path().join("small.jpg"), folder.path().join("large.jpg"));
    std::fs::write(&small, photo(900, 600, 9)?)?;
    std::fs::write(&large, photo(4000, 3000, 9)?)?;
    println!("the 12-megapixel JPEGs have about {} KiB", photos[0].len() / 1024);

    let server = Server::start(&folder.path().join("a"), &small)?;
    let session = server.begin(std::fs::read(&small)?).await?;
    let mut run = Run::of("a turn, 0.5 megapixels", &server)?;
    for _ in 0..200 {
        run.time(server.turn(&session)).await?;
    }
    run.tell()?;
    leaving(
        &server,
        &session,
        ["a first download, 0.5 megapixels", "asking where it comes from"],
    )
    .await?;
    pages(&server, &session).await?;
    readers(&server, &session).await?;
    drop(server);

    let server = Server::start(&folder.path().join("b"), &large)?;
    let mut run = Run::of("upload to version, 12 megapixels", &server)?;
    for photo in photos.iter().cycle().take(18) {
        run.time(server.begin(photo.clone())).await?;
    }
    run.tell()?;
    let mut run = Run::of("the same, 6 at once", &server)?;
    let uploads = photos.iter().map(|photo| server.begin(photo.clone()));
    run.time(futures_util::future::try_join_all(uploads)).await?;
    run.tell()?;
    let session = server.begin(photos[0].clone()).await?;
    let mut run = Run::of("a turn, 12 megapixels", &server)?;
    for _ in 0..20 {
        run.time(server.turn(&session)).await?;
    }
    run.tell()?;
    leaving(
        &server,
        &session,
        ["a first download, 12 megapixels", "asking where it comes from"],
    )
    .await
}

/// What a version's way out costs (marked, encoded, signed), and the question where that file comes from.
async fn leaving(server: &Server, session: &Session, names: [&'static str; 2]) -> Outcome<()> {
    let mut made = Vec::new();
    for _ in 0..6 {
        made.push(server.turn(session).await?);
    }
    let (mut run, mut left) = (Run::of(names[0], server)?, Vec::new());
    for version in &made {
        let path = format!(
            "/api/v1/sessions/{}/versions/{version}/picture?credentials=1",
            session.id
        );
        left.push(run.time(server.fetch(&path, session)).await?);
    }
    run.tell()?;
    let mut run = Run::of(names[1], server)?;
    for file in left {
        run.time(server.verify(file)).await?;
    }
    run.tell()
}

/// The page of the session with 200 turns, and of another with 20.
async fn pages(server: &Server, long: &Session) -> Outcome<()> {
    let short = server.begin(photo(900, 600, 1)?).await?;
    for _ in 0..20 {
        server.turn(&short).await?;
    }
    for (name, session) in [("the page of 20 turns", &short), ("the page of 200 turns", long)] {
        let path = format!("/s/{}", session.id);
        let mut run = Run::of(name, server)?;
        let mut bytes = 0;
        for _ in 0..200 {
            bytes = run.time(server.get(&path, session)).await?.len();
        }
        run.tell()?;
        println!("{:34} {bytes} bytes of HTML", "");
    }
    Ok(())
}

/// From a change to the last of 100 readers who heard of it.
async fn readers(server: &Server, session: &Session) -> Outcome<()> {
    let (said, mut heard) = mpsc::unbounded_channel::<u64>();
    let shares = [(); 100].map(|()| server.share(session));
    let path = format!("/api/v1/sessions/{}", session.id);
    let now: Value = serde_json::from_str(&server.get(&path, session).await?)?;
    let revision = now["session"]["revision"].to_string();
    for link in futures_util::future::try_join_all(shares).await? {
        let mut stream = server.follow(session, &link, &revision).await?;
        let said = said.clone();
        tokio::spawn(async move {
            let mut text = String::new();
            while let Ok(Some(chunk)) = stream.chunk().await {
                text.push_str(&String::from_utf8_lossy(&chunk));
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let titled = event.split_once(">Change ").and_then(|(_, rest)| rest.split_once('<'));
                    if let Some(n) = titled.and_then(|(n, _)| n.parse().ok()) {
                        let _nobody_listens_any_more = said.send(n);
                    }
                    text = rest.to_owned();
                }
            }
        });
    }
    let mut run = Run::of("a change, to the last of 100 readers", server)?;
    for n in 0..50_u64 {
        run.time(async {
            let title = json!({"title": format!("Change {n}")});
            let request = server.http.patch(server.url(&path)).bearer_auth(&session.token);
            request.json(&title).send().await?.error_for_status()?;
            let mut waiting = 100;
            while waiting > 0 {
                waiting -= u32::from(heard.recv().await == Some(n));
            }
            Ok(())
        })
        .await?;
    }
    run.tell()
}

/// Times of one thing done again and again.
struct Run<'a> {
    name: &'static str,
    server: &'a Server,
    cpu_before: f64,
    times: Vec<Duration>,
}

impl<'a> Run<'a> {
    fn of(name: &'static str, server: &'a Server) -> Outcome<Self> {
        // The peak of the memory starts again from here.
        std::fs::write(format!("/proc/{}/clear_refs", server.process.id()), "5")?;
        Ok(Self {
            name,
            server,
            cpu_before: server.cpu_ms()?,
            times: Vec::new(),
        })
    }

    async fn time<T>(&mut self, what: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        let start = Instant::now();
        let done = what.await?;
        self.times.push(start.elapsed());
        Ok(done)
    }

    fn tell(mut self) -> Outcome<()> {
        self.times.sort_unstable();
        let at = |part: usize| self.times[(self.times.len() - 1) * part / 100].as_secs_f64() * 1000.0;
        let count = u32::try_from(self.times.len())?;
        let cpu = (self.server.cpu_ms()? - self.cpu_before) / f64::from(count);
        let peak = self.server.status("VmHWM:")? / 1024;
        println!(
            "{:38} n={count:<4} p50 {:8.1} ms   p95 {:8.1} ms   cpu {cpu:7.1} ms   peak {peak:4} MiB",
            self.name,
            at(50),
            at(95),
        );
        Ok(())
    }
}

struct Session {
    id: String,
    token: String,
}

/// The other process, and a client to it.
struct Server {
    process: Child,
    address: String,
    http: Client,
}

impl Server {
    #[expect(
        clippy::disallowed_methods,
        reason = "the visitor's client, not the house's outbound one"
    )]
    fn start(folder: &Path, answer: &Path) -> Outcome<Self> {
        let _already = rustls::crypto::ring::default_provider().install_default();
        let mut process = Command::new(std::env::current_exe()?)
            .env(ROLE, folder)
            .env(ANSWER, answer)
            .env(MALLOC.0, MALLOC.1)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        let said = process.stdout.take().ok_or("it says nothing")?;
        BufReader::new(said).read_line(&mut address)?;
        Ok(Self {
            process,
            address: address.trim().to_owned(),
            http: Client::builder().no_proxy().redirect(Policy::none()).build()?,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn begin(&self, picture: Vec<u8>) -> Outcome<Session> {
        let form = Form::new().part("picture", Part::bytes(picture).file_name("photo.jpg"));
        let answer = self
            .http
            .post(self.url("/api/v1/sessions"))
            .multipart(form)
            .send()
            .await?;
        let body: Value = answer.error_for_status()?.json().await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(Session {
            id: text(&body["session"]["id"]),
            token: text(&body["edit_token"]),
        })
    }

    /// Handed in, and waited for as a script does: the version it made.
    async fn turn(&self, session: &Session) -> Outcome<String> {
        let id = random::uuid(Clock::default().now()).to_string();
        let turns = self.url(&format!("/api/v1/sessions/{}/turns", session.id));
        let body = json!({"instruction": "make it warmer", "client_id": id});
        let request = self.http.post(&turns).bearer_auth(&session.token).json(&body);
        let turn: Value = request.send().await?.error_for_status()?.json().await?;
        let id = turn["turn"]["id"].as_str().ok_or("a turn without id")?;
        let request = self
            .http
            .get(format!("{turns}/{id}?wait=30"))
            .bearer_auth(&session.token);
        let turn: Value = request.send().await?.error_for_status()?.json().await?;
        match turn["turn"]["versions"][0].as_str() {
            Some(version) => Ok(version.to_owned()),
            None => Err(turn.to_string().into()),
        }
    }

    async fn fetch(&self, path: &str, session: &Session) -> Outcome<Vec<u8>> {
        let request = self.http.get(self.url(path)).bearer_auth(&session.token);
        Ok(request.send().await?.error_for_status()?.bytes().await?.to_vec())
    }

    async fn verify(&self, file: Vec<u8>) -> Outcome<()> {
        let form = Form::new().part("picture", Part::bytes(file).file_name("photo.jpg"));
        let answer = self
            .http
            .post(self.url("/api/v1/verify"))
            .multipart(form)
            .send()
            .await?;
        let told: Value = answer.error_for_status()?.json().await?;
        let is_trusted = told["credentials"]["standing"] == "trusted";
        is_trusted.then_some(()).ok_or_else(|| told.to_string().into())
    }

    async fn get(&self, path: &str, session: &Session) -> Outcome<String> {
        let request = self.http.get(self.url(path)).bearer_auth(&session.token);
        Ok(request.send().await?.error_for_status()?.text().await?)
    }

    /// A link to the session, as a cookie of a browser that followed it.
    async fn share(&self, session: &Session) -> Outcome<String> {
        let shares = self.url(&format!("/api/v1/sessions/{}/shares", session.id));
        let request = self
            .http
            .post(shares)
            .bearer_auth(&session.token)
            .json(&json!({"access": "view"}));
        let body: Value = request.send().await?.error_for_status()?.json().await?;
        let token = body["token"].as_str().ok_or("a share without token")?;
        let answer = self.http.get(self.url(&format!("/join/{token}"))).send().await?;
        let cookie = answer.headers().get("set-cookie").ok_or("no cookie")?.to_str()?;
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    async fn follow(&self, session: &Session, cookie: &str, revision: &str) -> Outcome<reqwest::Response> {
        let path = format!("/s/{}/events", session.id);
        let request = self.http.get(self.url(&path)).header("cookie", cookie);
        let stream = request.header("last-event-id", revision).send().await?;
        Ok(stream.error_for_status()?)
    }

    fn cpu_ms(&self) -> Outcome<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let (_, after_name) = stat.rsplit_once(") ").ok_or("an odd stat")?;
        let ticks = after_name.split(' ').skip(11).take(2).map(str::parse::<f64>);
        Ok(ticks.sum::<Result<f64, _>>()? * TICK_MS)
    }

    /// A line of the process's status, in KiB.
    fn status(&self, line: &str) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let found = status.lines().find_map(|text| text.strip_prefix(line));
        let number = found.and_then(|rest| rest.split_whitespace().next());
        Ok(number.ok_or("no such line")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _gone_already = self.process.wait();
    }
}

/// A soft scene with some grain, as a camera's JPEG.
fn photo(width: u16, height: u16, seed: u32) -> Outcome<Vec<u8>> {
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    let mut grain = seed.wrapping_mul(747_796_405).wrapping_add(1);
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hills = ((f64::from(x) / 90.0 + f64::from(seed)).sin() * (f64::from(y) / 70.0).cos() + 1.0) * 90.0;
            let value = hills + f64::from(grain >> 28);
            pixels.extend([value, value * 0.8, 255.0 - value].map(|v| v as u8));
        }
    }
    let mut jpeg = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut jpeg, 88);
    encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb)?;
    Ok(jpeg)
}
