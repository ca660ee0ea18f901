//! System calls about timers that are descriptors.

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    time::{ClockId, Timespec},
    timerfd::{TimerfdFlags, TimerfdTimerFlags},
};

/// The kernel's `struct itimerspec`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(crate) struct Itimerspec {
    /// From one expiration to the next; zero for one only.
    pub(crate) interval: Timespec,
    /// The first expiration; zero for none.
    pub(crate) value: Timespec,
}

const _: () = assert!(size_of::<Timespec>() == size_of::<uapi::__kernel_timespec>());
const _: () = assert!(size_of::<Itimerspec>() == size_of::<uapi::__kernel_itimerspec>());

/// timerfd_create(2)
#[inline(always)]
pub(crate) fn timerfd_create(clock: ClockId, flags: TimerfdFlags) -> Result<OwnedFd> {
    // SAFETY: timerfd_create(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::timerfd_create, clock.0.arg(), flags.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// timerfd_settime(2); returns the setting before.
#[inline(always)]
pub(crate) fn timerfd_settime(
    fd: BorrowedFd<'_>,
    flags: TimerfdTimerFlags,
    new: &Itimerspec,
) -> Result<Itimerspec> {
    let mut old = Itimerspec::default();
    // SAFETY: timerfd_settime(2) reads one `struct itimerspec` at `new` and
    // writes one at `old`.
    let raw = unsafe {
        arch::syscall4(
            nr::timerfd_settime,
            fd.arg(),
            flags.arg(),
            (&raw const *new).arg(),
            (&raw mut old).arg(),
        )
    };
    Errno::check(raw)?;
    Ok(old)
}

/// timerfd_gettime(2)
#[inline(always)]
pub(crate) fn timerfd_gettime(fd: BorrowedFd<'_>) -> Result<Itimerspec> {
    let mut now = Itimerspec::default();
    // SAFETY: timerfd_gettime(2) writes one `struct itimerspec` at `now`.
    let raw = unsafe { arch::syscall2(nr::timerfd_gettime, fd.arg(), (&raw mut now).arg()) };
    Errno::check(raw)?;
    Ok(now)
}
