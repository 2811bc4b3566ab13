//! Our side of the comparison with OpenCV, libvips and Pillow: the nearest operation of ours to each job, on one picture.
//!
//! `cargo bench -p plantain-engine --bench compare -- --picture FILE.ppm [job]` writes the picture and times us; then
//! `python3 engine/benches/compare.py FILE.ppm` times the others on the very same bytes. What corresponds to what, and
//! what came out, stands in `README.md` beside this.

#[expect(dead_code, reason = "nets are for the other bench")]
#[path = "measure/mod.rs"]
mod measure;

use std::hint::black_box;
use std::io::Write as _;

use measure::{SIZE, Took, once, still_life};
use plantain_engine::{Mask, Op, Raster, RenderContext, Samples, Step, Target, Unwatched, render, smart_select};

/// How often each job is done.
const RUNS: usize = 5;

/// A job: its name, what does it here, and how.
type Job = (&'static str, &'static str, fn(Raster));

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs benches once as well; timing there would only be noise.
    if words.iter().any(|a| a == "--test") {
        return Ok(());
    }
    let picture = still_life();
    let file = words
        .iter()
        .position(|w| w == "--picture")
        .and_then(|at| words.get(at + 1));
    if let Some(file) = file {
        write_ppm(file, &picture)?;
    }
    println!(
        "{:<12} {:>8} {:>8} {:>8} {:>8}  what",
        "job", "best ms", "mid ms", "CPU ms", "MiB"
    );
    let jobs: [Job; 8] = [
        (
            "thumbnail",
            "plantain-scale to 640x480 (Lanczos), as the pages' small copies",
            thumbnail,
        ),
        (
            "resize",
            "`resize` to 640 px (Lanczos, linear light), as an edit",
            resize,
        ),
        ("blur", "`blur`, sigma 20, in linear light", blur),
        ("colour", "`hue` by 60 degrees, in OKLab", hue),
        ("bilateral", "`denoise` (7x7, by likeness, two spreads)", denoise),
        ("inpaint", "`remove` of 3 % (PatchMatch over a pyramid)", remove),
        ("clone", "`duplicate` of 600x600 px (soft edge, no Poisson)", duplicate),
        (
            "grabcut",
            "`smart_select` from a box (GrabCut small, guided filter at full size)",
            select,
        ),
    ];
    let chosen = |name: &str| words.iter().all(|w| jobs.iter().all(|j| j.0 != w)) || words.iter().any(|w| w == name);
    for (name, what, work) in jobs.iter().filter(|job| chosen(job.0)) {
        let mut took: Vec<Took> = (0..RUNS)
            .map(|_| {
                let picture = picture.clone();
                once(|| work(picture)).0
            })
            .collect();
        took.sort_by_key(|t| t.wall_ms);
        let cpu = took.iter().map(|t| t.cpu_ms).min().unwrap_or(0);
        let peak = took.iter().map(|t| t.peak_mib).max().unwrap_or(0);
        println!(
            "{name:<12} {:>8} {:>8} {cpu:>8} {peak:>8}  {what}",
            took[0].wall_ms,
            took[RUNS / 2].wall_ms
        );
    }
    Ok(())
}

fn write_ppm(file: &str, picture: &Raster) -> std::io::Result<()> {
    let Samples::U8(samples) = picture.samples() else {
        unreachable!("the picture has 8 bits");
    };
    let mut file = std::fs::File::create(file)?;
    write!(file, "P6\n{} {}\n255\n", SIZE.0, SIZE.1)?;
    file.write_all(samples)
}

fn done(step: Step, picture: Raster, region: Option<Mask>) {
    let with = RenderContext {
        region,
        ..RenderContext::default()
    };
    black_box(render(&[step], picture, &with, &Unwatched).expect("a sound step"));
}

fn thumbnail(picture: Raster) {
    let Samples::U8(samples) = picture.samples() else {
        unreachable!("the picture has 8 bits");
    };
    black_box(plantain_scale::scale(samples, 3, SIZE, (640, 480)).expect("a picture"));
}

fn resize(picture: Raster) {
    let mut step = Step::new(Op::Resize);
    step.params.width = Some(640);
    done(step, picture, None);
}

fn blur(picture: Raster) {
    let mut step = Step::new(Op::Blur);
    // Told as a radius, which is twice the sigma.
    step.params.width = Some(40);
    done(step, picture, None);
}

fn hue(picture: Raster) {
    let mut step = Step::new(Op::Hue);
    step.params.degrees = Some(60.0);
    done(step, picture, None);
}

fn denoise(picture: Raster) {
    done(Step::new(Op::Denoise).with_strength(0.5), picture, None);
}

/// 600 × 600 pixels are 3 %.
fn region() -> Mask {
    Mask::rectangle(SIZE, (1700, 1200, 600, 600)).expect("a mask")
}

fn remove(picture: Raster) {
    done(Step::new(Op::Remove).on(Target::Region), picture, Some(region()));
}

fn duplicate(picture: Raster) {
    let mut step = Step::new(Op::Duplicate).on(Target::Region);
    step.params.dx = Some(-0.2);
    done(step, picture, Some(region()));
}

fn select(picture: Raster) {
    let rough = Mask::rectangle(SIZE, (1200, 900, 1600, 1200)).expect("a mask");
    black_box(smart_select(&rough, &picture, &Unwatched).expect("not cancelled"));
}
