//! The layers, held by reading the `use` lines.

use std::{fs, path::Path};

/// A folder or file under `src`, what of the house it may use beside itself, what outside crates it may not name: the table
/// of `docs/architecture.md`.
const RULES: [(&str, &[&str], &[&str]); 10] = [
    ("clock.rs", &["domain"], &["axum", "sqlx", "reqwest", "askama", "image"]),
    (
        "random.rs",
        &["domain"],
        &["axum", "sqlx", "reqwest", "askama", "image"],
    ),
    ("domain", &[], &["axum", "sqlx", "reqwest", "tokio", "askama", "image"]),
    ("store", &["domain", "clock", "random"], &["axum", "askama", "reqwest"]),
    (
        "blobs",
        &["domain", "clock", "random"],
        &["axum", "askama", "sqlx", "reqwest"],
    ),
    ("models", &[], &["axum", "askama", "sqlx", "reqwest"]),
    (
        "backends",
        &["domain", "blobs", "config", "models", "random"],
        &["axum", "askama", "sqlx"],
    ),
    (
        "provenance",
        &["domain", "store", "blobs", "clock", "random"],
        &["axum", "askama", "sqlx", "reqwest"],
    ),
    (
        "turns",
        &["domain", "store", "blobs", "backends", "provenance", "clock", "random"],
        &["axum", "askama", "sqlx", "reqwest"],
    ),
    (
        "web",
        &[
            "domain",
            "store",
            "blobs",
            "backends",
            "provenance",
            "turns",
            "app",
            "config",
            "clock",
            "random",
        ],
        &["sqlx", "reqwest"],
    ),
];

/// Every folder and file directly under `src`, but for the two roots.
fn house(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root).expect("src");
    let names = entries.filter_map(|entry| entry.expect("an entry").path().file_stem()?.to_str().map(str::to_owned));
    names.filter(|name| name != "lib" && name != "main").collect()
}

#[test]
fn every_layer_uses_only_what_is_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let house = house(&root);
    assert!(house.len() > RULES.len(), "{house:?}");
    let mut broken = Vec::new();
    for (place, may_use, outside) in RULES {
        let itself = place.trim_end_matches(".rs");
        let mut files = Vec::new();
        collect(&root.join(place), &mut files);
        assert!(!files.is_empty(), "{place} has its files");
        for (name, text) in files {
            let code: Vec<&str> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            let code = code.join("\n");
            for other in house
                .iter()
                .filter(|other| *other != itself && !may_use.contains(&other.as_str()))
            {
                let direct = code.contains(&format!("crate::{other}::"));
                let grouped = code
                    .lines()
                    .any(|line| line.starts_with(&format!("    {other}::")) && line.ends_with(['{', ',', ';']));
                if direct || grouped {
                    broken.push(format!("{name} uses {other}"));
                }
            }
            broken.extend(
                outside
                    .iter()
                    .filter(|other| code.contains(&format!("{other}::")))
                    .map(|other| format!("{name} names {other}")),
            );
        }
    }
    // `blobs` and `backends` are pixel and wire code; `image` is forbidden to `domain` alone.
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn sql_stays_in_the_store_and_html_in_templates() {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for (name, text) in files {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(
            name.contains("/store/") || !code.contains("sqlx::query"),
            "{name} holds SQL"
        );
        assert!(!code.contains("|safe"), "{name}");
    }
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    if folder.is_file() {
        files.push((folder.display().to_string(), fs::read_to_string(folder).expect("text")));
        return;
    }
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push((path.display().to_string(), fs::read_to_string(&path).expect("text")));
        }
    }
}
