//! The room `sched`, with libc and /proc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/seccomp.rs"]
mod seccomp;
#[path = "../util/mod.rs"]
mod util;

mod affinity;
mod attr;
mod policy;

use rawos::process::Pid;

/// The calling thread.
const SELF: Pid = Pid(0);

/// A number that no thread has: there are at most 2 to the 22nd.
const NOBODY: Pid = Pid(i32::MAX);

/// Runs `then` in a thread of its own, whose scheduling is its own too.
fn alone<T: Send>(then: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(then);
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The calling thread's own number.
fn tid() -> i32 {
    // SAFETY: takes nothing.
    unsafe { libc::gettid() }
}
