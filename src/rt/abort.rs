//! The end of a program that found itself wrong.
#![forbid(unsafe_code)]

use linux_raw_sys::general::SIGABRT;

use crate::{arch, sys};

/// Ends the process by the default action of `SIGABRT`, whatever the program
/// made of that signal.
///
/// As abort(3): a handler runs first, if there is one. Should the kernel let
/// the process live (PID 1, a seccomp filter), it traps.
#[cold]
pub(crate) fn abort() -> ! {
    // Nothing that fails here has a better answer than the next step.
    let _ = sys::rt::unblock(SIGABRT);
    let _ = sys::rt::raise(SIGABRT);
    let _ = sys::rt::default_action(SIGABRT);
    let _ = sys::rt::raise(SIGABRT);
    arch::trap()
}
