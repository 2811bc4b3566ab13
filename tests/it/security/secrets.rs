//! Keys, passwords, tokens, cookies and wishes: a whole session of the real program with marker values, then a search
//! through everything it wrote. And the audit log, which tells who did what and nothing of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::kit::{Program, cookie_of, files_with, header, holds};
use crate::{
    backends::fake::{Fake, Reply},
    house::{Person, fresh_id, photo},
};

const KEY: &str = "AIza-marker-of-the-key";
const PASSWORD: &str = "marker-of-the-password";
const GUESS: &str = "marker-of-a-wrong-password";
const WISH: &str = "marker-of-a-wish: paint the house";
const TITLE: &str = "marker-of-a-title";
/// What would be a line of its own in a log that can be forged.
const FORGED: &str = "x\r\n2026-01-01T00:00:00Z  INFO forged-marker";

/// A program with everything switched on, and what its pages said.
struct Stage {
    program: Program,
    fake: Fake,
    seen: Vec<u8>,
    secrets: Vec<String>,
}

impl Stage {
    async fn set(log_format: &str) -> Self {
        let picture = STANDARD.encode(photo(6, 6));
        let good = json!({"candidates": [{"content": {"parts": [
            {"inlineData": {"mimeType": "image/png", "data": picture}},
        ]}, "finishReason": "STOP"}]});
        // A service that quotes what it was sent.
        let quoting = |code: u16, status: &str| {
            let message = format!("API key {KEY} not valid for “{WISH}”");
            json!({"error": {"code": code, "status": status, "message": message}}).to_string()
        };
        let fake = Fake::start(vec![
            Reply::json(200, good.to_string()),
            Reply::json(400, quoting(400, "INVALID_ARGUMENT")),
            Reply::json(403, quoting(403, "PERMISSION_DENIED")),
            Reply::json(200, format!("{{\"candidates\": \"{WISH} {KEY}\"}}")),
            Reply::Cut(KEY.into()),
        ])
        .await;
        let program = Program::start(&[
            ("GEMINI_API_KEY", KEY),
            ("GEMINI_BASE_URL", &fake.base_url),
            ("PLANTAIN_PASSWORD", PASSWORD),
            ("PLANTAIN_LOG", "debug,plantain=trace,plantain_engine=trace"),
            ("PLANTAIN_LOG_FORMAT", log_format),
        ])
        .await;
        Self {
            program,
            fake,
            seen: Vec::new(),
            secrets: [KEY, PASSWORD, GUESS].map(str::to_owned).to_vec(),
        }
    }

    fn visitor(&self) -> Person {
        Person::at(self.program.address)
    }

    /// Keeps what an answer says; where it may tell a secret is for the caller to know.
    async fn look(&mut self, answer: Response) -> (u16, String) {
        let status = answer.status().as_u16();
        assert!(status < 500, "{status} from {}", answer.url());
        for (name, value) in answer.headers() {
            if name != "set-cookie" {
                self.seen.extend(
                    name.as_str()
                        .bytes()
                        .chain(*b": ")
                        .chain(value.as_bytes().iter().copied()),
                );
            }
        }
        if let Some((_, value)) = cookie_of(&answer).as_deref().and_then(|pair| pair.split_once('=')) {
            // Signing out sets an empty one.
            self.secrets
                .extend(Some(value.to_owned()).filter(|value| !value.is_empty()));
        }
        let body = answer.bytes().await.expect("a body");
        self.seen.extend(&body);
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Signs in, begins, wishes, shares, follows, revokes, exports, deletes, restores, signs out.
    async fn play(&mut self) {
        let mut ana = self.visitor();
        let answer = ana.form("/sign-in", &format!("password={GUESS}")).await;
        assert_eq!(self.look(answer).await.0, 422);
        let answer = ana.form("/sign-in", &format!("password={PASSWORD}")).await;
        ana.cookie = cookie_of(&answer);
        assert_eq!(self.look(answer).await.0, 303);
        let answer = ana
            .send_picture("/api/v1/sessions", &format!("{TITLE}.png"), photo(8, 8))
            .await;
        let begun: Value = answer.json().await.expect("JSON");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        self.secrets.push(text(&begun["edit_token"]));
        let session = text(&begun["session"]["id"]);
        let (api, page) = (format!("/api/v1/sessions/{session}"), format!("/s/{session}"));
        for _ in 0..5 {
            ana.turn(&session, WISH).await;
        }
        self.forge(&ana, &api).await;
        let made = ana.post(&format!("{api}/shares"), &json!({"access": "edit"})).await;
        let link: Value = made.json().await.expect("JSON");
        let (share, token) = (text(&link["share"]["id"]), text(&link["token"]));
        for _ in 0..2 {
            let followed = self.visitor().get(&format!("/join/{token}")).await;
            assert_eq!(self.look(followed).await.0, 303);
        }
        let answer = self.visitor().with_token(&token).get(&api).await;
        self.look(answer).await;
        self.secrets.push(token);
        for path in [
            "/",
            &page,
            &format!("{page}/shares"),
            &format!("{page}/turns"),
            &api,
            &format!("{api}/turns"),
            &format!("{api}/export"),
        ] {
            let answer = ana.get(path).await;
            assert_eq!(self.look(answer).await.0, 200, "{path}");
        }
        for path in [
            format!("{page}/shares/{share}/revoke"),
            format!("{page}/delete"),
            format!("{page}/restore"),
            "/sign-out".into(),
        ] {
            let answer = ana.form(&path, "").await;
            assert_eq!(self.look(answer).await.0, 303, "{path}");
        }
        assert_eq!(self.fake.calls(), 5);
    }

    /// Sends line ends wherever a visitor can put some.
    async fn forge(&mut self, ana: &Person, api: &str) {
        let quoted: String = url::form_urlencoded::byte_serialize(FORGED.as_bytes()).collect();
        let quoted = quoted.replace('+', "%20");
        for path in [
            format!("/{quoted}"),
            format!("/join/{quoted}"),
            format!("/s/{quoted}"),
            format!("/?{quoted}"),
        ] {
            let answer = ana.get(&path).await;
            self.look(answer).await;
        }
        let answer = ana.form("/name", &format!("name={quoted}")).await;
        self.look(answer).await;
        let wish = json!({"instruction": FORGED, "client_id": fresh_id(), "backend": FORGED});
        let answer = ana.post(&format!("{api}/turns"), &wish).await;
        self.look(answer).await;
        let answer = ana.post(&format!("{api}/turns"), &json!({FORGED: FORGED})).await;
        self.look(answer).await;
        let answer = ana
            .ask(Method::GET, "/")
            .header("user-agent", "x\tforged-marker")
            .send()
            .await;
        self.look(answer.expect("an answer")).await;
        let answer = ana
            .ask(Method::from_bytes(b"FORGED-MARKER").expect("a method"), "/")
            .send()
            .await;
        self.look(answer.expect("an answer")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_key_02_no_secret_is_in_anything_that_is_written_or_shown() {
    let mut stage = Stage::set("human").await;
    stage.play().await;
    let secrets: Vec<&str> = stage.secrets.iter().map(String::as_str).collect();
    assert!(secrets.len() > 6, "{secrets:?}");
    assert_eq!(files_with(stage.program.folder.path(), &secrets), [] as [String; 0]);
    for secret in &secrets {
        assert!(!holds(&stage.seen, secret), "{secret} was shown");
    }
    let log = stage.program.log();
    assert!(log.lines().count() > 30, "there is a log: {log}");
    for content in [WISH, "marker-of-a-wish", TITLE] {
        assert!(!log.contains(content), "{content} is in the log:\n{log}");
    }
    assert!(
        holds(
            &std::fs::read(stage.program.data().join("plantain.db-wal")).unwrap_or_default(),
            "marker-of-a-wish"
        ) || holds(
            &std::fs::read(stage.program.data().join("plantain.db")).expect("the database"),
            "marker-of-a-wish"
        ),
        "a search that finds nothing proves nothing: the wish itself is in the database"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_key_03_every_line_of_the_log_is_ours_and_a_requests_lines_name_it() {
    let mut stage = Stage::set("human").await;
    stage.play().await;
    let log = stage.program.log();
    for line in log.lines() {
        let is_ours =
            line.len() > 30 && line.as_bytes()[4] == b'-' && line.as_bytes()[10] == b'T' && line.contains("Z ");
        assert!(is_ours && !line.starts_with("2026-01-01"), "not one of ours: {line}");
    }
    assert!(
        log.contains("forged-marker") || log.contains("FORGED-MARKER"),
        "something of it was logged:\n{log}"
    );

    let mut stage = Stage::set("json").await;
    stage.play().await;
    let answer = stage.visitor().get("/nothing").await;
    let id = header(&answer, "x-request-id").to_owned();
    let log = stage.program.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    let named = |line: &&Value| line["span"]["request_id"] == *id;
    assert_eq!(
        lines.iter().filter(named).count(),
        1,
        "{id} is one line of the log:\n{log}"
    );
    for line in &lines {
        let about_a_request = line["fields"]["message"] == "request" || line["target"] == "plantain::web::shares";
        assert!(!about_a_request || line["span"]["request_id"].is_string(), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_key_03_the_audit_log_says_who_did_what_and_nothing_of_it() {
    let mut stage = Stage::set("human").await;
    let file = stage.program.data().join("audit.log");
    std::fs::write(&file, "{\"event\":\"from before\"}\n").expect("written");
    stage.play().await;
    let text = std::fs::read_to_string(&file).expect("an audit log");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().expect("text")).collect();
    let expected = [
        "from before",
        "signed_in",
        "link_made",
        "link_first_used",
        "exported",
        "link_revoked",
        "deleted",
        "restored",
        "signed_out",
    ];
    assert_eq!(events, expected, "{text}");
    for line in &lines[1..] {
        assert_eq!(line["address"], "127.0.0.1", "{line}");
        assert!(line["request_id"].as_str().is_some_and(|id| id.len() == 12), "{line}");
        assert!(line["visitor"].is_string() && line["at"].is_string(), "{line}");
        let session = line["session"].is_string();
        assert_eq!(
            session,
            !line["event"].as_str().expect("text").starts_with("signed"),
            "{line}"
        );
    }
    assert!(!text.contains("marker"), "no content: {text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::remove_file(&file).expect("rotated away");
        let ana = stage.visitor();
        ana.form("/sign-in", &format!("password={PASSWORD}")).await;
        let mode = std::fs::metadata(&file).expect("a new one").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// Compiles only while a `Secret` has no such way out: with it, there are two that fit and the compiler can't choose.
#[test]
fn sec_key_01_a_secret_has_no_way_to_be_shown_or_written() {
    trait Closed<Door> {
        fn check() {}
    }
    struct Display;
    struct Serialize;
    impl<T> Closed<()> for T {}
    impl<T: std::fmt::Display> Closed<Display> for T {}
    impl<T: serde::Serialize> Closed<Serialize> for T {}
    <plantain::config::Secret as Closed<_>>::check();
    let secret = plantain::config::Secret::new(KEY.to_owned());
    assert!(!format!("{secret:?} {secret:#?}").contains("marker"));
}
