//! Turns across restarts of the real program: what runs on, what is interrupted, what is the same turn.
//!
//! Rule: a turn is followed from the answer that accepted it to its end, however many servers that takes.

use plantain::store::Store;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinSet};

use crate::{
    counting_gemini::CountingGemini,
    house::{Begun, House, Person, begin, fresh_id},
    program::Program,
};

#[tokio::test(flavor = "multi_thread")]
async fn rel_turn_03_after_a_stop_what_was_not_sent_runs_and_what_was_sent_is_interrupted_with_a_retry() {
    let (folder, service) = (tempfile::tempdir().expect("a folder"), CountingGemini::start().await);
    let program = Program::start(folder.path(), &[], &service.env()).await;
    let ana = Person::at(program.address);
    let session = begin(&ana).await;
    let ana = ana.with_token(&session.token);
    let sent = submit(&ana, &session, "a silent sea", "gemini").await;
    service.heard("a silent sea", 1).await;
    let waiting = submit(&ana, &session, "a red boat", "gemini").await;
    let own = submit(&ana, &session, "make it warmer", "embedded").await;
    let stopped = program.stop().await;
    assert_eq!(stopped.status.code(), Some(0), "{}", stopped.log);

    let program = Program::start(folder.path(), &[], &service.env()).await;
    let ana = ana.moved_to(program.address);
    let ended = end_of(&ana, &session, &sent).await;
    assert_eq!(
        (&ended["state"], &ended["failure"]["kind"]),
        (&json!("failed"), &json!("interrupted")),
        "{ended}"
    );
    assert!(
        ended["failure"]["message"]
            .as_str()
            .is_some_and(|words| words.contains("Try again")),
        "{ended}"
    );
    for turn in [&waiting, &own] {
        assert_eq!(end_of(&ana, &session, turn).await["state"], "done");
    }
    assert_eq!(
        (service.calls_of("a silent sea"), service.calls_of("a red boat")),
        (1, 1)
    );

    let path = format!("/api/v1/sessions/{}/turns/{sent}/retry", session.id);
    assert_eq!(ana.post(&path, &json!({})).await.status(), StatusCode::ACCEPTED);
    assert_eq!(
        end_of(&ana, &session, &sent).await["state"],
        "done",
        "a click is a new attempt"
    );
    assert_eq!(service.calls_of("a silent sea"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_turn_03_an_engine_turn_cut_off_by_kill_9_is_run_again_and_a_model_turn_is_not() {
    let (folder, service) = (tempfile::tempdir().expect("a folder"), CountingGemini::start().await);
    let program = Program::start(folder.path(), &[], &service.env()).await;
    let ana = Person::at(program.address);
    let (one, two) = (begin(&ana).await, begin(&ana).await);
    let paid = submit(&ana.clone().with_token(&one.token), &one, "a silent lake", "gemini").await;
    let free = submit(&ana.clone().with_token(&two.token), &two, "blur it", "embedded").await;
    service.heard("a silent lake", 1).await;
    program.kill().await;

    let program = Program::start(folder.path(), &[], &service.env()).await;
    let ana = ana.moved_to(program.address);
    let paid = end_of(&ana.clone().with_token(&one.token), &one, &paid).await;
    assert_eq!(
        (&paid["failure"]["kind"], service.calls_of("a silent lake")),
        (&json!("interrupted"), 1)
    );
    assert_eq!(end_of(&ana.with_token(&two.token), &two, &free).await["state"], "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_of_an_interrupted_turn_has_a_button_that_tries_again_without_scripts() {
    let (folder, service) = (tempfile::tempdir().expect("a folder"), CountingGemini::start().await);
    let program = Program::start(folder.path(), &[], &service.env()).await;
    let mut ana = Person::at(program.address);
    let begun = ana.form("/sessions/example", "example=harbour").await;
    assert_eq!(begun.status(), StatusCode::SEE_OTHER, "{begun:?}");
    let header = |name: &str| begun.headers()[name].to_str().expect("text").to_owned();
    let page = header("location");
    ana.cookie = header("set-cookie")
        .split_once(';')
        .map(|(cookie, _)| cookie.to_owned());
    let fields = format!("instruction=a+silent+bay&backend=gemini&client_id={}", fresh_id());
    assert_eq!(
        ana.form(&format!("{page}/turns"), &fields).await.status(),
        StatusCode::SEE_OTHER
    );
    service.heard("a silent bay", 1).await;
    program.kill().await;

    let program = Program::start(folder.path(), &[], &service.env()).await;
    let ana = ana.moved_to(program.address);
    let html = ana.get(&page).await.text().await.expect("a page");
    let button = html
        .split('"')
        .find(|value| value.starts_with(&page) && value.ends_with("/retry"));
    let button = button.unwrap_or_else(|| panic!("no button on {html}"));
    assert_eq!(ana.form(button, "").await.status(), StatusCode::SEE_OTHER);
    service.heard("a silent bay", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_turn_04_a_kill_between_accept_and_answer_and_the_same_post_again_make_one_turn() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = Program::start(folder.path(), &[], &[]).await;
    let ana = Person::at(program.address);
    let session = begin(&ana).await;
    let mut ana = ana.with_token(&session.token);
    let path = format!("/api/v1/sessions/{}/turns", session.id);
    for round in 1..=5 {
        let body = json!({"instruction": "make it warmer", "client_id": fresh_id()});
        // Sent, and never asked for its answer.
        let mut line = TcpStream::connect(program.address).await.expect("a line");
        let (token, text) = (&session.token, body.to_string());
        let post = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        line.write_all(post.as_bytes()).await.expect("sent");
        let accepted = loop {
            let list = ana.json(&path).await["turns"].as_array().expect("turns").clone();
            if list.len() == round {
                break list[round - 1]["id"].clone();
            }
        };
        program.kill().await;
        program = Program::start(folder.path(), &[], &[]).await;
        ana = ana.moved_to(program.address);
        let again = ana.post(&path, &body).await;
        assert_eq!(again.status(), StatusCode::OK, "it was there already");
        assert_eq!(again.json::<Value>().await.expect("JSON")["turn"]["id"], accepted);
        assert_eq!(ana.json(&path).await["turns"].as_array().map(Vec::len), Some(round));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_runs_although_its_sender_hung_up_before_the_answer() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let path = format!("/api/v1/sessions/{}/turns", session.id);
    for wait_us in (0..60).map(|n| n * 100) {
        let mut line = TcpStream::connect(house.address).await.expect("a line");
        let text = json!({"instruction": "make it warmer", "client_id": fresh_id()}).to_string();
        let (token, length) = (&session.token, text.len());
        let post = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{text}"
        );
        line.write_all(post.as_bytes()).await.expect("sent");
        tokio::time::sleep(std::time::Duration::from_micros(wait_us)).await;
        drop(line);
        // Nobody else's turn wakes the queue for the one that was accepted last.
        let accepted = ana.json(&format!("{path}?limit=100")).await["turns"]
            .as_array()
            .expect("turns")
            .clone();
        if let Some(last) = accepted.last() {
            let id = last["id"].as_str().expect("an id");
            assert_eq!(end_of(&ana, &session, id).await["state"], "done", "after {wait_us} µs");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_turn_05_two_people_and_a_hundred_turns_are_all_kept_in_one_order_with_their_parents() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let people = [house.bearer(&session.token), house.bearer(&session.token)];
    let mut sending = JoinSet::new();
    for (who, person) in people.clone().into_iter().enumerate() {
        let (path, base) = (format!("/api/v1/sessions/{}/turns", session.id), session.head.clone());
        sending.spawn(async move {
            for n in 1..=50 {
                let words = format!("set brightness to {}", if who == 0 { n } else { -n });
                let body = json!({"instruction": words, "base": base, "client_id": fresh_id()});
                let answer = person.post(&path, &body).await;
                assert_eq!(answer.status(), StatusCode::ACCEPTED, "{words}");
            }
        });
    }
    sending.join_all().await;
    let mut lists = Vec::new();
    for person in &people {
        let path = format!("/api/v1/sessions/{}/turns?limit=100", session.id);
        let turns = person.json(&path).await["turns"].as_array().expect("turns").clone();
        lists.push(
            turns
                .iter()
                .map(|turn| turn["id"].as_str().expect("an id").to_owned())
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!((lists[0].len(), &lists[0]), (100, &lists[1]), "one order for both");
    for id in &lists[0] {
        let turn = end_of(&people[0], &session, id).await;
        assert_eq!(
            (&turn["state"], &turn["base"]),
            (&json!("done"), &json!(session.head)),
            "{turn}"
        );
    }
    let id = session.id.parse().expect("an id");
    let turns = house.app.store.turns_after(id, 0, 1000).await.expect("rows");
    let places: Vec<u32> = turns.iter().map(|turn| turn.place).collect();
    assert_eq!(places, (1..=100).collect::<Vec<_>>(), "without a gap");
    let versions = house.app.store.versions(id).await.expect("rows");
    assert_eq!(versions.len(), 101);
    assert!(
        versions[1..]
            .iter()
            .all(|version| version.parent == Some(versions[0].id))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rel_store_02_many_writers_on_two_connections_never_find_the_database_locked() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let id = session.id.parse().expect("an id");
    // A second program beside the server, as `plantain sessions` is.
    let path = house.app.config.data.join("plantain.db");
    let beside = Store::open(&path).await.expect("open twice");
    let mut writing = JoinSet::new();
    for n in 0..40 {
        let store = if n % 2 == 0 {
            house.app.store.clone()
        } else {
            beside.clone()
        };
        let now = house.app.clock.now();
        writing.spawn(async move {
            for round in 0..10 {
                let title = plantain::domain::session::Title::parse(&format!("{n}.{round}")).expect("a title");
                store.rename_session(id, &title, now).await.expect("never locked");
                store.session(id).await.expect("never locked").expect("there");
            }
        });
    }
    writing.join_all().await;
    let revision = house
        .app
        .store
        .session(id)
        .await
        .expect("a row")
        .expect("there")
        .revision;
    assert_eq!(revision, 401, "each counted once");
    beside.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_the_trash_cancels_what_waits_and_runs_and_a_restore_lets_it_be_tried_again() {
    let (folder, service) = (tempfile::tempdir().expect("a folder"), CountingGemini::start().await);
    let program = Program::start(folder.path(), &[], &service.env()).await;
    let mut ana = Person::at(program.address);
    let begun = ana.form("/sessions/example", "example=harbour").await;
    let header = |name: &str| begun.headers()[name].to_str().expect("text").to_owned();
    let page = header("location");
    ana.cookie = header("set-cookie")
        .split_once(';')
        .map(|(cookie, _)| cookie.to_owned());
    for words in ["a+silent+hill", "a+red+hill"] {
        let fields = format!("instruction={words}&backend=gemini&client_id={}", fresh_id());
        ana.form(&format!("{page}/turns"), &fields).await;
    }
    service.heard("a silent hill", 1).await;
    ana.form(&format!("{page}/delete"), "").await;
    let path = format!("/api/v1/sessions/{}/turns", &page["/s/".len()..]);
    assert_eq!(ana.get(&path).await.status(), StatusCode::NOT_FOUND);
    ana.form(&format!("{page}/restore"), "").await;
    let turns = ana.json(&path).await["turns"].as_array().expect("turns").clone();
    assert!(turns.iter().all(|turn| turn["state"] == "cancelled"), "{turns:?}");
    let retry = format!("{path}/{}/retry", turns[1]["id"].as_str().expect("an id"));
    assert_eq!(ana.post(&retry, &json!({})).await.status(), StatusCode::ACCEPTED);
    service.heard("a red hill", 1).await;
    assert_eq!(
        (service.calls_of("a silent hill"), service.calls_of("a red hill")),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_words_in_an_old_form_are_a_turn_of_their_own_and_the_same_words_are_not() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let old = fresh_id();
    let mut led_to = Vec::new();
    for words in ["make+it+warmer", "make+it+warmer", "make+it+darker", "make+it+darker"] {
        let fields = format!("instruction={words}&base={}&client_id={old}", session.head);
        let answer = ana.form(&format!("/s/{}/turns", session.id), &fields).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        led_to.push(answer.headers()["location"].to_str().expect("text").to_owned());
    }
    assert_eq!(
        (&led_to[0], &led_to[2]),
        (&led_to[1], &led_to[3]),
        "a double click is one turn"
    );
    assert_ne!(led_to[0], led_to[2], "what was asked after “back” is not lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_something_new_makes_a_child_of_the_version_that_undo_led_to() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let ana = house.bearer(&session.token);
    let darker = ana.turn(&session.id, "make it darker").await;
    let warmer = ana.turn(&session.id, "undo that and make it warmer").await;
    assert_eq!(warmer["base"], darker["versions"][0], "said about the darker one");
    let body = ana.json(&format!("/api/v1/sessions/{}", session.id)).await;
    assert_eq!(
        body["session"]["versions"][2]["parent"],
        json!(session.head),
        "made from the original"
    );
}

async fn submit(person: &Person, session: &Begun, words: &str, backend: &str) -> String {
    let body = json!({"instruction": words, "backend": backend, "client_id": fresh_id()});
    let answer = person
        .post(&format!("/api/v1/sessions/{}/turns", session.id), &body)
        .await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let turn: Value = answer.json().await.expect("JSON");
    turn["turn"]["id"].as_str().expect("an id").to_owned()
}

async fn end_of(person: &Person, session: &Begun, turn: &str) -> Value {
    let path = format!("/api/v1/sessions/{}/turns/{turn}?wait=30", session.id);
    person.json(&path).await["turn"].clone()
}
