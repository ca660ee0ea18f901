//! The time, by the system call: the way around it, by the vDSO, is more code
//! than is worth a few calls a second.

use rawos::{
    raw::{self, Sysno},
    time::{ClockId, Timespec},
};

use super::machine::Millis;

fn read(clock: ClockId) -> Timespec {
    let mut time = Timespec { tv_sec: 0, tv_nsec: 0 };
    let place = (&raw mut time).expose_provenance();
    // SAFETY: clock_gettime(2) writes a `struct timespec`, which this is, and
    // nothing else, during the call.
    let _ = unsafe { raw::syscall(Sysno::clock_gettime, [clock.0.unsigned_abs() as usize, place]) };
    time
}

/// The time since the machine's start.
#[inline(never)]
pub fn now() -> Millis {
    let time = read(ClockId::MONOTONIC);
    time.tv_sec.unsigned_abs() * 1000 + time.tv_nsec.unsigned_abs() / 1_000_000
}

/// The processor time that this process has used, in microseconds.
pub fn used() -> u64 {
    let time = read(ClockId::PROCESS_CPUTIME_ID);
    time.tv_sec.unsigned_abs() * 1_000_000 + time.tv_nsec.unsigned_abs() / 1000
}
