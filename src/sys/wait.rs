//! System calls that wait for children.

use core::ptr;

use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    process::{Pid, Rusage, WaitOptions, WaitStatus},
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
