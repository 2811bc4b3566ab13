//! The drift guard against known changes: four edits by ten ways in which models drift, on every picture of a folder.
//!
//! `cargo bench -p plantain-engine --bench drift [-- FOLDER]`; without a folder `PLANTAIN_PHOTOS` is taken, and without
//! that the engine's own two drawings, which it says. A plain harness, since what counts is a table of mean (worst).
//! Precision is over all masked pixels; recall over those whose colour was really changed by 8 levels or more; "untouched"
//! is what the edit left alone. PSNR is capped at 60.

#[path = "drift/edits.rs"]
mod edits;
#[path = "drift/faces.rs"]
mod faces;
#[path = "drift/picture.rs"]
mod picture;
#[path = "drift/subjects.rs"]
mod subjects;
#[path = "drift/whole.rs"]
mod whole;

use std::time::Instant;

use edits::{BEHAVIOURS, EDITS, Edited};
use picture::{Picture, pictures};
use plantain_engine::Unwatched;
use plantain_engine::compare::{CompareOptions, Comparison, Verdict, compare, restore};

fn main() {
    // `cargo test` runs benches once as well; these figures take minutes.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let (folder, parts) = words
        .split_first()
        .map_or((None, &[][..]), |(f, rest)| (Some(f.as_str()), rest));
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|p| p == part);
    let pictures = pictures(folder, 1024);
    if wanted("table") {
        table(&pictures);
    }
    if wanted("whole") {
        whole::whole(&pictures);
    }
    if wanted("unrelated") {
        whole::unrelated(&pictures);
    }
    if wanted("likeness") {
        subjects::likeness_table(&pictures);
    }
    if wanted("faces") {
        faces::faces_table(&pictures);
    }
    if wanted("cost") {
        cost(&pictures);
    }
}

#[derive(Default)]
struct Row {
    precision: Vec<f64>,
    recall: Vec<f64>,
    false_mask: Vec<f64>,
    before: Vec<f64>,
    after: Vec<f64>,
    exact: Vec<f64>,
    local: usize,
    runs: usize,
}

fn table(pictures: &[Picture]) {
    println!(
        "{:<22} {:>15} {:>15} {:>12} {:>7} {:>15} {:>15} {:>9}",
        "the model also did", "precision", "recall", "false mask", "before", "after", "bit-exact", "local"
    );
    let verbose = std::env::var_os("PLANTAIN_DRIFT_VERBOSE").is_some();
    let only = std::env::var("PLANTAIN_DRIFT_BEHAVIOUR").unwrap_or_default();
    for behaviour in BEHAVIOURS.iter().filter(|b| b.0.contains(&only)) {
        let mut row = Row::default();
        for (at, picture) in pictures.iter().enumerate() {
            for (name, edit) in EDITS {
                let edited = edit(picture, &pictures[(at + 1) % pictures.len()]);
                let label = format!("{} {name}", behaviour.0);
                let measured = measure(picture, &edited, &(behaviour.1)(&edited.picture), &label);
                if verbose {
                    measured.print(behaviour.0, name, &picture.name);
                }
                row.add(&measured);
            }
        }
        row.print(behaviour.0);
    }
}

struct Measured {
    precision: f64,
    recall: f64,
    false_mask: f64,
    before: f64,
    after: f64,
    exact: f64,
    found: Comparison,
}

fn measure(base: &Picture, edited: &Edited, result: &Picture, label: &str) -> Measured {
    let (base_raster, result_raster) = (base.raster(), result.raster());
    let found = compare(&base_raster, &result_raster, &CompareOptions::default(), &Unwatched).expect("not cancelled");
    let restored = Picture::of(&restore(&base_raster, &result_raster, &found, &Unwatched).expect("not cancelled"));
    let restored = restored.resized(base.width, base.height);
    let plain = result.resized(base.width, base.height);
    if let Some(folder) = std::env::var_os("PLANTAIN_DRIFT_PICTURES") {
        let mask = found.mask.data().iter().map(|&v| [f32::from(v); 3]).collect();
        let mask = base.with(base.width, base.height, mask);
        for (what, picture) in [("result", result), ("restored", &restored), ("mask", &mask)] {
            picture.save(&std::path::Path::new(&folder).join(format!("{} {label} {what}.png", base.name)));
        }
    }
    let local = found.verdict == Verdict::Local;
    let masked = |i: usize| !local || found.mask.data()[i] >= 128;
    let (mut hit, mut all, mut seen, mut changed) = (0.0, 0.0, 0.0, 0.0);
    let (mut untouched, mut wrong, mut equal) = (0.0, 0.0, 0.0);
    let (mut before, mut after) = (0.0, 0.0);
    let original = base.eight_bits();
    let (plain, restored, wanted) = (plain.eight_bits(), restored.eight_bits(), edited.picture.eight_bits());
    for i in 0..base.pixels.len() {
        let inside = edited.share[i] >= 0.5;
        all += f64::from(u8::from(masked(i)));
        hit += f64::from(u8::from(masked(i) && inside));
        let really = inside && (0..3).any(|c| original[i][c].abs_diff(wanted[i][c]) >= 8);
        changed += f64::from(u8::from(really));
        seen += f64::from(u8::from(really && masked(i)));
        if edited.share[i] == 0.0 {
            untouched += 1.0;
            wrong += f64::from(u8::from(masked(i)));
            equal += f64::from(u8::from(restored[i] == original[i]));
            before += squares(plain[i], original[i]);
            after += squares(restored[i], original[i]);
        }
    }
    Measured {
        precision: if all > 0.0 { hit / all } else { 0.0 },
        recall: seen / f64::max(changed, 1.0),
        false_mask: wrong / untouched,
        before: psnr(before / untouched),
        after: psnr(after / untouched),
        exact: equal / untouched,
        found,
    }
}

impl Measured {
    fn print(&self, behaviour: &str, edit: &str, picture: &str) {
        let f = &self.found.figures;
        println!(
            "  {behaviour:<20} {edit:<11} {picture:<26} P {:.3} R {:.3} false {:.3} {:.1} -> {:.1} exact {:.3} {:?} trusted {:.2} noise {:.2} cast {:.1?} shift {:.2?} zoom {:.2} detail {:.2}",
            self.precision,
            self.recall,
            self.false_mask,
            self.before,
            self.after,
            self.exact,
            self.found.verdict,
            f.trusted,
            f.noise,
            f.cast,
            f.shift,
            f.zoom,
            f.detail,
        );
    }
}

fn squares(a: [u8; 3], b: [u8; 3]) -> f64 {
    (0..3).map(|c| f64::from(a[c].abs_diff(b[c])).powi(2)).sum::<f64>() / 3.0
}

fn psnr(mean_square: f64) -> f64 {
    (10.0 * (255.0 * 255.0 / mean_square.max(1e-9)).log10()).min(60.0)
}

impl Row {
    fn add(&mut self, m: &Measured) {
        self.precision.push(m.precision);
        self.recall.push(m.recall);
        self.false_mask.push(m.false_mask);
        self.before.push(m.before);
        self.after.push(m.after);
        self.exact.push(m.exact);
        self.local += usize::from(m.found.verdict == Verdict::Local);
        self.runs += 1;
    }

    fn print(&self, name: &str) {
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let least = |v: &[f64]| v.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "{name:<22} {:>7.3} ({:>5.2}) {:>7.3} ({:>5.2}) {:>10.1} % {:>7.1} {:>7.1} ({:>5.1}) {:>7.1} % ({:>3.0}) {:>4}/{}",
            mean(&self.precision),
            least(&self.precision),
            mean(&self.recall),
            least(&self.recall),
            mean(&self.false_mask) * 100.0,
            mean(&self.before),
            mean(&self.after),
            least(&self.after),
            mean(&self.exact) * 100.0,
            least(&self.exact) * 100.0,
            self.local,
            self.runs,
        );
    }
}

/// Wall and CPU milliseconds at one and at twelve megapixels.
fn cost(pictures: &[Picture]) {
    println!("{:<22} {:>9} {:>9}", "cost", "wall ms", "CPU ms");
    for (name, width, height) in [("1 megapixel", 1156, 867), ("12 megapixels", 4000, 3000)] {
        let base = pictures[0].resized(width, height);
        let edited = EDITS[0].1(&base, &pictures[1 % pictures.len()]);
        let result = (BEHAVIOURS[7].1)(&edited.picture);
        let (base, result) = (base.raster(), result.raster());
        let (start, cpu) = (Instant::now(), cpu_ms());
        let found = compare(&base, &result, &CompareOptions::default(), &Unwatched).expect("not cancelled");
        let (middle, middle_cpu) = (start.elapsed().as_millis(), cpu_ms() - cpu);
        let restored = restore(&base, &result, &found, &Unwatched).expect("not cancelled");
        let (wall, cpu) = (start.elapsed().as_millis(), cpu_ms() - cpu);
        std::hint::black_box(restored);
        println!("{name:<22} {wall:>9} {cpu:>9}   of it comparing {middle} {middle_cpu}");
        let other = pictures[1 % pictures.len()].resized(width, height).raster();
        let (start, cpu) = (Instant::now(), cpu_ms());
        std::hint::black_box(compare(&base, &other, &CompareOptions::default(), &Unwatched).expect("not cancelled"));
        let (wall, cpu) = (start.elapsed().as_millis(), cpu_ms() - cpu);
        println!("{:<22} {wall:>9} {cpu:>9}", "  something else");
    }
}

/// Milliseconds of CPU that this process has used, where the system tells (Linux), else 0.
fn cpu_ms() -> u128 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|v| v.parse::<u128>().ok()).sum::<u128>() * 10
}
