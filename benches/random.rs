//! Random bytes against the crate getrandom and rustix, and clocks against libc
//! and rustix. `cargo xtask bench` makes the table.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::hint::black_box;

use common::{Bench, cpu};
use rawos::{
    getrandom::urandom,
    time::{ClockId, clock_gettime},
};

fn random<const N: usize>(bench: &mut Bench) {
    let row = format!("urandom, {N} bytes");
    let [mut ours, mut again, mut theirs, mut kernels] = [[0; N]; 4];
    bench.row(
        &row,
        "getrandom",
        cpu(|| assert!(urandom(black_box(&mut ours)).is_ok())),
        cpu(|| assert!(getrandom::fill(black_box(&mut theirs)).is_ok())),
    );
    bench.row(
        &row,
        "rustix",
        cpu(|| assert!(urandom(black_box(&mut again)).is_ok())),
        cpu(|| {
            let flags = rustix::rand::GetRandomFlags::empty();
            assert!(rustix::rand::getrandom(black_box(&mut kernels[..]), flags).is_ok());
        }),
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
    let mut bench = Bench::new();
    random::<4>(&mut bench);
    random::<16>(&mut bench);
    random::<32>(&mut bench);
    random::<256>(&mut bench);
    random::<4096>(&mut bench);
    random::<65536>(&mut bench);
    let ours = || cpu(|| _ = black_box(rawos_clock()));
    bench.row("clock_gettime", "libc", ours(), cpu(|| _ = black_box(libc_clock())));
    bench.row("clock_gettime", "rustix", ours(), cpu(|| _ = black_box(rustix_clock())));
    bench.finish();
}
