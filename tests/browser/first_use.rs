//! The first walk of somebody who has never seen Plantain: drop, ask, compare, region, share, from the empty page.
//!
//! Rule: by the page alone. Each step takes the control whose words a reader sees (or hears, where it is a picture), in view
//! without scrolling, and nothing is known of the markup behind it. `docs/studio.md` tells the walk in prose.

use serde_json::{Value, json};

use crate::{
    driver::{Browser, ENTER},
    kit::{Device, Scene, all_is_well, on_session_page, on_stage, ready},
    looks::judge,
    studio::in_the_usual_size,
};

pub async fn ui_4_10_a_first_walk_at_a_desk() {
    a_first_walk(Device::Desk).await;
}

pub async fn ui_4_10_a_first_walk_in_a_hand() {
    a_first_walk(Device::Hand).await;
}

/// Controls in view that can be used now and are called so, by what is written on them or else by their names.
const CALLED: &str = "(words => { const name = it => (it.getAttribute('aria-label') || it.innerText || it.title || '').replace(/\\s+/g, ' ').trim(); \
    const used = it => it.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !it.closest('[inert]') && !it.disabled; \
    const inView = it => { const box = it.getBoundingClientRect(); const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]; \
        const top = document.elementFromPoint(x, y); return top !== null && (it.contains(top) || top.contains(it)); }; \
    const all = [...document.querySelectorAll('a[href], button, summary, label')].filter(used).filter(it => name(it).startsWith(words)); \
    return {all, seen: all.filter(inView)}; })";

/// Presses what is called so, as a person does: it must be in view.
async fn press(browser: &Browser, words: &str) {
    let called = json!(words);
    browser.until(&format!("{CALLED}({called}).seen.length > 0")).await;
    let place = browser
        .get(&format!(
            "(it => {{ const box = it.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; }})({CALLED}({called}).seen[0])"
        ))
        .await;
    let at = |part: usize| place[part].as_f64().expect("a place");
    let pointer = if browser.is_phone { "touch" } else { "mouse" };
    browser.draw(pointer, &[(at(0), at(1))]).await;
}

/// These words can be read now, without scrolling.
async fn reads(browser: &Browser, words: &str) {
    let there = format!(
        "(words => {{ const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
            for (let text = walker.nextNode(); text; text = walker.nextNode()) {{ \
                const it = text.parentElement; if (!it.textContent.replace(/\\s+/g, ' ').includes(words) || !it.checkVisibility({{visibilityProperty: true}}) || it.closest('.unseen')) continue; \
                const box = it.getBoundingClientRect(); if (box.top >= 0 && box.top < innerHeight && box.left >= 0 && box.left < innerWidth) return true; \
            }} return false; }})({})",
        json!(words)
    );
    browser.until(&there).await;
}

async fn a_first_walk(device: Device) {
    let mut scene = Scene::set(&[]).await;
    let person = scene.browser_of(device).await;
    if device == Device::Desk {
        person.resize(1440, 900).await;
    }
    // Drop. The empty page says what this is and where to begin.
    person.open(&scene.at("/")).await;
    ready(&person).await;
    reads(&person, "Talk to a photo.").await;
    reads(&person, "Choose a picture").await;
    if device == Device::Desk {
        reads(&person, "Drop a picture here").await;
        person.drop_files(&[&scene.picture()], 700).await;
    } else {
        person.choose("#start input[name=picture]", &scene.picture()).await;
    }
    on_session_page(&person).await;
    on_stage(&person, 1).await;

    // Ask. What can be said is offered; a press puts it into the box, and it is sent by a key or by the button.
    reads(&person, "Say in your own words what should change.").await;
    press(&person, "Make it warmer and a little brighter").await;
    press(&person, "Send").await;
    on_stage(&person, 2).await;
    judge(&person, "first-use-asked").await;
    in_the_usual_size(&person).await;

    // Compare.
    press(&person, "Compare").await;
    person.until_there("image-compare[data-mode=slider]").await;
    reads(&person, "v1").await;
    reads(&person, "v2").await;
    judge(&person, "first-use-compare").await;
    in_the_usual_size(&person).await;
    press(&person, "Close").await;

    // Region.
    press(&person, "Region").await;
    reads(&person, "Mark what may change.").await;
    let [left, top, width, height] = person.place(".region-view").await;
    let stroke: Vec<_> = (0..8)
        .map(|at| (left + width * (0.3 + 0.05 * f64::from(at)), top + height * 0.4))
        .collect();
    person
        .draw(if person.is_phone { "touch" } else { "mouse" }, &stroke)
        .await;
    reads(&person, "Pixels outside stay exactly the same.").await;
    reads(&person, "Done").await;
    // A tap that is played at once after a stroke gets lost on some machines.
    person.click("mask-brush [data-close]").await;
    reads(&person, "Region: ").await;
    person.until_there("version-stage .region-veil").await;
    judge(&person, "first-use-region").await;
    in_the_usual_size(&person).await;
    person.click("#instruction").await;
    person.write(&format!("black and white{ENTER}")).await;
    on_stage(&person, 3).await;
    reads(&person, "Pixels outside the region are exactly the same.").await;

    // Share.
    press(&person, "Share").await;
    person.until_there("#dialog[open] #share-panel").await;
    press(&person, "Create a link").await;
    person.until_there("#dialog #fresh-url").await;
    judge(&person, "first-use-share").await;
    in_the_usual_size(&person).await;
    press(&person, "Copy").await;
    let link = person.get("document.querySelector('#fresh-url').value").await;
    let friend = scene.browser_of(device).await;
    friend.open(link.as_str().expect("a link")).await;
    on_session_page(&friend).await;
    on_stage(&friend, 3).await;
    assert_eq!(
        friend.get("document.querySelector('#instruction')").await,
        Value::Null,
        "who may look is offered nothing else"
    );
    judge(&friend, "first-use-friend").await;
    all_is_well(&person, &scene, &[]).await;
    all_is_well(&friend, &scene, &[]).await;
}
