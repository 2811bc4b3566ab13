//! Plantain in a real browser: what only a browser can show. Run by `cargo test --test browser`.
//!
//! Rule: a story is a person's afternoon, told with real keys, clicks and files; it never sleeps for luck and never
//! waits for the network to be idle, because pages hold a stream open. Without Chromium every story is reported as
//! ignored, with the reason. Two run at a time, unless `--test-threads` says otherwise.
//!
//! `PLANTAIN_PHOTOS=DIR` takes a real photo from there instead of a drawn one; `PLANTAIN_SHOTS=DIR` keeps screenshots.

mod driver;
mod editing;
#[expect(dead_code, reason = "a kit shared with the tests over HTTP; not all of it is needed here")]
#[path = "../it/house.rs"]
mod house;
mod kit;

use std::{process::ExitCode, time::Duration};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::{runtime, time::timeout};

/// No story takes longer, even on a busy machine.
const LONGEST: Duration = Duration::from_secs(90);

/// A trial for each story, named after it.
macro_rules! stories {
    ($($module:ident :: $story:ident),* $(,)?) => {
        vec![$(Trial::ignorable_test(stringify!($story), || play($module::$story))),*]
    };
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(2);
    let stories = stories![
        editing::ui_4_1_three_edits_appear_live_one_after_the_other,
        editing::ui_4_13_a_first_load_stays_within_its_budget,
    ];
    libtest_mimic::run(&arguments, stories).exit_code()
}

fn play<Story, Told>(story: Story) -> Result<Completion, Failed>
where
    Story: FnOnce() -> Told,
    Told: Future<Output = ()>,
{
    if let Some(reason) = driver::missing() {
        return Ok(Completion::ignored_with(reason));
    }
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let ended = runtime.block_on(async { timeout(LONGEST, story()).await });
    runtime.shutdown_background();
    ended.map(|()| Completion::Completed).map_err(|_| Failed::from("took too long"))
}
