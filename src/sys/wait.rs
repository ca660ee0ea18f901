//! System calls between a process and its children.

use core::ptr;

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    process::{Pid, Rusage, WaitIdType, WaitOptions, WaitStatus},
    signal::Siginfo,
};

/// wait4(2); no child under `WNOHANG` is pid 0 with status 0.
#[inline(always)]
pub(crate) fn wait4(
    pid: Pid,
    options: WaitOptions,
    usage: Option<&mut Rusage>,
) -> Result<(Pid, WaitStatus)> {
    let mut status = 0i32;
    let usage = usage.map_or(ptr::null_mut(), ptr::from_mut);
    // SAFETY: wait4(2) writes at most one integer at `status` and, unless it
    // is null, one `struct rusage` at `usage`, which has that layout.
    let raw = unsafe {
        arch::syscall4(nr::wait4, pid.0.arg(), (&raw mut status).arg(), options.arg(), usage.arg())
    };
    Errno::check(raw).map(|pid| (Pid(pid as i32), WaitStatus(status)))
}

/// waitid(2); no child under `WNOHANG` leaves the information all zero.
#[inline(always)]
pub(crate) fn waitid(
    idtype: WaitIdType<'_>,
    options: WaitOptions,
    usage: Option<&mut Rusage>,
) -> Result<Siginfo> {
    let mut info = Siginfo::zeroed();
    let usage = usage.map_or(ptr::null_mut(), ptr::from_mut);
    let (kind, id) = match idtype {
        WaitIdType::All => (uapi::P_ALL, 0),
        WaitIdType::Pid(pid) => (uapi::P_PID, pid.0),
        WaitIdType::Pgid(pgid) => (uapi::P_PGID, pgid.0),
        WaitIdType::Pidfd(fd) => (uapi::P_PIDFD, fd.as_raw_fd()),
    };
    // SAFETY: waitid(2) writes at most one `siginfo_t` at `info`, which has
    // that size and alignment, and, unless it is null, one `struct rusage` at
    // `usage`, which has that layout.
    let raw = unsafe {
        arch::syscall5(
            nr::waitid,
            kind.arg(),
            id.arg(),
            (&raw mut info).arg(),
            options.arg(),
            usage.arg(),
        )
    };
    Errno::check(raw)?;
    Ok(info)
}
