//! ioctl(2) on terminals, a function for each request.
//!
//! A descriptor may be of anything. These numbers are the terminals' alone:
//! whatever else knows one (a sandbox's kernel, a device in user space) poses as
//! a terminal, and the rest answers `ENOTTY`.

use core::{ffi::c_int, mem::MaybeUninit};

use linux_raw_sys::{general as uapi, ioctl as request};
use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    fs::OFlags,
    tty::{SetWhen, Termios},
};

/// A request that writes one `T`, zeroes where it writes nothing: a file
/// system in user space, or a filter of system calls, may answer that all is
/// well and leave the memory alone.
///
/// # Safety
/// The request `code` must write a `T` and nothing else. Any bytes must be a
/// value of `T`.
#[inline(always)]
unsafe fn get<T>(fd: BorrowedFd<'_>, code: u32) -> Result<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    // SAFETY: the caller's promise; `value` is ours.
    let raw = unsafe { arch::syscall3(nr::ioctl, fd.arg(), code.arg(), value.as_mut_ptr().arg()) };
    Errno::check(raw)?;
    // SAFETY: every byte is a zero or was written, and any bytes are a value.
    Ok(unsafe { value.assume_init() })
}

/// A request that reads one `T`.
///
/// # Safety
/// The request `code` must read a `T` and touch no other memory.
#[inline(always)]
unsafe fn set<T>(fd: BorrowedFd<'_>, code: u32, value: &T) -> Result<()> {
    // SAFETY: the caller's promise; `value` is borrowed during the call.
    let raw = unsafe { arch::syscall3(nr::ioctl, fd.arg(), code.arg(), (&raw const *value).arg()) };
    Errno::check(raw).map(drop)
}

/// A request that takes an integer as it is.
///
/// # Safety
/// The request `code` must touch no memory.
#[inline(always)]
unsafe fn tell(fd: BorrowedFd<'_>, code: u32, value: c_int) -> Result<usize> {
    // SAFETY: the caller's promise.
    let raw = unsafe { arch::syscall3(nr::ioctl, fd.arg(), code.arg(), value.arg()) };
    Errno::check(raw)
}

/// `TIOCGWINSZ`
#[inline(always)]
pub(crate) fn tiocgwinsz(fd: BorrowedFd<'_>) -> Result<uapi::winsize> {
    // SAFETY: it writes one `struct winsize`, four integers.
    unsafe { get(fd, request::TIOCGWINSZ) }
}

/// `TIOCSWINSZ`
#[inline(always)]
pub(crate) fn tiocswinsz(fd: BorrowedFd<'_>, size: &uapi::winsize) -> Result<()> {
    // SAFETY: it reads one `struct winsize`.
    unsafe { set(fd, request::TIOCSWINSZ, size) }
}

/// `TIOCGPGRP`
#[inline(always)]
pub(crate) fn tiocgpgrp(fd: BorrowedFd<'_>) -> Result<i32> {
    // SAFETY: it writes one `pid_t`.
    unsafe { get(fd, request::TIOCGPGRP) }
}

/// `TIOCSPGRP`
#[inline(always)]
pub(crate) fn tiocspgrp(fd: BorrowedFd<'_>, group: i32) -> Result<()> {
    // SAFETY: it reads one `pid_t`.
    unsafe { set(fd, request::TIOCSPGRP, &group) }
}

/// `TIOCSCTTY`, which does not steal the terminal from another session
#[inline(always)]
pub(crate) fn tiocsctty(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: it takes a flag.
    unsafe { tell(fd, request::TIOCSCTTY, 0) }.map(drop)
}

/// `TIOCGPTN`: the number of a pseudo-terminal, by its first end
#[inline(always)]
pub(crate) fn tiocgptn(pty: BorrowedFd<'_>) -> Result<u32> {
    // SAFETY: it writes one unsigned integer.
    unsafe { get(pty, request::TIOCGPTN) }
}

/// `TIOCSPTLCK`
#[inline(always)]
pub(crate) fn tiocsptlck(pty: BorrowedFd<'_>, lock: bool) -> Result<()> {
    // SAFETY: it reads one integer.
    unsafe { set(pty, request::TIOCSPTLCK, &c_int::from(lock)) }
}

/// `TIOCGPTPEER`: opens the terminal of a pseudo-terminal. Linux 4.13.
#[inline(always)]
pub(crate) fn tiocgptpeer(pty: BorrowedFd<'_>, flags: OFlags) -> Result<OwnedFd> {
    // SAFETY: it takes flags of open(2).
    let fd = unsafe { tell(pty, request::TIOCGPTPEER, flags.bits().cast_signed()) }?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// `TCGETS`: without the two speeds at the end
#[inline(always)]
pub(crate) fn tcgets(fd: BorrowedFd<'_>, termios: &mut Termios) -> Result<()> {
    // SAFETY: it writes one `struct termios`, with which our struct begins;
    // all its fields are integers.
    let raw = unsafe {
        arch::syscall3(nr::ioctl, fd.arg(), request::TCGETS.arg(), (&raw mut *termios).arg())
    };
    Errno::check(raw).map(drop)
}

/// `TCGETS2`: with the two speeds
#[inline(always)]
pub(crate) fn tcgets2(fd: BorrowedFd<'_>, termios: &mut Termios) -> Result<()> {
    // SAFETY: it writes one `struct termios2`, which our struct is; all its
    // fields are integers.
    let raw = unsafe {
        arch::syscall3(nr::ioctl, fd.arg(), request::TCGETS2.arg(), (&raw mut *termios).arg())
    };
    Errno::check(raw).map(drop)
}

/// `TCSETS`, `TCSETSW` or `TCSETSF`: without the two speeds at the end
#[inline(always)]
pub(crate) fn tcsets(fd: BorrowedFd<'_>, when: SetWhen, termios: &Termios) -> Result<()> {
    let code = match when {
        SetWhen::Now => request::TCSETS,
        SetWhen::Drain => request::TCSETSW,
        SetWhen::Flush => request::TCSETSF,
    };
    // SAFETY: they read one `struct termios`, with which our struct begins.
    unsafe { set(fd, code, termios) }
}

/// `TCSETS2`, `TCSETSW2` or `TCSETSF2`: with the two speeds
#[inline(always)]
pub(crate) fn tcsets2(fd: BorrowedFd<'_>, when: SetWhen, termios: &Termios) -> Result<()> {
    let code = match when {
        SetWhen::Now => request::TCSETS2,
        SetWhen::Drain => request::TCSETSW2,
        SetWhen::Flush => request::TCSETSF2,
    };
    // SAFETY: they read one `struct termios2`, which our struct is.
    unsafe { set(fd, code, termios) }
}

/// `TCSBRK`: a break, or nothing but waiting for what was written (`value` not
/// 0)
#[inline(always)]
pub(crate) fn tcsbrk(fd: BorrowedFd<'_>, value: i32) -> Result<()> {
    // SAFETY: it takes an integer.
    unsafe { tell(fd, request::TCSBRK, value) }.map(drop)
}

/// `TCSBRKP`: a break of so many tenths of a second
#[inline(always)]
pub(crate) fn tcsbrkp(fd: BorrowedFd<'_>, tenths: i32) -> Result<()> {
    // SAFETY: it takes an integer.
    unsafe { tell(fd, request::TCSBRKP, tenths) }.map(drop)
}

/// `TCFLSH`
#[inline(always)]
pub(crate) fn tcflsh(fd: BorrowedFd<'_>, queue: i32) -> Result<()> {
    // SAFETY: it takes an integer.
    unsafe { tell(fd, request::TCFLSH, queue) }.map(drop)
}

/// `TCXONC`
#[inline(always)]
pub(crate) fn tcxonc(fd: BorrowedFd<'_>, action: i32) -> Result<()> {
    // SAFETY: it takes an integer.
    unsafe { tell(fd, request::TCXONC, action) }.map(drop)
}
