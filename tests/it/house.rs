//! The kit: a whole server on a free port with its own folder, and people who speak HTTP to it.

use std::{net::SocketAddr, sync::Arc};

use clap::Parser;
use plantain::{
    app::App,
    backends::{Backend, registry::Registry},
    clock::Clock,
    config::Config,
};
use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    config: Config,
}

/// A running server.
pub struct House {
    pub app: App,
    pub address: SocketAddr,
    client: Client,
    folder: Option<TempDir>,
    running: JoinHandle<std::io::Result<()>>,
}

/// A session somebody began, with its own token.
#[derive(Debug, Clone)]
pub struct Begun {
    pub id: String,
    pub token: String,
    pub head: String,
}

impl House {
    /// A fresh house with these arguments.
    pub async fn start(args: &[&str]) -> Self {
        Self::over(tempfile::tempdir().expect("a folder"), args).await
    }

    /// The same with this backend alone.
    pub async fn with_backend(args: &[&str], backend: Arc<dyn Backend>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Self::config(&folder, args);
        let app = App::build_with(config, Clock::default(), |_, _| Ok(Registry::of([backend])));
        Self::open(folder, app.await.expect("a server")).await
    }

    async fn over(folder: TempDir, args: &[&str]) -> Self {
        let config = Self::config(&folder, args);
        let app = App::build(config).await.expect("a server");
        Self::open(folder, app).await
    }

    fn config(folder: &TempDir, args: &[&str]) -> Config {
        let data = folder.path().join("data");
        let data = data.to_str().expect("a plain path");
        let models = folder.path().join("no models");
        let models = models.to_str().expect("a plain path");
        // No test fetches anything, or depends on which weights happen to be on the machine.
        let is_named = |flag: &str| args.iter().any(|arg| arg.starts_with(flag));
        let mut fixed = vec!["plantain", "--data", data, "--models", "off"];
        if !is_named("--model-dir") {
            fixed.extend(["--model-dir", models]);
        }
        let mut config = Program::try_parse_from(fixed.iter().chain(args))
            .expect("valid arguments")
            .config;
        // Nor does any ask a service that somebody has connected in this environment: that might cost them money.
        let services = &mut config.backends;
        if !is_named("--gemini-api") {
            (services.gemini_api_key, services.gemini_api_key_file) = (None, None);
        }
        if !is_named("--openai") {
            (services.openai_api_key, services.openai_api_key_file) = (None, None);
            services.openai_base_url = None;
        }
        if !is_named("--openrouter-api") {
            (services.openrouter_api_key, services.openrouter_api_key_file) = (None, None);
        }
        if !is_named("--comfyui") {
            services.comfyui_url = None;
        }
        if !is_named("--backends") {
            services.backends = None;
        }
        config
    }

    async fn open(folder: TempDir, app: App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let running = tokio::spawn({
            let app = app.clone();
            async move { app.run(listener).await }
        });
        Self {
            app,
            address,
            client: client(),
            folder: Some(folder),
            running,
        }
    }

    /// Stops it as SIGTERM does and starts it again over the same folder.
    pub async fn restart(mut self) -> Self {
        self.app.stopping.cancel();
        self.running.await.expect("no panic").expect("a clean stop");
        Self::over(self.folder.take().expect("its folder"), &[]).await
    }

    /// Somebody with a browser of their own.
    pub fn visitor(&self) -> Person {
        Person {
            client: self.client.clone(),
            address: self.address,
            token: None,
            cookie: None,
        }
    }

    /// Somebody with a token.
    pub fn bearer(&self, token: &str) -> Person {
        self.visitor().with_token(token)
    }

    /// A session with a drawn picture, begun by a script.
    pub async fn begin(&self) -> Begun {
        begin(&self.visitor()).await
    }
}

/// A session with a drawn picture, begun by a script.
pub async fn begin(person: &Person) -> Begun {
    let answer = person
        .send_picture("/api/v1/sessions", "photo.png", photo(48, 32))
        .await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let body: Value = answer.json().await.expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    Begun {
        id: text(&body["session"]["id"]),
        token: text(&body["edit_token"]),
        head: text(&body["session"]["head"]),
    }
}

/// Somebody who speaks HTTP to the house.
#[derive(Clone)]
pub struct Person {
    client: Client,
    address: SocketAddr,
    token: Option<String>,
    pub cookie: Option<String>,
}

impl Person {
    /// Somebody with a browser of their own, for a server at this address.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            client: client(),
            address,
            token: None,
            cookie: None,
        }
    }

    /// The same person at a server that came back elsewhere.
    pub fn moved_to(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// The same person with a token in hand.
    pub fn with_token(self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self
        }
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, format!("http://{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin");
        }
        request
    }

    pub async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).send().await.expect("an answer")
    }

    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.expect("JSON")
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.ask(Method::POST, path).json(body).send().await.expect("an answer")
    }

    pub async fn form(&self, path: &str, fields: &str) -> Response {
        let request = self
            .ask(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded");
        request.body(fields.to_owned()).send().await.expect("an answer")
    }

    pub async fn send_picture(&self, path: &str, name: &str, bytes: Vec<u8>) -> Response {
        let form = Form::new().part("picture", Part::bytes(bytes).file_name(name.to_owned()));
        self.ask(Method::POST, path)
            .multipart(form)
            .send()
            .await
            .expect("an answer")
    }

    /// Hands in a turn and waits for its end.
    pub async fn turn(&self, session: &str, instruction: &str) -> Value {
        let body = json!({"instruction": instruction, "client_id": fresh_id()});
        let answer = self.post(&format!("/api/v1/sessions/{session}/turns"), &body).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let turn: Value = answer.json().await.expect("JSON");
        let id = turn["turn"]["id"].as_str().expect("an id");
        self.json(&format!("/api/v1/sessions/{session}/turns/{id}?wait=30"))
            .await["turn"]
            .clone()
    }

    /// Follows a link as a browser does: keeps the cookie, says where it leads.
    pub async fn follow(&mut self, link: &str) -> (StatusCode, String) {
        let path = link
            .split_once("/join/")
            .map(|(_, token)| format!("/join/{token}"))
            .expect("a link");
        let answer = self.get(&path).await;
        let header = |name: &str| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        if let Some((cookie, _)) = header("set-cookie").split_once(';') {
            self.cookie = Some(cookie.to_owned());
        }
        (answer.status(), header("location"))
    }
}

/// Follows no redirect and keeps no cookie: what a browser does with those is for the test to see.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own visitor, not the house's outbound client"
)]
fn client() -> Client {
    // Whoever comes first sets it for the process: a house, or somebody who visits the program itself.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        // Nobody speaks TLS here, and reading the system's certificates takes its time.
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

/// A fresh id, as a browser's script makes one.
pub fn fresh_id() -> String {
    plantain::random::uuid(plantain::clock::Clock::default().now()).to_string()
}

/// A drawn picture: a gradient, as PNG.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let share = |part: u32, whole: u32| u8::try_from(part * 200 / whole + 20).expect("below 256");
        image::Rgb([share(x, width), share(y, height), 90])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}
