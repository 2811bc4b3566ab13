//! The rules over a small router: what is let through, what is refused, and what every answer carries.

use axum::{
    body::{Body, to_bytes},
    http::{Request as HttpRequest, StatusCode},
    routing::{any, get},
};

use super::*;

fn house(public_url: Option<&str>) -> Router {
    let public_url = public_url.map(|url| url.parse().expect("a public address"));
    let picture = async || {
        (
            [(CONTENT_SECURITY_POLICY, PICTURE_POLICY), (CACHE_CONTROL, IMMUTABLE)],
            "pixels",
        )
    };
    let router = Router::new()
        .route("/", get(async || "home"))
        .route("/picture", get(picture))
        .route(
            "/panic",
            get(async || -> &'static str { panic!("as the test wants it") }),
        )
        .route("/s/1/turns", any(async || "changed"))
        .route("/api/v1/turns", any(async || "changed"));
    let other_hosts = vec!["plantain.internal".to_owned()];
    layer(
        router,
        SecuritySettings {
            public_url,
            other_hosts,
            ..SecuritySettings::default()
        },
    )
}

/// Header lines of a request.
type Lines = &'static [(&'static str, &'static str)];

const IMMUTABLE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Sends `method path` with these header lines; `Host: localhost:8080` unless one is among them.
async fn send(router: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = HttpRequest::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8080");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("an answer")
}

#[tokio::test]
async fn sec_web_01_and_02_every_answer_carries_the_headers() {
    let router = house(None);
    let cases: [(&str, &str, Lines, u16); 8] = [
        ("GET", "/", &[], 200),
        ("HEAD", "/", &[], 200),
        ("GET", "/nowhere", &[], 404),
        ("POST", "/", &[], 405),
        ("GET", "/panic", &[], 500),
        ("GET", "/", &[("host", "evil.example")], 421),
        ("POST", "/s/1/turns", &[("sec-fetch-site", "cross-site")], 403),
        ("POST", "/api/v1/turns", &[("content-type", "text/plain")], 415),
    ];
    for (method, path, headers, status) in cases {
        let response = send(&router, method, path, headers).await;
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        let says = |name: &str| {
            response
                .headers()
                .get(name)
                .map_or("", |value| value.to_str().expect("text"))
        };
        let policy: Vec<_> = says("content-security-policy").split("; ").collect();
        for directive in [
            "default-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "script-src 'self'",
        ] {
            assert!(policy.contains(&directive), "{method} {path}: {policy:?}");
        }
        assert!(!says("content-security-policy").contains("unsafe"), "{policy:?}");
        assert_eq!(says("x-content-type-options"), "nosniff");
        assert_eq!(says("referrer-policy"), "no-referrer");
        assert_eq!(says("cross-origin-resource-policy"), "same-origin");
        assert_eq!(says("cross-origin-opener-policy"), "same-origin");
        assert!(says("permissions-policy").contains("camera=()"));
        assert_eq!(says("cache-control"), "no-store");
        assert_eq!(says("strict-transport-security"), "", "nothing here is https");
    }
}

#[tokio::test]
async fn sec_web_02_https_is_remembered_only_where_people_come_by_https() {
    for (url, hsts) in [("https://photos.example", true), ("http://photos.example", false)] {
        let response = send(&house(Some(url)), "GET", "/nowhere", &[("host", "photos.example")]).await;
        assert_eq!(
            response.headers().contains_key("strict-transport-security"),
            hsts,
            "{url}"
        );
    }
}

#[tokio::test]
async fn sec_img_09_an_answer_that_says_more_about_itself_is_left_alone() {
    let response = send(&house(None), "GET", "/picture", &[]).await;
    let policies: Vec<_> = response.headers().get_all(CONTENT_SECURITY_POLICY).iter().collect();
    assert_eq!(policies, [&PICTURE_POLICY]);
    assert_eq!(response.headers()[CACHE_CONTROL], IMMUTABLE);
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn sec_web_03_only_our_own_pages_and_programs_without_cookies_change_anything() {
    const COOKIE: (&str, &str) = ("cookie", "visitor=1");
    const PUBLIC: Option<&str> = Some("https://photos.example");
    const AT_PUBLIC: (&str, &str) = ("host", "photos.example");
    const AT_LAN: (&str, &str) = ("host", "192.168.1.5:8080");
    let cases: [(Option<&str>, Lines, bool); 23] = [
        // What newer browsers say.
        (None, &[COOKIE, ("sec-fetch-site", "same-origin")], true),
        (None, &[COOKIE, ("sec-fetch-site", "none")], true),
        (None, &[COOKIE, ("sec-fetch-site", "same-site")], false),
        (None, &[COOKIE, ("sec-fetch-site", "cross-site")], false),
        (None, &[("sec-fetch-site", "cross-site")], false),
        (None, &[COOKIE, ("sec-fetch-site", "")], false),
        (
            None,
            &[
                COOKIE,
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "cross-site"),
            ],
            false,
        ),
        (
            PUBLIC,
            &[
                AT_PUBLIC,
                COOKIE,
                ("sec-fetch-site", "same-site"),
                ("origin", "https://photos.example"),
            ],
            false,
        ),
        // Browsers that only say where the page is from, with a public address …
        (PUBLIC, &[AT_PUBLIC, COOKIE, ("origin", "https://photos.example")], true),
        (PUBLIC, &[AT_PUBLIC, COOKIE, ("origin", "http://photos.example")], false),
        (
            PUBLIC,
            &[AT_PUBLIC, COOKIE, ("origin", "https://photos.example:444")],
            false,
        ),
        (
            PUBLIC,
            &[AT_PUBLIC, COOKIE, ("origin", "https://photos.example.evil.example")],
            false,
        ),
        (PUBLIC, &[AT_PUBLIC, ("origin", "https://evil.example")], false),
        (PUBLIC, &[AT_PUBLIC, COOKIE, ("origin", "null")], false),
        (PUBLIC, &[AT_LAN, COOKIE, ("origin", "http://192.168.1.5:8080")], false),
        // … and without one, where the host can only be an address.
        (None, &[AT_LAN, COOKIE, ("origin", "http://192.168.1.5:8080")], true),
        (None, &[AT_LAN, COOKIE, ("origin", "http://192.168.1.5:8081")], false),
        (None, &[AT_LAN, COOKIE, ("origin", "http://192.168.1.6:8080")], false),
        (None, &[AT_LAN, COOKIE, ("origin", "null")], false),
        (None, &[AT_LAN, COOKIE, ("origin", "")], false),
        // Programs.
        (None, &[], true),
        (None, &[("authorization", "Bearer token")], true),
        (None, &[COOKIE], false),
    ];
    for (public_url, headers, passes) in cases {
        let router = house(public_url);
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
            let status = send(&router, method, "/s/1/turns", headers).await.status();
            let expected = if passes { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(
                status, expected,
                "{method} with {headers:?}, public address {public_url:?}"
            );
        }
        for method in ["GET", "HEAD", "OPTIONS"] {
            let status = send(&router, method, "/s/1/turns", headers).await.status();
            assert_eq!(status, StatusCode::OK, "{method} with {headers:?}");
        }
    }
}

#[tokio::test]
async fn sec_web_03_the_json_interface_refuses_bodies_that_any_page_can_send() {
    let router = house(None);
    let cases: [(Lines, u16); 12] = [
        (&[("content-type", "application/json")], 200),
        (&[("content-type", "application/json; charset=utf-8")], 200),
        (&[("content-type", "multipart/form-data; boundary=x")], 200),
        (&[("content-type", "text/plain")], 415),
        (&[("content-type", "Text/Plain;charset=UTF-8")], 415),
        (&[("content-type", "text/plain ; x=application/json")], 415),
        (&[("content-type", "application/x-www-form-urlencoded")], 415),
        (&[("content-length", "2")], 415),
        (&[("transfer-encoding", "chunked")], 415),
        (&[("content-length", "0")], 200),
        (&[("content-type", ""), ("content-length", "2")], 415),
        (&[], 200),
    ];
    for (headers, status) in cases {
        let response = send(&router, "POST", "/api/v1/turns", headers).await;
        assert_eq!(response.status().as_u16(), status, "{headers:?}");
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let page = send(&router, "POST", "/s/1/turns", &form).await.status();
    assert_eq!(page, StatusCode::OK, "the pages' own forms are forms");
}

#[tokio::test]
async fn sec_web_07_only_our_own_names_are_answered_to() {
    let cases = [
        ("localhost", true),
        ("LOCALHOST:8080", true),
        ("127.0.0.1:8080", true),
        ("192.168.1.5", true),
        ("[::1]:8080", true),
        ("[2001:db8::1]", true),
        ("plantain.internal:80", true),
        ("evil.example", false),
        ("localhost.evil.example", false),
        ("127.0.0.1.evil.example", false),
        ("[::1].evil.example", false),
        ("[::1", false),
        ("localhost:80@evil.example", false),
        ("photos.example@evil.example", false),
        ("", false),
        ("1.2.3", false),
    ];
    for (host, answered) in cases {
        for (public_url, of_ours) in [(None, false), (Some("https://photos.example"), true)] {
            let router = house(public_url);
            let status = send(&router, "GET", "/", &[("host", host)]).await.status();
            assert_eq!(
                status == StatusCode::OK,
                answered,
                "{host:?}, public address {public_url:?}: {status}"
            );
            let status = send(&router, "GET", "/", &[("host", "photos.example")]).await.status();
            assert_eq!(
                status == StatusCode::OK,
                of_ours,
                "public address {public_url:?}: {status}"
            );
        }
    }
    let router = house(None);
    let two = [("host", "localhost"), ("host", "evil.example")];
    assert_eq!(
        send(&router, "GET", "/", &two).await.status(),
        StatusCode::MISDIRECTED_REQUEST
    );
    let named_in_the_line = send(&router, "GET", "http://evil.example/", &[]).await.status();
    assert_eq!(named_in_the_line, StatusCode::MISDIRECTED_REQUEST);
    let none = HttpRequest::builder().uri("/").body(Body::empty()).expect("a request");
    let none = router.oneshot(none).await.expect("an answer").status();
    assert_eq!(none, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn refusals_are_told_by_the_refuser() {
    let refuser: Refuser = Arc::new(|refusal, asked| {
        (
            refusal.status(),
            format!("{refusal:?} api={} html={}", asked.api, asked.html),
        )
            .into_response()
    });
    let router = Router::new().route(
        "/api/x",
        get(async || -> &'static str { panic!("as the test wants it") }),
    );
    let router = layer(
        router,
        SecuritySettings {
            refuser,
            ..SecuritySettings::default()
        },
    );
    let told = async |path: &str, headers: &[(&str, &str)]| {
        let response = send(&router, "GET", path, headers).await;
        String::from_utf8(to_bytes(response.into_body(), 1000).await.expect("a body").to_vec()).expect("text")
    };
    assert_eq!(told("/api/x", &[]).await, "Panicked api=true html=false");
    let browser = [
        ("accept", "application/xhtml+xml,Text/HTML;q=0.9"),
        ("host", "evil.example"),
    ];
    assert_eq!(told("/", &browser).await, "WrongHost api=false html=true");
}

#[test]
fn public_addresses_are_origins() {
    for (text, origin) in [
        ("https://photos.example", "https://photos.example"),
        ("https://Photos.Example/", "https://photos.example"),
        ("https://photos.example:443", "https://photos.example"),
        ("http://192.0.2.7:8080", "http://192.0.2.7:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ] {
        assert_eq!(text.parse::<PublicUrl>().expect(text).origin(), origin);
    }
    for wrong in [
        "photos.example",
        "ftp://photos.example",
        "https://photos.example/path",
        "https://me@photos.example",
        "https://photos.example/?q",
        "https://photos.example/#f",
        "",
    ] {
        assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
    }
}
