//! Test cases that need a process of their own, with one thread: they change
//! what all threads share, or must be alone. The test binary is run again, and
//! the case runs before libtest's `main`, which would start threads.

use std::{
    env,
    io::Write as _,
    panic,
    process::{Command, Output},
};

use super::{default_signals, this_program};

/// The variable that says which case a process is for.
const CASE: &str = "RAWOS_CASE";

/// Runs the case this process is for, if it is for one. To be called from the
/// `.init_array`.
pub fn start(cases: &[(&str, fn())]) {
    let Ok(name) = env::var(CASE) else { return };
    count();
    let Some((_, case)) = cases.iter().find(|(known, _)| *known == name) else {
        eprintln!("no case {name}");
        std::process::exit(102);
    };
    default_signals();
    let code = if panic::catch_unwind(case).is_ok() { 0 } else { 101 };
    let _ = std::io::stdout().flush();
    std::process::exit(code);
}

/// Begins to count what runs, where `cargo xtask coverage` measures it. What the
/// compiler has for that would begin before `main`, but after `.init_array`
/// comes to the caller; and the environment may be another.
pub fn count() {
    #[cfg(coverage)]
    {
        unsafe extern "C" {
            safe fn __llvm_profile_initialize();
            fn __llvm_profile_set_filename(pattern: *const core::ffi::c_char);
        }
        __llvm_profile_initialize();
        const FILE: &str = concat!(env!("LLVM_PROFILE_FILE"), "\0");
        // SAFETY: it is a string with its NUL, and stays.
        unsafe { __llvm_profile_set_filename(FILE.as_ptr().cast()) };
        // Both leave a mark there.
        // SAFETY: there is one thread, and nobody else reads the environment.
        unsafe { env::remove_var("__LLVM_PROFILE_RT_INIT_ONCE") };
    }
}

/// Has [`start`] run the given functions, by their names.
#[macro_export]
macro_rules! cases {
    ($($module:ident::$case:ident),* $(,)?) => {
        #[used]
        #[unsafe(link_section = ".init_array")]
        static CASES: extern "C" fn() = {
            extern "C" fn start() {
                $crate::util::child::start(&[
                    $((concat!(stringify!($module), "::", stringify!($case)), $module::$case)),*
                ]);
            }
            start
        };
    };
}

/// A command that runs the case `name` in a process of its own.
pub fn command(name: &str) -> Command {
    let mut command = this_program();
    command.env(CASE, name);
    command
}

/// Runs `command` to its end, which must be a success.
pub fn passes(command: &mut Command) -> Output {
    let output = command.output().expect("the test runs again");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {text}", output.status);
    // Past the test harness: what does not run is said here.
    std::io::stderr().write_all(&output.stderr).expect("standard error");
    output
}
