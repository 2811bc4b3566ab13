//! The headers that every answer carries, walked over the table of routes and over every kind of refusal.

use reqwest::{Method, Response};

use super::{
    kit::header,
    routes::table,
    world::{By, World},
};
use crate::house::House;

/// What is wrong with the headers of an answer.
fn faults(answer: &Response, of_picture: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut hold = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let policy = header(answer, "content-security-policy");
    hold(policy.starts_with("default-src 'none'; "), policy);
    hold(
        !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"),
        policy,
    );
    if of_picture {
        hold(policy == "default-src 'none'; sandbox", policy);
    } else {
        hold(
            policy.contains("base-uri 'none'") && policy.contains("frame-ancestors 'none'"),
            policy,
        );
        hold(
            policy.contains("script-src 'self';") && policy.contains("style-src 'self';"),
            policy,
        );
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        hold(header(answer, name) == value, name);
    }
    hold(
        header(answer, "permissions-policy").contains("camera=()"),
        "permissions-policy",
    );
    hold(!header(answer, "x-request-id").is_empty(), "x-request-id");
    hold(!header(answer, "cache-control").is_empty(), "cache-control");
    for name in ["server", "x-powered-by", "access-control-allow-origin"] {
        hold(header(answer, name).is_empty(), name);
    }
    wrong
}

fn is_picture(path: &str) -> bool {
    let pictures = [
        "/picture",
        "/renditions/{size}",
        "/regions/{region}",
        "/regions/refine",
        "/as-returned",
        "/difference",
    ];
    pictures.iter().any(|end| path.ends_with(end))
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_01_and_02_every_route_sends_the_policies_to_everybody() {
    let house = House::start(&[]).await;
    let mut world = World::new(&house, By::Cookie).await;
    for row in table() {
        for who in [6, 2, 0] {
            let (person, link) = &world.people[who];
            let answer = world.request(person, &row.method, &row.path, link).send().await;
            let answer = answer.expect("an answer");
            let shows_one = is_picture(&row.path) && answer.status().is_success();
            let wrong = faults(&answer, shows_one);
            assert!(wrong.is_empty(), "{} {} as {who}: {wrong:?}", row.method, row.path);
            assert_eq!(header(&answer, "strict-transport-security"), "", "without https");
        }
        if row.method == Method::DELETE || row.path.ends_with("/delete") {
            world = World::new(&house, By::Cookie).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_web_01_and_02_refusals_of_every_kind_carry_them_too() {
    let house = House::start(&["--public-url", "https://photos.example"]).await;
    let person = house.visitor();
    let ask = |method: Method, path: &str| person.ask(method, path);
    let long = format!("/{}", "x".repeat(9000));
    let requests = [
        (404, ask(Method::GET, "/nothing")),
        (404, ask(Method::GET, "/api/v1/nothing")),
        (404, ask(Method::GET, "/static/0/none.css")),
        (405, ask(Method::DELETE, "/")),
        (405, ask(Method::PUT, "/api/v1/backends")),
        (414, ask(Method::GET, &long)),
        (421, ask(Method::GET, "/").header("host", "evil.example")),
        (403, ask(Method::POST, "/name").header("sec-fetch-site", "cross-site")),
        (
            415,
            ask(Method::POST, "/api/v1/sessions")
                .body("plain")
                .header("content-type", "text/plain"),
        ),
        (415, ask(Method::POST, "/sessions").body("a=b")),
        (413, ask(Method::POST, "/name").body("x".repeat(70_000))),
        (
            400,
            ask(Method::POST, "/sessions")
                .body("x")
                .header("content-type", "multipart/form-data; boundary=b"),
        ),
    ];
    for (status, request) in requests {
        let answer = request.send().await.expect("an answer");
        let path = answer.url().path().chars().take(40).collect::<String>();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let wrong = faults(&answer, false);
        assert!(wrong.is_empty(), "{status} {path}: {wrong:?}");
        let transport = header(&answer, "strict-transport-security");
        assert!(transport.starts_with("max-age="), "{status} {path}: {transport}");
        let is_json = header(&answer, "content-type") == "application/json";
        assert_eq!(is_json, path.starts_with("/api/"), "{status} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_img_09_pictures_go_out_with_a_fixed_type_a_name_of_ours_and_to_nobody_else() {
    let house = House::start(&[]).await;
    let world = World::new(&house, By::Cookie).await;
    let owner = &world.people[0].0;
    let picture = format!("/s/{}/versions/{}/picture", world.session, world.version);
    let small = format!("/s/{}/versions/{}/renditions/320", world.session, world.version);
    for (path, kind) in [(&picture, "image/png"), (&small, "image/webp")] {
        for asked in [path.clone(), format!("{path}?download=../../evil.html")] {
            let answer = owner
                .ask(Method::GET, &asked)
                .header("accept", "text/html")
                .send()
                .await;
            let answer = answer.expect("an answer");
            assert_eq!(header(&answer, "content-type"), kind, "{asked}");
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
            assert_eq!(
                header(&answer, "content-security-policy"),
                "default-src 'none'; sandbox"
            );
            assert!(header(&answer, "cache-control").starts_with("private"), "{asked}");
            assert!(!header(&answer, "content-disposition").contains("evil"), "{asked}");
        }
    }
    let answer = owner.get(&format!("{picture}?download")).await;
    assert_eq!(
        header(&answer, "content-disposition"),
        "attachment; filename=\"v1.png\""
    );

    // A version is looked up together with its session: another session's owner can't name it under their own.
    let theirs = World::new(&house, By::Cookie).await;
    for what in ["picture", "renditions/320"] {
        let path = format!("/s/{}/versions/{}/{what}", theirs.session, world.version);
        assert_eq!(theirs.people[0].0.get(&path).await.status(), 404, "{path}");
    }
}
