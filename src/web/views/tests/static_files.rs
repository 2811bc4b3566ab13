//! The files under `static/`: their budget, and what scripts and style sheets may not do.

use std::{collections::BTreeSet, fs, io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};

use crate::web::assets::without_comments;

use super::*;

const KB: usize = 1024;

fn gzipped(bytes: &[u8]) -> usize {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap().len()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("static")
}

/// Names and text of all files with this ending.
fn files(ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found)
            } else {
                found.push(path)
            }
        }
    }
    let mut found = Vec::new();
    walk(&folder(), &mut found);
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .map(|path| {
            (
                path.strip_prefix(folder()).unwrap().display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// The module and all it imports at once, by name.
fn graph(module: &str, seen: &mut BTreeSet<String>) {
    if !seen.insert(module.to_owned()) {
        return;
    }
    let source =
        fs::read_to_string(folder().join(module)).unwrap_or_else(|_| panic!("{module} is imported and missing"));
    for line in source.lines().filter(|line| line.starts_with("import ")) {
        let from = line.split('"').nth(1).unwrap();
        assert!(
            from.starts_with("./") || from.starts_with("../"),
            "{module}: {from} is not relative"
        );
        graph(&beside(module, from), seen);
    }
}

/// The name of what `module` imports from this path.
fn beside(module: &str, from: &str) -> String {
    let path = Path::new(module).parent().unwrap().join(from);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.to_str().unwrap().split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// How many bytes of a script or style sheet go over the line.
fn sent(text: &str) -> usize {
    gzipped(without_comments(text).as_bytes())
}

#[test]
fn scripts_keep_their_budget() {
    let size = |names: &BTreeSet<String>| -> usize {
        names
            .iter()
            .map(|name| sent(&fs::read_to_string(folder().join(name)).unwrap()))
            .sum()
    };
    let mut first = BTreeSet::new();
    graph("js/app.js", &mut first);
    let first_size = size(&first);
    // What comes by itself; the rest comes when it is used.
    let mut sight = first.clone();
    soon(&mut sight);
    let all = size(&sight);
    let used: usize = files("js").iter().map(|(_, text)| sent(text)).sum();
    println!("scripts: {all} bytes gzipped at first sight, {first_size} before the first input, {used} in all");
    assert!(all <= 25 * KB, "{all} bytes at first sight");
    assert!(used <= 60 * KB, "{used} bytes in all");
    assert!(first_size <= 12 * KB, "{first_size} bytes before the first input");
}

/// The modules that `app.js` asks for once the browser has nothing to do.
fn soon(seen: &mut BTreeSet<String>) {
    let app = fs::read_to_string(folder().join("js/app.js")).unwrap();
    let names = app.lines().filter_map(|line| line.trim().strip_prefix("\"./"));
    for late in names.filter_map(|name| name.strip_suffix("\",")) {
        graph(&format!("js/{late}"), seen);
    }
}

#[test]
fn style_sheets_keep_their_budget() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let linked = |page: &Path| -> Vec<String> {
        let page = fs::read_to_string(page).unwrap();
        let names = page.split("{{ assets }}/css/").skip(1);
        names
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let size = |sheet: &String| sent(&fs::read_to_string(folder().join("css").join(sheet)).unwrap());
    let everywhere = linked(&templates.join("layout.html"));
    for page in fs::read_dir(templates.join("pages")).unwrap() {
        let page = page.unwrap().path();
        let sheets: BTreeSet<String> = everywhere.iter().cloned().chain(linked(&page)).collect();
        let all: usize = sheets.iter().map(size).sum();
        println!("{}: {all} bytes of styles, gzipped", page.display());
        assert!(all <= 15 * KB, "{}: {all} bytes", page.display());
    }
    // These come when something is laid over the stage, and when the browser has nothing to do.
    let late: usize = ["studio.css", "company.css"]
        .map(|sheet| size(&sheet.to_owned()))
        .iter()
        .sum();
    assert!(late <= 6 * KB, "{late} bytes later");
}

#[test]
fn a_page_of_turns_keeps_its_budget() {
    let mut turns = Vec::new();
    for place in 1..=20 {
        turns.push(sample::done(
            place,
            "Ana",
            &format!("make it {place} times warmer and darken the corners"),
            1,
            &[place + 1],
        ));
    }
    let page = gzipped(
        html(&SessionPage::new(
            &sample::site(),
            &sample::state(Standing::Owner, turns),
        ))
        .as_bytes(),
    );
    println!("a session page with 20 turns: {page} bytes gzipped");
    assert!(page <= 25 * KB, "{page} bytes");
}

#[test]
fn a_late_module_exists_and_every_module_is_used() {
    let mut used = BTreeSet::new();
    graph("js/app.js", &mut used);
    soon(&mut used);
    let mut known = 0;
    while known < used.len() {
        known = used.len();
        for module in used.clone() {
            let source = fs::read_to_string(folder().join(&module)).unwrap();
            for wanted in source.split("import(\"").skip(1) {
                graph(&beside(&module, wanted.split('"').next().unwrap()), &mut used);
            }
        }
    }
    let there: BTreeSet<String> = files("js").into_iter().map(|(name, _)| name).collect();
    assert_eq!(used, there);
}

#[test]
fn every_file_a_page_names_exists() {
    let base = crate::web::assets::base();
    for (name, html) in everything() {
        for file in html.split(&format!("{base}/")).skip(1) {
            let file = file.split('"').next().unwrap();
            assert!(folder().join(file).is_file(), "{name}: {file}");
        }
    }
}

#[test]
fn sec_web_05_scripts_make_markup_in_one_place_only() {
    for (name, source) in files("js") {
        for forbidden in [
            "innerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "localStorage",
            "http:",
            "https:",
        ] {
            let allowed =
                name == "js/lib/pictures.js" && source.contains("http://www.w3.org/2000/svg") && forbidden == "http:";
            assert!(allowed || !source.contains(forbidden), "{name}: {forbidden}");
        }
        assert!(
            name == "js/lib/page.js" || !source.contains("DOMParser"),
            "{name}: HTML comes in by page.js"
        );
        assert!(source.starts_with("// "), "{name} says what it is");
    }
}

#[test]
fn style_sheets_fetch_nothing_and_name_colours_in_one_place() {
    for (name, source) in files("css") {
        assert!(!source.contains("url(") && !source.contains("@import"), "{name}");
        assert!(source.contains("@layer"), "{name} is in a layer");
        let hex = source
            .match_indices('#')
            .any(|(at, _)| source[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
        assert!(!hex || name == "css/tokens.css", "{name} names a colour");
        let physical = [
            "margin-left",
            "margin-right",
            "padding-left",
            "padding-right",
            "text-align: left",
            "z-index: 1",
        ];
        assert!(
            physical.iter().all(|word| !source.contains(word)),
            "{name}: use logical properties and tokens"
        );
    }
}

/// WCAG's relative luminance of `#rrggbb`.
fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let digits = if digits.len() == 3 {
        digits.chars().flat_map(|c| [c, c]).collect()
    } else {
        digits.to_owned()
    };
    let part = |at: usize| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
    let linear = |c: f64| {
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(part(0)) + 0.7152 * linear(part(2)) + 0.0722 * linear(part(4))
}

#[test]
fn text_and_controls_have_enough_contrast_in_light_and_dark() {
    let tokens = fs::read_to_string(folder().join("css/tokens.css")).unwrap();
    let (light, dark) = tokens.split_once("prefers-color-scheme: dark").unwrap();
    // Dark overrides light, so its words come first.
    for (scheme, text) in [("light", light.to_owned()), ("dark", format!("{dark}{light}"))] {
        let colour = |token: &str| {
            let (_, value) = text
                .split_once(&format!("--{token}: "))
                .unwrap_or_else(|| panic!("--{token}"));
            luminance(value.split_once(';').unwrap().0)
        };
        let on_everything = ["paper", "surface", "raised", "sunken"];
        let words = ["ink", "ink-2", "danger", "accent-ink"];
        let mut pairs: Vec<(&str, &str, f64)> =
            words.iter().flat_map(|w| on_everything.map(|s| (*w, s, 4.5))).collect();
        pairs.extend([
            ("on-accent", "accent", 4.5),
            ("on-accent", "accent-deep", 4.5),
            ("accent-ink", "accent-soft", 4.5),
            ("sun-ink", "sun-soft", 4.5),
            ("on-sun", "sun", 4.5),
            ("danger", "danger-soft", 4.5),
            ("ink", "danger-soft", 4.5),
            ("ink-2", "danger-soft", 4.5),
            ("stage-ink", "stage", 4.5),
            ("line-strong", "surface", 3.0),
            ("line-strong", "paper", 3.0),
            ("ring-out", "surface", 3.0),
            ("ring-out", "stage", 3.0),
            ("ring-in", "ring-out", 3.0),
            ("accent", "surface", 3.0),
        ]);
        for (front, back, least) in pairs {
            let (a, b) = (colour(front), colour(back));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(
                contrast >= least,
                "{scheme}: --{front} on --{back} has {contrast:.2}, needs {least}"
            );
        }
    }
}
