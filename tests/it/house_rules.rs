//! The layers, held by reading the `use` lines.

use std::{fs, path::Path};

/// Folder or file under `src`, what of the house it may not use, what outside crates it may not name.
const RULES: [(&str, &[&str], &[&str]); 7] = [
    (
        "domain",
        &[
            "store",
            "blobs",
            "backends",
            "provenance",
            "turns",
            "web",
            "app",
            "cli",
            "config",
        ],
        &["axum", "sqlx", "reqwest", "tokio", "askama", "image"],
    ),
    (
        "store",
        &[
            "blobs",
            "backends",
            "provenance",
            "turns",
            "web",
            "app",
            "cli",
            "config",
        ],
        &["axum", "askama", "reqwest"],
    ),
    (
        "blobs",
        &[
            "store",
            "backends",
            "provenance",
            "turns",
            "web",
            "app",
            "cli",
            "config",
        ],
        &["axum", "askama", "sqlx", "reqwest"],
    ),
    (
        "models",
        &[
            "domain",
            "store",
            "blobs",
            "backends",
            "provenance",
            "turns",
            "web",
            "app",
            "cli",
            "config",
        ],
        &["axum", "askama", "sqlx", "reqwest"],
    ),
    (
        "backends",
        &["store", "provenance", "turns", "web", "app", "cli"],
        &["axum", "askama", "sqlx"],
    ),
    (
        "provenance",
        &["backends", "turns", "web", "app", "cli", "config"],
        &["axum", "askama", "sqlx", "reqwest"],
    ),
    (
        "turns",
        &["web", "app", "cli", "config"],
        &["axum", "askama", "sqlx", "reqwest"],
    ),
];

#[test]
fn every_layer_uses_only_what_is_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut broken = Vec::new();
    for (folder, house, outside) in RULES {
        let mut files = Vec::new();
        collect(&root.join(folder), &mut files);
        assert!(files.len() > 2, "{folder} has its files");
        for (name, text) in files {
            let code: Vec<&str> = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            let code = code.join("\n");
            for other in house {
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
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push((path.display().to_string(), fs::read_to_string(&path).expect("text")));
        }
    }
}
