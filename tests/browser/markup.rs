//! Text that would like to be more than text, through every place that shows text.

use serde_json::{Value, json};

use crate::{
    driver::{Browser, ENTER},
    fake::{Fake, Reply},
    house::photo,
    kit::{Scene, all_is_well, ask, on_session_page, picture_reply, ready, text_reply},
};

/// What would happen if one of them were more than text: a name in `window`, an element, or a request.
const CORPUS: &[&str] = &[
    "<script>window.planted = 1</script>",
    "<img src=/leak onerror=\"window.planted = 1\">",
    "<img src=\"http://127.0.0.1:9/leak.png\">",
    "\"><svg onload=window.planted=1><b class=planted>b</b>",
    "'><iframe srcdoc=\"<script>parent.planted=1</script>\"></iframe>",
    "</textarea></title></style><script>window.planted = 1</script>",
    "<a href=\"javascript:window.planted=1\">here</a> javascript:window.planted=1",
    "[here](javascript:window.planted=1) ![x](http://127.0.0.1:9/leak.png)",
    "{{ 7 * 7 }} ${7*7} {% raw %} <%= 7*7 %> #{7*7}",
    "&lt;b class=planted&gt; &#60;script&#62; &amp;amp;",
    "<b class=planted onmouseover=alert(1)>bold</b><style>*{display:none}</style>",
    "<form action=http://127.0.0.1:9/leak><button class=planted>Send",
    "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:9/leak\">",
];
/// Turns the direction of writing: `photo\u{202e}gnp.exe` looks like photoexe.png.
const TURNED: &str = "photo\u{202e}gnp.exe";

/// All of the corpus in one file name: browsers send no slashes in one, and quotes as %22.
fn file_name() -> String {
    CORPUS.join(" ").replace('/', "|")
}

/// As much of it as a field takes, as it is shown: without white space at its ends.
fn cut(words: &str, most: usize) -> String {
    words.chars().take(most).collect::<String>().trim().to_owned()
}

/// Nothing of it came alive in this page.
async fn nothing_came_alive(browser: &Browser, place: &str) {
    let alive = "[window.planted ?? null, document.querySelectorAll('.planted, iframe, style, [onerror], [onload], [onmouseover], [href^=\"javascript\"], meta[http-equiv]').length, document.querySelectorAll('script').length]";
    assert_eq!(browser.get(alive).await, json!([null, 0, 1]), "{place}");
    assert!(browser.address().await.starts_with("http://127.0.0.1:"), "{place}");
    let asked = "performance.getEntriesByType('resource').filter(entry => entry.name.includes('leak')).length";
    assert_eq!(browser.get(asked).await, 0, "{place}");
}

/// Fills a form of a page and sends it, as a person would by hand.
async fn post(browser: &Browser, action: &str, fields: Value) {
    let send = format!(
        "fetch({}, {{method: 'POST', body: new URLSearchParams({fields})}}).then(answer => answer.status)",
        json!(action)
    );
    assert_eq!(browser.get(&send).await, 200, "{action}");
}

pub async fn sec_web_05_instructions_and_answers_are_text() {
    let script = CORPUS
        .iter()
        .map(|text| text_reply(text))
        .chain(CORPUS.iter().map(|text| picture_reply(text)));
    let script: Vec<Reply> = script.collect();
    let gemini = Fake::start(script).await;
    let arguments = [
        "--gemini-api-key",
        "a-key-for-tests",
        "--gemini-base-url",
        &gemini.base_url,
    ];
    let mut scene = Scene::set(&arguments).await;
    let (browser, session) = scene.owner().await;
    let rounds = CORPUS.iter().chain(CORPUS);
    for (count, words) in (1..).zip(rounds) {
        let set = format!(
            "(() => {{ const box = document.querySelector('#instruction'); box.focus(); box.value = {}; box.dispatchEvent(new Event('input')); }})()",
            json!(words)
        );
        browser.get(&set).await;
        browser.press(&[ENTER]).await;
        let ended = format!(
            "document.querySelectorAll('#turns .turn:is([data-state=done], [data-state=failed], [data-state=refused])').length === {count}"
        );
        browser.until(&ended).await;
        let card = "#turns > li:last-child";
        let verbatim = format!(
            "document.querySelector('{card} .turn-text').textContent === {0} && document.querySelector('{card} .turn-note').textContent.includes({0})",
            json!(words)
        );
        assert_eq!(browser.get(&verbatim).await, true, "{words}");
    }
    nothing_came_alive(&browser, "as it happens").await;
    browser.open(&scene.at(&format!("/s/{session}"))).await;
    ready(&browser).await;
    let shown = "[...document.querySelectorAll('.turn-text')].map(text => text.textContent)";
    let shown = browser.get(shown).await;
    assert!(
        shown
            .as_array()
            .expect("texts")
            .iter()
            .all(|text| CORPUS.contains(&text.as_str().expect("text")))
    );
    nothing_came_alive(&browser, "loaded anew").await;
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn sec_web_05_titles_and_names_are_text() {
    let mut scene = Scene::set(&[]).await;
    let (browser, session) = scene.owner().await;
    let page = scene.at(&format!("/s/{session}"));
    for (round, words) in CORPUS.iter().enumerate() {
        let title = cut(words, 120);
        post(&browser, &format!("/s/{session}/rename"), json!({"title": title})).await;
        browser
            .until(&format!(
                "document.querySelector('.session-title').textContent === {}",
                json!(title)
            ))
            .await;
        nothing_came_alive(&browser, &title).await;
        if round % 4 == 3 {
            let name = cut(words, 40);
            post(&browser, "/name", json!({"name": name, "back": "/"})).await;
            browser.open(&page).await;
            ready(&browser).await;
            assert_eq!(browser.get("document.title").await, format!("{title} · Plantain"));
            assert_eq!(browser.get("document.querySelector('.you').textContent").await, name);
            nothing_came_alive(&browser, &title).await;
        }
    }
    ask(&browser, "Make it warmer").await;
    browser.until_there("#turns .turn[data-state=done]").await;
    assert_eq!(
        browser.text(".turn-author").await,
        cut(CORPUS[11], 40),
        "the author's name"
    );
    nothing_came_alive(&browser, "an author").await;
    // All titles on one page, each a session of its own, begun by hand.
    for words in CORPUS {
        let begin = format!(
            "(() => {{ const form = new FormData(); form.append('title', {}); form.append('picture', new File([new Uint8Array({})], 'a.png')); \
             return fetch('/sessions', {{method: 'POST', body: form}}).then(answer => answer.status); }})()",
            json!(cut(words, 120)),
            json!(photo(8, 8))
        );
        assert_eq!(browser.get(&begin).await, 200, "{words}");
    }
    browser.open(&scene.at("/")).await;
    nothing_came_alive(&browser, "home").await;
    let titles = browser
        .get("[...document.querySelectorAll('.session-name')].map(name => name.textContent)")
        .await;
    for words in CORPUS {
        assert!(
            titles.as_array().expect("titles").contains(&json!(cut(words, 120))),
            "{words} in {titles}"
        );
    }
    browser.open(&format!("{page}/shares")).await;
    nothing_came_alive(&browser, "the page of links").await;
    post(&browser, &format!("/s/{session}/rename"), json!({"title": TURNED})).await;
    browser.open(&page).await;
    assert!(!browser.text(".session-title").await.contains('\u{202e}'));
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn sec_web_05_file_names_are_text() {
    let mut scene = Scene::set(&[]).await;
    let browser = scene.driver.browser().await;
    browser.open(&scene.at("/")).await;
    ready(&browser).await;
    let bytes = photo(32, 24);
    let name = file_name();
    // A page's script can give a file any name, also one that no disk takes.
    let drop = format!(
        "(() => {{ const transfer = new DataTransfer(); transfer.items.add(new File([new Uint8Array({})], {}, {{type: 'image/png'}})); \
         const fields = document.querySelector('#start input[name=picture]'); fields.files = transfer.files; \
         fields.dispatchEvent(new Event('change', {{bubbles: true}})); }})()",
        json!(bytes),
        json!(name)
    );
    browser.get(&drop).await;
    on_session_page(&browser).await;
    nothing_came_alive(&browser, "a session from a file").await;
    let title = browser.text(".session-title").await;
    assert!(
        title.starts_with("<script>window.planted"),
        "the name is shown, shortened: {title}"
    );

    let refused = drop
        .replace("#start input[name=picture]", "[data-reference-file]")
        .replace(&json!(bytes).to_string(), "[1,2,3]");
    browser.get(&refused).await;
    browser.until_there(".upload[data-failed] .error").await;
    nothing_came_alive(&browser, "a file that is refused").await;
    let turned = scene.file(TURNED, &bytes);
    browser.open(&scene.at("/")).await;
    ready(&browser).await;
    browser.choose("#start input[name=picture]", &turned).await;
    on_session_page(&browser).await;
    assert!(!browser.text(".session-title").await.contains('\u{202e}'));
    all_is_well(&browser, &scene, &[]).await;
}
