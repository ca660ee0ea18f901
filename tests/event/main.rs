//! The rooms `eventfd`, `poll`, `epoll` and `inotify`, with libc as the witness.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/seccomp.rs"]
mod seccomp;
#[path = "../util/mod.rs"]
mod util;

mod epoll;
mod eventfd;
mod inotify;
mod poll;

use std::{thread, time::Instant};

use rawos::{fd::BorrowedFd, signal::SigSet};

/// A descriptor that is not open.
fn closed() -> BorrowedFd<'static> {
    // SAFETY: nobody has this descriptor, which is what its tests are about.
    unsafe { BorrowedFd::borrow_raw(1_000_000) }
}

/// The sets of one signal, of all others, and of all.
fn sets(signal: i32) -> [SigSet; 3] {
    let bit = 1 << (signal - 1);
    [bit, !bit, !0].map(SigSet::from_bits)
}

/// Has SIGUSR1 wait for the calling thread, which blocks it, while `then` runs.
fn with_a_signal_pending(then: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            // Installs the handler, which does nothing.
            util::interrupted(0, || {});
            // SAFETY: zeroes are a valid set.
            let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
            // SAFETY: writes the set.
            unsafe { libc::sigaddset(&mut set, libc::SIGUSR1) };
            // SAFETY: reads the set.
            let blocked =
                unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &set, std::ptr::null_mut()) };
            // SAFETY: takes nothing.
            let me = unsafe { libc::pthread_self() };
            // SAFETY: the thread is this one.
            let sent = unsafe { libc::pthread_kill(me, libc::SIGUSR1) };
            assert_eq!((blocked, sent), (0, 0));
            then();
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

/// Asserts that `then` takes as long as it should, or longer.
fn at_least(length: std::time::Duration, then: impl FnOnce()) {
    let start = Instant::now();
    then();
    assert!(start.elapsed() >= length, "{:?}", start.elapsed());
}
