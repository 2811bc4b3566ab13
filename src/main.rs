//! The program: which command was asked for, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    plantain::memory::give_back_what_is_freed();
    plantain::cli::main()
}
