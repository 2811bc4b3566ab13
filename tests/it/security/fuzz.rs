//! Anything at all sent to every route: an answer, never a 5xx, and the server goes on.

use proptest::{prelude::*, test_runner::TestRunner};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{
    routes::table,
    world::{By, World},
};
use crate::house::House;

/// A few hundred of each, and one shared server.
fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "instruction",
        "client_id",
        "base",
        "references",
        "backend",
        "title",
        "head",
        "access",
        "expires_in_days",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(json!("00000000-0000-4000-8000-000000000001")),
        Just(json!("view")),
        Just(json!("\u{0}\u{202e}")),
        Just(json!("x".repeat(5000))),
    ];
    let tree = leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|pairs| pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    });
    tree.boxed()
}

/// JSON, broken JSON, forms and noise, with what they say they are.
fn any_body() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let json = any_json().prop_map(|value| value.to_string().into_bytes());
    let cut = (any_json(), any::<prop::sample::Index>()).prop_map(|(value, at)| {
        let mut text = value.to_string().into_bytes();
        let at = at.index(text.len() + 1);
        text.truncate(at);
        text
    });
    let deep = (1..3000_usize).prop_map(|depth| b"[".repeat(depth));
    let noise = prop::collection::vec(any::<u8>(), 0..400);
    let fields = "[a-z_=&%0-9+]{0,200}".prop_map(String::into_bytes);
    let piece = prop_oneof![
        Just(b"--b\r\n".to_vec()),
        Just(b"--b--\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"content-disposition: form-data; name=\"picture\"; filename=\"a\xff/../b\"\r\n".to_vec()),
        Just(b"content-disposition: form-data; name=\"title\"\r\n".to_vec()),
        Just(b"content-type: image/png\r\n".to_vec()),
        Just(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        Just(b"GIF89a\x01\0\x01\0\x80\0\0".to_vec()),
        Just(vec![b'x'; 5000]),
        prop::collection::vec(any::<u8>(), 0..60),
    ];
    let form = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    prop_oneof![
        json.prop_map(|body| ("application/json", body)),
        cut.prop_map(|body| ("application/json", body)),
        deep.prop_map(|body| ("application/json", body)),
        noise.clone().prop_map(|body| ("application/json; charset=x", body)),
        noise.clone().prop_map(|body| ("multipart/form-data; boundary=b", body)),
        form.prop_map(|body| ("multipart/form-data; boundary=b", body)),
        fields.prop_map(|body| ("application/x-www-form-urlencoded", body)),
        noise.prop_map(|body| ("application/x-www-form-urlencoded", body)),
    ]
}

#[test]
fn sec_dos_07_no_body_to_any_route_is_answered_with_a_fault_of_ours() {
    let runtime = Runtime::new().expect("a runtime");
    let (house, world) = runtime.block_on(async {
        let house = House::start(&[]).await;
        let world = World::new(&house, By::Bearer).await;
        (house, world)
    });
    let unsafe_routes: Vec<_> = table()
        .into_iter()
        // Once the session is deleted, nothing behind the question of rights would be reached any more.
        .filter(|row| !row.is_safe() && row.method != Method::DELETE && !row.path.ends_with("/delete"))
        .collect();
    let routes = prop::sample::select((0..unsafe_routes.len()).collect::<Vec<_>>());
    let owner = house.bearer(&world.edit_token);
    let result = runner().run(&(routes, any_body()), |(route, (kind, body))| {
        let row = &unsafe_routes[route];
        let request = owner.ask(row.method.clone(), &world.path(&row.path, "x"));
        let request = request.header("content-type", kind).body(body);
        let answer = runtime.block_on(request.send());
        let status = answer.map_err(|error| TestCaseError::fail(error.to_string()))?.status();
        prop_assert!(!status.is_server_error(), "{} {}: {status}", row.method, row.path);
        Ok(())
    });
    result.expect("no 5xx");
    let after = runtime.block_on(owner.get(&format!("/api/v1/sessions/{}", world.session)));
    assert_eq!(after.status(), 200, "the server and the session are there");
}

#[test]
fn sec_dos_07_no_address_or_header_is_answered_with_a_fault_of_ours() {
    let runtime = Runtime::new().expect("a runtime");
    let (house, world) = runtime.block_on(async {
        let house = House::start(&[]).await;
        let world = World::new(&house, By::Bearer).await;
        (house, world)
    });
    let rows = table();
    let owner = house.bearer(&world.edit_token);
    let wild = "[a-zA-Z0-9%/.?&=_~-]{0,60}";
    let strategy = (
        prop::sample::select((0..rows.len()).collect::<Vec<_>>()),
        wild,
        "(v|before|after|limit|wait|ref|again|download)=[a-z0-9%-]{0,40}",
        prop::sample::select(vec![
            "accept",
            "last-event-id",
            "if-none-match",
            "range",
            "cookie",
            "x-forwarded-for",
            "content-encoding",
        ]),
        "[ -~]{0,60}",
        any::<bool>(),
    );
    let result = runner().run(&strategy, |(route, noise, query, name, value, whole)| {
        let row = &rows[route];
        // One id of the path replaced, or all of it.
        let path = if whole {
            format!("/{noise}")
        } else {
            let with_noise = row.path.replacen("{turn}", &noise, 1).replacen("{version}", &noise, 1);
            format!("{}?{query}", world.path(&with_noise, &noise))
        };
        if path.contains("wait=") || row.path.ends_with("/events") {
            return Ok(());
        }
        let request = owner.ask(Method::GET, &path).header(name, value.trim());
        let Ok(answer) = runtime.block_on(request.send()) else {
            return Err(TestCaseError::fail(format!("no answer to {path}")));
        };
        prop_assert!(!answer.status().is_server_error(), "{path}: {}", answer.status());
        Ok(())
    });
    result.expect("no 5xx");
    assert_eq!(runtime.block_on(house.visitor().get("/healthz")).status(), 200);
}
