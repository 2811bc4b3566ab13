//! The server dies and comes back: the page that was open goes on.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::{
    driver::Driver,
    fake::{Fake, Reply},
    house::photo,
    kit::{ask, on_session_page, on_stage, picture_reply, ready},
};

/// The real program on a port and a folder that stay the same from start to start.
struct Program {
    process: Option<Child>,
    address: SocketAddr,
    folder: TempDir,
    gemini: String,
}

impl Program {
    async fn start(gemini: &Fake) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let mut program = Self {
            process: None,
            address: free.local_addr().expect("an address"),
            folder: tempfile::tempdir().expect("a folder"),
            gemini: gemini.base_url.clone(),
        };
        drop(free);
        program.start_again().await;
        program
    }

    async fn start_again(&mut self) {
        let process = Command::new(env!("CARGO_BIN_EXE_plantain"))
            .env("PLANTAIN_MODELS", "off")
            .args([
                "--listen",
                &self.address.to_string(),
                "--gemini-base-url",
                &self.gemini,
                "--data",
            ])
            .arg(self.folder.path().join("data"))
            .env("GEMINI_API_KEY", "a-key-for-tests")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        self.process = Some(process);
        let answers = async {
            while TcpStream::connect(self.address).is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(20), answers).await.expect("it listens");
    }

    /// As a power cut does: no word of farewell.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

pub async fn rel_sse_04_a_page_outlives_its_server_and_shows_each_turn_once() {
    let script = vec![picture_reply("One"), Reply::Silent, picture_reply("Two")];
    let gemini = Fake::start(script).await;
    let mut program = Program::start(&gemini).await;
    let mut driver = Driver::start().await;
    let browser = driver.browser().await;
    browser.open(&format!("http://{}/", program.address)).await;
    ready(&browser).await;
    let file = program.folder.path().join("hill.png");
    std::fs::write(&file, photo(320, 240)).expect("a file");
    browser.choose("#start input[name=picture]", &file).await;
    on_session_page(&browser).await;
    browser.get("window.stillTheSamePage = true").await;
    ask(&browser, "Put a boat on the lake").await;
    on_stage(&browser, 2).await;
    ask(&browser, "Put a second boat beside it").await;
    browser.until_there(".turn[data-state=running]").await;
    gemini.arrived(2).await;
    browser.write("and a third, with a red sail").await;

    program.kill();
    browser
        .until("document.querySelector('#toasts').textContent.includes('Connection lost')")
        .await;
    assert!(browser.text("[data-hint]").await.starts_with("Not connected."));
    program.start_again().await;
    browser
        .until("document.querySelector('#toasts').textContent.includes('Connected again')")
        .await;
    browser.until_there(".turn[data-state=failed]").await;
    assert!(!browser.text("[data-hint]").await.contains("Not connected"));

    assert_eq!(browser.get("window.stillTheSamePage").await, true, "no reload");
    let ids = "(() => { const ids = [...document.querySelectorAll('#turns .turn')].map(card => card.id); return [ids.length, new Set(ids).size].join(); })()";
    assert_eq!(browser.get(ids).await, "2,2", "each turn once");
    assert_eq!(browser.count(".turn[data-state=done]").await, 1);
    assert!(browser.text(".turn[data-state=failed]").await.contains("Interrupted"));
    assert_eq!(
        browser.get("document.querySelector('#instruction').value").await,
        "and a third, with a red sail"
    );
    browser.click("#notices summary").await;
    let notices = browser.text("#notice-list").await;
    assert!(
        notices.starts_with("Connected again.") && notices.contains("Connection lost."),
        "{notices}"
    );
    browser.click("#notices summary").await;
    assert_eq!(gemini.calls(), 2, "nothing is asked again without a click");

    browser
        .click(".turn[data-state=failed] form[action$=retry] button")
        .await;
    browser
        .until("document.querySelectorAll('.turn[data-state=done]').length === 2")
        .await;
    assert_eq!(gemini.calls(), 3);
    assert_eq!(
        browser.get("document.querySelector('#instruction').value").await,
        "and a third, with a red sail"
    );
}
