//! System calls that make a process and that replace its program.

use core::{convert::Infallible, ffi::CStr, ptr};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::{Arg, env::Block};
use crate::{Errno, Result, arch, fd::BorrowedFd, fs::AtFlags};

/// What a call has come to that does not return if it succeeds.
#[inline(always)]
fn failed(raw: isize) -> Result<Infallible> {
    // A seccomp filter may answer anything: the program goes on, so it failed.
    Err(Errno::check(raw).err().unwrap_or(Errno::EIO))
}

/// execve(2)
#[inline(always)]
pub(crate) fn execve(path: &CStr, argv: Block<'_>, env: Block<'_>) -> Result<Infallible> {
    // SAFETY: execve(2) reads `path` up to its NUL, both arrays up to their
    // nulls, and their strings up to their NULs. If it succeeds, no code of
    // this program runs any more.
    let raw =
        unsafe { arch::syscall3(nr::execve, path.arg(), argv.as_ptr().arg(), env.as_ptr().arg()) };
    failed(raw)
}

/// execveat(2). Linux 3.19.
#[inline(always)]
pub(crate) fn execveat(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    argv: Block<'_>,
    env: Block<'_>,
    flags: AtFlags,
) -> Result<Infallible> {
    // SAFETY: as for execve(2).
    let raw = unsafe {
        arch::syscall5(
            nr::execveat,
            dir_fd.arg(),
            path.arg(),
            argv.as_ptr().arg(),
            env.as_ptr().arg(),
            flags.arg(),
        )
    };
    failed(raw)
}

/// clone(2) as fork(2): 0 in the child. The one form that every architecture
/// has.
///
/// # Safety
/// The child has this thread only: what another one was at is left half done
/// there, locks included.
#[inline(always)]
pub(crate) unsafe fn fork() -> Result<i32> {
    let null = ptr::null_mut::<()>();
    // SAFETY: without a stack the child goes on here with a copy of all
    // memory; no flag makes the kernel write any.
    let raw = unsafe { arch::syscall5(nr::clone, uapi::SIGCHLD.arg(), null, null, null, null) };
    Errno::check(raw).map(|pid| pid as i32)
}

/// mlockall(2)
#[inline(always)]
pub(crate) fn mlockall(flags: u32) -> Result<()> {
    // SAFETY: mlockall(2) changes where memory is, not what is in it.
    let raw = unsafe { arch::syscall1(nr::mlockall, flags.arg()) };
    Errno::check(raw).map(drop)
}

/// munlockall(2)
#[inline(always)]
pub(crate) fn munlockall() -> Result<()> {
    // SAFETY: as for mlockall(2).
    let raw = unsafe { arch::syscall0(nr::munlockall) };
    Errno::check(raw).map(drop)
}
