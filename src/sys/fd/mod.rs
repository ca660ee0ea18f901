//! System calls that take a descriptor first, and those that make one from
//! nothing.
//!
//! Here: one buffer, and the descriptor itself. Next door: `vectored.rs`, many
//! buffers; `file.rs`, the file as a whole; `copy.rs`, from one to another.

mod copy;
mod file;
mod vectored;

use core::mem::MaybeUninit;

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

pub use self::vectored::{IoSlice, IoSliceMut};
pub(crate) use self::{
    copy::{copy_file_range, ioctl_ficlone, sendfile, splice},
    file::{fadvise64, fallocate, fcntl_getlk, fcntl_setlk, fdatasync, fsync, ftruncate},
    vectored::{preadv, preadv2, pwritev, pwritev2, readv, writev},
};
use super::{Arg, buffer::written};
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    fs::OFlags,
};

/// close(2)
///
/// # Safety
/// Nobody may own or use `fd` any more.
#[inline(always)]
pub(crate) unsafe fn close(fd: RawFd) -> Result<()> {
    // SAFETY: close(2) touches no memory; the caller gave the descriptor up.
    let raw = unsafe { arch::syscall1(nr::close, fd.arg()) };
    Errno::check(raw).map(drop)
}

/// close_range(2): `first` to `last`, both included.
///
/// # Safety
/// Nobody may own or use any of these descriptors any more.
#[inline(always)]
pub(crate) unsafe fn close_range(first: u32, last: u32) -> Result<()> {
    // SAFETY: close_range(2) touches no memory; the caller gave the
    // descriptors up.
    let raw = unsafe { arch::syscall3(nr::close_range, first.arg(), last.arg(), 0u32.arg()) };
    Errno::check(raw).map(drop)
}

/// read(2)
#[inline(always)]
pub(crate) fn read<'buf>(
    fd: BorrowedFd<'_>,
    buf: &'buf mut [MaybeUninit<u8>],
) -> Result<&'buf mut [u8]> {
    // SAFETY: read(2) writes at most `buf.len()` bytes at `buf`, which we hold
    // exclusively.
    let raw =
        unsafe { arch::syscall3(nr::read, fd.arg(), buf.as_mut_ptr().arg(), buf.len().arg()) };
    let len = Errno::check(raw)?;
    // SAFETY: the kernel wrote the first `len` bytes.
    Ok(unsafe { written(buf, len) })
}

/// pread64(2)
#[inline(always)]
pub(crate) fn pread<'buf>(
    fd: BorrowedFd<'_>,
    buf: &'buf mut [MaybeUninit<u8>],
    offset: u64,
) -> Result<&'buf mut [u8]> {
    // SAFETY: pread64(2) writes at most `buf.len()` bytes at `buf`, which we
    // hold exclusively.
    let raw = unsafe {
        arch::syscall4(nr::pread64, fd.arg(), buf.as_mut_ptr().arg(), buf.len().arg(), offset.arg())
    };
    let len = Errno::check(raw)?;
    // SAFETY: the kernel wrote the first `len` bytes.
    Ok(unsafe { written(buf, len) })
}

/// write(2)
#[inline(always)]
pub(crate) fn write(fd: BorrowedFd<'_>, buf: &[u8]) -> Result<usize> {
    // SAFETY: write(2) only reads `buf`, within its length.
    let raw = unsafe { arch::syscall3(nr::write, fd.arg(), buf.as_ptr().arg(), buf.len().arg()) };
    Errno::check(raw)
}

/// pwrite64(2)
#[inline(always)]
pub(crate) fn pwrite(fd: BorrowedFd<'_>, buf: &[u8], offset: u64) -> Result<usize> {
    // SAFETY: pwrite64(2) only reads `buf`, within its length.
    let raw = unsafe {
        arch::syscall4(nr::pwrite64, fd.arg(), buf.as_ptr().arg(), buf.len().arg(), offset.arg())
    };
    Errno::check(raw)
}

/// lseek(2)
#[inline(always)]
pub(crate) fn lseek(fd: BorrowedFd<'_>, offset: i64, whence: u32) -> Result<u64> {
    // SAFETY: lseek(2) touches no memory.
    let raw = unsafe { arch::syscall3(nr::lseek, fd.arg(), offset.arg(), whence.arg()) };
    Errno::check(raw).map(|position| position as u64)
}

/// fcntl(2) with `F_DUPFD_CLOEXEC`
#[inline(always)]
pub(crate) fn fcntl_dupfd_cloexec(fd: BorrowedFd<'_>, lowest: RawFd) -> Result<OwnedFd> {
    // SAFETY: this fcntl(2) command touches no memory.
    let raw =
        unsafe { arch::syscall3(nr::fcntl, fd.arg(), uapi::F_DUPFD_CLOEXEC.arg(), lowest.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// fcntl(2) with `F_GETFD`
#[inline(always)]
pub(crate) fn fcntl_getfd(fd: BorrowedFd<'_>) -> Result<u32> {
    // SAFETY: this fcntl(2) command touches no memory.
    let raw = unsafe { arch::syscall2(nr::fcntl, fd.arg(), uapi::F_GETFD.arg()) };
    Errno::check(raw).map(|flags| flags as u32)
}

/// fcntl(2) with `F_SETFD`
#[inline(always)]
pub(crate) fn fcntl_setfd(fd: BorrowedFd<'_>, flags: u32) -> Result<()> {
    // SAFETY: this fcntl(2) command touches no memory.
    let raw = unsafe { arch::syscall3(nr::fcntl, fd.arg(), uapi::F_SETFD.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// fcntl(2) with `F_GETFL`
#[inline(always)]
pub(crate) fn fcntl_getfl(fd: BorrowedFd<'_>) -> Result<OFlags> {
    // SAFETY: this fcntl(2) command touches no memory.
    let raw = unsafe { arch::syscall2(nr::fcntl, fd.arg(), uapi::F_GETFL.arg()) };
    Errno::check(raw).map(|flags| OFlags::from_bits_retain(flags as u32))
}

/// fcntl(2) with `F_SETFL`
#[inline(always)]
pub(crate) fn fcntl_setfl(fd: BorrowedFd<'_>, flags: OFlags) -> Result<()> {
    // SAFETY: this fcntl(2) command touches no memory.
    let raw = unsafe { arch::syscall3(nr::fcntl, fd.arg(), uapi::F_SETFL.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// dup3(2), which alone of its family exists on every architecture.
///
/// # Safety
/// If `new` is open, its owner must expect it to change.
#[inline(always)]
pub(crate) unsafe fn dup3(old: BorrowedFd<'_>, new: RawFd, flags: OFlags) -> Result<()> {
    // SAFETY: dup3(2) touches no memory; the caller vouches for `new`.
    let raw = unsafe { arch::syscall3(nr::dup3, old.arg(), new.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// pipe2(2)
#[inline(always)]
pub(crate) fn pipe2(flags: OFlags) -> Result<(OwnedFd, OwnedFd)> {
    let mut ends: [RawFd; 2] = [0; 2];
    // SAFETY: pipe2(2) writes two descriptors at `ends`.
    let raw = unsafe { arch::syscall2(nr::pipe2, (&raw mut ends).arg(), flags.arg()) };
    Errno::check(raw)?;
    let [reader, writer] = ends;
    // SAFETY: the kernel just made this descriptor, for us.
    let reader = unsafe { OwnedFd::from_raw_fd(reader) };
    // SAFETY: as above.
    let writer = unsafe { OwnedFd::from_raw_fd(writer) };
    Ok((reader, writer))
}
