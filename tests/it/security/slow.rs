//! Clients that are silent, slow or deaf, at the assembled server with its own times. These take as long as the times they
//! are about.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::house::House;

/// Sends these bytes and reads to the end; what came, and after how many seconds.
async fn talk(house: &House, bytes: &str) -> (String, f64) {
    let mut line = TcpStream::connect(house.address).await.expect("a connection");
    let start = Instant::now();
    line.write_all(bytes.as_bytes()).await.expect("sent");
    let mut said = Vec::new();
    timeout(Duration::from_secs(40), line.read_to_end(&mut said))
        .await
        .expect("it is cut")
        .expect("an end");
    (
        String::from_utf8_lossy(&said).into_owned(),
        start.elapsed().as_secs_f64(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_dos_01_silent_and_slow_clients_are_cut_by_the_assembled_server() {
    let house = House::start(&[]).await;
    let session = house.begin().await;
    let head = format!(
        "POST /s/{}/turns HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/x-www-form-urlencoded\r\n",
        session.id, session.token
    );
    let half = format!("{head}content-length: 100\r\n\r\ninstruction=make");
    let upload = "POST /api/v1/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\n\
        content-length: 90000\r\n\r\n--b\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\nGIF89a";
    let (silent, half_head, half_body, half_upload) = tokio::join!(
        talk(&house, ""),
        talk(&house, "GET / HTTP/1.1\r\nhost: local"),
        talk(&house, &half),
        talk(&house, upload),
    );
    assert!((9.0..13.0).contains(&silent.1), "{silent:?}");
    assert!(
        (9.0..13.0).contains(&half_head.1) && half_head.0.starts_with("HTTP/1.1 408"),
        "{half_head:?}"
    );
    for (said, seconds) in [half_body, half_upload] {
        assert!((14.0..26.0).contains(&seconds), "{seconds} s: {said}");
        assert!(
            said.starts_with("HTTP/1.1 408") && said.contains("stopped on the way"),
            "{said}"
        );
    }
    assert_eq!(
        std::fs::read_dir(house.app.config.data.join("tmp"))
            .expect("a folder")
            .count(),
        0
    );
}

/// A picture that hardly compresses.
fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let picture = image::RgbImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [a, b, c, _] = state.to_le_bytes();
        image::Rgb([a, b, c])
    });
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).expect("a PNG");
    file.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_dos_03_a_client_that_does_not_read_is_cut_and_delays_nobody() {
    let house = House::start(&[]).await;
    let answer = house
        .visitor()
        .send_picture("/api/v1/sessions", "a.png", noise(1600, 1200))
        .await;
    let body: serde_json::Value = answer.json().await.expect("JSON");
    let (token, picture) = (&body["edit_token"], &body["session"]["versions"][0]["picture_url"]);
    let (token, picture) = (token.as_str().expect("a token"), picture.as_str().expect("a path"));
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(16 * 1024).expect("set");
    let mut deaf = socket.connect(house.address).await.expect("a connection");
    let request = format!("GET {picture} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
    deaf.write_all(request.as_bytes()).await.expect("sent");
    let start = Instant::now();
    // Others are served meanwhile, until the deaf one's connection is closed by the other side.
    let owner = house.bearer(token);
    loop {
        let asked = Instant::now();
        assert_eq!(house.visitor().get("/healthz").await.status(), 200);
        assert!(asked.elapsed() < Duration::from_millis(500), "{:?}", asked.elapsed());
        assert_eq!(
            owner.get(picture).await.bytes().await.expect("whole").len() as u64,
            body["session"]["versions"][0]["bytes"]
        );
        let closed = timeout(Duration::from_secs(2), deaf.ready(tokio::io::Interest::ERROR)).await;
        if closed.is_ok() {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "it is never cut");
    }
    let seconds = start.elapsed().as_secs();
    assert!((25..60).contains(&seconds), "{seconds} s");
    let mut rest = Vec::new();
    let read = deaf.read_to_end(&mut rest).await;
    assert!(read.is_err() || (rest.len() as u64) < body["session"]["versions"][0]["bytes"].as_u64().expect("a size"));
}
