//! System calls about processes.

use syscalls::Sysno as nr;

use super::Arg;
use crate::arch;

/// getpid(2), which cannot fail; a seccomp filter that denies it makes the
/// result negative.
#[inline(always)]
pub(crate) fn getpid() -> i32 {
    // SAFETY: getpid(2) takes nothing and touches no memory.
    let raw = unsafe { arch::syscall0(nr::getpid) };
    raw as i32
}

/// exit_group(2)
#[inline(always)]
pub(crate) fn exit_group(status: i32) -> ! {
    // SAFETY: exit_group(2) takes one integer and ends the process.
    unsafe { arch::syscall1_noreturn(nr::exit_group, status.arg()) }
}
