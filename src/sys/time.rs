//! System calls about clocks.

use syscalls::Sysno as nr;

use super::{Arg, vdso};
use crate::{
    Errno, Result, arch,
    time::{ClockId, SleepFlags, Timespec},
};

/// clock_gettime(2): the one place where the crate asks a clock.
#[inline(always)]
pub(crate) fn clock_gettime(clock: ClockId) -> Result<Timespec> {
    vdso::clock_gettime(clock.0)
}

/// clock_getres(2)
#[inline(always)]
pub(crate) fn clock_getres(clock: ClockId) -> Result<Timespec> {
    let mut time = Timespec::default();
    // SAFETY: clock_getres(2) writes one `struct timespec` at `time`.
    let raw = unsafe { arch::syscall2(nr::clock_getres, clock.0.arg(), (&raw mut time).arg()) };
    Errno::check(raw)?;
    Ok(time)
}

/// clock_settime(2)
#[inline(always)]
pub(crate) fn clock_settime(clock: ClockId, time: &Timespec) -> Result<()> {
    // SAFETY: clock_settime(2) reads one `struct timespec` at `time`.
    let raw = unsafe { arch::syscall2(nr::clock_settime, clock.0.arg(), (&raw const *time).arg()) };
    Errno::check(raw).map(drop)
}

/// Waits so many nanoseconds for another thread, or until a signal comes.
/// Threads of lower priority run too, which sched_yield(2) would not let them.
#[inline]
pub(crate) fn pause(ns: i64) {
    let mut time = Timespec { tv_sec: 0, tv_nsec: ns };
    // The caller looks again, whatever ended it.
    let _ = clock_nanosleep(ClockId::MONOTONIC, SleepFlags::empty(), &mut time);
}

/// clock_nanosleep(2): when a signal interrupts a relative sleep, `time`
/// becomes what is left of it.
#[inline(always)]
pub(crate) fn clock_nanosleep(
    clock: ClockId,
    flags: SleepFlags,
    time: &mut Timespec,
) -> Result<()> {
    let time: *mut Timespec = time;
    // SAFETY: clock_nanosleep(2) reads one `struct timespec` at its third
    // argument and, that done, may write one at its fourth.
    let raw = unsafe {
        arch::syscall4(nr::clock_nanosleep, clock.0.arg(), flags.arg(), time.arg(), time.arg())
    };
    Errno::check(raw).map(drop)
}
