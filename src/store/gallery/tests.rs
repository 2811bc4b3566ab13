//! The gallery's rows over a database with many of somebody else's.

use uuid::Uuid;

use super::*;
use crate::store::Store;

const fn visitor(n: u128) -> VisitorId {
    VisitorId::new(Uuid::from_u128(n))
}

fn own(n: u128) -> Scope {
    Scope {
        owners: vec![Owner::Visitor(visitor(n))],
        shared: Vec::new(),
    }
}

fn searching(text: &str) -> Filter {
    Filter {
        words: Words::parse(text),
        ..Filter::default()
    }
}

/// A database in which the first visitor has 40 pictures ("make hat 1 red" …) and the second 4,000 of the same words after them.
async fn crowded(folder: &tempfile::TempDir) -> Store {
    let store = Store::open(&folder.path().join("plantain.db"))
        .await
        .expect("a database");
    let rows = |n: u128, name: &str, count: u32| {
        let (v, s, blob) = (visitor(n), SessionId::new(Uuid::from_u128(n)), "ab".repeat(32));
        let id = format!("'{:08x}-0000-0000-0000-' || printf('%012x', n)", n);
        format!(
            "INSERT INTO visitors VALUES ('{v}', x'0{n}', NULL, 0, 1, 1, NULL);
             INSERT INTO blobs VALUES ('{blob}', 'png', 1, 3, 2, 1) ON CONFLICT DO NOTHING;
             INSERT INTO sessions VALUES ('{s}', 'Café {name}', '{v}', x'0{n}', '{n:08x}-0000-0000-0000-000000000001', 1, 1, 1, 1, NULL);
             WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count})
             INSERT INTO versions (id, session, number, parent, blob, turn, candidate, created_at)
                 SELECT {id}, '{s}', n, NULL, '{blob}', NULL, 0, 1000 * {n} + n FROM c;
             WITH RECURSIVE c (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c WHERE n < {count})
             INSERT INTO turns (id, session, client_id, place, base, instruction, backend, author_name, state, revision, created_at, queued_at)
                 SELECT {id}, '{s}', n, n, {id}, 'make hat ' || n || ' red', CASE n % 2 WHEN 0 THEN 'even' ELSE 'odd' END, '{name}', 'done', n, n, n FROM c;
             "
        )
    };
    let mut tx = store.begin().await.expect("a transaction");
    for (n, name, count) in [(1, "Ana", 40), (2, "Ben", 4_000)] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(rows(n, name, count)))
            .execute(&mut *tx)
            .await
            .expect("rows");
    }
    // As if each turn had made its version: the rows above are in one another's way only because there are so many at once.
    let again = "INSERT INTO versions (id, session, number, parent, blob, turn, candidate, created_at)
                     SELECT replace(id, '-0000-0000-0000-', '-0000-0000-0001-'), session, 5000 + place, base, (SELECT id FROM blobs), id, 0, 10000000 + place FROM turns ORDER BY session, place";
    sqlx::raw_sql(again).execute(&mut *tx).await.expect("rows");
    tx.commit().await.expect("kept");
    store
}

async fn numbers(store: &Store, scope: &Scope, filter: &Filter) -> Vec<u32> {
    let found = store.gallery(scope, filter, None, 100).await.expect("rows");
    found.iter().map(|found| found.version.number).collect()
}

#[tokio::test]
async fn pictures_are_found_by_words_and_only_where_they_may_be_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crowded(&folder).await;
    let ana = own(1);
    assert_eq!(numbers(&store, &ana, &searching("hat 17 re")).await, [5017]);
    assert_eq!(
        numbers(&store, &ana, &searching("HAT 1")).await.len(),
        10,
        "the last word may go on: 10 to 19"
    );
    assert_eq!(
        numbers(&store, &ana, &searching("cafe ana")).await.len(),
        79,
        "the title, with or without accents"
    );
    assert_eq!(numbers(&store, &ana, &searching("ben")).await, Vec::<u32>::new());
    for typed in [
        "\"hat",
        "hat OR",
        "NOT hat",
        "ha*",
        "title:hat",
        "hat) OR (scope:2",
        "-hat",
        "^hat",
        "{asked}: hat",
    ] {
        let found = store
            .gallery(&ana, &searching(typed), None, 100)
            .await
            .expect("never a fault");
        assert!(found.iter().all(|found| found.title == "Café Ana"), "{typed}");
    }
    let name_of_the_other = visitor(2).to_string();
    assert!(
        numbers(&store, &ana, &searching(&name_of_the_other)).await.is_empty(),
        "the scope is no text"
    );
    assert!(numbers(&store, &Scope::default(), &searching("hat")).await.is_empty());
    let shared = Scope {
        owners: Vec::new(),
        shared: vec![SessionId::new(Uuid::from_u128(1))],
    };
    assert_eq!(numbers(&store, &shared, &searching("hat 17")).await, [5017]);
    assert_eq!(numbers(&store, &shared, &Filter::default()).await.len(), 79);
}

#[tokio::test]
async fn filters_narrow_and_pages_join_without_a_gap() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crowded(&folder).await;
    let ana = own(1);
    let filter = Filter {
        person: Some("Ana".to_owned()),
        backend: Some("even".to_owned()),
        ..Filter::default()
    };
    assert_eq!(numbers(&store, &ana, &filter).await.len(), 20);
    let days = Filter {
        from: Some(Moment::from_millis(1_005)),
        until: Some(Moment::from_millis(1_008)),
        ..Filter::default()
    };
    assert_eq!(numbers(&store, &ana, &days).await, [7, 6, 5]);
    assert!(
        numbers(
            &store,
            &ana,
            &Filter {
                starred: true,
                ..Filter::default()
            }
        )
        .await
        .is_empty()
    );
    assert_eq!(store.gallery_people(&ana).await.expect("names"), ["Ana"]);
    for filter in [Filter::default(), searching("ana")] {
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let page = store.gallery(&ana, &filter, before, 7).await.expect("rows");
            let Some(last) = page.last() else { break };
            before = Some(last.version.id);
            all.extend(page.iter().map(|found| found.version.number));
        }
        assert_eq!(all, numbers(&store, &ana, &filter).await);
        assert_eq!(all.len(), 79);
    }
}

#[tokio::test]
async fn a_title_a_star_the_trash_and_the_end_are_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crowded(&folder).await;
    let (ana, session) = (own(1), SessionId::new(Uuid::from_u128(1)));
    let now = Moment::from_millis(20_000_000);
    let title = crate::domain::session::Title::parse("Harbour").expect("a title");
    store.rename_session(session, &title, now).await.expect("rows");
    assert_eq!(numbers(&store, &ana, &searching("harb")).await.len(), 79);
    assert!(numbers(&store, &ana, &searching("cafe")).await.is_empty());
    let starred = Filter {
        starred: true,
        ..searching("hat 17")
    };
    let version = store.gallery(&ana, &searching("hat 17"), None, 1).await.expect("rows")[0]
        .version
        .id;
    assert!(numbers(&store, &ana, &starred).await.is_empty());
    store.star_version(session, version, true, now).await.expect("rows");
    assert_eq!(numbers(&store, &ana, &starred).await, [5017]);
    store.set_deleted(session, Some(now), now).await.expect("rows");
    assert!(numbers(&store, &ana, &Filter::default()).await.is_empty());
    assert!(numbers(&store, &ana, &searching("hat")).await.is_empty());
    store.set_deleted(session, None, now).await.expect("rows");
    assert_eq!(numbers(&store, &ana, &searching("hat 17")).await, [5017]);
    store.set_deleted(session, Some(now), now).await.expect("rows");
    store.empty_trash(now.plus_days(1)).await.expect("rows");
    let left = "SELECT (SELECT count(*) FROM gallery WHERE title = 'Harbour')
                     + (SELECT count(*) FROM gallery_words WHERE gallery_words MATCH 'harbour')";
    let row = sqlx::query(left).fetch_one(&store.readers).await.expect("a row");
    assert_eq!(row.get::<i64, _>(0), 0, "nothing of it is left");
    let whole = sqlx::raw_sql("INSERT INTO gallery_words (gallery_words, rank) VALUES ('integrity-check', 1)");
    whole
        .execute(&store.writer)
        .await
        .expect("the words are those of the rows");
}

#[tokio::test]
async fn ui_4_10_a_page_costs_the_same_however_many_pictures_there_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crowded(&folder).await;
    let person = Some("Ana".to_owned());
    let backend = Some("odd".to_owned());
    let filters = [
        (Filter::default(), "gallery_by_"),
        (
            Filter {
                person,
                ..Filter::default()
            },
            "gallery_by_person",
        ),
        (
            Filter {
                backend,
                ..Filter::default()
            },
            "gallery_by_backend",
        ),
        (
            Filter {
                starred: true,
                ..Filter::default()
            },
            "gallery_by_star",
        ),
        (searching("hat red"), "VIRTUAL TABLE INDEX"),
    ];
    for (filter, index) in filters {
        let mut query = select("EXPLAIN QUERY PLAN ", &own(2), &filter, 5_000, 60).expect("a query");
        let rows = query.build().fetch_all(&store.readers).await.expect("a plan");
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:#?}");
        let walks = |step: &&String| {
            step.starts_with("SCAN")
                && !["VIRTUAL TABLE INDEX", "SCAN f", "SCAN (subquery"]
                    .iter()
                    .any(|fine| step.contains(fine))
        };
        assert_eq!(plan.iter().filter(walks).count(), 0, "{plan:#?}");
        // Only the page itself may be put in order, never what it is chosen from.
        let sorts = plan.iter().position(|step| step.contains("TEMP B-TREE"));
        let joined = plan.iter().position(|step| step.contains("SEARCH v "));
        assert!(sorts.is_none() || sorts > joined, "{plan:#?}");
    }
}
