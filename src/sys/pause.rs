//! Waiting a moment for another thread.

use core::ptr;

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::arch;

/// nanosleep(2) for so many nanoseconds, less than a second, or until a signal
/// comes. Threads of lower priority run too, which sched_yield(2) would not
/// let them.
pub(crate) fn pause(ns: u32) {
    let time = uapi::__kernel_timespec { tv_sec: 0, tv_nsec: ns.into() };
    // SAFETY: nanosleep(2) reads the time and writes no rest at a null.
    let _ = unsafe {
        arch::syscall2(nr::nanosleep, (&raw const time).arg(), ptr::null_mut::<()>().arg())
    };
}
