//! Who gets in at all: open mode and its warning, and the shared password.

use reqwest::Method;
use tokio::task::JoinSet;

use super::kit::{cookie_of, header};
use crate::house::{House, Person, photo};

const WARNING: &str = "This server has no password and can be reached by others";

/// The program's last words when it refuses to start.
async fn refusal(args: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_plantain"));
    program
        .env_clear()
        .env("PLANTAIN_MODELS", "off")
        .env("PLANTAIN_DATA", folder.path())
        .args(args)
        .kill_on_drop(true);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), program.output())
        .await
        .expect("it ends")
        .expect("the program");
    assert_eq!(ended.status.code(), Some(1));
    let words = String::from_utf8(ended.stderr).expect("text");
    assert_eq!(words.lines().count(), 1, "one sentence: {words}");
    assert!(words.starts_with("plantain: "), "{words}");
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_auth_01_without_a_password_nobody_else_is_let_in_by_accident() {
    let words = refusal(&["--listen", "0.0.0.0:0"]).await;
    assert!(
        words.contains("PLANTAIN_PASSWORD") && words.contains("--open-to-everyone"),
        "{words}"
    );
    refusal(&["--listen", "[::]:0"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_auth_01_an_open_server_that_others_reach_says_so_on_every_page() {
    let open = House::start(&["--listen", "0.0.0.0:0", "--open-to-everyone"]).await;
    let quiet = House::start(&[]).await;
    for (house, warns) in [(&open, true), (&quiet, false)] {
        let mut ana = house.visitor();
        let begun = ana.send_picture("/sessions", "a.png", photo(4, 4)).await;
        ana.cookie = cookie_of(&begun);
        let session = header(&begun, "location").to_owned();
        for path in ["/", &session, &format!("{session}/shares"), "/nothing"] {
            let page = ana.get(path).await.text().await.expect("HTML");
            assert_eq!(page.contains(WARNING), warns, "{path}");
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn sec_key_01_a_secret_that_others_on_the_machine_can_read_is_refused_at_the_start() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, "secret-marker-words").expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("set");
    let path = file.to_str().expect("a plain path");
    for flag in ["--password-file", "--gemini-api-key-file"] {
        let words = refusal(&["--listen", "127.0.0.1:0", flag, path]).await;
        assert!(words.contains("chmod 600") && !words.contains("marker"), "{words}");
    }
}

async fn try_password(person: &Person, words: &str, from: &str) -> (u16, u64) {
    let request = person.ask(Method::POST, "/sign-in").header("x-forwarded-for", from);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request
        .body(format!("password={words}"))
        .send()
        .await
        .expect("an answer");
    (
        answer.status().as_u16(),
        header(&answer, "retry-after").parse().unwrap_or(0),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_auth_02_every_wrong_password_makes_its_network_wait_longer_and_nobody_else() {
    let house = House::start(&["--password", "sesame", "--trusted-proxies", "127.0.0.1"]).await;
    let person = house.visitor();
    let (here, there) = ("203.0.113.7", "198.51.100.7");
    for _ in 0..3 {
        assert_eq!(try_password(&person, "wrong", here).await, (422, 0));
    }
    let mut waits = Vec::new();
    for _ in 0..4 {
        let (status, wait) = try_password(&person, "sesame", here).await;
        assert_eq!(status, 429, "too soon, even for the right one");
        waits.push(wait);
        assert_eq!(
            try_password(&person, "sesame", there).await.0,
            303,
            "nobody else is locked out"
        );
        house.app.clock.advance(i64::try_from(wait).expect("small") * 1000);
        assert_eq!(try_password(&person, "wrong", here).await.0, 422);
    }
    assert_eq!(waits, [1, 2, 4, 8]);
    house.app.clock.advance(61_000);
    assert_eq!(try_password(&person, "sesame", here).await.0, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_auth_02_many_guesses_at_once_are_no_more_than_one_after_the_other() {
    let house = House::start(&["--password", "sesame"]).await;
    let mut guesses = JoinSet::new();
    for _ in 0..30 {
        let person = house.visitor();
        guesses.spawn(async move { try_password(&person, "wrong", "").await.0 });
    }
    let answers = guesses.join_all().await;
    let checked = answers.iter().filter(|status| **status == 422).count();
    // Three are free; a slow machine may need a second or two for all of it and let a few more wait their time.
    assert!((3..=6).contains(&checked), "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 422 | 429)), "{answers:?}");
}
