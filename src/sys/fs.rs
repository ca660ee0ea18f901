//! System calls that take a path, and those that read a directory or an inode.

use core::{ffi::CStr, mem::MaybeUninit};

use heapless::VecView;
use syscalls::Sysno as nr;

use super::{Arg, buffer::written};
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    fs::{AtFlags, Mode, OFlags, Stat},
};

/// openat(2)
#[inline(always)]
pub(crate) fn openat(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd> {
    // SAFETY: openat(2) only reads `path`, up to its NUL.
    let raw =
        unsafe { arch::syscall4(nr::openat, dir_fd.arg(), path.arg(), flags.arg(), mode.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// mkdirat(2)
#[inline(always)]
pub(crate) fn mkdirat(dir_fd: BorrowedFd<'_>, path: &CStr, mode: Mode) -> Result<()> {
    // SAFETY: mkdirat(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall3(nr::mkdirat, dir_fd.arg(), path.arg(), mode.arg()) };
    Errno::check(raw).map(drop)
}

/// unlinkat(2)
#[inline(always)]
pub(crate) fn unlinkat(dir_fd: BorrowedFd<'_>, path: &CStr, flags: AtFlags) -> Result<()> {
    // SAFETY: unlinkat(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall3(nr::unlinkat, dir_fd.arg(), path.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// readlinkat(2)
#[inline(always)]
pub(crate) fn readlinkat<'buf>(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    buf: &'buf mut [MaybeUninit<u8>],
) -> Result<&'buf mut [u8]> {
    // SAFETY: readlinkat(2) reads `path` up to its NUL and writes at most
    // `buf.len()` bytes at `buf`, which we hold exclusively.
    let raw = unsafe {
        arch::syscall4(
            nr::readlinkat,
            dir_fd.arg(),
            path.arg(),
            buf.as_mut_ptr().arg(),
            buf.len().arg(),
        )
    };
    let len = Errno::check(raw)?;
    // SAFETY: the kernel wrote the first `len` bytes.
    Ok(unsafe { written(buf, len) })
}

/// renameat2(2), the one form that riscv64 has too. Linux 3.15.
#[inline(always)]
pub(crate) fn renameat2(
    src_dir_fd: BorrowedFd<'_>,
    src: &CStr,
    dst_dir_fd: BorrowedFd<'_>,
    dst: &CStr,
    flags: u32,
) -> Result<()> {
    // SAFETY: renameat2(2) only reads the two paths, up to their NULs.
    let raw = unsafe {
        arch::syscall5(
            nr::renameat2,
            src_dir_fd.arg(),
            src.arg(),
            dst_dir_fd.arg(),
            dst.arg(),
            flags.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// newfstatat(2)
#[inline(always)]
pub(crate) fn newfstatat(dir_fd: BorrowedFd<'_>, path: &CStr, flags: AtFlags) -> Result<Stat> {
    let mut stat = MaybeUninit::<Stat>::uninit();
    // SAFETY: newfstatat(2) reads `path` up to its NUL and writes one
    // `struct stat` at `stat`, which is nothing else.
    let raw = unsafe {
        arch::syscall4(
            arch::abi::NEWFSTATAT,
            dir_fd.arg(),
            path.arg(),
            stat.as_mut_ptr().arg(),
            flags.arg(),
        )
    };
    Errno::check(raw)?;
    // SAFETY: the call succeeded, so the kernel wrote the whole struct. Smaller and
    // rarer ones are zeroed first; here that would be more instructions than all
    // the others.
    Ok(unsafe { stat.assume_init() })
}

/// A `struct stat` to be filled field by field.
#[cfg(feature = "serde")]
#[inline]
pub(crate) fn zero_stat() -> linux_raw_sys::general::stat {
    // SAFETY: all of it is integers, which may be 0.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// fstat(2)
#[inline(always)]
pub(crate) fn fstat(fd: BorrowedFd<'_>) -> Result<Stat> {
    let mut stat = MaybeUninit::<Stat>::uninit();
    // SAFETY: fstat(2) writes one `struct stat` at `stat`.
    let raw = unsafe { arch::syscall2(nr::fstat, fd.arg(), stat.as_mut_ptr().arg()) };
    Errno::check(raw)?;
    // SAFETY: the call succeeded, so the kernel wrote the whole struct. Smaller and
    // rarer ones are zeroed first; here that would be more instructions than all
    // the others.
    Ok(unsafe { stat.assume_init() })
}

/// getdents64(2): appends whole records to `buf`, `limit` bytes at most; 0
/// bytes at the end.
#[inline(always)]
pub(crate) fn getdents64(
    dir: BorrowedFd<'_>,
    buf: &mut VecView<u8>,
    limit: usize,
) -> Result<usize> {
    let room = buf.spare_capacity_mut();
    let len = room.len().min(limit);
    // SAFETY: getdents64(2) writes at most `len` bytes at `room`, which we
    // hold exclusively, and does not read it.
    let raw =
        unsafe { arch::syscall3(nr::getdents64, dir.arg(), room.as_mut_ptr().arg(), len.arg()) };
    let count = Errno::check(raw)?;
    let filled = buf.len() + count;
    // SAFETY: the kernel wrote `count` bytes after the first `len()`.
    unsafe { buf.set_len(filled) };
    Ok(count)
}
