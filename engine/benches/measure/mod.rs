//! What the benches share: a picture of 12 megapixels, and how wall time, CPU time and peak memory are read.
//!
//! The one rule: on a machine that others use too, CPU time and the best of several runs are what counts. CPU and memory are
//! told by Linux alone; elsewhere they are 0.

use std::path::Path;
use std::time::Instant;

use plantain_engine::nets::{Net, Nets, load};
use plantain_engine::{Raster, Samples, drawings};

pub const SIZE: (u32, u32) = (4000, 3000);

/// The drawn still life at 12 megapixels: a cup, fruit and a table by a window, with grain. 34 MiB by itself.
pub fn still_life() -> Raster {
    let drawn = drawings::still_life();
    let (channels, size) = (drawn.channels(), (drawn.width(), drawn.height()));
    let Samples::U8(samples) = drawn.into_samples() else {
        unreachable!("drawings have 8 bits");
    };
    let mut large = plantain_scale::scale(&samples, 3, size, SIZE).expect("a picture");
    let mut noise = 1u32;
    for sample in &mut large {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = sample.saturating_add((noise >> 29) as u8);
    }
    Raster::from_u8(SIZE.0, SIZE.1, channels, large).expect("the samples were made for this size")
}

/// The nets of a folder that `plantain models pull` has filled.
pub fn nets(folder: &Path) -> Nets {
    let net = |name: &str| -> Option<std::sync::Arc<dyn Net>> {
        let bytes = std::fs::read(folder.join(name).with_extension("onnx")).ok()?;
        load(bytes).ok()
    };
    Nets {
        subject: net("subject"),
        objects: net("objects"),
        upscale_2: net("upscale_2"),
        upscale_4: net("upscale_4"),
        style: net("style"),
        ..Nets::default()
    }
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub wall_ms: u128,
    pub cpu_ms: u128,
    /// Above what the process held before.
    pub peak_mib: u64,
}

/// Runs it once.
pub fn once<T>(work: impl FnOnce() -> T) -> (Took, T) {
    // Writing 5 resets the high-water mark; where that is not allowed, the peak is the highest so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (start, cpu, before) = (Instant::now(), cpu_ms(), status_mib("VmRSS:"));
    let made = work();
    let took = Took {
        wall_ms: start.elapsed().as_millis(),
        cpu_ms: cpu_ms() - cpu,
        peak_mib: status_mib("VmHWM:").saturating_sub(before),
    };
    (took, made)
}

/// Milliseconds of CPU that this process has used.
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

fn status_mib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(name)).unwrap_or_default();
    let kib = line.split_whitespace().nth(1).and_then(|v| v.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
