//! Every language says everything, and nothing is said past them: a key that is missing, unused or given other names than its
//! message wants is found here, and so is English in a template, a script or a lower layer that has no key.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use axum::http::{HeaderMap, HeaderValue, header};
use fluent_bundle::FluentResource;
use fluent_syntax::{ast, parser};

use crate::web::error::WebError;

use super::{
    Language, apart, say, say_each, told,
    words::{bundle_with, source},
};

/// Templates that still speak English past the files.
const NOT_YET: [&str; 0] = [];

/// Scripts that do.
const SCRIPTS_NOT_YET: [&str; 0] = [];

/// What is the same in every language.
const NAMES: [&str; 4] = ["Plantain", "Esc", "UTC", "JSON"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Name and text of all files below a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let folder = root().join(folder);
    let mut found = Vec::new();
    walk(&folder, &mut found);
    let named = |path: std::path::PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        (name, fs::read_to_string(path).unwrap())
    };
    let ours = found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == ending));
    ours.map(named).collect()
}

/// Our own code, without its tests.
fn code() -> Vec<(String, String)> {
    let is_ours = |(name, _): &(String, String)| !name.contains("tests") && !name.starts_with("cli");
    let without_tests = |(name, text): (String, String)| {
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
        (name, code)
    };
    files("src", "rs")
        .into_iter()
        .filter(is_ours)
        .map(without_tests)
        .collect()
}

/// The names of what is put into each message.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let resource =
        parser::parse(source(language)).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.tag()));
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        let ast::Entry::Message(message) = entry else { continue };
        let mut names = BTreeSet::new();
        collect(&message.value.expect("words"), &mut names);
        let twice = messages.insert(message.id.name.to_owned(), names);
        assert!(twice.is_none(), "{}: {} twice", language.tag(), message.id.name);
    }
    messages
}

fn collect(pattern: &ast::Pattern<&str>, names: &mut BTreeSet<String>) {
    let mut name = |expression: &ast::InlineExpression<&str>| {
        if let ast::InlineExpression::VariableReference { id } = expression {
            names.insert(id.name.to_owned());
        }
    };
    let mut inner = Vec::new();
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            ast::Expression::Inline(inline) => name(inline),
            ast::Expression::Select { selector, variants } => {
                name(selector);
                inner.extend(variants.iter().map(|variant| &variant.value));
            }
        }
    }
    for pattern in inner {
        collect(pattern, names);
    }
}

#[test]
fn a_browser_is_answered_in_the_language_it_weighs_most() {
    let cases = [
        ("", Language::English),
        ("de", Language::German),
        ("de-CH,de;q=0.9,en;q=0.8", Language::German),
        ("fr-FR,fr;q=0.9,ar;q=0.3,de;q=0.2", Language::Arabic),
        ("en;q=0.1, AR-eg;q=0.9", Language::Arabic),
        ("de;q=0.5,ar;q=0.5", Language::German),
        ("de;q=0,en;q=0.1", Language::English),
        ("fr,nl", Language::English),
        ("*", Language::English),
        ("de;q=nonsense,ar", Language::Arabic),
        ("de;q=7,ar;q=0.1", Language::Arabic),
        ("\u{feff};;,,q=", Language::English),
    ];
    for (accept, language) in cases {
        assert_eq!(Language::preferred(accept), language, "{accept}");
    }
}

#[test]
fn a_choice_in_this_browser_counts_more_than_what_it_asks_for() {
    let of = |cookie: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("ar"));
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        Language::of(&headers)
    };
    assert_eq!(of("plantain=abc; plantain-language=de"), Language::German);
    assert_eq!(of("plantain-language=xx"), Language::Arabic, "none of ours");
    assert_eq!(of("other-plantain-language=de"), Language::Arabic);
    assert_eq!(Language::of(&HeaderMap::new()), Language::English);
}

#[test]
fn every_language_has_every_key_with_the_same_names_in_it() {
    let english = messages(Language::English);
    for language in [Language::German, Language::Arabic] {
        let theirs = messages(language);
        let keys = |messages: &BTreeMap<String, BTreeSet<String>>| messages.keys().cloned().collect::<BTreeSet<_>>();
        let missing: Vec<_> = keys(&english).difference(&keys(&theirs)).cloned().collect();
        let unknown: Vec<_> = keys(&theirs).difference(&keys(&english)).cloned().collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "{}: {missing:?} {unknown:?}",
            language.tag()
        );
        for (key, names) in &english {
            assert_eq!(names, &theirs[key], "{}: {key}", language.tag());
        }
    }
}

#[test]
fn every_key_that_is_said_exists_and_every_one_that_exists_is_said() {
    let english = messages(Language::English);
    let places: Vec<_> = files("templates", "html").into_iter().chain(code()).collect();
    let mut wrong = Vec::new();
    for (name, text) in &places {
        for (at, _) in text.match_indices("say(\"").chain(text.match_indices("say_each(\"")) {
            let key = text[at..].split('"').nth(1).unwrap();
            if !english.contains_key(key) && !name.starts_with("web/languages") {
                wrong.push(format!("{name}: {key} is nowhere"));
            }
        }
    }
    let all: String = places.into_iter().map(|(_, text)| text).collect();
    let unused = english
        .keys()
        .filter(|key| !key.starts_with("said-") && !all.contains(&format!("\"{key}\"")));
    wrong.extend(unused.map(|key| format!("{key} is said nowhere")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn templates_put_in_what_a_message_wants() {
    let english = messages(Language::English);
    for (name, text) in files("templates", "html") {
        for printed in text.split("{{ self::say(\"").skip(1) {
            let printed = printed.split(" }}").next().unwrap();
            let key = printed.split('"').next().unwrap();
            let given: BTreeSet<String> = printed
                .split(".with(\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned())
                .collect();
            assert_eq!(english.get(key), Some(&given), "{name}: {key}");
        }
    }
}

/// `text` without what stands between `open` and `close`.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once(open) {
        kept.push_str(before);
        kept.push(' ');
        rest = inner.split_once(close).map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Words that a person would read.
fn words(text: &str) -> Vec<&str> {
    let text = text.split(|c: char| !c.is_ascii_alphabetic());
    text.filter(|word| word.len() > 2 && !NAMES.contains(word)).collect()
}

#[test]
fn templates_say_nothing_past_the_files() {
    let mut wrong = Vec::new();
    for (name, text) in files("templates", "html") {
        // Classes, attributes and addresses; words for scripts stand in attributes that are included.
        let blocks = ["page", "body", "back"].map(|block| format!("{{% block {block} %}}"));
        let text = blocks
            .iter()
            .fold(text, |text, block| without(&text, block, "{% endblock %}"));
        let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("data-")).collect();
        let bare = without(&without(&text.join("\n"), "{{", "}}"), "{%", "%}");
        let shown = without(
            &bare
                .replace("lang=\"en\" dir=\"ltr\">", "><!--")
                .replace("</button>", "--></button>"),
            "<!--",
            "-->",
        );
        let mut said: Vec<String> = words(&without(&without(&shown, "<kbd>", "</kbd>"), "<", ">"))
            .into_iter()
            .map(str::to_owned)
            .collect();
        for attribute in ["title", "aria-label", "placeholder", "alt", "aria-valuetext"] {
            for value in bare.split(&format!(" {attribute}=\"")).skip(1) {
                said.extend(words(value.split('"').next().unwrap()).into_iter().map(str::to_owned));
            }
        }
        said.retain(|word| word != "amp" && word != "nbsp");
        match (said.is_empty(), NOT_YET.contains(&name.as_str())) {
            (false, false) => wrong.push(format!("{name}: {said:?}")),
            (true, true) => wrong.push(format!("{name} is done: take it off the list")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn scripts_say_nothing_of_their_own() {
    let mut wrong = Vec::new();
    for (name, text) in files("static/js", "js") {
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with(['/', '*']))
            .collect();
        for string in code.iter().flat_map(|line| line.split(['"', '`']).skip(1).step_by(2)) {
            let is_sentence = string.starts_with(|c: char| c.is_ascii_uppercase()) && words(string).len() > 1;
            let is_word = string.len() > 3 && string.ends_with(['.', '…', '?']) && string.contains(' ');
            if (is_sentence || is_word) && !SCRIPTS_NOT_YET.contains(&name.as_str()) {
                wrong.push(format!("{name}: {string}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn style_sheets_say_nothing_at_all() {
    for (name, text) in files("static/css", "css") {
        for content in text.split("content: \"").skip(1) {
            let content = content.split('"').next().unwrap();
            assert!(
                !content.contains(|c: char| c.is_ascii_alphabetic()),
                "{name}: {content}"
            );
        }
    }
}

#[test]
fn a_script_asks_only_for_words_that_its_page_has() {
    let mut there = BTreeSet::new();
    for (_, text) in files("templates", "html") {
        there.extend(
            text.split(" data-")
                .chain(text.split("\ndata-"))
                .skip(1)
                .map(|rest| camel(rest.split('=').next().unwrap())),
        );
    }
    for (name, text) in files("static/js", "js") {
        for asked in ["word(\"", "many(\""] {
            for rest in text.split(asked).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(there.contains(key), "{name}: {key}");
            }
        }
    }
}

/// `data-one-new` as a script names it: `oneNew`.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        all + &head.to_uppercase() + tail
    })
}

#[test]
fn every_sentence_of_the_layers_below_is_still_theirs() {
    let source: String = code()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("web/languages"))
        .map(|(_, text)| text)
        .collect();
    let works = "JPEG, PNG, WebP and GIF pictures work.";
    // A line that goes on in the next one.
    let presets = include_str!("../presets.json");
    let source = (source + presets)
        .replace("\\\n", "")
        .replace("\\\"", "\"")
        .replace("{WORKS}", works);
    let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences = &*super::sentences::SENTENCES;
    assert!(sentences.whole.len() + sentences.moulds.len() > 50);
    for (english, key) in &sentences.whole {
        assert!(source.contains(english), "{key}: nobody says “{english}”");
    }
    for mould in &sentences.moulds {
        // Words that are put before a sentence elsewhere stand by themselves there.
        for text in mould
            .texts
            .iter()
            .flat_map(|text| text.split(" spent "))
            .filter(|text| text.len() > 2)
        {
            assert!(source.contains(text.trim()), "{}: nobody says “{text}”", mould.key);
        }
    }
}

#[test]
fn what_a_layer_below_says_is_told_in_the_readers_language_with_what_stands_in_it() {
    let german = |english: &str| Language::German.speaking(|| told(english).into_owned());
    assert_eq!(german("Say what to change."), "Sag, was sich ändern soll.");
    assert_eq!(
        german("Gemini takes at most 3 reference pictures; 5 are attached."),
        "Gemini nimmt höchstens 3 Vorlagen; 5 sind dabei."
    );
    assert_eq!(german("Words of some service."), "Words of some service.");
    assert_eq!(told("Say what to change."), "Say what to change.");
}

#[test]
fn every_refusal_of_a_picture_or_a_form_is_known_in_german() {
    use crate::{backends::BackendError, blobs::PictureError, web::refusal::Refusal};
    let mut said: Vec<String> = vec![
        PictureError::NotAPicture { found: None }.for_the_user(),
        PictureError::NotAPicture { found: Some("a PDF") }.for_the_user(),
        PictureError::Unsupported { kind: "HEIC" }.for_the_user(),
        PictureError::Unsupported { kind: "TIFF" }.for_the_user(),
        PictureError::TooLarge { limit: 1 << 25 }.for_the_user(),
        PictureError::TooSlow.for_the_user(),
        PictureError::Busy.for_the_user(),
    ];
    said.extend(
        [
            Refusal::CrossSite,
            Refusal::WrongHost,
            Refusal::UriTooLong,
            Refusal::BodyTooSlow,
            Refusal::Panicked,
        ]
        .map(|refusal| refusal.for_the_user().to_owned()),
    );
    said.extend(
        [
            BackendError::TimedOut,
            BackendError::QuotaExhausted,
            BackendError::Cancelled,
        ]
        .map(|error| error.for_the_user("Gemini").message),
    );
    let errors = [
        WebError::not_found(),
        WebError::forbidden(),
        WebError::sign_in(),
        WebError::no_space(),
        WebError::unwritable(""),
        WebError::internal(""),
    ];
    said.extend(errors.map(|error| error.message));
    for english in said {
        assert_ne!(Language::German.speaking(|| told(&english).into_owned()), english);
    }
}

#[test]
fn numbers_choose_the_form_that_the_language_has_for_them() {
    let pictures = |count: u32| say("turn-finished-pictures").with("count", count).to_string();
    assert_eq!([1, 2].map(pictures), ["Finished, 1 picture", "Finished, 2 pictures"]);
    let arabic = [1, 2, 3, 11].map(|count| Language::Arabic.speaking(|| pictures(count)));
    assert_eq!(
        arabic,
        ["انتهى، صورة واحدة", "انتهى، صورتان", "انتهى، 3 صور", "انتهى، 11 صورة"]
    );
    let forms = Language::Arabic.speaking(|| say_each("words-new-versions"));
    assert!(
        forms.starts_with("zero=") && forms.contains("|few={count} نسخ جديدة|"),
        "{forms}"
    );
    assert_eq!(
        say_each("words-new-versions"),
        "one=1 new version|other={count} new versions"
    );
}

#[test]
fn what_runs_the_other_way_is_kept_apart() {
    let by = |name: &str| say("stage-by").with("name", name).to_string();
    assert_eq!(by("Ana"), "by Ana");
    assert_eq!(by("ليلى"), "by \u{2068}ليلى\u{2069}");
    assert_eq!(Language::Arabic.speaking(|| by("ليلى")), "بواسطة ليلى");
    assert_eq!(Language::Arabic.speaking(|| by("Ana")), "بواسطة \u{2068}Ana\u{2069}");
    let size = Language::Arabic.speaking(|| apart("1600 × 1200"));
    assert_eq!(size, "\u{2066}1600 × 1200\u{2069}", "else it would be read 1200 × 1600");
}

#[test]
fn a_key_that_one_language_lacks_is_said_in_english() {
    let of = |language, text: &str| {
        let resource = FluentResource::try_new(text.to_owned()).expect("messages");
        bundle_with(language, Arc::new(resource))
    };
    let german = of(Language::German, "one = eins\n");
    let english = of(Language::English, "one = one\ntwo = two { $n }\n");
    let words = |key: &'static str| say(key).with("n", 2_u32).by_one_of([&german, &english]);
    assert_eq!(words("one").as_deref(), Some("eins"));
    assert_eq!(words("two").as_deref(), Some("two 2"));
    assert_eq!(words("three"), None);
    assert_eq!(say("three").to_string(), "three");
}
