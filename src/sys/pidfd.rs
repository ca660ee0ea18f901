//! System calls that take a process by its descriptor.

use core::ptr;

use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    process::{Pid, PidfdFlags, PidfdSignalFlags},
    signal::Signal,
};

/// pidfd_open(2). Linux 5.3.
#[inline(always)]
pub(crate) fn pidfd_open(pid: Pid, flags: PidfdFlags) -> Result<OwnedFd> {
    // SAFETY: pidfd_open(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::pidfd_open, pid.0.arg(), flags.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// pidfd_send_signal(2) as kill(2) would fill the signal's information. Linux 5.1.
#[inline(always)]
pub(crate) fn pidfd_send_signal(
    pidfd: BorrowedFd<'_>,
    signal: Signal,
    flags: PidfdSignalFlags,
) -> Result<()> {
    let info = ptr::null::<()>();
    // SAFETY: pidfd_send_signal(2) touches no memory where the information is
    // null; handlers as with kill(2).
    let raw = unsafe {
        arch::syscall4(nr::pidfd_send_signal, pidfd.arg(), signal.arg(), info.arg(), flags.arg())
    };
    Errno::check(raw).map(drop)
}

/// pidfd_getfd(2). Linux 5.6.
#[inline(always)]
pub(crate) fn pidfd_getfd(pidfd: BorrowedFd<'_>, target: RawFd) -> Result<OwnedFd> {
    // SAFETY: pidfd_getfd(2) touches no memory and duplicates a descriptor.
    let raw = unsafe { arch::syscall3(nr::pidfd_getfd, pidfd.arg(), target.arg(), 0u32.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}
