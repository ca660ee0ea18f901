//! Random bytes against the crate getrandom, and clocks against libc and
//! rustix, in one run: CPU time, one after the other in turn, as ratios.
//!
//! `cargo bench --bench random` prints a table: the median of the ratios of
//! neighbouring runs (theirs by ours, so that more is better), their
//! quartiles, and nanoseconds for one call of ours.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::hint::black_box;

use rawos::{
    getrandom::urandom,
    time::{ClockId, clock_gettime},
};

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    // SAFETY: zeroes are a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) }, 0);
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Runs the two in turn, `calls` calls each, and prints the ratio of their CPU
/// times.
fn compare(what: &str, calls: u32, mut ours: impl FnMut(), mut theirs: impl FnMut()) {
    let (mut ratios, mut own) = (Vec::new(), Vec::new());
    for round in 0..=40 {
        let mut times = [0.0; 2];
        // The order changes, so that neither is always the one after the other.
        for turn in 0..2 {
            let start = cpu();
            if (turn + round) % 2 == 0 {
                (0..calls).for_each(|_| ours());
            } else {
                (0..calls).for_each(|_| theirs());
            }
            times[(turn + round) % 2] = cpu() - start;
        }
        // The first round warms the caches.
        if round > 0 {
            ratios.push(times[1] / times[0]);
            own.push(times[0] / f64::from(calls) * 1e9);
        }
    }
    ratios.sort_by(f64::total_cmp);
    own.sort_by(f64::total_cmp);
    let at = |quarter: usize| ratios[quarter * (ratios.len() - 1) / 4];
    let own = own[own.len() / 2];
    println!("{what:36} {:6.2}   {:6.2} to {:6.2}   {own:7.1} ns", at(2), at(1), at(3));
}

fn random<const N: usize>(calls: u32) {
    let (mut ours, mut theirs) = ([0; N], [0; N]);
    compare(
        &format!("getrandom crate / urandom, {N} bytes"),
        calls,
        || assert!(urandom(black_box(&mut ours)).is_ok()),
        || assert!(getrandom::fill(black_box(&mut theirs)).is_ok()),
    );
}

fn rawos_clock() -> i64 {
    clock_gettime(black_box(ClockId::MONOTONIC)).unwrap().tv_nsec
}

fn libc_clock() -> i64 {
    let mut time = core::mem::MaybeUninit::<libc::timespec>::uninit();
    let clock = black_box(libc::CLOCK_MONOTONIC);
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::clock_gettime(clock, time.as_mut_ptr()) }, 0);
    // SAFETY: the call succeeded.
    unsafe { time.assume_init() }.tv_nsec
}

fn rustix_clock() -> i64 {
    rustix::time::clock_gettime(black_box(rustix::time::ClockId::Monotonic)).tv_nsec
}

fn main() {
    println!("CPU time, theirs by ours, and its quartiles; a call of ours");
    random::<4>(100_000);
    random::<32>(100_000);
    random::<256>(50_000);
    random::<65536>(500);
    let ours = || _ = black_box(rawos_clock());
    compare("libc / clock_gettime", 500_000, ours, || _ = black_box(libc_clock()));
    compare("rustix / clock_gettime", 500_000, ours, || _ = black_box(rustix_clock()));
}
