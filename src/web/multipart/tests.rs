//! Forms whole and broken, in one piece and byte by byte, just under and just over every limit.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{StreamExt as _, stream};
use proptest::prelude::*;

use super::*;

const LIMITS: FormLimits = FormLimits {
    parts: 4,
    text_bytes: 100,
    file_bytes: 5000,
    total_bytes: 20_000,
    part_head_bytes: 2048,
};

fn headers(content_length: Option<usize>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        "multipart/form-data; boundary=edge".parse().expect("a value"),
    );
    if let Some(length) = content_length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    headers
}

fn text(name: &str, text: &str) -> Vec<u8> {
    format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").into_bytes()
}

fn file(file_name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"{file_name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), b"--edge--\r\n".to_vec()].concat()
}

/// The body in pieces of this size.
fn pieces(bytes: &[u8], size: usize) -> Body {
    let pieces: Vec<_> = bytes
        .chunks(size)
        .map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)))
        .collect();
    Body::from_stream(stream::iter(pieces))
}

/// Everything in a form: texts, and files with their names.
type Whole = (Vec<(String, String)>, Vec<(String, Vec<u8>)>);

async fn read(body: Body, limits: FormLimits) -> Result<Whole, FormError> {
    let mut form = Form::open(&headers(None), body, limits)?;
    let mut files = Vec::new();
    while let Some(mut file) = form.next_file().await? {
        let mut bytes = Vec::new();
        while let Some(chunk) = file.chunk().await? {
            bytes.extend_from_slice(&chunk);
        }
        files.push((file.file_name.clone(), bytes));
    }
    Ok((form.texts.0, files))
}

#[tokio::test]
async fn texts_and_files_come_out_whatever_the_pieces() {
    let pixels: Vec<u8> = (0..4000u32)
        .flat_map(|n| [n as u8, b'\r', b'\n', b'-', b'-'])
        .take(4000)
        .collect();
    let whole = form(&[
        text("title", "Zwölf Boxkämpfer"),
        file("a.png", &pixels),
        text("title", "two"),
        file("b", b""),
    ]);
    for size in [1, 2, 3, 7, 64, 1000, 100_000] {
        let (texts, files) = read(pieces(&whole, size), LIMITS).await.expect("a good form");
        assert_eq!(
            texts,
            [
                ("title".into(), "Zwölf Boxkämpfer".into()),
                ("title".into(), "two".into())
            ]
        );
        assert_eq!(
            files,
            [("a.png".to_owned(), pixels.clone()), ("b".to_owned(), Vec::new())]
        );
    }
}

#[tokio::test]
async fn a_file_says_what_it_says_it_is_and_texts_before_it_are_known() {
    let body = form(&[
        text("title", "one"),
        file("../../a.png", b"pixels"),
        text("after", "two"),
    ]);
    let mut form = Form::open(&headers(Some(body.len())), body.into(), LIMITS).expect("a form");
    let file = form.next_file().await.expect("good").expect("a file");
    assert_eq!(
        (file.name.as_str(), file.file_name.as_str()),
        ("picture", "../../a.png")
    );
    assert_eq!(file.declared_type.as_deref(), Some("image/png"));
    drop(file);
    assert_eq!(form.texts().get("title"), Some("one"));
    assert_eq!(form.texts().get("after"), None);

    assert!(form.next_file().await.expect("the unread file is skipped").is_none());
    assert_eq!(form.texts().get("after"), Some("two"));
}

#[tokio::test]
async fn an_empty_file_field_is_no_file() {
    let (texts, files) = read(form(&[file("", b""), text("a", "b")]).into(), LIMITS)
        .await
        .expect("a good form");
    assert_eq!((texts.len(), files.len()), (1, 0));
}

#[tokio::test]
async fn sec_dos_02_every_limit_holds_just_over_and_not_just_under() {
    let long_head = |bytes: usize| {
        let rest = "Content-Disposition: form-data; name=\"a\"\r\nX-Y: \r\n\r\n".len();
        let head = "x".repeat(bytes - rest - "--edge\r\n".len());
        format!("--edge\r\nContent-Disposition: form-data; name=\"a\"\r\nX-Y: {head}\r\n\r\nb\r\n").into_bytes()
    };
    let preamble = |bytes: usize| [vec![b'x'; bytes], b"\r\n".to_vec(), text("a", "b")].concat();
    let file_of = |bytes: usize| file("f", &vec![b'x'; bytes]);
    let padded_to = |total: usize| {
        let three = || [file_of(5000), file_of(5000), file_of(5000)].concat();
        let rest = form(&[three(), file_of(0)]).len();
        form(&[three(), file_of(total - rest)])
    };
    let cases = [
        (form(&vec![text("a", "b"); 4]), None),
        (
            form(&vec![text("a", "b"); 5]),
            Some(FormError::TooManyParts { limit: 4 }),
        ),
        (
            form(&vec![file("", b""); 5]),
            Some(FormError::TooManyParts { limit: 4 }),
        ),
        (form(&[text("a", &"x".repeat(100))]), None),
        (
            form(&[text("a", &"x".repeat(101))]),
            Some(FormError::TextTooLong { limit: 100 }),
        ),
        (
            form(&[text("a", &"x".repeat(50)), text("b", &"x".repeat(51))]),
            Some(FormError::TextTooLong { limit: 100 }),
        ),
        (form(&[file_of(5000)]), None),
        (form(&[file_of(5001)]), Some(FormError::FileTooLarge { limit: 5000 })),
        (padded_to(20_000), None),
        // The last two bytes are a line end that nobody needs to read.
        (padded_to(20_003), Some(FormError::TooLarge { limit: 20_000 })),
        (form(&[long_head(1900)]), None),
        (form(&[long_head(2500)]), Some(FormError::Malformed)),
        (form(&[preamble(1000)]), None),
        (form(&[preamble(3000)]), Some(FormError::Malformed)),
    ];
    for (n, (body, refused)) in cases.into_iter().enumerate() {
        for size in [1, 100, 1_000_000] {
            let answer = read(pieces(&body, size), LIMITS).await;
            assert_eq!(
                answer.err(),
                refused,
                "case {n}, {} bytes in pieces of {size}",
                body.len()
            );
        }
    }
}

#[tokio::test]
async fn sec_dos_02_an_announced_excess_is_refused_before_anything_is_read() {
    let unread = Body::from_stream(stream::poll_fn(
        |_| -> std::task::Poll<Option<Result<Bytes, Infallible>>> { panic!("nobody reads it") },
    ));
    let refused = Form::open(&headers(Some(20_001)), unread, LIMITS).expect_err("too large");
    assert_eq!(refused, FormError::TooLarge { limit: 20_000 });
    assert_eq!(
        refused.for_the_user(),
        "The upload is too large: at most 19 KiB in all."
    );
    Form::open(&headers(Some(20_000)), Body::empty(), LIMITS).expect("just under");
}

/// How much of an endless body is taken in before it is refused.
async fn taken_of_endless(start: &[u8], rest: &'static [u8], limits: FormLimits) -> (usize, FormError) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let start = Bytes::copy_from_slice(start);
    let endless = stream::once(async move { start }).chain(stream::repeat(Bytes::from_static(rest)));
    let body = Body::from_stream(endless.map(move |bytes| {
        count.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok::<_, Infallible>(bytes)
    }));
    let error = read(body, limits).await.expect_err("it has no end");
    (taken.load(Ordering::Relaxed), error)
}

#[tokio::test]
async fn sec_dos_02_an_endless_body_is_left_soon() {
    static X: [u8; 1000] = [b'x'; 1000];
    let limits = FormLimits {
        total_bytes: 1 << 40,
        ..LIMITS
    };
    let a_text = "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n";
    let a_file = "--edge\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n";
    let whole_file = format!("{a_file}\r\npixels\r\n");
    let cases = [
        ("", FormError::Malformed, 4000),
        (&format!("{whole_file}{a_text}"), FormError::Malformed, 4500),
        (a_text, FormError::Malformed, 4000),
        (&format!("{a_text}\r\n"), FormError::TextTooLong { limit: 100 }, 4000),
        (&format!("{a_file}\r\n"), FormError::FileTooLarge { limit: 5000 }, 8000),
    ];
    for (start, refused, most) in cases {
        let (taken, error) = taken_of_endless(start.as_bytes(), &X, limits).await;
        assert_eq!(error, refused, "{start:?}");
        assert!(taken <= most, "{taken} bytes taken in after {start:?}");
    }
}

#[tokio::test]
async fn a_large_file_is_handed_on_in_bites() {
    let limits = FormLimits {
        file_bytes: 1 << 30,
        total_bytes: 1 << 30,
        ..LIMITS
    };
    let body = form(&[file("f", &vec![7; 4 << 20])]);
    let mut form = Form::open(&headers(None), body.into(), limits).expect("a form");
    let mut file = form.next_file().await.expect("good").expect("a file");
    let (mut sum, mut largest) = (0, 0);
    while let Some(chunk) = file.chunk().await.expect("good") {
        sum += chunk.len();
        largest = largest.max(chunk.len());
    }
    assert_eq!(sum, 4 << 20);
    assert!(largest <= 65 * 1024, "{largest} bytes at once");
}

#[tokio::test]
async fn what_is_no_form_is_refused_as_such() {
    for kind in [
        "",
        "text/plain",
        "multipart/mixed; boundary=edge",
        "multipart/form-data",
        "multipart/form-data; boundary=\"\"",
        &format!("multipart/form-data; boundary={}", "x".repeat(71)),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().expect("a value"));
        assert_eq!(
            Form::open(&headers, Body::empty(), LIMITS).err(),
            Some(FormError::NotAForm),
            "{kind}"
        );
    }
    assert_eq!(
        Form::open(&HeaderMap::new(), Body::empty(), LIMITS).err(),
        Some(FormError::NotAForm)
    );
}

#[tokio::test]
async fn broken_forms_are_malformed() {
    let no_name = b"--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n".to_vec();
    let no_utf8 = [text("a", "")[..45].to_vec(), b"\r\n\r\n\xff\xfe\r\n".to_vec()].concat();
    for body in [
        Vec::new(),
        b"hello".to_vec(),
        form(&[no_name]),
        form(&[no_utf8]),
        text("a", "cut off"),
    ] {
        let answer = read(body.clone().into(), LIMITS).await;
        assert_eq!(
            answer.err(),
            Some(FormError::Malformed),
            "{}",
            String::from_utf8_lossy(&body)
        );
    }
}

#[tokio::test]
async fn sec_dos_01_who_was_too_slow_and_who_left_are_told_apart() {
    let errors: [(axum::BoxError, FormError); 2] = [
        (BodyTooSlow.into(), FormError::TooSlow),
        ("reset by peer".into(), FormError::ClientGone),
    ];
    for (cause, expected) in errors {
        let start = Ok(Bytes::from(file("f", b"half")));
        let body = Body::from_stream(stream::iter([start, Err(cause)]));
        assert_eq!(read(body, LIMITS).await.err(), Some(expected));
    }
}

proptest! {
    /// Whatever is sent in whatever pieces: an answer, no panic, nothing kept beyond the limits.
    #[test]
    fn sec_dos_07_any_bytes_are_read_or_refused(
        bits in proptest::collection::vec(
            prop_oneof![
                Just(b"--edge".to_vec()), Just(b"--edge--".to_vec()), Just(b"\r\n".to_vec()), Just(b"\r\n\r\n".to_vec()),
                Just(b"Content-Disposition: form-data; name=\"a\"".to_vec()), Just(b"; filename=\"b\"".to_vec()),
                Just(b"Content-Disposition: form-data; name=\"a".to_vec()), proptest::collection::vec(any::<u8>(), 0..40),
            ],
            0..40,
        ),
        size in 1usize..200,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let whole = bits.concat();
        let once = runtime.block_on(read(pieces(&whole, size), LIMITS));
        if let Ok((texts, files)) = &once {
            prop_assert!(texts.iter().map(|(_, text)| text.len()).sum::<usize>() <= LIMITS.text_bytes);
            prop_assert!(files.len() + texts.len() <= LIMITS.parts);
        }
        let again = runtime.block_on(read(pieces(&whole, whole.len().max(1)), LIMITS));
        prop_assert_eq!(once.is_ok(), again.is_ok(), "the same form in other pieces");
    }
}
