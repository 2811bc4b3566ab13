//! A region: drawn with every tool, by mouse, by finger and by keyboard, kept until somebody removes it.

use serde_json::{Value, json};

use crate::{
    driver::{Browser, CTRL, ENTER, RIGHT, SHIFT, SPACE},
    kit::{Device, Scene, all_is_well, ask, on_stage},
    looks::judge,
    studio::in_the_usual_size,
};

async fn drawing(browser: &Browser) {
    browser.click("#stage [data-region]").await;
    browser.until_there("mask-brush[data-tool] .region-view").await;
    browser
        .until("document.querySelector('.region-paper img').complete && document.querySelector('.region-view').getBoundingClientRect().width > 100")
        .await;
}

/// Draws along points given in parts of the picture, 0 to 1.
async fn draw(browser: &Browser, points: &[(f64, f64)]) {
    let [left, top, width, height] = browser.place(".region-view").await;
    let points: Vec<_> = points
        .iter()
        .map(|(x, y)| (left + x * width, top + y * height))
        .collect();
    let pointer = if browser.is_phone { "touch" } else { "mouse" };
    browser.draw(pointer, &points).await;
}

async fn tool(browser: &Browser, name: &str) {
    browser.click(&format!(".region-tools input[value={name}]")).await;
    browser
        .until(&format!(
            "document.querySelector('mask-brush').dataset.tool === '{name}'"
        ))
        .await;
}

/// How much of the mask is in the region at points of the picture: 0 to 255 each.
async fn marked(browser: &Browser, points: &[(f64, f64)]) -> Vec<i64> {
    let expression = format!(
        "(mask => {{ const {{width, height, values}} = mask.values(512); \
         return {}.map(([x, y]) => values[Math.min(height - 1, Math.round(y * height)) * width + Math.min(width - 1, Math.round(x * width))]); }}) \
         (document.querySelector('mask-brush').mask)",
        json!(points)
    );
    let found = browser.get(&expression).await;
    found
        .as_array()
        .expect("values")
        .iter()
        .filter_map(Value::as_i64)
        .collect()
}

async fn words(browser: &Browser) -> String {
    browser.text(".region-words").await
}

pub async fn ui_4_8_a_region_is_drawn_with_every_tool() {
    for device in [Device::Desk, Device::Hand] {
        let mut scene = Scene::set(&[]).await;
        let browser = scene.browser_of(device).await;
        scene.begin(&browser).await;
        drawing(&browser).await;
        judge(&browser, "region-empty").await;
        in_the_usual_size(&browser).await;
        assert_eq!(words(&browser).await, "Mark what may change. Nothing is marked yet.");
        assert_eq!(browser.get("document.querySelector('#region-chip').hidden").await, true);

        // A tap is a dot, though a line of no length paints nothing.
        draw(&browser, &[(0.5, 0.5)]).await;
        assert!(marked(&browser, &[(0.5, 0.5)]).await[0] > 200);
        draw(&browser, &[(0.1, 0.2), (0.3, 0.2), (0.5, 0.2)]).await;
        assert!(marked(&browser, &[(0.3, 0.2)]).await[0] > 200);
        tool(&browser, "eraser").await;
        draw(&browser, &[(0.3, 0.1), (0.3, 0.3)]).await;
        assert!(marked(&browser, &[(0.3, 0.2)]).await[0] < 60);
        tool(&browser, "rectangle").await;
        draw(&browser, &[(0.6, 0.6), (0.7, 0.7), (0.9, 0.9)]).await;
        assert_eq!(marked(&browser, &[(0.75, 0.75)]).await, [255]);
        // Without dragging: two clicks.
        draw(&browser, &[(0.7, 0.1)]).await;
        assert_eq!(words(&browser).await, "First corner set. Now the opposite one.");
        draw(&browser, &[(0.9, 0.4)]).await;
        assert_eq!(marked(&browser, &[(0.8, 0.25)]).await, [255]);
        tool(&browser, "lasso").await;
        draw(&browser, &[(0.1, 0.6), (0.3, 0.6), (0.3, 0.9), (0.1, 0.9), (0.1, 0.61)]).await;
        assert_eq!(marked(&browser, &[(0.2, 0.75)]).await, [255]);
        judge(&browser, "region-drawn").await;
        in_the_usual_size(&browser).await;
        assert_eq!(browser.count(".turn").await, 0, "nothing runs by itself");

        // Undo and redo go stroke by stroke.
        browser.click("[data-do=undo]").await;
        assert_eq!(marked(&browser, &[(0.2, 0.75), (0.8, 0.25)]).await, [0, 255]);
        browser.click("[data-do=undo]").await;
        assert_eq!(marked(&browser, &[(0.8, 0.25)]).await, [0]);
        browser.click("[data-do=redo]").await;
        assert_eq!(marked(&browser, &[(0.8, 0.25)]).await, [255]);
        let before = words(&browser).await;
        assert!(before.starts_with("Region: ") && before.ends_with("Pixels outside stay exactly the same."));
        browser.click("mask-brush [name=except]").await;
        assert_eq!(marked(&browser, &[(0.8, 0.25), (0.2, 0.75)]).await, [0, 255]);
        judge(&browser, "region-except").await;
        in_the_usual_size(&browser).await;
        browser.click("mask-brush [name=except]").await;
        browser.click("[data-do=clear]").await;
        // The chip follows when the hand rests.
        browser.until("document.querySelector('#region-chip').hidden").await;
        browser.click("[data-do=undo]").await;
        assert_eq!(words(&browser).await, before);
        browser.until_there("#region-chip:not([hidden])").await;
        assert!(browser.text(".region-chip-words").await.starts_with("Region: "));
        assert!(outline_shows(&browser).await, "the outline has two colours");
        all_is_well(&browser, &scene, &[]).await;
    }
}

/// On any picture: the outline is drawn in black and in white.
async fn outline_shows(browser: &Browser) -> bool {
    let count = "(canvas => { const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); let light = 0, dark = 0; \
        for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) { if (data[at] === 255) light += 1; else if (data[at] === 0) dark += 1; } \
        return light > 50 && dark > 50; })(document.querySelector('.region-view'))";
    browser.get(count).await == true
}

pub async fn ui_4_8_one_finger_paints_and_two_look_nearer() {
    let mut scene = Scene::set(&[]).await;
    let phone = scene.driver.phone().await;
    scene.begin(&phone).await;
    drawing(&phone).await;
    draw(&phone, &[(0.2, 0.5), (0.5, 0.5), (0.8, 0.5)]).await;
    assert!(marked(&phone, &[(0.5, 0.5)]).await[0] > 200);
    let before = words(&phone).await;
    let [left, top, width, height] = phone.place(".region-view").await;
    let (x, y) = (left + width / 2.0, top + height / 2.0);
    phone
        .pinch([(x - 30.0, y), (x + 30.0, y)], [(x - 90.0, y), (x + 90.0, y)])
        .await;
    phone
        .until("parseInt(document.querySelector('[data-zoom]').textContent) > 200")
        .await;
    assert_eq!(words(&phone).await, before, "two fingers paint nothing");
    // What is near is painted where the finger is.
    draw(&phone, &[(0.5, 0.35)]).await;
    assert!(marked(&phone, &[(0.5, 0.35)]).await[0] > 150);
    judge(&phone, "region-near").await;
    in_the_usual_size(&phone).await;
    phone.click("[data-do=fit]").await;
    assert_eq!(phone.text("[data-zoom]").await, "100 %");
    // Zoom and moving have buttons and a tool, too.
    phone.click("[data-do=larger]").await;
    phone.click("[data-do=larger]").await;
    tool(&phone, "move").await;
    let [from, ..] = phone.place(".region-view").await;
    phone.draw("touch", &[(x, y), (x - 20.0, y), (x - 40.0, y)]).await;
    let [to, ..] = phone.place(".region-view").await;
    assert!(to < from - 20.0, "{from} {to}");
    all_is_well(&phone, &scene, &[]).await;
}

pub async fn ui_4_8_a_region_by_keyboard_alone() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    browser.get("document.querySelector('version-stage').focus()").await;
    browser.press(&["r"]).await;
    browser.until_there("mask-brush[data-tool] .region-view").await;
    browser.until("document.activeElement.matches('.region-view')").await;
    browser.press(&[SPACE]).await;
    assert!(
        marked(&browser, &[(0.5, 0.5)]).await[0] > 200,
        "the space bar paints at the cross"
    );
    browser.press(&["q"]).await;
    browser.press(&[SPACE]).await;
    for key in [RIGHT, crate::driver::DOWN] {
        for _ in 0..3 {
            browser.press(&[SHIFT, key]).await;
        }
    }
    browser.press(&[SPACE]).await;
    assert_eq!(marked(&browser, &[(0.65, 0.65)]).await, [255]);
    browser.press(&[CTRL, "z"]).await;
    assert_eq!(marked(&browser, &[(0.65, 0.65)]).await, [0]);
    browser.press(&[CTRL, SHIFT, "z"]).await;
    assert_eq!(marked(&browser, &[(0.65, 0.65)]).await, [255]);
    browser.press(&["i"]).await;
    assert_eq!(marked(&browser, &[(0.65, 0.65), (0.1, 0.1)]).await, [0, 255]);
    browser.press(&["i"]).await;
    let size = "Number(document.querySelector('mask-brush [name=size]').value)";
    let before = browser.get(size).await.as_i64().expect("a size");
    browser.press(&["]"]).await;
    assert!(browser.get(size).await.as_i64().expect("a size") > before);

    // Four numbers are a rectangle.
    browser
        .get("document.querySelector('.region-more summary').focus()")
        .await;
    browser.press(&[ENTER]).await;
    browser
        .get("(fields => { ['0', '0', '20', '20'].forEach((value, at) => { fields[at].value = value; }); fields[3].focus(); })([...document.querySelectorAll('[data-numbers] input')])")
        .await;
    browser.press(&[ENTER]).await;
    browser.until("document.activeElement.matches('.region-view')").await;
    assert_eq!(marked(&browser, &[(0.1, 0.1)]).await, [255]);
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_8_a_mask_goes_out_and_comes_in_as_png() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    drawing(&browser).await;
    tool(&browser, "rectangle").await;
    draw(&browser, &[(0.2, 0.2), (0.4, 0.4), (0.6, 0.6)]).await;
    browser.click(".region-more summary").await;
    browser.click("[data-do=export]").await;
    let file = browser.downloads.join("region-of-v1.png");
    let begun = std::time::Instant::now();
    while !file.exists() {
        assert!(begun.elapsed().as_secs() < 30, "no file came");
        tokio::task::yield_now().await;
        browser.get("1").await;
    }
    browser.click("[data-do=clear]").await;
    browser.choose("[data-import]", &file).await;
    browser
        .until("document.querySelector('.region-words').textContent.startsWith('Region: ')")
        .await;
    assert_eq!(marked(&browser, &[(0.4, 0.4), (0.8, 0.8)]).await, [255, 0]);
    assert_eq!(
        browser.count("#references .upload").await,
        0,
        "it is no picture for the conversation"
    );
    on_stage(&browser, 1).await;
    all_is_well(&browser, &scene, &[]).await;
}

pub async fn ui_4_8_a_stroke_over_a_large_mask_is_quick() {
    let mut scene = Scene::set(&[]).await;
    let (browser, _) = scene.owner().await;
    drawing(&browser).await;
    // Twelve million pixels: the mask has its most, 2,048 on the longer side.
    let took = browser
        .get(
            "(async () => { const {Mask} = await import(document.querySelector('script[type=module]').src.replace('app.js', 'lib/mask.js')); \
             const {Painted} = await import(document.querySelector('script[type=module]').src.replace('app.js', 'lib/painted.js')); \
             const mask = new Mask(4000, 3000); const painted = new Painted(document.querySelector('.region-view'), mask); painted.stop(); \
             const step = {kind: 'stroke', size: 120, points: [100, 100], erase: false}; mask.add(step); painted.draw(null, true); \
             const begun = performance.now(); \
             for (let at = 0; at < 10; at += 1) { mask.extend(step, 100 + at * 150, 100 + at * 120); painted.draw(null, true); } \
             return {longest: mask.longest, each: (performance.now() - begun) / 10}; })()",
        )
        .await;
    eprintln!("a frame of a stroke: {took}");
    assert_eq!(took["longest"], 2048);
    assert!(took["each"].as_f64().expect("milliseconds") < 200.0, "{took}");
}

pub async fn ui_4_8_a_turn_takes_its_region_along() {
    for device in [Device::Desk, Device::Hand] {
        let mut scene = Scene::set(&[]).await;
        let browser = scene.browser_of(device).await;
        let session = scene.begin(&browser).await;
        drawing(&browser).await;
        tool(&browser, "rectangle").await;
        draw(&browser, &[(0.2, 0.2), (0.4, 0.4), (0.7, 0.7)]).await;
        // Sent while the tools are still open: the turn waits for its mask.
        ask(&browser, "Make it much darker").await;
        on_stage(&browser, 2).await;
        assert_eq!(browser.count("mask-brush").await, 0, "the result is shown");
        let chip = browser.text("#turns > li:last-child .region-chip-card").await;
        assert!(chip.starts_with("Region: 2"), "{chip}");
        assert!(
            browser
                .text("#turns > li:last-child article")
                .await
                .contains("Pixels outside the region are exactly the same."),
            "the card says which guarantee holds"
        );
        let share = "fetch(`/s/${document.body.dataset.session}/difference`).then(answer => Number(answer.headers.get('plantain-changed')))";
        let share = browser.get(share).await.as_f64().expect("a share");
        assert!((0.1..0.32).contains(&share), "{share} changed");

        // It stays for other words, for the next base, for a page loaded anew, and until it is removed.
        assert!(browser.text(".region-chip-words").await.starts_with("Region: 2"));
        ask(&browser, "Make it sepia").await;
        on_stage(&browser, 3).await;
        assert_eq!(browser.count(".region-chip-card").await, 2);
        browser.open(&scene.at(&format!("/s/{session}"))).await;
        crate::kit::ready(&browser).await;
        browser
            .until_there("#region-chip:not([hidden]) input[name=region]")
            .await;
        browser.click("#region-chip button:last-child").await;
        assert_eq!(browser.get("document.querySelector('#region-chip').hidden").await, true);
        in_the_usual_size(&browser).await;
        // The words of a turn come back with its region.
        browser
            .get("document.querySelector('#turns > li:first-child a[data-again]').click()")
            .await;
        browser
            .until_there("#region-chip:not([hidden]) input[name=region]")
            .await;
        on_stage(&browser, 1).await;
        judge(&browser, "region-chip").await;
        // On another shape it is left aside, and says so.
        in_the_usual_size(&browser).await;
        browser.click("#region-chip button:last-child").await;
        browser.get("document.querySelector('#instruction').value = ''").await;
        all_is_well(&browser, &scene, &[]).await;
    }
}

pub async fn ui_4_8_smart_select_makes_a_rough_stroke_exact() {
    let mut scene = Scene::set(&[]).await;
    let phone = scene.driver.phone().await;
    scene.begin(&phone).await;
    drawing(&phone).await;
    tool(&phone, "smart").await;
    draw(&phone, &[(0.4, 0.45), (0.5, 0.5), (0.6, 0.55)]).await;
    phone
        .until("/^Region: /.test(document.querySelector('.region-words').textContent)")
        .await;
    assert!(marked(&phone, &[(0.5, 0.5)]).await[0] > 100);
    judge(&phone, "region-smart").await;
    in_the_usual_size(&phone).await;
    phone.click("[data-do=undo]").await;
    assert_eq!(words(&phone).await, "Mark what may change. Nothing is marked yet.");
    all_is_well(&phone, &scene, &[]).await;
}
