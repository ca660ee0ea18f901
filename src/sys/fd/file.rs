//! System calls about an open file as a whole: its length, its storage, its
//! locks.

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::super::Arg;
use crate::{Errno, Result, arch, fd::BorrowedFd};

/// fsync(2)
#[inline(always)]
pub(crate) fn fsync(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: fsync(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::fsync, fd.arg()) };
    Errno::check(raw).map(drop)
}

/// fdatasync(2)
#[inline(always)]
pub(crate) fn fdatasync(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: fdatasync(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::fdatasync, fd.arg()) };
    Errno::check(raw).map(drop)
}

/// ftruncate(2)
#[inline(always)]
pub(crate) fn ftruncate(fd: BorrowedFd<'_>, len: u64) -> Result<()> {
    // SAFETY: ftruncate(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::ftruncate, fd.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}

/// fallocate(2) with mode 0
#[inline(always)]
pub(crate) fn fallocate(fd: BorrowedFd<'_>, offset: u64, len: u64) -> Result<()> {
    // SAFETY: fallocate(2) touches no memory.
    let raw =
        unsafe { arch::syscall4(nr::fallocate, fd.arg(), 0u32.arg(), offset.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}

/// fadvise64(2)
#[inline(always)]
pub(crate) fn fadvise64(fd: BorrowedFd<'_>, offset: u64, len: u64, advice: u32) -> Result<()> {
    // SAFETY: fadvise64(2) touches no memory.
    let raw =
        unsafe { arch::syscall4(nr::fadvise64, fd.arg(), offset.arg(), len.arg(), advice.arg()) };
    Errno::check(raw).map(drop)
}

/// fcntl(2) with `F_SETLK`, or with `F_SETLKW` to `wait`
#[inline(always)]
pub(crate) fn fcntl_setlk(fd: BorrowedFd<'_>, lock: &uapi::flock, wait: bool) -> Result<()> {
    let command = if wait { uapi::F_SETLKW } else { uapi::F_SETLK };
    // SAFETY: these fcntl(2) commands read one `struct flock` at `lock`.
    let raw =
        unsafe { arch::syscall3(nr::fcntl, fd.arg(), command.arg(), (&raw const *lock).arg()) };
    Errno::check(raw).map(drop)
}

/// fcntl(2) with `F_GETLK`: `lock` becomes a lock in its way, if there is one.
#[inline(always)]
pub(crate) fn fcntl_getlk(fd: BorrowedFd<'_>, lock: &mut uapi::flock) -> Result<()> {
    // SAFETY: this fcntl(2) command reads one `struct flock` at `lock` and
    // writes one there, all fields of which are integers.
    let raw =
        unsafe { arch::syscall3(nr::fcntl, fd.arg(), uapi::F_GETLK.arg(), (&raw mut *lock).arg()) };
    Errno::check(raw).map(drop)
}
