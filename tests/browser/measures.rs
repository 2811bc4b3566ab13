//! How long a person waits for a page, in a real browser on a slow processor. Run by
//! `cargo test --test browser -- --ignored`, alone on a quiet machine; the figures are in `docs/studio.md`.
//!
//! Rule: times are the browser's own (paint, event and animation frame entries), with its processor slowed to a quarter,
//! a cold cache for each load, and the line of a phone where it says so. Each line of the table has its budget (4.13),
//! and a story that misses one fails after the whole table was printed.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    driver::{Browser, LEFT},
    house::photo,
    kit::{Scene, on_session_page, ready},
    talked::talk,
};

/// A quarter of the processor.
const SLOWER: u32 = 4;
/// A line of 9 Mbit/s with 85 ms each way.
const FOUR_G: (u32, u32) = (170, 9_000_000 / 8);
/// How often a load is measured; the middle one counts.
const TIMES: usize = 5;

/// What a load cost, in milliseconds from its beginning, and how much the page moved.
const LOADED: &str = "new Promise((done) => { const seen = {paint: 0, shift: 0}; \
    new PerformanceObserver((list) => { seen.paint = list.getEntries().at(-1).startTime; }).observe({type: 'largest-contentful-paint', buffered: true}); \
    new PerformanceObserver((list) => { for (const {value} of list.getEntries()) seen.shift += value; }).observe({type: 'layout-shift', buffered: true}); \
    setTimeout(() => { const [page] = performance.getEntriesByType('navigation'); \
        done({paint: seen.paint, shift: seen.shift, usable: page.domContentLoadedEventEnd, whole: page.loadEventEnd}); }, 400); })";

/// Notes how long each press and key waited for its paint, and frames that took long.
const NOTE_WAITS: &str = "window.waits = []; window.frames_ = []; \
    new PerformanceObserver((list) => { for (const one of list.getEntries()) if (one.interactionId) waits.push(one.duration); }).observe({type: 'event', durationThreshold: 16}); \
    new PerformanceObserver((list) => { for (const one of list.getEntries()) frames_.push(one.duration); }).observe({type: 'long-animation-frame'}); true";
/// The longest of each since the last time this was asked, once the page rests.
const LONGEST: &str = "new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(() => { done([Math.max(0, ...waits), Math.max(0, ...frames_)]); waits.length = frames_.length = 0; }, 100)), 400))";
/// A press is answered on the screen within this (interaction to next paint), and a page rests no longer than this for
/// what it does by itself, in milliseconds.
const ANSWERED: f64 = 200.0;
const RESTS: f64 = 500.0;

/// Lines of a table, and what was over its budget.
#[derive(Default)]
struct Table {
    over: Vec<String>,
}

impl Table {
    fn line(&mut self, what: &str, got: f64, most: f64, unit: &str) {
        println!("| {what} | {got:.0} {unit} | {most:.0} {unit} |");
        if got > most {
            self.over.push(format!("{what}: {got:.0} {unit}, at most {most:.0}"));
        }
    }
}

#[derive(Clone, Copy)]
struct Load {
    paint: f64,
    usable: f64,
    whole: f64,
    shift: f64,
}

/// Loads a page with nothing in the cache.
async fn load(browser: &Browser, url: &str) -> Load {
    browser.open("about:blank").await;
    browser.cdp("Network.clearBrowserCache", json!({})).await;
    browser.open(url).await;
    browser
        .until("[...document.images].every(image => image.complete || image.loading === 'lazy')")
        .await;
    let cost = browser.get(LOADED).await;
    let part = |name: &str| cost[name].as_f64().expect("a number");
    Load {
        paint: part("paint"),
        usable: part("usable"),
        whole: part("whole"),
        shift: part("shift"),
    }
}

fn middle(of: impl Fn(&Load) -> f64, loads: &[Load]) -> f64 {
    let mut all: Vec<f64> = loads.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

async fn slowed(browser: &Browser) {
    browser
        .cdp("Emulation.setCPUThrottlingRate", json!({"rate": SLOWER}))
        .await;
}

async fn line(browser: &Browser, latency: u32, bytes_per_second: u32) {
    browser.cdp("Network.enable", json!({})).await;
    let line = json!({"offline": false, "latency": latency, "downloadThroughput": bytes_per_second, "uploadThroughput": bytes_per_second});
    browser.cdp("Network.emulateNetworkConditions", line).await;
}

/// A session of this browser with so many turns, over a picture as large as a screen.
async fn long_talk(scene: &Scene, browser: &Browser, turns: u32) -> String {
    let session = scene.begin(browser).await;
    talk(&scene.house, &session, turns).await;
    session
}

pub async fn ui_4_13_how_long_a_person_waits() {
    let mut scene = Scene::set(&[]).await;
    let mut table = Table::default();
    println!("\n| what | got | at most |\n| --- | --- | --- |");
    loads(&mut scene, &mut table).await;
    presses(&mut scene, &mut table).await;
    a_large_mask(&mut scene, &mut table).await;
    assert!(table.over.is_empty(), "over budget: {:#?}", table.over);
}

async fn loads(scene: &mut Scene, table: &mut Table) {
    for (place, line_of, most) in [("desk", None, 1500.0), ("phone, 4G", Some(FOUR_G), 2500.0)] {
        let browser = match line_of {
            None => scene.driver.browser().await,
            Some(_) => scene.driver.phone().await,
        };
        let (short, long) = (
            long_talk(scene, &browser, 20).await,
            long_talk(scene, &browser, 500).await,
        );
        slowed(&browser).await;
        if let Some((latency, speed)) = line_of {
            line(&browser, latency, speed).await;
        }
        let pages = [
            ("home", scene.at("/")),
            ("20 turns", scene.at(&format!("/s/{short}"))),
            ("500 turns", scene.at(&format!("/s/{long}"))),
        ];
        let mut taken: [Vec<Load>; 3] = [vec![], vec![], vec![]];
        for _ in 0..TIMES {
            // In turns, so that a busy moment of the machine meets all alike.
            for (at, (_, url)) in pages.iter().enumerate() {
                taken[at].push(load(&browser, url).await);
            }
        }
        for ((name, _), loads) in pages.iter().zip(&taken) {
            table.line(
                &format!("{name}, {place}: largest paint"),
                middle(|load| load.paint, loads),
                most,
                "ms",
            );
            println!(
                "| {name}, {place}: scripts at work, all loaded | {:.0} ms, {:.0} ms | |",
                middle(|load| load.usable, loads),
                middle(|load| load.whole, loads)
            );
            let shift = middle(|load| load.shift, loads);
            table.line(
                &format!("{name}, {place}: moved, in thousandths"),
                shift * 1000.0,
                50.0,
                "",
            );
        }
        let share = |of: fn(&Load) -> f64| middle(of, &taken[2]) / middle(of, &taken[1]) * 100.0;
        table.line(
            &format!("500 turns against 20, {place}: largest paint"),
            share(|load| load.paint),
            130.0,
            "%",
        );
        table.line(
            &format!("500 turns against 20, {place}: all loaded"),
            share(|load| load.whole),
            130.0,
            "%",
        );
    }
}

/// Everyday presses and keys in a session of 500 turns.
async fn presses(scene: &mut Scene, table: &mut Table) {
    let browser = scene.driver.browser().await;
    let session = long_talk(scene, &browser, 500).await;
    browser.open(&scene.at(&format!("/s/{session}"))).await;
    ready(&browser).await;
    browser.until_there("link[href$='/css/company.css']").await;
    slowed(&browser).await;
    browser.get(NOTE_WAITS).await;
    browser.click("#instruction").await;
    for letter in "a little warmer".chars() {
        browser.press(&[&letter.to_string()]).await;
    }
    wait(&browser, table, "typing").await;
    browser.click("#filmstrip li:nth-last-child(3) a").await;
    wait(&browser, table, "another version").await;
    browser.click("#turns > li:last-child .star button").await;
    wait(&browser, table, "a star").await;
    browser
        .get("document.querySelector('[data-earlier]').scrollIntoView()")
        .await;
    browser.click("[data-earlier]").await;
    wait(&browser, table, "earlier turns").await;
    browser.click("#stage [data-compare]").await;
    browser.until_there("image-compare[data-mode=slider]").await;
    wait(&browser, table, "compare").await;
    browser.until("document.activeElement.matches('.compare-slider')").await;
    for _ in 0..10 {
        browser.press(&[LEFT]).await;
    }
    wait(&browser, table, "the slider").await;
    browser.click(".compare [data-close]").await;
    wait(&browser, table, "back").await;
    browser.click("[data-tree]").await;
    browser.until_there("version-tree.placed").await;
    wait(&browser, table, "the tree of 501 versions").await;
    browser.press(&["\u{e00c}"]).await;
    wait(&browser, table, "back from the tree").await;
    browser.cdp("HeapProfiler.collectGarbage", json!({})).await;
    browser.cdp("Performance.enable", json!({})).await;
    let metrics = browser.cdp("Performance.getMetrics", json!({})).await;
    let heap = metrics["metrics"].as_array().expect("metrics").iter();
    let heap = heap
        .filter(|one| one["name"] == "JSHeapUsedSize")
        .filter_map(|one| one["value"].as_f64());
    table.line("memory of its scripts", heap.sum::<f64>() / 1e6, 80.0, "MB");
}

async fn wait(browser: &Browser, table: &mut Table, what: &str) {
    let longest = browser.get(LONGEST).await;
    let [press, frame] = [0, 1].map(|at| longest[at].as_f64().expect("a time"));
    table.line(&format!("{what}: answered"), press, ANSWERED, "ms");
    table.line(&format!("{what}: longest frame"), frame, RESTS, "ms");
}

/// A mouse that paints over a picture of twelve million pixels.
async fn a_large_mask(scene: &mut Scene, table: &mut Table) {
    let browser = scene.driver.browser().await;
    browser.open(&scene.at("/")).await;
    ready(&browser).await;
    let file = scene.file("large.png", &photo(4000, 3000));
    browser.choose("#start input[name=picture]", &file).await;
    on_session_page(&browser).await;
    browser.click("#stage [data-region]").await;
    browser.until_there("mask-brush[data-tool] .region-view").await;
    browser
        .until_within(
            Duration::from_secs(60),
            "document.querySelector('.region-paper img').complete && document.querySelector('mask-brush').mask.longest === 2048",
        )
        .await;
    slowed(&browser).await;
    browser.get(NOTE_WAITS).await;
    let [left, top, width, height] = browser.place(".region-view").await;
    for tool in ["brush", "eraser", "rectangle", "lasso"] {
        browser.click(&format!(".region-tools input[value={tool}]")).await;
        let points: Vec<_> = (0..40)
            .map(f64::from)
            .map(|at| {
                let (x, y) = (0.1 + 0.02 * at, 0.5 + 0.35 * (at / 4.0).sin());
                (left + x * width, top + y * height)
            })
            .collect();
        browser.draw("mouse", &points).await;
        wait(&browser, table, &format!("12 megapixels: a stroke of the {tool}")).await;
    }
    let drawn = browser
        .get("document.querySelector('mask-brush').mask.steps.length")
        .await;
    assert_eq!(drawn, Value::from(4), "each tool drew");
}
