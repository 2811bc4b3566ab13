//! Times every operation on a drawn picture of 12 megapixels: wall, CPU and peak memory, one line each.
//!
//! `cargo bench -p plantain-engine [-- blur]`; a plain harness, since what counts is whether an edit feels instant.

use std::time::Instant;

use plantain_engine::{
    Channels, Context, Finds, Group, Mask, Op, Raster, RenderContext, Target, Unwatched, operations, render, understand,
};

const SIZE: (u32, u32) = (4000, 3000);

fn main() {
    // `cargo test` runs benches once as well; timing there would only be noise.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let only: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    println!(
        "{:<14} {:>8} {:>8} {:>10}",
        "12 megapixels", "wall ms", "CPU ms", "peak MiB"
    );
    for info in operations().filter(|o| only.is_empty() || only.contains(&o.op.name())) {
        // What works on a thing gets one drawn: 3 % of the picture.
        let needs_thing = info.group == Group::Objects || matches!(info.op, Op::Move | Op::Scale);
        let context = Context {
            finds: Finds::without_nets(),
            region: needs_thing,
            references: 1,
            ..Context::default()
        };
        let mut steps = understand(info.example, &context).steps;
        let mut with = RenderContext::default();
        if needs_thing {
            steps.iter_mut().for_each(|s| s.target = Target::Region);
            with.region = Mask::rectangle(SIZE, (1700, 1200, 600, 600)).ok();
            with.references = vec![picture()];
        }
        let picture = picture();
        reset_peak();
        let (start, cpu) = (Instant::now(), cpu_ms());
        let edited = render(&steps, picture, &with, &Unwatched).expect("the examples are sound");
        let (wall, cpu) = (start.elapsed().as_millis(), cpu_ms() - cpu);
        println!("{:<14} {wall:>8} {cpu:>8} {:>10}", info.op.name(), peak_mib());
        std::hint::black_box(edited);
    }
}

/// Ramps, edges and noise, so that no operation has it easy. 34 MiB by itself.
fn picture() -> Raster {
    let (w, h) = SIZE;
    let mut samples = Vec::with_capacity((w * h * 3) as usize);
    let mut noise = 1u32;
    for y in 0..h {
        for x in 0..w {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (noise >> 28) as u8;
            let stripe = if (x / 37 + y / 53) % 2 == 0 { 30 } else { 0 };
            samples.extend([
                (x * 200 / w) as u8 + stripe + grain,
                (y * 200 / h) as u8 + stripe + grain,
                90 + stripe + grain,
            ]);
        }
    }
    Raster::from_u8(w, h, Channels::Rgb, samples).expect("the samples were made for this size")
}

/// Milliseconds of CPU that this process has used, where the system tells (Linux), else 0.
fn cpu_ms() -> u128 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u128 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|v| v.parse::<u128>().ok())
        .sum();
    ticks * 10
}

fn reset_peak() {
    // Writing 5 resets the high-water mark; where that is not allowed, the peak is the highest so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|v| v.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
