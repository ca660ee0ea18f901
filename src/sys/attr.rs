//! System calls that read and change what an inode says of itself: access,
//! mode, owner, times, size, birth.

use core::{ffi::CStr, mem::MaybeUninit, ptr};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    fd::BorrowedFd,
    fs::{AccessMode, AtFlags, Mode},
    time::Timespec,
};

/// faccessat(2) as the kernel has it: without flags.
#[inline(always)]
pub(crate) fn faccessat(dir_fd: BorrowedFd<'_>, path: &CStr, mode: AccessMode) -> Result<()> {
    // SAFETY: faccessat(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall3(nr::faccessat, dir_fd.arg(), path.arg(), mode.arg()) };
    Errno::check(raw).map(drop)
}

/// faccessat2(2). Linux 5.8.
#[inline(always)]
pub(crate) fn faccessat2(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    mode: AccessMode,
    flags: AtFlags,
) -> Result<()> {
    // SAFETY: faccessat2(2) only reads `path`, up to its NUL.
    let raw = unsafe {
        arch::syscall4(nr::faccessat2, dir_fd.arg(), path.arg(), mode.arg(), flags.arg())
    };
    Errno::check(raw).map(drop)
}

/// Whether the process's effective user and group are its real ones:
/// getuid(2) and its three kin, which cannot fail.
#[inline]
pub(crate) fn ids_are_real() -> bool {
    let id = |number| {
        // SAFETY: the four calls take no argument and touch no memory.
        unsafe { arch::syscall0(number) }
    };
    id(nr::getuid) == id(nr::geteuid) && id(nr::getgid) == id(nr::getegid)
}

/// fchmodat(2) as the kernel has it: without flags.
#[inline(always)]
pub(crate) fn fchmodat(dir_fd: BorrowedFd<'_>, path: &CStr, mode: Mode) -> Result<()> {
    // SAFETY: fchmodat(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall3(nr::fchmodat, dir_fd.arg(), path.arg(), mode.arg()) };
    Errno::check(raw).map(drop)
}

/// fchmodat2(2). Linux 6.6.
#[inline(always)]
pub(crate) fn fchmodat2(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    mode: Mode,
    flags: AtFlags,
) -> Result<()> {
    // SAFETY: fchmodat2(2) only reads `path`, up to its NUL.
    let raw =
        unsafe { arch::syscall4(nr::fchmodat2, dir_fd.arg(), path.arg(), mode.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// fchmod(2)
#[inline(always)]
pub(crate) fn fchmod(fd: BorrowedFd<'_>, mode: Mode) -> Result<()> {
    // SAFETY: fchmod(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::fchmod, fd.arg(), mode.arg()) };
    Errno::check(raw).map(drop)
}

/// fchownat(2)
#[inline(always)]
pub(crate) fn fchownat(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    uid: u32,
    gid: u32,
    flags: AtFlags,
) -> Result<()> {
    // SAFETY: fchownat(2) only reads `path`, up to its NUL.
    let raw = unsafe {
        arch::syscall5(nr::fchownat, dir_fd.arg(), path.arg(), uid.arg(), gid.arg(), flags.arg())
    };
    Errno::check(raw).map(drop)
}

/// fchown(2)
#[inline(always)]
pub(crate) fn fchown(fd: BorrowedFd<'_>, uid: u32, gid: u32) -> Result<()> {
    // SAFETY: fchown(2) touches no memory.
    let raw = unsafe { arch::syscall3(nr::fchown, fd.arg(), uid.arg(), gid.arg()) };
    Errno::check(raw).map(drop)
}

/// utimensat(2); no path means `dir_fd` itself.
#[inline(always)]
pub(crate) fn utimensat(
    dir_fd: BorrowedFd<'_>,
    path: Option<&CStr>,
    times: &[Timespec; 2],
    flags: AtFlags,
) -> Result<()> {
    let path = path.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: utimensat(2) only reads `path`, up to its NUL and not at all if
    // it is null, and the two timespecs, whose layout is the kernel's.
    let raw = unsafe {
        arch::syscall4(nr::utimensat, dir_fd.arg(), path.arg(), times.as_ptr().arg(), flags.arg())
    };
    Errno::check(raw).map(drop)
}

/// truncate(2)
#[inline(always)]
pub(crate) fn truncate(path: &CStr, len: u64) -> Result<()> {
    // SAFETY: truncate(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall2(nr::truncate, path.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}

/// sync(2), which cannot fail.
#[inline(always)]
pub(crate) fn sync() {
    // SAFETY: sync(2) takes no argument and touches no memory.
    unsafe { arch::syscall0(nr::sync) };
}

/// statfs(2)
#[inline(always)]
pub(crate) fn statfs(path: &CStr) -> Result<uapi::statfs> {
    let mut statfs = MaybeUninit::<uapi::statfs>::zeroed();
    // SAFETY: statfs(2) reads `path` up to its NUL and writes one
    // `struct statfs` at `statfs`.
    let raw = unsafe { arch::syscall2(nr::statfs, path.arg(), statfs.as_mut_ptr().arg()) };
    Errno::check(raw)?;
    // SAFETY: all integers, zero at first and then the kernel's.
    Ok(unsafe { statfs.assume_init() })
}

/// fstatfs(2)
#[inline(always)]
pub(crate) fn fstatfs(fd: BorrowedFd<'_>) -> Result<uapi::statfs> {
    let mut statfs = MaybeUninit::<uapi::statfs>::zeroed();
    // SAFETY: fstatfs(2) writes one `struct statfs` at `statfs`.
    let raw = unsafe { arch::syscall2(nr::fstatfs, fd.arg(), statfs.as_mut_ptr().arg()) };
    Errno::check(raw)?;
    // SAFETY: all integers, zero at first and then the kernel's.
    Ok(unsafe { statfs.assume_init() })
}

/// statx(2). Linux 4.11.
#[inline(always)]
pub(crate) fn statx(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    flags: AtFlags,
    mask: u32,
) -> Result<uapi::statx> {
    let mut statx = MaybeUninit::<uapi::statx>::zeroed();
    // SAFETY: statx(2) reads `path` up to its NUL and writes one
    // `struct statx` at `statx`.
    let raw = unsafe {
        arch::syscall5(
            nr::statx,
            dir_fd.arg(),
            path.arg(),
            flags.arg(),
            mask.arg(),
            statx.as_mut_ptr().arg(),
        )
    };
    Errno::check(raw)?;
    // SAFETY: all integers, zero at first and then the kernel's.
    Ok(unsafe { statx.assume_init() })
}
