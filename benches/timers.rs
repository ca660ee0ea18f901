//! How late timers are: a timerfd every millisecond, against CLOCK_MONOTONIC.
//!
//! `cargo bench --features std --bench timers [-- EXPIRIES]` prints the median,
//! the 99th percentile and the worst of the delays from the moment a timer was
//! due to the moment its reader knows it, for rawos and for libc in turn: the
//! difference is the wrapper's, the rest the kernel's and the machine's.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::env;

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

/// The delays of so many expiries in nanoseconds, each waited for by `read`,
/// which returns how many there were.
fn delays(count: usize, read: impl Fn(&rawos::fd::OwnedFd) -> u64) -> Vec<i64> {
    let timer =
        timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty()).expect("a timer");
    let start = now() + INTERVAL;
    timerfd::timerfd_settime_ns(&timer, TimerfdTimerFlags::ABSTIME, start, INTERVAL).expect("set");
    let (mut delays, mut expired) = (Vec::with_capacity(count), 0);
    while delays.len() < count {
        expired += read(&timer) as i64;
        // The last of those that it tells of: the others were missed.
        delays.push(now() - (start + (expired - 1) * INTERVAL));
    }
    delays.sort_unstable();
    delays
}

fn by_libc(timer: &rawos::fd::OwnedFd) -> u64 {
    let mut count = 0u64;
    // SAFETY: writes eight bytes.
    let len = unsafe { libc::read(timer.as_raw_fd(), (&raw mut count).cast(), 8) };
    assert_eq!(len, 8);
    count
}

fn main() {
    let count = env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(5000);
    for _ in 0..2 {
        let ours = delays(count, |timer| timerfd::timerfd_read(timer).expect("a count"));
        let theirs = delays(count, by_libc);
        for (name, delays) in [("rawos", ours), ("libc", theirs)] {
            let at = |part: f64| delays[((count - 1) as f64 * part) as usize] as f64 / 1e3;
            let [median, most, worst] = [0.5, 0.99, 1.0].map(at);
            println!("{name:6} median {median:8.1} us   99 % {most:8.1} us   worst {worst:8.1} us");
        }
    }
}
