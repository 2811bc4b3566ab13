//! Starting and stopping the real program: in time, with words, whatever is open.

use std::{fs, path::Path, time::Duration};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    process::Command,
    time::{Instant, timeout},
};

use crate::{
    counting_gemini::CountingGemini,
    house::{Person, begin, fresh_id},
    program::{Ended, Program},
};

/// Streams, half requests and running turns together may hold a stop up for this long; the promise is 30 s.
const STOPPED: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_01_sigterm_ends_everything_in_time_and_the_next_start_shows_the_truth() {
    let (folder, service) = (tempfile::tempdir().expect("a folder"), CountingGemini::start().await);
    let program = Program::start(folder.path(), &[], &service.env()).await;
    let ana = Person::at(program.address);
    let session = begin(&ana).await;
    let ana = ana.with_token(&session.token);
    let path = format!("/api/v1/sessions/{}", session.id);
    let mut stream = ana.get(&format!("{path}/events")).await;
    assert_eq!(stream.status(), StatusCode::OK);
    let mut half = TcpStream::connect(program.address).await.expect("a line");
    half.write_all(b"POST /sessions HTTP/1.1\r\nhost: loc")
        .await
        .expect("sent");
    let dripping = tokio::spawn(drip(program.address, session.token.clone(), path.clone()));
    let words = "a silent field";
    let body = json!({"instruction": words, "backend": "gemini", "client_id": fresh_id()});
    let turn: Value = ana
        .post(&format!("{path}/turns"), &body)
        .await
        .json()
        .await
        .expect("JSON");
    service.heard(words, 1).await;

    let asked = Instant::now();
    program.ask_to_stop().await;
    let mut last_words = String::new();
    while let Some(chunk) = timeout(Duration::from_secs(5), stream.chunk())
        .await
        .expect("the stream ends")
        .unwrap_or(None)
    {
        last_words.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(
        last_words.contains("event: stopping"),
        "a hint before the end: {last_words:?}"
    );
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "streams go first: {:?}",
        asked.elapsed()
    );
    // From now on nobody new is let in, and no turn is begun.
    let Ended { status, log } = program.ended().await;
    println!("stopped after {:.1} s", asked.elapsed().as_secs_f32());
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(asked.elapsed() < STOPPED, "{:?}", asked.elapsed());
    assert!(!log.contains("panicked"), "{log}");
    dripping.abort();

    let program = Program::start(folder.path(), &[], &service.env()).await;
    let ana = ana.moved_to(program.address);
    let id = turn["turn"]["id"].as_str().expect("an id");
    let shown = ana.json(&format!("{path}/turns/{id}")).await;
    assert_eq!(shown["turn"]["failure"]["kind"], "interrupted", "{shown}");
    assert_eq!(service.calls_of(words), 1, "nothing was paid for twice");
}

/// An upload that sends a byte now and then for as long as it is listened to.
async fn drip(address: std::net::SocketAddr, token: String, path: String) {
    let mut line = TcpStream::connect(address).await.expect("a line");
    let head = format!(
        "POST {path}/pictures HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 100000\r\n\r\n--x\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n"
    );
    line.write_all(head.as_bytes()).await.expect("sent");
    while line.write_all(b"a").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_01_an_idle_program_stops_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path(), &[], &[]).await;
    // A visitor with a connection that rests is no reason to wait.
    let ana = Person::at(program.address);
    ana.get("/").await.bytes().await.expect("a page");
    let asked = Instant::now();
    assert_eq!(program.stop().await.status.code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_02_a_taken_port_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(&folder.path().join("one"), &[], &[]).await;
    let taken = program.address.to_string();
    let said = refused(&folder.path().join("two"), &[("PLANTAIN_LISTEN", &taken)]).await;
    assert!(said.contains(&taken) && said.contains("can't be listened on"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_02_a_second_server_in_the_same_folder_is_refused_and_the_first_works_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path(), &[], &[]).await;
    let said = refused(folder.path(), &[]).await;
    assert!(said.contains("another Plantain is using the data folder"), "{said}");
    begin(&Person::at(program.address)).await;
    program.kill().await;
    let program = Program::start(folder.path(), &[], &[]).await;
    assert!(
        program.stop().await.status.success(),
        "a killed server leaves no claim behind"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_02_a_data_folder_that_is_none_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("data");
    fs::write(&file, "a letter").expect("written");
    let said = refused(&file, &[]).await;
    assert!(said.contains("there is a file of this name"), "{said}");
    let said = refused(&file.join("below"), &[]).await;
    assert!(said.contains("can't be used"), "{said}");
    assert_eq!(fs::read(&file).expect("untouched"), b"a letter");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_02_a_data_folder_that_takes_no_files_is_refused_in_one_sentence() {
    // Nobody, not even root, can make a file there.
    let said = refused(Path::new("/proc/self"), &[]).await;
    assert!(said.contains("the data folder /proc/self can't be used"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_02_a_database_of_somebody_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plantain.db");
    fs::write(&path, "This is a letter, and no database at all. ".repeat(100)).expect("written");
    let before = fs::read(&path).expect("a letter");
    let said = refused(folder.path(), &[]).await;
    assert!(said.contains("is not an SQLite file"), "{said}");
    assert_eq!(fs::read(&path).expect("a letter"), before);

    fs::remove_file(&path).expect("gone");
    sql(&path, "CREATE TABLE recipes (title TEXT)").await;
    let said = refused(folder.path(), &[]).await;
    assert!(said.contains("belongs to another program"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_02_a_database_of_a_newer_program_is_refused_in_one_sentence() {
    let folder = made_and_stopped().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
         VALUES (999, 'later', '2030-01-01', 1, x'00', 0)";
    sql(&folder.path().join("plantain.db"), newer).await;
    let said = refused(folder.path(), &[]).await;
    assert!(said.contains("was made by a newer Plantain"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_stop_02_a_damaged_database_is_refused_in_one_sentence() {
    let folder = made_and_stopped().await;
    let path = folder.path().join("plantain.db");
    let mut bytes = fs::read(&path).expect("a database");
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xa5);
    fs::write(&path, bytes).expect("written");
    let said = refused(folder.path(), &[]).await;
    assert!(
        said.contains("is damaged") && said.contains("restore a backup"),
        "{said}"
    );
}

/// A house with a session in it, stopped.
async fn made_and_stopped() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path(), &[], &[]).await;
    begin(&Person::at(program.address)).await;
    assert!(program.stop().await.status.success());
    folder
}

/// What a program says that can't start: one sentence on the standard error, a code, and no trace of its insides.
async fn refused(data: &Path, env: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plantain"));
    command.env_clear().env("PLANTAIN_MODELS", "off");
    command.arg("--data").arg(data).env("PLANTAIN_LISTEN", "127.0.0.1:0");
    command
        .env("PLANTAIN_LOG", "error")
        .envs(env.iter().copied())
        .kill_on_drop(true);
    let ended = timeout(Duration::from_secs(20), command.output())
        .await
        .expect("it ends")
        .expect("it ran");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "one sentence: {said}");
    assert!(said.starts_with("plantain: ") && said.len() < 300, "{said}");
    for inside in ["panicked", "RUST_BACKTRACE", "Error {", "Some("] {
        assert!(!said.contains(inside), "{said}");
    }
    said
}

/// Does something to a database behind the program's back.
async fn sql(path: &Path, statement: &'static str) {
    use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut database = SqliteConnection::connect_with(&options).await.expect("open");
    sqlx::query(statement).execute(&mut database).await.expect("done");
    database.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_cookie_is_no_lost_session() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path(), &[], &[]).await;
    let ana = Person::at(program.address);
    let begun = ana.form("/sessions/example", "example=harbour").await;
    let page = begun.headers()["location"].to_str().expect("text").to_owned();
    let id = page.trim_start_matches("/s/").to_owned();
    // The cookie is lost here, and with it the browser that owned the session.
    assert_eq!(ana.get(&page).await.status(), StatusCode::NOT_FOUND);

    let (code, list) = sessions(folder.path(), &[]).await;
    assert_eq!(code, Some(0), "{list}");
    assert!(
        list.lines()
            .any(|line| line.starts_with(&id) && line.contains("       1  ")),
        "{list}"
    );
    let (code, link) = sessions(folder.path(), &["link", &id, "--public-url", "https://photos.example"]).await;
    assert_eq!(code, Some(0), "{link}");
    assert!(link.starts_with("https://photos.example/join/"), "{link}");
    let mut ana = Person::at(program.address);
    let (status, leads_to) = ana.follow(link.trim()).await;
    assert_eq!((status, leads_to.as_str()), (StatusCode::SEE_OTHER, page.as_str()));
    assert_eq!(ana.get(&page).await.status(), StatusCode::OK);
    let fields = format!("instruction=make+it+warmer&client_id={}", fresh_id());
    assert_eq!(
        ana.form(&format!("{page}/turns"), &fields).await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_linked_while_the_server_is_stopped_and_nothing_is_made_up() {
    let folder = made_and_stopped().await;
    let (code, list) = sessions(folder.path(), &[]).await;
    assert_eq!((code, list.lines().count()), (Some(0), 2), "{list}");
    let id = list
        .lines()
        .nth(1)
        .and_then(|line| line.split(' ').next())
        .expect("an id")
        .to_owned();
    let (code, link) = sessions(folder.path(), &["link", &id]).await;
    assert_eq!(code, Some(0), "{link}");
    let program = Program::start(folder.path(), &[], &[]).await;
    let (status, page) = Person::at(program.address).follow(link.trim()).await;
    assert_eq!((status, page), (StatusCode::SEE_OTHER, format!("/s/{id}")));

    let (code, said) = sessions(folder.path(), &["link", "nobody"]).await;
    assert!(
        code == Some(1) && said.contains("there is no session nobody here"),
        "{said}"
    );
    let empty = tempfile::tempdir().expect("a folder");
    let (code, said) = sessions(empty.path(), &[]).await;
    assert!(
        code == Some(1) && said.contains("there is no Plantain database"),
        "{said}"
    );
    assert_eq!(
        fs::read_dir(empty.path()).expect("a folder").count(),
        0,
        "and none is made"
    );
}

/// `plantain sessions …`: its exit code, and what it says.
async fn sessions(data: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plantain"));
    command.arg("sessions").args(args).arg("--data").arg(data);
    command.env_remove("PLANTAIN_PUBLIC_URL").env_remove("PLANTAIN_LISTEN");
    let ended = command.output().await.expect("it ran");
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.code(), String::from_utf8_lossy(&said).into_owned())
}
