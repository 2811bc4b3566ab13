//! Every cap of the assembled server, just under and just over.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{kit::header, world::Link};
use crate::house::{House, Person, fresh_id, photo};

/// A form written by hand: texts, then one file of these bytes.
fn form(texts: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend(format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
    }
    let head = "--cut\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n";
    body.extend(head.bytes().chain(file.iter().copied()));
    body.extend(b"\r\n--cut--\r\n");
    body
}

async fn send(person: &Person, body: Vec<u8>, announced: bool) -> (StatusCode, String) {
    let request = person.ask(Method::POST, "/api/v1/sessions");
    let request = request.header("content-type", "multipart/form-data; boundary=cut");
    let request = if announced {
        request.body(body)
    } else {
        let chunks = body
            .chunks(8000)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>();
        request.body(reqwest::Body::wrap_stream(futures_util::stream::iter(chunks)))
    };
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    (status, body["error"]["message"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_dos_02_parts_texts_and_bytes_of_an_upload_are_counted_announced_or_not() {
    let house = House::start(&["--max-upload-mib", "1"]).await;
    let person = house.visitor();
    let picture = photo(8, 8);
    let many = |parts: usize| form(&vec![("x", "y"); parts - 1], &picture);
    let text = |bytes: usize| form(&[("x", &"t".repeat(bytes))], &picture);
    // A PNG and what fills it up behind its end; the end is cut off at the gate.
    let long = |bytes: usize| {
        let mut file = picture.clone();
        file.resize(bytes, 0);
        form(&[], &file)
    };
    let mib = 1 << 20;
    for announced in [true, false] {
        for (what, under, over) in [
            ("fields and files", many(16), many(17)),
            ("text is too long", text(32 * 1024), text(32 * 1024 + 1)),
            ("file is too large", long(mib), long(mib + 1)),
        ] {
            assert_eq!(
                send(&person, under, announced).await.0,
                201,
                "{what}, announced: {announced}"
            );
            let (status, words) = send(&person, over, announced).await;
            assert_eq!(status, 413, "{what}, announced: {announced}");
            assert!(words.contains(what) || words.contains("too large"), "{words}");
        }
        let (status, _) = send(&person, long(3 * mib), announced).await;
        assert_eq!(status, 413, "far over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_dos_02_text_bodies_are_bounded_too() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let wish = |length: usize| {
        let bare = format!("{{\"client_id\":\"{}\",\"instruction\":\"x\"}}", fresh_id());
        format!("{bare}{}", " ".repeat(length - bare.len()))
    };
    let path = format!("/api/v1/sessions/{}/turns", session.id);
    for (length, expected) in [(64 * 1024, 202), (64 * 1024 + 1, 413)] {
        let request = owner
            .ask(Method::POST, &path)
            .header("content-type", "application/json");
        let answer = request.body(wish(length)).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), expected);
        let chunks = wish(length)
            .into_bytes()
            .chunks(5000)
            .map(|c| Ok::<_, std::io::Error>(c.to_vec()))
            .collect::<Vec<_>>();
        let request = owner
            .ask(Method::POST, &path)
            .header("content-type", "application/json");
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        assert_eq!(
            request.body(body).send().await.expect("an answer").status().as_u16(),
            expected
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_dos_02_connections_are_capped_and_the_next_one_is_told_so() {
    let house = House::start(&["--max-connections-per-network", "3"]).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut line = TcpStream::connect(house.address).await.expect("a connection");
        line.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .expect("sent");
        let mut answer = [0; 15];
        line.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        open.push(line);
    }
    let mut late = TcpStream::connect(house.address).await.expect("a connection");
    let mut said = String::new();
    late.read_to_string(&mut said).await.expect("an answer");
    assert!(
        said.starts_with("HTTP/1.1 503 ") && said.contains("\r\nRetry-After: "),
        "{said}"
    );
    drop(open);
    // The places are free as soon as the server has seen the ends.
    let freed = timeout(Duration::from_secs(10), async {
        while !house
            .visitor()
            .ask(Method::GET, "/healthz")
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200)
        {
            tokio::task::yield_now().await;
        }
    });
    freed.await.expect("a free place");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_dos_02_event_streams_are_capped_at_8_a_client_and_200_a_session() {
    let house = House::start(&["--max-connections-per-network", "400"]).await;
    let session = house.begin().await;
    let owner = house.bearer(&session.token);
    let guest = Link::make(&house, &owner, &session.id, "view", 30).await;
    let path = format!("/s/{}/events", session.id);
    let mut open = Vec::new();
    for _ in 0..25 {
        let mut person = house.visitor();
        person.follow(&guest.url).await;
        for _ in 0..8 {
            let stream = person.get(&path).await;
            assert_eq!(stream.status(), 200);
            open.push(stream);
        }
        if open.len() < 200 {
            let ninth = person.get(&path).await;
            assert_eq!(ninth.status(), 429, "a client's ninth");
            assert!(!header(&ninth, "retry-after").is_empty());
        }
    }
    assert_eq!(open.len(), 200);
    assert_eq!(guest.guest.get(&path).await.status(), 429, "the session's 201st");
    let other = house.begin().await;
    let elsewhere = house.bearer(&other.token).get(&format!("/s/{}/events", other.id)).await;
    assert_eq!(elsewhere.status(), 200, "another session is not concerned");
    open.truncate(199);
    let freed = timeout(Duration::from_secs(10), async {
        while guest.guest.get(&path).await.status() != 200 {
            tokio::task::yield_now().await;
        }
    });
    freed.await.expect("a free place");
}
