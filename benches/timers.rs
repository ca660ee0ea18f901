//! How late timers are: a timerfd every millisecond, against CLOCK_MONOTONIC.
//!
//! What counts is the delay from the moment a timer was due to the moment its
//! reader knows it, by rawos and by libc: the difference is the wrapper's, the
//! rest the kernel's and the machine's.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use common::Bench;
use rawos::{
    time::{ClockId, clock_gettime},
    timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
};

/// The length of an interval in nanoseconds.
const INTERVAL: i64 = 1_000_000;

fn now() -> i64 {
    let now = clock_gettime(ClockId::MONOTONIC).expect("a clock");
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// The delays of so many expiries in seconds, each waited for by `read`, which
/// returns how many there were.
fn delays(count: u64, read: impl Fn(&rawos::fd::OwnedFd) -> u64) -> f64 {
    let timer =
        timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty()).expect("a timer");
    let start = now() + INTERVAL;
    timerfd::timerfd_settime_ns(&timer, TimerfdTimerFlags::ABSTIME, start, INTERVAL).expect("set");
    let (mut total, mut expired) = (0, 0);
    for _ in 0..count {
        expired += read(&timer) as i64;
        // That of the last of those that it tells of: the others were missed.
        total += now() - (start + (expired - 1) * INTERVAL);
    }
    total as f64 / 1e9
}

fn by_libc(timer: &rawos::fd::OwnedFd) -> u64 {
    let mut count = 0u64;
    // SAFETY: writes eight bytes.
    let len = unsafe { libc::read(timer.as_raw_fd(), (&raw mut count).cast(), 8) };
    assert_eq!(len, 8);
    count
}

fn by_rawos(timer: &rawos::fd::OwnedFd) -> u64 {
    timerfd::timerfd_read(timer).expect("a count")
}

fn main() {
    let mut bench = Bench::new();
    bench.row(
        "timerfd, delay of an expiry",
        "libc",
        |count| delays(count, by_rawos),
        |count| delays(count, by_libc),
    );
    bench.finish();
}
