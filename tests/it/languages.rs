//! Pages in the language of who reads them, whatever others read.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::house::{House, Person};

/// What a browser that asks for `language` is shown.
async fn page(who: &Person, path: &str, language: &str) -> (StatusCode, String) {
    let request = who.ask(Method::GET, path).header("accept", "text/html");
    let answer = request
        .header("accept-language", language)
        .send()
        .await
        .expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_12_one_page_is_told_in_three_languages() {
    let house = House::start(&[]).await;
    let anybody = house.visitor();
    for (language, start, title) in [
        (
            "de-AT,de;q=0.9,en;q=0.5",
            "<html lang=\"de\" dir=\"ltr\">",
            "Sprich mit einem Foto.",
        ),
        ("ar", "<html lang=\"ar\" dir=\"rtl\">", "تحدّث إلى صورة."),
        ("fr-FR,en;q=0.5", "<html lang=\"en\" dir=\"ltr\">", "Talk to a photo."),
    ] {
        let (status, html) = page(&anybody, "/", language).await;
        assert_eq!(status, StatusCode::OK);
        assert!(html.contains(start) && html.contains(title), "{language}: {html}");
    }
    let answer = anybody
        .ask(Method::GET, "/")
        .header("accept-language", "de")
        .send()
        .await
        .expect("an answer");
    let header = |name: &str| {
        let values = answer.headers().get_all(name).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(header("content-language"), "de");
    assert!(header("vary").contains("accept-language"), "{}", header("vary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_12_errors_are_told_in_the_readers_language_and_programs_in_english() {
    let house = House::start(&[]).await;
    let anybody = house.visitor();
    let (status, html) = page(&anybody, "/s/nowhere", "de").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("Hier ist nichts"), "{html}");

    // A sentence from a layer that speaks English to everybody.
    let begun = house.begin().await;
    let owner = house.bearer(&begun.token);
    let form = owner
        .ask(Method::POST, &format!("/s/{}/rename", begun.id))
        .header("accept", "text/html; fragment=1")
        .header("accept-language", "ar")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = form.body("title=").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = answer.text().await.expect("text");
    assert!(html.contains("أعطِ الجلسة عنوانًا."), "{html}");

    let request = owner
        .ask(Method::GET, "/api/v1/sessions/nowhere")
        .header("accept-language", "de");
    let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(
        answer["error"]["message"],
        "There is nothing here, or the link to it does not work any more."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ui_4_12_a_choice_in_the_menu_lasts_and_can_be_taken_back() {
    let house = House::start(&[]).await;
    let mut person = house.visitor();
    let chosen = person.form("/language", "language=de&back=%2Fs%2Fsomewhere").await;
    assert_eq!(chosen.status(), StatusCode::SEE_OTHER);
    assert_eq!(chosen.headers()["location"], "/s/somewhere");
    let cookie = chosen.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(
        cookie.starts_with("plantain-language=de; ") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    person.cookie = Some("plantain-language=de".to_owned());
    let (_, html) = page(&person, "/", "ar").await;
    assert!(html.contains("Sprich mit einem Foto."), "the choice counts more");
    assert!(
        html.contains("value=\"de\" lang=\"de\" dir=\"ltr\" aria-current=\"true\">Deutsch<"),
        "{html}"
    );

    let back = person
        .form("/language", "language=tlh&back=https%3A%2F%2Felsewhere.example")
        .await;
    assert_eq!(back.headers()["location"], "/", "never to another site");
    let cookie = back.headers()["set-cookie"].to_str().expect("text");
    assert!(
        cookie.starts_with("plantain-language=; ") && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
}
