//! The rooms `time` and `timerfd`, with libc and std as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod clock;
mod set;
mod timerfd;
mod timespec;

/// A clock's nanoseconds, as libc reads it.
fn now(clock: libc::clockid_t) -> i128 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::clock_gettime(clock, &mut time) }, 0);
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}
