//! How much a picture changed, and how long something took.

use std::time::{Duration, Instant};

use image::RgbImage;

/// Peak signal to noise ratio over the three colours, in dB.
pub fn psnr(a: &RgbImage, b: &RgbImage) -> f64 {
    let squares: f64 = a
        .iter()
        .zip(b.iter())
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 / (squares / a.len() as f64).max(1e-9)).log10()
}

/// Structural similarity after Wang et al. (2004): windows of 7 x 7, mean over the three colours.
pub fn ssim(a: &RgbImage, b: &RgbImage) -> f64 {
    (0..3).map(|colour| ssim_of(a, b, colour)).sum::<f64>() / 3.0
}

fn ssim_of(a: &RgbImage, b: &RgbImage, colour: usize) -> f64 {
    const SIDE: usize = 7;
    const N: f64 = (SIDE * SIDE) as f64;
    let (width, height) = (a.width() as usize, a.height() as usize);
    // Running sums down the columns, then a window's sum along them.
    let mut columns = vec![[0.0f64; 5]; width];
    let values = |x: usize, y: usize| {
        let at = (y * width + x) * 3 + colour;
        let (a, b) = (f64::from(a.as_raw()[at]), f64::from(b.as_raw()[at]));
        [a, b, a * a, b * b, a * b]
    };
    let mut total = 0.0;
    for y in 0..height {
        for (x, column) in columns.iter_mut().enumerate() {
            let leaving = if y >= SIDE { values(x, y - SIDE) } else { [0.0; 5] };
            for (sum, (v, l)) in column.iter_mut().zip(values(x, y).into_iter().zip(leaving)) {
                *sum += v - l;
            }
        }
        if y + 1 >= SIDE {
            total += columns
                .windows(SIDE)
                .map(|window| {
                    let sums: [f64; 5] = std::array::from_fn(|i| window.iter().map(|c| c[i]).sum());
                    similarity(sums.map(|s| s / N), N / (N - 1.0))
                })
                .sum::<f64>();
        }
    }
    total / ((width - SIDE + 1) * (height - SIDE + 1)) as f64
}

fn similarity([a, b, aa, bb, ab]: [f64; 5], sample: f64) -> f64 {
    const C1: f64 = 6.5025;
    const C2: f64 = 58.5225;
    let (va, vb, cov) = ((aa - a * a) * sample, (bb - b * b) * sample, (ab - a * b) * sample);
    ((2.0 * a * b + C1) * (2.0 * cov + C2)) / ((a * a + b * b + C1) * (va + vb + C2))
}

/// What it gave and the processor time it took; wall time where the system doesn't tell (it does on Linux).
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (start, before) = (Instant::now(), processor_time());
    let out = work();
    let spent = match (before, processor_time()) {
        (Some(before), Some(after)) => after - before,
        _ => start.elapsed(),
    };
    (out, spent)
}

/// Nanoseconds this thread has run.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}
