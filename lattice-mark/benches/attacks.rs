//! The acceptance bar of the mark: how faint it is, what it outlives, what it never says, how long it takes.
//!
//! `cargo bench -p lattice-mark -- [FOLDER] [--full] [--only TEXT] [--faint] [--crops N] [--large]`. FOLDER (or
//! PLANTAIN_PHOTOS) holds photos; without one it draws pictures, and says so. All are brought to 1024 px. `--faint` stops
//! after the first table, `--full` runs all 41 attacks instead of 20, `--only` those with TEXT in their name, `--crops` looks for marks in N unmarked parts, `--large` times 12 megapixels. Times are
//! processor time of the one thread.

#[path = "../tests/kit/mod.rs"]
mod kit;

use std::path::Path;
use std::time::Duration;

use image::RgbImage;
use image::imageops::{self, FilterType};
use kit::attacks::{Attack, MORE, QUICK};
use kit::measures::{psnr, ssim, timed};
use kit::pictures::{Chance, drawn, photos, screens};
use kit::{ID, key, marked, read};
use lattice_mark::{Effort, Key};

/// Longer side of what is marked.
const SIDE: u32 = 1024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs benches once as well; that would only be slow.
    if !arguments.iter().any(|a| a == "--bench") {
        return;
    }
    let asked = |name: &str| arguments.iter().any(|a| a == name);
    let following = |name: &str| {
        let at = arguments.iter().position(|a| a == name)?;
        arguments.get(at + 1).cloned()
    };
    let crops = following("--crops").and_then(|n| n.parse().ok());
    let folder = arguments.iter().find(|a| Path::new(a).is_dir()).cloned();
    let pictures = pictures(folder.or_else(|| std::env::var("PLANTAIN_PHOTOS").ok()));
    let key = key();
    let marked = faintness(&pictures, &key);
    if asked("--large") {
        large(&pictures, &key);
    }
    if !asked("--faint") {
        let only = following("--only").unwrap_or_default();
        let more = if asked("--full") { &MORE[..] } else { &[] };
        let attacks: Vec<Attack> = QUICK
            .iter()
            .chain(more)
            .filter(|(name, _)| name.contains(&only))
            .copied()
            .collect();
        survival(&marked, &attacks, &key);
    }
    if let Some(count) = crops {
        false_alarms(&pictures, count, &key);
    }
}

fn pictures(folder: Option<String>) -> Vec<(String, RgbImage)> {
    let found = folder.map(|f| photos(Path::new(&f))).unwrap_or_default();
    if found.is_empty() {
        println!("No folder of photos given (as an argument or PLANTAIN_PHOTOS): these are drawn pictures.");
        return drawn(SIDE);
    }
    found.into_iter().map(|(name, p)| (name, with_side(&p, SIDE))).collect()
}

/// Shrunk or enlarged so that the longer side is `side`.
fn with_side(picture: &RgbImage, side: u32) -> RgbImage {
    let longer = picture.width().max(picture.height());
    let scaled = |n: u32| (n * side + longer / 2) / longer;
    imageops::resize(
        picture,
        scaled(picture.width()),
        scaled(picture.height()),
        FilterType::Lanczos3,
    )
}

/// Marks each and says how faint the mark is. The marked ones.
fn faintness(pictures: &[(String, RgbImage)], key: &Key) -> Vec<(String, RgbImage)> {
    println!(
        "{:<28} {:>11} {:>7} {:>7} {:>6} {:>8} {:>8}",
        "picture", "size", "PSNR", "SSIM", "z q30", "mark ms", "read ms"
    );
    let (mut psnrs, mut ssims, mut out) = (Vec::new(), Vec::new(), Vec::new());
    for (name, picture) in pictures {
        let ((copy, report), mark_time) = timed(|| marked(picture, key));
        let (found, read_time) = timed(|| read(&copy, key, Effort::Thorough));
        let (p, s) = (psnr(picture, &copy), ssim(picture, &copy));
        println!(
            "{name:<28} {:>11} {p:>7.2} {s:>7.4} {:>6.1} {:>8} {:>8}{}{}",
            format!("{}x{}", picture.width(), picture.height()),
            report.z_d,
            mark_time.as_millis(),
            read_time.as_millis(),
            if report.reached { "" } else { "  strongest" },
            if found.is_some_and(|f| f.id == ID) {
                ""
            } else {
                "  NOT READ"
            },
        );
        psnrs.push(p);
        ssims.push(s);
        out.push((name.clone(), copy));
    }
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let least = psnrs.iter().copied().fold(f64::INFINITY, f64::min);
    println!(
        "PSNR mean {:.2} dB, least {least:.2} dB; SSIM mean {:.4}\n",
        mean(&psnrs),
        mean(&ssims)
    );
    out
}

/// How many marks are read after each attack.
fn survival(marked: &[(String, RgbImage)], attacks: &[Attack], key: &Key) {
    println!(
        "{:<28} {:>8} {:>8} {:<24} {:>8}  lost",
        "attack", "read", "least z", "(of)", "mean ms"
    );
    let mut read_in_all = 0;
    for (name, attack) in attacks {
        let (mut lost, mut least, mut spent) = (Vec::new(), (f64::INFINITY, ""), Duration::ZERO);
        for (picture, copy) in marked {
            let attacked = attack(copy);
            let (found, time) = timed(|| read(&attacked, key, Effort::Thorough));
            spent += time;
            match found {
                Some(found) if found.id == ID => {
                    if found.z_d < least.0 {
                        least = (found.z_d, picture.as_str());
                    }
                }
                _ => lost.push(picture.as_str()),
            }
        }
        let count = marked.len() - lost.len();
        read_in_all += count;
        println!(
            "{name:<28} {:>8} {:>8.1} {:<24} {:>8}  {}",
            format!("{count}/{}", marked.len()),
            least.0,
            least.1,
            spent.as_millis() / marked.len() as u128,
            lost.join(", ")
        );
    }
    println!("read {read_in_all} of {}\n", attacks.len() * marked.len());
}

/// Looks for marks in parts of unmarked pictures.
fn false_alarms(pictures: &[(String, RgbImage)], count: usize, key: &Key) {
    let mut sources: Vec<RgbImage> = pictures.iter().map(|(_, p)| p.clone()).collect();
    sources.extend(drawn(SIDE).into_iter().map(|(_, p)| p));
    sources.extend(screens(SIDE, SIDE * 3 / 4));
    let (mut chance, mut alarms, mut spent, mut slowest) = (Chance::new(77), 0, Duration::ZERO, Duration::ZERO);
    for i in 0..count {
        let source = &sources[i % sources.len()];
        let side = |n: u32, chance: &mut Chance| n / 4 + chance.below(n * 3 / 4);
        let (width, height) = (side(source.width(), &mut chance), side(source.height(), &mut chance));
        let (left, top) = (
            chance.below(source.width() - width + 1),
            chance.below(source.height() - height + 1),
        );
        let part = imageops::crop_imm(source, left, top, width, height).to_image();
        // All windows of every tenth; they are more of the same.
        let effort = if i % 10 == 0 { Effort::Thorough } else { Effort::Whole };
        let (found, time) = timed(|| read(&part, key, effort));
        alarms += usize::from(found.is_some());
        spent += time;
        slowest = slowest.max(time);
    }
    println!(
        "{alarms} false alarms in {count} unmarked parts; {} ms each, {} ms at most (all windows)",
        spent.as_millis() / count.max(1) as u128,
        slowest.as_millis()
    );
}

/// Times 12 megapixels, of the largest picture.
fn large(pictures: &[(String, RgbImage)], key: &Key) {
    let largest = pictures.iter().max_by_key(|(_, p)| p.width() * p.height());
    if let Some((name, picture)) = largest {
        let big = imageops::resize(picture, 4000, 3000, FilterType::CatmullRom);
        let ((copy, report), mark_time) = timed(|| marked(&big, key));
        let (found, read_time) = timed(|| read(&copy, key, Effort::Thorough));
        let (_, unmarked_time) = timed(|| read(&big, key, Effort::Thorough));
        println!(
            "12 megapixels ({name}): {:.2} dB, {}; mark {} ms, read {} ms, unmarked {} ms\n",
            report.psnr,
            if found.is_some_and(|f| f.id == ID) {
                "read"
            } else {
                "NOT READ"
            },
            mark_time.as_millis(),
            read_time.as_millis(),
            unmarked_time.as_millis(),
        );
    }
}
