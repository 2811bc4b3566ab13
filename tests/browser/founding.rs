//! The sentences that Plantain was begun for, said to real photos in a real browser, with the engine's nets.
//!
//! Rule: what the card tells and what changed on the picture are both asked; how it looks is for people, on the
//! screenshots. Needs `PLANTAIN_PHOTOS` and `PLANTAIN_MODEL_DIR`; without them each story is ignored, with the reason.

use std::path::{Path, PathBuf};

use crate::{
    driver::Browser,
    kit::{Scene, all_is_well, ask, on_session_page, on_stage, ready, shot},
};

/// The nets that these sentences need.
const NETS: [&str; 2] = ["subject.onnx", "objects.onnx"];

/// Why these stories cannot be told here; nothing when they can.
pub fn missing() -> Option<String> {
    crate::driver::missing()
        .or_else(|| match folder("PLANTAIN_PHOTOS") {
            Some(photos) if photos.join("person-astronaut.jpg").exists() => None,
            _ => Some("PLANTAIN_PHOTOS names no folder with the photos".to_owned()),
        })
        .or_else(|| match folder("PLANTAIN_MODEL_DIR") {
            Some(nets) if NETS.iter().all(|net| nets.join(net).exists()) => None,
            _ => Some("PLANTAIN_MODEL_DIR names no folder with the nets (`plantain models pull`)".to_owned()),
        })
}

fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// A house with the nets, a browser in it, and a session about a photo.
struct Afternoon {
    scene: Scene,
    browser: Browser,
    version: u32,
}

impl Afternoon {
    async fn with(photo: &str) -> Self {
        let nets = folder("PLANTAIN_MODEL_DIR").expect("asked before");
        let mut scene = Scene::set(&["--model-dir", nets.to_str().expect("a plain path")]).await;
        let browser = scene.driver.browser().await;
        browser.resize(1440, 900).await;
        browser.open(&scene.at("/")).await;
        ready(&browser).await;
        browser.choose("#start input[name=picture]", &self::photo(photo)).await;
        on_session_page(&browser).await;
        Self {
            scene,
            browser,
            version: 1,
        }
    }

    async fn attach(&mut self, photo: &str) {
        self.browser.choose("[data-reference-file]", &self::photo(photo)).await;
        self.browser.until_there("#references .reference").await;
        // It is a version too, beside the path.
        self.version += 1;
    }

    /// Says it; gives back what the card answers and which share of the picture is another.
    async fn say(&mut self, words: &str, name: &str) -> (String, f64) {
        ask(&self.browser, words).await;
        self.version += 1;
        on_stage(&self.browser, self.version).await;
        let note = self.browser.text("#turns > li:last-child .turn-note").await;
        let share = "fetch(`/s/${document.body.dataset.session}/difference`).then(answer => Number(answer.headers.get('plantain-changed')))";
        let share = self.browser.get(share).await.as_f64().expect("a share");
        eprintln!("{words}: {note} ({:.0} % changed)", share * 100.0);
        shot(&self.browser, &format!("founding-{name}")).await;
        (note, share)
    }

    async fn end(self) {
        all_is_well(&self.browser, &self.scene, &[]).await;
    }
}

fn photo(name: &str) -> PathBuf {
    let photos = folder("PLANTAIN_PHOTOS").expect("asked before");
    Path::new(&photos).join(name)
}

#[track_caller]
fn says(note: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(note.contains(piece), "{piece}: {note}");
    }
    assert!(!note.contains("Left out"), "{note}");
}

pub async fn c8_a_person_is_placed_in_a_cyberpunk_city_at_sunset() {
    let mut day = Afternoon::with("person-astronaut.jpg").await;
    let (note, share) = day.say("Place me in a cyberpunk city at sunset", "cyberpunk").await;
    says(&note, &["Placed the subject in a cyberpunk city at sunset"]);
    assert!(share > 0.3, "another ground: {share}");
    day.end().await;
}

pub async fn c8_a_dog_is_put_in_a_magical_forest() {
    let mut day = Afternoon::with("pet-two-dogs-portrait.jpg").await;
    let (note, share) = day
        .say("Put my dog in a magical forest with glowing trees", "forest")
        .await;
    says(&note, &["Placed the subject in an enchanted forest"]);
    assert!(share > 0.6, "another ground: {share}");
    day.end().await;
}

pub async fn c8_a_landscape_then_its_weather() {
    let mut day = Afternoon::with("person-officer.jpg").await;
    let (note, share) = day.say("Change the park to a snowy mountain landscape", "snow").await;
    says(&note, &["snowy mountains"]);
    assert!((0.2..0.7).contains(&share), "she stays as she is: {share}");
    let (note, share) = day.say("Make it look like it's a cold, overcast day", "overcast").await;
    says(&note, &["overcast", "cooler"]);
    // Dark cloth stays dark in any light.
    assert!(share > 0.3, "{share}");
    day.end().await;
}

pub async fn c8_a_thing_is_removed_and_nothing_else() {
    let mut day = Afternoon::with("room-living-portrait.jpg").await;
    let (note, share) = day.say("Remove the bottle", "removed").await;
    says(&note, &["Removed the bottle"]);
    assert!((0.001..0.08).contains(&share), "{share}");
    day.end().await;
}

pub async fn c8_a_pattern_goes_onto_the_mug() {
    let mut day = Afternoon::with("product-coffee-cup.png").await;
    day.attach("pattern-stripes.jpg").await;
    let (note, share) = day
        .say(
            "Apply the pattern from the second image onto the mug, keeping its original shape and texture",
            "pattern",
        )
        .await;
    says(&note, &["Put the pattern of picture 2 on the cup"]);
    assert!((0.02..0.5).contains(&share), "the cup and not the table: {share}");
    day.end().await;
}

pub async fn c8_a_clock_is_blended_in_then_made_smaller_and_moved_up() {
    let mut day = Afternoon::with("room-living-portrait.jpg").await;
    day.attach("product-wall-clock.jpg").await;
    let (note, blended) = day
        .say(
            "Blend the clock into the living room, making it look like a natural part of the decor",
            "clock",
        )
        .await;
    says(&note, &["Inserted the clock from picture 2"]);
    assert!((0.005..0.4).contains(&blended), "the clock and not the room: {blended}");
    // The clock is attached no more; it is put in anew from its own picture, in place of the first time.
    assert_eq!(day.browser.count("#references .reference").await, 0);
    let (note, _) = day.say("make it smaller and move it up", "clock-smaller").await;
    says(
        &note,
        &["Inserted the clock from picture 2", "at 70 % size", "moved up by 15 %"],
    );
    day.end().await;
}
