//! Times every operation on a drawn picture of 12 megapixels: wall, CPU and peak memory, one line each.
//!
//! `cargo bench -p plantain-engine --bench operations [-- --model-dir DIR] [blur]`; with the folder of nets that
//! `plantain models pull` fills, what uses a net is timed with it, and without it the simple way. A plain harness, since
//! what counts is whether an edit feels instant. The table of a whole run stands in `README.md` beside this.

#[path = "measure/mod.rs"]
mod measure;

use std::path::Path;

use measure::{SIZE, nets, once, still_life};
use plantain_engine::{
    Context, Finds, Group, Mask, Op, OperationInfo, RenderContext, Step, Target, Unwatched, nets::Nets, operations,
    render, understand,
};

fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` runs benches once as well; timing there would only be noise.
    if words.iter().any(|a| a == "--test") {
        return;
    }
    let folder = words.iter().position(|w| w == "--model-dir").map(|at| {
        words.remove(at);
        words.remove(at)
    });
    let nets = folder.map(|folder| nets(Path::new(&folder))).unwrap_or_default();
    words.retain(|word| !word.starts_with("--"));
    println!(
        "{:<18} {:>8} {:>8} {:>10}  {nets:?}",
        "12 megapixels", "wall ms", "CPU ms", "MiB more"
    );
    for info in operations() {
        if words.is_empty() || words.iter().any(|word| *word == info.op.name()) {
            time(info, &nets);
        }
    }
}

fn time(info: &OperationInfo, nets: &Nets) {
    let (steps, with) = job(info, nets);
    let picture = still_life();
    let (took, edited) = once(|| render(&steps, picture, &with, &Unwatched));
    let problem = edited.err().map(|error| format!("  {error}")).unwrap_or_default();
    println!(
        "{:<18} {:>8} {:>8} {:>10}{problem}",
        info.op.name(),
        took.wall_ms,
        took.cpu_ms,
        took.peak_mib
    );
}

/// The operation's own example. What works on a thing gets one drawn: 3 % of the picture.
fn job(info: &OperationInfo, nets: &Nets) -> (Vec<Step>, RenderContext) {
    let needs_thing = info.group == Group::Objects || matches!(info.op, Op::Move | Op::Scale);
    let context = Context {
        finds: Finds {
            styles: true,
            ..Finds::without_nets()
        },
        region: needs_thing,
        references: 1,
        ..Context::default()
    };
    let mut steps = understand(info.example, &context).steps;
    // In words it is the blur of the background.
    steps
        .iter_mut()
        .for_each(|s| s.op = if info.op == Op::BackgroundBlur { info.op } else { s.op });
    let mut with = RenderContext {
        nets: nets.clone(),
        max_pixels: 400_000_000,
        ..RenderContext::default()
    };
    if needs_thing {
        steps.iter_mut().for_each(|s| s.target = Target::Region);
        with.region = Mask::rectangle(SIZE, (1700, 1200, 600, 600)).ok();
        with.references = vec![still_life()];
    }
    (steps, with)
}
