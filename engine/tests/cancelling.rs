//! A cancel is answered at once, whatever is under way: every slow operation looks often, and what cannot look is left alone.
//!
//! Times are compared with the operation's own, since tests share their machine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use plantain_engine::nets::{Net, NetError, Nets, Tensor};
use plantain_engine::{Channels, Mask, Op, Params, Raster, RenderContext, RenderError, Step, Target, Watch, render};

const SIZE: (u32, u32) = (900, 700);

/// Cancels after so many looks, and notes when.
struct Impatient {
    looks: AtomicUsize,
    patience: usize,
    lost_it: Mutex<Option<Instant>>,
}

impl Impatient {
    fn after(patience: usize) -> Self {
        Self {
            looks: AtomicUsize::new(0),
            patience,
            lost_it: Mutex::new(None),
        }
    }
}

impl Watch for Impatient {
    fn progress(&self, _fraction: f32, _step: &str) {}

    fn is_cancelled(&self) -> bool {
        if self.looks.fetch_add(1, Ordering::SeqCst) < self.patience {
            return false;
        }
        self.lost_it
            .lock()
            .expect("nobody panics")
            .get_or_insert_with(Instant::now);
        true
    }
}

/// A red box on leaves.
fn picture() -> Raster {
    let samples = (0..SIZE.0 * SIZE.1).flat_map(|i| {
        let (x, y) = (i % SIZE.0, i / SIZE.0);
        if x.abs_diff(450) < 90 && y.abs_diff(400) < 110 {
            return [200, 50 + (x % 40) as u8, 60];
        }
        let leaf = ((x as f32 * 0.11).sin() * (y as f32 * 0.13 + (x as f32 * 0.05).cos() * 4.0).sin()).abs();
        [40 + (40.0 * leaf) as u8, 90 + (80.0 * leaf) as u8, 35]
    });
    Raster::from_u8(SIZE.0, SIZE.1, Channels::Rgb, samples.collect()).expect("it fits")
}

fn slow_steps() -> Vec<Step> {
    let with = |op, target, params| Step {
        params,
        ..Step::new(op).on(target)
    };
    let two = || Params {
        reference: Some(2),
        ..Params::default()
    };
    let scene = |name: &str| Params {
        scene: Some(name.to_owned()),
        ..Params::default()
    };
    vec![
        with(Op::Remove, Target::Region, Params::default()),
        with(
            Op::Move,
            Target::Region,
            Params {
                dx: Some(0.2),
                ..Params::default()
            },
        ),
        with(Op::Pattern, Target::Region, two()),
        with(Op::Insert, Target::Picture, two()),
        with(Op::Duplicate, Target::Region, Params::default()),
        with(
            Op::Recolor,
            Target::Region,
            Params {
                color: Some("#2040c0".into()),
                ..Params::default()
            },
        ),
        with(
            Op::Expand,
            Target::Picture,
            Params {
                scale: Some(1.3),
                ..Params::default()
            },
        ),
        with(
            Op::Upscale,
            Target::Picture,
            Params {
                scale: Some(2.0),
                ..Params::default()
            },
        ),
        with(Op::BackgroundReplace, Target::Background, scene("enchanted_forest")),
        with(Op::BackgroundReplace, Target::Background, scene("cyberpunk_city")).with_strength(0.5),
        with(Op::BackgroundBlur, Target::Background, Params::default()).with_strength(0.7),
        Step::new(Op::Oil).with_strength(0.7),
        Step::new(Op::Cartoon).with_strength(0.7),
        Step::new(Op::Poster).with_strength(0.7),
        Step::new(Op::Halftone).with_strength(0.7),
        Step::new(Op::Denoise).with_strength(0.7),
        Step::new(Op::Snow).with_strength(0.7),
        Step::new(Op::Rain).with_strength(0.7),
    ]
}

#[test]
fn every_slow_operation_stops_when_it_is_told_to() {
    let context = RenderContext {
        region: Some(Mask::rectangle(SIZE, (350, 280, 200, 240)).expect("it fits")),
        references: vec![picture()],
        ..RenderContext::default()
    };
    let mut rows = Vec::new();
    for step in slow_steps() {
        let plan = std::slice::from_ref(&step);
        let (quiet, begun) = (Impatient::after(usize::MAX), Instant::now());
        render(plan, picture(), &context, &quiet).unwrap_or_else(|error| panic!("{step:?}: {error}"));
        let (whole, looks) = (begun.elapsed(), quiet.looks.into_inner());
        assert!(looks >= 30, "{:?} looks {looks} times in {whole:?}", step.op);
        for patience in [looks / 4, looks / 2, looks * 3 / 4] {
            let impatient = Impatient::after(patience);
            let outcome = render(plan, picture(), &context, &impatient);
            let took = impatient
                .lost_it
                .into_inner()
                .expect("nobody panics")
                .map(|at| at.elapsed());
            // The looks of a net or a scene depend on how long it took: a quicker run may end before.
            if outcome.is_ok() {
                assert!(
                    impatient.looks.into_inner() <= patience + 1,
                    "{:?} did not heed it",
                    step.op
                );
                continue;
            }
            assert_eq!(outcome, Err(RenderError::Cancelled), "{:?}", step.op);
            let took = took.expect("it was cancelled");
            rows.push(format!(
                "{:?} of {whole:?}: {took:?} after look {patience} of {looks}",
                step.op
            ));
            let most = Duration::from_secs(1).max(whole / 2);
            assert!(took < most, "{:?} went on for {took:?} of {whole:?}", step.op);
        }
    }
    println!("{}", rows.join("\n"));
}

/// A net that does not answer before it is allowed to.
struct Stuck(Arc<(Mutex<bool>, Condvar)>);

impl Net for Stuck {
    fn run(&self, _inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        let (lock, bell) = &*self.0;
        let free = lock.lock().expect("nobody panics");
        let (free, _) = bell
            .wait_timeout_while(free, Duration::from_secs(60), |free| !*free)
            .expect("nobody panics");
        assert!(*free, "the render waited for a net that was cancelled");
        Err(NetError::Failed("nobody asks any more".to_owned()))
    }
}

#[test]
fn a_net_under_way_is_left_alone() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let context = RenderContext {
        nets: Nets {
            subject: Some(Arc::new(Stuck(Arc::clone(&gate)))),
            ..Nets::default()
        },
        ..RenderContext::default()
    };
    let outcome = render(&[Step::new(Op::Cutout)], picture(), &context, &Impatient::after(100));
    assert_eq!(outcome, Err(RenderError::Cancelled));
    *gate.0.lock().expect("nobody panics") = true;
    gate.1.notify_all();
}
