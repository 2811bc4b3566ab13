//! What only a test inside of the house can let happen: a fault in the middle of a request.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use clap::Parser;
use tower::ServiceExt as _;

use crate::{app::App, config::Config};

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    config: Config,
}

fn upload(door: &str) -> Request<Body> {
    let mut file = std::io::Cursor::new(Vec::new());
    let written = image::RgbImage::new(6, 4).write_to(&mut file, image::ImageFormat::Png);
    written.expect("a PNG");
    let mut body = b"--b\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n".to_vec();
    body.extend(file.into_inner());
    body.extend(b"\r\n--b--\r\n");
    Request::post(door)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .expect("a request")
}

async fn ask(app: &App, request: Request<Body>) -> Response {
    let Ok(answer) = super::router(app.clone()).oneshot(request).await;
    answer
}

#[tokio::test]
async fn sec_img_11_a_decoder_that_panics_fails_one_request_and_not_the_server() {
    for door in ["/sessions", "/api/v1/sessions"] {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().to_str().expect("a plain path");
        let program = Program::try_parse_from(["plantain", "--data", data]).expect("arguments");
        let app = App::build(program.config).await.expect("a server");
        // More often than there are slots: none is lost.
        for _ in 0..5 {
            app.blobs.panic_next();
            let answer = ask(&app, upload(door)).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{door}");
            let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
            let words = String::from_utf8(body.to_vec()).expect("text");
            assert!(words.contains("damaged") && !words.contains("injected"), "{words}");
        }
        for part in ["blobs", "tmp"] {
            let mut left = folder.path().join(part).read_dir().expect("a folder");
            assert!(left.next().is_none(), "something half done stays in {part}");
        }
        let status = ask(&app, upload(door)).await.status();
        assert!(
            status.is_success() || status == StatusCode::SEE_OTHER,
            "{door}: {status}"
        );
    }
}
