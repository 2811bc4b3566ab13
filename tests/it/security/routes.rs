//! Every route and who may use it: the table in `routes.txt`, the router, and what the server answers must agree.

use std::collections::BTreeSet;

use reqwest::Method;

use super::world::{By, PEOPLE, World};
use crate::house::House;

/// One line of the table: a route and its answer to each of [`PEOPLE`].
pub struct Row {
    pub method: Method,
    pub path: String,
    pub answers: Vec<u16>,
}

impl Row {
    pub fn is_safe(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// The table.
pub fn table() -> Vec<Row> {
    let mut lines = include_str!("routes.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let head: Vec<_> = lines.next().expect("a head").split_whitespace().collect();
    assert_eq!(head[2..], PEOPLE);
    lines
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            assert_eq!(words.len(), 2 + PEOPLE.len(), "{line}");
            Row {
                method: words[0].parse().expect("a method"),
                path: words[1].to_owned(),
                answers: words[2..].iter().map(|code| code.parse().expect("a status")).collect(),
            }
        })
        .collect()
}

/// The routes that a router's source text names, as `GET /path`.
fn routes_in(source: &str, under: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for call in source.split(".route(").skip(1) {
        let (_, rest) = call.split_once('"').expect("a path");
        let (path, rest) = rest.split_once('"').expect("its end");
        // Up to the parenthesis that closes the call.
        let mut open = 1;
        let end = rest
            .find(|c| {
                open += i32::from(c == '(') - i32::from(c == ')');
                open == 0
            })
            .expect("the end of the call");
        let mut methods = 0;
        for method in ["get", "post", "put", "patch", "delete", "head", "any"] {
            let named = rest[..end]
                .match_indices(&format!("{method}("))
                .any(|(at, _)| !rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            if named {
                methods += 1;
                found.insert(format!("{} {under}{path}", method.to_uppercase()));
            }
        }
        assert!(methods > 0, "{path} has no method that this test knows");
    }
    found
}

#[test]
fn sec_share_04_the_table_has_every_route_of_the_router_and_no_other() {
    let (web, api) = (
        include_str!("../../../src/web/mod.rs"),
        include_str!("../../../src/web/api/mod.rs"),
    );
    assert_eq!(
        web.matches(".nest(").count(),
        1,
        "another nest: read its routes here too"
    );
    assert!(web.contains(".nest(\"/api/v1\", api::router())"));
    for source in [web, api] {
        assert!(
            !source.contains(".merge(") && !source.contains("_service("),
            "routes this test can't read"
        );
    }
    let mut routed = routes_in(web, "");
    routed.extend(routes_in(api, "/api/v1"));
    let listed: BTreeSet<String> = table()
        .iter()
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(listed.len(), table().len(), "a route is listed twice");
    let missing: Vec<_> = routed.difference(&listed).collect();
    assert!(missing.is_empty(), "say in routes.txt who may use these: {missing:#?}");
    let gone: Vec<_> = listed.difference(&routed).collect();
    assert!(gone.is_empty(), "these are no routes any more: {gone:#?}");
}

/// Walks over the table as everybody, the least trusted first; what differs.
async fn walk(by: By) -> Vec<String> {
    let house = House::start(&[]).await;
    let mut world = World::new(&house, by).await;
    let mut wrong = Vec::new();
    for row in table() {
        let mut seen = vec![0; PEOPLE.len()];
        for who in (0..PEOPLE.len()).rev() {
            let (person, link) = &world.people[who];
            let request = world.request(person, &row.method, &row.path, link);
            seen[who] = request.send().await.expect("an answer").status().as_u16();
        }
        if seen != row.answers {
            wrong.push(format!(
                "{} {} answers {seen:?}, the table says {:?}",
                row.method, row.path, row.answers
            ));
        }
        // What somebody guessed wrong counts against the next ones from the same network.
        house.app.clock.advance(61_000);
        let ends = ["/delete", "/revoke", "/join/{token}"]
            .iter()
            .any(|end| row.path.ends_with(end));
        if row.method == Method::DELETE || ends {
            world = World::new(&house, by).await;
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_04_every_route_answers_everybody_as_the_table_says_by_cookie() {
    let wrong = walk(By::Cookie).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_share_04_every_route_answers_everybody_as_the_table_says_by_token() {
    let wrong = walk(By::Bearer).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
