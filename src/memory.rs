//! How the C library keeps freed memory.
//!
//! Rule: pictures come and go in blocks of tens of megabytes, and what was freed must go back to the system. glibc keeps
//! more and more of it unless its threshold is fixed, which only an environment variable read at the start can do: so
//! the program starts itself once more with it set. Called by `main` before anything else.

#[cfg(target_os = "linux")]
use std::{env, os::unix::process::CommandExt as _, process::Command};

/// The variable, and a threshold of 256 KiB: larger blocks are mapped alone and unmapped when freed.
#[cfg(target_os = "linux")]
const SETTING: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "262144");

/// Replaces this process by itself (same id, same arguments) with the setting, unless it is there already.
#[cfg(target_os = "linux")]
pub fn give_back_what_is_freed() {
    let (name, value) = SETTING;
    if env::var_os(name).is_some() {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut again = Command::new(program);
    if let Some(name) = env::args_os().next() {
        again.arg0(name);
    }
    // Only comes back when it failed; then the program runs without the setting, just with more memory.
    let _error = again.args(env::args_os().skip(1)).env(name, value).exec();
}
