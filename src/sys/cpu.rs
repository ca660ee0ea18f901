//! System calls about a process's share of the CPU: its priority, its times.

use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch};

/// getpriority(2) as the kernel has it: 20 minus the nice value.
#[inline(always)]
pub(crate) fn getpriority(which: u32, who: u32) -> Result<i32> {
    // SAFETY: getpriority(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::getpriority, which.arg(), who.arg()) };
    Errno::check(raw).map(|priority| priority as i32)
}

/// setpriority(2), which takes the nice value.
#[inline(always)]
pub(crate) fn setpriority(which: u32, who: u32, nice: i32) -> Result<()> {
    // SAFETY: setpriority(2) touches no memory.
    let raw = unsafe { arch::syscall3(nr::setpriority, which.arg(), who.arg(), nice.arg()) };
    Errno::check(raw).map(drop)
}

/// `struct tms`: user and system time, then those of children, in ticks.
pub(crate) type Tms = [i64; 4];

/// times(2): the clock, and the four times.
#[inline(always)]
pub(crate) fn times() -> Result<(i64, Tms)> {
    let mut tms = Tms::default();
    // SAFETY: times(2) writes one `struct tms` at `tms`: four longs.
    let raw = unsafe { arch::syscall1(nr::times, (&raw mut tms).arg()) };
    let clock = Errno::check(raw)?;
    Ok((clock as i64, tms))
}
