//! What copying a file takes beyond reading and writing.

use core::ffi::CStr;

use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    fd::BorrowedFd,
    fs::{AtFlags, Mode},
};

/// `FICLONE`, `_IOW(0x94, 9, int)`: the same number on all three architectures.
const FICLONE: u32 = 0x4004_9409;

/// ioctl(2) with `FICLONE`: `dst` shares the blocks of `src`. Linux 4.5.
#[inline(always)]
pub(crate) fn ioctl_ficlone(dst: BorrowedFd<'_>, src: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: this ioctl(2) takes a descriptor as its argument and touches no
    // memory; a driver that knows it as anything else is not reached, because
    // `dst` is a regular file.
    let raw = unsafe { arch::syscall3(nr::ioctl, dst.arg(), FICLONE.arg(), src.arg()) };
    Errno::check(raw).map(drop)
}

/// copy_file_range(2): `len` bytes at most, from `offset` in `src` to the same
/// place in `dst`. Linux 4.5.
#[inline(always)]
pub(crate) fn copy_file_range(
    src: BorrowedFd<'_>,
    dst: BorrowedFd<'_>,
    offset: u64,
    len: usize,
) -> Result<usize> {
    let (mut from, mut to) = (offset, offset);
    // SAFETY: copy_file_range(2) reads and writes the two 64-bit offsets,
    // which are ours, and no other memory.
    let raw = unsafe {
        arch::syscall6(
            nr::copy_file_range,
            src.arg(),
            (&raw mut from).arg(),
            dst.arg(),
            (&raw mut to).arg(),
            len.arg(),
            0_u32.arg(),
        )
    };
    Errno::check(raw)
}

/// ftruncate(2)
#[inline(always)]
pub(crate) fn ftruncate(fd: BorrowedFd<'_>, len: u64) -> Result<()> {
    // SAFETY: ftruncate(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::ftruncate, fd.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}

/// fchmod(2)
#[inline(always)]
pub(crate) fn fchmod(fd: BorrowedFd<'_>, mode: Mode) -> Result<()> {
    // SAFETY: fchmod(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::fchmod, fd.arg(), mode.arg()) };
    Errno::check(raw).map(drop)
}

/// linkat(2)
#[inline(always)]
pub(crate) fn linkat(
    src_dir_fd: BorrowedFd<'_>,
    src: &CStr,
    dst_dir_fd: BorrowedFd<'_>,
    dst: &CStr,
    flags: AtFlags,
) -> Result<()> {
    // SAFETY: linkat(2) only reads the two paths, up to their NULs.
    let raw = unsafe {
        arch::syscall5(
            nr::linkat,
            src_dir_fd.arg(),
            src.arg(),
            dst_dir_fd.arg(),
            dst.arg(),
            flags.arg(),
        )
    };
    Errno::check(raw).map(drop)
}
