//! Pages, headers and the cross-site rule over the real router.

use reqwest::{Method, StatusCode};

use crate::house::{House, photo};

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_drops_a_picture_talks_without_scripts_and_sees_its_session_at_home() {
    let house = House::start(&[]).await;
    let mut ana = house.visitor();
    let answer = ana.send_picture("/sessions", "my <b>cat.png", photo(40, 30)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let page = answer.headers()["location"].to_str().expect("text").to_owned();
    ana.cookie = cookie.split_once(';').map(|(pair, _)| pair.to_owned());
    let html = ana.get(&page).await.text().await.expect("HTML");
    assert!(
        html.contains("my &#60;b&#62;cat") && !html.contains("<b>cat"),
        "titles are text"
    );
    let id = "00000000-0000-4000-8000-000000000001";
    let sent = ana
        .form(
            &format!("{page}/turns"),
            &format!("instruction=make+it+warmer&client_id={id}"),
        )
        .await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let empty = ana
        .form(&format!("{page}/turns"), &format!("instruction=+&client_id={id}"))
        .await;
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().await.expect("HTML").contains("Say what to change."));
    let home = ana.get("/").await.text().await.expect("HTML");
    assert!(home.contains(&page));
    assert!(
        !house
            .visitor()
            .get("/")
            .await
            .text()
            .await
            .expect("HTML")
            .contains(&page),
        "somebody else sees none of it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_01_every_answer_carries_the_policy_errors_included() {
    let house = House::start(&[]).await;
    for path in [
        "/",
        "/nothing",
        "/s/nothing",
        "/api/v1/nothing",
        "/api/v1/backends",
        "/join/x",
        "/static/x/y.css",
        "/healthz",
    ] {
        let answer = house.visitor().get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().expect("text");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        assert!(answer.headers().contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_03_another_site_changes_nothing() {
    let house = House::start(&[]).await;
    let answer = house
        .visitor()
        .ask(Method::POST, "/sessions/example")
        .header("sec-fetch-site", "cross-site")
        .body("example=harbour")
        .send()
        .await;
    assert_eq!(answer.expect("an answer").status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_auth_02_the_shared_password_lets_in_and_signing_out_ends_it_on_the_server() {
    let house = House::start(&["--password", "open sesame"]).await;
    let mut ana = house.visitor();
    assert_eq!(ana.get("/").await.headers()["location"], "/sign-in");
    assert_eq!(
        ana.send_picture("/api/v1/sessions", "a.png", photo(8, 8))
            .await
            .status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        ana.form("/sign-in", "password=wrong").await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let answer = ana.form("/sign-in", "password=open+sesame").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
    ana.cookie = cookie.split_once(';').map(|(pair, _)| pair.to_owned());
    assert_eq!(ana.get("/").await.status(), StatusCode::OK);
    ana.form("/sign-out", "").await;
    assert_eq!(
        ana.get("/").await.status(),
        StatusCode::SEE_OTHER,
        "the old cookie opens nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_are_drawn_and_begin_a_session() {
    let house = House::start(&[]).await;
    for name in ["harbour", "still-life"] {
        let preview = house.visitor().get(&format!("/examples/{name}.webp")).await;
        assert_eq!(preview.headers()["content-type"], "image/webp");
        assert_eq!(
            house
                .visitor()
                .form("/sessions/example", &format!("example={name}"))
                .await
                .status(),
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(
        house.visitor().get("/examples/none.webp").await.status(),
        StatusCode::NOT_FOUND
    );
}
