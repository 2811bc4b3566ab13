//! The same work without a single script: forms and links.

use serde_json::json;

use crate::{driver::Browser, house::photo, kit::Scene};

/// A browser that runs no scripts of pages.
async fn plain(scene: &mut Scene) -> Browser {
    let browser = scene.driver.browser().await;
    browser
        .cdp("Emulation.setScriptExecutionDisabled", json!({"value": true}))
        .await;
    browser
}

/// Fills in the composer and presses Send; looks again until the turn is done.
async fn ask(browser: &Browser, words: &str, version: u32) {
    browser.click("#instruction").await;
    browser.write(words).await;
    browser.click("#composer .send").await;
    let mut looks = 0;
    loop {
        browser
            .until("document.readyState === 'complete' && document.querySelector('#turns .turn') !== null")
            .await;
        let newest = browser.text("#stage .caption strong").await;
        if newest == format!("v{version}") && browser.count(".turn-open").await == 0 {
            return;
        }
        // The page doesn't move by itself: we look when there is something to see. One open card is the blank one that
        // scripts would use.
        browser
            .until("fetch(location.href).then(answer => answer.text()).then(page => page.split('class=\"turn-open\"').length === 2)")
            .await;
        looks += 1;
        assert!(looks < 5, "never done: {}", browser.text("main").await);
        browser.reload().await;
    }
}

pub async fn ui_5_everything_needed_works_by_forms_and_links() {
    let mut scene = Scene::set(&[]).await;
    let owner = plain(&mut scene).await;
    owner.open(&scene.at("/")).await;
    let file = scene.file("hill.png", &photo(320, 240));
    owner.choose("#start input[name=picture]", &file).await;
    owner.click("#start button.unscripted").await;
    owner.until_there("#stage").await;
    assert_eq!(
        owner.get("document.documentElement.classList.contains('js')").await,
        false,
        "no script ran"
    );

    ask(&owner, "Make it warmer", 2).await;
    assert!(owner.address().await.contains("#turn-"));
    ask(&owner, "Crop to a square", 3).await;
    owner.click("#filmstrip li:first-child a").await;
    owner
        .until("document.querySelector('#stage').dataset.number === '1'")
        .await;
    assert_eq!(owner.text("#base-tile .base-words").await, "Editing v1");
    ask(&owner, "Black and white", 4).await;
    assert_eq!(owner.count("#filmstrip .node").await, 2, "a branch of its own");
    owner.click("#stage form[data-key=undo] button").await;
    owner
        .until("document.querySelector('#stage').dataset.number === '1'")
        .await;
    owner.click("#stage form[data-key=redo] button").await;
    owner
        .until("document.querySelector('#stage').dataset.number !== '1'")
        .await;

    owner.choose("[data-reference-file]", &file).await;
    owner.click("button[form=reference-form]").await;
    owner
        .until_there("#references .reference input[type=checkbox]:checked")
        .await;
    downloads(&owner).await;
    shares(&mut scene, &owner).await;
}

async fn downloads(browser: &Browser) {
    browser.click("#stage a[download]").await;
    let folder = browser.downloads.clone();
    let arrived = async {
        loop {
            let files = std::fs::read_dir(&folder).expect("a folder");
            let done = files
                .filter_map(|file| Some(file.ok()?.path()))
                .find(|path| path.extension().is_some_and(|end| end == "png"));
            if let Some(file) = done {
                return file;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let file = tokio::time::timeout(std::time::Duration::from_secs(10), arrived)
        .await
        .expect("a download");
    let picture = image::open(&file).expect("a picture");
    assert!(picture.width() > 0, "{}", file.display());
}

async fn shares(scene: &mut Scene, owner: &Browser) {
    owner.click("#session-head a[href$=shares]").await;
    owner.until_there("#share-panel form").await;
    owner.click("#share-panel .share-form button").await;
    owner.until_there("#fresh-url").await;
    let link = owner.get("document.querySelector('#fresh-url').value").await;
    let viewer = plain(scene).await;
    viewer.open(link.as_str().expect("a link")).await;
    viewer.until_there("#stage").await;
    assert!(!viewer.address().await.contains("join"));
    assert_eq!(viewer.count("#composer").await, 0);
    assert_eq!(viewer.count("#turns .turn").await, 3);
    owner.click(".link[data-access=view] button.danger").await;
    owner.until_there(".link.revoked").await;
    viewer.reload().await;
    viewer.until("document.querySelector('#stage') === null").await;
    crate::kit::all_is_well(owner, scene, &[]).await;
    crate::kit::all_is_well(&viewer, scene, &["404"]).await;
}
